"""Messages: they wait over nights and weekends, and agents work on several at once."""

from __future__ import annotations

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

H = 3600.0
MAIL = contact_type("mail", "message", hours="08:00-18:00")


def mails(*rows: tuple[float, float]) -> list[Row]:
    return [Row(at, talk, wrap_up=10, kind="mail") for at, talk in rows]


def test_messages_wait_for_the_opening_and_are_carried_over_the_night(run: Run) -> None:
    day = scenario([MAIL], [group("home", ["mail"])], days=2)
    shifts = [(8 * H, 18 * H), (DAY_S + 8 * H, DAY_S + 18 * H)]
    rows = mails((6 * H, 60), (17 * H, 7200), (17 * H + 1, 60), (20 * H, 60))
    result = run(day, rows, [("home", shifts)])
    # the second is finished after the shift, 70 minutes late; the third and the fourth wait for
    # the next morning: nobody stays to serve messages out
    assert column(result, "answered_s") == [8 * H, 17 * H, DAY_S + 8 * H, DAY_S + 8 * H + 70]
    assert column(result, "talk_end_s")[1] == 19 * H
    assert outcomes(result) == [HANDLED] * 4
    assert busy(result)[1] == (0, 17 * H, 19 * H + 10)


def test_a_message_gives_up_only_if_it_has_patience(run: Run) -> None:
    day = scenario([MAIL], [group("home", ["mail"])])
    rows = [
        Row(19 * H, 60, patience=3 * H, kind="mail"),
        Row(19 * H, 60, patience=6 * H, kind="mail"),
        Row(19 * H, 60, kind="mail"),
    ]
    result = run(day, rows, [("home", [(8 * H, 18 * H)])])
    # the second and the third still wait when the horizon ends
    assert outcomes(result) == [ABANDONED, UNRESOLVED, UNRESOLVED]
    assert column(result, "left_s") == [22 * H, None, None]


def test_messages_can_be_turned_away_where_that_is_said(run: Run) -> None:
    form = contact_type("mail", "message", hours="08:00-18:00", outside_hours="turn_away")
    result = run(scenario([form], [group("home", ["mail"])]), mails((19 * H, 60)), all_day("home"))
    assert outcomes(result) == [TURNED_AWAY]


def test_messages_share_the_pace_like_chats(run: Run) -> None:
    home = group("home", ["mail"], concurrency={"message": 2}, pace={"message": (1.0, 1.5)})
    day = scenario([contact_type("mail", "message")], [home])
    rows = [Row(at, 100, kind="mail") for at in (0, 40, 41)]
    result = run(day, rows, all_day("home"))
    # as two chats: 60 left at 40, at 0.75 until 120; the second has done 60 of 100 by then; the
    # third comes in at 120: 40 left and 100, at 0.75: 53.33 s, snapped to 54613 ticks
    assert column(result, "answered_s") == [0, 40, 120]
    ends = 120 + 54613 / 1024  # 40 ÷ 0.75 × 1024 = 54613.3
    # by then 54613 × 0.75 = 40959.75 of 102400 ticks are done: 61440.25 left, snapped to 61440
    assert column(result, "talk_end_s") == [120, ends, ends + 60]


def test_one_channel_at_a_time_is_the_rule(run: Run) -> None:
    both = {"concurrency": {"chat": 2, "message": 2}, "pace": {"chat": (1, 2), "message": (1, 2)}}
    home = group("home", ["mail", "chat"], **both)
    day = scenario([contact_type("mail", "message"), contact_type("chat", "chat")], [home])
    rows = [Row(0, 50, kind="mail"), Row(10, 50, kind="chat"), Row(20, 50, kind="mail")]
    result = run(day, rows, all_day("home"))
    assert column(result, "answered_s") == [0, 70, 20]


def test_the_longest_message_waits_first(run: Run) -> None:
    """A message that waited for hours beats a fresh call, unless credit says otherwise."""
    types = [contact_type("mail", "message"), contact_type("phone")]
    rows = [Row(0, 1000, kind="phone"), Row(10, 60, kind="mail"), Row(900, 60, kind="phone")]
    agents = all_day("home")
    plain = run(scenario(types, [group("home", ["mail", "phone"])]), rows, agents)
    assert column(plain, "answered_s") == [0, 1000, 1060]
    calls = contact_type("phone", credit=H)
    ahead = run(scenario([types[0], calls], plain.scenario.agent_groups), rows, agents)
    assert column(ahead, "answered_s") == [0, 1060, 1000]
