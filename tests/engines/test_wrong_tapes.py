"""A tape that does not belong to the scenario is refused before it can do harm."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Any

import numpy as np
import pytest

from queuesim.engines.compiled import Program, Replication, simulate_compiled
from queuesim.sampling import Tape
from tests.engines.by_hand import DAY_S, Row, all_day, contact_type, group, scenario, tape
from tests.engines.test_two_engines import rows_of

MADE = scenario([contact_type()], [group("people", ["phone"])])
PLAYED = tape(MADE, [Row(float(k), talk=5) for k in range(4)], all_day("people", 2))


def replication(played: Tape = PLAYED) -> Replication:
    return Replication(Program.of(MADE), played.agent_group, played.sessions)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"contact_type": np.full(4, 1, dtype=np.int32)}, "contact types"),
        ({"contact_type": np.full(4, -1, dtype=np.int32)}, "contact types"),
        ({"arrival_s": PLAYED.arrival_s[::-1].copy()}, "in order"),
        ({"agent_group": np.array([0, 1], dtype=np.int32)}, "agent groups"),
        ({"sessions": replace(PLAYED.sessions, agent=np.array([0, 2], np.int32))}, "not there"),
        ({"sessions": replace(PLAYED.sessions, off_s=np.full(2, DAY_S + 1))}, "horizon"),
    ],
)
def test_a_tape_of_another_scenario(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        simulate_compiled(MADE, replace(PLAYED, **wrong))


def test_contacts_come_before_the_instant_to_which_is_played() -> None:
    played = replication()
    played.let_in(PLAYED)
    with pytest.raises(ValueError, match="arrive at or after"):
        played.play(3.0)


def test_contacts_come_after_the_last_piece() -> None:
    played = replication()
    played.let_in(rows_of(PLAYED, slice(0, 2)))
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
