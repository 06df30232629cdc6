"""What a scenario can do at an instant: rates of arrival, people, how fast they serve whom."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from queuesim.model import AgentGroup, Channel, Scenario
from queuesim.model.carrying import tempo_of
from queuesim.model.horizon import inside
from queuesim.sampling.tape import dialling_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CHANNELS = tuple(Channel)
"""Channels by number."""


@dataclass(frozen=True, eq=False)
class Steps:
    """A number that changes at some instants.

    Attributes
    ----------
    at_s : numpy.ndarray
        Instants, rising, from 0 [s].
    value : numpy.ndarray
        From each of them on.
    """

    at_s: Floats
    value: Floats

    def at(self, now_s: float) -> float:
        """Return the number at an instant [s]."""
        return float(self.value[np.searchsorted(self.at_s, now_s, side="right") - 1])

    def after(self, now_s: float) -> list[tuple[float, float]]:
        """Return the changes after an instant: when [s], and the number from then on."""
        first = int(np.searchsorted(self.at_s, now_s, side="right"))
        pairs = zip(self.at_s[first:].tolist(), self.value[first:].tolist(), strict=True)
        return list(pairs)


@dataclass(frozen=True, eq=False)
class Capacity:
    """A scenario as predictors read it.

    Attributes
    ----------
    scenario : Scenario
    handle_s : numpy.ndarray, float64, shape (types,)
        Mean handle time; of callbacks with the ringing [s].
    serves : numpy.ndarray, bool, shape (groups, types)
        Who has the skill.
    channel : numpy.ndarray, int64, shape (types,)
        Place of its channel in `CHANNELS`.
    factor : numpy.ndarray, float64, shape (groups, types)
        What the group needs for a contact that is open alone, as a multiple of its handle time; NaN
        without the skill.
    rank, min_wait_s, reserve, min_queue : numpy.ndarray, float64, shape (groups, types)
    hours : dict
        Windows of the skills that have hours, by group and type [s].
    most : numpy.ndarray, int64, shape (groups, channels)
        Contacts of a channel that a person has open at most, with none of others.
    pace : numpy.ndarray, float64, shape (groups, channels, most of all)
        Total pace with 1, 2, … of them open.
    interruptible : numpy.ndarray, bool, shape (groups,)
        Whether live contacts interrupt messages.
    staffed : tuple of Steps
        People on duty of each group, as planned, less shrinkage and absence in the mean.
    rates : tuple of Steps
        Arrivals of each type [contacts/s].
    tempo : numpy.ndarray, float64, shape (groups, intervals)
        See `tempo_at`.
    """

    scenario: Scenario
    handle_s: Floats
    serves: NDArray[np.bool_]
    channel: Ints
    factor: Floats
    rank: Floats
    min_wait_s: Floats
    reserve: Floats
    min_queue: Floats
    hours: dict[tuple[int, int], Floats]
    most: Ints
    pace: Floats
    interruptible: NDArray[np.bool_]
    staffed: tuple[Steps, ...]
    rates: tuple[Steps, ...]
    tempo: Floats

    @staticmethod
    @lru_cache(maxsize=16)
    def of(scenario: Scenario) -> Capacity:
        """Read a scenario."""
        return _read(scenario)

    @property
    def message(self) -> NDArray[np.bool_]:
        """Which types are messages, bool[types]."""
        return self.channel == CHANNELS.index(Channel.MESSAGE)

    def moment(self, now_s: float) -> tuple[float, ...]:
        """Return what tells one steady state from another: rates, people, and who serves whom."""
        rates = (each.at(now_s) for each in self.rates)
        return (*rates, *self.staffed_at(now_s), *self.takes(now_s).ravel(), *self.tempo_at(now_s))

    def staffed_at(self, now_s: float) -> Floats:
        """Return people on duty by group, as planned, at an instant."""
        return np.array([each.at(now_s) for each in self.staffed])

    def rate(self, contact_type: int, now_s: float) -> float:
        """Return the expected arrivals of a type at an instant [contacts/s]."""
        return self.rates[contact_type].at(now_s)

    def tempo_at(self, now_s: float) -> Floats:
        """Return the work that people do, new agents and slow ones among them, against a trained
        one, by group."""
        horizon = self.scenario.horizon
        interval = min(int(now_s // horizon.interval), horizon.n_intervals - 1)
        return self.tempo[:, interval]

    def takes(self, now_s: float) -> NDArray[np.bool_]:
        """Return bool[groups, types]: who serves whom at this hour."""
        found = self.serves.copy()
        for (g, t), windows in self.hours.items():
            found[g, t] = inside(windows, now_s)
        return found

    def most_of(self, contact_type: int) -> Ints:
        """Return how many contacts of a type a person has open at most, by group."""
        return self.most[:, self.channel[contact_type]]

    def full_pace(self, contact_type: int) -> Floats:
        """Return the total pace with as many contacts of a type open as may be, by group."""
        most = self.most_of(contact_type)
        return self.pace[np.arange(len(most)), self.channel[contact_type], most - 1]

    def people_for(self, contact_type: int, on_duty: Ints, now_s: float) -> float:
        """Return how many people's work those on duty would do, if all worked for one type.

        As in the announcement by queue length: an agent counts with the total pace when all slots
        are taken, over the handle factor.
        """
        takes = self.takes(now_s)[:, contact_type]
        pace = self.full_pace(contact_type) * self.tempo_at(now_s)
        each = pace / self.factor[:, contact_type]
        return float(np.sum(np.where(takes, on_duty * each, 0.0)))


def _pace(group: AgentGroup, channel: Channel) -> tuple[float, ...]:
    """Return the total pace with 1, 2, … contacts of a channel open, up to as many as may be."""
    if group.blend is not None:
        return group.blend.pace[: group.blend.slots // group.blend.use(channel)]
    return group.pace.get(channel, (1.0,))


def _read(scenario: Scenario) -> Capacity:
    types, groups, horizon = scenario.contact_types, scenario.agent_groups, scenario.horizon
    shape = (len(groups), len(types))
    factor, rank, min_wait, reserve, min_queue = np.full((5, *shape), np.nan)
    hours: dict[tuple[int, int], Floats] = {}
    for g, group in enumerate(groups):
        for t, each in enumerate(types):
            skill = group.skill(each.name)
            if skill is not None:
                factor[g, t], rank[g, t] = skill.handle_factor, skill.rank
                min_wait[g, t], reserve[g, t] = skill.min_wait, skill.reserve
                min_queue[g, t] = skill.min_queue
                if skill.hours is not None:
                    hours[g, t] = skill.hours.windows(horizon)
    paces = [[_pace(group, channel) for channel in CHANNELS] for group in groups]
    most = np.array([[len(each) for each in row] for row in paces], dtype=np.int64)
    pace = np.ones((*most.shape, int(most.max())))
    for g, row in enumerate(paces):
        for c, each_pace in enumerate(row):
            pace[g, c, : len(each_pace)] = each_pace
    staffed = []
    for group, roster in zip(groups, scenario.rosters, strict=True):
        present = (1.0 - group.shrinkage) * (1.0 - group.absence)
        if roster.by_shifts:
            edges = np.unique(np.concatenate([[0.0], roster.on_s, roster.off_s]))
            change = np.zeros(len(edges))
            np.add.at(change, np.searchsorted(edges, roster.on_s), 1.0)
            np.add.at(change, np.searchsorted(edges, roster.off_s), -1.0)
            counts = np.cumsum(change) * present
        else:
            edges, counts = roster.edges_s[:-1], np.asarray(roster.counts * present)
        # nothing is known beyond the horizon: who is there at its end is taken to stay
        changes = np.concatenate([[True], np.diff(counts) != 0]) & (edges < horizon.seconds)
        staffed.append(Steps(edges[changes], counts[changes]))
    rates = []
    handle = []
    for each in types:
        told = each.demand.rates(horizon)
        rates.append(Steps(told.edges_s, np.append(told.per_s, 0.0)))
        dialling = dialling_of(each) if each.channel is Channel.CALLBACK else None
        handle.append(each.handle_s + (dialling.ring if dialling else 0.0))
    return Capacity(
        scenario=scenario,
        handle_s=np.array(handle),
        serves=~np.isnan(factor),
        channel=np.array([CHANNELS.index(each.channel) for each in types], dtype=np.int64),
        factor=factor,
        rank=rank,
        min_wait_s=min_wait,
        reserve=reserve,
        min_queue=min_queue,
        hours=hours,
        most=most,
        pace=pace,
        interruptible=np.array([Channel.MESSAGE in group.interruptible for group in groups]),
        staffed=tuple(staffed),
        rates=tuple(rates),
        tempo=np.stack([tempo_of(scenario, group) for group in groups]),
    )
