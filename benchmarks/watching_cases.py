"""Contact centres on which predictors of waits are scored, one for each difficulty."""

from __future__ import annotations

import queuesim as qs

_WAGE = qs.InHouse(per_hour=24.0)


def _phone(name: str, per_hour: float, mean: float, **more: object) -> qs.ContactType:
    return qs.ContactType(
        name=name,
        channel=more.pop("channel", "phone"),
        demand=qs.Demand(per_day=24 * per_hour, day="flat"),
        talk=more.pop("talk", None) or qs.Exponential(mean=mean),
        **more,
    )


def _scenario(
    name: str,
    types: tuple[qs.ContactType, ...],
    groups: tuple[qs.AgentGroup, ...],
) -> qs.Scenario:
    horizon = qs.Horizon(start="2026-11-23", days=1, interval="30min")
    return qs.Scenario(name=name, contact_types=types, agent_groups=groups, horizon=horizon)


def _group(
    name: str, skills: tuple[object, ...], headcount: object, **more: object
) -> qs.AgentGroup:
    return qs.AgentGroup(name=name, skills=skills, headcount=headcount, contract=_WAGE, **more)


def plain(agents: int, occupancy: float, handle_s: float) -> qs.Scenario:
    """Return M/M/s: nobody gives up."""
    phone = _phone("support", 3600 * occupancy * agents / handle_s, handle_s)
    return _scenario(
        f"{agents} agents at {round(100 * occupancy)}",
        (phone,),
        (_group("home", ("support",), agents),),
    )


def steady() -> qs.Scenario:
    """Return 20 agents, a little overloaded, customers who give up."""
    phone = _phone("support", 400, 200, patience=qs.Exponential(mean="5min"))
    return _scenario("steady", (phone,), (_group("home", ("support",), 20),))


def lognormal() -> qs.Scenario:
    """Return the same with lognormal handle times, wrap-up, and Weibull patience."""
    phone = _phone(
        "support",
        400,
        160,
        talk=qs.LogNormal(mean=160, cv=1.0),
        wrap_up=qs.Exponential(mean=40),
        patience=qs.Weibull(mean="5min", cv=0.7),
    )
    return _scenario("lognormal", (phone,), (_group("home", ("support",), 20),))


def changing() -> qs.Scenario:
    """Return people who come and go every half-hour, so that most waits see a change."""
    people = (12, 20, 16, 24, 14, 22) * 8
    phone = _phone("support", 330, 200, patience=qs.Exponential(mean="10min"))
    return _scenario(
        "changing staffing", (phone,), (_group("home", ("support",), {"day": people}),)
    )


def priority() -> qs.Scenario:
    """Return three types in one group: one goes first, one has a head start of a minute."""
    types = (
        _phone("urgent", 70, 180, credit="24h", patience=qs.Exponential(mean="8min")),
        _phone("gold", 90, 180, credit="60s", patience=qs.Exponential(mean="5min")),
        _phone("plain", 100, 180, patience=qs.Exponential(mean="5min")),
    )
    return _scenario("priority", types, (_group("home", ("urgent", "gold", "plain"), 12),))


def skills() -> qs.Scenario:
    """Return an N and an overflow: orders only, both, service only, and a partner after 60 s."""
    types = (
        _phone("orders", 180, 180, patience=qs.Exponential(mean="5min")),
        _phone("service", 150, 300, patience=qs.Exponential(mean="6min")),
    )
    groups = (
        _group("orders desk", ("orders",), 5),
        _group("all-round", (qs.Skill("orders", handle_factor=1.2), "service"), 7),
        _group("service desk", ("service",), 5),
        _group("partner", (qs.Skill("service", min_wait="60s", rank=2),), 2),
    )
    return _scenario("several skills", types, groups)


def callbacks() -> qs.Scenario:
    """Return callbacks that keep their place in the queue, a fifth of them not reached."""
    offer = qs.CallbackOffer(
        accept=0.4,
        after="60s",
        kind="virtual_hold",
        dialling=qs.Dialling(ring="20s", answered=0.8, attempts=1),
    )
    phone = _phone("support", 230, 200, patience=qs.Exponential(mean="6min"), callback=offer)
    return _scenario("callbacks in queue", (phone,), (_group("home", ("support",), 12),))


def chats() -> qs.Scenario:
    """Return calls and chats, of which an agent may have three open, in one group."""
    types = (
        _phone("calls", 130, 240, patience=qs.Exponential(mean="6min")),
        _phone("chats", 150, 300, channel="chat", patience=qs.Exponential(mean="8min")),
    )
    group = _group(
        "home",
        ("calls", "chats"),
        15,
        concurrency={"chat": 3},
        pace={"chat": (1.0, 1.6, 2.0)},
    )
    return _scenario("chats at once", types, (group,))


def messages() -> qs.Scenario:
    """Return calls that interrupt mail, in one group; mail waits long."""
    types = (
        _phone("calls", 100, 240, patience=qs.Exponential(mean="6min")),
        _phone("mail", 25, 360, channel="message"),
    )
    group = _group("home", ("calls", "mail"), 10, interruptible=("message",))
    return _scenario("interrupted messages", types, (group,))


CASES = {
    "steady": steady,
    "lognormal": lognormal,
    "changing staffing": changing,
    "priority": priority,
    "several skills": skills,
    "callbacks in queue": callbacks,
    "chats at once": chats,
    "interrupted messages": messages,
}
