"""Where replications run: here, on all local cores, or on any executor that is given.

Answers come back in the order of the tasks, whatever ran first: nothing depends on how many
workers there were.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Task = TypeVar("Task")
Answer = TypeVar("Answer")

_TASKS_A_WORKER = 3
_FEWEST_TASKS = 4
_FEWEST_TASKS_FAR = 16
_TASKS_UNKNOWN = 32
_NEWS_EVERY_S = 5.0


def local_cores() -> int:
    """Return how many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


def local_executor() -> Executor:
    """Return worker processes on all local cores, kept for the next experiment."""
    from loky import get_reusable_executor

    return get_reusable_executor(max_workers=local_cores(), initializer=_leave_ctrl_c_to_parent)


def _leave_ctrl_c_to_parent() -> None:
    """Let the terminal's Ctrl-C, which reaches every process, be answered by the one that asks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def all_cores(threads: bool) -> Iterator[Executor]:
    """Lend an executor on all local cores.

    Parameters
    ----------
    threads : bool
        Threads of this process; False: worker processes.

    Yields
    ------
    Executor
        When the work is broken off, each finishes the batch that it plays.
    """
    if threads:
        pool = ThreadPoolExecutor(local_cores(), thread_name_prefix="queuesim")
        try:
            yield pool
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        return
    yield local_executor()  # kept for the next experiment


def workers_of(executor: Executor) -> int | None:
    """Return how many tasks an executor does at once; None when it does not tell.

    The interface of executors has no name for it: pools keep it in an attribute, a Dask client can
    be asked. No result depends on it, only how much is under way at a time.
    """
    many = getattr(executor, "_max_workers", None)
    if isinstance(many, int):
        return max(1, many)
    client = getattr(executor, "_client", None)
    if client is not None and hasattr(client, "nthreads"):
        return max(1, sum(client.nthreads().values()))
    return None


def tasks_at_once(executor: Executor | None) -> int:
    """Return how many tasks may be under way, or done and not yet fetched.

    Each holds its tallies in memory, so there are only some for each worker.
    """
    if executor is None:
        return 1
    workers = workers_of(executor)
    if workers is None:
        return _TASKS_UNKNOWN
    # a cluster may grow while it works
    fewest = _FEWEST_TASKS_FAR if not runs_on_this_machine(executor) else _FEWEST_TASKS
    return max(fewest, _TASKS_A_WORKER * workers)


def runs_on_this_machine(executor: Executor | None) -> bool:
    """Whether the workers surely are on this machine."""
    home = type(executor).__module__.partition(".")[0]
    return executor is None or home in ("concurrent", "loky")


def is_loss_of_workers(error: BaseException) -> bool:
    """Whether an executor lost its workers, or gave a task up because of that."""
    names = {f"{kind.__module__.partition('.')[0]}.{kind.__name__}" for kind in type(error).__mro__}
    return isinstance(error, (BrokenExecutor, CancelledError)) or bool(
        names & {"distributed.KilledWorker", "distributed.FutureCancelledError"}
    )


def in_order(
    work: Callable[[Task], Answer],
    tasks: Iterable[Task],
    executor: Executor | None,
    *,
    at_once: int = _TASKS_UNKNOWN,
) -> Generator[Answer, None, None]:
    """Do tasks and yield the answers in the order of the tasks.

    Parameters
    ----------
    work : callable
        Does one task. It, the tasks and the answers must pickle if the executor needs that.
    tasks : iterable
        Taken from as the work goes on.
    executor : concurrent.futures.Executor or None
        Where to do them; None: here, one after another.
    at_once : int
        How many tasks may be under way, or done and not yet fetched.

    Yields
    ------
    The answers. If the caller stops early, tasks that have not begun are cancelled.
    """
    if executor is None:
        yield from map(work, tasks)
        return
    waiting: deque[Future[Answer]] = deque()
    try:
        for task in tasks:
            waiting.append(executor.submit(work, task))
            if len(waiting) >= at_once:
                yield _answer(waiting.popleft(), executor)
        while waiting:
            yield _answer(waiting.popleft(), executor)
    finally:
        for future in waiting:
            future.cancel()


def _answer(future: Future[Answer], executor: Executor) -> Answer:
    """Wait for an answer; on a Dask cluster also for the news that there will be none.

    When a machine takes a finished answer along as it dies, and playing it again fails, Dask's
    executor never tells (distributed 2026.8, `cfexecutor._cascade_future`): the future that it gave
    stays pending, only its own knows the error.
    """
    if not hasattr(executor, "_client"):
        return future.result()
    while True:
        try:
            return future.result(timeout=_NEWS_EVERY_S)
        except TimeoutError:
            if future.done():  # the task's own
                raise
            for known in list(getattr(executor, "_futures", ())):
                if known.status == "error" and not future.done():
                    raise known.exception() from None
