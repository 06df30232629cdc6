"""What came out, in a form that two runs can be compared by: a wrong answer cannot look fast."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from queuesim.engines.outcome import ContactOutcome, Outcome
from queuesim.results import Result
from queuesim.results.tally import CONTACT_QUANTITIES, Tally


class WrongAnswerError(Exception):
    """A contestant did not compute what it should have."""


@dataclass(frozen=True)
class Answer:
    """What a peer says of a stream of phone contacts.

    Attributes
    ----------
    contacts, abandoned : int
    mean_wait_s : float
        Mean wait of all contacts, answered or abandoned [s].
    """

    contacts: int
    abandoned: int
    mean_wait_s: float

    @property
    def abandonment(self) -> float:
        """Share of the contacts that abandoned."""
        return self.abandoned / self.contacts if self.contacts else 0.0


class Counts(NamedTuple):
    """Contacts that were offered, and that abandoned."""

    offered: int
    abandoned: int


def answer_of(outcome: Outcome) -> Answer:
    """Return what an engine says of a phone scenario in which nobody is left waiting.

    Raises
    ------
    ValueError
        When contacts ended in a way that peers do not know.
    """
    ended = outcome.contacts["outcome"]
    if not np.isin(ended, (ContactOutcome.HANDLED, ContactOutcome.ABANDONED)).all():
        raise ValueError("only handled and abandoned contacts can be compared with peers")
    gone = ended == ContactOutcome.ABANDONED
    left = np.where(gone, outcome.contacts["left_s"], outcome.contacts["answered_s"])
    # on the grid the sum is exact in any order, as long as it is below 2**43 s
    total = float((left - outcome.tape.arrival_s).sum())
    return Answer(len(ended), int(gone.sum()), total / max(1, len(ended)))


_REGISTERED = (
    *("accepted_s", "agent", "answered_s", "attempts", "dialled_s", "due_s", "freed_s", "left_s"),
    *("offer_s", "outcome", "talk_end_s"),
)


def checksum(outcome: Outcome) -> str:
    """Hash every number of the contact table and of the busy periods, NaN included.

    Of the contact table the columns that were there when the answers were registered: a feature
    that is not used must leave them as they were.
    """
    contacts = [(name, outcome.contacts[name]) for name in _REGISTERED]
    return _digest([*contacts, *((name, outcome.busy[name]) for name in sorted(outcome.busy))])


def counts_of(outcome: Outcome) -> Counts:
    """Count an outcome without the project's own counting."""
    ended = outcome.contacts["outcome"]
    came = int((ended >= 0).sum())  # not every further attempt on the tape is made
    return Counts(came, int((ended == ContactOutcome.ABANDONED).sum()))


def counts_in_tally(tally: Tally) -> Counts:
    """Return what the tally of one replication says."""
    return Counts(
        *(int(tally.contacts[CONTACT_QUANTITIES.index(name)].sum()) for name in Counts._fields)
    )


def counts_in_result(result: Result) -> tuple[Counts, Counts]:
    """Return what a whole result says of replication 0, and of all replications together."""
    abandoned, offered = result.values("abandonment")
    first = Counts(int(offered[0]), int(abandoned[0]))
    return first, Counts(int(offered.sum()), int(abandoned.sum()))


def _digest(columns: Iterable[tuple[str, NDArray[np.generic]]]) -> str:
    digest = hashlib.sha256()
    for name, column in columns:
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(column).tobytes())
    return digest.hexdigest()[:16]


def must_equal(what: str, found: object, expected: object) -> None:
    """Stop a benchmark whose answer is wrong.

    Raises
    ------
    WrongAnswerError
    """
    if found != expected:
        raise WrongAnswerError(f"{what}: {found}, expected {expected}")
