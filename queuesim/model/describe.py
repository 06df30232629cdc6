"""A scenario in plain words, as a planner would say it to another.

Whatever was left to a default that matters is said aloud: holidays that count as Sundays, hours
that follow demand, patience without end, and how many of the headcount are left to take contacts.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from queuesim.model.base import FixedDict
from queuesim.model.callback import Dialling
from queuesim.model.contact_type import Channel, ContactType
from queuesim.model.days import DAYS, format_clock
from queuesim.model.demand import Demand
from queuesim.model.describe_coming_back import coming_back_in_words, front_door_in_words
from queuesim.model.describe_groups import group_in_words
from queuesim.model.describe_waiting import dialling_in_words, while_waiting
from queuesim.model.events import times_in_words
from queuesim.model.horizon import Horizon
from queuesim.model.load import staffed, within_hours
from queuesim.model.profiles import PROFILES, Shape, shares_of_day
from queuesim.model.wording import law_in_words, listed, percent, time_in_words
from queuesim.units import DAY_S, format_duration

if TYPE_CHECKING:
    from queuesim.model.scenario import Scenario

Floats = NDArray[np.float64]

_WIDTH = 96


def in_words(scenario: Scenario) -> str:
    """Return a scenario in plain words.

    Parameters
    ----------
    scenario
        What is stated.

    Returns
    -------
    str
        A paragraph about the horizon, one for each contact type and agent group, and at the end
        where the work is more than the people can carry.
    """
    people = staffed(scenario)
    parts = [_Part(f'Scenario "{scenario.name}"', _horizon(scenario))]
    parts += [
        _Part(f'Contact type "{each.name}", by {each.channel}', _contact_type(each, scenario))
        for each in scenario.contact_types
    ]
    parts += [
        _Part(f'Agent group "{group.name}"', group_in_words(group, scenario, people[row]))
        for row, group in enumerate(scenario.agent_groups)
    ]
    overloads = scenario.overloads()
    if overloads:
        parts.append(_Part("More work than the people there can carry", overloads))
    return "\n\n".join(map(str, parts))


class _Part:
    """A heading with its lines."""

    def __init__(self, heading: str, lines: Iterable[str]) -> None:
        self.heading, self.lines = heading, list(lines)

    def __str__(self) -> str:
        wrap = textwrap.TextWrapper(
            _WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False
        )
        return "\n".join([self.heading, *(wrap.fill(line) for line in self.lines)])


# --- horizon ---------------------------------------------------------------------------------


def _horizon(scenario: Scenario) -> Iterator[str]:
    horizon = scenario.horizon
    first, last = horizon.dates[0], horizon.dates[-1]
    span = f"{first:%a %Y-%m-%d}"
    if horizon.days > 1:
        span = f"{horizon.days:,} days, {span} to {last:%a %Y-%m-%d}"
    yield (
        f"{span}, in intervals of {format_duration(horizon.interval)}; local time of "
        f"{horizon.timezone}."
    )
    if not horizon.holidays:
        yield "No holidays: no calendar is named, so every day is an ordinary day of the week."
    else:
        named = [f"{name} ({day})" for day, name in _holidays(horizon)]
        fall = listed(named, 8) if named else "none falls into these days"
        yield f"Holidays of {listed(horizon.holidays)}: {fall}."
    for day in np.flatnonzero(np.diff(horizon.day_edges_s) != DAY_S):
        hours = (horizon.day_edges_s[day + 1] - horizon.day_edges_s[day]) / 3600
        yield f"Clocks change on {horizon.dates[day]}: that day has {hours:g} hours."
    yield (
        f"Prices in {scenario.currency}. Who leaves within "
        f"{format_duration(scenario.short_abandon)} is a short abandon."
    )
    if scenario.score == "queue":
        yield "Agents who become free turn to the longest queue (weight × waiting + credit)."


def _holidays(horizon: Horizon) -> Iterator[tuple[str, str]]:
    for day, name in zip(horizon.dates, horizon.holiday_name, strict=True):
        if name is not None:
            yield f"{day:%a %Y-%m-%d}", name


# --- contact types ---------------------------------------------------------------------------


def _contact_type(each: ContactType, scenario: Scenario) -> Iterator[str]:
    horizon = scenario.horizon
    yield from _demand(each.demand, horizon)
    yield _handling(each)
    if each.front_door is not None:
        yield front_door_in_words(each.front_door)
    elif each.channel is Channel.CALLBACK:
        yield f"Callback requests: {dialling_in_words(each.dialling or Dialling())}."
    elif each.patience is None:
        yield "Patience: without end; nobody abandons."
    else:
        yield f"Patience: {law_in_words(each.patience)}; who has waited that long abandons."
    if each.target is None:
        yield "Target: none is promised."
    else:
        within = format_duration(each.target.within)
        clock = ""
        if each.target.clock == "opening_hours":
            hours = each.target.within / 3600  # a day of opening hours is no day
            within = f"{hours:g} h" if each.target.within >= DAY_S else within
            clock = " of opening hours, as all its waits are counted"
        yield f"Target: {percent(each.target.share)} answered within {within}{clock}."
    yield from _hours(each, horizon)
    yield _routing(each, scenario)
    yield from while_waiting(each)
    yield coming_back_in_words(each)
    yield from _allocation(each)
    served = [
        f"{group.name} (rank {skill.rank})"
        for group in scenario.agent_groups
        if (skill := group.skill(each.name)) is not None
    ]
    yield f"Served by: {listed(served) if served else 'nobody, it is self-service'}."


def _demand(demand: Demand, horizon: Horizon) -> Iterator[str]:
    per_day = demand.rates(horizon).per_day()
    busiest = int(np.argmax(per_day))
    total = f"{per_day.sum():,.0f} contacts expected"
    if horizon.days > 1:
        total += f", most on {horizon.dates[busiest]:%a %Y-%m-%d} ({per_day[busiest]:,.0f})"
    yield f"Demand: {total}."
    yield f"Made of: {'; '.join(_factors(demand, horizon))}."
    if demand.events:
        yield f"Events: {'; '.join(_events(demand))}."
    if demand.busyness:
        shared = f"{percent(demand.shared)} of its variance shared with the other types"
        if not demand.shared:
            shared = "each type on its own"
        yield f"Busyness: days scatter around this by {percent(demand.busyness)} (cv), {shared}."
    else:
        yield "Busyness: none; days differ by chance alone (Poisson)."


def _factors(demand: Demand, horizon: Horizon) -> Iterator[str]:
    series = demand.series
    if series is not None:
        span = f"real counts of {series.dates[0]} to {series.dates[-1]}"
        repeated = "" if series.mode == "dates" else ", repeated weekday by weekday"
        yield f"{span}, every {format_duration(series.interval)}{repeated}"
    else:
        yield f"{demand.per_day or 0:,g} on a day whose factors are 1"
        yield _day_shapes(demand)
        if len(set(demand.week)) > 1:
            days = (f"{day} {factor:g}" for day, factor in zip(DAYS, demand.week, strict=True))
            yield f"by weekday {', '.join(days)}"
        else:
            yield "every weekday alike" + (f", × {demand.week[0]:g}" if demand.week[0] != 1 else "")
        if demand.year is None:
            yield "no season"
        else:
            low, high = min(demand.year), max(demand.year)
            parts = "month" if len(demand.year) == 12 else "ISO week"
            yield f"by {parts} of the year × {low:g} to {high:g}"
    if demand.growth:
        yield f"growing {percent(demand.growth)} a year from the first day"
    if demand.scale != 1:
        yield f"all × {demand.scale:g}"
    if series is not None and series.mode == "dates":
        yield "holidays as counted"
    elif horizon.holidays:
        yield _holiday_rule(demand)


def _holiday_rule(demand: Demand) -> str:
    def said(rule: float | str) -> str:
        if rule == "sunday":
            return "as Sundays"
        return "as ordinary days" if rule == "none" else f"as their weekday × {rule:g}"

    if isinstance(demand.holiday, FixedDict):
        named = (f"{name} {said(rule)}" for name, rule in demand.holiday.items())
        return f"holidays as Sundays, but {', '.join(named)}"
    return f"holidays {said(demand.holiday)}"


def _day_shapes(demand: Demand) -> str:
    if isinstance(demand.day, FixedDict):
        shapes = (f"{key} {_shape(shape)}" for key, shape in demand.day.items())
        return f"over the day {', '.join(shapes)}"
    return f"over the day {_shape(demand.day)}"


def _shape(shape: Shape) -> str:
    if shape == "flat":
        return "evenly"
    shares = shares_of_day(shape)
    step = DAY_S / len(shares)
    some = np.flatnonzero(shares)
    span = f"{format_clock(some[0] * step)}–{format_clock((some[-1] + 1) * step)}"
    peak = format_clock(int(np.argmax(shares)) * step)
    name = f'"{shape}"' if shape in PROFILES else f"{len(shares)} factors"
    return f"{name} ({span}, most at {peak})"


def _events(demand: Demand) -> Iterator[str]:
    for event in demand.events:
        yield f"{event.name} × {event.factor:g} {times_in_words(event)}"


def _handling(each: ContactType) -> str:
    wrap_up = "no wrap-up" if each.wrap_up is None else f"wrap-up {law_in_words(each.wrap_up)}"
    talk = law_in_words(each.talk)
    return f"Handle time: {time_in_words(each.handle_s)} on average; talk {talk}, {wrap_up}."


def _hours(each: ContactType, horizon: Horizon) -> Iterator[str]:
    if each.hours is None:
        said = "not stated, so they follow demand, each day from its first to its last"
        windows = each.windows(horizon)
        if len(windows) == 1 and windows[0, 0] == 0 and windows[0, 1] == horizon.seconds:
            said = "not stated, so they follow demand: open all the time"
        elif len(windows):
            begin, end = (horizon.local(float(edge)) for edge in windows[0])
            said += f" (first {begin:%a %H:%M}–{end:%H:%M})"
    else:
        said = each.hours.describe()
        if not each.hours.names_holidays and horizon.holidays:
            said += "; a holiday keeps its weekday's hours"
        outside_share = 1.0 - within_hours(each, horizon)
        if outside_share > 0.0005:
            said += f"; {percent(outside_share)} of the demand falls outside them"
    outside = "are turned away" if each.outside_hours == "turn_away" else "wait for the opening"
    at_closing = {
        "serve_out": "are served",
        "release": "are sent away",
        "carry_over": "are carried over",
    }[each.at_closing]
    yield (
        f"Hours: {said}. Outside them contacts {outside}; at closing those who still wait "
        f"{at_closing}."
    )


def _routing(each: ContactType, scenario: Scenario) -> str:
    by_queue = scenario.score == "queue"
    if each.weight == 1 and each.credit == 0:
        alone = "the number waiting" if by_queue else "wait"
        return f"Routing: by {alone} alone (weight 1, no credit)."
    terms = [f"weight {each.weight:g}"] if each.weight != 1 else []
    if each.credit:
        ahead = "a head start" if each.credit > 0 else "a handicap"
        much = format_duration(abs(each.credit))
        if by_queue:
            much = f"{abs(each.credit):g} contacts waiting"
        elif abs(each.credit) > scenario.horizon.seconds:
            much += " (more than any wait)"
        terms.append(f"{ahead} of {much}")
    return f"Routing: {' and '.join(terms)} against the other queues."


def _allocation(each: ContactType) -> Iterator[str]:
    if each.allocation:
        shares = listed(f"{name} {percent(share)}" for name, share in each.allocation.items())
        others = "no other group takes them"
        if each.allocation_overflow is not None:
            wait = each.allocation_overflow
            after = f"after {format_duration(wait)} of waiting" if wait else "from the start"
            others = f"{after} any group with the skill may take them"
        yield f"Allocation: {shares} of the volume; {others}."
