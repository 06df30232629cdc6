"""What an action does to the rest of the day, against doing nothing on the same futures."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from queuesim.results.wording import number_text, plus_minus_text

Floats = NDArray[np.float64]
Pair = tuple[Any, ...]


@dataclass(frozen=True)
class Helping:
    """The effect of an action.

    Changes are means over pairs of futures, the same with and without it; half-widths are those of
    95 % intervals by Student's t on the differences.

    Attributes
    ----------
    name : str
    chance_met : float
        P(the day meets all targets) with it.
    chance_change, chance_half_width : float
    service_level, level_change, level_half_width : float
        Over all contact types with a target, at the end of the day.
    wait_change_s, wait_half_width_s : float
        Mean wait of all who are let in from now on [s].
    cost, cost_half_width : float
        More money than without it [currency].
    """

    name: str
    chance_met: float
    chance_change: float
    chance_half_width: float
    service_level: float
    level_change: float
    level_half_width: float
    wait_change_s: float
    wait_half_width_s: float
    cost: float
    cost_half_width: float

    @classmethod
    def of(cls, name: str, *, met: Pair, level: Pair, wait: Pair, cost: Floats) -> Helping:
        """Compare pairs: without the action, and with it."""
        chance = _paired(met[1] - met[0])
        levels, waits, money = (
            _paired(level[1] - level[0]),
            _paired(wait[1] - wait[0]),
            _paired(cost),
        )
        reached = float(np.mean(level[1]))
        return cls(name, float(met[1].mean()), *chance, reached, *levels, *waits, *money)

    def order(self) -> tuple[float, ...]:
        """Return what sorts actions: the chance of a good day, then the service level, then money.

        Differences smaller than their uncertainty do not count.
        """
        chance = 0 if np.isnan(self.chance_met) else round(self.chance_met / 0.01)
        change = 0.0 if np.isnan(self.level_change) else self.level_change
        return (-chance, -round(change / 0.001), self.cost)

    def row(self) -> dict[str, Any]:
        """Return it as a row of a table."""
        return {("action" if key == "name" else key): value for key, value in vars(self).items()}

    def cells(self, currency: str) -> tuple[str, ...]:
        """Return it as cells of a printed table."""
        money, known = f"{self.cost:,.0f} {currency}", self.chance_met == self.chance_met
        chance = number_text(self.chance_met, "share") if known else "–"
        points = f"{100 * self.chance_change:+.1f}" if known else "–"
        if np.isnan(self.service_level):
            return (self.name, chance, points, "–", "–", money)
        change = plus_minus_text(self.level_change, self.level_half_width, "share")
        return (
            self.name,
            chance,
            points,
            number_text(self.service_level, "share"),
            change,
            money,
        )


def _paired(difference: Floats) -> tuple[float, float]:
    """Return the mean of differences and the half-width of its 95 % interval."""
    known = difference[~np.isnan(difference)]
    n = len(known)
    if n < 2:
        return float("nan"), float("nan")
    return float(known.mean()), float(stdtrit(n - 1, 0.975) * known.std(ddof=1) / sqrt(n))
