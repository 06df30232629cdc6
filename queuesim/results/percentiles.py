"""Percentiles of waits with intervals, from a histogram for each replication.

Sources
-------
.. [1] R. S. Woodruff (1952), Confidence intervals for medians and other position measures, JASA 47.
.. [2] R. R. Bahadur (1966), A note on quantiles in large samples, Annals of Mathematical
   Statistics 37.
"""

from __future__ import annotations

from math import isnan, nan

import numpy as np
from numpy.typing import NDArray

from queuesim.results import waits
from queuesim.results.confidence import Estimate, residuals, standard_error, student_t


def wait_quantile(
    counts: NDArray[np.number], share: float, *, confidence: float = 0.95
) -> Estimate:
    """Estimate the wait that a share of contacts does not exceed.

    Parameters
    ----------
    counts : numpy.ndarray, shape (n, waits.BINS)
        A histogram for each replication.
    share : float
        Between 0 and 1.
    confidence : float, default 0.95

    Returns
    -------
    Estimate
        [s]. The share of waits up to the estimate is a ratio of sums; its interval is turned into
        waits [1]_.
    """
    pooled = counts.sum(axis=0)
    value, n = waits.quantile(pooled, share), len(counts)
    if isnan(value) or n < 2:
        return Estimate(value, nan, confidence, n, "s")
    up_to, of = waits.count_up_to(counts, value), counts.sum(axis=1, dtype=np.float64)
    reach = student_t(confidence, n) * standard_error(residuals(up_to, of))
    low, high = waits.quantile(pooled, share - reach), waits.quantile(pooled, share + reach)
    return Estimate(value, (high - low) / 2, confidence, n, "s", (low, high))


def wait_quantile_values(counts: NDArray[np.number], share: float) -> NDArray[np.float64]:
    """Return one number per replication whose mean is the pooled percentile of waits.

    Each is the percentile plus the replication's influence on it (its linear form [2]_), so that
    means, paired differences and stopping rules apply to percentiles as they do to means.

    Parameters
    ----------
    counts : numpy.ndarray, shape (n, waits.BINS)
    share : float
        Between 0 and 1.

    Returns
    -------
    numpy.ndarray, float64, shape (n,)
        [s]
    """
    pooled = counts.sum(axis=0)
    value, n = waits.quantile(pooled, share), len(counts)
    if isnan(value) or value == 0 or n < 2:
        return np.full(n, value)
    up_to, of = waits.count_up_to(counts, value), counts.sum(axis=1, dtype=np.float64)
    parts = residuals(up_to, of)
    reach = max(2 * standard_error(parts), 0.01 * min(share, 1 - share))
    low, high = max(share - reach, 0.0), min(share + reach, 1.0)
    slope = (waits.quantile(pooled, high) - waits.quantile(pooled, low)) / (high - low)
    return value - slope * parts
