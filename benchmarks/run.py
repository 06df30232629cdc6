"""The runner: chooses cases, times them, reports."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import queuesim as qs
from benchmarks import growth, memory, report
from benchmarks.answers import WrongAnswerError, checksum, counts_of
from benchmarks.cases import CASES, PHASES, Case
from benchmarks.claims import judged
from benchmarks.contests import With, contest
from benchmarks.machine import provenance
from benchmarks.prototype import Prototype
from benchmarks.subjects import engines
from benchmarks.timing import interleaved, one_core

SHORT_CASES = ("day", "chat", "callbacks", "everything")
REPEATS, SHORT_REPEATS = 7, 2


def parser() -> argparse.ArgumentParser:
    """Return what the command line takes."""
    made = argparse.ArgumentParser(
        prog="python -m benchmarks", description=(__doc__ or "").splitlines()[0]
    )
    made.add_argument("--short", action="store_true", help="small cases only, few repeats")
    made.add_argument("--long", action="store_true", help="years, growth and memory too")
    made.add_argument("--case", action="append", choices=list(CASES), help="only this one")
    made.add_argument("--phase", action="append", choices=PHASES, help="only this one")
    made.add_argument("--engine", action="append", choices=list(engines()), help="only this one")
    made.add_argument("--peers", action="store_true", help="peers that are installed, too")
    made.add_argument("--prototype", type=Path, metavar="PATH", help="folder of the prototype")
    made.add_argument("--growth", action="store_true", help="growth in each size, and two cores")
    made.add_argument("--memory", action="store_true", help="processes of their own: peak memory")
    made.add_argument("--repeats", type=int, help=f"default {REPEATS}; short {SHORT_REPEATS}")
    made.add_argument("--json", type=Path, help="write all figures to this file")
    made.add_argument("--markdown", type=Path, help="write the tables to this file")
    made.add_argument(
        "--answers",
        action="store_true",
        help="print what the registry of cases should say, by the reference engine",
    )
    return made


def main(given: Sequence[str] | None = None) -> int:
    """Run benchmarks; return 0, or 1 when an answer was wrong."""
    arguments = parser().parse_args(given)
    chosen = [CASES[name] for name in _cases(arguments)]
    if arguments.answers:
        print_answers(chosen)
        return 0
    repeats = arguments.repeats or (SHORT_REPEATS if arguments.short else REPEATS)
    if repeats < 1:
        parser().error(f"--repeats {repeats}: must be 1 or more")
    try:
        prototype = Prototype(arguments.prototype) if arguments.prototype else None
    except FileNotFoundError as error:
        parser().error(str(error))
    others = With(arguments.peers, prototype, tuple(arguments.engine or ()))
    figures = {**provenance(), "queuesim": qs.__version__, "repeats": repeats}
    try:
        with one_core() as pinned:
            figures["pinned"] = pinned
            figures.update(_contests(chosen, arguments.phase or PHASES, others, repeats))
            if arguments.growth or arguments.long:
                figures["growth"] = _growth(others, repeats)
        if arguments.growth or arguments.long:
            figures["two_cores"] = _two_cores(others, repeats)
        if arguments.memory or arguments.long:
            figures["processes"] = _processes(others, arguments.case, arguments.long)
    except WrongAnswerError as error:
        print(f"wrong answer: {error}", file=sys.stderr)
        return 1
    report.print_tables(figures)
    for path, text in (
        (arguments.json, json.dumps(figures, indent=2, ensure_ascii=False) + "\n"),
        (arguments.markdown, report.markdown(figures)),
    ):
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return 0


def _cases(arguments: argparse.Namespace) -> list[str]:
    if arguments.case:
        return list(dict.fromkeys(arguments.case))
    if arguments.short:
        return list(SHORT_CASES)
    return [name for name, case in CASES.items() if arguments.long or not case.long]


def _contests(
    chosen: list[Case], phases: Sequence[str], others: With, repeats: int
) -> dict[str, Any]:
    contests, claims, skipped = [], [], {}
    for case in chosen:
        for phase in [phase for phase in case.phases if phase in phases]:
            made = contest(case, phase, others)
            skipped.update(made.left_out)
            if not made.contestants:
                continue
            _say(f"{case.name}, {phase}: {', '.join(c.name for c in made.contestants)}")
            timings = interleaved(made.contestants, repeats)
            contests.append(report.of_contest(made, timings))
            claims += [report.of_claim(found) for found in judged(case.name, phase, timings)]
    return {"contests": contests, "claims": claims, "skipped": skipped}


def _growth(others: With, repeats: int) -> list[dict[str, Any]]:
    engine = others.chosen()[-1]
    found = []
    for family in growth.grown(engine, repeats):
        _say(f"growth in {family.family}: {engine.name}")
        found.append({"engine": engine.name, **report.of_growth(family)})
    return found


def _two_cores(others: With, repeats: int) -> list[dict[str, Any]]:
    engine, found = others.chosen()[-1], []
    for name in growth.ON_TWO_CORES if engine.fast else ["day_100"]:
        _say(f"two cores: {name}, {engine.name}")
        timings, gain = growth.two_cores(engine, name, repeats)
        found.append(
            {
                "engine": engine.name,
                "case": name,
                "contestants": [report.of_timing(timing) for timing in timings],
                "gain": report.of_spread(gain),
            }
        )
    return found


def _processes(others: With, asked: list[str] | None, long: bool) -> list[dict[str, Any]]:
    """Play cases in processes of their own; unless asked, years only by a fast engine."""
    found = []
    for engine in others.chosen():
        cases = ["day", "everything"]
        if engine.fast:
            cases += ["day_100", *(["year", "year_100"] if long else [])]
        for name in asked or cases:
            _say(f"a process of its own: {name}, {engine.name}")
            found.append(memory.in_a_child(name, CASES[name].replications, engine.name))
    return found


def print_answers(chosen: Sequence[Case]) -> None:
    """Print what the registry should say, by the reference engine: for a change of results."""
    for case in chosen:
        tape = case.tape()
        outcome = engines()["reference"].play(case.scenario, tape)
        counts = counts_of(outcome)
        print(
            f"{case.name}: contacts={counts.offered:_}, abandoned={counts.abandoned:_}, "
            f'checksum="{checksum(outcome)}"'
        )


def _say(what: str) -> None:
    print(f"… {what}", file=sys.stderr, flush=True)
