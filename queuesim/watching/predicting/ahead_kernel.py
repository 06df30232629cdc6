"""Those who go before one contact, followed until an agent takes it; compiled.

A small story told from the present on: who waits, when agents become free, who comes and goes
first. What happens behind the contact is left out unless it can overtake. It is a prediction's
means and no engine: it knows the routing of `refined.WhoIsAhead` and nothing else.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from queuesim.compiling import called, compiled, inlined
from queuesim.watching.predicting.ahead_floor import (
    AtWork,
    Floor,
    Terms,
    end,
    may_take,
    open_with,
    plan,
    work_until,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_INTERRUPTED = 1000
"""Counts for a message that would be interrupted: more than anybody has open."""


class Contacts(NamedTuple):
    """Who waits and who comes, [paths, contacts]; those to come in order of time."""

    line: Ints  # -1: there is none in this column
    since_s: Floats
    leaves_s: Floats  # gives up
    ring_s: Floats
    work_s: Floats  # at factor 1


@inlined
def _suits(
    terms: Terms, contacts: Contacts, floor: Floor, path: int, c: int, group: int, time_s: float
) -> bool:
    """Whether a group may take a contact: its skill, minimum wait and queue length."""
    line = contacts.line[path, c]
    if not (
        terms.factor[group, line] > 0
        and contacts.since_s[path, c] + terms.min_wait_s[group, line] <= time_s
    ):
        return False
    if terms.min_queue[group, line] <= 1.0:
        return True
    length = 0
    for other in range(contacts.line.shape[1]):
        waits = floor.waits[other] == 1 and contacts.leaves_s[path, other] >= time_s
        if waits and contacts.line[path, other] == line:
            length += 1
    return length >= terms.min_queue[group, line]


@called
def _who_takes(
    terms: Terms,
    contacts: Contacts,
    people: AtWork,
    floor: Floor,
    path: int,
    c: int,
    time_s: float,
) -> int:
    """Return who takes a contact, by rank of the group, who interrupts nothing, and fewest open;
    -1: nobody."""
    taker, best_rank, fewest = -1, np.inf, 0
    line = contacts.line[path, c]
    for group in range(terms.factor.shape[0]):
        if terms.rank[group, line] < best_rank and _suits(
            terms, contacts, floor, path, c, group, time_s
        ):
            for agent in range(len(people.group)):
                if people.group[agent] == group and may_take(
                    terms, people, floor, agent, line, time_s
                ):
                    many = floor.live[agent] + floor.messages[agent]
                    if floor.messages[agent] > 0 and not terms.message[line]:
                        many += _INTERRUPTED
                    if terms.rank[group, line] < best_rank or many < fewest:
                        taker, best_rank, fewest = agent, terms.rank[group, line], many
    return taker


@called
def _take(
    terms: Terms,
    contacts: Contacts,
    people: AtWork,
    floor: Floor,
    path: int,
    c: int,
    agent: int,
    time_s: float,
) -> None:
    """Give a contact to an agent."""
    line = contacts.line[path, c]
    work_until(terms, people, floor, agent, time_s)
    floor.waits[c] = 0
    work_s = contacts.work_s[path, c] * terms.factor[people.group[agent], line]
    open_with(terms, floor, agent, line, contacts.ring_s[path, c] + work_s)
    plan(terms, people, floor, agent)


@called
def _look(
    terms: Terms,
    contacts: Contacts,
    people: AtWork,
    floor: Floor,
    path: int,
    tagged: int,
    agent: int,
    time_s: float,
) -> bool:
    """Let an agent take contacts as long as there is room; return whether the tagged is taken."""
    group = people.group[agent]
    while True:
        best, taken, best_live = -np.inf, -1, False
        for c in range(contacts.line.shape[1]):
            if floor.waits[c] == 0:
                continue
            if contacts.leaves_s[path, c] < time_s:
                floor.waits[c] = 0
                continue
            line = contacts.line[path, c]
            waited_s = time_s - contacts.since_s[path, c]
            score = terms.weight[line] * waited_s + terms.credit_s[line]
            live = terms.interrupts[group] and not terms.message[line]
            better = taken < 0 or (live and not best_live)
            if not better and live == best_live:
                better = score > best or (
                    score == best and contacts.since_s[path, c] < contacts.since_s[path, taken]
                )
            if (
                better
                and _suits(terms, contacts, floor, path, c, group, time_s)
                and may_take(terms, people, floor, agent, line, time_s)
            ):
                best, taken, best_live = score, c, live
        if taken < 0:
            return False
        if taken == tagged:
            return True
        _take(terms, contacts, people, floor, path, taken, agent, time_s)


@inlined
def _head(terms: Terms, contacts: Contacts, floor: Floor, path: int, c: int, time_s: float) -> int:
    """Return who waits longest in the line of a contact that has come; those who have left aside.

    It may be the first of a line that has become long enough for a group.
    """
    head = c
    for other in range(contacts.line.shape[1]):
        if floor.waits[other] == 1 and contacts.line[path, other] == contacts.line[path, c]:
            if contacts.leaves_s[path, other] < time_s:
                floor.waits[other] = 0
            elif contacts.since_s[path, other] < contacts.since_s[path, head]:
                head = other
    return head


@compiled
def follow(
    now_s: float,
    tagged: int,
    terms: Terms,
    contacts: Contacts,
    people: AtWork,
    floor: Floor,
    waits_s: Floats,
) -> None:
    """Follow each path until the tagged contact is taken.

    Parameters
    ----------
    now_s : float
        The present [s].
    tagged : int
        Column of the contact asked about.
    terms : Terms
    contacts : Contacts
    people : AtWork
    floor : Floor
    waits_s : float64[paths]
        Is filled: the wait from now on; infinite where nobody ever takes it [s].
    """
    groups, n, agents = terms.factor.shape[0], contacts.line.shape[1], len(people.group)
    for path in range(len(waits_s)):
        for agent in range(agents):
            floor.worked_s[agent], floor.off_s[agent] = now_s, people.off_s[path, agent]
            floor.there[agent] = floor.live[agent] = floor.messages[agent] = floor.channel[
                agent
            ] = 0
            for slot in range(floor.line.shape[1]):
                floor.line[agent, slot] = -1
        for o in range(len(people.open_agent)):
            left_s = people.open_left_s[path, o]
            open_with(terms, floor, people.open_agent[o], people.open_line[o], left_s)
        for agent in range(agents):
            plan(terms, people, floor, agent)
            if people.on_s[agent] > now_s:
                floor.next_s[agent] = people.on_s[agent]
        coming = n
        for c in range(n):
            here = contacts.line[path, c] >= 0 and contacts.since_s[path, c] <= now_s
            floor.waits[c] = 1 if here else 0
            if contacts.line[path, c] >= 0 and not here and c < coming:
                coming = c
        found_s = np.inf
        for agent in range(agents):
            floor.there[agent] = people.on_s[agent] <= now_s
            looks = floor.there[agent] == 1 and found_s == np.inf
            if looks and _look(terms, contacts, people, floor, path, tagged, agent, now_s):
                found_s = 0.0
        time_s = now_s
        while found_s == np.inf:
            # what is next: an agent, an arrival, or a minimum wait that has passed
            agent, agent_s = 0, np.inf
            for a in range(agents):
                if floor.next_s[a] < agent_s:
                    agent, agent_s = a, floor.next_s[a]
            came_s = np.inf
            if coming < n and contacts.line[path, coming] >= 0:
                came_s = contacts.since_s[path, coming]
            due_s, due = np.inf, 0
            for c in range(n):
                if floor.waits[c] == 1:
                    for g in range(groups):
                        line = contacts.line[path, c]
                        if terms.factor[g, line] > 0 and terms.min_wait_s[g, line] > 0:
                            at_s = contacts.since_s[path, c] + terms.min_wait_s[g, line]
                            if (
                                at_s > time_s
                                and at_s < due_s
                                and at_s <= contacts.leaves_s[path, c]
                                and _who_takes(terms, contacts, people, floor, path, c, at_s) >= 0
                            ):
                                due_s, due = at_s, c
            if agent_s == np.inf and came_s == np.inf and due_s == np.inf:
                break
            if agent_s <= came_s and agent_s <= due_s:
                time_s = agent_s
                floor.there[agent] = 1
                if floor.live[agent] + floor.messages[agent] > 0:
                    end(terms, people, floor, agent, time_s)
                if _look(terms, contacts, people, floor, path, tagged, agent, time_s):
                    found_s = time_s - now_s
                plan(terms, people, floor, agent)
                continue
            c = due
            if came_s <= due_s:
                time_s, c = came_s, coming
                floor.waits[c] = 1
                coming += 1
                c = _head(terms, contacts, floor, path, c, time_s)
            else:
                time_s = due_s
            taker = _who_takes(terms, contacts, people, floor, path, c, time_s)
            while taker >= 0:
                if c == tagged:
                    found_s = time_s - now_s
                    break
                _take(terms, contacts, people, floor, path, c, taker, time_s)
                if _look(terms, contacts, people, floor, path, tagged, taker, time_s):
                    found_s = time_s - now_s
                    break
                taker = -1
        waits_s[path] = found_s
