"""Rule 3, told for the machine: to whom a callback is offered, who accepts, and until when."""

from __future__ import annotations

import numpy as np

from queuesim.compiling import compiled, inlined
from queuesim.engines.compiled.agenda import Agenda, key_of, push, whole
from queuesim.engines.compiled.floor import NOBODY, Contacts, Floor, comes_first, holds, leave
from queuesim.engines.compiled.ringing_in import plan_to_ring_in
from queuesim.engines.compiled.rules import SLOT, VIRTUAL_HOLD, InFull, Rules


@inlined
def offer_callback(
    rules: Rules, floor: Floor, contacts: Contacts, agenda: Agenda,
    contact: int, line: int, now: float, in_full: InFull,
) -> None:  # fmt: skip
    """A waiting caller is offered a callback, if the terms of the offer are met."""
    kind, terms, here = whole(contacts.kind[contact]), rules.lines[line], contacts.waiting[contact]
    more = rules.terms[kind]
    if here.line < 0 or not holds(contacts, contact, now):
        return
    ahead = 0
    for one_of in range(terms.first_line, terms.last_line):
        other = whole(floor.queues[one_of].head)
        while ahead < terms.min_queue and other >= 0 and comes_first(contacts, other, contact):
            ahead += holds(contacts, other, now)
            other = whole(contacts.waiting[other].next)
    if ahead < terms.min_queue:
        return
    if in_full is not None:
        if floor.open_callbacks[kind] >= more.max_open:
            return
        if more.asks_announced and not contacts.announced_s[contact] >= more.min_announced_s:
            return  # also where nothing was announced
    slot, due = whole(NOBODY), now
    if terms.offer != VIRTUAL_HOLD:
        due = now + contacts.window_delay_s[contact]
    if in_full is not None and terms.offer == SLOT:
        slot = _next_slot(rules, floor, kind, due)
        if slot < 0:
            return
        due = slot * more.slot_s
    contacts.offer_s[contact] = now
    if not contacts.accepts[contact]:
        return
    if (
        in_full is not None
        and terms.announces
        and contacts.announced_s[contact] < contacts.accepts_from_s[contact]
    ):
        return  # not where nothing was announced
    contacts.accepted_s[contact] = now
    here.called_back = here.owed = True
    floor.open_callbacks[kind] += 1
    if terms.offer != VIRTUAL_HOLD:
        if in_full is not None and slot >= 0:
            floor.slot_room[more.first_slot + slot] -= 1
        leave(floor, contacts, contact)
        here.queued_since_s = due
        if here.queued_since_s <= rules.horizon_s:
            far = agenda.far[0]
            key = key_of(here.queued_since_s, contacts.number[contact], rules.row_bits)
            far.returns = push(
                agenda.returns, far.returns, key, contact, whole(terms.callback_line)
            )
        contacts.due_s[contact] = here.queued_since_s
    else:
        floor.queues[line].holding -= 1
        contacts.due_s[contact] = now  # it keeps its place, and has no patience to lose
    here.on_the_line = False
    if in_full is not None and rules.follows:
        plan_to_ring_in(rules, contacts, agenda, contact, now)


@compiled
def _next_slot(rules: Rules, floor: Floor, kind: int, earliest_s: float) -> int:
    """Return the first slot of a contact type that begins at an instant or later and has room.

    -1 if there is none. Its number counts from the start of the horizon.
    """
    terms = rules.terms[kind]
    slot = whole(np.ceil(earliest_s / terms.slot_s))
    n_slots = terms.last_slot - terms.first_slot
    while slot < n_slots and floor.slot_room[terms.first_slot + slot] == 0:
        slot += 1
    return whole(slot) if slot < n_slots else whole(-1)
