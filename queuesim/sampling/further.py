"""A tape of first attempts, lengthened by the further attempts they may lead to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from queuesim.sampling.again import WAYS_BACK, draw_again
from queuesim.sampling.allotment import Allotment
from queuesim.sampling.brought import draw_brought
from queuesim.sampling.contacts import (
    ACCEPTANCE,
    ARRIVAL,
    BALKING,
    PATIENCE,
    TALK,
    WINDOW,
    WRAP_UP,
)
from queuesim.sampling.room import Room
from queuesim.sampling.streams import Words
from queuesim.sampling.tape import Again, Tape
from queuesim.sampling.variates import BLOCK
from queuesim.sampling.ways import Ways

_TIMES = {
    "arrival_s": ARRIVAL,
    "talk_s": TALK,
    "wrap_up_s": WRAP_UP,
    "patience_s": PATIENCE,
    "window_delay_s": WINDOW,
    "tolerates_s": BALKING,
    "accepts_from_s": ACCEPTANCE,
}
_ROOM, _FEW = 3, 64
"""Room for rows at first: for each first attempt, and in all."""


def with_further_attempts(
    tape: Tape, ways: Ways, allotment: Allotment, starts: Words, steps: Words, room: Room
) -> Tape:
    """Return a tape with the further attempts that its contacts may lead to.

    Parameters
    ----------
    tape : Tape
        First attempts only.
    ways : Ways
    allotment : Allotment
        Each further attempt is allotted anew.
    starts : uint64[streams, 4]
    steps : uint64[days, 4]
    room : Room
        What makes the arrays.

    Returns
    -------
    Tape
    """
    n, dials = len(tape), tape.answers.shape[1]
    most, rows = _ROOM * n + _FEW, -1
    while rows < 0:
        labels = room.empty("labels again", 2 * most, np.int32).reshape(2, most)
        labels[0, :n], labels[1, :n] = tape.contact_type, tape.day
        numbers = room.empty("numbers again", most, np.int64)
        numbers[:n] = tape.number
        marks = room.empty("marks", 4 * most, np.bool_).reshape(4, most)
        uniforms = room.empty("uniforms", 2 * most, np.float64).reshape(2, most)
        links = room.empty("links", 3 * most, np.int32).reshape(3, most)
        order = room.empty("order again", 2 * most, np.int64).reshape(2, most)
        words = room.empty("words", most, np.uint64)
        delayed = room.empty("delayed", most, np.int8)
        rows = draw_again(
            n, ways.types, ways.ways, ways.spans, ways.reached, starts, steps, tape.arrival_s,
            tape.accepts, labels, numbers, marks, uniforms, links, order, words, delayed,
        )  # fmt: skip
        most *= 2
    most //= 2
    times = room.empty("times again", (ways.delays + int(WAYS_BACK)) * most, np.float64)
    times = times.reshape(-1, most)
    kept = {name: row for name, row in _TIMES.items() if len(getattr(tape, name)) == n}
    for name, row in kept.items():
        times[row, :n] = getattr(tape, name)
    times[:, n:rows] = times[ways.delays :, :n] = 0.0  # not every contact has these
    times[ARRIVAL, n:rows] = np.nan
    chances = room.empty("chances again", most * (1 + dials), np.bool_)
    chances[:n], chances[n:rows] = tape.accepts, False
    answers = chances[most : most + rows * dials].reshape(rows, dials)
    answers[:n], answers[n:] = tape.answers, False
    draw_brought(
        n, rows, ways.types, ways.columns, ways.values, starts, words, delayed, labels[0], order,
        room.empty("begins", len(ways.types) + 1, np.int64),
        room.empty("draws again", BLOCK, np.float64), times, chances,
    )  # fmt: skip
    filled: dict[str, Any] = {name: times[row, :rows] for name, row in kept.items()}
    return replace(
        tape,
        contact_type=labels[0, :rows],
        day=labels[1, :rows],
        number=numbers[:rows],
        accepts=chances[:rows],
        allotted=np.concatenate(
            (tape.allotted, allotment.groups_of(labels[0, n:rows], times[:, n:rows]))
        ),
        answers=answers,
        again=Again(
            n, *links[:, :rows], *marks[:, :rows], *times[ways.delays :, :rows], *uniforms[:, :rows]
        ),
        **filled,
    )
