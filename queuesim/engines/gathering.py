"""What happened, gathered into columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from queuesim.engines.floor import Contact
from queuesim.engines.outcome import BUSY_COLUMNS, CONTACT_COLUMNS, Outcome
from queuesim.model import Scenario
from queuesim.sampling import Tape


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
