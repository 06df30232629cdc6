"""The contact centre in full: one day on which every feature has something to do."""

from __future__ import annotations

import queuesim as qs
from benchmarks.scenarios import START

HOURS = "08:00-18:00"


def in_full() -> qs.Scenario:
    """A day of some 20,000 customers: self-service, two phone lines, chat, messages, requests.

    Redials, repeat contacts, threads, transfers, letters after hours; announced waits and balking;
    callbacks in booked slots; breaks in turns, starters, speeds that differ; a share of the volume
    with a partner, and overflow by length and hour.
    """
    centre = qs.Scenario(
        name="in full",
        contact_types=(_web(), _phone(), _second_line(), _requests(), _messages(), _chats()),
        agent_groups=(_home(), _experts(), _partner()),
        horizon=qs.Horizon(start=START, days=1),
    )
    return centre


def _demand(per_day: float) -> qs.Demand:
    return qs.Demand(per_day=per_day, day="office", busyness=0.05, shared=0.5)


def _web() -> qs.ContactType:
    breaks_down = qs.Event(name="login fails", start=f"{START} 10:00", lasts="1h", factor=1.8)
    return qs.ContactType(
        name="web",
        channel="self_service",
        demand=_demand(5000),
        talk=qs.Gamma(mean="2min", cv=1.0),
        repeat=qs.Return(share=0.3, delay=qs.Exponential(mean="1h"), to="phone"),
        front_door=qs.FrontDoor(
            contains=0.6,
            to={"phone": 0.5, "chat": 0.3},
            resolution=0.85,
            patience_factor=0.8,
            outages=(breaks_down,),
            per_contact=0.1,
        ),
    )


def _phone() -> qs.ContactType:
    return qs.ContactType(
        name="phone",
        channel="phone",
        demand=_demand(8000),
        hours=HOURS,
        talk=qs.LogNormal(mean="5min", cv=0.8),
        wrap_up=qs.Exponential(mean="30s"),
        patience=qs.Exponential(mean="5min"),
        credit="30s",
        queue_limit=150,
        allocation={"home": 0.7, "experts": 0.1, "partner": 0.2},
        allocation_overflow="1min",
        announcement=qs.Announcement(
            predictor="queue_length", balk=qs.LogNormal(mean="8min", cv=0.7), patience_factor=1.2
        ),
        callback=qs.CallbackOffer(
            after="1min",
            accept=0.4,
            kind="slot",
            slot="30min",
            per_slot=60,
            max_open=200,
            rings_in=qs.Return(share=0.2, delay=qs.Exponential(mean="30min")),
        ),
        redial=qs.Return(share=0.5, delay=qs.Exponential(mean="10min"), max_attempts=2),
        repeat=qs.Return(share=0.4, delay=qs.Exponential(mean="2h")),
        after_hours=qs.Return(share=0.5, delay="1min", to="mail"),
    )


def _second_line() -> qs.ContactType:
    return qs.ContactType(
        name="second line",
        channel="phone",
        demand=_demand(0),
        hours=HOURS,
        talk=qs.LogNormal(mean="9min", cv=0.7),
        patience=qs.Exponential(mean="8min"),
    )


def _requests() -> qs.ContactType:
    return qs.ContactType(
        name="request",
        channel="callback",
        demand=_demand(500),
        hours=HOURS,
        talk=qs.LogNormal(mean="5min", cv=0.6),
        dialling=qs.Dialling(ring="20s", answered=0.75, attempts=3, retry_after="40min"),
    )


def _messages() -> qs.ContactType:
    return qs.ContactType(
        name="mail",
        channel="message",
        demand=_demand(3000),
        hours=HOURS,
        talk=qs.LogNormal(mean="4min", cv=0.8),
        turns=qs.Return(share=0.3, delay=qs.Exponential(mean="1h"), max_attempts=2),
    )


def _chats() -> qs.ContactType:
    return qs.ContactType(
        name="chat",
        channel="chat",
        demand=_demand(4000),
        hours=HOURS,
        talk=qs.Gamma(mean="8min", cv=0.7),
        patience=qs.Exponential(mean="4min"),
        redial=qs.Return(share=0.4, delay="2min", to="phone"),
    )


def _home() -> qs.AgentGroup:
    handed_on = qs.Transfer(share=0.1, to="second line")
    early = qs.Shift(
        name="early", start="08:00", end="16:00", headcount=130, breaks=("11:30-12:00",),
        waves=3, stagger="30min",
    )  # fmt: skip
    late = qs.Shift(name="late", start="10:00", end="18:00", headcount=110, breaks=("13:00-13:30",))
    new = qs.Starters(count=12, on=START, ramp_up=(1.5, 1.2), shift="late")
    return qs.AgentGroup(
        name="home",
        shifts=(early, late),
        absence=0.04,
        speed_spread=0.1,
        starters=(new,),
        interruptible=("message",),
        blend=qs.Blend(slots=12, uses={"chat": 4, "message": 3}, pace=_PACE),
        skills=(
            qs.Skill("phone", resolution=0.8, transfer=handed_on),
            qs.Skill("request", resolution=0.9),
            qs.Skill("mail", resolution=0.9),
            qs.Skill("chat", resolution=0.75),
        ),
        contract=qs.InHouse(per_hour=24.0),
    )


def _experts() -> qs.AgentGroup:
    return qs.AgentGroup(
        name="experts",
        headcount=35,
        skills=(
            qs.Skill("second line", resolution=0.95),
            qs.Skill("phone", rank=2, min_wait="1min", min_queue=3, hours="10:00-16:00", reserve=2),
        ),
        contract=qs.InHouse(per_hour=30.0),
    )


def _partner() -> qs.AgentGroup:
    return qs.AgentGroup(
        name="partner",
        headcount=40,
        shrinkage=0.1,
        skills=(qs.Skill("phone", rank=2, handle_factor=1.1, resolution=0.7),),
        contract=qs.Outsourced(per_minute=0.62),
    )


_PACE = (1.0, 1.7, 2.5, 2.9)
