"""Calling back: how agents dial, and when a waiting contact is offered a callback."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from queuesim.model.base import Model
from queuesim.model.distributions import Deterministic, Distribution
from queuesim.model.faults import Fault
from queuesim.model.fields import (
    DURATION_PATTERN,
    Count,
    Duration,
    OrShort,
    Positive,
    Share,
    SignedDuration,
    not_negative,
    read_seconds,
)


class Dialling(Model):
    """How a contact is dialled back.

    Parameters
    ----------
    ring
        How long an agent lets it ring; an attempt without answer costs the agent this time [s].
    answered
        Share of attempts that are answered, 0 to 1.
    attempts
        Attempts at most, 1 to 20; after the last one the callback has failed.
    retry_after
        From an attempt without answer to the next one [s].

    Examples
    --------
    >>> Dialling(answered=0.8).ring
    15.0
    """

    ring: Duration = 15.0
    answered: Share = 1.0
    attempts: Annotated[int, Field(strict=True, ge=1, le=20)] = 3
    retry_after: Duration = 1800.0


def _read_delay(given: Any) -> Any:
    if isinstance(given, (int, float, str)) and not isinstance(given, bool):
        return Deterministic(value=not_negative(read_seconds(given)))
    return given


Delay = Annotated[
    Distribution,
    BeforeValidator(_read_delay),
    OrShort({"type": "number", "minimum": 0}, {"type": "string", "pattern": DURATION_PATTERN}),
]
"""A distribution of times; a plain time is read as `Deterministic`."""


class CallbackOffer(Model):
    """When a contact that waits on the line is offered a callback, and what happens to those who
    accept.

    Parameters
    ----------
    accept
        Share of offers that are accepted, 0 to 1.
    after
        Wait before the offer [s]; 0 offers on arrival when nobody is free.
    min_queue
        Offer only when at least this many callers of the type are ahead on the line.
    kind
        ``"virtual_hold"`` keeps the place in the queue; ``"later"`` promises a window later on.
    delay
        For ``"later"``: from acceptance to the start of the promised window. A distribution, or a
        time.
    dialling
        How the contact is dialled.
    promise
        The first dial is promised within this time [s] of acceptance (virtual hold) or of the
        window's start (later).
    weight, credit
        For ``"later"``: how its queue competes for agents, as on `ContactType` [–, s].
    reserve
        For ``"later"``: dial only when more than this many agents are idle.

    Examples
    --------
    >>> CallbackOffer(accept=0.4, after="2min").promise
    3600.0
    """

    accept: Share
    after: Duration = 0.0
    min_queue: Count = 0
    kind: Literal["virtual_hold", "later"] = "virtual_hold"
    delay: Delay = Deterministic(value=0.0)
    dialling: Dialling = Dialling()
    promise: Duration = 3600.0
    weight: Positive = 1.0
    credit: SignedDuration = 0.0
    reserve: Count = 0

    def _check(self) -> Iterator[Fault]:
        if self.kind == "virtual_hold":
            if self.delay != Deterministic(value=0.0):
                yield Fault(
                    "is for kind later: a virtual hold is dialled when its turn comes",
                    'write kind="later", or leave delay out',
                    ("delay",),
                )
            if self.reserve:
                yield Fault(
                    "is for kind later: a virtual hold keeps its place in the queue of its type",
                    'write kind="later", or leave reserve out',
                    ("reserve",),
                )
