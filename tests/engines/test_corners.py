"""Days on which two rules meet that seldom do. Every time is worked by hand."""

from __future__ import annotations

import queuesim as qs
from tests.engines.by_hand import (
    BLOCKED,
    DAY_S,
    HANDLED,
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

NOON = 43_200.0
DIALS = qs.Dialling(ring=15.0, attempts=3, retry_after=60.0)
YES, IN_VAIN_FIRST = (True, True, True), (False, True, True)


def held(**terms: object) -> qs.Scenario:
    """One phone line with virtual hold after 20 s."""
    offer = qs.CallbackOffer(accept=0.5, after=20.0, dialling=DIALS)
    return scenario([contact_type(callback=offer, **terms)], [group("home", ["phone"])])


# Callbacks ------------------------------------------------------------------------------


def test_who_took_a_callback_has_no_patience_to_lose_where_callers_are_counted(run: Run) -> None:
    # accepted at 30; patience would have ended at 60
    rows = [Row(0, 100), Row(10, 5, patience=50, accepts=True, answers=YES)]
    result = run(held(queue_limit=5), rows, all_day("home"))
    assert outcomes(result) == [HANDLED, HANDLED]
    assert column(result, "answered_s") == [0, 115]


def test_a_callback_that_leaves_its_line_makes_no_room_on_hold(run: Run) -> None:
    # the second is called back and holds no more; the third does, when the fourth comes
    rows = [Row(0, 100), Row(10, 5, accepts=True, answers=YES), Row(40, 5), Row(101, 5)]
    result = run(held(queue_limit=1), rows, all_day("home"))
    assert outcomes(result) == [HANDLED, HANDLED, HANDLED, BLOCKED]


def test_an_attempt_comes_back_between_those_before_and_after_it(run: Run) -> None:
    # dialled in vain at 0 and 5, back at 75 and 80, ahead of who asked at 30; free at 100 and 110
    day = scenario(
        [contact_type(), contact_type("request", "callback", dialling=DIALS)],
        [group("home", ["phone", "request"])],
    )
    rows = [Row(at, 5, kind="request", answers=IN_VAIN_FIRST) for at in (0, 5)]
    rows += [Row(10, 85), Row(12, 90), Row(30, 5, kind="request", answers=YES)]
    result = run(day, rows, all_day("home", 2))
    assert column(result, "answered_s") == [115, 125, 15, 20, 135]


def test_an_attempt_is_first_before_one_who_has_not_waited_long_enough(run: Run) -> None:
    # dialled at 30 in vain, back at 105; the second may be taken from 130
    day = scenario(
        [contact_type("request", "callback", dialling=DIALS)],
        [group("home", [qs.Skill("request", min_wait=30.0)])],
    )
    rows = [
        Row(0, 5, kind="request", answers=IN_VAIN_FIRST),
        Row(100, 5, kind="request", answers=YES),
    ]
    result = run(day, rows, all_day("home"))
    assert column(result, "answered_s") == [120, 145]


def test_a_later_callback_is_dialled_again_on_its_own_terms(run: Run) -> None:
    # dialled at 100 in vain, back at 175; at 220 the caller comes first, for the lack of credit
    offer = qs.CallbackOffer(
        accept=0.5, after=20.0, kind="later", delay=10.0, dialling=DIALS, credit=-1000.0
    )
    day = scenario([contact_type(callback=offer)], [group("home", ["phone"])])
    rows = [Row(0, 100), Row(10, 5, accepts=True, answers=IN_VAIN_FIRST)]
    rows += [Row(170, 50), Row(210, 5)]
    result = run(day, rows, all_day("home"))
    assert column(result, "answered_s") == [0, 225 + 15, 170, 220]


# Serving out ----------------------------------------------------------------------------


def test_who_stays_keeps_no_reserve_and_the_next_session_does(run: Run) -> None:
    # one of two idle is kept back, so the second waits; who stays takes it at 43250
    hours = ["08:00-12:00", "13:00-20:00"]
    day = scenario([contact_type(hours=hours)], [group("home", [qs.Skill("phone", reserve=1)])])
    rows = [Row(43_150, 100), Row(43_160, 10), Row(46_900, 10), Row(46_905, 10)]
    result = run(day, rows, [("home", [(28_800.0, NOON), (46_800.0, 60_000.0)])] * 2)
    assert column(result, "answered_s") == [43_150, 43_250, 46_900, 46_910]


def test_nobody_stays_for_a_line_that_is_released(run: Run) -> None:
    # at noon x is open still; y closes and sends its caller home; at one, too late, x closes
    day = scenario(
        [
            contact_type("x", hours="08:00-13:00"),
            contact_type("y", hours="08:00-12:00", at_closing="release"),
        ],
        [group("home", ["x", "y"])],
    )
    rows = [Row(43_000, 5_000, kind="x"), Row(43_100, 10, kind="y"), Row(43_100, 10, kind="x")]
    result = run(day, rows, [("home", [(0.0, NOON)])])
    assert outcomes(result)[2] == UNRESOLVED


def test_who_stays_takes_nobody_when_the_horizon_ends(run: Run) -> None:
    """On duty one still would: service ends first at an instant. Overtime ends with the horizon."""
    day = scenario([contact_type(hours="08:00-23:59:50")], [group("home", ["phone"])])
    rows = [Row(DAY_S - 50, 50), Row(DAY_S - 40, 5)]
    assert outcomes(run(day, rows, [("home", [(0.0, DAY_S - 10)])])) == [HANDLED, UNRESOLVED]
    assert outcomes(run(day, rows, all_day("home"))) == [HANDLED, HANDLED]


# One instant ----------------------------------------------------------------------------


def test_of_two_chats_that_end_together_the_lower_row_decides_who_is_free_first(run: Run) -> None:
    # from 10 the first agent has y, then x: rows 2 and 0; the other has row 1; all end at 30
    day = scenario(
        [
            contact_type("x", "chat"),
            contact_type("y", "chat", credit=1000.0),
            contact_type("z", "phone"),
        ],
        [
            group("one", ["x", "y"], concurrency={"chat": 2}, pace={"chat": (1.0, 2.0)}),
            group("two", [qs.Skill("x", min_wait=25.0), "z"]),
        ],
    )
    rows = [Row(0, 20, kind="x"), Row(1, 29, kind="z"), Row(2, 20, kind="y"), Row(3, 5, kind="x")]
    result = run(day, rows, [("one", [(10.0, DAY_S)]), ("two", [(0.0, DAY_S)])])
    assert column(result, "talk_end_s") == [30, 30, 30, 35]
    assert column(result, "agent") == [0, 1, 0, 0]
