"""Signals: what an interval shows of itself, for an observed stretch or many simulated ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from queuesim import compiling
from queuesim.experiments import executors, warming
from queuesim.experiments.batches import Batch, Brief, batch_size, blocks, expected_contacts, play
from queuesim.experiments.players import ENGINES
from queuesim.model import Scenario
from queuesim.results import Tally
from queuesim.results.tally import CONTACT_QUANTITIES, GROUP_QUANTITIES

Floats = NDArray[np.float64]

MEASURES = ("offered", "answered", "abandoned", "mean_wait_s", "answered_within", "mean_handle_s")
"""Columns of the table of contact types, in the order in which they are told."""

_CONTACT = {name: k for k, name in enumerate(CONTACT_QUANTITIES)}
_STAFFED_S = GROUP_QUANTITIES.index("staffed_s")
_THREADS_PAY_S = 0.02


@dataclass(frozen=True, eq=False)
class Signals:
    """The measures of every interval; NaN where nothing was seen.

    Attributes
    ----------
    offered, answered, abandoned, answered_within : numpy.ndarray, shape (n, types, intervals)
        Contacts, by interval of arrival; `answered_within` within the type's target time.
    mean_wait_s : numpy.ndarray, shape (n, types, intervals)
        Of the answered [s]; NaN where nobody was.
    mean_handle_s : numpy.ndarray, shape (n, types, intervals)
        Talk and wrap-up of the handled without interruptions [s], as the measure ``aht``; NaN where
        nobody was.
    staffed : numpy.ndarray, shape (n, groups, intervals)
        Agents on duty on average.
    """

    offered: Floats
    answered: Floats
    abandoned: Floats
    mean_wait_s: Floats
    answered_within: Floats
    mean_handle_s: Floats
    staffed: Floats

    def __len__(self) -> int:
        return len(self.offered)

    @classmethod
    def of_tallies(cls, tallies: Sequence[Tally], interval_s: float) -> Signals:
        """Read the signals from what was counted, one row a replication."""

        def counted(name: str) -> Floats:
            return np.array([each.contacts[_CONTACT[name]] for each in tallies])

        offered, answered, handled = (counted(name) for name in ("offered", "answered", "handled"))
        with np.errstate(invalid="ignore", divide="ignore"):
            mean_wait = np.where(answered > 0, counted("wait_answered_s") / answered, np.nan)
            work = counted("talk_s") + counted("wrap_up_s") - counted("paused_s")
            mean_handle = np.where(handled > 0, work / handled, np.nan)
        staffed = np.array([each.groups[_STAFFED_S] for each in tallies]) / interval_s
        return cls(
            offered,
            answered,
            counted("abandoned"),
            mean_wait,
            counted("answered_within"),
            mean_handle,
            staffed,
        )

    @classmethod
    def joined(cls, parts: Sequence[Signals]) -> Signals:
        """Put several under one another."""
        return cls(
            *(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(cls))
        )

    def at(self, intervals: NDArray[np.int64]) -> Signals:
        """Keep only some intervals."""
        return Signals(*(getattr(self, f.name)[..., intervals] for f in fields(self)))


def simulated(scenario: Scenario, replications: int, *, seed: int, first: int = 0) -> Signals:
    """Play a scenario and keep of each replication only its signals.

    Parameters
    ----------
    scenario : Scenario
    replications : int
    seed : int
    first : int, default 0
        Number of the first replication.

    Returns
    -------
    Signals
        One row a replication; the same whatever the number of cores.
    """
    engine = ENGINES["compiled"]
    engine.refuse(scenario)
    brief = Brief(scenario, engine.name)
    contacts = expected_contacts({scenario.name: scenario})
    size = batch_size(
        {scenario.name: scenario},
        engine,
        replications=replications,
        workers=executors.local_cores(),
        keep_contacts=False,
    )
    batches = [
        Batch(brief, a, b, seed, False) for a, b in blocks(first, first + replications, size)
    ]
    new = warming.get_ready(engine, [scenario])
    if engine.seconds(contacts) * replications < _THREADS_PAY_S:
        parts = [_signals(batch) for batch in batches]
    else:
        with executors.all_cores(threads=True) as pool:
            at_once = executors.tasks_at_once(pool)
            parts = list(executors.in_order(_signals, batches, pool, at_once=at_once))
    if new:
        compiling.everything_is_kept(*new)
    return Signals.joined(parts)


def _signals(batch: Batch) -> Signals:
    return Signals.of_tallies(play(batch), batch.brief.scenario.horizon.interval)
