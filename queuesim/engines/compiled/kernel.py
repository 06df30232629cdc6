"""The kernel: the rules of the contact centre, told again for a machine.

The headings are those of `queuesim.engines.reference`, in its order, and so are the rules; how
they are carried out is not. One event after the other:

- what comes next is looked up in separate sources (agents' planned ends, the headcount's changes,
  arrivals, and contacts' returns, timers and ends of patience), in the order of rule 7;
- what it changes leaves an `agent` looking for contacts, or a `line` whose first contact looks for
  an agent; agents and contacts are matched until nothing fits any more.

Callers whose patience ends are noticed when somebody looks for them, except where callers on hold
are counted; nobody is taken after the patience ended either way.
"""

from __future__ import annotations

import numpy as np

from queuesim.compiling import compiled, inlined
from queuesim.engines.compiled.agenda import (
    NO_KEY,
    TICK_S,
    Agenda,
    instant_of,
    key_of,
    pop,
    push,
    whole,
)
from queuesim.engines.compiled.announcing import balks
from queuesim.engines.compiled.coming_back import after_leaving, help_oneself
from queuesim.engines.compiled.floor import (
    ABANDONED,
    NOBODY,
    Contacts,
    Floor,
    first_in_line,
    join,
    leave,
    unlist,
)
from queuesim.engines.compiled.hours import is_open
from queuesim.engines.compiled.matching import agent_for_contact, contact_for_agent
from queuesim.engines.compiled.offers import offer_callback
from queuesim.engines.compiled.ringing_in import plan_to_ring_in, ring_in
from queuesim.engines.compiled.rules import NO_OFFER, InFull, Rules, Varied
from queuesim.engines.compiled.service import begin, note, phase_ends
from queuesim.engines.compiled.sessions import (
    HOURS_BEGIN,
    SESSION_BEGINS,
    SESSION_ENDS,
    SESSION_GOES_ON,
    close,
    session_begins,
    session_ends,
)
from queuesim.engines.outcome import ContactOutcome

BLOCKED = int(ContactOutcome.BLOCKED)
TURNED_AWAY = int(ContactOutcome.TURNED_AWAY)
BALKED = int(ContactOutcome.BALKED)

REACHED, BUSY_FULL, TIMERS_FULL = 0, 1, 2
"""Why the kernel returned: it is there, or an array has no room for what an event may add."""


@compiled
def play(
    until_s: float, rules: Rules, floor: Floor, contacts: Contacts, agenda: Agenda,
    varied: Varied, in_full: InFull,
) -> int:  # fmt: skip
    """Let everything happen before an instant.

    Parameters
    ----------
    until_s : float
        Instant [s]; infinity at the last call, so that what is open is finished.
    rules : Rules
    floor : Floor
    contacts : Contacts
        All that arrive before the instant, and those of before that are not done with.
    agenda : Agenda
    varied, in_full : True or None
        Whether there is anything of what `rules.Varied` and `rules.InFull` list; else all of it
        is left out.

    Returns
    -------
    int
        REACHED, BUSY_FULL or TIMERS_FULL; in the latter two cases to be called again with room.
    """
    far = agenda.far[0]
    bits = rules.row_bits
    busy_room = agenda.busy_agent.shape[0]
    timer_room = agenda.timers.shape[0] - rules.serves.shape[0] - 2  # what a contact may need
    _nothing_yet(contacts, agenda)
    arrival_at = contacts.arrival_s[far.row] if far.row < far.first_attempts else np.inf
    while True:
        # 7. One instant ----------------------------------------------------------------------
        end_at = (agenda.end_key[0] >> bits) * TICK_S if far.ends > 0 else np.inf
        change_at = agenda.change_s[far.change]
        return_at = timer_at = patience_at = np.inf
        if varied is not None:
            return_at = instant_of(agenda.returns, far.returns, bits)
            timer_at = instant_of(agenda.timers, far.timers, bits + 1)
            patience_at = instant_of(agenda.patiences, far.patiences, bits)
        coming_at = min(arrival_at, return_at)
        other_at = min(min(change_at, coming_at), min(timer_at, patience_at))
        # an end is told from the rest by one comparison, as soon as it is known
        ends = end_at <= other_at
        now = end_at if ends else other_at
        if now >= until_s or now == np.inf:
            return REACHED
        if far.busy == busy_room:
            return BUSY_FULL
        if far.timers > timer_room:
            return TIMERS_FULL

        agent = NOBODY  # looks for contacts
        line = NOBODY  # whose first contact looks for an agent
        newcomer = NOBODY  # comes to that line at this instant
        returning = False  # … and has been there before: a callback
        asked = False  # … or asks for a callback
        in_hours = True  # … or comes while its type is open
        full = False  # … and finds as many callers on hold as there may be
        joins = NOBODY  # a newcomer to a line whose length counts: waits already
        looks = True  # the agent may take contacts; else it is only noted what comes next
        worked = False  # what the agent has open has changed
        ends_key = NO_KEY  # the agent's next end, with one contact at a time

        if ends:
            # 4. Service: a phase ends
            agent = whole(agenda.end_agent[0])
            worked = True
            looks = phase_ends(rules, floor, contacts, agenda, agent, now, varied, in_full) and (
                now < rules.horizon_s or floor.agents[agent].on_duty
            )
        elif change_at == now:
            # 5. Sessions
            what, whose = agenda.change[far.change], whole(agenda.changed[far.change])
            factor = agenda.change_factor[far.change]
            far.change += 1
            if what == SESSION_BEGINS:
                agent = whose
                floor.agents[agent].factor = factor
                session_begins(rules, floor, agent, now, in_full)
            elif what == SESSION_GOES_ON:
                floor.agents[whose].factor = factor  # what is open keeps the one it was begun with
            elif what == SESSION_ENDS:
                session_ends(rules, floor, contacts, whose, now, in_full)
            elif what == HOURS_BEGIN:
                if floor.agents[whose].list >= 0:  # on duty, with a free slot
                    agent = whose
                    unlist(floor, agent)
            else:
                close(rules, floor, contacts, agenda, whose, now, in_full)
        elif coming_at == now:
            # 1. Match on arrival: a contact arrives, comes again, or a callback comes to its line
            row_mask = (1 << bits) - 1
            if varied is None or (
                arrival_at == now
                and not (
                    return_at == now
                    and (agenda.returns[0].key & row_mask) < contacts.number[far.row]
                )
            ):
                row = far.row
                far.row = row + 1
                arrival_at = contacts.arrival_s[row + 1] if row + 1 < far.first_attempts else np.inf
            else:
                row, line = whole(agenda.returns[0].contact), whole(agenda.returns[0].line)
                far.returns = pop(agenda.returns, far.returns)
                returning = line >= 0
                if in_full is not None and not returning:
                    contacts.arrival_s[row] = now
                    contacts.again[row].cause = contacts.again[row].pending
            if varied is not None and returning:
                if in_full is not None and not contacts.waiting[row].owed:
                    continue  # its customer has rung in
                newcomer = row
            else:
                line = whole(contacts.line[row])
                in_hours = is_open(rules, floor, line, now)
                if rules.lines[line].turns_away and not in_hours:
                    contacts.outcome[row], contacts.left_s[row] = TURNED_AWAY, now
                    if in_full is not None and rules.follows:
                        after_leaving(rules, contacts, agenda, row, True, now)
                    continue
                newcomer = row
                if in_full is not None and rules.back[contacts.kind[row]].helps_itself:
                    help_oneself(rules, contacts, agenda, row, now)
                    continue
                asked = varied is not None and rules.lines[line].calls_back
                if varied is not None and asked:
                    contacts.due_s[row] = now  # a request: the promise runs from now
                    _wait(contacts, row, asked, in_hours, now)
                    if in_full is not None and rules.follows:
                        plan_to_ring_in(rules, contacts, agenda, row, now)
                if varied is not None:
                    full = _holding(rules, floor, line, in_full) >= rules.lines[line].queue_limit
            if in_full is not None and rules.lines[line].asks_length:
                # it makes the line longer, so the first in line looks, whoever that is
                if not (returning or asked):
                    _wait(contacts, newcomer, False, in_hours, now)
                join(floor, contacts, newcomer, line)
                joins, newcomer = newcomer, NOBODY
        elif varied is not None and timer_at == now:
            # 1 and 3. A minimum wait has passed, or a callback is offered
            contact, which = whole(agenda.timers[0].contact), whole(agenda.timers[0].line)
            is_offer = agenda.timers[0].key & 1
            far.timers = pop(agenda.timers, far.timers)
            if is_offer:
                offer_callback(rules, floor, contacts, agenda, contact, which, now, in_full)
            elif (
                contacts.waiting[contact].line == which
                and first_in_line(floor, contacts, which, now) == contact
            ):
                line = which
        elif varied is not None:
            # 3. Leaving: patience ends, or who waits for a callback rings in
            contact, which = whole(agenda.patiences[0].contact), whole(agenda.patiences[0].line)
            far.patiences = pop(agenda.patiences, far.patiences)
            if in_full is not None and which < 0:
                ring_in(rules, floor, contacts, agenda, contact, now)
            elif contacts.waiting[contact].line >= 0 and contacts.waiting[contact].on_the_line:
                leave(floor, contacts, contact)
                contacts.outcome[contact], contacts.left_s[contact] = ABANDONED, now
                if in_full is not None and rules.follows:
                    after_leaving(rules, contacts, agenda, contact, False, now)

        # 1 and 2. Matching, until nothing fits -------------------------------------------------
        while agent >= 0 or line >= 0:
            contact, pair = NOBODY, NOBODY
            if agent >= 0:
                if looks:
                    contact, pair = contact_for_agent(
                        rules, floor, contacts, agent, now, varied, in_full
                    )
                if contact < 0:
                    note(
                        rules, floor, contacts, agenda, agent, worked, ends_key, now,
                        varied, in_full,
                    )  # fmt: skip
                    agent = NOBODY
                    continue
                rings = contacts.waiting[contact].called_back
                leave(floor, contacts, contact)
            else:
                contact, agent, pair = agent_for_contact(
                    rules, floor, contacts, line, newcomer, returning, now, varied, in_full
                )
                if agent < 0:
                    break
                unlist(floor, agent)
                if contact == newcomer:
                    rings = returning or asked
                    newcomer = NOBODY
                else:
                    rings = contacts.waiting[contact].called_back
                    leave(floor, contacts, contact)
            ends_key = begin(
                rules, floor, contacts, agenda, agent, contact, pair, rings, now, varied, in_full
            )
            worked = True

        # 3. Leaving: a newcomer whom nobody takes is blocked, balks, or waits -------------------
        if in_full is not None and joins >= 0:
            line = whole(contacts.waiting[joins].line)
            if line >= 0:
                lost = NOBODY
                if not returning:
                    if _holding(rules, floor, line, in_full) > rules.lines[line].queue_limit:
                        lost = BLOCKED
                    elif rules.lines[line].announces and balks(
                        rules, floor, contacts, joins, line, now
                    ):
                        lost = BALKED
                if lost >= 0:
                    leave(floor, contacts, joins)
                    contacts.outcome[joins], contacts.left_s[joins] = lost, now
                    if rules.follows:
                        after_leaving(rules, contacts, agenda, joins, False, now)
                else:
                    _set_timers(rules, contacts, agenda, joins, line, returning, now)
        elif newcomer >= 0:
            if varied is not None and full:
                contacts.outcome[newcomer], contacts.left_s[newcomer] = BLOCKED, now
                if in_full is not None and rules.follows:
                    after_leaving(rules, contacts, agenda, newcomer, False, now)
            else:
                stays = True
                if not (returning or asked):
                    _wait(contacts, newcomer, False, in_hours, now)
                    if in_full is not None and rules.lines[line].announces:
                        stays = not balks(rules, floor, contacts, newcomer, line, now)
                if stays:
                    join(floor, contacts, newcomer, line)
                    if varied is not None:
                        _set_timers(rules, contacts, agenda, newcomer, line, returning, now)
                else:
                    contacts.outcome[newcomer], contacts.left_s[newcomer] = BALKED, now
                    if in_full is not None and rules.follows:
                        after_leaving(rules, contacts, agenda, newcomer, False, now)


@inlined
def _nothing_yet(contacts: Contacts, agenda: Agenda) -> None:
    """Note of fresh contacts that nothing has happened to them."""
    far = agenda.far[0]
    fresh, n_rows = far.fresh, contacts.arrival_s.shape[0]
    for row in range(fresh, n_rows):
        contacts.outcome[row] = contacts.agent[row] = NOBODY
        contacts.answered_s[row] = contacts.talk_end_s[row] = np.nan
        contacts.freed_s[row] = contacts.left_s[row] = np.nan
    for row in range(fresh, contacts.attempts.shape[0]):
        contacts.offer_s[row] = contacts.accepted_s[row] = np.nan
        contacts.due_s[row] = contacts.dialled_s[row] = np.nan
        contacts.attempts[row] = 0
    for row in range(fresh, contacts.announced_s.shape[0]):
        contacts.announced_s[row] = np.nan
    for row in range(fresh, contacts.paused_s.shape[0]):
        contacts.paused_s[row] = 0.0
    far.fresh = n_rows


# 1. Match on arrival -----------------------------------------------------------------------


@inlined
def _wait(contacts: Contacts, contact: int, asked: bool, in_hours: bool, now: float) -> None:
    """Note since when and how a contact waits: the customer holds the line, or is called back."""
    here = contacts.waiting[contact]
    here.line, here.queued_since_s = NOBODY, now
    here.on_the_line, here.in_hours = not asked, in_hours
    here.called_back = here.owed = asked


@inlined
def _holding(rules: Rules, floor: Floor, line: int, in_full: InFull) -> int:
    """Count the customers who hold for the type of a line."""
    terms = rules.lines[line]
    holding = whole(floor.queues[line].holding)
    if in_full is not None and terms.among_others:
        holding = whole(0)
        for other in range(terms.first_line, terms.last_line):
            holding += floor.queues[other].holding
    return holding


@inlined
def _set_timers(
    rules: Rules, contacts: Contacts, agenda: Agenda,
    contact: int, line: int, returning: bool, now: float,
) -> None:  # fmt: skip
    """Look again when a minimum wait has passed; offer a callback; let patience end on time."""
    terms, far, bits = rules.lines[line], agenda.far[0], rules.row_bits
    number = contacts.number[contact]
    if terms.asks_min_wait:
        for pair in range(terms.first_pair, terms.last_pair):
            due = contacts.waiting[contact].queued_since_s + rules.pairs[pair].min_wait_s
            if now < due <= rules.horizon_s:
                key = key_of(due, 2 * number, bits + 1)
                far.timers = push(agenda.timers, far.timers, key, contact, line)
    if returning:
        return
    due = now + terms.offer_after_s
    if terms.offer != NO_OFFER and due <= rules.horizon_s:
        key = key_of(due, 2 * number + 1, bits + 1)
        far.timers = push(agenda.timers, far.timers, key, contact, line)
    due = now + contacts.patience_s[contact]
    if terms.counts_callers and due <= rules.horizon_s:
        key = key_of(due, number, bits)
        far.patiences = push(agenda.patiences, far.patiences, key, contact, line)
