"""Work against people: erlangs by hand, and bad news in readable lines."""

from __future__ import annotations

import numpy as np
import pytest

import queuesim as qs
from queuesim.model.load import staffed
from tests.model.parts import contact_type, day, group, scenario

# 100 contacts an hour, four minutes each: 6.67 erlangs
SIX_AND_TWO_THIRDS = 100 * 240 / 3600


def test_offered_load_is_rate_times_mean_handle_time() -> None:
    two = scenario(
        contact_types=(
            contact_type(),
            contact_type("chat", "chat", wrap_up=qs.Deterministic(value="2min")),
        ),
        agent_groups=(group(skills=("support", "chat")),),
        horizon=day(),
    )
    load = two.offered_load()
    assert load.shape == (2, 24)
    assert load[0] == pytest.approx(np.full(24, SIX_AND_TWO_THIRDS))
    assert load[1] == pytest.approx(np.full(24, 10))


def test_staffed_is_what_shrinkage_and_absence_leave() -> None:
    one = scenario(
        agent_groups=(group(headcount=20, shrinkage=0.25, absence=0.2, hours="08:30-10:00"),),
        horizon=day(),
    )
    assert staffed(one)[0, 7:11] == pytest.approx([0, 6, 12, 0])


def test_no_news_is_no_line() -> None:
    assert scenario(agent_groups=(group(headcount=7),)).overloads() == []


def test_an_overloaded_stretch_is_one_line_with_its_worst_interval() -> None:
    hours = tuple(float(hour in (8, 9)) + 2 * float(hour == 10) for hour in range(24))
    busy = contact_type(demand=qs.Demand(per_day=600, day=hours))  # 150, 150, 300 contacts
    found = scenario(
        contact_types=(busy,), agent_groups=(group(headcount=9),), horizon=day()
    ).overloads()
    # 150 × 4 min an hour are 10 erlangs
    assert found == ["Mon 2026-11-23 08:00–11:00: up to 20.0 erlangs of support for 9.0 staffed"]


def test_nobody_at_work() -> None:
    found = scenario(agent_groups=(group(hours="01:00-24:00"),), horizon=day()).overloads()
    assert found == ["Mon 2026-11-23 00:00–01:00: 6.7 erlangs of support for nobody at work"]


def test_pace_and_handle_factor_count_at_their_best() -> None:
    chat = contact_type("chat", "chat")
    one = group(skills=("chat",), headcount=4)
    assert scenario(contact_types=(chat,), agent_groups=(one,), horizon=day()).overloads() == [
        "Mon 2026-11-23 00:00–24:00: up to 6.7 erlangs of chat for 4.0 staffed"
    ]
    two = group(skills=("chat",), headcount=4, concurrency={"chat": 2}, pace={"chat": (1, 1.7)})
    assert scenario(contact_types=(chat,), agent_groups=(two,), horizon=day()).overloads() == []
    slow = group(skills=(qs.Skill("chat", handle_factor=1.1),), headcount=7)
    found = scenario(contact_types=(chat,), agent_groups=(slow,), horizon=day()).overloads()
    assert found == ["Mon 2026-11-23 00:00–24:00: up to 6.7 erlangs of chat for 6.4 staffed"]


def test_types_together() -> None:
    two = scenario(
        contact_types=(contact_type(), contact_type("orders")),
        agent_groups=(group(skills=("support", "orders"), headcount=10),),
        horizon=day(),
    )
    assert two.overloads() == [
        "Mon 2026-11-23 00:00–24:00: up to 13.3 erlangs of work for 10.0 staffed"
    ]


def test_work_that_can_wait_is_told_over_the_whole_horizon() -> None:
    mail = contact_type("mail", "message")  # 160 hours of work a day
    night = group(skills=("mail",), headcount=30, hours="00:00-06:00")
    enough = scenario(contact_types=(mail,), agent_groups=(night,), horizon=day())
    assert enough.overloads() == []
    found = enough.change("agent_groups.home.headcount", 20).overloads()
    assert found == [
        "Mon 2026-11-23 to Mon 2026-11-23: 160.0 hours of mail for 120.0 staffed hours"
    ]


def test_what_is_turned_away_is_no_work() -> None:
    shut = contact_type(hours="08:00-10:30")
    team = group(hours="08:00-11:00")
    assert scenario(contact_types=(shut,), agent_groups=(team,), horizon=day()).overloads() == []


def test_ten_lines_at_most_and_the_worst_of_them() -> None:
    every_other_hour = tuple(float(hour % 2) for hour in range(24))
    busy = contact_type(demand=qs.Demand(per_day=2400, day=every_other_hour, week=(1,) * 6 + (2,)))
    found = scenario(contact_types=(busy,)).overloads()
    assert len(found) == 11
    assert found[-1] == "and 74 more"
    assert all(line.startswith("Sun") for line in found[:-1])
