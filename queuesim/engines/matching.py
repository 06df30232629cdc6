"""Rules 1 and 2: who may take whom, and who does."""

from __future__ import annotations

from typing import NamedTuple

from queuesim.engines.floor import Agent, Contact, Group, Line
from queuesim.engines.routing import Moment, Pair, Routing, by_rank_or_score
from queuesim.model import Channel, Scenario, Skill
from queuesim.units import snap


class Match(NamedTuple):
    """A contact and an agent who may take it now."""

    agent: Agent
    skill: Skill
    contact: Contact
    line: Line


class Matching:
    """Finds the matches that are allowed and lets the routing choose among them."""

    def __init__(self, scenario: Scenario, routing: Routing | None) -> None:
        self.type_names = [contact_type.name for contact_type in scenario.contact_types]
        self.by_length = scenario.score == "queue"
        self.routing: Routing = routing or by_rank_or_score

    def for_contact(self, contact: Contact, now_s: float) -> Match | None:
        """Rule 1: find an agent for the contact at the head of a line.

        Of each group that has the skill, the agent who would take it; the routing chooses among
        these. A contact behind the head waits: if nobody can take the one before it, nobody can
        take this one.
        """
        line = contact.line
        if line is None or line.head is not contact:
            return None
        allowed = [
            Match(agent, skill, contact, line)
            for group, skill in line.groups
            if may_take(group, skill, contact, line, now_s)
            and (agent := next_agent(group, skill, line)) is not None
        ]
        return self.choose("contact", allowed, now_s)

    def for_agent(self, agent: Agent, now_s: float) -> Match | None:
        """Rule 2: find a contact for an agent among the heads of the lines the group serves.

        Where live contacts may interrupt messages they come first: a message is begun only if no
        live contact can be taken. An agent who stays after the session takes only customers whom
        the closing left (rule 5).
        """
        allowed = [
            Match(agent, skill, contact, line)
            for line, skill in agent.group.lines
            if agent.can_take(line.channel)
            and (contact := line.left_at_closing(now_s) if agent.staying else line.head) is not None
            and may_take(agent.group, skill, contact, line, now_s)
            and (agent.staying or keeps_reserve(agent, skill, line))
        ]
        if agent.group.interruptible:
            live = [match for match in allowed if match.line.channel is not Channel.MESSAGE]
            allowed = live or allowed
        return self.choose("agent", allowed, now_s)

    def choose(self, moment: Moment, allowed: list[Match], now_s: float) -> Match | None:
        """Let the routing choose among what is allowed."""
        if not allowed:
            return None
        pairs = [self.pair(match, now_s) for match in allowed]
        chosen = self.routing(now_s, moment, pairs)
        if chosen is None:
            return None
        if chosen not in pairs:
            raise ValueError(
                f"the routing returned {chosen!r}; it must return one of the pairs it was given, "
                "or None to let the contact wait"
            )
        return allowed[pairs.index(chosen)]

    def pair(self, match: Match, now_s: float) -> Pair:
        """Describe a match to the routing."""
        agent, skill, contact, line = match
        wait = now_s - contact.queued_since
        counts = len(line.waiting) if self.by_length else wait
        return Pair(
            contact_type=self.type_names[contact.contact_type],
            channel=Channel.CALLBACK if contact.is_callback else line.channel,
            row=contact.row,
            wait_s=wait,
            score=line.weight * counts + line.credit_s,
            agent_group=agent.group.model.name,
            rank=skill.rank,
            agent=agent.number,
            idle_s=now_s - agent.changed_s,
            open_contacts=len(agent.open),
            interrupts=not agent.fits(line.channel),
            waiting=len(line.waiting),
            allotted=line.allotted,
            order=contact.order,
        )


def next_agent(group: Group, skill: Skill, line: Line) -> Agent | None:
    """Return who takes the group's next contact.

    An agent who need not interrupt messages for it; then the one who works on the fewest contacts;
    then idle longest.
    """
    allowed = [
        agent
        for agent in group.free.values()
        if agent.can_take(line.channel) and keeps_reserve(agent, skill, line)
    ]
    return min(
        allowed,
        key=lambda a: (not a.fits(line.channel), len(a.goes_on()), a.changed_s, a.number),
        default=None,
    )


def may_take(group: Group, skill: Skill, contact: Contact, line: Line, now_s: float) -> bool:
    """Whether all conditions of the skill hold: its minimum wait, queue length and hours."""
    return (
        has_waited(contact, skill, now_s)
        and len(line.waiting) >= skill.min_queue
        and group.is_in_hours(skill, now_s)
    )


def has_waited(contact: Contact, skill: Skill, now_s: float) -> bool:
    """Whether the contact has waited as long as the group asks for."""
    return contact.queued_since + snap(skill.min_wait) <= now_s


def keeps_reserve(agent: Agent, skill: Skill, line: Line) -> bool:
    """Whether enough idle agents remain; a slot beside open contacts uses up no idle agent.

    To a live contact that may interrupt messages, agents who work on messages only are as good as
    idle ones.
    """
    reserve = max(skill.reserve, line.reserve)
    if reserve == 0:
        return True
    if agent.group.interruptible and line.channel is not Channel.MESSAGE:
        return bool(agent.live()) or agent.group.without_live() > reserve
    return bool(agent.open) or agent.group.idle() > reserve
