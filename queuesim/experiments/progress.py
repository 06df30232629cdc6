"""Progress of long work: a bar in a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

_QUIET_BEFORE_S = 2.0
_LINES = 10
_LONGEST_SILENCE_S = 300.0


class Progress:
    """Shows how far the work is, on stderr, while it is entered.

    The time left is worked out from what was done here, not from what was there before.

    Parameters
    ----------
    total : int
        How many steps there are.
    before : int, default 0
        How many of them were done earlier.
    label : str
        What is being done.
    wanted : bool or None
        True shows it, False does not; None shows it in a terminal only.

    Examples
    --------
    >>> with Progress(200, label="replications", wanted=False) as progress:
    ...     for _ in range(20):
    ...         progress.advance(10)
    >>> progress.done
    200
    """

    def __init__(self, total: int, *, before: int = 0, label: str, wanted: bool | None) -> None:
        self.total = total
        self.before = before
        self.done = before
        self.label = label
        terminal = sys.stderr.isatty()
        shown = wanted is not False and (terminal or wanted is True) and total - before > 1
        self._as_bar = shown and terminal
        self._as_lines = shown and not terminal
        self._bar: Bar | None = None
        self._row: TaskID | None = None
        self._start = self._last = 0.0
        self._told = 0

    def __enter__(self) -> Self:
        self._start = self._last = time.monotonic()
        self._told = self.before * _LINES // self.total if self.total else 0
        if self._as_bar:
            self._bar = _bar()
            self._row = self._bar.add_task(
                self.label, total=self.total, completed=self.before, left=""
            )
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def advance(self, steps: int) -> None:
        """Count steps as done and show it, if it is time to."""
        self.done += steps
        if self._bar is not None and self._row is not None:
            left = f"{spoken(self.left_s())} left" if self.done < self.total else ""
            self._bar.update(self._row, completed=self.done, left=left)
        elif self._as_lines:
            self._line()

    def left_s(self) -> float:
        """Return about how long the rest takes [s], at the pace of the steps done here."""
        here = self.done - self.before
        taken = time.monotonic() - self._start
        return taken / here * (self.total - self.done) if here else float("nan")

    def _line(self) -> None:
        now = time.monotonic()
        taken, tenths = now - self._start, self.done * _LINES // self.total
        due = tenths > self._told or now - self._last > _LONGEST_SILENCE_S
        if self.done == self.total or (taken > _QUIET_BEFORE_S and due):
            self._told, self._last = tenths, now
            left = f", {spoken(self.left_s())} left" if self.done < self.total else ""
            print(
                f"{self.label}: {self.done:,}/{self.total:,}, {spoken(taken)}{left}",
                file=sys.stderr,
            )


def _bar() -> Bar:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as RichProgress

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[left]}"),
    )
    return RichProgress(*columns, console=Console(stderr=True), transient=True)


def spoken(seconds: float) -> str:
    """Return a time as a person says it.

    Examples
    --------
    >>> spoken(48.2), spoken(754), spoken(7_500)
    ('48 s', '12 min 34 s', '2 h 05 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    minutes = round(whole / 60)
    return f"{minutes // 60:,} h {minutes % 60:02d} min"
