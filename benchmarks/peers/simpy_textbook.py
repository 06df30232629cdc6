"""SimPy as its manual teaches it: a process for each contact that waits for a person or for the
end of its patience. Constant staffing is a `Resource`; people who come and go are a `Store`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
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
    constant = len(work.step_s) == 1

    def play() -> Answer:
        for _ in range(replications):
            if constant:
                answer = with_a_resource(arrival, service, patience, work.agents)
            else:
                answer = with_a_store(arrival, service, patience, shifts, work.agents)
        return answer

    return play


def with_a_resource(
    arrival: list[float], service: list[float], patience: list[float], agents: int
) -> Answer:
    """Constant staffing: the bank of SimPy's examples, with reneging."""
    env = simpy.Environment()
    team = simpy.Resource(env, capacity=agents)
    abandoned, total = 0, 0.0

    def contact(row: int) -> Generator[Any, Any, None]:
        nonlocal abandoned, total
        arrived = env.now
        with team.request() as request:
            yield request | env.timeout(patience[row])
            total += env.now - arrived
            if request.triggered:
                yield env.timeout(service[row])
            else:
                abandoned += 1

    def source() -> Generator[Any, Any, None]:
        for row, at in enumerate(arrival):
            yield env.timeout(at - env.now)
            env.process(contact(row))

    env.process(source())
    env.run()
    return Answer(len(arrival), abandoned, total / max(1, len(arrival)))


def with_a_store(
    arrival: list[float],
    service: list[float],
    patience: list[float],
    shifts: list[tuple[float, int, bool]],
    agents: int,
) -> Answer:
    """People who come and go: a store of agents, from which contacts get one and put it back."""
    env = simpy.Environment()
    idle = simpy.Store(env)
    there, busy = [False] * agents, [False] * agents
    abandoned, total = 0, 0.0

    def contact(row: int) -> Generator[Any, Any, None]:
        nonlocal abandoned, total
        arrived = env.now
        turn = idle.get()
        yield turn | env.timeout(patience[row])
        total += env.now - arrived
        if not turn.triggered:
            turn.cancel()
            abandoned += 1
            return
        agent: Any = turn.value
        busy[agent] = True
        yield env.timeout(service[row])
        busy[agent] = False
        if there[agent]:
            yield idle.put(agent)

    def source() -> Generator[Any, Any, None]:
        for row, at in enumerate(arrival):
            yield env.timeout(at - env.now)
            env.process(contact(row))

    def people() -> Generator[Any, Any, None]:
        for at, agent, on in shifts:
            if at > env.now:
                yield env.timeout(at - env.now)
            there[agent] = on
            if on and not busy[agent]:
                idle.put(agent)
            elif not on and agent in idle.items:
                idle.items.remove(agent)

    env.process(people())
    env.process(source())
    env.run()
    return Answer(len(arrival), abandoned, total / max(1, len(arrival)))
