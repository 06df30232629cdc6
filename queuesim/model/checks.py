"""What only the whole scenario can check: that its parts fit each other, and the horizon."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from queuesim.model import attempts
from queuesim.model.agent_group import AgentGroup, Skill
from queuesim.model.base import FixedDict
from queuesim.model.contact_type import Channel, ContactType
from queuesim.model.contract import InHouse, Outsourced
from queuesim.model.events import event_faults
from queuesim.model.faults import Fault, did_you_mean, one_of, quoted
from queuesim.model.horizon import Horizon
from queuesim.model.roster import planned, rostered
from queuesim.model.starters import more_than
from queuesim.model.tempo import most_from
from queuesim.units import format_duration

if TYPE_CHECKING:
    from queuesim.model.scenario import Scenario

_NO_WINDOWS = np.empty((0, 2))


def faults(scenario: Scenario) -> Iterator[Fault]:
    """Find faults between parts that are each allowed alone; paths are from the scenario."""
    yield from _names(scenario)
    if not scenario.contact_types or not scenario.agent_groups:
        return  # everything else would only repeat that
    for each in scenario.contact_types:
        at = ("contact_types", each.name)
        yield from _under(at, _contact_type(each, scenario))
    for group in scenario.agent_groups:
        at = ("agent_groups", group.name)
        yield from _under(at, _agent_group(group, scenario))
    yield from attempts.faults(scenario.contact_types, scenario.agent_groups)
    if scenario.short_abandon > scenario.horizon.seconds:
        yield _too_long("short_abandon", scenario.short_abandon, scenario.horizon)


def _under(at: tuple[str, ...], found: Iterable[Fault]) -> Iterator[Fault]:
    for fault in found:
        yield Fault(fault.rule, fault.fix, (*at, *fault.at), given=fault.given)


def _names(scenario: Scenario) -> Iterator[Fault]:
    for field, noun in (("contact_types", "contact type"), ("agent_groups", "agent group")):
        parts = getattr(scenario, field)
        if not parts:
            yield Fault(f"must have at least one {noun}", "add one", (field,), given="none")
        names = [part.name for part in parts]
        for index, name in enumerate(names):
            if name in names[:index]:
                rule = f"is already the name of {field}.{names.index(name)}, counted from 0"
                yield Fault(
                    rule, "give each its own name", (field, str(index), "name"), given=quoted(name)
                )


# --- contact types ---------------------------------------------------------------------------


def _contact_type(each: ContactType, scenario: Scenario) -> Iterator[Fault]:
    horizon = scenario.horizon
    serving = [group for group in scenario.agent_groups if group.skill(each.name) is not None]
    if each.channel is Channel.SELF_SERVICE:
        for group in serving:
            yield Fault(
                "is self-service, which no agent serves",
                f"take it out of agent_groups.{group.name}.skills",
                given=quoted(group.name),
            )
    elif not serving:
        some = scenario.agent_groups[0].name if scenario.agent_groups else "…"
        yield Fault(
            "must be served by an agent group: none has it among its skills",
            f"add {quoted(each.name)} to agent_groups.{some}.skills, say",
            given="no group",
        )
    durations: dict[tuple[str, ...], float] = {
        ("talk",): each.talk.mean_s,
        ("wrap_up",): each.wrap_up.mean_s if each.wrap_up else 0.0,
        ("callback", "after"): each.callback.after if each.callback else 0.0,
        ("callback", "delay"): each.callback.delay.mean_s if each.callback else 0.0,
        ("callback", "slot"): each.callback.slot or 0.0 if each.callback else 0.0,
        ("announcement", "fixed"): each.announcement.fixed or 0.0 if each.announcement else 0.0,
        ("announcement", "tolerance"): each.announcement.tolerance if each.announcement else 0.0,
        ("callback", "dialling", "ring"): each.callback.dialling.ring if each.callback else 0.0,
        ("callback", "dialling", "retry_after"): each.callback.dialling.retry_after
        if each.callback
        else 0.0,
        ("dialling", "ring"): each.dialling.ring if each.dialling else 0.0,
        ("dialling", "retry_after"): each.dialling.retry_after if each.dialling else 0.0,
        **{
            (*attempts.where_stated(each, name), "delay"): terms.delay.mean_s
            for name, terms in attempts.returns_of(each).items()
            if terms is not None
        },
        ("allocation_overflow",): each.allocation_overflow or 0.0,
    }
    for at, seconds in durations.items():
        if seconds > horizon.seconds:
            yield _too_long(".".join(at), seconds, horizon)
    yield from _allocation(each, scenario)
    if each.callback is not None and each.callback.reserve and serving:
        most = max(group.most_scheduled() for group in serving)
        if 0 < most <= each.callback.reserve:
            yield Fault(
                f"must be below the {most} people of the largest group that serves it",
                f"write {most - 1} at most",
                ("callback", "reserve"),
                given=str(each.callback.reserve),
            )
    if each.front_door is not None:
        yield from _under(
            ("front_door",), event_faults(each.front_door.outages, "outages", horizon)
        )
    for fault in each.demand.faults(horizon):
        yield Fault(fault.rule, fault.fix, ("demand", *fault.at), given=fault.given)


def _allocation(each: ContactType, scenario: Scenario) -> Iterator[Fault]:
    """Find shares of groups that are not there, or cannot serve the type."""
    names = [group.name for group in scenario.agent_groups]
    for name in each.allocation:
        at = ("allocation", name)
        if name not in names:
            yield Fault(
                f"must be an agent group of the scenario: {one_of(map(quoted, names))}",
                did_you_mean(name, names),
                at,
                given=quoted(name),
            )
        elif scenario.agent_groups[names.index(name)].skill(each.name) is None:
            yield Fault(
                f"must be a group with the skill: {name} does not serve {quoted(each.name)}",
                f"add {quoted(each.name)} to agent_groups.{name}.skills, or allot it nothing",
                at,
                given=quoted(name),
            )


def _too_long(path: str, seconds: float, horizon: Horizon) -> Fault:
    return Fault(
        f"must not be longer than the horizon, {format_duration(horizon.seconds)}",
        "check the unit: plain numbers are seconds",
        tuple(path.split(".")),
        given=quoted(format_duration(seconds)),
    )


# --- agent groups ----------------------------------------------------------------------------


def _agent_group(group: AgentGroup, scenario: Scenario) -> Iterator[Fault]:
    horizon = scenario.horizon
    known = [each.name for each in scenario.contact_types]
    most = group.most_scheduled()
    for skill in group.skills:
        at = ("skills", skill.contact_type)
        if skill.contact_type not in known:
            yield Fault(
                f"must be a contact type of the scenario: {one_of(map(quoted, known))}",
                did_you_mean(skill.contact_type, known),
                (*at, "contact_type"),
                given=quoted(skill.contact_type),
            )
        if skill.min_wait > horizon.seconds:
            yield _too_long(".".join((*at, "min_wait")), skill.min_wait, horizon)
        yield from _queue_too_short(skill, scenario)
        if skill.reserve and 0 < most <= skill.reserve:
            yield Fault(
                f"must be below the {most} people of the group, or it never takes one",
                f"write {most - 1} at most",
                (*at, "reserve"),
                given=str(skill.reserve),
            )
    lengths = list(_table_length(group, horizon))
    yield from lengths
    if not lengths:
        yield from _ramp(group, horizon)
        yield from _starters(group, scenario)
    yield from _one_place_at_a_time(group, horizon)


def _queue_too_short(skill: Skill, scenario: Scenario) -> Iterator[Fault]:
    """Find a queue length that the limit never lets come about: who is called back has none."""
    for each in scenario.contact_types:
        limited = each.queue_limit is not None and each.callback is None
        if each.name != skill.contact_type or not limited or each.channel is Channel.CALLBACK:
            continue
        most = (each.queue_limit or 0) + 1
        if skill.min_queue > most:
            yield Fault(
                f"must be at most {most}: {most - 1} can wait and one comes, or it never takes one",
                f"write {most} at most, or raise contact_types.{each.name}.queue_limit",
                ("skills", skill.contact_type, "min_queue"),
                given=str(skill.min_queue),
            )


def _table_length(group: AgentGroup, horizon: Horizon) -> Iterator[Fault]:
    if not isinstance(group.headcount, FixedDict):
        return
    form, people = next(iter(group.headcount.items()))
    length = format_duration(horizon.interval)
    wanted, why = {
        "day": (horizon.intervals_per_day, f"one for each {length} of a day"),
        "week": (7 * horizon.intervals_per_day, f"one for each {length} of a week, Monday first"),
        "horizon": (
            horizon.n_intervals,
            f"one for each {length} of the horizon's {horizon.days} days",
        ),
        "weeks": (
            horizon.n_weeks,
            "one for each calendar week, Monday to Sunday, that the horizon touches",
        ),
    }[form]
    if len(people) != wanted:
        yield Fault(
            f"must have {wanted} numbers, {why}",
            ""
            if len(people) % wanted and wanted % len(people)
            else "check the horizon's interval and days",
            ("headcount", form),
            given=f"{len(people)} numbers",
        )


def _starters(group: AgentGroup, scenario: Scenario) -> Iterator[Fault]:
    """Find more starters than a table of headcount has people, within the hours."""
    if not group.starters or not isinstance(group.headcount, FixedDict):
        return
    horizon = scenario.horizon
    roster = rostered(group, horizon, group.windows(horizon, scenario.contact_types))
    come = [batch for batch in group.starters if batch.on <= horizon.dates[-1]]
    yield from more_than(come, [most_from(batch, roster, horizon) for batch in come])


def _ramp(group: AgentGroup, horizon: Horizon) -> Iterator[Fault]:
    """Find weeks in which a partner would have to add more people than the contract allows."""
    contract = group.contract
    if not isinstance(group.headcount, FixedDict):
        return
    form = next(iter(group.headcount))
    if form not in ("weeks", "horizon"):
        return
    people = np.zeros(horizon.n_weeks, dtype=np.int64)
    np.maximum.at(people, horizon.week_of_day[horizon.day_of_interval], planned(group, horizon))
    monday = horizon.start - timedelta(days=horizon.start.weekday())
    yield from _too_soon(contract, people, form)
    if not isinstance(contract, Outsourced) or contract.ramp_limit is None:
        return
    for week in np.flatnonzero(np.diff(people) > contract.ramp_limit) + 1:
        before, now = int(people[week - 1]), int(people[week])
        at = ("headcount", form, str(week)) if form == "weeks" else ("headcount", form)
        yield Fault(
            f"the week of {monday + timedelta(weeks=int(week))} has {now - before} people more "
            f"than the week before, and the contract allows {contract.ramp_limit}",
            "start earlier: contract.ramped(need) is the smallest weekly plan that it allows",
            at,
            given=f"{now} after {before}",
        )


def _too_soon(
    contract: InHouse | Outsourced, people: NDArray[np.int64], form: str
) -> Iterator[Fault]:
    """Find the first week with more people than could be there before the lead time is over."""
    if isinstance(contract, Outsourced):
        lead, there, term = contract.lead_weeks, int(people[0]), "lead_weeks"
    else:
        lead, term = contract.hiring_lead_weeks, "hiring_lead_weeks"
        there = int(people[0]) if contract.on_payroll is None else contract.on_payroll
    early = np.flatnonzero(people[:lead] > there)
    if len(early):
        week = int(early[0])
        yield Fault(
            f"nobody can be added in the first {lead} weeks ({term}), and {there} are there",
            f"keep {there} until week {lead}, counted from 0, or order earlier",
            ("headcount", form, str(week)) if form == "weeks" else ("headcount", form),
            given=f"{people[week]} in week {week}",
        )


def _one_place_at_a_time(group: AgentGroup, horizon: Horizon) -> Iterator[Fault]:
    """Find people on two shifts at once on the real calendar, where holidays and nights meet."""
    if len(group.shifts) < 2:
        return
    roster = rostered(group, horizon, _NO_WINDOWS)
    same = roster.person[1:] == roster.person[:-1]
    clash = np.flatnonzero(same & (roster.on_s[1:] < roster.off_s[:-1]))
    if len(clash) == 0:
        return
    row = int(clash[0]) + 1
    shift = group.shifts[int(roster.shift[row])]
    other = group.shifts[int(roster.shift[row - 1])]
    when = horizon.local(float(roster.on_s[row]))
    yield Fault(
        f"overlaps the shift of the same name, and so of the same people, that began at "
        f"{other.start}, on {when:%a %Y-%m-%d}",
        "give it another name, or other hours",
        ("shifts", str(int(roster.shift[row]))),
        given=f"{shift.name} {shift.days} {shift.start}-{shift.end}",
    )
