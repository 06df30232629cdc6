"""How busy today is, given the contacts so far.

A type's busyness is B = S + O, a part that all types share and a part of its own, both gamma (see
`queuesim.sampling.busyness`), and given B the contacts so far are Poisson with mean B times what
was planned. Given the shared part the types are independent, so the posterior is worked out on
grids: of the shared part's chance, and for each type of its own part's. (With one part only this is
the conjugate gamma posterior, Gelman et al. 2013, Bayesian Data Analysis, section 2.6.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, gammaln, ndtr, xlogy

from queuesim.model import ContactType
from queuesim.sampling.busyness import SHARED_BUSYNESS, busyness_parts

Floats = NDArray[np.float64]

_POINTS, _REACH = 601, 7.5
"""Points of a grid, even in standard deviations of a normal; how far it reaches."""


@dataclass(frozen=True, eq=False)
class Today:
    """Draws of today's busyness from its posterior.

    Attributes
    ----------
    factor : numpy.ndarray, float64, shape (n, types)
    planned, counted : numpy.ndarray, float64, shape (types,)
        Contacts so far, as planned and as they came; both 0 where nothing is known.
    """

    factor: Floats
    planned: Floats
    counted: Floats


def busyness_so_far(
    contact_types: tuple[ContactType, ...], planned: Floats, counted: Floats, chance: Floats
) -> Today:
    """Draw today's busyness, given the contacts so far.

    Parameters
    ----------
    contact_types : tuple of ContactType
    planned, counted : numpy.ndarray, float64, shape (types,)
        Contacts so far where they are known: what the plan expects, and what came.
    chance : numpy.ndarray, float64, shape (n, types + 1)
        Uniform in [0, 1).

    Returns
    -------
    Today
    """
    factor = np.ones((len(chance), len(contact_types)))
    parts = busyness_parts(contact_types)
    if not parts:
        return Today(factor, planned, counted)
    z = np.linspace(-_REACH, _REACH, _POINTS)
    edges = np.concatenate(([0.0], ndtr((z[1:] + z[:-1]) / 2), [1.0]))
    weight, level = np.diff(edges), ndtr(z)
    shared: dict[int, Floats] = {}
    own: dict[int, Floats] = {}
    for part in parts:
        values = np.asarray(gammaincinv(part.shape, level) / part.whole, dtype=np.float64)
        (shared if part.stream == SHARED_BUSYNESS else own)[part.contact_type] = values
    nothing = np.zeros(1)
    tables: dict[int, Floats] = {}
    log_shared = np.zeros(_POINTS)
    for kind in {part.contact_type for part in parts}:
        common = shared.get(kind, np.zeros(_POINTS))
        busy = common[:, None] + own.get(kind, nothing)[None, :]
        mean = np.maximum(busy * planned[kind], 1e-300)
        likely = xlogy(counted[kind], mean) - mean - gammaln(counted[kind] + 1.0)
        if planned[kind] == 0:
            likely = np.zeros_like(busy)
        best = likely.max(axis=1, keepdims=True)
        prior = weight[None, :] if kind in own else np.ones((1, 1))
        joint = prior * np.exp(likely - best)
        log_shared += best[:, 0] + np.log(joint.sum(axis=1))
        tables[kind] = np.cumsum(joint, axis=1)
    posterior = weight * np.exp(log_shared - log_shared.max())
    at = _between(np.cumsum(posterior), chance[:, 0])
    low = np.minimum(at.astype(np.int64), _POINTS - 1)
    for kind, table in tables.items():
        common = shared.get(kind, np.zeros(_POINTS))
        drawn = np.interp(at, np.arange(_POINTS) + 0.5, common) if kind in shared else 0.0
        if kind in own:
            row = table[low]
            row = row / row[:, -1:]
            u = chance[:, 1 + kind]
            k = np.minimum((row < u[:, None]).sum(axis=1), _POINTS - 1)
            before = np.where(k > 0, row[np.arange(len(k)), k - 1], 0.0)
            step = np.maximum(row[np.arange(len(k)), k] - before, 1e-300)
            inside = k + np.clip((u - before) / step, 0.0, 1.0)
            drawn = drawn + np.interp(inside, np.arange(_POINTS) + 0.5, own[kind])
        factor[:, kind] = drawn
    return Today(factor, planned, counted)


def _between(cumulated: Floats, chance: Floats) -> Floats:
    """Return where on a grid chance falls: cells are even within."""
    edges = np.concatenate(([0.0], cumulated / cumulated[-1]))
    k = np.clip(np.searchsorted(edges, chance, side="right") - 1, 0, len(cumulated) - 1)
    step = np.maximum(edges[k + 1] - edges[k], 1e-300)
    return np.asarray(k + np.clip((chance - edges[k]) / step, 0.0, 1.0), dtype=np.float64)
