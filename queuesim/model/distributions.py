"""How long things take, and how long patience lasts: distributions a planner can state.

A distribution here is a statement, not a source of draws: it knows its mean, its spread and its
quantiles. Sampling turns uniforms into times through `quantile`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BeforeValidator, Field

from queuesim.model.base import Model
from queuesim.model.faults import Fault, did_you_mean, one_of, plain, quoted
from queuesim.model.fields import (
    Cv,
    CvAboveOne,
    CvNotTiny,
    Duration,
    Many,
    PositiveDuration,
)

Floats = NDArray[np.float64]


def _scipy_stats() -> Any:
    from scipy import stats  # slow to import, and most scripts never ask for a quantile

    return stats


class _Stated(Model):
    """What the distributions with a mean of their own have in common."""

    mean: PositiveDuration

    @property
    def mean_s(self) -> float:
        """Mean [s]."""
        return self.mean

    @cached_property
    def _law(self) -> Any:
        raise NotImplementedError

    def cdf(self, x: ArrayLike) -> Floats:
        """Return the probability of at most ``x`` [s], float64 of the same shape."""
        return np.asarray(self._law.cdf(x), dtype=np.float64)

    def quantile(self, p: ArrayLike) -> Floats:
        """Return the time [s] that a share ``p`` of times does not exceed, of the same shape."""
        return np.asarray(self._law.ppf(p), dtype=np.float64)


class Exponential(_Stated):
    """Exponential times: no memory, cv 1.

    Parameters
    ----------
    mean
        Mean [s], above 0.

    Examples
    --------
    >>> Exponential(mean="3min").mean_s
    180.0
    """

    kind: Literal["exponential"] = "exponential"

    @property
    def cv(self) -> float:
        """Coefficient of variation: 1."""
        return 1.0

    @cached_property
    def _law(self) -> Any:
        return _scipy_stats().expon(scale=self.mean)


class LogNormal(_Stated):
    """Lognormal times, the usual shape of talk and chat times.

    Parameters
    ----------
    mean
        Mean [s], above 0.
    cv
        Standard deviation ÷ mean, above 0.

    Notes
    -----
    σ² = ln(1 + cv²), μ = ln(mean) − σ²/2 (Johnson, Kotz and Balakrishnan 1994, chapter 14).
    That call times are lognormal: Brown et al. 2005, J. Am. Stat. Assoc. 100, section 4.

    Examples
    --------
    >>> round(float(LogNormal(mean="4min", cv=0.9).quantile(0.5)), 1)
    178.4
    """

    kind: Literal["lognormal"] = "lognormal"
    cv: Cv

    @property
    def sigma(self) -> float:
        """Standard deviation of the logarithm."""
        return math.sqrt(math.log1p(self.cv**2))

    @property
    def median_s(self) -> float:
        """Median [s]."""
        return self.mean * math.exp(-(self.sigma**2) / 2)

    @cached_property
    def _law(self) -> Any:
        return _scipy_stats().lognorm(self.sigma, scale=self.median_s)


class Gamma(_Stated):
    """Gamma times: less spread than exponential below cv 1, more above.

    Parameters
    ----------
    mean
        Mean [s], above 0.
    cv
        Standard deviation ÷ mean, above 0. The shape is 1/cv².

    Examples
    --------
    >>> Gamma(mean="1min", cv=0.5).shape
    4.0
    """

    kind: Literal["gamma"] = "gamma"
    cv: Cv

    @property
    def shape(self) -> float:
        """Shape, 1/cv²."""
        return 1.0 / self.cv**2

    @property
    def scale(self) -> float:
        """Scale, mean × cv² [s]."""
        return self.mean * self.cv**2

    @cached_property
    def _law(self) -> Any:
        return _scipy_stats().gamma(self.shape, scale=self.scale)


class Weibull(_Stated):
    """Weibull times, often patience: with cv above 1, those who have waited wait on.

    Parameters
    ----------
    mean
        Mean [s], above 0.
    cv
        Standard deviation ÷ mean, 0.01 or more. The shape is solved from it.

    Notes
    -----
    cv² = Γ(1 + 2/k) / Γ(1 + 1/k)² − 1 for shape k (Johnson, Kotz and Balakrishnan 1994,
    chapter 21).

    Examples
    --------
    >>> round(Weibull(mean="3min", cv=1.0).shape, 6)
    1.0
    """

    kind: Literal["weibull"] = "weibull"
    cv: CvNotTiny

    @cached_property
    def shape(self) -> float:
        """Shape k."""

        def excess(log_k: float) -> float:
            k = math.exp(log_k)
            return math.lgamma(1 + 2 / k) - 2 * math.lgamma(1 + 1 / k) - math.log1p(self.cv**2)

        from scipy import optimize  # slow to import

        return math.exp(optimize.brentq(excess, math.log(0.05), math.log(500.0), xtol=1e-14))

    @property
    def scale(self) -> float:
        """Scale, mean / Γ(1 + 1/k) [s]."""
        return self.mean / math.gamma(1 + 1 / self.shape)

    @cached_property
    def _law(self) -> Any:
        return _scipy_stats().weibull_min(self.shape, scale=self.scale)


class Deterministic(Model):
    """Always the same time.

    Parameters
    ----------
    value
        The time [s], 0 or more.

    Examples
    --------
    >>> Deterministic(value="15s").cv
    0.0
    """

    kind: Literal["deterministic"] = "deterministic"
    value: Duration

    @property
    def mean_s(self) -> float:
        """Mean [s]."""
        return self.value

    @property
    def cv(self) -> float:
        """Coefficient of variation: 0."""
        return 0.0

    def cdf(self, x: ArrayLike) -> Floats:
        """Return the probability of at most ``x`` [s]."""
        return np.where(np.asarray(x, dtype=np.float64) >= self.value, 1.0, 0.0)

    def quantile(self, p: ArrayLike) -> Floats:
        """Return the time [s] that a share ``p`` of times does not exceed."""
        return np.full(np.shape(p), self.value, dtype=np.float64)


class Hyperexponential(_Stated):
    """A mixture of quick and long times, each exponential: cv above 1.

    Parameters
    ----------
    mean
        Mean [s], above 0.
    cv
        Standard deviation ÷ mean, above 1.

    Notes
    -----
    Two phases with balanced means (Whitt 1982, Oper. Res. 30, eq. 3.7):
    share = (1 + √((cv² − 1)/(cv² + 1))) / 2, and both phases carry half of the mean.

    Examples
    --------
    >>> long_tail = Hyperexponential(mean="5min", cv=2.0)
    >>> round(long_tail.share, 3), round(long_tail.mean_short), round(long_tail.mean_long)
    (0.887, 169, 1331)
    """

    kind: Literal["hyperexponential"] = "hyperexponential"
    cv: CvAboveOne

    @property
    def share(self) -> float:
        """Share of the short times."""
        return (1 + math.sqrt((self.cv**2 - 1) / (self.cv**2 + 1))) / 2

    @property
    def mean_short(self) -> float:
        """Mean of the short times [s]."""
        return self.mean / (2 * self.share)

    @property
    def mean_long(self) -> float:
        """Mean of the long times [s]."""
        return self.mean / (2 * (1 - self.share))

    def cdf(self, x: ArrayLike) -> Floats:
        """Return the probability of at most ``x`` [s], float64 of the same shape."""
        short, long = (
            -np.expm1(-np.maximum(np.asarray(x, dtype=np.float64), 0.0) / mean)
            for mean in (self.mean_short, self.mean_long)
        )
        return np.asarray(self.share * short + (1 - self.share) * long, dtype=np.float64)

    def quantile(self, p: ArrayLike) -> Floats:
        """Return the time [s] that a share ``p`` of times does not exceed."""
        wanted = np.asarray(p, dtype=np.float64)
        # Each phase alone bounds the mixture.
        unit = -np.log1p(-np.where(wanted < 1, wanted, 0.0))
        low, high = unit * self.mean_short, unit * self.mean_long
        for _ in range(70):
            middle = low + (high - low) / 2
            below = self.cdf(middle) < wanted
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return np.asarray(np.where(wanted < 1, high, np.inf), dtype=np.float64)


class Empirical(Model):
    """Times as they were measured, each as likely as any other.

    Parameters
    ----------
    values
        The times [s], 0 or more, at least one.

    Examples
    --------
    >>> Empirical(values=(60, 120, 180)).mean_s
    120.0
    """

    kind: Literal["empirical"] = "empirical"
    values: Many[Duration]

    def _check(self) -> Iterator[Fault]:
        if not self.values:
            yield Fault("must have at least one time", "give the measured seconds", ("values",))

    @cached_property
    def _sorted(self) -> Floats:
        return np.sort(np.array(self.values, dtype=np.float64))

    @property
    def mean_s(self) -> float:
        """Mean [s]."""
        return math.fsum(self.values) / len(self.values)

    @property
    def cv(self) -> float:
        """Coefficient of variation: standard deviation (of the values as a population) ÷ mean."""
        return float(np.std(self._sorted)) / self.mean_s if self.mean_s > 0 else 0.0

    def cdf(self, x: ArrayLike) -> Floats:
        """Return the probability of at most ``x`` [s]."""
        at_most = np.searchsorted(self._sorted, np.asarray(x, dtype=np.float64), side="right")
        return np.asarray(at_most / len(self.values), dtype=np.float64)

    def quantile(self, p: ArrayLike) -> Floats:
        """Return the smallest measured time [s] that a share ``p`` of times does not exceed."""
        rank = np.ceil(np.asarray(p, dtype=np.float64) * len(self.values)).astype(np.int64)
        return self._sorted[np.clip(rank - 1, 0, len(self.values) - 1)]


_KINDS: dict[str, type[Model]] = {
    str(each.model_fields["kind"].default): each
    for each in (Exponential, LogNormal, Gamma, Weibull, Deterministic, Hyperexponential, Empirical)
}


def _with_known_kind(value: Any) -> Any:
    value = plain(value)
    if isinstance(value, tuple(_KINDS.values())):
        return value
    classes = one_of(each.__name__ for each in _KINDS.values())
    if isinstance(value, (int, float, str)) and not isinstance(value, bool):
        text = quoted(value) if isinstance(value, str) else f"{value}"
        fix = f"write Exponential(mean={text}), or Deterministic(value={text}) for no spread"
        raise Fault("must be a distribution, not only a time", fix)
    if not isinstance(value, dict):
        raise Fault(f"must be a distribution: {classes}")
    kind = value.get("kind")
    if kind is None:
        raise Fault(
            f"must say its kind: {one_of(map(quoted, _KINDS))}",
            'add kind="exponential", say',
            ("kind",),
            given="nothing",
        )
    if not isinstance(kind, str) or kind not in _KINDS:
        raise Fault(f"must be {one_of(map(quoted, _KINDS))}", did_you_mean(kind, _KINDS), ("kind",))
    return value


Distribution = Annotated[
    Annotated[
        Exponential | LogNormal | Gamma | Weibull | Deterministic | Hyperexponential | Empirical,
        Field(discriminator="kind"),
    ],
    BeforeValidator(_with_known_kind),
]
"""Any of the distributions, told apart by ``kind``."""
