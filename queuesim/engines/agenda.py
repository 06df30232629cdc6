"""Rule 7, one instant: an agenda on SimPy's event queue that knows what comes first."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

import simpy


class Kind(IntEnum):
    """What happens first when everything happens at once; within a kind, by row."""

    SERVICE_END = 0
    """A phase of service ends; row of the contact."""
    HEADCOUNT = 1
    """Sessions end, then begin, then hours of skills begin, then contact types close."""
    ARRIVAL = 2
    """New contacts, and callbacks that come to their line; row of the contact."""
    TIMER = 3
    """A minimum wait has passed, then: a callback is offered; by row of the contact."""
    PATIENCE = 4
    """Patience ends, or who waits for a callback rings in; row of the contact."""


class _Happening(simpy.Event):
    """Something that will happen at a fixed instant."""

    def __init__(self, env: simpy.Environment, action: Callable[[], None]) -> None:
        super().__init__(env)
        self._ok, self._value = True, None
        self.callbacks = [lambda _: action()]


class Agenda:
    """What will happen, until the horizon ends.

    Parameters
    ----------
    horizon_s : float
        End of the horizon [s].
    begins_s : float, default 0
        The first instant [s].
    """

    def __init__(self, horizon_s: float, begins_s: float = 0.0) -> None:
        self._env = simpy.Environment(initial_time=begins_s)
        self._horizon_s = horizon_s

    @property
    def now(self) -> float:
        """The present instant [s]."""
        return self._env.now

    def at(self, time_s: float, kind: Kind, row: int, action: Callable[[], None]) -> None:
        """Let an action happen at an instant, in its place among what happens then.

        When the horizon ends the clock stops for all but service: what is open is finished,
        nothing else begins. All times are on the grid, where ``now + (time - now)`` is exact.
        """
        if time_s <= self._horizon_s or kind == Kind.SERVICE_END:
            happening = _Happening(self._env, action)
            delay = time_s - self._env.now
            self._env.schedule(happening, priority=(kind, row), delay=delay)  # type: ignore[arg-type]

    def run(self) -> None:
        """Let everything happen."""
        self._env.run()
