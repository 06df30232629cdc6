"""What helps, and what it costs: by hand, on a day on which all who come wait already."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import queuesim as qs
from queuesim.watching.now import CallIn, Change, Nowcast, State

HOURS = {"mon-fri": "08:00-18:00"}
NOON = "2026-11-23 12:00"
TERMS: dict[str, dict[str, Any]] = {
    "plain": {},
    "minimum": {"monthly_minimum": 20_000.0, "monthly_fee": 3_000.0},
    "tiers": {"tiers": (qs.Tier(above=1, factor=0.5),)},
    "band": {"band": qs.VolumeBand(low=100, high=200, outside_factor=2.0)},
    "bonus": {"bonus_malus": qs.BonusMalus(target=0.5, bonus=0.5, malus=0.5)},
}


def kind(name: str, channel: str = "phone", talk: str = "10min", **of: Any) -> qs.ContactType:
    return qs.ContactType(
        name=name,
        channel=channel,
        hours=HOURS,
        demand=qs.Demand(per_day=0.001, day="office"),
        talk=qs.Deterministic(value=talk),
        **of,
    )


def six_calls(
    contract: Any,
    actions: dict[str, Any],
    *,
    talk: str = "10min",
    days: int = 7,
    staffed: dict[str, int] | None = None,
    **of: Any,
) -> Nowcast:
    """Six wait, who give up after 25 minutes: one agent takes three of them, four take all."""
    phone = kind("phone", talk=talk, patience=qs.Deterministic(value="25min"), target=None)
    team = qs.AgentGroup(name="team", skills=("phone",), headcount=1, contract=contract)
    scenario = qs.Scenario(
        name="six calls",
        contact_types=(phone,),
        agent_groups=(team,),
        horizon=qs.Horizon(start="2026-11-23", days=days),
    )
    waiting = pd.DataFrame({"contact_type": ["phone"] * 6, "waited_s": [1.0] * 6})
    state = State(now=NOON, waiting=waiting, staffed=staffed or {})
    return qs.nowcast(scenario, state, futures=2, actions=actions, **of)


# What it costs ------------------------------------------------------------------------------


@pytest.mark.parametrize("terms", list(TERMS))
def test_a_partner_s_minutes_cost_what_the_contract_says(terms: str) -> None:
    """Three calls more of ten minutes: 3 × (10 × 0.62 + 0.50) = 20.10, whatever the month is."""
    contract = qs.Outsourced(per_minute=0.62, per_contact=0.5, **TERMS[terms])
    told = six_calls(contract, {"more": CallIn("team", 3)})
    assert told.helping[0].cost == pytest.approx(20.10)
    text = str(told)
    assert "cost at the contracts' rates for the rest of the day; monthly minimums" in text


def test_a_partner_s_hours_are_those_of_today() -> None:
    """Three people from 12 to 18 at 30 an hour: 540; asked for at 35 an hour: 630."""
    actions = {
        "more": CallIn("team", 3),
        "dearer": CallIn("team", 3, per_hour=35.0),
        "plan": Change("agent_groups.team.headcount", 4),
    }
    told = six_calls(qs.Outsourced(per_hour=30.0), actions)
    cost = {each.name: each.cost for each in told.helping}
    assert cost == pytest.approx({"more": 540.0, "dearer": 630.0, "plan": 540.0})


def test_own_people_cost_what_is_left_of_today() -> None:
    """Three from 12 to 18 at 20 an hour: 360 in plan, 720 as overtime at twice that; half as much
    again from 16 on, a tenth on top: (18 h + 3 h) × 20 × 1.1 = 462, and 792. Nobody is hired."""
    contract = qs.InHouse(
        per_hour=20.0,
        on_costs=0.1,
        overtime=2.0,
        on_payroll=1,
        hiring_cost=1000.0,
        premiums=(qs.Premium(hours={"mon-fri": "16:00-24:00"}, share=0.5),),
    )
    actions = {"overtime": CallIn("team", 3), "plan": Change("agent_groups.team.headcount", 4)}
    told = six_calls(contract, actions)
    cost = {each.name: each.cost for each in told.helping}
    assert cost == pytest.approx({"overtime": 792.0, "plan": 462.0})


def test_who_works_late_is_paid_for_it() -> None:
    """Calls of seven hours: each of three people more is there for six, and late for one, which is
    paid twice: 3 × (6 + 2) × 20 = 480. At overtime from the start: 3 × 7 × 40 = 840."""
    actions = {"overtime": CallIn("team", 3), "plan": Change("agent_groups.team.headcount", 4)}
    told = six_calls(qs.InHouse(per_hour=20.0, overtime=2.0), actions, talk="7h")
    cost = {each.name: each.cost for each in told.helping}
    assert cost == pytest.approx({"overtime": 840.0, "plan": 480.0})


def test_self_service_costs_what_it_took_in() -> None:
    """About 600 customers want the website between 18 and 24, when it is closed until an action
    opens it: each then costs 0.25; and nobody else costs anything more."""
    web = qs.ContactType(
        name="web",
        channel="self_service",
        hours=HOURS,
        demand=qs.Demand(per_day=600.0, day=[0.0] * 18 + [1.0] * 6),
        talk=qs.Deterministic(value="5min"),
        front_door=qs.FrontDoor(contains=1.0, per_contact=0.25),
    )
    team = qs.AgentGroup(
        name="team", skills=("phone",), headcount=1, contract=qs.InHouse(per_hour=20.0)
    )
    scenario = qs.Scenario(
        name="a website",
        contact_types=(kind("phone"), web),
        agent_groups=(team,),
        horizon=qs.Horizon(start="2026-11-23", days=1),
    )
    actions = {"open": Change("contact_types.web.hours", {"mon-fri": "08:00-24:00"})}
    told = qs.nowcast(scenario, State(now=NOON), futures=50, actions=actions)
    assert told.helping[0].cost / 0.25 == pytest.approx(600, abs=5 * np.sqrt(600 / 50))


def test_a_plan_of_people_whom_the_state_counts_is_not_changed() -> None:
    """The state says that one person is there; nobody would come of another plan, or be paid."""
    actions = {"plan": Change("agent_groups.team.headcount", 4)}
    with pytest.raises(qs.ScenarioError) as refused:
        six_calls(qs.Outsourced(per_hour=30.0), actions, staffed={"team": 1})
    said = str(refused.value)
    for words in ("agent_groups.team.headcount", "4", "State(staffed=)", "CallIn"):
        assert words in said


# Whom it helps ------------------------------------------------------------------------------


def phone_chat_and_mail() -> tuple[qs.Scenario, State]:
    """Four calls, two chats and twenty mails wait; one agent for each kind, all with targets.

    Calls and chats take ten minutes, and customers ask for an answer within 15 min; nobody leaves.
    Alone, each agent answers two of them in time: 2 of 4 calls, 2 of 2 chats; mails wait for their
    agent, who is quick.
    """
    soon = qs.ServiceTarget(share=0.9, within="15min")
    types = (
        kind("phone", target=soon),
        kind("chat", "chat", target=soon),
        kind("mail", "message", "1min", target=qs.ServiceTarget(share=0.9, within="10min")),
    )
    groups = tuple(
        qs.AgentGroup(
            name=f"{each.name} team",
            skills=(each.name,),
            headcount=1,
            contract=qs.InHouse(per_hour=20.0),
        )
        for each in types
    )
    scenario = qs.Scenario(
        name="three kinds",
        contact_types=types,
        agent_groups=groups,
        horizon=qs.Horizon(start="2026-11-23", days=1),
    )
    names = ["phone"] * 4 + ["chat"] * 2 + ["mail"] * 20
    waiting = pd.DataFrame({"contact_type": names, "waited_s": np.ones(26)})
    return scenario, State(now=NOON, waiting=waiting)


SWAP = (
    Change("agent_groups.phone team.skills", ("phone",)),
    Change("agent_groups.chat team.skills", (qs.Skill("phone"), qs.Skill("chat", min_wait="1h"))),
)
MAIL = Change("agent_groups.chat team.skills", (qs.Skill("mail"), qs.Skill("chat", min_wait="1h")))


def test_types_are_told_apart() -> None:
    """Who answers chats leaves them for calls: 4 of 4 calls in time, 0 of 2 chats."""
    scenario, state = phone_chat_and_mail()
    told = qs.nowcast(scenario, state, futures=2, actions={"swap": SWAP})
    (swap,) = told.helping
    assert swap.by_type["phone"].level_change == pytest.approx(0.5)
    assert swap.by_type["chat"].level_change == pytest.approx(-1.0)
    assert swap.by_type["mail"].level_change == 0.0
    assert (swap.by_type["phone"].chance_change, swap.by_type["chat"].chance_change) == (1.0, -1.0)
    assert swap.level_change == 0.0  # 4 of 6 with it and without it, mails aside
    assert swap.chance_change == 0.0  # one of the two misses its target either way
    table = told.effects_by_type.set_index(["action", "contact_type"])
    assert table.loc[("swap", "chat"), "level_change"] == pytest.approx(-1.0)
    text = str(told)
    assert "ranked by the day of phone and chat together; mail aside" in text
    said = ["swap", "50.0", "points", "-100.0", "points", "0.0", "points"]
    assert said in map(str.split, text.splitlines())


def test_actions_are_ranked_by_the_types_that_were_asked_for() -> None:
    """To leave chats for mails helps twenty mails, and no customer who is there."""
    scenario, state = phone_chat_and_mail()
    actions = {"one more call": CallIn("phone team", 1), "swap": SWAP, "mail": MAIL}

    def first(**of: Any) -> str:
        return qs.nowcast(scenario, state, futures=2, actions=actions, **of).helping[0].name

    assert first() == first(contact_type=("chat", "phone")) == "one more call"
    assert first(contact_type="mail") == "mail"
    assert first(contact_type="phone") == "swap"  # as good as one more, and free
    with pytest.raises(qs.ScenarioError, match=r'nowcast(.|\n)*Did you mean "chat"'):
        first(contact_type="chats")


def test_without_a_target_the_wait_ranks() -> None:
    """With one agent 0, 10, 20 and three times 25 min; with four 4 × 0 and 2 × 10: 850 s less."""
    told = six_calls(
        qs.InHouse(per_hour=20.0), {"none": Change("name", "x"), "more": CallIn("team", 3)}, days=1
    )
    assert [each.name for each in told.helping] == ["more", "none"]
    assert np.isnan(told.helping[0].level_change)
    assert told.helping[0].wait_change_s == pytest.approx(-850.0, abs=1.0)
