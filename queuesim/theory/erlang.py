"""Queues without abandonment: offered load, Erlang B and Erlang C.

Contacts arrive as a Poisson process, handle times are exponential, agents are alike and take the
contact that has waited longest.

Sources
-------
.. [1] A. K. Erlang (1917), Solution of some problems in the theory of probabilities of significance
   in automatic telephone exchanges. The blocking and the delay formula.
.. [2] D. L. Jagerman (1974), Some properties of the Erlang loss function, Bell System Technical
   Journal 53(3). The integral that extends Erlang B to real numbers of agents.
.. [3] D. Gross, J. F. Shortle, J. M. Thompson and C. M. Harris (2008), Fundamentals of Queueing
   Theory, 4th ed., chapter 2: M/M/c and its waiting-time distribution.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from queuesim.theory import _checks as check


def offered_load(contacts: float, *, aht: float, per: float = 3600.0) -> float:
    """Work offered at any moment, in erlangs: arrival rate times average handle time.

    Parameters
    ----------
    contacts : float
        Contacts that arrive in a period of `per` [contacts].
    aht : float
        Average handle time, talk and wrap-up together [s].
    per : float
        Length of that period [s]; an hour unless told.

    Returns
    -------
    float
        Offered load [erlangs].

    Raises
    ------
    ValueError
        If `contacts` is negative, or `aht` or `per` is not above 0.

    Examples
    --------
    >>> offered_load(200, aht=180)
    10.0
    >>> offered_load(100, aht=180, per=1800)
    10.0
    """
    contacts = check.number("contacts", contacts, least=0)
    return contacts / check.number("per", per, above=0) * check.number("aht", aht, above=0)


@overload
def erlang_b(load: float, *, agents: float) -> float: ...
@overload
def erlang_b(load: ArrayLike, *, agents: ArrayLike) -> Any: ...
def erlang_b(load: ArrayLike, *, agents: ArrayLike) -> Any:
    """Share of contacts that find every agent busy and are lost (M/M/c/c, Erlang B).

    Parameters
    ----------
    load : float or array
        Offered load [erlangs], at least 0.
    agents : float or array
        Agents (lines), above 0; broadcast against `load`. Fractions are allowed.

    Returns
    -------
    float or ndarray
        Blocking probability, of the broadcast shape.

    Raises
    ------
    ValueError
        If a load is negative, or a number of agents is not above 0.

    Notes
    -----
    The recursion ``1/B(c) = 1 + (c / load) / B(c - 1)`` [1]_ adds only positive terms, so it loses
    no digits. For a fraction of an agent it starts from
    ``1/B(x) = load * integral over t > 0 of exp(-load t) (1 + t)^x`` [2]_.

    Examples
    --------
    >>> round(erlang_b(3, agents=5), 6)
    0.110054
    >>> erlang_b(10, agents=[10, 10.5, 11]).round(4)
    array([0.2146, 0.188 , 0.1632])
    """
    a, c = np.broadcast_arrays(
        check.numbers("load", load, least=0), check.numbers("agents", agents, above=0)
    )
    steps = np.floor(c)
    inverse = _inverse_b_of_fraction(c - steps, a)
    with np.errstate(divide="ignore", over="ignore"):
        for k in range(1, int(steps.max(initial=0)) + 1):
            grown = 1.0 + inverse * (c - steps + k) / a
            inverse = np.where(k <= steps, grown, inverse)
        blocked = 1.0 / inverse
    return float(blocked) if blocked.ndim == 0 else blocked


def _inverse_b_of_fraction(x: NDArray[np.float64], load: NDArray[np.float64]) -> Any:
    """``1/B`` for x in [0, 1) agents: ``exp(a) a^-x Gamma(x + 1, a)``; large a by its series."""
    a = np.clip(load, 1e-300, 200.0)
    exact = np.exp(a - x * np.log(a)) * special.gamma(x + 1) * special.gammaincc(x + 1, a)
    term = np.ones_like(x)
    series = np.ones_like(x)
    for k in range(20):
        term = term * (x - k) / np.maximum(load, 200.0)
        series = series + term
    start = np.where(load > 200.0, series, exact)
    return np.where(load == 0, np.where(x > 0, np.inf, 1.0), start)


@dataclass(frozen=True, kw_only=True)
class ErlangC:
    """What Erlang C (M/M/c, first come first served, nobody gives up) says about waiting.

    Attributes
    ----------
    load, agents, aht : float
        As given [erlangs, agents, s].
    p_wait : float
        Share of contacts that wait at all.
    mean_wait : float
        Mean wait of all contacts [s]; everybody is answered, so this is also the ASA.
    mean_wait_of_waiting : float
        Mean wait of those who wait [s].
    mean_queue : float
        Mean number waiting [contacts].
    occupancy : float
        Busy share of the agents' time.
    """

    load: float
    agents: float
    aht: float
    p_wait: float
    mean_wait: float
    mean_wait_of_waiting: float
    mean_queue: float
    occupancy: float

    @property
    def asa(self) -> float:
        """Mean wait of the answered [s]; equal to `mean_wait`, as nobody gives up."""
        return self.mean_wait

    def wait_exceeds(self, t: ArrayLike) -> Any:
        """Share of contacts that wait longer than `t` [s]: an exponential tail after p_wait."""
        t = check.numbers("t", t, least=0)
        share = self.p_wait * np.exp(-t / self.mean_wait_of_waiting)
        return float(share) if share.ndim == 0 else share

    def service_level(self, within: ArrayLike) -> Any:
        """Share of contacts answered within `within` [s]; as nobody leaves, definitions agree."""
        return 1.0 - self.wait_exceeds(check.numbers("within", within, least=0))

    def wait_quantile(self, share: float) -> float:
        """Wait [s] that a `share` of contacts, in [0, 1), does not exceed."""
        share = check.number("share", share, least=0, below=1)
        if share <= 1.0 - self.p_wait:
            return 0.0
        return self.mean_wait_of_waiting * math.log(self.p_wait / (1.0 - share))


def erlang_c(load: float, *, agents: float, aht: float) -> ErlangC:
    """Waiting when nobody gives up: Erlang C, the M/M/c queue in the long run.

    Parameters
    ----------
    load : float
        Offered load [erlangs], at least 0; see `offered_load`.
    agents : float
        Agents staffed, more than `load`. Fractions are allowed.
    aht : float
        Average handle time [s].

    Returns
    -------
    ErlangC
        Shares, waits and the wait distribution.

    Raises
    ------
    ValueError
        If an input is out of range, or ``agents <= load``: then the queue grows without end.

    Notes
    -----
    ``p_wait = B / (1 - occupancy (1 - B))`` with B from `erlang_b` [1]_.

    Examples
    --------
    >>> answer = erlang_c(offered_load(200, aht=180), agents=14, aht=180)
    >>> round(answer.service_level(20), 4), round(answer.asa, 2), round(answer.occupancy, 3)
    (0.8884, 7.84, 0.714)
    >>> round(answer.wait_quantile(0.95), 1)
    56.2
    """
    load = check.number("load", load, least=0)
    agents = check.number("agents", agents, above=0)
    aht = check.number("aht", aht, above=0)
    if agents <= load:
        raise check.refuse(
            "agents",
            agents,
            f"more than the load of {load:g} erlangs, or the queue never settles",
            f"Give at least {math.floor(load) + 1}, or use erlang_a if contacts abandon.",
        )
    blocked = erlang_b(load, agents=agents)
    occupancy = load / agents
    p_wait = blocked / (1.0 - occupancy * (1.0 - blocked))
    wait_of_waiting = aht / (agents - load)
    return ErlangC(
        load=load,
        agents=agents,
        aht=aht,
        p_wait=p_wait,
        mean_wait=p_wait * wait_of_waiting,
        mean_wait_of_waiting=wait_of_waiting,
        mean_queue=p_wait * load / (agents - load),
        occupancy=occupancy,
    )
