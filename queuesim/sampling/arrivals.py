"""Arrivals: a marked envelope for every day, thinned to the demand.

For one contact type and one day, contacts come in a fixed order of *levels*, a Poisson process of
rate one, each with a fixed position in the day. A day with expected volume v keeps the contacts
whose level lies below v. Twice the demand keeps all of them and adds more, half the demand keeps
half, and whoever stays keeps arrival, talk and patience. An event inside the day (a campaign, an
outage) raises the level for its hours only: the envelope is the day's highest level, thinned
elsewhere. The counts in disjoint periods are independent Poisson counts with the wanted means
(Lewis and Shedler, 1979, theorem 1; marking: Kingman, 1993, section 5.2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from queuesim.model import ContactType, Horizon
from queuesim.sampling.streams import Stream, Streams
from queuesim.units import GRID, snap_down

SHARED_BUSYNESS = "/busyness"  # names of contact types have no slash and are not empty


@dataclass(frozen=True)
class DayOfArrivals:
    """The contacts of one type on one day, in the order of their levels.

    Attributes
    ----------
    day : int
        Day of the horizon, from 0.
    drawn : int
        Contacts in the envelope; draws belong to all of them.
    number : numpy.ndarray, int64
        Which of the drawn contacts come.
    arrival_s : numpy.ndarray, float64
        When they come [s since the start of the horizon].
    """

    day: int
    drawn: int
    number: NDArray[np.int64]
    arrival_s: NDArray[np.float64]


def busyness(contact_type: ContactType, horizon: Horizon, streams: Streams) -> NDArray[np.float64]:
    """Draw the factor by which each day is busier or quieter than planned.

    Gamma with mean 1 and the demand's coefficient of variation. The factor is the sum of a part
    that all contact types share and a part of its own, both gamma with one scale; so it is exactly
    gamma, and two types with equal settings have correlation `shared`.

    Parameters
    ----------
    contact_type : ContactType
    horizon : Horizon
    streams : Streams

    Returns
    -------
    numpy.ndarray, shape (days,)
        Factors, mean 1.
    """
    demand = contact_type.demand
    if demand.busyness == 0:
        return np.ones(horizon.days)
    shape = 1.0 / demand.busyness**2
    factor = np.zeros(horizon.days)
    for name, share in (
        (SHARED_BUSYNESS, demand.shared),
        (f"{contact_type.name}/busyness", 1.0 - demand.shared),
    ):
        if share > 0:
            chance = one_draw_a_day(streams[name], horizon)
            factor += gammaincinv(share * shape, chance) / shape
    return factor


def one_draw_a_day(stream: Stream, horizon: Horizon) -> NDArray[np.float64]:
    """Return one uniform draw for each day of the horizon, shape (days,)."""
    return np.array([stream.on_day(day).random() for day in horizon.dates])


def arrivals(contact_type: ContactType, horizon: Horizon, streams: Streams) -> list[DayOfArrivals]:
    """Draw the arrivals of one contact type.

    Parameters
    ----------
    contact_type : ContactType
    horizon : Horizon
    streams : Streams

    Returns
    -------
    list of DayOfArrivals
        The days that have contacts, in order.
    """
    rates = contact_type.demand.rates(horizon)
    busy = busyness(contact_type, horizon, streams)
    level_stream = streams[f"{contact_type.name}/arrivals"]
    position_stream = streams[f"{contact_type.name}/position"]
    first_bin = np.searchsorted(rates.day, np.arange(horizon.days + 1))
    days = []
    for day, date in enumerate(horizon.dates):
        bins = slice(first_bin[day], first_bin[day + 1])
        edges = rates.edges_s[first_bin[day] : first_bin[day + 1] + 1]
        mass = rates.base_per_s[bins] * np.diff(edges)
        volume = mass.sum()
        if volume == 0 or busy[day] == 0:
            continue
        wanted = volume * busy[day] * rates.factor[bins]
        levels = _levels_below(level_stream.on_day(date), wanted[mass > 0].max())
        position = position_stream.on_day(date).random(len(levels)) * volume
        cumulative = np.concatenate(([0.0], np.cumsum(mass)))
        # the last bin with mass takes a position that rounding put at the very end of the day
        at = np.minimum(
            np.searchsorted(cumulative, position, side="right") - 1, np.flatnonzero(mass)[-1]
        )
        into = (position - cumulative[at]) / mass[at] * (edges[at + 1] - edges[at])
        # Down, never up: an arrival must stay inside its bin, before the doors close.
        arrival = np.minimum(snap_down(edges[at] + into), edges[at + 1] - 1.0 / GRID)
        comes = np.flatnonzero(levels < wanted[at])
        if len(comes):
            days.append(DayOfArrivals(day, len(levels), comes, arrival[comes]))
    return days


def _levels_below(generator: np.random.Generator, ceiling: float) -> NDArray[np.float64]:
    """Return the points of a Poisson process of rate one below the ceiling, in order."""
    guess = int(ceiling + 6 * np.sqrt(ceiling) + 16)
    levels = np.cumsum(generator.standard_exponential(guess))
    while levels[-1] < ceiling:
        more = generator.standard_exponential(guess)
        more[0] += levels[-1]
        levels = np.concatenate((levels, np.cumsum(more)))
    return levels[: np.searchsorted(levels, ceiling)]
