"""Moments as a planner states them: a text with the year first, or a timestamp."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from queuesim.model.events import MOMENT_RULE, moment_hint
from queuesim.model.faults import Fault
from queuesim.model.horizon import Horizon
from queuesim.units import snap

_TEXT = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[ T](\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s?(Z|[+-]\d{2}(?::?\d{2})?)?)?"
)
"""Date, time and offset from UTC. Day first would be a matter of opinion: 11.12. is two days."""


def moment_s(horizon: Horizon, given: Any) -> float:
    """Return an instant, which may lie outside the horizon.

    Parameters
    ----------
    horizon : Horizon
    given : str, datetime, date, pandas.Timestamp or numpy.datetime64
        ``"2026-11-23 11:30"``, or with an offset from UTC; without one it is local time. A date
        alone is its midnight.

    Returns
    -------
    float
        Since the start of the horizon [s], on the grid.

    Raises
    ------
    Fault
        Where it is no moment, or none that the local clock shows.
    """
    if isinstance(given, str):
        text = given.strip()
        match = _TEXT.fullmatch(text)
        if match is None:
            raise Fault(MOMENT_RULE, moment_hint(text))
        day, clock, offset = match.groups(default="")
        hour, colon, rest = clock.partition(":")
        given = f"{day}T{hour.zfill(2)}{colon}{rest}{offset}" if clock else day
    elif not isinstance(given, (date, np.datetime64)):
        raise Fault(MOMENT_RULE, 'write "2026-11-23 11:30", say')
    try:
        moment = pd.Timestamp(given)
        if moment is pd.NaT:
            raise ValueError("there is none")
        if moment.tzinfo is not None:
            since = moment.tz_convert(horizon.timezone) - pd.Timestamp(horizon.local(0.0))
            return float(snap(since.total_seconds()))
        return float(horizon.seconds_at(moment.to_pydatetime()))
    except (ValueError, TypeError, OverflowError) as error:
        raise Fault(MOMENT_RULE, str(error)) from None
