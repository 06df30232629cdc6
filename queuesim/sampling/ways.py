"""What coming back asks of the tape, worked out once for a scenario."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from queuesim.model import Channel, ContactType, FrontDoor, Horizon, Scenario
from queuesim.model.attempts import asks_chance, layers, returns_of, transfers
from queuesim.sampling.again import SPAN, TYPE_AGAIN, WAY
from queuesim.sampling.variates import FIXED, Law, column_table, law_of

Column = tuple[int, int, int, Law]
ColumnsOf = Callable[[int, ContactType, str], list[Column]]

_RETURNS = ("redial", "repeat", "turns", "after_hours", "rings_in")
"""Who comes back, in the order of the delays."""


@dataclass(frozen=True, eq=False)
class Ways:
    """Tables for `again.draw_again`.

    Attributes
    ----------
    types : TYPE_AGAIN[contact types]
    ways : WAY[all ways]
    spans : SPAN[all spans]
    reached : bool[contact types, attempts, contact types]
    columns : COLUMN[all columns of further attempts]
    values : float64[all values]
    delays : int
        Row of the times where those of delays begin.
    """

    types: NDArray[Any]
    ways: NDArray[Any]
    spans: NDArray[Any]
    reached: NDArray[np.bool_]
    columns: NDArray[Any]
    values: NDArray[np.float64]
    delays: int


def ways_of(
    scenario: Scenario, stream: Callable[[str], int], columns_of: ColumnsOf, times: int
) -> Ways | None:
    """Return the tables of a scenario; None where nobody comes again and all are resolved.

    Parameters
    ----------
    scenario : Scenario
    stream : callable
        Returns the number of a stream by its name.
    columns_of : callable
        Returns what a contact of a type brings, by its place in the scenario, from streams whose
        names end in some text.
    times : int
        How many times a contact brings; the delays follow.
    """
    types, groups = scenario.contact_types, scenario.agent_groups
    asks = asks_chance(types, groups)
    if not any(asks):
        return None
    handed_on = transfers(groups)
    index = {each.name: k for k, each in enumerate(types)}
    table = np.zeros(len(types), dtype=TYPE_AGAIN)
    columns: list[Column] = []
    ways: list[tuple[float, float, int]] = []
    spans: list[tuple[float, float]] = []
    for row, each, asked in zip(table, types, asks, strict=True):
        row["words"] = stream(f"{each.name}/customer") if asked else -1
        row["marks"] = stream(f"{each.name}/coming back")
        row["first"] = len(columns)
        columns += columns_of(index[each.name], each, " again")
        row["last"] = row["delays"] = len(columns)
        returns = returns_of(each)
        for at, field in enumerate(_RETURNS):
            terms = returns[field]
            law: Law = law_of(terms.delay) if terms else (FIXED, 0.0, 0.0, 0.0, ())
            columns.append((stream(f"{each.name}/{field} delay"), times + at, 0, law))
            if terms is not None:
                row["share"][at] = terms.share
                row["to"][at] = index[terms.to or each.name]
                row["most"][at] = terms.max_attempts
        row["requests"] = each.channel is Channel.CALLBACK
        row["first_way"] = len(ways)
        ways += [(0.0, share, index[to]) for _, share, to in handed_on.get(each.name, ())]
        skills = [skill for group in groups if (skill := group.skill(each.name)) is not None]
        row["resolved"] = min((skill.resolution for skill in skills), default=1.0)
        row["first_open"] = len(spans)
        spans += [(start, end) for start, end in each.windows(scenario.horizon)]
        row["last_open"] = row["first_outage"] = len(spans)
        if each.front_door is not None:
            ways += [(low, high, index[to]) for low, high, to in each.front_door.ways()]
            spans += _set_front_door(row, each.front_door, scenario.horizon)
        row["last_outage"], row["last_way"] = len(spans), len(ways)
    made, values = column_table(columns)
    return Ways(
        types=table,
        ways=np.array(ways, dtype=WAY),
        spans=np.array(spans, dtype=SPAN),
        reached=_reached(scenario),
        columns=made,
        values=values,
        delays=times,
    )


def _reached(scenario: Scenario) -> NDArray[np.bool_]:
    """Return as what a customer of a first type can make each further attempt.

    A row may stand for several ways to come, and then its counts are the lowest of each: without
    this, who may both write the next turn and come back would do so for ever.
    """
    types = scenario.contact_types
    found = layers(types, scenario.agent_groups)
    reached = np.zeros((len(types), 1 + max(map(len, found)), len(types)), dtype=np.bool_)
    for k, attempts in enumerate(found):
        for attempt, as_what in enumerate(attempts):
            reached[k, attempt, list(as_what)] = True
    return reached


def _set_front_door(row: np.void, door: FrontDoor, horizon: Horizon) -> list[tuple[float, float]]:
    """Fill in what a front door states; return when it is worse than usual."""
    row["front_door"] = True
    row["resolved"], row["contained"] = door.resolution, 1.0 - door.fails(1.0)
    spans, worst = [], 1.0
    for outage in door.outages:  # several at one time multiply
        if outage.factor > 1.0:
            worst *= outage.factor
            edges = outage.edges_s(horizon)
            spans.append((float(edges[0]), float(edges[-1])))
    row["contained_in_outage"] = 1.0 - door.fails(worst)
    return spans
