"""Rule 4, blending: what an agent may have open across channels. All times by hand."""

from __future__ import annotations

from typing import Any

import queuesim as qs
from tests.engines.by_hand import Row, Run, all_day, busy, column, contact_type, group, scenario

TYPES = [
    contact_type("mail", "message"),
    contact_type("phone"),
    contact_type("chat", "chat"),
]
BLEND = qs.Blend(slots=12, uses={"chat": 4, "message": 3}, pace=(1, 1.5, 1.5, 2))


def centre(blend: qs.Blend | None = BLEND, **terms: Any) -> qs.Scenario:
    skills = terms.pop("skills", ("mail", "phone", "chat"))
    return scenario(TYPES, [group("home", skills, blend=blend, **terms)])


def mail(at: float, talk: float) -> Row:
    return Row(at, talk, kind="mail")


def chat(at: float, talk: float) -> Row:
    return Row(at, talk, kind="chat")


def test_a_chat_and_a_message_share_the_pace(run: Run) -> None:
    result = run(centre(), [mail(0, 100), chat(40, 100)], all_day("home"))
    # as two chats: 60 left, at 0.75 until 120; the chat has 40 left and is alone
    assert column(result, "answered_s") == [0, 40]
    assert column(result, "talk_end_s") == [120, 160]
    assert column(result, "paused_s") == [0, 0]
    assert busy(result) == [(0, 0, 160)]


def test_only_what_fits_is_opened(run: Run) -> None:
    rows = [chat(0, 90), chat(0, 30), mail(0, 60), mail(1, 60), chat(2, 30)]
    result = run(centre(), rows, all_day("home"))
    # two chats and a message: 11 of 12 slots. At half pace the short chat ends at 60; of the two
    # that wait the message came first: 4 + 3 + 3, and no room for the chat. The chat and the
    # first message have 60 and 30 left, the second 60: at half pace the first message ends at
    # 120; then 4 + 3 + 4. The chat has 30 left, the message 30, the new chat 30: all at 180
    assert column(result, "answered_s") == [0, 0, 0, 60, 120]
    assert column(result, "talk_end_s") == [180, 60, 120, 180, 180]


def test_a_smaller_contact_fits_where_the_longest_waiting_does_not(run: Run) -> None:
    rows = [chat(0, 60), chat(0, 60), chat(0, 60), chat(1, 10), mail(2, 10)]
    blend = qs.Blend(slots=7, uses={"chat": 2, "message": 1}, pace=(1, 2, 3, 4, 4, 4, 4))
    result = run(centre(blend), rows, all_day("home"))
    # three chats use 6 of 7: the fourth waits, the message does not
    assert column(result, "answered_s")[3:] == [60, 2]


def test_of_two_agents_idle_equally_long_the_lower_number_takes_it(run: Run) -> None:
    for first, second in ((mail, chat), (chat, mail)):
        rows = [first(0, 100), second(0, 100), mail(10, 5)]
        result = run(centre(), rows, all_day("home", 2))
        # one contact each since 0, of other channels; not the agent whose mixture is looked at last
        assert result.contacts["agent"].tolist() == [0, 1, 0]


def test_a_call_takes_all_slots(run: Run) -> None:
    rows = [mail(0, 60), Row(10, 30), mail(20, 60), chat(25, 30)]
    result = run(centre(), rows, all_day("home"))
    # messages run together while the call waits: 20 done at 20, then 0.75 each; the chat comes in
    # beside them, and until nothing is open the call does not fit
    assert column(result, "answered_s")[:2] == [
        0,
        max(column(result, "freed_s")[k] for k in (0, 2, 3)),
    ]
    assert column(result, "answered_s")[2:] == [20, 25]


def test_nothing_beside_a_call(run: Run) -> None:
    result = run(centre(), [Row(0, 50), mail(10, 5), chat(20, 5)], all_day("home"))
    assert column(result, "answered_s") == [0, 50, 50]


def test_fewest_open_of_any_channel_then_idle_longest(run: Run) -> None:
    rows = [mail(0, 500), chat(1, 500), chat(2, 500), mail(3, 500), chat(4, 500)]
    result = run(centre(), rows, all_day("home", 2))
    # one each; the third goes to agent 0, idle longer; the fourth to agent 1; then 0 again
    assert column(result, "agent") == [0, 1, 0, 1, 0]


def test_who_has_fewer_open_may_have_no_room(run: Run) -> None:
    blend = qs.Blend(slots=4, uses={"chat": 3, "message": 1}, pace=(1, 1, 1, 1))
    rows = [chat(0, 500), mail(1, 500), mail(2, 500), mail(3, 500), chat(4, 500), mail(5, 5)]
    result = run(centre(blend), rows, all_day("home", 2))
    # agent 0: a chat and, at 2, a message, being idle longest; agent 1: messages at 1 and 3. A
    # second chat fits nowhere. The last message fits with agent 1
    agents = column(result, "agent")
    assert agents[:4] == [0, 1, 0, 1]
    assert agents[5] == 1
    assert column(result, "answered_s")[4] > 500


def test_equal_numbers_in_other_mixtures_are_compared_by_idle_time(run: Run) -> None:
    rows = [chat(0, 500), mail(1, 500), mail(2, 500), chat(3, 500), chat(4, 10), chat(5, 10)]
    result = run(centre(), rows, all_day("home", 2))
    # agent 0: chat 0, message 2; agent 1: message 1, chat 3; then the longer idle, 0, then 1
    assert column(result, "agent") == [0, 1, 0, 1, 0, 1]


def test_what_is_not_named_is_one_at_a_time(run: Run) -> None:
    blend = qs.Blend(slots=2, uses={"chat": 1}, pace=(1, 2))
    rows = [mail(0, 50), mail(5, 50), chat(10, 50), chat(10, 50), mail(20, 5)]
    result = run(centre(blend), rows, all_day("home"))
    assert column(result, "answered_s") == [0, 50, 100, 100, 150]


def test_a_chat_that_fits_beside_messages_interrupts_none(run: Run) -> None:
    both = centre(interruptible=("message",))
    result = run(both, [mail(0, 100), chat(40, 100)], all_day("home"))
    assert column(result, "talk_end_s") == [120, 160]
    assert column(result, "paused_s") == [0, 0]


def test_a_chat_that_does_not_fit_interrupts_all_messages(run: Run) -> None:
    both = centre(interruptible=("message",))
    rows = [*(mail(0, 60) for _ in range(4)), chat(60, 30), chat(70, 30), mail(75, 10)]
    result = run(both, rows, all_day("home"))
    # four messages use all slots: half done at 60. Chats alone: 20 left of the first at 70, at
    # 0.75 each: 26.667 s; then the messages go on, and the fifth waits for one of them
    first = 70 + 27307 / 1024  # 20 ÷ 0.75 × 1024 = 27306.67; 20480.25 done, 10239.75 left
    chats = first + 10
    assert column(result, "talk_end_s")[4:6] == [first, chats]
    assert column(result, "paused_s") == [chats - 60] * 4 + [0] * 3
    assert column(result, "talk_end_s")[:4] == [chats + 60] * 4
    assert column(result, "answered_s")[6] == chats + 60


def test_a_call_interrupts_messages_but_no_chat(run: Run) -> None:
    both = centre(interruptible=("message",))
    rows = [mail(0, 60), Row(10, 20), chat(100, 60), mail(100, 90), Row(110, 20)]
    result = run(both, rows, all_day("home"))
    # the second call waits until the chat is done: at 0.75 each it ends at 180, and the message
    # has 30 left
    assert column(result, "answered_s") == [0, 10, 100, 100, 180]
    assert column(result, "talk_end_s") == [80, 30, 180, 230, 200]
    assert column(result, "paused_s") == [20, 0, 0, 20, 0]


def test_ends_at_one_instant_come_by_row_and_a_call_may_come_between(run: Run) -> None:
    both = centre(interruptible=("message",))
    for kind, other, paused in (("chat", "mail", [0, 20]), ("mail", "chat", [0, 0])):
        rows = [Row(100, 60, kind=kind), Row(100, 60, kind=other), Row(110, 20)]
        result = run(both, rows, all_day("home"))
        # both have nothing left at 180; the chat's end lets the call in, before the message's end
        # if that is the later row
        assert column(result, "answered_s")[2] == 180
        assert column(result, "paused_s")[:2] == paused
