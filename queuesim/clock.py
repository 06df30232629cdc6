"""The edge to calendar time: local clocks, time zones, clock changes.

Inside queuesim time is float64 seconds since the local midnight that starts the horizon. Calendar
time exists only here and in `queuesim.model.horizon`, which asks this module.
"""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from queuesim.units import DAY_S


class ClockSpans(NamedTuple):
    """Stretches of real time over which the local clock runs evenly, in order and without a gap.

    An ordinary day is one stretch. A day on which clocks change is two, or more.

    Attributes
    ----------
    from_s, to_s
        float64[k]: real seconds since the local midnight of the first day [s].
    clock_s
        float64[k]: what the local clock shows at ``from_s``, as seconds after midnight [s].
    day
        int64[k]: the day, 0 being the first.
    """

    from_s: NDArray[np.float64]
    to_s: NDArray[np.float64]
    clock_s: NDArray[np.float64]
    day: NDArray[np.int64]


def local_midnights(start: date, days: int, tz: str | ZoneInfo) -> NDArray[np.float64]:
    """Return when each day begins, and the last one ends, in real seconds.

    Parameters
    ----------
    start
        The first day.
    days
        How many days.
    tz
        Time zone, by IANA name or as a `ZoneInfo`.

    Returns
    -------
    float64[days + 1] [s]
        Seconds since the local midnight of ``start``. Days on which clocks change have 23 or 25
        hours.

    Notes
    -----
    Where the change falls on midnight itself, the day begins at its first instant.

    Examples
    --------
    >>> local_midnights(date(2026, 3, 28), 3, "Europe/Helsinki") / 3600
    array([ 0., 24., 47., 71.])
    """
    zone = _zone(tz)
    stamps = [_utc_s(_midnight(start + timedelta(days=day)), zone) for day in range(days + 1)]
    return np.array(stamps, dtype=np.float64) - stamps[0]


def clock_spans(start: date, days: int, tz: str | ZoneInfo) -> ClockSpans:
    """Return the stretches over which the local clock runs evenly, for wall-clock arithmetic.

    Parameters
    ----------
    start, days, tz
        As for `local_midnights`.

    Returns
    -------
    ClockSpans

    Examples
    --------
    >>> clock_spans(date(2026, 3, 29), 1, "Europe/Helsinki").clock_s / 3600
    array([0., 4.])
    """
    zone = _zone(tz)
    midnights = local_midnights(start, days, zone)
    origin = _utc_s(_midnight(start), zone)
    rows: list[tuple[float, float, float, int]] = []
    for day in range(days):
        begin, end = float(midnights[day]), float(midnights[day + 1])
        cuts = [begin, *_clock_changes(origin + begin, origin + end, origin, zone), end]
        for cut, after in pairwise(cuts):
            shown_at_cut = _local(origin + cut, zone)
            clock = (shown_at_cut - _midnight(start + timedelta(days=day))).total_seconds()
            rows.append((cut, after, clock, day))
    from_s, to_s, clock_s, day_of = zip(*rows, strict=True)
    return ClockSpans(
        np.array(from_s, dtype=np.float64),
        np.array(to_s, dtype=np.float64),
        np.array(clock_s, dtype=np.float64),
        np.array(day_of, dtype=np.int64),
    )


def clock_to_seconds(moment: datetime, start: date, tz: str | ZoneInfo) -> float:
    """Return the real seconds from the local midnight of ``start`` to a local wall-clock moment.

    Parameters
    ----------
    moment
        Local wall-clock time without a time zone. A time that the clock shows twice means its first
        showing, unless ``moment.fold`` is 1.
    start
        First day of the horizon.
    tz
        Time zone, by IANA name or as a `ZoneInfo`.

    Returns
    -------
    float [s]
        Negative for a moment before ``start``.

    Raises
    ------
    ValueError
        When the local clock skips that moment; the message names the gap.

    Examples
    --------
    >>> clock_to_seconds(datetime(2026, 3, 29, 12), date(2026, 3, 29), "Europe/Helsinki") / 3600
    11.0
    """
    zone = _zone(tz)
    stamp = _utc_s(moment, zone)
    read_back = _local(stamp, zone)
    if read_back != moment.replace(fold=0):
        width = abs(
            _offset_s(moment.replace(fold=1), zone) - _offset_s(moment.replace(fold=0), zone)
        )
        change = min(
            _clock_changes(stamp - DAY_S, stamp + DAY_S, 0.0, zone), key=lambda at: abs(at - stamp)
        )
        gap_end = _local(change, zone)
        gap_start = gap_end - timedelta(seconds=width)
        raise ValueError(
            f"{moment:%Y-%m-%d %H:%M} does not exist in {zone.key}: clocks go from "
            f"{gap_start:%H:%M} to {gap_end:%H:%M} that night"
        )
    return stamp - _utc_s(_midnight(start), zone)


def seconds_to_clock(seconds: float, start: date, tz: str | ZoneInfo) -> datetime:
    """Return the local moment, with its time zone, a number of real seconds after local midnight of
    ``start``.

    Parameters
    ----------
    seconds
        Real seconds since the local midnight of ``start`` [s].
    start, tz
        As for `clock_to_seconds`.

    Examples
    --------
    >>> seconds_to_clock(4 * 3600, date(2026, 3, 29), "Europe/Helsinki").isoformat()
    '2026-03-29T05:00:00+03:00'
    """
    zone = _zone(tz)
    stamp = _utc_s(_midnight(start), zone) + seconds
    return (_EPOCH + timedelta(seconds=stamp)).astimezone(zone)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _zone(tz: str | ZoneInfo) -> ZoneInfo:
    return tz if isinstance(tz, ZoneInfo) else ZoneInfo(tz)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)


def _utc_s(naive: datetime, zone: ZoneInfo) -> float:
    return (naive.replace(tzinfo=zone) - _EPOCH).total_seconds()


def _local(stamp: float, zone: ZoneInfo) -> datetime:
    """Return what the local clock shows, without its time zone."""
    return (_EPOCH + timedelta(seconds=stamp)).astimezone(zone).replace(tzinfo=None, fold=0)


def _offset_s(naive: datetime, zone: ZoneInfo) -> float:
    offset = naive.replace(tzinfo=zone).utcoffset()
    return offset.total_seconds() if offset is not None else 0.0


def _stamp_offset_s(stamp: float, zone: ZoneInfo) -> float:
    offset = (_EPOCH + timedelta(seconds=stamp)).astimezone(zone).utcoffset()
    return offset.total_seconds() if offset is not None else 0.0


def _clock_changes(begin: float, end: float, origin: float, zone: ZoneInfo) -> list[float]:
    """Return the instants strictly between two instants at which the clock is changed, less
    ``origin``."""
    low, high = _stamp_offset_s(begin, zone), _stamp_offset_s(end, zone)
    if low == high:
        return []
    before, after = begin, end
    while after - before > 1.0:
        middle = math.floor((before + after) / 2)
        if _stamp_offset_s(middle, zone) == low:
            before = middle
        else:
            after = middle
    return [after - origin] if after < end else []
