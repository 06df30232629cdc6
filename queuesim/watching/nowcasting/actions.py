"""What helps: what can still be done today, as changes of the scenario or of who is there."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from queuesim.errors import Problem, ScenarioError, shown
from queuesim.model import CallbackOffer, InHouse, Scenario, Skill
from queuesim.model.faults import Fault, did_you_mean, one_of
from queuesim.units import parse_duration, snap
from queuesim.watching.moments import moment_s
from queuesim.watching.nowcasting.people_now import Called

_PEOPLE = ("headcount", "shifts", "shrinkage", "absence")
_CLOCK = re.compile(r"(\d{1,2})(?::(\d{2}))?")


@dataclass(frozen=True)
class Plan:
    """What an action makes of the rest of the day.

    Attributes
    ----------
    scenario : Scenario
    called : tuple of Called
        People who come beyond the plan.
    price : float
        What they cost beyond what `cost_at_rates` counts [currency].
    """

    scenario: Scenario
    called: tuple[Called, ...] = ()
    price: float = 0.0


class Action(Protocol):
    """Something that can be done."""

    def done(self, plan: Plan, now_s: float, ends_s: float) -> Plan:
        """Return the plan with it done, now; the day ends at `ends_s`."""
        ...


@dataclass(frozen=True)
class CallIn:
    """Call people in.

    Parameters
    ----------
    agent_group : str
    agents : int
        How many come.
    after : str or float
        How long until they are there: ``"45min"`` [s].
    until : str, datetime or None
        When they leave, ``"18:00"`` today or a moment; None: when the group's hours end.
    per_hour : float or None
        What an hour of one of them costs [currency], in place of the contract's price of an hour;
        None: an hour of overtime of an in-house group, on-costs included; of an outsourced one what
        the contract says.

    Examples
    --------
    >>> CallIn("home", 4, after="45min", until="18:00").agents
    4
    """

    agent_group: str
    agents: int
    after: str | float = 0.0
    until: str | datetime | None = None
    per_hour: float | None = None

    def done(self, plan: Plan, now_s: float, ends_s: float) -> Plan:
        """Add the people."""
        scenario = plan.scenario
        names = [each.name for each in scenario.agent_groups]
        group = names.index(_known(self.agent_group, names, "agent_group", "CallIn"))
        if isinstance(self.agents, bool) or not isinstance(self.agents, int) or self.agents < 1:
            raise _wrong("agents", self.agents, "must be a whole number, 1 or more", "CallIn")
        from_s = snap(now_s + parse_duration(self.after))
        windows = scenario.group_windows(self.agent_group)
        today = windows[(windows[:, 1] > now_s) & (windows[:, 0] < ends_s)]
        to_s = min(float(today[:, 1].max()), ends_s) if len(today) else ends_s
        if self.until is not None:
            to_s = _moment(self.until, scenario, now_s)
        if to_s <= from_s:
            rule = "must be later than when they come"
            raise _wrong("until", self.until, rule, "CallIn", "leave it out, or call them earlier")
        contract = scenario.agent_groups[group].contract
        in_house = isinstance(contract, InHouse)
        if self.per_hour is not None:  # hours on duty of an outsourced group are billed anyway
            wage = self.per_hour - (0.0 if in_house else contract.per_hour)
        elif isinstance(contract, InHouse):
            wage = contract.per_hour * contract.overtime * (1 + contract.on_costs)
        else:
            wage = 0.0
        cost = self.agents * wage * (to_s - from_s) / 3600
        called = Called(group, self.agents, from_s, to_s)
        return replace(plan, called=(*plan.called, called), price=plan.price + cost)


@dataclass(frozen=True)
class OpenOverflow:
    """Let a group take contacts of a type, from now on.

    Parameters
    ----------
    agent_group, contact_type : str
    min_wait : str or float
        Wait from which it may take them: ``"1min"`` [s].
    rank : int or None
        Preference among groups; None: as it is, or the last.
    """

    agent_group: str
    contact_type: str
    min_wait: str | float = 0.0
    rank: int | None = None

    def done(self, plan: Plan, now_s: float, ends_s: float) -> Plan:
        """Give the group the skill, or take its conditions away."""
        scenario = plan.scenario
        names = [each.name for each in scenario.agent_groups]
        _known(self.agent_group, names, "agent_group", "OpenOverflow")
        types = [each.name for each in scenario.contact_types]
        _known(self.contact_type, types, "contact_type", "OpenOverflow")
        group = scenario.agent_group(self.agent_group)
        known = group.skill(self.contact_type)
        rank = self.rank or (known.rank if known else 1 + max(s.rank for s in group.skills))
        terms: dict[str, Any] = {"min_wait": parse_duration(self.min_wait), "rank": rank}
        if known is not None:
            terms |= {"min_queue": 1, "reserve": 0, "hours": None}
            opened = tuple(
                Skill(**{**skill.model_dump(), **terms}) if skill is known else skill
                for skill in group.skills
            )
        else:
            opened = (*group.skills, Skill(self.contact_type, **terms))
        return replace(plan, scenario=scenario.change(f"agent_groups.{group.name}.skills", opened))


@dataclass(frozen=True)
class OfferCallbacks:
    """Offer callbacks to those who wait for a contact type.

    Parameters
    ----------
    contact_type : str
    offer : CallbackOffer
    """

    contact_type: str
    offer: CallbackOffer

    def done(self, plan: Plan, now_s: float, ends_s: float) -> Plan:
        """Put the offer into the scenario."""
        types = [each.name for each in plan.scenario.contact_types]
        _known(self.contact_type, types, "contact_type", "OfferCallbacks")
        path = f"contact_types.{self.contact_type}.callback"
        return replace(plan, scenario=plan.scenario.change(path, self.offer))


@dataclass(frozen=True)
class StopWork:
    """Stop work on a contact type: outbound calls, messages. What is open is finished.

    Parameters
    ----------
    contact_type : str
    agent_group : str or None
        Whose; None: everybody's.
    """

    contact_type: str
    agent_group: str | None = None

    def done(self, plan: Plan, now_s: float, ends_s: float) -> Plan:
        """Let contacts of the type wait for longer than the day lasts."""
        scenario = plan.scenario
        types = [each.name for each in scenario.contact_types]
        _known(self.contact_type, types, "contact_type", "StopWork")
        names = [each.name for each in scenario.agent_groups]
        if self.agent_group is not None:
            _known(self.agent_group, names, "agent_group", "StopWork")
        for name in names if self.agent_group is None else [self.agent_group]:
            if scenario.agent_group(name).skill(self.contact_type) is not None:
                path = f"agent_groups.{name}.skills.{self.contact_type}.min_wait"
                scenario = scenario.change(path, scenario.horizon.seconds)
        return replace(plan, scenario=scenario)


@dataclass(frozen=True)
class Change:
    """Change one value of the scenario, from now on; see `Scenario.change`.

    Parameters
    ----------
    path : str
    value : object
    """

    path: str
    value: Any

    def done(self, plan: Plan, now_s: float, ends_s: float) -> Plan:
        """Change it."""
        return replace(plan, scenario=plan.scenario.change(self.path, self.value))


def planned(
    scenario: Scenario,
    actions: Action | tuple[Action, ...],
    now_s: float,
    ends_s: float,
    staffed: NDArray[np.float64],
) -> Plan:
    """Return what an action, or several together, make of the rest of the day.

    Parameters
    ----------
    scenario : Scenario
    actions : action or tuple of actions
    now_s, ends_s : float
        Now, and the end of the day [s].
    staffed : numpy.ndarray, float64, shape (groups,)
        People on duty now, where the state tells; else NaN.

    Raises
    ------
    ScenarioError
        Where an action does not fit the scenario, or the plan of people whom the state counts is
        changed: nobody would come.
    """
    plan = Plan(scenario)
    for action in actions if isinstance(actions, tuple) else (actions,):
        if not callable(getattr(action, "done", None)):
            rule = "must be an action: CallIn, OpenOverflow, OfferCallbacks, StopWork or Change"
            raise _wrong(
                "actions", action, rule, "nowcast", 'write it like qs.now.CallIn("team", 2)'
            )
        plan = action.done(plan, now_s, ends_s)
    for what in ("contact_types", "agent_groups"):
        if [each.name for each in getattr(plan.scenario, what)] != [
            each.name for each in getattr(scenario, what)
        ]:
            rule = "must stay the same, in the same order, in the middle of a day"
            raise _wrong(what, "others", rule, "action", "change what they do, not which there are")
    for before, after, told in zip(
        scenario.agent_groups, plan.scenario.agent_groups, staffed, strict=True
    ):
        for people in _PEOPLE:
            if told == told and getattr(before, people) != getattr(after, people):
                rule = f"must stay as it is: State(staffed=) says how many are there ({told:.0f})"
                where, fix = f"agent_groups.{before.name}.{people}", "call people in: CallIn(…)"
                raise _wrong(where, getattr(after, people), rule, "Change", fix)
    return plan


def _known(name: str, names: list[str], where: str, subject: str) -> str:
    if name not in names:
        rule = f"must be one of {one_of(names)}"
        raise _wrong(where, name, rule, subject, did_you_mean(name, names))
    return name


def _wrong(where: str, given: object, rule: str, subject: str, fix: str = "") -> ScenarioError:
    return ScenarioError([Problem(where, shown(given), rule, fix)], subject)


def _moment(given: str | datetime, scenario: Scenario, now_s: float) -> float:
    """Read a moment, or a time of today [s]."""
    horizon = scenario.horizon
    try:
        if isinstance(given, str) and (clock := _CLOCK.fullmatch(given.strip())):
            day = int(horizon.day_at(np.array([now_s]))[0])
            return moment_s(horizon, f"{horizon.dates[day]} {clock[1]}:{clock[2] or '00'}")
        return moment_s(horizon, given)
    except Fault as fault:
        fix = fault.fix or 'write "18:00"'
        raise _wrong(
            "until", given, "must be a time of today, or a moment", "CallIn", fix
        ) from None
