"""What a diagnosis looks at: which days, which intervals, which of what was observed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import queuesim as qs
from benchmarks.watching_diagnosis_incidents import DAY, beside_mail, more
from queuesim.results.window_sums import ABANDONED, ANSWERED, HANDLE_S, HANDLED, OFFERED, WAIT_S
from queuesim.watching.diagnosing.case import Case
from queuesim.watching.diagnosing.causes import case_of
from queuesim.watching.diagnosing.happened import happened
from queuesim.watching.observed import observed_of
from tests.watching.small_centres import behind_the_web, centre

TOMORROW = "2026-11-25"


def read(
    plan: qs.Scenario, table: pd.DataFrame, staff: pd.DataFrame | None = None, **of: Any
) -> Case:
    given = {
        "measure": "wait",
        "contact_type": None,
        "since": f"{DAY} 08:00",
        "until": f"{DAY} 18:00",
        "seed": 1,
        "routed": None,
        "replications": 2,
        "parts": True,
        "ordinary": 0.05,
    }
    return case_of(plan, happened(plan, table, staff), **{**given, **of})


def masks(case: Case, *rows: int) -> list[int]:
    """How many half-hours count in each row of the sums, of the first contact type."""
    return [int(case.centre.masks[row, 0].sum()) for row in rows]


ROWS = (OFFERED, ANSWERED, ABANDONED, WAIT_S, HANDLED, HANDLE_S)


def test_each_sum_is_of_the_half_hours_in_which_it_was_observed() -> None:
    """Of twenty, 3 have no wait, 4 no abandonment, 5 no handle time, and 2 no volume."""
    plan = centre()
    table, _ = observed_of(plan, 0, seed=4)
    for name, first, last in (
        ("mean_wait_s", 16, 19), ("abandoned", 20, 24), ("mean_handle_s", 26, 31),
        ("offered", 33, 35),
    ):  # fmt: skip
        table.loc[first : last - 1, name] = np.nan
    assert masks(read(plan, table), *ROWS) == [18, 17, 14, 17, 15, 15]
    case = read(plan, table, measure="abandonment")
    assert masks(case, *ROWS) == [14, 17, 14, 17, 15, 15]
    assert case.ordinary == 0.05


def test_abandonment_needs_no_waits() -> None:
    plan = centre()
    table, _ = observed_of(plan, 0, seed=4)
    seen = table.iloc[16:36]
    given = table.drop(columns=["mean_wait_s", "answered", "answered_within", "mean_handle_s"])
    case = read(plan, given, measure="abandonment")
    assert case.observed == pytest.approx(seen["abandoned"].sum() / seen["offered"].sum())
    with pytest.raises(qs.ScenarioError, match="answered and mean_wait_s"):
        read(plan, given)


def test_the_wait_is_of_the_types_that_are_asked_for() -> None:
    plan = behind_the_web()
    table, _ = observed_of(plan, 0, seed=4)
    case = read(plan, table, contact_type="sales")
    inside = table[(table["start"] >= f"{DAY} 08:00") & (table["start"] < f"{DAY} 18:00")]
    mine = inside[inside["contact_type"] == "sales"]
    wait_s = (mine["mean_wait_s"] * mine["answered"]).sum() / mine["answered"].sum()
    assert case.observed == pytest.approx(wait_s, rel=1e-12)


def test_after_the_window_all_goes_as_planned() -> None:
    plan = centre()
    table, staff = observed_of(plan, 0, seed=4)
    case = read(plan, table, staff, until=f"{DAY} 12:00")
    for name in ("customers", "handle_s"):
        known = np.flatnonzero(~np.isnan(getattr(case.inputs, name)[0]))
        assert known.max() == 23, name
    assert case.window_s == (8 * 3600, 12 * 3600)


def awake(plan: qs.Scenario, group: str, people: int, night: int) -> qs.Scenario:
    """Three days from `DAY` on, with some people by night."""
    day = (night,) * 16 + (people,) * 20 + (night,) * 12
    plan = plan.change("horizon", qs.Horizon(start=DAY, days=3))
    plan = plan.change(f"agent_groups.{group}.hours", "00:00-24:00")
    return plan.change(f"agent_groups.{group}.headcount", {"day": day})


@pytest.mark.parametrize(
    ("plan", "days"),
    [
        (awake(centre(), "home", 15, 1), (0, 2)),
        (awake(centre(), "home", 15, 0), (1, 2)),
        (awake(beside_mail(), "team", 14, 0), (0, 2)),  # mail is left over
    ],
    ids=["by night too", "by day", "mail"],
)
def test_a_day_inherits_what_may_have_been_left(plan: qs.Scenario, days: tuple[int, int]) -> None:
    """The day before the second one is played where it leaves contacts to it."""
    table, _ = observed_of(plan, 0, seed=4)
    case = read(plan, table, since=f"{TOMORROW} 08:00", until=f"{TOMORROW} 18:00")
    assert case.centre.days == days


def test_causes_that_are_ordinary_scatter_are_not_divided() -> None:
    """Support calls half as many again, and talk as long as ever: contacts have parts."""
    plan = behind_the_web()
    table, staff = observed_of(more("support", 1.5)(plan), 0, seed=4)
    case = read(plan, table, staff, replications=8)
    assert len(case.unions["contacts"]) > 1
    assert len(case.unions["handling"]) > 1
    case.play_all(8)
    assert case.unusual["contacts"] < 0.05 < case.unusual["handling"]
    assert len(case.unions["contacts"]) > 1
    assert len(case.unions["handling"]) == 1
    (handling,) = case.unions["handling"]
    assert sorted(handling[1]) == [1, 2, 3]
