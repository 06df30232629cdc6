"""What may be stated and is hardly meant: events that change nothing, hours in which nobody comes,
numbers in another unit (`queuesim.model.other_units`).

None of it is wrong, so none of it is refused: it is told before anything is simulated, like too
much work for the people (`queuesim.model.load`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from queuesim.model.attempts import returns_of
from queuesim.model.contact_type import ContactType
from queuesim.model.days import days_in_words
from queuesim.model.events import Event, times_in_words
from queuesim.model.horizon import Horizon
from queuesim.model.other_units import other_units
from queuesim.model.roster import person_seconds

if TYPE_CHECKING:
    from queuesim.model.scenario import Scenario

Floats = NDArray[np.float64]


def oddities(scenario: Scenario) -> list[str]:
    """Return readable lines, each with the path of what is hardly meant; empty mostly.

    Parameters
    ----------
    scenario
        What is stated.
    """
    found: list[str] = []
    for each in scenario.contact_types:
        at = f"contact_types.{each.name}"
        for event in each.demand.events:
            found += _event(event, f"{at}.demand.events.{event.name}", each, scenario.horizon)
        if each.front_door is not None:
            for event in each.front_door.outages:
                where = f"{at}.front_door.outages.{event.name}"
                found += _event(event, where, each, scenario.horizon)
        found += _hours(each, at, scenario)
    return [*found, *other_units(scenario)]


def _event(event: Event, at: str, each: ContactType, horizon: Horizon) -> Iterator[str]:
    """Tell an event that changes nothing, or everything."""
    outage = ".outages." in at
    when = times_in_words(event)
    if event.factor == 1:
        yield f"{at}: factor 1 changes nothing ({when})"
    elif event.factor == 0:
        what = f"{each.name} fails nobody" if outage else f"nobody comes to {each.name}"
        yield f"{at}: factor 0 means that {what} {when}; as ever is factor 1"
    begin = event.begins_s(horizon)
    end = begin + event.lasts + event.fades
    open_s = _overlap(each.windows(horizon), begin, end)
    if open_s == 0 and each.outside_hours == "turn_away":
        yield f"{at}: {each.name} is closed all the time {when}, and it changes nothing there"


def _hours(each: ContactType, at: str, scenario: Scenario) -> Iterator[str]:
    """Tell hours in which nobody comes, of a type that lives by its own demand alone."""
    horizon = scenario.horizon
    if each.hours is None or each.outside_hours != "turn_away" or _is_led_to(each, scenario):
        return
    expected = each.demand.rates(horizon).per_interval(horizon)
    if expected.sum() == 0:
        return
    windows = each.windows(horizon)
    is_open = person_seconds(windows[:, 0], windows[:, 1], horizon)
    if not (expected[is_open > 0] > 0).any():
        yield f"{at}.hours: nobody comes in them ({each.hours.describe()}); all are turned away"
        return
    weekday = horizon.weekday[horizon.day_of_interval]
    idle = [
        day
        for day in range(7)
        if (is_open[weekday == day] > 0).any() and expected[weekday == day].sum() == 0
    ]
    if idle:
        days = days_in_words(tuple(idle))
        yield f"{at}.hours: open on {days}, on which nobody comes; check demand.week or the hours"


def _is_led_to(each: ContactType, scenario: Scenario) -> bool:
    """Whether contacts of other types may go on or come back as this one."""
    for other in scenario.contact_types:
        ends = [terms.to for terms in returns_of(other).values() if terms is not None]
        if other.front_door is not None:
            ends += list(other.front_door.to)
        if each.name in ends or (other is each and any(end is None for end in ends)):
            return True
    return any(
        skill.transfer is not None and skill.transfer.to == each.name
        for group in scenario.agent_groups
        for skill in group.skills
    )


def _overlap(windows: Floats, begin: float, end: float) -> float:
    """Return how long windows and a stretch of time lie over each other [s]."""
    both = np.minimum(windows[:, 1], end) - np.maximum(windows[:, 0], begin)
    return float(np.clip(both, 0.0, None).sum())
