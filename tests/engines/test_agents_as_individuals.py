"""Agents as individuals: handle-time factors by session, ramp-up, breaks in turns. By hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import queuesim as qs
from queuesim.engines.outcome import Outcome
from queuesim.sampling import draw_tape
from tests.engines.by_hand import (
    DAY_S,
    ENGINES,
    HANDLED,
    UNRESOLVED,
    Row,
    Run,
    busy,
    column,
    contact_type,
    group,
    outcomes,
    scenario,
    tape,
)
from tests.engines.test_two_engines import assert_equal, in_pieces, week

CHATS = {"concurrency": {"chat": 2}, "pace": {"chat": (1.0, 2.0)}}


def phone_day(**terms: float) -> qs.Scenario:
    return scenario([contact_type()], [group("home", [qs.Skill("phone", **terms)])])


# One factor a session ---------------------------------------------------------------------


def test_a_slow_agent_takes_longer_for_talk_and_wrap_up(run: Run) -> None:
    rows = [Row(0, 10, wrap_up=4), Row(0, 10, wrap_up=4)]
    agents = [("home", [(0.0, DAY_S, 1.5)]), ("home", [(0.0, DAY_S)])]
    result = run(phone_day(), rows, agents)
    assert column(result, "talk_end_s") == [15, 10]
    assert column(result, "freed_s") == [21, 14]
    assert busy(result) == [(0, 0, 21), (1, 0, 14)]


def test_it_multiplies_with_the_skills_factor_and_is_snapped_once(run: Run) -> None:
    rows = [Row(0, 5 / 1024)]
    result = run(phone_day(handle_factor=1.3), rows, [("home", [(0.0, DAY_S, 1.7)])])
    # 5 ticks × (1.3 × 1.7) = 11.05; snapped after each factor it were 6 × 1.7 = 10.2
    assert column(result, "talk_end_s") == [11 / 1024]


def test_each_session_has_its_own(run: Run) -> None:
    rows = [Row(0, 10), Row(200, 10), Row(400, 10)]
    sessions = [(0.0, 100.0, 2.0), (150.0, 300.0), (350.0, 500.0, 0.5)]
    assert column(run(phone_day(), rows, [("home", sessions)]), "freed_s") == [20, 210, 405]


def test_what_is_open_when_the_factor_changes_keeps_it(run: Run) -> None:
    """The session goes on at 100 with another factor; talk and wrap-up are begun with the old."""
    rows = [Row(50, 20, wrap_up=20), Row(60, 10, wrap_up=10)]
    sessions = [(0.0, 100.0, 2.0), (100.0, DAY_S, 1.5)]
    result = run(phone_day(), rows, [("home", sessions)])
    # talk 50-90, wrap-up 90-130; the second is begun at 130: 130-145, 145-160
    assert column(result, "talk_end_s") == [90, 145]
    assert column(result, "freed_s") == [130, 160]
    assert busy(result) == [(0, 50, 160)]


def test_one_who_is_freed_when_the_factor_changes_takes_the_next_with_the_old(run: Run) -> None:
    """At one instant service ends come before the headcount's changes; arrivals after."""
    rows = [Row(50, 25), Row(60, 10), Row(100, 10)]
    agents = [("home", [(0.0, 100.0, 2.0), (100.0, DAY_S)]), ("home", [(90.0, 95.0, 3.0)])]
    result = run(phone_day(), rows[:2], agents[:1])
    assert column(result, "freed_s") == [100, 120]  # begun at 100, before the change
    result = run(phone_day(), [rows[2]], agents[:1])
    assert column(result, "freed_s") == [110]  # came at 100, after it


def test_going_on_is_not_coming(run: Run) -> None:
    """Agent 0 stays the one idle longest."""
    rows = [Row(150, 10), Row(151, 10)]
    agents = [("home", [(0.0, 100.0), (100.0, DAY_S, 3.0)]), ("home", [(50.0, DAY_S)])]
    result = run(phone_day(), rows, agents)
    assert column(result, "agent") == [0, 1]
    assert column(result, "freed_s") == [180, 161]


def test_who_goes_on_is_idle_once(run: Run) -> None:
    """Of two idle agents one is kept, also after both have gone on."""
    rows = [Row(150, 10), Row(151, 10)]
    agents = [("home", [(0.0, 100.0), (100.0, DAY_S, 2.0)])] * 2
    result = run(phone_day(reserve=1), rows, agents)
    assert column(result, "answered_s") == [150, 170]


def test_going_on_in_overtime_with_chats_keeps_the_slots(run: Run) -> None:
    day = scenario([contact_type("chat", "chat")], [group("home", ["chat"], **CHATS)])
    rows = [Row(90, 20, kind="chat"), Row(105, 20, kind="chat")]
    sessions = [(0.0, 100.0, 2.0), (100.0, DAY_S, 1.5)]
    result = run(day, rows, [("home", sessions)])
    # alone at pace 1, two at pace 2: each at full pace. 90 + 40, 105 + 30
    assert column(result, "freed_s") == [130, 135]


def test_an_agent_in_overtime_works_at_the_pace_of_the_session_that_is_over(run: Run) -> None:
    day = scenario([contact_type(hours="00:00-00:01:40")], [group("home", ["phone"])])
    rows = [Row(90, 10), Row(95, 10)]
    result = run(day, rows, [("home", [(0.0, 100.0, 2.0)])])
    # 90-110; stays to serve out the one who waits: 110-130
    assert column(result, "freed_s") == [110, 130]


def test_the_factor_of_a_new_session_in_overtime_is_for_what_comes_then(run: Run) -> None:
    rows = [Row(90, 30, wrap_up=10), Row(91, 10)]
    result = run(phone_day(), rows, [("home", [(0.0, 100.0, 2.0), (110.0, DAY_S, 0.5)])])
    # 90-150-170 with factor 2; then 5
    assert column(result, "freed_s") == [170, 175]


def test_chats_of_one_agent_have_the_factor_of_their_beginning(run: Run) -> None:
    half = {"concurrency": {"chat": 2}, "pace": {"chat": (1.0, 1.0)}}
    day = scenario([contact_type("chat", "chat")], [group("home", ["chat"], **half)])
    rows = [Row(80, 20, wrap_up=10, kind="chat"), Row(110, 20, kind="chat")]
    result = run(day, rows, [("home", [(0.0, 100.0, 2.0), (100.0, DAY_S)])])
    # 80: 40 of talk; at 110 10 are left, and 20 of the other at half pace each.
    # 130: talk over, wrap-up 20 (factor 2), the other has 10 left: 20 s more, until 150
    # 150: the first has 10 of wrap-up left, alone: 160
    assert column(result, "talk_end_s") == [130, 150]
    assert column(result, "freed_s") == [160, 150]


def test_a_callback_has_the_factor_of_the_dial_and_rings_as_long_as_ever(run: Run) -> None:
    dialling = qs.Dialling(ring=20.0, attempts=2, retry_after=100.0)
    kind = contact_type("request", "callback", dialling=dialling)
    day = scenario([kind], [group("home", ["request"])])
    rows = [Row(90, 10, wrap_up=5, kind="request", answers=(True, False))]
    sessions = [(0.0, 100.0, 2.0), (100.0, DAY_S, 3.0)]
    result = run(day, rows, [("home", sessions)])
    # dialled at 90 with factor 2; answered at 110, when the factor is 3 already
    assert column(result, "answered_s") == [110]
    assert column(result, "freed_s") == [110 + 20 + 10]
    rows = [Row(90, 10, wrap_up=5, kind="request", answers=(False, True))]
    result = run(day, rows, [("home", sessions)])
    # in vain 90-110; dialled again at 210 with factor 3
    assert column(result, "freed_s") == [230 + 30 + 15]


def test_a_callback_in_a_shared_pace_has_the_factor_of_the_dial(run: Run) -> None:
    """An agent who can have chats is told phase by phase, requests one at a time."""
    dialling = qs.Dialling(ring=20.0, attempts=1)
    kinds = [contact_type("chat", "chat"), contact_type("request", "callback", dialling=dialling)]
    day = scenario(kinds, [group("home", ["chat", "request"], **CHATS)])
    rows = [Row(90, 10, wrap_up=5, kind="request", answers=(True,))]
    result = run(day, rows, [("home", [(0.0, 100.0, 2.0), (100.0, DAY_S, 3.0)])])
    assert column(result, "freed_s") == [140]


# Pieces and limits ------------------------------------------------------------------------


def test_the_factor_is_carried_from_piece_to_piece() -> None:
    half = {"concurrency": {"chat": 2}, "pace": {"chat": (1.0, 1.3)}}
    kinds = [contact_type(), contact_type("chat", "chat")]
    day = scenario(kinds, [group("home", ["phone", "chat"], **half)])
    rows = [Row(10.0 * k, 20 + k, wrap_up=7, kind=("chat", "phone")[k % 3 == 0]) for k in range(40)]
    agents = [
        ("home", [(0.0, 100.0, 1.3), (100.0, 205.0, 0.7), (220.0, DAY_S, 1.1)]),
        ("home", [(0.0, 300.0, 0.6), (300.0, DAY_S, 1.9)]),
    ]
    played = tape(day, rows, agents)
    expected = ENGINES["reference"](day, played)
    assert_equal(ENGINES["compiled"](day, played), expected)
    assert_equal(in_pieces(day, played, [50.0, 100.0, 101.0, 210.0, 300.0]), expected)


def test_a_factor_for_all_agents_is_the_skills_factor() -> None:
    """The same factor in every session is the same as in every skill, to the bit."""
    plain = week()
    drawn = draw_tape(plain, seed=5)
    for factor in (1.0, 1.25, 0.7):
        groups = tuple(
            each.model_copy(
                update={
                    "skills": tuple(
                        skill.model_copy(update={"handle_factor": skill.handle_factor * factor})
                        for skill in each.skills
                    )
                }
            )
            for each in plain.agent_groups
        )
        slower = plain.model_copy(update={"agent_groups": groups})
        sessions = replace(drawn.sessions, factor=np.full(len(drawn.sessions), factor))
        for simulate in ENGINES.values():
            by_session = simulate(plain, replace(drawn, sessions=sessions))
            assert_equal(by_session, simulate(slower, drawn))


def test_sessions_cut_in_touching_parts_are_the_same_day() -> None:
    """With one factor throughout it does not matter where a session is cut."""
    plain = week()
    drawn = draw_tape(plain, seed=6)
    whole = drawn.sessions
    cuts = np.round((whole.on_s + whole.off_s) / 2)
    order = np.lexsort((np.tile(whole.agent, 2), np.concatenate([whole.on_s, cuts])))
    halves = replace(
        whole,
        agent=np.tile(whole.agent, 2)[order],
        on_s=np.concatenate([whole.on_s, cuts])[order],
        off_s=np.concatenate([cuts, whole.off_s])[order],
        factor=np.ones(2 * len(whole)),
    )
    for simulate in ENGINES.values():
        assert_equal(simulate(plain, replace(drawn, sessions=halves)), simulate(plain, drawn))


def with_groups(made: qs.Scenario, **terms: object) -> qs.Scenario:
    groups = tuple(each.model_copy(update=terms) for each in made.agent_groups)
    return made.model_copy(update={"agent_groups": groups})


@pytest.mark.parametrize("seed", range(2))
def test_a_ramp_up_of_ones_changes_nothing(seed: int) -> None:
    plain = week()
    ones = (qs.Starters(count=2, on="2026-11-25", ramp_up=(1.0, 1.0)),)
    drawn, again = (
        draw_tape(each, seed=seed) for each in (plain, with_groups(plain, starters=ones))
    )
    assert len(again.sessions) == len(drawn.sessions)
    for simulate in ENGINES.values():
        assert_equal(simulate(plain, again), simulate(plain, drawn))


# From the plan ----------------------------------------------------------------------------


def played_by(engine: str, made: qs.Scenario, rows: list[Row]) -> Outcome:
    """Play contacts written down with the sessions that the scenario draws."""
    drawn = draw_tape(made, seed=1)
    by_hand = tape(made, rows, [(made.agent_groups[0].name, [])])
    both = replace(by_hand, agent_group=drawn.agent_group, sessions=drawn.sessions)
    return ENGINES[engine](made, both)


@pytest.mark.parametrize("engine", ENGINES)
def test_breaks_are_without_contacts(engine: str) -> None:
    """12:00 to 12:30 nobody takes anything; what is open at noon is finished."""
    shift = qs.Shift(name="day", start="08:00", end="16:00", headcount=1, breaks=("12:00-12:30",))
    home = qs.AgentGroup(
        name="home", skills=("phone",), shifts=(shift,), contract=qs.InHouse(per_hour=20.0)
    )
    noon = 43_200.0
    rows = [Row(noon - 60, 100), Row(noon, 10), Row(noon + 600, 10), Row(57_600, 10)]
    result = played_by(engine, scenario([contact_type()], [home]), rows)
    assert column(result, "answered_s") == [noon - 60, noon + 1800, noon + 1810, None]
    assert outcomes(result) == [HANDLED] * 3 + [UNRESOLVED]


@pytest.mark.parametrize("engine", ENGINES)
def test_breaks_in_turns(engine: str) -> None:
    """Three people, three waves of half an hour from 12:00: two are always there."""
    shift = qs.Shift(
        name="day", start="08:00", end="16:00", headcount=3, breaks=("12:00-12:30",), waves=3
    )
    home = qs.AgentGroup(
        name="home", skills=("phone",), shifts=(shift,), contract=qs.InHouse(per_hour=20.0)
    )
    noon = 43_200.0
    rows = [Row(noon + 1800 * k + second, 60) for k in range(4) for second in (0, 1, 2)]
    result = played_by(engine, scenario([contact_type()], [home]), rows)
    # 12:00: 1 and 2 are there, the third contact waits for 1. 12:30: 1 goes, 2 is idle since
    # 12:01:01, 0 only now. 13:00: 2 goes, 0 is idle since 12:31:01. 13:30: all are there,
    # 1 idle since 13:01:01, 0 since 13:02, 2 only now
    assert column(result, "agent") == [1, 2, 1, 2, 0, 2, 0, 1, 0, 1, 0, 2]
    waits = np.array(column(result, "answered_s")) - [row.at for row in rows]
    assert waits.tolist() == [0, 0, 58, 0, 0, 58, 0, 0, 58, 0, 0, 0]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_week_of_ramp_up_ends_at_midnight_also_for_those_at_work(engine: str) -> None:
    """Round the clock, one session without end: Tuesday to Monday at 1.5, then 1.25, then 1."""
    new = qs.Starters(count=1, on="2026-11-24", ramp_up=(1.5, 1.25))
    made = scenario([contact_type()], [group("home", ["phone"], 1, starters=(new,))], days=17)
    midnights = [DAY_S * day for day in (1, 8, 15)]
    rows = [Row(at + late, 100) for at in midnights for late in (-10.0, 1000.0)]
    result = played_by(engine, made, rows)
    # each contact has the factor of its beginning, ten seconds before the week or after
    took = np.array(column(result, "freed_s")) - column(result, "answered_s")
    assert took.tolist() == [100, 150, 150, 125, 125, 100]
