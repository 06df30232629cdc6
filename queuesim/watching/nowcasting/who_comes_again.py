"""Who comes again of those between two attempts, or at self-service: in which future, when, and in
which way, given that they have not until now. See `ways_back` for the rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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


class ComingAgain(NamedTuple):
    """Those who come again, in no order; whether before the end of the day is not asked.

    Attributes
    ----------
    future, customer : numpy.ndarray, int64, shape (n,)
        In which future, and which of the customers of the state.
    at_s : numpy.ndarray, float64, shape (n,)
        When [s]; not on the grid.
    way : numpy.ndarray, int64, shape (n,)
        Place in `ways`.
    ways : tuple of Way
    """

    future: Ints
    customer: Ints
    at_s: Floats
    way: Ints
    ways: tuple[Way, ...]


def who_comes_again(
    state: Standing, talk_ended_s: Floats, *, futures: int, seed: int
) -> ComingAgain:
    """Draw who comes again in each future.

    Parameters
    ----------
    state : Standing
    talk_ended_s : numpy.ndarray, float64, shape (futures, busy contacts)
        When the talk of each contact that is being wrapped up has ended [s]; NaN of others.
    futures, seed : int
        Future k is the same however many there are.

    Returns
    -------
    ComingAgain
        Customers are numbered: whose contact has ended, the busy ones, those at self-service.
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
    ways = tuple(way for batch in batches for way in batch.ways)
    return ComingAgain(future, customer, at_s, way, ways)


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
