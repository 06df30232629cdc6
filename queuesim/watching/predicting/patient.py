"""Simulated days on which some contacts wait as long as it takes, so that waits can be known.

A contact that gives up hides how long it would have waited, the longer the likelier: the mean wait
of the answered is no measure of what a predictor says. So on the tape some contacts, drawn at
random, are made patient: they never give up, do not balk and refuse callbacks. Their wait until an
agent takes them is the offered wait, seen whole. They come as the others do (Poisson arrivals see
time averages: Wolff 1982, Oper. Res. 30), and there are few, so that the line hardly grows by them;
a predictor is told which of those ahead they are. Where contacts neither give up nor take callbacks
nor balk, all of them are patient and nothing is changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from queuesim.engines.compiled import simulate_compiled
from queuesim.engines.outcome import Outcome
from queuesim.model import Channel, Scenario
from queuesim.sampling import draw_tape
from queuesim.sampling.tape import dialling_of
from queuesim.watching.predicting.seen import CALLED_BACK, CALLER, HELD, Seen

Floats = NDArray[np.float64]

_SHARE = 0.04


@dataclass(frozen=True, eq=False)
class PatientDays:
    """One replication with patient contacts.

    Attributes
    ----------
    outcome : Outcome
    rows : numpy.ndarray, int64, shape (tests,)
        The patient contacts that came, in order of arrival.
    came_s, waits_s : numpy.ndarray, float64, shape (tests,)
        When they came, and their waits; NaN for those not taken before the horizon ended [s].
    """

    outcome: Outcome
    rows: NDArray[np.int64]
    came_s: Floats
    waits_s: Floats

    def seen_by(self, row: int) -> Seen:
        """Return what one of them could see when it came."""
        return self._reader.at(row)

    @property
    def _reader(self) -> Reader:
        reader = self.__dict__.get("_kept")
        if reader is None:
            reader = Reader(self.outcome, self.rows)
            object.__setattr__(self, "_kept", reader)
        return reader


def leaves(scenario: Scenario, contact_type: int) -> bool:
    """Whether contacts of a type may leave the line before an agent takes them."""
    each = scenario.contact_types[contact_type]
    balks = each.announcement is not None and each.announcement.balk is not None
    return each.patience is not None or each.callback is not None or balks


def with_patient(
    scenario: Scenario, contact_type: int, *, seed: int, replication: int
) -> PatientDays:
    """Play one replication with patient contacts of a type.

    Parameters
    ----------
    scenario : Scenario
    contact_type : int
        Index in `Scenario.contact_types`.
    seed, replication : int

    Returns
    -------
    PatientDays
    """
    tape = draw_tape(scenario, seed=seed, replication=replication)
    mine = np.flatnonzero(tape.contact_type == contact_type)
    mine = mine[mine < tape.first_attempts]
    if leaves(scenario, contact_type):
        chance = np.random.default_rng([seed, replication, contact_type, 0x7E57])
        rows = mine[chance.random(len(mine)) < _SHARE]
        patience_s, accepts = tape.patience_s.copy(), tape.accepts.copy()
        patience_s[rows], accepts[rows] = np.inf, False
        tolerates_s = tape.tolerates_s.copy()
        if len(tolerates_s):
            tolerates_s[rows] = np.inf
        tape = replace(tape, patience_s=patience_s, accepts=accepts, tolerates_s=tolerates_s)
    else:
        rows = mine
    outcome = simulate_compiled(scenario, tape)
    columns = outcome.contacts
    is_request = scenario.contact_types[contact_type].channel is Channel.CALLBACK
    taken_s = columns["dialled_s"] if is_request else columns["answered_s"]
    came_s = columns["came_s"]
    # blocked or turned away: they never wait
    rows = rows[np.isnan(columns["left_s"][rows]) | is_request]
    return PatientDays(outcome, rows, came_s[rows], taken_s[rows] - came_s[rows])


class Reader:
    """Reads off the contact table of a replication what could be seen at an instant.

    Second and later dials of a callback are not in the table: a callback counts as waiting until
    its first dial only.

    Parameters
    ----------
    outcome : Outcome
    patient_rows : numpy.ndarray, int64
        Those who are known to stay.
    """

    def __init__(self, outcome: Outcome, patient_rows: NDArray[np.int64]) -> None:
        scenario, tape, columns = outcome.scenario, outcome.tape, outcome.contacts
        self._scenario, self._tape = scenario, tape
        types = scenario.contact_types
        kind = tape.contact_type
        live = np.array([each.channel is not Channel.SELF_SERVICE for each in types])[kind]
        came = columns["came_s"]
        dialled, accepted = columns["dialled_s"], columns["accepted_s"]
        taken = np.where(np.isnan(columns["due_s"]), columns["answered_s"], dialled)
        until = np.fmin(np.fmin(taken, columns["left_s"]), np.inf)
        own_line = np.array(
            [e.callback is not None and e.callback.kind != "virtual_hold" for e in types]
        )[kind]
        apart = ~np.isnan(accepted) & own_line
        stays = np.zeros(len(tape), dtype=bool)
        stays[patient_rows] = True
        real = live & ~np.isnan(came)
        # each row a stay in a line: row, from, until, how from when on
        first = np.flatnonzero(real)
        second = np.flatnonzero(real & apart)
        self._row = np.concatenate([first, second])
        self._from = np.concatenate([came[first], columns["due_s"][second]])
        self._until = np.concatenate(
            [np.where(apart[first], accepted[first], until[first]), until[second]]
        )
        held_from = np.where(apart, np.inf, np.where(np.isnan(accepted), np.inf, accepted))
        requests = np.array([each.channel is Channel.CALLBACK for each in types])[kind]
        held_from[requests] = -np.inf
        self._held_from = np.concatenate([held_from[first], np.full(len(second), np.inf)])
        self._apart = np.concatenate([np.zeros(len(first), bool), np.ones(len(second), bool)])
        self._stays = stays
        busy = np.flatnonzero(real & ~np.isnan(taken) & (columns["agent"] >= 0))
        ring = np.array([(d.ring if (d := dialling_of(e)) else 0.0) for e in types])[kind]
        freed = columns["freed_s"]
        not_reached = ~np.isnan(dialled) & np.isnan(columns["answered_s"])
        freed = np.where(not_reached, dialled + ring, freed)
        self._busy = busy
        self._begun = taken[busy]
        self._freed = np.where(np.isnan(freed[busy]), np.inf, freed[busy])
        self._agent = columns["agent"][busy]
        order = np.argsort(taken[busy], kind="stable")
        self._taken_order = busy[order]
        self._taken_s = taken[busy][order]
        self._waited_s = self._taken_s - came[self._taken_order]

    def at(self, row: int) -> Seen:
        """Return what a contact of the tape saw when it came."""
        now_s = float(self._came(row))
        row_of = self._row
        here = (
            ((self._from < now_s) | ((self._from == now_s) & (row_of < row)))
            & (self._until > now_s)
            & (row_of != row)
        )
        which = np.flatnonzero(here)
        which = which[np.lexsort((row_of[which], self._from[which]))]
        how = np.where(self._held_from[which] <= now_s, HELD, CALLER)
        how[self._apart[which]] = CALLED_BACK
        sessions = self._tape.sessions
        there = sessions.agent[(sessions.on_s <= now_s) & (now_s < sessions.off_s)]
        on_duty = np.zeros(len(self._tape.agent_group), dtype=bool)
        on_duty[there] = True
        groups = len(self._scenario.agent_groups)
        busy = (self._begun <= now_s) & (self._freed > now_s) & on_duty[self._agent]
        busy &= self._busy != row
        place = np.zeros(len(on_duty), dtype=np.int64)  # among those of the group who are there
        for g in range(groups):
            mine = np.flatnonzero(on_duty & (self._tape.agent_group == g))
            place[mine] = np.arange(len(mine))
        types = self._tape.contact_type
        last_wait, last_taken = np.zeros(len(self._scenario.contact_types)), None
        last_taken = np.full(len(last_wait), np.nan)
        upto = int(np.searchsorted(self._taken_s, now_s, side="right"))
        recent = self._taken_order[:upto]
        for t in range(len(last_wait)):
            mine = np.flatnonzero((types[recent] == t) & (recent != row))
            if len(mine):
                last_wait[t] = self._waited_s[mine[-1]]
                last_taken[t] = self._taken_s[mine[-1]]
        return Seen(
            now_s=now_s,
            waiting_type=types[row_of[which]].astype(np.int64),
            waiting_since_s=self._from[which],
            waiting_how=how.astype(np.int64),
            stays=self._stays[row_of[which]] | (how != CALLER),
            busy_group=self._tape.agent_group[self._agent[busy]].astype(np.int64),
            busy_type=types[self._busy[busy]].astype(np.int64),
            busy_agent=place[self._agent[busy]],
            busy_since_s=self._begun[busy],
            on_duty=np.bincount(
                self._tape.agent_group[np.flatnonzero(on_duty)], minlength=groups
            ).astype(np.int64),
            last_wait_s=last_wait,
            last_taken_s=last_taken,
        )

    def _came(self, row: int) -> float:
        return float(self._from[np.flatnonzero((self._row == row) & ~self._apart)[0]])


def patient_days(
    scenario: Scenario, contact_type: int, *, replications: int, seed: int
) -> Iterator[PatientDays]:
    """Yield replications with patient contacts of a type, one after the other."""
    for replication in range(replications):
        yield with_patient(scenario, contact_type, seed=seed, replication=replication)
