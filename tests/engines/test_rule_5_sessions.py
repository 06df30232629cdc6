"""Rule 5, sessions and hours: who is there, and when the doors are open. Worked by hand."""

from __future__ import annotations

from typing import Any

import pytest

import queuesim as qs
from tests.engines.by_hand import (
    ABANDONED,
    DAY_S,
    HANDLED,
    TURNED_AWAY,
    UNRESOLVED,
    Row,
    Run,
    all_day,
    busy,
    column,
    contact_type,
    group,
    outcomes,
    scenario,
)

OPENS, CLOSES = 28_800.0, 43_200.0
"""08:00 and 12:00 [s]."""


def phone_day(**terms: Any) -> qs.Scenario:
    return scenario([contact_type(**terms)], [group("home", ["phone"])])


def morning(**terms: Any) -> qs.Scenario:
    """Open from 08:00 to 12:00."""
    return phone_day(hours="08:00-12:00", **terms)


# Sessions -------------------------------------------------------------------------------


def test_before_the_first_session_contacts_wait(run: Run) -> None:
    rows = [Row(10, 5), Row(20, 5), Row(50, 5, patience=20)]
    result = run(phone_day(), rows, [("home", [(100.0, 200.0)])])
    assert column(result, "answered_s") == [100, 105, None]
    assert outcomes(result) == [HANDLED, HANDLED, ABANDONED]


def test_at_the_end_of_a_session_the_agent_finishes_and_takes_nothing_new(run: Run) -> None:
    rows = [Row(50, 100, wrap_up=20), Row(60, 5)]
    result = run(phone_day(), rows, [("home", [(0.0, 100.0), (300.0, 400.0)])])
    # overtime to 170; the one who waits is taken when the agent is back
    assert column(result, "answered_s") == [50, 300]
    assert column(result, "freed_s") == [170, 305]
    assert busy(result) == [(0, 50, 170), (0, 300, 305)]


def test_overtime_leaves_the_contact_to_a_colleague(run: Run) -> None:
    agents = [("home", [(0.0, 100.0)]), ("home", [(110.0, 400.0)])]
    result = run(phone_day(), [Row(50, 100), Row(60, 5), Row(120, 5)], agents)
    assert (column(result, "answered_s"), column(result, "agent")) == ([50, 110, 120], [0, 1, 1])


def test_an_idle_agent_off_duty_takes_nothing(run: Run) -> None:
    result = run(phone_day(), [Row(99, 1), Row(101, 5)], [("home", [(0.0, 100.0)])])
    assert outcomes(result) == [HANDLED, UNRESOLVED]


def test_chats_open_at_the_end_of_a_session_are_finished_at_their_pace(run: Run) -> None:
    home = group("home", ["chat"], concurrency={"chat": 2}, pace={"chat": (1.0, 1.0)})
    day = scenario([contact_type("chat", "chat")], [home])
    rows = [Row(0, 60, kind="chat"), Row(0, 100, kind="chat"), Row(110, 5, kind="chat")]
    result = run(day, rows, [("home", [(0.0, 50.0)])])
    # half pace: 60 at 120; the other has done 60, its 40 alone until 160; no new one at 120
    assert column(result, "freed_s") == [120, 160, None]


def test_a_new_session_in_overtime_goes_on(run: Run) -> None:
    rows = [Row(50, 200), Row(60, 5)]
    result = run(phone_day(), rows, [("home", [(0.0, 100.0), (200.0, 400.0)])])
    # busy until 250, on duty again since 200
    assert column(result, "answered_s") == [50, 250]
    assert busy(result) == [(0, 50, 255)]


def test_a_new_session_in_overtime_opens_the_free_slots(run: Run) -> None:
    home = group("home", ["chat"], concurrency={"chat": 2}, pace={"chat": (1.0, 2.0)})
    day = scenario([contact_type("chat", "chat")], [home])
    rows = [Row(50, 200, kind="chat"), Row(120, 5, kind="chat")]
    result = run(day, rows, [("home", [(0.0, 100.0), (200.0, 400.0)])])
    assert column(result, "answered_s") == [50, 200]


def test_breaks_part_a_day_in_sessions(run: Run) -> None:
    rows = [Row(110, 5), Row(160, 100), Row(190, 5)]
    agents = [("home", [(0.0, 100.0), (150.0, 200.0), (250.0, 300.0)])]
    # 110: on a break, until 150. 160-260: past the start of the next session
    assert column(run(phone_day(), rows, agents), "answered_s") == [150, 160, 260]


def test_who_ends_makes_room_in_the_reserve_of_nobody(run: Run) -> None:
    day = scenario([contact_type()], [group("home", [qs.Skill("phone", reserve=1)])])
    agents = [("home", [(0.0, 50.0)]), ("home", [(0.0, DAY_S)])]
    result = run(day, [Row(10, 5), Row(60, 5)], agents)
    # two idle at 10; one on duty from 50, and it stays in reserve
    assert outcomes(result) == [HANDLED, UNRESOLVED]


def test_overtime_does_not_count_as_idle(run: Run) -> None:
    day = scenario([contact_type()], [group("home", [qs.Skill("phone", reserve=1)])])
    agents = [("home", [(0.0, 50.0)]), ("home", [(0.0, DAY_S)])]
    rows = [Row(10, 100), Row(60, 5)]
    # agent 0 ends overtime at 110 and goes home
    assert outcomes(run(day, rows, agents)) == [HANDLED, UNRESOLVED]


# Hours ----------------------------------------------------------------------------------


def test_outside_the_hours_contacts_are_turned_away(run: Run) -> None:
    rows = [Row(t, 5) for t in (10, OPENS - 1, OPENS, CLOSES - 1, CLOSES, CLOSES + 9)]
    result = run(morning(), rows, all_day("home"))
    away = TURNED_AWAY
    assert outcomes(result) == [away, away, HANDLED, HANDLED, away, away]
    assert column(result, "left_s") == [10, OPENS - 1, None, None, CLOSES, CLOSES + 9]
    assert column(result, "agent") == [-1, -1, 0, 0, -1, -1]


def test_or_they_queue(run: Run) -> None:
    rows = [Row(10, 5), Row(CLOSES, 5, patience=10), Row(CLOSES + 20, 5)]
    result = run(
        morning(outside_hours="queue"), rows, [("home", [(OPENS, CLOSES), (50_000.0, 60_000.0)])]
    )
    assert outcomes(result) == [HANDLED, ABANDONED, HANDLED]
    assert column(result, "answered_s") == [OPENS, None, 50_000]
    assert column(result, "left_s") == [None, CLOSES + 10, None]


def test_an_agent_who_is_there_outside_the_hours_takes_what_queues(run: Run) -> None:
    rows = [Row(10, 5)]
    assert column(run(morning(outside_hours="queue"), rows, all_day("home")), "answered_s") == [10]


BEFORE_CLOSING = [
    Row(CLOSES - 100, 150),  # in service at closing
    Row(CLOSES - 50, 5),  # waiting at closing
    Row(CLOSES - 40, 5, patience=60),  # waiting, with patience until 20 after closing
]


def test_at_closing_the_queue_is_served_out(run: Run) -> None:
    result = run(morning(), BEFORE_CLOSING, all_day("home"))
    assert outcomes(result) == [HANDLED, HANDLED, ABANDONED]
    assert column(result, "answered_s") == [CLOSES - 100, CLOSES + 50, None]
    assert column(result, "left_s") == [None, None, CLOSES + 20]


def test_or_it_is_released(run: Run) -> None:
    result = run(morning(at_closing="release"), BEFORE_CLOSING, all_day("home"))
    assert outcomes(result) == [HANDLED, TURNED_AWAY, TURNED_AWAY]
    assert column(result, "left_s") == [None, CLOSES, CLOSES]
    assert column(result, "freed_s") == [CLOSES + 50, None, None]


def test_callbacks_are_not_released(run: Run) -> None:
    day = morning(at_closing="release", callback=qs.CallbackOffer(accept=0.5, after=10.0))
    rows = [
        Row(CLOSES - 100, 150),
        Row(CLOSES - 50, 5, accepts=True, answers=(True,)),
        Row(CLOSES - 5, 5, accepts=True),  # its offer would come 5 after closing
    ]
    result = run(day, rows, all_day("home"))
    assert outcomes(result) == [HANDLED, HANDLED, TURNED_AWAY]
    assert column(result, "answered_s") == [CLOSES - 100, CLOSES + 65, None]
    assert column(result, "offer_s") == [None, CLOSES - 40, None]


def test_each_closing_releases_what_waits_then(run: Run) -> None:
    terms: dict[str, Any] = {"hours": ["08:00-12:00", "13:00-17:00"], "at_closing": "release"}
    rows = [Row(OPENS, 5), Row(CLOSES + 3_600, 5), Row(61_199, 5)]
    result = run(phone_day(**terms), rows, [("home", [(61_100.0, 61_150.0)])])
    # the second waits from 13:00 and is served at 61100; the third is released at 17:00
    assert outcomes(result) == [TURNED_AWAY, HANDLED, TURNED_AWAY]
    assert column(result, "left_s") == [CLOSES, None, 61_200]


def test_what_queues_outside_the_hours_is_released_at_the_next_closing(run: Run) -> None:
    day = morning(outside_hours="queue", at_closing="release")
    result = run(day, [Row(10, 5), Row(CLOSES, 5)], [("home", [(0.0, 5.0)])])
    # closing comes before an arrival at the same instant
    assert outcomes(result) == [TURNED_AWAY, UNRESOLVED]
    assert column(result, "left_s") == [CLOSES, None]


def test_hours_of_one_type_do_not_touch_another(run: Run) -> None:
    types = [contact_type("x", hours="08:00-12:00", at_closing="release"), contact_type("y")]
    day = scenario(types, [group("home", ["x", "y"])])
    rows = [Row(CLOSES - 100, 150, kind="y"), Row(CLOSES - 10, 5, kind="x"),
            Row(CLOSES - 5, 5, kind="y"), Row(CLOSES + 5, 5, kind="x")]  # fmt: skip
    result = run(day, rows, all_day("home"))
    assert outcomes(result) == [HANDLED, TURNED_AWAY, HANDLED, TURNED_AWAY]


# The end of the horizon -----------------------------------------------------------------


def test_when_the_horizon_ends_service_is_finished_and_waiting_is_unresolved(run: Run) -> None:
    rows = [
        Row(DAY_S - 50, 100, wrap_up=10),
        Row(DAY_S - 40, 5),
        Row(DAY_S - 30, 5, patience=29),
        Row(DAY_S - 20, 5, patience=25),
    ]
    result = run(phone_day(), rows, all_day("home"))
    assert outcomes(result) == [HANDLED, UNRESOLVED, ABANDONED, UNRESOLVED]
    assert column(result, "freed_s") == [DAY_S + 60, None, None, None]
    assert column(result, "left_s") == [None, None, DAY_S - 1, None]
    assert busy(result) == [(0, DAY_S - 50, DAY_S + 60)]


def test_chats_are_finished_after_the_horizon_at_their_pace(run: Run) -> None:
    home = group("home", ["chat"], concurrency={"chat": 2}, pace={"chat": (1.0, 1.0)})
    day = scenario([contact_type("chat", "chat")], [home])
    rows = [Row(DAY_S - 10, 40, kind="chat"), Row(DAY_S - 10, 60, kind="chat")]
    result = run(day, rows, all_day("home"))
    # 40 at half pace: 70 after the end; then 20 alone
    assert column(result, "freed_s") == [DAY_S + 70, DAY_S + 90]


def test_a_dial_under_way_when_the_horizon_ends_is_finished(run: Run) -> None:
    day = phone_day(callback=qs.CallbackOffer(accept=0.5))
    rows = [Row(DAY_S - 50, 45)]
    rows += [Row(DAY_S - 40, 5, accepts=True, answers=(a,)) for a in (True, True)]
    result = run(day, rows, all_day("home"))
    # dialled at -5, answered at 10, to 15; the other is owed a callback
    assert outcomes(result) == [HANDLED, HANDLED, UNRESOLVED]
    assert column(result, "freed_s") == [DAY_S - 5, DAY_S + 15, None]
    assert column(result, "accepted_s") == [None, DAY_S - 40, DAY_S - 40]


@pytest.mark.parametrize("at_closing", ["serve_out", "release"])
def test_a_line_open_round_the_clock_does_not_close_with_the_horizon(
    run: Run, at_closing: str
) -> None:
    day = phone_day(at_closing=at_closing, hours="00:00-24:00")
    result = run(day, [Row(DAY_S - 50, 100), Row(DAY_S - 40, 5)], all_day("home"))
    assert outcomes(result) == [HANDLED, UNRESOLVED]


# Serving out ----------------------------------------------------------------------------


def test_an_agent_busy_at_closing_stays_to_serve_out_the_line(run: Run) -> None:
    # busy until 43250 (50 s after closing), then the two who wait: 43250–43350, 43350–43380
    rows = [Row(43_150, 100), Row(43_160, 100), Row(43_190, 30)]
    result = run(morning(), rows, [("home", [(OPENS, CLOSES)])])
    assert column(result, "answered_s") == [43_150, 43_250, 43_350]
    assert busy(result) == [(0, 43_150.0, 43_380.0)]


def test_who_came_after_closing_is_not_served_out(run: Run) -> None:
    rows = [Row(43_150, 100), Row(43_160, 100), Row(43_260, 30)]
    result = run(morning(outside_hours="queue"), rows, [("home", [(OPENS, CLOSES)])])
    assert outcomes(result) == [HANDLED, HANDLED, UNRESOLVED]


def test_an_agent_idle_at_closing_goes(run: Run) -> None:
    """The overflow has not waited long enough at closing, and nobody stays for it."""
    day = scenario(
        [contact_type(hours="08:00-12:00")], [group("home", [qs.Skill("phone", min_wait=60)])]
    )
    rows = [Row(43_190, 30, patience=300)]
    result = run(day, rows, [("home", [(OPENS, CLOSES)])])
    assert outcomes(result) == [ABANDONED]


def test_nobody_stays_when_the_session_ends_before_closing(run: Run) -> None:
    # off at 43100, free at 43250 after closing: the second is left to the one who closes
    rows = [Row(43_050, 200), Row(43_120, 100, patience=1_000)]
    result = run(morning(), rows, [("home", [(OPENS, 43_100.0)])])
    assert outcomes(result) == [HANDLED, ABANDONED]


def test_callbacks_are_owed_until_the_next_day_not_served_out(run: Run) -> None:
    # the second takes a callback at 43170; the third is ahead of it for who stays
    offer = qs.CallbackOffer(accept=1.0, after=10.0)
    rows = [
        Row(43_150, 100),
        Row(43_160, 100, accepts=True, answers=(True,)),
        Row(43_170, 30, accepts=False),
    ]
    result = run(morning(callback=offer), rows, [("home", [(OPENS, CLOSES)])])
    assert column(result, "answered_s") == [43_150, None, 43_250]
    assert outcomes(result) == [HANDLED, UNRESOLVED, HANDLED]


def test_chats_are_served_out_into_the_free_slots(run: Run) -> None:
    # two slots at pace 1 each; both busy at closing, free at 43250 and 43300
    chat = contact_type("chat", "chat", hours="08:00-12:00")
    many = {"concurrency": {"chat": 2}, "pace": {"chat": (1.0, 2.0)}}
    day = scenario([chat], [group("home", ["chat"], **many)])
    rows = [Row(43_150, 100, kind="chat"), Row(43_150, 150, kind="chat")]
    rows += [Row(43_160, 80, kind="chat"), Row(43_170, 10, kind="chat")]
    result = run(day, rows, [("home", [(OPENS, CLOSES)])])
    assert column(result, "answered_s") == [43_150, 43_150, 43_250, 43_300]
    assert column(result, "freed_s") == [43_250, 43_300, 43_330, 43_310]


def test_a_new_session_ends_the_staying(run: Run) -> None:
    # back on duty at 43260: the agent takes whoever is first again
    rows = [Row(43_150, 150), Row(43_160, 10), Row(43_250, 10)]
    result = run(
        morning(outside_hours="queue"), rows, [("home", [(OPENS, CLOSES), (43_260.0, 50_000.0)])]
    )
    assert column(result, "answered_s") == [43_150, 43_300, 43_310]
