"""The limit that gives the false alarms asked for, found on quiet days of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from queuesim.errors import Problem, ScenarioError, shown
from queuesim.watching.detecting.cusum import highest_of_days, watch_over

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SIZES = np.array([0.25, 0.5, 1.0, 2.0, 3.5])
"""Shifts that the sums look for, in standard deviations of an interval."""

MONTH_DAYS = 365.25 / 12
_PER_MONTH = {"day": MONTH_DAYS, "week": MONTH_DAYS / 7, "month": 1.0, "year": 1 / 12}
_BUDGET = re.compile(r"\s*(\d+(?:\.\d+)?|\.\d+)\s*(?:per|a|an|/)\s*(day|week|month|year)\s*")
_CHANCES = (0.5, 0.3, 0.2, 0.1, 0.05, 0.03, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005)
_FEWEST_DAYS = 20
_FEWEST_ALARMS = 40
_LEAST = 1e-3


def per_month(budget: str | float) -> float:
    """Return a budget of false alarms as a number per month.

    Parameters
    ----------
    budget : str or float
        ``"1 per month"``, ``"2 a year"``; a number is per month.

    Raises
    ------
    ScenarioError
        When it cannot be read, or is not above 0.

    Examples
    --------
    >>> round(per_month("3 per year"), 2)
    0.25
    """
    number = isinstance(budget, (int, float)) and not isinstance(budget, bool)
    match = _BUDGET.fullmatch(budget) if isinstance(budget, str) else None
    rate = float(budget) if number else float(match[1]) * _PER_MONTH[match[2]] if match else 0.0
    if not 0 < rate <= 0.5 * MONTH_DAYS:
        rule = (
            "must be false alarms per day, week, month or year, above 0 and at most one in 2 days"
        )
        fix = 'write "1 per month", say'
        raise ScenarioError([Problem("budget", shown(budget), rule, fix)], "detect")
    return rate


@dataclass(frozen=True, eq=False)
class Limits:
    """What every sum is worth, and from which score on there is an alarm.

    Attributes
    ----------
    levels : numpy.ndarray, float64, shape (streams, sizes, levels)
    scores : numpy.ndarray, float64, shape (levels,)
    slopes : numpy.ndarray, float64, shape (streams, sizes)
    favour : numpy.ndarray, float64, shape (streams,)
        Logarithm of each stream's weight in the budget.
    limit : float
    curve : numpy.ndarray, float64, shape (k, 2)
        Limits, and false alarms per month at each.
    months : float
        Quiet months that it was found on.
    """

    levels: Floats
    scores: Floats
    slopes: Floats
    favour: Floats
    limit: float
    curve: Floats
    months: float

    @classmethod
    def found(cls, z: Floats, day: Ints, budget: float, weights: Floats) -> Limits:
        """Find the limit on quiet days.

        Parameters
        ----------
        z : numpy.ndarray, float64, shape (n, intervals, streams)
            Normal scores of quiet replications.
        day : numpy.ndarray, int64, shape (intervals,)
        budget : float
            False alarms per month.
        weights : numpy.ndarray, float64, shape (streams,)
            About in what proportions the streams share the budget.
        """
        n, _, streams = z.shape
        days = int(day[-1]) + 1
        highest = np.zeros((n, days, streams, len(SIZES)))
        highest_of_days(z, day, SIZES, np.zeros((streams, len(SIZES))), highest)
        open_days = np.zeros(days, dtype=np.bool_)
        open_days[day[np.isfinite(z).any(axis=(0, 2))]] = True
        of_days = highest[:, open_days].reshape(-1, streams, len(SIZES))
        chances = [p for p in _CHANCES if p * len(of_days) >= _FEWEST_DAYS] or [0.5]
        levels = np.moveaxis(np.quantile(of_days, 1 - np.array(chances), axis=0), 0, -1)
        levels = np.maximum(levels, _LEAST)
        steps = np.maximum(np.diff(levels, axis=-1), _LEAST)
        levels[..., 1:] = levels[..., :1] + np.cumsum(steps, axis=-1)
        scores = -np.log(chances)
        back = max(int(np.searchsorted(scores, scores[-1] - 2.3)) - 1, 0)
        if back == len(scores) - 1:
            slopes = np.ones(levels.shape[:2])
        else:
            slopes = (scores[-1] - scores[back]) / (levels[..., -1] - levels[..., back])
        slopes = np.clip(slopes, 0.15, 1.5)
        favour = np.log(weights / weights.max())
        made = cls(levels, scores, slopes, favour, np.inf, np.empty((0, 2)), 0.0)
        months = n * days / MONTH_DAYS
        curve = []
        for limit in np.linspace(1.0, 25.0, 97):
            alarms = made.alarms(z, day, limit)
            curve.append((limit, alarms / months))
            if alarms < _FEWEST_ALARMS:
                break
        table = np.array(curve)
        made = replace(made, curve=table, months=months)
        return replace(made, limit=made._at(budget))

    def alarms(self, z: Floats, day: Ints, limit: float | None = None) -> int:
        """Return how many alarms are raised in all replications."""
        return int((self.watched(z, day, limit)[0] >= 0).sum())

    def watched(
        self, z: Floats, day: Ints, limit: float | None = None
    ) -> tuple[Ints, Ints, Floats]:
        """Watch replications; return when, who and peak, shape (n, days), as in `watch_over`."""
        n, streams, days = len(z), z.shape[2], int(day[-1]) + 1
        when, who = np.empty((n, days), dtype=np.int64), np.empty((n, days), dtype=np.int64)
        peak = np.empty((n, days))
        at = self.limit if limit is None else limit
        sums = np.zeros((streams, len(SIZES)))
        worth = (self.levels, self.scores, self.slopes, self.favour, float(at))
        watch_over(np.ascontiguousarray(z), day, SIZES, *worth, sums, when, who, peak)
        return when, who, peak

    def rate(self, score: float) -> float:
        """Return the false alarms per month with which a score would just be an alarm."""
        limits, rates = self.curve[:, 0], np.log(np.maximum(self.curve[:, 1], 1e-12))
        if score <= limits[-1]:
            return float(np.exp(np.interp(score, limits, rates)))
        return float(np.exp(rates[-1] - self._fall() * (score - limits[-1])))

    def _at(self, rate: float) -> float:
        """Return the limit with so many false alarms per month."""
        limits, rates = self.curve[:, 0], np.log(np.maximum(self.curve[:, 1], 1e-12))
        if np.log(rate) >= rates[-1]:
            order = np.argsort(rates, kind="stable")
            return float(np.interp(np.log(rate), rates[order], limits[order]))
        return float(limits[-1] + (rates[-1] - np.log(rate)) / self._fall())

    def _fall(self) -> float:
        """Return how fast the logarithm of the rate falls where alarms become few."""
        limits, rates = self.curve[:, 0], np.log(np.maximum(self.curve[:, 1], 1e-12))
        many = min(len(limits) - 1, 8)
        if many == 0:
            return 1.0
        return float(
            np.clip((rates[-1 - many] - rates[-1]) / (limits[-1] - limits[-1 - many]), 0.5, 2)
        )

    def score_of(self, total: float, stream: int, size: int) -> float:
        """Return the score of a sum; as `cusum.watch_over` reads it."""
        levels = self.levels[stream, size]
        if total >= levels[-1]:
            beyond = self.slopes[stream, size] * (total - levels[-1])
            return float(self.favour[stream] + self.scores[-1] + beyond)
        score = np.interp(total, np.append(0.0, levels), np.append(0.0, self.scores))
        return float(self.favour[stream] + score)
