"""`nowcast`: the rest of today, from how things stand now; and what helps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from queuesim.model import Scenario
from queuesim.model.attempts import asks_chance, come_back
from queuesim.results.measures import measure_named
from queuesim.watching.nowcasting.actions import Action, planned
from queuesim.watching.nowcasting.futures import Futures, play_futures
from queuesim.watching.nowcasting.helping import Helping
from queuesim.watching.nowcasting.rest_of_day import MEASURES, Nowcast
from queuesim.watching.nowcasting.unknown_so_far import (
    at_most_within,
    so_far_of,
    unknown_in_words,
)
from queuesim.watching.nowcasting.ways_back import reached
from queuesim.watching.state import Standing, State

__all__ = ["Nowcast", "nowcast"]

Floats = NDArray[np.float64]


def nowcast(
    scenario: Scenario,
    state: State,
    *,
    futures: int = 1000,
    seed: int = 0,
    actions: Mapping[str, Action | tuple[Action, ...]] | None = None,
) -> Nowcast:
    """Play the rest of today many times, from how things stand now.

    Contacts that wait go on waiting with the patience of those who have waited as long; open
    contacts have left what such contacts have left; who comes follows the plan, as busy as the
    contacts so far let expect where the scenario's demand has `busyness`; who is on duty follows
    the plan and the state. Customers who are between two attempts (`State.ended`) come again as the
    scenario says of those who have not until now; who is at self-service goes on from there.

    Parameters
    ----------
    scenario : Scenario
        Today lies in its horizon. The shorter that is, the quicker.
    state : State
    futures : int, default 1000
    seed : int, default 0
        The same seed gives the same futures; future k is the same however many there are.
    actions : mapping of str to action or tuple of actions, optional
        What could be done now, each (or several together) under a name: `CallIn`, `OpenOverflow`,
        `OfferCallbacks`, `StopWork`, `Change`. Played on the same futures.

    Returns
    -------
    Nowcast

    Raises
    ------
    ScenarioError
        Where the state contradicts the scenario, with every row.
    """
    if isinstance(futures, bool) or not isinstance(futures, int) or futures < 2:
        raise ValueError(f"futures={futures!r}: must be a whole number, 2 or more")
    read = state.check(scenario)
    ends_s = float(scenario.horizon.day_edges_s[read.day + 1])
    plans = {
        name: planned(scenario, action, read.now_s, ends_s)
        for name, action in (actions or {}).items()
    }
    common = {"futures": futures, "seed": seed, "with_cost": bool(plans)}
    base = play_futures(read, **common)  # type: ignore[arg-type]
    told = Nowcast(scenario, read, seed, base)
    found = []
    for name, plan in plans.items():
        other = play_futures(read, plan.scenario, called=plan.called, **common)  # type: ignore[arg-type]
        found.append(
            Helping.of(
                name,
                met=(told.met(), told.met(futures=other)),
                level=tuple(_level(told, each) for each in (base, other)),
                wait=tuple(
                    told.values("wait", futures=each, whole_day=False) for each in (base, other)
                ),
                cost=other.cost - base.cost + plan.price,
            )
        )
    found.sort(key=Helping.order)
    return Nowcast(scenario, read, seed, base, tuple(found), _notes(told))


def _level(told: Nowcast, futures: Futures) -> Floats:
    if not any(each.target for each in told.scenario.contact_types):
        return np.full(len(futures), np.nan)
    return told.values("service_level", futures=futures)


def _notes(told: Nowcast) -> tuple[str, ...]:
    state, notes = told.state, []
    if not state.observed.any():
        notes.append("nothing is known of the contacts so far: measures are of the rest of the day")
    notes += [*_of_those_away(state)]
    notes += unknown_in_words(state, [measure_named(name) for name in MEASURES])
    notes += [*_of_those_who_left_soon(told)]
    for k, each in enumerate(state.scenario.contact_types):
        not_due = float(np.median(told.futures.contacts["not_due"][:, k].sum(axis=1)))
        if not_due >= 1:
            notes.append(
                f"{each.name}: {not_due:,.0f} (median) wait at the end of the day and are not due "
                "by then; they are no part of its service level"
            )
    for k, each in enumerate(state.scenario.contact_types):
        seen = state.observed[k]
        if not seen.any() and state.observed.any():
            notes.append(f"{each.name}: nothing is known of the contacts so far")
    return tuple(notes)


def _of_those_who_left_soon(told: Nowcast) -> Iterator[str]:
    """Yield how much higher service levels may be where those who abandoned soon are not told."""
    for k, each in enumerate(told.scenario.contact_types):
        more = at_most_within(told.state, k)
        if not each.target or not more or told.lacking(contact_type=each.name):
            continue
        level, offered = (
            told.values(measure, contact_type=each.name) for measure in ("service_level", "offered")
        )
        within = so_far_of(told.state, "abandoned_within", [k]).sum()
        later = told.futures.contacts
        counted = offered - within - later["abandoned_within"][:, k].sum(axis=1)
        counted = counted - later["not_due"][:, k].sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            higher = 100 * float(np.nanmedian(level * more / (counted - more)))
        yield (
            f"{each.name}: so_far has no abandoned_within, taken as 0: the service level is up to "
            f"{higher:.1f} points higher"
        )


def _of_those_away(state: Standing) -> Iterator[str]:
    """Yield what is not known of customers who are with nobody."""
    types, groups = state.scenario.contact_types, state.scenario.agent_groups
    comes_again = any(come_back(each) for each in types)
    if comes_again and state.ended is None:
        yield (
            "who has left and may come again is not known (ended): those between two attempts are "
            "taken as none"
        )
    if state.self_service is None and any(each.front_door is not None for each in types):
        yield "who is at self-service is not known (self_service): they are drawn as planned"
    unknown = np.isnan(state.so_far["first_attempts"]) & state.observed
    if any(asks_chance(types, groups)) and unknown[reached(state.scenario)].any():
        yield (
            "how many of those offered came of themselves is not known (first_attempts): how busy "
            "it is rests on all of them"
        )
