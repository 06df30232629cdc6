"""What an agent may have open at once."""

from __future__ import annotations

from collections.abc import Sequence

from queuesim.model import AgentGroup, Channel


def may_have_open(team: AgentGroup, channels: list[Channel]) -> bool:
    """Whether an agent may have so many contacts open; live ones may interrupt messages."""
    if Channel.MESSAGE not in team.interruptible:
        return fit_together(team, channels)
    live = [channel for channel in channels if channel is not Channel.MESSAGE]
    messages = [channel for channel in channels if channel is Channel.MESSAGE]
    return fit_together(team, live) and fit_together(team, messages)


def fit_together(team: AgentGroup, channels: Sequence[Channel]) -> bool:
    """Whether an agent of a group can work on contacts of these channels at once."""
    if team.blend is not None:
        return sum(map(team.blend.use, channels)) <= team.blend.slots
    most = team.concurrency.get(channels[0], 1) if channels else 1
    return len(set(channels)) <= 1 and len(channels) <= most
