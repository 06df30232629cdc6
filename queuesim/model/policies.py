"""Named routing policies: who is served next, and by whom, as terms of a scenario.

Each is a few terms of the one mechanism (a free agent takes the first of the line with the largest
weight × wait + credit; a new contact takes the free group of the best rank). They change these
terms and nothing else, and return a new scenario, in which ``describe()`` tells them.

>>> import queuesim as qs
>>> gold, silver = (qs.ContactType(name=name, channel="phone", demand=qs.Demand(per_day=100),
...                                talk=qs.Exponential(mean="4min")) for name in ("gold", "silver"))
>>> team = qs.AgentGroup(name="home", skills=("gold", "silver"), headcount=3,
...                      contract=qs.InHouse(per_hour=24.0))
>>> day = qs.Scenario(name="a day", contact_types=(gold, silver), agent_groups=(team,),
...                   horizon=qs.Horizon(start="2026-11-23", days=1))
>>> ahead = qs.policies.head_start(day, {"gold": "30s"})
>>> [each.credit for each in ahead.contact_types]
[30.0, 0.0]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, TypeVar

from queuesim.errors import Problem, ScenarioError, shown
from queuesim.model.base import Model
from queuesim.model.contact_type import ContactType
from queuesim.model.faults import did_you_mean, one_of, quoted
from queuesim.model.scenario import Scenario

Part = TypeVar("Part", bound=Model)


def first_come_first_served(scenario: Scenario) -> Scenario:
    """Let who has waited longest be next, of whatever type.

    Parameters
    ----------
    scenario
        Its weights, credits and score are replaced, those of later callbacks too.

    Returns
    -------
    Scenario
    """
    return _scored(scenario, "wait")


def strict_priority(scenario: Scenario, *, order: Sequence[str]) -> Scenario:
    """Let a type wait for as long as anybody of a type before it waits.

    Nobody is interrupted. Types that are not named come last, first come first served among
    themselves.

    Parameters
    ----------
    scenario
        Its weights, credits and score are replaced, those of later callbacks too.
    order
        Names of contact types, the most urgent first.

    Returns
    -------
    Scenario
        Each type has a credit that exceeds any wait of those after it [s].

    Raises
    ------
    ScenarioError
        When a name is not that of a contact type, or stands there twice.
    """
    _known(scenario, order, "order", "strict_priority")
    longer_than_any_wait = scenario.horizon.seconds + 3600.0
    credits = {name: (len(order) - k) * longer_than_any_wait for k, name in enumerate(order)}
    return _scored(scenario, "wait", credits=credits)


def head_start(scenario: Scenario, seconds: Mapping[str, Any]) -> Scenario:
    """Let a type be next as if it had waited so much longer.

    Parameters
    ----------
    scenario
        Its weights, credits and score are replaced, those of later callbacks too.
    seconds
        For each type its head start [s]: ``{"gold": "30s"}``; a type not named has none.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        When a name is not that of a contact type, or a time cannot be read.
    """
    _known(scenario, seconds, "seconds", "head_start")
    return _scored(scenario, "wait", credits=seconds)


def weighted_wait(scenario: Scenario, weights: Mapping[str, float]) -> Scenario:
    """Let the wait of a type count so many times.

    Parameters
    ----------
    scenario
        Its weights, credits and score are replaced, those of later callbacks too.
    weights
        For each type how many times its wait counts, above 0; once for a type not named.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        When a name is not that of a contact type, or a weight is not above 0.
    """
    _known(scenario, weights, "weights", "weighted_wait")
    return _scored(scenario, "wait", weights=weights)


def longest_queue(scenario: Scenario, weights: Mapping[str, float] | None = None) -> Scenario:
    """Let the longest line be next.

    Parameters
    ----------
    scenario
        Its weights, credits and score are replaced, those of later callbacks too.
    weights
        For each type how many times a contact that waits counts, above 0; once for a type not
        named.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        When a name is not that of a contact type, or a weight is not above 0.
    """
    _known(scenario, weights or {}, "weights", "longest_queue")
    return _scored(scenario, "queue", weights=weights or {})


def specialists_first(scenario: Scenario) -> Scenario:
    """Let a new contact take the free group that can do the least else.

    So those who can do everything stay free for what only they can do.

    Parameters
    ----------
    scenario
        Its ranks are replaced: for each type, groups with fewer skills come first; 1 is the best.

    Returns
    -------
    Scenario
    """
    many = {group.name: len(group.skills) for group in scenario.agent_groups}
    groups = []
    for group in scenario.agent_groups:
        skills = []
        for skill in group.skills:
            able = {many[g.name] for g in scenario.agent_groups if g.skill(skill.contact_type)}
            rank = 1 + sorted(able).index(many[group.name])
            skills.append(_with(skill, rank=rank))
        groups.append(_with(group, skills=tuple(skills)))
    return _with(scenario, agent_groups=tuple(groups))


def _scored(
    scenario: Scenario,
    score: Literal["wait", "queue"],
    *,
    weights: Mapping[str, Any] | None = None,
    credits: Mapping[str, Any] | None = None,
) -> Scenario:
    """Return a scenario with these weights and credits, 1 and 0 where none are given."""

    def terms(each: ContactType) -> Iterator[tuple[str, Any]]:
        yield "weight", (weights or {}).get(each.name, 1.0)
        yield "credit", (credits or {}).get(each.name, 0.0)

    types = []
    for each in scenario.contact_types:
        changes = dict(terms(each))
        if each.callback is not None:
            changes["callback"] = _with(each.callback, **changes)
        types.append(_with(each, **changes))
    return _with(scenario, contact_types=tuple(types), score=score)


def _with(part: Part, **changes: Any) -> Part:
    """Return a part with some fields changed, checked again."""
    return type(part)(**{**part._fields(), **changes})


def _known(
    scenario: Scenario, names: Sequence[str] | Mapping[str, Any], where: str, by: str
) -> None:
    """Refuse names that no contact type has, or that stand there twice."""
    known = [each.name for each in scenario.contact_types]
    if isinstance(names, str) or not isinstance(names, (Sequence, Mapping)):
        rule = "must name contact types"
        raise ScenarioError([Problem(where, shown(names), rule, f"write [{shown(names)}]")], by)
    rule = f"must be a contact type of the scenario: {one_of(map(quoted, known))}"
    problems = [
        Problem(where, shown(name), rule, did_you_mean(name, known))
        for name in names
        if name not in known
    ]
    given = list(names)
    problems += [
        Problem(where, shown(name), "must be named once", "leave one out")
        for k, name in enumerate(given)
        if name in given[:k] and name in known
    ]
    if problems:
        raise ScenarioError(problems, by)


__all__ = [
    "first_come_first_served",
    "head_start",
    "longest_queue",
    "specialists_first",
    "strict_priority",
    "weighted_wait",
]
