"""Announcements: the expected wait, balking and patience after it. Every time is worked by hand."""

from __future__ import annotations

from typing import Any

import pytest

import queuesim as qs
from tests.engines.by_hand import (
    ABANDONED,
    BALKED,
    BLOCKED,
    HANDLED,
    TURNED_AWAY,
    UNRESOLVED,
    Row,
    Run,
    all_day,
    column,
    contact_type,
    group,
    outcomes,
    scenario,
)

FIRST = Row(0, 100)
"""Keeps the one agent busy until 100."""
TICK_S = 1 / 1024


def day(predictor: str = "queue_length", channel: str = "phone", **terms: Any) -> qs.Scenario:
    """One line on which the wait is announced; talk takes 60 s on average."""
    own = ("fixed", "balk", "patience_factor", "stays_for", "tolerance")
    said = qs.Announcement(predictor=predictor, **{k: terms.pop(k) for k in own if k in terms})
    kind = contact_type(channel=channel, announcement=said, **terms)
    return scenario([kind], [group("home", ["phone"])])


# Queue length ---------------------------------------------------------------------------


def test_queue_length_is_those_ahead_and_oneself_times_talk_over_agents(run: Run) -> None:
    rows = [FIRST, FIRST, Row(10, 5), Row(20, 5), Row(30, 5), Row(100, 5), Row(200, 5)]
    result = run(day(), rows, all_day("home", 2))
    # two agents: 1 × 60 ÷ 2, and so on; at 100 both are free before the one of 100 arrives and
    # take those of 10 and 20, so that one is ahead; at 200 nobody waits
    assert column(result, "announced_s") == [None, None, 30, 60, 90, 60, None]
    assert outcomes(result) == [HANDLED] * 7


def test_whose_patience_has_ended_is_not_ahead(run: Run) -> None:
    rows = [FIRST, Row(10, 5, patience=20), Row(30, 5, patience=0.5), Row(30 + TICK_S, 5)]
    rows += [Row(31, 5)]
    result = run(day(), rows, all_day("home"))
    # at 30 arrivals come before the end of patience: one is ahead. A tick later the one of 10 is
    # gone and the one of 30 is ahead; at 31 that one is gone too
    assert column(result, "announced_s") == [None, 60, 120, 120, 120]
    assert outcomes(result) == [HANDLED, ABANDONED, ABANDONED, HANDLED, HANDLED]


def test_whose_patience_ends_in_the_middle_of_the_line_is_not_ahead(run: Run) -> None:
    rows = [FIRST, Row(10, 5), Row(11, 5, patience=1), Row(12, 5, patience=1), Row(40, 5)]
    assert column(run(day(), rows, all_day("home")), "announced_s") == [None, 60, 120, 180, 120]


def test_a_virtual_hold_is_ahead_and_a_later_callback_is_not(run: Run) -> None:
    takes = Row(10, 5, accepts=True, delay=500, answers=(True,))
    for kind, announced in (("virtual_hold", 120), ("later", 60)):
        offer = qs.CallbackOffer(accept=0.5, after=5.0, kind=kind)
        result = run(day(callback=offer), [FIRST, takes, Row(20, 5)], all_day("home"))
        assert column(result, "announced_s") == [None, 60, announced]


def test_a_further_dial_of_a_virtual_hold_is_ahead_when_it_is_back_in_line(run: Run) -> None:
    dialling = qs.Dialling(ring=10.0, retry_after=40.0, attempts=2)
    offer = qs.CallbackOffer(accept=0.5, after=5.0, dialling=dialling)
    takes = Row(10, 5, accepts=True, answers=(False, True))
    rows = [FIRST, takes, Row(20, 100), Row(120, 5), Row(160, 5)]
    result = run(day(callback=offer), rows, all_day("home"))
    # dialled at 100 in vain until 110, then the one of 20 until 210; back in line at 150
    assert column(result, "announced_s") == [None, 60, 120, 60, 180]
    assert column(result, "dialled_s") == [None, 100, None, None, None]


def test_everybody_on_duty_counts_as_fast_as_the_group_is(run: Run) -> None:
    said = qs.Announcement(predictor="queue_length")
    groups = [
        group("home", ["phone"]),
        group("partner", [qs.Skill("phone", handle_factor=1.5, min_wait=30.0, rank=1)]),
        group("others", ["chat"]),
    ]
    both = scenario([contact_type(announcement=said), contact_type("chat", "chat")], groups)
    agents = [*all_day("home"), *all_day("partner", 3), *all_day("others", 5)]
    result = run(both, [FIRST, Row(10, 5)], agents)
    # 1 + 3 ÷ 1.5 people; those of the partner take nobody who has not waited 30 s
    assert column(result, "announced_s") == [None, 20]
    assert column(result, "answered_s") == [0, 40]


def test_of_chats_an_agent_counts_with_the_pace_when_all_slots_are_taken(run: Run) -> None:
    said = qs.Announcement(predictor="queue_length")
    chats = {"concurrency": {"chat": 2}, "pace": {"chat": (1.0, 1.5)}}
    made = scenario([contact_type("chat", "chat", announcement=said)],
                    [group("home", ["chat"], **chats)])  # fmt: skip
    rows = [Row(0, 100, kind="chat"), Row(0, 100, kind="chat"), Row(10, 5, kind="chat")]
    assert column(run(made, rows, all_day("home")), "announced_s") == [None, None, 40]


def test_nothing_is_announced_when_nobody_is_on_duty(run: Run) -> None:
    agents = [("home", [(0.0, 50.0), (300.0, 400.0)])]
    rows = [FIRST, Row(50, 5, tolerates=0.0), Row(60, 5, patience=10), Row(350, 400), Row(360, 5)]
    result = run(day(balk="1min"), rows, agents)
    # at 50 the session has ended before the arrival; the agent is at work until 100 and does not
    # count. At 350 there is an agent, who takes the contact; at 360 the one agent is busy
    assert column(result, "announced_s") == [None, None, None, None, 60]
    assert outcomes(result) == [HANDLED, HANDLED, ABANDONED, HANDLED, UNRESOLVED]


def test_what_was_announced_lies_on_the_grid(run: Run) -> None:
    rows = [FIRST] * 7 + [Row(10, 5)]
    # 60 ÷ 7 = 8.5714… is 8777.14 ticks
    assert column(run(day(), rows, all_day("home", 7)), "announced_s")[-1] == 8777 / 1024


# Waits of others ------------------------------------------------------------------------


def test_the_wait_of_the_contact_that_was_taken_last(run: Run) -> None:
    rows = [FIRST, Row(10, 20), Row(20, 5), Row(110, 5), Row(120, 5), Row(300, 9), Row(301, 5)]
    result = run(day("last_to_enter_service"), rows, all_day("home"))
    # taken at 0, 100, 120, 125, 130 after 0, 90, 100, 15, 10; at 120 the agent is free first.
    # The one of 300 did not wait, and so nothing of it lasts at 301
    assert column(result, "answered_s") == [0, 100, 120, 125, 130, 300, 309]
    assert column(result, "announced_s") == [None, 0, 0, 90, 100, None, 0]


def test_before_anybody_was_taken_the_last_wait_is_none(run: Run) -> None:
    said = qs.Announcement(predictor="last_to_enter_service")
    types = [contact_type("x"), contact_type("y", announcement=said)]
    made = scenario(types, [group("home", ["x", "y"])])
    rows = [Row(0, 100, kind="x"), Row(10, 5, kind="x"), Row(20, 5, kind="y")]
    # another line's waits are not told here
    assert column(run(made, rows, all_day("home")), "announced_s") == [None, None, 0]


def test_the_first_dial_is_when_a_callback_is_taken(run: Run) -> None:
    dialling = qs.Dialling(ring=10.0, retry_after=40.0, attempts=2)
    offer = qs.CallbackOffer(accept=0.5, after=5.0, dialling=dialling)
    takes = Row(10, 5, accepts=True, answers=(False, True))
    rows = [FIRST, takes, Row(20, 100), Row(105, 5), Row(120, 5), Row(212, 5), Row(230, 5)]
    result = run(day("last_to_enter_service", callback=offer), rows, all_day("home"))
    # dialled at 100 after 90, in vain; the one of 20 after 90 at 110; at 210 the second dial,
    # answered at 220, which is nobody's first; at 225 the one of 105
    assert column(result, "answered_s") == [0, 220, 110, 225, 230, 235, 240]
    assert column(result, "announced_s") == [None, 0, 0, 90, 90, 90, 110]


def test_how_long_the_first_in_the_line_has_waited(run: Run) -> None:
    rows = [FIRST, Row(10, 5, patience=20), Row(15, 5), Row(30, 5), Row(30.5, 5), Row(102, 5)]
    result = run(day("head_of_line"), rows, all_day("home"))
    # at 30 the first of them is still there; at 30.5 the one of 15 is first; at 102 that of 30
    assert column(result, "announced_s") == [None, 0, 5, 20, 15.5, 72]


# Balking --------------------------------------------------------------------------------


def test_who_hears_of_more_than_is_put_up_with_leaves_at_once(run: Run) -> None:
    rows = [
        Row(0, 100, tolerates=0),  # taken at once: nothing is announced
        Row(10, 5, tolerates=300 - TICK_S),
        Row(20, 5, tolerates=300),
        Row(30, 5),
    ]
    result = run(day("fixed", fixed="5min", balk="5min"), rows, all_day("home"))
    assert outcomes(result) == [HANDLED, BALKED, HANDLED, HANDLED]
    assert column(result, "announced_s") == [None, 300, 300, 300]
    assert column(result, "left_s") == [None, 10, None, None]
    assert column(result, "answered_s") == [0, None, 100, 105]


def test_who_has_balked_is_not_ahead(run: Run) -> None:
    rows = [FIRST, Row(10, 5, tolerates=59), Row(20, 5, tolerates=60), Row(30, 5, tolerates=60)]
    result = run(day(balk="1min"), rows, all_day("home"))
    assert column(result, "announced_s") == [None, 60, 60, 120]
    assert outcomes(result) == [HANDLED, BALKED, HANDLED, BALKED]


def test_who_meets_a_full_line_hears_nothing(run: Run) -> None:
    rows = [FIRST, Row(10, 5), Row(20, 5, tolerates=0)]
    result = run(day("fixed", fixed=300, balk=1, queue_limit=1), rows, all_day("home"))
    assert outcomes(result) == [HANDLED, HANDLED, BLOCKED]
    assert column(result, "announced_s") == [None, 300, None]


def test_who_has_balked_leaves_room_on_the_line(run: Run) -> None:
    rows = [FIRST, Row(10, 5, tolerates=0), Row(10, 5), Row(20, 5)]
    result = run(day("fixed", fixed=300, balk=1, queue_limit=1), rows, all_day("home"))
    assert outcomes(result) == [HANDLED, BALKED, HANDLED, BLOCKED]


def test_who_has_balked_is_offered_nothing(run: Run) -> None:
    made = day("fixed", fixed=300, balk=1, callback=qs.CallbackOffer(accept=0.5))
    result = run(made, [FIRST, Row(10, 5, tolerates=0, accepts=True)], all_day("home"))
    assert outcomes(result) == [HANDLED, BALKED]
    assert column(result, "offer_s") == [None, None]


def test_outside_the_hours_nobody_hears_anything(run: Run) -> None:
    made = day("fixed", fixed=300, balk=1, hours="00:00:00-00:01:00")
    result = run(made, [Row(70, 5, tolerates=0)], all_day("home"))
    assert outcomes(result) == [TURNED_AWAY]
    assert column(result, "announced_s") == [None]


@pytest.mark.parametrize("limit", [0, 1, 3])
def test_a_longest_queue_that_all_accept_is_a_limit(run: Run, limit: int) -> None:
    """Who accepts `limit` × 60 s balks exactly when so many are ahead: a finite queue."""
    rows = [Row(7.0 * k, 5.0 + 11 * (k % 5), patience=30.0 + 50 * (k % 3)) for k in range(40)]
    told = [Row(**{**vars(row), "tolerates": 60.0 * limit}) for row in rows]
    balking = run(day(balk=1), told, all_day("home"))
    blocking = run(scenario([contact_type(queue_limit=limit)], [group("home", ["phone"])]), rows,
                   all_day("home"))  # fmt: skip
    assert BALKED in outcomes(balking)
    as_blocked = [BLOCKED if how is BALKED else how for how in outcomes(balking)]
    assert as_blocked == outcomes(blocking)
    for name in ("answered_s", "talk_end_s", "freed_s", "left_s", "agent"):
        assert column(balking, name) == column(blocking, name)


# Patience -------------------------------------------------------------------------------


def test_patience_after_an_announcement(run: Run) -> None:
    rows = [FIRST, Row(10, 5, patience=40), Row(20, 5, patience=300)]
    for terms, left in (
        ({}, [None, 50, None]),
        ({"patience_factor": 0.25}, [None, 20, 95]),
        ({"stays_for": 0.5}, [None, 60, None]),
        ({"stays_for": 0.5, "patience_factor": 0.25}, [None, 60, 95]),
        ({"stays_for": 1.0}, [None, None, None]),
        ({"patience_factor": 2.0}, [None, 90, None]),
    ):
        made = day("fixed", fixed=100, **terms)
        assert column(run(made, rows, all_day("home")), "left_s") == left, terms


def test_patience_after_an_announcement_is_snapped(run: Run) -> None:
    rows = [FIRST, Row(10, 5, patience=40)]
    result = run(day("fixed", fixed=100, patience_factor=1 / 3), rows, all_day("home"))
    assert column(result, "left_s") == [None, 10 + 13653 / 1024]  # 13.333… is 13653.3 ticks


def test_who_heard_nothing_keeps_the_patience(run: Run) -> None:
    agents = [("home", [(0.0, 50.0)])]
    result = run(day(patience_factor=0.5), [FIRST, Row(60, 5, patience=40)], agents)
    assert column(result, "left_s") == [None, 100]


def test_longer_patience_counts_where_callers_are_counted(run: Run) -> None:
    made = day("fixed", fixed=100, stays_for=0.5, queue_limit=1)
    rows = [FIRST, Row(10, 5, patience=10), Row(30, 5), Row(61, 5)]
    # the one of 10 stays until 60 now
    assert outcomes(run(made, rows, all_day("home"))) == [HANDLED, ABANDONED, BLOCKED, HANDLED]
