"""Tapes cut and joined: as many customers as came, and the same ones as long as they suffice."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from queuesim.sampling import Tape
from queuesim.sampling.tape import Again

Ints = NDArray[np.int64]

_NOT_BY_ROW = ("seed", "replication", "agent_group", "sessions", "again")
_BY_ROW = tuple(each.name for each in fields(Tape) if each.name not in _NOT_BY_ROW)
_AGAIN = tuple(
    each.name
    for each in fields(Again)
    if each.name not in ("first_attempts", "customer", "following")
)
_NUMBERS_APART = np.int64(1) << 31
"""Added to the numbers of customers beyond the plan, so that no two are one."""


def rows_of(tape: Tape, rows: Ints, first_attempts: int) -> Tape:
    """Return a tape of some rows, in this order: first attempts, then those that follow."""
    columns: dict[str, Any] = {}
    for name in _BY_ROW:
        column = getattr(tape, name)
        columns[name] = column[rows] if len(column) or not len(tape) else column
    again = tape.again
    if again is not None:
        place = np.full(len(tape) + 1, -1, dtype=np.int32)  # the last is for nobody, -1
        place[rows] = np.arange(len(rows), dtype=np.int32)
        again = Again(
            first_attempts=first_attempts,
            customer=place[again.customer[rows]],
            following=place[again.following[rows]],
            **{name: getattr(again, name)[rows] for name in _AGAIN},
        )
    return replace(tape, again=again, **columns)


def of_customers(tape: Tape, use: NDArray[np.bool_]) -> Tape:
    """Return a tape of some customers: those of whose first attempts `use` is true."""
    first = np.flatnonzero(use)
    if tape.again is None:
        return rows_of(tape, first, len(first))
    further = np.arange(tape.first_attempts, len(tape))
    further = further[use[tape.again.customer[further]]]
    return rows_of(tape, np.concatenate([first, further]), len(first))


def joined(tape: Tape, beyond: Tape, order_of_type: Ints) -> tuple[Tape, NDArray[np.bool_]]:
    """Put two tapes of one scenario into one, by arrival.

    Parameters
    ----------
    tape : Tape
        Its agents and sessions are kept.
    beyond : Tape
        Further customers.
    order_of_type : numpy.ndarray, int64, shape (types,)
        Place of each contact type by name: the order at one instant.

    Returns
    -------
    Tape
    is_beyond : numpy.ndarray, bool, shape (first attempts,)
    """
    first, more, rows = tape.first_attempts, beyond.first_attempts, len(tape)
    columns: dict[str, Any] = {}
    for name in _BY_ROW:
        one, other = getattr(tape, name), getattr(beyond, name)
        other = other + _NUMBERS_APART if name == "number" else other
        columns[name] = np.concatenate([one, other])
    again = tape.again
    if again is not None and beyond.again is not None:
        then = beyond.again
        shifted = np.where(then.following >= 0, then.following + rows, -1).astype(np.int32)
        again = Again(
            first_attempts=first + more,
            customer=np.concatenate([again.customer, then.customer + np.int32(rows)]),
            following=np.concatenate([again.following, shifted]),
            **{
                name: np.concatenate([getattr(again, name), getattr(then, name)]) for name in _AGAIN
            },
        )
    loose = replace(tape, again=again, **columns)
    at = np.concatenate([np.arange(first), rows + np.arange(more)])
    by = (loose.number[at], order_of_type[loose.contact_type[at]], loose.arrival_s[at])
    order = at[np.lexsort(by)]
    if again is not None:
        place = np.empty(len(loose), dtype=np.int64)
        place[order] = np.arange(len(order))
        behind = np.concatenate(
            [np.arange(first, rows), np.arange(rows + more, len(loose))]
        ).astype(np.int64)
        behind = behind[np.argsort(place[again.customer[behind]], kind="stable")]
        return rows_of(loose, np.concatenate([order, behind]), first + more), order >= rows
    return rows_of(loose, order, first + more), order >= rows


@dataclass(frozen=True)
class Customers:
    """All customers of a replication, those of the plan and more, and how many of which cell come.

    Attributes
    ----------
    tape : Tape
        All of them.
    cell : numpy.ndarray, int64, shape (first attempts,)
        Contact type × intervals + interval.
    place : numpy.ndarray, int64, shape (first attempts,)
        Place within the cell: the first come when few do. Those of the plan are first, by number.
    planned : numpy.ndarray, int64, shape (cells,)
        How many of each cell the plan has.
    """

    tape: Tape
    cell: Ints
    place: Ints
    planned: Ints

    @classmethod
    def of(cls, tape: Tape, is_beyond: NDArray[np.bool_], interval: Ints, intervals: int,
           types: int) -> Customers:  # fmt: skip
        """Number the customers of a joined tape within their cells."""
        n = tape.first_attempts
        cell = tape.contact_type[:n].astype(np.int64) * intervals + interval
        order = np.lexsort((tape.number[:n], tape.day[:n], is_beyond, cell))
        in_order = cell[order]
        begins = np.concatenate(([True], in_order[1:] != in_order[:-1]))[:n]
        start = np.maximum.accumulate(np.where(begins, np.arange(n), 0))
        place = np.empty(n, dtype=np.int64)
        place[order] = np.arange(n) - start
        planned = np.bincount(cell[~is_beyond], minlength=types * intervals)
        return cls(tape, cell, place, planned)

    def come(self, numbers: Ints) -> tuple[Tape, Ints]:
        """Return the tape of the customers who come when each cell has so many, and their cells."""
        use = self.place < numbers[self.cell]
        return of_customers(self.tape, use), self.cell[use]
