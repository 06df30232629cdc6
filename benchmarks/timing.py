"""Timing what is compared: side by side, again and again, and ratios before averages.

In every repeat each contestant has one turn, in an order that moves on by one from repeat to
repeat. So a machine that slows down for a minute slows all of them, and the ratio within a repeat
holds. What counts is the median over repeats, with quartiles beside it. The first call is timed
apart: it compiles, loads and fills caches. Answers are checked after the clock has stopped.
"""

from __future__ import annotations

import gc
import math
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

Clock = Callable[[], float]

TURN_S = 0.05
"""A turn lasts at least this long; what is faster is called several times in it."""

_MOST_CALLS = 1000


@dataclass(frozen=True)
class Spread:
    """A median with its quartiles."""

    median: float
    q1: float
    q3: float


def spread(values: Sequence[float]) -> Spread:
    """Return the median and quartiles of at least one value; linear between neighbours."""
    if len(values) == 1:
        return Spread(values[0], values[0], values[0])
    q1, median, q3 = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(median, q1, q3)


@dataclass(frozen=True)
class Contestant:
    """Something to be timed.

    Attributes
    ----------
    name : str
    run : callable
        What is timed; returns an answer. With `ready`, it is given what `ready` returned.
    contacts : int
        Contacts of one call, all replications together.
    check : callable
        Takes the answer; raises `benchmarks.answers.WrongAnswerError` when it is wrong.
    note : str
        What a reader should know.
    ready : callable or None
        Called before each call, outside the time.
    """

    name: str
    run: Callable[..., Any]
    contacts: int
    check: Callable[[Any], None]
    note: str = ""
    ready: Callable[[], Any] | None = None


@dataclass
class Timing:
    """How long one contestant took.

    Attributes
    ----------
    contestant : Contestant
    first_s : float
        The first call: compiling and warming up [s].
    calls : int
        Calls in each turn.
    seconds : list of float
        Seconds a call, by repeat.
    """

    contestant: Contestant
    first_s: float
    calls: int
    seconds: list[float] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The contestant's name."""
        return self.contestant.name

    @property
    def call_s(self) -> Spread:
        """Seconds a call."""
        return spread(self.seconds)

    @property
    def contact_s(self) -> Spread:
        """Seconds a contact."""
        return spread([s / self.contestant.contacts for s in self.seconds])


def interleaved(
    contestants: Sequence[Contestant],
    repeats: int,
    *,
    clock: Clock = time.perf_counter,
    turn_s: float = TURN_S,
) -> list[Timing]:
    """Time contestants in turns.

    Parameters
    ----------
    contestants : sequence of Contestant
    repeats : int
        Turns of each, at least 1.
    clock : callable
        Returns seconds.
    turn_s : float
        A turn is made of so many calls that it lasts about this long [s].

    Returns
    -------
    list of Timing
        In the order of the contestants.

    Raises
    ------
    benchmarks.answers.WrongAnswerError
        When a contestant computes something else; nothing is reported then.
    """
    timings = []
    for contestant in contestants:
        first_s, answer = _timed(contestant, 1, clock)
        contestant.check(answer)
        again_s, answer = _timed(contestant, 1, clock) if first_s < 1.0 else (first_s, answer)
        calls = min(_MOST_CALLS, max(1, math.ceil(turn_s / again_s))) if again_s > 0 else 1
        timings.append(Timing(contestant, first_s, calls))
    for repeat in range(repeats):
        turn = repeat % max(1, len(timings))
        for timing in timings[turn:] + timings[:turn]:
            seconds, answer = _timed(timing.contestant, timing.calls, clock)
            timing.contestant.check(answer)
            timing.seconds.append(seconds / timing.calls)
    return timings


def ratio(slow: Timing, fast: Timing) -> Spread:
    """Return how many times as long `slow` takes for a contact: the ratio in each repeat first."""
    as_many = fast.contestant.contacts / slow.contestant.contacts
    return spread([s / f * as_many for s, f in zip(slow.seconds, fast.seconds, strict=True)])


def _timed(contestant: Contestant, calls: int, clock: Clock) -> tuple[float, Any]:
    """Return seconds for so many calls, and the last answer. Collecting garbage stays on."""
    gc.collect()
    answer = None
    if contestant.ready is not None:
        seconds = 0.0
        for _ in range(calls):
            given = contestant.ready()
            start = clock()
            answer = contestant.run(given)
            seconds += clock() - start
        return seconds, answer
    start = clock()
    for _ in range(calls):
        answer = contestant.run()
    return clock() - start, answer


@contextmanager
def one_core() -> Iterator[str]:
    """Keep this process, and what it starts, on one core for a while; yield how that went."""
    if not hasattr(os, "sched_setaffinity"):
        yield "not pinned to a core: this system cannot"
        return
    before = os.sched_getaffinity(0)
    core = max(before)
    os.sched_setaffinity(0, {core})
    try:
        yield f"pinned to core {core}"
    finally:
        os.sched_setaffinity(0, before)
