"""Options lie where their measures are; names cover nothing."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.collections import LineCollection

import queuesim as qs
from queuesim.experiments import Comparison, Decision
from queuesim.results import Result
from tests.reporting.looking import words

pytestmark = pytest.mark.filterwarnings("error")


def test_points_and_bars_are_the_estimates(comparison: Comparison) -> None:
    ax = qs.plots.options(comparison, target=0.8, contact_type="support")
    bars = [c.get_segments()[0] for c in ax.collections if isinstance(c, LineCollection)]
    for k, result in enumerate(comparison.results.values()):
        cost = result.measure("cost")
        level = result.measure("service_level", contact_type="support")
        assert ax.lines[k].get_xydata()[0] == pytest.approx([cost.value, level.value])
        np.testing.assert_allclose(bars[2 * k][:, 1], [level.low, level.high])
        np.testing.assert_allclose(bars[2 * k + 1][:, 0], [cost.low, cost.high])
    assert ax.lines[len(comparison.results)].get_ydata()[0] == 0.8


def test_labels_tell_units_and_definition(comparison: Comparison) -> None:
    ax = qs.plots.options(comparison, target=0.8)
    assert ax.get_xlabel() in ("cost over 7 days [EUR]", "cost over 7 days [thousand EUR]")
    assert ax.get_ylabel() == "service level [%]"
    assert "answered within T ÷ (offered − abandoned within T)" in words(ax)
    assert "95 % confidence intervals" in words(ax)
    assert "target 80 %" in words(ax)


def test_names_cover_neither_points_nor_each_other(comparison: Comparison) -> None:
    ax = qs.plots.options(comparison)
    ax.figure.draw_without_rendering()
    names = [text for text in ax.texts if text.get_text().replace("\n", " ") in comparison.results]
    assert len(names) == len(comparison.results)
    boxes = [text.get_window_extent() for text in names]
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    points = [ax.transData.transform(line.get_xydata()[0]) for line in ax.lines[: len(names)]]
    assert not any(box.contains(*point) for box in boxes for point in points)


def test_the_chosen_option_stands_out(comparison: Comparison) -> None:
    best = comparison.cheapest_meeting(asa=600)
    assert best.name is not None
    ax = qs.plots.options(comparison, y="asa", target=600, decision=best)
    markers = {line.get_marker() for line in ax.lines[: len(comparison.results)]}
    assert markers == {"D", "o"}
    assert f"{best.name} (chosen)" in words(ax)


def test_no_option_is_chosen(comparison: Comparison) -> None:
    none = Decision(name=None, why="", changes=(), table=comparison.table().frame)
    assert "No option surely meets the target." in words(
        qs.plots.options(comparison, target=1.0, decision=none)
    )


def test_any_two_measures(comparison: Comparison) -> None:
    ax = qs.plots.options(comparison, x="occupancy", y="wait_p90", target=60)
    assert ax.get_xlabel() == "occupancy [%]"
    assert "wait p90 [" in ax.get_ylabel()
    value = comparison["as is"].measure("wait_p90").value
    assert ax.lines[0].get_ydata()[0] == pytest.approx(value)


def test_one_replication_has_no_bars_and_says_so(single: Result) -> None:
    ax = qs.plots.options(Comparison({"as is": single}), target=0.8)
    assert not ax.collections
    assert "One replication: no intervals." in words(ax)


def test_questions_without_a_picture(comparison: Comparison, week: Result) -> None:
    other = Decision(name="hire ten", why="", changes=(), table=comparison.table().frame)
    with pytest.raises(ValueError, match="no option 'hire ten'"):
        qs.plots.options(comparison, decision=other)
    with pytest.raises(ValueError, match="no measure 'costs'"):
        qs.plots.options(comparison, x="costs")
    with pytest.raises(ValueError, match="no service target"):
        qs.plots.options(comparison, contact_type="requests")
    with pytest.raises(ValueError, match="has no better side"):
        qs.plots.options(comparison, y="offered", target=10)
    with pytest.raises(TypeError, match="needs a Comparison"):
        qs.plots.options(week)
    assert not plt.get_fignums()
