"""Distributions: means, spreads and quantiles against their definitions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import queuesim as qs

MEAN = 180.0
LAWS = [
    qs.Exponential(mean=MEAN),
    qs.LogNormal(mean=MEAN, cv=0.9),
    qs.Gamma(mean=MEAN, cv=0.5),
    qs.Gamma(mean=MEAN, cv=1.7),
    qs.Weibull(mean=MEAN, cv=0.6),
    qs.Weibull(mean=MEAN, cv=1.4),
    qs.Hyperexponential(mean=MEAN, cv=2.0),
]


@pytest.mark.parametrize("law", LAWS, ids=repr)
def test_mean_and_cv_are_what_is_stated(law: qs.Exponential) -> None:
    # the mean as the integral of the quantile: midpoints, with the tail checked by its size
    p = (np.arange(100_000) + 0.5) / 100_000
    times = law.quantile(p)
    assert times.mean() == pytest.approx(MEAN, rel=1e-3)
    assert times.std() / times.mean() == pytest.approx(law.cv, rel=2e-2)
    assert law.mean_s == MEAN


@pytest.mark.parametrize("law", LAWS, ids=repr)
def test_quantile_inverts_cdf(law: qs.Exponential) -> None:
    p = np.array([0.0, 1e-6, 0.1, 0.5, 0.9, 1 - 1e-9])
    assert law.cdf(law.quantile(p)) == pytest.approx(p, abs=1e-12)
    assert law.quantile(np.array([1.0]))[0] == math.inf
    assert law.cdf(np.array([-1.0]))[0] == 0


def test_worked_by_hand() -> None:
    assert qs.Exponential(mean=60).quantile(0.5) == pytest.approx(60 * math.log(2))
    # median of a lognormal is mean / sqrt(1 + cv^2)
    assert qs.LogNormal(mean=240, cv=0.9).quantile(0.5) == pytest.approx(240 / math.sqrt(1.81))
    assert qs.Gamma(mean=60, cv=0.5).shape == 4
    assert qs.Gamma(mean=60, cv=0.5).scale == 15
    assert qs.Weibull(mean=60, cv=1).shape == pytest.approx(1)
    # Weibull with shape 1/2: mean 2 scale, second moment 24 scale^2, so cv^2 = 5
    half = qs.Weibull(mean=60, cv=math.sqrt(5))
    assert half.shape == pytest.approx(0.5)
    assert half.scale == pytest.approx(30)


def test_hyperexponential_has_balanced_means() -> None:
    law = qs.Hyperexponential(mean=300, cv=2)
    # share = (1 + sqrt(3/5)) / 2
    assert law.share == pytest.approx(0.8872983346207417)
    assert law.share * law.mean_short == pytest.approx(150)
    assert (1 - law.share) * law.mean_long == pytest.approx(150)


def test_deterministic_and_empirical() -> None:
    fixed = qs.Deterministic(value="15s")
    assert (fixed.mean_s, fixed.cv) == (15, 0)
    assert fixed.quantile(np.array([0.0, 1.0])).tolist() == [15, 15]
    assert fixed.cdf(np.array([14.9, 15.0])).tolist() == [0, 1]
    seen = qs.Empirical(values=("3min", 60, 120))
    assert (seen.mean_s, seen.cv) == (120, pytest.approx(math.sqrt(2 / 3) / 2))
    assert seen.quantile(np.array([0, 1 / 3, 0.34, 2 / 3, 1])).tolist() == [60, 60, 120, 120, 180]
    assert seen.cdf(np.array([59, 60, 179, 180])) == pytest.approx([0, 1 / 3, 2 / 3, 1])


@given(cv=st.floats(0.01, 30), mean=st.floats(0.001, 1e7))
def test_weibull_shape_gives_the_cv_back(cv: float, mean: float) -> None:
    law = qs.Weibull(mean=mean, cv=cv)
    k = law.shape
    log_ratio = math.lgamma(1 + 2 / k) - 2 * math.lgamma(1 + 1 / k)
    assert math.expm1(log_ratio) == pytest.approx(cv**2, rel=1e-6)


def test_a_bare_time_is_no_distribution_but_says_which_would_do() -> None:
    with pytest.raises(qs.ScenarioError, match=r'Exponential\(mean="4min"\)'):
        qs.ContactType(name="a", channel="phone", demand=qs.Demand(per_day=1), talk="4min")
