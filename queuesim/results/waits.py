"""Waits as histograms: small enough to keep for every replication, fine enough for percentiles.

Bins are geometric, each 2 % wider than the one before; waits of exactly 0 have a bin of their own.
A percentile read from them is within 2 % of the one in the contact table.
"""

from __future__ import annotations

from math import ceil, log

import numpy as np
from numpy.typing import NDArray

from queuesim.units import GRID

LONGEST_S = 30 * 86_400.0
"""Longer waits share the last bin [s]."""

GROWTH = 1.02
"""Each bin's upper bound over its lower bound."""

_STEPS = ceil(log(LONGEST_S * GRID) / log(GROWTH))

UPPER_S: NDArray[np.float64] = np.concatenate(
    ([0.0], np.geomspace(1.0 / GRID, LONGEST_S, _STEPS + 1), [np.inf])
)
"""Upper bounds of the bins [s]: bin k holds UPPER_S[k - 1] < wait <= UPPER_S[k]; bin 0 holds 0."""

BINS = len(UPPER_S)

BINS_PER_E = _STEPS / log(LONGEST_S * GRID)
"""How many bins further a wait e times as long is."""

ANSWERED, ALL = 0, 1
"""Which waits: of the answered, or of all who were let in."""


def quantile(counts: NDArray[np.number], share: float) -> float:
    """Return the wait that a share of contacts does not exceed.

    Parameters
    ----------
    counts : numpy.ndarray, shape (BINS,)
    share : float
        0–1.

    Returns
    -------
    float
        [s]; linear within a bin. NaN without contacts.
    """
    total = counts.sum()
    if total == 0:
        return float("nan")
    below = np.cumsum(counts, dtype=np.float64)
    wanted = min(max(share, 0.0), 1.0) * total
    k = int(np.searchsorted(below, wanted, side="left"))
    k = min(max(k, int(np.argmax(counts > 0))), BINS - 1)
    if k == 0:
        return 0.0
    lower, upper = _ends(k)
    into = (wanted - (below[k] - counts[k])) / counts[k]
    return float(lower + into * (upper - lower))


def count_up_to(counts: NDArray[np.number], wait_s: float) -> NDArray[np.float64]:
    """Return how many contacts waited at most so long, in the sense of `quantile`.

    Parameters
    ----------
    counts : numpy.ndarray, shape (..., BINS)
    wait_s : float
        [s]

    Returns
    -------
    numpy.ndarray, float64, shape (...)
    """
    k = int(np.searchsorted(UPPER_S, wait_s, side="left")) if wait_s < LONGEST_S else BINS - 1
    whole: NDArray[np.float64] = counts[..., :k].sum(axis=-1, dtype=np.float64)
    lower, upper = _ends(k)
    part = (wait_s - lower) / (upper - lower) if upper > lower else 1.0
    return whole + part * counts[..., k].astype(np.float64)


def _ends(k: int) -> tuple[float, float]:
    """Return the shortest and the longest wait that a bin stands for [s]."""
    if k <= 1:
        return float(UPPER_S[k]), float(UPPER_S[k])  # no wait, or one step of the grid
    return float(UPPER_S[k - 1]), float(min(UPPER_S[k], LONGEST_S))
