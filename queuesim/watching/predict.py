"""How long will a contact wait that arrives now? One verb for all predictors."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from queuesim.errors import Problem, ScenarioError, shown
from queuesim.model import Channel, Scenario
from queuesim.model.faults import did_you_mean, one_of
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
        The present: `Seen.at` from a planner's numbers, or read off a simulated day.
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
        For an unknown contact type, or one of self-service.
    ValueError
        For an unknown method, or a scenario that a method does not follow.

    Examples
    --------
    >>> import queuesim as qs
    >>> phone = qs.ContactType(name="support", channel="phone",
    ...                        demand=qs.Demand(per_day=2000, day="flat"),
    ...                        talk=qs.Exponential(mean="4min"),
    ...                        patience=qs.Exponential(mean="10min"))
    >>> team = qs.AgentGroup(name="home", skills=("support",), headcount=6,
    ...                      contract=qs.InHouse(per_hour=24.0))
    >>> day = qs.Scenario(name="a day", contact_types=(phone,), agent_groups=(team,),
    ...                   horizon=qs.Horizon(start="2026-11-23", days=1))
    >>> now = Seen.at(day, 36_000, waiting={"support": 7})
    >>> found = predict_wait(day, now, method="queue_length_patience")
    >>> round(found.mean_s), [round(edge) for edge in found.interval(0.9)]
    (264, [131, 435])
    """
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
    """Whether an agent is free who may take a contact of a type on arrival, and nobody is before
    it."""
    if len(seen.in_line(contact_type)):
        return False
    name = scenario.contact_types[contact_type].name
    for g, group in enumerate(scenario.agent_groups):
        skill = group.skill(name)
        if skill is None or skill.min_wait > 0 or skill.min_queue > 1:
            continue
        channel = scenario.contact_types[contact_type].channel
        slots = group.concurrency.get(channel, 1)
        if int(seen.on_duty[g]) * slots - int(open_contacts(seen, g)) > skill.reserve:
            return True
    return False


def open_contacts(seen: Seen, group: int) -> int:
    """Return how many contacts a group has open."""
    return int((seen.busy_group == group).sum())


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
