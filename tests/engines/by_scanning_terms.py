"""Announcements and offers for `by_scanning`: worked out from who is where, nothing is counted."""

from __future__ import annotations

from math import inf, isnan
from typing import Any

State = dict[str, Any]


class Terms:
    """What a day tells and offers those who wait; ticks, as in `by_scanning`."""

    now: float
    end: float
    tape: Any
    types: Any
    groups: Any
    windows: Any
    hours: Any
    agents: list[State]
    told: list[dict[str, float]]

    def hears(self, c: State) -> bool:
        """Tell a newcomer the expected wait; return whether it balks."""
        terms, row = self.types[c["kind"]].announcement, c["row"]
        if terms is None:
            return False
        wait = self.expected(c, terms)
        if wait is None:
            return False
        self.told[row]["announced_s"] = wait
        if wait / 1024 > self.tape.tolerates_s[row]:
            return True
        longest = c["patience"] * terms.patience_factor
        c["patience"] = max(longest, wait * terms.stays_for)
        if c["patience"] < 2.0**60:
            c["patience"] = round(c["patience"])
        return False

    def expected(self, c: State, terms: Any) -> float | None:
        kind = self.types[c["kind"]]
        mine = [o for o in self.of_kind(c["kind"]) if o["meant"] == c["meant"]]
        others = [o for o in mine if o["where"] == "line" and o is not c]
        if terms.predictor == "fixed":
            return round(terms.fixed * 1024)
        if terms.predictor == "head_of_line":
            return self.now - min((o["place"] for o in others), default=self.now)
        if terms.predictor == "last_to_enter_service":
            taken = [o for o in mine if "taken" in o]
            last = max(taken, key=lambda o: o["taken"], default=None)
            return last["taken"][1] - last["at"] if last else 0
        people = 0.0
        for g, group in enumerate(self.groups):
            skill = group.skill(kind.name)
            hours = self.hours.get((g, kind.name), [(0, self.end + 1)])
            in_hours = any(a <= self.now < b for a, b in hours)
            if skill and in_hours and self.must_wait(c, g, skill) < inf:
                there = [a for a in self.agents if a["group"] == g and a["on"]]
                most = group.concurrency.get(kind.channel, 1)
                pace = group.pace.get(kind.channel, (1.0,))[most - 1]
                people += len(there) * (pace / skill.handle_factor)
        return round((len(others) + 1) * kind.handle_s / people * 1024) if people else None

    def start_of_offer(self, c: State) -> float | None:
        """When the promise would start to run; None where no offer is made."""
        terms, told = self.types[c["kind"]].callback, self.told
        mine = self.of_kind(c["kind"])
        open_now = [
            o
            for o in mine
            if not isnan(told[o["row"]]["accepted_s"]) and o["where"] in ("line", "away", "later")
        ]
        if terms.max_open is not None and len(open_now) >= terms.max_open:
            return None
        heard = told[c["row"]]["announced_s"]
        if terms.min_announced is not None and (
            isnan(heard) or heard < round(terms.min_announced * 1024)
        ):
            return None
        if terms.kind == "virtual_hold":
            return self.now
        earliest = self.now + round(float(self.tape.window_delay_s[c["row"]]) * 1024)
        if terms.kind != "slot":
            return earliest
        length = round(terms.slot * 1024)
        for start in range(0, int(self.end), length):
            booked = [o for o in mine if "slot" in o and o["slot"] == start]
            is_open = any(a <= start < b for a, b in self.windows[c["kind"]])
            if start >= earliest and is_open and len(booked) < terms.per_slot:
                return start
        return None

    def takes(self, c: State) -> bool:
        heard = self.told[c["row"]]["announced_s"]
        if isnan(heard) or not self.tape.accepts[c["row"]]:
            return bool(self.tape.accepts[c["row"]])
        return heard / 1024 >= self.tape.accepts_from_s[c["row"]]

    def of_kind(self, k: int) -> list[State]:
        raise NotImplementedError

    def must_wait(self, c: State, g: int, skill: Any) -> float:
        raise NotImplementedError
