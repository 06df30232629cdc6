"""What waits should be, given the contacts that came, their work, and the people who were there.

The law of a wait given volume, handle times and staff does not depend on why the volume came. So it
is learnt from replications of the scenario as it is *and* of the same scenario with more or fewer
contacts and with fewer people: what is asked about a bad day then lies among what was played. An
index of the interval (load now and before, backlog, people, what is usual then) is fitted by
regression, and the wait is ranked among waits of about the same index: a distributional index model
(Henzi, Kleger and Ziegel, 2021, JASA 118). Only the order of the index matters, so that an index
that is wrong in scale is not wrong in law.

Changing the scenario to the very volumes and people observed would say the same of one day; for the
thousands of quiet days that set the limits it would cost a thousand times as much.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from queuesim.model import Scenario
from queuesim.watching.detecting.ranks import Ranks, cuts
from queuesim.watching.detecting.signals import Signals

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_LOAD = 3.0
"""Work that arrives in an interval over what the people can do in it, at most: whatever is beyond
is hopeless alike."""

_KNOTS = (0.6, 0.7, 0.8, 0.9, 1.0, 1.2, 1.5)
_IN_A_BIN = 500
_MOST_BINS = 30
_FAR = 1e8
_HALVINGS = 40


@dataclass(frozen=True, eq=False)
class Around:
    """What surrounds a contact type: who serves it, and who else comes to them.

    Attributes
    ----------
    work_s : numpy.ndarray, float64, shape (types, intervals)
        Handle time of a contact of each type that comes to these people, 0 for others [s].
    groups : numpy.ndarray, bool, shape (groups,)
    type : int
    interval_s : float
    day : numpy.ndarray, int64, shape (intervals,)
    """

    work_s: Floats
    groups: NDArray[np.bool_]
    type: int
    interval_s: float
    day: Ints

    @classmethod
    def of(cls, scenario: Scenario, k: int, handle_s: Floats, day: Ints) -> Around:
        """Look up the surroundings of contact type `k`."""
        name = scenario.contact_types[k].name
        groups = np.array([g.skill(name) is not None for g in scenario.agent_groups])
        shared = [
            any(g.skill(c.name) is not None and g.skill(name) for g in scenario.agent_groups)
            for c in scenario.contact_types
        ]
        work = np.where(np.array(shared)[:, None], np.nan_to_num(handle_s), 0.0)
        return cls(work, groups, k, scenario.horizon.interval, day)

    def features(self, known: Signals, usual: Floats) -> Floats:
        """Return what the index is made of, shape (n, intervals, features).

        Parameters
        ----------
        known : Signals
            Contacts offered, agents on duty and handle times, as they will be known; a handle time
            that is NaN counts as usual.
        usual : numpy.ndarray, shape (intervals,)
            The measure as it usually is, transformed.
        """
        offered = known.offered
        own = np.isfinite(known.mean_handle_s) & (self.work_s > 0)
        work = (offered * np.where(own, known.mean_handle_s, self.work_s)).sum(axis=1)
        people = known.staffed[:, self.groups].sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            load = work / (people * self.interval_s)
        load = np.clip(np.nan_to_num(load, nan=0.0, posinf=MOST_LOAD), 0.0, MOST_LOAD)
        before = self.earlier(load, 1)
        earlier = self.earlier(load, 2)
        quick, slow = np.zeros(load.shape), np.zeros(load.shape)
        opens = np.diff(self.day, prepend=-1) != 0
        for t in range(load.shape[1]):
            from_before = 0.0 if opens[t] or t == 0 else 1.0
            for backlog, kept in ((quick, 0.6), (slow, 0.95)):
                last = backlog[:, t - 1] * from_before * kept
                backlog[:, t] = np.clip(last + load[:, t] - 0.9, 0.0, 3.0)
        team = np.log1p(people)
        many = np.log1p(offered[:, self.type])
        usual_here = np.broadcast_to(usual, load.shape)
        hinges = [np.maximum(load - knot, 0.0) for knot in _KNOTS]
        columns = [
            np.ones(load.shape),
            load,
            load**2,
            *hinges,
            before,
            before * load,
            *(np.maximum(before - knot, 0.0) for knot in (0.8, 0.95, 1.2)),
            earlier,
            np.maximum(earlier - 0.9, 0.0),
            quick,
            quick**2,
            slow,
            slow**2,
            usual_here,
            usual_here * load,
            team,
            team * load,
            team * hinges[2],
            many,
            many * load,
        ]
        return np.stack(columns, axis=-1)

    def earlier(self, values: Floats, steps: int) -> Floats:
        """Return what was some intervals ago on the same day, 0 before it.

        Parameters
        ----------
        values : numpy.ndarray, float64, shape (n, intervals, ...)
        steps : int
            How many intervals ago, 1 or more.

        Returns
        -------
        numpy.ndarray, float64, shape of `values`
        """
        moved = np.zeros(values.shape)
        moved[:, steps:] = values[:, :-steps]
        same = np.zeros(len(self.day), dtype=np.bool_)
        same[steps:] = self.day[steps:] == self.day[:-steps]
        moved[:, ~same] = 0.0
        return moved


@dataclass(frozen=True, eq=False)
class Given:
    """The law of a measure given the features of the interval.

    Attributes
    ----------
    around : Around
    usual : numpy.ndarray, float64, shape (intervals,)
        The measure of a quiet interval on average, transformed.
    weights : numpy.ndarray, float64, shape (features,)
        Of the features in the index.
    edges, middles : numpy.ndarray, float64
        Edges of the bins by index, and the mean index of each.
    thirds : numpy.ndarray, float64, shape (bins, 2)
        Edges by number of contacts within each bin.
    ranks : Ranks
    quiet : Ranks or None
        What makes the scores of quiet days exactly normal, where a bin is not all alike.
    """

    around: Around
    usual: Floats
    weights: Floats
    edges: Floats
    middles: Floats
    thirds: Floats
    ranks: Ranks
    quiet: Ranks | None = None

    @classmethod
    def learnt(
        cls,
        around: Around,
        quiet: tuple[Floats, Signals, Floats],
        others: list[tuple[Floats, Signals, Floats]],
        *,
        steepest: float,
    ) -> Given:
        """Learn from quiet replications and from other ones.

        Parameters
        ----------
        around : Around
        quiet, others
            Each: the measure, shape (n, intervals), NaN where it has no value; the signals with the
            volume and staff as they will be known; and the contacts that the measure is of.
        steepest : float
            Most that the normal score may rise per unit of the measure in the tail.
        """
        values = quiet[0]
        some = values[np.isfinite(values) & (values > 0)]
        unit = float(np.quantile(some, 0.25)) if len(some) else 1.0
        shown = np.log1p(values / unit)
        seen = np.isfinite(shown)
        total = np.where(seen, shown, 0.0).sum(axis=0)
        usual = total / np.maximum(seen.sum(axis=0), 1)
        rows, targets, counts, raw = [], [], [], []
        for measure, known, many in (quiet, *others):
            features = around.features(known, usual)
            here = np.isfinite(measure) & (many > 0)
            rows.append(features[here])
            targets.append(np.log1p(measure[here] / unit))
            counts.append(many[here])
            raw.append(measure[here])
        X, y = np.concatenate(rows), np.concatenate(targets)
        many, value = np.concatenate(counts), np.concatenate(raw)
        if len(y) == 0:
            width = around.features(quiet[1], usual).shape[-1]
            nothing = np.empty(0)
            none, one = Ranks((nothing,) * 3, 1.0), np.zeros(1)
            return cls(around, usual, np.zeros(width), nothing, one, np.zeros((1, 2)), none)
        scale = np.maximum(X.std(axis=0), 1e-9)
        scale[0] = 1.0
        Z = X / scale
        ridge = 1e-4 * len(y) * np.eye(Z.shape[1])
        weights = np.linalg.solve(Z.T @ Z + ridge, Z.T @ y) / scale
        index = X @ weights
        edges = cuts(index, int(np.clip(len(y) / (3 * _IN_A_BIN), 1, _MOST_BINS)))
        by_index = np.searchsorted(edges, index)
        thirds, middles = np.zeros((len(edges) + 1, 2)), np.zeros(len(edges) + 1)
        for k in range(len(thirds)):
            mine = by_index == k
            if mine.any():
                thirds[k] = np.quantile(many[mine], [1 / 3, 2 / 3])
                middles[k] = index[mine].mean()
        law = cls(around, usual, weights, edges, middles, thirds, Ranks((), steepest))
        bins = law._bins(by_index, many)
        ranks = Ranks.of(value, bins, 3 * len(thirds), steepest=steepest)
        law = replace(law, ranks=ranks)
        # equal values in random order, so that there are no steps
        z = law.scores(*quiet, np.random.default_rng(0).random(quiet[0].shape))
        z = z[np.isfinite(z)]
        one_bin = np.zeros(len(z), dtype=np.int64)
        return replace(law, quiet=Ranks.of(z, one_bin, 1, steepest=1.0))

    def _bins(self, by_index: Ints, many: Floats) -> Ints:
        low, high = self.thirds[by_index, 0], self.thirds[by_index, 1]
        return 3 * by_index + (many > low) + (many > high)

    def _index(self, known: Signals) -> Floats:
        features = self.around.features(known, self.usual)
        return features @ self.weights

    def scores(
        self, measure: Floats, known: Signals, many: Floats, chance: Floats | float = 0.5
    ) -> Floats:
        """Return normal scores of the measure given what is known, shape (n, intervals).

        Between the middles of two bins the scores of both are mixed.
        """
        many = np.nan_to_num(many)
        return self._scored(np.where(many > 0, measure, np.nan), self._between(known, many), chance)

    def _between(self, known: Signals, many: Floats) -> tuple[Ints, Ints, Floats]:
        """Return the two bins between which each interval lies, and the part of the upper one."""
        index = self._index(known)
        above = np.clip(np.searchsorted(self.middles, index), 1, max(len(self.middles) - 1, 1))
        below, above = above - 1, np.minimum(above, len(self.middles) - 1)
        gap = np.maximum(self.middles[above] - self.middles[below], 1e-12)
        part = np.clip((index - self.middles[below]) / gap, 0.0, 1.0)
        return self._bins(below, many), self._bins(above, many), part

    def _scored(
        self, seen: Floats, between: tuple[Ints, Ints, Floats], chance: Floats | float
    ) -> Floats:
        below, above, part = between
        low, high = (self.ranks.scores(seen, k, chance) for k in (below, above))
        z = (1 - part) * low + part * high
        if self.quiet is not None:
            z = self.quiet.scores(z, np.zeros(z.shape, dtype=np.int64), chance)
        return np.clip(z, -37.0, 37.0)

    def values_at(
        self, scores: Floats, measure: Floats, known: Signals, many: Floats, *, most: float = np.inf
    ) -> Floats:
        """Return the least values with at least such scores, shape (n, intervals), by halving.

        Where there is nothing to compare with, or no value has such a score: the measure as it was.

        Parameters
        ----------
        scores, measure, many : numpy.ndarray, float64, shape (n, intervals)
        known : Signals
        most : float
            The largest value there is.
        """
        many = np.nan_to_num(many)
        asked = np.isfinite(scores) & np.isfinite(measure) & (many > 0)
        below, above, part = self._between(known, many)
        at = (below[asked], above[asked], part[asked])
        wanted, own = scores[asked], measure[asked]

        def enough(values: Floats) -> NDArray[np.bool_]:
            return self._scored(values, at, 0.5) >= wanted

        far = min(most, _FAR)
        high = np.clip(own, 1e-6, far)
        while not np.all(done := enough(high) | (high >= far)):
            high = np.where(done, high, np.minimum(2 * high, far))
        low = np.zeros(high.shape)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            here = enough(middle)
            low, high = np.where(here, low, middle), np.where(here, middle, high)
        high = np.where(enough(np.zeros(high.shape)), 0.0, high)
        flat = self._scored(own, at, 0.5) <= self._scored(0.0 * own, at, 0.5)
        found = np.full(scores.shape, np.nan)
        found[asked] = np.where(flat | ~enough(high), own, high)
        return found

    def quantiles(self, known: Signals, many: Floats, at: Floats) -> Floats:
        """Return quantiles of the measure given what is known, shape (len(at), n, intervals)."""
        table = [np.quantile(s, at) if len(s) else at * np.nan for s in self.ranks.samples]
        return np.moveaxis(np.array(table)[self._bins_of(known, many)], -1, 0)

    def _bins_of(self, known: Signals, many: Floats) -> Ints:
        by_index = np.searchsorted(self.edges, self._index(known))
        return self._bins(by_index, np.nan_to_num(many))
