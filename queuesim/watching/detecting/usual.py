"""Volumes alone: what is usual in real counts, where nothing else is known."""

from __future__ import annotations

import numpy as np

from queuesim.errors import Problem, ScenarioError
from queuesim.model import (
    AgentGroup,
    ContactType,
    Demand,
    Deterministic,
    Horizon,
    InHouse,
    Scenario,
    Series,
)

_FAR = 3.5
_MAD = 1.4826
_FEWEST_WEEKS = 4


def usual_demand(history: Series, *, leave_out: Horizon | None = None) -> Demand:
    """Return the usual week of real counts, and how much whole days vary around it.

    Days far from their weekday's median (more than 3.5 robust standard deviations) do not count:
    holidays and outages are not usual. How much the others vary is the busyness, less what chance
    does anyway.

    Parameters
    ----------
    history : Series
        Real counts by interval; days without any contact are left out as not recorded.
    leave_out : Horizon, optional
        Its holidays do not count either.

    Returns
    -------
    Demand

    Raises
    ------
    ScenarioError
        For less than four weeks.

    Examples
    --------
    >>> counts = tuple(100.0 + (day % 3 - 1) for day in range(35))
    >>> history = Series(start="2026-11-02", interval="24h", counts=counts)
    >>> round(usual_demand(history).series.counts[0])
    100
    """
    by_day, dates = np.array(history.by_day), history.dates
    weekday = np.array([day.weekday() for day in dates])
    total = by_day.sum(axis=1)
    use = total > 0
    if leave_out is not None:
        off = {d for d, h in zip(leave_out.dates, leave_out.is_holiday, strict=True) if h}
        use &= np.array([day not in off for day in dates])
    if len(dates) < 7 * _FEWEST_WEEKS:
        rule = "must be four weeks or more, to tell what is usual from what is not"
        raise ScenarioError([Problem("history", f"{len(dates)} days", rule)], "usual_demand")
    week, ratios, weights = np.zeros((7, by_day.shape[1])), [], []
    for k in range(7):
        mine = np.flatnonzero(use & (weekday == k))
        if len(mine) == 0:
            continue
        off_log = np.log(total[mine] / np.median(total[mine]))
        sd = max(_MAD * float(np.median(np.abs(off_log))), 1 / np.sqrt(np.median(total[mine])))
        mine = mine[np.abs(off_log) <= _FAR * sd]
        week[k] = by_day[mine].mean(axis=0)
        mean = total[mine].mean()
        ratios.append((total[mine] / mean - 1) ** 2 - 1 / mean)
        weights.append(len(mine) - 1)
    spread = sum(float(r.sum()) for r in ratios) / max(sum(weights), 1)
    monday = history.start.fromordinal(history.start.toordinal() - int(weekday[0]))
    return Demand(
        series=Series(
            start=monday,
            interval=history.interval,
            counts=tuple(week.ravel().tolist()),
            mode="weekdays",
        ),
        busyness=round(float(np.sqrt(max(spread, 0.0))), 4),
        holiday="none",
    )


def volumes_only(name: str, demand: Demand, horizon: Horizon) -> Scenario:
    """Return a scenario of which only the volumes mean something, to watch these alone.

    Examples
    --------
    >>> days = Horizon(start="2026-11-23", days=7)
    >>> volumes_only("bank", Demand(per_day=500), days).contact_types[0].name
    'contacts'
    """
    contacts = ContactType(
        name="contacts",
        channel="phone",
        demand=demand,
        talk=Deterministic(value=1.0),
        patience=Deterministic(value=1.0),
    )
    nobody = AgentGroup(
        name="people", skills=("contacts",), headcount=1, contract=InHouse(per_hour=0.0)
    )
    return Scenario(name=name, contact_types=(contacts,), agent_groups=(nobody,), horizon=horizon)
