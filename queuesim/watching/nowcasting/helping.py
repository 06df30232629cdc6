"""What an action does to the rest of the day, against doing nothing on the same futures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from queuesim.results.wording import number_text, plus_minus_text

Floats = NDArray[np.float64]
Pair = tuple[Floats, Floats]
"""Values without an action, and with it."""


@dataclass(frozen=True)
class Effect:
    """What an action does to some contact types.

    Changes are means over pairs of futures, the same with and without it; half-widths are those of
    95 % intervals by Student's t on the differences. NaN where it is not known, or has no value.

    Attributes
    ----------
    chance_met : float
        P(the day meets their targets) with it.
    chance_change, chance_half_width : float
    service_level, level_change, level_half_width : float
        Of those with a target together, at the end of the day.
    wait_change_s, wait_half_width_s : float
        Mean wait of all who are let in from now on [s].
    """

    chance_met: float
    chance_change: float
    chance_half_width: float
    service_level: float
    level_change: float
    level_half_width: float
    wait_change_s: float
    wait_half_width_s: float

    @classmethod
    def of(cls, *, met: Pair, level: Pair, wait: Pair) -> Effect:
        """Compare pairs: without the action, and with it."""
        chance, levels, waits = (_paired(each[1] - each[0]) for each in (met, level, wait))
        return cls(_mean(met[1]), *chance, _mean(level[1]), *levels, *waits)

    def change_text(self) -> str:
        """Return the change of the service level [percentage points], or of the wait where that is
        not known, or there is no target."""
        if not np.isnan(self.level_change):
            return plus_minus_text(100 * self.level_change, 100 * self.level_half_width, "points")
        if not np.isnan(self.wait_change_s):
            return plus_minus_text(self.wait_change_s, self.wait_half_width_s, "s")
        return "–"


@dataclass(frozen=True)
class Helping(Effect):
    """The effect of an action on the contact types by which actions are ranked, and its cost.

    Attributes
    ----------
    name : str
    by_type : mapping of str to Effect
        The effect on each contact type by itself.
    cost, cost_half_width : float
        More money than without it [currency], at the contracts' rates for the rest of the day: see
        `watching.nowcasting.cost_at_rates`.
    """

    name: str
    by_type: Mapping[str, Effect] = field(repr=False)
    cost: float
    cost_half_width: float

    @classmethod
    def named(
        cls, name: str, effect: Effect, by_type: Mapping[str, Effect], cost: Floats
    ) -> Helping:
        """Put together an action's effects, and its cost in each future."""
        mean, half_width = _paired(cost)
        return cls(
            **vars(effect), name=name, by_type=by_type, cost=mean, cost_half_width=half_width
        )

    def order(self) -> tuple[float, ...]:
        """Return what sorts actions: the chance of a good day, then the service level (the wait,
        where there is none), then money.

        Differences smaller than their uncertainty do not count.
        """
        chance = 0 if np.isnan(self.chance_met) else round(self.chance_met / 0.01)
        if not np.isnan(self.level_change):
            better = round(self.level_change / 0.001)
        else:
            better = 0 if np.isnan(self.wait_change_s) else -round(self.wait_change_s)
        return (-chance, -better, self.cost)

    def row(self) -> dict[str, Any]:
        """Return it as a row of a table."""
        values = {key: value for key, value in vars(self).items() if key != "by_type"}
        return {"action": values.pop("name")} | values

    def cells(self, currency: str) -> tuple[str, ...]:
        """Return it as cells of a printed table; the wait is told where no level is known."""
        money, known = f"{self.cost:,.0f} {currency}", self.chance_met == self.chance_met
        chance = number_text(self.chance_met, "share") if known else "–"
        points = f"{100 * self.chance_change:+.1f} points" if known else "–"
        if np.isnan(self.service_level):
            return (self.name, chance, points, "–", "–", self.change_text(), money)
        level = number_text(self.service_level, "share")
        return (self.name, chance, points, level, self.change_text(), "–", money)


def in_order(found: Iterable[Helping]) -> tuple[Helping, ...]:
    """Return actions, the best first."""
    return tuple(sorted(found, key=Helping.order))


def _mean(values: Floats) -> float:
    return float(np.mean(values))


def _paired(difference: Floats) -> tuple[float, float]:
    """Return the mean of differences and the half-width of its 95 % interval."""
    known = difference[~np.isnan(difference)]
    n = len(known)
    if n < 2:
        return float("nan"), float("nan")
    return float(known.mean()), float(stdtrit(n - 1, 0.975) * known.std(ddof=1) / sqrt(n))
