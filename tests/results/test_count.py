"""Counted by the machine and counted slowly: the same to the bit, whole and in pieces."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import queuesim as qs
from queuesim.engines.outcome import Cause, ContactOutcome, Outcome
from queuesim.engines.reference import simulate_reference
from queuesim.results import Tally, Totals, agents_time, counting, customers, tally, totals, waits
from queuesim.results.layout import Layout
from queuesim.results.tally import CONTACT_QUANTITIES, GROUP_QUANTITIES, Count
from queuesim.sampling import Sessions, draw_tape
from queuesim.units import GRID
from tests.engines.by_hand import tape
from tests.engines.hostile import Day, days
from tests.results.by_hand import handled, outcome, scenario, with_mail
from tests.results.by_numpy import COMING_BACK, count_waits, slow_tally
from tests.results.pieces import counted_in_pieces, made_up, same


def test_constants_of_the_kernels_are_those_of_the_schema() -> None:
    for k, name in enumerate(CONTACT_QUANTITIES):
        home = counting if k < counting.N_OF_CONTACTS else customers
        assert getattr(home, name.upper()) == k
    assert customers.FIRST_ROW == counting.N_OF_CONTACTS
    causes = {
        "FIRST": "CUSTOMERS",
        "TURN": "FURTHER_TURNS",
        "AFTER_HOURS": "AFTER_HOURS",
        "FRONT_DOOR": "FROM_FRONT_DOOR",
    }
    for cause in Cause:
        name = causes.get(cause.name, f"{cause.name}S")
        assert getattr(customers, name) == customers.FIRST_ROW + cause
    for k, name in enumerate(GROUP_QUANTITIES):
        assert getattr(counting, f"GROUP_{name.upper()}") == k
    for code in ContactOutcome:
        names = {"FAILED_CALLBACK": "FAILED_CALLBACKS"}
        row = getattr(counting, names.get(code.name, code.name))
        assert counting.ROW_OF_OUTCOME[code] == row
    assert counting._UNRESOLVED == ContactOutcome.UNRESOLVED
    assert counting._HANDLED == ContactOutcome.HANDLED
    assert counting._ABANDONED == ContactOutcome.ABANDONED
    assert counting._BLOCKED == ContactOutcome.BLOCKED
    assert counting._TURNED_AWAY == ContactOutcome.TURNED_AWAY
    assert counting._BALKED == ContactOutcome.BALKED
    assert counting._PASSED_ON == ContactOutcome.PASSED_ON
    assert counting._SELF_SERVED == ContactOutcome.SELF_SERVED
    assert counting._RANG_IN == ContactOutcome.RANG_IN
    assert counting.TICKS_PER_S == GRID
    layout = Layout.of(scenario())
    np.testing.assert_array_equal(layout.terms[:, counting._WITHIN_S], layout.within_s)
    np.testing.assert_array_equal(layout.terms[:, counting._PROMISE_S], layout.promise_s)
    np.testing.assert_array_equal(layout.terms[:, counting._DIALS_BACK], layout.dials_back)
    np.testing.assert_array_equal(layout.terms[:, counting._TOLERANCE_S], layout.tolerance_s)
    np.testing.assert_array_equal(layout.terms[:, counting._RESPONDS], layout.responds)
    np.testing.assert_array_equal(layout.terms[:, counting._BOOKS], layout.books)


@settings(max_examples=100)
@given(day=days(), seed=st.integers(0, 1000))
def test_hostile_days(day: Day, seed: int) -> None:
    made, rows, agents = day
    played = simulate_reference(made, tape(made, rows, agents))
    same(tally(played), slow_tally(played))
    same(counted_in_pieces(played, seed), slow_tally(played))


@pytest.mark.parametrize("seed", range(3))
def test_an_ordinary_day(seed: int) -> None:
    phone = qs.ContactType(
        name="phone",
        channel="phone",
        demand=qs.Demand(per_day=700, day="office"),
        talk=qs.LogNormal(mean="4min", cv=0.9),
        wrap_up=qs.Exponential(mean="40s"),
        patience=qs.Exponential(mean="2min"),
    )
    home = qs.AgentGroup(
        name="home", skills=("phone",), headcount=7, contract=qs.InHouse(per_hour=24.0)
    )
    day = qs.Scenario(
        name="a day",
        contact_types=(phone,),
        agent_groups=(home,),
        horizon=qs.Horizon(start="2026-11-23", days=1, interval="30min"),
    )
    played = simulate_reference(day, draw_tape(day, seed=seed))
    same(tally(played), slow_tally(played))
    same(counted_in_pieces(played, seed), slow_tally(played))


def many_weeks(longest_wait_s: float, seed: int) -> Outcome:
    horizon = qs.Horizon(start="2026-10-05", days=42, interval="30min", timezone="Europe/Helsinki")
    return made_up(with_mail(horizon=horizon), 8_000, seed=seed, longest_wait_s=longest_wait_s)


@pytest.mark.parametrize("longest_wait_s", [900.0, 2e5, 3.5e6])
@pytest.mark.parametrize("seed", range(3))
def test_what_no_engine_made(longest_wait_s: float, seed: int) -> None:
    made = many_weeks(longest_wait_s, seed)
    same(tally(made), slow_tally(made))
    same(counted_in_pieces(made, seed), slow_tally(made))
    numbers = dict(zip(CONTACT_QUANTITIES, tally(made).contacts.sum(axis=(1, 2)), strict=True))
    nothing = {*COMING_BACK, "passed_on", "self_served", "rang_in"}
    nothing |= {"slots_booked", "slot_places"}
    assert {name for name, number in numbers.items() if number == 0} == nothing
    assert tally(made).groups.sum(axis=(1, 2)).min() > 0
    # a scenario without callbacks, to which the same columns can be handed or not
    plain = with_mail(
        contact_types=tuple(
            c.model_copy(
                update={
                    **{"channel": "phone", "callback": None, "dialling": None},
                    "at_closing": "serve_out",
                }
            )
            for c in made.scenario.contact_types
        ),
        horizon=made.scenario.horizon,
    )
    nobody = np.full(len(made.tape), np.nan)
    without = dict.fromkeys(("offer_s", "accepted_s", "due_s", "dialled_s"), nobody)
    contacts = {**made.contacts, **without, "attempts": np.zeros(len(nobody), dtype=np.int32)}
    contacts["outcome"] = np.where(contacts["outcome"] == 5, 2, contacts["outcome"]).astype("int8")
    same(
        counted_in_pieces(Outcome(plain, made.tape, contacts, made.busy), seed),
        slow_tally(Outcome(plain, made.tape, contacts, made.busy)),
    )


def test_at_the_very_instant() -> None:
    """A dial at the end of its promise keeps it; one whose end is the horizon's was due."""
    end_s = 48 * 3600.0
    owed = {"type": "phone", "offer_s": 0.0, "accepted_s": 0.0, "due_s": 0.0, "attempts": 1}
    late = dict.fromkeys(("offer_s", "accepted_s", "due_s"), end_s - 600.0)
    rows = [
        handled("phone", 0.0, 600.0, **{**owed, "dialled_s": 600.0}),
        handled("phone", 0.0, 700.0, **{**owed, "dialled_s": 600.0 + 1 / 1024}),
        {**owed, **late, "arrival_s": end_s - 600.0, "attempts": 0},
        {**owed, **late, "arrival_s": end_s - 600.0, "attempts": 0, "due_s": end_s - 599.0},
        handled("phone", end_s, end_s),  # the last interval is open
    ]
    made = outcome(scenario(), rows)
    counted = dict(zip(CONTACT_QUANTITIES, tally(made).contacts[:, 0].tolist(), strict=True))
    assert counted["promises_kept"] == [1, 0, 0, 0, 0, 0, 0, 0]
    assert counted["promises_due"] == [2, 0, 0, 0, 0, 0, 0, 1]
    assert counted["offered"] == [2, 0, 0, 0, 0, 0, 0, 3]
    assert tally(made).groups[GROUP_QUANTITIES.index("handled"), 0].tolist() == [2, *[0] * 6, 1]


def test_columns_of_callbacks_are_asked_for_where_there_are_callbacks() -> None:
    made = outcome(scenario(), [handled("phone", 0.0, 0.0)])
    contacts = {**made.contacts, "due_s": np.zeros(0)}
    with pytest.raises(ValueError, match="columns are not filled"):
        tally(Outcome(made.scenario, made.tape, contacts, made.busy))


def test_squared_waits_are_rounded_once() -> None:
    stated = scenario()
    longest = 40 * 3600 * 1024 + 1  # 40 h and a tick: its square needs 55 bits
    ticks = [longest, longest - 2, 2**20, 2**20 - 1, 3, 1, *range(2**20 + 1, 2**20 + 900, 7)]
    exact = float(sum(t * t for t in ticks)) / 2**20
    assert exact * 2**20 != sum(t * t for t in ticks)
    for order in (ticks, ticks[::-1], sorted(ticks)):
        rows = [handled("phone", k / 8, k / 8 + t / 1024) for k, t in enumerate(order)]
        counted = tally(outcome(stated, rows)).contacts
        assert counted[CONTACT_QUANTITIES.index("wait_answered_sq"), 0, 0] == exact


def test_squared_waits_of_very_many() -> None:
    """Parts that float64 does not hold, as of millions of contacts in an interval."""
    rng = np.random.default_rng(5)
    squares = rng.integers(0, np.array([[2**44], [2**60], [2**62]]), (3, 500))
    squares[2] |= 1
    table = np.zeros((len(CONTACT_QUANTITIES), 500))
    counting.join(table, squares, np.zeros((6, 4)), np.zeros((6, 4)), 1800.0)
    exact = [(a * 2**40 + b * 2**21 + c) / 2**20 for a, b, c in squares.T.tolist()]
    np.testing.assert_array_equal(table[counting.WAIT_ANSWERED_SQ], exact)


def test_every_wait_finds_the_bin_that_a_search_finds() -> None:
    on_grid = np.floor(waits.UPPER_S[1:-1] * 1024)
    ticks = [on_grid - 1, on_grid, on_grid + 1, np.arange(5000.0), np.geomspace(1, 2**42, 5000)]
    wait_s = np.unique(np.maximum(np.floor(np.concatenate(ticks)), 0)) / 1024
    wait_s = np.concatenate((wait_s, waits.UPPER_S[1:-1]))  # and on the bounds, off the grid
    rows = [handled("phone", 0.0, wait) for wait in wait_s]
    counted = tally(outcome(scenario(), rows)).waits
    expected = count_waits(np.zeros(len(wait_s), dtype=int), wait_s, 3)
    np.testing.assert_array_equal(counted, [expected, expected])


TICK = 1 / 1024
Edges = st.lists(st.integers(0, 60 * 1024), min_size=2, max_size=12, unique=True).map(sorted)
Step = 64 * TICK
Stretch = tuple[int, float, float]


def stretches(edges: list[list[int]]) -> list[Stretch]:
    """Stretches between every other edge of each agent, on multiples of the step."""
    found: list[Stretch] = []
    for agent, mine in enumerate(edges):
        for a, b in zip(mine[::2], mine[1::2], strict=False):
            start, end = a // 64 * Step, b // 64 * Step
            if end > start and not (found and found[-1][0] == agent and found[-1][2] >= start):
                found.append((agent, start, end))
    return found


def columns(rows: list[Stretch]) -> tuple[np.ndarray, ...]:
    agent, from_s, to_s = np.array(rows, dtype=float).reshape(-1, 3).T
    return agent.astype(np.int32), from_s.copy(), to_s.copy()


@settings(max_examples=100)
@given(
    st.lists(st.tuples(Edges, Edges), min_size=1, max_size=3),
    st.lists(st.integers(0, 30), max_size=3).map(sorted),
)
def test_agents_time_against_a_count_of_every_tick(
    agents: list[tuple[list[int], list[int]]], cuts: list[int]
) -> None:
    """Proved by enumeration: five intervals of 10 s, and time past them, in steps of 1/16 s."""
    sessions = stretches([each[0] for each in agents])
    busy = sorted(stretches([each[1] for each in agents]), key=lambda row: (row[1], row[0]))
    stated = scenario()
    layout = replace(
        Layout.of(stated), edges_s=np.arange(6) * 10.0, scheduled_s=np.arange(10.0).reshape(2, 5)
    )
    group_of = np.arange(len(agents), dtype=np.int32) % 2

    def enumerated(rows: list[Stretch], skip: set[tuple[int, int]]) -> np.ndarray:
        counted = np.zeros((2, 5))
        for agent, a, b in rows:
            for k in range(round(a / Step), round(b / Step)):
                if (agent, k) not in skip:
                    counted[group_of[agent], min(int(k * Step // 10.0), 4)] += Step
        return counted

    there = {
        (agent, k) for agent, a, b in sessions for k in range(round(a / Step), round(b / Step))
    }
    count = Count(layout, group_of, Sessions(*columns(sessions)))
    for piece in np.split(np.arange(len(busy)), [min(cut, len(busy)) for cut in cuts]):
        count.add_busy(*columns([busy[k] for k in piece]))
    counted = dict(zip(GROUP_QUANTITIES, count.tally(0).groups, strict=True))
    np.testing.assert_array_equal(counted["scheduled_s"], layout.scheduled_s)
    np.testing.assert_array_equal(counted["busy_s"], enumerated(busy, set()))
    np.testing.assert_array_equal(counted["overtime_s"], enumerated(busy, there))
    staffed_s = enumerated(sessions, set()) + enumerated(busy, there)
    np.testing.assert_array_equal(counted["staffed_s"], staffed_s)
    np.testing.assert_array_equal(counted["idle_s"], staffed_s - counted["busy_s"])


@pytest.mark.parametrize("interval", ["6h", "30min", "5min", "1min"])
def test_totals_are_what_they_were(interval: str) -> None:
    """The same operations in the same order, also where numbers no longer add up exactly."""
    stated = scenario(horizon=qs.Horizon(start="2026-10-24", days=3, interval=interval))
    layout, rng = Layout.of(stated), np.random.default_rng(3)
    added = Totals(stated)
    contact_cells = (len(CONTACT_QUANTITIES), 3, layout.n_intervals)
    group_cells = (len(GROUP_QUANTITIES), 2, layout.n_intervals)
    sums, squares = np.zeros(contact_cells), np.zeros(contact_cells)
    group_sums, group_squares = np.zeros(group_cells), np.zeros(group_cells)
    products = np.zeros((22, *contact_cells[1:]))
    busy_staffed = np.zeros(group_cells[1:])
    wait_sq = CONTACT_QUANTITIES.index("wait_answered_sq")
    names = ("offered", "not_due", "answered", "abandoned", "answered_within", "abandoned_within")
    names = (*names, "abandoned_quick")
    pairs = [(a, b) for k, a in enumerate(names) for b in names[k + 1 :]]
    pairs.append(("wait_answered_s", "answered"))
    contact_days, group_days = [], []
    for replication in range(5):
        contacts = np.floor(rng.random(contact_cells) * 2**31) / 1024
        contacts[wait_sq] = rng.random(contact_cells[1:]) * 1e12
        groups = np.floor(rng.random(group_cells) * 2**31) / 1024
        histograms = rng.integers(0, 9, (2, 3, waits.BINS)).astype(np.int32)
        added.add(Tally(replication, contacts, groups, histograms))
        added = pickle.loads(pickle.dumps(added))
        sums += contacts
        squares += contacts**2
        for k, pair in enumerate(pairs):
            a, b = (contacts[CONTACT_QUANTITIES.index(name)] for name in pair)
            products[k] += a * b
        group_sums += groups
        group_squares += groups**2
        busy_staffed += (
            groups[GROUP_QUANTITIES.index("busy_s")] * groups[GROUP_QUANTITIES.index("staffed_s")]
        )
        contact_days.append(layout.by_day(contacts))
        group_days.append(layout.by_day(groups))
    for k, name in enumerate(CONTACT_QUANTITIES):
        by_day_too = added.contacts_by_day(name)
        np.testing.assert_array_equal(by_day_too, np.array(contact_days)[:, k], err_msg=name)
        np.testing.assert_array_equal(added.interval_mean(name), sums[k] / 5)
        np.testing.assert_array_equal(added.interval_product(name, name), squares[k])
    for k, (one, other) in enumerate(pairs):
        np.testing.assert_array_equal(added.interval_product(one, other), products[k])
        np.testing.assert_array_equal(added.interval_product(other, one), products[k])
    for k, name in enumerate(GROUP_QUANTITIES):
        np.testing.assert_array_equal(added.groups_by_day(name), np.array(group_days)[:, k])
        np.testing.assert_array_equal(added.group_mean(name), group_sums[k] / 5)
        np.testing.assert_array_equal(added.group_square(name), group_squares[k])
    np.testing.assert_array_equal(added.busy_staffed_products, busy_staffed)


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")
def test_every_kernel_is_compiled_once() -> None:
    made = many_weeks(900.0, 0)
    added = Totals(made.scenario)
    added.add(pickle.loads(pickle.dumps(tally(made))))
    tally(outcome(scenario(), [handled("chat", 0.0, 0.0)]))
    counted_in_pieces(made, 0)
    kernels = (counting.count_contacts, agents_time.count_time, counting.join, totals._add_up)
    assert [len(kernel.signatures) for kernel in kernels] == [1, 1, 1, 1]
