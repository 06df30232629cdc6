"""Rule 4, service: talk, wrap-up, and a pace shared by chats. Every time is worked by hand."""

from __future__ import annotations

import queuesim as qs
from tests.engines.by_hand import (
    HANDLED,
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

TICK = 1 / 1024


def chats(*pace: float, skills: tuple[qs.Skill | str, ...] = ("chat",)) -> qs.Scenario:
    """One agent group that chats at a total pace."""
    home = group("home", skills, concurrency={"chat": len(pace)}, pace={"chat": pace})
    return scenario([contact_type("chat", "chat")], [home])


def test_wrap_up_holds_the_agent_not_the_customer(run: Run) -> None:
    day = scenario([contact_type()], [group("home", ["phone"])])
    result = run(day, [Row(0, 60, wrap_up=40), Row(10, 5)], all_day("home"))
    assert column(result, "talk_end_s") == [60, 105]
    assert column(result, "freed_s") == [100, 105]
    assert column(result, "answered_s") == [0, 100]


def test_busy_periods_run_through_contacts_without_a_pause(run: Run) -> None:
    day = scenario([contact_type()], [group("home", ["phone"])])
    rows = [Row(0, 60, wrap_up=40), Row(10, 5), Row(200, 10, wrap_up=1), Row(211, 10)]
    # the last comes at the very instant the agent is free again: no pause either
    assert busy(run(day, rows, all_day("home"))) == [(0, 0, 105), (0, 200, 221)]


def test_the_handle_factor_multiplies_talk_and_wrap_up(run: Run) -> None:
    groups = [group("home", [qs.Skill("phone", handle_factor=1.25)]), group("slow", ["phone"])]
    day = scenario([contact_type()], groups)
    rows = [Row(0, 10.5, wrap_up=4), Row(1, 10.5, wrap_up=4)]
    result = run(day, rows, [*all_day("home"), *all_day("slow")])
    # 10.5 × 1.25 = 13.125; 4 × 1.25 = 5
    assert column(result, "talk_end_s") == [13.125, 11.5]
    assert column(result, "freed_s") == [18.125, 15.5]


def test_factored_times_are_snapped_one_by_one(run: Run) -> None:
    day = scenario([contact_type()], [group("home", [qs.Skill("phone", handle_factor=0.3)])])
    result = run(day, [Row(0, 1, wrap_up=1)], all_day("home"))
    # 0.3 × 1024 = 307.2: 307 ticks each, not 614.4 together
    assert column(result, "talk_end_s") == [307 * TICK]
    assert column(result, "freed_s") == [614 * TICK]


def test_ring_time_has_no_handle_factor(run: Run) -> None:
    request = contact_type("request", "callback", dialling=qs.Dialling(ring=10.0))
    home = group("home", [qs.Skill("request", handle_factor=2.0)])
    result = run(
        scenario([request], [home]), [Row(0, 50, kind="request", answers=(True,))], all_day("home")
    )
    assert column(result, "answered_s") == [10]
    assert column(result, "talk_end_s") == [110]


def test_no_work_at_all_takes_no_time(run: Run) -> None:
    day = scenario([contact_type()], [group("home", ["phone"])])
    rows = [Row(0, 50), Row(10, 0), Row(20, 0, wrap_up=5), Row(30, 5)]
    result = run(day, rows, all_day("home"))
    assert column(result, "answered_s") == [0, 50, 50, 55]
    assert column(result, "talk_end_s") == [50, 50, 50, 60]
    assert column(result, "freed_s") == [50, 50, 55, 60]
    assert busy(result) == [(0, 0, 60)]


def test_two_contacts_without_work_at_one_instant(run: Run) -> None:
    day = scenario([contact_type()], [group("home", ["phone"])])
    result = run(day, [Row(10, 0), Row(10, 0), Row(10, 7)], all_day("home"))
    # the work of the first takes no time, and service ends before the next arrival
    assert column(result, "answered_s") == [10, 10, 10]
    assert busy(result) == [(0, 10, 17)]


def test_two_chats_share_the_pace_evenly(run: Run) -> None:
    result = run(
        chats(1.0, 1.5), [Row(0, 100, kind="chat"), Row(40, 100, kind="chat")], all_day("home")
    )
    # alone to 40: 60 left. Then 0.75 each: 60 ÷ 0.75 = 80, ends at 120. The other has done
    # 80 × 0.75 = 60 of 100 and works its 40 alone: 160
    assert column(result, "talk_end_s") == [120, 160]
    assert busy(result) == [(0, 0, 160)]


def test_every_change_re_times_all_open_chats(run: Run) -> None:
    rows = [Row(0, 100, kind="chat"), Row(20, 100, kind="chat"), Row(60, 30, kind="chat")]
    result = run(chats(1.0, 1.5, 1.5), rows, all_day("home"))
    # 0-20 alone: A 80 left. 20-60 at 0.75: A 50, B 70. From 60 at 0.5: C's 30 take 60, to 120;
    # A 20, B 40. At 0.75: A 20 ÷ 0.75 = 26.667, snapped to 27307 ticks; 40 × 0.75 …
    a_ends = 120 + 27307 * TICK  # 20 ÷ 0.75 × 1024 = 27306.67
    # B has done 27307 × 0.75 = 20480.25 ticks of 40960: 20479.75 left, snapped to 20480
    b_ends = a_ends + 20480 * TICK
    assert column(result, "talk_end_s") == [a_ends, b_ends, 120]


def test_an_uneven_pace_is_snapped_to_the_grid(run: Run) -> None:
    rows = [Row(0, 10, kind="chat"), Row(4, 10, kind="chat")]
    result = run(chats(1.0, 1.7), rows, all_day("home"))
    # A has 6 left at 4: 6 ÷ 0.85 × 1024 = 7228.2, so 7228 ticks. B has done 7228 × 0.85 = 6143.8
    # ticks of 10240: 4096.2 left, snapped to 4096 = 4 s
    a_ends = 4 + 7228 * TICK
    assert column(result, "talk_end_s") == [a_ends, a_ends + 4]


def test_work_left_is_snapped_at_every_change(run: Run) -> None:
    rows = [Row(0, 10, kind="chat"), Row(0, 10, kind="chat"), Row(1030 * TICK, 20, kind="chat")]
    result = run(chats(1.0, 1.25, 1.0), rows, all_day("home"))
    # in 1030 ticks at 0.625: 643.75 of 10240 done; 9596.25 left, snapped to 9596; at a third each:
    # 28788 ticks (and not 28788.75). The last has done 9596 of 20480, alone: 10884 more
    both = (1030 + 28_788) * TICK
    assert column(result, "talk_end_s") == [both, both, both + 10_884 * TICK]


def test_factored_work_is_snapped_before_it_is_shared(run: Run) -> None:
    day = chats(1.0, 1.0, skills=(qs.Skill("chat", handle_factor=0.3005),))
    result = run(day, [Row(0, 1, kind="chat"), Row(0, 1, kind="chat")], all_day("home"))
    # 0.3005 × 1024 = 307.7: 308 ticks each, at half pace 616 (and not 615.4)
    assert column(result, "talk_end_s") == [616 * TICK, 616 * TICK]


def test_wrap_up_takes_its_share_of_the_pace(run: Run) -> None:
    rows = [Row(0, 30, wrap_up=30, kind="chat"), Row(0, 60, kind="chat")]
    result = run(chats(1.0, 1.0), rows, all_day("home"))
    # half pace each: talk 30 to 60, wrap-up 30 to 120; the other has 60 done at 120 too
    assert column(result, "talk_end_s") == [60, 120]
    assert column(result, "freed_s") == [120, 120]


def test_the_slot_is_free_after_wrap_up(run: Run) -> None:
    rows = [
        Row(0, 50, wrap_up=20, kind="chat"),
        Row(0, 500, kind="chat"),
        Row(10, 5, kind="chat"),
    ]
    # no slowing down: slot free at 70
    assert column(run(chats(1.0, 2.0), rows, all_day("home")), "answered_s") == [0, 0, 70]


def test_chats_that_end_together(run: Run) -> None:
    rows = [Row(0, 60, kind="chat"), Row(0, 60, kind="chat"), Row(10, 30, kind="chat")]
    result = run(chats(1.0, 1.0), rows, all_day("home"))
    # 60 each at half pace: both at 120. The third starts at 120 and is alone at once: 150
    assert column(result, "freed_s") == [120, 120, 150]
    assert outcomes(result) == [HANDLED] * 3


def test_the_handle_factor_comes_before_the_pace(run: Run) -> None:
    day = chats(1.0, 1.5, skills=(qs.Skill("chat", handle_factor=2.0),))
    rows = [Row(0, 50, kind="chat"), Row(40, 50, kind="chat")]
    # as for two chats of 100
    assert column(run(day, rows, all_day("home")), "talk_end_s") == [120, 160]


def test_agents_have_each_their_own_pace(run: Run) -> None:
    rows = [Row(0, 100, kind="chat"), Row(0, 100, kind="chat"), Row(50, 100, kind="chat")]
    result = run(chats(1.0, 1.0), rows, all_day("home", 2))
    # agent 0 has the first and the third (tie, lower number): the first has 50 left at 50, done at
    # 150; the third has done 50 and ends at 200. Agent 1 is undisturbed
    assert column(result, "agent") == [0, 1, 0]
    assert column(result, "talk_end_s") == [150, 100, 200]
