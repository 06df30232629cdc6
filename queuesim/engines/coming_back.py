"""Rule 6, coming back: who comes again, when, and as which contact type.

A customer who left unserved may redial, and where that is said, one whose callback failed too; one
who was turned away outside the hours may come another way; one whose matter was not resolved may
come again; a thread may have a next turn; agents hand contacts on, and so does a front door that
could not help. The first of these that applies is what happens. The further attempt is a row of the
tape.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from queuesim.engines.floor import Contact
from queuesim.engines.outcome import Cause, ContactOutcome
from queuesim.model import ContactType, Return, Scenario, Skill
from queuesim.sampling import Tape

_LEFT = (ContactOutcome.ABANDONED, ContactOutcome.BLOCKED, ContactOutcome.BALKED)


class NextAttempt(NamedTuple):
    """That a customer comes again: when, why and as what.

    Attributes
    ----------
    time_s : float
        When [s].
    cause : Cause
    contact_type : int
        Index in the scenario.
    times_back, turns : int
        How often the customer has come back then, and turns of the thread before that one.
    patience_factor : float
        What the patience of the further attempt is multiplied by.
    """

    time_s: float
    cause: Cause
    contact_type: int
    times_back: int
    turns: int
    patience_factor: float = 1.0


class ComingBack:
    """Decides who comes again, by what a scenario states and a tape holds."""

    def __init__(self, scenario: Scenario, tape: Tape) -> None:
        self.types = scenario.contact_types
        self.doors = {
            k: each.front_door.contained(scenario.horizon)
            for k, each in enumerate(self.types)
            if each.front_door is not None
        }
        self.index = {each.name: k for k, each in enumerate(self.types)}
        self.on_tape, self.tape = tape.again, tape
        self.horizon_s: float = scenario.horizon.seconds

    def row(self, contact: Contact, contact_type: int) -> int | None:
        """Return the row of the customer's next attempt, made as a contact type."""
        assert self.on_tape is not None
        row = int(self.on_tape.following[contact.row])
        while 0 <= row < len(self.tape) and (
            self.on_tape.customer[row] == self.on_tape.customer[contact.row]
            and self.on_tape.attempt[row] == self.on_tape.attempt[contact.row] + 1
        ):
            if self.tape.contact_type[row] == contact_type:
                return row
            row += 1
        return None

    def after_leaving(self, contact: Contact) -> NextAttempt | None:
        """Who was turned away outside the hours comes another way; who left unserved redials."""
        chance, kind = self.on_tape, self.types[contact.contact_type]
        if chance is None:
            return None
        row, left_s = contact.row, contact.left_s
        away = contact.outcome == ContactOutcome.TURNED_AWAY
        if away and not contact.in_hours and kind.after_hours is not None:
            comes = bool(chance.path[row] < kind.after_hours.share)
            after_s = left_s + float(chance.after_hours_delay_s[row])
            return self.back(contact, kind.after_hours, comes, after_s, Cause.AFTER_HOURS)
        failed = contact.outcome == ContactOutcome.FAILED_CALLBACK
        if failed and (kind.redial is None or not kind.redial.failed_callbacks):
            return None
        if away or failed or contact.outcome in _LEFT:
            after_s = left_s + float(chance.redial_delay_s[row])
            return self.back(contact, kind.redial, bool(chance.redials[row]), after_s, Cause.REDIAL)
        return None

    def after_talk(self, contact: Contact, skill: Skill) -> NextAttempt | None:
        """Who has been talked to is handed on, or writes the next turn, or may be unresolved."""
        chance, kind = self.on_tape, self.types[contact.contact_type]
        contact.resolved = 1
        if chance is None:
            return None
        row, talked_s = contact.row, contact.talk_end_s
        transfer = skill.transfer
        if transfer is not None and chance.path[row] < transfer.share:
            contact.resolved = 0
            to = self.index[transfer.to]
            return NextAttempt(talked_s, Cause.TRANSFER, to, contact.times_back, 0)
        if kind.turns is not None and chance.turns[row] and contact.turns < kind.turns.max_attempts:
            contact.resolved = 0
            after_s = talked_s + float(chance.turn_delay_s[row])
            return NextAttempt(
                after_s, Cause.TURN, contact.contact_type, contact.times_back, contact.turns + 1
            )
        if chance.resolution[row] < skill.resolution:
            return None
        return self.not_resolved(contact, kind)

    def after_self_service(self, contact: Contact) -> NextAttempt | None:
        """Whom the front door fails goes on, or gives up; who was dealt with may be unresolved."""
        chance, kind = self.on_tape, self.types[contact.contact_type]
        door = kind.front_door
        assert door is not None
        if chance is None:
            contact.resolved = 1
            return None
        path = float(chance.path[contact.row])
        from_s, contained = self.doors[contact.contact_type]
        now = int(np.searchsorted(from_s, contact.arrival_s, side="right")) - 1
        if chance.resolution[contact.row] < contained[now]:
            contact.resolved = 1
            return None if path < door.resolution else self.not_resolved(contact, kind)
        for low, high, name in door.ways():
            if low <= path < high:
                return NextAttempt(
                    contact.talk_end_s,
                    Cause.FRONT_DOOR,
                    self.index[name],
                    contact.times_back,
                    0,
                    door.patience_factor,
                )
        return None

    def not_resolved(self, contact: Contact, kind: ContactType) -> NextAttempt | None:
        """The matter is not resolved: the customer may come again with it."""
        assert self.on_tape is not None
        contact.resolved = 0
        comes = bool(self.on_tape.repeats[contact.row])
        after_s = contact.talk_end_s + float(self.on_tape.repeat_delay_s[contact.row])
        return self.back(contact, kind.repeat, comes, after_s, Cause.REPEAT)

    def rings_in(self, contact: Contact, asked_s: float) -> NextAttempt | None:
        """Who is owed a callback since some instant may be impatient.

        Who may not come again, or not before the horizon ends, waits on.
        """
        chance, kind = self.on_tape, self.types[contact.contact_type]
        if chance is None:
            return None
        terms = kind.callback.rings_in if kind.callback else kind.rings_in
        rings_s = asked_s + float(chance.rings_in_delay_s[contact.row])
        comes = bool(chance.rings_in[contact.row])
        again = self.back(contact, terms, comes, rings_s, Cause.RING_IN)
        if again is None or again.time_s >= self.horizon_s:
            return None
        return again if self.row(contact, again.contact_type) is not None else None

    def back(
        self, contact: Contact, terms: Return | None, comes: bool, time_s: float, cause: Cause
    ) -> NextAttempt | None:
        """Let a customer come back, unless that was often enough."""
        if terms is None or not comes or contact.times_back >= terms.max_attempts:
            return None
        to = contact.contact_type if terms.to is None else self.index[terms.to]
        return NextAttempt(time_s, cause, to, contact.times_back + 1, 0)
