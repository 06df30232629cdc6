"""Handle times and patience as pools of equally likely times, whole or as what is left of them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from queuesim.model import ContactType
from queuesim.model.distributions import Distribution

Floats = NDArray[np.float64]

_SIZE = 16_384
_FEW = 16


class Pool:
    """Equally likely times.

    Parameters
    ----------
    times_s : numpy.ndarray
        In any order [s].
    """

    def __init__(self, times_s: Floats) -> None:
        self.times_s = np.sort(times_s)
        self.mean_s = float(self.times_s.mean())
        self._so_far = np.cumsum(self.times_s)

    def whole(self, chance: np.random.Generator, shape: tuple[int, ...]) -> Floats:
        """Draw times [s]."""
        return self.times_s[chance.integers(len(self.times_s), size=shape)]

    def left(self, chance: np.random.Generator, elapsed_s: Floats, paths: int) -> Floats:
        """Draw what is left of times that have lasted so long.

        Parameters
        ----------
        chance : numpy.random.Generator
        elapsed_s : numpy.ndarray, shape (k,)
            [s]; NaN where it is not known: then what is left of a time met at random, the
            equilibrium law, to which a longer time is the likelier the longer it is.
        paths : int

        Returns
        -------
        float64[paths, k] [s]
        """
        n, k = len(self.times_s), len(elapsed_s)
        if k == 0:
            return np.empty((paths, 0))
        uniform = chance.random((paths, k))
        known = ~np.isnan(elapsed_s)
        elapsed = np.where(known, elapsed_s, 0.0)
        first = np.searchsorted(self.times_s, elapsed, side="right")
        more = n - first
        place = np.minimum(first + (uniform * more).astype(np.int64), n - 1)
        found = np.maximum(self.times_s[place] - elapsed, 0.0)
        late = more < _FEW  # beyond the pool: as those at its end
        if late.any():
            at_end = float(np.diff(self.times_s[-_FEW:]).sum()) or self.mean_s
            found[:, late] = chance.exponential(max(at_end / 2, 1.0), (paths, int(late.sum())))
        if not known.all():
            met = np.searchsorted(self._so_far, uniform[:, ~known] * self._so_far[-1])
            met = self.times_s[np.minimum(met, n - 1)]
            found[:, ~known] = met * chance.random(met.shape)
        return np.asarray(found, dtype=np.float64)


def _evenly(distribution: Distribution) -> Floats:
    return np.asarray(distribution.quantile((np.arange(_SIZE) + 0.5) / _SIZE), dtype=np.float64)


@lru_cache(maxsize=256)
def handle_pool(contact_type: ContactType) -> Pool:
    """Return the pool of talk + wrap-up."""
    talk = _evenly(contact_type.talk)
    if contact_type.wrap_up is None:
        return Pool(talk)
    mixed = np.random.default_rng(0).permutation(_SIZE)  # the two are independent
    return Pool(talk + _evenly(contact_type.wrap_up)[mixed])


@lru_cache(maxsize=256)
def patience_pool(contact_type: ContactType) -> Pool | None:
    """Return the pool of patience; None where nobody gives up."""
    return None if contact_type.patience is None else Pool(_evenly(contact_type.patience))
