"""What queueing theory says of the same plan, to print beside what was simulated.

Theory knows one queue and one group of agents at a time. Where a phone contact type is served by a
group that serves nothing else, every interval is taken as an Erlang A queue of its own (Erlang C
without patience, a limited queue with a limit), with the modified offered load of the stated demand
and the agents on duty on average; intervals are weighted by their contacts. Times are taken as
exponential, whatever the scenario says. A gap is news about those simplifications or about the
scenario; a gap in a plain scenario would be news about the simulation.

Sources
-------
.. [1] L. Green and P. Kolesar (1991), The pointwise stationary approximation for queues with
   nonstationary arrivals, Management Science 37.
.. [2] O. B. Jennings, A. Mandelbaum, W. A. Massey and W. Whitt (1996), Server staffing to meet
   time-varying demand, Management Science 42: the modified offered load in its place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from math import exp, inf, log

import numpy as np
from numpy.typing import NDArray

from queuesim import theory
from queuesim.model import AgentGroup, Channel, ContactType, Exponential
from queuesim.results.measures import combine, measure_named
from queuesim.results.service_level import DEFAULT, ServiceLevel
from queuesim.results.totals import Totals

Loads = NDArray[np.float64]

MEASURES_OF_THEORY = ("service_level", "abandonment", "blocking", "asa", "occupancy")
_MOST_QUEUES = 600
"""More distinct queues than this take longer than a summary should."""
_STEP = log(1.03)
"""Queues are solved at loads 3 % apart, and interpolated."""


@dataclass(frozen=True)
class BesideTheory:
    """What theory says of a contact type.

    Attributes
    ----------
    contact_type : str
    model : str
        ``Erlang A``, ``Erlang C`` or ``M/M/c/K``; empty where none applies.
    why_not : str
        Why no theory applies; empty where one does.
    values : dict of str to float
        The measures of `MEASURES_OF_THEORY`.
    caveats : tuple of str
        What theory leaves out of this scenario.
    """

    contact_type: str
    model: str = ""
    why_not: str = ""
    values: dict[str, float] = field(default_factory=dict)
    caveats: tuple[str, ...] = ()


def beside_theory(
    totals: Totals, contact_type: str, *, definition: ServiceLevel = DEFAULT
) -> BesideTheory:
    """Work out what theory says of a contact type.

    Parameters
    ----------
    totals : Totals
    contact_type : str
    definition : ServiceLevel
        Which service level.

    Returns
    -------
    BesideTheory
    """
    scenario = totals.scenario
    stated = scenario.contact_type(contact_type)
    serving = [g for g in scenario.agent_groups if g.skill(contact_type) is not None]
    reason = _why_not(stated, serving, totals)
    if reason:
        return BesideTheory(contact_type, why_not=reason)
    group = serving[0]
    try:
        expected = _expected(totals, stated, group)
    except _DoesNotApplyError as error:
        return BesideTheory(contact_type, why_not=str(error))
    values = {}
    for name in MEASURES_OF_THEORY:
        measure = measure_named(name, definition)
        if measure.needs_target and stated.target is None:
            continue
        numerator, denominator = (
            float(combine(sums, expected.__getitem__).sum())
            for sums in (measure.numerator, measure.denominator)
        )
        values[name] = numerator / denominator if denominator else float("nan")
    limited = stated.queue_limit is not None
    plain = "Erlang C" if stated.patience is None else "Erlang A"
    model = "M/M/c/K" if limited and stated.patience is None else plain
    return BesideTheory(contact_type, model, values=values, caveats=_caveats(stated, group))


class _DoesNotApplyError(Exception):
    """Theory has no answer; the text says why."""


def _why_not(stated: ContactType, serving: list[AgentGroup], totals: Totals) -> str:
    if stated.channel != Channel.PHONE:
        return f"the channel is {stated.channel}"
    if len(serving) > 1:
        return f"{len(serving)} groups serve it"
    group = serving[0]
    if len(group.skills) > 1:
        return f"{group.name} also serves other contact types"
    if stated.callback is not None:
        return "callbacks are offered"
    if group.starters:
        return f"{group.name} has new agents, whose handle times change from week to week"
    said = stated.announcement
    if said is not None and (said.balk is not None or said.changes_patience):
        return "announced waits change who stays"
    skill = group.skills[0]
    if skill.min_wait > 0 or skill.reserve > 0:
        return f"{group.name} takes it only after a wait or with a reserve"
    if skill.min_queue > 1 or skill.hours is not None:
        return f"{group.name} takes it only from a long queue or at some hours"
    if stated.redial is not None or stated.repeat is not None:
        return "contacts come back"
    index = totals.layout.types.index(stated.name)
    if totals.contacts_by_day("turned_away")[:, index].any():
        return "contacts are turned away outside the hours"
    if stated.outside_hours == "queue":
        return "contacts wait for the opening"
    return ""


def _caveats(stated: ContactType, group: AgentGroup) -> tuple[str, ...]:
    caveats = []
    exponential = isinstance(stated.talk, Exponential) and stated.wrap_up is None
    if not exponential:
        caveats.append("handle times are not exponential")
    if stated.patience is not None and not isinstance(stated.patience, Exponential):
        caveats.append("patience is not exponential")
    if stated.demand.busyness > 0:
        caveats.append("demand varies from day to day")
    if group.absence > 0:
        caveats.append("absence varies from day to day")
    if group.speed_spread > 0:
        caveats.append("agents differ in speed")
    return tuple(caveats)


def _expected(totals: Totals, stated: ContactType, group: AgentGroup) -> dict[str, Loads]:
    """Return expected quantities by interval, named as those that are counted."""
    layout = totals.layout
    index = layout.groups.index(group.name)
    aht = stated.handle_s * group.skills[0].handle_factor
    load, offered = _offered(stated, totals, aht)
    staffed = totals.group_mean("staffed_s")[index] - totals.group_mean("overtime_s")[index]
    agents = staffed / layout.interval_s
    busy = offered > 0
    alone = busy & (agents < 1)
    if alone.any():
        raise _DoesNotApplyError(f"{_intervals(alone)} with contacts have less than one agent")
    patience = stated.patience.mean_s if stated.patience is not None else inf
    if patience == inf and stated.queue_limit is None:
        over = busy & (load >= np.floor(agents) * 0.995)
        if over.any():
            raise _DoesNotApplyError(
                f"{_intervals(over)} have more work than agents, and nobody gives up"
            )
    within = stated.target.within if stated.target else 0.0
    terms = _Terms(aht, patience, stated.queue_limit, within, totals.scenario.short_abandon)
    shares = _shares(load[busy], agents[busy], terms)
    expected = {
        name: np.zeros(layout.n_intervals) for name in (*_QUANTITIES, "busy_s", "staffed_s")
    }
    for k, name in enumerate(_QUANTITIES):
        expected[name][busy] = offered[busy] * shares[k]
    expected["offered"] = offered
    expected["not_due"] = np.zeros(layout.n_intervals)
    expected["busy_s"] = expected["answered"] * aht
    expected["staffed_s"] = staffed
    return expected


_QUANTITIES = (
    "answered",
    "abandoned",
    "blocked",
    "answered_within",
    "abandoned_within",
    "abandoned_quick",
    "wait_answered_s",
)


def _offered(stated: ContactType, totals: Totals, aht: float) -> tuple[Loads, Loads]:
    """Return the modified offered load [erlangs] and the expected contacts of each interval."""
    layout = totals.layout
    horizon = totals.scenario.horizon
    rates = stated.demand.rates(horizon)
    offered = rates.per_interval(horizon)
    middle = (layout.edges_s[:-1] + layout.edges_s[1:]) / 2
    at = np.unique(np.concatenate((layout.edges_s, middle)))
    load = np.zeros(len(at))
    in_hand = 0.0
    for day in range(layout.n_days):  # a day at a time: the work is in bins × instants
        bins = np.flatnonzero(rates.day == day)
        edges = rates.edges_s[np.append(bins, bins[-1] + 1)]
        today = np.flatnonzero((at >= edges[0]) & (at <= edges[-1]))
        load[today] = theory.modified_offered_load(
            rates.per_s[bins], edges=edges, handle_time=aht, at=at[today], initial=in_hand
        )
        in_hand = float(load[today[-1]])
    return (load[:-2:2] + 4 * load[1:-1:2] + load[2::2]) / 6, offered  # Simpson's rule


@dataclass(frozen=True)
class _Terms:
    """What a queue has besides its load and its agents [s]."""

    aht: float
    patience: float
    places: int | None
    within: float
    short: float


def _shares(load: Loads, agents: Loads, terms: _Terms) -> Loads:
    """Return what becomes of a contact in each interval, shape (quantities, intervals).

    Between whole numbers of agents, and between the loads that are solved, linear.
    """
    node = np.log(np.maximum(load, 1e-3)) / _STEP
    low, few = np.floor(node), np.floor(agents)
    up, more = node - low, agents - few
    corners = [
        (low + i, few + j, (up if i else 1 - up) * (more if j else 1 - more))
        for i in (0, 1)
        for j in (0, 1)
    ]
    wanted = {
        (int(n), int(a))
        for nodes, people, weight in corners
        for n, a, w in zip(nodes, people, weight, strict=True)
        if w > 0
    }
    if len(wanted) > _MOST_QUEUES:
        raise _DoesNotApplyError(
            f"it would be {len(wanted):,} different queues: too many for a summary"
        )
    solved = {key: _solve(*key, terms) for key in wanted}
    shares = np.zeros((len(_QUANTITIES), len(load)))
    for nodes, people, weight in corners:
        for k, (n, a, w) in enumerate(zip(nodes, people, weight, strict=True)):
            if w > 0:
                shares[:, k] += w * solved[int(n), int(a)]
    return shares


@lru_cache(maxsize=4 * _MOST_QUEUES)
def _solve(node: int, agents: int, terms: _Terms) -> Loads:
    load = exp(node * _STEP)
    if terms.patience == inf and terms.places is None:
        load = min(load, 0.995 * agents)
    queue = theory.erlang_a(
        load, agents=agents, aht=terms.aht, patience=terms.patience, places=terms.places
    )
    gives_up = terms.patience < inf
    return np.array(
        [
            queue.p_answered,
            queue.p_abandon,
            queue.p_block,
            queue.answered_within(terms.within),
            queue.abandoned_within(terms.within) if gives_up else 0.0,
            queue.abandoned_within(terms.short) if gives_up else 0.0,
            queue.p_answered * queue.asa,
        ]
    )


def _intervals(which: NDArray[np.bool_]) -> str:
    many = int(which.sum())
    return f"{many:,} interval{'' if many == 1 else 's'}"


__all__ = ["MEASURES_OF_THEORY", "BesideTheory", "beside_theory"]
