"""Square-root staffing and the smallest number of agents."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queuesim.theory import (
    beta_for,
    erlang_a,
    erlang_c,
    garnett,
    halfin_whitt,
    headcount_for,
    min_agents,
    offered_load,
    square_root_agents,
)
from tests.theory.references import EXACT, PUBLISHED, laws, near


@pytest.mark.parametrize("row", EXACT["halfin_whitt_P_wait"], ids=str)
def test_halfin_whitt_equals_the_reference_both_ways(row):
    assert halfin_whitt(row["beta"]) == near(row["P"])
    assert beta_for(row["P"]) == near(row["beta"])


@pytest.mark.parametrize("row", EXACT["garnett_P_wait"], ids=str)
def test_garnett_equals_the_reference_both_ways(row):
    ratio = row["mu_over_theta"]
    assert garnett(row["beta"], patience_ratio=ratio) == near(row["P"])
    assert beta_for(row["P"], patience_ratio=ratio) == near(row["beta"], abs=1e-12)


@pytest.mark.parametrize("block", EXACT["isa_MtMstM_theta_eq_mu"], ids=lambda b: str(b["alpha"]))
def test_patience_as_long_as_the_handle_time_makes_it_the_normal_tail(block):
    assert beta_for(block["alpha"], patience_ratio=1) == near(block["beta"], abs=1e-12)


@laws(60)
@given(st.floats(1e-9, 1 - 1e-9), st.floats(0.01, 100) | st.just(math.inf))
def test_beta_is_an_inverse(p_wait, ratio):
    beta = beta_for(p_wait, patience_ratio=ratio)
    back = halfin_whitt(beta) if ratio == math.inf else garnett(beta, patience_ratio=ratio)
    assert back == near(p_wait)


def test_the_limits_are_vectorised_monotone_and_survive_far_out():
    betas = np.array([-40.0, -5.0, -1.0, 0.0, 1.0, 5.0, 30.0])
    shares = garnett(betas, patience_ratio=0.3)
    assert (np.diff(shares) <= 0).all()
    assert (np.diff(shares[1:]) < 0).all()
    assert ((shares > 0) & (shares <= 1)).all()
    assert halfin_whitt([0.5, 1.0])[1] == halfin_whitt(1.0)
    # Endless patience is the limit; the gap closes as one over the ratio.
    gaps = [halfin_whitt(1.0) - garnett(1.0, patience_ratio=10.0**k) for k in (4, 5, 6)]
    assert gaps[0] / gaps[1] == near(10, rel=1e-3)
    assert gaps[1] / gaps[2] == near(10, rel=1e-3)
    assert garnett(1.0, patience_ratio=1e14) == near(halfin_whitt(1.0), rel=1e-12)


@pytest.mark.parametrize("beta", [0.5, 1.0])
def test_large_centres_approach_the_limits(beta):
    gaps_c, gaps_a = [], []
    for load in (100, 10_000):
        agents = square_root_agents(load, beta=beta)
        assert agents == load + beta * math.sqrt(load)  # whole, so nothing is rounded
        gaps_c.append(abs(erlang_c(load, agents=agents, aht=1).p_wait - halfin_whitt(beta)))
        served = erlang_a(load, agents=agents, aht=1, patience=0.25)
        gaps_a.append(abs(served.p_wait - garnett(beta, patience_ratio=0.25)))
    assert gaps_c[1] < gaps_c[0] / 5 < 0.02  # the error falls as one over the root of the load
    assert gaps_a[1] < gaps_a[0] / 5 < 0.02


def test_square_root_rounds_up_but_not_on_dust():
    assert square_root_agents(90.0 + 1e-11, beta=0) == 90
    assert square_root_agents(90.001, beta=0) == 91
    assert square_root_agents([4.0, 9.0], beta=-3).tolist() == [0, 0]
    assert square_root_agents(0, beta=1) == 0


@pytest.mark.parametrize("row", EXACT["min_agents"], ids=str)
def test_min_agents_equals_the_reference(row):
    agents = min_agents(
        offered_load(row["calls"], aht=row["aht_s"], per=row["interval_s"]),
        aht=row["aht_s"],
        service_level=row["sl"],
        within=row["awt_s"],
        max_occupancy=row["max_occ"],
    )
    assert agents == row["agents"]


def test_min_agents_and_headcount_as_pyworkforce_prints():
    given_, printed = PUBLISHED["pyworkforce"]["in"], PUBLISHED["pyworkforce"]["out"]
    agents = min_agents(
        offered_load(given_["calls"], aht=60 * given_["aht_min"], per=60 * given_["interval_min"]),
        aht=60 * given_["aht_min"],
        service_level=given_["sl"],
        within=given_["asa_s"],
        max_occupancy=given_["max_occ"],
    )
    assert agents == printed["raw_positions"]
    assert headcount_for(agents, shrinkage=given_["shrinkage"]) == printed["positions"]


@laws(20)
@given(st.floats(0.05, 120), st.floats(0.5, 0.99), st.floats(0, 60), st.floats(0.6, 1.0))
def test_min_agents_is_the_smallest_by_erlang_c(load, level, within, busiest):
    def meets(n):
        if n <= load:
            return False
        c = erlang_c(load, agents=n, aht=180)
        return c.service_level(within) >= level and c.occupancy <= busiest

    agents = min_agents(load, aht=180, service_level=level, within=within, max_occupancy=busiest)
    assert meets(agents)
    assert not any(meets(n) for n in range(1, agents))


@laws(20)
@given(
    st.floats(0.05, 40),
    st.floats(30, 900),
    st.sampled_from(
        [
            {"service_level": 0.8, "within": 20.0},
            {"service_level": 0.9, "within": 30.0, "definition": "answered_of_offered"},
            {"max_abandon": 0.03},
            {"max_p_wait": 0.25},
            {"max_asa": 10.0, "max_occupancy": 0.9},
        ]
    ),
)
def test_min_agents_is_the_smallest_by_erlang_a(load, patience, targets):
    def meets(n):
        a = erlang_a(load, agents=n, aht=180, patience=patience)
        definition = targets.get("definition", "answered_of_offered_less_short")
        return (
            a.service_level(targets.get("within", 0), definition=definition)
            >= targets.get("service_level", 0)
            and a.p_abandon <= targets.get("max_abandon", 1)
            and a.p_wait <= targets.get("max_p_wait", 1)
            and a.asa <= targets.get("max_asa", math.inf)
            and a.occupancy <= targets.get("max_occupancy", 1)
        )

    agents = min_agents(load, aht=180, patience=patience, **targets)
    assert meets(agents)
    assert agents == 1 or not meets(agents - 1)


def test_min_agents_grows_with_the_load_and_needs_none_for_none():
    needs = [
        min_agents(load, aht=180, service_level=0.8, within=20) for load in np.linspace(0, 300, 61)
    ]
    assert needs[0] == 0
    assert needs == sorted(needs)


def test_headcount_for_does_not_round_dust_up():
    assert headcount_for(7, shrinkage=0.3) == 10
    assert headcount_for(7.01, shrinkage=0.3) == 11
    assert headcount_for(0, shrinkage=0.3) == 0
