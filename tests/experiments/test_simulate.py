"""simulate: the same tables whoever computes them, and a clear stop."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from threading import Event

import pandas as pd
import pytest

import queuesim as qs
from queuesim.engines.routing import by_rank_or_score
from queuesim.experiments.executors import in_order, local_executor
from queuesim.results import Result
from tests.experiments.small import centre


class LastComesFirst(Executor):
    """An executor that does the newest task first, whenever an answer is asked for."""

    def __init__(self) -> None:
        self.stack: list[tuple[Future, Callable, tuple]] = []

    def submit(self, fn: Callable, /, *args: object, **kwargs: object) -> Future:
        executor = self

        class Lazy(Future):
            def result(self, timeout: float | None = None) -> object:
                while executor.stack:
                    future, work, given = executor.stack.pop()
                    future.set_result(work(*given))
                return super().result(timeout)

        future = Lazy()
        self.stack.append((future, fn, args))
        return future


def tables(result: Result) -> list[pd.DataFrame]:
    return [result.intervals, result.groups, result.days, result.cost_table(), result.contacts]


@pytest.fixture(scope="module")
def alone() -> Result:
    return qs.simulate(centre(), replications=4, seed=7, keep_contacts=True)


@pytest.mark.parametrize(
    "make",
    [
        lambda: ThreadPoolExecutor(2),
        lambda: ProcessPoolExecutor(2, mp_context=get_context("spawn")),
        local_executor,
        LastComesFirst,
    ],
    ids=["threads", "processes", "local cores", "last comes first"],
)
def test_workers_and_order_change_nothing(make: Callable[[], Executor], alone: Result) -> None:
    executor = make()
    shared = qs.simulate(centre(), replications=4, seed=7, keep_contacts=True, executor=executor)
    for one, other in zip(tables(alone), tables(shared), strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_another_seed_gives_other_contacts(alone: Result) -> None:
    other = qs.simulate(centre(), replications=4, seed=8, keep_contacts=True)
    assert not alone.contacts["arrival_s"].equals(other.contacts["arrival_s"])


def test_replications_are_not_copies_of_each_other(alone: Result) -> None:
    arrivals = alone.contacts.groupby("replication")["arrival_s"].apply(tuple)
    assert len(set(arrivals)) == 4


def test_fewer_replications_are_the_first_of_more(alone: Result) -> None:
    two = qs.simulate(centre(), replications=2, seed=7)
    assert two.values("offered")[0].tolist() == alone.values("offered")[0][:2].tolist()


def test_until_stops_as_soon_as_it_is_precise_enough() -> None:
    def half_width(n: int) -> float:
        return qs.simulate(centre(), replications=n, seed=7).measure("abandonment").half_width

    wanted = (half_width(20) + half_width(10)) / 2
    assert half_width(10) > wanted >= half_width(20)
    result = qs.simulate(centre(), replications=100, seed=7, until={"abandonment": wanted})
    assert result.replications == 20
    assert result.measure("abandonment").half_width <= wanted


def test_until_goes_no_further_than_replications() -> None:
    result = qs.simulate(centre(), replications=13, seed=7, until={"abandonment": 1e-9})
    assert result.replications == 13


def test_until_does_not_take_nothing_varied_for_nothing_left_to_learn() -> None:
    quiet = centre(headcount=20, per_day=20)
    result = qs.simulate(quiet, replications=20, seed=7, until={"abandonment": 0.01})
    assert result.measure("abandonment").half_width == 0  # nobody ever left
    assert result.replications == 20


def test_a_routing_of_ones_own_reaches_the_workers() -> None:
    asked = qs.simulate(
        centre(),
        replications=2,
        seed=7,
        routing=lambda now, moment, pairs: by_rank_or_score(now, moment, pairs),
        executor=local_executor(),
    )
    plain = qs.simulate(centre(), replications=2, seed=7)
    pd.testing.assert_frame_equal(asked.intervals, plain.intervals, check_exact=True)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"replications": 0}, "replications=0: must be a whole number, 1 or more"),
        ({"replications": 2.5}, "replications=2.5"),
        ({"replications": True}, "replications=True"),
        ({"seed": -1}, "seed=-1: must be a whole number, 0 or more"),
        ({"engine": "fast"}, "engine='fast': must be one of 'reference'"),
        ({"until": {"service_level": 0.0}}, "must be between 0 and 1"),
        ({"until": {"service_level": 1}}, "0.01 is a percentage point"),
        ({"until": {"asa": -1}}, "must be above 0"),
        ({"until": {"service_levle": 0.01}}, "Did you mean 'service_level'?"),
    ],
)
def test_wrong_arguments_are_named(given: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says.replace("?", r"\?")):
        qs.simulate(centre(), **{"replications": 2, **given})


def test_overload_is_news_not_an_error() -> None:
    with pytest.warns(qs.ScenarioWarning, match="more work than the staffed people can do") as told:
        result = qs.simulate(centre(headcount=1, per_day=900), replications=1, seed=7)
    assert "erlang" in str(result.summary())
    assert told[0].filename == __file__


def test_contacts_that_were_not_kept_are_asked_for() -> None:
    with pytest.raises(ValueError, match="keep_contacts=True"):
        _ = qs.simulate(centre(), replications=1, seed=7).contacts


def test_progress_tells_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    qs.simulate(centre(), replications=3, seed=7, progress=True)
    assert "3/3" in capsys.readouterr().err
    qs.simulate(centre(), replications=3, seed=7)
    assert capsys.readouterr().err == ""


def test_answers_come_in_the_order_of_the_tasks_and_stopping_cancels_the_rest() -> None:
    executor = LastComesFirst()
    assert list(in_order(abs, range(-200, 0), executor)) == list(range(200, 0, -1))
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


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="the system cannot tell")
def test_local_cores_are_those_this_process_may_use() -> None:
    from queuesim.experiments.executors import local_cores

    assert local_cores() == len(os.sched_getaffinity(0))
