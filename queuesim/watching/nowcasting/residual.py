"""What is left of a time of which some has gone by: drawn through the survival function.

Of a time T with distribution F that has lasted e so far, P(T ≤ t | T > e) = (F(t) - F(e)) ÷
(1 - F(e)); so T is the quantile of F at F(e) + u (1 - F(e)), with u uniform.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from queuesim.model.distributions import Deterministic, Empirical, Exponential
from queuesim.model.distributions import Distribution as Law

Floats = NDArray[np.float64]

_MOST = 1.0 - 2.0**-53


def lasting(law: Law, elapsed_s: Floats, chance: Floats) -> Floats:
    """Draw times that have lasted for some time already.

    Parameters
    ----------
    law : distribution of the model
    elapsed_s : numpy.ndarray, float64
        How long each has lasted [s], 0 or more.
    chance : numpy.ndarray, float64
        Uniform in [0, 1), of a shape with which `elapsed_s` broadcasts.

    Returns
    -------
    numpy.ndarray, float64, shape of `chance`
        The whole times [s], `elapsed_s` at least. Where the law allows no time as long as that, the
        time ends now.
    """
    chance = np.asarray(chance, dtype=np.float64)
    if isinstance(law, Exponential):  # no memory
        return elapsed_s - law.mean * np.log1p(-chance)
    if isinstance(law, Deterministic):
        return np.broadcast_to(np.maximum(law.value, elapsed_s), chance.shape).copy()
    if isinstance(law, Empirical):  # one of the longer ones, each as likely as any other
        values = np.sort(np.array(law.values))
        first = np.where(elapsed_s > 0, np.searchsorted(values, elapsed_s, side="right"), 0)
        drawn = first + (chance * (len(values) - first)).astype(np.int64)
        return np.maximum(values[np.minimum(drawn, len(values) - 1)], elapsed_s)
    gone = law.cdf(elapsed_s)
    share = np.minimum(gone + chance * (1.0 - gone), _MOST)
    times = law.quantile(share)
    return np.asarray(np.maximum(times, elapsed_s), dtype=np.float64)


def both_lasting(
    first: Law, second: Law | None, elapsed_s: float, chance: Floats, *, pool: int = 8192
) -> tuple[Floats, Floats]:
    """Draw two times, one after the other, of which together some has gone by.

    Parameters
    ----------
    first, second : distribution of the model
        Talk and wrap-up.
    elapsed_s : float
        Since the first began [s].
    chance : numpy.ndarray, float64, shape (n,)
        Uniform in [0, 1).
    pool : int
        Pairs of quantiles among which those that last long enough are drawn.

    Returns
    -------
    first_s, second_s : numpy.ndarray, float64, shape (n,)
        Their sum is `elapsed_s` at least.
    """
    if second is None or elapsed_s == 0.0:
        one = lasting(first, np.array(elapsed_s), chance)
        other = np.zeros_like(one)
        if second is not None:
            other = lasting(second, np.array(0.0), np.modf(chance * 7919.0)[0])
        return one, other
    # a lattice of rank one: even in both coordinates (Korobov; Sloan and Joe 1994, section 4.3)
    k = np.arange(pool)
    talk_s = first.quantile((k + 0.5) / pool)
    wrap_up_s = second.quantile((np.modf(k * 0.6180339887498949)[0] + 0.5 / pool) % 1.0)
    long_enough = np.flatnonzero(talk_s + wrap_up_s > elapsed_s)
    if not len(long_enough):  # longer than nearly any: still in wrap-up, as long as it takes
        whole = lasting(first, np.array(elapsed_s), chance)
        return whole, second.quantile(np.modf(chance * 7919.0)[0])
    drawn = long_enough[(chance * len(long_enough)).astype(np.int64)]
    return talk_s[drawn], wrap_up_s[drawn]
