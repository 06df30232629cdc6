"""Contact centres and what goes wrong in them, for the study of diagnoses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import queuesim as qs
from queuesim.watching.diagnose import Measure

Change = Callable[[qs.Scenario], qs.Scenario]

DAY = "2026-11-24"
SINCE, UNTIL = f"{DAY} 08:00", f"{DAY} 18:00"
WAGE = qs.InHouse(per_hour=24.0)


def phone(name: str, per_day: float, talk: str, **more: object) -> qs.ContactType:
    """Return a contact type."""
    return qs.ContactType(
        name=name,
        channel="phone",
        demand=qs.Demand(per_day=per_day, day="office"),
        talk=qs.LogNormal(mean=talk, cv=0.9),
        wrap_up=qs.Exponential(mean="40s"),
        patience=qs.Exponential(mean="4min"),
        **more,
    )


def plan(apart: bool = False, **more: object) -> qs.Scenario:
    """Return a day of two contact types and two groups, busy, not overloaded; or each its own."""
    skills: tuple[str, ...] = ("billing", "support")
    home_people, partner_people = 26, 8
    if apart:
        skills, home_people, partner_people = ("billing",), 17, 16
    home = qs.AgentGroup(name="home", skills=skills, headcount=home_people, contract=WAGE)
    partner = qs.AgentGroup(
        name="partner", skills=("support",), headcount=partner_people, contract=WAGE
    )
    return qs.Scenario(
        name="two types and two groups",
        contact_types=(
            phone("billing", 2000, "4min", **more),
            phone("support", 1500, "5min", **more),
        ),
        agent_groups=(home, partner),
        horizon=qs.Horizon(start=DAY, days=1),
    )


def teams_apart() -> qs.Scenario:
    """Return the same with a group for each contact type."""
    return plan(apart=True)


def who_come_back() -> qs.Scenario:
    """Return the same, where half of those who gave up redial, and one call in ten is repeated."""
    made = plan(
        redial=qs.Return(share=0.5, delay=qs.Exponential(mean="10min")),
        repeat=qs.Return(share=0.7, delay=qs.Exponential(mean="1h")),
    )
    for group in made.agent_groups:
        skills = tuple(qs.Skill(each.contact_type, resolution=0.85) for each in group.skills)
        made = made.change(f"agent_groups.{group.name}.skills", skills)
    return made.change("agent_groups.home.headcount", 29)


def beside_mail() -> qs.Scenario:
    """Return two days of calls that interrupt mail; a mail waits for hours, overnight too."""
    hours = {"mon-fri": "08:00-18:00"}
    mail = qs.ContactType(
        name="mail",
        channel="message",
        demand=qs.Demand(per_day=560, day="office"),
        hours=hours,
        talk=qs.LogNormal(mean="5min", cv=0.8),
        target=None,
        weight=0.02,
    )
    team = qs.AgentGroup(
        name="team",
        skills=("billing", "mail"),
        headcount={"day": (0,) * 16 + (13,) * 20 + (0,) * 12},
        interruptible=("message",),
        contract=WAGE,
    )
    return qs.Scenario(
        name="calls beside mail",
        contact_types=(phone("billing", 1000, "4min", hours=hours), mail),
        agent_groups=(team,),
        horizon=qs.Horizon(start="2026-11-23", days=2),
    )


def more(name: str, factor: float) -> Change:
    """Return the change: more contacts of a type, all day."""
    event = qs.Event(name="incident", start=f"{DAY} 00:00", lasts="24h", factor=factor)
    return lambda s: s.change(f"contact_types.{name}.demand.events", (event,))


def times(path: str, factor: float) -> Change:
    """Return the change: a value of each of some parts times a factor."""

    def change(scenario: qs.Scenario) -> qs.Scenario:
        value: object = scenario
        for step in path.split("."):
            parts = {part.name: part for part in value} if isinstance(value, tuple) else {}
            value = parts[step] if step in parts else getattr(value, step)
        assert isinstance(value, (int, float))
        new = value * factor
        return scenario.change(path, round(new) if isinstance(value, int) else new)

    return change


def fewer(people: int) -> Change:
    """Return the change: so many people of the team are missing on the second day."""

    def change(scenario: qs.Scenario) -> qs.Scenario:
        there = scenario.agent_group("team").headcount["day"]  # type: ignore[index]
        fewer = tuple(max(n - people, 0) for n in there)
        return scenario.change("agent_groups.team.headcount", {"horizon": (*there, *fewer)})

    return change


def both(*changes: Change) -> Change:
    """Return several changes as one."""

    def change(scenario: qs.Scenario) -> qs.Scenario:
        for each in changes:
            scenario = each(scenario)
        return scenario

    return change


@dataclass(frozen=True)
class Incident:
    """What was changed, and by which causes it should be explained."""

    name: str
    causes: tuple[str, ...]
    changes: tuple[Change, ...]
    measure: Measure = "wait"
    centre: Callable[[], qs.Scenario] = plan
    contact_type: str | None = None


def _patience(factor: float) -> Change:
    return both(
        *(times(f"contact_types.{name}.patience.mean", factor) for name in ("billing", "support"))
    )


SINGLE = (
    Incident("billing contacts +15 %", ("contacts",), (more("billing", 1.15),)),
    Incident("billing contacts +30 %", ("contacts",), (more("billing", 1.3),)),
    Incident("support contacts +30 %", ("contacts",), (more("support", 1.3),)),
    Incident("billing talk × 1.2", ("handling",),
             (times("contact_types.billing.talk.mean", 1.2),)),
    Incident("billing talk × 1.3", ("handling",),
             (times("contact_types.billing.talk.mean", 1.3),)),
    Incident("home − 15 %", ("people",), (times("agent_groups.home.headcount", 0.85),)),
    Incident("home − 30 %", ("people",), (times("agent_groups.home.headcount", 0.7),)),
    Incident("partner − 50 %", ("people",), (times("agent_groups.partner.headcount", 0.5),)),
    Incident("patience × 0.5, abandonment", ("patience",), (_patience(0.5),), "abandonment"),
    Incident("patience × 0.5, wait", ("patience",), (_patience(0.5),)),
    Incident("billing + 20 %, support − 27 %, teams apart", ("mix",),
             (both(more("billing", 1.2), more("support", 0.733)),), centre=teams_apart),
    Incident("billing contacts + 20 %, who come back", ("contacts",), (more("billing", 1.2),),
             centre=who_come_back),
    Incident("billing talk × 1.2, who come back", ("handling",),
             (times("contact_types.billing.talk.mean", 1.2),), centre=who_come_back),
    Incident("home − 20 %, who come back", ("people",),
             (times("agent_groups.home.headcount", 0.8),), centre=who_come_back),
    Incident("calls + 20 %, beside mail", ("contacts",), (more("billing", 1.2),),
             centre=beside_mail),
    Incident("calls' talk × 1.25, beside mail", ("handling",),
             (times("contact_types.billing.talk.mean", 1.25),), centre=beside_mail),
    Incident("team − 2 of 13, beside mail", ("people",), (fewer(2),), centre=beside_mail),
    Incident("mail + 40 %, waits of mail", ("contacts",), (more("mail", 1.4),),
             centre=beside_mail, contact_type="mail"),
)  # fmt: skip
DOUBLE = (
    Incident("billing contacts + 20 %, talk × 1.15", ("contacts", "handling"),
             (more("billing", 1.2), times("contact_types.billing.talk.mean", 1.15))),
    Incident("billing contacts + 15 %, home − 15 %", ("contacts", "people"),
             (more("billing", 1.15), times("agent_groups.home.headcount", 0.85))),
    Incident("support talk × 1.2, partner − 40 %", ("handling", "people"),
             (times("contact_types.support.talk.mean", 1.2),
              times("agent_groups.partner.headcount", 0.6))),
    Incident("billing contacts + 15 %, home − 15 %, who come back", ("contacts", "people"),
             (more("billing", 1.15), times("agent_groups.home.headcount", 0.85)),
             centre=who_come_back),
    Incident("calls + 15 %, talk × 1.15, beside mail", ("contacts", "handling"),
             (more("billing", 1.15), times("contact_types.billing.talk.mean", 1.15)),
             centre=beside_mail),
)  # fmt: skip
