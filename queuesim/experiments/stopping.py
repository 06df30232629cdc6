"""Work that ends early: what is finished stays usable, and says how to go on."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from queuesim.results import Result

if TYPE_CHECKING:
    from queuesim.experiments.compare import Comparison


class Unfinished(BaseException):
    """What `Interrupted` and `WorkersLost` have in common: results so far.

    Parameters
    ----------
    text : str
        What happened and how to go on.
    results : mapping of str to Result
        By option, all with the same number of replications; empty when none is finished.
    """

    def __init__(self, text: str, results: Mapping[str, Result]) -> None:
        super().__init__(text, results)
        self.text = text
        self.results = dict(results)

    def __str__(self) -> str:
        return self.text

    @property
    def result(self) -> Result | None:
        """The result of `simulate` so far; None when no replication is finished."""
        return next(iter(self.results.values()), None)

    @property
    def comparison(self) -> Comparison | None:
        """The comparison so far, options paired; None when no replication is finished by all."""
        from queuesim.experiments.compare import Comparison

        return Comparison(self.results) if self.results else None


class Interrupted(Unfinished, KeyboardInterrupt):
    """Ctrl-C during an experiment; what was finished is in it.

    Attributes
    ----------
    result : Result or None
        What `simulate` has so far.
    comparison : Comparison or None
        What `compare` has so far: the replications that every option has finished.

    Examples
    --------
    >>> import queuesim as qs
    >>> from queuesim.experiments import Interrupted
    >>> try:                                                                   # doctest: +SKIP
    ...     result = qs.simulate(year, replications=1_000, seed=7)
    ... except Interrupted as stopped:
    ...     result = stopped.result
    """


class WorkersLost(Unfinished, RuntimeError):  # noqa: N818 - the name says what it is
    """A worker process was lost and its executor gave up; what was finished is in it.

    Attributes
    ----------
    result : Result or None
        What `simulate` has so far.
    comparison : Comparison or None
        What `compare` has so far: the replications that every option has finished.

    Examples
    --------
    >>> import queuesim as qs
    >>> from queuesim.experiments import WorkersLost
    >>> try:                                                                   # doctest: +SKIP
    ...     result = qs.simulate(year, replications=1_000, executor=pool, resume="year.npz")
    ... except WorkersLost as lost:
    ...     print(lost)
    """


def how_far(done: int, asked: int, held_in: str, file: str | None, *, every: bool) -> str:
    """Say what is finished, where it is, and how to go on.

    Parameters
    ----------
    done, asked : int
        Replications.
    held_in : {"result", "comparison"}
        Where the exception holds what is finished.
    file : str or None
        The file to resume from.
    every : bool
        Whether replications count that every one of several options has finished.
    """
    by_all = " by every option" if every else ""
    counted = f"{done:,} of {asked:,} replications {'is' if done == 1 else 'are'} finished{by_all}"
    if done == 0:
        counted = f"none of {asked:,} replications is finished{by_all}"
    lines = [f"{counted} and kept in {file}" if file and done else counted]
    if done:
        lines.append(f".{held_in} of this exception holds what is finished")
    if file:
        lines.append("run the same again to continue")
    else:
        lines.append("name a file, resume='work.npz', and the work can be stopped and continued")
    return "; ".join(lines)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold Ctrl-C back until the block is over: what is added is added whole, or not at all."""
    before = signal.getsignal(signal.SIGINT)
    main = threading.current_thread() is threading.main_thread()
    if not main or not callable(before):  # nothing can break in here
        yield
        return
    held: list[tuple[int, FrameType | None]] = []
    signal.signal(signal.SIGINT, lambda number, frame: held.append((number, frame)))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if held:
            before(*held[0])
