"""The smallest number of agents that meets a target, and the people to schedule for it.

Waits are those of Erlang C (A. K. Erlang 1917), or of Erlang A (C. Palm 1957) when contacts give
up; every target asked for here is met by any larger number too, so a bisection finds the smallest.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from queuesim.theory import _checks as check
from queuesim.theory.abandonment import ServiceLevelDefinition, erlang_a
from queuesim.theory.erlang import erlang_c


def min_agents(
    load: float,
    *,
    aht: float,
    service_level: float | None = None,
    within: float | None = None,
    max_p_wait: float | None = None,
    max_asa: float | None = None,
    max_abandon: float | None = None,
    max_occupancy: float = 1.0,
    patience: float = math.inf,
    definition: ServiceLevelDefinition = "answered_of_offered_less_short",
) -> int:
    """Smallest number of agents that meets every target given, by Erlang C or Erlang A.

    Parameters
    ----------
    load : float
        Offered load [erlangs], at least 0.
    aht : float
        Average handle time [s].
    service_level, within : float, optional
        At least this share, in (0, 1), answered within this time [s]; give both or neither.
    max_p_wait : float, optional
        At most this share of contacts waits, in (0, 1].
    max_asa : float, optional
        Mean wait of the answered at most this [s].
    max_abandon : float, optional
        At most this share gives up, in (0, 1]; needs a finite `patience`.
    max_occupancy : float
        Agents busy at most this share of their time, in (0, 1].
    patience : float
        Mean patience [s]. Infinite (Erlang C) unless given; finite means Erlang A.
    definition : str
        Which service level, where contacts abandon; see `ErlangA.service_level`.

    Returns
    -------
    int
        Agents; 0 when there is no load.

    Raises
    ------
    ValueError
        If an input is out of range, or half a service level is given.

    Examples
    --------
    >>> min_agents(10, aht=180, service_level=0.8, within=20, max_occupancy=0.85)
    14
    >>> min_agents(10, aht=180, service_level=0.8, within=20, patience=300)
    13
    """
    load = check.number("load", load, least=0)
    aht = check.number("aht", aht, above=0)
    patience = check.number("patience", patience, above=0, infinite=True)
    busiest = check.number("max_occupancy", max_occupancy, above=0, most=1, fix="0.85 is 85 %.")
    if (service_level is None) != (within is None):
        missing, given = (
            ("within", "service_level") if within is None else ("service_level", "within")
        )
        raise ValueError(f"{missing}=None: must be given with {given}. Example: 0.8 within 20.")
    if service_level is not None:
        service_level = check.number("service_level", service_level, above=0, below=1)
        within = check.number("within", within, least=0)
    if max_p_wait is not None:
        max_p_wait = check.number("max_p_wait", max_p_wait, above=0, most=1)
    if max_asa is not None:
        max_asa = check.number("max_asa", max_asa, above=0)
    if max_abandon is not None:
        max_abandon = check.number("max_abandon", max_abandon, above=0, most=1)
        if patience == math.inf:
            raise check.refuse("patience", patience, "finite with max_abandon", "Give a mean [s].")

    def enough(agents: int) -> bool:
        if patience == math.inf:
            if agents <= load:
                return False
            c = erlang_c(load, agents=agents, aht=aht)
            level = c.service_level(within) if within is not None else 1.0
            p_wait, asa, abandon, occupancy = c.p_wait, c.asa, 0.0, c.occupancy
        else:
            a = erlang_a(load, agents=agents, aht=aht, patience=patience)
            level = a.service_level(within, definition=definition) if within is not None else 1.0
            p_wait, asa, abandon, occupancy = a.p_wait, a.asa, a.p_abandon, a.occupancy
        return (
            occupancy <= busiest
            and (service_level is None or level >= service_level)
            and (max_p_wait is None or p_wait <= max_p_wait)
            and (max_asa is None or asa <= max_asa)
            and (max_abandon is None or abandon <= max_abandon)
        )

    return _smallest(enough, near=load) if load > 0 else 0


def headcount_for(staffed: float, *, shrinkage: float) -> int:
    """People to schedule so that, after shrinkage, `staffed` agents are there on average.

    Parameters
    ----------
    staffed : float
        Agents needed at work [agents].
    shrinkage : float
        Share of scheduled time not at work, in [0, 1).

    Returns
    -------
    int
        ``staffed / (1 - shrinkage)``, rounded up.

    Raises
    ------
    ValueError
        If an input is out of range.

    Examples
    --------
    >>> headcount_for(14, shrinkage=0.3)
    20
    """
    staffed = check.number("staffed", staffed, least=0)
    share = check.number("shrinkage", shrinkage, least=0, below=1, fix="A share: 0.3 is 30 %.")
    return math.ceil(staffed / (1.0 - share) - 1e-9)


def _smallest(enough: Callable[[int], bool], *, near: float) -> int:
    """Smallest whole number from 1 that is enough, if every larger one is; sought from `near`."""
    low, high, step = 0, max(1, math.ceil(near)), max(1, math.isqrt(math.ceil(near)))
    while not enough(high):
        low, high, step = high, high + step, 2 * step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
