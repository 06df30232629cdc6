"""Handle times and patience that are not exponential: Pollaczek and Khinchine, and Whitt (2005)."""

from __future__ import annotations

from math import exp, sqrt
from typing import Any

import pytest
from scipy.optimize import minimize_scalar

import queuesim as qs
from tests.against_theory.centres import Centre, Shape, exponential
from tests.against_theory.reference_numbers import EXACT, PUBLISHED, Row, decimals, rows
from tests.against_theory.simulated_days import play
from tests.against_theory.verdict import Line, judge, of_the_tape, rounding

WORK: dict[float, Shape] = {
    0: lambda unit_s: qs.Deterministic(value=unit_s),
    0.5: lambda unit_s: qs.Gamma(mean=unit_s, cv=sqrt(0.5)),
    1: exponential(),
    4: lambda unit_s: qs.Hyperexponential(mean=unit_s, cv=2.0),
}
LONG = qs.Hyperexponential(mean=1.0, cv=2.0)
MOMENTS = {
    0: (exp, 5.0),
    0.5: (lambda s: (1 - s / 2) ** -2, 2.0),
    1: (lambda s: 1 / (1 - s), 1.0),
    4: (
        lambda s: (
            LONG.share / (1 - s * LONG.mean_short) + (1 - LONG.share) / (1 - s * LONG.mean_long)
        ),
        1 / LONG.mean_long,
    ),
}
"""Moment generating functions of the work E[exp(s S)], and where they end, by scv."""


def forgets_in(rate: float, scv: float) -> float:
    """Return the relaxation time of M/G/1: 1 / max over s of s - rate (E[exp(s S)] - 1).

    The tail of the busy period decays at that rate (Abate and Whitt, 1988, Operations Research 36).
    """
    moments, end = MOMENTS[scv]
    best = minimize_scalar(
        lambda s: rate * (moments(s) - 1) - s, bounds=(0, end * (1 - 1e-9)), method="bounded"
    )
    return float(-1 / best.fun)


@pytest.mark.parametrize("row", rows("M/G/1", EXACT["MG1_PK"], "lam", "scv"))
def test_one_agent(row: Row) -> None:
    """The mean wait grows with the spread of the work."""
    name = f"M/G/1: scv {row['scv']}"
    relaxation = forgets_in(row["lam"], row["scv"])
    centre = Centre(
        name, (row["lam"],), 1, 30_000, work=WORK[row["scv"]], relaxation=relaxation, days=16
    )
    days = play(centre)
    lines = [
        Line("W", days.mean(days.wait), row["W"], 0.45 * row["W"]),
        Line("P_wait = rho", days.mean(days.waited), row["lam"], 0.02),
        Line("occ = rho", days.occupancy(), row["lam"], 0.02),
    ]
    judge(name, [*lines, *of_the_tape(days)])


def erlang_2(unit_s: float) -> qs.Gamma:
    return qs.Gamma(mean=unit_s, cv=sqrt(0.5))


TIMES: dict[str, Shape] = {
    "M": exponential(),
    "D": lambda unit_s: qs.Deterministic(value=unit_s),
    "E2": erlang_2,
    "E2 mean 1": erlang_2,
    "LN(1,1)": lambda unit_s: qs.LogNormal(mean=unit_s, cv=1.0),
    "LN(4,4)": lambda unit_s: qs.LogNormal(mean=4 * unit_s, cv=2.0),
}
WHITT = [r for r in PUBLISHED["whitt2005_MGIsrGI"]["rows"] if isinstance(r["P_W0"], list)]


@pytest.mark.parametrize("row", rows("Whitt 2005", WHITT, "service", "patience"))
def test_many_agents_general_work_and_patience(row: Row) -> None:
    """M/GI/100/200+GI, simulated by Whitt with 50 million arrivals.

    His half-widths (95 %, so 1.96 standard errors) and the rounding of the print enter the standard
    error. The relaxation time is that of exponential work and patience with the same means.
    """
    name = f"Whitt: work {row['service']} patience {row['patience']}"
    patience = TIMES[row["patience"]]
    centre = Centre(
        name,
        (102.0,),
        100,
        35_000,
        work=TIMES[row["service"]],
        patience=patience,
        places=200,
        days=18,
    )
    days = play(centre)
    wait, served, left = days.wait, days.served, days.abandoned
    estimates = {
        "P_W0": (days.mean(~days.waited), 0.12),
        "P_A": (days.mean(left), 0.01),
        "EQ": (days.per_unit(wait), 3.0),
        "EN": (days.per_unit(wait + days.handle), 3.0),
        "EW_S": (days.mean(wait, served), 0.03),
        "EW_A": (days.mean(wait, left), 0.03),
        "P_W_le_0.1_S": (days.mean(wait <= 0.1, served), 0.15),
    }
    lines = [_printed(key, row[key], *estimates[key]) for key in row if key in estimates]
    assert len(lines) == len(row) - 2
    judge(name, [*lines, *of_the_tape(days)])


def _printed(key: str, printed: list[float], estimate: Any, notices: float) -> Line:
    value, half_width = printed
    coarse = rounding(max(decimals(value), decimals(half_width)))
    return Line(key, estimate, value, notices, sqrt((half_width / 1.96) ** 2 + coarse**2))
