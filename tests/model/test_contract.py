"""Contracts: what a ramp limit allows."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import queuesim as qs
from tests.model.parts import group, horizon, problems, scenario


def partner(**fields: int) -> qs.Outsourced:
    return qs.Outsourced(per_hour=30.0, **fields)


@pytest.mark.parametrize(
    ("limit", "need", "plan"),
    [
        (5, (10, 10, 10, 23, 12), (10, 13, 18, 23, 12)),
        (5, (10, 30), (25, 30)),
        (0, (1, 4, 2), (4, 4, 2)),
        (100, (1, 40, 2), (1, 40, 2)),
        (None, (1, 400, 2), (1, 400, 2)),
        (3, (), ()),
    ],
)
def test_the_smallest_plan_starts_early(
    limit: int | None, need: tuple[int, ...], plan: tuple[int, ...]
) -> None:
    assert partner(ramp_limit=limit).ramped(need) == plan


def test_lead_time_fixes_the_first_weeks() -> None:
    terms = partner(ramp_limit=5, lead_weeks=2)
    assert terms.ramped((10, 10, 10, 20)) == (10, 10, 15, 20)
    assert terms.ramped(np.array([10, 10, 15, 20])) == (10, 10, 15, 20)
    found = problems(terms.ramped, (10, 10, 10, 21))
    assert found[0][:2] == ("need.3", "21")
    assert "20 people at most" in found[0][2]
    assert problems(terms.ramped, (10, 16, 16, 16))[0][0] == "need.1"


@settings(deadline=None)
@given(
    need=st.lists(st.integers(0, 7), min_size=1, max_size=4),
    limit=st.integers(0, 4),
    lead=st.integers(0, 3),
)
def test_against_every_plan_there_is(need: list[int], limit: int, lead: int) -> None:
    terms = partner(ramp_limit=limit, lead_weeks=lead)
    agreed = min(lead, len(need))
    allowed = [
        plan
        for plan in product(range(max(need) + 1), repeat=len(need))
        if all(b - a <= limit for a, b in pairwise(plan))
        and all(p >= n for p, n in zip(plan, need, strict=True))
        and list(plan[:agreed]) == need[:agreed]
    ]
    if allowed:
        assert terms.ramped(need) == min(allowed, key=sum)
    else:
        assert problems(terms.ramped, need)[0][0].startswith("need.")


@pytest.mark.parametrize("need", [5, "10, 20", (1, -2), (1, 2.5), (True,), None])
def test_a_need_that_is_none(need: object) -> None:
    assert problems(partner(ramp_limit=1).ramped, need)[0][0].startswith("need")


def test_a_plan_that_jumps_is_a_problem_of_the_scenario() -> None:
    days = horizon(days=21, interval="24h")
    team = group(headcount={"weeks": (10, 16, 40)}, contract=partner(ramp_limit=5))
    found = problems(scenario, agent_groups=(team,), horizon=days)
    assert [where for where, *_ in found] == [
        "agent_groups.home.headcount.weeks.1",
        "agent_groups.home.headcount.weeks.2",
    ]
    assert "2026-11-30" in found[0][2]
    assert "6 people more" in found[0][2]
    assert "allows 5" in found[0][2]
    assert "ramped" in found[0][3]
    plan = team.contract.ramped((10, 16, 40))
    scenario(agent_groups=(group(headcount={"weeks": plan}, contract=team.contract),), horizon=days)


def test_the_ramp_also_holds_by_interval() -> None:
    days = horizon(days=14, interval="24h")
    team = group(
        headcount={"horizon": (5,) * 7 + (5, 5, 11, 5, 5, 5, 5)}, contract=partner(ramp_limit=5)
    )
    found = problems(scenario, agent_groups=(team,), horizon=days)
    assert [where for where, *_ in found] == ["agent_groups.home.headcount.horizon"]


def test_tiers_rise_and_a_band_has_its_low_below_its_high() -> None:
    tiers = [{"above": 100, "factor": 0.9}, {"above": 100, "factor": 0.8}]
    assert problems(qs.Outsourced, per_contact=1, tiers=tiers)[0][0] == "tiers.1.above"
    assert problems(qs.VolumeBand, low=10, high=5)[0][0] == "high"
