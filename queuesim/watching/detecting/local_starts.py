"""Starts of intervals by the local clock: read from a table, and found in the horizon, also on days
when clocks change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from queuesim.model.horizon import Horizon

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Rows = NDArray[np.bool_]


def local_times(given: pd.Series, timezone: str) -> tuple[pd.Series, Floats]:
    """Read the times of a column, in whatever manner it states them.

    Parameters
    ----------
    given : pandas.Series
        Timestamps, or texts with the year first; with an offset from UTC or without.
    timezone : str
        In which those without are meant, and into which those with are turned.

    Returns
    -------
    local : pandas.Series
        Naive local times; NaT where a row has none.
    offset : numpy.ndarray, float64, shape (rows,)
        From UTC, as a row states it [s]; NaN for none.
    """
    nothing = np.full(len(given), np.nan)
    if isinstance(given.dtype, pd.DatetimeTZDtype):
        local = given.dt.tz_convert(timezone)
        offset = np.array([_offset_s(t) for t in local])
        return local.dt.tz_localize(None), offset
    if pd.api.types.is_datetime64_dtype(given):
        return given, nothing
    if pd.api.types.is_numeric_dtype(given):
        return pd.Series(pd.NaT, index=given.index), nothing
    text = given.astype(str).str.strip()
    zoned = text.str.fullmatch(r".*:.*(?:Z|[+-]\d{2}:?\d{2})")
    iso = text.str.fullmatch(r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}.*)?")
    local = pd.to_datetime(text.where(iso & ~zoned), format="ISO8601", errors="coerce")
    if zoned.any():
        world = pd.to_datetime(text.where(zoned), format="ISO8601", errors="coerce", utc=True)
        there = world.dt.tz_convert(timezone)
        for row in np.flatnonzero(there.notna()):
            nothing[row] = _offset_s(there.iloc[row])
        local = local.fillna(there.dt.tz_localize(None))
    return local, nothing


def _offset_s(moment: Any) -> float:
    offset = None if moment is pd.NaT else moment.utcoffset()
    return offset.total_seconds() if offset is not None else np.nan


def intervals_at(
    horizon: Horizon, clock: Floats, offset: Floats, ok: Rows, whose: Ints
) -> tuple[Ints, Rows]:
    """Find the showing of each clock time; on most days there is one.

    Parameters
    ----------
    horizon : Horizon
    clock : numpy.ndarray, float64, shape (rows,)
        What the clock shows, since the midnight that begins the horizon [s].
    offset : numpy.ndarray, float64, shape (rows,)
        From UTC [s]; NaN for none: then of two rows that are alike the first is the earlier.
    ok : numpy.ndarray, bool, shape (rows,)
        Which to look at: whole intervals within the horizon.
    whose : numpy.ndarray, int64, shape (rows,)
        Contact type or agent group.

    Returns
    -------
    interval : numpy.ndarray, int64, shape (rows,)
        -1 where there is none.
    skipped : numpy.ndarray, bool, shape (rows,)
        Times that clocks go forward over.
    """
    spans, step = horizon.clock_spans, horizon.interval
    shown_from = spans.day * 86_400 + spans.clock_s
    shown_to = shown_from + spans.to_s - spans.from_s
    day = np.floor(clock / 86_400).astype(np.int64)
    interval = np.full(len(clock), -1, dtype=np.int64)
    skipped = np.zeros(len(clock), dtype=np.bool_)
    so_far: dict[tuple[int, float], int] = {}
    changes = np.flatnonzero(np.bincount(spans.day, minlength=horizon.days) > 1)
    plain = ok & ~np.isin(day, changes)
    base = horizon.day_edges_s[np.clip(day, 0, horizon.days - 1)]
    into = clock - 86_400.0 * day
    interval[plain] = ((base + into)[plain] // step).astype(np.int64)
    for row in np.flatnonzero(ok & ~plain):
        showings = np.flatnonzero((shown_from <= clock[row]) & (clock[row] < shown_to))
        if len(showings) == 0:
            skipped[row] = True
            continue
        key = (int(whose[row]), float(clock[row]))
        nth = so_far.get(key, 0)
        so_far[key] = nth + 1
        at = showings[min(nth, len(showings) - 1)]
        seconds = spans.from_s[showings] + clock[row] - shown_from[showings]
        if np.isfinite(offset[row]) and len(showings) > 1:
            # with an offset from UTC the row says itself which showing it means
            local = [horizon.local(float(s)).utcoffset() for s in seconds]
            same = [k for k, o in enumerate(local) if o and o.total_seconds() == offset[row]]
            at = showings[same[0]] if same else at
        interval[row] = int((spans.from_s[at] + clock[row] - shown_from[at]) // step)
    return interval, skipped
