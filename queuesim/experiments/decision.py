"""The decision: the cheapest option that surely meets the targets, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isnan

import pandas as pd

from queuesim.experiments.targets import (
    Of,
    Verdict,
    asked_of,
    estimates,
    is_high,
    label_of,
    sure,
    verdict_on,
    with_doubt,
    worst,
)
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
        ``open``), and for each target the measure's value, `…_low` and `…_high`; where each type
        counts, `service_level of phone` and so on.
    also : tuple of str
        What the targets did not speak of: contact types that surely miss the target they state
        themselves in the chosen option, where not each type was asked for.
    """

    name: str | None
    why: str
    changes: tuple[str, ...]
    table: pd.DataFrame
    also: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [f"Decision: {self.name or 'none of the options'}", self.why]
        lines += [f"also: {line}" for line in self.also]
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
    measures : dict of (str, str or None) to Estimate
        Each target's measure, of whom it is asked, with the interval that the decision uses.
    targets : mapping of str to float
    """

    option: str
    result: Result
    cost: Estimate
    measures: dict[Of, Estimate]
    targets: Mapping[str, float]

    def verdict_on(self, of: Of) -> Verdict:
        """Say whether a measure surely meets its target, surely misses it, or neither."""
        return verdict_on(of[0], self.measures[of], self.targets[of[0]])

    @property
    def verdict(self) -> Verdict:
        """Say whether the option surely meets all targets, surely misses one, or neither."""
        return worst(self.verdict_on(of) for of in self.measures)

    def sure(self, of: Of) -> float:
        """Return what a measure surely reaches: the bound that the confidence speaks of."""
        return sure(of[0], self.measures[of])

    def short(self, of: Of) -> float:
        """Return by how much a measure misses its target on average, of the target's size."""
        target = self.targets[of[0]]
        gap = self.measures[of].value - target
        return (-gap if is_high(of[0]) else gap) / (target or 1.0)

    @property
    def shortest(self) -> Of:
        """Of what does not surely meet its target: what misses it by most on average."""
        return max(self.measures, key=lambda of: (self.verdict_on(of) != "meets", self.short(of)))


def decide(
    results: Mapping[str, Result],
    targets: Mapping[str, float],
    *,
    confidence: float,
    contact_type: str | Sequence[str] | None,
    definition: ServiceLevel | None,
    each_type: bool = False,
) -> Decision:
    """Choose the cheapest option whose measures surely meet the targets.

    "Surely" is one-sided: the confidence bound of each measure lies on the right side of its
    target. The chance of error is split evenly over options and targets, each type's for itself
    where each type counts (Bonferroni's inequality).
    With the stated confidence no option is called fit that is not, as far as the t distribution
    holds: over a long horizon or many replications. Service levels of a single busy day are
    skewed; with 20 replications of such a day the true error can be twice the stated one or more.
    Replications that all show the same share leave room for doubt: then the bound is Wilson's, with
    each day of a replication as one trial.
    """
    asked = {
        option: asked_of(result, targets, contact_type, each_type)
        for option, result in results.items()
    }
    error = (1 - confidence) / sum(map(len, asked.values()))
    standings = []
    for option, result in results.items():
        found = estimates(result, asked[option], confidence=1 - 2 * error, definition=definition)
        standings.append(
            Standing(
                option,
                result,
                result.measure("cost", confidence=confidence),
                {of: with_doubt(each, result, asked[option][of]) for of, each in found.items()},
                targets,
            )
        )
    standings.sort(key=lambda standing: standing.cost.value)
    fit = [standing for standing in standings if standing.verdict == "meets"]
    best = fit[0] if fit else None
    return Decision(
        name=best.option if best else None,
        why=_why(fit, standings, confidence) if best else _why_not(standings, confidence),
        changes=what_would_change(fit, standings),
        table=_table(standings, each_type=each_type),
        also=tuple(_also(best, confidence, definition)) if best and not each_type else (),
    )


def _why(fit: list[Standing], standings: list[Standing], confidence: float) -> str:
    best = fit[0]
    held = " and ".join(
        f"{label_of(of)} {_text(of[0], estimate.value)} (surely "
        f"{'at least' if is_high(of[0]) else 'at most'} {_text(of[0], best.sure(of))}, target "
        f"{_text(of[0], best.targets[of[0]])})"
        for of, estimate in best.measures.items()
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
    known = [
        standing
        for standing in standings
        if not any(isnan(estimate.value) for estimate in standing.measures.values())
    ]
    if not known or known[0].cost.n < 2:
        return "Nothing is sure from one replication or from none: run more replications."
    closest = min(known, key=lambda standing: standing.short(standing.shortest))
    of = closest.shortest
    estimate = closest.measures[of]
    wanted = " and ".join(
        f"{label_of(other)} {_text(other[0], closest.targets[other[0]])}"
        for other in closest.measures
    )
    return (
        f"No option surely meets {wanted} ({100 * confidence:g} % confidence, {estimate.n} "
        f"replications). {closest.option!r} comes closest on {label_of(of)}: "
        f"{_text(of[0], estimate.value)} ({_text(of[0], estimate.low)} to "
        f"{_text(of[0], estimate.high)}) against {_text(of[0], closest.targets[of[0]])}."
    )


def _also(best: Standing, confidence: float, definition: ServiceLevel | None) -> Iterator[str]:
    """Tell the contact types that surely miss their own target in the chosen option.

    The chance of error is split evenly over them. A type whose service level was asked for by
    name, and alone, was judged already.
    """
    targeted = [each for each in best.result.scenario.contact_types if each.target is not None]
    which = {} if definition is None else {"definition": definition}
    for each in targeted:
        alone = each.name if len(targeted) > 1 else None
        judged = {("service_level", each.name), ("service_level", alone)} & best.measures.keys()
        if each.target is None or judged:
            continue
        how = {"contact_type": each.name}
        confident = 1 - 2 * (1 - confidence) / len(targeted)
        found = best.result.measure("service_level", confidence=confident, **how, **which)
        estimate = with_doubt(found, best.result, how)
        if verdict_on("service_level", estimate, each.target.share) == "misses":
            yield (
                f"{each.name} misses its own target (service level "
                f"{number_text(estimate.value, 'share')}, target "
                f"{number_text(each.target.share, 'share')})"
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


def _table(standings: list[Standing], *, each_type: bool) -> pd.DataFrame:
    rows = []
    for standing in standings:
        row: dict[str, object] = {
            "option": standing.option,
            "cost": standing.cost.value,
            "verdict": standing.verdict,
        }
        for (measure, whose), estimate in standing.measures.items():
            name = f"{measure} of {whose}" if each_type and whose else measure
            row |= {
                name: estimate.value,
                f"{name}_low": estimate.low,
                f"{name}_high": estimate.high,
            }
        rows.append(row)
    return pd.DataFrame(rows)
