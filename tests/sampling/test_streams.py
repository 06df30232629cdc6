"""Streams: their names, their days, their independence."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from scipy import stats

from queuesim.sampling.streams import Stream, Streams, name_key
from tests.sampling.chance import ALARM, SIGMAS

MONDAY = date(2026, 11, 23)


def first_draws(names: int = 100, days: int = 200) -> np.ndarray:
    """First draw of each day of each stream, shape (names, days)."""
    streams = [Stream(f"type {n}/talk", seed=5, replication=0) for n in range(names)]
    return np.array(
        [[s.on_day(MONDAY + timedelta(k)).random() for k in range(days)] for s in streams]
    )


def test_a_stream_is_its_name_its_seed_and_its_replication() -> None:
    draws = Stream("a/talk", 7, 3).on_day(MONDAY).random(8)
    assert (Stream("a/talk", 7, 3).on_day(MONDAY).random(8) == draws).all()
    for other in (Stream("a/talks", 7, 3), Stream("a/talk", 8, 3), Stream("a/talk", 7, 4)):
        assert not np.isin(other.on_day(MONDAY).random(8), draws).any()
    assert not np.isin(Stream("a/talk", 7, 3).on_day(MONDAY + timedelta(1)).random(8), draws).any()


def test_seed_and_replication_do_not_stand_for_each_other() -> None:
    seen = {
        Stream("a/talk", seed, replication).on_day(MONDAY).random()
        for seed in range(20)
        for replication in range(20)
    }
    assert len(seen) == 400


def test_more_draws_keep_the_first() -> None:
    stream = Stream("a/talk", 7, 0)
    few = stream.on_day(MONDAY).standard_exponential(10)
    assert (stream.on_day(MONDAY).standard_exponential(1000)[:10] == few).all()


def test_days_do_not_depend_on_the_days_before() -> None:
    stream, tuesday = Stream("a/talk", 7, 0), MONDAY + timedelta(1)
    there = stream.on_day(tuesday).random(5)
    stream.on_day(MONDAY).random(3)
    assert (stream.on_day(tuesday).random(5) == there).all()
    assert (Stream("a/talk", 7, 0).on_day(tuesday).random(5) == there).all()


def test_half_a_word_left_over_is_not_carried_into_the_next_day() -> None:
    stream = Stream("a/talk", 7, 0)
    fresh = stream.on_day(MONDAY).integers(1 << 32, size=2, dtype=np.uint32)
    stream.on_day(MONDAY + timedelta(1)).integers(1 << 32, size=1, dtype=np.uint32)
    again = stream.on_day(MONDAY).integers(1 << 32, size=2, dtype=np.uint32)
    assert (again == fresh).all()


def test_the_words_of_a_name_are_the_same_for_ever() -> None:
    assert name_key("support/talk") == (3419086771, 3235590071, 2796116576, 2391949407)
    assert len({name_key(f"type {n}/talk") for n in range(1000)}) == 1000


def test_streams_are_made_once() -> None:
    streams = Streams(7, 0)
    assert streams["a/talk"] is streams["a/talk"]
    assert streams["a/talk"] is not streams["b/talk"]


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
