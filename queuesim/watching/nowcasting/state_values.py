"""The values of a state's tables: names, moments, numbers; what is wrong is told with its row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from queuesim.errors import Problem, shown
from queuesim.model import Channel, Scenario
from queuesim.model.faults import Fault, did_you_mean, is_number, one_of
from queuesim.watching.moments import moment_s

Columns = dict[str, NDArray[Any]]

ATTEMPTS = {"times_back": np.int64, "turns": np.int64, "customer": object}
"""Columns that say which attempt a contact is, and whose."""


class Values:
    """Reads the values of a state's tables; what is wrong is gathered in `problems`."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario, self.horizon = scenario, scenario.horizon
        self.types = {each.name: k for k, each in enumerate(scenario.contact_types)}
        self.groups = {each.name: k for k, each in enumerate(scenario.agent_groups)}
        self.problems: list[Problem] = []

    def tell(self, where: str, given: object, rule: str, fix: str = "") -> None:
        """Note a problem."""
        plain = isinstance(given, str) and given.startswith("`")
        self.problems.append(Problem(where, str(given)[1:] if plain else shown(given), rule, fix))

    # One value -----------------------------------------------------------------------------

    def instant(self, where: str, given: Any) -> float | None:
        """Read a timestamp; naive is local time [s]."""
        try:
            return moment_s(self.horizon, given)
        except Fault as fault:
            self.tell(where, given, fault.rule, fault.fix)
            return None

    def known(self, where: str, given: Any, names: Mapping[str, int], what: str) -> int | None:
        """Read a name."""
        if given in names:
            return names[given]
        rule = f"must be {what} of the scenario: {one_of(names)}"
        self.tell(where, given, rule, did_you_mean(given, names))
        return None

    def number(
        self, where: str, given: Any, *, most: float = np.inf, whole: bool = False
    ) -> float | None:
        """Read a number, 0 or more."""
        value = given.item() if isinstance(given, np.generic) else given
        if not is_number(value) or (whole and value != int(value)):
            rule = f"must be a {'whole ' if whole else ''}number, 0 or more"
            self.tell(where, given, rule)
        elif value < 0:
            self.tell(where, value, "must be 0 or more", f"did you mean {-value:g}?")
        elif value > most:
            self.tell(where, value, f"must be at most {most:,.0f}", "are the units seconds?")
        else:
            return float(value)
        return None

    def now(self, given: datetime | str) -> float | None:
        """Read the instant."""
        now_s = self.instant("now", given)
        if now_s is not None and not 0 <= now_s < self.horizon.seconds:
            dates = self.horizon.dates
            rule = f"must lie in the scenario's horizon, {dates[0]} to {dates[-1]}"
            self.tell("now", str(given), rule, "state the scenario over the day that is looked at")
            return None
        return now_s

    # Rows ----------------------------------------------------------------------------------

    def rows(
        self, name: str, table: Any, needed: Sequence[str], perhaps: Sequence[str]
    ) -> Iterable[tuple[str, dict[Any, Any]]]:
        """Yield each row with the place that messages name, if the table has the columns that are
        needed, and no others than these and those that it has perhaps."""
        if not isinstance(table, pd.DataFrame):
            self.tell(name, table, "must be a pandas.DataFrame", "leave it out if there is none")
            return
        if table.empty:
            return
        missing = [column for column in needed if column not in table.columns]
        absent = [column for column in perhaps if column not in table.columns]
        for column in table.columns:
            if column in needed or column in perhaps or did_you_mean(column, missing):
                continue
            rule = f"must be one of its columns: {one_of((*needed, *perhaps))}"
            fix = did_you_mean(column, absent) or "leave it out"
            self.tell(f"{name}.{column}", column, rule, fix)
        for column in missing:
            have = list(map(str, table.columns))
            self.tell(
                f"{name}.{column}",
                f"`{one_of(have)}",
                "is a required column",
                did_you_mean(column, have),
            )
        if missing:
            return
        # tables put under one another may use a label twice: then rows are counted from 0
        labels = table.index if table.index.is_unique else range(len(table))
        for label, row in zip(labels, table.to_dict("records"), strict=True):
            yield f"{name}[{label}]", row

    def attempts(self, where: str, row: Mapping[Any, Any], kind: int | None) -> tuple[int, int]:
        """Read which attempt a contact is: how often its customer has come back, and turns of the
        thread before it."""
        found = []
        for name in ("times_back", "turns"):
            given = row.get(name, 0)
            given = 0 if given is None or given != given else given
            value = self.number(f"{where}.{name}", given, whole=True)
            if name == "turns" and value and kind is not None:
                each = self.scenario.contact_types[kind]
                if each.channel is not Channel.MESSAGE:
                    rule = f"must be 0: only messages have turns, and {each.name} is {each.channel}"
                    fix = "did you mean times_back?"
                    self.tell(f"{where}.{name}", given, rule, fix)
            found.append(int(value or 0))
        return found[0], found[1]


def columns_of(rows: list[tuple[Any, ...]], dtypes: Mapping[str, Any]) -> Columns:
    """Return rows as columns with names."""
    columns = list(zip(*rows, strict=True)) or [()] * len(dtypes)
    return {
        name: np.array(column, dtype=dtype)
        for (name, dtype), column in zip(dtypes.items(), columns, strict=True)
    }
