"""Alarms and their limits with scores that are written down: when, since, until, how sure."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log, sqrt

import numpy as np
import pytest

from queuesim.watching.detecting.alarms import Alarms, alarms_of
from queuesim.watching.detecting.cusum import highest_of_days
from queuesim.watching.detecting.limits import MONTH_DAYS, SIZES, Limits, per_month
from queuesim.watching.detecting.quiet import Quiet
from queuesim.watching.detecting.streams import Known
from queuesim.watching.observed import Observed, observed_of
from tests.watching.centres import centre

DAYS = centre(days=2)
HALF_HOUR = np.timedelta64(30, "m")
CURVE = np.array([[1.0, 8.0], [2.0, 4.0], [3.0, 2.0], [4.0, 1.0]])


def limits(streams: int, *, limit: float = 2.0, favour: float = 0.0) -> Limits:
    """Sums of size 1 are worth what they are, up to 2 and beyond; those of other sizes nothing."""
    levels = np.full((streams, len(SIZES), 2), 1e9)
    levels[:, SIZES == 1.0] = (1.0, 2.0)
    slopes = np.where(SIZES == 1.0, np.ones((streams, 1)), 0.0)
    scores, favours = np.array([1.0, 2.0]), np.full(streams, favour)
    return Limits(levels, scores, slopes, favours, limit, CURVE, 12.0)


# Limits -------------------------------------------------------------------------------------


def test_budgets_of_other_periods() -> None:
    assert per_month("2 a week") == pytest.approx(2 * 365.25 / 12 / 7)
    assert per_month(".1/day") == pytest.approx(0.1 * 365.25 / 12)
    assert per_month(0.5 * MONTH_DAYS) == 0.5 * MONTH_DAYS
    with pytest.raises(ValueError, match="at most one in 2 days"):
        per_month(0.5 * MONTH_DAYS + 0.01)


def test_a_sum_is_worth_what_lies_between_its_levels() -> None:
    """Straight from 0 to 1 at 2, to 3 at 6, and beyond at a slope of 0.25; less the favour 0.5."""
    levels, scores = np.array([[[2.0, 6.0]]]), np.array([1.0, 3.0])
    one = Limits(levels, scores, np.array([[0.25]]), np.array([-0.5]), 2.0, CURVE, 1.0)
    found = [one.score_of(total, 0, 0) for total in (0.0, 1.0, 2.0, 4.0, 6.0, 10.0)]
    assert found == [-0.5, 0.0, 0.5, 1.5, 2.5, 3.5]


def test_alarms_are_as_seldom_as_the_curve_says_and_halve_beyond_it() -> None:
    """Half as many at each whole score: between them by the logarithm, and on beyond the last."""
    one = limits(1)
    for score, rate in (
        (0.5, 8.0),
        (1.0, 8.0),
        (1.5, sqrt(32)),
        (4.0, 1.0),
        (5.0, 0.5),
        (6.0, 0.25),
    ):
        assert one.rate(score) == pytest.approx(rate), score
        if score >= 1:
            assert one._at(rate) == pytest.approx(score), rate


@pytest.mark.parametrize(("last", "fall"), [(7.9, 0.5), (0.01, 2.0)])
def test_beyond_the_curve_alarms_become_fewer_neither_slowly_nor_fast(
    last: float, fall: float
) -> None:
    curve = np.array([[1.0, 8.0], [2.0, last]])
    one = limits(1)
    one = Limits(one.levels, one.scores, one.slopes, one.favour, 2.0, curve, 1.0)
    assert one.rate(3.0) == pytest.approx(last * exp(-fall))
    assert one._at(last / 10) == pytest.approx(2.0 + log(10) / fall)


def test_closed_days_have_no_part_in_levels_and_one_in_the_month() -> None:
    """The same scores with a closed day after every open one: the same levels, half the rate."""
    z = np.random.default_rng(3).standard_normal((100, 8 * 20, 2))
    open_day = np.repeat(np.arange(8), 20)
    half = np.full((100, 8, 40, 2), np.nan)
    half[:, :, :20] = z.reshape(100, 8, 20, 2)
    all_open = Limits.found(z, open_day, 8.0, np.ones(2))
    closed = Limits.found(half.reshape(100, 320, 2), np.repeat(np.arange(16), 20), 4.0, np.ones(2))
    np.testing.assert_array_equal(closed.levels, all_open.levels)
    np.testing.assert_allclose(closed.curve, all_open.curve * (1.0, 0.5))
    assert closed.limit == pytest.approx(all_open.limit)
    assert (all_open.months, closed.months) == (800 / MONTH_DAYS, 1600 / MONTH_DAYS)


def test_a_score_is_minus_the_logarithm_of_how_seldom_its_level_is_passed() -> None:
    """Of 6,000 quiet days half pass the first level, 1 in 200 the last: as often as is said."""
    z, day = np.random.default_rng(4).standard_normal((200, 600, 2)), np.repeat(np.arange(30), 20)
    found = Limits.found(z, day, 1.0, np.ones(2))
    highest = np.zeros((200, 30, 2, len(SIZES)))
    highest_of_days(z, day, SIZES, np.zeros((2, len(SIZES))), highest)
    passed = (highest[..., None] > found.levels).mean(axis=(0, 1))
    assert found.scores[0] == log(2)
    assert found.scores[-1] == pytest.approx(log(200))
    np.testing.assert_allclose(
        passed, np.broadcast_to(np.exp(-found.scores), passed.shape), atol=1e-3
    )


def test_streams_share_the_alarms_about_as_they_are_weighted() -> None:
    """Nine to one: of some 250 alarms 90 % ± 6 % at three standard errors; "about" is 5 % more."""
    rng, day = np.random.default_rng(5), np.repeat(np.arange(30), 20)
    found = Limits.found(rng.standard_normal((400, 600, 2)), day, 1.0, np.array([0.9, 0.1]))
    who = found.watched(rng.standard_normal((250, 600, 2)), day)[1]
    first = (who[who >= 0] // len(SIZES) == 0).mean()
    assert (who >= 0).sum() > 150
    assert 0.79 < first < 0.99


# Alarms -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def quiet() -> Quiet:
    return Quiet.learnt(DAYS, signals=("volume", "staff"), replications=40)


def watched(
    quiet: Quiet, monkeypatch: pytest.MonkeyPatch, z: dict[int, dict[int, float]], **of: float
) -> Alarms:
    """Watch two days on which the scores are -5, but for some streams and intervals."""
    scores = np.full((1, len(quiet.open), len(quiet.streams)), -5.0)
    for stream, values in z.items():
        for at, value in values.items():
            scores[0, at, stream] = value
    monkeypatch.setattr(Quiet, "scores", lambda *_: scores)
    observed = Observed.read(DAYS, *observed_of(DAYS, 0, seed=8))
    return alarms_of(quiet, limits(len(quiet.streams), **of), 1.0, observed)


def moment(quiet: Quiet, k: int, *, end: bool = False) -> np.datetime64:
    start = np.datetime64(DAYS.horizon.start) + int(quiet.open[k]) * HALF_HOUR
    return start + HALF_HOUR if end else start


MORE, LESS, STAFF = range(3)


def test_an_alarm_by_hand(quiet: Quiet, monkeypatch: pytest.MonkeyPatch) -> None:
    """C goes 1, 2, 2.5: above 2 with the third; then 4.5, 4.7 and down. Since the first: 4 ÷ √3 is
    the most of 1, 2.5 ÷ √2, 4 ÷ √3. Fewer people on the same day; volume the other way counts
    no more."""
    assert [(each.signal, each.sign) for each in quiet.streams] == [
        ("volume", 1.0), ("volume", -1.0), ("staff", -1.0),
    ]  # fmt: skip
    volume = {4: 1.5, 5: 1.5, 6: 1.0, 7: 2.5, 8: 0.7, 9: 0.3}
    (alarm,) = watched(quiet, monkeypatch, {MORE: volume, LESS: {10: 9.0}, STAFF: {12: 3.0}})
    assert (alarm.signal, alarm.who, alarm.direction) == ("volume", "phone", "more")
    opened = quiet.open.tolist()
    assert (alarm.since_interval, alarm.interval, alarm.until_interval) == (
        opened[4], opened[6], opened[8],
    )  # fmt: skip
    told = [
        np.datetime64(each.replace(tzinfo=None))
        for each in (alarm.since, alarm.raised, alarm.until)
    ]
    assert told == [moment(quiet, 4), moment(quiet, 6, end=True), moment(quiet, 8, end=True)]
    assert alarm.shift.intervals == 5
    assert alarm.false_per_month == pytest.approx(2**-0.7)  # as often as a score of 4.7
    assert alarm.also == ("people on duty of team (less)",)


def test_after_a_day_with_an_alarm_all_begins_anew(
    quiet: Quiet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """High until closing, and again from the next opening on: that one is since the opening."""
    first = int((quiet.day == 0).sum())
    high = dict.fromkeys(range(first - 4, first + 2), 3.0)
    one, other = watched(quiet, monkeypatch, {MORE: high})
    opened = quiet.open.tolist()
    assert (one.since_interval, one.interval) == (opened[first - 4], opened[first - 4])
    assert one.until_interval == opened[first - 1]
    assert (other.since_interval, other.interval) == (opened[first], opened[first])
    assert other.until_interval == opened[first + 1]


def test_without_an_alarm_evidence_is_kept_over_night(
    quiet: Quiet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C is 1.5 at closing, 2.5 after the first interval of the next day."""
    first = int((quiet.day == 0).sum())
    (alarm,) = watched(quiet, monkeypatch, {STAFF: {first - 1: 2.0, first: 1.5}})
    opened = quiet.open.tolist()
    assert (alarm.since_interval, alarm.interval) == (opened[first - 1], opened[first])
    assert (alarm.signal, alarm.who, alarm.direction) == ("staff", "team", "less")


def test_what_stood_out_for_longer_is_the_likelier_start(
    quiet: Quiet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """1.5 + 1.5 before 2.5: 5.5 ÷ √3 = 3.2 is more than 2.5. With nothing seen between, the same:
    what was not seen is no part of it."""
    for gap in ({}, {6: np.nan}):
        values = {4: 1.5, 5: 1.5, 6 + len(gap): 2.5, **gap}
        (alarm,) = watched(quiet, monkeypatch, {MORE: values}, limit=3.5)
        assert alarm.since_interval == quiet.open[4]
        assert alarm.interval == quiet.open[6 + len(gap)]


def test_the_surest_of_several_alarms_is_told_first(
    quiet: Quiet, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = int((quiet.day == 0).sum())
    found = watched(quiet, monkeypatch, {MORE: {4: 3.0}, STAFF: {first + 2: 6.0}})
    assert [each.signal for each in found] == ["volume", "staff"]
    assert found.surest is found[1]
    head = str(found).splitlines()[0]
    assert head.split("; the surest: ")[1].startswith("people on duty of team, ")
    assert "surest" not in str(watched(quiet, monkeypatch, {MORE: {4: 3.0}}))
    assert watched(quiet, monkeypatch, {}).surest is None


def test_signals_are_listed_without_stray_commas(
    quiet: Quiet, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = watched(quiet, monkeypatch, {})
    found = replace(found, quiet=replace(quiet, signals=("inferred_staff", "wait")))
    assert "(watched: people on duty (inferred from what contacts met), mean wait)" in str(found)


def test_evidence_that_is_gone_is_over(quiet: Quiet, monkeypatch: pytest.MonkeyPatch) -> None:
    """C is 2.5, then 0, then 3: the first shift is over before the second, that day."""
    (alarm,) = watched(quiet, monkeypatch, {MORE: {4: 3.0, 8: 3.5}})
    opened = quiet.open.tolist()
    assert (alarm.since_interval, alarm.interval, alarm.until_interval) == (opened[4],) * 3


def test_what_is_not_known_of_waits_is_told_where_waits_are_judged() -> None:
    one = Quiet.learnt(DAYS, signals=("staff",), known=Known(("staffed",)), replications=40)
    observed = Observed.read(DAYS, *observed_of(DAYS, 0, seed=8))
    assert alarms_of(one, limits(1, limit=99.0), 1.0, observed).notes == ()
