"""What a bad half-hour or week lacks: people of which group, found by playing it with more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from queuesim.engines.compiled import Program, Replication
from queuesim.model import Scenario
from queuesim.model.load import staffed as staffed_by_plan
from queuesim.results import ServiceLevel
from queuesim.results.confidence import Estimate, proportion
from queuesim.results.layout import Layout
from queuesim.results.measures import combine
from queuesim.results.window_sums import OFFERED
from queuesim.sampling import Drawing, Sampler, Tape
from queuesim.units import DAY_S
from queuesim.watching.diagnosing.people import (
    Crew,
    beside,
    crew_of_numbers,
    crews_of,
    mean_factor,
    together,
    within,
)
from queuesim.watching.diagnosing.played import Played
from queuesim.watching.looking_ahead.risks import is_missed

Table = NDArray[np.float64]
Ints = NDArray[np.int64]

_MOST_PLAYED = 1_000_000
"""Contacts that are played with one number of people; of long or busy weeks there are fewer
replications, but not below twenty."""
_FEWEST_REPLICATIONS = 20
_MOST_DAYS_BEYOND = 31
MOST = 64
"""More people than these are not tried."""


@dataclass(frozen=True)
class Lack:
    """The fewest further agents with whom a target is missed seldom enough.

    Attributes
    ----------
    agent_group : str
        Of the groups that serve the contact type, the one of which fewest are needed.
    agents : int or None
        On duty in these intervals beside those planned; None: `MOST` are not enough.
    missed : Estimate or None
        The share of replications in which the target is still missed with them.
    """

    agent_group: str
    agents: int | None
    missed: Estimate | None


class Lacking:
    """Plays parts of a scenario again with more people.

    The replications are those of the outlook: the same customers, the same people away, and as many
    more on duty. Of each only the days in question are played, and as many before and after them
    (a month at most) as it takes until the service level is what it was in the outlook, to the bit:
    what an evening leaves over, and who comes again the next day, is played too.

    Parameters
    ----------
    scenario : Scenario
    seed : int
        Of the outlook.
    definition : ServiceLevel
    """

    def __init__(self, scenario: Scenario, seed: int, definition: ServiceLevel) -> None:
        self.scenario, self.seed, self.definition = scenario, seed, definition
        self.layout = Layout.of(scenario)
        self.program, self.sampler = Program.of(scenario), Sampler(scenario)
        self.planned = staffed_by_plan(scenario)

    def of(
        self, contact_type: str, intervals: Ints, levels: NDArray[np.floating], acceptable: float
    ) -> Lack | None:
        """Find how many more agents on duty in some intervals a contact type needs.

        Parameters
        ----------
        contact_type : str
            With a target, which is missed more often than is acceptable.
        intervals : numpy.ndarray, int64
            Of the horizon.
        levels : numpy.ndarray, shape (replications,)
            Service level in these intervals in each replication of the outlook.
        acceptable : float
            Share of replications in which the target may be missed.

        Returns
        -------
        Lack or None
            None when no group works in these intervals.
        """
        search = _Search(self, self.layout.types.index(contact_type), intervals, levels)
        best: Lack | None = None
        groups = [
            (skill.rank, number, each.name)
            for number, each in enumerate(self.scenario.agent_groups)
            if (skill := each.skill(contact_type)) is not None
        ]
        for _, number, name in sorted(groups):
            if not self.planned[number, intervals].any():
                continue
            fewer = best.agents - 1 if best is not None and best.agents is not None else MOST
            agents = search.fewest(number, fewer, acceptable)
            if agents is not None:
                best = Lack(name, agents, search.missed(number, agents))
            elif best is None:
                best = Lack(name, None, None)
        return best


class _Search:
    """How often the target is missed in some intervals, with so many more."""

    def __init__(
        self, ahead: Lacking, kind: int, intervals: Ints, levels: NDArray[np.floating]
    ) -> None:
        layout = ahead.layout
        self.ahead, self.kind, self.intervals = ahead, kind, intervals
        self.masks = np.zeros((6, len(layout.types), layout.n_intervals), dtype=np.bool_)
        self.masks[OFFERED, kind, intervals] = True
        day = layout.day_of_interval
        self.days = (int(day[intervals[0]]), int(day[intervals[-1]]) + 1)
        self.target = float(layout.target_share[kind])
        self.levels = levels
        self._drawn: list[_Drawn] = []
        played = 0
        for replication in range(len(levels)):
            if played > _MOST_PLAYED and replication >= _FEWEST_REPLICATIONS:
                break
            drawn = self._as_it_was(replication)
            played += len(drawn.tape)
            self._drawn.append(drawn if played <= _MOST_PLAYED else drawn.without_contacts())
        self.levels = levels[: len(self._drawn)]
        self._missed: dict[tuple[int, int], list[float]] = {}

    def fewest(self, group: int, at_most: int, acceptable: float) -> int | None:
        """Return the fewest further agents of a group, or None when so many are not enough."""
        low, high, step = 0, None, 1
        while high is None and low < at_most:
            more = min(low + step, at_most)
            if self.suffice(group, more, acceptable):
                high = more
            else:
                low, step = more, 2 * step
        while high is not None and high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.suffice(group, middle, acceptable) else (middle, high)
        return high

    def suffice(self, group: int, more: int, acceptable: float) -> bool:
        """Whether with so many more the target is missed seldom enough."""
        missed: list[float] = []
        may_miss = acceptable * len(self.levels) + 1e-9
        for replication in np.argsort(self.levels, kind="stable"):  # the worst decide soonest
            level = self.level(int(replication), group, more)
            missed.append(np.nan if np.isnan(level) else float(is_missed(level, self.target)))
            if np.nansum(missed) > may_miss:
                return False
        self._missed[group, more] = missed
        known = np.isfinite(missed).sum()
        return bool(np.nansum(missed) <= acceptable * known + 1e-9)

    def missed(self, group: int, more: int) -> Estimate:
        """Return how often the target is missed with so many more, which suffice."""
        return missed_in(self._missed[group, more])

    def level(self, replication: int, group: int, more: int) -> NDArray[np.float64]:
        """Return the service level of one replication, with so many more of a group."""
        return self._played(self._drawn[replication], group, more)

    def _as_it_was(self, replication: int) -> _Drawn:
        """Draw the days of a replication, and as many about them as make it what it was."""
        (first, last), n_days = self.days, self.ahead.layout.n_days
        beyond = 0
        while True:
            days = max(first - beyond, 0), min(last + beyond, n_days)
            drawn = _Drawn.of(self.ahead, replication, days)
            if days == (0, n_days) or beyond >= _MOST_DAYS_BEYOND:
                return drawn
            level = self._played(drawn, 0, 0).astype(self.levels.dtype)
            if np.array_equal(level, self.levels[replication], equal_nan=True):
                return drawn
            beyond = 2 * beyond + 1

    def _played(self, drawn: _Drawn, group: int, more: int) -> NDArray[np.float64]:
        ahead, crews = self.ahead, list(drawn.crews)
        if more:
            there = self.intervals[ahead.planned[group, self.intervals] > 0]
            begin, end = int(there[0]), int(there[-1]) + 1
            numbers = np.zeros(end - begin)
            numbers[there - begin] = more
            edges_s = ahead.layout.edges_s[begin : end + 1]
            extra = crew_of_numbers(numbers, edges_s, mean_factor(crews[group]))
            crews[group] = beside(crews[group], extra)
        agent_group, sessions = together(crews)
        running, tape = Replication(ahead.program, agent_group, sessions), drawn.tape
        running.let_in(tape, sure=True)
        piece = running.play()
        played = Played(ahead.layout, self.masks, tape, agent_group, sessions, piece)
        sums = played.service(self.kind)
        good, of = (
            combine(terms, lambda name: np.array(sums[name]))
            for terms in (ahead.definition.numerator, ahead.definition.denominator)
        )
        return np.asarray(good / of if of > 0 else np.nan)


@dataclass(frozen=True)
class _Drawn:
    """Some days of a replication: who comes, and who is there."""

    drawing: Drawing
    days: tuple[int, int]
    crews: Sequence[Crew]
    kept: Tape | None = None

    @property
    def tape(self) -> Tape:
        """Who comes; drawn anew where that is not kept."""
        return self.drawing.days(*self.days) if self.kept is None else self.kept

    def without_contacts(self) -> _Drawn:
        """Return the same in little room."""
        return replace(self, kept=None)

    @classmethod
    def of(cls, ahead: Lacking, replication: int, days: tuple[int, int]) -> _Drawn:
        drawing = ahead.sampler.begin(ahead.seed, replication)
        crews = crews_of(drawing.agent_group, drawing.sessions, len(ahead.layout.groups))
        edges_s = ahead.scenario.horizon.day_edges_s
        from_s, to_s = (float(edges_s[day]) for day in days)
        # a day more: who waits at the last midnight may be served, as nobody else comes
        crews = [within(crew, from_s, to_s + DAY_S) for crew in crews]
        return cls(drawing, days, crews, drawing.days(*days))


def missed_in(missed: Sequence[float]) -> Estimate:
    """Return the share of replications with a miss, 1, of those with a miss or none, 0."""
    known = [each for each in missed if np.isfinite(each)]
    return proportion(known, [1.0] * len(known))
