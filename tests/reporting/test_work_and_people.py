"""Work and people are drawn as counted; the band is that of the replications."""

from __future__ import annotations

import numpy as np
import pytest

import queuesim as qs
from queuesim.experiments import Comparison
from queuesim.reporting.load import Work
from queuesim.results import Result
from queuesim.sampling import draw_tape
from tests.reporting.conftest import N
from tests.reporting.looking import band, line, steps, words

pytestmark = pytest.mark.filterwarnings("error")


def offered_work(result: Result, types: list[int]) -> np.ndarray:
    """Erlangs by replication and interval, counted on the tapes."""
    horizon = result.scenario.horizon
    found = []
    for replication in range(result.replications):
        tape = draw_tape(result.scenario, seed=result.seed, replication=replication)
        mine = np.isin(tape.contact_type, types)
        found.append(
            np.bincount(
                (tape.arrival_s[mine] // horizon.interval).astype(int),
                weights=(tape.talk_s + tape.wrap_up_s)[mine],
                minlength=horizon.n_intervals,
            )
        )
    return np.array(found) / horizon.interval


def test_a_week_by_interval(week: Result) -> None:
    ax = qs.plots.demand_and_staffing(week, contact_type="support")
    drawn = line(ax, "offered load").get_ydata()
    table = week.intervals.query("contact_type == 'support'")
    np.testing.assert_allclose(drawn[:-1], table["offered_load"], rtol=1e-12)
    expected = line(ax, "load as the scenario expects it").get_ydata()
    np.testing.assert_array_equal(expected[:-1], week.scenario.offered_load()[0])
    home = week.groups.query("agent_group == 'home'")
    np.testing.assert_array_equal(steps(ax, "scheduled"), home["scheduled_s"] / 1800)
    np.testing.assert_allclose(steps(ax, "staffed"), home["staffed_s"] / 1800)
    load = offered_work(week, [0])
    top = (load.mean(axis=0) + 1.645 * load.std(axis=0, ddof=1)).max()
    assert band(ax)[1] == pytest.approx(top)
    assert "Group home also serves requests." in words(ax)
    assert "Work of support, and the people who have the skill" in words(ax)
    assert ax.get_ylabel() == "load [erlangs], people [agents]"


def test_one_chat_agent_carries_more_than_an_erlang(week: Result) -> None:
    ax = qs.plots.demand_and_staffing(week, contact_type="chat")
    np.testing.assert_allclose(steps(ax, "staffed can carry"), 1.6 * steps(ax, "staffed"))
    assert "full concurrency" in words(ax)


def test_weeks_show_the_busiest_interval_and_the_mean(month: Result) -> None:
    ax = qs.plots.demand_and_staffing(month, contact_type="chat")
    layout = month.layout
    expected = month.scenario.offered_load()[1]
    week = np.searchsorted(layout.weeks.first_day, layout.day_of_interval, side="right") - 1
    busiest = [int(np.argmax(np.where(week == k, expected, -1))) for k in range(len(layout.weeks))]
    load = offered_work(month, [1])
    np.testing.assert_allclose(
        line(ax, "load, busiest 30 min").get_ydata(), load.mean(axis=0)[busiest]
    )
    open_hours = expected > 0
    by_hand = [load[:, (week == k)].sum() / N / open_hours[week == k].sum() for k in range(5)]
    np.testing.assert_allclose(line(ax, "load, mean over opening").get_ydata(), by_hand)
    staffed = month.groups.query("agent_group == 'chatters'")["staffed_s"].to_numpy() / 1800
    np.testing.assert_allclose(steps(ax, "staffed, busiest"), staffed[busiest])
    means = [staffed[(week == k) & open_hours].mean() for k in range(5)]
    np.testing.assert_allclose(steps(ax, "staffed, mean"), means)


def test_contact_types_that_are_busy_together_widen_the_band(week: Result) -> None:
    alone = [Work.by_interval(week, [k]).deviation for k in (0, 1)]
    together = Work.by_interval(week, [0, 1]).deviation
    monday_to_friday = slice(0, 5 * 48)
    apart = np.sqrt(alone[0] ** 2 + alone[1] ** 2)
    assert together[monday_to_friday].sum() > apart[monday_to_friday].sum()
    np.testing.assert_array_less(together, alone[0] + alone[1] + 1e-9 + 0.5 * apart)


def test_the_weekly_band_is_that_of_the_tapes(month: Result) -> None:
    chosen, layout = [0, 1], month.layout
    on = np.ones(layout.n_intervals, dtype=bool)
    work = Work.by_week(month, chosen, on)
    by_week = layout.weeks.of_days(layout.by_day(offered_work(month, chosen)))
    length = layout.weeks.of_days(layout.by_day(np.ones(layout.n_intervals)))
    np.testing.assert_allclose(work.deviation, (by_week / length).std(axis=0, ddof=1))


def test_one_replication_has_no_band_and_says_so(single: Result) -> None:
    ax = qs.plots.demand_and_staffing(single)
    assert not ax.collections
    text = words(ax)
    assert "One replication: no band." in text
    assert "1 replication" in text
    assert "1.645" not in text


def test_questions_without_a_picture(week: Result, comparison: Comparison) -> None:
    with pytest.raises(ValueError, match="no contact type 'phone'"):
        qs.plots.demand_and_staffing(week, contact_type="phone")
    with pytest.raises(TypeError, match="shows one result"):
        qs.plots.demand_and_staffing(comparison)
