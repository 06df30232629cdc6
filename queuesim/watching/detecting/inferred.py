"""How many people must have been there, from what the contacts met, where nobody counted them.

Waits, abandonment and answers in time show over some intervals how many people there are, once the
contacts that came and their handle times are known. A regression on replications with fewer and
fewer people tells how many. Its answer moves slowly from interval to interval: absence lasts all
day, and so does a backlog. So it is scored as counted people are, given the interval before
(`laws.Carried`): a shortage that begins within the day stands out from one that was there already.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from queuesim.watching.detecting.given import MOST_LOAD, Around
from queuesim.watching.detecting.laws import Carried
from queuesim.watching.detecting.ranks import Ranks
from queuesim.watching.detecting.signals import Signals

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_EARLIER = 5
_SHORT_S = 10.0
_FEWEST_CONTACTS = 0.5
_RIDGE = 1e-4
_FLOOR = 0.02
_ROWS_AT_ONCE = 40_000


@dataclass(frozen=True, eq=False)
class Inferred:
    """The people who serve a contact type, inferred, and their law on quiet days.

    Attributes
    ----------
    around : Around
    people : numpy.ndarray, float64, shape (intervals,)
        Agents on duty who serve the type, on quiet days on average.
    usual : numpy.ndarray, float64, shape (intervals, 4)
        Load, wait, abandonment and answers too late of quiet intervals on average.
    weights : numpy.ndarray, float64, shape (features,)
    law : Carried
        Of the inferred agents, given the interval before.
    """

    around: Around
    people: Floats
    usual: Floats
    weights: Floats
    law: Carried

    @classmethod
    def learnt(cls, around: Around, quiet: Signals, others: list[Signals]) -> Inferred:
        """Learn from quiet replications and from those with fewer people.

        Parameters
        ----------
        around : Around
        quiet, others
            With the people who were there; NaN in every measure that will not be observed.
        """
        people = quiet.staffed[:, around.groups].sum(axis=1).mean(axis=0)
        nothing = np.zeros(len(people))
        law = Carried(nothing, nothing, nothing, nothing, nothing.astype(np.int64), Ranks((), 1.0))
        made = cls(around, people, np.zeros((len(people), 4)), np.empty(0), law)
        shown = made._shown(quiet)
        seen = np.isfinite(shown)
        usual = np.where(seen, shown, 0.0).sum(axis=0) / np.maximum(seen.sum(axis=0), 1)
        made = replace(made, usual=usual)
        gram, target = np.zeros((0, 0)), np.zeros(0)
        for each in (quiet, *others):
            there = each.staffed[:, around.groups].sum(axis=1)
            off = np.where(people > 0, there / np.maximum(people, 1e-9) - 1, 0.0)
            for rows in made._in_parts(len(each)):
                x = made._features(made._shown(each, rows))
                if len(target) == 0:
                    gram, target = np.zeros((x.shape[-1],) * 2), np.zeros(x.shape[-1])
                flat = x.reshape(-1, x.shape[-1])
                gram += flat.T @ flat
                target += flat.T @ off[rows].ravel()
        scale = np.sqrt(np.maximum(np.diag(gram), 1e-12))
        ridge = _RIDGE * np.eye(len(scale))
        weights = np.linalg.solve(gram / np.outer(scale, scale) + ridge, target / scale) / scale
        made = replace(made, weights=weights)
        values = made.agents(quiet)
        values = np.where(np.isfinite(values), values, people)
        floor = _FLOOR * np.maximum(people, 1.0)
        return replace(made, law=Carried.learnt(values, around.day, floor))

    def agents(self, seen: Signals) -> Floats:
        """Return the inferred agents on duty, shape (n, intervals); NaN where nothing was seen."""
        parts = []
        for rows in self._in_parts(len(seen)):
            shown = self._shown(seen, rows)
            value = self.people * (1 + self._features(shown) @ self.weights)
            parts.append(np.where(np.isfinite(shown[..., 1:]).any(axis=-1), value, np.nan))
        return np.concatenate(parts) if parts else np.empty((0, len(self.people)))

    def _in_parts(self, n: int) -> list[slice]:
        size = max(_ROWS_AT_ONCE // max(len(self.people), 1), 1)
        return [slice(first, min(first + size, n)) for first in range(0, n, size)]

    def _shown(self, seen: Signals, rows: slice = slice(None)) -> Floats:
        """Return load and what the contacts met, shape (n, intervals, 4)."""
        k, work = self.around.type, self.around.work_s
        offered = seen.offered[rows]
        with np.errstate(invalid="ignore", divide="ignore"):
            handle = seen.mean_handle_s[rows]
            handle = np.where(np.isfinite(handle) & (work > 0), handle, work)
            came = np.where(work > 0, offered, 0.0)
            load = (came * handle).sum(axis=1) / (self.people * self.around.interval_s)
            load = np.where(self.people > 0, np.minimum(load, MOST_LOAD), 0.0)
            wait = np.log1p(seen.mean_wait_s[rows, k] / _SHORT_S)
            mine = np.where(offered[:, k] >= _FEWEST_CONTACTS, offered[:, k], np.nan)
            left = seen.abandoned[rows, k] / mine
            late = 1 - seen.answered_within[rows, k] / mine
        return np.stack([load, wait, left, late], axis=-1)

    def _features(self, shown: Floats) -> Floats:
        """Return what the regression is on, shape (n, intervals, features)."""
        off = np.nan_to_num(shown - self.usual)
        lags = [off, *(self.around.earlier(off, steps) for steps in range(1, _EARLIER + 1))]
        few = np.broadcast_to(1 / np.maximum(self.people, 1.0), off.shape[:2])[..., None]
        load = np.broadcast_to(self.usual[:, 0], off.shape[:2])[..., None]
        columns = [np.ones(few.shape), few, load]
        for x in lags:
            pairs = [x[..., i : i + 1] * x[..., i:] for i in range(4)]
            columns += [x, x * few, x * load, *pairs]
        columns += [lags[0][..., i : i + 1] * lags[1] for i in range(4)]
        return np.concatenate(columns, axis=-1)
