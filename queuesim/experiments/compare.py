"""`compare`: several options, the same contacts for each."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from math import isnan

import pandas as pd

from queuesim.engines.routing import Routing
from queuesim.errors import ScenarioWarning
from queuesim.experiments.comparison_table import ComparisonTable
from queuesim.experiments.decision import Decision, decide
from queuesim.experiments.replicate import Plan, replicate
from queuesim.experiments.targets import check_targets
from queuesim.model import Scenario
from queuesim.results import (
    Estimate,
    Measure,
    OwnMeasure,
    Result,
    ServiceLevel,
    paired_difference,
)
from queuesim.results.measures import measure_named, unknown
from queuesim.results.service_level import CALLBACKS_COUNT, NOT_DUE

_BY_TYPE = ("contacts", "waits")


class Comparison:
    """Options played on the same contacts.

    Parameters
    ----------
    results : mapping of str to Result
        One result an option, same seed, same number of replications.
    """

    def __init__(self, results: Mapping[str, Result]) -> None:
        self.results = dict(results)

    def __getitem__(self, option: str) -> Result:
        if option not in self.results:
            raise KeyError(unknown("option", option, self.results))
        return self.results[option]

    def __repr__(self) -> str:
        return f"Comparison({', '.join(map(repr, self.results))})"

    def difference(
        self,
        measure: str | OwnMeasure,
        option: str,
        *,
        against: str,
        contact_type: str | None = None,
        confidence: float = 0.95,
    ) -> Estimate:
        """Return how much a measure differs between two options, on the same contacts.

        Parameters
        ----------
        measure : str or OwnMeasure
            Name of a measure, such as ``"service_level"``; or a measure of your own.
        option, against : str
            Names of two options; the difference is option minus against.
        contact_type : str, optional
            For one contact type; None: all.
        confidence : float, default 0.95

        Returns
        -------
        Estimate
            In the measure's unit; the interval is narrower than two separate ones would suggest,
            because both options meet the same contacts (paired delta method).
        """
        one = self[option].values(measure, contact_type=contact_type)
        other = self[against].values(measure, contact_type=contact_type)
        unit = self[option].measure(measure, contact_type=contact_type).unit
        return paired_difference(one, other, confidence=confidence, unit=unit)

    def best(self, measure: str | OwnMeasure, *, among: Iterable[str] | None = None) -> str:
        """Return the option whose measure is best on average.

        Chosen by chance among options that hardly differ; `difference` says how much they do. What
        is then said of the best should come from other replications (another seed): the best of
        many looks better than it is.

        Parameters
        ----------
        measure : str or OwnMeasure
            One that has a better side.
        among : iterable of str, optional
            Options to choose from; None: all.

        Returns
        -------
        str
            Of equals the first.

        Raises
        ------
        ValueError
            For a measure without a better side or without a value.
        KeyError
            For an unknown option.

        Examples
        --------
        >>> options.best("cost", among=["hire 2", "hire 3"])                   # doctest: +SKIP
        'hire 2'
        """
        better = (measure if isinstance(measure, OwnMeasure) else measure_named(measure)).better
        if better is None:
            which = measure.label if isinstance(measure, OwnMeasure) else measure
            raise ValueError(f"{which!r} has no better side: state better='low' or 'high'")
        names = list(self.results if among is None else among)
        values = {name: self[name].measure(measure).value for name in names}
        known = {name: value for name, value in values.items() if not isnan(value)}
        if not known:
            raise ValueError(f"{measure!r} has no value for any of {', '.join(names) or 'none'}")
        return (max if better == "high" else min)(known, key=lambda name: known[name])

    def table(
        self,
        *measures: str | OwnMeasure,
        against: str | None = None,
        contact_type: str | None = None,
        confidence: float = 0.95,
    ) -> ComparisonTable:
        """Return measures of all options beside each other.

        Parameters
        ----------
        *measures : str or OwnMeasure
            Names of measures, or measures of your own; none: service level, abandonment, mean
            wait and cost.
        against : str, optional
            Add each option's difference from this one.
        contact_type : str, optional
            For one contact type; None: all.
        confidence : float, default 0.95

        Returns
        -------
        ComparisonTable
            Print it, or take its `frame`.
        """
        rows = []
        for option, result in self.results.items():
            for measure in measures or ("service_level", "abandonment", "asa", "cost"):
                own = isinstance(measure, OwnMeasure)
                about = measure if isinstance(measure, OwnMeasure) else measure_named(measure)
                by_type = isinstance(about, Measure) and about.of in _BY_TYPE
                kind = contact_type if by_type else None
                estimate = result.measure(measure, contact_type=kind, confidence=confidence)
                row: dict[str, object] = {
                    "option": option,
                    "measure": about.label if own else measure,
                    "label": about.label,
                    "unit": estimate.unit,
                    "value": estimate.value,
                    "low": estimate.low,
                    "high": estimate.high,
                }
                if against is not None and option != against:
                    gap = self.difference(
                        measure, option, against=against, contact_type=kind, confidence=confidence
                    )
                    row |= {
                        "difference": gap.value,
                        "difference_low": gap.low,
                        "difference_high": gap.high,
                    }
                rows.append(row)
        n = next(iter(self.results.values())).replications
        heading = f"{confidence:.0%} intervals over {n} replications"
        if against is not None:
            heading += f"; second column: difference from {against!r} on the same contacts"
        if "service_level" in {row["measure"] for row in rows}:
            definition = next(iter(self.results.values())).definition
            heading += f"\nservice level: {definition.formula}, T the type's target, within is ≤"
            if self._offers_callbacks():
                heading += f"\n{CALLBACKS_COUNT}"
            if any(each.measure("not_due").value > 0 for each in self.results.values()):
                heading += f"\n{NOT_DUE}"
        return ComparisonTable(pd.DataFrame(rows), heading)

    def _offers_callbacks(self) -> bool:
        scenarios = [result.scenario for result in self.results.values()]
        return any(each.callback for scenario in scenarios for each in scenario.contact_types)

    def cheapest_meeting(
        self,
        *,
        confidence: float = 0.95,
        contact_type: str | Sequence[str] | None = None,
        each_type: bool = False,
        definition: ServiceLevel | None = None,
        **targets: float,
    ) -> Decision:
        """Choose the cheapest option that surely meets the targets.

        Parameters
        ----------
        confidence : float, default 0.95
            How sure: with this confidence no option is called fit that is not (one-sided bounds,
            Bonferroni over options, targets and, with ``each_type``, types; over short horizons
            with few replications less sure than that, see `queuesim.experiments.decision.decide`).
        contact_type : str or sequence of str, optional
            The contact type the targets speak of, or several together; None: all, pooled. Other
            types that surely miss the target they state themselves are told under ``also``.
        each_type : bool, default False
            Every contact type must meet the targets (of service level: every type with a target).
        definition : ServiceLevel, optional
            Which service level; None: the default.
        **targets : float
            Measures and what they must reach: ``service_level=0.80``, ``abandonment=0.05``,
            ``asa=30`` [s].

        Returns
        -------
        Decision
            The name, why, and what would change the choice.

        Raises
        ------
        ValueError
            For an unknown measure, or one that has no better side; for contact types named although
            each of them counts.
        """
        check_targets(targets, confidence)
        return decide(
            self.results,
            targets,
            confidence=confidence,
            contact_type=contact_type,
            definition=definition,
            each_type=each_type,
        )


def _check_comparable(options: Mapping[str, Scenario]) -> None:
    """Refuse options that differ in what must be the same for a comparison to mean anything."""
    (first, base), *others = options.items()
    for name, scenario in others:
        for what, one, other in (
            ("horizon", base.horizon, scenario.horizon),
            ("currency", base.currency, scenario.currency),
        ):
            if one != other:
                raise ValueError(
                    f"options {first!r} and {name!r} have different values of {what}; they can "
                    f"only be compared with the same {what}"
                )
        targets = {c.name: c.target for c in base.contact_types}
        for contact_type in scenario.contact_types:
            if targets.get(contact_type.name, contact_type.target) != contact_type.target:
                warnings.warn(
                    f"options {first!r} and {name!r} have different targets for "
                    f"{contact_type.name!r}: their service levels do not mean the same",
                    ScenarioWarning,
                    stacklevel=3,
                )


def compare(
    options: Mapping[str, Scenario],
    *,
    replications: int = 100,
    seed: int = 0,
    until: Mapping[str, float] | None = None,
    engine: str = "compiled",
    routing: Routing | None = None,
    keep_contacts: bool = False,
    executor: Executor | None = None,
    progress: bool | None = None,
    resume: str | os.PathLike[str] | None = None,
) -> Comparison:
    """Play several options on the same contacts.

    Every option meets the same customers, minute by minute: contacts, their work and their
    patience come from streams that the option does not touch (common random numbers).

    Parameters
    ----------
    options : mapping of str to Scenario
        Named options, at least one.
    replications, seed, until, engine, routing, keep_contacts, executor, progress, resume
        As for `simulate`; `until` must hold for every option.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError
        When there is no option, or options differ in horizon or currency; and as for `simulate`.
    Interrupted, WorkersLost
        As for `simulate`; their `comparison` holds the replications that every option has finished.

    Warns
    -----
    ScenarioWarning
        When options have different targets for one contact type, or more work than people.

    Examples
    --------
    >>> import queuesim as qs
    >>> phone = qs.ContactType(name="support", channel="phone", demand=qs.Demand(per_day=200),
    ...                        talk=qs.Exponential(mean="4min"),
    ...                        patience=qs.Exponential(mean="3min"))
    >>> team = qs.AgentGroup(name="home", skills=("support",), headcount=2,
    ...                      contract=qs.InHouse(per_hour=24.0))
    >>> day = qs.Scenario(name="a day", contact_types=(phone,), agent_groups=(team,),
    ...                   horizon=qs.Horizon(start="2026-11-23", days=1))
    >>> options = qs.compare({"two": day, "three": day.change("agent_groups.home.headcount", 3)},
    ...                      replications=10, seed=7)
    >>> options.cheapest_meeting(service_level=0.90).name
    'three'
    """
    if not options:
        raise ValueError("compare needs at least one option: {'name': scenario}")
    _check_comparable(options)
    plan = Plan(
        replications=replications,
        seed=seed,
        until=until,
        engine=engine,
        routing=routing,
        keep_contacts=keep_contacts,
        executor=executor,
        progress=progress,
        resume=resume,
    )
    return Comparison(replicate(options, plan, held_in="comparison"))
