"""Slots that are booked, and customers who ring in while they wait for a callback; by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import queuesim as qs
from queuesim.engines.compiled.terms import terms_and_slots
from queuesim.engines.reference import simulate_reference
from queuesim.results import tally
from queuesim.results.layout import Layout
from queuesim.results.run import Run
from queuesim.results.slots import slot_places
from queuesim.results.tally import CONTACT_QUANTITIES
from tests.engines.by_hand import HORIZON, Row, all_day, contact_type, group, scenario, tape
from tests.results.by_numpy import slow_tally
from tests.results.pieces import same

RINGS_IN = qs.Return(share=0.5, delay=60.0)
REACHED: dict[str, Any] = {"accepts": True, "answers": (True, True, True)}


def slots(hours: Any = "00:10-01:40", **offer: Any) -> qs.Scenario:
    """Slots of 20 min with room for 2: from 20 on, 40, 60 and 80, in intervals of 30 min."""
    offer = {"kind": "slot", "slot": "20min", "per_slot": 2, "rings_in": RINGS_IN, **offer}
    kind = contact_type(hours=hours, callback=qs.CallbackOffer(accept=0.5, **offer))
    return scenario([kind, contact_type("other")], [group("home", ["phone", "other"])])


def counted(day: qs.Scenario, rows: list[Row]) -> dict[str, np.ndarray]:
    played = simulate_reference(day, tape(day, rows, all_day("home")))
    numbers = tally(played)
    same(numbers, slow_tally(played))
    return dict(zip(CONTACT_QUANTITIES, numbers.contacts, strict=True))


def test_slots_on_offer_are_those_that_begin_while_it_is_open() -> None:
    found = counted(slots(), [])
    assert found["slot_places"][0, :5].tolist() == [2, 2, 4, 0, 0]
    assert found["slot_places"].sum() == 8
    assert found["slots_booked"].sum() == 0


def test_slots_that_are_booked() -> None:
    mine = {**REACHED, "rings_in": True}
    ring = {"again": ((Row(0, 5),),)}
    rows = [
        Row(600, 3000),  # keeps the one agent busy until 3600
        Row(700, 5, **REACHED),  # slot of 1200
        Row(710, 5, rings_in_delay=490.0, **mine, **ring),  # rings in when it begins
        Row(720, 5, **REACHED),  # slot of 2400: that of 1200 has no room
        Row(730, 5, rings_in_delay=2000.0, **mine, **ring),  # rings in when it has begun
        Row(740, 5, rings_in_delay=20.0, delay=2500.0, **mine, **ring),  # before the slot of 3600
        Row(800, 5, delay=2600.0, **REACHED),  # slot of 3600
    ]
    found = counted(slots(), rows)
    assert found["slots_booked"][0, :5].tolist() == [1, 2, 1, 0, 0]
    assert found["callbacks_accepted"][0].sum() == 6
    assert found["rang_in"][0, 0] == 3
    assert found["ring_ins"][0, :2].tolist() == [2, 1]
    assert found["offered"][0].sum() == 7 + 3


def test_no_more_is_booked_than_fits() -> None:
    """A place that is given back and booked anew counts once."""
    mine = {**REACHED, "rings_in": True, "rings_in_delay": 10.0}
    rows = [Row(600, 3000)]
    rows += [Row(700.0 + 20 * k, 5, again=((Row(0, 5),),), **mine) for k in range(4)]
    rows += [Row(790, 5, **REACHED), Row(791, 5, **REACHED)]
    found = counted(slots(), rows)
    assert found["slots_booked"][0, :5].tolist() == [2, 0, 0, 0, 0]


def test_slots_counted_by_the_machine_and_by_the_engine() -> None:
    """Odd lengths, a night's hours, none at all: as many places as the compiled engine has."""
    for hours in ("00:10-01:40", "22:00-02:00", "00:00-24:00", ["06:00-06:01", "09:30-17:15"]):
        for length in ("20min", 61.3, "7h", "24h"):
            day = slots(hours, slot=length, per_slot=3)
            each = day.contact_types[0]
            _, room = terms_and_slots((each,), HORIZON)
            assert slot_places(each, HORIZON).sum() == room.sum()
    assert Layout.of(day).books.tolist() == [True, False]


def test_measures_of_slots_and_of_those_who_ring_in() -> None:
    day = slots(hours="00:00-24:00", accept_from=None)
    hour = {"demand": qs.Demand(per_day=300), "talk": qs.Exponential(mean="4min")}
    day = qs.Scenario(
        name="slots",
        contact_types=tuple(each.model_copy(update=hour) for each in day.contact_types),
        agent_groups=(group("home", ["phone", "other"], 2),),
        horizon=HORIZON,
    )
    result = qs.simulate(day, replications=3, seed=1)
    places = result.measure("slot_places", contact_type="phone").value
    assert places == 72 * 2
    booked = result.measure("slots_booked", contact_type="phone").value
    assert 0 < booked <= places
    used = pytest.approx(booked / places)
    assert result.measure("slots_used", contact_type="phone").value == used
    assert result.measure("slots_used").value == used
    assert result.measure("slot_places", contact_type="other").value == 0
    rang_in = result.measure("rang_in", contact_type="phone").value
    assert rang_in == result.measure("ring_ins", contact_type="phone").value > 0
    text = str(result.summary())
    for words in ("slots used", "rang in", "rang in meanwhile", "ring-ins"):
        assert words in text
    frame = result.intervals
    assert (frame["slots_booked"] <= frame["slot_places"]).all()


def test_the_story_of_one_who_rings_in() -> None:
    kind = contact_type(callback=qs.CallbackOffer(accept=0.5, promise=100.0, rings_in=RINGS_IN))
    day = scenario([kind], [group("home", ["phone"])])

    def rows(after: float) -> list[Row]:
        mine = {**REACHED, "rings_in": True, "rings_in_delay": after}
        return [Row(0, 400), Row(10, 40, again=((Row(0, 30),),), **mine)]

    found = {name: table[0, 0] for name, table in counted(day, rows(60.0)).items()}
    assert (found["offered"], found["handled"], found["rang_in"]) == (3, 2, 1)
    assert (found["customers"], found["ring_ins"], found["contacts_of_customers"]) == (2, 1, 3)
    assert (found["callbacks_owed"], found["callbacks_handled"]) == (1, 0)
    assert found["callback_owed_s"] == 60
    # waits for nothing on the line, then from 70 to 400, and talks; the other talks 400
    assert found["effort_of_customers_s"] == 400 + 330 + 30
    assert (found["promises_due"], found["promises_kept"]) == (0, 0)  # nothing was broken yet
    for after, due in ((100.0 - 1 / 1024, 0), (100.0, 1)):
        assert counted(day, rows(after))["promises_due"][0, 0] == due
    played = simulate_reference(day, tape(day, rows(60.0), all_day("home")))
    table = Run(played).contacts
    assert table["outcome"].tolist() == ["handled", "rang in", "handled"]
    assert table["cause"].tolist() == ["first", "first", "ring in"]
    assert table["customer"].tolist() == [0, 1, 1]
    assert table["resolved"].isna().tolist() == [False, True, False]
