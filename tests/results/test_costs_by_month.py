"""Terms of a contract in part of a month, by week, and of what a group serves; worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

import queuesim as qs
from tests.results.by_hand import result_of, scenario, tally_of
from tests.results.test_costs import NOVEMBER, TWO_HALVES, lines, priced, terms


def quantities(result: qs.Result) -> dict[str, float]:
    table = result.cost_table()
    return {str(row.term): pytest.approx(row.quantity) for row in table.itertuples()}


# In house


def test_who_is_hired_is_paid_for_when_the_horizon_begins() -> None:
    contract = qs.InHouse(per_hour=10, on_payroll=1, hiring_cost=500)
    bill = lines(priced(contract, horizon=TWO_HALVES))
    assert bill["hiring", "2026-11"] == 500
    assert ("hiring", "2026-12") not in bill


def test_notice_is_paid_by_the_hours_of_that_weeks_people() -> None:
    """Sunday, 1 November: 3 of 5 not needed. From Monday on: 1. Ten hours a day each, a week."""
    contract = qs.InHouse(per_hour=10, on_payroll=5, notice_weeks=1)
    result = priced(contract, headcount={"weeks": [2, 4, 4, 4, 4, 4]})
    assert terms(result)["notice"] == (3 * 1 + 1 * 6) * 10 * 10


def test_people_of_shifts_are_counted_week_by_week() -> None:
    """On weekdays 4 people; none on the first day, a Sunday, which is a week of its own: 0.001
    leave a day of 29 days."""
    contract = qs.InHouse(per_hour=10, on_payroll=4, hiring_cost=500, attrition=0.36525)
    weekdays = qs.Shift(name="early", days="mon-fri", start="06:00", end="14:00", headcount=4)
    result = priced(contract, shifts=(weekdays,), horizon=NOVEMBER)
    assert terms(result)["replacements"] == pytest.approx(0.001 * 4 * 29 * 500)


def test_a_sundays_shift_is_of_the_week_that_ends_then() -> None:
    """Tuesday to Monday: the 4 of Sunday are of the six days of the first week."""
    contract = qs.InHouse(per_hour=10, on_payroll=4, hiring_cost=500, attrition=0.36525)
    sunday = qs.Shift(name="early", days="sun", start="06:00", end="14:00", headcount=4)
    week = qs.Horizon(start="2026-11-03", days=7, interval="2h")
    result = priced(contract, shifts=(sunday,), horizon=week)
    assert terms(result)["replacements"] == pytest.approx(0.001 * 4 * 6 * 500)


def test_a_week_needs_the_most_that_are_there_at_once() -> None:
    """Three by day and 5 for two hours of one day, of whom 3 are there already."""
    at_once = np.full((7, 12), 3)
    at_once[3, 5] = 5
    contract = qs.InHouse(per_hour=10, on_payroll=3, hiring_cost=500)
    week = qs.Horizon(start="2026-11-02", days=7, interval="2h")
    result = priced(contract, headcount={"horizon": tuple(at_once.ravel().tolist())}, horizon=week)
    assert terms(result)["hiring"] == 2 * 500


def test_a_premium_whose_hours_never_come_is_not_paid() -> None:
    saturday = qs.Premium(hours={"sat": "08:00-18:00"}, share=0.5)
    monday = qs.Horizon(start="2026-11-02", days=1, interval="2h")
    result = priced(qs.InHouse(per_hour=10, premiums=(saturday,)), horizon=monday)
    assert terms(result) == {"wages": 2 * 10 * 10}


def test_premiums_are_for_paid_time() -> None:
    """Two people from 8 to 18; then 4 whose break from 10 to 10:30 is not paid, of an hour."""
    premium = qs.Premium(hours="10:00-11:00", share=1.0)
    contract = qs.InHouse(per_hour=10, premiums=(premium,))
    term = "premium every day 10:00-11:00"
    assert terms(priced(contract, horizon=NOVEMBER))[term] == 30 * 2 * 10
    early = qs.Shift(
        name="early",
        days="mon-sun",
        start="06:00",
        end="14:00",
        headcount=4,
        breaks=("10:00-10:30",),
    )
    assert terms(priced(contract, shifts=(early,), horizon=NOVEMBER))[term] == 30 * 4 * 0.5 * 10


# Outsourced


def test_band_and_tiers_of_part_of_a_month_go_by_its_days() -> None:
    """15 of 30 days: 500 contacts of a band of 1,000, tiers beyond 100 and 250."""
    band = qs.VolumeBand(low=0, high=1000, outside_factor=1.5)
    result = priced(qs.Outsourced(per_contact=4, band=band), horizon=TWO_HALVES, handled=800)
    assert lines(result) == {
        ("contacts", "2026-11"): 3200,
        ("above the band", "2026-11"): 300 * 4 * 0.5,
    }
    assert quantities(result) == {"contacts": 800, "above the band": 300}
    steps = (qs.Tier(above=200, factor=0.9), qs.Tier(above=500, factor=0.8))
    result = priced(qs.Outsourced(per_contact=4, tiers=steps), horizon=TWO_HALVES, handled=800)
    # 100 at 1, 150 at 0.9, 550 at 0.8
    assert lines(result) == {
        ("contacts", "2026-11"): 3200,
        ("tiers", "2026-11"): -(150 * 0.1 + 550 * 0.2) * 4,
    }
    assert quantities(result) == {"contacts": 800, "tiers": 700}


def test_contacts_that_did_not_come_fall_into_tiers_as_well() -> None:
    """600 came, 800 are billed: 500 at the full price, 300 at 0.9."""
    contract = qs.Outsourced(
        per_contact=4,
        band=qs.VolumeBand(low=800, high=2000),
        tiers=(qs.Tier(above=500, factor=0.9),),
    )
    assert terms(priced(contract, handled=600)) == {
        "contacts": 2400, "below the band": 800, "tiers": -300 * 0.1 * 4,
    }  # fmt: skip


def test_the_bonus_goes_by_what_the_group_serves_and_has_a_target() -> None:
    """The partner serves phone and chat; chat has no target, and requests are not its own."""
    contract = qs.Outsourced(
        monthly_fee=1000, bonus_malus=qs.BonusMalus(target=0.8, bonus=0.1, malus=0.1)
    )
    home, partner = scenario().agent_groups
    partner = partner.model_copy(
        update={"skills": (*partner.skills, home.skills[2]), "contract": contract}
    )
    assert [skill.contact_type for skill in partner.skills] == ["phone", "chat"]
    stated = scenario(agent_groups=(home, partner), horizon=NOVEMBER)
    offered = {("offered", name, 0): 100.0 for name in ("phone", "request", "chat")}
    for within, term in ((85.0, "bonus"), (75.0, "malus")):
        other = 0.0 if term == "bonus" else 100.0
        done = {
            ("answered_within", "phone", 0): within,
            ("answered_within", "request", 0): other,
            ("answered_within", "chat", 0): other,
        }
        found = terms(result_of(tally_of(stated, {**offered, **done}), stated=stated))
        assert {"bonus", "malus"} & set(found) == {term}


def test_minutes_that_are_only_stated_are_those_of_the_skill() -> None:
    """Nothing came: 800 contacts are billed, of 200 s by a group that takes half as long again."""
    contract = qs.Outsourced(per_minute=0.5, band=qs.VolumeBand(low=800, high=1000))
    team = qs.AgentGroup(
        name="team", skills=(qs.Skill("phone", handle_factor=1.5),), headcount=2, contract=contract
    )
    stated = scenario(
        contact_types=scenario().contact_types[:1], agent_groups=(team,), horizon=NOVEMBER
    )
    result = result_of(tally_of(stated), stated=stated)
    assert terms(result) == {"below the band": 800 * 300 / 60 * 0.5}


# Over replications


def test_the_table_has_means_over_replications() -> None:
    stated = priced(qs.Outsourced(per_contact=4)).scenario
    tallies = [
        tally_of(stated, groups={("handled", "team", 0): handled}, replication=k)
        for k, handled in enumerate((100.0, 300.0))
    ]
    result = result_of(*tallies, stated=stated)
    assert terms(result) == {"contacts": 800}
    assert quantities(result) == {"contacts": 200}
