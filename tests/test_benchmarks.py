"""The benchmark's answer is checked, and a wrong answer stops it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

import queuesim as qs
from queuesim.engines.outcome import Outcome
from queuesim.engines.reference import simulate_reference
from queuesim.sampling import Tape, draw_tape

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"


@pytest.fixture
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench", BENCHMARKS / "bench_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_bench_prints_its_figures(
    bench: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["bench_reference.py", "--repeats", "1"])
    bench.main()
    printed = capsys.readouterr().out
    assert "contacts a second" in printed
    assert bench.CHECKSUM in printed


def test_a_wrong_answer_cannot_look_fast(
    bench: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def on_other_contacts(scenario: qs.Scenario, tape: Tape) -> Outcome:
        return simulate_reference(scenario, draw_tape(scenario, seed=2))

    monkeypatch.setattr(bench, "simulate_reference", on_other_contacts)
    with pytest.raises(SystemExit, match="wrong answer"):
        bench.timed(1)
