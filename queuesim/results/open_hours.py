"""Waits by the clock of opening hours: only the time counts in which the contact type is open."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from queuesim.compiling import inlined
from queuesim.model import Scenario

Floats = NDArray[np.float64]


def open_hours(scenario: Scenario) -> tuple[Floats, NDArray[np.int64]]:
    """Return the opening hours of the types whose waits are counted in them.

    Past the horizon the hours go on as they stood at its end.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    hours : numpy.ndarray, float64, shape (windows, 3)
        From, to and the open time before [s]; those of a type together, in order.
    first : numpy.ndarray, int64, shape (types + 1,)
        Hours ``first[k]`` to ``first[k + 1]`` are those of type k; none where all hours count.
    """
    rows: list[Floats] = [np.empty((0, 3))]
    first = np.zeros(len(scenario.contact_types) + 1, dtype=np.int64)
    for k, each in enumerate(scenario.contact_types):
        first[k + 1] = first[k]
        if each.target is None or each.target.clock != "opening_hours":
            continue
        windows = each.windows(scenario.horizon)
        if len(windows) == 0:  # never open: no time counts
            windows = np.array([[0.0, 0.0]])
        lasts_s = windows[:, 1] - windows[:, 0]
        rows.append(np.column_stack((windows, np.cumsum(lasts_s) - lasts_s)))
        if windows[-1, 1] >= scenario.horizon.seconds:
            rows[-1][-1, 1] = np.inf
        first[k + 1] += len(windows)
    return np.concatenate(rows), first


@inlined
def open_before(instant_s: float, hours: Floats, first: int, last: int) -> float:
    """Return the open time before an instant by ``hours[first:last]`` [s]."""
    low, high = first, last
    while low < high:
        middle = (low + high) >> 1
        if hours[middle, 0] <= instant_s:
            low = middle + 1
        else:
            high = middle
    if low == first:
        return 0.0
    low -= 1
    return hours[low, 2] + min(instant_s, hours[low, 1]) - hours[low, 0]
