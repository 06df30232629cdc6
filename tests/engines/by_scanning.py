"""The rules told once more, to check an engine: no event queue, no objects, whole ticks.

Each step writes down everything that could happen next, from the state alone, and lets the first
of it happen. When the clock moves on, nobody may be idle who is allowed to take somebody. Slow, and
for small days only. It shares nothing with the engines but the model and the tape.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, isinf, nan
from typing import Any

import numpy as np

import queuesim as qs
from queuesim.sampling import Tape
from tests.engines.by_scanning_terms import Terms

SERVICE_END, HEADCOUNT, ARRIVAL, TIMER, PATIENCE = range(5)
FITS, INTERRUPTS = 0, 1
HELD, HUNG_UP = True, False  # whether the customer holds the line
State = dict[str, Any]
COLUMNS = (
    *("outcome", "agent", "answered_s", "talk_end_s", "freed_s", "left_s", "offer_s"),
    *("accepted_s", "due_s", "dialled_s", "attempts", "announced_s", "paused_s"),
)


def ticks(seconds: float) -> float:
    """Whole ticks, or inf."""
    return seconds if isinf(seconds) else round(seconds * 1024)


def scan(scenario: qs.Scenario, tape: Tape) -> tuple[dict[str, list[float]], list[tuple]]:
    """Return the contacts' columns and the agents' busy periods, or fail where a rule is broken."""
    return _Day(scenario, tape).run()


class _Day(Terms):
    def __init__(self, scenario: qs.Scenario, tape: Tape) -> None:
        self.tape, self.types, self.groups = tape, scenario.contact_types, scenario.agent_groups
        self.end = ticks(scenario.horizon.seconds)
        self.now: float = 0
        self.past: set[tuple] = set()  # what has happened and happens once
        self.windows = [
            [(ticks(a), ticks(b)) for a, b in kind.windows(scenario.horizon)] for kind in self.types
        ]
        self.hours = {
            (g, skill.contact_type): [
                (ticks(a), ticks(b)) for a, b in skill.hours.windows(scenario.horizon)
            ]
            for g, group in enumerate(self.groups)
            for skill in group.skills
            if skill.hours
        }
        self.by_length = scenario.score == "queue"
        self.contacts = [
            {
                "row": row,
                "kind": k,
                "meant": tape.allotted[row],
                "at": ticks(tape.arrival_s[row]),
                "where": "to come",
                "tries": 0,
                "patience": ticks(tape.patience_s[row]),
            }
            for row, k in enumerate(tape.contact_type.tolist())
        ]
        self.told: list[dict[str, float]] = [
            dict.fromkeys(COLUMNS, nan) | {"outcome": 0, "agent": -1, "paused_s": 0}
            for _ in self.contacts
        ]
        self.agents: list[State] = [
            {
                "n": n,
                "group": g,
                "on": False,
                "open": [],
                "changed": -inf,
                "since": 0,
                "busy": None,
                "stays": False,
                "factor": 1.0,
                "paused": False,
            }
            for n, g in enumerate(tape.agent_group.tolist())
        ]
        self.taken = 0  # contacts that an agent has taken once
        self.periods: list[tuple[int, float, float]] = []

    def run(self) -> tuple[dict[str, list[float]], list[tuple]]:
        while step := min(self.happenings(), key=lambda h: h[:3], default=None):
            time, kind, row, what, subject = step
            assert time >= self.now
            if time > self.now:
                self.nobody_is_overlooked()
            self.now = time
            self.past.add((kind, row, what, time))
            getattr(self, what)(subject)
        columns = {
            c: [told[c] / 1024 if c.endswith("_s") else told[c] for told in self.told]
            for c in COLUMNS
        }
        columns["attempts"] = [c["tries"] for c in self.contacts]
        busy: list[tuple[int, float, float]] = []
        for n, start, stop in sorted(self.periods):
            if busy and busy[-1][0] == n and busy[-1][2] == start / 1024:
                start = busy.pop()[1] * 1024
            busy.append((n, start / 1024, stop / 1024))
        return columns, busy

    # what could happen next -------------------------------------------------------------

    def happenings(self) -> Iterator[tuple]:
        for happening in self.possible():
            time, kind, row, what, _ = happening
            once = (kind, row, what, time) not in self.past and time <= self.end
            if kind == SERVICE_END or once:  # what is open is finished after the end
                yield happening

    def possible(self) -> Iterator[tuple]:
        for agent in self.agents:
            if agent["open"]:
                work = self.next_of(agent)
                lasts = round(work["left"] * len(self.active(agent)) / self.pace(agent))
                yield agent["since"] + lasts, SERVICE_END, work["row"], "phase_ends", agent
        sessions = self.tape.sessions
        for k in range(len(sessions)):
            agent = self.agents[sessions.agent[k]]
            mine = np.flatnonzero(sessions.agent == agent["n"])
            if sessions.off_s[k] not in sessions.on_s[mine]:
                yield ticks(sessions.off_s[k]), HEADCOUNT, (0, k), "goes", agent
            what = "goes on" if sessions.on_s[k] in sessions.off_s[mine] else "comes"
            subject = (agent, float(sessions.factor[k]), what)
            yield ticks(sessions.on_s[k]), HEADCOUNT, (1, k), "comes", subject
        for (g, _), windows in self.hours.items():
            for agent in self.agents:
                if agent["group"] == g:
                    for begins, _ in windows:
                        yield begins, HEADCOUNT, (2, agent["n"]), "begins", agent
        for k, kind in enumerate(self.types):
            for _, closing in self.windows[k]:
                if kind.at_closing == "release" and closing < self.end:
                    yield closing, HEADCOUNT, (3, k), "closes", k
        for c in self.contacts:
            row, kind = c["row"], self.types[c["kind"]]
            if c["where"] == "to come":
                yield c["at"], ARRIVAL, row, "arrives", c
            elif c["where"] == "away":
                yield c["back"], ARRIVAL, row, "returns", c
            elif c["where"] in ("line", "later"):
                for g, skill in self.serving(c["kind"]):
                    due = c["place"] + self.must_wait(c, g, skill)
                    if c["joined"] < due < inf:
                        yield due, TIMER, (row, 0), "looks", c
                if c["holds"]:
                    if kind.callback and c["at"] + ticks(kind.callback.after) >= self.now:
                        yield c["at"] + ticks(kind.callback.after), TIMER, (row, 1), "offer", c
                    if not isinf(c["patience"]):
                        yield c["at"] + c["patience"], PATIENCE, row, "leaves", c

    # contacts ---------------------------------------------------------------------------

    def arrives(self, c: State) -> None:
        kind = self.types[c["kind"]]
        is_open = any(a <= self.now < b for a, b in self.windows[c["kind"]])
        if kind.outside_hours == "turn_away" and not is_open:
            return self.lost(c, qs.ContactOutcome.TURNED_AWAY)
        c["in hours"] = is_open
        c |= {"where": "line", "place": self.now, "joined": self.now}
        c["holds"] = HUNG_UP if kind.channel == "callback" else HELD
        if not c["holds"]:
            self.told[c["row"]]["due_s"] = self.now
        self.joins(c)
        holding = sum(o["where"] == "line" and o["holds"] for o in self.of_kind(c["kind"]))
        full = c["holds"] and kind.queue_limit is not None and holding > kind.queue_limit
        if c["where"] == "line" and full:
            self.lost(c, qs.ContactOutcome.BLOCKED)
        elif c["where"] == "line" and self.hears(c):
            self.lost(c, qs.ContactOutcome.BALKED)
        return None

    def returns(self, c: State) -> None:
        c |= {"where": c["to"], "joined": self.now}
        self.joins(c)

    def joins(self, c: State) -> None:
        """Where some group asks for a length, the first in line looks: it may be reached now."""
        lengths = [
            skill.min_queue
            for g, skill in self.serving(c["kind"])
            if self.must_wait(c, g, skill) < inf
        ]
        self.looks(min(self.line(c), key=self.order) if max(lengths) > 1 else c)

    def looks(self, c: State) -> None:
        """Rule 1: best rank, order of the groups, no interruption, fewest open, idle longest,
        lower number."""
        channel = self.types[c["kind"]].channel
        allowed = [
            (
                *(skill.rank, g, self.room(a, channel), len(self.active(a)), a["changed"], a["n"]),
                skill,
            )
            for g, skill in self.serving(c["kind"])
            for a in self.agents
            if a["group"] == g and self.allowed(c, a, skill)
        ]
        if allowed:
            *_, n, skill = min(allowed, key=lambda found: found[:6])
            line = self.line(c)
            self.starts(self.agents[n], c, skill)
            self.seeks(self.agents[n])
            behind = [o for o in line if o["where"] in ("line", "later")]
            if behind:
                self.looks(min(behind, key=self.order))

    def offer(self, c: State) -> None:
        terms, told = self.types[c["kind"]].callback, self.told[c["row"]]
        ahead = [
            o
            for o in self.of_kind(c["kind"])
            if o["where"] == "line" and o["holds"] and self.order(o) < self.order(c)
        ]
        start = self.start_of_offer(c)
        if len(ahead) < terms.min_queue or start is None:
            return
        told["offer_s"] = self.now
        if self.takes(c):
            c["holds"] = HUNG_UP
            told["accepted_s"], told["due_s"] = self.now, start
            if terms.kind != "virtual_hold":
                c |= {"where": "away", "place": start, "back": start, "to": "later", "slot": start}

    def leaves(self, c: State) -> None:
        self.lost(c, qs.ContactOutcome.ABANDONED)

    def lost(self, c: State, outcome: qs.ContactOutcome) -> None:
        c["where"] = "gone"
        self.told[c["row"]] |= {"outcome": int(outcome), "left_s": self.now}

    # agents -----------------------------------------------------------------------------

    def comes(self, subject: tuple[State, float, str]) -> None:
        agent, agent["factor"], how = subject
        if how == "goes on":
            return
        agent["on"], agent["stays"] = True, False
        if not agent["open"]:
            agent["changed"] = self.now
        self.seeks(agent)

    def begins(self, agent: State) -> None:
        """Hours of a skill begin; one who only stays does not look up."""
        if agent["on"]:
            self.seeks(agent)

    def goes(self, agent: State) -> None:
        agent["on"] = False
        left = any(
            self.left_at_closing(c) and self.must_wait(c, agent["group"], skill) < inf
            for c in self.contacts
            for g, skill in self.serving(c["kind"])
            if g == agent["group"]
        )
        agent["stays"] = bool(agent["open"]) and left and self.now < self.end

    def closes(self, k: int) -> None:
        for c in self.of_kind(k):
            if c["where"] == "line" and c["holds"]:
                self.lost(c, qs.ContactOutcome.TURNED_AWAY)

    def seeks(self, agent: State) -> None:
        """Rule 2: the largest score, ties to the lower row, as long as something fits; live
        contacts first where they interrupt messages."""
        breaks_in = self.groups[agent["group"]].interruptible
        while True:
            allowed = [
                (breaks_in and self.is_message(c), -self.score(c), c["row"], skill)
                for c in self.contacts
                if (skill := self.groups[agent["group"]].skill(self.types[c["kind"]].name))
                and self.allowed(c, agent, skill)
            ]
            if not allowed:
                return
            *_, row, skill = min(allowed, key=lambda found: found[:3])
            self.starts(agent, self.contacts[row], skill)

    def starts(self, agent: State, c: State, skill: qs.Skill) -> None:
        self.works(agent)
        told, kind = self.told[c["row"]], self.types[c["kind"]]
        if agent["busy"] is None:
            agent["busy"] = self.now
        told["agent"] = agent["n"]
        work = {"row": c["row"], "channel": kind.channel}
        work["factor"] = skill.handle_factor * agent["factor"]
        if told["due_s"] == told["due_s"]:
            c["tries"] += 1
            if c["tries"] == 1:
                told["dialled_s"] = self.now
            work |= {"phase": "ring", "left": ticks(self.dialling(c).ring)}
        else:
            told["answered_s"] = self.now
            work |= {"phase": "talk", "left": self.needs(self.tape.talk_s, work)}
        if c["tries"] <= 1 and c["where"] == "line":
            self.taken += 1
            c["taken"] = (self.taken, self.now)
        agent["paused"] = agent["paused"] or self.room(agent, kind.channel) == INTERRUPTS
        c |= {"was": c["where"], "where": "open"}
        agent["open"].append(work)
        agent["changed"] = self.now

    def phase_ends(self, agent: State) -> None:
        work = self.next_of(agent)
        self.works(agent)
        row, c = work["row"], self.contacts[work["row"]]
        if work["phase"] == "ring" and self.tape.answers[row, c["tries"] - 1]:
            self.told[row]["answered_s"] = self.now
            work |= {"phase": "talk", "left": self.needs(self.tape.talk_s, work)}
            return
        if work["phase"] == "ring":
            terms = self.dialling(c)
            if c["tries"] < terms.attempts:
                back = self.now + ticks(terms.retry_after)
                c |= {"where": "away", "back": back, "to": c["was"]}
                self.past.discard((ARRIVAL, row, "returns", back))
            else:
                self.lost(c, qs.ContactOutcome.FAILED_CALLBACK)
        elif work["phase"] == "talk":
            self.told[row]["talk_end_s"] = self.now
            work |= {"phase": "wrap", "left": self.needs(self.tape.wrap_up_s, work)}
            return
        else:
            c["where"] = "gone"
            self.told[row] |= {"freed_s": self.now, "outcome": int(qs.ContactOutcome.HANDLED)}
        agent["open"] = [other for other in agent["open"] if other is not work]
        if all(other["channel"] == "message" for other in agent["open"]):
            agent["paused"] = False
        agent["changed"] = self.now
        self.seeks(agent)
        if not agent["open"]:
            self.periods.append((agent["n"], agent["busy"], self.now))
            agent["busy"] = None

    def works(self, agent: State) -> None:
        if agent["open"]:
            active = self.active(agent)
            done = (self.now - agent["since"]) * self.pace(agent) / len(active)
            for work in agent["open"]:
                if any(work is other for other in active):
                    work["left"] = max(0, round(work["left"] - done))
                else:
                    self.told[work["row"]]["paused_s"] += self.now - agent["since"]
        agent["since"] = self.now

    # questions --------------------------------------------------------------------------

    def next_of(self, agent: State) -> State:
        """Of the contacts an agent works on, the one with the least work left."""
        return min(self.active(agent), key=lambda w: (w["left"], w["row"]))

    def active(self, agent: State) -> list[State]:
        paused = {"message"} if agent["paused"] else set()
        return [work for work in agent["open"] if work["channel"] not in paused]

    def pace(self, agent: State) -> float:
        group, active = self.groups[agent["group"]], self.active(agent)
        total = group.pace.get(active[0]["channel"], (1.0,))
        return (group.blend.pace if group.blend else total)[len(active) - 1]

    def room(self, agent: State, channel: str) -> int | None:
        """FITS, INTERRUPTS, or None where the agent has no room for a contact."""
        group = self.groups[agent["group"]]

        def fits(beside: list[str]) -> bool:
            if group.blend:
                used = [group.blend.uses.get(each, group.blend.slots) for each in beside]
                mine = group.blend.uses.get(channel, group.blend.slots)
                return sum(used) + mine <= group.blend.slots
            return set(beside) <= {channel} and len(beside) < group.concurrency.get(channel, 1)

        there = [work["channel"] for work in agent["open"]]
        live = [each for each in there if each != "message"]
        if fits(live if agent["paused"] else there):
            return None if agent["paused"] and channel == "message" else FITS
        if agent["paused"] or channel == "message" or not group.interruptible:
            return None
        return INTERRUPTS if fits(live) else None

    def is_message(self, c: State) -> bool:
        return self.types[c["kind"]].channel == "message"

    def needs(self, column: Any, work: State) -> int:
        return round(float(column[work["row"]]) * work["factor"] * 1024)

    def dialling(self, c: State) -> qs.Dialling:
        kind = self.types[c["kind"]]
        return kind.callback.dialling if kind.callback else kind.dialling

    def of_kind(self, k: int) -> list[State]:
        return [c for c in self.contacts if c["kind"] == k]

    def line(self, c: State) -> list[State]:
        """Who waits with it: of its type, meant for the same group, live or called back later."""
        same = [o for o in self.of_kind(c["kind"]) if o["meant"] == c["meant"]]
        return [o for o in same if o["where"] == c["where"]]

    def must_wait(self, c: State, g: int, skill: qs.Skill) -> float:
        """How long until a group may take it; inf where it never may."""
        overflow = self.types[c["kind"]].allocation_overflow
        if c["meant"] in (-1, g):
            return ticks(skill.min_wait)
        return inf if overflow is None else max(ticks(skill.min_wait), ticks(overflow))

    def order(self, c: State) -> tuple[float, int]:
        return c["place"], c["row"]

    def serving(self, k: int) -> list[tuple[int, qs.Skill]]:
        found = ((g, group.skill(self.types[k].name)) for g, group in enumerate(self.groups))
        return [(g, skill) for g, skill in found if skill]

    def score(self, c: State) -> float:
        kind = self.types[c["kind"]]
        terms = kind.callback if c["where"] == "later" else kind
        measure = len(self.line(c)) if self.by_length else (self.now - c["place"]) / 1024
        return terms.weight * measure + terms.credit

    def left_at_closing(self, c: State) -> bool:
        """Whether its customer came in hours, holds the line after them, and is to be served."""
        closed = not any(a <= self.now < b for a, b in self.windows[c["kind"]])
        serves_out = self.types[c["kind"]].at_closing == "serve_out"
        return c["where"] == "line" and c["holds"] and c["in hours"] and closed and serves_out

    def allowed(self, c: State, agent: State, skill: qs.Skill) -> bool:
        if c["where"] not in ("line", "later"):
            return False
        g, kind = agent["group"], self.types[c["kind"]]
        hours = self.hours.get((g, kind.name), [(0, inf)])
        if not any(a <= self.now < b for a, b in hours) or len(self.line(c)) < skill.min_queue:
            return False
        if self.now < c["place"] + self.must_wait(c, g, skill):
            return False
        if agent["stays"] and self.now < self.end:
            return (
                self.left_at_closing(c)
                and not any(
                    self.left_at_closing(o) and self.order(o) < self.order(c) for o in self.line(c)
                )
                and self.room(agent, kind.channel) is not None
            )
        if not agent["on"] or c is not min(self.line(c), key=self.order):
            return False
        group = self.groups[g]
        if self.room(agent, kind.channel) is None:
            return False
        as_idle = {"message"} if group.interruptible and kind.channel != "message" else set()

        def is_idle(a: State) -> bool:
            return {work["channel"] for work in a["open"]} <= as_idle

        kept = kind.callback.reserve if c["where"] == "later" else 0
        mine = [a for a in self.agents if a["group"] == agent["group"] and a["on"]]
        idle = sum(map(is_idle, mine))
        return not is_idle(agent) or idle > max(kept, skill.reserve)

    def nobody_is_overlooked(self) -> None:
        for c in self.contacts:
            for g, skill in self.serving(c["kind"]):
                for a in self.agents:
                    fits = a["group"] == g and self.allowed(c, a, skill)
                    assert not fits, f"at {self.now / 1024} agent {a['n']} could take {c['row']}"
