"""Rows of a table that break a rule, told by number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from queuesim.errors import shown
from queuesim.model.faults import quoted

MOST_SHOWN = 5
"""Rows told one by one; further ones are counted."""


def wrong_rows(wrong: NDArray[np.bool_], values: Iterable[Any], noun: str, first: int) -> str:
    """Return the values of the rows that are wrong, with their numbers; nothing if none is.

    Parameters
    ----------
    wrong : bool[rows]
    values : iterable
        What each row says.
    noun : str
        What a row is called: ``row``, or ``line`` of a file.
    first : int
        Number of the first row.

    Examples
    --------
    >>> wrong_rows(np.array([False, True]), [3, -1], "line", 2)
    '-1 (line 3)'
    """
    where = np.flatnonzero(wrong)
    if len(where) == 0:
        return ""
    listed = list(values)
    some = [f"{_plain(listed[row])} ({noun} {row + first})" for row in where[:MOST_SHOWN]]
    return ", ".join(some) + and_more(len(where))


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
