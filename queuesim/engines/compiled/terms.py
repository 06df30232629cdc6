"""What contacts are told and offered while they wait, flattened into arrays."""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import NDArray

from queuesim.engines.compiled.mixtures import CHANNELS
from queuesim.model import AgentGroup, ContactType, Horizon
from queuesim.units import snap

QUEUE_LENGTH, LAST_TO_ENTER_SERVICE, HEAD_OF_LINE, FIXED = range(4)
_PREDICTORS = {
    "queue_length": QUEUE_LENGTH,
    "last_to_enter_service": LAST_TO_ENTER_SERVICE,
    "head_of_line": HEAD_OF_LINE,
    "fixed": FIXED,
}
_NO_LIMIT = np.iinfo(np.int64).max

TERMS = np.dtype(
    [
        ("handle_s", "f8"),  # mean talk and wrap-up
        ("fixed_s", "f8"),  # the wait that is announced, of FIXED
        ("patience_factor", "f8"),  # of who stays after an announcement
        ("stays_for", "f8"),  # … and patience at least, over the announced wait
        ("min_announced_s", "f8"),  # announced wait from which a callback is offered
        ("slot_s", "f8"),  # length of a slot
        ("max_open", "i8"),  # callbacks that may be open
        ("first_slot", "i8"),  # slots[first_slot:last_slot] are those of the contact type
        ("last_slot", "i8"),
        ("predictor", "i1"),
        ("changes_patience", "?"),
        ("asks_announced", "?"),  # a callback is offered only from some announced wait on
    ],
    align=True,
)
"""What a contact type announces and offers, shape (types,)."""


def terms_and_slots(
    types: tuple[ContactType, ...], horizon: Horizon
) -> tuple[NDArray[np.void], NDArray[np.int64]]:
    """Flatten what contact types announce and offer.

    Parameters
    ----------
    types : tuple of ContactType
    horizon : Horizon

    Returns
    -------
    terms : numpy.ndarray, TERMS, shape (types,)
    slots : numpy.ndarray, int64, shape (slots,)
        Callbacks that can be booked into each slot, by contact type and time; 0 where it begins
        outside the type's hours.
    """
    terms = np.zeros(len(types), dtype=TERMS)
    slots: list[NDArray[np.int64]] = [np.zeros(0, dtype=np.int64)]
    n_slots = 0
    for row, each in zip(terms, types, strict=True):
        said, offer = each.announcement, each.callback
        row["handle_s"], row["max_open"] = each.handle_s, _NO_LIMIT
        row["first_slot"] = n_slots
        if said is not None:
            row["predictor"], row["fixed_s"] = _PREDICTORS[said.predictor], snap(said.fixed or 0.0)
            row["patience_factor"], row["stays_for"] = said.patience_factor, said.stays_for
            row["changes_patience"] = said.changes_patience
        if offer is not None:
            if offer.max_open is not None:
                row["max_open"] = offer.max_open
            if offer.min_announced is not None:
                row["asks_announced"], row["min_announced_s"] = True, snap(offer.min_announced)
            if offer.slot is not None:
                row["slot_s"] = snap(offer.slot)
                slots.append(_room(each, horizon, snap(offer.slot), offer.per_slot or 0))
                n_slots += len(slots[-1])
        row["last_slot"] = n_slots
    return terms, np.concatenate(slots)


def _room(each: ContactType, horizon: Horizon, slot_s: float, per_slot: int) -> NDArray[np.int64]:
    """Return how many callbacks each slot of the horizon takes."""
    begins_s = np.arange(ceil(horizon.seconds / slot_s)) * slot_s
    windows = each.windows(horizon)
    if len(windows) == 0:
        return np.zeros(len(begins_s), dtype=np.int64)
    latest = np.searchsorted(windows[:, 0], begins_s, side="right") - 1
    is_open = (latest >= 0) & (begins_s < windows[latest, 1])
    return np.where(is_open, np.int64(per_slot), np.int64(0))


def tempo_of(
    lines: NDArray[np.void], pairs: NDArray[np.void], groups: tuple[AgentGroup, ...]
) -> NDArray[np.float64]:
    """Return what an agent of a group counts as for a line, float64, shape (pairs,).

    Total pace when all slots are taken over the handle factor.
    """
    tempo = np.zeros(len(pairs))
    for k, pair in enumerate(pairs):
        channel = CHANNELS[lines["channel"][pair["line"]]]
        tempo[k] = groups[pair["group"]].full_pace(channel) / pair["handle_factor"]
    return tempo
