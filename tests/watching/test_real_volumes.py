"""The detector on real volumes. Needs the data: QUEUESIM_DATA names its folder.

A bank's call centre, Israel, 1999 (Guedj and Mandelbaum, 2000, Technion), free for use with this
acknowledgement.
"""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

import queuesim as qs
from queuesim.watching.detect import detect
from queuesim.watching.detecting.usual import usual_demand, volumes_only

_FOLDER = os.environ.get("QUEUESIM_DATA", "")
_FILE = Path(_FOLDER) / "anonymous_bank" / "arrivals_6min_1999.csv.gz"

PASSOVER = {date(1999, 3, 31), date(1999, 4, 1), date(1999, 4, 6)}
"""Eves and days on which the bank is closed, or closes early."""


def counts() -> pd.DataFrame:
    """Half-hours of all recorded days."""
    raw = pd.read_csv(_FILE)
    raw["start"] = pd.to_datetime(raw["date"]) + pd.to_timedelta(raw["bin6"] // 5 * 30, unit="min")
    found = raw.groupby("start", as_index=False)["calls"].sum()
    return found.rename(columns={"calls": "offered"})


@pytest.mark.skipif(not (_FOLDER and _FILE.exists()), reason="QUEUESIM_DATA has no real data")
def test_alarms_on_a_banks_volumes_are_its_holidays() -> None:
    table = counts()
    history = qs.Series.from_frame(
        table, time="start", count="offered", interval="30min", missing="zero"
    )
    horizon = qs.Horizon(start="1999-03-07", days=56, interval="30min")
    scenario = volumes_only("bank", usual_demand(history), horizon)
    end = pd.Timestamp("1999-05-02")
    mine = table[(table["start"] >= "1999-03-07") & (table["start"] < end)]
    alarms = detect(scenario, mine, signals=("volume",), history=history, budget="1 per month")
    covered = {
        (alarm.since + timedelta(days=k)).date()
        for alarm in alarms
        if alarm.direction == "less"
        for k in range((alarm.raised.date() - alarm.since.date()).days + 1)
    }
    assert covered >= PASSOVER
    # an outage of the recording: not one call from 11:30 to 14:00 on a Monday
    outage = next(alarm for alarm in alarms if alarm.raised.date() == date(1999, 3, 8))
    assert (outage.since.hour, outage.direction) == (11, "less")
    assert len(alarms) <= 8, "two under the budget, these, and not a cry a day"
