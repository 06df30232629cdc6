"""The horizon: intervals, clocks and holidays."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pytest

import queuesim as qs
from tests.model.parts import HELSINKI, problems


def test_a_plain_week() -> None:
    week = qs.Horizon(start="2026-11-23", days=7, interval="30min")
    assert week.seconds == 7 * 86_400
    assert week.n_intervals == 336
    assert week.edges_s[[0, 1, -1]].tolist() == [0, 1800, 7 * 86_400]
    assert week.weekday.tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert week.day_of_interval[[0, 47, 48, 335]].tolist() == [0, 0, 1, 6]
    assert week.clock_s_of_interval[[0, 47, 48]].tolist() == [0, 84_600, 0]
    assert not week.is_holiday.any()
    assert week.holiday_name == (None,) * 7
    assert week == qs.Horizon(start=date(2026, 11, 23), days=7)


def test_a_day_of_23_hours() -> None:
    spring = qs.Horizon(start="2026-03-28", days=3, interval="30min", timezone=HELSINKI)
    assert np.diff(spring.day_edges_s).tolist() == [86_400, 82_800, 86_400]
    assert spring.n_intervals == 48 + 46 + 48
    assert (np.diff(spring.edges_s) == 1800).all()
    sunday = spring.day_of_interval == 1
    assert sunday.sum() == 46
    clocks = spring.clock_s_of_interval[sunday] / 3600
    assert clocks[[0, 5, 6, -1]].tolist() == [0, 2.5, 4, 23.5]  # 03:00 is skipped
    assert spring.local(86_400 + 3 * 3600).isoformat() == "2026-03-29T04:00:00+03:00"


def test_a_day_of_25_hours() -> None:
    autumn = qs.Horizon(start="2026-10-25", days=1, interval="1h", timezone=HELSINKI)
    assert autumn.n_intervals == 25
    clocks = autumn.clock_s_of_interval / 3600
    assert clocks.tolist() == [0, 1, 2, 3, 3, *range(4, 24)]
    assert autumn.local(4 * 3600).isoformat() == "2026-10-25T03:00:00+02:00"
    assert autumn.seconds_at(datetime(2026, 10, 25, 5)) == 6 * 3600


def test_the_change_must_be_a_multiple_of_the_interval() -> None:
    found = problems(qs.Horizon, start="2026-03-28", days=2, interval="2h", timezone=HELSINKI)
    assert [where for where, *_ in found] == ["interval"]
    assert "2026-03-29" in found[0][2]
    assert found[0][3] == 'write interval="1h"'
    # half an hour on Lord Howe Island
    howe = {"start": "2026-04-05", "days": 1, "timezone": "Australia/Lord_Howe"}
    assert qs.Horizon(**howe, interval="30min").n_intervals == 49
    assert problems(qs.Horizon, **howe, interval="1h")[0][3] == 'write interval="30min"'
    # without a change any interval will do
    assert qs.Horizon(start="2026-03-01", days=7, interval="24h", timezone=HELSINKI).days == 7


def test_holidays_of_countries_parts_and_dates() -> None:
    december = qs.Horizon(
        start="2026-12-21", days=7, holidays=("FI", "2026-12-23", date(2026, 12, 27))
    )
    assert december.holidays == ("FI", "2026-12-23", "2026-12-27")
    names = dict(zip(december.dates, december.holiday_name, strict=True))
    assert names[date(2026, 12, 23)] == "2026-12-23"
    assert names[date(2026, 12, 25)] == "Christmas Day"
    assert december.is_holiday.tolist() == [False, False, True, True, True, True, True]
    california = qs.Horizon(start="2026-11-27", days=1, holidays="US-CA")
    assert california.holiday_name == ("Day After Thanksgiving",)
    assert not qs.Horizon(start="2026-11-27", days=1, holidays="US").is_holiday.any()


def test_a_year_over_new_year_has_the_holidays_of_both_years() -> None:
    winter = qs.Horizon(start="2026-12-20", days=30, holidays="FI")
    named = [str(day) for day, name in zip(winter.dates, winter.holiday_name, strict=True) if name]
    assert named == ["2026-12-24", "2026-12-25", "2026-12-26", "2027-01-01", "2027-01-06"]
    assert winter.month_of_day[[0, -1]].tolist() == [12, 1]
    assert winter.iso_week_of_day[[0, 11, 15]].tolist() == [51, 53, 1]


def test_calendar_weeks() -> None:
    # Wednesday to the Monday after next
    horizon = qs.Horizon(start="2026-11-25", days=13)
    assert horizon.week_of_day.tolist() == [0] * 5 + [1] * 7 + [2]
    assert horizon.n_weeks == 3


def test_arrays_cannot_be_changed() -> None:
    week = qs.Horizon(start="2026-11-23", days=7)
    for array in (week.edges_s, week.day_edges_s, week.weekday, week.clock_s_of_interval):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


@pytest.mark.parametrize(
    ("fields", "where", "fix"),
    [
        ({"start": "23.11.2026"}, "start", "2026-11-23"),
        ({"start": "2026-11-31"}, "start", "day"),
        ({"start": datetime(2026, 11, 23, 8)}, "start", "2026-11-23"),
        ({"start": "1026-11-23"}, "start", "year"),
        ({"interval": "7min"}, "interval", "5min"),
        ({"interval": "2d"}, "interval", "1d"),
        ({"interval": 0.5}, "interval", "1min"),
        ({"timezone": "Europe/Helsinky"}, "timezone", "Europe/Helsinki"),
        ({"timezone": "helsinki"}, "timezone", "Europe/Helsinki"),
        ({"holidays": "fi"}, "holidays", "FI"),
        ({"holidays": "US-CAL"}, "holidays", "US-CA"),
        ({"holidays": "FI-XX"}, "holidays", "FI"),
        ({"holidays": ("FI", "2026-02-30")}, "holidays.1", "day"),
    ],
)
def test_wrong_values_come_with_the_likely_one(
    fields: dict[str, object], where: str, fix: str
) -> None:
    found = problems(qs.Horizon, **{"start": "2026-11-23", "days": 7, **fields})
    assert [where for where, *_ in found] == [where]
    assert fix in found[0][3]
