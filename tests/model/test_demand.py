"""Demand: rates worked by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import queuesim as qs
from tests.calls import calls_made
from tests.model.parts import HELSINKI, day, problems

HOURLY = tuple(float(hour in (8, 9, 10, 11)) for hour in range(24))  # four equal hours


def per_interval(horizon: qs.Horizon, **fields: Any) -> list[float]:
    return qs.Demand(**fields).rates(horizon).per_interval(horizon).tolist()


def per_day(horizon: qs.Horizon, **fields: Any) -> list[float]:
    return qs.Demand(**fields).rates(horizon).per_day().round(9).tolist()


def week(**fields: Any) -> qs.Horizon:
    return qs.Horizon(**{"start": "2026-11-23", "days": 7, "interval": "1h", **fields})


def test_a_flat_day() -> None:
    rates = qs.Demand(per_day=2400).rates(day())
    assert rates.per_s == pytest.approx(np.full(24, 2400 / 86_400))
    assert per_interval(day(), per_day=2400) == pytest.approx([100] * 24)


def test_factors_of_the_day_matter_by_proportion() -> None:
    got = per_interval(day(), per_day=400, day=HOURLY)
    assert got == [0] * 8 + [100] * 4 + [0] * 12
    assert got == per_interval(day(), per_day=400, day=tuple(7 * factor for factor in HOURLY))


def test_intervals_that_are_finer_or_coarser_than_the_shape() -> None:
    fine = per_interval(day(interval="15min"), per_day=400, day=HOURLY)
    assert fine == [0] * 32 + [25] * 16 + [0] * 48
    coarse = per_interval(day(interval="6h"), per_day=400, day=HOURLY)
    assert coarse == [0, 400, 0, 0]
    three_hours = per_interval(day(interval="8h"), per_day=96, day=(1, 1, 1, 3, 0, 0))
    # steps of 4 h with 16, 16, 16, 48 contacts
    assert three_hours == [32, 64, 0]


def test_named_shapes_keep_their_hours() -> None:
    for name, first, last in (("office", 8, 18), ("retail", 9, 21)):
        got = np.array(per_interval(day(), per_day=1000, day=name))
        assert got.sum() == pytest.approx(1000)
        assert np.flatnonzero(got)[[0, -1]].tolist() == [first, last - 1]


def test_every_factor_multiplies_the_volume_of_the_day() -> None:
    monthly = tuple(float(month) for month in range(1, 13))
    got = per_day(
        qs.Horizon(start="2026-11-29", days=3),  # a Sunday, 30 November and 1 December
        per_day=100,
        week=(2, 3, 1, 1, 1, 1, 0.5),
        year=monthly,
        scale=10,
    )
    assert got == [100 * 0.5 * 11 * 10, 100 * 2 * 11 * 10, 100 * 3 * 12 * 10]


def test_iso_weeks_of_the_year() -> None:
    weekly = tuple(float(number) for number in range(1, 54))
    new_year = qs.Horizon(start="2027-01-03", days=2)  # week 53 of 2026, then week 1
    assert per_day(new_year, per_day=10, year=weekly) == [530, 10]


def test_growth_compounds_from_the_first_day() -> None:
    got = per_day(qs.Horizon(start="2026-01-01", days=731), per_day=100, growth=0.05)
    assert got[0] == 100
    assert got[-1] == pytest.approx(100 * 1.05 ** (730 / 365.25))


SHAPES = {"mon-fri": HOURLY, "sat,sun": (1.0,) * 24}
CHRISTMAS = {"start": "2026-12-24", "days": 3, "interval": "1h", "holidays": "FI"}  # Thu to Sat
WEEK = (1, 1, 1, 1, 1, 0.5, 0.25)


def test_a_holiday_is_a_sunday_unless_stated_otherwise() -> None:
    horizon = qs.Horizon(**CHRISTMAS)
    fields = {"per_day": 96, "week": WEEK, "day": SHAPES}
    assert per_day(horizon, **fields) == [24, 24, 24]
    assert per_interval(horizon, **fields)[:24] == [1] * 24  # the shape of a Sunday, too
    assert per_day(horizon, **fields, holiday="none") == [96, 96, 48]
    assert per_day(horizon, **fields, holiday=0.1) == [9.6, 9.6, 4.8]
    assert per_interval(horizon, **fields, holiday=0.5)[8] == 12  # and keeps its weekday's shape
    named = {"Christmas Eve": "none", "Christmas Day": 0}
    assert per_day(horizon, **fields, holiday=named) == [96, 0, 24]


def test_a_shape_for_holidays_is_for_all_of_them() -> None:
    horizon = qs.Horizon(**CHRISTMAS)
    shapes = {**SHAPES, "holiday": tuple(float(hour == 20) for hour in range(24))}
    got = per_interval(horizon, per_day=96, day=shapes, holiday=0.5)
    assert np.flatnonzero(got).tolist() == [20, 44, 68]


def test_a_skipped_hour_is_dropped() -> None:
    spring = day("2026-03-29", timezone=HELSINKI)
    assert per_interval(spring, per_day=2400) == pytest.approx([100] * 23)
    shape = tuple(float(hour) for hour in range(24))
    got = per_interval(spring, per_day=276, day=shape)
    assert got == pytest.approx([0, 1, 2, *range(4, 24)])  # 03:00 is not there


def test_a_repeated_hour_repeats() -> None:
    autumn = day("2026-10-25", timezone=HELSINKI)
    shape = tuple(float(hour) for hour in range(24))
    got = per_interval(autumn, per_day=276, day=shape)
    assert got == pytest.approx([0, 1, 2, 3, 3, *range(4, 24)])


def event(**fields: Any) -> qs.Event:
    return qs.Event(**{"name": "outage", "start": "2026-11-23 08:00", "factor": 3, **fields})


def test_an_event_multiplies_the_rate_while_it_lasts() -> None:
    rates = qs.Demand(per_day=2400, events=[event(lasts="90min")]).rates(day())
    got = rates.per_interval(day())
    assert got[7:11] == pytest.approx([100, 300, 200, 100])
    assert rates.base_per_s == pytest.approx(np.full(len(rates.day), 2400 / 86_400))
    assert 9.5 * 3600 in rates.edges_s


def test_a_fading_event_goes_back_along_a_straight_line() -> None:
    got = per_interval(day(), per_day=2400, events=[event(lasts="1h", fades="2h")])
    # factor 3, then from 3 to 2 and from 2 to 1: means 2.5 and 1.5
    assert got[8:12] == pytest.approx([300, 250, 150, 100])


def test_events_multiply_each_other_and_may_begin_before_the_horizon() -> None:
    events = [
        event(name="campaign", start="2026-11-22 12:00", lasts="1d", factor=2),
        event(name="outage", lasts="8h", factor=0),
        event(name="mailing", start="2026-11-23 17:00", lasts="1h", factor=1.5),
        event(name="more", start="2026-11-23 17:00", lasts="1h", factor=2),
    ]
    got = per_interval(day(), per_day=2400, events=events)
    assert got == pytest.approx([200] * 8 + [0] * 8 + [100, 300] + [100] * 6)


def test_an_event_goes_by_the_wall_clock_and_lasts_real_seconds() -> None:
    spring = day("2026-03-29", timezone=HELSINKI)
    got = per_interval(spring, per_day=2400, events=[event(start="2026-03-29 02:00", lasts="2h")])
    assert got[:6] == pytest.approx([100, 100, 300, 300, 100, 100])  # 02:00 and 04:00


def test_bins_straddle_nothing() -> None:
    horizon = qs.Horizon(start="2026-10-24", days=3, interval="15min", timezone=HELSINKI)
    events = [event(start="2026-10-25 02:07", lasts="1h", fades="50min")]
    rates = qs.Demand(per_day=1000, day="office", events=events).rates(horizon)
    edges = set(rates.edges_s.tolist())
    assert (np.diff(rates.edges_s) > 0).all()
    assert set(horizon.edges_s.tolist()) <= edges
    assert set(horizon.day_edges_s.tolist()) <= edges
    assert set(events[0].edges_s(horizon).tolist()) <= edges
    assert (rates.edges_s * 1024 == np.rint(rates.edges_s * 1024)).all()
    assert (rates.day == horizon.day_at(rates.edges_s[:-1])).all()


def test_a_series_on_its_dates() -> None:
    counts = [float(n) for n in range(1, 15)]
    series = qs.Series(start="2026-11-20", interval="24h", counts=counts)
    horizon = week(interval="12h", holidays=("2026-11-24",))
    assert per_day(horizon, series=series, scale=2) == [8, 10, 12, 14, 16, 18, 20]


def test_a_series_by_weekdays() -> None:
    # 9 days from Wednesday: the first 7 are the whole week that repeats
    series = qs.Series(
        start="2026-11-04", interval="24h", counts=[3, 4, 5, 6, 7, 1, 2, 99, 99], mode="weekdays"
    )
    assert per_day(week(days=9), series=series) == [1, 2, 3, 4, 5, 6, 7, 1, 2]
    holiday = week(holidays=("2026-11-24",))
    assert per_day(holiday, series=series) == [1, 7, 3, 4, 5, 6, 7]
    assert per_day(holiday, series=series, holiday=0.5) == [1, 1, 3, 4, 5, 6, 7]


def test_a_series_takes_the_holidays_sunday_of_the_same_week() -> None:
    fortnight = [1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 14, 15, 16, 17]
    series = qs.Series(start="2026-11-02", interval="24h", counts=fortnight, mode="weekdays")
    horizon = week(days=14, holidays=("2026-11-24", "2026-12-02"))
    expected = [1, 7, 3, 4, 5, 6, 7, 11, 12, 17, 14, 15, 16, 17]
    assert per_day(horizon, series=series) == expected


def test_a_series_by_its_own_steps_on_a_short_day() -> None:
    hourly = qs.Series(start="2026-03-29", interval="1h", counts=[float(n) for n in range(24)])
    got = per_interval(day("2026-03-29", timezone=HELSINKI, interval="30min"), series=hourly)
    assert got == pytest.approx([n / 2 for n in (0, 1, 2, *range(4, 24)) for _ in range(2)])


def test_what_does_not_fit_the_horizon_is_told_at_once() -> None:
    events = [
        event(name="late", start="2027-01-01 00:00", lasts="1h"),
        event(name="gap", start="2026-03-29 03:30", lasts="1h"),
    ]
    horizon = qs.Horizon(start="2026-03-28", days=2, timezone=HELSINKI, holidays="FI")
    demand = qs.Demand(per_day=1, events=events, holiday={"Christmas Dey": 0})
    found = problems(demand.rates, horizon)
    assert [where for where, *_ in found] == [
        "events.late.start",
        "events.gap.start",
        "holiday.Christmas Dey",
    ]
    assert "from 03:00 to 04:00" in found[1][2]
    assert found[2][3] == 'did you mean "Christmas Day"?'


@pytest.mark.parametrize("days", [28, 365])
def test_five_minutes_are_not_gone_through_one_by_one(days: int) -> None:
    horizon = qs.Horizon(
        start="2026-01-01", days=days, interval="5min", timezone=HELSINKI, holidays="FI"
    )
    shapes = {"mon-fri": "office", "sat,sun": "retail"}
    demands = [
        qs.Demand(per_day=1000 + n, day=shapes, year=(1.0,) * 12, growth=0.1) for n in range(3)
    ]
    assert horizon.is_holiday.any()  # the calendar is looked up once for all
    rates: list[Any] = []
    made = calls_made(lambda: rates.extend(each.rates(horizon) for each in demands))
    assert made < 1_000 + 30 * days  # a day has 288 intervals
    assert len(rates[0].day) == horizon.n_intervals
    assert demands[0].rates(horizon) is rates[0]  # kept


@settings(max_examples=40, deadline=None)
@given(
    steps=st.sampled_from([1, 24, 48, 96]),
    interval=st.sampled_from(["15min", "30min", "1h"]),
    seed=st.integers(0, 99),
    start=st.sampled_from(["2026-03-27", "2026-10-23", "2026-12-23"]),
)
def test_the_total_is_the_sum_over_clock_time(
    steps: int, interval: str, seed: int, start: str
) -> None:
    """Whatever the shape, each hour that the clock shows brings its share of the day."""
    shape = tuple((np.random.default_rng(seed).random(steps) + 0.01).tolist())
    horizon = qs.Horizon(start=start, days=4, interval=interval, timezone=HELSINKI)
    got = qs.Demand(per_day=960, day=shape).rates(horizon).per_interval(horizon)
    shares = np.array(shape) / sum(shape)
    clock = horizon.clock_s_of_interval
    width = 86_400 / steps
    grid = np.arange(0, horizon.interval, 60)[None, :] + clock[:, None]  # minute by minute
    expected = 960 * (shares[(grid // width).astype(int)] * 60 / width).sum(axis=1)
    assert got == pytest.approx(expected)
