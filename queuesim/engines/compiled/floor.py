"""The people, the contacts and the queues of the kernel, as records in arrays."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from queuesim.compiling import inlined
from queuesim.engines.compiled.agenda import whole
from queuesim.engines.compiled.rules import WORD, InFull, Rules
from queuesim.engines.outcome import ContactOutcome
from queuesim.units import GRID

ABANDONED = int(ContactOutcome.ABANDONED)

NOBODY = -1

AGENT = np.dtype(
    {
        "names": [
            "changed_s",  # when the number of open contacts last changed, or the session began
            "busy_since_s",  # start of the present busy period; below 0: none
            "worked_until_s",  # the work left in `works` is true at this instant
            "contact",  # whom an agent with one contact at a time rings in vain; else NOBODY
            "group",
            "list",  # list of agents with room that the agent is in; NOBODY: none
            "next",  # … and the neighbours there
            "previous",
            "open",  # open contacts
            "first",  # which of `works` ends next
            "state",  # which mixture of contacts is open, see `mixtures`
            "shares",  # what is open can be open beside others
            "on_duty",
            "staying",  # the session is over, the agent serves out what the closing left
            "factor",  # handle-time factor of the present session, and of overtime after it
        ],
        "formats": ["f8"] * 3 + ["i4"] * 5 + ["i2"] * 3 + ["?"] * 3 + ["f8"],
        "offsets": [0, 8, 16, 24, 28, 32, 36, 40, 44, 46, 48, 50, 51, 52, 56],
        "itemsize": 64,  # a line of the cache
    },
    align=True,
)
"""One person."""

WORK = np.dtype(
    [
        ("left_s", "f8"),
        ("factor", "f8"),  # time the agent needs over time on the tape, since it was begun
        ("contact", "i4"),
        ("pair", "i4"),  # of the group and the line
        ("phase", "i4"),
        ("channel", "i4"),
    ],
    align=True,
)
"""A contact open with an agent who can have several."""

RING, TALK, WRAP_UP = 0, 1, 2

QUEUE = np.dtype(
    [
        ("head", "i4"),  # the contact that waits longest; NOBODY: nobody waits
        ("tail", "i4"),
        ("holding", "i4"),  # customers who hold the line
        ("window", "i4"),  # the present or next opening hours
        ("waiting", "i4"),  # they, and callbacks in it; true only where patience ends on time
    ],
    align=True,
)
"""Who waits in a line."""

WAITING = np.dtype(
    [
        ("queued_since_s", "f8"),
        ("next", "i4"),  # neighbours in the line
        ("previous", "i4"),
        ("line", "i4"),  # where it waits; NOBODY: nowhere
        ("on_the_line", "?"),  # the customer holds; a callback does not
        ("in_hours", "?"),  # came while its type was open
        ("called_back", "?"),  # an agent must dial this customer
        ("owed", "?"),  # … and none is at it
    ],
    align=True,
)
"""Where a contact is."""


class Contacts(NamedTuple):
    """The contacts, one row each, shape (contacts,): what they bring, what has happened to them.

    From the tape come `kind` to `answers`, see `queuesim.sampling.Tape`. `line` is where a contact
    waits, as its type and the group it is meant for say, int32. `number` orders the rows of the
    whole replication, int64; `again` holds AGAIN, and is empty where nothing follows a contact;
    `waiting` holds WAITING. The others are filled in: columns of the contact table, see
    `queuesim.engines.outcome`; `outcome` is NOBODY until it is known; `offer_s` to `attempts` are
    empty where nobody is called back, `announced_s` where no wait is announced, `paused_s` where
    nothing is interrupted.
    """

    kind: NDArray[np.int32]
    arrival_s: NDArray[np.float64]
    talk_s: NDArray[np.float64]
    wrap_up_s: NDArray[np.float64]
    patience_s: NDArray[np.float64]
    accepts: NDArray[np.bool_]
    window_delay_s: NDArray[np.float64]
    answers: NDArray[np.bool_]
    line: NDArray[np.int32]
    number: NDArray[np.int64]
    again: NDArray[np.void]
    waiting: NDArray[np.void]
    outcome: NDArray[np.int8]
    agent: NDArray[np.int32]
    answered_s: NDArray[np.float64]
    talk_end_s: NDArray[np.float64]
    freed_s: NDArray[np.float64]
    left_s: NDArray[np.float64]
    offer_s: NDArray[np.float64]
    accepted_s: NDArray[np.float64]
    due_s: NDArray[np.float64]
    dialled_s: NDArray[np.float64]
    attempts: NDArray[np.int32]
    tolerates_s: NDArray[np.float64]
    accepts_from_s: NDArray[np.float64]
    announced_s: NDArray[np.float64]
    paused_s: NDArray[np.float64]


class Floor(NamedTuple):
    """Who is where.

    Attributes
    ----------
    queues : numpy.ndarray, QUEUE, shape (lines,)
    nonempty : numpy.ndarray, int64, shape (words,)
        Lines in which somebody waits, one bit each, as in `Rules.serves`.
    agents : numpy.ndarray, AGENT, shape (agents,)
    works : numpy.ndarray, WORK, shape (agents × slots,)
        What is open with agents who share their pace.
    idle : numpy.ndarray, int64, shape (groups,)
        Agents on duty with nothing open.
    pair_window : numpy.ndarray, int32, shape (pairs,)
        The present or next hours of a group for a line.
    calm : numpy.ndarray, int64, shape (groups,)
        Agents on duty without a live contact; counted by the kernel in full.
    list_head, list_tail : numpy.ndarray, int32, shape (groups × states,)
        Agents on duty with room for another contact: a list for each group and state, by
        `changed_s`, then by number. See `list_of`.
    on_duty : numpy.ndarray, int64, shape (groups,)
        Agents on duty.
    last_wait_s : numpy.ndarray, float64, shape (lines,)
        Wait of the contact that an agent took last [s], where waits are announced.
    open_callbacks : numpy.ndarray, int64, shape (types,)
        Callbacks accepted that no agent is at.
    slot_room : numpy.ndarray, int64, shape (slots,)
        Callbacks that can still be booked into each slot.
    """

    queues: NDArray[np.void]
    nonempty: NDArray[np.int64]
    agents: NDArray[np.void]
    works: NDArray[np.void]
    idle: NDArray[np.int64]
    calm: NDArray[np.int64]
    pair_window: NDArray[np.int32]
    list_head: NDArray[np.int32]
    list_tail: NDArray[np.int32]
    on_duty: NDArray[np.int64]
    last_wait_s: NDArray[np.float64]
    open_callbacks: NDArray[np.int64]
    slot_room: NDArray[np.int64]


@inlined
def snap(seconds: float) -> float:
    """Round to the grid, as `queuesim.units.snap`."""
    return np.rint(seconds * GRID) / GRID


# Lines ------------------------------------------------------------------------------------


@inlined
def leave(floor: Floor, contacts: Contacts, contact: int) -> None:
    """Take a contact out of its line."""
    waiting, here = contacts.waiting, contacts.waiting[contact]
    line, before, after = here.line, here.previous, here.next
    queue = floor.queues[line]
    here.line = NOBODY
    if before >= 0:
        waiting[before].next = after
    else:
        queue.head = after
        if after < 0:
            floor.nonempty[line // WORD] &= ~(1 << (line % WORD))
    if after >= 0:
        waiting[after].previous = before
    else:
        queue.tail = before
    queue.holding -= here.on_the_line
    queue.waiting -= 1


@inlined
def join(floor: Floor, contacts: Contacts, contact: int, line: int) -> None:
    """Put a contact in its place in a line: by `queued_since_s`, then by row."""
    waiting, here = contacts.waiting, contacts.waiting[contact]
    queue = floor.queues[line]
    after = whole(NOBODY)
    before = whole(queue.tail)
    if before >= 0 and not comes_first(contacts, before, contact):
        # an attempt to call back keeps its place, which is near the head
        after = whole(queue.head)
        while comes_first(contacts, after, contact):
            after = whole(waiting[after].next)
        before = whole(waiting[after].previous)
    here.line, here.next, here.previous = line, after, before
    if after >= 0:
        waiting[after].previous = contact
    else:
        queue.tail = contact
    if before >= 0:
        waiting[before].next = contact
    else:
        queue.head = contact
        floor.nonempty[line // WORD] |= 1 << (line % WORD)
    queue.holding += here.on_the_line
    queue.waiting += 1


@inlined
def comes_first(contacts: Contacts, one: int, other: int) -> bool:
    """Whether one contact's place in a line is before another's."""
    first = contacts.waiting[one].queued_since_s
    second = contacts.waiting[other].queued_since_s
    if first == second:
        return contacts.number[one] < contacts.number[other]
    return first < second


@inlined
def holds(contacts: Contacts, contact: int, now: float) -> bool:
    """Whether the customer is on the line still, neither called back nor out of patience."""
    return (
        contacts.waiting[contact].on_the_line
        and contacts.arrival_s[contact] + contacts.patience_s[contact] >= now
    )


@inlined
def first_in_line(floor: Floor, contacts: Contacts, line: int, now: float) -> int:
    """Return the contact that waits longest, NOBODY if none does.

    Callers whose patience has ended are noticed here, when they have come to the head: nothing
    asks for them before.
    """
    contact = whole(floor.queues[line].head)
    while contact >= 0 and contacts.waiting[contact].on_the_line:
        ends_s = contacts.arrival_s[contact] + contacts.patience_s[contact]
        if ends_s >= now:
            break
        after = whole(contacts.waiting[contact].next)
        leave(floor, contacts, contact)
        contacts.outcome[contact] = ABANDONED
        contacts.left_s[contact] = ends_s
        contact = after
    return whole(contact)


# Agents with room -------------------------------------------------------------------------


@inlined
def list_of(rules: Rules, group: int, state: int) -> int:
    """Return the list of a group's agents in a state."""
    return group * rules.mixtures.pace.shape[1] + state


@inlined
def enter(rules: Rules, floor: Floor, agent: int, state: int, in_full: InFull) -> None:
    """Note which mixture of contacts an agent has open now."""
    one = floor.agents[agent]
    group = one.group
    if one.on_duty:
        floor.idle[group] += whole(state == 0) - whole(one.state == 0)
        if in_full is not None:
            has_live = rules.mixtures.has_live
            floor.calm[group] += whole(has_live[group, one.state]) - whole(has_live[group, state])
    one.state = state


@inlined
def unlist(floor: Floor, agent: int) -> None:
    """Take an agent out of the list, if there is one."""
    one = floor.agents[agent]
    which = one.list
    if which < 0:
        return
    one.list = NOBODY
    if one.previous >= 0:
        floor.agents[one.previous].next = one.next
    else:
        floor.list_head[which] = one.next
    if one.next >= 0:
        floor.agents[one.next].previous = one.previous
    else:
        floor.list_tail[which] = one.previous


@inlined
def enlist(floor: Floor, agent: int, which: int) -> None:
    """Put an agent in the right place in a list, which is nearly always the last."""
    agents, one = floor.agents, floor.agents[agent]
    before = floor.list_tail[which]
    after = np.int32(NOBODY)
    while before >= 0 and (
        agents[before].changed_s > one.changed_s
        or (agents[before].changed_s == one.changed_s and before > agent)
    ):
        after = before
        before = agents[before].previous
    one.list, one.previous, one.next = which, before, after
    if before >= 0:
        agents[before].next = agent
    else:
        floor.list_head[which] = agent
    if after >= 0:
        agents[after].previous = agent
    else:
        floor.list_tail[which] = agent


_OFF_DUTY = np.zeros((), dtype=AGENT)
_OFF_DUTY["changed_s"], _OFF_DUTY["busy_since_s"], _OFF_DUTY["factor"] = -np.inf, -1.0, 1.0
for _name in ("contact", "list", "next", "previous"):
    _OFF_DUTY[_name] = NOBODY
_EMPTY = np.zeros((), dtype=QUEUE)
_EMPTY["head"] = _EMPTY["tail"] = NOBODY


def new_floor(rules: Rules, agent_group: NDArray[np.int32]) -> Floor:
    """Lay out an empty contact centre.

    Parameters
    ----------
    rules : Rules
    agent_group : numpy.ndarray, int32, shape (agents,)
        Group of each agent.

    Returns
    -------
    Floor
    """
    groups, states = rules.mixtures.pace.shape
    agents = np.full(len(agent_group), _OFF_DUTY)
    agents["group"] = agent_group
    queues = np.full(len(rules.lines), _EMPTY)
    queues["window"] = rules.lines["first_window"]
    return Floor(
        queues=queues,
        nonempty=np.zeros(rules.serves.shape[1], dtype=np.int64),
        agents=agents,
        works=np.zeros(len(agents) * rules.most_open if rules.most_open > 1 else 1, dtype=WORK),
        idle=np.zeros(groups, dtype=np.int64),
        pair_window=rules.pairs["first_window"].copy(),
        calm=np.zeros(groups, dtype=np.int64),
        list_head=np.full(groups * states, NOBODY, dtype=np.int32),
        list_tail=np.full(groups * states, NOBODY, dtype=np.int32),
        on_duty=np.zeros(groups, dtype=np.int64),
        last_wait_s=np.zeros(len(rules.lines)),
        open_callbacks=np.zeros(len(rules.terms), dtype=np.int64),
        slot_room=rules.slots.copy(),
    )
