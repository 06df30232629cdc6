"""The time until so many departures when rates change: a pure death process, solved in steps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from queuesim.watching.predicting.laws import Table

Floats = NDArray[np.float64]

_STEPS, _DONE, _MOST = 60, 1e-7, 20_000


def until_departures(
    n: int, now_s: float, steps: list[tuple[float, float, int]], gone: Floats
) -> Table:
    """Return the law of the time until nobody of n is left before the agents.

    With m left one departs at rate ``rate + gone[m]``. At the start of each step so many agents
    come on duty idle, and each takes one at once.

    Parameters
    ----------
    n : int
        Contacts, the one that asks included.
    now_s : float
        The present [s].
    steps : list of (float, float, int)
        From when on [s] agents become free at which rate [1/s], and how many come idle; the first
        is now.
    gone : numpy.ndarray, shape (n + 1,)
        The rate at which one of those ahead gives up while m are left, m = 0 … n [1/s].

    Returns
    -------
    Table
    """
    left = np.zeros(n + 1)
    left[n] = 1.0
    at, chance = [0.0], [0.0]
    edges = [each[0] for each in steps[1:]] + [np.inf]
    clock = now_s
    for (_, rate, come), until in zip(steps, edges, strict=True):
        come = min(come, n)
        if come:
            moved = np.zeros(n + 1)
            moved[0] = left[: come + 1].sum()
            moved[1 : n + 1 - come] = left[come + 1 :]
            left = moved
            at.append(clock - now_s)  # a jump: the same instant twice
            chance.append(left[0])
        down = rate + gone
        down[0] = 0.0
        if left[0] > 1 - _DONE or (rate <= 0 and until == np.inf):
            break  # where nobody serves any more, the last never goes
        mean = float(np.sum(1.0 / np.maximum(down[1:], 1e-9)))
        step, many = min(mean / _STEPS, 600.0), _MOST
        if until < np.inf:
            many = max(int(np.ceil((until - clock) / step)), 1)
            step = (until - clock) / many
        flow = linalg.expm((np.diag(down[1:], 1) - np.diag(down)) * step)
        for k in range(1, many + 1):
            if left[0] > 1 - _DONE or len(at) >= _MOST:
                break
            left = flow @ left
            # the last of them exactly: who waits until people come is taken at that very instant
            at.append((until if k == many else clock + k * step) - now_s)
            chance.append(left[0])
        clock = until
    total = np.minimum(np.maximum.accumulate(np.array(chance)), 1.0)
    if left[0] > 1 - 1e-5:
        total[-1] = 1.0
    return Table(np.array(at), total)
