"""Measures by day or calendar week, in each replication: what a curve over time is made of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from queuesim.results.confidence import Estimate
from queuesim.results.layout import Layout, Periods
from queuesim.results.measures import MEASURES, Measure, combine, unknown
from queuesim.results.totals import Totals

Table = NDArray[np.float64]

BACKLOG = "backlog"
"""Contacts that wait when a period ends: no ratio of sums, and so no measure."""


def periods_named(name: str, layout: Layout) -> Periods:
    """Return the days or weeks of a horizon.

    Raises
    ------
    ValueError
        For another word than ``"day"`` or ``"week"``.
    """
    if name == "day":
        return Periods.of_each_day(layout.dates)
    if name == "week":
        return layout.weeks
    raise ValueError(f"period={name!r}: must be 'day' or 'week'")


def by_period(
    totals: Totals, measure: Measure | str, types: Sequence[int], periods: Periods
) -> tuple[Table, Table]:
    """Return numerators and denominators of a measure in each period of each replication.

    Parameters
    ----------
    totals : Totals
    measure : Measure or "backlog"
        Of contacts; a percentile of waits is kept over the whole horizon only.
    types : sequence of int
        Indices of the contact types, summed up.
    periods : Periods

    Returns
    -------
    numerators, denominators : numpy.ndarray, float64, shape (n, periods)

    Raises
    ------
    ValueError
        For a measure that is not counted by day.
    """

    def column(quantity: str) -> Table:
        if quantity == "replications":
            return np.ones((totals.n, len(periods)))
        by_day = totals.contacts_by_day(quantity)[:, list(types)].sum(axis=1)
        return periods.of_days(by_day)

    if isinstance(measure, str):
        stay = column("offered") - column("waits_ended")
        return np.cumsum(stay, axis=1), np.ones_like(stay)
    if measure.of != "contacts":
        known = [BACKLOG, *(name for name, each in MEASURES.items() if each.of == "contacts")]
        raise ValueError(unknown("measure by day or week", measure.name, known))
    return combine(measure.numerator, column), combine(measure.denominator, column)


class ByPeriod(dict[date, Estimate]):
    """A measure by the first day of each period, printed as a table."""

    def __str__(self) -> str:
        if not self:
            return "no period"
        some = next(iter(self.values()))
        lines = [f"{day:%a %Y-%m-%d}  {each.text}" for day, each in self.items()]
        sure = f"{100 * some.confidence:g} % confidence, {some.n:,} replications"
        return "\n".join([*lines, sure])
