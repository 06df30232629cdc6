"""What measures are made of: sums in each replication, of what was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from queuesim.results import frames, waits
from queuesim.results.costs import CostLine, cost_lines, total
from queuesim.results.layout import Layout, Periods
from queuesim.results.measures import Measure, combine, percentile_of, unknown
from queuesim.results.service_level import ServiceLevel
from queuesim.results.tally import CONTACT_QUANTITIES, GROUP_QUANTITIES
from queuesim.results.totals import Totals

Values = NDArray[np.float64]


class Sums:
    """Numerators and denominators of measures, one number a replication.

    Parameters
    ----------
    totals : Totals
    """

    def __init__(self, totals: Totals) -> None:
        self._totals = totals
        self._contacts: dict[str, Values] = {}
        self._groups: dict[str, Values] = {}
        self._histograms: dict[int, NDArray[np.int32]] = {}

    @property
    def _layout(self) -> Layout:
        return self._totals.layout

    @cached_property
    def cost_lines(self) -> tuple[CostLine, ...]:
        """The bill of every agent group and self-service, by replication."""
        return cost_lines(self._totals)

    def of(
        self, measure: Measure, contact_type: str | Sequence[str] | None, agent_group: str | None
    ) -> tuple[Values, Values]:
        """Return numerators and denominators of a measure.

        Parameters
        ----------
        measure : Measure
            Any but a percentile.
        contact_type, agent_group : str or None
            One of them, or all.

        Returns
        -------
        numerators, denominators : numpy.ndarray, float64, shape (n,)

        Raises
        ------
        ValueError
            For unknown names, and for a contact type where groups are measured or the reverse.
        """
        n = self._totals.n
        of_groups = measure.of in ("groups", "money") or (
            agent_group is not None and measure.numerator in GROUP_QUANTITIES
        )
        if contact_type is not None and of_groups:
            raise ValueError(f"{measure.name} is measured by agent group, not by contact type")
        if agent_group is not None and not of_groups:
            raise ValueError(f"{measure.name} is measured by contact type, not by agent group")
        types = self.chosen_types(contact_type, measure.needs_target)
        groups = self._chosen_groups(agent_group)

        def column(quantity: str) -> Values:
            if quantity == "replications":
                return np.full(n, measure.per)
            if quantity == "cost":
                lines = [
                    line for line in self.cost_lines if agent_group in (None, line.agent_group)
                ]
                return total(lines, n)
            by_type = quantity in CONTACT_QUANTITIES and agent_group is None
            if of_groups and not by_type:
                return self._of_groups(quantity)[:, groups].sum(axis=1)
            return self._of_contacts(quantity)[:, types].sum(axis=1)

        return combine(measure.numerator, column), combine(measure.denominator, column)

    def waits(
        self, measure: Measure, contact_type: str | Sequence[str] | None, agent_group: str | None
    ) -> tuple[NDArray[np.int64], float]:
        """Return the histograms of waits that a percentile is read from, and its share.

        Returns
        -------
        histograms : numpy.ndarray, int64, shape (n, waits.BINS)
        share : float
            0–1.
        """
        if agent_group is not None:
            raise ValueError(f"{measure.name} is measured by contact type, not by agent group")
        share, of_all = percentile_of(measure)
        which = waits.ALL if of_all else waits.ANSWERED
        if which not in self._histograms:
            self._histograms[which] = self._totals.waits(which)
        types = self.chosen_types(contact_type, needs_target=False)
        return self._histograms[which][:, types].sum(axis=1, dtype=np.int64), share

    def meeting_target(
        self,
        periods: Periods,
        definition: ServiceLevel,
        contact_type: str | Sequence[str] | None,
        share: float | None,
    ) -> tuple[Values, Values]:
        """Return how many days or weeks met the target, and how many count, in each replication.

        Of all contact types together a period meets the target when every type met its own.
        """
        met, counts = frames.meets_target(self._totals, definition, periods, share)
        types = self.chosen_types(contact_type, needs_target=True)
        met, counts = met[:, types], counts[:, types]
        good = (met | ~counts).all(axis=1) & counts.any(axis=1)
        return good.sum(axis=1).astype(float), counts.any(axis=1).sum(axis=1).astype(float)

    def chosen_types(
        self, contact_type: str | Sequence[str] | None, needs_target: bool
    ) -> list[int]:
        """Return the indices of a contact type or of all; where needed, of those with a target."""
        layout = self._layout
        if contact_type is None:
            chosen = layout.has_target if needs_target else np.ones(len(layout.types), dtype=bool)
            return [int(k) for k in np.flatnonzero(chosen)]
        names = [contact_type] if isinstance(contact_type, str) else list(contact_type)
        for name in names:
            if name not in layout.types:
                raise ValueError(unknown("contact type", name, layout.types))
        indices = sorted({layout.types.index(name) for name in names})
        return [k for k in indices if layout.has_target[k] or not needs_target]

    def _chosen_groups(self, agent_group: str | None) -> list[int]:
        groups = self._layout.groups
        if agent_group is None:
            return list(range(len(groups)))
        if agent_group not in groups:
            raise ValueError(unknown("agent group", agent_group, groups))
        return [groups.index(agent_group)]

    def _of_contacts(self, quantity: str) -> Values:
        if quantity not in self._contacts:
            self._contacts[quantity] = self._totals.contacts_by_day(quantity).sum(axis=2)
        return self._contacts[quantity]

    def _of_groups(self, quantity: str) -> Values:
        if quantity not in self._groups:
            self._groups[quantity] = self._totals.groups_by_day(quantity).sum(axis=2)
        return self._groups[quantity]
