"""Whoever plays, wherever: equal to the bit, in order, and not too much at once."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_all_start_methods, get_context
from threading import Event
from types import SimpleNamespace

import pytest

import queuesim as qs
from queuesim.engines.routing import by_rank_or_score
from queuesim.experiments import batches, executors, replicate
from queuesim.experiments.batches import Brief, batch_size, expected_contacts, tally_bytes
from queuesim.experiments.executors import (
    in_order,
    local_executor,
    runs_on_this_machine,
    tasks_at_once,
    workers_of,
)
from queuesim.experiments.players import ENGINES, ReferencePlayer
from queuesim.results import Result
from tests.experiments.awkward import LastComesFirst
from tests.experiments.small import assert_same, centre, options, tiny

HERE = threading.local()


@pytest.fixture(scope="module")
def alone() -> qs.Comparison:
    return qs.compare(options(), replications=23, seed=7)


def spawned() -> Executor:
    return ProcessPoolExecutor(2, mp_context=get_context("spawn"))


def forked() -> Executor:
    if "fork" not in get_all_start_methods():
        pytest.skip("the system cannot fork")
    return ProcessPoolExecutor(2, mp_context=get_context("fork"))


@pytest.mark.parametrize(
    "make",
    [lambda: ThreadPoolExecutor(3), spawned, forked, local_executor, LastComesFirst],
    ids=["threads", "spawn", "fork", "loky", "last comes first"],
)
def test_every_executor_gives_the_same_to_the_bit(
    make: Callable[[], Executor], alone: qs.Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "_BATCH_S", 0.02)  # so that there are several batches
    executor = make()
    shared = qs.compare(options(), replications=23, seed=7, executor=executor)
    assert list(shared.results) == list(alone.results)
    for name, result in alone.results.items():
        assert_same(result, shared[name])
    if executor is not local_executor():
        executor.shutdown()


@pytest.mark.parametrize("size", [1, 4, 23, 100])
def test_the_size_of_batches_changes_nothing(
    size: int, alone: qs.Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replicate, "batch_size", lambda *_, **__: size)
    pooled = qs.compare(options(), replications=23, seed=7, executor=ThreadPoolExecutor(2))
    for name, result in alone.results.items():
        assert_same(result, pooled[name])


def test_a_stop_by_until_is_the_same_whatever_ran_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    def half_width(n: int) -> float:
        return qs.simulate(tiny(), replications=n, seed=7).measure("abandonment").half_width

    widths = [half_width(n) for n in (10, 20, 30)]
    wanted = widths[-1]
    assert min(widths[:-1]) > wanted
    for size in (1, 3, 7, 50):
        monkeypatch.setattr(replicate, "batch_size", lambda *_, size=size, **__: size)
        stopped = qs.simulate(
            tiny(),
            replications=90,
            seed=7,
            until={"abandonment": wanted},
            executor=ThreadPoolExecutor(4),
        )
        assert_same(stopped, qs.simulate(tiny(), replications=30, seed=7))


@pytest.fixture
def threads_engine(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A stand-in for the compiled engine; returns the names of the threads that play."""
    names: list[str] = []

    class Threaded(ReferencePlayer):
        def play(self, **given: object) -> object:  # type: ignore[override]
            names.append(threading.current_thread().name)
            return super().play(**given)  # type: ignore[arg-type]

    monkeypatch.setitem(
        ENGINES,
        "compiled",
        replace(ENGINES["reference"], name="compiled", threads=True, player=Threaded),
    )
    return names


def test_the_compiled_engine_plays_in_threads_the_reference_in_processes(
    threads_engine: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lent = []
    real = executors.all_cores

    def watched(threads: bool) -> object:
        lent.append(threads)
        return real(threads)

    monkeypatch.setattr(executors, "all_cores", watched)
    monkeypatch.setattr(replicate, "_PROCESSES_PAY_S", 0.0)
    threaded = qs.simulate(tiny(), replications=20, seed=7, engine="compiled")
    assert lent == [True]
    assert len(threads_engine) == 20
    assert all(name.startswith("queuesim") for name in threads_engine)
    pooled = qs.simulate(tiny(), replications=20, seed=7, engine="reference")
    assert lent == [True, False]
    assert len(threads_engine) == 20
    monkeypatch.setattr(replicate, "_PROCESSES_PAY_S", 1e9)
    serial = qs.simulate(tiny(), replications=20, seed=7, engine="reference")
    assert lent == [True, False]
    assert_same(pooled, serial)
    assert (threaded.engine, serial.engine) == ("compiled", "reference")
    assert threaded.totals.contacts_by_day("offered").tolist() == (
        serial.totals.contacts_by_day("offered").tolist()
    )


def test_a_player_is_built_once_for_each_option_and_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    built: Counter[tuple[str, int]] = Counter()
    players: list[object] = []

    class Counted(ReferencePlayer):
        def __init__(self, scenario: qs.Scenario, routing: object = None) -> None:
            super().__init__(scenario)
            built[scenario.agent_groups[0].headcount, threading.get_ident()] += 1
            players.append(self)  # so that none is built in the place of another

        def play(self, **given: object) -> object:  # type: ignore[override]
            assert getattr(HERE, "playing", None) is None
            HERE.playing = self
            try:
                return super().play(**given)  # type: ignore[arg-type]
            finally:
                HERE.playing = None

    monkeypatch.setitem(ENGINES, "reference", replace(ENGINES["reference"], player=Counted))
    monkeypatch.setattr(batches, "_BATCH_S", 1e-9)
    with ThreadPoolExecutor(2) as pool:
        qs.compare(options(), replications=8, seed=7, executor=pool, engine="reference")
    assert set(built.values()) == {1}
    assert len({scenario for scenario, _ in built}) == 3
    assert len({thread for _, thread in built}) <= 2


def _brief_and_process(brief: Brief) -> tuple[int, int, int]:
    return os.getpid(), id(brief), id(brief.player())


def test_a_worker_process_reads_a_scenario_once() -> None:
    day = tiny()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        one, same = Brief(day, "reference"), Brief(tiny(), "reference")
        seen = [pool.submit(_brief_and_process, brief).result() for brief in (one, one, same)]
        other = pool.submit(_brief_and_process, Brief(tiny(2), "reference")).result()
    assert len({process for process, _, _ in (*seen, other)}) == 1
    assert len(set(seen[:2])) == 1
    assert other[1:] != seen[0][1:]


def test_no_more_briefs_are_kept_than_agreed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "_BRIEFS_KEPT", 2)
    batches._briefs.clear()
    packed = [Brief(tiny(k), "reference")._packed for k in (1, 2, 3)]
    known = [batches._known(*each) for each in packed]
    assert list(batches._briefs) == [key for key, _ in packed[1:]]
    assert batches._known(*packed[2]) is known[2]
    assert batches._known(*packed[0]) is not known[0]
    batches._briefs.clear()


class Stubborn:
    """A routing that cannot leave its process, and counts what it is asked."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.asked = 0

    def __call__(self, now: float, moment: object, pairs: object) -> object:
        with self.lock:
            self.asked += 1
        return by_rank_or_score(now, moment, pairs)  # type: ignore[arg-type]


def test_within_the_process_nothing_is_pickled() -> None:
    stubborn = Stubborn()
    qs.simulate(tiny(), replications=2, seed=7, routing=stubborn)
    asked = stubborn.asked
    assert asked > 0
    with ThreadPoolExecutor(2) as pool:
        qs.simulate(tiny(), replications=2, seed=7, routing=stubborn, executor=pool)
    assert stubborn.asked == 2 * asked


@pytest.mark.parametrize("make", [spawned, local_executor], ids=["spawn", "loky"])
def test_a_routing_of_ones_own_reaches_the_workers(make: Callable[[], Executor]) -> None:
    executor = make()
    asked = qs.simulate(
        centre(),
        replications=2,
        seed=7,
        routing=lambda now, moment, pairs: by_rank_or_score(now, moment, pairs),
        executor=executor,
    )
    if executor is not local_executor():
        executor.shutdown()
    assert_same(asked, qs.simulate(centre(), replications=2, seed=7, engine="reference"))


def sized(replications: int = 10_000, workers: int = 2, keep: bool = False, **change: int) -> int:
    scenario = centre(**{"days": 1, **change})  # type: ignore[arg-type]
    return batch_size(
        {"a": scenario},
        replace(ENGINES["reference"], contact_s=1e-7, replication_s=1e-4),
        replications=replications,
        workers=workers,
        keep_contacts=keep,
    )


def test_batches_last_long_enough_and_are_shared_out_and_small_enough() -> None:
    assert sized(per_day=5_000) == int(0.075 / (1e-4 + 5_000 * 1e-7))
    assert sized(per_day=50_000_000) == 1
    assert sized(replications=100) == 13  # four for each of two workers, rounded up
    assert sized(replications=1, workers=64) == 1
    year = {"days": 364, "per_day": 1.0}
    assert sized(**year) < sized(per_day=364.0)  # type: ignore[arg-type]
    assert sized(**year) * tally_bytes(centre(**year)) <= 32e6  # type: ignore[arg-type]
    assert sized(per_day=3_000, keep=True) < sized(per_day=3_000)


def test_expected_contacts_are_those_that_come() -> None:
    result = qs.simulate(tiny(), replications=40, seed=7)
    assert expected_contacts({"a": tiny(), "b": tiny()}) == 80.0
    assert abs(result.measure("offered").value - 40.0) < 6.0


def test_answers_come_in_the_order_of_the_tasks_and_stopping_cancels_the_rest() -> None:
    assert list(in_order(abs, range(-200, 0), LastComesFirst())) == list(range(200, 0, -1))
    done = []
    gate = Event()

    def slow(task: int) -> int:
        if task > 2:
            gate.wait(10)
        done.append(task)
        return task

    with ThreadPoolExecutor(1) as pool:
        answers = in_order(slow, range(200), pool)
        assert next(answers) == 0
        answers.close()
        gate.set()
    assert len(done) < 10


def test_only_so_many_answers_wait_to_be_fetched() -> None:
    """The first task is slow: those behind it may run ahead, but not all of them."""
    taken = 0

    def tasks() -> object:
        nonlocal taken
        while taken < 100:
            taken += 1
            yield taken

    executor = LastComesFirst()
    for k, _ in enumerate(in_order(abs, tasks(), executor, at_once=5)):  # type: ignore[arg-type]
        assert taken <= k + 5
    assert k == 99


def test_how_much_is_under_way_depends_on_the_workers() -> None:
    with ThreadPoolExecutor(7) as pool:
        assert workers_of(pool) == 7
        assert tasks_at_once(pool) == 21
        assert runs_on_this_machine(pool)
    assert workers_of(local_executor()) == executors.local_cores()
    assert runs_on_this_machine(local_executor())
    assert workers_of(LastComesFirst()) is None
    assert tasks_at_once(LastComesFirst()) == 32
    assert not runs_on_this_machine(LastComesFirst())
    assert tasks_at_once(None) == 1


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="the system cannot tell")
def test_local_cores_are_those_this_process_may_use() -> None:
    assert executors.local_cores() == len(os.sched_getaffinity(0))


def test_kernels_are_announced_before_and_noted_after_the_first_answer(
    threads_engine: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[str, int]] = []
    monkeypatch.setattr(replicate.compiling, "are_kept", lambda *kinds: False)
    monkeypatch.setattr(
        replicate.compiling,
        "announce",
        lambda *kinds: said.append(("announced", len(threads_engine))),
    )
    monkeypatch.setattr(
        replicate.compiling,
        "everything_is_kept",
        lambda *kinds: said.append(("kept", len(threads_engine))),
    )
    qs.simulate(tiny(), replications=3, seed=7)
    assert [what for what, _ in said] == ["announced"]  # sampling and counting may be compiled
    said.clear()
    monkeypatch.setitem(ENGINES, "compiled", replace(ENGINES["compiled"], compiles=True))

    def result(executor: Executor | None) -> Result:
        return qs.simulate(tiny(), replications=3, seed=7, executor=executor)

    result(None)
    assert [what for what, _ in said] == ["announced", "kept"]
    before, after = (count for _, count in said)
    assert before < after
    result(LastComesFirst())  # who knows where that is
    assert len(said) == 2


class Silent(Executor):
    """Like Dask's executor when a finished answer was lost and could not be had again."""

    _client = None

    def __init__(self, status: str) -> None:
        self._futures = [SimpleNamespace(status=status, exception=lambda: KeyError("lost"))]

    def submit(self, fn: Callable, /, *args: object, **kwargs: object) -> Future:
        asked = 0

        class Never(Future):
            def result(self, timeout: float | None = None) -> object:
                nonlocal asked
                asked += 1
                assert asked < 20, "waited for an answer that never comes"
                return super().result(timeout)

        return Never()


def test_an_answer_that_never_comes_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "_NEWS_EVERY_S", 0.01)
    with pytest.raises(KeyError, match="lost"):
        next(in_order(abs, [1], Silent("error")))


def test_an_answer_that_is_only_slow_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "_NEWS_EVERY_S", 0.01)
    executor = Silent("pending")
    late: Future = Future()
    monkeypatch.setattr(executor, "submit", lambda *_: late)
    timer = threading.Timer(0.1, late.set_result, [3])
    timer.start()
    assert next(in_order(abs, [-3], executor)) == 3
    late = Future()
    late.set_exception(TimeoutError("the task's own"))
    with pytest.raises(TimeoutError, match="the task's own"):
        next(in_order(abs, [-3], executor))
