"""Sums over the contacts of a play that count, compiled: `diagnose` takes thousands of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from queuesim.compiling import compiled

OFFERED, ANSWERED, ABANDONED, WAIT_S, HANDLED, HANDLE_S = range(6)
"""Rows of the sums."""

_ABANDONED, _BLOCKED, _TURNED_AWAY, _BALKED = 2, 3, 4, 6
"""Codes of `ContactOutcome`."""

Seconds = NDArray[np.float64]


@compiled
def sum_contacts(
    kind: NDArray[np.int32],
    came: NDArray[np.bool_],
    outcome: NDArray[np.int8],
    arrival_s: Seconds,
    answered_s: Seconds,
    freed_s: Seconds,
    wait_s: Seconds,
    live: NDArray[np.bool_],
    interval_s: float,
    masks: NDArray[np.bool_],
    sums: Seconds,
) -> None:
    """Sum the contacts of the cells that count.

    Parameters
    ----------
    kind … freed_s : numpy.ndarray, shape (n,)
        Columns of the contacts; `came` is false for attempts that nobody made.
    wait_s : numpy.ndarray, float64, shape (n,)
        Waits of the answered [s].
    live : numpy.ndarray, bool, shape (n,)
        Whether it may have been answered live: not those who took a callback.
    interval_s : float
    masks : numpy.ndarray, bool, shape (6, types, intervals)
    sums : numpy.ndarray, float64, shape (6, types)
        Added to.
    """
    last = masks.shape[2] - 1
    for k in range(len(kind)):
        if not came[k]:
            continue
        t, i = kind[k], min(int(arrival_s[k] / interval_s), last)
        code = outcome[k]
        if masks[OFFERED, t, i]:
            sums[OFFERED, t] += 1.0
        if masks[ABANDONED, t, i] and code == _ABANDONED:
            sums[ABANDONED, t] += 1.0
        answered = answered_s[k] == answered_s[k]
        if answered and live[k] and code != _BLOCKED and code != _TURNED_AWAY and code != _BALKED:
            if masks[ANSWERED, t, i]:
                sums[ANSWERED, t] += 1.0
            if masks[WAIT_S, t, i]:
                sums[WAIT_S, t] += wait_s[k]
        if masks[HANDLED, t, i] and freed_s[k] == freed_s[k]:
            sums[HANDLED, t] += 1.0
            sums[HANDLE_S, t] += freed_s[k] - answered_s[k]
