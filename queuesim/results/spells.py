"""Spells of agents' time: sessions and busy periods, summed by agent group and interval, exactly.

All times lie on the 1/1024 s grid, so that float64 sums lose nothing and staffed = busy + idle
holds with ``==``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from queuesim.units import GRID

_FOREVER = np.int64(1) << 40
"""Longer than any horizon: 2**40 ticks of 1/1024 s are 34 years."""


@dataclass(frozen=True)
class Spells:
    """Stretches of time, each of one agent; an agent's own do not overlap.

    Attributes
    ----------
    agent : numpy.ndarray, int, shape (n,)
    from_s, to_s : numpy.ndarray, float64, shape (n,)
        [s], on the grid.
    """

    agent: NDArray[np.integer]
    from_s: NDArray[np.float64]
    to_s: NDArray[np.float64]

    @classmethod
    def of_busy(cls, busy: Mapping[str, NDArray[Any]]) -> Spells:
        """Return the busy periods of an outcome."""
        return cls(busy["agent"], busy["from_s"], busy["to_s"])

    def by_interval(
        self, group_of: NDArray[np.integer], shape: tuple[int, int], interval_s: float
    ) -> NDArray[np.float64]:
        """Sum time by agent group and interval.

        Parameters
        ----------
        group_of : numpy.ndarray, int, shape (agents,)
            Group of each agent.
        shape : tuple of int
            Groups and intervals.
        interval_s : float
            Length of an interval [s]. The last one is open: time past the horizon counts there.

        Returns
        -------
        numpy.ndarray, float64, shape (groups, intervals)
            [s]
        """
        _, intervals = shape
        cells = shape[0] * intervals
        first = np.minimum((self.from_s / interval_s).astype(np.int64), intervals - 1)
        last = np.clip(np.ceil(self.to_s / interval_s).astype(np.int64) - 1, first, intervals - 1)
        row = group_of[self.agent] * np.int64(intervals)
        reach = np.where(last > first, (first + 1) * interval_s, self.to_s)
        head = np.bincount(row + first, weights=reach - self.from_s, minlength=cells)
        long = np.flatnonzero(last > first)
        if len(long) == 0:
            return head.reshape(shape).astype(np.float64)
        row, first, last = row[long], first[long], last[long]
        rest = self.to_s[long] - last * interval_s
        tail = np.bincount(row + last, weights=rest, minlength=cells)
        # in between, whole intervals: +1 after the first, -1 at the last
        starts = np.bincount(row + first + 1, minlength=cells + 1)[:cells]
        stops = np.bincount(row + last, minlength=cells + 1)[:cells]
        between = np.cumsum((starts - stops).reshape(shape), axis=1) * interval_s
        summed: NDArray[np.float64] = (head + tail).reshape(shape) + between
        return summed

    def outside(self, others: Spells) -> Spells:
        """Return the parts of these spells that lie in none of the same agent's other spells.

        Parameters
        ----------
        others : Spells
            Every spell here begins in one of them.

        Returns
        -------
        Spells
        """
        begins = others.agent.astype(np.int64) * _FOREVER + _ticks(others.from_s)
        order = np.argsort(begins, kind="stable")
        begins, other_to = begins[order], others.to_s[order]
        other_agent, other_from = others.agent[order], others.from_s[order]
        home = np.searchsorted(
            begins, self.agent.astype(np.int64) * _FOREVER + _ticks(self.from_s), side="right"
        )
        late = np.flatnonzero(self.to_s > other_to[home - 1])
        agent, to_s, k = self.agent[late], self.to_s[late], home[late] - 1
        parts: list[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]] = []
        while len(agent):  # once for each session that a spell reaches into, nearly always once
            following = np.minimum(k + 1, len(begins) - 1)
            meets = (k + 1 < len(begins)) & (other_agent[following] == agent)
            meets &= other_from[following] < to_s
            parts.append((agent, other_to[k], np.where(meets, other_from[following], to_s)))
            goes_on = meets & (other_to[following] < to_s)
            agent, to_s, k = agent[goes_on], to_s[goes_on], following[goes_on]
        if not parts:
            return Spells(self.agent[:0], self.from_s[:0], self.to_s[:0])
        return Spells(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _ticks(seconds: NDArray[np.float64]) -> NDArray[np.int64]:
    return (seconds * GRID).astype(np.int64)
