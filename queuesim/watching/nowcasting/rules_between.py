"""What a state may say of customers between two attempts and of those at self-service."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from queuesim.engines.present import WRAP_UP
from queuesim.model import Channel
from queuesim.model.faults import did_you_mean, one_of
from queuesim.watching.nowcasting.state_values import ATTEMPTS, Columns, Values, columns_of
from queuesim.watching.nowcasting.ways_back import (
    HANDLED,
    OUTCOMES,
    PASSED_ON,
    SELF_SERVED,
    TRANSFERRED,
    TURNED_AWAY,
)

_BY_AGENTS = (HANDLED, TRANSFERRED)
_AT_THE_DOOR = (SELF_SERVED, PASSED_ON)


class BetweenRules(Values):
    """Reads who is between two attempts, and who is at self-service."""

    def ended(self, table: pd.DataFrame | None, now_s: float) -> Columns | None:
        """Read the contacts that have ended."""
        if table is None:
            return None
        found: list[tuple[Any, ...]] = []
        perhaps = ("agent_group", "waited_s", *ATTEMPTS)
        needed = ("contact_type", "ended", "outcome")
        for where, row in self.rows("ended", table, needed, perhaps):
            kind = self.known(
                f"{where}.contact_type", row["contact_type"], self.types, "a contact type"
            )
            ended_s = self.instant(f"{where}.ended", row["ended"])
            if ended_s is not None and ended_s > now_s:
                rule = "must not be later than now: who is not done with waits or is open"
                fix = "put it into waiting, busy or callbacks"
                self.tell(f"{where}.ended", str(row["ended"]), rule, fix)
            outcome = self._outcome(where, row["outcome"], kind)
            group = self._group(where, row.get("agent_group"), kind, outcome)
            attempts = self.attempts(where, row, kind)
            given = row.get("waited_s", 0.0)
            given = 0.0 if given is None or given != given else given
            waited_s = self.number(f"{where}.waited_s", given)
            if kind is None or ended_s is None or outcome is None or waited_s is None:
                continue
            each, came_s = self.scenario.contact_types[kind], ended_s - waited_s
            in_hours = outcome != TURNED_AWAY or each.is_open(self.horizon, came_s)
            customer = row.get("customer")
            found.append((kind, ended_s, outcome, group, in_hours, *attempts, customer))
        names = {
            "kind": np.int32,
            "ended_s": np.float64,
            "outcome": np.int64,
            "group": np.int32,
            "in_hours": np.bool_,
        }
        return columns_of(found, names | ATTEMPTS)

    def _outcome(self, where: str, given: Any, kind: int | None) -> int | None:
        if given not in OUTCOMES:
            rule = f"must be {one_of(OUTCOMES)}"
            self.tell(f"{where}.outcome", given, rule, did_you_mean(given, OUTCOMES))
            return None
        outcome = OUTCOMES.index(given)
        if kind is None:
            return outcome
        each = self.scenario.contact_types[kind]
        alone = each.channel is Channel.SELF_SERVICE
        if outcome in _AT_THE_DOOR and not alone:
            rule = f"is for self-service, and {each.name} is {each.channel}"
            self.tell(f"{where}.outcome", given, rule, 'write "handled"')
        elif alone and outcome not in (*_AT_THE_DOOR, TURNED_AWAY):
            rule = f"cannot be: {each.name} is self-service, which nobody waits for"
            self.tell(f"{where}.outcome", given, rule, 'write "self_served" or "passed_on"')
        return outcome

    def _group(self, where: str, given: Any, kind: int | None, outcome: int | None) -> int:
        if given is None or given != given or given == "":
            return -1
        group = self.known(f"{where}.agent_group", given, self.groups, "an agent group")
        if group is None or kind is None or outcome not in _BY_AGENTS:
            return -1
        team, each = self.scenario.agent_groups[group], self.scenario.contact_types[kind]
        if team.skill(each.name) is None:
            rule = f"must be a group that has the skill {each.name}"
            able = [g.name for g in self.scenario.agent_groups if g.skill(each.name) is not None]
            self.tell(f"{where}.agent_group", given, rule, f"is it {one_of(able)}?")
        return group

    def self_service(self, table: pd.DataFrame | None, now_s: float) -> Columns | None:
        """Read who is at self-service."""
        if table is None:
            return None
        found: list[tuple[Any, ...]] = []
        for where, row in self.rows(
            "self_service", table, ("contact_type", "elapsed_s"), tuple(ATTEMPTS)
        ):
            kind = self.known(
                f"{where}.contact_type", row["contact_type"], self.types, "a contact type"
            )
            elapsed_s = self.number(f"{where}.elapsed_s", row["elapsed_s"], most=now_s)
            attempts = self.attempts(where, row, kind)
            if kind is None or elapsed_s is None:
                continue
            each = self.scenario.contact_types[kind]
            if each.channel is not Channel.SELF_SERVICE:
                rule = f"must be self-service, and {each.name} is {each.channel}"
                fix = "put it into waiting, or into busy"
                self.tell(f"{where}.contact_type", each.name, rule, fix)
                continue
            found.append((kind, elapsed_s, *attempts, row.get("customer")))
        names = {
            "kind": np.int32,
            "elapsed_s": np.float64,
        }
        return columns_of(found, names | ATTEMPTS)


def whoever_came_again(ended: Columns | None, busy: Columns, others: Iterable[Columns]) -> None:
    """Leave out ended contacts whose customers have a later one, as far as customers are told.

    Marks contacts that are being wrapped up in the same way: ``came_again`` of the busy ones.

    Parameters
    ----------
    ended : mapping of str to numpy.ndarray or None
        Is changed.
    busy : mapping of str to numpy.ndarray
        Is changed.
    others : iterable of mappings
        Who waits, is owed a callback, or is at self-service.
    """
    here = [c for columns in others for c in columns["customer"].tolist() if _told(c)]
    wraps_up = busy["phase"] == WRAP_UP
    talks = [c for c in busy["customer"][~wraps_up].tolist() if _told(c)]
    elsewhere = {*here, *talks}
    busy["came_again"] = np.array(
        [_told(c) and c in elsewhere for c in busy["customer"].tolist()], dtype=bool
    )
    busy["came_again"] &= wraps_up
    if ended is None:
        return
    elsewhere |= {c for c in busy["customer"].tolist() if _told(c)}
    latest: dict[Any, int] = {}
    customers = ended["customer"].tolist()
    for row in np.argsort(ended["ended_s"], kind="stable").tolist():
        if _told(customers[row]):
            latest[customers[row]] = row
    keep = np.array(
        [
            not _told(c) or (c not in elsewhere and latest[c] == row)
            for row, c in enumerate(customers)
        ],
        dtype=bool,
    )
    for name, column in ended.items():
        ended[name] = column[keep]


def _told(customer: Any) -> bool:
    return customer is not None and customer == customer
