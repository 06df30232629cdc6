"""A small centre, quick to play."""

from __future__ import annotations

import pandas as pd

import queuesim as qs
from queuesim.results import Result
from queuesim.results.archive import state_of


def centre(headcount: int = 3, *, days: int = 2, per_day: float = 250.0) -> qs.Scenario:
    """One phone type, one team of one's own, and a partner for the overflow."""
    phone = qs.ContactType(
        name="phone",
        channel="phone",
        demand=qs.Demand(per_day=per_day, day="office", busyness=0.1),
        talk=qs.LogNormal(mean="4min", cv=0.8),
        patience=qs.Exponential(mean="3min"),
    )
    home = qs.AgentGroup(
        name="home",
        skills=("phone",),
        headcount=headcount,
        contract=qs.InHouse(per_hour=24.0, on_costs=0.2),
    )
    partner = qs.AgentGroup(
        name="partner",
        skills=(qs.Skill("phone", min_wait="20s"),),
        headcount=1,
        contract=qs.Outsourced(per_minute=0.70),
    )
    return qs.Scenario(
        name="small",
        contact_types=(phone,),
        agent_groups=(home, partner),
        horizon=qs.Horizon(start="2026-11-23", days=days, interval="30min"),
    )


def tiny(headcount: int = 1) -> qs.Scenario:
    """A day of about 40 contacts, played in some milliseconds."""
    return centre(headcount, days=1, per_day=40.0)


def options(n: int = 3) -> dict[str, qs.Scenario]:
    """The tiny day with 1, 2 … people at home."""
    return {f"people {k}": tiny(k) for k in range(1, n + 1)}


def assert_same(one: Result, other: Result) -> None:
    """Equal to the bit: every sum, every replication, what is made of them, and who says so."""
    first, second = state_of(one.totals), state_of(other.totals)
    assert first.keys() == second.keys()
    for name, array in first.items():
        assert array.dtype == second[name].dtype
        assert array.tobytes() == second[name].tobytes(), name
    assert one.replications == other.replications
    assert (one.seed, one.engine, one.scenario) == (other.seed, other.engine, other.scenario)
    pd.testing.assert_frame_equal(one.intervals, other.intervals, check_exact=True)
    pd.testing.assert_frame_equal(one.cost_table(), other.cost_table(), check_exact=True)
