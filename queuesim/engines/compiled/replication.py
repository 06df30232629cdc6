"""One replication on the compiled engine: piece after piece, what is unfinished carried on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from queuesim.engines.compiled import kernel
from queuesim.engines.compiled.agenda import ENTRY, FAR, NEVER, Agenda
from queuesim.engines.compiled.floor import NOBODY, WAITING, Contacts, Floor, new_floor
from queuesim.engines.compiled.program import Program
from queuesim.engines.outcome import BUSY_COLUMNS, CONTACT_COLUMNS, ContactOutcome
from queuesim.engines.wrong_tapes import refuse_wrong_agents, refuse_wrong_contacts
from queuesim.errors import UnsupportedByEngine
from queuesim.sampling import Sessions, Tape
from queuesim.units import GRID

_FROM_TAPE = {
    "kind": "contact_type",
    "arrival_s": "arrival_s",
    "talk_s": "talk_s",
    "wrap_up_s": "wrap_up_s",
    "patience_s": "patience_s",
    "accepts": "accepts",
    "window_delay_s": "window_delay_s",
    "answers": "answers",
}
_FILLED_IN = {name: np.dtype(dtype) for name, (dtype, _) in CONTACT_COLUMNS.items()}
_OF_CALLBACKS = ("offer_s", "accepted_s", "due_s", "dialled_s", "attempts")
_ROOM = 1024
"""Entries that a growing array begins with."""


@dataclass(frozen=True)
class Piece:
    """What has happened by some instant to the contacts that had come by then.

    Attributes
    ----------
    contacts : Contacts
        What they brought, and the columns of the contact table as far as they are known.
    known : numpy.ndarray, bool
        Rows whose outcome is known; the others come again in the next piece.
    busy : mapping of str to numpy.ndarray
        Busy periods that ended in it, columns of `Outcome.busy`; in order for each agent, those
        that touch not joined.
    """

    contacts: Contacts
    known: NDArray[np.bool_]
    busy: Mapping[str, NDArray[Any]]


class Replication:
    """A contact centre on its way through one replication.

    Parameters
    ----------
    program : Program
    agent_group : numpy.ndarray, int32, shape (agents,)
        Group of each agent.
    sessions : Sessions
        Of the whole horizon.
    """

    def __init__(
        self, program: Program, agent_group: NDArray[np.int32], sessions: Sessions
    ) -> None:
        start = _start(program, agent_group, sessions)
        self._program = program
        self._floor = Floor(*[array.copy() for array in start.floor])  # type: ignore[arg-type]
        own = {name: getattr(start.agenda, name).copy() for name in _CHANGES_IN_AGENDA}
        self._agenda = start.agenda._replace(**own)
        self._contacts = _NO_CONTACTS
        self._known = _NONE_KNOWN
        self._came = 0  # contacts so far
        self._due = "let in"  # what is to be done next
        self._until_s = -inf  # played until then

    def let_in(self, tape: Tape) -> None:
        """Make room for the next contacts, behind those whose outcome is not known yet.

        Parameters
        ----------
        tape : Tape
            All contacts that arrive before the instant to which is played next.
        """
        if self._due != "let in":
            raise RuntimeError(f"what comes next is to {self._due}")
        program, before, came = self._program, self._contacts, self._came
        refuse_wrong_contacts(program.scenario, tape, self._until_s)
        self._came += len(tape)
        self._refuse_too_many()
        kept = _NOBODY_KEPT if self._known.all() else np.flatnonzero(~self._known)
        n = len(kept) + len(tape)
        new = {name: getattr(tape, column) for name, column in _FROM_TAPE.items()}
        new["number"] = np.arange(came, self._came, dtype=np.int64)
        if len(self._known):
            self._renumber(kept)  # also when nobody is kept: timers outlive their contacts
        if len(kept):
            for name in new:
                new[name] = np.concatenate([getattr(before, name)[kept], new[name]])
        new["waiting"] = np.empty(n, dtype=WAITING)
        for name, dtype in _FILLED_IN.items():
            needed = program.dials_anyone or name not in _OF_CALLBACKS
            new[name] = np.empty(n if needed else 0, dtype=dtype)
        if len(kept):
            for name in ("waiting", *_FILLED_IN):
                if len(new[name]):
                    new[name][: len(kept)] = getattr(before, name)[kept]
        self._contacts = Contacts(**new)
        far = self._agenda.far
        far["row"] = far["fresh"] = len(kept)
        far["busy"] = 0
        self._make_room(n)
        self._due = "play"

    def touch(self) -> None:
        """Write all that is written before the first event; `play` does it where this has not."""
        rules = self._program.rules
        kernel.play(-inf, rules, self._floor, self._contacts, self._agenda)

    def play(self, until_s: float = inf) -> Piece:
        """Let everything happen before an instant.

        Parameters
        ----------
        until_s : float, default infinity
            Instant [s]; infinity finishes the replication.

        Returns
        -------
        Piece
        """
        contacts, far = self._contacts, self._agenda.far
        if self._due != "play":
            raise RuntimeError(f"what comes next is to {self._due}")
        if len(contacts.arrival_s) and contacts.arrival_s[-1] >= until_s:
            raise ValueError(f"contacts arrive at or after {until_s:,} s, until when is played")
        self._due, self._until_s = "begin anew" if until_s == inf else "let in", until_s
        busy: list[tuple[NDArray[Any], ...]] = []
        while True:
            agenda = self._agenda
            result = kernel.play(until_s, self._program.rules, self._floor, contacts, agenda)
            if result == kernel.TIMERS_FULL:
                more = _with_room(agenda.timers, 2 * len(agenda.timers))
                self._agenda = agenda._replace(timers=more)
                continue
            n_busy = int(far["busy"][0])
            columns = (agenda.busy_agent, agenda.busy_from_s, agenda.busy_to_s)
            busy.append(tuple(column[:n_busy] for column in columns))
            if result == kernel.REACHED:
                break
            self._agenda = agenda._replace(**_busy_room(len(agenda.busy_agent)))
            far["busy"] = 0
        self._refuse_too_long(float(far["longest_s"][0]))
        self._known = contacts.outcome != NOBODY
        if until_s == inf and not self._known.all():
            self._conclude()
        together = busy[0] if len(busy) == 1 else map(np.concatenate, zip(*busy, strict=True))
        return Piece(contacts, self._known, dict(zip(BUSY_COLUMNS, together, strict=True)))

    def _conclude(self) -> None:
        """Say of those who still wait or are owed a callback how that ended with the horizon."""
        contacts = self._contacts
        left = np.flatnonzero(~self._known)
        self._known[left] = True
        contacts.outcome[left] = ContactOutcome.UNRESOLVED
        waiting = contacts.waiting[left]
        holds = left[waiting["on_the_line"] & (waiting["line"] >= 0)]
        ends_s = contacts.arrival_s[holds] + contacts.patience_s[holds]
        gone = ends_s <= self._program.rules.horizon_s
        contacts.outcome[holds[gone]] = ContactOutcome.ABANDONED
        contacts.left_s[holds[gone]] = ends_s[gone]

    # Pieces --------------------------------------------------------------------------------

    def _make_room(self, n: int) -> None:
        """Give the agenda room for n contacts."""
        agenda, rules = self._agenda, self._program.rules
        larger = _busy_room(max(_ROOM, n))
        if len(agenda.timers) < (timers := max(_ROOM, 4 * len(rules.pairs))):
            larger["timers"] = _with_room(agenda.timers, timers)
        if self._program.dials_anyone:
            larger["returns"] = _with_room(agenda.returns, n)
        if self._program.counts_callers:
            larger["patiences"] = _with_room(agenda.patiences, n)
        self._agenda = agenda._replace(**larger)

    def _renumber(self, kept: NDArray[np.intp]) -> None:
        """Give the contacts that are carried on their new places, wherever they are mentioned."""
        floor, waiting = self._floor, self._contacts.waiting
        place = np.full(len(self._known) + 1, NOBODY, dtype=np.int32)  # the last is for NOBODY
        place[kept] = np.arange(len(kept))
        in_line = kept[waiting["line"][kept] >= 0]
        for name in ("next", "previous"):
            waiting[name][in_line] = place[waiting[name][in_line]]
        for name in ("head", "tail"):
            floor.queues[name] = place[floor.queues[name]]
        floor.agents["contact"] = place[floor.agents["contact"]]
        # slots that are free may hold any number
        floor.works["contact"] = place[np.minimum(floor.works["contact"], len(self._known))]
        for name in _HEAPS:
            heap, n = getattr(self._agenda, name), int(self._agenda.far[name][0])
            alive = heap[:n][~self._known[heap["contact"][:n]]]
            alive = alive[np.argsort(alive["key"])]  # an array in order is a heap
            alive["contact"] = place[alive["contact"]]
            heap[: len(alive)] = alive
            self._agenda.far[name] = len(alive)

    def _refuse_too_many(self) -> None:
        """Refuse rows that a key has no bits for."""
        most = 1 << self._program.rules.row_bits
        if self._came > most:
            raise UnsupportedByEngine(
                f"a replication of more than {most:,} contacts",
                engine="compiled",
                remedy="shorten the horizon",
            )

    def _refuse_too_long(self, longest_s: float) -> None:
        """Refuse instants that a key has no bits for."""
        rules = self._program.rules
        slowest = rules.pairs["handle_factor"].max(initial=1.0) * rules.pace.shape[2]
        longest_s = max(longest_s, float(rules.lines["ring_s"].max(initial=0.0)))
        if longest_s * slowest > rules.horizon_s / 4 + (1 << 28) / GRID:
            raise UnsupportedByEngine(
                f"a contact of {longest_s:,.0f} s in a horizon of {rules.horizon_s:,.0f} s",
                engine="compiled",
                remedy="look at the distributions of talk and wrap-up, and at the ringing",
            )


@dataclass(frozen=True)
class _Start:
    """How a replication starts with these agents and sessions; copied, not changed."""

    agent_group: NDArray[np.int32]
    sessions: Sessions
    floor: Floor
    agenda: Agenda


def _start(program: Program, agent_group: NDArray[np.int32], sessions: Sessions) -> _Start:
    """Work out the start; where sessions do not depend on chance the last one is used again."""
    for known in program.starts:
        if known.sessions is sessions and known.agent_group is agent_group:
            return known
    refuse_wrong_agents(program.scenario, agent_group, sessions)
    floor = new_floor(program.rules, agent_group)
    made = _Start(agent_group, sessions, floor, _new_agenda(program, sessions, len(agent_group)))
    program.starts[:] = [made]
    return made


def _new_agenda(program: Program, sessions: Sessions, agents: int) -> Agenda:
    """Return the agenda at the start: the headcount's changes, and nothing else."""
    closing_s, closing_line = program.closings
    # at one instant sessions end, then begin, then contact types close
    when = np.concatenate([sessions.off_s, sessions.on_s, closing_s, [inf]])
    many = (len(sessions), len(sessions), len(closing_s), 1)
    kinds = (kernel.SESSION_ENDS, kernel.SESSION_BEGINS, kernel.CLOSES, 0)
    whose = np.concatenate([sessions.agent, sessions.agent, closing_line, [NOBODY]])
    order = np.argsort(when, kind="stable")
    change_s = when[order]
    change_s[change_s > program.rules.horizon_s] = inf
    one = np.empty(1, dtype=ENTRY)
    return Agenda(
        far=np.zeros(1, dtype=FAR),
        change_s=change_s,
        change=np.repeat(np.array(kinds, dtype=np.int8), many)[order],
        changed=whose[order].astype(np.int32),
        end_key=np.full(agents + 5, NEVER, dtype=np.int64),
        end_agent=np.zeros(agents + 5, dtype=np.int32),
        end_place=np.full(agents, NOBODY, dtype=np.int32),
        timers=one,
        returns=one,
        patiences=one,
        **_busy_room(1),
    )


_HEAPS = ("timers", "returns", "patiences")
_CHANGES_IN_AGENDA = ("far", "end_key", "end_agent", "end_place", *_HEAPS)
_NO_CONTACTS = Contacts(*[np.empty(0)] * len(Contacts._fields))  # type: ignore[arg-type]
_NONE_KNOWN = np.zeros(0, dtype=bool)
_NOBODY_KEPT = np.zeros(0, dtype=np.intp)


def _busy_room(room: int) -> dict[str, NDArray[Any]]:
    """Return new arrays for so many busy periods."""
    return {
        "busy_agent": np.empty(room, dtype=np.int32),
        "busy_from_s": np.empty(room, dtype=np.float64),
        "busy_to_s": np.empty(room, dtype=np.float64),
    }


def _with_room(entries: NDArray[np.void], room: int) -> NDArray[np.void]:
    """Return an array with room for so many entries, those it has first."""
    if len(entries) >= room:
        return entries
    larger = np.empty(room, dtype=ENTRY)
    larger[: len(entries)] = entries
    return larger
