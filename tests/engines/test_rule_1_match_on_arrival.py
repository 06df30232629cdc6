"""Rule 1, match on arrival: who takes a contact that comes. Every time is worked by hand."""

from __future__ import annotations

import queuesim as qs
from tests.engines.by_hand import DAY_S, Row, Run, all_day, column, contact_type, group, scenario


def chat_group(name: str = "home", most: int = 3, **terms: object) -> qs.AgentGroup:
    """Agents who chat without slowing down: m contacts at total pace m keep arithmetic plain."""
    pace = tuple(float(m) for m in range(1, most + 1))
    skills = terms.pop("skills", ("chat",))
    return group(name, skills, concurrency={"chat": most}, pace={"chat": pace}, **terms)


def test_an_idle_agent_answers_at_once(run: Run) -> None:
    day = scenario([contact_type()], [group("home", ["phone"])])
    result = run(day, [Row(at=10, talk=60, wrap_up=30)], all_day("home"))
    assert column(result, "answered_s") == [10]
    assert column(result, "talk_end_s") == [70]  # 10 + 60
    assert column(result, "freed_s") == [100]  # + 30


def test_best_rank_first_then_the_order_of_the_scenario(run: Run) -> None:
    groups = [
        group("a", [qs.Skill("phone", rank=2)]),
        group("b", [qs.Skill("phone", rank=1)]),
        group("c", [qs.Skill("phone", rank=1)]),
    ]
    day = scenario([contact_type()], groups)
    rows = [Row(at=t, talk=100) for t in (10, 20, 30, 40)]
    result = run(day, rows, [*all_day("a"), *all_day("b"), *all_day("c")])
    # b before c at equal rank, a last; the fourth waits for b: 10 + 100
    assert column(result, "agent") == [1, 2, 0, 1]
    assert column(result, "answered_s") == [10, 20, 30, 110]
    assert result.group.tolist() == [1, 2, 0, 1]


def test_rank_counts_before_idleness(run: Run) -> None:
    groups = [group("a", [qs.Skill("phone", rank=2)]), group("b", [qs.Skill("phone", rank=1)])]
    day = scenario([contact_type()], groups)
    # b is freed at 60 and a has been idle all day; b still takes the next
    result = run(day, [Row(10, 50), Row(61, 50)], [*all_day("a"), *all_day("b")])
    assert column(result, "agent") == [1, 1]


def test_in_a_group_the_agent_idle_longest_ties_to_the_lower_number(run: Run) -> None:
    day = scenario([contact_type()], [group("home", ["phone"])])
    rows = [
        Row(10, 50),  # all idle since 0: agent 0, until 60
        Row(20, 20),  # agents 1 and 2 idle since 0: agent 1, until 40
        Row(30, 5),  # agent 2, until 35
        Row(70, 50),  # idle since 60, 40, 35: agent 2
        Row(70, 50),  # agent 1
        Row(70, 50),  # agent 0
    ]
    result = run(day, rows, all_day("home", 3))
    assert column(result, "agent") == [0, 1, 2, 2, 1, 0]
    assert column(result, "answered_s") == [10, 20, 30, 70, 70, 70]


def test_idle_time_runs_from_the_end_of_wrap_up(run: Run) -> None:
    day = scenario([contact_type()], [group("home", ["phone"])])
    # agent 0: talk to 20, wrap-up to 60; agent 1: talk to 50, no wrap-up: idle since 50, longer
    result = run(day, [Row(10, 10, wrap_up=40), Row(15, 35), Row(70, 5)], all_day("home", 2))
    assert column(result, "agent") == [0, 1, 1]


def test_idle_time_runs_from_the_start_of_the_session(run: Run) -> None:
    day = scenario([contact_type()], [group("home", ["phone"])])
    agents = [("home", [(0.0, 100.0), (150.0, 1000.0)]), ("home", [(120.0, 1000.0)])]
    # idle since 150 (back from a break) and since 120: agent 1, then agent 0
    result = run(day, [Row(160, 5), Row(161, 5)], agents)
    assert column(result, "agent") == [1, 0]


def test_chat_goes_to_fewest_open_then_idle_longest(run: Run) -> None:
    day = scenario([contact_type("chat", "chat")], [chat_group()])
    rows = [Row(t, 1000, kind="chat") for t in (0, 10, 20, 30, 40, 50, 60)]
    result = run(day, rows, all_day("home", 2))
    # 0: tie, agent 0.  10: agent 1 has fewer.  20: one each, agent 0 unchanged since 0.
    # 30: agent 1 has fewer.  40: two each, agent 0 unchanged since 20.  50: agent 1.
    # 60: three each, full; the first chat ends at 0 + 1000 (no slowing down).
    assert column(result, "agent") == [0, 1, 0, 1, 0, 1, 0]
    assert column(result, "answered_s") == [0, 10, 20, 30, 40, 50, 1000]


def test_the_end_of_a_chat_changes_the_agents_place(run: Run) -> None:
    day = scenario([contact_type("chat", "chat")], [chat_group()])
    rows = [
        Row(0, 1000, kind="chat"),  # agent 0, one open since 0
        Row(10, 1000, kind="chat"),  # agent 1, one open since 10
        Row(20, 5, kind="chat"),  # agent 0, until 25: one open, changed at 25
        Row(30, 5, kind="chat"),  # one each: agent 1 unchanged since 10
    ]
    assert column(run(day, rows, all_day("home", 2)), "agent") == [0, 1, 0, 1]


def test_an_agent_works_in_one_channel_at_a_time(run: Run) -> None:
    types = [contact_type(), contact_type("chat", "chat")]
    day = scenario(types, [chat_group(most=2, skills=("phone", "chat"))])
    rows = [
        Row(0, 100, kind="chat"),
        Row(10, 50),  # a chat is open: waits
        Row(20, 100, kind="chat"),  # joins the open chat although the phone waits longer
        Row(30, 10, kind="chat"),  # two open: full
        Row(200, 10, kind="chat"),  # the agent is on the phone: waits
    ]
    result = run(day, rows, all_day("home"))
    # chats end at 100 and 120; the third chat takes the slot at 100 (the phone cannot), until 110;
    # the phone starts when no chat is open any more, 120, until 170; the last chat finds it idle
    assert column(result, "answered_s") == [0, 120, 20, 100, 200]
    rows[4] = Row(160, 10, kind="chat")
    assert column(run(day, rows, all_day("home")), "answered_s") == [0, 120, 20, 100, 170]


def test_concurrency_is_one_unless_stated(run: Run) -> None:
    day = scenario([contact_type("chat", "chat")], [group("home", ["chat"])])
    result = run(day, [Row(0, 100, kind="chat"), Row(10, 5, kind="chat")], all_day("home"))
    assert column(result, "answered_s") == [0, 100]


def test_two_chat_types_share_the_slots_of_an_agent(run: Run) -> None:
    types = [contact_type("chat", "chat"), contact_type("sales", "chat")]
    day = scenario(types, [chat_group(most=2, skills=("chat", "sales"))])
    rows = [Row(0, 100, kind="chat"), Row(10, 100, kind="sales"), Row(20, 5, kind="sales")]
    assert column(run(day, rows, all_day("home")), "answered_s") == [0, 10, 100]


def test_a_contact_starts_only_while_more_agents_are_idle_than_the_reserve(run: Run) -> None:
    types = [contact_type("sales"), contact_type("support")]
    day = scenario(types, [group("home", [qs.Skill("sales", reserve=1), "support"])])
    rows = [
        Row(0, 100, kind="sales"),  # 3 idle > 1: agent 0, until 100
        Row(10, 100, kind="sales"),  # 2 idle > 1: agent 1, until 110
        Row(20, 10, kind="sales"),  # 1 idle: waits
        Row(30, 100, kind="support"),  # no reserve: agent 2, until 130
        Row(40, 100, kind="support"),  # nobody idle: waits
    ]
    result = run(day, rows, all_day("home", 3))
    # 100: one idle, kept from sales; support starts, until 200. 110: one idle: nobody for sales.
    # 130: two idle > 1: sales starts with the agent just freed.
    assert column(result, "answered_s") == [0, 10, 130, 30, 100]
    assert column(result, "agent") == [0, 1, 2, 2, 0]


def test_a_slot_beside_open_contacts_uses_up_no_idle_agent(run: Run) -> None:
    skills = (qs.Skill("chat", reserve=1),)
    day = scenario([contact_type("chat", "chat")], [chat_group(most=2, skills=skills)])
    rows = [Row(t, 100, kind="chat") for t in (0, 10, 20)]
    result = run(day, rows, all_day("home", 2))
    # 0: two idle > 1.  10: one idle, not more than 1, but agent 0 has a slot.  20: waits until
    # agent 0 has a slot again at 100; agent 1 stays in reserve all day.
    assert column(result, "agent") == [0, 0, 0]
    assert column(result, "answered_s") == [0, 10, 100]


def test_a_chat_kept_waiting_by_the_reserve_takes_a_slot_that_opens(run: Run) -> None:
    types = [contact_type("chat", "chat"), contact_type("vip", "chat")]
    skills = (qs.Skill("chat", reserve=1), "vip")
    day = scenario(types, [chat_group(most=2, skills=skills)])
    rows = [Row(10, 50, kind="chat"), Row(12, 9, kind="chat"), Row(20, 100, kind="vip")]
    result = run(day, rows, all_day("home"))
    # one idle, kept for the vip of 20; then there is a slot beside it, which uses up no idle
    # agent: the chat of 10, until 70; then the chat of 12
    assert column(result, "answered_s") == [20, 70, 20]


def test_the_reserve_counts_the_group_not_the_centre(run: Run) -> None:
    groups = [group("a", [qs.Skill("phone", reserve=1)]), group("b", ["phone"])]
    day = scenario([contact_type()], groups)
    # one idle in a, reserved; b takes it although it comes second
    assert column(run(day, [Row(0, 5)], [*all_day("a"), *all_day("b")]), "agent") == [1]


def test_a_session_that_begins_adds_to_the_idle(run: Run) -> None:
    day = scenario([contact_type()], [group("home", [qs.Skill("phone", reserve=1)])])
    agents = [("home", [(0.0, 1000.0)]), ("home", [(50.0, 1000.0)])]
    result = run(day, [Row(10, 5)], agents)
    # one idle at 10; two at 50, and the agent who comes takes it
    assert (column(result, "answered_s"), column(result, "agent")) == ([50], [1])


def test_a_group_without_the_skill_stays_out(run: Run) -> None:
    types = [contact_type(), contact_type("sales")]
    day = scenario(types, [group("a", ["phone"]), group("b", ["sales"])])
    result = run(day, [Row(0, 100), Row(10, 5)], [*all_day("a"), *all_day("b")])
    assert column(result, "agent") == [0, 0]
    assert column(result, "answered_s") == [0, 100]


def test_a_group_takes_over_after_the_minimum_wait(run: Run) -> None:
    groups = [group("home", ["phone"]), group("partner", [qs.Skill("phone", min_wait=30.0)])]
    day = scenario([contact_type()], groups)
    rows = [
        Row(0, 300),  # home, until 300
        Row(10, 100),  # waits 30: partner from 40 to 140
        Row(50, 100),  # 30 are over at 80, partner is busy; at 140 it has waited 90: until 240
        Row(220, 10),  # 240: waited 20, too short; 250: partner, until 260
        Row(280, 10),  # home is free at 300, before 310
    ]
    result = run(day, rows, [*all_day("home"), *all_day("partner")])
    assert column(result, "answered_s") == [0, 40, 140, 250, 300]
    assert column(result, "agent") == [0, 1, 1, 1, 0]


def test_on_arrival_only_groups_without_a_minimum_wait_take_part(run: Run) -> None:
    # the better rank does not help: on arrival the wait is 0
    groups = [
        group("partner", [qs.Skill("phone", rank=1, min_wait=1.0)]),
        group("home", [qs.Skill("phone", rank=2)]),
    ]
    day = scenario([contact_type()], groups)
    assert column(run(day, [Row(0, 5)], [*all_day("partner"), *all_day("home")]), "agent") == [1]


def test_each_waiting_contact_crosses_the_minimum_wait_at_its_own_time(run: Run) -> None:
    groups = [
        group("home", ["phone"]),
        group("near", [qs.Skill("phone", min_wait=20.0)]),
        group("far", [qs.Skill("phone", min_wait=40.0)]),
    ]
    day = scenario([contact_type()], groups)
    rows = [Row(0, 500), Row(5, 500), Row(10, 500), Row(15, 500)]
    result = run(day, rows, [*all_day("home"), *all_day("near"), *all_day("far", 2)])
    # 5 + 20 near; 10 + 40 and 15 + 40 far
    assert column(result, "answered_s") == [0, 25, 50, 55]
    assert column(result, "agent") == [0, 1, 2, 3]


def test_a_minimum_wait_off_the_grid_is_snapped(run: Run) -> None:
    day = scenario([contact_type()], [group("home", [qs.Skill("phone", min_wait=0.3)])])
    result = run(day, [Row(10, 5)], all_day("home"))
    # 0.3 × 1024 = 307.2: 307 ticks
    assert column(result, "answered_s") == [10 + 307 / 1024]


def test_when_one_is_taken_after_its_minimum_wait_the_next_in_line_looks(run: Run) -> None:
    """The second comes back to the line at the very instant of the first one's timer.

    0: agent 0 dials the first, no answer at 5, back in line at 5. 5: agent 0 dials the second, then
    goes; no answer at 10, back in line behind the first. 10: the first has waited 10 s and goes to
    agent 1; the second has too, and goes to agent 2. Both answer after 5 s of ringing.
    """
    dialling = qs.Dialling(ring=5.0, attempts=2, retry_after=0.0)
    day = scenario(
        [contact_type("request", "callback", dialling=dialling)],
        [group("first", ["request"]), group("second", [qs.Skill("request", min_wait=10.0)], 2)],
    )
    rows = [Row(0, 30, kind="request", answers=(False, True)) for _ in range(2)]
    agents = [("first", [(0.0, 5.0)]), ("second", [(0.0, DAY_S)]), ("second", [(0.0, DAY_S)])]
    result = run(day, rows, agents)
    assert column(result, "agent") == [1, 2]
    assert column(result, "answered_s") == [15, 15]
