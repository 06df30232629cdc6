"""What a quiet interval shows, given the day so far: volumes, handle times, people.

A day may be busier than planned, and somebody may be away all day: what has been seen of a day says
what to expect of its next interval. So each interval is scored against its distribution given the
intervals before it on the same day, and the scores of a quiet day are independent (Dawid, 1984,
Statistical theory: the prequential approach, JRSS A 147; Rosenblatt, 1952).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincc, gammainc, gammaincc, ndtri

from queuesim.watching.detecting.ranks import Ranks, cuts

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_FEWEST = 1e-3
_FEWEST_ALIKE = 1000
_LARGEST = 37.0


def sums_before(values: Floats, day: Ints, kept: float = 1.0) -> Floats:
    """Return the sum of the day's earlier intervals, along the last axis; NaN counts nothing.

    Each interval that passes leaves `kept` of the sum.
    """
    filled = np.where(np.isfinite(values), values, 0.0)
    if kept < 1:
        sums = np.zeros(filled.shape)
        for t in np.flatnonzero(np.diff(day) == 0) + 1:
            sums[..., t] = kept * (sums[..., t - 1] + filled[..., t - 1])
        return sums
    total = np.cumsum(filled, axis=-1) - filled
    first = np.searchsorted(day, day, side="left")
    return np.asarray(total - total[..., first])


@dataclass(frozen=True)
class Volumes:
    """Contacts offered: Poisson, around a day that is busier or quieter by a gamma factor.

    What has come since midnight is as good as that many more draws of the factor: the next interval
    is negative binomial (Jongbloed and Koole, 2001, Applied Stochastic Models in Business and
    Industry 17).

    Attributes
    ----------
    mean : numpy.ndarray, float64, shape (intervals,)
        Expected contacts.
    spread : float
        Squared coefficient of variation of the day's factor.
    extra : float
        Variance of an interval beyond that, in parts of its mean: who comes again comes in clumps.
    kept : float
        Part of what has been learnt of a day that still holds an interval later.
    ranks : Ranks or None
        Where the law is only about right, what makes its scores normal.
    """

    mean: Floats
    spread: float
    extra: float = 0.0
    kept: float = 1.0
    ranks: Ranks | None = None

    @classmethod
    def learnt(cls, offered: Floats, day: Ints, planned: Floats | None, spread: float) -> Volumes:
        """Learn from quiet replications, shape (n, intervals), or take what is planned as it is."""
        if planned is not None:
            return cls(np.maximum(planned, _FEWEST), spread)
        mean = np.maximum(offered.mean(axis=0), _FEWEST)
        first = np.flatnonzero(np.diff(day, prepend=-1))
        days = np.add.reduceat(offered, first, axis=1)
        expected = days.mean(axis=0)
        surplus = (days.var(axis=0) - expected).sum() / np.maximum((expected**2).sum(), _FEWEST)
        law = cls(mean, max(float(surplus), 0.0))
        mu, variance = law.given_the_day(offered, day)
        extra = max(float(((offered - mu) ** 2 - variance).sum() / mu.sum()), 0.0)
        law = cls(mean, law.spread, extra, 1.0)
        z = law.scores(offered, day)
        here = np.broadcast_to(mean > 10 * _FEWEST, z.shape)
        one_bin = np.zeros(int(here.sum()), dtype=np.int64)
        return cls(mean, law.spread, extra, 1.0, Ranks.of(z[here], one_bin, 1, steepest=1.0))

    def factor(self, offered: Floats, day: Ints) -> tuple[Floats, Floats]:
        """Return mean and squared coefficient of variation of the day's factor before each
        interval."""
        if self.spread <= 0:
            return np.ones(offered.shape), np.zeros(offered.shape)
        seen = np.where(np.isfinite(offered), self.mean, 0.0)
        heavy = 1.0 + self.extra
        shape = 1 / self.spread + sums_before(offered, day, self.kept) / heavy
        rate = 1 / self.spread + sums_before(seen, day, self.kept) / heavy
        return shape / rate, 1 / shape

    def given_the_day(self, offered: Floats, day: Ints) -> tuple[Floats, Floats]:
        """Return mean and variance of each interval given the day before it."""
        level, unsure = self.factor(offered, day)
        mu = self.mean * level
        return mu, mu * (1 + self.extra) + mu**2 * unsure

    def scores(self, offered: Floats, day: Ints, chance: Floats | float = 0.5) -> Floats:
        """Return normal scores, shape (n, intervals); see `Ranks.scores` for `chance`."""
        mu, variance = self.given_the_day(offered, day)
        n = np.where(np.isfinite(offered), offered, 0.0)
        over = variance - mu
        poisson = over < 1e-9 * mu
        with np.errstate(divide="ignore", invalid="ignore"):
            shape = np.where(poisson, 1.0, mu**2 / np.where(poisson, 1.0, over))
            p = shape / (shape + mu)
            below = np.where(poisson, gammaincc(np.maximum(n, _FEWEST), mu), betainc(shape, n, p))
            below = np.where(n > 0, below, 0.0)
            upto = np.where(poisson, gammaincc(n + 1, mu), betainc(shape, n + 1, p))
            above = np.where(poisson, gammainc(n + 1, mu), betaincc(shape, n + 1, p))
            atleast = np.where(poisson, gammainc(np.maximum(n, _FEWEST), mu), betaincc(shape, n, p))
            atleast = np.where(n > 0, atleast, 1.0)
            low = ndtri(below + chance * (upto - below))
            high = -ndtri(above + (1 - chance) * (atleast - above))
        z = np.where(n > mu, high, low)
        z = np.clip(np.where(np.isfinite(offered), z, np.nan), -_LARGEST, _LARGEST)
        if self.ranks is not None:
            z = self.ranks.scores(z, np.zeros(z.shape, dtype=np.int64), chance)
        return z


@dataclass(frozen=True)
class Steady:
    """A level that scatters, around a day whose level differs a little: handle times, people.

    Attributes
    ----------
    mean : numpy.ndarray, float64, shape (intervals,)
    noise : numpy.ndarray, float64, shape (intervals,)
        Standard deviation of one weight's worth, as a part of the mean.
    spread : float
        Variance of the day's level, as a part of the mean.
    edges : numpy.ndarray, float64
        Edges of the bins by weight.
    ranks : Ranks
    """

    mean: Floats
    noise: Floats
    spread: float
    edges: Floats
    ranks: Ranks

    @classmethod
    def learnt(cls, values: Floats, weights: Floats, day: Ints, floor: Floats) -> Steady:
        """Learn from quiet replications.

        Parameters
        ----------
        values, weights : numpy.ndarray, shape (n, intervals)
            NaN where there is none; weights are the contacts that a mean is of.
        day : numpy.ndarray, int64, shape (intervals,)
        floor : numpy.ndarray, shape (intervals,)
            Least noise of a value: what is never seen exactly.
        """
        weights = np.where(np.isfinite(values), weights, 0.0)
        filled = np.where(weights > 0, values, 0.0)
        total = weights.sum(axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.where(total > 0, (weights * filled).sum(axis=0) / total, np.nan)
            part = np.where(weights > 0, filled / mean - 1, 0.0)
        weights = np.where(np.isfinite(part), weights, 0.0)
        part = np.where(np.isfinite(part), part, 0.0)
        first = np.flatnonzero(np.diff(day, prepend=-1))
        w_day = np.add.reduceat(weights, first, axis=1)
        many = np.add.reduceat((weights > 0).astype(np.float64), first, axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            level = np.where(w_day > 0, np.add.reduceat(weights * part, first, axis=1) / w_day, 0.0)
        within = (weights * (part - level[:, day]) ** 2).sum() / max((many - 1).clip(0).sum(), 1.0)
        use = many > 1
        between = float((level[use] ** 2 - within / w_day[use]).mean()) if use.any() else 0.0
        noise = np.maximum(np.sqrt(within), floor)
        law = cls(mean, noise, max(between, 0.0), np.empty(0), Ranks((), 1.0))
        raw = law._standardised(values, weights, day)
        here = np.isfinite(raw)
        edges = cuts(weights[here], 6 if len(np.unique(weights[here][:1000])) > 1 else 1)
        bins = np.searchsorted(edges, weights[here])
        ranks = Ranks.of(raw[here], bins, len(edges) + 1, steepest=1.0)
        return cls(mean, noise, law.spread, edges, ranks)

    def level(self, values: Floats, weights: Floats, day: Ints) -> tuple[Floats, Floats]:
        """Return mean and variance of the day's level before each interval, as part of the mean."""
        seen = np.isfinite(values) & np.isfinite(self.mean) & (weights > 0)
        with np.errstate(invalid="ignore", divide="ignore"):
            part = np.where(seen, values / self.mean - 1, 0.0)
        sure = np.where(seen, weights, 0.0) / np.maximum(self.noise, 1e-9) ** 2
        if self.spread <= 0:
            return np.zeros(part.shape), np.zeros(part.shape)
        total = 1 / self.spread + sums_before(sure, day)
        return sums_before(sure * part, day) / total, 1 / total

    def _standardised(self, values: Floats, weights: Floats, day: Ints) -> Floats:
        level, unsure = self.level(values, weights, day)
        with np.errstate(invalid="ignore", divide="ignore"):
            sd = np.sqrt(unsure + self.noise**2 / weights)
            raw = (values / self.mean - 1 - level) / sd
        return np.where(np.isfinite(raw) & (weights > 0), raw, np.nan)

    def scores(
        self, values: Floats, weights: Floats, day: Ints, chance: Floats | float = 0.5
    ) -> Floats:
        """Return normal scores, shape (n, intervals); see `Ranks.scores` for `chance`."""
        raw = self._standardised(values, weights, day)
        bins = np.searchsorted(self.edges, np.where(np.isfinite(weights), weights, 0.0))
        return np.clip(self.ranks.scores(raw, bins, chance), -_LARGEST, _LARGEST)


@dataclass(frozen=True)
class Carried:
    """A level that goes on from the interval before: people, who stay away once they are away.

    Attributes
    ----------
    mean : numpy.ndarray, float64, shape (intervals,)
    carry : numpy.ndarray, float64, shape (intervals,)
        Part of the deviation before that goes on; 0 in the day's first interval.
    alone, after : numpy.ndarray, float64, shape (intervals,)
        Standard deviation without knowing the interval before, and knowing it.
    alike : numpy.ndarray, int64, shape (intervals,)
        Class of each interval once the interval before is known, from 1: with those of the same
        step of the plan. A newcomer may be away; who was there stays.
    ranks : Ranks
    """

    mean: Floats
    carry: Floats
    alone: Floats
    after: Floats
    alike: Ints
    ranks: Ranks

    @classmethod
    def learnt(cls, values: Floats, day: Ints, floor: Floats) -> Carried:
        """Learn from quiet replications, shape (n, intervals); `floor` is the least deviation."""
        mean = values.mean(axis=0)
        off = values - mean
        carry = np.zeros(len(mean))
        var = (off**2).mean(axis=0)
        with_before = (off[:, 1:] * off[:, :-1]).mean(axis=0)
        known = (var[:-1] > 1e-9) & (np.diff(day) == 0)
        carry[1:] = np.where(known, with_before / np.where(known, var[:-1], 1.0), 0.0)
        left = var.copy()
        left[1:] -= carry[1:] * with_before
        alone = np.maximum(np.sqrt(var), floor)
        after = np.maximum(np.sqrt(np.maximum(left, 0.0)), floor)
        alike = cls._same_steps(values, day, after <= floor)
        law = cls(mean, carry, alone, after, alike, Ranks((), 1.0))
        raw, bins = law._standardised(values)
        here = np.broadcast_to(mean > 0, raw.shape)
        many = int(alike.max(initial=2)) + 1
        return replace(law, ranks=Ranks.of(raw[here], bins[here], many, steepest=1.0))

    @staticmethod
    def _same_steps(values: Floats, day: Ints, sure: NDArray[np.bool_]) -> Ints:
        """Return a class for each interval: its step where that was seen often, else 1 or 2."""
        level = np.round(2 * values.mean(axis=0))
        before = np.append(-1.0, level[:-1])
        before[np.diff(day, prepend=-1) != 0] = -1.0
        _, which, seen = np.unique(
            np.stack([before, level]), axis=1, return_inverse=True, return_counts=True
        )
        often = len(values) * seen >= _FEWEST_ALIKE
        number = np.where(often, 2 + np.cumsum(often), 0)[which.ravel()]
        return np.where(number > 0, number, 1 + sure).astype(np.int64)

    def _standardised(self, values: Floats) -> tuple[Floats, Ints]:
        """Return deviations in standard deviations, and the class of each."""
        off = values - self.mean
        before = np.full(off.shape, np.nan)
        before[:, 1:] = off[:, :-1]
        goes_on = np.isfinite(before) & (self.carry != 0)
        carried = np.where(goes_on, self.carry * np.nan_to_num(before), 0.0)
        raw = (off - carried) / np.where(goes_on, self.after, self.alone)
        return raw, np.where(goes_on, self.alike, 0)

    def scores(self, values: Floats, chance: Floats | float = 0.5) -> Floats:
        """Return normal scores, shape (n, intervals); see `Ranks.scores` for `chance`."""
        raw, bins = self._standardised(values)
        z = self.ranks.scores(raw, bins, chance)
        return np.clip(z, -_LARGEST, _LARGEST)
