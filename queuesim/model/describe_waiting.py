"""What happens to a contact while it waits, in plain words: limits, announcements, callbacks."""

from __future__ import annotations

from collections.abc import Iterator

from queuesim.model.announcement import Announcement
from queuesim.model.callback import CallbackOffer, Dialling
from queuesim.model.contact_type import Channel, ContactType
from queuesim.model.distributions import Distribution
from queuesim.model.wording import law_in_words, percent
from queuesim.units import format_duration


def while_waiting(each: ContactType) -> Iterator[str]:
    """Yield lines about those who wait on the line of a contact type."""
    limit = "any number can wait"
    if each.queue_limit is not None:
        limit = f"{each.queue_limit} can wait, and further ones are blocked"
    if each.channel is Channel.PHONE:
        limit = limit.replace("wait", "wait on the line", 1)
        offer = "no callback is offered" if each.callback is None else _offer(each.callback)
        yield f"While waiting: {limit}; {offer}."
    elif each.queue_limit is not None:
        yield f"While waiting: {limit}."
    if each.announcement is not None:
        yield f"Announced: {_announcement(each.announcement)}."


def _announcement(terms: Announcement) -> str:
    told = {
        "queue_length": "the wait that follows from the number ahead and the people on duty",
        "last_to_enter_service": "the wait of the contact that was taken last",
        "head_of_line": "how long the first in the line has waited so far",
        "fixed": f"a wait of {format_duration(terms.fixed or 0.0)}, whatever the queue",
    }[terms.predictor]
    parts = [f"{told}, to whoever is not taken at once"]
    if terms.balk is None:
        parts.append("nobody leaves because of it")
    else:
        parts.append(f"who hears of more than {_wait(terms.balk)} leaves at once")
    if not terms.changes_patience:
        parts.append("patience stays what it was")
    else:
        after = []
        if terms.patience_factor != 1:
            after.append(f"patience × {terms.patience_factor:g}")
        if terms.stays_for:
            after.append(f"a patience of at least {terms.stays_for:g} × the announced wait")
        parts.append(f"who stays has {' and '.join(after)}")
    if terms.tolerance:
        parts.append(f"it is kept when answered {format_duration(terms.tolerance)} later at most")
    return "; ".join(parts)


def _offer(offer: CallbackOffer) -> str:
    when = "on arrival when nobody is free"
    if offer.after:
        when = f"after {format_duration(offer.after)} of waiting"
    if offer.min_queue:
        when += f", if {offer.min_queue} or more are ahead"
    if offer.min_announced is not None:
        when += f", if {format_duration(offer.min_announced)} or more were announced"
    if offer.max_open is not None:
        when += f", while fewer than {offer.max_open} callbacks are open"
    promise = f"first dial promised within {format_duration(offer.promise)}"
    accept = f"{percent(offer.accept)} accept"
    if offer.accept_from is not None:
        accept += f" from an announced wait of {_wait(offer.accept_from)} on"
    return (
        f"a callback is offered {when}, and {accept}; it {_way_of(offer)}, {promise}; "
        f"{dialling_in_words(offer.dialling)}"
    )


def _way_of(offer: CallbackOffer) -> str:
    if offer.kind == "virtual_hold":
        return "keeps the place in the queue (virtual hold)"
    if offer.kind == "idle_time":
        return f"is dialled in idle time, when more than {offer.reserve} agents are idle"
    if offer.kind == "slot":
        length = format_duration(offer.slot or 0.0)
        earliest = ""
        if offer.delay.mean_s:
            earliest = f" that begins {law_in_words(offer.delay)} after or later"
        return f"is booked into the next slot of {length}{earliest}, {offer.per_slot} to a slot"
    if offer.delay.mean_s == 0:
        return "is dialled later, in a queue of its own"
    return f"is dialled later, in a window that starts {law_in_words(offer.delay)} after"


def _wait(law: Distribution) -> str:
    return law_in_words(law).removeprefix("always ")


def dialling_in_words(terms: Dialling) -> str:
    """Say how customers are dialled back."""
    reach = f"{percent(terms.answered)} of dials are answered"
    if terms.answered == 1:
        return f"every dial is answered; it rings {format_duration(terms.ring)}"
    tries = f"up to {terms.attempts} dials, {format_duration(terms.retry_after)} apart"
    return f"{reach}; {tries}, ringing {format_duration(terms.ring)} each"
