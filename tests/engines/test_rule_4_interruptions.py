"""Rule 4, interruptions: live contacts interrupt the work on messages. All times by hand."""

from __future__ import annotations

from typing import Any

import queuesim as qs
from tests.engines.by_hand import Row, Run, all_day, busy, column, contact_type, group, scenario

TYPES = [
    contact_type("mail", "message"),
    contact_type("phone"),
    contact_type("chat", "chat"),
    contact_type("request", "callback", dialling=qs.Dialling(ring=10.0)),
]
SERVED = {"interruptible": ("message",)}
CHATS = {"concurrency": {"chat": 2, "message": 2}, "pace": {"chat": (1, 1), "message": (1, 1.5)}}


def centre(*groups: qs.AgentGroup, **terms: Any) -> qs.Scenario:
    """A centre in which live contacts interrupt messages, unless told otherwise."""
    names = [each.name for each in TYPES]
    return scenario(TYPES, groups or [group("home", names, **{**SERVED, **terms})])


def mail(at: float, talk: float, wrap_up: float = 0.0) -> Row:
    return Row(at, talk, wrap_up=wrap_up, kind="mail")


def test_interrupted_work_goes_on_with_what_was_left(run: Run) -> None:
    rows = [mail(0, 100, wrap_up=10), Row(40, 30, wrap_up=5)]
    result = run(centre(), rows, all_day("home"))
    # 40 of 100 are done when the call comes; the agent is free again at 75: 60 more
    assert column(result, "answered_s") == [0, 40]
    assert column(result, "talk_end_s") == [135, 70]
    assert column(result, "freed_s") == [145, 75]
    assert column(result, "paused_s") == [35, 0]
    assert busy(result) == [(0, 0, 145)]


def test_without_it_a_call_waits_for_the_message(run: Run) -> None:
    rows = [mail(0, 100, wrap_up=10), Row(40, 30, wrap_up=5)]
    result = run(centre(interruptible=()), rows, all_day("home"))
    assert column(result, "answered_s") == [0, 110]
    assert column(result, "paused_s") == [0, 0]


def test_wrap_up_of_a_message_is_interrupted_too(run: Run) -> None:
    rows = [mail(0, 100, wrap_up=20), Row(110, 30)]
    result = run(centre(), rows, all_day("home"))
    assert column(result, "talk_end_s") == [100, 140]
    assert column(result, "freed_s") == [150, 140]
    assert column(result, "paused_s") == [30, 0]


def test_a_message_can_be_interrupted_again_and_again(run: Run) -> None:
    rows = [mail(0, 100), Row(40, 30), Row(80, 10), Row(85, 10)]
    result = run(centre(), rows, all_day("home"))
    # 40 done, then 10 from 70 to 80; the third call waits for the second: 100, and 50 left
    assert column(result, "answered_s") == [0, 40, 80, 90]
    assert column(result, "talk_end_s") == [150, 70, 90, 100]
    assert column(result, "paused_s") == [50, 0, 0, 0]


def test_several_messages_pause_together(run: Run) -> None:
    rows = [mail(0, 60), mail(0, 60), Row(40, 20)]
    result = run(centre(**CHATS), rows, all_day("home"))
    # at 0.75 each 30 are done at 40; from 60 on the other 30 take 40
    assert column(result, "talk_end_s") == [100, 100, 60]
    assert column(result, "paused_s") == [20, 20, 0]


def test_messages_pause_until_no_live_contact_is_open(run: Run) -> None:
    rows = [mail(0, 50), Row(10, 30, kind="chat"), mail(15, 20), Row(20, 30, kind="chat")]
    result = run(centre(**CHATS), rows, all_day("home"))
    # chats: 20 of the first left at 20, at half pace until 60; the second has 10 left: 70. No
    # further message is begun in the pause. Then 40 and 20 left at 0.75: 20 ÷ 0.75 = 26.667,
    # 27307 ticks, of which 20480.25 are done: 20479.75 of 40960 left, snapped to 20480, alone
    assert column(result, "answered_s") == [0, 10, 70, 20]
    second = 70 + 27307 / 1024
    assert column(result, "talk_end_s") == [second + 20, 60, second, 70]
    assert column(result, "paused_s") == [60, 0, 0, 0]


def test_a_callback_interrupts_from_the_first_ring(run: Run) -> None:
    rows = [mail(0, 50), Row(20, 30, kind="request", answers=(False, True, True))]
    result = run(centre(), rows, all_day("home"))
    # ringing from 20 to 30 in vain, and again half an hour later
    assert column(result, "talk_end_s") == [60, 1830 + 10 + 30]
    assert column(result, "paused_s") == [10, 0]


def test_an_idle_agent_comes_before_one_who_would_be_interrupted(run: Run) -> None:
    rows = [mail(0, 100), Row(5, 10), Row(20, 100), Row(30, 100)]
    result = run(centre(), rows, all_day("home", 2))
    # agent 1 became idle only at 15, and takes the second call all the same
    assert column(result, "agent") == [0, 1, 1, 0]
    assert column(result, "answered_s") == [0, 5, 20, 30]


def test_a_free_chat_slot_comes_before_an_interruption(run: Run) -> None:
    rows = [mail(0, 100), Row(5, 50, kind="chat"), Row(10, 50, kind="chat"), Row(11, 50)]
    result = run(centre(**CHATS), rows, all_day("home", 2))
    assert column(result, "agent") == [0, 1, 1, 0]


def test_fewest_messages_are_interrupted_then_idle_longest_then_the_lower_number(run: Run) -> None:
    mails = [mail(0, 500), mail(1, 500), mail(1, 500), mail(3, 500)]
    calls = [Row(at, 100) for at in (10, 11, 12)]
    result = run(centre(**CHATS), [*mails, *calls], all_day("home", 3))
    # agent 0 has the first message and, idle longest, the fourth; 1 and 2 began one at 1
    assert column(result, "agent") == [0, 1, 2, 0, 1, 2, 0]


def test_interrupted_messages_do_not_count_as_open(run: Run) -> None:
    chats = [Row(at, talk, kind="chat") for at, talk in ((10, 10), (11, 500), (12, 500), (40, 5))]
    agents = [*all_day("home"), ("home", [(5.0, 86_400.0)])]
    result = run(centre(**CHATS), [mail(0, 500), *chats], agents)
    # agent 1 takes two chats, agent 0 interrupts the message for the third. At 40 each works on
    # one, agent 0 for longer
    assert column(result, "agent") == [0, 1, 1, 0, 0]


def test_live_contacts_first_when_an_agent_looks(run: Run) -> None:
    rows = [mail(0, 60), Row(40, 30)]
    late = [("home", [(50.0, 1000.0)])]
    result = run(centre(), rows, late)
    # a message that has waited longer would only be interrupted at once
    assert column(result, "answered_s") == [80, 50]
    assert column(run(centre(interruptible=()), rows, late), "answered_s") == [50, 110]


def test_live_contacts_first_wherever_their_line_stands(run: Run) -> None:
    """An hour of waiting does not lift a message over a call, be it stated after or before it."""
    for types in ([TYPES[0], TYPES[1]], [TYPES[1], TYPES[0]]):
        team = group("home", [each.name for each in types], **SERVED)
        rows = [Row(0, 3600), mail(5, 10), Row(3590, 10)]
        result = run(scenario(types, [team]), rows, all_day("home"))
        assert column(result, "answered_s") == [0, 3610, 3600]


def test_a_message_is_not_begun_while_a_live_contact_may_be_taken(run: Run) -> None:
    rows = [Row(0, 50), mail(10, 60), Row(20, 30), mail(30, 5)]
    result = run(centre(), rows, all_day("home"))
    assert column(result, "answered_s") == [0, 80, 50, 140]


def test_a_better_rank_is_interrupted_before_a_lesser_one_is_idle(run: Run) -> None:
    first = group("first", ["mail", "phone", "chat", "request"], **SERVED)
    second = group("second", [qs.Skill("phone", rank=2)])
    result = run(
        centre(first, second), [mail(0, 60), Row(10, 5)], [*all_day("first"), *all_day("second")]
    )
    assert column(result, "agent") == [0, 0]


def test_an_interruption_waits_for_the_minimum_wait(run: Run) -> None:
    home = group("home", ["mail", qs.Skill("phone", min_wait=20.0), "chat", "request"], **SERVED)
    result = run(centre(home), [mail(0, 60), Row(10, 5)], all_day("home"))
    assert column(result, "answered_s") == [0, 30]
    assert column(result, "talk_end_s") == [65, 35]


def test_the_reserve_counts_agents_on_messages(run: Run) -> None:
    home = group("home", ["mail", qs.Skill("phone", reserve=1), "chat", "request"], **SERVED)
    rows = [mail(0, 300), Row(10, 50), Row(20, 50), Row(30, 10, kind="chat")]
    result = run(centre(home), rows, all_day("home", 2))
    # two without a live contact: the first call may be taken; one: the second waits for it to
    # end, though a message could be interrupted. Chat has no reserve
    assert column(result, "answered_s") == [0, 10, 60, 30]
    assert column(result, "agent") == [0, 1, 1, 0]


def test_a_message_that_is_begun_lets_no_one_pass_the_reserve(run: Run) -> None:
    home = group("home", ["mail", qs.Skill("phone", reserve=1), "chat", "request"], **SERVED)
    result = run(centre(home), [Row(0, 50), mail(10, 60), Row(20, 5)], all_day("home"))
    assert column(result, "answered_s") == [None, 10, None]


def test_who_has_gone_is_not_in_the_reserve(run: Run) -> None:
    home = group("home", ["mail", qs.Skill("phone", reserve=1), "chat", "request"], **SERVED)
    spells = [(0.0, 50.0), (70.0, 100.0)]
    result = run(centre(home), [Row(60, 5), Row(80, 5)], [*all_day("home"), ("home", spells)])
    # alone at 60; when the other comes back at 70 two are there
    assert column(result, "answered_s") == [70, 80]


def test_at_the_end_of_the_session_all_is_finished(run: Run) -> None:
    result = run(centre(), [mail(0, 100), Row(40, 30), Row(44, 30)], [("home", [(0, 45)])])
    # overtime: the call until 70, then the 60 left of the message; the other call is not taken
    assert column(result, "talk_end_s") == [130, 70, None]
    assert busy(result) == [(0, 0, 130)]


def test_a_message_in_overtime_is_not_interrupted(run: Run) -> None:
    result = run(
        centre(), [mail(0, 100), Row(50, 30)], [("home", [(0, 45)]), ("home", [(60, 200)])]
    )
    assert column(result, "agent") == [0, 1]
    assert column(result, "talk_end_s") == [100, 90]


def test_a_session_that_begins_in_overtime_makes_it_interruptible_again(run: Run) -> None:
    result = run(centre(), [mail(0, 100), Row(50, 30)], [("home", [(0, 45), (60, 200)])])
    assert column(result, "answered_s") == [0, 60]
    assert column(result, "talk_end_s") == [130, 90]


def test_at_one_instant_service_ends_first(run: Run) -> None:
    rows = [mail(0, 40, wrap_up=10), Row(40, 20), mail(100, 10), Row(110, 20)]
    result = run(centre(), rows, all_day("home"))
    # the first message is answered, and its wrap-up interrupted before it began; the second is
    # done when the call comes
    assert column(result, "talk_end_s") == [40, 60, 110, 130]
    assert column(result, "freed_s") == [70, 60, 110, 130]
    assert column(result, "paused_s") == [20, 0, 0, 0]


def test_a_call_without_work_interrupts_for_no_time(run: Run) -> None:
    result = run(centre(), [mail(0, 40), Row(10, 0), mail(20, 5)], all_day("home"))
    assert column(result, "freed_s") == [40, 10, 45]
    assert column(result, "paused_s") == [0, 0, 0]


def test_a_pause_outlives_the_horizon(run: Run) -> None:
    end = 86_400.0
    result = run(centre(), [mail(end - 50, 60), Row(end - 20, 100)], [("home", [(0.0, end)])])
    assert column(result, "talk_end_s") == [end + 80 + 30, end + 80]
    assert column(result, "paused_s") == [100, 0]
