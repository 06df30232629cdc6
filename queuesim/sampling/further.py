"""A tape of first attempts, lengthened by the further attempts they may lead to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from queuesim.sampling.again import draw_again
from queuesim.sampling.allotment import Allotment
from queuesim.sampling.contacts import (
    ACCEPTANCE,
    ARRIVAL,
    BALKING,
    PATIENCE,
    TALK,
    WINDOW,
    WRAP_UP,
)
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
_DELAYS = 4
_ROOM, _FEW = 3, 64
"""Room for rows at first: for each first attempt, and in all."""


def with_further_attempts(
    tape: Tape, ways: Ways, allotment: Allotment, starts: Words, steps: Words
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

    Returns
    -------
    Tape
    """
    n, dials = len(tape), tape.answers.shape[1]
    here, draws = np.zeros(2, dtype=np.int64), np.empty(BLOCK)
    kept = {name: row for name, row in _TIMES.items() if len(getattr(tape, name)) == n}
    room, rows = _ROOM * n + _FEW, -1
    while rows < 0:
        labels = np.empty((2, room), dtype=np.int32)
        labels[0, :n], labels[1, :n] = tape.contact_type, tape.day
        numbers = np.empty(room, dtype=np.int64)
        numbers[:n] = tape.number
        times = np.zeros((ways.delays + _DELAYS, room))
        for name, row in kept.items():
            times[row, :n] = getattr(tape, name)
        chances = np.zeros(room * (1 + dials), dtype=np.bool_)
        chances[:n] = tape.accepts
        chances[room : room + n * dials] = tape.answers.reshape(-1)
        marks = np.zeros((3, room), dtype=np.bool_)
        uniforms = np.empty((2, room))
        links = np.empty((3, room), dtype=np.int32)
        counts = np.empty((2, room), dtype=np.int64)
        rows = draw_again(
            n, ways.delays, ways.types, ways.ways, ways.spans, ways.reached, ways.columns,
            ways.values, starts, steps, here, draws, labels, numbers, times, chances, marks,
            uniforms, links, counts,
        )  # fmt: skip
        room *= 2
    room //= 2
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
        answers=chances[room : room + rows * dials].reshape(rows, dials),
        again=Again(
            n, *links[:, :rows], *marks[:, :rows], *times[ways.delays :, :rows], *uniforms[:, :rows]
        ),
        **filled,
    )
