"""Alarms: false ones against the budget; delay and power against the two usual alarms.

    python -m benchmarks.watching_detection [--short] [--false | --incidents]

All alarms have the same rate of false ones: their limits are found on the same quiet days, one
alarm a day at most. An incident counts as found when the alarm comes while it lasts or within an
hour after it; one that is not found counts with all that time as its delay.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from typing import get_args

import numpy as np
from numpy.typing import NDArray

import queuesim as qs
from benchmarks.watching_incidents import (
    HOURS,
    INTERVAL_S,
    LENGTHS,
    SUITE,
    Incident,
    centre,
    played,
    two_types,
)
from benchmarks.watching_oracle import Oracle
from queuesim.watching.detect import OTHER_DAYS, Watch, as_seen, enough, scored
from queuesim.watching.detecting.limits import MONTH_DAYS, Limits
from queuesim.watching.detecting.signals import MEASURES, Signals, simulated
from queuesim.watching.detecting.usual_alarms import Figure, UsualAlarm

Floats = NDArray[np.float64]

EVERYTHING = (*MEASURES, "staffed")
STAFF_UNSEEN = MEASURES
WAITS_ONLY = ("mean_wait_s",)
_AFTER = 2
"""Intervals after an incident in which an alarm still counts."""


def ours(watch: Watch, seen: Signals, measures: tuple[str, ...]) -> NDArray[np.bool_]:
    """Return the alarms of a watch, bool[n, intervals]."""
    z = watch.quiet.scores(as_seen(seen, measures).at(watch.quiet.open))
    when = watch.limits.watched(z, watch.quiet.day)[0]
    found = np.zeros((len(seen), seen.offered.shape[2]), dtype=np.bool_)
    rows, days = np.nonzero(when >= 0)
    found[rows, watch.quiet.open[when[rows, days]]] = True
    return found


def delays(alarms: NDArray[np.bool_], incident: Incident) -> Floats:
    """Return delays in minutes, from the start to the end of the alarm's interval; NaN: missed."""
    window = alarms[:, incident.first : incident.end + _AFTER]
    first = np.argmax(window, axis=1)
    return np.where(window.any(axis=1), (first + 1) * INTERVAL_S / 60, np.nan)


def false_alarms(short: bool) -> Iterator[str]:
    """Yield a markdown table of false alarms over quiet months."""
    months = 120 if short else 1000
    cases = {
        "one team": centre(busyness=0.0, absence=0.0),
        "busy days and absence": centre(),
        "very busy days": centre(busyness=0.25, absence=0.08),
        "two types, redials": two_types(),
    }
    yield "| quiet days | budget a month | false alarms a month | quiet months | off by |"
    yield "|---|---|---|---|---|"
    for name, scenario in cases.items():
        budgets = (1.0,) if short else (1.0, 0.25)
        learn_on = simulated(scenario, enough(scenario, budgets[-1]), seed=1 + OTHER_DAYS)
        many = int(months * MONTH_DAYS / scenario.horizon.days) + 1
        fresh = simulated(scenario, many, seed=2_000_000_011)
        for seen, measures in (("", EVERYTHING), (", staff not seen", STAFF_UNSEEN)):
            # as Watch.ready(scenario, measures=measures, budget=budget, seed=1) does
            few = Watch.ready(scenario, measures=measures, replications=100, seed=1)
            z, z_fresh = (scored(few.quiet, each, measures) for each in (learn_on, fresh))
            for budget in budgets:
                part = z[: enough(scenario, budget)]
                limits = Limits.found(part, few.quiet.day, budget, few.quiet.weights)
                alarms = limits.alarms(z_fresh, few.quiet.day)
                rate = alarms / (many * scenario.horizon.days / MONTH_DAYS)
                off = f"{100 * (rate / budget - 1):+.0f} %"
                yield f"| {name}{seen} | {budget:g} | {rate:.3f} | {months:,} | {off} |"


def incidents(short: bool) -> Iterator[str]:
    """Yield a markdown table of delay and power."""
    scenario, budget = centre(), 1.0
    many = 60 if short else 300
    everything = Watch.ready(scenario, measures=EVERYTHING, budget=budget, seed=1)
    no_staff = Watch.ready(scenario, measures=STAFF_UNSEEN, budget=budget, seed=1)
    waits = Watch.ready(scenario, measures=WAITS_ONLY, budget=budget, seed=1)
    quiet = simulated(scenario, 1500 if short else 6000, seed=3_000_000_019)
    figures = get_args(Figure)
    usual = [UsualAlarm.on(each, quiet, scenario.horizon, budget=budget) for each in figures]
    fresh = simulated(scenario, 1500 if short else 6000, seed=4_000_000_007)
    months = len(fresh) * scenario.horizon.days / MONTH_DAYS
    rates = [each.raised(fresh).sum() / months for each in usual]
    watches = ((everything, EVERYTHING), (no_staff, STAFF_UNSEEN), (waits, WAITS_ONLY))
    rates += [ours(watch, fresh, measures).sum() / months for watch, measures in watches]
    yield (
        "False alarms a month, all with a budget of 1: service level "
        f"{rates[0]:.2f} (below {100 * usual[0].limits[0]:.0f} %), mean wait {rates[1]:.2f} "
        f"(above {usual[1].limits[0]:.1f} sigmas), detect {rates[2]:.2f}, without staff "
        f"{rates[3]:.2f}, waits only {rates[4]:.2f}."
    )
    yield ""
    yield (
        "Mean delay in minutes (found); one that is not found counts with its length + 1 h. The "
        "oracle knows kind, size and hours (`benchmarks.watching_oracle`). Last, the delay of "
        "detect, and of the oracle, as parts of that of the better usual alarm; behind the stroke "
        "staff not seen."
    )
    yield ""
    seen_by = ("detect", "detect, staff not seen", "detect, waits only")
    head = ("service level", "mean wait", *seen_by, "oracle", "oracle, staff not seen")
    yield f"| cause | size | lasts | {' | '.join(head)} | detect | oracle |"
    yield "|" + "---|" * (len(head) + 5)
    for cause, size in SUITE:
        for hours in LENGTHS:
            told: list[list[Floats]] = [[] for _ in head]
            cap = hours * 60 + _AFTER * INTERVAL_S / 60
            for hour in HOURS:
                incident = Incident(cause, size, hour, hours)
                seen = played(scenario, incident, many, seed=5_000_000_029)
                found = [each.raised(seen) for each in usual]
                found += [ours(watch, seen, measures) for watch, measures in watches]
                oracle = Oracle(scenario, incident, quiet, _AFTER)
                for staff_seen in (True, False):
                    if staff_seen or cause == "staff":
                        best = oracle.when(
                            seen,
                            budget,
                            staff_seen=staff_seen,
                            training=120 if short else 500,
                            seed=6_000_000_011,
                        )
                    found.append(best)
                for k, each in enumerate(found):
                    told[k].append(delays(each, incident))
            late = [np.concatenate(each) for each in told]
            power = [np.isfinite(each).mean() for each in late]
            mean = [np.where(np.isfinite(each), each, cap).mean() for each in late]
            cells = [f"{m:.0f} ({100 * p:.0f} %)" for m, p in zip(mean, power, strict=True)]
            usually = min(mean[:2])
            cells.append(f"{mean[2] / usually:.2f} / {mean[3] / usually:.2f}")
            cells.append(f"{mean[5] / usually:.2f} / {mean[6] / usually:.2f}")
            yield f"| {cause} | {100 * size:+.0f} % | {hours:g} h | {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--false", action="store_true", help="false alarms only")
    parser.add_argument("--incidents", action="store_true", help="incidents only")
    given = parser.parse_args()
    both = not (given.false or given.incidents)
    began = time.perf_counter()
    if given.false or both:
        for line in false_alarms(given.short):
            print(line, flush=True)
        print()
    if given.incidents or both:
        for line in incidents(given.short):
            print(line, flush=True)
    print(f"\n{time.perf_counter() - began:.0f} s, queuesim {qs.__version__}")


if __name__ == "__main__":
    main()
