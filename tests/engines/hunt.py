"""A long hunt for days on which the engines differ; new days for each seed, none kept.

python -m tests.engines.hunt 20000 --seed 1

Each example is played by both engines, by the compiled one whole and in pieces. A fifth has many
lines and groups, another fifth nothing for the kernel in full, another nothing but for the plain
kernel, another callbacks that few answer. With NUMBA_BOUNDSCHECK=1 every index is checked too.
"""

from __future__ import annotations

import argparse
import time

from hypothesis import HealthCheck, given, seed, settings

from tests.engines.hostile import Day, days
from tests.engines.test_two_engines import assert_agree, cuts_s

AT_ONCE = 500
"""Examples drawn from one seed; hypothesis slows down over many."""


def hunt(examples: int, first_seed: int, **drawn: bool) -> None:
    """Play so many days; the first on which the engines differ is shown, made small."""

    @seed(first_seed)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(day=days(**drawn), cuts=cuts_s)
    def they_agree(day: Day, cuts: list[int]) -> None:
        assert_agree(*day, cuts)

    they_agree()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("examples", type=int)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    began, played, number = time.perf_counter(), 0, asked.seed * 1_000_000
    while played < asked.examples:
        some = min(AT_ONCE, asked.examples - played)
        kind = number % 5
        hunt(
            some, number,
            wide=kind == 3, in_full=kind != 1, varied=kind != 2, in_vain=kind == 4,
        )  # fmt: skip
        played, number = played + some, number + 1
        minutes = (time.perf_counter() - began) / 60
        print(f"{played:,} days, both engines agree ({minutes:.1f} min)", flush=True)


if __name__ == "__main__":
    main()
