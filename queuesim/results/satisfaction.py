"""CSAT, NPS and CES by contact type, agent group and week, as a model of satisfaction has them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from queuesim.model.faults import did_you_mean, one_of
from queuesim.results import confidence as sure
from queuesim.results import schema
from queuesim.results.confidence import Estimate
from queuesim.results.experience import Experience
from queuesim.results.judging import Judgement, judge
from queuesim.results.paths import paths_of
from queuesim.results.satisfaction_page import page
from queuesim.results.tables import named

if TYPE_CHECKING:
    from queuesim.results.result import Result

Floats = NDArray[np.float64]

MEASURES: dict[str, tuple[str, str]] = {
    "customers": ("customers", "customers, mean over replications"),
    "csat": ("share", "CSAT: share of the answers 4 and 5 of 5"),
    "nps": ("points", "NPS: share of the answers 9 and 10 less share of 0 to 6, in points"),
    "ces": ("of 7", 'CES: mean answer to "it was easy", 1 to 7'),
    "exceeded": ("customers", "customers whose expectations were exceeded"),
    "met": ("customers", "customers whose expectations were met, no more"),
    "missed": ("customers", "customers whose expectations were missed"),
    "exceeded_share": ("share", "exceeded ÷ customers"),
    "met_share": ("share", "met ÷ customers"),
    "missed_share": ("share", "missed ÷ customers"),
}
"""What `Satisfaction` measures: unit and meaning."""

_COUNTS = ("exceeded", "met", "missed")
BY = ("all", "contact_type", "agent_group", "week")
"""What the customers are divided by."""


class Satisfaction:
    """What customers might answer, if the model is right: ``print(result.experience(model))``.

    A customer is a first attempt with all contacts that followed; credited to the contact type and
    week of the first attempt, and to the agent group that served the customer last.

    Parameters
    ----------
    result : Result
        With its contact tables: ``simulate(..., keep_contacts=True)``.
    model : Experience
    confidence : float, default 0.95

    Attributes
    ----------
    customers : pandas.DataFrame
        One row a customer and replication, columns ``replication`` and `schema.CUSTOMER_COLUMNS`.
    frame : pandas.DataFrame
        Tidy: ``by`` (`BY`), ``of``, ``measure`` (`MEASURES`), ``unit``, ``value``, ``low``,
        ``high``.

    Raises
    ------
    ValueError
        When the contact tables were not kept.
    ScenarioError
        When the model names a contact type or an agent group that the scenario does not have.
    """

    def __init__(self, result: Result, model: Experience, *, confidence: float = 0.95) -> None:
        if not isinstance(model, Experience):
            raise TypeError(
                f"experience() takes a model, given {type(model).__name__}; "
                "write result.experience(qs.Experience(late=0.3)), say"
            )
        model.must_fit(result.scenario)
        self.result, self.model, self.confidence = result, model, confidence
        self.customers = self._judged()

    def measure(
        self,
        name: str,
        *,
        contact_type: str | None = None,
        agent_group: str | None = None,
        week: str | None = None,
    ) -> Estimate:
        """Return a measure with its interval over replications.

        Parameters
        ----------
        name : str
            A name of `MEASURES`.
        contact_type, agent_group, week : str, optional
            Of these customers only; several together narrow further.

        Returns
        -------
        Estimate
            A ratio of sums; of customers, a mean over replications.

        Raises
        ------
        ValueError
            For names that are not known; the message lists those that are.
        """
        chosen = self._chosen(name, contact_type, agent_group, week)
        return self._estimate(name, chosen)

    def difference(
        self,
        other: Satisfaction,
        name: str,
        *,
        contact_type: str | None = None,
        agent_group: str | None = None,
        week: str | None = None,
    ) -> Estimate:
        """Return this less another option's measure, on the same customers.

        Parameters
        ----------
        other : Satisfaction
            Of an option played with the same seed and replications, as `compare` does; with the
            same model, or another one.
        name, contact_type, agent_group, week
            As for `measure`.

        Returns
        -------
        Estimate
            With the interval of `confidence.paired_difference`.

        Raises
        ------
        ValueError
            For names that are not known; when seeds or numbers of replications differ.
        """
        mine, its = self.result, other.result
        if (mine.seed, mine.totals.first) != (its.seed, its.totals.first):
            raise ValueError(
                f"paired options need the same seed; given {mine.seed} and {its.seed}. Play both "
                "by qs.compare, or by simulate with the same seed"
            )
        first, second = (
            each.values(name, contact_type=contact_type, agent_group=agent_group, week=week)
            for each in (self, other)
        )
        return sure.paired_difference(
            first, second, confidence=self.confidence, unit=MEASURES[name][0]
        )

    def values(
        self,
        name: str,
        *,
        contact_type: str | None = None,
        agent_group: str | None = None,
        week: str | None = None,
    ) -> tuple[Floats, Floats]:
        """Return numerator and denominator of a measure in each replication; see `measure`."""
        return self._values(name, self._chosen(name, contact_type, agent_group, week))

    @cached_property
    def estimates(self) -> dict[tuple[str, str, str], Estimate]:
        """Every estimate of the frame, by what divides, part and measure."""
        return {
            (by, of, name): self._estimate(name, chosen)
            for by, of, chosen in self._parts()
            for name in MEASURES
        }

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Every measure of all, of every contact type, agent group and week, tidy."""
        rows = [
            (*key, estimate.unit, estimate.value, estimate.low, estimate.high)
            for key, estimate in self.estimates.items()
        ]
        columns = ["by", "of", "measure", "unit", "value", "low", "high"]
        return pd.DataFrame(rows, columns=columns)

    def _parts(self) -> Iterator[tuple[str, str, NDArray[np.bool_]]]:
        """Yield what the customers are divided by, the part's name, and who is in it."""
        yield "all", "all", np.ones(len(self.customers), dtype=bool)
        for column in BY[1:]:
            codes = self.customers[column].cat.codes.to_numpy()
            for code, name in enumerate(self._names(column)):
                yield column, name, codes == code

    def _names(self, column: str) -> Sequence[str]:
        return list(self.customers[column].cat.categories)

    def _chosen(
        self, name: str, contact_type: str | None, agent_group: str | None, week: str | None
    ) -> NDArray[np.bool_]:
        """Return whose measure is wanted, all names checked."""
        _known("measure", name, MEASURES)
        wanted = {"contact_type": contact_type, "agent_group": agent_group, "week": week}
        chosen = np.ones(len(self.customers), dtype=bool)
        for column, value in wanted.items():
            if value is not None:
                _known(column.replace("_", " "), value, self._names(column))
                chosen &= (self.customers[column] == value).to_numpy(dtype=bool)
        return chosen

    def _estimate(self, name: str, chosen: NDArray[np.bool_]) -> Estimate:
        numerators, denominators = self._values(name, chosen)
        return sure.ratio(
            numerators, denominators, confidence=self.confidence, unit=MEASURES[name][0]
        )

    def _values(self, name: str, chosen: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        people = self._sums(chosen.astype(np.float64))
        replications = np.ones_like(people)
        if name == "customers":
            return people, replications
        values = self._of_each(name.removesuffix("_share"))
        sums = self._sums(np.where(chosen, values, 0.0))
        return sums, replications if name in _COUNTS else people

    def _of_each(self, name: str) -> Floats:
        if name == "nps":
            return 100.0 * (self._of_each("promoter") - self._of_each("detractor"))
        return self.customers[name].to_numpy()

    def _sums(self, values: Floats) -> Floats:
        """Return the sum over each replication's customers."""
        sums: Floats = np.zeros(self.result.replications)
        np.add.at(sums, self._place, values)
        return sums

    @cached_property
    def _place(self) -> NDArray[np.int64]:
        replication = self.customers["replication"].to_numpy()
        return (replication - self.result.totals.first).astype(np.int64)

    def _judged(self) -> pd.DataFrame:
        tables = self.result.totals.tables()
        if tables is None:
            raise ValueError(
                "experience() follows every customer's path, and the contact tables were not kept, "
                "to save memory; pass keep_contacts=True to simulate or compare (fewer "
                "replications, or a few typical weeks, keep it small)"
            )
        first = self.result.totals.first
        judged = [self._customers(first + k, table) for k, table in enumerate(tables)]
        return pd.concat(judged, ignore_index=True)

    def _customers(self, replication: int, table: pd.DataFrame) -> pd.DataFrame:
        layout, paths = self.result.layout, paths_of(table)
        judgement = judge(self.model, self.result.scenario, paths)
        week_of_day = np.repeat(np.arange(len(layout.weeks)), layout.weeks.days)
        columns: dict[str, object] = {
            "customer": paths.customer,
            "day": paths.day,
            "week": named(week_of_day[paths.day], layout.weeks.labels),
            "contact_type": named(paths.first_type, layout.types),
            "agent_group": named(paths.group, layout.groups),
            "contacts": paths.contacts,
            "longest_wait_s": paths.longest(paths.wait_s),
            **{
                name: getattr(paths, name)
                for name in ("left", "by_bot", "broken_promise", "resolved", "open")
            },
            **{each.name: getattr(judgement, each.name) for each in fields(Judgement)},
        }
        ordered = {name: columns[name] for name in schema.names(schema.CUSTOMER_COLUMNS)}
        return pd.DataFrame({"replication": np.full(len(paths.customer), replication), **ordered})

    def __str__(self) -> str:
        return page(self)

    def __repr__(self) -> str:
        return f"<Satisfaction, by assumption, of {self.result!r}>"

    def _repr_html_(self) -> str:
        text = str(self).replace("&", "&amp;").replace("<", "&lt;")
        return f"<pre>{text}</pre>"


def _known(noun: str, name: str, names: Sequence[str] | dict[str, tuple[str, str]]) -> None:
    if name not in names:
        near = did_you_mean(name, names)
        raise ValueError(
            f"no {noun} {name!r}; there is {one_of(names)}" + (f"; {near}" if near else "")
        )
