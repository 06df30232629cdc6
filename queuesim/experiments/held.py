"""How far one can go: what `furthest` found, and how the values it tried stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import pandas as pd

from queuesim.experiments.targets import RANK, Of, Verdict, label_of, spare, verdict_on, worst
from queuesim.model import Scenario
from queuesim.results import Estimate
from queuesim.results.measures import MEASURES
from queuesim.results.wording import number_text

V = TypeVar("V")


@dataclass(frozen=True)
class Held:
    """How one of the values stands against the promise, in the best of its options.

    Attributes
    ----------
    option : str
        Name of the option; of a value with a single scenario, the scenario's.
    scenario : Scenario
    estimates : dict of (str, str or None) to Estimate
        By measure and contact type (several that are asked of together: ``a and b``), None: all
        types together.
    targets : mapping of str to float
    """

    option: str
    scenario: Scenario
    estimates: dict[Of, Estimate]
    targets: Mapping[str, float]

    def slack(self, of: Of) -> float:
        """Return by how much a measure surely meets its target; below 0 it does not."""
        return spare(of[0], self.estimates[of], self.targets[of[0]])

    def verdict_on(self, of: Of) -> Verdict:
        """Say whether a measure surely meets its target, surely misses it, or neither."""
        return verdict_on(of[0], self.estimates[of], self.targets[of[0]])

    @property
    def verdict(self) -> Verdict:
        """Say whether every target is surely met, one surely missed, or neither."""
        return worst(self.verdict_on(of) for of in self.estimates)

    @property
    def tightest(self) -> Of:
        """The measure and contact type with the least to spare, of its target's size."""
        return min(
            self.estimates, key=lambda of: (self.slack(of) / (self.targets[of[0]] or 1.0), str(of))
        )

    @property
    def estimate(self) -> Estimate:
        """The estimate with the least to spare."""
        return self.estimates[self.tightest]

    @property
    def rank(self) -> tuple[int, float]:
        """By which the best of several options is chosen."""
        of = self.tightest
        return RANK[self.verdict], self.slack(of) / (self.targets[of[0]] or 1.0)

    def __str__(self) -> str:
        name, _ = self.tightest
        target = number_text(self.targets[name], MEASURES[name].unit)
        return f"{label_of(self.tightest)} {self.estimate.text}, target {target}"


@dataclass(frozen=True)
class Furthest(Generic[V]):
    """How far one can go.

    Attributes
    ----------
    value : V or None
        The last of the values that surely keeps the promise; None when the first does not.
    perhaps : V or None
        The last that does not surely miss it: between the two the replications do not settle it.
        None when every value surely misses it.
    held : dict of V to Held
        How the values that were tried stand, in their order.
    not_in_order : tuple of V
        Values that were tried and do not fit the order: they keep the promise after one that
        misses it. Then the search may have missed a better one; try all of them with `compare`.
    confidence : float
    """

    value: V | None
    perhaps: V | None
    held: dict[V, Held]
    not_in_order: tuple[V, ...]
    confidence: float

    @property
    def best(self) -> Held | None:
        """How the value that was found stands; None when there is none."""
        return None if self.value is None else self.held[self.value]

    @property
    def scenario(self) -> Scenario:
        """The scenario that was found.

        Raises
        ------
        ValueError
            When no value surely keeps the promise.
        """
        if self.best is None:
            raise ValueError(f"no value surely keeps the promise. {self}")
        return self.best.scenario

    @property
    def table(self) -> pd.DataFrame:
        """One row a value that was tried, measure and contact type, in the order of the values.

        Columns `value`, `option`, `measure`, `contact_type` (missing: all), `estimate`, `low`,
        `high`, `target`, `verdict`.
        """
        rows = [
            {
                "value": value,
                "option": held.option,
                "measure": name,
                "contact_type": kind,
                "estimate": estimate.value,
                "low": estimate.low,
                "high": estimate.high,
                "target": held.targets[name],
                "verdict": held.verdict_on((name, kind)),
            }
            for value, held in self.held.items()
            for (name, kind), estimate in held.estimates.items()
        ]
        return pd.DataFrame(rows)

    def __str__(self) -> str:
        sure = f"{100 * self.confidence:g} % intervals, {len(self.held)} values tried"
        if self.best is None:
            first = next(iter(self.held))
            text = f"none: {first!r} does not surely keep it ({self.held[first]})"
        else:
            text = f"{self.value!r} surely keeps it ({self.best})"
        if self.perhaps is None:
            text += "; every value surely misses it"
        elif self.perhaps != self.value:
            text += f"; up to {self.perhaps!r} it is open ({self.held[self.perhaps]})"
        following = self._after(self.perhaps)
        if following is not None:
            text += f"; {following!r} surely misses it ({self.held[following]})"
        if self.not_in_order:
            listed = ", ".join(map(repr, self.not_in_order))
            text += f". Not in order: {listed} keep it after one that misses it; compare them all"
        return f"{text} ({sure})"

    def _after(self, value: V | None) -> V | None:
        tried = list(self.held)
        k = tried.index(value) + 1 if value is not None else 0
        return tried[k] if k < len(tried) else None
