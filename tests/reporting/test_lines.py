"""Lines of estimates and options down the page: their numbers, their words, their files."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.collections import PolyCollection

import queuesim as qs
from queuesim.experiments import Comparison
from queuesim.reporting import letter
from queuesim.results import Estimate, Result, mean_of, spread_of
from tests.reporting.looking import band, line, words

pytestmark = pytest.mark.filterwarnings("error")


def levels(n: int, unit: str = "share") -> dict[float, Estimate]:
    return {float(k): Estimate(0.5 + 0.01 * k, 0.02, 0.95, 20, unit) for k in range(n)}


def test_points_bars_and_target(comparison: Comparison) -> None:
    by_people = {
        k: comparison[name].measure("service_level", contact_type="support")
        for k, name in ((3, "as is"), (4, "hire one"), (5, "hire two"))
    }
    ax = qs.plots.lines(
        {"support": by_people},
        title="How many people", below="a week", x="people", y="service level",
        target=0.8, target_text="promise\n80 %", marks={4: "enough"}, note="A week.",
    )  # fmt: skip
    drawn = line(ax, "support")
    np.testing.assert_array_equal(drawn.get_xdata(), [3, 4, 5])
    np.testing.assert_array_equal(drawn.get_ydata(), [each.value for each in by_people.values()])
    text = words(ax)
    for said in ("How many people", "promise 80 %", "enough", "service level [%]", "people"):
        assert said in text
    assert "A week. Bars: 95 % confidence intervals." in text
    assert [label.get_text() for label in ax.get_xticklabels()] == ["3", "4", "5"]


def test_many_points_have_bands_and_days_have_dates() -> None:
    first = date(2027, 1, 11)
    by_day = {first + timedelta(days=k): each for k, each in enumerate(levels(60).values())}
    ax = qs.plots.lines({"a": by_day, "b": by_day}, y="kept")
    assert band(ax)[0] == pytest.approx(0.48)
    assert band(ax)[1] == pytest.approx(1.11)
    assert "Bands: 95 % confidence intervals." in words(ax)
    names = [label.get_text() for label in ax.get_xticklabels()]
    assert names[0] == "11 Jan"
    assert len(names) <= 9
    assert not any(isinstance(c, PolyCollection) for c in qs.plots.lines(
        {"a": by_day}, intervals=False
    ).collections)  # fmt: skip


def test_spreads_and_bare_numbers() -> None:
    weeks = {k: spread_of(np.arange(101.0) + k, share=0.9, unit="s") for k in range(1, 5)}
    ax = qs.plots.lines({"trials": weeks}, y="wait")
    assert band(ax) == pytest.approx((6.0, 99.0))
    assert "Bands: 90 % of the replications lie between." in words(ax)
    bare = qs.plots.lines({"waiting": pd.Series([3.0, 4.0, 0.0])}, y="messages")
    np.testing.assert_array_equal(line(bare, "waiting").get_ydata(), [3, 4, 0])
    assert "intervals" not in words(bare)
    assert bare.get_ylim()[0] == 0


def test_one_replication_has_no_intervals_and_says_so() -> None:
    ax = qs.plots.lines({"a": {1: mean_of([3.0]), 2: mean_of([4.0])}})
    assert "One replication: no intervals." in words(ax)


def test_axes_that_share_a_scale_show_both() -> None:
    _, (upper, lower) = plt.subplots(2, 1, sharey=True)
    qs.plots.lines({"a": {1: 10.0, 2: 20.0}}, ax=upper, legend=False)
    qs.plots.lines({"a": {1: 100.0, 2: 120.0}}, ax=lower)
    low, high = lower.get_ylim()
    assert low <= 10
    assert high >= 120


def test_lines_that_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="at least one line"):
        qs.plots.lines({})
    with pytest.raises(ValueError, match="'a' has no points"):
        qs.plots.lines({"a": {}})
    with pytest.raises(ValueError, match="7 lines cannot be told apart"):
        qs.plots.lines({f"{k}": levels(2) for k in range(7)})
    with pytest.raises(ValueError, match="several units do not share an axis: s, share"):
        qs.plots.lines({"a": levels(2), "b": levels(2, "s")})
    with pytest.raises(TypeError, match="or numbers; given str"):
        qs.plots.lines({"a": {1: "80 %"}})  # type: ignore[dict-item]


def test_options_down_the_page(comparison: Comparison) -> None:
    found = {
        kind: {
            name: result.measure("service_level", contact_type=kind)
            for name, result in comparison.results.items()
        }
        for kind in ("support", "chat")
    }
    ax = qs.plots.ranked(
        found, title="Who keeps it", below="a week", x="kept", target=0.8,
        target_text="promise: 80 %", beside={"as is": "11,000 EUR"},
    )  # fmt: skip
    drawn = line(ax, "support")
    np.testing.assert_array_equal(drawn.get_xdata(), [e.value for e in found["support"].values()])
    assert list(np.argsort(drawn.get_ydata())) == [3, 2, 1, 0]  # the first on top
    assert "as is\n11,000 EUR" in [label.get_text() for label in ax.get_yticklabels()]
    text = words(ax)
    assert "promise: 80 %" in text
    assert "kept [%]" in text
    assert "Bars: 95 % confidence intervals." in text
    with pytest.raises(ValueError, match="other options than the first"):
        qs.plots.ranked({"a": found["support"], "b": {"as is": found["chat"]["as is"]}}, title="")
    with pytest.raises(ValueError, match="1 to 6 readings; given 0"):
        qs.plots.ranked({}, title="")


def test_the_terms_of_a_letter(capsys: pytest.CaptureFixture[str]) -> None:
    def asked(*given: str) -> letter.Terms:
        return letter.terms(
            "somewhere/night.py", "Who answers?\n\nMore.", replications=20, weeks=4,
            short={"weeks": 1}, given=given,
        )  # fmt: skip

    assert asked().numbers == {"replications": 20, "weeks": 4}
    assert asked("--short").numbers == {"replications": 20, "weeks": 1}
    assert asked("--short", "--weeks", "2")["weeks"] == 2
    assert asked().output == Path("output/night")
    assert not asked().short
    with pytest.raises(SystemExit):
        asked("--weeks", "0")
    assert "'0': must be a whole number, 1 or more" in capsys.readouterr().err
    with pytest.raises(ValueError, match="short names 'days'"):
        letter.terms("night.py", "", weeks=4, short={"days": 1}, given=[])


def test_pictures_are_saved(
    week: Result, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ax = qs.plots.service_over_weeks(week)
    paths = qs.plots.save({"one": ax, "two": ax.figure}, tmp_path / "new" / "folder")
    assert [path.name for path in paths] == ["one.png", "two.png"]
    assert all(path.stat().st_size > 1000 for path in paths)
    with pytest.raises(TypeError, match="axes or a figure"):
        qs.plots.save({"table": week.weeks}, tmp_path)  # type: ignore[dict-item]
    asked = letter.terms("night.py", "", weeks=4, given=["--output", str(tmp_path)])
    asked.save(again=ax)
    assert capsys.readouterr().out == f"\nsaved {tmp_path / 'again.png'}\n"
