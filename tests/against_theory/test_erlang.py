"""Erlang's formulas: loss, delay, limited waiting places, and patience (Palm).

Exponential work and patience, one contact type, one group, played until stationary.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.against_theory.centres import Centre, exponential
from tests.against_theory.reference_numbers import EXACT, PUBLISHED, Row, decimals, rows
from tests.against_theory.simulated_days import Days, Estimate, play
from tests.against_theory.verdict import Line, judge, of_the_tape, rounding

PLAYED: dict[str, list[Line]] = {}
"""Lines of the rows that have been played; `test_all_rows_together` uses them again."""


@pytest.mark.parametrize("row", rows("Erlang B", EXACT["erlang_b"], "a", "c"))
def test_loss(row: Row) -> None:
    """Without places to wait, who finds all agents busy is blocked."""
    name = f"Erlang B: {row['a']} erlangs {row['c']} agents"
    days = play(Centre(name, (float(row["a"]),), row["c"], 10_000, places=0))
    blocked = Line("blocked", days.mean(days.blocked), row["B"], 0.03)
    judge(name, [blocked, *of_the_tape(days)])


def erlang_c(row: Row) -> Centre:
    """The centre of a row of Erlang C; a unit is the mean handle time."""
    name = f"Erlang C: {row['calls_per_hour']:g} an hour {row['agents']} agents"
    return Centre(name, (row["load"],), row["agents"], 32_000, days=16)


def delay_lines(days: Days, row: Row) -> list[Line]:
    """What a row of Erlang C says."""
    aht = row["aht_s"]
    lines = [
        Line("P_wait", days.mean(days.waited), row["P_wait"], 0.04),
        Line("ASA [aht]", days.mean(days.wait), row["ASA_s"] / aht, 0.04),
        Line("SL", days.mean(days.wait <= row["awt_s"] / aht), row["SL"], 0.05),
        Line("occ", days.occupancy(), row["occ"], 0.01),
    ]
    return [*lines, *of_the_tape(days)]


@pytest.mark.parametrize(
    "row", rows("Erlang C", EXACT["erlang_c"], "calls_per_hour", "aht_s", "agents")
)
def test_delay(row: Row) -> None:
    """Everybody waits as long as it takes."""
    judge(erlang_c(row).name, held_delay(row))


def held_delay(row: Row) -> list[Line]:
    """Play a row of Erlang C, once."""
    name = erlang_c(row).name
    if name not in PLAYED:
        days = play(erlang_c(row))
        lines = delay_lines(days, row)
        if (row["load"], row["agents"]) == (10.0, 14):
            lines += _as_others_printed_it(days)
        PLAYED[name] = lines
    return PLAYED[name]


def _as_others_printed_it(days: Days) -> list[Line]:
    """What two packages print for the same centre."""
    lines = []
    for package, out in (
        ("pyworkforce", PUBLISHED["pyworkforce"]["out"]),
        ("R ErlangC", PUBLISHED["R_ErlangC"]["out"]),
    ):
        for key, unit, estimate in (
            ("waiting_probability", 1.0, days.mean(days.waited)),
            ("wait_probability", 1.0, days.mean(days.waited)),
            ("service_level", 1.0, days.mean(days.wait <= 20 / 180)),
            ("asa_s", 180.0, days.mean(days.wait)),
            ("occupancy", 1.0, days.occupancy()),
        ):
            if key in out:
                error = rounding(decimals(out[key])) / unit
                what = f"{package}: {key}"
                lines.append(Line(what, estimate, out[key] / unit, 0.03, error))
    return lines


def erlang_a(row: Row) -> Centre:
    """The centre of a row of Erlang A; a unit is the mean handle time."""
    return Centre(
        f"Erlang A: {row['label']}",
        (row["lam"] / row["mu"],),
        row["s"],
        50_000 if row["s"] == 100 else 27_000,
        patience=exponential(row["mu"] / row["theta"]),
        places=row["r"],
        days=16 if row["theta"] == 0.25 else 20,
    )


def patience_lines(days: Days, row: Row) -> list[Line]:
    """Everything a row of Erlang A says."""
    mu, wait, served, left = row["mu"], days.wait, days.served, days.abandoned
    theta, per_wait = row["theta"] / mu, days.ratio(days.sums(left), days.sums(wait))
    lines = [
        Line("P_wait", days.mean(days.waited), row["P_wait"], 0.08),
        Line("P_ab", days.mean(left), row["P_ab"], 0.01),
        Line("EQ", days.per_unit(wait), row["EQ"], 0.25 * row["EQ"]),
        Line("EN", days.per_unit(wait + days.handle), row["EN"], 0.04 * row["EN"]),
        Line("VarQ", days.variance(days.ahead), row["VarQ"], 0.9 * row["VarQ"]),
        Line("EW_served", days.mean(wait, served), row["EW_served"] * mu, 0.1),
        Line("VarW_served", days.variance(wait, served), row["VarW_served"] * mu**2, 0.1),
        Line("EW_abandoned", days.mean(wait, left), row["EW_abandoned"] * mu, 0.1),
        Line("occ", days.occupancy(), row["occ"], 0.02),
        # by Little's law both sides of P_ab = theta E[W]; sharpest on the patience itself
        Line("P_ab / EW", per_wait, theta, 0.3 * theta),
    ]
    for key, reference in row.items():
        if not key.startswith(("P_W<=", "SL_served_within_")):
            continue
        among = {"S": served, "A": left}.get(key[-1], True)
        number = key.removeprefix("P_W<=").removeprefix("SL_served_within_")
        within = wait <= float(number.split("|")[0].removesuffix("_over_all")) * mu
        if key.startswith("SL"):
            within &= served
        what = f"{key[:8]}{key[-10:]}" if len(key) > 20 else key
        lines.append(Line(what, days.mean(within, among), reference, 0.15))
    return [*lines, *of_the_tape(days)]


@pytest.mark.parametrize("row", rows("Erlang A", EXACT["erlang_a"], "label"))
def test_patience(row: Row) -> None:
    """Those whose patience ends leave."""
    judge(erlang_a(row).name, held_patience(row))


def held_patience(row: Row) -> list[Line]:
    """Play a row of Erlang A, once."""
    name = erlang_a(row).name
    if name not in PLAYED:
        days = play(erlang_a(row))
        lines = patience_lines(days, row)
        if "Table1" in row["label"]:
            lines += _as_whitt_printed_it(days)
        PLAYED[name] = lines
    return PLAYED[name]


def _as_whitt_printed_it(days: Days) -> list[Line]:
    """The exact column of Whitt (2005), table 1; other rows of his are in `test_general`."""
    printed: dict[str, Any] = PUBLISHED["whitt2005_MGIsrGI"]["rows"][1]
    wait, served, left = days.wait, days.served, days.abandoned
    estimates = {
        "P_W0": days.mean(~days.waited),
        "P_A": days.mean(left),
        "EQ": days.per_unit(wait),
        "VarQ": days.variance(days.ahead),
        "EN": days.per_unit(wait + days.handle),
        "EW_S": days.mean(wait, served),
        "EW_A": days.mean(wait, left),
        "P_W_le_0.1_S": days.mean(wait <= 0.1, served),
        "P_W_le_0.1_A": days.mean(wait <= 0.1, left),
        "P_W_le_0.2_S": days.mean(wait <= 0.2, served),
        "P_W_le_0.2_A": days.mean(wait <= 0.2, left),
    }
    assert set(estimates) == set(printed) - {"service", "patience"}
    return [
        Line(f"printed: {key}", e, printed[key], float("inf"), rounding(decimals(printed[key])))
        for key, e in estimates.items()
    ]


def test_as_many_leave_as_are_served_in_a_time() -> None:
    """With patience and work equally long, the number present does not depend on the agents."""
    row = EXACT["erlang_a_theta_eq_mu_check"]
    name = "Erlang A: patience as long as work"
    days = play(Centre(name, (10.0,), 10, 20_000, patience=exponential(row["mu"])))
    lines = [
        Line(key, days.mean(days.waited), row[key], 0.03) for key in ("P_wait_formula", "P_wait_bd")
    ]
    present = Line("EN", days.per_unit(days.wait + days.handle), 10.0, 0.2)
    judge(name, [*lines, present, *of_the_tape(days)])


@pytest.mark.parametrize("row", rows("M/M/c/K", EXACT["mmck"], "lam", "c", "K"))
def test_limited_places(row: Row) -> None:
    """Who finds all places taken is blocked."""
    name, mu = f"M/M/c/K: {row['c']} agents {row['K'] - row['c']} places", row["mu"]
    days = play(Centre(name, (row["lam"] / mu,), row["c"], 24_000, places=row["K"] - row["c"]))
    waits = days.mean(days.wait, ~days.blocked)
    lines = [
        Line("P_block", days.mean(days.blocked), row["P_block"], 0.015),
        Line("W_entered", waits, row["W_entered"] * mu, 0.05),
        Line("occ", days.occupancy(), row["occ"], 0.02),
    ]
    judge(name, [*lines, *of_the_tape(days)])


def test_all_rows_together() -> None:
    """An error in one direction shows in all rows: their weighted mean notices a far smaller one.

    Service level and waiting are in absolute shares; abandonments for the time waited, which is
    one over the mean patience, are relative.
    """
    delay = [line for row in EXACT["erlang_c"] for line in held_delay(row)]
    patience = [line for row in EXACT["erlang_a"] for line in held_patience(row)]
    judge(
        "all rows of Erlang C and A",
        [
            _together("SL, less theory", "SL", [*delay, *patience], 0.005),
            _together("P_wait, less theory", "P_wait", [*delay, *patience], 0.005),
            _together("P_ab, less theory", "P_ab", patience, 0.005),
            _together("P_ab / EW, relative", "P_ab / EW", patience, 0.05),
        ],
    )


def _together(what: str, start: str, lines: list[Line], notices: float) -> Line:
    """Mean of the differences of some lines, weighted by their precision."""
    relative = start == "P_ab / EW"
    some = [
        line
        for line in lines
        if line.what == start or (start == "SL" and line.what.startswith("SL_serve"))
    ]
    scale = np.array([line.reference if relative else 1.0 for line in some])
    weight = (scale / np.array([line.error for line in some])) ** 2
    apart = np.array([line.simulated.value - line.reference for line in some]) / scale
    freedom = min(line.simulated.freedom for line in some)
    mean = float(weight @ apart / weight.sum())
    return Line(what, Estimate(mean, float(weight.sum() ** -0.5), freedom), 0.0, notices)
