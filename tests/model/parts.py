"""Small valid parts that the tests of the model share."""

from __future__ import annotations

from typing import Any

import queuesim as qs

HELSINKI = "Europe/Helsinki"
WAGE = qs.InHouse(per_hour=24.0)
TALK = qs.Exponential(mean="4min")


def horizon(**fields: Any) -> qs.Horizon:
    """A week from Monday 23 November 2026, in UTC."""
    return qs.Horizon(**{"start": "2026-11-23", "days": 7, **fields})


def day(date: str = "2026-11-23", **fields: Any) -> qs.Horizon:
    """One day."""
    return qs.Horizon(**{"start": date, "days": 1, "interval": "1h", **fields})


def contact_type(name: str = "support", channel: str = "phone", **fields: Any) -> qs.ContactType:
    """A contact type with a flat demand of 2,400 a day: 100 an hour."""
    given = {"demand": qs.Demand(per_day=2400), "talk": TALK, **fields}
    return qs.ContactType(name=name, channel=channel, **given)


def group(name: str = "home", **fields: Any) -> qs.AgentGroup:
    """A group of ten for support."""
    given: dict[str, Any] = {"skills": ("support",), "contract": WAGE, **fields}
    if "shifts" not in given:
        given.setdefault("headcount", 10)
    return qs.AgentGroup(name=name, **given)


def scenario(**fields: Any) -> qs.Scenario:
    """One contact type, one group, one week."""
    given = {
        "name": "week 48",
        "contact_types": (contact_type(),),
        "agent_groups": (group(),),
        "horizon": horizon(),
        **fields,
    }
    return qs.Scenario(**given)


def problems(build: Any, *args: Any, **fields: Any) -> list[tuple[str, str, str, str]]:
    """Build something that must fail, and return its problems as (where, given, rule, fix)."""
    try:
        made = build(*args, **fields)
    except qs.ScenarioError as error:
        return [(p.where, p.given, p.rule, p.fix) for p in error.problems]
    raise AssertionError(f"built {made!r}")
