"""Rows of a table that break a rule, told by number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from queuesim.errors import shown
from queuesim.model.faults import quoted

MOST_SHOWN = 5
"""Rows told one by one; further ones are counted."""


def wrong_rows(
    wrong: NDArray[np.bool_],
    values: Iterable[Any],
    noun: str,
    first: int | NDArray[np.int64],
    *,
    about: Sequence[str] | None = None,
) -> str:
    """Return the values of the rows that are wrong, with their numbers; nothing if none is.

    Parameters
    ----------
    wrong : bool[rows]
    values : iterable
        What each row says.
    noun : str
        What a row is called: ``row``, or ``line`` of a file.
    first : int or int64[rows]
        Number of the first row, or of each.
    about : sequence of str, optional
        What each row is about, a contact type say; empty where that is not known.

    Examples
    --------
    >>> wrong_rows(np.array([False, True]), [3, -1], "line", 2)
    '-1 (line 3)'
    >>> wrong_rows(np.array([False, True]), [3, -1], "line", 2, about=["phone", "chat"])
    '-1 (line 3, chat)'
    """
    where = np.flatnonzero(wrong)
    if len(where) == 0:
        return ""
    listed = list(values)
    some = [
        f"{_plain(listed[row])} ({row_told(int(row), noun, first, about)})"
        for row in where[:MOST_SHOWN]
    ]
    return ", ".join(some) + and_more(len(where))


def row_told(
    row: int, noun: str, first: int | NDArray[np.int64], about: Sequence[str] | None = None
) -> str:
    """Return what a row is called: ``line 3, chat``."""
    number = row + first if isinstance(first, int) else int(first[row])
    return f"{noun} {number}{f', {about[row]}' if about and about[row] else ''}"


def counted(noun: str) -> str:
    """Return how rows are counted, for the head of a message."""
    return "rows counted from 0" if noun == "row" else "lines of the file, its header is line 1"


def and_more(many: int, noun: str = "") -> str:
    """Return what stands behind the first few of many: how many more there are."""
    return f" and {many - MOST_SHOWN} more{noun}" if many > MOST_SHOWN else ""


def _plain(value: Any) -> str:
    if isinstance(value, pd.Timestamp):
        return quoted(f"{value:%Y-%m-%d %H:%M}" if _bare(value) else str(value))
    return shown(value.item() if isinstance(value, np.generic) else value)


def _bare(time: pd.Timestamp) -> bool:
    """Whether a time says neither seconds nor a zone."""
    return time.tz is None and time == time.floor("min")


def parts_columns(header: Sequence[Any]) -> str:
    """Return what seems to part the columns of a file, if not commas; else nothing.

    Examples
    --------
    >>> parts_columns(["start;offered"])
    ';'
    """
    only = str(header[0]) if len(header) == 1 else ""
    return next((mark for mark in (";", "\t", "|") if mark in only), "")


_COMMA = r"\s*-?\d[\d.]*,\d+\s*"
_THOUSANDS = r"\s*-?\d{1,3},\d{3}\s*"


def with_commas(given: pd.Series) -> tuple[NDArray[np.bool_], str]:
    """Return which texts are numbers with a comma in them, and what to do about it."""
    text = given.astype(str)
    comma = text.str.fullmatch(_COMMA).to_numpy(dtype=np.bool_)
    fix = 'a decimal comma? Read the file with pd.read_csv(…, decimal=",")'
    if comma.any() and text[comma].str.fullmatch(_THOUSANDS).all():
        fix = f'{fix}; if commas part thousands, thousands=","'
    return comma, fix
