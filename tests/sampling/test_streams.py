"""Streams: their names, their days, their independence."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from scipy import stats

from queuesim.sampling.streams import (
    day_steps,
    draw_daily,
    name_key,
    seed_words,
    start_streams,
    words_of,
)
from queuesim.sampling.variates import fill_gamma, fill_uniform
from queuesim.sampling.ziggurat import fill_exponential, fill_normal
from tests.sampling import by_numpy
from tests.sampling.chance import ALARM, SIGMAS, words_of_state
from tests.sampling.parts_of_kernels import callable_part

MONDAY, THURSDAY = date(2026, 11, 23), date(2026, 11, 26)


def draws_by_day(
    *names: str, seed: int = 5, replication: int = 0, first: date = MONDAY, days: int = 200
) -> np.ndarray:
    """First draw of each day of each stream, shape (names, days)."""
    keys = np.array([name_key(name) for name in names], dtype=np.uint64)
    starts = np.empty((len(names), 4), dtype=np.uint64)
    start_streams(seed_words(seed), keys, words_of(replication), np.empty(8, np.uint64), starts)
    drawn = np.empty((len(names), days))
    draw_daily(starts, np.arange(len(names)), day_steps(first, days), drawn)
    return drawn


def first_draws() -> np.ndarray:
    return draws_by_day(*(f"type {n}/talk" for n in range(100)))


def test_a_stream_is_its_name_its_seed_and_its_replication() -> None:
    known = {"seed": 7, "replication": 3}
    draws = draws_by_day("a/talk", **known)
    assert (draws_by_day("a/talk", **known) == draws).all()
    assert not np.isin(draws_by_day("a/talks", **known), draws).any()
    for other in ({"seed": 8, "replication": 3}, {"seed": 7, "replication": 4}):
        assert not np.isin(draws_by_day("a/talk", **other), draws).any()


def test_seed_and_replication_do_not_stand_for_each_other() -> None:
    seen = {
        draws_by_day("a/talk", seed=seed, replication=replication, days=1).item()
        for seed in range(20)
        for replication in range(20)
    }
    assert len(seen) == 400


def test_days_do_not_depend_on_the_days_before() -> None:
    assert (draws_by_day("a/talk")[:, 3:] == draws_by_day("a/talk", first=THURSDAY)[:, :-3]).all()


SEEDS = [0, 1, 7, 2**32 - 1, 2**32, 2**64 + 3, 2**96, 2**128 - 1, 2**128, 2**200 + 17]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("replication", [0, 3, 2**32 - 1, 2**32, 2**70])
def test_streams_start_where_numpys_start(seed: int, replication: int) -> None:
    names = ["", "a/talk", "support/answer 12", *(f"{n}/patience" for n in range(20))]
    keys = np.array([name_key(name) for name in names], dtype=np.uint64)
    starts = np.empty((len(names), 4), dtype=np.uint64)
    start_streams(seed_words(seed), keys, words_of(replication), np.empty(8, np.uint64), starts)
    for name, start in zip(names, starts, strict=True):
        spawn_key = (*name_key(name), replication)
        bits = np.random.PCG64DXSM(np.random.SeedSequence(seed, spawn_key=spawn_key))
        assert tuple(start) == words_of_state(bits)


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(ValueError, match="-1: a seed or a replication must be 0 or more"):
        seed_words(-1)


@pytest.mark.parametrize("first", [date(1, 1, 1), MONDAY, date(9998, 1, 1)])
def test_days_begin_where_numpys_begin(first: date) -> None:
    stream = by_numpy.Stream("a/talk", 7, 3)
    drawn = draws_by_day("a/talk", seed=7, replication=3, first=first, days=300)[0]
    expected = [stream.on_day(first + timedelta(k)).random() for k in range(300)]
    assert drawn.tolist() == expected


@pytest.mark.parametrize(
    ("fill", "numpys"),
    [
        (fill_uniform, np.random.Generator.random),
        (fill_exponential, np.random.Generator.standard_exponential),
        (fill_normal, np.random.Generator.standard_normal),
    ],
)
def test_four_million_draws_are_numpys(fill: Any, numpys: Any) -> None:
    """Each of the 256 layers has 16,000 draws, 100 or more of them at its edge; the tails have
    1,000."""
    n = 4_000_000
    bits = np.random.PCG64DXSM(2026)
    draws = np.empty(n)
    after = callable_part(fill)(words_of_state(bits), 0, n, draws)
    assert (draws == numpys(np.random.Generator(bits), n)).all()
    assert after == words_of_state(bits)


@pytest.mark.parametrize("shape", [1e-3, 0.05, 0.5, 0.999, 1.001, 2.0, 400.0])
def test_gamma_draws_are_numpys(shape: float) -> None:
    n = 200_000
    bits = np.random.PCG64DXSM(2026)
    draws = np.empty(n)
    after = callable_part(fill_gamma)(words_of_state(bits), shape, 0, n, draws)
    expected = np.random.Generator(bits).standard_gamma(shape, n)
    assert (np.abs(draws - expected) <= 4 * np.spacing(expected)).all()
    assert after == words_of_state(bits)


def test_the_words_of_a_name_are_the_same_for_ever() -> None:
    assert name_key("support/talk") == (3419086771, 3235590071, 2796116576, 2391949407)
    assert len({name_key(f"type {n}/talk") for n in range(1000)}) == 1000


def test_first_draws_are_uniform_over_days_and_names() -> None:
    """Notices a distribution that is off by 2 percentage points anywhere (n = 20,000)."""
    assert stats.kstest(first_draws().ravel(), "uniform").pvalue > ALARM


@pytest.mark.parametrize("lag", [1, 2, 7, 64, 128])
def test_days_are_uncorrelated(lag: int) -> None:
    """Days lie a power of two apart in the generator. Notices a correlation of 0.05."""
    draws = first_draws() - 0.5
    one, other = draws[:, :-lag].ravel(), draws[:, lag:].ravel()
    assert abs(np.corrcoef(one, other)[0, 1]) * np.sqrt(len(one)) < SIGMAS
    cells = np.histogram2d(one, other, bins=10)[0]
    assert stats.chisquare(cells.ravel()).pvalue > ALARM


def test_names_are_uncorrelated() -> None:
    """Notices a correlation of 0.05 between neighbours."""
    draws = first_draws() - 0.5
    one, other = draws[:-1].ravel(), draws[1:].ravel()
    assert abs(np.corrcoef(one, other)[0, 1]) * np.sqrt(len(one)) < SIGMAS
