"""What tables of a state must not say together, what is odd, and a day that is told in part."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import queuesim as qs
from queuesim.watching.now import CallIn, State

OPEN = {"mon-fri": "08:00-18:00"}
ELEVEN = "2026-11-23 11:00"


def centre(**of_phone: Any) -> qs.Scenario:
    """A web page, phone and chat from 8 to 18, mail at any time; five people."""
    demand = qs.Demand(per_day=100, day="office", busyness=0.1)
    given: dict[str, Any] = {"demand": demand, "talk": qs.Exponential(mean="4min"), "hours": OPEN}
    web = qs.ContactType(
        name="web", channel="self_service", front_door=qs.FrontDoor(contains=0.9), **given
    )
    phone = qs.ContactType(name="phone", channel="phone", **(given | of_phone))
    chat = qs.ContactType(name="chat", channel="chat", **given)
    mail = qs.ContactType(name="mail", channel="message", **given)
    team = qs.AgentGroup(
        name="team",
        skills=("phone", "chat", "mail"),
        headcount=5,
        contract=qs.InHouse(per_hour=20.0),
    )
    return qs.Scenario(
        name="together",
        contact_types=(web, phone, chat, mail),
        agent_groups=(team,),
        horizon=qs.Horizon(start="2026-11-23", days=1),
    )


def waiting(*rows: tuple[str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["contact_type", "waited_s"])


def so_far(kind: str, *counts: tuple[str, int, int]) -> pd.DataFrame:
    rows = [(f"2026-11-23 {at}", kind, offered, answered) for at, offered, answered in counts]
    return pd.DataFrame(rows, columns=["start", "contact_type", "offered", "answered"])


def said(scenario: qs.Scenario, **tables: Any) -> str:
    with pytest.raises(qs.ScenarioError) as refused:
        State(now=ELEVEN, **tables).check(scenario)
    return str(refused.value)


# What cannot be -----------------------------------------------------------------------------


def test_nobody_waits_since_before_the_doors_opened() -> None:
    """Open since 8, so three hours at most; mails, and who may come when it is closed, longer."""
    told = said(centre(), waiting=waiting(("phone", 10_800.0), ("phone", 10_801.0), ("chat", 2e4)))
    assert "waiting[1].waited_s: given 10801.0; cannot be: phone opened at 08:00, 3h ago" in told
    assert "waiting[2].waited_s" in told
    assert "waiting[0]" not in told
    State(now=ELEVEN, waiting=waiting(("mail", 30_000.0))).check(centre())
    queueing = centre(outside_hours="queue")
    State(now=ELEVEN, waiting=waiting(("phone", 30_000.0))).check(queueing)
    week = centre().model_copy(update={"horizon": qs.Horizon(start="2026-11-23", days=2)})
    tuesday = State(now="2026-11-24 11:00", waiting=waiting(("phone", 90_000.0)))
    with pytest.raises(qs.ScenarioError, match="phone opened at 08:00, 3h ago"):  # not yesterday's
        tuesday.check(week)
    early = State(now="2026-11-23 07:00", waiting=waiting(("phone", 5.0)))
    with pytest.raises(qs.ScenarioError, match="phone is not open yet today"):
        early.check(centre())


def test_no_call_has_been_open_since_before_the_doors_opened() -> None:
    busy = pd.DataFrame(
        {"agent_group": ["team"] * 2, "contact_type": ["phone", "mail"], "elapsed_s": [1.2e4] * 2}
    )
    told = said(centre(), busy=busy)
    assert "busy[0].elapsed_s: given 12000.0; cannot be: phone opened at 08:00" in told
    assert "busy[1]" not in told


def test_no_more_wait_than_came_and_have_not_gone() -> None:
    """Of 5 and 7 who came until ten, 10 were answered: two may wait, not three. Who came later is
    in no row; nor is anybody where answers are not told."""
    counts = so_far("phone", ("09:00", 5, 4), ("09:30", 7, 6))
    here = [("phone", 4000.0), ("phone", 5000.0)]
    State(now=ELEVEN, waiting=waiting(*here, ("phone", 60.0)), so_far=counts).check(centre())
    told = said(centre(), waiting=waiting(*here, ("phone", 6000.0)), so_far=counts)
    assert "waiting (phone): given 3 of today's; is more than so_far leaves" in told
    assert "12 offered, 10 answered: 2 at most are there still" in told
    untold = counts.drop(columns="answered")
    State(now=ELEVEN, waiting=waiting(*here, ("phone", 6000.0)), so_far=untold).check(centre())
    gone = counts.assign(abandoned=[1, 0])
    assert "10 answered, 1 abandoned: 1 at most" in said(
        centre(), waiting=waiting(*here), so_far=gone
    )


def test_a_message_that_is_being_written_is_not_answered() -> None:
    """Two mails came at nine and none is answered: one is open since 10:40, and waited until then.
    A second open one is no contradiction, a third is."""
    counts = so_far("mail", ("09:00", 2, 0))
    row = ("team", "mail", 1200.0, 5400.0)
    columns = ["agent_group", "contact_type", "elapsed_s", "waited_s"]
    two = pd.DataFrame([row] * 2, columns=columns)
    State(now=ELEVEN, busy=two, so_far=counts).check(centre())
    told = said(centre(), busy=two, waiting=waiting(("mail", 7000.0)), so_far=counts)
    assert "waiting (mail): given 3 of today's" in told


# What is odd --------------------------------------------------------------------------------


def notes(state: State, **of: Any) -> str:
    return "\n".join(qs.nowcast(centre(), state, futures=2, **of).notes)


def test_people_with_nobody_beside_people_who_wait_are_pointed_out() -> None:
    state = State(now=ELEVEN, waiting=waiting(("phone", 9.0), ("mail", 9.0)), staffed={"team": 4})
    assert "team: 4 of 4 on duty are with nobody, and 1 wait whom they could serve" in notes(state)
    alone = State(now=ELEVEN, waiting=waiting(("mail", 9.0)), staffed={"team": 4})
    assert "with nobody" not in notes(alone)  # mail may wait for reasons of its own


def test_more_people_than_the_plan_ever_has_are_pointed_out() -> None:
    assert "6 on duty, and the plan never has more than 5" in notes(
        State(now=ELEVEN, staffed={"team": 6})
    )
    assert "on duty" not in notes(State(now=ELEVEN, staffed={"team": 5}))


def test_a_day_that_no_busy_day_explains_is_pointed_out() -> None:
    """Five times as many as planned, where days are a tenth busier or quieter."""
    mean = float(
        centre().contact_types[1].demand.rates(centre().horizon).per_interval(centre().horizon)[18]
    )
    usual = so_far("phone", ("09:00", round(mean), 0))
    assert "explain" not in notes(State(now=ELEVEN, so_far=usual))
    flood = so_far("phone", ("09:00", round(5 * mean), 0))
    told = notes(State(now=ELEVEN, so_far=flood))
    assert "is more than the plan's busy days explain" in told


def test_a_day_that_a_busy_day_explains_is_not() -> None:
    """1.5 standard deviations of a busy day, which are many more of Poisson's."""
    scenario = centre(demand=qs.Demand(per_day=50_000, day="office", busyness=0.1))
    rates = scenario.contact_types[1].demand.rates(scenario.horizon)
    mean = float(rates.per_interval(scenario.horizon)[18])
    busy = so_far("phone", ("09:00", round(1.15 * mean), 0))
    told = qs.nowcast(scenario, State(now=ELEVEN, so_far=busy), futures=2)
    assert not any("explain" in note for note in told.notes)


# A day that is told in part -----------------------------------------------------------------


def test_a_rest_is_not_told_as_a_day() -> None:
    """Nothing is known of chat until now, nor of the web: what comes of them from now on is told
    as that; of phone and chat together neither the day nor its rest is known."""
    state = State(now=ELEVEN, so_far=so_far("phone", ("09:00", 10, 10)))
    told = qs.nowcast(centre(), state, futures=20)
    rows = told.table.set_index(["contact_type", "measure"])
    assert rows.loc[("phone", "offered"), "whole_day"]
    assert not rows.loc[("chat", "offered"), "whole_day"]
    assert rows.loc[("", "offered")].isna()["median"]
    assert [measure for name, measure in rows.index if name == "web"] == ["offered"]
    lines = [" ".join(line.split()) for line in str(told).splitlines()]
    assert any(line.startswith("chat offered, from now on") for line in lines)
    assert any(line.startswith("phone and chat offered unknown") for line in lines)


def test_where_no_level_is_known_effects_are_on_waits() -> None:
    state = State(
        now=ELEVEN,
        waiting=waiting(*[("phone", 60.0 * k) for k in range(20)]),
        so_far=pd.concat(
            [
                so_far("phone", ("09:00", 20, 15), ("09:30", 20, 5), ("10:00", 20, 0)),
                so_far("chat", ("09:00", 20, 20)),
                so_far("mail", ("09:00", 20, 20)),
            ]
        ),
    )
    text = str(qs.nowcast(centre(), state, futures=20, actions={"more": CallIn("team", 3)}))
    assert "change of the mean wait of those who wait now or come (95 %)" in text
    assert "change of the service level" not in text
    (first,) = (line for line in text.splitlines() if line.split()[:2] == ["what", "helps"])
    assert first.split()[2:] == ["wait", "(95", "%)", "cost"]


def test_what_is_no_action_is_named() -> None:
    with pytest.raises(qs.ScenarioError, match=r"must be an action: CallIn, OpenOverflow"):
        qs.nowcast(centre(), State(now=ELEVEN), futures=2, actions={"x": "call in 3"})  # type: ignore[dict-item]
