"""The reference engine: the rules of the contact centre, told once for people to read.

This is the specification in code, on SimPy's event queue. It is never optimised. The numbers in
the headings are those of the rules in the design and in the README.

1. Match on arrival    a contact looks for an agent
2. Match on release    an agent looks for a contact
3. Leaving             an agent, the end of patience and a callback race for a waiting contact:
                       see `callbacks`
4. Service             ring, talk, wrap-up; one pace for all that is open; interruptions
5. Sessions            agents come and go and finish what is open; doors close: see `sessions`
6. Coming back         customers come again: see `coming_back`
7. One instant         what comes first when everything happens at once: see `agenda`
"""

from __future__ import annotations

from math import isinf, isnan, nan

from queuesim.engines import announcing, offers
from queuesim.engines.agenda import Agenda, Kind
from queuesim.engines.callbacks import Callbacks
from queuesim.engines.columns import contacts_of, gathered
from queuesim.engines.coming_back import ComingBack, NextAttempt
from queuesim.engines.floor import Agent, Contact, Group, Line, Phase, Work, hired
from queuesim.engines.going_on import go_on_from
from queuesim.engines.lines import Lines
from queuesim.engines.matching import Match, Matching
from queuesim.engines.outcome import Cause, ContactOutcome, Outcome
from queuesim.engines.present import Present
from queuesim.engines.routing import Routing
from queuesim.engines.wrong_tapes import refuse_wrong_tape
from queuesim.model import Channel, ContactType, Scenario, Skill
from queuesim.sampling import Tape
from queuesim.sampling.tape import dialling_of
from queuesim.units import snap


class ContactCentre(Callbacks):
    """One contact centre on one tape."""

    def __init__(
        self,
        scenario: Scenario,
        tape: Tape,
        routing: Routing | None = None,
        present: Present | None = None,
    ) -> None:
        refuse_wrong_tape(scenario, tape, len(present.contacts) if present is not None else 0)
        self.scenario, self.tape = scenario, tape
        self.matching = Matching(scenario, routing)
        self.present = present
        self.begins_s = present.now_s if present is not None else 0.0
        self.agenda = Agenda(scenario.horizon.seconds, self.begins_s)
        self.groups = [Group(k, group) for k, group in enumerate(scenario.agent_groups)]
        self.agents = [hired(n, self.groups[g]) for n, g in enumerate(tape.agent_group.tolist())]
        self.horizon_s: float = scenario.horizon.seconds
        self.lines = Lines(scenario, self.groups)
        self.promised = [offers.Promised() for _ in scenario.contact_types]
        self.contacts = contacts_of(tape)
        self.coming_back = ComingBack(scenario, tape)
        self.busy: list[tuple[int, float, float]] = []

    def run(self) -> Outcome:
        """Let everything happen; return what did."""
        self.schedule_sessions()
        self.schedule_hours_of_skills()
        self.schedule_closings()
        first = 0
        if self.present is not None:
            go_on_from(self, self.present)
            first = len(self.present.contacts)
        if first < self.tape.first_attempts:
            self.schedule_arrival(first)
        self.agenda.run()
        return gathered(self.scenario, self.tape, self.contacts, self.busy)

    # 1. Match on arrival -------------------------------------------------------------------

    def schedule_arrival(self, row: int) -> None:
        """Let a contact of the tape arrive; each arrival calls in the next."""
        contact = self.contacts[row]

        def comes() -> None:
            if row + 1 < self.tape.first_attempts:
                self.schedule_arrival(row + 1)
            self.arrive(contact, Cause.FIRST)

        self.agenda.at(contact.arrival_s, Kind.ARRIVAL, contact.order, comes)

    def arrive(self, contact: Contact, cause: Cause) -> None:
        """A contact arrives: it is turned away, served at once, blocked, or hears how long the wait
        may be; it balks, or it waits."""
        contact.cause, contact.arrival_s = cause, self.now
        contact_type, line = self.type_of(contact), self.lines.line_of(contact)
        limit, contact.in_hours = contact_type.queue_limit, line.is_open(self.now)
        if contact_type.outside_hours == "turn_away" and not contact.in_hours:
            self.lose(contact, ContactOutcome.TURNED_AWAY)
            return
        if contact_type.channel == Channel.SELF_SERVICE:
            self.help_oneself(contact)
            return
        contact.queued_since = self.now
        contact.on_the_line = contact_type.channel != Channel.CALLBACK
        if not contact.on_the_line:
            contact.due_s = self.now  # a request for a callback: the promise runs from now
            self.owe(contact)
            self.schedule_ringing_in(contact)
        self.queue(contact, line)
        if contact.line is None:
            return  # an agent took it
        limit = contact_type.queue_limit
        if contact.on_the_line and limit is not None and len(self.lines.callers(contact)) > limit:
            self.lose(contact, ContactOutcome.BLOCKED)
            return
        if announcing.balks(contact_type, contact, line, self.tape, self.now):
            self.lose(contact, ContactOutcome.BALKED)
            return
        self.schedule_offer(contact)
        self.schedule_end_of_patience(contact)

    def queue(self, contact: Contact, line: Line) -> None:
        """Put a contact in its place in a line and look for an agent.

        It counts as waiting from now on. That can make the line as long as some group asks for,
        and so it is the first in line who looks.
        """
        line.join(contact)
        first = line.head if line.looks_at_length() else contact
        assert first is not None
        self.match_contact(first)
        if contact.line is line:
            self.schedule_minimum_waits(contact, line)

    def schedule_minimum_waits(self, contact: Contact, line: Line) -> None:
        """Look again whenever the wait reaches what a group asks for (overflow)."""
        for _, skill in line.groups:
            due = contact.queued_since + snap(skill.min_wait)
            if due > self.now:
                self.schedule_look(contact, line, due)

    def schedule_look(self, contact: Contact, line: Line, due: float) -> None:
        """Look again at an instant."""
        order = 2 * contact.order
        self.agenda.at(due, Kind.TIMER, order, lambda: self.minimum_wait(contact, line))

    def minimum_wait(self, contact: Contact, line: Line) -> None:
        """A minimum wait has passed; the contact may still be there."""
        if contact.line is line:
            self.match_contact(contact)

    def match_contact(self, contact: Contact) -> None:
        """Rule 1: give a contact to an agent, if one may take it; then the next in line looks."""
        line = contact.line
        assert line is not None
        match = self.matching.for_contact(contact, self.now)
        while match is not None:
            self.take(match)
            self.match_agent(match.agent)  # slots beside a chat are open to what a reserve held up
            match = self.matching.for_contact(line.head, self.now) if line.head else None

    # 2. Match on release -------------------------------------------------------------------

    def match_agent(self, agent: Agent) -> None:
        """Rule 2: give an agent contacts for as long as there is a free slot and one that fits."""
        while self.take(self.matching.for_agent(agent, self.now)):
            pass

    def take(self, match: Match | None) -> bool:
        """Carry out a match; return whether there was one."""
        if match is None:
            return False
        match.line.leave(match.contact)
        announcing.note_wait(match.contact, match.line, self.now)
        self.begin(match.agent, match.skill, match.contact)
        return True

    # 3. Leaving ----------------------------------------------------------------------------

    def schedule_end_of_patience(self, contact: Contact) -> None:
        """Let patience end, of a customer who holds the line."""
        if contact.on_the_line and not isinf(contact.patience_s):
            ends = contact.arrival_s + contact.patience_s
            self.agenda.at(ends, Kind.PATIENCE, contact.order, lambda: self.abandon(contact))

    def abandon(self, contact: Contact) -> None:
        """Patience ends. A customer who holds the line leaves; a callback waits on."""
        if contact.line is not None and contact.on_the_line:
            contact.line.leave(contact)
            self.lose(contact, ContactOutcome.ABANDONED)

    def lose(self, contact: Contact, outcome: ContactOutcome) -> None:
        """A contact ends unserved."""
        if contact.line is not None:
            contact.line.leave(contact)
        contact.on_the_line = False
        contact.outcome, contact.left_s = outcome, self.now
        self.follow(contact, self.coming_back.after_leaving(contact))

    # 4. Service ----------------------------------------------------------------------------

    def begin(self, agent: Agent, skill: Skill, contact: Contact) -> None:
        """An agent opens a contact: the first phase is ringing for a callback, else talk."""
        agent.work_until(self.now)
        channel = self.type_of(contact).channel
        if not agent.fits(channel):
            agent.paused = True  # until no live contact is open any more
        if isnan(agent.busy_since):  # else the agent goes on without a pause
            agent.busy_since = self.now
        contact.agent = agent.number
        contact.on_the_line = False
        if contact.is_callback:
            contact.attempts += 1
            self.no_longer_owe(contact)
            if contact.attempts == 1:
                contact.dialled_s = self.now
            dialling = dialling_of(self.type_of(contact))
            assert dialling is not None
            work = Work(contact, skill, channel, Phase.RING, snap(dialling.ring), agent.factor)
        else:
            contact.answered_s = self.now
            work = Work(contact, skill, channel, Phase.TALK, nan, agent.factor)
            work.turn_to(Phase.TALK)
        agent.open.append(work)
        self.slots_changed(agent)

    def slots_changed(self, agent: Agent) -> None:
        """The number of open contacts changed: the agent's place and the next end change too."""
        agent.changed_s = self.now
        agent.group.note(agent)
        self.plan_next_end(agent)

    def plan_next_end(self, agent: Agent) -> None:
        """Plan the next end of a phase; whatever was planned before no longer holds."""
        agent.plan += 1
        if agent.open:
            plan = agent.plan
            ends, work = agent.next_end()
            order = work.contact.order
            self.agenda.at(
                ends, Kind.SERVICE_END, order, lambda: self.phase_ends(agent, work, plan)
            )

    def phase_ends(self, agent: Agent, work: Work, plan: int) -> None:
        """A phase ends, unless the plan has changed since."""
        if agent.plan != plan:
            return
        agent.work_until(self.now)
        contact = work.contact
        if work.phase is Phase.RING:
            if not self.tape.answers[contact.row, contact.attempts - 1]:
                self.no_answer(agent, work)
                return
            contact.answered_s = self.now
            work.turn_to(Phase.TALK)
        elif work.phase is Phase.TALK:
            contact.talk_end_s = self.now  # the customer leaves; the slot is held for the wrap-up
            self.follow(contact, self.coming_back.after_talk(contact, work.skill))
            work.turn_to(Phase.WRAP_UP)
        else:
            contact.freed_s, contact.outcome = self.now, ContactOutcome.HANDLED
            self.release(agent, work)
            return
        self.plan_next_end(agent)

    def no_answer(self, agent: Agent, work: Work) -> None:
        """Nobody answered: the ringing is lost; the next attempt keeps the contact's place."""
        contact = work.contact
        dialling = dialling_of(self.type_of(contact))
        assert dialling is not None
        if contact.attempts < dialling.attempts:
            self.owe(contact)
            line = self.lines.callback_line(contact)
            self.schedule_return(contact, self.now + snap(dialling.retry_after), line)
        else:
            self.lose(contact, ContactOutcome.FAILED_CALLBACK)
        self.release(agent, work)

    def release(self, agent: Agent, work: Work) -> None:
        """A slot is free: the agent looks for the next contact."""
        agent.open.remove(work)
        agent.paused = agent.paused and bool(agent.live())
        self.slots_changed(agent)
        if self.now < self.horizon_s or agent.on_duty:
            self.match_agent(agent)
        if not agent.open:
            self.busy.append((agent.number, agent.busy_since, self.now))
            agent.busy_since = nan

    # 6. Coming back ------------------------------------------------------------------------

    def help_oneself(self, contact: Contact) -> None:
        """Self-service takes everybody at once; whom it fails goes on when the time is spent."""
        contact.answered_s = self.now
        contact.talk_end_s = contact.freed_s = ends_s = self.now + contact.talk_s
        again = self.coming_back.after_self_service(contact)
        if contact.resolved < 0:
            contact.outcome, contact.left_s = ContactOutcome.PASSED_ON, ends_s
        else:
            contact.outcome = ContactOutcome.SELF_SERVED
        self.follow(contact, again)

    def follow(self, contact: Contact, again: NextAttempt | None) -> None:
        """Let a customer come again as a further contact, if the tape has one of that type."""
        if again is None or again.time_s >= self.horizon_s:
            return
        row = self.coming_back.row(contact, again.contact_type)
        if row is None:
            return
        further = self.contacts[row]
        further.times_back, further.turns = again.times_back, again.turns
        further.patience_s = float(snap(further.patience_s * again.patience_factor))
        self.agenda.at(
            again.time_s, Kind.ARRIVAL, further.order, lambda: self.arrive(further, again.cause)
        )

    # The floor -----------------------------------------------------------------------------

    def type_of(self, contact: Contact) -> ContactType:
        """Return the contact's type."""
        return self.scenario.contact_types[contact.contact_type]


def simulate_reference(
    scenario: Scenario,
    tape: Tape,
    routing: Routing | None = None,
    *,
    present: Present | None = None,
) -> Outcome:
    """Run a scenario on a tape with the reference engine.

    Parameters
    ----------
    scenario : Scenario
    tape : Tape
        Drawn for this scenario by `queuesim.sampling.draw_tape`.
    routing : callable, optional
        A planner's own choice among the allowed pairs, see `queuesim.engines.routing.Routing`;
        by default rules 1 and 2.
    present : Present, optional
        How things stand in the middle of the horizon, to go on from; by default the centre is empty
        when the horizon begins.

    Returns
    -------
    Outcome

    Raises
    ------
    UnsupportedByEngine
        For what the engine does not know.
    ScenarioError
        For a tape that does not belong to the scenario, or is wrong in itself.
    """
    return ContactCentre(scenario, tape, routing, present).run()
