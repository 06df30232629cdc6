"""Expected demand as rates that are constant within bins: what sampling draws from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from queuesim.model.horizon import Horizon

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Rates:
    """Expected offered contacts per second, constant within each bin.

    No bin straddles a local midnight, an edge of the horizon's intervals or an edge of an event.

    Attributes
    ----------
    edges_s
        float64[n + 1]: edges of the bins, from 0 to the end of the horizon [s].
    base_per_s
        float64[n]: rate without events [contacts/s].
    factor
        float64[n]: what events multiply it by.
    day
        int64[n]: the day of the bin.
    """

    edges_s: Floats
    base_per_s: Floats
    factor: Floats
    day: NDArray[np.int64]

    @property
    def per_s(self) -> Floats:
        """float64[n]: rate with events [contacts/s]."""
        return self.base_per_s * self.factor

    @property
    def expected(self) -> Floats:
        """float64[n]: expected contacts in each bin."""
        return self.per_s * np.diff(self.edges_s)

    def per_interval(self, horizon: Horizon) -> Floats:
        """Return float64[n_intervals]: contacts expected in each interval of the horizon."""
        interval = (self.edges_s[:-1] // horizon.interval).astype(np.int64)
        expected = np.bincount(interval, weights=self.expected, minlength=horizon.n_intervals)
        return expected.astype(np.float64)

    def per_day(self) -> Floats:
        """Return float64[days]: contacts expected on each day."""
        return np.bincount(self.day, weights=self.expected).astype(np.float64)

    def from_then_on(self, instant_s: float) -> Rates:
        """Return the rates from an instant on; before it nobody is expected.

        Parameters
        ----------
        instant_s
            The instant [s].
        """
        at = int(np.searchsorted(self.edges_s, instant_s))
        if at >= len(self.edges_s) or self.edges_s[at] == instant_s:
            begins, base, factor, day = self.edges_s, self.base_per_s, self.factor, self.day
        else:
            begins = np.insert(self.edges_s, at, instant_s)
            base = np.insert(self.base_per_s, at, self.base_per_s[at - 1]).astype(np.float64)
            factor = np.insert(self.factor, at, self.factor[at - 1]).astype(np.float64)
            day = np.insert(self.day, at, self.day[at - 1]).astype(np.int64)
        return Rates(begins, np.where(begins[:-1] < instant_s, 0.0, base), factor, day)
