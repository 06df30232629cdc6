"""Who is there from now on: the plan's sessions, cut at now and made to agree with the state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from queuesim.engines.present import off_duty
from queuesim.model import Channel
from queuesim.sampling import Sessions
from queuesim.watching.nowcasting.open_together import fit_together
from queuesim.watching.state import Standing


class Called(NamedTuple):
    """People called in: of which group, how many, from and to [s]."""

    group: int
    agents: int
    from_s: float
    to_s: float


@dataclass(frozen=True, eq=False)
class PeopleNow:
    """The people of the rest of the day.

    Attributes
    ----------
    agent_group : numpy.ndarray, int32, shape (agents,)
    sessions : Sessions
        None begins before now.
    agent_of : numpy.ndarray, int32, shape (busy persons,)
        Number of each busy person of the state.
    factor_of : numpy.ndarray, float64, shape (busy persons,)
        Their handle-time factors.
    people : numpy.ndarray, PERSON, shape (agents,)
        Nobody is on duty yet: sessions begin now, so that all who have room look for contacts.
    """

    agent_group: NDArray[np.int32]
    sessions: Sessions
    agent_of: NDArray[np.int32]
    factor_of: NDArray[np.float64]
    people: NDArray[np.void]


def people_now(
    agent_group: NDArray[np.int32],
    sessions: Sessions,
    state: Standing,
    called: tuple[Called, ...] = (),
) -> PeopleNow:
    """Say who is there from now on.

    Whoever the state has fewer than the plan is away for the rest of the day, evenly through the
    plan's people; whoever it has more stays as long as one of the plan's. Busy people are those of
    the plan who are there, evenly; more busy ones than people on duty are in overtime.

    Parameters
    ----------
    agent_group : numpy.ndarray, int32, shape (agents,)
    sessions : Sessions
        As drawn.
    state : Standing
    called : tuple of Called
        People who come beyond that.

    Returns
    -------
    PeopleNow
    """
    now_s = state.now_s
    ends_s = float(state.scenario.horizon.day_edges_s[state.day + 1])
    left = sessions.off_s > now_s
    agent, on_s = sessions.agent[left], np.maximum(sessions.on_s[left], now_s)
    off_s, factor = sessions.off_s[left], sessions.factor[left]
    here = on_s <= now_s
    groups = len(state.scenario.agent_groups)
    busy_group = np.zeros(int(state.busy["person"].max(initial=-1)) + 1, dtype=np.int32)
    busy_group[state.busy["person"]] = state.busy["group"]
    agent_of = np.zeros(len(busy_group), dtype=np.int32)
    new_group, more = [agent_group], _More(len(agent_group))
    gone = np.zeros(len(agent_group) + 1, dtype=bool)
    for group in range(groups):
        there = agent[here & (agent_group[agent] == group)]
        wanted = len(there)
        if not np.isnan(state.staffed[group]):
            wanted = int(state.staffed[group])
        elif not np.isnan(state.more[group]):
            wanted = max(0, len(there) + int(state.more[group]))
        if wanted < len(there):
            stays = _evenly(len(there), wanted)
            gone[np.setdiff1d(there, there[stays])] = True
            there = there[stays]
        elif wanted > len(there):
            copied = there[_evenly(len(there), wanted - len(there))] if len(there) else there
            until = [off_s[here & (agent == who)][0] for who in copied]
            until += [ends_s] * (wanted - len(there) - len(copied))
            there = np.append(there, more.add(group, now_s, until))
        persons = np.flatnonzero(busy_group == group)
        if len(persons) > len(there):
            there = np.append(there, more.add(group, None, [0.0] * (len(persons) - len(there))))
        agent_of[persons] = there[_evenly(len(there), len(persons))]
        for each in called:
            if each.group == group:
                more.add(group, max(each.from_s, now_s), [each.to_s] * each.agents)
    today = gone[agent] & (on_s < ends_s)
    agent = np.append(agent[~today], np.array(more.agent, dtype=np.int32)).astype(np.int32)
    on_s, off_s = np.append(on_s[~today], more.on_s), np.append(off_s[~today], more.off_s)
    factor = np.append(factor[~today], np.ones(len(more.agent)))
    new_group.append(np.array(more.group, dtype=np.int32))
    order = np.lexsort((agent, on_s))
    made = Sessions(agent[order], on_s[order], off_s[order], factor[order])
    everybody = np.concatenate(new_group).astype(np.int32)
    people = off_duty(len(everybody))
    factors = np.ones(len(everybody))
    factors[made.agent[::-1]] = made.factor[::-1]
    people["factor"] = factors
    people["busy_since_s"][agent_of] = people["worked_until_s"][agent_of] = now_s
    people["changed_s"][agent_of] = now_s
    people["paused"][agent_of] = paused_people(state)
    return PeopleNow(everybody, made, agent_of, factors[agent_of], people)


def paused_people(state: Standing) -> NDArray[np.bool_]:
    """Return which busy people have had to interrupt messages: all that is open does not fit.

    Parameters
    ----------
    state : Standing

    Returns
    -------
    numpy.ndarray, bool, shape (busy persons,)
    """
    person, types = state.busy["person"], state.scenario.contact_types
    paused = np.zeros(int(person.max(initial=-1)) + 1, dtype=bool)
    for each in range(len(paused)):
        rows = np.flatnonzero(person == each)
        team = state.scenario.agent_groups[state.busy["group"][rows[0]]]
        channels = [types[k].channel for k in state.busy["kind"][rows]]
        live = any(channel is not Channel.MESSAGE for channel in channels)
        paused[each] = live and Channel.MESSAGE in channels and not fit_together(team, channels)
    return paused


class _More:
    """People whom the plan does not have."""

    def __init__(self, first: int) -> None:
        self.next = first
        self.group: list[int] = []
        self.agent: list[int] = []
        self.on_s: list[float] = []
        self.off_s: list[float] = []

    def add(self, group: int, on_s: float | None, until_s: list[float]) -> NDArray[np.int32]:
        """Add people of a group, with a session each unless they only finish what is open."""
        numbers = np.arange(self.next, self.next + len(until_s), dtype=np.int32)
        self.next += len(until_s)
        self.group += [group] * len(until_s)
        if on_s is not None:
            for number, off_s in zip(numbers, until_s, strict=True):
                if off_s > on_s:
                    self.agent.append(int(number))
                    self.on_s.append(on_s)
                    self.off_s.append(float(off_s))
        return numbers


def _evenly(n: int, some: int) -> NDArray[np.int64]:
    """Return so many of n places, evenly; again from the first where there are more."""
    if n == 0 or some == 0:
        return np.zeros(0, dtype=np.int64)
    if some > n:
        return np.arange(some, dtype=np.int64) % n
    return (np.arange(some) * n // some).astype(np.int64)
