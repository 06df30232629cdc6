"""Exports as they come: other marks, other names, other units, other zones."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import queuesim as qs
from queuesim.watching.observed import Observed

SCENARIO = qs.Scenario(
    name="exports",
    contact_types=(
        qs.ContactType(
            name="phone",
            channel="phone",
            hours={"mon-sun": "08:00-18:00"},
            demand=qs.Demand(per_day=200, day="office"),
            talk=qs.Exponential(mean="5min"),
        ),
    ),
    agent_groups=(
        qs.AgentGroup(
            name="team", skills=("phone",), headcount=5, contract=qs.InHouse(per_hour=20.0)
        ),
    ),
    horizon=qs.Horizon(start="2026-11-23", days=1, timezone="Europe/Helsinki"),
)


def table() -> pd.DataFrame:
    starts = pd.date_range("2026-11-23 08:00", "2026-11-23 17:30", freq="30min")
    return pd.DataFrame(
        {
            "start": starts.astype(str),
            "offered": 10,
            "answered": 10,
            "mean_wait_s": 12.5,
            "mean_handle_s": 300.0,
        }
    )


def staff(there: int = 5) -> pd.DataFrame:
    return table()[["start"]].assign(staffed=there)


def refused(given: pd.DataFrame | Path, people: pd.DataFrame | Path | None = None) -> str:
    with pytest.raises(qs.ScenarioError) as caught:
        Observed.read(SCENARIO, given, people)
    return str(caught.value)


def test_a_plain_export_is_read_without_a_word() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Observed.read(SCENARIO, table(), staff())


# Files --------------------------------------------------------------------------------------


def test_semicolons_are_named_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "acd.csv"
    table().to_csv(path, sep=";", decimal=",", index=False)
    said = refused(path)
    assert 'must have columns parted by commas, and ";" seems to part them' in said
    assert 'sep=";", decimal=",")' in said
    Observed.read(SCENARIO, pd.read_csv(path, sep=";", decimal=","))


def test_decimal_commas_between_commas_are_named(tmp_path: Path) -> None:
    path = tmp_path / "acd.csv"
    table().astype(str).replace(r"\.", ",", regex=True).to_csv(path, index=False)
    said = refused(path)
    assert "must be a number with a decimal point" in said
    assert 'decimal=","' in said
    bare = path.read_text().replace('"', "")
    path.write_text(bare)
    assert "must have as many cells in each line as in the header" in refused(path)


# Names --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "means"),
    [("ASA", "mean_wait_s"), ("Avg_Handle_Time", "mean_handle_s"), ("Calls", "offered")],
)
def test_what_exports_call_a_column_is_known_and_not_taken_for_granted(
    name: str, means: str
) -> None:
    said = refused(table().rename(columns={means: name}))
    assert f"table.{name}" in said
    assert f"Name it {means}" in said


def test_columns_that_are_not_read_are_told() -> None:
    frame = table().assign(queue_id=7, comment="")
    words = r"no column is called so: table\.queue_id and table\.comment"
    with pytest.warns(qs.ScenarioWarning, match=words) as seen:
        Observed.read(SCENARIO, frame)
    assert seen[0].filename == __file__


# Units and zones ----------------------------------------------------------------------------


def in_utc(frame: pd.DataFrame) -> pd.DataFrame:
    earlier = pd.to_datetime(frame["start"]) - pd.Timedelta("2h")
    late = table().tail(4).assign(offered=0, answered=0, mean_wait_s=None, mean_handle_s=None)
    return pd.concat([frame.assign(start=earlier.astype(str)), late])


def since_midnight(frame: pd.DataFrame) -> pd.DataFrame:
    frame.loc[0, "mean_wait_s"] = 40_000.0
    return frame


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.assign(mean_handle_s=5.0), "handled in 5 s on average, and the scenario says"),
        (lambda t: t.assign(mean_handle_s=3e5), "is mean_handle_s in seconds?"),
        (in_utc, "in 4 intervals in which it is closed, 2026-11-23 06:00 the first"),
        (since_midnight, "longer than it is ever open"),
    ],
)
def test_what_is_hardly_meant_is_told(
    change: Callable[[pd.DataFrame], pd.DataFrame], words: str
) -> None:
    with pytest.warns(qs.ScenarioWarning) as told:
        Observed.read(SCENARIO, change(table()))
    assert words in str(told[0].message)


def last_ones(frame: pd.DataFrame) -> pd.DataFrame:
    late = frame.tail(1).assign(start="2026-11-23 18:30")
    between = late.assign(start="2026-11-23 18:00")
    return pd.concat([frame, between, late])


def one_long_call(frame: pd.DataFrame) -> pd.DataFrame:
    frame.loc[3, ["offered", "answered", "mean_handle_s"]] = 1, 1, 100_000.0
    return frame


@pytest.mark.parametrize("change", [last_ones, one_long_call])
def test_what_may_well_be_is_not(change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    """Who waits at closing is answered within the hour; one call of a day weighs as one call."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Observed.read(SCENARIO, change(table()))


def test_who_may_come_when_it_is_closed_is_not_told() -> None:
    queueing = SCENARIO.change("contact_types.phone.outside_hours", "queue")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Observed.read(queueing, in_utc(table()))


def test_answers_of_nobody_are_told() -> None:
    with pytest.warns(qs.ScenarioWarning, match="20 intervals with nobody staffed who could"):
        Observed.read(SCENARIO, table(), staff(0))


def test_the_hour_that_comes_twice_is_named() -> None:
    """On 25 October 2026 Helsinki's clocks go back at 4 to 3."""
    phone = SCENARIO.contact_types[0]
    night = SCENARIO.model_copy(
        update={
            "contact_types": (
                phone.model_copy(update={"hours": None, "demand": qs.Demand(per_day=200)}),
            ),
            "horizon": qs.Horizon(start="2026-10-25", days=1, timezone="Europe/Helsinki"),
        }
    )
    starts = pd.date_range("2026-10-25 00:00", "2026-10-25 23:30", freq="30min")
    once = pd.DataFrame({"start": starts.astype(str), "offered": 4})
    with pytest.raises(qs.ScenarioError, match="Clocks go back then") as said:
        Observed.read(night, once)
    assert "2 intervals of phone without a row" in str(said.value)
    twice = pd.concat([once, once.iloc[[6, 7]]]).sort_values("start", kind="stable")
    Observed.read(night, twice)
