"""Calling from Python what is told for the machine, and compiled into what calls it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba


def callable_part(part: Callable[..., Any]) -> Callable[..., Any]:
    """Return a `compiling.called` function with a door for Python."""

    @numba.njit
    def door(*arguments: Any) -> Any:
        return part(*arguments)

    return door
