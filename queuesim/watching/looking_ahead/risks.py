"""What replications say of a time: quantiles, how often a target is missed or a wait is long."""

from __future__ import annotations

from math import nan

import numpy as np
from numpy.typing import NDArray

from queuesim.watching.looking_ahead.futures import MEASURES

Table = NDArray[np.float64]

QUANTILES = (0.05, 0.5, 0.95)
"""Of each measure in the tables: ``wait_p05``, ``wait_p50``, ``wait_p95``."""
_CELLS_AT_ONCE = 4096


def is_missed(level: NDArray[np.floating], target: Table | float) -> NDArray[np.bool_]:
    """Return where a service level is below the target; not where there is none."""
    return np.asarray(level < (np.asarray(target) - 1e-6).astype(level.dtype))


def measured(values: NDArray[np.floating], target: Table, limit_s: Table) -> dict[str, Table]:
    """Return quantiles and risks of cells.

    Parameters
    ----------
    values : numpy.ndarray, shape (4, replications, cells)
        As in `Futures.values`.
    target, limit_s : numpy.ndarray, float64, shape (cells,)
        Share to be reached, and the mean wait that is long [s]; NaN where there is none.

    Returns
    -------
    dict of str to numpy.ndarray, float64, shape (cells,)
    """
    cells = values.shape[2]
    found = {
        f"{name}_p{round(100 * share):02d}": np.full(cells, nan)
        for name in MEASURES
        for share in QUANTILES
    }
    p_wait, p_missed = np.full(cells, nan), np.full(cells, nan)
    n_waits, n_levels = np.zeros(cells), np.zeros(cells)
    for begin in range(0, cells, _CELLS_AT_ONCE):
        here = slice(begin, begin + _CELLS_AT_ONCE)
        for k, name in enumerate(MEASURES):
            spread = _quantiles(values[k, :, here])
            for share, row in zip(QUANTILES, spread, strict=True):
                found[f"{name}_p{round(100 * share):02d}"][here] = row
        wait, level = values[1, :, here], values[2, :, here]
        p_wait[here] = _share(wait > limit_s[here], np.isfinite(wait) & ~np.isnan(limit_s[here]))
        missed = is_missed(level, target[here])
        p_missed[here] = _share(missed, np.isfinite(level) & ~np.isnan(target[here]))
        n_waits[here] = np.isfinite(wait).sum(axis=0)
        n_levels[here] = np.isfinite(level).sum(axis=0)
    error = [
        np.sqrt(share * (1 - share) / np.maximum(many, 1))
        for share, many in ((p_wait, n_waits), (p_missed, n_levels))
    ]
    return found | {"p_wait": p_wait, "p_missed": p_missed, "p_se": np.fmax(*error)}


def _quantiles(values: NDArray[np.floating]) -> Table:
    """Return quantiles over the first axis, of those that are numbers."""
    known = np.isfinite(values).sum(axis=0)
    in_order = np.sort(values, axis=0)  # what is no number comes last
    found = np.full((len(QUANTILES), values.shape[1]), nan)
    some = np.flatnonzero(known)
    for k, share in enumerate(QUANTILES):
        at = share * (known[some] - 1)
        low = np.floor(at).astype(np.int64)
        high = np.minimum(low + 1, known[some] - 1)
        below, above = in_order[low, some], in_order[high, some]
        found[k, some] = below + (at - low) * (above - below)
    return found


def _share(yes: NDArray[np.bool_], counts: NDArray[np.bool_]) -> Table:
    many = counts.sum(axis=0)
    return np.where(many > 0, (yes & counts).sum(axis=0) / np.maximum(many, 1), nan)
