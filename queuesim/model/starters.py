"""New agents: from which day, how many, and how their handle time falls from week to week."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from queuesim.model.base import Model
from queuesim.model.calendar import Day
from queuesim.model.faults import Fault, did_you_mean, one_of, quoted
from queuesim.model.fields import CountFromOne, Many, Name, Positive
from queuesim.model.horizon import Horizon
from queuesim.model.shift import Shift, people_of

Floats = NDArray[np.float64]

_LARGEST = 10.0
_WEEK_DAYS = 7


class Starters(Model):
    """New agents of a group: slower at first, and quicker from week to week.

    The plan (headcount or shifts) states how many people are there, new ones included; this says
    which of them are new, from which day. With shifts they are the last ``count`` people, each
    batch before those of the batches named earlier. With headcount agents take turns, and each
    stands for nobody in particular: of all agents the share ``count`` ÷ the most people scheduled
    at once from that day on is new, rounded by one draw a replication where it leaves no whole
    number.

    Parameters
    ----------
    count
        How many, 1 or more.
    on
        The day on which they start; it may lie before the horizon. ``"2026-11-30"``.
    ramp_up
        What their handle times are multiplied by in the first week, the second, …; 1 afterwards.
        Above 0 and at most 10. A week begins at the local midnight of the weekday of ``on``, and
        every contact keeps the factor with which it was begun.
    shift
        Name of the shift of which they are the last people. None: of all shifts.
    before
        Who holds their places before that day. ``"others"``: people who need no ramp-up, because
        the new ones follow on others, or because the plan itself grows on that day. ``"nobody"``:
        the places are empty, and so are not paid; for shifts and for a headcount of one number.

    Examples
    --------
    >>> Starters(count=6, on="2026-11-30", ramp_up=(1.6, 1.4, 1.2, 1.1)).factor_in_week(1)
    1.4
    """

    count: CountFromOne
    on: Day
    ramp_up: Many[Positive]
    shift: Name | None = None
    before: Literal["others", "nobody"] = "others"

    def _check(self) -> Iterator[Fault]:
        if not self.ramp_up:
            fix = "write ramp_up=(1.6, 1.4, 1.2, 1.1), say"
            yield Fault("must have a factor for the first week", fix, ("ramp_up",), given="none")
        for week, factor in enumerate(self.ramp_up):
            if factor > _LARGEST:
                fix = f"write {factor / 100:g} for {factor:g} %"
                yield Fault(f"must be at most {_LARGEST:g}", fix, ("ramp_up", str(week)))

    def factor_in_week(self, week: int) -> float:
        """Return the handle-time factor in a week since the start, 0 being the first; 1 before and
        afterwards."""
        return self.ramp_up[week] if 0 <= week < len(self.ramp_up) else 1.0

    def steps(self, horizon: Horizon) -> list[tuple[float, float]]:
        """Return when the factor changes within the horizon, and to what.

        Parameters
        ----------
        horizon
            The days.

        Returns
        -------
        list of (float [s], float)
            In order; the first is at 0 s and states the factor with which the horizon begins.
        """
        steps = [(0.0, 1.0)]
        for week in range(len(self.ramp_up) + 1):
            since_s = midnight_s(self.on + timedelta(days=_WEEK_DAYS * week), horizon)
            if since_s >= horizon.seconds:
                break
            factor = self.factor_in_week(week)
            if since_s == 0.0:
                steps = [(0.0, factor)]
            elif factor != steps[-1][1]:
                steps.append((since_s, factor))
        return steps

    def factor_of_interval(self, horizon: Horizon) -> Floats:
        """Return float64[n_intervals]: the handle-time factor when each interval begins."""
        since_s, factors = np.array(self.steps(horizon)).T
        at = np.searchsorted(since_s, horizon.edges_s[:-1], side="right") - 1
        return np.asarray(factors[at], dtype=np.float64)


def midnight_s(day: date, horizon: Horizon) -> float:
    """Return when a day begins, cut to the horizon [s]."""
    nth = min(max((day - horizon.start).days, 0), horizon.days)
    return float(horizon.day_edges_s[nth])


def places(starters: Sequence[Starters], shifts: Sequence[Shift]) -> list[list[int]]:
    """Return, for each batch, the numbers of its people in a group with shifts: the last of the
    shift, or of all, who are not taken by a batch before it."""
    people = people_of(shifts)
    everybody = range(sum(len(numbers) for numbers in people.values()))
    taken: set[int] = set()
    found = []
    for batch in starters:
        among = everybody if batch.shift is None else people.get(batch.shift, range(0))
        free = [number for number in reversed(among) if number not in taken]
        found.append(free[: batch.count])
        taken.update(found[-1])
    return found


def starters_faults(
    starters: Sequence[Starters], shifts: Sequence[Shift], headcount: object
) -> Iterator[Fault]:
    """Find batches that do not fit a group's plan, as far as the plan alone can tell."""
    names = list(people_of(shifts))
    for index, batch in enumerate(starters):
        if batch.shift is not None and batch.shift not in names:
            rule = f"must be a shift of the group: {one_of(map(quoted, names))}"
            fix = did_you_mean(batch.shift, names)
            if not shifts:
                rule, fix = "cannot be given with headcount, which has no shifts", "leave it out"
            yield Fault(rule, fix, ("starters", str(index), "shift"), given=quoted(batch.shift))
        if batch.before == "nobody" and isinstance(headcount, dict):
            yield Fault(
                'must be "others": a table of headcount states itself how it grows',
                "leave before out, and write the table without them until then",
                ("starters", str(index), "before"),
                given=quoted(batch.before),
            )
    if shifts:
        for index, (batch, numbers) in enumerate(
            zip(starters, places(starters, shifts), strict=True)
        ):
            if len(numbers) < batch.count and batch.shift in (None, *names):
                where = "the shifts" if batch.shift is None else f"the shift {quoted(batch.shift)}"
                yield _too_many(index, batch, len(numbers), f"people of {where}")
    elif isinstance(headcount, int):
        yield from more_than(starters, [headcount] * len(starters))


def more_than(starters: Sequence[Starters], people: Sequence[int]) -> Iterator[Fault]:
    """Find the first batch with which more are new than there are people from its day on."""
    new = 0
    for index, (batch, many) in enumerate(zip(starters, people, strict=True)):
        if new + batch.count > many:
            who = f"people of {many} scheduled" if new else "people scheduled from that day on"
            yield _too_many(index, batch, max(many - new, 0), who)
            return
        new += batch.count


def _too_many(index: int, batch: Starters, room: int, of_whom: str) -> Fault:
    left = " who are not new already" if index else ""
    return Fault(
        f"must be at most {room}, the {of_whom}{left}",
        "plan more people, or fewer starters: the plan counts them too",
        ("starters", str(index), "count"),
        given=str(batch.count),
    )
