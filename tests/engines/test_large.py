"""Thousands of people, lines or contacts in one instant: who takes whom is still a rule.

Both engines are compared to the bit, whole and in pieces, and held against what the rules say:
worked by hand where a formula can say it, else told once more, for contacts that all wait already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush
from itertools import pairwise
from math import inf, nan

import numpy as np
import pytest

import queuesim as qs
from queuesim.engines.compiled import simulate_compiled
from queuesim.engines.outcome import Outcome
from queuesim.engines.reference import simulate_reference
from tests.engines.by_hand import (
    ABANDONED,
    BLOCKED,
    DAY_S,
    HANDLED,
    UNRESOLVED,
    Agents,
    Row,
    all_day,
    busy,
    contact_type,
    group,
    outcomes,
    scenario,
    tape,
)
from tests.engines.test_two_engines import assert_equal, in_pieces


def play(
    made: qs.Scenario, rows: Sequence[Row], agents: Agents, cuts_s: Sequence[float] = ()
) -> Outcome:
    """Run a day on both engines, whole and cut, and see that they agree."""
    played = tape(made, rows, agents)
    expected = simulate_reference(made, played)
    assert_equal(simulate_compiled(made, played), expected)
    assert_equal(in_pieces(made, played, cuts_s), expected)
    return expected


@dataclass
class Taken:
    """Who took each contact and when [s]; -1 and NaN: nobody."""

    agent: list[int]
    answered_s: list[float]


def in_turn(made: qs.Scenario, rows: Sequence[Row], agents: Agents) -> Taken:
    """Tell rules 2 and 7 for phone contacts that all wait before the first agent comes.

    Agents have one session. Whoever is free takes the largest score, ties to the lower row; at an
    instant first those whose contact ends, by its row, then those who come, by their number.
    """
    kinds = {each.name: k for k, each in enumerate(made.contact_types)}
    kind = np.array([kinds[row.kind] for row in rows])
    at = np.array([row.at for row in rows])
    leaves = at + [row.patience for row in rows]
    weight = np.array([each.weight for each in made.contact_types])[kind]
    credit = np.array([each.credit for each in made.contact_types])[kind]
    able = {
        each.name: np.isin(kind, [kinds[skill.contact_type] for skill in each.skills])
        for each in made.agent_groups
    }
    waits = np.ones(len(rows), dtype=bool)
    taken = Taken([-1] * len(rows), [nan] * len(rows))
    free = [(spans[0][0], 1, n, n) for n, (_, spans) in enumerate(agents)]
    heapify(free)
    while free:
        now, _, _, n = heappop(free)
        name, ((on, off),) = agents[n]
        assert at[-1] < on
        there = np.flatnonzero(waits & able[name] & (leaves >= now))
        if now > off or not len(there):
            continue  # off duty; or nobody comes any more
        row = int(there[np.argmax(weight[there] * (now - at[there]) + credit[there])])
        waits[row] = False
        taken.agent[row], taken.answered_s[row] = n, now
        heappush(free, (now + rows[row].talk + rows[row].wrap_up, 0, row, n))
    return taken


def assert_taken(told: Outcome, taken: Taken) -> None:
    np.testing.assert_array_equal(told.contacts["agent"], taken.agent)
    np.testing.assert_array_equal(told.contacts["answered_s"], taken.answered_s)


# People ---------------------------------------------------------------------------------


def test_5000_services_end_at_one_instant_and_again_as_all_sessions_end() -> None:
    """They are all freed at 1,000 s and at 2,000 s, when all sessions end."""
    people, lines = 5000, 20
    types = [contact_type(f"t{k}", credit=10.0 * (k * 3 % lines)) for k in range(lines)]
    made = scenario(types, [group("people", [each.name for each in types])])
    comes = [100.0 + n * 37 % 50 for n in range(people)]
    agents = [("people", [(on, 2000.0)]) for on in comes]
    # score = wait + credit: whoever has more of both together is ahead, at whatever instant
    rows = [Row(float(k // 200), 1000, kind=f"t{k * 7 % lines}") for k in range(3 * people + 700)]
    credit = np.array([types[k * 7 % lines].credit for k in range(len(rows))])
    order = np.argsort([row.at for row in rows] - credit, kind="stable")
    waves = [order[n : n + people] for n in range(0, 3 * people, people)]
    by_start = sorted(range(people), key=lambda n: (comes[n], n))
    for n, row in zip(by_start, waves[0], strict=True):  # the work ends for all at 1,000 s
        wrap_up = float(row % 3)
        rows[row] = replace(rows[row], talk=1000.0 - comes[n] - wrap_up, wrap_up=wrap_up)
    for row in waves[1]:  # patience that ends when the agents are freed
        rows[row] = replace(rows[row], patience=1000.0 - rows[row].at)
    for row in order[-300:]:
        rows[row] = replace(rows[row], patience=1000.0 - rows[row].at)
    told = play(made, rows, agents, [1000.0, 2000.0])

    who = np.full(len(rows), -1)
    who[waves[0]] = by_start
    for before, wave in pairwise(waves):
        who[wave] = who[np.sort(before)]  # the lower row ends first, and its agent looks first
    np.testing.assert_array_equal(told.contacts["agent"], who)
    for wave, answered_s in ((waves[1], 1000.0), (waves[2], 2000.0)):
        assert (told.contacts["answered_s"][wave] == answered_s).all()
    assert (told.contacts["outcome"][order[-300:]] == ABANDONED).all()
    assert (told.contacts["left_s"][order[-300:]] == 1000.0).all()
    assert (told.contacts["outcome"][order[-700:-300]] == UNRESOLVED).all()
    assert busy(told) == [(n, on, 3000.0) for n, on in enumerate(comes)]


def test_hundreds_are_freed_at_one_instant_and_taken_by_those_who_arrive_then() -> None:
    """The longest idle first; freed at one instant, the lower number, whoever was freed first."""
    people = 700
    made = scenario([contact_type()], [group("people", ["phone"])])
    comes = [float(n * 31 % 40) for n in range(people)]
    agents = [("people", [(on, DAY_S)]) for on in comes]
    rows = [Row(50.0, 50) for _ in range(people)]
    rows += [Row(100.0, 30, wrap_up=20) for _ in range(people + 10)]
    told = play(made, rows, agents, [50.0, 100.0, 150.0])
    longest_idle = sorted(range(people), key=lambda n: (comes[n], n))
    assert told.contacts["agent"].tolist() == longest_idle + list(range(people)) + list(range(10))
    assert told.contacts["answered_s"].tolist() == [50] * people + [100] * people + [150] * 10


def test_all_minimum_waits_are_over_at_one_instant() -> None:
    """Overflow: the far group takes them by row, until its reserve is all that is idle."""
    groups = [
        group("home", [qs.Skill("phone", rank=2)]),
        group("far", [qs.Skill("phone", min_wait=30.0, reserve=5)]),
    ]
    made = scenario([contact_type()], groups)
    rows = [Row(0.0, 20) for _ in range(400)]
    told = play(made, rows, all_day("home") + all_day("far", 200), [30.0])
    # home takes the first at 0 and the second at 20; 195 of far the next ones at 30; at 40 home
    # takes one; at 50 those who are freed go on, but one after the other: five idle are kept
    assert told.contacts["agent"].tolist()[:197] == [0, 0, *range(1, 196)]
    assert told.contacts["answered_s"].tolist()[:198] == [0, 20] + [30] * 195 + [40]
    assert all(outcome == HANDLED for outcome in outcomes(told))


# Lines ----------------------------------------------------------------------------------


def test_2000_contact_types() -> None:
    """Two in a line and more; groups of 150 lines, every other line served by two groups."""
    types = [
        contact_type(f"t{k}", weight=1.0 + k % 3, credit=float(k * 13 % 5)) for k in range(2000)
    ]
    groups = [
        group(f"g{g}", [types[(100 * g + k) % 2000].name for k in range(150)]) for g in range(20)
    ]
    made = scenario(types, groups)
    rows = [
        Row(float(k // 80), float(5 + k % 4), wrap_up=k % 2, kind=f"t{k * 7 % 2000}")
        for k in range(4000)
    ]
    # those at the edges of words of 63 bits have more
    edges = [f"t{63 * word + side}" for word in (1, 2, 20, 30) for side in (-2, -1, 0, 1)]
    rows += [Row(60.0, 7.0, kind=edges[k % 16]) for k in range(160)]
    agents = [(f"g{g}", [(70.0 + g * n % 3, DAY_S)]) for g in range(20) for n in range(3 + g % 3)]
    told = play(made, rows, agents, [77.0])
    assert all(outcome == HANDLED for outcome in outcomes(told))
    assert_taken(told, in_turn(made, rows, agents))
    # a single contact: agents of g19 and g0 serve t40, those of g0 are before them
    told = play(made, [Row(80.0, 5, kind="t40")], agents)
    assert busy(told) == [(0, 80.0, 85.0)]


# Contacts -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("patience", "outcome", "left_s"),
    [(inf, UNRESOLVED, nan), (5.0, ABANDONED, 15.0), (DAY_S, UNRESOLVED, nan)],
)
def test_one_contact_and_groups_without_agents(
    patience: float, outcome: qs.ContactOutcome, left_s: float
) -> None:
    made = scenario([contact_type()], [group(f"g{g}", ["phone"]) for g in range(300)])
    told = play(made, [Row(10.0, 5, patience=patience)], [], [10.0])
    assert outcomes(told) == [outcome]
    np.testing.assert_array_equal(told.contacts["left_s"], [left_s])
    # beyond groups without agents, which rank before, is somebody
    told = play(made, [Row(10.0, 5, patience=patience)], all_day("g250"), [10.0])
    assert (outcomes(told), busy(told)) == ([HANDLED], [(0, 10.0, 15.0)])


def test_thousands_without_duration_arrive_at_one_instant() -> None:
    """Each is done with before the next arrives, and leaves an agent who is idle since then."""
    made = scenario([contact_type()], [group("people", ["phone"])])
    told = play(made, [Row(100.0, 0) for _ in range(3000)], all_day("people", 3), [100.0])
    assert told.contacts["agent"].tolist() == [0, 1, 2] + [0] * 2997
    for name in ("answered_s", "talk_end_s", "freed_s"):
        assert (told.contacts[name] == 100.0).all()
    assert busy(told) == [(n, 100.0, 100.0) for n in range(3)]


def test_thousands_without_duration_wait_for_two() -> None:
    """The first to come serves them all in an instant, by score, and one who takes time."""
    types = [contact_type(f"t{k}", credit=float(k)) for k in range(10)]
    made = scenario(types, [group("people", [each.name for each in types])])
    rows = [Row(0.0, 0, kind=f"t{k % 10}") for k in range(2000)]
    rows[12] = replace(rows[12], talk=10.0)  # of t2: behind t9 to t3 and row 2
    agents = [("people", [(100.0, DAY_S)])] * 2
    told = play(made, rows, agents, [100.0, 105.0])
    assert_taken(told, in_turn(made, rows, agents))
    first = [k for k in range(2000) if k % 10 > 2] + [2, 12]
    assert np.flatnonzero(told.contacts["agent"] == 0).tolist() == sorted(first)
    assert (told.contacts["answered_s"] == 100.0).all()
    assert busy(told) == [(0, 100.0, 110.0), (1, 100.0, 100.0)]


@pytest.mark.parametrize("slots", [2, 3, 8])
def test_more_chats_than_slots_arrive_at_one_instant(slots: int) -> None:
    """Fewest open first, then the lower number; all that are open end at once, the lower row first.

    With all slots taken the pace is half of them, so that 10 s of talk take 20 s.
    """
    people, contacts = 40, 40 * slots * 2 + 35
    pace = (*[1.0] * (slots - 1), slots / 2)
    chats = {"concurrency": {"chat": slots}, "pace": {"chat": pace}}
    made = scenario(
        [contact_type("chat", "chat", queue_limit=contacts - 40 * slots)],
        [group("people", ["chat"], **chats)],
    )
    rows = [Row(10.0, 10, kind="chat") for _ in range(contacts + 5)]
    told = play(made, rows, all_day("people", people), [10.0, 30.0, 50.0])
    at_once = people * slots
    assert told.contacts["agent"].tolist()[:contacts] == [k % people for k in range(contacts)]
    assert told.contacts["answered_s"].tolist()[:contacts] == [
        10.0 + 20.0 * (k // at_once) for k in range(contacts)
    ]
    assert outcomes(told)[contacts:] == [BLOCKED] * 5
    # the last 35 are alone with their agents
    assert (told.contacts["freed_s"][contacts - 35 : contacts] == 60.0).all()
