"""The contact centres that are measured."""

from __future__ import annotations

from typing import Any

import numpy as np

import queuesim as qs

START = "2026-11-23"  # a Monday
WAGE = qs.InHouse(per_hour=24.0)
CHATS: dict[str, Any] = {"concurrency": {"chat": 3}, "pace": {"chat": (1.0, 1.7, 2.5)}}
"""Three chats at once, at 2.5 times the work of one."""

_HOURS = (np.arange(24) + 0.5) * 0.5
TWO_HUMPS = (
    0.22 + np.exp(-(((_HOURS - 2.5) / 1.4) ** 2)) + 0.85 * np.exp(-(((_HOURS - 7.5) / 1.6) ** 2))
)
"""Twelve hours in half-hours: a morning and an afternoon peak."""

DAY_SHAPE = (*(0.0,) * 16, *np.round(TWO_HUMPS, 3).tolist(), *(0.0,) * 8)
"""The same from 08:00 to 20:00, nothing at night."""


def staffed(least: int, most: int) -> dict[str, tuple[int, ...]]:
    """Headcount by half-hour that follows the two humps."""
    share = (TWO_HUMPS - TWO_HUMPS.min()) / np.ptp(TWO_HUMPS)
    people = np.round(least + (most - least) * share).astype(int)
    return {"day": (*(0,) * 16, *people.tolist(), *(0,) * 8)}


def erlang_a(days: int = 1) -> qs.Scenario:
    """Erlang A: 100 erlangs at 100 agents round the clock, patience as long as handling.

    A closed day follows, in which what waits is served out: nothing is cut off at the end.
    """
    phone = qs.ContactType(
        name="phone",
        channel="phone",
        demand=qs.Demand(per_day=36_000, week=(1.0,) * days + (0.0,) * (7 - days)),
        talk=qs.Exponential(mean="4min"),
        patience=qs.Exponential(mean="4min"),
    )
    team = qs.AgentGroup(name="home", skills=("phone",), headcount=100, contract=WAGE)
    return _centre("Erlang A", (phone,), (team,), days=days + 1)


def day() -> qs.Scenario:
    """A day of 5,000 contacts, 08:00 to 20:00, half-hour staffing of 20 to 90 people."""
    phone = qs.ContactType(
        name="phone",
        channel="phone",
        demand=qs.Demand(per_day=5000.0, day=DAY_SHAPE),
        talk=qs.LogNormal(mean="6min", cv=0.8),
        patience=qs.Exponential(mean="3min"),
    )
    team = qs.AgentGroup(name="home", skills=("phone",), headcount=staffed(20, 90), contract=WAGE)
    return _centre("a day of 5000 contacts", (phone,), (team,))


def two_skills(days: int = 1) -> qs.Scenario:
    """Two skills, specialists (30, 30) and generalists (20), a fifth of the customers first.

    Priority is a credit larger than any wait, so every skill is two contact types.
    """
    per_day = 80 * 0.98 / 300 * 86_400 / 2  # of each skill: 0.98 of 80 agents is asked for
    types = tuple(
        qs.ContactType(
            name=f"{skill} {standing}",
            channel="phone",
            demand=qs.Demand(per_day=per_day * share, week=(1.0,) * days + (0.0,) * (7 - days)),
            talk=qs.Exponential(mean="5min"),
            patience=qs.Exponential(mean="5min"),
            credit=credit,
        )
        for skill in ("a", "b")
        for standing, share, credit in (("first", 0.2, 1_000_000.0), ("other", 0.8, 0.0))
    )

    def team(name: str, people: int, serves: tuple[str, ...], rank: int) -> qs.AgentGroup:
        skills = [qs.Skill(c.name, rank=rank) for c in types if c.name[0] in serves]
        return qs.AgentGroup(name=name, skills=skills, headcount=people, contract=WAGE)

    teams = (team("only a", 30, ("a",), 1), team("only b", 30, ("b",), 1))
    both = team("both", 20, ("a", "b"), 2)
    return _centre("two skills and three groups", types, (*teams, both), days=days + 1)


def chat() -> qs.Scenario:
    """A day of 5,000 chats, three at once at a shared pace, with wrap-up."""
    chats = qs.ContactType(
        name="chat",
        channel="chat",
        demand=qs.Demand(per_day=5000.0, day=DAY_SHAPE),
        talk=qs.LogNormal(mean="8min", cv=0.7),
        wrap_up=qs.Exponential(mean="30s"),
        patience=qs.Exponential(mean="4min"),
    )
    team = qs.AgentGroup(
        name="home", skills=("chat",), headcount=staffed(9, 43), contract=WAGE, **CHATS
    )
    return _centre("a day of chats", (chats,), (team,))


def callbacks() -> qs.Scenario:
    """A day of 5,000 calls, short of people: a callback is offered after 30 s."""
    phone = qs.ContactType(
        name="phone",
        channel="phone",
        demand=qs.Demand(per_day=5000.0, day=DAY_SHAPE),
        talk=qs.LogNormal(mean="6min", cv=0.8),
        patience=qs.Exponential(mean="5min"),
        callback=_offer(after="30s"),
    )
    team = qs.AgentGroup(name="home", skills=("phone",), headcount=staffed(16, 76), contract=WAGE)
    return _centre("a day with callbacks", (phone,), (team,))


def everything() -> qs.Scenario:
    """Two days with all that can be stated: shifts, overflow, reserve, chats, callbacks …"""
    hours = {"mon-fri": "08:00-20:00"}
    sales = qs.ContactType(
        name="sales",
        channel="phone",
        demand=qs.Demand(per_day=700, day=DAY_SHAPE, busyness=0.1, shared=0.5),
        hours=hours,
        talk=qs.Gamma(mean="5min", cv=0.7),
        wrap_up=qs.Exponential(mean="40s"),
        patience=qs.Weibull(mean="3min", cv=1.2),
        credit="30s",
        queue_limit=25,
        at_closing="release",
    )
    support = qs.ContactType(
        name="support",
        channel="phone",
        demand=qs.Demand(per_day=1100, day=DAY_SHAPE, busyness=0.1, shared=0.5),
        hours=hours,
        outside_hours="queue",
        talk=qs.Hyperexponential(mean="6min", cv=1.5),
        patience=qs.Exponential(mean="5min"),
        weight=1.5,
        callback=_offer(
            kind="later", delay=qs.Exponential(mean="1h"), reserve=1, weight=0.5, min_queue=2
        ),
    )
    chats = qs.ContactType(
        name="chat",
        channel="chat",
        demand=qs.Demand(per_day=900, day=DAY_SHAPE),
        hours=hours,
        talk=qs.LogNormal(mean="8min", cv=0.7),
        patience=qs.Exponential(mean="4min"),
    )
    request = qs.ContactType(
        name="request",
        channel="callback",
        demand=qs.Demand(per_day=300, day=DAY_SHAPE),
        hours=hours,
        talk=qs.LogNormal(mean="5min", cv=0.6),
        dialling=qs.Dialling(ring="20s", answered=0.75, attempts=3, retry_after="40min"),
    )
    early = qs.Shift(
        name="early", start="08:00", end="16:00", headcount=16, breaks=("12:00-12:30",)
    )
    late = qs.Shift(name="late", start="12:30", end="20:00", headcount=17, breaks=("16:30-16:45",))
    home = qs.AgentGroup(
        name="home",
        skills=(qs.Skill("sales", reserve=1), "support", "request"),
        shifts=(early, late),
        absence=0.05,
        contract=WAGE,
    )
    both = qs.AgentGroup(
        name="both",
        skills=(qs.Skill("support", rank=2), "chat"),
        headcount=staffed(4, 13),
        shrinkage=0.1,
        contract=WAGE,
        **CHATS,
    )
    partner = qs.AgentGroup(
        name="partner",
        skills=tuple(
            qs.Skill(name, rank=3, min_wait=wait, handle_factor=1.08)
            for name, wait in (("sales", "20s"), ("support", "40s"), ("chat", "30s"))
        ),
        headcount=6,
        contract=qs.Outsourced(per_minute=0.62),
        **CHATS,
    )
    types, groups = (sales, support, chats, request), (home, both, partner)
    return _centre("everything", types, groups, days=2)


def year(days: int = 365) -> qs.Scenario:
    """A year of 100 agents and three channels: seasons, weeks, half-hours, holidays."""

    def demand(per_day: float) -> qs.Demand:
        return qs.Demand(
            per_day=per_day,
            day=DAY_SHAPE,
            week=(1.25, 1.15, 1.1, 1.1, 1.1, 0.75, 0.55),
            year=(1.05, 0.97, 1.0, 0.97, 0.97, 0.95, 0.85, 0.95, 1.03, 1.03, 1.13, 1.15),
            busyness=0.08,
            shared=0.5,
        )

    phone = qs.ContactType(
        name="phone",
        channel="phone",
        demand=demand(3070),
        talk=qs.LogNormal(mean="5min40s", cv=0.8),
        wrap_up=qs.Exponential(mean="30s"),
        patience=qs.Exponential(mean="4min"),
        callback=_offer(after="60s"),
    )
    chats = qs.ContactType(
        name="chat",
        channel="chat",
        demand=demand(1390),
        talk=qs.LogNormal(mean="8min", cv=0.7),
        patience=qs.Exponential(mean="4min"),
    )
    request = qs.ContactType(
        name="request",
        channel="callback",
        demand=demand(495),
        talk=qs.LogNormal(mean="5min", cv=0.6),
        dialling=qs.Dialling(ring="20s", answered=0.8, attempts=3),
    )
    shape = np.array(DAY_SHAPE) / np.max(DAY_SHAPE)
    weekly = np.outer((1.0, 0.93, 0.89, 0.89, 0.89, 0.62, 0.47), shape).ravel()
    people = np.ceil(weekly * 88 + 12 * (weekly > 0)).astype(int)
    team = qs.AgentGroup(
        name="home",
        skills=("phone", "chat", "request"),
        headcount={"week": tuple(people.tolist())},
        contract=WAGE,
        **CHATS,
    )
    return _centre(
        "a year", (phone, chats, request), (team,), days=days, start="2026-01-01", holidays="FI"
    )


def _offer(**terms: Any) -> qs.CallbackOffer:
    dialling = qs.Dialling(ring="20s", answered=0.8, attempts=3, retry_after="30min")
    return qs.CallbackOffer(**{"after": "90s", "accept": 0.4, "dialling": dialling, **terms})


def _centre(
    name: str,
    contact_types: tuple[qs.ContactType, ...],
    agent_groups: tuple[qs.AgentGroup, ...],
    *,
    days: int = 1,
    start: str = START,
    **calendar: Any,
) -> qs.Scenario:
    return qs.Scenario(
        name=name,
        contact_types=contact_types,
        agent_groups=agent_groups,
        horizon=qs.Horizon(start=start, days=days, interval="30min", **calendar),
    )
