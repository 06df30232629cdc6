"""How often a test of chance may be wrong, and the parts these tests share.

Seeds are fixed, so a test that passes goes on passing; `ALARM` is how often one would fail at a
change of seeds though nothing is wrong. Every test says the smallest error it would notice.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

import queuesim as qs
from queuesim.sampling import Tape

ALARM = 1e-4
SIGMAS = float(stats.norm.isf(ALARM / 2))  # 3.9


def contact_type(name: str = "support", channel: str = "phone", **terms: Any) -> qs.ContactType:
    return qs.ContactType(
        name=name,
        channel=channel,
        **{
            "demand": qs.Demand(per_day=200, day="office"),
            "talk": qs.LogNormal(mean="4min", cv=0.9),
            "wrap_up": qs.Exponential(mean="40s"),
            "patience": None if channel == "callback" else qs.Exponential(mean="3min"),
            **terms,
        },
    )


def group(name: str = "home", *skills: str, **terms: Any) -> qs.AgentGroup:
    if "shifts" not in terms:
        terms = {"headcount": 10, **terms}
    return qs.AgentGroup(
        name=name,
        skills=skills or ("support",),
        contract=qs.InHouse(per_hour=24.0),
        **terms,
    )


def scenario(
    *types: qs.ContactType, groups: tuple[qs.AgentGroup, ...] = (), **horizon: Any
) -> qs.Scenario:
    types = types or (contact_type(),)
    return qs.Scenario(
        name="chance",
        contact_types=types,
        agent_groups=groups or (group("home", *(each.name for each in types)),),
        horizon=qs.Horizon(**{"start": "2026-11-23", "days": 7, **horizon}),
    )


def everything(tape: Tape) -> list[NDArray[Any]]:
    """All columns, those of the contacts first."""
    sessions = tape.sessions
    return [
        *(tape.contact_type, tape.day, tape.number, tape.arrival_s, tape.talk_s, tape.wrap_up_s),
        *(tape.patience_s, tape.accepts, tape.window_delay_s, tape.answers, tape.agent_group),
        *(sessions.agent, sessions.on_s, sessions.off_s),
        *came_later(tape),
    ]


def came_later(tape: Tape) -> list[NDArray[Any]]:
    """The columns that the first tapes did not have, the last ones of all."""
    return [tape.allotted, tape.sessions.factor, tape.tolerates_s, tape.accepts_from_s]


def of_type(day: qs.Scenario, tape: Tape, name: str) -> dict[str, NDArray[Any]]:
    """The columns of one contact type."""
    index = [each.name for each in day.contact_types].index(name)
    mine = tape.contact_type == index
    names = ("day", "number", "arrival_s", "talk_s", "wrap_up_s", "patience_s")
    more = ("accepts", "window_delay_s", "answers", "allotted")
    return {column: getattr(tape, column)[mine] for column in names + more}


def by_contact(columns: dict[str, NDArray[Any]]) -> dict[tuple[int, int], tuple[float, ...]]:
    """What each contact, known by day and number, brings with it."""
    known = zip(columns["day"].tolist(), columns["number"].tolist(), strict=True)
    brings = zip(
        *(columns[c].tolist() for c in ("arrival_s", "talk_s", "wrap_up_s", "patience_s")),
        strict=True,
    )
    return dict(zip(known, brings, strict=True))


def same(one: dict[str, NDArray[Any]], two: dict[str, NDArray[Any]]) -> bool:
    """Whether two sets of columns are equal bit for bit; `answers` may have empty columns more."""
    attempts = min(one["answers"].shape[1], two["answers"].shape[1])
    return all(
        np.array_equal(one[c], two[c])
        if c != "answers"
        else np.array_equal(one[c][:, :attempts], two[c][:, :attempts])
        for c in one
    )


def words_of_state(bits: np.random.PCG64DXSM) -> tuple[np.uint64, ...]:
    """The state of NumPy's generator as `queuesim.sampling.generator` writes it."""
    state = bits.state["state"]
    halves = (half for name in ("state", "inc") for half in divmod(state[name], 1 << 64))
    return tuple(np.uint64(half) for half in halves)
