"""What a replication sends home: numbers without tables.

Everything is an array by contact type or agent group and interval, and adds up over replications.
Times lie on the 1/1024 s grid, so the sums are exact and their order does not matter: a run may be
counted in pieces, and what has been counted may be forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from queuesim.engines.outcome import ContactOutcome, Outcome
from queuesim.results import schema
from queuesim.results.agents_time import TIME_ROWS, count_time
from queuesim.results.counting import (
    GROUP_SCHEDULED_S,
    HANDLED,
    SLOT_PLACES,
    TALK_S,
    WAIT_ALL_S,
    count_contacts,
    join,
)
from queuesim.results.customers import as_first_contacts, count_customers
from queuesim.results.layout import Layout
from queuesim.results.tables import contact_table
from queuesim.results.waits import BINS, BINS_PER_E, UPPER_S
from queuesim.sampling import Sessions

CONTACT_QUANTITIES = schema.names(schema.CONTACT_QUANTITIES)
GROUP_QUANTITIES = schema.names(schema.GROUP_QUANTITIES)


@dataclass(frozen=True)
class Tally:
    """The numbers of one replication.

    Attributes
    ----------
    replication : int
    contacts : numpy.ndarray, float64, shape (quantities, types, intervals)
        In the order of `schema.CONTACT_QUANTITIES`.
    groups : numpy.ndarray, float64, shape (quantities, groups, intervals)
        In the order of `schema.GROUP_QUANTITIES`.
    waits : numpy.ndarray, int32, shape (2, types, bins)
        Histograms of the waits of the answered and of all who were let in, see `waits`.
    table : pandas.DataFrame or None
        The contact table, when it is kept.
    """

    replication: int
    contacts: NDArray[np.float64]
    groups: NDArray[np.float64]
    waits: NDArray[np.int32]
    table: pd.DataFrame | None = None


class Count:
    """The count of one replication, piece by piece.

    Every contact of the run is counted once, in any order, over any number of pieces. Arrays are
    contiguous and writable, with the dtypes of `Tape` and `engines.outcome`: others are counted
    too, but the kernels are compiled again for them.

    Parameters
    ----------
    layout : Layout
    agent_group : numpy.ndarray, int32, shape (agents,)
        Group of each agent.
    sessions : Sessions
        When each agent is there; those of one agent in order.
    until_s : float, optional
        When it ends [s]: who still waits has waited until then. None: when the horizon does.

    Examples
    --------
    >>> count = Count(layout, tape.agent_group, tape.sessions)                 # doctest: +SKIP
    >>> for piece in pieces:                                                   # doctest: +SKIP
    ...     count.add_contacts(piece.contact_type, piece.arrival_s, piece.talk_s,
    ...                        piece.wrap_up_s, piece.columns, piece.is_over)
    ...     count.add_busy(piece.agent, piece.from_s, piece.to_s)
    >>> numbers = count.tally(replication=0)                                   # doctest: +SKIP
    """

    def __init__(
        self,
        layout: Layout,
        agent_group: NDArray[np.int32],
        sessions: Sessions,
        until_s: float | None = None,
    ) -> None:
        self._layout = layout
        self._until_s = layout.horizon_s if until_s is None else until_s
        self._agent_group, self._sessions = agent_group, sessions
        cells = len(layout.types) * layout.n_intervals
        group_cells = len(layout.groups) * layout.n_intervals
        self._contacts = np.zeros((len(CONTACT_QUANTITIES), cells))
        self._squares = np.zeros((3, cells), dtype=np.int64)
        self._waits = np.zeros((2, len(layout.types) * BINS), dtype=np.int32)
        self._groups = np.zeros((len(GROUP_QUANTITIES), group_cells))
        self._time = np.zeros((TIME_ROWS, group_cells))
        self._following = np.empty(len(sessions), dtype=np.int32)
        self._current = np.full(len(agent_group), -1, dtype=np.int32)
        self._add_time(sessions.agent, sessions.on_s, sessions.off_s, are_sessions=True)

    def add_contacts(
        self,
        contact_type: NDArray[np.int32],
        arrival_s: NDArray[np.float64],
        talk_s: NDArray[np.float64],
        wrap_up_s: NDArray[np.float64],
        columns: Mapping[str, NDArray[Any]],
        final: NDArray[np.bool_],
    ) -> None:
        """Count those contacts of a piece of the run that are over.

        Parameters
        ----------
        contact_type, arrival_s, talk_s, wrap_up_s : numpy.ndarray, shape (n,)
            As on the tape.
        columns : mapping of str to numpy.ndarray, shape (n,)
            As in `engines.outcome.CONTACT_COLUMNS`. Those of callbacks (``offer_s``,
            ``accepted_s``, ``due_s``, ``dialled_s``, ``attempts``) may be missing or empty where
            the scenario has none; so may ``announced_s`` where it announces no waits, ``paused_s``
            where nothing can be interrupted, and ``cause`` and ``resolved`` where nobody comes
            again and all are resolved. Else there is ``first_type``, int32, too: the contact type
            of the customer's first attempt.
        final : numpy.ndarray, bool, shape (n,)
            Which rows to count now; attempts that nobody made are none.
        """
        layout = self._layout
        if layout.comes_again:
            final = final & (columns["cause"] >= 0)
        if layout.effort_apart:
            self._add_customers(contact_type, arrival_s, columns, final)
        of_callbacks = _NO_CALLBACKS
        if layout.calls_back:
            of_callbacks = (
                columns["offer_s"],
                columns["accepted_s"],
                columns["due_s"],
                columns["dialled_s"],
                columns["attempts"],
            )
            if not all(len(column) == len(final) for column in of_callbacks):
                raise ValueError("the scenario has callbacks, and their columns are not filled")
        announced_s = columns["announced_s"] if layout.announces else _NEVER
        if layout.announces and len(announced_s) != len(final):
            raise ValueError("the scenario announces waits, and their column is not filled")
        count_contacts(
            contact_type,
            arrival_s,
            talk_s,
            wrap_up_s,
            columns["outcome"],
            columns["agent"],
            columns["answered_s"],
            columns["talk_end_s"],
            columns["freed_s"],
            columns["left_s"],
            *of_callbacks,
            announced_s,
            columns["paused_s"] if layout.pauses else _NEVER,
            final,
            self._agent_group,
            layout.terms,
            *layout.open_hours,
            UPPER_S,
            BINS_PER_E,
            layout.interval_s,
            self._until_s,
            layout.short_abandon_s,
            layout.calls_back,
            layout.announces,
            layout.pauses,
            self._contacts,
            self._squares,
            self._waits,
            self._groups,
        )

    def _add_customers(
        self,
        contact_type: NDArray[np.int32],
        arrival_s: NDArray[np.float64],
        columns: Mapping[str, NDArray[Any]],
        final: NDArray[np.bool_],
    ) -> None:
        layout = self._layout
        first_type, cause, resolved = (columns.get(name) for name in _OF_CUSTOMERS)
        if first_type is None or cause is None or resolved is None:  # nobody comes again
            first_type, cause = contact_type, np.zeros(len(final), dtype=np.int8)
            handled = columns["outcome"] == ContactOutcome.HANDLED
            resolved = np.where(handled, 1, -1).astype(np.int8)
        count_customers(
            contact_type,
            first_type,
            cause,
            resolved,
            arrival_s,
            columns["answered_s"],
            columns["talk_end_s"],
            columns["left_s"],
            columns["accepted_s"] if layout.calls_back else _NEVER,
            final,
            layout.responds,
            layout.interval_s,
            self._until_s,
            len(layout.types),
            self._contacts,
        )

    def add_busy(
        self,
        agent: NDArray[np.int32],
        from_s: NDArray[np.float64],
        to_s: NDArray[np.float64],
    ) -> None:
        """Count busy periods.

        Parameters
        ----------
        agent, from_s, to_s : numpy.ndarray, shape (n,)
            As in `engines.outcome.BUSY_COLUMNS`, but in any order that keeps those of one agent in
            theirs, over all calls. Two periods of an agent may touch.
        """
        self._add_time(agent, from_s, to_s, are_sessions=False)

    def _add_time(
        self,
        agent: NDArray[np.int32],
        from_s: NDArray[np.float64],
        to_s: NDArray[np.float64],
        are_sessions: bool,
    ) -> None:
        layout, sessions = self._layout, self._sessions
        count_time(
            agent,
            from_s,
            to_s,
            are_sessions,
            self._agent_group,
            sessions.on_s,
            sessions.off_s,
            layout.interval_s,
            layout.n_intervals,
            self._following,
            self._current,
            self._time,
        )

    def tally(self, replication: int, table: pd.DataFrame | None = None) -> Tally:
        """Return the numbers, when everything is counted.

        Parameters
        ----------
        replication : int
            Its number.
        table : pandas.DataFrame, optional
            The contact table, to send along.

        Returns
        -------
        Tally
            Shares its arrays with this count.
        """
        layout, intervals = self._layout, self._layout.n_intervals
        join(self._contacts, self._squares, self._time, self._groups, layout.interval_s)
        if not layout.effort_apart:
            as_first_contacts(self._contacts, HANDLED, WAIT_ALL_S, TALK_S)
        if layout.books.any():
            self._contacts[SLOT_PLACES] = layout.slot_places.reshape(-1)
        groups = self._groups.reshape(len(GROUP_QUANTITIES), -1, intervals)
        groups[GROUP_SCHEDULED_S] = layout.scheduled_s
        return Tally(
            replication,
            self._contacts.reshape(len(CONTACT_QUANTITIES), -1, intervals),
            groups,
            self._waits.reshape(2, -1, BINS),
            table,
        )


_OF_CUSTOMERS = ("first_type", "cause", "resolved")
_NEVER = np.zeros(0)
_NO_CALLBACKS = (_NEVER, _NEVER, _NEVER, _NEVER, np.zeros(0, dtype=np.int32))


def tally(outcome: Outcome, *, keep_contacts: bool = False) -> Tally:
    """Count what happened in one replication.

    Parameters
    ----------
    outcome : Outcome
        What an engine made of a tape.
    keep_contacts : bool, default False
        Whether to send the contact table along.

    Returns
    -------
    Tally

    Examples
    --------
    >>> import queuesim as qs
    >>> from queuesim.engines.reference import simulate_reference
    >>> from queuesim.sampling import draw_tape
    >>> phone = qs.ContactType(name="support", channel="phone", demand=qs.Demand(per_day=100),
    ...                        talk=qs.Exponential(mean="4min"))
    >>> team = qs.AgentGroup(name="home", skills=("support",), headcount=3,
    ...                      contract=qs.InHouse(per_hour=24.0))
    >>> day = qs.Scenario(name="a day", contact_types=(phone,), agent_groups=(team,),
    ...                   horizon=qs.Horizon(start="2026-11-23", days=1))
    >>> outcome = simulate_reference(day, draw_tape(day, seed=7))
    >>> numbers = tally(outcome)
    >>> float(numbers.contacts[0].sum()) == len(outcome.tape)
    True
    """
    layout, tape, busy = Layout.of(outcome.scenario), outcome.tape, outcome.busy
    count = Count(layout, tape.agent_group, tape.sessions)
    columns = dict(outcome.contacts)
    if layout.comes_again and tape.again is not None:
        columns["first_type"] = tape.contact_type[tape.again.customer]
    count.add_contacts(
        tape.contact_type,
        columns["came_s"],
        tape.talk_s,
        tape.wrap_up_s,
        columns,
        np.ones(len(tape), dtype=np.bool_),
    )
    count.add_busy(busy["agent"], busy["from_s"], busy["to_s"])
    return count.tally(tape.replication, contact_table(outcome, layout) if keep_contacts else None)
