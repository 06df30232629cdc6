"""Seconds, durations in words, and the calendar edge."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queuesim.clock import clock_spans, clock_to_seconds, local_midnights, seconds_to_clock
from queuesim.units import GRID, format_duration, parse_duration, snap, snap_down, snap_up

HELSINKI = "Europe/Helsinki"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("20s", 20),
        ("5min", 300),
        ("1h30", 5400),
        ("1h30min", 5400),
        ("1h05", 3900),
        ("2d", 172_800),
        ("8w", 8 * 604_800),
        ("1d12h", 129_600),
        ("20.5s", 20.5),
        (".5s", 0.5),
        ("1.5h", 5400),
        ("1h 30min 5s", 5405),
        (" 5 MIN ", 300),
        ("-30s", -30),
        ("0s", 0),
        (90, 90),
        (1.25, 1.25),
    ],
)
def test_durations_are_read(text: str | float, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("5m", '"5min"'),
        ("5 minutes", '"5min"'),
        ("20", '"20s"'),
        ("3 sec", '"3s"'),
        ("1h90", "such as"),
        ("5min1h", "larger unit first"),
        ("1h1h", "larger unit first"),
        ("", "such as"),
        ("soon", "such as"),
        ("1,5h", "such as"),
        ("--5s", "such as"),
        ("nan", "such as"),
        ("1e3s", "such as"),
        (float("nan"), "finite"),
        (float("inf"), "finite"),
        ("9" * 400 + "s", "finite"),
        (10**400, "finite"),
        (True, "not a duration"),
        (None, "not a duration"),
        ([20], "not a duration"),
    ],
)
def test_what_is_no_duration_says_how_to_write_one(text: object, hint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(hint)):
        parse_duration(text)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (240, "4min"),
        (5400, "1h30"),
        (3660, "1h01"),
        (3601, "1h1s"),
        (5405, "1h30min5s"),
        (129_600, "1d12h"),
        (20.5, "20.5s"),
        (0.1, "0.1s"),
        (-90, "-1min30s"),
        (604_800, "7d"),
    ],
)
def test_durations_are_written(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**9), 10**9))
def test_reading_back_what_is_written_gives_the_same_number(seconds: float) -> None:
    assert parse_duration(format_duration(seconds)) == seconds


@pytest.mark.parametrize("seconds", [float("nan"), float("inf")])
def test_what_is_not_finite_is_not_written(seconds: float) -> None:
    with pytest.raises(ValueError, match="not a finite"):
        format_duration(seconds)


@given(st.floats(-1e9, 1e9))
def test_snapping_lands_on_the_grid(x: float) -> None:
    near, below, above = snap(x), snap_down(x), snap_up(x)
    assert near * GRID == int(near * GRID)
    assert abs(near - x) <= 0.5 / GRID
    assert below <= x < below + 1 / GRID
    assert above - 1 / GRID < x <= above
    assert snap(near) == near


def test_snapping_keeps_shape_and_infinity() -> None:
    assert snap(float("inf")) == float("inf")
    out = snap(np.array([[0.1, np.inf]]))
    assert out.shape == (1, 2)
    assert out[0, 0] == 102 / 1024


def test_days_on_which_clocks_change_have_their_real_length() -> None:
    spring = local_midnights(date(2026, 3, 28), 3, HELSINKI)
    autumn = local_midnights(date(2026, 10, 24), 3, HELSINKI)
    assert np.diff(spring).tolist() == [86_400, 82_800, 86_400]
    assert np.diff(autumn).tolist() == [86_400, 90_000, 86_400]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/Sao_Paulo", date(2018, 11, 4), 23),  # clocks went forward at midnight itself
        ("America/Sao_Paulo", date(2018, 2, 17), 25),  # and back at midnight
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),  # half an hour
        ("Asia/Kolkata", date(2026, 3, 29), 24),
        ("UTC", date(2026, 3, 29), 24),
    ],
)
def test_unusual_clocks(zone: str, day: date, hours: float) -> None:
    assert local_midnights(day, 1, zone)[1] == hours * 3600


def test_clock_spans_tile_the_time_and_agree_with_the_calendar() -> None:
    for zone in (HELSINKI, "America/Sao_Paulo", "Australia/Lord_Howe"):
        start, days = date(2018, 1, 1), 366
        spans = clock_spans(start, days, zone)
        midnights = local_midnights(start, days, zone)
        assert spans.from_s[0] == 0
        assert spans.to_s[-1] == midnights[-1]
        assert (spans.from_s[1:] == spans.to_s[:-1]).all()
        for begin, end, clock, day in zip(*spans, strict=True):
            for at in (begin, (begin + end) / 2, end - 1):
                local = seconds_to_clock(at, start, zone).replace(tzinfo=None)
                midnight = datetime(2018, 1, 1) + timedelta(days=int(day))
                assert (local - midnight).total_seconds() == clock + (at - begin)


def test_the_wall_clock_becomes_seconds() -> None:
    start = date(2026, 3, 29)
    assert clock_to_seconds(datetime(2026, 3, 29, 2), start, HELSINKI) == 2 * 3600
    assert clock_to_seconds(datetime(2026, 3, 29, 4), start, HELSINKI) == 3 * 3600
    assert clock_to_seconds(datetime(2026, 3, 28, 23), start, HELSINKI) == -3600


def test_a_repeated_hour_means_its_first_showing_unless_folded() -> None:
    start = date(2026, 10, 25)
    first = datetime(2026, 10, 25, 3, 30)
    assert clock_to_seconds(first, start, HELSINKI) == 3.5 * 3600
    assert clock_to_seconds(first.replace(fold=1), start, HELSINKI) == 4.5 * 3600


def test_a_time_in_the_gap_is_refused_with_the_gap() -> None:
    with pytest.raises(ValueError, match="from 03:00 to 04:00"):
        clock_to_seconds(datetime(2026, 3, 29, 3, 30), date(2026, 3, 1), HELSINKI)
    with pytest.raises(ValueError, match="from 00:00 to 01:00"):
        clock_to_seconds(datetime(2018, 11, 4, 0, 30), date(2018, 11, 1), "America/Sao_Paulo")


@given(st.integers(0, 400 * 86_400))
def test_there_and_back(seconds: int) -> None:
    start = date(2026, 1, 1)
    moment = seconds_to_clock(seconds, start, HELSINKI)
    assert clock_to_seconds(moment.replace(tzinfo=None), start, HELSINKI) == seconds
