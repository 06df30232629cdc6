"""How numbers look in print."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, isfinite, isnan, log10


def number_text(value: float, unit: str = "") -> str:
    """Write a number with its unit, as precisely as a planner reads it.

    Parameters
    ----------
    value : float
    unit : str
        ``share`` is printed in per cent, an hour or more of seconds in hours; others follow the
        number, ``contacts`` and ``contacts each`` without a word.

    Examples
    --------
    >>> number_text(0.8134, "share"), number_text(12345.6, "contacts"), number_text(75.04, "s")
    ('81.3 %', '12,346', '75.0 s')
    >>> number_text(9654.0, "s")
    '2.68 h'
    """
    (value,), unit = readable(unit, value)
    return _with_unit(_write(value, unit, _decimals(value, unit)), unit)


def plus_minus_text(value: float, half_width: float, unit: str = "") -> str:
    """Write a number and its half-width, to the same decimal place.

    Examples
    --------
    >>> plus_minus_text(0.8134, 0.0092, "share"), plus_minus_text(12345.6, 0.0, "contacts")
    ('81.3 ± 0.9 %', '12,346')
    >>> plus_minus_text(1.304, 0.003, "contacts each")
    '1.30 ± 0.00'
    >>> plus_minus_text(14.26, float("nan"), "s")
    '14.3 s'
    """
    (value, half_width), unit = readable(unit, value, half_width)
    decimals = _decimals(value, unit)
    if isnan(half_width) or half_width == 0:
        return number_text(value, unit)
    if unit == _EACH:
        return f"{_write(value, unit, decimals)} ± {_write(half_width, unit, decimals)}"
    shown = half_width * 100 if unit == "share" else half_width
    if isfinite(shown) and decimals < 2 and shown < 0.95 * 10.0**-decimals:
        decimals = min(2, -floor(log10(shown)))
    if round(shown, decimals) == 0:
        return number_text(value, unit)
    return _with_unit(
        f"{_write(value, unit, decimals)} ± {_write(half_width, unit, decimals)}", unit
    )


def range_text(low: float, high: float, unit: str = "") -> str:
    """Write an interval.

    Examples
    --------
    >>> range_text(0.541, 0.7, "share")
    '54.1 to 70.0 %'
    """
    (low, high), unit = readable(unit, low, high)
    decimals = max(_decimals(low, unit), _decimals(high, unit))
    return _with_unit(f"{_write(low, unit, decimals)} to {_write(high, unit, decimals)}", unit)


def readable(unit: str, *values: float) -> tuple[tuple[float, ...], str]:
    """Return numbers and their unit as a planner reads them: seconds from an hour on in hours.

    Parameters
    ----------
    unit : str
    *values : float
        Numbers that are printed side by side; the largest decides.

    Examples
    --------
    >>> readable("s", 1800.0, 9000.0)
    ((0.5, 2.5), 'h')
    """
    largest = max((abs(value) for value in values if isfinite(value)), default=0.0)
    if unit != "s" or largest < _HOUR_S:
        return values, unit
    return tuple(value / _HOUR_S for value in values), "h"


def text_table(
    header: Sequence[str], rows: Sequence[Sequence[str]], *, words: int = 1, indent: int = 2
) -> str:
    """Lay out cells in columns: the first ones, words, to the left, the others to the right.

    Columns in which no row has anything are left out.

    Parameters
    ----------
    header : sequence of str
    rows : sequence of sequence of str
    words : int
        How many columns are words.
    indent : int
        Spaces before each line.
    """
    used = [
        k for k in range(len(header)) if k < words or any(row[k] not in ("", "–") for row in rows)
    ]
    lines = [[line[k] for k in used] for line in (header, *rows)]
    widths = [max(len(line[k]) for line in lines) for k in range(len(used))]
    texts = []
    for line in lines:
        cells = [
            cell.ljust(width) if k < words else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        texts.append((" " * indent + "  ".join(cells)).rstrip())
    return "\n".join(texts)


def _decimals(value: float, unit: str) -> int:
    if not isfinite(value):
        return 0
    if unit == "share":
        return 1
    if unit == _EACH:
        return 2  # 1.30 and 1.34 differ by three in a hundred: the same digits on every line
    if unit == "contacts":
        return 0 if abs(value) >= 100 or value == int(value) else 1
    return 0 if abs(value) >= 1000 else 1 if abs(value) >= 10 or value == 0 else 2


_HOUR_S = 3600.0
_EACH = "contacts each"
_SIGN = {"share": "%", "contacts": "", _EACH: ""}


def _with_unit(text: str, unit: str) -> str:
    return text if text == "–" else f"{text} {_SIGN.get(unit, unit)}".rstrip()


def _write(value: float, unit: str, decimals: int) -> str:
    if isnan(value):
        return "–"
    shown = value * 100 if unit == "share" else value
    text = f"{shown:,.{decimals}f}"
    if float(text.replace(",", "")) == 0:
        text = text.lstrip("-")
    return text
