"""salabim: a component for each contact, a resource with changing capacity; traces and monitors
are off, and it runs in its style with `yield`.
"""

# mypy: ignore-errors
from __future__ import annotations

from collections.abc import Callable

import salabim

from benchmarks.answers import Answer
from benchmarks.work import Work

salabim.yieldless(False)


def prepare(work: Work, replications: int) -> Callable[[], Answer]:
    """Turn arrays into lists; return the simulation."""
    arrival, service, patience = (
        column.tolist() for column in (work.arrival_s, work.service_s, work.patience_s)
    )
    steps = list(zip(work.step_s.tolist(), work.step_agents.tolist(), strict=True))

    def play() -> Answer:
        for _ in range(replications):
            answer = centre(arrival, service, patience, steps)
        return answer

    return play


def centre(
    arrival: list[float],
    service: list[float],
    patience: list[float],
    steps: list[tuple[float, int]],
) -> Answer:
    """Play one stream of contacts."""
    env = salabim.Environment(trace=False, random_seed=1)
    team = salabim.Resource("agents", capacity=0, monitor=False)
    abandoned, total = 0, 0.0

    class Contact(salabim.Component):
        def process(self):
            nonlocal abandoned, total
            row, arrived = self.sequence_number(), env.now()
            yield self.request(team, fail_delay=patience[row])
            total += env.now() - arrived
            if self.failed():
                abandoned += 1
            else:
                yield self.hold(service[row])
                self.release(team)

    class Source(salabim.Component):
        def process(self):
            for at in arrival:
                yield self.hold(till=at)
                Contact(suppress_trace=True)

    class Staffing(salabim.Component):
        def process(self):
            for at, people in steps:
                if at > env.now():
                    yield self.hold(till=at)
                team.set_capacity(people)

    Staffing()
    Source()
    env.run()
    return Answer(len(arrival), abandoned, total / max(1, len(arrival)))
