"""Tempo: how fast a group works against one of trained people who are all alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from queuesim.model.agent_group import AgentGroup
from queuesim.model.horizon import Horizon
from queuesim.model.roster import Roster, person_seconds
from queuesim.model.starters import Starters, midnight_s, places

Floats = NDArray[np.float64]


def most_from(batch: Starters, roster: Roster, horizon: Horizon) -> int:
    """Return the most people of a headcount scheduled at once from a batch's day on; 0 if it comes
    after the horizon."""
    since_s = midnight_s(batch.on, horizon)
    return int(roster.counts[roster.edges_s[:-1] >= since_s].max(initial=0))


def tempo(group: AgentGroup, roster: Roster, horizon: Horizon) -> Floats:
    """Return work done per second of an agent who is always busy.

    Starters do 1 ÷ their factor. Where agents differ, all together do 1 + speed_spread² times the
    work of agents who are alike: the mean of 1 ÷ factor, for a lognormal factor with mean 1.

    Parameters
    ----------
    group
        The group.
    roster
        Its roster.
    horizon
        The days.

    Returns
    -------
    float64[n_intervals]
        1 where nobody is new and all are alike; before the groups' and skills' own terms.
    """
    tempo = np.ones(horizon.n_intervals)
    whole_s = roster.on_duty_s(horizon) if group.starters else tempo
    people = places(group.starters, group.shifts)
    for batch, numbers in zip(group.starters, people, strict=True):
        if roster.by_shifts:
            new = np.isin(roster.person, numbers)
            of_s = person_seconds(roster.on_s[new], roster.off_s[new], horizon)
            share = np.divide(of_s, whole_s, out=np.zeros_like(of_s), where=whole_s > 0)
        else:
            share = np.full_like(tempo, batch.count / max(most_from(batch, roster, horizon), 1))
        tempo -= share * (1.0 - 1.0 / batch.factor_of_interval(horizon))
    return tempo * (1.0 + group.speed_spread**2)
