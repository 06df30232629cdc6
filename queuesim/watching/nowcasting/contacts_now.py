"""The contacts of the state, in many futures: how long they talk, and how patient they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from queuesim.engines.present import TALK, WRAP_UP, Place, nothing_yet
from queuesim.model import Channel, ContactType
from queuesim.model.attempts import returns_of
from queuesim.sampling.tape import dialling_of
from queuesim.units import snap, snap_up
from queuesim.watching.nowcasting.between import allotted_to
from queuesim.watching.nowcasting.chance import chance_of
from queuesim.watching.nowcasting.open_contacts import draw_what_is_left
from queuesim.watching.nowcasting.people_now import PeopleNow
from queuesim.watching.nowcasting.residual import lasting
from queuesim.watching.nowcasting.ways_back import left_of
from queuesim.watching.state import Standing

Floats = NDArray[np.float64]

_DRAWS = 6
_TALK, _WRAP_UP, _PATIENCE, _ACCEPTS, _DELAY, _ALLOTTED = range(_DRAWS)


@dataclass(frozen=True, eq=False)
class ContactsNow:
    """The contacts of the state: a row each, open ones first; and what they bring in each future.

    Attributes
    ----------
    kind : numpy.ndarray, int32, shape (m,)
    arrival_s : numpy.ndarray, float64, shape (m,)
        [s]
    standing : numpy.ndarray, STANDING, shape (m,)
        What is the same in all futures.
    open : slice
        Rows of the open contacts.
    counts : numpy.ndarray, bool, shape (m,)
        Whether what becomes of it is not known yet, as the day is counted: it waits, is owed a
        callback, or is a message whose answer is being written.
    talk_s, wrap_up_s, patience_s, left_s, delay_s : numpy.ndarray, float64, shape (futures, m)
        [s]
    phase : numpy.ndarray, int8, shape (futures, m)
    accepts : numpy.ndarray, bool, shape (futures, m)
    answers : numpy.ndarray, bool, shape (futures, m, dials)
    talk_ended_s : numpy.ndarray, float64, shape (futures, open contacts)
        When the talk of those that are being wrapped up has ended [s]; NaN of others.
    rings_in : numpy.ndarray, bool, shape (futures, m), or None
        Who of those whom the tape has ring in does so, of those who have not until now; None: all.
    rings_in_delay_s : numpy.ndarray, float64, shape (futures, m), or None
        How long after the callback was accepted, or asked for [s].
    allotted : numpy.ndarray, int32, shape (futures, m)
    """

    kind: NDArray[np.int32]
    arrival_s: Floats
    standing: NDArray[np.void]
    open: slice
    counts: NDArray[np.bool_]
    talk_s: Floats
    wrap_up_s: Floats
    patience_s: Floats
    left_s: Floats
    delay_s: Floats
    phase: NDArray[np.int8]
    accepts: NDArray[np.bool_]
    answers: NDArray[np.bool_]
    allotted: NDArray[np.int32]
    talk_ended_s: Floats
    rings_in: NDArray[np.bool_] | None
    rings_in_delay_s: Floats | None

    def __len__(self) -> int:
        return len(self.kind)


def contacts_now(
    state: Standing, people: Sequence[PeopleNow], *, seed: int, dials: int
) -> ContactsNow:
    """Draw what the contacts of a state bring in each future, given that they are there still.

    Parameters
    ----------
    state : Standing
    people : sequence of PeopleNow
        Of each future.
    seed : int
    dials : int
        Columns of `Tape.answers`.

    Returns
    -------
    ContactsNow
    """
    types, horizon = state.scenario.contact_types, state.scenario.horizon
    now_s, n = state.now_s, len(people)
    busy, waiting, owed = state.busy, state.waiting, state.callbacks
    b, w, c = len(busy["kind"]), len(waiting["kind"]), len(owed["kind"])
    m = b + w + c
    kind = np.concatenate([busy["kind"], waiting["kind"], owed["kind"]]).astype(np.int32)
    chance = chance_of("contacts", seed, n, m, _DRAWS)
    standing = nothing_yet(m)
    waits, owes = slice(b, b + w), slice(b + w, m)
    arrival_s = np.full(m, now_s)
    arrival_s[:b] = snap(np.maximum(now_s - busy["elapsed_s"] - busy["waited_s"], 0.0))
    arrival_s[waits] = snap(now_s - waiting["waited_s"])
    arrival_s[owes] = np.minimum(owed["due_s"], now_s)
    standing["queued_since_s"] = arrival_s
    standing["in_hours"] = [True] * b + [
        types[k].is_open(horizon, at) for k, at in zip(kind[b:], arrival_s[b:], strict=True)
    ]
    standing["place"][:b] = Place.IS_OPEN
    _owe(standing[owes], owed, types, now_s)
    for name in ("times_back", "turns"):
        standing[name] = np.concatenate([busy[name], waiting[name], owed[name]])
    standing["resolved"] = 1  # of those whose talk has ended; who comes again is drawn apart
    talk_ended_s = np.full((n, b), np.nan)
    drawn = {name: np.zeros((n, m)) for name in ("talk_s", "wrap_up_s", "left_s", "delay_s")}
    patience_s = np.full((n, m), np.inf)
    phase = np.full((n, m), TALK, dtype=np.int8)
    accepts = np.zeros((n, m), dtype=bool)
    allotted = np.full((n, m), -1, dtype=np.int32)
    allotted[:, waits] = waiting["allotted"]
    answers = chance_of("answers", seed, n, m, dials)
    answered = np.zeros((n, m, dials), dtype=bool)
    for k, each in enumerate(types):
        mine = np.flatnonzero(kind == k)
        if not len(mine):
            continue
        u = chance[:, mine]
        zero = np.zeros(len(mine))
        drawn["talk_s"][:, mine] = lasting(each.talk, zero, u[..., _TALK])
        if each.wrap_up:
            drawn["wrap_up_s"][:, mine] = lasting(each.wrap_up, zero, u[..., _WRAP_UP])
        if each.patience:
            rows = mine[(mine >= b) & (mine < b + w)]
            age_s = now_s - arrival_s[rows]
            patience = lasting(each.patience, age_s, chance[:, rows, _PATIENCE])
            patience_s[:, rows] = np.maximum(patience, age_s)
        if each.callback:
            accepts[:, mine] = u[..., _ACCEPTS] < each.callback.accept
            if each.callback.kind in ("later", "slot"):
                drawn["delay_s"][:, mine] = lasting(each.callback.delay, zero, u[..., _DELAY])
        if (dialling := dialling_of(each)) is not None:
            answered[:, mine] = answers[:, mine] < dialling.answered
        if each.allocation:
            _allot(state, each, allotted, mine, u[..., _ALLOTTED])
    accepts[:, owes] = True
    if b:
        agent_of = np.array([each.agent_of for each in people])[:, busy["person"]]
        factor = np.array([each.factor_of for each in people])[:, busy["person"]]
        standing["agent"][:b] = agent_of[0]
        standing["answered_s"][:b] = now_s
        of_work = chance[:, :b, _TALK : _WRAP_UP + 1]
        draw_what_is_left(state, standing, factor, of_work, phase, drawn, talk_ended_s)
    opening = busy["phase"] != WRAP_UP
    responds = np.array([types[k].channel is Channel.MESSAGE for k in busy["kind"]], dtype=bool)
    counts = np.ones(m, dtype=bool)
    counts[:b] = opening & responds
    return ContactsNow(
        kind=kind,
        arrival_s=arrival_s,
        standing=standing,
        open=slice(0, b),
        counts=counts,
        talk_s=snap(drawn["talk_s"]),
        wrap_up_s=snap(drawn["wrap_up_s"]),
        patience_s=snap_up(patience_s),  # nobody who is there has left before now
        left_s=snap(drawn["left_s"]),
        delay_s=snap(drawn["delay_s"]),
        phase=phase,
        accepts=accepts,
        answers=answered,
        allotted=allotted,
        talk_ended_s=talk_ended_s,
        **_ringing_in(types, kind, now_s - arrival_s, owes, seed, n),
    )


def _ringing_in(
    types: Sequence[ContactType],
    kind: NDArray[np.int32],
    age_s: Floats,
    owes: slice,
    seed: int,
    futures: int,
) -> dict[str, Any]:
    """Draw who rings in who is owed a callback: the share is that of those who have not until now.

    The tape has a share s of them ring in; of these so many are kept as make what is left of s.
    """
    terms = [returns_of(each)["rings_in"] for each in types]
    if not any(terms):
        return {"rings_in": None, "rings_in_delay_s": None}
    m = len(kind)
    chance = chance_of("ringing in", seed, futures, m, 2)
    keep, delay_s = np.ones((futures, m), dtype=bool), np.zeros((futures, m))
    for k, back in enumerate(terms):
        rows = np.flatnonzero(kind == k)
        rows = rows[(rows >= owes.start) & (rows < owes.stop)]
        if back is None or back.share == 0.0 or not len(rows):
            continue
        keep[:, rows] = chance[:, rows, 0] < left_of((back,), age_s[rows])[0] / back.share
        drawn = lasting(back.delay, age_s[rows], chance[:, rows, 1])
        delay_s[:, rows] = snap_up(drawn)
    return {"rings_in": keep, "rings_in_delay_s": delay_s}


def _owe(
    standing: NDArray[np.void], owed: object, types: Sequence[ContactType], now_s: float
) -> None:
    """Fill in callbacks that are owed: in line, or coming to it."""
    kind, due_s, attempts = owed["kind"], owed["due_s"], owed["attempts"]  # type: ignore[index]
    later = due_s > now_s
    standing["place"] = np.where(later, Place.COMES_BACK, Place.WAITS)
    standing["returns_s"] = np.where(later, due_s, np.nan)
    standing["queued_since_s"] = standing["due_s"] = due_s
    offered = np.array([types[k].channel is Channel.PHONE for k in kind], dtype=bool)
    for name in ("accepted_s", "offer_s"):
        standing[name] = np.where(offered, np.minimum(due_s, now_s), np.nan)
    standing["attempts"] = attempts
    standing["dialled_s"] = np.where(attempts > 0, np.minimum(due_s, now_s), np.nan)
    standing["on_the_line"] = False


def _allot(
    state: Standing,
    each: ContactType,
    allotted: NDArray[np.int32],
    mine: NDArray[np.intp],
    u: Floats,
) -> None:
    """Allot those of whom the state does not say it; open ones are with the group they are with."""
    names = [group.name for group in state.scenario.agent_groups]
    meant = [g for g, name in enumerate(names) if each.allocation.get(name)]
    drawn = allotted_to(state.scenario, each, u)
    known = allotted[:, mine]
    for column, row in enumerate(mine):
        if row < len(state.busy["group"]) and state.busy["group"][row] in meant:
            drawn[:, column] = state.busy["group"][row]
    allotted[:, mine] = np.where(known >= 0, known, drawn)
