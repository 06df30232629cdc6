"""Callback offers by announced wait and by what is open; slots and idle time. Worked by hand."""

from __future__ import annotations

from typing import Any

import pytest

import queuesim as qs
from tests.engines.by_hand import (
    ABANDONED,
    DAY_S,
    FAILED_CALLBACK,
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

FIRST = Row(0, 100)
"""Keeps the one agent busy until 100."""
REACHED = {"accepts": True, "answers": (True, True, True)}
TICK_S = 1 / 1024


def day(announces: bool = True, days: int = 1, **offer: Any) -> qs.Scenario:
    """One line; each contact ahead is announced as 60 s, divided by the agents."""
    said = qs.Announcement(predictor="queue_length") if announces else None
    hours = offer.pop("hours", None)
    kind = contact_type(
        announcement=said, callback=qs.CallbackOffer(accept=0.5, **offer), hours=hours
    )
    return scenario([kind], [group("home", ["phone"])], days)


# By announced wait ----------------------------------------------------------------------


def test_an_offer_only_from_an_announced_wait_on(run: Run) -> None:
    rows = [FIRST, Row(10, 5), Row(20, 5), Row(30, 5)]
    result = run(day(min_announced=120), rows, all_day("home"))
    assert column(result, "announced_s") == [None, 60, 120, 180]
    assert column(result, "offer_s") == [None, None, 20, 30]
    result = run(day(min_announced=120 + TICK_S), rows, all_day("home"))
    assert column(result, "offer_s") == [None, None, None, 30]


def test_who_heard_no_announcement_gets_no_offer_that_depends_on_one(run: Run) -> None:
    agents = [("home", [(0.0, 50.0)])]
    rows = [FIRST, Row(60, 5, **REACHED)]
    assert column(run(day(min_announced=0), rows, agents), "offer_s") == [None, None]
    assert column(run(day(), rows, agents), "offer_s") == [None, 60]


def test_who_accepts_by_announced_wait(run: Run) -> None:
    rows = [
        FIRST,
        Row(10, 5, accepts_from=60, **REACHED),
        Row(20, 5, accepts_from=120 + TICK_S, **REACHED),
        Row(30, 5, accepts_from=180),  # one who takes no callback at all
    ]
    result = run(day(accept_from=90), rows, all_day("home"))
    assert column(result, "offer_s") == [None, 10, 20, 30]
    assert column(result, "accepted_s") == [None, 10, None, None]


def test_who_heard_no_announcement_has_nothing_to_compare(run: Run) -> None:
    agents = [("home", [(0.0, 50.0)])]
    result = run(day(accept_from=90), [FIRST, Row(60, 5, accepts_from=1e6, **REACHED)], agents)
    assert column(result, "accepted_s") == [None, 60]


# As many as may be open -----------------------------------------------------------------


def test_no_offer_while_as_many_are_open_as_may_be(run: Run) -> None:
    rows = [FIRST, Row(10, 50, **REACHED), Row(20, 5, **REACHED), Row(30, 5), Row(101, 5)]
    rows += [Row(102, 5, **REACHED), Row(103, 5)]
    for kind in ("virtual_hold", "later"):
        result = run(day(announces=False, max_open=1, kind=kind), rows, all_day("home"))
        # the one of 10 is open until an agent dials it: at 100 on virtual hold, and so at 101;
        # later, the line of callbacks competes by wait, and the one of 10 has waited longest too
        assert column(result, "dialled_s")[1] == 100
        assert column(result, "offer_s") == [None, 10, None, None, 101, 102, None]
        assert column(result, "accepted_s") == [None, 10, None, None, None, 102, None]


def test_one_is_open_again_when_nobody_answered(run: Run) -> None:
    dialling = qs.Dialling(ring=10.0, retry_after=200.0, attempts=2)
    made = day(announces=False, max_open=1, dialling=dialling)
    rows = [FIRST, Row(10, 5, accepts=True), Row(105, 50), Row(110, 5), Row(160, 150)]
    rows += [Row(309, 5), Row(320, 5), Row(325, 5)]
    result = run(made, rows, all_day("home"))
    # dialled at 100, in vain until 110: at 105 none is open, at 110 it is again (service ends
    # before arrivals). Those of 105, 110 and 160 keep the agent until 315. Back at 310, dialled at
    # 315, in vain until 325: at 320 it is not open, and at 325 it has failed and never is again
    assert column(result, "dialled_s")[1] == 100
    assert outcomes(result)[1] == FAILED_CALLBACK
    assert column(result, "left_s")[1] == 325
    assert column(result, "offer_s") == [None, 10, 105, None, None, None, 320, 325]
    assert column(result, "answered_s")[-2:] == [330, 335]


def test_two_may_be_open(run: Run) -> None:
    rows = [FIRST, Row(10, 5, **REACHED), Row(20, 5, **REACHED), Row(30, 5, **REACHED)]
    result = run(day(announces=False, max_open=2), rows, all_day("home"))
    assert column(result, "offer_s") == [None, 10, 20, None]


# Slots ----------------------------------------------------------------------------------


def slots(**terms: Any) -> qs.Scenario:
    return day(announces=False, **{"kind": "slot", "slot": "5min", "per_slot": 1, **terms})


def test_the_next_slot_with_room_is_booked(run: Run) -> None:
    rows = [FIRST, Row(10, 50, **REACHED), Row(20, 50, **REACHED), Row(30, 5)]
    rows += [Row(40, 50, delay=700, **REACHED), Row(50, 50, delay=260, **REACHED)]
    result = run(slots(), rows, all_day("home"))
    # slots begin at 300, 600, 900 …: 10 → 300, 20 → 600; 40 wants 740 or later → 900;
    # 50 wants 310 or later: 600 and 900 are taken → 1200
    assert column(result, "accepted_s") == [None, 10, 20, None, 40, 50]
    assert column(result, "due_s") == [None, 300, 600, None, 900, 1200]
    assert column(result, "dialled_s") == [None, 300, 600, None, 900, 1200]
    assert column(result, "answered_s") == [0, 315, 615, 100, 915, 1215]


def test_a_slot_that_begins_at_this_instant_is_the_next(run: Run) -> None:
    rows = [Row(0, 400), Row(300, 5, **REACHED), Row(301, 5, delay=299, **REACHED)]
    rows += [Row(302, 5, delay=298 + TICK_S, **REACHED)]
    result = run(slots(), rows, all_day("home"))
    assert column(result, "due_s") == [None, 300, 600, 900]
    assert column(result, "dialled_s") == [None, 400, 600, 900]


def test_a_slot_takes_so_many(run: Run) -> None:
    rows = [FIRST, *(Row(10.0 + k, 5, **REACHED) for k in range(5))]
    result = run(slots(per_slot=2), rows, all_day("home"))
    assert column(result, "due_s") == [None, 300, 300, 600, 600, 900]


def test_who_does_not_accept_books_nothing(run: Run) -> None:
    rows = [FIRST, Row(10, 5), Row(20, 5, **REACHED)]
    assert column(run(slots(), rows, all_day("home")), "due_s") == [None, None, 300]


def test_slots_begin_while_the_type_is_open(run: Run) -> None:
    made = slots(hours=["00:00:00-00:01:00", "00:10:00-00:16:00"])
    rows = [FIRST, *(Row(10.0 + k, 5, **REACHED) for k in range(4))]
    result = run(made, rows, all_day("home"))
    # slots begin at 600 and 900; the next would be at 1200, when it is closed, until the end
    assert column(result, "due_s") == [None, 600, 900, None, None]
    assert column(result, "offer_s") == [None, 10, 11, None, None]


def test_no_slot_begins_when_the_horizon_has_ended(run: Run) -> None:
    begins = DAY_S - 310
    agents = [("home", [(begins, DAY_S)])]
    rows = [
        Row(begins, 309),
        Row(begins + 1, 5, **REACHED),
        Row(begins + 2, 5, patience=3, **REACHED),
    ]
    result = run(slots(), rows, agents)
    assert column(result, "offer_s") == [None, begins + 1, None]
    assert column(result, "due_s") == [None, DAY_S - 300, None]
    assert outcomes(result) == [HANDLED, HANDLED, ABANDONED]


def test_a_further_dial_takes_no_slot(run: Run) -> None:
    dialling = qs.Dialling(ring=10.0, retry_after=290.0, attempts=2)
    rows = [FIRST, Row(10, 5, accepts=True, answers=(False, True)), Row(590, 20)]
    rows += [Row(595, 5, **REACHED)]
    result = run(slots(dialling=dialling), rows, all_day("home"))
    # dialled at 300 and again at 600 = 310 + 290, which is another's slot
    assert column(result, "due_s") == [None, 300, None, 600]
    assert column(result, "attempts") == [0, 2, 0, 1]
    # at 610 the agent is free: the first has its place from 300, the other from 600
    assert column(result, "answered_s")[1] == 620
    assert column(result, "answered_s")[3] == 635


def test_slots_of_days_to_come_are_booked_too(run: Run) -> None:
    made = slots(hours="00:00:00-00:04:00", days=2)
    rows = [FIRST, Row(10, 5, **REACHED), Row(20, 5, **REACHED)]
    result = run(made, rows, [("home", [(0.0, 2 * DAY_S)])])
    assert column(result, "due_s") == [None, DAY_S, None]


def test_a_slot_nobody_is_there_for(run: Run) -> None:
    agents = [("home", [(0.0, 50.0)])]
    result = run(slots(), [FIRST, Row(10, 5, **REACHED)], agents)
    assert outcomes(result) == [HANDLED, UNRESOLVED]
    assert column(result, "due_s") == [None, 300]


# Idle time ------------------------------------------------------------------------------


@pytest.mark.parametrize("reserve", [1, 2])
def test_idle_time_is_a_queue_of_its_own_with_a_reserve(run: Run, reserve: int) -> None:
    rows = [Row(0, 100), Row(0, 120), Row(0, 200), Row(10, 5, **REACHED), Row(20, 30)]
    rows += [Row(130, 5)]
    result = run(day(announces=False, kind="idle_time", reserve=reserve), rows, all_day("home", 3))
    # at 100 the free agent takes the live one of 20 until 130, at 120 one agent is idle and at 130,
    # where agents are free before contacts arrive, two are: more than 1. With 2 in reserve it waits
    # until 200, when all are idle
    assert column(result, "answered_s")[4] == 100
    assert column(result, "dialled_s")[3] == (130 if reserve == 1 else 200)
    same = run(day(announces=False, kind="later", reserve=reserve), rows, all_day("home", 3))
    for name, values in result.contacts.items():
        assert column(same, name) == column(result, name), values
