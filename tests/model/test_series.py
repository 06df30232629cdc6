"""Series: a planner's table of counts, and each fault that one can have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import queuesim as qs
from tests.model.parts import HELSINKI, problems


def table(start: str = "2026-11-23", days: int = 1, freq: str = "1h", **columns: Any) -> Any:
    times = pd.date_range(
        start, periods=int(pd.Timedelta(days, "D") / pd.Timedelta(freq)), freq=freq
    )
    return pd.DataFrame({"time": times, "count": np.arange(len(times)) % 24, **columns})


def read(frame: Any, **options: Any) -> qs.Series:
    return qs.Series.from_frame(frame, **{"interval": "1h", **options})


def test_a_table_is_read() -> None:
    series = read(table(days=2))
    assert str(series.start) == "2026-11-23"
    assert series.interval == 3600
    assert series.counts == tuple(float(n % 24) for n in range(48))
    assert series == read(table(days=2).sample(frac=1, random_state=1))  # in any order
    assert series == read(table(days=2).set_index("time"))
    renamed = table(days=2).rename(columns={"time": "from", "count": "calls"})
    assert series == read(renamed, time="from", count="calls")
    as_text = table(days=2).astype({"time": str, "count": str})
    assert series == read(as_text)


def test_a_file_is_read_and_its_faults_go_by_line(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    table().to_csv(path, index=False)
    assert read(path) == read(str(path)) == read(table())
    path.write_text("time,count\n2026-11-23 00:00,5\n2026-11-23 01:00,-2\nyesterday,x\n")
    found = problems(read, path)
    assert [(where, given) for where, given, *_ in found] == [
        ("time", "'yesterday' (line 4)"),
        ("count", "'x' (line 4)"),
        ("count", "'-2' (line 3)"),
    ]


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text("")
    assert "header" in problems(read, tmp_path / "calls.csv")[0][2]
    missing = problems(read, tmp_path / "cals.csv")[0]
    assert "exists" in missing[2]
    assert missing[3] == 'did you mean "calls.csv"?'


@pytest.mark.parametrize(
    ("column", "row", "value", "rule"),
    [
        ("count", 3, None, "must be a number"),
        ("count", 3, float("nan"), "must be a number"),
        ("count", 3, "many", "must be a number"),
        ("count", 3, float("inf"), "must be a finite number"),
        ("count", 3, -1, "must be 0 or more"),
        ("time", 3, None, "must be a local time"),
        ("time", 3, "25:00", "must be a local time"),
        ("time", 3, "23.11.2026 03:00", "must be a local time"),
        ("time", 3, "11/23/2026 03:00", "must be a local time"),
        ("time", 3, "2026-11-23 03:07", "must be a whole multiple of 1h"),
        ("time", 3, "2026-11-23 02:00", "must come once"),
        ("time", 3, "2026-11-23 03:00+02:00", "without a time zone"),
    ],
)
def test_a_row_that_is_wrong_is_named(column: str, row: int, value: object, rule: str) -> None:
    frame = table().astype({"time": str, "count": object})
    frame.loc[row, column] = value
    found = problems(read, frame)
    assert len(found) == 1 + ("once" in rule)  # whose own interval has no row now
    assert found[0][0] == column
    assert "(row 3)" in found[0][1]
    assert rule in found[0][2]


def test_many_wrong_rows_are_one_problem_with_the_first_five() -> None:
    found = problems(read, table().assign(count=-1))
    assert len(found) == 1
    assert found[0][1].count("row") == 5
    assert found[0][1].endswith("and 19 more")


def test_missing_intervals() -> None:
    frame = table(days=2).drop(index=[5, 6, 7, 30])
    found = problems(read, frame)
    assert found[0][1] == (
        "4 intervals without a row: 2026-11-23 05:00 to 2026-11-23 07:00, 2026-11-24 06:00"
    )
    assert 'missing="zero"' in found[0][3]
    filled = read(frame, missing="zero")
    assert [filled.counts[at] for at in (4, 5, 6, 7, 8, 30)] == [4, 0, 0, 0, 8, 0]
    open_hours = frame[(frame["time"].dt.hour >= 8) & (frame["time"].dt.hour < 18)]
    assert len(read(open_hours, missing="zero").counts) == 48  # whole days always


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"interval": "7min"}, "interval"),
        ({"interval": -60}, "interval"),
        ({"interval": "soon"}, "interval"),
        ({"missing": "zeros"}, "missing"),
        ({"mode": "dates only"}, "mode"),
        ({"time": "when"}, "time"),
        ({"count": "counts"}, "count"),
        ({"timezone": "Helsinki"}, "timezone"),
    ],
)
def test_options_that_are_wrong(options: dict[str, Any], where: str) -> None:
    found = problems(read, table(), **options)
    assert [where for where, *_ in found] == [where]
    assert found[0][3] or where in ("interval", "mode")


@pytest.mark.parametrize("frame", [5, None, [1, 2], table()["count"], table().iloc[:0]])
def test_what_is_no_table(frame: object) -> None:
    assert len(problems(read, frame)) == 1


def test_a_column_twice_is_not_guessed() -> None:
    frame = pd.concat([table(), table()[["count"]]], axis=1)
    assert "several" in problems(read, frame)[0][2]


def test_days_on_which_clocks_change() -> None:
    # local clock with its zone: 23 hours in March, 25 in October
    spring = pd.DataFrame(
        {"time": pd.date_range("2026-03-29", periods=23, freq="1h", tz=HELSINKI), "count": 1}
    )
    got = read(spring, timezone=HELSINKI).counts
    assert got == (1.0,) * 3 + (0.0,) + (1.0,) * 20
    autumn = pd.DataFrame(
        {
            "time": pd.date_range("2026-10-25", periods=25, freq="1h", tz=HELSINKI),
            "count": range(25),
        }
    )
    got = read(autumn, timezone=HELSINKI).counts
    assert got[:5] == (0, 1, 2, 3.5, 5)  # the repeated hour holds for both showings
    # plain local times
    plain = read(table("2026-03-29").drop(index=3), timezone=HELSINKI)
    assert plain.counts[3] == 0
    nonsense = problems(read, table("2026-03-29"), timezone=HELSINKI)
    assert nonsense[0][1] == '"2026-03-29 03:00" (row 3)'
    assert "clocks go forward" in nonsense[0][2]
    thrice = pd.concat([table("2026-10-25")] + [table("2026-10-25").iloc[[3]]] * 2)
    assert "must come once" in problems(read, thrice, timezone=HELSINKI)[0][2]


def test_what_a_planner_takes_from_it() -> None:
    # four weeks from a Wednesday; Sundays closed; 10 contacts on Monday … 60 on Saturday
    days = pd.date_range("2026-11-04", periods=28, freq="D")
    counts = [(0 if day.weekday() == 6 else 10 * (day.weekday() + 1)) for day in days]
    series = read(pd.DataFrame({"time": days, "count": counts}), interval="24h")
    assert series.per_day() == 35
    assert series.week_factors() == pytest.approx([n / 35 for n in (10, 20, 30, 40, 50, 60, 0)])
    dates, totals = series.daily()
    assert str(dates[0]) == "2026-11-04"
    assert totals[:5].tolist() == [30, 40, 50, 60, 0]
    week = qs.Horizon(start="2026-11-09", days=7)
    again = qs.Demand(per_day=series.per_day(), week=series.week_factors())
    assert again.rates(week).per_day() == pytest.approx([10, 20, 30, 40, 50, 60, 0])


def test_the_shape_of_the_mean_day() -> None:
    series = read(table(days=3))
    assert series.day_shape("1h") == pytest.approx([n / 276 for n in range(24)])
    assert series.day_shape("12h") == pytest.approx([66 / 276, 210 / 276])
    assert problems(series.day_shape, "30min")[0][0] == "interval"
    assert problems(series.day_shape, "5h")[0][0] == "interval"
    assert problems(series.day_shape, "often")[0][0] == "interval"


def test_too_little_to_take_from() -> None:
    short = qs.Series(start="2026-11-23", interval="24h", counts=(1, 2))
    assert "weekday" in problems(short.week_factors)[0][2]
    silent = qs.Series(start="2026-11-23", interval="24h", counts=(0,) * 7)
    assert silent.per_day() == 0
    assert problems(silent.week_factors)[0][0] == "counts"
    assert problems(silent.day_shape, "24h")[0][0] == "counts"


def test_whole_days_only() -> None:
    found = problems(qs.Series, start="2026-11-23", interval="1h", counts=(1,) * 25)
    assert found == [
        (
            "counts",
            "25 counts",
            "must be whole days of 24 counts, one for each 1h",
            "fill in the missing intervals, or cut the incomplete day",
        )
    ]
