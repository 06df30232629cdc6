"""Rule 5, sessions: agents come and go and finish what is open; contact types open and close.

A part of the reference engine, see `reference`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import partial

from queuesim.engines.agenda import Agenda, Kind
from queuesim.engines.columns import stays
from queuesim.engines.floor import Agent, Contact, Line
from queuesim.engines.lines import Lines
from queuesim.engines.outcome import ContactOutcome
from queuesim.sampling import Tape


class Sessions(ABC):
    """Who is there when, of a contact centre."""

    tape: Tape
    agenda: Agenda
    agents: list[Agent]
    lines: Lines
    horizon_s: float
    begins_s: float  # what was before has happened

    @property
    def now(self) -> float:
        """The present instant [s]."""
        return self.agenda.now

    @abstractmethod
    def match_agent(self, agent: Agent) -> None:
        """Rule 2: give an agent contacts for as long as there is a free slot and one that fits."""

    @abstractmethod
    def lose(self, contact: Contact, outcome: ContactOutcome) -> None:
        """A contact ends unserved."""

    def schedule_sessions(self) -> None:
        """Let every session of the tape begin and end; one that follows without a break goes on."""
        for row, stay in enumerate(stays(self.tape.sessions)):
            agent = self.agents[stay.agent]
            if not stay.is_followed and stay.off_s >= self.begins_s:
                self.agenda.at(stay.off_s, Kind.HEADCOUNT, row, partial(self.session_ends, agent))
            if stay.on_s < self.begins_s:
                continue
            begins = self.session_goes_on if stay.goes_on else self.session_begins
            begin_row = len(self.tape.sessions) + row
            begin = partial(begins, agent, stay.factor)
            self.agenda.at(stay.on_s, Kind.HEADCOUNT, begin_row, begin)

    def session_goes_on(self, agent: Agent, factor: float) -> None:
        """An agent on duty works at another pace from now on; what is open keeps its factor."""
        agent.factor = factor

    def session_begins(self, agent: Agent, factor: float) -> None:
        """An agent comes on duty and looks for contacts; one still in overtime goes on."""
        agent.on_duty, agent.staying, agent.factor = True, False, factor
        agent.group.note(agent)
        if not agent.open:
            agent.changed_s = self.now
        self.match_agent(agent)

    def session_ends(self, agent: Agent) -> None:
        """An agent takes nothing new and finishes what is open.

        One who is busy while customers still hold a line that has closed stays to serve them out,
        for as long as there is one to take whenever a contact is finished.
        """
        agent.on_duty = False
        agent.group.note(agent)
        left = any(line.left_at_closing(self.now) for line, _ in agent.group.lines)
        agent.staying = bool(agent.open) and left and self.now < self.horizon_s

    def schedule_hours_of_skills(self) -> None:
        """Let agents look for contacts when the hours of a skill of theirs begin."""
        after_sessions = 2 * len(self.tape.sessions)
        for agent in self.agents:
            row = after_sessions + agent.number
            for begins in agent.group.openings():
                if begins < self.begins_s:
                    continue
                self.agenda.at(begins, Kind.HEADCOUNT, row, partial(self.hours_begin, agent))

    def hours_begin(self, agent: Agent) -> None:
        """An agent on duty with a free slot looks for contacts."""
        if agent.number in agent.group.free:
            self.match_agent(agent)

    def schedule_closings(self) -> None:
        """Release what waits at closing time, where the contact type says so."""
        after_hours = 2 * len(self.tape.sessions) + len(self.agents)
        for closing, k, line in self.lines.closings():
            if self.begins_s <= closing < self.horizon_s:  # its end closes no doors
                self.agenda.at(closing, Kind.HEADCOUNT, after_hours + k, partial(self.close, line))

    def close(self, line: Line) -> None:
        """The doors close: customers who hold the line are sent home, callbacks stay."""
        for contact in list(line.callers()):
            self.lose(contact, ContactOutcome.TURNED_AWAY)
