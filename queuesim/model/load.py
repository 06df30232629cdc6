"""Work against people, before anything is simulated: offered load in erlangs, and where it is too
much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from queuesim.model.carrying import Carrying, Mix, present_share
from queuesim.model.contact_type import Channel, ContactType
from queuesim.model.horizon import Horizon
from queuesim.model.roster import person_seconds
from queuesim.model.wording import joined

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
        rows.append(roster.on_duty_s(horizon) / horizon.interval * present_share(group))
    return np.stack(rows)


def overloads(scenario: Scenario) -> list[str]:
    """Return readable lines where more work is offered than the people there can carry.

    Live contacts are compared interval by interval: each type alone with all the groups that serve
    it, then types that only the same groups serve, by channel and together, up to all types with
    all groups. Work that can wait (messages, callback requests, and types that queue outside their
    hours) is compared over the whole horizon. Every type counts at a group's best total pace for
    it, and takes its share of the people's time (`queuesim.model.carrying`); new agents and
    differences between agents count as in `queuesim.model.tempo`. So a line is certain bad news,
    and no line is no promise.
    """
    horizon = scenario.horizon
    work = _within_hours(scenario)
    can = Carrying(scenario, staffed(scenario))
    rows = range(len(scenario.contact_types))
    live = [row for row in rows if is_live(scenario.contact_types[row])]
    found: list[_Overload] = []
    told = np.zeros(horizon.n_intervals, dtype=np.bool_)
    for row in rows:
        if row in live:
            told |= _stretches(found, scenario, work, (row,), can, told)
        else:
            _in_total(found, scenario, work, (row,), can)
    for mix in can.mixes(live):
        told |= _stretches(found, scenario, work, mix, can, told)
    if len(live) < len(rows) and not found:
        for mix in can.mixes(rows):
            if not found and not set(mix) <= set(live):
                _in_total(found, scenario, work, mix, can)
    worst = sorted(found, key=lambda overload: -overload.excess)[:_MOST_LINES]
    lines = [each.text for each in sorted(worst, key=lambda overload: overload.begins_s)]
    more = len(found) - len(lines)
    return [*lines, f"and {more} more"] if more else lines


def not_carried(scenario: Scenario, work: Floats, people: Floats) -> Floats:
    """Return how much more live work comes than the people there carry at best, by contact type.

    Of a type alone, or of types that share people, directly or through others: whichever is more.
    Where some of these types are as much too much without another one, that one is not to blame.

    Parameters
    ----------
    scenario
        What is stated.
    work
        float64[contact types, intervals]: what contacts bring, whoever does it [erlangs].
    people
        float64[agent groups, intervals]: people there on average.

    Returns
    -------
    float64[contact types, intervals]
        [erlangs]; NaN for types whose work can wait.
    """
    types = scenario.contact_types
    live = [row for row, each in enumerate(types) if is_live(each)]
    can = Carrying(scenario, people)
    found = np.full(work.shape, np.nan)
    found[live] = 0.0
    excess: dict[Mix, Floats] = {}
    for mix in [*((row,) for row in live), *can.mixes(live)]:  # smallest first
        if not can.shares_people(mix):
            continue
        total, carried = work[list(mix)].sum(axis=0), can.carried(work, mix)
        over = np.where(_excessive(total, carried), total - carried, 0.0)
        if not over.any():
            continue
        within = [part for part in excess if set(part) < set(mix)]
        for row in mix:
            without = [excess[part] for part in within if row not in part]
            least = np.max(without, axis=0) if without else np.zeros(over.shape)
            to_blame = (over > least * (1 + _TOLERANCE)) & (work[row] > 0)
            found[row] = np.maximum(found[row], np.where(to_blame, over, 0.0))
        excess[mix] = over
    return found


@dataclass(frozen=True)
class _Overload:
    """A stretch with too much work: its line, how much too much [erlang-seconds], and when it
    begins [s]; work that can wait comes last."""

    text: str
    excess: float
    begins_s: float = np.inf


def is_live(each: ContactType) -> bool:
    """Return whether the work of a type has to be done when it comes: nobody of it waits for an
    answer of hours, or for the opening."""
    return each.channel in (Channel.PHONE, Channel.CHAT) and each.outside_hours == "turn_away"


def _within_hours(scenario: Scenario) -> Floats:
    """Return the offered load without what is turned away outside the hours, float64[types,
    intervals] [erlangs]."""
    return offered_load(scenario) * let_in(scenario)


def let_in(scenario: Scenario) -> Floats:
    """Return the share of each interval in which a type takes contacts, float64[types, intervals]:
    1 but for types that turn away outside their hours."""
    horizon = scenario.horizon
    share = np.ones((len(scenario.contact_types), horizon.n_intervals))
    for row, each in enumerate(scenario.contact_types):
        if each.outside_hours == "turn_away" and each.hours is not None:
            share[row] = _share_within_hours(each, horizon)
    return share


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


def _excessive(work: Floats, carried: Floats) -> NDArray[np.bool_]:
    return work > carried * (1 + _TOLERANCE) + _TOLERANCE


def _stretches(
    found: list[_Overload],
    scenario: Scenario,
    work: Floats,
    mix: Mix,
    can: Carrying,
    told: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Add the overloaded intervals of a mix as stretches of a day, each told by its worst interval;
    return them. Of several types without those in which it is told already."""
    horizon = scenario.horizon
    total, carried, people = work[list(mix)].sum(axis=0), can.carried(work, mix), can.staffed(mix)
    over = _excessive(total, carried)
    if len(mix) > 1:
        over &= ~told
    where = np.flatnonzero(over)
    if len(where) == 0:
        return over
    day = horizon.day_of_interval
    breaks = np.flatnonzero((np.diff(where) > 1) | (np.diff(day[where]) > 0)) + 1
    for stretch in np.split(where, breaks):
        worst = stretch[np.argmax(total[stretch] - carried[stretch])]
        begin = horizon.local(float(horizon.edges_s[stretch[0]]))
        end = horizon.local(float(horizon.edges_s[stretch[-1] + 1]))
        until = "24:00" if end.date() != begin.date() else f"{end:%H:%M}"
        upto = "up to " if len(stretch) > 1 else ""
        excess = float((total[stretch] - carried[stretch]).sum()) * horizon.interval
        when = f"{begin:%a %Y-%m-%d %H:%M}–{until}"
        what = f"{total[worst]:.1f} erlangs of {_names(mix, scenario)}"
        who = "nobody at work"
        if carried[worst] > 0:
            who = f"{people[worst]:.1f} staffed"
            who += _at_best(f"{people[worst]:.1f}", f"{carried[worst]:.1f}")
        begins_s = float(horizon.edges_s[stretch[0]])
        found.append(_Overload(f"{when}: {upto}{what} for {who}", excess, begins_s))
    return over


def _in_total(
    found: list[_Overload], scenario: Scenario, work: Floats, mix: Mix, can: Carrying
) -> None:
    """Add work that can wait, if over the whole horizon it is too much."""
    horizon = scenario.horizon
    hour = horizon.interval / 3600
    hours, there = work[list(mix)].sum() * hour, can.staffed(mix).sum() * hour
    room = can.carried(work, mix, whole=True)[0] * hour
    if not _excessive(hours, room):
        return
    first, last = horizon.dates[0], horizon.dates[-1]
    when = f"{first:%a %Y-%m-%d} to {last:%a %Y-%m-%d}"
    what = f"{hours:,.1f} hours of {_names(mix, scenario)}"
    who = f"{there:,.1f} staffed hours{_at_best(f'{there:,.1f}', f'{room:,.1f}')}"
    found.append(_Overload(f"{when}: {what} for {who}", float(hours - room) * 3600))


def _at_best(people: str, carried: str) -> str:
    """Return what the people carry, in print, where that is not as many erlangs as they are."""
    return "" if people == carried else f", who carry {carried} at best"


def _names(mix: Mix, scenario: Scenario) -> str:
    """Return what the work is of: a type, some of them, or work as such, of all that are alike."""
    types = scenario.contact_types
    agents_do = [row for row, each in enumerate(types) if each.channel is not Channel.SELF_SERVICE]
    live = [row for row in agents_do if is_live(types[row])]
    if len(mix) > 1 and list(mix) in (live, agents_do):
        return "work"
    return joined(types[row].name for row in mix)
