"""What lines and options show: every end, tick and limit is where the numbers say."""

from __future__ import annotations

from datetime import date, timedelta
from math import nan
from pathlib import Path

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.dates import num2date

import queuesim as qs
from queuesim.reporting import letter
from queuesim.results import Estimate, Spread
from tests.reporting.looking import line, words

pytestmark = pytest.mark.filterwarnings("error")


def between(value: float, low: float, high: float, unit: str = "s", n: int = 20) -> Estimate:
    return Estimate(value, (high - low) / 2, 0.95, n, unit, (low, high))


def of(values: list[float], unit: str = "s", first: int = 0) -> dict[int, Estimate]:
    """An estimate for each of some whole numbers, ± 1 %."""
    each = (between(v, v - abs(v) / 100, v + abs(v) / 100, unit) for v in values)
    return dict(enumerate(each, start=first))


def bars(ax: Axes) -> list[list[tuple[float, float]]]:
    """The ends of the bars, line by line."""
    found = (c for c in ax.collections if isinstance(c, LineCollection))
    return [[tuple(end) for segment in c.get_segments() for end in segment] for c in found]


def bands(ax: Axes) -> int:
    return sum(isinstance(each, PolyCollection) for each in ax.collections)


def level(ax: Axes) -> list[float]:
    """Heights of the lines across."""
    lines = (np.asarray(each.get_ydata(), dtype=float) for each in ax.lines)
    return [float(y[0]) for y in lines if len(y) == 2 and y[0] == y[1]]


def upright(ax: Axes) -> list[float]:
    lines = (np.asarray(each.get_xdata(), dtype=float) for each in ax.lines)
    return [float(x[0]) for x in lines if len(x) == 2 and x[0] == x[1]]


# Lines --------------------------------------------------------------------------------------


def test_bars_reach_from_the_lower_to_the_upper_end() -> None:
    ax = qs.plots.lines({"a": {3: between(50, 40, 55), 5: between(70, 68, 90)}})
    assert bars(ax) == [[(3, 40), (3, 55), (5, 68), (5, 90)]]


def test_a_band_reaches_from_end_to_end() -> None:
    drawn = {k: Spread(10.0 + k, 8.0 + k, 15.0 + k, 0.9, 20, "s") for k in range(3)}
    ax = qs.plots.lines({"a": drawn})
    (found,) = (c for c in ax.collections if isinstance(c, PolyCollection))
    ends = {tuple(point) for point in found.get_paths()[0].vertices.tolist()}
    assert ends == {(k, at + k) for k in range(3) for at in (8, 15)}


def test_up_to_sixteen_points_have_bars_and_the_longest_line_decides() -> None:
    short, few, many = of([50.0] * 2), of([50.0] * 16), of([50.0] * 17)
    for lines, drawn in (
        ({"a": few}, (1, 0)),
        ({"a": many}, (0, 1)),
        ({"a": short, "b": many}, (0, 2)),
    ):
        ax = qs.plots.lines(lines)
        assert (len(bars(ax)), bands(ax)) == drawn
        meant = "Bars" if drawn[0] else "Bands"
        assert f"{meant}: 95 % confidence intervals." in words(ax)


def test_target_and_marks_stand_where_they_are_and_in_view() -> None:
    ax = qs.plots.lines({"a": of([10.0, 12.0], first=4)}, target=30.0, marks={5: "here"})
    assert level(ax) == [30.0]
    assert upright(ax) == [5.0]
    assert ax.get_ylim()[1] > 30.0
    monday = date(2027, 1, 11)
    by_day = {monday: between(1, 1, 1), monday + timedelta(days=1): between(2, 2, 2)}
    ax = qs.plots.lines({"a": by_day}, marks={date(2027, 1, 12): "now"})
    assert [num2date(at).date() for at in upright(ax)] == [date(2027, 1, 12)]


def test_of_many_days_the_mondays_are_named() -> None:
    wednesday = date(2027, 1, 13)
    by_day = {wednesday + timedelta(days=k): between(1, 1, 1) for k in range(30)}
    ax = qs.plots.lines({"a": by_day})
    days = [num2date(at).date() for at in ax.get_xticks()]
    assert days == [date(2027, 1, 18) + timedelta(weeks=k) for k in range(4)]
    assert [text.get_text() for text in ax.get_xticklabels()][:2] == ["18 Jan", "25 Jan"]


def test_ticks_are_at_the_points_of_all_lines() -> None:
    ax = qs.plots.lines({"a": of([50.0, 51.0], first=2), "b": of([50.0] * 3, first=3)})
    assert ax.get_xticks().tolist() == [2, 3, 4, 5]
    assert [text.get_text() for text in ax.get_xticklabels()] == ["2", "3", "4", "5"]
    ax = qs.plots.lines({"a": of([50.0] * 25, first=5)})
    assert ax.get_xlim() == (5, 29)
    assert all(tick == int(tick) for tick in ax.get_xticks())  # half a person is nobody


@pytest.mark.parametrize(
    ("drawn", "unit", "bottom", "top"),
    [
        ([between(10, -5, 30)], "s", 0, 32.4),  # an interval below 0 of what cannot be: from 0 on
        ([between(-10, -15, 5)], "s", -16.6, 6.6),
        ([between(10, 9, 20)], "s", 0, 20.88),  # below half of the highest
        ([between(15, 10, 20)], "s", 9.2, 20.8),  # begins beside the lowest
        ([between(0.97, 0.9, 1.0, "share")], "share", 0.892, 1.008),
        ([between(0.9, 0.1, 1.0, "share")], "share", 0, 1.02),  # not more than all
        ([between(0, 0, 0, "share")], "share", 0, 1),  # nothing of all
        ([between(50, 50, 50)], "s", 47.5, 52.5),
    ],
)
def test_the_axis_begins_at_0_where_that_leaves_room(
    drawn: list[Estimate], unit: str, bottom: float, top: float
) -> None:
    ax = qs.plots.lines({"a": dict(enumerate(drawn))})
    assert ax.get_ylim() == pytest.approx((bottom, top))


@pytest.mark.parametrize("order", [1, -1])
def test_axes_that_share_a_scale_hold_what_both_show(order: int) -> None:
    _, axes = plt.subplots(2, 1, sharey=True)
    for ax, values in zip(axes, [[30.0, 40.0], [100.0, 120.0]][::order], strict=True):
        qs.plots.lines({"a": of(values)}, ax=ax)
    low, high = axes[1].get_ylim()
    assert low <= 29.7
    assert high >= 121.2


def test_shares_are_told_in_per_cent_and_seconds_in_seconds() -> None:
    for unit, value, text, label in (("share", 0.5, "50", "[%]"), ("s", 50.0, "50", "[s]")):
        ax = qs.plots.lines({"a": of([value, value * 1.2], unit)}, y="kept")
        assert ax.yaxis.get_major_formatter()(value) == text
        assert ax.get_ylabel() == f"kept {label}"
    assert qs.plots.lines({"a": of([3.0], "contacts")}, y="mails").get_ylabel() == "mails"


def test_small_print_and_names_stand_below_where_they_are_asked_for() -> None:
    two = {"a": of([3.0, 4.0]), "b": of([5.0, 6.0])}
    ax = qs.plots.lines(two, intervals=False, note="A week.")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b"]
    assert "A week. Means over replications." in words(ax)
    assert bars(ax) == []
    bare = qs.plots.lines(two, legend=False, note="A week.")
    assert bare.get_legend() is None
    assert "week" not in words(bare)
    assert qs.plots.lines({"a": two["a"]}).get_legend() is None


# Options ------------------------------------------------------------------------------------


def test_readings_stand_below_one_another_beside_each_option() -> None:
    """By name, in whatever order; the first reading above the second, clear of other options."""
    first = {"x": between(50, 40, 55), "y": between(70, 68, 90)}
    second = {"y": between(71, 60, 80), "x": between(51, 50, 53)}
    ax = qs.plots.ranked({"one": first, "two": second}, title="")
    names = dict(zip((t.get_text() for t in ax.get_yticklabels()), ax.get_yticks(), strict=True))
    assert names["x"] > names["y"]
    above, below = line(ax, "one"), line(ax, "two")
    assert np.asarray(above.get_xdata()).tolist() == [50, 70]
    assert np.asarray(below.get_xdata()).tolist() == [51, 71]
    up, down = (np.asarray(each.get_ydata(), dtype=float) for each in (above, below))
    assert (up > [names["x"], names["y"]]).all()
    assert (down < [names["x"], names["y"]]).all()
    assert down[0] > up[1]
    ends = [[(x, y) for x, y in each] for each in bars(ax)]
    assert ends[0] == [(40, up[0]), (55, up[0]), (68, up[1]), (90, up[1])]
    assert ends[1] == [(50, down[0]), (53, down[0]), (60, down[1]), (80, down[1])]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["one", "two"]
    assert ax.get_xlim() == pytest.approx((0, 90 * 1.06))


def test_what_options_reach_has_a_target_a_unit_and_small_print() -> None:
    kept = {"x": between(0.6, 0.55, 0.65, "share"), "y": between(0.9, 0.85, 0.98, "share")}
    ax = qs.plots.ranked({"": kept}, title="T", x="kept", target=0.7, note="A week.")
    assert upright(ax) == [0.7]
    assert ax.get_xlim() == pytest.approx((0, 1.01))
    assert ax.xaxis.get_major_formatter()(0.5) == "50"
    assert ax.get_xlabel() == "kept [%]"
    assert ax.get_legend() is None
    assert "A week. Bars: 95 % confidence intervals." in words(ax)
    many = qs.plots.ranked(
        {"": {"x": between(3, 2, 4, "contacts")}}, title="T", x="mails", target=9
    )
    assert many.get_xlabel() == "mails"
    assert many.get_xlim()[1] > 9


def test_options_below_0_and_of_one_replication() -> None:
    ax = qs.plots.ranked({"": {"x": between(-5, -10, 0), "y": between(10, 8, 20)}}, title="T")
    assert ax.get_xlim() == pytest.approx((-10 - 1.8, 20 + 1.8))
    one = qs.plots.ranked({"": {"x": Estimate(5.0, nan, 0.95, 1, "s")}}, title="T")
    assert "One replication: no intervals." in words(one)


def test_readings_of_two_units_share_no_axis() -> None:
    with pytest.raises(ValueError, match="several units: s, share"):
        qs.plots.ranked({"a": of([1.0]), "b": of([1.0], "share")}, title="")  # type: ignore[arg-type]


# Letters ------------------------------------------------------------------------------------


def test_what_a_letter_is_asked_for_goes_before_its_short_form() -> None:
    given = ["--short", "--replications", "7", "--output", "elsewhere"]
    told = letter.terms(
        "a/night.py", None, short={"weeks": 1}, given=given, replications=20, weeks=4
    )
    assert told.numbers == {"replications": 7, "weeks": 1}
    assert told.short
    assert told.output == Path("elsewhere")
    plain = letter.terms("a/night.py", None, short={"weeks": 1}, given=[], weeks=4)
    assert (plain["weeks"], plain.short, plain.output.as_posix()) == (4, False, "output/night")


def test_the_help_of_a_letter_is_its_first_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        letter.terms(
            "a/night.py", "Who answers?\n\nMore.", short={"weeks": 1}, given=["--help"], weeks=4
        )
    told = capsys.readouterr().out
    assert "Who answers?" in told
    assert "More." not in told
    assert "default 4" in told
    assert "a small form: 1 weeks" in told


def test_pictures_are_sharp_and_may_be_parts_of_a_figure(tmp_path: Path) -> None:
    figure = plt.figure(figsize=(4, 2))
    left, _ = figure.subfigures(1, 2)
    ax = left.subplots()
    (path,) = letter.save({"part": left}, tmp_path)
    assert plt.imread(path).shape[:2] == (300, 600)
    assert letter.save({"part": ax}, tmp_path) == [path]  # once more, into the same folder
