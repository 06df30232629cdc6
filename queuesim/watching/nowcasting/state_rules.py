"""What a state may be: every row that contradicts the scenario, or itself, is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from queuesim.errors import Problem, shown
from queuesim.model import Channel, Scenario
from queuesim.model.faults import did_you_mean, is_number, one_of, quoted
from queuesim.sampling.tape import dialling_of
from queuesim.units import snap_down
from queuesim.watching.nowcasting.open_together import may_have_open

PHASES = ("ring", "talk", "wrap-up")
UNKNOWN = -1
"""A phase that is not stated."""

_HOUR_S = 3600.0
Columns = dict[str, NDArray[Any]]


class Reading:
    """Reads the tables of a state; what is wrong is gathered in `problems`."""

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
            moment = pd.Timestamp(given)
            if moment is pd.NaT:
                raise ValueError
            if moment.tzinfo is not None:
                moment = moment.tz_convert(self.horizon.timezone)
                return float(
                    snap_down((moment - pd.Timestamp(self.horizon.local(0.0))).total_seconds())
                )
            return float(self.horizon.seconds_at(moment.to_pydatetime()))
        except (ValueError, TypeError, OverflowError):
            self.tell(where, given, "must be a moment", 'write "2026-11-23 11:30", say')
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

    # Tables --------------------------------------------------------------------------------

    def _rows(
        self, name: str, table: Any, needed: Iterable[str]
    ) -> Iterable[tuple[str, dict[Any, Any]]]:
        """Yield each row with the place that messages name, if the table has the columns."""
        if not isinstance(table, pd.DataFrame):
            self.tell(name, table, "must be a pandas.DataFrame")
            return
        if table.empty:
            return
        missing = [column for column in needed if column not in table.columns]
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
        for label, row in zip(table.index, table.to_dict("records"), strict=True):
            yield f"{name}[{label}]", row

    def waiting(self, table: pd.DataFrame, now_s: float) -> Columns:
        """Read who waits."""
        found: list[tuple[int, float, int]] = []
        many: Counter[int] = Counter()
        for where, row in self._rows("waiting", table, ("contact_type", "waited_s")):
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
            many[kind] += 1
            limit = each.queue_limit
            if limit is not None and many[kind] == limit + 1:
                rule = f"is one more than the queue limit of {each.name}, {limit}, lets wait"
                self.tell(
                    where, f"`the {limit + 1}th", rule, "change queue_limit, or look at the count"
                )
            allotted = self._allotted(where, row.get("allotted"), kind)
            if waited_s is not None:
                found.append((kind, waited_s, allotted))
        found.sort(key=lambda row: -row[1])
        return _columns(found, {"kind": np.int32, "waited_s": np.float64, "allotted": np.int32})

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
        found: list[tuple[int, int, int, float, int, float]] = []
        people: dict[Any, int] = {}
        open_with: dict[int, list[Channel]] = {}
        for where, row in self._rows("busy", table, ("agent_group", "contact_type", "elapsed_s")):
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
            if phase == 0 and dialling_of(each) is None:
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
            if elapsed_s is not None:
                given = row.get("waited_s", 0.0)
                waited_s = self.number(f"{where}.waited_s", 0.0 if given != given else given)
                found.append((group, kind, phase, elapsed_s, person, waited_s or 0.0))
        names = {
            "group": np.int32,
            "kind": np.int32,
            "phase": np.int8,
            "elapsed_s": np.float64,
            "person": np.int64,
            "waited_s": np.float64,
        }
        return _columns(found, names)

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
        found: list[tuple[int, float, int]] = []
        for where, row in self._rows("callbacks", table, ("contact_type", "due")):
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
            found.append((kind, due_s, int(attempts or 0)))
        return _columns(found, {"kind": np.int32, "due_s": np.float64, "attempts": np.int32})

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

    # So far --------------------------------------------------------------------------------

    def so_far(
        self, table: pd.DataFrame, now_s: float, quantities: tuple[str, ...]
    ) -> tuple[dict[str, NDArray[np.float64]], NDArray[np.bool_]]:
        """Read the contacts so far, by type and interval of today."""
        horizon = self.horizon
        day = int(horizon.day_at(np.array([now_s]))[0])
        begins_s, ends_s = horizon.day_edges_s[day : day + 2]
        shape = (len(self.types), int((ends_s - begins_s) // horizon.interval))
        counts = {name: np.full(shape, np.nan) for name in quantities}
        seen: dict[tuple[int, int], str] = {}
        for where, row in self._rows("so_far", table, ("start", "contact_type", "offered")):
            kind = self.known(
                f"{where}.contact_type", row["contact_type"], self.types, "a contact type"
            )
            start_s = self.instant(f"{where}.start", row["start"])
            if kind is None or start_s is None:
                continue
            if not begins_s <= start_s <= now_s:
                rule = f"must be an interval of {horizon.dates[day]} that has begun by now"
                self.tell(f"{where}.start", str(row["start"]), rule)
                continue
            if (start_s - begins_s) % horizon.interval:
                rule = f"must be the start of an interval of {horizon.interval / 60:g} min"
                self.tell(f"{where}.start", str(row["start"]), rule)
                continue
            cell = (kind, int((start_s - begins_s) // horizon.interval))
            if cell in seen:
                rule = "must be given once for each interval and contact type"
                self.tell(
                    where,
                    f"`{row['start']}, {row['contact_type']}",
                    rule,
                    f"it is the same as {seen[cell]}",
                )
            seen[cell] = where
            for name, value in self._counts(where, row).items():
                if name in counts:
                    counts[name][cell] = value
        observed = ~np.isnan(counts["offered"])
        self._gaps(observed, begins_s, now_s)
        return counts, observed

    def _counts(self, where: str, row: dict[str, Any]) -> dict[str, float]:
        found: dict[str, float] = {}
        for name in (*_COUNTED, "mean_wait_s"):
            given = row.get(name)
            if given is None or given != given:
                continue
            value = self.number(f"{where}.{name}", given, whole=name != "mean_wait_s")
            if value is not None:
                found[name] = value
        for part, whole in _PARTS:
            if part in found and whole in found and found[part] > found[whole]:
                rule = f"cannot be more than {whole}, {found[whole]:,.0f}"
                self.tell(f"{where}.{part}", int(found[part]), rule, "are the columns swapped?")
        if found.get("answered", 0) + found.get("abandoned", 0) > found.get("offered", np.inf):
            rule = f"cannot be more than offered, {found['offered']:,.0f}, by interval of arrival"
            given = f"`{found['answered'] + found['abandoned']:,.0f}"
            self.tell(
                f"{where}.answered + abandoned", given, rule, "count contacts by when they came"
            )
        if "mean_wait_s" in found and "answered" in found:
            found["wait_answered_s"] = found["mean_wait_s"] * found["answered"]
        elif found.get("answered") == 0.0:
            found["wait_answered_s"] = 0.0
        return found

    def _gaps(self, observed: NDArray[np.bool_], begins_s: float, now_s: float) -> None:
        """Tell of intervals between others that are missing."""
        for kind, name in enumerate(self.types):
            known = np.flatnonzero(observed[kind])
            if not len(known):
                continue
            missing = np.setdiff1d(np.arange(known[0], known[-1] + 1), known)
            for k in missing:
                start = self.horizon.local(begins_s + float(k) * self.horizon.interval)
                rule = "is missing, and intervals before and after it are there"
                self.tell(
                    f"so_far ({name})", f"`{start:%H:%M}", rule, "give it, with 0 where nobody came"
                )


_COUNTED = ("offered", "answered", "answered_within", "abandoned", "abandoned_within", "blocked")
_PARTS = (
    ("answered", "offered"),
    ("abandoned", "offered"),
    ("answered_within", "answered"),
    ("abandoned_within", "abandoned"),
)


def _columns(rows: list[tuple[Any, ...]], dtypes: Mapping[str, Any]) -> Columns:
    columns = list(zip(*rows, strict=True)) or [()] * len(dtypes)
    return {
        name: np.array(column, dtype=dtype)
        for (name, dtype), column in zip(dtypes.items(), columns, strict=True)
    }
