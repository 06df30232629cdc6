"""The first run on a machine: everything is compiled before it is needed, side by side.

A kernel is compiled for the types of what it is called with. So each part calls its kernels once,
as a run would, with a contact centre in which next to nothing happens; a test compares the types.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from queuesim import compiling
from queuesim.compiling import compile_side_by_side
from queuesim.engines.compiled import Program, Replication
from queuesim.engines.outcome import BUSY_COLUMNS, CONTACT_COLUMNS
from queuesim.experiments.players import Engine
from queuesim.model import (
    AgentGroup,
    Announcement,
    ContactType,
    Demand,
    Exponential,
    Horizon,
    InHouse,
    Return,
    Scenario,
)
from queuesim.results import Totals
from queuesim.results.layout import Layout
from queuesim.results.tally import Count
from queuesim.sampling import Sampler, Sessions, Tape
from queuesim.sampling.sampler import Drawing

PLAIN, VARIED, IN_FULL = "plain", "varied", "in-full"
"""Kinds of scenarios, for which the engine's kernel is compiled in three ways."""


def get_ready(engine: Engine, options: Iterable[Scenario]) -> tuple[str, ...]:
    """Compile what a run needs, if anything may be missing, and say so.

    Parameters
    ----------
    engine : Engine
        That plays the run.
    options : iterable of Scenario

    Returns
    -------
    tuple of str
        For what kinds of scenarios: of `PLAIN`, `VARIED` and `IN_FULL`, see
        `queuesim.engines.compiled.rules.Varied`. To be told to `compiling.everything_is_kept` when
        all options have been played by an engine that compiles; none, if nothing was missing.
    """
    if compiling.are_kept(PLAIN, VARIED, IN_FULL):
        return ()  # a run of some milliseconds does not ask which it is
    kinds = {_kind(Program.of(each)) for each in options}
    listed = tuple(sorted(kinds)) if engine.compiles else (PLAIN,)
    if compiling.announce(*listed):
        compile_what_is_missing(engine, listed)
    return listed if engine.compiles else ()


def _kind(program: Program) -> str:
    if program.in_full:
        return IN_FULL
    return VARIED if program.varied else PLAIN


def compile_what_is_missing(engine: Engine, kinds: Sequence[str]) -> None:
    """Compile all kernels that a run needs, as far as they are not kept from before.

    Parameters
    ----------
    engine : Engine
        That plays the run.
    kinds : sequence of str
        Of `PLAIN`, `VARIED` and `IN_FULL`.
    """
    parts = [playing] if PLAIN in kinds and engine.compiles else []
    parts += [playing_varied] if VARIED in kinds else []
    parts += [playing_in_full] if IN_FULL in kinds else []
    parts += [drawing_in_full, counting_in_full] if IN_FULL in kinds else [drawing, counting]
    compile_side_by_side([*parts, attending])


def playing() -> None:
    """Play a day on which nobody calls and nobody is there, with the compiled engine."""
    _play(_small())


def playing_varied() -> None:
    """Do so where few callers may wait; see `queuesim.engines.compiled.rules.Varied`."""
    _play(_small(queue_limit=9))


def playing_in_full() -> None:
    """Do so where callers would hear of a wait; see `queuesim.engines.compiled.rules.InFull`."""
    _play(_small(announcement=Announcement(predictor="queue_length")))


def _play(scenario: Scenario) -> None:
    tape = _nothing()
    replication = Replication(Program.of(scenario), tape.agent_group, tape.sessions)
    replication.let_in(tape)
    replication.touch()


def attending() -> None:
    """Draw who is there, with shrinkage."""
    Sampler(_small()).begin(seed=0, replication=0)


def drawing() -> None:
    """Draw a day of a few contacts."""
    _draw(_small())


def drawing_in_full() -> None:
    """Draw a day of callers who redial, and let them in."""
    scenario = _small(redial=_REDIAL)
    tape = _draw(scenario)
    Replication(Program.of(scenario), tape.agent_group, tape.sessions).let_in(tape)


def _draw(scenario: Scenario) -> Tape:
    sampler, nobody = Sampler(scenario), _nothing()
    # whatever streams: to begin the proper ones takes kernels of their own
    words = np.random.default_rng(0).integers(1 << 63, size=sampler.streams, dtype=np.uint64)
    busy = np.ones((len(scenario.contact_types), scenario.horizon.days))
    words |= np.uint64(1)
    drawing = Drawing(sampler, 0, 0, words, busy, nobody.agent_group, nobody.sessions)
    return drawing.days(0, 1)


def counting() -> None:
    """Count a day on which nobody called, and add it up."""
    _count(_small(), {})


def counting_in_full() -> None:
    """Do so where customers redial."""
    ints = np.zeros(0, np.int32)
    _count(_small(redial=_REDIAL), {"first_type": ints})


def _count(scenario: Scenario, more: Mapping[str, NDArray[Any]]) -> None:
    tape = _nothing()
    count = Count(Layout.of(scenario), tape.agent_group, tape.sessions)
    columns = {name: np.zeros(0, dtype) for name, (dtype, _) in CONTACT_COLUMNS.items()}
    brought = tape.contact_type, tape.arrival_s, tape.talk_s, tape.wrap_up_s
    count.add_contacts(*brought, {**columns, **more}, np.zeros(0, dtype=np.bool_))
    agent, from_s, to_s = (np.zeros(0, dtype) for dtype, _ in BUSY_COLUMNS.values())
    count.add_busy(agent, from_s, to_s)
    Totals(scenario).add(count.tally(replication=0))


_REDIAL = Return(share=0.5, delay="5min")


def _small(**terms: Any) -> Scenario:
    """Return a day of a few calls that two agents answer."""
    demand, talk = Demand(per_day=9), Exponential(mean=60.0)
    phone = ContactType(name="phone", channel="phone", demand=demand, talk=talk, **terms)
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
