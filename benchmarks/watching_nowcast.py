"""The nowcast: do its intervals hold what happens, and how long do a thousand futures take?

python -m benchmarks.watching_nowcast [--short] [--days 300] [--case phone]

Simulated days are stopped at an instant; the rest is played many times from what dashboards show
then, and compared with what happened. Coverage is of 90 % intervals of end-of-day measures, at
several instants of the same days; its standard error is that of independent days, and of all cells
together that of the days' means.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

import queuesim as qs
from queuesim.engines.compiled import simulate_compiled
from queuesim.results.measures import combine, measure_named
from queuesim.results.schema import CONTACT_QUANTITIES, names
from queuesim.results.tally import tally
from queuesim.sampling import draw_tape
from queuesim.watching.nowcast import nowcast
from queuesim.watching.nowcasting.state_of import state_of

DAY = qs.Horizon(start="2026-11-24", days=1)
HOURS = (11.0, 15.0)
MEASURES = ("offered", "answered", "abandoned", "service_level", "asa", "abandonment")
HOME = qs.InHouse(per_hour=24.0)


@dataclass(frozen=True)
class Case:
    """A centre, and what is special about it."""

    name: str
    make: Callable[[], qs.Scenario]
    remark: str


def _phone(name: str = "phone", per_day: float = 1500, **terms: object) -> qs.ContactType:
    demand = qs.Demand(per_day=per_day, day="office", busyness=0.12, shared=0.5)
    given = {
        "demand": demand,
        "talk": qs.LogNormal(mean="4min", cv=0.9),
        "wrap_up": qs.Exponential(mean="40s"),
        "patience": qs.Weibull(mean="3min", cv=1.3),
    }
    return qs.ContactType(name=name, channel="phone", **(given | terms))


def phone() -> qs.Scenario:
    """One type, one group; busier and quieter days, absence."""
    home = qs.AgentGroup(name="home", skills=("phone",), headcount=17, absence=0.06, contract=HOME)
    return qs.Scenario(name="phone", contact_types=(_phone(),), agent_groups=(home,), horizon=DAY)


def skills() -> qs.Scenario:
    """Two types, three groups, overflow to a partner who is slower."""
    types = (_phone("orders", 900), _phone("support", 700, talk=qs.Gamma(mean="6min", cv=1.2)))
    groups = (
        qs.AgentGroup(name="first", skills=("orders",), headcount=8, contract=HOME),
        qs.AgentGroup(
            name="both", skills=("support", qs.Skill("orders", rank=2)), headcount=11, contract=HOME
        ),
        qs.AgentGroup(
            name="partner",
            skills=(qs.Skill("orders", min_wait="45s", handle_factor=1.2),),
            headcount=3,
            contract=qs.Outsourced(per_minute=0.62),
        ),
    )
    return qs.Scenario(name="skills", contact_types=types, agent_groups=groups, horizon=DAY)


def chat() -> qs.Scenario:
    """Phone beside chats, three at a time, and messages that calls interrupt."""
    demand = qs.Demand(per_day=900, day="office", busyness=0.12, shared=0.5)
    chats = qs.ContactType(
        name="chat",
        channel="chat",
        demand=demand,
        talk=qs.LogNormal(mean="7min", cv=0.8),
        wrap_up=qs.Exponential(mean="30s"),
        patience=qs.Exponential(mean="4min"),
        target=qs.ServiceTarget(share=0.8, within="60s"),
    )
    mail = qs.ContactType(
        name="mail",
        channel="message",
        demand=qs.Demand(per_day=150, day="office", busyness=0.12, shared=0.5),
        talk=qs.LogNormal(mean="6min", cv=0.8),
        target=qs.ServiceTarget(share=0.9, within="2h"),
    )
    groups = (
        qs.AgentGroup(
            name="writers",
            skills=("chat",),
            headcount=7,
            concurrency={"chat": 3},
            pace={"chat": (1.0, 1.6, 2.0)},
            contract=HOME,
        ),
        qs.AgentGroup(
            name="callers",
            skills=("phone", "mail"),
            headcount=13,
            interruptible=("message",),
            contract=HOME,
        ),
    )
    types = (_phone(per_day=1000), chats, mail)
    return qs.Scenario(name="chat", contact_types=types, agent_groups=groups, horizon=DAY)


def callbacks() -> qs.Scenario:
    """Callbacks on virtual hold, some of them not reached at first."""
    dialling = qs.Dialling(ring="15s", answered=0.75, attempts=3, retry_after="20min")
    offer = qs.CallbackOffer(accept=0.45, after="40s", dialling=dialling)
    home = qs.AgentGroup(name="home", skills=("phone",), headcount=16, contract=HOME)
    return qs.Scenario(
        name="callbacks",
        contact_types=(_phone(callback=offer),),
        agent_groups=(home,),
        horizon=DAY,
    )


def again() -> qs.Scenario:
    """A front door before the phone, redials, and repeats."""
    door = qs.ContactType(
        name="web",
        channel="self_service",
        demand=qs.Demand(per_day=2500, day="office", busyness=0.12, shared=0.5),
        talk=qs.Exponential(mean="3min"),
        target=None,
        front_door=qs.FrontDoor(contains=0.7, to={"phone": 0.9}),
    )
    calls = _phone(
        per_day=800,
        redial=qs.Return(share=0.5, delay=qs.Exponential(mean="10min")),
        repeat=qs.Return(share=0.6, delay=qs.Exponential(mean="2h")),
    )
    home = qs.AgentGroup(
        name="home", skills=(qs.Skill("phone", resolution=0.85),), headcount=19, contract=HOME
    )
    return qs.Scenario(name="again", contact_types=(door, calls), agent_groups=(home,), horizon=DAY)


def redials() -> qs.Scenario:
    """Too few people, few places to wait: most who abandon or are blocked redial, up to twice."""
    calls = _phone(
        per_day=1300,
        queue_limit=12,
        patience=qs.Exponential(mean="100s"),
        redial=qs.Return(share=0.75, delay=qs.LogNormal(mean="25min", cv=1.2), max_attempts=2),
        repeat=qs.Return(share=0.5, delay=qs.Exponential(mean="90min")),
    )
    home = qs.AgentGroup(
        name="home", skills=(qs.Skill("phone", resolution=0.8),), headcount=13, contract=HOME
    )
    return qs.Scenario(name="redials", contact_types=(calls,), agent_groups=(home,), horizon=DAY)


def threads() -> qs.Scenario:
    """Messages with up to three turns, chats of which some are handed to a second line by phone."""
    mail = qs.ContactType(
        name="mail",
        channel="message",
        demand=qs.Demand(per_day=350, day="office", busyness=0.12, shared=0.5),
        talk=qs.LogNormal(mean="5min", cv=0.8),
        target=qs.ServiceTarget(share=0.9, within="30min"),
        turns=qs.Return(share=0.6, delay=qs.Gamma(mean="50min", cv=1.0), max_attempts=3),
    )
    chats = qs.ContactType(
        name="chat",
        channel="chat",
        demand=qs.Demand(per_day=500, day="office", busyness=0.12, shared=0.5),
        talk=qs.LogNormal(mean="7min", cv=0.8),
        wrap_up=qs.Exponential(mean="30s"),
        patience=qs.Exponential(mean="4min"),
        redial=qs.Return(share=0.5, delay=qs.Exponential(mean="20min"), to="phone"),
        repeat=qs.Return(share=0.7, delay=qs.Exponential(mean="2h"), to="phone"),
    )
    groups = (
        qs.AgentGroup(
            name="writers",
            skills=(
                "mail",
                qs.Skill("chat", resolution=0.75, transfer=qs.Transfer(share=0.2, to="phone")),
            ),
            headcount=9,
            concurrency={"chat": 2},
            pace={"chat": (1.0, 1.6)},
            contract=HOME,
        ),
        qs.AgentGroup(name="callers", skills=("phone",), headcount=9, contract=HOME),
    )
    types = (_phone(per_day=500), chats, mail)
    return qs.Scenario(name="threads", contact_types=types, agent_groups=groups, horizon=DAY)


CASES = {
    case.name: case
    for case in (
        Case("phone", phone, "one type, busyness, absence"),
        Case("skills", skills, "two types, three groups, overflow"),
        Case("chat", chat, "chats at once, interrupted messages: work so far is guessed"),
        Case("callbacks", callbacks, "virtual hold, retries"),
        Case("again", again, "front door, redials, repeats"),
        Case("redials", redials, "abandoned and blocked redial up to twice, repeats"),
        Case("threads", threads, "turns of messages, transfers, redials and repeats by phone"),
    )
}


def hundred_agents() -> qs.Scenario:
    """A day of about a hundred agents and 9,000 contacts."""
    calls = _phone(per_day=9000)
    groups = (
        qs.AgentGroup(name="home", skills=("phone",), headcount=92, contract=HOME),
        qs.AgentGroup(
            name="partner",
            skills=(qs.Skill("phone", min_wait="1min"),),
            headcount=8,
            contract=qs.Outsourced(per_minute=0.62),
        ),
    )
    return qs.Scenario(
        name="a hundred agents", contact_types=(calls,), agent_groups=groups, horizon=DAY
    )


def happened(scenario: qs.Scenario, numbers: NDArray[np.float64], measure: str) -> float:
    """Work out an end-of-day measure from a day's tally."""
    asked, rows = measure_named(measure), names(CONTACT_QUANTITIES)
    kinds = [k for k, c in enumerate(scenario.contact_types) if c.target or not asked.needs_target]

    def quantity(name: str) -> NDArray[np.float64]:
        if name == "replications":
            return np.ones(())
        return numbers[rows.index(name), kinds].sum()

    with np.errstate(divide="ignore", invalid="ignore"):
        return float(combine(asked.numerator, quantity) / combine(asked.denominator, quantity))


def ranks(
    scenario: qs.Scenario,
    days: int,
    futures: int,
    *,
    hours: tuple[float, ...] = HOURS,
    seed: int = 1,
) -> dict[tuple[str, float], NDArray[np.float64]]:
    """Return where what happened lies among the futures, 0 to 1, by measure and instant.

    Ties are broken in the middle, so that a sure thing lies at a half.
    """
    found: dict[tuple[str, float], list[float]] = {}
    for day in range(days):
        tape = draw_tape(scenario, seed=seed, replication=day)
        outcome = simulate_compiled(scenario, tape)
        numbers = tally(outcome).contacts
        for hour in hours:
            told = nowcast(
                scenario, state_of(scenario, outcome, hour * 3600), futures=futures, seed=7 + day
            )
            for measure in MEASURES:
                true, values = happened(scenario, numbers, measure), told.values(measure)
                below, equal = (values < true - 1e-12).sum(), (abs(values - true) <= 1e-12).sum()
                found.setdefault((measure, hour), []).append(
                    float((below + 0.5 * equal + 0.5) / (len(values) + 1))
                )
    return {key: np.array(values) for key, values in found.items()}


def coverage(rank: NDArray[np.float64], share: float = 0.9) -> float:
    """Return how often what happened lies in the central interval."""
    return float((abs(rank - 0.5) <= share / 2).mean())


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--short", action="store_true", help="40 days, 100 futures")
    parser.add_argument("--days", type=int, default=300)
    parser.add_argument("--futures", type=int, default=300)
    parser.add_argument("--case", choices=[*CASES, "speed"], default=None)
    asked = parser.parse_args()
    days, futures = (40, 100) if asked.short else (asked.days, asked.futures)
    for case in CASES.values():
        if asked.case not in (None, case.name):
            continue
        begun = time.perf_counter()
        found = ranks(case.make(), days, futures)
        print(f"\n{case.name}: {case.remark}; {days} days, {futures} futures each")
        error = sqrt(0.09 / days)
        print(
            f"  coverage of 90 % intervals [%], standard error {100 * error:.1f}; mean rank in ()"
        )
        print("  " + "".join([f"{'measure':16}", *(f"{hour:14.2f} h" for hour in HOURS)]))
        for measure in MEASURES:
            cells = [
                f"{100 * coverage(found[measure, hour]):8.1f} ({found[measure, hour].mean():.2f})"
                for hour in HOURS
            ]
            print("  " + "".join([f"{measure:16}", *(f"{cell:>16}" for cell in cells)]))
        inside = np.array([abs(rank - 0.5) <= 0.45 for rank in found.values()]).mean(axis=0)
        print(
            f"  all: {100 * inside.mean():.1f} %, standard error "
            f"{100 * inside.std(ddof=1) / sqrt(days):.1f} ({time.perf_counter() - begun:.0f} s)",
            flush=True,
        )
    if asked.case in (None, "speed"):
        speed(200 if asked.short else 1000)


def speed(futures: int) -> None:
    """Time the futures of a hundred agents from noon on."""
    scenario = hundred_agents()
    outcome = simulate_compiled(scenario, draw_tape(scenario, seed=5))
    state = state_of(scenario, outcome, 12 * 3600.0)
    nowcast(scenario, state, futures=20)
    took, used = [], []
    for _ in range(5):
        begun, worked = time.perf_counter(), time.process_time()
        told = nowcast(scenario, state, futures=futures)
        took.append(time.perf_counter() - begun)
        used.append(time.process_time() - worked)
    contacts = told.futures.contacts["offered"].sum() / futures
    print(
        f"\n{futures:,} futures of the rest of a day of 100 agents from noon on, "
        f"{contacts:,.0f} contacts each: {min(took):.2f} s the fastest of 5 "
        f"(median {np.median(took):.2f} s; processor time {min(used):.2f} s)"
    )


if __name__ == "__main__":
    main()
