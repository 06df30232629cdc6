"""Rule 3 in the reference engine: to whom a callback is offered, who accepts, and until when."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from math import ceil, isnan

from queuesim.engines.floor import Contact, Line
from queuesim.model import CallbackOffer
from queuesim.sampling import Tape
from queuesim.units import snap


@dataclass(slots=True, eq=False)
class Promised:
    """The callbacks promised to contacts of one type, whichever group they are meant for."""

    open: int = 0  # accepted, and no agent is at it
    booked: Counter[float] = field(default_factory=Counter)  # by start of the promise


def is_offered(
    offer: CallbackOffer, contact: Contact, callers: list[Contact], promised: Promised
) -> bool:
    """Whether a caller is offered a callback: enough ahead, a long wait announced, few open.

    All contacts of the type count, ahead or open, whichever group they are meant for.
    """
    ahead = sum(caller.place() < contact.place() for caller in callers)
    if ahead < offer.min_queue:
        return False
    if offer.min_announced is not None and not contact.announced_s >= snap(offer.min_announced):
        return False  # also where nothing was announced
    return offer.max_open is None or promised.open < offer.max_open


def is_accepted(contact: Contact, tape: Tape) -> bool:
    """Whether the caller takes the callback: one who would, and was announced a wait long enough.

    Who heard no announcement has nothing to compare.
    """
    if not tape.accepts[contact.row]:
        return False
    if isnan(contact.announced_s):
        return True
    return contact.announced_s >= float(tape.accepts_from_s[contact.row])


def start_of_promise(
    offer: CallbackOffer,
    contact: Contact,
    line: Line,
    promised: Promised,
    tape: Tape,
    now_s: float,
    horizon_s: float,
) -> float | None:
    """Return from when on a callback would be dialled; None if there is no slot with room.

    Parameters
    ----------
    offer : CallbackOffer
    contact : Contact
    line : Line
        The contact's line; its hours are those of the contact type and of the slots.
    promised : Promised
        The callbacks of the contact type; those of all its lines share the slots.
    tape : Tape
    now_s : float
        The present instant [s].
    horizon_s : float
        No slot begins then or later [s].

    Returns
    -------
    float or None
        [s]
    """
    if offer.kind == "virtual_hold":
        return now_s
    earliest_s = now_s + float(tape.window_delay_s[contact.row])
    if offer.kind != "slot":
        return earliest_s
    assert offer.slot is not None
    assert offer.per_slot is not None
    length_s = snap(offer.slot)
    number = ceil(earliest_s / length_s)
    while (start_s := number * length_s) < horizon_s:
        if line.is_open(start_s) and promised.booked[start_s] < offer.per_slot:
            return start_s
        number += 1
    return None
