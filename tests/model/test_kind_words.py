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
