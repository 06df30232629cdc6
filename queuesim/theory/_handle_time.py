"""Handle times of any shape, seen through their survival function and its integral."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from queuesim.theory import _checks as check

Survival = Callable[[NDArray[np.float64]], ArrayLike]


class FrozenDistribution(Protocol):
    """What is used of a frozen `scipy.stats` distribution."""

    def sf(self, x: NDArray[np.float64], /) -> ArrayLike:
        """Share of handle times longer than x."""

    def mean(self) -> float:
        """Average handle time."""


HandleTime = float | FrozenDistribution | Survival


@dataclass(frozen=True)
class _Work:
    """Survival function, integral of it from 0, and mean of one contact's handle time."""

    survival: Survival
    integral: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    mean: float
    memoryless: bool


def understand(handle_time: HandleTime) -> _Work:
    """Read a handle time given as a mean (exponential), a distribution or a survival function."""
    if isinstance(handle_time, (int, float, np.number)):
        mean = check.number("handle_time", handle_time, above=0)
        return _Work(lambda x: np.exp(-x / mean), lambda x: -mean * np.expm1(-x / mean), mean, True)
    survival: Survival
    if hasattr(handle_time, "sf") and hasattr(handle_time, "mean"):
        survival = handle_time.sf
        mean = check.number("handle_time.mean()", handle_time.mean(), above=0)
    elif callable(handle_time):
        survival = handle_time
        mean = _mean(survival)
    else:
        raise check.refuse(
            "handle_time",
            handle_time,
            "a mean (exponential), a frozen scipy distribution or a survival function",
            "For example 240.0, or scipy.stats.gamma(2, scale=120).",
        )
    return _Work(survival, lambda x: integrated_survival(survival, x), mean, False)


def integrated_survival(survival: Survival, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Integral of the survival function from 0 to each x, all at least 0.

    Gauss-Legendre panels between the points asked for and on a geometric grid towards 0, halved
    wherever 8 and 16 nodes disagree, so that jumps (a fixed handle time) are pinned down too.
    """
    points, where = np.unique(np.append(x.ravel(), 0.0), return_inverse=True)
    top = points[-1]
    grid = np.unique(np.concatenate([points, top * 0.5 ** np.arange(64)]))
    start, width = grid[:-1], np.diff(grid)
    owner = np.arange(width.size)
    gaps = np.zeros(width.size)
    (x8, w8), (x16, w16) = (np.polynomial.legendre.leggauss(n) for n in (8, 16))
    for _ in range(64):
        if not start.size:
            break
        coarse, fine = (
            width / 2 * (check.survival_values(survival, _nodes(start, width, nodes)) @ weights)
            for nodes, weights in ((x8, w8), (x16, w16))
        )
        settled = np.abs(fine - coarse) <= 1e-15 * (gaps.sum() + fine.sum())
        np.add.at(gaps, owner[settled], fine[settled])
        half = width[~settled] / 2
        start = np.concatenate([start[~settled], start[~settled] + half])
        width = np.concatenate([half, half])
        owner = np.tile(owner[~settled], 2)
    else:
        np.add.at(gaps, owner, width / 2)  # a jump, by now within a hair
    total = np.concatenate([[0.0], np.cumsum(gaps)])
    return total[np.searchsorted(grid, points)][where[:-1]].reshape(x.shape)


def _nodes(
    start: NDArray[np.float64], width: NDArray[np.float64], nodes: NDArray[np.float64]
) -> NDArray[np.float64]:
    return start[:, None] + width[:, None] * (nodes + 1.0) / 2.0


def _mean(survival: Survival) -> float:
    """Mean by integrating the survival function to where hardly anything is left."""
    for doubling in range(-20, 200):
        far = np.array([2.0**doubling])
        if far[0] * float(check.survival_values(survival, far)[0]) <= 1e-16:
            break
    mean = float(integrated_survival(survival, far)[0])
    if not 0 < mean < np.inf or doubling == 199:
        raise ValueError(
            f"handle_time: its survival function integrates to {mean!r}; must be a mean above 0 "
            "and finite. Check that it falls from 1 to 0."
        )
    return mean
