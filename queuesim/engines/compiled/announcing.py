"""Announcements, told for the machine: the expected wait that a newcomer hears."""

from __future__ import annotations

import numpy as np

from queuesim.compiling import compiled
from queuesim.engines.compiled.agenda import whole
from queuesim.engines.compiled.floor import Contacts, Floor, first_in_line, snap
from queuesim.engines.compiled.program import Rules
from queuesim.engines.compiled.terms import HEAD_OF_LINE, LAST_TO_ENTER_SERVICE, QUEUE_LENGTH


@compiled
def balks(
    rules: Rules, floor: Floor, contacts: Contacts, contact: int, line: int, now: float
) -> bool:
    """Let a newcomer whom nobody takes hear the expected wait; return whether it leaves for that.

    It is not in its line yet. Who stays has the patience it has after the announcement.
    """
    terms = rules.terms[line]
    announced_s = terms.fixed_s
    if terms.predictor == QUEUE_LENGTH:
        people = 0.0
        for group in range(floor.on_duty.shape[0]):
            people += floor.on_duty[group] * rules.tempo[line, group]
        if people == 0.0:
            return False  # nobody could tell
        announced_s = snap((floor.queues[line].waiting + 1) * terms.handle_s / people)
    elif terms.predictor == LAST_TO_ENTER_SERVICE:
        announced_s = floor.last_wait_s[line]
    elif terms.predictor == HEAD_OF_LINE:
        head = first_in_line(floor, contacts, line, now)
        announced_s = now - contacts.waiting[head].queued_since_s if head >= 0 else 0.0
    contacts.announced_s[contact] = announced_s
    if announced_s > contacts.tolerates_s[contact]:
        return True
    if terms.changes_patience:
        longer_s = contacts.patience_s[contact] * terms.patience_factor
        contacts.patience_s[contact] = snap(max(longer_s, announced_s * terms.stays_for))
    return False


@compiled
def next_slot(rules: Rules, floor: Floor, line: int, earliest_s: float) -> int:
    """Return the first slot that begins at an instant or later and has room; -1 if there is none.

    Its number counts from the start of the horizon.
    """
    terms = rules.terms[line]
    slot = whole(np.ceil(earliest_s / terms.slot_s))
    n_slots = terms.last_slot - terms.first_slot
    while slot < n_slots and floor.slot_room[terms.first_slot + slot] == 0:
        slot += 1
    return whole(slot) if slot < n_slots else whole(-1)
