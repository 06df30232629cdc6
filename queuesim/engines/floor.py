"""The people and the queues of the reference engine: contacts, agents, agent groups, lines."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from math import inf, nan

from queuesim.engines.outcome import ContactOutcome
from queuesim.model import AgentGroup, Channel, Skill
from queuesim.units import snap


class Phase(Enum):
    """What an agent does with an open contact."""

    RING = "ring"
    TALK = "talk"
    WRAP_UP = "wrap-up"


@dataclass(slots=True, eq=False)
class Contact:
    """One contact: what it brings, where it is, what has happened to it."""

    row: int
    order: int  # of what happens at one instant: by the customer's first row, then by attempt
    contact_type: int
    arrival_s: float
    talk_s: float
    wrap_up_s: float
    patience_s: float
    allotted: int  # group that it is meant for; -1: any
    # where it waits
    line: Line | None = None
    queued_since: float = nan
    on_the_line: bool = False  # the customer holds; a callback does not
    in_hours: bool = True  # came while its type was open
    owed: bool = False  # a callback, and no agent is at it
    # what has happened
    outcome: ContactOutcome = ContactOutcome.UNRESOLVED
    agent: int = -1
    answered_s: float = nan
    talk_end_s: float = nan
    freed_s: float = nan
    left_s: float = nan
    offer_s: float = nan
    accepted_s: float = nan
    due_s: float = nan
    dialled_s: float = nan
    attempts: int = 0
    announced_s: float = nan
    paused_s: float = 0.0
    cause: int = -1  # a Cause, once it has come
    resolved: int = -1
    # of its customer
    times_back: int = 0  # how often the customer has come back, before this contact and for it
    turns: int = 0  # turns of the thread before this one

    @property
    def came_s(self) -> float:
        """When it arrived [s]; NaN if it never did."""
        return self.arrival_s

    @property
    def is_callback(self) -> bool:
        """Whether an agent must dial this customer."""
        return self.due_s == self.due_s  # not NaN

    def place(self) -> tuple[float, int]:
        """Return what orders contacts in a line."""
        return self.queued_since, self.order


@dataclass(slots=True, eq=False)
class Work:
    """A contact open with an agent: the phase it is in and the work left in it."""

    contact: Contact
    skill: Skill
    channel: Channel
    phase: Phase
    left_s: float
    factor: float  # the agent's, when the contact was begun

    def turn_to(self, phase: Phase) -> None:
        """Begin with talk or wrap-up: the time is that of the group's skill and the agent's own
        factor together, on the grid."""
        work_s = self.contact.talk_s if phase is Phase.TALK else self.contact.wrap_up_s
        self.phase, self.left_s = phase, snap(work_s * (self.skill.handle_factor * self.factor))

    @property
    def is_live(self) -> bool:
        """Whether a customer is there: of every channel but message."""
        return self.channel is not Channel.MESSAGE


@dataclass(slots=True, eq=False)
class Line:
    """Contacts that wait for the same skill under the same routing terms, first come first."""

    name: str
    channel: Channel
    weight: float
    credit_s: float
    reserve: int
    windows: list[list[float]] = field(default_factory=list)  # its opening hours, from and to [s]
    serves_out: bool = False  # at closing, customers who hold the line are served all the same
    allotted: str = ""  # name of the group that its contacts are meant for; empty: any
    groups: list[tuple[Group, Skill]] = field(default_factory=list)
    waiting: list[Contact] = field(default_factory=list)
    last_wait_s: float = 0.0  # of the contact that an agent took last

    @property
    def head(self) -> Contact | None:
        """The contact that waits longest."""
        return self.waiting[0] if self.waiting else None

    def join(self, contact: Contact) -> None:
        """Put a contact in its place."""
        contact.line = self
        insort(self.waiting, contact, key=Contact.place)

    def leave(self, contact: Contact) -> None:
        """Take a contact out."""
        contact.line = None
        self.waiting.remove(contact)

    def is_open(self, now_s: float) -> bool:
        """Whether it is within its hours."""
        return is_within(self.windows, now_s)

    def looks_at_length(self) -> bool:
        """Whether some group takes its contacts only while enough of them wait."""
        return any(skill.min_queue > 1 for _, skill in self.groups)

    def left_at_closing(self, now_s: float) -> Contact | None:
        """The first customer who came in hours and still holds the line after them."""
        if not self.serves_out or not self.waiting or self.is_open(now_s):
            return None
        return next((caller for caller in self.callers() if caller.in_hours), None)

    def callers(self) -> Iterator[Contact]:
        """Yield the contacts whose customer holds the line, in order."""
        return (contact for contact in self.waiting if contact.on_the_line)


@dataclass(slots=True, eq=False)
class Agent:
    """One person: on duty or not, with the contacts that are open."""

    number: int
    group: Group
    on_duty: bool = False
    factor: float = 1.0  # handle-time factor of the present session, and of overtime after it
    staying: bool = False  # the session is over, the agent serves out what the closing left
    open: list[Work] = field(default_factory=list)
    paused: bool = False  # live contacts have interrupted the work on messages
    changed_s: float = -inf  # when the number of open contacts last changed, or the session began
    busy_since: float = nan  # start of the present busy period, if any
    worked_until: float = nan  # the work left in `open` is true at this instant
    plan: int = 0  # counts changes of plan: an end that was planned earlier no longer holds

    def goes_on(self) -> list[Work]:
        """Return the open contacts that are worked on: all but interrupted messages."""
        return [work for work in self.open if work.is_live or not self.paused]

    def live(self) -> list[Work]:
        """Return the open contacts whose customer is there."""
        return [work for work in self.open if work.is_live]

    def fits(self, channel: Channel) -> bool:
        """Whether a slot is free beside what is worked on; none is for messages in a pause."""
        if self.paused and channel is Channel.MESSAGE:
            return False
        return self.group.fits(channel, [work.channel for work in self.goes_on()])

    def could_interrupt(self, channel: Channel) -> bool:
        """Whether a slot is free once the messages are interrupted."""
        if not self.group.interruptible or channel is Channel.MESSAGE:
            return False
        return self.group.fits(channel, [work.channel for work in self.live()])

    def has_slot(self) -> bool:
        """Whether a contact of any channel could be opened."""
        return any(self.fits(channel) or self.could_interrupt(channel) for channel in Channel)

    def can_take(self, channel: Channel) -> bool:
        """Whether the agent is there and has, or can make, a slot for a channel."""
        there = self.on_duty or self.staying
        return there and (self.fits(channel) or self.could_interrupt(channel))

    def pace(self) -> float:
        """Return the agent's total pace with the contacts that are worked on."""
        goes_on = self.goes_on()
        return self.group.pace(goes_on[0].channel)[len(goes_on) - 1]

    def work_until(self, now_s: float) -> None:
        """Take what was done since the last change off the work left, shared evenly.

        Sharing leaves the grid; each contact's work left is snapped back to it. Interrupted work
        stays as it is.
        """
        if self.open:
            goes_on = self.goes_on()
            done = (now_s - self.worked_until) * self.pace() / len(goes_on)
            for work in self.open:
                if work in goes_on:
                    work.left_s = max(0.0, snap(work.left_s - done))
                else:
                    work.contact.paused_s += now_s - self.worked_until
        self.worked_until = now_s

    def next_end(self) -> tuple[float, Work]:
        """Return when the next phase ends and whose: the least work left, ties by order."""
        goes_on = self.goes_on()
        first = min(goes_on, key=lambda work: (work.left_s, work.contact.order))
        return self.worked_until + snap(first.left_s * len(goes_on) / self.pace()), first


@dataclass(slots=True, eq=False)
class Group:
    """An agent group: its agents and the lines it serves."""

    index: int
    model: AgentGroup
    agents: list[Agent] = field(default_factory=list)
    free: dict[int, Agent] = field(default_factory=dict)  # on duty with a slot to be had, by number
    lines: list[tuple[Line, Skill]] = field(default_factory=list)
    hours: dict[str, list[list[float]]] = field(default_factory=dict)  # of skills that have any [s]

    @property
    def interruptible(self) -> bool:
        """Whether live contacts may interrupt the work on messages."""
        return Channel.MESSAGE in self.model.interruptible

    def fits(self, channel: Channel, beside: list[Channel]) -> bool:
        """Whether an agent may open a contact beside others: by slots, or one channel at a time."""
        blend = self.model.blend
        if blend is not None:
            return sum(map(blend.use, beside)) + blend.use(channel) <= blend.slots
        most = self.model.concurrency.get(channel, 1)
        return len(beside) < most and all(other is channel for other in beside)

    def pace(self, channel: Channel) -> tuple[float, ...]:
        """Return the total pace with 1, 2, … contacts open; by channel where one is open."""
        if self.model.blend is not None:
            return self.model.blend.pace
        return self.model.pace.get(channel, (1.0,))

    def idle(self) -> int:
        """Count the agents on duty with nothing open."""
        return sum(not agent.open for agent in self.free.values())

    def without_live(self) -> int:
        """Count the agents on duty with no live contact open."""
        return sum(not agent.live() for agent in self.free.values())

    def is_in_hours(self, skill: Skill, now_s: float) -> bool:
        """Whether it takes contacts of that type at this hour."""
        windows = self.hours.get(skill.contact_type)
        return windows is None or is_within(windows, now_s)

    def openings(self) -> list[float]:
        """Return the instants at which the hours of some skill begin [s]."""
        return sorted({begin for windows in self.hours.values() for begin, _ in windows})

    def note(self, agent: Agent) -> None:
        """Keep in mind whether an agent on duty has a slot, whenever that may have changed."""
        if agent.on_duty and agent.has_slot():
            self.free[agent.number] = agent
        else:
            self.free.pop(agent.number, None)


def is_within(windows: list[list[float]], now_s: float) -> bool:
    """Whether an instant lies in one of some windows; the end of a window does not."""
    latest = bisect_right(windows, now_s, key=lambda window: window[0]) - 1
    return latest >= 0 and now_s < windows[latest][1]


def hired(number: int, group: Group) -> Agent:
    """Add an agent to a group."""
    group.agents.append(Agent(number, group))
    return group.agents[-1]
