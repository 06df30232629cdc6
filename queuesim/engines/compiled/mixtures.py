"""What an agent may have open, written down: every mixture of contacts, and what leads where.

A state says how many contacts of each channel an agent has open, and whether live contacts have
interrupted the messages. The kernel looks up what may be opened in a state and what comes of it; it
knows no slots, no concurrency and no blend. State 0 is nothing open.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from queuesim.errors import UnsupportedByEngine
from queuesim.model import AgentGroup, Channel

CHANNELS: tuple[Channel, ...] = tuple(Channel)
"""A channel's code is its place here."""

MESSAGE = CHANNELS.index(Channel.MESSAGE)

MOST = np.iinfo(np.int16).max
"""States of a group."""


class Mixtures(NamedTuple):
    """States of the agents of each group.

    Attributes
    ----------
    opened : numpy.ndarray, int16, shape (groups, states, channels)
        State when a contact of a channel has been opened; -1 where there is no room for it.
    ended : numpy.ndarray, int16, shape (groups, states, channels)
        State when a contact of a channel that was worked on has ended.
    choice : numpy.ndarray, int16, shape (groups, channels, states + 1)
        States with room for a contact of a channel, the first choice first; -1 behind the last.
    tied : numpy.ndarray, bool, shape (groups, channels, states + 1)
        Whether the next state of `choice` is as good as this one.
    works_on : numpy.ndarray, int16, shape (groups, states)
        Contacts that are worked on.
    pace : numpy.ndarray, float64, shape (groups, states)
        Total pace of these.
    pauses : numpy.ndarray, bool, shape (groups, states)
        Whether the messages are interrupted.
    has_live : numpy.ndarray, bool, shape (groups, states)
        Whether a live contact is open.
    has_room : numpy.ndarray, bool, shape (groups, states)
        Whether there is room for a contact of any channel.
    live_first : numpy.ndarray, bool, shape (groups,)
        Whether live contacts come before messages, which they may interrupt.
    """

    opened: NDArray[np.int16]
    ended: NDArray[np.int16]
    choice: NDArray[np.int16]
    tied: NDArray[np.bool_]
    works_on: NDArray[np.int16]
    pace: NDArray[np.float64]
    pauses: NDArray[np.bool_]
    has_live: NDArray[np.bool_]
    has_room: NDArray[np.bool_]
    live_first: NDArray[np.bool_]


_State = tuple[tuple[int, ...], bool]
"""Open contacts of each channel; whether the messages are interrupted."""


class _Group:
    """The states of one group, found by opening whatever can be opened, from nothing on."""

    def __init__(self, group: AgentGroup, channels: Sequence[int]) -> None:
        self.group = group
        self.breaks_in = Channel.MESSAGE in group.interruptible
        self.number: dict[_State, int] = {}
        self.opened: list[dict[int, _State]] = []
        self.interrupts: list[dict[int, bool]] = []
        queue: list[_State] = [((0,) * len(CHANNELS), False)]
        self.number[queue[0]] = 0
        for state in queue:  # grows while it is gone through
            found, breaks = {}, {}
            for channel in channels:
                after = self._open(state, channel)
                if after is None:
                    continue
                found[channel], breaks[channel] = after, after[1] and not state[1]
            self.opened.append(found)
            self.interrupts.append(breaks)
            every = [*found.values(), *(self.end(state, c) for c in channels if state[0][c])]
            for following in every:
                if following not in self.number:
                    self.number[following] = len(self.number)
                    queue.append(following)
            if len(queue) > MOST:
                raise UnsupportedByEngine(
                    f"more than {MOST:,} mixtures of open contacts (agent group {group.name!r})",
                    engine="compiled",
                    remedy="state fewer slots or a smaller concurrency",
                )
        self.states = queue

    def _open(self, state: _State, channel: int) -> _State | None:
        counts, paused = state
        more = _one_more(counts, channel)
        if paused and channel == MESSAGE:
            return None
        if self._fits(active(state), channel):
            return more, paused
        if self.breaks_in and channel != MESSAGE and self._fits(_live(counts), channel):
            return more, True
        return None

    def end(self, state: _State, channel: int) -> _State:
        """Return the state when a contact has ended."""
        counts = _one_more(state[0], channel, -1)
        return counts, state[1] and any(_live(counts))

    def _fits(self, counts: tuple[int, ...], channel: int) -> bool:
        blend = self.group.blend
        if blend is None:
            most = self.group.concurrency.get(CHANNELS[channel], 1)
            return counts[channel] < most and sum(counts) == counts[channel]
        used = sum(n * blend.use(each) for n, each in zip(counts, CHANNELS, strict=True))
        return used + blend.use(CHANNELS[channel]) <= blend.slots

    def pace(self, state: _State) -> float:
        """Return the total pace of the contacts that are worked on."""
        counts = active(state)
        if sum(counts) == 0:
            return 1.0
        if self.group.blend is not None:
            return self.group.blend.pace[sum(counts) - 1]
        of_channel = next(each for n, each in zip(counts, CHANNELS, strict=True) if n)
        return self.group.pace.get(of_channel, (1.0,))[sum(counts) - 1]

    def choice(self, channel: int) -> list[tuple[bool, int, int]]:
        """Return the states with room for a contact: whether it interrupts, how many are worked
        on, number of the state; the first choice first."""
        return sorted(
            (self.interrupts[k][channel], sum(active(state)), k)
            for k, state in enumerate(self.states)
            if channel in self.opened[k]
        )


def active(state: _State) -> tuple[int, ...]:
    """Return how many contacts of each channel are worked on."""
    return _live(state[0]) if state[1] else state[0]


def _live(counts: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(0 if channel == MESSAGE else n for channel, n in enumerate(counts))


def _one_more(counts: tuple[int, ...], channel: int, more: int = 1) -> tuple[int, ...]:
    return tuple(n + more * (k == channel) for k, n in enumerate(counts))


def mixtures(
    groups: Sequence[AgentGroup], served: Sequence[Sequence[int]]
) -> tuple[Mixtures, NDArray[np.bool_], int]:
    """Find what the agents of each group may have open.

    Parameters
    ----------
    groups : sequence of AgentGroup
    served : sequence of sequence of int
        Codes of the channels that each group serves.

    Returns
    -------
    table : Mixtures
    shares : numpy.ndarray, bool, shape (groups, channels)
        Whether a contact of a channel can be open beside others.
    most : int
        Contacts that any agent can have open at once, 1 at least.
    """
    found = [_Group(*each) for each in zip(groups, served, strict=True)]
    n = max((len(each.states) for each in found), default=1)
    shape, channels = (len(found), n), len(CHANNELS)
    table = Mixtures(
        opened=np.full((*shape, channels), -1, dtype=np.int16),
        ended=np.zeros((*shape, channels), dtype=np.int16),
        choice=np.full((len(found), channels, n + 1), -1, dtype=np.int16),
        tied=np.zeros((len(found), channels, n + 1), dtype=np.bool_),
        works_on=np.ones(shape, dtype=np.int16),
        pace=np.ones(shape),
        pauses=np.zeros(shape, dtype=np.bool_),
        has_live=np.zeros(shape, dtype=np.bool_),
        has_room=np.zeros(shape, dtype=np.bool_),
        live_first=np.array([each.breaks_in for each in found], dtype=np.bool_),
    )
    shares = np.zeros((len(found), channels), dtype=np.bool_)
    most = 1
    for g, group in enumerate(found):
        for k, state in enumerate(group.states):
            counts = state[0]
            for channel, following in group.opened[k].items():
                table.opened[g, k, channel] = group.number[following]
            for channel, open_now in enumerate(active(state)):
                if open_now:
                    table.ended[g, k, channel] = group.number[group.end(state, channel)]
            table.works_on[g, k] = max(1, sum(active(state)))
            table.pace[g, k] = group.pace(state)
            table.pauses[g, k] = state[1]
            table.has_live[g, k] = any(_live(counts))
            table.has_room[g, k] = bool(group.opened[k])
            shares[g] |= (np.array(counts) > 0) & (sum(counts) > 1)
            most = max(most, sum(counts))
        for channel in range(channels):
            choice = group.choice(channel)
            for k, (*key, state_number) in enumerate(choice):
                table.choice[g, channel, k] = state_number
                table.tied[g, channel, k] = k + 1 < len(choice) and [*choice[k + 1][:2]] == key
    return table, shares, most


def open_counts(groups: Sequence[AgentGroup], served: Sequence[Sequence[int]]) -> NDArray[np.int16]:
    """Return how many contacts of each channel are open in each state.

    Parameters
    ----------
    groups, served
        As for `mixtures`.

    Returns
    -------
    numpy.ndarray, int16, shape (groups, states, channels)
        -1 where a group has no such state.
    """
    found = [_Group(*each) for each in zip(groups, served, strict=True)]
    most = max((len(each.states) for each in found), default=1)
    counts = np.full((len(found), most, len(CHANNELS)), -1, dtype=np.int16)
    for g, group in enumerate(found):
        counts[g, : len(group.states)] = [state[0] for state in group.states]
    return counts
