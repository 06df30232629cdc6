"""Demand that goes up and down: M(t)/M/s(t), with and without patience.

The days of a run are its cycles. What was before is forgotten in the quiet part of a cycle, so that
each is an observation of its own. A state at a time of day is looked at once a cycle: its scatter
is known from theory. Taking out what chance brought would be wrong there: among a few dozen looks
at a yes or no the tape can explain every one, and the standard error comes out as nothing.
"""

from __future__ import annotations

from math import inf, sqrt, tau

import numpy as np
import pytest
from scipy import stats

from queuesim import theory
from tests.against_theory.centres import REPLICATIONS, Floats, Sinusoid, exponential
from tests.against_theory.reference_numbers import EXACT, Row, rows
from tests.against_theory.simulated_days import Days, Estimate, excess, play
from tests.against_theory.verdict import FAR, Line, judge, of_the_tape

ISA = EXACT["isa_MtMstM_theta_eq_mu"]


def moment(days: Days, time: float, level: int) -> list[Floats]:
    """Return what the tape says of a time of day, less its expectation, for each day."""
    endless = days.at(time, "arrival_s", "endless_until_s")
    load = float(_cycle(days).endless_load_at(time))
    at_least = stats.poisson.sf(level - 1, load)
    above = np.maximum(endless - level, 0) - excess(load, level)
    return [endless - load, (endless >= level) - at_least, above]


def around(days: Days, time: float, reach: float, level: int) -> list[Floats]:
    """Return the same of the contacts of a while around a time of day, and of the while before."""
    stretch, rate, load = _cycle(days).through_the_day()
    middle, came, found = np.cumsum(stretch) - stretch / 2, stretch * rate, []
    for centre in (time, time - 2 * reach):
        near = _near(days, days.time_of_day, centre, reach)
        expected = came * _near(days, middle, centre, reach)
        found += [
            days.sums(near) - expected.sum(),
            days.sums(near * (days.endless >= level))
            - expected @ stats.poisson.sf(level - 1, load),
            days.sums(near * np.maximum(days.endless - level, 0)) - expected @ excess(load, level),
        ]
    return found


def _near(days: Days, time: Floats, centre: float, reach: float) -> Floats:
    """Return 1 where a time of day is within reach of another, over midnight too."""
    day = days.centre.day
    return 1.0 * (np.abs((time - centre + day / 2) % day - day / 2) < reach)


def _cycle(days: Days) -> Sinusoid:
    assert isinstance(days.centre, Sinusoid)
    return days.centre


def seen(values: Floats, chances: Floats) -> Estimate:
    """Mean over cycles of a whole number seen once a cycle.

    Parameters
    ----------
    values : numpy.ndarray, shape (days,)
        What was seen.
    chances : numpy.ndarray
        Chance of 0, 1, 2, … by theory. It gives the standard error, and how often the mean lies
        more than four of them off: not as seldom as a normal one when a cycle mostly shows 0.
    """
    n, k = values.size, np.arange(chances.size)
    mean = chances @ k
    error = sqrt(float(chances @ (k - mean) ** 2) / n)
    size = 1 << int(np.ceil(np.log2(n * chances.size + 1)))
    total = np.fft.irfft(np.fft.rfft(chances, size) ** n, size)
    far = np.abs(np.arange(size) / n - mean) > FAR * error
    return Estimate(float(values.mean()), error, inf, float(np.clip(total[far].sum(), 0.0, 1.0)))


def poisson(load: float) -> Floats:
    """Chances of 0, 1, 2, … present."""
    return np.asarray(stats.poisson.pmf(np.arange(int(load + 12 * sqrt(load) + 12)), load))


def above(chances: Floats, level: int) -> Floats:
    """Chances of (N - level)+ = 0, 1, 2, …"""
    return np.append(chances[: level + 1].sum(), chances[level + 1 :])


def yes(chance: float) -> Floats:
    """Chances of no and yes."""
    return np.array([1 - chance, chance])


def staffing(row: Row) -> tuple[int, ...]:
    """Each number of agents holds for the twelfth of the cycle that ends at its time."""
    return tuple(int(point["s"]) for point in row["rows"][1:])


def looked_at(point: Row) -> float:
    """Return the time of a point within the cycle: a whole number of twelfths."""
    return round(point["t"] / tau * 12) % 12 * tau / 12


@pytest.mark.parametrize("row", rows("agents follow demand", ISA, "alpha"))
def test_with_patience_as_long_as_work_the_number_present_is_poisson(row: Row) -> None:
    """Every contact leaves at the same rate, waiting or in hand: agents do not matter.

    Nor does it matter that our agents finish in overtime what they have open when headcount falls:
    a contact in overtime leaves at that rate too. So the number present is held against all of the
    oracle's rows: its mean, the chance that it reaches the headcount (the oracle's P_delay), its
    excess over the headcount (EQ, and the abandonment rate). Who really waits is fewer where the
    headcount has just fallen, because agents in overtime serve some whom the oracle has waiting:
    that is held against theory with the agents constant, below.

    One look a cycle says little of one row. The last lines are means over the rows.
    """
    centre = Sinusoid(
        f"agents follow: alpha {row['alpha']}",
        (100.0,),
        max(staffing(row)),
        patience=exponential(),
        swing=0.2,
        staffing=staffing(row),
        days=12,
    )
    days, lines = play(centre), []
    n = REPLICATIONS * centre.days
    totals, chance = np.zeros((3, n)), np.zeros((3, n))
    for point in row["rows"]:
        time, s, m = looked_at(point), point["s"], point["m"]
        present = days.at(time, "arrival_s", "freed_s")
        at, over, reached = f"t {point['t']:.2f} s {s}: ", np.maximum(present - s, 0), present >= s
        assert point["aband_rate"] == point["EQ"]
        lines += [
            Line(at + "mean present", seen(present, poisson(m)), m, 12.0),
            Line(at + "P_delay", seen(reached, yes(point["P_delay"])), point["P_delay"], 0.5),
            Line(at + "EQ", seen(over, above(poisson(m), s)), point["EQ"], 10.0),
        ]
        if point["t"] > 0:  # the last row is the first again
            totals += [present, reached, over]
            chance += moment(days, time, s)
    expected = np.array([[p["m"], p["P_delay"], p["EQ"]] for p in row["rows"][1:]]).mean(axis=0)
    for k, (what, notices) in enumerate((("present", 3.0), ("P_delay", 0.1), ("EQ", 3.0))):
        estimate = days.per_day(totals[k] / 12, list(chance / 12))
        lines.append(Line(f"mean over rows: {what}", estimate, float(expected[k]), notices))
    judge(centre.name, [*lines, *of_the_tape(days)])


@pytest.mark.parametrize("row", rows("agents constant", ISA, "alpha"))
def test_waiting_and_abandoning_with_constant_agents(row: Row) -> None:
    """As many agents all day as the oracle has at the peak of demand: its rows with that number.

    Over the whole cycle the shares that wait and that leave follow from the same formula.
    """
    s = int(row["rows"][3]["s"])
    centre = Sinusoid(
        f"agents constant: alpha {row['alpha']}",
        (100.0,),
        s,
        patience=exponential(),
        swing=0.2,
        days=12,
    )
    days, lines = play(centre), []
    for point in row["rows"]:
        if point["s"] != s:
            continue
        time, chances = looked_at(point), poisson(point["m"])
        assert float(excess(point["m"], s)) == pytest.approx(point["EQ"], rel=1e-6)
        waiting = days.at(time, "arrival_s", "off_queue_s")
        all_busy = days.at(time, "off_queue_s", "freed_s") >= s
        at = f"t {point['t']:.2f} s {s}: "
        lines += [
            Line(at + "P_delay", seen(all_busy, yes(point["P_delay"])), point["P_delay"], 0.5),
            Line(at + "EQ", seen(waiting, above(chances, s)), point["EQ"], 10.0),
        ]
    stretch, rate, load = centre.through_the_day()
    came = float(stretch @ rate)
    waits = float(stretch @ (rate * stats.poisson.sf(s - 1, load))) / came
    leaves = float(stretch @ excess(load, s)) / came
    lines += [
        Line("share that waits", days.mean(days.waited), waits, 0.05),
        Line("share that abandons", days.mean(days.abandoned), leaves, 0.02),
    ]
    judge(centre.name, [*lines, *of_the_tape(days)])


HOUR = 12.0  # mean handle times of five minutes
REACH = 1.5 * HOUR


def sinusoid(row: Row) -> Sinusoid:
    """A row of MtMs_sinusoid_24h; a unit is the mean handle time."""
    return Sinusoid(
        f"24 hours: {row['s']} agents",
        (row["lb"] / row["mu"],),
        row["s"],
        patience=exponential(row["mu"] / row["theta"]) if row["theta"] else None,
        swing=row["RA"],
        period=24 * HOUR,
        days=14,
    )


@pytest.mark.parametrize("row", rows("24 hours", EXACT["MtMs_sinusoid_24h"], "s", "theta"))
def test_a_day_with_a_peak(row: Row) -> None:
    """Waiting lags behind demand: averages over the day, and the state at eight hours of it.

    One look a day says little. So each hour is also held, as a mean over the contacts of the 90
    minutes before and after it, against the curve that `queuesim.theory` draws through the
    oracle's points.
    """
    assert row["mu"] == HOUR
    centre = sinusoid(row)
    days, curve = play(centre), Curve(centre)
    # the oracle's peak is the largest value on a coarse grid of its own, not that of the curve
    assert curve.at(row["peak_time_h"] * HOUR)[1] == pytest.approx(row["peak_EQ"], rel=1e-4)
    mean_wait = row["mean_wait_hours"] * HOUR
    lines = [
        Line("waits, all day", days.mean(days.waited), row["arrival_avg_P_delay"], 0.04),
        Line("mean wait, all day", days.mean(days.wait), mean_wait, mean_wait),
    ]
    for key, p_delay in row["P_delay_hourly"].items():
        time, eq = float(key) * HOUR, row["EQ_hourly"][key]
        assert curve.at(time) == pytest.approx((p_delay, eq), rel=1e-4)
        if p_delay > 0.05:  # else it is seen on no day, or on one
            busy = days.at(time, "off_queue_s", "freed_s") >= row["s"]
            lines.append(Line(f"{key} h: P_delay", seen(busy, yes(p_delay)), p_delay, 0.5))
            near = _near(days, days.time_of_day, time, REACH)
            chance = around(days, time, REACH, row["s"])
            p_near, eq_near = curve.near(days, time, REACH)
            waited, ahead = (days.mean(x, near, chance) for x in (days.waited, days.ahead))
            lines.append(Line(f"{key} h ± 90 min: P_delay", waited, p_near, 0.15))
            lines.append(Line(f"{key} h ± 90 min: EQ", ahead, eq_near, 6.0))
    # few wait from 13:30 to 22:30: together, and chance is not taken out where it is so coarse
    quiet, reach = 18 * HOUR, 3 * REACH
    near = _near(days, days.time_of_day, quiet, reach)
    p_near, eq_near = curve.near(days, quiet, reach)
    waited, ahead = (days.mean(x, near, []) for x in (days.waited, days.ahead))
    lines.append(Line("13:30 to 22:30: P_delay", waited, p_near, 0.03))
    lines.append(Line("13:30 to 22:30: EQ", ahead, eq_near, 0.03))
    judge(centre.name, [*lines, *of_the_tape(days)])


class Curve:
    """P_delay and EQ through the day, by `queuesim.theory`, every five minutes."""

    def __init__(self, centre: Sinusoid) -> None:
        self.time = np.arange(0.0, centre.day)
        self.rate = centre.rate_at(self.time)
        exact = theory.time_varying_queue(
            lambda t: float(centre.rate_at(t)),
            edges=[0.0, centre.day],
            agents=centre.agents,
            aht=1.0,
            patience=centre.patience(1.0).mean_s if centre.patience else float("inf"),
            at=self.time,
            periodic=True,
        )
        self.values = np.stack([exact.p_wait_at, exact.mean_queue_at])

    def at(self, time: float) -> tuple[float, float]:
        """Return both at a time of day."""
        p_delay, eq = self.values[:, round(time)]
        return float(p_delay), float(eq)

    def near(self, days: Days, time: float, reach: float) -> tuple[float, float]:
        """Return the means of both over those who come within reach of a time of day."""
        inside, wider = (_near(days, self.time, time, r) for r in (reach - 0.5, reach + 0.5))
        weight = self.rate * (inside + wider) / 2  # a step at either end counts half
        p_delay, eq = self.values @ weight / weight.sum()
        return float(p_delay), float(eq)
