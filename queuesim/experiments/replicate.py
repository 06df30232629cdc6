"""Playing scenarios many times: tasks out, tallies home, in order."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

from queuesim.engines.reference import simulate_reference
from queuesim.engines.routing import Routing
from queuesim.engines.supported import refuse_what_is_missing
from queuesim.errors import ScenarioWarning
from queuesim.experiments.executors import in_order, local_executor
from queuesim.experiments.progress import shown
from queuesim.model import Scenario
from queuesim.results import Result, Tally, Totals, tally
from queuesim.results.measures import measure_named
from queuesim.sampling import draw_tape

ENGINES = {"reference": simulate_reference}

_LOOK_AFTER = 10
_WORTH_SHARING = 20_000
"""Contacts in all from which starting worker processes pays."""


@dataclass(frozen=True)
class Plan:
    """How to play: the arguments of `simulate`, checked.

    Raises
    ------
    ValueError
        When one of them is out of range.
    """

    replications: int
    seed: int
    until: Mapping[str, float] | None
    engine: str
    routing: Routing | None
    keep_contacts: bool
    executor: Executor | None
    progress: bool | None

    def __post_init__(self) -> None:
        for name, value, least in (
            ("replications", self.replications, 1),
            ("seed", self.seed, 0),
        ):
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise ValueError(f"{name}={value!r}: must be a whole number, {least} or more")
        if self.engine not in ENGINES:
            known = ", ".join(repr(name) for name in ENGINES)
            raise ValueError(f"engine={self.engine!r}: must be one of {known}")
        for measure, half_width in (self.until or {}).items():
            share = measure_named(measure).unit == "share"
            number = isinstance(half_width, (int, float)) and not isinstance(half_width, bool)
            if not number or not half_width > 0 or (share and half_width >= 1):
                rule = "between 0 and 1, 0.01 is a percentage point" if share else "above 0"
                raise ValueError(f"until={{{measure!r}: {half_width!r}}}: must be {rule}")


@dataclass(frozen=True)
class _Task:
    option: str
    replication: int


def _play(
    task: _Task,
    scenarios: Mapping[str, Scenario],
    engine: str,
    seed: int,
    routing: Routing | None,
    keep_contacts: bool,
) -> Tally:
    """Play one replication of one option."""
    scenario = scenarios[task.option]
    tape = draw_tape(scenario, seed=seed, replication=task.replication)
    outcome = ENGINES[engine](scenario, tape, routing)
    return tally(outcome, keep_contacts=keep_contacts)


def replicate(options: Mapping[str, Scenario], plan: Plan) -> dict[str, Result]:
    """Play every option many times on the same contacts.

    Parameters
    ----------
    options : mapping of str to Scenario
    plan : Plan

    Returns
    -------
    dict of str to Result
    """
    for scenario in options.values():
        refuse_what_is_missing(scenario)
    overloads: dict[str, tuple[str, ...]] = {}
    for name, scenario in options.items():
        overloads[name] = _overload(name, scenario)
    totals = {name: Totals(scenario) for name, scenario in options.items()}
    results: dict[str, Result] = {}
    for first, last in _batches(plan):
        tasks = [_Task(name, r) for r in range(first, last) for name in options]
        for task, counted in zip(tasks, _played(tasks, options, plan), strict=True):
            totals[task.option].add(counted)
        results = {
            name: Result(total, seed=plan.seed, engine=plan.engine, notes=overloads[name])
            for name, total in totals.items()
        }
        if plan.until and all(_settled(result, plan.until) for result in results.values()):
            break
    return results


def _batches(plan: Plan) -> Iterator[tuple[int, int]]:
    """Yield the first and the past-the-last replication of each batch."""
    step = _LOOK_AFTER if plan.until else plan.replications
    for first in range(0, plan.replications, step):
        yield first, min(first + step, plan.replications)


def _played(tasks: list[_Task], options: Mapping[str, Scenario], plan: Plan) -> Iterator[Tally]:
    play = partial(
        _play,
        scenarios=options,
        engine=plan.engine,
        seed=plan.seed,
        routing=plan.routing,
        keep_contacts=plan.keep_contacts,
    )
    executor = plan.executor
    if executor is None and expected_contacts(options) * plan.replications > _WORTH_SHARING:
        executor = local_executor()
    label = "replications" if len(options) == 1 else "replications, all options"
    return shown(in_order(play, tasks, executor), len(tasks), label, plan.progress)


def expected_contacts(options: Mapping[str, Scenario]) -> float:
    """Return how many contacts one replication of all options offers on average."""
    return sum(
        float(contact_type.demand.rates(scenario.horizon).per_interval(scenario.horizon).sum())
        for scenario in options.values()
        for contact_type in scenario.contact_types
    )


def _settled(result: Result, until: Mapping[str, float]) -> bool:
    # a half-width of 0 means that nothing has varied yet, not that all is known
    return all(0 < result.measure(name).half_width <= wanted for name, wanted in until.items())


def _overload(option: str, scenario: Scenario) -> tuple[str, ...]:
    """Warn of more work than the staffed people can do; return it as notes for the result."""
    lines = tuple(scenario.overloads())
    if lines:
        # stack level 4 is the line that called `simulate` or `compare`
        text = f"{option}: more work than the staffed people can do"
        warnings.warn(
            "\n  ".join((text, *lines)), ScenarioWarning, stacklevel=4
        )  # the caller's line
    return lines
