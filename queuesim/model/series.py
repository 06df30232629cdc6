"""Real counts of offered contacts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Self

import numpy as np
from numpy.typing import NDArray

from queuesim.errors import Problem, ScenarioError, shown
from queuesim.model.base import Model
from queuesim.model.calendar import Day, DividesDay
from queuesim.model.faults import Fault
from queuesim.model.fields import Amount, Many, read_seconds
from queuesim.model.horizon import Horizon
from queuesim.units import DAY_S, format_duration

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Mode = Literal["dates", "weekdays"]

_SUNDAY = 6


class Series(Model):
    """Offered contacts by interval, by the local clock, in whole days of 24 h.

    On a day on which clocks go back, the counts of the repeated hour hold for both showings of it;
    on a day on which they go forward, the counts of the skipped hour are not used.

    Parameters
    ----------
    start
        Date of the first count.
    interval
        Length of the intervals [s]; whole seconds that divide 24 h.
    counts
        Contacts offered in each interval, days × intervals per day of 24 h.
    mode
        ``"dates"``: the dates of the horizon lie within the series. ``"weekdays"``: the whole weeks
        of the series repeat over the horizon, weekday on weekday.

    Examples
    --------
    >>> week = Series(start="2026-11-02", interval="24h", counts=(70, 60, 60, 50, 50, 10, 0))
    >>> week.per_day()
    50.0
    """

    start: Day
    interval: DividesDay
    counts: Many[Amount]
    mode: Mode = "dates"

    def _check(self) -> Iterator[Fault]:
        per_day = int(DAY_S // self.interval)
        if not self.counts or len(self.counts) % per_day:
            length = format_duration(self.interval)
            yield Fault(
                f"must be whole days of {per_day} counts, one for each {length}",
                "fill in the missing intervals, or cut the incomplete day",
                ("counts",),
                given=f"{len(self.counts)} counts",
            )

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame | str | os.PathLike[str],
        *,
        time: str = "time",
        count: str = "count",
        interval: str | float = "5min",
        missing: Literal["error", "zero"] = "error",
        mode: Mode = "dates",
        timezone: str | None = None,
    ) -> Self:
        """Read counts from a table with a row for each interval.

        Parameters
        ----------
        frame
            A DataFrame, or the path of a CSV file with a header.
        time
            Column (or index level) with the start of each interval, by the local clock.
        count
            Column with the contacts offered.
        interval
            Length of the intervals [s].
        missing
            What intervals without a row mean, from the first day to the last: ``"error"``, or
            ``"zero"`` (closed, no contacts). Rows that all lie on a coarser grid than that of the
            intervals, and hardly by chance, are an error all the same.
        mode
            As for `Series`.
        timezone
            IANA name, for days on which clocks change: the skipped hour may be missing but not
            counted, and the repeated hour may have two rows for each interval, whose mean is taken.
            Needed when the times carry a time zone. None: every day has 24 hours.

        Returns
        -------
        Series

        Raises
        ------
        ScenarioError
            With the rows that cannot be read: times that are no times, off the grid, twice or
            missing; counts that are no numbers, or negative.

        Examples
        --------
        >>> import pandas as pd
        >>> times = pd.date_range("2026-11-02", periods=24, freq="1h")
        >>> frame = pd.DataFrame({"time": times, "count": range(24)})
        >>> Series.from_frame(frame, interval="1h").per_day()
        276.0
        """
        from queuesim.model.series_reading import read_counts  # pandas is slow to import

        start, counts = read_counts(
            frame,
            time=time,
            count=count,
            interval=interval,
            missing=missing,
            timezone=timezone,
        )
        return cls(start=start, interval=interval, counts=counts, mode=mode)

    @cached_property
    def by_day(self) -> Floats:
        """float64[days, steps]: counts by day and by step of the day."""
        table = np.array(self.counts, dtype=np.float64).reshape(-1, int(DAY_S // self.interval))
        table.flags.writeable = False
        return table

    @property
    def days(self) -> int:
        """Number of days."""
        return len(self.by_day)

    @cached_property
    def dates(self) -> tuple[date, ...]:
        """The dates."""
        return tuple(self.start + timedelta(days=day) for day in range(self.days))

    def daily(self) -> tuple[tuple[date, ...], Floats]:
        """Return the dates, and float64[days]: contacts on each."""
        return self.dates, self.by_day.sum(axis=1)

    def per_day(self) -> float:
        """Return the mean of the days that have any contacts; 0 when none has."""
        totals = self.by_day.sum(axis=1)
        return float(totals[totals > 0].mean()) if (totals > 0).any() else 0.0

    def week_factors(self) -> tuple[float, ...]:
        """Return 7 factors, Monday first: the weekday's mean, closed days included, ÷ `per_day`.

        ``Demand(per_day=series.per_day(), week=series.week_factors())`` has the weekly volume of
        the series.

        Raises
        ------
        ScenarioError
            When a weekday is missing, or there is no volume at all.
        """
        totals = self.by_day.sum(axis=1)
        weekday = (self.start.weekday() + np.arange(self.days)) % 7
        days = np.bincount(weekday, minlength=7)
        if not days.all():
            raise self._too_little(f"{self.days} days", "must hold every weekday")
        if not totals.any():
            raise self._too_little("no contacts", "must have contacts")
        means = np.bincount(weekday, weights=totals, minlength=7) / days
        return tuple((means / self.per_day()).tolist())

    def day_shape(self, interval: str | float = "30min") -> tuple[float, ...]:
        """Return the shape of the mean day, for `Demand.day`.

        Parameters
        ----------
        interval
            Length of the steps [s]: a multiple of the interval of the series that divides 24 h.

        Returns
        -------
        tuple of float
            The share of a day's contacts in each step, from midnight; sums to 1.

        Raises
        ------
        ScenarioError
            When the interval does not fit, or there is no volume at all.
        """
        try:
            length = read_seconds(interval)
        except Fault as fault:
            raise _wrong("interval", interval, fault.rule, fault.fix) from None
        if length < self.interval or length % self.interval or DAY_S % length:
            own = format_duration(self.interval)
            raise _wrong("interval", interval, f"must divide 24 h and be a multiple of {own}")
        by_step = self.by_day.sum(axis=0).reshape(int(DAY_S // length), -1).sum(axis=1)
        if not by_step.any():
            raise self._too_little("no contacts", "must have contacts")
        return tuple((by_step / by_step.sum()).tolist())

    def _too_little(self, given: str, rule: str) -> ScenarioError:
        return ScenarioError([Problem("counts", given, rule, "give a longer series")], "Series")

    def faults(self, horizon: Horizon) -> Iterator[Fault]:
        """Find what does not fit the horizon; paths are relative to the series."""
        if self.mode == "weekdays":
            if self.days < 7:
                yield Fault(
                    "must hold at least a whole week to repeat by weekdays",
                    "give a longer series",
                    ("counts",),
                    given=f"{self.days} days",
                )
        elif horizon.dates[0] < self.dates[0] or horizon.dates[-1] > self.dates[-1]:
            yield Fault(
                f"must hold the dates of the horizon, {horizon.dates[0]} to {horizon.dates[-1]}",
                'move the horizon, or repeat the series with mode="weekdays"',
                (),
                given=f"{self.dates[0]} to {self.dates[-1]}",
            )

    def day_for(self, horizon: Horizon, as_sunday: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return the day of the series that each day of the horizon takes.

        Parameters
        ----------
        horizon
            The days.
        as_sunday
            bool[days]: days that take the Sunday of their week instead (mode ``"weekdays"``).

        Returns
        -------
        int64[days of the horizon]
        """
        if self.mode == "dates":
            return (horizon.start - self.start).days + np.arange(horizon.days)
        whole_weeks = self.days // 7 * 7
        first = (horizon.start.weekday() - self.start.weekday()) % 7
        to_sunday = np.where(as_sunday, _SUNDAY - horizon.weekday, 0)
        return (first + np.arange(horizon.days) + to_sunday) % whole_weeks


def _wrong(where: str, given: object, rule: str, fix: str = "") -> ScenarioError:
    return ScenarioError([Problem(where, shown(given), rule, fix)], "Series")
