"""Seconds, the grid they lie on, and durations in words.

Inside queuesim time is float64 seconds since the local midnight that starts the horizon; see
`queuesim.clock` for the edge to calendar time.
"""

from __future__ import annotations

import math
import re
from typing import overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

GRID = 1024
"""Grid points per second. Sums of times on this dyadic grid are exact in float64."""

DAY_S = 86_400
"""Seconds of a day of 24 hours."""

_UNIT_S = {"w": 604_800.0, "d": 86_400.0, "h": 3600.0, "min": 60.0, "s": 1.0}
_PART = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*([a-z]*)\s*")
_LIKELY_UNIT = {
    "m": "min",
    "mins": "min",
    "minute": "min",
    "minutes": "min",
    "sec": "s",
    "secs": "s",
    "second": "s",
    "seconds": "s",
    "hr": "h",
    "hrs": "h",
    "hour": "h",
    "hours": "h",
    "day": "d",
    "days": "d",
    "week": "w",
    "weeks": "w",
}


@overload
def snap(seconds: float) -> float: ...
@overload
def snap(seconds: NDArray[np.float64]) -> NDArray[np.float64]: ...
def snap(seconds: float | ArrayLike) -> float | NDArray[np.float64]:
    """Round times to the nearest point of the grid, ties to the even point.

    Parameters
    ----------
    seconds
        A number or an array of any shape [s]. Infinity stays infinity.

    Returns
    -------
    float or float64 array of the same shape [s]

    Examples
    --------
    >>> snap(0.1)
    0.099609375
    """
    if type(seconds) is float and math.isfinite(seconds):
        return round(seconds * GRID) / GRID  # the same number as below, ten times as fast
    snapped = np.rint(np.asarray(seconds, dtype=np.float64) * GRID) / GRID
    return float(snapped) if snapped.ndim == 0 else snapped


@overload
def snap_down(seconds: float) -> float: ...
@overload
def snap_down(seconds: NDArray[np.float64]) -> NDArray[np.float64]: ...
def snap_down(seconds: float | ArrayLike) -> float | NDArray[np.float64]:
    """Round times down to a point of the grid.

    Parameters
    ----------
    seconds
        A number or an array of any shape [s]. Infinity stays infinity.

    Returns
    -------
    float or float64 array of the same shape [s]

    Examples
    --------
    >>> snap_down(0.9999)
    0.9990234375
    """
    snapped = np.floor(np.asarray(seconds, dtype=np.float64) * GRID) / GRID
    return float(snapped) if snapped.ndim == 0 else snapped


@overload
def snap_up(seconds: float) -> float: ...
@overload
def snap_up(seconds: NDArray[np.float64]) -> NDArray[np.float64]: ...
def snap_up(seconds: float | ArrayLike) -> float | NDArray[np.float64]:
    """Round times up to a point of the grid.

    Parameters
    ----------
    seconds
        A number or an array of any shape [s]. Infinity stays infinity.

    Returns
    -------
    float or float64 array of the same shape [s]

    Examples
    --------
    >>> snap_up(0.1)
    0.1005859375
    """
    return -snap_down(-np.asarray(seconds, dtype=np.float64))


def parse_duration(given: str | float) -> float:
    """Read a duration.

    Parameters
    ----------
    given
        Plain numbers are seconds. Strings are numbers with units, the largest first: ``"20s"``,
        ``"5min"``, ``"1h30"`` (the bare number after hours is minutes), ``"1h30min"``, ``"2d"``,
        ``"8w"``.

    Returns
    -------
    float [s]
        May be negative when a sign is given; whether that is allowed is for the caller to say.

    Raises
    ------
    ValueError
        When the text cannot be read; the message says how durations are written.

    Examples
    --------
    >>> parse_duration("1h30")
    5400.0
    """
    if isinstance(given, bool) or not isinstance(given, (str, int, float)):
        raise ValueError(f"{given!r} is not a duration. {_HOW}")
    if not isinstance(given, str):
        try:
            seconds = float(given)
        except OverflowError:
            seconds = math.inf
        if not math.isfinite(seconds):
            raise ValueError(f"{given!r} is not a finite number of seconds. {_HOW}")
        return seconds
    text = given.strip().lower()
    sign = -1.0 if text.startswith("-") else 1.0
    rest = text.lstrip("-").lstrip() if text.count("-") <= 1 else text
    seconds, last, position = 0.0, "", 0
    while position < len(rest):
        part = _PART.match(rest, position)
        if part is None:
            raise ValueError(f"{given!r} is not a duration. {_HOW}")
        number, unit = part.groups()
        if not unit and last == "h" and part.end() == len(rest) and float(number) < 60:
            unit = "min"
        if unit not in _UNIT_S:
            raise ValueError(f"{given!r} is not a duration. {_unit_hint(rest, number, unit)}")
        if last and _UNIT_S[unit] >= _UNIT_S[last]:
            raise ValueError(f"{given!r} is not a duration: write the larger unit first. {_HOW}")
        seconds += float(number) * _UNIT_S[unit]
        last, position = unit, part.end()
    if not last:
        raise ValueError(f"{given!r} is not a duration. {_HOW}")
    if not math.isfinite(seconds):
        raise ValueError(f"{given!r} is not a finite number of seconds. {_HOW}")
    return sign * seconds


_HOW = 'Write seconds as a number, or a text such as "20s", "5min", "1h30" or "2d"'


def _unit_hint(text: str, number: str, unit: str) -> str:
    if unit in _LIKELY_UNIT:
        return f'Write "{number}{_LIKELY_UNIT[unit]}" for {number} {unit!r}'
    if not unit and text == number:
        return f'Write {number} without quotes for seconds, or name the unit: "{number}s"'
    return _HOW


def format_duration(seconds: float) -> str:
    """Write a duration so that `parse_duration` reads back exactly the same number.

    Parameters
    ----------
    seconds
        Any finite number [s].

    Returns
    -------
    str
        ``240.0`` is ``"4min"``, ``5400.0`` is ``"1h30"``, ``20.5`` is ``"20.5s"``.

    Raises
    ------
    ValueError
        When the number is not finite.

    Examples
    --------
    >>> format_duration(129_600)
    '1d12h'
    """
    seconds = float(seconds)
    if not math.isfinite(seconds):
        raise ValueError(f"{seconds!r} is not a finite number of seconds")
    sign = "-" if seconds < 0 else ""
    size = abs(seconds)
    if size != math.floor(size) or size >= 2**53:
        return f"{sign}{_plain_decimal(size)}s"
    whole = int(size)
    parts = []
    for unit in ("d", "h", "min", "s"):
        count, whole = divmod(whole, int(_UNIT_S[unit]))
        if count:
            parts.append((count, unit))
    if not parts:
        return "0s"
    text = "".join(f"{count}{unit}" for count, unit in parts)
    if [unit for _, unit in parts[-2:]] == ["h", "min"]:
        hours, _, minutes = text.removesuffix("min").rpartition("h")
        text = f"{hours}h{int(minutes):02d}"
    return sign + text


def _plain_decimal(size: float) -> str:
    """Write a float without an exponent, in the fewest digits that read back the same."""
    return np.format_float_positional(size, unique=True, trim="-")
