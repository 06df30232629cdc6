"""Allotment: shares of the volume go to groups by chance, and moving a share moves few."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

import queuesim as qs
from queuesim.sampling import Sampler, Tape, draw_tape
from tests.sampling import by_numpy
from tests.sampling.chance import SIGMAS, contact_type, group, scenario

NAMES = ("home", "north", "south")


def drawn(shares: dict[str, float], *, names: tuple[str, ...] = NAMES, seed: int = 7) -> Tape:
    return draw_tape(allotting(shares, names=names), seed=seed)


def allotting(shares: dict[str, float], *, names: tuple[str, ...] = NAMES) -> qs.Scenario:
    kind = contact_type(
        demand=qs.Demand(per_day=2000, day="office", busyness=0.2), allocation=shares
    )
    other = contact_type("other", demand=qs.Demand(per_day=500))
    groups = tuple(group(name, "support", "other") for name in names)
    return scenario(other, kind, groups=groups, days=5)


def moved(one: dict[str, float], two: dict[str, float]) -> set[tuple[int, int]]:
    """From which group to which contacts go when the shares change."""
    before, after = drawn(one).allotted, drawn(two).allotted
    return set(zip(before[before != after].tolist(), after[before != after].tolist(), strict=True))


def test_the_column_is_what_numpy_draws() -> None:
    for shares in ({"home": 0.7, "south": 0.3}, {"south": 0.2, "north": 0.3, "home": 0.5}):
        day = allotting(shares)
        tape, expected = draw_tape(day, seed=3), by_numpy.draw_tape(day, seed=3)
        assert tape.allotted.dtype == expected.allotted.dtype == np.int32
        assert np.array_equal(tape.allotted, expected.allotted)
        assert tape.allotted.flags.c_contiguous


def test_nobody_is_allotted_without_an_allocation() -> None:
    assert set(drawn({}).allotted.tolist()) == {-1}
    tape = drawn({"home": 0.5, "north": 0.5})
    assert set(tape.allotted[tape.contact_type == 0].tolist()) == {-1}
    assert set(tape.allotted[tape.contact_type == 1].tolist()) == {0, 1}


def test_an_allocation_changes_no_other_draw() -> None:
    plain, shared = drawn({}), drawn({"home": 0.5, "north": 0.5})
    for name in ("contact_type", "number", "arrival_s", "talk_s", "patience_s", "wrap_up_s"):
        assert np.array_equal(getattr(plain, name), getattr(shared, name)), name


@pytest.mark.parametrize("shares", [(0.7, 0.3, 0.0), (0.2, 0.3, 0.5), (0.01, 0.01, 0.98)])
def test_each_group_gets_its_share(shares: tuple[float, ...]) -> None:
    """SIGMAS standard errors of about 10,000 contacts: an error of three points is noticed."""
    tape = drawn(dict(zip(NAMES, shares, strict=True)))
    mine = tape.allotted[tape.contact_type == 1]
    for index, share in enumerate(shares):
        got = float(np.mean(mine == index))
        assert abs(got - share) <= SIGMAS * np.sqrt(share * (1 - share) / len(mine))


def test_the_whole_share_is_every_contact() -> None:
    tape = drawn({"north": 1.0})
    assert set(tape.allotted[tape.contact_type == 1].tolist()) == {1}


def test_shares_that_do_not_change_keep_every_allotment() -> None:
    one, other = {"home": 0.7, "south": 0.3}, {"south": 0.3, "home": 0.7, "north": 0.0}
    assert moved(one, other) == set()


def test_moving_a_share_between_two_groups_moves_contacts_one_way() -> None:
    assert moved({"home": 0.7, "north": 0.3}, {"home": 0.6, "north": 0.4}) == {(0, 1)}
    before = drawn({"home": 0.7, "north": 0.3})
    after = drawn({"home": 0.6, "north": 0.4})
    mine = before.contact_type == 1
    share = float(np.mean((before.allotted != after.allotted)[mine]))
    assert abs(share - 0.1) <= SIGMAS * np.sqrt(0.09 / mine.sum())  # no more than must


def test_one_share_rises_and_the_others_fall_in_proportion() -> None:
    one, other = {"home": 0.6, "north": 0.4}, {"home": 0.54, "north": 0.36, "south": 0.1}
    assert moved(one, other) == {(0, 2), (1, 2)}


def test_the_order_of_the_groups_does_not_matter() -> None:
    shares = {"home": 0.5, "north": 0.3, "south": 0.2}
    tape, turned = drawn(shares), drawn(shares, names=NAMES[::-1])

    def named(allotted: NDArray[np.int32], names: tuple[str, ...]) -> list[str]:
        return [names[k] if k >= 0 else "" for k in allotted.tolist()]

    assert named(tape.allotted, NAMES) == named(turned.allotted, NAMES[::-1])


def test_days_drawn_apart_are_allotted_alike() -> None:
    day = allotting({"home": 0.5, "north": 0.3, "south": 0.2})
    drawing = Sampler(day).begin(7, 0)
    parts = [drawing.days(k, k + 1).allotted for k in range(5)]
    assert np.array_equal(np.concatenate(parts), draw_tape(day, seed=7).allotted)


def test_scaled_demand_keeps_its_allotments() -> None:
    day = allotting({"home": 0.5, "north": 0.5})
    more = day.change("contact_types.support.demand.scale", 1.3)

    def known(tape: Tape) -> dict[tuple[int, int], int]:
        mine = tape.contact_type == 1
        keys = zip(tape.day[mine].tolist(), tape.number[mine].tolist(), strict=True)
        return dict(zip(keys, tape.allotted[mine].tolist(), strict=True))

    few, many = known(draw_tape(day, seed=7)), known(draw_tape(more, seed=7))
    assert few.items() < many.items()
