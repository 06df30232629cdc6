"""Opening hours by the local clock."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import queuesim as qs
from queuesim.model.days import days_in_words, parse_clock, parse_clock_range, parse_days
from tests.model.parts import HELSINKI, contact_type, day, problems


def hours(short: Any) -> qs.Hours:
    return qs.Hours.model_validate(short)


def windows(short: Any, **fields: Any) -> list[list[float]]:
    """Return the windows in hours."""
    return (hours(short).windows(qs.Horizon(**fields)) / 3600).tolist()


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon", (0,)),
        ("mon-fri", (0, 1, 2, 3, 4)),
        ("sat,sun", (5, 6)),
        ("Fri - Mon", (0, 4, 5, 6)),
        ("mon,wed-thu, holiday", (0, 2, 3, 7)),
        ("sun-sun", (6,)),
        ("holiday", (7,)),
    ],
)
def test_days(text: str, days: tuple[int, ...]) -> None:
    assert parse_days(text) == days
    assert parse_days(days_in_words(days)) == days


def test_clock() -> None:
    assert parse_clock("8:05") == 8 * 3600 + 300
    assert parse_clock("24:00") == 86_400
    assert parse_clock_range("22:00-06:00") == (22 * 3600, 30 * 3600)
    assert parse_clock_range("08:00 – 16:30") == (8 * 3600, 16.5 * 3600)


def test_short_forms_mean_the_same() -> None:
    assert hours("08:00-18:00") == hours(["08:00-18:00"]) == hours({"mon-sun": "08:00-18:00"})
    full = qs.Hours(days={"mon-fri": ("08:00-18:00",), "holiday": ()})
    assert hours({"Mon - Fri": "8:00-18:00", "holiday": "closed"}) == full
    assert hash(full) == hash(hours({"mon-fri": "08:00-18:00", "holiday": "closed"}))


def test_a_week() -> None:
    # Mon 23 Nov 2026
    plan = {"mon-fri": ["08:00-12:00", "13:00-17:00"], "sat": "09:00-12:00"}
    got = windows(plan, start="2026-11-27", days=3)
    assert got == [[8, 12], [13, 17], [33, 36]]


def test_all_day_every_day_is_one_window() -> None:
    assert windows("00:00-24:00", start="2026-11-23", days=7) == [[0, 168]]


def test_hours_pass_midnight_also_into_the_first_day() -> None:
    assert windows("22:00-06:00", start="2026-11-23", days=2) == [[0, 6], [22, 30], [46, 48]]
    # the Sunday before is not a working night
    assert windows({"mon-fri": "22:00-06:00"}, start="2026-11-23", days=1) == [[22, 24]]


def test_a_contact_type_is_open_from_the_moment_it_opens_until_it_closes() -> None:
    phone = contact_type(hours=("08:00-12:00", "13:00-18:00"), patience=qs.Exponential(mean="3min"))
    asked = (7.99, 8, 12, 12.5, 13, 17.99, 18)
    told = [phone.is_open(day(), 3600.0 * at) for at in asked]
    assert told == [False, True, False, False, True, True, False]
    assert not contact_type(demand=qs.Demand(per_day=0)).is_open(day(), 36_000.0)


def test_holidays_keep_their_weekday_unless_named() -> None:
    # Sunday 6 December 2026 is Finland's Independence Day; Christmas Day is a Friday
    christmas = {"start": "2026-12-24", "days": 2, "holidays": "FI"}
    assert windows({"mon-fri": "08:00-10:00"}, **christmas) == [[8, 10], [32, 34]]
    assert windows({"mon-fri": "08:00-10:00", "holiday": "closed"}, **christmas) == []
    shorter = {"mon-fri": "08:00-10:00", "holiday": "09:00-10:00"}
    assert windows(shorter, **christmas) == [[9, 10], [33, 34]]


def test_a_holiday_eve_reaches_into_the_first_day() -> None:
    plan = {"mon-sun": "20:00-23:00", "holiday": "22:00-02:00"}
    got = windows(plan, start="2026-12-27", days=1, holidays="FI")  # the 26th is a holiday
    assert got == [[0, 2], [20, 23]]


def test_a_skipped_hour_is_dropped_and_a_repeated_hour_comes_twice() -> None:
    spring = {"start": "2026-03-29", "days": 1, "timezone": HELSINKI}
    autumn = {"start": "2026-10-25", "days": 1, "timezone": HELSINKI}
    assert windows("08:00-18:00", **spring) == [[7, 17]]
    assert windows("02:00-05:00", **spring) == [[2, 4]]
    assert windows("03:00-04:00", **spring) == []
    assert windows("03:15-03:45", **spring) == []
    assert windows("08:00-18:00", **autumn) == [[9, 19]]
    assert windows("02:00-05:00", **autumn) == [[2, 6]]
    assert windows("03:15-03:45", **autumn) == [[3.25, 3.75], [4.25, 4.75]]
    assert windows("00:00-24:00", **autumn) == [[0, 25]]


def test_windows_lie_within_the_horizon_in_order() -> None:
    horizon = qs.Horizon(start="2026-01-01", days=365, timezone=HELSINKI, holidays="FI")
    plan = {"mon-fri": ["06:30-11:00", "12:00-01:00"], "sat": "10:00-03:00", "holiday": "closed"}
    got = hours(plan).windows(horizon)
    assert (np.diff(got.ravel()) > 0).all()
    assert got.min() >= 0
    assert got.max() <= horizon.seconds


@pytest.mark.parametrize(
    ("short", "where", "part"),
    [
        ({}, "", "at least one day"),
        ({"mon": "closed"}, "", "at least one day"),
        ("closed", "", "at least one day"),
        ({"mon-fri": "08:00-18:00", "wed": "closed"}, "wed", 'already named by "mon-fri"'),
        ({"monday": "08:00-18:00"}, "monday", "must be days"),
        ({"mon-holiday": "08:00-18:00"}, "mon-holiday", "cannot begin or end"),
        ({"mon,mon": "08:00-18:00"}, "mon,mon", "twice"),
        ({"mon": ["08:00-12:00", "11:00-13:00"]}, "mon", "overlap"),
        ({"mon": "22:00-06:00", "tue": "05:00-12:00"}, "mon", "day after"),
        ({"mon": "08:00-25:00"}, "mon", "24:00"),
        ({"mon": "08:00-08:00"}, "mon", "different times"),
        ({"mon": "8-18"}, "mon", "time of day"),
        ({"mon": 8}, "mon", "08:00-18:00"),
        ({1: "08:00-18:00"}, "1", "must be days"),
        (["08:00-12:00", "11:00-13:00"], "", "overlap"),
        (8, "", "must be Hours"),
        (None, "", "must be Hours"),
    ],
)
def test_what_is_wrong_is_told_with_its_day(short: Any, where: str, part: str) -> None:
    found = problems(hours, short)
    assert len(found) == 1
    assert found[0][0] == where
    assert part in found[0][2]


def test_all_days_are_checked_at_once() -> None:
    found = problems(hours, {"mon": "8", "tues": "08:00-09:00", "wed": "10:00-10:00"})
    assert [where for where, *_ in found] == ["mon", "tues", "wed"]
    assert found[1][3] == 'did you mean "tue"?'


def test_in_words() -> None:
    assert hours("08:00-18:00").describe() == "every day 08:00-18:00"
    assert hours({"mon-fri": "08:00-18:00", "holiday": "closed"}).describe() == (
        "mon-fri 08:00-18:00, holiday closed"
    )
