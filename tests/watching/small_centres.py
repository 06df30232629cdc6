"""Small contact centres, and days of them as the tables that people keep."""

from __future__ import annotations

import queuesim as qs
from benchmarks.watching_diagnosis import observed
from benchmarks.watching_diagnosis_incidents import DAY, WAGE, phone
from queuesim.experiments.players import CompiledPlayer
from queuesim.results import Tally


def centre(days: int = 1, **more: object) -> qs.Scenario:
    """Return one contact type and one group, busy."""
    team = qs.AgentGroup(name="home", skills=("billing",), headcount=15, contract=WAGE, **more)  # type: ignore[arg-type]
    return qs.Scenario(
        name="small",
        contact_types=(phone("billing", 1600, "4min"),),
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
        phone(
            "support", 500, "4min", redial=qs.Return(share=0.5, delay=qs.Exponential(mean="10min"))
        ),
        phone("billing", 500, "4min"),
        phone("sales", 500, "4min"),
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
