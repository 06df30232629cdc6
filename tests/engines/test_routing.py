"""A planner's own routing: it chooses among the pairs that the rules allow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

import queuesim as qs
from queuesim.engines.outcome import Outcome
from queuesim.engines.reference import simulate_reference
from queuesim.engines.routing import Moment, Pair, by_rank_or_score
from tests.engines.by_hand import (
    HANDLED,
    UNRESOLVED,
    Agents,
    Row,
    all_day,
    column,
    contact_type,
    group,
    outcomes,
    scenario,
    tape,
)


def run(day: qs.Scenario, rows: Sequence[Row], agents: Agents, routing: Any) -> Outcome:
    return simulate_reference(day, tape(day, rows, agents), routing)


def two_groups() -> qs.Scenario:
    types = [contact_type("x"), contact_type("y", credit=5.0, weight=2.0)]
    return scenario(types, [group("a", ["x", "y"]), group("b", [qs.Skill("x", rank=3), "y"])])


def test_the_routing_decides() -> None:
    def worst_rank_or_shortest_wait(now: float, moment: Moment, pairs: Sequence[Pair]) -> Pair:
        if moment == "contact":
            return max(pairs, key=lambda pair: pair.rank)
        return min(pairs, key=lambda pair: pair.wait_s)

    rows = [
        Row(0, 100, kind="x"),  # rank 3 beats rank 1: b
        Row(1, 200, kind="x"),  # a
        Row(10, 5, kind="x"),  # 105
        Row(20, 5, kind="y"),  # 100: the shorter wait
    ]
    result = run(two_groups(), rows, [*all_day("a"), *all_day("b")], worst_rank_or_shortest_wait)
    assert column(result, "agent") == [1, 0, 1, 1]
    assert column(result, "answered_s") == [0, 1, 105, 100]


def test_the_rules_are_a_routing_like_any_other() -> None:
    rows = [Row(0, 100, kind="x"), Row(1, 30, kind="y"), Row(10, 5, kind="y"), Row(11, 5, kind="x")]
    agents = [*all_day("a"), *all_day("b")]
    default, given = (run(two_groups(), rows, agents, r) for r in (None, by_rank_or_score))
    assert column(default, "answered_s") == column(given, "answered_s") == [0, 1, 31, 36]


def test_what_a_pair_says() -> None:
    seen: list[tuple[float, Moment, list[Pair]]] = []

    def watch(now: float, moment: Moment, pairs: Sequence[Pair]) -> Pair | None:
        seen.append((now, moment, [pair._replace(order=0) for pair in pairs]))
        return by_rank_or_score(now, moment, pairs)

    rows = [Row(10, 100, kind="x"), Row(20, 50, kind="y"), Row(30, 5, kind="y")]
    run(two_groups(), rows, [*all_day("a"), *all_day("b")], watch)
    first, second, third = seen
    pair = Pair("x", qs.Channel.PHONE, 0, 0.0, 0.0, "a", 1, 0, 10.0, 0)
    assert first == (10, "contact", [pair, pair._replace(agent_group="b", rank=3, agent=1)])
    assert second == (
        20,
        "contact",
        [Pair("y", qs.Channel.PHONE, 1, 0.0, 5.0, "b", 1, 1, 20.0, 0)],
    )
    # freed at 70; the third has waited 40: 2 × 40 + 5
    assert third == (70, "agent", [Pair("y", qs.Channel.PHONE, 2, 40.0, 85.0, "b", 1, 1, 0.0, 0)])


def test_a_callback_shows_as_one() -> None:
    seen: list[qs.Channel] = []

    def watch(now: float, moment: Moment, pairs: Sequence[Pair]) -> Pair | None:
        seen.extend(pair.channel for pair in pairs)
        return pairs[0]

    kind = contact_type(callback=qs.CallbackOffer(accept=0.5))
    day = scenario([kind], [group("home", ["phone"])])
    run(day, [Row(0, 50), Row(10, 5, accepts=True, answers=(True,))], all_day("home"), watch)
    assert seen == [qs.Channel.PHONE, qs.Channel.CALLBACK]


def test_none_lets_the_contact_wait() -> None:
    def only_after_half_a_minute(now: float, moment: Moment, pairs: Sequence[Pair]) -> Pair | None:
        return next((pair for pair in pairs if pair.wait_s >= 30), None)

    day = scenario([contact_type()], [group("home", ["phone"])])
    agents = [("home", [(0.0, 1000.0)]), ("home", [(50.0, 1000.0)])]
    # nobody at 10; the agent who comes at 50 looks and takes it (40); the other is not asked again
    # when 80 comes at 45 < 80: wait 0, so it waits for ever
    result = run(day, [Row(10, 5), Row(80, 5)], agents, only_after_half_a_minute)
    assert outcomes(result) == [HANDLED, UNRESOLVED]
    assert (column(result, "answered_s")[0], column(result, "agent")[0]) == (50, 1)


def test_a_routing_that_never_matches() -> None:
    day = scenario([contact_type()], [group("home", ["phone"])])
    result = run(day, [Row(10, 5), Row(20, 5, patience=5)], all_day("home"), lambda *_: None)
    assert column(result, "left_s") == [None, 25]


FOREIGN = Pair("x", qs.Channel.PHONE, 7, 0.0, 0.0, "a", 1, 0, 10.0, 0)


@pytest.mark.parametrize("rubbish", [0, 1, True, "a", [], FOREIGN, object(), float("nan")])
def test_anything_else_is_an_error_that_says_so(rubbish: object) -> None:
    with pytest.raises(ValueError, match="must return one of the pairs it was given, or None"):
        run(two_groups(), [Row(10, 5, kind="x")], all_day("a"), lambda *_: rubbish)


def test_an_error_in_the_routing_comes_through() -> None:
    def broken(now: float, moment: Moment, pairs: Sequence[Pair]) -> Pair:
        raise KeyError("my own mistake")

    with pytest.raises(KeyError, match="my own mistake"):
        run(two_groups(), [Row(10, 5, kind="x")], all_day("a"), broken)
