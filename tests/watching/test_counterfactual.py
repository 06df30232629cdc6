"""What would have been: the plan is the plan, the observed is the observed, tapes stay tapes."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

import queuesim as qs
from benchmarks.watching_diagnosis_incidents import beside_mail
from queuesim.engines.compiled import simulate_compiled
from queuesim.engines.reference import simulate_reference
from queuesim.results.tally import CONTACT_QUANTITIES
from queuesim.results.window_sums import ABANDONED, ANSWERED, HANDLE_S, HANDLED, OFFERED, WAIT_S
from queuesim.watching.diagnosing.counterfactual import Counterfactual, Inputs, Switched
from queuesim.watching.diagnosing.people import crew_of_numbers
from queuesim.watching.diagnosing.played import Played
from tests.watching.small_centres import behind_the_web, centre, day_of


def of(scenario: qs.Scenario, customers: np.ndarray, seed: int = 3) -> Counterfactual:
    n = scenario.horizon.n_intervals
    masks = np.ones((6, len(scenario.contact_types), n), dtype=bool)
    most = np.where(customers > 0, 3 * np.nan_to_num(customers) + 30, 0.0)
    days = (0, scenario.horizon.days)
    return Counterfactual(scenario, days=days, most=most, masks=masks, seed=seed)


def inputs(scenario: qs.Scenario, **given: np.ndarray) -> Inputs:
    types, groups = len(scenario.contact_types), len(scenario.agent_groups)
    n = scenario.horizon.n_intervals
    nothing = Inputs(
        np.full((types, n), np.nan),
        np.full((types, n), np.nan),
        np.ones(types),
        np.ones(types),
        np.full((groups, n), np.nan),
    )
    return replace(nothing, **given)


def played(scenario: qs.Scenario, customers: np.ndarray, switched: Switched, **given: np.ndarray):  # type: ignore[no-untyped-def]
    centre = of(scenario, customers)
    return centre.play(centre.pool(0), switched, inputs(scenario, customers=customers, **given))


@pytest.mark.parametrize(
    "scenario", [centre(days=2), behind_the_web(), beside_mail()], ids=lambda s: s.name
)
def test_with_nothing_switched_it_is_the_plan_to_the_bit(scenario: qs.Scenario) -> None:
    types = len(scenario.contact_types)
    customers = np.full((types, scenario.horizon.n_intervals), 40.0)
    none = played(scenario, customers, Switched((0.0,) * types))
    tally = day_of(scenario, seed=3)
    rows = {
        OFFERED: "offered",
        ANSWERED: "answered",
        ABANDONED: "abandoned",
        WAIT_S: "wait_answered_s",
        HANDLED: "handled",
    }
    sums = none.sums()
    for row, name in rows.items():
        expected = tally.contacts[CONTACT_QUANTITIES.index(name)].sum(axis=1)
        np.testing.assert_array_equal(sums[row], expected, err_msg=name)
    names = ("talk_s", "wrap_up_s", "paused_s")
    talk_s, wrap_up_s, paused_s = (tally.contacts[CONTACT_QUANTITIES.index(n)] for n in names)
    assert (paused_s.sum() > 0) == (scenario.name == "calls beside mail")
    np.testing.assert_array_equal(sums[HANDLE_S], (talk_s + wrap_up_s - paused_s).sum(axis=1))
    for kind in range(types):
        service = none.service(kind)
        names = ("answered_within", "abandoned_within", "abandoned_quick", "answered", "not_due")
        for name in names:
            total = tally.contacts[CONTACT_QUANTITIES.index(name), kind].sum()
            if scenario.contact_types[kind].channel != "self_service":
                assert service[name] == total, name


def test_observed_customers_come_in_the_observed_numbers_and_both_engines_agree() -> None:
    scenario = behind_the_web()
    types, n = len(scenario.contact_types), scenario.horizon.n_intervals
    customers = np.zeros((types, n))
    customers[:, 16:36] = np.random.default_rng(1).integers(0, 60, size=(types, 20))
    seen: Played = played(scenario, customers, Switched((1.0,) * types))
    tape = seen.tape
    first = tape.first_attempts
    interval = (tape.arrival_s[:first] // scenario.horizon.interval).astype(int)
    found = np.zeros((types, n))
    np.add.at(found, (tape.contact_type[:first], interval), 1)
    np.testing.assert_array_equal(found, customers)
    # cut and joined, it is still a tape of the scenario: both engines take it, and agree
    one, other = simulate_reference(scenario, tape), simulate_compiled(scenario, tape)
    for name, column in one.contacts.items():
        np.testing.assert_array_equal(column, other.contacts[name], err_msg=name)


def test_the_same_customers_come_as_far_as_they_suffice() -> None:
    scenario = centre()
    customers = np.zeros((1, 48))
    customers[0, 16:36] = 50.0
    centre_ = of(scenario, customers)
    pools = centre_.pool(0)
    given = inputs(scenario, customers=customers)
    plan = centre_.play(pools, Switched((0.0,)), given).tape
    half = centre_.play(pools, Switched((0.5,)), given).tape
    full = centre_.play(pools, Switched((1.0,)), given).tape

    def who(tape):  # type: ignore[no-untyped-def]
        return set(zip(tape.arrival_s, tape.talk_s, tape.patience_s, strict=True))

    for fewer, more in ((plan, half), (half, full), (plan, full)):
        for k in range(16, 36):
            inside = [
                {c for c in who(t) if k * 1800 <= c[0] < (k + 1) * 1800} for t in (fewer, more)
            ]
            assert inside[0] <= inside[1] or inside[1] <= inside[0]


def test_handle_times_have_the_observed_mean_in_every_interval() -> None:
    scenario = centre()
    handle_s = np.full((1, 48), np.nan)
    handle_s[0, 20:24] = (200.0, 400.0, 333.0, 50.0)
    nobody = np.full((1, 48), np.nan)
    seen = played(
        scenario, nobody, Switched((0.0,), handling=frozenset({0})), handle_s=handle_s
    ).tape
    interval = (seen.arrival_s // 1800).astype(int)
    for k in range(20, 24):
        mean = (seen.talk_s + seen.wrap_up_s)[interval == k].mean()
        assert mean == pytest.approx(handle_s[0, k], abs=0.01)


def test_further_attempts_bring_work_too() -> None:
    """One call at a time, nobody slower: the work that was shown is the work that was brought."""
    scenario = behind_the_web()
    customers = np.full((4, scenario.horizon.n_intervals), 40.0)
    none = played(scenario, customers, Switched((0.0,) * 4))
    assert (none.returns().sum(axis=1) > 0).tolist() == [False, True, True, False]
    assert none.brought_s().tolist() == none.sums()[HANDLE_S].tolist()


def test_people_by_hand() -> None:
    # 2 people, then 3.5, then 3, then nobody: the half one is there beside the fuller neighbour
    crew = crew_of_numbers(np.array([2.0, 3.5, 3.0, 0.0]), np.arange(5) * 100.0)
    assert crew.agents == 4
    spans = sorted(zip(crew.on_s.tolist(), crew.off_s.tolist(), strict=True))
    assert spans == [(0.0, 200.0), (0.0, 300.0), (100.0, 300.0), (150.0, 300.0)]


def test_people_on_duty_add_up_to_the_numbers() -> None:
    numbers = np.random.default_rng(2).uniform(0, 9, size=60).round(1)
    edges = np.arange(61) * 1800.0
    crew = crew_of_numbers(numbers, edges)
    spent = [
        (np.minimum(crew.off_s, to) - np.maximum(crew.on_s, at)).clip(min=0).sum()
        for at, to in pairwise(edges)
    ]
    np.testing.assert_allclose(np.array(spent) / 1800.0, numbers, atol=0.011)
    for agent in range(crew.agents):  # nobody is there twice
        mine = np.flatnonzero(crew.agent == agent)
        mine = mine[np.argsort(crew.on_s[mine])]
        assert (crew.off_s[mine][:-1] <= crew.on_s[mine][1:]).all()
