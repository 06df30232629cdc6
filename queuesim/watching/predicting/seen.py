"""What a contact that arrives now can see: who waits, who is busy, who is on duty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from queuesim.errors import Problem, ScenarioError, shown
from queuesim.model import Channel, Scenario
from queuesim.model.faults import did_you_mean, one_of
from queuesim.units import GRID
from queuesim.watching.predicting.at_work import placed, usually_open
from queuesim.watching.predicting.capacity import Capacity

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CALLER, HELD, CALLED_BACK = 0, 1, 2
"""How a contact waits: its customer holds the line; a callback in the line of its type, which keeps
its place; a callback in a line of its own, with the terms of the offer."""

Busy = Mapping[str, int | Mapping[str, int]]
Waiting = Mapping[str, int | Sequence[float]]


@dataclass(frozen=True, eq=False)
class Seen:
    """The present of a contact centre, as far as a predictor may look.

    Attributes
    ----------
    now_s : float
        The instant, since the start of the horizon [s].
    waiting_type : numpy.ndarray, int64, shape (w,)
        Index of the contact type of each contact that waits; in order of arrival.
    waiting_since_s : numpy.ndarray, float64, shape (w,)
        Since when it waits [s].
    waiting_how : numpy.ndarray, int64, shape (w,)
        `CALLER`, `HELD` or `CALLED_BACK`.
    stays : numpy.ndarray, bool, shape (w,)
        Whether it is known not to give up: callbacks, and patient contacts of `patient`.
    busy_group, busy_type : numpy.ndarray, int64, shape (b,)
        Group and contact type of each contact that an agent on duty has open.
    busy_agent : numpy.ndarray, int64, shape (b,)
        Who of the group has it open: 0, 1 … among those on duty.
    busy_since_s : numpy.ndarray, float64, shape (b,)
        Since when [s]; NaN where that is not known.
    on_duty : numpy.ndarray, int64, shape (groups,)
        People on duty.
    last_wait_s, last_taken_s : numpy.ndarray, float64, shape (types,)
        Of the contact of each type that an agent took last: its wait, and when it was taken [s];
        0 and NaN where there is none.
    """

    now_s: float
    waiting_type: Ints
    waiting_since_s: Floats
    waiting_how: Ints
    stays: NDArray[np.bool_]
    busy_group: Ints
    busy_type: Ints
    busy_agent: Ints
    busy_since_s: Floats
    on_duty: Ints
    last_wait_s: Floats
    last_taken_s: Floats

    @property
    def waiting_s(self) -> Floats:
        """How long each has waited [s]."""
        return self.now_s - self.waiting_since_s

    def in_line(self, contact_type: int) -> NDArray[np.intp]:
        """Return which contacts wait in the line of a type, first come first."""
        return np.flatnonzero(
            (self.waiting_type == contact_type) & (self.waiting_how != CALLED_BACK)
        )

    def chance(self, seed: int) -> np.random.Generator:
        """Return the chance of what is predicted at this instant.

        Parameters
        ----------
        seed : int
            0 or more.

        Returns
        -------
        numpy.random.Generator
            At its beginning: whoever asks again, in the same instant, draws the same.
        """
        return np.random.default_rng([seed, int(self.now_s * GRID) & 0x7FFFFFFF])

    @classmethod
    def at(
        cls,
        scenario: Scenario,
        when: datetime | str | float,
        *,
        waiting: Waiting,
        on_duty: Mapping[str, int] | None = None,
        busy: Busy | None = None,
        last_wait: Mapping[str, float] | None = None,
    ) -> Seen:
        """Describe the present in a planner's words.

        Parameters
        ----------
        scenario : Scenario
        when : datetime, str or float
            Local time, ``"2026-11-24 11:00"`` say, or seconds since the start of the horizon [s].
        waiting : mapping of str to int or sequence of float
            By contact type: how many wait, or how long each has waited so far [s]. Of a number
            alone it is taken that they came evenly, at the expected rate of arrivals.
        on_duty : mapping of str to int, optional
            People on duty by agent group; as planned where it is not named.
        busy : mapping of str to int or mapping of str to int, optional
            Contacts open by agent group: how many, or how many of each contact type, ``{"home":
            {"support": 12, "chat": 4}}``. Of a number alone it is taken that types are open in
            proportion to the work; where a group is not named, all of it who are on duty are busy
            so, chats and messages with as many as a person may have open. Where live contacts may
            interrupt messages and one waits, all are at live contacts. Who has which contact open
            is taken to be spread as wide as may be.
        last_wait : mapping of str to float, optional
            By contact type, the wait of the contact taken last [s].

        Returns
        -------
        Seen

        Raises
        ------
        ScenarioError
            With everything that is wrong: unknown names, negative numbers or waits, an instant
            outside the horizon, more contacts open than those on duty may have.

        Examples
        --------
        >>> import queuesim as qs
        >>> from queuesim.watching.predict import Seen
        >>> kinds = [
        ...     qs.ContactType(name=channel, channel=channel, demand=qs.Demand(per_day=2000),
        ...                    talk=qs.Exponential(mean="4min")) for channel in ("phone", "chat")]
        >>> team = qs.AgentGroup(name="home", skills=("phone", "chat"), headcount=6,
        ...                      concurrency={"chat": 2}, pace={"chat": (1, 1.6)},
        ...                      contract=qs.InHouse(per_hour=24.0))
        >>> day = qs.Scenario(name="a day", contact_types=kinds, agent_groups=(team,),
        ...                   horizon=qs.Horizon(start="2026-11-23", days=1))
        >>> now = Seen.at(day, "2026-11-23 10:00", waiting={"phone": [40, 10]},
        ...               busy={"home": {"phone": 4, "chat": 3}})
        >>> now.busy_agent.tolist()
        [0, 1, 2, 3, 4, 4, 5]
        """
        types = [each.name for each in scenario.contact_types]
        groups = [each.name for each in scenario.agent_groups]
        problems: list[Problem] = []
        now_s = _instant(scenario, when, problems)
        _names("waiting", waiting, types, "a contact type of the scenario", problems)
        _names("last_wait", last_wait or {}, types, "a contact type of the scenario", problems)
        _names("on_duty", on_duty or {}, groups, "an agent group of the scenario", problems)
        _names("busy", busy or {}, groups, "an agent group of the scenario", problems)
        _counts("on_duty", on_duty or {}, problems)
        for name, of_group in (busy or {}).items():
            if isinstance(of_group, Mapping):
                served = [
                    e.contact_type
                    for g in scenario.agent_groups
                    if g.name == name
                    for e in g.skills
                ]
                _names(
                    f"busy.{name}",
                    of_group,
                    served,
                    "a contact type that the group serves",
                    problems,
                )
                _counts(f"busy.{name}", of_group, problems)
            else:
                _counts("busy", {name: of_group}, problems)
        for name, many in waiting.items():
            if isinstance(many, (int, np.integer)):
                _counts("waiting", {name: int(many)}, problems)
            else:
                _ages(f"waiting.{name}", many, problems)
        for name, wait in (last_wait or {}).items():
            _ages(f"last_wait.{name}", [wait], problems)
        if problems:
            raise ScenarioError(problems, "Seen")
        capacity = Capacity.of(scenario)
        people = np.round(capacity.staffed_at(now_s)).astype(np.int64)
        for name, number in (on_duty or {}).items():
            people[groups.index(name)] = number
        kind, since = [], []
        for name, many in waiting.items():
            index = types.index(name)
            if isinstance(many, (int, np.integer)):
                gap_s = 1.0 / max(capacity.rate(index, now_s), 1e-9)
                ages = np.minimum(np.arange(int(many), 0, -1) * gap_s, 3600.0)
            else:
                ages = np.asarray(many, dtype=np.float64)
            kind += [index] * len(ages)
            since += list(now_s - ages)
        order = np.argsort(np.array(since), kind="stable")
        waits = [(t, now_s - at_s) for t, at_s in zip(kind, since, strict=True)]
        hands = [
            _hands(capacity, g, int(people[g]), (busy or {}).get(name), now_s, waits, problems)
            for g, name in enumerate(groups)
        ]
        if problems:
            raise ScenarioError(problems, "Seen")
        at_work = [
            (g, k, t)
            for g, of_group_hands in enumerate(hands)
            for k, mine in enumerate(of_group_hands)
            for t in mine
        ]
        busy_group, busy_agent, busy_type = np.array(at_work, dtype=np.int64).reshape(-1, 3).T
        last = np.zeros(len(types))
        for name, wait in (last_wait or {}).items():
            last[types.index(name)] = wait
        none = np.zeros(len(kind), dtype=np.int64)
        return cls(
            now_s=now_s,
            waiting_type=np.array(kind, dtype=np.int64)[order],
            waiting_since_s=np.array(since, dtype=np.float64)[order],
            waiting_how=none,
            stays=none.astype(bool),
            busy_group=busy_group,
            busy_type=busy_type,
            busy_agent=busy_agent,
            busy_since_s=np.full(len(busy_type), np.nan),
            on_duty=people,
            last_wait_s=last,
            last_taken_s=np.full(len(types), np.nan),
        )


def _hands(
    capacity: Capacity,
    group: int,
    people: int,
    given: int | Mapping[str, int] | None,
    now_s: float,
    waits: list[tuple[int, float]],
    problems: list[Problem],
) -> list[list[int]]:
    """Return the types of the contacts that each person of a group has open."""
    scenario = capacity.scenario
    names = [each.name for each in scenario.contact_types]
    if isinstance(given, Mapping):
        counts = np.zeros(len(names), dtype=np.int64)
        for name, number in given.items():
            counts[names.index(name)] = number
    else:
        live_waits = any(
            capacity.serves[group, t]
            and scenario.contact_types[t].channel is not Channel.MESSAGE
            and age_s >= capacity.min_wait_s[group, t]
            for t, age_s in waits
        )
        counts = usually_open(capacity, group, people, given, now_s, live_waits)
    found = placed(scenario, group, counts, people)
    if found is None:
        field, team = "busy", scenario.agent_groups[group].name
        rule = f"must be what the {people} people on duty can have open"
        fix = f'write on_duty={{"{team}": …}} if more are there; count contacts, not people'
        problems.append(Problem(f"{field}.{team}", shown(given), rule, fix))
        return []
    return found


def _instant(scenario: Scenario, when: datetime | str | float, problems: list[Problem]) -> float:
    end_s = scenario.horizon.seconds
    try:
        when = datetime.fromisoformat(when) if isinstance(when, str) else when
        now_s = scenario.horizon.seconds_at(when) if isinstance(when, datetime) else float(when)
    except ValueError as error:
        problems.append(Problem("when", shown(when), str(error)))
        return 0.0
    if not 0 <= now_s < end_s:
        first, last = scenario.horizon.dates[0], scenario.horizon.dates[-1]
        problems.append(
            Problem("when", shown(when), f"must lie within the horizon, {first} to {last}")
        )
    return now_s


def _names(
    field: str, given: Mapping[str, object], known: list[str], what: str, problems: list[Problem]
) -> None:
    for name in given:
        if name not in known:
            rule = f"must be {what}: {one_of(known)}"
            problems.append(Problem(field, shown(name), rule, did_you_mean(name, known)))


def _counts(field: str, given: Mapping[str, int], problems: list[Problem]) -> None:
    for name, number in given.items():
        whole = isinstance(number, (int, np.integer)) and not isinstance(number, bool)
        if not whole or number < 0:
            problems.append(
                Problem(f"{field}.{name}", shown(number), "must be a number, 0 or more")
            )


def _ages(field: str, given: Sequence[float], problems: list[Problem]) -> None:
    for index, age in enumerate(given):
        if not (isinstance(age, (int, float, np.number)) and 0 <= float(age) < np.inf):
            problems.append(
                Problem(f"{field}.{index}", shown(age), "must be seconds waited so far, 0 or more")
            )
