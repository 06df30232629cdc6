"""Replications of a long horizon, reduced as they come: what each interval, day and week may be."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import ExitStack, closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from queuesim.experiments import executors
from queuesim.experiments.batches import Batch, Brief, batch_size, blocks, play
from queuesim.experiments.players import DEFAULT, ENGINES
from queuesim.model import Channel, Scenario
from queuesim.results import ServiceLevel, Tally
from queuesim.results.layout import Layout, Periods
from queuesim.results.measures import combine
from queuesim.results.tables import divide
from queuesim.results.tally import CONTACT_QUANTITIES, GROUP_QUANTITIES

Table = NDArray[np.float64]
Small = NDArray[np.float32]

MEASURES = ("offered", "wait", "service_level", "abandonment")
"""What is kept of every cell and replication."""


@dataclass(frozen=True)
class Futures:
    """What replications of a scenario brought, without the replications.

    Attributes
    ----------
    layout : Layout
    definition : ServiceLevel
    cells : numpy.ndarray, int64, shape (cells,)
        Contact type × intervals + interval, of those in which contacts may come.
    values : numpy.ndarray, float32, shape (4, replications, cells)
        Offered, mean wait of the answered [s], service level and abandonment; NaN where there is
        nothing to divide by.
    by_day : numpy.ndarray, float64, shape (6, replications, types, days)
        Sums: offered, answered, waits of the answered [s], abandoned, and what is divided by what
        for the service level.
    work_s : numpy.ndarray, float64, shape (types, intervals)
        Work that contacts bring, mean [s].
    staffed_s : numpy.ndarray, float64, shape (groups, intervals)
        Agents' time on duty, mean [s]; what they finish after it is not in it.
    """

    layout: Layout
    definition: ServiceLevel
    cells: NDArray[np.int64]
    values: Small
    by_day: Table
    work_s: Table
    staffed_s: Table

    @property
    def replications(self) -> int:
        """How many there were."""
        return self.values.shape[1]

    def periods(self, periods: Periods) -> Table:
        """Return the measures by period, float64[4, replications, types, periods]."""
        sums = periods.of_days(self.by_day)
        return _measures(sums)


def futures(
    scenario: Scenario,
    *,
    replications: int,
    seed: int,
    definition: ServiceLevel,
    executor: Executor | None = None,
) -> Futures:
    """Play a scenario many times and keep what an outlook needs.

    Memory: 16 bytes a replication, contact type and interval in which it is open; a year of half
    hours, three types open ten hours on weekdays and 100 replications are 25 MB.
    """
    layout = Layout.of(scenario)
    cells = _cells(scenario)
    values = np.empty((len(MEASURES), replications, len(cells)), dtype=np.float32)
    shape = (6, replications, len(layout.types), layout.n_days)
    by_day = np.empty(shape)
    work_s = np.zeros((len(layout.types), layout.n_intervals))
    staffed_s = np.zeros((len(layout.groups), layout.n_intervals))
    work = CONTACT_QUANTITIES.index("offered_work_s")
    staffed, late = (GROUP_QUANTITIES.index(name) for name in ("staffed_s", "overtime_s"))
    for tally in _tallies(scenario, replications, seed, executor):
        sums = _sums(tally, definition)
        of_cells = sums.reshape(6, -1)[:, cells]
        values[:, tally.replication] = _measures(of_cells)
        by_day[:, tally.replication] = layout.by_day(sums)
        work_s += tally.contacts[work]
        staffed_s += tally.groups[staffed] - tally.groups[late]
    return Futures(
        layout, definition, cells, values, by_day, work_s / replications, staffed_s / replications
    )


def _tallies(
    scenario: Scenario, replications: int, seed: int, executor: Executor | None
) -> Iterator[Tally]:
    """Play the replications; few tallies are in memory at a time."""
    engine = ENGINES[DEFAULT]
    brief = Brief(scenario, engine.name)
    with ExitStack() as stack:
        if executor is None:
            executor = stack.enter_context(executors.all_cores(engine.threads))
        workers = executors.workers_of(executor) or 1
        size = batch_size(
            {scenario.name: scenario},
            engine,
            replications=replications,
            workers=workers,
            keep_contacts=False,
        )
        batches = (
            Batch(brief, first, last, seed, False) for first, last in blocks(0, replications, size)
        )
        answers = stack.enter_context(
            closing(
                executors.in_order(
                    play, batches, executor, at_once=executors.tasks_at_once(executor)
                )
            )
        )
        for tallies in answers:
            yield from tallies


def _cells(scenario: Scenario) -> NDArray[np.int64]:
    """Return the cells in which contacts of a type may come, by its own demand or another way, and
    are not turned away as it is closed."""
    horizon, layout = scenario.horizon, Layout.of(scenario)
    found = []
    for k, each in enumerate(scenario.contact_types):
        if each.channel is Channel.SELF_SERVICE:
            continue
        open_ = each.demand.rates(horizon).per_interval(horizon) > 0
        if layout.comes_again:
            middles = (horizon.edges_s[:-1] + horizon.edges_s[1:]) / 2
            for from_s, to_s in each.windows(horizon):
                open_ |= (middles >= from_s) & (middles < to_s)
            open_ |= not open_.any()
        if each.outside_hours == "turn_away":
            open_ &= layout.is_open[k]
        found.append(k * horizon.n_intervals + np.flatnonzero(open_))
    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)


def _sums(tally: Tally, definition: ServiceLevel) -> Table:
    """Return what measures are made of, float64[6, types, intervals]."""

    def column(name: str) -> Table:
        return np.asarray(tally.contacts[CONTACT_QUANTITIES.index(name)])

    return np.array(
        [
            column("offered"),
            column("answered"),
            column("wait_answered_s"),
            column("abandoned"),
            combine(definition.numerator, column),
            combine(definition.denominator, column),
        ]
    )


def _measures(sums: Table) -> Table:
    offered, answered, wait_s, abandoned, good, of = sums
    return np.array(
        [offered, divide(wait_s, answered), divide(good, of), divide(abandoned, offered)]
    )
