"""Who is really there: scheduled people become agents with sessions.

Shrinkage is a share of the scheduled people, absence a chance for each of them and each day.
A share of 42 people is seldom a whole number: one draw a day rounds it, down or up, so that the
mean over days is right and a day does not flicker between two counts.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from queuesim.model import AgentGroup, Horizon
from queuesim.model.roster import Roster
from queuesim.sampling.arrivals import one_draw_a_day
from queuesim.sampling.streams import Streams


@dataclass(frozen=True)
class Sessions:
    """The agents' sessions, by start, then by agent.

    Attributes
    ----------
    agent : numpy.ndarray, int32
        Agent's number, through all groups.
    on_s, off_s : numpy.ndarray, float64
        When the session starts and ends [s]; sessions of one agent neither overlap nor touch.
    """

    agent: NDArray[np.int32]
    on_s: NDArray[np.float64]
    off_s: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.agent)


def group_sessions(
    group: AgentGroup, roster: Roster, horizon: Horizon, streams: Streams
) -> tuple[int, Sessions]:
    """Draw the sessions of one group, its agents numbered from 0.

    Parameters
    ----------
    group : AgentGroup
    roster : Roster
        Its scheduled people.
    horizon : Horizon
    streams : Streams

    Returns
    -------
    agents : int
        How many agents the group has at most.
    sessions : Sessions
    """
    rounding = one_draw_a_day(streams[f"{group.name}/shrinkage"], horizon)
    people = roster.people
    if group.absence > 0:
        stream = streams[f"{group.name}/absence"]
        absent = np.array(
            [stream.on_day(day).random(people) < group.absence for day in horizon.dates]
        )
    else:
        absent = np.zeros((horizon.days, people), dtype=bool)
    present_share = 1.0 - group.shrinkage
    if roster.by_shifts:
        rows = _shift_sessions(roster, absent, rounding, present_share)
    else:
        rows = _first_on_first_off(roster, horizon, absent, rounding, present_share)
    rows.sort(key=lambda row: (row[1], row[0]))
    agents = max((row[0] for row in rows), default=-1) + 1
    return agents, Sessions(
        np.array([row[0] for row in rows], dtype=np.int32),
        np.array([row[1] for row in rows], dtype=np.float64),
        np.array([row[2] for row in rows], dtype=np.float64),
    )


_Row = tuple[int, float, float]


def _first_on_first_off(
    roster: Roster,
    horizon: Horizon,
    absent: NDArray[np.bool_],
    rounding: NDArray[np.float64],
    present_share: float,
) -> list[_Row]:
    """Turn staffed counts into sessions: who came first goes first, who is off longest comes."""
    day = np.searchsorted(horizon.day_edges_s, roster.edges_s[:-1], side="right") - 1
    absent_among_first = np.zeros((horizon.days, absent.shape[1] + 1), dtype=np.int64)
    absent_among_first[:, 1:] = np.cumsum(absent, axis=1)
    there = np.asarray(roster.counts - absent_among_first[day, roster.counts], dtype=np.int64)
    staffed = np.floor(there * present_share + rounding[day]).astype(np.int64)
    off: deque[int] = deque(range(int(staffed.max(initial=0))))
    on: deque[tuple[int, float]] = deque()
    rows: list[_Row] = []
    pieces = [*zip(roster.edges_s[:-1].tolist(), staffed.tolist(), strict=True)]
    for start, count in [*pieces, (float(roster.edges_s[-1]), 0)]:
        while len(on) > count:
            agent, since = on.popleft()
            rows.append((agent, since, start))
            off.append(agent)
        while len(on) < count:
            on.append((off.popleft(), start))
    return rows


def _shift_sessions(
    roster: Roster,
    absent: NDArray[np.bool_],
    rounding: NDArray[np.float64],
    present_share: float,
) -> list[_Row]:
    """Keep the sessions of those who are there; shrinkage takes an even sample of the people."""
    rows: list[_Row] = []
    for day in np.unique(roster.day):
        today = np.flatnonzero(roster.day == day)
        people = [p for p in np.unique(roster.person[today]) if not absent[day, p]]
        steps = np.floor(np.arange(len(people) + 1) * present_share + rounding[day])
        there = {int(p) for p, step in zip(people, np.diff(steps), strict=True) if step > 0}
        rows += [
            (int(roster.person[k]), float(roster.on_s[k]), float(roster.off_s[k]))
            for k in today
            if int(roster.person[k]) in there
        ]
    return _joined(rows)


def _joined(rows: list[_Row]) -> list[_Row]:
    """Join sessions of one agent that touch, at midnight for example."""
    joined: list[_Row] = []
    for agent, on, off in sorted(rows):
        if joined and joined[-1][0] == agent and joined[-1][2] >= on:
            joined[-1] = (agent, joined[-1][1], max(off, joined[-1][2]))
        elif off > on:
            joined.append((agent, on, off))
    return joined
