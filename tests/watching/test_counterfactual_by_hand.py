"""What is switched changes, and nothing else: work, patience and people, type by type."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import queuesim as qs
from queuesim.results.tally import CONTACT_QUANTITIES
from queuesim.results.window_sums import OFFERED
from queuesim.sampling import Tape
from queuesim.units import snap
from queuesim.watching.diagnosing.counterfactual import Counterfactual, Inputs, Switched
from tests.watching.small_centres import behind_the_web, centre, day_of

PLAN = behind_the_web()
WEB, SUPPORT, BILLING, SALES = range(4)
NOBODY_MORE = (0.0,) * 4


def of(scenario: qs.Scenario, days: tuple[int, int] = (0, 1), **given: object) -> Counterfactual:
    shape = (len(scenario.contact_types), scenario.horizon.n_intervals)
    masks = np.ones((6, *shape), dtype=bool)
    most = np.zeros(shape)
    return Counterfactual(
        scenario, **{"days": days, "most": most, "masks": masks, "seed": 3, **given}
    )  # type: ignore[arg-type]


def inputs(scenario: qs.Scenario = PLAN, **given: np.ndarray) -> Inputs:
    types, n = len(scenario.contact_types), scenario.horizon.n_intervals
    unknown, as_planned = np.full((types, n), np.nan), np.ones(types)
    staffed = np.full((len(scenario.agent_groups), n), np.nan)
    return replace(Inputs(unknown, unknown, as_planned, as_planned, staffed), **given)


CENTRE = of(PLAN)


def tapes(given: Inputs, **switched: object) -> tuple[Tape, Tape]:
    """The tape of the plan, and that of the same customers with something switched."""
    pools = CENTRE.pool(0)
    one, other = (
        CENTRE.play(pools, Switched(NOBODY_MORE, **how), given).tape  # type: ignore[arg-type]
        for how in ({}, switched)
    )
    np.testing.assert_array_equal(one.contact_type, other.contact_type)
    return one, other


def first(tape: Tape) -> np.ndarray:
    return np.arange(len(tape)) < tape.first_attempts


def test_handle_times_change_of_the_types_that_are_switched() -> None:
    """400 s are known of every type in every half-hour; only those of billing are switched."""
    given = inputs(handle_s=np.full((4, 48), 400.0))
    plan, other = tapes(given, handling=frozenset({BILLING}))
    for kind in range(4):
        mine = first(plan) & (plan.contact_type == kind)
        work_s = (other.talk_s + other.wrap_up_s)[mine]
        if kind == BILLING:
            half_hour = (other.arrival_s[mine] // 1800).astype(int)
            for k in np.unique(half_hour):
                assert work_s[half_hour == k].mean() == pytest.approx(400.0, abs=0.01)
        else:
            np.testing.assert_array_equal(work_s, (plan.talk_s + plan.wrap_up_s)[mine])
    np.testing.assert_array_equal(plan.patience_s, other.patience_s)


def test_further_attempts_take_longer_by_their_ratio() -> None:
    """Support calls that come again, three times as long; of billing nobody does; sales are not
    switched."""
    given = inputs(handle_ratio=np.array([1.0, 3.0, 3.0, 3.0]))
    plan, other = tapes(given, handling=frozenset({SUPPORT, BILLING}))
    further = ~first(plan)
    longer = further & np.isin(plan.contact_type, (SUPPORT, BILLING))
    assert longer.sum() > 100
    for name in ("talk_s", "wrap_up_s"):
        one, two = getattr(plan, name), getattr(other, name)
        np.testing.assert_array_equal(two[longer], snap(3 * one[longer]))
        np.testing.assert_array_equal(two[~longer], one[~longer])


def test_patience_changes_of_the_types_that_are_switched() -> None:
    given = inputs(patience_ratio=np.array([1.0, 0.25, 0.5, 0.5]))
    plan, other = tapes(given, patience=frozenset({SUPPORT, SALES}))
    for kind, ratio in ((SUPPORT, 0.25), (BILLING, 1.0), (SALES, 0.5)):
        mine = plan.contact_type == kind
        np.testing.assert_array_equal(other.patience_s[mine], snap(ratio * plan.patience_s[mine]))
    np.testing.assert_array_equal(plan.talk_s, other.talk_s)


def test_plays_one_after_another_are_as_each_alone() -> None:
    """Customers and their work are gathered once for plays that follow one another."""
    given = inputs(
        customers=np.where(np.arange(48) % 2, 5.0, np.nan) * np.ones((4, 1)),
        handle_s=np.full((4, 48), 400.0),
        patience_ratio=np.full(4, 0.5),
    )
    other = replace(given, handle_s=given.handle_s / 2)
    some, nobody = frozenset({SUPPORT, SALES}), frozenset[int]()
    brought = ((some, nobody), (nobody, some), (some, some), (nobody, nobody))
    plays = [(far, work) for far in (0.0, 0.5, 1.0) for work in brought]
    plays += [(far, work) for work in brought for far in (0.0, 0.5, 1.0)]
    together = CENTRE.pool(0)
    for what in (given, other):
        for far, (handling, patience) in plays:
            switched = Switched((far,) * 4, handling=handling, patience=patience)
            one, alone = (
                CENTRE.play(pools, switched, what).tape for pools in (together, CENTRE.pool(0))
            )
            for name in ("arrival_s", "talk_s", "patience_s"):
                np.testing.assert_array_equal(getattr(one, name), getattr(alone, name))


def test_the_routing_that_was_in_force_is_played_when_it_is_switched() -> None:
    """Nobody may take sales in the first hour of waiting: nobody does, in vain they wait."""
    skills = ("support", "billing", qs.Skill("sales", min_wait="1h"))
    centre_ = of(PLAN, routed=PLAN.change("agent_groups.home.skills", skills))
    pools, given = centre_.pool(0), inputs()
    answered = [
        centre_.play(pools, Switched(NOBODY_MORE, routing=routing), given).service(SALES)[
            "answered"
        ]
        for routing in (False, True)
    ]
    assert answered[0] > 300
    assert answered[1] == 0


def test_service_is_counted_in_the_half_hours_that_count() -> None:
    """As the day's tally has it: without those who are called back, messages when they are done."""
    plan = centre()
    calls = plan.contact_types[0].model_copy(
        update={"callback": qs.CallbackOffer(accept=0.6, after="20s")}
    )
    mail = qs.ContactType(
        name="mail",
        channel="message",
        demand=qs.Demand(per_day=300, day="office"),
        talk=qs.Exponential(mean="5min"),
        target=qs.ServiceTarget(share=0.5, within="6min"),
    )
    team = plan.agent_groups[0].model_copy(update={"skills": ("billing", "mail")})
    plan = plan.model_copy(update={"contact_types": (calls, mail), "agent_groups": (team,)})
    masks = np.zeros((6, 2, 48), dtype=bool)
    masks[OFFERED, :, 20:30] = True
    one = of(plan, masks=masks)
    played = one.play(one.pool(0), Switched((0.0, 0.0)), inputs(plan))
    tally = day_of(plan, seed=3)
    counted = dict(zip(CONTACT_QUANTITIES, tally.contacts[:, :, 20:30].sum(axis=2), strict=True))
    assert counted["callbacks_handled"][0] > 50
    for kind in range(2):
        service = played.service(kind)
        assert service == {name: counted[name][kind] for name in service}
        assert 0 < service["answered_within"] < service["answered"] < service["offered"] + 1


def test_messages_that_are_not_due_are_no_part_of_the_service() -> None:
    """One person for mails whose target is a day: at midnight most of them wait, and may."""
    plan = centre()
    mail = qs.ContactType(
        name="mail",
        channel="message",
        demand=qs.Demand(per_day=300, day="office"),
        talk=qs.Exponential(mean="5min"),
        target=qs.ServiceTarget(share=0.5, within="10h"),
    )
    team = plan.agent_groups[0].model_copy(update={"skills": ("billing",)})
    pen = team.model_copy(update={"name": "pen", "skills": ("mail",), "headcount": 1})
    calls = plan.contact_types[0]
    plan = plan.model_copy(update={"contact_types": (calls, mail), "agent_groups": (team, pen)})
    one = of(plan)
    service = one.play(one.pool(0), Switched((0.0, 0.0)), inputs(plan)).service(1)
    tally = day_of(plan, seed=3)
    counted = dict(zip(CONTACT_QUANTITIES, tally.contacts[:, 1].sum(axis=1), strict=True))
    assert service == {name: counted[name] for name in service}
    assert 0 < service["not_due"] < counted["unresolved"]


# People -------------------------------------------------------------------------------------


def by_night(days: int = 2) -> qs.Scenario:
    people = (2,) * 16 + (15,) * 20 + (2,) * 12
    plan = centre(days=days, hours="00:00-24:00")
    return plan.change("agent_groups.home.headcount", {"day": people})


def test_who_comes_after_the_last_midnight_may_still_serve() -> None:
    """The first of two days: people until noon of the second are there, whoever is switched."""
    plan = by_night()
    one = of(plan)
    pool = one.pool(0)[0]
    n = plan.horizon.n_intervals
    five = np.full((1, n), 5.0)
    switched = Switched((0.0,), people=frozenset({0}))
    played = one.play([pool], switched, inputs(plan, staffed=five))
    for on_s, off_s in (
        (pool.crews[0].on_s, pool.crews[0].off_s),
        (played.sessions.on_s, played.sessions.off_s),
    ):
        there = [int(((on_s <= at) & (at < off_s)).sum()) for at in (25 * 3600.0, 33 * 3600.0)]
        assert there == [2, 15]
    today = played.sessions
    at = 10 * 3600.0
    assert ((today.on_s <= at) & (at < today.off_s)).sum() == 5
    np.testing.assert_allclose(played.staffed()[0, :48], 5.0)


def test_observed_people_are_as_quick_as_those_of_the_plan_on_average() -> None:
    """Half of the planned time at a factor of 1.5, half at 1: 1.25."""
    plan = by_night(days=1)
    one = of(plan)
    pool = one.pool(0)[0]
    crew = pool.crews[0]
    paid_s = crew.off_s - crew.on_s
    slow = np.arange(len(paid_s)) % 2 == 0
    pool.crews[0] = replace(crew, factor=np.where(slow, 1.5, 1.0))
    expected = (1.5 * paid_s[slow].sum() + paid_s[~slow].sum()) / paid_s.sum()
    given = inputs(plan, staffed=np.full((1, 48), 4.0))
    played = one.play([pool], Switched((0.0,), people=frozenset({0})), given)
    today = played.sessions.on_s < 86_400
    np.testing.assert_allclose(played.sessions.factor[today], expected)
