"""Rule 3, told for the machine: who waits for a callback, and rings in before an agent is at it."""

from __future__ import annotations

from queuesim.compiling import called
from queuesim.engines.compiled.agenda import Agenda, key_of, push, whole
from queuesim.engines.compiled.coming_back import follow, row_of_next
from queuesim.engines.compiled.floor import NOBODY, Contacts, Floor, leave
from queuesim.engines.compiled.rules import Rules
from queuesim.engines.outcome import Cause, ContactOutcome

RANG_IN, RING_IN = int(ContactOutcome.RANG_IN), int(Cause.RING_IN)


@called
def plan_to_ring_in(
    rules: Rules, contacts: Contacts, agenda: Agenda, contact: int, asked_s: float
) -> None:
    """Note when an impatient customer rings in, if the callback is owed still.

    Among the ends of patience; what marks it is that it belongs to no line.
    """
    mine, terms = contacts.again[contact], rules.back[contacts.kind[contact]]
    rings_s = asked_s + mine.rings_in_delay_s
    if (
        mine.rings_in
        and mine.times_back < terms.rings_in_most
        and rings_s < rules.horizon_s
        and row_of_next(contacts, contact, whole(terms.rings_in_to)) >= 0
    ):
        far = agenda.far[0]
        key = key_of(rings_s, contacts.number[contact], rules.row_bits)
        far.patiences = push(agenda.patiences, far.patiences, key, contact, whole(NOBODY))


@called
def ring_in(
    rules: Rules, floor: Floor, contacts: Contacts, agenda: Agenda, contact: int, now: float
) -> None:
    """A customer rings in: the callback that is still owed is given up, with its slot."""
    here, kind = contacts.waiting[contact], whole(contacts.kind[contact])
    if not here.owed:
        return
    here.owed = False
    floor.open_callbacks[kind] -= 1
    slots = rules.terms[kind]
    if slots.slot_s > 0.0:
        floor.slot_room[slots.first_slot + whole(contacts.due_s[contact] / slots.slot_s)] += 1
    if here.line >= 0:
        leave(floor, contacts, contact)
    contacts.outcome[contact], contacts.left_s[contact] = RANG_IN, now
    mine, terms = contacts.again[contact], rules.back[kind]
    follow(
        rules, contacts, agenda, contact, whole(terms.rings_in_to), now,
        RING_IN, mine.times_back + 1, 0, 1.0,
    )  # fmt: skip
