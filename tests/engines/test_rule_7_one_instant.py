"""Rule 7, one instant: service ends, then headcount, then arrivals and returns, then timers, then
abandonments; within a kind by row. Every time is worked by hand."""

from __future__ import annotations

import queuesim as qs
from tests.engines.by_hand import (
    ABANDONED,
    DAY_S,
    HANDLED,
    TURNED_AWAY,
    UNRESOLVED,
    Row,
    Run,
    all_day,
    busy,
    column,
    contact_type,
    group,
    outcomes,
    scenario,
)

PHONE = scenario([contact_type()], [group("home", ["phone"])])


def test_service_end_before_session_end(run: Run) -> None:
    rows = [Row(0, 100), Row(10, 5), Row(20, 5)]
    result = run(PHONE, rows, [("home", [(0.0, 100.0)])])
    # freed at 100 the agent is still on duty and takes one more; freed at 105 no longer
    assert column(result, "answered_s") == [0, 100, None]


def test_service_end_before_arrival(run: Run) -> None:
    rows = [Row(0, 100), Row(10, 50), Row(100, 5)]
    # the one who waits is taken first; the one who comes at 100 waits for 150
    assert column(run(PHONE, rows, all_day("home")), "answered_s") == [0, 100, 150]
    assert column(run(PHONE, [rows[0], rows[2]], all_day("home")), "answered_s") == [0, 100]


def test_service_end_before_arrival_whatever_the_priority(run: Run) -> None:
    types = [contact_type(), contact_type("vip", credit="1d")]
    day = scenario(types, [group("home", ["phone", "vip"])])
    rows = [Row(0, 100), Row(10, 50), Row(100, 5, kind="vip")]
    assert column(run(day, rows, all_day("home")), "answered_s") == [0, 100, 150]


def test_service_end_before_the_start_of_a_session(run: Run) -> None:
    rows = [Row(0, 100), Row(10, 5)]
    agents = [("home", [(0.0, DAY_S)]), ("home", [(100.0, DAY_S)])]
    assert column(run(PHONE, rows, agents), "agent") == [0, 0]


def test_service_end_before_patience(run: Run) -> None:
    rows = [Row(0, 100), Row(10, 5, patience=90)]
    assert outcomes(run(PHONE, rows, all_day("home"))) == [HANDLED, HANDLED]


def test_work_without_duration_ends_before_anything_else_of_the_instant(run: Run) -> None:
    rows = [Row(0, 100), Row(10, 0), Row(20, 0, wrap_up=0), Row(30, 5, patience=70)]
    assert column(run(PHONE, rows, all_day("home")), "answered_s") == [0, 100, 100, 100]


def test_session_end_before_arrival(run: Run) -> None:
    assert outcomes(run(PHONE, [Row(100, 5)], [("home", [(0.0, 100.0)])])) == [UNRESOLVED]


def test_session_start_before_arrival(run: Run) -> None:
    rows = [Row(50, 20), Row(100, 5)]
    # the agent who comes takes the one who waits; the arrival waits for 120
    assert column(run(PHONE, rows, [("home", [(100.0, DAY_S)])]), "answered_s") == [100, 120]


def test_session_start_before_patience(run: Run) -> None:
    result = run(PHONE, [Row(50, 20, patience=50)], [("home", [(100.0, DAY_S)])])
    assert outcomes(result) == [HANDLED]


def test_sessions_end_before_sessions_start(run: Run) -> None:
    day = scenario([contact_type()], [group("home", [qs.Skill("phone", reserve=1)])])
    agents = [("home", [(0.0, DAY_S)]), ("home", [(0.0, 100.0)]), ("home", [(100.0, DAY_S)])]
    rows = [Row(0, 100), Row(10, 5), Row(50, 5)]
    # 100: agent 0 is freed while agent 1 is still there: two idle, it takes one more, until 105;
    # then agents 0 and 2 are idle
    assert column(run(day, rows, agents), "answered_s") == [0, 100, 105]
    # 100: agent 1 leaves before agent 2 comes, so there are never two idle until 150
    rows[0] = Row(0, 150)
    assert column(run(day, rows, agents), "answered_s") == [0, 150, 155]


def test_sessions_that_start_together_look_in_the_order_of_the_agents(run: Run) -> None:
    rows = [Row(10, 5), Row(20, 5)]
    agents = [("home", [(100.0, DAY_S)])] * 2
    assert column(run(PHONE, rows, agents), "agent") == [0, 1]


def test_session_start_before_closing(run: Run) -> None:
    closing = 43_200.0
    kind = contact_type(hours="08:00-12:00", at_closing="release")
    day = scenario([kind], [group("home", ["phone"])])
    rows = [Row(closing - 10, 5), Row(closing - 5, 5)]
    result = run(day, rows, [("home", [(closing, DAY_S)])])
    assert outcomes(result) == [HANDLED, TURNED_AWAY]


def test_closing_before_patience(run: Run) -> None:
    kind = contact_type(hours="08:00-12:00", at_closing="release")
    day = scenario([kind], [group("home", ["phone"])])
    result = run(day, [Row(43_190, 5, patience=10)], [("home", [(0.0, 5.0)])])
    assert outcomes(result) == [TURNED_AWAY]


def test_arrivals_by_row(run: Run) -> None:
    types = [contact_type(), contact_type("vip", credit="1d")]
    day = scenario(types, [group("home", ["phone", "vip"])])
    rows = [Row(10, 50), Row(10, 5, kind="vip")]
    # one after the other: the first finds the agent idle
    assert column(run(day, rows, all_day("home")), "answered_s") == [10, 60]


def test_returns_and_arrivals_by_row(run: Run) -> None:
    offer = qs.CallbackOffer(
        accept=0.5, kind="later", delay=60.0, dialling=qs.Dialling(ring=15.0), credit=-1000.0
    )
    day = scenario([contact_type(callback=offer)], [group("home", ["phone"])])
    rows = [Row(0, 30), Row(10, 50, accepts=True, delay=90, answers=(True,)), Row(100, 5)]
    # the window starts at 100, when another comes: the callback has the lower row
    assert column(run(day, rows, all_day("home")), "answered_s") == [0, 115, 165]


def test_arrival_before_minimum_wait(run: Run) -> None:
    types = [contact_type(), contact_type("y")]
    groups = [group("home", ["phone"]), group("other", [qs.Skill("phone", min_wait=30.0), "y"])]
    day = scenario(types, groups)
    rows = [Row(0, 100), Row(10, 5), Row(40, 20, kind="y")]
    result = run(day, rows, [*all_day("home"), *all_day("other")])
    # at 40 the minimum wait is over, but y comes first; the other agent is free again at 60
    assert column(result, "answered_s") == [0, 60, 40]


def test_minimum_wait_before_patience(run: Run) -> None:
    day = scenario([contact_type()], [group("home", [qs.Skill("phone", min_wait=30.0)])])
    result = run(day, [Row(10, 5, patience=30)], all_day("home"))
    assert (outcomes(result), column(result, "answered_s")) == ([HANDLED], [40])


def test_minimum_wait_before_offer(run: Run) -> None:
    kind = contact_type(callback=qs.CallbackOffer(accept=0.5, after=30.0))
    day = scenario([kind], [group("home", [qs.Skill("phone", min_wait=30.0)])])
    result = run(day, [Row(10, 5, accepts=True, answers=(True,))], all_day("home"))
    assert (column(result, "offer_s"), column(result, "answered_s")) == ([None], [40])


def test_timers_by_row(run: Run) -> None:
    types = [contact_type("x"), contact_type("y")]
    skills = [qs.Skill("x", min_wait=20.0), qs.Skill("y", min_wait=30.0)]
    day = scenario(types, [group("home", skills)])
    # both minimum waits are over at 40; the y has the lower row
    rows = [Row(10, 50, kind="y"), Row(20, 5, kind="x")]
    assert column(run(day, rows, all_day("home")), "answered_s") == [40, 90]


def test_of_two_offers_at_an_instant_the_lower_row_is_ahead(run: Run) -> None:
    offer = qs.CallbackOffer(accept=0.5, after=10.0, min_queue=1)
    day = scenario([contact_type(callback=offer)], [group("home", ["phone"])])
    answer = {"accepts": True, "answers": (True,)}
    rows = [Row(0, 100), Row(10, 5, patience=11), Row(20, 5, **answer), Row(20, 5)]
    # at 30 the one of 10 has left; the first has nobody ahead, the second has the first
    assert column(run(day, rows, all_day("home")), "offer_s") == [None, None, None, 30]


def test_offer_before_patience(run: Run) -> None:
    kind = contact_type(callback=qs.CallbackOffer(accept=0.5, after=30.0))
    day = scenario([kind], [group("home", ["phone"])])
    rows = [Row(0, 100), Row(10, 5, patience=30, accepts=True, answers=(True,))]
    assert outcomes(run(day, rows, all_day("home"))) == [HANDLED, HANDLED]


def test_arrival_before_patience(run: Run) -> None:
    day = scenario([contact_type(queue_limit=1)], [group("home", ["phone"])])
    rows = [Row(0, 100), Row(10, 5, patience=10), Row(20, 5)]
    result = run(day, rows, all_day("home"))
    # the line is still full when the third comes
    assert [o.name for o in outcomes(result)] == ["HANDLED", "ABANDONED", "BLOCKED"]


def test_service_ends_by_row(run: Run) -> None:
    groups = [group("a", [qs.Skill("phone", rank=2)]), group("b", ["phone"])]
    day = scenario([contact_type()], groups)
    # the first goes to b (agent 1), the second to a (agent 0); both end at 100
    rows = [Row(0, 100), Row(10, 90), Row(20, 5), Row(30, 5)]
    result = run(day, rows, [*all_day("a"), *all_day("b")])
    # the lower row ends first: agent 1 takes the head
    assert column(result, "agent") == [1, 0, 1, 0]
    assert column(result, "answered_s") == [0, 10, 100, 100]


def test_a_retry_without_delay_comes_after_the_agent_has_looked(run: Run) -> None:
    dialling = qs.Dialling(ring=15.0, retry_after=0.0, attempts=2)
    kind = contact_type(callback=qs.CallbackOffer(accept=0.5, dialling=dialling))
    day = scenario([kind], [group("home", ["phone"])])
    rows = [Row(0, 100), Row(10, 50, accepts=True, answers=(False, True)), Row(20, 30)]
    # in vain to 115; the agent takes the next; the retry at 145
    result = run(day, rows, all_day("home"))
    assert column(result, "answered_s") == [0, 160, 115]
    # nobody else waits: the retry at once, without a pause in between
    result = run(day, rows[:2], all_day("home"))
    assert column(result, "answered_s") == [0, 130]
    assert busy(result) == [(0, 0, 180)]


def test_everything_at_once(run: Run) -> None:
    kind = contact_type(callback=qs.CallbackOffer(accept=0.5, after=90.0))
    other = contact_type("y")
    groups = [group("home", ["phone", "y"]), group("far", [qs.Skill("y", min_wait=80.0)])]
    day = scenario([kind, other], groups)
    rows = [
        Row(0, 100),  # agent 0, until 100
        Row(5, 5, patience=95),  # 100: taken by agent 0 (service end), until 105
        Row(6, 50, patience=94),  # 100: taken by agent 1 (session start), until 150
        Row(10, 5, patience=90, accepts=True, answers=(True,)),  # 100: offered, accepts; then 105
        Row(20, 7, kind="y", patience=80),  # 100: minimum wait over, agent 2
        Row(20, 5, kind="y", patience=80),  # 100: agent 2 is taken; patience ends
        Row(100, 5),  # arrives, waits behind the callback
    ]
    agents = [("home", [(0.0, DAY_S)]), ("home", [(100.0, DAY_S)]), ("far", [(0.0, DAY_S)])]
    result = run(day, rows, agents)
    assert outcomes(result) == [HANDLED] * 5 + [ABANDONED, HANDLED]
    # the callback rings from 105 to 120, talks to 125
    assert column(result, "answered_s") == [0, 100, 100, 120, 100, None, 125]
    assert column(result, "agent") == [0, 0, 1, 0, 2, -1, 0]


def test_at_the_end_of_the_horizon_the_order_holds(run: Run) -> None:
    rows = [Row(DAY_S - 50, 50), Row(DAY_S - 40, 5), Row(DAY_S - 30, 5, patience=30)]
    result = run(PHONE, rows, all_day("home"))
    # freed at the last instant, the agent takes one more; patience of the other ends then too
    assert outcomes(result) == [HANDLED, HANDLED, ABANDONED]
    assert column(result, "answered_s") == [DAY_S - 50, DAY_S, None]
