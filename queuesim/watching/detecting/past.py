"""Volumes as they really were: how a day's level drifts, and the limit that real days ask for.

A real day is not only busier or quieter as a whole: its level drifts. What has come counts the less
for the next interval the longer ago it came (Harvey and Fernandes, 1989, Time series models for
count data, Journal of Business and Economic Statistics 7). How fast, and how much intervals scatter
besides, is fitted to the past; the limit is found on past days, drawn anew weekday by weekday.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from queuesim.model import Series
from queuesim.watching.detecting.quiet import Quiet

Floats = NDArray[np.float64]

_KEPT = (1.0, 0.95, 0.9, 0.8, 0.7, 0.5)
_EXTRA = (0.0, 0.2, 0.5, 1.0, 2.0)
_SPREAD = (1.0, 2.0, 4.0, 8.0)
_COUNTED = 0.95
"""Share of the past intervals that the fit goes by: the likeliest; outages are not usual."""


def with_past(quiet: Quiet, history: Series, replications: int, seed: int) -> tuple[Quiet, Floats]:
    """Return laws of volume fitted to real counts, and scores of past days drawn anew.

    Parameters
    ----------
    quiet : Quiet
        Of one contact type, volume alone.
    history : Series
        Real counts, in the intervals of the scenario's horizon; days without contacts do not count.
    replications : int
    seed : int

    Returns
    -------
    quiet : Quiet
    scores : numpy.ndarray, float64, shape (replications, intervals, streams)
    """
    horizon, law = quiet.scenario.horizon, quiet.volumes[0]
    steps = horizon.intervals_per_day
    clock = (horizon.clock_s_of_interval[quiet.open] // horizon.interval).astype(np.int64)
    week = np.zeros((7, steps))
    week[horizon.weekday[quiet.day], clock] = law.mean
    used = history.by_day.sum(axis=1) > 0
    weekday = np.array([day.weekday() for day in history.dates])[used]
    counts = history.by_day[used]
    open_ = week > 0
    expected = np.where(open_, week, 1e-3)[weekday]
    whole = counts.sum(axis=1) / expected.sum(axis=1)
    used_days = np.abs(np.log(np.maximum(whole, 1e-3))) < 3.5 * max(np.sqrt(law.spread), 0.02)
    weekday, counts, expected = weekday[used_days], counts[used_days], expected[used_days]
    seen = np.where(open_[weekday], counts, np.nan).reshape(1, -1)
    day = np.repeat(np.arange(len(counts)), steps)
    best, law = np.inf, replace(law, mean=expected.reshape(-1))
    spread = max(law.spread, 1e-4)
    for kept in _KEPT:
        for extra in _EXTRA:
            for wide in _SPREAD:
                one = replace(law, spread=spread * wide, extra=extra, kept=kept)
                mu, variance = one.given_the_day(seen, day)
                surprise = np.sort(_surprise(seen, mu, variance)[np.isfinite(seen)])
                mean = float(surprise[: int(_COUNTED * len(surprise))].mean())
                if mean < best:
                    best, chosen = mean, one
    z = chosen.scores(seen, day).reshape(len(counts), steps)
    rng = np.random.default_rng(seed)
    drawn = np.full((replications, len(quiet.open), 2), np.nan)
    for number in np.unique(quiet.day):
        at = np.flatnonzero(quiet.day == number)
        alike = np.flatnonzero(weekday == horizon.weekday[number])
        if len(alike):
            pick = z[rng.choice(alike, replications)][:, clock[at]]
            drawn[:, at, 0], drawn[:, at, 1] = pick, -pick
    fitted = replace(chosen, mean=quiet.volumes[0].mean)
    return replace(quiet, volumes=(fitted,)), drawn


def _surprise(n: Floats, mu: Floats, variance: Floats) -> Floats:
    """Return minus the logarithm of the negative binomial chance of counts."""
    shape = mu**2 / np.maximum(variance - mu, 1e-6 * mu)
    chance = gammaln(n + shape) - gammaln(shape) - gammaln(n + 1)
    return -(chance + shape * np.log(shape / (shape + mu)) + n * np.log(mu / (shape + mu)))
