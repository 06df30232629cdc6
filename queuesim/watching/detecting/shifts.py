"""How large a shift was: what was seen since it began, against what was to be expected then."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from queuesim.results.wording import readable
from queuesim.watching.detecting.quiet import Quiet
from queuesim.watching.detecting.shifted_waits import shifted_waits
from queuesim.watching.detecting.signals import Signals
from queuesim.watching.detecting.streams import ALL, Stream

Floats = NDArray[np.float64]

_Z95 = 1.959963984540054


@dataclass(frozen=True)
class Shift:
    """A shift with its 95 % interval, in the signal's own unit, mean over the intervals; of waits
    and shares, mean over contacts.

    The interval is that of a stretch chosen beforehand. Here the data chose it, because it stood
    out: soon after an alarm the shift is rather smaller than estimated.

    Attributes
    ----------
    value, low, high : float
        Contacts an interval, seconds, agents, or a share; negative for less.
    expected : float
        What was expected, in the same unit, given the day before the shift.
    intervals : int
        Over how many intervals.
    """

    value: float
    low: float
    high: float
    expected: float
    intervals: int

    @property
    def relative(self) -> tuple[float, float, float]:
        """Shift and its interval as parts of what was expected."""
        if not self.expected > 0:
            return np.nan, np.nan, np.nan
        return (self.value / self.expected, self.low / self.expected, self.high / self.expected)

    def text(self, signal: str) -> str:
        """Return the shift as a sentence."""
        if signal in ("volume", "handle_time", "staff", "inferred_staff"):
            part, low, high = (100 * x for x in self.relative)
            unit = {"volume": "contacts an interval", "handle_time": "s"}.get(signal, "agents")
            return (
                f"{part:+.0f} % ({low:+.0f} to {high:+.0f}): {self.expected + self.value:.4g} "
                f"{unit} where {self.expected:.4g} were expected."
            )
        if signal == "wait":
            (value, low, high, expected), unit = readable(
                "s", self.value, self.low, self.high, self.expected
            )
            digits = ".0f" if unit == "s" else ".1f"
            return (
                f"{value:+{digits}} {unit} ({low:+{digits}} to {high:+{digits}}) on the "
                f"{expected:{digits}} {unit} that these volumes and people explain."
            )
        return (
            f"{100 * self.value:+.0f} points ({100 * self.low:+.0f} to {100 * self.high:+.0f}) on "
            f"the {100 * self.expected:.0f} % that these volumes and people explain."
        )


def shift_of(quiet: Quiet, seen: Signals, stream: Stream, since: int, until: int) -> Shift:
    """Estimate the shift of a stream over intervals since … until.

    Parameters
    ----------
    quiet : Quiet
    seen : Signals
        One row, in the open intervals.
    stream : Stream
    since, until : int
        Open intervals, both included.
    """
    inside = np.zeros(len(quiet.open), dtype=np.bool_)
    inside[since : until + 1] = True
    parts = quiet.parts(stream.signal)
    if stream.signal in quiet.waits:
        return _of_waits(quiet, seen, stream, inside)
    each = range(len(parts)) if stream.who == ALL else [parts.index(stream.who)]
    many, found = 0, []
    for k in each:
        found.append(_of_part(quiet, seen, stream.signal, k, inside))
        many = max(many, found[-1][3])
    if stream.signal == "volume":  # the contacts of the types that were seen add up
        value, var, expected = (sum(f[n] for f in found if f[3]) for n in range(3))
    else:
        use = [f for f in found if np.isfinite(f[0])] or found
        value = float(np.mean([f[0] for f in use]))
        var = float(np.sum([f[1] for f in use])) / len(use) ** 2
        expected = float(np.mean([f[2] for f in use]))
    half = _Z95 * float(np.sqrt(var))
    return Shift(float(value), float(value - half), float(value + half), float(expected), many)


def _of_waits(quiet: Quiet, seen: Signals, stream: Stream, inside: NDArray[np.bool_]) -> Shift:
    parts, alone = quiet.parts(stream.signal), stream.who != ALL
    each = [parts.index(stream.who)] if alone else range(len(parts))
    values, many = quiet.measure(stream.signal, seen), quiet.many(stream.signal, seen)
    found = shifted_waits(
        [quiet.waits[stream.signal][k] for k in each],
        [values[:, k] for k in each],
        quiet.as_known(seen),
        [many[:, k] for k in each],
        inside,
        together=1.0 if alone else quiet.together[stream.signal],
        most=np.inf if stream.signal == "wait" else 1.0,
    )
    return Shift(*found)


def _of_part(
    quiet: Quiet, seen: Signals, signal: str, k: int, inside: NDArray[np.bool_]
) -> tuple[float, float, float, int]:
    """Return shift, its variance, what was expected, and how many intervals."""
    values = quiet.measure(signal, seen)[0, k]
    here = inside & np.isfinite(values)
    n = int(here.sum())
    if n == 0:
        return np.nan, np.nan, np.nan, 0
    before = np.where(inside, np.nan, values)[None]
    if signal == "volume":
        law = quiet.volumes[k]
        level, unsure = (x[0] for x in law.factor(before, quiet.day))
        mean = law.mean * level
        total, came = mean[here].sum(), values[here].sum()
        var = max(came, 1.0) * (1 + law.extra)
        for day in np.unique(quiet.day[here]):
            mine = here & (quiet.day == day)
            var += mean[mine].sum() ** 2 * unsure[mine][0]
        return (came - total) / n, var / n**2, total / n, n
    if signal == "handle_time":
        steady = quiet.handle_times[k]
        many = quiet.many(signal, seen)[0, k]
        weights = np.where(here, np.nan_to_num(many), 0.0)
        level, unsure = (x[0] for x in steady.level(before, many[None], quiet.day))
        share = weights / max(weights.sum(), 1e-9)
        expected = float((share * np.nan_to_num(steady.mean * (1 + level))).sum())
        var = float((share[here] ** 2 * steady.noise[here] ** 2 / np.maximum(many[here], 1)).sum())
        for day in np.unique(quiet.day[here]):
            mine = here & (quiet.day == day)
            var += float(share[mine].sum() ** 2 * unsure[mine][0])
        value = float((share[here] * values[here]).sum()) - expected
        return value, var * expected**2, expected, n
    law_ = quiet.people[k] if signal == "staff" else quiet.inferred[k].law
    off = np.where(np.isfinite(before[0]), before[0] - law_.mean, 0.0)
    known, sd = off.copy(), np.zeros(len(off))
    for t in np.flatnonzero(inside):
        goes_on = t > 0 and law_.carry[t] != 0
        known[t] = law_.carry[t] * known[t - 1] if goes_on else 0.0
        past = law_.carry[t] * sd[t - 1] if goes_on else 0.0
        sd[t] = np.hypot(past, law_.after[t] if goes_on else law_.alone[t])
    expected = float((law_.mean + known)[here].mean())
    # whoever is away stays away: the intervals of a day err together
    return float(values[here].mean()) - expected, float(sd[here].mean()) ** 2, expected, n
