"""The people and the queues of the reference engine: contacts, agents, agent groups, lines."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from math import inf, nan
from typing import Any, NamedTuple

from numpy.typing import NDArray

from queuesim.engines.outcome import ContactOutcome
from queuesim.model import AgentGroup, Channel, ContactType, Horizon, Skill
from queuesim.sampling import Sessions, Tape
from queuesim.units import snap

Table = dict[str, NDArray[Any]]


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
    # where it waits
    line: Line | None = None
    queued_since: float = nan
    on_the_line: bool = False  # the customer holds; a callback does not
    in_hours: bool = True  # came while its type was open
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
    groups: list[tuple[Group, Skill]] = field(default_factory=list)
    waiting: list[Contact] = field(default_factory=list)
    last_wait_s: float = 0.0  # of the contact that an agent took last
    open_callbacks: int = 0  # accepted, and no agent is at it
    booked: Counter[float] = field(default_factory=Counter)  # callbacks by start of the promise

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
        latest = bisect_right(self.windows, now_s, key=lambda window: window[0]) - 1
        return latest >= 0 and now_s < self.windows[latest][1]

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

    def note(self, agent: Agent) -> None:
        """Keep in mind whether an agent on duty has a slot, whenever that may have changed."""
        if agent.on_duty and agent.has_slot():
            self.free[agent.number] = agent
        else:
            self.free.pop(agent.number, None)


def hired(number: int, group: Group) -> Agent:
    """Add an agent to a group."""
    group.agents.append(Agent(number, group))
    return group.agents[-1]


_MOST_ROWS = 1 << 20
"""Rows of one customer, at most; only what orders them depends on it."""


def contacts_of(tape: Tape) -> list[Contact]:
    """Return the contacts of a tape, each with what it brings."""
    columns = (tape.contact_type, tape.arrival_s, tape.talk_s, tape.wrap_up_s, tape.patience_s)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    customer = range(len(tape)) if tape.again is None else tape.again.customer.tolist()
    return [
        Contact(row, customer[row] * _MOST_ROWS + row - customer[row], *values)
        for row, values in enumerate(rows)
    ]


class Stay(NamedTuple):
    """A session, and whether it touches the same agent's session before it, or after it."""

    agent: int
    on_s: float
    off_s: float
    factor: float
    goes_on: bool
    is_followed: bool


def stays(sessions: Sessions) -> list[Stay]:
    """Return the sessions in order; where two of one agent touch, the agent does not leave."""
    columns = (sessions.agent, sessions.on_s, sessions.off_s, sessions.factor)
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    begins, ends = ({(row[0], row[k]) for row in rows} for k in (1, 2))
    return [
        Stay(agent, on_s, off_s, factor, (agent, on_s) in ends, (agent, off_s) in begins)
        for agent, on_s, off_s, factor in rows
    ]


def open_line(contact_type: ContactType, horizon: Horizon, groups: list[Group]) -> Line:
    """Open the line of a contact type, known to the groups that have the skill."""
    line = Line(
        contact_type.name,
        contact_type.channel,
        contact_type.weight,
        contact_type.credit,
        reserve=0,
        windows=contact_type.windows(horizon).tolist(),
        serves_out=contact_type.at_closing == "serve_out",
    )
    return _connect(contact_type, line, groups)


def open_callback_line(contact_type: ContactType, groups: list[Group]) -> Line | None:
    """Open the line of later callbacks, which has its own terms."""
    offer = contact_type.callback
    if offer is None or offer.kind == "virtual_hold":
        return None
    name = f"{contact_type.name} callbacks"
    line = Line(name, contact_type.channel, offer.weight, offer.credit, offer.reserve)
    return _connect(contact_type, line, groups)


def _connect(contact_type: ContactType, line: Line, groups: list[Group]) -> Line:
    """Join a line and the groups that serve it, both in the order of the scenario."""
    for group in groups:
        for skill in group.model.skills:
            if skill.contact_type == contact_type.name:
                line.groups.append((group, skill))
                group.lines.append((line, skill))
    return line
