"""Progress of long work: a bar in a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

_QUIET_BEFORE_S = 2.0
_LINES = 10


def shown(items: Iterable[Item], total: int, label: str, progress: bool | None) -> Iterator[Item]:
    """Pass items on and show how far the work is.

    Parameters
    ----------
    items : iterable
    total : int
        How many there will be.
    label : str
        What is being done.
    progress : bool or None
        True shows it, False does not; None shows it in a terminal only. Output goes to stderr.

    Yields
    ------
    The items.
    """
    terminal = sys.stderr.isatty()
    if progress is False or (progress is None and not terminal) or total < 2:
        yield from items
    elif terminal:
        yield from _bar(items, total, label)
    else:
        yield from _lines(items, total, label)


def _bar(items: Iterable[Item], total: int, label: str) -> Iterator[Item]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as TimeLeft

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeLeft())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield from bar.track(items, total=total, description=label)


def _lines(items: Iterable[Item], total: int, label: str) -> Iterator[Item]:
    start = time.monotonic()
    told = 0
    for done, item in enumerate(items, start=1):
        yield item
        taken = time.monotonic() - start
        if done == total or (taken > _QUIET_BEFORE_S and done * _LINES // total > told):
            told = done * _LINES // total
            left = taken / done * (total - done)
            print(f"{label}: {done}/{total}, {taken:.0f} s, {left:.0f} s left", file=sys.stderr)
