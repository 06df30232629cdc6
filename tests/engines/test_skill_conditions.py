"""Overflow by queue length and by schedule. Every time is worked by hand."""

from __future__ import annotations

from typing import Any

import queuesim as qs
from tests.engines.by_hand import (
    ABANDONED,
    BLOCKED,
    HANDLED,
    TURNED_AWAY,
    Row,
    Run,
    all_day,
    column,
    contact_type,
    group,
    outcomes,
    scenario,
)

BOTH = [*all_day("home"), *all_day("partner")]


def helped(skill: qs.Skill, channel: str = "phone", **terms: Any) -> qs.Scenario:
    """One type; home serves it at once, the partner on the terms of a skill."""
    groups = [group("home", ["phone"]), group("partner", [skill])]
    return scenario([contact_type("phone", channel, **terms)], groups)


# Queue length ---------------------------------------------------------------------------


def test_a_group_helps_when_the_queue_is_long_enough(run: Run) -> None:
    rows = [
        Row(0, 300),
        Row(10, 50),  # one waits
        Row(20, 50),  # two wait: the partner takes the first of them, until 70
        Row(30, 50),  # two wait, but the partner is busy
        Row(40, 50),  # three wait; 70: the partner takes the one of 20, then two wait
    ]
    result = run(helped(qs.Skill("phone", min_queue=2)), rows, BOTH)
    # 120: two wait, the partner takes the one of 30; 170: one waits, for home at 300
    assert column(result, "answered_s") == [0, 20, 70, 120, 300]
    assert column(result, "agent") == [0, 1, 1, 1, 0]


def test_a_newcomer_counts_and_the_first_in_line_goes(run: Run) -> None:
    rows = [Row(0, 300), Row(10, 5), Row(11, 5), Row(12, 5)]
    result = run(helped(qs.Skill("phone", min_queue=3)), rows, BOTH)
    # 12: three wait; then two, too few when the partner is free at 17
    assert column(result, "answered_s") == [0, 12, 300, 305]


def test_several_go_when_several_agents_are_idle(run: Run) -> None:
    """Each contact that is taken makes the line shorter by one: at 12 one goes, not two."""
    rows = [Row(0, 300), Row(10, 50), Row(11, 50), Row(12, 50), Row(13, 50)]
    agents = [*all_day("home"), *all_day("partner", 2)]
    result = run(helped(qs.Skill("phone", min_queue=3)), rows, agents)
    assert column(result, "answered_s") == [0, 12, 13, 300, 350]


def test_a_queue_that_gets_shorter_by_itself_helps_nobody(run: Run) -> None:
    rows = [Row(0, 300), Row(10, 5, patience=20.0), Row(40, 5)]
    result = run(helped(qs.Skill("phone", min_queue=2)), rows, BOTH)
    assert outcomes(result) == [HANDLED, ABANDONED, HANDLED]
    assert column(result, "answered_s") == [0, None, 300]


def test_who_leaves_at_this_instant_still_counts(run: Run) -> None:
    """Rule 7: arrivals come before ends of patience."""
    rows = [Row(0, 300), Row(10, 5, patience=20.0), Row(30, 5)]
    result = run(helped(qs.Skill("phone", min_queue=2)), rows, BOTH)
    assert column(result, "answered_s") == [0, 30, 300]


def test_length_and_wait_must_both_be_reached(run: Run) -> None:
    skill = qs.Skill("phone", min_queue=2, min_wait=30.0)
    rows = [
        Row(0, 300),
        Row(10, 100),
        Row(20, 100),  # two wait: too short a wait. 40: 30 s and two wait: the partner, until 140
        Row(170, 100),  # two wait, the first since 150 s: the partner at once, until 270
        Row(201, 5),  # 231: two, but the partner is busy; 270: the one of 170, until 370
    ]
    result = run(helped(skill), rows, BOTH)
    assert column(result, "answered_s") == [0, 40, 170, 270, 300]
    assert column(result, "agent") == [0, 1, 1, 1, 0]


def test_a_newcomer_at_a_full_line_counts_and_finds_room(run: Run) -> None:
    skill = qs.Skill("phone", min_queue=3)
    rows = [
        Row(0, 300),
        Row(10, 100),
        Row(20, 100),
        Row(30, 100),  # two hold, as many as may; with it three: the partner takes the first
        Row(40, 100),  # two hold again, the partner is busy until 130: blocked
    ]
    result = run(helped(skill, queue_limit=2), rows, BOTH)
    assert outcomes(result) == [HANDLED, HANDLED, HANDLED, HANDLED, BLOCKED]
    # 130: two wait, too few for the partner
    assert column(result, "answered_s") == [0, 30, 300, 400, None]


def test_with_no_place_to_wait_only_a_newcomer_counts(run: Run) -> None:
    day = helped(qs.Skill("phone", min_queue=1), queue_limit=0)
    assert column(run(day, [Row(0, 50), Row(1, 50)], BOTH), "answered_s") == [0, 1]


def test_a_virtual_hold_waits_and_counts(run: Run) -> None:
    offer = qs.CallbackOffer(accept=0.5, dialling=qs.Dialling(ring=5))
    rows = [Row(0, 300), Row(10, 20, accepts=True, answers=(True,)), Row(50, 20)]
    result = run(helped(qs.Skill("phone", min_queue=2), callback=offer), rows, BOTH)
    # 50: two wait, and the partner dials the first
    assert column(result, "answered_s") == [0, 55, 300]


def test_a_callback_that_comes_to_its_line_makes_it_longer(run: Run) -> None:
    dialling = qs.Dialling(ring=5, attempts=2, retry_after=30)
    day = helped(qs.Skill("phone", min_queue=2), "callback", dialling=dialling)
    rows = [
        Row(0, 300, answers=(True,)),  # home, until 305
        Row(10, 20, answers=(False, True)),
        Row(20, 20, answers=(True,)),  # two wait: the partner dials the first, in vain until 25
    ]
    result = run(day, rows, BOTH)
    # 55: it is back, the first in line, and with it two wait: the partner; the other for home
    assert column(result, "dialled_s") == [0, 20, 305]
    assert column(result, "answered_s") == [5, 60, 310]


def test_each_line_of_an_allocation_is_counted_alone(run: Run) -> None:
    kind = contact_type(allocation={"home": 0.5, "south": 0.5}, allocation_overflow=0.0)
    groups = [
        group("home", ["phone"]),
        group(
            "south",
            ["phone"],
        ),
        group("partner", [qs.Skill("phone", min_queue=2)]),
    ]
    rows = [
        Row(0, 300, to="home"),
        Row(0, 300, to="south"),
        Row(10, 5, to="home"),
        Row(20, 5, to="south"),  # one waits in each line
        Row(30, 5, to="south"),  # two in one: the partner takes the first of that line
    ]
    agents = [*all_day("home"), *all_day("south"), *all_day("partner")]
    result = run(scenario([kind], groups), rows, agents)
    assert column(result, "answered_s") == [0, 0, 300, 30, 300]


def test_a_chat_agent_with_a_free_slot_helps_as_often_as_the_queue_is_long(run: Run) -> None:
    """Taken at once, one after the other, while two or more wait."""
    many = {"concurrency": {"chat": 3}, "pace": {"chat": (1.0, 2.0, 3.0)}}
    skill = qs.Skill("chat", min_queue=2)
    kind = contact_type("chat", "chat")
    day = scenario([kind], [group("home", ["chat"]), group("partner", [skill], **many)])
    rows = [Row(t, 300, kind="chat") for t in (0, 10, 20, 30, 40)]
    result = run(day, rows, [*all_day("home"), *all_day("partner")])
    # 20: the one of 10. 30: the one of 20. 40: the one of 30. 300: home takes the last
    assert column(result, "answered_s") == [0, 20, 30, 40, 300]


def test_a_slot_beside_the_one_just_taken_is_open_at_once(run: Run) -> None:
    """The reserve holds the queue up until the agent has a chat open; then both go at once."""
    many = {"concurrency": {"chat": 3}, "pace": {"chat": (1.0, 2.0, 3.0)}}
    skills = [qs.Skill("chat", min_queue=2, reserve=1), qs.Skill("vip", min_queue=2)]
    types = [contact_type("chat", "chat"), contact_type("vip", "chat")]
    groups = [group("home", ["chat", "vip"]), group("partner", skills, **many)]
    rows = [
        Row(0, 300, kind="chat"),
        Row(10, 300, kind="chat"),
        Row(11, 300, kind="chat"),
        Row(12, 300, kind="chat"),  # three wait, held up by the reserve
        Row(20, 300, kind="vip"),
        Row(30, 300, kind="vip"),  # two vips: the partner takes one; beside it 10, then 11 (full)
    ]
    result = run(scenario(types, groups), rows, BOTH)
    # 300: home takes the chat of 12; 330: one vip waits, too few for the partner; 600: home
    assert column(result, "answered_s") == [0, 30, 30, 300, 30, 600]


# Hours ----------------------------------------------------------------------------------


NIGHT = qs.Skill("phone", hours="00:01-00:02")


def test_a_group_helps_within_its_hours(run: Run) -> None:
    rows = [
        Row(0, 300),
        Row(10, 20),  # the partner's minute begins at 60
        Row(70, 20),  # it is free again at 80
        Row(119, 50),  # idle since 100: at once, finished after its hours
        Row(120, 5),  # its hours are over
    ]
    result = run(helped(NIGHT), rows, BOTH)
    assert column(result, "answered_s") == [0, 60, 80, 119, 300]
    assert column(result, "agent") == [0, 1, 1, 1, 0]


def test_the_hours_end_before_their_last_instant(run: Run) -> None:
    rows = [Row(0, 300), Row(60, 60), Row(110, 5)]
    # the partner is freed at 120, when its hours are over
    assert column(run(helped(NIGHT), rows, BOTH), "answered_s") == [0, 60, 300]


def test_freed_as_the_hours_begin(run: Run) -> None:
    """Rule 7: service ends come first, and at that instant the hours have begun."""
    types = [contact_type("phone"), contact_type("other")]
    day = scenario(types, [group("home", ["other"]), group("partner", ["other", NIGHT])])
    rows = [Row(0, 500, kind="other"), Row(0, 60, kind="other"), Row(10, 5)]
    result = run(day, rows, BOTH)
    assert column(result, "answered_s") == [0, 0, 60]


def test_when_hours_begin_agents_look_by_number_and_scores_decide(run: Run) -> None:
    types = [contact_type("phone"), contact_type("gold", credit=100.0)]
    skills = [NIGHT, qs.Skill("gold", hours="00:01-00:02")]
    day = scenario(types, [group("partner", skills)])
    rows = [Row(0, 30), Row(5, 30), Row(10, 30, kind="gold")]
    result = run(day, rows, all_day("partner", 2))
    # 60: agent 0 takes gold (50 + 100 against 60), agent 1 the first; 90: both are freed, by
    # row agent 1 before agent 0, and it takes the second
    assert column(result, "answered_s") == [60, 90, 60]
    assert column(result, "agent") == [1, 1, 0]


def test_hours_begin_after_sessions_and_before_the_doors_close(run: Run) -> None:
    day = helped(NIGHT, hours="00:00:00-00:01:00", at_closing="release")
    rows = [Row(0, 300), Row(10, 20), Row(20, 20), Row(30, 20)]
    agents = [*all_day("home"), ("partner", [(0.0, 500.0)]), ("partner", [(60.0, 500.0)])]
    result = run(day, rows, agents)
    # 60: who comes looks first (agent 2), then agent 1; then the doors close
    assert outcomes(result) == [HANDLED, HANDLED, HANDLED, TURNED_AWAY]
    assert column(result, "agent") == [0, 2, 1, -1]


def test_off_duty_or_busy_nobody_looks(run: Run) -> None:
    rows = [Row(0, 300), Row(10, 20)]
    agents = [*all_day("home"), ("partner", [(0.0, 50.0), (70.0, 500.0)])]
    assert column(run(helped(NIGHT), rows, agents), "answered_s") == [0, 70]


def test_a_minimum_wait_that_is_over_before_the_hours_begin(run: Run) -> None:
    skill = qs.Skill("phone", min_wait=55.0, hours="00:01-00:02")
    rows = [Row(0, 300), Row(3, 5), Row(20, 20)]
    result = run(helped(skill), rows, BOTH)
    # 58: too early; 60: the first; 75: 20 + 55
    assert column(result, "answered_s") == [0, 60, 75]


def test_length_and_hours_must_both_hold(run: Run) -> None:
    skill = qs.Skill("phone", min_queue=2, hours="00:01-00:02")
    rows = [Row(0, 300), Row(10, 20), Row(20, 20), Row(90, 10)]
    result = run(helped(skill), rows, BOTH)
    # 60: two wait, the first goes; 90: two again
    assert column(result, "answered_s") == [0, 60, 90, 300]


def test_windows_of_every_day_and_the_other_channel(run: Run) -> None:
    many = {"concurrency": {"chat": 2}, "pace": {"chat": (1.0, 2.0)}}
    skills = [qs.Skill("chat", hours=["00:01-00:02", "00:03-00:04"])]
    day = scenario([contact_type("chat", "chat")], [group("partner", skills, **many)])
    rows = [
        Row(0, 70, kind="chat"),
        Row(5, 300, kind="chat"),
        Row(10, 5, kind="chat"),
        Row(121, 5, kind="chat"),
    ]
    result = run(day, rows, all_day("partner"))
    # 60: two slots; one is free again at 130, outside the hours; 180: beside the open chat
    assert column(result, "answered_s") == [60, 60, 180, 185]
    later = scenario([contact_type("chat", "chat")], day.agent_groups, days=2)
    rows = [Row(200.0 + 86_400.0 - 3600.0, 5, kind="chat")]
    agents = [("partner", [(0.0, 172_800.0)])]
    assert column(run(later, rows, agents), "answered_s") == [86_460]


def test_an_agent_who_stays_keeps_to_the_hours(run: Run) -> None:
    day = helped(qs.Skill("phone", hours="00:00:00-00:01:30"), hours="00:00:00-00:01:00")
    rows = [Row(0, 300), Row(0, 80), Row(10, 20), Row(20, 5)]
    agents = [("home", [(0.0, 60.0)]), ("partner", [(0.0, 70.0)])]
    result = run(day, rows, agents)
    # both stay; the partner takes the first at 80, and is free at 100, after its hours
    assert column(result, "answered_s") == [0, 0, 80, 300]


def test_an_agent_who_only_stays_does_not_look_when_hours_begin(run: Run) -> None:
    many = {"concurrency": {"chat": 2}, "pace": {"chat": (1.0, 2.0)}}
    skill = qs.Skill("chat", hours=["00:00:00-00:00:50", "00:01:10-00:02:00"])
    kind = contact_type("chat", "chat", hours="00:00:00-00:01:00")
    day = scenario([kind], [group("partner", [skill], **many)])
    rows = [Row(10, 100, kind="chat"), Row(55, 20, kind="chat")]
    # on duty until 65, then it stays: 70, when the hours begin, ends no contact; 110 does
    result = run(day, rows, [("partner", [(0.0, 65.0)])])
    assert column(result, "answered_s") == [10, 110]
    # on duty at 70 it takes the second beside the first
    result = run(day, rows, [("partner", [(0.0, 75.0)])])
    assert column(result, "answered_s") == [10, 70]


def test_the_headcount_without_hours_works_within_those_of_its_skills() -> None:
    kinds = [contact_type("a", hours="08:00-20:00"), contact_type("b", hours="00:00-24:00")]
    skills = [qs.Skill("a", hours="18:00-22:00"), qs.Skill("b", hours="23:00-24:00")]
    day = scenario(kinds, [group("home", ["a", "b"]), group("night", skills)])
    assert (day.group_windows("night") / 3600).tolist() == [[18, 20], [23, 24]]
    assert (day.group_windows("home") / 3600).tolist() == [[0, 24]]
