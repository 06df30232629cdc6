"""What the people there can carry of a mix of work at best.

Work on a type takes a group's people time: work ÷ their speed at it. A mix can be carried only if
for all prices y ≥ 0 of the types

    Σ y[type] × work[type] ≤ Σ time[group] × max over types of (speed[group, type] × y[type])

(weak duality of linear programming: in its time no group earns more than by what it earns most by).
So every choice of prices gives a bound that is certain. The prices here are 1 ÷ a group's own
speeds, each group in turn; 1 ÷ the best speeds of all; and 1 ÷ the best paces. With one group, and
wherever groups differ by one handle-time factor for all they do, the least bound is the exact one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from queuesim.model.agent_group import AgentGroup
from queuesim.model.roster import person_seconds
from queuesim.model.tempo import tempo

if TYPE_CHECKING:
    from queuesim.model.scenario import Scenario

Floats = NDArray[np.float64]
Mix = tuple[int, ...]

_MOST_UNIONS = 64


def present_share(group: AgentGroup) -> float:
    """Return the share of scheduled people who are there, after shrinkage and absence."""
    return (1.0 - group.shrinkage) * (1.0 - group.absence)


def tempo_of(scenario: Scenario, group: AgentGroup) -> Floats:
    """Return what new agents and differences between agents do to the work of a group,
    float64[intervals]; 1 where there are none."""
    if not (group.starters or group.speed_spread):
        return np.ones(scenario.horizon.n_intervals)
    roster = scenario.rosters[scenario.agent_groups.index(group)]
    return tempo(group, roster, scenario.horizon)


class Carrying:
    """What a scenario's groups can carry.

    Parameters
    ----------
    scenario
        What is stated.
    people
        float64[agent groups, intervals]: people there on average.
    """

    def __init__(self, scenario: Scenario, people: Floats) -> None:
        groups, types = scenario.agent_groups, scenario.contact_types
        self._people = people
        self._tempo = [tempo_of(scenario, group) for group in groups]
        self._channel = [each.channel for each in types]
        self._speed = np.zeros((len(groups), len(types)))
        self._pace = np.ones(len(types))
        # The share of each interval in which a skill may be used, where it has hours of its own.
        self._in_hours: dict[tuple[int, int], Floats] = {}
        self._most: dict[int, Floats] = {}
        horizon = scenario.horizon
        for g, group in enumerate(groups):
            for t, each in enumerate(types):
                skill = group.skill(each.name)
                if skill is None:
                    continue
                pace = group.best_pace(each.channel)
                self._pace[t] = max(self._pace[t], pace)
                self._speed[g, t] = pace / skill.handle_factor
                if skill.hours is not None:
                    windows = skill.hours.windows(horizon)
                    open_s = person_seconds(windows[:, 0], windows[:, 1], horizon)
                    self._in_hours[g, t] = np.asarray(open_s / horizon.interval)
                    most = scenario.rosters[g].most_at_once(horizon)
                    self._most[g] = np.asarray(most * present_share(group), dtype=np.float64)

    def staffed(self, mix: Mix) -> Floats:
        """Return the people there who serve any of some types, float64[intervals]."""
        serving = [self._there(g, mix) for g in self._serving(mix)]
        return np.sum(serving, axis=0) if serving else np.zeros(self._people.shape[1])

    def carried(self, work: Floats, mix: Mix, *, whole: bool = False) -> Floats:
        """Return what can be carried of a mix: its work times the part for which there is time.

        Parameters
        ----------
        work
            float64[contact types, intervals] [erlangs].
        mix
            The types, by index.
        whole
            Over all intervals together, for work that can wait.

        Returns
        -------
        float64[intervals], or one number when ``whole`` [erlangs]
            At best: certainly no more. Infinite where there is no work.
        """
        mixed = work[list(mix)]
        if whole:
            mixed = mixed.sum(axis=1, keepdims=True)
        total = mixed.sum(axis=0)
        least = np.full(len(total), np.inf)
        for prices, room in self._bounds(mix):
            worth = prices @ mixed
            held = room.sum(keepdims=True) if whole else room
            part = np.divide(held, worth, out=np.full(len(worth), np.inf), where=worth > 0)
            least = np.minimum(least, part)
        return np.where(total > 0, total * np.where(total > 0, least, 0.0), np.inf)

    def mixes(self, rows: Sequence[int]) -> list[Mix]:
        """Return the sets of two types and more that are worth a look, smallest first.

        What only some groups serve, for every union of the groups of a type; of each, all channels
        together and each channel alone.
        """
        served = {row: frozenset(self._serving((row,))) for row in rows}
        served = {row: groups for row, groups in served.items() if groups}
        alone = set(served.values())
        unions = set(alone)
        for groups in alone:
            unions |= {groups | other for other in unions}
            if len(unions) > _MOST_UNIONS:
                unions = {*alone, frozenset().union(*alone)}
                break
        found: set[Mix] = set()
        for groups in unions:
            within = [row for row, serving in served.items() if serving <= groups]
            found.add(tuple(within))
            for channel in {self._channel[row] for row in within}:
                found.add(tuple(row for row in within if self._channel[row] == channel))
        return sorted((mix for mix in found if len(mix) > 1), key=lambda mix: (len(mix), mix))

    def shares_people(self, mix: Mix) -> bool:
        """Return whether all types of a mix are linked by groups that serve several of them."""
        serves = self._speed[:, list(mix)] > 0
        reached = np.arange(len(mix)) == 0
        for _ in mix:
            reached |= serves[serves[:, reached].any(axis=1)].any(axis=0)
        return bool(reached.all())

    def _serving(self, mix: Mix) -> list[int]:
        return [int(g) for g in np.flatnonzero(self._speed[:, list(mix)].any(axis=1))]

    def _there(self, g: int, mix: Mix) -> Floats:
        """Return the people of a group who are there while they may take any of some types: at
        most, where the skills have hours."""
        skilled = [t for t in mix if self._speed[g, t] > 0]
        if not all((g, t) in self._in_hours for t in skilled):
            return self._people[g]
        share = np.minimum(np.sum([self._in_hours[g, t] for t in skilled], axis=0), 1.0)
        return np.minimum(self._people[g], self._most[g] * share)

    def _bounds(self, mix: Mix) -> Iterator[tuple[Floats, Floats]]:
        """Yield prices, float64[types of the mix], and all that can be earned, float64[intervals].

        Nothing can be earned, at price 1, where nobody serves any of the types.
        """
        speed = self._speed[:, list(mix)]
        serving = self._serving(mix)
        best = speed.max(axis=0, initial=0.0)
        best[best == 0] = 1.0
        speeds = [best, self._pace[list(mix)]]
        speeds += [np.where(speed[g] > 0, speed[g], best) for g in serving]
        time = {g: self._there(g, mix) * self._tempo[g] for g in serving}
        for prices in {tuple(1.0 / each) for each in speeds}:
            y = np.array(prices)
            room = np.zeros(self._people.shape[1])
            for g in serving:
                room += time[g] * (speed[g] * y).max()
            yield y, room
