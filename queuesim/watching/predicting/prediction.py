"""What a prediction says: the wait of one contact, with its uncertainty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from queuesim.watching.predicting.laws import Law

_SHOWN = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class WaitPrediction:
    """How long a contact that arrives now will wait until an agent takes it, if it waits so long.

    Attributes
    ----------
    contact_type : str
    method : str
        The predictor that says so.
    when : str
        Local time, for print.
    ahead : int
        Contacts of its type that wait before it.
    why : str
        What the number rests on, and what it leaves out.
    law : Law
        The distribution.
    """

    contact_type: str
    method: str
    when: str
    ahead: int
    why: str
    law: Law

    @property
    def mean_s(self) -> float:
        """Expected wait [s]; infinite where it may never be answered."""
        return float(self.law.mean_s)

    def quantile(self, p: ArrayLike) -> Any:
        """Return the wait that is not exceeded with chance p [s].

        Parameters
        ----------
        p : float or array
            In 0 to 1.

        Raises
        ------
        ValueError
            For a chance outside 0 to 1.
        """
        wanted = np.asarray(p, dtype=np.float64)
        if not np.all((wanted >= 0) & (wanted <= 1)):
            raise ValueError(f"p={p!r}: must be a chance, 0 to 1; write 0.9 for 90 %")
        return _plain(self.law.quantile(wanted))

    def interval(self, share: float = 0.9) -> tuple[float, float]:
        """Return the interval that the wait falls into with chance `share`, as often below as above
        it [s].

        Examples
        --------
        >>> from queuesim.watching.predicting.laws import stages
        >>> eight = WaitPrediction("support", "queue_length", "", 7, "", stages(8, rate=1 / 20))
        >>> [round(edge) for edge in eight.interval(0.9)]
        [80, 263]
        """
        if not 0 < share < 1:
            raise ValueError(f"share={share!r}: must lie between 0 and 1; write 0.9 for 90 %")
        low, high = self.quantile(np.array([(1 - share) / 2, (1 + share) / 2]))
        return float(low), float(high)

    def cdf(self, x: ArrayLike) -> Any:
        """Return P(wait ≤ x), x in [s]."""
        return _plain(self.law.cdf(np.asarray(x, dtype=np.float64)))

    def p_longer(self, x: ArrayLike) -> Any:
        """Return P(wait > x), x in [s]."""
        return _plain(1.0 - self.law.cdf(np.asarray(x, dtype=np.float64)))

    @property
    def table(self) -> pd.DataFrame:
        """Chance and wait: the 5, 25, 50, 75 and 95 % quantiles [s]."""
        return pd.DataFrame({"chance": _SHOWN, "wait_s": self.quantile(np.array(_SHOWN))})

    def __str__(self) -> str:
        low, high = self.interval(0.9)
        at = f" at {self.when}" if self.when else ""
        who = f"{self.contact_type}{at}, {self.ahead} waiting before it"
        if high == 0.0:
            return f"{who}: no wait expected (by {self.method}). {self.why}".rstrip()
        said = f"expected wait {_in_words(self.mean_s)}, 90 % between {_in_words(low)} and "
        return f"{who}: {said}{_in_words(high)} (by {self.method}). {self.why}".rstrip()


def _in_words(seconds: float) -> str:
    if not np.isfinite(seconds):
        return "never"
    if seconds < 100:
        return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
    return f"{seconds / 60:.1f} min"


def _plain(value: Any) -> Any:
    return float(value) if np.ndim(value) == 0 else value
