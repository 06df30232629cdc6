"""Offered load and the people for it, interval by interval and week by week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from queuesim.model.carrying import tempo_of
from queuesim.model.roster import person_seconds
from queuesim.results import Result
from queuesim.results.tables import divide

Series = NDArray[np.float64]


@dataclass(frozen=True)
class Work:
    """Offered load of some contact types together [erlangs].

    Attributes
    ----------
    expected, mean : numpy.ndarray, float64, shape (periods,)
        As the scenario states it; as simulated, mean over replications.
    deviation : numpy.ndarray, float64, shape (periods,)
        Standard deviation over replications; NaN with fewer than two.
    """

    expected: Series
    mean: Series
    deviation: Series

    @classmethod
    def by_interval(cls, result: Result, types: Sequence[int]) -> Work:
        """Return the load of every interval.

        Sums of squares by interval are kept for each contact type alone. What the types of a day
        have in common (shared busyness) is a factor of the whole day, so the covariance of two
        types in an interval is that of their days, in proportion to the interval's part of each.
        """
        totals, layout, chosen = result.totals, result.layout, list(types)
        n, length_s = totals.n, layout.interval_s
        mean = totals.interval_mean("offered_work_s")[chosen]
        squares = totals.interval_product("offered_work_s", "offered_work_s")[chosen]
        expected = result.scenario.offered_load()[chosen].sum(axis=0)
        if n < 2:
            unknown = np.full(layout.n_intervals, np.nan)
            return cls(expected, mean.sum(axis=0) / length_s, unknown)
        variance = (np.maximum(squares - n * mean**2, 0.0) / (n - 1)).sum(axis=0)
        by_day = totals.contacts_by_day("offered_work_s")[:, chosen]
        away = by_day - by_day.mean(axis=0)
        day = layout.day_of_interval
        part = np.nan_to_num(divide(mean, by_day.mean(axis=0)[:, day]))
        for one in range(len(chosen)):
            for other in range(one):
                common = (away[:, one] * away[:, other]).sum(axis=0) / (n - 1)
                variance += 2 * common[day] * part[one] * part[other]
        deviation = np.sqrt(np.maximum(variance, 0.0)) / length_s
        return cls(expected, mean.sum(axis=0) / length_s, deviation)

    def at(self, intervals: NDArray[np.int64]) -> Work:
        """Return the load of some intervals; -1 gives NaN."""
        return Work(
            *(_taken(part, intervals) for part in (self.expected, self.mean, self.deviation))
        )

    @classmethod
    def by_week(cls, result: Result, types: Sequence[int], on: NDArray[np.bool_]) -> Work:
        """Return the mean load of every week over its hours on, float64[weeks].

        Parameters
        ----------
        result : Result
        types : sequence of int
        on : numpy.ndarray, bool, shape (intervals,)
            The hours to average over. Work that comes outside them counts where it waits for the
            opening, not where it is turned away.
        """
        totals, layout, chosen = result.totals, result.layout, list(types)
        waits = np.array([_waits_for_opening(result, k) for k in chosen]).reshape(-1, 1)
        counted = on[None, :] | waits
        hours_s = week_sums(result, np.where(on, layout.interval_s, 0.0))
        mean = totals.interval_mean("offered_work_s")[chosen]
        expected = result.scenario.offered_load()[chosen] * layout.interval_s
        simulated = layout.weeks.of_days(totals.contacts_by_day("offered_work_s")[:, chosen])
        share = np.nan_to_num(divide(week_sums(result, mean * counted), week_sums(result, mean)))
        each = divide((simulated * share).sum(axis=1), hours_s[None, :])
        unknown = np.full(len(hours_s), np.nan)
        return cls(
            divide(week_sums(result, expected * counted).sum(axis=0), hours_s),
            each.mean(axis=0),
            each.std(axis=0, ddof=1) if totals.n > 1 else unknown,
        )


@dataclass(frozen=True)
class People:
    """The people of the groups that serve some contact types.

    Attributes
    ----------
    scheduled, staffed : numpy.ndarray, float64, shape (periods,)
        Paid headcount; on duty or still busy, mean over replications [agents].
    carried : numpy.ndarray, float64, shape (periods,)
        What the staffed can carry at best: all at full concurrency, each at what it is quickest at
        [erlangs].
    """

    scheduled: Series
    staffed: Series
    carried: Series

    @classmethod
    def by_interval(cls, result: Result, types: Sequence[int]) -> People:
        """Return the people of every interval."""
        scenario, layout = result.scenario, result.layout
        names = {layout.types[k] for k in types}
        groups = [
            k
            for k, group in enumerate(scenario.agent_groups)
            if any(skill.contact_type in names for skill in group.skills)
        ]
        staffed = result.totals.group_mean("staffed_s")[groups] / layout.interval_s
        speed = np.array([_quickest(result, k, names) for k in groups])
        tempo = np.stack([tempo_of(scenario, scenario.agent_groups[k]) for k in groups])
        return cls(
            layout.scheduled_s[groups].sum(axis=0) / layout.interval_s,
            staffed.sum(axis=0),
            (staffed * speed[:, None] * tempo).sum(axis=0),
        )

    def at(self, intervals: NDArray[np.int64]) -> People:
        """Return the people of some intervals; -1 gives NaN."""
        parts = (self.scheduled, self.staffed, self.carried)
        return People(*(_taken(part, intervals) for part in parts))

    def by_week(self, result: Result, on: NDArray[np.bool_]) -> People:
        """Return the means of every week over its hours on."""
        hours = week_sums(result, on.astype(np.float64))
        parts = (self.scheduled, self.staffed, self.carried)
        return People(*(divide(week_sums(result, part * on), hours) for part in parts))


def hours_on(result: Result, types: Sequence[int], people: People) -> NDArray[np.bool_]:
    """Return in which intervals a contact type is open or somebody is scheduled."""
    on = people.scheduled > 0
    for k in types:
        on = on | is_open(result, k)
    return on


def is_open(result: Result, contact_type: int) -> NDArray[np.bool_]:
    """Return in which intervals a contact type is open, if only for a part."""
    horizon = result.scenario.horizon
    windows = result.scenario.contact_types[contact_type].windows(horizon)
    return np.asarray(person_seconds(windows[:, 0], windows[:, 1], horizon) > 0, dtype=np.bool_)


def busiest(result: Result, work: Work, on: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return each week's interval on with the highest expected load, int64[weeks]; -1 for none."""
    week = _week_of_interval(result)
    found = np.full(len(result.layout.weeks), -1, dtype=np.int64)
    for k in range(len(found)):
        inside = np.flatnonzero((week == k) & on)
        if len(inside):
            found[k] = inside[np.argmax(work.expected[inside])]
    return found


def week_sums(result: Result, by_interval: Series) -> Series:
    """Sum the last axis, intervals, over calendar weeks."""
    return result.layout.weeks.of_days(result.layout.by_day(by_interval))


def _week_of_interval(result: Result) -> NDArray[np.int64]:
    layout = result.layout
    found = np.searchsorted(layout.weeks.first_day, layout.day_of_interval, side="right") - 1
    return np.asarray(found, dtype=np.int64)


def _waits_for_opening(result: Result, contact_type: int) -> bool:
    return result.scenario.contact_types[contact_type].outside_hours == "queue"


def _quickest(result: Result, group: int, names: set[str]) -> float:
    """Return the most erlangs that an agent of a group can carry of these contact types."""
    members = result.scenario.agent_groups[group]
    return max(
        members.best_pace(result.scenario.contact_type(skill.contact_type).channel)
        / skill.handle_factor
        for skill in members.skills
        if skill.contact_type in names
    )


def _taken(values: Series, intervals: NDArray[np.int64]) -> Series:
    return np.where(intervals < 0, np.nan, values[intervals])
