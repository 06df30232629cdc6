"""The usual alarms do what their two sentences say, worked by hand on a few intervals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import queuesim as qs
from queuesim.watching.detecting.limits import MONTH_DAYS
from queuesim.watching.detecting.signals import Signals
from queuesim.watching.detecting.usual_alarms import UsualAlarm

TWO_DAYS = qs.Horizon(start="2026-11-23", days=2, interval="12h")  # four intervals


def seen(within: list[list[float]], waits: list[list[float]]) -> Signals:
    """Two replications or more of one contact type: answered within of 10 offered; mean waits."""
    shape = (len(within), 1, 4)
    nothing = np.full(shape, np.nan)
    return Signals(
        offered=np.where(np.reshape(within, shape) >= 0, 10.0, 0.0),
        answered=nothing,
        abandoned=nothing,
        mean_wait_s=np.reshape(waits, shape).astype(float),
        answered_within=np.maximum(np.reshape(within, shape), 0.0),
        mean_handle_s=nothing,
        staffed=nothing,
    )


QUIET = seen(
    [[9, 8, 9, 9], [9, 9, 9, 7], [9, 9, -1, 9], [9, 6, 9, 9]],
    [[10, 5, 7, 1], [30, 5, 7, np.nan], [10, 5, 9, 3], [30, 5, 9, np.nan]],
)


def test_a_line_of_ones_own_is_looked_at_in_each_interval_and_once_a_day() -> None:
    alarm = UsualAlarm.on("service level", QUIET, TWO_DAYS, limits=(0.8,))
    day = seen([[7, 7, 8, 7], [8, 7, -1, 9]], [[0] * 4] * 2)
    assert alarm.over(day).tolist() == [[True, True, False, True], [False, True, False, False]]
    assert alarm.raised(day).tolist() == [[True, False, False, True], [False, True, False, False]]


def test_waits_are_measured_by_the_scatter_of_quiet_days_at_that_time() -> None:
    """Means 20, 5, 8, 2 and deviations 10, none (then 1 s), 1, 1 [s]."""
    alarm = UsualAlarm.on("mean wait", QUIET, TWO_DAYS, limits=(2.0,))
    assert alarm.mean_s.tolist() == [[20.0, 5.0, 8.0, 2.0]]
    assert alarm.sd_s.tolist() == [[10.0, 1.0, 1.0, 1.0]]
    day = seen([[9] * 4] * 2, [[41, 6, np.nan, 4.5], [40, 7.5, 10.5, 4]])
    assert alarm.over(day).tolist() == [[True, False, False, True], [False, True, True, False]]


@pytest.mark.parametrize("figure", ["service level", "mean wait"])
def test_the_budget_is_spent_on_quiet_days_and_shared_by_the_types(figure: str) -> None:
    rng = np.random.default_rng(5)
    n = 3000
    one = rng.integers(40, 100, size=(n, 2, 4)).astype(float)
    quiet = replace(
        seen([[9] * 4] * n, [[0] * 4] * n),
        offered=np.full((n, 2, 4), 100.0),
        answered_within=one,
        mean_wait_s=rng.exponential(size=(n, 2, 4)),
    )
    alarm = UsualAlarm.on(figure, quiet, TWO_DAYS, budget=3.0, types=(0, 1))  # type: ignore[arg-type]
    alone = [UsualAlarm.on(figure, quiet, TWO_DAYS, budget=1.5, types=(t,)) for t in (0, 1)]  # type: ignore[arg-type]
    assert alarm.limits.tolist() == [each.limits[0] for each in alone]
    if figure == "mean wait":  # without ties: 1.5 of 30.4 days in each type, exactly
        for each in alone:
            days = each.raised(quiet).reshape(n * 2, 2).any(axis=1).sum()
            assert days == int(np.floor(1.5 / MONTH_DAYS * (2 * n - 1)) + 1)
        rate, error = alarm.false_a_month(quiet)
        counted = alarm.raised(quiet).sum(axis=1) * MONTH_DAYS / 2
        assert rate == pytest.approx(counted.mean())
        assert error == pytest.approx(counted.std() / np.sqrt(n))
        assert 2.85 < rate <= 3.02  # two types on one day count once


def test_questions_that_cannot_be_answered() -> None:
    with pytest.raises(ValueError, match="figure='queue': must be one of"):
        UsualAlarm.on("queue", QUIET, TWO_DAYS)  # type: ignore[arg-type]
    for wrong in ({"types": ()}, {"types": (0, 1), "limits": (0.8,)}):
        with pytest.raises(ValueError, match="one limit for each type"):
            UsualAlarm.on("mean wait", QUIET, TWO_DAYS, **wrong)  # type: ignore[arg-type]
