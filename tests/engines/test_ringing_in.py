"""Rule 3: who waits for a callback and rings in before an agent is at it. Worked by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import queuesim as qs
from queuesim.engines.outcome import CONTACT_COLUMNS, Cause
from queuesim.engines.reference import simulate_reference
from queuesim.sampling import draw_tape
from tests.engines.by_hand import (
    DAY_S,
    ENGINES,
    FAILED_CALLBACK,
    HANDLED,
    RANG_IN,
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
    tape,
)
from tests.engines.test_two_engines import assert_equal, in_pieces

FIRST = Row(0, 100)
"""Keeps the one agent busy until 100."""
ONE = all_day("home")
REACHED = {"accepts": True, "answers": (True, True, True)}
TICK_S = 1 / 1024
RINGS_IN = qs.Return(share=0.5, delay=60.0, max_attempts=3)


def day(rings_in: qs.Return | None = RINGS_IN, more: Any = (), **offer: Any) -> qs.Scenario:
    """One line; a callback is offered on arrival to who is not taken at once."""
    terms = {name: offer.pop(name) for name in ("hours", "redial") if name in offer}
    kind = contact_type(callback=qs.CallbackOffer(accept=0.5, rings_in=rings_in, **offer), **terms)
    names = ["phone", *(each.name for each in more)]
    return scenario([kind, *more], [group("home", names)])


def impatient(at: float, talk: float, after: float, times: int = 1, **terms: Any) -> Row:
    """Who takes a callback and rings in so long after; then stays on the line, or does so again."""
    mine: dict[str, Any] = {**REACHED, "rings_in": True, "rings_in_delay": after, **terms}
    again = [Row(0, talk, **mine) for _ in range(times - 1)]
    last = Row(0, talk)
    return Row(at, talk, again=tuple((each,) for each in (*again, last)), **mine)


def causes(outcome: Any) -> list[Cause]:
    return [Cause(code) for code in outcome.contacts["cause"] if code >= 0]


# When -----------------------------------------------------------------------------------


def test_who_waits_on_virtual_hold_rings_in_and_loses_the_place(run: Run) -> None:
    rows = [FIRST, impatient(10, 5, after=60), Row(20, 30)]
    result = run(day(), rows, ONE)
    # accepted at 10, rings in at 70 behind the one of 20, who is taken at 100 until 130
    assert result.contacts["outcome"].tolist() == [HANDLED, RANG_IN, HANDLED, HANDLED]
    assert column(result, "left_s") == [None, 70, None, None]
    assert column(result, "came_s") == [0, 10, 20, 70]
    assert column(result, "answered_s") == [0, None, 100, 130]
    assert column(result, "dialled_s") == [None] * 4
    assert result.contacts["attempts"].tolist() == [0, 0, 0, 0]
    assert causes(result) == [Cause.FIRST, Cause.FIRST, Cause.FIRST, Cause.RING_IN]
    assert result.contacts["resolved"].tolist() == [1, -1, 1, 1]


@pytest.mark.parametrize(("after", "rings"), [(90 - TICK_S, True), (90, False), (95, False)])
def test_an_agent_at_the_very_instant_wins(run: Run, after: float, rings: bool) -> None:
    result = run(day(), [FIRST, impatient(10, 5, after)], ONE)
    # the agent is free at 100, dials and rings for 15
    assert outcomes(result)[1] == (RANG_IN if rings else HANDLED)
    assert column(result, "answered_s") == ([0, None, 100] if rings else [0, 115, None])
    assert column(result, "came_s")[2] == (10 + after if rings else None)


@pytest.mark.parametrize("kind", ["later", "slot", "idle_time"])
def test_before_it_is_due_and_while_it_waits_in_its_line(run: Run, kind: str) -> None:
    terms: dict[str, Any] = {"kind": kind}
    if kind == "slot":
        terms |= {"slot": "5min", "per_slot": 1}
    if kind == "idle_time":
        terms |= {"reserve": 1}
    delay = {"delay": 0.0 if kind == "idle_time" else 200.0}
    # due at 210 or 300, or at once; the agent is busy until 400 and then with live contacts
    rows = [Row(0, 400), impatient(10, 5, 100, **delay), impatient(20, 5, 330, **delay)]
    rows += [Row(30, 70)]
    result = run(day(**terms), rows, ONE)
    assert outcomes(result)[1:3] == [RANG_IN, RANG_IN]
    assert column(result, "left_s")[1:3] == [110, 350]
    assert column(result, "came_s")[4:] == [110, 350]
    assert column(result, "answered_s") == [0, None, None, 400, 470, 475]
    assert column(result, "dialled_s") == [None] * 6


def test_a_callback_that_was_given_up_does_not_come_to_its_line(run: Run) -> None:
    # due at 210, after it was given up at 110: nobody is dialled, and the next one at 220 is
    rows = [FIRST, impatient(10, 5, 100, delay=200.0), Row(50, 10, delay=170.0, **REACHED)]
    result = run(day(kind="later"), rows, ONE)
    assert column(result, "answered_s") == [0, None, 235, 110]
    assert column(result, "agent") == [0, -1, 0, 0]
    assert result.busy["from_s"].tolist() == [0, 110, 220]
    assert result.busy["to_s"].tolist() == [100, 115, 245]


# Not while an agent is at it ------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "ends"),
    [
        (95.0, HANDLED),  # at 105: it rings
        (90.0, HANDLED),  # at 100, when it begins to
        (105.0, RANG_IN),  # at 115, when nobody has answered: it is owed again
        (100 - TICK_S, HANDLED),
        (150.0, RANG_IN),  # between two attempts
        (205.0, HANDLED),  # at 215, when it rings again
        (230.0, HANDLED),  # at 240, in talk
        (400.0, HANDLED),  # when all is over
    ],
)
def test_not_while_an_agent_is_at_it(run: Run, after: float, ends: object) -> None:
    dialling = qs.Dialling(answered=0.5, ring=15.0, retry_after=100.0, attempts=2)
    rows = [FIRST, impatient(10, 20, after, answers=(False, True))]
    result = run(day(dialling=dialling), rows, ONE)
    # dialled from 100 to 115 in vain, from 215 on again, answered at 230, over at 250
    assert outcomes(result)[1] == ends
    if ends == RANG_IN:
        assert column(result, "answered_s") == [0, None, 10 + after]
        assert result.contacts["attempts"].tolist() == [0, 1, 0]
        assert column(result, "dialled_s")[1] == 100
    else:
        assert column(result, "answered_s") == [0, 230, None]


def test_who_was_dialled_at_the_moment_does_not_ring_in_later(run: Run) -> None:
    """Once is decided when; it is not put off until nobody has answered."""
    dialling = qs.Dialling(answered=0.5, ring=15.0, retry_after=1000.0, attempts=2)
    result = run(day(dialling=dialling), [FIRST, impatient(10, 20, 95, answers=(False, True))], ONE)
    assert column(result, "answered_s") == [0, 1130, None]


def test_not_when_it_has_failed(run: Run) -> None:
    dialling = qs.Dialling(answered=0.5, ring=15.0, attempts=1)
    for after in (105.0, 200.0):  # at 115, the very instant, and later
        result = run(day(dialling=dialling), [FIRST, impatient(10, 5, after, answers=())], ONE)
        assert outcomes(result) == [HANDLED, FAILED_CALLBACK]


# How often, and when not ----------------------------------------------------------------


def test_as_often_as_there_are_attempts_redials_included(run: Run) -> None:
    once = RINGS_IN.model_copy(update={"max_attempts": 1})
    rows = [Row(0, 400), impatient(10, 5, 50, times=3)]
    assert column(run(day(), rows, ONE), "came_s") == [0, 10, 60, 110, 160]
    # who has rung in once waits for the callback of the second attempt
    result = run(day(once), rows, ONE)
    assert column(result, "came_s") == [0, 10, 60]
    assert outcomes(result) == [HANDLED, RANG_IN, HANDLED]
    assert column(result, "dialled_s") == [None, None, 400]
    # a redial counts: abandoned at 30, back at 40, does not ring in
    left = Row(
        10, 5, patience=20, redials=True, redial_delay=10.0,
        again=((Row(0, 5, rings_in=True, rings_in_delay=30.0, **REACHED),), (Row(0, 5),)),
    )  # fmt: skip
    redial = qs.Return(share=0.5, delay=60.0)
    result = run(day(once, redial=redial), [Row(0, 400), left], ONE)
    assert column(result, "came_s") == [0, 10, 40]
    assert column(result, "dialled_s")[2] == 400


def test_each_time_back_counts_where_the_tape_has_more_attempts(run: Run) -> None:
    """Redials may be three, and so there are rows; ringing in is for those who came once."""
    once = RINGS_IN.model_copy(update={"max_attempts": 1})
    redial = qs.Return(share=0.5, delay=60.0, max_attempts=3)
    rows = [Row(0, 400), impatient(10, 5, 50, times=3)]
    result = run(day(once, redial=redial), rows, ONE)
    assert column(result, "came_s") == [0, 10, 60, None, None]
    assert column(result, "dialled_s")[:3] == [None, None, 400]


def test_who_has_no_further_attempt_on_the_tape_waits_on(run: Run) -> None:
    lonely = Row(10, 5, rings_in=True, rings_in_delay=50.0, **REACHED)
    result = run(day(), [FIRST, lonely], ONE)
    assert column(result, "answered_s") == [0, 115]


def test_nothing_at_the_end_of_the_horizon_or_after(run: Run) -> None:
    nobody = [("home", [(0.0, 50.0)])]
    for after, ends in ((DAY_S - 100 - TICK_S, RANG_IN), (DAY_S - 100, UNRESOLVED)):
        result = run(day(), [Row(0, 200), impatient(100, 5, after)], nobody)
        assert outcomes(result)[1] == ends


def test_at_once(run: Run) -> None:
    """Without delay: the offer is accepted, and given up at the same instant."""
    result = run(day(), [FIRST, impatient(10, 5, after=0.0), Row(10, 5)], ONE)
    assert column(result, "accepted_s") == [None, 10, None, None]
    assert column(result, "left_s") == [None, 10, None, None]
    # both have come at 10: the line keeps customers in order, the one who rings in first
    assert column(result, "answered_s") == [0, None, 105, 100]


def test_who_rings_in_outside_the_hours_is_turned_away(run: Run) -> None:
    rows = [FIRST, impatient(10, 5, 100, delay=1000.0)]
    result = run(day(kind="later", hours="00:00:00-00:01:30"), rows, ONE)
    assert outcomes(result) == [HANDLED, RANG_IN, TURNED_AWAY]


def test_at_one_instant_by_customer(run: Run) -> None:
    """Patience that ends and those who ring in take turns by row; who rings in comes before the
    next patience ends."""
    kinds = [contact_type("limited", queue_limit=1)]
    to = RINGS_IN.model_copy(update={"to": "limited"})

    def rows(first: bool) -> list[Row]:
        caller = Row(10, 5, kind="limited", patience=60)
        rings = impatient(10, 5, 60, again=((Row(0, 5, kind="limited"),),))
        return [FIRST, caller, rings] if first else [FIRST, rings, caller]

    def impatient(at: float, talk: float, after: float, again: Any) -> Row:
        return Row(at, talk, again=again, rings_in=True, rings_in_delay=after, **REACHED)

    # at 70 the caller leaves and makes room; before that the line is full
    assert outcomes(run(day(to, kinds), rows(True), ONE))[-1] == HANDLED
    assert outcomes(run(day(to, kinds), rows(False), ONE))[-1].name == "BLOCKED"


# What is given back ---------------------------------------------------------------------


def test_one_is_open_less(run: Run) -> None:
    rows = [FIRST, impatient(10, 5, 20), Row(29, 5), Row(30, 5), Row(31, 5, **REACHED)]
    result = run(day(max_open=1), rows, ONE)
    # at 30 offers come before who rings in; at 30 too the one who rang in is offered one anew
    assert column(result, "offer_s") == [None, 10, None, None, 31, 30]


def test_a_place_in_a_slot_is_free_again(run: Run) -> None:
    slots: dict[str, Any] = {"kind": "slot", "slot": "5min", "per_slot": 1}
    rows = [Row(0, 400), impatient(10, 5, 40), Row(20, 5, **REACHED), Row(60, 5, **REACHED)]
    result = run(day(**slots), rows, ONE)
    # 10 → 300, 20 → 600; at 50 that of 300 is free again and goes to the next
    assert column(result, "due_s") == [None, 300, 600, 300, None]


def test_a_slot_that_begins_is_given_back_at_that_instant(run: Run) -> None:
    """Who rings in at the start of the slot makes room for one who is offered it then."""
    slots: dict[str, Any] = {"kind": "slot", "slot": "5min", "per_slot": 1}
    rows = [Row(0, 400), impatient(10, 5, 290, times=2), Row(300, 5, **REACHED)]
    result = run(day(**slots), rows, ONE)
    # at 300: the offer to the one of 300 comes first and gets 600; the one who rings in gets 300
    assert column(result, "due_s") == [None, 300, 600, 300, None]


# Requests -------------------------------------------------------------------------------


def requests(**terms: Any) -> qs.Scenario:
    to = RINGS_IN.model_copy(update={"to": "phone"})
    asks = contact_type("asks", "callback", rings_in=to, **terms)
    return scenario([contact_type(), asks], [group("home", ["phone", "asks"])])


@pytest.mark.parametrize(("after", "rings"), [(90 - TICK_S, True), (90, False)])
def test_who_asked_for_a_callback_rings_in(run: Run, after: float, rings: bool) -> None:
    again = ((Row(0, 5, kind="phone"),),)
    asks = Row(
        10, 5, kind="asks", rings_in=True, rings_in_delay=after, again=again, answers=(True,)
    )
    result = run(requests(), [FIRST, asks], ONE)
    assert outcomes(result) == ([HANDLED, RANG_IN, HANDLED] if rings else [HANDLED, HANDLED])
    assert column(result, "due_s")[:2] == [None, 10]
    assert column(result, "answered_s") == ([0, None, 100] if rings else [0, 115, None])


def test_a_request_that_is_dialled_at_once_may_ring_in_between_attempts(run: Run) -> None:
    again = ((Row(0, 5, kind="phone"),),)
    asks = Row(10, 5, kind="asks", rings_in=True, rings_in_delay=60.0, again=again)
    result = run(requests(dialling=qs.Dialling(ring=15.0, answered=0.5)), [asks], ONE)
    assert outcomes(result) == [RANG_IN, HANDLED]
    assert column(result, "answered_s") == [None, 70]
    result = run(requests(dialling=qs.Dialling(ring=60.0, answered=0.5)), [asks], ONE)
    assert outcomes(result) == [RANG_IN, HANDLED]  # at 70: in vain, and owed again
    result = run(requests(dialling=qs.Dialling(ring=61.0, answered=0.5)), [asks], ONE)
    assert outcomes(result) == [FAILED_CALLBACK]


# Pieces, and limits ---------------------------------------------------------------------


def test_pieces_carry_who_will_ring_in() -> None:
    slots: dict[str, Any] = {"kind": "slot", "slot": "5min", "per_slot": 1, "max_open": 2}
    made = day(**slots)
    rows = [
        Row(0, 400), impatient(10, 5, 40, times=2), Row(20, 5, **REACHED), Row(60, 5, **REACHED),
        impatient(61, 7, 250), impatient(350, 9, 500), Row(360, 300), impatient(700, 5, 10),
    ]  # fmt: skip
    played = tape(made, rows, ONE)
    whole = simulate_reference(made, played)
    assert (whole.contacts["outcome"] == RANG_IN).sum() >= 3
    for cuts in ([15.0], [50.0], [55.0, 310.0], [11.0, 30.0, 62.0, 355.0, 600.0, 705.0]):
        assert_equal(in_pieces(made, played, cuts), whole)


def drawn(rings_in: qs.Return | None, **terms: Any) -> qs.Scenario:
    phone = qs.ContactType(
        name="phone", channel="phone", demand=qs.Demand(per_day=400, day="office"),
        talk=qs.Exponential(mean="5min"), patience=qs.Exponential(mean="10min"),
        callback=qs.CallbackOffer(
            accept=0.6, after="30s", dialling=qs.Dialling(answered=0.7), rings_in=rings_in, **terms
        ),
    )  # fmt: skip
    return scenario([phone], [group("home", ["phone"], 3)])


def test_a_share_of_none_changes_nothing() -> None:
    for terms in ({}, {"kind": "later", "delay": "20min"}):
        plain, nobody = drawn(None, **terms), drawn(qs.Return(share=0.0, delay="1min"), **terms)
        for engine in ENGINES.values():
            one, other = (engine(each, draw_tape(each, seed=3)) for each in (plain, nobody))
            assert_equal(one, other)


def test_a_delay_longer_than_any_wait_changes_nothing() -> None:
    never = drawn(qs.Return(share=1.0, delay="24h"))
    plain = drawn(None)
    for engine in ENGINES.values():
        one, other = (engine(each, draw_tape(each, seed=3)) for each in (plain, never))
        n = len(one.contacts["outcome"])
        assert (other.contacts["outcome"][n:] == -1).all()
        for name in CONTACT_COLUMNS:
            np.testing.assert_array_equal(one.contacts[name], other.contacts[name][:n])
