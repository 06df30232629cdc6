"""Customers, counted over all their attempts: told for the machine.

A contact is credited to the interval in which it arrived: to its own contact type, and to the type
to which its customer came first.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from queuesim.compiling import compiled

# CONTACT_QUANTITIES of the schema, from the row of `CUSTOMERS` on; the first eight in the order of
# Cause. A test compares them.
FIRST_ROW = 45
(
    CUSTOMERS,
    REDIALS,
    REPEATS,
    FURTHER_TURNS,
    AFTER_HOURS,
    TRANSFERS,
    FROM_FRONT_DOOR,
    RING_INS,
    RESOLVED,
    RESOLVED_FIRST,
    EFFORT_S,
    CONTACTS_OF_CUSTOMERS,
    CUSTOMERS_RESOLVED,
    EFFORT_OF_CUSTOMERS_S,
) = range(FIRST_ROW, FIRST_ROW + 14)

Seconds = NDArray[np.float64]


@compiled
def count_customers(
    contact_type: NDArray[np.int32],
    first_type: NDArray[np.int32],
    cause: NDArray[np.int8],
    resolved: NDArray[np.int8],
    arrival_s: Seconds,
    answered_s: Seconds,
    talk_end_s: Seconds,
    left_s: Seconds,
    accepted_s: Seconds,
    final: NDArray[np.bool_],
    responds: NDArray[np.bool_],
    interval_s: float,
    horizon_s: float,
    types: int,
    table: NDArray[np.float64],
) -> None:
    """Count the contacts that are final, for their customers.

    Parameters
    ----------
    contact_type, arrival_s : numpy.ndarray, shape (n,)
        As they came; instants [s].
    first_type : numpy.ndarray, int32, shape (n,)
        Contact type of the customer's first attempt.
    cause … accepted_s : numpy.ndarray, shape (n,)
        Columns of the outcome; `accepted_s` may be empty.
    final : numpy.ndarray, bool, shape (n,)
    responds : numpy.ndarray, bool, shape (types,)
        Contact types whose customers do not stay: messages take none of their time.
    interval_s, horizon_s : float
        [s]
    types : int
    table : numpy.ndarray, float64, shape (quantities, types × intervals)
        Added to.
    """
    intervals = table.shape[1] // types
    for k in range(len(final)):
        if not final[k]:
            continue
        arrival, answered, left = arrival_s[k], answered_s[k], left_s[k]
        interval = int(arrival / interval_s)
        if interval >= intervals:
            interval = intervals - 1
        own, first = contact_type[k] * intervals + interval, first_type[k] * intervals + interval
        table[FIRST_ROW + cause[k], own] += 1.0
        table[CONTACTS_OF_CUSTOMERS, first] += 1.0
        if resolved[k] > 0:
            table[RESOLVED, own] += 1.0
            table[CUSTOMERS_RESOLVED, first] += 1.0
            if cause[k] == 0:
                table[RESOLVED_FIRST, own] += 1.0
        if responds[contact_type[k]]:
            continue
        until = horizon_s
        if len(accepted_s) > 0 and accepted_s[k] == accepted_s[k]:
            until = accepted_s[k]
        elif answered == answered:
            until = answered
        elif left == left:
            until = left
        effort = until - arrival
        if talk_end_s[k] == talk_end_s[k]:
            effort += talk_end_s[k] - answered
        table[EFFORT_S, own] += effort
        table[EFFORT_OF_CUSTOMERS_S, first] += effort


def as_first_contacts(table: NDArray[np.float64], handled: int, wait_s: int, talk_s: int) -> None:
    """Fill in what follows where nobody comes again and all are resolved.

    Parameters
    ----------
    table : numpy.ndarray, float64, shape (quantities, …)
    handled, wait_s, talk_s : int
        Rows of the handled, of the waits of all, and of talk.
    """
    table[CUSTOMERS] = table[CONTACTS_OF_CUSTOMERS] = table[0]
    for row in (RESOLVED, RESOLVED_FIRST, CUSTOMERS_RESOLVED):
        table[row] = table[handled]
    np.add(table[wait_s], table[talk_s], out=table[EFFORT_S])
    table[EFFORT_OF_CUSTOMERS_S] = table[EFFORT_S]
