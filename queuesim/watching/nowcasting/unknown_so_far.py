"""What the contacts so far do not tell, and which measures of the day are unknown for want of it.

What is not told is not taken as 0. One quantity has a bound: who abandoned within the target time
is among those who abandoned. Taken as 0, the service level is the least that it can be, and a note
says how much higher it may be.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from queuesim.model.wording import joined
from queuesim.results.measures import Measure
from queuesim.watching.state import Standing

Floats = NDArray[np.float64]
Rows = NDArray[np.bool_]

_COLUMN = {"wait_answered_s": "mean_wait_s"}
_BOUNDED = "abandoned_within"
_AT_THE_END = "not_due"
"""Of nobody so far: who waits now is counted in the rest of the day."""


def so_far_of(state: Standing, quantity: str, kinds: Sequence[int]) -> Floats:
    """Return a quantity of the contacts so far, by interval of today.

    Returns
    -------
    numpy.ndarray, float64, shape (intervals of today,)
        0 where there is no row, NaN where a row does not tell it.
    """
    seen = state.observed[kinds]
    if quantity == _AT_THE_END:
        return np.zeros(seen.shape[1])
    if quantity not in state.so_far:
        return np.where(seen.any(axis=0), np.nan, 0.0)
    values = np.where(_untold(state, quantity)[kinds], np.nan, state.so_far[quantity][kinds])
    if quantity == _BOUNDED:
        values = np.where(_bounded(state)[kinds], 0.0, values)
    return np.asarray(np.where(seen, values, 0.0).sum(axis=0))


def not_told(state: Standing, asked: Measure, kinds: Sequence[int]) -> dict[str, list[int]]:
    """Return the columns of ``so_far`` for want of which a measure of the whole day is unknown,
    with the contact types that lack them."""
    found: dict[str, list[int]] = {}
    for quantity in dict.fromkeys([*asked.numerator.split(), *asked.denominator.split()]):
        if quantity not in state.so_far:
            continue
        missing = _untold(state, quantity)
        if quantity == _BOUNDED:
            missing = missing & ~_bounded(state)
        rows = [k for k in kinds if missing[k].any()]
        if rows:
            found[_COLUMN.get(quantity, quantity)] = rows
    return found


def _untold(state: Standing, quantity: str) -> Rows:
    untold: Rows = state.observed & np.isnan(state.so_far[quantity])
    return untold


def _bounded(state: Standing) -> Rows:
    """Return where those who abandoned are told, and not how many within the target time."""
    known: Rows = _untold(state, _BOUNDED) & ~np.isnan(state.so_far["abandoned"])
    return known


def at_most_within(state: Standing, kind: int) -> float:
    """Return how many more may have abandoned within the target time than is told."""
    return float(state.so_far["abandoned"][kind, _bounded(state)[kind]].sum())


def unknown_in_words(state: Standing, measures: Sequence[Measure]) -> list[str]:
    """Return what is unknown at the end of the day, and for want of which columns."""
    types = state.scenario.contact_types
    lacks: dict[str, tuple[list[int], list[str]]] = {}
    for asked in measures:
        kinds = [k for k, each in enumerate(types) if each.target or not asked.needs_target]
        for column, rows in not_told(state, asked, kinds).items():
            whose, labels = lacks.setdefault(column, ([], []))
            whose += [k for k in rows if k not in whose]
            if asked.label not in labels:
                labels.append(asked.label)
    notes = []
    for column, (whose, labels) in lacks.items():
        names = joined(types[k].name for k in whose)
        notes.append(
            f"so_far has no {column} of {names}: {joined(labels)} of the day "
            f"{'is' if len(labels) == 1 else 'are'} unknown"
            f"{', also of all together' if len(types) > 1 else ''}"
        )
    return notes
