"""Allocation: contacts are meant for a group, by its share. Every time is worked by hand."""

from __future__ import annotations

from typing import Any

import queuesim as qs
from tests.engines.by_hand import (
    ABANDONED,
    BLOCKED,
    DAY_S,
    HANDLED,
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

HALVES = {"home": 0.5, "partner": 0.5}
BOTH = [*all_day("home"), *all_day("partner")]


def shared(*, overflow: float | None = None, channel: str = "phone", **terms: Any) -> qs.Scenario:
    """One contact type, shared by two groups."""
    kind = contact_type("phone", channel, allocation=HALVES, allocation_overflow=overflow, **terms)
    return scenario([kind], [group("home", ["phone"]), group("partner", ["phone"])])


def test_a_contact_waits_for_the_group_it_is_meant_for(run: Run) -> None:
    rows = [Row(0, 100, to="home"), Row(10, 50, to="home"), Row(20, 30, to="partner")]
    result = run(shared(), rows, BOTH)
    # the second waits for home, 0 + 100, though the partner is idle until 20 and from 50
    assert column(result, "answered_s") == [0, 100, 20]
    assert column(result, "agent") == [0, 0, 1]


def test_after_the_overflow_any_group_may_take_it(run: Run) -> None:
    rows = [
        Row(0, 300, to="home"),
        Row(10, 50, to="home"),  # 10 + 30: the partner, until 90
        Row(50, 20, to="partner"),  # the partner is busy: 90, until 110
        Row(75, 10, to="home"),  # 75 + 30 = 105: the partner is busy; freed at 110
    ]
    result = run(shared(overflow=30.0), rows, BOTH)
    assert column(result, "answered_s") == [0, 40, 90, 110]
    assert column(result, "agent") == [0, 1, 1, 1]


def test_an_agent_takes_the_longest_wait_of_the_lines_that_are_open_to_it(run: Run) -> None:
    rows = [
        Row(0, 500, to="home"),
        Row(0, 100, to="partner"),
        Row(10, 5, to="home"),  # 40: may go to the partner
        Row(20, 5, to="partner"),
        Row(80, 5, to="home"),
    ]
    result = run(shared(overflow=30.0), rows, BOTH)
    # 100: waited 90 and 80 (and 20, too short): the first, until 105; then 85 and 25; then at 110
    # the last has waited 30
    assert column(result, "answered_s") == [0, 0, 100, 105, 110]


def test_ties_between_lines_go_to_the_lower_row(run: Run) -> None:
    rows = [
        Row(0, 500, to="home"),
        Row(0, 100, to="partner"),
        Row(20, 5, to="home"),
        Row(20, 5, to="partner"),
    ]
    result = run(shared(overflow=0.0), rows, BOTH)
    assert column(result, "answered_s") == [0, 0, 100, 105]


def test_without_a_wait_the_overflow_is_open_at_once(run: Run) -> None:
    result = run(shared(overflow=0.0), [Row(0, 100, to="home"), Row(1, 10, to="home")], BOTH)
    assert column(result, "agent") == [0, 1]


def test_an_overflow_of_0_goes_by_rank_like_everything(run: Run) -> None:
    """Among the groups that may take it the rank decides, not for whom it is meant."""
    kind = contact_type(allocation=HALVES, allocation_overflow=0.0)
    groups = [group("home", [qs.Skill("phone", rank=2)]), group("partner", ["phone"])]
    result = run(scenario([kind], groups), [Row(0, 100, to="home")], BOTH)
    assert column(result, "agent") == [1]


def test_the_wait_of_the_skill_counts_too(run: Run) -> None:
    kind = contact_type(allocation=HALVES, allocation_overflow=20.0)
    groups = [
        group("home", ["phone"]),
        group("partner", [qs.Skill("phone", min_wait=50.0)]),
        group("third", [qs.Skill("phone", min_wait=10.0)]),
    ]
    rows = [
        Row(0, 900, to="home"),
        Row(10, 100, to="home"),  # the third after 20, the longer of 20 and 10
        Row(15, 5, to="home"),  # the third is busy until 130; the partner after 50
        Row(200, 5, to="partner"),  # its own line: after 50, but the third after 20
    ]
    result = run(scenario([kind], groups), rows, [*BOTH, *all_day("third")])
    assert column(result, "answered_s") == [0, 30, 65, 220]
    assert column(result, "agent") == [0, 2, 1, 2]


def test_a_group_without_a_share_takes_what_overflows_only(run: Run) -> None:
    kind = contact_type(allocation={"home": 1.0, "partner": 0.0}, allocation_overflow=60.0)
    day = scenario([kind], [group("home", ["phone"]), group("partner", ["phone"])])
    result = run(day, [Row(0, 100, to="home"), Row(10, 5, to="home")], BOTH)
    assert (column(result, "answered_s"), column(result, "agent")) == ([0, 70], [0, 1])


def test_a_limit_counts_all_who_hold_for_the_type(run: Run) -> None:
    rows = [
        Row(0, 100, to="home"),
        Row(0, 200, to="partner"),
        Row(10, 5, to="home"),
        Row(20, 5, to="partner"),
        Row(30, 5, to="home"),  # two hold: blocked
        Row(101, 5, to="partner"),  # one holds (the third was taken at 100): waits
    ]
    result = run(shared(queue_limit=2), rows, BOTH)
    assert outcomes(result) == [HANDLED, HANDLED, HANDLED, HANDLED, BLOCKED, HANDLED]
    assert column(result, "answered_s") == [0, 0, 100, 200, None, 205]


def test_an_offer_counts_all_callers_of_the_type_ahead(run: Run) -> None:
    offer = qs.CallbackOffer(accept=0.5, min_queue=2, dialling=qs.Dialling(ring=0))
    rows = [
        Row(0, 100, to="home"),
        Row(0, 100, to="partner"),
        Row(10, 5, to="home", accepts=True),  # nobody ahead
        Row(20, 5, to="partner", accepts=True),  # one ahead
        Row(30, 5, to="home", accepts=True, answers=(True,)),  # two ahead: offered
    ]
    result = run(shared(callback=offer), rows, BOTH)
    assert column(result, "offer_s") == [None, None, None, None, 30]
    assert column(result, "answered_s") == [0, 0, 100, 100, 105]


def test_who_came_later_to_another_line_is_not_ahead(run: Run) -> None:
    offer = qs.CallbackOffer(accept=0.5, after=20.0, min_queue=1, dialling=qs.Dialling(ring=0))
    rows = [
        Row(0, 100, to="home"),
        Row(0, 100, to="partner"),
        Row(10, 5, to="home", accepts=True),  # at 30 the next one holds, but behind
        Row(20, 5, to="partner", accepts=True, answers=(True,)),  # at 40 one is ahead
    ]
    result = run(shared(callback=offer), rows, BOTH)
    assert column(result, "offer_s") == [None, None, None, 40]


def test_a_later_callback_is_dialled_by_the_group_it_is_meant_for(run: Run) -> None:
    offer = qs.CallbackOffer(accept=0.5, kind="later", dialling=qs.Dialling(ring=5))
    rows = [
        Row(0, 300, to="home"),
        Row(10, 20, to="home", accepts=True, delay=60.0, answers=(True,)),
        Row(20, 30, to="home", accepts=True, delay=0.0, answers=(True,)),
    ]
    # due at 70 and 20, where the partner has nothing to do
    result = run(shared(callback=offer), rows, BOTH)
    assert column(result, "dialled_s") == [None, 335, 300]
    assert column(result, "agent") == [0, 0, 0]
    # overflow 30 s after it was due: 100, and 50, when the partner rings for 5 and talks until 85
    result = run(shared(callback=offer, overflow=30.0), rows, BOTH)
    assert column(result, "dialled_s") == [None, 100, 50]
    assert column(result, "agent") == [0, 1, 1]


def test_later_callbacks_of_two_groups_keep_apart(run: Run) -> None:
    offer = qs.CallbackOffer(accept=0.5, kind="later", dialling=qs.Dialling(ring=5))
    rows = [
        Row(0, 300, to="home"),
        Row(0, 100, to="partner"),
        Row(10, 20, to="partner", accepts=True, answers=(True,)),
        Row(20, 20, to="home", accepts=True, answers=(True,)),
    ]
    result = run(shared(callback=offer), rows, BOTH)
    assert column(result, "dialled_s") == [None, None, 100, 300]
    assert column(result, "agent") == [0, 1, 1, 0]


def test_a_request_is_dialled_again_by_the_group_it_is_meant_for(run: Run) -> None:
    dialling = qs.Dialling(ring=10, attempts=2, retry_after=20)
    day = shared(channel="callback", dialling=dialling)
    rows = [Row(0, 5, to="partner", answers=(False, True)), Row(5, 100, to="home", answers=(True,))]
    result = run(day, rows, BOTH)
    # rings in vain until 10, again at 30, until 40
    assert column(result, "answered_s") == [40, 15]
    assert column(result, "agent") == [1, 0]


def test_closing_releases_all_lines_of_the_type(run: Run) -> None:
    day = shared(hours="00:00-01:00", at_closing="release")
    rows = [
        Row(3500, 200, to="home"),
        Row(3500, 50, to="partner"),
        Row(3520, 5, to="home"),
        Row(3530, 5, to="partner"),  # taken at 3550
        Row(3599, 5, to="partner", patience=1.0),
        Row(3600, 5, to="partner"),
    ]
    rows[4] = Row(3552, 100, to="partner")
    rows.insert(5, Row(3599, 5, to="partner", patience=1.0))  # its patience ends as doors close
    result = run(day, rows, BOTH)
    assert outcomes(result) == [
        HANDLED, HANDLED, TURNED_AWAY, HANDLED, HANDLED, TURNED_AWAY, TURNED_AWAY,
    ]  # fmt: skip
    assert column(result, "left_s") == [None, None, 3600, None, None, 3600, 3600]


def test_an_agent_stays_for_those_the_closing_left_in_its_own_line(run: Run) -> None:
    day = shared(hours="00:00-01:00")
    rows = [
        Row(3500, 200, to="home"),
        Row(3500, 300, to="partner"),
        Row(3510, 10, to="home"),
        Row(3520, 10, to="home"),
    ]
    agents = [("home", [(0.0, 3600.0)]), ("partner", [(0.0, 3600.0)])]
    result = run(day, rows, agents)
    # home stays for its two: 3700 and 3710; the partner has none in its line and goes at 3800
    assert column(result, "answered_s") == [3500, 3500, 3700, 3710]
    assert column(result, "agent") == [0, 1, 0, 0]


def test_each_type_has_lines_of_its_own(run: Run) -> None:
    types = [contact_type("x", allocation=HALVES), contact_type("y", credit=1000.0)]
    groups = [group("home", ["x", "y"]), group("partner", ["x", "y"])]
    rows = [
        Row(0, 100, kind="x", to="home"),
        Row(0, 50, kind="x", to="partner"),
        Row(10, 5, kind="x", to="partner"),
        Row(20, 60, kind="y"),  # a head start: the partner at 50, until 110
        Row(30, 5, kind="y"),  # home at 100, before the x of 40
        Row(40, 5, kind="x", to="home"),
    ]
    result = run(scenario(types, groups), rows, BOTH)
    assert column(result, "answered_s") == [0, 0, 110, 50, 100, 105]


def test_chats_that_are_meant_for_a_group_fill_its_slots(run: Run) -> None:
    kind = contact_type("chat", "chat", allocation=HALVES, allocation_overflow=50.0)
    many = {"concurrency": {"chat": 2}, "pace": {"chat": (1.0, 2.0)}}
    groups = [group(name, ["chat"], **many) for name in HALVES]
    rows = [Row(t, 1000, kind="chat", to="home") for t in (0, 10, 20, 30, 40)]
    result = run(scenario([kind], groups), rows, BOTH)
    # two with home; 20 + 50 and 30 + 50 with the partner; the last when home has a slot, at 1000
    assert column(result, "answered_s") == [0, 10, 70, 80, 1000]
    assert column(result, "agent") == [0, 0, 1, 1, 0]


def test_patience_ends_in_any_line(run: Run) -> None:
    rows = [Row(0, 100, to="home"), Row(10, 5, to="home", patience=30.0)]
    result = run(shared(), rows, [*all_day("home"), ("partner", [(0.0, DAY_S)])])
    assert outcomes(result) == [HANDLED, ABANDONED]
    assert column(result, "left_s") == [None, 40]
