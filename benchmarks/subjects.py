"""What of queuesim is measured. The one place that knows which engines this version has."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import loky

import queuesim as qs
from queuesim.engines.compiled import Program, Replication, outcome_of, simulate_compiled
from queuesim.engines.outcome import Outcome
from queuesim.engines.reference import simulate_reference
from queuesim.results import Result
from queuesim.sampling import Tape

Play = Callable[[qs.Scenario, Tape], Outcome]
Played = Outcome | Callable[[], Outcome]


@dataclass(frozen=True)
class Engine:
    """One of queuesim's engines.

    Attributes
    ----------
    name : str
        As `queuesim.simulate` knows it.
    play : callable
        ``play(scenario, tape) -> Outcome``.
    prepared : callable or None
        ``prepared(scenario, tape)`` leaves the making of arrays out of the time: it returns a
        function that plays, once; what that returns is an outcome, or a function that makes one.
    fast : bool
        Whether it plays a million contacts in seconds.
    """

    name: str
    play: Play
    prepared: Callable[[qs.Scenario, Tape], Callable[[], Played]] | None = None
    fast: bool = False


@cache
def engines() -> dict[str, Engine]:
    """Return the engines that `queuesim.simulate` knows, by name; the fastest is the last."""
    return {
        "reference": Engine("reference", simulate_reference),
        "compiled": Engine("compiled", simulate_compiled, _prepared, fast=True),
    }


def _prepared(scenario: qs.Scenario, tape: Tape) -> Callable[[], Played]:
    """Make the compiled engine's arrays; return a function that plays once, the kernel alone.

    What that returns makes the outcome from what the kernel left.
    """
    replication = Replication(Program.of(scenario), tape.agent_group, tape.sessions)
    replication.let_in(tape)
    replication.touch()  # as the arrays of the other contestants are

    def play() -> Callable[[], Outcome]:
        piece = replication.play()
        return lambda: outcome_of(scenario, tape, piece)

    return play


def outcome_from(played: Played) -> Outcome:
    """Return what a prepared call made."""
    return played if isinstance(played, Outcome) else played()


def fastest() -> Engine:
    """Return the fastest engine."""
    return list(engines().values())[-1]


@cache
def one_thread() -> Executor:
    """Return an executor of one thread in this process: one core, its memory counted here."""
    return ThreadPoolExecutor(1)


def two_workers(engine: Engine) -> Executor:
    """Return an executor of two: threads where the engine lets go of the lock, else processes."""
    return ThreadPoolExecutor(2) if engine.fast else loky.get_reusable_executor(max_workers=2)


def whole(
    scenario: qs.Scenario,
    replications: int,
    engine: str,
    *,
    seed: int = 1,
    executor: Executor | None = None,
) -> Result:
    """Play and measure as a user does, on one core unless an executor is given."""
    return qs.simulate(
        scenario,
        replications=replications,
        seed=seed,
        engine=engine,
        executor=executor or one_thread(),
        progress=False,
    )
