"""The causes of a longer wait: which were observed, how far they are off, and who takes part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import erfc, sqrt

import numpy as np
from numpy.typing import NDArray

from queuesim.errors import Problem, ScenarioError
from queuesim.model import Channel, Scenario
from queuesim.model.load import staffed as staffed_by_plan
from queuesim.watching.counterfactual import Counterfactual, Inputs, Pool, Switched
from queuesim.watching.happened import Happened, window_of
from queuesim.watching.shapley import coalitions, subsets
from queuesim.watching.summing import ABANDONED, ANSWERED, HANDLE_S, HANDLED, OFFERED, WAIT_S

Table = NDArray[np.float64]
Values = NDArray[np.float64]
Player = tuple[str, tuple[int, ...]]

CAUSES = ("contacts", "mix", "handling", "people", "patience", "routing")
_BY_TYPE = ("contacts", "handling", "patience")

_CALIBRATING = 24
"""Replications from which it is read how far an input is off."""
_ROUNDS = 4
"""Of finding how many first attempts there were, where customers come again."""
_HALVINGS = 8
_PATIENCE = 8.0
"""Patience is looked for from an eighth to eight times that of the plan."""
_FEW = 10
"""Abandoned contacts from which patience can be told."""
_MOST_SETS = 128
_DAYS_BEFORE, _DAYS_BEFORE_MESSAGES = 1, 7
_SURE = 1e-9
_NOBODY = 0.02
"""So few agents more or fewer are none."""


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
    """

    scenario: Scenario
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
            others = [union for other, union in self.unions.items() if other != name]
            for _, chosen in subsets(others):
                outside = frozenset(each for union in chosen for each in union)
                for k in range(1 << len(mine)):
                    inside = frozenset(each for j, each in enumerate(mine) if k >> j & 1)
                    found[outside | inside] = None
        return list(found)

    def play_all(self, replications: int) -> dict[frozenset[Player], Table]:
        """Play every set of players, float64[replications, 6, types] each."""
        sets = self.sets()
        sums = {each: np.empty((replications, 6, len(self.by_more))) for each in sets}
        ways = [(sums[each], self.switched(each)) for each in sets]
        for replication in range(replications):
            pools = self.centre.pool(replication)
            for found, switched in ways:
                found[replication] = self.centre.play(pools, switched, self.inputs).sums()
        self._how_unusual(sums[frozenset()])
        return sums

    def _how_unusual(self, planned: Table) -> None:
        seen, masks = self.seen, self.centre.masks

        def total(table: Table, row: int) -> Values:
            return np.where(masks[row], np.nan_to_num(table), 0.0).sum(axis=1)

        offered = total(seen.offered, OFFERED)
        self.unusual = dict.fromkeys(self.unions, 1.0)
        came = planned[:, OFFERED]
        self.unusual["contacts"] = _two_sided(offered.sum(), came.sum(axis=1))
        self.rose = {
            each.name: (
                offered[k] / came[:, k].mean() if came[:, k].mean() else np.inf,
                _upper(offered[k], came[:, k]),
            )
            for k, each in enumerate(self.scenario.contact_types)
            if masks[OFFERED, k].any()
        }
        if "mix" in self.unions:
            usual = came.mean(axis=0)
            moved = np.array([min(_up_and_down(each - usual)) for each in came])
            now = min(_up_and_down(np.where(masks[OFFERED].any(axis=1), offered - usual, 0.0)))
            self.unusual["mix"] = float((1 + np.sum(moved >= now)) / (1 + len(moved)))
        if "handling" in self.unions:
            many = np.where(masks[HANDLED], np.nan_to_num(seen.answered, nan=1.0), 0.0)
            mean = np.nan_to_num(seen.mean_handle_s * many).sum() / max(many.sum(), 1.0)
            each = _divided(planned[:, HANDLE_S].sum(axis=1), planned[:, HANDLED].sum(axis=1))
            self.unusual["handling"] = _two_sided(mean, each)
        if "patience" in self.unions:
            waits = total(seen.mean_wait_s * seen.answered, WAIT_S).sum()
            ratio = total(seen.abandoned, ABANDONED).sum() / max(waits, 1.0)
            each = _divided(planned[:, ABANDONED].sum(axis=1), planned[:, WAIT_S].sum(axis=1))
            self.unusual["patience"] = _two_sided(ratio, each)
        self.unusual["people"] = self.people.get("unusual", 1.0)
        self.unusual["routing"] = 0.0

    def named(self, player: Player) -> str:
        """Return the names of the contact types or agent groups of a player."""
        cause, members = player
        scenario = self.scenario
        of = scenario.contact_types if cause in _BY_TYPE else scenario.agent_groups
        return ", ".join(of[k].name for k in members)


def case_of(
    scenario: Scenario,
    seen: Happened,
    *,
    measure: str,
    since: object,
    until: object,
    seed: int,
    routed: Scenario | None,
    replications: int,
    parts: bool,
) -> Case:
    """Gather what is to be diagnosed, and read from simulations how far each input is off."""
    horizon = scenario.horizon
    known_wait = ~np.isnan(seen.answered) & (~np.isnan(seen.mean_wait_s) | (seen.answered == 0))
    known_left = ~np.isnan(seen.offered) & ~np.isnan(seen.abandoned)
    known = known_wait if measure == "wait" else known_left
    first, last = window_of(horizon, known, since, until)
    window = np.zeros(horizon.n_intervals, dtype=np.bool_)
    window[first:last] = True
    days = _days(scenario, seen, first, last)
    if routed is not None:
        _refuse_other(scenario, routed)
    # after the window nothing is switched
    past = np.arange(horizon.n_intervals) >= last
    here = np.isin(np.asarray(horizon.day_of_interval), range(*days)) & ~past
    offered, staffed = (np.where(here, table, np.nan) for table in (seen.offered, seen.staffed))
    handle_s = np.where(here, seen.mean_handle_s, np.nan)
    mask = {
        OFFERED: known_left if measure == "abandonment" else ~np.isnan(seen.offered),
        ANSWERED: known_wait,
        ABANDONED: known_left,
        WAIT_S: known_wait,
        HANDLED: ~np.isnan(seen.mean_handle_s),
        HANDLE_S: ~np.isnan(seen.mean_handle_s),
    }
    centre = Counterfactual(
        scenario,
        days=days,
        most=_most(offered),
        masks=[mask[row] & window for row in range(6)],
        seed=seed,
        routed=routed,
    )
    with np.errstate(invalid="ignore"):
        numerator = (
            np.nan_to_num(seen.mean_wait_s) * seen.answered if measure == "wait" else seen.abandoned
        )
        denominator = seen.answered if measure == "wait" else seen.offered
    use = known & window
    if not denominator[use].sum() > 0:
        what = "an answered contact" if measure == "wait" else "a contact"
        rule = f"must have {what} between since and until"
        raise ScenarioError([Problem("observed", "none", rule)], "Observed intervals")
    n_types, n_groups = len(scenario.contact_types), len(scenario.agent_groups)
    case = Case(
        scenario=scenario,
        centre=centre,
        inputs=Inputs(offered, handle_s, np.ones(n_types), np.ones(n_types), staffed),
        seen=seen,
        unions={},
        by_more=np.ones(n_types),
        observed=float(numerator[use].sum() / denominator[use].sum()),
        window_s=(float(horizon.edges_s[first]), float(horizon.edges_s[last])),
        people={},
        changed=np.zeros(n_types),
    )
    pools = [centre.pool(k) for k in range(min(_CALIBRATING, replications))]
    _calibrate(case, pools, window, n_groups, routed is not None)
    _who_takes_part(case, parts)
    return case


def _days(scenario: Scenario, seen: Happened, first: int, last: int) -> tuple[int, int]:
    """Return the days to play: those of the window, and before them what it may have inherited."""
    day = scenario.horizon.day_of_interval
    messages = any(each.channel is Channel.MESSAGE for each in scenario.contact_types)
    before = _DAYS_BEFORE_MESSAGES if messages else _DAYS_BEFORE
    begin = int(day[first])
    midnight = int(np.searchsorted(day, begin))
    asleep = not staffed_by_plan(scenario)[:, max(midnight - 1, 0)].any()
    if asleep and not messages:
        before = 0
    return max(0, begin - before), int(day[last - 1]) + 1


def _most(offered: Table) -> Table:
    """Return for how many customers beyond the plan there must be room in each cell."""
    many = np.nan_to_num(offered)
    return np.where(many > 0, many + 6.0 * np.sqrt(many) + 8.0, 0.0)


def _refuse_other(scenario: Scenario, routed: Scenario) -> None:
    for what in ("horizon", "contact types", "agent groups"):
        name = what.replace(" ", "_")
        one, other = getattr(scenario, name), getattr(routed, name)
        if what != "horizon":
            one, other = ([each.name for each in parts] for parts in (one, other))
        if one != other:
            rule = f"must have the same {what} as the plan, in the same order"
            raise ScenarioError([Problem(f"routed.{name}", str(other)[:60], rule)], "diagnose")


def _calibrate(
    case: Case, pools: Sequence[list[Pool]], window: NDArray[np.bool_], groups: int, routed: bool
) -> None:
    """Fill the inputs: what the observed numbers mean, seen through the simulated centre."""
    centre, seen = case.centre, case.seen
    scenario, inputs = case.scenario, case.inputs
    types = range(len(scenario.contact_types))
    nothing = Switched(customers=(0.0,) * len(types))
    planned = [centre.play(pool, nothing, inputs) for pool in pools]
    sums = np.mean([play.sums() for play in planned], axis=0)

    # people: planned on duty, and by how many more or fewer there were than the plan brings about
    has_people = [g for g in range(groups) if (~np.isnan(inputs.staffed[g])).any()]
    if has_people:
        plays = [play.staffed() for play in planned]
        expected, on_duty = np.mean(plays, axis=0), staffed_by_plan(scenario)
        off = np.nan_to_num(inputs.staffed - expected)
        there = np.where(on_duty > 0, np.maximum(on_duty + off, 0.0), 0.0)
        case.inputs = inputs = replace(inputs, staffed=there)
        as_planned = np.abs(there - on_duty).max(axis=1) < _NOBODY
        use = window & ~np.isnan(seen.staffed[has_people])
        of_plays = np.array([np.where(use, play[has_people], 0.0).sum() for play in plays])
        observed = np.where(use, seen.staffed[has_people], 0.0).sum()
        case.people["unusual"] = _two_sided(observed, of_plays)
        for g in has_people:
            case.people[scenario.agent_groups[g].name] = float(np.abs(off[g, window]).sum())
        case.as_planned = ["people"] if as_planned[has_people].all() else []
        has_people = [g for g in has_people if not as_planned[g]]

    has_customers = [k for k in types if (~np.isnan(inputs.customers[k])).any()]
    has_handling = [k for k in types if (~np.isnan(inputs.handle_s[k])).any()]
    everything = Switched(
        customers=tuple(float(k in has_customers) for k in types),
        people=frozenset(has_people),
        routing=routed,
    )
    # customers: the offered less those who came again, or from self-service
    if centre.layout.comes_again:
        plays_of_plan = planned
        for _ in range(_ROUNDS):
            again = np.mean([play.returns() for play in plays_of_plan], axis=0)
            fresh = np.maximum(np.rint(np.nan_to_num(seen.offered) - again), 0.0)
            fresh = np.where(np.isnan(inputs.customers), np.nan, fresh)
            case.inputs = inputs = replace(inputs, customers=fresh)
            plays_of_plan = [centre.play(pool, everything, inputs) for pool in pools]
    # handling: what groups' factors and shared agents make of the work that customers bring
    if has_handling:
        plays = [centre.play(pool, everything, inputs) for pool in pools]
        shown = np.sum([play.sums()[HANDLE_S] for play in plays], axis=0)
        brought = np.sum([play.brought_s() for play in plays], axis=0)
        made_of_it = np.where(brought > 0, shown / np.maximum(brought, _SURE), 1.0)
        made_of_it = np.where(made_of_it > 0, made_of_it, 1.0)
        handled = np.sum([play.sums()[HANDLED] for play in plays], axis=0)
        weight = np.where(np.isnan(seen.mean_handle_s), 0.0, np.nan_to_num(seen.answered, nan=1.0))
        weight = weight * window
        work = np.nansum(seen.mean_handle_s * weight, axis=1)
        observed = _divided(work, weight.sum(axis=1))
        ratio = np.where(observed > 0, observed / np.maximum(shown / np.maximum(handled, 1), _SURE),
                         1.0)  # fmt: skip
        ratio = np.where((handled > 0) & np.isfinite(ratio), ratio, 1.0)
        case.inputs = inputs = replace(
            inputs, handle_s=inputs.handle_s / made_of_it[:, None], handle_ratio=ratio
        )
    everything = replace(everything, handling=frozenset(has_handling))
    has_patience = _calibrate_patience(case, pools, window, everything)

    offered = np.where(window, np.nan_to_num(seen.offered), 0.0).sum(axis=1)
    case.changed = offered - sums[OFFERED]
    case.by_more = _more_and_mix(case.changed[has_customers], has_customers, len(types))
    mix = bool((case.by_more < 1).any())
    members = {
        "contacts": has_customers,
        "handling": has_handling,
        "people": has_people,
        "patience": has_patience,
    }
    case.unions = {
        cause: [(cause, (k,)) for k in members[cause]] for cause in members if members[cause]
    }
    if mix:
        case.unions["mix"] = [("mix", ())]
    if routed:
        case.unions["routing"] = [("routing", ())]


def _more_and_mix(change: Values, kinds: Sequence[int], types: int) -> Values:
    """Return how much of the change of each type is more (or fewer) contacts; the rest is mix.

    Where some types rise and others fall, what the ones gain from the others is mix at equal
    volume: the smaller side wholly, of the larger the same number of contacts, in proportion.
    """
    more = np.ones(types)
    up, down = _up_and_down(change)
    if min(up, down) > 0:
        large = (change > 0) == (up >= down)
        more[list(kinds)] = np.where(large, 1.0 - min(up, down) / max(up, down), 0.0)
    return more


def _up_and_down(change: Values) -> tuple[float, float]:
    return float(change[change > 0].sum()), float(-change[change < 0].sum())


def _calibrate_patience(
    case: Case, pools: Sequence[list[Pool]], window: NDArray[np.bool_], everything: Switched
) -> list[int]:
    """Find by how much patience differs: so that as many abandon, for the waits there are.

    Abandoned ÷ total wait of the answered hardly depends on how long the queue is (for exponential
    patience and all waits it is 1 ÷ mean patience whatever the load [1]_), so that a queue that
    chance made long does not look like impatience.

    .. [1] A. Mandelbaum and S. Zeltyn (2007), Service engineering in action, eq. 11.
    """
    seen, centre, inputs = case.seen, case.centre, case.inputs
    types = range(len(case.scenario.contact_types))
    masks = centre.masks
    use = masks[ABANDONED] & masks[WAIT_S]
    left = np.where(use, np.nan_to_num(seen.abandoned), 0.0).sum(axis=1)
    wait_s = np.where(use, np.nan_to_num(seen.mean_wait_s * seen.answered), 0.0).sum(axis=1)
    found = [
        k
        for k, each in enumerate(case.scenario.contact_types)
        if each.patience is not None and left[k] >= _FEW and wait_s[k] > 0
    ]
    if not found:
        return []
    wanted = left / np.maximum(wait_s, _SURE)
    low = np.full(len(types), -np.log(_PATIENCE))
    high = -low
    switched = replace(everything, patience=frozenset(found))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        tried = replace(inputs, patience_ratio=np.exp(middle))
        sums = np.sum([centre.play(pool, switched, tried).sums() for pool in pools], axis=0)
        too_many = sums[ABANDONED] > wanted * sums[WAIT_S]  # abandon: they are more patient
        low, high = np.where(too_many, middle, low), np.where(too_many, high, middle)
    case.inputs = replace(inputs, patience_ratio=np.exp((low + high) / 2))
    return found


def _who_takes_part(case: Case, parts: bool) -> None:
    """Let the smallest parts of a cause go together, until all sets can be played."""
    inputs, seen = case.inputs, case.seen
    work = np.array([each.handle_s for each in case.scenario.contact_types])
    offered = np.nan_to_num(seen.offered).sum(axis=1)
    size = {
        "contacts": np.abs(case.changed) * work,
        "handling": np.abs(inputs.handle_ratio - 1.0) * offered * work,
        "patience": np.abs(np.log(inputs.patience_ratio)) * offered,
        "people": np.array(
            [case.people.get(each.name, 0.0) for each in case.scenario.agent_groups]
        ),
    }
    for cause, union in case.unions.items():
        if cause in size:
            union.sort(key=lambda player: -float(size[cause][player[1][0]]))
            if not parts:
                _merge(case.unions, cause, 1)
    while coalitions([len(union) for union in case.unions.values()]) > _MOST_SETS:
        longest = max(case.unions, key=lambda cause: len(case.unions[cause]))
        if len(case.unions[longest]) == 1:
            break
        _merge(case.unions, longest, len(case.unions[longest]) - 1)


def _merge(unions: dict[str, list[Player]], cause: str, keep: int) -> None:
    kept, rest = unions[cause][: keep - 1], unions[cause][keep - 1 :]
    unions[cause] = [*kept, (cause, tuple(k for _, members in rest for k in members))]


def _divided(above: Values, below: Values) -> Values:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(below > 0, above / below, np.nan))


def _upper(value: float, values: Values) -> float:
    """Return about how probable a value so large is among such values (normal)."""
    values = values[np.isfinite(values)]
    spread = max(float(values.std(ddof=1)), _SURE)
    return 0.5 * erfc((value - float(values.mean())) / spread / sqrt(2.0))


def _two_sided(value: float, values: Values) -> float:
    above = _upper(float(value), values)
    return 2.0 * min(above, 1.0 - above)
