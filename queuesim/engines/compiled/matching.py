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
from queuesim.engines.compiled.mixtures import MESSAGE
from queuesim.engines.compiled.rules import WORD, InFull, Rules, Varied


@inlined
def agent_for_contact(
    rules: Rules, floor: Floor, contacts: Contacts,
    line: int, newcomer: int, returning: bool, now: float, varied: Varied, in_full: InFull,
) -> tuple[int, int, int]:  # fmt: skip
    """Rule 1: find an agent for the contact at the head of a line.

    Groups come in order of rank; of a group, the agent who need not interrupt messages, then the
    one who works on the fewest contacts, then idle longest. A newcomer who would not come to the
    head waits behind it.

    Returns
    -------
    contact, agent, pair : int
        NOBODY where there is none.
    """
    head = first_in_line(floor, contacts, line, now)
    contact = head
    if newcomer >= 0:
        behind = head >= 0
        if varied is not None and behind and returning:
            behind = not comes_first(contacts, newcomer, head)
        contact = NOBODY if behind else newcomer
    if contact >= 0:
        arrives = contact == newcomer and not returning
        since = now if arrives else contacts.waiting[contact].queued_since_s
        terms = rules.lines[line]
        for pair in range(terms.first_pair, terms.last_pair):
            able = rules.pairs[pair]
            if varied is not None and since + able.min_wait_s > now:
                continue
            if (
                in_full is not None
                and able.asks_more
                and not takes_now(rules, floor, pair, line, now)
            ):
                continue
            agent, group, channel = whole(NOBODY), whole(able.group), whole(terms.channel)
            keeps = able.reserve == 0 or _spare(floor, able, in_full) > able.reserve
            if varied is None:  # who has room has nothing open
                if keeps:
                    agent = whole(floor.list_head[list_of(rules, group, 0)])
                if agent >= 0:
                    return contact, agent, pair
                continue
            for place in range(rules.mixtures.choice.shape[2]):
                state = whole(rules.mixtures.choice[group, channel, place])
                if state < 0:
                    break
                if keeps or not _uses_up(rules, group, state, able, in_full):
                    other = whole(floor.list_head[list_of(rules, group, state)])
                    if agent < 0 or (other >= 0 and _idle_longer(floor, other, agent)):
                        agent = other
                if agent >= 0 and not rules.mixtures.tied[group, channel, place]:
                    return contact, agent, pair
    return NOBODY, NOBODY, NOBODY


@inlined
def _spare(floor: Floor, able: Any, in_full: InFull) -> int:
    """Return how many agents of a pair's group the reserve counts."""
    if in_full is not None and able.live_reserve:
        return whole(floor.calm[able.group])
    return whole(floor.idle[able.group])


@inlined
def _uses_up(rules: Rules, group: int, state: int, able: Any, in_full: InFull) -> bool:
    """Whether the reserve counts an agent in a state; a slot beside open contacts uses up none."""
    if in_full is not None and able.live_reserve:
        return not rules.mixtures.has_live[group, state]
    return state == 0


@inlined
def _idle_longer(floor: Floor, one: int, other: int) -> bool:
    """Whether one agent has been idle longer than another, ties to the lower number."""
    first, second = floor.agents[one].changed_s, floor.agents[other].changed_s
    return first < second or (first == second and one < other)


@inlined
def contact_for_agent(
    rules: Rules, floor: Floor, contacts: Contacts, agent: int, now: float,
    varied: Varied, in_full: InFull,
) -> tuple[int, int]:  # fmt: skip
    """Rule 2: find a contact for an agent among the heads of the lines the group serves.

    The largest score, ties to the lower row; live contacts before messages that they may
    interrupt. An agent who stays after the session takes only customers whom the closing left
    (rule 5).

    Returns
    -------
    contact, pair : int
        NOBODY where there is none.
    """
    one = floor.agents[agent]
    contact, pair, best, later, can_wait = NOBODY, NOBODY, 0.0, False, False
    if not (one.on_duty or one.staying) or (one.open > 0 and not one.shares):
        return contact, pair
    for word in range(floor.nonempty.shape[0]):
        bits = floor.nonempty[word] & rules.serves[one.group, word]
        while bits != 0:
            line = word * WORD + lowest_bit(bits)
            bits &= bits - 1
            terms = rules.lines[line]
            able = whole(rules.pair_of[one.group, line])
            if one.open > 0 and rules.mixtures.opened[one.group, one.state, terms.channel] < 0:
                continue
            head = first_in_line(floor, contacts, line, now)
            if one.staying:
                head = left_at_closing(rules, floor, contacts, line, now)
            if head < 0:
                continue
            since = contacts.waiting[head].queued_since_s
            if varied is not None and since + rules.pairs[able].min_wait_s > now:
                continue
            if (
                in_full is not None
                and rules.pairs[able].asks_more
                and not takes_now(rules, floor, able, line, now)
            ):
                continue
            reserve = rules.pairs[able].reserve
            if (
                reserve > 0
                and not one.staying
                and _uses_up(rules, whole(one.group), whole(one.state), rules.pairs[able], in_full)
                and _spare(floor, rules.pairs[able], in_full) <= reserve
            ):
                continue
            counts = now - since
            if in_full is not None:
                # a message, where live contacts interrupt
                later = rules.mixtures.live_first[one.group] and terms.channel == MESSAGE
                if contact >= 0 and later and not can_wait:
                    continue
                if rules.by_length:
                    counts = np.float64(floor.queues[line].waiting)
            score = terms.weight * counts + terms.credit_s
            if (
                contact < 0
                or (can_wait and not later)
                or score > best
                or (score == best and contacts.number[head] < contacts.number[contact])
            ):
                contact, pair, best, can_wait = head, able, score, later
    return contact, pair
