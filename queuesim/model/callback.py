"""Calling back: how agents dial, and when a waiting contact is offered a callback."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from queuesim.model.base import Model
from queuesim.model.coming_back import Return
from queuesim.model.delay import Delay
from queuesim.model.distributions import Deterministic
from queuesim.model.faults import Fault
from queuesim.model.fields import (
    Count,
    CountFromOne,
    Duration,
    Positive,
    PositiveDuration,
    Share,
    SignedDuration,
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


_SHORTEST_SLOT_S = 60.0


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
    min_announced
        Offer only to those who were announced a wait of at least this [s]; needs an announcement on
        the contact type. Who heard none gets no offer then.
    max_open
        Offer only while fewer callbacks of the type than this are open: accepted, and no agent is
        at it. None is no limit.
    accept_from
        The announced wait from which those who would accept do: a distribution, or a time, so that
        P(accepts) = accept × P(accept_from ≤ announced). Who heard none accepts by ``accept``
        alone. Needs an announcement on the contact type.
    kind
        ``"virtual_hold"`` keeps the place in the queue; ``"later"`` promises a window later on;
        ``"idle_time"`` is dialled once more than ``reserve`` agents are idle; ``"slot"`` books the
        next slot with room.
    delay
        For ``"later"``: from acceptance to the start of the promised window; for ``"slot"``: to the
        earliest start that suits the customer. A distribution, or a time.
    slot
        For ``"slot"``: its length [s], a minute or more. Slots follow one another from the start of
        the horizon; on offer are those that begin while the contact type is open.
    per_slot
        For ``"slot"``: callbacks that can be booked into one.
    dialling
        How the contact is dialled.
    promise
        The first dial is promised within this time [s] of acceptance (virtual hold) or of the
        window's or slot's start (later, slot).
    weight, credit
        Unless virtual hold: how its queue competes for agents, as on `ContactType` [–, s].
    reserve
        Unless virtual hold: dial only when more than this many agents are idle.
    rings_in
        Who accepts and then rings in, so long after accepting, if the callback is still owed and no
        agent is at it: the callback is given up, and its place in a slot with it. Who may not come
        again, see ``max_attempts``, waits on. None: nobody does.

    Examples
    --------
    >>> CallbackOffer(accept=0.4, after="2min").promise
    3600.0
    """

    accept: Share
    after: Duration = 0.0
    min_queue: Count = 0
    min_announced: Duration | None = None
    max_open: CountFromOne | None = None
    accept_from: Delay | None = None
    kind: Literal["virtual_hold", "later", "idle_time", "slot"] = "virtual_hold"
    delay: Delay = Deterministic(value=0.0)
    slot: PositiveDuration | None = None
    per_slot: CountFromOne | None = None
    dialling: Dialling = Dialling()
    promise: Duration = 3600.0
    weight: Positive = 1.0
    credit: SignedDuration = 0.0
    reserve: Count = 0
    rings_in: Return | None = None

    def _check(self) -> Iterator[Fault]:
        if self.kind == "virtual_hold":
            if self.delay != Deterministic(value=0.0):
                yield Fault(
                    "is for kinds later and slot: a virtual hold is dialled when its turn comes",
                    'write kind="later", or leave delay out',
                    ("delay",),
                )
            if self.reserve:
                yield Fault(
                    "is for kind later: a virtual hold keeps its place in the queue of its type",
                    'write kind="later", or leave reserve out',
                    ("reserve",),
                )
        if self.kind == "idle_time":
            yield from self._idle_time_faults()
        yield from self._slot_faults()

    def _idle_time_faults(self) -> Iterator[Fault]:
        if self.delay != Deterministic(value=0.0):
            yield Fault(
                "is for kind later: in idle time a callback is dialled as soon as agents are idle",
                'write kind="later", or leave delay out',
                ("delay",),
            )
        if self.reserve == 0:
            yield Fault(
                "must be 1 or more for kind idle_time: agents who stay free for live contacts",
                "write reserve=1, say",
                ("reserve",),
            )

    def _slot_faults(self) -> Iterator[Fault]:
        for name, example in (("slot", 'slot="30min"'), ("per_slot", "per_slot=4")):
            given = getattr(self, name)
            if self.kind == "slot" and given is None:
                yield Fault("must be given for kind slot", f"write {example}, say", (name,))
            if self.kind != "slot" and given is not None:
                fix = f'write kind="slot", or leave {name} out'
                yield Fault("is for kind slot", fix, (name,))
        if self.slot is not None and self.slot < _SHORTEST_SLOT_S:
            yield Fault("must be a minute or more", 'write slot="30min", say', ("slot",))
