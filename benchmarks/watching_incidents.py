"""Contact centres that are watched, and what is made to go wrong in them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

import queuesim as qs
from queuesim.engines.compiled import simulate_compiled
from queuesim.results import tally
from queuesim.sampling import Sampler
from queuesim.units import snap
from queuesim.watching.detecting.signals import Signals, simulated

DAYS = 5
INTERVAL_S = 1800


def centre(*, busyness: float = 0.1, absence: float = 0.05) -> qs.Scenario:
    """About 14 agents at midday, Monday to Friday, near 80 % within 20 s."""
    phone = qs.ContactType(
        name="phone",
        channel="phone",
        demand=qs.Demand(per_day=900, day="office", busyness=busyness),
        talk=qs.LogNormal(mean="4min", cv=0.9),
        wrap_up=qs.Exponential(mean="40s"),
        patience=qs.Exponential(mean="5min"),
        target=qs.ServiceTarget(share=0.8, within="20s"),
    )
    horizon = qs.Horizon(start="2026-11-23", days=DAYS, interval="30min")
    load = phone.demand.rates(horizon).per_interval(horizon)[:48] * 280 / INTERVAL_S
    people = np.ceil((load + 0.4 * np.sqrt(load)) / (1 - absence)).astype(int)
    team = qs.AgentGroup(
        name="team",
        skills=("phone",),
        headcount={"day": tuple(int(n) for n in people)},
        absence=absence,
        contract=qs.InHouse(per_hour=24.0),
    )
    return qs.Scenario(name="centre", contact_types=(phone,), agent_groups=(team,), horizon=horizon)


def two_types() -> qs.Scenario:
    """Two types that share their busyness, a team and an overflow; who gives up comes again."""
    one = centre(busyness=0.15)
    phone = one.contact_types[0]
    shared = phone.demand.model_copy(update={"shared": 0.6, "per_day": 600.0})
    again = qs.Return(share=0.4, delay=qs.Exponential(mean="15min"))
    first = phone.model_copy(update={"demand": shared, "redial": again})
    orders = first.model_copy(
        update={"name": "orders", "demand": shared.model_copy(update={"per_day": 400.0})}
    )
    team = one.agent_groups[0].model_copy(
        update={"skills": (qs.Skill("phone"), qs.Skill("orders"))}
    )
    partner = qs.AgentGroup(
        name="partner",
        skills=(qs.Skill("orders", min_wait="30s"),),
        headcount={"day": tuple(3 if 16 <= k < 36 else 0 for k in range(48))},
        contract=qs.Outsourced(per_minute=0.7),
    )
    return qs.Scenario(
        name="two types",
        contact_types=(first, orders),
        agent_groups=(team, partner),
        horizon=one.horizon,
    )


@dataclass(frozen=True)
class Incident:
    """Something that goes wrong.

    Attributes
    ----------
    cause : {"volume", "handle time", "staff"}
    size : float
        0.1 is 10 % more; -0.1 is 10 % fewer.
    hour : float
        Hour of the horizon's third day at which it begins.
    hours : float
        How long it lasts.
    """

    cause: str
    size: float
    hour: float
    hours: float

    @property
    def first(self) -> int:
        """Its first interval."""
        return round((2 * 24 + self.hour) * 3600 / INTERVAL_S)

    @property
    def end(self) -> int:
        """The interval after its last."""
        return round(self.first + self.hours * 3600 / INTERVAL_S)


def played(scenario: qs.Scenario, incident: Incident, replications: int, seed: int) -> Signals:
    """Play a scenario of one team with an incident in it."""
    if incident.cause == "volume":
        day = scenario.horizon.dates[2]
        clock = f"{int(incident.hour):02d}:{round(incident.hour % 1 * 60):02d}"
        event = qs.Event(
            name="incident",
            start=f"{day} {clock}",
            lasts=incident.hours * 3600.0,
            factor=1 + incident.size,
        )
        there = scenario.change("contact_types.phone.demand.events", (event,))
        return simulated(there, replications, seed=seed)
    if incident.cause == "staff":
        by_day = scenario.agent_groups[0].headcount["day"]  # type: ignore[index]
        plan = np.tile(np.array(by_day), scenario.horizon.days)
        window = slice(incident.first, incident.end)
        plan[window] = np.round(plan[window] * (1 + incident.size))
        people = {"horizon": tuple(int(n) for n in plan)}
        there = scenario.change("agent_groups.team.headcount", people)
        return simulated(there, replications, seed=seed)
    sampler, made = Sampler(scenario), []
    begin, end = incident.first * INTERVAL_S, incident.end * INTERVAL_S
    for number in range(replications):
        tape = sampler.begin(seed, number).days(0, scenario.horizon.days)
        longer = np.where(
            (tape.arrival_s >= begin) & (tape.arrival_s < end), 1 + incident.size, 1.0
        )
        tape = replace(
            tape, talk_s=snap(tape.talk_s * longer), wrap_up_s=snap(tape.wrap_up_s * longer)
        )
        made.append(tally(simulate_compiled(scenario, tape)))
    return Signals.of_tallies(made, INTERVAL_S)


HOURS = (9.0, 11.0, 14.0)
LENGTHS = (1.0, 3.0, 32.0)
SUITE = (
    *(("volume", size) for size in (0.1, 0.2, 0.3, 0.5, 1.0)),
    *(("handle time", size) for size in (0.1, 0.2, 0.3, 0.5)),
    *(("staff", size) for size in (-0.1, -0.2, -0.3, -0.4)),
)
