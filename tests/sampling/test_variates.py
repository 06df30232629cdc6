"""Durations: what is drawn is what the model states."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

import queuesim as qs
from queuesim.sampling.variates import BLOCK, column_table, draw_column, law_of
from tests.sampling import by_numpy
from tests.sampling.chance import ALARM, SIGMAS, words_of_state
from tests.sampling.parts_of_kernels import callable_part

N = 20_000
CONTINUOUS = [
    qs.Exponential(mean=180.0),
    qs.LogNormal(mean=240.0, cv=0.9),
    qs.LogNormal(mean=240.0, cv=0.2),
    qs.Gamma(mean=120.0, cv=0.5),
    qs.Gamma(mean=120.0, cv=1.5),
    qs.Weibull(mean=90.0, cv=0.6),
    qs.Weibull(mean=90.0, cv=1.4),
    qs.Hyperexponential(mean=300.0, cv=1.8),
]
DISCRETE = [qs.Deterministic(value=42.5), qs.Empirical(values=(10.0, 20.0, 20.0, 47.25))]


def label(distribution: Any) -> str:
    return f"{distribution.kind} {distribution.cv:g}"


def drawn(distribution: Any, n: int = N, seed: int = 11) -> np.ndarray:
    return drawn_of(distribution, np.arange(n), seed)


def drawn_of(distribution: Any, number: np.ndarray, seed: int = 11) -> np.ndarray:
    """What contacts bring who have these numbers, in rising order."""
    table, values = column_table([(0, 0, 0, law_of(distribution))])
    n = len(number)
    times = np.zeros((1, n))
    generator = words_of_state(np.random.PCG64DXSM(seed))
    callable_part(draw_column)(
        table[0], values, generator, number, np.arange(n), 0, n, np.empty(BLOCK), times,
        np.zeros(0, dtype=bool),
    )  # fmt: skip
    return times[0]


@pytest.mark.parametrize("distribution", CONTINUOUS, ids=label)
def test_the_distribution_is_the_stated_one(distribution: Any) -> None:
    """20,000 draws: notices a distribution off by 2 percentage points anywhere."""
    assert stats.kstest(drawn(distribution), distribution.cdf).pvalue > ALARM


@pytest.mark.parametrize("distribution", CONTINUOUS, ids=label)
def test_mean_and_spread_are_the_stated_ones(distribution: Any) -> None:
    """20,000 draws: notices a mean off by 3 % of the standard deviation, a cv off by 15 %."""
    values = drawn(distribution)
    deviation = distribution.cv * distribution.mean_s
    assert abs(values.mean() - distribution.mean_s) < SIGMAS * deviation / np.sqrt(N)
    assert abs(values.std() / deviation - 1) < 0.15


@pytest.mark.parametrize("distribution", CONTINUOUS, ids=label)
@pytest.mark.parametrize("p", [0.05, 0.5, 0.95])
def test_quantiles_are_the_stated_ones(distribution: Any, p: float) -> None:
    """20,000 draws: notices a quantile off by 1.5 percentage points."""
    below = (drawn(distribution) <= distribution.quantile(p)).mean()
    assert abs(below - p) < SIGMAS * np.sqrt(p * (1 - p) / N)


def test_a_fixed_time_is_fixed() -> None:
    assert (drawn(DISCRETE[0]) == 42.5).all()


def test_real_times_come_as_often_as_they_were_seen() -> None:
    """20,000 draws: notices a share off by 1.5 percentage points."""
    values, counts = np.unique(drawn(DISCRETE[1]), return_counts=True)
    assert values.tolist() == [10.0, 20.0, 47.25]
    assert stats.chisquare(counts, [N / 4, N / 2, N / 4]).pvalue > ALARM


@pytest.mark.parametrize("distribution", [*CONTINUOUS, *DISCRETE], ids=label)
def test_every_draw_is_on_the_grid(distribution: Any) -> None:
    values = drawn(distribution, 2000)
    assert values.dtype == np.float64
    assert (values >= 0).all()
    assert (values * 1024 == np.rint(values * 1024)).all()


@pytest.mark.parametrize("distribution", [*CONTINUOUS, *DISCRETE], ids=label)
def test_more_draws_keep_the_first(distribution: Any) -> None:
    assert (drawn(distribution, 5000)[:700] == drawn(distribution, 700)).all()
    assert len(drawn(distribution, 0)) == 0


@pytest.mark.parametrize("distribution", CONTINUOUS, ids=label)
def test_twice_the_mean_is_twice_each_draw(distribution: Any) -> None:
    twice = distribution.model_copy(update={"mean": 2 * distribution.mean})
    # to a tick of rounding each
    assert np.abs(drawn(twice, 1000) - 2 * drawn(distribution, 1000)).max() <= 1.5 / 1024


def test_fixed_and_real_times_off_the_grid_are_snapped() -> None:
    assert drawn(qs.Deterministic(value=0.3), 1)[0] == 307 / 1024
    assert drawn(qs.Empirical(values=(0.3, 0.3)), 1)[0] == 307 / 1024


def test_anything_else_is_refused() -> None:
    with pytest.raises(TypeError, match="no way to draw from str"):
        law_of("lognormal")


# As NumPy draws ------------------------------------------------------------------------

EDGES = [
    qs.Gamma(mean=120.0, cv=1.0),
    qs.Gamma(mean=120.0, cv=20.0),
    qs.Weibull(mean=90.0, cv=1.0),
    qs.Weibull(mean=90.0, cv=5**0.5),
    qs.LogNormal(mean=240.0, cv=20.0),
    qs.Deterministic(value=0.3),
    qs.Empirical(values=(0.3, 0.5 / 1024, 1.5 / 1024, 2.5 / 1024)),  # ties go to the even tick
    qs.Empirical(values=tuple(range(1, 1000))),
]


@pytest.mark.parametrize("distribution", [*CONTINUOUS, *DISCRETE, *EDGES], ids=label)
def test_draws_are_those_of_numpy(distribution: Any) -> None:
    generator = np.random.Generator(np.random.PCG64DXSM(11))
    expected = by_numpy.draw(distribution, generator, 300_000)
    differ = drawn(distribution, 300_000) != expected
    # exp, log and power may be off by a last bit, which the grid hides nearly always
    assert differ.sum() <= 1


@pytest.mark.parametrize("distribution", [*CONTINUOUS, *DISCRETE, *EDGES], ids=label)
def test_draws_belong_to_numbers(distribution: Any) -> None:
    all_of_them = drawn(distribution, 3000)
    for number in ([0], [2999], [255, 256, 257], [0, 511, 512, 1023, 1024], range(7, 3000, 3)):
        some = np.array(number)
        assert (drawn_of(distribution, some) == all_of_them[some]).all()
