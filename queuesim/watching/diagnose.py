"""`diagnose`: which cause carries how much of a wait that is longer, or shorter, than planned."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from queuesim.model import Scenario
from queuesim.results.layout import Layout
from queuesim.results.window_sums import ABANDONED, ANSWERED, OFFERED, WAIT_S
from queuesim.watching.diagnosing.case import CAUSES, Player
from queuesim.watching.diagnosing.causes import case_of
from queuesim.watching.diagnosing.front_door import culprits
from queuesim.watching.diagnosing.happened import happened, not_told
from queuesim.watching.diagnosing.shapley import gains, shapley
from queuesim.watching.diagnosing.telling import in_words
from queuesim.watching.observed import Observed

Values = NDArray[np.float64]
Measure = Literal["wait", "abandonment"]

_PARTS = {"wait": (WAIT_S, ANSWERED), "abandonment": (ABANDONED, OFFERED)}
_HARDLY = 0.05
"""What chance alone would leave on fewer days than this is not explained by it."""
_STEP = {"wait": 1024.0, "abandonment": 2.0**30}
"""Results are multiples of 1 ÷ this: sums of them are exact in any order."""


@dataclass(frozen=True)
class Diagnosis:
    """What carries how much of an excess.

    Attributes
    ----------
    scenario : Scenario
        The plan.
    measure : {"wait", "abandonment"}
        Mean wait of the answered [s], or abandoned ÷ offered.
    contact_types : tuple of str
        Whose it is. Causes are looked for among all contact types.
    since, until : str
        The window, local time.
    observed, expected : float
        The measure in the window: as it was, and its mean under the plan.
    expected_low, expected_high : float
        Between them lies the measure on days as planned, with the stated confidence.
    table : pandas.DataFrame
        One row a cause whose input is off by more than ordinary scatter, the largest first; then
        `unexplained`, the rest where chance alone would leave as much in less than 5 % of days;
        and `chance` last, the rest otherwise: ``cause``, ``seconds`` (or ``points``
        of abandonment, as shares), ``share`` of the excess, ``low``, ``high`` (what the cause adds
        on days with these inputs, whichever other causes are counted before it), and ``unusual``:
        how probable it is under the plan that the cause's input is as far off as it was (for
        the last two: that the wait is, given all the causes). Exactly: the column adds up to the
        excess.
    parts : pandas.DataFrame
        The same for the contact types or agent groups within a cause: ``cause``, ``part``, …
    culprits : tuple of str
        Self-service whose contact types rose together.
    notes : tuple of str
    missing : tuple of str
        What no table told of: causes that cannot be named for want of it.
    confidence : float
    replications, seed : int
    """

    scenario: Scenario
    measure: Measure
    contact_types: tuple[str, ...]
    since: str
    until: str
    observed: float
    expected: float
    expected_low: float
    expected_high: float
    table: pd.DataFrame
    parts: pd.DataFrame
    culprits: tuple[str, ...]
    confidence: float
    replications: int
    seed: int
    notes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    spread: Mapping[str, Values] = field(default_factory=dict, repr=False, compare=False)

    @property
    def excess(self) -> float:
        """Observed minus expected."""
        return self.observed - self.expected

    @property
    def main_cause(self) -> str:
        """The cause that carries the most, whichever its direction; `unexplained` where the rest
        is more than that; chance, if there is neither."""
        sizes = self.table.loc[self.table["cause"] != "chance", self.amount].abs()
        return str(self.table["cause"].iloc[int(np.argmax(sizes))]) if sizes.any() else "chance"

    @property
    def explained(self) -> bool:
        """Whether what the causes leave is no more than chance does."""
        return "unexplained" not in set(self.table["cause"])

    @property
    def surprising(self) -> bool:
        """Whether what was observed lies outside what most days as planned bring."""
        return not self.expected_low <= self.observed <= self.expected_high

    @property
    def amount(self) -> str:
        """Name of the column that adds up to the excess."""
        return "seconds" if self.measure == "wait" else "points"

    def __str__(self) -> str:
        return in_words(self)


def diagnose(
    scenario: Scenario,
    observed: Observed | pd.DataFrame | str | os.PathLike[str],
    staff: pd.DataFrame | str | os.PathLike[str] | None = None,
    *,
    contact_type: str | Sequence[str] | None = None,
    since: object = None,
    until: object = None,
    measure: Measure = "wait",
    routed: Scenario | None = None,
    replications: int = 100,
    seed: int = 0,
    confidence: float = 0.9,
    parts: bool = True,
    ordinary: float = 0.05,
) -> Diagnosis:
    """Say which cause carries how much of the excess wait in a window of time.

    Every cause is switched from planned to observed, alone and with every combination of the
    others, on the same customers (`watching.diagnosing.counterfactual`); what it changes, averaged
    over all orders in which the causes may be switched, is what it carries (Shapley value). What
    is left when all causes are as observed is chance; where chance alone would hardly leave so
    much, it is not explained by the tables given.

    Parameters
    ----------
    scenario : Scenario
        The plan.
    observed : Observed, pandas.DataFrame or path of a CSV file
        See `Observed.read`. One row an interval and contact type: ``start`` (local time),
        ``contact_type``, ``offered``, ``answered``, ``abandoned``, ``mean_wait_s`` of the answered,
        ``mean_handle_s``. What is missing is taken to be as planned.
    staff : pandas.DataFrame or path of a CSV file, optional
        One row an interval and agent group: ``start``, ``agent_group``, ``staffed``.
    contact_type : str or sequence of str, optional
        Whose wait, or abandonment, is explained; None: that of all live contact types that were
        observed, together, without messages, whose waits of hours would hide what callers go
        through (of messages, where nothing else was observed). Causes range over all contact types
        whatever is chosen: more messages may be what callers wait for.
    since, until : str, datetime or Timestamp, optional
        The window, local time; by default all that was observed. Causes are switched wherever they
        were observed, before the window too: a queue has a past.
    measure : {"wait", "abandonment"}, default "wait"
        Mean wait of the answered, or abandoned ÷ offered.
    routed : Scenario, optional
        The scenario with the routing that was really in force, where it was not the planned one:
        only skills, weights, credits, allocation and score may differ.
    replications : int, default 100
        With less than 40, nothing that is left is rare enough to be no chance.
    seed : int, default 0
    confidence : float, default 0.9
        Of the intervals: what the cause carries on a day with these inputs, chance included.
    parts : bool, default True
        Whether to divide causes among contact types and agent groups.
    ordinary : float, default 0.05
        An input that is no further off than on this share of days as planned is ordinary scatter:
        what it carries is counted as chance (and told among its parts). 0: only chance; 1: every
        input is a cause of its own, however little it is off.

    Returns
    -------
    Diagnosis

    Raises
    ------
    ScenarioError
        With every row of the tables that is wrong, and every contact type that is not known.
    ValueError
        For arguments out of range.

    Examples
    --------
    >>> why = diagnose(plan, observed, staff, since="2026-11-24 09:00")        # doctest: +SKIP
    >>> print(why)                                                             # doctest: +SKIP
    >>> why.table                                                              # doctest: +SKIP
    >>> print(diagnose(plan, observed, staff, contact_type="mail"))            # doctest: +SKIP
    """
    if measure not in _PARTS:
        raise ValueError(f"measure={measure!r}: must be 'wait' or 'abandonment'")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence={confidence!r}: must lie between 0 and 1")
    if not 0 <= ordinary <= 1:
        raise ValueError(f"ordinary={ordinary!r}: must lie between 0 and 1")
    if not replications >= 20:
        raise ValueError(f"replications={replications!r}: must be 20 or more")
    seen = happened(scenario, observed, staff)
    case = case_of(
        scenario, seen, measure=measure, contact_type=contact_type, since=since, until=until,
        seed=seed, routed=routed, replications=replications, parts=parts, ordinary=ordinary,
    )  # fmt: skip
    sums = case.play_all(replications)
    above, below = _PARTS[measure]

    def worth(players: frozenset[Player]) -> Values:
        of_types = sums[players][:, :, list(case.whose.of)]
        many = of_types[:, below].sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(of_types[:, above].sum(axis=1) / many)

    sets = list(sums)
    good = np.all([np.isfinite(worth(each)) for each in sets], axis=0)
    if not good.any():
        raise ValueError(f"no replication has {'an answered' if measure == 'wait' else 'a'} contact"
                         " in the window under every combination of causes: widen it")  # fmt: skip
    carried = shapley(case.unions, lambda players: worth(players)[good])
    everybody = frozenset(player for union in case.unions.values() for player in union)
    planned, all_switched = worth(frozenset())[good], worth(everybody)[good]
    step = _STEP[measure]
    spread: dict[str, Values] = {}
    rows, part_rows = [], []
    low, high = (1 - confidence) / 2, (1 + confidence) / 2
    expected = _on_grid(planned.mean(), step)
    excess = _on_grid(case.observed, step) - expected
    left = excess
    within = case.observed - all_switched
    by_scatter = np.zeros(len(within))
    scattered: list[dict[str, Any]] = []
    for cause, union in case.unions.items():
        of_cause = np.sum([carried[player] for player in union], axis=0)
        amount = _on_grid(of_cause.mean(), step)
        row = _row(cause, amount, of_cause, excess, low, high, case.unusual[cause])
        added, weights = gains(case.unions, cause, lambda players: worth(players)[good])
        chances = np.repeat(weights / len(of_cause), len(of_cause))
        row["low"], row["high"] = _quantiles(added.ravel(), chances, (low, high))
        if case.unusual[cause] > ordinary:
            by_scatter = by_scatter + of_cause
            scattered.append(row | {"cause": "chance", "part": f"ordinary scatter of {cause}"})
            continue
        spread[cause] = of_cause
        left -= amount
        rows.append(row)
        if len(union) > 1:
            still = amount
            mine: list[dict[str, Any]] = []
            for player in sorted(union, key=lambda each: abs(carried[each].mean())):
                part = _on_grid(carried[player].mean(), step)
                if len(mine) == len(union) - 1:
                    part = still  # the largest takes what rounding leaves
                still -= part
                row = _row(cause, part, carried[player], excess, low, high, np.nan)
                mine.append(row | {"part": case.named(player)})
            part_rows += mine[::-1]
    rows.sort(key=lambda row: -abs(row["amount"]))
    nothing = np.zeros(int(good.sum()))
    rows += [_row(cause, 0.0, nothing, excess, low, high, 1.0) for cause in case.as_planned]
    at_most = (1 + np.sum(all_switched <= case.observed)) / (1 + len(all_switched))
    at_least = (1 + np.sum(all_switched >= case.observed)) / (1 + len(all_switched))
    chance = min(1.0, 2 * min(at_most, at_least))
    rest = left - sum(row["amount"] for row in scattered)
    if chance < _HARDLY:
        rows.append(_row("unexplained", rest, within, excess, low, high, chance))
        rows.append(_row("chance", left - rest, by_scatter, excess, low, high, chance))
        part_rows += scattered
        spread |= {"unexplained": within, "chance": by_scatter}
    else:
        by_chance = within + by_scatter
        rows.append(_row("chance", left, by_chance, excess, low, high, chance))
        if scattered:
            row = _row("chance", rest, within, excess, low, high, chance)
            part_rows += [*scattered, row | {"part": "arrivals, work and patience one by one"}]
        spread["chance"] = by_chance
    amount_name = "seconds" if measure == "wait" else "points"
    columns = {"amount": amount_name}
    first_s, last_s = case.window_s
    horizon = scenario.horizon
    table = pd.DataFrame(rows).rename(columns=columns)
    part_columns = ["cause", "part", "amount", "share", "low", "high"]
    return Diagnosis(
        scenario=scenario,
        measure=measure,
        contact_types=case.whose.names,
        since=f"{horizon.local(first_s):%Y-%m-%d %H:%M}",
        until=f"{horizon.local(last_s):%Y-%m-%d %H:%M}",
        observed=_on_grid(case.observed, step),
        expected=expected,
        expected_low=float(np.quantile(planned, low)),
        expected_high=float(np.quantile(planned, high)),
        table=table,
        parts=pd.DataFrame(part_rows, columns=part_columns).rename(columns=columns),
        culprits=culprits(scenario, case.rose),
        confidence=confidence,
        replications=int(good.sum()),
        seed=seed,
        notes=tuple(case.notes),
        missing=not_told(seen),
        spread=spread,
    )


def _on_grid(value: float, step: float) -> float:
    return float(np.rint(value * step) / step)


def _quantiles(values: Values, weights: Values, shares: Sequence[float]) -> list[float]:
    """Return quantiles of values that are not equally probable."""
    order = np.argsort(values)
    below = np.cumsum(weights[order]) - weights[order] / 2
    return [float(np.interp(share, below, values[order])) for share in shares]


def _row(
    cause: str, amount: float, values: Values, excess: float, low: float, high: float, odd: float
) -> dict[str, Any]:
    return {
        "cause": cause,
        "amount": amount,
        "share": amount / excess if excess else np.nan,
        "low": float(np.quantile(values, low)),
        "high": float(np.quantile(values, high)),
        "unusual": odd,
    }


__all__ = ["CAUSES", "Diagnosis", "Layout", "diagnose"]
