"""What a planner sees of wrong input and of parts: the likely fix, the same counting everywhere."""

from __future__ import annotations

import inspect

import pandas as pd
import pytest

import queuesim as qs
from tests.model.parts import contact_type, group, problems, scenario


def test_a_callback_offer_shows_its_kind() -> None:
    offer = qs.CallbackOffer(accept=0.4, kind="idle_time", reserve=2)
    assert repr(offer) == "CallbackOffer(accept=0.4, kind='idle_time', reserve=2)"
    assert "kind='virtual_hold'" in str(inspect.signature(qs.CallbackOffer))
    assert "kind" not in repr(qs.Exponential(mean="4min"))  # its class says it
    assert "kind" not in str(inspect.signature(qs.InHouse))


def test_an_event_says_what_it_multiplies_and_when() -> None:
    assert "share that it fails" in " ".join((qs.Event.__doc__ or "").split())
    outage = qs.Event(name="down", start="2026-11-24 09:00", lasts="2h", factor=1.8, fades="1h")
    bot = contact_type(
        "bot", "self_service", target=None,
        front_door=qs.FrontDoor(contains=0.5, to={"support": 1.0}, outages=(outage,)),
    )  # fmt: skip
    said = " ".join(scenario(contact_types=(contact_type(), bot)).describe().split())
    assert (
        "down multiplies the share it fails by 1.8 from Tue 2026-11-24 09:00 for 2h, fading over 1h"
        in said
    )


@pytest.mark.parametrize(
    ("given", "likely"),
    [
        ("mo-fr", "mon-fri"),
        ("Mo-Fr,Sa", "mon-fri,sat"),
        ("mon-friday", "mon-fri"),
        ("monday", "mon"),
        ("tu,th", "tue,thu"),
        ("weds", "wed"),
        ("holidays", "holiday"),
    ],
)
def test_days_are_guessed_as_a_whole(given: str, likely: str) -> None:
    ((_, _, _, fix),) = problems(contact_type, hours={given: "08:00-18:00"})
    assert fix.rstrip(".") == f'did you mean "{likely}"?'


def test_days_that_cannot_be_guessed_are_not() -> None:
    ((_, _, rule, fix),) = problems(contact_type, hours={"xyzzy": "08:00-18:00"})
    assert rule.startswith("must be days: mon, tue")
    assert fix == ""


@pytest.mark.parametrize(
    ("given", "fix"), [(17.5, "write 17 or 18"), (17.0, "write 17"), (-3, "write 3")]
)
def test_half_a_person_is_one_or_the_other(given: float, fix: str) -> None:
    assert problems(group, headcount=given)[0][3] == fix
    assert problems(group, headcount={"weeks": [4, given]})[0][3] == fix


def test_names_that_are_there_twice_are_counted_in_one_way() -> None:
    found = problems(scenario, contact_types=(contact_type(), contact_type("chat"), contact_type()))
    where, given, rule, _ = next(each for each in found if each[0].endswith("name"))
    assert where == "contact_types.2.name"
    assert given == '"support"'
    assert rule == "is already the name of contact_types.0, counted from 0"
    event = qs.Event(name="sale", start="2026-11-24 09:00", lasts="2h", factor=2.0)
    ((where, _, rule, _),) = problems(qs.Demand, per_day=10, events=(event, event))
    assert (where, rule) == ("events.1.name", "is already the name of events.0, counted from 0")


def test_tables_of_counts_say_how_they_count(tmp_path) -> None:
    times = pd.date_range("2026-11-02", periods=24, freq="1h")
    frame = pd.DataFrame({"time": times, "count": range(24)})
    frame.loc[3, "count"] = -1
    with pytest.raises(qs.ScenarioError, match=r"Series \(rows counted from 0\): 1 problem") as one:
        qs.Series.from_frame(frame, interval="1h")
    assert "-1 (row 3)" in str(one.value)
    file = tmp_path / "counts.csv"
    frame.to_csv(file, index=False)
    head = r"Series \(lines of the file, its header is line 1\): 1 problem"
    with pytest.raises(qs.ScenarioError, match=head) as one:
        qs.Series.from_frame(file, interval="1h")
    assert "(line 5)" in str(one.value)


def test_an_event_touches_the_horizon_or_not() -> None:
    week = qs.Horizon(start="2026-11-23", days=7)

    def touches(start: str, **terms: object) -> bool:
        given = {"lasts": "2h", "factor": 2.0, **terms}
        return qs.Event(name="sale", start=start, **given).touches(week)

    assert touches("2026-11-29 23:59")
    assert not touches("2026-11-30 00:00")
    assert not touches("2026-11-22 22:00")
    assert touches("2026-11-22 22:00", lasts="2h1min")
    assert touches("2026-11-22 22:00", fades="1min")


@pytest.mark.parametrize(
    ("given", "likely"),
    [
        ("Bavaria", '"DE-BY" (Bavaria)'),
        ("Bayern", '"DE-BY" (Bayern)'),
        ("baden-wurttemberg", '"DE-BW" (Baden-Württemberg)'),
        ("DE-Bayern", '"DE-BY" (Bayern)'),
        ("California", '"US-CA" (California)'),
        ("Georgia", '"GE" (Georgia)'),
        ("Finnland", '"FI" (Finland)'),
        ("Germany", '"DE" (Germany)'),
        ("DE-BAY", '"DE-BY"'),
        ("de", '"DE"'),
    ],
)
def test_holidays_by_the_name_of_a_place(given: str, likely: str) -> None:
    ((_, _, _, fix),) = problems(qs.Horizon, start="2026-11-23", days=1, holidays=given)
    assert fix == f"did you mean {likely}?"


def test_a_place_that_cannot_be_guessed_is_not() -> None:
    ((_, _, _, fix),) = problems(qs.Horizon, start="2026-11-23", days=1, holidays="Xanadubar")
    assert fix == ""


HALF_HOURS = pd.DataFrame(
    {"time": pd.date_range("2026-11-02", periods=96, freq="30min"), "offered": 10}
)


def counts(frame: object, **options: object) -> tuple[str, str, str, str]:
    """Return the one problem of a table of counts."""
    given = {"count": "offered", "interval": "30min", **options}
    (found,) = problems(qs.Series.from_frame, frame, **given)
    return found


@pytest.mark.parametrize(("mark", "written"), [(";", ";"), ("\t", "\\t")])
def test_columns_that_no_comma_parts(tmp_path, mark: str, written: str) -> None:
    file = tmp_path / "counts.csv"
    HALF_HOURS.astype({"offered": float}).to_csv(file, sep=mark, decimal=",", index=False)
    where, _, rule, fix = counts(file)
    assert where == "frame"
    assert rule == f'must have columns parted by commas, and "{written}" seems to part them'
    assert fix == f'give it as pd.read_csv("{file}", sep="{written}")'
    alone = pd.DataFrame({f"time{mark}offered": [f"2026-11-02{mark}10"]})
    assert f'sep="{written}"' in counts(alone)[3]
    read = pd.read_csv(file, sep=mark)
    _, given, rule, fix = counts(read)
    assert given.startswith("'10,0' (row 0), ")
    assert rule == "must be a number with a decimal point"
    assert fix == 'a decimal comma? Read the file with pd.read_csv(…, decimal=",")'
    whole = qs.Series.from_frame(
        pd.read_csv(file, sep=mark, decimal=","), count="offered", interval="30min"
    )
    assert whole.per_day() == 480.0


def test_a_comma_may_part_thousands() -> None:
    fix = counts(HALF_HOURS.assign(offered="1,234"))[3]
    assert fix.endswith('if commas part thousands, thousands=","')
    assert counts(HALF_HOURS.assign(offered="many"))[3] == "write 0 for no contacts"


def test_rows_further_apart_than_the_interval() -> None:
    """Two days of half hours, read by the 5 minutes that stand where nothing is said."""
    _, given, _, fix = counts(HALF_HOURS, interval="5min")
    assert given.startswith("480 intervals without a row: 2026-11-02 00:05 to 2026-11-02 00:25")
    assert fix == 'the rows are 30min apart, not 5min: write interval="30min"'
    closed = HALF_HOURS[HALF_HOURS["time"].dt.hour.between(8, 17)]
    assert counts(closed, interval="5min")[3] == fix
    assert 'missing="zero"' in counts(closed)[3]
    told = problems(
        qs.Series.from_frame, closed, count="offered", missing="zero"
    )  # by the 5 minutes that stand where nothing is said
    assert told == [
        (
            "interval",
            '"5min"',
            "must be that of the rows: all 40 lie on multiples of 30min after midnight, and with "
            'missing="zero" 5 of 6 intervals would count nobody',
            'write interval="30min"; if nobody came in between indeed, say so by a row with 0 there',
        )
    ]
    one = pd.DataFrame({"time": [pd.Timestamp("2026-11-02 03:05")], "offered": [0]})
    zero = {"count": "offered", "missing": "zero"}
    said = qs.Series.from_frame(pd.concat([closed, one]), **zero)
    assert said.per_day() == qs.Series.from_frame(closed, interval="30min", **zero).per_day()


@pytest.mark.parametrize(
    ("clocks", "interval", "own"),
    [
        (["00:00"], "5min", "1d"),  # a row a day: 1 in 288
        (["08:30", "09:30", "11:00"], "5min", "30min"),  # no two are half an hour apart
        (["08:00", "09:00"], "5min", "1h"),  # 1 in 144
        (["08:00", "08:30"], "5min", None),  # 1 in 36: it may be
        (["09:00"], "5min", None),  # three hours go into it: 1 in 36
        ([f"{hour:02}:00" for hour in range(8, 15)], "30min", "1h"),  # 1 in 128
        ([f"{hour:02}:00" for hour in range(8, 14)], "30min", None),  # 1 in 64
        ([f"{hour:02}:00" for hour in range(24)], "1h", None),
        (["08:00", "09:00", "10:30", "11:05"], "5min", None),
    ],
)
def test_seldom_by_chance(clocks: list[str], interval: str, own: str | None) -> None:
    """Over two days, the times of day being the same."""
    times = pd.to_datetime([f"2026-11-{day:02} {each}" for day in (2, 3) for each in clocks])
    frame = pd.DataFrame({"time": times, "count": 1})
    given = {"interval": interval, "missing": "zero"}
    if own is None:
        assert sum(qs.Series.from_frame(frame, **given).counts) == len(times)
    else:
        [(where, _, _, fix)] = problems(qs.Series.from_frame, frame, **given)
        assert where == "interval"
        assert fix.startswith(f'write interval="{own}"')
        assert sum(qs.Series.from_frame(frame, interval=own, missing="zero").counts) == len(times)


@pytest.mark.parametrize(
    ("part", "fields", "fix"),
    [
        (qs.InHouse, {"per_hour": 21.0, "on_costs": 24}, "did you mean 0.24 (24 %)?"),
        (qs.Demand, {"per_day": 5, "busyness": 10}, "did you mean 0.1 (10 %)?"),
        (qs.Demand, {"per_day": 5, "growth": 12}, "did you mean 0.12 (12 %)?"),
        (qs.Demand, {"per_day": 5, "busyness": 1000}, "the nearest allowed value is 3"),
        (qs.Outsourced, {"per_minute": "0,72"}, "a decimal comma? Write 0.72"),
    ],
)
def test_per_cent_and_commas(part: object, fields: dict[str, object], fix: str) -> None:
    assert problems(part, **fields)[0][3] == fix


@pytest.mark.parametrize("zone", ["+01:00", "Z", " +0100", ":00+01:00", ":00.000Z"])
def test_events_are_told_by_the_local_clock(zone: str) -> None:
    given = {"name": "sale", "lasts": "2h", "factor": 2.0}
    ((_, _, rule, fix),) = problems(qs.Event, start=f"2026-11-27T10:00{zone}", **given)
    assert rule == "must be local wall-clock time without a time zone"
    assert fix == 'write "2026-11-27 10:00": the horizon has the time zone'
