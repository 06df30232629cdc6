"""Predictors on simulated days, the short form of ``python -m benchmarks.watching_predictors``.

Draws are fixed. Coverage fails by chance about once in 1,000 times for each line when it is 90 %,
and notices one that is off by five of its standard errors, printed with ``-s``: 8 to 12 %. The mean
squared errors fail by chance about once in 1,000 times for all four rows; given the queue that
was seen, they notice one that is off by a third.
"""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.watching_cases import CASES
from benchmarks.watching_predictors import against_theory, too_far
from queuesim.watching.predict import bench_predictors
from queuesim.watching.predicting.patient import patient_days, with_patient
from queuesim.watching.predicting.refined import WhoIsAhead

FAR = 3.3


@pytest.mark.parametrize("name", CASES)
def test_intervals_hold_what_they_claim(name: str) -> None:
    scenario = CASES[name]()
    table = bench_predictors(
        scenario,
        methods=[WhoIsAhead(scenario, paths=99)],
        replications=6,
        per_replication=30,
        warm_up=3600,
        seed=3,
    )
    print(table[["contact_type", "coverage", "coverage_se"]])
    # a standard error estimated from six days is no better than that of independent waits
    error = np.maximum(table["coverage_se"], np.sqrt(0.09 / table["asked"]))
    assert (np.abs(table["coverage"] - 0.9) < FAR * error).all()


def test_mean_squared_errors_are_those_of_theory() -> None:
    table = against_theory(short=True)
    print(table.to_string())
    assert not too_far(table, short=True).any(), table.to_string()


def test_what_is_seen_is_what_the_table_says() -> None:
    """First come, first served by all: those before who are not answered yet are ahead."""
    scenario = CASES["priority"]()
    for days in patient_days(scenario, 0, replications=1, seed=5):
        columns, tape = days.outcome.contacts, days.outcome.tape
        for row in days.rows[::7]:
            seen = days.seen_by(int(row))
            now_s = columns["came_s"][row]
            ends = np.fmin(columns["answered_s"], columns["left_s"])
            ahead = (np.arange(len(tape)) < row) & (ends > now_s)
            assert len(seen.waiting_type) == ahead.sum()
            assert seen.on_duty.tolist() == [12]
            busy = (columns["answered_s"] <= now_s) & (columns["freed_s"] > now_s)
            busy[row] = False
            assert len(seen.busy_type) == busy.sum()
            assert len(seen.busy_type) == 12 or columns["answered_s"][row] == now_s


def test_patient_contacts_wait_until_they_are_taken() -> None:
    days = with_patient(CASES["callbacks in queue"](), 0, seed=2, replication=0)
    late = days.came_s < 80_000
    assert late.any()
    assert not np.isnan(days.waits_s[late]).any()
    assert (days.outcome.contacts["attempts"][days.rows] == 0).all()
