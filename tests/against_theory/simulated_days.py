"""Simulated days, means over them, and how far they may lie from theory by chance.

A row is played in three independent replications. Each starts empty and plays one day that is
thrown away, then the days that count. A day is never shorter than four relaxation times of its
queue: of the effect of the empty start e^-4 is left when counting begins, and it dies out within
the first of the days; what it does to a mean over days is far below a tenth of a standard error.

The compiled engine plays them. The first contacts of each row, some of the day that is thrown away,
are played by the reference engine too, and both outcomes must be equal to the bit.

The days are the sample. A share or a mean is a ratio of sums over days, its standard error that of
the ratio (delta method). Days next to each other depend a little on one another: for a queue that
forgets like exp(-t / relaxation) the variance of a mean over days of length d is underestimated
by the factor 1 - relaxation / d at most. The standard errors are enlarged by that.

What chance brought is taken out (control variates: Lavenberg and Welch, 1981, Management Science
27). Some numbers of a day follow from the tape alone, and their expectations are known: how many
contacts came, how much work they brought, how many would have found so many others present had
there been agents without end (Poisson), how long they would have waited for one agent with the pace
of all (Pollaczek and Khinchine). Days on which these ran high have long queues; a regression over
the days takes that part out, and standard errors shrink to a half or a fifth: worth four to
twenty-five times as many contacts. It cannot hide an error of the tape, because each of these
numbers must itself lie within four standard errors of its expectation: the lines ``tape: …``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

import queuesim as qs
from queuesim.engines.compiled import simulate_compiled
from queuesim.engines.outcome import ContactOutcome, Outcome
from queuesim.engines.reference import simulate_reference
from queuesim.sampling import Tape, draw_tape
from tests.against_theory.centres import DAY_S, REPLICATIONS, Centre, Floats
from tests.engines.test_two_engines import assert_equal, rows_of

Engine = Callable[[qs.Scenario, Tape], Outcome]

SEED = 2026
BY_BOTH = 600
"""Contacts of each row that both engines play."""
SELDOM = 0.03
"""What fewer contacts than this meet is no measure of chance: a day has it, or it has not."""


@dataclass(frozen=True)
class Estimate:
    """A mean with its standard error."""

    value: float
    error: float
    freedom: float
    """Degrees of freedom of the standard error; infinite where it is known."""
    by_chance: float | None = None
    """Chance of lying more than four standard errors off, where it is known exactly."""


def play(centre: Centre, real: Centre | None = None, engine: Engine = simulate_compiled) -> Days:
    """Play a row.

    Parameters
    ----------
    centre : Centre
        What theory speaks of.
    real : Centre, optional
        What is simulated, when it is to differ: to see whether the difference is noticed.
    engine : callable, optional
        Plays a scenario on a tape.
    """
    scenario = (real or centre).scenario
    runs = []
    for replication in range(REPLICATIONS):
        tape = draw_tape(scenario, seed=SEED, replication=replication)
        if replication == 0 and engine is simulate_compiled:
            first = rows_of(tape, 0, BY_BOTH)
            assert_equal(engine(scenario, first), simulate_reference(scenario, first))
        runs.append(_Run(centre, engine(scenario, tape)))
    return Days(centre, runs)


class _Run:
    """One replication: its contacts, in units, and what the tape alone says of each of its days."""

    def __init__(self, centre: Centre, outcome: Outcome) -> None:
        unit_s, tape, ended = centre.unit_s, outcome.tape, outcome.contacts
        self.outcome = outcome
        self.day = tape.day - 1
        self.time_of_day = (tape.arrival_s - tape.day * DAY_S) / unit_s
        self.kind = tape.contact_type
        self.arrival_s = tape.arrival_s
        self.endless_until_s = tape.arrival_s + tape.talk_s
        code = ended["outcome"]
        self.served = code == ContactOutcome.HANDLED
        self.abandoned = code == ContactOutcome.ABANDONED
        self.blocked = code == ContactOutcome.BLOCKED
        self.called_back = ~np.isnan(ended["accepted_s"])
        # who still waits when the horizon ends waited until then: a handful of contacts
        off_queue = np.where(np.isnan(ended["left_s"]), ended["answered_s"], ended["left_s"])
        end = outcome.scenario.horizon.seconds
        self.off_queue_s = np.where(np.isnan(off_queue), end, off_queue)
        self.off_line_s = np.where(self.called_back, ended["accepted_s"], self.off_queue_s)
        self.freed_s = np.where(np.isnan(ended["freed_s"]), self.off_queue_s, ended["freed_s"])
        self.wait = (self.off_line_s - tape.arrival_s) / unit_s
        self.delay = (self.off_queue_s - self.off_line_s) / unit_s
        self.waited = (self.off_line_s > tape.arrival_s) | self.blocked | self.called_back
        self.handle = np.nan_to_num(ended["freed_s"] - ended["answered_s"]) / unit_s
        self.ahead = present(tape.arrival_s, self.off_line_s)
        self.endless = present(tape.arrival_s, self.endless_until_s)
        self.tape_lines = {
            name: self.per_day(centre, each) - expected
            for name, (each, expected) in _of_the_tape(centre, tape, self.endless).items()
        }

    def per_day(self, centre: Centre, each: ArrayLike) -> Floats:
        """Sum over the contacts of each day that counts, shape (days,)."""
        counts = self.day >= 0
        values = np.broadcast_to(np.asarray(each, dtype=np.float64), self.day.shape)[counts]
        return np.bincount(self.day[counts], weights=values, minlength=centre.days)


def present(arrival_s: Floats, until_s: Floats) -> Floats:
    """Return how many who came before were still there when each came; arrivals are in order."""
    before = np.arange(arrival_s.size)
    gone = np.searchsorted(np.sort(until_s), arrival_s, side="right")
    return np.asarray(before - np.minimum(gone, before), dtype=np.float64)


def _before(edges: Floats, starts: Floats) -> Floats:
    """Return the time since all starts before each edge, summed [s]."""
    starts = np.sort(starts)
    count = np.searchsorted(starts, edges, side="right")
    return np.asarray(count * edges - np.append(0.0, np.cumsum(starts))[count])


def _of_the_tape(centre: Centre, tape: Tape, endless: Floats) -> dict[str, tuple[Floats, float]]:
    """Return numbers of each contact that the tape alone decides, and their expected sum a day."""
    stretch, rate, load = centre.through_the_day()
    came = stretch * rate
    work, mean, cv = tape.talk_s / centre.unit_s, centre.work_1.mean_s, centre.work_1.cv
    lines: dict[str, tuple[Floats, float]] = {}
    for k, per_unit in enumerate(centre.rates):
        lines[f"contacts {k + 1}"] = ((tape.contact_type == k) * 1.0, per_unit * centre.day)
    if cv > 0:
        lines["work"] = (work - mean, 0.0)
    if cv > 0 and centre.agents == 1:
        lines["work squared"] = (work**2 - mean**2 * (1 + cv**2), 0.0)
    # agents without end: the number present is Poisson whatever the handle times
    level = centre.agents if len(centre.pace) == 1 else round(centre.load)
    while _reached(came, load, level) < (SELDOM if stretch.size == 1 else 3 * SELDOM):
        level -= 1
    apart = round(sqrt(level))
    around = [level] if level < 25 else [level - apart, level, level + apart]
    for k in around:
        share = _reached(came, load, k)
        if share >= SELDOM:
            lines[f"present at least {k}"] = ((endless >= k) * 1.0, float(came.sum()) * share)
    expected = float(came @ excess(load, level))
    lines[f"present above {level}"] = (np.maximum(endless - level, 0.0), expected)
    if centre.patience is not None:
        rank = centre.patience(centre.unit_s).cdf(tape.patience_s)
        lines["patience"] = (rank - 0.5, 0.0)
        lines["patience short"] = ((endless >= level) * ((rank < 0.1) - 0.1), 0.0)
    elif centre.places is None and centre.agents > 1 and stretch.size == 1:
        # one agent with everyone's pace: Lindley's recursion, and Pollaczek and Khinchine
        share = work / centre.capacity
        walk = np.cumsum(share) - share - tape.arrival_s / centre.unit_s
        wait = walk - np.minimum.accumulate(walk)
        busy = centre.load / centre.capacity
        expected = centre.rate * (mean / centre.capacity) ** 2 * (1 + cv**2) / (2 * (1 - busy))
        lines["one fast agent"] = (wait, float(came.sum()) * expected)
        lines["one fast agent busy"] = ((wait > 0) * 1.0, float(came.sum()) * busy)
    return lines


def _reached(came: Floats, load: Floats, level: int) -> float:
    """Return the share of a day's contacts that would find so many present."""
    return float(came @ stats.poisson.sf(level - 1, load) / came.sum())


def excess(load: ArrayLike, level: int) -> Floats:
    """Return the mean of (N - level)+ for a Poisson N."""
    load = np.asarray(load, dtype=np.float64)
    at_least = stats.poisson.sf(level - 1, load)
    return np.asarray(load * stats.poisson.sf(level - 2, load) - level * at_least)


class Days:
    """The days of all replications of a row.

    Columns, one value a contact, in units of time: `wait` (on the line), `handle`, `delay` (of a
    callback), `time_of_day`; counts when it came: `ahead` (waiting on the line), `endless`
    (present, were there agents without end); yes or no: `waited`, `served`, `abandoned`, `blocked`,
    `called_back`; `kind` is the index of its type. The days that are thrown away are in the
    columns, not in the means.
    """

    def __init__(self, centre: Centre, runs: list[_Run]) -> None:
        self.centre, self._runs = centre, runs
        names = runs[0].tape_lines
        self.tape = {n: np.concatenate([run.tape_lines[n] for run in runs]) for n in names}
        self._ends = np.cumsum([run.day.size for run in runs])

    def __getattr__(self, name: str) -> NDArray[np.float64]:
        if name.startswith("_"):
            raise AttributeError(name)
        return np.concatenate([getattr(run, name) for run in self._runs])

    def sums(self, each: ArrayLike) -> Floats:
        """Sum a column, or a number for each contact, over each day."""
        values = np.broadcast_to(np.asarray(each, dtype=np.float64), (self._ends[-1],))
        parts = zip(self._runs, np.split(values, self._ends[:-1]), strict=True)
        return np.concatenate([run.per_day(self.centre, part) for run, part in parts])

    def at(self, time: float, begins: str, ends: str) -> Floats:
        """Count, on each day at a time [units], the contacts between two of their instants."""
        counts = []
        for run in self._runs:
            when = (
                np.arange(1, self.centre.days + 1) * self.centre.day + time
            ) * self.centre.unit_s
            begun = run.outcome.tape.arrival_s if begins == "arrival_s" else getattr(run, begins)
            has_begun = np.searchsorted(np.sort(begun), when)
            counts.append(has_begun - np.searchsorted(np.sort(getattr(run, ends)), when))
        return np.concatenate(counts).astype(np.float64)

    def mean(
        self, each: ArrayLike, among: ArrayLike = True, chance: list[Floats] | None = None
    ) -> Estimate:
        """Mean of a column over the contacts among which it is asked."""
        among = np.asarray(among, dtype=np.float64)
        return self.ratio(self.sums(np.asarray(each) * among), self.sums(among), chance)

    def per_unit(self, each: ArrayLike) -> Estimate:
        """Sum over contacts per unit of time: by Little's law, a mean number present."""
        return self.per_day(self.sums(each) / self.centre.day)

    def per_day(self, values: Floats, chance: list[Floats] | None = None) -> Estimate:
        """Mean of one number a day."""
        return self.ratio(values, np.ones(values.size), chance)

    def variance(self, each: ArrayLike, among: ArrayLike = True) -> Estimate:
        """Variance of a column."""
        x, w = np.asarray(each, dtype=np.float64), np.asarray(among, dtype=np.float64)
        n, first, second = self.sums(w), self.sums(x * w), self.sums(x * x * w)
        m = first.sum() / n.sum()
        v = second.sum() / n.sum() - m**2
        return self._estimate(v, (second - 2 * m * first + m**2 * n - v * n) / n.mean())

    def busy(self, length: float | None = None) -> Floats:
        """Return the busy share of the agents' time from the start of each day, over a length."""
        length = length or self.centre.day
        shares = []
        for run in self._runs:
            starts = np.arange(1, self.centre.days + 1) * DAY_S
            edges = np.column_stack([starts, starts + length * self.centre.unit_s]).ravel()
            begun, over = run.outcome.busy["from_s"], run.outcome.busy["to_s"]
            busy_s = np.diff(_before(edges, begun) - _before(edges, over))[::2]
            shares.append(busy_s / (self.centre.agents * length * self.centre.unit_s))
        return np.concatenate(shares)

    def occupancy(self) -> Estimate:
        """Busy share of the agents' time."""
        return self.per_day(self.busy())

    def ratio(self, above: Floats, below: Floats, chance: list[Floats] | None = None) -> Estimate:
        """Ratio of two sums over days; `chance` stands in for what the tape says of whole days."""
        value = above.sum() / below.sum()
        return self._estimate(value, (above - value * below) / below.mean(), chance)

    def spread(self, above: Floats, below: Floats) -> float:
        """Standard deviation of one day's share in a ratio, chance not taken out."""
        value = above.sum() / below.sum()
        return float(((above - value * below) / below.mean()).std(ddof=1))

    def _estimate(
        self, value: float, influence: Floats, chance: list[Floats] | None = None
    ) -> Estimate:
        chance = list(self.tape.values()) if chance is None else chance
        return adjusted(value, influence, chance, self._dependence)

    @property
    def _dependence(self) -> float:
        return 1.0 / sqrt(1.0 - min(self.centre.relaxation_time / self.centre.day, 0.5))

    def tape_estimates(self) -> dict[str, Estimate]:
        """What the tape says, less its expectation, with standard errors."""
        found = {}
        for name, excess in self.tape.items():
            error = excess.std(ddof=1) / sqrt(excess.size) * self._dependence
            found[name] = Estimate(float(excess.mean()), float(error), excess.size - 1)
        return found


def adjusted(
    value: float, influence: Floats, chance: list[Floats], dependence: float = 1.0
) -> Estimate:
    """Take out of a mean what chance explains.

    Parameters
    ----------
    value : float
        The mean over days.
    influence : numpy.ndarray, shape (days,)
        What each day adds to it; mean 0.
    chance : list of numpy.ndarray, shape (days,)
        Numbers of each day with expectation 0.
    dependence : float
        By how much standard errors are enlarged because days depend on one another.
    """
    x = np.column_stack([np.ones(influence.size), *chance])
    x /= np.maximum(np.abs(x).max(axis=0), 1e-300)
    beta, _, rank, _ = np.linalg.lstsq(x, influence, rcond=1e-9)
    left = influence - x @ beta
    freedom = influence.size - int(rank)
    spread = left @ left / freedom * np.linalg.pinv(x.T @ x, rcond=1e-12)[0, 0]
    return Estimate(float(value + beta[0]), float(sqrt(spread)) * dependence, freedom)
