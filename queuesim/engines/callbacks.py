"""Rule 3, callbacks: offered, accepted, owed, and given up by customers who ring in.

A part of the reference engine, see `reference`. Whether an offer is made and accepted: see
`offers`. A callback is owed from acceptance, or from when it was asked for, except while an agent
is at it. A customer whom the tape has ring in does so once, if the callback is owed at that very
instant and no agent takes it then; who may not come again waits on.
"""

from __future__ import annotations

from abc import abstractmethod
from functools import partial

from queuesim.engines import offers
from queuesim.engines.agenda import Kind
from queuesim.engines.coming_back import ComingBack, NextAttempt
from queuesim.engines.floor import Contact, Line
from queuesim.engines.outcome import ContactOutcome
from queuesim.engines.sessions import Sessions
from queuesim.model import ContactType
from queuesim.units import snap


class Callbacks(Sessions):
    """What customers of a contact centre are promised."""

    coming_back: ComingBack
    promised: list[offers.Promised]

    @abstractmethod
    def type_of(self, contact: Contact) -> ContactType:
        """Return the contact's type."""

    @abstractmethod
    def queue(self, contact: Contact, line: Line) -> None:
        """Put a contact in its place in a line and look for an agent."""

    @abstractmethod
    def follow(self, contact: Contact, again: NextAttempt | None) -> None:
        """Let a customer come again as a further contact, if the tape has one of that type."""

    def schedule_offer(self, contact: Contact) -> None:
        """Offer a callback after the wait that the contact type states."""
        offer = self.type_of(contact).callback
        if offer is not None:
            due = contact.arrival_s + snap(offer.after)
            self.agenda.at(
                due, Kind.TIMER, 2 * contact.order + 1, lambda: self.offer_callback(contact)
            )

    def offer_callback(self, contact: Contact) -> None:
        """A waiting caller is offered a callback, if the terms of the offer are met."""
        offer, line = self.type_of(contact).callback, contact.line
        assert offer is not None
        if line is None or not contact.on_the_line:
            return
        promised = self.promised[contact.contact_type]
        if not offers.is_offered(offer, contact, self.lines.callers(contact), promised):
            return
        due_s = offers.start_of_promise(
            offer, contact, line, promised, self.tape, self.now, self.horizon_s
        )
        if due_s is None:
            return  # there is no slot with room
        contact.offer_s = self.now
        if not offers.is_accepted(contact, self.tape):
            return
        contact.accepted_s = self.now
        contact.on_the_line = False
        self.owe(contact)
        promised.booked[due_s] += 1
        contact.due_s = due_s
        self.schedule_ringing_in(contact)
        if offer.kind != "virtual_hold":  # which keeps its place, and has no patience to lose
            line.leave(contact)
            contact.queued_since = due_s
            self.schedule_return(contact, due_s, self.lines.callback_line(contact))

    def schedule_return(self, contact: Contact, time_s: float, line: Line) -> None:
        """Let a callback come to its line at an instant: its window opens, or the next attempt."""
        comes = partial(self.comes_to_line, contact, line)
        self.agenda.at(time_s, Kind.ARRIVAL, contact.order, comes)

    def comes_to_line(self, contact: Contact, line: Line) -> None:
        """A callback comes to its line, unless its customer has rung in."""
        if contact.owed:
            self.queue(contact, line)

    def owe(self, contact: Contact) -> None:
        """The customer waits for a callback, and no agent is at it."""
        contact.owed = True
        self.promised[contact.contact_type].open += 1

    def no_longer_owe(self, contact: Contact) -> None:
        """An agent is at the callback, or it is given up."""
        contact.owed = False
        self.promised[contact.contact_type].open -= 1

    def schedule_ringing_in(self, contact: Contact) -> None:
        """Let an impatient customer ring in who still waits for the callback then."""
        again = self.coming_back.rings_in(contact, self.now)
        if again is not None:
            rings_in = partial(self.ring_in, contact, again)
            self.agenda.at(again.time_s, Kind.PATIENCE, contact.order, rings_in)

    def ring_in(self, contact: Contact, again: NextAttempt) -> None:
        """A customer rings in: the callback that is still owed is given up, with its slot."""
        if contact.owed:
            self.no_longer_owe(contact)
            self.promised[contact.contact_type].booked[contact.due_s] -= 1
            self.lose(contact, ContactOutcome.RANG_IN)
            self.follow(contact, again)
