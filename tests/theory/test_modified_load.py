"""Modified offered load and staffing by it; the pointwise stationary view."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, special, stats

from queuesim.theory import (
    beta_for,
    erlang_a,
    erlang_c,
    min_agents,
    modified_offered_load,
    mol_agents,
    pointwise_stationary,
    sinusoidal_load,
    square_root_agents,
)
from tests.theory.references import EXACT, laws, near

EDGES = np.arange(0.0, 86401.0, 1800.0)
RATES = 0.1 * (1 + 0.6 * np.sin(2 * np.pi * (EDGES[:-1] + 900) / 86400))
SHAPES = {
    "gamma": stats.gamma(0.5, scale=600),
    "lognormal": stats.lognorm(1.2, scale=150),
    "uniform": stats.uniform(100, 400),
    "weibull": stats.weibull_min(0.7, scale=200),
}

isa = EXACT["isa_MtMstM_theta_eq_mu"]
SINE = {"mean_rate": 100.0, "amplitude": 20.0, "period": 2 * math.pi, "aht": 1.0}


@pytest.mark.parametrize("block", isa, ids=lambda b: str(b["alpha"]))
def test_infinite_server_staffing_equals_the_reference(block):
    rows = block["rows"]
    t = np.round(np.array([r["t"] for r in rows]) / (math.pi / 6)) * math.pi / 6
    assert t == near(np.array([r["t"] for r in rows]), abs=1e-6)
    load = sinusoidal_load(t, **SINE)
    assert load == near(np.array([r["m"] for r in rows]))
    assert 100 + 10 * (np.sin(t) - np.cos(t)) == near(load)
    agents = square_root_agents(load, beta=beta_for(block["alpha"], patience_ratio=1))
    assert agents.tolist() == [r["s"] for r in rows]
    for m, s, row in zip(load.tolist(), agents.tolist(), rows, strict=True):
        # Equal rates: the number in system is Poisson(m), as in Erlang A with that load.
        a = erlang_a(m, agents=s, aht=1, patience=1)
        assert a.p_wait == near(row["P_delay"])
        assert special.gammainc(s, m) == near(row["P_delay"])
        assert a.mean_queue == near(row["EQ"])
        assert a.mean_queue / row["lam"] == near(row["aband_over_lambda"])


def test_constant_rate_settles_at_the_offered_load():
    t = np.array([0.0, 300.0, 3000.0, 30_000.0])
    load = modified_offered_load([0.05], edges=[0, 40_000], handle_time=240, at=t)
    assert load == near(12 * -np.expm1(-t / 240))
    for shape in SHAPES.values():
        far = modified_offered_load([0.05], edges=[0, 1e7], handle_time=shape, at=[9e6])
        assert far == near(np.array([0.05 * shape.mean()]))


@pytest.mark.parametrize("periodic", [False, True])
def test_a_mean_a_distribution_and_a_survival_function_agree(periodic):
    by_mean, by_distribution, by_function = (
        modified_offered_load(
            RATES, edges=EDGES, handle_time=h, at=EDGES + 700.0, periodic=periodic
        )
        for h in (240.0, stats.expon(scale=240), lambda x: np.exp(-x / 240))
    )
    assert by_distribution == near(by_mean, abs=1e-11)
    assert by_function == near(by_mean, abs=1e-11)


def test_exponential_load_solves_its_equation():
    """The rate of change is arrivals less departures, followed by an ordinary integrator."""
    load = modified_offered_load(RATES, edges=EDGES, handle_time=400, initial=7)
    state = [7.0]
    for k, rate in enumerate(RATES):
        step = integrate.solve_ivp(
            lambda _, m, rate=rate: rate - m / 400,
            EDGES[k : k + 2],
            state[-1:],
            rtol=1e-11,
            atol=1e-11,
        )
        state.append(float(step.y[0, -1]))
    assert load == near(np.array(state), rel=1e-8)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_any_shape_equals_the_integral_written_out(shape):
    t = 37_777.0
    load = modified_offered_load(RATES, edges=EDGES, handle_time=shape, at=t)
    written = sum(
        rate * integrate.quad(lambda u: shape.sf(t - u), a, min(b, t), epsabs=1e-12, limit=200)[0]
        for rate, a, b in zip(RATES, EDGES[:-1], EDGES[1:], strict=True)
        if a < t
    )
    assert float(load) == near(written, rel=1e-8)


def test_fixed_handle_times_count_the_arrivals_of_the_last_handle_time():
    load = modified_offered_load(
        RATES, edges=EDGES, handle_time=lambda x: (x < 900.0).astype(float), at=EDGES[1:]
    )
    assert load == near(900 * RATES)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_over_a_repeating_day_load_averages_to_the_work_that_comes(shape):
    # The integral of m over a period is the expected work of the contacts of that period.
    fine = np.arange(0.0, 86400.0, 450.0)
    load = modified_offered_load(RATES, edges=EDGES, handle_time=shape, at=fine, periodic=True)
    assert load.mean() == near(RATES.mean() * shape.mean(), rel=1e-4)
    a_day_later = modified_offered_load(
        RATES, edges=EDGES, handle_time=shape, at=fine[::30] + 86400, periodic=True
    )
    assert a_day_later == near(load[::30])


@pytest.mark.parametrize("aht", [0.2, 1.0, 7.0])
def test_many_small_steps_approach_the_sinusoid(aht):
    edges = np.linspace(0, 2 * math.pi, 2001)
    middle = (edges[:-1] + edges[1:]) / 2
    load = modified_offered_load(
        100 + 20 * np.sin(middle), edges=edges, handle_time=aht, periodic=True
    )
    assert load == near(sinusoidal_load(edges, **{**SINE, "aht": aht}), rel=1e-6)


def test_the_load_lags_behind_the_rate():
    load = modified_offered_load(RATES, edges=EDGES, handle_time=3600, periodic=True)
    lag = EDGES[load.argmax()] - (EDGES[RATES.argmax()] + 900)
    assert 1800 <= lag <= 5400  # about a handle time


@laws(30)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.floats(1, 1e4), st.floats(0, 50))
def test_load_is_linear_in_the_rates_and_never_negative(rates, aht, initial):
    edges = 600.0 * np.arange(len(rates) + 1)
    once = modified_offered_load(rates, edges=edges, handle_time=aht, initial=initial)
    twice = modified_offered_load(
        2 * np.array(rates), edges=edges, handle_time=aht, initial=2 * initial
    )
    assert (once >= 0).all()
    assert twice == near(2 * once, abs=1e-12)


@pytest.mark.parametrize("patience", [math.inf, 120.0])
def test_mol_agents_follow_the_peak_of_the_load_in_each_interval(patience):
    hours = np.arange(0.0, 86401.0, 3600.0)
    agents = mol_agents(
        RATES,
        edges=EDGES,
        handle_time=240,
        p_wait=0.2,
        patience=patience,
        intervals=hours,
        periodic=True,
    )
    fine = np.arange(0.0, 86401.0, 30.0)
    load = modified_offered_load(RATES, edges=EDGES, handle_time=240, at=fine, periodic=True)
    for hour, staffed in enumerate(agents.tolist()):
        peak = load[(fine >= 3600 * hour) & (fine <= 3600 * (hour + 1))].max()
        assert staffed == min_agents(peak, aht=240, max_p_wait=0.2, patience=patience)


def test_mol_agents_see_a_peak_inside_an_interval():
    # Every contact takes 90 s: the load grows by 1, then by 1/2 a second, and peaks at 75 at 90 s.
    agents = mol_agents(
        [1.0, 0.5],
        edges=[0, 60, 120],
        handle_time=lambda x: (x < 90.0).astype(float),
        p_wait=0.5,
        patience=90.0,  # so beta is 0
        rule="square_root",
    )
    assert agents.tolist() == [60, 75]


def test_mol_agents_by_the_square_root_rule_are_close_to_erlang():
    both = [
        mol_agents(RATES, edges=EDGES, handle_time=SHAPES["gamma"], p_wait=0.3, rule=rule)
        for rule in ("erlang", "square_root")
    ]
    assert np.abs(both[0] - both[1]).max() <= 1


def test_pointwise_stationary_is_erlang_in_every_bin():
    view = pointwise_stationary([0.02, 0.05], agents=[10, 13], aht=240)
    by_hand = [erlang_c(4.8, agents=10, aht=240), erlang_c(12, agents=13, aht=240)]
    assert view.p_wait == near(np.array([c.p_wait for c in by_hand]))
    assert view.mean_queue == near(np.array([c.mean_queue for c in by_hand]))
    impatient = pointwise_stationary([0.05], agents=9, aht=240, patience=100)
    a = erlang_a(12, agents=9, aht=240, patience=100)
    assert (impatient.p_wait[0], impatient.mean_queue[0]) == (a.p_wait, a.mean_queue)
    hopeless = pointwise_stationary([0.05], agents=12, aht=240)
    assert (hopeless.p_wait[0], hopeless.mean_queue[0]) == (1, math.inf)


@pytest.mark.parametrize("row", EXACT["MtMs_sinusoid_24h"], ids=lambda r: f"theta {r['theta']}")
def test_pointwise_stationary_at_the_peak_rate_equals_the_reference(row):
    # The reference looks at Erlang C in both rows, with or without abandonment.
    view = pointwise_stationary([row["lb"] * (1 + row["RA"])], agents=row["s"], aht=1 / row["mu"])
    assert view.p_wait[0] == near(row["PSA_P_delay_at_peak_rate"])
