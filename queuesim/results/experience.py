"""`Experience`: what customers expect and what they mind, as stated assumptions.

Nothing here is measured by queuesim. It turns what happened to customers, which is simulated, into
what they might answer in a survey, by numbers that the planner states.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from queuesim.errors import Problem, ScenarioError, shown
from queuesim.model import Scenario
from queuesim.model.base import FixedDict, Model
from queuesim.model.contact_type import AnyChannel, Channel
from queuesim.model.delay import Delay
from queuesim.model.distributions import Deterministic, Distribution
from queuesim.model.faults import Fault, did_you_mean, one_of, quoted
from queuesim.model.fields import Many, Name, Positive, Share

EXPECTED_WAIT: FixedDict[Channel, Distribution] = FixedDict(
    {
        Channel.PHONE: Deterministic(value="2min"),
        Channel.CHAT: Deterministic(value="1min"),
        Channel.CALLBACK: Deterministic(value="4h"),
        Channel.MESSAGE: Deterministic(value="24h"),
        Channel.SELF_SERVICE: Deterministic(value=0.0),
    }
)
"""Assumed, by channel, where the planner states nothing."""

_ANSWERS = {"csat_cuts": 5, "nps_cuts": 11, "ces_cuts": 7}


def _even(answers: int) -> tuple[float, ...]:
    return tuple(k / answers for k in range(1, answers))


class Experience(Model):
    """A model of satisfaction. Every default is an assumption: replace those you know better.

    A customer, a first attempt with all contacts that followed, has a score of 1 less what is taken
    off, at least 0. What people answer is then ordinal logistic: an answer is above a cut with
    probability ``1 / (1 + exp((cut - score) / spread))``.

    Parameters
    ----------
    expected_wait
        The wait that customers expect, by channel: a time, or a distribution, in which a customer
        has the same place whatever the contact. Channels left out keep the assumption: phone 2 min,
        chat 1 min, callback 4 h, message 24 h, self-service none. By the clock of each type's
        target.
    expected_wait_of
        The same by contact type, in place of the channel's.
    trust
        How far an announced wait replaces the expected one: expected = (1 - trust) × expected +
        trust × announced.
    wait
        Taken off for a wait as long as expected; for a shorter one in proportion.
    late
        Taken off further for the part of a wait that was beyond the expected, (wait - expected) ÷
        wait. Of several contacts, the one that takes off most counts.
    broken_promise
        Taken off when an announced wait, with its tolerance, or the promise of a callback was not
        kept.
    left
        Taken off when the customer left unserved at least once: abandoned, blocked, balked, turned
        away, not reached, or given up at the front door.
    redial, repeat, turn, after_hours, transfer, front_door, ring_in
        Taken off for each further attempt, by its cause: a redial, a repeat contact, the next turn
        of a thread, another way after hours, being handed on by an agent, or by self-service,
        ringing in while waiting for a callback.
    unresolved
        Taken off when the matter was not settled in the end.
    unfriendly
        Taken off × (1 - friendliness) of the people who served the customer last.
    bot
        Taken off, in place of unfriendliness, when self-service dealt with the matter and no person
        did.
    friendliness
        Of the people, 0 to 1; supposed also by those whom nobody served.
    friendliness_of
        The same by agent group, in place of it.
    exceeds
        Expectations are exceeded when every wait was at most so much of the expected one, and …
        (see Notes).
    spread
        How much customers with the same score differ in their answers: logistic, on the scale of
        the score.
    csat_cuts, nps_cuts, ces_cuts
        Scores above which half the customers give a higher answer: 4 cuts for the answers 1 to 5,
        10 for 0 to 10, 6 for 1 to 7. By default evenly spaced from 0 to 1.

    Notes
    -----
    CSAT is the share of the answers 4 and 5; NPS the share of 9 and 10 less that of 0 to 6, in
    points; CES the mean answer to "it was easy", 7 the easiest, from the score without friendliness
    and bot. Every customer is taken to answer, which in real surveys few do.

    Expectations are *missed* when a wait was longer than expected, a promise was broken, the
    customer left unserved or was not resolved; *exceeded* when none of this happened, nothing
    further was needed but turns of a thread, and every wait was at most ``exceeds`` of the expected
    one, at least one of them not 0; otherwise *met*. Those who still wait when the horizon ends are
    judged as they stand: by the wait so far, and not resolved.

    The proportions of ``unfriendly`` to ``wait`` + ``late`` follow one survey, for orientation
    only: of what made an experience exceptional, friendliness was named by 63 %, speed by 28 %,
    technology by 3 %. It asked what makes experiences exceptional, not what spoils them. That
    experience is judged against expectation is from Oliver 1980, J. Marketing Research 17, 460-469;
    that the worst moment and the last count most from Kahneman et al. 1993, Psychological Science
    4, 401-405; ordinal logistic answers are those of McCullagh 1980, J. R. Statist. Soc. B 42,
    109-142. NPS is from Reichheld 2003, Harvard Business Review 81 (12), CES from Dixon, Freeman
    and Toman 2010, Harvard Business Review 88 (7/8).

    Examples
    --------
    >>> Experience(expected_wait={"phone": "30s"}, friendliness_of={"partner": 0.7}).late
    0.2
    """

    expected_wait: FixedDict[AnyChannel, Delay] = EXPECTED_WAIT
    expected_wait_of: FixedDict[Name, Delay] = FixedDict()
    trust: Share = 0.5
    wait: Share = 0.08
    late: Share = 0.20
    broken_promise: Share = 0.10
    left: Share = 0.15
    redial: Share = 0.05
    repeat: Share = 0.10
    turn: Share = 0.0
    after_hours: Share = 0.05
    transfer: Share = 0.05
    front_door: Share = 0.05
    ring_in: Share = 0.05
    unresolved: Share = 0.30
    unfriendly: Share = 0.63
    bot: Share = 0.15
    friendliness: Share = 0.8
    friendliness_of: FixedDict[Name, Share] = FixedDict()
    exceeds: Share = 0.5
    spread: Positive = 0.08
    csat_cuts: Many[Share] = _even(5)
    nps_cuts: Many[Share] = _even(11)
    ces_cuts: Many[Share] = _even(7)

    @classmethod
    def _shorthand(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(given := data.get("expected_wait"), Mapping):
            return {**data, "expected_wait": {**EXPECTED_WAIT, **given}}
        return data

    def _check(self) -> Iterator[Fault]:
        for name, answers in _ANSWERS.items():
            cuts = getattr(self, name)
            if len(cuts) != answers - 1:
                yield Fault(
                    f"must be {answers - 1} cuts between {answers} answers",
                    "leave it out for even ones",
                    (name,),
                )
            elif any(a >= b for a, b in pairwise(cuts)):
                yield Fault("must rise from cut to cut", "sort them", (name,))

    @property
    def expects_alike(self) -> bool:
        """Whether all customers of a contact type expect the same wait."""
        laws = (*self.expected_wait.values(), *self.expected_wait_of.values())
        return all(isinstance(law, Deterministic) for law in laws)

    def must_fit(self, scenario: Scenario) -> None:
        """Raise a `ScenarioError` for names that the scenario does not have."""
        named = {
            "expected_wait_of": ("contact type", [c.name for c in scenario.contact_types]),
            "friendliness_of": ("agent group", [g.name for g in scenario.agent_groups]),
        }
        problems = [
            Problem(
                f"{field}.{name}",
                shown(name),
                f"must be {_an(noun)} of the scenario: {one_of(map(quoted, known))}",
                did_you_mean(name, known) or "leave it out for this scenario",
            )
            for field, (noun, known) in named.items()
            for name in getattr(self, field)
            if name not in known
        ]
        if problems:
            raise ScenarioError(problems, "Experience")


def _an(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
