"""Every term of both contracts, worked by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import queuesim as qs
from queuesim.results import Result
from tests.results.by_hand import HOUR, result_of, scenario, tally_of

DAY_HOURS = 10.0
NOVEMBER = qs.Horizon(start="2026-11-01", days=30, interval="2h")
TWO_HALVES = qs.Horizon(start="2026-11-16", days=30, interval="2h")  # 15 of 30 and 15 of 31 days


def priced(
    contract: qs.InHouse | qs.Outsourced,
    *,
    horizon: qs.Horizon = NOVEMBER,
    contacts: dict[tuple[str, str, int], float] | None = None,
    headcount: Any = 2,
    shifts: tuple[qs.Shift, ...] = (),
    **group: float,
) -> Result:
    """One group, 08–18 every day; what it did falls in the horizon's first interval."""
    team = qs.AgentGroup(
        name="team",
        skills=("phone",),
        headcount=None if shifts else headcount,
        shifts=shifts,
        hours=None if shifts else "08:00-18:00",
        contract=contract,
    )
    stated = scenario(
        contact_types=scenario().contact_types[:1], agent_groups=(team,), horizon=horizon
    )
    done = {(quantity, "team", 0): number for quantity, number in group.items()}
    return result_of(tally_of(stated, contacts, done), stated=stated)


def lines(result: Result) -> dict[tuple[str, str], float]:
    table = result.cost_table()
    return {
        (row.term, row.month): pytest.approx(row.amount, abs=1e-5) for row in table.itertuples()
    }


def terms(result: Result) -> dict[str, float]:
    table = result.cost_table()
    return {
        term: pytest.approx(float(amount), abs=1e-5)
        for term, amount in table.groupby("term").amount.sum().items()
    }


# In house


def test_wages_are_paid_for_scheduled_hours_month_by_month() -> None:
    result = priced(qs.InHouse(per_hour=10), horizon=TWO_HALVES)
    assert lines(result) == {("wages", "2026-11"): 3000, ("wages", "2026-12"): 3000}
    assert result.measure("paid_hours").value == 600


def test_premiums_are_paid_for_scheduled_hours_within_them() -> None:
    weekend = qs.Premium(hours={"sat,sun": "00:00-24:00"}, share=0.5)
    evening = qs.Premium(hours="17:00-20:00", share=0.2)
    result = priced(qs.InHouse(per_hour=10, premiums=(weekend, evening)), horizon=TWO_HALVES)
    # weekends: 21, 22, 28, 29 November; 5, 6, 12, 13 December; 20 h a day; evenings: 2 h a day
    assert lines(result) == {
        ("wages", "2026-11"): 3000,
        ("wages", "2026-12"): 3000,
        ("premium sat-sun 00:00-24:00", "2026-11"): 4 * 20 * 10 * 0.5,
        ("premium sat-sun 00:00-24:00", "2026-12"): 4 * 20 * 10 * 0.5,
        ("premium every day 17:00-20:00", "2026-11"): 15 * 2 * 10 * 0.2,
        ("premium every day 17:00-20:00", "2026-12"): 15 * 2 * 10 * 0.2,
    }


def test_premiums_of_shifts_count_paid_time_also_past_midnight() -> None:
    night = qs.Shift(
        name="night", days="mon-sun", start="20:00", end="04:00", headcount=3,
        breaks=("22:30-23:00",), paid_breaks=True,
    )  # fmt: skip
    premium = qs.Premium(hours="22:00-06:00", share=0.25)
    result = priced(
        qs.InHouse(per_hour=8, premiums=(premium,)),
        shifts=(night,),
        horizon=qs.Horizon(start="2026-11-02", days=1, interval="1h"),
    )
    # the night before reaches in, 00:00–04:00; tonight 20:00–24:00; breaks are paid
    assert terms(result) == {
        "wages": 3 * 8 * 8,
        "premium every day 22:00-06:00": 3 * (4 + 2) * 8 * 0.25,
    }


def test_overtime_costs_its_factor() -> None:
    result = priced(qs.InHouse(per_hour=10, overtime=1.5), overtime_s=2 * HOUR)
    assert terms(result) == {"wages": 6000, "overtime": 30}


def test_on_costs_come_on_everything_that_is_paid() -> None:
    weekend = qs.Premium(hours={"sun": "00:00-24:00"}, share=1.0)
    result = priced(
        qs.InHouse(per_hour=10, on_costs=0.25, premiums=(weekend,)), overtime_s=4 * HOUR
    )
    # November 2026 has five Sundays
    assert terms(result) == {
        "wages": 6000,
        "premium sun 00:00-24:00": 1000,
        "overtime": 60,
        "on-costs": 0.25 * 7060,
    }


def test_hiring_and_replacements() -> None:
    contract = qs.InHouse(per_hour=10, on_payroll=3, hiring_cost=500, attrition=0.36525)
    weeks = {"weeks": [2, 5, 4, 4, 4, 4]}  # 1 November is a Sunday
    result = priced(contract, headcount=weeks)
    # peak 5 against 3; 0.001 leave a day: 1 × 2 + 7 × 5 + 22 × 4 people-days
    assert terms(result)["hiring"] == 2 * 500
    assert terms(result)["replacements"] == pytest.approx(0.125 * 500)
    enough = priced(qs.InHouse(per_hour=10, on_payroll=5, hiring_cost=500), headcount=weeks)
    assert "hiring" not in terms(enough)


def test_people_of_shifts_are_persons_not_heads_at_once() -> None:
    early = qs.Shift(name="early", days="mon-sun", start="06:00", end="14:00", headcount=4)
    late = qs.Shift(name="late", days="mon-sun", start="14:00", end="22:00", headcount=3)
    result = priced(qs.InHouse(per_hour=10, on_payroll=2, hiring_cost=1000), shifts=(early, late))
    assert terms(result)["hiring"] == 5 * 1000


def test_notice_is_paid_to_those_not_needed() -> None:
    contract = qs.InHouse(per_hour=10, on_costs=0.5, on_payroll=5, notice_weeks=1)
    result = priced(contract)
    # three people, seven days, ten hours a day as the others
    assert terms(result) == {"wages": 6000, "notice": 2100, "on-costs": 4050}


def test_notice_where_nobody_is_scheduled_is_eight_hours_a_weekday() -> None:
    contract = qs.InHouse(per_hour=10, on_payroll=2, notice_weeks=2)
    result = priced(contract, headcount=0)
    # 1 to 14 November: two people, ten weekdays
    assert terms(result) == {"notice": 2 * 10 * 8 * 10}


# Outsourced


def test_prices_by_hour_contact_and_minute() -> None:
    contract = qs.Outsourced(per_hour=30, per_contact=4, per_minute=0.5, monthly_fee=1000)
    result = priced(
        contract, staffed_s=100 * HOUR, busy_s=6000 * 60.0, handled=1000, overtime_s=HOUR
    )
    assert terms(result) == {
        "staffed hours": 3000,
        "contacts": 4000,
        "minutes": 3000,
        "fee": 1000,
    }
    assert result.measure("cost").value == 11000
    assert result.measure("cost", agent_group="team").value == 11000


def test_fee_minimum_and_bands_of_part_of_a_month_go_by_its_days() -> None:
    contract = qs.Outsourced(
        per_contact=4,
        monthly_fee=620,
        monthly_minimum=6200,
        band=qs.VolumeBand(low=310, high=1000),
    )
    result = priced(contract, horizon=TWO_HALVES, handled=200)
    # November: 200 contacts 800, band 155 met, fee 310, minimum 3100
    # December: no contacts, band 150 × 4, fee 300, minimum 3000
    assert lines(result) == {
        ("contacts", "2026-11"): 800,
        ("fee", "2026-11"): 310,
        ("monthly minimum", "2026-11"): 1990,
        ("below the band", "2026-12"): 600,
        ("fee", "2026-12"): 300,
        ("monthly minimum", "2026-12"): 2100,
    }


@pytest.mark.parametrize(
    ("handled", "expected"),
    [
        (1000, {"contacts": 4000}),
        (600, {"contacts": 2400, "below the band": 800}),
        (1500, {"contacts": 6000, "above the band": 300 * 4 * 0.5}),
        (0, {"below the band": 3200}),
    ],
)
def test_the_volume_band(handled: float, expected: dict[str, float]) -> None:
    band = qs.VolumeBand(low=800, high=1200, outside_factor=1.5)
    result = priced(qs.Outsourced(per_contact=4, band=band), handled=handled)
    assert terms(result) == expected


def test_the_band_also_holds_for_minutes() -> None:
    band = qs.VolumeBand(low=800, high=1000, outside_factor=1.2)
    contract = qs.Outsourced(per_minute=0.5, band=band)
    few = priced(contract, handled=600, busy_s=600 * 6 * 60.0)
    assert terms(few) == {"minutes": 1800, "below the band": 200 * 6 * 0.5}
    many = priced(contract, handled=1500, busy_s=1500 * 6 * 60.0)
    assert terms(many) == {"minutes": 4500, "above the band": 500 * 6 * 0.5 * 0.2}
    none = priced(contract)
    # nothing handled: as long as the contact type states, 200 s
    assert terms(none) == {"below the band": 800 * 200 / 60 * 0.5}


def test_tiers_hold_for_the_contacts_beyond_each_step() -> None:
    steps = (qs.Tier(above=500, factor=0.9), qs.Tier(above=1000, factor=0.8))
    result = priced(qs.Outsourced(per_contact=4, tiers=steps), handled=1200)
    # 500 at 1, 500 at 0.9, 200 at 0.8
    assert terms(result) == {"contacts": 4800, "tiers": -(500 * 0.1 + 200 * 0.2) * 4}


def test_tiers_and_band_together() -> None:
    contract = qs.Outsourced(
        per_contact=4,
        band=qs.VolumeBand(low=0, high=1100, outside_factor=1.5),
        tiers=(qs.Tier(above=500, factor=0.9), qs.Tier(above=1000, factor=0.8)),
    )
    result = priced(contract, handled=1200)
    assert terms(result) == {
        "contacts": 4800,
        "tiers": -360,
        "above the band": 100 * 0.8 * 4 * 0.5,
    }


@pytest.mark.parametrize(
    ("within", "expected"),
    [(85, {"bonus": 100.0}), (80, {"bonus": 100.0}), (79, {"malus": -250.0}), (None, {})],
)
def test_bonus_and_malus_go_by_the_months_service_level(
    within: float | None, expected: dict[str, float]
) -> None:
    contract = qs.Outsourced(
        monthly_fee=5000, bonus_malus=qs.BonusMalus(target=0.8, bonus=0.02, malus=0.05)
    )
    contacts = {}
    if within is not None:
        contacts = {
            ("offered", "phone", 0): 110.0,
            ("abandoned_within", "phone", 0): 10.0,
            ("answered_within", "phone", 0): float(within),
        }
    assert terms(priced(contract, contacts=contacts)) == {"fee": 5000, **expected}


def test_the_minimum_counts_before_the_bonus() -> None:
    contract = qs.Outsourced(
        per_contact=1,
        monthly_minimum=1000,
        bonus_malus=qs.BonusMalus(target=0.8, bonus=0.1),
    )
    contacts = {("offered", "phone", 0): 1.0, ("answered_within", "phone", 0): 1.0}
    result = priced(contract, contacts=contacts, handled=400)
    assert terms(result) == {"contacts": 400, "monthly minimum": 600, "bonus": 100}


# Self-service


def with_a_bot(per_contact: float, *, name: str = "bot") -> qs.Scenario:
    bot = qs.ContactType(
        name=name,
        channel="self_service",
        demand=qs.Demand(per_day=10),
        talk=qs.Exponential(mean=60),
        target=None,
        front_door=qs.FrontDoor(contains=0.5, to={"phone": 0.8}, per_contact=per_contact),
    )
    phone = scenario().contact_types[0]
    home = qs.AgentGroup(
        name="home", skills=("phone",), headcount=1, contract=qs.InHouse(per_hour=10)
    )
    return scenario(contact_types=(bot, phone), agent_groups=(home,), horizon=TWO_HALVES)


def test_self_service_is_paid_for_each_contact_that_it_took_in_month_by_month() -> None:
    stated = with_a_bot(0.25)
    december = 15 * 12  # first interval of 1 December, 2 h each
    contacts = {
        ("offered", "bot", 0): 100.0,
        ("turned_away", "bot", 0): 4.0,
        ("self_served", "bot", 0): 50.0,
        ("passed_on", "bot", 0): 46.0,
        ("offered", "bot", december): 11.0,
        ("unresolved", "bot", december): 1.0,
        ("offered", "phone", 0): 1000.0,
    }
    result = result_of(tally_of(stated, contacts), stated=stated)
    table = result.cost_table()
    bill = table[table["contact_type"] == "bot"]
    assert bill.drop(columns="contact_type").to_dict("list") == {
        "agent_group": ["", ""],
        "term": ["self-service", "self-service"],
        "month": ["2026-11", "2026-12"],
        "quantity": [96.0, 11.0],
        "unit": ["contacts", "contacts"],
        "amount": [24.0, 2.75],
    }
    wages = float(table[table["agent_group"] == "home"]["amount"].sum())
    assert (table[table["agent_group"] == "home"]["contact_type"] == "").all()
    assert result.measure("cost").value == wages + 26.75
    assert result.measure("cost", agent_group="home").value == wages


def test_self_service_that_costs_nothing_has_no_line() -> None:
    stated = with_a_bot(0.0)
    result = result_of(tally_of(stated, {("offered", "bot", 0): 100.0}), stated=stated)
    assert "self-service" not in terms(result)


@pytest.mark.parametrize("name", ["bot", "home"])
def test_the_summary_prints_self_service_also_where_a_group_has_its_name(name: str) -> None:
    stated = with_a_bot(0.25, name=name)
    result = result_of(tally_of(stated, {("offered", name, 0): 100.0}), stated=stated)
    lines = [line.split() for line in str(result.summary()).splitlines()]
    assert [f"{name}:", "self-service", "100", "25.0", "EUR"] in lines


# Together


def test_totals_are_the_sums_of_the_lines_exactly() -> None:
    stated = scenario(
        agent_groups=(
            qs.AgentGroup(
                name="home",
                skills=("phone", "request", "chat"),
                headcount=2,
                contract=qs.InHouse(per_hour=17.3, on_costs=0.21, attrition=0.3, hiring_cost=77.7),
            ),
            qs.AgentGroup(
                name="partner",
                skills=("phone",),
                headcount=1,
                contract=qs.Outsourced(per_minute=0.617, monthly_minimum=333.33),
            ),
        )
    )
    rng = np.random.default_rng(3)
    tallies = [
        tally_of(
            stated,
            groups={
                (quantity, name, k): float(rng.integers(0, 10**7)) / 1024
                for quantity in ("busy_s", "overtime_s", "handled")
                for name in ("home", "partner")
                for k in range(8)
            },
            replication=r,
        )
        for r in range(7)
    ]
    result = result_of(*tallies, stated=stated)
    amounts = [line.amount for line in result.cost_lines]
    cost = result.values("cost")[0]
    assert (cost == np.sum(amounts, axis=0)).all()
    assert (cost == np.sum(amounts[::-1], axis=0)).all()
    by_group = [result.values("cost", agent_group=name)[0] for name in ("home", "partner")]
    assert (cost == by_group[0] + by_group[1]).all()
    handled = result.values("handled", agent_group="partner")[0].sum()
    each = result.measure("cost_per_handled", agent_group="partner")
    assert each.value == pytest.approx(by_group[1].sum() / handled)
    assert each.unit == "EUR"
