"""Heat map: at which time of the day, in which week, contacts wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import ListedColormap
from numpy.typing import NDArray

from queuesim.reporting.calendar_axis import is_long, period_names, periods_of, thinned
from queuesim.reporting.colour_scale import ColourScale, draw_colour_bar
from queuesim.reporting.load import is_open
from queuesim.reporting.style import CLOSED, footnote, heading, page
from queuesim.reporting.words import (
    chosen_types,
    days_text,
    meaning_text,
    replications_text,
    the_result,
    types_text,
)
from queuesim.results import Result
from queuesim.results.layout import Periods
from queuesim.results.measures import combine, measure_named, unknown
from queuesim.results.tables import divide
from queuesim.results.wording import number_text

Table = NDArray[np.float64]

_TITLES = {
    "wait": "How long contacts wait",
    "asa": "ASA",
    "service_level": "Service level",
    "abandonment": "Share that gives up",
}
_SLOT_S = 1800.0
_PART = 0.74
"""Width of the map beside its colour bar, of the figure's."""


def waits_by_week_and_hour(
    result: Result,
    *,
    measure: Literal["wait", "asa", "service_level", "abandonment"] = "wait",
    contact_type: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a measure of waiting by calendar week and local time of day.

    Contacts count where they arrived. A cell is a ratio of sums over its intervals and all
    replications. Hours at which the contact types are closed stay grey. For a horizon of less than
    three weeks, rows are days. A service target is marked on the colour bar.

    Parameters
    ----------
    result : Result
    measure : {"wait", "asa", "service_level", "abandonment"}, default "wait"
        Mean wait of all who were let in, mean wait of the answered, the result's service level,
        abandoned ÷ offered.
    contact_type : str, optional
        None: all together; for the service level, all that have a target, and for waits all but
        messages, as in the summary.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: on a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes
        Its first collection is the mesh; the array is in seconds, or a share 0–1.

    Raises
    ------
    ValueError
        For an unknown measure or contact type, or a service level without a target.

    Examples
    --------
    >>> import queuesim as qs
    >>> ax = qs.plots.waits_by_week_and_hour(result, measure="service_level")  # doctest: +SKIP
    """
    result = the_result(result, "waits_by_week_and_hour")
    if measure not in _TITLES:
        raise ValueError(unknown("measure", measure, _TITLES))
    named = measure_named(measure, result.definition)
    types = chosen_types(
        result, contact_type, target_for="service level" if named.needs_target else None
    )
    live = result.layout.live
    if contact_type is None and measure in ("wait", "asa") and live:
        types = [k for k in types if result.layout.types[k] in live]
    cells = _Cells.of(result, types)
    values = divide(cells.summed(result, named.numerator), cells.summed(result, named.denominator))
    with page(ax, size=(9.0, min(max(3.6, 3.4 + 0.26 * len(cells.rows)), 6.6))) as ax:
        targets = {float(result.layout.target_share[k]) for k in types}
        target = targets.pop() if named.needs_target and len(targets) == 1 else None
        scale = ColourScale.of(values[cells.is_open], named, target=target)
        mesh = _draw_mesh(ax, cells, values, scale)
        _label_axes(ax, result, cells)
        period = "week" if is_long(result.layout) else "day"
        heading(
            ax,
            f"{_TITLES[measure]}, by {period} and time of day",
            f"{result.scenario.name} · {types_text(result, types)} · {days_text(result)} · "
            f"{replications_text(result.replications)}\n{meaning_text(named, result, types)}",
            part=_PART,
        )
        footnote(ax, _small_print(result, cells, values), part=_PART)
        if np.isfinite(values[cells.is_open]).any():
            draw_colour_bar(ax, mesh, scale, named, target=target)
        else:
            ax.text(0.5, 0.5, "no contacts", transform=ax.transAxes, ha="center", va="center")
    return ax


@dataclass(frozen=True)
class _Cells:
    """Which cell each interval of each contact type belongs to.

    Attributes
    ----------
    types : tuple of int
        The contact types that are shown.
    rows : Periods
        Weeks or days.
    clock_s : numpy.ndarray, float64, shape (columns + 1,)
        Edges of the columns: local time after midnight [s].
    cell : numpy.ndarray, int64, shape (intervals,)
        Row × columns + column; -1 outside the columns.
    open_ : numpy.ndarray, bool, shape (types, intervals)
    """

    types: tuple[int, ...]
    rows: Periods
    clock_s: Table
    cell: NDArray[np.int64]
    open_: NDArray[np.bool_]

    @classmethod
    def of(cls, result: Result, types: list[int]) -> _Cells:
        layout, horizon = result.layout, result.scenario.horizon
        open_ = np.array([is_open(result, k) for k in types]).reshape(len(types), -1)
        interval_s = layout.interval_s
        slot_s = _SLOT_S if _SLOT_S % interval_s == 0 else max(3600.0, interval_s)
        slot_s = slot_s if slot_s % interval_s == 0 else interval_s
        column = (np.asarray(horizon.clock_s_of_interval) // slot_s).astype(np.int64)
        used = column[open_.any(axis=0)] if open_.any() else column
        first, last = int(used.min()), int(used.max())
        rows = periods_of(layout)
        row = np.searchsorted(rows.first_day, layout.day_of_interval, side="right") - 1
        columns = last - first + 1
        inside = (column >= first) & (column <= last)
        cell = np.where(inside, row * columns + column - first, -1)
        clock_s = np.arange(first, last + 2, dtype=np.float64) * slot_s
        return cls(tuple(types), rows, clock_s, cell, open_)

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.rows), len(self.clock_s) - 1

    def gathered(self, by_interval: Table) -> Table:
        """Sum intervals over cells, shape (rows, columns)."""
        inside = self.cell >= 0
        many = self.shape[0] * self.shape[1]
        weights = np.asarray(by_interval, dtype=np.float64)[inside]
        sums = np.bincount(self.cell[inside], weights=weights, minlength=many)
        return np.asarray(sums, dtype=np.float64).reshape(self.shape)

    def summed(self, result: Result, expression: str) -> Table:
        """Sum an expression of quantities over cells, of contacts that came while open."""
        means = combine(expression, result.totals.interval_mean)[list(self.types)]
        return self.gathered((means * self.open_).sum(axis=0))

    @property
    def is_open(self) -> NDArray[np.bool_]:
        """Whether anything is open in each cell, shape (rows, columns)."""
        return self.gathered(self.open_.sum(axis=0).astype(np.float64)) > 0


def _draw_mesh(ax: Axes, cells: _Cells, values: Table, scale: ColourScale) -> QuadMesh:
    rows = len(cells.rows)
    hours = cells.clock_s / 3600
    closed = ~cells.is_open
    shown = np.ma.masked_where(closed | ~np.isfinite(values), values)
    lines: dict[str, Any] = {"edgecolors": "white", "linewidth": 0.6} if rows < 30 else {}
    edges = np.arange(rows + 1)
    mesh = ax.pcolormesh(hours, edges, shown, cmap=scale.colours, norm=scale.norm, **lines)
    empty = ~closed & ~np.isfinite(values)
    if empty.any():
        white = np.ma.masked_where(~empty, np.ones(cells.shape))
        ax.pcolormesh(hours, edges, white, cmap=ListedColormap(["white"]), **lines)
    ax.set_facecolor(CLOSED)
    ax.set_ylim(rows, 0)
    ax.spines[:].set(visible=True, color=CLOSED)
    return mesh


def _label_axes(ax: Axes, result: Result, cells: _Cells) -> None:
    rows, columns = cells.shape
    names = period_names(result.layout, cells.rows)
    keep = list(thinned(rows, 14))
    ax.set_yticks(np.array(keep) + 0.5, [names[k] for k in keep])
    per_hour = 3600 / (cells.clock_s[1] - cells.clock_s[0])
    every = next(n for n in (1, 2, 3, 4, 6, 8, 12, 24) if columns / per_hour / n <= 9)
    hours = cells.clock_s / 3600
    at = [hour for hour in range(0, 25, every) if hours[0] <= hour <= hours[-1]]
    ax.set_xticks(at, [f"{hour:02d}:00" for hour in at])
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel(f"local time of arrival ({result.scenario.horizon.timezone})")


def _small_print(result: Result, cells: _Cells, values: Table) -> str:
    """Say what grey and white mean, and what is not shown."""
    said = []
    if not cells.is_open.all():
        said.append("Grey: closed.")
    if (cells.is_open & ~np.isfinite(values)).any():
        said.append("White: open, no contacts.")
    offered = result.totals.interval_mean("offered")[list(cells.types)]
    outside, every = float((offered * ~cells.open_).sum()), float(offered.sum())
    if outside > 0:
        share = number_text(outside / every, "share")
        said.append(f"Not shown: {share} of the contacts, which came outside opening hours.")
    return " ".join(said)
