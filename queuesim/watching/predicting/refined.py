"""The refined prediction: those who go before the contact, one by one.

Skills, priorities, staffing ahead, patience by type, and callbacks in the queue have no closed form
together. Here the few contacts that matter are followed from the present, many times: those who
wait before the one that asks, the agents with what is left of their work, and those to come who
would overtake. It needs no steady state and no exponential times: what is left of a handle time or
of patience is drawn given how long it has lasted (where that is not seen, from the equilibrium law;
Cox 1962, Renewal Theory, section 5.2). With exponential times the state seen is all that matters,
and the prediction is exact up to the number of paths.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from queuesim.model import Channel, ContactType, Scenario
from queuesim.sampling.tape import dialling_of
from queuesim.watching.predicting.ahead_floor import AtWork, Floor, Terms
from queuesim.watching.predicting.ahead_kernel import Contacts, follow
from queuesim.watching.predicting.at_work import open_beside
from queuesim.watching.predicting.capacity import CHANNELS, Capacity
from queuesim.watching.predicting.laws import Law, Sample
from queuesim.watching.predicting.people import People
from queuesim.watching.predicting.pools import handle_pool, patience_pool
from queuesim.watching.predicting.seen import CALLED_BACK, CALLER, Seen

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_AT_LEAST_S, _TIMES = 120.0, 4.0
_WIDENINGS = 7
_MESSAGE = CHANNELS.index(Channel.MESSAGE)


class WhoIsAhead:
    """Follows those who go before the contact; see the module.

    Parameters
    ----------
    scenario : Scenario
    paths : int, default 1000
        How many times.
    seed : int, default 0

    Raises
    ------
    ValueError
        For what it does not follow: volume allotted to groups, scores by queue length, several
        slots across channels. The simulated prediction does.
    """

    name = "refined"
    why = "Those ahead followed one by one: skills, priorities, patience, callbacks, staffing plan."

    def __init__(self, scenario: Scenario, *, paths: int = 1000, seed: int = 0) -> None:
        _refuse(scenario)
        self.scenario, self.capacity = scenario, Capacity.of(scenario)
        self._people = People(scenario)
        self.paths, self.seed = paths, seed
        types = scenario.contact_types
        offers = [each.callback for each in types]
        self._weight = np.array(
            [each.weight for each in types] + [o.weight if o else 1.0 for o in offers]
        )
        self._credit = np.array(
            [each.credit for each in types] + [o.credit if o else 0.0 for o in offers]
        )

    def predict(self, seen: Seen, contact_type: int) -> Law:
        """Return the law of the wait."""
        people = self.capacity.people_for(contact_type, seen.on_duty, seen.now_s)
        handle_s = float(self.capacity.handle_s.max())
        ahead = len(seen.waiting_type) + 1
        span_s = _AT_LEAST_S + _TIMES * ahead * handle_s / max(people, 0.25)
        overtaken = self._may_be_overtaken(contact_type, seen)
        for _ in range(_WIDENINGS):
            chance = seen.chance(self.seed)
            waits_s = self._follow(seen, contact_type, span_s if overtaken else 0.0, chance)
            longest = float(np.max(waits_s[np.isfinite(waits_s)], initial=0.0))
            if not overtaken or longest <= span_s:
                break
            span_s *= 3.0
        return Sample(np.sort(waits_s))

    def _may_be_overtaken(self, contact_type: int, seen: Seen) -> bool:
        """Whether a contact that comes later may go first, or lets one of those here go."""
        capacity = self.capacity
        here = {contact_type}
        if len(self.scenario.agent_groups) > 1:  # who is overtaken elsewhere comes here
            here |= set(seen.waiting_type.tolist())
        if (np.nan_to_num(capacity.min_queue[:, list(here)]) > 1).any():
            return True
        return any(
            self._goes_before(t, mine) for mine in here for t in range(len(capacity.channel))
        )

    def _goes_before(self, one: int, other: int) -> bool:
        """Whether a contact of a type may be taken before one of another that came earlier."""
        capacity = self.capacity
        both = capacity.serves[:, one] & capacity.serves[:, other]
        if one == other or not both.any():
            return False
        if self._weight[one] > self._weight[other] or self._credit[one] > self._credit[other]:
            return True
        message = [capacity.channel[t] == _MESSAGE for t in (one, other)]
        easier = capacity.min_wait_s[:, one] < capacity.min_wait_s[:, other]
        easier |= capacity.reserve[:, one] < capacity.reserve[:, other]
        # beside others of its channel
        easier |= (capacity.most_of(one) > 1) & (capacity.channel[one] != capacity.channel[other])
        easier |= capacity.interruptible & (message[1] and not message[0])
        return bool((both & easier).any())

    def _follow(
        self, seen: Seen, contact_type: int, span_s: float, chance: np.random.Generator
    ) -> Floats:
        capacity, n = self.capacity, self.paths
        people = self._people_at_work(seen, chance)
        kind, since_s, leaves_s, ring_s, work_s = self._waiting(seen, chance)
        here = len(seen.waiting_type)
        tag = (
            np.full((n, 1), contact_type),
            np.full((n, 1), seen.now_s),
            np.full((n, 1), np.inf),
            np.zeros((n, 1)),
            np.zeros((n, 1)),
        )
        coming = self._coming(seen.now_s, span_s, chance)
        contacts = Contacts(
            *(
                np.ascontiguousarray(np.concatenate(each, axis=1))
                for each in zip((kind, since_s, leaves_s, ring_s, work_s), tag, coming, strict=True)
            )
        )
        agents, waits_s = len(people.group), np.empty(n)
        slots = int((capacity.most.max(axis=1) + capacity.most[:, _MESSAGE]).max())
        floor = Floor(
            off_s=np.empty(agents),
            there=np.empty(agents, dtype=np.int64),
            next_s=np.empty(agents),
            worked_s=np.empty(agents),
            live=np.empty(agents, dtype=np.int64),
            messages=np.empty(agents, dtype=np.int64),
            channel=np.empty(agents, dtype=np.int64),
            line=np.empty((agents, slots), dtype=np.int64),
            left_s=np.empty((agents, slots)),
            waits=np.empty(contacts.line.shape[1], dtype=np.int64),
        )
        follow(seen.now_s, here, self._terms(seen.now_s), contacts, people, floor, waits_s)
        return waits_s

    def _terms(self, now_s: float) -> Terms:
        """Return who serves whom at this hour; lines of callbacks are behind those of the types."""
        capacity, types = self.capacity, self.scenario.contact_types
        factor = capacity.factor / capacity.tempo_at(now_s)[:, None]
        factor = np.where(capacity.takes(now_s), factor, np.nan)
        offered = [each.callback.reserve if each.callback else 0 for each in types]
        reserve = np.nan_to_num(capacity.reserve)
        channel = np.tile(capacity.channel, 2)
        return Terms(
            factor=np.tile(factor, 2),
            rank=np.tile(capacity.rank, 2),
            min_wait_s=np.tile(np.nan_to_num(capacity.min_wait_s), 2),
            reserve=np.concatenate([reserve, np.maximum(reserve, offered)], axis=1),
            min_queue=np.tile(np.nan_to_num(capacity.min_queue), 2),
            weight=self._weight,
            credit_s=self._credit,
            channel=channel,
            message=channel == _MESSAGE,
            most=capacity.most,
            pace=capacity.pace,
            interrupts=capacity.interruptible,
        )

    def _people_at_work(self, seen: Seen, chance: np.random.Generator) -> AtWork:
        """Return those on duty now and those who come, and what is left of what is open."""
        capacity, n, now_s = self.capacity, self.paths, seen.now_s
        beside = open_beside(self.scenario, seen)
        tempo = capacity.tempo_at(now_s)
        group: list[int] = []
        on: list[float] = []
        off: list[Floats] = []
        left_s = np.empty((n, len(seen.busy_type)))
        first = np.zeros(len(self.scenario.agent_groups), dtype=np.int64)
        for g, (until, later) in enumerate(self._people.plan(seen, chance)):
            first[g] = len(group)
            mine = np.flatnonzero(seen.busy_group == g)
            for t in np.unique(seen.busy_type[mine]):
                which = mine[seen.busy_type[mine] == t]
                each = capacity.factor[g, t] / tempo[g]
                if not each > 0:
                    each = 1.0
                many = beside[which]  # taken that as many were open ever since
                pace = capacity.pace[g, capacity.channel[t], many - 1] / many
                elapsed_s = (now_s - seen.busy_since_s[which]) * pace / each
                pool = handle_pool(self.scenario.contact_types[t])
                left_s[:, which] = each * pool.left(chance, elapsed_s, n)
            group += [g] * (len(until) + len(later))
            on += [now_s] * len(until) + [each[0] for each in later]
            if np.isfinite(until).any():  # who of them goes is not known
                off.append(chance.permuted(np.tile(until, (n, 1)), axis=1))
            else:
                off.append(np.tile(until, (n, 1)))
            off.append(np.tile([each[1] for each in later], (n, 1)))
        return AtWork(
            group=np.array(group, dtype=np.int64),
            on_s=np.array(on, dtype=np.float64),
            off_s=np.ascontiguousarray(np.concatenate(off, axis=1), dtype=np.float64),
            open_agent=first[seen.busy_group] + seen.busy_agent,
            open_line=seen.busy_type,
            open_left_s=left_s,
        )

    def _waiting(self, seen: Seen, chance: np.random.Generator) -> tuple[Ints | Floats, ...]:
        """Return line, since when, until when, ringing and work of those who wait, [paths, w]."""
        n, w, types = self.paths, len(seen.waiting_type), self.scenario.contact_types
        kind = seen.waiting_type + np.where(seen.waiting_how == CALLED_BACK, len(types), 0)
        since_s = np.broadcast_to(seen.waiting_since_s, (n, w))
        leaves_s, ring_s = np.full((n, w), np.inf), np.zeros((n, w))
        work_s = np.empty((n, w))
        for t in np.unique(seen.waiting_type):
            each = types[t]
            of_type = seen.waiting_type == t
            work_s[:, of_type] = handle_pool(each).whole(chance, (n, int(of_type.sum())))
            callers = np.flatnonzero(of_type & (seen.waiting_how == CALLER))
            patience = patience_pool(each)
            gives_up = callers[~seen.stays[callers]]
            if patience is not None:
                left = patience.left(chance, seen.waiting_s[gives_up], n)
                leaves_s[:, gives_up] = seen.now_s + left
            if each.callback is not None:
                _offer(each, seen, gives_up, chance, leaves_s, ring_s, work_s)
            dialling = dialling_of(each)
            called = np.flatnonzero(of_type & (seen.waiting_how != CALLER))
            if dialling is not None and len(called):
                ring_s[:, called] = dialling.ring
                reached = chance.random((n, len(called))) < dialling.answered
                work_s[:, called] *= reached
        return np.broadcast_to(kind, (n, w)), since_s, leaves_s, ring_s, work_s

    def _coming(
        self, now_s: float, span_s: float, chance: np.random.Generator
    ) -> tuple[Ints | Floats, ...]:
        """Return line, arrival, patience' end, ringing and work of those to come, [paths, most]."""
        n, types = self.paths, self.scenario.contact_types
        if span_s == 0.0:
            none = np.empty((n, 0))
            return none.astype(np.int64), none, none, none, none
        at, kind, leaves, work = [], [], [], []
        for t, each in enumerate(types):
            steps = self.capacity.rates[t]
            edges = np.unique(np.concatenate([[now_s, now_s + span_s], steps.at_s]))
            edges = edges[(edges >= now_s) & (edges <= now_s + span_s)]
            rate = np.array([steps.at(e) for e in edges[:-1]])
            upto = np.concatenate([[0.0], np.cumsum(rate * np.diff(edges))])
            many = chance.poisson(upto[-1], n)
            most = int(many.max(initial=0))
            if most == 0 or each.channel is Channel.SELF_SERVICE:
                continue
            time_s = np.interp(chance.random((n, most)) * upto[-1], upto, edges)
            there = np.arange(most) < many[:, None]
            pool = patience_pool(each)
            stay = np.inf if pool is None else pool.whole(chance, (n, most))
            at.append(np.where(there, time_s, np.inf))
            kind.append(np.where(there, t, -1))
            leaves.append(time_s + stay)
            work.append(handle_pool(each).whole(chance, (n, most)))
        if not at:
            return self._coming(now_s, 0.0, chance)
        when = np.concatenate(at, axis=1)
        order = np.argsort(when, axis=1, kind="stable")
        sorted_ = [
            np.take_along_axis(np.concatenate(each, axis=1), order, axis=1)
            for each in (kind, at, leaves, work)
        ]
        return sorted_[0], sorted_[1], sorted_[2], np.zeros(when.shape), sorted_[3]


def _offer(
    each: ContactType,
    seen: Seen,
    callers: NDArray[np.intp],
    chance: np.random.Generator,
    leaves_s: Floats,
    ring_s: Floats,
    work_s: Floats,
) -> None:
    """Let those who have not been offered a callback yet take one when it is their time.

    On virtual hold they keep the place and wait on without patience; else they leave the line.
    Whether enough are ahead of them is judged by those who are ahead now.
    """
    offer = each.callback
    assert offer is not None
    line = seen.in_line(int(seen.waiting_type[callers[0]])) if len(callers) else callers
    for c in callers:
        due_s = float(seen.waiting_since_s[c]) + offer.after
        ahead = int(np.searchsorted(line, c))
        if due_s <= seen.now_s or ahead < offer.min_queue:
            continue
        takes = (chance.random(len(leaves_s)) < offer.accept) & (leaves_s[:, c] > due_s)
        if offer.kind == "virtual_hold":
            leaves_s[takes, c] = np.inf
            ring_s[takes, c] = offer.dialling.ring
            reached = chance.random(len(leaves_s)) < offer.dialling.answered
            work_s[takes & ~reached, c] = 0.0
        else:
            leaves_s[takes, c] = due_s


def _refuse(scenario: Scenario) -> None:
    why = ""
    for each in scenario.contact_types:
        if each.allocation:
            why = f"contact type {each.name!r} is allotted to groups by share"
    if scenario.score == "queue":
        why = "lines are compared by the number waiting"
    for group in scenario.agent_groups:
        if group.blend is not None:
            why = f"agents of {group.name!r} blend channels"
    if why:
        raise ValueError(f'method="refined" does not follow this: {why}; write method="simulated"')
