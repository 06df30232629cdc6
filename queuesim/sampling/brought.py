"""What further attempts bring, drawn column by column, compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from queuesim.compiling import compiled
from queuesim.sampling.again import WAYS_BACK
from queuesim.sampling.streams import Words
from queuesim.sampling.variates import draw_each


@compiled
def draw_brought(
    n: int,
    rows: int,
    types: NDArray[Any],
    columns: NDArray[Any],
    values: NDArray[np.float64],
    starts: Words,
    words: Words,
    delayed: NDArray[np.int8],
    kinds: NDArray[np.int32],
    order: NDArray[np.int64],
    begins: NDArray[np.int64],
    draws: NDArray[np.float64],
    times: NDArray[np.float64],
    chances: NDArray[np.bool_],
) -> None:
    """Draw what the further attempts bring, and the delays of all.

    Parameters
    ----------
    n, rows : int
        How many first attempts there are, and how many rows.
    types : TYPE_AGAIN[contact types]
    columns : COLUMN[all columns of further attempts]
    values : float64[all values]
    starts : uint64[streams, 4]
    words : uint64[room]
        Where a row enters the streams, as are the next two from `again.draw_again`.
    delayed : int8[room]
        Which of its delays are asked for, one bit each.
    kinds : int32[room]
        Contact type of each row.
    order : int64[2, room]
        To work in, as are the next two.
    begins : int64[contact types + 1]
    draws : float64[BLOCK]
    times : float64[rows of times, room]
        Is filled where a column is drawn, as is the next; see `variates.draw_column`.
    chances : bool[room × (1 + attempts)]
    """
    by_type, some = order[0], order[1]
    begins[:] = 0
    for row in range(rows):
        begins[kinds[row] + 1] += 1
    for kind in range(len(types)):
        begins[kind + 1] += begins[kind]
    for row in range(rows):
        by_type[begins[kinds[row]]] = row
        begins[kinds[row]] += 1  # in the end where the next type begins
    first = 0
    for kind in range(len(types)):
        mine, last = types[kind], begins[kind]
        further = first
        while further < last and by_type[further] < n:
            further += 1
        for c in range(mine.first, mine.last):
            start = starts[columns[c].stream]
            draw_each(
                columns[c], values, (start[0], start[1], start[2], start[3]), words, by_type,
                further, last, draws, times, chances,
            )  # fmt: skip
        for way in range(WAYS_BACK):
            found = 0
            for place in range(first, last):
                some[found] = by_type[place]
                found += delayed[by_type[place]] >> way & 1
            c = mine.delays + way
            start = starts[columns[c].stream]
            draw_each(
                columns[c], values, (start[0], start[1], start[2], start[3]), words, some,
                0, found, draws, times, chances,
            )  # fmt: skip
        first = last
