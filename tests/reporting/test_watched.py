"""The picture of what was observed and what was to be expected."""

from __future__ import annotations

import numpy as np
import pytest

from queuesim.reporting.watched import observed_and_expected
from queuesim.watching.detect import detect
from queuesim.watching.observed import observed_of
from tests.watching.centres import centre, with_event


def test_alarms_are_marked_and_values_drawn_in_their_own_unit() -> None:
    scenario = centre(days=2)
    bad = with_event(scenario, "2026-11-24 11:00", "4h", 2.2)
    table = observed_of(bad, 0, seed=8)[0]
    alarms = detect(scenario, table, signals=("volume",), replications=100)
    assert len(alarms) == 1
    ax = observed_and_expected(alarms)
    seen = np.concatenate([line.get_ydata() for line in ax.lines if line.get_marker() == "o"])
    expected = table.loc[table["start"].dt.hour.between(8, 17), "offered"]
    np.testing.assert_array_equal(seen, expected)
    texts = [text.get_text() for text in ax.texts]
    assert any(f"alarm {alarms[0].raised:%H:%M}" in text for text in texts)
    assert ax.get_title(loc="left") == "Contacts offered, observed and expected"
    with pytest.raises(ValueError, match="wait"):
        observed_and_expected(alarms, "wait")
    with pytest.raises(TypeError, match="needs Alarms"):
        observed_and_expected(table)
    ax.figure.savefig("/dev/null", format="png")
