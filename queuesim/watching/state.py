"""The state of a contact centre now, as dashboards show it: tables, and what contradicts them.

Tables are data frames with a row a contact, an agent's open contact, or an interval and contact
type. All that is wrong is told at once, with the row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from queuesim.errors import ScenarioError
from queuesim.model import Scenario
from queuesim.watching.nowcasting.rules_between import whoever_came_again
from queuesim.watching.nowcasting.state_rules import Reading

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SO_FAR = (
    *("offered", "answered", "answered_within", "abandoned", "abandoned_within", "abandoned_quick"),
    *("blocked", "wait_answered_s"),
)
"""Quantities that are known of the contacts so far, as in `results.schema.CONTACT_QUANTITIES`."""

Table = pd.DataFrame


def _no_rows() -> Table:
    return pd.DataFrame()


@dataclass(frozen=True, eq=False)
class State:
    """How things stand now.

    Attributes
    ----------
    now : datetime or str
        The instant; naive is local time of the scenario's horizon.
    waiting : pandas.DataFrame
        Customers who hold the line, and messages that wait, a row each: ``contact_type``,
        ``waited_s`` [s]; perhaps ``allotted``, the group it is meant for where the type has an
        allocation.
    busy : pandas.DataFrame
        Contacts open with agents, a row each: ``agent_group``, ``contact_type``, ``elapsed_s`` in
        the phase [s]; perhaps ``phase``: ``talk``, ``wrap-up`` or ``ring`` (else ``elapsed_s``
        counts from the start of talk), and ``agent``, a name or number: contacts with the same
        agent of a group are open with one person. Without it each row is a person of its own.
        ``waited_s``, before it was opened, is asked of messages, which are answered when work on
        them ends.
    callbacks : pandas.DataFrame
        Callbacks owed that no agent is at: ``contact_type``, ``due`` (timestamp: from when on it is
        to be dialled; on virtual hold, since when the customer has waited); perhaps ``attempts``
        made already.
    staffed : mapping of str to int
        Agents on duty now, by group. Groups that are not named have those whom the plan has.
    more : mapping of str to int
        In place of `staffed`: so many more than the plan has, by group; negative for fewer.
    so_far : pandas.DataFrame
        Contacts so far today, a row an interval and contact type, by arrival: ``start``
        (timestamp), ``contact_type``, ``offered`` (those who wait or are open included) and, as far
        as known, ``answered``, ``abandoned``, ``answered_within``, ``abandoned_within`` (the type's
        target), ``blocked``, ``mean_wait_s`` of the answered [s], ``abandoned_quick`` (within the
        scenario's short time); ``first_attempts``, those of ``offered`` who came of themselves: no
        redials, repeats, turns, transfers, nor from self-service. How busy the day is shows in
        these. A measure of the day is unknown where a column that it needs is missing.
    ended : pandas.DataFrame or None
        Contacts that have ended, a row each: ``contact_type``, ``ended`` (timestamp; of handled
        ones when the talk ended), ``outcome`` (``handled``, ``transferred``, ``abandoned``,
        ``blocked``, ``balked``, ``turned_away``, ``self_served``, ``passed_on``,
        ``failed_callback`` or ``rang_in``); perhaps ``agent_group`` that handled it (else the mean
        of all who could), ``waited_s`` of those turned away [s]. Of today, and of the days before
        as far as their customers may still come again; those who have come again are left out, or
        told by `customer`. Contacts in wrap-up are among the busy. None: not known.
    self_service : pandas.DataFrame or None
        Who is at self-service now: ``contact_type``, ``elapsed_s`` since when [s]. None: not known.

    Tables of contacts may say which attempt each is: ``times_back``, how often its customer has
    come back (by redial, as a repeat contact, after hours, by ringing in), ``turns`` of the thread
    before it, both else 0; and ``customer``, a name or number: an ended contact of whom there is
    another, later one is left out.

    Examples
    --------
    >>> import pandas as pd
    >>> import queuesim as qs
    >>> state = State(
    ...     now="2026-11-23 11:10",
    ...     waiting=pd.DataFrame({"contact_type": ["support"] * 2, "waited_s": [75.0, 20.0]}),
    ...     busy=pd.DataFrame({"agent_group": ["home"], "contact_type": ["support"],
    ...                        "elapsed_s": [130.0]}),
    ... )
    """

    now: datetime | str
    waiting: Table = field(default_factory=_no_rows)
    busy: Table = field(default_factory=_no_rows)
    callbacks: Table = field(default_factory=_no_rows)
    staffed: Mapping[str, int] = field(default_factory=dict)
    more: Mapping[str, int] = field(default_factory=dict)
    so_far: Table = field(default_factory=_no_rows)
    ended: Table | None = None
    self_service: Table | None = None

    def check(self, scenario: Scenario) -> Standing:
        """Read the state with a scenario.

        Parameters
        ----------
        scenario : Scenario

        Returns
        -------
        Standing

        Raises
        ------
        ScenarioError
            With every problem found, each with its row.
        """
        reading = Reading(scenario)
        now_s = reading.now(self.now)
        if now_s is None:
            raise ScenarioError(reading.problems, "State")
        waiting = reading.waiting(self.waiting, now_s)
        busy = reading.busy(self.busy, now_s)
        callbacks = reading.callbacks(self.callbacks, now_s)
        ended = reading.ended(self.ended, now_s)
        self_service = reading.self_service(self.self_service, now_s)
        people = reading.people(self.staffed, self.more, busy, now_s)
        so_far = reading.so_far(self.so_far, now_s, (*SO_FAR, "first_attempts"))
        reading.together(waiting, busy, so_far[0], now_s)
        if reading.problems:
            raise ScenarioError(reading.problems, "State")
        others = [waiting, callbacks, *([] if self_service is None else [self_service])]
        whoever_came_again(ended, busy, others)
        contacts = (waiting, busy, callbacks, ended, self_service)
        return Standing(scenario, now_s, *contacts, *people, *so_far)


@dataclass(frozen=True, eq=False)
class Standing:
    """A state that has been checked, in the numbers of its scenario.

    Attributes
    ----------
    scenario : Scenario
    now_s : float
        [s], on the grid.
    waiting, busy, callbacks : mapping of str to numpy.ndarray
        Columns as in `State`, with indices for names and seconds for timestamps. ``person`` of
        ``busy`` numbers the busy agents of all groups, ``came_again`` says of whom there is a later
        contact.
    ended, self_service : mapping of str to numpy.ndarray or None
        As in `State`, likewise; ``outcome`` is a place in `ways_back.OUTCOMES`.
    staffed, more : numpy.ndarray, float64, shape (groups,)
        NaN where not stated.
    so_far : mapping of str to numpy.ndarray, float64, shape (types, intervals of today)
        Quantities of `SO_FAR`, and ``first_attempts``; NaN where not known.
    observed : numpy.ndarray, bool, shape (types, intervals of today)
        Where there is a row.
    """

    scenario: Scenario
    now_s: float
    waiting: Mapping[str, NDArray[Any]]
    busy: Mapping[str, NDArray[Any]]
    callbacks: Mapping[str, NDArray[Any]]
    ended: Mapping[str, NDArray[Any]] | None
    self_service: Mapping[str, NDArray[Any]] | None
    staffed: Floats
    more: Floats
    so_far: Mapping[str, Floats]
    observed: NDArray[np.bool_]

    @property
    def day(self) -> int:
        """Day of the horizon."""
        horizon = self.scenario.horizon
        return int(horizon.day_at(np.array([self.now_s]))[0])

    @property
    def intervals(self) -> slice:
        """Today's intervals among those of the horizon."""
        return intervals_of_day(self.scenario, self.day)


def intervals_of_day(scenario: Scenario, day: int) -> slice:
    """Return a day's intervals among those of the horizon."""
    edges = scenario.horizon.day_edges_s[day : day + 2] / scenario.horizon.interval
    return slice(int(edges[0]), int(edges[1]))
