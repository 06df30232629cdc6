"""Customers between two attempts, or at self-service, in many futures: who comes again, when and as
what, given that they have not until now. See `ways_back` for the rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from queuesim.engines.present import Place, nothing_yet
from queuesim.model import ContactType, Scenario
from queuesim.model.distributions import Distribution as Law
from queuesim.sampling.tape import dialling_of
from queuesim.units import snap, snap_up
from queuesim.watching.nowcasting.chance import chance_of, chances
from queuesim.watching.nowcasting.residual import lasting
from queuesim.watching.nowcasting.ways_back import (
    HANDLED,
    Ended,
    Way,
    left_of,
    ways_back,
    ways_on,
)
from queuesim.watching.state import Standing

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_AT_A_TIME = 1 << 21
"""Chances drawn at one go."""
_MOST = 1.0 - 2.0**-53
_BROUGHT = ("talk", "wrap_up", "patience", "accepts", "delay", "allotted", "tolerates", "from")


class Batch(NamedTuple):
    """Customers with the same ways to come again.

    Attributes
    ----------
    customers : numpy.ndarray, int64, shape (k,)
        Their numbers among all who may come again.
    ways : tuple of Way
    left : numpy.ndarray, float64, shape (ways, 1 or futures, k)
        How likely each way is, given that they have not come again until now.
    ended_s, age_s : numpy.ndarray, float64, shape (1 or futures, k)
        From when the delay runs, and how much of it has gone by [s].
    """

    customers: Ints
    ways: tuple[Way, ...]
    left: Floats
    ended_s: Floats
    age_s: Floats


@dataclass(frozen=True, eq=False)
class Between:
    """Further attempts that customers make later today; a row each, future by future.

    Attributes
    ----------
    first : numpy.ndarray, int64, shape (futures + 1,)
        Rows [first[k], first[k + 1]) are those of future k.
    customer : numpy.ndarray, int64, shape (n,)
        Which of the customers of the state it is.
    kind : numpy.ndarray, int32, shape (n,)
    standing : numpy.ndarray, STANDING, shape (n,)
        When and why they come.
    talk_s, wrap_up_s, patience_s, delay_s, tolerates_s, accepts_from_s : numpy.ndarray, shape (n,)
        [s]
    accepts : numpy.ndarray, bool, shape (n,)
    answers : numpy.ndarray, bool, shape (n, dials)
    allotted : numpy.ndarray, int32, shape (n,)
    """

    first: Ints
    customer: Ints
    kind: NDArray[np.int32]
    standing: NDArray[np.void]
    talk_s: Floats
    wrap_up_s: Floats
    patience_s: Floats
    delay_s: Floats
    tolerates_s: Floats
    accepts_from_s: Floats
    accepts: NDArray[np.bool_]
    answers: NDArray[np.bool_]
    allotted: NDArray[np.int32]


def between(
    state: Standing,
    talk_ended_s: Floats,
    *,
    futures: int,
    seed: int,
    until_s: float,
    dials: int,
) -> Between:
    """Draw who comes again, and when, in each future.

    Parameters
    ----------
    state : Standing
    talk_ended_s : numpy.ndarray, float64, shape (futures, busy contacts)
        When the talk of each contact that is being wrapped up has ended [s]; NaN of others.
    futures, seed : int
        Future k is the same however many there are.
    until_s : float
        Who comes then or later is left out [s].
    dials : int
        Columns of `Tape.answers`.

    Returns
    -------
    Between
    """
    rows = 0 if state.ended is None else len(state.ended["kind"])
    batches = [
        *_ended(state),
        *_wrapped_up(state, talk_ended_s, rows),
        *_at_self_service(state, futures, seed, rows + talk_ended_s.shape[1]),
    ]
    before = np.cumsum([0, *(len(batch.ways) for batch in batches)]).tolist()
    found = [
        some
        for batch, way in zip(batches, before, strict=False)
        for some in _coming(batch, futures, seed, way)
    ]
    future, customer, at_s, way = (
        np.concatenate(column) if found else np.zeros(0, dtype=dtype)
        for column, dtype in zip(
            zip(*found, strict=True) if found else [()] * 4,
            (np.int64, np.int64, np.float64, np.int64),
            strict=True,
        )
    )
    ways = [way for batch in batches for way in batch.ways]
    at_s = np.maximum(snap_up(at_s), state.now_s)
    order = np.flatnonzero(at_s < until_s)
    order = order[np.lexsort((customer[order], future[order]))]
    future, customer, at_s, way = future[order], customer[order], at_s[order], way[order]
    told = np.array(
        [(each.to, each.cause, each.times_back, each.turns) for each in ways], dtype=np.int64
    ).reshape(-1, 4)[way]
    factor = np.array([each.patience_factor for each in ways])[way]
    standing = nothing_yet(len(order))
    standing["place"], standing["returns_s"] = Place.COMES_AGAIN, at_s
    kind = told[:, 0].astype(np.int32)
    for column, name in enumerate(("cause", "times_back", "turns"), start=1):
        standing[name] = told[:, column]
    return Between(
        first=np.searchsorted(future, np.arange(futures + 1)).astype(np.int64),
        customer=customer,
        kind=kind,
        standing=standing,
        **_brought(state.scenario, kind, factor, seed, dials),
    )


# Who may come again ------------------------------------------------------------------------


def _ended(state: Standing) -> Iterator[Batch]:
    """Yield those whose contact has ended, by what is known of it."""
    given = state.ended
    if given is None or not len(given["kind"]):
        return
    names = ("kind", "outcome", "group", "in_hours", "times_back", "turns")
    known = np.array([given[name] for name in names], dtype=np.int64).T
    alike, which = np.unique(known, axis=0, return_inverse=True)
    for k, each in enumerate(alike):
        kind, outcome, group, in_hours, times_back, turns = each.tolist()
        ended = Ended(kind, outcome, group, bool(in_hours), times_back, turns)
        ways = ways_back(state.scenario, ended)
        rows = np.flatnonzero(which.ravel() == k)
        ended_s = given["ended_s"][None, rows]
        age_s = state.now_s - ended_s
        left = left_of(ways, age_s)
        if left.any():
            yield Batch(rows, ways, left, ended_s, age_s)


def _wrapped_up(state: Standing, talk_ended_s: Floats, first: int) -> Iterator[Batch]:
    """Yield those whose talk has ended while the agent is busy with it still.

    Whoever was handed on waits somewhere already, and is among the contacts of the state.
    """
    busy = state.busy
    wraps_up = ~np.isnan(talk_ended_s)
    for row in np.flatnonzero(wraps_up.any(axis=0) & ~busy["came_again"]):
        ways = ways_back(
            state.scenario,
            Ended(
                int(busy["kind"][row]),
                HANDLED,
                int(busy["group"][row]),
                True,
                int(busy["times_back"][row]),
                int(busy["turns"][row]),
                handed_on=True,
            ),
        )
        ended_s = np.where(wraps_up[:, row], talk_ended_s[:, row], state.now_s)[:, None]
        age_s = state.now_s - ended_s
        left = left_of(ways, age_s) * wraps_up[:, row, None]
        if left.any():
            yield Batch(np.array([first + row]), ways, left, ended_s, age_s)


def _at_self_service(state: Standing, futures: int, seed: int, first: int) -> Iterator[Batch]:
    """Yield those who are at self-service, which they end as they would have."""
    given, scenario = state.self_service, state.scenario
    if given is None or not len(given["kind"]):
        return
    began_s = state.now_s - given["elapsed_s"]
    contained = np.ones(len(began_s))
    for k, each in enumerate(scenario.contact_types):
        if each.front_door is not None:
            from_s, share = each.front_door.contained(scenario.horizon)
            mine = given["kind"] == k
            at = np.searchsorted(from_s, began_s[mine], side="right") - 1
            contained[mine] = share[at]
    alike, which = np.unique(
        np.column_stack([given["kind"], given["times_back"], contained]),
        axis=0,
        return_inverse=True,
    )
    chance = chance_of("at self-service", seed, futures, len(began_s))
    for k, (kind, times_back, share) in enumerate(alike.tolist()):
        ways = ways_on(scenario, int(kind), share, int(times_back))
        rows = np.flatnonzero(which.ravel() == k)
        talk = scenario.contact_types[int(kind)].talk
        ended_s = began_s[rows] + lasting(talk, given["elapsed_s"][rows], chance[:, rows])
        if ways:
            shares = np.array([way.share for way in ways])
            left = np.broadcast_to(shares[:, None, None], (len(ways), 1, len(rows)))
            yield Batch(first + rows, ways, left, ended_s, np.zeros((1, len(rows))))


# Who does ----------------------------------------------------------------------------------


def _coming(
    batch: Batch, futures: int, seed: int, way: int
) -> Iterator[tuple[Ints, Ints, Floats, Ints]]:
    """Yield who of a batch comes: in which future, which customer, when [s], and in which way.

    One chance decides both whether a customer comes, and when.
    """
    k = len(batch.customers)
    bounds = np.concatenate([np.zeros((1, *batch.left.shape[1:])), np.cumsum(batch.left, axis=0)])
    chance = chances(f"coming again {batch.customers[0]}", seed)
    some = max(1, _AT_A_TIME // k)
    for first in range(0, futures, some):
        u = chance.random((min(some, futures - first), k))
        for at, each in enumerate(batch.ways):
            low, high = (_of(bounds[edge], first, len(u)) for edge in (at, at + 1))
            future, column = np.nonzero((u >= low) & (u < high))
            pairs = [
                np.broadcast_to(_of(some_s, first, len(u)), u.shape)[future, column]
                for some_s in (low, high, batch.ended_s, batch.age_s)
            ]
            least, most, ended_s, age_s = pairs
            inside = np.clip((u[future, column] - least) / (most - least), 0.0, _MOST)
            at_s = ended_s
            if each.delay is not None:
                at_s = ended_s + lasting(each.delay, age_s, inside)
            yield future + first, batch.customers[column], at_s, np.full(len(future), way + at)


def _of(values: Floats, first: int, futures: int) -> Floats:
    """Return the rows of some futures; one row stands for all."""
    return values if len(values) == 1 else values[first : first + futures]


# What they bring ---------------------------------------------------------------------------


def _brought(
    scenario: Scenario, kind: NDArray[np.int32], factor: Floats, seed: int, dials: int
) -> dict[str, NDArray[Any]]:
    """Draw what further attempts bring, as any contact of their type does."""
    n = len(kind)
    chance = chance_of("brought again", seed, n, len(_BROUGHT) + dials)
    u = dict(zip(_BROUGHT, chance.T, strict=False))
    times = {name: np.zeros(n) for name in ("talk_s", "wrap_up_s", "delay_s", "accepts_from_s")}
    times |= {name: np.full(n, np.inf) for name in ("patience_s", "tolerates_s")}
    accepts, allotted = np.zeros(n, dtype=bool), np.full(n, -1, dtype=np.int32)
    answers = np.zeros((n, dials), dtype=bool)

    def draw(name: str, law: Law | None, mine: NDArray[np.intp], which: str) -> None:
        if law is not None:
            times[name][mine] = law.quantile(u[which][mine])

    for k, each in enumerate(scenario.contact_types):
        mine = np.flatnonzero(kind == k)
        if not len(mine):
            continue
        draw("talk_s", each.talk, mine, "talk")
        draw("wrap_up_s", each.wrap_up, mine, "wrap_up")
        draw("patience_s", each.patience, mine, "patience")
        if each.announcement is not None:
            draw("tolerates_s", each.announcement.balk, mine, "tolerates")
        offer = each.callback
        if offer is not None:
            accepts[mine] = u["accepts"][mine] < offer.accept
            if offer.kind in ("later", "slot"):
                draw("delay_s", offer.delay, mine, "delay")
            draw("accepts_from_s", offer.accept_from, mine, "from")
        if (dialling := dialling_of(each)) is not None:
            answers[mine] = chance[mine, len(_BROUGHT) :] < dialling.answered
        if each.allocation:
            allotted[mine] = allotted_to(scenario, each, u["allotted"][mine])
    times["patience_s"] *= factor
    columns = {name: snap(column) for name, column in times.items()}
    return columns | {"accepts": accepts, "answers": answers, "allotted": allotted}


def allotted_to(scenario: Scenario, each: ContactType, u: Floats) -> NDArray[np.int64]:
    """Return the groups that contacts of a type are allotted to, by chance."""
    names = [group.name for group in scenario.agent_groups]
    meant = [g for g, name in enumerate(names) if each.allocation.get(name)]
    edges = np.cumsum([each.allocation[names[g]] for g in meant])
    return np.array(meant)[np.searchsorted(edges / edges[-1], u, side="right")]
