"""Engines as experiments see them: who plays one replication, and where it is best played.

An engine is one entry of `ENGINES`. Its player is built once for each option and worker, does there
the work that depends on the scenario alone, and then plays replication after replication.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Protocol

from queuesim.engines.compiled import Program, Replication, outcome_of
from queuesim.engines.reference import simulate_reference
from queuesim.engines.routing import Routing
from queuesim.model import Scenario
from queuesim.results import Tally, tally
from queuesim.results.layout import Layout
from queuesim.results.tally import Count
from queuesim.sampling import KeptRoom, Sampler, draw_tape


class Player(Protocol):
    """Plays one option, replication after replication; used by one thread only."""

    def play(self, *, seed: int, replication: int, keep_contacts: bool) -> Tally:
        """Play one replication and count what happened."""
        ...


@dataclass(frozen=True)
class Engine:
    """What experiments must know of an engine.

    Attributes
    ----------
    name : str
    player : callable
        ``player(scenario, routing)`` returns a `Player`.
    refuse : callable
        ``refuse(scenario)`` raises `UnsupportedByEngine` for what the engine cannot hold.
    threads : bool
        Whether it lets go of the interpreter's lock, so that threads play side by side.
    compiles : bool
        Whether the engine itself is compiled; sampling and counting are in any case.
    takes_routing : bool
        Whether a planner's own Python routing can run in it.
    contact_s, replication_s : float
        About how long a contact takes, and a replication without any [s]. Only the size of
        batches depends on it.
    """

    name: str
    player: Callable[[Scenario, Routing | None], Player]
    refuse: Callable[[Scenario], object]
    threads: bool
    compiles: bool
    takes_routing: bool
    contact_s: float
    replication_s: float

    def seconds(self, contacts: float) -> float:
        """Return about how long a replication with so many contacts takes [s]."""
        return self.replication_s + self.contact_s * contacts


class ReferencePlayer:
    """Plays an option with the reference engine.

    Parameters
    ----------
    scenario : Scenario
    routing : callable, optional
        A planner's own routing.
    """

    def __init__(self, scenario: Scenario, routing: Routing | None = None) -> None:
        self.scenario = scenario
        self.routing = routing

    def play(self, *, seed: int, replication: int, keep_contacts: bool) -> Tally:
        """Play one replication and count what happened."""
        tape = draw_tape(self.scenario, seed=seed, replication=replication)
        outcome = simulate_reference(self.scenario, tape, self.routing)
        return tally(outcome, keep_contacts=keep_contacts)


class CompiledPlayer:
    """Plays an option with the compiled engine, in pieces of some days.

    Each piece is drawn, played and counted while it is in the processor's cache, and forgotten; so
    memory does not grow with the horizon.

    Parameters
    ----------
    scenario : Scenario
    routing : None
        This engine takes none.
    """

    def __init__(self, scenario: Scenario, routing: Routing | None = None) -> None:
        assert routing is None
        self.scenario = scenario
        self.program, self.sampler = Program.of(scenario), Sampler(scenario)
        self.layout = Layout.of(scenario)
        self.room = KeptRoom()
        days = scenario.horizon.days
        edges_s = scenario.horizon.day_edges_s
        self.pieces = [
            (first, last, float(edges_s[last]) if last < days else inf)
            for first, last in self.sampler.pieces(_CONTACTS_IN_A_PIECE)
        ]

    def play(self, *, seed: int, replication: int, keep_contacts: bool) -> Tally:
        """Play one replication and count what happened."""
        drawing = self.sampler.begin(seed, replication)
        who = (drawing.agent_group, drawing.sessions)
        if keep_contacts:
            tape = drawing.days(0, self.scenario.horizon.days)
            running = Replication(self.program, *who)
            running.let_in(tape, sure=True)
            outcome = outcome_of(self.scenario, tape, running.play())
            return tally(outcome, keep_contacts=True)
        running = Replication(self.program, *who, self.room)
        count = Count(self.layout, *who)
        for first, last, until_s in self.pieces:
            running.let_in(drawing.days(first, last, self.room), sure=True)
            piece = running.play(until_s)
            brought = piece.contacts
            columns = brought._asdict()
            if self.layout.comes_again:
                columns |= {name: brought.again[name].copy() for name in _OF_CUSTOMERS}
            count.add_contacts(
                brought.kind,
                brought.arrival_s,
                brought.talk_s,
                brought.wrap_up_s,
                columns,
                piece.known,
            )
            count.add_busy(*piece.busy.values())
        return count.tally(replication)


_OF_CUSTOMERS = ("first_type", "cause", "resolved")
_CONTACTS_IN_A_PIECE = 65_536
"""Contacts drawn and played at once, where a day does not have more."""


def _knows_everything(scenario: Scenario) -> None:
    """The reference engine is the specification: what can be stated it can play."""


ENGINES: dict[str, Engine] = {
    "compiled": Engine(
        name="compiled",
        player=CompiledPlayer,
        refuse=Program.of,
        threads=True,
        compiles=True,
        takes_routing=False,
        contact_s=0.25e-6,
        replication_s=0.2e-3,
    ),
    "reference": Engine(
        name="reference",
        player=ReferencePlayer,
        refuse=_knows_everything,
        threads=False,
        compiles=False,
        takes_routing=True,
        contact_s=50e-6,
        replication_s=2e-3,
    ),
}
DEFAULT = "compiled"


def chosen_engine(name: str, routing: Routing | None) -> tuple[Engine, tuple[str, ...]]:
    """Return the engine that plays, and what the reader of the result should know about it.

    Parameters
    ----------
    name : {"compiled", "reference"}
        What was asked for.
    routing : callable or None
        A planner's own routing; it is played by an engine that can.

    Returns
    -------
    engine : Engine
    notes : tuple of str

    Raises
    ------
    ValueError
        For an unknown name.
    """
    if name not in ENGINES:
        known = ", ".join(repr(each) for each in ENGINES)
        raise ValueError(f"engine={name!r}: must be one of {known}")
    engine = ENGINES[name]
    if routing is None or engine.takes_routing:
        return engine, ()
    able = next(other for other in ENGINES.values() if other.takes_routing)
    note = f"played by the {able.name} engine: a routing of your own cannot run in the {name} one"
    return able, (note,)
