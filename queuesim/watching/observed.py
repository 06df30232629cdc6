"""Observed intervals: what the telephone system and the planning tool wrote down."""

from __future__ import annotations

import os
import sys
import warnings
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from queuesim.engines.outcome import Outcome
from queuesim.errors import ScenarioError, ScenarioWarning
from queuesim.model import Scenario
from queuesim.model.wording import joined
from queuesim.results import Result, Tally, tally
from queuesim.watching.detecting.observed_oddities import observed_oddities
from queuesim.watching.detecting.observed_reading import Reading, elsewhere_in, expected_in
from queuesim.watching.detecting.signals import MEASURES, Signals, simulated

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Observed:
    """Observed intervals of a scenario's horizon, read and checked.

    Attributes
    ----------
    scenario : Scenario
    signals : Signals
        One row, all intervals of the horizon; NaN where nothing was seen.
    first, last : int
        The first and the last interval that was observed.
    measures : tuple of str
        Columns that have a value somewhere, ``staffed`` among them.
    """

    scenario: Scenario
    signals: Signals
    first: int
    last: int
    measures: tuple[str, ...]

    @classmethod
    def read(
        cls,
        scenario: Scenario,
        table: pd.DataFrame | str | os.PathLike[str],
        staff: pd.DataFrame | str | os.PathLike[str] | None = None,
    ) -> Self:
        """Read tables of observed intervals.

        Parameters
        ----------
        scenario : Scenario
            Whose horizon the intervals lie in.
        table : pandas.DataFrame or path of a CSV file
            A row for each interval and contact type: ``start`` (local time of the horizon's zone,
            or with a zone), ``contact_type`` (may be left out where there is one only), and any of
            ``offered``, ``answered``, ``abandoned`` (contacts), ``mean_wait_s`` (of the answered)
            [s], ``answered_within`` (contacts answered within the type's target time) and
            ``mean_handle_s`` (talk and wrap-up of the answered) [s]. A value that was not measured
            is left empty. Between the first and the last row, every interval in which contacts are
            expected has a row; self-service that is counted elsewhere may have none at all. An hour
            that the clock shows twice has two rows an interval, in order.
        staff : pandas.DataFrame or path of a CSV file, optional
            A row for each interval and agent group: ``start``, ``agent_group`` (may be left out
            where there is one only) and ``staffed``, agents on duty on average.

        Returns
        -------
        Observed

        Raises
        ------
        ScenarioError
            With every row that cannot be, and what is likely meant.

        Warns
        -----
        ScenarioWarning
            Of what is hardly meant: other units, another time zone, columns that are not read.

        Examples
        --------
        >>> seen = Observed.read(scenario, pd.read_csv("monday.csv"))           # doctest: +SKIP
        >>> seen.measures                                                       # doctest: +SKIP
        ('offered', 'answered', 'mean_wait_s')
        """
        types = tuple(c.name for c in scenario.contact_types)
        groups = tuple(g.name for g in scenario.agent_groups)
        read = Reading(scenario.horizon, table, "table", "contact_type", types, MEASURES)
        read.check_counts()
        read.check_missing(expected_in(scenario), elsewhere_in(scenario))
        problems, values = list(read.problems), dict(read.values)
        staffed = np.full((len(groups), scenario.horizon.n_intervals), np.nan)
        spans, unread = [read.span], [f"table.{name}" for name in read.unread]
        if staff is not None:
            people = Reading(scenario.horizon, staff, "staff", "agent_group", groups, ("staffed",))
            problems += people.problems
            unread += [f"staff.{name}" for name in people.unread]
            staffed = people.values["staffed"]
            spans.append(people.span)
        if problems:
            raise ScenarioError(problems, f"Observed ({read.counted})")
        known = [span for span in spans if span is not None]
        signals = Signals(**{name: values[name][None] for name in MEASURES}, staffed=staffed[None])
        odd = list(observed_oddities(scenario, signals))
        odd += [f"not read, for no column is called so: {joined(unread)}"] if unread else []
        if odd:
            text = "\n  ".join(("observed intervals: read, and hardly meant", *odd))
            warnings.warn(text, ScenarioWarning, stacklevel=_callers_level())
        return cls._of(scenario, signals, min(s[0] for s in known), max(s[1] for s in known))

    @classmethod
    def of_signals(cls, scenario: Scenario, signals: Signals) -> Self:
        """Take one simulated replication, all of it, as observed."""
        return cls._of(scenario, signals, 0, scenario.horizon.n_intervals - 1)

    @classmethod
    def _of(cls, scenario: Scenario, signals: Signals, first: int, last: int) -> Self:
        names = (*MEASURES, "staffed")
        seen = tuple(n for n in names if np.isfinite(getattr(signals, n)).any())
        return cls(scenario, signals, first, last, seen)

    @property
    def contact_types(self) -> tuple[str, ...]:
        """Contact types of which something was seen."""
        seen = np.any([np.isfinite(getattr(self.signals, n)[0]).any(1) for n in MEASURES], axis=0)
        types = self.scenario.contact_types
        return tuple(each.name for each, some in zip(types, seen, strict=True) if some)

    def start_of(self, interval: int) -> datetime:
        """Return when an interval starts, local time with its zone."""
        return self.scenario.horizon.local(float(self.scenario.horizon.edges_s[interval]))


def observed_of(
    source: Result | Outcome | Tally | Scenario,
    replication: int = 0,
    *,
    scenario: Scenario | None = None,
    seed: int = 0,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a simulated replication as the tables that an observer would have written.

    Parameters
    ----------
    source : Result, Outcome, Tally or Scenario
        Of a result, the replication is played again, which gives the same to the bit.
    replication : int, default 0
        Which, of a result or a scenario.
    scenario : Scenario, optional
        Needed with a tally.
    seed : int, default 0
        With a scenario.

    Returns
    -------
    table, staff : pandas.DataFrame
        As `Observed.read` takes them; naive local times.

    Examples
    --------
    >>> table, staff = observed_of(result, replication=3)                       # doctest: +SKIP
    """
    if isinstance(source, Result):
        scenario, seed = source.scenario, source.seed
    elif isinstance(source, Outcome):
        scenario, source = source.scenario, tally(source)
    elif isinstance(source, Scenario):
        scenario = source
    if scenario is None:
        raise TypeError("observed_of needs scenario= with a Tally")
    if isinstance(source, Tally):
        signals = Signals.of_tallies([source], scenario.horizon.interval)
    else:
        signals = simulated(scenario, 1, seed=seed, first=replication)
    return tables_of(scenario, signals)


def tables_of(scenario: Scenario, signals: Signals) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the first row of some signals as tables; see `observed_of`."""
    horizon = scenario.horizon
    zone = horizon.zone
    utc = pd.Timestamp(horizon.start).tz_localize(zone).tz_convert("UTC")
    at = utc + pd.to_timedelta(horizon.edges_s[:-1], unit="s")
    start = pd.DatetimeIndex(at).tz_convert(zone).tz_localize(None)

    def long(column: str, names: list[str], arrays: dict[str, Floats]) -> pd.DataFrame:
        many = len(names)
        columns: dict[str, Any] = {
            "start": np.repeat(start.to_numpy(), many),
            column: np.tile(np.array(names, dtype=object), len(start)),
        }
        columns |= {name: array.T.ravel() for name, array in arrays.items()}
        return pd.DataFrame(columns)

    contacts = {name: getattr(signals, name)[0] for name in MEASURES}
    return (
        long("contact_type", [c.name for c in scenario.contact_types], contacts),
        long(
            "agent_group", [g.name for g in scenario.agent_groups], {"staffed": signals.staffed[0]}
        ),
    )


def _callers_level() -> int:
    """Return how far up the line is that asked for this, outside of the library."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back and str(frame.f_globals.get("__name__", "")).startswith("queuesim."):
        level, frame = level + 1, frame.f_back
    return level
