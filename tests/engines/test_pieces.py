"""What a replication carries from piece to piece, and what no two replications share."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

import queuesim as qs
from queuesim.engines.compiled import Program, Replication, outcome_of, simulate_compiled
from queuesim.engines.outcome import Outcome
from queuesim.engines.reference import simulate_reference
from queuesim.sampling import Tape
from tests.engines.by_hand import (
    ABANDONED,
    BLOCKED,
    DAY_S,
    Row,
    contact_type,
    group,
    scenario,
    tape,
)
from tests.engines.test_present import assert_goes_on
from tests.engines.test_two_engines import assert_equal, in_pieces, rows_of

NOBODY_THERE = [("people", [])]


def test_the_offer_of_a_finished_contact_is_not_made_to_another() -> None:
    """Everyone who came before the cut is done with at the cut, but not every timer is."""
    offer = qs.CallbackOffer(accept=1.0, after=50.0, min_queue=0)
    made = scenario([contact_type(callback=offer)], [group("people", ["phone"])])
    rows = [Row(0, talk=5), Row(45, talk=200, accepts=True, answers=(True, True, True))]
    played = tape(made, rows, [("people", [(10.0, 40.0), (300.0, DAY_S)])])
    told = in_pieces(made, played, [42.0])
    assert told.contacts["offer_s"].tolist()[1] == 45 + 50
    assert_equal(told, simulate_reference(made, played))


def test_the_patience_of_a_finished_contact_is_not_anothers() -> None:
    made = scenario([contact_type(queue_limit=3)], [group("people", ["phone"])])
    rows = [Row(0, talk=5, patience=60), Row(45, talk=5, patience=500)]
    played = tape(made, rows, [("people", [(10.0, 40.0), (300.0, DAY_S)])])
    assert_equal(in_pieces(made, played, [42.0]), simulate_reference(made, played))


def test_a_line_keeps_its_order_when_its_contacts_get_new_places() -> None:
    """The one in the middle takes a later callback after the cut; the others are neighbours."""
    offer = qs.CallbackOffer(accept=0.5, after=39.0, kind="later", delay=900.0)
    made = scenario([contact_type(callback=offer)], [group("people", ["phone"])])
    later = {"accepts": True, "delay": 900.0, "answers": (True, True, True)}
    rows = [Row(0, talk=5), Row(20, talk=5), Row(21, talk=5, **later), Row(22, talk=5)]
    played = tape(made, rows, [("people", [(0.0, 10.0), (100.0, DAY_S)])])
    told = in_pieces(made, played, [30.0])
    assert told.contacts["answered_s"].tolist() == [0, 100, 960 + 15, 105]
    assert_equal(told, simulate_reference(made, played))


def test_timers_keep_their_order_when_finished_contacts_are_forgotten() -> None:
    """Patience ends at 100, 500, 400, 300, 600; at 350 two have left, and two may still come."""
    made = scenario([contact_type(queue_limit=5)], [group("people", ["phone"])])
    ends = (200, 100, 500, 400, 300, 600)
    rows = [Row(at, talk=1, patience=end - at) for at, end in enumerate(ends)]
    rows += [Row(at, talk=1, patience=1000) for at in (350, 351, 352)]
    played = tape(made, rows, [("people", [(0.5, 0.75)])])
    told = in_pieces(made, played, [20.0])
    assert told.contacts["outcome"].tolist()[-3:] == [ABANDONED] * 2 + [BLOCKED]
    assert_equal(told, simulate_reference(made, played))


def test_finished_contacts_take_no_room_in_later_pieces() -> None:
    """Patience that outlives its contact a thousand times over needs no room of its own."""
    made = scenario([contact_type(queue_limit=2000)], [group("people", ["phone"], 2000)])
    rows = [Row(10.0 * (k // 1000), talk=1, patience=9000) for k in range(6000)]
    comes = [(10.0 * k + 5, 10.0 * k + 9) for k in range(6)]
    played = tape(made, rows, [("people", comes)] * 1000)
    told = in_pieces(made, played, [10.0 * k + 8 for k in range(6)])
    assert_equal(told, simulate_compiled(made, played))


def test_a_cut_leaves_all_of_its_instant_to_the_next_piece() -> None:
    """Who comes at the instant of the cut still meets one whose patience ends then."""
    made = scenario([contact_type(queue_limit=1)], [group("people", ["phone"])])
    rows = [Row(0, talk=5, patience=20), Row(20, talk=5)]
    played = tape(made, rows, NOBODY_THERE)
    told = in_pieces(made, played, [20.0])
    assert told.contacts["outcome"].tolist() == [ABANDONED, BLOCKED]
    assert_equal(told, simulate_reference(made, played))


def test_replications_of_one_program_share_nothing_that_changes() -> None:
    """A single contact needs hardly any room, but its own."""
    made = scenario([contact_type(queue_limit=5)], [group("people", ["phone"])])
    patient, hasty = (tape(made, [Row(0, talk=5, patience=p)], NOBODY_THERE) for p in (30, 15))
    program = Program.of(made)
    one, other = (
        Replication(program, patient.agent_group, patient.sessions) for _ in range(2)
    )  # with the same agents, as where sessions do not depend on chance
    for replication, played in ((one, patient), (other, hasty)):
        replication.let_in(played)
        replication.play(10.0)
    for replication, gone_s in ((one, 30.0), (other, 15.0)):
        replication.let_in(rows_of(patient, 1, 1))
        assert replication.play().contacts.left_s.tolist() == [gone_s]


def crowd(people: int, contacts: int) -> tuple[qs.Scenario, Tape]:
    """Everybody comes, begins and ends at once; timers outgrow their room."""
    dialling = qs.Dialling(ring=1.0, attempts=5, retry_after=0.0)
    types = [
        contact_type("phone", queue_limit=contacts, credit=1.0),
        contact_type("chat", "chat"),
        contact_type("request", "callback", dialling=dialling),
    ]
    chats = {"concurrency": {"chat": 2}, "pace": {"chat": (1.0, 1.5)}}
    waits = [qs.Skill("phone", min_wait=30.0), "chat", qs.Skill("request", min_wait=10.0)]
    groups = [
        group("one", ["phone", qs.Skill("chat", rank=2), "request"], people, **chats),
        group("two", waits, people, **chats),
        group("three", [qs.Skill("phone", min_wait=20.0), qs.Skill("request", min_wait=10.0)]),
    ]
    made = scenario(types, groups)
    rows = [
        Row(
            at=10.0 * (k * 5 // contacts),
            talk=10.0,
            wrap_up=10.0 * (k % 2),
            patience=60.0 if k % 7 else 3000.0,
            kind=("phone", "phone", "chat", "request")[k % 4],
            answers=(False, False, False, False, k % 8 == 3),
        )
        for k in range(contacts)
    ]
    hours = [(20.0, 60.0), (70.0, DAY_S)]
    agents = [(name, hours) for name in ("one", "two", "three") for _ in range(people)]
    return made, tape(made, rows, agents)


def test_a_crowd_at_one_instant() -> None:
    made, played = crowd(people=100, contacts=2400)
    expected = simulate_reference(made, played)
    assert_equal(simulate_compiled(made, played), expected)
    assert_equal(in_pieces(made, played, [10.0, 20.0, 25.0, 40.0, 70.0, 71.0]), expected)


def test_more_busy_periods_than_contacts() -> None:
    """Each dial in vain is one; the room for them runs out in the middle of an instant."""
    dialling = qs.Dialling(ring=1.0, attempts=20, retry_after=5.0)
    made = scenario(
        [contact_type("request", "callback", dialling=dialling)], [group("people", ["request"])]
    )
    in_vain = (False,) * 20
    rows = [Row(0.0, talk=1, kind="request", answers=in_vain) for _ in range(70)]
    played = tape(made, rows, [("people", [(0.0, DAY_S)])] * 60)
    expected = simulate_reference(made, played)
    assert len(expected.busy["agent"]) > 1024
    assert_equal(simulate_compiled(made, played), expected)
    assert_equal(in_pieces(made, played, [0.5, 30.0, 31.0, 100.0]), expected)


def test_threads_play_replications_of_one_program_side_by_side() -> None:
    made, first = crowd(people=20, contacts=500)
    _, second = crowd(people=20, contacts=900)
    program = Program.of(made)

    def play(played: Tape) -> Outcome:
        replication = Replication(program, played.agent_group, played.sessions)
        replication.let_in(played)
        return outcome_of(made, played, replication.play())

    tapes = [first, second] * 20
    alone = {id(played): play(played) for played in (first, second)}
    with ThreadPoolExecutor(4) as threads:
        for played, told in zip(tapes, threads.map(play, tapes), strict=True):
            assert_equal(told, alone[id(played)])


def test_many_pieces_leave_little_behind() -> None:
    """A piece holds those who came in it and those not done with before; nobody else."""
    made = scenario([contact_type()], [group("people", ["phone"])])
    rows = [Row(float(k), talk=3, patience=2) for k in range(2000)]
    played = tape(made, rows, [("people", [(0.0, DAY_S)])] * 3)
    replication = Replication(Program.of(made), played.agent_group, played.sessions)
    cuts = np.arange(0.0, 2001.0, 50.0)
    for begins, ends in pairwise(cuts):
        rows_s = np.searchsorted(played.arrival_s, [begins, ends])
        replication.let_in(rows_of(played, *rows_s))
        assert len(replication.play(float(ends)).known) <= 55


def test_what_was_told_and_promised_is_carried_on() -> None:
    """The last wait, patience after an announcement, a booked slot and what is open."""
    said = qs.Announcement(predictor="last_to_enter_service", stays_for=2.0)
    dialling = qs.Dialling(ring=0.0, retry_after=60.0)
    offer = qs.CallbackOffer(
        accept=0.5, kind="slot", slot=60.0, per_slot=1, max_open=1, dialling=dialling
    )
    made = scenario([contact_type(callback=offer, announcement=said)], [group("people", ["phone"])])
    takes = {"accepts": True, "answers": (True, True, True)}
    rows = [
        Row(0, talk=40),
        Row(10, talk=30),
        Row(41, talk=5, patience=1),
        Row(55, talk=5, **takes),
    ]
    rows += [
        Row(75, talk=5, patience=1),
        Row(80, talk=5, **takes),
        Row(121, talk=9),
        Row(125, talk=5),
    ]
    played = tape(made, rows, [("people", [(0.0, DAY_S)])])
    whole = simulate_reference(made, played)
    # taken at 40 after 30: at 41, 55 are told 30; who comes at 41 stays until 101, is taken at 70
    assert whole.contacts["announced_s"][[1, 2, 3]].tolist() == [0, 30, 30]
    assert whole.contacts["answered_s"][2] == 70
    for cuts in ([42.0], [56.0], [42.0, 56.0, 76.0, 81.0, 122.0]):
        assert_equal(in_pieces(made, played, cuts), whole)


def test_a_customer_between_two_attempts_is_carried_on() -> None:
    """At the cut nobody is there: the one who left calls again in the next piece."""
    back = qs.Return(share=0.5, delay="1min")
    made = scenario([contact_type(redial=back)], [group("people", ["phone"])])
    again = ((Row(0, talk=7),),)
    rows = [Row(0, talk=9, patience=5, redials=True, redial_delay=60, again=again), Row(90, talk=3)]
    played = tape(made, rows, [("people", [(20.0, DAY_S)])])
    for cuts in ([30.0], [10.0, 40.0], [65.0]):
        told = in_pieces(made, played, cuts)
        assert told.contacts["answered_s"].tolist()[1:] == [90, 65]
        assert_equal(told, simulate_reference(made, played))


def test_who_was_called_back_in_vain_is_carried_on() -> None:
    """Dialled from 100 to 115 and from 215 to 230, given up, and there again at 290."""
    back = qs.Return(share=0.5, delay="1min", failed_callbacks=True)
    dialling = qs.Dialling(ring=15.0, attempts=2, retry_after=100.0)
    offer = qs.CallbackOffer(accept=0.5, dialling=dialling)
    made = scenario([contact_type(redial=back, callback=offer)], [group("people", ["phone"])])
    owed = {"accepts": True, "answers": (False, False), "redials": True, "redial_delay": 60}
    rows = [Row(0, talk=100), Row(10, talk=7, again=((Row(0, talk=7),),), **owed), Row(400, talk=3)]
    played = tape(made, rows, [("people", [(0.0, DAY_S)])])
    for cuts in ([108.0], [150.0], [220.0], [230.0], [260.0], [110.0, 150.0, 216.0, 231.0, 290.0]):
        told = in_pieces(made, played, cuts)
        assert told.contacts["left_s"].tolist()[1] == 230
        assert told.contacts["answered_s"].tolist()[2:] == [400, 290]
        assert_equal(told, simulate_reference(made, played))
    for now_s in (105.0, 120.0, 220.0, 240.0):
        assert_goes_on(made, played, now_s)


def test_a_cut_in_the_middle_of_a_pause() -> None:
    """Two messages, interrupted by calls on both sides of the cut, in mixtures carried over it."""
    blend = qs.Blend(slots=2, uses={"message": 1}, pace=(1.0, 1.5))
    home = group("people", ["mail", "phone"], blend=blend, interruptible=("message",))
    made = scenario([contact_type("mail", "message"), contact_type("phone")], [home])
    rows = [
        *(Row(0, talk=60, kind="mail") for _ in range(2)),
        *(Row(at, talk=10) for at in (20, 25, 50)),
    ]
    played = tape(made, rows, [("people", [(0.0, DAY_S)])])
    for cuts in ([22.0], [22.0, 38.0, 55.0], [20.0, 30.0, 40.0]):
        told = in_pieces(made, played, cuts)
        assert told.contacts["paused_s"].tolist() == [30, 30, 0, 0, 0]
        # 15 each by 20; from 40 to 50 another 7.5; the last 37.5 take 50 from 60 on
        assert told.contacts["freed_s"].tolist() == [110, 110, 30, 40, 60]
        assert_equal(told, simulate_reference(made, played))


def test_a_program_is_made_once_and_each_who_runs_it_starts_anew() -> None:
    made = scenario([contact_type()], [group("home", ["phone"])])
    one, other = Program.of(made), Program.of(made)
    assert one.rules is other.rules
    assert one.starts is not other.starts  # threads may run both at once
    changed = made.change("agent_groups.home.headcount", 11)
    assert Program.of(changed).scenario is changed


def test_where_the_attempts_of_a_customer_end_is_carried_over_a_cut() -> None:
    """The rows move up when those before are done with; the next attempt is not taken for this."""
    twice = {"share": 0.5, "delay": 60.0, "max_attempts": 2}
    first = contact_type(redial=qs.Return(**twice, to="second"), repeat=qs.Return(**twice))
    made = scenario([first, contact_type("second")], [group("home", ["phone", "second"])])
    again = ((Row(0, 5),), (Row(0, 5, kind="second"),))
    lost = Row(10, 5, patience=20, redials=True, redial_delay=60.0, again=again)
    played = tape(made, [Row(0, 5), Row(6, 100), lost], [("home", [(0.0, DAY_S)])])
    told = in_pieces(made, played, [15.0])
    assert_equal(told, simulate_reference(made, played))
    assert np.isnan(told.contacts["came_s"][3:]).all()
