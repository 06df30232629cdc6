"""What happened: tables of observed intervals, as arrays by contact type or group and interval."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from queuesim.errors import Problem, ScenarioError, shown
from queuesim.model import Horizon, Scenario
from queuesim.model.faults import did_you_mean, one_of

Table = NDArray[np.float64]

MEASURES = ("offered", "answered", "abandoned", "mean_wait_s", "answered_within", "mean_handle_s")
"""Columns of the table of contacts; any may be missing, or missing in some rows."""


@dataclass(frozen=True)
class Happened:
    """What was observed; NaN where it was not.

    Attributes
    ----------
    offered, answered, abandoned, mean_wait_s, answered_within, mean_handle_s : numpy.ndarray
        float64[contact types, intervals of the horizon].
    staffed : numpy.ndarray
        float64[agent groups, intervals]: agents on duty on average.
    """

    offered: Table
    answered: Table
    abandoned: Table
    mean_wait_s: Table
    answered_within: Table
    mean_handle_s: Table
    staffed: Table


def happened(
    scenario: Scenario, observed: pd.DataFrame, staff: pd.DataFrame | None = None
) -> Happened:
    """Read tables of observed intervals.

    Parameters
    ----------
    scenario : Scenario
    observed : pandas.DataFrame
        One row an interval and contact type: ``start``, ``contact_type``, and of `MEASURES` what
        there is.
    staff : pandas.DataFrame, optional
        One row an interval and agent group: ``start``, ``agent_group``, ``staffed``.

    Returns
    -------
    Happened

    Raises
    ------
    ScenarioError
        With every wrong row.
    """
    types = [each.name for each in scenario.contact_types]
    groups = [each.name for each in scenario.agent_groups]
    problems: list[Problem] = []
    tables = _read(observed, "contact_type", types, MEASURES, scenario.horizon, problems)
    if not problems:
        problems += _contradictions(observed, tables)
    people = np.full((len(groups), scenario.horizon.n_intervals), np.nan)
    if staff is not None:
        columns = ("staffed",)
        read = _read(staff, "agent_group", groups, columns, scenario.horizon, problems)
        people = read.get("staffed", (people, None))[0]
    if problems:
        raise ScenarioError(problems, "Observed intervals")
    return Happened(**{name: tables[name][0] for name in MEASURES}, staffed=people)


def _read(
    frame: pd.DataFrame,
    key: str,
    names: list[str],
    columns: tuple[str, ...],
    horizon: Horizon,
    problems: list[Problem],
) -> dict[str, tuple[Table, Any]]:
    """Return each column as a table, and beside it the row that each cell comes from."""
    missing = [name for name in ("start", key) if name not in frame.columns]
    for name in missing:
        rule = f"is required: {one_of(('start', key))} say what a row is about"
        problems.append(Problem(name, "nothing", rule, did_you_mean(name, map(str, frame.columns))))
    if missing:
        return {}
    places = _places(horizon)
    seen: defaultdict[tuple[str, datetime], int] = defaultdict(int)
    row_of: dict[tuple[int, int], Hashable] = {}
    cells: list[tuple[int, int]] = []
    for row, start, name in zip(frame.index, frame["start"], frame[key], strict=True):
        cell = (-1, -1)
        where = f"row {row}"
        if name not in names:
            fix = did_you_mean(name, names)
            problems.append(Problem(f"{where}.{key}", shown(name), f"must be {one_of(names)}", fix))
        else:
            found = _interval(start, places, horizon, seen, str(name))
            if isinstance(found, str):
                problems.append(Problem(f"{where}.start", shown(str(start)), found))
            else:
                cell = (names.index(name), found)
                if cell in row_of:
                    rule = f"must come once: row {row_of[cell]} is about {name} at this time, too"
                    fix = "leave one of them out"
                    problems.append(Problem(f"{where}.start", shown(str(start)), rule, fix))
                row_of.setdefault(cell, row)
        cells.append(cell)
    at = np.array(cells, dtype=np.int64).reshape(-1, 2)
    use = at[:, 0] >= 0
    tables = {}
    for column in columns:
        table = np.full((len(names), horizon.n_intervals), np.nan)
        if column in frame.columns:
            values = pd.to_numeric(frame[column], errors="coerce").to_numpy(dtype=np.float64)
            given = frame[column].notna().to_numpy()
            wrong = given & ~((values >= 0) & np.isfinite(values))
            for k in np.flatnonzero(wrong).tolist():
                value = frame[column].iloc[k]
                rule = "must be a number, 0 or more, or missing"
                problems.append(Problem(f"row {frame.index[k]}.{column}", shown(value), rule))
            table[at[use, 0], at[use, 1]] = values[use]
        tables[column] = (table, row_of)
    return tables


def _places(horizon: Horizon) -> dict[datetime, list[int]]:
    """Return the intervals that begin at each local time: two in a repeated hour."""
    places: defaultdict[datetime, list[int]] = defaultdict(list)
    for k, edge in enumerate(horizon.edges_s[:-1]):
        places[horizon.local(float(edge)).replace(tzinfo=None, fold=0)].append(k)
    return places


def _interval(
    start: object,
    places: dict[datetime, list[int]],
    horizon: Horizon,
    seen: defaultdict[tuple[str, datetime], int],
    name: str,
) -> int | str:
    """Return the interval that begins then, or what is wrong."""
    try:
        stamp = pd.Timestamp(start)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return "must be a time"
    if stamp is pd.NaT:
        return "must be a time"
    if stamp.tzinfo is not None:
        seconds = stamp.timestamp() - horizon.local(0.0).timestamp()
        k = int(seconds // horizon.interval)
        inside = seconds % horizon.interval == 0 and 0 <= k < horizon.n_intervals
        return k if inside else _rule(horizon)
    local = stamp.to_pydatetime()
    if local not in places:
        return _rule(horizon)
    nth = seen[name, local]
    seen[name, local] += 1
    return places[local][min(nth, len(places[local]) - 1)]


def _rule(horizon: Horizon) -> str:
    first, last = horizon.dates[0], horizon.dates[-1]
    minutes = horizon.interval / 60
    return f"must be where an interval of {minutes:g} min begins, {first} to {last}, local time"


def _contradictions(frame: pd.DataFrame, tables: dict[str, tuple[Table, Any]]) -> Iterator[Problem]:
    """Find rows that cannot be: parts that are more than the whole."""
    for part, whole in (
        ("answered", "offered"),
        ("abandoned", "offered"),
        ("answered_within", "answered"),
    ):
        less, row_of = tables[part]
        more, _ = tables[whole]
        for kind, interval in zip(*np.nonzero(less > more), strict=True):
            row = row_of[int(kind), int(interval)]
            rule = f"cannot be more than {whole}, {more[kind, interval]:g}"
            given = f"{less[kind, interval]:g}"
            yield Problem(f"row {row}.{part}", given, rule, "look at how the counts were made")


def moment_s(horizon: Horizon, moment: object, name: str) -> float:
    """Return an instant of the horizon [s] for a local time.

    Raises
    ------
    ScenarioError
        When it is no time of the horizon.
    """
    try:
        stamp = pd.Timestamp(moment)  # type: ignore[arg-type]
        if stamp.tzinfo is not None:
            seconds = stamp.timestamp() - horizon.local(0.0).timestamp()
        else:
            seconds = horizon.seconds_at(stamp.to_pydatetime())
        if 0 <= seconds <= horizon.seconds:
            return float(seconds)
        rule = f"must lie in the horizon, {horizon.dates[0]} to {horizon.dates[-1]}"
    except (TypeError, ValueError) as error:
        rule = f'must be a local time such as "{horizon.dates[0]} 09:00" ({error})'
    raise ScenarioError([Problem(name, shown(moment), rule)], "diagnose")


def window_of(
    horizon: Horizon, known: NDArray[np.bool_], since: object, until: object
) -> tuple[int, int]:
    """Return the intervals [first, past the last) between two times; by default all observed."""
    seen = np.flatnonzero(known.any(axis=0))
    if len(seen) == 0:
        rule = "must have a wait and its contacts in at least one row"
        raise ScenarioError([Problem("mean_wait_s", "nothing", rule)], "Observed intervals")
    first, last = int(seen[0]), int(seen[-1]) + 1
    if since is not None:
        first = int(np.floor(moment_s(horizon, since, "since") / horizon.interval))
    if until is not None:
        last = int(np.ceil(moment_s(horizon, until, "until") / horizon.interval))
    if not known[:, first:last].any():
        rule = "must leave at least one observed wait between since and until"
        given = f"{since} to {until}"
        raise ScenarioError([Problem("since", given, rule, "move them")], "diagnose")
    return first, last
