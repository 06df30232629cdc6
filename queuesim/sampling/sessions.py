"""Who is really there: scheduled people become agents with sessions, compiled.

Shrinkage is a share of the scheduled people, absence a chance for each of them and each day.
A share of 42 people is seldom a whole number: one draw a day rounds it, down or up, so that the
mean over days is right and a day does not flicker between two counts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from queuesim.compiling import called, compiled
from queuesim.sampling.generator import uniform
from queuesim.sampling.streams import Words, on_day
from queuesim.sampling.variates import START

Ints = NDArray[np.int64]

_ALL_ONES = np.ones(0)
"""Stands for factors that are not given."""


@dataclass(frozen=True)
class Sessions:
    """The agents' sessions, by start, then by agent.

    Attributes
    ----------
    agent : numpy.ndarray, int32
        Agent's number, through all groups.
    on_s, off_s : numpy.ndarray, float64
        When the session starts and ends [s]; sessions of one agent do not overlap. Two that touch
        are one stay: the agent goes on without a break, with another factor.
    factor : numpy.ndarray, float64
        The agent's handle-time factor during the session: talk and wrap-up of the contacts begun in
        it are multiplied by it. All ones where it is not given.
    """

    agent: NDArray[np.int32]
    on_s: NDArray[np.float64]
    off_s: NDArray[np.float64]
    factor: NDArray[np.float64] = field(default_factory=lambda: _ALL_ONES)

    def __post_init__(self) -> None:
        if self.factor is _ALL_ONES:
            object.__setattr__(self, "factor", np.ones(len(self.agent)))

    def __len__(self) -> int:
        return len(self.agent)


GROUP = np.dtype(
    [
        ("by_shifts", np.int64),
        ("people", np.int64),
        ("present_share", np.float64),  # 1 - shrinkage
        ("absence", np.float64),
        ("absence_stream", np.int64),
        ("first", np.int64),  # its pieces, or its shifts
        ("last", np.int64),
        ("first_entry", np.int64),  # its entries
        ("last_entry", np.int64),
        ("end", np.int64),  # instant at which the headcount ends
    ],
    align=True,
)
"""An agent group as a kernel reads it."""

PIECE = np.dtype([("instant", np.int64), ("count", np.int64), ("day", np.int64)], align=True)
"""A piece of a headcount: when it begins, people scheduled, and its day."""

ENTRY = np.dtype([("day", np.int64), ("person", np.int64)], align=True)
"""A person with shifts on a day, by day, then by person."""

STRETCH = np.dtype(
    [("entry", np.int64), ("person", np.int64), ("on", np.int64), ("off", np.int64)], align=True
)
"""A stretch of a shift, from instant to instant, by person, then by time."""


@compiled
def draw_sessions(
    groups: NDArray[Any],
    pieces: NDArray[Any],
    entries: NDArray[Any],
    stretches: NDArray[Any],
    rounding: NDArray[np.float64],
    starts: Words,
    steps: Words,
    present: Ints,
    on: Ints,
    off: Ints,
    agent: Ints,
    agents: Ints,
) -> int:
    """Draw the sessions of all groups, in no order.

    Parameters
    ----------
    groups : GROUP[groups]
    pieces : PIECE[pieces of all headcounts]
    entries : ENTRY[entries of all groups with shifts]
    stretches : STRETCH[stretches of all shifts]
    rounding : float64[groups, days]
        What rounds the shrinkage.
    starts : uint64[streams, 4]
    steps : uint64[days, 4]
    present : int64[entries, and people of a headcount + 1]
        To work in.
    on, off, agent : int64[room]
        Are filled: instants, and agent through all groups.
    agents : int64[groups]
        Is filled: how many agents each group has at most.

    Returns
    -------
    int
        How many sessions there are; -1 when there is not room enough.
    """
    n, first_agent = 0, 0
    for g in range(len(groups)):
        group = groups[g]
        begun, most = n, 0
        if group.by_shifts:
            _who_is_present(group, entries, rounding[g], starts, steps, present)
            for k in range(group.first, group.last):
                stretch = stretches[k]
                if not present[stretch.entry]:
                    continue
                number = first_agent + stretch.person
                if n > begun and agent[n - 1] == number and off[n - 1] >= stretch.on:
                    off[n - 1] = max(off[n - 1], stretch.off)  # they touch, at midnight for example
                    continue
                if n == len(on):
                    return -1
                agent[n], on[n], off[n] = number, stretch.on, stretch.off
                most = stretch.person + 1
                n += 1
        else:
            # Who came first goes first, who is off longest comes: the k-th to come is agent k
            # modulo the number of agents, and the k-th to go is the k-th to come.
            gone, day = begun, -1
            for k in range(group.first, group.last + 1):
                instant, staffed = group.end, 0
                if k < group.last:
                    instant, count = pieces[k].instant, pieces[k].count
                    if group.absence > 0:
                        if pieces[k].day != day:
                            _count_absent(group, starts, steps, pieces[k].day, present)
                        count -= present[count]
                    day = pieces[k].day
                    staffed = math.floor(count * group.present_share + rounding[g, day])
                while n - gone > staffed:
                    off[gone] = instant
                    gone += 1
                while n - gone < staffed:
                    if n == len(on):
                        return -1
                    on[n] = instant
                    n += 1
                most = max(most, staffed)
            for k in range(begun, n):
                agent[k] = first_agent + (k - begun) % most
        agents[g] = most
        first_agent += most
    return n


@called
def _count_absent(group: Any, starts: Words, steps: Words, day: int, absent: Ints) -> None:
    """Count the absent among the first k people of a headcount on a day, int64[people + 1]."""
    generator = on_day(starts, group.absence_stream, steps, day)
    absent[0] = 0
    for person in range(group.people):
        chance, generator = uniform(generator)
        absent[person + 1] = absent[person] + (chance < group.absence)


@called
def _who_is_present(
    group: Any,
    entries: NDArray[Any],
    rounding: NDArray[np.float64],
    starts: Words,
    steps: Words,
    present: Ints,
) -> None:
    """Note who of the people with shifts is there; shrinkage takes an even sample of them."""
    day, there, drawn, chance = -1, 0, 0, 1.0
    generator = on_day(starts, group.absence_stream, steps, START)
    for k in range(group.first_entry, group.last_entry):
        if entries[k].day != day:
            day, there, drawn = entries[k].day, 0, 0
            generator = on_day(starts, group.absence_stream, steps, day)
        present[k] = 0
        if group.absence > 0:
            while drawn <= entries[k].person:
                chance, generator = uniform(generator)
                drawn += 1
            if chance < group.absence:
                continue
        before = math.floor(there * group.present_share + rounding[day])
        there += 1
        present[k] = math.floor(there * group.present_share + rounding[day]) > before


@compiled
def order_sessions(
    n: int,
    on: Ints,
    off: Ints,
    agent: Ints,
    instants_s: NDArray[np.float64],
    order: Ints,
    counts: Ints,
    agent_out: NDArray[np.int32],
    times_out: NDArray[np.float64],
) -> None:
    """Put sessions in order by start, then by agent; by counting, first agents, then starts.

    Parameters
    ----------
    n : int
        How many sessions there are.
    on, off, agent : int64[n or more]
        From `draw_sessions`.
    instants_s : float64[instants]
        When the instants are [s].
    order : int64[2, n]
        To work in.
    counts : int64[instants or agents, whichever are more, + 1]
        To work in.
    agent_out : int32[n]
        Is filled.
    times_out : float64[2, n]
        Is filled: from and to [s].
    """
    for k in range(n):
        order[0, k] = k
    for turn in range(2):
        by = agent if turn == 0 else on
        for k in range(len(counts)):
            counts[k] = 0
        for k in range(n):
            counts[by[k] + 1] += 1
        for k in range(1, len(counts)):
            counts[k] += counts[k - 1]
        for k in range(n):
            session = order[turn, k]
            place = counts[by[session]]
            counts[by[session]] += 1
            if turn == 0:
                order[1, place] = session
            else:
                agent_out[place] = agent[session]
                times_out[0, place] = instants_s[on[session]]
                times_out[1, place] = instants_s[off[session]]
