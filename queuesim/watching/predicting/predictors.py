"""Predictors with a closed form: each a small object with the same verb, ``predict``.

Sources
-------
.. [1] W. Whitt (1999), Predicting queueing delays, Management Science 45, 870-888. The queue-length
   predictor with its whole distribution, with and without contacts that give up.
.. [2] R. Ibrahim and W. Whitt (2009), Real-time delay estimation based on delay history,
   Manufacturing & Service Operations Management 11, 397-415. QL, LES and HOL in GI/M/s; given that
   the head of the line has waited w, those ahead are 1 + the arrivals in w.
.. [3] R. Ibrahim and W. Whitt (2009), Real-time delay estimation in overloaded multiserver queues
   with abandonments, Management Science 55, 1729-1742. QLm, the sum of 1 / (s mu + i theta); QLap,
   for patience that is not exponential, with the hazard of those who have waited so long.
.. [4] R. Ibrahim and W. Whitt (2011), Wait-time predictors for customer service systems with
   time-varying demand and capacity, Operations Research 59, 1106-1118.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from queuesim.model import Exponential, Scenario
from queuesim.theory._birth_death import stationary
from queuesim.watching.predicting.capacity import Capacity
from queuesim.watching.predicting.departures import until_departures
from queuesim.watching.predicting.laws import Law, Spread, Stages, stages
from queuesim.watching.predicting.seen import Seen

Floats = NDArray[np.float64]

_NEGLIGIBLE = 1e-9


class Predictor(Protocol):
    """Says how long a contact waits that arrives now and is not taken at once."""

    name: str
    why: str

    def predict(self, seen: Seen, contact_type: int) -> Law:
        """Return the law of the wait.

        Parameters
        ----------
        seen : Seen
            The present; the contact itself is not among those who wait.
        contact_type : int
            Index in `Scenario.contact_types`.
        """
        ...


class _OfOneLine:
    """What predictors have in common that look at one line, served by people who are alike."""

    name = ""
    why = ""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.capacity = Capacity.of(scenario)

    def rate(self, seen: Seen, contact_type: int) -> float:
        """Return how often agents become free when all are busy [1/s]."""
        people = self.capacity.people_for(contact_type, seen.on_duty, seen.now_s)
        return people / float(self.capacity.handle_s[contact_type])

    def leaving(self, contact_type: int) -> float:
        """Return at what rate each who waits gives up, 1 / mean patience [1/s]."""
        patience = self.scenario.contact_types[contact_type].patience
        return 1.0 / patience.mean_s if patience is not None and patience.mean_s > 0 else 0.0


class NoInformation(_OfOneLine):
    """The wait in the long run, of those who have to wait, at this hour's demand and people.

    Erlang C, or Erlang A where contacts give up: the queue that a contact finds in the steady state
    with the present rate of arrivals and the people planned for now; the queue itself is not looked
    at. Contact types that the same groups serve count as one line, but for messages that the type
    may interrupt.
    """

    name = "no_information"
    why = "The long-run wait of those who have to wait, whatever the queue is now."

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        self._laws: dict[tuple[int, tuple[float, ...]], Law] = {}

    def predict(self, seen: Seen, contact_type: int) -> Law:
        """Return the law of the wait."""
        key = (contact_type, self.capacity.moment(seen.now_s))
        if key not in self._laws:
            self._laws[key] = self._at(seen.now_s, contact_type)
        return self._laws[key]

    def _at(self, now_s: float, contact_type: int) -> Law:
        capacity = self.capacity
        mine = capacity.takes(now_s)[:, contact_type]
        together = np.flatnonzero(capacity.takes(now_s)[mine].any(axis=0))
        message = capacity.message
        if capacity.interruptible[mine].all() and not message[contact_type]:
            together = together[~message[together]]  # they make way
        rates = np.array([capacity.rate(int(t), now_s) for t in together])
        staffed = np.round(capacity.staffed_at(now_s)).astype(np.int64)
        people = capacity.people_for(contact_type, staffed, now_s)
        agents, total = max(round(people), 1), float(rates.sum())
        if people <= 0 or total <= 0:
            return stages(1, people / float(capacity.handle_s[contact_type]))
        # time of people in what they need for one of this type: of chats several go at once
        each = [self._people_time(int(t), contact_type, staffed, now_s) for t in together]
        handle_s = float(rates @ (capacity.handle_s[together] * np.array(each))) / total
        leaving = float(rates @ np.array([self.leaving(int(t)) for t in together])) / total
        load = total * handle_s
        if leaving == 0.0 and load >= agents:
            return stages(1, 0.0)  # grows without end: there is no long run
        _, waiting = stationary(load, agents, leaving * handle_s, None)
        kept = waiting > _NEGLIGIBLE * waiting.max()
        weights = np.asarray(waiting[kept] / waiting[kept].sum(), dtype=np.float64)
        found = np.asarray(np.flatnonzero(kept) + 1.0, dtype=np.float64)
        if leaving == 0.0:  # geometric stages: exponential
            return stages(1, (agents - load) / handle_s)
        return Stages(found, weights, agents / handle_s, leaving)

    def _people_time(
        self, contact_type: int, other: int, staffed: NDArray[np.int64], now_s: float
    ) -> float:
        """Return the time of people that a type needs over that for another, per handle time."""
        capacity = self.capacity
        both = capacity.takes(now_s)[:, [contact_type, other]].all(axis=1)
        there = np.where(both, staffed, 0)
        of_it = capacity.people_for(contact_type, there, now_s)
        return capacity.people_for(other, there, now_s) / of_it if of_it > 0 else 1.0


class QueueLength(_OfOneLine):
    """QL: (those ahead + 1) × mean handle time ÷ people; gamma. Exact in M/M/s [1]_, eq. for QL.

    The number that the announcement by queue length tells. Handle times are taken as exponential:
    with many agents departures come nearly so whatever the handle times.
    """

    name = "queue_length"
    why = "Taken that nobody ahead gives up and that people stay as many as now."

    def predict(self, seen: Seen, contact_type: int) -> Law:
        """Return the law of the wait."""
        ahead = len(seen.in_line(contact_type))
        return stages(ahead + 1, self.rate(seen, contact_type))


class QueueLengthPatience(_OfOneLine):
    """QLm of [3]_: those ahead may give up. A sum of exponentials; exact in M/M/s+M.

    Patience that is not exponential goes by QLap of [3]_: who has waited so long gives up at the
    hazard of that age, where ages ahead are those seen and grow as the line moves on.
    """

    name = "queue_length_patience"
    why = "Those ahead may give up; people stay as many as now."

    def predict(self, seen: Seen, contact_type: int) -> Law:
        """Return the law of the wait."""
        ahead = seen.in_line(contact_type)
        rate = self.rate(seen, contact_type)
        patience = self.scenario.contact_types[contact_type].patience
        simple = patience is None or isinstance(patience, Exponential)
        if simple and not seen.stays[ahead].any():
            return stages(len(ahead) + 1, rate, self.leaving(contact_type))
        gone = hazards_ahead(self, seen, contact_type)
        return until_departures(len(ahead) + 1, seen.now_s, [(seen.now_s, rate, 0)], gone)


class QueueLengthPlan(_OfOneLine):
    """Queue length along the staffing plan: who comes on duty takes the next, who goes takes none.

    The pure death process of those ahead with a rate that changes as the plan does, after [4]_,
    solved numerically; those ahead may give up. People are those on duty now and the changes that
    the plan still has. Exact in M/M(t)/s(t)+M where all are busy.
    """

    name = "queue_length_plan"
    why = "Those ahead may give up; people change from now on as the plan says."

    def predict(self, seen: Seen, contact_type: int) -> Law:
        """Return the law of the wait."""
        ahead = len(seen.in_line(contact_type))
        gone = hazards_ahead(self, seen, contact_type)
        return until_departures(ahead + 1, seen.now_s, self.steps(seen, contact_type), gone)

    def steps(self, seen: Seen, contact_type: int) -> list[tuple[float, float, int]]:
        """Return from when on [s] agents become free at which rate [1/s], and how many who are idle
        come at that instant."""
        capacity, now_s = self.capacity, seen.now_s
        takes = capacity.takes(now_s)[:, contact_type]
        most = capacity.most_of(contact_type)
        handle_s = float(capacity.handle_s[contact_type])
        planned = np.round(capacity.staffed_at(now_s))
        changes = [
            (at_s, g, round(value))
            for g, steps in enumerate(capacity.staffed)
            if takes[g]
            for at_s, value in steps.after(now_s)
        ]
        people = seen.on_duty.astype(np.float64)
        found = [(now_s, self.rate(seen, contact_type), 0)]
        for at_s, g, value in sorted(changes):
            before = people[g]
            people[g] = max(people[g] + value - planned[g], 0.0)
            planned[g] = value
            each = people.astype(np.int64)
            rate = capacity.people_for(contact_type, each, now_s) / handle_s
            come = max(int(people[g] - before), 0) * int(most[g])
            if found[-1][0] == at_s:
                come += found.pop()[2]
            found.append((at_s, rate, come))
        return found


def hazards_ahead(of: _OfOneLine, seen: Seen, contact_type: int) -> Floats:
    """Return float64[ahead + 2]: the rate at which somebody gives up while n still wait, the
    contact itself, which stays, included; [1/s]."""
    ahead = seen.in_line(contact_type)
    patience = of.scenario.contact_types[contact_type].patience
    each = np.zeros(len(ahead))
    if patience is not None:
        if isinstance(patience, Exponential):
            each[:] = 1.0 / patience.mean_s
        else:
            # age when about half of the line before it is gone
            rate = max(of.rate(seen, contact_type), 1e-9)
            age = seen.waiting_s[ahead] + np.arange(len(ahead)) / 2.0 / rate
            width = max(patience.mean_s / 50.0, 1.0)
            left = np.maximum(1.0 - patience.cdf(age), 1e-12)
            soon = np.maximum(1.0 - patience.cdf(age + width), 1e-12)
            each = np.log(left / soon) / width
    each = np.where(seen.stays[ahead], 0.0, each)
    # the line shrinks from the head: with n left, those are the last n - 1
    return np.concatenate([[0.0, 0.0], np.cumsum(each[::-1])])


class LastToEnterService(_OfOneLine):
    """LES of [2]_: as long as the contact waited that an agent took last.

    The number is that of the announcement. Its spread is that of the (c² + 1) w / rate of [2]_ for
    Poisson arrivals, c² = 1: those who came while it waited, and the time that they take. Refined:
    those ahead are the arrivals since that contact came, less those who have given up since.
    """

    name = "last_to_enter_service"
    why = "As long as the contact waited that was taken last."

    def __init__(self, scenario: Scenario, *, refined: bool = False) -> None:
        super().__init__(scenario)
        self.refined = refined
        if refined:
            self.name = f"{self.name}_refined"
            self.why = "From those who must have come since the contact taken last."

    def predict(self, seen: Seen, contact_type: int) -> Law:
        """Return the law of the wait."""
        wait_s = float(seen.last_wait_s[contact_type])
        rate = self.rate(seen, contact_type)
        if not self.refined:
            return Spread(wait_s, _history_variance(wait_s, rate))
        taken_s = float(seen.last_taken_s[contact_type])
        since = seen.now_s - taken_s if np.isfinite(taken_s) else 1.0 / max(rate, 1e-9)
        return _since(self, seen, contact_type, wait_s + since, certain=0)


class HeadOfLine(_OfOneLine):
    """HOL of [2]_: as long as the first in the line has waited so far; spread as in LES.

    Refined: ahead are the head and the arrivals since it came, less those who have given up.
    """

    name = "head_of_line"
    why = "As long as the first in the line has waited so far."

    def __init__(self, scenario: Scenario, *, refined: bool = False) -> None:
        super().__init__(scenario)
        self.refined = refined
        if refined:
            self.name = f"{self.name}_refined"
            self.why = "From those who must have come since the first in the line."

    def predict(self, seen: Seen, contact_type: int) -> Law:
        """Return the law of the wait."""
        line = seen.in_line(contact_type)
        wait_s = float(seen.waiting_s[line[0]]) if len(line) else 0.0
        rate = self.rate(seen, contact_type)
        if not self.refined:
            return Spread(wait_s, _history_variance(wait_s, rate))
        return _since(self, seen, contact_type, wait_s, certain=1 if len(line) else 0)


def _history_variance(wait_s: float, rate: float) -> float:
    """Return (c² + 1) w / rate with c² = 1, and two departures that are always needed [s²]."""
    return 2.0 * wait_s / rate + 2.0 / rate**2 if rate > 0 and wait_s > 0 else 0.0


def _since(of: _OfOneLine, seen: Seen, contact_type: int, span_s: float, certain: int) -> Law:
    """Return the law when those ahead are so many for certain and the arrivals in a span."""
    patience = of.scenario.contact_types[contact_type].patience
    ages = (np.arange(64) + 0.5) / 64 * span_s
    stay = 1.0 - patience.cdf(ages) if patience is not None else np.ones(64)
    came = np.array([of.capacity.rate(contact_type, max(seen.now_s - age, 0.0)) for age in ages])
    ahead = float((came * stay).mean() * span_s)
    far = 6.0 * np.sqrt(ahead) + 10.0
    count = np.arange(max(int(ahead - far), 0), int(ahead + far) + 1)
    weights = np.asarray(stats.poisson.pmf(count, ahead), dtype=np.float64)
    rate = of.rate(seen, contact_type)
    return Stages(
        np.asarray(count + certain + 1.0), weights / weights.sum(), rate, of.leaving(contact_type)
    )
