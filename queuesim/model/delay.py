"""How long something takes to follow: a distribution, or a plain time."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator

from queuesim.model.distributions import Deterministic, Distribution
from queuesim.model.fields import DURATION_PATTERN, OrShort, not_negative, read_seconds


def _read_delay(given: Any) -> Any:
    if isinstance(given, (int, float, str)) and not isinstance(given, bool):
        return Deterministic(value=not_negative(read_seconds(given)))
    return given


Delay = Annotated[
    Distribution,
    BeforeValidator(_read_delay),
    OrShort({"type": "number", "minimum": 0}, {"type": "string", "pattern": DURATION_PATTERN}),
]
"""A distribution of times; a plain time is read as `Deterministic`."""
