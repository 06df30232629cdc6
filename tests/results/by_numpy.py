"""What is counted, told a second time: whole columns at once, slowly, and squares as integers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from queuesim.engines.outcome import ContactOutcome, Outcome
from queuesim.results import Tally
from queuesim.results.facts import contact_facts
from queuesim.results.layout import Layout
from queuesim.results.tally import CONTACT_QUANTITIES, GROUP_QUANTITIES
from queuesim.results.waits import BINS, UPPER_S
from queuesim.units import GRID


def slow_tally(outcome: Outcome, layout: Layout | None = None) -> Tally:
    """Count what happened in one replication."""
    layout = layout or Layout.of(outcome.scenario)
    contacts, histograms = _count_contacts(outcome, layout)
    groups = _count_groups(outcome, layout)
    return Tally(outcome.tape.replication, contacts, groups, histograms)


def count_waits(
    kind: NDArray[np.integer], wait_s: NDArray[np.float64], types: int
) -> NDArray[np.int32]:
    """Count waits by contact type and bin, shape (types, BINS)."""
    bins = np.zeros(len(wait_s), dtype=np.int64)
    waited = np.flatnonzero(wait_s)
    bins[waited] = np.searchsorted(UPPER_S, wait_s[waited], side="left")
    counts = np.bincount(kind * np.int64(BINS) + bins, minlength=types * BINS)
    return counts.reshape(types, BINS).astype(np.int32)


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
        count(quantity, np.flatnonzero(code == outcome_code))
        counted["offered"] += counted[quantity]
    by_people = np.flatnonzero(
        (code >= 0) & ~np.isin(code, [ContactOutcome.PASSED_ON, ContactOutcome.SELF_SERVED])
    )
    add("offered_work_s", by_people, (tape.talk_s + tape.wrap_up_s)[by_people])
    _count_customers(outcome, layout, facts.interval, counted)

    in_time = wait_s <= layout.within_s[kind]
    answered = np.flatnonzero(facts.answered)
    count("answered", answered)
    count("answered_within", np.flatnonzero(facts.answered & in_time))
    _count_not_due(outcome, layout, cell, counted)
    add("wait_answered_s", answered, wait_s[answered])
    squares: dict[int, int] = defaultdict(int)
    for row in answered:
        squares[int(cell[row])] += round(float(wait_s[row]) * GRID) ** 2
    for at, square in squares.items():
        counted["wait_answered_sq"][at] = square / GRID**2

    let_in = np.flatnonzero(facts.let_in)
    count("let_in", let_in)
    add("wait_all_s", let_in, wait_s[let_in])

    abandoned = np.flatnonzero(code == ContactOutcome.ABANDONED)
    count("abandoned_within", abandoned[in_time[abandoned]])
    quick = wait_s[abandoned] <= outcome.scenario.short_abandon
    count("abandoned_quick", abandoned[quick])
    add("wait_abandoned_s", abandoned, wait_s[abandoned])

    handled = np.flatnonzero(code == ContactOutcome.HANDLED)
    talk_end_s = columns["talk_end_s"][handled]
    add("talk_s", handled, talk_end_s - columns["answered_s"][handled])
    add("wrap_up_s", handled, columns["freed_s"][handled] - talk_end_s)

    add("resolution_s", handled, facts.resolution_s[handled])
    add("paused_s", handled, columns["paused_s"][handled])
    began = columns["answered_s"]
    ended = np.where(np.isnan(began), columns["left_s"], began)
    while_open = np.flatnonzero(ended < layout.horizon_s)
    at = kind[while_open] * np.int64(intervals) + layout.interval_at(ended[while_open])
    counted["waits_ended"][:] = np.bincount(at, minlength=cells)

    owed = np.flatnonzero(facts.owed)
    dialled = owed[~np.isnan(columns["dialled_s"][owed])]
    count("callbacks_offered", np.flatnonzero(~np.isnan(columns["offer_s"])))
    count("callbacks_accepted", np.flatnonzero(facts.accepted))
    count("promises_due", np.flatnonzero(facts.promise_due))
    count("promises_kept", np.flatnonzero(facts.promise_kept))
    count("callbacks_owed", owed)
    count("callbacks_dialled", dialled)
    count("callbacks_handled", owed[code[owed] == ContactOutcome.HANDLED])
    add("callback_wait_s", dialled, facts.callback_wait_s[dialled])
    add("dials", owed, columns["attempts"][owed])
    over_s = np.where(np.isnan(columns["left_s"]), layout.horizon_s, columns["left_s"])
    over_s = np.where(np.isnan(columns["answered_s"]), over_s, columns["answered_s"])
    asked_s = np.where(facts.accepted, columns["accepted_s"], columns["came_s"])
    add("callback_owed_s", owed, (over_s - asked_s)[owed])

    _count_slots(outcome, layout, counted)

    told_s = columns["announced_s"]
    if not layout.announces:
        told_s = np.full(len(told_s), np.nan)
    of_answered = np.flatnonzero(~np.isnan(told_s) & facts.answered & facts.let_in)
    error_s = (wait_s - told_s)[of_answered]
    count("announced", np.flatnonzero(~np.isnan(told_s)))
    count("announcements_due", np.flatnonzero(facts.announcement_due))
    count("announcements_kept", np.flatnonzero(facts.announcement_kept))
    count("announced_answered", of_answered)
    add("announcement_error_s", of_answered, error_s)
    add("announcement_miss_s", of_answered, np.abs(error_s))

    histograms = np.array(
        [
            count_waits(kind[answered], wait_s[answered], types),
            count_waits(kind[let_in], wait_s[let_in], types),
        ]
    )
    return table.reshape(-1, types, intervals), histograms


def _count_not_due(
    outcome: Outcome,
    layout: Layout,
    cell: NDArray[np.integer],
    counted: Mapping[str, NDArray[np.float64]],
) -> None:
    """Of each who waits at the end: look for the instant at which the target time is over."""
    columns, horizon = outcome.contacts, outcome.scenario.horizon
    waits = (columns["outcome"] == ContactOutcome.UNRESOLVED) & np.isnan(columns["accepted_s"])
    for row in np.flatnonzero(waits):
        each = outcome.scenario.contact_types[outcome.tape.contact_type[row]]
        if each.target is None:
            continue
        came_s, left_s = float(columns["came_s"][row]), each.target.within
        windows = [(0.0, layout.horizon_s)]
        if each.target.clock == "opening_hours":
            windows = each.windows(horizon).tolist()
        over = False
        for opens_s, closes_s in windows:
            counts_s = closes_s - max(opens_s, came_s)
            over = over or left_s <= max(counts_s, 0.0)
            left_s -= max(counts_s, 0.0)
        counted["not_due"][cell[row]] += not over


def _count_slots(
    outcome: Outcome, layout: Layout, counted: Mapping[str, NDArray[np.float64]]
) -> None:
    """Slot by slot: how many it takes, and who is booked into it."""
    horizon, columns = outcome.scenario.horizon, outcome.contacts
    for k, each in enumerate(outcome.scenario.contact_types):
        offer = each.callback
        if offer is None or offer.kind != "slot":
            continue
        windows = each.windows(horizon).tolist()
        given_up = (columns["outcome"] == ContactOutcome.RANG_IN) & (
            columns["left_s"] <= columns["due_s"]
        )
        booked = (outcome.tape.contact_type == k) & ~np.isnan(columns["accepted_s"]) & ~given_up
        slot_s, begins_s = round(offer.slot * GRID) / GRID, 0.0
        while begins_s < layout.horizon_s:
            cell = k * layout.n_intervals + int(begins_s // layout.interval_s)
            if any(a <= begins_s < b for a, b in windows):
                counted["slot_places"][cell] += offer.per_slot
            counted["slots_booked"][cell] += (booked & (columns["due_s"] == begins_s)).sum()
            begins_s += slot_s


def _count_customers(
    outcome: Outcome,
    layout: Layout,
    interval: NDArray[np.int64],
    counted: Mapping[str, NDArray[np.float64]],
) -> None:
    tape, columns = outcome.tape, outcome.contacts
    customer = np.arange(len(tape)) if tape.again is None else tape.again.customer
    for row in np.flatnonzero(columns["cause"] >= 0):
        own = tape.contact_type[row] * layout.n_intervals + interval[row]
        first = tape.contact_type[customer[row]] * layout.n_intervals + interval[row]
        counted[_CAUSE_QUANTITIES[columns["cause"][row]]][own] += 1
        counted["contacts_of_customers"][first] += 1
        if columns["resolved"][row] == 1:
            counted["resolved"][own] += 1
            counted["customers_resolved"][first] += 1
            counted["resolved_first"][own] += columns["cause"][row] == 0
        if layout.responds[tape.contact_type[row]]:
            continue
        ends = [columns[name][row] for name in ("accepted_s", "answered_s", "left_s")]
        ends = [*(end for end in ends if not np.isnan(end)), layout.horizon_s]
        effort_s = ends[0] - columns["came_s"][row]
        if not np.isnan(columns["talk_end_s"][row]):
            effort_s += columns["talk_end_s"][row] - columns["answered_s"][row]
        counted["effort_s"][own] += effort_s
        counted["effort_of_customers_s"][first] += effort_s


_CAUSE_QUANTITIES = (
    "customers",
    "redials",
    "repeats",
    "further_turns",
    "after_hours",
    "transfers",
    "from_front_door",
    "ring_ins",
)
COMING_BACK = (
    "redials",
    "repeats",
    "further_turns",
    "after_hours",
    "transfers",
    "from_front_door",
    "ring_ins",
)
"""Quantities of those who come again."""

_OUTCOME_QUANTITIES = {
    ContactOutcome.UNRESOLVED: "unresolved",
    ContactOutcome.HANDLED: "handled",
    ContactOutcome.ABANDONED: "abandoned",
    ContactOutcome.BLOCKED: "blocked",
    ContactOutcome.TURNED_AWAY: "turned_away",
    ContactOutcome.FAILED_CALLBACK: "failed_callbacks",
    ContactOutcome.BALKED: "balked",
    ContactOutcome.PASSED_ON: "passed_on",
    ContactOutcome.SELF_SERVED: "self_served",
    ContactOutcome.RANG_IN: "rang_in",
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
    interval = layout.interval_at(outcome.contacts["came_s"][handled])
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


_FOREVER = np.int64(1) << 40
"""Longer than any horizon: 2**40 ticks of 1/1024 s are 34 years."""


@dataclass(frozen=True)
class Spells:
    """Stretches of time, each of one agent; an agent's own do not overlap.

    Attributes
    ----------
    agent : numpy.ndarray, int, shape (n,)
    from_s, to_s : numpy.ndarray, float64, shape (n,)
        [s], on the grid.
    """

    agent: NDArray[np.integer]
    from_s: NDArray[np.float64]
    to_s: NDArray[np.float64]

    @classmethod
    def of_busy(cls, busy: Mapping[str, NDArray[Any]]) -> Spells:
        """Return the busy periods of an outcome."""
        return cls(busy["agent"], busy["from_s"], busy["to_s"])

    def by_interval(
        self, group_of: NDArray[np.integer], shape: tuple[int, int], interval_s: float
    ) -> NDArray[np.float64]:
        """Sum time by agent group and interval.

        Parameters
        ----------
        group_of : numpy.ndarray, int, shape (agents,)
            Group of each agent.
        shape : tuple of int
            Groups and intervals.
        interval_s : float
            Length of an interval [s]. The last one is open: time past the horizon counts there.

        Returns
        -------
        numpy.ndarray, float64, shape (groups, intervals)
            [s]
        """
        _, intervals = shape
        cells = shape[0] * intervals
        first = np.minimum((self.from_s / interval_s).astype(np.int64), intervals - 1)
        last = np.clip(np.ceil(self.to_s / interval_s).astype(np.int64) - 1, first, intervals - 1)
        row = group_of[self.agent] * np.int64(intervals)
        reach = np.where(last > first, (first + 1) * interval_s, self.to_s)
        head = np.bincount(row + first, weights=reach - self.from_s, minlength=cells)
        long = np.flatnonzero(last > first)
        if len(long) == 0:
            return head.reshape(shape).astype(np.float64)
        row, first, last = row[long], first[long], last[long]
        rest = self.to_s[long] - last * interval_s
        tail = np.bincount(row + last, weights=rest, minlength=cells)
        # in between, whole intervals: +1 after the first, -1 at the last
        starts = np.bincount(row + first + 1, minlength=cells + 1)[:cells]
        stops = np.bincount(row + last, minlength=cells + 1)[:cells]
        between = np.cumsum((starts - stops).reshape(shape), axis=1) * interval_s
        summed: NDArray[np.float64] = (head + tail).reshape(shape) + between
        return summed

    def outside(self, others: Spells) -> Spells:
        """Return the parts of these spells that lie in none of the same agent's other spells.

        Parameters
        ----------
        others : Spells
            Every spell here begins in one of them.

        Returns
        -------
        Spells
        """
        begins = others.agent.astype(np.int64) * _FOREVER + _ticks(others.from_s)
        order = np.argsort(begins, kind="stable")
        begins, other_to = begins[order], others.to_s[order]
        other_agent, other_from = others.agent[order], others.from_s[order]
        home = np.searchsorted(
            begins, self.agent.astype(np.int64) * _FOREVER + _ticks(self.from_s), side="right"
        )
        late = np.flatnonzero(self.to_s > other_to[home - 1])
        agent, to_s, k = self.agent[late], self.to_s[late], home[late] - 1
        parts: list[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]] = []
        while len(agent):  # once for each session that a spell reaches into, nearly always once
            following = np.minimum(k + 1, len(begins) - 1)
            meets = (k + 1 < len(begins)) & (other_agent[following] == agent)
            meets &= other_from[following] < to_s
            parts.append((agent, other_to[k], np.where(meets, other_from[following], to_s)))
            goes_on = meets & (other_to[following] < to_s)
            agent, to_s, k = agent[goes_on], to_s[goes_on], following[goes_on]
        if not parts:
            return Spells(self.agent[:0], self.from_s[:0], self.to_s[:0])
        return Spells(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _ticks(seconds: NDArray[np.float64]) -> NDArray[np.int64]:
    return (seconds * GRID).astype(np.int64)
