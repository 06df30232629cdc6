"""What would change a decision: another target, another price, more replications."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from queuesim.experiments.targets import Of, is_high, label_of
from queuesim.model import Scenario
from queuesim.results import Result, Totals
from queuesim.results.measures import MEASURES
from queuesim.results.wording import number_text

if TYPE_CHECKING:
    from queuesim.experiments.decision import Standing

_PRICES = {
    "in_house": {"per_hour": "wage per hour"},
    "outsourced": {
        "per_hour": "price per staffed hour",
        "per_contact": "price per contact",
        "per_minute": "price per minute",
        "monthly_minimum": "monthly minimum",
    },
}
_LARGEST_FACTOR = 4.0


def what_would_change(fit: Sequence[Standing], standings: Sequence[Standing]) -> tuple[str, ...]:
    """Say what would change the choice.

    Parameters
    ----------
    fit : sequence of Standing
        Options that surely meet the targets, cheapest first.
    standings : sequence of Standing
        All options, cheapest first.

    Returns
    -------
    tuple of str
    """
    best = fit[0] if fit else None
    changes = [*_targets(best, standings)]
    if len(fit) > 1:
        changes += _prices(fit[0], fit[1])
    changes += _replications(best, standings)
    return tuple(changes)


def _targets(best: Standing | None, standings: Sequence[Standing]) -> Iterator[str]:
    """Other targets: where the chosen option ends to be sure, where a cheaper one would do."""
    if best is not None:
        for of in best.measures:
            yield _stricter(of, best, standings)
    for other in standings:
        cheaper = best is None or other.cost.value < best.cost.value
        missed = [of for of in other.measures if other.verdict_on(of) != "meets"]
        if cheaper and missed and not any(np.isnan(other.sure(of)) for of in missed):
            eased = " and ".join(
                f"a target for {label_of(of)} of {_sure(of, other)} or "
                f"{'less' if is_high(of[0]) else 'more'}"
                for of in missed
            )
            saves = "" if best is None else f", {_apart(best, other)} cheaper"
            yield f"{eased}: {other.option!r} would surely meet the targets{saves}"


def _stricter(of: Of, best: Standing, standings: Sequence[Standing]) -> str:
    """Say up to which target the chosen option holds, and which would hold beyond."""
    sign = 1 if is_high(of[0]) else -1
    beyond = [
        other
        for other in standings
        if of in other.measures
        and sign * other.sure(of) > sign * best.sure(of)
        and all(other.verdict_on(each) == "meets" for each in other.measures if each != of)
    ]
    text = (
        f"a target for {label_of(of)} {'above' if is_high(of[0]) else 'below'} "
        f"{_sure(of, best)}: {best.option!r} would no longer surely meet it"
    )
    if not beyond:
        return f"{text}, nor would any other"
    following = min(beyond, key=lambda standing: standing.cost.value)
    reach = f"{'up' if is_high(of[0]) else 'down'} to {_sure(of, following)}"
    return f"{text}; {following.option!r} would, {reach}, for {_apart(following, best)} more"


def _sure(of: Of, standing: Standing) -> str:
    return number_text(standing.sure(of), MEASURES[of[0]].unit)


def _apart(dear: Standing, cheap: Standing) -> str:
    return number_text(dear.cost.value - cheap.cost.value, dear.cost.unit)


def _prices(best: Standing, second: Standing) -> Iterator[str]:
    """Prices at which the next cheapest fit option would cost the same, all else equal."""
    for price in _price_terms(best, second):
        even = _break_even(best.result, second.result, price)
        if even is not None:
            yield (
                f"{price.words} of {number_text(even)} instead of {number_text(price.now)} "
                f"{best.cost.unit}: {second.option!r} would cost the same as {best.option!r}"
            )


@dataclass(frozen=True)
class _Price:
    """A price that could be another: in both options where it is the same term, else in one."""

    path: str
    words: str
    now: float
    moves_best: bool
    moves_second: bool


def _price_terms(best: Standing, second: Standing) -> Iterator[_Price]:
    ours, theirs = _prices_of(best.result.scenario), _prices_of(second.result.scenario)
    for path in ours | theirs:
        one, other = ours.get(path), theirs.get(path)
        if one == other and one is not None:
            yield _Price(path, one[0], one[1], True, True)
            continue
        both = one is not None and other is not None
        if one is not None:
            words = f"{one[0]} in {best.option!r}" if both else one[0]
            yield _Price(path, words, one[1], True, False)
        if other is not None:
            words = f"{other[0]} in {second.option!r}" if both else other[0]
            yield _Price(path, words, other[1], False, True)


def _prices_of(scenario: Scenario) -> dict[str, tuple[str, float]]:
    """Return the prices above 0 of all groups, by path: what they are, and how much."""
    return {
        f"agent_groups.{group.name}.contract.{term}": (f"a {words} at {group.name!r}", price)
        for group in scenario.agent_groups
        for term, words in _PRICES[group.contract.kind].items()
        if (price := float(getattr(group.contract, term))) > 0
    }


def _break_even(best: Result, second: Result, price: _Price) -> float | None:
    """Return the price at which both options cost the same, if it lies within reason.

    The bills are worked out again under the new price, with minimums, bands and tiers; contacts,
    people and hours stay what they were.
    """
    from scipy.optimize import brentq  # slow to import, and most runs have one option

    def gap(now: float) -> float:
        ours = _cost_at(best, price.path, now if price.moves_best else None)
        return _cost_at(second, price.path, now if price.moves_second else None) - ours

    ends = (price.now / _LARGEST_FACTOR, price.now, price.now * _LARGEST_FACTOR)
    gaps = [gap(end) for end in ends]
    for k in (0, 1):
        if gaps[k] * gaps[k + 1] < 0:
            return float(brentq(gap, ends[k], ends[k + 1], xtol=1e-4 * price.now, rtol=1e-6))
    return None


def _cost_at(result: Result, path: str, price: float | None) -> float:
    """Return the mean cost of an option, if one of its prices were another."""
    if price is None:
        return result.measure("cost").value
    changed = under_contracts(result.totals, result.scenario.change(path, price))
    return Result(changed, seed=result.seed, engine=result.engine).measure("cost").value


def under_contracts(totals: Totals, scenario: Scenario) -> Totals:
    """Return the same totals, billed under the contracts of another scenario."""
    billed = copy.copy(totals)
    billed.scenario = scenario
    return billed


def _replications(best: Standing | None, standings: Sequence[Standing]) -> Iterator[str]:
    """More replications: cheaper options whose intervals still span the target."""
    for other in standings:
        if other.verdict == "open" and (best is None or other.cost.value < best.cost.value):
            yield (
                f"more replications: whether {other.option!r}, at {other.cost.text}, meets the "
                "target is open, its interval spans it"
            )
