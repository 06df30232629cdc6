"""What a state may be: every row that contradicts the scenario, or itself, is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from queuesim.engines.present import RING
from queuesim.model import Channel
from queuesim.model.faults import did_you_mean, is_number, one_of, quoted
from queuesim.sampling.tape import dialling_of
from queuesim.watching.nowcasting.open_together import may_have_open
from queuesim.watching.nowcasting.rules_between import BetweenRules
from queuesim.watching.nowcasting.rules_so_far import SoFarRules
from queuesim.watching.nowcasting.rules_together import TogetherRules
from queuesim.watching.nowcasting.state_values import ATTEMPTS, Columns, columns_of

PHASES = ("ring", "talk", "wrap-up")
"""In the order of their numbers in `engines.present`."""
UNKNOWN = -1
"""A phase that is not stated."""

_HOUR_S = 3600.0


class Reading(BetweenRules, SoFarRules, TogetherRules):
    """Reads the tables of a state; what is wrong is gathered in `problems`."""

    def waiting(self, table: pd.DataFrame, now_s: float) -> Columns:
        """Read who waits."""
        found: list[tuple[Any, ...]] = []
        many: Counter[int] = Counter()
        for where, row in self.rows(
            "waiting", table, ("contact_type", "waited_s"), ("allotted", *ATTEMPTS)
        ):
            kind = self.known(
                f"{where}.contact_type", row["contact_type"], self.types, "a contact type"
            )
            waited_s = self.number(f"{where}.waited_s", row["waited_s"], most=now_s)
            if kind is None:
                continue
            each = self.scenario.contact_types[kind]
            if each.channel in (Channel.CALLBACK, Channel.SELF_SERVICE):
                fix = (
                    "put it into callbacks" if each.channel is Channel.CALLBACK else "leave it out"
                )
                rule = f"must be a type whose customers wait; {each.name} is {each.channel}"
                self.tell(f"{where}.contact_type", row["contact_type"], rule, fix)
            self.since_opening(f"{where}.waited_s", waited_s, kind, now_s)
            many[kind] += 1
            limit = each.queue_limit
            if limit is not None and many[kind] == limit + 1:
                rule = f"is one more than the queue limit of {each.name}, {limit}, lets wait"
                self.tell(
                    where, f"`the {limit + 1}th", rule, "change queue_limit, or look at the count"
                )
            allotted = self._allotted(where, row.get("allotted"), kind)
            attempts = self.attempts(where, row, kind)
            if waited_s is not None:
                found.append((kind, waited_s, allotted, *attempts, row.get("customer")))
        found.sort(key=lambda row: -row[1])
        names = {"kind": np.int32, "waited_s": np.float64, "allotted": np.int32}
        return columns_of(found, names | ATTEMPTS)

    def _allotted(self, where: str, given: Any, kind: int) -> int:
        each = self.scenario.contact_types[kind]
        if not isinstance(given, str):
            return -1
        if not each.allocation.get(given):
            rule = f"must be a group with a share of {each.name}: {one_of(each.allocation)}"
            self.tell(f"{where}.allotted", given, rule, did_you_mean(given, each.allocation))
            return -1
        return self.groups[given]

    def busy(self, table: pd.DataFrame, now_s: float) -> Columns:
        """Read who is busy with what."""
        found: list[tuple[Any, ...]] = []
        people: dict[Any, int] = {}
        open_with: dict[int, list[Channel]] = {}
        perhaps = ("phase", "agent", "waited_s", *ATTEMPTS)
        needed = ("agent_group", "contact_type", "elapsed_s")
        for where, row in self.rows("busy", table, needed, perhaps):
            group = self.known(
                f"{where}.agent_group", row["agent_group"], self.groups, "an agent group"
            )
            kind = self.known(
                f"{where}.contact_type", row["contact_type"], self.types, "a contact type"
            )
            elapsed_s = self.number(f"{where}.elapsed_s", row["elapsed_s"], most=now_s)
            phase = self._phase(where, row.get("phase"))
            if group is None or kind is None:
                continue
            team, each = self.scenario.agent_groups[group], self.scenario.contact_types[kind]
            if team.skill(each.name) is None:
                rule = (
                    f"must be a skill of {team.name}: {one_of(s.contact_type for s in team.skills)}"
                )
                self.tell(f"{where}.contact_type", each.name, rule, "is it another group's agent?")
                continue
            if phase == RING and dialling_of(each) is None:
                self.tell(
                    f"{where}.phase",
                    "ring",
                    f"is for callbacks, and {each.name} has none",
                    'write "talk"',
                )
            agent = row.get("agent")
            key = (group, agent) if agent is not None and agent == agent else (group, where, None)
            person = people.setdefault(key, len(people))
            beside = open_with.setdefault(person, [])
            beside.append(each.channel)
            if not may_have_open(team, beside):
                rule = f"is more than an agent of {team.name} can have open at once"
                self.tell(
                    where,
                    f"`{len(beside)} contacts with agent {agent}",
                    rule,
                    "look at concurrency, or at agent",
                )
            attempts = self.attempts(where, row, kind)
            if each.callback is None:
                self.since_opening(f"{where}.elapsed_s", elapsed_s, kind, now_s)
            if elapsed_s is not None:
                given = row.get("waited_s", 0.0)
                waited_s = self.number(f"{where}.waited_s", 0.0 if given != given else given)
                which = (*attempts, row.get("customer"))
                found.append((group, kind, phase, elapsed_s, person, waited_s or 0.0, *which))
        names = {
            "group": np.int32,
            "kind": np.int32,
            "phase": np.int8,
            "elapsed_s": np.float64,
            "person": np.int64,
            "waited_s": np.float64,
        }
        return columns_of(found, names | ATTEMPTS)

    def _phase(self, where: str, given: Any) -> int:
        if given is None or given != given:
            return UNKNOWN
        if given in PHASES:
            return PHASES.index(given)
        self.tell(
            f"{where}.phase",
            given,
            f"must be {one_of(map(quoted, PHASES))}",
            did_you_mean(given, PHASES),
        )
        return UNKNOWN

    def callbacks(self, table: pd.DataFrame, now_s: float) -> Columns:
        """Read who is owed a callback."""
        found: list[tuple[Any, ...]] = []
        for where, row in self.rows(
            "callbacks", table, ("contact_type", "due"), ("attempts", *ATTEMPTS)
        ):
            kind = self.known(
                f"{where}.contact_type", row["contact_type"], self.types, "a contact type"
            )
            due_s = self.instant(f"{where}.due", row["due"])
            if kind is None or due_s is None:
                continue
            each = self.scenario.contact_types[kind]
            dialling = dialling_of(each)
            if dialling is None:
                rule = "must be a type that is called back"
                self.tell(
                    f"{where}.contact_type",
                    each.name,
                    rule,
                    f"add callback=CallbackOffer(…) to {each.name}",
                )
                continue
            held = each.callback is None or each.callback.kind == "virtual_hold"
            if held and due_s > now_s:
                rule = "must not be later than now: this callback has waited since it was asked for"
                self.tell(f"{where}.due", str(row["due"]), rule, "give the moment of the request")
            made = row.get("attempts", 0)
            attempts = self.number(f"{where}.attempts", 0 if made != made else made, whole=True)
            if attempts is not None and attempts >= dialling.attempts:
                rule = f"must be below the {dialling.attempts} attempts that are made"
                self.tell(f"{where}.attempts", int(attempts), rule, "it has failed: leave it out")
            which = (*self.attempts(where, row, kind), row.get("customer"))
            found.append((kind, due_s, int(attempts or 0), *which))
        names = {"kind": np.int32, "due_s": np.float64, "attempts": np.int32}
        return columns_of(found, names | ATTEMPTS)

    # People --------------------------------------------------------------------------------

    def people(
        self, staffed: Mapping[str, int], more: Mapping[str, int], busy: Columns, now_s: float
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Read how many are on duty; told where more are busy than can be."""
        stated = np.full((2, len(self.groups)), np.nan)
        for row, (what, numbers) in enumerate((("staffed", staffed), ("more", more))):
            for name, number in numbers.items():
                group = self.known(f"{what}.{name}", name, self.groups, "an agent group")
                if row == 1 and name in staffed:
                    self.tell(
                        f"more.{name}", number, "cannot be given with staffed", "leave one out"
                    )
                if row == 1 and is_number(number) and number == int(number):
                    value: float | None = float(number)
                else:
                    value = self.number(f"{what}.{name}", number, whole=True)
                if group is not None and value is not None:
                    stated[row, group] = value
        for k, team in enumerate(self.scenario.agent_groups):
            mine = busy["group"] == k
            working = len(np.unique(busy["person"][mine]))
            scheduled = team.scheduled(self.horizon, self.scenario.group_windows(team.name))
            at = int(now_s // self.horizon.interval)
            before = int(max(now_s - _HOUR_S, 0.0) // self.horizon.interval)
            most = float(scheduled[before : at + 1].max())
            if stated[0, k] == stated[0, k]:  # who went off within the hour may still be busy
                most = max(stated[0, k], stated[0, k] + most - float(scheduled[at]))
            if stated[1, k] == stated[1, k]:
                most += stated[1, k]
            if working > most:
                rule = f"cannot be: {most:,.0f} were on duty in the last hour at most"
                fix = f'say who is there: staffed={{"{team.name}": {working}}}'
                self.tell(f"busy ({team.name})", f"`{working} agents", rule, fix)
        return stated[0], stated[1]
