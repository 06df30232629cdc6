"""The M(t)/M/s(t)+M queue through the day, numerically exact: no stationarity assumed.

The chance of every number in the system follows the Kolmogorov forward equations, which are solved
by a stiff multistep method with tight tolerances. Nothing is approximated but the state space,
which is enlarged until less than one contact in 10^13 falls outside.

Sources
-------
.. [1] L. Green, P. Kolesar and W. Whitt (2007), Coping with time-varying demand when setting
   staffing requirements for a service system, Production and Operations Management 16(1).
.. [2] A. Hindmarsh (1983), ODEPACK: the LSODA integrator, here through `scipy.integrate`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from queuesim.theory import _checks as check
from queuesim.theory._forward import Bin, Rate, first_room, pass_through

_LOST = 1e-13  # share of arrivals that an unlimited queue may turn away for want of states
_SETTLED = 1e-11  # change of any chance over a period that counts as none
_MOST_STATES = 100_000
_MOST_PERIODS = 1000


@dataclass(frozen=True, kw_only=True)
class TimeVaryingQueue:
    """The queue over time, and its averages over the span; one value for each time in the arrays.

    Attributes
    ----------
    at : ndarray
        Times [s].
    p_wait_at : ndarray
        Chance that a contact arriving at that time waits.
    p_block_at : ndarray
        Chance that it finds every place taken.
    mean_queue_at, mean_in_system_at : ndarray
        Mean number waiting, and waiting or with an agent [contacts].
    offered : float
        Expected contacts in the span.
    p_wait, p_block, p_abandon : float
        Shares of the contacts of the span that wait, are blocked, give up.
    mean_wait : float
        Time spent waiting in the span, for each contact that was not blocked [s].
    occupancy : float
        Busy share of the agents' time.
    """

    at: NDArray[np.float64]
    p_wait_at: NDArray[np.float64]
    p_block_at: NDArray[np.float64]
    mean_queue_at: NDArray[np.float64]
    mean_in_system_at: NDArray[np.float64]
    offered: float
    p_wait: float
    p_block: float
    p_abandon: float
    mean_wait: float
    occupancy: float


def time_varying_queue(
    rates: ArrayLike | Rate,
    *,
    edges: ArrayLike,
    agents: ArrayLike,
    aht: float,
    patience: float = math.inf,
    places: int | None = None,
    at: ArrayLike | None = None,
    periodic: bool = False,
    initial: int = 0,
) -> TimeVaryingQueue:
    """Waiting through the day when rates and agents change: M(t)/M/s(t)+M [1]_.

    Parameters
    ----------
    rates : array of n floats, or callable
        Arrival rate in each bin, or as a smooth function of the time [contacts/s].
    edges : array of n + 1 floats
        Bin edges, increasing; the span studied [s].
    agents : int or array of n ints
        Agents staffed in each bin, at least 0.
    aht : float
        Average handle time, exponential [s].
    patience : float
        Mean patience, exponential [s]; infinite unless given.
    places : int, optional
        Contacts that can wait; no limit unless given.
    at : array, optional
        Times at which to give the state, within the span [s]; the edges unless given. At an edge
        the agents are those of the bin that begins there.
    periodic : bool
        True: the pattern has repeated for ever. False: start with `initial` contacts.
    initial : int
        Contacts in the system at the first edge, unless periodic.

    Returns
    -------
    TimeVaryingQueue
        State at each time and averages over the span.

    Raises
    ------
    ValueError
        If lengths disagree, an input is out of range, or a periodic queue has no steady cycle.

    Notes
    -----
    When agents go off, the contacts they had in hand return to the head of the queue; where they
    are finished in overtime instead, waits are a little shorter after such a moment.

    Examples
    --------
    >>> day = time_varying_queue([0.02, 0.04], edges=[0, 1800, 3600], agents=[8, 13], aht=300)
    >>> day.p_wait_at.round(3), round(day.mean_wait, 1)
    (array([0.   , 0.059, 0.576]), 36.0)
    """
    edge = check.time_edges("edges", edges)
    staffed = _each_bin("agents", agents, edge.size - 1)
    if (staffed % 1 != 0).any():
        raise check.refuse("agents", agents, "whole numbers", "Round the staffing up or down.")
    each: list[float | Rate] = (
        [rates] * staffed.size
        if callable(rates)
        else _each_bin("rates", rates, edge.size - 1).tolist()
    )
    aht = check.number("aht", aht, above=0)
    patience = check.number("patience", patience, above=0, infinite=True)
    places = None if places is None else check.whole("places", places, least=0)
    initial = check.whole("initial", initial, least=0)
    times = edge if at is None else np.atleast_1d(check.numbers("at", at))
    if times.size and (times.min() < edge[0] or times.max() > edge[-1]):
        span = (float(times.min()), float(times.max()))
        raise check.refuse("at", span, f"within the edges, {edge[0]:g} to {edge[-1]:g}")
    bins = [
        Bin(start, end, rate, int(s), aht, patience)
        for (start, end), rate, s in zip(pairwise(edge.tolist()), each, staffed, strict=True)
    ]
    room = first_room(bins) if places is None else places
    p = np.zeros(max(initial, int(staffed.max())) + room + 1)
    p[initial] = 1.0
    offered = sum(one.offered() for one in bins)
    staffed_time = float(staffed @ np.diff(edge))
    if periodic:
        if places is None and patience == math.inf and offered * aht >= staffed_time:
            mean_load = offered * aht / (edge[-1] - edge[0])
            rule = f"more on average than the load of {mean_load:g} erlangs when nobody gives up"
            raise check.refuse("agents", agents, rule, "Add agents, or give a finite patience.")
        p = _steady_cycle(bins, p, places, offered)
    state, total = _span(bins, p, places, offered, times)
    waiting, blocked, queue, busy = total.tolist()
    some = offered if offered > 0 else 1.0
    return TimeVaryingQueue(
        at=times,
        p_wait_at=state[:, 0],
        p_block_at=state[:, 1],
        mean_queue_at=state[:, 2],
        mean_in_system_at=state[:, 3],
        offered=offered,
        p_wait=waiting / some,
        p_block=blocked / some,
        p_abandon=queue / patience / some,
        mean_wait=queue / (some - blocked),
        occupancy=busy / staffed_time if staffed_time > 0 else 0.0,
    )


def _steady_cycle(
    bins: list[Bin], p: NDArray[np.float64], places: int | None, offered: float
) -> NDArray[np.float64]:
    """Chances at the first edge that come back at the last: repeat the pattern until they do."""
    nowhere = np.empty(0)
    for _ in range(_MOST_PERIODS):
        end, lost = p, 0.0
        for one in bins:
            passage = pass_through(one, end, places=places, look=nowhere)
            end, lost = passage.end, lost + passage.integrals[1]
        if places is None and lost > _LOST * offered:
            p = _enlarged(end)
        elif float(np.abs(end - p).max()) < _SETTLED:
            return end
        else:
            p = end
    raise ValueError(
        f"periodic=True: no steady cycle within {_MOST_PERIODS} periods; agents must be enough for "
        "the load. Use periodic=False with `initial`, or a longer period."
    )


def _span(
    bins: list[Bin],
    p: NDArray[np.float64],
    places: int | None,
    offered: float,
    times: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """State at each time and integrals over the span, with the state space enlarged as needed."""
    order = np.argsort(times, kind="stable")
    bin_of = np.clip(np.searchsorted([one.start for one in bins], times, "right") - 1, 0, None)
    while True:
        end, total, state = p, np.zeros(4), np.empty((times.size, 4))
        for i, one in enumerate(bins):
            mine = order[bin_of[order] == i]
            passage = pass_through(one, end, places=places, look=times[mine])
            end, total = passage.end, total + passage.integrals
            state[mine] = passage.states
        if places is not None:
            return state, total
        if total[1] <= _LOST * offered:
            state[:, 1] = total[1] = 0.0  # what the state space turned away is rounding
            return state, total
        p = _enlarged(p)


def _enlarged(p: NDArray[np.float64]) -> NDArray[np.float64]:
    if p.size > _MOST_STATES:
        raise ValueError(
            f"agents: too few for the load; the queue would pass {p.size} contacts. Add agents, "
            "give a finite patience, or limit `places`."
        )
    return np.concatenate([p, np.zeros(p.size)])


def _each_bin(name: str, values: ArrayLike, bins: int) -> NDArray[np.float64]:
    array = check.numbers(name, values, least=0)
    if array.shape not in ((), (bins,)):
        raise check.refuse(name, values, f"one number, or {bins} for {bins + 1} edges")
    return np.broadcast_to(array, (bins,))
