"""Where replications run: here, on all local cores, or on any executor that is given.

Results come back in the order of the tasks, whatever ran first: nothing depends on how many
workers there were.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import TypeVar

Task = TypeVar("Task")
Answer = TypeVar("Answer")

_WAITING_TASKS = 64


def local_cores() -> int:
    """Return how many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


def local_executor() -> Executor:
    """Return worker processes on all local cores, kept for the next experiment."""
    from loky import get_reusable_executor

    return get_reusable_executor(max_workers=local_cores())


def in_order(
    work: Callable[[Task], Answer], tasks: Iterable[Task], executor: Executor | None
) -> Iterator[Answer]:
    """Do tasks and yield the answers in the order of the tasks.

    Parameters
    ----------
    work : callable
        Does one task. It, the tasks and the answers must pickle if the executor needs that.
    tasks : iterable
    executor : concurrent.futures.Executor or None
        Where to do them; None: here, one after another.

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
            if len(waiting) >= _WAITING_TASKS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
