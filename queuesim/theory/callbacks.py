"""Callbacks and redials: contacts that leave the line and are served later.

Arrivals are Poisson, all times exponential, and every answer is the long run. State spaces are
enlarged until less than 10^-13 of the time lies in their last level.

Sources
-------
.. [1] M. Armony and C. Maglaras (2004), On customer contact centers with a call-back option,
   Operations Research 52(2).
.. [2] G. I. Falin and J. G. C. Templeton (1997), Retrial Queues, chapters 1 and 2.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from queuesim.theory import _checks as check
from queuesim.theory._chain import State, long_run

_LAST = 1e-13


@dataclass(frozen=True, kw_only=True)
class CallbackQueue:
    """A phone queue whose later contacts take a callback instead of waiting on the line.

    Attributes
    ----------
    p_wait : float
        Share of contacts that find every agent busy.
    p_callback : float
        Share that takes a callback.
    p_abandon : float
        Share that gives up on the line.
    mean_wait : float
        Mean wait of the contacts that stay on the line [s].
    mean_callback_delay : float
        Mean time from accepting a callback to being dialled [s]; nan when nobody accepts.
    mean_queue, mean_backlog : float
        Mean number waiting on the line, and waiting to be dialled [contacts].
    occupancy : float
        Busy share of the agents' time.
    """

    p_wait: float
    p_callback: float
    p_abandon: float
    mean_wait: float
    mean_callback_delay: float
    mean_queue: float
    mean_backlog: float
    occupancy: float


def callback_queue(
    load: float,
    *,
    agents: int,
    aht: float,
    min_queue: int,
    accept: float = 1.0,
    reserve: int = 0,
    patience: float = math.inf,
) -> CallbackQueue:
    """Waiting when contacts that meet a long queue are offered a callback.

    Callbacks are dialled when nobody waits on the line and more than `reserve` agents are idle;
    dialling takes no time and is always answered.

    Parameters
    ----------
    load : float
        Offered load, callbacks included [erlangs], above 0.
    agents : int
        Agents staffed, at least 1.
    aht : float
        Average handle time, on the line or by callback [s].
    min_queue : int
        Callbacks are offered on arrival when all agents are busy and at least this many wait.
    accept : float
        Share of offers accepted, in [0, 1].
    reserve : int
        Agents kept idle for the line when callbacks are dialled, below `agents`.
    patience : float
        Mean patience on the line [s]; infinite unless given. Accepted callbacks wait for ever.

    Returns
    -------
    CallbackQueue
        Shares and means.

    Raises
    ------
    ValueError
        If an input is out of range, or the backlog of callbacks would grow without end.

    Notes
    -----
    The state is the number busy or on the line and the number of callbacks open [1]_.

    Examples
    --------
    >>> offer = callback_queue(9, agents=10, aht=300, min_queue=3)
    >>> round(offer.p_callback, 4), round(offer.mean_wait, 1), round(offer.mean_callback_delay)
    (0.1418, 35.5, 1200)
    """
    load = check.number("load", load, above=0)
    agents = check.whole("agents", agents, least=1)
    aht = check.number("aht", aht, above=0)
    min_queue = check.whole("min_queue", min_queue, least=0)
    accept = check.number("accept", accept, least=0, most=1)
    reserve = check.whole("reserve", reserve, least=0)
    patience = check.number("patience", patience, above=0, infinite=True)
    if reserve >= agents:
        raise check.refuse(
            "reserve", reserve, f"below the {agents} agents", "Else none is dialled."
        )
    theta = aht / patience
    offered_from = agents + min_queue
    dial_below = agents - reserve
    _refuse_growing(load, agents, theta, offered_from, dial_below, accept)
    line, backlog = offered_from + 32, 64

    def moves(state: State) -> Iterator[tuple[State, float]]:
        n, b = state
        callback = accept if n >= offered_from else 0.0
        if b < backlog:
            yield (n, b + 1), load * callback
        if n < line:
            yield (n + 1, b), load * (1.0 - callback)
        leave = min(n, agents) + max(n - agents, 0) * theta
        yield ((n, b - 1) if b and n == dial_below else (n - 1, b)), leave

    while True:
        states, shares = long_run((agents, 0), moves)
        n, b = states.T
        line_full = float(shares[n == line].sum()) > _LAST
        backlog_full = float(shares[b == backlog].sum()) > _LAST
        if not (line_full or backlog_full):
            break
        line, backlog = line * (1 + line_full), backlog * (1 + backlog_full)
    p_callback = float(shares[n >= offered_from].sum()) * accept
    mean_queue = float(shares @ np.maximum(n - agents, 0))
    mean_backlog = float(shares @ b)
    return CallbackQueue(
        p_wait=float(shares[n >= agents].sum()),
        p_callback=p_callback,
        p_abandon=theta * mean_queue / load,
        mean_wait=mean_queue * aht / (load * (1.0 - p_callback)),
        mean_callback_delay=mean_backlog * aht / (load * p_callback) if p_callback else math.nan,
        mean_queue=mean_queue,
        mean_backlog=mean_backlog,
        occupancy=float(shares @ np.minimum(n, agents)) / agents,
    )


def _refuse_growing(
    load: float, agents: int, theta: float, offered_from: int, dial_below: int, accept: float
) -> None:
    """While a backlog lasts, agents must dial faster than callbacks are accepted."""
    weight, dialled, taken, n = 1.0, float(dial_below), 0.0, dial_below
    growing = theta == 0.0 and load * (1.0 - accept) >= agents
    while not growing:
        callback = accept if n >= offered_from else 0.0
        taken += weight * load * callback
        growing = taken >= dialled and accept > 0.0
        n += 1
        step = load * (1.0 - callback) / (min(n, agents) + max(n - agents, 0) * theta)
        weight *= step
        if step < 1.0 and weight * load < 1e-17 * (taken + dialled) * (1.0 - step):
            break
    if growing:
        rule = f"enough for a load of {load:g} erlangs, callbacks and reserve included"
        fix = "Add agents, or lower the reserve; the backlog of callbacks grows without end."
        raise check.refuse("agents", agents, rule, fix)


@dataclass(frozen=True, kw_only=True)
class RedialQueue:
    """No waiting on the line: contacts that find every agent busy try again until answered.

    Attributes
    ----------
    p_block : float
        Share of first attempts that find every agent busy.
    mean_redialling : float
        Mean number who will try again [contacts].
    mean_delay : float
        Mean time from the first attempt until answered [s].
    occupancy : float
        Busy share of the agents' time.
    """

    p_block: float
    mean_redialling: float
    mean_delay: float
    occupancy: float


def redial_queue(load: float, *, agents: int, aht: float, redial_after: float) -> RedialQueue:
    """Blocked contacts that redial for ever: the M/M/c retrial queue.

    Parameters
    ----------
    load : float
        Offered load of first attempts [erlangs], above 0 and below `agents`.
    agents : int
        Agents staffed, at least 1.
    aht : float
        Average handle time [s].
    redial_after : float
        Mean time between attempts, exponential [s].

    Returns
    -------
    RedialQueue
        Shares and means.

    Raises
    ------
    ValueError
        If an input is out of range or ``agents <= load``.

    Notes
    -----
    The state is the number busy and the number redialling [2]_. One agent has a closed form:
    ``mean_redialling = load^2 / (1 - load) (1 + redial_after / aht)``.

    Examples
    --------
    >>> again = redial_queue(0.7, agents=1, aht=60, redial_after=60)
    >>> round(again.mean_redialling, 4), round(again.mean_delay)
    (3.2667, 280)
    """
    load = check.number("load", load, above=0)
    agents = check.whole("agents", agents, least=1)
    aht = check.number("aht", aht, above=0)
    again = aht / check.number("redial_after", redial_after, above=0)
    if agents <= load:
        fix = f"Give at least {math.floor(load) + 1}."
        raise check.refuse("agents", agents, f"more than the load of {load:g} erlangs", fix)
    most = 64

    def moves(state: State) -> Iterator[tuple[State, float]]:
        busy, redialling = state
        if busy < agents:
            yield (busy + 1, redialling), load
            yield (busy + 1, redialling - 1), redialling * again
        elif redialling < most:
            yield (busy, redialling + 1), load
        yield (busy - 1, redialling), float(busy)

    while True:
        states, shares = long_run((0, 0), moves)
        busy, redialling = states.T
        if float(shares[redialling == most].sum()) <= _LAST:
            break
        most *= 2
    mean_redialling = float(shares @ redialling)
    return RedialQueue(
        p_block=float(shares[busy == agents].sum()),
        mean_redialling=mean_redialling,
        mean_delay=mean_redialling * aht / load,
        occupancy=float(shares @ busy) / agents,
    )
