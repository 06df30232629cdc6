"""The contacts of some days: arrivals, their order, and what each contact brings, compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from queuesim.compiling import compiled
from queuesim.sampling.arrivals import draw_arrivals
from queuesim.sampling.ordering import sort_by_tick
from queuesim.sampling.streams import Words, on_day
from queuesim.sampling.variates import START, draw_column
from queuesim.units import GRID

TYPE = np.dtype(
    [
        ("index", np.int64),  # in Scenario.contact_types
        ("levels", np.int64),  # streams
        ("positions", np.int64),
        ("first", np.int64),  # its columns
        ("last", np.int64),
    ],
    align=True,
)
"""A contact type as a kernel reads it."""

ARRIVAL, TALK, WRAP_UP, PATIENCE, WINDOW, BALKING, ACCEPTANCE = range(7)
"""Rows of the times on the tape; the last two only where waits are announced."""

TIMES, TIMES_WHEN_TOLD = 5, 7
"""How many, without and with announcements; rows of draws that decide an allotment may follow."""

_LOW = np.uint64((1 << 32) - 1)
_HALF = np.uint64(32)


@compiled
def draw_days(
    first: int,
    last: int,
    types: NDArray[Any],
    days: NDArray[Any],
    bins: NDArray[Any],
    columns: NDArray[Any],
    values: NDArray[np.float64],
    busyness: NDArray[np.float64],
    starts: Words,
    steps: Words,
    keys: NDArray[np.uint64],
    places: NDArray[np.int64],
    draws: NDArray[np.float64],
    counts: NDArray[np.int64],
    labels: NDArray[np.int32],
    numbers: NDArray[np.int64],
    times: NDArray[np.float64],
    chances: NDArray[np.bool_],
) -> int:
    """Draw the contacts of days [first, last), in order.

    Parameters
    ----------
    first, last : int
        Days of the horizon.
    types : TYPE[contact types]
        In the order of their names, which is that of contacts that come at one instant.
    days : DAY[contact types, days]
        In the order of the scenario, as is `busyness`.
    bins : BIN[all bins]
    columns : COLUMN[all columns]
    values : float64[all values]
    busyness : float64[contact types, days]
    starts : uint64[streams, 4]
    steps : uint64[days, 4]
    keys : uint64[2, room]
        To work in, as are the next three.
    places : int64[2, room]
    draws : float64[2, BLOCK]
    counts : int64[contact types + 2**DIGIT_BITS]
    labels : int32[2, room]
        Is filled: contact type and day.
    numbers : int64[room]
        Is filled: number.
    times : float64[rows, room]
        Is filled: ARRIVAL, and of the other rows what the columns say [s].
    chances : bool[room × (1 + attempts)]
        Is filled as the columns say.

    Returns
    -------
    int
        How many contacts there are; -1 when there is not room enough.
    """
    room = len(numbers)
    number, row = places[0], places[1]
    ends = counts[: len(types)]
    rows = 0
    for day in range(first, last):
        n = START
        for t in range(len(types)):
            today, factor = days[types[t].index, day], busyness[types[t].index, day]
            if today.volume > 0 and factor > 0:
                n = draw_arrivals(
                    today,
                    bins,
                    factor,
                    on_day(starts, types[t].levels, steps, day),
                    on_day(starts, types[t].positions, steps, day),
                    keys[0],
                    number,
                    n,
                    room - rows,
                    draws[0],
                    draws[1],
                )
                if n < 0:
                    return -1
            ends[t] = n
        key = keys[sort_by_tick(keys, n, counts[len(types) :])]
        midnight = days[0, day].start
        for k in range(n):
            row[key[k] & _LOW] = rows + k
            times[ARRIVAL, rows + k] = (midnight + np.int64(key[k] >> _HALF)) / GRID
            labels[1, rows + k] = day
        begin = START
        for t in range(len(types)):
            for k in range(begin, ends[t]):
                labels[0, row[k]] = types[t].index
                numbers[row[k]] = number[k]
            if begin < ends[t]:
                for c in range(types[t].first, types[t].last):
                    draw_column(
                        columns[c],
                        values,
                        on_day(starts, columns[c].stream, steps, day),
                        number,
                        row,
                        begin,
                        ends[t],
                        draws[0],
                        times,
                        chances,
                    )
            begin = ends[t]
        rows += n
    return rows
