"""Small days made to be nasty: few instants, many ties, every rule in play."""

from __future__ import annotations

from itertools import pairwise
from math import inf
from typing import Any

from hypothesis import strategies as st

import queuesim as qs
from queuesim.model.base import FixedDict
from tests.engines.by_hand import (
    CHANCES,
    DAY_S,
    MARKS,
    Agents,
    Row,
    contact_type,
    group,
    scenario,
)

Day = tuple[qs.Scenario, list[Row], Agents]

often = st.sampled_from  # the first values of a list are the ones hypothesis shrinks to

LATE_S = 43_200.0  # after the horizon, for what begins late in it
TICK_S = 1 / 1024

WINDOWS = [
    None,
    None,
    "00:00:10-00:00:40",
    ["00:00:00-00:00:20", "00:00:30-00:00:50"],
    ["00:00:05-00:00:20", "23:59:25-23:59:50"],
    ["23:59:30-24:00:00"],
    "23:59:40-00:00:15",
]
PACES = [
    (1.0, 1.5),
    (1.0, 2.0),
    (1.0, 1.7, 2.5),
    (1.0, 1.0),
    (1.0, 1.3, 1.1),
    (1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7),
]


BLENDS = [
    qs.Blend(slots=2, uses={"chat": 1, "message": 1}, pace=(1.0, 1.5)),
    qs.Blend(slots=12, uses={"chat": 4, "message": 3}, pace=(1.0, 1.7, 2.5, 2.5)),
    qs.Blend(slots=5, uses={"chat": 2, "message": 1}, pace=(1.0, 1.1, 1.3, 1.3, 1.7)),
    qs.Blend(slots=4, uses={"chat": 1, "message": 3}, pace=(1.0, 2.0, 3.0, 1.0)),
    qs.Blend(slots=3, uses={"message": 1}, pace=(1.0, 1.5, 1.5)),
    qs.Blend(slots=1, pace=(1.0,)),
]


@st.composite
def contact_types(
    draw: st.DrawFn,
    name: str,
    channels: tuple[str, ...],
    plain: bool,
    others: tuple[str, ...] = (),
    in_full: bool = True,
    in_vain: bool = False,
) -> qs.ContactType:
    channel = draw(often(channels))
    terms: dict[str, Any] = {
        "weight": draw(often([1.0, 2.0, 0.5, 1.3])),
        "credit": draw(often([0.0, 10.0, -5.0, 1000.0, 0.3, -1000.0])),
    }
    if plain:
        return contact_type(name, channel, **terms)
    if not in_vain and draw(often([False, False, True])):
        return contact_type(name, channel, **terms)
    terms |= {
        "queue_limit": draw(often([None, None, 0, 1, 2])),
        "hours": draw(often(WINDOWS)),
        "outside_hours": draw(often(["turn_away", "queue"])),
        "at_closing": "carry_over"
        if channel == "message"
        else draw(often(["serve_out", "release"])),
    }
    dialling = qs.Dialling(
        ring=draw(often([5.0, 0.0, 0.3])),
        attempts=draw(often([1, 2, 3])),
        retry_after=draw(often([10.0, 0.0, 3.0, 0.7, TICK_S, LATE_S])),
    )
    if channel == "callback":
        terms["dialling"] = dialling
    announces = in_full and channel in ("phone", "chat") and draw(st.booleans())
    if announces:
        terms["announcement"] = draw(announcements())
    if others and draw(often([True, False])):
        terms |= draw(returns(channel, terms["outside_hours"] == "turn_away", others))
    elsewhere = tuple(other for other in others if other != name)
    if channel == "callback" and elsewhere and draw(st.booleans()):
        terms["rings_in"] = draw(rings_in(elsewhere))
    if channel == "phone" and (in_vain or draw(st.booleans())):
        kinds = ["virtual_hold", "later", "idle_time", *(["slot"] if in_full else [])]
        kind = draw(often(kinds))
        more: dict[str, Any] = {"max_open": draw(often([None, None, 1, 2])) if in_full else None}
        if announces:
            more["min_announced"] = draw(often([None, None, 0.0, 20.0, 60.0]))
            more["accept_from"] = draw(often([None, 30.0]))
        if kind == "slot":
            more |= {"slot": draw(often([60.0, 61.3])), "per_slot": draw(often([1, 2]))}
        if others and draw(often([True, True, False])):
            more["rings_in"] = draw(rings_in((None, *others)))
        terms["callback"] = qs.CallbackOffer(
            **more,
            accept=0.5,
            after=draw(often([0.0, 5.0, 10.0, 0.3, LATE_S])),
            min_queue=draw(often([0, 0, 1, 2])),
            kind=kind,
            dialling=dialling,
            weight=draw(often([1.0, 3.0])),
            credit=draw(often([0.0, 20.0])),
            reserve=draw(often(RESERVES[kind])),
        )
    if in_vain:
        most = draw(often([1, 2, 3]))
        redial = qs.Return(
            share=0.5, delay=60.0, max_attempts=most, to=draw(often([None, *others]))
        )
        terms.setdefault("redial", redial)
    if "redial" in terms and (channel == "callback" or "callback" in terms):
        says_so = draw(often([True, True, False]) if in_vain else st.booleans())
        terms["redial"] = terms["redial"].model_copy(update={"failed_callbacks": says_so})
    return contact_type(name, channel, **terms)


RESERVES = {"virtual_hold": [0], "later": [0, 1], "slot": [0, 1], "idle_time": [1, 2]}


@st.composite
def announcements(draw: st.DrawFn) -> qs.Announcement:
    predictors = ["queue_length", "last_to_enter_service", "head_of_line", "fixed"]
    predictor = draw(often(predictors))
    return qs.Announcement(
        predictor=predictor,
        fixed=draw(often([10.0, 0.3, 0.0])) if predictor == "fixed" else None,
        patience_factor=draw(often([1.0, 1.0, 0.5, 1 / 3])),
        stays_for=draw(often([0.0, 0.0, 1.0, 0.3])),
    )


@st.composite
def returns(
    draw: st.DrawFn, channel: str, turned_away: bool, others: tuple[str, ...]
) -> dict[str, Any]:
    """Draw who comes back; shares do not matter where the tape is made by hand, but for one."""

    def back(share: float = 0.5) -> qs.Return:
        return qs.Return(
            share=share,
            delay=60.0,
            max_attempts=draw(often([1, 2, 3])),
            to=draw(often([None, *others])),
        )

    terms: dict[str, Any] = {name: back() for name in ("redial", "repeat") if draw(st.booleans())}
    if channel == "message" and draw(st.booleans()):
        terms["turns"] = back().model_copy(update={"to": None})
    if turned_away and draw(st.booleans()):
        terms["after_hours"] = back(draw(often([0.5, 1.0])))
    return terms


@st.composite
def rings_in(draw: st.DrawFn, to: tuple[str | None, ...]) -> qs.Return:
    """Draw who rings in while waiting for a callback, and as what."""
    most = draw(often([1, 2, 3]))
    return qs.Return(share=0.5, delay=60.0, max_attempts=most, to=draw(often(to)))


@st.composite
def doors(draw: st.DrawFn, others: list[str]) -> qs.ContactType:
    """Draw self-service that leads to the others."""
    shares = draw(often([(0.5, 0.25), (1.0,), (0.3,), ()]))
    outage = qs.Event(
        name="down", start="2026-11-23 00:00:20", lasts=10.0, factor=draw(often([2.0, 0.5, 100.0]))
    )
    return contact_type(
        "web",
        "self_service",
        target=None,
        hours=draw(often(WINDOWS)),
        front_door=qs.FrontDoor(
            contains=draw(often([0.5, 0.0, 1.0])),
            to=dict(zip(others, shares, strict=False)),
            resolution=draw(often([1.0, 0.5])),
            patience_factor=draw(often([1.0, 0.5, 1.3])),
            outages=(outage,) if draw(st.booleans()) else (),
        ),
        repeat=draw(often([None, qs.Return(share=0.5, delay=60.0, to=others[0])])),
    )


@st.composite
def skills(
    draw: st.DrawFn,
    kind: qs.ContactType,
    rank: int | None,
    plain: bool,
    further: list[str] | None = None,
) -> qs.Skill:
    limit = None if kind.callback or kind.channel == "callback" else kind.queue_limit
    lengths = [1, 1, 1, 2, 3] if limit is None else [1, 1, limit + 1]
    return qs.Skill(
        kind.name,
        rank=draw(st.integers(1, 3)) if rank is None else rank,
        min_wait=draw(often([0.0, 0.0, 0.0, 5.0, 5.0, 10.0, 0.3, LATE_S])),
        reserve=draw(often([0, 0, 0, 1, 2, 3])),
        handle_factor=draw(often([1.0, 1.0, 0.5, 1.3])),
        resolution=draw(often([1.0, 0.5])) if further else 1.0,
        transfer=qs.Transfer(share=0.5, to=further[0]) if further and draw(st.booleans()) else None,
        min_queue=1 if plain else draw(often(lengths)),
        hours=None if plain else draw(often([None, None, *WINDOWS])),
    )


@st.composite
def days(
    draw: st.DrawFn,
    *,
    channels: tuple[str, ...] = ("phone", "chat", "callback", "message"),
    plain: bool = False,
    ranks_apart: bool = False,
    wide: bool = False,
    comes_again: bool = True,
    in_full: bool = True,
    varied: bool = True,
    in_vain: bool = False,
) -> Day:
    """Draw a scenario, its contacts and its agents.

    `plain`: round the clock, no limits, no callbacks. `ranks_apart`: no two groups of one rank.
    `wide`: more contact types than a word has bits, more groups, and midnights within.
    `comes_again`: customers may come again, and there may be self-service. `in_full`: whatever a
    contact can do; else nothing of what `queuesim.engines.compiled.rules.InFull` lists. `varied`:
    else nothing of what `Varied` lists there. `in_vain`: everybody may be called back, few are
    reached, and most of the others redial.
    """
    in_full = in_full and varied
    channels = ("phone", "phone", "callback") if in_vain else channels
    channels = channels if varied else tuple(each for each in channels if each != "callback")
    # everybody serves messages and live contacts
    mixes = not (plain or in_vain) and draw(often([False, True]))
    names = ["x", "y", "z"][: draw(st.integers(1 + mixes, 3))]
    simple = plain or not in_full
    again = comes_again and not (simple or ranks_apart) and (in_vain or draw(often([True, False])))
    others = tuple(names) if again else ()
    of_type = [("message",), ("phone", "chat"), channels] if mixes else [channels] * 3
    types = [
        draw(contact_types(name, some, plain, others, in_full, in_vain))
        for name, some in zip(names, of_type, strict=False)
    ]
    if not varied:
        types = [each.model_copy(update={"callback": None, "queue_limit": None}) for each in types]
    some = st.lists(often(names), min_size=1, unique=True)
    served = draw(st.lists(some, min_size=1, max_size=8 if wide else 3))
    if mixes:
        served = [[*names] for _ in served[: 1 + draw(st.booleans())]]
    served[0] += [name for name in names if not any(name in each for each in served)]
    rare = RARE[: draw(often([62, 61, 60, 63, 125, 3]))] if wide else []
    if rare:
        types[1:1] = rare
        served.append([rare[0].name, *names, *(each.name for each in rare[1:])])
        names = [*names, rare[0].name, rare[-1].name]
    groups = []
    for g, each in enumerate(served):
        pace, other = draw(often(PACES)), draw(often(PACES))
        many = {
            "concurrency": {"chat": len(pace), "message": len(other)},
            "pace": {"chat": pace, "message": other},
        }
        if not plain and draw(often([False, True])):
            many = {"blend": draw(often(BLENDS))}
        if not simple and draw(often([mixes, True])):
            many["interruptible"] = ("message",)
        kinds = {kind.name: kind for kind in types}
        able = [
            draw(
                skills(
                    kinds[name],
                    g + 1 if ranks_apart else None,
                    simple,
                    # handed on to later names only: not in a circle
                    names[names.index(name) + 1 :] if again and name in "xyz" else None,
                )
            )
            if name in names and not (mixes and draw(st.booleans()))
            else qs.Skill(name, rank=g + 1 if ranks_apart else 1)
            for name in each
        ]
        if not varied:
            able = [each.model_copy(update={"min_wait": 0.0}) for each in able]
        at_once = varied and (mixes or draw(st.booleans()))
        groups.append(group(f"g{g}", able, **(many if at_once else {})))
    if not simple:
        types = [draw(allotted(each, groups)) if each.name in "xyz" else each for each in types]
    how_many = draw(st.integers(1, 3)) if wide else 1
    end = how_many * DAY_S
    start = draw(often([0.0, 0.0, end - 40.0, DAY_S - 20.0 if how_many > 1 else 0.0]))
    most = 30 if wide else 12
    if again:
        types = [*types, draw(doors(names[:2]))]
    coming = [*names, "web"] if again else names
    rows = draw(
        st.lists(
            contacts(coming, types, in_vain),
            min_size=most // 2 if mixes or in_vain else draw(often([0, most // 2])),
            max_size=most,
        )
    )
    if again:
        rows = [{**row, **draw(comings(names, types, in_vain=in_vain))} for row in rows]
    rows = [Row(**{**row, "at": start + row["at"]}) for row in sorted(rows, key=lambda r: r["at"])]
    agents = []
    for each in groups:
        for _ in range(draw(st.integers(0 if agents else 1, 3))):
            agents.append((each.name, draw(sessions(start, end))))
    score = "wait" if simple else draw(often(["wait", "wait", "queue"]))
    return scenario(types, groups, how_many, score=score), rows, agents


@st.composite
def allotted(draw: st.DrawFn, kind: qs.ContactType, groups: list[qs.AgentGroup]) -> qs.ContactType:
    """A contact type as it is, or with an allocation to some of the groups that serve it."""
    able = [each.name for each in groups if each.skill(kind.name)]
    some = draw(st.lists(often(able), max_size=3, unique=True)) if draw(st.booleans()) else []
    if not some:
        return kind
    shares = {name: 1.0 / len(some) for name in some}
    overflow = draw(often([None, 0.0, 5.0, 10.0, 0.3, LATE_S]))
    return kind.model_copy(
        update={"allocation": FixedDict(shares), "allocation_overflow": overflow}
    )


RARE = [
    contact_type(
        f"r{k}", "chat" if k % 2 else "phone", hours="00:00:05-00:00:30" if k % 3 else None
    )
    for k in range(125)
]
"""Contact types that fill words of bits; few of them or none get a contact."""

seconds = st.integers(0, 40).map(float) | often([0.5, TICK_S, 7.25, 10.0 - TICK_S])


@st.composite
def contacts(
    draw: st.DrawFn, names: list[str], types: list[qs.ContactType], in_vain: bool = False
) -> dict[str, Any]:
    kind = draw(often(names))
    answers = often([False, False, False, True]) if in_vain else st.booleans()
    shares = next(each.allocation for each in types if each.name == kind)
    return {
        "to": draw(often(sorted(shares))) if shares else "",
        "at": draw(st.integers(0, 39).map(float) | often([0.5, 10.0, 10.0, 20.0, 40.0 - TICK_S])),
        "talk": draw(seconds),
        "wrap_up": draw(often([0.0, 0.0, 5.0, 10.0, TICK_S])),
        "patience": draw(often([inf, inf, 0.0, 5.0, 10.0, 20.0, 0.5])),
        "kind": kind,
        "accepts": draw(often([True, True, False]) if in_vain else st.booleans()),
        "delay": draw(often([0.0, 10.0, 30.0])),
        "tolerates": draw(often([inf, inf, 0.0, 5.0, 10.0, 30.0, 60.0, 10.0 - TICK_S])),
        "accepts_from": draw(often([0.0, 0.0, 10.0, 60.0])),
        "answers": tuple(draw(st.lists(answers, min_size=3, max_size=3))),
    }


@st.composite
def comings(
    draw: st.DrawFn,
    names: list[str],
    types: list[qs.ContactType],
    later: int = 2,
    in_vain: bool = False,
) -> dict[str, Any]:
    """Draw what a contact brings for coming back, and the further attempts."""
    drawn = {name: draw(st.booleans()) for name in MARKS}
    if in_vain:
        drawn["redials"] = draw(often([True, True, False]))
    delays = (0.0, 5.0, 10.0, 0.5, TICK_S, LATE_S)
    drawn |= {name: draw(often(delays)) for name in CHANCES if name.endswith("delay")}
    drawn |= {name: draw(often([0.0, 0.3, 0.5, 0.6, 0.9])) for name in ("resolution", "path")}
    if later and (in_vain or draw(st.booleans())):
        some = [
            tuple(
                Row(
                    **{
                        **draw(contacts([name], types, in_vain)),
                        "at": 0.0,
                        **draw(comings(names, types, 0, in_vain)),
                    }
                )
                for name in (
                    names
                    if in_vain
                    else draw(st.lists(often(names), min_size=1, max_size=3, unique=True))
                )
            )
            for _ in range(draw(st.integers(1, later)))
        ]
        drawn["again"] = tuple(some)
    return drawn


@st.composite
def sessions(draw: st.DrawFn, start: float, end: float) -> list[tuple[float, ...]]:
    if draw(st.booleans()):
        spans = [(0.0, end)]
    else:
        edges = sorted(draw(st.lists(st.integers(0, 60), min_size=2, max_size=6, unique=True)))
        instants = [min(start + edge, end) for edge in edges[: len(edges) // 2 * 2]]
        pairs = zip(instants[::2], instants[1::2], strict=True)
        spans = [(on, off) for on, off in pairs if on < off]
    if not draw(often([False, False, True])):
        return spans
    found: list[tuple[float, ...]] = []
    for on, off in spans:  # cut in parts that touch, with factors that differ or not
        cuts = {start + cut for cut in draw(st.lists(often([10, 20, 30, 7, 43]), max_size=2))}
        edges_s = [on, *sorted(cut for cut in cuts if on < cut < off), off]
        for begins, ends in pairwise(edges_s):
            found.append((begins, ends, draw(often([1.0, 2.0, 0.5, 1.3, 0.01, 7.7]))))
    return found
