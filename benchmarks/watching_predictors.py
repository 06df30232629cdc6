"""How good the predictions of waits are: ``python -m benchmarks.watching_predictors [--short]``.

Two tables. The first sets the mean squared errors of the queue-length and the no-information
predictor in M/M/s beside theory (``tests/oracles/exact.json``); given the queue that was seen, that
of queue length must be (ahead + 1) / (s mu)^2, told as a ratio of 1. The second says how often 90 %
intervals held on centres that are steady, change their staffing, have priorities, several skills,
callbacks in the queue, chats at once, mail that calls interrupt, and times that are not
exponential. Exit code 1 when something is not as it must be: a mean squared error further from
theory than chance brings once in 10,000 times, or a coverage of the refined prediction further from
90 % than 1 % (``--short``: than 1 % and three standard errors).
"""

from __future__ import annotations

import os
import sys

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import argparse  # noqa: E402
import json  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from scipy import stats  # noqa: E402

from benchmarks.watching_cases import CASES, plain  # noqa: E402
from queuesim.watching.predict import bench_predictors, predictor  # noqa: E402
from queuesim.watching.predicting.forward import Forward  # noqa: E402
from queuesim.watching.predicting.patient import patient_days  # noqa: E402
from queuesim.watching.predicting.refined import WhoIsAhead  # noqa: E402

ORACLES = Path(__file__).parent.parent / "tests" / "oracles" / "exact.json"
HANDLE_S = {1: 2.0, 10: 10.0, 100: 80.0}
RELAXATIONS = 4.0
SHORT, LONG = (16, 60), (60, 200)
"""Replications, and contacts asked in each, beside theory."""
BY_CHANCE = 1e-4
"""That a line beside theory is too far off when nothing is wrong."""


def mean_squared_errors(row: dict[str, float], replications: int, asks: int) -> dict[str, float]:
    """Return mean squared errors in M/M/s, in units of the handle time, with standard errors."""
    agents = int(row["s"])
    handle_s = HANDLE_S[agents]
    scenario = plain(agents, row["rho"], handle_s)
    relaxation_s = handle_s / agents / (1 - np.sqrt(row["rho"])) ** 2
    longest_s = 10 * row["EW_given_wait"] * handle_s
    methods = [predictor(scenario, m) for m in ("queue_length", "no_information")]
    sums = []
    for days in patient_days(scenario, 0, replications=replications, seed=41):
        late = (days.came_s > RELAXATIONS * relaxation_s) & ~(days.waits_s == 0.0)
        late &= days.came_s < scenario.horizon.seconds - longest_s  # so that all are answered
        rows = np.flatnonzero(late)
        chance = np.random.default_rng(days.outcome.tape.replication)
        rows = np.sort(chance.choice(rows, min(asks, len(rows)), replace=False))
        errors = []
        for k in rows[~np.isnan(days.waits_s[rows])]:
            seen = days.seen_by(int(days.rows[k]))
            off = [m.predict(seen, 0).mean_s - days.waits_s[k] for m in methods]
            errors.append([*off, handle_s / agents * np.sqrt(len(seen.waiting_type) + 1.0)])
        # each contact asked stands for as many as waited
        many = float(late.sum())
        sums.append(many * np.append((np.array(errors) ** 2).mean(axis=0), 1.0))
    table = np.array(sums)
    value = table[:, :2].sum(axis=0) / table[:, 3].sum()
    apart = table[:, :2] - value * table[:, 3:]
    error = np.sqrt((apart**2).sum(axis=0)) / table[:, 3].sum()
    given_queue = table[:, 0].sum() / table[:, 2].sum()
    apart = table[:, 0] - given_queue * table[:, 2]
    found = {"agents": agents, "rho": row["rho"]}
    for name, v, e in zip(("QL", "NI"), value / handle_s**2, error / handle_s**2, strict=True):
        theory = row[f"MSE_{name}"]
        found |= {f"{name}": v, f"{name}_theory": theory, f"{name}_se": e}
        found[f"{name}_z"] = (v - theory) / e
    # how long queues happened to be is most of the chance in QL: given the queue it is sharper
    found |= {"QL_given_queue": given_queue}
    found["QL_given_queue_se"] = float(np.sqrt((apart**2).sum()) / table[:, 2].sum())
    return found


def against_theory(short: bool) -> pd.DataFrame:
    """Return the rows of the oracle with what was measured."""
    rows = json.loads(ORACLES.read_text())["delay_predictors_MMs"]
    many = SHORT if short else LONG
    return pd.DataFrame([mean_squared_errors(row, *many) for row in rows])


def too_far(theory: pd.DataFrame, short: bool) -> pd.Series:
    """Return which rows are further from theory than chance allows, by Student's t."""
    limit = float(stats.t.isf(BY_CHANCE / 2, (SHORT if short else LONG)[0] - 1))
    far = (theory[["QL_z", "NI_z"]].abs() > limit).any(axis=1)
    return far | ((theory["QL_given_queue"] - 1).abs() > limit * theory["QL_given_queue_se"])


def coverage(name: str, short: bool, futures: int, replications: int = 100) -> pd.DataFrame:
    """Return how good predictors are on a case."""
    scenario = CASES[name]()
    asks = 40 if short else 60
    replications = 10 if short else replications
    methods = ["queue_length", "queue_length_patience", "queue_length_plan"]
    table = bench_predictors(
        scenario,
        methods=[*methods, WhoIsAhead(scenario, paths=199)],
        replications=replications,
        per_replication=asks,
        warm_up=3600,
        seed=97,
    )
    if futures:
        simulated = bench_predictors(
            scenario,
            methods=[Forward(scenario, futures=futures)],
            replications=max(replications // 4, 4),
            per_replication=max(asks // 6, 5),
            warm_up=3600,
            seed=98,
        )
        table = pd.concat([table, simulated], ignore_index=True)
    table.insert(0, "case", name)
    return table


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--replications", type=int, default=100, help="of each case")
    parser.add_argument("--futures", type=int, default=39, help="of the simulated prediction")
    parser.add_argument("cases", nargs="*", default=list(CASES), help="of " + ", ".join(CASES))
    given = parser.parse_args()
    wrong = []
    began = time.perf_counter()
    theory = against_theory(given.short)
    print("Mean squared errors in M/M/s, in squared handle times")
    print(theory.round(5).to_string(index=False), flush=True)
    far = too_far(theory, given.short)
    wrong += [f"mean squared error at {r.agents} agents" for r in theory[far].itertuples()]
    for name in given.cases:
        table = coverage(name, given.short, given.futures, given.replications)
        columns = ["case", "contact_type", "method", "asked", "mean_wait_s", "bias_s", "rmse_s"]
        columns += ["coverage", "coverage_se", "width_s", "pinball_s"]
        print("\n" + table[columns].round(3).to_string(index=False), flush=True)
        refined = table[table["method"] == "refined"]
        # all contact types of the case together
        share = np.average(refined["coverage"], weights=refined["asked"])
        error = np.sqrt((refined["coverage_se"] ** 2).mean())
        allowed = 0.01 + (3 * error if given.short else 0.0)
        print(f"{name}: refined {share:.1%} of 90 %, ± {error:.1%}")
        if abs(share - 0.9) > allowed:
            wrong.append(f"coverage of {name}")
    print(f"\n{time.perf_counter() - began:.0f} s")
    print("as it must be" if not wrong else "not as it must be: " + ", ".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
