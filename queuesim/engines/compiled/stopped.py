"""A simulated day, stopped: how things stand at an instant, exactly, and the tape of the rest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from queuesim.engines.compiled.agenda import TICK_S
from queuesim.engines.compiled.floor import Contacts
from queuesim.engines.compiled.program import Program
from queuesim.engines.compiled.replication import Replication
from queuesim.engines.compiled.rows_of_tape import behind_each, of_customers, of_rows
from queuesim.engines.outcome import ContactOutcome
from queuesim.engines.present import (
    RING,
    TALK,
    WRAP_UP,
    Place,
    Present,
    nothing_yet,
    off_duty,
)
from queuesim.model import Scenario
from queuesim.sampling import Tape
from queuesim.units import snap

_SO_FAR = ("offer_s", "accepted_s", "due_s", "dialled_s", "attempts", "announced_s", "paused_s")


def present_at(
    scenario: Scenario, tape: Tape, now_s: float
) -> tuple[Present, Tape, NDArray[np.intp]]:
    """Play a day until an instant and say how things stand, so that an engine can go on from there.

    Going on gives the same rest of the day to the bit, in both engines.

    Parameters
    ----------
    scenario : Scenario
    tape : Tape
        Of the whole horizon.
    now_s : float
        The instant [s], on the grid; nothing at it has happened yet.

    Returns
    -------
    present : Present
    rest : Tape
        The contacts that are there, or that customers between two attempts will make; then those
        that arrive at the instant or later; then what their customers may still make of them.
    rows : numpy.ndarray, int64
        Which rows of the tape these are.
    """
    program = Program.of(scenario)
    firsts = tape.first_attempts
    first_later = int(np.searchsorted(tape.arrival_s[:firsts], now_s, side="left"))
    so_far, played = of_customers(tape, 0, first_later)
    came = len(so_far)
    running = Replication(program, tape.agent_group, tape.sessions)
    running.let_in(played)
    piece = running.play(now_s)
    floor, agenda = running.left()
    contacts, kept = piece.contacts, np.flatnonzero(~piece.known)
    standing, there = nothing_yet(came), np.zeros(came, dtype=bool)
    for name in _SO_FAR:
        column = getattr(contacts, name)
        if len(column):
            standing[name] = column
    standing["agent"], standing["answered_s"] = contacts.agent, contacts.answered_s
    standing["talk_end_s"] = contacts.talk_end_s
    _with_one_agent_alone(program, played, contacts, standing, there, now_s)
    rules, bits, people = program.rules, program.rules.row_bits, off_duty(len(tape.agent_group))
    for name in ("changed_s", "factor", "on_duty", "staying"):
        people[name] = floor.agents[name]
    busy_since_s, one_at_a_time = floor.agents["busy_since_s"], ~floor.agents["shares"]
    people["busy_since_s"] = np.where(busy_since_s >= 0, busy_since_s, np.nan)
    busy = floor.agents["open"] > 0
    until_s = np.where(one_at_a_time, now_s, floor.agents["worked_until_s"])
    people["worked_until_s"] = np.where(busy, until_s, np.nan)
    people["paused"] = rules.mixtures.pauses[floor.agents["group"], floor.agents["state"]]
    for agent in np.flatnonzero(busy & one_at_a_time & (floor.agents["contact"] >= 0)):
        row = kept[floor.agents["contact"][agent]]  # rung in vain
        ends_s = (int(agenda.end_key[agenda.end_place[agent]]) >> bits) * TICK_S
        standing[row]["phase"], standing[row]["left_s"] = RING, ends_s - now_s
        standing[row]["place"], there[row] = Place.IS_OPEN, True
        _keeps_place(contacts, standing, row)
    for agent in np.flatnonzero(busy & ~one_at_a_time):
        first = agent * rules.most_open
        for work in floor.works[first : first + floor.agents["open"][agent]]:
            row = kept[work["contact"]]
            for name in ("phase", "left_s", "factor"):
                standing[row][name] = work[name]
            standing[row]["place"], there[row] = Place.IS_OPEN, True
            if work["phase"] == RING:
                _keeps_place(contacts, standing, row)
    for entry in agenda.returns[: int(agenda.far["returns"][0])]:
        row = kept[entry["contact"]]
        standing[row]["returns_s"] = (int(entry["key"]) >> bits) * TICK_S
        standing[row]["place"], there[row] = Place.COMES_BACK, True
        if entry["line"] < 0:
            standing[row]["place"] = Place.COMES_AGAIN
        else:
            _keeps_place(contacts, standing, row)
    for row in kept[~there[kept]]:
        waiting = contacts.waiting[row]
        gone = contacts.arrival_s[row] + contacts.patience_s[row] < now_s
        if waiting["line"] >= 0 and not (waiting["on_the_line"] and gone):
            there[row] = True
            _keeps_place(contacts, standing, row)
    if program.rules.follows:
        again = contacts.again
        standing["cause"] = np.where(again["cause"] >= 0, again["cause"], again["pending"])
        standing["times_back"], standing["turns"] = again["times_back"], again["turns_before"]
        standing["resolved"] = again["resolved"]
        _leave_to_the_talk(played, standing, there)
        here = np.flatnonzero(there)
        here = here[np.lexsort((here, played.again.customer[here]))]  # type: ignore[union-attr]
        behind = behind_each(played, here, standing["phase"][here] == WRAP_UP)
    else:
        standing["resolved"] = 1  # asked only where the talk has ended
        here, behind = np.flatnonzero(there), []
    patience_s, arrival_s = tape.patience_s.copy(), tape.arrival_s.copy()
    patience_s[so_far], arrival_s[so_far] = contacts.patience_s, contacts.arrival_s
    changed = replace(tape, patience_s=patience_s, arrival_s=arrival_s)
    rows, rest = of_rows(changed, so_far[here], [so_far[some] for some in behind], first_later)
    lasted = np.zeros(program.line_of.shape)
    known = program.line_of >= 0
    lasted[known] = floor.last_wait_s[program.line_of[known]]
    return Present(now_s, standing[here], people, lasted), rest, rows


def _leave_to_the_talk(played: Tape, standing: NDArray[np.void], there: NDArray[np.bool_]) -> None:
    """Leave out further attempts that follow from a talk which has not ended yet.

    Of an agent with one contact at a time it was known at once when the talk ends, and what then.
    """
    again = played.again
    assert again is not None
    of_talk = there & (standing["place"] == Place.IS_OPEN) & (standing["phase"] != WRAP_UP)
    talking = np.full(again.first_attempts, -1)
    talking[again.customer[of_talk]] = again.attempt[of_talk]
    before = talking[again.customer]
    there &= (before < 0) | (again.attempt <= before)


def _keeps_place(contacts: Contacts, standing: NDArray[np.void], row: int) -> None:
    for name in ("queued_since_s", "on_the_line", "in_hours"):
        standing[row][name] = contacts.waiting[row][name]


def _with_one_agent_alone(
    program: Program,
    tape: Tape,
    contacts: Contacts,
    standing: NDArray[np.void],
    there: NDArray[np.bool_],
    now_s: float,
) -> None:
    """Fill in the contacts of agents with one contact at a time, whose end was known at once."""
    rows = np.flatnonzero(
        (contacts.outcome == ContactOutcome.HANDLED) & (contacts.freed_s >= now_s)
    )
    there[rows] = True
    standing["place"][rows] = Place.IS_OPEN
    answered_s, talk_end_s = contacts.answered_s[rows], contacts.talk_end_s[rows]
    rings, talks = answered_s >= now_s, talk_end_s >= now_s
    rings &= contacts.attempts[rows] > 0 if len(contacts.attempts) else False
    standing["phase"][rows] = np.select([rings, talks], [RING, TALK], WRAP_UP)
    ends_s = np.select([rings, talks], [answered_s, talk_end_s], contacts.freed_s[rows])
    standing["left_s"][rows] = ends_s - now_s
    standing["answered_s"][rows[rings]] = np.nan
    standing["talk_end_s"][rows[talks]] = np.nan
    sessions = tape.sessions
    for row in rows:  # the factor that gives these times
        group = tape.agent_group[contacts.agent[row]]
        line = int(contacts.line[row])
        pair = program.rules.pairs[program.rules.pair_of[group, line]]
        mine = np.flatnonzero(sessions.agent == contacts.agent[row])
        took_s = contacts.talk_end_s[row] - contacts.answered_s[row]
        wrapped_s = contacts.freed_s[row] - contacts.talk_end_s[row]
        for factor in {*sessions.factor[mine].tolist(), 1.0}:
            whole = float(pair["handle_factor"] * factor)
            if (
                snap(float(contacts.talk_s[row]) * whole) == took_s
                and snap(float(contacts.wrap_up_s[row]) * whole) == wrapped_s
            ):
                standing["factor"][row] = whole
