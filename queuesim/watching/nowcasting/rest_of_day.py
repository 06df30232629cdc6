"""The rest of today in many futures: measures at the end of the day, fans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from queuesim.model import Scenario
from queuesim.results.measures import Measure, combine, measure_named
from queuesim.watching.asked_types import live_types, served_types
from queuesim.watching.nowcasting.futures import KEPT, Futures
from queuesim.watching.nowcasting.helping import Helping
from queuesim.watching.nowcasting.nowcast_in_words import nowcast_in_words
from queuesim.watching.nowcasting.unknown_so_far import not_told, so_far_of
from queuesim.watching.state import Standing

Floats = NDArray[np.float64]

MEASURES = ("service_level", "abandonment", "asa", "offered", "answered", "abandoned")
"""End-of-day measures that tables show."""

_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, eq=False)
class Nowcast:
    """The rest of today in many futures.

    Attributes
    ----------
    scenario : Scenario
    state : Standing
        The state as it was read.
    seed : int
    futures : Futures
    helping : tuple of Helping
        What each action does, the best first; empty without actions.
    notes : tuple of str
        What the reader should know.
    ranked : tuple of str
        The contact types by whose day actions are ranked.
    """

    scenario: Scenario
    state: Standing
    seed: int
    futures: Futures
    helping: tuple[Helping, ...] = ()
    notes: tuple[str, ...] = ()
    ranked: tuple[str, ...] = ()

    # The day -------------------------------------------------------------------------------

    def values(
        self,
        measure: str,
        *,
        contact_type: str | Sequence[str] | None = None,
        futures: Futures | None = None,
        whole_day: bool = True,
    ) -> Floats:
        """Return an end-of-day measure in each future.

        Parameters
        ----------
        measure : str
            As `Result.measure` knows it: of contacts, by quantities that a state tells.
        contact_type : str or sequence of str, optional
            Of several together, and of all (None): those with a target, where the measure asks for
            one.
        futures : Futures, optional
            None: without any action.
        whole_day : bool, default True
            Whether the contacts so far are counted.

        Returns
        -------
        numpy.ndarray, float64, shape (futures,)
            NaN where it has no value, and where the contacts so far do not tell it: see `lacking`.
        """
        told, asked = futures or self.futures, _known(measure)
        kinds = self._kinds(asked, contact_type)

        def quantity(name: str) -> Floats:
            if name == "replications":
                return np.ones(len(told))
            later = told.contacts[name][:, kinds].sum(axis=1)
            if whole_day:
                later = later + self._before(name, kinds, told)
            return np.asarray(later.sum(axis=1))

        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(
                combine(asked.numerator, quantity)
                / combine(asked.denominator, quantity)
                / asked.per
            )

    def lacking(
        self,
        measure: str = "service_level",
        *,
        contact_type: str | Sequence[str] | None = None,
    ) -> tuple[str, ...]:
        """Return the columns of ``so_far`` for want of which a measure of the day is unknown."""
        asked = _known(measure)
        return tuple(not_told(self.state, asked, self._kinds(asked, contact_type)))

    def _before(self, name: str, kinds: list[int], told: Futures) -> Floats:
        """Return what the contacts so far add to a quantity of the rest, by interval. Who waits now
        is counted in the rest, and among those offered so far as well, where these are told."""
        before = so_far_of(self.state, name, kinds)
        if name == "offered":
            there = np.where(self.state.observed[kinds], told.there[kinds], 0.0)
            before = before - there.sum(axis=0)
        return before

    def _kinds(self, asked: Measure, contact_type: str | Sequence[str] | None) -> list[int]:
        types = self.scenario.contact_types
        if isinstance(contact_type, str):
            return [types.index(self.scenario.contact_type(contact_type))]
        chosen = [self.scenario.contact_type(name) for name in contact_type or ()] or types
        return [
            k
            for k, each in enumerate(types)
            if each in chosen and (each.target or not asked.needs_target)
        ]

    def met(
        self, contact_type: str | Sequence[str] | None = None, *, futures: Futures | None = None
    ) -> Floats:
        """Return in which futures the day meets its target: that of each type that has one.

        Parameters
        ----------
        contact_type : str or sequence of str, optional
            Of several, each must meet its own; None: all.
        futures : Futures, optional
            None: without any action.

        Returns
        -------
        numpy.ndarray, float64, shape (futures,)
            1 where it does, 0 where not; NaN where the contacts so far do not tell it, or none of
            several has a target.
        """
        names = [contact_type] if isinstance(contact_type, str) else contact_type
        types = [self.scenario.contact_type(name) for name in names or ()]
        if isinstance(contact_type, str) and types[0].target is None:
            raise ValueError(f"{contact_type!r} has no target that the day could meet")
        aims = [each for each in types or self.scenario.contact_types if each.target]
        good = np.ones(len(self.futures)) if aims else np.full(len(self.futures), np.nan)
        for each in aims:
            assert each.target is not None
            level = self.values("service_level", contact_type=each.name, futures=futures)
            good[level < each.target.share] = 0.0  # but not where nobody is to be answered
            if self.lacking(contact_type=each.name):
                good[:] = np.nan
                break
        return good

    def chance_met(self, contact_type: str | Sequence[str] | None = None) -> float:
        """Return P(the day meets its target), see `met`; NaN where it is not known."""
        return float(self.met(contact_type).mean())

    @property
    def together(self) -> tuple[str, ...]:
        """Contact types of which the day is told together: those by which actions are ranked."""
        live = live_types(self.scenario) or served_types(self.scenario)
        return self.ranked or tuple(self.scenario.contact_types[k].name for k in live)

    @cached_property
    def table(self) -> pd.DataFrame:
        """End-of-day measures: a row a contact type and measure, with 90 % intervals.

        Columns: ``contact_type`` (empty: all live ones together), ``measure``, ``unit``, ``mean``,
        ``low``, ``median``, ``high``, ``target``, ``chance_met``, ``whole_day`` (no: nothing is
        known of the contacts so far, and the rest of the day is told).
        """
        rows = []
        types = self.scenario.contact_types
        each_type = {each.name: [each.name] for each in types}
        seen = {
            each.name: bool(row.any()) for each, row in zip(types, self.state.observed, strict=True)
        }
        served = [types[k].name for k in served_types(self.scenario)]
        all_of = {"": list(self.together)} if len(self.together) > 1 else {}
        for name, whose in (all_of | each_type).items():
            known = [seen[one] for one in whose]
            for measure in MEASURES if whose[0] in served else ("offered",):
                asked = _known(measure)
                targets = [self.scenario.contact_type(one).target for one in whose]
                if asked.needs_target and not any(targets):
                    continue
                values = self.values(measure, contact_type=whose)
                if any(known) and not all(known):  # neither the day nor the rest of it
                    values = values[:0]
                values = values[~np.isnan(values)]
                low, median, high = (
                    np.quantile(values, (0.05, 0.5, 0.95)) if len(values) else (np.nan,) * 3
                )
                row: dict[str, Any] = {
                    "contact_type": name,
                    "measure": measure,
                    "unit": asked.unit,
                    "mean": float(values.mean()) if len(values) else np.nan,
                    "low": low,
                    "median": median,
                    "high": high,
                    "target": np.nan,
                    "chance_met": np.nan,
                    "whole_day": any(known),
                }
                if measure == "service_level":
                    row["target"] = targets[0].share if name and targets[0] else np.nan
                    row["chance_met"] = self.chance_met(whose)
                rows.append(row)
        return pd.DataFrame(rows)

    def fan(
        self,
        measure: str = "asa",
        *,
        contact_type: str | Sequence[str] | None = None,
        quantiles: tuple[float, ...] = _QUANTILES,
        futures: Futures | None = None,
    ) -> pd.DataFrame:
        """Return a measure interval by interval, as quantiles over the futures.

        Parameters
        ----------
        measure : str, default "asa"
            Mean wait of the answered, by interval of arrival [s].
        contact_type : str or sequence of str, optional
            None: those that are told together, see `together`.
        quantiles : tuple of float
        futures : Futures, optional
            None: without any action.

        Returns
        -------
        pandas.DataFrame
            ``start``, ``happened`` (what is known of the contacts so far), and a column a quantile,
            from the interval of now on. In the interval of now, the contacts so far count.
        """
        told, asked, state = futures or self.futures, _known(measure), self.state
        kinds, horizon, cells = (
            self._kinds(asked, contact_type or self.together),
            self.scenario.horizon,
            state.intervals,
        )
        begins_s = horizon.edges_s[:-1][cells]
        has = state.observed[kinds].any(axis=0)

        def so_far(name: str) -> Floats:
            if name == "replications":
                return np.ones(len(begins_s))
            if name == "not_due":  # by now
                return np.where(has, told.not_due_yet[kinds].sum(axis=0), np.nan)
            return np.where(has, so_far_of(state, name, kinds), np.nan)

        def whole(name: str) -> Floats:
            if name == "replications":
                return np.ones((len(told), len(begins_s)))
            later = told.contacts[name][:, kinds].sum(axis=1)
            return np.asarray(later + self._before(name, kinds, told))

        def ratio(quantity: Any) -> Floats:
            with np.errstate(divide="ignore", invalid="ignore"):
                top, bottom = (
                    combine(asked.numerator, quantity),
                    combine(asked.denominator, quantity),
                )
                return np.asarray(top / bottom / asked.per)

        happened, values = ratio(so_far), ratio(whole)
        ended = begins_s + horizon.interval <= state.now_s
        happened[~ended] = np.nan
        table = pd.DataFrame(
            {
                "start": [horizon.local(float(at)).replace(tzinfo=None) for at in begins_s],
                "happened": happened,
            }
        )
        come = told.contacts["offered"][:, kinds].sum(axis=(0, 1)) > 0
        for q in quantiles:
            column = np.full(len(begins_s), np.nan)
            for k in np.flatnonzero(~ended & come):
                known = values[:, k][~np.isnan(values[:, k])]
                if len(known) * 2 > len(told):  # else nobody comes in most futures
                    column[k] = np.quantile(known, q)
            table[f"q{100 * q:g}"] = column
        return table

    # In words ------------------------------------------------------------------------------

    @property
    def effects(self) -> pd.DataFrame:
        """What each action does: a row an action, the best first; see `Helping`."""
        return pd.DataFrame([each.row() for each in self.helping])

    @property
    def effects_by_type(self) -> pd.DataFrame:
        """What each action does to each contact type by itself: a row an action and type.

        ``action``, ``contact_type``, and the columns of `Effect`: without a target only the wait.
        """
        return pd.DataFrame(
            [
                {"action": each.name, "contact_type": name} | vars(effect)
                for each in self.helping
                for name, effect in each.by_type.items()
            ]
        )

    def summary(self) -> str:
        """Return a note to a planner."""
        return nowcast_in_words(self)

    def __str__(self) -> str:
        return self.summary()


def _known(measure: str) -> Measure:
    """Return a measure whose quantities are kept."""
    asked = measure_named(measure)
    used = {*asked.numerator.split(), *asked.denominator.split()} - {"+", "-", "replications"}
    if not used <= set(KEPT):
        raise ValueError(f"{measure!r} is not known in the middle of a day; there are {MEASURES}")
    return asked
