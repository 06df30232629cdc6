"""Normal scores by rank: where a value lies among those of quiet days, as a standard normal.

Values are compared with those of alike intervals (a bin). In the outermost values, where there is
nothing left to rank by, the score goes on in a straight line.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_OUTERMOST = 5
_MOST_KEPT = 20_000


@dataclass(frozen=True)
class Ranks:
    """Values of quiet days by bin.

    Attributes
    ----------
    samples : tuple of numpy.ndarray
        Sorted values of each bin.
    steepest : float
        The most that the score may rise per unit of the value in the tails.
    """

    samples: tuple[Floats, ...]
    steepest: float

    @classmethod
    def of(cls, values: Floats, bins: Ints, many: int, *, steepest: float) -> Ranks:
        """Keep the values of each bin, thinned evenly where there are more than enough."""
        samples = []
        for k in range(many):
            mine = np.sort(values[bins == k])
            if len(mine) > _MOST_KEPT:
                mine = mine[np.linspace(0, len(mine) - 1, _MOST_KEPT).round().astype(np.int64)]
            samples.append(mine)
        return cls(tuple(samples), steepest)

    def scores(self, values: Floats, bins: Ints, chance: Floats | float = 0.5) -> Floats:
        """Return the normal scores of values, same shape.

        Parameters
        ----------
        values : numpy.ndarray
        bins : numpy.ndarray, int64, same shape
        chance : float or numpy.ndarray
            Where among equal values: 0.5 in their middle, or uniform draws.
        """
        z = np.full(values.shape, np.nan)
        chance = np.broadcast_to(chance, values.shape)
        for k, sample in enumerate(self.samples):
            here = (bins == k) & np.isfinite(values)
            if len(sample) < 4 * _OUTERMOST or not here.any():
                z[here] = 0.0  # nothing to compare with
                continue
            z[here] = self._among(sample, values[here], chance[here])
        return z

    def _among(self, sample: Floats, values: Floats, chance: Floats) -> Floats:
        n = len(sample)
        below = np.searchsorted(sample, values, side="left")
        upto = np.searchsorted(sample, values, side="right")
        rank = (below + chance * (upto - below + 1)) / (n + 1)
        z: Floats = ndtri(np.clip(rank, 0.2 / n, 1 - 0.2 / n))
        edge = float(ndtri(1 - _OUTERMOST / n))
        for sign in (1.0, -1.0):
            ordered = sample if sign > 0 else -sample[::-1]
            outer = ordered[n - 1 - _OUTERMOST]
            inner = ordered[min(n - 1, int(0.975 * n))]
            rise = (edge - ndtri(0.975)) / max(float(outer - inner), 1e-12)
            beyond = sign * values > outer
            # beyond what was seen often enough: on from the edge in a straight line
            line = edge + min(max(rise, 0.0), self.steepest) * (sign * values - outer)
            z[beyond] = sign * line[beyond]
        return z


def uniform(z: Floats) -> Floats:
    """Return the probability integral transform that belongs to normal scores."""
    return np.asarray(ndtr(z))


def cuts(values: Floats, many: int) -> Floats:
    """Return the inner edges of bins with about equally many values, each edge once."""
    if many < 2 or len(values) == 0:
        return np.empty(0)
    return np.unique(np.quantile(values, np.arange(1, many) / many))
