"""The heat map shows ratios of sums, at the local time of arrival, and nothing while closed."""

from __future__ import annotations

from concurrent.futures import Executor

import numpy as np
import pytest
from matplotlib import pyplot as plt

import queuesim as qs
from queuesim.reporting.colour_scale import ColourScale
from queuesim.results import Result
from queuesim.results.measures import measure_named
from tests.reporting.conftest import scenario
from tests.reporting.looking import mesh, words

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture(scope="module")
def short_night(pool: Executor) -> Result:
    """Around the clock, over the end of summer time: 3:00 to 4:00 comes twice on 25 October."""
    phone = qs.ContactType(
        name="emergencies",
        channel="phone",
        demand=qs.Demand(per_day=240),
        talk=qs.Exponential(mean="6min"),
        patience=qs.Exponential(mean="2min"),
    )
    team = qs.AgentGroup(
        name="team", skills=("emergencies",), headcount=2, contract=qs.InHouse(per_hour=30.0)
    )
    base = qs.Scenario(
        name="a short night",
        contact_types=(phone,),
        agent_groups=(team,),
        horizon=qs.Horizon(
            start="2026-10-24", days=3, interval="15min", timezone="Europe/Helsinki"
        ),
    )
    return qs.simulate(
        base, replications=2, seed=1, keep_contacts=True, executor=pool, progress=False
    )


@pytest.mark.parametrize("measure", ["wait", "asa", "abandonment"])
def test_cells_are_ratios_of_sums_of_the_contacts(short_night: Result, measure: str) -> None:
    ax = qs.plots.waits_by_week_and_hour(short_night, measure=measure)
    contacts = short_night.contacts
    clock = contacts["arrival"].dt
    cells = [contacts["day"], clock.hour * 2 + clock.minute // 30]
    everyone = contacts.groupby(cells)
    answered = contacts[contacts["outcome"] == "handled"].groupby(
        [c[contacts["outcome"] == "handled"] for c in cells]
    )
    gone = (contacts["outcome"] == "abandoned").groupby(cells)
    by_hand = {
        "wait": everyone["wait_s"].mean(),
        "asa": answered["wait_s"].mean(),
        "abandonment": gone.mean(),
    }[measure].unstack()
    shown = mesh(ax)
    assert shown.shape == (3, 48)
    np.testing.assert_allclose(shown.filled(np.nan), by_hand.to_numpy(), rtol=1e-12)


def test_weeks_sum_their_intervals(month: Result) -> None:
    ax = qs.plots.waits_by_week_and_hour(month, measure="service_level", contact_type="support")
    table = month.intervals.query("contact_type == 'support'")
    clock = month.scenario.horizon.clock_s_of_interval[table["interval"]] / 3600
    week = np.array([month.layout.dates[day].isocalendar().week for day in table["day"]])
    windows = month.scenario.contact_type("support").windows(month.scenario.horizon) / 1800
    opened = np.zeros(len(table), dtype=bool)
    for begin, end in windows.astype(int):
        opened[begin:end] = True
    cell = table[(week == 50) & (clock == 10.5) & opened]
    by_hand = cell["answered_within"].sum() / (cell["offered"] - cell["abandoned_within"]).sum()
    shown = mesh(ax)
    assert shown.shape == (5, 20)
    assert shown[2, 5] == pytest.approx(by_hand)
    assert [tick.get_text() for tick in ax.get_yticklabels()][2] == "W50, 7 Dec"


def test_closed_hours_are_blank_and_said(week: Result) -> None:
    ax = qs.plots.waits_by_week_and_hour(week, contact_type="support")
    hidden = np.ma.getmaskarray(mesh(ax))
    assert hidden[6].all()
    assert hidden[5, :4].all()
    assert hidden[5, 14:].all()
    assert not hidden[:5].all(axis=1).any()
    assert "Grey: closed." in words(ax)
    assert "which came outside opening hours" in words(ax)


def test_labels_tell_unit_and_definition(week: Result) -> None:
    text = words(
        qs.plots.waits_by_week_and_hour(week, measure="service_level", contact_type="support")
    )
    assert "service level [%]; line: target 80 %" in text
    assert "answered within 20 s ÷ (offered − abandoned within 20 s)" in text
    assert "4 replications" in text
    other = week.defined_by("answered_of_offered")
    text = words(qs.plots.waits_by_week_and_hour(other, measure="service_level"))
    assert "answered within T ÷ offered, T the contact type's target time (20 s, 1 min)" in text
    assert "mean wait [" in words(qs.plots.waits_by_week_and_hour(week))


def test_a_long_tail_is_told() -> None:
    waits, shares = measure_named("wait"), measure_named("abandonment")
    many = np.full(400, 5.0)
    assert ColourScale.of(many, waits).remark == ""
    assert ColourScale.of(np.append(many, 300.0), waits).remark == "log scale from 1 s"
    assert ColourScale.of(np.append(many, 36_000.0), waits).unit == "h"
    clipped = ColourScale.of(np.append(many / 500, [0.4] * 4), shares)
    assert clipped.remark == "colours end at 1 %, highest 40 %"
    assert clipped.extend == "max"
    levels = ColourScale.of(many / 5 - 0.03, measure_named("service_level"), target=0.8)
    assert (levels.norm.vmin, levels.norm.vmax) == (0.7, 1.0)


def test_questions_without_a_picture(week: Result) -> None:
    with pytest.raises(ValueError, match="there is no measure 'waits'"):
        qs.plots.waits_by_week_and_hour(week, measure="waits")
    with pytest.raises(ValueError, match=r"no contact type 'suport'.*'support'"):
        qs.plots.waits_by_week_and_hour(week, contact_type="suport")
    with pytest.raises(ValueError, match="'requests' has no service target"):
        qs.plots.waits_by_week_and_hour(week, measure="service_level", contact_type="requests")
    assert not plt.get_fignums()


def test_a_comparison_is_answered_with_what_to_do(comparison: object) -> None:
    with pytest.raises(TypeError, match=r"comparison\['as is'\]"):
        qs.plots.waits_by_week_and_hour(comparison)


def test_nobody_came(pool: Executor) -> None:
    quiet = scenario(days=2)
    for name in ("support", "chat", "requests"):
        quiet = quiet.change(f"contact_types.{name}.demand.per_day", 0.0)
    result = qs.simulate(quiet, replications=1, executor=pool, progress=False)
    for measure in ("wait", "service_level"):
        ax = qs.plots.waits_by_week_and_hour(result, measure=measure)
        assert mesh(ax).mask.all()
        assert "no contacts" in words(ax)


def test_it_draws_where_it_is_told(week: Result) -> None:
    figure, axes = plt.subplots(1, 2, layout="constrained")
    assert qs.plots.waits_by_week_and_hour(week, ax=axes[1]) is axes[1]
    assert plt.get_fignums() == [figure.number]


def test_waits_are_those_of_live_contacts_unless_asked_for(pool: Executor) -> None:
    """As in the summary: a mail that waits for hours would hide how long callers wait."""
    base = scenario(days=1)
    mail = qs.ContactType(
        name="mail",
        channel="message",
        demand=qs.Demand(per_day=50, day="office"),
        talk=qs.Exponential(mean="6min"),
        target=qs.ServiceTarget(share=0.8, within="4h"),
    )
    home = base.agent_groups[0].model_copy(update={"skills": ("support", "requests", "mail")})
    both = base.model_copy(
        update={
            "contact_types": (*base.contact_types, mail),
            "agent_groups": (home, *base.agent_groups[1:]),
        }
    )
    played = qs.simulate(both, replications=2, seed=1, executor=pool, progress=False)
    shown = qs.plots.waits_by_week_and_hour(played)
    assert "support + chat + requests" in words(shown)
    alone = mesh(qs.plots.waits_by_week_and_hour(played, contact_type="mail"))
    assert alone.max() > mesh(shown).max()
    every = qs.plots.waits_by_week_and_hour(played, measure="abandonment")
    assert "all 4 contact types" in words(every)
