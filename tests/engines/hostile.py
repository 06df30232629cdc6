"""Small days made to be nasty: few instants, many ties, every rule in play."""

from __future__ import annotations

from math import inf
from typing import Any

from hypothesis import strategies as st

import queuesim as qs
from tests.engines.by_hand import DAY_S, Agents, Row, contact_type, group, scenario

Day = tuple[qs.Scenario, list[Row], Agents]

often = st.sampled_from  # the first values of a list are the ones hypothesis shrinks to

WINDOWS = [None, None, "00:00:10-00:00:40", ["00:00:00-00:00:20", "00:00:30-00:00:50"]]
PACES = [(1.0, 1.5), (1.0, 2.0), (1.0, 1.7, 2.5), (1.0, 1.0), (1.0, 1.3, 1.1)]


@st.composite
def contact_types(
    draw: st.DrawFn, name: str, channels: tuple[str, ...], plain: bool
) -> qs.ContactType:
    channel = draw(often(channels))
    terms: dict[str, Any] = {
        "weight": draw(often([1.0, 2.0, 0.5, 1.3])),
        "credit": draw(often([0.0, 10.0, -5.0, 1000.0, 0.3])),
    }
    if plain:
        return contact_type(name, channel, **terms)
    terms |= {
        "queue_limit": draw(often([None, None, 0, 1, 2])),
        "hours": draw(often(WINDOWS)),
        "outside_hours": draw(often(["turn_away", "queue"])),
        "at_closing": draw(often(["serve_out", "release"])),
    }
    dialling = qs.Dialling(
        ring=draw(often([5.0, 0.0, 0.3])),
        attempts=draw(often([1, 2, 3])),
        retry_after=draw(often([10.0, 0.0, 3.0, 0.7])),
    )
    if channel == "callback":
        terms["dialling"] = dialling
    if channel == "phone" and draw(st.booleans()):
        kind = draw(often(["virtual_hold", "later"]))
        terms["callback"] = qs.CallbackOffer(
            accept=0.5,
            after=draw(often([0.0, 5.0, 10.0, 0.3])),
            min_queue=draw(often([0, 0, 1, 2])),
            kind=kind,
            dialling=dialling,
            weight=draw(often([1.0, 3.0])),
            credit=draw(often([0.0, 20.0])),
            reserve=draw(often([0, 1])) if kind == "later" else 0,
        )
    return contact_type(name, channel, **terms)


@st.composite
def skills(draw: st.DrawFn, name: str, rank: int | None) -> qs.Skill:
    return qs.Skill(
        name,
        rank=draw(st.integers(1, 3)) if rank is None else rank,
        min_wait=draw(often([0.0, 0.0, 0.0, 5.0, 10.0, 0.3])),
        reserve=draw(often([0, 0, 0, 1, 2])),
        handle_factor=draw(often([1.0, 1.0, 0.5, 1.3])),
    )


@st.composite
def days(
    draw: st.DrawFn,
    *,
    channels: tuple[str, ...] = ("phone", "chat", "callback"),
    plain: bool = False,
    ranks_apart: bool = False,
) -> Day:
    """Draw a scenario, its contacts and its agents.

    `plain`: round the clock, no limits, no callbacks. `ranks_apart`: no two groups of one rank.
    """
    names = ["x", "y", "z"][: draw(st.integers(1, 3))]
    types = [draw(contact_types(name, channels, plain)) for name in names]
    some = st.lists(often(names), min_size=1, unique=True)
    served = draw(st.lists(some, min_size=1, max_size=3))
    served[0] += [name for name in names if not any(name in each for each in served)]
    groups = []
    for g, each in enumerate(served):
        pace = draw(often(PACES))
        many = {"concurrency": {"chat": len(pace)}, "pace": {"chat": pace}}
        able = [draw(skills(name, g + 1 if ranks_apart else None)) for name in each]
        groups.append(group(f"g{g}", able, **(many if draw(st.booleans()) else {})))
    start = draw(often([0.0, 0.0, DAY_S - 40.0]))
    rows = draw(st.lists(contacts(names), max_size=12))
    rows = [Row(**{**row, "at": start + row["at"]}) for row in sorted(rows, key=lambda r: r["at"])]
    agents = []
    for each in groups:
        for _ in range(draw(st.integers(0 if agents else 1, 3))):
            agents.append((each.name, draw(sessions(start))))
    return scenario(types, groups), rows, agents


seconds = st.integers(0, 40).map(float) | often([0.5, 1 / 1024, 7.25])


@st.composite
def contacts(draw: st.DrawFn, names: list[str]) -> dict[str, Any]:
    return {
        "at": draw(st.integers(0, 39).map(float) | often([0.5, 10.0, 10.0, 20.0])),
        "talk": draw(seconds),
        "wrap_up": draw(often([0.0, 0.0, 5.0, 10.0, 1 / 1024])),
        "patience": draw(often([inf, inf, 0.0, 5.0, 10.0, 20.0, 0.5])),
        "kind": draw(often(names)),
        "accepts": draw(st.booleans()),
        "delay": draw(often([0.0, 10.0, 30.0])),
        "answers": tuple(draw(st.lists(st.booleans(), min_size=3, max_size=3))),
    }


@st.composite
def sessions(draw: st.DrawFn, start: float) -> list[tuple[float, float]]:
    if draw(st.booleans()):
        return [(0.0, DAY_S)]
    edges = sorted(draw(st.lists(st.integers(0, 60), min_size=2, max_size=6, unique=True)))
    instants = [min(start + edge, DAY_S) for edge in edges[: len(edges) // 2 * 2]]
    pairs = zip(instants[::2], instants[1::2], strict=True)
    return [(on, off) for on, off in pairs if on < off]
