"""SimPy, written with care: a process for each contact, people in a deque, one event a wait."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from heapq import heapify, heappop, heappush
from typing import Any

import simpy

from benchmarks.answers import Answer
from benchmarks.work import Work


def prepare(work: Work, replications: int) -> Callable[[], Answer]:
    """Turn arrays into lists; return the simulation."""
    arrival, service, patience = (
        column.tolist() for column in (work.arrival_s, work.service_s, work.patience_s)
    )
    shifts = list(
        zip(work.shift_s.tolist(), work.shift_agent.tolist(), work.shift_on.tolist(), strict=True)
    )

    def play() -> Answer:
        for _ in range(replications):
            centre = Centre(arrival, service, patience, shifts, work.agents)
            answer = centre.run()
        return answer

    return play


class Centre:
    """One day's contacts and people."""

    def __init__(
        self,
        arrival: list[float],
        service: list[float],
        patience: list[float],
        shifts: list[tuple[float, int, bool]],
        agents: int,
    ) -> None:
        self.env = simpy.Environment()
        self.arrival, self.service, self.patience = arrival, service, patience
        self.waiting: deque[simpy.Event] = deque()
        self.idle: list[tuple[float, int]] = []  # since when, who
        self.there, self.busy = [False] * agents, [False] * agents
        self.abandoned, self.total_wait = 0, 0.0
        self.env.process(self.shifts(shifts))
        self.env.process(self.source())

    def run(self) -> Answer:
        """Let everything happen."""
        self.env.run()
        n = len(self.arrival)
        return Answer(n, self.abandoned, self.total_wait / max(1, n))

    def source(self) -> Generator[Any, Any, None]:
        """Let contacts arrive."""
        for row, at in enumerate(self.arrival):
            yield self.env.timeout(at - self.env.now)
            self.env.process(self.contact(row))

    def shifts(self, shifts: list[tuple[float, int, bool]]) -> Generator[Any, Any, None]:
        """Let people come and go."""
        for at, agent, on in shifts:
            if at > self.env.now:
                yield self.env.timeout(at - self.env.now)
            self.there[agent] = on
            if not on:
                self.idle = [one for one in self.idle if one[1] != agent]
                heapify(self.idle)
            elif not self.busy[agent]:
                self.free(agent)

    def contact(self, row: int) -> Generator[Any, Any, None]:
        """One contact's life."""
        env, arrived = self.env, self.env.now
        agent: int | None
        if self.idle:
            agent = heappop(self.idle)[1]
            self.busy[agent] = True
        else:
            turn = env.event()  # given an agent by whoever is free, or None when patience ends
            self.waiting.append(turn)
            end: Any = env.timeout(self.patience[row])
            end.callbacks.append(lambda _: None if turn.triggered else turn.succeed(None))
            agent = yield turn
        self.total_wait += env.now - arrived
        if agent is None:
            self.abandoned += 1
            return
        yield env.timeout(self.service[row])
        self.busy[agent] = False
        if self.there[agent]:
            self.free(agent)

    def free(self, agent: int) -> None:
        """An agent takes who waits longest, or is idle."""
        while self.waiting:
            turn = self.waiting.popleft()
            if not turn.triggered:
                self.busy[agent] = True
                turn.succeed(agent)
                return
        heappush(self.idle, (self.env.now, agent))
