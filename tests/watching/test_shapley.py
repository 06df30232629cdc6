"""Shapley and Owen values, by hand and by their axioms."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from queuesim.watching.diagnosing.shapley import coalitions, gains, shapley, subsets


def test_three_players_by_hand() -> None:
    # the glove game: a left glove (l) and two right ones (r, s); a pair is worth 6
    def worth(players: frozenset[str]) -> np.ndarray:
        return np.array(6.0 * ("l" in players and bool({"r", "s"} & players)))

    found = shapley({"one": ["l"], "two": ["r"], "three": ["s"]}, worth)
    assert {name: float(value) for name, value in found.items()} == pytest.approx(
        {"l": 4.0, "r": 1.0, "s": 1.0}
    )


def test_owen_values_of_the_same_game_by_hand() -> None:
    # the right gloves act as one: they get half, and share it alike
    def worth(players: frozenset[str]) -> np.ndarray:
        return np.array(6.0 * ("l" in players and bool({"r", "s"} & players)))

    found = shapley({"one": ["l"], "two": ["r", "s"]}, worth)
    assert {name: float(value) for name, value in found.items()} == pytest.approx(
        {"l": 3.0, "r": 1.5, "s": 1.5}
    )


def test_any_game_adds_up_and_asks_only_for_the_sets_it_says() -> None:
    chance = np.random.default_rng(5)
    unions = {"a": [0, 1, 2], "b": [3], "c": [4, 5]}
    worths: dict[frozenset[int], np.ndarray] = {}

    def worth(players: frozenset[int]) -> np.ndarray:
        assert players not in worths, "asked twice"
        return worths.setdefault(players, chance.normal(size=7))

    found = shapley(unions, worth)
    everybody = worths[frozenset(range(6))] - worths[frozenset()]
    np.testing.assert_allclose(sum(found.values()), everybody)
    assert len(worths) == coalitions([3, 1, 2])
    for name, union in unions.items():  # a union gets its Shapley value, and shares it
        added, weights = gains(unions, name, worths.__getitem__)
        together = sum(found[player] for player in union)
        np.testing.assert_allclose(weights @ added, together)


def test_chances_of_what_comes_before_add_up() -> None:
    for n in range(6):
        found = list(subsets(range(n)))
        assert len(found) == 2**n == sum(1 for k in range(n + 1) for _ in combinations(range(n), k))
        assert sum(weight for weight, _ in found) == pytest.approx(1.0)
