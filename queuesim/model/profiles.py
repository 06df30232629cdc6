"""Shapes of a day: how a day's contacts spread over its hours.

The named shapes are typical, not measured in one place: an office day with a morning and an
afternoon hump around lunch, and a retail day that builds to the evening. A planner with data uses
`Series.day_shape` instead.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, WithJsonSchema

from queuesim.errors import shown
from queuesim.model.base import FixedDict
from queuesim.model.days import read_days_table
from queuesim.model.faults import Fault, did_you_mean, is_number, one_of, quoted
from queuesim.units import DAY_S

PROFILES: Final[dict[str, tuple[float, ...]]] = {
    "flat": (1.0,),
    "office": (
        *(0.0,) * 16,
        *(4.2, 6.2, 7.0, 7.2, 6.8, 6.2, 5.4, 4.6, 4.4, 4.9),
        *(5.5, 5.8, 5.7, 5.3, 4.8, 4.2, 3.4, 2.6, 1.7, 1.1),
        *(0.0,) * 12,
    ),
    "retail": (
        *(0.0,) * 18,
        *(2.2, 3.2, 4.0, 4.6, 5.0, 5.2, 5.2, 5.0, 4.8, 4.7, 4.7, 4.8),
        *(5.0, 5.2, 5.4, 5.5, 5.4, 5.1, 4.6, 4.0, 3.2, 2.4, 1.6, 1.0),
        *(0.0,) * 6,
    ),
}
"""Factors by name, in equal steps from midnight to midnight; only their proportions matter."""

Shape = str | tuple[float, ...]
"""The name of a profile, or factors in equal steps from midnight to midnight."""


def shares_of_day(shape: Shape) -> NDArray[np.float64]:
    """Return float64[steps]: the share of a day's contacts in each of its equal steps; sums to
    1."""
    factors = np.array(PROFILES[shape] if isinstance(shape, str) else shape, dtype=np.float64)
    return factors / factors.sum()


def _read_shape(given: Any) -> Shape:
    names = one_of(map(quoted, PROFILES))
    if isinstance(given, str):
        if given not in PROFILES:
            raise Fault(f"must be {names}, or factors", did_you_mean(given, PROFILES))
        return given
    if not isinstance(given, tuple):
        raise Fault(f"must be {names}, a list of factors, or a table by days")
    if not given or DAY_S % len(given) != 0:
        rule = "must have as many factors as equal steps fit a day of 24 h"
        fix = "24 for hours, 48 for half-hours, 96 for quarters"
        raise Fault(rule, fix, given=f"{len(given)} factors")
    for index, factor in enumerate(given):
        if not is_number(factor) or factor < 0:
            raise Fault("must be a factor of 0 or more", "", (str(index),), given=shown(factor))
    if sum(given) <= 0:
        raise Fault("must have a factor above 0", "to switch demand off, write per_day=0")
    return tuple(float(factor) for factor in given)


def _read_shapes(given: Any) -> Shape | FixedDict[str, Shape]:
    if isinstance(given, dict):
        return FixedDict(read_days_table(given, _read_shape))
    return _read_shape(given)


_SHAPE_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "string", "enum": list(PROFILES)},
        {"type": "array", "items": {"type": "number", "minimum": 0}, "minItems": 1},
    ]
}

DayShape = Annotated[
    Shape | FixedDict[str, Shape],
    BeforeValidator(_read_shapes),
    WithJsonSchema(
        {
            "anyOf": [
                *_SHAPE_SCHEMA["anyOf"],
                {"type": "object", "additionalProperties": _SHAPE_SCHEMA},
            ]
        }
    ),
]
"""A shape for every day, or a table of shapes by days."""
