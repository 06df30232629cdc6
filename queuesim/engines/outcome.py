"""What every engine fills: one row a contact, one row a busy period of an agent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from queuesim.model import Scenario
from queuesim.sampling import Tape


class ContactOutcome(IntEnum):
    """How a contact ended."""

    UNRESOLVED = 0
    """Still waiting, or still owed a callback, when the horizon ended."""
    HANDLED = 1
    """Served by an agent, live or called back."""
    ABANDONED = 2
    """Left the queue when its patience ended."""
    BLOCKED = 3
    """Turned back on arrival because the queue was full."""
    TURNED_AWAY = 4
    """Came outside the hours, or was released when they ended."""
    FAILED_CALLBACK = 5
    """Took a callback and was not reached in any attempt."""


CONTACT_COLUMNS: Mapping[str, tuple[str, str]] = {
    "outcome": ("int8", "a ContactOutcome"),
    "agent": ("int32", "agent who served or last dialled; -1 none"),
    "answered_s": ("float64", "talk starts"),
    "talk_end_s": ("float64", "talk ends, the customer leaves"),
    "freed_s": ("float64", "wrap-up ends, the agent or the slot is free"),
    "left_s": ("float64", "left unserved: abandoned, blocked, turned away, callback given up"),
    "offer_s": ("float64", "a callback was offered"),
    "accepted_s": ("float64", "the callback was accepted"),
    "due_s": ("float64", "the promise starts to run: acceptance, start of the window, or request"),
    "dialled_s": ("float64", "first dial"),
    "attempts": ("int32", "dials"),
    "paused_s": ("float64", "how long live contacts interrupted the work on it [s], 0 if never"),
}
"""Columns of `Outcome.contacts`: dtype and meaning; instants [s], NaN where it never came."""

NOTHING: Mapping[str, float] = {"attempts": 0, "paused_s": 0.0}
"""What stands in a column where nothing happened, if not NaN."""

BUSY_COLUMNS: Mapping[str, tuple[str, str]] = {
    "agent": ("int32", "agent"),
    "from_s": ("float64", "the agent opens a contact or dials, having had nothing open"),
    "to_s": ("float64", "nothing is open any more"),
}
"""Columns of `Outcome.busy`; rows by agent, then by start; periods of an agent do not touch."""


@dataclass(frozen=True)
class Outcome:
    """What happened in one replication.

    Attributes
    ----------
    scenario : Scenario
    tape : Tape
    contacts : mapping of str to numpy.ndarray
        One row for each row of the tape, columns as in `CONTACT_COLUMNS`.
    busy : mapping of str to numpy.ndarray
        The agents' busy periods, columns as in `BUSY_COLUMNS`.
    """

    scenario: Scenario
    tape: Tape
    contacts: Mapping[str, NDArray[Any]]
    busy: Mapping[str, NDArray[Any]]

    @property
    def group(self) -> NDArray[np.int32]:
        """Index of the agent group that served each contact, -1 for none, shape (contacts,)."""
        agent = self.contacts["agent"]
        known = np.append(self.tape.agent_group, np.int32(-1))
        return known[agent]
