"""Rows cut out of a tape: whole customers, or contacts with what may follow them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from queuesim.sampling import Tape
from queuesim.sampling.tape import Again

Rows = NDArray[np.intp]


def of_customers(tape: Tape, first: int, last: int) -> tuple[Rows, Tape]:
    """Cut out the customers whose first attempts are rows [first, last).

    Parameters
    ----------
    tape : Tape
    first, last : int

    Returns
    -------
    rows : numpy.ndarray, int64
        Which rows these are.
    cut : Tape
    """
    again = tape.again
    if again is None:
        rows = np.arange(first, last)
        return rows, _cut(tape, rows, None)
    rows = again.rows(first, last)
    return rows, _cut(
        tape, rows, _linked(again, rows, last - first, again.customer[rows].astype(np.intp))
    )


def behind_each(tape: Tape, contacts: Rows, are_done: NDArray[np.bool_]) -> list[Rows]:
    """Return the rows of the further attempts that may follow contacts.

    Parameters
    ----------
    tape : Tape
        On which customers come again.
    contacts : numpy.ndarray, int64
        Rows of contacts, in the order of their customers.
    are_done : numpy.ndarray, bool
        Nothing more follows these.

    Returns
    -------
    list of numpy.ndarray, int64
    """
    again = tape.again
    assert again is not None
    order = np.lexsort((np.arange(len(tape)), again.customer))
    first = np.searchsorted(again.customer[order], np.arange(again.first_attempts + 1))
    found = []
    for row, done in zip(contacts, are_done, strict=True):
        mine = order[first[again.customer[row]] : first[again.customer[row] + 1]]
        found.append(mine[(again.attempt[mine] > again.attempt[row]) & ~done])
    return found


def of_rows(
    tape: Tape, contacts: Rows, behind: Sequence[Rows], first_later: int
) -> tuple[Rows, Tape]:
    """Cut out contacts, each as if it were a first attempt, and all customers who come later.

    Parameters
    ----------
    tape : Tape
    contacts : numpy.ndarray, int64
        Rows that come first on the new tape, in this order.
    behind : sequence of numpy.ndarray, int64
        What may follow each; nothing where nobody comes again.
    first_later : int
        Row of the first customer who comes later.

    Returns
    -------
    rows : numpy.ndarray, int64
        Which rows these are.
    cut : Tape
    """
    later = np.arange(first_later, tape.first_attempts)
    again = tape.again
    if again is None:
        rows = np.append(contacts, later)
        return rows, _cut(tape, rows, None)
    m = len(contacts)
    further = np.flatnonzero(again.customer >= first_later)
    further = further[further >= again.first_attempts]
    rows = np.concatenate([contacts, later, *behind, further]).astype(np.intp)
    sizes = [len(some) for some in behind]
    customer = np.concatenate(
        [
            np.arange(m + len(later)),
            np.repeat(np.arange(m), sizes),
            again.customer[further] - first_later + m,
        ]
    )
    linked = _linked(again, rows, m + len(later), customer)
    attempt = linked.attempt.copy()
    attempt[: m + len(later)] = 0
    start = m + len(later)
    attempt[start : start + sum(sizes)] -= np.repeat(again.attempt[contacts], sizes)
    return rows, _cut(tape, rows, replace(linked, attempt=attempt))


def _linked(again: Again, rows: Rows, first_attempts: int, customer: Rows) -> Again:
    """Cut what rows bring for coming back; customers and rows have new numbers."""
    place = np.full(len(again.customer) + 1, -1, dtype=np.int32)  # the last is for nobody
    place[rows] = np.arange(len(rows))
    columns: dict[str, Any] = {
        each.name: getattr(again, each.name)[rows]
        for each in fields(Again)
        if each.name != "first_attempts"
    }
    numbers = np.unique(customer, return_inverse=True)[1].astype(np.int32)
    following = place[columns["following"]]
    # of a contact that is done with, the next one may have become a customer's first
    following[(following >= 0) & (numbers[following] != numbers)] = -1
    return Again(first_attempts, **(columns | {"customer": numbers, "following": following}))


def _cut(tape: Tape, rows: Rows, again: Again | None) -> Tape:
    n = len(tape)
    columns: dict[str, Any] = {
        name: column[rows]
        for name, column in vars(tape).items()
        if isinstance(column, np.ndarray) and name != "agent_group" and len(column) == n
    }
    return replace(tape, again=again, **columns)
