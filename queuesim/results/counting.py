"""What a run adds to its tally, counted as it comes: told for the machine.

A table has a row a quantity, and a column a contact type or agent group and interval. All times lie
on the 1/1024 s grid, so that sums lose nothing, their order does not matter, and staffed = busy +
idle holds with ``==``.

Squared waits are multiples of 2**-20 s², and their sums pass what float64 holds exactly. A wait of
``high * 2**20 + low`` ticks has the square ``high² * 2**40 + high * low * 2**21 + low²``: the three
are summed as integers, and joined when all is counted, rounding once.

Agents' time is counted in `agents_time`, and joined here.
"""

from __future__ import annotations

from math import log

import numpy as np
from numpy.typing import NDArray

from queuesim.compiling import compiled
from queuesim.results.agents_time import BUSY, LATE, ON_DUTY
from queuesim.results.open_hours import open_before

# Compiled code keeps the values of constants for as long as this file stays as it is. So those that
# belong elsewhere are written out, and a test compares them.

# CONTACT_QUANTITIES of the schema: rows of the table of contacts.
(
    OFFERED,
    HANDLED,
    ABANDONED,
    BLOCKED,
    BALKED,
    TURNED_AWAY,
    FAILED_CALLBACKS,
    RANG_IN,
    PASSED_ON,
    SELF_SERVED,
    UNRESOLVED,
    NOT_DUE,
    ANSWERED,
    ANSWERED_WITHIN,
    ABANDONED_WITHIN,
    ABANDONED_QUICK,
    LET_IN,
    WAIT_ANSWERED_S,
    WAIT_ANSWERED_SQ,
    WAIT_ALL_S,
    WAIT_ABANDONED_S,
    TALK_S,
    WRAP_UP_S,
    CALLBACKS_OFFERED,
    CALLBACKS_ACCEPTED,
    CALLBACKS_OWED,
    CALLBACKS_DIALLED,
    CALLBACKS_HANDLED,
    CALLBACK_WAIT_S,
    PROMISES_DUE,
    PROMISES_KEPT,
    DIALS,
    OFFERED_WORK_S,
    CALLBACK_OWED_S,
    ANNOUNCED,
    ANNOUNCEMENTS_DUE,
    ANNOUNCEMENTS_KEPT,
    ANNOUNCED_ANSWERED,
    ANNOUNCEMENT_ERROR_S,
    ANNOUNCEMENT_MISS_S,
    WAITS_ENDED,
    RESOLUTION_S,
    PAUSED_S,
    SLOTS_BOOKED,
    SLOT_PLACES,
) = range(45)

# Those that `customers` counts follow.
N_OF_CONTACTS = 45

# GROUP_QUANTITIES of the schema: rows of the table of agent groups.
(
    GROUP_SCHEDULED_S,
    GROUP_STAFFED_S,
    GROUP_BUSY_S,
    GROUP_IDLE_S,
    GROUP_OVERTIME_S,
    GROUP_HANDLED,
) = range(6)

# The row of each ContactOutcome, and the codes that decide something here.
ROW_OF_OUTCOME = (
    UNRESOLVED,
    HANDLED,
    ABANDONED,
    BLOCKED,
    TURNED_AWAY,
    FAILED_CALLBACKS,
    BALKED,
    PASSED_ON,
    SELF_SERVED,
    RANG_IN,
)
_UNRESOLVED, _HANDLED, _ABANDONED, _BLOCKED, _TURNED_AWAY, _BALKED = 0, 1, 2, 3, 4, 6
_PASSED_ON, _SELF_SERVED, _RANG_IN = 7, 8, 9

# Columns of Layout.terms.
_WITHIN_S, _PROMISE_S, _DIALS_BACK, _TOLERANCE_S, _RESPONDS, _BOOKS = 0, 1, 2, 3, 4, 5

TICKS_PER_S = 1024.0

Seconds = NDArray[np.float64]


@compiled
def count_contacts(
    contact_type: NDArray[np.int32],
    arrival_s: Seconds,
    talk_s: Seconds,
    wrap_up_s: Seconds,
    outcome: NDArray[np.int8],
    agent: NDArray[np.int32],
    answered_s: Seconds,
    talk_end_s: Seconds,
    freed_s: Seconds,
    left_s: Seconds,
    offer_s: Seconds,
    accepted_s: Seconds,
    due_s: Seconds,
    dialled_s: Seconds,
    attempts: NDArray[np.int32],
    announced_s: Seconds,
    paused_s: Seconds,
    final: NDArray[np.bool_],
    agent_group: NDArray[np.int32],
    terms: NDArray[np.float64],
    open_hours: Seconds,
    first_hours: NDArray[np.int64],
    upper_s: Seconds,
    bins_per_e: float,
    interval_s: float,
    horizon_s: float,
    short_abandon_s: float,
    callbacks: bool,
    announcements: bool,
    pauses: bool,
    table: NDArray[np.float64],
    squares: NDArray[np.int64],
    waits: NDArray[np.int32],
    groups: NDArray[np.float64],
) -> None:
    """Count the contacts that are final.

    Parameters
    ----------
    contact_type … final : numpy.ndarray, shape (n,)
        Of the tape and the outcome; `offer_s` to `attempts` are not looked at without `callbacks`,
        `announced_s` not without `announcements`,
        `paused_s` not without `pauses`.
    agent_group : numpy.ndarray, int32, shape (agents,)
    terms : numpy.ndarray, float64, shape (types, 6)
        `Layout.terms`.
    open_hours, first_hours : numpy.ndarray
        `open_hours.open_hours`: the hours of types whose waits are counted in them.
    upper_s : numpy.ndarray, float64, shape (bins,)
        `waits.UPPER_S`.
    bins_per_e : float
        `waits.BINS_PER_E`.
    interval_s, horizon_s, short_abandon_s : float
        [s]; `horizon_s`: until when was played.
    callbacks : bool
        Whether there are callbacks, offered or asked for.
    announcements : bool
        Whether waits are announced.
    pauses : bool
        Whether work can be interrupted.
    table : numpy.ndarray, float64, shape (quantities, types × intervals)
        Added to; what follows from other rows is left to `join`.
    squares : numpy.ndarray, int64, shape (3, types × intervals)
        Added to: the squared waits of the answered, in three parts.
    waits : numpy.ndarray, int32, shape (2, types × bins)
        Added to: waits of the answered, and of all who were let in.
    groups : numpy.ndarray, float64, shape (quantities, groups × intervals)
        Added to: the handled.
    """
    bins, intervals = len(upper_s), table.shape[1] // len(terms)
    for k in range(len(final)):
        if not final[k]:
            continue
        kind, arrival, code = contact_type[k], arrival_s[k], outcome[k]
        answered, left, accepted = answered_s[k], left_s[k], np.nan
        interval = int(arrival / interval_s)
        if interval >= intervals:
            interval = intervals - 1
        cell = np.uint64(kind * intervals + interval)  # unsigned: it never counts from the end
        table[ROW_OF_OUTCOME[code], cell] += 1.0
        if code in (_PASSED_ON, _SELF_SERVED):  # no agent, no wait
            table[WAITS_ENDED, cell] += 1.0
            continue
        table[OFFERED_WORK_S, cell] += talk_s[k] + wrap_up_s[k]
        ended = answered if answered == answered else left
        if ended < (interval + 1) * interval_s:
            table[WAITS_ENDED, cell] += 1.0
        elif ended < horizon_s:
            table[WAITS_ENDED, kind * intervals + int(ended / interval_s)] += 1.0
        by_hours = first_hours[kind] < first_hours[kind + 1]
        if code == _HANDLED:
            freed, came = freed_s[k], arrival
            if by_hours:
                freed = open_before(freed, open_hours, first_hours[kind], first_hours[kind + 1])
                came = open_before(came, open_hours, first_hours[kind], first_hours[kind + 1])
            table[RESOLUTION_S, cell] += freed - came
            if pauses:
                table[PAUSED_S, cell] += paused_s[k]
            table[TALK_S, cell] += talk_end_s[k] - answered
            table[WRAP_UP_S, cell] += freed_s[k] - talk_end_s[k]
            groups[GROUP_HANDLED, agent_group[agent[k]] * intervals + interval] += 1.0
        refused = code == _BLOCKED or (code == _TURNED_AWAY and left == arrival)
        refused = refused or code == _BALKED

        if callbacks:
            accepted = accepted_s[k]
            takes = accepted == accepted
            if offer_s[k] == offer_s[k]:
                table[CALLBACKS_OFFERED, cell] += 1.0
            if takes or (terms[kind, _DIALS_BACK] > 0.0 and not refused):
                dialled = dialled_s[k]
                table[CALLBACKS_OWED, cell] += 1.0
                table[DIALS, cell] += attempts[k]
                closed = horizon_s
                if answered == answered:
                    closed = answered
                elif left == left:
                    closed = left
                table[CALLBACK_OWED_S, cell] += closed - (accepted if takes else arrival)
                if code == _HANDLED:
                    table[CALLBACKS_HANDLED, cell] += 1.0
                if dialled == dialled:
                    table[CALLBACKS_DIALLED, cell] += 1.0
                    table[CALLBACK_WAIT_S, cell] += dialled - (accepted if takes else arrival)
                if takes:
                    table[CALLBACKS_ACCEPTED, cell] += 1.0
                    ends = due_s[k] + terms[kind, _PROMISE_S]
                    until = left if left == left else horizon_s
                    if dialled == dialled or ends <= until:
                        table[PROMISES_DUE, cell] += 1.0
                    if dialled <= ends:
                        table[PROMISES_KEPT, cell] += 1.0
                    if terms[kind, _BOOKS] > 0.0 and not (code == _RANG_IN and left <= due_s[k]):
                        slot = np.uint64(kind * intervals + int(due_s[k] / interval_s))
                        table[SLOTS_BOOKED, slot] += 1.0

        told = announced_s[k] if announcements else np.nan
        if told == told:
            table[ANNOUNCED, cell] += 1.0
        if refused:
            continue
        live = False
        response = talk_end_s[k] if terms[kind, _RESPONDS] > 0.0 else answered
        if accepted == accepted:
            until = accepted
        elif response == response:
            live = True
            until = response
        elif left == left:
            until = left
        else:
            until = horizon_s
        wait = until - arrival
        if by_hours:
            until = open_before(until, open_hours, first_hours[kind], first_hours[kind + 1])
            came = open_before(arrival, open_hours, first_hours[kind], first_hours[kind + 1])
            wait = until - came
        if told == told:
            in_time = wait <= told + terms[kind, _TOLERANCE_S]
            if live or not in_time:
                table[ANNOUNCEMENTS_DUE, cell] += 1.0
            if live:
                table[ANNOUNCED_ANSWERED, cell] += 1.0
                table[ANNOUNCEMENTS_KEPT, cell] += 1.0 if in_time else 0.0
                table[ANNOUNCEMENT_ERROR_S, cell] += wait - told
                table[ANNOUNCEMENT_MISS_S, cell] += abs(wait - told)
        table[LET_IN, cell] += 1.0
        place = 0
        if wait > 0.0:
            table[WAIT_ALL_S, cell] += wait
            # a logarithm guesses the bin, the bounds decide
            place = int(log(wait * TICKS_PER_S) * bins_per_e) + 2
            if place >= bins:
                place = bins - 1
            if place < 1:
                place = 1
            while upper_s[place - 1] >= wait:
                place -= 1
            while upper_s[place] < wait:
                place += 1
        place += kind * bins
        waits[1, place] += 1
        if live:
            waits[0, place] += 1
            table[ANSWERED, cell] += 1.0
            table[ANSWERED_WITHIN, cell] += 1.0 if wait <= terms[kind, _WITHIN_S] else 0.0
            if wait > 0.0:
                table[WAIT_ANSWERED_S, cell] += wait
                ticks = int(wait * TICKS_PER_S)
                high, low = ticks >> 20, ticks & 0xFFFFF
                squares[0, cell] += high * high
                squares[1, cell] += high * low
                squares[2, cell] += low * low
        elif code == _UNRESOLVED:
            # the target time ends after the horizon; who accepted a callback is not answered
            if accepted != accepted and wait < terms[kind, _WITHIN_S]:
                table[NOT_DUE, cell] += 1.0
        elif code == _ABANDONED:
            table[WAIT_ABANDONED_S, cell] += wait
            if wait <= terms[kind, _WITHIN_S]:
                table[ABANDONED_WITHIN, cell] += 1.0
            if wait <= short_abandon_s:
                table[ABANDONED_QUICK, cell] += 1.0


@compiled
def join(
    table: NDArray[np.float64],
    squares: NDArray[np.int64],
    time: NDArray[np.float64],
    groups: NDArray[np.float64],
    interval_s: float,
) -> None:
    """Work out what follows from what was counted.

    Parameters
    ----------
    table, squares, time, interval_s
        As for `count_contacts` and `count_time`.
    groups : numpy.ndarray, float64, shape (quantities, groups × intervals)
        Filled, but for the scheduled time and the handled.
    """
    for cell in range(table.shape[1]):
        offered = 0.0
        for row in range(HANDLED, UNRESOLVED + 1):
            offered += table[row, cell]
        table[OFFERED, cell] = offered
        # in units of 2**-20 s²: multiples of 2**40, and what is left, below that
        middle = squares[1, cell] + (squares[2, cell] >> 21)
        multiples = squares[0, cell] + (middle >> 19)
        rest = ((middle & 0x7FFFF) << 21) + (squares[2, cell] & 0x1FFFFF)
        table[WAIT_ANSWERED_SQ, cell] = multiples * 2.0**20 + rest * 2.0**-20
    on_duty = busy = late = 0.0  # and again at the end of each group's row
    for cell in range(time.shape[1]):
        on_duty += time[ON_DUTY + 1, cell]
        busy += time[BUSY + 1, cell]
        late += time[LATE + 1, cell]
        overtime_s = time[LATE, cell] + late * interval_s
        staffed_s = time[ON_DUTY, cell] + on_duty * interval_s + overtime_s
        busy_s = time[BUSY, cell] + busy * interval_s
        groups[GROUP_STAFFED_S, cell] = staffed_s
        groups[GROUP_BUSY_S, cell] = busy_s
        groups[GROUP_IDLE_S, cell] = staffed_s - busy_s
        groups[GROUP_OVERTIME_S, cell] = overtime_s
