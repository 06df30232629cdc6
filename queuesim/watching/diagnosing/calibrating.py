"""How far each input is off, read from simulations: what the observed numbers mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from queuesim.model import Channel, Scenario
from queuesim.model.load import staffed as staffed_by_plan
from queuesim.results.window_sums import ABANDONED, HANDLE_S, HANDLED, OFFERED, WAIT_S
from queuesim.watching.diagnosing.counterfactual import Pool, Switched
from queuesim.watching.diagnosing.odds import any_of, divided, least, two_sided, up_and_down, upper

if TYPE_CHECKING:
    from queuesim.watching.diagnosing.case import Case

Values = NDArray[np.float64]

_ROUNDS = 4
"""Of finding how many first attempts there were, where customers come again."""
_HALVINGS = 8
_PATIENCE = 8.0
"""Patience is looked for from an eighth to eight times that of the plan."""
_FEW = 10
"""Abandoned contacts from which patience can be told."""
_SURE = 1e-9
_NOBODY = 0.02
"""So few agents more or fewer are none."""


def calibrate(
    case: Case,
    pools: Sequence[list[Pool]],
    window: NDArray[np.bool_],
    groups: int,
    routed: bool,
    ordinary: float,
) -> None:
    """Fill the inputs: what the observed numbers mean, seen through the simulated centre."""
    centre, seen = case.centre, case.seen
    scenario, inputs = case.scenario, case.inputs
    types = range(len(scenario.contact_types))
    nothing = Switched(customers=(0.0,) * len(types))
    planned = [centre.play(pool, nothing, inputs) for pool in pools]
    sums = np.mean([play.sums() for play in planned], axis=0)

    # people: planned on duty, and by how many more or fewer there were than the plan brings about
    has_people = [g for g in range(groups) if (~np.isnan(inputs.staffed[g])).any()]
    if has_people:
        people = [play.staffed() for play in planned]
        expected, on_duty = np.mean(people, axis=0), staffed_by_plan(scenario)
        off = np.nan_to_num(inputs.staffed - expected)
        there = np.where(on_duty > 0, np.maximum(on_duty + off, 0.0), 0.0)
        case.inputs = inputs = replace(inputs, staffed=there)
        as_planned = np.abs(there - on_duty).max(axis=1) < _NOBODY
        use = window & ~np.isnan(seen.staffed[has_people])
        of_plays = np.array([np.where(use, play[has_people], 0.0).sum(axis=1) for play in people])
        observed = np.where(use, seen.staffed[has_people], 0.0).sum(axis=1)
        case.people["unusual"] = any_of(observed, of_plays)
        for g in has_people:
            case.people[scenario.agent_groups[g].name] = float(np.abs(off[g, window]).sum())
        case.as_planned = ["people"] if as_planned[has_people].all() else []
        has_people = [g for g in has_people if not as_planned[g]]

    has_customers = [k for k in types if (~np.isnan(inputs.customers[k])).any()]
    has_handling = [k for k in types if (~np.isnan(inputs.handle_s[k])).any()]
    everything = Switched(
        customers=tuple(float(k in has_customers) for k in types),
        people=frozenset(has_people),
        routing=routed,
    )
    # customers: the offered less those who came again, or from self-service
    if centre.layout.comes_again:
        plays_of_plan = planned
        for _ in range(_ROUNDS):
            again = np.mean([play.returns() for play in plays_of_plan], axis=0)
            fresh = np.maximum(np.rint(np.nan_to_num(seen.offered) - again), 0.0)
            fresh = np.where(np.isnan(inputs.customers), np.nan, fresh)
            case.inputs = inputs = replace(inputs, customers=fresh)
            plays_of_plan = [centre.play(pool, everything, inputs) for pool in pools]
    # handling: what groups' factors and shared agents make of the work that customers bring
    if has_handling:
        plays = [centre.play(pool, everything, inputs) for pool in pools]
        shown = np.sum([play.sums()[HANDLE_S] for play in plays], axis=0)
        brought = np.sum([play.brought_s() for play in plays], axis=0)
        made_of_it = np.where(brought > 0, shown / np.maximum(brought, _SURE), 1.0)
        made_of_it = np.where(made_of_it > 0, made_of_it, 1.0)
        handled = np.sum([play.sums()[HANDLED] for play in plays], axis=0)
        weight = np.where(np.isnan(seen.mean_handle_s), 0.0, np.nan_to_num(seen.answered, nan=1.0))
        weight = weight * window
        work = np.nansum(seen.mean_handle_s * weight, axis=1)
        observed = divided(work, weight.sum(axis=1))
        ratio = np.where(observed > 0, observed / np.maximum(shown / np.maximum(handled, 1), _SURE),
                         1.0)  # fmt: skip
        ratio = np.where((handled > 0) & np.isfinite(ratio), ratio, 1.0)
        case.inputs = inputs = replace(
            inputs, handle_s=inputs.handle_s / made_of_it[:, None], handle_ratio=ratio
        )
    everything = replace(everything, handling=frozenset(has_handling))
    of_plan = np.array([play.sums() for play in planned])
    has_patience = _calibrate_patience(case, pools, of_plan, everything, ordinary)

    offered = np.where(window, np.nan_to_num(seen.offered), 0.0).sum(axis=1)
    case.changed = offered - sums[OFFERED]
    # a mix that is no other than on ordinary days would only take from the rise of one type
    came = np.array([play.sums()[OFFERED] for play in planned])[:, has_customers]
    moved = np.array([min(up_and_down(each - came.mean(axis=0))) for each in came])
    change = case.changed[has_customers]
    mix = min(up_and_down(change)) > 0 and upper(min(up_and_down(change)), moved) <= ordinary
    if mix:
        case.by_more = _more_and_mix(change, has_customers, len(types))
    members = {
        "contacts": has_customers,
        "handling": has_handling,
        "people": has_people,
        "patience": has_patience,
    }
    case.unions = {
        cause: [(cause, (k,)) for k in members[cause]] for cause in members if members[cause]
    }
    if mix:
        case.unions["mix"] = [("mix", ())]
    if routed:
        case.unions["routing"] = [("routing", ())]


def _more_and_mix(change: Values, kinds: Sequence[int], types: int) -> Values:
    """Return how much of the change of each type is more (or fewer) contacts; the rest is mix.

    Where some types rise and others fall, what the ones gain from the others is mix at equal
    volume: the smaller side wholly, of the larger the same number of contacts, in proportion.
    """
    more = np.ones(types)
    up, down = up_and_down(change)
    if min(up, down) > 0:
        large = (change > 0) == (up >= down)
        more[list(kinds)] = np.where(large, 1.0 - min(up, down) / max(up, down), 0.0)
    return more


def how_unusual_patience(
    scenario: Scenario, left: Values, wait_s: Values, planned: NDArray[np.float64]
) -> float:
    """Return how probable it is under the plan that so many abandon for so long waits.

    Live contacts and messages apart: beside waits of hours nobody would see callers leave.

    Parameters
    ----------
    scenario : Scenario
    left, wait_s : numpy.ndarray, float64, shape (types,)
        Who abandoned, and the total wait of the answered [s].
    planned : numpy.ndarray, float64, shape (n, 6, types)
        Sums of plays of the plan.
    """
    chances = []
    for messages in (False, True):
        mine = [
            k
            for k, each in enumerate(scenario.contact_types)
            if each.patience is not None and (each.channel is Channel.MESSAGE) is messages
        ]
        if wait_s[mine].sum() > 0:
            of_plays = planned[:, :, mine].sum(axis=2)
            usual = divided(of_plays[:, ABANDONED], of_plays[:, WAIT_S])
            chances.append(two_sided(left[mine].sum() / wait_s[mine].sum(), usual))
    return least(chances)


def _calibrate_patience(
    case: Case,
    pools: Sequence[list[Pool]],
    planned: NDArray[np.float64],
    everything: Switched,
    ordinary: float,
) -> list[int]:
    """Find by how much patience differs: so that as many abandon, for the waits there are.

    Abandoned ÷ total wait of the answered hardly depends on how long the queue is (for exponential
    patience and all waits it is 1 ÷ mean patience whatever the load [1]_), so that a queue that
    chance made long does not look like impatience. Where it is no further off than on ordinary days
    patience is as planned: fitted to the day, it would take from chance what is chance.

    .. [1] A. Mandelbaum and S. Zeltyn (2007), Service engineering in action, eq. 11.
    """
    seen, centre, inputs = case.seen, case.centre, case.inputs
    types = range(len(case.scenario.contact_types))
    masks = centre.masks
    use = masks[ABANDONED] & masks[WAIT_S]
    left = np.where(use, np.nan_to_num(seen.abandoned), 0.0).sum(axis=1)
    wait_s = np.where(use, np.nan_to_num(seen.mean_wait_s * seen.answered), 0.0).sum(axis=1)
    found = [
        k
        for k, each in enumerate(case.scenario.contact_types)
        if each.patience is not None and left[k] >= _FEW and wait_s[k] > 0
    ]
    if not found:
        return []
    if how_unusual_patience(case.scenario, left, wait_s, planned) > ordinary:
        return []
    wanted = left / np.maximum(wait_s, _SURE)
    low = np.full(len(types), -np.log(_PATIENCE))
    high = -low
    switched = replace(everything, patience=frozenset(found))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        tried = replace(inputs, patience_ratio=np.exp(middle))
        sums = np.sum([centre.play(pool, switched, tried).sums() for pool in pools], axis=0)
        too_many = sums[ABANDONED] > wanted * sums[WAIT_S]  # abandon: they are more patient
        low, high = np.where(too_many, middle, low), np.where(too_many, high, middle)
    case.inputs = replace(inputs, patience_ratio=np.exp((low + high) / 2))
    return found
