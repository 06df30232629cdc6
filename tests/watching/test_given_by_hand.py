"""What waits should be, and how many people there must be, given what is known: small, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtri

import queuesim as qs
from benchmarks.watching_diagnosis_incidents import WAGE, phone
from queuesim.watching.detecting.given import Around, Given
from queuesim.watching.detecting.inferred import Inferred
from queuesim.watching.detecting.laws import Carried
from queuesim.watching.detecting.ranks import Ranks
from queuesim.watching.detecting.shifted_waits import shifted_waits
from queuesim.watching.detecting.signals import Signals
from queuesim.watching.detecting.variants import FEWER, VARIANTS, variants, with_fewer
from tests.watching.small_centres import behind_the_web

HALF_HOUR_S = 1800.0
LOAD = 1
"""Place of the load among the features of `Around`."""
_SHOWN = 3
"""Place of load, wait, abandonment and answers too late among the features of `Inferred`."""


def signals(n: int, intervals: int, types: int = 1, groups: int = 1, **given: object) -> Signals:
    """Nothing is known but what is given, as one number or many."""
    of_types = {
        name: np.full((n, types, intervals), np.nan)
        for name in Signals.__dataclass_fields__
        if name != "staffed"
    }
    seen = Signals(**of_types, staffed=np.full((n, groups, intervals), np.nan))
    shapes = {name: getattr(seen, name).shape for name in given}
    return replace(
        seen,
        **{
            name: np.broadcast_to(value, shapes[name]).astype(float)
            for name, value in given.items()
        },
    )  # type: ignore[arg-type]


def around(intervals: int, day: object = 0, work_s: float = 900.0) -> Around:
    """One type of 900 s a contact, one group."""
    days = np.broadcast_to(day, intervals).astype(np.int64)
    return Around(np.full((1, intervals), work_s), np.array([True]), 0, HALF_HOUR_S, days)


# What is played besides ---------------------------------------------------------------------


def test_variants_change_what_will_be_known() -> None:
    """A plan at twice its volume with 10 % and 20 % of shrinkage."""
    plan = behind_the_web().change("contact_types.sales.demand.scale", 2.0)
    many = {
        (volume, staff): variants(plan, volume=volume, staff=staff)
        for volume in (True, False)
        for staff in (True, False)
    }
    assert {known: len(made) for known, made in many.items()} == {
        (True, True): 8, (True, False): 5, (False, True): 2, (False, False): 0,
    }  # fmt: skip
    for (contacts, people), made in zip(VARIANTS, many[True, True], strict=True):
        assert made.contact_type("sales").demand.scale == pytest.approx(2 * contacts)
        assert made.contact_type("web").demand.scale == pytest.approx(contacts)
        assert 1 - made.agent_group("home").shrinkage == pytest.approx(0.9 * people)
    people = [1 - made.agent_group("home").shrinkage for made in many[False, True]]
    assert people == pytest.approx([0.9 * 0.9, 0.9 * 0.75])


def two_teams() -> qs.Scenario:
    """Billing goes to both teams, support to one, sales to the other."""
    types = tuple(phone(name, 100, "4min") for name in ("billing", "support", "sales"))
    groups = tuple(
        qs.AgentGroup(name=name, skills=skills, headcount=4, shrinkage=left, contract=WAGE)
        for name, skills, left in (
            ("first", ("billing", "support"), 0.1), ("second", ("billing", "sales"), 0.2),
        )
    )  # fmt: skip
    day = qs.Horizon(start="2026-11-24", days=1)
    return qs.Scenario(name="teams", contact_types=types, agent_groups=groups, horizon=day)


def test_fewer_people_are_fewer_in_every_group() -> None:
    for part, made in zip(FEWER, with_fewer(two_teams()), strict=True):
        left = [1 - group.shrinkage for group in made.agent_groups]
        assert left == pytest.approx([0.9 * part, 0.8 * part])


# Around -------------------------------------------------------------------------------------


def test_who_shares_people_with_whom() -> None:
    handle_s = np.array([[100.0, np.nan], [200.0, 210.0], [300.0, 310.0]])
    day = np.zeros(2, dtype=np.int64)
    billing, support, sales = (Around.of(two_teams(), k, handle_s, day) for k in range(3))
    assert billing.groups.tolist() == [True, True]
    assert billing.work_s.tolist() == [[100, 0], [200, 210], [300, 310]]
    assert support.groups.tolist() == [True, False]
    assert support.work_s.tolist() == [[100, 0], [200, 210], [0, 0]]
    assert sales.groups.tolist() == [False, True]


def test_the_load_is_the_work_of_those_who_come_for_those_who_serve_them() -> None:
    """6 contacts of 600 s, and 3 of 400 s of another type, for 2 people: 4,800 ÷ 3,600 s.

    The third group serves others. With a handle time of 500 s, 4,200 ÷ 3,600. Nobody there: the
    most there is; nobody there and nobody comes: nothing.
    """
    work_s = np.array([[600.0] * 4, [400.0] * 4, [0.0] * 4])
    one = Around(work_s, np.array([True, True, False]), 0, HALF_HOUR_S, np.zeros(4, dtype=np.int64))
    known = signals(
        1, 4, 3, 3,
        offered=[[6, 6, 6, 0], [3, 3, 3, 0], [50, 50, 50, 0]],
        staffed=[[1, 1, 0, 0], [1, 1, 0, 0], [9, 9, 9, 9]],
        mean_handle_s=[[np.nan, 500, np.nan, np.nan], [np.nan] * 4, [200] * 4],
    )  # fmt: skip
    load = one.features(known, np.zeros(4))[0, :, LOAD]
    assert load == pytest.approx([4800 / 3600, 4200 / 3600, 3.0, 0.0])


def test_a_day_knows_nothing_of_the_day_before() -> None:
    """Two days together have the features that each has alone, backlog and all."""
    rng = np.random.default_rng(1)
    known = signals(5, 12, offered=rng.integers(5, 30, (5, 1, 12)), staffed=8.0)
    both = around(12, day=[0] * 6 + [1] * 6).features(known, np.zeros(12))
    for half in (slice(6), slice(6, 12)):
        alone = around(6).features(known.at(np.arange(12)[half]), np.zeros(6))
        np.testing.assert_array_equal(both[:, half], alone)
    assert (both[:, 1:6] != around(5).features(known.at(np.arange(1, 6)), np.zeros(5))).any()


# Given --------------------------------------------------------------------------------------


def law(quiet: Ranks | None = None, intervals: int = 1) -> Given:
    """The index is the load; two bins by load about 0.5 and 1.5, each in thirds by contacts.

    Bin k holds the values 100 k + 1 to 100 k + 99.
    """
    one = around(intervals)
    nothing = signals(1, intervals, offered=1, staffed=1)
    width = one.features(nothing, np.zeros(intervals)).shape[-1]
    weights = np.zeros(width)
    weights[LOAD] = 1.0
    samples = tuple(100.0 * k + np.arange(1.0, 100.0) for k in range(6))
    edges, middles = np.array([1.0]), np.array([0.5, 1.5])
    thirds = np.array([[10.0, 20.0], [30.0, 40.0]])
    return Given(
        one, np.zeros(intervals), weights, edges, middles, thirds, Ranks(samples, 0.1), quiet
    )


def known_of(load: float, intervals: int = 1) -> Signals:
    return signals(1, intervals, offered=2 * load, staffed=1)


def column(*values: float) -> np.ndarray:
    return np.array(values).reshape(1, -1)


def test_a_bin_is_of_about_that_load_and_of_about_as_many_contacts() -> None:
    for load, many, k in (
        (0.5, 10, 0), (0.5, 11, 1), (0.5, 20, 1), (0.5, 21, 2), (1.5, 21, 3), (1.5, 31, 4),
        (1.5, 41, 5),
    ):  # fmt: skip
        low, high = law().quantiles(known_of(load), column(many), np.array([0.1, 0.9]))
        assert (low.item(), high.item()) == pytest.approx((100 * k + 10.8, 100 * k + 89.2))


def test_between_two_bins_scores_are_mixed_and_of_nothing_there_are_none() -> None:
    """80 is the 80th of 99 at a load of 0.5, and below all of those at 1.5."""

    def score(load: float, value: float, many: float = 5) -> float:
        found: float = law().scores(column(value), known_of(load), column(many)).item()
        return found

    here, far = score(0.5, 80.0), score(1.5, 80.0)
    assert here == pytest.approx(ndtri(80 / 100), abs=0.02)
    assert far < -1.5
    assert score(0.25, 80.0) == here
    assert score(0.75, 80.0) == pytest.approx(0.75 * here + 0.25 * far)
    assert score(1.25, 80.0) == pytest.approx(0.25 * here + 0.75 * far)
    assert np.isnan(score(0.5, 80.0, many=0))


def test_a_value_is_found_by_its_score() -> None:
    """The middle of 1 to 99 is 50, and one standard deviation below it 16; so with quiet days that
    score 1 ± 0.5, of whose middle 84 is. What no value can reach, or nobody can tell, stays."""
    known, many = known_of(0.5), column(5)

    def value(score: float, measure: float = 90.0, of: Given | None = None) -> float:
        found = (of or law()).values_at(column(score), column(measure), known, many)
        return float(found.item())

    assert value(0.0) == pytest.approx(50, abs=0.01)
    assert value(-1.0) == pytest.approx(16, abs=0.5)
    assert value(-9.0) == 0.0
    assert value(1.0, measure=10.0) == pytest.approx(84, abs=0.5)
    assert value(40.0) == 90.0
    of_quiet = 1.0 + 0.5 * ndtri((np.arange(999) + 0.5) / 999)
    assert value(0.0, of=law(Ranks((of_quiet,), 1.0))) == pytest.approx(84, abs=0.5)
    assert value(-3.0, of=replace(law(), ranks=Ranks((np.empty(0),) * 6, 0.1))) == 90.0
    assert np.isnan(value(np.nan))


def test_a_shift_is_what_was_seen_less_what_lower_scores_show() -> None:
    """A law of 1 to 97 and 9,998, 9,999: its mean is 249, its middle 50. One interval of 84, a
    standard deviation above the middle, is a shift of +34; its interval ends where scores are 1.96
    and -1.96. Types count by their contacts."""
    sample = np.append(np.arange(1.0, 98.0), (9998.0, 9999.0))
    skewed = replace(law(), ranks=Ranks((sample,) * 6, 0.1))
    inside = np.array([True])
    found = shifted_waits([skewed], [column(84.0)], known_of(0.5), [column(5)], inside)
    size, low, high, expected, n = found
    assert (size, expected, n) == (pytest.approx(34, abs=0.1), pytest.approx(50, abs=0.01), 1)
    score = skewed.scores(column(84.0), known_of(0.5), column(5)).item()
    for bound, of in ((low, 1.96), (high, -1.96)):
        there = skewed.values_at(column(of), column(84.0), known_of(0.5), column(5)).item()
        assert bound == pytest.approx(84.0 - there, abs=0.5)
    assert low <= 0 < high
    two = [column(84.0), column(20.0)]
    many = [column(5), column(15)]
    both = shifted_waits([skewed] * 2, two, known_of(0.5), many, inside)
    assert both[0] + both[3] == pytest.approx((5 * 84 + 15 * 20) / 20)
    assert np.sign(both[0]) == np.sign(score + skewed.scores(two[1], known_of(0.5), many[1]).item())
    nothing = shifted_waits([skewed], [column(np.nan)], known_of(0.5), [column(5)], inside)
    assert np.isnan(nothing[0])
    assert nothing[4] == 0


def test_a_shift_that_comes_and_goes_scatters_about_its_mean() -> None:
    """Of 1 to 99, 7 is 1.48 below the middle and 93 above it: together too high by 0.3, and they
    scatter by 1.45 where chance scatters by 1. Without the shift they are at -1.22 and 0.82; but
    what is too high is nowhere less than was seen, and 7 was. The shift is known to 1.96/√5 = 0.88,
    and to half of that where the sum of several types' scores scatters half as far."""
    here, known, many = law(intervals=5), known_of(0.5, 5), np.full((1, 5), 5.0)
    seen, inside = column(7.0, 7.0, 93.0, 93.0, 93.0), np.ones(5, dtype=np.bool_)

    def shown(down: float, up: float) -> float:
        """Return the mean of the values that have such scores."""
        return float(here.values_at(column(down, down, up, up, up), seen, known, many).mean())

    assert here.scores(seen, known, many)[0, [0, 4]] == pytest.approx([-1.476, 1.476], abs=0.05)
    size, low, high, expected, n = shifted_waits([here], [seen], known, [many], inside)
    narrow = shifted_waits([here], [seen], known, [many], inside, together=0.5)
    assert n == 5
    assert expected == pytest.approx(shown(-1.476, 0.82), abs=0.5)
    assert size == pytest.approx(58.6 - expected)
    for bound, down, up in (
        (low, -1.22 + 0.88, 0.82 + 0.88),
        (high, -1.22 - 0.88, 0.82 - 0.88),
        (narrow[1], -1.22 + 0.44, 1.476),  # likewise: what is too low is nowhere more
        (narrow[2], -1.22 - 0.44, 0.82 - 0.44),
    ):
        assert bound == pytest.approx(58.6 - shown(down, up), abs=0.7)


@pytest.mark.parametrize("seed", range(20))
def test_a_shift_points_where_its_scores_point(seed: int) -> None:
    """Of two types, one of waits of seconds and one of hours, whatever they show."""
    rng = np.random.default_rng(seed)
    known, inside, total = known_of(0.5), np.array([True]), -1.0
    while total <= 0:  # no alarm
        laws, values, many = [], [], []
        for scale in (10.0, 10_000.0):
            sample = np.sort(scale * rng.lognormal(0.0, 2.0, 200))
            laws.append(replace(law(), ranks=Ranks((sample,) * 6, 1.0 / scale)))
            values.append(scale * rng.lognormal(0.3, 2.0, (1, 1)))
            many.append(rng.integers(1, 30, (1, 1)).astype(float))
        total = sum(
            one.scores(v, known, m).item() for one, v, m in zip(laws, values, many, strict=True)
        )
    size, low, high, *_ = shifted_waits(laws, values, known, many, inside)
    assert size > 0
    assert low <= size <= high


def test_what_quiet_days_score_is_made_exactly_normal() -> None:
    """Quiet days score 1 ± 0.5 by these bins: a 1 is in their middle, and counts as 0."""
    of_quiet = 1.0 + 0.5 * ndtri((np.arange(999) + 0.5) / 999)
    scored = law(Ranks((of_quiet,), 1.0))
    value = law().ranks.samples[0][round(99 * 0.8413) - 1]
    raw = law().scores(column(value), known_of(0.5), column(5)).item()
    assert raw == pytest.approx(1.0, abs=0.05)
    found = scored.scores(column(value), known_of(0.5), column(5)).item()
    assert found == pytest.approx((raw - 1.0) / 0.5, abs=0.02)


# Inferred -----------------------------------------------------------------------------------

NO_LAW = Carried(*(np.zeros(2),) * 4, np.zeros(2, dtype=np.int64), Ranks((), 1.0))


def inferring(place: int) -> Inferred:
    """Ten people a half-hour; the regression is on one feature alone."""
    made = Inferred(around(2), np.full(2, 10.0), np.zeros((2, 4)), np.empty(0), NO_LAW)
    weights = np.zeros(made._features(np.zeros((1, 2, 4))).shape[-1])
    weights[place] = 1.0
    return replace(made, weights=weights)


def test_people_are_inferred_from_what_contacts_met() -> None:
    """10 contacts of 900 s for 10 people are half the load; a wait of 10 s is log 2; 1 of 10 left;
    8 were answered in time. In the second interval nothing was seen but the contacts."""
    seen = signals(
        1, 2, offered=10, mean_wait_s=[10, np.nan], abandoned=[1, np.nan],
        answered_within=[8, np.nan],
    )  # fmt: skip
    for nth, shown in enumerate((0.5, np.log(2), 0.1, 0.2)):
        found = inferring(_SHOWN + nth).agents(seen)
        np.testing.assert_allclose(found, [[10 * (1 + shown), np.nan]])


def test_one_contact_shows_something_and_none_nothing() -> None:
    seen = signals(1, 2, offered=[[[1, 0]]], abandoned=[[[1, 0]]])
    np.testing.assert_allclose(inferring(_SHOWN + 2).agents(seen), [[20, np.nan]])


def test_what_was_met_before_counts_on_the_same_day_only() -> None:
    """Two days together have the features that each has alone; one day of two does not."""
    rng = np.random.default_rng(3)
    seen = signals(4, 12, offered=20, abandoned=rng.integers(0, 9, (4, 1, 12)))

    def features(some: Signals, day: list[int]) -> np.ndarray:
        n = len(day)
        made = Inferred(around(n, day=day), np.full(n, 10.0), np.zeros((n, 4)), np.empty(0), NO_LAW)
        return made._features(made._shown(some))

    both, one = features(seen, [0] * 6 + [1] * 6), features(seen, [0] * 12)
    for half in (slice(6), slice(6, 12)):
        alone = features(seen.at(np.arange(12)[half]), [0] * 6)
        np.testing.assert_array_equal(both[:, half], alone)
    for steps in range(1, 6):  # and up to five intervals back on it
        before = one[:, :-steps, _SHOWN + 2]
        assert (np.abs(one[:, steps:] - before[..., None]) < 1e-12).all(axis=(0, 1)).any(), steps


def test_people_are_learnt_from_days_with_fewer() -> None:
    """The share of those who leave is the share of the people who are away: it tells how many.

    In the first interval every other day has no contact: those show nothing, and have no part in
    what is usual.
    """
    rng = np.random.default_rng(2)

    def played(part: float, n: int = 300) -> Signals:
        people = np.repeat(np.round(10 * part) - rng.binomial(2, 0.2, (n, 1)), 4, axis=1)
        offered = np.full((n, 1, 4), 20.0)
        offered[::2, :, 0] = 0
        left = 1 - people[:, None, :] / 10
        return signals(
            n, 4, offered=offered, staffed=people[:, None, :],
            abandoned=np.where(offered > 0, left * offered, np.nan),
        )  # fmt: skip

    quiet, *others = (played(part) for part in (1.0, *FEWER))
    made = Inferred.learnt(around(4), quiet, others)
    np.testing.assert_allclose(made.people, quiet.staffed[:, 0].mean(axis=0))
    away = 1 - quiet.staffed[:, 0] / 10
    assert made.usual[0, 2] == pytest.approx(away[1::2, 0].mean())
    assert made.usual[1, 2] == pytest.approx(away[:, 1].mean())
    fresh = played(0.8, n=50)
    found = made.agents(fresh)
    assert np.isnan(found[::2, 0]).all()
    np.testing.assert_allclose(found[:, 1:], fresh.staffed[:, 0, 1:], atol=0.1)
