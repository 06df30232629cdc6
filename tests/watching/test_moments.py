"""Moments in text: the year first, with an offset or without; day first is no moment."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

import queuesim as qs
from queuesim.model.faults import Fault
from queuesim.watching.moments import moment_s
from tests.watching.small_centres import DAY, centre, tables_of
from tests.watching.test_so_far_by_hand import centre as morning

BERLIN = qs.Horizon(start="2027-12-01", days=31, timezone="Europe/Berlin")
AT_S = 10 * 86_400 + 14 * 3600 + 600.0
"""11 December, ten past two."""


@pytest.mark.parametrize(
    "given",
    [
        "2027-12-11 14:10",
        " 2027-12-11T14:10:00.000 ",
        "2027-12-11 14:10+01:00",
        "2027-12-11T13:10:00Z",
        "2027-12-11 13:10 +0000",
        datetime(2027, 12, 11, 14, 10),
        datetime(2027, 12, 11, 13, 10, tzinfo=UTC),
        pd.Timestamp("2027-12-11 14:10", tz="Europe/Berlin"),
        np.datetime64("2027-12-11T14:10"),
    ],
)
def test_ways_to_say_it(given: object) -> None:
    assert moment_s(BERLIN, given) == AT_S


def test_a_date_is_its_midnight_and_an_hour_may_have_one_digit() -> None:
    assert moment_s(BERLIN, "2027-12-02") == moment_s(BERLIN, date(2027, 12, 2)) == 86_400.0
    assert moment_s(BERLIN, "2027-12-02 8:30") == 86_400.0 + 8.5 * 3600


@pytest.mark.parametrize(
    ("given", "fix"),
    [
        ("11.12.2027 14:10", 'year first: "2027-12-11 14:10"?'),
        ("11/12/2027 14:10", 'year first: "2027-12-11 14:10"?'),
        ("11 December 2027", "year, month, day, time"),
        ("14:10", "year, month, day, time"),
        ("2027-13-01 10:00", ""),
        (1_828_620_600, ""),
        (pd.NaT, ""),
        (None, ""),
    ],
)
def test_what_is_no_moment(given: object, fix: str) -> None:
    with pytest.raises(Fault) as told:
        moment_s(BERLIN, given)
    assert told.value.rule == 'must be a local date and time such as "2026-11-27 08:00"'
    assert fix in told.value.fix


def test_times_that_the_clock_skips() -> None:
    spring = qs.Horizon(start="2027-03-28", days=1, timezone="Europe/Berlin")
    with pytest.raises(Fault) as told:
        moment_s(spring, "2027-03-28 02:30")
    assert "clocks go from 02:00 to 03:00" in told.value.fix


def test_all_of_watching_reads_them_so() -> None:
    """A state, its tables, actions, and the window of a diagnosis."""
    said = r"year first: \"2026-11-23 14:10\""
    with pytest.raises(qs.ScenarioError, match=said.replace("year", "Year")):
        qs.now.State(now="23.11.2026 14:10").check(morning())
    gone = pd.DataFrame(
        {"contact_type": ["phone"], "ended": ["23.11.2026 14:10"], "outcome": ["handled"]}
    )
    with pytest.raises(qs.ScenarioError, match=said.replace("year", "Year")):
        qs.now.State(now="2026-11-23 15:00", ended=gone).check(morning())
    state = qs.now.State(now="2026-11-23 13:00")
    late = qs.now.CallIn("home", 1, until="23.11.2026 14:10")
    with pytest.raises(qs.ScenarioError, match=said.replace("year", "Year")):
        qs.nowcast(morning(), state, futures=2, actions={"late": late})
    table, _ = tables_of(centre())
    year, month, day = DAY.split("-")
    with pytest.raises(qs.ScenarioError, match=f'since: .*Year first: "{DAY} 10:00"'):
        qs.diagnose(centre(), table, since=f"{day}.{month}.{year} 10:00")
