"""The pictures of watching: they show the numbers of their tables."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest

import queuesim as qs
from queuesim.reporting.risk import risk_calendar
from queuesim.reporting.waterfall import waterfall
from queuesim.watching.diagnose import diagnose
from queuesim.watching.outlook import outlook
from tests.reporting.looking import words
from tests.watching.small_centres import centre, tables_of

mpl.use("Agg")


def test_the_waterfall_goes_from_expected_to_observed() -> None:
    plan = centre()
    worse = plan.change("agent_groups.home.headcount", 13)
    found = diagnose(plan, *tables_of(worse, seed=1), replications=20)
    ax = waterfall(found)
    bars = ax.patches
    assert bars[0].get_width() == found.expected
    assert bars[-1].get_width() == found.observed
    assert [bar.get_width() for bar in bars[1:-1]] == pytest.approx(list(found.table["seconds"]))
    last = bars[-2]
    assert last.get_x() + last.get_width() == pytest.approx(found.observed)
    assert "fewer people" in ax.get_title(loc="left")


def test_the_risk_calendar_shows_the_chances_of_the_table() -> None:
    ahead = outlook(centre(days=2), replications=10, wait="30s")
    for risk in ("missed", "wait"):
        ax = risk_calendar(ahead, risk=risk)  # type: ignore[arg-type]
        shown = np.ma.filled(ax.collections[0].get_array(), np.nan)
        expected = ahead.table[f"p_{risk}"].to_numpy().reshape(2, 20)
        np.testing.assert_allclose(shown.reshape(2, 20), expected)
    with pytest.raises(ValueError, match="risk"):
        risk_calendar(ahead, risk="cost")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="contact type"):
        risk_calendar(ahead, contact_type="sales")


def test_a_bad_monday_is_not_hidden_in_its_week() -> None:
    """Mondays are twice as busy: a cell of the picture by week is its worst day, the darkest is the
    worst half-hour of the table, and the caption and the note beneath say so."""
    quiet = centre(days=28)
    monday = {"per_day": 900, "day": "office", "week": (2, 1, 1, 1, 1, 1, 1)}
    plan = quiet.change("contact_types.billing.demand", qs.Demand(**monday))
    ahead = outlook(plan, replications=10)
    ax = risk_calendar(ahead)
    shown = np.ma.filled(ax.collections[0].get_array(), np.nan)
    table = ahead.table
    assert np.nanmax(shown) == table["p_missed"].max() >= 0.9
    week = (table["start"] >= "2026-11-30") & (table["start"] < "2026-12-07")
    assert plan.horizon.dates[0].isoformat() == "2026-11-24"  # a Tuesday: the first week is short
    at_ten = table[week & (table["start"].dt.strftime("%H:%M") == "10:00")]
    assert len(at_ten) == 7
    first = table["start"].dt.hour.min()
    assert shown[1, 2 * (10 - first)] == at_ten["p_missed"].max()
    assert at_ten["p_missed"].max() > at_ten["p_missed"].mean() + 0.3
    said = words(ax)
    assert "chance on the worst day of the week: service level below the target" in said
    assert "Most at risk: Mon " in said


def test_the_wait_of_which_the_picture_tells() -> None:
    ahead = outlook(centre(), replications=5)
    assert "mean wait of the answered above 20s" in words(risk_calendar(ahead, risk="wait"))
    none = centre().change("contact_types.billing.target", None)
    with pytest.raises(ValueError, match=r"no contact type has a service target: look ahead with"):
        risk_calendar(outlook(none, replications=2), risk="wait")
    with pytest.raises(ValueError, match="plot risk='wait' instead"):
        risk_calendar(outlook(none, replications=2, wait="1min"))
