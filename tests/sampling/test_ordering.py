"""The order of a day's contacts: by tick, equal ticks as they came."""

from __future__ import annotations

import time

import numpy as np
import pytest

from queuesim.sampling.ordering import DIGIT_BITS, sort_by_tick

DAY = 25 * 3600 * 1024  # ticks


def in_order(ticks: np.ndarray) -> np.ndarray:
    """Places of the ticks in order."""
    n = len(ticks)
    keys = np.zeros((2, n), dtype=np.uint64)
    keys[0] = ticks.astype(np.uint64) << np.uint64(32) | np.arange(n, dtype=np.uint64)
    row = sort_by_tick(keys, n, np.empty(1 << DIGIT_BITS, dtype=np.int64))
    assert (keys[row] >> np.uint64(32) == np.sort(ticks)).all()
    return (keys[row] & np.uint64(2**32 - 1)).astype(np.int64)


@pytest.mark.parametrize("n", [0, 1, 2, 47, 48, 49, 300, 5000])
@pytest.mark.parametrize("span", [1, 2, 10, 1 << DIGIT_BITS, 1 << 2 * DIGIT_BITS, DAY, 2**32])
def test_equal_ticks_stay_as_they_came(n: int, span: int) -> None:
    ticks = np.random.default_rng(7).integers(span, size=n)
    assert (in_order(ticks) == np.argsort(ticks, kind="stable")).all()


def crowds(n: int) -> list[np.ndarray]:
    """Days on which sorting into parts of equal length would help little."""
    rng = np.random.default_rng(7)
    cluster = 10_000_000 + rng.integers(500, size=n)
    cluster[0] = DAY - 1
    return [np.full(n, DAY - 1), np.arange(n)[::-1], cluster, (rng.random(n) ** 40 * DAY) // 1]


def test_no_crowd_takes_longer_than_a_plain_day() -> None:
    """A quarter of a million contacts: pairwise comparisons would take a minute or more."""
    n = 250_000
    plain = np.random.default_rng(7).integers(DAY, size=n)
    in_order(plain)
    for ticks in (plain, *crowds(n)):
        begin = time.thread_time()
        order = in_order(ticks)
        assert time.thread_time() - begin < 2.0
        assert (order == np.argsort(ticks, kind="stable")).all()
