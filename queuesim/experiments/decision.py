"""The decision: the cheapest option that surely meets the targets, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan

import pandas as pd

from queuesim.experiments.targets import Verdict, is_high, sure, verdict_on, with_doubt, worst
from queuesim.experiments.what_changes import what_would_change
from queuesim.results import Estimate, Result, ServiceLevel, paired_difference
from queuesim.results.measures import MEASURES
from queuesim.results.wording import number_text


@dataclass(frozen=True)
class Decision:
    """What to choose.

    Attributes
    ----------
    name : str or None
        The chosen option; None when no option surely meets the targets.
    why : str
        The reason, with its numbers.
    changes : tuple of str
        What would change the choice.
    table : pandas.DataFrame
        One row an option, cheapest first: `option`, `cost`, `verdict` (``meets``, ``misses`` or
        ``open``), and for each target the measure's value, `…_low` and `…_high`.
    """

    name: str | None
    why: str
    changes: tuple[str, ...]
    table: pd.DataFrame

    def __str__(self) -> str:
        lines = [f"Decision: {self.name or 'none of the options'}", self.why]
        if self.changes:
            lines += ["What would change it:", *(f"  - {change}" for change in self.changes)]
        return "\n".join(lines)


@dataclass(frozen=True)
class Standing:
    """How one option stands against the targets.

    Attributes
    ----------
    option : str
    result : Result
    cost : Estimate
    measures : dict of str to Estimate
        Each target's measure, with the interval that the decision uses.
    targets : mapping of str to float
    """

    option: str
    result: Result
    cost: Estimate
    measures: dict[str, Estimate]
    targets: Mapping[str, float]

    def verdict_on(self, name: str) -> Verdict:
        """Say whether a measure surely meets its target, surely misses it, or neither."""
        return verdict_on(name, self.measures[name], self.targets[name])

    @property
    def verdict(self) -> Verdict:
        """Say whether the option surely meets all targets, surely misses one, or neither."""
        return worst(self.verdict_on(name) for name in self.targets)

    def sure(self, name: str) -> float:
        """Return what a measure surely reaches: the bound that the confidence speaks of."""
        return sure(name, self.measures[name])


def decide(
    results: Mapping[str, Result],
    targets: Mapping[str, float],
    *,
    confidence: float,
    contact_type: str | None,
    definition: ServiceLevel | None,
) -> Decision:
    """Choose the cheapest option whose measures surely meet the targets.

    "Surely" is one-sided: the confidence bound of each measure lies on the right side of its
    target. The chance of error is split evenly over options and targets (Bonferroni's inequality).
    With the stated confidence no option is called fit that is not, as far as the t distribution
    holds: over a long horizon or many replications. Service levels of a single busy day are
    skewed; with 20 replications of such a day the true error can be twice the stated one or more.
    Replications that all show the same share leave room for doubt: then the bound is Wilson's, with
    a replication as one trial.
    """
    error = (1 - confidence) / (len(results) * len(targets))
    standings = [
        Standing(
            option,
            result,
            result.measure("cost", confidence=confidence),
            {
                name: with_doubt(
                    result.measure(
                        name,
                        contact_type=contact_type,
                        definition=definition,
                        confidence=1 - 2 * error,
                    )
                )
                for name in targets
            },
            targets,
        )
        for option, result in results.items()
    ]
    standings.sort(key=lambda standing: standing.cost.value)
    fit = [standing for standing in standings if standing.verdict == "meets"]
    best = fit[0] if fit else None
    return Decision(
        name=best.option if best else None,
        why=_why(fit, standings, confidence) if best else _why_not(standings, confidence),
        changes=what_would_change(fit, standings),
        table=_table(standings),
    )


def _why(fit: list[Standing], standings: list[Standing], confidence: float) -> str:
    best = fit[0]
    held = " and ".join(
        f"{MEASURES[name].label} {_text(name, best.measures[name].value)} (surely "
        f"{'at least' if is_high(name) else 'at most'} {_text(name, best.sure(name))}, target "
        f"{_text(name, target)})"
        for name, target in best.targets.items()
    )
    text = f"{best.option!r} has {held} at a cost of {best.cost.text}."
    others = len(standings) - 1
    if len(fit) == 1 and others:
        text += f" Of the {others} other option{'s' * (others > 1)} none surely meets the target."
    elif len(fit) > 1:
        gap = cost_difference(fit[1], best, confidence)
        text += (
            f" The next cheapest that meets it, {fit[1].option!r}, costs "
            f"{number_text(gap.value, gap.unit)} more ({number_text(gap.low)} to "
            f"{number_text(gap.high)}, on the same contacts)"
        )
        text += "." if gap.low > 0 else ": the difference is not settled, it may be nothing."
    return f"{text} (Confidence {100 * confidence:g} %, {best.cost.n} replications.)"


def _why_not(standings: list[Standing], confidence: float) -> str:
    name, target = next(iter(standings[0].targets.items()))
    known = [standing for standing in standings if not isnan(standing.measures[name].value)]
    if not known or known[0].cost.n < 2:
        return "Nothing is sure from one replication or from none: run more replications."
    sign = 1 if is_high(name) else -1
    closest = max(known, key=lambda standing: sign * standing.measures[name].value)
    estimate = closest.measures[name]
    wanted = " and ".join(
        f"{MEASURES[other].label} {_text(other, value)}" for other, value in closest.targets.items()
    )
    return (
        f"No option surely meets {wanted} ({100 * confidence:g} % confidence, {estimate.n} "
        f"replications). {closest.option!r} comes closest on {MEASURES[name].label}: "
        f"{_text(name, estimate.value)} ({_text(name, estimate.low)} to "
        f"{_text(name, estimate.high)}) against {_text(name, target)}."
    )


def cost_difference(one: Standing, other: Standing, confidence: float) -> Estimate:
    """Return how much more one option costs than another, on the same contacts."""
    return paired_difference(
        one.result.values("cost"),
        other.result.values("cost"),
        confidence=confidence,
        unit=one.cost.unit,
    )


def _text(name: str, value: float) -> str:
    return number_text(value, MEASURES[name].unit)


def _table(standings: list[Standing]) -> pd.DataFrame:
    rows = []
    for standing in standings:
        row: dict[str, object] = {
            "option": standing.option,
            "cost": standing.cost.value,
            "verdict": standing.verdict,
        }
        for name, estimate in standing.measures.items():
            row |= {
                name: estimate.value,
                f"{name}_low": estimate.low,
                f"{name}_high": estimate.high,
            }
        rows.append(row)
    return pd.DataFrame(rows)
