"""Reading observed intervals: what is right comes through, what is wrong is named with its row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import queuesim as qs
from benchmarks.watching_diagnosis_incidents import beside_mail
from queuesim.engines.reference import simulate_reference
from queuesim.results import tally
from queuesim.sampling import draw_tape
from queuesim.watching.detecting.signals import MEASURES, Signals, simulated
from queuesim.watching.observed import Observed, observed_of, tables_of
from tests.watching.centres import centre
from tests.watching.small_centres import behind_the_web

DAY = centre(days=1)


def scenario_of_two() -> qs.Scenario:
    phone = DAY.contact_types[0]
    both = (phone, phone.model_copy(update={"name": "orders"}))
    team = DAY.agent_groups[0].model_copy(update={"skills": tuple(each.name for each in both)})
    return DAY.model_copy(update={"contact_types": both, "agent_groups": (team,)})


def table() -> pd.DataFrame:
    return observed_of(DAY, 0, seed=3)[0]


def told(change, staff=None, scenario: qs.Scenario = DAY) -> str:
    frame = observed_of(scenario, 0, seed=3)[0]
    frame = frame.astype(dict.fromkeys(MEASURES, object))
    with pytest.raises(qs.ScenarioError) as caught:
        Observed.read(scenario, change(frame), staff)
    return str(caught.value)


def test_what_was_simulated_comes_back_as_it_was() -> None:
    signals = simulated(DAY, 1, seed=3)
    frame, staff = tables_of(DAY, signals)
    seen = Observed.read(DAY, frame, staff)
    for name in (*MEASURES, "staffed"):
        np.testing.assert_array_equal(getattr(seen.signals, name), getattr(signals, name))
    assert seen.measures == (*MEASURES, "staffed")
    assert (seen.first, seen.last) == (0, 47)


def test_every_source_of_a_simulated_day_gives_the_same_table() -> None:
    result = qs.simulate(DAY, replications=3, seed=3)
    outcome = simulate_reference(DAY, draw_tape(DAY, seed=3, replication=2))
    wanted = observed_of(DAY, 2, seed=3)
    for source in (observed_of(result, 2), observed_of(outcome)):
        for one, other in zip(source, wanted, strict=True):
            pd.testing.assert_frame_equal(one, other)
    for one, other in zip(observed_of(tally(outcome), scenario=DAY), wanted, strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_a_simulated_day_is_counted_as_by_hand() -> None:
    frame = table().set_index("start")
    row = frame.loc["2026-11-23 10:00"]
    seen = Signals.of_tallies([tally(simulate_reference(DAY, draw_tape(DAY, seed=3)))], 1800.0)
    assert row["offered"] == seen.offered[0, 0, 20]
    contacts = qs.simulate(DAY, replications=1, seed=3, keep_contacts=True).contacts
    mine = contacts[(contacts["interval"] == 20) & (contacts["outcome"] == "handled")]
    assert row["answered"] == len(mine)
    assert row["mean_wait_s"] == pytest.approx(mine["wait_s"].mean())
    assert row["mean_handle_s"] == pytest.approx((mine["talk_s"] + mine["wrap_up_s"]).mean())


def test_handling_is_work_without_what_interrupted_it() -> None:
    """A mail that calls interrupt for an hour takes no hour longer to handle."""
    plan = beside_mail()
    frame, _ = observed_of(plan, 0, seed=3)
    contacts = qs.simulate(plan, replications=1, seed=3, keep_contacts=True).contacts
    handled = contacts[contacts["outcome"] == "handled"]
    for name in ("billing", "mail"):
        mine = handled[handled["contact_type"] == name]
        wanted = mine.groupby("interval")["handle_s"].mean()
        found = frame[frame["contact_type"] == name]["mean_handle_s"].to_numpy()[wanted.index]
        np.testing.assert_allclose(found, wanted, rtol=1e-12)
        assert (mine["paused_s"].sum() > 3600.0) == (name == "mail")
    mail = handled[handled["contact_type"] == "mail"]
    for source in (qs.simulate(plan, replications=1, seed=3),
                   simulate_reference(plan, draw_tape(plan, seed=3))):  # fmt: skip
        pd.testing.assert_frame_equal(observed_of(source)[0], frame)
    assert mail["handle_s"].mean() == pytest.approx(300.0, rel=0.1)


def test_measures_and_names_may_be_left_out() -> None:
    frame = table()[["start", "offered"]]
    seen = Observed.read(DAY, frame[frame["offered"] > 0])
    assert seen.measures == ("offered",)
    assert np.isnan(seen.signals.mean_wait_s).all()


def test_times_with_a_zone_and_as_text_are_read(tmp_path) -> None:
    helsinki = centre(days=1, timezone="Europe/Helsinki")
    frame = observed_of(helsinki, 0, seed=3)[0]
    wanted = Observed.read(helsinki, frame).signals.offered
    zoned = frame.assign(
        start=frame["start"].dt.tz_localize("Europe/Helsinki").dt.tz_convert("UTC")
    )
    text = frame.assign(start=frame["start"].dt.strftime("%Y-%m-%d %H:%M"))
    path = tmp_path / "day.csv"
    frame.to_csv(path, index=False)
    for given in (zoned, text, str(path)):
        np.testing.assert_array_equal(Observed.read(helsinki, given).signals.offered, wanted)


def test_every_kind_of_wrong_row_is_named_at_once() -> None:
    def spoil(frame: pd.DataFrame) -> pd.DataFrame:
        frame.loc[20, "mean_wait_s"] = -4.0
        frame.loc[21, "offered"] = "many"
        frame.loc[19, "answered"] = 900
        frame.loc[23, "contact_type"] = "phones"
        frame.loc[24, "start"] = pd.Timestamp("2026-11-23 12:10")
        frame.loc[25, "start"] = pd.Timestamp("2025-11-23 12:30")
        frame.loc[26, "mean_handle_s"] = np.inf
        return pd.concat([frame, frame.iloc[[30]]], ignore_index=True)

    text = told(spoil)
    for part in (
        "table.mean_wait_s: given -4.0 (row 20); must be 0 or more. A wrong sign, or -1",
        "table.offered: given 'many' (row 21); must be a number. Leave the cell empty",
        "900 of ",
        "(row 19); must not be more, with abandoned, than were offered or waited from before",
        "table.contact_type: given 'phones' (row 23); must be one of phone. Did you mean",
        '"2026-11-23 12:10" (row 24); must be the start of an interval',
        'Write "2026-11-23 12:00"?',
        '"2025-11-23 12:30" (row 25); must lie in the horizon, 2026-11-23 to 2026-11-23',
        "table.mean_handle_s: given inf (row 26); must be a finite number",
        '"2026-11-23 15:00" (row 48); must come once for each contact type',
    ):
        assert part in text, (part, text)


def test_contacts_may_wait_from_one_interval_into_the_next() -> None:
    def moved(frame: pd.DataFrame) -> pd.DataFrame:
        frame.loc[20, "answered"] = frame.loc[20, "answered"] - 3
        frame.loc[20, "answered_within"] = 0
        frame.loc[21, "answered"] = frame.loc[21, "offered"] - frame.loc[21, "abandoned"] + 3
        return frame

    Observed.read(DAY, moved(table()))

    def too_many(frame: pd.DataFrame) -> pd.DataFrame:
        frame = moved(frame)
        frame.loc[21, "answered"] += 1
        return frame

    assert "(row 21); must not be more" in told(too_many)


def test_more_within_the_target_than_answered_and_means_of_nobody() -> None:
    def spoil(frame: pd.DataFrame) -> pd.DataFrame:
        frame.loc[20, "answered_within"] = frame.loc[20, "answered"] + 1
        frame.loc[3, "mean_wait_s"] = 12.0
        return frame

    text = told(spoil)
    assert "table.answered_within" in text
    assert "(row 20); must not be more than answered" in text
    assert "12 of 0 answered (row 3); must be empty where nobody was answered" in text


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (lambda f: f.rename(columns={"offered": "offred"}), 'Did you mean "offered"?'),
        (lambda f: f.drop(columns="start"), "table.start: given nothing; must be a column"),
        (lambda f: f[["start", "contact_type"]], "must have some of offered, answered"),
        (lambda f: f.iloc[:0], "no rows"),
        (lambda f: 7, "must be a DataFrame, or the path of a CSV file"),
        (lambda f: f.assign(start="23.11.2026"), "must be a local time, year first"),
        (lambda f: f.assign(start=range(len(f))), "must be a local time, year first"),
        (lambda f: f.assign(offered=True), "must be a number"),
        (lambda f: f.assign(offered=f["offered"] + 0.5), "must be a whole number of contacts"),
    ],
)
def test_tables_that_cannot_be_read(change, part: str) -> None:
    assert part in told(change)


def test_the_table_of_people_is_checked_too() -> None:
    staff = observed_of(DAY, 0, seed=3)[1]
    staff.loc[20, "agent_group"] = "Team"
    staff.loc[21, "staffed"] = -1.0
    text = told(lambda f: f, staff)
    assert "staff.agent_group: given 'Team' (row 20); must be one of team. Did you mean" in text
    assert "staff.staffed: given -1.0 (row 21); must be 0 or more" in text


class TestClockChanges:
    spring = centre(days=1, start="2026-03-29", timezone="Europe/Helsinki")
    autumn = centre(days=1, start="2026-10-25", timezone="Europe/Helsinki")

    def test_a_time_that_the_clock_skips_is_refused(self) -> None:
        def shifted(frame: pd.DataFrame) -> pd.DataFrame:
            frame.loc[5, "start"] = pd.Timestamp("2026-03-29 03:30")
            return frame

        text = told(shifted, scenario=self.spring)
        assert '"2026-03-29 03:30" (row 5); must be a time that exists in Europe/Helsinki' in text

    def test_an_hour_that_comes_twice_has_two_rows(self) -> None:
        frame = observed_of(self.autumn, 0, seed=3)[0]
        frame["offered"] = np.arange(len(frame))
        frame = frame[["start", "offered"]]
        assert len(frame) == 50
        assert (frame["start"] == pd.Timestamp("2026-10-25 03:30")).sum() == 2
        seen = Observed.read(self.autumn, frame)
        np.testing.assert_array_equal(seen.signals.offered[0, 0], np.arange(50))
        zone = frame["start"].dt.tz_localize("Europe/Helsinki", ambiguous=np.arange(50) < 8)
        swapped = frame.assign(start=zone).iloc[::-1]
        again = Observed.read(self.autumn, swapped)
        np.testing.assert_array_equal(again.signals.offered[0, 0], np.arange(50))

    def test_a_third_showing_is_a_copy(self) -> None:
        def thrice(frame: pd.DataFrame) -> pd.DataFrame:
            return pd.concat([frame, frame.iloc[[7]]], ignore_index=True)

        assert "(row 50); must come once" in told(thrice, scenario=self.autumn)


def test_self_service_that_is_counted_elsewhere_may_have_no_row_at_all() -> None:
    plan = behind_the_web()
    frame, staff = observed_of(plan, 0, seed=3)
    seen = Observed.read(plan, frame[frame["contact_type"] != "web"], staff)
    assert seen.contact_types == ("support", "billing", "sales")
    some = frame[(frame["contact_type"] != "web") | (frame["start"] < "2026-11-24 12:00")]
    with pytest.raises(qs.ScenarioError, match="intervals of web without a row"):
        Observed.read(plan, some, staff)
    with pytest.raises(qs.ScenarioError, match="intervals of sales without a row"):
        Observed.read(plan, frame[frame["contact_type"] != "sales"], staff)


def test_what_follows_from_a_wrong_name_is_not_told_as_well() -> None:
    """One contact type misspelt leaves gaps in the right one: the cause alone is a problem."""
    both = scenario_of_two()
    table, _ = observed_of(both, seed=3)
    wrong = table.assign(contact_type=table["contact_type"].astype(str).replace("orders", "order"))
    with pytest.raises(qs.ScenarioError) as caught:
        Observed.read(both, wrong)
    assert len(caught.value.problems) == 1
    assert 'must be one of phone or orders. Did you mean "orders"?' in str(caught.value)
    lacking = table.drop(index=table.index[table["contact_type"] == "orders"][20:23])
    with pytest.raises(qs.ScenarioError, match="3 intervals of orders without a row"):
        Observed.read(both, lacking)


def test_lines_of_a_file_are_told_with_their_contact_type(tmp_path: Path) -> None:
    both = scenario_of_two()
    table, _ = observed_of(both, seed=3)
    table = table.astype({"offered": object})
    table.loc[60, "offered"] = -2
    with pytest.raises(qs.ScenarioError) as caught:
        Observed.read(both, table)
    assert "Observed (rows counted from 0): 1 problem" in str(caught.value)
    assert f"-2 (row 60, {table.loc[60, 'contact_type']})" in str(caught.value)
    file = tmp_path / "seen.csv"
    lines = table.to_csv(index=False).splitlines()
    lines[11:11] = ["", ""]  # blank lines are lines
    file.write_text("\n".join(lines) + "\n\n", encoding="utf-8")
    with pytest.raises(qs.ScenarioError) as caught:
        Observed.read(both, file)
    assert "Observed (lines of the file, its header is line 1): 1 problem" in str(caught.value)
    number = file.read_text(encoding="utf-8").splitlines().index(lines[63]) + 1
    assert f"(line {number}, {table.loc[60, 'contact_type']})" in str(caught.value)
