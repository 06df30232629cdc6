"""Named policies: worked by hand, and where one is a limit case of another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

import queuesim as qs
from queuesim import policies
from queuesim.engines.compiled import simulate_compiled
from queuesim.engines.outcome import Outcome
from queuesim.engines.reference import simulate_reference
from queuesim.engines.routing import Moment, Pair, by_rank_or_score
from queuesim.sampling import Tape, draw_tape
from tests.engines.by_hand import (
    Row,
    Run,
    all_day,
    column,
    contact_type,
    group,
    scenario,
    tape,
)
from tests.engines.test_two_engines import assert_equal, week

ROWS = [
    Row(0, 100, kind="silver"),
    Row(10, 10, kind="bronze"),
    Row(20, 10, kind="silver"),
    Row(30, 10, kind="silver"),
    Row(60, 10, kind="gold"),
]


def metals(**terms: Any) -> qs.Scenario:
    """Three types, one group; whatever terms there were are replaced."""
    types = [
        contact_type("bronze", weight=7.0, credit=-9.0),
        contact_type("silver", credit=44.0, callback=qs.CallbackOffer(accept=0.5, kind="later")),
        contact_type("gold", weight=0.1),
    ]
    return scenario(types, [group("home", ["bronze", "silver", "gold"])], **terms)


def answered(run: Run, day: qs.Scenario) -> list[float | None]:
    return column(run(day, ROWS, all_day("home")), "answered_s")


def test_first_come_first_served(run: Run) -> None:
    assert answered(run, policies.first_come_first_served(metals())) == [0, 100, 110, 120, 130]


def test_strict_priority(run: Run) -> None:
    day = policies.strict_priority(metals(), order=["gold", "silver"])
    # gold, then both silver, then bronze
    assert answered(run, day) == [0, 130, 110, 120, 100]
    day = policies.strict_priority(metals(), order=["silver"])  # the rest by arrival
    assert answered(run, day) == [0, 120, 100, 110, 130]


def test_head_start(run: Run) -> None:
    day = policies.head_start(metals(), {"gold": "45s"})
    # 100: bronze has waited 90, gold 40 + 45; 110: silver 90 against 95
    assert answered(run, day) == [0, 100, 120, 130, 110]


def test_weighted_wait(run: Run) -> None:
    day = policies.weighted_wait(metals(), {"gold": 2.0})
    # 100: 90, 80, 70 against 2 × 40; 110: 90 against 100
    assert answered(run, day) == [0, 100, 120, 130, 110]
    day = policies.weighted_wait(metals(), {"gold": 2.25})
    # 100: 90 against 90: the lower row, bronze
    assert answered(run, day) == [0, 100, 120, 130, 110]
    assert answered(run, policies.weighted_wait(metals(), {"gold": 2.26}))[4] == 100


def test_longest_queue(run: Run) -> None:
    # 100: two silver; 110: one of each: by row; 120, 130
    assert answered(run, policies.longest_queue(metals())) == [0, 110, 100, 120, 130]
    # gold counts three times: 3, 2, 1, then 2 against 1
    day = policies.longest_queue(metals(), {"gold": 3.0})
    assert answered(run, day) == [0, 120, 110, 130, 100]


def test_with_a_score_by_queue_credits_count_contacts(run: Run) -> None:
    day = policies.longest_queue(metals()).change("contact_types.bronze.credit", 1.0)
    # 100: 1 + 1 against 2: the lower row, bronze; 110: two silver
    assert answered(run, day) == [0, 100, 110, 120, 130]
    day = day.change("contact_types.bronze.credit", 0.5)
    assert answered(run, day) == [0, 110, 100, 120, 130]


def test_callers_who_left_do_not_make_a_queue_long(run: Run) -> None:
    day = policies.longest_queue(metals())
    rows = [*ROWS, Row(70, 10, kind="gold", patience=20.0), Row(75, 10, kind="gold", patience=25.0)]
    # 90: one gold leaves. 100: two silver, two gold of whom one's patience ends now: silver by row
    result = run(day, rows, all_day("home"))
    # 100: silver 2, gold 2: row 2. 110: one each: bronze, silver, gold
    assert column(result, "answered_s") == [0, 110, 100, 120, 130, None, None]
    assert column(result, "left_s")[5:] == [90, 100]


def test_a_virtual_hold_counts_as_waiting(run: Run) -> None:
    types = [
        contact_type("x", callback=qs.CallbackOffer(accept=0.5, dialling=qs.Dialling(ring=0))),
        contact_type("y"),
    ]
    day = policies.longest_queue(scenario(types, [group("home", ["x", "y"])]))
    rows = [
        Row(0, 100, kind="y"),
        Row(10, 5, kind="y"),
        Row(20, 5, kind="x", accepts=True, answers=(True,)),
        Row(30, 5, kind="x"),
    ]
    assert column(run(day, rows, all_day("home")), "answered_s") == [0, 105, 100, 110]


def test_specialists_first(run: Run) -> None:
    groups = [
        group("all", ["x", "y", "z"]),
        group("two", ["x", "y"]),
        group("one", ["x"]),
        group("other", ["y", "z"]),
    ]
    day = policies.specialists_first(scenario([contact_type(n) for n in "xyz"], groups))
    ranks = [[s.rank for s in each.skills] for each in day.agent_groups]
    assert ranks == [[3, 2, 2], [2, 1], [1], [1, 1]]
    agents = [(each.name, [(0.0, 1000.0)]) for each in groups]
    rows = [Row(t, 500, kind=kind) for t, kind in enumerate("xyyyx")]
    # x: one; y: two, by order before other; y: other; y: all; x: nobody
    assert column(run(day, rows, agents), "agent")[:4] == [2, 1, 3, 0]


def test_languages_by_ranks_factors_and_overflow(run: Run) -> None:
    """Finnish and Swedish specialists, and people who speak both, at a slower pace in Swedish.

    Those with both languages help out at once in Swedish, where few people are, and after 30 s in
    Finnish; the Swedish type comes with a head start of 10 s.
    """
    types = [contact_type("finnish"), contact_type("swedish", credit=10.0)]
    groups = [
        group("fi", ["finnish"]),
        group("sv", ["swedish"]),
        group(
            "both",
            [
                qs.Skill("finnish", rank=2, min_wait=30.0),
                qs.Skill("swedish", rank=2, handle_factor=1.5),
            ],
        ),
    ]
    rows = [
        Row(0, 300, kind="finnish"),  # fi, until 300
        Row(0, 200, kind="swedish"),  # sv, until 200
        Row(10, 40, kind="swedish"),  # both, × 1.5: until 70
        Row(20, 100, kind="finnish"),  # 50: both are busy; 70: waited 50, until 170
        Row(100, 20, kind="finnish"),  # waits
        Row(165, 20, kind="swedish"),  # 170: 5 + 10 against 70: the Finnish one, until 190
        Row(185, 20, kind="finnish"),  # 190: 5 s, too short a wait for both
    ]
    agents = [*all_day("fi"), *all_day("sv"), *all_day("both")]
    result = run(scenario(types, groups), rows, agents)
    # 190: both take the Swedish one, × 1.5: until 220; 215: busy; 220: waited 35
    assert column(result, "answered_s") == [0, 0, 10, 70, 170, 190, 220]
    assert column(result, "agent") == [0, 1, 2, 2, 2, 2, 2]


# What they say --------------------------------------------------------------------------


def test_the_change_is_told() -> None:
    said = " ".join(policies.strict_priority(metals(), order=["gold"]).describe().split())
    assert "a head start of 1d1h (more than any wait) against the other queues" in said
    said = " ".join(policies.longest_queue(metals()).describe().split())
    assert "turn to the longest queue" in said
    assert "Routing: by the number waiting alone" in said
    said = policies.weighted_wait(metals(), {"gold": 2.0}).describe()
    assert "Routing: weight 2 against the other queues." in said


def test_a_policy_replaces_the_one_before() -> None:
    day = policies.first_come_first_served(metals())
    for other in (
        policies.longest_queue(day),
        policies.strict_priority(day, order=["gold", "bronze"]),
        policies.head_start(day, {"gold": 5}),
        policies.weighted_wait(day, {"gold": 5.0}),
    ):
        assert policies.first_come_first_served(other) == day
    offer = policies.head_start(day, {"silver": "1min"}).contact_type("silver").callback
    assert offer is not None
    assert offer.credit == 60.0


def test_a_policy_leaves_everything_else_alone() -> None:
    day = week()
    for changed in (policies.strict_priority(day, order=["vip"]), policies.longest_queue(day)):
        assert changed.agent_groups == day.agent_groups
        assert [c.demand for c in changed.contact_types] == [c.demand for c in day.contact_types]
    assert policies.specialists_first(day).contact_types == day.contact_types


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda day: policies.strict_priority(day, order=["golt"]), 'Did you mean "gold"'),
        (lambda day: policies.strict_priority(day, order=["gold", "gold"]), "named once"),
        (lambda day: policies.strict_priority(day, order="gold"), "must name contact types"),
        (lambda day: policies.head_start(day, {"golt": 5}), 'Did you mean "gold"'),
        (lambda day: policies.head_start(day, {"gold": "5m"}), "must be a duration"),
        (lambda day: policies.weighted_wait(day, {"gold": 0.0}), "must be above 0"),
        (lambda day: policies.longest_queue(day, {"x": 1.0}), "must be a contact type"),
    ],
)
def test_wrong_input_is_refused(wrong: Any, said: str) -> None:
    with pytest.raises(qs.ScenarioError, match=said):
        wrong(metals())


# Limit cases, to the bit ----------------------------------------------------------------


@cache
def drawn() -> tuple[qs.Scenario, Tape]:
    """A week with two groups, much to do and many waits."""
    days = week().change("horizon.days", 3)
    return days, draw_tape(days, seed=5)


def same(one: qs.Scenario, other: qs.Scenario, played: Tape) -> None:
    first = simulate_compiled(one, played)
    assert_equal(simulate_compiled(other, played), first)
    waits = first.contacts["answered_s"] - played.arrival_s
    assert (waits > 0).sum() > 300  # there is something to tell apart


def test_equal_weights_are_first_come_first_served() -> None:
    day, played = drawn()
    fcfs = policies.first_come_first_served(day)
    same(policies.weighted_wait(day, {}), fcfs, played)
    heavy = {each.name: 4.0 for each in day.contact_types}
    same(policies.weighted_wait(day, heavy), fcfs, played)
    same(policies.head_start(day, {each.name: 60 for each in day.contact_types}), fcfs, played)


def test_a_head_start_longer_than_any_wait_is_strict_priority() -> None:
    """Which is compared with theory in `tests.against_theory.test_routing`."""
    day, played = drawn()
    strict = policies.strict_priority(day, order=["vip"])
    same(policies.head_start(day, {"vip": 1e8}), strict, played)


def test_conditions_that_always_hold_change_nothing() -> None:
    day, played = drawn()
    always = day
    for each in day.agent_groups:
        for skill in each.skills:
            path = f"agent_groups.{each.name}.skills.{skill.contact_type}"
            always = always.change(f"{path}.hours", "00:00-24:00")
            always = always.change(f"{path}.min_queue", 1)
    same(always, day, played)
    both = simulate_reference(always, played), simulate_reference(day, played)
    assert_equal(*both)


def test_the_whole_share_is_as_if_only_that_group_had_the_skill() -> None:
    day, _ = drawn()
    whole = day.change("contact_types.phone.allocation", {"home": 1.0})
    partner = day.agent_group("partner")
    without = tuple(each for each in partner.skills if each.contact_type != "phone")
    alone = day.change("agent_groups.partner", partner.model_copy(update={"skills": without}))
    alone = alone.change("agent_groups.partner.hours", None)
    played, other = draw_tape(whole, seed=5), draw_tape(alone, seed=5)
    for engine in (simulate_compiled, simulate_reference):
        assert_equal(engine(whole, played), engine(alone, other))


def test_an_allocation_that_overflows_at_once_is_none() -> None:
    """Lines for several groups, whose heads are compared by score and row, are one line."""
    day, _ = drawn()
    shares = {"home": 0.6, "partner": 0.4}
    loose = day.change("contact_types.chat.allocation", shares)
    loose = loose.change("contact_types.chat.allocation_overflow", 0)
    played = draw_tape(loose, seed=5)
    assert len(set(played.allotted.tolist())) == 3
    plain = replace(played, allotted=np.full(len(played), -1, dtype=np.int32))
    for engine in (simulate_compiled, simulate_reference):
        assert_equal(engine(loose, played), engine(day, plain))


# A planner's own routing ----------------------------------------------------------------


def test_an_own_routing_sees_the_queue_and_for_whom_a_contact_is_meant() -> None:
    seen: list[tuple[float, list[Pair]]] = []

    def watch(now: float, moment: Moment, pairs: Sequence[Pair]) -> Pair | None:
        seen.append((now, list(pairs)))
        return by_rank_or_score(now, moment, pairs)

    kind = contact_type("x", allocation={"a": 0.5, "b": 0.5}, allocation_overflow=30.0, weight=2.0)
    day = scenario([kind], [group("a", ["x"]), group("b", ["x"])], score="queue")
    rows = [
        Row(0, 100, kind="x", to="a"),
        Row(10, 5, kind="x", to="a"),
        Row(20, 5, kind="x", to="a"),
    ]
    simulate_reference(day, tape(day, rows, [*all_day("a"), *all_day("b")]), watch)
    told = [
        (now, [(p.agent_group, p.waiting, p.allotted, p.score) for p in ps]) for now, ps in seen
    ]
    # 40: the second has waited 30; 45: the third 25 only; 50: 30
    assert told == [
        (0, [("a", 1, "a", 2.0)]),
        (40, [("b", 2, "a", 4.0)]),
        (50, [("b", 1, "a", 2.0)]),
    ]


def test_an_own_longest_queue_is_the_named_one() -> None:
    """A policy of the library, told as a planner's own on the reference engine."""

    def longest(now: float, moment: Moment, pairs: Sequence[Pair]) -> Pair | None:
        if moment == "contact":
            return min(pairs, key=lambda pair: pair.rank)
        return max(pairs, key=lambda pair: (pair.waiting, -pair.order))

    day, played = drawn()
    day = policies.first_come_first_served(day)
    own: Outcome = simulate_reference(day, played, longest)
    named = simulate_compiled(policies.longest_queue(day), played)
    for name in named.contacts:
        np.testing.assert_array_equal(own.contacts[name], named.contacts[name])
