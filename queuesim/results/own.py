"""Measures of your own: what a planner works out of a result, with the same intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from queuesim.results.measures import Better
    from queuesim.results.result import Result

Values = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class OwnMeasure:
    """A measure of your own: one number a replication, worked out from a result.

    It stands wherever a measure's name may: in `Result.measure`, `Result.values`,
    `Comparison.table`, `.difference` and `.best`. What it returns is paired and has intervals like
    any other.

    Parameters
    ----------
    label : str
        As tables print it.
    of : callable
        ``of(result)`` returns one number a replication, whose mean is the measure; or numerators
        and denominators, whose sums are divided.
    unit : str, optional
        ``share`` (printed in per cent), ``s``, ``contacts``, ``currency`` (the scenario's) …
    better : {"high", "low"}, optional
        Which way is better; `Comparison.best` needs it.

    Examples
    --------
    >>> def bill(result):
    ...     lost = result.values("abandoned")[0]
    ...     return result.values("cost")[0] + 25.0 * lost
    >>> whole = OwnMeasure(label="the whole bill", of=bill, unit="currency", better="low")
    >>> whole.label
    'the whole bill'
    """

    label: str
    of: Callable[[Result], ArrayLike | tuple[ArrayLike, ArrayLike]]
    unit: str = ""
    better: Better = None

    def __post_init__(self) -> None:
        if self.better not in ("high", "low", None):
            raise ValueError(f"better={self.better!r}: must be 'high', 'low' or None")
        if not callable(self.of):
            raise TypeError(f"of={self.of!r}: must be a function of a result")

    def values(self, result: Result) -> tuple[Values, Values]:
        """Return numerators and denominators, one a replication.

        Parameters
        ----------
        result : Result

        Returns
        -------
        numerators, denominators : numpy.ndarray, float64, shape (replications,)

        Raises
        ------
        ValueError
            When the function does not return one finite number a replication.
        """
        found = self.of(result)
        parts = found if isinstance(found, tuple) and len(found) == 2 else (found,)
        n = result.replications
        arrays = [np.asarray(part, dtype=np.float64) for part in parts]
        for array in arrays:
            if array.shape != (n,):
                raise ValueError(
                    f"{self.label!r} must give one number a replication, shape ({n},); its "
                    f"function gave shape {array.shape}"
                )
            if not np.isfinite(array).all():
                which = int(np.flatnonzero(~np.isfinite(array))[0])
                raise ValueError(
                    f"{self.label!r} must give finite numbers; its function gave {array[which]} in "
                    f"replication {which}. Of a share of nothing return numerators and denominators"
                )
        return arrays[0], arrays[1] if len(arrays) == 2 else np.ones(n)

    def unit_in(self, result: Result) -> str:
        """Return the unit in print: the scenario's currency where it is money."""
        return result.scenario.currency if self.unit == "currency" else self.unit
