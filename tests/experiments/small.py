"""A small centre, quick to play."""

from __future__ import annotations

import queuesim as qs


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
