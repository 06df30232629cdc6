"""What is counted, worked by hand; sums that hold exactly; order that does not matter."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import queuesim as qs
from queuesim.engines.outcome import ContactOutcome
from queuesim.engines.reference import simulate_reference
from queuesim.results import Run, Totals, schema, tally, waits
from queuesim.results.tally import CONTACT_QUANTITIES, GROUP_QUANTITIES, Tally
from queuesim.sampling import draw_tape
from tests.results.by_hand import HOUR, handled, lost, outcome, scenario
from tests.results.by_numpy import COMING_BACK, count_waits, slow_tally
from tests.results.pieces import counted_in_pieces, same

END = 48 * HOUR


def of_type(numbers: Tally, quantity: str, kind: int = 0) -> list[float]:
    return numbers.contacts[CONTACT_QUANTITIES.index(quantity), kind].tolist()


def of_group(numbers: Tally, quantity: str, group: int = 0) -> list[float]:
    return numbers.groups[GROUP_QUANTITIES.index(quantity), group].tolist()


def test_every_quantity_of_a_small_day() -> None:
    rows = [
        handled("phone", 0.0, 0.0),
        handled("phone", 10.0, 30.0, talk=50.0, agent=2),  # 20 s: within
        handled("phone", 20.0, 41.0, work_s=300.0),  # 21 s: not
        lost("phone", 30.0, 35.0, ContactOutcome.ABANDONED),  # quick
        lost("phone", 40.0, 60.0, ContactOutcome.ABANDONED),  # within 20 s
        lost("phone", 50.0, 110.0, ContactOutcome.ABANDONED),
        lost("phone", 60.0, 60.0, ContactOutcome.BLOCKED),
        lost("phone", 70.0, 70.0, ContactOutcome.TURNED_AWAY),
        lost("phone", 80.0, 480.0, ContactOutcome.TURNED_AWAY),  # released at closing
        handled("phone", 90.0, 500.0, offer_s=95.0, accepted_s=95.0, due_s=95.0, dialled_s=480.0,
                attempts=2),
        {"type": "phone", "arrival_s": 100.0, "offer_s": 105.0, "accepted_s": 105.0, "due_s": 105.0,
         "dialled_s": 1000.0, "left_s": 1015.0, "outcome": ContactOutcome.FAILED_CALLBACK,
         "attempts": 3, "agent": 0},
        handled("phone", 110.0, 150.0, offer_s=120.0),  # declined
        {"type": "phone", "arrival_s": END - 50.0},  # still waiting: the last interval
    ]  # fmt: skip
    numbers = tally(outcome(scenario(), rows))
    first = {name: of_type(numbers, name)[0] for name in CONTACT_QUANTITIES}
    assert first == {
        "offered": 12,
        "handled": 5,
        "abandoned": 3,
        "blocked": 1,
        "balked": 0,
        "turned_away": 2,
        "failed_callbacks": 1,
        "unresolved": 0,
        "not_due": 0,
        "answered": 4,
        "answered_within": 2,
        "abandoned_within": 2,
        "abandoned_quick": 1,
        "let_in": 10,
        "wait_answered_s": 0 + 20 + 21 + 40,
        "wait_answered_sq": 400 + 441 + 1600,
        "wait_all_s": 0 + 20 + 21 + 5 + 20 + 60 + 400 + 5 + 5 + 40,
        "wait_abandoned_s": 5 + 20 + 60,
        "talk_s": 100 + 50 + 100 + 100 + 100,
        "wrap_up_s": 5 * 20,
        "callbacks_offered": 3,
        "callbacks_accepted": 2,
        "callbacks_owed": 2,
        "callbacks_dialled": 2,
        "callbacks_handled": 1,
        "callback_wait_s": 385 + 895,
        "promises_due": 2,
        "promises_kept": 1,
        "dials": 5,
        "offered_work_s": 11 * 100 + 300,
        "callback_owed_s": 405 + 910,
        "announced": 0,
        "announcements_due": 0,
        "announcements_kept": 0,
        "announced_answered": 0,
        "announcement_error_s": 0,
        "announcement_miss_s": 0,
        "customers": 12,
        "resolved": 5,
        "resolved_first": 5,
        "effort_s": 576 + 450,
        "contacts_of_customers": 12,
        "customers_resolved": 5,
        "effort_of_customers_s": 576 + 450,
        **dict.fromkeys(("passed_on", "self_served", *COMING_BACK), 0),
        "waits_ended": 12,
        "resolution_s": 120 + 90 + 141 + 530 + 160,
        "paused_s": 0,
        **dict.fromkeys(("rang_in", "slots_booked", "slot_places"), 0),
    }
    last = {name: of_type(numbers, name)[-1] for name in CONTACT_QUANTITIES}
    assert (last["offered"], last["unresolved"], last["wait_all_s"]) == (1, 1, 50)
    assert last["not_due"] == 0  # 50 s of 20
    assert of_group(numbers, "handled") == [4, 0, 0, 0, 0, 0, 0, 0]
    assert of_group(numbers, "handled", 1) == [1, 0, 0, 0, 0, 0, 0, 0]


def test_announcements_kept_and_broken() -> None:
    rows = [
        handled("chat", 0.0, 0.0),  # heard nothing
        handled("chat", 10.0, 50.0, announced_s=30.0),  # 10 s more: within the tolerance
        handled("chat", 20.0, 60.0 + 1 / 1024, announced_s=30.0),  # and a tick: not
        handled("chat", 30.0, 40.0, announced_s=30.0),  # early
        lost("chat", 40.0, 80.0, ContactOutcome.ABANDONED) | {"announced_s": 30.0},  # not due
        lost("chat", 50.0, 90.5, ContactOutcome.ABANDONED) | {"announced_s": 30.0},  # broken
        lost("chat", 60.0, 60.0, ContactOutcome.BALKED) | {"announced_s": 3000.0},
        {"type": "chat", "arrival_s": END - 50.0, "announced_s": 30.0},  # broken: still waiting
        {"type": "chat", "arrival_s": END - 50.0, "announced_s": 40.0},  # not due
    ]
    made = outcome(scenario(), rows)
    numbers = tally(made)
    counted = {name: sum(of_type(numbers, name, 2)) for name in CONTACT_QUANTITIES}
    assert counted["offered"] == sum(counted[name] for name in schema.BALANCE)
    assert (counted["balked"], counted["let_in"], counted["abandoned"]) == (1, 8, 2)
    assert (counted["announced"], counted["announced_answered"]) == (8, 3)
    assert (counted["announcements_due"], counted["announcements_kept"]) == (5, 2)
    assert counted["announcement_error_s"] == 10 + (10 + 1 / 1024) - 20
    assert counted["announcement_miss_s"] == 10 + (10 + 1 / 1024) + 20
    assert counted["wait_all_s"] == 40 + 40 + 1 / 1024 + 10 + 40 + 40.5 + 50 + 50
    kept = Run(made).contacts["announcement_kept"].tolist()
    missing = pd.NA
    assert [str(each) for each in kept] == [
        str(each) for each in (missing, True, False, True, missing, False, missing, False, missing)
    ]


def test_a_contact_belongs_to_the_interval_in_which_it_arrived() -> None:
    edge = 6 * HOUR
    numbers = tally(
        outcome(
            scenario(), [handled("chat", edge - 1 / 1024, edge + 9), handled("chat", edge, edge)]
        )
    )
    assert of_type(numbers, "handled", 2)[:3] == [1, 1, 0]
    assert of_type(numbers, "answered_within", 2) == [0] * 8  # no target


def test_requests_are_callbacks_owed_without_an_offer() -> None:
    rows = [
        handled("request", 0.0, 700.0, due_s=0.0, dialled_s=600.0, attempts=1),
        {"type": "request", "arrival_s": 100.0, "due_s": 100.0},
    ]
    numbers = tally(outcome(scenario(), rows))
    counted = {name: of_type(numbers, name, 1)[0] for name in CONTACT_QUANTITIES}
    assert (counted["callbacks_offered"], counted["callbacks_accepted"]) == (0, 0)
    assert (counted["callbacks_owed"], counted["callbacks_dialled"]) == (2, 1)
    assert (counted["answered"], counted["answered_within"]) == (1, 0)
    assert (counted["promises_due"], counted["callback_wait_s"]) == (0, 600)


def test_agents_time_across_the_edges_of_intervals() -> None:
    numbers = tally(
        outcome(
            scenario(),
            sessions=[(0, 1 * HOUR, 13 * HOUR), (2, 0.0, 6 * HOUR)],
            busy=[(0, 5 * HOUR, 14 * HOUR), (2, 1 * HOUR, 2 * HOUR)],
        )
    )
    assert of_group(numbers, "busy_s") == [HOUR, 6 * HOUR, 2 * HOUR, 0, 0, 0, 0, 0]
    assert of_group(numbers, "overtime_s") == [0, 0, HOUR, 0, 0, 0, 0, 0]
    assert of_group(numbers, "staffed_s") == [5 * HOUR, 6 * HOUR, 2 * HOUR, 0, 0, 0, 0, 0]
    assert of_group(numbers, "idle_s") == [4 * HOUR, 0, 0, 0, 0, 0, 0, 0]
    assert of_group(numbers, "staffed_s", 1) == [6 * HOUR, 0, 0, 0, 0, 0, 0, 0]
    assert of_group(numbers, "idle_s", 1) == [5 * HOUR, 0, 0, 0, 0, 0, 0, 0]
    assert of_group(numbers, "scheduled_s") == [12 * HOUR] * 8


def test_a_break_worked_through_is_overtime() -> None:
    numbers = tally(
        outcome(
            scenario(),
            sessions=[(0, 0.0, HOUR), (0, 2 * HOUR, 3 * HOUR), (1, 0.0, 5 * HOUR)],
            busy=[(0, 0.5 * HOUR, 2.5 * HOUR), (1, HOUR, 2 * HOUR)],
        )
    )
    assert of_group(numbers, "overtime_s")[0] == HOUR
    assert of_group(numbers, "staffed_s")[0] == (2 + 1 + 5) * HOUR
    assert of_group(numbers, "busy_s")[0] == 3 * HOUR


def test_time_past_the_horizon_counts_in_the_last_interval() -> None:
    numbers = tally(
        outcome(scenario(), sessions=[(0, 42 * HOUR, END)], busy=[(0, 47 * HOUR, END + 600.5)])
    )
    assert of_group(numbers, "overtime_s")[-1] == 600.5
    assert of_group(numbers, "staffed_s")[-1] == 6 * HOUR + 600.5


# On runs of the reference engine


@pytest.fixture(scope="module")
def hostile() -> list[Run]:
    """Everything at once: chat, callbacks, a full queue, breaks, overflow, a change of clocks."""
    phone = qs.ContactType(
        name="phone",
        channel="phone",
        demand=qs.Demand(per_day=260, day="office", busyness=0.3),
        talk=qs.LogNormal(mean="5min", cv=1.2),
        wrap_up=qs.Exponential(mean="1min"),
        patience=qs.Exponential(mean="2min"),
        hours="09:00-16:15",
        at_closing="release",
        queue_limit=3,
        callback=qs.CallbackOffer(
            accept=0.6, after="20s", dialling=qs.Dialling(answered=0.5, attempts=2), promise="5min"
        ),
    )
    request = qs.ContactType(
        name="request",
        channel="callback",
        demand=qs.Demand(per_day=40, day="office"),
        talk=qs.Exponential(mean="4min"),
        dialling=qs.Dialling(answered=0.6),
        target=qs.ServiceTarget(share=0.7, within="1h"),
    )
    chat = qs.ContactType(
        name="chat",
        channel="chat",
        demand=qs.Demand(per_day=100, day="office"),
        talk=qs.Exponential(mean="6min"),
        patience=qs.Exponential(mean="4min"),
        target=None,
        announcement=qs.Announcement(
            predictor="queue_length", balk=qs.Exponential(mean="20s"), tolerance="20s"
        ),
    )
    shifts = qs.Shift(
        name="day", days="mon-sun", start="08:00", end="17:05", headcount=7, breaks=("12:00-12:37",)
    )
    home = qs.AgentGroup(
        name="home",
        skills=("phone", "request", "chat"),
        shifts=(shifts,),
        shrinkage=0.2,
        concurrency={"chat": 3},
        pace={"chat": (1, 1.7, 2.2)},
        contract=qs.InHouse(per_hour=20),
    )
    partner = qs.AgentGroup(
        name="partner",
        skills=(qs.Skill("phone", min_wait="30s"),),
        headcount=1,
        hours="10:10-22:50",
        contract=qs.Outsourced(per_minute=0.5),
    )
    stated = qs.Scenario(
        name="hostile",
        contact_types=(phone, request, chat),
        agent_groups=(home, partner),
        horizon=qs.Horizon(
            start="2026-10-24", days=2, interval="30min", timezone="Europe/Helsinki"
        ),
    )
    return [
        Run(simulate_reference(stated, draw_tape(stated, seed=11, replication=r))) for r in range(4)
    ]


def test_the_hostile_run_has_everything(hostile: list[Run]) -> None:
    together = sum(tally(run.outcome).contacts.sum(axis=(1, 2)) for run in hostile)
    named = dict(zip(CONTACT_QUANTITIES, together, strict=True))
    rare = {name for name, number in named.items() if number == 0}
    none = {"rang_in", "slots_booked", "slot_places", "not_due"}
    assert rare <= {"unresolved", "paused_s", "passed_on", "self_served", *COMING_BACK, *none}


def test_counted_by_the_machine_and_counted_slowly(hostile: list[Run]) -> None:
    for seed, run in enumerate(hostile):
        same(tally(run.outcome), slow_tally(run.outcome))
        same(counted_in_pieces(run.outcome, seed), slow_tally(run.outcome))


def test_outcomes_add_up_to_offered_in_every_interval(hostile: list[Run]) -> None:
    for run in hostile:
        table = run.intervals
        assert (table[list(schema.BALANCE)].sum(axis=1) == table.offered).all()
        assert table.offered.sum() == len(run.contacts)


def test_staffed_is_busy_and_idle_exactly(hostile: list[Run]) -> None:
    for run in hostile:
        table = run.groups
        assert (table.staffed_s == table.busy_s + table.idle_s).all()
        assert (table.idle_s >= 0).all()
        assert (table.overtime_s >= 0).all()
        assert table.overtime_s.sum() > 0
        assert table.handled.sum() == (run.contacts.outcome == "handled").sum()
        busy = run.outcome.busy
        assert table.busy_s.sum() == (busy["to_s"] - busy["from_s"]).sum()


def test_tallies_are_the_sums_of_the_contact_table(hostile: list[Run]) -> None:
    run = hostile[0]
    table, contacts = run.intervals, run.contacts
    for number, kind in enumerate(table.contact_type.cat.categories):
        mine = contacts[contacts.contact_type == kind]
        by_interval = mine.groupby("interval")
        summed = table[table.contact_type == kind].set_index("interval")
        answered = mine[mine.answered_s.notna() & mine.accepted_s.isna()]
        assert (summed.talk_s == by_interval.talk_s.sum().reindex(summed.index, fill_value=0)).all()
        waits_of = answered.groupby("interval").wait_s.sum().reindex(summed.index, fill_value=0)
        assert (summed.wait_answered_s == waits_of).all()
        assert summed.callback_wait_s.sum() == mine.callback_wait_s.sum()
        assert summed.promises_kept.sum() == mine.promise_kept.sum()
        assert summed.dials.sum() == mine.attempts.sum()
        histogram = tally(run.outcome).waits[waits.ANSWERED, number]
        assert histogram.sum() == len(answered)
        for share in (0.1, 0.5, 0.9, 0.99):
            exact = np.quantile(answered.wait_s, share, method="inverted_cdf")
            read = waits.quantile(histogram, share)
            assert exact / 1.0201 <= read <= exact * 1.0201


def test_the_order_of_arrival_of_tallies_does_not_matter(hostile: list[Run]) -> None:
    tallies = [tally(run.outcome) for run in hostile]
    forward, backward = Totals(hostile[0].scenario), Totals(hostile[0].scenario)
    for numbers in tallies:
        forward.add(pickle.loads(pickle.dumps(numbers)))
    for k, numbers in enumerate(reversed(tallies)):
        assert backward.n == 0
        assert len(backward.waiting) == k
        backward.add(numbers)
    assert backward.n == 4
    assert backward.waiting == ()
    for name in CONTACT_QUANTITIES:
        assert (forward.interval_mean(name) == backward.interval_mean(name)).all()
        both = (each.interval_product(name, name) for each in (forward, backward))
        assert np.array_equal(*both)
    for name in GROUP_QUANTITIES:
        assert (forward.group_mean(name) == backward.group_mean(name)).all()
    assert (forward.waits(0) == backward.waits(0)).all()
    resumed = pickle.loads(pickle.dumps(forward))
    assert (resumed.contacts_by_day("offered") == forward.contacts_by_day("offered")).all()
    with pytest.raises(ValueError, match="replication 2 was added before"):
        forward.add(tallies[2])


def test_days_add_up_to_intervals(hostile: list[Run]) -> None:
    totals = Totals(hostile[0].scenario)
    for run in hostile:
        totals.add(tally(run.outcome))
    for name in CONTACT_QUANTITIES:
        if not name.endswith("_sq"):
            by_day = totals.contacts_by_day(name).sum(axis=(0, 2))
            assert (by_day == 4 * totals.interval_mean(name).sum(axis=1)).all()


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.floats(0, 3e6).map(lambda x: round(x * 1024) / 1024), min_size=1, max_size=60),
    st.floats(0, 1),
)
def test_quantiles_from_histograms_are_within_two_per_cent(
    sample: list[float], share: float
) -> None:
    counts = count_waits(np.zeros(len(sample), dtype=int), np.array(sample), 1)[0]
    assert counts.sum() == len(sample)
    exact = float(np.quantile(sample, share, method="inverted_cdf"))
    read = waits.quantile(counts, share)
    assert min(exact, waits.LONGEST_S) / 1.0201 <= read <= exact * 1.0201
    if share > 0:
        assert waits.count_up_to(counts, read) >= share * len(sample) - 1e-6
