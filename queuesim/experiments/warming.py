"""The first run on a machine: everything is compiled before it is needed, side by side.

A kernel is compiled for the types of what it is called with. So each part calls its kernels once,
as a run would, with a contact centre in which next to nothing happens; a test compares the types.
"""

from __future__ import annotations

import numpy as np

from queuesim.compiling import compile_side_by_side
from queuesim.engines.compiled import Program, Replication
from queuesim.engines.outcome import BUSY_COLUMNS, CONTACT_COLUMNS
from queuesim.experiments.players import Engine
from queuesim.model import AgentGroup, ContactType, Demand, Exponential, Horizon, InHouse, Scenario
from queuesim.results import Totals
from queuesim.results.layout import Layout
from queuesim.results.tally import Count
from queuesim.sampling import Sampler, Sessions, Tape


def compile_what_is_missing(engine: Engine) -> None:
    """Compile all kernels that a run needs, as far as they are not kept from before.

    Parameters
    ----------
    engine : Engine
        That plays the run.
    """
    parts = (playing, sampling, counting) if engine.compiles else (sampling, counting)
    compile_side_by_side(parts[0], parts[1:])


def playing() -> None:
    """Play a day on which nobody calls and nobody is there, with the compiled engine."""
    tape = _nothing()
    replication = Replication(Program.of(_small()), tape.agent_group, tape.sessions)
    replication.let_in(tape)
    replication.touch()


def sampling() -> None:
    """Draw a day of a few contacts, with shrinkage."""
    Sampler(_small()).begin(seed=0, replication=0).days(0, 1)


def counting() -> None:
    """Count a day on which nobody called, and add it up."""
    small, tape = _small(), _nothing()
    count = Count(Layout.of(small), tape.agent_group, tape.sessions)
    columns = {name: np.zeros(0, dtype) for name, (dtype, _) in CONTACT_COLUMNS.items()}
    brought = tape.contact_type, tape.arrival_s, tape.talk_s, tape.wrap_up_s
    count.add_contacts(*brought, columns, np.zeros(0, dtype=np.bool_))
    agent, from_s, to_s = (np.zeros(0, dtype) for dtype, _ in BUSY_COLUMNS.values())
    count.add_busy(agent, from_s, to_s)
    Totals(small).add(count.tally(replication=0))


def _small() -> Scenario:
    talk = Exponential(mean=60.0)
    phone = ContactType(name="phone", channel="phone", demand=Demand(per_day=9), talk=talk)
    contract = InHouse(per_hour=1.0)
    team = AgentGroup(name="team", skills=("phone",), headcount=2, shrinkage=0.5, contract=contract)
    day = Horizon(start="2026-11-23", days=1)
    return Scenario(name="small", contact_types=(phone,), agent_groups=(team,), horizon=day)


def _nothing() -> Tape:
    """Return a tape without contacts, for a contact centre without agents."""
    ints, numbers = np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int64)
    seconds, chances = np.zeros(0), np.zeros(0, dtype=np.bool_)
    return Tape(
        seed=0,
        replication=0,
        contact_type=ints,
        day=ints,
        number=numbers,
        arrival_s=seconds,
        talk_s=seconds,
        wrap_up_s=seconds,
        patience_s=seconds,
        accepts=chances,
        window_delay_s=seconds,
        answers=chances.reshape(0, 0),
        allotted=ints,
        agent_group=ints,
        sessions=Sessions(ints, seconds, seconds),
    )
