"""How fast each agent works: new agents' ramp-up, and what sets agents apart.

A session has one handle-time factor. Where an agent's factor changes within a session, the session
is cut in two that touch; engines let such an agent go on without a break.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from queuesim.compiling import compiled
from queuesim.model import AgentGroup, Scenario
from queuesim.model.starters import places
from queuesim.model.tempo import most_from
from queuesim.sampling.sessions import Sessions
from queuesim.sampling.streams import Words, draw_daily, on_day
from queuesim.sampling.variates import START
from queuesim.sampling.ziggurat import fill_normal

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Steps = tuple[Floats, Floats]

_AT_THE_START = np.array([[0, 1, 0, 0]], dtype=np.uint64)
"""A step of no draws: what is drawn once a replication belongs to no day."""

_FINE = 1 << 20
"""Personal factors are multiples of 1 ÷ this, so that the last bits of a logarithm or exponential,
which differ from machine to machine, do not show."""


class Speeds:
    """Draws the handle-time factors of a scenario's agents, and gives them to the sessions.

    Parameters
    ----------
    scenario : Scenario
    stream : callable
        Returns the number of the stream of a name.

    Attributes
    ----------
    any : bool
        Whether any factor can differ from 1.
    sure : bool
        Whether no factor depends on chance.
    """

    def __init__(self, scenario: Scenario, stream: Callable[[str], int]) -> None:
        self._spreads: list[tuple[int, int, float]] = []  # group, stream, cv
        self._by_shifts: list[tuple[int, Ints, Steps]] = []  # group, people, steps
        self._by_share: list[tuple[int, int, list[tuple[float, Steps]]]] = []
        for row, group in enumerate(scenario.agent_groups):
            if group.speed_spread > 0:
                self._spreads.append((row, stream(f"{group.name}/speed"), group.speed_spread))
            if not group.starters:
                continue
            steps = [_steps(batch.steps(scenario.horizon)) for batch in group.starters]
            if group.shifts:
                for numbers, own in zip(places(group.starters, group.shifts), steps, strict=True):
                    self._by_shifts.append((row, np.array(numbers, dtype=np.int64), own))
            else:
                shares = _shares(group, scenario)
                some = list(zip(shares, steps, strict=True))
                self._by_share.append((row, stream(f"{group.name}/starters"), some))
        self.any = bool(self._spreads or self._by_shifts or self._by_share)
        self.sure = not (self._spreads or self._by_share)

    def given_to(self, sessions: Sessions, agents: Ints, starts: Words) -> Sessions:
        """Return the sessions with their factors, cut where a factor changes.

        Parameters
        ----------
        sessions : Sessions
            By start, then by agent.
        agents : int64[groups]
            How many agents each group has.
        starts : uint64[streams, 4]
            From `start_streams`.
        """
        first = np.concatenate(([0], np.cumsum(agents)))
        personal = np.ones(first[-1])
        for row, stream, cv in self._spreads:
            personal[first[row] : first[row + 1]] = personal_factors(
                cv, int(agents[row]), starts, stream
            )
        new = [
            (first[row] + numbers[numbers < agents[row]], steps)
            for row, numbers, steps in self._by_shifts
        ]
        for row, stream, batches in self._by_share:
            new += self._shared_out(batches, int(agents[row]), int(first[row]), starts, stream)
        if not new:
            factor = personal[sessions.agent]
            return Sessions(sessions.agent, sessions.on_s, sessions.off_s, factor)
        columns = sessions.agent, sessions.on_s, sessions.off_s
        batch_of = np.full(first[-1], -1)
        for k, (numbers, _) in enumerate(new):
            batch_of[numbers] = k
        for k, (_, (since_s, _)) in enumerate(new):
            for change_s in since_s[1:]:
                columns = _cut(columns, batch_of[columns[0]] == k, float(change_s))
        agent, on_s, off_s = columns
        order = np.lexsort((agent, on_s))
        agent, on_s, off_s = agent[order], on_s[order], off_s[order]
        factor = personal[agent]
        for k, (_, (since_s, factors)) in enumerate(new):
            mine = batch_of[agent] == k
            factor[mine] *= factors[np.searchsorted(since_s, on_s[mine], side="right") - 1]
        return Sessions(agent, on_s, off_s, factor)

    @staticmethod
    def _shared_out(
        batches: list[tuple[float, Steps]], agents: int, first: int, starts: Words, stream: int
    ) -> list[tuple[Ints, Steps]]:
        """Return which agents of a headcount are new: the stated shares of them, the last ones;
        one draw rounds, so that the mean over replications is right."""
        chance = np.empty((1, 1))
        draw_daily(starts, np.array([stream], dtype=np.int64), _AT_THE_START, chance)
        found, before, wanted = [], 0, 0.0
        for share, steps in batches:
            wanted += share * agents
            # what should be a whole number is one, whatever the shares have been rounded to
            upto = min(math.floor(round(wanted, 9) + chance[0, 0]), agents)
            found.append((first + agents - 1 - np.arange(before, upto), steps))
            before = upto
        return found


def personal_factors(cv: float, agents: int, starts: Words, stream: int) -> Floats:
    """Draw what sets agents apart.

    Parameters
    ----------
    cv : float
        Standard deviation of the factor; its mean is 1.
    agents : int
    starts : uint64[streams, 4]
        From `start_streams`.
    stream : int

    Returns
    -------
    float64[agents]
        Lognormal, rounded to multiples of 2**-20. More agents keep the factors of the first ones.
    """
    draws = np.empty(agents)
    _draw_normals(starts, stream, _AT_THE_START, draws)
    variance = math.log1p(cv * cv)
    factors = np.exp(math.sqrt(variance) * draws - variance / 2)
    return np.maximum(np.rint(factors * _FINE), 1.0) / _FINE


@compiled
def _draw_normals(starts: Words, stream: int, steps: Words, draws: Floats) -> None:
    fill_normal(on_day(starts, stream, steps, START), START, len(draws), draws)


def _steps(steps: list[tuple[float, float]]) -> Steps:
    since_s, factors = np.array(steps, dtype=np.float64).T.copy()
    return since_s, factors


def _shares(group: AgentGroup, scenario: Scenario) -> list[float]:
    """Return which share of the agents of a headcount each batch of starters is."""
    horizon = scenario.horizon
    roster = scenario.rosters[scenario.agent_groups.index(group)]
    return [
        batch.count / many if (many := most_from(batch, roster, horizon)) else 0.0
        for batch in group.starters
    ]


def _cut(
    columns: tuple[NDArray[np.int32], Floats, Floats], mine: NDArray[np.bool_], change_s: float
) -> tuple[NDArray[np.int32], Floats, Floats]:
    """Cut sessions at an instant [s], those that it lies within; the later halves come last."""
    agent, on_s, off_s = columns
    within = mine & (on_s < change_s) & (change_s < off_s)
    if not within.any():
        return columns
    begins = np.full(int(within.sum()), change_s)
    return (
        np.concatenate((agent, agent[within])),
        np.concatenate((on_s, begins)),
        np.concatenate((np.where(within, change_s, off_s), off_s[within])),
    )
