"""A scenario made ready for drawing: what does not depend on chance is worked out once."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from queuesim.model import Channel, ContactType, Scenario
from queuesim.model.callback import Dialling
from queuesim.sampling.allotment import Allotment
from queuesim.sampling.arrivals import arrival_tables
from queuesim.sampling.busyness import busyness, busyness_parts
from queuesim.sampling.contacts import (
    ACCEPTANCE,
    ARRIVAL,
    BALKING,
    PATIENCE,
    TALK,
    TIMES,
    TIMES_WHEN_TOLD,
    TYPE,
    WINDOW,
    WRAP_UP,
    draw_days,
)
from queuesim.sampling.further import with_further_attempts
from queuesim.sampling.ordering import DIGIT_BITS
from queuesim.sampling.room import FRESH, Room
from queuesim.sampling.rosters import rosters_of
from queuesim.sampling.sessions import Sessions, draw_sessions, order_sessions
from queuesim.sampling.speeds import Speeds
from queuesim.sampling.streams import (
    Words,
    day_steps,
    draw_daily,
    name_key,
    seed_words,
    start_streams,
    words_of,
)
from queuesim.sampling.tape import NOTHING_ANNOUNCED, Tape, dialling_of
from queuesim.sampling.variates import BLOCK, CHANCE, FIXED, Law, column_table, law_of
from queuesim.sampling.ways import ways_of

_SPREAD, _FEW = 8.0, 64
"""Room for contacts beyond the mean: in standard deviations, and in contacts."""

Floats = NDArray[np.float64]


class Sampler:
    """Draws the tapes of one scenario.

    Nothing in it changes after it is made: threads may share it.

    Parameters
    ----------
    scenario : Scenario
    from_s : float, default 0
        Contacts come from then on; those of self-service, whom nobody keeps waiting, all day [s].

    Examples
    --------
    >>> import queuesim as qs
    >>> from queuesim.sampling import Sampler
    >>> phone = qs.ContactType(name="support", channel="phone", demand=qs.Demand(per_day=100),
    ...                        talk=qs.Exponential(mean="4min"))
    >>> team = qs.AgentGroup(name="home", skills=("support",), headcount=3,
    ...                      contract=qs.InHouse(per_hour=24.0))
    >>> week = qs.Scenario(name="a week", contact_types=(phone,), agent_groups=(team,),
    ...                    horizon=qs.Horizon(start="2026-11-23", days=7))
    >>> sampler = Sampler(week)
    >>> sampler.pieces(300)
    [(0, 3), (3, 6), (6, 7)]
    >>> drawing = sampler.begin(seed=7, replication=0)
    >>> monday = drawing.days(0, 1)
    >>> bool((monday.arrival_s < 86_400).all())
    True
    """

    def __init__(self, scenario: Scenario, *, from_s: float = 0.0) -> None:
        horizon, types = scenario.horizon, scenario.contact_types
        self._from_s = from_s
        self._n_days = horizon.days
        self._streams: dict[str, int] = {}
        self._set_contacts(scenario)
        absences = [self._stream(f"{group.name}/absence") for group in scenario.agent_groups]
        self._rosters = rosters_of(scenario, absences)
        self._speeds = Speeds(scenario, self._stream)
        daily = [f"{group.name}/shrinkage" for group in scenario.agent_groups]
        self._parts = busyness_parts(types)
        daily += [part.stream for part in self._parts]
        self._daily = np.array([self._stream(name) for name in daily], dtype=np.int64)
        self._no_busyness = np.ones((len(types), horizon.days))
        self._names = np.array([name_key(name) for name in self._streams], dtype=np.uint64)
        self._steps = day_steps(horizon.dates[0], horizon.days)
        # without shrinkage, absence and spread, chance has no say in who is there, and how fast
        self._sure_sessions: tuple[NDArray[np.int32], Sessions] | None = None
        sure = all(group.shrinkage == group.absence == 0 for group in scenario.agent_groups)
        if sure and self._speeds.sure:
            rounding = np.zeros((len(scenario.agent_groups), horizon.days))
            starts = np.zeros((len(self._names), 4), dtype=np.uint64)
            self._sure_sessions = self._draw_sessions(starts, rounding)

    @property
    def streams(self) -> tuple[int, ...]:
        """Shape of the words with which the streams of a replication begin."""
        return self._names.shape

    def _stream(self, name: str) -> int:
        return self._streams.setdefault(name, len(self._streams))

    def _set_contacts(self, scenario: Scenario) -> None:
        types, horizon = scenario.contact_types, scenario.horizon
        diallings = [dialling_of(each) for each in types]
        self._attempts = max((d.attempts for d in diallings if d), default=0)
        self._announces = any(each.announcement for each in types)
        self._allotment = Allotment(scenario, TIMES_WHEN_TOLD if self._announces else TIMES)
        self._types = np.zeros(len(types), dtype=TYPE)
        columns: list[tuple[int, int, int, Law]] = []
        for row, index in enumerate(sorted(range(len(types)), key=lambda t: types[t].name)):
            each, first = types[index], len(columns)
            columns += self._columns_of(index, each, diallings[index])
            self._types[row] = (
                index,
                self._stream(f"{each.name}/arrivals"),
                self._stream(f"{each.name}/position"),
                first,
                len(columns),
            )
        self._columns, self._values = column_table(columns)
        times = self._allotment.first + self._allotment.rows
        self._ways = ways_of(scenario, self._stream, self._columns_again, times)
        rates = [each.demand.rates(horizon) for each in types]
        if self._from_s > 0.0:
            rates = [
                rate if each.channel is Channel.SELF_SERVICE else rate.from_then_on(self._from_s)
                for each, rate in zip(types, rates, strict=True)
            ]
        self._days, self._bins = arrival_tables(rates, horizon)
        self._expected = np.stack(
            [np.bincount(r.day, weights=r.expected, minlength=horizon.days) for r in rates]
        )
        self._expected_before = np.concatenate(([0.0], np.cumsum(self._expected.sum(axis=0))))

    def _columns_again(
        self, index: int, each: ContactType, suffix: str
    ) -> list[tuple[int, int, int, Law]]:
        return self._columns_of(index, each, dialling_of(each), suffix)

    def _columns_of(
        self, index: int, each: ContactType, dialling: Dialling | None, suffix: str = ""
    ) -> list[tuple[int, int, int, Law]]:
        """Return the columns that chance fills for a contact type, for `column_table`."""

        def stream(purpose: str) -> int:
            return self._stream(f"{each.name}/{purpose}{suffix}")

        never: Law = (FIXED, math.inf, 0.0, 0.0, ())
        columns = [
            (stream("talk"), TALK, 0, law_of(each.talk)),
            (stream("patience"), PATIENCE, 0, law_of(each.patience) if each.patience else never),
        ]
        if each.wrap_up:
            columns.append((stream("wrap-up"), WRAP_UP, 0, law_of(each.wrap_up)))
        offer = each.callback
        if offer:
            columns.append((stream("offer"), 0, 0, (CHANCE, offer.accept, 0.0, 0.0, ())))
            if offer.kind in ("later", "slot"):
                columns.append((stream("window"), WINDOW, 0, law_of(offer.delay)))
            if offer.accept_from:
                columns.append((stream("acceptance"), ACCEPTANCE, 0, law_of(offer.accept_from)))
        if each.announcement:
            balk = each.announcement.balk
            columns.append((stream("balking"), BALKING, 0, law_of(balk) if balk else never))
        for attempt in range(dialling.attempts if dialling else 0):
            law: Law = (CHANCE, dialling.answered, 0.0, 0.0, ())  # type: ignore[union-attr]
            columns.append((stream(f"answer {attempt + 1}"), attempt, self._attempts, law))
        return columns + self._allotment.columns(index, each, stream)

    def pieces(self, at_most: int) -> list[tuple[int, int]]:
        """Cut the horizon into pieces of whole days.

        Parameters
        ----------
        at_most : int
            Contacts expected in a piece, at most; a day that has more is a piece of its own.

        Returns
        -------
        list of (first, last)
            Days [first, last), one piece after the other.
        """
        edges = [0]
        for day in range(1, self._n_days):
            if self._expected_before[day + 1] - self._expected_before[edges[-1]] > at_most:
                edges.append(day)
        return list(zip(edges, [*edges[1:], self._n_days], strict=True))

    def begin(self, seed: int, replication: int) -> Drawing:
        """Begin one replication: who is there, and how busy the days are.

        Parameters
        ----------
        seed : int
            The experiment's seed, >= 0.
        replication : int
            The replication's number, >= 0.

        Returns
        -------
        Drawing
        """
        starts, words = np.empty(self._names.shape, dtype=np.uint64), np.empty(8, dtype=np.uint64)
        start_streams(seed_words(seed), self._names, words_of(replication), words, starts)
        sessions, busy = self._sure_sessions, self._no_busyness
        if sessions is None or self._parts:
            daily = np.empty((len(self._daily), self._n_days))
            draw_daily(starts, self._daily, self._steps, daily)
            groups = len(self._rosters.groups)
            if sessions is None:
                sessions = self._draw_sessions(starts, daily[:groups])
            if self._parts:
                busy = busyness(self._parts, daily[groups:], len(self._types))
        return Drawing(self, seed, replication, starts, busy, *sessions)

    def _draw_sessions(self, starts: Words, rounding: Floats) -> tuple[NDArray[np.int32], Sessions]:
        """Return each agent's group, and the sessions of all."""
        rosters = self._rosters
        groups, room = len(rosters.groups), rosters.room
        agents = np.empty(groups, dtype=np.int64)
        n = -1
        while n < 0:
            on, off, agent = np.empty((3, room), dtype=np.int64)
            most_people = int(rosters.groups["people"].max()) + 1
            present = np.empty(max(len(rosters.entries), most_people), dtype=np.int64)
            n = draw_sessions(
                rosters.groups, rosters.pieces, rosters.entries, rosters.stretches,
                rounding, starts, self._steps, present, on, off, agent, agents,
            )  # fmt: skip
            room = 2 * room + 1
        agent_out, times = np.empty(n, dtype=np.int32), np.empty((2, n))
        order = np.empty((2, n), dtype=np.int64)
        counts = np.empty(max(len(rosters.instants_s), int(agents.sum())) + 1, dtype=np.int64)
        order_sessions(n, on, off, agent, rosters.instants_s, order, counts, agent_out, times)
        group_of = np.repeat(np.arange(groups, dtype=np.int32), agents)
        sessions = Sessions(agent_out, times[0], times[1])
        if self._speeds.any:
            sessions = self._speeds.given_to(sessions, agents, starts)
        return group_of, sessions


class Drawing:
    """One replication of a scenario, drawn as its days are asked for.

    Attributes
    ----------
    seed, replication : int
        Where the draws come from.
    agent_group : numpy.ndarray, int32, shape (agents,)
        Group of each agent; agents of a group are numbered together.
    sessions : Sessions
        When each agent is there, over the whole horizon.
    busyness : numpy.ndarray, float64, shape (contact types, days)
        The factor by which each day is busier or quieter than planned.
    """

    def __init__(
        self,
        sampler: Sampler,
        seed: int,
        replication: int,
        starts: Words,
        busy: Floats,
        agent_group: NDArray[np.int32],
        sessions: Sessions,
    ) -> None:
        self.seed = seed
        self.replication = replication
        self.agent_group = agent_group
        self.sessions = sessions
        self._sampler = sampler
        self._starts = starts
        self.busyness = busy

    def days(
        self,
        first: int,
        last: int,
        room: Room = FRESH,
        edited: Callable[[Tape], Tape] | None = None,
    ) -> Tape:
        """Draw the contacts of days [first, last).

        Days come out the same in whatever order and pieces they are asked for.

        Parameters
        ----------
        first, last : int
            Days of the horizon, from 0.
        room : Room
            What makes the arrays of the tape.
        edited : callable, optional
            What is done to the first attempts before the further ones are drawn for them.

        Returns
        -------
        Tape
            With the sessions of the whole horizon.
        """
        of, busy = self._sampler, self.busyness
        if busy is of._no_busyness:
            expected = float(of._expected_before[last] - of._expected_before[first])
        else:
            expected = float((of._expected[:, first:last] * busy[:, first:last]).sum())
        most = max(int(expected + _SPREAD * math.sqrt(expected)) + _FEW, 1)
        rows = of._allotment.first + of._allotment.rows
        n = -1
        while n < 0:  # not more than once in 10**15 times a second time
            labels = room.empty("labels", 2 * most, np.int32).reshape(2, most)
            number = room.empty("number", most, np.int64)
            times = room.empty("times", rows * most, np.float64).reshape(rows, most)
            chances = room.empty("chances", most * (1 + of._attempts), np.bool_)
            # not every contact has these
            times[WRAP_UP] = times[WINDOW] = 0.0
            times[WINDOW + 1 :] = 0.0
            chances[:] = False
            n = draw_days(
                first, last, of._types, of._days, of._bins, of._columns, of._values, busy,
                self._starts, of._steps,
                room.empty("keys", 2 * most, np.uint64).reshape(2, most),
                room.empty("places", 2 * most, np.int64).reshape(2, most),
                room.empty("draws", 2 * BLOCK, np.float64).reshape(2, BLOCK),
                room.empty("counts", len(of._types) + (1 << DIGIT_BITS), np.int64),
                labels, number, times, chances,
            )  # fmt: skip
            answers = chances[most : most + n * of._attempts]
            most *= 2
        tape = Tape(
            seed=self.seed,
            replication=self.replication,
            contact_type=labels[0, :n],
            day=labels[1, :n],
            number=number[:n],
            arrival_s=times[ARRIVAL, :n],
            talk_s=times[TALK, :n],
            wrap_up_s=times[WRAP_UP, :n],
            patience_s=times[PATIENCE, :n],
            accepts=chances[:n],
            window_delay_s=times[WINDOW, :n],
            answers=answers.reshape(n, of._attempts),
            allotted=of._allotment.groups_of(labels[0, :n], times[:, :n]),
            agent_group=self.agent_group,
            sessions=self.sessions,
            tolerates_s=times[BALKING, :n] if of._announces else NOTHING_ANNOUNCED,
            accepts_from_s=times[ACCEPTANCE, :n] if of._announces else NOTHING_ANNOUNCED,
        )
        if edited is not None:
            tape = edited(tape)
        if of._ways is None:
            return tape
        return with_further_attempts(tape, of._ways, of._allotment, self._starts, of._steps, room)


def draw_tape(scenario: Scenario, *, seed: int, replication: int = 0) -> Tape:
    """Draw everything that chance decides in one replication.

    Parameters
    ----------
    scenario : Scenario
    seed : int
        The experiment's seed.
    replication : int, default 0
        Which replication.

    Returns
    -------
    Tape

    Examples
    --------
    >>> import queuesim as qs
    >>> from queuesim.sampling import draw_tape
    >>> phone = qs.ContactType(name="support", channel="phone", demand=qs.Demand(per_day=100),
    ...                        talk=qs.Exponential(mean="4min"))
    >>> team = qs.AgentGroup(name="home", skills=("support",), headcount=3,
    ...                      contract=qs.InHouse(per_hour=24.0))
    >>> day = qs.Scenario(name="a day", contact_types=(phone,), agent_groups=(team,),
    ...                   horizon=qs.Horizon(start="2026-11-23", days=1))
    >>> tape = draw_tape(day, seed=7)
    >>> bool((tape.arrival_s * 1024 % 1 == 0).all())
    True
    """
    return Sampler(scenario).begin(seed, replication).days(0, scenario.horizon.days)
