"""Wrong centres are noticed: each is played with something wrong and held against its right row."""

from __future__ import annotations

from dataclasses import replace

import pytest

from queuesim.engines.floor import Contact, Line
from queuesim.engines.reference import simulate_reference
from tests.against_theory.centres import exponential
from tests.against_theory.reference_numbers import EXACT
from tests.against_theory.simulated_days import play
from tests.against_theory.test_erlang import delay_lines, erlang_a, erlang_c, patience_lines
from tests.against_theory.test_routing import FIRST, priority_lines, two_types
from tests.against_theory.verdict import FAR
from tests.against_theory.verdict import Line as Compared


def far(lines: list[Compared]) -> set[str]:
    """Return which lines lie beyond four standard errors."""
    return {line.what for line in lines if abs(line.z) > FAR}


def test_one_agent_fewer() -> None:
    row = EXACT["erlang_c"][6]
    centre = replace(erlang_c(row), contacts=10_000)
    days = play(centre, replace(centre, agents=centre.agents - 1))
    assert {"P_wait", "ASA [aht]", "SL"} <= far(delay_lines(days, row))


def test_handle_times_five_per_cent_longer() -> None:
    """Noticed on the tape, which is more exact than any queue."""
    row = EXACT["erlang_c"][0]
    centre = erlang_c(row)
    days = play(centre, replace(centre, work=exponential(1.05)))
    assert "tape: work, excess" in far(delay_lines(days, row))


def test_patience_five_per_cent_longer() -> None:
    """Likewise; were it only the engine that got patience wrong, all rows together would tell."""
    row = EXACT["erlang_a"][7]
    centre = erlang_a(row)
    patience = row["mu"] / row["theta"]
    days = play(centre, replace(centre, patience=exponential(1.05 * patience)))
    assert "tape: patience, excess" in far(patience_lines(days, row))


def test_last_come_first_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """How many wait, and how long in the mean, is as it should be; only the spread tells."""

    def newest(line: Line) -> Contact | None:
        return line.waiting[-1] if line.waiting else None

    monkeypatch.setattr(Line, "head", property(newest))
    row = EXACT["erlang_a"][7]
    days = play(replace(erlang_a(row), contacts=15_000), engine=simulate_reference)
    wrong = far(patience_lines(days, row))
    assert "VarW_served" in wrong
    assert "P_wait" not in wrong


def test_priorities_not_kept() -> None:
    row = EXACT["mmc_priority"][0]
    centre = two_types(row, 12_000, credit=FIRST)
    wrong = far(priority_lines(play(centre, replace(centre, credits=(0.0, 0.0))), row))
    assert {"W1", "W2"} <= wrong
    assert "mean over both" not in wrong
