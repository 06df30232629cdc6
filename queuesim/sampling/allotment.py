"""Allotment: which agent group each contact of a type with an allocation is meant for.

The groups race for a contact: of exponential draws, one for each group and divided by its share,
the least wins, and a group wins as often as its share says (competing exponentials). Each group
draws from a stream of its own, so that when one share rises and the others fall in proportion, or
a group is added, contacts move to that group and between no others. With two groups, moving a
share moves that share of the contacts, from one to the other.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from queuesim.model import ContactType, Scenario
from queuesim.sampling.variates import EXPONENTIAL, Law

NO_GROUP = np.int32(-1)

_MEAN_S = float(1 << 20)
"""Mean of the draw of a group with share 1 [s]: draws are on the grid, and two seldom the same."""


class Allotment:
    """How the contacts of a scenario are allotted.

    Parameters
    ----------
    scenario : Scenario
    first : int
        Its first row of draws: so many times come before.

    Attributes
    ----------
    first : int
    rows : int
        Rows of draws that a contact needs, beside its times.
    """

    def __init__(self, scenario: Scenario, first: int) -> None:
        self.first = first
        self._groups = [
            [g for g, group in enumerate(scenario.agent_groups) if each.allocation.get(group.name)]
            for each in scenario.contact_types
        ]
        self._names = [group.name for group in scenario.agent_groups]
        self.rows = max(map(len, self._groups), default=0)

    def columns(
        self, index: int, each: ContactType, stream: Callable[[str], int]
    ) -> list[tuple[int, int, int, Law]]:
        """Return the columns that chance fills, for `queuesim.sampling.variates.column_table`.

        Parameters
        ----------
        index : int
            The contact type's place in the scenario.
        each : ContactType
        stream : callable
            Returns the stream for a purpose.
        """
        return [
            (
                stream(f"allocation {self._names[g]}"),
                self.first + k,
                0,
                (EXPONENTIAL, _MEAN_S / each.allocation[self._names[g]], 0.0, 0.0, ()),
            )
            for k, g in enumerate(self._groups[index])
        ]

    def groups_of(self, kinds: NDArray[np.int32], times: NDArray[np.float64]) -> NDArray[np.int32]:
        """Return the group of each contact.

        Parameters
        ----------
        kinds : int32[n]
            Contact types.
        times : float64[first + rows, n]
            As drawn.

        Returns
        -------
        int32[n]
            Index in `Scenario.agent_groups`, -1 where the type has no allocation. Equal draws: the
            first group.
        """
        allotted = np.full(len(kinds), NO_GROUP)
        for kind, groups in enumerate(self._groups):
            if groups:
                of_kind = np.flatnonzero(kinds == kind)
                least = times[self.first : self.first + len(groups), of_kind].argmin(axis=0)
                allotted[of_kind] = np.array(groups, dtype=np.int32)[least]
        return allotted
