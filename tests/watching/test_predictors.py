"""Predictors against laws that are known.

The statistical tests draw fixed seeds. A Kolmogorov-Smirnov test fails by chance once in 1,000
times when the law is right; with n waits it notices a law that is off by 2.5 / √n at some wait.
"""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from scipy import stats

import queuesim as qs
from queuesim.watching.predict import METHODS, predict_wait, predictor
from queuesim.watching.predicting.departures import until_departures
from queuesim.watching.predicting.forward import Forward
from queuesim.watching.predicting.laws import Sample, Stages, stages
from queuesim.watching.predicting.refined import WhoIsAhead
from queuesim.watching.predicting.seen import HELD, Seen

WAGE = qs.InHouse(per_hour=24.0)
FAR = 1.95  # of √n D: once in 1,000 times


def centre(
    *types: qs.ContactType, headcount: object = 5, groups: tuple[qs.AgentGroup, ...] = ()
) -> qs.Scenario:
    names = tuple(each.name for each in types)
    team = qs.AgentGroup(name="home", skills=names, headcount=headcount, contract=WAGE)
    return qs.Scenario(
        name="a day",
        contact_types=types,
        agent_groups=groups or (team,),
        horizon=qs.Horizon(start="2026-11-23", days=1, interval="30min"),
    )


def phone(name: str = "support", per_hour: float = 90.0, **more: object) -> qs.ContactType:
    talk = more.pop("talk", qs.Exponential(mean=200.0))
    return qs.ContactType(
        name=name, channel="phone", demand=qs.Demand(per_day=24 * per_hour), talk=talk, **more
    )


def index_of(scenario: qs.Scenario, name: str) -> int:
    return [each.name for each in scenario.contact_types].index(name)


def agrees(sample: Sample, law: object) -> None:
    n = len(sample.waits_s)
    found = stats.kstest(sample.waits_s, law.cdf)  # type: ignore[attr-defined]
    assert found.statistic * sqrt(n) < FAR


# By hand ---------------------------------------------------------------------------------


def test_queue_length_is_the_number_that_is_announced() -> None:
    day = centre(phone())
    now = Seen.at(day, 36_000, waiting={"support": 7})
    assert predict_wait(day, now, method="queue_length").mean_s == pytest.approx(8 * 200 / 5)


def test_those_who_give_up_leave_ahead() -> None:
    day = centre(phone(patience=qs.Exponential(mean=400.0)))
    now = Seen.at(day, 36_000, waiting={"support": 2})
    found = predict_wait(day, now, method="queue_length_patience").mean_s
    rate, leaving = 5 / 200, 1 / 400
    assert found == pytest.approx(1 / rate + 1 / (rate + leaving) + 1 / (rate + 2 * leaving))


def test_history_says_what_was_waited() -> None:
    day = centre(phone())
    now = Seen.at(day, 36_000, waiting={"support": [95.0, 30.0]}, last_wait={"support": 80.0})
    assert predict_wait(day, now, method="head_of_line").mean_s == 95.0
    assert predict_wait(day, now, method="last_to_enter_service").mean_s == 80.0


def test_a_free_agent_takes_at_once() -> None:
    day = centre(phone())
    now = Seen.at(day, 36_000, waiting={}, busy={"home": 4})
    found = predict_wait(day, now)
    assert found.interval(0.9) == (0.0, 0.0)
    assert "An agent is free." in str(found)


def test_the_text_reads_like_a_note() -> None:
    day = centre(phone())
    now = Seen.at(day, 36_000, waiting={"support": 7})
    said = str(predict_wait(day, now, method="queue_length"))
    assert said.startswith("support at Mon 10:00, 7 waiting before it: expected wait 5.3 min, 90 %")


def test_who_comes_on_duty_takes_the_next() -> None:
    """Five agents until 10:30, then eight: three of those waiting are taken at that instant."""
    people = (5,) * 21 + (8,) * 27
    day = centre(phone(), headcount={"day": people})
    now = Seen.at(day, 37_790, waiting={"support": 2})  # 10 s before
    law = predictor(day, "queue_length_plan").predict(now, 0)
    before = stages(3, 5 / 200).cdf(10.0)
    assert float(law.cdf(9.999)) == pytest.approx(float(before), abs=1e-4)
    assert float(law.cdf(10.0)) == pytest.approx(1.0)
    sample = WhoIsAhead(day, paths=200).predict(now, 0)
    assert float(sample.quantile(1.0)) == 10.0


# By theory -------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "leaving"), [(1, 0.0), (8, 0.0), (8, 0.004), (60, 0.002)])
def test_the_death_process_is_the_sum_of_exponentials(n: int, leaving: float) -> None:
    gone = leaving * np.maximum(np.arange(n + 1) - 1.0, 0.0)
    table = until_departures(n, 0.0, [(0.0, 0.025, 0)], gone)
    law = stages(n, 0.025, leaving)
    at_s = law.quantile(np.linspace(0.02, 0.98, 49))
    assert np.abs(table.cdf(at_s) - law.cdf(at_s)).max() < 2e-3
    assert table.mean_s == pytest.approx(law.mean_s, rel=1e-3)


def test_a_changing_rate_is_a_change_of_clock() -> None:
    """With nobody giving up, P(wait > t) = P(Poisson(∫ rate) < n)."""
    steps = [(0.0, 0.02, 0), (100.0, 0.05, 0), (220.0, 0.01, 0)]
    table = until_departures(8, 0.0, steps, np.zeros(9))
    at_s = np.array([50.0, 100.0, 160.0, 220.0, 500.0])
    clock = 0.02 * np.minimum(at_s, 100) + 0.05 * np.clip(at_s - 100, 0, 120)
    clock += 0.01 * np.maximum(at_s - 220, 0)
    assert np.allclose(1 - table.cdf(at_s), stats.poisson.cdf(7, clock), atol=2e-3)


def test_quantiles_undo_chances() -> None:
    mixture = Stages(np.array([1.0, 5.0, 30.0]), np.array([0.2, 0.5, 0.3]), 0.03, 0.002)
    wanted = np.array([0.05, 0.3, 0.5, 0.9, 0.99])
    for law in (stages(9, 0.02), stages(9, 0.02, 0.003), mixture):
        assert np.allclose(law.cdf(law.quantile(wanted)), wanted, atol=1e-3)


def test_no_information_is_the_long_run() -> None:
    """Erlang C: of those who wait the wait is exponential with rate (s - a) / handle time."""
    day = centre(phone(per_hour=81.0))
    law = predictor(day, "no_information").predict(Seen.at(day, 36_000, waiting={}), 0)
    assert law.mean_s == pytest.approx(200 / (5 - 4.5))
    day = centre(phone(per_hour=99.0, patience=qs.Exponential(mean=300.0)))
    law = predictor(day, "no_information").predict(Seen.at(day, 36_000, waiting={}), 0)
    long_run = qs.theory.erlang_a(5.5, agents=5, aht=200.0, patience=300.0)
    # who would stay t longer than patience: P(wait > t) of all = e^(-t / patience) × offered
    for t in (30.0, 120.0, 400.0):
        offered = long_run.wait_exceeds(t) / np.exp(-t / 300.0) / long_run.p_wait
        assert 1 - float(law.cdf(t)) == pytest.approx(offered, abs=1e-6)


@pytest.mark.parametrize("leaves", [False, True])
def test_refined_is_queue_length_where_that_is_exact(leaves: bool) -> None:
    patience = qs.Exponential(mean=400.0) if leaves else None
    day = centre(phone(patience=patience))
    now = Seen.at(day, 36_000, waiting={"support": 12})
    law = predictor(day, "queue_length_patience").predict(now, 0)
    agrees(WhoIsAhead(day, paths=4000, seed=5).predict(now, 0), law)


def test_refined_and_the_plan_agree() -> None:
    people = (5,) * 21 + (3,) + (6,) * 26
    day = centre(phone(patience=qs.Exponential(mean=600.0)), headcount={"day": people})
    now = Seen.at(day, 37_700, waiting={"support": 9})
    law = predictor(day, "queue_length_plan").predict(now, 0)
    # on the grid of the table, as both have an atom when people come
    sample = WhoIsAhead(day, paths=4000, seed=6).predict(now, 0)
    at_s = np.array([50.0, 90.0, 130.0, 300.0, 600.0, 1200.0, 1899.0, 1901.0])
    apart = np.abs(sample.cdf(at_s) - law.cdf(at_s)).max()
    assert apart * sqrt(4000) < FAR


def test_overtaken_by_a_stream_that_goes_first() -> None:
    """n departures while others overtake at rate λ: a mean of n / (s μ − λ)."""
    urgent = phone("urgent", per_hour=36.0, credit="24h")
    day = centre(urgent, phone("plain", per_hour=36.0))
    now = Seen.at(day, 36_000, waiting={"plain": 4, "urgent": 2})
    waits = WhoIsAhead(day, paths=4000, seed=7).predict(now, index_of(day, "plain")).waits_s
    error = waits.std() / sqrt(len(waits))
    assert abs(waits.mean() - 7 / (5 / 200 - 0.01)) < 4 * error
    waits = WhoIsAhead(day, paths=4000, seed=8).predict(now, index_of(day, "urgent")).waits_s
    error = waits.std() / sqrt(len(waits))
    assert abs(waits.mean() - 3 / (5 / 200)) < 4 * error


def test_callbacks_ahead_ring_and_do_not_give_up() -> None:
    """One agent, two callbacks ahead of which half are reached: 2 × (20 + 100) + 200 s."""
    offer = qs.CallbackOffer(accept=1.0, dialling=qs.Dialling(ring=20, answered=0.5, attempts=1))
    day = centre(phone(patience=qs.Exponential(mean=10.0), callback=offer), headcount=1)
    now = Seen.at(day, 36_000, waiting={"support": [60.0, 50.0]}, on_duty={"home": 1})
    held = replace(now, waiting_how=np.full(2, HELD), stays=np.ones(2, dtype=bool))
    waits = WhoIsAhead(day, paths=4000, seed=9).predict(held, 0).waits_s
    assert abs(waits.mean() - 440.0) < 4 * waits.std() / sqrt(len(waits))
    forward = np.asarray(Forward(day, futures=300, seed=9).predict(held, 0).waits_s)  # type: ignore[attr-defined]
    assert abs(forward.mean() - 440.0) < 4 * forward.std() / sqrt(len(forward))


# Two tellings ----------------------------------------------------------------------------


def two_skills() -> qs.Scenario:
    types = (
        phone("orders", 100.0, patience=qs.Exponential(mean=300.0)),
        phone("service", 60.0, talk=qs.LogNormal(mean=300.0, cv=0.8), credit="30s"),
    )
    groups = (
        qs.AgentGroup(name="one", skills=("orders",), headcount=3, contract=WAGE),
        qs.AgentGroup(name="both", skills=("orders", "service"), headcount=5, contract=WAGE),
        qs.AgentGroup(
            name="partner",
            skills=(qs.Skill("service", min_wait="60s", handle_factor=1.5),),
            headcount=2,
            contract=WAGE,
        ),
    )
    return centre(*types, groups=groups)


@pytest.mark.parametrize("name", ["orders", "service"])
def test_the_engine_run_forward_tells_the_same_as_the_refined_prediction(name: str) -> None:
    day = two_skills()
    now = Seen.at(day, 40_000, waiting={"orders": [90.0, 50, 20, 5], "service": [80.0, 40, 10]})
    index = index_of(day, name)
    refined = WhoIsAhead(day, paths=4000, seed=3).predict(now, index).waits_s
    forward = Forward(day, futures=400, seed=3).predict(now, index).waits_s  # type: ignore[attr-defined]
    assert stats.ks_2samp(refined, forward).pvalue > 0.001


def test_the_same_seed_says_the_same() -> None:
    day = two_skills()
    now = Seen.at(day, 40_000, waiting={"orders": 4})
    for each in (WhoIsAhead(day, paths=50, seed=1), Forward(day, futures=5, seed=1)):
        one, other = (each.predict(now, 0).waits_s for _ in range(2))
        assert np.array_equal(one, other)


# Wrong input -----------------------------------------------------------------------------


def test_everything_wrong_is_told_at_once() -> None:
    day = centre(phone())
    with pytest.raises(qs.ScenarioError) as error:
        Seen.at(
            day,
            90_000,
            waiting={"suport": 3, "support": [-5.0]},
            on_duty={"home": -1},
            last_wait={"support": float("nan")},
        )
    said = str(error.value)
    assert "5 problems" in said
    for part in (
        "when",
        'did you mean "support"',
        "waiting.support.0",
        "on_duty.home",
        "last_wait",
    ):
        assert part.casefold() in said.casefold()


def test_unknown_names_are_refused() -> None:
    day = two_skills()
    now = Seen.at(day, 40_000, waiting={})
    with pytest.raises(ValueError, match=r'did you mean "queue_length"'):
        predict_wait(day, now, "orders", method="queue_lenght")
    with pytest.raises(qs.ScenarioError, match="must be a contact type that waits"):
        predict_wait(day, now)
    found = predict_wait(day, Seen.at(day, 40_000, waiting={"orders": 2}), "orders")
    with pytest.raises(ValueError, match=r"write 0\.9 for 90 %"):
        found.interval(90)
    assert set(METHODS) >= {"refined", "simulated"}
