"""What comes next: agents' planned ends in one heap, timers of contacts in others.

A key holds an instant and what orders things at one instant: ``ticks << bits | row``. One integer
comparison decides both, so that ties are settled in the heap as the rules settle them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from queuesim.compiling import inlined
from queuesim.engines.compiled.rules import Varied
from queuesim.units import GRID

NEVER = np.iinfo(np.int64).max
"""A key after all others."""

TICK_S = 1.0 / GRID

whole: Any = np.int64
"""Widens a number: a kernel is compiled once for each width it is called with."""

NO_KEY: Any = np.int64(0)
"""In place of a key, of the width of a key."""

ENTRY = np.dtype([("key", "i8"), ("contact", "i4"), ("line", "i4")], align=True)
"""Something that will happen to a contact."""

FAR = np.dtype(
    [
        ("row", "i8"),  # contact that arrives next
        ("first_attempts", "i8"),  # contacts before this one arrive of themselves
        ("fresh", "i8"),  # contact from which on nothing has been filled in yet
        ("change", "i8"),  # change of headcount that comes next
        ("ends", "i8"),  # entries in use
        ("timers", "i8"),
        ("returns", "i8"),
        ("patiences", "i8"),
        ("busy", "i8"),
    ]
)
"""How far a replication is."""


class Agenda(NamedTuple):
    """What comes next, and how far the replication is.

    Attributes
    ----------
    far : numpy.ndarray, FAR, shape (1,)
    change_s, change, changed : numpy.ndarray, float64, int8, int32, shape (changes + 1,)
        Changes of headcount in order: when [s], which kind, and whose; the last never comes.
    change_factor : numpy.ndarray, float64, shape (changes + 1,)
        The handle-time factor of the session that begins; 1 for other changes.
    end_key, end_agent : numpy.ndarray, int64 and int32, shape (agents + 5,)
        Planned ends: a heap with four children to a node, one entry an agent. Entries beyond the
        last hold NEVER, so that four children can always be read and compared without a branch.
    end_place : numpy.ndarray, int32, shape (agents,)
        Where each agent's entry is; -1: the agent has nothing open. The plain kernel moves and
        drops no entry but the first, and does not keep account of the others' places.
    timers, returns, patiences : numpy.ndarray, ENTRY, shape (room,)
        Binary heaps: minimum waits and offers; callbacks that come to a line, and customers who
        come again (to no line yet: -1); ends of patience, and customers who ring in (of no line).
        What no longer holds is passed over when its turn comes.
    busy_agent, busy_from_s, busy_to_s : numpy.ndarray, int32, float64, float64, shape (room,)
        Busy periods, written as they end.
    """

    far: NDArray[np.void]
    change_s: NDArray[np.float64]
    change: NDArray[np.int8]
    changed: NDArray[np.int32]
    change_factor: NDArray[np.float64]
    end_key: NDArray[np.int64]
    end_agent: NDArray[np.int32]
    end_place: NDArray[np.int32]
    timers: NDArray[np.void]
    returns: NDArray[np.void]
    patiences: NDArray[np.void]
    busy_agent: NDArray[np.int32]
    busy_from_s: NDArray[np.float64]
    busy_to_s: NDArray[np.float64]


@inlined
def key_of(instant_s: float, row: int, bits: int) -> int:
    """Return the key of an instant [s] on the grid and a row of so many bits."""
    return (whole(instant_s * GRID) << bits) | row


@inlined
def instant_of(heap: NDArray[np.void], n: int, bits: int) -> float:
    """Return the instant of the first of n entries [s]; infinity if there is none."""
    return (heap[0].key >> bits) * TICK_S if n > 0 else np.inf


@inlined
def plan_end(agenda: Agenda, agent: int, key: int, varied: Varied) -> None:
    """Plan or move the next end of an agent's work."""
    place = whole(agenda.end_place[agent])
    far = agenda.far[0]
    if place < 0:
        place = far.ends
        far.ends += 1
    elif varied is None:
        place = whole(0)
    _settle(agenda, place, agent, key, varied)


@inlined
def drop_end(agenda: Agenda, agent: int, varied: Varied) -> None:
    """Take an agent out who has nothing open any more."""
    place = whole(agenda.end_place[agent]) if varied is not None else whole(0)
    agenda.end_place[agent] = -1
    far = agenda.far[0]
    far.ends -= 1
    last = far.ends
    key = agenda.end_key[last]
    agenda.end_key[last] = NEVER
    if place < last:
        _settle(agenda, place, whole(agenda.end_agent[last]), key, varied)


@inlined
def _settle(agenda: Agenda, place: int, agent: int, key: int, varied: Varied) -> None:
    """Find the place of an entry, from the place it is given: up first, else down."""
    keys, agents, places = agenda.end_key, agenda.end_agent, agenda.end_place
    n = agenda.far[0].ends
    while place > 0:
        parent = (place - 1) >> 2
        if key >= keys[parent]:
            break
        other = agents[parent]
        keys[place], agents[place] = keys[parent], other
        if varied is not None:
            places[other] = place
        place = parent
    while True:
        child = 4 * place + 1
        if child >= n:
            break
        first, second = keys[child], keys[child + 1]
        third, fourth = keys[child + 2], keys[child + 3]
        in_first, in_second = second < first, fourth < third
        first = second if in_first else first
        third = fourth if in_second else third
        in_half = third < first
        least = third if in_half else first
        if least >= key:
            break
        child += (2 + in_second) if in_half else whole(in_first)
        other = agents[child]
        keys[place], agents[place] = least, other
        if varied is not None:
            places[other] = place
        place = child
    keys[place], agents[place] = key, agent
    places[agent] = place


@inlined
def push(heap: NDArray[np.void], n: int, key: int, contact: int, line: int) -> int:
    """Add an entry to a heap of n; return n + 1."""
    place = n
    while place > 0:
        parent = (place - 1) >> 1
        if key >= heap[parent].key:
            break
        heap[place] = heap[parent]
        place = parent
    here = heap[place]
    here.key, here.contact, here.line = key, contact, line
    return n + 1


@inlined
def pop(heap: NDArray[np.void], n: int) -> int:
    """Take the first entry out of a heap of n; return n - 1."""
    n -= 1
    key = heap[n].key
    place = 0
    while True:
        child = 2 * place + 1
        if child >= n:
            break
        if child + 1 < n and heap[child + 1].key < heap[child].key:
            child += 1
        if heap[child].key >= key:
            break
        heap[place] = heap[child]
        place = child
    heap[place] = heap[n]
    return n


def _lowest_bit(typing_context: Any, word: Any) -> Any:
    """Return the place of the lowest bit that is set in a word, which is not 0."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.int64), generate


lowest_bit: Any = intrinsic(_lowest_bit)
