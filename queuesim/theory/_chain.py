"""The long run of a Markov chain given by its moves: states found, balance equations solved."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import linalg

State = tuple[int, ...]
Moves = Callable[[State], Iterator[tuple[State, float]]]

MOST_STATES = 120_000


def long_run(start: State, moves: Moves) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Share of time in each state that can be reached from `start`.

    Parameters
    ----------
    start : tuple of int
        Any state that comes back with certainty.
    moves : callable
        For a state, the next states and the rates at which it moves there.

    Returns
    -------
    states : ndarray, shape (n, k)
        The states found, `start` first.
    shares : ndarray, shape (n,)
        Share of time in each.

    Raises
    ------
    ValueError
        If there are too many states to solve for.
    """
    index = {start: 0}
    found = [start]
    source: list[int] = []
    target: list[int] = []
    rates: list[float] = []
    for i, state in enumerate(found):  # grows while it is read
        for following, rate in moves(state):
            if rate <= 0.0:
                continue
            if following not in index:
                index[following] = len(found)
                found.append(following)
            source.append(i)
            target.append(index[following])
            rates.append(rate)
        refuse_too_many(len(found))
    n = len(found)
    flow = sparse.coo_array((rates, (target, source)), shape=(n, n)).tocsc()
    leaving = np.bincount(source, weights=rates, minlength=n)
    balance = (flow - sparse.diags_array(leaving)).tocsc()
    shares = np.ones(n)
    if n > 1:
        # Balance at every state but the first, whose share is set to 1 and scaled afterwards.
        shares[1:] = linalg.spsolve(balance[1:, 1:], -balance[1:, [0]].toarray().ravel())
    return np.array(found, dtype=np.int64), shares / shares.sum()


def refuse_too_many(states: int) -> None:
    """Stop before a chain too large to solve in reasonable time."""
    if states > MOST_STATES:
        raise ValueError(
            f"agents: more than {MOST_STATES} states to solve for. Use fewer agents or open "
            "contacts, a lighter load, or simulate."
        )
