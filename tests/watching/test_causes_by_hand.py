"""Causes of a longer wait: who is switched together, in what order, and how unusual; by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from queuesim.results.window_sums import HANDLE_S, HANDLED, OFFERED
from queuesim.watching.diagnosing.case import Case, Player, _fewer_parts
from queuesim.watching.diagnosing.causes import _who_takes_part
from queuesim.watching.diagnosing.counterfactual import Switched
from queuesim.watching.diagnosing.shapley import coalitions, shapley
from tests.watching.small_centres import behind_the_web

PLAN = behind_the_web()
WEB, SUPPORT, BILLING, SALES = range(4)


def case(unions: dict[str, list[Player]] | None = None, **given: Any) -> Case:
    """A case of which only what is asked for is there."""
    nothing = dict.fromkeys(("whose", "centre", "inputs", "seen"))
    parts: dict[str, Any] = {
        **nothing,
        "scenario": PLAN,
        "ordinary": 0.05,
        "unions": unions or {},
        "by_more": np.ones(4),
        "observed": 0.0,
        "window_s": (0.0, 86_400.0),
        "people": {},
        "changed": np.zeros(4),
    }
    return Case(**{**parts, **given})


def one_each(cause: str, *members: int) -> list[Player]:
    return [(cause, (k,)) for k in members]


# Who is switched ----------------------------------------------------------------------------


def test_more_contacts_and_other_mix_are_together_what_was_observed() -> None:
    """Of support all that changed is more contacts, of billing a quarter, of sales nothing."""
    one = case(by_more=np.array([0.0, 1.0, 0.25, 0.0]))
    contacts = ("contacts", (SUPPORT, BILLING))
    found = {
        name: one.switched(frozenset(players)).customers
        for name, players in {
            "none": (),
            "contacts": (contacts,),
            "mix": (("mix", ()),),
            "both": (contacts, ("mix", ())),
        }.items()
    }
    assert found == {
        "none": (0, 0, 0, 0),
        "contacts": (0, 1, 0.25, 0),
        "mix": (1, 0, 0.75, 1),
        "both": (1, 1, 1, 1),
    }


def test_players_of_a_cause_are_switched_each_and_together() -> None:
    players = (
        ("handling", (SUPPORT,)), ("handling", (BILLING, SALES)), ("patience", (SALES,)),
        ("people", (0,)), ("routing", ()),
    )  # fmt: skip
    assert case().switched(frozenset(players)) == Switched(
        customers=(0.0,) * 4,
        handling=frozenset({SUPPORT, BILLING, SALES}),
        patience=frozenset({SALES}),
        people=frozenset({0}),
        routing=True,
    )
    assert case().switched(frozenset()) == Switched(customers=(0.0,) * 4)


def test_what_is_played_is_what_shapley_and_owen_ask_for() -> None:
    unions = {
        "contacts": one_each("contacts", 1, 2, 3),
        "people": one_each("people", 0),
        "handling": [("handling", (1,)), ("handling", (2, 3))],
    }
    asked: set[frozenset[Player]] = set()

    def worth(players: frozenset[Player]) -> np.ndarray:
        asked.add(players)
        return np.zeros(1)

    shapley(unions, worth)
    played = case(unions).sets()
    assert set(played) == asked
    assert len(played) == len(asked)
    assert played[0] == frozenset()


def test_players_are_named_by_contact_types_or_groups() -> None:
    names = {
        ("contacts", (WEB,)): "web",
        ("handling", (SUPPORT, SALES)): "support, sales",
        ("patience", (BILLING,)): "billing",
        ("people", (0,)): "home",
        ("mix", ()): "",
    }
    assert {player: case().named(player) for player in names} == names


# In what order ------------------------------------------------------------------------------


def test_the_largest_parts_come_first() -> None:
    """By the work that they bring or take; patience by how many it concerns."""
    inputs = SimpleNamespace(
        handle_ratio=np.array([1.0, 1.1, 0.5, 1.2]), patience_ratio=np.array([1.0, 2.0, 0.2, 1.1])
    )
    seen = SimpleNamespace(offered=np.array([[900.0, np.nan], [50, 50], [100, 0], [100, 100]]))
    changed = np.array([0.0, 10.0, -30.0, 20.0])
    unions = {name: one_each(name, 1, 2, 3) for name in ("contacts", "handling", "patience")}
    one = case(unions, inputs=inputs, seen=seen, changed=changed)
    _who_takes_part(one, parts=True)
    order = {name: [k for _, (k,) in union] for name, union in one.unions.items()}
    assert order == {"contacts": [2, 3, 1], "handling": [2, 3, 1], "patience": [2, 1, 3]}
    _who_takes_part(one, parts=False)
    assert one.unions["contacts"] == [("contacts", (2, 3, 1))]


def test_the_smallest_parts_go_together_until_all_can_be_played() -> None:
    """Six parts and two causes more are 256 sets; five parts are 128."""
    unions = {
        "contacts": one_each("contacts", *range(6)),
        "handling": one_each("handling", 0),
        "people": one_each("people", 0),
    }
    assert coalitions([6, 1, 1]) == 256
    _fewer_parts(unions)
    assert unions["contacts"] == [*one_each("contacts", 0, 1, 2, 3), ("contacts", (4, 5))]
    assert unions["handling"] == one_each("handling", 0)


def test_parts_go_together_wholly_where_there_are_many_causes() -> None:
    """Six causes are 64 sets, and each that has two parts is 64 more: one may have them."""
    unions = {name: one_each(name, 0, 1) for name in "abcdef"}
    _fewer_parts(unions)
    assert sorted(len(union) for union in unions.values()) == [1, 1, 1, 1, 1, 2]
    for name, union in unions.items():
        assert sorted(k for _, members in union for k in members) == [0, 1], name


# How unusual --------------------------------------------------------------------------------


def scattered(mean: np.ndarray, spread: np.ndarray, n: int = 8) -> np.ndarray:
    """As many plays below as above, so that mean and spread are what is said."""
    side = np.where(np.arange(n) % 2, 1.0, -1.0) * np.sqrt((n - 1) / n)
    return mean + side[:, None] * spread


def judged(
    offered: list[float], mean_s: list[float], *unions: str, spread: float = 5.0
) -> dict[str, Any]:
    """Judge what was seen in one interval beside plays of 100, 100, 200 and 400 contacts, of whom
    100, 200 and 400 are handled in 300 s on average."""
    planned = np.zeros((8, 6, 4))
    many = np.array([100.0, 100.0, 200.0, 400.0])
    planned[:, OFFERED] = scattered(many, np.full(4, spread))
    planned[:, HANDLED] = many * (1, 1, 1, 1) * (many != 0)
    planned[:, HANDLED, WEB] = 0
    mean = scattered(np.full(4, 300.0), np.array([0.0, 3.0, 3.0, 3.0]))
    planned[:, HANDLE_S] = mean * planned[:, HANDLED]
    masks = np.ones((6, 4, 1), dtype=bool)
    masks[HANDLED, WEB] = False
    seen = SimpleNamespace(
        offered=np.array(offered)[:, None],
        answered=np.array([np.nan, 100.0, 200.0, 400.0])[:, None],
        mean_handle_s=np.array(mean_s)[:, None],
    )
    one = case({name: [] for name in unions}, seen=seen, centre=SimpleNamespace(masks=masks))
    one._how_unusual(planned)
    return {"unusual": one.unusual, "rose": one.rose}


AS_PLANNED = [np.nan, 300.0, 300.0, 300.0]


def test_what_is_as_planned_is_not_unusual() -> None:
    found = judged([100.0, 100.0, 200.0, 400.0], AS_PLANNED, "handling", "mix")
    assert found["unusual"]["handling"] == pytest.approx(1.0)
    assert found["unusual"]["contacts"] == pytest.approx(1.0)
    for factor, chance in found["rose"].values():
        assert (factor, chance) == pytest.approx((1.0, 0.5))


def test_a_type_that_rose_is_told_by_how_much_and_how_seldom() -> None:
    """110 in place of 100 ± 5, and 190 in place of 200 ± 5."""
    rose = judged([100.0, 110.0, 190.0, 400.0], AS_PLANNED)["rose"]
    assert rose["support"] == pytest.approx((1.1, norm.sf(2)))
    assert rose["billing"] == pytest.approx((0.95, norm.cdf(2)))


def test_each_types_handle_time_is_judged_by_itself() -> None:
    """309 s are three of its spreads for support: 0.0027, the least of four; the mean of all is
    301.3 s, not unusual."""
    found = judged([100.0, 100.0, 200.0, 400.0], [np.nan, 309.0, 300.0, 300.0], "handling")
    assert found["unusual"]["handling"] == pytest.approx(1 - (1 - 2 * norm.sf(3)) ** 4)


def test_mix_is_unusual_when_some_fall_and_others_rise() -> None:
    """Plays rise and fall together: at equal volume nothing moves. Ten fewer and ten more do."""
    quiet = judged([105.0, 105.0, 205.0, 405.0], AS_PLANNED, "mix")
    assert quiet["unusual"]["mix"] == pytest.approx(0.5)
    moved = judged([100.0, 90.0, 210.0, 400.0], AS_PLANNED, "mix")
    assert moved["unusual"]["mix"] < 1e-6
