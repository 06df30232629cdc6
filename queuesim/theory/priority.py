"""Waits when handle times vary or some contacts go first: M/G/1 and Cobham's priority classes.

Sources
-------
.. [1] F. Pollaczek (1930) and A. Y. Khinchine (1932): the mean wait of M/G/1.
.. [2] A. Cobham (1954), Priority assignment in waiting line problems, Operations Research 2(1): the
   mean waits of non-preemptive classes with one exponential handle time and several agents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from queuesim.theory import _checks as check
from queuesim.theory.erlang import erlang_c


@dataclass(frozen=True, kw_only=True)
class SingleAgent:
    """The M/G/1 queue: one agent, any distribution of handle times.

    Attributes
    ----------
    load, aht, cv : float
        As given [erlangs, s, 1].
    p_wait : float
        Share of contacts that wait at all.
    mean_wait : float
        Mean wait of all contacts [s].
    mean_queue : float
        Mean number waiting [contacts].
    occupancy : float
        Busy share of the agent's time.
    """

    load: float
    aht: float
    cv: float
    p_wait: float
    mean_wait: float
    mean_queue: float
    occupancy: float


def single_agent(load: float, *, aht: float, cv: float) -> SingleAgent:
    """One agent, handle times of any shape: the Pollaczek-Khinchine formula.

    Parameters
    ----------
    load : float
        Offered load [erlangs], in [0, 1).
    aht : float
        Average handle time [s].
    cv : float
        Coefficient of variation of the handle time: 0 deterministic, 1 exponential.

    Returns
    -------
    SingleAgent
        Shares and mean waits.

    Raises
    ------
    ValueError
        If an input is out of range or the load is not below 1.

    Notes
    -----
    ``mean_wait = load aht (1 + cv^2) / (2 (1 - load))`` [1]_.

    Examples
    --------
    >>> round(single_agent(0.8, aht=60, cv=0).mean_wait, 3)  # half of what exponential gives
    120.0
    """
    load = check.number(
        "load", load, least=0, below=1, fix="One agent cannot carry an erlang; use erlang_c."
    )
    aht = check.number("aht", aht, above=0)
    cv = check.number("cv", cv, least=0)
    mean_wait = load * aht * (1.0 + cv * cv) / (2.0 * (1.0 - load))
    return SingleAgent(
        load=load,
        aht=aht,
        cv=cv,
        p_wait=load,
        mean_wait=mean_wait,
        mean_queue=load / aht * mean_wait,
        occupancy=load,
    )


@dataclass(frozen=True, kw_only=True)
class PriorityQueue:
    """Non-preemptive priority classes with one handle-time distribution (M/M/c).

    Attributes
    ----------
    loads : tuple of float
        Offered load of each class, first in line first [erlangs].
    agents : float
        As given.
    aht : float
        As given [s].
    p_wait : float
        Share of contacts that wait at all; the same for every class.
    mean_waits : tuple of float
        Mean wait of each class [s].
    mean_wait : float
        Mean wait of all contacts [s]; priorities move it between classes and leave it unchanged.
    mean_queues : tuple of float
        Mean number waiting of each class [contacts].
    occupancy : float
        Busy share of the agents' time.
    """

    loads: tuple[float, ...]
    agents: float
    aht: float
    p_wait: float
    mean_waits: tuple[float, ...]
    mean_wait: float
    mean_queues: tuple[float, ...]
    occupancy: float


def priority_queue(loads: Sequence[float], *, agents: float, aht: float) -> PriorityQueue:
    """Mean waits when some contact types go first and nobody is interrupted.

    Parameters
    ----------
    loads : sequence of float
        Offered load of each class, highest priority first [erlangs].
    agents : float
        Agents staffed, more than the sum of the loads.
    aht : float
        Average handle time, the same for every class [s].

    Returns
    -------
    PriorityQueue
        Mean wait and queue of each class.

    Raises
    ------
    ValueError
        If an input is out of range, or the agents cannot carry all classes together.

    Notes
    -----
    With u_k the load of the first k classes divided by the agents,
    ``mean_wait_k = p_wait aht / agents / ((1 - u_{k-1}) (1 - u_k))`` [2]_.

    Examples
    --------
    >>> vip_first = priority_queue([2, 7], agents=10, aht=360)
    >>> [round(wait, 1) for wait in vip_first.mean_waits]
    [30.1, 300.9]
    """
    each = check.numbers("loads", list(loads), least=0)
    if each.size == 0:
        raise check.refuse("loads", loads, "at least one load", "Give one number for each class.")
    alike = erlang_c(float(each.sum()), agents=agents, aht=aht)
    used = np.concatenate([[0.0], np.cumsum(each)]) / alike.agents
    waits = alike.p_wait * alike.aht / alike.agents / ((1.0 - used[:-1]) * (1.0 - used[1:]))
    return PriorityQueue(
        loads=tuple(each.tolist()),
        agents=alike.agents,
        aht=alike.aht,
        p_wait=alike.p_wait,
        mean_waits=tuple(waits.tolist()),
        mean_wait=alike.mean_wait,
        mean_queues=tuple((waits * each / alike.aht).tolist()),
        occupancy=alike.occupancy,
    )
