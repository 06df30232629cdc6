"""What is reported: one dictionary, as JSON, as tables for a terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchmarks.claims import Found
from benchmarks.contests import Contest
from benchmarks.growth import Growth
from benchmarks.timing import Spread, Timing

Rows = list[list[str]]


def of_spread(found: Spread) -> dict[str, float]:
    """Return a median and quartiles as a dictionary."""
    return {"median": found.median, "q1": found.q1, "q3": found.q3}


def of_timing(timing: Timing) -> dict[str, Any]:
    """Return one contestant's figures as a dictionary."""
    per_contact = timing.contact_s
    return {
        "name": timing.name,
        "contacts": timing.contestant.contacts,
        "first_s": timing.first_s,
        "repeats": len(timing.seconds),
        "calls_a_repeat": timing.calls,
        "call_s": of_spread(timing.call_s),
        "us_per_contact": of_spread(
            Spread(per_contact.median * 1e6, per_contact.q1 * 1e6, per_contact.q3 * 1e6)
        ),
        "contacts_per_s": 1.0 / per_contact.median if per_contact.median else None,
        "note": timing.contestant.note,
    }


def of_contest(contest: Contest, timings: Sequence[Timing]) -> dict[str, Any]:
    """Return a contest's figures as a dictionary."""
    return {
        "case": contest.case.name,
        "stresses": contest.case.stresses,
        "phase": contest.phase,
        "checksum": contest.case.checksum,
        "contestants": [of_timing(timing) for timing in timings],
        "left_out": contest.left_out,
    }


def of_claim(found: Found) -> dict[str, Any]:
    """Return a claim and what became of it as a dictionary."""
    return {
        "case": found.claim.case,
        "phase": found.claim.phase,
        "ratio_of": found.longer,
        "to": found.shorter,
        "wanted": found.claim.wanted(),
        "found": of_spread(found.ratio),
        "holds": found.holds,
    }


def of_growth(growth: Growth) -> dict[str, Any]:
    """Return a family's figures as a dictionary."""
    return {
        "family": growth.family,
        "sizes": [of_timing(timing) for timing in growth.timings],
        "largest_to_smallest": of_spread(growth.largest_to_smallest),
        "wanted": f"≤ {growth.at_most:g}" if growth.at_most is not None else None,
        "left_out": growth.left_out,
    }


# Tables


def tables(report: dict[str, Any]) -> list[tuple[str, list[str], Rows]]:
    """Return the report as tables: title, header, rows."""
    made: list[tuple[str, list[str], Rows]] = []
    contests = report.get("contests", [])
    if contests:
        header = ["case", "phase", "who", "µs a contact", "contacts a second", "first call", ""]
        made.append(("Time", header, [row for c in contests for row in _contest_rows(c)]))
    if report.get("claims"):
        header = ["case", "phase", "time of", "÷ time of", "wanted", "found", ""]
        made.append(
            ("Claims, paired within each repeat", header, list(map(_claim_row, report["claims"])))
        )
    for family in report.get("growth", []):
        title = f"Growth in {family['family']}, {family['engine']} engine"
        made.append((title, [family["family"], "contacts", "µs a contact"], _growth_rows(family)))
    if report.get("processes"):
        header = ["case", "engine", "replications", "play", "process", "peak memory", "imports"]
        made.append(("Whole processes", header, list(map(_process_row, report["processes"]))))
    if "two_cores" in report:
        rows = [
            [
                each["case"],
                *(_seconds(one["call_s"]["median"]) for one in each["contestants"]),
                f"{(gain := each['gain'])['median']:.2f} ({gain['q1']:.2f}–{gain['q3']:.2f})",
            ]
            for each in report["two_cores"]
        ]
        engine = report["two_cores"][0]["engine"]
        made.append((f"Cores, {engine} engine", ["case", "one core", "two cores", "gain"], rows))
    if report.get("skipped"):
        made.append(("Left out", ["who", "why"], [[w, y] for w, y in report["skipped"].items()]))
    return made


def _contest_rows(contest: dict[str, Any]) -> Rows:
    rows = []
    for one in contest["contestants"]:
        us = one["us_per_contact"]
        rows.append(
            [
                contest["case"],
                contest["phase"],
                one["name"],
                _with_quartiles(us),
                f"{one['contacts_per_s']:,.0f}",
                _seconds(one["first_s"]),
                one["note"],
            ]
        )
    return rows


def _claim_row(claim: dict[str, Any]) -> list[str]:
    return [
        claim["case"],
        claim["phase"],
        claim["ratio_of"],
        claim["to"],
        claim["wanted"],
        _with_quartiles(claim["found"]),
        "holds" if claim["holds"] else "does not hold",
    ]


def _growth_rows(family: dict[str, Any]) -> Rows:
    rows = [
        [one["name"], f"{one['contacts']:,}", _with_quartiles(one["us_per_contact"])]
        for one in family["sizes"]
    ]
    wanted = f"wanted {family['wanted']}" if family["wanted"] else ""
    rows.append(["largest ÷ smallest", wanted, _with_quartiles(family["largest_to_smallest"])])
    return rows


def _process_row(process: dict[str, Any]) -> list[str]:
    return [
        process["case"],
        process["engine"],
        str(process["replications"]),
        _seconds(process["play_s"]),
        _seconds(process["process_s"]),
        _megabytes(process["peak_mb"]),
        _megabytes(process["imported_mb"]),
    ]


def _with_quartiles(found: dict[str, float]) -> str:
    digits = next((d for d, below in ((3, 1), (2, 10), (1, 100)) if found["median"] < below), 0)
    median, q1, q3 = (f"{found[key]:,.{digits}f}" for key in ("median", "q1", "q3"))
    return f"{median} ({q1}–{q3})"


def _seconds(seconds: float) -> str:
    if seconds < 1e-3:
        return f"{seconds * 1e6:.0f} µs"
    return f"{seconds * 1e3:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def _megabytes(size: float | None) -> str:
    return "unknown" if size is None else f"{size:,.0f} MB"


def heading(report: dict[str, Any]) -> str:
    """Say where the figures come from, in one line."""
    machine = report["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in report["versions"].items())
    return (
        f"queuesim {report['queuesim']} at {report['commit']}, {report['date']}; "
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB, "
        f"{machine['system']}, {report['pinned']}; Python {report['python']}, {versions}. "
        f"Medians of {report['repeats']} interleaved repeats, quartiles in brackets."
    )


def print_tables(report: dict[str, Any], console: Console | None = None) -> None:
    """Print the report to a terminal or a file."""
    out = console or Console()
    if not out.is_terminal:
        out.width = 160  # a log has room
    out.print(heading(report), highlight=False)
    for title, header, rows in tables(report):
        table = Table(title=title, title_justify="left", box=None, pad_edge=False)
        for column, name in enumerate(header):
            right = bool(rows) and all(row[column][:1].isdigit() for row in rows)
            table.add_column(name, justify="right" if right else "left", overflow="fold")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))  # brackets are no markup here
        out.print()
        out.print(table, highlight=False)


def markdown(report: dict[str, Any]) -> str:
    """Return the report as Markdown, for a page."""
    lines = [heading(report), ""]
    for title, header, rows in tables(report):
        lines += [f"**{title}**", "", _line(header), _line(["---"] * len(header))]
        lines += [*map(_line, rows), ""]
    return "\n".join(lines)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
