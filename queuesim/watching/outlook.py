"""`outlook`: what each half-hour, day and week ahead may bring, and where the plan is too thin."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import cached_property
from math import nan
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from queuesim.model import Channel, Scenario
from queuesim.model.base import FixedDict
from queuesim.model.load import let_in, not_carried
from queuesim.results import ServiceLevel
from queuesim.results.confidence import Estimate
from queuesim.results.layout import Layout, Periods
from queuesim.results.measures import service_level_named
from queuesim.results.service_level import DEFAULT
from queuesim.units import parse_duration
from queuesim.watching.asked_types import asked_types, live_types, served_types
from queuesim.watching.looking_ahead.futures import MEASURES, Futures, futures
from queuesim.watching.looking_ahead.lacking import Lacking, missed_in
from queuesim.watching.looking_ahead.risks import is_missed, measured

Table = NDArray[np.float64]
By = Literal["interval", "day", "week"]

_UNKNOWN = Estimate(nan, nan, 0.95, 0, "share")
_FEWEST_OFFERED = 1.0
"""Intervals with fewer contacts on average are not among the worst: one late call is no plan."""


@dataclass(frozen=True)
class Outlook:
    """The time ahead, interval by interval, as chance may turn it.

    Attributes
    ----------
    scenario : Scenario
    wait_s : mapping of str to float
        By contact type the mean wait of which the risk calendar asks [s]: what the planner gave,
        else the time of the type's target. Types without either are not in it.
    replications, seed : int
    definition : ServiceLevel
    acceptable : float
        How often a target may be missed before people are said to be lacking.
    """

    scenario: Scenario
    wait_s: Mapping[str, float]
    replications: int
    seed: int
    definition: ServiceLevel
    acceptable: float
    _futures: Futures = field(repr=False, compare=False)

    @property
    def layout(self) -> Layout:
        """Intervals, days and weeks."""
        return self._futures.layout

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a contact type and interval in which contacts may come.

        ``contact_type``, ``interval``, ``start`` (local time), ``day``; of ``offered``, ``wait``
        (mean wait of the answered [s]), ``service_level`` and ``abandonment`` the quantiles over
        replications ``_p05``, ``_p50``, ``_p95``; ``p_wait``: share of replications in which the
        mean wait is above the type's `wait_s`, missing where it has none; ``p_missed``: in which
        the target is missed (all of those replications in which there is something to divide by);
        ``p_se``: the larger of their standard errors; ``load``: work that the contacts bring,
        without those turned away outside the hours, and ``staffed``: agents on duty in the groups
        that serve the type [erlangs, agents]; ``short``: live work beyond what these people carry
        at best, with as many contacts open as makes them quickest, of the type or of types that
        share people with it, whichever is more [erlangs]; missing for work that can wait: messages,
        callback requests, and types that queue outside their hours. See
        `queuesim.model.load.not_carried`.
        """
        layout, made = self.layout, self._futures
        kind, interval = np.divmod(made.cells, layout.n_intervals)
        horizon = self.scenario.horizon
        starts = pd.to_datetime(
            [horizon.local(float(edge)) for edge in layout.edges_s[:-1]], utc=True
        ).tz_convert(horizon.timezone)
        load, staffed, short = self._load
        columns: dict[str, object] = {
            "contact_type": _named(layout, kind),
            "interval": interval.astype(np.int32),
            "start": starts[interval],
            "day": layout.day_of_interval[interval].astype(np.int32),
        }
        return pd.DataFrame(
            columns
            | self._measured(made.values, kind)
            | {
                name: of[kind, interval]
                for name, of in (("load", load), ("staffed", staffed), ("short", short))
            }
        )

    @cached_property
    def days(self) -> pd.DataFrame:
        """The same by contact type and day: ``day``, ``date`` in place of the interval."""
        return self._by(Periods.of_each_day(self.layout.dates), "day")

    @cached_property
    def weeks(self) -> pd.DataFrame:
        """The same by contact type and calendar week: ``week`` (``2026-W48``), ``date``, ``days``
        of it that lie in the horizon."""
        return self._by(self.layout.weeks, "week")

    def worst(
        self,
        n: int = 5,
        *,
        by: By = "interval",
        people: bool = True,
        acceptable: float | None = None,
    ) -> pd.DataFrame:
        """Return the worst half-hours, days or weeks, and what each of them lacks.

        Parameters
        ----------
        n : int, default 5
        by : {"interval", "day", "week"}, default "interval"
        people : bool, default True
            Whether to find out how many agents are lacking, by playing the time with more.
        acceptable : float, optional
            How often the target may be missed with these agents, 0 to below 1; None: as asked of
            the outlook.

        Returns
        -------
        pandas.DataFrame
            Contact types with a target, the most probable misses first, equal ones by their
            median service level; without those that have less than one contact in the median.
            Columns of `table`, `days` or `weeks` (there ``short`` is the most in any of their
            intervals), and: ``lacks`` agents of ``agent_group``, the fewest on duty throughout,
            beside those of the plan, with whom P(target missed) is at most `acceptable`; ``p_left``
            is what it is with them, by simulation of the same replications (of fewer where very
            many contacts come), with Wilson's 95 % interval ``p_left_low`` to ``p_left_high``. 0
            agents where the plan's are enough; missing where 64 more are not, or where nobody who
            serves the type is there: then ``agent_group`` is None.

        Raises
        ------
        ValueError
            For `acceptable` out of range.
        """
        allowed = self.acceptable if acceptable is None else _checked_share(acceptable)
        frame = {"interval": self.table, "day": self.days, "week": self.weeks}[by]
        usual = frame[(frame["offered_p50"] >= _FEWEST_OFFERED) & frame["p_missed"].notna()]
        order = usual.sort_values(
            ["p_missed", "service_level_p50", "offered_p50"],
            ascending=[False, True, False],
            kind="stable",
        )
        chosen = order.head(n).reset_index(drop=True)
        if not people:
            return chosen
        groups: list[str | None] = []
        numbers: list[tuple[float, float, float, float]] = []
        for row in chosen.to_dict("records"):
            group, agents, left = self._lack(row, by, allowed)
            groups.append(group)
            numbers.append((agents, left.value, left.low, left.high))
        names = ("lacks", "p_left", "p_left_low", "p_left_high")
        of_all = np.array(numbers).reshape(-1, len(names)).T
        return chosen.assign(
            **dict(zip(names, of_all, strict=True)), agent_group=np.array(groups, dtype=object)
        )

    def _lack(
        self, row: dict[Hashable, object], by: By, acceptable: float
    ) -> tuple[str | None, float, Estimate]:
        """Return the group and the agents of it that are lacking, and the risk that is left."""
        name = str(row["contact_type"])
        kind = self.layout.types.index(name)
        if by == "interval":
            place = kind * self.layout.n_intervals + int(str(row["interval"]))
            at = int(np.searchsorted(self._futures.cells, place))
            levels: NDArray[np.floating] = self._futures.values[2, :, at]
        else:
            of_days, of_weeks = Periods.of_each_day(self.layout.dates), self.layout.weeks
            periods = of_days if by == "day" else of_weeks
            label = int(str(row["day"])) if by == "day" else of_weeks.labels.index(str(row["week"]))
            levels = self._futures.periods(periods)[2, :, kind, label]
        known = levels[np.isfinite(levels)]
        missed = is_missed(known, self.layout.target_share[kind])
        now = missed_in(missed.astype(float).tolist())
        if now.value <= acceptable:
            return None, 0.0, now
        found = self._lacking.of(name, self._intervals_of(row, by), levels, acceptable)
        if found is None:
            return None, nan, _UNKNOWN
        if found.agents is None or found.missed is None:
            return found.agent_group, nan, _UNKNOWN
        return found.agent_group, float(found.agents), found.missed

    @cached_property
    def _lacking(self) -> Lacking:
        return Lacking(self.scenario, self.seed, self.definition)

    def __str__(self) -> str:
        from queuesim.watching.looking_ahead.outlook_in_words import outlook_in_words

        return outlook_in_words(self)

    def _intervals_of(self, row: dict[Hashable, object], by: By) -> NDArray[np.int64]:
        layout = self.layout
        if by == "interval":
            return np.array([row["interval"]], dtype=np.int64)
        if by == "day":
            return np.flatnonzero(layout.day_of_interval == row["day"])
        first = layout.weeks.first_day[layout.weeks.labels.index(str(row["week"]))]
        days = layout.weeks.days[layout.weeks.labels.index(str(row["week"]))]
        of = layout.day_of_interval
        return np.flatnonzero((of >= first) & (of < first + days))

    def _by(self, periods: Periods, name: str) -> pd.DataFrame:
        layout = self.layout
        values = self._futures.periods(periods)
        n, many = len(layout.types), len(periods)
        kind = np.repeat(np.arange(n), many)
        place = np.tile(np.arange(many), n)
        first = [layout.dates[day] for day in periods.first_day]
        columns: dict[str, object] = {
            "contact_type": _named(layout, kind),
            name: place.astype(np.int32) if name == "day" else np.array(periods.labels)[place],
            "date": pd.to_datetime(first)[place],
        }
        if name == "week":
            columns["days"] = periods.days[place]
        flat = values.reshape(len(MEASURES), self.replications, -1)
        frame = pd.DataFrame(columns | self._measured(flat, kind))
        _, _, short = self._load
        last = np.append(layout.first_interval_of_day, layout.n_intervals)[
            np.append(periods.first_day, layout.n_days)
        ]
        frame["short"] = np.maximum.reduceat(short, last[:-1], axis=1).ravel()
        served = np.array(
            [c.channel is not Channel.SELF_SERVICE for c in self.scenario.contact_types]
        )
        return frame[served[kind]].reset_index(drop=True)

    def _measured(self, values: NDArray[np.floating], kind: NDArray[np.int64]) -> dict[str, Table]:
        limit_s = np.array([self.wait_s.get(name, nan) for name in self.layout.types])
        return measured(values, self.layout.target_share[kind], limit_s[kind])

    @cached_property
    def _load(self) -> tuple[Table, Table, Table]:
        """Work, agents on duty and work that they cannot carry, float64[types, intervals] each."""
        layout, scenario = self.layout, self.scenario
        load = self._futures.work_s / layout.interval_s * let_in(scenario)
        there = self._futures.staffed_s / layout.interval_s
        serves = np.array(
            [
                [group.skill(kind) is not None for group in scenario.agent_groups]
                for kind in layout.types
            ]
        )
        return load, serves.astype(float) @ there, not_carried(scenario, load, there)


def outlook(
    scenario: Scenario,
    *,
    replications: int = 100,
    seed: int = 0,
    wait: str | float | Mapping[str, str | float] | None = None,
    definition: ServiceLevel | str = DEFAULT,
    acceptable: float = 0.1,
    executor: Executor | None = None,
) -> Outlook:
    """Look ahead: the distribution of volume, waits, service level and abandonment everywhere.

    Parameters
    ----------
    scenario : Scenario
        A day or a year.
    replications : int, default 100
    seed : int, default 0
    wait : str, float or mapping, optional
        The risk calendar gives the chance that the mean wait is longer than this. None: than the
        time of each type's target. One wait is for all types, but not for messages beside live
        ones, which are answered in hours; ``{"mail": "4h"}`` names types, the others keep theirs.
    definition : ServiceLevel or str
        Of the service level.
    acceptable : float, default 0.1
        How often a target may be missed, 0 to below 1: the text, and `worst`, say how many more
        people it takes until it is missed in at most this share of replications.
    executor : concurrent.futures.Executor, optional
        Where to run; None: all local cores.

    Returns
    -------
    Outlook
        ``print`` it; ``.table``, ``.days``, ``.weeks``, ``.worst(n)``.

    Raises
    ------
    ValueError
        For arguments out of range.
    ScenarioError
        For waits of contact types that are not of the scenario, or of self-service.

    Examples
    --------
    >>> ahead = outlook(scenario, replications=100, seed=7, acceptable=0.2)       # doctest: +SKIP
    >>> print(ahead)                                                           # doctest: +SKIP
    >>> ahead.worst(3, by="week")                                              # doctest: +SKIP
    """
    for name, value, least in (("replications", replications, 2), ("seed", seed, 0)):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ValueError(f"{name}={value!r}: must be a whole number, {least} or more")
    allowed = _checked_share(acceptable)
    wait_s = FixedDict(_waits(scenario, wait))
    level = service_level_named(definition)
    made = futures(
        scenario, replications=replications, seed=seed, definition=level, executor=executor
    )
    return Outlook(scenario, wait_s, replications, seed, level, allowed, made)


def _waits(
    scenario: Scenario, wait: str | float | Mapping[str, str | float] | None
) -> dict[str, float]:
    """Return the wait of each type of which is asked [s]."""
    types = scenario.contact_types
    asked = {types[k].name: types[k].target for k in served_types(scenario)}
    found = {name: target.within for name, target in asked.items() if target is not None}
    if wait is None:
        return found
    if not isinstance(wait, Mapping):
        live = live_types(scenario) or served_types(scenario)
        wait = {types[k].name: wait for k in live}
    elif wait:
        asked_types(scenario, list(wait), "wait")
    for name, given in wait.items():
        found[name] = parse_duration(given)
        if found[name] < 0:
            raise ValueError(f"wait={given!r}: must not be below 0")
    return found


def _checked_share(acceptable: float) -> float:
    if isinstance(acceptable, bool) or not isinstance(acceptable, (int, float)):
        acceptable = nan
    if not 0 <= acceptable < 1:
        raise ValueError(f"acceptable={acceptable!r}: must be a share, 0 or more and below 1")
    return float(acceptable)


def _named(layout: Layout, kind: NDArray[np.int64]) -> pd.Categorical:
    return pd.Categorical(np.array(layout.types)[kind], categories=list(layout.types))
