"""A simulated day stopped: who is between two attempts, and which attempt each contact is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from queuesim.engines.outcome import Cause, ContactOutcome, Outcome
from queuesim.model import Channel
from queuesim.results.layout import Layout
from queuesim.units import GRID

Ints = NDArray[np.int64]

_COMES_BACK = (Cause.REDIAL, Cause.REPEAT, Cause.AFTER_HOURS, Cause.RING_IN)


@dataclass(frozen=True, eq=False)
class AttemptsSoFar:
    """The attempts of every customer until an instant.

    Attributes
    ----------
    outcome : Outcome
    now_s : float
        The instant [s]; nothing at it has happened yet.
    customer, times_back, turns : numpy.ndarray, int64, shape (rows of the tape,)
    is_last : numpy.ndarray, bool
        Whether it came before the instant, and its customer has not come again since.
    """

    outcome: Outcome
    now_s: float
    customer: Ints
    times_back: Ints
    turns: Ints
    is_last: NDArray[np.bool_]

    @property
    def comes_again(self) -> bool:
        """Whether any customer can."""
        return Layout.of(self.outcome.scenario).comes_again

    def columns(self, rows: NDArray[np.bool_]) -> dict[str, Ints]:
        """Return the columns that say which attempt contacts are, and whose."""
        if not self.comes_again:
            return {}
        names = ("times_back", "turns", "customer")
        return {name: getattr(self, name)[rows] for name in names}

    def ended(self) -> pd.DataFrame:
        """Return the last contacts of those who are gone, as `State.ended` asks."""
        scenario, tape, columns = self.outcome.scenario, self.outcome.tape, self.outcome.contacts
        group, kind = self.outcome.group, tape.contact_type
        handled = columns["freed_s"] < self.now_s
        left = columns["left_s"] < self.now_s
        rows = np.flatnonzero(self.is_last & (handled | left))
        ended_s = np.where(handled, columns["talk_end_s"], columns["left_s"])[rows]
        told = [ContactOutcome(k).name.lower() for k in columns["outcome"][rows].tolist()]
        types, groups = scenario.contact_types, [g.name for g in scenario.agent_groups]
        names = np.array([each.name for each in types], dtype=object)
        start = pd.Timestamp(scenario.horizon.local(0.0))
        moments = start + pd.to_timedelta(ended_s * GRID, unit="s") / GRID
        return pd.DataFrame(
            {
                "contact_type": names[kind[rows]],
                "ended": moments,
                "outcome": told,
                "agent_group": np.array([*groups, None], dtype=object)[group[rows]],
                "waited_s": np.where(handled, columns["answered_s"], columns["left_s"])[rows]
                - columns["came_s"][rows],
            }
        ).assign(**self.columns(np.isin(np.arange(len(kind)), rows)))

    def at_self_service(self) -> pd.DataFrame:
        """Return who is at self-service, as `State.self_service` asks."""
        columns, types = self.outcome.contacts, self.outcome.scenario.contact_types
        there = self._helps_itself() & (columns["came_s"] < self.now_s)
        there &= columns["freed_s"] >= self.now_s
        names = np.array([each.name for each in types], dtype=object)
        return pd.DataFrame(
            {
                "contact_type": names[self.outcome.tape.contact_type[there]],
                "elapsed_s": self.now_s - columns["came_s"][there],
            }
        ).assign(**self.columns(there))

    def _helps_itself(self) -> NDArray[np.bool_]:
        types = self.outcome.scenario.contact_types
        itself = np.array([each.channel is Channel.SELF_SERVICE for each in types])
        mine: NDArray[np.bool_] = itself[self.outcome.tape.contact_type]
        return mine


def attempts_so_far(outcome: Outcome, now_s: float) -> AttemptsSoFar:
    """Follow every customer until an instant.

    Parameters
    ----------
    outcome : Outcome
        Of the whole horizon, from either engine.
    now_s : float
        The instant [s].

    Returns
    -------
    AttemptsSoFar
    """
    columns, again = outcome.contacts, outcome.tape.again
    n = len(outcome.tape)
    customer = np.arange(n) if again is None else again.customer.astype(np.int64)
    came = columns["came_s"] < now_s
    times_back, turns = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    is_last = came.copy()
    if again is None:
        return AttemptsSoFar(outcome, now_s, customer, times_back, turns, is_last)
    made = np.flatnonzero(came)
    order = made[np.lexsort((again.attempt[made], customer[made]))]
    cause = columns["cause"][order]
    begins = np.append(True, customer[order][1:] != customer[order][:-1])
    back = np.cumsum(np.isin(cause, _COMES_BACK))
    first = np.flatnonzero(begins)
    mine = np.repeat(first, np.diff(np.append(first, len(order))))
    times_back[order] = back - back[mine]  # the first attempt of none is one of these
    place = np.arange(len(order))
    thread = np.maximum.accumulate(np.where(cause == Cause.TURN, 0, place))
    turns[order] = place - thread
    is_last[order[:-1]] = begins[1:]
    return AttemptsSoFar(outcome, now_s, customer, times_back, turns, is_last)
