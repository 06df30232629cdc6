"""Predicted waits in centres so small that they can be worked out by hand.

Talk always takes 300 s, and how long each contact has been open is told: the wait then is a number,
the same in every path. Nobody comes unless it is said.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf, sqrt

import numpy as np
import pytest
from scipy import stats

import queuesim as qs
from queuesim.watching.predict import Seen, predict_wait, predictor
from queuesim.watching.predicting.forward import Forward
from queuesim.watching.predicting.refined import WhoIsAhead

WAGE = qs.InHouse(per_hour=24.0)
AT_TEN = 36_000.0
ALWAYS = qs.Deterministic(value=300.0)
CHATS = {"concurrency": {"chat": 2}, "pace": {"chat": (1.0, 1.6)}}


def kind(name: str, channel: str, per_day: float = 0.0, **more: object) -> qs.ContactType:
    talk = more.pop("talk", ALWAYS)
    more |= {"demand": qs.Demand(per_day=per_day), "hours": "00:00-24:00"}
    return qs.ContactType(name=name, channel=channel, talk=talk, **more)


def team(*skills: object, headcount: object = 1, name: str = "home", **more: object) -> object:
    return qs.AgentGroup(name=name, skills=skills, headcount=headcount, contract=WAGE, **more)


def day(types: tuple[qs.ContactType, ...], *groups: object) -> qs.Scenario:
    horizon = qs.Horizon(start="2026-11-23", days=1, interval="30min")
    return qs.Scenario(name="a day", contact_types=types, agent_groups=groups, horizon=horizon)


def calls_and_chats(headcount: int = 1, **more: object) -> qs.Scenario:
    types = (kind("calls", "phone"), kind("chats", "chat"))
    return day(types, team("calls", "chats", headcount=headcount, **CHATS, **more))


def calls_and_mail(headcount: int = 1, **more: object) -> qs.Scenario:
    types = (kind("calls", "phone"), kind("mail", "message", weight=0.02))
    group = team("calls", "mail", headcount=headcount, interruptible=("message",), **more)
    return day(types, group)


def now(scenario: qs.Scenario, open_for: list[float], at: float = AT_TEN, **given: object) -> Seen:
    """The present, in which the open contacts have been open so long [s]."""
    seen = Seen.at(scenario, at, **{"waiting": {}, **given})
    assert len(open_for) == len(seen.busy_type)
    return replace(seen, busy_since_s=at - np.array(open_for))


def both(scenario: qs.Scenario, seen: Seen, name: str) -> tuple[float, float, float, float]:
    """Shortest and longest wait, as refined and as simulated."""
    found = []
    for method in (WhoIsAhead(scenario, paths=40), Forward(scenario, futures=3)):
        law = predict_wait(scenario, seen, name, method=method).law
        found += [float(law.quantile(0.0)), float(law.quantile(1.0))]
    return tuple(found)  # type: ignore[return-value]


# Chats at once ---------------------------------------------------------------------------


def test_a_caller_needs_a_whole_agent_and_a_chat_a_free_slot() -> None:
    """One agent, a chat open for 100 s of 300: a caller waits for its end, a chat does not."""
    scenario = calls_and_chats()
    seen = now(scenario, [100.0], busy={"home": {"chats": 1}})
    assert both(scenario, seen, "calls") == (200.0,) * 4
    assert both(scenario, seen, "chats") == (0.0,) * 4


def test_chats_share_the_pace() -> None:
    """Two chats at pace 1.6 for 100 s: 80 s each are done, the other 220 s take 275 s."""
    scenario = calls_and_chats()
    seen = now(scenario, [100.0, 100.0], busy={"home": {"chats": 2}})
    assert both(scenario, seen, "calls") == (275.0,) * 4
    assert both(scenario, seen, "chats") == (275.0,) * 4


def test_a_chat_goes_on_alone_at_its_own_pace() -> None:
    """150 s and 50 s of both at 0.8: 180 s and 260 s are left. The first ends after 225 s, when a
    chat is taken; the second then has 80 s left alone, and a caller waits 305 s."""
    scenario = calls_and_chats()
    seen = now(scenario, [150.0, 50.0], busy={"home": {"chats": 2}})
    assert both(scenario, seen, "chats") == (225.0,) * 4
    assert both(scenario, seen, "calls") == (305.0,) * 4


def test_a_call_is_not_a_slot() -> None:
    """Two agents with calls open for 40 and 100 s, one caller before: 260 s; a chat waits 200 s."""
    scenario = calls_and_chats(headcount=2)
    given = {"busy": {"home": {"calls": 2}}}
    seen = now(scenario, [40.0, 100.0], waiting={"calls": [5.0]}, **given)
    assert both(scenario, seen, "calls") == (260.0,) * 4
    seen = now(scenario, [40.0, 100.0], **given)
    assert both(scenario, seen, "chats") == (200.0,) * 4


def test_a_chat_that_comes_later_may_keep_a_caller_waiting() -> None:
    """Chats take the free slot beside a chat without a rest: the engine and the paths agree."""
    types = (kind("calls", "phone"), kind("chats", "chat", 24 * 6.0))
    types = tuple(each.model_copy(update={"talk": qs.Exponential(mean=300.0)}) for each in types)
    scenario = day(types, team("calls", "chats", **CHATS))
    seen = Seen.at(scenario, AT_TEN, waiting={"calls": [30.0]}, busy={"home": {"chats": 1}})
    refined = WhoIsAhead(scenario, paths=4000, seed=3).predict(seen, 0).waits_s
    forward = Forward(scenario, futures=400, seed=3).predict(seen, 0).waits_s  # type: ignore[attr-defined]
    assert stats.ks_2samp(refined, forward).pvalue > 0.001
    # the agent is at chats for 300 s alone; with others the longer
    assert refined.mean() > 300.0 + 300.0 + 60.0


def test_eighteen_people_of_whom_few_are_at_chats() -> None:
    """Nine callers before, 18 people: 10 × 300 / 18 = 167 s; a chat or two hardly change that.

    Fails by chance once in 10,000 times; notices 5 s.
    """
    exponential = qs.Exponential(mean=300.0)
    types = (
        kind("calls", "phone", 900.0, talk=exponential),
        kind("chats", "chat", 24.0, talk=exponential),
    )
    scenario = day(types, team("calls", "chats", headcount=18, **CHATS))
    ages = [90.0 - 10 * k for k in range(9)]
    for busy in ({}, {"home": 18}):
        seen = Seen.at(scenario, AT_TEN, waiting={"calls": ages}, busy=busy)
        assert seen.busy_agent.max() == 17
        for law in (
            WhoIsAhead(scenario, paths=4000).predict(seen, 0),
            Forward(scenario, futures=400).predict(seen, 0),
        ):
            waits_s = law.waits_s  # type: ignore[attr-defined]
            error = waits_s.std() / sqrt(len(waits_s))
            assert abs(waits_s.mean() - 10 * 300 / 18) < 4 * error + 5.0


def test_who_comes_on_duty_takes_one_caller_or_several_chats() -> None:
    """Nobody until 10:00, then two people: of three callers two, of three chats all three."""
    people = (0,) * 20 + (2,) * 28
    types = (kind("calls", "phone"), kind("chats", "chat"))
    scenario = day(types, team("calls", "chats", headcount={"day": people}, **CHATS))
    for name, wait_s in (("calls", 310.0), ("chats", 10.0)):
        seen = now(scenario, [], at=AT_TEN - 10, waiting={name: [20.0, 15.0]})
        assert both(scenario, seen, name) == (wait_s,) * 4
    plan = predictor(scenario, "queue_length_plan")
    for index, at_once in ((0, 0.0), (1, 1.0)):
        name = types[index].name
        seen = now(scenario, [], at=AT_TEN - 10, waiting={name: [20.0, 15.0]})
        assert float(plan.predict(seen, index).cdf(10.0)) == at_once


def test_the_long_run_counts_chats_by_the_time_of_people() -> None:
    """At pace 1.6 with two open, 16 chats are the work of 10 calls: Erlang C of 6 people and 5."""
    exponential = qs.Exponential(mean=300.0)
    for calls, chats in ((60.0, 0.0), (30.0, 48.0)):
        types = (
            kind("calls", "phone", 24 * calls, talk=exponential),
            kind("chats", "chat", 24 * chats, talk=exponential),
        )
        scenario = day(types, team("calls", "chats", headcount=6, **CHATS))
        law = predictor(scenario, "no_information").predict(now(scenario, [], busy={"home": 0}), 0)
        each_s = 5 * 3600 / (calls + chats)  # of people, a contact
        assert law.mean_s == pytest.approx(each_s / (6 - 5))


# Messages that live contacts interrupt ---------------------------------------------------


@pytest.mark.parametrize("mails", [0, 30])
def test_mail_does_not_keep_a_caller_waiting(mails: int) -> None:
    """A call open for 100 s of 300, one caller before: 200 + 300 s, however many mails wait."""
    scenario = calls_and_mail()
    waiting = {"calls": [20.0], "mail": [7200.0] * mails}
    seen = now(scenario, [100.0], waiting=waiting, busy={"home": {"calls": 1}})
    assert both(scenario, seen, "calls") == (500.0,) * 4


def test_a_caller_interrupts_and_a_mail_waits() -> None:
    scenario = calls_and_mail()
    seen = now(scenario, [100.0], busy={"home": {"mail": 1}})
    assert both(scenario, seen, "calls") == (0.0,) * 4
    assert both(scenario, seen, "mail") == (200.0,) * 4
    plain = calls_and_mail().change("agent_groups.home.interruptible", ())
    assert both(plain, seen, "calls") == (200.0,) * 4


def test_a_paused_mail_goes_on_first() -> None:
    """A call with 200 s left, the mail under it with 180 s; a mail before: 200 + 180 + 300 s."""
    scenario = calls_and_mail()
    seen = now(
        scenario, [100.0, 120.0], waiting={"mail": [60.0]}, busy={"home": {"calls": 1, "mail": 1}}
    )
    assert seen.busy_agent.tolist() == [0, 0]
    assert both(scenario, seen, "mail") == (680.0,) * 4
    # a caller before: the mail in the pause waits on
    seen = replace(seen, waiting_type=np.array([0]), waiting_since_s=np.array([AT_TEN - 30.0]))
    assert both(scenario, seen, "mail") == (200.0 + 300.0 + 180.0,) * 4
    assert both(scenario, seen, "calls") == (500.0,) * 4


def test_where_a_caller_waits_all_are_at_live_contacts() -> None:
    scenario = calls_and_mail(headcount=6)
    seen = Seen.at(scenario, AT_TEN, waiting={"calls": 2, "mail": 9})
    assert seen.busy_type.tolist() == [0] * 6
    seen = Seen.at(scenario, AT_TEN, waiting={"mail": 9})
    assert sorted(seen.busy_type.tolist()) == [0] * 3 + [1] * 3  # no work is planned: evenly


def test_mail_is_no_part_of_the_long_run_of_calls() -> None:
    exponential = qs.Exponential(mean=300.0)
    types = (
        kind("calls", "phone", 24 * 60, talk=exponential),
        kind("mail", "message", 24 * 12, talk=exponential),
    )
    scenario = day(types, team("calls", "mail", headcount=6, interruptible=("message",)))
    law = predictor(scenario, "no_information").predict(now(scenario, [], busy={"home": 0}), 0)
    assert law.mean_s == pytest.approx(300.0 / (6 - 5))


# Other terms -----------------------------------------------------------------------------


def test_a_reserve_is_kept() -> None:
    """One of two is idle, and one is to be kept: a plain caller waits until both are."""
    types = (kind("gold", "phone"), kind("plain", "phone"))
    scenario = day(types, team("gold", qs.Skill("plain", reserve=1), headcount=2))
    seen = now(scenario, [100.0], busy={"home": {"gold": 1}})
    assert both(scenario, seen, "plain") == (200.0,) * 4
    assert both(scenario, seen, "gold") == (0.0,) * 4


def test_a_partner_who_helps_when_two_wait() -> None:
    """With the one that comes two wait: the partner takes the first, the second waits for home."""
    partner = team(qs.Skill("calls", min_queue=2, rank=2), name="partner")
    scenario = day((kind("calls", "phone"),), team("calls"), partner)
    seen = now(scenario, [100.0], waiting={"calls": [20.0]}, busy={"home": 1, "partner": 0})
    assert both(scenario, seen, "calls") == (200.0,) * 4
    seen = now(scenario, [100.0], busy={"home": 1, "partner": 0})
    assert both(scenario, seen, "calls") == (200.0,) * 4


def test_overflow_after_a_minute() -> None:
    partner = team(qs.Skill("calls", min_wait=60, rank=2), name="partner")
    scenario = day((kind("calls", "phone"),), team("calls"), partner)
    seen = now(scenario, [100.0], busy={"home": 1, "partner": 0})
    assert both(scenario, seen, "calls") == (60.0,) * 4
    # the partner takes the one before after 40 s, the agent at home this one after 200 s
    seen = now(scenario, [100.0], waiting={"calls": [20.0]}, busy={"home": 1, "partner": 0})
    assert both(scenario, seen, "calls") == (200.0,) * 4


def test_a_later_contact_that_overflows_at_once_goes_first() -> None:
    """Others may go to the partner at once, this one after 10 min: it waits the longer for it."""
    exponential = qs.Exponential(mean=300.0)
    types = (
        kind("mine", "phone", talk=exponential),
        kind("others", "phone", 24 * 60.0, talk=exponential),
    )
    partner = team(qs.Skill("mine", min_wait=600), "others", name="partner", headcount=4)
    scenario = day(types, partner)
    seen = Seen.at(scenario, AT_TEN, waiting={}, busy={"partner": {"others": 4}})
    refined = WhoIsAhead(scenario, paths=4000, seed=3).predict(seen, 0).waits_s
    forward = Forward(scenario, futures=400, seed=3).predict(seen, 0).waits_s  # type: ignore[attr-defined]
    assert stats.ks_2samp(refined, forward).pvalue > 0.001
    assert refined.min() == 600.0
    assert refined.mean() > 610.0


def test_an_agent_who_is_free_for_others_who_wait_is_not_free() -> None:
    """One of two is idle, and a caller of another type waits for it: this one waits 200 s."""
    types = (kind("gold", "phone"), kind("plain", "phone"))
    scenario = day(types, team("gold", "plain", headcount=2))
    seen = now(scenario, [100.0], waiting={"gold": [20.0]}, busy={"home": {"gold": 1}})
    assert both(scenario, seen, "plain") == (200.0,) * 4


def test_hours_of_a_skill_count_for_a_free_agent() -> None:
    night = qs.Skill("calls", hours="20:00-24:00")
    scenario = day((kind("calls", "phone"),), team("calls"), team(night, name="night"))
    seen = now(scenario, [100.0], busy={"home": 1, "night": 0})
    assert predict_wait(scenario, seen, "calls", method=WhoIsAhead(scenario)).mean_s == 200.0


def test_who_goes_home_is_not_known() -> None:
    """Two until 10:00, then one, either: the calls end 200 or 100 s from now."""
    people = (2,) * 20 + (1,) * 28
    scenario = day((kind("calls", "phone"),), team("calls", headcount={"day": people}))
    seen = now(scenario, [100.0, 200.0], at=AT_TEN - 10)
    law = WhoIsAhead(scenario, paths=2000).predict(seen, 0)
    assert float(law.cdf(99.0)) == 0.0
    assert abs(float(law.cdf(100.0)) - 0.5) < 0.05
    assert float(law.cdf(200.0)) == 1.0


def test_nobody_there_and_nobody_to_come() -> None:
    scenario = calls_and_chats()
    seen = now(scenario, [], on_duty={"home": 0})
    assert both(scenario, seen, "calls") == (inf,) * 4
    assert "expected wait never" in str(predict_wait(scenario, seen, "calls"))


def test_a_callback_keeps_its_place_and_rings() -> None:
    """A call with 200 s left, a callback before that rings 20 s and is reached: 200 + 20 + 300."""
    offer = qs.CallbackOffer(accept=1.0, dialling=qs.Dialling(ring=20, answered=1.0, attempts=1))
    scenario = day((kind("calls", "phone", callback=offer),), team("calls"))
    seen = now(scenario, [100.0], waiting={"calls": [60.0]}, busy={"home": 1})
    held = replace(seen, waiting_how=np.array([1]), stays=np.array([True]))
    assert both(scenario, held, "calls") == (520.0,) * 4


# What is given ---------------------------------------------------------------------------


def test_open_contacts_are_put_to_people() -> None:
    scenario = calls_and_chats(headcount=6)
    for busy, agents in (
        ({"calls": 4, "chats": 2}, [0, 1, 2, 3, 4, 5]),
        ({"calls": 4, "chats": 4}, [0, 1, 2, 3, 4, 4, 5, 5]),
        ({"calls": 5, "chats": 2}, [0, 1, 2, 3, 4, 5, 5]),
        ({"chats": 3}, [0, 1, 2]),
    ):
        seen = Seen.at(scenario, AT_TEN, waiting={}, busy={"home": busy})
        assert seen.busy_agent.tolist() == agents
    # all are busy: three at calls and three at two chats each
    seen = Seen.at(scenario, AT_TEN, waiting={})
    assert np.bincount(seen.busy_type).tolist() == [3, 6]
    assert np.bincount(seen.busy_agent).tolist() == [1, 1, 1, 2, 2, 2]
    # eight contacts of six people: two have a chat more
    seen = Seen.at(scenario, AT_TEN, waiting={}, busy={"home": 8})
    assert np.bincount(seen.busy_type).tolist() == [3, 5]
    # eleven: five must be at two chats each
    seen = Seen.at(scenario, AT_TEN, waiting={}, busy={"home": 11})
    assert np.bincount(seen.busy_type).tolist() == [1, 10]


@pytest.mark.parametrize("busy", [13, {"calls": 7}, {"calls": 5, "chats": 3}])
def test_more_open_than_people_can_have_is_refused(busy: object) -> None:
    scenario = calls_and_chats(headcount=6)
    with pytest.raises(qs.ScenarioError, match=r"busy\.home: .*the 6 people on duty") as error:
        Seen.at(scenario, AT_TEN, waiting={}, busy={"home": busy})
    assert 'on_duty={"home": …}' in str(error.value)


def test_what_a_group_does_not_serve_is_not_open_there() -> None:
    scenario = calls_and_chats()
    with pytest.raises(qs.ScenarioError, match='Did you mean "chats"'):
        Seen.at(scenario, AT_TEN, waiting={}, busy={"home": {"chat": 1}})


def test_a_state_of_a_nowcast_is_told_from_what_is_seen() -> None:
    scenario = calls_and_chats()
    state = qs.now.State(now="2026-11-23 10:00")
    with pytest.raises(qs.ScenarioError) as error:
        predict_wait(scenario, state, "calls")  # type: ignore[arg-type]
    said = str(error.value)
    assert "seen: given the State of a nowcast; must be a Seen" in said
    assert "Write Seen.at(scenario, " in said
    assert "with Seen from queuesim.watching.predict" in said
    with pytest.raises(qs.ScenarioError, match="given a NoneType; must be a Seen"):
        predict_wait(scenario, None, "calls")  # type: ignore[arg-type]


def test_what_was_seen_of_another_scenario_is_refused() -> None:
    seen = now(calls_and_chats(), [], busy={"home": 0})
    other = day((kind("calls", "phone"),), team("calls"))
    with pytest.raises(qs.ScenarioError, match="2 contact types and 1 agent groups; must be of"):
        predict_wait(other, seen, "calls")


def test_an_instant_may_be_written() -> None:
    scenario = calls_and_chats()
    assert Seen.at(scenario, "2026-11-23 10:00", waiting={}).now_s == AT_TEN
    with pytest.raises(qs.ScenarioError, match="when"):
        Seen.at(scenario, "ten", waiting={})
