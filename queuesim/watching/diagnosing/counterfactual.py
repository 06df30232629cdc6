"""What would have been: a centre played with some of its inputs as planned, others as observed.

Every replication has one pool of customers: those of the plan, and as many more as may be needed.
Whatever is switched, the same customers come, with the same patience and the same work, as far as
they suffice; so two plays differ by what was switched, and by nothing else. Observed inputs are
held at what was observed, not drawn about it: as many customers of each type in each interval, the
mean handle time of each interval, so many agents on duty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from queuesim.engines.compiled import Program, Replication
from queuesim.model import Channel, Demand, Scenario, Series
from queuesim.results.layout import Layout
from queuesim.results.window_sums import OFFERED
from queuesim.sampling import Sampler, Sessions, Tape
from queuesim.units import DAY_S, snap
from queuesim.watching.diagnosing.customers_who_came import Customers, joined
from queuesim.watching.diagnosing.people import (
    Crew,
    crew_of_numbers,
    crews_of,
    mean_factor,
    one_after_the_other,
    together,
    within,
)
from queuesim.watching.diagnosing.played import Played

Table = NDArray[np.float64]
Ints = NDArray[np.int64]

_SEED_BEYOND = 1 << 64
"""Customers beyond the plan are drawn under a seed that no planner writes."""


@dataclass(frozen=True)
class Inputs:
    """What is held at what was observed, where it is.

    Attributes
    ----------
    customers : numpy.ndarray, float64, shape (types, intervals)
        First attempts; NaN: as planned.
    handle_s : numpy.ndarray, float64, shape (types, intervals)
        Mean talk + wrap-up that the customers bring [s]; NaN: as planned.
    handle_ratio : numpy.ndarray, float64, shape (types,)
        By which the handle time of further attempts is multiplied.
    patience_ratio : numpy.ndarray, float64, shape (types,)
        By which patience is multiplied.
    staffed : numpy.ndarray, float64, shape (groups, intervals)
        Agents on duty; NaN in the first interval of the days played: as planned.
    """

    customers: Table
    handle_s: Table
    handle_ratio: Table
    patience_ratio: Table
    staffed: Table


@dataclass(frozen=True)
class Switched:
    """Which inputs are as observed; all others are as planned.

    Attributes
    ----------
    customers : tuple of float
        For each contact type, how far from planned, 0, to observed, 1.
    handling, patience : frozenset of int
        Contact types.
    people : frozenset of int
        Agent groups.
    routing : bool
    """

    customers: tuple[float, ...]
    handling: frozenset[int] = frozenset()
    patience: frozenset[int] = frozenset()
    people: frozenset[int] = frozenset()
    routing: bool = False


class Counterfactual:
    """Plays days of a scenario with inputs switched.

    Parameters
    ----------
    scenario : Scenario
        The plan.
    days : tuple of int
        Days [first, past the last) of the horizon.
    most : numpy.ndarray, float64, shape (types, intervals)
        Customers that may be needed in each cell; 0: the plan's are enough.
    masks : sequence of numpy.ndarray, bool, shape (types, intervals)
        Which cells count in each row of the sums.
    seed : int
    routed : Scenario, optional
        The scenario with the routing that was really in force.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        days: tuple[int, int],
        most: Table,
        masks: Sequence[NDArray[np.bool_]] | NDArray[np.bool_],
        seed: int,
        routed: Scenario | None = None,
    ) -> None:
        self.scenario, self.days, self.seed = scenario, days, seed
        self.layout = Layout.of(scenario)
        self.masks = np.array(masks)
        for kind, each in enumerate(scenario.contact_types):
            if each.channel is Channel.SELF_SERVICE:  # nobody waits there, nobody answers
                self.masks[OFFERED + 1 :, kind] = False
        horizon = scenario.horizon
        self.from_s, self.to_s = (float(horizon.day_edges_s[day]) for day in days)
        self.intervals = slice(
            int(self.from_s // horizon.interval), int(self.to_s // horizon.interval)
        )
        names = [each.name for each in scenario.contact_types]
        self._order = np.argsort(np.argsort(names)).astype(np.int64)
        self._centres = [_Centre(each, most) for each in (scenario, routed) if each is not None]

    def pool(self, replication: int) -> list[Pool]:
        """Draw the customers of a replication, and who is there; by routing, planned and real."""
        return [self._pool(centre, replication) for centre in self._centres]

    def _pool(self, centre: _Centre, replication: int) -> Pool:
        drawing = centre.planned.begin(self.seed, replication)
        plan = drawing.days(*self.days)
        tape, is_beyond = plan, np.zeros(plan.first_attempts, dtype=np.bool_)
        if centre.beyond is not None:
            more = centre.beyond.begin(self.seed + _SEED_BEYOND, replication)
            tape, is_beyond = joined(plan, more.days(*self.days), self._order)
        interval = self.layout.interval_at(tape.arrival_s[: tape.first_attempts])
        layout = self.layout
        customers = Customers.of(tape, is_beyond, interval, layout.n_intervals, len(layout.types))
        crews = crews_of(drawing.agent_group, drawing.sessions, len(layout.groups))
        # half a day more: who waits at the last midnight may be served, as nobody else comes
        crews = [within(crew, self.from_s, self.to_s + DAY_S / 2) for crew in crews]
        return Pool(centre, customers, crews)

    def play(self, pools: Sequence[Pool], switched: Switched, inputs: Inputs) -> Played:
        """Play one replication with some inputs as observed."""
        pool = pools[-1] if switched.routing else pools[0]
        tape = pool.gathered.of(self, pool, switched, inputs)
        agent_group, sessions = self._who_is_there(pool, switched, inputs)
        running = Replication(pool.centre.program, agent_group, sessions)
        running.let_in(tape, sure=True)
        return Played(self.layout, self.masks, tape, agent_group, sessions, running.play())

    def who_comes(self, pool: Pool, switched: Switched, inputs: Inputs) -> tuple[Tape, Ints]:
        """Return the tape of those who come, and the cell of each first attempt."""
        customers = pool.customers
        planned = customers.planned
        far = np.repeat(np.asarray(switched.customers), self.layout.n_intervals)
        move = inputs.customers.ravel() - planned
        numbers = planned + np.where(np.isnan(move), 0.0, np.rint(far * move))
        return customers.come(numbers.astype(np.int64))

    def with_work(self, tape: Tape, cell: Ints, switched: Switched, inputs: Inputs) -> Tape:
        """Stretch handle times and patience."""
        changed: dict[str, Any] = {}
        if switched.handling:
            factor = np.ones(len(tape))
            n = tape.first_attempts
            cells = self.layout.n_intervals * len(self.layout.types)
            work = tape.talk_s[:n] + tape.wrap_up_s[:n]
            of_cell = np.bincount(cell, weights=work, minlength=cells)
            many = np.bincount(cell, minlength=cells)
            with np.errstate(divide="ignore", invalid="ignore"):
                by_cell = inputs.handle_s.ravel() * many / of_cell
            here = self._of_types(switched.handling)[tape.contact_type]
            factor[:n] = by_cell[cell]
            factor[n:] = inputs.handle_ratio[tape.contact_type[n:]]
            factor = np.where(here & np.isfinite(factor), factor, 1.0)
            changed |= {
                name: snap(getattr(tape, name) * factor) for name in ("talk_s", "wrap_up_s")
            }
        if switched.patience:
            ratio = np.where(self._of_types(switched.patience), inputs.patience_ratio, 1.0)
            changed["patience_s"] = snap(tape.patience_s * ratio[tape.contact_type])
        return replace(tape, **changed) if changed else tape

    def _of_types(self, some: frozenset[int]) -> NDArray[np.bool_]:
        chosen = np.zeros(len(self.layout.types), dtype=np.bool_)
        chosen[list(some)] = True
        return chosen

    def _who_is_there(
        self, pool: Pool, switched: Switched, inputs: Inputs
    ) -> tuple[NDArray[np.int32], Sessions]:
        if switched.people not in pool.agents:
            crews = list(pool.crews)
            for group in switched.people:
                numbers = inputs.staffed[group, self.intervals]
                edges_s = self.layout.edges_s[self.intervals.start : self.intervals.stop + 1]
                factor = mean_factor(crews[group])
                beyond = within(crews[group], self.to_s, np.inf)
                crews[group] = one_after_the_other(
                    crew_of_numbers(numbers, edges_s, factor), beyond, self.to_s
                )
            pool.agents[switched.people] = together(crews)
        return pool.agents[switched.people]


class _Centre:
    """A scenario, ready to be drawn and played."""

    def __init__(self, scenario: Scenario, most: Table) -> None:
        self.program = Program.of(scenario)
        self.planned = Sampler(scenario)
        self.beyond: Sampler | None = None
        if most.any():
            self.beyond = Sampler(_with_demand(scenario, most))


def _with_demand(scenario: Scenario, numbers: Table) -> Scenario:
    """Return a scenario with so many contacts expected in each interval."""
    horizon = scenario.horizon
    step = (np.asarray(horizon.clock_s_of_interval) // horizon.interval).astype(np.int64)
    at = np.asarray(horizon.day_of_interval) * horizon.intervals_per_day + step
    for each, row in zip(scenario.contact_types, numbers, strict=True):
        counts = np.zeros(horizon.days * horizon.intervals_per_day)
        np.maximum.at(counts, at, row)
        series = Series(start=horizon.start, interval=horizon.interval, counts=tuple(counts))
        scenario = scenario.change(f"contact_types.{each.name}.demand", Demand(series=series))
    return scenario


@dataclass(frozen=True)
class Pool:
    """All customers that may come in a replication, and the agents of the plan."""

    centre: _Centre
    customers: Customers
    crews: list[Crew]
    agents: dict[frozenset[int], tuple[NDArray[np.int32], Sessions]]
    gathered: _Gathered

    def __init__(self, centre: _Centre, customers: Customers, crews: list[Crew]) -> None:
        for name, value in (("centre", centre), ("customers", customers), ("crews", crews)):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "agents", {})
        object.__setattr__(self, "gathered", _Gathered())


class _Gathered:
    """Those who came last, and with what work: plays of the same customers follow one another."""

    def __init__(self) -> None:
        self._came: tuple[object, tuple[Tape, Ints]] | None = None
        self._work: tuple[object, Tape] | None = None
        self._inputs: Inputs | None = None

    def of(self, centre: Counterfactual, pool: Pool, switched: Switched, inputs: Inputs) -> Tape:
        """Return who comes, with the work and the patience they bring."""
        if self._inputs is not inputs:
            self._inputs, self._came, self._work = inputs, None, None
        if self._came is None or self._came[0] != switched.customers:
            self._came = switched.customers, centre.who_comes(pool, switched, inputs)
            self._work = None
        brought = (switched.handling, switched.patience)
        if self._work is None or self._work[0] != brought:
            self._work = brought, centre.with_work(*self._came[1], switched, inputs)
        return self._work[1]
