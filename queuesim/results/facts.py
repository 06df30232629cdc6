"""What is true of each contact of a run: its interval, its wait, its callback and its promise.

Tables and tallies both start here, so that they cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from queuesim.engines.outcome import ContactOutcome, Outcome
from queuesim.results.layout import Layout


@dataclass(frozen=True)
class ContactFacts:
    """One entry a row of the tape; of further attempts that nobody made nothing is true.

    Attributes
    ----------
    interval : numpy.ndarray, int64
        Interval of arrival.
    wait_s : numpy.ndarray, float64
        Until answered live, left or accepted, by the clock of the type [s]; a message is answered
        when talk ends. See `schema.CONTACT_COLUMNS`.
    resolution_s : numpy.ndarray, float64
        Until wrap-up ends, by the clock of the type [s]; NaN of those who are not handled.
    answered : numpy.ndarray, bool
        Answered live; on a callback channel: reached.
    let_in : numpy.ndarray, bool
        Came to people, was neither blocked nor turned away on arrival, and did not balk.
    accepted : numpy.ndarray, bool
        Accepted a callback offer.
    owed : numpy.ndarray, bool
        Is owed a dial: accepted an offer, or asked for a callback.
    callback_wait_s : numpy.ndarray, float64
        Acceptance or request until the first dial [s]; NaN where there was none.
    promise_due : numpy.ndarray, bool
        An accepted offer that was dialled, or whose promise ended before the customer rang in or
        the horizon ended.
    promise_kept : numpy.ndarray, bool
        Of these: first dialled in time.
    announcement_due : numpy.ndarray, bool
        Heard an announced wait and was answered live, or was on the line longer than that.
    announcement_kept : numpy.ndarray, bool
        Of these: answered in time.
    """

    interval: NDArray[np.int64]
    wait_s: NDArray[np.float64]
    resolution_s: NDArray[np.float64]
    answered: NDArray[np.bool_]
    let_in: NDArray[np.bool_]
    accepted: NDArray[np.bool_]
    owed: NDArray[np.bool_]
    callback_wait_s: NDArray[np.float64]
    promise_due: NDArray[np.bool_]
    promise_kept: NDArray[np.bool_]
    announcement_due: NDArray[np.bool_]
    announcement_kept: NDArray[np.bool_]


def contact_facts(outcome: Outcome, layout: Layout) -> ContactFacts:
    """Work out the facts of every contact.

    Parameters
    ----------
    outcome : Outcome
    layout : Layout
        Of the outcome's scenario.

    Returns
    -------
    ContactFacts
    """
    tape, contacts = outcome.tape, outcome.contacts
    arrival_s, kind = contacts["came_s"], tape.contact_type
    horizon_s = layout.edges_s[-1]
    accepted_s, left_s, dialled_s = (
        contacts["accepted_s"],
        contacts["left_s"],
        contacts["dialled_s"],
    )
    accepted = ~np.isnan(accepted_s)
    ends = np.where(np.isnan(left_s), horizon_s, left_s)
    response_s = np.where(layout.responds[kind], contacts["talk_end_s"], contacts["answered_s"])
    answered = ~np.isnan(response_s) & ~accepted
    ends = np.where(answered, response_s, ends)
    ends = np.where(accepted, accepted_s, ends)
    code = contacts["outcome"]
    came = code >= 0
    by_people = came & (code != ContactOutcome.PASSED_ON) & (code != ContactOutcome.SELF_SERVED)
    answered &= by_people
    refused = (
        ~by_people
        | (code == ContactOutcome.BLOCKED)
        | ((code == ContactOutcome.TURNED_AWAY) & (left_s == arrival_s))
    )
    refused |= code == ContactOutcome.BALKED
    told_until_s = contacts["announced_s"] + layout.tolerance_s[kind]
    told = ~np.isnan(told_until_s) & ~refused
    in_time = ends - arrival_s <= told_until_s
    owed = accepted | (layout.dials_back[kind] & ~refused)
    asked_s = np.where(accepted, accepted_s, arrival_s)
    until_s = np.where(np.isnan(left_s), horizon_s, left_s)
    promise_ends = contacts["due_s"] + layout.promise_s[kind]
    return ContactFacts(
        interval=layout.interval_at(np.where(came, arrival_s, 0.0)),
        wait_s=layout.elapsed_s(kind, arrival_s, ends),
        resolution_s=layout.elapsed_s(kind, arrival_s, contacts["freed_s"]),
        answered=answered,
        let_in=~refused,
        accepted=accepted,
        owed=owed,
        callback_wait_s=np.where(owed, dialled_s - asked_s, np.nan),
        promise_due=accepted & (~np.isnan(dialled_s) | (promise_ends <= until_s)),
        promise_kept=accepted & (dialled_s <= promise_ends),
        announcement_due=told & (answered | ~in_time),
        announcement_kept=told & answered & in_time,
    )
