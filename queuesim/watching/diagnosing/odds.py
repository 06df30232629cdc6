"""How far off is unusual: probabilities of an input under the plan."""

from __future__ import annotations

from collections.abc import Sequence
from math import erfc, sqrt

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

_LEAST_SPREAD = 1e-9


def divided(above: Values, below: Values) -> Values:
    """Divide, giving NaN where there is nothing to divide by."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(below > 0, above / below, np.nan))


def upper(value: float, values: Values) -> float:
    """Return about how probable a value so large is among such values, as if they were normal."""
    values = values[np.isfinite(values)]
    if len(values) < 2:
        return 1.0
    spread = max(float(values.std(ddof=1)), _LEAST_SPREAD)
    return 0.5 * erfc((value - float(values.mean())) / spread / sqrt(2.0))


def two_sided(value: float, values: Values) -> float:
    """Return about how probable a value so far off, to either side, is among such values."""
    if np.isfinite(values).sum() < 2:
        return 1.0
    above = upper(float(value), values)
    return 2.0 * min(above, 1.0 - above)


def any_of(values: Values, many: Values) -> float:
    """Return about how probable it is that one of several numbers, or their sum, is so far off.

    Each is judged by itself too: what one contact type does must not drown in what a larger one
    does by chance. The least probability counts, as the least of so many (Z. Šidák, 1967).

    Parameters
    ----------
    values : numpy.ndarray, float64, shape (parts,)
        As they are.
    many : numpy.ndarray, float64, shape (n, parts)
        As they are under the plan.
    """
    chances = [two_sided(value, many[:, k]) for k, value in enumerate(values)]
    if len(chances) > 1:
        chances.append(two_sided(values.sum(), many.sum(axis=1)))
    return least(chances)


def least(chances: Sequence[float]) -> float:
    """Return how probable it is that the least of so many probabilities is so small."""
    return float(1.0 - (1.0 - min(chances)) ** len(chances)) if chances else 1.0


def up_and_down(change: Values) -> tuple[float, float]:
    """Return the sums of what rises and of what falls."""
    return float(change[change > 0].sum()), float(-change[change < 0].sum())
