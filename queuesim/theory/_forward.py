"""Kolmogorov forward equations of M(t)/M/s(t)+M, one bin with fixed agents at a time."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import integrate

from queuesim.theory import _checks as check

Rate = Callable[[float], float]

_SAMPLES = 65
_RTOL, _ATOL = 1e-10, 1e-14


@dataclass(frozen=True)
class Bin:
    """A span of time with one headcount and a rate that is constant or smooth."""

    start: float
    end: float
    rate: float | Rate
    agents: int
    aht: float
    patience: float

    def rate_at(self, t: float) -> float:
        """Arrival rate at time t."""
        return self.rate(t) if callable(self.rate) else self.rate

    def offered(self) -> float:
        """Expected contacts in the bin."""
        if not callable(self.rate):
            return self.rate * (self.end - self.start)
        total, _ = integrate.quad(self.rate, self.start, self.end, epsrel=1e-12, limit=500)
        return float(total)

    def peak(self) -> float:
        """Largest rate seen at evenly spaced times; checks a callable on the way."""
        if not callable(self.rate):
            return self.rate
        seen = [self.rate_at(float(t)) for t in np.linspace(self.start, self.end, _SAMPLES)]
        return max(check.number("rates(t)", r, least=0) for r in seen)


@dataclass(frozen=True)
class Passage:
    """What one bin did: chances at its end, integrals over it and the state at chosen times.

    `integrals` holds contacts that waited, contacts blocked, and time spent waiting and busy.
    `states` has the columns P(wait), P(block), mean queue, mean in system, one row for each time.
    """

    end: NDArray[np.float64]
    integrals: NDArray[np.float64]
    states: NDArray[np.float64]


def pass_through(
    one: Bin, p: NDArray[np.float64], *, places: int | None, look: NDArray[np.float64]
) -> Passage:
    """Carry the chances `p` of 0, 1, ... contacts in the system from the start of a bin to its end.

    Parameters
    ----------
    one : Bin
        The bin.
    p : ndarray
        Chance of each number in the system; the length is the state space.
    places : int or None
        Contacts that can wait. None: as many as the state space holds.
    look : ndarray
        Times within the bin at which to report the state, increasing.

    Returns
    -------
    Passage
        End, integrals and states.
    """
    number = np.arange(p.size)
    busy = np.minimum(number, one.agents)
    queue = number - busy
    entry = (queue < places) if places is not None else (number < p.size - 1)
    leave = busy / one.aht + queue / one.patience
    waits = (number >= one.agents) & entry
    measure = np.array([waits, ~entry, queue, number], dtype=np.float64)

    size = p.size

    def forward(t: float, y: NDArray[np.float64]) -> NDArray[np.float64]:
        p, rate = y[:size], one.rate_at(t)
        up, down = rate * entry * p, leave * p
        change = np.empty_like(y)
        change[:size] = -(up + down)
        change[1:size] += up[:-1]
        change[: size - 1] += down[1:]
        wait, block, waiting, inside = measure @ p
        change[size:] = rate * wait, rate * block, waiting, inside - waiting
        return change

    def slope(t: float, y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Diagonals of the chances; what the integrals depend on need not be known to solve."""
        up = one.rate_at(t) * entry
        bands = np.zeros((3, y.size))
        bands[0, 1:size] = leave[1:]
        bands[1, :size] = -(up + leave)
        bands[2, :size] = up
        bands[2, size - 1] = 0.0
        return bands

    stops = np.unique(np.concatenate([[one.start], look, [one.end]]))
    path, how = integrate.odeint(
        forward,
        np.append(p, np.zeros(4)),
        stops,
        Dfun=slope,
        tfirst=True,
        ml=1,
        mu=1,
        rtol=_RTOL,
        atol=_ATOL,
        tcrit=[one.end],
        mxstep=1_000_000,
        full_output=True,
    )
    if how["message"] != "Integration successful.":
        raise ArithmeticError(f"the forward equations could not be solved: {how['message']}")
    states = path[np.searchsorted(stops, look), :size] @ measure.T
    return Passage(path[-1, :size], path[-1, size:], states)


def first_room(bins: list[Bin]) -> int:
    """Waiting contacts to make room for at first, when places are not limited.

    A fluid passes through the bins twice, as a repeating day may start behind; then chance on top.
    """
    backlog = most = 0.0
    for one in bins * 2:
        step = (one.end - one.start) / _SAMPLES
        for t in np.linspace(one.start, one.end, _SAMPLES):
            growth = one.rate_at(float(t)) - one.agents / one.aht
            backlog = max(0.0, backlog * math.exp(-step / one.patience) + growth * step)
            most = max(most, backlog)
    return 64 + int(most + 12 * math.sqrt(most + max(one.peak() * one.aht for one in bins)))
