"""The days that are simulated, their intervals, time zone and holidays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from queuesim.clock import (
    ClockSpans,
    clock_spans,
    clock_to_seconds,
    local_midnights,
    seconds_to_clock,
)
from queuesim.model.base import Model
from queuesim.model.calendar import Day, DividesDay, HolidaySources, TimeZone, holidays_of
from queuesim.model.faults import Fault
from queuesim.units import DAY_S, format_duration, snap

_MOST_DAYS = 3700


class Horizon(Model):
    """The days that are simulated.

    Parameters
    ----------
    start
        First day; the horizon starts at its local midnight.
    days
        Number of days, 1 to 3,700.
    interval
        Length of the planning interval [s]: whole seconds that divide 24 h, at most 24 h. Where
        clocks change within the horizon, the change must be a multiple of it.
    timezone
        IANA name. Days on which clocks change have 23 or 25 hours, and intervals stay equally long.
    holidays
        Country codes, with a part where wanted, and dates: ``"FI"``, ``("US-CA", "2026-11-27")``.

    Examples
    --------
    >>> horizon = Horizon(start="2026-11-23", days=7, timezone="Europe/Helsinki", holidays="FI")
    >>> horizon.n_intervals
    336
    """

    start: Day
    days: Annotated[int, Field(strict=True, ge=1, le=_MOST_DAYS)]
    interval: DividesDay = 1800.0
    timezone: TimeZone = "UTC"
    holidays: HolidaySources = ()

    def _check(self) -> Iterator[Fault]:
        lengths = np.diff(self.day_edges_s)
        for day in np.flatnonzero(lengths % self.interval != 0):
            change = abs(lengths[day] - DAY_S)
            near = format_duration(np.gcd(int(change), int(self.interval)))
            yield Fault(
                f"clocks change by {format_duration(change)} on {self.dates[day]}, and a change "
                f"must be a multiple of the interval",
                f'write interval="{near}"',
                ("interval",),
            )

    @property
    def zone(self) -> ZoneInfo:
        """The time zone."""
        return ZoneInfo(self.timezone)

    @cached_property
    def dates(self) -> tuple[date, ...]:
        """The days."""
        return tuple(self.start + timedelta(days=day) for day in range(self.days))

    @cached_property
    def day_edges_s(self) -> NDArray[np.float64]:
        """float64[days + 1]: local midnights [s]."""
        return _fixed(local_midnights(self.start, self.days, self.zone))

    @property
    def seconds(self) -> float:
        """Length of the horizon [s]."""
        return float(self.day_edges_s[-1])

    @cached_property
    def edges_s(self) -> NDArray[np.float64]:
        """float64[n_intervals + 1]: edges of the intervals [s]."""
        return _fixed(np.arange(self.n_intervals + 1, dtype=np.float64) * self.interval)

    @property
    def n_intervals(self) -> int:
        """Number of intervals."""
        return int(self.seconds // self.interval)

    @property
    def intervals_per_day(self) -> int:
        """Number of intervals in a day of 24 hours."""
        return int(DAY_S // self.interval)

    @cached_property
    def clock_spans(self) -> ClockSpans:
        """Stretches over which the local clock runs evenly."""
        return ClockSpans(*map(_fixed, clock_spans(self.start, self.days, self.zone)))

    @cached_property
    def weekday(self) -> NDArray[np.int64]:
        """int64[days]: Monday 0 … Sunday 6."""
        return _fixed((self.start.weekday() + np.arange(self.days, dtype=np.int64)) % 7)

    @cached_property
    def _holiday_by_date(self) -> dict[date, str]:
        eve = self.start - timedelta(days=1)
        years = tuple(range(eve.year, self.dates[-1].year + 1))
        found: dict[date, list[str]] = {}
        for source in self.holidays:
            for day, name in holidays_of(source, years).items():
                if name not in found.setdefault(day, []):
                    found[day].append(name)
        return {day: "; ".join(names) for day, names in found.items()}

    @cached_property
    def holiday_name(self) -> tuple[str | None, ...]:
        """The name of the holiday, or None, of each day."""
        return tuple(self._holiday_by_date.get(day) for day in self.dates)

    @property
    def holiday_names(self) -> tuple[str, ...]:
        """The names of all holidays in the years of the horizon."""
        listed = self._holiday_by_date.values()
        return tuple(dict.fromkeys(name for names in listed for name in names.split("; ")))

    @cached_property
    def is_holiday(self) -> NDArray[np.bool_]:
        """bool[days]: whether the day is a holiday."""
        return _fixed(np.array([name is not None for name in self.holiday_name], dtype=np.bool_))

    @property
    def eve(self) -> tuple[int, bool]:
        """Weekday of the day before the horizon, and whether it is a holiday: nights reach over
        from it."""
        day = self.start - timedelta(days=1)
        return day.weekday(), day in self._holiday_by_date

    @cached_property
    def day_of_interval(self) -> NDArray[np.int64]:
        """int64[n_intervals]: the day of each interval."""
        return _fixed(self.day_at(self.edges_s[:-1]))

    @cached_property
    def clock_s_of_interval(self) -> NDArray[np.float64]:
        """float64[n_intervals]: what the local clock shows when each interval starts, after
        midnight [s]."""
        return _fixed(self.clock_at(self.edges_s[:-1]))

    @cached_property
    def month_of_day(self) -> NDArray[np.int64]:
        """int64[days]: January 1 … December 12."""
        return _fixed(np.array([day.month for day in self.dates], dtype=np.int64))

    @cached_property
    def iso_week_of_day(self) -> NDArray[np.int64]:
        """int64[days]: ISO week number, 1 … 53."""
        return _fixed(np.array([day.isocalendar().week for day in self.dates], dtype=np.int64))

    @cached_property
    def week_of_day(self) -> NDArray[np.int64]:
        """int64[days]: calendar week (Monday to Sunday) counted from the one in which the horizon
        starts, 0."""
        return _fixed((self.start.weekday() + np.arange(self.days, dtype=np.int64)) // 7)

    @property
    def n_weeks(self) -> int:
        """Number of calendar weeks (Monday to Sunday) that the horizon touches."""
        return int(self.week_of_day[-1]) + 1

    def local(self, seconds: float) -> datetime:
        """Return the local time, with its time zone, at ``seconds`` since the start of the horizon
        [s]."""
        return seconds_to_clock(seconds, self.start, self.zone)

    def seconds_at(self, moment: datetime) -> float:
        """Return seconds since the start of the horizon [s] at a local wall-clock moment;
        ValueError in a DST gap."""
        return snap(clock_to_seconds(moment, self.start, self.zone))

    def day_at(self, seconds: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the day, int64 of the same shape, of instants within the horizon [s]."""
        days = np.searchsorted(self.day_edges_s, seconds, side="right") - 1
        return np.clip(days, 0, self.days - 1).astype(np.int64)

    def clock_at(self, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what the local clock shows, float64 [s] after midnight, at instants within the
        horizon [s]."""
        spans = self.clock_spans
        at = np.clip(np.searchsorted(spans.from_s, seconds, side="right") - 1, 0, None)
        return np.asarray(spans.clock_s[at] + (seconds - spans.from_s[at]), dtype=np.float64)

    def when_clock_shows(
        self, day: NDArray[np.int64], from_s: NDArray[np.float64], to_s: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return when the local clock shows a time between two others.

        Parameters
        ----------
        day
            int64[k]: days, −1 being the day before the horizon.
        from_s, to_s
            float64[k]: seconds after that day's midnight as the clock shows them [s]; ``to_s`` may
            pass midnight.

        Returns
        -------
        float64[m, 2]
            From and to in seconds since the start of the horizon, merged and in order. A skipped
            hour is dropped, a repeated hour comes twice.
        """
        today = (day, from_s, np.minimum(to_s, DAY_S))
        tomorrow = (day + 1, np.zeros_like(from_s), to_s - DAY_S)
        days, begins, ends = (np.concatenate(pair) for pair in zip(today, tomorrow, strict=True))
        use = (ends > begins) & (days >= 0) & (days < self.days)
        days, begins, ends = days[use], begins[use], ends[use]
        spans = self.clock_spans
        first = np.searchsorted(spans.day, days, side="left")
        many = np.searchsorted(spans.day, days, side="right") - first
        pieces = []
        for nth in range(int(many.max(initial=0))):
            has = many > nth
            span = first[has] + nth
            shift = spans.from_s[span] - spans.clock_s[span]
            pieces.append(
                np.column_stack(
                    [
                        np.maximum(begins[has] + shift, spans.from_s[span]),
                        np.minimum(ends[has] + shift, spans.to_s[span]),
                    ]
                )
            )
        return merged(np.concatenate(pieces)) if pieces else np.empty((0, 2))


def merged(windows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Merge windows, float64[n, 2] in any order, that touch or overlap; empty ones are dropped
    [s]."""
    windows = windows[windows[:, 1] > windows[:, 0]]
    if len(windows) == 0:
        return np.empty((0, 2))
    windows = windows[np.argsort(windows[:, 0], kind="stable")]
    reach = np.maximum.accumulate(windows[:, 1])
    opens = np.concatenate([[True], windows[1:, 0] > reach[:-1]])
    closes = np.concatenate([opens[1:], [True]])
    return np.column_stack([windows[opens, 0], reach[closes]])


def overlap(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return where two sets of windows overlap; each float64[n, 2], merged and in order [s]."""
    begin = np.maximum(one[:, None, 0], other[None, :, 0]).ravel()
    end = np.minimum(one[:, None, 1], other[None, :, 1]).ravel()
    return merged(np.column_stack([begin, end]))


def inside(windows: NDArray[np.float64], at_s: float) -> bool:
    """Return whether an instant lies in one of some windows, float64[n, 2]; the end of a window is
    past it [s]."""
    return bool(((windows[:, 0] <= at_s) & (at_s < windows[:, 1])).any())


def _fixed(array: NDArray[Any]) -> NDArray[Any]:
    array.flags.writeable = False
    return array
