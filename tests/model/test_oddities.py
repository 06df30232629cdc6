"""What may be stated and is hardly meant is told, with its path; what is usual is not."""

from __future__ import annotations

from typing import Any

import pytest

import queuesim as qs

OFFICE = {"mon-fri": "08:00-18:00"}


def scenario(*types: qs.ContactType) -> qs.Scenario:
    served = tuple(t.name for t in types if t.channel != "self_service")
    team = qs.AgentGroup(
        name="team", skills=served, headcount=5, contract=qs.InHouse(per_hour=20.0)
    )
    horizon = qs.Horizon(start="2026-11-23", days=7, timezone="Europe/Helsinki")
    return qs.Scenario(name="odd", contact_types=types, agent_groups=(team,), horizon=horizon)


def phone(*events: qs.Event, **terms: Any) -> qs.ContactType:
    demand = terms.pop("demand", None) or qs.Demand(
        per_day=100, day="office", week=(1, 1, 1, 1, 1, 0, 0), events=events
    )
    return qs.ContactType(
        name="phone", channel="phone", demand=demand, talk=qs.Exponential(mean="4min"),
        **{"hours": OFFICE, **terms},
    )  # fmt: skip


def event(start: str, lasts: str = "2h", factor: float = 1.5, **terms: Any) -> qs.Event:
    return qs.Event(name="storm", start=start, lasts=lasts, factor=factor, **terms)


def test_an_ordinary_scenario_has_none() -> None:
    assert scenario(phone(event("2026-11-24 09:00"))).oddities() == []
    assert scenario(phone(event("2026-11-24 19:00", fades="14h"))).oddities() == []  # reaches in
    assert scenario(phone(hours=None)).oddities() == []


def test_an_event_while_closed() -> None:
    found = scenario(phone(event("2026-11-24 20:00"))).oddities()
    assert found == [
        "contact_types.phone.demand.events.storm: phone is closed all the time from Tue "
        "2026-11-24 20:00 for 2h, and it changes nothing there"
    ]
    waits = phone(event("2026-11-24 20:00"), outside_hours="queue")
    assert scenario(waits).oddities() == []  # they come, and wait for the morning


def test_factors_that_say_nothing_or_too_much() -> None:
    (nothing,) = scenario(phone(event("2026-11-24 09:00", factor=1.0))).oddities()
    assert nothing.endswith("factor 1 changes nothing (from Tue 2026-11-24 09:00 for 2h)")
    (nobody,) = scenario(phone(event("2026-11-24 09:00", factor=0.0))).oddities()
    assert "factor 0 means that nobody comes to phone from Tue 2026-11-24 09:00" in nobody


def test_outages_of_a_front_door() -> None:
    def bot(outage: qs.Event, **terms: Any) -> qs.ContactType:
        return qs.ContactType(
            name="bot", channel="self_service", demand=qs.Demand(per_day=50, day="office"),
            talk=qs.Exponential(mean="2min"), target=None, hours=OFFICE,
            front_door=qs.FrontDoor(contains=0.5, to={"phone": 0.8}, outages=(outage,)), **terms,
        )  # fmt: skip

    assert scenario(phone(), bot(event("2026-11-24 09:00"))).oddities() == []
    (night,) = scenario(phone(), bot(event("2026-11-24 22:00"))).oddities()
    assert night.startswith("contact_types.bot.front_door.outages.storm: bot is closed all")
    by_night = bot(event("2026-11-24 22:00"), outside_hours="queue")
    assert scenario(phone(), by_night).oddities() == []  # it takes them at once, day and night
    (never,) = scenario(phone(), bot(event("2026-11-24 09:00", factor=0.0))).oddities()
    assert "factor 0 means that bot fails nobody" in never


def test_hours_in_which_nobody_comes() -> None:
    saturday = phone(hours={"mon-sat": "08:00-18:00"})
    (idle,) = scenario(saturday).oddities()
    assert idle.startswith("contact_types.phone.hours: open on sat, on which nobody comes")
    (never,) = scenario(phone(hours={"sun": "08:00-18:00"})).oddities()
    assert "nobody comes in them (sun 08:00-18:00); all are turned away" in never
    led_to = phone(hours={"mon-sat": "08:00-18:00"}, redial=qs.Return(share=0.5, delay="1d"))
    assert scenario(led_to).oddities() == []
    nobody_at_all = phone(demand=qs.Demand(per_day=0))
    assert scenario(nobody_at_all).oddities() == []


def test_hours_may_be_there_for_those_who_come_another_way() -> None:
    """Open on Saturdays, on which nobody comes of themselves: from the bot, from chat, handed on,
    or left waiting from Friday they do. Who redials as something else is no reason."""
    hours = {"hours": {"mon-sat": "08:00-18:00"}}
    saturday = phone(**hours)
    bot = qs.ContactType(
        name="bot", channel="self_service", demand=qs.Demand(per_day=50, day="office"),
        talk=qs.Exponential(mean="2min"), front_door=qs.FrontDoor(contains=0.5, to={"phone": 0.8}),
    )  # fmt: skip

    def chat(back: str | None) -> qs.ContactType:
        return qs.ContactType(
            name="chat", channel="chat", demand=qs.Demand(per_day=50, day="office"),
            talk=qs.Exponential(mean="2min"), redial=qs.Return(share=0.5, delay="1h", to=back),
        )  # fmt: skip

    alone = scenario(saturday, chat(None))
    (idle,) = alone.oddities()
    assert idle.startswith("contact_types.phone.hours: open on sat")
    assert scenario(saturday, bot).oddities() == []
    assert scenario(saturday, chat("phone")).oddities() == []
    assert scenario(phone(outside_hours="queue", **hours)).oddities() == []
    for to, told in (("phone", []), ("chat", [idle])):
        skills = ("phone", qs.Skill("chat", transfer=qs.Transfer(share=0.2, to=to)))
        if to == "chat":
            skills = (qs.Skill("phone", transfer=qs.Transfer(share=0.2, to=to)), "chat")
        assert alone.change("agent_groups.team.skills", skills).oddities() == told


MEANT = "Plain numbers are seconds"


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        ("contact_types.phone.talk", qs.Exponential(mean=7), f'7s on average: did you mean "7min"? {MEANT}'),
        ("contact_types.phone.patience", qs.Exponential(mean=3), f'3s on average: did you mean "3min"? {MEANT}'),
        ("contact_types.phone.talk", qs.LogNormal(mean="4min", cv=9),
         "cv 9 is a standard deviation of 9 times the mean: did you mean 0.9 (90 %)?"),
        ("contact_types.phone.wrap_up", qs.Gamma(mean="4min", cv=20),
         "cv 20 is a standard deviation of 20 times the mean: did you mean 0.2 (20 %)?"),
        ("horizon.interval", 30, f'30s is a short interval to plan by: did you mean "30min"? {MEANT}'),
        ("contact_types.phone.demand.growth", 5, "5 is 500 % more every year: did you mean 0.05 (5 %)?"),
        ("contact_types.phone.demand.busyness", 3, "days scatter by 300 %: did you mean 0.03 (3 %)?"),
        ("agent_groups.team.contract", qs.InHouse(per_hour=45_000),
         "45,000.00 EUR an hour: is it a year's pay (25.00 an hour), or is the currency another one?"),
        ("agent_groups.team.contract", qs.InHouse(per_hour=3_200),
         "3,200.00 EUR an hour: is it a month's pay (20.00 an hour), or is the currency another one?"),
        ("agent_groups.team.contract", qs.Outsourced(per_minute=43),
         "43.00 EUR a minute: is it an hour's price (0.72 a minute), or is the currency another one?"),
        ("agent_groups.team.contract", qs.Outsourced(per_contact=900),
         "900.00 EUR a contact: is it a fee by the month, or is the currency another one?"),
    ],
)  # fmt: skip
def test_numbers_in_another_unit(path: str, value: object, line: str) -> None:
    (found,) = scenario(phone()).change(path, value).oddities()
    where, _, said = found.partition(": ")
    assert where.startswith(path)
    assert said == line


@pytest.mark.parametrize(
    ("factor", "likely"), [(60, "1.6 (+60 %)"), (10, "1.1 (+10 %)"), (160, "1.6 (+60 %)")]
)
def test_a_factor_that_was_meant_as_per_cent(factor: float, likely: str) -> None:
    (found,) = scenario(phone(event("2026-11-24 09:00", factor=factor))).oddities()
    assert found == (
        f"contact_types.phone.demand.events.storm: factor {factor} is {factor} times as many: did "
        f"you mean {likely}?"
    )


def test_numbers_that_are_only_large_or_small() -> None:
    """Prices of other currencies, an outage for everybody, a short wrap-up, measured times."""
    usual = scenario(phone(event("2026-11-24 09:00", factor=9)))
    for path, value in (
        ("contact_types.phone.wrap_up", qs.Exponential(mean=8)),
        ("contact_types.phone.talk", qs.Exponential(mean=10)),
        ("contact_types.phone.talk", qs.Empirical(values=(100.0,) * 50 + (90_000.0,))),
        ("contact_types.phone.patience", qs.Deterministic(value=0)),
        ("contact_types.phone.patience", qs.Weibull(mean="3min", cv=2.5)),
        ("contact_types.phone.demand.growth", 1),
        ("contact_types.phone.demand.busyness", 0.5),
        ("horizon.interval", "5min"),
        ("agent_groups.team.contract", qs.InHouse(per_hour=500)),
        ("agent_groups.team.contract", qs.Outsourced(per_minute=10, per_contact=500)),
    ):
        assert usual.change(path, value).oddities() == [], path
    bulge = event("2026-11-24 09:00", lasts="30min", factor=241)  # what the weekend has left
    assert scenario(phone(bulge)).oddities() == []
    yen = usual.change("agent_groups.team.contract", qs.InHouse(per_hour=1800.0))
    assert yen.change("currency", "JPY").oddities() == []
    (krone,) = (
        yen.change("agent_groups.team.contract.per_hour", 90_000.0)
        .change("currency", "NOK")
        .oddities()
    )
    assert "90,000.00 NOK an hour: is it a month's pay (562.50 an hour)" in krone
    bot = qs.ContactType(
        name="bot", channel="self_service", demand=qs.Demand(per_day=50), talk=qs.Exponential(mean=5),
        target=None, front_door=qs.FrontDoor(contains=0.5, to={"phone": 0.8},
                                             outages=(event("2026-11-24 09:00", factor=100),)),
    )  # fmt: skip
    assert scenario(phone(), bot).oddities() == []


def test_simulate_warns_and_the_result_keeps_a_note() -> None:
    odd = scenario(phone(event("2026-11-24 20:00")))
    with pytest.warns(qs.ScenarioWarning, match="stated, and hardly meant\n.*is closed all"):
        result = qs.simulate(odd, replications=1)
    assert "is closed all the time from Tue 2026-11-24 20:00" in str(result.summary())
