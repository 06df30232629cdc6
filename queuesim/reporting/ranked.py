"""Options down the page, each with what it reaches: one measure, in one or several readings."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

import numpy as np
from matplotlib.axes import Axes

from queuesim.reporting.style import INK, SERIES, SMALL_PT, footnote, heading, legend_below, page
from queuesim.reporting.words import ScaledFormatter, ScaledLocator, shown_unit
from queuesim.results import Estimate

_PART = 0.62
"""Width of the axes beside the names, of the figure's."""


def ranked(
    readings: Mapping[str, Mapping[str, Estimate]],
    *,
    title: str,
    below: str = "",
    x: str = "",
    beside: Mapping[str, str] | None = None,
    target: float | None = None,
    target_text: str = "target",
    note: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw options one below another, a point with its interval for each reading.

    Parameters
    ----------
    readings : mapping of str to mapping
        For each reading (a channel, a definition, a year) the estimate of every option, in the
        order in which options stand, the first on top. All of one unit; at most 6 readings.
    title, below : str
        Heading, and in smaller letters what is shown.
    x : str, optional
        What is measured; the unit is added.
    beside : mapping of str to str, optional
        A second line below an option's name: what it costs, say.
    target : float, optional
        Where to draw a line upright, in the estimates' unit.
    target_text : str, default "target"
        What stands beside it.
    note : str, optional
        Small print.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: on a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes
        One line a reading, of points, in the estimates' own unit.

    Raises
    ------
    ValueError
        For no reading, too many, several units, or readings of different options.

    Examples
    --------
    >>> import queuesim as qs
    >>> levels = {name: result.measure("service_level")                        # doctest: +SKIP
    ...           for name, result in options.results.items()}
    >>> ax = qs.plots.ranked({"": levels}, title="Who keeps it", target=0.8)   # doctest: +SKIP
    """
    if not 0 < len(readings) <= len(SERIES):
        raise ValueError(f"ranked needs 1 to {len(SERIES)} readings; given {len(readings)}")
    names = list(next(iter(readings.values())))
    for reading, by_option in readings.items():
        if set(by_option) != set(names):
            raise ValueError(f"reading {reading!r} is of other options than the first reading")
    estimates = [each for by_option in readings.values() for each in by_option.values()]
    units = {each.unit for each in estimates}
    if len(units) > 1:
        raise ValueError(f"readings of several units: {', '.join(sorted(units))}")
    unit = units.pop()
    ends = [e for each in estimates for e in (each.value, each.low, each.high) if isfinite(e)]
    ends += [] if target is None else [target]
    factor, label = shown_unit(unit, max(map(abs, ends), default=1.0))
    rows = np.arange(len(names))[::-1]
    with page(ax, size=(9.0, 2.2 + 0.6 * len(names))) as ax:
        for nth, (reading, by_option) in enumerate(readings.items()):
            colour, marker, _ = SERIES[nth]
            aside = ((len(readings) - 1) / 2 - nth) * 0.24
            mine = [by_option[name] for name in names]
            low, high = ([getattr(each, end) for each in mine] for end in ("low", "high"))
            ax.hlines(rows + aside, low, high, colors=colour, linewidth=2.0, alpha=0.75)
            values = [each.value for each in mine]
            ax.plot(values, rows + aside, color=colour, marker=marker, linestyle="", label=reading)
        second = beside or {}
        ax.set_yticks(
            rows, [f"{name}\n{second[name]}" if name in second else name for name in names]
        )
        ax.set_ylim(-0.5, len(names) - 0.4)
        lowest, highest = min(ends, default=0.0), max(ends, default=1.0)
        room = 0.06 * (highest - min(lowest, 0.0)) or 1.0
        right = highest + room
        ax.set_xlim(min(0.0, lowest - room if lowest < 0 else 0.0), right)
        if unit == "share":
            ax.set_xlim(0.0, min(right, max(1.01, highest)))
        ax.xaxis.set_major_locator(ScaledLocator(factor))
        ax.xaxis.set_major_formatter(ScaledFormatter(factor))
        ax.set_xlabel(f"{x} [{label}]" if label not in ("", "contacts") else x)
        ax.grid(axis="x")
        if target is not None:
            ax.axvline(target, color=INK, linewidth=1.6, zorder=1.5)
            ax.annotate(
                target_text,
                (target, 1),
                xytext=(-5, -3),
                xycoords=("data", "axes fraction"),
                textcoords="offset points",
                ha="right",
                va="top",
                fontsize=SMALL_PT,
            )
        heading(ax, title, below, part=_PART)
        beneath = legend_below(ax, columns=2, room_pt=46) if len(readings) > 1 else None
        one = estimates[0]
        sure = f"Bars: {100 * one.confidence:g} % confidence intervals."
        if one.n < 2:
            sure = "One replication: no intervals."
        footnote(ax, f"{note} {sure}".strip(), below=beneath, part=_PART)
    return ax
