"""Rule 5, told for the machine: agents come and go, and doors close."""

from __future__ import annotations

from queuesim.compiling import inlined
from queuesim.engines.compiled.agenda import Agenda, whole
from queuesim.engines.compiled.coming_back import after_leaving
from queuesim.engines.compiled.floor import ABANDONED, Contacts, Floor, leave, unlist
from queuesim.engines.compiled.hours import left_at_closing
from queuesim.engines.compiled.rules import WORD, InFull, Rules
from queuesim.engines.outcome import ContactOutcome

TURNED_AWAY = int(ContactOutcome.TURNED_AWAY)

SESSION_ENDS, SESSION_BEGINS, HOURS_BEGIN, CLOSES, SESSION_GOES_ON = 0, 1, 2, 3, 4
"""Changes of headcount."""


@inlined
def session_begins(rules: Rules, floor: Floor, agent: int, now: float, in_full: InFull) -> None:
    """An agent comes on duty; one still in overtime goes on."""
    one = floor.agents[agent]
    floor.on_duty[one.group] += not one.on_duty
    one.on_duty, one.staying = True, False
    if in_full is not None:
        floor.calm[one.group] += whole(not rules.mixtures.has_live[one.group, one.state])
    if one.open == 0:
        one.changed_s = now
        floor.idle[one.group] += 1


@inlined
def session_ends(
    rules: Rules, floor: Floor, contacts: Contacts, agent: int, now: float, in_full: InFull
) -> None:
    """An agent takes nothing new and finishes what is open.

    One who is busy while customers still hold a line that has closed stays to serve them out.
    """
    one = floor.agents[agent]
    unlist(floor, agent)
    floor.on_duty[one.group] -= one.on_duty
    one.on_duty = False
    if in_full is not None:
        floor.calm[one.group] -= whole(not rules.mixtures.has_live[one.group, one.state])
    if one.open == 0:
        floor.idle[one.group] -= 1
    elif rules.may_stay[one.group] and now < rules.horizon_s:
        for line in range(floor.queues.shape[0]):
            served = rules.serves[one.group, line // WORD] >> (line % WORD) & 1
            if served and left_at_closing(rules, floor, contacts, line, now) >= 0:
                one.staying = True
                break


@inlined
def close(
    rules: Rules, floor: Floor, contacts: Contacts, agenda: Agenda,
    line: int, now: float, in_full: InFull,
) -> None:  # fmt: skip
    """The doors close: customers who hold the line are sent home, callbacks stay."""
    contact = whole(floor.queues[line].head)
    while contact >= 0:
        after = whole(contacts.waiting[contact].next)
        if contacts.waiting[contact].on_the_line:
            leave(floor, contacts, contact)
            ends_s = contacts.arrival_s[contact] + contacts.patience_s[contact]
            contacts.outcome[contact] = TURNED_AWAY if ends_s >= now else ABANDONED
            contacts.left_s[contact] = min(now, ends_s)
            if in_full is not None and rules.follows:
                after_leaving(rules, contacts, agenda, contact, False, now)
        contact = after
