"""Arrivals: a marked envelope for every day, thinned to the demand, compiled.

For one contact type and one day, contacts come in a fixed order of *levels*, a Poisson process of
rate one, each with a fixed position in the day. A day with expected volume v keeps the contacts
whose level lies below v. Twice the demand keeps all of them and adds more, half the demand keeps
half, and whoever stays keeps arrival, talk and patience. An event inside the day (a campaign, an
outage) raises the level for its hours only: the envelope is the day's highest level, thinned
elsewhere. The counts in disjoint periods are independent Poisson counts with the wanted means
(Lewis and Shedler, 1979, theorem 1; marking: Kingman, 1993, section 5.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from queuesim.compiling import called
from queuesim.model import Horizon
from queuesim.model.rates import Rates
from queuesim.sampling.generator import Generator
from queuesim.sampling.variates import BLOCK, START, fill_exponential, fill_uniform
from queuesim.units import GRID

DAY = np.dtype(
    [
        ("volume", np.float64),  # contacts without events and busyness
        ("top", np.float64),  # the largest factor of its bins
        ("first", np.int64),  # its bins; those without contacts are left out
        ("bins", np.int64),
        ("start", np.int64),  # local midnight [ticks]
    ],
    align=True,
)
"""One day of one contact type, as a kernel reads it."""

_PART_BITS = 3
_PARTS = 1 << _PART_BITS
"""Parts of a day's contacts for each of its bins: in most parts lies no edge."""

BIN = np.dtype(
    [
        ("below", np.float64),  # contacts of the day before this bin
        ("mass", np.float64),  # contacts in it
        ("from_s", np.float64),
        ("length_s", np.float64),
        ("factor", np.float64),  # what events multiply them by
        ("guide", np.int64, (_PARTS,)),  # of the k-th bin: where the search begins in its parts
    ],
    align=True,
)
"""A stretch of a day in which the rate is constant."""

_HALF = np.uint64(32)


def arrival_tables(rates: Sequence[Rates], horizon: Horizon) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return what the demand of each contact type is, day by day and bin by bin.

    Returns
    -------
    days : DAY[contact types, days]
    bins : BIN[bins of all days]
    """
    days, bins, so_far = [], [], 0
    for each in rates:
        own_days, own_bins = _tables(each, horizon)
        own_days["first"] += so_far
        so_far += len(own_bins)
        days.append(own_days)
        bins.append(own_bins)
    return np.stack(days), np.concatenate(bins)


def _tables(rates: Rates, horizon: Horizon) -> tuple[NDArray[Any], NDArray[Any]]:
    days = np.zeros(horizon.days, dtype=DAY)
    days["start"] = np.rint(horizon.day_edges_s[:-1] * GRID)
    mass = rates.base_per_s * np.diff(rates.edges_s)
    first = np.searchsorted(rates.day, np.arange(horizon.days + 1))
    counts = np.diff(first)
    used = mass > 0
    bins = np.zeros(np.count_nonzero(used), dtype=BIN)
    bins["mass"] = mass[used]
    bins["from_s"] = rates.edges_s[:-1][used]
    bins["length_s"] = np.diff(rates.edges_s)[used]
    bins["factor"] = rates.factor[used]
    before = np.concatenate(([0], np.cumsum(used)))
    days["first"], days["bins"] = before[first[:-1]], np.diff(before[first])
    np.maximum.at(days["top"], rates.day[used], rates.factor[used])
    below = np.zeros(len(mass))
    for count in np.unique(counts[counts > 0]):
        # days with as many bins side by side: every sum is taken as over one day alone
        alike = np.flatnonzero(counts == count)
        at = first[alike, None] + np.arange(count)
        days["volume"][alike] = mass[at].sum(axis=1)
        below[at[:, 1:]] = np.cumsum(mass[at], axis=1)[:, :-1]
    bins["below"] = below[used]
    bins["guide"] = _guide(days, bins)
    return days, bins


def _guide(days: NDArray[Any], bins: NDArray[Any]) -> NDArray[np.int64]:
    """Return, for equal parts of each day's contacts, `_PARTS` for a bin, where to search.

    Indexed search (Chen and Asau 1974, AIIE Trans. 6): the bin of a position is here or next door,
    however many bins there are. A guide that rounding puts one off is set right by the search.
    """
    day = np.repeat(np.arange(len(days)), days["bins"])
    part = (np.arange(len(bins)) - days["first"][day])[:, None] + np.arange(_PARTS) / _PARTS
    base = np.concatenate(([0.0], np.cumsum(days["volume"])))
    ends = base[day] + bins["below"] + bins["mass"]
    position = base[day, None] + (days["volume"][day] / days["bins"][day])[:, None] * part
    found = np.searchsorted(ends, position, side="right") - days["first"][day, None]
    return np.clip(found, 0, days["bins"][day, None] - 1)


@called
def draw_arrivals(
    day: Any,
    bins: NDArray[Any],
    busy: float,
    level_generator: Generator,
    position_generator: Generator,
    key: NDArray[np.uint64],
    number: NDArray[np.int64],
    first: int,
    room: int,
    draws: NDArray[np.float64],
    positions: NDArray[np.float64],
) -> int:
    """Draw the arrivals of one contact type on one day, in the order of their levels.

    Parameters
    ----------
    day : DAY
    bins : BIN[bins of all days]
    busy : float
        The day's busyness.
    level_generator, position_generator : Generator
    key : uint64[room or more]
        Is filled from `first`: arrival [ticks after midnight] in the high half, place in the low.
    number : int64[room or more]
        Is filled from `first`: which of the drawn contacts come.
    first, room : int
        Where there is room, and where it ends.
    draws, positions : float64[BLOCK]
        To work in.

    Returns
    -------
    int
        The end of what is filled; -1 when there is not room enough.
    """
    volume = day.volume
    wanted = volume * busy
    ceiling = wanted * day.top
    contact, drawn, level = first, 0, 0.0
    while level < ceiling:
        # as many as will be wanted, a few over
        n = min(BLOCK, int(1.05 * (ceiling - level)) + 8)
        level_generator = fill_exponential(level_generator, START, n, draws)
        position_generator = fill_uniform(position_generator, START, n, positions)
        for k in range(n):
            level += draws[k]
            if not level < ceiling:
                break
            position = positions[k] * volume
            part = int(positions[k] * (_PARTS * day.bins))
            at = day.first + bins[day.first + (part >> _PART_BITS)].guide[part & (_PARTS - 1)]
            while bins[at].below > position:
                at -= 1
            while at + 1 < day.first + day.bins and bins[at + 1].below <= position:
                at += 1
            if level < wanted * bins[at].factor:
                if contact == room:
                    return -1
                from_s, length_s = bins[at].from_s, bins[at].length_s
                into = (position - bins[at].below) / bins[at].mass * length_s
                # Down, never up: an arrival must stay inside its bin, before the doors close.
                tick = min(int((from_s + into) * GRID), int((from_s + length_s) * GRID) - 1)
                key[contact] = np.uint64(tick - day.start) << _HALF | np.uint64(contact)
                number[contact] = drawn + k
                contact += 1
        drawn += n
    return contact
