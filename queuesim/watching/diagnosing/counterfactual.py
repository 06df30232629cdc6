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

from queuesim.engines.compiled import Piece, Program, Replication
from queuesim.engines.outcome import ContactOutcome
from queuesim.model import Channel, Demand, Scenario, Series
from queuesim.results.layout import Layout
from queuesim.results.tally import GROUP_QUANTITIES, Count
from queuesim.results.window_sums import HANDLED, OFFERED, sum_contacts
from queuesim.sampling import Sampler, Sessions, Tape
from queuesim.units import DAY_S, snap
from queuesim.watching.diagnosing.customers_who_came import Customers, joined
from queuesim.watching.diagnosing.people import (
    Crew,
    crew_of_numbers,
    crews_of,
    one_after_the_other,
    together,
    within,
)

Table = NDArray[np.float64]
Ints = NDArray[np.int64]

_SEED_BEYOND = 1 << 64
"""Customers beyond the plan are drawn under a seed that no planner writes."""
_STAFFED = GROUP_QUANTITIES.index("staffed_s")


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
        return Played(self, tape, agent_group, sessions, running.play())

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
                paid = crews[group].off_s - crews[group].on_s
                factor = np.average(crews[group].factor, weights=paid) if len(paid) else 1.0
                beyond = within(crews[group], self.to_s, np.inf)
                crews[group] = one_after_the_other(
                    crew_of_numbers(numbers, edges_s, float(factor)), beyond, self.to_s
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


@dataclass(frozen=True)
class Played:
    """What came out of one play."""

    of: Counterfactual
    tape: Tape
    agent_group: NDArray[np.int32]
    sessions: Sessions
    piece: Piece

    def sums(self) -> Table:
        """Return the sums over the cells that count, float64[6, types]; rows as above."""
        contacts, layout = self.piece.contacts, self.of.layout
        kind, n = contacts.kind, len(contacts.kind)
        everybody = np.ones(n, dtype=np.bool_)
        came = contacts.again["cause"] >= 0 if layout.comes_again else everybody
        live = np.isnan(contacts.accepted_s) if len(contacts.accepted_s) else everybody
        until_s = contacts.answered_s
        if layout.responds.any():
            until_s = np.where(layout.responds[kind], contacts.talk_end_s, until_s)
        wait_s = until_s - contacts.arrival_s
        if len(layout.open_hours[0]):
            known = np.flatnonzero(~np.isnan(wait_s))
            ends = (contacts.arrival_s[known], until_s[known])
            wait_s[known] = layout.elapsed_s(kind[known], *ends)
        freed_s = contacts.freed_s
        if layout.pauses:  # handling is work, not what live contacts kept from it
            freed_s = freed_s - contacts.paused_s
        sums = np.zeros((6, len(layout.types)))
        sum_contacts(
            kind,
            came,
            contacts.outcome,
            contacts.arrival_s,
            contacts.answered_s,
            freed_s,
            wait_s,
            live,
            layout.interval_s,
            self.of.masks,
            sums,
        )
        return sums

    def service(self, kind: int) -> dict[str, float]:
        """Return what service levels of a contact type are made of, in the cells that count."""
        contacts, layout = self.piece.contacts, self.of.layout
        mine = contacts.kind == kind
        if layout.comes_again:
            mine &= contacts.again["cause"] >= 0
        rows = np.flatnonzero(mine)
        arrival_s = contacts.arrival_s[rows]
        interval = np.minimum(layout.interval_at(arrival_s), layout.n_intervals - 1)
        rows = rows[self.of.masks[OFFERED, kind, interval]]
        arrival_s, outcome = contacts.arrival_s[rows], contacts.outcome[rows]
        answered_s = contacts.talk_end_s if layout.responds[kind] else contacts.answered_s
        live = ~np.isnan(contacts.answered_s[rows])
        if len(contacts.accepted_s):
            live &= np.isnan(contacts.accepted_s[rows])
        left = outcome == ContactOutcome.ABANDONED
        until_s = np.where(live, answered_s[rows], np.where(left, contacts.left_s[rows], np.inf))
        wait_s = until_s - arrival_s
        known = np.flatnonzero(np.isfinite(until_s))
        if len(layout.open_hours[0]):
            kinds = np.full(len(known), kind)
            wait_s[known] = layout.elapsed_s(kinds, arrival_s[known], until_s[known])
        soon, quick = wait_s <= layout.within_s[kind], wait_s <= layout.short_abandon_s
        return {
            "offered": float(len(rows)),
            "answered": float(live.sum()),
            "answered_within": float((live & soon).sum()),
            "abandoned_within": float((left & soon).sum()),
            "abandoned_quick": float((left & quick).sum()),
        }

    def returns(self) -> Table:
        """Return contacts that were no first attempts, float64[types, intervals]."""
        contacts, layout = self.piece.contacts, self.of.layout
        shape = (len(layout.types), layout.n_intervals)
        if not layout.comes_again:
            return np.zeros(shape)
        use = contacts.again["cause"] > 0
        interval = np.minimum(layout.interval_at(contacts.arrival_s[use]), shape[1] - 1)
        cell = contacts.kind[use] * shape[1] + interval
        return np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)

    def staffed(self) -> Table:
        """Return agents on duty, and busy past the end of a session, float64[groups, intervals]."""
        layout = self.of.layout
        count = Count(layout, self.agent_group, self.sessions)
        count.add_busy(*self.piece.busy.values())
        return np.asarray(count.tally(0).groups[_STAFFED] / layout.interval_s)

    def brought_s(self) -> Table:
        """Return sums of the handle times that the handled brought, float64[types]."""
        contacts, layout = self.piece.contacts, self.of.layout
        rows = np.flatnonzero(~np.isnan(contacts.freed_s))
        kind = contacts.kind[rows]
        interval = np.minimum(layout.interval_at(contacts.arrival_s[rows]), layout.n_intervals - 1)
        use = self.of.masks[HANDLED][kind, interval]
        work = self.tape.talk_s[rows] + self.tape.wrap_up_s[rows]
        sums = np.bincount(kind[use], weights=work[use], minlength=len(layout.types))
        return sums.astype(np.float64)
