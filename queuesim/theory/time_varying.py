"""Staffing by the stationary formulas when the arrival rate changes: bin by bin, or by lagged load.

Sources
-------
.. [1] L. Green and P. Kolesar (1991), The pointwise stationary approximation for queues with
   nonstationary arrivals, Management Science 37(1).
.. [2] O. B. Jennings, A. Mandelbaum, W. A. Massey and W. Whitt (1996), Server staffing to meet
   time-varying demand, Management Science 42(10).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from queuesim.theory import _checks as check
from queuesim.theory._handle_time import HandleTime, understand
from queuesim.theory.abandonment import erlang_a
from queuesim.theory.erlang import erlang_c
from queuesim.theory.modified_load import modified_offered_load
from queuesim.theory.square_root import beta_for, square_root_agents
from queuesim.theory.staffing import min_agents


@dataclass(frozen=True, kw_only=True)
class PointwiseStationary:
    """Each bin as if its rate had held for ever.

    Attributes
    ----------
    load : ndarray
        Offered load of each bin [erlangs].
    p_wait : ndarray
        Share of contacts that wait; 1 where agents do not suffice and nobody gives up.
    mean_queue : ndarray
        Mean number waiting [contacts]; infinite there.
    """

    load: NDArray[np.float64]
    p_wait: NDArray[np.float64]
    mean_queue: NDArray[np.float64]


def pointwise_stationary(
    rates: ArrayLike, *, agents: ArrayLike, aht: float, patience: float = math.inf
) -> PointwiseStationary:
    """Pointwise stationary approximation: Erlang C or Erlang A in every bin on its own [1]_.

    Good when rates change little within a few handle times; otherwise see `time_varying_queue`.

    Parameters
    ----------
    rates : array of n floats
        Arrival rate in each bin [contacts/s].
    agents : int or array of n ints
        Agents staffed in each bin, at least 1.
    aht : float
        Average handle time [s].
    patience : float
        Mean patience [s]; infinite (Erlang C) unless given.

    Returns
    -------
    PointwiseStationary
        Arrays with one value for each bin.

    Raises
    ------
    ValueError
        If an input is out of range.

    Examples
    --------
    >>> pointwise_stationary([1 / 60, 1 / 20], agents=10, aht=180).p_wait.round(4)
    array([0.0012, 0.6687])
    """
    rate, staffed = np.broadcast_arrays(
        np.atleast_1d(check.numbers("rates", rates, least=0)),
        check.numbers("agents", agents, least=1),
    )
    aht = check.number("aht", aht, above=0)
    load = rate * aht
    p_wait, queue = np.ones(load.shape), np.full(load.shape, np.inf)
    for i in np.ndindex(load.shape):
        s = check.whole("agents", staffed[i], least=1)
        if patience != math.inf:
            a = erlang_a(float(load[i]), agents=s, aht=aht, patience=patience)
            p_wait[i], queue[i] = a.p_wait, a.mean_queue
        elif load[i] < s:
            c = erlang_c(float(load[i]), agents=s, aht=aht)
            p_wait[i], queue[i] = c.p_wait, c.mean_queue
    return PointwiseStationary(load=load, p_wait=p_wait, mean_queue=queue)


def mol_agents(
    rates: ArrayLike,
    *,
    edges: ArrayLike,
    handle_time: HandleTime,
    p_wait: float,
    patience: float = math.inf,
    intervals: ArrayLike | None = None,
    periodic: bool = False,
    rule: Literal["erlang", "square_root"] = "erlang",
) -> NDArray[np.int64]:
    """Agents for each interval so that about a share `p_wait` of contacts waits, all day long.

    Parameters
    ----------
    rates, edges, handle_time, periodic
        As in `modified_offered_load`.
    p_wait : float
        Delay target: share of contacts that may wait, in (0, 1).
    patience : float
        Mean patience [s]; infinite unless given.
    intervals : array of k + 1 floats, optional
        Edges of the staffing intervals [s], within the span of `edges`; `edges` unless given.
    rule : {"erlang", "square_root"}
        How agents follow from a load: the fewest by Erlang C or A, or the square-root rule.

    Returns
    -------
    ndarray of k int64
        Agents for each interval, enough for the largest modified offered load within it [2]_.

    Raises
    ------
    ValueError
        If an input is out of range.

    Examples
    --------
    >>> mol_agents([0.1, 0.2], edges=[0, 1800, 3600], handle_time=300, p_wait=0.2)
    array([37, 69])
    """
    edge = check.time_edges("edges", edges)
    steps = edge if intervals is None else check.time_edges("intervals", intervals)
    if steps[0] < edge[0] or steps[-1] > edge[-1]:
        span = (float(steps[0]), float(steps[-1]))
        raise check.refuse("intervals", span, f"within {edge[0]:g} to {edge[-1]:g}")
    p_wait = check.number("p_wait", p_wait, above=0, below=1)
    patience = check.number("patience", patience, above=0, infinite=True)
    work = understand(handle_time)
    if rule not in ("erlang", "square_root"):
        raise check.refuse("rule", rule, "'erlang' or 'square_root'")
    beta = beta_for(p_wait, patience_ratio=patience / work.mean)

    def agents(m: float) -> int:
        if rule == "square_root":
            return int(square_root_agents(m, beta=beta))
        return min_agents(m, aht=work.mean, max_p_wait=p_wait, patience=patience)

    # The load can peak inside an interval: look at every change of rate and at 16 steps between.
    look = np.linspace(steps[:-1], steps[1:], 17, axis=1)
    when = np.unique(np.concatenate([look.ravel(), edge[(edge > steps[0]) & (edge < steps[-1])]]))
    load = modified_offered_load(
        rates, edges=edge, handle_time=handle_time, at=when, periodic=periodic
    )
    peak = [load[(when >= a) & (when <= b)].max() for a, b in pairwise(steps)]
    return np.array([agents(float(m)) for m in peak], dtype=np.int64)
