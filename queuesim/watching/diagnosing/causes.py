"""The causes of a longer wait, gathered: which were observed, how far they are off, and who takes
part."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from queuesim.errors import Problem, ScenarioError
from queuesim.model import Channel, Scenario
from queuesim.model.faults import one_of
from queuesim.model.load import staffed as staffed_by_plan
from queuesim.results.window_sums import ABANDONED, ANSWERED, HANDLE_S, HANDLED, OFFERED, WAIT_S
from queuesim.watching.diagnosing.calibrating import calibrate
from queuesim.watching.diagnosing.case import Case, merge
from queuesim.watching.diagnosing.counterfactual import Counterfactual, Inputs
from queuesim.watching.diagnosing.happened import Happened, window_of
from queuesim.watching.diagnosing.whose_waits import whose_waits

Table = NDArray[np.float64]

_CALIBRATING = 24
"""Replications from which it is read how far an input is off."""
_DAYS_BEFORE, _DAYS_BEFORE_MESSAGES = 1, 7


def case_of(
    scenario: Scenario,
    seen: Happened,
    *,
    measure: str,
    contact_type: str | Sequence[str] | None,
    since: object,
    until: object,
    seed: int,
    routed: Scenario | None,
    replications: int,
    parts: bool,
    ordinary: float,
) -> Case:
    """Gather what is to be diagnosed, and read from simulations how far each input is off."""
    horizon = scenario.horizon
    known_wait = ~np.isnan(seen.answered) & (~np.isnan(seen.mean_wait_s) | (seen.answered == 0))
    known_left = ~np.isnan(seen.offered) & ~np.isnan(seen.abandoned)
    known: NDArray[np.bool_] = known_wait if measure == "wait" else known_left
    some = (seen.answered if measure == "wait" else seen.offered) > 0
    whose = whose_waits(scenario, contact_type, known & some)
    theirs = list(whose.of)
    needed = "answered and mean_wait_s" if measure == "wait" else "offered and abandoned"
    what = f"{needed} of {one_of(whose.names)}"
    first, last = window_of(horizon, known[theirs], since, until, what)
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
    use = np.zeros_like(known)
    use[theirs] = known[theirs] & window
    if not denominator[use].sum() > 0:
        what = "an answered contact" if measure == "wait" else "a contact"
        rule = f"must have {what} of {one_of(whose.names)} between since and until"
        raise ScenarioError([Problem("observed", "none", rule)], "Observed intervals")
    n_types, n_groups = len(scenario.contact_types), len(scenario.agent_groups)
    case = Case(
        scenario=scenario,
        whose=whose,
        ordinary=ordinary,
        centre=centre,
        inputs=Inputs(offered, handle_s, np.ones(n_types), np.ones(n_types), staffed),
        seen=seen,
        unions={},
        by_more=np.ones(n_types),
        observed=float(numerator[use].sum() / denominator[use].sum()),
        window_s=(float(horizon.edges_s[first]), float(horizon.edges_s[last])),
        people={},
        changed=np.zeros(n_types),
        notes=list(whose.notes),
    )
    pools = [centre.pool(k) for k in range(min(_CALIBRATING, replications))]
    calibrate(case, pools, window, n_groups, routed is not None, ordinary)
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


def _who_takes_part(case: Case, parts: bool) -> None:
    """Put the parts of each cause in order, the largest first; or all into one."""
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
                merge(case.unions, cause, 1)
