"""Where things are counted: contact types, agent groups, intervals, days, weeks and months.

All that the tally needs from a scenario, worked out once and used for every replication.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from queuesim.model import Channel, Scenario
from queuesim.model.attempts import asks_chance
from queuesim.model.roster import Roster, person_seconds
from queuesim.results.open_hours import open_hours
from queuesim.results.slots import slot_places


@dataclass(frozen=True)
class Layout:
    """The shape of everything that is counted for a scenario.

    Attributes
    ----------
    scenario : Scenario
    types, groups : tuple of str
        Names, in the scenario's order.
    edges_s : numpy.ndarray, float64, shape (intervals + 1,)
        Edges of the intervals [s].
    day_of_interval : numpy.ndarray, int64, shape (intervals,)
    first_interval_of_day : numpy.ndarray, int64, shape (days,)
    dates : tuple of date
    within_s : numpy.ndarray, float64, shape (types,)
        Target time of each contact type [s]; -inf without a target.
    target_share : numpy.ndarray, float64, shape (types,)
        Share to be answered within it; NaN without a target.
    promise_s : numpy.ndarray, float64, shape (types,)
        Promise of each type's callback offer [s]; NaN without an offer.
    dials_back : numpy.ndarray, bool, shape (types,)
        Whether the channel is callback.
    tolerance_s : numpy.ndarray, float64, shape (types,)
        Tolerance of each type's announcement [s]; NaN without one.
    responds : numpy.ndarray, bool, shape (types,)
        Whether the channel is message: it is answered when talk ends.
    books : numpy.ndarray, bool, shape (types,)
        Whether callbacks are booked into slots.
    pauses : bool
        Whether work can be interrupted.
    rosters : tuple of Roster
    scheduled_s : numpy.ndarray, float64, shape (groups, intervals)
        Paid time of the scheduled people [s].
    """

    scenario: Scenario
    types: tuple[str, ...]
    groups: tuple[str, ...]
    edges_s: NDArray[np.float64]
    day_of_interval: NDArray[np.int64]
    first_interval_of_day: NDArray[np.int64]
    dates: tuple[date, ...]
    within_s: NDArray[np.float64]
    target_share: NDArray[np.float64]
    promise_s: NDArray[np.float64]
    dials_back: NDArray[np.bool_]
    tolerance_s: NDArray[np.float64]
    responds: NDArray[np.bool_]
    books: NDArray[np.bool_]
    pauses: bool
    rosters: tuple[Roster, ...]
    scheduled_s: NDArray[np.float64]

    @classmethod
    def of(cls, scenario: Scenario) -> Layout:
        """Work out the layout of a scenario; the last ones are remembered."""
        for known in _RECENT:
            if known.scenario is scenario:
                return known
        made = cls._worked_out(scenario)
        _RECENT[:] = [made, *_RECENT[:7]]
        return made

    @classmethod
    def _worked_out(cls, scenario: Scenario) -> Layout:
        horizon, types = scenario.horizon, scenario.contact_types
        day_of_interval = np.asarray(horizon.day_of_interval, dtype=np.int64)
        return cls(
            scenario=scenario,
            types=tuple(c.name for c in types),
            groups=tuple(g.name for g in scenario.agent_groups),
            edges_s=np.asarray(horizon.edges_s, dtype=np.float64),
            day_of_interval=day_of_interval,
            first_interval_of_day=np.searchsorted(day_of_interval, np.arange(horizon.days)),
            dates=tuple(horizon.dates),
            within_s=np.array([c.target.within if c.target else -np.inf for c in types]),
            target_share=np.array([c.target.share if c.target else np.nan for c in types]),
            promise_s=np.array([c.callback.promise if c.callback else np.nan for c in types]),
            dials_back=np.array([c.channel == Channel.CALLBACK for c in types]),
            tolerance_s=np.array(
                [c.announcement.tolerance if c.announcement else np.nan for c in types]
            ),
            responds=np.array([c.channel == Channel.MESSAGE for c in types]),
            books=np.array([bool(c.callback and c.callback.kind == "slot") for c in types]),
            pauses=any(group.interruptible for group in scenario.agent_groups),
            rosters=scenario.rosters,
            scheduled_s=np.array([roster.scheduled_s(horizon) for roster in scenario.rosters]),
        )

    @cached_property
    def n_intervals(self) -> int:
        """Number of intervals."""
        return len(self.edges_s) - 1

    @property
    def n_days(self) -> int:
        """Number of days."""
        return len(self.dates)

    @cached_property
    def interval_s(self) -> float:
        """Length of an interval [s]; all are equally long, whatever the clock does."""
        return float(self.edges_s[1] - self.edges_s[0])

    def interval_at(self, instants: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the interval of each instant of the horizon [s].

        Intervals are whole seconds and instants lie on the grid, so that the quotient cannot be
        rounded up to a whole number that it does not reach.
        """
        return (instants / self.interval_s).astype(np.int64)

    @cached_property
    def has_target(self) -> NDArray[np.bool_]:
        """Whether each contact type has a service target."""
        return ~np.isnan(self.target_share)

    def by_day(self, by_interval: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum the last axis, intervals, over each day."""
        return np.add.reduceat(by_interval, self.first_interval_of_day, axis=-1)

    @cached_property
    def horizon_s(self) -> float:
        """Length of the horizon [s]."""
        return float(self.edges_s[-1])

    @cached_property
    def short_abandon_s(self) -> float:
        """Longest wait of a short abandon [s]."""
        return float(self.scenario.short_abandon)

    @cached_property
    def calls_back(self) -> bool:
        """Whether any contact type has callbacks, offered or asked for."""
        return bool(self.dials_back.any() or not np.isnan(self.promise_s).all())

    @cached_property
    def announces(self) -> bool:
        """Whether any contact type announces a wait."""
        return not np.isnan(self.tolerance_s).all()

    @cached_property
    def comes_again(self) -> bool:
        """Whether any contact may be followed by another, or be left unresolved."""
        groups = self.scenario.agent_groups
        return any(asks_chance(self.scenario.contact_types, groups))

    @cached_property
    def effort_apart(self) -> bool:
        """Whether customers' time does not follow from waits and talk as they are counted."""
        return bool(self.comes_again or self.responds.any() or len(self.open_hours[0]))

    @cached_property
    def terms(self) -> NDArray[np.float64]:
        """What counting asks of each type, shape (types, 6).

        `within_s`, `promise_s`, `dials_back`, `tolerance_s`, `responds` and `books`.
        """
        times_s = (self.within_s, self.promise_s, self.tolerance_s)
        columns = (*times_s[:2], self.dials_back, times_s[2], self.responds, self.books)
        return np.column_stack(columns)

    @cached_property
    def slot_places(self) -> NDArray[np.float64]:
        """How many callbacks fit into the slots that begin in each interval, shape (types,
        intervals)."""
        scenario = self.scenario
        return np.array([slot_places(each, scenario.horizon) for each in scenario.contact_types])

    @cached_property
    def live(self) -> tuple[str, ...]:
        """Contact types whose waits say something together, where there are messages beside them:
        a message is answered in hours, a caller in seconds. Empty: nothing to be kept apart."""
        types = self.scenario.contact_types
        apart = (Channel.MESSAGE, Channel.SELF_SERVICE)
        live = tuple(each.name for each in types if each.channel not in apart)
        return live if any(each.channel is Channel.MESSAGE for each in types) else ()

    @cached_property
    def is_open(self) -> NDArray[np.bool_]:
        """Whether a type is open for some of an interval, bool[types, intervals]."""
        horizon = self.scenario.horizon
        opened = np.zeros((len(self.types), self.n_intervals), dtype=bool)
        for row, each in enumerate(self.scenario.contact_types):
            windows = each.windows(horizon)
            opened[row] = person_seconds(windows[:, 0], windows[:, 1], horizon) > 0
        return opened

    @cached_property
    def open_hours(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """The hours of types whose waits are counted in them; see `open_hours.open_hours`."""
        return open_hours(self.scenario)

    def elapsed_s(
        self, kind: NDArray[np.integer], from_s: NDArray[np.float64], to_s: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the time between instants by the clock of each contact's type [s]."""
        elapsed: NDArray[np.float64] = to_s - from_s
        hours, first = self.open_hours
        for k in np.flatnonzero(np.diff(first)):
            mine = np.flatnonzero(kind == k)
            opens, closes, before = hours[first[k] : first[k + 1]].T
            open_s = []
            for instants in (from_s[mine], to_s[mine]):
                latest = np.searchsorted(opens, instants, side="right") - 1
                since = np.minimum(instants, closes[latest]) - opens[latest]
                open_s.append(np.where(latest >= 0, before[latest] + since, 0.0))
            elapsed[mine] = open_s[1] - open_s[0]
        return elapsed

    # Weeks and months are runs of days: labels, and the first day of each run.

    @cached_property
    def weeks(self) -> Periods:
        """The calendar weeks, Monday to Sunday, that the horizon touches."""
        mondays = [day - timedelta(days=day.weekday()) for day in self.dates]
        years = [monday.isocalendar() for monday in mondays]
        return Periods.from_labels(
            [f"{iso.year}-W{iso.week:02d}" for iso in years], [7] * self.n_days
        )

    @cached_property
    def months(self) -> Periods:
        """The calendar months that the horizon touches."""
        whole = [_days_of_month(day) for day in self.dates]
        return Periods.from_labels([f"{day:%Y-%m}" for day in self.dates], whole)


@dataclass(frozen=True)
class Periods:
    """Weeks or months of a horizon.

    Attributes
    ----------
    labels : tuple of str
        ``2026-W48`` or ``2026-11``.
    first_day : numpy.ndarray, int64
        Day of the horizon on which each begins.
    days : numpy.ndarray, int64
        How many of its days lie in the horizon.
    whole : numpy.ndarray, int64
        How many days it has.
    """

    labels: tuple[str, ...]
    first_day: NDArray[np.int64]
    days: NDArray[np.int64]
    whole: NDArray[np.int64]

    @classmethod
    def from_labels(cls, labels: list[str], whole: list[int]) -> Periods:
        """Gather days that follow one another and share a label."""
        starts = [k for k, label in enumerate(labels) if k == 0 or label != labels[k - 1]]
        first = np.array(starts, dtype=np.int64)
        return cls(
            labels=tuple(labels[k] for k in starts),
            first_day=first,
            days=np.diff(np.append(first, len(labels))),
            whole=np.array([whole[k] for k in starts], dtype=np.int64),
        )

    @classmethod
    def of_each_day(cls, dates: tuple[date, ...]) -> Periods:
        """Return every day as a period of its own."""
        return cls.from_labels([day.isoformat() for day in dates], [1] * len(dates))

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def share(self) -> NDArray[np.float64]:
        """Part of each week or month that lies in the horizon."""
        return self.days / self.whole

    def of_days(self, by_day: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum the last axis, days, over each week or month."""
        return np.add.reduceat(by_day, self.first_day, axis=-1)


def _days_of_month(day: date) -> int:
    first = day.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    return (after - first).days


_RECENT: list[Layout] = []
