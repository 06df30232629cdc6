"""How far off is unusual: probabilities of an input under the plan."""

from __future__ import annotations

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
    above = upper(float(value), values)
    return 2.0 * min(above, 1.0 - above)


def up_and_down(change: Values) -> tuple[float, float]:
    """Return the sums of what rises and of what falls."""
    return float(change[change > 0].sum()), float(-change[change < 0].sum())
