"""Risk calendar: when a target is likely to be missed, or a wait to be long."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray

from queuesim.reporting.calendar_axis import is_long, period_names, periods_of, thinned
from queuesim.reporting.style import CLOSED, footnote, heading, page
from queuesim.reporting.words import day_text, replications_text
from queuesim.results.measures import unknown
from queuesim.units import format_duration
from queuesim.watching.outlook import Outlook

_MOST_LIMITS = 3
_PART = 0.74
"""Width of the map beside its colour bar, of the figure's."""


def risk_calendar(
    outlook: Outlook,
    *,
    risk: Literal["missed", "wait"] = "missed",
    contact_type: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the risk by calendar week, or day, and local time of day.

    A cell is the share of replications in which the service target is missed, or the mean wait is
    above the outlook's. Rows are calendar weeks, and a cell the day of the week that is most at
    risk at that time, so that no bad Monday hides behind quiet days; for a horizon of less than
    three weeks, rows are days. Of several contact types, the one most at risk in each interval
    counts. The darkest cell is named beneath: the worst half-hour.

    Parameters
    ----------
    outlook : Outlook
    risk : {"missed", "wait"}, default "missed"
    contact_type : str, optional
        None: all.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: on a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes
        Its first collection is the mesh; the array holds shares, 0 to 1.

    Raises
    ------
    ValueError
        For an unknown risk or contact type, or one without a target or a wait to ask for.

    Examples
    --------
    >>> import queuesim as qs
    >>> ax = qs.plots.risk_calendar(qs.outlook(scenario))                      # doctest: +SKIP
    """
    if risk not in ("missed", "wait"):
        raise ValueError(unknown("risk", risk, ("missed", "wait")))
    layout = outlook.layout
    if contact_type is not None and contact_type not in layout.types:
        raise ValueError(unknown("contact type", contact_type, layout.types))
    table = outlook.table
    if contact_type is not None:
        table = table[table["contact_type"] == contact_type]
    table = table[table[f"p_{risk}"].notna()]
    if not len(table):
        who = "no contact type has" if contact_type is None else f"{contact_type!r} has"
        asked = [contact_type] if contact_type is not None else list(layout.types)
        other = "look ahead with outlook(…, wait=…), and plot risk='wait'"
        if risk == "missed" and any(name in outlook.wait_s for name in asked):
            other = "plot risk='wait' instead"
        raise ValueError(f"{who} {'a' if contact_type is None else 'no'} service target: {other}")
    worst = table.groupby("interval")[f"p_{risk}"].max()
    rows, columns, values = _cells(outlook, worst.index.to_numpy(), worst.to_numpy())
    rising = colormaps["magma"](np.linspace(0.06, 0.98, 256))[::-1]
    with page(ax, size=(9.0, min(max(3.6, 3.4 + 0.26 * len(rows)), 6.6))) as ax:
        hours, edges = columns / 3600, np.arange(len(rows) + 1)
        lines: dict[str, Any] = {"edgecolors": "white", "linewidth": 0.6} if len(rows) < 30 else {}
        mesh = ax.pcolormesh(
            hours,
            edges,
            np.ma.masked_invalid(values),
            cmap=ListedColormap(rising),
            norm=Normalize(0.0, 1.0),
            **lines,
        )
        ax.set_facecolor(CLOSED)
        ax.set_ylim(len(rows), 0)
        ax.spines[:].set(visible=True, color=CLOSED)
        keep = list(thinned(len(rows), 14))
        ax.set_yticks(np.array(keep) + 0.5, [rows[k] for k in keep])
        ax.tick_params(axis="y", length=0)
        span = hours[-1] - hours[0]
        every = next(n for n in (1, 2, 3, 4, 6, 8, 12, 24) if span / n <= 9)
        at = [hour for hour in range(0, 25, every) if hours[0] <= hour <= hours[-1]]
        ax.set_xticks(at, [f"{hour:02d}:00" for hour in at])
        ax.set_xlabel(f"local time of arrival ({outlook.scenario.horizon.timezone})")
        period = "week" if is_long(layout) else "day"
        chance = "chance on the worst day of the week" if is_long(layout) else "chance"
        if risk == "missed":
            title = f"Where the target is missed, by {period} and time of day"
            what = "service level below the target in the half-hour"
        else:
            title = f"Where waits are long, by {period} and time of day"
            what = f"mean wait of the answered above {_limits(outlook, contact_type)}"
        what = what.replace("half-hour", _interval_name(layout.interval_s))
        who = contact_type or (
            layout.types[0] if len(layout.types) == 1 else "the contact type most at risk"
        )
        heading(
            ax,
            title,
            f"{outlook.scenario.name} · {who} · {replications_text(outlook.replications)}\n"
            f"{chance}: {what}",
            part=_PART,
        )
        figure = ax.figure
        bar = figure.colorbar(mesh, ax=ax, pad=0.02, aspect=24)
        bar.ax.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
        bar.outline.set_visible(False)
        bar.set_label("chance")
        notes = [_darkest(outlook, table, f"p_{risk}", named=contact_type is None)]
        if np.isnan(values).any():
            notes.append("Grey: closed, or no contacts expected.")
        footnote(ax, "\n".join(notes), part=_PART)
    return ax


def _darkest(outlook: Outlook, table: pd.DataFrame, column: str, *, named: bool) -> str:
    """Return the worst half-hour in words: when, of which type, and how much at risk."""
    worst = table.loc[[table[column].idxmax()]].to_dict("records")[0]
    if worst[column] == 0:
        return "At no time in any replication."
    who = f", {worst['contact_type']}" if named and len(outlook.layout.types) > 1 else ""
    at = f"{worst['start']:%a} {day_text(worst['start'])}, {worst['start']:%H:%M}"
    return f"Most at risk: {at}{who}, {100 * worst[column]:.0f} %."


def _limits(outlook: Outlook, contact_type: str | None) -> str:
    """Return the wait of which is asked: one, or the type's own where they differ."""
    asked = {name: format_duration(wait_s) for name, wait_s in outlook.wait_s.items()}
    if contact_type is not None:
        return asked[contact_type]
    if len(set(asked.values())) == 1:
        return next(iter(asked.values()))
    if len(asked) > _MOST_LIMITS:
        return "the limit of its type"
    return ", ".join(f"{wait} ({name})" for name, wait in asked.items())


def _interval_name(interval_s: float) -> str:
    return "half-hour" if interval_s == 1800 else f"interval of {format_duration(interval_s)}"


def _cells(
    outlook: Outlook, interval: NDArray[np.int64], chance: NDArray[np.float64]
) -> tuple[list[str], NDArray[np.float64], NDArray[np.float64]]:
    """Return the names of the rows, the edges of the columns [s of the local day], and the
    largest chance of each cell."""
    layout, horizon = outlook.layout, outlook.scenario.horizon
    periods = periods_of(layout)
    slot = (np.asarray(horizon.clock_s_of_interval)[interval] // layout.interval_s).astype(int)
    row = np.searchsorted(periods.first_day, layout.day_of_interval[interval], side="right") - 1
    first, last = (int(slot.min()), int(slot.max())) if len(slot) else (0, 0)
    shape = (len(periods), last - first + 1)
    cell = row * shape[1] + slot - first
    values = np.full(shape[0] * shape[1], np.nan)
    np.fmax.at(values, cell, chance)
    values = values.reshape(shape)
    columns = np.arange(first, last + 2, dtype=np.float64) * layout.interval_s
    return period_names(layout, periods), columns, values
