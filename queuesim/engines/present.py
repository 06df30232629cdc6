"""The present: how things stand at an instant in the middle of a day, so that an engine can go on.

Everything before the instant has happened, nothing at it has. What comes then follows from the
tape: its first rows are the contacts that are there, the others arrive at the instant or later.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class Place(IntEnum):
    """Where a contact is."""

    WAITS = 0
    """In its line: the customer holds, or is owed a callback."""
    IS_OPEN = 1
    """With an agent."""
    COMES_BACK = 2
    """Owed a callback that comes to its line later: its window opens, or the next attempt."""
    COMES_AGAIN = 3
    """With nobody: its customer is between two attempts, or at self-service, and makes this one
    later."""


RING, TALK, WRAP_UP = 0, 1, 2
"""Phases of an open contact."""

STANDING = np.dtype(
    [
        ("queued_since_s", "f8"),  # what its place in a line follows from
        ("returns_s", "f8"),  # when it comes to its line, or comes; of one that comes back or again
        ("left_s", "f8"),  # work left in the phase when its agent worked last, see PERSON
        ("factor", "f8"),  # time the agent needs over time on the tape
        ("answered_s", "f8"),  # as in `outcome.CONTACT_COLUMNS`, NaN where it has not come
        ("talk_end_s", "f8"),
        ("offer_s", "f8"),
        ("accepted_s", "f8"),
        ("due_s", "f8"),
        ("dialled_s", "f8"),
        ("announced_s", "f8"),
        ("paused_s", "f8"),
        ("agent", "i4"),  # who serves it, or dialled last; -1 nobody
        ("attempts", "i4"),
        ("times_back", "i4"),  # how often the customer has come back, for this contact included
        ("turns", "i4"),  # of the thread before this one
        ("place", "i1"),  # a Place
        ("phase", "i1"),
        ("cause", "i1"),  # a Cause: why it came, or will
        ("resolved", "i1"),  # as in `outcome.CONTACT_COLUMNS`, once the talk has ended
        ("on_the_line", "?"),  # the customer holds; one who is owed a callback does not
        ("in_hours", "?"),  # came while its type was open
    ],
    align=True,
)
"""How things stand with a contact."""

PERSON = np.dtype(
    [
        ("changed_s", "f8"),  # when the number of open contacts last changed, or the session began
        ("busy_since_s", "f8"),  # start of the present busy period; NaN: none
        ("worked_until_s", "f8"),  # instant for which `left_s` of the open contacts is true
        ("factor", "f8"),  # handle-time factor of the present session
        ("on_duty", "?"),
        ("staying", "?"),  # the session is over, the agent serves out what the closing left
        ("paused", "?"),  # live contacts have interrupted the work on messages
    ],
    align=True,
)
"""How things stand with an agent."""


@dataclass(frozen=True)
class Present:
    """How things stand at an instant.

    Attributes
    ----------
    now_s : float
        The instant [s], on the grid.
    contacts : numpy.ndarray, STANDING, shape (contacts,)
        The first rows of the tape, in its order; one that its customer has not made yet need not
        have arrived. Patience on the tape is what it is now, after an announcement or as
        self-service passes it on, and counts from arrival. Each stands for a first attempt: behind
        them the tape has what its customer may still make of it.
    agents : numpy.ndarray, PERSON, shape (agents,)
        By number, as in `Tape.agent_group`. Of the tape's sessions only what begins or ends at the
        instant or later still happens.
    last_wait_s : numpy.ndarray, float64, shape (contact types, agent groups + 1)
        Wait of the contact that an agent took last, for each type and the group it was meant for;
        in the last column for any group [s].
    """

    now_s: float
    contacts: NDArray[np.void]
    agents: NDArray[np.void]
    last_wait_s: NDArray[np.float64]


def nothing_yet(contacts: int) -> NDArray[np.void]:
    """Return contacts to whom nothing has happened: they wait on the line, since never.

    Parameters
    ----------
    contacts : int

    Returns
    -------
    numpy.ndarray, STANDING, shape (contacts,)
    """
    standing = np.zeros(contacts, dtype=STANDING)
    for name in _NEVER:
        standing[name] = np.nan
    standing["agent"] = standing["resolved"] = -1
    standing["factor"] = 1.0
    standing["on_the_line"] = standing["in_hours"] = True
    return standing


def off_duty(agents: int) -> NDArray[np.void]:
    """Return agents who are not there.

    Parameters
    ----------
    agents : int

    Returns
    -------
    numpy.ndarray, PERSON, shape (agents,)
    """
    people = np.zeros(agents, dtype=PERSON)
    people["changed_s"], people["factor"] = -np.inf, 1.0
    people["busy_since_s"] = people["worked_until_s"] = np.nan
    return people


_NEVER = (
    *("returns_s", "answered_s", "talk_end_s", "offer_s", "accepted_s"),
    *("due_s", "dialled_s", "announced_s"),
)
