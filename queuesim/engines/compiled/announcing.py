"""Announcements, told for the machine: the expected wait that a newcomer hears."""

from __future__ import annotations

from queuesim.compiling import compiled
from queuesim.engines.compiled.agenda import whole
from queuesim.engines.compiled.floor import Contacts, Floor, first_in_line, snap
from queuesim.engines.compiled.hours import is_in_hours
from queuesim.engines.compiled.rules import Rules
from queuesim.engines.compiled.terms import HEAD_OF_LINE, LAST_TO_ENTER_SERVICE, QUEUE_LENGTH


@compiled
def balks(
    rules: Rules, floor: Floor, contacts: Contacts, contact: int, line: int, now: float
) -> bool:
    """Let a newcomer whom nobody takes hear the expected wait; return whether it leaves for that.

    It may be in its line already. Who stays has the patience it has after the announcement.
    """
    terms = rules.terms[contacts.kind[contact]]
    announced_s = terms.fixed_s
    if terms.predictor == QUEUE_LENGTH:
        people = 0.0
        for group in range(floor.on_duty.shape[0]):
            pair = whole(rules.pair_of[group, line])
            if pair >= 0 and is_in_hours(rules, floor, pair, now):
                people += floor.on_duty[group] * rules.tempo[pair]
        if people == 0.0:
            return False  # nobody could tell
        others = floor.queues[line].waiting - (contacts.waiting[contact].line == line)
        announced_s = snap((others + 1) * terms.handle_s / people)
    elif terms.predictor == LAST_TO_ENTER_SERVICE:
        announced_s = floor.last_wait_s[line]
    elif terms.predictor == HEAD_OF_LINE:
        head = first_in_line(floor, contacts, line, now)
        # a newcomer that is the head is alone, and has waited for 0 s
        announced_s = now - contacts.waiting[head].queued_since_s if head >= 0 else 0.0
    contacts.announced_s[contact] = announced_s
    if announced_s > contacts.tolerates_s[contact]:
        return True
    if terms.changes_patience:
        longer_s = contacts.patience_s[contact] * terms.patience_factor
        contacts.patience_s[contact] = snap(max(longer_s, announced_s * terms.stays_for))
    return False
