"""A scenario in which customers come again in every way."""

from __future__ import annotations

import queuesim as qs


def everything() -> qs.Scenario:
    """Web, phone, second line, mail and requests: every way to come again."""
    web = qs.ContactType(
        name="web", channel="self_service", demand=qs.Demand(per_day=300, day="office"),
        talk=qs.Exponential(mean="2min"), target=None,
        front_door=qs.FrontDoor(
            contains=0.6, to={"phone": 0.7, "request": 0.1}, resolution=0.8, patience_factor=0.7,
            outages=(qs.Event(name="down", start="2026-11-23 10:00", lasts="2h", factor=2.0),),
        ),
        repeat=qs.Return(share=0.6, delay=qs.Exponential(mean="40min"), to="phone"),
    )  # fmt: skip
    phone = qs.ContactType(
        name="phone", channel="phone", demand=qs.Demand(per_day=500, day="office"),
        talk=qs.LogNormal(mean="4min", cv=0.9), wrap_up=qs.Exponential(mean="30s"),
        patience=qs.Exponential(mean="2min"), hours="09:00-16:00", queue_limit=8,
        redial=qs.Return(
            share=0.5, delay=qs.Exponential(mean="10min"), max_attempts=3, failed_callbacks=True
        ),
        repeat=qs.Return(share=0.7, delay=qs.Exponential(mean="2h"), max_attempts=2),
        after_hours=qs.Return(share=0.5, delay="10min", to="request"),
        callback=qs.CallbackOffer(
            after="1min", accept=0.4, dialling=qs.Dialling(answered=0.6),
            rings_in=qs.Return(share=0.5, delay=qs.Exponential(mean="8min"), max_attempts=2),
        ),
    )  # fmt: skip
    second = qs.ContactType(
        name="second", channel="phone", demand=qs.Demand(per_day=0), hours="08:00-18:00",
        talk=qs.Gamma(mean="7min", cv=0.6), patience=qs.Exponential(mean="5min"),
        redial=qs.Return(share=0.9, delay="20min", to="phone"),
    )  # fmt: skip
    request = qs.ContactType(
        name="request", channel="callback", demand=qs.Demand(per_day=30, day="office"),
        talk=qs.Exponential(mean="5min"), outside_hours="queue",
        dialling=qs.Dialling(answered=0.7),
        redial=qs.Return(share=0.5, delay="30min", failed_callbacks=True),
        rings_in=qs.Return(share=0.5, delay=qs.Exponential(mean="1h"), to="phone"),
    )  # fmt: skip
    home = qs.AgentGroup(
        name="home", headcount=5, contract=qs.InHouse(per_hour=20),
        skills=(
            qs.Skill("phone", resolution=0.8, transfer=qs.Transfer(share=0.1, to="second")),
            "request",
        ),
    )  # fmt: skip
    experts = qs.AgentGroup(
        name="experts", headcount=1, contract=qs.InHouse(per_hour=30),
        skills=(qs.Skill("second", resolution=0.95), qs.Skill("phone", min_wait="1min")),
    )  # fmt: skip
    return qs.Scenario(
        name="everything",
        contact_types=(web, phone, second, request),
        agent_groups=(home, experts),
        horizon=qs.Horizon(start="2026-11-23", days=2),
    )
