"""Rule 2, match on release: whom a freed agent takes. Every time is worked by hand."""

from __future__ import annotations

import pytest

import queuesim as qs
from tests.engines.by_hand import Row, Run, all_day, column, contact_type, group, scenario

FIRST = Row(0, 100, kind="x")
"""Keeps the agent busy until 100."""


def one_agent(x: qs.ContactType, y: qs.ContactType) -> qs.Scenario:
    return scenario([x, y], [group("home", ["x", "y"])])


def test_first_come_first_served_within_a_line(run: Run) -> None:
    day = scenario([contact_type()], [group("home", ["phone"])])
    rows = [Row(0, 100), Row(10, 10), Row(20, 10), Row(20, 10), Row(30, 10)]
    # 100, 110, 120 (two came at 20: by row), 130
    assert column(run(day, rows, all_day("home")), "answered_s") == [0, 100, 110, 120, 130]


def test_with_no_credit_the_longest_wait_of_all_lines(run: Run) -> None:
    day = one_agent(contact_type("x"), contact_type("y"))
    rows = [FIRST, Row(5, 10, kind="y"), Row(10, 10, kind="x"), Row(15, 10, kind="y")]
    assert column(run(day, rows, all_day("home")), "answered_s") == [0, 100, 110, 120]


def test_a_large_credit_is_strict_priority(run: Run) -> None:
    day = one_agent(contact_type("x"), contact_type("y", credit="10d"))
    rows = [FIRST, Row(5, 10, kind="x"), Row(90, 10, kind="y"), Row(105, 10, kind="y")]
    # at 100 and again at 110 the y goes first
    assert column(run(day, rows, all_day("home")), "answered_s") == [0, 120, 100, 110]


@pytest.mark.parametrize(
    ("y_at", "answered"),
    [
        (35, [0, 110, 100]),  # x: 90. y: 65 + 30 = 95
        (50, [0, 100, 110]),  # x: 90. y: 50 + 30 = 80
        (40, [0, 100, 110]),  # x: 90. y: 60 + 30 = 90: the earlier arrival
    ],
)
def test_credit_in_seconds_is_a_head_start(run: Run, y_at: float, answered: list[float]) -> None:
    day = one_agent(contact_type("x"), contact_type("y", credit=30.0))
    rows = [FIRST, Row(10, 10, kind="x"), Row(y_at, 10, kind="y")]
    assert column(run(day, rows, all_day("home")), "answered_s") == answered


@pytest.mark.parametrize(
    ("x_at", "answered"),
    [
        (64, [0, 110, 100]),  # y: 70. x: 36 × 2 = 72
        (66, [0, 100, 110]),  # y: 70. x: 34 × 2 = 68
        (65, [0, 100, 110]),  # y: 70. x: 35 × 2 = 70: the earlier arrival
    ],
)
def test_weight_multiplies_the_wait(run: Run, x_at: float, answered: list[float]) -> None:
    day = one_agent(contact_type("x", weight=2.0), contact_type("y"))
    rows = [FIRST, Row(30, 10, kind="y"), Row(x_at, 10, kind="x")]
    assert column(run(day, rows, all_day("home")), "answered_s") == answered


def test_a_negative_credit_holds_back(run: Run) -> None:
    day = one_agent(contact_type("x", credit=-50.0), contact_type("y"))
    rows = [FIRST, Row(20, 10, kind="x"), Row(60, 10, kind="y")]
    # x: 80 - 50 = 30. y: 40
    assert column(run(day, rows, all_day("home")), "answered_s") == [0, 110, 100]


def test_equal_score_and_arrival_go_by_row(run: Run) -> None:
    day = one_agent(contact_type("x"), contact_type("y"))
    rows = [FIRST, Row(10, 10, kind="y"), Row(10, 10, kind="x")]
    assert column(run(day, rows, all_day("home")), "answered_s") == [0, 100, 110]


def test_only_the_head_of_a_line_counts(run: Run) -> None:
    # x's head has 90; y's head has 20 × 4 = 80 even though more wait behind it
    day = one_agent(contact_type("x"), contact_type("y", weight=4.0))
    rows = [FIRST, Row(10, 50, kind="x"), Row(80, 10, kind="y"), Row(80, 10, kind="y")]
    assert column(run(day, rows, all_day("home")), "answered_s") == [0, 100, 150, 160]


def test_rank_plays_no_part_on_release(run: Run) -> None:
    skills = [qs.Skill("x", rank=2), qs.Skill("y", rank=1)]
    day = scenario([contact_type("x"), contact_type("y")], [group("home", skills)])
    rows = [FIRST, Row(10, 10, kind="x"), Row(20, 10, kind="y")]
    assert column(run(day, rows, all_day("home")), "answered_s") == [0, 100, 110]


def test_an_agent_takes_only_what_the_group_serves(run: Run) -> None:
    types = [contact_type("x"), contact_type("y")]
    day = scenario(types, [group("home", ["x"]), group("other", ["y"])])
    rows = [FIRST, Row(5, 200, kind="y"), Row(10, 10, kind="y"), Row(20, 10, kind="x")]
    result = run(day, rows, [*all_day("home"), *all_day("other")])
    assert column(result, "answered_s") == [0, 5, 205, 100]
    assert column(result, "agent") == [0, 1, 1, 0]


def test_a_head_that_has_not_waited_long_enough_is_passed_over(run: Run) -> None:
    skills = [qs.Skill("x", min_wait=50.0), "y"]
    types = [contact_type("x", credit="1d"), contact_type("y")]
    day = scenario(types, [group("home", skills)])
    rows = [
        Row(0, 100, kind="y"),
        Row(60, 10, kind="x"),  # 100: waited 40, too short in spite of its credit
        Row(70, 20, kind="y"),  # 100: taken, until 120
        Row(80, 10, kind="y"),  # 120: x has waited 60 and goes first, until 130
    ]
    assert column(run(day, rows, all_day("home")), "answered_s") == [0, 120, 100, 130]


def test_the_minimum_wait_is_met_when_it_is_reached(run: Run) -> None:
    types = [contact_type("x", credit="1d"), contact_type("y")]
    day = scenario(types, [group("home", [qs.Skill("x", min_wait=50.0), "y"])])
    rows = [Row(0, 100, kind="y"), Row(20, 10, kind="y"), Row(50, 10, kind="x")]
    # at 100 x has waited exactly 50
    assert column(run(day, rows, all_day("home")), "answered_s") == [0, 110, 100]


def test_the_reserve_holds_on_release(run: Run) -> None:
    types = [contact_type("x"), contact_type("y")]
    day = scenario(types, [group("home", [qs.Skill("x", reserve=1), "y"])])
    rows = [
        Row(0, 100, kind="y"),  # agent 0, until 100
        Row(0, 150, kind="y"),  # agent 1, until 150
        Row(10, 10, kind="x"),  # 100: one idle: no. 150: two idle: agent 1
    ]
    result = run(day, rows, all_day("home", 2))
    assert (column(result, "answered_s"), column(result, "agent")) == ([0, 0, 150], [0, 1, 1])


def test_the_larger_reserve_counts_only_for_its_own_type(run: Run) -> None:
    types = [contact_type("x"), contact_type("y")]
    skills = [qs.Skill("x", reserve=2), qs.Skill("y", reserve=1)]
    day = scenario(types, [group("home", skills)])
    rows = [
        Row(0, 10, kind="x"),  # 3 idle > 2
        Row(5, 100, kind="x"),  # 2 idle: waits, until 3 idle at 112
        Row(6, 106, kind="y"),  # 2 idle > 1: agent 1, until 112
        Row(7, 10, kind="y"),  # 1 idle: waits, until agent 0 is free at 10: 2 idle > 1, until 20
    ]
    result = run(day, rows, all_day("home", 3))
    assert column(result, "answered_s") == [0, 112, 6, 10]


def test_a_freed_agent_fills_all_slots(run: Run) -> None:
    types = [contact_type(), contact_type("chat", "chat")]
    home = group("home", ["phone", "chat"], concurrency={"chat": 2}, pace={"chat": (1.0, 2.0)})
    rows = [
        Row(0, 100),
        Row(10, 50, kind="chat"),
        Row(15, 30),
        Row(20, 50, kind="chat"),
        Row(30, 50, kind="chat"),
    ]
    result = run(scenario(types, [home]), rows, all_day("home"))
    # 100: the chat of 10 (wait 90 beats 85); the phone no longer fits; the chat of 20 does.
    # 150: both chats end (pace 2 for two). The lower row looks first: a slot is free beside the
    # other chat, which the phone cannot use: the chat of 30, until 200. Then the phone.
    assert column(result, "answered_s") == [0, 100, 200, 100, 150]


def test_a_session_that_begins_looks_for_contacts(run: Run) -> None:
    day = one_agent(contact_type("x"), contact_type("y", credit=30.0))
    rows = [Row(0, 10, kind="x"), Row(20, 10, kind="y"), Row(25, 10, kind="x")]
    # at 40: x 40, y 20 + 30 = 50. at 50: x 50, x behind it
    result = run(day, rows, [("home", [(40.0, 1000.0)])])
    assert column(result, "answered_s") == [50, 40, 60]
