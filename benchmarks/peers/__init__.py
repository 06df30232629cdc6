"""Other simulators on the same contacts, in the same run.

Each module has ``prepare(work, replications) -> play``: what it prepares (lists in place of arrays,
a built model) is not timed, in the peer's favour, and ``play()`` returns an `Answer`. Three
meanings of "80 people, then 70" are in use:

people   Agents are persons. Ten of them go; one who is busy finishes, and the others do not wait
         for that. queuesim's meaning, and that of a store of agents.
counts   There is a number of places. While more than 70 are busy nobody starts; the work of those
         who have gone takes up the places of those who are there, so more contacts abandon.
replaced Everybody goes and 70 new ones come, while the old ones finish: fewer contacts abandon.

Where staffing is constant all three are the same, and every peer must give queuesim's answer.
"""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from typing import Literal

from benchmarks.answers import Answer
from benchmarks.work import Work

# cimba 0.9.6 finds the methods of its records only if it comes before any other compiled record
with contextlib.suppress(ImportError):
    importlib.import_module("cimba")

Play = Callable[[], Answer]


@dataclass(frozen=True)
class Peer:
    """One peer.

    Attributes
    ----------
    name : str
        What tables call it.
    module : str
        In this package.
    distribution : str
        What it needs from the package index; empty: nothing.
    meaning : str
        What a change of staffing means to it, see above.
    most_contacts : int
        It is given no more contacts than these; times are per contact.
    optional : bool
        Whether it comes with the `benchmarks` extra only.
    breaks_ties_otherwise : bool
        Of agents who became idle at one instant it takes another one than queuesim.
    """

    name: str
    module: str
    distribution: str
    meaning: Literal["people", "counts", "replaced"]
    most_contacts: int = 1_000_000
    optional: bool = False
    breaks_ties_otherwise: bool = False


PEERS = (
    Peer("heapq loop", "plain_heapq", "", "people"),
    Peer("SimPy dispatcher", "simpy_dispatcher", "simpy", "people"),
    Peer("SimPy textbook", "simpy_textbook", "simpy", "people", breaks_ties_otherwise=True),
    Peer("cimba", "cimba_centre", "cimba", "counts", optional=True),
    Peer("Ciw", "ciw_network", "ciw", "replaced", most_contacts=5_000, optional=True),
    Peer("salabim", "salabim_centre", "salabim", "counts", most_contacts=5_000, optional=True),
)


def missing(peer: Peer) -> str | None:
    """Return why a peer cannot play here, or None if it can."""
    if peer.distribution:
        try:
            metadata.version(peer.distribution)
        except metadata.PackageNotFoundError:
            return f'{peer.distribution} is not installed (pip install -e ".[benchmarks]")'
    return None


def prepare(peer: Peer, work: Work, replications: int = 1) -> Play:
    """Let a peer get ready; return what is timed."""
    play: Play = importlib.import_module(f"benchmarks.peers.{peer.module}").prepare(
        work, replications
    )
    return play
