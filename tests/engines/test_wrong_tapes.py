"""A tape of another scenario, or one that is wrong in itself, is refused before it can do harm."""

from __future__ import annotations

from dataclasses import replace
from math import inf, nan
from typing import Any

import numpy as np
import pytest

import queuesim as qs
from queuesim.engines.compiled import Program, Replication
from queuesim.sampling import Sessions, Tape
from tests.engines.by_hand import DAY_S, ENGINES, Row, all_day, contact_type, group, scenario, tape
from tests.engines.test_two_engines import rows_of

MADE = scenario([contact_type()], [group("people", ["phone"])])
PLAYED = tape(MADE, [Row(float(k), talk=5) for k in range(4)], all_day("people", 2))


def replication(played: Tape = PLAYED) -> Replication:
    return Replication(Program.of(MADE), played.agent_group, played.sessions)


def sessions(*spans: tuple[int, float, float]) -> dict[str, Any]:
    """The sessions of a tape: agent, on and off [s]."""
    agent, on_s, off_s = zip(*spans, strict=True)
    return {"sessions": Sessions(np.array(agent, np.int32), np.array(on_s), np.array(off_s))}


def factors(*factor: float) -> dict[str, Any]:
    """The sessions of the tape with other factors."""
    return {"sessions": replace(PLAYED.sessions, factor=np.array(factor))}


def changed(name: str, row: int, value: float) -> dict[str, Any]:
    """A column of the tape in which one value is another."""
    column = getattr(PLAYED, name).copy()
    column[row] = value
    return {name: column}


TWICE = [(0, 0.0, 50.0), (1, 0.0, 60.0), (0, 40.0, 90.0)]
OFTEN = [(0, 0.0, 50.0), (1, 0.0, 60.0), (1, 10.0, 70.0), (0, 40.0, 90.0), (1, 50.0, 90.0)]
WRONG = [
    # contacts
    (changed("contact_type", 2, 1), r"tape.contact_type\[2\]: given 1; .* the 1 contact types"),
    (changed("contact_type", 2, -1), r"tape.contact_type\[2\]: given -1; .* the 1 contact types"),
    (changed("arrival_s", 2, 0.5), r"tape.arrival_s\[2\]: given 0.5; .*in order.*Sort"),
    (changed("arrival_s", 0, nan), r"tape.arrival_s\[0\]: given nan.* \(1 more.*in order"),
    (changed("arrival_s", 3, nan), r"tape.arrival_s\[3\]: given nan; .*in order"),
    (changed("arrival_s", 0, -1.0), r"tape.arrival_s\[0\]: given -1.0; .*in order"),
    (changed("arrival_s", 3, DAY_S), r"tape.arrival_s\[3\]: given 86,400.0; .*before the horizon"),
    (changed("arrival_s", 3, inf), r"tape.arrival_s\[3\]: given inf; .*before the horizon"),
    (changed("arrival_s", 1, 1.3), r"tape.arrival_s\[1\]: given 1.3; .*grid.*snap"),
    (changed("talk_s", 1, nan), r"tape.talk_s\[1\]: given nan; .*0 or more"),
    (changed("talk_s", 1, inf), r"tape.talk_s\[1\]: given inf; .*Only patience may"),
    (changed("wrap_up_s", 0, -1.0), r"tape.wrap_up_s\[0\]: given -1.0; .*0 or more"),
    (changed("patience_s", 0, nan), r"tape.patience_s\[0\]: given nan; .*0 or more"),
    (changed("patience_s", 0, -5.0), r"tape.patience_s\[0\]: given -5.0; .*0 or more"),
    (changed("patience_s", 3, 0.3), r"tape.patience_s\[3\]: given 0.3; .*grid.*snap"),
    (changed("window_delay_s", 2, -1.0), r"tape.window_delay_s\[2\]: given -1.0; .*0 or more"),
    ({"talk_s": np.zeros(3)}, "tape: given columns of 4, 4, 3, 4, .*equally long"),
    # agents and their sessions
    ({"agent_group": np.array([0, 1], np.int32)}, r"tape.agent_group\[1\]: .* 1 agent groups"),
    ({"agent_group": np.array([-1, 0], np.int32)}, r"tape.agent_group\[0\]: .* 1 agent groups"),
    (sessions((0, 0.0, 9.0), (2, 0.0, 9.0)), r"tape.sessions.agent\[1\]: given 2; .*not there"),
    (sessions((-1, 0.0, 9.0)), r"tape.sessions.agent\[0\]: given -1; .* 2 agents; .*not there"),
    (
        sessions((0, 1.0, 9.0), (1, 8.0, 7.0)),
        r"sessions\[1\]: given 8.0 and 7.0; .*end after.*Swap",
    ),
    (sessions((0, 5.0, 5.0)), r"sessions\[0\]: given 5.0 and 5.0; .*end after"),
    (sessions((0, nan, 5.0)), r"sessions\[0\]: given nan and 5.0; .*end after"),
    (sessions((0, 5.0, nan)), r"sessions\[0\]: given 5.0 and nan; .*end after"),
    (sessions((1, -1.0, 5.0)), r"tape.sessions.on_s\[0\]: given -1.0; .*before the horizon"),
    (sessions((0, 0.0, 5.0), (1, 0.0, DAY_S + 1)), r"off_s\[1\]: given 86,401.0; .*the horizon"),
    (sessions((0, 0.0, inf)), r"tape.sessions.off_s\[0\]: given inf; .*the horizon, at 86,400 s"),
    (sessions((0, 0.3, 5.0)), r"tape.sessions.on_s\[0\]: given 0.3; .*grid"),
    (sessions((0, 0.0, 5.3)), r"tape.sessions.off_s\[0\]: given 5.3; .*grid"),
    (
        sessions((0, 7.0, 9.0), (1, 6.0, 9.0)),
        r"sessions\[1\]: given 6.0 and 1; .*in order.*lexsort",
    ),
    (sessions((1, 7.0, 9.0), (0, 7.0, 9.0)), r"sessions\[1\]: given 7.0 and 0; .*in order"),
    (sessions(*TWICE), r"sessions\[2\]: given 0 and 40.0; .*last session has ended"),
    (sessions((1, 0.0, 9.0), (1, 0.0, 9.0)), r"sessions\[1\]: given 1 and 0.0; .*last session"),
    (sessions(*OFTEN), r"sessions\[2\]: given 1 and 10.0 \(2 more like it\); .*last session"),
    (factors(1.0, 0.0), r"tape.sessions.factor\[1\]: given 0.0; .*above 0 and finite.*Write 1 for"),
    (factors(-1.0, 1.0), r"tape.sessions.factor\[0\]: given -1.0; .*above 0 and finite"),
    (factors(inf, nan), r"tape.sessions.factor\[0\]: given inf \(1 more like it\); .*above 0"),
    (factors(1.0), "tape.sessions: given columns of 2, 2, 2, 1; .*equally long"),
    (sessions(*TWICE[::-1]), r"sessions\[0\]: given 0 and 40.0; .*last session has ended"),
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("wrong", "said"), WRONG)
def test_a_tape_of_another_scenario(engine: str, wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(qs.ScenarioError, match=said):
        ENGINES[engine](MADE, replace(PLAYED, **wrong))


def test_a_tape_without_the_dials_that_are_made() -> None:
    calls = scenario([contact_type("phone", "callback")], [group("people", ["phone"])])
    played = replace(PLAYED, answers=np.zeros((4, 2), dtype=bool))
    for play in ENGINES.values():
        with pytest.raises(qs.ScenarioError, match=r"tape.answers: given 2 columns; .* 3 dials"):
            play(calls, played)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_tape_that_does_not_say_what_is_put_up_with(engine: str) -> None:
    told = contact_type(announcement=qs.Announcement(predictor="head_of_line"))
    made = scenario([told], [group("people", ["phone"])])
    with pytest.raises(qs.ScenarioError, match=r"tape: given columns of 4, .*0, .*equally long"):
        ENGINES[engine](made, PLAYED)
    played = tape(made, [Row(0.0, talk=5, tolerates=inf, accepts_from=nan)], all_day("people"))
    with pytest.raises(qs.ScenarioError, match=r"tape.accepts_from_s\[0\]: given nan; .*0 or more"):
        ENGINES[engine](made, played)


@pytest.mark.parametrize("engine", ENGINES)
def test_all_that_is_wrong_is_told_at_once(engine: str) -> None:
    wrong = changed("patience_s", 1, nan) | sessions((5, 2.0, 1.0), (0, 1.0, DAY_S + 1))
    with pytest.raises(qs.ScenarioError) as caught:
        ENGINES[engine](MADE, replace(PLAYED, **wrong))
    assert [problem.where for problem in caught.value.problems] == [
        "tape.patience_s[1]",
        "tape.sessions.agent[0]",
        "tape.sessions[0]",
        "tape.sessions.off_s[1]",
        "tape.sessions[1]",
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_just_allowed(engine: str) -> None:
    """Contacts and sessions up to the very end, and sessions of one agent that touch."""
    tick = 1 / 1024
    spans = [(0, 0.0, 2.0), (1, 0.0, DAY_S), (0, 2.0, 3.0), (0, DAY_S - tick, DAY_S)]
    right = changed("arrival_s", 3, DAY_S - tick) | changed("talk_s", 0, 0.3) | sessions(*spans)
    told = ENGINES[engine](MADE, replace(PLAYED, **right))
    assert told.contacts["agent"].tolist() == [0, 1, 0, 1]  # idle longest


def test_a_factor_that_makes_contacts_too_long() -> None:
    with pytest.raises(qs.UnsupportedByEngine, match="a contact of 5 s"):
        ENGINES["compiled"](MADE, replace(PLAYED, **factors(1.0, 1e9)))


def test_a_replication_played_in_pieces_refuses_them_too() -> None:
    for wrong, said in ((sessions(*TWICE), "last session"), (sessions((0, 0.0, nan)), "end after")):
        with pytest.raises(qs.ScenarioError, match=said):
            replication(replace(PLAYED, **wrong))
    with pytest.raises(qs.ScenarioError, match="before the horizon"):
        replication().let_in(replace(PLAYED, **changed("arrival_s", 3, DAY_S)))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("wrong", [-2, -1, 1, 2])
def test_a_tape_that_allots_to_others(engine: str, wrong: int) -> None:
    """Of two groups the first has all the shares."""
    kind = contact_type(allocation={"people": 1.0}, allocation_overflow=5.0)
    made = scenario([kind], [group("people", ["phone"]), group("more", ["phone"])])
    played = tape(made, [Row(0, 5, to="people"), Row(1, 5, to="people")], all_day("people", 2))
    ENGINES[engine](made, played)
    other = replace(played, allotted=np.array([0, wrong], dtype=np.int32))
    with pytest.raises(qs.ScenarioError, match=rf"allotted\[1\]: given {wrong}; .* has a share"):
        ENGINES[engine](made, other)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_tape_that_allots_where_nothing_is_allotted(engine: str) -> None:
    with pytest.raises(qs.ScenarioError, match=r"allotted\[2\]: given 0; .* no allocation"):
        ENGINES[engine](MADE, replace(PLAYED, **changed("allotted", 2, 0)))


def test_contacts_come_before_the_instant_to_which_is_played() -> None:
    played = replication()
    played.let_in(PLAYED)
    with pytest.raises(ValueError, match="arrive at or after"):
        played.play(3.0)


def test_contacts_come_after_the_last_piece() -> None:
    played = replication()
    played.let_in(rows_of(PLAYED, 0, 2))
    played.play(2.0)
    with pytest.raises(ValueError, match="before the last piece ended"):
        played.let_in(PLAYED)


def test_pieces_are_let_in_and_played_in_turn() -> None:
    played = replication()
    with pytest.raises(RuntimeError, match="let in"):
        played.play()
    played.let_in(PLAYED)
    with pytest.raises(RuntimeError, match="play"):
        played.let_in(PLAYED)
    played.play(inf)
    with pytest.raises(RuntimeError, match="begin anew"):
        played.play()
