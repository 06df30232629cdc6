"""Room for arrays: made anew each time, or kept and written over."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


class Room:
    """Makes arrays, and makes each of them anew.

    Whoever hands arrays on for good works in this one.
    """

    def empty(self, name: str, n: int, dtype: DTypeLike) -> NDArray[Any]:
        """Return an array of n entries, which hold anything.

        Parameters
        ----------
        name : str
            What it is for.
        n : int
        dtype : data type
            The same for the same name.
        """
        return np.empty(n, dtype=dtype)

    def count(self, n: int) -> NDArray[np.int64]:
        """Return 0, 1, … n - 1; not to be changed."""
        return np.arange(n, dtype=np.int64)


class KeptRoom(Room):
    """Makes an array once, and gives it again whenever its name is asked for.

    Memory that is in the processor's cache, or at least the process's already, is written faster
    than new memory. What an array held is lost when its name is asked for again: this is for one
    thread, which is done with one replication before it begins the next.
    """

    def __init__(self) -> None:
        self._kept: dict[str, NDArray[Any]] = {}
        self._given: dict[str, NDArray[Any]] = {}
        self._count = np.arange(0, dtype=np.int64)

    def empty(self, name: str, n: int, dtype: DTypeLike) -> NDArray[Any]:
        """Return n entries of the array of this name, which hold anything.

        Twice the same n gives the same object.
        """
        given = self._given.get(name)
        if given is None or len(given) != n:
            kept = self._kept.get(name)
            if kept is None or len(kept) < n:
                kept = self._kept[name] = np.empty(n + n // 8, dtype=dtype)
            given = self._given[name] = kept[:n]
        return given

    def count(self, n: int) -> NDArray[np.int64]:
        """Return 0, 1, … n - 1; not to be changed."""
        if len(self._count) < n:
            self._count = np.arange(n + n // 8, dtype=np.int64)
        return self._count[:n]


FRESH = Room()
"""Every array anew."""
