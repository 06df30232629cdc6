"""Who is at what: the contacts that each person has open, and who may take one more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from queuesim.model import AgentGroup, Channel, Scenario
from queuesim.watching.nowcasting.open_together import fit_together, may_have_open
from queuesim.watching.predicting.capacity import Capacity

if TYPE_CHECKING:
    from queuesim.watching.predicting.seen import Seen

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Person:
    """One person on duty.

    Attributes
    ----------
    team : AgentGroup
    channels : tuple of Channel
        Of the contacts that are open.
    """

    team: AgentGroup
    channels: tuple[Channel, ...]

    @property
    def live(self) -> tuple[Channel, ...]:
        """Channels of the open contacts whose customer is there."""
        return tuple(each for each in self.channels if each is not Channel.MESSAGE)

    @property
    def paused(self) -> bool:
        """Whether live contacts have interrupted messages: all that is open does not fit."""
        return 0 < len(self.live) < len(self.channels) and not fit_together(
            self.team, self.channels
        )

    def beside(self, channel: Channel) -> int:
        """Return how many open contacts go on together with one of a channel, itself included."""
        if not self.paused:
            return len(self.channels)
        live = len(self.live)
        return len(self.channels) - live if channel is Channel.MESSAGE else live

    def may_take(self, channel: Channel) -> bool:
        """Whether a slot is free for a contact of a channel, or can be made."""
        if channel is Channel.MESSAGE:
            return not self.paused and fit_together(self.team, [*self.channels, channel])
        goes_on = self.live if self.paused else self.channels
        if fit_together(self.team, [*goes_on, channel]):
            return True
        interrupts = Channel.MESSAGE in self.team.interruptible
        return interrupts and fit_together(self.team, [*self.live, channel])


def people_of(scenario: Scenario, seen: Seen) -> list[list[Person]]:
    """Return those on duty by group, each with what is open."""
    found = []
    for g, team in enumerate(scenario.agent_groups):
        channels: list[list[Channel]] = [[] for _ in range(int(seen.on_duty[g]))]
        for row in np.flatnonzero(seen.busy_group == g):
            kind = scenario.contact_types[seen.busy_type[row]]
            channels[seen.busy_agent[row]].append(kind.channel)
        found.append([Person(team, tuple(each)) for each in channels])
    return found


def open_beside(scenario: Scenario, seen: Seen) -> Ints:
    """Return how many contacts an agent works on together with each open one, itself included.

    Of a message in a pause: how many messages.
    """
    there, types = people_of(scenario, seen), scenario.contact_types
    at_work = zip(seen.busy_group, seen.busy_agent, seen.busy_type, strict=True)
    many = [there[g][k].beside(types[t].channel) for g, k, t in at_work]
    return np.array(many, dtype=np.int64)


def usually_open(
    capacity: Capacity, group: int, people: int, many: int | None, now_s: float, live_waits: bool
) -> Ints:
    """Return how many contacts of each type people of a group likely have open, int64[types].

    Who is busy is so with the types in proportion to the work. One who waits beside messages that
    may be interrupted would have been taken: while a live contact waits, all are at live ones.

    Parameters
    ----------
    capacity : Capacity
    group, people : int
    many : int or None
        Contacts that are open; None: everybody is busy with as many as may be.
    now_s : float
    live_waits : bool
        Whether a live contact waits for the group.
    """
    types, found = len(capacity.channel), np.zeros(len(capacity.channel), dtype=np.int64)
    served = capacity.serves[group].copy()
    message = capacity.message
    if capacity.interruptible[group] and live_waits and (served & ~message).any():
        served &= ~message
    work = np.array(
        [
            capacity.rate(t, now_s)
            * capacity.handle_s[t]
            * capacity.factor[group, t]
            / capacity.full_pace(t)[group]
            if served[t]
            else 0.0
            for t in range(types)
        ]
    )
    if not work.sum() > 0:
        work = served.astype(np.float64)
    if not work.sum() > 0:
        return found
    most = capacity.most[group, capacity.channel]
    busy = people if many is None else min(many, people)
    upto = np.round(np.cumsum(work) / work.sum() * busy).astype(np.int64)
    at = np.diff(upto, prepend=0)
    if many is None:
        return np.asarray(at * most)
    more = many - busy  # beside others
    several = np.flatnonzero(served & (most > 1))
    if len(several):
        joins = several[np.argmax(work[several])]
        while more > (at * (most - 1)).sum() and at[most == 1].any():
            at[np.argmax(np.where(most == 1, at, 0))] -= 1
            at[joins] += 1
    found = at.copy()
    for _ in range(more):
        room = np.where(served, at * most - found, 0)
        if not room.any():  # none fits beside what is worked on: messages that are paused
            paused = np.flatnonzero(capacity.serves[group] & message)
            room[paused[:1]] = 1
        found[np.argmax(room)] += 1
    return found


def placed(
    scenario: Scenario, group: int, counts: Sequence[int] | Ints, people: int
) -> list[list[int]] | None:
    """Put open contacts to people, spread as wide as may be; None where they do not fit.

    Parameters
    ----------
    scenario : Scenario
    group : int
    counts : sequence of int
        Open contacts of each type.
    people : int

    Returns
    -------
    list of list of int, or None
        Types of the contacts that each person has open.
    """
    team, types = scenario.agent_groups[group], scenario.contact_types
    of_channel: dict[Channel, list[int]] = {}
    for t, many in enumerate(counts):
        of_channel.setdefault(types[t].channel, []).extend([t] * int(many))
    of_channel = {channel: each for channel, each in of_channel.items() if each}
    hands: list[list[int]] = [[] for _ in range(people)]
    if team.blend is not None:
        return _blended(scenario, team, of_channel, hands)
    most = {channel: team.concurrency.get(channel, 1) for channel in of_channel}
    needs = {channel: -(-len(each) // most[channel]) for channel, each in of_channel.items()}
    below: list[int] = []  # messages that live contacts have interrupted
    spare = people - sum(needs.values())
    if spare < 0 and Channel.MESSAGE in team.interruptible and Channel.MESSAGE in needs:
        needs[Channel.MESSAGE] = max(needs[Channel.MESSAGE] + spare, 0)
        at = needs[Channel.MESSAGE] * most[Channel.MESSAGE]
        below = of_channel[Channel.MESSAGE][at:]
        of_channel[Channel.MESSAGE] = of_channel[Channel.MESSAGE][:at]
        spare = people - sum(needs.values())
    if spare < 0:
        return None
    while spare:
        crowded = [c for c, each in of_channel.items() if len(each) > needs[c] > 0]
        if not crowded:
            break
        needs[max(crowded, key=lambda c: len(of_channel[c]) / needs[c])] += 1
        spare -= 1
    first = 0
    for channel, each in of_channel.items():
        for k, t in enumerate(each):
            hands[first + k % needs[channel]].append(t)
        first += needs[channel]
    over = [mine for mine in hands if mine and types[mine[0]].channel is not Channel.MESSAGE]
    if len(below) > len(over) * most.get(Channel.MESSAGE, 1):
        return None
    for k, t in enumerate(below):
        over[k % len(over)].append(t)
    return hands


def _blended(
    scenario: Scenario,
    team: AgentGroup,
    of_channel: dict[Channel, list[int]],
    hands: list[list[int]],
) -> list[list[int]] | None:
    """Put contacts to people who blend channels: those that use most slots first."""
    assert team.blend is not None
    use, types = team.blend.use, scenario.contact_types
    for channel in sorted(of_channel, key=use, reverse=True):
        for t in of_channel[channel]:
            fits = [
                mine
                for mine in hands
                if may_have_open(team, [*(types[k].channel for k in mine), channel])
            ]
            if not fits:
                return None
            min(fits, key=lambda mine: sum(use(types[k].channel) for k in mine)).append(t)
    return hands
