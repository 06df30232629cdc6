"""What observed intervals say that can hardly be meant: the scenario is at hand to compare with."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from queuesim.model import Channel, ContactType, Scenario
from queuesim.results.wording import number_text
from queuesim.watching.detecting.signals import Signals

Floats = NDArray[np.float64]
Rows = NDArray[np.bool_]

_FAR = 8.0
"""A handle time that differs from the scenario's by more than this factor has other units."""
_AFTER_S = 3600.0
"""So long after closing contacts may still be answered [s]."""
_LIVE = (Channel.PHONE, Channel.CHAT)


def observed_oddities(scenario: Scenario, seen: Signals) -> Iterator[str]:
    """Yield what is hardly meant, by contact type.

    Parameters
    ----------
    scenario : Scenario
    seen : Signals
        One row.
    """
    for k, each in enumerate(scenario.contact_types):
        yield from _handle_time(each, seen.mean_handle_s[0, k], seen.answered[0, k])
        if each.channel in _LIVE and each.hours is not None and each.outside_hours != "queue":
            yield from _closed(scenario, each, seen.offered[0, k], seen.answered[0, k])
            yield from _waits(scenario, each, seen.mean_wait_s[0, k])
        yield from _nobody_there(scenario, each, seen.answered[0, k], seen.staffed[0])


def _handle_time(each: ContactType, mean_s: Floats, answered: Floats) -> Iterator[str]:
    known = np.isfinite(mean_s)
    weights = np.where(np.isnan(answered), 1.0, answered)[known]
    if each.handle_s <= 0 or not weights.sum():
        return
    mean = float((mean_s[known] * weights).sum() / weights.sum())
    if not each.handle_s / _FAR <= mean <= each.handle_s * _FAR:
        yield (
            f"{each.name}: handled in {mean:,.3g} s on average, and the scenario says "
            f"{each.handle_s:,.0f} s: is mean_handle_s in seconds?"
        )


def _closed(
    scenario: Scenario, each: ContactType, offered: Floats, answered: Floats
) -> Iterator[str]:
    """Tell of contacts in intervals in which nobody can have been let in, or wait from before."""
    edges_s = scenario.horizon.edges_s
    windows = each.windows(scenario.horizon)
    # the window that begins before an interval's end, if any, is over for long when it begins
    last = np.searchsorted(windows[:, 0], edges_s[1:], side="left") - 1
    closed = (last < 0) | (windows[np.maximum(last, 0), 1] + _AFTER_S <= edges_s[:-1])
    counts = np.where(np.isnan(answered), offered, answered)
    found = np.flatnonzero(closed & (counts > 0))
    if len(found):
        what = "answered" if np.isfinite(answered[found[0]]) else "offered"
        yield (
            f"{each.name}: contacts {what} in {_many(found)} in which it is closed, "
            f"{_start(scenario, found)} the first: are the times of {scenario.horizon.timezone}, "
            "and the hours right?"
        )


def _waits(scenario: Scenario, each: ContactType, mean_s: Floats) -> Iterator[str]:
    windows = each.windows(scenario.horizon)
    longest_s = float((windows[:, 1] - windows[:, 0]).max(initial=0.0))
    found = np.flatnonzero(mean_s > longest_s)
    if len(found):
        yield (
            f"{each.name}: a mean wait of {number_text(float(mean_s[found[0]]), 's')} at "
            f"{_start(scenario, found)}, longer than it is ever open: is mean_wait_s in seconds?"
        )


def _nobody_there(
    scenario: Scenario, each: ContactType, answered: Floats, staffed: Floats
) -> Iterator[str]:
    mine = [g for g, group in enumerate(scenario.agent_groups) if group.skill(each.name)]
    if not mine:
        return
    nobody: Rows = (staffed[mine] == 0).all(axis=0)
    found = np.flatnonzero(nobody & (answered > 0))
    if len(found):
        yield (
            f"{each.name}: contacts answered in {_many(found)} with nobody staffed who could, "
            f"{_start(scenario, found)} the first: is staff complete?"
        )


def _many(found: NDArray[np.intp]) -> str:
    return f"{len(found)} interval{'s' if len(found) > 1 else ''}"


def _start(scenario: Scenario, found: NDArray[np.intp]) -> str:
    """Return when the first of some intervals begins."""
    at = scenario.horizon.local(float(scenario.horizon.edges_s[found[0]]))
    return f"{at:%Y-%m-%d %H:%M}"
