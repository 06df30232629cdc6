"""Tallies added up over replications, in the order of their numbers, whoever finished first."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from queuesim.compiling import compiled
from queuesim.model import Scenario
from queuesim.results.layout import Layout
from queuesim.results.tally import CONTACT_QUANTITIES, GROUP_QUANTITIES, Tally

_CONTACT = {name: k for k, name in enumerate(CONTACT_QUANTITIES)}
_GROUP = {name: k for k, name in enumerate(GROUP_QUANTITIES)}

_RATIO_QUANTITIES = (
    "offered",
    "not_due",
    "answered",
    "abandoned",
    "answered_within",
    "abandoned_within",
    "abandoned_quick",
)
_PAIRS = (
    *((a, b) for k, a in enumerate(_RATIO_QUANTITIES) for b in _RATIO_QUANTITIES[k + 1 :]),
    ("wait_answered_s", "answered"),
)
_CONTACT_PAIRS = np.array([(_CONTACT[a], _CONTACT[b]) for a, b in _PAIRS])
_GROUP_PAIRS = np.array([(_GROUP["busy_s"], _GROUP["staffed_s"])])


class Totals:
    """What is kept of all replications.

    By interval: sums, sums of squares and of a few products. By replication: sums by day, and
    histograms of waits. Pickles, so that long work can stop and resume.

    Parameters
    ----------
    scenario : Scenario
    first : int, default 0
        Number of the first replication.

    Examples
    --------
    >>> totals = Totals(scenario)                                              # doctest: +SKIP
    >>> for replication in range(200):                                         # doctest: +SKIP
    ...     tape = draw_tape(scenario, seed=7, replication=replication)
    ...     totals.add(tally(simulate_reference(scenario, tape)))
    """

    def __init__(self, scenario: Scenario, *, first: int = 0) -> None:
        self.scenario = scenario
        self.first = first
        layout = self.layout
        # one table each: sums, then squares, then products
        rows = 2 * len(CONTACT_QUANTITIES) + len(_CONTACT_PAIRS)
        self._contacts = np.zeros((rows, len(layout.types), layout.n_intervals))
        rows = 2 * len(GROUP_QUANTITIES) + len(_GROUP_PAIRS)
        self._groups = np.zeros((rows, len(layout.groups), layout.n_intervals))
        self._contact_days: list[NDArray[np.float64]] = []
        self._group_days: list[NDArray[np.float64]] = []
        self._waits: list[NDArray[np.int32]] = []
        self._tables: list[pd.DataFrame | None] = []
        self._early: dict[int, Tally] = {}

    @property
    def layout(self) -> Layout:
        """Where things are counted."""
        return Layout.of(self.scenario)

    @property
    def n(self) -> int:
        """Replications added up: numbers ``first`` … ``first + n - 1``."""
        return len(self._waits)

    @property
    def waiting(self) -> tuple[int, ...]:
        """Numbers of replications that came before one with a lower number, and wait for it."""
        return tuple(sorted(self._early))

    def add(self, tally: Tally) -> None:
        """Add a replication, when all before it are there; until then it waits.

        Raises
        ------
        ValueError
            When the replication was added before.
        """
        number = tally.replication
        if number < self.first + self.n or number in self._early:
            raise ValueError(f"replication {number} was added before, or comes before {self.first}")
        self._early[number] = tally
        while (following := self._early.pop(self.first + self.n, None)) is not None:
            self._add(following)

    def _add(self, tally: Tally) -> None:
        layout = self.layout
        first, days = layout.first_interval_of_day, layout.n_days
        contact_days = np.empty((len(CONTACT_QUANTITIES), len(layout.types), days))
        group_days = np.empty((len(GROUP_QUANTITIES), len(layout.groups), days))
        _add_up(tally.contacts, _CONTACT_PAIRS, first, self._contacts, contact_days)
        _add_up(tally.groups, _GROUP_PAIRS, first, self._groups, group_days)
        # all but the squared waits add up exactly in any order; these keep the order they had
        squared = _CONTACT["wait_answered_sq"]
        contact_days[squared] = layout.by_day(tally.contacts[squared])
        self._contact_days.append(contact_days)
        self._group_days.append(group_days)
        self._waits.append(tally.waits)
        self._tables.append(tally.table)

    # By replication

    def contacts_by_day(self, quantity: str) -> NDArray[np.float64]:
        """Return a quantity of the contact types, shape (n, types, days)."""
        k = _CONTACT[quantity]
        shape = (self.n, len(self.layout.types), self.layout.n_days)
        return np.array([days[k] for days in self._contact_days]).reshape(shape)

    def groups_by_day(self, quantity: str) -> NDArray[np.float64]:
        """Return a quantity of the agent groups, shape (n, groups, days)."""
        k = _GROUP[quantity]
        shape = (self.n, len(self.layout.groups), self.layout.n_days)
        return np.array([days[k] for days in self._group_days]).reshape(shape)

    def waits(self, which: int) -> NDArray[np.int32]:
        """Return histograms of waits, shape (n, types, bins); see `queuesim.results.waits`."""
        return np.array([histograms[which] for histograms in self._waits])

    def tables(self) -> list[pd.DataFrame] | None:
        """Return the contact tables, one a replication, if they were kept."""
        kept = [table for table in self._tables if table is not None]
        return kept if kept and len(kept) == self.n else None

    # By interval, over replications

    def interval_sum(self, quantity: str) -> NDArray[np.float64]:
        """Return the sum of a quantity over replications, shape (types, intervals)."""
        return self._contacts[_CONTACT[quantity]]

    def interval_mean(self, quantity: str) -> NDArray[np.float64]:
        """Return the mean of a quantity of the contact types, shape (types, intervals)."""
        return self._contacts[_CONTACT[quantity]] / self.n

    def interval_product(self, first: str, second: str) -> NDArray[np.float64]:
        """Return the sum over replications of the product of two quantities, where it is kept."""
        quantities = len(CONTACT_QUANTITIES)
        if first == second:
            return self._contacts[quantities + _CONTACT[first]]
        pair = (first, second) if (first, second) in _PAIRS else (second, first)
        return self._contacts[2 * quantities + _PAIRS.index(pair)]

    def group_mean(self, quantity: str) -> NDArray[np.float64]:
        """Return the mean of a quantity of the agent groups, shape (groups, intervals)."""
        return self._groups[_GROUP[quantity]] / self.n

    def group_square(self, quantity: str) -> NDArray[np.float64]:
        """Return the sum of squares over replications of a quantity of the agent groups."""
        return self._groups[len(GROUP_QUANTITIES) + _GROUP[quantity]]

    @property
    def busy_staffed_products(self) -> NDArray[np.float64]:
        """Sums over replications of busy_s × staffed_s, shape (groups, intervals)."""
        return self._groups[2 * len(GROUP_QUANTITIES)]


@compiled
def _add_up(
    numbers: NDArray[np.float64],
    pairs: NDArray[np.int64],
    first_interval_of_day: NDArray[np.int64],
    table: NDArray[np.float64],
    days: NDArray[np.float64],
) -> None:
    """Add a replication: to sums, squares and products by interval, and for itself by day.

    Parameters
    ----------
    numbers : numpy.ndarray, float64, shape (quantities, types or groups, intervals)
        Of the replication.
    pairs : numpy.ndarray, int64, shape (products, 2)
        The quantities to multiply.
    first_interval_of_day : numpy.ndarray, int64, shape (days,)
    table : numpy.ndarray, float64, shape (2 × quantities + products, types or groups, intervals)
        Added to: sums, squares, products.
    days : numpy.ndarray, float64, shape (quantities, types or groups, days)
        Filled.
    """
    quantities, kinds, intervals = numbers.shape
    last_day = len(first_interval_of_day) - 1
    for q in range(quantities):
        for kind in range(kinds):
            for day in range(last_day + 1):
                end, total = intervals, 0.0
                if day < last_day:
                    end = first_interval_of_day[day + 1]
                for i in range(first_interval_of_day[day], end):
                    number = numbers[q, kind, i]
                    table[q, kind, i] += number
                    table[quantities + q, kind, i] += number * number
                    total += number
                days[q, kind, day] = total
    for p in range(len(pairs)):
        for kind in range(kinds):
            for i in range(intervals):
                product = numbers[pairs[p, 0], kind, i] * numbers[pairs[p, 1], kind, i]
                table[2 * quantities + p, kind, i] += product
