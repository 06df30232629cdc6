"""Rule 4, told for the machine: ring, talk, wrap-up; several chats share one agent's pace.

What an agent does with one contact at a time is known when it begins. With several slots, phase
follows phase, and the work left is worked off between changes.
"""

from __future__ import annotations

from queuesim.compiling import inlined
from queuesim.engines.compiled.agenda import Agenda, drop_end, key_of, plan_end, push, whole
from queuesim.engines.compiled.coming_back import after_leaving, after_talk
from queuesim.engines.compiled.floor import (
    NOBODY,
    RING,
    TALK,
    WRAP_UP,
    Contacts,
    Floor,
    enlist,
    enter,
    list_of,
    snap,
    unlist,
)
from queuesim.engines.compiled.mixtures import MESSAGE
from queuesim.engines.compiled.rules import InFull, Rules, Varied
from queuesim.engines.outcome import ContactOutcome

HANDLED = int(ContactOutcome.HANDLED)
FAILED_CALLBACK = int(ContactOutcome.FAILED_CALLBACK)


@inlined
def begin(
    rules: Rules, floor: Floor, contacts: Contacts, agenda: Agenda,
    agent: int, contact: int, pair: int, rings: bool, now: float,
    varied: Varied, in_full: InFull,
) -> int:  # fmt: skip
    """Let an agent open a contact: ringing comes first for a callback, else talk.

    Returns
    -------
    int
        Key of the end, where the agent has one contact at a time; else 0.
    """
    one, able = floor.agents[agent], rules.pairs[pair]
    terms = rules.lines[able.line]
    factor = able.handle_factor * one.factor
    if one.open == 0:
        one.shares = able.shares
        one.worked_until_s = now
        if one.busy_since_s < 0.0:  # else the agent goes on without a pause
            one.busy_since_s = now
    elif varied is not None:
        _work_until(rules, floor, contacts, agent, now, in_full)
    state = whole(rules.mixtures.opened[one.group, one.state, terms.channel])
    enter(rules, floor, agent, state, in_full)
    one.open += 1
    one.changed_s = now
    contacts.agent[contact] = agent
    if in_full is not None and terms.announces and not (rings and contacts.attempts[contact] > 0):
        floor.last_wait_s[able.line] = now - contacts.arrival_s[contact]
    starts_s, reached = now, True
    if varied is not None and rings:
        if contacts.attempts[contact] == 0:
            contacts.dialled_s[contact] = now
        floor.open_callbacks[contacts.kind[contact]] -= 1
        contacts.waiting[contact].owed = False
        reached = contacts.answers[contact, contacts.attempts[contact]]
        contacts.attempts[contact] += 1
        starts_s = now + terms.ring_s
    if varied is not None and one.shares:
        work = floor.works[agent * rules.most_open + one.open - 1]
        work.contact, work.factor, work.pair = contact, factor, pair
        work.channel = terms.channel
        contacts.waiting[contact].line = NOBODY  # not known yet of one who never waited
        if rings:
            work.phase, work.left_s = RING, terms.ring_s
        else:
            contacts.answered_s[contact] = now
            work.phase, work.left_s = TALK, snap(contacts.talk_s[contact] * factor)
        return 0
    one.contact = NOBODY if reached else contact
    ends_s = starts_s
    if reached:
        contacts.answered_s[contact] = starts_s
        ends_s += snap(contacts.talk_s[contact] * factor)
        contacts.talk_end_s[contact] = ends_s
        if in_full is not None and rules.follows:
            after_talk(rules, contacts, agenda, contact, pair, ends_s)
        ends_s += snap(contacts.wrap_up_s[contact] * factor)
        contacts.freed_s[contact] = ends_s
        contacts.outcome[contact] = HANDLED
    return key_of(ends_s, contacts.number[contact], rules.row_bits)


@inlined
def phase_ends(
    rules: Rules, floor: Floor, contacts: Contacts, agenda: Agenda,
    agent: int, now: float, varied: Varied, in_full: InFull,
) -> bool:  # fmt: skip
    """End the agent's present phase; return whether that has freed the agent or a slot."""
    one = floor.agents[agent]
    unanswered = whole(one.contact)  # nobody, or whom an undivided agent has rung in vain
    state = whole(0)
    if varied is not None and one.shares:
        _work_until(rules, floor, contacts, agent, now, in_full)
        mine = agent * rules.most_open
        work = floor.works[mine + one.first]
        contact, factor = whole(work.contact), work.factor
        if work.phase == TALK:
            contacts.talk_end_s[contact] = now  # the slot is held for the wrap-up
            if in_full is not None and rules.follows:
                after_talk(rules, contacts, agenda, contact, whole(work.pair), now)
            work.phase, work.left_s = WRAP_UP, snap(contacts.wrap_up_s[contact] * factor)
            return False
        if work.phase == RING:
            if contacts.answers[contact, contacts.attempts[contact] - 1]:
                contacts.answered_s[contact] = now
                work.phase, work.left_s = TALK, snap(contacts.talk_s[contact] * factor)
                return False
            unanswered = contact
        else:
            contacts.freed_s[contact] = now
            contacts.outcome[contact] = HANDLED
        unlist(floor, agent)
        state = whole(rules.mixtures.ended[one.group, one.state, work.channel])
        floor.works[mine + one.first] = floor.works[mine + one.open - 1]
    if varied is not None and unanswered >= 0:
        _no_answer(rules, floor, contacts, agenda, unanswered, now, in_full)
    enter(rules, floor, agent, state, in_full)
    one.open -= 1
    one.changed_s = now
    if one.open == 0:
        one.shares, one.contact = False, NOBODY
    return True


@inlined
def _no_answer(
    rules: Rules, floor: Floor, contacts: Contacts, agenda: Agenda, contact: int, now: float,
    in_full: InFull,
) -> None:  # fmt: skip
    """Nobody answered: the ringing is lost; the next attempt keeps the contact's place."""
    terms = rules.lines[contacts.line[contact]]
    again_s = now + terms.retry_after_s
    if contacts.attempts[contact] >= terms.dials:
        contacts.outcome[contact] = FAILED_CALLBACK
        contacts.left_s[contact] = now
        kind = contacts.kind[contact]
        if in_full is not None and rules.follows and rules.back[kind].failed_redials:
            after_leaving(rules, contacts, agenda, contact, False, now)
        return
    floor.open_callbacks[contacts.kind[contact]] += 1
    contacts.waiting[contact].owed = True
    if again_s <= rules.horizon_s:
        far = agenda.far[0]
        key = key_of(again_s, contacts.number[contact], rules.row_bits)
        far.returns = push(agenda.returns, far.returns, key, contact, whole(terms.callback_line))


@inlined
def note(
    rules: Rules, floor: Floor, contacts: Contacts, agenda: Agenda,
    agent: int, worked: bool, ends_key: int, now: float, varied: Varied, in_full: InFull,
) -> None:  # fmt: skip
    """Note what an agent does next: the next end is planned, or the agent is idle.

    Parameters
    ----------
    worked : bool
        Whether what the agent has open has changed.
    ends_key : int
        Key of the end that `begin` returned.
    """
    one = floor.agents[agent]
    if one.open == 0:
        if agenda.end_place[agent] >= 0:
            drop_end(agenda, agent, varied)
        if one.busy_since_s >= 0.0:
            far = agenda.far[0]
            agenda.busy_agent[far.busy] = agent
            agenda.busy_from_s[far.busy] = one.busy_since_s
            agenda.busy_to_s[far.busy] = now
            far.busy += 1
            one.busy_since_s = -1.0
    elif worked:
        if varied is not None and one.shares:
            ends_key = _next_end(rules, floor, contacts, agent, now, in_full)
        plan_end(agenda, agent, ends_key, varied)
    has_room = one.open == 0
    if varied is not None and one.shares:
        has_room = has_room or rules.mixtures.has_room[one.group, one.state]
    if has_room and one.on_duty and one.list < 0:
        enlist(floor, agent, list_of(rules, whole(one.group), whole(one.state)))


@inlined
def _next_end(
    rules: Rules, floor: Floor, contacts: Contacts, agent: int, now: float, in_full: InFull
) -> int:
    """Return the key of the next end: of the least work left, ties to the lower row."""
    one, works, number = floor.agents[agent], floor.works, contacts.number
    mine = agent * rules.most_open
    first = whole(NOBODY)
    for k in range(mine, mine + one.open):
        if in_full is not None and _is_paused(rules, floor, agent, k):
            continue
        if (
            first < 0
            or works[k].left_s < works[first].left_s
            or (
                works[k].left_s == works[first].left_s
                and number[works[k].contact] < number[works[first].contact]
            )
        ):
            first = k
    one.first = first - mine
    goes_on = rules.mixtures.works_on[one.group, one.state]
    pace = rules.mixtures.pace[one.group, one.state]
    ends_s = now + snap(works[first].left_s * goes_on / pace)
    return key_of(ends_s, number[works[first].contact], rules.row_bits)


@inlined
def _work_until(
    rules: Rules, floor: Floor, contacts: Contacts, agent: int, now: float, in_full: InFull
) -> None:
    """Take what was done since the last change off the work left, shared evenly."""
    one = floor.agents[agent]
    mine = agent * rules.most_open
    goes_on = rules.mixtures.works_on[one.group, one.state]
    since = now - one.worked_until_s
    done = since * rules.mixtures.pace[one.group, one.state] / goes_on
    for k in range(mine, mine + one.open):
        if in_full is not None and _is_paused(rules, floor, agent, k):
            contacts.paused_s[floor.works[k].contact] += since
        else:
            floor.works[k].left_s = max(0.0, snap(floor.works[k].left_s - done))
    one.worked_until_s = now


@inlined
def _is_paused(rules: Rules, floor: Floor, agent: int, work: int) -> bool:
    """Whether live contacts have interrupted one of the contacts that an agent has open."""
    one = floor.agents[agent]
    return rules.mixtures.pauses[one.group, one.state] and floor.works[work].channel == MESSAGE
