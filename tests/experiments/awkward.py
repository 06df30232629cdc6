"""Executors that behave badly, within what the interface allows."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future


class LastComesFirst(Executor):
    """Does the newest task first, whenever an answer is asked for."""

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


class RaisesAfter(Executor):
    """Does tasks when their answers are asked for, some of them; then it raises."""

    def __init__(self, answers: int, error: BaseException) -> None:
        self.left = answers
        self.error = error
        self.futures: list[Future] = []

    def submit(self, fn: Callable, /, *args: object, **kwargs: object) -> Future:
        executor = self

        class Lazy(Future):
            def result(self, timeout: float | None = None) -> object:
                if executor.left == 0:
                    raise executor.error
                executor.left -= 1
                self.set_result(fn(*args, **kwargs))
                return super().result(timeout)

        self.futures.append(Lazy())
        return self.futures[-1]


class Watched(Executor):
    """Passes tasks on to another executor, and calls back before each."""

    def __init__(self, inner: Executor, before: Callable[[int], None]) -> None:
        self.inner = inner
        self.before = before
        self.submitted = 0

    def submit(self, fn: Callable, /, *args: object, **kwargs: object) -> Future:
        self.before(self.submitted)
        self.submitted += 1
        return self.inner.submit(fn, *args, **kwargs)
