"""Offered load, Erlang B and C, limited queue: against exact and published numbers, and laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate

from queuesim.theory import erlang_a, erlang_b, erlang_c, limited_queue, offered_load
from tests.theory.references import EXACT, PUBLISHED, laws, near

loads = st.floats(0.01, 300)
some_agents = st.integers(1, 300)


@pytest.mark.parametrize("row", EXACT["erlang_b"], ids=str)
def test_erlang_b_equals_the_reference(row):
    assert erlang_b(row["a"], agents=row["c"]) == near(row["B"])


def test_erlang_b_by_hand():
    # Two lines, one erlang: (1/2) / (1 + 1 + 1/2).
    assert erlang_b(1, agents=2) == near(0.2, rel=1e-15)


def test_erlang_b_takes_arrays():
    rows = EXACT["erlang_b"]
    blocked = erlang_b([r["a"] for r in rows], agents=[r["c"] for r in rows])
    assert blocked == near(np.array([r["B"] for r in rows]))
    assert erlang_b([[1.0], [2.0]], agents=[1, 2, 3]).shape == (2, 3)


@pytest.mark.parametrize(
    ("load", "agents"),
    [
        (10, 10.5),
        (0.3, 2.7),
        (150, 140.2),
        (199.9, 180.5),
        (200.1, 180.5),
        (1000, 0.3),
        (201, 0.5),
        (5, 0.2),
    ],
)
def test_erlang_b_of_a_fraction_of_an_agent_is_its_integral(load, agents):
    inverse, _ = integrate.quad(
        lambda u: math.exp(-u + agents * math.log1p(u / load)),
        0,
        math.inf,
        epsabs=0,
        epsrel=1e-13,
        limit=500,
    )
    assert erlang_b(load, agents=agents) == near(1 / inverse, rel=1e-12)


def test_erlang_b_at_the_extremes():
    assert erlang_b(0, agents=3) == 0
    assert erlang_b(0, agents=2.5) == 0
    assert erlang_b(1e-5, agents=80) == 0  # far below the smallest float
    assert erlang_b(1e6, agents=1) == near(1e6 / (1e6 + 1))
    assert erlang_b(20_000, agents=20_000) == near(math.sqrt(2 / (math.pi * 20_000)), rel=0.01)


@laws(50)
@given(loads, st.floats(0.1, 200), st.floats(0.1, 5))
def test_erlang_b_falls_with_agents_and_grows_with_load(load, agents, more):
    blocked = erlang_b(load, agents=agents)
    assert 0 <= blocked <= 1
    assert erlang_b(load, agents=agents + more) <= blocked
    assert erlang_b(load + more, agents=agents) >= blocked * (1 - 1e-12)


@laws(50)
@given(loads, st.floats(0.1, 200))
def test_erlang_b_of_one_agent_more_follows_the_recursion(load, agents):
    b = erlang_b(load, agents=agents)
    assert erlang_b(load, agents=agents + 1) == near(load * b / (agents + 1 + load * b), abs=1e-300)


@pytest.mark.parametrize("row", EXACT["erlang_c"], ids=str)
def test_erlang_c_equals_the_reference(row):
    load = offered_load(row["calls_per_hour"], aht=row["aht_s"])
    answer = erlang_c(load, agents=row["agents"], aht=row["aht_s"])
    assert load == near(row["load"])
    assert answer.p_wait == near(row["P_wait"])
    assert answer.asa == near(row["ASA_s"])
    assert answer.service_level(row["awt_s"]) == near(row["SL"])
    assert answer.occupancy == near(row["occ"])


def test_erlang_c_equals_what_two_packages_print():
    answer = erlang_c(offered_load(100, aht=180, per=1800), agents=14, aht=180)
    ours = PUBLISHED["pyworkforce"]["out"]
    assert answer.service_level(20) == near(ours["service_level"])
    assert answer.occupancy == near(ours["occupancy"])
    assert answer.p_wait == near(ours["waiting_probability"])
    printed = PUBLISHED["R_ErlangC"]["out"]  # seven digits
    assert answer.p_wait == near(printed["wait_probability"], rel=3e-7)
    assert answer.service_level(20) == near(printed["service_level"], rel=3e-7)
    assert answer.asa == near(printed["asa_s"])


@pytest.mark.parametrize("row", EXACT["delay_predictors_MMs"], ids=str)
def test_erlang_c_wait_of_those_who_wait(row):
    answer = erlang_c(row["s"] * row["rho"], agents=row["s"], aht=1 / row["mu"])
    # Exponential, so the variance (the error of predicting its mean) is the mean squared.
    assert answer.mean_wait_of_waiting == near(row["EW_given_wait"])
    assert answer.mean_wait_of_waiting**2 == near(row["MSE_NI"])
    # Knowing the queue length leaves (n + 1) / (s mu)^2 on average.
    queue = answer.mean_queue / answer.p_wait
    assert (queue + 1) / (row["s"] * row["mu"]) ** 2 == near(row["MSE_QL"])


@laws(50)
@given(st.integers(1, 200), st.floats(0.01, 0.99), st.floats(0, 2000))
def test_erlang_c_holds_together(agents, occupancy, t):
    c = erlang_c(agents * occupancy, agents=agents, aht=180)
    b = erlang_b(agents * occupancy, agents=agents)
    assert c.p_wait == near(b / (b + (1 - b) * (1 - occupancy)), abs=1e-300)
    assert c.p_wait >= b  # waiting behind others makes delay likelier than loss
    assert c.mean_queue == near(c.load / c.aht * c.mean_wait, abs=1e-300)  # Little
    assert 0 <= c.wait_exceeds(t + 1) <= c.wait_exceeds(t) <= c.wait_exceeds(0) == c.p_wait
    assert c.service_level(t) + c.wait_exceeds(t) == 1


@laws(50)
@given(st.integers(1, 60), st.floats(0.2, 0.98), st.floats(0, 0.999))
def test_erlang_c_quantile_is_the_inverse_of_the_distribution(agents, occupancy, share):
    c = erlang_c(agents * occupancy, agents=agents, aht=300)
    wait = c.wait_quantile(share)
    if wait == 0:
        assert c.service_level(0) >= share
    else:
        assert c.service_level(wait) == near(share)


def test_erlang_c_mean_is_the_integral_of_the_tail():
    c = erlang_c(9.3, agents=11, aht=240)
    assert integrate.quad(c.wait_exceeds, 0, math.inf)[0] == near(c.mean_wait)


@pytest.mark.parametrize("row", EXACT["mmck"], ids=str)
def test_limited_queue_equals_the_reference(row):
    answer = limited_queue(
        row["lam"] / row["mu"], agents=row["c"], places=row["K"] - row["c"], aht=1 / row["mu"]
    )
    assert answer.p_block == near(row["P_block"])
    assert answer.mean_wait == near(row["W_entered"])
    assert answer.occupancy == near(row["occ"])


@laws(50)
@given(loads, st.integers(1, 80), st.integers(0, 60), st.floats(0, 1000))
def test_limited_queue_agrees_with_the_birth_death_chain(load, agents, places, t):
    closed = limited_queue(load, agents=agents, places=places, aht=180)
    chain = erlang_a(load, agents=agents, places=places, aht=180, patience=math.inf)
    assert closed.p_block == near(chain.p_block, abs=1e-200)
    assert closed.p_wait == near(chain.p_wait, abs=1e-200)
    assert closed.mean_wait == near(chain.mean_wait, abs=1e-200)
    assert closed.occupancy == near(chain.occupancy)
    assert closed.wait_exceeds(t) == near(chain.wait_exceeds(t), abs=1e-100)
    assert closed.service_level(t) == near(chain.answered_within(t))


@laws(30)
@given(st.integers(1, 40), st.floats(0.1, 0.9))
def test_limited_queue_lies_between_erlang_b_and_erlang_c(agents, occupancy):
    load = agents * occupancy
    assert limited_queue(load, agents=agents, places=0, aht=60).p_block == near(
        erlang_b(load, agents=agents)
    )
    long = limited_queue(load, agents=agents, places=2000, aht=60)
    assert long.mean_wait == near(erlang_c(load, agents=agents, aht=60).mean_wait)


def test_nothing_to_do_is_no_trouble():
    assert erlang_c(0, agents=3, aht=60).service_level(0) == 1
    assert limited_queue(0, agents=3, places=2, aht=60).p_block == 0
    assert erlang_a(0, agents=3, aht=60, patience=60).service_level(0) == 1


def test_gross_overload_of_a_limited_queue():
    deep = limited_queue(1000, agents=1, places=500, aht=60)  # weights up to 1000^500
    assert deep.mean_queue == near(500 - 1 / 999)
    answer = limited_queue(1e6, agents=2, places=3, aht=60)
    assert answer.occupancy == near(1.0, rel=1e-5)
    assert answer.p_block == near(1 - 2 / 1e6, rel=1e-10)
    assert answer.mean_wait == near(3 * 60 / 2, rel=1e-5)  # always the last of three
