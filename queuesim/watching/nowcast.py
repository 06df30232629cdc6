"""`nowcast`: the rest of today, from how things stand now; and what helps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from queuesim.model import Scenario
from queuesim.model.attempts import asks_chance, come_back
from queuesim.results.measures import measure_named
from queuesim.watching.asked_types import asked_types, live_types, served_types
from queuesim.watching.nowcasting.actions import Action, planned
from queuesim.watching.nowcasting.futures import Futures, play_futures
from queuesim.watching.nowcasting.helping import Effect, Helping, Pair, in_order
from queuesim.watching.nowcasting.oddities_now import oddities_now
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
    contact_type: str | Sequence[str] | None = None,
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
    contact_type : str or sequence of str, optional
        By whose day actions are ranked; None: all live contact types, that is all but messages (and
        these where there is nothing else). What an action does to each type by itself is in
        `Nowcast.effects_by_type`.

    Returns
    -------
    Nowcast

    Raises
    ------
    ScenarioError
        Where the state contradicts the scenario, with every row; for contact types that it does not
        have.

    Notes
    -----
    The cost of an action is what it adds to the rest of the day at the contracts' rates, see
    `watching.nowcasting.cost_at_rates`: monthly minimums, fees, volume prices and bonuses aside.
    """
    if isinstance(futures, bool) or not isinstance(futures, int) or futures < 2:
        raise ValueError(f"futures={futures!r}: must be a whole number, 2 or more")
    ranked = _ranked(scenario, contact_type)
    read = state.check(scenario)
    ends_s = float(scenario.horizon.day_edges_s[read.day + 1])
    plans = {
        name: planned(scenario, action, read.now_s, ends_s, read.staffed)
        for name, action in (actions or {}).items()
    }
    common = {"futures": futures, "seed": seed, "with_cost": bool(plans)}
    base = play_futures(read, **common)  # type: ignore[arg-type]
    told = Nowcast(scenario, read, seed, base)
    found = []
    for name, plan in plans.items():
        other = play_futures(read, plan.scenario, called=plan.called, **common)  # type: ignore[arg-type]
        cost = other.cost - base.cost + plan.price
        found.append(_helping(told, name, ranked, other, cost))
    return Nowcast(scenario, read, seed, base, in_order(found), _notes(told), ranked)


def _ranked(scenario: Scenario, contact_type: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the contact types by whose day actions are ranked."""
    if contact_type is None:
        chosen = live_types(scenario) or served_types(scenario)
    else:
        chosen = asked_types(scenario, contact_type, "nowcast")
    return tuple(scenario.contact_types[k].name for k in chosen)


def _helping(
    told: Nowcast, name: str, ranked: tuple[str, ...], other: Futures, cost: Floats
) -> Helping:
    """Compare the futures with an action to those without, for some types and each by itself."""
    types = told.scenario.contact_types
    one_by_one = [types[k].name for k in served_types(told.scenario)]
    effects = [
        Effect.of(
            met=(told.met(whose), told.met(whose, futures=other)),
            level=_pair(_level, told, whose, other),
            wait=_pair(_wait, told, whose, other),
        )
        for whose in (ranked, *((each,) for each in one_by_one))
    ]
    return Helping.named(name, effects[0], dict(zip(one_by_one, effects[1:], strict=True)), cost)


def _pair(
    of: Callable[[Nowcast, tuple[str, ...], Futures], Floats],
    told: Nowcast,
    whose: tuple[str, ...],
    other: Futures,
) -> Pair:
    return of(told, whose, told.futures), of(told, whose, other)


def _level(told: Nowcast, whose: tuple[str, ...], futures: Futures) -> Floats:
    if not any(told.scenario.contact_type(name).target for name in whose):
        return np.full(len(futures), np.nan)
    return told.values("service_level", contact_type=whose, futures=futures)


def _wait(told: Nowcast, whose: tuple[str, ...], futures: Futures) -> Floats:
    return told.values("wait", contact_type=whose, futures=futures, whole_day=False)


def _notes(told: Nowcast) -> tuple[str, ...]:
    state, notes = told.state, []
    if not state.observed.any():
        notes.append("nothing is known of the contacts so far: measures are of the rest of the day")
    notes += oddities_now(state, told.futures.today)
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
