"""Drawing from the model's distributions.

Every kind takes its draws one after another from the generator, so the first n of a longer draw
are the n of a shorter one: a contact keeps its talk time when demand is scaled. A change of the
mean rescales the same underlying draws.
"""

from __future__ import annotations

from functools import singledispatch

import numpy as np
from numpy.typing import NDArray

from queuesim.model.distributions import (
    Deterministic,
    Empirical,
    Exponential,
    Gamma,
    Hyperexponential,
    LogNormal,
    Weibull,
)
from queuesim.units import snap

Seconds = NDArray[np.float64]


def draw(distribution: object, generator: np.random.Generator, n: int) -> Seconds:
    """Draw n durations, on the grid.

    Parameters
    ----------
    distribution : one of the distributions of `queuesim.model.distributions`
    generator : numpy.random.Generator
    n : int
        How many.

    Returns
    -------
    numpy.ndarray, shape (n,)
        Durations [s], each a multiple of 1/1024 s.

    Raises
    ------
    TypeError
        For anything that is not a distribution of the model.
    """
    return np.asarray(snap(_draw(distribution, generator, n)), dtype=np.float64)


@singledispatch
def _draw(distribution: object, generator: np.random.Generator, n: int) -> Seconds:
    raise TypeError(f"no way to draw from {type(distribution).__name__}")


@_draw.register
def _(distribution: Exponential, generator: np.random.Generator, n: int) -> Seconds:
    return distribution.mean * generator.standard_exponential(n)


@_draw.register
def _(distribution: LogNormal, generator: np.random.Generator, n: int) -> Seconds:
    return distribution.median_s * np.exp(distribution.sigma * generator.standard_normal(n))


@_draw.register
def _(distribution: Gamma, generator: np.random.Generator, n: int) -> Seconds:
    return distribution.scale * generator.standard_gamma(distribution.shape, n)


@_draw.register
def _(distribution: Weibull, generator: np.random.Generator, n: int) -> Seconds:
    return distribution.scale * generator.standard_exponential(n) ** (1.0 / distribution.shape)


@_draw.register
def _(distribution: Deterministic, generator: np.random.Generator, n: int) -> Seconds:
    return np.full(n, distribution.value)


@_draw.register
def _(distribution: Hyperexponential, generator: np.random.Generator, n: int) -> Seconds:
    # Two uniforms a contact, side by side, so that the draws of one contact stay its own.
    phase, length = generator.random((n, 2)).T
    mean = np.where(phase < distribution.share, distribution.mean_short, distribution.mean_long)
    return -np.log1p(-length) * mean


@_draw.register
def _(distribution: Empirical, generator: np.random.Generator, n: int) -> Seconds:
    values = np.asarray(distribution.values, dtype=np.float64)
    return values[np.floor(generator.random(n) * len(values)).astype(np.int64)]
