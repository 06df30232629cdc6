"""How pictures look: a page that reads at half its size, in colours that everybody can tell apart.

Sources
-------
.. [1] M. Okabe and K. Ito (2008), Color Universal Design: the colours of lines and points.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.legend import Legend
from matplotlib.transforms import ScaledTranslation

INK = "#222222"
MUTED = "#5f5f5f"
CLOSED = "#e4e4e4"
BLUE, ORANGE, GREEN, PINK, SKY, GOLD = (
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#cc79a7",
    "#56b4e9",
    "#e69f00",
)
SERIES: tuple[tuple[str, str, Any], ...] = (
    (BLUE, "o", "-"),
    (ORANGE, "s", "--"),
    (GREEN, "^", "-."),
    (PINK, "D", (0, (5, 1, 1, 1, 1, 1))),
    (GOLD, "v", (0, (7, 2))),
    (SKY, "P", ":"),
)
"""Colour [1]_, marker and dashes of each line, so that none is told by its colour alone."""

_LETTER, _PART = 0.53, 0.88
"""Width of a letter, of its height; width of lone axes, of the figure's."""

TITLE_PT, TEXT_PT, SMALL_PT = 15.0, 12.5, 11.5

_STYLE: Any = {
    "font.size": TEXT_PT,
    "axes.labelsize": TEXT_PT,
    "axes.titlesize": TITLE_PT,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.linewidth": 1.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": "#dcdcdc",
    "grid.linewidth": 0.9,
    "grid.linestyle": "-",
    "hatch.linewidth": 0.8,
    "legend.fontsize": SMALL_PT,
    "legend.frameon": False,
    "legend.handlelength": 2.4,
    "lines.linewidth": 2.2,
    "lines.markersize": 7.0,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": TEXT_PT,
    "ytick.labelsize": TEXT_PT,
}


@contextmanager
def page(ax: Axes | None, *, size: tuple[float, float] = (9.0, 5.4)) -> Iterator[Axes]:
    """Lend axes to draw on, with the settings of these pictures for as long as it lasts.

    Parameters
    ----------
    ax : matplotlib.axes.Axes or None
        None makes a figure of its own, with constrained layout.
    size : tuple of float
        Of the figure, width and height [inches].

    Yields
    ------
    matplotlib.axes.Axes
    """
    with mpl.rc_context(_STYLE):
        if ax is None:
            _, ax = plt.subplots(figsize=size, layout="constrained")
        else:  # made elsewhere: what is already there takes the settings, too
            ax.spines[["top", "right"]].set_visible(False)
            ax.spines[:].set(color=MUTED, linewidth=1.0)
            ax.tick_params(labelsize=TEXT_PT, color=MUTED, labelcolor=INK)
            ax.tick_params(grid_color=_STYLE["grid.color"], grid_linewidth=0.9)
            for axis in (ax.xaxis, ax.yaxis):
                axis.label.set(size=TEXT_PT, color=INK)
            ax.set_axisbelow(True)
        yield ax


def heading(ax: Axes, title: str, below: str, *, part: float = _PART) -> None:
    """Write a title, and in smaller letters below it what is shown, broken to the axes' width.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    title, below : str
    part : float, optional
        Part of the figure's width that the axes will have when they are alone on it.
    """
    below = _broken(ax, below, SMALL_PT, part)
    lines = below.count("\n") + 1
    ax.set_title(
        _broken(ax, title, TITLE_PT * 1.12, part),
        loc="left",
        pad=10 + lines * SMALL_PT * 1.3,
        fontsize=TITLE_PT,
        fontweight="bold",
        color=INK,
    )
    ax.annotate(
        below,
        (0, 1),
        xytext=(0, 7),
        xycoords="axes fraction",
        textcoords="offset points",
        fontsize=SMALL_PT,
        color=MUTED,
        linespacing=1.2,
        ha="left",
        va="bottom",
    )


def legend_below(ax: Axes, *, columns: int = 1, room_pt: float) -> Legend:
    """Put the legend below the axes, where it hides nothing.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    columns : int, default 1
        Where the axes are wide enough; else 1.
    room_pt : float
        Room to leave for labels of the x axis [points].
    """
    figure = ax.figure
    assert figure is not None
    lower = ScaledTranslation(0, -room_pt / 72, figure.dpi_scale_trans)
    return ax.legend(
        loc="upper left",
        bbox_to_anchor=(0, 0),
        bbox_transform=ax.transAxes + lower,
        ncols=columns if _width_pt(ax, _PART) > 430 else 1,
        borderpad=0,
        borderaxespad=0,
        columnspacing=1.6,
        labelspacing=0.35,
    )


def footnote(ax: Axes, text: str, *, below: Artist | None = None, part: float = _PART) -> None:
    """Write the small print below the label of the x axis, or below a legend."""
    ax.annotate(
        _broken(ax, text, SMALL_PT, part),
        (0, 0),
        xytext=(0, -7),
        xycoords=("axes fraction", below or ax.xaxis.label),
        textcoords="offset points",
        fontsize=SMALL_PT,
        color=MUTED,
        linespacing=1.2,
        ha="left",
        va="top",
    )


def target_label(ax: Axes, share: float, text: str) -> None:
    """Write what a line across the axes means, to its right, where it hides nothing."""
    ax.annotate(
        text,
        (1, share),
        xytext=(5, 0),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        ha="left",
        va="center",
        fontsize=SMALL_PT,
        color=INK,
        linespacing=1.1,
    )


def _broken(ax: Axes, text: str, points: float, part: float) -> str:
    """Break lines to the width of the axes, before a dot between two facts where there is one."""
    most = max(int(_width_pt(ax, part) / (_LETTER * points)), 24)
    lines: list[str] = []
    for line in text.split("\n"):
        started = ""
        for fact in line.split(_DOT):
            if started and len(started) + len(_DOT) + len(fact) > most:
                lines += textwrap.wrap(started, most)
                started = fact
            else:
                started = f"{started}{_DOT}{fact}" if started else fact
        lines += textwrap.wrap(started, most)
    return "\n".join(lines)


def _width_pt(ax: Axes, part: float) -> float:
    """Return about how wide the axes are [points], before the figure is laid out."""
    figure = ax.figure
    assert figure is not None
    part = part if len(figure.axes) == 1 else ax.get_position().width
    return float(part * figure.bbox.width / figure.dpi * 72)


_DOT = " · "
