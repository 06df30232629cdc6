"""The result of an experiment: measures with confidence, tables, money, and their provenance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from queuesim import __version__
from queuesim.model import Scenario
from queuesim.results import confidence as sure
from queuesim.results.by_period import BACKLOG, ByPeriod, by_period, periods_named
from queuesim.results.confidence import Estimate
from queuesim.results.costs import CostLine, cost_table
from queuesim.results.layout import Periods
from queuesim.results.measures import measure_named, service_level_named
from queuesim.results.own import OwnMeasure
from queuesim.results.percentiles import wait_quantile, wait_quantile_values
from queuesim.results.result_tables import Tables
from queuesim.results.service_level import DEFAULT, ServiceLevel
from queuesim.results.sums import Sums
from queuesim.results.totals import Totals

if TYPE_CHECKING:
    from queuesim.results.experience import Experience
    from queuesim.results.satisfaction import Satisfaction
    from queuesim.results.summary import Summary


class Result(Tables):
    """What came out of the replications of one scenario.

    Parameters
    ----------
    totals : Totals
        The replications, added up.
    seed : int
        Seed of the experiment.
    engine : str
        Name of the engine.
    definition : ServiceLevel
        Which service level is meant where none is named.
    notes : sequence of str
        What else the reader should know; printed below the summary.

    Attributes
    ----------
    scenario : Scenario
    seed, engine, version, replications
        Where the numbers come from; ``version`` is queuesim's.

    Examples
    --------
    >>> import queuesim as qs
    >>> phone = qs.ContactType(name="support", channel="phone", demand=qs.Demand(per_day=300),
    ...                        talk=qs.Exponential(mean="4min"))
    >>> team = qs.AgentGroup(name="home", skills=("support",), headcount=3,
    ...                      contract=qs.InHouse(per_hour=24.0))
    >>> day = qs.Scenario(name="a day", contact_types=(phone,), agent_groups=(team,),
    ...                   horizon=qs.Horizon(start="2026-11-23", days=1))
    >>> result = qs.simulate(day, replications=20, seed=7)                     # doctest: +SKIP
    >>> print(result.measure("service_level"))                                 # doctest: +SKIP
    98.0 ± 0.5 % (95 % confidence, 20 replications)
    """

    def __init__(
        self,
        totals: Totals,
        *,
        seed: int,
        engine: str,
        definition: ServiceLevel | str = DEFAULT,
        notes: Sequence[str] = (),
    ) -> None:
        if totals.n == 0:
            raise ValueError("a result needs at least one replication")
        self.totals = totals
        self.seed = seed
        self.engine = engine
        self.version = __version__
        self.definition = service_level_named(definition)
        self.notes = tuple(notes)
        self._sums = Sums(totals)

    @property
    def scenario(self) -> Scenario:
        """The scenario that was simulated."""
        return self.totals.scenario

    def defined_by(self, definition: ServiceLevel | str) -> Result:
        """Return the same result with another definition of service level throughout."""
        return Result(
            self.totals, seed=self.seed, engine=self.engine, definition=definition, notes=self.notes
        )

    def __repr__(self) -> str:
        many = "" if self.replications == 1 else "s"
        return (
            f"<Result of {self.scenario.name!r}: {self.replications:,} replication{many}, "
            f"seed {self.seed}, {self.engine} engine>"
        )

    # Measures

    def measure(
        self,
        name: str | OwnMeasure,
        *,
        contact_type: str | Sequence[str] | None = None,
        agent_group: str | None = None,
        definition: ServiceLevel | str | None = None,
        confidence: float = 0.95,
    ) -> Estimate:
        """Return a measure with its confidence interval.

        Parameters
        ----------
        name : str or OwnMeasure
            A name of `queuesim.results.measures.MEASURES`: ``"service_level"``, ``"asa"``,
            ``"wait_p90"``, ``"occupancy"``, ``"cost"`` …; or a measure of your own.
        contact_type : str or sequence of str, optional
            Of one contact type, or of several together; by default of all, sums first.
        agent_group : str, optional
            Of one agent group; by default of all together.
        definition : ServiceLevel or str, optional
            For ``"service_level"``; by default the result's own.
        confidence : float, default 0.95

        Returns
        -------
        Estimate

        Raises
        ------
        ValueError
            For names that are not known; the message lists those that are.
        """
        if isinstance(name, OwnMeasure):
            own = self.values(name, contact_type=contact_type, agent_group=agent_group)
            return sure.ratio(*own, confidence=confidence, unit=name.unit_in(self))
        measure = measure_named(name, definition or self.definition)
        if measure.of == "waits":
            histograms, share = self._sums.waits(measure, contact_type, agent_group)
            return wait_quantile(histograms, share, confidence=confidence)
        numerators, denominators = self._sums.of(measure, contact_type, agent_group)
        unit = self.scenario.currency if measure.unit == "currency" else measure.unit
        return sure.ratio(numerators, denominators, confidence=confidence, unit=unit)

    def values(
        self,
        name: str | OwnMeasure,
        *,
        contact_type: str | Sequence[str] | None = None,
        agent_group: str | None = None,
        definition: ServiceLevel | str | None = None,
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return numerator and denominator of a measure in each replication.

        The measure is the sum of the numerators over the sum of the denominators. For a percentile
        of waits, numerators are the linear form of the pooled percentile and denominators 1; see
        `queuesim.results.percentiles.wait_quantile_values`.

        Parameters
        ----------
        name, contact_type, agent_group, definition
            As for `measure`.

        Returns
        -------
        numerators, denominators : numpy.ndarray, float64, shape (replications,)
        """
        if isinstance(name, OwnMeasure):
            if contact_type is not None or agent_group is not None:
                raise ValueError(
                    f"{name.label!r} is your own measure: its function says what it is of; leave "
                    "contact_type and agent_group out"
                )
            return name.values(self)
        measure = measure_named(name, definition or self.definition)
        if measure.of == "waits":
            histograms, share = self._sums.waits(measure, contact_type, agent_group)
            return wait_quantile_values(histograms, share), np.ones(self.replications)
        return self._sums.of(measure, contact_type, agent_group)

    def values_by(
        self,
        period: str,
        name: str,
        *,
        contact_type: str | Sequence[str] | None = None,
        definition: ServiceLevel | str | None = None,
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return numerators and denominators of a measure by day or calendar week.

        Parameters
        ----------
        period : {"day", "week"}
        name : str
            A measure of contacts (no percentile of waits), or ``"backlog"``: contacts that wait
            when the period ends.
        contact_type, definition
            As for `measure`.

        Returns
        -------
        numerators, denominators : numpy.ndarray, float64, shape (replications, periods)

        Raises
        ------
        ValueError
            For names that are not known or not counted by day.

        Examples
        --------
        >>> waiting, _ = result.values_by("day", "backlog")                    # doctest: +SKIP
        >>> clear = (waiting < 60).any(axis=1)       # in each replication     # doctest: +SKIP
        """
        measure = name if name == BACKLOG else measure_named(name, definition or self.definition)
        needs_target = not isinstance(measure, str) and measure.needs_target
        types = self._sums.chosen_types(contact_type, needs_target)
        return by_period(self.totals, measure, types, periods_named(period, self.layout))

    def measure_by(
        self,
        period: str,
        name: str,
        *,
        contact_type: str | Sequence[str] | None = None,
        definition: ServiceLevel | str | None = None,
        confidence: float = 0.95,
    ) -> dict[date, Estimate]:
        """Return a measure by day or calendar week, with its confidence interval.

        Parameters
        ----------
        period, name, contact_type, definition
            As for `values_by`.
        confidence : float, default 0.95

        Returns
        -------
        dict of datetime.date to Estimate
            By the first day of each period in the horizon; printed as a table, and
            `queuesim.plots.lines` draws it.

        Examples
        --------
        >>> result.measure_by("week", "abandonment")                           # doctest: +SKIP
        """
        over, under = self.values_by(period, name, contact_type=contact_type, definition=definition)
        unit = "contacts" if name == BACKLOG else measure_named(name).unit
        firsts = periods_named(period, self.layout).first_day
        return ByPeriod(
            (
                self.layout.dates[day],
                sure.ratio(over[:, k], under[:, k], confidence=confidence, unit=unit),
            )
            for k, day in enumerate(firsts)
        )

    def share_of_days_meeting_target(
        self,
        *,
        contact_type: str | None = None,
        share: float | None = None,
        definition: ServiceLevel | str | None = None,
        confidence: float = 0.95,
    ) -> Estimate:
        """Return on what share of days the service target was met: P(day meets target).

        Parameters
        ----------
        contact_type : str, optional
            By default a day meets the target when every contact type with a target met its own.
        share : float, optional
            Target share, in place of the contact types' own.
        definition : ServiceLevel or str, optional
            By default the result's own.
        confidence : float, default 0.95

        Returns
        -------
        Estimate
        """
        level = service_level_named(definition or self.definition)
        periods = Periods.of_each_day(self.layout.dates)
        met, counted = self._sums.meeting_target(periods, level, contact_type, share)
        return sure.proportion(met, counted, confidence=confidence)

    def share_of_weeks_meeting_target(
        self,
        *,
        contact_type: str | None = None,
        share: float | None = None,
        definition: ServiceLevel | str | None = None,
        confidence: float = 0.95,
    ) -> Estimate:
        """Return in what share of calendar weeks the service target was met, as for days."""
        level = service_level_named(definition or self.definition)
        met, counted = self._sums.meeting_target(self.layout.weeks, level, contact_type, share)
        return sure.proportion(met, counted, confidence=confidence)

    # Money and customers

    @cached_property
    def cost_lines(self) -> tuple[CostLine, ...]:
        """The bill of every agent group and self-service, by replication."""
        return self._sums.cost_lines

    def cost_table(self) -> pd.DataFrame:
        """Return money by agent group or self-service, term and month, means over replications."""
        return cost_table(self.cost_lines)

    def experience(
        self, model: Experience | None = None, *, confidence: float = 0.95
    ) -> Satisfaction:
        """Return CSAT, NPS and CES that a model of your assumptions makes of the customers' paths.

        Parameters
        ----------
        model : Experience, optional
            What customers expect, and what they mind; by default ours, which are assumptions too.
        confidence : float, default 0.95

        Returns
        -------
        Satisfaction
            ``print`` it, or take its ``frame``, its ``customers``, or a ``measure``.

        Raises
        ------
        ValueError
            When the contact tables were not kept.
        ScenarioError
            When the model names a contact type or an agent group that the scenario does not have.
        """
        from queuesim.results.experience import Experience
        from queuesim.results.satisfaction import Satisfaction

        return Satisfaction(self, Experience() if model is None else model, confidence=confidence)

    def summary(self, *, confidence: float = 0.95) -> Summary:
        """Return the result as a page that a planner reads: ``print(result.summary())``."""
        from queuesim.results.summary import Summary

        return Summary(self, confidence=confidence)
