"""How time per contact grows with one size, all else equal: contacts, agents, contact types.

Utilisation is the same at every size: 0.9 where contacts and agents grow, 0.95 where types do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import queuesim as qs
from benchmarks.answers import checksum, must_equal
from benchmarks.cases import CASES
from benchmarks.scenarios import START, WAGE
from benchmarks.subjects import Engine, two_workers, whole
from benchmarks.timing import Contestant, Spread, Timing, interleaved, ratio, spread
from queuesim.results import Result
from queuesim.sampling import draw_tape

SLOW_MOST_CONTACTS, SLOW_MOST_AGENTS = 10_000, 100
"""Beyond these an engine that is slow is not asked."""

_DAY_S = 86_400
_CONTACTS = 100_000


def by_contacts(contacts: int) -> qs.Scenario:
    """The same small centre, open for longer: 1,000 contacts a day, 12 agents."""
    days = max(1, contacts // 1000)
    handle_s = 0.9 * 12 * _DAY_S / 1000
    return _phone(["phone"], [("home", ["phone"], 12)], 1000, handle_s, days)


def by_agents(agents: int, contacts: int = _CONTACTS) -> qs.Scenario:
    """As many contacts in a day, each as much longer as there are more agents."""
    handle_s = 0.9 * agents * _DAY_S / contacts
    return _phone(["phone"], [("home", ["phone"], agents)], contacts, handle_s)


def by_types(types: int, contacts: int = _CONTACTS) -> qs.Scenario:
    """500 agents in as many groups as types; each group has three skills, the next one's too."""
    names = [f"type {k:02}" for k in range(types)]
    groups = [
        (
            f"group {k:02}",
            [names[j % types] for j in range(k, k + min(3, types))],
            500 // types,
        )
        for k in range(types)
    ]
    handle_s = 0.95 * 500 * _DAY_S / contacts
    return _phone(names, groups, contacts, handle_s)


def _phone(
    names: list[str],
    groups: list[tuple[str, list[str], int]],
    per_day: float,
    handle_s: float,
    days: int = 1,
) -> qs.Scenario:
    types = [
        qs.ContactType(
            name=name,
            channel="phone",
            demand=qs.Demand(per_day=per_day / len(names)),
            talk=qs.Exponential(mean=handle_s),
            patience=qs.Exponential(mean=handle_s),
        )
        for name in names
    ]
    teams = [
        qs.AgentGroup(
            name=name,
            skills=[qs.Skill(skill, rank=1 + nth) for nth, skill in enumerate(skills)],
            headcount=people,
            contract=WAGE,
        )
        for name, skills, people in groups
    ]
    horizon = qs.Horizon(start=START, days=days)
    return qs.Scenario(name="growth", contact_types=types, agent_groups=teams, horizon=horizon)


@dataclass(frozen=True)
class Family:
    """One size that grows.

    Attributes
    ----------
    name : str
    sizes : tuple of int
    make : callable
        ``make(size)`` returns the scenario.
    contacts : callable
        ``contacts(size)``: about how many it has.
    at_most : float
        What the project claims of time per contact, largest ÷ smallest.
    """

    name: str
    sizes: tuple[int, ...]
    make: Callable[[int], qs.Scenario]
    contacts: Callable[[int], int]
    at_most: float


FAMILIES = (
    Family("contacts", (1_000, 10_000, 100_000, 1_000_000), by_contacts, lambda n: n, 1.4),
    Family("agents", (10, 100, 1_000, 5_000), by_agents, lambda n: _CONTACTS, 2.0),
    Family("contact types", (1, 5, 10, 25, 50), by_types, lambda n: _CONTACTS, 1.6),
)


@dataclass(frozen=True)
class Growth:
    """What one family showed; of an engine that is slow nothing is claimed, on fewer contacts."""

    family: str
    sizes: list[int]
    timings: list[Timing]
    largest_to_smallest: Spread
    at_most: float | None
    left_out: list[int]


def grown(engine: Engine, repeats: int) -> Iterator[Growth]:
    """Time an engine on every size of every family, sizes interleaved."""
    for family in FAMILIES:
        make, sizes = family.make, list(family.sizes)
        if not engine.fast:
            make, sizes = _small(family)
        contestants = [_contestant(engine, f"{size:,}", make(size)) for size in sizes]
        timings = interleaved(contestants, repeats)
        yield Growth(
            family.name,
            sizes,
            timings,
            ratio(timings[-1], timings[0]),
            family.at_most if engine.fast else None,
            [size for size in family.sizes if size not in sizes],
        )


def _small(family: Family) -> tuple[Callable[[int], qs.Scenario], list[int]]:
    """Return what a slow engine can do of a family: fewer contacts, fewer agents."""
    if family.name == "contacts":
        return family.make, [n for n in family.sizes if n <= SLOW_MOST_CONTACTS]
    small = by_agents if family.name == "agents" else by_types
    most = SLOW_MOST_AGENTS if family.name == "agents" else family.sizes[-1]
    return partial(small, contacts=SLOW_MOST_CONTACTS), [n for n in family.sizes if n <= most]


def _contestant(engine: Engine, name: str, scenario: qs.Scenario) -> Contestant:
    tape = draw_tape(scenario, seed=1)
    check = _the_same_each_time(f"growth, {name}: checksum of a later call", checksum)
    return Contestant(name, partial(engine.play, scenario, tape), len(tape), check)


def _the_same_each_time(what: str, said: Callable[[Any], object]) -> Callable[[Any], None]:
    """Return a check that every answer says what the first one said."""
    first: list[object] = []

    def check(answer: Any) -> None:
        found = said(answer)
        first.append(found)
        must_equal(what, found, first[0])
        del first[1:]

    return check


ON_TWO_CORES = {"day_100": 100, "in_full": 60, "year": 4}
"""How many replications of which case are played on one core and on two: of 1, 25 and 700 ms."""


def two_cores(engine: Engine, name: str, repeats: int) -> tuple[list[Timing], Spread]:
    """Time a case on one core and on two; return both, and how many times as fast.

    Parameters
    ----------
    engine : Engine
    name : str
        Of `ON_TWO_CORES`.
    repeats : int

    Returns
    -------
    timings : list of Timing
    gain : Spread
        One core ÷ two cores.
    """
    case = CASES[name]
    replications = ON_TWO_CORES[name] if engine.fast else 10

    def said(result: Result) -> str:
        abandoned, offered = result.values("abandonment")
        return f"{offered.tolist()} offered, {abandoned.tolist()} abandoned"

    check = _the_same_each_time(f"two cores, {name}: contacts by replication", said)
    contestants = [
        Contestant(
            cores,
            partial(whole, case.scenario, replications, engine.name, executor=executor),
            case.contacts * replications,
            check,
        )
        for cores, executor in (("one core", None), ("two cores", two_workers(engine)))
    ]
    timings = interleaved(contestants, repeats)
    return timings, spread(
        [one / two for one, two in zip(timings[0].seconds, timings[1].seconds, strict=True)]
    )
