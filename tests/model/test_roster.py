"""Rosters: plans made second by second, by hand."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import queuesim as qs
from queuesim.model.roster import Roster, rostered
from tests.model.parts import HELSINKI, contact_type, day, group, horizon, problems

NO_HOURS = np.empty((0, 2))


def roster(horizon: qs.Horizon, hours: str = "00:00-24:00", **fields: Any) -> Roster:
    team = group(**fields)
    windows = qs.Hours.model_validate(hours).windows(horizon)
    return rostered(team, horizon, windows)


def sessions(made: Roster) -> list[tuple[int, float, float, float, int]]:
    """Return person, from, to and paid hours, and day of each session."""
    columns = (made.person, made.on_s / 3600, made.off_s / 3600, made.paid_s / 3600, made.day)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def test_one_number_holds_in_all_hours() -> None:
    made = roster(day(), "08:30-12:00", headcount=4)
    assert (made.edges_s / 3600).tolist() == sorted([*range(25), 8.5])
    assert made.counts.tolist() == [0] * 9 + [4] * 4 + [0] * 12
    assert made.people == 4
    assert not made.by_shifts
    assert (made.scheduled_s(day()) / 3600).tolist() == [0] * 8 + [2] + [4] * 3 + [0] * 12
    assert made.most_at_once(day()).tolist() == [0] * 8 + [4] * 4 + [0] * 12
    scheduled = group(headcount=4).scheduled(day(), np.array([[8.5, 12.0]]) * 3600)
    assert scheduled.dtype == np.int64
    assert scheduled.tolist() == [0] * 8 + [4] * 4 + [0] * 12


def test_by_interval_of_the_day_week_and_horizon() -> None:
    two = day(days=2, interval="12h")
    assert roster(two, headcount={"day": (1, 2)}).counts.tolist() == [1, 2, 1, 2]
    week = {"week": tuple(range(14))}
    tuesday = day("2026-11-24", days=2, interval="12h")
    assert roster(tuesday, headcount=week).counts.tolist() == [2, 3, 4, 5]
    listed = roster(two, headcount={"horizon": (9, 8, 7, 6)})
    assert listed.counts.tolist() == [9, 8, 7, 6]


def test_by_calendar_week() -> None:
    fortnight = day("2026-11-28", days=9, interval="24h")  # Saturday to the Sunday after next
    made = roster(fortnight, headcount={"weeks": (3, 5)})
    assert made.counts.tolist() == [3, 3, 5, 5, 5, 5, 5, 5, 5]


def test_the_day_goes_by_the_wall_clock() -> None:
    by_hour = {"day": tuple(range(24))}
    spring = day("2026-03-29", timezone=HELSINKI)
    autumn = day("2026-10-25", timezone=HELSINKI)
    assert roster(spring, headcount=by_hour).counts.tolist() == [0, 1, 2, *range(4, 24)]
    assert roster(autumn, headcount=by_hour).counts.tolist() == [0, 1, 2, 3, 3, *range(4, 24)]


def test_hours_default_to_those_of_the_types_served() -> None:
    phone = contact_type("phone", hours="08:00-12:00")
    mail = contact_type("mail", channel="message", hours="11:00-14:00")
    other = contact_type("other", hours="00:00-24:00")
    team = group(skills=("phone", "mail"))
    assert (team.windows(day(), (phone, mail, other)) / 3600).tolist() == [[8, 14]]
    shorter = group(skills=("phone", "mail"), hours="09:00-10:00")
    assert (shorter.windows(day(), (phone, mail, other)) / 3600).tolist() == [[9, 10]]


def shift(**fields: Any) -> qs.Shift:
    return qs.Shift(**{"name": "early", "headcount": 1, **fields})


def test_people_are_numbered_by_shift_name() -> None:
    shifts = (
        shift(days="mon-thu", start="08:00", end="16:00", headcount=2),
        shift(name="late", days="mon-sun", start="12:00", end="20:00"),
        shift(days="fri", start="08:00", end="14:00", headcount=3),
    )
    made = roster(day("2026-11-26", days=2), shifts=shifts)  # Thursday and Friday
    assert sessions(made) == [
        (0, 8, 16, 8, 0),
        (0, 32, 38, 6, 1),
        (1, 8, 16, 8, 0),
        (1, 32, 38, 6, 1),
        (2, 32, 38, 6, 1),
        (3, 12, 20, 8, 0),
        (3, 36, 44, 8, 1),
    ]
    assert made.shift.tolist() == [0, 2, 0, 2, 2, 1, 1]
    assert made.people == 4
    assert made.by_shifts


def test_breaks_part_sessions_and_may_be_paid() -> None:
    lunch = {"start": "08:00", "end": "16:30", "breaks": ("14:00-14:15", "12:00-12:30")}
    unpaid = roster(day(), shifts=(shift(**lunch),))
    assert sessions(unpaid) == [
        (0, 8, 12, 4, 0),
        (0, 12.5, 14, 1.5, 0),
        (0, 14.25, 16.5, 2.25, 0),
    ]
    paid = roster(day(), shifts=(shift(**lunch, paid_breaks=True),))
    assert sessions(paid) == [
        (0, 8, 12, 4.5, 0),
        (0, 12.5, 14, 1.75, 0),
        (0, 14.25, 16.5, 2.25, 0),
    ]
    assert unpaid.scheduled_s(day())[11:15].tolist() == [3600, 1800, 3600, 2700]
    assert paid.scheduled_s(day()).sum() == 8.5 * 3600
    assert paid.on_duty_s(day()).sum() == 7.75 * 3600
    assert unpaid.most_at_once(day())[7:18].tolist() == [0, *[1] * 9, 0]


def test_a_night_reaches_over_from_the_eve_and_is_cut_at_the_end() -> None:
    night = shift(days="mon-sun", start="22:00", end="06:00", breaks=("01:00-01:30",))
    made = roster(day(), shifts=(night,))
    assert sessions(made) == [(0, 0, 1, 1, 0), (0, 1.5, 6, 4.5, 0), (0, 22, 24, 2, 0)]
    # nobody works the night from Sunday to Monday
    weekdays = shift(days="mon-fri", start="22:00", end="06:00")
    assert sessions(roster(day(), shifts=(weekdays,))) == [(0, 22, 24, 2, 0)]


def test_nights_on_which_clocks_change() -> None:
    night = shift(days="sat", start="22:00", end="06:00", breaks=("02:30-03:30",))
    spring = day("2026-03-28", days=2, timezone=HELSINKI)
    # the break ends in the gap, at whose end the clock shows 04:00
    assert sessions(roster(spring, shifts=(night,))) == [(0, 22, 26.5, 4.5, 0), (0, 27, 29, 2, 0)]
    autumn = day("2026-10-24", days=2, timezone=HELSINKI)
    # and at its first showing in the repeated hour
    assert sessions(roster(autumn, shifts=(night,))) == [
        (0, 22, 26.5, 4.5, 0),
        (0, 27.5, 31, 3.5, 0),
    ]


def test_a_shift_that_ends_in_the_repeated_hour_works_it_through() -> None:
    autumn = day("2026-10-25", timezone=HELSINKI)
    early = shift(days="sun", start="03:30", end="08:00")
    late = shift(name="late", days="sun", start="00:00", end="03:30")
    made = roster(autumn, shifts=(early, late))
    assert sessions(made) == [(0, 3.5, 9, 5.5, 0), (1, 0, 4.5, 4.5, 0)]


def test_holidays_are_worked_like_their_weekday_unless_a_shift_names_them() -> None:
    christmas = day("2026-12-25", days=2, holidays="FI")  # Friday and Saturday, both holidays
    usual = shift(days="mon-fri", start="08:00", end="16:00")
    assert sessions(roster(christmas, shifts=(usual,))) == [(0, 8, 16, 8, 0)]
    special = shift(days="holiday", start="10:00", end="14:00")
    assert sessions(roster(christmas, shifts=(usual, special))) == [
        (0, 10, 14, 4, 0),
        (0, 34, 38, 4, 1),
    ]
    nobody = shift(days="holiday", headcount=0)
    assert sessions(roster(christmas, shifts=(usual, nobody))) == []


def test_person_seconds_add_up_exactly() -> None:
    whole = horizon(days=30, interval="5min")
    shifts = tuple(
        shift(
            name=f"s{n}",
            days="mon-sun",
            start=f"{n:02d}:07",
            end=f"{(n + 9) % 24:02d}:11",
            headcount=n,
            breaks=(f"{(n + 3) % 24:02d}:02-{(n + 3) % 24:02d}:32",),
        )
        for n in range(0, 24, 5)
    )
    made = roster(whole, shifts=shifts)
    assert made.scheduled_s(whole).sum() == made.paid_s.sum()
    counted = made.most_at_once(whole)
    assert counted.max() <= sum(each.headcount for each in shifts)


@pytest.mark.parametrize(
    ("shifts", "where"),
    [
        ([{}, {"days": "fri-sat", "start": "16:00", "end": "20:00"}], "shifts.1"),
        ([{"start": "22:00", "end": "06:00"}, {"days": "tue", "start": "05:00"}], "shifts.1"),
        (
            [{"days": "sun", "start": "22:00", "end": "06:00"}, {"days": "mon", "start": "04:00"}],
            "shifts.1",
        ),
        ([{"breaks": ["07:00-08:30"]}], "shifts.early.breaks.0"),
        ([{"breaks": ["16:00-17:00"]}], "shifts.early.breaks.0"),
        ([{"breaks": ["08:00-08:30"]}], "shifts.early.breaks.0"),
        ([{"breaks": ["12:00-12:30", "12:15-12:45"]}], "shifts.early.breaks.1"),
        ([{"end": "08:00"}], "shifts.early.end"),
        ([{"start": "24:00"}], "shifts.early.start"),
    ],
)
def test_people_cannot_be_in_two_places(shifts: list[dict[str, Any]], where: str) -> None:
    given = [{"name": "early", "headcount": 2, **fields} for fields in shifts]
    found = problems(group, shifts=given)
    assert [where for where, *_ in found] == [where]


def test_shifts_that_only_touch_or_have_other_names_are_fine() -> None:
    group(shifts=(shift(), shift(start="16:30", end="20:00"), shift(name="late", start="12:00")))
    group(shifts=(shift(start="22:00", end="06:00"), shift(start="06:00", end="07:00")))


def test_a_scenario_works_out_its_rosters_once_and_a_changed_one_its_own() -> None:
    made = qs.Scenario(
        name="two",
        contact_types=(contact_type(),),
        agent_groups=(group(headcount=3), group(name="partner", headcount=2)),
        horizon=day(),
    )
    assert made.rosters is made.rosters
    assert [int(each.counts.max()) for each in made.rosters] == [3, 2]
    windows = made.group_windows("partner")
    alone = rostered(made.agent_group("partner"), made.horizon, windows)
    np.testing.assert_array_equal(made.rosters[1].counts, alone.counts)
    more = made.change("agent_groups.partner.headcount", 7)
    assert [int(each.counts.max()) for each in more.rosters] == [3, 7]
    assert "rosters" not in vars(pickle.loads(pickle.dumps(made)))
