"""Reading a planner's table of counts, with every row that is wrong."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from queuesim.clock import ClockSpans, clock_spans
from queuesim.errors import Problem, ScenarioError, shown
from queuesim.model.calendar import read_interval, read_time_zone
from queuesim.model.faults import Fault, did_you_mean, one_of, quoted
from queuesim.model.wrong_rows import (
    MOST_SHOWN,
    and_more,
    counted,
    parts_columns,
    with_commas,
    wrong_rows,
)
from queuesim.units import DAY_S, format_duration

_SUBJECT = "Series"
_MOST_DAYS = 40_000
_BY_CHANCE = 0.01
"""Rows that lie on a coarser grid are refused where chance puts them there more seldom."""
_EPOCH = date(1970, 1, 1)

Rows = NDArray[np.bool_]


def read_counts(
    frame: pd.DataFrame | str | os.PathLike[str],
    *,
    time: str,
    count: str,
    interval: str | float,
    missing: str,
    timezone: str | None,
) -> tuple[date, tuple[float, ...]]:
    """Read counts by interval; see `queuesim.model.series.Series.from_frame`.

    Returns
    -------
    start
        The first day.
    counts
        Contacts in each interval, whole days of 24 h from the first day to the last.

    Raises
    ------
    ScenarioError
        With all that is wrong.
    """
    step = _options(interval, missing, timezone)
    table, noun, first_row = _table(frame)
    table = _columns(table, time, count)
    rows = _Rows(table[time], table[count], noun, first_row)
    times = _read_times(rows, time, timezone)
    counts = _read_numbers(rows, count)
    if rows.problems:
        raise ScenarioError(rows.problems, rows.subject)
    clock = ((times - pd.Timestamp(_EPOCH)) / pd.Timedelta(seconds=1)).to_numpy(np.float64)
    off_grid = clock % step != 0
    length = format_duration(step)
    rows.refuse(off_grid, time, rows.times, f"must be a whole multiple of {length} after midnight")
    if rows.problems:
        raise ScenarioError(rows.problems, rows.subject)
    first, last = int(clock.min() // DAY_S), int(clock.max() // DAY_S)
    if last - first >= _MOST_DAYS:
        span = f"{times.min():%Y-%m-%d} to {times.max():%Y-%m-%d}"
        raise _wrong(time, span, "must not span more than 100 years", "check the years")
    start = date.fromordinal(_EPOCH.toordinal() + first)
    slot = ((clock - first * DAY_S) // step).astype(np.int64)
    slots = (last - first + 1) * int(DAY_S // step)
    showings = _showings(start, last - first + 1, step, timezone)
    seen = np.bincount(slot, minlength=slots)
    _refuse_gaps_and_doubles(rows, time, slot, seen, showings, counts)
    lacking = (seen < showings) & (seen == 0)
    if lacking.any() and missing == "error":
        rows.problems.append(_missing(time, lacking, start, step, _apart(clock)))
    elif lacking.any():
        rows.problems += _on_a_coarser_grid(clock, step)
    if rows.problems:
        raise ScenarioError(rows.problems, rows.subject)
    total = np.bincount(slot, weights=counts, minlength=slots)
    return start, tuple((total / np.maximum(seen, 1)).tolist())


class _Rows:
    """The rows as given, and the problems found in them."""

    def __init__(self, times: pd.Series, counts: pd.Series, noun: str, first: int) -> None:
        self.times, self.counts = times, counts
        self.problems: list[Problem] = []
        self._noun, self._first = noun, first
        self.subject = f"{_SUBJECT} ({counted(noun)})"

    def refuse(
        self, wrong: Rows, column: str, values: Iterable[Any], rule: str, fix: str = ""
    ) -> None:
        """Note the rows that break a rule, by number, as one problem."""
        said = wrong_rows(wrong, values, self._noun, self._first)
        if said:
            self.problems.append(Problem(column, said, rule, fix))


def _options(interval: Any, missing: Any, timezone: Any) -> float:
    problems = []
    step = float(DAY_S)
    try:
        step = read_interval(interval)
    except Fault as fault:
        problems.append(Problem("interval", shown(interval), fault.rule, fault.fix))
    if missing not in ("error", "zero"):
        fix = did_you_mean(missing, ("error", "zero"))
        problems.append(Problem("missing", shown(missing), 'must be "error" or "zero"', fix))
    if timezone is not None:
        try:
            read_time_zone(timezone)
        except Fault as fault:
            problems.append(Problem("timezone", shown(timezone), fault.rule, fault.fix))
    if problems:
        raise ScenarioError(problems, _SUBJECT)
    return step


def _table(frame: Any) -> tuple[pd.DataFrame, str, int]:
    """Return the table, what its rows are called, and the number of the first."""
    if isinstance(frame, pd.DataFrame):
        return frame, "row", 0
    if not isinstance(frame, (str, os.PathLike)):
        raise _wrong("frame", frame, "must be a DataFrame, or the path of a CSV file")
    path = Path(frame)
    try:
        _refuse_header(list(pd.read_csv(path, nrows=0).columns), str(path))
        # As text: what cannot be read is told with its row, not guessed.
        return (
            pd.read_csv(path, dtype=str, keep_default_na=False, skip_blank_lines=False),
            "line",
            2,
        )
    except ScenarioError:
        raise
    except FileNotFoundError:
        there = [other.name for other in path.parent.glob("*") if path.parent.is_dir()]
        fix = did_you_mean(path.name, there)
        raise _wrong("frame", str(path), "must be a file that exists", fix) from None
    except (OSError, ValueError) as error:  # pandas' parser errors are ValueErrors
        raise _wrong("frame", str(path), f"must be a CSV file with a header: {error}") from None


def _refuse_header(columns: Sequence[Any], path: str) -> None:
    """Refuse a table whose one column is several that something else than commas parts."""
    used = parts_columns(columns)
    if used:
        mark = "\\t" if used == "\t" else used
        fix = f'give it as pd.read_csv({quoted(path)}, sep="{mark}")'
        rule = f'must have columns parted by commas, and "{mark}" seems to part them'
        raise _wrong("frame", str(columns[0]), rule, fix)


def _columns(table: pd.DataFrame, time: str, count: str) -> pd.DataFrame:
    if time in table.index.names and time not in table.columns:
        table = table.reset_index()
    columns = [str(column) for column in table.columns]
    if columns != [time] and columns != [count]:
        _refuse_header(columns, "…")
    problems = []
    for option, name in (("time", time), ("count", count)):
        if columns.count(name) != 1:
            rule = f"must be a column of the table: {one_of(columns)}"
            if name in columns:
                rule = "must be the name of one column, and several have it"
            fix = did_you_mean(name, columns) or f'name it: {option}="…"'
            problems.append(Problem(option, shown(name), rule, fix))
    if not problems and len(table) == 0:
        problems.append(Problem(time, "no rows", "must have rows"))
    if problems:
        raise ScenarioError(problems, _SUBJECT)
    return table.set_axis(columns, axis=1)


_ISO = r"\s*\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}.*)?"
_ZONED = r".*:.*(?:Z|[+-]\d{2}:?\d{2})\s*"


def _read_times(rows: _Rows, column: str, timezone: str | None) -> pd.Series:
    given = rows.times
    text = given.astype(str)
    zoned = text.str.fullmatch(_ZONED).to_numpy(dtype=np.bool_)
    # Day first or month first is not guessed.
    local = pd.to_datetime(
        text.where(text.str.fullmatch(_ISO) & ~zoned), format="ISO8601", errors="coerce"
    )
    if zoned.any():
        world = pd.to_datetime(text.where(zoned), format="ISO8601", errors="coerce", utc=True)
        local = local.fillna(world.dt.tz_convert(timezone).dt.tz_localize(None))
    rule = 'must be a local time, year first: "2026-11-23 08:00"'
    in_reach = local.dt.year.between(1970, 2200)
    rows.refuse(~in_reach.to_numpy(dtype=np.bool_), column, given, rule)
    if timezone is None:
        rule = "must be local wall-clock times without a time zone"
        rows.refuse(zoned, column, given, rule, 'name the zone: timezone="Europe/Helsinki", say')
    return local.reset_index(drop=True)


def _read_numbers(rows: _Rows, column: str) -> NDArray[np.float64]:
    given = rows.counts
    if pd.api.types.is_bool_dtype(given):
        rows.refuse(np.ones(len(given), dtype=np.bool_), column, given, "must be a number")
    numbers = pd.to_numeric(given, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    comma, fix = with_commas(given)
    comma = comma & np.isnan(numbers)
    rows.refuse(comma, column, given, "must be a number with a decimal point", fix)
    other = np.isnan(numbers) & ~comma
    rows.refuse(other, column, given, "must be a number", "write 0 for no contacts")
    rows.refuse(np.isinf(numbers), column, given, "must be a finite number")
    rows.refuse(numbers < 0, column, given, "must be 0 or more")
    return numbers


def _showings(start: date, days: int, step: float, timezone: str | None) -> NDArray[np.int64]:
    """Return int64[slots]: how often the local clock shows each interval: 0 in a gap, mostly 1."""
    per_day = int(DAY_S // step)
    if timezone is None:
        return np.ones(days * per_day, dtype=np.int64)
    spans: ClockSpans = clock_spans(start, days, timezone)
    shown_from = spans.day * DAY_S + spans.clock_s
    edges = np.zeros(days * per_day + 1, dtype=np.int64)
    begin = np.ceil(shown_from / step).astype(np.int64)
    end = np.floor((shown_from + spans.to_s - spans.from_s) / step).astype(np.int64)
    np.add.at(edges, begin, 1)
    np.add.at(edges, np.maximum(end, begin), -1)
    return np.cumsum(edges)[:-1]


def _refuse_gaps_and_doubles(
    rows: _Rows,
    column: str,
    slot: NDArray[np.int64],
    seen: NDArray[np.int64],
    showings: NDArray[np.int64],
    counts: NDArray[np.float64],
) -> None:
    in_gap = (showings[slot] == 0) & (counts > 0)
    rule = "must be a time that exists: clocks go forward over it"
    rows.refuse(in_gap, column, rows.times, rule, "move the counts, or check the time zone")
    order = np.argsort(slot, kind="stable")
    first = np.searchsorted(slot[order], slot, side="left")
    nth = np.empty(len(slot), dtype=np.int64)
    nth[order] = np.arange(len(slot)) - first[order]
    double = (seen[slot] > np.maximum(showings[slot], 1)) & (nth >= np.maximum(showings[slot], 1))
    fix = "add the rows of one interval together, or drop the copies"
    rows.refuse(double, column, rows.times, "must come once: its interval has a row already", fix)


def _apart(clock: NDArray[Any]) -> float:
    """Return the smallest time between two rows [s]; 0 for less than two."""
    return float(np.diff(np.unique(clock)).min(initial=np.inf)) if len(clock) > 1 else 0.0


def _on_a_coarser_grid(clock: NDArray[Any], step: float) -> list[Problem]:
    """Return what is wrong where intervals without a row are to be 0, and all rows lie on a coarser
    grid than that of the intervals.

    Few contacts may all come on it by chance. Of n times of day each lies on a grid r times as
    coarse with probability 1 ÷ r, so that it is refused where r**-n is below `_BY_CHANCE`.
    """
    times = np.unique(clock % DAY_S).astype(np.int64)
    own = float(np.gcd.reduce(times, initial=int(DAY_S)))
    if (step / own) ** len(times) >= _BY_CHANCE:
        return []
    ratio = int(own // step)
    rule = (
        f"must be that of the rows: all {len(clock)} lie on multiples of {format_duration(own)} "
        f'after midnight, and with missing="zero" {ratio - 1} of {ratio} intervals would count '
        "nobody"
    )
    fix = (
        f'write interval="{format_duration(own)}"; if nobody came in between indeed, say so by a '
        "row with 0 there"
    )
    return [Problem("interval", quoted(format_duration(step)), rule, fix)]


def _missing(column: str, lacking: Rows, start: date, step: float, apart: float) -> Problem:
    where = np.flatnonzero(lacking)
    runs = np.split(where, np.flatnonzero(np.diff(where) > 1) + 1)
    origin = pd.Timestamp(start)
    some = []
    for run in runs[:MOST_SHOWN]:
        begin, end = (origin + pd.Timedelta(seconds=float(at * step)) for at in (run[0], run[-1]))
        some.append(
            f"{begin:%Y-%m-%d %H:%M}" + (f" to {end:%Y-%m-%d %H:%M}" if len(run) > 1 else "")
        )
    more = and_more(len(runs), " gaps")
    fix = 'if these had no contacts (closed, say), write missing="zero"'
    if step < apart <= DAY_S and DAY_S % apart == 0:
        own = format_duration(apart)
        fix = f'the rows are {own} apart, not {format_duration(step)}: write interval="{own}"'
    return Problem(
        column,
        f"{len(where)} intervals without a row: {', '.join(some)}{more}",
        "must have a row for each interval of each day",
        fix,
    )


def _wrong(where: str, given: object, rule: str, fix: str = "") -> ScenarioError:
    return ScenarioError([Problem(where, shown(given), rule, fix)], _SUBJECT)
