"""Service level over time is that of the tables, with their intervals."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.collections import LineCollection

import queuesim as qs
from queuesim.experiments import Comparison
from queuesim.results import Result
from queuesim.results.confidence import student_t
from tests.reporting.conftest import N
from tests.reporting.looking import words

pytestmark = pytest.mark.filterwarnings("error")


def test_weeks_are_those_of_the_table(month: Result) -> None:
    ax = qs.plots.service_over_weeks(month, contact_type="support")
    table = month.weeks.query("contact_type == 'support'")
    np.testing.assert_allclose(ax.lines[0].get_ydata(), table["service_level"])
    bars = np.array(next(c for c in ax.collections if isinstance(c, LineCollection)).get_segments())
    reach = student_t(0.95, N) * table["service_level_se"]
    low = np.clip(table["service_level"] - reach, 0, 1)
    np.testing.assert_allclose(bars[:, 0, 1], low)
    worst = table.loc[table["service_level"].idxmin()]
    text = words(ax)
    assert f"lowest {100 * worst['service_level']:.1f} % (W{worst['week'][-2:]}" in text
    assert "target 80 %" in text
    assert ax.get_ylabel() == "service level of the week [%]"


def test_options_beside_each_other(comparison: Comparison) -> None:
    ax = qs.plots.service_over_weeks(comparison, contact_type="support", target=0.85)
    for line, result in zip(ax.lines, comparison.results.values(), strict=False):
        days = result.days.query("contact_type == 'support'")
        np.testing.assert_allclose(line.get_ydata(), days["service_level"])
    assert "target 85 %" in words(ax)
    assert "4 options, the same contacts" in words(ax)


def test_all_contact_types_with_a_target_are_pooled(week: Result) -> None:
    ax = qs.plots.service_over_weeks(week)
    days = week.days[week.days["contact_type"] != "requests"].groupby("date")
    within = days["answered_within"].sum()
    of = days["offered"].sum() - days["abandoned_within"].sum()
    np.testing.assert_allclose(ax.lines[0].get_ydata(), within / of)
    text = words(ax)
    assert "target 80 %: support" in text
    assert "target 90 %: chat" in text


def test_one_replication_has_no_intervals_and_says_so(single: Result) -> None:
    ax = qs.plots.service_over_weeks(single, contact_type="support")
    assert not any(isinstance(c, LineCollection) for c in ax.collections)
    assert "One replication: no intervals." in words(ax)


def test_questions_without_a_picture(week: Result) -> None:
    with pytest.raises(ValueError, match="'requests' has no service target"):
        qs.plots.service_over_weeks(week, contact_type="requests")
    with pytest.raises(ValueError, match="7 options cannot be told apart"):
        qs.plots.service_over_weeks(Comparison({f"option {k}": week for k in range(7)}))
    with pytest.raises(TypeError, match="given DataFrame"):
        qs.plots.service_over_weeks(week.weeks)
