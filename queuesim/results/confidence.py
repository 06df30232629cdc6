"""How sure: estimates over replications, with intervals that say what they are.

Replications are independent and alike; contacts and days within one are not. So every interval
here treats a replication as one observation, whatever happened inside it.

Sources
-------
.. [1] A. M. Law (2015), Simulation Modeling and Analysis, 5th ed., section 9.4: replications and
   Student's t.
.. [2] W. G. Cochran (1977), Sampling Techniques, 3rd ed., equation 6.13: the variance of a ratio of
   sums (the delta method), and section 6.8 for the difference of two ratios.
.. [3] E. B. Wilson (1927), Probable inference, the law of succession, and statistical inference,
   JASA 22: the interval for a share.
.. [4] E. L. Korn and B. I. Graubard (1998), Confidence intervals for proportions with small
   expected number of positive counts estimated from survey data, Survey Methodology 24: the
   effective number of observations of clustered data.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isnan, nan, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from queuesim.results.wording import number_text, plus_minus_text, range_text


@dataclass(frozen=True)
class Estimate:
    """A number with its uncertainty.

    Attributes
    ----------
    value : float
        The estimate.
    half_width : float
        Half the width of the confidence interval; NaN with fewer than two replications.
    confidence : float
        Such as 0.95.
    n : int
        Replications.
    unit : str
        ``share``, ``s``, ``contacts``, ``h``, a currency …; for print.
    bounds : tuple of float or None
        The interval where it is not ``value ± half_width``.

    Examples
    --------
    >>> print(Estimate(0.813, 0.0092, 0.95, 200, unit="share"))
    81.3 ± 0.9 % (95 % confidence, 200 replications)
    """

    value: float
    half_width: float
    confidence: float
    n: int
    unit: str = ""
    bounds: tuple[float, float] | None = None

    @property
    def low(self) -> float:
        """Lower end of the interval."""
        return self.bounds[0] if self.bounds else self.value - self.half_width

    @property
    def high(self) -> float:
        """Upper end of the interval."""
        return self.bounds[1] if self.bounds else self.value + self.half_width

    @property
    def text(self) -> str:
        """The value and how sure it is, without the small print: ``81.3 ± 0.9 %``."""
        if isnan(self.value):
            return "–"
        if self.bounds and self.half_width > 0:
            return f"{number_text(self.value, self.unit)} ({range_text(*self.bounds, self.unit)})"
        return plus_minus_text(self.value, self.half_width, self.unit)

    def per(self, many: float, *, unit: str | None = None) -> Estimate:
        """Return the estimate divided by a number that is sure: per week, in hours.

        Parameters
        ----------
        many : float
            Above 0: 4 for a cost a week of four weeks, 3600 for hours instead of seconds.
        unit : str, optional
            The new unit; None: the same.

        Examples
        --------
        >>> Estimate(5400.0, 360.0, 0.95, 20, unit="s").per(3600, unit="h").text
        '1.50 ± 0.10 h'
        """
        if not many > 0:
            raise ValueError(f"per({many!r}): must be above 0")
        bounds = None if self.bounds is None else (self.bounds[0] / many, self.bounds[1] / many)
        return replace(
            self,
            value=self.value / many,
            half_width=self.half_width / many,
            bounds=bounds,
            unit=self.unit if unit is None else unit,
        )

    def __str__(self) -> str:
        if isnan(self.value):
            return "no value: nothing was counted"
        if self.n < 2:
            return f"{self.text} ({self.n} replication: no interval)"
        if isnan(self.half_width):
            return f"{self.text} (no interval: it occurred in too few replications)"
        sure = f"{100 * self.confidence:g} % confidence, {self.n:,} replications)"
        if self.bounds and self.half_width > 0:
            return f"{self.text.removesuffix(')')}; {sure}"
        return f"{self.text} ({sure}"


def student_t(confidence: float, n: int) -> float:
    """Return the two-sided quantile of Student's t with n − 1 degrees of freedom."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, such as 0.95; given {confidence!r}")
    return float(stdtrit(n - 1, 0.5 + confidence / 2)) if n > 1 else nan


def ratio(
    numerators: ArrayLike, denominators: ArrayLike, *, confidence: float = 0.95, unit: str = ""
) -> Estimate:
    """Estimate a ratio of sums: a ratio of means, not a mean of ratios.

    Parameters
    ----------
    numerators, denominators : array_like, shape (n,)
        One sum per replication. Denominators of 1 make it a mean.
    confidence : float, default 0.95
    unit : str, optional
        For print.

    Returns
    -------
    Estimate
        With Student's t [1]_ and the delta method [2]_:
        ``var(R) = sum (y - R x)^2 / (n (n - 1) mean(x)^2)``. The interval of a share is cut at 0
        and 1.

    Examples
    --------
    >>> round(ratio([81, 78, 84], [100, 97, 101]).half_width, 4)
    0.0362
    """
    y, x = _pair(numerators, denominators)
    n, width = len(y), student_t(confidence, len(y))
    if n == 0 or x.sum() == 0:
        return Estimate(nan, nan, confidence, n, unit)
    value = float(y.sum() / x.sum())
    half_width = width * standard_error(residuals(y, x))
    low, high = value - half_width, value + half_width
    bounds = (max(low, 0.0), min(high, 1.0)) if unit == "share" and (low < 0 or high > 1) else None
    return Estimate(value, half_width, confidence, n, unit, bounds)


def paired_difference(
    first: tuple[ArrayLike, ArrayLike],
    second: tuple[ArrayLike, ArrayLike],
    *,
    confidence: float = 0.95,
    unit: str = "",
) -> Estimate:
    """Estimate the difference of two ratios that met the same customers.

    Parameters
    ----------
    first, second : tuple of two array_like, shape (n,)
        Numerators and denominators per replication, in the same order of replications.
    confidence : float, default 0.95
    unit : str, optional
        For print.

    Returns
    -------
    Estimate
        ``first - second``. What the options share (common random numbers) cancels replication by
        replication, before the variance is taken [2]_.

    Raises
    ------
    ValueError
        When the options have different numbers of replications.

    Examples
    --------
    >>> offered = [100, 97, 101]
    >>> paired_difference(([81, 78, 84], offered), ([80, 77, 83], offered)).half_width < 0.001
    True
    """
    y1, x1 = _pair(*first)
    y2, x2 = _pair(*second)
    if len(y1) != len(y2):
        raise ValueError(
            f"paired options need the same replications; given {len(y1)} and {len(y2)}"
        )
    n, width = len(y1), student_t(confidence, len(y1))
    if n == 0 or x1.sum() == 0 or x2.sum() == 0:
        return Estimate(nan, nan, confidence, n, unit)
    value = y1.sum() / x1.sum() - y2.sum() / x2.sum()
    half_width = width * standard_error(residuals(y1, x1) - residuals(y2, x2))
    return Estimate(float(value), half_width, confidence, n, unit)


def proportion(hits: ArrayLike, out_of: ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """Estimate a share of days or weeks, counted in replications.

    Parameters
    ----------
    hits, out_of : array_like, shape (n,)
        Per replication: how many days, and how many of them met the target, for example.
    confidence : float, default 0.95

    Returns
    -------
    Estimate
        Wilson's interval [3]_ for the effective number of days [4]_: as many independent days as
        would vary so much between replications, at least one and at most all days of each (all,
        where nothing varies). A target met on every day seen is still not certain.

    Examples
    --------
    >>> always = proportion([5] * 20, [5] * 20)
    >>> always.value, round(always.low, 2)
    (1.0, 0.96)
    """
    y, x = _pair(hits, out_of)
    n, width = len(y), student_t(confidence, len(y))
    total = float(x.sum())
    if n == 0 or total == 0:
        return Estimate(nan, nan, confidence, n, "share")
    p = float(y.sum() / total)
    if n < 2:
        return Estimate(p, nan, confidence, n, "share")
    variance = standard_error(residuals(y, x)) ** 2
    seen = float(np.count_nonzero(x))
    days: float = min(max(p * (1 - p) / variance, seen), total) if variance > 0 else total
    shrink = 1 + width**2 / days
    centre = (p + width**2 / (2 * days)) / shrink
    reach = width / shrink * sqrt(p * (1 - p) / days + width**2 / (4 * days**2))
    low = max(0.0, centre - reach) if p > 0 else 0.0
    high = min(1.0, centre + reach) if p < 1 else 1.0
    return Estimate(p, (high - low) / 2, confidence, n, "share", (low, high))


def _pair(
    numerators: ArrayLike, denominators: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    y, x = np.asarray(numerators, dtype=np.float64), np.asarray(denominators, dtype=np.float64)
    if y.ndim != 1 or y.shape != x.shape:
        raise ValueError(
            "numerators and denominators must be flat and as long as each other; "
            f"given shapes {y.shape} and {x.shape}"
        )
    return y, x


def residuals(y: NDArray[np.float64], x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each replication's part in the error of the ratio; their mean is 0."""
    parts: NDArray[np.float64] = (y - y.sum() / x.sum() * x) / x.mean()
    return parts


def standard_error(parts: NDArray[np.float64]) -> float:
    """Return the standard error of a ratio from its residuals; NaN with fewer than two."""
    n = len(parts)
    return sqrt(float((parts**2).sum()) / (n * (n - 1))) if n > 1 else nan
