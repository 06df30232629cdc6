"""Both engines tell the same story, column by column, to the bit: whole, and piece by piece."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import queuesim as qs
from queuesim.engines.compiled import (
    Program,
    Replication,
    columns_of_customers,
    outcome_of,
    simulate_compiled,
)
from queuesim.engines.compiled.coming_back import brought
from queuesim.engines.outcome import BUSY_COLUMNS, CONTACT_COLUMNS, NOTHING, Outcome
from queuesim.engines.reference import simulate_reference
from queuesim.sampling import FRESH, KeptRoom, Tape, draw_tape
from queuesim.sampling.tape import Again
from tests.engines.by_hand import Agents, Row, tape
from tests.engines.coming_back import everything
from tests.engines.hostile import Day, days

MANY = 200 if os.environ.get("NUMBA_BOUNDSCHECK") else 400
"""Examples; fewer in `test_bounds`, which plays them a second time."""


def assert_equal(one: Outcome, other: Outcome) -> None:
    """Compare every column of contacts and busy periods, dtype included."""
    for table, columns in (("contacts", CONTACT_COLUMNS), ("busy", BUSY_COLUMNS)):
        for name, (dtype, _) in columns.items():
            mine, theirs = getattr(one, table)[name], getattr(other, table)[name]
            assert mine.dtype == theirs.dtype == dtype, name
            np.testing.assert_array_equal(mine, theirs, err_msg=f"{table}: {name}")


USED_ROOM = KeptRoom()


def in_pieces(scenario: qs.Scenario, whole: Tape, cuts_s: Sequence[float]) -> Outcome:
    """Run the compiled engine over pieces of a tape that end at these instants."""
    program = Program.of(scenario)
    # in room where other replications, and the pieces before, have left what they held
    replication = Replication(program, whole.agent_group, whole.sessions, USED_ROOM)
    place = row_of_number(whole, program)
    columns = {
        name: np.full(len(whole), -9, dtype=dtype) for name, (dtype, _) in CONTACT_COLUMNS.items()
    }
    periods: list[tuple[int, float, float]] = []
    first = 0
    for cut_s in (*sorted(cuts_s), np.inf):
        last = int(np.searchsorted(whole.arrival_s[: whole.first_attempts], cut_s, side="left"))
        replication.let_in(rows_of(whole, first, last))
        piece = replication.play(cut_s)
        rows = place(piece.contacts.number[piece.known])
        of_customers = columns_of_customers(piece.contacts)
        for name, column in columns.items():
            there = of_customers.get(name)
            if there is None:
                there = getattr(piece.contacts, name)
            if len(there) != len(piece.known):  # nobody is called back, told, or interrupted
                there = np.full(len(piece.known), NOTHING.get(name, np.nan))
            assert (column[rows] == -9).all()  # nobody's outcome is told twice
            column[rows] = there[piece.known]
        periods += zip(*(piece.busy[name].tolist() for name in BUSY_COLUMNS), strict=True)
        first = last
    assert not (columns["outcome"] == -9).any()
    busy = {
        name: np.array([row[k] for row in joined(periods)], dtype=dtype)
        for k, (name, (dtype, _)) in enumerate(BUSY_COLUMNS.items())
    }
    return Outcome(scenario, whole, columns, busy)


def joined(periods: list[tuple[int, float, float]]) -> list[tuple[int, float, float]]:
    """Order busy periods by agent and start; those that touch are one."""
    found: list[tuple[int, float, float]] = []
    for agent, start, end in sorted(periods):
        if found and found[-1][0] == agent and found[-1][2] == start:
            start = found.pop()[1]
        found.append((agent, start, end))
    return found


def row_of_number(
    whole: Tape, program: Program
) -> Callable[[NDArray[np.int64]], NDArray[np.int64]]:
    """Return what finds the row of a tape from the number that orders it."""
    if whole.again is None:
        return lambda number: number
    _, every = brought(whole, 0, 0, program.span, FRESH)
    order = np.argsort(every)
    return lambda number: order[np.searchsorted(every[order], number)]


def rows_of(whole: Tape, first: int, last: int) -> Tape:
    """Cut some customers out of a tape: those of some rows, with what may follow them."""
    rows, again = np.arange(first, last), None
    if whole.again is not None:
        rows = whole.again.rows(first, last)
        place = np.full(len(whole) + 1, -1)
        place[rows] = np.arange(len(rows))
        per_row = {
            name: column[rows]
            for name, column in vars(whole.again).items()
            if name != "first_attempts"
        }
        for name in ("customer", "following"):
            per_row[name] = place[per_row[name]].astype(np.int32)
        again = Again(first_attempts=last - first, **per_row)
    per_contact = {
        name: column[rows] if len(column) == len(whole) else column
        for name, column in vars(whole).items()
        if name not in ("seed", "replication", "agent_group", "sessions", "again")
    }
    return Tape(
        seed=whole.seed,
        replication=whole.replication,
        agent_group=whole.agent_group,
        sessions=whole.sessions,
        again=again,
        **per_contact,
    )


cuts_s = st.lists(st.integers(0, 90), max_size=4, unique=True)


@settings(max_examples=MANY)
@given(day=days(), cuts=cuts_s)
def test_they_agree_on_hostile_days(day: Day, cuts: list[int]) -> None:
    assert_agree(*day, cuts)


@settings(max_examples=MANY // 5)
@given(day=days(wide=True), cuts=cuts_s)
def test_they_agree_on_days_with_many_lines_and_groups(day: Day, cuts: list[int]) -> None:
    assert_agree(*day, cuts)


@settings(max_examples=MANY // 5)
@given(day=days(in_vain=True), cuts=cuts_s)
def test_they_agree_on_days_of_callbacks_in_vain(day: Day, cuts: list[int]) -> None:
    assert_agree(*day, cuts)


@settings(max_examples=MANY // 5)
@given(day=days(in_full=False), cuts=cuts_s)
def test_they_agree_on_days_with_nothing_that_is_left_out(day: Day, cuts: list[int]) -> None:
    """The kernel without what such a day has nothing of; the whole kernel says the same of it."""
    assert Program.of(day[0]).in_full is None
    assert_agree(*day, cuts)
    assert_played_alike(*day, varied=True, in_full=True)


@settings(max_examples=MANY // 5)
@given(day=days(varied=False), cuts=cuts_s)
def test_they_agree_on_days_of_one_contact_after_the_other(day: Day, cuts: list[int]) -> None:
    """The plain kernel; the others say the same of such a day."""
    made = Program.of(day[0])
    assert made.varied is None
    assert made.in_full is None
    assert_agree(*day, cuts)
    assert_played_alike(*day, varied=True, in_full=None)
    assert_played_alike(*day, varied=True, in_full=True)


def assert_played_alike(
    scenario: qs.Scenario, rows: Sequence[Row], agents: Agents, **kernel: bool | None
) -> None:
    """Let a kernel play a day that another would have been enough for."""
    by_hand, program = tape(scenario, rows, agents), Program.of(scenario)
    vars(program).update(kernel)
    replication = Replication(program, by_hand.agent_group, by_hand.sessions)
    replication.let_in(by_hand)
    played = outcome_of(scenario, by_hand, replication.play())
    assert_equal(played, simulate_compiled(scenario, by_hand))


def assert_agree(
    scenario: qs.Scenario, rows: Sequence[Row], agents: Agents, cuts: Sequence[float]
) -> None:
    """Run a day on both engines, whole and cut some seconds after its first contact."""
    by_hand = tape(scenario, rows, agents)
    expected = simulate_reference(scenario, by_hand)
    assert_equal(simulate_compiled(scenario, by_hand), expected)
    start = min((row.at for row in rows), default=0.0) // 10 * 10
    assert_equal(in_pieces(scenario, by_hand, [start + cut for cut in cuts]), expected)


@pytest.mark.parametrize("seed", range(3))
def test_they_agree_on_a_drawn_week(seed: int) -> None:
    scenario = week()
    drawn = draw_tape(scenario, seed=seed)
    expected = simulate_reference(scenario, drawn)
    assert_equal(simulate_compiled(scenario, drawn), expected)
    midnights = scenario.horizon.day_edges_s[1:-1].tolist()
    assert_equal(in_pieces(scenario, drawn, midnights), expected)


@pytest.mark.parametrize("seed", range(3))
def test_they_agree_on_customers_who_come_again(seed: int) -> None:
    scenario = everything()
    drawn = draw_tape(scenario, seed=seed)
    expected = simulate_reference(scenario, drawn)
    assert_equal(simulate_compiled(scenario, drawn), expected)
    midnights = scenario.horizon.day_edges_s[1:-1].tolist()
    assert_equal(in_pieces(scenario, drawn, [36_000.0, 50_000.0, *midnights]), expected)
    assert len(set(expected.contacts["cause"].tolist())) >= 6


def week() -> qs.Scenario:
    """A week with everything: phone with callbacks, chat, requests, two groups, hours, shifts."""
    usual = {"hours": "08:00-20:00", "patience": qs.Exponential(mean="4min")}
    phone = qs.ContactType(
        name="phone",
        channel="phone",
        demand=qs.Demand(per_day=400, day="office", busyness=0.2),
        talk=qs.LogNormal(mean="4min", cv=0.9),
        wrap_up=qs.Exponential(mean="40s"),
        queue_limit=12,
        callback=qs.CallbackOffer(after="1min", accept=0.5, kind="later", delay="40min"),
        **usual,
    )
    second = phone.model_copy(update={"name": "vip", "credit": 60.0, "queue_limit": None})
    chat = qs.ContactType(
        name="chat",
        channel="chat",
        demand=qs.Demand(per_day=300, day="office"),
        talk=qs.Gamma(mean="8min", cv=0.6),
        wrap_up=qs.Exponential(mean="20s"),
        at_closing="release",
        **usual,
    )
    request = qs.ContactType(
        name="request",
        channel="callback",
        demand=qs.Demand(per_day=60, day="office"),
        talk=qs.Exponential(mean="5min"),
        dialling=qs.Dialling(ring="20s", answered=0.6, attempts=3, retry_after="30min"),
        outside_hours="queue",
    )
    chats = {"concurrency": {"chat": 3}, "pace": {"chat": (1.0, 1.6, 2.1)}}
    home = qs.AgentGroup(
        name="home",
        skills=("phone", "vip", qs.Skill("chat", reserve=1), "request"),
        headcount=6,
        shrinkage=0.2,
        absence=0.05,
        hours="08:00-20:00",
        contract=qs.InHouse(per_hour=24.0),
        **chats,
    )
    partner = qs.AgentGroup(
        name="partner",
        skills=(qs.Skill("phone", min_wait="30s", handle_factor=1.1), qs.Skill("chat", rank=2)),
        shifts=(
            qs.Shift(name="day", start="09:00", end="17:00", headcount=2, breaks=("12:00-12:30",)),
        ),
        contract=qs.InHouse(per_hour=20.0),
        **chats,
    )
    return qs.Scenario(
        name="a week",
        contact_types=(phone, second, chat, request),
        agent_groups=(home, partner),
        horizon=qs.Horizon(start="2026-11-23", days=7, timezone="Europe/Helsinki"),
    )
