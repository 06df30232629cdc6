"""What came out of one counterfactual play: sums over the cells that count, and over intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from queuesim.engines.compiled import Piece
from queuesim.engines.outcome import ContactOutcome
from queuesim.results.layout import Layout
from queuesim.results.tally import GROUP_QUANTITIES, Count
from queuesim.results.window_sums import HANDLED, OFFERED, sum_contacts
from queuesim.sampling import Sessions, Tape

Table = NDArray[np.float64]

_STAFFED = GROUP_QUANTITIES.index("staffed_s")


@dataclass(frozen=True)
class Played:
    """What came out of one play.

    Attributes
    ----------
    layout : Layout
        Intervals, contact types and agent groups.
    masks : numpy.ndarray, bool, shape (6, types, intervals)
        Which cells count in each row of the sums; rows of `results.window_sums`.
    tape : Tape
    agent_group : numpy.ndarray, int32, shape (agents,)
    sessions : Sessions
    piece : Piece
        As the engine left it.
    """

    layout: Layout
    masks: NDArray[np.bool_]
    tape: Tape
    agent_group: NDArray[np.int32]
    sessions: Sessions
    piece: Piece

    def sums(self) -> Table:
        """Return the sums over the cells that count, float64[6, types], rows as of `masks`."""
        contacts, layout = self.piece.contacts, self.layout
        kind, n = contacts.kind, len(contacts.kind)
        everybody = np.ones(n, dtype=np.bool_)
        came = contacts.again["cause"] >= 0 if layout.comes_again else everybody
        live = np.isnan(contacts.accepted_s) if len(contacts.accepted_s) else everybody
        until_s = contacts.answered_s
        if layout.responds.any():
            until_s = np.where(layout.responds[kind], contacts.talk_end_s, until_s)
        wait_s = until_s - contacts.arrival_s
        if len(layout.open_hours[0]):
            known = np.flatnonzero(~np.isnan(wait_s))
            ends = (contacts.arrival_s[known], until_s[known])
            wait_s[known] = layout.elapsed_s(kind[known], *ends)
        freed_s = contacts.freed_s
        if layout.pauses:  # handling is work, not what live contacts kept from it
            freed_s = freed_s - contacts.paused_s
        sums = np.zeros((6, len(layout.types)))
        sum_contacts(
            kind,
            came,
            contacts.outcome,
            contacts.arrival_s,
            contacts.answered_s,
            freed_s,
            wait_s,
            live,
            layout.interval_s,
            self.masks,
            sums,
        )
        return sums

    def service(self, kind: int) -> dict[str, float]:
        """Return what service levels of a contact type are made of, in the cells that count."""
        contacts, layout = self.piece.contacts, self.layout
        mine = contacts.kind == kind
        if layout.comes_again:
            mine &= contacts.again["cause"] >= 0
        rows = np.flatnonzero(mine)
        arrival_s = contacts.arrival_s[rows]
        interval = np.minimum(layout.interval_at(arrival_s), layout.n_intervals - 1)
        rows = rows[self.masks[OFFERED, kind, interval]]
        arrival_s, outcome = contacts.arrival_s[rows], contacts.outcome[rows]
        answered_s = contacts.talk_end_s if layout.responds[kind] else contacts.answered_s
        live = ~np.isnan(contacts.answered_s[rows])
        if len(contacts.accepted_s):
            live &= np.isnan(contacts.accepted_s[rows])
        left = outcome == ContactOutcome.ABANDONED
        until_s = np.where(live, answered_s[rows], np.where(left, contacts.left_s[rows], np.inf))
        wait_s = until_s - arrival_s
        known = np.flatnonzero(np.isfinite(until_s))
        if len(layout.open_hours[0]):
            kinds = np.full(len(known), kind)
            wait_s[known] = layout.elapsed_s(kinds, arrival_s[known], until_s[known])
        waits = np.isnan(contacts.answered_s[rows]) & (outcome == ContactOutcome.UNRESOLVED)
        if len(contacts.accepted_s):
            waits &= np.isnan(contacts.accepted_s[rows])
        to_end_s = layout.elapsed_s(
            np.full(len(rows), kind), arrival_s, np.full(len(rows), layout.horizon_s)
        )
        soon, quick = wait_s <= layout.within_s[kind], wait_s <= layout.short_abandon_s
        return {
            "offered": float(len(rows)),
            "not_due": float((waits & (to_end_s < layout.within_s[kind])).sum()),
            "answered": float(live.sum()),
            "answered_within": float((live & soon).sum()),
            "abandoned_within": float((left & soon).sum()),
            "abandoned_quick": float((left & quick).sum()),
        }

    def returns(self) -> Table:
        """Return contacts that were no first attempts, float64[types, intervals]."""
        contacts, layout = self.piece.contacts, self.layout
        shape = (len(layout.types), layout.n_intervals)
        if not layout.comes_again:
            return np.zeros(shape)
        use = contacts.again["cause"] > 0
        interval = np.minimum(layout.interval_at(contacts.arrival_s[use]), shape[1] - 1)
        cell = contacts.kind[use] * shape[1] + interval
        return np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)

    def staffed(self) -> Table:
        """Return agents on duty, and busy past the end of a session, float64[groups, intervals]."""
        layout = self.layout
        count = Count(layout, self.agent_group, self.sessions)
        count.add_busy(*self.piece.busy.values())
        return np.asarray(count.tally(0).groups[_STAFFED] / layout.interval_s)

    def brought_s(self) -> Table:
        """Return sums of the handle times that the handled brought, float64[types]."""
        contacts, layout = self.piece.contacts, self.layout
        rows = np.flatnonzero(~np.isnan(contacts.freed_s))
        kind = contacts.kind[rows]
        interval = np.minimum(layout.interval_at(contacts.arrival_s[rows]), layout.n_intervals - 1)
        use = self.masks[HANDLED][kind, interval]
        work = self.tape.talk_s[rows] + self.tape.wrap_up_s[rows]
        sums = np.bincount(kind[use], weights=work[use], minlength=len(layout.types))
        return sums.astype(np.float64)
