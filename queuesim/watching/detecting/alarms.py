"""Alarms: since when, how sure, how large, and a note that says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from queuesim.watching.detecting.limits import SIZES, Limits
from queuesim.watching.detecting.quiet import Quiet
from queuesim.watching.detecting.shifts import Shift, shift_of
from queuesim.watching.detecting.signals import Signals
from queuesim.watching.detecting.streams import ALL, SIGNALS, Stream
from queuesim.watching.observed import Observed

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Alarm:
    """One alarm.

    Attributes
    ----------
    signal, who : str
        What shifted, and of which contact type or agent group; ``(all)`` is all contact types.
    direction : str
        ``more`` or ``less``.
    raised : datetime
        End of the interval with which the alarm was raised.
    since : datetime
        Likely start of the shift: of the interval from which on the values up to the alarm are the
        least likely without one (Hinkley 1970, Biometrika 57; the size of the shift unknown).
    until : datetime
        End of the interval up to which the evidence grew, that day.
    false_per_month : float
        The budget of false alarms, per month, under which it would still have been an alarm by
        then: the smaller, the surer.
    shift : Shift
        How large, since then, in the signal's own unit, with its interval.
    also : tuple of str
        Other signals that passed the limit on the same day.
    interval, since_interval, until_interval : int
        The same instants as intervals of the horizon.
    """

    signal: str
    who: str
    direction: str
    raised: datetime
    since: datetime
    until: datetime
    false_per_month: float
    shift: Shift
    also: tuple[str, ...]
    interval: int
    since_interval: int
    until_interval: int

    def __str__(self) -> str:
        day = f"{self.raised:%a %Y-%m-%d}"
        since = f"{self.since:%H:%M}"
        if self.since.date() != self.raised.date():
            since = f"{self.since:%a %H:%M}"
        text = (
            f"{day} {self.raised:%H:%M}: {_NAMES[self.signal]} of {_whose(self.who)} "
            f"{'above' if self.direction == 'more' else 'below'} what chance allows, since about "
            f"{since}. {self.shift.text(self.signal)} Chance alone would do this "
            f"{_seldom(self.false_per_month)}."
        )
        return text + (f" On the same day: {'; '.join(self.also)}." if self.also else "")


@dataclass(frozen=True, eq=False)
class Alarms:
    """The alarms over observed intervals, in order.

    Attributes
    ----------
    alarms : tuple of Alarm
    budget : float
        False alarms per month that were allowed.
    observed : Observed
    quiet : Quiet
    scores : numpy.ndarray, float64, shape (intervals, streams)
        Normal scores of all streams, `quiet.streams`, in the intervals `quiet.open`.
    notes : tuple of str
    """

    alarms: tuple[Alarm, ...]
    budget: float
    observed: Observed
    quiet: Quiet
    scores: Floats
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.alarms)

    def __iter__(self) -> Iterator[Alarm]:
        return iter(self.alarms)

    def __getitem__(self, n: int) -> Alarm:
        return self.alarms[n]

    @property
    def surest(self) -> Alarm | None:
        """The alarm that chance alone would raise most seldom; the first of equals."""
        return min(self.alarms, key=lambda alarm: alarm.false_per_month, default=None)

    @property
    def unseen(self) -> tuple[str, ...]:
        """Contact types of which nothing was seen."""
        seen = self.observed.contact_types
        names = (each.name for each in self.quiet.scenario.contact_types)
        return tuple(name for name in names if name not in seen)

    @property
    def table(self) -> pd.DataFrame:
        """A row for each alarm; shifts in the signal's own unit."""
        rows = [
            {
                "raised": a.raised,
                "signal": a.signal,
                "who": a.who,
                "direction": a.direction,
                "since": a.since,
                "until": a.until,
                "false_per_month": a.false_per_month,
                "shift": a.shift.value,
                "shift_low": a.shift.low,
                "shift_high": a.shift.high,
                "unit": SIGNALS[a.signal][2],
                "expected": a.shift.expected,
                "also": "; ".join(a.also),
            }
            for a in self.alarms
        ]
        columns = (
            "raised signal who direction since until false_per_month shift shift_low shift_high "
            "unit expected also"
        )
        return pd.DataFrame(rows, columns=columns.split())

    def __str__(self) -> str:
        many = len(self.alarms)
        first, last = (self.observed.start_of(i) for i in (self.observed.first, self.observed.last))
        days = f"{first:%a %Y-%m-%d} to {last:%a %Y-%m-%d}"
        if first.date() == last.date():
            days = f"{first:%a %Y-%m-%d}"
        watched = ", ".join(_NAMES[name] for name in self.quiet.signals)
        head = (
            f"{self.quiet.scenario.name}, {days}: "
            f"{many or 'no'} alarm{'' if many == 1 else 's'} under a budget of "
            f"{_budget(self.budget)} (watched: {watched})"
        )
        if many > 1 and (best := self.surest) is not None:
            what = f"{_NAMES[best.signal]} of {_whose(best.who)}"
            head += f"; the surest: {what}, {best.raised:%a %Y-%m-%d %H:%M}"
        return "\n  ".join([head, *map(str, self.alarms), *self.notes])


def alarms_of(quiet: Quiet, limits: Limits, budget: float, observed: Observed) -> Alarms:
    """Watch observed intervals and say what was found."""
    seen = observed.signals.at(quiet.open)
    z = quiet.scores(seen)
    when, who, peak = limits.watched(z, quiet.day)
    found: list[Alarm] = []
    begin = 0
    for day in range(when.shape[1]):
        if when[0, day] >= 0:
            alarm = _told(
                quiet,
                limits,
                observed,
                z[0],
                begin,
                int(when[0, day]),
                int(who[0, day]),
                float(peak[0, day]),
            )
            found.append(alarm)
            begin = int(np.searchsorted(quiet.day, day, side="right"))
    notes = []
    judged = any(name in ("wait", "within", "abandoned") for name in quiet.signals)
    if judged and not quiet.known.staff:
        text = "staff was not given: waits are judged given the plan"
        inferred = "inferred_staff" in quiet.signals
        notes.append(text + (", and people inferred from what contacts met" if inferred else ""))
    if judged and not quiet.known.volume:
        notes.append("volume was not given: waits are judged given the expected volume")
    return Alarms(tuple(found), budget, observed, quiet, z[0], tuple(notes))


def _told(
    quiet: Quiet,
    limits: Limits,
    observed: Observed,
    z: Floats,
    begin: int,
    at: int,
    which: int,
    peak: float,
) -> Alarm:
    stream, size = divmod(which, len(SIZES))
    one: Stream = quiet.streams[stream]
    end = int(np.searchsorted(quiet.day, quiet.day[at], side="right"))
    sums = _sums(z[:, stream], begin, end, SIZES[size])
    since = begin + _start(z[begin : at + 1, stream])
    until = at + _longest(sums[at:end])
    horizon = quiet.scenario.horizon
    others = []
    for j, other in enumerate(quiet.streams):
        if (other.signal, other.who) == (one.signal, one.who):
            continue
        first = int(np.searchsorted(quiet.day, quiet.day[at], side="left"))
        best = max(
            limits.score_of(float(_sums(z[:, j], begin, end, s)[first:end].max()), j, k)
            for k, s in enumerate(SIZES)
        )
        if best > limits.limit:
            word = "more" if other.sign > 0 else "less"
            others.append(f"{_NAMES[other.signal]} of {_whose(other.who)} ({word})")
    opened = quiet.open
    length = timedelta(seconds=horizon.interval)
    return Alarm(
        signal=one.signal,
        who=one.who,
        direction="more" if one.sign > 0 else "less",
        raised=observed.start_of(int(opened[at])) + length,
        since=observed.start_of(int(opened[since])),
        until=observed.start_of(int(opened[until])) + length,
        false_per_month=limits.rate(peak),
        shift=shift_of(quiet, _row(observed, quiet), one, since, until),
        also=tuple(dict.fromkeys(others)),
        interval=int(opened[at]),
        since_interval=int(opened[since]),
        until_interval=int(opened[until]),
    )


def _row(observed: Observed, quiet: Quiet) -> Signals:
    return observed.signals.at(quiet.open)


def _sums(z: Floats, begin: int, end: int, size: float) -> Floats:
    """Return the sums of one stream, as `cusum.watch_over` makes them, from `begin` on."""
    sums, total = np.zeros(len(z)), 0.0
    for t in range(begin, end):
        if np.isfinite(z[t]):
            total = max(0.0, total + size * (z[t] - size / 2))
        sums[t] = total
    return sums


def _longest(sums: Floats) -> int:
    """Return where sums are highest, before they come down to nothing."""
    gone = np.flatnonzero(sums <= 0.0)
    return int(np.argmax(sums[: gone[0]] if len(gone) else sums))


def _start(z: Floats) -> int:
    """Return from which place on normal scores, up to the last, are shifted most surely."""
    seen = np.isfinite(z)
    backwards = np.where(seen, z, 0.0)[::-1]
    likely = backwards.cumsum() / np.sqrt(np.maximum(seen[::-1].cumsum(), 1))
    likely[~seen[::-1]] = -np.inf
    return len(z) - 1 - int(np.argmax(likely))


_NAMES = {
    "volume": "volume",
    "handle_time": "handle time",
    "staff": "people on duty",
    "inferred_staff": "people on duty (inferred from what contacts met)",
    "wait": "mean wait",
    "within": "share not answered in time",
    "abandoned": "abandonment",
}


def _whose(who: str) -> str:
    return "all contact types together" if who == ALL else who


def _budget(rate: float) -> str:
    if rate >= 1:
        return f"{rate:.3g} false alarm{'' if rate == 1 else 's'} a month"
    return f"{12 * rate:.3g} false alarm{'' if round(12 * rate, 3) == 1 else 's'} a year"


def _seldom(rate: float) -> str:
    """Return a rate of chance alarms in words."""
    if rate >= 1:
        return f"{rate:.2g} times a month"
    months = 1 / rate
    if months < 18:
        return f"once in {months:.2g} months"
    years = months / 12
    if years >= 1000:
        return "less than once in 1,000 years"
    return f"once in {years:.0f} years" if years >= 10 else f"once in {years:.2g} years"
