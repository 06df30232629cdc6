"""The pictures of watching: they show the numbers of their tables."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest

from queuesim.reporting.risk import risk_calendar
from queuesim.reporting.waterfall import waterfall
from queuesim.watching.diagnose import diagnose
from queuesim.watching.outlook import outlook
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
