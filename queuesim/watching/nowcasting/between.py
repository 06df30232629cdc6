"""Customers between two attempts, or at self-service, in many futures: their further attempts later
today, and what these bring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from queuesim.engines.present import Place, nothing_yet
from queuesim.model import ContactType, Scenario
from queuesim.model.distributions import Distribution as Law
from queuesim.sampling.tape import dialling_of
from queuesim.units import snap, snap_up
from queuesim.watching.nowcasting.chance import chance_of
from queuesim.watching.nowcasting.who_comes_again import who_comes_again
from queuesim.watching.state import Standing

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_BROUGHT = ("talk", "wrap_up", "patience", "accepts", "delay", "allotted", "tolerates", "from")


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
    future, customer, at_s, way, ways = who_comes_again(
        state, talk_ended_s, futures=futures, seed=seed
    )
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
