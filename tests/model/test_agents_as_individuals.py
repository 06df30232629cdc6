"""Breaks in turns, new agents, differences between agents: the plan's side, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import queuesim as qs
from queuesim.model.carrying import tempo_of
from queuesim.model.load import staffed
from tests.model.parts import contact_type, day, group, horizon, problems, scenario
from tests.model.test_roster import roster, sessions

NEW = {"count": 2, "on": "2026-11-25", "ramp_up": (2.0, 1.25)}


def shift(**fields: Any) -> qs.Shift:
    given = {"name": "early", "headcount": 4, "breaks": ("12:00-12:30",), **fields}
    return qs.Shift(**given)


# Breaks in turns --------------------------------------------------------------------------


def test_each_wave_goes_when_the_one_before_is_back() -> None:
    made = roster(day(), shifts=(shift(waves=3),))
    assert [row[:3] for row in sessions(made)] == [
        (0, 8, 12), (0, 12.5, 16.5), (1, 8, 12.5), (1, 13, 16.5),
        (2, 8, 13), (2, 13.5, 16.5), (3, 8, 12), (3, 12.5, 16.5),
    ]  # fmt: skip


def test_waves_can_overlap_and_breaks_stay_paid() -> None:
    breaks = ("10:00-10:15", "12:00-12:30")
    plan = shift(headcount=2, breaks=breaks, waves=2, stagger="10min", paid_breaks=True)
    made = roster(day(), shifts=(plan,))
    edges = [10, 10.25, 12, 12.5]
    for person in (0, 1):
        mine = made.person == person
        moved = (np.array(edges) * 3600 + 600 * person).tolist()
        assert made.off_s[mine].tolist()[:2] == moved[::2]
        assert made.on_s[mine].tolist()[1:] == moved[1::2]
        assert made.paid_until_s[mine].tolist() == [*moved[1::2], 16.5 * 3600]
    assert made.on_duty_s(day()).sum() == 2 * (8.5 - 0.75) * 3600
    assert made.scheduled_s(day()).sum() == 2 * 8.5 * 3600


def test_waves_past_midnight() -> None:
    night = shift(start="22:00", end="06:00", breaks=("23:45-00:00",), waves=2, headcount=2)
    made = roster(horizon(), shifts=(night.model_copy(update={"days": "mon"}),))
    assert [row[:3] for row in sessions(made)] == [
        (0, 22, 23.75), (0, 24, 30), (1, 22, 24), (1, 24.25, 30),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "where", "rule", "fix"),
    [
        ({"breaks": (), "waves": 2}, "waves", "there are none", "leave waves out"),
        ({"stagger": "30min"}, "stagger", "there is one wave", "waves=3"),
        ({"waves": 2, "stagger": 0.5}, "stagger", "whole seconds", "write 1s"),
        ({"waves": 9, "headcount": 12}, "waves", "wave 9 would be 16:00-16:30", "waves=8"),
        ({"waves": 2, "stagger": "4h"}, "waves", "wave 2 would be 16:00-16:30", "smaller stagger"),
        (
            {"breaks": ("10:00-11:00", "12:00-12:05"), "waves": 3},
            "waves", "the breaks of wave 3 would overlap", "waves=2",
        ),
    ],
)  # fmt: skip
def test_breaks_stay_inside_the_shift(
    fields: dict[str, Any], where: str, rule: str, fix: str
) -> None:
    [(found, _, said, remedy)] = problems(shift, **fields)
    assert found == where
    assert rule in said
    assert fix in remedy


# New agents -------------------------------------------------------------------------------


def test_weeks_begin_at_the_midnight_of_the_first_day() -> None:
    new = qs.Starters(**NEW)
    midnight = 86_400.0
    assert new.steps(horizon(days=17)) == [(0, 1), (2 * midnight, 2), (9 * midnight, 1.25),
                                           (16 * midnight, 1)]  # fmt: skip
    assert new.steps(horizon(start="2026-12-01", days=3)) == [(0, 2), (midnight, 1.25)]
    assert new.steps(horizon(start="2027-01-01")) == new.steps(horizon(days=2)) == [(0, 1)]
    summer = qs.Starters(count=1, on="2026-03-22", ramp_up=(2.0,))
    spring = horizon(start="2026-03-28", timezone="Europe/Helsinki")
    assert summer.steps(spring) == [(0, 2), (86_400, 1)]
    autumn = qs.Starters(count=1, on="2026-10-19", ramp_up=(2.0,))
    assert autumn.steps(horizon(start="2026-10-25", days=3, timezone="Europe/Helsinki")) == [
        (0, 2), (25 * 3600, 1),
    ]  # fmt: skip


def test_places_that_are_empty_until_then() -> None:
    first = {**NEW, "before": "nobody"}
    made = roster(horizon(interval="24h"), headcount=10, starters=(first,))
    assert made.counts.tolist() == [8, 8, 10, 10, 10, 10, 10]
    plans = (shift(days="mon-sun", breaks=()), shift(name="late", days="mon-sun", breaks=()))
    batches = (
        {**first, "shift": "early"},
        {"count": 1, "on": "2026-11-27", "ramp_up": (1.5,), "before": "nobody"},
    )
    made = roster(horizon(), shifts=plans, starters=batches)
    there = [sorted(made.person[made.day == d].tolist()) for d in range(7)]
    # the last two of early come on Wednesday, the last of all on Friday
    assert there == [[0, 1, 4, 5, 6]] * 2 + [[0, 1, 2, 3, 4, 5, 6]] * 2 + [[*range(8)]] * 3


def test_more_new_ones_than_people() -> None:
    table = group(headcount={"weeks": (1, 4)}, starters=(NEW, {**NEW, "on": "2026-12-01"}))
    late = horizon(start="2026-11-28", days=9)
    assert scenario(agent_groups=(table,), horizon=late)
    few = table.model_copy(update={"headcount": {"weeks": (4, 3)}})
    [(where, given, rule, _)] = problems(scenario, agent_groups=(few,), horizon=late)
    assert (where, given) == ("agent_groups.home.starters.1.count", "2")
    assert rule.startswith("must be at most 1, ")


def test_paths_and_toml() -> None:
    made = scenario(agent_groups=(group(starters=(NEW,), speed_spread=0.15),))
    slower = made.change("agent_groups.home.starters.0.ramp_up", (3.0,))
    assert slower.agent_groups[0].starters[0].ramp_up == (3.0,)
    assert qs.Scenario.from_toml(slower.to_toml()) == slower
    assert 'on = "2026-11-25"' in slower.to_toml()
    assert made.change("agent_groups.home.speed_spread", 0.0).agent_groups[0].speed_spread == 0


# Load and words ---------------------------------------------------------------------------


def test_tempo_of_a_group() -> None:
    """Two of ten do half of the work in their first week: 0.9; a spread of 0.5 adds a quarter."""
    made = scenario(agent_groups=(group(starters=(NEW,)),), horizon=horizon(interval="24h"))
    assert tempo_of(made, made.agent_groups[0]).tolist() == pytest.approx([1] * 2 + [0.9] * 5)
    assert staffed(made).tolist() == [[10] * 7]
    spread = made.change("agent_groups.home.speed_spread", 0.5)
    assert tempo_of(spread, spread.agent_groups[0])[0] == 1.25
    plans = (shift(days="mon-sun", breaks=()),)
    shifts = scenario(agent_groups=(group(shifts=plans, starters=(NEW,)),), horizon=day())
    later = shifts.change("horizon.start", "2026-11-26")
    assert tempo_of(later, later.agent_groups[0]).tolist() == [1] * 8 + [0.75] * 9 + [1] * 7


def test_new_agents_can_be_too_slow_for_the_work() -> None:
    """6.67 erlangs for 7 trained people are no news; four at half the pace carry 5."""
    new = {**NEW, "count": 4, "on": "2026-11-23"}
    made = scenario(agent_groups=(group(headcount=7, starters=(new,)),), horizon=day())
    [line] = made.overloads()
    assert line.endswith("up to 6.7 erlangs of support for 7.0 staffed, who carry 5.0 at best")


def test_in_words() -> None:
    plan = shift(waves=2, stagger="10min")
    team = group(shifts=(plan,), starters=({**NEW, "before": "nobody"},), speed_spread=0.15)
    said = " ".join(
        scenario(contact_types=(contact_type(),), agent_groups=(team,)).describe().split()
    )
    assert "break 12:00-12:30 in 2 waves, each 10min after the one before" in said
    assert "New: 2 of them from Wed 2026-11-25, handle time × 2, 1.25 week by week" in said
    assert "nobody holds their places before" in said
    assert "scatter around the mean by 15 % (cv)" in said
