"""Chance of a nowcast: streams with names, apart from those of the tape."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from queuesim.sampling.streams import name_key


def chances(purpose: str, seed: int) -> np.random.Generator:
    """Return the stream with a name."""
    words = np.random.SeedSequence(seed, spawn_key=name_key(f"/now/{purpose}"))
    return np.random.Generator(np.random.PCG64DXSM(words))


def chance_of(purpose: str, seed: int, *shape: int) -> NDArray[np.float64]:
    """Return uniforms in [0, 1) of a stream with a name; more futures go on where fewer end."""
    return chances(purpose, seed).random(shape)
