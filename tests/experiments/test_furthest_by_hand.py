"""How far one can go, where what every value reaches is written down."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

import queuesim as qs
from queuesim.experiments.furthest import Furthest
from tests.experiments.small import tiny

Reached = Mapping[str, qs.Estimate]
Search = Callable[..., Furthest[Any]]
DAY = tiny(2)


class Told:
    """A result that reaches what is written; asked of a contact type, it must be written of it."""

    def __init__(self, reached: Reached) -> None:
        self.reached = reached
        kinds = ("phone", "mail", "fax")
        self.layout = SimpleNamespace(types=kinds, has_target=(True, False, True))

    def measure(
        self, name: str, *, confidence: float, contact_type: str | list[str] | None = None
    ) -> qs.Estimate:
        assert confidence == 0.9
        if isinstance(contact_type, list):
            contact_type = "+".join(contact_type)
        return self.reached[f"{name} of {contact_type}" if contact_type else name]


@pytest.fixture
def search(monkeypatch: pytest.MonkeyPatch) -> Search:
    def searched(
        reached: Sequence[Reached] | Sequence[Mapping[str, Reached]], **terms: Any
    ) -> Furthest[Any]:
        """Search among the values 0, 1, 2 …, each with one option, or several by name."""
        several = all(isinstance(each, dict) for value in reached for each in value.values())

        def build(k: int) -> dict[str, qs.Scenario]:
            return dict.fromkeys(reached[k], DAY) if several else {"only": DAY}

        asked = iter(range(1000))
        tried: list[int] = []

        def compare(options: Mapping[str, qs.Scenario], **how: object) -> SimpleNamespace:
            assert (how["replications"], how["seed"], how["engine"]) == (7, 11, "reference")
            of = reached[tried[next(asked)]]
            whose: Mapping[str, Any] = of if several else {"only": of}
            return SimpleNamespace(results={name: Told(whose[name]) for name in options})

        def noted(k: int) -> dict[str, qs.Scenario]:
            tried.append(k)
            return build(k)

        monkeypatch.setattr(sys.modules["queuesim.experiments.furthest"], "compare", compare)
        given = {"confidence": 0.9, "replications": 7, "seed": 11, "engine": "reference", **terms}
        return qs.furthest(noted, range(len(reached)), **given)

    return searched


def level(low: float, high: float) -> qs.Estimate:
    return qs.Estimate((low + high) / 2, (high - low) / 2, 0.9, 7, "share", (low, high))


def wait(low: float, high: float) -> qs.Estimate:
    return qs.Estimate((low + high) / 2, (high - low) / 2, 0.9, 7, "s", (low, high))


def test_a_target_that_is_just_reached_is_reached(search: Search) -> None:
    """An interval that ends at the target: on its good side it is met, on the other it is open."""
    for target, good, open_, bad in (
        ({"service_level": 0.8}, level(0.8, 0.9), level(0.7, 0.8), level(0.7, 0.79)),
        ({"asa": 30.0}, wait(20, 30), wait(30, 40), wait(31, 40)),
    ):
        (name,) = target
        found = search([{name: good}, {name: open_}, {name: bad}], **target)
        assert (found.value, found.perhaps) == (0, 1)
        assert list(found.held) == [0, 1, 2]


def test_a_mean_beyond_the_target_is_no_sure_miss(search: Search) -> None:
    """31 s on average, 25 to 37: more than 30 s, but not surely."""
    found = search([{"asa": wait(25, 37)}], asa=30.0)
    assert (found.value, found.perhaps) == (None, 0)


def test_one_target_that_is_missed_is_enough(search: Search) -> None:
    met, missed, open_ = level(0.9, 0.95), wait(31, 40), wait(25, 40)
    values = [{"service_level": met, "asa": asa} for asa in (open_, missed)]
    found = search(values, service_level=0.8, asa=30.0)
    assert (found.value, found.perhaps) == (None, 0)


def test_what_is_open_and_what_is_missed_is_told(search: Search) -> None:
    steps = [level(low, low + 0.1) for low in (0.9, 0.85, 0.75, 0.72, 0.6, 0.5)]
    found = search([{"service_level": each} for each in steps], service_level=0.8)
    assert (found.value, found.perhaps) == (1, 3)
    text = str(found)
    assert "up to 3 it is open (" in text
    assert "; 4 surely misses it (" in text
    assert f"({len(found.held)} values tried)" not in text
    assert f"90 % intervals, {len(found.held)} values tried" in text
    none = search([{"service_level": level(0.1, 0.2)}] * 3, service_level=0.8)
    assert "none: 0 " in str(none)
    assert "; every value surely misses it; 0 surely misses it (" in str(none)
    sure = str(search([{"service_level": level(0.9, 0.95)}] * 3, service_level=0.8))
    assert "open" not in sure
    assert "misses" not in sure


def test_the_tightest_target_is_that_with_the_least_to_spare_for_its_size(search: Search) -> None:
    """0.04 of 0.8 is 5 %; 1 s of 30 s is 3 %."""
    reached = {"service_level": level(0.84, 0.9), "asa": wait(20, 29)}
    found = search([reached], service_level=0.8, asa=30.0)
    assert found.best is not None
    assert found.best.estimate == reached["asa"]
    table = found.table.set_index("measure")
    assert table["target"].to_dict() == {"service_level": 0.8, "asa": 30.0}


def test_of_several_ways_a_sure_miss_counts_least(search: Search) -> None:
    """Narrowly but surely missed; and open between 50 and 90 %."""
    ways = {
        "near": {"service_level": level(0.78, 0.79)},
        "wide": {"service_level": level(0.5, 0.9)},
    }
    found = search([ways], service_level=0.8)
    assert found.held[0].option == "wide"
    assert (found.value, found.perhaps) == (None, 0)


def test_of_several_ways_what_is_to_spare_counts_for_its_size(search: Search) -> None:
    """One has 1 s of 30 to spare at least, 3 %; the other 0.04 of 0.8, 5 %."""
    ways = {
        "one": {"service_level": level(0.9, 0.95), "asa": wait(20, 29)},
        "other": {"service_level": level(0.84, 0.9), "asa": wait(20, 27)},
    }
    for named in (ways, dict(reversed(ways.items()))):
        assert search([named], service_level=0.8, asa=30.0).held[0].option == "other"


def test_what_fits_after_what_misses_is_named(search: Search) -> None:
    """Tried in turn: 3 fits, 5 misses, 4 fits, then beyond it 6 fits and 7 misses."""
    good, bad = {"service_level": level(0.9, 0.95)}, {"service_level": level(0.1, 0.2)}
    found = search([good, good, good, good, good, bad, good, bad], service_level=0.8)
    assert list(found.held) == [3, 4, 5, 6, 7]
    assert (found.value, found.perhaps, found.not_in_order) == (4, 6, (6,))
    assert "Not in order: 6 " in str(found)
    open_ = {"service_level": level(0.7, 0.9)}
    found = search([good, good, good, good, good, open_, good, bad], service_level=0.8)
    assert found.not_in_order == ()  # what is open may well have fitted


def test_of_each_type_by_its_own_verdict(search: Search) -> None:
    """Service levels of types with a target; waits and other measures of all."""
    reached = {
        "service_level of phone": level(0.9, 0.95),
        "service_level of fax": level(0.5, 0.6),
        "wait_p90 of phone": wait(5, 9),
        "wait_p90 of mail": wait(25, 35),
        "wait_p90 of fax": wait(5, 8),
        "paid_hours": qs.Estimate(10.0, 1.0, 0.9, 7, "h", (9.0, 11.0)),
    }
    targets = {"service_level": 0.8, "wait_p90": 30.0, "paid_hours": 20.0}
    table = search([reached], each_type=True, **targets).table
    told = {
        (row.measure, None if row.contact_type != row.contact_type else row.contact_type): row
        for row in table.itertuples()
    }
    named = {f"{name} of {kind}" if kind else name for name, kind in told}
    assert named == set(reached)
    assert told["service_level", "fax"].verdict == "misses"
    assert told["wait_p90", "mail"].verdict == "open"
    sure = told["service_level", "phone"].verdict
    assert sure not in ("misses", "open")
    assert {told[of].verdict for of in (("wait_p90", "fax"), ("paid_hours", None))} == {sure}
    assert told["wait_p90", "mail"].target == 30.0


def test_of_one_type(search: Search) -> None:
    reached = {"service_level of fax": level(0.85, 0.9)}
    found = search([reached], contact_type="fax", service_level=0.8)
    assert found.value == 0
    assert " of fax " in str(found)


def test_of_several_types_together(search: Search) -> None:
    """A list once ended in a TypeError: lists cannot be hashed."""
    reached = {"service_level of phone+fax": level(0.85, 0.9)}
    for whose in (["phone", "fax"], ("phone", "fax")):
        found = search([reached], service_level=0.8, contact_type=whose)
        assert found.value == 0
        assert found.best is not None
        assert found.best.tightest == ("service_level", "phone and fax")
        assert "service level of phone and fax" in str(found)
        assert found.table["contact_type"].tolist() == ["phone and fax"]
