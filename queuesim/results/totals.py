"""Tallies added up over replications, in the order of their numbers, whoever finished first."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from queuesim.model import Scenario
from queuesim.results.layout import Layout
from queuesim.results.tally import CONTACT_QUANTITIES, GROUP_QUANTITIES, Tally

_CONTACT = {name: k for k, name in enumerate(CONTACT_QUANTITIES)}
_GROUP = {name: k for k, name in enumerate(GROUP_QUANTITIES)}

_RATIO_QUANTITIES = (
    "offered",
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
        cells = (len(layout.types), layout.n_intervals)
        group_cells = (len(GROUP_QUANTITIES), len(layout.groups), layout.n_intervals)
        self.contact_sums = np.zeros((len(CONTACT_QUANTITIES), *cells))
        self.contact_squares = np.zeros_like(self.contact_sums)
        self.contact_products = np.zeros((len(_PAIRS), *cells))
        self.group_sums = np.zeros(group_cells)
        self.group_squares = np.zeros(group_cells)
        self.busy_staffed_products = np.zeros(group_cells[1:])
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
        contacts, groups, layout = tally.contacts, tally.groups, self.layout
        self.contact_sums += contacts
        self.contact_squares += contacts**2
        for k, (first, second) in enumerate(_PAIRS):
            self.contact_products[k] += contacts[_CONTACT[first]] * contacts[_CONTACT[second]]
        self.group_sums += groups
        self.group_squares += groups**2
        self.busy_staffed_products += groups[_GROUP["busy_s"]] * groups[_GROUP["staffed_s"]]
        self._contact_days.append(layout.by_day(contacts))
        self._group_days.append(layout.by_day(groups))
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

    def interval_mean(self, quantity: str) -> NDArray[np.float64]:
        """Return the mean of a quantity of the contact types, shape (types, intervals)."""
        return self.contact_sums[_CONTACT[quantity]] / self.n

    def interval_product(self, first: str, second: str) -> NDArray[np.float64]:
        """Return the sum over replications of the product of two quantities, where it is kept."""
        if first == second:
            return self.contact_squares[_CONTACT[first]]
        pair = (first, second) if (first, second) in _PAIRS else (second, first)
        return self.contact_products[_PAIRS.index(pair)]

    def group_mean(self, quantity: str) -> NDArray[np.float64]:
        """Return the mean of a quantity of the agent groups, shape (groups, intervals)."""
        return self.group_sums[_GROUP[quantity]] / self.n

    def group_square(self, quantity: str) -> NDArray[np.float64]:
        """Return the sum of squares over replications of a quantity of the agent groups."""
        return self.group_squares[_GROUP[quantity]]
