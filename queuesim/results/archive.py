"""Totals as arrays by name, to be written to a file and read back; without contact tables."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from queuesim.model import Scenario
from queuesim.results.tally import CONTACT_QUANTITIES, GROUP_QUANTITIES
from queuesim.results.totals import Totals
from queuesim.results.waits import BINS

_SUMS = ("contacts", "groups")
_BY_REPLICATION = ("contact_days", "group_days", "waits")


def state_of(totals: Totals) -> dict[str, NDArray[Any]]:
    """Return all that totals hold, without contact tables, as arrays by name."""
    shapes = _shapes(totals)
    arrays: dict[str, NDArray[Any]] = {name: getattr(totals, f"_{name}") for name in _SUMS}
    for name in _BY_REPLICATION:
        shape, dtype = shapes[name]
        kept = np.array(getattr(totals, f"_{name}"), dtype=dtype)
        arrays[name] = kept.reshape(totals.n, *shape)
    return arrays


def totals_from(scenario: Scenario, arrays: Mapping[str, NDArray[Any]]) -> Totals:
    """Return the totals that `state_of` made into arrays.

    Raises
    ------
    ValueError
        When an array is missing, or is not of the scenario's shape.
    """
    totals = Totals(scenario)
    shapes = _shapes(totals)
    missing = {*_SUMS, *_BY_REPLICATION} - set(arrays)
    if missing:
        raise ValueError(f"no {', '.join(sorted(missing))}")
    n = len(arrays["waits"])
    for name in (*_SUMS, *_BY_REPLICATION):
        array = arrays[name]
        shape, dtype = shapes[name]
        wanted = (n, *shape) if name in _BY_REPLICATION else shape
        if array.shape != wanted or array.dtype != dtype:
            raise ValueError(f"{name} is {array.dtype}{array.shape}, not {dtype}{wanted}")
        setattr(totals, f"_{name}", array if name in _SUMS else list(array))
    totals._tables = [None] * n
    return totals


def first_of(totals: Totals, n: int) -> Totals:
    """Return totals whose values by replication are those of the first n only.

    Measures over the horizon are made of these alone; sums by interval stay those of all.
    """
    first = copy.copy(totals)
    for name in (*_BY_REPLICATION, "tables"):
        setattr(first, f"_{name}", getattr(totals, f"_{name}")[:n])
    return first


def _shapes(totals: Totals) -> dict[str, tuple[tuple[int, ...], np.dtype[Any]]]:
    """Return shape and dtype of every array; of those by replication, for one."""
    layout, float64 = totals.layout, np.dtype(np.float64)
    types, groups, days = len(layout.types), len(layout.groups), layout.n_days
    return {
        "contacts": (totals._contacts.shape, float64),
        "groups": (totals._groups.shape, float64),
        "contact_days": ((len(CONTACT_QUANTITIES), types, days), float64),
        "group_days": ((len(GROUP_QUANTITIES), groups, days), float64),
        "waits": ((2, types, BINS), np.dtype(np.int32)),
    }
