"""Rules 1 and 2, told for the machine: who may take whom, and who does."""

from __future__ import annotations

from typing import Any

import numpy as np

from queuesim.compiling import inlined
from queuesim.engines.compiled.agenda import lowest_bit, whole
from queuesim.engines.compiled.floor import (
    NOBODY,
    Contacts,
    Floor,
    comes_first,
    first_in_line,
    list_of,
)
from queuesim.engines.compiled.hours import left_at_closing, takes_now
from queuesim.engines.compiled.program import WORD, Rules

IDLE: Any = np.int64(0)
"""No open contact, in no channel."""


@inlined
def agent_for_contact(
    rules: Rules, floor: Floor, contacts: Contacts,
    line: int, newcomer: int, returning: bool, now: float,
) -> tuple[int, int, int]:  # fmt: skip
    """Rule 1: find an agent for the contact at the head of a line.

    Groups come in order of rank; of a group, the agent with the fewest open contacts, then the one
    who has been idle longest. A newcomer who would not come to the head waits behind it.

    Returns
    -------
    contact, agent, pair : int
        NOBODY where there is none.
    """
    head = first_in_line(floor, contacts, line, now)
    contact = head
    if newcomer >= 0:
        behind = head >= 0 and not (returning and comes_first(contacts, newcomer, head))
        contact = NOBODY if behind else newcomer
    if contact >= 0:
        arrives = contact == newcomer and not returning
        since = now if arrives else contacts.waiting[contact].queued_since_s
        terms = rules.lines[line]
        for pair in range(terms.first_pair, terms.last_pair):
            able = rules.pairs[pair]
            if since + able.min_wait_s > now:
                continue
            if able.asks_more and not takes_now(rules, floor, pair, line, now):
                continue
            agent = NOBODY
            if able.reserve == 0 or floor.idle[able.group] > able.reserve:
                agent = whole(floor.list_head[list_of(rules, whole(able.group), IDLE, IDLE)])
            # a slot beside open contacts uses up no idle agent
            for open_now in range(1, able.slots):
                if agent >= 0:
                    break
                some = list_of(rules, whole(able.group), whole(terms.channel), open_now)
                agent = whole(floor.list_head[some])
            if agent >= 0:
                return contact, agent, pair
    return NOBODY, NOBODY, NOBODY


@inlined
def contact_for_agent(
    rules: Rules, floor: Floor, contacts: Contacts, agent: int, now: float
) -> tuple[int, int]:
    """Rule 2: find a contact for an agent among the heads of the lines the group serves.

    The largest score, ties to the lower row. An agent who stays after the session takes only
    customers whom the closing left (rule 5).

    Returns
    -------
    contact, pair : int
        NOBODY where there is none.
    """
    one = floor.agents[agent]
    contact, pair, best = NOBODY, NOBODY, 0.0
    if not (one.on_duty or one.staying) or (one.open > 0 and not one.shares):
        return contact, pair
    for word in range(floor.nonempty.shape[0]):
        bits = floor.nonempty[word] & rules.serves[one.group, word]
        while bits != 0:
            line = word * WORD + lowest_bit(bits)
            bits &= bits - 1
            terms = rules.lines[line]
            able = whole(rules.pair_of[one.group, line])
            if one.open > 0 and (
                terms.channel != one.channel or one.open >= rules.pairs[able].slots
            ):
                continue
            head = first_in_line(floor, contacts, line, now)
            if one.staying:
                head = left_at_closing(rules, floor, contacts, line, now)
            if head < 0:
                continue
            since = contacts.waiting[head].queued_since_s
            if since + rules.pairs[able].min_wait_s > now:
                continue
            if rules.pairs[able].asks_more and not takes_now(rules, floor, able, line, now):
                continue
            reserve = rules.pairs[able].reserve
            uses_up_idle = one.open == 0 and not one.staying
            if reserve > 0 and uses_up_idle and floor.idle[one.group] <= reserve:
                continue
            counts = now - since
            if rules.by_length:
                counts = np.float64(floor.queues[line].waiting)
            score = terms.weight * counts + terms.credit_s
            if (
                contact < 0
                or score > best
                or (score == best and contacts.number[head] < contacts.number[contact])
            ):
                contact, pair, best = head, able, score
    return contact, pair
