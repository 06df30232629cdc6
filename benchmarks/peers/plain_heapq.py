"""A plain event loop: lists, tuples, deques and `heapq`, the best that bare Python does.

`by_people` is timed. `by_counts` tells what peers whose staffing is a number of places must answer.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from heapq import heapify, heappop, heappush

from benchmarks.answers import Answer
from benchmarks.work import Work

# what comes first at one instant, as in queuesim; arrivals are no heap entries
SERVICE_END, SHIFT, PATIENCE = 0, 1, 3
ARRIVAL = 2


def prepare(work: Work, replications: int) -> Callable[[], Answer]:
    """Turn arrays into lists; return the loop."""
    arrival, service, patience = (
        column.tolist() for column in (work.arrival_s, work.service_s, work.patience_s)
    )
    shifts = list(
        zip(work.shift_s.tolist(), work.shift_agent.tolist(), work.shift_on.tolist(), strict=True)
    )
    agents = work.agents

    def play() -> Answer:
        for _ in range(replications):
            answer = by_people(arrival, service, patience, shifts, agents)
        return answer

    return play


def by_people(
    arrival: list[float],
    service: list[float],
    patience: list[float],
    shifts: list[tuple[float, int, bool]],
    agents: int,
) -> Answer:
    """Play contacts, agents being persons; the one idle longest is next, ties by number."""
    n = len(arrival)
    events = [(at, SHIFT, k, 0) for k, (at, _, _) in enumerate(shifts)]  # in order: a heap
    waiting: deque[int] = deque()
    waits = bytearray(n)
    there, busy = bytearray(agents), bytearray(agents)
    idle: list[tuple[float, int]] = []  # since when, who: the one idle longest on top
    abandoned, total, row = 0, 0.0, 0
    arrives = arrival[0] if n else float("inf")
    while row < n or events:
        if not events or (arrives, ARRIVAL) < events[0][:2]:
            if idle:
                agent = heappop(idle)[1]
                busy[agent] = 1
                heappush(events, (arrives + service[row], SERVICE_END, row, agent))
            else:
                waits[row] = 1
                waiting.append(row)
                heappush(events, (arrives + patience[row], PATIENCE, row, 0))
            row += 1
            arrives = arrival[row] if row < n else float("inf")
            continue
        now, kind, k, agent = heappop(events)
        if kind == PATIENCE:
            if waits[k]:
                waits[k] = 0
                abandoned += 1
                total += now - arrival[k]
            continue
        if kind == SHIFT:
            _, agent, on = shifts[k]
            there[agent] = on
            if not on and not busy[agent]:
                idle = [one for one in idle if one[1] != agent]
                heapify(idle)
            if not on or busy[agent]:
                continue
        busy[agent] = 0
        if not there[agent]:
            continue
        while waiting and not waits[waiting[0]]:
            waiting.popleft()
        if waiting:
            k = waiting.popleft()
            waits[k] = 0
            busy[agent] = 1
            total += now - arrival[k]
            heappush(events, (now + service[k], SERVICE_END, k, agent))
        else:
            heappush(idle, (now, agent))
    return Answer(n, abandoned, total / max(1, n))


def by_counts(work: Work) -> Answer:
    """Play contacts, agents being a number of places."""
    arrival, service, patience = (
        column.tolist() for column in (work.arrival_s, work.service_s, work.patience_s)
    )
    steps = list(zip(work.step_s.tolist(), work.step_agents.tolist(), strict=True))
    n = len(arrival)
    events = [(at, SHIFT, k) for k, (at, _) in enumerate(steps)]
    events += [(at, ARRIVAL, row) for row, at in enumerate(arrival)]
    events.sort()
    waiting: dict[int, None] = {}
    places = busy = abandoned = 0
    total = 0.0
    while events:
        now, kind, k = heappop(events)
        if kind == SERVICE_END:
            busy -= 1
        elif kind == SHIFT:
            places = steps[k][1]
        elif kind == ARRIVAL:
            waiting[k] = None
        elif k in waiting:
            del waiting[k]
            abandoned += 1
            total += now - arrival[k]
        while busy < places and waiting:
            first = next(iter(waiting))
            del waiting[first]
            busy += 1
            total += now - arrival[first]
            heappush(events, (now + service[first], SERVICE_END, first))
        if kind == ARRIVAL and k in waiting:
            heappush(events, (now + patience[k], PATIENCE, k))
    return Answer(n, abandoned, total / max(1, n))
