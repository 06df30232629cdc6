"""What a state may say of the contacts so far today."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from queuesim.model import ContactType
from queuesim.watching.nowcasting.state_values import Values

_COUNTED = (
    *("offered", "first_attempts", "answered", "answered_within", "abandoned"),
    *("abandoned_within", "abandoned_quick", "blocked"),
)
_NEEDED = ("start", "contact_type", "offered")
_NOT_READ = ("mean_handle_s",)
"""Stands in tables of observed intervals, which are taken as they are."""
_PARTS = (
    ("first_attempts", "offered"),
    ("answered", "offered"),
    ("abandoned", "offered"),
    ("answered_within", "answered"),
    ("abandoned_within", "abandoned"),
    ("abandoned_quick", "abandoned"),
)
_NONE_OF = {
    "offered": ("answered", "abandoned", "blocked", "first_attempts"),
    "answered": ("answered_within", "wait_answered_s"),
    "abandoned": ("abandoned_within", "abandoned_quick"),
}
"""What is none where there is none of the first."""
_PERHAPS = tuple(name for name in (*_COUNTED, "mean_wait_s", *_NOT_READ) if name not in _NEEDED)


class SoFarRules(Values):
    """Reads the contacts so far."""

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
        for where, row in self.rows("so_far", table, _NEEDED, _PERHAPS):
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
            for name, value in self._counts(where, row, self.scenario.contact_types[kind]).items():
                if name in counts:
                    counts[name][cell] = value
        observed = ~np.isnan(counts["offered"])
        self._gaps(observed, begins_s, now_s)
        return counts, observed

    def _counts(self, where: str, row: dict[str, Any], each: ContactType) -> dict[str, float]:
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
        if each.patience is None:
            found.setdefault("abandoned", 0.0)
        if each.queue_limit is None:
            found.setdefault("blocked", 0.0)
        for whole, parts in _NONE_OF.items():
            if found.get(whole) == 0.0:
                for part in parts:
                    found.setdefault(part, 0.0)
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
