"""Where a picture puts time: days for a short horizon, calendar weeks for a long one."""

from __future__ import annotations

from datetime import timedelta
from math import ceil

import matplotlib.dates as mdates
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from queuesim.reporting.words import day_text
from queuesim.results.layout import Layout, Periods

LONG_DAYS = 21
"""From this length of horizon on, pictures are by calendar week."""

_MOST_LABELS = 9


def is_long(layout: Layout) -> bool:
    """Whether the horizon is shown by calendar week rather than by day."""
    return layout.n_days >= LONG_DAYS


def periods_of(layout: Layout) -> Periods:
    """Return the calendar weeks of a long horizon, the days of a short one."""
    return layout.weeks if is_long(layout) else Periods.of_each_day(layout.dates)


def positions(layout: Layout, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return where instants [s] lie on an axis of dates: matplotlib's days."""
    start = mdates.date2num(layout.scenario.horizon.local(0.0))
    return np.asarray(start + seconds / 86_400, dtype=np.float64)


def period_edges(layout: Layout, periods: Periods) -> NDArray[np.float64]:
    """Return where the periods begin, and where the last ends: positions, shape (periods + 1,)."""
    days = np.append(periods.first_day, layout.n_days)
    return positions(
        layout, np.asarray(layout.scenario.horizon.day_edges_s, dtype=np.float64)[days]
    )


def period_names(layout: Layout, periods: Periods, *, lines: bool = False) -> list[str]:
    """Return a name for every period: ``Mon 23 Nov``, or ``23 Nov (W48)`` by the week's Monday."""
    names = []
    years = layout.n_days > 371
    for label, first in zip(periods.labels, periods.first_day, strict=True):
        day = layout.dates[first]
        if "W" in label:
            monday = day - timedelta(days=day.weekday())
            week = f"{label[-3:]} {label[:4]}" if years else label[-3:]
            names.append(f"{week}\n{day_text(monday)}" if lines else f"{week}, {day_text(monday)}")
        else:
            names.append(f"{day:%a}\n{day_text(day)}" if lines else f"{day:%a} {day_text(day)}")
    return names


def thinned(n: int, most: int) -> range:
    """Return at most so many of n, evenly: every one, second, fourth …"""
    step = next(s for s in (1, 2, 4, 8, 13, 26, 52, ceil(n / most)) if ceil(n / s) <= most)
    return range(0, n, step)


def label_time(ax: Axes, layout: Layout) -> None:
    """Put ticks and labels on an x axis of dates: hours, days, weeks or months, as they fit."""
    horizon = layout.scenario.horizon
    ax.xaxis_date(horizon.timezone)
    edges = positions(layout, np.asarray(horizon.day_edges_s, dtype=np.float64))
    ax.set_xlim(edges[0], edges[-1])
    if layout.n_days <= 2:
        _label_hours(ax, layout)
    elif layout.n_days <= 16 * 7:
        periods = periods_of(layout)
        edges = period_edges(layout, periods)
        names = period_names(layout, periods, lines=True)
        keep = list(thinned(len(periods), _MOST_LABELS))
        middles = (edges[:-1] + edges[1:]) / 2
        ax.set_xticks(middles[keep], [names[k] for k in keep])
        ax.set_xticks(edges, minor=True)
        ax.tick_params(axis="x", which="major", length=0)
        ax.tick_params(axis="x", which="minor", length=5)
    else:
        _label_months(ax, layout, edges)


def _label_hours(ax: Axes, layout: Layout) -> None:
    horizon = layout.scenario.horizon
    clock = np.asarray(horizon.clock_s_of_interval)
    every = 3 * 3600 * layout.n_days
    at = np.flatnonzero(clock % every == 0)
    names = [f"{int(clock[k] // 3600):02d}:00" for k in at]
    for nth, k in enumerate(at):
        if clock[k] == 0:
            day = layout.dates[layout.day_of_interval[k]]
            names[nth] += f"\n{day:%a} {day_text(day)}"
    ax.set_xticks(positions(layout, layout.edges_s[at]), names)


def _label_months(ax: Axes, layout: Layout, edges: NDArray[np.float64]) -> None:
    firsts = [k for k, day in enumerate(layout.dates) if day.day == 1]
    most = 13
    step = next(s for s in (1, 2, 3, 6, 12, 24, 60) if ceil(len(firsts) / s) <= most)
    firsts = [k for k in firsts if (layout.dates[k].month - 1) % step == 0 or step > 12]
    named_year = set()
    names = []
    for k in firsts:
        day = layout.dates[k]
        new = day.year not in named_year
        named_year.add(day.year)
        names.append(f"{day:%b}\n{day.year if new else ' '}")  # all of two lines: they align
    ax.set_xticks(edges[firsts], names)
    ax.tick_params(axis="x", length=5)
