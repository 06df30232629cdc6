"""What is to be diagnosed: the causes, who takes part in each, and the plays that tell them apart;
how far off each input is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from queuesim.model import Scenario
from queuesim.results.window_sums import ABANDONED, HANDLE_S, HANDLED, OFFERED, WAIT_S
from queuesim.watching.diagnosing.calibrating import how_unusual_patience
from queuesim.watching.diagnosing.counterfactual import Counterfactual, Inputs, Switched
from queuesim.watching.diagnosing.happened import Happened
from queuesim.watching.diagnosing.odds import any_of, divided, least, two_sided, up_and_down, upper
from queuesim.watching.diagnosing.shapley import coalitions, subsets
from queuesim.watching.diagnosing.whose_waits import Whose

Table = NDArray[np.float64]
Values = NDArray[np.float64]
Player = tuple[str, tuple[int, ...]]

CAUSES = ("contacts", "mix", "handling", "people", "patience", "routing")
_BY_TYPE = ("contacts", "handling", "patience")

_MOST_SETS = 128


@dataclass
class Case:
    """What is to be diagnosed, with every input that was observed.

    Attributes
    ----------
    as_planned : list of str
        Causes that were observed, and were as planned.
    unions : dict of str to list of players
        Causes, and within each the contact types or agent groups that take part.
    unusual : dict of str to float
        How probable it is under the plan that a cause's input is so far off; from `play_all`.
    rose : dict of str to (float, float)
        Contact types: observed ÷ planned contacts in the window, and how probable so many are.
    whose : Whose
        Contact types whose waits are explained; the causes range over all.
    ordinary : float
        An input no more unusual than this is ordinary scatter.
    """

    scenario: Scenario
    whose: Whose
    ordinary: float
    centre: Counterfactual
    inputs: Inputs
    seen: Happened
    unions: dict[str, list[Player]]
    by_more: Values
    observed: float
    window_s: tuple[float, float]
    people: dict[str, float]
    changed: Values
    as_planned: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unusual: dict[str, float] = field(default_factory=dict)
    rose: dict[str, tuple[float, float]] = field(default_factory=dict)

    def switched(self, players: frozenset[Player]) -> Switched:
        """Return which inputs are as observed when these players are switched."""
        of: dict[str, set[int]] = {cause: set() for cause in CAUSES}
        on = {cause for cause, _ in players}
        for cause, members in players:
            of[cause] |= set(members)
        far = [
            (more if kind in of["contacts"] else 0.0) + ((1.0 - more) if "mix" in on else 0.0)
            for kind, more in enumerate(self.by_more)
        ]
        return Switched(
            customers=tuple(far),
            handling=frozenset(of["handling"]),
            patience=frozenset(of["patience"]),
            people=frozenset(of["people"]),
            routing="routing" in on,
        )

    def sets(self) -> list[frozenset[Player]]:
        """Return every set of players that Shapley and Owen values ask for, none first."""
        found: dict[frozenset[Player], None] = {frozenset(): None}
        for name, mine in self.unions.items():
            others = [tuple(union) for other, union in self.unions.items() if other != name]
            for _, chosen in subsets(others):
                outside = frozenset(each for union in chosen for each in union)
                for k in range(1 << len(mine)):
                    inside = frozenset(each for j, each in enumerate(mine) if k >> j & 1)
                    found[outside | inside] = None
        return list(found)

    def play_all(self, replications: int) -> dict[frozenset[Player], Table]:
        """Play every set of players, float64[replications, 6, types] each."""
        if any(len(union) > 1 for union in self.unions.values()):
            none: frozenset[Player] = frozenset()
            self._how_unusual(self._played([none], replications)[none])
            for cause, union in self.unions.items():
                if self.unusual[cause] > self.ordinary and len(union) > 1:
                    merge(self.unions, cause, 1)  # its parts are not told
            _fewer_parts(self.unions)
        sums = self._played(self.sets(), replications)
        self._how_unusual(sums[frozenset()])
        return sums

    def _played(
        self, sets: Sequence[frozenset[Player]], replications: int
    ) -> dict[frozenset[Player], Table]:
        sums = {each: np.empty((replications, 6, len(self.by_more))) for each in sets}
        ways = [(self.switched(each), sums[each]) for each in sets]
        ways.sort(key=lambda way: _by_customers(way[0]))
        for replication in range(replications):
            pools = self.centre.pool(replication)
            for switched, found in ways:
                found[replication] = self.centre.play(pools, switched, self.inputs).sums()
        return sums

    def _how_unusual(self, planned: Table) -> None:
        seen, masks = self.seen, self.centre.masks

        def total(table: Table, row: int) -> Values:
            return np.where(masks[row], np.nan_to_num(table), 0.0).sum(axis=1)

        offered = total(seen.offered, OFFERED)
        self.unusual = dict.fromkeys(self.unions, 1.0)
        came = planned[:, OFFERED]
        counted = np.flatnonzero(masks[OFFERED].any(axis=1))
        self.unusual["contacts"] = any_of(offered[counted], came[:, counted])
        self.rose = {
            each.name: (
                offered[k] / came[:, k].mean() if came[:, k].mean() else np.inf,
                upper(offered[k], came[:, k]),
            )
            for k, each in enumerate(self.scenario.contact_types)
            if k in counted
        }
        if "mix" in self.unions:
            usual = came.mean(axis=0)
            moved = np.array([min(up_and_down(each - usual)) for each in came])
            now = min(up_and_down(np.where(masks[OFFERED].any(axis=1), offered - usual, 0.0)))
            self.unusual["mix"] = upper(now, moved)
        if "handling" in self.unions:
            many = np.where(masks[HANDLED], np.nan_to_num(seen.answered, nan=1.0), 0.0)
            work = np.nan_to_num(seen.mean_handle_s * many).sum(axis=1)
            handled, brought = many.sum(axis=1), planned[:, HANDLED]
            some = [[k] for k in np.flatnonzero(handled)]
            some += [[k for each in some for k in each]] if len(some) > 1 else []
            means = (
                (
                    work[types].sum() / handled[types].sum(),
                    divided(planned[:, HANDLE_S, types].sum(axis=1), brought[:, types].sum(axis=1)),
                )
                for types in some
            )
            self.unusual["handling"] = least([two_sided(*mean) for mean in means])
        if "patience" in self.unions:
            left = total(seen.abandoned, ABANDONED)
            wait_s = total(seen.mean_wait_s * seen.answered, WAIT_S)
            self.unusual["patience"] = how_unusual_patience(self.scenario, left, wait_s, planned)
        self.unusual["people"] = self.people.get("unusual", 1.0)
        self.unusual["routing"] = 0.0

    def named(self, player: Player) -> str:
        """Return the names of the contact types or agent groups of a player."""
        cause, members = player
        scenario = self.scenario
        of = scenario.contact_types if cause in _BY_TYPE else scenario.agent_groups
        return ", ".join(of[k].name for k in members)


def _fewer_parts(unions: dict[str, list[Player]]) -> None:
    """Let the smallest parts of a cause go together, until all sets can be played."""
    while coalitions([len(union) for union in unions.values()]) > _MOST_SETS:
        longest = max(unions, key=lambda cause: len(unions[cause]))
        if len(unions[longest]) == 1:
            break
        merge(unions, longest, len(unions[longest]) - 1)


def _by_customers(switched: Switched) -> tuple[object, ...]:
    """Return by what plays are put in order, so that those of the same customers follow one
    another: these are gathered once."""
    work = (tuple(sorted(switched.handling)), tuple(sorted(switched.patience)))
    return (switched.routing, switched.customers, *work)


def merge(unions: dict[str, list[Player]], cause: str, keep: int) -> None:
    """Let the last players of a cause go together as one, so that so many are left.

    Parameters
    ----------
    unions : dict of str to list of players
        Is changed.
    cause : str
    keep : int
        How many players the cause has then, 1 or more.
    """
    kept, rest = unions[cause][: keep - 1], unions[cause][keep - 1 :]
    unions[cause] = [*kept, (cause, tuple(k for _, members in rest for k in members))]
