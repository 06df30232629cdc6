"""From the tape's columns to contacts and stays, and from these to the columns of the outcome."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from queuesim.engines.floor import Contact
from queuesim.engines.outcome import BUSY_COLUMNS, CONTACT_COLUMNS, Outcome
from queuesim.model import Scenario
from queuesim.sampling import Sessions, Tape

_MOST_ROWS = 1 << 20
"""Rows of one customer, at most; only what orders them depends on it."""


def contacts_of(tape: Tape) -> list[Contact]:
    """Return the contacts of a tape, each with what it brings."""
    times = (tape.arrival_s, tape.talk_s, tape.wrap_up_s, tape.patience_s)
    columns = (tape.contact_type, *times, tape.allotted)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    customer = range(len(tape)) if tape.again is None else tape.again.customer.tolist()
    return [
        Contact(row, customer[row] * _MOST_ROWS + row - customer[row], *values)
        for row, values in enumerate(rows)
    ]


class Stay(NamedTuple):
    """A session, and whether it touches the same agent's session before it, or after it."""

    agent: int
    on_s: float
    off_s: float
    factor: float
    goes_on: bool
    is_followed: bool


def stays(sessions: Sessions) -> list[Stay]:
    """Return the sessions in order; where two of one agent touch, the agent does not leave."""
    columns = (sessions.agent, sessions.on_s, sessions.off_s, sessions.factor)
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    begins, ends = ({(row[0], row[k]) for row in rows} for k in (1, 2))
    return [
        Stay(agent, on_s, off_s, factor, (agent, on_s) in ends, (agent, off_s) in begins)
        for agent, on_s, off_s, factor in rows
    ]


def gathered(
    scenario: Scenario,
    tape: Tape,
    contacts: Sequence[Contact],
    busy: list[tuple[int, float, float]],
) -> Outcome:
    """Return the outcome: a row for each contact of the tape, and one for each busy period."""
    columns = {
        name: np.array([getattr(contact, name) for contact in contacts], dtype=dtype)
        for name, (dtype, _) in CONTACT_COLUMNS.items()
    }
    columns["outcome"][columns["cause"] < 0] = -1  # nobody made this attempt
    periods = joined(busy)
    of_agents = {
        name: np.array([period[k] for period in periods], dtype=dtype)
        for k, (name, (dtype, _)) in enumerate(BUSY_COLUMNS.items())
    }
    return Outcome(scenario, tape, columns, of_agents)


def joined(periods: list[tuple[int, float, float]]) -> list[tuple[int, float, float]]:
    """Return agents' busy periods in order: agent, from and to [s]; two that touch are one."""
    found: list[tuple[int, float, float]] = []
    for agent, start, end in sorted(periods):
        if found and found[-1][0] == agent and found[-1][2] == start:
            start = found.pop()[1]
        found.append((agent, start, end))
    return found
