"""The contact table and the tables by interval, worked by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import queuesim as qs
from queuesim.engines.outcome import ContactOutcome
from queuesim.results import Run, schema
from tests.results.by_hand import HOUR, handled, is_of, lost, outcome, scenario

NAN = float("nan")


def one(row: dict[str, object]) -> pd.Series:
    return Run(outcome(scenario(), [row])).contacts.iloc[0]


def test_a_contact_answered_live() -> None:
    row = one(handled("phone", 7 * HOUR, 7 * HOUR + 12.5, talk=100.25, agent=2))
    expected = {
        "contact_type": "phone",
        "number": 0,
        "day": 0,
        "interval": 1,
        "arrival": pd.Timestamp("2026-11-23 07:00", tz="Europe/Helsinki"),
        "arrival_s": 7 * HOUR,
        "outcome": "handled",
        "agent_group": "partner",
        "agent": 2,
        "wait_s": 12.5,
        "resolution_s": 132.75,
        "paused_s": 0.0,
        "talk_s": 100.25,
        "wrap_up_s": 20.0,
        "handle_s": 120.25,
        "answered_s": 7 * HOUR + 12.5,
        "talk_end_s": 7 * HOUR + 112.75,
        "freed_s": 7 * HOUR + 132.75,
        "left_s": NAN,
        "offer_s": NAN,
        "accepted_s": NAN,
        "due_s": NAN,
        "dialled_s": NAN,
        "callback_wait_s": NAN,
        "promise_kept": pd.NA,
        "attempts": 0,
        "announced_s": NAN,
        "announcement_kept": pd.NA,
        "cause": "first",
        "customer": 0,
        "attempt": 0,
        "resolved": True,
    }
    assert set(expected) == set(schema.names(schema.CONTACT_COLUMNS))
    for name, value in expected.items():
        if pd.isna(value):
            assert pd.isna(row[name]), name
        else:
            assert row[name] == value, name


def test_waits_end_when_the_contact_leaves_or_at_the_end_of_the_horizon() -> None:
    assert one(lost("phone", 10.0, 40.5, ContactOutcome.ABANDONED)).wait_s == 30.5
    assert one(lost("phone", 10.0, 10.0, ContactOutcome.BLOCKED)).wait_s == 0.0
    assert one(lost("phone", 10.0, 500.0, ContactOutcome.TURNED_AWAY)).wait_s == 490.0
    assert one({"type": "phone", "arrival_s": 47 * HOUR}).wait_s == HOUR


def test_a_callback_on_virtual_hold() -> None:
    row = one(
        handled("phone", 100.0, 800.0, offer_s=160.0, accepted_s=160.0, due_s=160.0,
                dialled_s=760.0, attempts=1)
    )  # fmt: skip
    assert row.wait_s == 60.0  # until it was accepted
    assert row.callback_wait_s == 600.0
    assert row.promise_kept  # 10 minutes, to the second


def test_a_later_callback_has_its_promise_from_the_window() -> None:
    row = handled("phone", 100.0, 4000.0, offer_s=160.0, accepted_s=160.0, due_s=3000.0,
                  dialled_s=3600.5, attempts=1)  # fmt: skip
    told = one(row)
    assert told.callback_wait_s == 3440.5
    assert told.promise_kept is np.False_ or told.promise_kept is False


def test_a_promise_that_ends_after_the_horizon_is_not_yet_due() -> None:
    end = 48 * HOUR
    waiting = {"type": "phone", "offer_s": end - 700, "accepted_s": end - 700}
    late = one({**waiting, "arrival_s": end - 800, "due_s": end - 700})
    assert not late.promise_kept
    early = one({**waiting, "arrival_s": end - 800, "due_s": end - 100})
    assert pd.isna(early.promise_kept)


def test_a_request_waits_until_it_is_reached() -> None:
    row = one(handled("request", 100.0, 400.0, due_s=100.0, dialled_s=130.0, attempts=2))
    assert row.wait_s == 300.0
    assert row.callback_wait_s == 30.0
    assert pd.isna(row.promise_kept)


def test_an_offer_that_was_declined_changes_nothing() -> None:
    row = one(handled("phone", 100.0, 150.0, offer_s=120.0))
    assert (row.wait_s, row.offer_s) == (50.0, 120.0)
    assert pd.isna(row.callback_wait_s)


def test_columns_and_types_are_those_of_the_schema() -> None:
    run = Run(outcome(scenario(), [handled("phone", 10.0, 12.0)]))
    for table, columns in (
        (run.contacts, schema.CONTACT_COLUMNS),
        (run.intervals, schema.INTERVAL_COLUMNS),
        (run.groups, schema.GROUP_COLUMNS),
    ):
        assert tuple(table.columns) == schema.names(columns)
        for column in columns:
            assert is_of(table[column.name], column.dtype), column.name


def test_intervals_are_labelled_in_local_time_across_a_clock_change() -> None:
    stated = scenario(
        horizon=qs.Horizon(start="2026-10-25", days=1, interval="1h", timezone="Europe/Helsinki")
    )
    run = Run(outcome(stated, [handled("phone", 4.5 * HOUR, 4.5 * HOUR)]))
    phone = run.intervals[run.intervals.contact_type == "phone"]
    assert len(phone) == 25
    assert [f"{t:%H:%M %z}" for t in phone.start[2:6]] == [
        "02:00 +0300",
        "03:00 +0300",
        "03:00 +0200",
        "04:00 +0200",
    ]
    assert phone.offered.tolist()[4] == 1
    assert f"{run.contacts.arrival[0]:%H:%M}" == "03:30"


def test_ratios_by_interval() -> None:
    run = Run(
        outcome(
            scenario(),
            [
                handled("phone", 10.0, 20.0),
                handled("phone", 20.0, 70.0),
                lost("phone", 30.0, 35.0, ContactOutcome.ABANDONED),
                lost("phone", 40.0, 90.0, ContactOutcome.ABANDONED),
                handled("chat", 50.0, 55.0),
            ],
        )
    )
    phone = run.intervals.iloc[0]
    assert phone.service_level == 1 / (4 - 1)
    assert phone.abandonment == 0.5
    assert phone.asa == 30.0
    assert phone.offered_load == 400.0 / (6 * HOUR)
    chat = run.intervals[run.intervals.contact_type == "chat"].iloc[0]
    assert np.isnan(chat.service_level)  # no target
    assert chat.asa == 5.0


def test_a_run_is_short_in_print() -> None:
    run = Run(outcome(scenario(), [handled("phone", 10.0, 12.0)], replication=3))
    assert repr(run) == "<Run of 'by hand': 1 contacts, replication 3>"
    assert run.intervals.offered.sum() == 1


@pytest.mark.parametrize("days", [1, 3])
def test_a_run_without_contacts(days: int) -> None:
    run = Run(outcome(scenario(horizon=qs.Horizon(start="2026-11-23", days=days, interval="6h"))))
    assert len(run.contacts) == 0
    assert run.intervals.offered.sum() == 0
    assert run.intervals.service_level.isna().all()
