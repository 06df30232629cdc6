"""Small contact centres, and days of them as the tables that people keep."""

from __future__ import annotations

import queuesim as qs
from benchmarks.watching_diagnosis import observed
from queuesim.experiments.players import CompiledPlayer
from queuesim.results import Tally

WAGE = qs.InHouse(per_hour=24.0)
DAY = "2026-11-24"


def phone(name: str, per_day: float, talk: str = "4min", **more: object) -> qs.ContactType:
    return qs.ContactType(
        name=name,
        channel="phone",
        demand=qs.Demand(per_day=per_day, day="office"),
        talk=qs.LogNormal(mean=talk, cv=0.9),
        wrap_up=qs.Exponential(mean="40s"),
        patience=qs.Exponential(mean="4min"),
        **more,  # type: ignore[arg-type]
    )


def centre(days: int = 1, **more: object) -> qs.Scenario:
    """Return one contact type and one group, busy."""
    team = qs.AgentGroup(name="home", skills=("billing",), headcount=15, contract=WAGE, **more)  # type: ignore[arg-type]
    return qs.Scenario(
        name="small",
        contact_types=(phone("billing", 1600),),
        agent_groups=(team,),
        horizon=qs.Horizon(start=DAY, days=days),
    )


def behind_the_web() -> qs.Scenario:
    """Return two contact types that the web feeds, and one that it does not."""
    web = qs.ContactType(
        name="web",
        channel="self_service",
        demand=qs.Demand(per_day=2000, day="office"),
        talk=qs.Exponential(mean="3min"),
        front_door=qs.FrontDoor(contains=0.8, to={"support": 0.6, "billing": 0.4}),
    )
    kinds = (
        web,
        phone("support", 500, redial=qs.Return(share=0.5, delay=qs.Exponential(mean="10min"))),
        phone("billing", 500),
        phone("sales", 500),
    )
    team = qs.AgentGroup(
        name="home",
        skills=("support", "billing", "sales"),
        headcount=20,
        shrinkage=0.1,
        absence=0.05,
        contract=WAGE,
    )
    return qs.Scenario(
        name="behind the web",
        contact_types=kinds,
        agent_groups=(team,),
        horizon=qs.Horizon(start=DAY, days=1),
    )


def day_of(scenario: qs.Scenario, *, seed: int = 0, replication: int = 0) -> Tally:
    player = CompiledPlayer(scenario)
    return player.play(seed=seed, replication=replication, keep_contacts=False)


def tables_of(scenario: qs.Scenario, *, seed: int = 0):  # type: ignore[no-untyped-def]
    return observed(scenario, day_of(scenario, seed=seed))
