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
from queuesim.watching.predicting.ahead_kernel import follow
from queuesim.watching.predicting.capacity import Capacity
from queuesim.watching.predicting.laws import Law, Sample
from queuesim.watching.predicting.people import People
from queuesim.watching.predicting.pools import handle_pool, patience_pool
from queuesim.watching.predicting.seen import CALLED_BACK, CALLER, Seen

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_AT_LEAST_S, _TIMES = 120.0, 4.0
_WIDENINGS = 7


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
        overtaken = self._may_be_overtaken(contact_type)
        for _ in range(_WIDENINGS):
            chance = seen.chance(self.seed)
            waits_s = self._follow(seen, contact_type, span_s if overtaken else 0.0, chance)
            longest = float(np.max(waits_s[np.isfinite(waits_s)], initial=0.0))
            if not overtaken or longest <= span_s:
                break
            span_s *= 3.0
        return Sample(np.sort(waits_s))

    def _may_be_overtaken(self, contact_type: int) -> bool:
        """Whether a contact that comes later may go first."""
        types = len(self.scenario.contact_types)
        mine = (self._weight[contact_type], self._credit[contact_type])
        return any(
            self._weight[t] > mine[0] or self._credit[t] > mine[1]
            for t in range(types)
            if t != contact_type
        )

    def _follow(
        self, seen: Seen, contact_type: int, span_s: float, chance: np.random.Generator
    ) -> Floats:
        capacity, n = self.capacity, self.paths
        slot_group, off_s, starts_s = self._slots(seen, chance)
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
        line, since, leaves, ring, work = (
            np.ascontiguousarray(np.concatenate(each, axis=1))
            for each in zip((kind, since_s, leaves_s, ring_s, work_s), tag, coming, strict=True)
        )
        tempo = capacity.tempo_at(seen.now_s)[:, None]
        takes = capacity.takes(seen.now_s)
        factor = np.where(takes, capacity.factor / tempo, np.nan)
        factors, ranks, min_waits_s = (  # lines of callbacks behind those of the types
            np.ascontiguousarray(np.concatenate([each, each], axis=1))
            for each in (factor, capacity.rank, np.nan_to_num(capacity.min_wait_s))
        )
        slots, contacts = len(slot_group), line.shape[1]
        waits_s = np.empty(n)
        follow(
            seen.now_s, here, slot_group, off_s, starts_s, line, since, leaves, ring, work,
            factors, ranks, min_waits_s, self._weight, self._credit,
            np.empty(slots), np.empty(slots, dtype=np.int64), np.empty(contacts, dtype=np.int64),
            waits_s,
        )  # fmt: skip
        return waits_s

    def _slots(self, seen: Seen, chance: np.random.Generator) -> tuple[Ints, Floats, Floats]:
        """Return the slots of those on duty now and of those who come: group, when their agent goes
        off duty, and when they are free first, float64[paths, slots]."""
        capacity, n, now_s = self.capacity, self.paths, seen.now_s
        group, off, starts = [], [], []
        tempo = capacity.tempo_at(now_s)
        for g, (until, later) in enumerate(self._people.plan(seen, chance)):
            slots = int(capacity.slots[g])
            most = len(until) * slots
            mine = np.flatnonzero(seen.busy_group == g)[:most]
            free = np.full((n, most), now_s)
            for t in np.unique(seen.busy_type[mine]):
                which = np.flatnonzero(seen.busy_type[mine] == t)
                each = capacity.factor[g, t] / tempo[g]
                if not each > 0:
                    each = 1.0
                pool = handle_pool(self.scenario.contact_types[t])
                elapsed = (now_s - seen.busy_since_s[mine[which]]) / each
                free[:, which] = now_s + each * pool.left(chance, elapsed, n)
            group += [g] * (most + len(later) * slots)
            off += [np.repeat(until, slots), np.repeat([each[1] for each in later], slots)]
            on = np.repeat([each[0] for each in later], slots)
            starts += [free, np.broadcast_to(on, (n, len(on)))]
        return (
            np.array(group, dtype=np.int64),
            np.concatenate(off).astype(np.float64),
            np.ascontiguousarray(np.concatenate(starts, axis=1), dtype=np.float64),
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
