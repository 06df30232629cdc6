"""Sessions: who is there. Shrinkage and absence take the stated share, person by person."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import queuesim as qs
from queuesim.sampling import Tape, draw_tape
from tests.sampling.chance import SIGMAS, contact_type, group, scenario

HOUR = 3600.0
DAYS = 1500
"""Days of the tests of chance."""

IDLE = contact_type(demand=qs.Demand(per_day=1.0))


def tape(days: int = 1, interval: str = "24h", replication: int = 0, **terms: Any) -> Tape:
    made = scenario(IDLE, groups=(group(**terms),), days=days, interval=interval)
    return draw_tape(made, seed=3, replication=replication)


def rows(drawn: Tape) -> list[tuple[int, float, float]]:
    """Agent, from and to [h]."""
    sessions = drawn.sessions
    return [
        (int(n), on / HOUR, off / HOUR)
        for n, on, off in zip(sessions.agent, sessions.on_s, sessions.off_s, strict=True)
    ]


def there_by_day(drawn: Tape, hour: float = 12.0, days: int = DAYS) -> np.ndarray:
    """Who is there at an hour of each day, shape (days, agents)."""
    present = np.zeros((days, len(drawn.agent_group)), dtype=bool)
    for n, on, off in rows(drawn):
        first, last = np.ceil((on - hour) / 24), np.ceil((off - hour) / 24)
        present[int(first) : int(last), n] = True
    return present


def test_first_on_first_off() -> None:
    drawn = tape(interval="6h", headcount={"horizon": [2, 3, 1, 2]})
    # 0 h: 0 and 1 come. 6 h: 2 comes. 12 h: two go, those who came first: 0, then 1.
    # 18 h: one comes, who has been off longest: 0. 24 h: the end.
    assert rows(drawn) == [(0, 0, 12), (1, 0, 12), (2, 6, 24), (0, 18, 24)]
    assert drawn.agent_group.tolist() == [0, 0, 0]


def test_off_longest_comes_first() -> None:
    drawn = tape(interval="4h", headcount={"horizon": [1, 2, 3, 1, 0, 2]})
    # 12 h: 0 and 1 go. 16 h: 2 goes. 20 h: two come: 0 and 1, off since 12 h
    assert rows(drawn) == [(0, 0, 12), (1, 4, 12), (2, 8, 16), (0, 20, 24), (1, 20, 24)]


def test_hours_cut_the_sessions() -> None:
    drawn = tape(days=2, headcount=2, hours={"mon-sun": ["08:00-12:15", "13:00-18:00"]})
    assert rows(drawn)[:4] == [(0, 8, 12.25), (1, 8, 12.25), (0, 13, 18), (1, 13, 18)]
    assert len(rows(drawn)) == 8


def test_a_group_round_the_clock_has_one_long_session() -> None:
    assert rows(tape(days=3, headcount=2)) == [(0, 0, 72), (1, 0, 72)]


def test_breaks_part_a_shift() -> None:
    shift = qs.Shift(name="early", start="08:00", end="16:00", headcount=2, breaks=("12:00-12:30",))
    drawn = tape(shifts=(shift,))
    assert rows(drawn) == [(0, 8, 12), (1, 8, 12), (0, 12.5, 16), (1, 12.5, 16)]


def test_shifts_that_touch_are_one_session() -> None:
    shifts = (
        qs.Shift(name="night", days="mon-sun", start="18:00", end="24:00", headcount=1),
        qs.Shift(name="night", days="mon-sun", start="00:00", end="06:00", headcount=1),
    )
    assert rows(tape(days=2, shifts=shifts)) == [(0, 0, 6), (0, 18, 30), (0, 42, 48)]


def test_nobody_is_nobody() -> None:
    assert rows(tape(headcount={"horizon": [0]})) == []


def test_shrinkage_is_right_on_average_and_never_off_by_a_whole_person() -> None:
    """10 × 0.72 = 7.2 over 1,500 days: notices 0.04 people."""
    staffed = there_by_day(tape(days=DAYS, shrinkage=0.28)).sum(axis=1)
    assert set(staffed) == {7, 8}
    assert abs(staffed.mean() - 7.2) < SIGMAS * np.sqrt(0.2 * 0.8 / DAYS)


def test_shrinkage_that_leaves_whole_people_is_exact() -> None:
    assert rows(tape(days=3, shrinkage=0.5)) == [(n, 0, 72) for n in range(5)]


def test_a_day_does_not_flicker_between_two_counts() -> None:
    drawn = tape(days=20, interval="30min", shrinkage=0.25, hours="08:00-18:00")
    # one length of session: nobody comes or goes within the day
    assert {off - on for _, on, off in rows(drawn)} == {10.0}


SHIFT = {"name": "day", "days": "mon-sun", "start": "08:00", "end": "16:00"}


def shift_tape(headcount: int = 10, **terms: Any) -> Tape:
    shift = qs.Shift(headcount=headcount, breaks=("11:00-11:30",), **SHIFT)
    return tape(days=DAYS, shifts=(shift,), **terms)


def test_shrinkage_of_shifts_takes_an_even_sample_of_the_people() -> None:
    """Each of 10 people is there on 72 % of 1,500 days: notices 5 percentage points."""
    present = there_by_day(shift_tape(shrinkage=0.28))
    assert set(present.sum(axis=1)) == {7, 8}
    off = present.mean(axis=0) - 0.72
    assert np.abs(off).max() < SIGMAS * np.sqrt(0.72 * 0.28 / DAYS)


def test_absence_takes_a_person_for_the_whole_day() -> None:
    """10 people × 1,500 days, absent 10 %: notices 1 percentage point."""
    drawn = shift_tape(absence=0.1)
    morning, afternoon = there_by_day(drawn, 9.0), there_by_day(drawn, 15.0)
    assert (morning == afternoon).all()
    cases = morning.size
    assert abs(morning.mean() - 0.9) < SIGMAS * np.sqrt(0.09 / cases)
    # independent of colleagues: the number absent is binomial
    spread = (10 - morning.sum(axis=1)).var() / (10 * 0.09)
    assert abs(spread - 1) < SIGMAS * np.sqrt(2.4 / DAYS)


def test_absence_and_shrinkage_multiply() -> None:
    """10 × 0.9 × 0.75 = 6.75: notices 0.1 people, for headcount and for shifts."""
    for drawn in (
        tape(days=DAYS, absence=0.1, shrinkage=0.25),
        shift_tape(absence=0.1, shrinkage=0.25),
    ):
        staffed = there_by_day(drawn).sum(axis=1)
        assert abs(staffed.mean() - 6.75) < SIGMAS * np.sqrt((0.9 * 0.75**2 + 0.25) / DAYS)


@pytest.mark.parametrize("terms", [{"absence": 0.2}, {"shrinkage": 0.28}])
def test_more_people_keep_the_others_days(terms: dict[str, float]) -> None:
    few, many = there_by_day(shift_tape(**terms)), there_by_day(shift_tape(14, **terms))
    assert (many[:, :10] == few).all()
    assert many.shape[1] == 14


def test_the_absent_of_a_headcount_stay_when_it_grows() -> None:
    few = there_by_day(tape(days=DAYS, absence=0.2)).sum(axis=1)
    more = there_by_day(tape(days=DAYS, absence=0.2, headcount=11)).sum(axis=1)
    assert set(more - few) == {0, 1}


@pytest.mark.parametrize(
    "terms",
    [
        {"headcount": {"day": [0, 3, 9, 4, 10, 2]}, "shrinkage": 0.3, "absence": 0.1},
        {
            "shifts": (
                qs.Shift(
                    name="a", start="06:00", end="14:00", headcount=4, breaks=("10:00-10:15",)
                ),
                qs.Shift(name="b", days="mon-sun", start="20:00", end="04:00", headcount=3),
            ),
            "shrinkage": 0.3,
            "absence": 0.1,
        },
    ],
)
def test_sessions_are_in_order_and_apart(terms: dict[str, Any]) -> None:
    drawn = tape(days=20, interval="4h", **terms)
    sessions = drawn.sessions
    assert (np.lexsort((sessions.agent, sessions.on_s)) == np.arange(len(sessions))).all()
    assert (sessions.on_s < sessions.off_s).all()
    assert sessions.on_s.min() >= 0
    assert sessions.off_s.max() <= 20 * 86_400
    for n in range(len(drawn.agent_group)):
        mine = sessions.agent == n
        assert (sessions.off_s[mine][:-1] < sessions.on_s[mine][1:]).all()


def test_replications_differ() -> None:
    one, two = (there_by_day(tape(days=DAYS, shrinkage=0.28, replication=r)) for r in (0, 1))
    agree = (one.sum(axis=1) == two.sum(axis=1)).mean()
    # both 7 or both 8: 0.64 + 0.04
    assert abs(agree - 0.68) < SIGMAS * np.sqrt(0.68 * 0.32 / DAYS)
