"""Who is on the plan, and what part of their paid time falls into given hours."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from queuesim.model.roster import Roster
from queuesim.results.layout import Layout


def people_by_week(layout: Layout, group: int) -> NDArray[np.int64]:
    """Return the people that an agent group needs in each calendar week.

    The most scheduled at once in the week, or the persons of the week's shifts.

    Parameters
    ----------
    layout : Layout
    group : int
        Index of the group.

    Returns
    -------
    numpy.ndarray, int64, shape (weeks,)
    """
    roster, weeks, horizon = layout.rosters[group], layout.weeks, layout.scenario.horizon
    if not roster.by_shifts:
        by_day = np.maximum.reduceat(roster.most_at_once(horizon), layout.first_interval_of_day)
        return np.maximum.reduceat(by_day, weeks.first_day)
    week = np.searchsorted(weeks.first_day, roster.day, side="right") - 1
    there = np.zeros((len(weeks), roster.people), dtype=bool)
    there[week, roster.person] = True
    return there.sum(axis=1)


def paid_within(
    roster: Roster, windows: NDArray[np.float64], edges_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return paid time within some windows, by period.

    Parameters
    ----------
    roster : Roster
    windows : numpy.ndarray, float64, shape (k, 2)
        From and to [s], in order and apart.
    edges_s : numpy.ndarray, float64, shape (periods + 1,)
        Edges of the periods [s].

    Returns
    -------
    numpy.ndarray, float64, shape (periods,)
        [person-seconds]
    """
    if roster.by_shifts:
        begins, ends = roster.on_s, roster.paid_until_s
        people = np.ones(len(begins), dtype=np.int64)
    else:
        begins, ends, people = roster.edges_s[:-1], roster.edges_s[1:], roster.counts
    paid = np.zeros(len(edges_s) - 1)
    for k, (begin, end) in enumerate(pairwise(edges_s)):
        inside = _time_before(np.clip(ends, begin, end), windows)
        inside -= _time_before(np.clip(begins, begin, end), windows)
        paid[k] = float(inside @ people)
    return paid


def _time_before(
    instants: NDArray[np.float64], windows: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the time within the windows before each instant [s]."""
    if len(windows) == 0:
        return np.zeros(len(instants))
    length = windows[:, 1] - windows[:, 0]
    before = np.cumsum(length) - length
    k = np.maximum(np.searchsorted(windows[:, 0], instants, side="right") - 1, 0)
    within: NDArray[np.float64] = before[k] + np.clip(instants - windows[k, 0], 0.0, length[k])
    return within
