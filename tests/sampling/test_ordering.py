"""The order of a day's contacts: by tick, equal ticks as they came."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from queuesim.sampling.ordering import DIGIT_BITS, sort_by_tick
from tests.sampling.parts_of_kernels import callable_part

DAY = 25 * 3600 * 1024  # ticks


def in_order(ticks: np.ndarray) -> np.ndarray:
    """Places of the ticks in order."""
    n = len(ticks)
    keys = np.zeros((2, n), dtype=np.uint64)
    keys[0] = ticks.astype(np.uint64) << np.uint64(32) | np.arange(n, dtype=np.uint64)
    row = callable_part(sort_by_tick)(keys, n, np.empty(1 << DIGIT_BITS, dtype=np.int64))
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


class Counted(np.ndarray):
    """An array that counts how often it is read."""

    reads = 0

    def __getitem__(self, where: Any) -> Any:
        Counted.reads += 1
        return super().__getitem__(where)


def test_no_crowd_is_more_work_than_a_plain_day() -> None:
    """Three digits, each key looked at three times for each, and once for the largest."""
    n = 4_000
    sort = getattr(sort_by_tick, "py_func", sort_by_tick)
    for ticks in (np.random.default_rng(7).integers(DAY, size=n), *crowds(n)):
        keys = np.zeros((2, n), dtype=np.uint64)
        keys[0] = ticks.astype(np.uint64) << np.uint64(32) | np.arange(n, dtype=np.uint64)
        Counted.reads = 0
        row = sort(keys.view(Counted), n, np.empty(1 << DIGIT_BITS, dtype=np.int64))
        assert Counted.reads <= 11 * n
        low = keys[row] & np.uint64(2**32 - 1)
        assert (low == np.argsort(ticks, kind="stable")).all()


def test_a_crowd_stays_as_it_came() -> None:
    for ticks in crowds(250_000):
        assert (in_order(ticks) == np.argsort(ticks, kind="stable")).all()
