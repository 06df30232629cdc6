"""Lines of estimates over numbers or days, with intervals, a target and what they mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from math import isfinite, nan
from typing import Any

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from queuesim.reporting.calendar_axis import thinned
from queuesim.reporting.style import (
    INK,
    SERIES,
    SMALL_PT,
    footnote,
    heading,
    legend_below,
    page,
    target_label,
)
from queuesim.reporting.words import ScaledFormatter, ScaledLocator, day_text, shown_unit
from queuesim.results import Estimate, Spread

Point = Estimate | Spread
Lines = Mapping[str, "Mapping[Any, Point | float] | pd.Series[float]"]

_FEW = 16
"""Points of a line up to which intervals are bars and points are marked; beyond, bands."""

_HATCHES = ("", "///", "...", "\\\\\\", "xxx", "ooo")
_MOST_LABELS = 9
_LEGEND_LETTERS = 76


def lines(
    series: Lines,
    *,
    title: str | None = None,
    below: str = "",
    x: str = "",
    y: str = "",
    target: float | None = None,
    target_text: str = "target",
    marks: Mapping[Any, str] | None = None,
    intervals: bool = True,
    note: str = "",
    legend: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw estimates as lines, with their intervals: a measure over what you vary, or over time.

    Parameters
    ----------
    series : mapping of str to mapping
        For each name its points in order: a number or a date, and an `Estimate` (an interval says
        how sure the mean is), a `Spread` (a band says between what most replications lie), or a
        bare number. All of one unit; at most 6 names.
    title, below : str, optional
        Heading, and in smaller letters what is shown.
    x, y : str, optional
        What the axes show; the unit is added to `y`.
    target : float, optional
        Height of a line across, in the estimates' unit: 0.80, or 30 [s].
    target_text : str, default "target"
        What stands beside it, in two lines where it has a line break.
    marks : mapping, optional
        Dotted lines upright, with their text, by place on the x axis.
    intervals : bool, default True
        Whether to draw them.
    note : str, optional
        Small print, before what the intervals are.
    legend : bool, default True
        Whether names and small print stand below; of several axes on a page, only the last needs
        them.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: on a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes
        One line a name, in the estimates' own unit.

    Raises
    ------
    ValueError
        For no line, more than 6, a line without points, or several units.
    TypeError
        For points that are neither estimates nor numbers.

    Examples
    --------
    >>> import queuesim as qs
    >>> by_team = {"phone": {k: results[k].measure("service_level") for k in (8, 9, 10)}}
    ...                                                                        # doctest: +SKIP
    >>> ax = qs.plots.lines(by_team, x="people", y="service level", target=0.8)  # doctest: +SKIP
    """
    read, unit = _read(series)
    points = [point for line in read.values() for point in line.values()]
    shown = [end for p in points for end in _ends(p, intervals) if isfinite(end)]
    if target is not None:
        shown.append(target)
    factor, label = shown_unit(unit, max((abs(end) for end in shown), default=1.0))
    most = max(len(line) for line in read.values())
    with page(ax, size=(9.0, 5.4)) as ax:
        for nth, (name, line) in enumerate(read.items()):
            at = _places(list(line))
            _draw(ax, nth, name, at, list(line.values()), few=most <= _FEW, intervals=intervals)
        _label_x(ax, sorted({key for line in read.values() for key in line}))
        _frame(ax, shown, unit, negative=any(point.value < 0 for point in points))
        for place, text in (marks or {}).items():
            _mark(ax, float(_places([place])[0]), text)
        ax.yaxis.set_major_locator(ScaledLocator(factor))
        ax.yaxis.set_major_formatter(ScaledFormatter(factor))
        ax.set_xlabel(x)
        ax.set_ylabel(f"{y} [{label}]" if label not in ("", "contacts", "contacts each") else y)
        ax.grid(axis="y")
        if target is not None:
            ax.axhline(target, color=INK, linewidth=1.6, zorder=1.5)
            target_label(ax, target, target_text)
        if title is not None:
            heading(ax, title, below)
        if legend:
            said = " ".join(each for each in (note, _meaning(points, intervals, most)) if each)
            beneath = None
            if len(series) > 1:
                columns = max(_LEGEND_LETTERS // (max(map(len, series)) + 7), 1)
                beneath = legend_below(ax, columns=columns, room_pt=46 if x else 30)
            if said:
                footnote(ax, said, below=beneath)
    return ax


def _read(series: Lines) -> tuple[dict[str, dict[Any, Point]], str]:
    """Return the lines and their unit; refuse what cannot be drawn or told apart."""
    if not series:
        raise ValueError("lines needs at least one line: {'name': {x: estimate, …}}")
    if len(series) > len(SERIES):
        raise ValueError(f"{len(series)} lines cannot be told apart: at most {len(SERIES)}")
    read: dict[str, dict[Any, Point]] = {name: {} for name in series}
    for name, line in series.items():
        if not len(line):
            raise ValueError(f"line {name!r} has no points")
        for place, given in line.items():
            if isinstance(given, (int, float)):
                read[name][place] = Estimate(float(given), nan, 0.95, 0)
            elif isinstance(given, (Estimate, Spread)):
                read[name][place] = given
            else:
                raise TypeError(
                    f"line {name!r}: points are estimates, as Result.measure or mean_of return "
                    f"them, or numbers; given {type(given).__name__}"
                )
    units = {point.unit for line in read.values() for point in line.values()}
    if len(units) > 1:
        raise ValueError(f"lines of several units do not share an axis: {', '.join(sorted(units))}")
    return read, units.pop()


def _ends(point: Point, intervals: bool) -> tuple[float, ...]:
    return (point.value, point.low, point.high) if intervals else (point.value,)


def _places(keys: Sequence[Any]) -> NDArray[np.float64]:
    if _are_days(keys):
        return np.asarray(mdates.date2num(keys), dtype=np.float64)
    return np.asarray(keys, dtype=np.float64)


def _are_days(keys: Sequence[Any]) -> bool:
    return all(isinstance(key, (date, datetime)) for key in keys)


def _draw(
    ax: Axes,
    nth: int,
    name: str,
    at: NDArray[np.float64],
    points: Sequence[Point],
    *,
    few: bool,
    intervals: bool,
) -> None:
    colour, marker, dashes = SERIES[nth]
    value, low, high = (
        np.array([getattr(point, what) for point in points]) for what in ("value", "low", "high")
    )
    ax.plot(
        at, value, color=colour, linestyle=dashes, label=name, zorder=3 + nth / 10,
        marker=marker, markevery=1 if few else max(len(at) // 10, 1),
    )  # fmt: skip
    if not intervals or not np.isfinite(low).any():
        return
    if isinstance(points[0], Spread):
        ax.fill_between(
            at, low, high, facecolor=colour, edgecolor=colour, alpha=0.18, hatch=_HATCHES[nth],
            linewidth=0,
        )  # fmt: skip
    elif few:
        ax.errorbar(
            at, value, (value - low, high - value), color=colour, linestyle="", capsize=4,
            elinewidth=2.0, zorder=2.9,
        )  # fmt: skip
    else:
        ax.fill_between(at, low, high, color=colour, alpha=0.2, linewidth=0)


def _label_x(ax: Axes, keys: Sequence[Any]) -> None:
    """Put ticks where the points are; of days at Mondays, where there are many."""
    if _are_days(keys):
        weekly = [key for key in keys if key.weekday() == 0] if len(keys) > _MOST_LABELS else []
        named = weekly if len(weekly) > 1 else keys
        kept = [named[k] for k in thinned(len(named), _MOST_LABELS)]
        ax.set_xticks(_places(kept), [day_text(day) for day in kept])
        return
    at = _places(keys)
    if len(at) <= _FEW:
        ax.set_xticks(at, [f"{key:g}" for key in at])
        step = float(np.diff(at).min()) if len(at) > 1 else 1.0
        ax.set_xlim(at[0] - 0.4 * step, at[-1] + 0.4 * step)
    else:
        whole = bool((at == np.round(at)).all())
        ax.xaxis.set_major_locator(MaxNLocator(10, integer=whole, steps=[1, 2, 2.5, 3, 5, 6, 10]))
        ax.set_xlim(at[0], at[-1])


def _frame(ax: Axes, shown: Sequence[float], unit: str, *, negative: bool) -> None:
    """Begin at 0 where that does not press what is shown into the upper half."""
    low, high = min(shown, default=0.0), max(shown, default=1.0)
    low = low if negative else max(low, 0.0)  # an interval may reach below what cannot be
    for other in ax.get_shared_y_axes().get_siblings(ax):
        if other is not ax and other.has_data():
            low, high = min(low, other.dataLim.y0), max(high, other.dataLim.y1)
    room = 0.08 * (high - low) or 0.05 * abs(high) or 1.0
    top = high + room
    bottom = 0.0 if 0 <= low < 0.5 * high else low - room
    if unit == "share":
        top, bottom = (min(top, max(1.02, high)), max(bottom, 0.0) if low >= 0 else bottom)
    ax.set_ylim(bottom, top)


def _mark(ax: Axes, place: float, text: str) -> None:
    ax.axvline(place, color=INK, linewidth=1.2, linestyle=":", zorder=1.5)
    ax.annotate(
        text,
        (place, 1),
        xytext=(5, -4),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        va="top",
        fontsize=SMALL_PT,
    )


def _meaning(points: Sequence[Point], intervals: bool, most: int) -> str:
    if not intervals:
        return "Means over replications."
    one = points[0]
    if isinstance(one, Spread):
        return f"Bands: {100 * one.share:g} % of the replications lie between."
    if all(not isfinite(point.low) for point in points):
        return "One replication: no intervals." if one.n == 1 else ""
    what = "Bars" if most <= _FEW else "Bands"
    return f"{what}: {100 * one.confidence:g} % confidence intervals."
