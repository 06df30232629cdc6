"""Small contact centres to watch."""

from __future__ import annotations

import queuesim as qs


def centre(
    *, days: int = 5, per_day: float = 500.0, busyness: float = 0.1, start: str = "2026-11-23", **of
) -> qs.Scenario:
    """One phone type and one team, half-hours, open 08 to 18 by its demand."""
    phone = qs.ContactType(
        name="phone",
        channel="phone",
        demand=qs.Demand(per_day=per_day, day="office", busyness=busyness),
        talk=qs.LogNormal(mean="4min", cv=0.9),
        wrap_up=qs.Exponential(mean="40s"),
        patience=qs.Exponential(mean="5min"),
        target=qs.ServiceTarget(share=0.8, within="20s"),
    )
    people = (0,) * 16 + (9,) * 20 + (0,) * 12
    team = qs.AgentGroup(
        name="team",
        skills=("phone",),
        headcount={"day": people},
        absence=0.05,
        contract=qs.InHouse(per_hour=24.0),
    )
    horizon = qs.Horizon(start=start, days=days, interval="30min", **of)
    return qs.Scenario(name="centre", contact_types=(phone,), agent_groups=(team,), horizon=horizon)


def with_event(scenario: qs.Scenario, start: str, lasts: str, factor: float) -> qs.Scenario:
    """More contacts for a time."""
    event = qs.Event(name="incident", start=start, lasts=lasts, factor=factor)
    return scenario.change("contact_types.phone.demand.events", (event,))
