"""The detector on real volumes. Needs the data: QUEUESIM_DATA names its folder.

A bank's call centre, Israel, 1999 (Guedj and Mandelbaum, 2000, Technion), free for use with this
acknowledgement.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import queuesim as qs
from queuesim.watching.detect import detect
from queuesim.watching.usual import usual_demand, volumes_only

_FOLDER = os.environ.get("QUEUESIM_DATA", "")
_FILE = Path(_FOLDER) / "anonymous_bank" / "arrivals_6min_1999.csv.gz"

PASSOVER = {date(1999, 3, 31), date(1999, 4, 1), date(1999, 4, 6), date(1999, 4, 7)}
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
    alarms = detect(scenario, mine, signals=("volume",), budget="1 per month")
    print(alarms)
    days = {alarm.raised.date() if alarm.raised.hour else alarm.since.date() for alarm in alarms}
    assert days >= PASSOVER
    fewer = {a.since.date() for a in alarms if a.direction == "less"}
    assert fewer >= PASSOVER
    assert np.isfinite(alarms.table["false_per_month"]).all()
