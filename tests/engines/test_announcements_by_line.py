"""Announcements and offers where a contact type has several lines. Every time is worked by hand."""

from __future__ import annotations

from typing import Any

import pytest

import queuesim as qs
from tests.engines.by_hand import (
    BALKED,
    BLOCKED,
    HANDLED,
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


def shared(predictor: str, *, overflow: float | None = None, **terms: Any) -> qs.Scenario:
    """One contact type, shared by two groups; talk takes 60 s on average."""
    kind = contact_type(
        allocation={"home": 0.5, "partner": 0.5},
        allocation_overflow=overflow,
        announcement=qs.Announcement(predictor=predictor),
        **terms,
    )
    return scenario([kind], [group("home", ["phone"]), group("partner", ["phone"])])


@pytest.mark.parametrize(
    ("overflow", "announced"), [(None, [60, 120, 60, 180]), (30.0, [30, 60, 30, 90])]
)
def test_those_of_the_own_line_and_who_may_ever_take_them(
    run: Run, overflow: float | None, announced: list[float]
) -> None:
    rows = [Row(0, 100, to="home"), Row(0, 100, to="partner"), Row(10, 5, to="home")]
    rows += [Row(20, 5, to="home"), Row(30, 5, to="partner"), Row(40, 5, to="home")]
    # one agent serves a line, or both where contacts overflow
    result = run(shared("queue_length", overflow=overflow), rows, BOTH)
    assert column(result, "announced_s") == [None, None, *announced]


def test_the_first_of_the_own_line(run: Run) -> None:
    rows = [Row(0, 100, to="home"), Row(0, 100, to="partner"), Row(10, 5, to="home")]
    rows += [Row(20, 5, to="home"), Row(30, 5, to="partner"), Row(45, 5, to="partner")]
    result = run(shared("head_of_line"), rows, BOTH)
    assert column(result, "announced_s") == [None, None, 0, 10, 0, 15]


def test_who_was_taken_last_from_the_own_line(run: Run) -> None:
    rows = [Row(0, 100, to="home"), Row(0, 20, to="partner"), Row(5, 50, to="partner")]
    rows += [Row(30, 5, to="home"), Row(40, 5, to="partner")]
    result = run(shared("last_to_enter_service"), rows, BOTH)
    # the third is taken at 20, after 15 s; nobody of home's line has waited yet
    assert column(result, "announced_s") == [None, None, 0, 0, 15]


def test_open_callbacks_count_over_all_lines(run: Run) -> None:
    offer = qs.CallbackOffer(accept=0.5, after=5, max_open=1)
    rows = [Row(0, 100, to="home"), Row(0, 100, to="partner")]
    rows += [Row(10, 5, to="home", accepts=True, answers=(True,)), Row(20, 5, to="partner")]
    result = run(shared("head_of_line", callback=offer), rows, BOTH)
    # the one of 10 has accepted at 15 and is dialled at 100: nothing is offered at 25
    assert column(result, "offer_s") == [None, None, 15, None]


def test_slots_are_booked_over_all_lines(run: Run) -> None:
    offer = qs.CallbackOffer(accept=0.5, kind="slot", delay=0, slot=300, per_slot=1)
    rows = [Row(0, 100, to="home"), Row(0, 100, to="partner")]
    more = {"accepts": True, "answers": (True,)}
    rows += [Row(10, 5, to="home", **more), Row(20, 5, to="partner", **more)]
    result = run(shared("head_of_line", callback=offer), rows, BOTH)
    assert column(result, "due_s") == [None, None, 300, 600]


def test_who_joins_a_line_whose_length_counts_and_is_blocked_hears_nothing(run: Run) -> None:
    rows = [Row(0, 100), Row(10, 100), Row(20, 50), Row(30, 5)]
    result = run(helped(queue_limit=1), rows, [*all_day("home"), *all_day("help")])
    # at 20 two wait, and the help takes the one of 10; at 30 the one of 20 is on the line
    assert column(result, "announced_s") == [None, 30, 30, None]
    assert column(result, "answered_s") == [0, 20, 100, None]
    assert outcomes(result) == [HANDLED, HANDLED, HANDLED, BLOCKED]


def test_who_joins_a_line_whose_length_counts_may_balk(run: Run) -> None:
    rows = [Row(0, 100), Row(10, 100, tolerates=29), Row(20, 50), Row(120, 5)]
    result = run(helped(), rows, [*all_day("home"), *all_day("help")])
    # the one of 10 has left: at 20 one waits, too few for the help
    assert column(result, "announced_s") == [None, 30, 30, 30]
    assert column(result, "answered_s") == [0, None, 100, 150]
    assert outcomes(result) == [HANDLED, BALKED, HANDLED, HANDLED]


def test_outside_the_hours_of_its_skill_a_group_does_not_count(run: Run) -> None:
    made = helped(min_queue=5, hours="00:01-00:02")
    rows = [Row(0, 600), Row(10, 5), Row(60, 5), Row(120, 5)]
    result = run(made, rows, [*all_day("home"), *all_day("help")])
    assert column(result, "announced_s") == [None, 60, 60, 180]


def helped(*, min_queue: int = 2, hours: Any = None, **terms: Any) -> qs.Scenario:
    """Another group helps while the line is long."""
    kind = contact_type(announcement=qs.Announcement(predictor="queue_length"), **terms)
    help_ = qs.Skill("phone", rank=2, min_queue=min_queue, hours=hours)
    return scenario([kind], [group("home", ["phone"]), group("help", [help_])])
