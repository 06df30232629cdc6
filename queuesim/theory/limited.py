"""A queue with a limited number of waiting places, where nobody gives up: M/M/c/K.

Sources
-------
.. [1] D. Gross, J. F. Shortle, J. M. Thompson and C. M. Harris (2008), Fundamentals of Queueing
   Theory, 4th ed., chapter 2: M/M/c/K and the wait of the contacts that enter.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from queuesim.theory import _checks as check
from queuesim.theory.erlang import erlang_b


@dataclass(frozen=True, kw_only=True)
class LimitedQueue:
    """An M/M/c queue with a limited number of waiting places (M/M/c/K).

    Attributes
    ----------
    load, aht : float
        As given [erlangs, s].
    agents, places : int
        As given [agents, contacts].
    p_block : float
        Share of offered contacts turned away because every place is taken.
    p_no_wait, p_wait : float
        Shares of offered contacts that are answered at once, that get a place and wait.
    mean_wait : float
        Mean wait of the contacts that were not blocked [s].
    mean_queue : float
        Mean number waiting [contacts].
    occupancy : float
        Busy share of the agents' time.
    """

    load: float
    agents: int
    places: int
    aht: float
    p_block: float
    p_no_wait: float
    p_wait: float
    mean_wait: float
    mean_queue: float
    occupancy: float
    _waiting: NDArray[np.float64] = field(repr=False, compare=False)

    def wait_exceeds(self, t: ArrayLike) -> Any:
        """Share of the contacts not blocked that wait longer than `t` [s]."""
        rounds = check.numbers("t", t, least=0)[..., None] * self.agents / self.aht
        share = special.gammaincc(np.arange(1, self.places + 1), rounds) @ self._waiting
        share = share / (self.p_no_wait + self.p_wait)
        return float(share) if share.ndim == 0 else share

    def service_level(self, within: ArrayLike) -> Any:
        """Share of offered contacts, the blocked included, answered within `within` [s]."""
        rounds = check.numbers("within", within, least=0)[..., None] * self.agents / self.aht
        share = special.gammainc(np.arange(1, self.places + 1), rounds) @ self._waiting
        share = self.p_no_wait + share
        return float(share) if share.ndim == 0 else share


def limited_queue(load: float, *, agents: int, places: int, aht: float) -> LimitedQueue:
    """Waiting and blocking when at most `places` contacts can wait: M/M/c/K, K = agents + places.

    Parameters
    ----------
    load : float
        Offered load [erlangs], at least 0; may exceed the number of agents.
    agents : int
        Agents staffed, at least 1.
    places : int
        Contacts that can wait, at least 0 (0 gives Erlang B).
    aht : float
        Average handle time [s].

    Returns
    -------
    LimitedQueue
        Shares, waits and the wait distribution.

    Raises
    ------
    ValueError
        If an input is out of range.

    Notes
    -----
    A contact that finds j others waiting waits an Erlang time of j + 1 phases at rate agents / aht
    [1]_. Level c + j has weight ``B (load / agents)^j`` against 1 - B for the levels below c.

    Examples
    --------
    >>> answer = limited_queue(8.4, agents=12, places=5, aht=120)
    >>> round(answer.p_block, 5), round(answer.mean_wait, 2)
    (0.00948, 3.67)
    """
    load = check.number("load", load, least=0)
    agents = check.whole("agents", agents, least=1)
    places = check.whole("places", places, least=0)
    aht = check.number("aht", aht, above=0)
    occupancy_offered = load / agents
    blocked = erlang_b(load, agents=agents)
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.arange(places + 1)
        log_weight = np.where(steps == 0, 0.0, steps * np.log(occupancy_offered))
    scale = max(0.0, float(log_weight[-1]))
    waiting = blocked * np.exp(log_weight - scale)
    no_wait = (1.0 - blocked) * math.exp(-scale)
    weight = waiting.sum() + no_wait
    level = waiting / weight
    mean_queue = float(level @ steps)
    p_no_wait, p_wait = float(no_wait / weight), float(level[:-1].sum())
    entered = p_no_wait + p_wait  # not 1 - p_block, which loses digits under gross overload
    return LimitedQueue(
        load=load,
        agents=agents,
        places=places,
        aht=aht,
        p_block=float(level[-1]),
        p_no_wait=p_no_wait,
        p_wait=p_wait,
        mean_wait=mean_queue * aht / (load * entered) if load > 0 else 0.0,
        mean_queue=mean_queue,
        occupancy=load * entered / agents,
        _waiting=level[:-1],
    )
