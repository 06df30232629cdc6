"""Colours for numbers: even to the eye, darker is worse, and honest about long tails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import Colormap, ListedColormap, Normalize, SymLogNorm
from matplotlib.ticker import FixedLocator
from numpy.typing import NDArray

from queuesim.reporting.style import INK
from queuesim.reporting.words import ScaledFormatter, ScaledLocator, shown_unit
from queuesim.results.measures import Measure

_LONG_TAIL = 8.0
"""Waits whose largest is so many medians are shown on a logarithmic scale."""


@dataclass(frozen=True)
class ColourScale:
    """What the colours span, in which unit they are read, and what to know about them.

    Attributes
    ----------
    norm : matplotlib.colors.Normalize
    colours : matplotlib.colors.Colormap
    unit : str
        Of the labels.
    factor : float
        How many of the measure's own unit make one of the labels'.
    remark : str
        What the label must say: that it is logarithmic, or where the colours end.
    extend : {"neither", "min", "max"}
        At which end there are numbers beyond the colours.
    """

    norm: Normalize
    colours: Colormap
    unit: str
    factor: float
    remark: str = ""
    extend: Literal["neither", "min", "max"] = "neither"

    @classmethod
    def of(
        cls, values: NDArray[np.float64], measure: Measure, *, target: float | None = None
    ) -> ColourScale:
        """Choose a scale for the numbers of a measure: waits or shares.

        Parameters
        ----------
        values : numpy.ndarray, float64
            Any shape; NaN is left out.
        measure : Measure
        target : float, optional
            A share that the colours must span.
        """
        known = values[np.isfinite(values)]
        if len(known) == 0:
            known = np.array([0.0])
        low, middle, usual, high = np.quantile(known, [0, 0.5, 0.98, 1]).tolist()
        even = colormaps["magma"](np.linspace(0.06, 0.95, 256))
        factor, unit = shown_unit(measure.unit, high)
        if measure.better == "high":
            wanted = 0.9 if target is None else target - 0.02
            bottom = max(float(np.floor(min(low, wanted) * 10)) / 10, 0.0)
            return cls(Normalize(bottom, 1.0), ListedColormap(even), unit, factor)
        colours = ListedColormap(even[::-1])
        if measure.unit == "share" and high > 2 * usual > 0:
            top = _rounded_up(usual, factor)
            remark = f"colours end at {top:.0%}, highest {high:.0%}".replace("%", " %")
            return cls(Normalize(0.0, top), colours, unit, factor, remark, "max")
        if measure.unit == "s" and high > _LONG_TAIL * max(middle, 1.0):
            bottom = factor / 10 if factor > 1 else 1.0
            top = max(_rounded_up(high, factor), 10 * bottom)
            norm = SymLogNorm(bottom, linscale=0.5, vmin=0.0, vmax=top, base=10)
            remark = f"log scale from {bottom / factor:g} {unit}"
            return cls(norm, colours, unit, factor, remark)
        return cls(Normalize(0.0, _rounded_up(high, factor)), colours, unit, factor)


def draw_colour_bar(
    ax: Axes, mesh: QuadMesh, scale: ColourScale, measure: Measure, *, target: float | None
) -> None:
    """Draw the bar that says what the colours mean, with a line at the target share."""
    figure = ax.figure
    assert figure is not None
    bar = figure.colorbar(mesh, ax=ax, extend=scale.extend, pad=0.02, aspect=24)
    label = f"{measure.label} [{scale.unit}]"
    if scale.remark:
        label += f", {scale.remark}"
    low, high = bar.ax.get_ylim()
    if isinstance(scale.norm, SymLogNorm):
        ticks = [k * 10.0**power * scale.factor for power in range(-2, 7) for k in (1, 3)]
        ticks = [0.0, *(tick for tick in ticks if scale.norm.linthresh <= tick <= high * 1.001)]
        bar.ax.yaxis.set_major_locator(FixedLocator(ticks))
        bar.ax.minorticks_off()
    else:
        bar.ax.yaxis.set_major_locator(ScaledLocator(scale.factor, 5))
    bar.ax.yaxis.set_major_formatter(ScaledFormatter(scale.factor))
    bar.outline.set_visible(False)
    if target is not None and low <= target <= high:
        bar.ax.axhline(target, color="white", linewidth=4.5)
        bar.ax.axhline(target, color=INK, linewidth=2.0)
        label += f"; line: target {100 * target:g} %"
    bar.set_label(label)


def _rounded_up(value: float, unit: float) -> float:
    """Return the next round number of a unit: 1, 1.5, 2, 3, 4, 5, 6 or 8 times a power of ten."""
    if value <= 0:
        return unit
    size = 10.0 ** np.floor(np.log10(value / unit))
    steps = np.array([1, 1.5, 2, 3, 4, 5, 6, 8, 10])
    return float(steps[np.searchsorted(steps, value / unit / size - 1e-9)] * size * unit)
