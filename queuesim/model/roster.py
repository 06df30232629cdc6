"""The roster: what a group's plan means second by second, before chance takes anybody away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from queuesim.model.agent_group import AgentGroup
from queuesim.model.base import FixedDict
from queuesim.model.days import HOLIDAY
from queuesim.model.horizon import Horizon
from queuesim.model.shift import Shift, people_of
from queuesim.model.starters import midnight_s, places
from queuesim.units import DAY_S

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def _no_times() -> Floats:
    return np.empty(0, dtype=np.float64)


def _no_numbers() -> Ints:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Roster:
    """Who is scheduled when. A group has either pieces (headcount) or sessions (shifts); the other
    half is empty.

    Attributes
    ----------
    edges_s
        float64[pieces + 1]: edges of the pieces: the horizon's intervals, cut at the edges of the
        hours [s].
    counts
        int64[pieces]: people scheduled in each piece.
    person
        int64[sessions]: number of the person within the group, from 0. Sessions are ordered by
        person and time.
    on_s, off_s
        float64[sessions]: from and to [s], within the horizon. A break parts two sessions.
    paid_until_s
        float64[sessions]: to when the session is paid: ``off_s``, or the end of the paid break
        after it [s].
    shift
        int64[sessions]: index of the shift in the group.
    day
        int64[sessions]: day on which the shift starts; 0 also for one that began on the evening
        before the horizon.
    """

    edges_s: Floats = field(default_factory=_no_times)
    counts: Ints = field(default_factory=_no_numbers)
    person: Ints = field(default_factory=_no_numbers)
    on_s: Floats = field(default_factory=_no_times)
    off_s: Floats = field(default_factory=_no_times)
    paid_until_s: Floats = field(default_factory=_no_times)
    shift: Ints = field(default_factory=_no_numbers)
    day: Ints = field(default_factory=_no_numbers)

    @property
    def by_shifts(self) -> bool:
        """Whether it has sessions of persons rather than pieces of headcount."""
        return len(self.edges_s) == 0

    @property
    def paid_s(self) -> Floats:
        """float64[sessions]: paid seconds of each session."""
        return self.paid_until_s - self.on_s

    @property
    def people(self) -> int:
        """Number of persons: the most scheduled at once, or the persons of all shifts."""
        if self.by_shifts:
            return int(self.person.max(initial=-1)) + 1
        return int(self.counts.max(initial=0))

    def scheduled_s(self, horizon: Horizon) -> Floats:
        """Return float64[n_intervals]: paid person-seconds scheduled in each interval."""
        if self.by_shifts:
            return person_seconds(self.on_s, self.paid_until_s, horizon)
        interval = (self.edges_s[:-1] // horizon.interval).astype(np.int64)
        seconds = self.counts * np.diff(self.edges_s)
        paid = np.bincount(interval, weights=seconds, minlength=horizon.n_intervals)
        return paid.astype(np.float64)

    def on_duty_s(self, horizon: Horizon) -> Floats:
        """Return float64[n_intervals]: person-seconds on duty in each interval; paid breaks do not
        count."""
        return (
            person_seconds(self.on_s, self.off_s, horizon)
            if self.by_shifts
            else self.scheduled_s(horizon)
        )

    def most_at_once(self, horizon: Horizon) -> Ints:
        """Return int64[n_intervals]: the largest number of people on at once within each
        interval."""
        edges, counts = self.edges_s, self.counts
        if self.by_shifts:
            edges = np.unique(np.concatenate([horizon.edges_s, self.on_s, self.off_s]))
            change = np.zeros(len(edges), dtype=np.int64)
            np.add.at(change, np.searchsorted(edges, self.on_s), 1)
            np.add.at(change, np.searchsorted(edges, self.off_s), -1)
            counts = np.cumsum(change)[:-1]
        most = np.zeros(horizon.n_intervals, dtype=np.int64)
        np.maximum.at(most, (edges[:-1] // horizon.interval).astype(np.int64), counts)
        return most


def person_seconds(on_s: Floats, off_s: Floats, horizon: Horizon) -> Floats:
    """Return seconds spent in each interval by all sessions together.

    Parameters
    ----------
    on_s, off_s
        float64[k]: from and to, within the horizon [s].
    horizon
        The days.

    Returns
    -------
    float64[n_intervals] [person-seconds]
    """
    edges = horizon.edges_s
    # Exact on the grid: at each edge, the time all sessions have spent so far.
    ons, offs = np.sort(on_s), np.sort(off_s)
    spent = _time_before(edges, ons) - _time_before(edges, offs)
    return np.diff(spent)


def _time_before(edges: Floats, starts: Floats) -> Floats:
    """Return, at each edge, the sum over the starts before it of the time since."""
    count = np.searchsorted(starts, edges, side="right")
    total = np.concatenate([[0.0], np.cumsum(starts)])
    return np.asarray(count * edges - total[count], dtype=np.float64)


def rostered(group: AgentGroup, horizon: Horizon, windows: Floats) -> Roster:
    """Return what the group's plan means over the horizon.

    Parameters
    ----------
    group
        The group.
    horizon
        The days.
    windows
        float64[n, 2]: when the headcount works, from `AgentGroup.windows` [s]; not used for shifts.

    Returns
    -------
    Roster
        Deterministic: shrinkage and absence are not taken off here.

    Examples
    --------
    >>> from queuesim.model.contract import InHouse
    >>> day = Horizon(start="2026-11-23", days=1, interval="12h")
    >>> wage = InHouse(per_hour=20.0)
    >>> home = AgentGroup(name="home", skills=("support",), headcount=4, contract=wage)
    >>> rostered(home, day, np.array([[28_800.0, 64_800.0]])).counts
    array([0, 4, 4, 0])
    """
    return _by_shifts(group, horizon) if group.shifts else _by_headcount(group, horizon, windows)


def _by_headcount(group: AgentGroup, horizon: Horizon, windows: Floats) -> Roster:
    edges = np.unique(np.concatenate([horizon.edges_s, windows.ravel()]))
    begins = edges[:-1]
    # An edge of the hours is on when an odd number of window edges lies at or before it.
    is_open = np.searchsorted(windows.ravel(), begins, side="right") % 2 == 1
    interval = (begins // horizon.interval).astype(np.int64)
    counts = planned(group, horizon)[interval]
    return Roster(edges_s=edges, counts=np.where(is_open, counts, 0))


def planned(group: AgentGroup, horizon: Horizon) -> Ints:
    """Return int64[n_intervals]: the headcount that the plan states for each interval, whatever the
    hours."""
    table = group.headcount
    if not isinstance(table, FixedDict):
        return _one_number(group, table or 0, horizon)
    form, people = next(iter(table.items()))
    numbers = np.array(people, dtype=np.int64)
    day = horizon.day_of_interval
    step = (horizon.clock_s_of_interval // horizon.interval).astype(np.int64)
    if form == "day":
        return numbers[step]
    if form == "week":
        return numbers[horizon.weekday[day] * horizon.intervals_per_day + step]
    if form == "weeks":
        return numbers[horizon.week_of_day[day]]
    return numbers


def _one_number(group: AgentGroup, headcount: int, horizon: Horizon) -> Ints:
    """Return a headcount of one number, without the starters whose places are empty until then."""
    counts = np.full(horizon.n_intervals, headcount, dtype=np.int64)
    for batch in group.starters:
        if batch.before == "nobody":
            counts[horizon.edges_s[:-1] < midnight_s(batch.on, horizon)] -= batch.count
    return counts


def _by_shifts(group: AgentGroup, horizon: Horizon) -> Roster:
    people = people_of(group.shifts)
    on_holidays = {shift.name for shift in group.shifts if HOLIDAY in shift.weekdays}
    rows = [np.empty((0, 6))]
    for index, shift in enumerate(group.shifts):
        days = _days_of(shift, horizon, holidays_apart=shift.name in on_holidays)
        everybody = people[shift.name].start + np.arange(shift.headcount, dtype=np.float64)
        for wave in range(min(shift.waves, shift.headcount)):
            persons = everybody[wave :: shift.waves]
            for on, off, paid_until in _stretches(shift, days, horizon, wave):
                of_day = np.column_stack(
                    [on, off, paid_until, np.full(len(days), index), np.maximum(days, 0)]
                )
                of_day = of_day[off > on]
                rows.append(
                    np.column_stack(
                        [np.repeat(persons, len(of_day)), np.tile(of_day, (len(persons), 1))]
                    )
                )
    table = _without_empty_places(np.concatenate(rows), group, horizon)
    table = table[np.lexsort((table[:, 1], table[:, 0]))]
    person, on_s, off_s, paid_until_s, shift_index, day = table.T.copy()
    return Roster(
        person=person.astype(np.int64),
        on_s=on_s,
        off_s=off_s,
        paid_until_s=paid_until_s,
        shift=shift_index.astype(np.int64),
        day=day.astype(np.int64),
    )


def _without_empty_places(table: Floats, group: AgentGroup, horizon: Horizon) -> Floats:
    """Take out the shifts of starters on days before their first, where nobody holds the place."""
    for batch, numbers in zip(group.starters, places(group.starters, group.shifts), strict=True):
        if batch.before == "nobody":
            too_early = table[:, 5] < (batch.on - horizon.start).days
            table = table[~(too_early & np.isin(table[:, 0], numbers))]
    return table


def _days_of(shift: Shift, horizon: Horizon, *, holidays_apart: bool) -> Ints:
    """Return the days, −1 being the eve of the horizon, on which a shift starts."""
    eve_weekday, eve_holiday = horizon.eve
    kind = np.concatenate([[eve_weekday], horizon.weekday])
    if holidays_apart:
        kind[np.concatenate([[eve_holiday], horizon.is_holiday])] = HOLIDAY
    return np.flatnonzero(np.isin(kind, shift.weekdays)) - 1


def _stretches(
    shift: Shift, days: Ints, horizon: Horizon, wave: int
) -> Iterator[tuple[Floats, Floats, Floats]]:
    """Yield from, to and paid-until, float64[days] each, of the stretches between the breaks of a
    wave, cut to the horizon [s]."""
    begin, end = shift.span
    breaks = shift.break_spans_of(wave)
    edges = [begin, *(edge for stretch in breaks for edge in stretch), end]
    real = [_instants(days, edge, horizon, late=nth % 2 == 1) for nth, edge in enumerate(edges)]
    for nth in range(0, len(real), 2):
        on, off = real[nth], np.maximum(real[nth], real[nth + 1])
        paid_break = shift.paid_breaks and nth + 2 < len(real)
        yield on, off, np.maximum(off, real[nth + 2]) if paid_break else off


def _instants(days: Ints, clock: int, horizon: Horizon, *, late: bool) -> Floats:
    """Return when the local clock of each day shows a time, float64[days], cut to the horizon [s].

    A time in a gap is the end of the gap; of a time that comes twice, the first showing begins a
    stretch and the ``late`` one ends it.
    """
    day, clock = days + clock // DAY_S, clock % DAY_S
    spans = horizon.clock_spans
    within = np.clip(day, 0, horizon.days - 1)
    first = np.searchsorted(spans.day, within, side="left")
    last = np.searchsorted(spans.day, within, side="right") - 1
    found = np.full(len(day), np.nan)
    for nth in range(int((last - first).max(initial=0)) + 1):
        span = np.minimum(first + nth, last)
        into = clock - spans.clock_s[span]
        length = spans.to_s[span] - spans.from_s[span]
        shows = (first + nth <= last) & (into >= 0) & (into < length)
        take = shows & (late | np.isnan(found))
        found[take] = spans.from_s[span[take]] + into[take]
        skipped = (first + nth <= last) & (into < 0) & np.isnan(found)
        found[skipped] = spans.from_s[span[skipped]]
    found[day < 0] = 0.0
    found[(day >= horizon.days) | np.isnan(found)] = horizon.seconds
    return np.clip(found, 0.0, horizon.seconds)
