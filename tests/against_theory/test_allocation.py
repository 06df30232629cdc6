"""Two groups that share the volume by chance are two queues of their own.

A Poisson stream thinned by independent draws is two independent Poisson streams, so each group is
an M/M/c queue. Means over 60 days, the first hour of each left out; the days are independent, and
a t-test of each mean raises one false alarm in 10,000.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import queuesim as qs
from queuesim import theory
from queuesim.engines.compiled import Program, Replication
from queuesim.sampling import Sampler

ALARM = 1e-4
DAYS = 60
AGENTS = {"home": 8, "partner": 4}
SHARES = {"home": 0.7, "partner": 0.3}
LOAD = 6.0 / 0.7  # erlangs in all: 6 at home, 2.57 with the partner
MEAN_S = 60.0


def centre() -> qs.Scenario:
    kind = qs.ContactType(
        name="phone",
        channel="phone",
        demand=qs.Demand(per_day=LOAD / MEAN_S * 86_400.0, day="flat"),
        talk=qs.Exponential(mean=MEAN_S),
        allocation=SHARES,
    )
    groups = tuple(
        qs.AgentGroup(
            name=name, skills=("phone",), headcount=many, contract=qs.InHouse(per_hour=20.0)
        )
        for name, many in AGENTS.items()
    )
    return qs.Scenario(
        name="shared",
        contact_types=(kind,),
        agent_groups=groups,
        horizon=qs.Horizon(start="2026-11-23", days=1),
    )


@pytest.fixture(scope="module")
def means() -> dict[str, np.ndarray]:
    """For each group float64[days, 3]: share that waited, mean wait [s], contacts."""
    stated = centre()
    sampler, program = Sampler(stated), Program.of(stated)
    found: dict[str, list[tuple[float, float, int]]] = {name: [] for name in AGENTS}
    for replication in range(DAYS):
        tape = sampler.begin(3, replication).days(0, 1)
        played = Replication(program, tape.agent_group, tape.sessions)
        played.let_in(tape)
        wait = played.play().contacts.answered_s - tape.arrival_s
        counts = (tape.arrival_s > 3600) & ~np.isnan(wait)
        for g, name in enumerate(AGENTS):
            mine = wait[counts & (tape.allotted == g)]
            found[name].append((float((mine > 0).mean()), float(mine.mean()), len(mine)))
    return {name: np.array(rows) for name, rows in found.items()}


@pytest.mark.parametrize("name", AGENTS)
def test_each_group_is_a_queue_of_its_own(means: dict[str, np.ndarray], name: str) -> None:
    load = LOAD * SHARES[name]
    queue = theory.erlang_c(load, agents=AGENTS[name], aht=MEAN_S)
    for k, expected in enumerate((queue.p_wait, queue.asa)):
        days = means[name][:, k]
        error = days.std(ddof=1) / np.sqrt(DAYS)
        assert abs(days.mean() - expected) <= stats.t.isf(ALARM / 2, DAYS - 1) * error
        assert error < 0.04 * expected  # an error of 16 % would not go unnoticed


def test_the_two_know_nothing_of_each_other(means: dict[str, np.ndarray]) -> None:
    """Correlation of their daily waits; 0.5 would be noticed."""
    r = np.corrcoef(means["home"][:, 1], means["partner"][:, 1])[0, 1]
    assert abs(np.arctanh(r)) * np.sqrt(DAYS - 3) <= stats.norm.isf(ALARM / 2)
