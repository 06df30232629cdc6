"""Further attempts on the tape: what a customer brings who comes again, drawn before anything runs.

Whether a contact comes back depends on what happens to it; how it would does not. So the tape holds
a row for every further attempt that may come to be: for each contact type as which the customer may
come then. Rows that nobody needs stay unused.

A further attempt has draws of its own, whoever else comes back: a word of the first contact,
known by type, day and number, is where each stream is entered for each of its attempts. First it is
told here which rows there are; what they bring is drawn column by column (`brought`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from queuesim.compiling import compiled, inlined
from queuesim.sampling.generator import Word, entered, next_word, uniform
from queuesim.sampling.streams import Words, on_day

REDIAL, REPEAT, TURN, AFTER_HOURS, RING_IN = range(5)
"""Rows of the times, behind those of every contact: delays."""

WAYS_BACK: Any = np.int64(5)
"""How many ways there are to come back."""

REDIALS, REPEATS, TURNS, RINGS_IN = range(4)
"""Rows of the marks."""

RESOLUTION, PATH = range(2)
"""Rows of the uniforms."""

ATTEMPT, CUSTOMER, FOLLOWING = range(3)
"""Rows of the links."""

TYPE_AGAIN = np.dtype(
    [
        ("words", np.int64),  # stream that enters the others; -1 where nothing is asked of chance
        ("marks", np.int64),  # stream of marks and uniforms
        ("first", np.int64),  # its columns on a further row
        ("last", np.int64),
        ("delays", np.int64),  # its columns of delays, in the order above
        ("first_way", np.int64),  # where its contacts are handed on
        ("last_way", np.int64),
        ("first_open", np.int64),  # its opening hours, among the spans
        ("last_open", np.int64),
        ("first_outage", np.int64),  # outages of its front door, among the spans
        ("last_outage", np.int64),
        ("share", np.float64, 5),  # of those concerned who come back: in the order of the delays
        ("to", np.int64, 5),  # as which contact type
        ("most", np.int64, 5),  # how often at most
        ("resolved", np.float64),  # the smallest share that a group resolves, or the front door
        ("contained", np.float64),  # share that the front door deals with
        ("contained_in_outage", np.float64),  # … in the worst outage
        ("front_door", np.bool_),
        ("requests", np.bool_),  # every contact asks for a callback
    ],
    align=True,
)
"""What coming back asks of the tape for each contact type, in the order of the scenario."""

WAY = np.dtype([("low", np.float64), ("high", np.float64), ("to", np.int64)], align=True)
"""Contacts whose path is in [low, high) may be handed on to a contact type."""

SPAN = np.dtype([("from_s", np.float64), ("to_s", np.float64)], align=True)
"""Hours in which something holds [s]."""

_GOLDEN = Word(0x9E3779B97F4A7C15)
_NONE = Word(0)
_NOBODY: Any = np.int64(-1)
_FIRST: Any = np.int64(0)


@inlined
def _within(spans: NDArray[Any], first: int, last: int, instant_s: float) -> bool:
    """Whether an instant lies in one of some spans."""
    found = False
    for k in range(first, last):
        found = found or (spans[k].from_s <= instant_s < spans[k].to_s)
    return found


@compiled
def draw_again(
    n: int,
    types: NDArray[Any],
    ways: NDArray[Any],
    spans: NDArray[Any],
    reached: NDArray[np.bool_],
    starts: Words,
    steps: Words,
    arrival_s: NDArray[np.float64],
    accepts: NDArray[np.bool_],
    labels: NDArray[np.int32],
    numbers: NDArray[np.int64],
    marks: NDArray[np.bool_],
    uniforms: NDArray[np.float64],
    links: NDArray[np.int32],
    counts: NDArray[np.int64],
    words: Words,
    delayed: NDArray[np.int8],
) -> int:
    """Draw what decides how n first attempts go on, and find the further attempts behind them.

    Parameters
    ----------
    n : int
    types : TYPE_AGAIN[contact types]
    ways : WAY[all ways]
    spans : SPAN[all spans]
    reached : bool[contact types, attempts, contact types]
        As what a customer of a first type can make each further attempt; nobody makes the last.
    starts : uint64[streams, 4]
    steps : uint64[days, 4]
    arrival_s : float64[n or more]
        Of the first attempts [s].
    labels : int32[2, room]
        Type and day of the first attempts; the others are added, as in `numbers`, int64[room].
    accepts : bool[n or more]
        Of the first attempts; not known of others.
    marks : bool[4, room]
        Is filled, as are the next two.
    uniforms : float64[2, room]
    links : int32[3, room]
    counts : int64[2, room]
        To work in: how often a customer has come back, and turns of the thread, before a row.
    words : uint64[room]
        Is filled: where a row enters the streams of what it brings.
    delayed : int8[room]
        Is filled: by which of the ways back a row may be followed after a delay, one bit each.

    Returns
    -------
    int
        How many rows there are; -1 when there is not room enough.
    """
    room = len(numbers)
    rows = n
    most_rows = WAYS_BACK + len(types)  # that one row can lead to
    for customer in range(n):
        kind = labels[0, customer]
        first = types[kind]
        day, number = labels[1, customer], numbers[customer]
        begin, end, attempt = customer, customer + 1, 0
        links[ATTEMPT, customer], links[CUSTOMER, customer] = 0, customer
        counts[0, customer] = counts[1, customer] = 0
        word = _NONE
        if first.words >= 0:
            word, _ = next_word(entered(on_day(starts, first.words, steps, day), Word(number)))
        while begin < end:
            block = rows
            for row in range(begin, end):
                mine = types[labels[0, row]]
                links[FOLLOWING, row] = _NOBODY
                words[row], delayed[row] = word, 0
                uniforms[RESOLUTION, row] = uniforms[PATH, row] = 0.0
                marks[REDIALS, row] = marks[REPEATS, row] = False
                marks[TURNS, row] = marks[RINGS_IN, row] = False
                if mine.words < 0:
                    continue
                if rows + most_rows > room:
                    return -1
                mark = starts[mine.marks]
                generator = entered((mark[0], mark[1], mark[2], mark[3]), word)
                redial, generator = uniform(generator)
                repeat, generator = uniform(generator)
                turn, generator = uniform(generator)
                resolution, generator = uniform(generator)
                path, generator = uniform(generator)
                uniforms[RESOLUTION, row], uniforms[PATH, row] = resolution, path
                marks[REDIALS, row] = redial < mine.share[0]
                marks[REPEATS, row] = repeat < mine.share[1]
                marks[TURNS, row] = turn < mine.share[2]
                if mine.share[RING_IN] > 0.0:
                    ring_in, generator = uniform(generator)
                    marks[RINGS_IN, row] = ring_in < mine.share[RING_IN]
                settled = resolution < mine.resolved
                on = True
                if mine.front_door:
                    contained = mine.contained
                    if attempt > 0 or _within(
                        spans, mine.first_outage, mine.last_outage, arrival_s[row]
                    ):
                        contained = mine.contained_in_outage
                    on = resolution >= contained
                    settled = path < mine.resolved
                closed = attempt > 0 or not _within(
                    spans, mine.first_open, mine.last_open, arrival_s[row]
                )
                owed = attempt > 0 or mine.requests or accepts[row]  # if a callback is offered
                times_back, turns = counts[0, row], counts[1, row]
                # what may follow: come back in one of the ways, or be handed on
                for way in range(WAYS_BACK + mine.last_way - mine.first_way):
                    to, back, taken = _NOBODY, times_back, _FIRST
                    if way < WAYS_BACK:
                        comes = (
                            (way == 0 and redial < mine.share[0])
                            or (way == 1 and repeat < mine.share[1] and not settled)
                            or (way == 2 and turn < mine.share[2])
                            or (way == 3 and path < mine.share[3] and closed)
                            or (way == 4 and marks[RINGS_IN, row] and owed)
                        )
                        before = turns if way == 2 else times_back
                        if comes and before < mine.most[way]:
                            delayed[row] |= 1 << way
                            to = mine.to[way]
                            if way == 2:
                                taken = turns + 1
                            else:
                                back = times_back + 1
                    elif on:
                        edge = ways[mine.first_way + way - WAYS_BACK]
                        if edge.low <= path < edge.high:
                            to = edge.to
                    if to < 0 or not reached[kind, attempt, to]:
                        continue
                    place = block
                    while place < rows and labels[0, place] != to:
                        place += 1
                    if place < rows:
                        counts[0, place] = min(counts[0, place], back)
                        counts[1, place] = min(counts[1, place], taken)
                        continue
                    rows += 1
                    labels[0, place], labels[1, place], numbers[place] = to, day, number
                    links[ATTEMPT, place], links[CUSTOMER, place] = attempt + 1, customer
                    counts[0, place], counts[1, place] = back, taken
            if rows > block:
                for row in range(begin, end):
                    links[FOLLOWING, row] = block
            attempt += 1
            word += _GOLDEN
            begin, end = block, rows
    return rows
