"""Laws of a wait: distributions in which predictions are told.

Each knows its mean [s], its chance of at most x, and its quantiles. Those with a closed form keep
it; the others are a table over time, or a sample.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from queuesim.theory._birth_death import patient_wait

Floats = NDArray[np.float64]


class Law(Protocol):
    """A distribution of waits."""

    @property
    def mean_s(self) -> float:
        """Mean [s]."""
        ...

    def cdf(self, x: ArrayLike) -> Floats:
        """Return the chance of at most ``x`` [s], of the same shape."""
        ...

    def quantile(self, p: ArrayLike) -> Floats:
        """Return the wait [s] that is not exceeded with chance ``p``, of the same shape."""
        ...


@dataclass(frozen=True)
class Stages:
    """So many departures at a rate that grows with those who may still give up.

    The wait of a contact with ``stages - 1`` ahead: a sum of exponentials with rates ``rate + i ×
    leaving``, i = 0 … stages − 1. Without leaving it is a gamma law (Whitt 1999, Management Science
    45, 870-888; QL in Ibrahim and Whitt 2009, Manuf. Serv. Oper. Manag. 11); with it the Markovian
    queue-length predictor QLm of Ibrahim and Whitt 2009, Management Science 55, whose mean is
    Σ 1 / (rate + i × leaving). With random stages, a mixture over ``weights``.

    Attributes
    ----------
    stages : numpy.ndarray
        Numbers of departures needed.
    weights : numpy.ndarray
        Their chances.
    rate : float
        At which agents become free [1/s].
    leaving : float
        At which each of those ahead gives up [1/s].
    """

    stages: Floats
    weights: Floats
    rate: float
    leaving: float = 0.0

    @property
    def mean_s(self) -> float:
        """Mean [s]."""
        if not self.rate > 0:
            return np.inf
        most = int(self.stages.max())
        so_far = np.cumsum(1.0 / (self.rate + np.arange(most) * self.leaving))
        return float(self.weights @ so_far[self.stages.astype(np.int64) - 1])

    def cdf(self, x: ArrayLike) -> Floats:
        """Return the chance of at most ``x`` [s], of the same shape."""
        time = np.maximum(np.asarray(x, dtype=np.float64), 0.0)
        if not self.rate > 0:
            return np.zeros(time.shape)
        if self.leaving == 0.0:
            within: Any = special.gammainc(self.stages, self.rate * time[..., None])
        else:
            # time in units of 1 / leaving: then each leaves at rate 1
            within, _ = patient_wait(
                time * self.leaving,
                self.stages,
                agents=self.rate / self.leaving,  # type: ignore[arg-type]
                theta=1.0,
                tilt=0.0,
            )
        return np.asarray(within @ self.weights, dtype=np.float64)

    def quantile(self, p: ArrayLike) -> Floats:
        """Return the wait [s] that is not exceeded with chance ``p``, of the same shape."""
        if not self.rate > 0:
            return np.full(np.shape(p), np.inf)
        if len(self.stages) == 1 and self.leaving == 0.0:
            return np.asarray(special.gammaincinv(self.stages[0], p) / self.rate)
        if len(self.stages) == 1:
            share = np.asarray(p, dtype=np.float64)
            gone = special.betaincinv(self.stages[0], self.rate / self.leaving, share)
            return np.asarray(-np.log1p(-gone) / self.leaving)
        return self._table.quantile(p)

    @cached_property
    def _table(self) -> Table:
        """The law in 200 steps, fine where it is steep."""
        top = self.mean_s
        while self.cdf(np.array(top)) < 1 - 1e-6:
            top *= 1.5
        at_s = top * np.linspace(0.0, 1.0, 201) ** 2
        return Table(at_s, np.maximum.accumulate(self.cdf(at_s)))


def stages(n: float, rate: float, leaving: float = 0.0) -> Stages:
    """Return the law of the time until n departures, n = 1, 2, …"""
    return Stages(np.array([float(n)]), np.ones(1), rate, leaving)


@dataclass(frozen=True)
class Spread:
    """A gamma law of given mean and variance, for predictors that know only these two."""

    mean_s: float
    variance: float
    _law: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        law: Any = None
        if self.mean_s > 0 and self.variance > 0 and np.isfinite(self.mean_s):
            shape = self.mean_s**2 / self.variance
            law = stats.gamma(shape, scale=self.mean_s / shape)
        object.__setattr__(self, "_law", law)

    def cdf(self, x: ArrayLike) -> Floats:
        """Return the chance of at most ``x`` [s], of the same shape."""
        if self._law is None:
            return np.where(np.asarray(x, dtype=np.float64) >= self.mean_s, 1.0, 0.0)
        return np.asarray(self._law.cdf(x), dtype=np.float64)

    def quantile(self, p: ArrayLike) -> Floats:
        """Return the wait [s] that is not exceeded with chance ``p``, of the same shape."""
        if self._law is None:
            return np.full(np.shape(p), self.mean_s, dtype=np.float64)
        return np.asarray(self._law.ppf(p), dtype=np.float64)


def at_once() -> Spread:
    """Return the law of those who do not wait."""
    return Spread(0.0, 0.0)


@dataclass(frozen=True)
class Table:
    """Chances at some times, straight in between; what is missing at the end lies beyond.

    Attributes
    ----------
    at_s : numpy.ndarray
        Times, rising from 0 [s].
    chance : numpy.ndarray
        Chance of at most that time; the last may be below 1.
    """

    at_s: Floats
    chance: Floats

    @property
    def mean_s(self) -> float:
        """Mean [s]; infinite where the wait may never end."""
        if self.chance[-1] < 1 - 1e-6:
            return np.inf
        beyond = 1.0 - self.chance
        return float(np.sum((beyond[1:] + beyond[:-1]) / 2 * np.diff(self.at_s)))

    def cdf(self, x: ArrayLike) -> Floats:
        """Return the chance of at most ``x`` [s], of the same shape."""
        time = np.asarray(x, dtype=np.float64)
        return np.asarray(np.interp(time, self.at_s, self.chance, left=0.0), dtype=np.float64)

    def quantile(self, p: ArrayLike) -> Floats:
        """Return the wait [s] that is not exceeded with chance ``p``, of the same shape."""
        wanted = np.asarray(p, dtype=np.float64)
        rising = np.concatenate([[True], np.diff(self.chance) > 0])
        found = np.interp(wanted, self.chance[rising], self.at_s[rising])
        return np.where(wanted > self.chance[-1], np.inf, found)


@dataclass(frozen=True)
class Sample:
    """Waits that were simulated, each as likely as any other.

    The k-th smallest of n is the quantile of k / (n + 1), straight in between: a further wait of
    the same kind then falls between two of them with exactly the chance that is stated, however
    few they are (Weibull 1939). Beyond the smallest and the largest it is these.

    Attributes
    ----------
    waits_s : numpy.ndarray
        In order [s]; infinite for those who were not answered.
    """

    waits_s: Floats

    @property
    def mean_s(self) -> float:
        """Mean [s]."""
        return float(np.mean(self.waits_s))

    def cdf(self, x: ArrayLike) -> Floats:
        """Return the chance of at most ``x`` [s], of the same shape."""
        n = len(self.waits_s)
        return np.asarray(np.searchsorted(self.waits_s, x, side="right") / n, dtype=np.float64)

    def quantile(self, p: ArrayLike) -> Floats:
        """Return the wait [s] that is not exceeded with chance ``p``, of the same shape."""
        n = len(self.waits_s)
        place = np.clip(np.asarray(p, dtype=np.float64) * (n + 1) - 1, 0, n - 1)
        below = np.floor(place).astype(np.int64)
        above = np.minimum(below + 1, n - 1)
        part = place - below
        low, high = self.waits_s[below], self.waits_s[above]
        with np.errstate(invalid="ignore"):  # infinity less infinity
            found = low + np.where(part > 0, part * (high - low), 0.0)
        return np.where(np.isinf(high) & (part > 0), high, found)
