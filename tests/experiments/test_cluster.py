"""A cluster of machines, played by processes: Dask brings back what a lost one was at."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

import queuesim as qs
from queuesim.experiments import WorkersLost, replicate
from queuesim.experiments.batches import Batch, play
from queuesim.experiments.executors import runs_on_this_machine, tasks_at_once, workers_of
from queuesim.results import Tally
from tests.experiments.awkward import Watched
from tests.experiments.small import assert_same, options, tiny

distributed = pytest.importorskip("distributed")
dask = pytest.importorskip("dask")
pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no way to kill at once")


@pytest.fixture(scope="module")
def alone() -> qs.Comparison:
    return qs.compare(options(), replications=40, seed=7)


@pytest.fixture(scope="module")
def client(alone: qs.Comparison) -> Iterator[object]:  # kernels are compiled and kept by then
    # a connection to a dead machine is given up after 30 s otherwise
    patient = dask.config.set({"distributed.comm.timeouts.connect": "2s"})
    with (
        patient,
        distributed.LocalCluster(
            n_workers=3, processes=True, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@pytest.fixture
def _batches_of_2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replicate, "batch_size", lambda *_, **__: 2)


@pytest.mark.usefixtures("_batches_of_2")
def test_a_machine_that_dies_changes_nothing(
    client: distributed.Client, alone: qs.Comparison
) -> None:
    killed = []

    def kill_one(submitted: int) -> None:
        if submitted == 20:
            at_work = client.processing()
            busy = max(at_work, key=lambda address: len(at_work[address]))
            killed.append(client.run(os.getpid)[busy])
            os.kill(killed[0], signal.SIGKILL)

    executor = client.get_executor()
    assert workers_of(executor) == 3
    assert tasks_at_once(executor) == 16
    assert not runs_on_this_machine(executor)
    played = qs.compare(options(), replications=40, seed=7, executor=Watched(executor, kill_one))
    assert len(killed) == 1
    for name, result in alone.results.items():
        assert_same(played[name], result)


def die(batch: Batch) -> list[Tally]:
    if batch.first == 8:
        os.kill(os.getpid(), signal.SIGKILL)
    return play(batch)


@pytest.mark.usefixtures("_batches_of_2")
def test_a_batch_that_kills_every_machine_is_given_up(
    client: distributed.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replicate, "play", die)
    monkeypatch.setattr(replicate.executors, "tasks_at_once", lambda *_: 1)
    client.cluster.scheduler.allowed_failures = 0
    with pytest.raises(WorkersLost, match="a worker process was lost") as told:
        qs.simulate(tiny(), replications=12, seed=7, executor=client.get_executor())
    monkeypatch.undo()
    result = told.value.result
    assert result is not None
    assert_same(result, qs.simulate(tiny(), replications=8, seed=7))
