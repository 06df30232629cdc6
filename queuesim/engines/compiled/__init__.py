"""The compiled engine: the rules of the reference engine in machine code, and the default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from queuesim.engines.compiled.floor import Contacts
from queuesim.engines.compiled.program import Program
from queuesim.engines.compiled.replication import Piece, Replication
from queuesim.engines.outcome import (
    BUSY_COLUMNS,
    CONTACT_COLUMNS,
    NOTHING,
    ContactOutcome,
    Outcome,
)
from queuesim.engines.present import Present
from queuesim.engines.wrong_tapes import refuse_wrong_tape
from queuesim.model import Scenario
from queuesim.sampling import Tape

__all__ = [
    "Piece",
    "Program",
    "Replication",
    "columns_of_customers",
    "outcome_of",
    "simulate_compiled",
]


def simulate_compiled(scenario: Scenario, tape: Tape, *, present: Present | None = None) -> Outcome:
    """Run a scenario on a tape with the compiled engine.

    Parameters
    ----------
    scenario : Scenario
    tape : Tape
        Drawn for this scenario by `queuesim.sampling.draw_tape`.
    present : Present, optional
        How things stand in the middle of the horizon, to go on from.

    Returns
    -------
    Outcome
        Equal to that of `queuesim.engines.reference.simulate_reference`, to the bit.

    Raises
    ------
    UnsupportedByEngine
        For what the engine does not know.
    ScenarioError
        For a tape that does not belong to the scenario, or is wrong in itself.
    """
    refuse_wrong_tape(scenario, tape, len(present.contacts) if present is not None else 0)
    program = Program.of(scenario)
    replication = Replication(program, tape.agent_group, tape.sessions)
    replication.let_in(tape, sure=True)
    if present is not None:
        replication.place(present)
    piece = replication.play()
    return outcome_of(scenario, tape, piece)


def outcome_of(scenario: Scenario, tape: Tape, piece: Piece) -> Outcome:
    """Return the outcome of a replication that was played in one piece.

    Parameters
    ----------
    scenario : Scenario
    tape : Tape
        Of the whole replication.
    piece : Piece

    Returns
    -------
    Outcome
    """
    brought = piece.contacts
    contacts = columns_of_customers(brought)
    for name, (dtype, _) in CONTACT_COLUMNS.items():
        if name in contacts:
            continue
        column = getattr(brought, name)
        if len(column) != len(tape):  # nobody is called back, told, or interrupted
            column = np.full(len(tape), NOTHING.get(name, np.nan), dtype=dtype)
        contacts[name] = column
    return Outcome(scenario, tape, contacts, _joined(piece.busy))


def columns_of_customers(brought: Contacts) -> dict[str, NDArray[Any]]:
    """Return when the contacts came, why, and whether they were resolved.

    Parameters
    ----------
    brought : Contacts

    Returns
    -------
    dict of str to numpy.ndarray
        ``came_s``, ``cause`` and ``resolved``, as in `engines.outcome.CONTACT_COLUMNS`.
    """
    columns: dict[str, NDArray[Any]] = {"came_s": brought.arrival_s}
    if len(brought.again):
        columns |= {name: brought.again[name].copy() for name in ("cause", "resolved")}
    else:  # all came of themselves, and are resolved when they are handled
        columns["cause"] = np.zeros(len(brought.outcome), dtype=np.int8)
        handled = brought.outcome == ContactOutcome.HANDLED
        columns["resolved"] = np.where(handled, 1, -1).astype(np.int8)
    return columns


def _joined(busy: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Put busy periods in order: by agent, then by start; two that touch are one."""
    agent, start, end = busy.values()
    order = np.lexsort((start, agent))
    agent, start, end = agent[order], start[order], end[order]
    touches = np.zeros(len(agent), dtype=bool)
    touches[1:] = (agent[1:] == agent[:-1]) & (start[1:] == end[:-1])
    first = np.flatnonzero(~touches)
    last = np.append(first[1:], len(agent))[: len(first)] - 1
    return dict(zip(BUSY_COLUMNS, (agent[first], start[first], end[last]), strict=True))
