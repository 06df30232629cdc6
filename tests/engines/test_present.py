"""A day stopped and gone on with is the same day, to the bit, in both engines."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import queuesim as qs
from benchmarks.watching_nowcast import again, threads
from queuesim.engines.columns import joined
from queuesim.engines.compiled import simulate_compiled
from queuesim.engines.compiled.stopped import present_at
from queuesim.engines.outcome import BUSY_COLUMNS, CONTACT_COLUMNS, Cause
from queuesim.engines.present import Place
from queuesim.engines.reference import simulate_reference
from queuesim.sampling import Tape, draw_tape
from tests.engines.by_hand import ABANDONED, Row, all_day, contact_type, group, scenario, tape
from tests.engines.hostile import Day, days


def assert_goes_on(made: qs.Scenario, played: Tape, now_s: float) -> None:
    """Stop at an instant and go on: contacts and busy periods of the rest are those of the day."""
    whole = simulate_reference(made, played)
    present, rest, rows = present_at(made, played, now_s)
    for engine in (simulate_reference, simulate_compiled):
        told = engine(made, rest, present=present)
        for name in CONTACT_COLUMNS:
            np.testing.assert_array_equal(
                told.contacts[name], whole.contacts[name][rows], err_msg=f"{engine}: {name}"
            )
        assert _from(told.busy, now_s) == _from(whole.busy, now_s)


def _from(busy: dict, now_s: float) -> list[tuple[int, float, float]]:
    """Busy time after an instant; periods that touch are told as one by the whole day."""
    rows = zip(*(busy[name].tolist() for name in BUSY_COLUMNS), strict=True)
    return joined([(a, max(from_s, now_s), to_s) for a, from_s, to_s in rows if to_s > now_s])


@settings(max_examples=150)
@given(day=days(), now_s=st.integers(0, 90))
def test_hostile_days_go_on(day: Day, now_s: int) -> None:
    goes_on_at(day, now_s)


def goes_on_at(day: Day, now_s: int) -> None:
    """Stop a day some seconds after its first contact, and go on."""
    made, contacts, agents = day
    played = tape(made, contacts, agents)
    start = min((row.at for row in contacts), default=0.0) // 10 * 10
    assert_goes_on(made, played, start + now_s)


@settings(max_examples=60)
@given(day=days(varied=False), now_s=st.integers(0, 90))
def test_hostile_days_of_the_plain_kernel_go_on(day: Day, now_s: int) -> None:
    """Put in their places by rules for all, played on by the kernel that keeps no places."""
    goes_on_at(day, now_s)


def test_a_phone_day_goes_on_at_any_instant() -> None:
    phone = qs.ContactType(
        name="phone",
        channel="phone",
        demand=qs.Demand(per_day=900, day="office"),
        talk=qs.LogNormal(mean="4min", cv=0.9),
        wrap_up=qs.Exponential(mean="40s"),
        patience=qs.Exponential(mean="3min"),
    )
    home = qs.AgentGroup(
        name="home", skills=("phone",), headcount=8, contract=qs.InHouse(per_hour=24.0)
    )
    made = qs.Scenario(
        name="day",
        contact_types=(phone,),
        agent_groups=(home,),
        horizon=qs.Horizon(start="2026-11-23", days=1),
    )
    played = draw_tape(made, seed=3)
    for hour in (7.5, 9.0, 11.25, 12.0, 17.75, 18.0625):
        assert_goes_on(made, played, hour * 3600)


def test_who_is_between_two_attempts_comes_again_by_hand() -> None:
    """One agent talks to A from 0 to 100 s; B comes at 10, leaves at 20 and redials at 50, to leave
    at 60 for good: at 30 she is at home. D, at self-service until 40, is passed on and waits."""
    redial = qs.Return(share=0.5, delay="30s")
    door = contact_type(
        "web", "self_service", front_door=qs.FrontDoor(contains=0.5, to={"phone": 1.0}), target=None
    )
    made = scenario([contact_type(redial=redial), door], [group("home", ["phone"])])
    once_more = ((Row(at=0.0, talk=5.0, patience=10.0, redials=True, redial_delay=30.0),),)
    passed_on = ((Row(at=0.0, talk=7.0, patience=70.0),),)
    rows = [
        Row(at=0.0, talk=100.0),
        Row(at=10.0, talk=5.0, patience=10.0, redials=True, redial_delay=30.0, again=once_more),
        Row(at=15.0, talk=25.0, kind="web", resolution=0.9, path=0.2, again=passed_on),
    ]
    played = tape(made, rows, all_day("home"))
    present, rest, which = present_at(made, played, 30.0)
    standing = present.contacts
    assert which.tolist() == [0, 3, 4]  # A, B's second attempt, D's second attempt
    assert standing["place"].tolist() == [Place.IS_OPEN, Place.COMES_AGAIN, Place.COMES_AGAIN]
    assert standing["returns_s"][1:].tolist() == [50.0, 40.0]
    assert standing["cause"].tolist() == [Cause.FIRST, Cause.REDIAL, Cause.FRONT_DOOR]
    assert standing["times_back"].tolist() == [0, 1, 0]
    for engine in (simulate_reference, simulate_compiled):
        told = engine(made, rest, present=present).contacts
        assert told["came_s"].tolist() == [0.0, 50.0, 40.0]
        assert told["left_s"][1] == 60.0
        assert told["outcome"][1] == ABANDONED
        assert told["answered_s"][2] == 100.0
        assert told["freed_s"][2] == 107.0
    assert_goes_on(made, played, 30.0)


def test_a_day_of_customers_who_come_again_goes_on_at_any_instant() -> None:
    for made in (again(), threads()):
        played = draw_tape(made, seed=3)
        for hour in (9.0, 11.25, 17.75):
            assert_goes_on(made, played, hour * 3600)
