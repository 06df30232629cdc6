"""Those who go before one contact, followed until an agent takes it; compiled.

A small story told from the present on: who waits, when agents become free, who comes and goes
first. What happens behind the contact is left out unless it can overtake. It is a prediction's
means and no engine: it knows the routing of `refined.WhoIsAhead` and nothing else.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from queuesim.compiling import compiled, inlined

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@inlined
def _free_slot(
    group: int, now_s: float, slot_group: Any, off_s: Any, free_s: Any, idle: Any
) -> int:
    """Return an idle slot of a group; -1 where there is none."""
    for s in range(len(slot_group)):
        if idle[s] == 1 and slot_group[s] == group and off_s[s] > now_s:
            return s
    return -1


@compiled
def follow(
    now_s: float,
    tagged: int,
    slot_group: Ints,
    off_s: Floats,
    starts_s: Floats,
    kind: Ints,
    since_s: Floats,
    leaves_s: Floats,
    ring_s: Floats,
    work_s: Floats,
    factor: Floats,
    rank: Floats,
    min_wait_s: Floats,
    weight: Floats,
    credit_s: Floats,
    free_s: Floats,
    idle: Ints,
    waits: Ints,
    waits_s: Floats,
) -> None:
    """Follow each path until the tagged contact is taken.

    Parameters
    ----------
    now_s : float
        The present [s].
    tagged : int
        Column of the contact asked about.
    slot_group, off_s : int64[slots], float64[slots]
        Group of each slot, and when its agent goes off duty [s].
    starts_s : float64[paths, slots]
        When each slot is free for the first time: its agent's work ends, or comes on duty [s].
    kind : int64[paths, contacts]
        Line of each contact; -1: there is none in this column.
    since_s, leaves_s, ring_s, work_s : float64[paths, contacts]
        When it came or comes, in order of time for those to come; when it gives up; how long it
        rings and how long it takes, at factor 1 [s].
    factor, rank, min_wait_s : float64[groups, lines]
        Terms; factor NaN where a group does not serve a line.
    weight, credit_s : float64[lines]
        Score = weight × wait + credit.
    free_s, idle, waits : float64[slots], int64[slots], int64[contacts]
        To work in.
    waits_s : float64[paths]
        Is filled: the wait from now on; infinite where nobody ever takes it [s].
    """
    groups, contacts = factor.shape[0], kind.shape[1]
    for path in range(len(waits_s)):
        for s in range(len(slot_group)):
            free_s[s], idle[s] = max(starts_s[path, s], now_s), 0
        coming = contacts
        for c in range(contacts):
            here = kind[path, c] >= 0 and since_s[path, c] <= now_s
            waits[c] = 1 if here else 0
            if kind[path, c] >= 0 and not here and c < coming:
                coming = c
        time_s, found_s = now_s, np.inf
        while True:
            # what is next: a slot, an arrival, or a minimum wait that has passed
            slot, slot_s = -1, np.inf
            for s in range(len(slot_group)):
                if idle[s] == 0 and free_s[s] < slot_s:
                    slot, slot_s = s, free_s[s]
            came_s = np.inf
            if coming < contacts and kind[path, coming] >= 0:
                came_s = since_s[path, coming]
            due_s, due, due_group = np.inf, -1, -1
            for c in range(contacts):
                if waits[c] == 1:
                    for g in range(groups):
                        line = kind[path, c]
                        if factor[g, line] > 0 and min_wait_s[g, line] > 0:
                            at_s = since_s[path, c] + min_wait_s[g, line]
                            if (
                                at_s > time_s
                                and at_s < due_s
                                and at_s <= leaves_s[path, c]
                                and _free_slot(g, at_s, slot_group, off_s, free_s, idle) >= 0
                            ):
                                due_s, due, due_group = at_s, c, g
            if slot_s == np.inf and came_s == np.inf and due_s == np.inf:
                break
            taker, taken = -1, -1
            if slot_s <= came_s and slot_s <= due_s:
                time_s = slot_s
                if time_s >= off_s[slot]:
                    free_s[slot] = np.inf  # gone
                    continue
                g, best = slot_group[slot], -np.inf
                for c in range(contacts):
                    if waits[c] == 1:
                        line = kind[path, c]
                        if leaves_s[path, c] < time_s:
                            waits[c] = 0
                        elif (
                            factor[g, line] > 0 and since_s[path, c] + min_wait_s[g, line] <= time_s
                        ):
                            score = weight[line] * (time_s - since_s[path, c]) + credit_s[line]
                            if score > best or (
                                score == best and since_s[path, c] < since_s[path, taken]
                            ):
                                best, taken = score, c
                if taken >= 0:
                    taker = slot
                else:
                    idle[slot] = 1
                    continue
            elif came_s <= due_s:
                time_s, taken = came_s, coming
                coming += 1
                waits[taken] = 1
                best_rank = np.inf
                for g in range(groups):
                    line = kind[path, taken]
                    if (
                        factor[g, line] > 0
                        and min_wait_s[g, line] == 0
                        and rank[g, line] < best_rank
                    ):
                        s = _free_slot(g, time_s, slot_group, off_s, free_s, idle)
                        if s >= 0:
                            best_rank, taker = rank[g, line], s
                if taker < 0:
                    continue
            else:
                time_s, taken = due_s, due
                taker = _free_slot(due_group, time_s, slot_group, off_s, free_s, idle)
            if taken == tagged:
                found_s = time_s - now_s
                break
            waits[taken], idle[taker] = 0, 0
            line = kind[path, taken]
            takes_s = work_s[path, taken] * factor[slot_group[taker], line]
            free_s[taker] = time_s + ring_s[path, taken] + takes_s
        waits_s[path] = found_s
