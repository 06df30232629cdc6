"""Many futures of the rest of today, from one state, on the compiled engine."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from queuesim.engines.compiled import Program, Replication
from queuesim.engines.outcome import ContactOutcome
from queuesim.engines.present import Present
from queuesim.experiments.executors import local_cores
from queuesim.experiments.simulate import simulate
from queuesim.model import Channel, Scenario
from queuesim.results import schema
from queuesim.results.layout import Layout
from queuesim.results.tally import Count, Tally
from queuesim.sampling import KeptRoom, Sampler, Tape
from queuesim.watching.nowcasting.between import between
from queuesim.watching.nowcasting.busyness_so_far import Today, busyness_so_far
from queuesim.watching.nowcasting.chance import chance_of
from queuesim.watching.nowcasting.contacts_now import contacts_now
from queuesim.watching.nowcasting.cost_at_rates import cost_at_rates
from queuesim.watching.nowcasting.people_now import Called, PeopleNow, people_now
from queuesim.watching.nowcasting.ways_back import reached
from queuesim.watching.state import Standing

Floats = NDArray[np.float64]

KEPT = (
    *("offered", "answered", "answered_within", "abandoned", "abandoned_within", "abandoned_quick"),
    *("blocked", "balked", "let_in", "handled", "wait_answered_s", "wait_all_s", "not_due"),
)
"""Quantities that are kept of every future."""

_ROWS = [schema.names(schema.CONTACT_QUANTITIES).index(name) for name in KEPT]
_GROUP_KEPT = ("staffed_s", "busy_s", "overtime_s")
_GROUP_ROWS = [schema.names(schema.GROUP_QUANTITIES).index(name) for name in _GROUP_KEPT]
_FAR = 1 << 40
"""Numbers of the state's contacts, beyond those that a day draws."""
_AT_A_TIME = 25
_FEW = 24
"""Days played to know how many further attempts there are."""


@dataclass(frozen=True, eq=False)
class Futures:
    """What happens from now on to those who wait and those who come, in each future.

    Attributes
    ----------
    scenario : Scenario
    state : Standing
    contacts : mapping of str to numpy.ndarray, float64, shape (futures, types, intervals of today)
        Quantities of `KEPT`, by interval of arrival. Those who wait now are counted too, those
        who are open now are not: they have been answered.
    groups : mapping of str to numpy.ndarray, float64, shape (futures, groups, intervals of today)
    there : numpy.ndarray, float64, shape (types, intervals of today)
        Contacts of the state that are counted, by interval of arrival: offered already.
    not_due_yet : numpy.ndarray, float64, shape (types, intervals of today)
        Of these: who are not answered, and have not waited for the target time by now.
    cost : numpy.ndarray, float64, shape (futures,)
        Of the rest of the day, at the contracts' rates (`cost_at_rates`); all zeros when it was not
        asked for.
    today : Today
        How busy it is.
    """

    scenario: Scenario
    state: Standing
    contacts: dict[str, Floats]
    groups: dict[str, Floats]
    there: Floats
    not_due_yet: Floats
    cost: Floats
    today: Today

    def __len__(self) -> int:
        return len(self.cost)


def play_futures(
    state: Standing,
    scenario: Scenario | None = None,
    *,
    futures: int,
    seed: int,
    called: tuple[Called, ...] = (),
    with_cost: bool = False,
) -> Futures:
    """Play the rest of today many times.

    Parameters
    ----------
    state : Standing
    scenario : Scenario, optional
        What holds from now on; None: what has held so far.
    futures, seed : int
        Future k has the same contacts, of the state and new ones, in every scenario.
    called : tuple of Called
        People who come beyond the plan.
    with_cost : bool
        Whether money is worked out.

    Returns
    -------
    Futures
    """
    now, before = scenario or state.scenario, state.scenario
    playing = _Playing(state, now, futures, seed, called)
    # futures with the same people one after the other: how they start is worked out once
    order = sorted(range(futures), key=lambda k: playing.first_with[id(playing.people[k])])
    batches = [order[k : k + _AT_A_TIME] for k in range(0, futures, _AT_A_TIME)]
    workers = min(local_cores(), len(batches))
    if workers > 1:
        with ThreadPoolExecutor(workers) as threads:
            told = [tally for some in threads.map(playing.play, batches) for tally in some]
    else:
        told = [tally for some in batches for tally in playing.play(some)]
    told.sort(key=lambda tally: tally.replication)
    cost = cost_at_rates(now, state, told) if with_cost else np.zeros(futures)
    cells = state.intervals
    contacts = np.array([tally.contacts[_ROWS, :, cells] for tally in told])
    groups = np.array([tally.groups[_GROUP_ROWS, :, cells] for tally in told])
    return Futures(
        scenario=before,
        state=state,
        contacts={name: contacts[:, k] for k, name in enumerate(KEPT)},
        groups={name: groups[:, k] for k, name in enumerate(_GROUP_KEPT)},
        there=playing.there(),
        not_due_yet=playing.there(not_due=True),
        cost=cost,
        today=playing.today,
    )


class _Playing:
    """All that the futures have in common."""

    def __init__(
        self,
        state: Standing,
        scenario: Scenario,
        futures: int,
        seed: int,
        called: tuple[Called, ...],
    ) -> None:
        self.state, self.scenario, self.seed = state, scenario, seed
        self.day, self.now_s = state.day, state.now_s
        self.program, self.layout = Program.of(scenario), Layout.of(scenario)
        self.sampler = Sampler(scenario, from_s=state.now_s)
        self.who_helps_itself = state.self_service is not None
        edges = scenario.horizon.day_edges_s
        self.until_s = inf if self.day + 1 == scenario.horizon.days else float(edges[self.day + 1])
        self.drawings = [self.sampler.begin(seed, k) for k in range(futures)]
        self.today = self._how_busy(futures)
        self.first_with: dict[int, int] = {}
        self.people = self._who(called)
        dials = self.drawings[0].days(0, 0).answers.shape[1]
        self.contacts = contacts_now(state, self.people, seed=seed, dials=dials)
        self.between = between(
            state,
            self.contacts.talk_ended_s,
            futures=futures,
            seed=seed,
            until_s=float(edges[self.day + 1]),
            dials=dials,
        )
        self.helps_itself = np.array(
            [each.channel is Channel.SELF_SERVICE for each in scenario.contact_types]
        )
        self._of_threads = threading.local()

    def _how_busy(self, futures: int) -> Today:
        """Draw how busy today is, given the contacts so far, and tell the drawings."""
        state, types = self.state, self.scenario.contact_types
        horizon, cells = self.scenario.horizon, state.intervals
        begins_s = horizon.edges_s[:-1][cells]
        share = np.clip((self.now_s - begins_s) / horizon.interval, 0.0, 1.0)
        planned = np.array([each.demand.rates(horizon).per_interval(horizon) for each in types])
        unknown = np.isnan(state.so_far["first_attempts"]) & state.observed
        first = np.asarray(~unknown.any(axis=1))
        again = reached(state.scenario) & ~first
        if again.any() and state.observed[again].any():  # they count further attempts, too
            played = simulate(state.scenario, replications=_FEW, seed=self.seed, progress=False)
            planned[again] = played.totals.interval_mean("offered")[again]
        seen = state.observed
        planned = np.where(seen, planned[:, cells] * share, 0.0).sum(axis=1)
        came = np.where(first[:, None], state.so_far["first_attempts"], state.so_far["offered"])
        counted = np.where(seen, came, 0.0).sum(axis=1)
        chance = chance_of("busyness", self.seed, futures, len(types) + 1)
        today = busyness_so_far(types, planned, counted, chance)
        if any(each.demand.busyness for each in types):
            for drawing, factor in zip(self.drawings, today.factor, strict=True):
                drawing.busyness = np.repeat(factor[:, None], horizon.days, axis=1)
        return today

    def _who(self, called: tuple[Called, ...]) -> list[PeopleNow]:
        """Say who is there in each future; where the plan is sure it is worked out once."""
        known: dict[tuple[bytes, ...], PeopleNow] = {}
        found: list[PeopleNow] = []
        for k, drawing in enumerate(self.drawings):
            if found and drawing.sessions is self.drawings[k - 1].sessions:  # the plan is sure
                found.append(found[-1])
                continue
            drawn = (drawing.agent_group, *vars(drawing.sessions).values())
            key = tuple(column.tobytes() for column in drawn)
            if key not in known:
                who = people_now(drawing.agent_group, drawing.sessions, self.state, called)
                known[key] = who
                self.first_with[id(who)] = k
            found.append(known[key])
        return found

    def there(self, not_due: bool = False) -> Floats:
        """Count the contacts of the state that are counted again, by type and interval: all, or
        those who are not due yet."""
        contacts, cells = self.contacts, self.state.intervals
        counted = np.zeros((len(self.scenario.contact_types), cells.stop - cells.start))
        at = self.layout.interval_at(contacts.arrival_s) - cells.start
        inside = contacts.counts & (at >= 0)
        if not_due:
            now_s = np.full(len(contacts), self.now_s)
            waited_s = self.layout.elapsed_s(contacts.kind, contacts.arrival_s, now_s)
            inside &= waited_s < self.layout.within_s[contacts.kind]
            inside &= np.isnan(contacts.standing["accepted_s"])
        np.add.at(counted, (contacts.kind[inside], at[inside]), 1.0)
        return counted

    def play(self, numbers: Sequence[int]) -> list[Tally]:
        """Play some futures."""
        mine = self._of_threads
        if not hasattr(mine, "room"):  # what changes belongs to one thread
            mine.room, mine.program = KeptRoom(), Program.of(self.scenario)
        return [self._play(k, mine.room, mine.program) for k in numbers]

    def _play(self, k: int, room: KeptRoom, program: Program) -> Tally:
        drawing, who, there = self.drawings[k], self.people[k], self.contacts
        m, early = len(there), 0
        later = slice(*self.between.first[k : k + 2].tolist())
        known = m + later.stop - later.start

        def joined(fresh: Tape) -> Tape:
            nonlocal early
            tape, early = self._joined(k, fresh, later)
            return tape

        tape = drawing.days(self.day, self.day + 1, room, joined)
        if there.rings_in is not None and tape.again is not None:
            assert there.rings_in_delay_s is not None
            owed = np.flatnonzero(there.standing["due_s"] == there.standing["due_s"])
            tape.again.rings_in[owed] &= there.rings_in[k, owed]
            tape.again.rings_in_delay_s[owed] = there.rings_in_delay_s[k, owed]
        running = Replication(program, who.agent_group, who.sessions, room)
        running.let_in(tape, sure=True)
        standing = np.empty(known, dtype=there.standing.dtype)
        standing[:m], standing[m:] = there.standing, self.between.standing[later]
        standing["left_s"][:m], standing["phase"][:m] = there.left_s[k], there.phase[k]
        standing["agent"][there.open] = who.agent_of[self.state.busy["person"]]
        lasted = np.zeros(program.line_of.shape)
        running.place(Present(self.now_s, standing, who.people, lasted))
        piece = running.play(self.until_s)
        contacts = piece.contacts
        columns = contacts._asdict()
        final = np.ones(len(piece.known), dtype=bool)
        final[:m] = there.counts
        final[known : known + early] = False
        if self.layout.comes_again:
            columns |= {name: contacts.again[name].copy() for name in _OF_CUSTOMERS}
            final &= contacts.again["cause"] >= 0
        contacts.outcome[contacts.outcome < 0] = ContactOutcome.UNRESOLVED
        until_s = min(self.until_s, self.layout.horizon_s)
        count = Count(self.layout, who.agent_group, who.sessions, until_s)
        times = (contacts.arrival_s, contacts.talk_s, contacts.wrap_up_s)
        count.add_contacts(contacts.kind, *times, columns, final)
        count.add_busy(*piece.busy.values())
        return count.tally(k)

    def _joined(self, k: int, fresh: Tape, later: slice) -> tuple[Tape, int]:
        """Put the contacts of the state, and those who come again, before those who come of
        themselves from now on.

        Where the state does not say who is at self-service, who came before now and is there still
        comes with the others; told is how many such there are, for they are counted already.
        """
        there, m = self.contacts, len(self.contacts)
        cut = int(np.searchsorted(fresh.arrival_s, self.now_s, side="left"))
        rows: slice | NDArray[np.intp] = slice(cut, None)
        early = 0
        if self.helps_itself.any() and not self.who_helps_itself:
            ends_s = fresh.arrival_s[:cut] + fresh.talk_s[:cut]
            still = self.helps_itself[fresh.contact_type[:cut]] & (ends_s >= self.now_s)
            early = int(still.sum())
            rows = np.append(np.flatnonzero(still), np.arange(cut, len(fresh)))
        again = self.between
        day = np.full(m + later.stop - later.start, self.day, dtype=np.int32)
        mine = {
            "contact_type": (there.kind, again.kind[later]),
            "day": (day,),
            "number": (_FAR + np.arange(m), _FAR + m + again.customer[later]),
            "arrival_s": (there.arrival_s, again.standing["returns_s"][later]),
            "talk_s": (there.talk_s[k], again.talk_s[later]),
            "wrap_up_s": (there.wrap_up_s[k], again.wrap_up_s[later]),
            "patience_s": (there.patience_s[k], again.patience_s[later]),
            "accepts": (there.accepts[k], again.accepts[later]),
            "window_delay_s": (there.delay_s[k], again.delay_s[later]),
            "answers": (there.answers[k], again.answers[later]),
            "allotted": (there.allotted[k], again.allotted[later]),
        }
        if len(fresh.tolerates_s):
            mine["tolerates_s"] = (np.full(m, inf), again.tolerates_s[later])
            mine["accepts_from_s"] = (np.zeros(m), again.accepts_from_s[later])
        columns: dict[str, Any] = {
            name: np.concatenate([*column, getattr(fresh, name)[rows]])
            for name, column in mine.items()
        }
        return replace(fresh, **columns), early


_OF_CUSTOMERS = ("first_type", "cause", "resolved")
