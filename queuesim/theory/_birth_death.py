"""The birth-death chain of Erlang A: how often each state holds, how long a place in line waits.

Time is measured in mean handle times here, so an agent finishes at rate 1 and a waiting contact
gives up at rate theta = aht / patience.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

_NEGLIGIBLE = -92.0  # log of 1e-40: queues rarer than the likeliest by this much are left out
_MOST_STATES = 20_000_000


def stationary(
    load: float, agents: int, theta: float, places: int | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Long-run shares of time: below `agents` in system (0 .. agents - 1), and with j waiting."""
    if load == 0.0:
        idle = np.zeros(agents)
        idle[0] = 1.0
        return idle, np.zeros(1 if places is None else places + 1)
    below = np.cumsum(np.log(np.arange(agents, 0, -1) / load))[::-1]
    levels = log_waiting(load, agents, theta, places)
    top = max(float(below.max()), float(levels.max()))
    low, high = np.exp(below - top), np.exp(levels - top)
    total = low.sum() + high.sum()
    return low / total, high / total


def log_waiting(
    load: float, agents: float, theta: float, places: int | None
) -> NDArray[np.float64]:
    """Log weight of 0, 1, 2, ... contacts waiting against all agents busy and nobody waiting.

    Without a limit on places it ends where weights are negligible against the largest.
    """
    if places is not None:
        gone = agents + theta * np.arange(1, places + 1)
        return np.concatenate([[0.0], np.cumsum(np.log(load / gone))])
    longest = (load - agents) / theta if theta > 0 else 0.0  # likeliest queue under overload
    size = 256
    while max(size, longest) <= _MOST_STATES:
        steps = np.log(load / (agents + theta * np.arange(1, size + 1)))
        levels = np.concatenate([[0.0], np.cumsum(steps)])
        least = float(levels.max()) + _NEGLIGIBLE
        if levels[-1] < least and steps[-1] < 0:
            return levels[: int(np.flatnonzero(levels >= least)[-1]) + 1]
        size *= 2
    raise ValueError(
        f"load={load:g}, agents={agents:g}: the queue would hold millions of contacts, as hardly "
        "anybody gives up. Give `places`, or check the units of `patience`."
    )


def patient_wait(
    time: NDArray[np.float64],
    position: NDArray[np.float64],
    *,
    agents: int,
    theta: float,
    tilt: float,
) -> tuple[Any, Any]:
    """P(V <= time) and P(V > time) for the wait V of a contact that would never give up.

    In position j (j - 1 contacts ahead, all agents busy) V is a sum of exponentials with rates
    agents + i theta, i = 0 .. j - 1, so ``exp(-theta V)`` has a Beta(agents / theta, j)
    distribution. With tilt 1 the law of V is weighted by ``exp(-theta V)``, the chance of staying
    that long: Beta(agents / theta + 1, j).

    Returns two arrays of shape ``time.shape + position.shape``.
    """
    time = time[..., None]
    if theta == 0.0:
        rounds = agents * time
        return special.gammainc(position, rounds), special.gammaincc(position, rounds)
    c = agents / theta + tilt
    x, y = np.exp(-theta * time), -np.expm1(-theta * time)
    near = y < 0.5  # each side of one half keeps its digits in its own argument
    within = np.where(near, special.betainc(position, c, y), special.betaincc(c, position, x))
    beyond = np.where(near, special.betaincc(position, c, y), special.betainc(c, position, x))
    return within, beyond


def wait_moments(
    seen: NDArray[np.float64], *, agents: int, theta: float
) -> tuple[float, float, float]:
    """E[W; answered], E[W^2; answered] and E[W; gives up] over the positions seen on arrival.

    Given that the contact in position j is answered, its wait is a sum of exponentials with rates
    agents + i theta, i = 1 .. j. The mean of those who give up follows from one step of the chain.
    """
    position = np.arange(1.0, seen.size + 1)
    rate = agents + position * theta
    answered = seen * agents / rate
    mean, variance = np.cumsum(1.0 / rate), np.cumsum(1.0 / rate**2)
    gives_up = np.cumsum(position * theta / rate) / rate
    return (
        float(answered @ mean),
        float(answered @ (variance + mean**2)),
        float(seen @ gives_up),
    )
