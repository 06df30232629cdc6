"""Who comes back, and what the front door does, in plain words."""

from __future__ import annotations

from queuesim.model.attempts import returns_of
from queuesim.model.coming_back import FrontDoor, Return
from queuesim.model.contact_type import ContactType
from queuesim.model.events import times_in_words
from queuesim.model.wording import law_in_words, percent


def coming_back_in_words(each: ContactType) -> str:
    """Return who of a contact type comes back."""

    def said(terms: Return, do: str = "come back") -> str:
        to = "" if terms.to is None else f", as {terms.to}"
        delay = law_in_words(terms.delay).removeprefix("always ")
        most = "" if terms.max_attempts == 1 else f", {terms.max_attempts} times at most"
        return f"{percent(terms.share)} {do} after {delay}{to}{most}"

    parts = []
    returns = returns_of(each)
    if each.redial is not None:
        who = ["abandon", "are blocked"]
        if each.after_hours is None:
            who[1:] = ["are blocked", "turned away"]
        if each.redial.failed_callbacks:
            who.append("are called back in vain")
        parts.append(f"of those who {', '.join(who[:-1])} or {who[-1]} {said(each.redial)}")
    if each.after_hours is not None:
        parts.append(f"of those who come outside the hours {said(each.after_hours)}")
    if each.repeat is not None:
        parts.append(f"of those not resolved {said(each.repeat)}")
    if each.turns is not None:
        parts.append(f"of those answered {said(each.turns, 'write the next turn')}")
    if returns["rings_in"] is not None:
        parts.append(f"of those who wait for a callback {said(returns['rings_in'], 'ring in')}")
    return f"Coming back: {'; '.join(parts) or 'nobody, neither after leaving nor unresolved'}."


def front_door_in_words(terms: FrontDoor) -> str:
    """Return what a front door does."""
    on = ", ".join(f"{percent(share)} to {name}" for name, share in terms.to.items())
    lost = 1.0 - sum(terms.to.values())
    ways = [on] if on else []
    if lost > 1e-9:
        ways.append(f"{percent(lost)} give up")
    said = f"Front door: {percent(terms.contains)} need nobody; of the others {', '.join(ways)}"
    if terms.resolution < 1:
        said += f"; of those who need nobody {percent(terms.resolution)} are really helped"
    if terms.patience_factor != 1:
        said += f"; patience is multiplied by {terms.patience_factor:g}"
    for event in terms.outages:
        when = times_in_words(event)
        said += f"; {event.name} multiplies the share it fails by {event.factor:g} {when}"
    return f"{said}."
