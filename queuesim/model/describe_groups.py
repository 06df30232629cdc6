"""Agent groups and their contracts in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from queuesim.model.agent_group import AgentGroup, Skill
from queuesim.model.base import FixedDict
from queuesim.model.contract import InHouse, Outsourced
from queuesim.model.days import days_in_words, parse_days
from queuesim.model.horizon import Horizon
from queuesim.model.wording import percent
from queuesim.units import format_duration

if TYPE_CHECKING:
    from queuesim.model.scenario import Scenario

Floats = NDArray[np.float64]


def group_in_words(group: AgentGroup, scenario: Scenario, people: Floats) -> Iterator[str]:
    """Yield lines about a group; ``people`` is float64[n_intervals], staffed on average."""
    yield f"Serves: {'; '.join(_skill(skill) for skill in group.skills)}."
    yield f"People: {_people(group, scenario.horizon)}."
    yield _staffed(group, people, scenario)
    yield from _speed(group)
    if group.headcount is not None:
        when = "not stated, so it works whenever a contact type it serves is open"
        if group.hours is not None:
            when = group.hours.describe()
        yield f"Hours: {when}."
    for channel, most in group.concurrency.items():
        if most > 1:
            pace = ", ".join(f"{total:g}" for total in group.pace[channel])
            yield f"Concurrency: {channel} up to {most} at once, at a total pace of {pace}."
    yield from _blend(group)
    alone = {
        each.channel
        for each in scenario.contact_types
        if group.skill(each.name) is not None and each.channel.concurrent
    }
    for channel in sorted(alone):
        if group.blend is None and group.concurrency.get(channel, 1) == 1:
            yield f"Concurrency: {channel} one at a time, as nothing else is stated."
    contract = group.contract
    if isinstance(contract, InHouse):
        yield f"Contract: {'; '.join(_in_house(contract, scenario.currency))}."
    else:
        yield f"Contract: {'; '.join(_outsourced(contract, scenario.currency))}."


def _blend(group: AgentGroup) -> Iterator[str]:
    if group.blend is not None:
        uses = [f"a {channel} uses {used}" for channel, used in group.blend.uses.items()]
        pace = ", ".join(f"{total:g}" for total in group.blend.pace)
        uses.append("anything else uses all" if uses else "every contact uses all")
        yield f"Blend: {group.blend.slots} slots; {', '.join(uses)}; total pace {pace}."
    if group.interruptible:
        yield "Interruptions: live contacts interrupt the work on messages, which goes on after."


def _skill(skill: Skill) -> str:
    terms = [f"rank {skill.rank}"]
    if skill.handle_factor != 1:
        terms.append(f"handle time × {skill.handle_factor:g}")
    if skill.min_wait:
        terms.append(f"only after {format_duration(skill.min_wait)} of waiting")
    if skill.reserve:
        terms.append(f"keeping {skill.reserve} idle in reserve")
    if skill.min_queue > 1:
        terms.append(f"only while {skill.min_queue} or more wait")
    if skill.hours is not None:
        terms.append(f"only {skill.hours.describe()}")
    if skill.resolution != 1:
        terms.append(f"{percent(skill.resolution)} resolved")
    if skill.transfer is not None:
        terms.append(f"{percent(skill.transfer.share)} handed on to {skill.transfer.to}")
    return f"{skill.contact_type} ({', '.join(terms)})"


def _people(group: AgentGroup, horizon: Horizon) -> str:
    if group.shifts:
        shifts = []
        for shift in group.shifts:
            days = days_in_words(parse_days(shift.days))
            breaks = f", break {' and '.join(shift.breaks)}" if shift.breaks else ""
            if shift.waves > 1:
                later = format_duration(shift.stagger) if shift.stagger else "its length"
                breaks += f" in {shift.waves} waves, each {later} after the one before,"
            paid = " paid" if shift.breaks and shift.paid_breaks else ""
            hours = f"{shift.start}–{shift.end}{breaks}{paid}"
            shifts.append(f"{shift.name} {days} {hours} × {shift.headcount}")
        return f"by shifts: {'; '.join(shifts)}"
    if not isinstance(group.headcount, FixedDict):
        return f"{group.headcount} scheduled in all its hours"
    form, numbers = next(iter(group.headcount.items()))
    by = {
        "day": f"by {format_duration(horizon.interval)} of the day, every day alike",
        "week": f"by {format_duration(horizon.interval)} of the week",
        "horizon": "by interval of the horizon",
        "weeks": "by calendar week",
    }[form]
    low, high = min(numbers), max(numbers)
    span = f"{low} to {high}" if high > low else str(low)
    return f"{span} scheduled, {by}"


def _staffed(group: AgentGroup, people: Floats, scenario: Scenario) -> str:
    most = float(people.max(initial=0.0))
    taken = []
    if group.shrinkage:
        taken.append(f"shrinkage of {percent(group.shrinkage)}")
    if group.absence:
        taken.append(f"absence of {percent(group.absence)}")
    if not taken:
        return "Staffed: everybody scheduled; no shrinkage or absence is taken off."
    of = ""
    if group.shifts:  # which are not all on together
        roster = scenario.rosters[scenario.agent_groups.index(group)]
        of = f" of {roster.most_at_once(scenario.horizon).max(initial=0)}"
    elif not isinstance(group.headcount, FixedDict):
        of = f" of {group.most_scheduled()}"
    return f"Staffed: {most:.1f}{of} on average at the most, after {' and '.join(taken)}."


def _speed(group: AgentGroup) -> Iterator[str]:
    for batch in group.starters:
        factors = ", ".join(f"{factor:g}" for factor in batch.ramp_up)
        weeks = "week by week" if len(batch.ramp_up) > 1 else "in the first week"
        whose = f" of the shift {batch.shift}" if batch.shift is not None else ""
        until = "; nobody holds their places before" if batch.before == "nobody" else ""
        yield (
            f"New: {batch.count} of them{whose} from {batch.on:%a %Y-%m-%d}, "
            f"handle time × {factors} {weeks}, then × 1{until}."
        )
    if group.speed_spread:
        spread = percent(group.speed_spread)
        yield f"Speed: agents' own handle times scatter around the mean by {spread} (cv)."


def _in_house(terms: InHouse, currency: str) -> Iterator[str]:
    yield f"in-house, {terms.per_hour:,.2f} {currency} per paid hour"
    if terms.on_costs:
        full = terms.per_hour * (1 + terms.on_costs)
        yield f"on-costs of {percent(terms.on_costs)}, so {full:,.2f} in full"
    else:
        yield "no on-costs"
    for premium in terms.premiums:
        yield f"{percent(premium.share)} more {premium.hours.describe()}"
    yield f"overtime × {terms.overtime:g}"
    if terms.on_payroll is not None:
        yield f"{terms.on_payroll} on the payroll"
    if terms.hiring_cost or terms.hiring_lead_weeks:
        yield f"a hire costs {terms.hiring_cost:,.0f} and takes {terms.hiring_lead_weeks} weeks"
    if terms.notice_weeks:
        yield f"{terms.notice_weeks} weeks of notice"
    if terms.attrition:
        yield f"{percent(terms.attrition)} leave in a year"


def _outsourced(terms: Outsourced, currency: str) -> Iterator[str]:
    units = {"per_hour": "staffed hour", "per_contact": "contact", "per_minute": "minute"}
    prices = [
        f"{getattr(terms, name):,.2f} per {unit}"
        for name, unit in units.items()
        if getattr(terms, name)
    ]
    yield f"outsourced, in {currency}: {' and '.join(prices) or 'no price by volume'}"
    if terms.monthly_fee:
        yield f"{terms.monthly_fee:,.0f} a month as a fee"
    if terms.monthly_minimum:
        yield f"at least {terms.monthly_minimum:,.0f} a month"
    if terms.band is not None:
        yield (
            f"agreed for {terms.band.low:,.0f} to {terms.band.high:,.0f} contacts a month: fewer "
            f"are billed as {terms.band.low:,.0f}, further ones × {terms.band.outside_factor:g}"
        )
    for tier in terms.tiers:
        yield f"above {tier.above:,.0f} contacts a month × {tier.factor:g}"
    if terms.bonus_malus is not None:
        deal = terms.bonus_malus
        yield (
            f"{percent(deal.bonus)} more when {percent(deal.target)} are answered in time in a "
            f"month, {percent(deal.malus)} less when not"
        )
    if terms.ramp_limit is not None:
        yield f"at most {terms.ramp_limit} people more from week to week"
    if terms.lead_weeks:
        yield f"{terms.lead_weeks} weeks of lead"
