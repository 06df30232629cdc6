"""Ctrl-C and lost workers: what is finished stays usable, paired, and says how to go on."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

import pytest

import queuesim as qs
from queuesim.experiments import Interrupted, WorkersLost, replicate
from queuesim.experiments.progress import Progress
from queuesim.experiments.stopping import uninterrupted
from queuesim.results import Totals
from tests.experiments.awkward import RaisesAfter, Watched
from tests.experiments.small import assert_same, options, tiny

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def batches_of_4(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replicate, "batch_size", lambda *_, **__: 4)


@pytest.mark.usefixtures("batches_of_4")
@pytest.mark.parametrize(("answers", "finished"), [(6, 8), (7, 8), (8, 8), (9, 12)])
def test_ctrl_c_leaves_options_that_are_paired(answers: int, finished: int) -> None:
    executor = RaisesAfter(answers, KeyboardInterrupt())
    with pytest.raises(Interrupted) as told:
        qs.compare(options(), replications=40, seed=7, executor=executor)
    whole = qs.compare(options(), replications=finished, seed=7)
    comparison = told.value.comparison
    assert comparison is not None
    for name, result in whole.results.items():
        assert_same(comparison[name], result)
    assert str(told.value) == (
        f"{finished} of 40 replications are finished by every option; .comparison of this "
        "exception holds what is finished; name a file, resume='work.npz', and the work can be "
        "stopped and continued"
    )
    note = f"stopped by hand after {finished} of 40 replications"
    assert all(note in result.notes for result in comparison.results.values())
    assert isinstance(told.value, KeyboardInterrupt)
    assert not isinstance(told.value, Exception)
    assert all(f.cancelled() for f in executor.futures[answers + 1 :])
    assert len(executor.futures) > answers + 1


@pytest.mark.usefixtures("batches_of_4")
def test_ctrl_c_before_anything_is_finished() -> None:
    with pytest.raises(Interrupted) as told:
        qs.simulate(tiny(), replications=40, seed=7, executor=RaisesAfter(0, KeyboardInterrupt()))
    assert told.value.result is None
    assert told.value.comparison is None
    assert str(told.value).startswith("none of 40 replications is finished; name a file")


@pytest.mark.usefixtures("batches_of_4")
def test_ctrl_c_while_progress_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Progress.advance

    def advance(self: Progress, steps: int) -> None:
        real(self, steps)
        if self.done >= 12:
            raise KeyboardInterrupt

    monkeypatch.setattr(Progress, "advance", advance)
    with pytest.raises(Interrupted) as told:
        qs.simulate(tiny(), replications=40, seed=7)
    assert told.value.result is not None
    assert_same(told.value.result, qs.simulate(tiny(), replications=8, seed=7))


def test_ctrl_c_waits_while_replications_are_added(monkeypatch: pytest.MonkeyPatch) -> None:
    """A signal in the middle of adding the 5th replication, between the 1st option and the 2nd."""
    real = Totals.add

    def add(self: Totals, tally: object) -> None:
        real(self, tally)  # type: ignore[arg-type]
        if self.n == 5 and self.scenario == tiny(1):
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Totals, "add", add)
    with pytest.raises(Interrupted) as told:
        qs.compare(options(), replications=40, seed=7)
    monkeypatch.undo()
    assert told.value.comparison is not None
    for name, result in qs.compare(options(), replications=5, seed=7).results.items():
        assert_same(told.value.comparison[name], result)


def test_ctrl_c_is_only_held_back_not_lost() -> None:
    done = []
    before = signal.getsignal(signal.SIGINT)

    def work() -> None:
        with uninterrupted():
            signal.raise_signal(signal.SIGINT)
            done.append(1)
        done.append(2)

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == [1]
    assert signal.getsignal(signal.SIGINT) is before
    with ThreadPoolExecutor(1) as pool:  # signals are the main thread's business
        assert pool.submit(lambda: list(_in_peace())).result() == [1]


def _in_peace() -> object:
    with uninterrupted():
        yield 1


SCRIPT = """
import json, signal, sys
from dataclasses import replace
import queuesim as qs
from queuesim.experiments import Interrupted, replicate
from queuesim.experiments.players import ENGINES
from queuesim.experiments.progress import Progress
from tests.experiments.small import tiny

ENGINES["compiled"] = replace(ENGINES["reference"], name="compiled", threads=True)
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
told = False
def advance(self, steps, real=Progress.advance):
    global told
    real(self, steps)
    if self.done >= 40 and not told:
        told = True
        print("going", flush=True)
Progress.advance = advance
replicate._PROCESSES_PAY_S = 0.0
try:
    qs.simulate(tiny(), replications=1_000_000, seed=7, engine=sys.argv[1], resume=sys.argv[2])
except Interrupted as stopped:
    if sys.argv[3] == "raise":
        raise
    offered = stopped.result.values("offered")[0].tolist()
    print(json.dumps({"offered": offered, "says": str(stopped)}))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no process groups to send Ctrl-C to")
@pytest.mark.parametrize("engine", ["compiled", "reference"], ids=["threads", "processes"])
@pytest.mark.parametrize("then", ["catch", "raise"])
def test_a_real_ctrl_c_reaches_every_process(engine: str, then: str, tmp_path: Path) -> None:
    """As a terminal does it: the signal goes to the script and to its worker processes."""
    file = tmp_path / "work.npz"
    script = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, engine, str(file), then],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        start_new_session=True,
    )
    assert script.stdout is not None
    first = script.stdout.readline()
    assert first == "going\n", script.communicate(timeout=60)
    os.killpg(script.pid, signal.SIGINT)
    said, errors = script.communicate(timeout=60)
    if then == "raise":
        assert script.returncode != 0
        assert "replications are finished and kept in" in errors
        assert "run the same again to continue" in errors
        assert "resource_tracker" not in errors
        return
    assert script.returncode == 0
    assert errors == ""
    told = json.loads(said)
    many = len(told["offered"])
    assert 20 <= many < 100_000
    assert told["says"].startswith(f"{many:,} of 1,000,000 replications are finished and kept in")
    alone = qs.simulate(tiny(), replications=20, seed=7)
    assert told["offered"][:20] == alone.values("offered")[0].tolist()


def killing(inner: Executor) -> Watched:
    """Pass tasks on; before the 10th, a worker process dies at once."""

    def before(submitted: int) -> None:
        if submitted == 10:
            with pytest.raises(BrokenExecutor):
                inner.submit(os._exit, 1).result()

    return Watched(inner, before)


def loky_pool() -> Executor:
    from loky import ProcessPoolExecutor as LokyPool

    return LokyPool(2)


def standard_pool() -> Executor:
    return ProcessPoolExecutor(2, mp_context=get_context("spawn"))


@pytest.mark.parametrize("make", [standard_pool, loky_pool], ids=["standard", "loky"])
def test_a_lost_worker_loses_nothing_that_was_finished(
    make: Callable[[], Executor], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replicate, "batch_size", lambda *_, **__: 2)
    monkeypatch.setattr(replicate.executors, "tasks_at_once", lambda *_: 3)
    file = tmp_path / "work.npz"
    pool = make()
    with pytest.raises(WorkersLost) as told:
        qs.simulate(tiny(), replications=60, seed=7, executor=killing(pool), resume=file)
    pool.shutdown()
    assert isinstance(told.value.__cause__, BrokenExecutor)
    assert isinstance(told.value, RuntimeError)
    result = told.value.result
    assert result is not None
    many = result.replications
    assert 10 <= many <= 20
    assert_same(result, qs.simulate(tiny(), replications=many, seed=7))
    assert result.notes[0] == f"a worker process was lost after {many} of 60 replications"
    text = str(told.value)
    assert text.startswith("a worker process was lost (")
    assert text.endswith(
        f"); {many} of 60 replications are finished and kept in {file}; .result of this exception "
        "holds what is finished; run the same again to continue"
    )
    again = qs.simulate(tiny(), replications=60, seed=7, resume=file)
    assert_same(again, qs.simulate(tiny(), replications=60, seed=7))


@pytest.mark.usefixtures("batches_of_4")
def test_an_error_of_ones_own_comes_through_and_what_is_finished_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "work.npz"
    executor = RaisesAfter(2, ZeroDivisionError("mine"))
    with pytest.raises(ZeroDivisionError, match="mine") as told:
        qs.simulate(tiny(), replications=40, seed=7, executor=executor, resume=file)
    assert told.value.__notes__ == [f"8 replications are kept in {file}"]
    executor = RaisesAfter(2, ZeroDivisionError("mine"))
    with pytest.raises(ZeroDivisionError, match="mine") as told:
        qs.simulate(tiny(), replications=40, seed=7, executor=executor)
    assert not hasattr(told.value, "__notes__")


def test_what_ends_early_travels_between_processes() -> None:
    results = {"a": qs.simulate(tiny(), replications=1, seed=7)}
    for kind in (Interrupted, WorkersLost):
        again = pickle.loads(pickle.dumps(kind("text", results)))
        assert str(again) == "text"
        assert_same(again.result, results["a"])


def test_which_errors_mean_that_workers_were_lost() -> None:
    from concurrent.futures import CancelledError

    from queuesim.experiments.executors import is_loss_of_workers

    assert is_loss_of_workers(BrokenProcessPool())
    assert is_loss_of_workers(CancelledError())
    assert not is_loss_of_workers(RuntimeError())
    assert not is_loss_of_workers(TimeoutError())
