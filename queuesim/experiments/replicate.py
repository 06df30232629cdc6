"""Playing scenarios many times: batches out, tallies home, added up in order.

Replications are added in blocks that every option has finished, so that options stay paired
wherever the work stops.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from contextlib import ExitStack, closing
from dataclasses import dataclass

from queuesim import compiling
from queuesim.engines.routing import Routing
from queuesim.errors import ScenarioWarning
from queuesim.experiments import executors, warming
from queuesim.experiments.batches import Batch, Brief, batch_size, blocks, expected_contacts, play
from queuesim.experiments.players import DEFAULT, Engine, chosen_engine
from queuesim.experiments.progress import Progress
from queuesim.experiments.resume import ResumeFile, identity
from queuesim.experiments.stopping import Interrupted, WorkersLost, how_far, uninterrupted
from queuesim.model import Scenario
from queuesim.results import Result, Tally, Totals
from queuesim.results.archive import first_of
from queuesim.results.measures import measure_named

_LOOK_AFTER = 10
_WORKERS_UNKNOWN = 16
_THREADS_PAY_S, _PROCESSES_PAY_S = 0.02, 1.0
"""Work from which starting threads or worker processes pays [s]."""


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
    until: Mapping[str, float] | None = None
    engine: str = DEFAULT
    routing: Routing | None = None
    keep_contacts: bool = False
    executor: Executor | None = None
    progress: bool | None = None
    resume: str | os.PathLike[str] | None = None

    def __post_init__(self) -> None:
        for name, value, least in (
            ("replications", self.replications, 1),
            ("seed", self.seed, 0),
        ):
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise ValueError(f"{name}={value!r}: must be a whole number, {least} or more")
        chosen_engine(self.engine, self.routing)
        for measure, half_width in (self.until or {}).items():
            share = measure_named(measure).unit == "share"
            number = isinstance(half_width, (int, float)) and not isinstance(half_width, bool)
            if not number or not half_width > 0 or (share and half_width >= 1):
                rule = "between 0 and 1, 0.01 is a percentage point" if share else "above 0"
                raise ValueError(f"until={{{measure!r}: {half_width!r}}}: must be {rule}")
        if self.resume is not None and self.keep_contacts:
            raise ValueError(
                "resume= does not go with keep_contacts=True: the file holds sums, contact tables "
                "would make it as large as all contacts; leave out one of the two"
            )


def replicate(options: Mapping[str, Scenario], plan: Plan, *, held_in: str) -> dict[str, Result]:
    """Play every option many times on the same contacts.

    Parameters
    ----------
    options : mapping of str to Scenario
    plan : Plan
    held_in : {"result", "comparison"}
        Where the caller will find what is finished, should the work end early.

    Returns
    -------
    dict of str to Result

    Raises
    ------
    Interrupted, WorkersLost
        With what was finished.
    """
    engine, notes = chosen_engine(plan.engine, plan.routing)
    for scenario in options.values():
        engine.refuse(scenario)
    overloads: dict[str, tuple[str, ...]] = {}
    for name, scenario in options.items():
        overloads[name] = (*_oddities(name, scenario), *_overload(name, scenario))
    work = _Work(options, plan, engine, {name: (*notes, *overloads[name]) for name in options})
    try:
        work.go_on()
    except KeyboardInterrupt:
        raise Interrupted(work.stopped(held_in), work.results("stopped by hand")) from None
    except Exception as error:
        if not executors.is_loss_of_workers(error):
            if done := work.stopped(held_in, note=True):
                error.add_note(done)
            raise
        first_line = str(error).strip().partition("\n")[0]
        lost = f"a worker process was lost ({type(error).__name__}: {first_line}); "
        text = lost + work.stopped(held_in)
        raise WorkersLost(text, work.results("a worker process was lost")) from error
    return work.results()


class _Work:
    """One experiment under way: what has been added up, and how it goes on."""

    def __init__(
        self,
        options: Mapping[str, Scenario],
        plan: Plan,
        engine: Engine,
        notes: Mapping[str, tuple[str, ...]],
    ) -> None:
        self.options = options
        self.plan = plan
        self.engine = engine
        self.notes = notes
        self.totals = {name: Totals(scenario) for name, scenario in options.items()}
        self.file: ResumeFile | None = None
        if plan.resume is not None:
            about = identity(options, seed=plan.seed, engine=engine.name, routing=plan.routing)
            self.file = ResumeFile(plan.resume, about)
            self._read(self.file)

    @property
    def done(self) -> int:
        """Replications that every option has finished."""
        return next(iter(self.totals.values())).n

    def _read(self, file: ResumeFile) -> None:
        kept = file.read(self.options)
        if kept is None:
            file.write(self.totals)  # a place that cannot be written is better known at once
            return
        self.totals = kept
        if self.done > self.plan.replications:
            raise ValueError(
                f"{file.path} holds {self.done:,} replications, more than "
                f"replications={self.plan.replications:,}: ask for {self.done:,} or more, or name "
                f"another file"
            )
        for looked in range(_LOOK_AFTER, self.done, _LOOK_AFTER):
            if self._settled(looked):
                raise ValueError(
                    f"{file.path} holds {self.done:,} replications, but until={self.plan.until!r} "
                    f"was met after {looked:,}: leave until out, or name another file"
                )

    def go_on(self) -> None:
        """Play what is missing, and add it up in order."""
        plan = self.plan
        missing = plan.replications - self.done
        if not missing or self._finished():
            return
        with ExitStack() as stack:
            seconds = self.engine.seconds(expected_contacts(self.options) / len(self.options))
            executor = plan.executor
            worth = _THREADS_PAY_S if self.engine.threads else _PROCESSES_PAY_S
            if executor is None and seconds * missing * len(self.options) > worth:
                executor = stack.enter_context(executors.all_cores(self.engine.threads))
            workers = 1 if executor is None else executors.workers_of(executor) or _WORKERS_UNKNOWN
            size = batch_size(
                self.options,
                self.engine,
                replications=missing,
                workers=workers,
                keep_contacts=plan.keep_contacts,
            )
            progress = stack.enter_context(
                Progress(
                    plan.replications * len(self.options),
                    before=self.done * len(self.options),
                    label=self._label(),
                    wanted=plan.progress,
                )
            )
            here = executors.runs_on_this_machine(executor)
            new = warming.get_ready(self.engine, self.options.values()) if here else ()
            answers = stack.enter_context(
                closing(
                    executors.in_order(
                        play,
                        self._batches(self.done, size),
                        executor,
                        at_once=executors.tasks_at_once(executor),
                    )
                )
            )
            for first, last in blocks(self.done, plan.replications, size):
                tallies = {}
                for name in self.options:
                    tallies[name] = next(answers)
                    progress.advance(last - first)
                if new:
                    compiling.everything_is_kept(*new)
                    new = ()
                if self._add(tallies, last - first):
                    break
                if self.file is not None:
                    self.file.save_if_due(self.totals)
        if self.file is not None:
            self.file.save(self.totals)

    def _batches(self, done: int, size: int) -> Iterator[Batch]:
        plan = self.plan
        briefs = [Brief(each, self.engine.name, plan.routing) for each in self.options.values()]
        for first, last in blocks(done, plan.replications, size):
            for brief in briefs:
                yield Batch(brief, first, last, plan.seed, plan.keep_contacts)

    def _add(self, tallies: Mapping[str, list[Tally]], many: int) -> bool:
        """Add a block of replications; return whether that is enough."""
        for k in range(many):
            with uninterrupted():
                for name, total in self.totals.items():
                    total.add(tallies[name][k])
            if self._finished():
                return True  # what was played beyond is dropped: it must not depend on workers
        return False

    def _finished(self) -> bool:
        """Whether the work may end here: it is all done, or it is time to look and it is enough."""
        looks = self.done >= _LOOK_AFTER and self.done % _LOOK_AFTER == 0
        return self.done == self.plan.replications or (looks and self._settled(self.done))

    def _settled(self, first: int) -> bool:
        """Whether every measure of `until` was precise enough after the first replications."""
        until = self.plan.until or {}
        # a half-width of 0 means that nothing has varied yet, not that all is known
        return bool(until) and all(
            0 < result.measure(measure).half_width <= wanted
            for result in (self._result(first_of(t, first)) for t in self.totals.values())
            for measure, wanted in until.items()
        )

    def _result(self, total: Totals, *notes: str) -> Result:
        return Result(total, seed=self.plan.seed, engine=self.engine.name, notes=notes)

    def results(self, stopped: str = "") -> dict[str, Result]:
        """Return what is finished; when the work was stopped, with a note of it."""
        if self.done == 0:
            return {}
        asked = self.plan.replications
        early = (f"{stopped} after {self.done:,} of {asked:,} replications",) if stopped else ()
        return {
            name: self._result(total, *early, *self.notes[name])
            for name, total in self.totals.items()
        }

    def stopped(self, held_in: str, *, note: bool = False) -> str:
        """Keep what is finished in the file, if there is one; say how far the work was."""
        kept = self.file is not None and self.file.save(self.totals)
        path = str(self.file.path) if self.file is not None and kept else None
        if note:
            return f"{self.done:,} replications are kept in {path}" if path and self.done else ""
        asked, every = self.plan.replications, len(self.options) > 1
        return how_far(self.done, asked, held_in, path, every=every)

    def _label(self) -> str:
        options = f" of {len(self.options)} options" if len(self.options) > 1 else ""
        return f"replications{options}{', at most' if self.plan.until else ''}"


def _oddities(option: str, scenario: Scenario) -> tuple[str, ...]:
    """Warn of what is hardly meant; return it as notes for the result."""
    lines = tuple(scenario.oddities())
    if lines:
        # stack level 4 is the line that called `simulate` or `compare`
        text = f"{option}: stated, and hardly meant"
        warnings.warn("\n  ".join((text, *lines)), ScenarioWarning, stacklevel=4)
    return lines


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
