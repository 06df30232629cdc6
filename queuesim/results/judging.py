"""What a model of satisfaction makes of customers' paths: scores, answers, expectations.

No randomness: answers are probabilities, and where expectations differ between customers, means
over equally likely expectations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from queuesim.engines.outcome import Cause
from queuesim.model import Scenario
from queuesim.results.experience import Experience
from queuesim.results.paths import Paths

Floats = NDArray[np.float64]

PLACES = 20
"""Into so many equally likely expectations a distribution of expected waits is cut."""

BY_CAUSE = {
    Cause.REDIAL: "redial",
    Cause.REPEAT: "repeat",
    Cause.TURN: "turn",
    Cause.AFTER_HOURS: "after_hours",
    Cause.TRANSFER: "transfer",
    Cause.FRONT_DOOR: "front_door",
    Cause.RING_IN: "ring_in",
}
"""Which field of `Experience` is taken off for a further attempt."""


@dataclass(frozen=True)
class Judgement:
    """One entry a customer; see `schema.CUSTOMER_COLUMNS`."""

    score: Floats
    ease: Floats
    csat: Floats
    promoter: Floats
    detractor: Floats
    ces: Floats
    exceeded: Floats
    met: Floats
    missed: Floats


def judge(model: Experience, scenario: Scenario, paths: Paths) -> Judgement:
    """Work out what customers with such paths answer, and whether their expectations were met.

    Parameters
    ----------
    model : Experience
    scenario : Scenario
    paths : Paths

    Returns
    -------
    Judgement
    """
    expected_s = expected_waits(model, scenario)
    apart, with_people = what_does_not_wait(model, scenario, paths)
    spoilt = paths.broken_promise | paths.left | ~paths.resolved
    further = (paths.cause != Cause.FIRST) & (paths.cause != Cause.TURN)
    at_once = ~spoilt & ~paths.any_of(further)
    sums = np.zeros((9, len(paths.customer)))
    for by_type in expected_s.T:
        expected = with_announced(by_type[paths.contact_type], paths.announced_s, model.trust)
        waiting = paths.longest(off_for_wait(paths.wait_s, expected, model))
        ease = np.maximum(0.0, 1.0 - waiting - apart)
        score = np.maximum(0.0, 1.0 - waiting - apart - with_people)
        missed = spoilt | paths.any_of(paths.wait_s > expected)
        quick = ~paths.any_of(paths.wait_s > model.exceeds * expected)
        exceeded = at_once & ~missed & quick & paths.any_of(expected > 0)
        met = ~missed & ~exceeded
        sums += (score, ease, *answers(model, score, ease), exceeded, met, missed)
    return Judgement(*sums / expected_s.shape[1])


def expected_waits(model: Experience, scenario: Scenario) -> Floats:
    """Return the expected waits of each contact type, equally likely, shape (types, places) [s]."""
    places = 1 if model.expects_alike else PLACES
    at = (np.arange(places) + 0.5) / places
    laws = [
        model.expected_wait_of.get(each.name, model.expected_wait[each.channel])
        for each in scenario.contact_types
    ]
    return np.array([law.quantile(at) for law in laws])


def with_announced(expected_s: Floats, announced_s: Floats, trust: float) -> Floats:
    """Return the expected wait after an announcement, where there was one [s]."""
    told = (1.0 - trust) * expected_s + trust * announced_s
    return np.where(np.isnan(announced_s), expected_s, told)


def off_for_wait(wait_s: Floats, expected_s: Floats, model: Experience) -> Floats:
    """Return what is taken off for each wait: rising with the wait, falling with the expected."""
    beyond = wait_s > expected_s
    part = np.divide(wait_s, expected_s, out=np.ones_like(wait_s), where=~beyond & (expected_s > 0))
    part[(wait_s <= 0)] = 0.0
    late = np.divide(wait_s - expected_s, wait_s, out=np.zeros_like(wait_s), where=beyond)
    return model.wait * part + model.late * late


def what_does_not_wait(
    model: Experience, scenario: Scenario, paths: Paths
) -> tuple[Floats, Floats]:
    """Return what is taken off for all but waits: for the path, and for who served the customer.

    Returns
    -------
    apart, with_people : numpy.ndarray, float64, shape (customers,)
    """
    of_cause = np.zeros(len(Cause))
    for cause, field in BY_CAUSE.items():
        of_cause[cause] = getattr(model, field)
    apart = (
        paths.total(of_cause[paths.cause])
        + model.broken_promise * paths.broken_promise
        + model.left * paths.left
        + model.unresolved * ~paths.resolved
    )
    friendliness = [
        model.friendliness_of.get(group.name, model.friendliness) for group in scenario.agent_groups
    ]
    met_by = np.array([*friendliness, model.friendliness])[paths.group]  # -1: nobody
    return apart, np.where(paths.by_bot, model.bot, model.unfriendly * (1.0 - met_by))


def answers(
    model: Experience, score: Floats, ease: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return P(4 or 5 of 5), P(9 or 10), P(0 to 6) and the mean answer of 1 to 7."""

    def above(level: Floats, cut: float) -> Floats:
        return np.asarray(expit((level - cut) / model.spread))

    ces = 1.0 + np.sum([above(ease, cut) for cut in model.ces_cuts], axis=0)
    return (
        above(score, model.csat_cuts[2]),
        above(score, model.nps_cuts[8]),
        above(-score, -model.nps_cuts[6]),
        ces,
    )
