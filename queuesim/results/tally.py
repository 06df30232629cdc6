"""What a replication sends home: numbers without tables.

Everything is an array by contact type or agent group and interval, and adds up over replications.
Times lie on the 1/1024 s grid, so the sums are exact and their order does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from queuesim.engines.outcome import ContactOutcome, Outcome
from queuesim.results import schema, waits
from queuesim.results.facts import contact_facts
from queuesim.results.layout import Layout
from queuesim.results.spells import Spells
from queuesim.results.tables import contact_table

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
    layout = Layout.of(outcome.scenario)
    contacts, histograms = _count_contacts(outcome, layout)
    return Tally(
        replication=outcome.tape.replication,
        contacts=contacts,
        groups=_count_groups(outcome, layout),
        waits=histograms,
        table=contact_table(outcome, layout) if keep_contacts else None,
    )


def _count_contacts(
    outcome: Outcome, layout: Layout
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    tape, columns, facts = outcome.tape, outcome.contacts, contact_facts(outcome, layout)
    types, intervals = len(layout.types), layout.n_intervals
    cells = types * intervals
    kind = tape.contact_type
    cell = kind * np.int64(intervals) + facts.interval
    table = np.zeros((len(CONTACT_QUANTITIES), cells))
    counted = dict(zip(CONTACT_QUANTITIES, table, strict=True))

    def count(quantity: str, rows: NDArray[np.intp]) -> None:
        counted[quantity][:] = np.bincount(cell[rows], minlength=cells)

    def add(quantity: str, rows: NDArray[np.intp] | slice, amount: NDArray[np.number]) -> None:
        counted[quantity][:] = np.bincount(cell[rows], weights=amount, minlength=cells)

    code, wait_s = columns["outcome"], facts.wait_s
    for outcome_code, quantity in _OUTCOME_QUANTITIES.items():
        rows = np.flatnonzero(code == outcome_code)
        if len(rows):
            count(quantity, rows)
            counted["offered"] += counted[quantity]
    add("offered_work_s", slice(None), tape.talk_s + tape.wrap_up_s)

    in_time = wait_s <= layout.within_s[kind]
    answered = np.flatnonzero(facts.answered)
    wait_answered = wait_s[answered]
    count("answered", answered)
    count("answered_within", np.flatnonzero(facts.answered & in_time))
    waited = answered[wait_answered > 0]
    add("wait_answered_s", waited, wait_s[waited])
    add("wait_answered_sq", waited, wait_s[waited] ** 2)

    let_in = np.flatnonzero(facts.let_in)
    count("let_in", let_in)
    waited = let_in[wait_s[let_in] > 0]
    add("wait_all_s", waited, wait_s[waited])

    abandoned = np.flatnonzero(code == ContactOutcome.ABANDONED)
    if len(abandoned):
        wait_abandoned = wait_s[abandoned]
        count("abandoned_within", abandoned[in_time[abandoned]])
        count("abandoned_quick", abandoned[wait_abandoned <= outcome.scenario.short_abandon])
        add("wait_abandoned_s", abandoned, wait_abandoned)

    handled = np.flatnonzero(code == ContactOutcome.HANDLED)
    talk_end_s = columns["talk_end_s"][handled]
    add("talk_s", handled, talk_end_s - columns["answered_s"][handled])
    add("wrap_up_s", handled, columns["freed_s"][handled] - talk_end_s)

    offered = np.flatnonzero(~np.isnan(columns["offer_s"]))
    owed = np.flatnonzero(facts.owed)
    if len(offered):
        count("callbacks_offered", offered)
        count("callbacks_accepted", np.flatnonzero(facts.accepted))
        count("promises_due", np.flatnonzero(facts.promise_due))
        count("promises_kept", np.flatnonzero(facts.promise_kept))
    if len(owed):
        dialled = owed[~np.isnan(columns["dialled_s"][owed])]
        count("callbacks_owed", owed)
        count("callbacks_dialled", dialled)
        count("callbacks_handled", owed[code[owed] == ContactOutcome.HANDLED])
        add("callback_wait_s", dialled, facts.callback_wait_s[dialled])
        add("dials", owed, columns["attempts"][owed])

    histograms = np.array(
        [
            waits.count_waits(kind[answered], wait_answered, types),
            waits.count_waits(kind[let_in], wait_s[let_in], types),
        ]
    )
    return table.reshape(-1, types, intervals), histograms


_OUTCOME_QUANTITIES = {
    ContactOutcome.UNRESOLVED: "unresolved",
    ContactOutcome.HANDLED: "handled",
    ContactOutcome.ABANDONED: "abandoned",
    ContactOutcome.BLOCKED: "blocked",
    ContactOutcome.TURNED_AWAY: "turned_away",
    ContactOutcome.FAILED_CALLBACK: "failed_callbacks",
}


def _count_groups(outcome: Outcome, layout: Layout) -> NDArray[np.float64]:
    tape = outcome.tape
    busy, sessions, group_of = Spells.of_busy(outcome.busy), tape.sessions, tape.agent_group
    on_duty = Spells(sessions.agent, sessions.on_s, sessions.off_s)
    late = busy.outside(on_duty)
    shape = (len(layout.groups), layout.n_intervals)
    on_duty_s, busy_s, overtime_s = (
        spells.by_interval(group_of, shape, layout.interval_s) for spells in (on_duty, busy, late)
    )
    staffed_s = on_duty_s + overtime_s
    handled = np.flatnonzero(outcome.contacts["outcome"] == ContactOutcome.HANDLED)
    interval = layout.interval_at(tape.arrival_s[handled])
    cell = group_of[outcome.contacts["agent"][handled]] * np.int64(shape[1]) + interval
    counted = {
        "scheduled_s": layout.scheduled_s,
        "staffed_s": staffed_s,
        "busy_s": busy_s,
        "idle_s": staffed_s - busy_s,
        "overtime_s": overtime_s,
        "handled": np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape),
    }
    return np.array([counted[name] for name in GROUP_QUANTITIES], dtype=np.float64)
