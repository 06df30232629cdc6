"""A day stopped and gone on with is the same day, to the bit, in both engines."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import queuesim as qs
from queuesim.engines.compiled import Program, simulate_compiled
from queuesim.engines.compiled.stopped import present_at
from queuesim.engines.outcome import BUSY_COLUMNS, CONTACT_COLUMNS
from queuesim.engines.reference import simulate_reference
from queuesim.sampling import Tape
from tests.engines.by_hand import DAY_S, Row, contact_type, group, scenario, tape
from tests.engines.hostile import Day, days


def assert_goes_on(made: qs.Scenario, played: Tape, now_s: float) -> None:
    """Stop at an instant and go on: contacts and busy periods of the rest are those of the day."""
    whole = simulate_reference(made, played)
    present, rest, rows = present_at(made, played, now_s)
    ended = whole.busy["to_s"] >= now_s
    for engine in (simulate_reference, simulate_compiled):
        told = engine(made, rest, present=present)
        for name in CONTACT_COLUMNS:
            np.testing.assert_array_equal(
                told.contacts[name], whole.contacts[name][rows], err_msg=f"{engine}: {name}"
            )
        mine = _from(told.busy, now_s)
        assert mine == _from({name: whole.busy[name][ended] for name in BUSY_COLUMNS}, now_s)


def _from(busy: dict, now_s: float) -> list[tuple[int, float, float]]:
    """Busy periods that end at an instant or later; one that ends at it may be joined or not."""
    rows = zip(*(busy[name].tolist() for name in BUSY_COLUMNS), strict=True)
    return [row for row in rows if row[2] > now_s and row[1] != now_s]


@settings(max_examples=150)
@given(day=days(), now_s=st.integers(0, 90))
def test_hostile_days_go_on(day: Day, now_s: int) -> None:
    made, played = day
    if not Program.of(made).rules.follows:
        assert_goes_on(made, played, float(now_s))


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
    from queuesim.sampling import draw_tape

    played = draw_tape(made, seed=3)
    for hour in (7.5, 9.0, 11.25, 12.0, 17.99, 18.05):
        assert_goes_on(made, played, hour * 3600)
