"""How large a shift of waits, answers too late or abandonment was, in the terms of its score.

The evidence of an alarm is the mean d of the normal scores since the shift began. The size is read
from the same scores: what was seen, less what the same intervals show with scores lower by d,
contacts being the weights. So both point the same way, however skewed the law of a wait is: above
its middle in every interval may well be below its mean, which rare disasters carry.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from queuesim.watching.detecting.given import Given
from queuesim.watching.detecting.signals import Signals

Floats = NDArray[np.float64]

_Z95 = 1.959963984540054


def shifted_waits(
    laws: Sequence[Given],
    values: Sequence[Floats],
    known: Signals,
    many: Sequence[Floats],
    inside: NDArray[np.bool_],
    *,
    together: float = 1.0,
    most: float = np.inf,
) -> tuple[float, float, float, float, int]:
    """Return the size of a shift of one contact type, or of several together.

    Parameters
    ----------
    laws : sequence of Given
        One a contact type.
    values, many : sequence of numpy.ndarray, float64, shape (1, intervals)
        The measure, and the contacts that it is of, likewise.
    known : Signals
    inside : numpy.ndarray, bool, shape (intervals,)
        The intervals of the shift.
    together : float
        Standard deviation of the sum of the types' scores over the root of their number.
    most : float
        The largest value there is.

    Returns
    -------
    size, low, high, expected : float
        Mean over contacts, with its 95 % interval: d ± 1.96 standard errors, translated likewise.
        Intervals count as independent.
    intervals : int
        In how many something was seen.
    """
    z = np.concatenate(
        [law.scores(v, known, m) for law, v, m in zip(laws, values, many, strict=True)]
    )
    z[:, ~inside] = np.nan
    seen = np.isfinite(z)
    of_types = seen.sum(axis=0)
    n = int((of_types > 0).sum())
    if n == 0:
        return np.nan, np.nan, np.nan, np.nan, 0
    root = np.sqrt(of_types)[of_types > 0]
    total = np.nansum(z, axis=0)[of_types > 0] / root
    d = float(total.sum() / root.sum())
    half = _Z95 * together * np.sqrt(n) / float(root.sum())
    # a shift that comes and goes scatters scores by more than chance, which is what they go back to
    around = (z - d) / max(float(np.nanstd(z)), 1.0)
    weights = np.where(seen, np.concatenate(many), 0.0)
    weights = weights / max(float(weights.sum()), 1e-9)
    observed = float((weights * np.where(seen, np.concatenate(values), 0.0)).sum())

    def less(by: float) -> float:
        scores = around + (d - by)
        # what goes up is nowhere less than was seen, nor what goes down more
        scores = np.minimum(scores, z) if by > 0 else np.maximum(scores, z)
        lower = np.concatenate(
            [
                law.values_at(score[None], v, known, m, most=most)
                for law, score, v, m in zip(laws, scores, values, many, strict=True)
            ]
        )
        return float((weights * np.where(seen, lower, 0.0)).sum())

    expected = less(d)
    return observed - expected, observed - less(d - half), observed - less(d + half), expected, n
