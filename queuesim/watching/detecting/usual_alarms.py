"""The usual alarms: a figure of one interval beyond a fixed limit, for `detect` to be held against.

Most dashboards know two: service level under a line, and mean wait some standard deviations above
what it usually is at that time. They look at one interval, and forget it at the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from queuesim.model import Horizon
from queuesim.watching.detecting.limits import MONTH_DAYS
from queuesim.watching.detecting.signals import Signals

Floats = NDArray[np.float64]
Figure = Literal["service level", "mean wait"]


@dataclass(frozen=True, eq=False)
class UsualAlarm:
    """An alarm on one interval, for each contact type by itself.

    Attributes
    ----------
    figure : {"service level", "mean wait"}
        What is looked at: the share of the offered answered within the target; or the mean wait of
        the answered, in standard deviations above the mean of quiet days at that interval.
    types : tuple of int
        Contact types that are watched, by their place in the scenario.
    limits : numpy.ndarray, float64, shape (types,)
        It is raised below such a share [0 to 1], or above so many standard deviations.
    horizon : Horizon
        Whose days the intervals are of.
    mean_s, sd_s : numpy.ndarray, float64, shape (types, intervals)
        Of the mean wait on quiet days [s].
    """

    figure: Figure
    types: tuple[int, ...]
    limits: Floats
    horizon: Horizon
    mean_s: Floats
    sd_s: Floats

    @classmethod
    def on(
        cls,
        figure: Figure,
        quiet: Signals,
        horizon: Horizon,
        *,
        budget: float = 1.0,
        types: tuple[int, ...] = (0,),
        limits: tuple[float, ...] | None = None,
    ) -> UsualAlarm:
        """Set the limits so that quiet days give as many false alarms as the budget allows.

        Parameters
        ----------
        figure : {"service level", "mean wait"}
        quiet : Signals
            Of days on which nothing was wrong; the more, the surer the limits.
        horizon : Horizon
        budget : float, default 1
            False alarms a month, of all types together: each gets an equal part.
        types : tuple of int, default (0,)
            Contact types to watch.
        limits : tuple of float, optional
            Limits of one's own, one a type, such as the target; then the budget is not looked at.

        Returns
        -------
        UsualAlarm

        Raises
        ------
        ValueError
            For a figure that is none, no type, or limits that are not one a type.
        """
        if figure not in get_args(Figure):
            raise ValueError(f"figure={figure!r}: must be one of {get_args(Figure)}")
        if not types or (limits is not None and len(limits) != len(types)):
            raise ValueError(f"types={types!r}, limits={limits!r}: one limit for each type watched")
        waits = quiet.mean_wait_s[:, list(types)]
        many = np.maximum(np.isfinite(waits).sum(axis=0), 1)
        mean = np.nansum(waits, axis=0) / many
        sd = np.sqrt(np.nansum((waits - mean) ** 2, axis=0) / many)
        at = np.array(limits if limits is not None else [np.nan] * len(types))
        made = cls(figure, tuple(types), at, horizon, mean, np.where(sd > 0, sd, 1.0))
        if limits is not None:
            return made
        share = budget / len(types) / MONTH_DAYS  # alarms a day, of each type
        worst = np.quantile(made._worst_of_days(quiet), 1 - share, axis=(0, 2))
        return cls(figure, made.types, made._sign * worst, horizon, made.mean_s, made.sd_s)

    @property
    def _sign(self) -> float:
        return -1.0 if self.figure == "service level" else 1.0

    def _badness(self, seen: Signals) -> Floats:
        """Return how bad each interval is, float64[n, types, intervals]; NaN: nothing to see."""
        some = list(self.types)
        with np.errstate(invalid="ignore", divide="ignore"):
            if self.figure == "service level":
                return np.asarray(-seen.answered_within[:, some] / seen.offered[:, some])
            return np.asarray((seen.mean_wait_s[:, some] - self.mean_s) / self.sd_s)

    def _worst_of_days(self, seen: Signals) -> Floats:
        """Return how bad the worst interval of each day is, float64[n, types, days]."""
        bad = np.nan_to_num(self._badness(seen), nan=-np.inf)
        first = np.searchsorted(self.horizon.day_of_interval, np.arange(self.horizon.days))
        return np.asarray(np.maximum.reduceat(bad, first, axis=2))

    def over(self, seen: Signals) -> NDArray[np.bool_]:
        """Return in which intervals it is beyond its limit for any type, bool[n, intervals]."""
        bad = np.nan_to_num(self._badness(seen), nan=-np.inf)
        return np.asarray(np.any(bad > self._sign * self.limits[:, None], axis=1))

    def raised(self, seen: Signals) -> NDArray[np.bool_]:
        """Return the alarms: of each day the first interval beyond a limit, bool[n, intervals]."""
        over, day = self.over(seen), self.horizon.day_of_interval
        first = np.zeros_like(over)
        for number in range(self.horizon.days):
            at = np.flatnonzero(day == number)
            mine = over[:, at]
            first[:, at] = mine & (np.cumsum(mine, axis=1) == 1)
        return first

    def false_a_month(self, quiet: Signals) -> tuple[float, float]:
        """Count alarms on quiet days.

        Parameters
        ----------
        quiet : Signals
            Other days than those that the limits come from.

        Returns
        -------
        rate, standard_error : float
            Alarms a month of so many days of the horizon.
        """
        each = self.raised(quiet).sum(axis=1) * MONTH_DAYS / self.horizon.days
        return float(each.mean()), float(each.std() / np.sqrt(len(each)))
