"""Shapley values of causes, and within a cause of its parts (Owen values), exact over all subsets.

Sources
-------
.. [1] L. S. Shapley (1953), A value for n-person games: eq. 12.
.. [2] G. Owen (1977), Values of games with a priori unions: with causes as unions, the parts of a
   cause share exactly what the cause carries.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from itertools import combinations
from math import factorial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Player = TypeVar("Player", bound=Hashable)
Values = NDArray[np.float64]


def shapley(
    unions: Mapping[str, Sequence[Player]], worth: Callable[[frozenset[Player]], Values]
) -> dict[Player, Values]:
    """Return what every player carries of ``worth(all) - worth(none)``.

    Parameters
    ----------
    unions : mapping of str to sequence of players
        Which players belong together; unions of one player each give plain Shapley values.
    worth : callable
        Worth of a set of players: a number, or an array with one for each replication. It is asked
        once for each set.

    Returns
    -------
    dict of player to numpy.ndarray
        Together they are ``worth(all) - worth(none)``, but for rounding. Those of a union are
        together the Shapley value of the union.

    Examples
    --------
    >>> worth = lambda players: float("a" in players) * (2.0 + 2.0 * ("b" in players))
    >>> {k: float(v) for k, v in shapley({"x": "a", "y": "b"}, worth).items()}
    {'a': 3.0, 'b': 1.0}
    """
    known: dict[frozenset[Player], Values] = {}

    def worth_once(players: frozenset[Player]) -> Values:
        if players not in known:
            known[players] = np.asarray(worth(players), dtype=np.float64)
        return known[players]

    carried: dict[Player, Values] = {}
    for name, mine in unions.items():
        others = [union for other, union in unions.items() if other != name]
        for player in mine:
            fellows = [fellow for fellow in mine if fellow != player]
            total: Values = np.zeros_like(worth_once(frozenset()))
            for share, chosen in subsets(others):
                outside = frozenset(each for union in chosen for each in union)
                for part, inside in subsets(fellows):
                    before = outside | frozenset(inside)
                    gain = worth_once(before | {player}) - worth_once(before)
                    total = total + share * part * gain
            carried[player] = total
    return carried


def subsets(of: Sequence[Player]) -> Iterator[tuple[float, tuple[Player, ...]]]:
    """Yield every subset of the other players, and the chance that just they come before one."""
    n = len(of) + 1
    for size in range(n):
        weight = factorial(size) * factorial(n - size - 1) / factorial(n)
        for chosen in combinations(of, size):
            yield weight, chosen


def gains(
    unions: Mapping[str, Sequence[Player]],
    name: str,
    worth: Callable[[frozenset[Player]], Values],
) -> tuple[Values, Values]:
    """Return what a union adds to every set of the others, and the weight of each in its value.

    Returns
    -------
    gains : numpy.ndarray, float64, shape (sets, n)
    weights : numpy.ndarray, float64, shape (sets,)
    """
    mine = frozenset(unions[name])
    others = [union for other, union in unions.items() if other != name]
    found, weights = [], []
    for weight, chosen in subsets(others):
        before = frozenset(each for union in chosen for each in union)
        found.append(worth(before | mine) - worth(before))
        weights.append(weight)
    return np.array(found), np.array(weights)


def coalitions(sizes: Sequence[int]) -> int:
    """Return how many different sets `shapley` asks for, with unions of these sizes."""
    others = 2 ** (len(sizes) - 1) if sizes else 0
    return int(2 ** len(sizes) + sum(others * (2**size - 2) for size in sizes))
