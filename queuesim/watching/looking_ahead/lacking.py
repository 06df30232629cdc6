"""What a bad half-hour or week lacks: people of which group, found by playing it with more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from queuesim.model import Scenario
from queuesim.model.load import staffed as staffed_by_plan
from queuesim.results import ServiceLevel
from queuesim.results.layout import Layout
from queuesim.results.measures import combine
from queuesim.watching.diagnosing.counterfactual import Counterfactual, Inputs, Switched

Table = NDArray[np.float64]

_REPLICATIONS = 30
_MOST_PLAYED = 40_000
"""Contacts to play at once; of longer weeks there are fewer replications, but not below ten."""
_MOST = 64


@dataclass(frozen=True)
class Lack:
    """The fewest further agents with whom a target is met.

    Attributes
    ----------
    agent_group : str
        Of the groups that serve the contact type, the one of which fewest are needed.
    agents : int or None
        On duty in these intervals beside those planned; None: even very many do not help, as the
        queue came from before.
    """

    agent_group: str
    agents: int | None


def lack(
    scenario: Scenario,
    contact_type: str,
    intervals: NDArray[np.int64],
    *,
    seed: int,
    definition: ServiceLevel,
) -> Lack | None:
    """Find how many more agents on duty in some intervals a contact type needs for its target.

    The days are played again on the same customers with one more agent of a group, two more …, in
    just these intervals; the target is met when the service level over all replications, of the
    contacts that come in them, is at least the target share.

    Parameters
    ----------
    scenario : Scenario
    contact_type : str
        With a target.
    intervals : numpy.ndarray, int64
        Of the horizon.
    seed : int
    definition : ServiceLevel

    Returns
    -------
    Lack or None
        None when no group works in these intervals.
    """
    kind = scenario.contact_type(contact_type)
    if kind.target is None:
        return None
    search = _Search(scenario, contact_type, intervals, seed, definition)
    best: Lack | None = None
    groups = [
        (skill.rank, number, each.name)
        for number, each in enumerate(scenario.agent_groups)
        if (skill := each.skill(contact_type)) is not None
    ]
    for _, number, name in sorted(groups):
        if not search.works(number):
            continue
        fewer = best.agents - 1 if best is not None and best.agents is not None else _MOST
        agents = search.fewest(number, fewer)
        if best is None or (agents is not None):
            best = Lack(name, agents)
    return best


class _Search:
    def __init__(
        self,
        scenario: Scenario,
        contact_type: str,
        intervals: NDArray[np.int64],
        seed: int,
        definition: ServiceLevel,
    ) -> None:
        layout = Layout.of(scenario)
        self.kind = layout.types.index(contact_type)
        self.intervals, self.definition = intervals, definition
        self.target = float(layout.target_share[self.kind])
        self.types = len(layout.types)
        mask = np.zeros((6, self.types, layout.n_intervals), dtype=np.bool_)
        mask[:, self.kind, intervals] = True
        day = layout.day_of_interval
        days = (int(day[intervals[0]]), int(day[intervals[-1]]) + 1)
        nothing = np.zeros((self.types, layout.n_intervals))
        self.centre = Counterfactual(scenario, days=days, most=nothing, masks=mask, seed=seed)
        self.planned = staffed_by_plan(scenario)
        expected = sum(
            float(each.demand.rates(scenario.horizon).per_day()[slice(*days)].sum())
            for each in scenario.contact_types
        )
        many = int(min(_REPLICATIONS, max(10, _MOST_PLAYED // max(expected, 1.0))))
        self.pools = [self.centre.pool(k) for k in range(many)]
        missing = np.full((self.types, layout.n_intervals), np.nan)
        ones = np.ones(self.types)
        self.inputs = Inputs(missing, missing, ones, ones, self.planned)

    def works(self, group: int) -> bool:
        """Whether anybody of the group is on duty in these intervals."""
        return bool(self.planned[group, self.intervals].any())

    def fewest(self, group: int, at_most: int) -> int | None:
        """Return the fewest further agents of a group, or None when so many are not enough."""
        if self.met(group, 0):
            return 0
        if at_most < 1 or not self.met(group, at_most):
            return None
        low, high, step = 0, at_most, 1
        while low + step < high:
            if self.met(group, low + step):
                high = low + step
                break
            low, step = low + step, step * 2
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.met(group, middle) else (middle, high)
        return high

    def met(self, group: int, more: int) -> bool:
        """Whether the target is met with so many more."""
        staffed = self.planned.copy()
        there = self.intervals[staffed[group, self.intervals] > 0]
        staffed[group, there] += more
        inputs = Inputs(
            self.inputs.customers,
            self.inputs.handle_s,
            self.inputs.handle_ratio,
            self.inputs.patience_ratio,
            staffed,
        )
        switched = Switched((0.0,) * self.types, people=frozenset({group} if more else ()))
        sums: dict[str, float] = {}
        for pools in self.pools:
            pools[0].agents.clear()
            played = self.centre.play(pools, switched, inputs)
            for name, value in played.service(self.kind).items():
                sums[name] = sums.get(name, 0.0) + value
        good = combine(self.definition.numerator, lambda name: np.array(sums[name]))
        of = combine(self.definition.denominator, lambda name: np.array(sums[name]))
        return bool(good >= (self.target - 1e-9) * of)
