"""A day stopped at an instant: who is between two attempts, and which attempt it is; by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import queuesim as qs
from queuesim.engines.outcome import Outcome
from queuesim.engines.reference import simulate_reference
from queuesim.watching.now import State, state_of
from tests.engines.by_hand import Row, all_day, contact_type, group, scenario, tape

BACK = qs.Return(share=0.5, delay=60.0, max_attempts=3)
MIDNIGHT = pd.Timestamp("2026-11-23", tz="UTC")


def played() -> Outcome:
    """One who speaks; one who redials twice; one whom the web passes on; a thread that repeats."""
    door = qs.FrontDoor(contains=0.5, to={"phone": 0.6})
    types = [
        contact_type("phone", redial=BACK),
        contact_type("web", "self_service", front_door=door, target=None),
        contact_type("mail", "message", turns=BACK, repeat=BACK),
    ]
    groups = [group("home", ["phone"]), group("writers", [qs.Skill("mail", resolution=0.5)])]
    day = scenario(types, groups)
    back = {"redials": True, "redial_delay": 60.0}
    redials = ((Row(0, 40, patience=30, **back),), (Row(0, 40, patience=30),))
    third = Row(0, 30, kind="mail")
    second = Row(0, 30, 10, kind="mail", resolution=0.9, repeats=True, repeat_delay=50.0)
    rows = [
        Row(0, 1000, 100),
        Row(10, 40, patience=20, **back, again=redials),  # type: ignore[arg-type]
        Row(20, 20, kind="web", resolution=0.9, path=0.1, again=((Row(0, 50),),)),
        Row(50, 30, 10, kind="mail", turns=True, turn_delay=100.0, again=((second,), (third,))),
    ]
    return simulate_reference(day, tape(day, rows, [*all_day("home"), *all_day("writers")]))


DAY = played()


def at(now_s: float, outcome: Outcome = DAY) -> State:
    return state_of(outcome.scenario, outcome, now_s)


def rows(table: pd.DataFrame | None, *columns: str) -> list[tuple[object, ...]]:
    """The rows of a table as plain values, customers first; instants in seconds of the day."""
    assert table is not None
    found = table.copy()
    if "ended" in columns:
        found["ended"] = (found["ended"] - MIDNIGHT).dt.total_seconds()
    found = found[["customer", *columns]].astype(object)
    return sorted(found.where(found.notna(), None).itertuples(index=False, name=None))


def test_the_day_is_as_it_was_meant() -> None:
    came = [0, 10, 20, 50, 90, 180, 40, 180, 260]
    np.testing.assert_array_equal(DAY.contacts["came_s"], came)


@pytest.mark.parametrize(
    ("now_s", "expected"),
    [
        (30.0, []),  # who leaves at this instant has not left
        (35.0, [(1, "phone", 30, "abandoned", None, 20, 0, 0)]),
        (90.0, [(1, "phone", 30, "abandoned", None, 20, 0, 0)]),  # who comes now has not come
        (90.5, [(3, "mail", 80, "handled", "writers", 0, 0, 0)]),  # from when the talk ended
        (
            150.0,
            [
                (1, "phone", 120, "abandoned", None, 30, 1, 0),
                (3, "mail", 80, "handled", "writers", 0, 0, 0),
            ],
        ),
        (200.0, []),
        (230.0, [(1, "phone", 210, "abandoned", None, 30, 2, 0),
                 (3, "mail", 210, "handled", "writers", 0, 0, 1)]),
        (
            1200.0,
            [
                (0, "phone", 1000, "handled", "home", 0, 0, 0),
                (1, "phone", 210, "abandoned", None, 30, 2, 0),
                (2, "phone", 1150, "handled", "home", 1060, 0, 0),  # not by redial or repeat
                (3, "mail", 290, "handled", "writers", 0, 1, 0),  # another matter, another thread
            ],
        ),
    ],
)  # fmt: skip
def test_who_has_ended_and_has_not_come_again(now_s: float, expected: list[object]) -> None:
    columns = ("contact_type", "ended", "outcome", "agent_group", "waited_s", "times_back", "turns")
    assert rows(at(now_s).ended, *columns) == expected


def test_who_was_turned_away_at_self_service_may_come_again() -> None:
    """The web opens at 60; who came at 10 is sent away, and calls at 110."""
    way = qs.Return(share=0.5, delay=100.0, to="phone")
    door = qs.FrontDoor(contains=0.5, to={"phone": 0.6})
    web = contact_type(
        "web", "self_service", front_door=door, target=None, hours="00:01-01:00", after_hours=way
    )
    day = scenario([contact_type("phone"), web], [group("home", ["phone"])])
    people = [
        Row(10, 20, kind="web", path=0.1, after_hours_delay=100.0, again=((Row(0, 50),),)),
        Row(70, 20, kind="web", resolution=0.1),
    ]
    outcome = simulate_reference(day, tape(day, people, all_day("home")))
    columns = ("contact_type", "ended", "outcome", "waited_s")
    assert rows(at(80.0, outcome).ended, *columns) == [(0, "web", 10, "turned_away", 0)]
    read = at(80.0, outcome).check(day).ended
    assert read is not None
    assert read["in_hours"].tolist() == [False]
    assert rows(at(111.0, outcome).ended, *columns) == [(1, "web", 90, "self_served", 0)]


def test_a_state_is_read_as_it_was_cut_out_to_the_tick() -> None:
    """Ticks of 1/1024 s, of which a timestamp shows microseconds; told with a time zone or not."""
    ended = pd.DataFrame({"contact_type": "phone", "outcome": "abandoned"}, index=range(1024))
    ticks_s = 20.0 + np.arange(1024) / 1024
    clock = pd.Timestamp("2026-11-23") + pd.to_timedelta(np.round(1e6 * ticks_s), unit="us")
    for moments in (
        clock,
        clock.tz_localize("UTC"),
        clock.tz_localize("UTC").tz_convert("Asia/Tokyo"),
    ):
        state = State(now="2026-11-23 00:01", ended=ended.assign(ended=moments))
        read = state.check(DAY.scenario).ended
        assert read is not None
        np.testing.assert_array_equal(read["ended_s"], ticks_s)
    odd = [Row(0, 20 + 1 / 1024), Row(30, 10 + 5 / 1024)]
    day = scenario([contact_type(repeat=BACK)], [group("home", ["phone"])])
    seen = at(100.0, simulate_reference(day, tape(day, odd, all_day("home", 2)))).check(day).ended
    assert seen is not None
    assert seen["ended_s"].tolist() == [20 + 1 / 1024, 40 + 5 / 1024]


def test_who_is_at_self_service() -> None:
    assert rows(at(20.0).self_service, "elapsed_s") == []
    assert rows(at(35.0).self_service, "contact_type", "elapsed_s") == [(2, "web", 15)]
    assert rows(at(40.0).self_service, "elapsed_s") == [(2, 20)]  # ends at this instant
    assert rows(at(40.5).self_service, "elapsed_s") == []


def test_which_attempt_it_is_of_those_who_are_there() -> None:
    attempt = ("times_back", "turns")
    assert rows(at(100.0).waiting, "waited_s", *attempt) == [(1, 10, 1, 0), (2, 60, 0, 0)]
    assert rows(at(190.0).waiting, *attempt) == [(1, 2, 0), (2, 0, 0)]
    assert rows(at(85.0).busy, "phase", *attempt) == [(0, "talk", 0, 0), (3, "wrap-up", 0, 0)]
    assert rows(at(190.0).busy, *attempt) == [(0, 0, 0), (3, 0, 1)]
    assert rows(at(270.0).busy, *attempt) == [(0, 0, 0), (3, 1, 0)]


def test_who_rings_in_has_come_back() -> None:
    rings_in = qs.Return(share=0.5, delay=60.0)
    offer = qs.CallbackOffer(accept=0.5, rings_in=rings_in)
    day = scenario([contact_type(callback=offer)], [group("home", ["phone"])])
    mine = {"accepts": True, "answers": (True,) * 3, "rings_in": True, "rings_in_delay": 60.0}
    people = [Row(0, 400), Row(10, 40, again=((Row(0, 30, patience=500),),), **mine)]  # type: ignore[arg-type]
    outcome = simulate_reference(day, tape(day, people, all_day("home")))
    before, after = at(65.0, outcome), at(75.0, outcome)
    assert rows(before.callbacks, "times_back") == [(1, 0)]
    assert rows(after.callbacks) == []
    assert rows(after.waiting, "waited_s", "times_back", "turns") == [(1, 5, 1, 0)]
    assert rows(after.ended) == []
