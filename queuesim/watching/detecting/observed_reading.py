"""Reading a table of observed intervals, with every row that is wrong."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from queuesim.errors import Problem, shown
from queuesim.model import Channel, Scenario
from queuesim.model.faults import did_you_mean, one_of, quoted
from queuesim.model.horizon import Horizon
from queuesim.model.wrong_rows import (
    MOST_SHOWN,
    and_more,
    counted,
    parts_columns,
    row_told,
    with_commas,
    wrong_rows,
)
from queuesim.units import format_duration
from queuesim.watching.detecting.column_names import OFTEN_CALLED
from queuesim.watching.detecting.local_starts import intervals_at, local_times

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Rows = NDArray[np.bool_]

_EXPECTED = 0.01
_COUNTS = ("offered", "answered", "abandoned", "answered_within")


def expected_in(scenario: Scenario) -> NDArray[np.bool_]:
    """Return whether contacts are expected, bool[types, intervals]."""
    horizon = scenario.horizon
    rates = (c.demand.rates(horizon).per_interval(horizon) for c in scenario.contact_types)
    return np.array([rate >= _EXPECTED for rate in rates])


def elsewhere_in(scenario: Scenario) -> Rows:
    """Return whether contacts may be counted elsewhere, bool[types]: a telephone system does not
    see self-service."""
    return np.array([c.channel is Channel.SELF_SERVICE for c in scenario.contact_types])


class Reading:
    """One table under the eye: its values by part and interval, and the problems found.

    Parameters
    ----------
    horizon : Horizon
    table : pandas.DataFrame or path
    called : str
        What the table is called in messages.
    part : str
        Column that names the contact type or agent group.
    names : sequence of str
        Those that there are.
    measures : sequence of str
        Columns with numbers; any may be missing.

    Attributes
    ----------
    problems : list of Problem
    unread : list of str
        Columns that are none of these.
    values : dict of str to numpy.ndarray, shape (parts, intervals)
    span : tuple of int or None
        First and last interval.
    """

    def __init__(
        self,
        horizon: Horizon,
        table: pd.DataFrame | str | os.PathLike[str],
        called: str,
        part: str,
        names: Sequence[str],
        measures: Sequence[str],
    ) -> None:
        self.horizon, self.called, self.part, self.names = horizon, called, part, names
        self.problems: list[Problem] = []
        self.unread: list[str] = []
        self.span: tuple[int, int] | None = None
        cells = (len(names), horizon.n_intervals)
        self.values = {name: np.full(cells, np.nan) for name in measures}
        self._row = np.full(cells, -1, dtype=np.int64)
        self._noun = "row"
        self._numbers_of: Ints = np.empty(0, dtype=np.int64)
        self._about: list[str] = []
        self._astray = False  # rows that belong nowhere: what is missing may be theirs
        frame = self._frame(table)
        if frame is None or not self._columns(frame, measures):
            return
        before = len(self.problems)
        whose = self._parts(frame)
        if len(self.names) > 1:
            self._about = [self.names[k] if k >= 0 else "" for k in whose]
        interval = self._intervals(frame["start"], whose)
        self._astray = len(self.problems) > before
        numbers = {name: self._numbers(frame, name) for name in measures if name in frame}
        good = (whose >= 0) & (interval >= 0)
        self._place(frame, whose, interval, good)
        rows = np.flatnonzero(good)
        self._row[whose[rows[::-1]], interval[rows[::-1]]] = rows[::-1]
        taken = self._row >= 0
        for name, column in numbers.items():
            self.values[name][taken] = column[self._row[taken]]
        if taken.any():
            at = np.flatnonzero(taken.any(axis=0))
            self.span = int(at[0]), int(at[-1])

    def refuse(
        self, wrong: Rows, column: str, values: Iterable[Any], rule: str, fix: str = ""
    ) -> None:
        """Note rows that break a rule, by number, as one problem."""
        said = wrong_rows(wrong, values, self._noun, self._numbers_of, about=self._about)
        if said:
            self.problems.append(Problem(f"{self.called}.{column}", said, rule, fix))

    @property
    def counted(self) -> str:
        """How rows are counted in what is told."""
        return counted(self._noun)

    def _say(self, column: str, given: str, rule: str, fix: str = "") -> None:
        where = f"{self.called}.{column}" if column else self.called
        self.problems.append(Problem(where, given, rule, fix))

    def _frame(self, table: Any) -> pd.DataFrame | None:
        if isinstance(table, pd.DataFrame):
            frame = table.reset_index() if "start" in table.index.names else table
            self._numbers_of = np.arange(len(frame))
            return frame.reset_index(drop=True)
        if not isinstance(table, (str, os.PathLike)):
            self._say("", shown(table), "must be a DataFrame, or the path of a CSV file")
            return None
        self._noun = "line"
        try:
            if not self._parted_by_commas(Path(table)):
                return None
            frame = pd.read_csv(Path(table), skip_blank_lines=False)
            if not isinstance(frame.index, pd.RangeIndex):
                rule = "must have as many cells in each line as in the header"
                fix = 'decimal commas? Give it as pd.read_csv(…, sep=";", decimal=",")'
                self._say("", shown(str(table)), rule, fix)
                return None
            frame = frame[frame.notna().any(axis=1)]  # blank lines count, and say nothing
            self._numbers_of = frame.index.to_numpy(np.int64) + 2
            return frame.reset_index(drop=True)
        except (OSError, ValueError) as error:
            self._say("", shown(str(table)), f"must be a CSV file with a header: {error}")
            return None

    def _parted_by_commas(self, path: Path) -> bool:
        header = list(pd.read_csv(path, nrows=0).columns)
        used = parts_columns(header)
        if used:
            mark = "\\t" if used == "\t" else used
            rule = f'must have columns parted by commas, and "{mark}" seems to part them'
            how = f'pd.read_csv({quoted(str(path))}, sep="{mark}", decimal=",")'
            self._say(
                "", shown(str(header[0])), rule, f"give it as {how}, if it has decimal commas"
            )
        return not used

    def _columns(self, frame: pd.DataFrame, measures: Sequence[str]) -> bool:
        columns = [str(column) for column in frame.columns]
        before = len(self.problems)
        if "start" not in columns:
            fix = "name the column with the start of each interval start"
            self._say("start", "nothing", f"must be a column: there are {one_of(columns)}", fix)
        if self.part not in columns and len(self.names) > 1:
            rule = f"must be a column: it says which of {one_of(self.names)} a row is about"
            self._say(self.part, "nothing", rule)
        for name in columns:
            if name in ("start", self.part, *measures):
                continue
            absent = [m for m in measures if m not in columns]
            near = did_you_mean(name, absent)
            means = OFTEN_CALLED.get(name.strip().casefold().replace("_", " "))
            if means in absent:
                near = f"name it {means}{', in seconds' if means.endswith('_s') else ''}"
            if near:
                self._say(name, quoted(name), f"must be one of {one_of(measures)}", near)
            else:
                self.unread.append(name)
        if not any(name in columns for name in measures) and len(self.problems) == before:
            self._say("", f"columns {one_of(columns)}", f"must have some of {one_of(measures)}")
        if len(frame) == 0:
            self._say("", "no rows", "must have rows")
        if len(set(columns)) < len(columns):
            self._say("", f"columns {one_of(columns)}", "must have each column once")
        return len(self.problems) == before

    def _parts(self, frame: pd.DataFrame) -> Ints:
        if self.part not in frame:
            return np.zeros(len(frame), dtype=np.int64)
        given = frame[self.part]
        number = {name: k for k, name in enumerate(self.names)}
        whose = np.array([number.get(str(each), -1) for each in given], dtype=np.int64)
        unknown = [str(each) for each in given[whose < 0].unique()]
        near = [fix for fix in (did_you_mean(each, self.names) for each in unknown) if fix]
        rule = f"must be one of {one_of(self.names)}"
        self.refuse(whose < 0, self.part, given, rule, near[0] if near else "")
        return whose

    def _intervals(self, given: pd.Series, whose: Ints) -> Ints:
        """Return the interval of each row, -1 where it has none; and say why."""
        horizon, step = self.horizon, int(self.horizon.interval)
        local, offset = local_times(given, horizon.timezone)
        bad = local.isna().to_numpy(dtype=np.bool_)
        self.refuse(bad, "start", given, 'must be a local time, year first: "2026-11-23 08:00"')
        midnight = pd.Timestamp(horizon.start)
        since = ((local - midnight) / pd.Timedelta(seconds=1)).fillna(0.0)
        clock: Floats = np.array(since, dtype=np.float64)
        off = ~bad & ((clock % step) != 0)
        nearest = local.dt.floor(f"{step}s")
        fix = f'write "{nearest[off].iloc[0]:%Y-%m-%d %H:%M}"?' if off.any() else ""
        length = format_duration(horizon.interval)
        rule = f"must be the start of an interval, a whole multiple of {length} after midnight"
        self.refuse(off, "start", given, rule, fix)
        day = np.floor(clock / 86_400).astype(np.int64)
        outside = ~bad & ((day < 0) | (day >= horizon.days))
        last = horizon.dates[-1]
        rule = f"must lie in the horizon, {horizon.start} to {last}"
        self.refuse(outside, "start", given, rule, "check the year, or the scenario's horizon")
        ok = ~bad & ~off & ~outside
        interval, skipped = intervals_at(horizon, clock, offset, ok, whose)
        rule = f"must be a time that exists in {horizon.timezone}: clocks go forward over it"
        fix = "leave the row out, or check the time zone of the export"
        self.refuse(skipped, "start", given, rule, fix)
        return interval

    def _numbers(self, frame: pd.DataFrame, name: str) -> Floats:
        given = frame[name]
        empty = given.isna().to_numpy(dtype=np.bool_)
        if pd.api.types.is_bool_dtype(given):
            self.refuse(~empty, name, given, "must be a number")
        text = given.astype(str).str.strip()
        empty = empty | (text == "").to_numpy(dtype=np.bool_)
        numbers = pd.to_numeric(given, errors="coerce").to_numpy(np.float64, na_value=np.nan)
        fix = "leave the cell empty where nothing was measured"
        wrong = np.isnan(numbers) & ~empty
        comma, read = with_commas(given)
        self.refuse(wrong & comma, name, given, "must be a number with a decimal point", read)
        self.refuse(wrong & ~comma, name, given, "must be a number", fix)
        self.refuse(np.isinf(numbers), name, given, "must be a finite number", fix)
        negative = numbers < 0
        self.refuse(negative, name, given, "must be 0 or more", "a wrong sign, or -1 for nothing?")
        if name in _COUNTS:
            part = np.isfinite(numbers) & (numbers % 1 != 0)
            self.refuse(part, name, given, "must be a whole number of contacts")
        return np.where(np.isfinite(numbers) & ~negative, numbers, np.nan)

    def _place(self, frame: pd.DataFrame, whose: Ints, interval: Ints, good: Rows) -> None:
        cell = whose * self.horizon.n_intervals + interval
        again = pd.Series(cell).duplicated().to_numpy(dtype=np.bool_) & good
        if not good.all():
            seen: set[int] = set()
            again = np.zeros(len(cell), dtype=np.bool_)
            for row in np.flatnonzero(good):
                again[row] = int(cell[row]) in seen
                seen.add(int(cell[row]))
        rule = f"must come once for each {self.part.replace('_', ' ')}: there is a row already"
        self.refuse(again, "start", frame["start"], rule, "drop the copy, or add the two together")

    def check_counts(self) -> None:
        """Refuse more contacts served than came, and means of nobody."""
        v = self.values
        left = np.nan_to_num(v["answered"]) + np.nan_to_num(v["abandoned"])
        for k in range(len(self.names)):
            rows, given, waiting = [], [], 0.0
            for i in np.flatnonzero(self._row[k] >= 0):
                came = v["offered"][k, i]
                waiting = waiting + came - left[k, i] if np.isfinite(came) else np.inf
                if waiting < 0:
                    rows.append(self._row[k, i])
                    given.append(f"{left[k, i]:g} of {came:g}, with {waiting + left[k, i]:g} there")
                    waiting = 0.0
            rule = "must not be more, with abandoned, than were offered or waited from before"
            fix = "count offered by interval of arrival, all channels of entry together"
            self._refuse_cells(rows, "answered", given, rule, fix)
        more = v["answered_within"] > v["answered"]
        rule = "must not be more than answered"
        cells = np.argwhere(more)
        said = [f"{v['answered_within'][k, i]:g} of {v['answered'][k, i]:g}" for k, i in cells]
        self._refuse_cells([self._row[k, i] for k, i in cells], "answered_within", said, rule)
        for name in ("mean_wait_s", "mean_handle_s"):
            nobody = (v["answered"] == 0) & (v[name] > 0)
            cells = np.argwhere(nobody)
            said = [f"{v[name][k, i]:g} of 0 answered" for k, i in cells]
            rule = "must be empty where nobody was answered"
            self._refuse_cells([self._row[k, i] for k, i in cells], name, said, rule)
            v[name][v["answered"] == 0] = np.nan

    def _refuse_cells(
        self, rows: Sequence[int], column: str, given: Sequence[str], rule: str, fix: str = ""
    ) -> None:
        some = [
            f"{text} ({row_told(row, self._noun, self._numbers_of, self._about)})"
            for row, text in list(zip(rows, given, strict=True))[:MOST_SHOWN]
        ]
        if some:
            self._say(column, ", ".join(some) + and_more(len(rows)), rule, fix)

    def check_missing(self, expected: Rows, elsewhere: Rows) -> None:
        """Refuse gaps: intervals without a row, between the first and the last, in which contacts
        are expected, bool[parts, intervals]; not of those that may be counted elsewhere,
        bool[parts], and have no row at all. Where rows were refused that belong nowhere, what is
        missing is most likely theirs, and is not told as well."""
        if self.span is None or self._astray:
            return
        first, last = self.span
        for k, name in enumerate(self.names):
            if elsewhere[k] and (self._row[k] < 0).all():
                continue
            lacking = np.flatnonzero((self._row[k] < 0) & expected[k])
            lacking = lacking[(lacking >= first) & (lacking <= last)]
            if len(lacking) == 0:
                continue
            runs = np.split(lacking, np.flatnonzero(np.diff(lacking) > 1) + 1)
            some = [self._run(run) for run in runs[:MOST_SHOWN]]
            more = and_more(len(runs), " gaps")
            many = f"{len(lacking)} interval{'s' if len(lacking) > 1 else ''} of {name}"
            fix = (
                "add rows with 0 offered where nobody came, or with empty cells where nothing was "
                "measured"
            )
            if all(self.horizon.local(float(self.horizon.edges_s[i])).fold for i in lacking):
                fix = (
                    "clocks go back then, and the hour comes twice: give both, one after the "
                    "other, or times with their offset from UTC"
                )
            self._say(
                "start",
                f"{many} without a row: {', '.join(some)}{more}",
                "must have a row for every interval in which contacts are expected",
                fix,
            )

    def _run(self, run: Ints) -> str:
        begin, end = (self.horizon.local(float(self.horizon.edges_s[i])) for i in (run[0], run[-1]))
        before = self._row[:, : run[0]]
        after = f", after {self._noun} {self._numbers_of[before.max()]}" if before.size else ""
        to = f" to {end:%Y-%m-%d %H:%M}" if len(run) > 1 else ""
        return f"{begin:%Y-%m-%d %H:%M}{to}{after}"
