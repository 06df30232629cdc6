"""Checks of what a planner typed: the message names parameter, value, rule and likely fix."""

from __future__ import annotations

import math
from collections.abc import Callable
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def refuse(name: str, value: object, rule: str, fix: str = "") -> ValueError:
    """The error to raise: what was given, what is allowed, and the likely intention."""
    given = value.item() if isinstance(value, np.generic) else value
    return ValueError(f"{name}={given!r}: must be {rule}." + (f" {fix}" if fix else ""))


def number(
    name: str,
    value: Any,
    *,
    above: float | None = None,
    least: float | None = None,
    most: float | None = None,
    below: float | None = None,
    infinite: bool = False,
    fix: str = "",
) -> float:
    """Return `value` as a float when it is a real number within the stated bounds."""
    rule = _rule("a number", above=above, least=least, most=most, below=below)
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real):
        raise refuse(name, value, rule, fix)
    x = float(value)
    allowed_inf = infinite and x == math.inf
    if math.isnan(x) or (math.isinf(x) and not allowed_inf):
        raise refuse(name, value, rule if infinite else f"{rule}, and finite", fix)
    if not _within(np.float64(x), above=above, least=least, most=most, below=below):
        raise refuse(name, value, rule, fix)
    return x


def whole(name: str, value: Any, *, least: int, fix: str = "") -> int:
    """Return `value` as an int when it is a whole number of at least `least`."""
    rule = f"a whole number of at least {least}"
    is_whole = isinstance(value, Integral) or (isinstance(value, Real) and float(value) % 1 == 0)
    if isinstance(value, (bool, np.bool_)) or not is_whole or int(value) < least:
        raise refuse(name, value, rule, fix)
    return int(value)


def numbers(
    name: str,
    values: ArrayLike,
    *,
    above: float | None = None,
    least: float | None = None,
    fix: str = "",
) -> NDArray[np.float64]:
    """Return `values` as a float array when every one is finite and within bounds."""
    rule = _rule("finite numbers", above=above, least=least)
    raw = np.asarray(values)
    if raw.dtype.kind not in "iuf":
        raise refuse(name, values, rule, fix)
    array = raw.astype(np.float64)
    good = np.isfinite(array) & _within(array, above=above, least=least)
    if not good.all():
        if array.ndim == 0:
            raise refuse(name, values, rule.replace("finite numbers", "a finite number"), fix)
        at = tuple(int(i) for i in np.argwhere(~good)[0])
        index = ", ".join(str(i) for i in at)
        raise refuse(f"{name}[{index}]", array[at], rule, fix)
    return array


def time_edges(name: str, values: ArrayLike) -> NDArray[np.float64]:
    """Return bin edges: at least two, each later than the one before."""
    edges = numbers(name, values)
    if edges.ndim != 1 or edges.size < 2:
        raise refuse(name, values, "a list of at least two times", "n bins have n + 1 edges.")
    steps = np.diff(edges)
    if (steps <= 0).any():
        i = int(np.argmax(steps <= 0))
        pair = (float(edges[i]), float(edges[i + 1]))
        raise refuse(f"{name}[{i}:{i + 2}]", pair, "increasing times", "Sort them; drop repeats.")
    return edges


def survival_values(
    survival: Callable[[NDArray[np.float64]], ArrayLike], x: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Evaluate a survival function on an array and check that it can be one."""
    values = np.asarray(survival(x), dtype=np.float64)
    if values.shape != x.shape or not ((values >= -1e-12) & (values <= 1 + 1e-12)).all():
        raise ValueError(
            "service: a survival function must take an array of times and return, in the same "
            "shape, shares within [0, 1]. Pass `distribution.sf`, not `distribution.cdf` or `pdf`, "
            "and vectorise it with numpy."
        )
    return values


def _within(
    x: Any,
    *,
    above: float | None = None,
    least: float | None = None,
    most: float | None = None,
    below: float | None = None,
) -> Any:
    good = np.isfinite(x) | (x == np.inf)
    if above is not None:
        good = good & (x > above)
    if least is not None:
        good = good & (x >= least)
    if most is not None:
        good = good & (x <= most)
    if below is not None:
        good = good & (x < below)
    return good


def _rule(
    what: str,
    *,
    above: float | None = None,
    least: float | None = None,
    most: float | None = None,
    below: float | None = None,
) -> str:
    parts = [
        f"above {above:g}" if above is not None else "",
        f"at least {least:g}" if least is not None else "",
        f"at most {most:g}" if most is not None else "",
        f"below {below:g}" if below is not None else "",
    ]
    bounds = " and ".join(part for part in parts if part)
    return f"{what} {bounds}".rstrip()
