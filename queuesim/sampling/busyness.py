"""Busyness: the factor by which each day is busier or quieter than planned.

Gamma with mean 1 and the demand's coefficient of variation. The factor is the sum of a part that
all contact types share and a part of its own, both gamma with one scale; so it is exactly gamma,
and two types with equal settings have correlation `shared`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from queuesim.model import ContactType

SHARED_BUSYNESS = "/busyness"  # names of contact types have no slash and are not empty

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Part:
    """One of the gamma variables of which a contact type's busyness is the sum.

    Attributes
    ----------
    contact_type : int
        Whose.
    stream : str
        Name of the stream of its daily draws.
    shape, whole : float
        Shape of the part, and of the sum.
    """

    contact_type: int
    stream: str
    shape: float
    whole: float


def busyness_parts(contact_types: Sequence[ContactType]) -> list[Part]:
    """Return the parts of every contact type that has busyness, the shared one first."""
    parts = []
    for index, each in enumerate(contact_types):
        demand = each.demand
        if demand.busyness == 0:
            continue
        whole = 1.0 / demand.busyness**2
        for stream, share in (
            (SHARED_BUSYNESS, demand.shared),
            (f"{each.name}/busyness", 1.0 - demand.shared),
        ):
            if share > 0:
                parts.append(Part(index, stream, share * whole, whole))
    return parts


def busyness(parts: Sequence[Part], chances: Floats, contact_types: int) -> Floats:
    """Return the factor of each contact type and day.

    Parameters
    ----------
    parts : sequence of Part
    chances : float64[parts, days]
        A uniform draw for each part and day.
    contact_types : int
        How many there are.

    Returns
    -------
    float64[contact types, days]
        1 for types without parts.
    """
    shape, whole = (np.array([[getattr(p, name)] for p in parts]) for name in ("shape", "whole"))
    factors = gammaincinv(shape, chances) / whole
    busy = np.ones((contact_types, chances.shape[1]))
    busy[[part.contact_type for part in parts]] = 0.0
    for part, factor in zip(parts, factors, strict=True):
        busy[part.contact_type] += factor
    return busy
