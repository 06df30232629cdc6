"""What a contact that arrives now can see: who waits, who is busy, who is on duty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from queuesim.errors import Problem, ScenarioError, shown
from queuesim.model import Scenario
from queuesim.model.faults import did_you_mean, one_of
from queuesim.units import GRID
from queuesim.watching.predicting.capacity import Capacity

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CALLER, HELD, CALLED_BACK = 0, 1, 2
"""How a contact waits: its customer holds the line; a callback in the line of its type, which keeps
its place; a callback in a line of its own, with the terms of the offer."""

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
        when: datetime | float,
        *,
        waiting: Waiting,
        on_duty: Mapping[str, int] | None = None,
        busy: Mapping[str, int] | None = None,
        last_wait: Mapping[str, float] | None = None,
    ) -> Seen:
        """Describe the present in a planner's words.

        Parameters
        ----------
        scenario : Scenario
        when : datetime or float
            Local time, or seconds since the start of the horizon [s].
        waiting : mapping of str to int or sequence of float
            By contact type: how many wait, or how long each has waited so far [s]. Of a number
            alone it is taken that they came evenly, at the expected rate of arrivals.
        on_duty : mapping of str to int, optional
            People on duty by agent group; as planned where it is not named.
        busy : mapping of str to int, optional
            Contacts open by agent group; where it is not named, all who are on duty are busy.
        last_wait : mapping of str to float, optional
            By contact type, the wait of the contact taken last [s].

        Returns
        -------
        Seen

        Raises
        ------
        ScenarioError
            With everything that is wrong: unknown names, negative numbers or waits, an instant
            outside the horizon.
        """
        types = [each.name for each in scenario.contact_types]
        groups = [each.name for each in scenario.agent_groups]
        problems: list[Problem] = []
        now_s = _instant(scenario, when, problems)
        _names("waiting", waiting, types, "contact type", problems)
        _names("last_wait", last_wait or {}, types, "contact type", problems)
        for field, given in (("on_duty", on_duty or {}), ("busy", busy or {})):
            _names(field, given, groups, "agent group", problems)
            _counts(field, given, problems)
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
        open_now = people * capacity.slots
        for name, number in (busy or {}).items():
            open_now[groups.index(name)] = number
        busy_type = [_mix(capacity, g, int(n), now_s) for g, n in enumerate(open_now)]
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
            busy_group=np.repeat(np.arange(len(groups)), [len(each) for each in busy_type]),
            busy_type=np.concatenate(busy_type) if busy_type else none[:0],
            busy_since_s=np.full(sum(map(len, busy_type)), np.nan),
            on_duty=people,
            last_wait_s=last,
            last_taken_s=np.full(len(types), np.nan),
        )


def _mix(capacity: Capacity, group: int, many: int, now_s: float) -> Ints:
    """Return the likely types of the contacts that a group has open: in proportion to the work."""
    served = np.flatnonzero(capacity.serves[group])
    work = np.array([capacity.rate(int(t), now_s) * capacity.handle_s[t] for t in served])
    if len(served) == 0 or many == 0:
        return np.empty(0, dtype=np.int64)
    share = work / work.sum() if work.sum() > 0 else np.full(len(served), 1 / len(served))
    upto = np.round(np.cumsum(share) * many).astype(np.int64)
    return np.repeat(served, np.diff(upto, prepend=0)).astype(np.int64)


def _instant(scenario: Scenario, when: datetime | float, problems: list[Problem]) -> float:
    end_s = scenario.horizon.seconds
    try:
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
            rule = f"must be a {what} of the scenario: {one_of(known)}"
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
