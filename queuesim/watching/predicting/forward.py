"""The simulated prediction: the compiled engine run forward from the present, many times.

Everybody is put where they are (`engines.present`): who is in an agent's hands with what is left of
the work, who waits with a patience that has lasted until now. Who comes later is drawn as always.
So every rule of the engine holds from now on, also those that the refined prediction does not know.
Customers who come back, and self-service, are left out: what they add within a wait is small, and
where it is not, the state machinery of a nowcast should run instead: give it as ``run``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from queuesim.engines.compiled import Program, Replication
from queuesim.engines.present import WRAP_UP, Place, Present, nothing_yet, off_duty
from queuesim.model import Channel, Scenario
from queuesim.sampling import Sampler, Sessions, Tape
from queuesim.sampling.tape import NOTHING_ANNOUNCED, dialling_of
from queuesim.units import snap, snap_up
from queuesim.watching.predicting.at_work import open_beside, people_of
from queuesim.watching.predicting.laws import Law, Sample
from queuesim.watching.predicting.people import People
from queuesim.watching.predicting.pools import handle_pool, patience_pool
from queuesim.watching.predicting.seen import CALLER, Seen
from queuesim.watching.predicting.staged import without_coming_back

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Run = Callable[[Scenario, Seen, int, int, int], Floats]
"""``run(scenario, seen, contact_type, futures, seed)`` returns the wait from now on of a contact
that stays, in each future [s]; infinite where nobody takes it."""

_AT_LEAST_S, _TIMES, _WIDENINGS = 600.0, 4.0, 5


class Forward:
    """Predicts by simulating what comes.

    Parameters
    ----------
    scenario : Scenario
    futures : int, default 199
        How many times.
    seed : int, default 0
    run : callable, optional
        What runs the futures, see `Run`; by default the tape of this module.
    """

    name = "simulated"
    why = "The compiled engine run forward from now."

    def __init__(
        self, scenario: Scenario, *, futures: int = 199, seed: int = 0, run: Run | None = None
    ) -> None:
        self.scenario, self.futures, self.seed = scenario, futures, seed
        self._run = run or FromTheTape(scenario).run

    def predict(self, seen: Seen, contact_type: int) -> Law:
        """Return the law of the wait."""
        waits_s = self._run(self.scenario, seen, contact_type, self.futures, self.seed)
        return Sample(np.sort(waits_s))


@dataclass(frozen=True)
class _Rows:
    """Contacts to put on a tape: who is there, and last the one that asks."""

    kind: NDArray[np.int64]
    arrival_s: Floats
    talk_s: Floats
    wrap_up_s: Floats
    patience_s: Floats
    accepts: NDArray[np.bool_]
    standing: NDArray[np.void]


class FromTheTape:
    """Runs futures of one scenario; see the module."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self._plain = without_coming_back(scenario)
        self._program, self._sampler = Program.of(self._plain), Sampler(self._plain)
        self._to_come: dict[tuple[int, int, int], Tape] = {}
        self._people = People(scenario)

    def run(
        self, scenario: Scenario, seen: Seen, contact_type: int, futures: int, seed: int
    ) -> Floats:
        """Return the waits, as `Run` says."""
        assert scenario is self.scenario or scenario == self.scenario
        people = self._people.capacity.people_for(contact_type, seen.on_duty, seen.now_s)
        handle_s = float(self._people.capacity.handle_s.max())
        span_s = _AT_LEAST_S
        span_s += _TIMES * handle_s * (len(seen.waiting_type) + 1) / max(people, 0.25)
        for _ in range(_WIDENINGS):
            chance = seen.chance(seed)
            waits_s = np.array(
                [
                    self._one(seen, contact_type, span_s, chance, seed, future)
                    for future in range(futures)
                ]
            )
            if np.max(waits_s[np.isfinite(waits_s)], initial=0.0) <= span_s:
                break
            span_s *= 4.0
        return waits_s

    def _one(
        self,
        seen: Seen,
        contact_type: int,
        span_s: float,
        chance: np.random.Generator,
        seed: int,
        future: int,
    ) -> float:
        rows = self._present(seen, contact_type, chance)
        come = self._coming(seen.now_s, span_s, seed, future)
        tape = self._tape(rows, come, seen, chance)
        rows.standing["agent"], people = self._at_work(tape.agent_group, seen)
        tagged = len(rows.standing)
        running = Replication(self._program, tape.agent_group, tape.sessions)
        running.let_in(tape, sure=True)
        lasted = np.zeros(self._program.line_of.shape)
        running.place(Present(snap(seen.now_s), rows.standing, people, lasted))
        contacts = running.play().contacts
        asked = self.scenario.contact_types[contact_type].channel is Channel.CALLBACK
        taken_s = (contacts.dialled_s if asked else contacts.answered_s)[tagged]
        return float(taken_s - tape.arrival_s[tagged]) if np.isfinite(taken_s) else np.inf

    def _present(self, seen: Seen, contact_type: int, chance: np.random.Generator) -> _Rows:
        """Return those in hand, those who wait, and last the contact that asks."""
        types, now_s, capacity = self._plain.contact_types, seen.now_s, self._people.capacity
        w, b = len(seen.waiting_type), len(seen.busy_type)
        kind = np.concatenate([seen.busy_type, seen.waiting_type, [contact_type]])
        arrival_s = np.concatenate([np.full(b, now_s), seen.waiting_since_s, [now_s]])
        talk_s, wrap_up_s, patience_s = np.zeros((3, b + w + 1))
        patience_s[:], talk_s[-1] = np.inf, 1.0
        accepts = np.zeros(b + w + 1, dtype=bool)
        standing = nothing_yet(b + w)
        standing["queued_since_s"] = snap(arrival_s[:-1])
        standing["place"][:b], standing["phase"][:b] = Place.IS_OPEN, WRAP_UP
        standing["answered_s"][:b] = standing["talk_end_s"][:b] = now_s
        standing["resolved"][:b] = 1
        tempo, many = capacity.tempo_at(now_s), open_beside(self._plain, seen)
        for t in np.unique(seen.busy_type):
            mine = np.flatnonzero(seen.busy_type == t)
            group = seen.busy_group[mine]
            each = capacity.factor[group, t] / tempo[group]
            each = np.where(each > 0, each, 1.0)
            # taken that as many were open ever since
            pace = capacity.pace[group, capacity.channel[t], many[mine] - 1] / many[mine]
            elapsed_s = (now_s - seen.busy_since_s[mine]) * pace / each
            left_s = handle_pool(types[t]).left(chance, elapsed_s, 1)[0]
            standing["left_s"][mine] = snap(each * left_s)
        for t in np.unique(seen.waiting_type):
            each_type = types[t]
            mine = np.flatnonzero(seen.waiting_type == t)
            at = b + mine
            talk_s[at] = each_type.talk.quantile(chance.random(len(mine)))
            if each_type.wrap_up is not None:
                wrap_up_s[at] = each_type.wrap_up.quantile(chance.random(len(mine)))
            how = seen.waiting_how[mine]
            owed = at[how != CALLER]
            standing["due_s"][owed] = arrival_s[owed]
            if each_type.channel is not Channel.CALLBACK:
                standing["accepted_s"][owed] = standing["offer_s"][owed] = arrival_s[owed]
            standing["on_the_line"][owed] = False
            patience = patience_pool(each_type)
            gives_up = (how == CALLER) & ~seen.stays[mine]
            if patience is not None:
                age_s = seen.waiting_s[mine[gives_up]]
                patience_s[at[gives_up]] = age_s + patience.left(chance, age_s, 1)[0]
            offer = each_type.callback
            if offer is not None:
                later = seen.waiting_since_s[mine] + offer.after > now_s
                takes = chance.random(len(mine)) < offer.accept
                accepts[at] = (gives_up & later & takes) | (how != CALLER)
        return _Rows(kind, arrival_s, talk_s, wrap_up_s, patience_s, accepts, standing)

    def _coming(self, now_s: float, span_s: float, seed: int, future: int) -> list[Tape]:
        """Return the tapes of today, and of tomorrow where the future reaches so far."""
        horizon = self.scenario.horizon
        first = int(horizon.day_at(np.array([now_s]))[0])
        last = int(horizon.day_at(np.array([min(now_s + span_s, horizon.seconds - 1)]))[0])
        if any(key[1] not in (first, last) for key in self._to_come):
            self._to_come.clear()
        found = []
        for day in range(first, last + 1):
            key = (seed, day, future)
            if key not in self._to_come:
                drawing = self._sampler.begin(seed, future)
                self._to_come[key] = drawing.days(day, day + 1)
            tape = self._to_come[key]
            from_row, to_row = np.searchsorted(
                tape.arrival_s, [now_s, now_s + span_s], side="right"
            )
            found.append(_cut(tape, int(from_row), int(to_row)))
        return found

    def _tape(self, rows: _Rows, come: list[Tape], seen: Seen, chance: np.random.Generator) -> Tape:
        """Return the tape of a future."""
        here = len(rows.kind)
        many = here + sum(map(len, come))
        dials = come[0].answers.shape[1] if come else 0
        announces = any(each.announcement for each in self._plain.contact_types)
        answers = np.ones((here, dials), dtype=bool)
        for t in np.unique(rows.kind):
            dialling = dialling_of(self._plain.contact_types[t])
            if dialling is not None:
                mine = rows.kind == t
                answers[mine] = chance.random((int(mine.sum()), dials)) < dialling.answered
        allotted = self._allotted(rows, chance)

        def joined(name: str, mine: NDArray[np.generic]) -> NDArray[np.generic]:
            return np.concatenate([mine, *(getattr(tape, name) for tape in come)])

        endless, none = np.full(here, np.inf), np.zeros(here)
        agent_group, sessions = self._sessions(seen, chance)
        return Tape(
            seed=0,
            replication=0,
            contact_type=joined("contact_type", rows.kind.astype(np.int32)),  # type: ignore[arg-type]
            day=joined("day", np.zeros(here, dtype=np.int32)),  # type: ignore[arg-type]
            number=np.arange(many),
            arrival_s=joined("arrival_s", snap(rows.arrival_s)),  # type: ignore[arg-type]
            talk_s=joined("talk_s", snap(rows.talk_s)),  # type: ignore[arg-type]
            wrap_up_s=joined("wrap_up_s", snap(rows.wrap_up_s)),  # type: ignore[arg-type]
            patience_s=joined("patience_s", snap_up(rows.patience_s)),  # type: ignore[arg-type]
            accepts=joined("accepts", rows.accepts),  # type: ignore[arg-type]
            window_delay_s=joined("window_delay_s", none),  # type: ignore[arg-type]
            answers=np.concatenate([answers, *(tape.answers for tape in come)]),
            allotted=joined("allotted", allotted.astype(np.int32)),  # type: ignore[arg-type]
            agent_group=agent_group,
            sessions=sessions,
            tolerates_s=joined("tolerates_s", endless) if announces else NOTHING_ANNOUNCED,  # type: ignore[arg-type]
            accepts_from_s=joined("accepts_from_s", none) if announces else NOTHING_ANNOUNCED,  # type: ignore[arg-type]
        )

    def _allotted(self, rows: _Rows, chance: np.random.Generator) -> NDArray[np.int64]:
        names = [group.name for group in self._plain.agent_groups]
        found = np.full(len(rows.kind), -1, dtype=np.int64)
        for t, each in enumerate(self._plain.contact_types):
            mine = np.flatnonzero(rows.kind == t)
            if each.allocation and len(mine):
                shares = np.array([each.allocation.get(name, 0.0) for name in names])
                found[mine] = chance.choice(len(names), size=len(mine), p=shares / shares.sum())
        return found

    def _sessions(
        self, seen: Seen, chance: np.random.Generator
    ) -> tuple[NDArray[np.int32], Sessions]:
        """Return each agent's group, those on duty first, and the sessions from now on."""
        end_s = self.scenario.horizon.seconds
        group, on, off = [], [], []
        tempo = self._people.capacity.tempo_at(seen.now_s)
        for g, (until, later) in enumerate(self._people.plan(seen, chance)):
            group += [g] * (len(until) + len(later))
            on += [snap(seen.now_s)] * len(until) + [each[0] for each in later]
            off += [*until, *(each[1] for each in later)]
        agent_group = np.array(group, dtype=np.int32)
        on_s, off_s = np.array(on), np.minimum(np.array(off), end_s)
        real = np.flatnonzero(off_s > on_s)
        order = real[np.lexsort((real, on_s[real]))]
        factor = (1.0 / tempo)[agent_group[order]]
        return agent_group, Sessions(order.astype(np.int32), on_s[order], off_s[order], factor)

    def _at_work(self, agent_group: NDArray[np.int32], seen: Seen) -> tuple[Ints, NDArray[np.void]]:
        """Return the agent of each contact of the present, -1 of those who wait; and how things
        stand with the agents: sessions begin now, so that all who have room look for contacts."""
        first = np.searchsorted(agent_group, np.arange(len(seen.on_duty)))
        agent = np.full(len(seen.busy_type) + len(seen.waiting_type), -1)
        busy = agent[: len(seen.busy_type)] = first[seen.busy_group] + seen.busy_agent
        people = off_duty(len(agent_group))
        people["factor"] = (1.0 / self._people.capacity.tempo_at(seen.now_s))[agent_group]
        for name in ("busy_since_s", "worked_until_s", "changed_s"):
            people[name][busy] = snap(seen.now_s)
        there = people_of(self._plain, seen)
        for g, k in zip(seen.busy_group, seen.busy_agent, strict=True):
            people["paused"][first[g] + k] = there[g][k].paused
        return agent, people


def _cut(tape: Tape, first: int, last: int) -> Tape:
    """Return some rows of a tape."""
    columns = {}
    for name, value in tape.__dict__.items():
        if isinstance(value, np.ndarray) and name != "agent_group" and len(value) == len(tape):
            columns[name] = value[first:last]
    return Tape(**{**tape.__dict__, **columns})
