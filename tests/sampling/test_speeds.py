"""Handle-time factors of agents: drawn, tied to the agent, right on average."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import queuesim as qs
from queuesim.sampling import Sampler, Tape
from queuesim.sampling.speeds import personal_factors
from tests.sampling.chance import SIGMAS, everything, group, scenario
from tests.sampling.test_sessions import IDLE, tape

NEW = qs.Starters(count=2, on="2026-11-25", ramp_up=(1.5, 1.25))


def of_agents(drawn: Tape) -> dict[int, float]:
    """The factor of each agent's first session."""
    sessions = drawn.sessions
    return {
        int(agent): float(factor)
        for agent, factor in reversed(list(zip(sessions.agent, sessions.factor, strict=True)))
    }


def test_without_anything_all_are_one_and_nothing_is_drawn() -> None:
    assert tape(headcount=3).sessions.factor.tolist() == [1.0] * 3


@pytest.mark.parametrize("cv", [0.15, 0.5])
def test_factors_have_mean_one_and_the_stated_spread(cv: float) -> None:
    """100,000 agents, wrong alarm in 10,000: notices 0.2 % of the mean for cv 0.15, and 3 % of
    the spread for cv 0.5."""
    starts = np.array([[1, 2, 3, 5]], dtype=np.uint64)
    factors = personal_factors(cv, n := 100_000, starts, 0)
    assert abs(factors.mean() - 1) < SIGMAS * cv / np.sqrt(n)
    sigma = np.sqrt(np.log1p(cv**2))
    logs = np.log(factors)
    assert abs(logs.mean() + sigma**2 / 2) < SIGMAS * sigma / np.sqrt(n)
    assert abs(logs.std() / sigma - 1) < SIGMAS / np.sqrt(2 * n)
    assert (factors * 2**20 == np.rint(factors * 2**20)).all()
    assert (personal_factors(cv, 10, starts, 0) == factors[:10]).all()


def test_replications_draw_other_people_independent_of_one_another() -> None:
    """200 replications of 10: the spread of the ten's mean is a tenth of that of one, within
    40 %."""
    made = Sampler(scenario(IDLE, groups=(group(speed_spread=0.2),), days=1))
    means = [made.begin(3, r).sessions.factor.mean() for r in range(200)]
    assert abs(np.var(means) * 10 / 0.04 - 1) < SIGMAS * np.sqrt(2 / 200)
    assert abs(np.mean(means) - 1) < SIGMAS * 0.2 / np.sqrt(2000)


@pytest.mark.parametrize("by_shifts", [False, True])
def test_more_people_leave_the_others_as_they_are(by_shifts: bool) -> None:
    def people(many: int) -> dict[int, float]:
        shift = qs.Shift(name="day", days="mon-sun", headcount=many)
        terms: dict[str, Any] = {"shifts": (shift,)} if by_shifts else {"headcount": many}
        return of_agents(tape(days=2, speed_spread=0.2, **terms))

    few, many = people(6), people(9)
    assert {agent: many[agent] for agent in few} == few
    assert len(many) == 9


def test_nothing_else_on_the_tape_changes() -> None:
    terms = {"shrinkage": 0.2, "absence": 0.1, "headcount": 10, "days": 9}
    plain, spread = tape(**terms), tape(**terms, speed_spread=0.3)
    different = [
        not np.array_equal(one, two)
        for one, two in zip(everything(plain), everything(spread), strict=True)
    ]
    assert sum(different) == 1
    assert (spread.sessions.factor != 1).all()


def test_a_persons_factor_and_the_ramp_up_multiply() -> None:
    terms: dict[str, Any] = {"days": 17, "headcount": 4}
    personal = of_agents(tape(**terms, speed_spread=0.3))
    drawn = tape(**terms, speed_spread=0.3, starters=(NEW,)).sessions
    for agent in range(4):
        mine = drawn.agent == agent
        steps = [1.0, 1.5, 1.25, 1.0] if agent > 1 else [1.0]
        assert drawn.factor[mine].tolist() == [personal[agent] * step for step in steps]
        edges = [0.0, 2.0, 9.0, 16.0] if agent > 1 else [0.0]
        assert (drawn.on_s[mine] / 86_400).tolist() == edges
        assert (drawn.off_s[mine] / 86_400).tolist() == [*edges[1:], 17.0]


def test_new_ones_of_a_headcount_are_their_share_of_those_who_are_left() -> None:
    """2 of 10, of whom 7 or 8 are staffed: 0.2 of the agents, within 0.04 over 1,000
    replications; never off by a whole agent."""
    new = NEW.model_copy(update={"on": "2026-11-23"})
    terms = {"headcount": 10, "shrinkage": 0.28, "hours": "08:00-18:00"}
    made = Sampler(scenario(IDLE, groups=(group(**terms, starters=(new,)),), days=1))
    shares, counts = [], set()
    for replication in range(1000):
        factor = made.begin(3, replication).sessions.factor
        counts.add((len(factor), int((factor == 1.5).sum())))
        shares.append((factor == 1.5).mean())
    assert counts == {(7, 1), (7, 2), (8, 1), (8, 2)}
    # 1.4 or 1.6 agents of 7 or 8, rounded: a standard deviation of 0.49 ÷ 7.2
    assert abs(np.mean(shares) - 0.2) < SIGMAS * 0.49 / 7 / np.sqrt(1000)
