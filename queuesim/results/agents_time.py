"""Agents' time by interval, counted as it comes: told for the machine.

A stretch of agents' time is split into its parts in the first and the last interval that it
touches; whole intervals in between are counted as +1 where they begin and -1 where they end, and
added up at the end, by `counting.join`. The last interval is open: time past the horizon counts
there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from queuesim.compiling import compiled

# Rows of agents' time: seconds in parts of intervals; in the row after each, whole intervals.
ON_DUTY, BUSY, LATE = 0, 2, 4
TIME_ROWS = 6

Seconds = NDArray[np.float64]


@compiled
def count_time(
    agent: NDArray[np.int32],
    from_s: Seconds,
    to_s: Seconds,
    are_sessions: bool,
    agent_group: NDArray[np.int32],
    on_s: Seconds,
    off_s: Seconds,
    interval_s: float,
    intervals: int,
    following: NDArray[np.int32],
    current: NDArray[np.int32],
    time: NDArray[np.float64],
) -> None:
    """Sum sessions, once; or busy periods, and what of them lies in no session of their agent.

    Parameters
    ----------
    agent, from_s, to_s : numpy.ndarray, shape (n,)
        Those of one agent in order, over all calls; they do not overlap.
    are_sessions : bool
        Whether they are the sessions.
    agent_group : numpy.ndarray, int32, shape (agents,)
    on_s, off_s : numpy.ndarray, float64, shape (sessions,)
        When the sessions begin and end [s].
    interval_s : float
        [s]
    intervals : int
    following : numpy.ndarray, int32, shape (sessions,)
        The same agent's next session, -1 after the last; filled with the sessions.
    current : numpy.ndarray, int32, shape (agents,)
        The agent's first session that is not over when its latest period begins, -1 for none.
    time : numpy.ndarray, float64, shape (6, groups × intervals)
        Added to.
    """
    for n in range(len(agent)):
        k, what = n, BUSY
        if are_sessions:  # from the last, so that each finds the one that follows
            k, what = len(agent) - 1 - n, ON_DUTY
        a, begins, ends = agent[k], from_s[k], to_s[k]
        row = agent_group[a] * intervals
        session = current[a]
        if are_sessions:
            following[k] = session
            current[a] = k
        else:
            while session >= 0 and off_s[session] <= begins:
                session = following[session]
            current[a] = session
            if session >= 0 and on_s[session] <= begins and ends <= off_s[session]:
                # mostly: on duty all the time, and within one interval
                first = int(begins / interval_s)
                if first < intervals and ends <= (first + 1) * interval_s:
                    time[BUSY, row + first] += ends - begins
                    continue
        at, until = begins, ends  # first all of it, then what is late
        while at < ends:
            first, last = int(at / interval_s), int(until / interval_s)
            if last >= intervals:
                last = intervals - 1
            if first >= last:
                time[what, row + last] += until - at
            else:
                time[what, row + first] += (first + 1) * interval_s - at
                time[what, row + last] += until - last * interval_s
                if first + 1 < last:
                    time[what + 1, row + first + 1] += 1.0
                    time[what + 1, row + last] -= 1.0
            if are_sessions:
                break
            if what == LATE:
                at = until
            what = LATE
            if session >= 0 and on_s[session] <= at:
                at = off_s[session]
                session = following[session]
            until = ends
            if session >= 0 and on_s[session] < ends:
                until = on_s[session]
