"""The present, told for the machine: contacts and people are put where they are."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from queuesim.compiling import compiled, inlined
from queuesim.engines.compiled.agenda import NO_KEY, Agenda, key_of, push, whole
from queuesim.engines.compiled.coming_back import after_talk
from queuesim.engines.compiled.floor import NOBODY, Contacts, Floor, join, snap
from queuesim.engines.compiled.ringing_in import plan_to_ring_in
from queuesim.engines.compiled.rules import NO_OFFER, SLOT, Rules
from queuesim.engines.compiled.service import HANDLED, note
from queuesim.engines.present import RING, TALK, WRAP_UP, Place

WAITS, IS_OPEN, COMES_BACK = int(Place.WAITS), int(Place.IS_OPEN), int(Place.COMES_BACK)
COMES_AGAIN = int(Place.COMES_AGAIN)


@compiled
def place(
    now: float,
    standing: NDArray[Any],
    people: NDArray[Any],
    last_wait_s: NDArray[np.float64],
    line_of: NDArray[np.int32],
    counts: NDArray[np.int16],
    rules: Rules,
    floor: Floor,
    contacts: Contacts,
    agenda: Agenda,
) -> None:
    """Put the first contacts and all agents where they are at an instant.

    Parameters
    ----------
    now : float
        The instant [s].
    standing : STANDING[contacts]
        The first rows of `contacts`.
    people : PERSON[agents]
    last_wait_s : float64[types, groups + 1]
    line_of : int32[types, groups + 1]
        As `Program.line_of`.
    counts : int16[groups, states, channels]
        Open contacts in each state of `Mixtures`.
    rules : Rules
    floor : Floor
        Nobody is there yet.
    contacts : Contacts
        Of whom nothing is known yet.
    agenda : Agenda
        With room for returns, ends of patience and timers of all who stand.
    """
    far = agenda.far[0]
    while agenda.change_s[far.change] < now:  # the last is infinite
        far.change += 1
    for agent in range(people.shape[0]):
        one, person = floor.agents[agent], people[agent]
        one.changed_s, one.factor = person.changed_s, person.factor
        one.on_duty, one.staying = person.on_duty, person.staying
        one.worked_until_s = person.worked_until_s
        one.busy_since_s = -1.0
        if person.busy_since_s == person.busy_since_s:
            one.busy_since_s = person.busy_since_s
        floor.on_duty[one.group] += one.on_duty
    for kind in range(line_of.shape[0]):
        for group in range(line_of.shape[1]):
            if line_of[kind, group] >= 0:
                floor.last_wait_s[line_of[kind, group]] = last_wait_s[kind, group]
    for contact in range(standing.shape[0]):
        mine, here = standing[contact], contacts.waiting[contact]
        here.line, here.queued_since_s = NOBODY, mine.queued_since_s
        here.on_the_line = mine.on_the_line and mine.place != IS_OPEN
        here.in_hours = mine.in_hours
        here.called_back = mine.due_s == mine.due_s
        here.owed = False
        _fill_in(contacts, contact, mine)
        if rules.follows:
            again = contacts.again[contact]
            again.times_back, again.turns_before = mine.times_back, mine.turns
            again.cause = mine.cause
            if mine.place == COMES_AGAIN:
                again.pending, again.cause = mine.cause, NOBODY
                here.on_the_line = False
                key = key_of(mine.returns_s, contacts.number[contact], rules.row_bits)
                far.returns = push(agenda.returns, far.returns, key, contact, whole(NOBODY))
                continue
            if here.called_back:
                _ring_in(rules, contacts, agenda, contact, now)
        if mine.place == IS_OPEN:
            _open(rules, floor, contacts, contact, mine)
            continue
        line = whole(contacts.line[contact])
        if here.called_back:
            _owe(rules, floor, contacts, contact, now)
            line = whole(rules.lines[line].callback_line)
        if mine.place == COMES_BACK:
            key = key_of(mine.returns_s, contacts.number[contact], rules.row_bits)
            far.returns = push(agenda.returns, far.returns, key, contact, line)
        else:
            join(floor, contacts, contact, line)
            _set_timers(rules, contacts, agenda, contact, line, now)
    for agent in range(people.shape[0]):
        one = floor.agents[agent]
        ends_key = NO_KEY
        if one.open > 0:
            one.state = _state_of(rules, floor, contacts, counts, agent, people[agent].paused)
            if not one.shares:
                mine = standing[one.contact]
                ends_key = _ends(rules, floor, contacts, agenda, agent, mine)
        if one.on_duty:
            floor.idle[one.group] += whole(one.open == 0)
            floor.calm[one.group] += whole(not rules.mixtures.has_live[one.group, one.state])
        note(
            rules,
            floor,
            contacts,
            agenda,
            agent,
            one.open > 0,
            ends_key,
            one.worked_until_s,
            True,
            True,
        )  # what is open ends when it would have, seen from when it was worked on last


@inlined
def _fill_in(contacts: Contacts, contact: int, mine: Any) -> None:
    """Note what has happened to a contact."""
    contacts.agent[contact] = mine.agent
    contacts.answered_s[contact], contacts.talk_end_s[contact] = mine.answered_s, mine.talk_end_s
    if contacts.attempts.shape[0] > 0:
        contacts.offer_s[contact], contacts.accepted_s[contact] = mine.offer_s, mine.accepted_s
        contacts.due_s[contact], contacts.dialled_s[contact] = mine.due_s, mine.dialled_s
        contacts.attempts[contact] = mine.attempts
    if contacts.announced_s.shape[0] > 0:
        contacts.announced_s[contact] = mine.announced_s
    if contacts.paused_s.shape[0] > 0:
        contacts.paused_s[contact] = mine.paused_s


@inlined
def _owe(rules: Rules, floor: Floor, contacts: Contacts, contact: int, now: float) -> None:
    """Note that a callback is owed, and the slot that it takes."""
    kind = whole(contacts.kind[contact])
    terms = rules.terms[kind]
    floor.open_callbacks[kind] += 1
    contacts.waiting[contact].owed = True
    due_s = contacts.due_s[contact]
    if rules.lines[contacts.line[contact]].offer == SLOT and due_s >= now:
        slot = whole(due_s / terms.slot_s)
        if slot < terms.last_slot - terms.first_slot:
            floor.slot_room[terms.first_slot + slot] -= 1


@inlined
def _ring_in(rules: Rules, contacts: Contacts, agenda: Agenda, contact: int, now: float) -> None:
    """Note when a customer who waits for a callback rings in, unless that is past."""
    asked_s = contacts.accepted_s[contact]
    if asked_s != asked_s:
        asked_s = contacts.arrival_s[contact]
    if asked_s + contacts.again[contact].rings_in_delay_s >= now:
        plan_to_ring_in(rules, contacts, agenda, contact, asked_s)


@inlined
def _set_timers(
    rules: Rules, contacts: Contacts, agenda: Agenda, contact: int, line: int, now: float
) -> None:
    """Look again when a minimum wait has passed; offer a callback; let patience end on time."""
    terms, far, bits = rules.lines[line], agenda.far[0], rules.row_bits
    here, number = contacts.waiting[contact], contacts.number[contact]
    if terms.asks_min_wait:
        for pair in range(terms.first_pair, terms.last_pair):
            due = here.queued_since_s + rules.pairs[pair].min_wait_s
            if now <= due <= rules.horizon_s and due > here.queued_since_s:
                key = key_of(due, 2 * number, bits + 1)
                far.timers = push(agenda.timers, far.timers, key, contact, line)
    if not here.on_the_line:
        return
    came_s = contacts.arrival_s[contact]
    due = came_s + terms.offer_after_s
    if terms.offer != NO_OFFER and now <= due <= rules.horizon_s:
        key = key_of(due, 2 * number + 1, bits + 1)
        far.timers = push(agenda.timers, far.timers, key, contact, line)
    due = came_s + contacts.patience_s[contact]
    if terms.counts_callers and due <= rules.horizon_s:
        key = key_of(due, number, bits)
        far.patiences = push(agenda.patiences, far.patiences, key, contact, line)


@inlined
def _open(rules: Rules, floor: Floor, contacts: Contacts, contact: int, mine: Any) -> None:
    """Put a contact to its agent."""
    agent = whole(mine.agent)
    if rules.follows and mine.phase == WRAP_UP:
        contacts.again[contact].resolved = mine.resolved
    one, pair = floor.agents[agent], _pair(rules, floor, contacts, contact, agent)
    one.shares = rules.pairs[pair].shares
    if one.shares:
        work = floor.works[agent * rules.most_open + one.open]
        work.contact, work.pair, work.phase = contact, pair, mine.phase
        work.left_s, work.factor = mine.left_s, mine.factor
        work.channel = rules.lines[rules.pairs[pair].line].channel
    else:
        one.contact = contact
    one.open += 1


@inlined
def _pair(rules: Rules, floor: Floor, contacts: Contacts, contact: int, agent: int) -> int:
    """Return on what terms an agent has taken a contact."""
    line = whole(contacts.line[contact])
    if contacts.waiting[contact].called_back:
        line = whole(rules.lines[line].callback_line)
    return whole(rules.pair_of[floor.agents[agent].group, line])


@inlined
def _state_of(
    rules: Rules, floor: Floor, contacts: Contacts, counts: NDArray[np.int16],
    agent: int, paused: bool,
) -> int:  # fmt: skip
    """Return the number of the mixture that an agent has open."""
    one = floor.agents[agent]
    mine = agent * rules.most_open
    for state in range(counts.shape[1]):
        fits = rules.mixtures.pauses[one.group, state] == paused
        for channel in range(counts.shape[2]):
            here = 0
            if one.shares:
                for k in range(mine, mine + one.open):
                    here += floor.works[k].channel == channel
            else:
                here += rules.lines[contacts.line[one.contact]].channel == channel
            fits = fits and here == counts[one.group, state, channel]
        if fits:
            return whole(state)
    return whole(0)


@inlined
def _ends(
    rules: Rules, floor: Floor, contacts: Contacts, agenda: Agenda, agent: int, mine: Any
) -> int:
    """Fill in what is known of an agent's one contact; return the key of its end."""
    one = floor.agents[agent]
    contact, phase, reached = whole(one.contact), whole(mine.phase), True
    ends_s = one.worked_until_s + mine.left_s
    if phase == RING:
        reached = contacts.answers[contact, contacts.attempts[contact] - 1]
        if reached:
            contacts.answered_s[contact] = ends_s
            ends_s += snap(contacts.talk_s[contact] * mine.factor)
            phase = whole(TALK)
    one.contact = NOBODY if reached else contact
    if reached:
        if phase == TALK:
            contacts.talk_end_s[contact] = ends_s
            if rules.follows:
                pair = _pair(rules, floor, contacts, contact, agent)
                after_talk(rules, contacts, agenda, contact, pair, ends_s)
            ends_s += snap(contacts.wrap_up_s[contact] * mine.factor)
        contacts.freed_s[contact] = ends_s
        contacts.outcome[contact] = HANDLED
    return key_of(ends_s, contacts.number[contact], rules.row_bits)
