"""The first run compiles everything before it is needed: what a run calls, for the same types."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import queuesim as qs
from queuesim import compiling
from queuesim.experiments import executors, warming
from tests.experiments.small import assert_same, tiny

ROOT = Path(__file__).resolve().parents[2]
needs_jit = pytest.mark.skipif(
    os.environ.get("NUMBA_DISABLE_JIT", "0") != "0", reason="nothing is compiled"
)

TYPES = """
import sys, warnings
from numba.core.dispatcher import Dispatcher
import queuesim as qs
from queuesim.experiments import players, warming
from queuesim.sampling import draw_tape
from tests.experiments.small import tiny

def called():
    modules = [module for name, module in sys.modules.items() if name.startswith("queuesim.")]
    kernels = [each for module in modules for each in vars(module).values()]
    return {
        each.py_func.__qualname__: set(each.signatures)
        for each in kernels
        if isinstance(each, Dispatcher) and each.stats.cache_path is not None
    }

warming.playing()
warming.playing_varied()
warming.playing_in_full()
warming.attending()
warming.drawing_in_full()
warming.counting_in_full()
before = called()

warnings.simplefilter("ignore")
hold = qs.CallbackOffer(accept=0.5, after="10s", dialling=qs.Dialling(answered=0.5))
demand, talk = qs.Demand(per_day=100, busyness=0.1), qs.Exponential(mean="4min")
types = (
    qs.ContactType(name="phone", channel="phone", demand=demand, talk=talk, callback=hold),
    qs.ContactType(name="chat", channel="chat", demand=demand, talk=talk, patience=talk),
)
team = qs.AgentGroup(
    name="team", skills=("phone", "chat"), headcount=3, absence=0.1, shrinkage=0.1,
    concurrency={"chat": 2}, pace={"chat": (1.0, 1.5)}, contract=qs.InHouse(per_hour=24.0),
)
horizon = qs.Horizon(start="2026-11-23", days=3)
more = qs.Scenario(name="more", contact_types=types, agent_groups=(team,), horizon=horizon)
redials = types[0].model_copy(update={"redial": qs.Return(share=0.5, delay="5min")})
full = more.model_copy(update={"name": "full", "contact_types": (redials, types[1])})
players._CONTACTS_IN_A_PIECE = 200
for scenario in (tiny(), more, full):
    for engine in ("compiled", "reference"):
        for keep in (False, True):
            qs.simulate(scenario, replications=2, engine=engine, keep_contacts=keep)
after = called()
calls = sorted(name for name, types in after.items() if types)
assert {"play", "draw_days", "draw_daily", "count_contacts", "join", "_add_up"} <= set(calls), calls
for name in calls:
    if name in before and before[name] != after[name]:
        raise SystemExit(f"{name}: {after[name] ^ before[name]}")
"""


@needs_jit
def test_what_is_compiled_beforehand_is_what_a_run_calls() -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", TYPES], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


BROKEN = {
    "fails": ("raise SystemExit(1)", 1),
    "crashes": ("import os; os.abort()", -signal.SIGABRT),
    "hangs": ("import time; time.sleep(600)", -signal.SIGKILL),
    "will not go": (
        "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)",
        -signal.SIGKILL,
    ),
}
"""What a helper does instead of compiling, and how it ends."""


@needs_jit
@pytest.mark.parametrize("how", BROKEN)
def test_a_run_survives_helpers_that_are_broken(
    how: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken, ends = BROKEN[how]
    expected = qs.simulate(tiny(), replications=3, seed=7)
    started: list[subprocess.Popen[bytes]] = []
    begin = compiling._child

    def noting(*arguments: Any) -> subprocess.Popen[bytes]:
        child = begin(*arguments)
        assert child is not None
        started.append(child)
        return child

    monkeypatch.setattr(compiling, "_child", noting)
    monkeypatch.setattr(compiling, "_IN_A_CHILD", broken)
    monkeypatch.setattr(compiling, "kept_in", lambda: tmp_path)  # nobody else compiles there
    monkeypatch.setattr(compiling, "are_kept", lambda *kinds: False)
    monkeypatch.setattr(compiling, "announce", lambda *kinds: True)
    monkeypatch.setattr(compiling, "_tried", [])
    monkeypatch.setattr(compiling, "_cores", lambda: 3)
    monkeypatch.setattr(compiling, "_WAIT_S", 1.0)
    assert_same(qs.simulate(tiny(), replications=3, seed=7), expected)
    assert [child.returncode for child in started] == [ends, ends], "left behind"
    qs.simulate(tiny(), replications=3, seed=7)
    assert len(started) == 2, "tried again"


def test_the_engine_that_is_not_compiled_needs_no_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(warming, "compile_side_by_side", asked.append)
    monkeypatch.setattr(compiling, "are_kept", lambda *kinds: False)
    monkeypatch.setattr(compiling, "announce", lambda *kinds: True)
    for engine in ("compiled", "reference"):
        qs.simulate(tiny(), replications=1, engine=engine)
    assert asked == [
        [warming.playing_varied, warming.drawing, warming.counting, warming.attending],
        [warming.drawing, warming.counting, warming.attending],
    ]
    monkeypatch.setattr(compiling, "announce", lambda *kinds: False)
    qs.simulate(tiny(), replications=1)
    assert len(asked) == 2


def test_a_run_that_misses_nothing_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "are_kept", lambda *kinds: True)
    monkeypatch.setattr(warming, "Program", None)
    qs.simulate(tiny(), replications=1)


def test_each_kind_of_scenario_is_announced_and_compiled_when_it_comes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(warming, "compile_side_by_side", asked.append)
    monkeypatch.setattr(compiling, "kept_in", lambda: tmp_path)
    phone = (
        tiny().contact_types[0].model_copy(update={"redial": qs.Return(share=0.5, delay="5min")})
    )
    redials = tiny().model_copy(update={"contact_types": (phone,)})
    for _ in range(2):
        qs.simulate(tiny(), replications=1)
        qs.simulate(redials, replications=1)
    team = tiny().agent_groups[0].model_copy(update={"skills": (qs.Skill("phone"),)})
    calls = {"contact_types": tiny().contact_types[:1], "agent_groups": (team,)}
    qs.simulate(tiny().model_copy(update=calls), replications=1)
    qs.compare({"as it is": tiny(), "redials": redials}, replications=2)
    assert asked == [
        [warming.playing_varied, warming.drawing, warming.counting, warming.attending],
        [
            warming.playing_in_full,
            warming.drawing_in_full,
            warming.counting_in_full,
            warming.attending,
        ],
        [warming.playing, warming.drawing, warming.counting, warming.attending],
    ]


def test_workers_on_other_machines_compile_for_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.experiments.awkward import LastComesFirst

    asked: list[object] = []
    monkeypatch.setattr(warming, "compile_side_by_side", asked.append)
    assert not executors.runs_on_this_machine(LastComesFirst())
    qs.simulate(tiny(), replications=1, executor=LastComesFirst())
    assert not asked
