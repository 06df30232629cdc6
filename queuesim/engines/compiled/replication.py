"""One replication on the compiled engine: piece after piece, what is unfinished carried on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from queuesim.engines.compiled import kernel
from queuesim.engines.compiled.agenda import ENTRY, Agenda
from queuesim.engines.compiled.coming_back import AGAIN, brought, goes_on
from queuesim.engines.compiled.floor import NOBODY, WAITING, Contacts, Floor
from queuesim.engines.compiled.placing import place
from queuesim.engines.compiled.program import Program
from queuesim.engines.compiled.start import busy_room, start_of
from queuesim.engines.outcome import BUSY_COLUMNS, CONTACT_COLUMNS, ContactOutcome
from queuesim.engines.present import Present
from queuesim.engines.wrong_tapes import refuse_wrong_contacts
from queuesim.errors import UnsupportedByEngine
from queuesim.sampling import FRESH, Room, Sessions, Tape
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
    "tolerates_s": "tolerates_s",
    "accepts_from_s": "accepts_from_s",
}
_FOLLOWS_FROM_OTHERS = ("came_s", "cause", "resolved")
_FILLED_IN = {
    name: np.dtype(dtype)
    for name, (dtype, _) in CONTACT_COLUMNS.items()
    if name not in _FOLLOWS_FROM_OTHERS
}
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
    room : Room
        What makes the arrays. Of a `KeptRoom`, each piece overwrites the one before.
    """

    def __init__(
        self,
        program: Program,
        agent_group: NDArray[np.int32],
        sessions: Sessions,
        room: Room = FRESH,
    ) -> None:
        start = start_of(program, agent_group, sessions)
        self._program = program
        self._room = room
        self._floor, self._agenda = start.copied(room)
        self._slowest = program.slowest * start.slowest
        self._contacts: Contacts  # with the first who are let in
        self._known = _NONE_KNOWN
        self._carried: dict[str, NDArray[Any]] = {}  # columns of those not done with
        self._came = 0  # contacts so far
        self._due = "let in"  # what is to be done next
        self._until_s = -inf  # played until then

    def let_in(self, tape: Tape, *, sure: bool = False) -> None:
        """Make room for the next contacts, behind those whose outcome is not known yet.

        Parameters
        ----------
        tape : Tape
            All contacts that arrive before the instant to which is played next.
        sure : bool, default False
            Whether they surely are contacts of this scenario that come next, as those are that
            its sampler draws; else that is checked.
        """
        if self._due != "let in":
            raise RuntimeError(f"what comes next is to {self._due}")
        if not sure:
            refuse_wrong_contacts(self._program.scenario, tape, self._until_s)
        came, carried, room = self._came, self._carried, self._room
        self._came += tape.first_attempts
        self._refuse_too_many()
        self._refuse_too_long(tape)
        kept = len(carried["number"]) if carried else 0
        n = kept + len(tape)
        new = {name: getattr(tape, column) for name, column in _FROM_TAPE.items()}
        new["line"] = self._program.lines_of(tape)
        if self._program.rules.follows:
            new["again"], new["number"] = brought(tape, kept, came, self._program.span, room)
            for name in ("arrival_s", "patience_s"):
                new[name] = new[name].copy()  # they are filled in as customers come again
        else:
            new["number"] = np.arange(came, self._came) if came else room.count(n)
            new["again"] = _NOTHING_FOLLOWS
        if kept:
            for name in new:
                if len(new[name]) or not len(tape):
                    new[name] = np.concatenate([carried[name], new[name]])
        elif self._program.changes_patience and not self._program.rules.follows:
            new["patience_s"] = tape.patience_s.copy()
        new["waiting"] = room.empty("waiting", n, WAITING)
        if self._program.rules.follows:  # who has not come yet waits nowhere
            new["waiting"]["line"] = NOBODY
            new["waiting"]["on_the_line"] = False
        for name, dtype in _FILLED_IN.items():
            needed = self._program.dials_anyone or name not in _OF_CALLBACKS
            needed &= self._program.announces or name != "announced_s"
            if name == "paused_s":
                needed = self._program.interrupts
            new[name] = room.empty(name, n if needed else 0, dtype)
        if kept:
            for name in ("waiting", *_FILLED_IN):
                new[name][:kept] = carried[name]
        self._contacts = Contacts(**new)
        far = self._agenda.far
        far["row"] = far["fresh"] = kept
        far["first_attempts"] = kept + tape.first_attempts
        far["busy"] = 0
        self._make_room(n)
        self._due = "play"

    def place(self, present: Present) -> None:
        """Go on from the present: the first who were let in are there, nobody came before them.

        Parameters
        ----------
        present : Present
            How things stand with the first contacts of the tape, and with all agents.
        """
        if self._due != "play" or self._carried:
            raise RuntimeError("a present can only be gone on from with the first who are let in")
        contacts, standing = self._contacts, len(present.contacts)
        self.touch()
        self._make_room_in("timers", (standing + 2) * (len(self._program.rules.pairs) + 2))
        place(
            present.now_s,
            present.contacts,
            present.agents,
            present.last_wait_s,
            self._program.line_of,
            self._program.open_counts,
            self._program.rules,
            self._floor,
            contacts,
            self._agenda,
        )
        self._agenda.far["row"] = standing

    def left(self) -> tuple[Floor, Agenda]:
        """Return who is where, and what is due, as the last piece left it; not to be changed."""
        return self._floor, self._agenda

    def touch(self) -> None:
        """Write all that is written before the first event; `play` does it where this has not."""
        self._play_until(-inf)

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
        if self._due != "play":
            raise RuntimeError(f"what comes next is to {self._due}")
        contacts, far = self._contacts, self._agenda.far
        last = int(far["first_attempts"][0]) - 1
        if last >= far["row"][0] and contacts.arrival_s[last] >= until_s:
            raise ValueError(f"contacts arrive at or after {until_s:,} s, until when is played")
        self._due, self._until_s = "begin anew" if until_s == inf else "let in", until_s
        busy: list[tuple[NDArray[Any], ...]] = []
        while True:
            agenda = self._agenda
            result = self._play_until(until_s)
            if result == kernel.TIMERS_FULL:
                self._make_room_in("timers", 2 * len(agenda.timers))
                continue
            n_busy = int(far["busy"][0])
            columns = (agenda.busy_agent, agenda.busy_from_s, agenda.busy_to_s)
            busy.append(tuple(column[:n_busy] for column in columns))
            if result == kernel.REACHED:
                break
            self._agenda = agenda._replace(**busy_room(FRESH, len(agenda.busy_agent)))
            far["busy"] = 0
        self._known = contacts.outcome != NOBODY
        if self._program.rules.follows:
            going_on = goes_on(self._known, contacts.again, contacts.number, self._program.span)
            self._known = ~going_on
        if until_s < inf:
            self._carry_on()
        elif not self._known.all():
            self._conclude()
        together = busy[0] if len(busy) == 1 else map(np.concatenate, zip(*busy, strict=True))
        return Piece(contacts, self._known, dict(zip(BUSY_COLUMNS, together, strict=True)))

    def _play_until(self, until_s: float) -> int:
        program = self._program
        arrays = program.rules, self._floor, self._contacts, self._agenda
        return kernel.play(until_s, *arrays, program.varied, program.in_full)

    def _conclude(self) -> None:
        """Say of those who still wait or are owed a callback how that ended with the horizon."""
        contacts = self._contacts
        left = np.flatnonzero(~self._known)
        self._known[left] = True
        if self._program.rules.follows:
            left = left[contacts.again["cause"][left] >= 0]
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
        self._agenda = self._agenda._replace(**busy_room(self._room, max(_ROOM, n)))
        self._make_room_in("timers", max(_ROOM, 4 * len(self._program.rules.pairs)))
        if self._program.dials_anyone or self._program.rules.follows:
            self._make_room_in("returns", n)
        if self._program.counts_callers or self._program.rings_in:  # one of each for a contact
            self._make_room_in("patiences", n * (1 + self._program.rings_in))

    def _make_room_in(self, heap: str, n: int) -> None:
        """Give one of the agenda's heaps room for so many entries; those it has stay first."""
        entries = getattr(self._agenda, heap)
        if len(entries) < n:
            larger = self._room.empty(heap, n, ENTRY)
            larger[: len(entries)] = entries
            self._agenda = self._agenda._replace(**{heap: larger})

    def _carry_on(self) -> None:
        """Remember those who come again in the next piece, in their new places."""
        kept = _NOBODY_KEPT if self._known.all() else np.flatnonzero(~self._known)
        if len(self._known):
            self._renumber(kept)  # also when nobody is kept: timers outlive their contacts
        self._carried = {}
        if len(kept):
            for name, column in self._contacts._asdict().items():
                self._carried[name] = column[kept] if len(column) else column

    def _renumber(self, kept: NDArray[np.intp]) -> None:
        """Give the contacts that are carried on their new places, wherever they are mentioned."""
        floor, waiting = self._floor, self._contacts.waiting
        place = np.full(len(self._known) + 1, NOBODY, dtype=np.int32)  # the last is for NOBODY
        place[kept] = np.arange(len(kept))
        in_line = kept[waiting["line"][kept] >= 0]
        for name in ("next", "previous"):
            waiting[name][in_line] = place[waiting[name][in_line]]
        if self._program.rules.follows:
            again = self._contacts.again
            again["following"] = place[again["following"]]
            again["beyond"] = place[again["beyond"] - 1] + 1
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
        if self._came * self._program.span > most:
            raise UnsupportedByEngine(
                f"a replication of more than {most // self._program.span:,} contacts",
                engine="compiled",
                remedy="shorten the horizon",
            )

    def _refuse_too_long(self, tape: Tape) -> None:
        """Refuse instants that a key has no bits for."""
        program, rules = self._program, self._program.rules
        longest_s = max(
            float(tape.talk_s.max(initial=0.0)),
            float(tape.wrap_up_s.max(initial=0.0)),
            program.longest_ring_s,
        )
        if longest_s * self._slowest > rules.horizon_s / 4 + (1 << 28) / GRID:
            raise UnsupportedByEngine(
                f"a contact of {longest_s:,.0f} s in a horizon of {rules.horizon_s:,.0f} s",
                engine="compiled",
                remedy="look at the distributions of talk and wrap-up, and at the ringing",
            )


_HEAPS = ("timers", "returns", "patiences")
_NOTHING_FOLLOWS = np.zeros(0, dtype=AGAIN)
_NONE_KNOWN = np.zeros(0, dtype=bool)
_NOBODY_KEPT = np.zeros(0, dtype=np.intp)
