"""Batches: some replications of one option, the task that travels to a worker.

A batch takes about as long as a person does not notice, so that sending it costs little beside
playing it, and stopping is quick. A worker process reads each option once: what travels with a
batch is the option's content under its hash, and is looked at only where that hash is new.
"""

from __future__ import annotations

import hashlib
import pickle
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from weakref import WeakKeyDictionary

from queuesim.engines.routing import Routing
from queuesim.experiments.players import ENGINES, Engine, Player
from queuesim.model import Scenario
from queuesim.results import Tally
from queuesim.results.layout import Layout
from queuesim.results.tally import CONTACT_QUANTITIES, GROUP_QUANTITIES
from queuesim.results.waits import BINS

_BATCH_S = 0.075
_BATCH_BYTES = 32e6
_BATCHES_A_WORKER = 4
_CONTACT_BYTES = 160
_BRIEFS_KEPT = 64


class Brief:
    """All that a worker must know to play one option.

    Within a process it is passed on as it is. On the way to another process it becomes bytes, once;
    there the brief that is already known under their hash takes its place.

    Parameters
    ----------
    scenario : Scenario
    engine : str
        Name of the engine.
    routing : callable, optional
    """

    def __init__(self, scenario: Scenario, engine: str, routing: Routing | None = None) -> None:
        self.scenario = scenario
        self.engine = engine
        self.routing = routing

    @cached_property
    def _packed(self) -> tuple[str, bytes]:
        import cloudpickle  # type: ignore[import-untyped]  # a routing may be a lambda, or come from the script itself

        content = cloudpickle.dumps((self.scenario, self.engine, self.routing))
        return hashlib.blake2b(content, digest_size=16).hexdigest(), content

    def __reduce__(self) -> tuple[object, tuple[str, bytes]]:
        return _known, self._packed

    def player(self) -> Player:
        """Return this thread's player of the option, built when first asked for."""
        mine: WeakKeyDictionary[Brief, Player] | None = getattr(_here, "players", None)
        if mine is None:
            mine = _here.players = WeakKeyDictionary()
        if self not in mine:
            mine[self] = ENGINES[self.engine].player(self.scenario, self.routing)
        return mine[self]


_here = threading.local()
_briefs: OrderedDict[str, Brief] = OrderedDict()
_briefs_lock = threading.Lock()


def _known(key: str, content: bytes) -> Brief:
    """Return the brief with this content, unpacking it when this process meets it first."""
    with _briefs_lock:
        if key not in _briefs:
            _briefs[key] = Brief(*pickle.loads(content))
            while len(_briefs) > _BRIEFS_KEPT:
                _briefs.popitem(last=False)
        _briefs.move_to_end(key)
        return _briefs[key]


@dataclass(frozen=True)
class Batch:
    """Replications ``first`` … ``last - 1`` of one option."""

    brief: Brief
    first: int
    last: int
    seed: int
    keep_contacts: bool


def play(batch: Batch) -> list[Tally]:
    """Play the replications of a batch, in order."""
    player = batch.brief.player()
    return [
        player.play(seed=batch.seed, replication=number, keep_contacts=batch.keep_contacts)
        for number in range(batch.first, batch.last)
    ]


def blocks(first: int, last: int, size: int) -> Iterator[tuple[int, int]]:
    """Cut replications into blocks; yield the first and the past-the-last of each."""
    for start in range(first, last, size):
        yield start, min(start + size, last)


def batch_size(
    options: Mapping[str, Scenario],
    engine: Engine,
    *,
    replications: int,
    workers: int,
    keep_contacts: bool,
) -> int:
    """Return how many replications of one option make a task.

    Parameters
    ----------
    options : mapping of str to Scenario
    engine : Engine
    replications : int
        How many are to be played.
    workers : int
        About how many workers there are; each gets some batches, if there are enough.
    keep_contacts : bool

    Returns
    -------
    int
        At least 1. No result depends on it.
    """
    contacts = expected_contacts(options) / len(options)
    by_time = _BATCH_S / engine.seconds(contacts)
    large = max(tally_bytes(scenario) for scenario in options.values())
    by_memory = _BATCH_BYTES / (large + keep_contacts * _CONTACT_BYTES * contacts)
    by_share = ceil(replications * len(options) / (_BATCHES_A_WORKER * workers))
    return max(1, int(min(by_time, by_memory, by_share)))


def expected_contacts(options: Mapping[str, Scenario]) -> float:
    """Return how many contacts one replication of all options offers on average."""
    return sum(
        float(contact_type.demand.rates(scenario.horizon).per_interval(scenario.horizon).sum())
        for scenario in options.values()
        for contact_type in scenario.contact_types
    )


def tally_bytes(scenario: Scenario) -> int:
    """Return how large one replication's tally is, without a contact table."""
    layout = Layout.of(scenario)
    types, groups = len(layout.types), len(layout.groups)
    cells = len(CONTACT_QUANTITIES) * types + len(GROUP_QUANTITIES) * groups
    return 8 * cells * layout.n_intervals + 4 * 2 * types * BINS
