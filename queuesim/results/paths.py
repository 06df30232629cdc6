"""Customers' paths: each first attempt with all contacts that followed, from the contact table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from queuesim.engines.outcome import ContactOutcome

_UNSERVED = (
    ContactOutcome.ABANDONED,
    ContactOutcome.BLOCKED,
    ContactOutcome.BALKED,
    ContactOutcome.TURNED_AWAY,
    ContactOutcome.FAILED_CALLBACK,
)


@dataclass(frozen=True)
class Paths:
    """The contacts of one replication, customer by customer, attempt by attempt.

    Attributes
    ----------
    begins : numpy.ndarray, int64, shape (customers,)
        Where each customer's contacts begin.
    contact_type, cause : numpy.ndarray, int8 or wider, shape (contacts,)
        Index in the scenario; a `Cause`.
    wait_s, announced_s : numpy.ndarray, float64, shape (contacts,)
        [s]; NaN where nothing was announced.
    customer, day : numpy.ndarray, int32, shape (customers,)
    first_type : numpy.ndarray, shape (customers,)
        Contact type of the first attempt.
    group : numpy.ndarray, shape (customers,)
        Index of the agent group that served the customer last; -1 for none.
    left, by_bot, broken_promise, resolved, open : numpy.ndarray, bool, shape (customers,)
        As in `schema.CUSTOMER_COLUMNS`.
    """

    begins: NDArray[np.int64]
    contact_type: NDArray[np.integer]
    cause: NDArray[np.integer]
    wait_s: NDArray[np.float64]
    announced_s: NDArray[np.float64]
    customer: NDArray[np.int32]
    day: NDArray[np.int32]
    first_type: NDArray[np.integer]
    group: NDArray[np.integer]
    left: NDArray[np.bool_]
    by_bot: NDArray[np.bool_]
    broken_promise: NDArray[np.bool_]
    resolved: NDArray[np.bool_]
    open: NDArray[np.bool_]

    @property
    def contacts(self) -> NDArray[np.int64]:
        """How many contacts each customer made, shape (customers,)."""
        return np.diff(np.append(self.begins, len(self.wait_s)))

    def longest(self, of_contacts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the largest value among each customer's contacts, shape (customers,)."""
        return np.maximum.reduceat(of_contacts, self.begins)

    def total(self, of_contacts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum over each customer's contacts, shape (customers,)."""
        return np.add.reduceat(of_contacts, self.begins)

    def any_of(self, of_contacts: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return whether it is true of any of each customer's contacts, shape (customers,)."""
        return np.logical_or.reduceat(of_contacts, self.begins)


def paths_of(table: pd.DataFrame) -> Paths:
    """Gather the contacts of one replication into customers.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns as in `schema.CONTACT_COLUMNS`.

    Returns
    -------
    Paths
    """
    order = np.lexsort((table["attempt"].to_numpy(), table["customer"].to_numpy()))
    table = table.iloc[order]
    customer = table["customer"].to_numpy()
    begins = np.flatnonzero(np.diff(customer, prepend=-1))
    ends = np.append(begins[1:], len(table))[: len(begins)] - 1

    def any_of(of_contacts: NDArray[np.bool_]) -> NDArray[np.bool_]:
        return np.logical_or.reduceat(of_contacts, begins)

    outcome = table["outcome"].cat.codes.to_numpy()
    groups = table["agent_group"].cat.codes.to_numpy()
    contact_type = table["contact_type"].cat.codes.to_numpy()
    served = outcome == ContactOutcome.HANDLED
    latest = np.maximum.reduceat(np.where(served, np.arange(len(table)), -1), begins)
    broken = [
        ~table[name].fillna(True).to_numpy(dtype=bool)
        for name in ("announcement_kept", "promise_kept")
    ]
    last = outcome[ends]
    return Paths(
        begins=begins,
        contact_type=contact_type,
        cause=table["cause"].cat.codes.to_numpy(),
        wait_s=table["wait_s"].to_numpy(dtype=np.float64),
        announced_s=table["announced_s"].to_numpy(dtype=np.float64),
        customer=customer[begins],
        day=table["day"].to_numpy()[begins],
        first_type=contact_type[begins],
        group=np.where(latest >= 0, groups[latest], -1),
        left=any_of(np.isin(outcome, _UNSERVED)) | (last == ContactOutcome.PASSED_ON),
        by_bot=any_of(outcome == ContactOutcome.SELF_SERVED) & (latest < 0),
        broken_promise=any_of(broken[0] | broken[1]),
        resolved=any_of(table["resolved"].fillna(False).to_numpy(dtype=bool)),
        open=last == ContactOutcome.UNRESOLVED,
    )
