"""People and what they have open, in those who are followed to one contact's turn; compiled.

The floor on which `ahead_kernel` tells its story: chats share an agent's pace, messages pause
beside live contacts, and a reserve of people is kept.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from queuesim.compiling import called, inlined

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Terms(NamedTuple):
    """On what terms groups serve lines."""

    factor: Floats  # [groups, lines], time needed over time stated; NaN: not served
    rank: Floats  # [groups, lines]
    min_wait_s: Floats  # [groups, lines]
    reserve: Floats  # [groups, lines]
    min_queue: Floats  # [groups, lines]
    weight: Floats  # [lines], of score = weight × wait + credit
    credit_s: Floats  # [lines]
    channel: Ints  # [lines]
    message: Bools  # [lines]
    most: Ints  # [groups, channels], contacts open at once
    pace: Floats  # [groups, channels, most of all], in all, with 1, 2, … open
    interrupts: Bools  # [groups], live contacts the messages


class AtWork(NamedTuple):
    """Who serves, and what is open."""

    group: Ints  # [agents]
    on_s: Floats  # [agents], the present of those who are there
    off_s: Floats  # [paths, agents]
    open_agent: Ints  # [open contacts]
    open_line: Ints  # [open contacts]
    open_left_s: Floats  # [paths, open contacts], work left


class Floor(NamedTuple):
    """To work in."""

    off_s: Floats  # [agents], of this path
    there: Ints  # [agents], has come: those of one instant come one after the other
    next_s: Floats  # [agents], when work ends or the agent comes; infinite: neither
    worked_s: Floats  # [agents], instant for which the work left is true
    live: Ints  # [agents], live contacts open
    messages: Ints  # [agents], messages open; they pause beside live contacts
    channel: Ints  # [agents], of what is worked on
    line: Ints  # [agents, slots], -1: nothing
    left_s: Floats  # [agents, slots]
    waits: Ints  # [contacts]


@inlined
def _speed(terms: Terms, people: AtWork, floor: Floor, agent: int) -> float:
    """Return the pace of each contact that is worked on."""
    many = floor.live[agent] if floor.live[agent] > 0 else floor.messages[agent]
    return terms.pace[people.group[agent], floor.channel[agent], many - 1] / many


@inlined
def _goes_on(terms: Terms, floor: Floor, agent: int, slot: int) -> bool:
    """Whether a slot holds a contact that is worked on: no message in a pause."""
    line = floor.line[agent, slot]
    return line >= 0 and (floor.live[agent] == 0 or not terms.message[line])


@called
def plan(terms: Terms, people: AtWork, floor: Floor, agent: int) -> None:
    """Say when the next work of an agent ends."""
    floor.next_s[agent] = np.inf
    if floor.live[agent] + floor.messages[agent] > 0:
        for slot in range(floor.line.shape[1]):
            if _goes_on(terms, floor, agent, slot):
                floor.channel[agent] = terms.channel[floor.line[agent, slot]]
        speed = _speed(terms, people, floor, agent)
        for slot in range(floor.line.shape[1]):
            if _goes_on(terms, floor, agent, slot):
                ends_s = floor.worked_s[agent] + floor.left_s[agent, slot] / speed
                floor.next_s[agent] = min(floor.next_s[agent], ends_s)


@called
def work_until(terms: Terms, people: AtWork, floor: Floor, agent: int, time_s: float) -> None:
    """Take what was done off the work left."""
    if floor.live[agent] + floor.messages[agent] > 0:
        done_s = (time_s - floor.worked_s[agent]) * _speed(terms, people, floor, agent)
        for slot in range(floor.line.shape[1]):
            if _goes_on(terms, floor, agent, slot):
                floor.left_s[agent, slot] = max(floor.left_s[agent, slot] - done_s, 0.0)
    floor.worked_s[agent] = time_s


@called
def end(terms: Terms, people: AtWork, floor: Floor, agent: int, time_s: float) -> None:
    """End the work of which least is left."""
    work_until(terms, people, floor, agent, time_s)
    ended, least_s = 0, np.inf
    for slot in range(floor.line.shape[1]):
        if _goes_on(terms, floor, agent, slot) and floor.left_s[agent, slot] < least_s:
            ended, least_s = slot, floor.left_s[agent, slot]
    if terms.message[floor.line[agent, ended]]:
        floor.messages[agent] -= 1
    else:
        floor.live[agent] -= 1
    floor.line[agent, ended] = -1


@called
def open_with(terms: Terms, floor: Floor, agent: int, line: int, left_s: float) -> None:
    """Put a contact to an agent."""
    for slot in range(floor.line.shape[1]):
        if floor.line[agent, slot] < 0:
            floor.line[agent, slot], floor.left_s[agent, slot] = line, left_s
            break
    if terms.message[line]:
        floor.messages[agent] += 1
    else:
        floor.live[agent] += 1


@called
def may_take(
    terms: Terms, people: AtWork, floor: Floor, agent: int, line: int, time_s: float
) -> bool:
    """Whether an agent is there, has or can make a slot for a line, and the reserve is kept."""
    group, live, messages = people.group[agent], floor.live[agent], floor.messages[agent]
    if not (floor.there[agent] == 1 and time_s < floor.off_s[agent]):
        return False
    same = terms.channel[line] == floor.channel[agent]
    most = terms.most[group, terms.channel[line]]
    instead = terms.interrupts[group] and not terms.message[line]
    if live > 0:
        return same and live < most
    if messages > 0 and not instead:
        return same and messages < most
    if terms.reserve[group, line] == 0.0:
        return True
    calm = 0
    for other in range(len(people.group)):
        if (
            people.group[other] == group
            and floor.there[other] == 1
            and time_s < floor.off_s[other]
            and floor.live[other] == 0
            and (instead or floor.messages[other] == 0)
        ):
            calm += 1
    return calm > terms.reserve[group, line]
