"""Balking by announced queue length beside its birth-death chain.

With exponential handle times, c agents and n contacts waiting, a newcomer who finds nobody free is
told (n + 1) × aht ÷ c and joins with probability P(tolerates ≥ that): a birth-death chain, solved
here. Twenty replications of forty days; a deviation is noticed from about 2 % of the share that
balks and of the mean wait (four standard errors).
"""

from __future__ import annotations

import numpy as np
import pytest

import queuesim as qs

AGENTS, AHT_S, PER_DAY = 5, 240.0, 1800.0  # 5 erlangs: as much as there are agents


def in_the_long_run(balk: qs.Exponential | qs.Deterministic) -> tuple[float, float]:
    """Share that balks, and mean wait of the answered [s]."""
    rate, most = PER_DAY / 86_400.0, 400
    waiting = np.arange(most)
    joins = 1.0 - np.asarray(balk.cdf((waiting + 1) * AHT_S / AGENTS - 1e-9))
    ups = np.concatenate([np.full(AGENTS, rate), rate * joins])
    downs = np.minimum(np.arange(1, len(ups) + 1), AGENTS) / AHT_S
    with np.errstate(divide="ignore"):
        logs = np.concatenate([[0.0], np.cumsum(np.log(ups) - np.log(downs))])
    share = np.exp(logs - logs.max())
    share /= share.sum()
    balks = float((share[AGENTS:-1] * (1.0 - joins)).sum() + share[-1])
    queue = float((share[AGENTS:] * np.arange(len(share) - AGENTS)).sum())
    return balks, queue / (rate * (1.0 - balks))


@pytest.mark.parametrize(
    "balk", [qs.Exponential(mean="3min"), qs.Deterministic(value=5 * AHT_S / AGENTS)]
)
def test_balking_by_queue_length(balk: qs.Exponential | qs.Deterministic) -> None:
    phone = qs.ContactType(
        name="phone",
        channel="phone",
        demand=qs.Demand(per_day=PER_DAY),
        talk=qs.Exponential(mean=AHT_S),
        announcement=qs.Announcement(predictor="queue_length", balk=balk),
    )
    home = qs.AgentGroup(
        name="home", skills=("phone",), headcount=AGENTS, contract=qs.InHouse(per_hour=24.0)
    )
    centre = qs.Scenario(
        name="balking",
        contact_types=(phone,),
        agent_groups=(home,),
        horizon=qs.Horizon(start="2026-01-05", days=40),
    )
    result = qs.simulate(centre, replications=20, seed=3, progress=False)
    balks, asa = in_the_long_run(balk)
    for name, expected in (("balking", balks), ("asa", asa)):
        estimate = result.measure(name, confidence=0.95)
        error = estimate.half_width / 2.093  # Student, 19 degrees of freedom
        assert abs(estimate.value - expected) < 4 * error, (name, estimate, expected)
        assert error < 0.005 * expected, (name, estimate)
    if isinstance(balk, qs.Deterministic):  # five can wait: M/M/5/10
        queue = qs.theory.erlang_a(
            PER_DAY * AHT_S / 86_400, agents=AGENTS, aht=AHT_S, patience=np.inf, places=5
        )
        assert queue.p_block == pytest.approx(balks, rel=1e-9)
