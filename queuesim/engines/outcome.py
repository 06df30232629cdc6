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
    BALKED = 6
    """Heard an announced wait longer than it puts up with, and left at once."""
    PASSED_ON = 7
    """Self-service could not help: went on to another contact type, or gave up."""
    SELF_SERVED = 8
    """Self-service was enough."""
    RANG_IN = 9
    """Was owed a callback, and rang in before an agent was at it."""


class Cause(IntEnum):
    """Why a contact came."""

    FIRST = 0
    """A matter of its own: the customer's first attempt."""
    REDIAL = 1
    """Came back after abandoning, being blocked or turned away."""
    REPEAT = 2
    """Came back because the matter was not resolved."""
    TURN = 3
    """The next turn of a thread of messages."""
    AFTER_HOURS = 4
    """Came in another way after being turned away outside the hours."""
    TRANSFER = 5
    """Was handed on by an agent."""
    FRONT_DOOR = 6
    """Was passed on by self-service."""
    RING_IN = 7
    """Rang in while waiting for a callback."""


CONTACT_COLUMNS: Mapping[str, tuple[str, str]] = {
    "outcome": ("int8", "a ContactOutcome; -1 for a further attempt that nobody made"),
    "agent": ("int32", "agent who served or last dialled; -1 none"),
    "answered_s": ("float64", "talk starts"),
    "talk_end_s": ("float64", "talk ends, the customer leaves"),
    "freed_s": ("float64", "wrap-up ends, the agent or the slot is free"),
    "left_s": (
        "float64",
        "left unserved: abandoned, blocked, balked, turned away, not reached, rang in",
    ),
    "offer_s": ("float64", "a callback was offered"),
    "accepted_s": ("float64", "the callback was accepted"),
    "due_s": ("float64", "the promise starts to run: acceptance, start of the window, or request"),
    "dialled_s": ("float64", "first dial"),
    "attempts": ("int32", "dials"),
    "announced_s": ("float64", "the wait that was announced on arrival; no instant"),
    "came_s": ("float64", "arrived: of first attempts as on the tape"),
    "cause": ("int8", "a Cause; -1 for a further attempt that nobody made"),
    "resolved": ("int8", "1 resolved, 0 not; -1 for those whom nobody and nothing served"),
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
