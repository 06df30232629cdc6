"""Work against people, before anything is simulated: offered load in erlangs, and where it is too
much."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from queuesim.model.agent_group import AgentGroup, Skill
from queuesim.model.contact_type import Channel, ContactType
from queuesim.model.horizon import Horizon
from queuesim.model.roster import person_seconds
from queuesim.model.tempo import tempo

if TYPE_CHECKING:
    from queuesim.model.scenario import Scenario

Floats = NDArray[np.float64]

_MOST_LINES = 10
_TOLERANCE = 1e-9


def offered_load(scenario: Scenario) -> Floats:
    """Return float64[contact types, intervals]: rate × mean handle time [erlangs].

    The work that contacts bring, whoever does it: no group's handle-time factor, no ramp-up and no
    agent's own speed.
    Of first attempts: who comes back, or is handed on, is known only when it has happened.
    Self-service is no work of agents.
    """
    horizon = scenario.horizon
    rows = [
        each.demand.rates(horizon).per_interval(horizon)
        / horizon.interval
        * (0.0 if each.channel is Channel.SELF_SERVICE else each.handle_s)
        for each in scenario.contact_types
    ]
    return np.stack(rows)


def staffed(scenario: Scenario) -> Floats:
    """Return float64[agent groups, intervals]: people at work on average, after shrinkage and
    absence [people]; new or not, a person counts as one."""
    horizon = scenario.horizon
    rows = []
    for group, roster in zip(scenario.agent_groups, scenario.rosters, strict=True):
        present = (1.0 - group.shrinkage) * (1.0 - group.absence)
        rows.append(roster.on_duty_s(horizon) / horizon.interval * present)
    return np.stack(rows)


def overloads(scenario: Scenario) -> list[str]:
    """Return readable lines where more work is offered than the people there can carry.

    Live contacts are compared interval by interval: each type alone with all the groups that serve
    it, then all types together with all groups. Work that can wait (messages, callback requests,
    and types that queue outside their hours) is compared over the whole horizon. Groups count at
    their best: total pace at full concurrency, and together as if each did only what it is quickest
    at; new agents and differences between agents count as in `queuesim.model.tempo`. So a line is
    certain bad news, and no line is no promise.
    """
    horizon = scenario.horizon
    work = _within_hours(scenario)
    people = staffed(scenario)
    live = [_is_live(each) for each in scenario.contact_types]
    found: list[_Overload] = []
    told = np.zeros(horizon.n_intervals, dtype=np.bool_)
    for row, each in enumerate(scenario.contact_types):
        carried = _carried(scenario, people, [each])
        if live[row]:
            over = _excessive(work[row], carried)
            told |= over
            found += _stretches(each.name, work[row], carried, over, horizon)
        else:
            found += _in_total(each.name, work[row], carried, horizon)
    some_live = [
        each for each, is_live in zip(scenario.contact_types, live, strict=True) if is_live
    ]
    if len(some_live) > 1:
        together, carried = work[live].sum(axis=0), _carried(scenario, people, some_live)
        over = _excessive(together, carried) & ~told
        found += _stretches("work", together, carried, over, horizon)
    if len(scenario.contact_types) > 1 and not all(live):
        carried = _carried(scenario, people, scenario.contact_types)
        if not found:
            found += _in_total("work", work.sum(axis=0), carried, horizon)
    worst = sorted(found, key=lambda overload: -overload.excess)[:_MOST_LINES]
    lines = [overload.text for overload in found if overload in worst]
    more = len(found) - len(lines)
    return [*lines, f"and {more} more"] if more else lines


@dataclass(frozen=True)
class _Overload:
    """A stretch with too much work: its line, and how much too much [erlang-seconds]."""

    text: str
    excess: float


def _is_live(each: ContactType) -> bool:
    return each.channel in (Channel.PHONE, Channel.CHAT) and each.outside_hours == "turn_away"


def _within_hours(scenario: Scenario) -> Floats:
    """Return the offered load without what is turned away outside the hours, float64[types,
    intervals] [erlangs]."""
    horizon = scenario.horizon
    load = offered_load(scenario)
    for row, each in enumerate(scenario.contact_types):
        if each.outside_hours == "turn_away" and each.hours is not None:
            load[row] *= _share_within_hours(each, horizon)
    return load


def within_hours(each: ContactType, horizon: Horizon) -> float:
    """Return the share of the expected contacts of a type that come within its hours."""
    expected = each.demand.rates(horizon).per_interval(horizon)
    if expected.sum() == 0:
        return 1.0
    return float((expected * _share_within_hours(each, horizon)).sum() / expected.sum())


def _share_within_hours(each: ContactType, horizon: Horizon) -> Floats:
    """Return float64[intervals]: the share of each interval in which a type is open."""
    windows = each.windows(horizon)
    return person_seconds(windows[:, 0], windows[:, 1], horizon) / horizon.interval


def tempo_of(scenario: Scenario, group: AgentGroup) -> Floats:
    """Return what new agents and differences between agents do to the work of a group,
    float64[intervals]; 1 where there are none."""
    if not (group.starters or group.speed_spread):
        return np.ones(scenario.horizon.n_intervals)
    roster = scenario.rosters[scenario.agent_groups.index(group)]
    return tempo(group, roster, scenario.horizon)


def _carried(scenario: Scenario, people: Floats, types: Iterable[ContactType]) -> Floats:
    """Return the work that the groups can carry of these types, float64[intervals] [erlangs]."""
    total = np.zeros(people.shape[1])
    for row, group in enumerate(scenario.agent_groups):
        best = np.zeros(people.shape[1])
        for each in types:
            skill = group.skill(each.name)
            if skill is not None:
                best = np.maximum(best, _speed(group, each, skill, scenario.horizon))
        total += people[row] * best * tempo_of(scenario, group)
    return total


def _speed(group: AgentGroup, each: ContactType, skill: Skill, horizon: Horizon) -> Floats | float:
    """Return the work done per second of an agent, float64[intervals] where the skill has hours."""
    speed = group.best_pace(each.channel) / skill.handle_factor
    if skill.hours is None:
        return speed
    windows = skill.hours.windows(horizon)
    return speed * person_seconds(windows[:, 0], windows[:, 1], horizon) / horizon.interval


def _excessive(work: Floats, carried: Floats) -> NDArray[np.bool_]:
    return work > carried * (1 + _TOLERANCE) + _TOLERANCE


def _stretches(
    what: str, work: Floats, carried: Floats, over: NDArray[np.bool_], horizon: Horizon
) -> list[_Overload]:
    """Condense overloaded intervals into stretches of a day, each told by its worst interval."""
    found = []
    where = np.flatnonzero(over)
    if len(where) == 0:
        return []
    day = horizon.day_of_interval
    breaks = np.flatnonzero((np.diff(where) > 1) | (np.diff(day[where]) > 0)) + 1
    for stretch in np.split(where, breaks):
        worst = stretch[np.argmax(work[stretch] - carried[stretch])]
        begin = horizon.local(float(horizon.edges_s[stretch[0]]))
        end = horizon.local(float(horizon.edges_s[stretch[-1] + 1]))
        until = "24:00" if end.date() != begin.date() else f"{end:%H:%M}"
        upto = "up to " if len(stretch) > 1 else ""
        who = f"{carried[worst]:.1f} staffed" if carried[worst] > 0 else "nobody at work"
        excess = float((work[stretch] - carried[stretch]).sum()) * horizon.interval
        when = f"{begin:%a %Y-%m-%d %H:%M}–{until}"
        text = f"{when}: {upto}{work[worst]:.1f} erlangs of {what} for {who}"
        found.append(_Overload(text, excess))
    return found


def _in_total(what: str, work: Floats, carried: Floats, horizon: Horizon) -> list[_Overload]:
    """Compare work that can wait over the whole horizon."""
    hours, room = work.sum() * horizon.interval / 3600, carried.sum() * horizon.interval / 3600
    if not _excessive(hours, room):
        return []
    first, last = horizon.dates[0], horizon.dates[-1]
    when = f"{first:%a %Y-%m-%d} to {last:%a %Y-%m-%d}"
    text = f"{when}: {hours:,.1f} hours of {what} for {room:,.1f} staffed hours"
    return [_Overload(text, float(hours - room) * 3600)]
