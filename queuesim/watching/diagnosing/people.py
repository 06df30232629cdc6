"""People as they were observed: average numbers on duty become sessions of agents."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from queuesim.sampling import Sessions
from queuesim.units import snap

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_SLIVER = 0.01
"""Parts of an interval below this are nobody's."""


@dataclass(frozen=True)
class Crew:
    """The agents of one group.

    Attributes
    ----------
    agents : int
    agent : numpy.ndarray, int64
        Of each session: the agent's number within the group.
    on_s, off_s, factor : numpy.ndarray, float64
        As in `Sessions`.
    """

    agents: int
    agent: Ints
    on_s: Floats
    off_s: Floats
    factor: Floats


def crews_of(agent_group: NDArray[np.int32], sessions: Sessions, groups: int) -> list[Crew]:
    """Return the agents of each group, from a tape."""
    many = np.bincount(agent_group, minlength=groups)
    first = np.concatenate(([0], np.cumsum(many)))
    found = []
    for group in range(groups):
        mine = np.flatnonzero(agent_group[sessions.agent] == group)
        found.append(
            Crew(
                int(many[group]),
                (sessions.agent[mine] - first[group]).astype(np.int64),
                sessions.on_s[mine],
                sessions.off_s[mine],
                sessions.factor[mine],
            )
        )
    return found


def within(crew: Crew, from_s: float, to_s: float) -> Crew:
    """Return a crew with only the sessions that touch a time; those that do are left whole."""
    use = (crew.off_s > from_s) & (crew.on_s < to_s)
    known, agent = np.unique(crew.agent[use], return_inverse=True)
    return Crew(len(known), agent, crew.on_s[use], crew.off_s[use], crew.factor[use])


def crew_of_numbers(numbers: Floats, edges_s: Floats, factor: float = 1.0) -> Crew:
    """Return agents of whom so many are on duty, on average, in each interval.

    13.4 people are 13, and one more for 0.4 of the interval, beside the neighbour that has more.
    Who came first goes first, and who is off longest comes next, as in `queuesim.sampling`.

    Parameters
    ----------
    numbers : numpy.ndarray, float64, shape (n,)
    edges_s : numpy.ndarray, float64, shape (n + 1,)
        Of the intervals [s].
    factor : float, default 1
        Handle-time factor of all of them.
    """
    at, count = _steps(numbers, edges_s)
    on_s: list[float] = []
    off_s: list[float] = []
    there: deque[int] = deque()
    for instant, staffed in zip(at, count, strict=True):
        while len(there) > staffed:
            off_s[there.popleft()] = instant
        while len(there) < staffed:
            there.append(len(on_s))
            on_s.append(instant)
            off_s.append(float(edges_s[-1]))
    most = int(count.max(initial=0))
    agent = np.arange(len(on_s)) % max(most, 1)
    return Crew(most, agent, np.array(on_s), np.array(off_s), np.full(len(on_s), factor))


def beside(crew: Crew, more: Crew) -> Crew:
    """Return a crew and others; they are different people."""
    return Crew(
        crew.agents + more.agents,
        np.concatenate([crew.agent, more.agent + crew.agents]),
        np.concatenate([crew.on_s, more.on_s]),
        np.concatenate([crew.off_s, more.off_s]),
        np.concatenate([crew.factor, more.factor]),
    )


def one_after_the_other(crew: Crew, then: Crew, at_s: float) -> Crew:
    """Return a crew, and another that comes after an instant; they are different people."""
    on_s = np.maximum(then.on_s, at_s)
    keep = then.off_s > on_s
    later = Crew(then.agents, then.agent[keep], on_s[keep], then.off_s[keep], then.factor[keep])
    return beside(crew, later)


def mean_factor(crew: Crew) -> float:
    """Return the mean handle-time factor of a crew by its time on duty, 1 of nobody."""
    on_duty_s = crew.off_s - crew.on_s
    return float(np.average(crew.factor, weights=on_duty_s)) if len(on_duty_s) else 1.0


def _steps(numbers: Floats, edges_s: Floats) -> tuple[Floats, Ints]:
    """Return when the number of people changes, and to how many."""
    whole = np.floor(numbers + _SLIVER).astype(np.int64)
    part = np.maximum(numbers - whole, 0.0)
    part[part < _SLIVER] = 0.0
    at: list[float] = []
    count: list[int] = []
    last = len(numbers) - 1
    for k, (people, share) in enumerate(zip(whole, part, strict=True)):
        begin, end = edges_s[k], edges_s[k + 1]
        if share == 0:
            at.append(begin)
            count.append(people)
            continue
        before = whole[k - 1] if k else 0
        after = whole[k + 1] if k < last else 0
        if before >= after:  # the one more is there at the beginning
            at += [begin, float(snap(begin + share * (end - begin)))]
            count += [people + 1, people]
        else:
            at += [begin, float(snap(end - share * (end - begin)))]
            count += [people, people + 1]
    return np.array(at, dtype=np.float64), np.array(count, dtype=np.int64)


def together(crews: Sequence[Crew]) -> tuple[NDArray[np.int32], Sessions]:
    """Return each agent's group, and the sessions of all, as an engine takes them."""
    many = [crew.agents for crew in crews]
    first = np.concatenate(([0], np.cumsum(many)))
    agent = np.concatenate([crew.agent + first[k] for k, crew in enumerate(crews)])
    on_s, off_s, factor = (
        np.concatenate([getattr(crew, name) for crew in crews])
        for name in ("on_s", "off_s", "factor")
    )
    order = np.lexsort((agent, on_s))
    sessions = Sessions(
        agent[order].astype(np.int32),
        np.ascontiguousarray(on_s[order]),
        np.ascontiguousarray(off_s[order]),
        np.ascontiguousarray(factor[order]),
    )
    return np.repeat(np.arange(len(crews), dtype=np.int32), many), sessions
