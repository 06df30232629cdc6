"""Names beside points, so placed that none covers a point, a bar or another name."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from math import isfinite

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from queuesim.reporting.style import INK, TEXT_PT
from queuesim.results import Estimate

_LETTERS = 22
_DIRECTIONS = ((1, 1), (1, -1), (-1, 1), (-1, -1), (0, 1), (0, -1), (1, 0), (-1, 0))
_DISTANCES_PT = (13.0, 18.0, 26.0, 40.0, 56.0, 76.0)
_SIDE_X = {1: "left", 0: "center", -1: "right"}
_SIDE_Y = {1: "bottom", 0: "center", -1: "top"}


def place_labels(
    ax: Axes,
    points: Mapping[str, tuple[Estimate, Estimate]],
    *,
    bold: str | None = None,
    line: float | None = None,
) -> None:
    """Write a name beside every point.

    Each name takes the first free place around its point, near ones first; what is far away from
    its point gets a line to it.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        With its limits set; the figure is laid out once, to learn where things are.
    points : mapping of str to tuple of two Estimate
        Horizontal and vertical, by name.
    bold : str, optional
        The name to stress.
    line : float, optional
        Height of a line across the axes to stay clear of.
    """
    figure = ax.figure
    while isinstance(figure, SubFigure):
        figure = figure.figure
    assert isinstance(figure, Figure)
    figure.draw_without_rendering()
    dot = figure.dpi / 72
    taken = [box for pair in points.values() for box in _covered(ax, pair, dot)]
    if line is not None:
        left, right = ax.get_xlim()
        ends = ax.transData.transform([(left, line), (right, line)])
        taken.append(Bbox([ends[0] - (0, dot), ends[1] + (0, dot)]))
    inside = ax.get_window_extent()
    for name, (right_way, up) in points.items():
        note = ax.annotate(
            textwrap.fill(name, _LETTERS),
            (right_way.value, up.value),
            xytext=(0, 0),
            textcoords="offset points",
            fontsize=TEXT_PT,
            fontweight="bold" if name == bold else "normal",
            color=INK,
            linespacing=1.1,
            annotation_clip=False,
            zorder=6,
        )
        note.set_in_layout(False)
        size = note.get_window_extent()
        at = ax.transData.transform((right_way.value, up.value))
        best = min(
            (
                (_badness(_at(at, size, way, far * dot), taken, inside) + far * 1e-3, far, way)
                for far in _DISTANCES_PT
                for way in _DIRECTIONS
            ),
            key=lambda found: found[0],
        )
        _, far, way = best
        box = _at(at, size, way, far * dot)
        taken.append(box)
        # anchored on the side of the point: letters are not equally wide at every resolution
        across, upward = (far * (0.75 if way[0] and way[1] else 1.0) * step for step in way)
        note.set(ha=_SIDE_X[way[0]], va=_SIDE_Y[way[1]])
        note.xyann = (across, upward)
        if far > _DISTANCES_PT[1]:
            _lead(ax, at, box)


def _at(at: NDArray[np.float64], size: Bbox, way: tuple[int, int], far: float) -> Bbox:
    """Return where a text lies when it is put in a direction of a point [pixels]."""
    diagonal = 0.75 if way[0] and way[1] else 1.0
    x = at[0] + way[0] * far * diagonal + (way[0] - 1) / 2 * size.width
    y = at[1] + way[1] * far * diagonal + (way[1] - 1) / 2 * size.height
    return Bbox.from_bounds(float(x), float(y), size.width, size.height)


def _badness(box: Bbox, taken: list[Bbox], inside: Bbox) -> float:
    """Return how much of a text would lie over something else or outside the axes, 0 to …"""
    covered = sum(_common(box.padded(5.0, 1.5), other) for other in taken)
    outside = box.width * box.height - _common(box, inside)
    return (covered + 3 * outside) / (box.width * box.height)


def _common(one: Bbox, other: Bbox) -> float:
    both = Bbox.intersection(one, other)
    return both.width * both.height if both is not None else 0.0


def _covered(ax: Axes, pair: tuple[Estimate, Estimate], dot: float) -> list[Bbox]:
    """Return what a point and its bars cover [pixels]."""
    right, up = pair
    x, y = ax.transData.transform((right.value, up.value))
    thick = 2.5 * dot
    boxes = [Bbox.from_extents(x - 8 * dot, y - 8 * dot, x + 8 * dot, y + 8 * dot)]
    if isfinite(right.low):
        low, high = ax.transData.transform([(right.low, up.value), (right.high, up.value)])
        boxes.append(Bbox.from_extents(low[0], y - thick, high[0], y + thick))
    if isfinite(up.low):
        low, high = ax.transData.transform([(right.value, up.low), (right.value, up.high)])
        boxes.append(Bbox.from_extents(x - thick, low[1], x + thick, high[1]))
    return boxes


def _lead(ax: Axes, at: NDArray[np.float64], box: Bbox) -> None:
    """Draw a thin line from a point to the nearest place of its name."""
    near = (np.clip(at[0], box.x0, box.x1), np.clip(at[1], box.y0, box.y1))
    begin, end = ax.transData.inverted().transform(np.array([at, near]))
    ax.annotate(
        "",
        begin,
        xytext=end,
        arrowprops={"arrowstyle": "-", "color": INK, "linewidth": 0.9, "shrinkA": 1, "shrinkB": 6},
        zorder=2.5,
    ).set_in_layout(False)
