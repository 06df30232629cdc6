"""Intervals: the formulas by hand, and how often they hold what they promise.

The tests of coverage use fixed seeds. Each states, for a fresh seed, how often it would fail though
all is well (false alarm), and the smallest error of coverage that it would notice.
"""

from __future__ import annotations

from math import isnan, nan, sqrt

import numpy as np
import pytest
from scipy import stats

from queuesim.results import Estimate, paired_difference, ratio, waits
from queuesim.results.confidence import proportion
from queuesim.results.percentiles import wait_quantile, wait_quantile_values
from queuesim.results.wording import number_text, plus_minus_text, text_table
from tests.results.by_numpy import count_waits

# By hand


def test_a_ratio_of_sums_by_hand() -> None:
    estimate = ratio([1.0, 2.0, 6.0], [2.0, 4.0, 6.0])
    # R = 9/12; residuals (1 - 1.5, 2 - 3, 6 - 4.5) / 4 = (-0.125, -0.25, 0.375)
    error = sqrt((0.125**2 + 0.25**2 + 0.375**2) / 6)
    assert estimate.value == 0.75
    assert estimate.half_width == pytest.approx(
        4.302652729911275 * error
    )  # t, 2 degrees of freedom
    assert estimate.n == 3
    assert (estimate.low, estimate.high) == (
        estimate.value - estimate.half_width,
        estimate.value + estimate.half_width,
    )


def test_a_ratio_over_one_is_the_usual_interval_of_a_mean() -> None:
    sample = np.random.default_rng(1).normal(10, 2, 25)
    estimate = ratio(sample, np.ones(25), confidence=0.9)
    low, high = stats.t.interval(0.9, 24, sample.mean(), stats.sem(sample))
    assert (estimate.low, estimate.high) == pytest.approx((low, high))


def test_one_replication_has_no_interval_and_says_so() -> None:
    estimate = ratio([0.8], [1.0], unit="share")
    assert estimate.value == 0.8
    assert isnan(estimate.half_width)
    assert str(estimate) == "80.0 % (1 replication: no interval)"


def test_nothing_counted_has_no_value() -> None:
    assert str(ratio([0.0, 0.0], [0.0, 0.0])) == "no value: nothing was counted"
    assert isnan(ratio([], []).value)
    assert isnan(proportion([0, 0], [0, 0]).value)
    assert isnan(paired_difference(([0, 0], [0, 0]), ([1, 1], [1, 1])).value)


def test_a_share_stays_between_0_and_1() -> None:
    estimate = ratio([0, 0, 3], [100, 100, 100], unit="share")
    assert estimate.low == 0.0
    assert estimate.high == pytest.approx(0.01 + estimate.half_width)


def test_pairing_takes_off_what_options_share() -> None:
    shared = np.array([100.0, 200.0, 300.0])
    more = np.array([3.0, 2.0, 4.0])
    one, other = (shared + more, np.ones(3)), (shared, np.ones(3))
    gap = paired_difference(one, other, unit="s")
    assert gap.value == pytest.approx(3.0)
    assert gap.half_width == pytest.approx(4.302652729911275 / sqrt(3))
    apart = ratio(*one).half_width
    assert apart > 80 * gap.half_width


def test_pairing_needs_the_same_replications() -> None:
    with pytest.raises(ValueError, match="same replications; given 2 and 3"):
        paired_difference(([1, 2], [1, 1]), ([1, 2, 3], [1, 1, 1]))


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5])
def test_confidence_lies_between_0_and_1(confidence: float) -> None:
    with pytest.raises(ValueError, match=r"between 0 and 1, such as 0\.95"):
        ratio([1, 2], [1, 1], confidence=confidence)


def test_a_share_of_days_by_hand() -> None:
    # 20 replications of 1 day, 15 good: Wilson's interval with t instead of z
    hits = np.array([1] * 15 + [0] * 5)
    estimate = proportion(hits, np.ones(20))
    width, p = stats.t.ppf(0.975, 19), 0.75
    n = p * (1 - p) / (np.var(hits, ddof=1) / 20)
    n = max(min(n, 20), 20)
    centre = (p + width**2 / (2 * n)) / (1 + width**2 / n)
    reach = width / (1 + width**2 / n) * sqrt(p * (1 - p) / n + width**2 / (4 * n * n))
    assert (estimate.low, estimate.high) == pytest.approx((centre - reach, centre + reach))


def test_days_that_rise_and_fall_together_count_as_few() -> None:
    together = proportion([5] * 10 + [0] * 10, [5] * 20)
    apart = proportion([3, 2] * 10, [5] * 20)
    assert together.half_width > 2 * apart.half_width
    assert proportion([0] * 20, [7] * 20).high < 0.25


def test_an_estimate_in_words() -> None:
    assert str(Estimate(0.813, 0.0092, 0.95, 200, "share")) == (
        "81.3 ± 0.9 % (95 % confidence, 200 replications)"
    )
    assert str(Estimate(14.2, nan, 0.95, 5, "s")).endswith("occurred in too few replications)")
    assert str(Estimate(0.9, 0.1, 0.9, 20, "share", (0.75, 0.95))) == (
        "90.0 % (75.0 to 95.0 %; 90 % confidence, 20 replications)"
    )
    assert Estimate(nan, nan, 0.95, 0).text == "–"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.8134, "share", "81.3 %"),
        (1234567.8, "EUR", "1,234,568 EUR"),
        (12.345, "EUR", "12.3 EUR"),
        (0.04, "s", "0.04 s"),
        (0.0, "s", "0.0 s"),
        (3.0, "contacts", "3"),
        (3.4, "contacts", "3.4"),
        (-0.00001, "s", "0.00 s"),
        (nan, "s", "–"),
        (float("inf"), "s", "inf s"),
    ],
)
def test_numbers_in_words(value: float, unit: str, text: str) -> None:
    assert number_text(value, unit) == text


def test_half_widths_in_words() -> None:
    assert plus_minus_text(0.00034, 0.00021, "share") == "0.03 ± 0.02 %"
    assert plus_minus_text(83980.2, 19.1, "EUR") == "83,980 ± 19 EUR"
    assert plus_minus_text(5000.0, 1e-7, "EUR") == "5,000 EUR"


def test_a_table_leaves_out_empty_columns() -> None:
    text = text_table(["who", "a", "b"], [["x", "1", "–"], ["long", "22", ""]], indent=0)
    assert text == "who    a\nx      1\nlong  22"


# Statistically


def covered(low: np.ndarray, high: np.ndarray, truth: float) -> float:
    return float(((low <= truth) & (truth <= high)).mean())


def test_intervals_of_ratios_hold_the_truth_19_times_in_20() -> None:
    """False alarm below 1e-6 (0.95 ± 0.02 is 5 sd of 3,000 trials); notices 3 points with 99 %."""
    rng = np.random.default_rng(5)
    trials, n, truth = 3000, 20, 0.8
    # days are busy or quiet, and busy days are worse: numerator and denominator depend
    busy = rng.gamma(50, 1 / 50, (trials, n))
    offered = rng.poisson(300 * busy)
    level = np.clip(truth - 0.3 * (busy - 1) - 0.3 / 50, 0, 1)
    answered = rng.binomial(offered, level)
    estimates = [ratio(y, x) for y, x in zip(answered, offered, strict=True)]
    weighted = float((busy * level).mean() / busy.mean())
    low, high = (np.array([getattr(e, end) for e in estimates]) for end in ("low", "high"))
    assert covered(low, high, weighted) == pytest.approx(0.95, abs=0.02)


def test_paired_intervals_hold_the_truth_19_times_in_20() -> None:
    """False alarm below 1e-6; notices an error of 3 points with 99 %."""
    rng = np.random.default_rng(6)
    trials, n = 3000, 15
    offered = rng.poisson(300, (trials, n))
    good = rng.binomial(offered, 0.8)
    better = good + rng.binomial(offered - good, 0.25)  # 0.05 more, on the same contacts
    estimates = [
        paired_difference((b, x), (g, x)) for b, g, x in zip(better, good, offered, strict=True)
    ]
    low, high = (np.array([getattr(e, end) for e in estimates]) for end in ("low", "high"))
    assert covered(low, high, 0.05) == pytest.approx(0.95, abs=0.02)
    alone = [ratio(b, x) for b, x in zip(better, offered, strict=True)]
    assert np.mean([e.half_width for e in estimates]) < 0.7 * np.mean([e.half_width for e in alone])


@pytest.mark.parametrize("p", [0.5, 0.9, 0.98])
def test_shares_of_days_hold_the_truth_19_times_in_20_or_more(p: float) -> None:
    """Days of one replication lean together. False alarm below 1e-4; notices 3 points with 95 %.

    One-sided: near 1 there are few bad days, and the interval is careful rather than exact.
    """
    rng = np.random.default_rng(7)
    trials, n, days = 2000, 30, 7
    lean = rng.beta(8 * p, 8 * (1 - p), (trials, n))
    hits = rng.binomial(days, lean)
    estimates = [proportion(row, np.full(n, days)) for row in hits]
    low, high = (np.array([getattr(e, end) for e in estimates]) for end in ("low", "high"))
    assert covered(low, high, p) > 0.95 - 0.025


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_intervals_of_percentiles_hold_the_truth(share: float) -> None:
    """Waits within a replication depend on how busy it was. False alarm 1e-4; notices 4 points.

    The linear form, for paired differences and stopping, must be as wide.
    """
    rng = np.random.default_rng(8)
    trials, n, contacts = 800, 20, 200
    scale = rng.gamma(20, 1 / 20, (trials, n, 1))
    sample = rng.exponential(60.0, (trials, n, contacts)) * scale
    big = rng.exponential(60.0, 2_000_000) * rng.gamma(20, 1 / 20, 2_000_000)
    truth = float(np.quantile(big, share))
    rows = np.repeat(np.arange(n), contacts)
    lows, highs, widths, linear = [], [], [], []
    for trial in sample:
        counts = count_waits(rows, trial.ravel(), n)
        estimate = wait_quantile(counts, share)
        values = wait_quantile_values(counts, share)
        assert values.mean() == pytest.approx(estimate.value)
        lows.append(estimate.low)
        highs.append(estimate.high)
        widths.append(estimate.half_width)
        linear.append(ratio(values, np.ones(n)).half_width)
    assert covered(np.array(lows), np.array(highs), truth) == pytest.approx(0.95, abs=0.03)
    assert np.mean(linear) == pytest.approx(np.mean(widths), rel=0.05)


def test_a_percentile_of_nobody_waiting() -> None:
    counts = count_waits(np.repeat(np.arange(3), 10), np.zeros(30), 3)
    estimate = wait_quantile(counts, 0.9)
    assert (estimate.value, estimate.half_width) == (0.0, 0.0)
    assert (wait_quantile_values(counts, 0.9) == 0).all()
    assert isnan(wait_quantile(np.zeros((3, waits.BINS), dtype=int), 0.9).value)
