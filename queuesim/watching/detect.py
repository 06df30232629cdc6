"""`detect`: is something wrong, since when, how surely and how much?"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from queuesim.errors import Problem, ScenarioError, shown
from queuesim.experiments.batches import expected_contacts
from queuesim.model import Scenario, Series
from queuesim.model.faults import did_you_mean, one_of
from queuesim.units import format_duration
from queuesim.watching.detecting.alarms import Alarms, alarms_of
from queuesim.watching.detecting.limits import MONTH_DAYS, Limits, per_month
from queuesim.watching.detecting.past import with_past
from queuesim.watching.detecting.quiet import Quiet
from queuesim.watching.detecting.signals import Signals, simulated
from queuesim.watching.detecting.streams import SIGNALS, Known
from queuesim.watching.observed import Observed

Floats = NDArray[np.float64]

_ALARMS_WANTED = 250
_FEWEST, _MOST_CONTACTS = 100, 6e7
OTHER_DAYS = 1_000_003
"""Added to the seed for the quiet days on which limits are found."""
_FEWEST_LEARNT = 40


def detect(
    scenario: Scenario,
    observed: Observed | pd.DataFrame | str | os.PathLike[str],
    staff: pd.DataFrame | str | os.PathLike[str] | None = None,
    *,
    budget: str | float = "1 per month",
    signals: Sequence[str] | None = None,
    history: Series | None = None,
    replications: int | None = None,
    learn_from: int | None = None,
    seed: int = 0,
) -> Alarms:
    """Raise alarms where observed intervals are worse than chance allows.

    Every interval is scored against what quiet replications of the scenario show there, given what
    was known: volumes given the day so far, people given the interval before, waits given the
    contacts that came, their handle times and the people who were there. Where nobody counted the
    people, they are inferred from what the contacts met. For each signal, contact type and group,
    sums with memory (`watching.detecting.cusum`) look for shifts from small to large, together
    under one budget of false alarms. The limit is found on quiet replications that nothing was
    learnt from.

    Parameters
    ----------
    scenario : Scenario
        As planned, over the days that were observed: its horizon may go on after them.
    observed : Observed, pandas.DataFrame or path of a CSV file
        See `Observed.read`. Signals without a column are not watched.
    staff : pandas.DataFrame or path of a CSV file, optional
        Agents on duty. Without it the waits are judged given the plan, and people are inferred.
    budget : str or float, default "1 per month"
        False alarms that you will bear on quiet days, all signals together; a number is per month.
        There is at most one alarm a day.
    signals : sequence of str, optional
        Of ``volume``, ``handle_time``, ``staff``, ``inferred_staff``, ``wait``, ``within``,
        ``abandoned``; None: all that were observed, ``within`` only where mean waits were not,
        ``inferred_staff`` (which needs volumes and mean waits) only where people were not.
    history : Series, optional
        Real counts of the past, in the horizon's intervals: the law of the volumes and the limit
        are fitted to them in place of simulated days. For one contact type and volume alone.
    replications : int, optional
        Quiet replications on which the limit is found; None: enough for about 250 false alarms, at
        most 60 million contacts.
    learn_from : int, optional
        Other quiet replications, from which is learnt what is quiet; 40 or more. None: enough for
        about 60,000 intervals. Fewer are quicker, and blur what is rare.
    seed : int, default 0
        The same seed gives the same alarms.

    Returns
    -------
    Alarms
        ``print(alarms)`` is a note to a planner; ``alarms.table`` has a row for each. Nearly all
        the time goes into learning: for many tables of a scenario learn once, with `Watch.ready`.

    Raises
    ------
    ScenarioError
        For tables with wrong rows, an unknown signal, or a budget that cannot be read.

    Examples
    --------
    >>> alarms = detect(scenario, pd.read_csv("week.csv"), budget="1 per month")  # doctest: +SKIP
    >>> print(alarms)                                                             # doctest: +SKIP
    """
    rate = per_month(budget)
    if not isinstance(observed, Observed):
        observed = Observed.read(scenario, observed, staff)
    watch = Watch.ready(
        scenario,
        measures=observed.measures,
        contact_types=observed.contact_types,
        budget=rate,
        signals=signals,
        history=history,
        replications=replications,
        learn_from=learn_from,
        seed=seed,
    )
    return watch.over(observed)


@dataclass(frozen=True, eq=False)
class Watch:
    """A watch that is ready: laws learnt and limits found, once for many tables of a scenario.

    A table with fewer columns than were announced is watched by what it has, with fewer false
    alarms than the budget; for many such tables make a watch of their own.

    Attributes
    ----------
    quiet : Quiet
    limits : Limits
    budget : float
        False alarms per month.

    Examples
    --------
    >>> day = Observed.read(scenario, "monday.csv")                             # doctest: +SKIP
    >>> watch = Watch.ready(scenario, measures=day.measures)                    # doctest: +SKIP
    >>> for file in ("monday.csv", "tuesday.csv"):                              # doctest: +SKIP
    ...     print(watch.over(Observed.read(scenario, file)))
    """

    quiet: Quiet
    limits: Limits
    budget: float

    @classmethod
    def ready(
        cls,
        scenario: Scenario,
        *,
        measures: Sequence[str],
        contact_types: Sequence[str] | None = None,
        budget: str | float = "1 per month",
        signals: Sequence[str] | None = None,
        history: Series | None = None,
        replications: int | None = None,
        learn_from: int | None = None,
        seed: int = 0,
    ) -> Watch:
        """Learn what is quiet and find the limit; parameters as for `detect`.

        ``measures`` are the columns that will be observed, of ``contact_types``; None: of all. Who
        is not observed takes no part of the budget.
        """
        rate = per_month(budget)
        names = _watched(measures, signals)
        known = Known(tuple(measures))
        if learn_from is not None and learn_from < _FEWEST_LEARNT:
            raise ValueError(f"learn_from={learn_from!r}: must be {_FEWEST_LEARNT} or more")
        quiet = Quiet.learnt(
            scenario,
            signals=names,
            known=known,
            replications=learn_from,
            seed=seed,
            contact_types=contact_types,
        )
        if replications is None:
            replications = enough(scenario, rate)
        weights = quiet.weights
        if history is not None:
            _refuse_history(scenario, names, history)
            quiet, past = with_past(quiet, history, replications, seed)
            return cls(quiet, Limits.found(past, quiet.day, rate, weights), rate)
        scores = [
            scored(quiet, each, measures)
            for each in _in_parts(scenario, replications, seed + OTHER_DAYS)
        ]
        limits = Limits.found(np.concatenate(scores), quiet.day, rate, weights)
        return cls(quiet, limits, rate)

    def over(self, observed: Observed) -> Alarms:
        """Return the alarms over observed intervals."""
        return alarms_of(self.quiet, self.limits, self.budget, observed)

    def false_alarms(self, replications: int, *, seed: int, measures: Sequence[str]) -> float:
        """Return false alarms per month on quiet replications of another seed."""
        many = 0
        for each in _in_parts(self.quiet.scenario, replications, seed):
            many += self.limits.alarms(scored(self.quiet, each, measures), self.quiet.day)
        return many / (replications * self.quiet.scenario.horizon.days / MONTH_DAYS)


def enough(scenario: Scenario, rate: float) -> int:
    """Return on how many quiet replications to find the limit of a budget per month."""
    wanted = _ALARMS_WANTED / (rate * scenario.horizon.days / MONTH_DAYS)
    contacts = expected_contacts({scenario.name: scenario})
    most = _MOST_CONTACTS / max(contacts, 1.0)
    return int(np.clip(min(wanted, most), _FEWEST, 200_000))


def scored(quiet: Quiet, signals: Signals, measures: Sequence[str]) -> Floats:
    """Return the scores of all streams of simulated signals of which only `measures` are seen."""
    return quiet.scores(quiet.as_watched(as_seen(signals.at(quiet.open), measures)))


def as_seen(signals: Signals, measures: Sequence[str]) -> Signals:
    """Return signals without the columns that are not observed."""
    names = Signals.__dataclass_fields__
    return Signals(
        **{
            name: getattr(signals, name)
            if name in measures
            else np.full(getattr(signals, name).shape, np.nan)
            for name in names
        }
    )


def _refuse_history(scenario: Scenario, names: tuple[str, ...], history: Series) -> None:
    problems = []
    if names != ("volume",) or len(scenario.contact_types) > 1:
        rule = "goes with one contact type, of which volume alone is watched"
        problems.append(Problem("history", "given", rule, 'write signals=("volume",)'))
    if history.interval != scenario.horizon.interval:
        rule = "must have the intervals of the horizon"
        fix = f'write interval="{format_duration(scenario.horizon.interval)}"'
        problems.append(Problem("history", format_duration(history.interval), rule, fix))
    if problems:
        raise ScenarioError(problems, "detect")


_IN_A_PART = 4e6
"""Numbers of each signal that are held at once."""


def _in_parts(scenario: Scenario, replications: int, seed: int) -> list[Signals]:
    cells = len(scenario.contact_types) * scenario.horizon.n_intervals
    size = max(int(_IN_A_PART / cells), 1)
    return [
        simulated(scenario, min(size, replications - first), seed=seed, first=first)
        for first in range(0, replications, size)
    ]


def _watched(measures: Sequence[str], signals: Sequence[str] | None) -> tuple[str, ...]:
    """Return the signals to watch; a ScenarioError for those that cannot be."""
    possible = [name for name, (column, _, _) in SIGNALS.items() if column in measures]
    for name in ("within", "abandoned"):
        other = "answered" if name == "within" else "offered"
        if name in possible and other not in measures:
            possible.remove(name)
    if "inferred_staff" in possible and "offered" not in measures:
        possible.remove("inferred_staff")
    if signals is None:
        instead = {"within": "wait", "inferred_staff": "staff"}
        chosen = [n for n in possible if instead.get(n) not in possible]
        if not chosen:
            rule = "must have offered, mean_wait_s, mean_handle_s, staffed or counts of answers"
            raise ScenarioError([Problem("table", one_of(measures), rule)], "detect")
        return tuple(chosen)
    problems = []
    for name in [signals] if isinstance(signals, str) else signals:
        if name not in SIGNALS:
            fix = did_you_mean(name, SIGNALS)
            problems.append(Problem("signals", shown(name), f"must be of {one_of(SIGNALS)}", fix))
        elif name not in possible:
            rule = f"needs the column {SIGNALS[name][0]}, which was not observed"
            problems.append(Problem("signals", shown(name), rule, "leave it out"))
    if problems:
        raise ScenarioError(problems, "detect")
    return tuple([signals] if isinstance(signals, str) else signals)
