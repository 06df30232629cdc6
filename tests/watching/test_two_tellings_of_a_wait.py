"""The refined and the simulated prediction tell the same wait, in small centres drawn at random.

Nobody comes, talk takes a fixed time and how long contacts have been open is told, so that a wait
is a number: the same from the paths of one and from the engine of the other, but for the grid.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import queuesim as qs
from queuesim.watching.predict import Seen, taken_at_once
from queuesim.watching.predicting.forward import Forward
from queuesim.watching.predicting.refined import WhoIsAhead
from queuesim.watching.predicting.seen import HELD

CENTRES, AT_S = 60, 37_000.0
FIRST = (3, 1000, 1060, 1220)
"""Among them centres in which two people come at one instant and one is to be kept."""


def contact_types(draw: np.random.Generator) -> tuple[qs.ContactType, ...]:
    offer = qs.CallbackOffer(accept=1.0, dialling=qs.Dialling(ring=17, answered=1.0, attempts=1))
    found = []
    for k, channel in enumerate(
        ["phone", "chat", "message", "phone", "chat"][: draw.integers(2, 6)]
    ):
        calls_back = channel == "phone" and draw.random() < 0.5
        talk = qs.Deterministic(value=float(draw.integers(100, 900)) + k / 7)
        found.append(
            qs.ContactType(
                name=f"t{k}",
                channel=channel,
                demand=qs.Demand(per_day=0),
                hours="00:00-24:00",
                talk=talk,
                credit=float(draw.choice([0, 0, 60, 3600])),
                weight=float(draw.choice([1, 1, 0.5, 2])),
                callback=offer if calls_back else None,
            )
        )
    return tuple(found)


def agent_group(draw: np.random.Generator, name: str, types: tuple[qs.ContactType, ...]) -> object:
    served = [each for each in types if draw.random() < 0.7] or [types[0]]
    people = int(draw.integers(2, 5))
    skills = tuple(
        qs.Skill(
            each.name,
            rank=int(draw.integers(1, 3)),
            min_wait=float(draw.choice([0, 0, 0, 45, 200])),
            reserve=int(draw.choice([0, 0, 0, 1])),
            min_queue=int(draw.choice([1, 1, 1, 2])),
            handle_factor=float(draw.choice([1, 1, 1.3])),
        )
        for each in served
    )
    most = {"chat": int(draw.integers(1, 4)), "message": int(draw.integers(1, 3))}
    more = int(draw.integers(0, 3))
    return qs.AgentGroup(
        name=name,
        skills=skills,
        headcount={"day": (people,) * 21 + (people + more,) * 27},
        concurrency=most,
        pace={channel: (1.0, 1.6, 2.1)[:many] for channel, many in most.items()},
        interruptible=("message",) if draw.random() < 0.5 else (),
        contract=qs.InHouse(per_hour=20.0),
    )


def present(draw: np.random.Generator, scenario: qs.Scenario) -> Seen:
    """All are busy, some contacts wait, some of them for a callback in its place in the line."""
    types = scenario.contact_types
    waiting = {
        each.name: sorted(draw.uniform(1, 300, draw.integers(0, 4)).tolist(), reverse=True)
        for each in types
    }
    seen = Seen.at(scenario, AT_S, waiting=waiting)
    elapsed_s = draw.uniform(0, 90, len(seen.busy_type))
    held = np.array([types[t].callback is not None for t in seen.waiting_type], dtype=bool)
    held &= draw.random(len(held)) < 0.4
    how = np.where(held, HELD, 0)
    return replace(seen, busy_since_s=AT_S - elapsed_s, waiting_how=how, stays=held)


@pytest.mark.parametrize("first", FIRST)
def test_the_paths_and_the_engine_tell_the_same_wait(first: int) -> None:
    compared = waited = 0
    for seed in range(first, first + CENTRES):
        draw = np.random.default_rng(seed)
        types = contact_types(draw)
        groups = tuple(agent_group(draw, f"g{k}", types) for k in range(draw.integers(1, 4)))
        if not all(any(group.skill(each.name) for group in groups) for each in types):  # type: ignore[attr-defined]
            continue
        scenario = qs.Scenario(
            name="drawn",
            contact_types=types,
            agent_groups=groups,
            horizon=qs.Horizon(start="2026-11-23", days=1, interval="30min"),
        )
        seen = present(draw, scenario)
        for t, each in enumerate(types):
            refined = WhoIsAhead(scenario, paths=1).predict(seen, t).waits_s[0]  # type: ignore[attr-defined]
            forward = Forward(scenario, futures=1).predict(seen, t).waits_s[0]  # type: ignore[attr-defined]
            assert refined == pytest.approx(forward, abs=0.05), (seed, each.name)
            assert not taken_at_once(scenario, seen, t) or refined == 0.0
            compared, waited = compared + 1, waited + (refined > 0)
    assert compared > CENTRES
    assert waited > 0.8 * compared
