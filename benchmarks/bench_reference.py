"""How fast the reference engine is, on an answer that is checked.

A phone day of about 5,000 contacts: twelve hours, two humps, staffing by half-hour, lognormal talk,
exponential patience. Phases are timed apart: drawing the tape, the engine, the tally. The day is
played several times, phases interleaved; the medians count. Memory is measured in a run of its own.

    python benchmarks/bench_reference.py [--repeats 5] [--json FILE]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import statistics
import sys
import time
import tracemalloc
from pathlib import Path

import numpy as np

import queuesim as qs
from queuesim.engines.outcome import Outcome
from queuesim.engines.reference import simulate_reference
from queuesim.results.tally import tally
from queuesim.sampling import draw_tape

CONTACTS = 4981
CHECKSUM = "a11c51af77ef842c"
"""Of every column of the contact table and of the busy periods, seed 1, replication 0."""

HALF_HOURS = np.arange(24)
SHAPE = (
    0.22
    + np.exp(-(((HALF_HOURS + 0.5) * 0.5 - 2.5) ** 2) / 1.4**2)
    + 0.85 * np.exp(-(((HALF_HOURS + 0.5) * 0.5 - 7.5) ** 2) / 1.6**2)
)


def day_of_5000() -> qs.Scenario:
    """A day from 08:00 to 20:00, staffed to the load."""
    people = np.round(20 + 70 * (SHAPE - SHAPE.min()) / np.ptp(SHAPE)).astype(int)
    closed_before, closed_after = (0.0,) * 16, (0.0,) * 8
    phone = qs.ContactType(
        name="phone",
        channel="phone",
        demand=qs.Demand(
            per_day=5000.0, day=(*closed_before, *np.round(SHAPE, 3).tolist(), *closed_after)
        ),
        talk=qs.LogNormal(mean="6min", cv=0.8),
        patience=qs.Exponential(mean="3min"),
    )
    team = qs.AgentGroup(
        name="home",
        skills=("phone",),
        headcount={"day": (*(0,) * 16, *people.tolist(), *(0,) * 8)},
        contract=qs.InHouse(per_hour=24.0),
    )
    return qs.Scenario(
        name="a day of 5000 contacts",
        contact_types=(phone,),
        agent_groups=(team,),
        horizon=qs.Horizon(start="2026-11-23", days=1, interval="30min"),
    )


def checksum(outcome: Outcome) -> str:
    """Hash every number of an outcome, NaN included."""
    digest = hashlib.sha256()
    for table in (outcome.contacts, outcome.busy):
        for name in sorted(table):
            digest.update(name.encode())
            digest.update(np.ascontiguousarray(table[name]).tobytes())
    return digest.hexdigest()[:16]


def timed(repeats: int) -> dict[str, list[float]]:
    """Play the day; return seconds by phase. Raises SystemExit when the answer is wrong."""
    scenario = day_of_5000()
    seconds: dict[str, list[float]] = {"sample": [], "engine": [], "tally": []}
    for _ in range(repeats + 1):  # the first warms up and is not counted
        start = time.perf_counter()
        tape = draw_tape(scenario, seed=1)
        drawn = time.perf_counter()
        outcome = simulate_reference(scenario, tape)
        played = time.perf_counter()
        tally(outcome)
        done = time.perf_counter()
        if (found := checksum(outcome)) != CHECKSUM or len(tape) != CONTACTS:
            sys.exit(f"wrong answer: {len(tape)} contacts, checksum {found}, expected {CHECKSUM}")
        for phase, spent in zip(
            seconds, (drawn - start, played - drawn, done - played), strict=True
        ):
            seconds[phase].append(spent)
    return {phase: values[1:] for phase, values in seconds.items()}


def peak_memory_mb() -> float:
    """Return the most memory Python held for one day, above what it held before [MB]."""
    scenario = day_of_5000()
    tracemalloc.start()
    tally(simulate_reference(scenario, draw_tape(scenario, seed=1)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    arguments = parser.parse_args()
    medians = {phase: statistics.median(v) for phase, v in timed(arguments.repeats).items()}
    figures = {
        "case": day_of_5000().name,
        "contacts": CONTACTS,
        "checksum": CHECKSUM,
        "repeats": arguments.repeats,
        "median_s": medians,
        "contacts_per_s": CONTACTS / medians["engine"],
        "us_per_contact": {phase: s / CONTACTS * 1e6 for phase, s in medians.items()},
        "peak_memory_mb": peak_memory_mb(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "machine": f"{platform.machine()} {platform.system()}",
        "queuesim": qs.__version__,
    }
    print(f"{figures['case']}, reference engine, median of {arguments.repeats}")
    for phase, s in medians.items():
        print(f"  {phase:7} {s * 1e3:8.1f} ms  {s / CONTACTS * 1e6:6.2f} µs a contact")
    print(f"  engine alone: {figures['contacts_per_s']:,.0f} contacts a second")
    print(
        f"  memory: {figures['peak_memory_mb']:.1f} MB at the peak; checksum {CHECKSUM} as expected"
    )
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
