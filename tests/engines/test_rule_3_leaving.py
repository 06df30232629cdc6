"""Rule 3, leaving: an agent, patience and a callback race. Every time is worked by hand."""

from __future__ import annotations

from math import inf

import pytest

import queuesim as qs
from tests.engines.by_hand import (
    ABANDONED,
    BLOCKED,
    DAY_S,
    FAILED_CALLBACK,
    HANDLED,
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

FIRST = Row(0, 100)
"""Keeps the one agent busy until 100."""


def phone_day(**offer: object) -> qs.Scenario:
    """One phone line, with a callback offer if any of its terms are given."""
    callback = qs.CallbackOffer(accept=0.5, **offer) if offer else None
    return scenario([contact_type(callback=callback)], [group("home", ["phone"])])


def held(**dialling: object) -> qs.Scenario:
    """An offer of virtual hold after 20 s; ring 15 s, at most three dials 60 s apart."""
    terms = {"ring": 15.0, "attempts": 3, "retry_after": 60.0, **dialling}
    return phone_day(after=20.0, dialling=qs.Dialling(**terms))


# Patience -------------------------------------------------------------------------------


def test_patience_ends_the_wait(run: Run) -> None:
    rows = [FIRST, Row(10, 5, patience=89), Row(20, 5, patience=81), Row(30, 5)]
    result = run(phone_day(), rows, all_day("home"))
    # 10 + 89 = 99, before 100; 20 + 81 = 101, after it
    assert outcomes(result) == [HANDLED, ABANDONED, HANDLED, HANDLED]
    assert column(result, "left_s") == [None, 99, None, None]
    assert column(result, "answered_s") == [0, None, 100, 105]
    assert column(result, "agent") == [0, -1, 0, 0]


def test_an_agent_freed_when_patience_ends_takes_the_contact(run: Run) -> None:
    result = run(phone_day(), [FIRST, Row(10, 5, patience=90)], all_day("home"))
    assert outcomes(result) == [HANDLED, HANDLED]
    assert column(result, "answered_s") == [0, 100]


def test_an_agent_freed_by_wrap_up_when_patience_ends_takes_the_contact(run: Run) -> None:
    rows = [Row(0, 60, wrap_up=40), Row(10, 5, patience=90), Row(10, 5, patience=50)]
    result = run(phone_day(), rows, all_day("home"))
    # talk ends at 60, when the patience of the third ends too; but wrap-up holds the agent
    assert outcomes(result) == [HANDLED, HANDLED, ABANDONED]
    assert column(result, "left_s") == [None, None, 60]


def test_patience_counts_only_while_waiting(run: Run) -> None:
    result = run(phone_day(), [Row(0, 100, patience=10)], all_day("home"))
    assert column(result, "talk_end_s") == [100]


def test_no_patience_at_all_is_served_at_once_or_never(run: Run) -> None:
    result = run(phone_day(), [Row(0, 100, patience=0), Row(10, 5, patience=0)], all_day("home"))
    assert outcomes(result) == [HANDLED, ABANDONED]
    assert column(result, "left_s") == [None, 10]


def test_whoever_abandons_makes_room_for_the_next(run: Run) -> None:
    rows = [FIRST, Row(10, 50, patience=20), Row(20, 50, patience=200), Row(30, 50)]
    assert column(run(phone_day(), rows, all_day("home")), "answered_s") == [0, None, 100, 150]


# Blocking -------------------------------------------------------------------------------


def test_a_full_line_blocks(run: Run) -> None:
    day = scenario([contact_type(queue_limit=1)], [group("home", ["phone"])])
    rows = [FIRST, Row(10, 5), Row(20, 5), Row(100, 5), Row(101, 5)]
    result = run(day, rows, all_day("home"))
    # 20: one waits already. 100: the agent has just taken the one of 10, so there is room. 101: no
    assert outcomes(result) == [HANDLED, HANDLED, BLOCKED, HANDLED, BLOCKED]
    assert column(result, "left_s") == [None, None, 20, None, 101]
    assert column(result, "answered_s") == [0, 100, None, 105, None]


def test_nobody_who_finds_an_agent_free_is_blocked(run: Run) -> None:
    day = scenario([contact_type(queue_limit=0)], [group("home", ["phone"])])
    result = run(day, [FIRST, Row(10, 5), Row(100, 5)], all_day("home"))
    assert outcomes(result) == [HANDLED, BLOCKED, HANDLED]


def test_the_abandoned_and_the_called_back_do_not_fill_the_line(run: Run) -> None:
    offer = qs.CallbackOffer(accept=0.5, after=5.0)
    day = scenario([contact_type(queue_limit=1, callback=offer)], [group("home", ["phone"])])
    rows = [
        FIRST,
        Row(10, 5, accepts=True, answers=(True,)),  # on virtual hold from 15: off the line
        Row(14, 5),  # blocked
        Row(16, 5, patience=10),  # room; leaves at 26
        Row(26, 5),  # patience ends after arrivals: still full
        Row(27, 5),  # room
    ]
    result = run(day, rows, all_day("home"))
    assert outcomes(result) == [HANDLED, HANDLED, BLOCKED, ABANDONED, BLOCKED, HANDLED]


def test_the_limit_counts_one_type_only(run: Run) -> None:
    types = [contact_type("x", queue_limit=1), contact_type("y")]
    day = scenario(types, [group("home", ["x", "y"])])
    rows = [Row(0, 100, kind="x"), Row(10, 5, kind="y"), Row(20, 5, kind="x")]
    assert outcomes(run(day, rows, all_day("home"))) == [HANDLED] * 3


# Virtual hold ---------------------------------------------------------------------------


def test_virtual_hold_keeps_its_place_and_has_no_patience(run: Run) -> None:
    rows = [
        FIRST,
        Row(10, 50, wrap_up=10, patience=60, accepts=True, answers=(True,)),
        Row(20, 5),
    ]
    result = run(held(), rows, all_day("home"))
    # offered at 10 + 20; patience would end at 70; dialled at 100 before the one who came later;
    # rings 15, talks 50 to 165, wrap-up to 175
    assert column(result, "offer_s") == [None, 30, 40]
    assert column(result, "accepted_s") == [None, 30, None]
    assert column(result, "due_s") == [None, 30, None]
    assert column(result, "dialled_s") == [None, 100, None]
    assert column(result, "attempts") == [0, 1, 0]
    assert column(result, "answered_s") == [0, 115, 175]
    assert column(result, "talk_end_s") == [100, 165, 180]
    assert column(result, "freed_s") == [100, 175, 180]
    assert outcomes(result) == [HANDLED] * 3
    assert busy(result) == [(0, 0, 180)]


def test_no_answer_costs_ring_time_and_the_next_attempt_keeps_the_place(run: Run) -> None:
    rows = [
        FIRST,
        Row(10, 50, accepts=True, answers=(False, True)),
        Row(20, 100),  # 100: dialled 15 in vain; 115: this one, until 215
        Row(110, 30),  # it waits when the dial is in vain, but its place is behind the callback's
    ]
    result = run(held(), rows, all_day("home"))
    # next attempt due 115 + 60 = 175; dialled at 215, answered 230, until 280
    assert column(result, "answered_s") == [0, 230, 115, 280]
    assert column(result, "dialled_s") == [None, 100, None, None]
    assert column(result, "attempts") == [0, 2, 0, 0]


def test_before_its_next_attempt_a_callback_is_not_in_the_line(run: Run) -> None:
    rows = [FIRST, Row(10, 50, accepts=True, answers=(False, True)), Row(150, 30)]
    result = run(held(), rows, all_day("home"))
    # idle from 115; takes the one of 150 until 180; due 175, dialled 180, answered 195
    assert column(result, "answered_s") == [0, 195, 150]
    assert busy(result) == [(0, 0, 115), (0, 150, 245)]


def test_attempts_run_out(run: Run) -> None:
    rows = [FIRST, Row(10, 50, accepts=True, answers=(False, False, False))]
    result = run(held(), rows, all_day("home"))
    # dialled 100-115, 175-190, 250-265
    assert outcomes(result) == [HANDLED, FAILED_CALLBACK]
    assert column(result, "left_s") == [None, 265]
    assert column(result, "attempts") == [0, 3]
    assert column(result, "dialled_s") == [None, 100]
    assert column(result, "agent") == [0, 0]
    assert column(result, "answered_s") == [0, None]
    assert column(result, "freed_s") == [100, None]
    assert busy(result) == [(0, 0, 115), (0, 175, 190), (0, 250, 265)]


def test_attempts_are_those_of_the_scenario_not_of_the_tape(run: Run) -> None:
    rows = [FIRST, Row(10, 50, accepts=True, answers=(False, True))]
    result = run(held(attempts=1), rows, all_day("home"))
    assert outcomes(result)[1] == FAILED_CALLBACK
    assert column(result, "left_s") == [None, 115]


def test_the_agent_who_dials_last_is_the_one_recorded(run: Run) -> None:
    rows = [FIRST, Row(10, 50, accepts=True, answers=(False, True)), Row(120, 100)]
    result = run(held(), rows, [("home", [(0.0, DAY_S)]), ("home", [(170.0, DAY_S)])])
    # agent 0 dials at 100; at 175 agent 0 is busy (from 120) and agent 1 dials
    assert column(result, "agent") == [0, 1, 0]
    assert column(result, "answered_s") == [0, 190, 120]


def test_who_declines_keeps_patience(run: Run) -> None:
    result = run(held(), [FIRST, Row(10, 5, patience=60)], all_day("home"))
    assert outcomes(result) == [HANDLED, ABANDONED]
    assert (column(result, "offer_s"), column(result, "left_s")) == ([None, 30], [None, 70])
    assert column(result, "accepted_s") == [None, None]


def test_no_offer_to_whom_an_agent_or_the_end_of_patience_came_first(run: Run) -> None:
    rows = [Row(0, 25), Row(10, 50, accepts=True), Row(12, 5, patience=10, accepts=True)]
    result = run(held(), rows, all_day("home"))
    # answered at 25 < 30; left at 22 < 32
    assert column(result, "offer_s") == [None, None, None]
    assert outcomes(result) == [HANDLED, HANDLED, ABANDONED]
    assert column(result, "attempts") == [0, 0, 0]


def test_an_offer_made_when_patience_ends_comes_first(run: Run) -> None:
    rows = [FIRST, Row(10, 5, patience=20, accepts=True, answers=(True,))]
    result = run(held(), rows, all_day("home"))
    assert (outcomes(result)[1], column(result, "answered_s")[1]) == (HANDLED, 115)


def test_an_agent_freed_when_the_offer_is_due_comes_first(run: Run) -> None:
    rows = [Row(0, 30), Row(10, 5, accepts=True, answers=(True,))]
    result = run(held(), rows, all_day("home"))
    assert (column(result, "offer_s"), column(result, "answered_s")) == ([None, None], [0, 30])


def test_an_offer_after_no_time_comes_on_arrival_when_nobody_is_free(run: Run) -> None:
    rows = [Row(0, 50, accepts=True), Row(10, 5, accepts=True, answers=(True,))]
    result = run(phone_day(after=0.0), rows, all_day("home"))
    assert column(result, "offer_s") == [None, 10]
    assert column(result, "answered_s") == [0, 65]  # 50 + 15


def test_the_offer_is_made_when_enough_callers_are_ahead(run: Run) -> None:
    answer = {"accepts": True, "answers": (True,)}
    rows = [FIRST, Row(10, 5, **answer), Row(20, 5), Row(30, 5, **answer), Row(40, 5, **answer)]
    result = run(phone_day(after=0.0, min_queue=2), rows, all_day("home"))
    # ahead on the line: 0, 1, 2 (accepts and holds the line no more), then again 2
    assert column(result, "offer_s") == [None, None, None, 30, 40]


def test_callers_behind_are_not_ahead(run: Run) -> None:
    rows = [FIRST, Row(10, 5, accepts=True), Row(20, 5), Row(25, 5)]
    result = run(phone_day(after=20.0, min_queue=1), rows, all_day("home"))
    # at 30 two wait behind it and nobody ahead; at 40 one is ahead, at 45 two
    assert column(result, "offer_s") == [None, None, 40, 45]


def test_callers_ahead_are_counted_when_the_offer_is_due(run: Run) -> None:
    rows = [FIRST, Row(10, 5, patience=15), Row(20, 5)]
    result = run(phone_day(after=20.0, min_queue=1), rows, all_day("home"))
    assert column(result, "offer_s") == [None, None, None]  # the one ahead left at 25


# Later ----------------------------------------------------------------------------------


def later(headcount: int = 10, **terms: object) -> qs.Scenario:
    """An offer on arrival of a window later on."""
    return phone_day(after=0.0, kind="later", delay=500.0, **terms)


ACCEPTED = Row(10, 50, patience=60, accepts=True, delay=490, answers=(True,))
"""Accepts at 10; the window starts at 10 + 490 = 500."""


def test_a_later_callback_waits_for_its_window(run: Run) -> None:
    result = run(later(), [FIRST, ACCEPTED], all_day("home"))
    assert column(result, "accepted_s") == [None, 10]
    assert column(result, "due_s") == [None, 500]
    assert column(result, "dialled_s") == [None, 500]  # not at 100, though the agent is idle
    assert column(result, "answered_s") == [0, 515]
    assert outcomes(result) == [HANDLED, HANDLED]


def test_a_later_callback_competes_from_the_start_of_its_window(run: Run) -> None:
    rows = [FIRST, ACCEPTED, Row(480, 60), Row(490, 10), Row(510, 10)]
    result = run(later(), rows, all_day("home"))
    # at 540: waited 50, 40 (the callback, since 500), 30
    assert column(result, "answered_s") == [0, 565, 480, 540, 615]  # 550 + 15, until 615


@pytest.mark.parametrize(
    ("terms", "answered"),
    [
        ({"credit": 15.0}, [0, 555, 480, 605]),  # 40 + 15 > 50: dialled at 540, until 605
        ({"weight": 1.5}, [0, 555, 480, 605]),  # 40 × 1.5 = 60 > 50
        ({"weight": 1.2}, [0, 565, 480, 540]),  # 48 < 50
    ],
)
def test_later_callbacks_compete_on_their_own_terms(
    run: Run, terms: dict[str, float], answered: list[float]
) -> None:
    rows = [FIRST, ACCEPTED, Row(480, 60), Row(490, 10)]
    assert column(run(later(**terms), rows, all_day("home")), "answered_s") == answered


def test_later_callbacks_keep_their_own_reserve(run: Run) -> None:
    rows = [FIRST, Row(0, 100), ACCEPTED, Row(450, 150), Row(510, 10)]
    result = run(later(reserve=1), rows, all_day("home", 2))
    # 500: one idle. 510: a live contact takes that one. 520: one idle. 600: two idle: dialled
    assert column(result, "dialled_s") == [None, None, 600, None, None]
    assert column(result, "answered_s") == [0, 0, 615, 450, 510]


def test_the_weight_of_the_type_is_not_that_of_its_later_callbacks(run: Run) -> None:
    offer = qs.CallbackOffer(accept=0.5, kind="later", delay=500.0)
    types = [contact_type(callback=offer, weight=10.0), contact_type("y")]
    day = scenario(types, [group("home", ["phone", "y"])])
    rows = [FIRST, ACCEPTED, Row(480, 60, kind="y"), Row(490, 10, kind="y")]
    # at 540: y has waited 50, the callback 40 with weight 1
    assert column(run(day, rows, all_day("home")), "answered_s") == [0, 565, 480, 540]


def test_the_next_attempt_of_a_later_callback_keeps_its_place(run: Run) -> None:
    again = Row(10, 50, accepts=True, delay=490, answers=(False, True))
    behind = Row(20, 20, accepts=True, delay=485, answers=(True,))  # window at 505
    dialling = qs.Dialling(ring=15.0, retry_after=60.0)
    rows = [FIRST, again, behind, Row(550, 50)]
    result = run(later(dialling=dialling), rows, all_day("home"))
    # 500 dialled in vain; 515 the other is dialled, answered 530, until 550; then the live one of
    # 550 until 600; due again at 575, dialled at 600, answered 615
    assert column(result, "answered_s") == [0, 615, 530, 550]
    rows.append(Row(560, 10))
    # at 600 the callback has waited since 500, the live one since 560
    assert column(run(later(dialling=dialling), rows, all_day("home")), "answered_s") == [
        *(0, 615, 530, 550),
        665,
    ]


def test_a_window_that_starts_at_once_joins_the_line_of_callbacks(run: Run) -> None:
    rows = [FIRST, Row(10, 50, accepts=True, answers=(True,)), Row(20, 10)]
    result = run(later(), rows, all_day("home"))
    assert column(result, "due_s") == [None, 10, None]
    assert column(result, "answered_s") == [0, 115, 165]  # waited 90 against 80


def test_a_window_or_an_attempt_after_the_horizon_stays_unresolved(run: Run) -> None:
    rows = [
        Row(0, 100),
        Row(10, 50, accepts=True, delay=DAY_S, answers=(True,)),
        Row(DAY_S - 110, 100),
        Row(DAY_S - 100, 50, accepts=True, delay=20, answers=(False, True)),
    ]
    dialling = qs.Dialling(ring=15.0, retry_after=60.0)
    result = run(later(dialling=dialling), rows, all_day("home"))
    # the last: window at -80, dialled at -10 when the agent is free, in vain at 5 after the end
    assert outcomes(result) == [HANDLED, UNRESOLVED, HANDLED, UNRESOLVED]
    assert column(result, "due_s") == [None, DAY_S + 10, None, DAY_S - 80]
    assert column(result, "left_s") == [None] * 4
    assert column(result, "dialled_s") == [None, None, None, DAY_S - 10]
    assert busy(result)[-1] == (0, DAY_S - 110, DAY_S + 5)


# Requests for a callback ----------------------------------------------------------------


def test_a_request_is_dialled(run: Run) -> None:
    dialling = qs.Dialling(ring=10.0, attempts=2, retry_after=60.0)
    request = contact_type("request", "callback", dialling=dialling)
    day = scenario([request], [group("home", ["request"])])
    rows = [
        Row(0, 100, 20, kind="request", answers=(True,)),  # rings to 10, talk to 110, to 130
        Row(5, 50, kind="request", answers=(False, True)),  # 130-140 in vain, due 200
        Row(6, 50, kind="request", answers=(False, False)),  # 140-150 in vain, due 210
        Row(7, 30, kind="request", answers=(True,)),  # 150-160, talk to 190
    ]
    result = run(day, rows, all_day("home"))
    # the second: 200-210, talk to 260; the third: 260-270, given up
    assert outcomes(result) == [HANDLED, HANDLED, FAILED_CALLBACK, HANDLED]
    assert column(result, "due_s") == [0, 5, 6, 7]
    assert column(result, "dialled_s") == [0, 130, 140, 150]
    assert column(result, "answered_s") == [10, 210, None, 160]
    assert column(result, "left_s") == [None, None, 270, None]
    assert column(result, "attempts") == [1, 2, 2, 1]
    assert column(result, "offer_s") == [None] * 4
    assert column(result, "accepted_s") == [None] * 4
    assert busy(result) == [(0, 0, 190), (0, 200, 270)]


def test_requests_have_no_patience_and_do_not_hold_the_line(run: Run) -> None:
    request = contact_type("request", "callback", queue_limit=0)
    day = scenario([request], [group("home", ["request"])])
    rows = [Row(t, 10, kind="request", patience=p, answers=(True,)) for t, p in ((0, inf), (1, 5))]
    rows.append(Row(2, 10, kind="request", answers=(True,)))
    # 15 + 10 each
    assert column(run(day, rows, all_day("home")), "answered_s") == [15, 40, 65]


def test_an_agent_is_on_the_phone_or_on_a_request_not_both(run: Run) -> None:
    types = [contact_type(), contact_type("request", "callback")]
    day = scenario(types, [group("home", ["phone", "request"])])
    rows = [Row(0, 100, kind="request", answers=(True,)), Row(10, 5)]
    assert column(run(day, rows, all_day("home")), "answered_s") == [15, 115]


def test_dialling_times_off_the_grid_are_snapped(run: Run) -> None:
    dialling = qs.Dialling(ring=0.3, attempts=2, retry_after=0.3)
    day = phone_day(after=0.3, dialling=dialling)
    rows = [Row(0, 10), Row(5, 10, accepts=True, answers=(False, True))]
    tick = 1 / 1024
    result = run(day, rows, all_day("home"))
    # 0.3 × 1024 = 307.2: 307 ticks, for the offer, for each ring and for the pause between dials
    assert column(result, "offer_s") == [None, 5 + 307 * tick]
    assert column(result, "answered_s") == [0, 10 + 3 * 307 * tick]
