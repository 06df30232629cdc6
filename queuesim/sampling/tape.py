"""The tape: every draw of one replication, made before anything runs.

One row a contact, by arrival; equal instants by the contact type's name, then its number. Draws
belong to contacts: whoever serves a contact, it brings the same work and the same patience. Two
options under one seed meet the same contacts, known by (contact type, day, number).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from queuesim.model import Channel, ContactType, Dialling
from queuesim.sampling.sessions import Sessions

Seconds = NDArray[np.float64]

NOTHING_ANNOUNCED: Seconds = np.empty(0)


@dataclass(frozen=True)
class Again:
    """What contacts bring for coming back, one entry a row of the tape.

    The first attempts come first, by arrival; behind them the further attempts, customer by
    customer, attempt by attempt, a row for each contact type as which the customer may come then.

    Attributes
    ----------
    first_attempts : int
        How many rows are first attempts.
    attempt : numpy.ndarray, int32, shape (n,)
        0 for the first.
    customer : numpy.ndarray, int32, shape (n,)
        Row of the customer's first attempt.
    following : numpy.ndarray, int32, shape (n,)
        First row of the customer's next attempt; -1: there is none.
    redials, repeats, turns : numpy.ndarray, bool, shape (n,)
        Whether the customer comes back: after leaving unserved; when not resolved; with the next
        turn of a thread.
    rings_in : numpy.ndarray, bool, shape (n,)
        Whether the customer rings in while waiting for a callback.
    redial_delay_s, repeat_delay_s, turn_delay_s, after_hours_delay_s : numpy.ndarray, shape (n,)
        How long after [s].
    rings_in_delay_s : numpy.ndarray, shape (n,)
        How long after accepting the callback, or asking for it [s].
    resolution : numpy.ndarray, float64, shape (n,)
        Uniform in [0, 1): the contact is resolved where it is below the group's share; self-service
        deals with it where it is below the share contained.
    path : numpy.ndarray, float64, shape (n,)
        Uniform in [0, 1): decides who is handed on, where to, and who comes back after hours.
    """

    first_attempts: int
    attempt: NDArray[np.int32]
    customer: NDArray[np.int32]
    following: NDArray[np.int32]
    redials: NDArray[np.bool_]
    repeats: NDArray[np.bool_]
    turns: NDArray[np.bool_]
    rings_in: NDArray[np.bool_]
    redial_delay_s: Seconds
    repeat_delay_s: Seconds
    turn_delay_s: Seconds
    after_hours_delay_s: Seconds
    rings_in_delay_s: Seconds
    resolution: Seconds
    path: Seconds

    def rows(self, first: int, last: int) -> NDArray[np.int64]:
        """Return the rows of the customers whose first attempts are rows [first, last)."""
        mine = (self.customer >= first) & (self.customer < last)
        return np.flatnonzero(mine)


@dataclass(frozen=True)
class Tape:
    """All chance of one replication, as flat arrays.

    Attributes
    ----------
    seed, replication : int
        Where the draws come from.
    contact_type : numpy.ndarray, int32, shape (n,)
        Index in `Scenario.contact_types`.
    day : numpy.ndarray, int32, shape (n,)
        Day of the horizon on which the contact arrives.
    number : numpy.ndarray, int64, shape (n,)
        The contact's number among those of its type and day; the same under every option.
    arrival_s : numpy.ndarray, float64, shape (n,)
        Arrival [s].
    talk_s, wrap_up_s : numpy.ndarray, float64, shape (n,)
        Work [s] at an undivided agent with handle factor 1.
    patience_s : numpy.ndarray, float64, shape (n,)
        Longest wait before the contact leaves [s]; inf if it never does.
    accepts : numpy.ndarray, bool, shape (n,)
        Whether the caller takes a callback when it is offered.
    window_delay_s : numpy.ndarray, float64, shape (n,)
        From acceptance to the start of the promised window [s].
    answers : numpy.ndarray, bool, shape (n, attempts)
        Whether the customer answers each dial; no columns where nobody is dialled.
    allotted : numpy.ndarray, int32, shape (n,)
        Index in `Scenario.agent_groups` of the group that the contact is allotted to; -1: none.
    agent_group : numpy.ndarray, int32, shape (agents,)
        Group of each agent; agents of a group are numbered together.
    sessions : Sessions
        When each agent is there.
    tolerates_s : numpy.ndarray, float64, shape (n,)
        The longest announced wait that the contact puts up with [s]; inf if any. Empty, as is the
        next, where no contact type announces a wait.
    accepts_from_s : numpy.ndarray, float64, shape (n,)
        The announced wait from which the caller takes a callback [s], where `accepts`.
    again : Again or None
        What contacts bring for coming back; None where nobody comes again and all are resolved.
        Behind the first attempts then stand the further ones, whose arrival is not known: NaN.
    """

    seed: int
    replication: int
    contact_type: NDArray[np.int32]
    day: NDArray[np.int32]
    number: NDArray[np.int64]
    arrival_s: Seconds
    talk_s: Seconds
    wrap_up_s: Seconds
    patience_s: Seconds
    accepts: NDArray[np.bool_]
    window_delay_s: Seconds
    answers: NDArray[np.bool_]
    allotted: NDArray[np.int32]
    agent_group: NDArray[np.int32]
    sessions: Sessions
    tolerates_s: Seconds = field(default_factory=lambda: NOTHING_ANNOUNCED)
    accepts_from_s: Seconds = field(default_factory=lambda: NOTHING_ANNOUNCED)
    again: Again | None = None

    @property
    def first_attempts(self) -> int:
        """How many rows are first attempts; the others come only if the customer comes again."""
        return len(self) if self.again is None else self.again.first_attempts

    def __len__(self) -> int:
        return len(self.arrival_s)


def dialling_of(contact_type: ContactType) -> Dialling | None:
    """Return how a contact type's customers are dialled back, if they are."""
    if contact_type.channel == Channel.CALLBACK:
        return contact_type.dialling or Dialling()
    return contact_type.callback.dialling if contact_type.callback else None
