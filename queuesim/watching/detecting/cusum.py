"""Sums with memory, one a stream and size of shift, told for the machine.

    C = max(0, C + size × z - size² / 2)

is the likelihood ratio, in natural logarithms, of "z has shifted by `size` since the best instant"
against "nothing has happened" [1]_. Small sizes remember for days, large ones answer at once. What
they reach is made comparable by how seldom it is reached on a quiet day: the *score*, minus the
logarithm of that chance. The largest score of all speaks for all together.

Sources
-------
.. [1] E. S. Page (1954), Continuous inspection schemes, Biometrika 41; G. Lorden (1971), Procedures
   for reacting to a change in distribution, Annals of Mathematical Statistics 42.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from queuesim import compiling

# These kernels hold nothing of other modules, so the check of this file that Numba makes is enough:
# a change elsewhere on this floor compiles nothing anew.

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@compiling.compiled
def highest_of_days(z: Floats, day: Ints, sizes: Floats, sums: Floats, highest: Floats) -> None:
    """Find how high the sums come on each day, never set back to 0.

    Parameters
    ----------
    z : float64[n, steps, streams]
        Normal scores, upwards where something is wrong; NaN where nothing was seen.
    day : int64[steps]
        Day of each step, from 0, ascending.
    sizes : float64[sizes]
        Shifts, in standard deviations.
    sums : float64[streams, sizes]
        To work in.
    highest : float64[n, days, streams, sizes]
        Zeros; is filled.
    """
    for r in range(z.shape[0]):
        sums[:, :] = 0.0
        for t in range(z.shape[1]):
            for j in range(z.shape[2]):
                value = z[r, t, j]
                if np.isnan(value):
                    continue
                for k in range(len(sizes)):
                    total = max(0.0, sums[j, k] + sizes[k] * (value - sizes[k] / 2))
                    sums[j, k] = total
                    highest[r, day[t], j, k] = max(highest[r, day[t], j, k], total)


@compiling.inlined
def _score(total: float, levels: Floats, scores: Floats, slope: float) -> float:
    """Return the score of a sum: straight between the levels, and beyond the last."""
    if total <= levels[0]:
        return scores[0] * total / levels[0]
    last = len(levels) - 1
    if total >= levels[last]:
        return scores[last] + slope * (total - levels[last])
    k = 1
    while levels[k] < total:
        k += 1
    part = (total - levels[k - 1]) / (levels[k] - levels[k - 1])
    return scores[k - 1] + part * (scores[k] - scores[k - 1])


@compiling.compiled
def watch_over(
    z: Floats,
    day: Ints,
    sizes: Floats,
    levels: Floats,
    scores: Floats,
    slopes: Floats,
    favour: Floats,
    limit: float,
    sums: Floats,
    when: Ints,
    who: Ints,
    peak: Floats,
) -> None:
    """Raise at most one alarm a day, when the score of any sum passes the limit.

    After a day with an alarm all sums begin at 0 again.

    Parameters
    ----------
    z, day, sizes, sums
        As in `highest_of_days`.
    levels : float64[streams, sizes, levels]
        Heights of the sums, ascending, the first above 0.
    scores : float64[levels]
        What they are worth.
    slopes : float64[streams, sizes]
        Score per height beyond the last level.
    favour : float64[streams]
        Added to the scores of each stream: the logarithm of its share of the budget.
    limit : float
        Score above which an alarm is raised.
    when : int64[n, days]
        Is filled: step of the alarm, -1 for none.
    who : int64[n, days]
        Is filled: stream × sizes + size of the alarm.
    peak : float64[n, days]
        Is filled: the day's highest score, of that stream once it has alarmed.
    """
    for r in range(z.shape[0]):
        sums[:, :] = 0.0
        when[r, :] = -1
        who[r, :] = -1
        peak[r, :] = 0.0
        today = -1
        for t in range(z.shape[1]):
            if day[t] != today:
                if today >= 0 and when[r, today] >= 0:
                    sums[:, :] = 0.0
                today = day[t]
            best, which = 0.0, -1
            for j in range(z.shape[2]):
                value = z[r, t, j]
                if np.isnan(value):
                    continue
                for k in range(len(sizes)):
                    total = max(0.0, sums[j, k] + sizes[k] * (value - sizes[k] / 2))
                    sums[j, k] = total
                    if total > 0.0:
                        score = favour[j] + _score(total, levels[j, k], scores, slopes[j, k])
                        mine = when[r, today] < 0 or who[r, today] // len(sizes) == j
                        if score > best and mine:
                            best, which = score, j * len(sizes) + k
            peak[r, today] = max(peak[r, today], best)
            if best > limit and when[r, today] < 0:
                when[r, today], who[r, today] = t, which
                peak[r, today] = best
