"""Rule 6: who comes again, when, and as what; each day worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

import queuesim as qs
from queuesim.engines.compiled import simulate_compiled
from queuesim.engines.outcome import Cause
from queuesim.engines.reference import simulate_reference
from queuesim.sampling import draw_tape
from tests.engines.by_hand import (
    ABANDONED,
    BLOCKED,
    DAY_S,
    FAILED_CALLBACK,
    HANDLED,
    PASSED_ON,
    SELF_SERVED,
    TURNED_AWAY,
    Row,
    Run,
    all_day,
    column,
    contact_type,
    group,
    outcomes,
    scenario,
)
from tests.engines.test_two_engines import assert_equal

BACK = qs.Return(share=0.5, delay=60.0, max_attempts=3)
ONE = all_day("home")


TWO_CHATS = {"concurrency": {"chat": 2}, "pace": {"chat": (1, 1)}}


def causes(outcome: object) -> list[Cause]:
    return [Cause(code) for code in outcome.contacts["cause"] if code >= 0]  # type: ignore[attr-defined]


def redialler(at: float, talk: float, patience: float, times: int = 3, **terms: object) -> Row:
    """Who redials after 60 s, and then brings as much."""
    mine = {"redials": True, "redial_delay": 60.0, **terms}
    again = Row(0, talk, patience=patience, **mine)  # type: ignore[arg-type]
    return Row(at, talk, patience=patience, again=((again,),) * times, **mine)  # type: ignore[arg-type]


def test_who_abandons_redials_and_is_served(run: Run) -> None:
    day = scenario([contact_type(redial=BACK)], [group("home", ["phone"])])
    # the agent is busy 0-100; the caller of 10 leaves at 30, redials at 90, waits 10 s
    result = run(day, [Row(0, 100), redialler(10, 40, 20)], ONE)
    assert result.contacts["outcome"].tolist() == [HANDLED, ABANDONED, HANDLED, -1, -1]
    assert column(result, "came_s") == [0, 10, 90, None, None]
    assert column(result, "left_s") == [None, 30, None, None, None]
    assert column(result, "answered_s") == [0, None, 100, None, None]
    assert causes(result) == [Cause.FIRST, Cause.FIRST, Cause.REDIAL]
    assert result.contacts["resolved"].tolist() == [1, -1, 1, -1, -1]


def test_who_does_not_redial_is_lost(run: Run) -> None:
    day = scenario([contact_type(redial=BACK)], [group("home", ["phone"])])
    result = run(day, [Row(0, 100), redialler(10, 40, 20, redials=False)], ONE)
    assert outcomes(result) == [HANDLED, ABANDONED]


def test_redialling_ends_with_the_last_attempt(run: Run) -> None:
    twice = qs.Return(share=0.5, delay=60.0, max_attempts=2)
    day = scenario([contact_type(redial=twice)], [group("home", ["phone"])])
    # leaves at 20, comes 80, leaves 90, comes 150, leaves 160, and that was twice
    result = run(day, [Row(0, 1000), redialler(10, 40, 10, times=2)], ONE)
    assert column(result, "came_s") == [0, 10, 80, 150]
    assert outcomes(result) == [HANDLED, ABANDONED, ABANDONED, ABANDONED]


def test_patience_that_ends_behind_others_leads_to_a_redial_at_once(run: Run) -> None:
    # the last waits behind one with more patience; nobody looks at it, and it redials
    day = scenario([contact_type(redial=BACK)], [group("home", ["phone"])])
    result = run(day, [Row(0, 500), Row(1, 5), redialler(2, 5, 10)], ONE)
    assert column(result, "came_s") == [0, 1, 2, 72, 142, 212]
    assert outcomes(result) == [HANDLED, HANDLED, ABANDONED, ABANDONED, ABANDONED, ABANDONED]


def test_who_is_blocked_redials(run: Run) -> None:
    day = scenario([contact_type(redial=BACK, queue_limit=0)], [group("home", ["phone"])])
    result = run(day, [Row(0, 30), redialler(10, 40, 1000)], ONE)
    assert outcomes(result) == [HANDLED, BLOCKED, HANDLED]
    assert column(result, "came_s")[2] == 70


def test_who_is_turned_away_redials_or_comes_another_way(run: Run) -> None:
    closed = "00:01:00-23:00:00"
    mail = contact_type("request", "callback", outside_hours="queue")
    away = contact_type(
        hours=closed, redial=BACK, after_hours=qs.Return(share=0.5, delay=5.0, to="request")
    )
    there = group("home", ["phone", "request"])
    other = Row(0, 7, kind="request", answers=(True,))
    # path 0.4 < 0.5: asks for a callback 5 s later, and is rung for 15 s
    rows = [Row(10, 40, path=0.4, after_hours_delay=5.0, redials=True, again=((other,),))]
    result = run(scenario([away, mail], [there]), rows, ONE)
    assert outcomes(result) == [TURNED_AWAY, HANDLED]
    assert causes(result) == [Cause.FIRST, Cause.AFTER_HOURS]
    assert column(result, "came_s") == [10, 15]
    assert column(result, "answered_s") == [None, 30]
    # path 0.6: lost, though the customer would redial
    rows = [Row(10, 40, path=0.6, redials=True, redial_delay=60.0, again=((Row(0, 40),),))]
    assert outcomes(run(scenario([away, mail], [there]), rows, ONE)) == [TURNED_AWAY]
    # without the other way: redials at 70, when it is open
    plain = contact_type(hours=closed, redial=BACK)
    result = run(scenario([plain], [group("home", ["phone"])]), rows, ONE)
    assert outcomes(result) == [TURNED_AWAY, HANDLED]
    assert column(result, "came_s") == [10, 70]


def test_who_is_sent_home_at_closing_redials(run: Run) -> None:
    day = scenario(
        [contact_type(hours="00:00:00-00:01:00", at_closing="release", redial=BACK)],
        [group("home", ["phone"])],
    )
    result = run(day, [Row(0, 100), redialler(10, 40, 1000)], ONE)
    # sent home at 60, comes at 120, is turned away, comes at 180, at 240
    assert outcomes(result) == [HANDLED, *[TURNED_AWAY] * 4]
    assert column(result, "came_s") == [0, 10, 120, 180, 240]


@pytest.mark.parametrize(("draw", "comes"), [(0.79, False), (0.8, True)])
def test_who_is_not_resolved_comes_again(run: Run, draw: float, comes: bool) -> None:
    day = scenario(
        [contact_type(repeat=BACK)], [group("home", [qs.Skill("phone", resolution=0.8)])]
    )
    more = Row(0, 20, resolution=0.1)
    row = Row(0, 30, 10, resolution=draw, repeats=True, repeat_delay=100.0, again=((more,),))
    result = run(day, [row], ONE)
    # the talk ends at 30: that is when the customer leaves
    assert column(result, "came_s") == [0, 130 if comes else None]
    assert result.contacts["resolved"].tolist() == ([0, 1] if comes else [1, -1])


def test_resolution_is_that_of_the_group_which_served(run: Run) -> None:
    day = scenario(
        [contact_type(repeat=BACK)],
        [
            group("home", [qs.Skill("phone", resolution=0.9)]),
            group("partner", [qs.Skill("phone", rank=2, resolution=0.6)]),
        ],
    )
    more = Row(0, 20)
    rows = [
        Row(k, 30, resolution=0.7, repeats=True, repeat_delay=50.0, again=((more,),))
        for k in range(2)
    ]
    result = run(day, rows, [*all_day("home"), *all_day("partner")])
    assert result.contacts["resolved"].tolist() == [1, 0, -1, 1]
    assert column(result, "came_s") == [0, 1, None, 81]


def test_agents_hand_on_when_the_talk_ends(run: Run) -> None:
    day = scenario(
        [contact_type(), contact_type("second")],
        [
            group("home", [qs.Skill("phone", transfer=qs.Transfer(share=0.3, to="second"))]),
            group("experts", ["second"]),
        ],
    )
    handed_on = {"path": 0.29, "repeat_delay": 7.0, "turn_delay": 9.0}  # which play no part
    rows = [Row(0, 30, 10, **handed_on, again=((Row(0, 50, kind="second"),),))]
    result = run(day, rows, [*all_day("home"), *all_day("experts")])
    assert column(result, "came_s") == [0, 30]  # not 40: the agent wraps up alone
    assert column(result, "freed_s") == [40, 80]
    assert causes(result) == [Cause.FIRST, Cause.TRANSFER]
    assert result.contacts["resolved"].tolist() == [0, 1]
    assert column(run(day, [Row(0, 30, path=0.3, again=rows[0].again)], ONE), "came_s") == [0, None]


def test_a_chat_may_go_on_by_phone(run: Run) -> None:
    by_phone = qs.Return(share=0.5, delay=0.0, to="phone")
    day = scenario(
        [contact_type("chat", "chat", repeat=by_phone), contact_type()],
        [
            group(
                "home",
                [qs.Skill("chat", resolution=0.5), "phone"],
                concurrency={"chat": 2},
                pace={"chat": (1, 1)},
            )
        ],
    )
    rows = [Row(0, 30, 5, kind="chat", resolution=0.5, repeats=True, again=((Row(0, 50),),))]
    result = run(day, rows, all_day("home", 2))
    assert column(result, "came_s") == [0, 30]
    assert result.contacts["agent"].tolist() == [0, 1]
    assert causes(result) == [Cause.FIRST, Cause.REPEAT]


BEHIND = [contact_type(), contact_type("chat", "chat")]
PEOPLE = [group("home", ["phone", "chat"])]
WEB = contact_type(
    "web",
    "self_service",
    target=None,
    front_door=qs.FrontDoor(
        contains=0.6, to={"phone": 0.5, "chat": 0.25}, resolution=0.9, patience_factor=0.5
    ),
    repeat=qs.Return(share=0.5, delay=100.0, to="phone"),
)


def at_the_door(**chances: float | bool) -> Row:
    on = (Row(0, 50, patience=100), Row(0, 60, kind="chat"))
    return Row(10, 20, kind="web", again=(on,), **chances)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("chances", "ends", "came", "resolved"),
    [
        ({"resolution": 0.59, "path": 0.0}, [SELF_SERVED], [10, None, None], [1, -1, -1]),
        ({"resolution": 0.6, "path": 0.49}, [PASSED_ON, HANDLED], [10, 30, None], [-1, 1, -1]),
        ({"resolution": 0.6, "path": 0.5}, [PASSED_ON, HANDLED], [10, None, 30], [-1, -1, 1]),
        ({"resolution": 0.6, "path": 0.75}, [PASSED_ON], [10, None, None], [-1, -1, -1]),
        ({"resolution": 0.0, "path": 0.9}, [SELF_SERVED], [10, None, None], [0, -1, -1]),
        (
            {"resolution": 0.0, "path": 0.9, "repeats": True, "repeat_delay": 100.0},
            [SELF_SERVED, HANDLED],
            [10, 130, None],
            [0, 1, -1],
        ),
    ],
)
def test_the_front_door(
    run: Run, chances: dict[str, float], ends: list[int], came: list[float], resolved: list[int]
) -> None:
    day = scenario([WEB, *BEHIND], PEOPLE)
    result = run(day, [at_the_door(**chances)], ONE)
    assert outcomes(result) == ends
    assert column(result, "came_s") == came
    assert result.contacts["resolved"].tolist() == resolved
    assert result.contacts["agent"][0] == -1
    assert column(result, "answered_s")[0] == 10
    assert column(result, "talk_end_s")[0] == 30


def test_who_comes_from_the_front_door_has_less_patience(run: Run) -> None:
    day = scenario([WEB, *BEHIND], PEOPLE)
    result = run(day, [Row(0, 1000), at_the_door(resolution=0.9, path=0.1)], ONE)
    assert outcomes(result) == [HANDLED, PASSED_ON, ABANDONED]
    assert column(result, "left_s")[2] == 30 + 50
    assert causes(result)[-1] == Cause.FRONT_DOOR


def test_an_outage_of_the_front_door_fails_more_for_some_hours(run: Run) -> None:
    outage = qs.Event(name="down", start="2026-11-23 00:01", lasts=60, factor=2.0)
    door = WEB.front_door.model_copy(update={"outages": (outage,)})  # type: ignore[union-attr]
    web = WEB.model_copy(update={"front_door": door})
    day = scenario([web, *BEHIND], PEOPLE)
    rows = [
        Row(at, 1, kind="web", resolution=0.3, path=0.1, again=((Row(0, 1),),))
        for at in (59, 60, 119, 120)
    ]
    result = run(day, rows, ONE)  # contained 0.6, in the outage 0.2
    ends = result.contacts["outcome"].tolist()[:4]
    assert ends == [
        SELF_SERVED,
        PASSED_ON,
        PASSED_ON,
        SELF_SERVED,
    ]


def test_ties_go_by_the_customers_first_contact(run: Run) -> None:
    # the redial of the older customer and a new contact come at 90: the older customer is first
    day = scenario([contact_type(redial=BACK)], [group("home", ["phone"])])
    rows = [Row(0, 100), redialler(10, 40, 20), Row(90, 5)]
    result = run(day, rows, ONE)
    assert column(result, "answered_s") == [0, None, 140, 100, None, None]


def test_nobody_comes_after_the_horizon(run: Run) -> None:
    day = scenario([contact_type(redial=BACK)], [group("home", ["phone"])])
    rows = [Row(86_000, 1000), redialler(86_300, 40, 40, redial_delay=60.0)]
    result = run(day, rows, ONE)
    # leaves at 86,340; would redial at the very end, 86,400, when nobody comes any more
    assert column(result, "came_s") == [86_000, 86_300, None, None, None]
    early = [Row(86_000, 1000), redialler(86_299, 40, 40, redial_delay=60.0)]
    assert column(run(day, early, ONE), "came_s") == [86_000, 86_299, 86_399, None, None]


def test_times_back_are_counted_whatever_the_reason(run: Run) -> None:
    # may redial three times and come back unresolved once: who has redialled does not
    once = qs.Return(share=0.5, delay=100.0)
    day = scenario(
        [contact_type(redial=BACK, repeat=once)],
        [group("home", [qs.Skill("phone", resolution=0.5)])],
    )
    again = Row(0, 40, resolution=0.9, repeats=True, repeat_delay=100.0)
    unresolved = {"resolution": 0.9, "repeats": True, "repeat_delay": 100.0}
    rows = [Row(0, 100), redialler(10, 40, 20, **unresolved)]
    assert column(run(day, rows, ONE), "came_s") == [0, 10, 90, None, None]
    # who comes back unresolved may, and then no second time
    rows = [Row(0, 30, again=((again,), (again,)), **unresolved)]  # type: ignore[arg-type]
    assert column(run(day, rows, ONE), "came_s") == [0, 130, None]


def test_a_thread_ends_and_begins_anew_with_each_time_back(run: Run) -> None:
    mail = contact_type(
        "mail",
        "message",
        turns=qs.Return(share=0.5, delay=100.0, max_attempts=1),
        repeat=qs.Return(share=0.5, delay=1000.0, max_attempts=1),
    )
    day = scenario([mail], [group("home", [qs.Skill("mail", resolution=0.5)])])
    brings = {
        "kind": "mail",
        "turns": True,
        "turn_delay": 100.0,
        "resolution": 0.9,
        "repeats": True,
        "repeat_delay": 1000.0,
    }
    row = Row(0, 10, 5, again=((Row(0, 10, 5, **brings),),) * 3, **brings)  # type: ignore[arg-type]
    result = run(day, [row], ONE)
    # talk ends at 10, next turn at 110, ends at 120; unresolved: back at 1,120 with a new thread
    assert column(result, "came_s") == [0, 110, 1120, 1230]
    assert causes(result) == [Cause.FIRST, Cause.TURN, Cause.REPEAT, Cause.TURN]
    assert result.contacts["resolved"].tolist() == [0, 0, 0, 0]


def test_to_be_handed_on_is_no_coming_back(run: Run) -> None:
    once = qs.Return(share=0.5, delay=100.0)
    day = scenario(
        [contact_type(), contact_type("second", redial=once, repeat=once)],
        [
            group("home", [qs.Skill("phone", transfer=qs.Transfer(share=0.3, to="second"))]),
            group("experts", [qs.Skill("second", resolution=0.5)]),
        ],
    )
    more = Row(0, 50, 7, kind="second", resolution=0.9, repeats=True, repeat_delay=100.0)
    rows = [Row(0, 30, 10, path=0.1, again=((more,), (more,)))]
    result = run(day, rows, [*all_day("home"), *all_day("experts")])
    # handed on at 30, talks until 80 and not 87, comes back once, 100 later
    assert column(result, "came_s") == [0, 30, 180]
    assert result.contacts["resolved"].tolist() == [0, 0, 0]


def test_after_hours_is_for_those_who_come_outside_and_not_for_those_sent_home(run: Run) -> None:
    other = qs.Return(share=0.5, delay=5.0, max_attempts=2, to="request")
    away = contact_type(
        hours="00:00:00-00:01:00", at_closing="release", redial=BACK, after_hours=other
    )
    request = contact_type("request", "callback", outside_hours="queue")
    day = scenario([away, request], [group("home", ["phone", "request"])])
    asked = Row(0, 7, kind="request", answers=(True,))
    mine = {"path": 0.1, "after_hours_delay": 5.0, "redials": True, "redial_delay": 60.0}
    on = Row(0, 9, **mine)  # type: ignore[arg-type]
    rows = [Row(0, 100), Row(10, 40, again=((on, asked), (on, asked)), **mine)]  # type: ignore[arg-type]
    result = run(day, rows, ONE)
    # sent home at 60: redials at 120, outside the hours; 5 s later asks for a callback
    assert causes(result) == [Cause.FIRST, Cause.FIRST, Cause.REDIAL, Cause.AFTER_HOURS]
    came = [value for value in column(result, "came_s") if value is not None]
    assert came == [0, 10, 120, 125]


@pytest.mark.parametrize(
    ("path", "most", "comes"), [(0.4, 2, True), (0.5, 2, False), (0.4, 1, False)]
)
def test_after_hours_has_a_share_and_a_count_of_its_own(
    run: Run, path: float, most: int, comes: bool
) -> None:
    # sent home at 60, redials at 120 outside the hours; the tape has a request in any case
    other = qs.Return(share=0.5, delay=5.0, max_attempts=most, to="request")
    away = contact_type(
        hours="00:00:00-00:01:00", at_closing="release", redial=BACK, after_hours=other
    )
    request = contact_type("request", "callback", outside_hours="queue")
    day = scenario([away, request], [group("home", ["phone", "request"])])
    asked = Row(0, 7, kind="request", answers=(True,))
    mine = {"path": path, "after_hours_delay": 5.0, "redials": True, "redial_delay": 60.0}
    on = Row(0, 9, **mine)  # type: ignore[arg-type]
    rows = [Row(0, 100), Row(10, 40, again=((on, asked), (on, asked)), **mine)]  # type: ignore[arg-type]
    told = causes(run(day, rows, ONE))
    assert told == [Cause.FIRST, Cause.FIRST, Cause.REDIAL, Cause.AFTER_HOURS][: 3 + comes]


def test_patience_times_a_factor_is_brought_to_the_grid(run: Run) -> None:
    door = WEB.front_door.model_copy(update={"patience_factor": 0.3})  # type: ignore[union-attr]
    day = scenario([WEB.model_copy(update={"front_door": door}), *BEHIND], PEOPLE)
    result = run(day, [Row(0, 1000), at_the_door(resolution=0.9, path=0.1)], ONE)
    assert column(result, "left_s")[1] == 30  # passed on when the time at the door is spent
    on = Row(0, 50, patience=1 / 1024)
    rows = [Row(0, 1000), Row(10, 20, kind="web", resolution=0.9, path=0.1, again=((on,),))]
    assert column(run(day, rows, ONE), "left_s")[2] == 30  # 0.3 of a tick is none


def test_to_be_handed_on_keeps_the_count_of_times_back(run: Run) -> None:
    once = qs.Return(share=0.5, delay=100.0)
    day = scenario(
        [contact_type(redial=BACK), contact_type("second", repeat=once)],
        [
            group("home", [qs.Skill("phone", transfer=qs.Transfer(share=0.3, to="second"))]),
            group("experts", [qs.Skill("second", resolution=0.5)]),
        ],
    )
    more = Row(0, 50, kind="second", resolution=0.9, repeats=True, repeat_delay=100.0)
    back = Row(0, 40, path=0.1)
    again = ((back,), (more,), (more,))
    rows = [Row(0, 100), Row(10, 40, patience=20, redials=True, redial_delay=60.0, again=again)]
    result = run(day, rows, [*all_day("home"), *all_day("experts")])
    # redials at 90, talks 100-140, handed on; unresolved, but has come back once
    assert column(result, "came_s")[:4] == [0, 10, 90, 140]
    assert causes(result) == [Cause.FIRST, Cause.FIRST, Cause.REDIAL, Cause.TRANSFER]


def test_who_comes_from_the_front_door_may_still_redial(run: Run) -> None:
    phone = contact_type(redial=qs.Return(share=0.5, delay=60.0))
    day = scenario([WEB, phone, BEHIND[1]], PEOPLE)
    on = Row(0, 50, patience=40, redials=True, redial_delay=60.0)
    web = Row(10, 20, kind="web", resolution=0.9, path=0.1, again=((on,), (Row(0, 5),)))
    result = run(day, [Row(0, 60), web], ONE)
    # passed on at 30, patience of 40 × 0.5, leaves at 50, redials at 110
    assert column(result, "came_s") == [0, 10, 30, 110]
    assert outcomes(result) == [HANDLED, PASSED_ON, ABANDONED, HANDLED]


def test_who_balks_redials(run: Run) -> None:
    said = qs.Announcement(predictor="fixed", fixed="5min", balk="1min")
    day = scenario([contact_type(announcement=said, redial=BACK)], [group("home", ["phone"])])
    row = Row(10, 40, tolerates=60, redials=True, redial_delay=120.0, again=((Row(0, 40),),))
    result = run(day, [Row(0, 100), row], ONE)
    assert column(result, "came_s") == [0, 10, 130]
    assert column(result, "left_s")[1] == 10


def test_who_gives_up_on_a_turn_and_comes_back_begins_a_new_thread(run: Run) -> None:
    mail = contact_type(
        "mail",
        "message",
        turns=qs.Return(share=0.5, delay=100.0, max_attempts=1),
        redial=qs.Return(share=0.5, delay=60.0, max_attempts=1),
    )
    day = scenario([mail, contact_type()], [group("home", ["mail", "phone"])])
    writes = {"kind": "mail", "turns": True, "turn_delay": 100.0}
    back = {"redials": True, "redial_delay": 60.0}
    again = ((Row(0, 10, patience=20, **writes, **back),), *(((Row(0, 10, **writes),),) * 2))  # type: ignore[arg-type]
    rows = [Row(0, 10, again=again, **writes), Row(50, 350)]  # type: ignore[arg-type]
    result = run(day, rows, ONE)
    # the turn of 110 finds a call until 400 and gives up at 130; who writes again at 190 has a turn
    assert causes(result) == [Cause.FIRST, Cause.FIRST, Cause.TURN, Cause.REDIAL, Cause.TURN]
    assert column(result, "came_s") == [0, 50, 110, 190, 510]
    assert outcomes(result) == [HANDLED, HANDLED, ABANDONED, HANDLED, HANDLED]


def test_a_turn_that_is_handed_on_begins_a_new_thread(run: Run) -> None:
    one_turn = qs.Return(share=0.5, delay=100.0, max_attempts=1)
    types = [contact_type(name, "message", turns=one_turn) for name in ("mail", "second")]
    on = qs.Skill("mail", transfer=qs.Transfer(share=0.3, to="second"))
    day = scenario(types, [group("home", [on, "second"])])
    turns = {"turns": True, "turn_delay": 100.0}
    again = (
        (Row(0, 10, kind="mail", path=0.1),),
        (Row(0, 10, kind="second", **turns),),  # type: ignore[arg-type]
        (Row(0, 10, kind="second"),),
    )
    result = run(day, [Row(0, 10, kind="mail", again=again, **turns)], ONE)  # type: ignore[arg-type]
    # the turn of 110 is handed on at 120, answered until 130, and has its turn at 230
    assert causes(result) == [Cause.FIRST, Cause.TURN, Cause.TRANSFER, Cause.TURN]
    assert column(result, "came_s") == [0, 110, 120, 230]


def test_to_come_another_way_after_hours_counts_as_coming_back(run: Run) -> None:
    once = qs.Return(share=0.5, delay=100.0)
    phone = contact_type(
        hours="00:01:00-23:00:00",
        after_hours=qs.Return(share=0.5, delay=5.0, to="request"),
    )
    request = contact_type("request", "callback", outside_hours="queue", repeat=once)
    skills = [
        qs.Skill("phone", transfer=qs.Transfer(share=0.3, to="request")),
        qs.Skill("request", resolution=0.5),
    ]
    day = scenario([phone, request], [group("home", skills)])
    unresolved = Row(
        0, 7, kind="request", answers=(True,), resolution=0.9, repeats=True, repeat_delay=100.0
    )
    rows = [
        Row(10, 40, path=0.1, after_hours_delay=5.0, again=((unresolved,), (unresolved,))),
        Row(100, 40, path=0.1, again=((unresolved,), (unresolved,))),
    ]
    result = run(day, rows, ONE)
    # turned away at 10, asks at 15, unresolved at 37: has come back once, and does not again;
    # handed on at 140, dialled until 155, unresolved at 162: that was no coming back
    assert column(result, "came_s") == [10, 100, 15, None, 140, 262]
    assert Cause.REPEAT not in causes(result)[:3]


def test_who_has_no_attempt_of_that_type_on_the_tape_does_not_come(run: Run) -> None:
    """Neither another type of the same attempt is taken for it, nor the type of a later one."""
    twice = {"share": 0.5, "delay": 60.0, "max_attempts": 2}
    first = contact_type(redial=qs.Return(**twice, to="second"), repeat=qs.Return(**twice))
    day = scenario([first, contact_type("second")], [group("home", ["phone", "second"])])
    mine = {"patience": 20, "redials": True, "redial_delay": 60.0}
    phone, second = Row(0, 5), Row(0, 5, kind="second")
    for again, comes in (
        (((phone, second), (second,)), [None, 90, None]),
        (((phone,), (second,)), [None, None]),
        (((phone,), (phone,)), [None, None]),
    ):
        rows = [Row(0, 100), Row(10, 5, again=again, **mine)]  # type: ignore[arg-type]
        assert column(run(day, rows, ONE), "came_s") == [0, 10, *comes]


# A callback that failed ---------------------------------------------------------------------

TWICE = qs.Dialling(ring=15.0, attempts=2, retry_after=100.0)
BUT_IN_VAIN = qs.Return(share=0.5, delay=60.0, max_attempts=3, failed_callbacks=True)


def called_back(redial: qs.Return, **terms: object) -> qs.Scenario:
    offer = qs.CallbackOffer(accept=0.5, dialling=TWICE, **terms)  # type: ignore[arg-type]
    return scenario([contact_type(redial=redial, callback=offer)], [group("home", ["phone"])])


def not_reached(at: float, talk: float, **terms: object) -> Row:
    """Who takes a callback and is not there, and who redials after 60 s and stays on the line."""
    mine: dict[str, object] = {"redials": True, "redial_delay": 60.0, **terms}
    owed: dict[str, object] = {"accepts": True, "answers": (False, False, True), **mine}
    return Row(at, talk, again=((Row(0, talk),),), **owed)  # type: ignore[arg-type]


def test_whose_callback_failed_redials_where_that_is_said(run: Run) -> None:
    rows = [Row(0, 100), not_reached(10, 40), Row(225, 30)]
    result = run(called_back(BUT_IN_VAIN), rows, ONE)
    # dialled at 100 and at 215, each for 15 s; given up at 230, back at 290, when nobody waits
    assert outcomes(result)[:4] == [HANDLED, FAILED_CALLBACK, HANDLED, HANDLED]
    assert column(result, "left_s") == [None, 230, None, None]
    assert column(result, "came_s") == [0, 10, 225, 290]
    assert column(result, "answered_s") == [0, None, 230, 290]
    assert causes(result) == [Cause.FIRST] * 3 + [Cause.REDIAL]
    assert result.contacts["resolved"].tolist() == [1, -1, 1, 1]
    # those who left the line redial as ever, and those of the others who do not say so are lost
    for redial, terms in ((BACK, {}), (BUT_IN_VAIN, {"redials": False})):
        result = run(called_back(redial), [rows[0], not_reached(10, 40, **terms), rows[2]], ONE)
        assert outcomes(result)[:3] == [HANDLED, FAILED_CALLBACK, HANDLED]
        assert causes(result) == [Cause.FIRST] * 3


def test_a_share_of_nobody_redials_nowhere(run: Run) -> None:
    nobody = qs.Return(share=0.0, delay=60.0, failed_callbacks=True)
    row = Row(10, 40, accepts=True, answers=(False, False))
    for limit in (None, 5):  # with a limit the whole kernel plays
        result = run(called_back(nobody, max_open=limit), [Row(0, 100), row], ONE)
        assert outcomes(result) == [HANDLED, FAILED_CALLBACK]


def test_not_between_two_dials_nor_when_the_last_is_answered(run: Run) -> None:
    row = not_reached(10, 40, answers=(False, True))
    result = run(called_back(BUT_IN_VAIN), [Row(0, 100), row], ONE)
    assert outcomes(result)[:2] == [HANDLED, HANDLED]
    assert column(result, "answered_s")[:2] == [0, 230]
    assert causes(result) == [Cause.FIRST] * 2


def test_who_asked_for_a_callback_asks_again_or_comes_another_way(run: Run) -> None:
    once = qs.Dialling(ring=15.0, attempts=1)
    for to, kind in ((None, "request"), ("phone", "phone")):
        back = qs.Return(share=0.5, delay=60.0, to=to, failed_callbacks=True)
        request = contact_type("request", "callback", dialling=once, redial=back)
        day = scenario([request, contact_type()], [group("home", ["request", "phone"])])
        again = ((Row(0, 30, kind=kind, answers=(True,)),),)
        row = Row(10, 30, kind="request", redials=True, redial_delay=60.0, again=again)
        result = run(day, [row], ONE)
        # dialled at 10, given up at 25, back at 85; who asks again is dialled once more
        assert column(result, "came_s") == [10, 85]
        assert column(result, "answered_s") == [None, 100 if kind == "request" else 85]


def test_who_is_never_reached_comes_back_so_often_and_no_more(run: Run) -> None:
    once = qs.Dialling(ring=15.0, attempts=1)
    back = qs.Return(share=0.5, delay=60.0, max_attempts=2, failed_callbacks=True)
    request = contact_type("request", "callback", dialling=once, redial=back, repeat=BACK)
    day = scenario([request], [group("home", ["request"])])  # three further attempts are allowed
    mine = {"kind": "request", "redials": True, "redial_delay": 60.0, "answers": (False,)}
    again = ((Row(0, 30, **mine),),) * 3  # type: ignore[arg-type]
    result = run(day, [Row(10, 30, again=again, **mine)], ONE)  # type: ignore[arg-type]
    # each is dialled at once for 15 s in vain; the third redials no more
    assert column(result, "came_s") == [10, 85, 160, None]
    assert column(result, "left_s") == [25, 100, 175, None]
    assert outcomes(result)[:3] == [FAILED_CALLBACK] * 3
    assert causes(result) == [Cause.FIRST, Cause.REDIAL, Cause.REDIAL]


def test_at_the_end_of_the_horizon_and_with_no_delay(run: Run) -> None:
    once = qs.Dialling(ring=15.0, attempts=1)
    back = qs.Return(share=0.5, delay=0.0, failed_callbacks=True)
    request = contact_type("request", "callback", dialling=once, redial=back)
    day = scenario([request], [group("home", ["request"])])
    again = ((Row(0, 30, kind="request", answers=(True,)),),)
    for at, comes in ((DAY_S - 15 - 1 / 1024, True), (DAY_S - 15, False), (DAY_S - 5, False)):
        row = Row(at, 30, kind="request", redials=True, again=again)
        result = run(day, [row], ONE)
        assert outcomes(result)[0] == FAILED_CALLBACK
        assert column(result, "left_s")[0] == at + 15
        assert column(result, "came_s")[1] == (at + 15 if comes else None)
    # at the very instant it comes the agent is free again, and dials it once more
    row = Row(10, 30, kind="request", redials=True, again=again)
    result = run(day, [row, Row(12, 50, kind="request", answers=(True,))], ONE)
    # given up at 25, back at 25: the agent is dialling the one of 12 by then, answered at 40
    assert column(result, "came_s") == [10, 12, 25]
    assert column(result, "answered_s") == [None, 40, 105]


def drawn_day(says_so: bool) -> qs.Scenario:
    """Calls of which many take a callback, and requests; of two dials every other is answered."""
    dialling = qs.Dialling(answered=0.5, attempts=2, retry_after="5min")
    back = {"share": 0.6, "delay": qs.Exponential(mean="10min"), "max_attempts": 2}
    redial = qs.Return(**back, failed_callbacks=says_so)  # type: ignore[arg-type]
    common = {"demand": qs.Demand(per_day=400, day="office"), "talk": qs.Exponential(mean="4min")}
    offer = qs.CallbackOffer(accept=0.6, after="20s", dialling=dialling)
    types = [
        qs.ContactType(
            name="phone", channel="phone", patience=qs.Exponential(mean="3min"), redial=redial,
            callback=offer, **common,  # type: ignore[arg-type]
        ),
        qs.ContactType(
            name="request", channel="callback", dialling=dialling, hours="08:00-20:00",
            redial=qs.Return(**back, to="phone", failed_callbacks=says_so),  # type: ignore[arg-type]
            **common,  # type: ignore[arg-type]
        ),
    ]  # fmt: skip
    return scenario(types, [group("home", ["phone", "request"], 6)])


def test_nothing_is_drawn_for_it_and_on_a_whole_day_so_many_more_redial() -> None:
    """60 % of those not reached; the tape is the same to the bit, and so are both engines on it."""
    plain, more = drawn_day(False), drawn_day(True)
    one, other = draw_tape(plain, seed=4), draw_tape(more, seed=4)
    for mine, theirs in ((one, other), (one.again, other.again)):
        for name, values in vars(mine).items():
            if isinstance(values, np.ndarray):
                np.testing.assert_array_equal(values, getattr(theirs, name), err_msg=name)
    played = {}
    for made, drawn in ((plain, one), (more, other)):
        whole = simulate_reference(made, drawn)
        assert_equal(simulate_compiled(made, drawn), whole)
        failed = np.flatnonzero(whole.contacts["outcome"] == FAILED_CALLBACK)
        next_of = drawn.again.following[failed] if drawn.again is not None else failed
        came = (next_of >= 0) & (whole.contacts["cause"][next_of] == Cause.REDIAL)
        played[made.contact_types[0].redial.failed_callbacks] = (len(failed), int(came.sum()))  # type: ignore[union-attr]
    assert played[False][0] > 100
    assert played[False][1] == 0
    failed, came = played[True]
    assert abs(came / failed - 0.6) < 4 * (0.6 * 0.4 / failed) ** 0.5
