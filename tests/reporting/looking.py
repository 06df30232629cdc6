"""Reading pictures back."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection, QuadMesh
from matplotlib.lines import Line2D
from matplotlib.patches import StepPatch


def words(ax: Axes) -> str:
    """All that is written on the figure, on one line."""
    ax.figure.draw_without_rendering()
    found = [text.get_text() for other in ax.figure.axes for text in other.texts]
    for other in ax.figure.axes:
        found += [other.get_title(loc="left"), other.get_xlabel(), other.get_ylabel()]
        legend = other.get_legend()
        found += [text.get_text() for text in legend.get_texts()] if legend else []
    return " ".join(" ".join(found).split())


def mesh(ax: Axes) -> np.ma.MaskedArray:
    found = next(c for c in ax.collections if isinstance(c, QuadMesh))
    return np.ma.asarray(found.get_array())


def line(ax: Axes, label: str) -> Line2D:
    return next(each for each in ax.lines if str(each.get_label()).startswith(label))


def steps(ax: Axes, label: str) -> np.ndarray:
    patches = [patch for patch in ax.patches if isinstance(patch, StepPatch)]
    return next(p for p in patches if str(p.get_label()).startswith(label)).get_data().values


def band(ax: Axes) -> tuple[float, float]:
    """Lowest and highest point of the first band."""
    found = next(c for c in ax.collections if isinstance(c, PolyCollection))
    heights = found.get_paths()[0].vertices[:, 1]
    return float(heights.min()), float(heights.max())
