"""Arrivals: Poisson counts with the stated means, thinned so that contacts keep what is theirs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

import queuesim as qs
from queuesim.sampling import Sampler, draw_tape
from queuesim.sampling.arrivals import BIN, draw_arrivals
from queuesim.sampling.arrivals import DAY as DAY_ROW
from queuesim.sampling.variates import BLOCK
from tests.sampling.chance import (
    ALARM,
    SIGMAS,
    by_contact,
    contact_type,
    of_type,
    same,
    scenario,
    words_of_state,
)
from tests.sampling.parts_of_kernels import callable_part

DAY = qs.Horizon(start="2026-11-23", days=1)
EVENT = qs.Event(name="outage", start="2026-11-23 10:07", lasts="2h", factor=3.0, fades="30min")
CALM = qs.Event(name="calm", start="2026-11-23 10:00", lasts="2h", factor=0.0)


def over(horizon: qs.Horizon, kind: qs.ContactType) -> qs.Scenario:
    terms = ("start", "days", "interval", "timezone")
    return scenario(kind, **{name: getattr(horizon, name) for name in terms})


def times(
    demand: qs.Demand, horizon: qs.Horizon = DAY, replications: int = 300
) -> list[np.ndarray]:
    """Arrival times of each replication."""
    sampler = Sampler(over(horizon, contact_type(demand=demand)))
    return [
        sampler.begin(3, replication).days(0, horizon.days).arrival_s
        for replication in range(replications)
    ]


# Counts and positions -------------------------------------------------------------------


@pytest.mark.parametrize("events", [(), (EVENT,)])
def test_counts_by_half_hour_are_those_of_the_demand(events: tuple[qs.Event, ...]) -> None:
    """About 60,000 contacts in 20 half-hours of 08-18: notices one of them off by 10 %."""
    demand = qs.Demand(per_day=200, day="office", events=events)
    counts = np.histogram(np.concatenate(times(demand)), bins=DAY.edges_s)[0]
    expected = 300 * demand.rates(DAY).per_interval(DAY)
    open_ = expected > 0
    assert counts[~open_].sum() == 0
    chi = ((counts[open_] - expected[open_]) ** 2 / expected[open_]).sum()
    assert stats.chi2.sf(chi, open_.sum()) > ALARM


@pytest.mark.parametrize("events", [(), (EVENT,)])
def test_daily_counts_are_poisson(events: tuple[qs.Event, ...]) -> None:
    """Variance ÷ mean of 300 days: notices 1.4 or 0.7 in place of 1."""
    demand = qs.Demand(per_day=200, day="office", events=events)
    counts = np.array([len(day) for day in times(demand)])
    spread = (len(counts) - 1) * counts.var(ddof=1) / counts.mean()
    assert ALARM / 2 < stats.chi2.sf(spread, len(counts) - 1) < 1 - ALARM / 2


def test_parts_of_a_day_are_independent() -> None:
    """Correlation of morning and afternoon, 300 days: notices 0.25."""
    days = times(qs.Demand(per_day=200, day="office"))
    morning = [(day < 43_200).sum() for day in days]
    afternoon = [(day >= 43_200).sum() for day in days]
    r = np.corrcoef(morning, afternoon)[0, 1]
    assert abs(np.arctanh(r)) * np.sqrt(len(days) - 3) < SIGMAS


def test_within_a_step_arrivals_are_uniform() -> None:
    """About 60,000 contacts: notices a distribution off by 1 percentage point."""
    step = 3600.0
    at = np.concatenate(times(qs.Demand(per_day=200, day="flat")))
    assert stats.kstest((at % step) / step, "uniform").pvalue > ALARM


def test_numbers_and_positions_are_unrelated() -> None:
    """The number of a contact says nothing about its time: notices a correlation of 0.05."""
    day = draw_tape(over(DAY, contact_type(demand=qs.Demand(per_day=8_000))), seed=3)
    r = stats.spearmanr(day.number, day.arrival_s).statistic
    assert abs(r) * np.sqrt(len(day) - 1) < SIGMAS


# The grid and the doors -----------------------------------------------------------------


@pytest.mark.parametrize("timezone", ["UTC", "Europe/Helsinki"])
def test_arrivals_lie_on_the_grid_and_inside_their_hours(timezone: str) -> None:
    # one step of five seconds a day, crowded: six contacts a tick
    shape = tuple(float(step == 100) for step in range(17_280))
    horizon = qs.Horizon(start="2026-10-24", days=3, timezone=timezone)
    demand = qs.Demand(per_day=30_000, day=shape)
    windows = contact_type(demand=demand).windows(horizon)
    (at,) = times(demand, horizon, replications=1)
    assert (at * 1024 == np.rint(at * 1024)).all()
    window = np.searchsorted(windows[:, 0], at, side="right") - 1
    assert (windows[window, 0] <= at).all()
    assert (at < windows[window, 1]).all()  # never at the closing instant
    assert set(window) == {0, 1, 2}


def test_not_even_rounding_brings_an_arrival_to_the_closing_instant() -> None:
    """A bin of one tick, so late that every hundredth time within it is rounded to its end."""
    midnight_s, volume = 2.0**36, 50_000
    days, bins = np.zeros(1, dtype=DAY_ROW), np.zeros(1, dtype=BIN)
    days[0] = (volume, 1.0, 0, 1, int(midnight_s) * 1024)
    bins[0] = (0.0, volume, midnight_s, 1 / 1024, 1.0, 0)
    states = [words_of_state(np.random.PCG64DXSM(seed)) for seed in (1, 2)]
    key, number = np.empty(60_000, dtype=np.uint64), np.empty(60_000, dtype=np.int64)
    n = callable_part(draw_arrivals)(
        days[0], bins, 1.0, *states, key, number, 0, 60_000, np.empty(BLOCK), np.empty(BLOCK)
    )
    assert abs(n - volume) < SIGMAS * np.sqrt(volume)
    assert (key[:n] >> np.uint64(32) == 0).all()


def test_no_one_is_turned_away_for_having_been_drawn() -> None:
    day = scenario(contact_type(demand=qs.Demand(per_day=20_000, day="office")), days=1)
    tape = draw_tape(day, seed=3)
    assert ((tape.arrival_s >= 8 * 3600) & (tape.arrival_s < 18 * 3600)).all()


@pytest.mark.parametrize(
    "demand",
    [
        qs.Demand(per_day=0),
        qs.Demand(per_day=100, scale=0.0),
        qs.Demand(per_day=100, week=(0.0,) * 7),
        qs.Demand(
            per_day=100,
            events=(qs.Event(name="strike", start="2026-11-23 00:00", lasts="7d", factor=0.0),),
        ),
    ],
)
def test_no_demand_is_no_contacts(demand: qs.Demand) -> None:
    tape = draw_tape(scenario(contact_type(demand=demand)), seed=3)
    assert len(tape) == 0
    assert tape.answers.shape == (0, 0)
    assert tape.contact_type.dtype == np.int32


# Thinning -------------------------------------------------------------------------------


def drawn(seed: int = 3, days: int = 7, **demand: Any) -> dict[str, np.ndarray]:
    terms = {"per_day": 500, "day": "office", **demand}
    made = scenario(contact_type(demand=qs.Demand(**terms)), days=days)
    return of_type(made, draw_tape(made, seed=seed), "support")


@pytest.mark.parametrize("scale", [0.5, 0.7, 1.1, 2.0])
def test_who_stays_when_demand_is_scaled_keeps_everything(scale: float) -> None:
    base, scaled = by_contact(drawn()), by_contact(drawn(scale=scale))
    fewer, more = sorted((base, scaled), key=len)
    assert fewer.keys() < more.keys()  # nested: nobody is exchanged
    assert all(more[contact] == fewer[contact] for contact in fewer)
    # Given the larger, the smaller is binomial. 3,500 contacts: notices 5 % of the larger.
    share = min(scale, 1 / scale)
    off = len(fewer) - share * len(more)
    assert abs(off) < SIGMAS * np.sqrt(share * (1 - share) * len(more))


def test_a_contact_is_known_by_type_day_and_number() -> None:
    columns = drawn(events=(EVENT,), busyness=0.3)
    assert len(by_contact(columns)) == len(columns["day"])


@pytest.mark.parametrize("event", [EVENT, CALM])
def test_an_event_changes_its_hours_only(event: qs.Event) -> None:
    base, changed = by_contact(drawn()), by_contact(drawn(events=(event,)))
    only = (base.keys() - changed.keys()) | (changed.keys() - base.keys())
    begin, end = event.begins_s(DAY), event.begins_s(DAY) + event.lasts + event.fades
    assert only
    assert all(begin <= (base | changed)[contact][0] < end for contact in only)
    assert all(base[contact] == changed[contact] for contact in base.keys() & changed.keys())
    if event is CALM:
        assert not any(begin <= brings[0] < end for brings in changed.values())
        assert changed.keys() < base.keys()
    else:
        assert base.keys() < changed.keys()


def test_mondays_factor_changes_mondays_only() -> None:
    base = drawn(days=15)
    busier = drawn(days=15, week=(1.3, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0))
    others = [{c: v[t["day"] % 7 != 0] for c, v in t.items()} for t in (base, busier)]
    assert same(*others)
    mondays = [{k for k in by_contact(t) if k[0] % 7 == 0} for t in (base, busier)]
    assert mondays[0] < mondays[1]


def test_a_longer_horizon_keeps_the_days_it_had() -> None:
    base, longer = drawn(busyness=0.2), drawn(days=20, busyness=0.2)
    assert same(base, {c: v[longer["day"] < 7] for c, v in longer.items()})


def test_a_later_start_keeps_the_calendar_days() -> None:
    terms: dict[str, Any] = {"demand": qs.Demand(per_day=500, day="office", busyness=0.2)}
    early, late = (
        scenario(contact_type(**terms), start=start, days=days)
        for start, days in (("2026-11-23", 7), ("2026-11-25", 5))
    )
    before = of_type(early, draw_tape(early, seed=3), "support")
    after = of_type(late, draw_tape(late, seed=3), "support")
    kept = {c: v[before["day"] >= 2] for c, v in before.items()}
    kept["day"] = kept["day"] - 2
    kept["arrival_s"] = kept["arrival_s"] - 2 * 86_400
    assert same(kept, after)


# Busyness -------------------------------------------------------------------------------

YEARS = qs.Horizon(start="2026-01-01", days=3000, interval="24h")


def busy_days(name: str, **demand: Any) -> np.ndarray:
    kind = contact_type(name, demand=qs.Demand(per_day=100, **demand))
    return Sampler(over(YEARS, kind)).begin(3, 0).busyness[0]


@pytest.mark.parametrize(("cv", "shared"), [(0.1, 0.0), (0.3, 0.5), (0.3, 1.0), (1.2, 0.25)])
def test_busyness_is_gamma_with_mean_one(cv: float, shared: float) -> None:
    """3,000 days: notices a distribution off by 4 percentage points, a mean off by 7 % of cv."""
    factor = busy_days("support", busyness=cv, shared=shared)
    law = stats.gamma(a=1 / cv**2, scale=cv**2)
    assert stats.kstest(factor, law.cdf).pvalue > ALARM
    assert abs(factor.mean() - 1) < SIGMAS * cv / np.sqrt(len(factor))
    # the variance of a sample variance: (kurtosis - 1) ÷ n × variance²
    kurtosis = 3 + law.stats("k")
    assert abs(factor.var() / cv**2 - 1) < SIGMAS * np.sqrt((kurtosis - 1) / len(factor))


@pytest.mark.parametrize("shared", [0.0, 0.4, 1.0])
def test_the_correlation_of_two_types_is_what_they_share(shared: float) -> None:
    """3,000 days: notices a correlation off by 0.1."""
    one, two = (busy_days(name, busyness=0.2, shared=shared) for name in ("support", "sales"))
    r = np.corrcoef(one, two)[0, 1]
    assert abs(r - shared) < max(1e-9, SIGMAS * (1 - shared**2) / np.sqrt(len(one)) * 1.1)


def test_no_busyness_is_one_exactly() -> None:
    assert (busy_days("support") == 1).all()


def test_days_are_busy_independently() -> None:
    """3,000 days: notices an autocorrelation of 0.1."""
    factor = busy_days("support", busyness=0.2)
    assert abs(np.corrcoef(factor[1:], factor[:-1])[0, 1]) * np.sqrt(len(factor)) < SIGMAS


def test_busyness_spreads_the_counts() -> None:
    """Variance of 600 daily counts = mean + cv² mean²: notices 25 %."""
    mean, cv = 200.0, 0.3
    horizon = qs.Horizon(start="2026-01-01", days=600, interval="24h")
    kind = contact_type(demand=qs.Demand(per_day=mean, busyness=cv))
    tape = draw_tape(over(horizon, kind), seed=3)
    counts = np.bincount(tape.day, minlength=600)
    expected = mean + cv**2 * mean**2
    kurtosis = 3 + 6 * cv**2
    assert abs(counts.var() / expected - 1) < SIGMAS * np.sqrt((kurtosis - 1) / len(counts))


def test_busyness_keeps_contacts_too() -> None:
    base, busier = by_contact(drawn()), by_contact(drawn(busyness=0.4))
    common = base.keys() & busier.keys()
    assert len(common) > 1000
    assert all(base[contact] == busier[contact] for contact in common)
