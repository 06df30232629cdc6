"""Who comes back after what, as the scenario states it; and what of that is left after some time.

Of those who come back a share s does, after a delay with distribution F. Of a customer who has not
come back within a time a, it is known that they never will, or will later than that:
P(comes back | not within a) = s (1 - F(a)) ÷ (1 - s F(a)), by Bayes' rule, and the delay is that of
those with a longer one. With several ways, each with a share of its own, the same holds of each:
s_i (1 - F_i(a)) ÷ (1 - Σ s_j F_j(a)).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from queuesim.engines.outcome import Cause
from queuesim.model import ContactType, Return, Scenario
from queuesim.model.distributions import Distribution as Law

Floats = NDArray[np.float64]

LEFT = ("abandoned", "blocked", "balked", "turned_away")
"""Outcomes of those who may redial; who is turned away outside the hours comes another way."""

FAILED = "failed_callback"
"""Outcome of those who may redial where that is said."""

OUTCOMES = (
    *("handled", "transferred", *LEFT, "self_served", "passed_on"),
    *(FAILED, "rang_in"),
)
"""How contacts end, in the words of a state."""

HANDLED, TRANSFERRED, ABANDONED, BLOCKED, BALKED, TURNED_AWAY, SELF_SERVED, PASSED_ON = range(8)


class Way(NamedTuple):
    """One way to come again.

    Attributes
    ----------
    share : float
        Of all such contacts, 0 to 1.
    delay : distribution of the model or None
        From the end of the contact, or of its talk [s]; None: at once.
    to : int
        As which contact type.
    cause : Cause
    times_back, turns : int
        How often the customer has come back then, and turns of the thread before.
    patience_factor : float
        What the patience then is multiplied by.
    """

    share: float
    delay: Law | None
    to: int
    cause: Cause
    times_back: int
    turns: int
    patience_factor: float = 1.0


@dataclass(frozen=True)
class Ended:
    """What is known of a contact that has ended.

    Attributes
    ----------
    kind : int
        Its type.
    outcome : int
        Place in `OUTCOMES`.
    group : int
        Who handled it; -1: not known.
    in_hours : bool
        Whether it came while its type was open.
    times_back, turns : int
        How often its customer had come back, and turns of the thread before it.
    handed_on : bool
        Whether it may have been handed on, and if so the customer is known to wait elsewhere.
    """

    kind: int
    outcome: int
    group: int
    in_hours: bool
    times_back: int
    turns: int
    handed_on: bool = False


def ways_back(scenario: Scenario, ended: Ended) -> tuple[Way, ...]:
    """Return in which ways a customer may come again, in the order of rule 6.

    Parameters
    ----------
    scenario : Scenario
    ended : Ended
        The customer's last contact.

    Returns
    -------
    tuple of Way
        Shares are of all such contacts, those included whom the way is too late for.
    """
    types = scenario.contact_types
    index = {each.name: k for k, each in enumerate(types)}
    each = types[ended.kind]

    def back(terms: Return | None, share: float, cause: Cause) -> tuple[Way, ...]:
        if terms is None or share == 0.0 or ended.times_back >= terms.max_attempts:
            return ()
        to = index[terms.to] if terms.to else ended.kind
        return (Way(share * terms.share, terms.delay, to, cause, ended.times_back + 1, 0),)

    if ended.outcome == TURNED_AWAY and not ended.in_hours and each.after_hours is not None:
        return back(each.after_hours, 1.0, Cause.AFTER_HOURS)
    left = OUTCOMES[ended.outcome] in LEFT
    if OUTCOMES[ended.outcome] == FAILED and each.redial is not None:
        left = each.redial.failed_callbacks
    if left:
        return back(each.redial, 1.0, Cause.REDIAL)
    if ended.outcome == SELF_SERVED and each.front_door is not None:
        return back(each.repeat, 1.0 - each.front_door.resolution, Cause.REPEAT)
    if ended.outcome != HANDLED:
        return ()
    resolved, handed_on = _settled(scenario, each, ended.group)
    rest = 1.0 - handed_on if ended.handed_on else 1.0
    found: tuple[Way, ...] = ()
    turns = each.turns
    if turns is not None and ended.turns < turns.max_attempts:
        share = rest * turns.share
        found = (
            Way(share, turns.delay, ended.kind, Cause.TURN, ended.times_back, ended.turns + 1),
        )
        rest -= share
    return found + back(each.repeat, rest * (1.0 - resolved), Cause.REPEAT)


def ways_on(scenario: Scenario, kind: int, contained: float, times_back: int) -> tuple[Way, ...]:
    """Return in which ways those may come again who are at self-service.

    Parameters
    ----------
    scenario : Scenario
    kind : int
        The type of the self-service.
    contained : float
        Share that it deals with.
    times_back : int
        How often they had come back.

    Returns
    -------
    tuple of Way
        Delays run from when it ends.
    """
    types = scenario.contact_types
    index = {each.name: k for k, each in enumerate(types)}
    each = types[kind]
    door = each.front_door
    assert door is not None
    found = [
        Way(
            (1.0 - contained) * (high - low),
            None,
            index[name],
            Cause.FRONT_DOOR,
            times_back,
            0,
            door.patience_factor,
        )
        for low, high, name in door.ways()
    ]
    ended = Ended(kind, SELF_SERVED, -1, True, times_back, 0)
    found += [way._replace(share=contained * way.share) for way in ways_back(scenario, ended)]
    return tuple(found)


def _settled(scenario: Scenario, each: ContactType, group: int) -> tuple[float, float]:
    """Return the shares of handled contacts that are resolved, and handed on: a group's own, or the
    plain mean over those who have the skill."""
    groups = scenario.agent_groups if group < 0 else (scenario.agent_groups[group],)
    skills = [skill for team in groups if (skill := team.skill(each.name)) is not None]
    if not skills:
        return 1.0, 0.0
    resolved = float(np.mean([skill.resolution for skill in skills]))
    handed_on = [skill.transfer.share if skill.transfer is not None else 0.0 for skill in skills]
    return resolved, float(np.mean(handed_on))


def left_of(ways: Sequence[Way | Return], age_s: Floats) -> Floats:
    """Return how likely each way is still, of a customer who has not come again until now.

    Parameters
    ----------
    ways : sequence of Way or Return
        All those by which the customer may come again; only shares and delays are looked at.
    age_s : numpy.ndarray, float64
        How long ago the contact ended [s].

    Returns
    -------
    numpy.ndarray, float64, shape (ways, *shape of `age_s`)
        What is missing to 1: never comes again.

    Examples
    --------
    >>> from queuesim import Exponential
    >>> way = Way(0.5, Exponential(mean=600.0), 0, Cause.REDIAL, 1, 0)
    >>> left_of((way,), np.array([0.0, 600.0])).round(4).tolist()
    [[0.5, 0.2689]]
    """
    age_s = np.asarray(age_s, dtype=np.float64)
    gone = np.array([way.share * _within(way.delay, age_s) for way in ways])
    gone = gone.reshape(len(ways), *age_s.shape)
    share = np.array([way.share for way in ways]).reshape(-1, *(1,) * age_s.ndim)
    possible = 1.0 - gone.sum(axis=0)
    left: Floats = np.where(possible > 0.0, (share - gone) / np.maximum(possible, 1e-300), 0.0)
    return np.maximum(left, 0.0)


def _within(delay: Law | None, age_s: Floats) -> Floats:
    """Return how likely a delay is over; none is at the end itself, whatever the law."""
    over = np.ones(age_s.shape) if delay is None else np.asarray(delay.cdf(age_s))
    return np.where(age_s > 0.0, over, 0.0)


def reached(scenario: Scenario) -> NDArray[np.bool_]:
    """Return the contact types as which customers may come again, or are handed on.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    numpy.ndarray, bool, shape (types,)
    """
    found: set[str] = set()
    for each in scenario.contact_types:
        for back in (each.redial, each.repeat, each.after_hours, each.turns):
            if back is not None:
                found.add(back.to or each.name)
        if each.front_door is not None:
            found |= {name for _, _, name in each.front_door.ways()}
    for group in scenario.agent_groups:
        found |= {skill.transfer.to for skill in group.skills if skill.transfer is not None}
    return np.array([each.name in found for each in scenario.contact_types])
