"""Putting a day's contacts in order without comparing each with each, compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from queuesim.compiling import called

DIGIT_BITS = 9
_FEW = 48
_DIGITS = 1 << DIGIT_BITS
_NONE, _HALF, _BITS = np.uint64(0), np.uint64(32), np.uint64(64)
_DIGIT = np.uint64(_DIGITS - 1)
_DIGIT_BITS = np.uint64(DIGIT_BITS)


@called
def sort_by_tick(keys: NDArray[np.uint64], n: int, counts: NDArray[np.int64]) -> int:
    """Sort keys by their high half; equal ones stay in the order they come in.

    By digits of nine bits, three for a day, the lowest first (Knuth 1998, vol. 3, section 5.2.5):
    the work grows with the number of keys, however many are equal or close. A few keys are inserted
    one by one.

    Parameters
    ----------
    keys : uint64[2, n or more]
        The keys are in row 0; both are worked in.
    n : int
    counts : int64[2**DIGIT_BITS]
        To work in.

    Returns
    -------
    int
        The row where the sorted keys are.
    """
    if n <= _FEW:
        for k in range(1, n):
            moving, at = keys[0, k], k
            while at > 0 and keys[0, at - 1] >> _HALF > moving >> _HALF:
                keys[0, at] = keys[0, at - 1]
                at -= 1
            keys[0, at] = moving
        return 0
    largest = _NONE
    for k in range(n):
        largest = max(largest, keys[0, k])
    shift, row = _HALF, 0
    while shift < _BITS and largest >> shift:
        key, spare = keys[row], keys[1 - row]
        for digit in range(_DIGITS):
            counts[digit] = 0
        for k in range(n):
            counts[key[k] >> shift & _DIGIT] += 1
        before = 0
        for digit in range(_DIGITS):
            before, counts[digit] = before + counts[digit], before
        for k in range(n):
            digit_of_key = key[k] >> shift & _DIGIT
            spare[counts[digit_of_key]] = key[k]
            counts[digit_of_key] += 1
        shift, row = shift + _DIGIT_BITS, 1 - row
    return row
