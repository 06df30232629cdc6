"""How long will a contact wait that arrives now? One verb for all predictors."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from queuesim.errors import Problem, ScenarioError, shown
from queuesim.model import Channel, Scenario
from queuesim.model.faults import did_you_mean, one_of
from queuesim.watching.predicting.at_work import Person, people_of
from queuesim.watching.predicting.capacity import Capacity
from queuesim.watching.predicting.forward import Forward
from queuesim.watching.predicting.laws import at_once
from queuesim.watching.predicting.prediction import WaitPrediction
from queuesim.watching.predicting.predictors import (
    HeadOfLine,
    LastToEnterService,
    NoInformation,
    Predictor,
    QueueLength,
    QueueLengthPatience,
    QueueLengthPlan,
)
from queuesim.watching.predicting.refined import WhoIsAhead
from queuesim.watching.predicting.scoring import bench_predictors
from queuesim.watching.predicting.seen import Seen
from queuesim.watching.predicting.time_of_day import TimeOfDay
from queuesim.watching.state import State

__all__ = ["METHODS", "Seen", "WaitPrediction", "bench_predictors", "predict_wait", "predictor"]

METHODS: dict[str, Callable[[Scenario], Predictor]] = {
    "no_information": NoInformation,
    "time_of_day": TimeOfDay,
    "queue_length": QueueLength,
    "queue_length_patience": QueueLengthPatience,
    "queue_length_plan": QueueLengthPlan,
    "last_to_enter_service": LastToEnterService,
    "last_to_enter_service_refined": lambda scenario: LastToEnterService(scenario, refined=True),
    "head_of_line": HeadOfLine,
    "head_of_line_refined": lambda scenario: HeadOfLine(scenario, refined=True),
    "refined": WhoIsAhead,
    "simulated": Forward,
}
"""Predictors by name."""


@lru_cache(maxsize=64)
def predictor(scenario: Scenario, method: str) -> Predictor:
    """Return the predictor of a name, made ready for a scenario; one of `METHODS`.

    Raises
    ------
    ValueError
        For a name that is not known.
    """
    if method not in METHODS:
        hint = did_you_mean(method, METHODS)
        raise ValueError(f"method={method!r}: must be {one_of(METHODS)}. {hint}".rstrip())
    return METHODS[method](scenario)


def predict_wait(
    scenario: Scenario,
    seen: Seen,
    contact_type: str | None = None,
    *,
    method: str | Predictor = "refined",
) -> WaitPrediction:
    """Predict how long a contact that arrives now waits until an agent takes it.

    The wait is that of a contact that stays: how long it would have to be patient.

    Parameters
    ----------
    scenario : Scenario
    seen : Seen
        The present, from the module of this function: ``from queuesim.watching.predict import
        Seen``, then `Seen.at` with a planner's numbers, as in the example. (The `State` of a
        nowcast holds the whole day; a prediction asks for who waits and who is busy only.)
    contact_type : str, optional
        Its name; may be left out where there is only one.
    method : str or Predictor, default "refined"
        ``"no_information"``: the long run at this hour. ``"time_of_day"``: as it was at this hour
        on simulated days. ``"queue_length"``: those ahead, the people on duty; with
        ``"queue_length_patience"`` those ahead may give up; with ``"queue_length_plan"`` also
        people come and go as planned. ``"last_to_enter_service"``, ``"head_of_line"``: as long as
        the one taken last, or the first in the line; with ``_refined`` by those who must have come
        since. ``"refined"``: everybody who goes before it, one by one, with skills, priorities,
        callbacks and the staffing plan. ``"simulated"``: the compiled engine run forward from the
        present. Or an object with the same verb, `predictors.Predictor`.

    Returns
    -------
    WaitPrediction

    Raises
    ------
    ScenarioError
        For an unknown contact type, or one of self-service; for anything but a `Seen`, or one of
        another scenario.
    ValueError
        For an unknown method, or a scenario that a method does not follow.

    Notes
    -----
    A caller needs a whole agent; a chat also a free slot of an agent who is at chats. Where live
    contacts may interrupt messages, these delay nobody live. Both are followed by ``"refined"`` and
    ``"simulated"``; the others take the people on duty as if all worked for the type asked about.

    Examples
    --------
    >>> import queuesim as qs
    >>> from queuesim.watching.predict import Seen, predict_wait
    >>> phone = qs.ContactType(name="support", channel="phone",
    ...                        demand=qs.Demand(per_day=2000, day="flat"),
    ...                        talk=qs.Exponential(mean="4min"),
    ...                        patience=qs.Exponential(mean="10min"))
    >>> team = qs.AgentGroup(name="home", skills=("support",), headcount=6,
    ...                      contract=qs.InHouse(per_hour=24.0))
    >>> day = qs.Scenario(name="a day", contact_types=(phone,), agent_groups=(team,),
    ...                   horizon=qs.Horizon(start="2026-11-23", days=1))
    >>> now = Seen.at(day, "2026-11-23 10:00", waiting={"support": 7})
    >>> found = predict_wait(day, now, method="queue_length_patience")
    >>> round(found.mean_s), [round(edge) for edge in found.interval(0.9)]
    (264, [131, 435])
    """
    _refuse_what_is_not_seen(scenario, seen)
    index = _index(scenario, contact_type)
    name = scenario.contact_types[index].name
    chosen = predictor(scenario, method) if isinstance(method, str) else method
    free = taken_at_once(scenario, seen, index)
    return WaitPrediction(
        contact_type=name,
        method=chosen.name,
        when=f"{scenario.horizon.local(seen.now_s):%a %H:%M}",
        ahead=len(seen.in_line(index)),
        why="An agent is free." if free else chosen.why,
        law=at_once() if free else chosen.predict(seen, index),
    )


def taken_at_once(scenario: Scenario, seen: Seen, contact_type: int) -> bool:
    """Whether somebody may take a contact of a type on arrival, and nobody is before it.

    A caller needs a whole agent, or one whose messages it may interrupt; a chat also a free slot of
    an agent who is at chats. Where the type is allotted to groups, this must hold of all of them.
    """
    if len(seen.in_line(contact_type)):
        return False
    each, there = scenario.contact_types[contact_type], people_of(scenario, seen)
    ready = {
        team.name: _takes_at_once(scenario, seen, g, there[g], contact_type)
        for g, team in enumerate(scenario.agent_groups)
    }
    if each.allocation:
        return all(ready[name] for name, share in each.allocation.items() if share > 0)
    return any(ready.values())


def _takes_at_once(
    scenario: Scenario, seen: Seen, group: int, there: list[Person], contact_type: int
) -> bool:
    """Whether more of a group may take the only contact in its line, just come, than others wait
    whom they may take."""
    free = _who_may_take(scenario, seen, group, there, contact_type, waits_s=0.0, length=1)
    if not free:
        return False
    capacity, before = Capacity.of(scenario), 0
    lines = np.bincount(seen.waiting_type, minlength=len(scenario.contact_types))
    for t, waits_s in zip(seen.waiting_type, seen.waiting_s, strict=True):
        interrupted = capacity.interruptible[group] and capacity.message[t]
        if not interrupted or capacity.message[contact_type]:
            able = _who_may_take(scenario, seen, group, free, int(t), waits_s, int(lines[t]))
            before += bool(able)
    return len(free) > before


def _who_may_take(
    scenario: Scenario,
    seen: Seen,
    group: int,
    there: list[Person],
    contact_type: int,
    waits_s: float,
    length: int,
) -> list[Person]:
    """Return who of a group may take a contact that has waited so long in a line of such length."""
    team, each = scenario.agent_groups[group], scenario.contact_types[contact_type]
    skill, capacity = team.skill(each.name), Capacity.of(scenario)
    if skill is None or not capacity.takes(seen.now_s)[group, contact_type]:
        return []
    if skill.min_wait > waits_s or skill.min_queue > length:
        return []
    interrupts = Channel.MESSAGE in team.interruptible and each.channel is not Channel.MESSAGE
    calm = [not (person.live if interrupts else person.channels) for person in there]
    keeps = sum(calm) > skill.reserve
    return [
        person
        for person, rests in zip(there, calm, strict=True)
        if person.may_take(each.channel) and (keeps or not rests)
    ]


def _refuse_what_is_not_seen(scenario: Scenario, seen: object) -> None:
    """Refuse anything but a `Seen` of the scenario."""
    at = 'Seen.at(scenario, "2026-11-24 11:00", waiting={"support": [50, 30, 5]})'
    if not isinstance(seen, Seen):
        given = "the State of a nowcast" if isinstance(seen, State) else f"a {type(seen).__name__}"
        fix = f"write {at}, with Seen from queuesim.watching.predict"
        problem = Problem("seen", given, "must be a Seen: who waits and who is busy now", fix)
        raise ScenarioError([problem], "predict_wait")
    groups, types = len(scenario.agent_groups), len(scenario.contact_types)
    if (len(seen.on_duty), len(seen.last_wait_s)) != (groups, types):
        given = f"{len(seen.last_wait_s)} contact types and {len(seen.on_duty)} agent groups"
        rule = f"must be of this scenario, which has {types} and {groups}"
        raise ScenarioError([Problem("seen", given, rule, f"write {at}")], "predict_wait")


def _index(scenario: Scenario, contact_type: str | None) -> int:
    names = [each.name for each in scenario.contact_types]
    live = [e.name for e in scenario.contact_types if e.channel is not Channel.SELF_SERVICE]
    if contact_type is None and len(live) == 1:
        return names.index(live[0])
    if contact_type not in live:
        given = "nothing" if contact_type is None else shown(contact_type)
        rule = f"must be a contact type that waits: {one_of(live)}"
        problem = Problem("contact_type", given, rule, did_you_mean(contact_type, live))
        raise ScenarioError([problem], "predict_wait")
    return names.index(contact_type)
