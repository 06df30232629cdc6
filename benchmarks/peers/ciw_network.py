"""Ciw: one node with reneging, and a schedule where staffing changes.

The contacts are the given ones: distributions look up each individual's own row. Ciw replaces all
servers when the schedule changes.
"""

# mypy: ignore-errors
from __future__ import annotations

from collections.abc import Callable

import ciw
import numpy as np

from benchmarks.answers import Answer
from benchmarks.work import Work


class Given(ciw.dists.Distribution):
    """Each individual's own value; individuals are numbered from 1 as they arrive."""

    def __init__(self, values: list[float]) -> None:
        self.values = values

    def sample(self, t: float | None = None, ind: ciw.Individual | None = None) -> float:
        return self.values[ind.id_number - 1]


def prepare(work: Work, replications: int) -> Callable[[], Answer]:
    """Turn arrays into lists; return building, running and reading a simulation."""
    gaps = np.diff(work.arrival_s, prepend=0.0).tolist()
    service, patience = work.service_s.tolist(), work.patience_s.tolist()
    most = float((work.service_s + work.patience_s).max(initial=0.0))
    until = float(work.arrival_s[-1]) + most + 1.0 if len(work) else 1.0
    ends = [*work.step_s[1:].tolist(), until]
    people = work.step_agents.tolist()
    if work.step_s[0] > 0:  # nobody is there before the first comes
        ends, people = [float(work.step_s[0]), *ends], [0, *people]
    ends[-1] = max(until, ends[-2] + 1.0) if len(ends) > 1 else until

    def once() -> Answer:
        staffing = (
            people[0]
            if len(people) == 1
            else ciw.Schedule(numbers_of_servers=people, shift_end_dates=ends)
        )
        network = ciw.create_network(
            arrival_distributions=[ciw.dists.Sequential([*gaps, float("inf")])],
            service_distributions=[Given(service)],
            reneging_time_distributions=[Given(patience)],
            number_of_servers=[staffing],
        )
        simulation = ciw.Simulation(network)
        simulation.simulate_until_max_time(until)
        records = simulation.get_all_records()
        abandoned = sum(record.record_type == "renege" for record in records)
        total = sum(record.waiting_time for record in records)
        return Answer(len(records), abandoned, total / max(1, len(records)))

    def play() -> Answer:
        for _ in range(replications):
            answer = once()
        return answer

    return play
