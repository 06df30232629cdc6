"""Erlang A: against exact and published numbers, an independent chain, and its limits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, linalg, special

from queuesim.theory import erlang_a, erlang_c, limited_queue
from tests.theory.references import EXACT, PUBLISHED, laws, near

DEFINITIONS = (
    "answered_of_offered_less_short",
    "answered_of_offered",
    "answered_of_answered",
    "answered_or_left_of_offered",
    "quick_abandons_excluded",
)
queues = st.builds(
    lambda occupancy, agents, patience, places: erlang_a(
        occupancy * agents, agents=agents, aht=180, patience=patience, places=places
    ),
    st.floats(0.2, 2.0),
    st.integers(1, 60),
    st.floats(5, 2000),
    st.none() | st.integers(1, 50),
)


@pytest.mark.parametrize("row", EXACT["erlang_a"], ids=lambda row: row["label"])
def test_every_value_of_the_reference(row):
    a = erlang_a(
        row["lam"] / row["mu"],
        agents=row["s"],
        aht=1 / row["mu"],
        patience=1 / row["theta"],
        places=row["r"],
    )
    ours = {
        "P_W0": a.p_no_wait,
        "P_wait": a.p_wait,
        "P_ab": a.p_abandon,
        "P_block": a.p_block,
        "EQ": a.mean_queue,
        "EN": a.mean_in_system,
        "VarQ": a.var_queue,
        "EW": a.mean_wait,
        "EW_served": a.asa,
        "VarW_served": a.var_wait_answered,
        "EW_abandoned": a.mean_wait_abandoned,
        "occ": a.occupancy,
    }
    for key in row:
        if key.startswith("P_W<="):
            time, kind = key.removeprefix("P_W<=").split("|")
            of = {"S": "answered", "A": "abandoned"}[kind]
            ours[key] = a.wait_within(float(time), of=of)
        elif key.startswith("SL_served_within_"):
            time = key.removeprefix("SL_served_within_").removesuffix("_over_all")
            ours[key] = a.answered_within(float(time))
    assert set(row) - set(ours) == {"label", "lam", "mu", "theta", "s", "r"}
    for key, value in ours.items():
        assert value == near(row[key]), key


def test_the_exact_column_printed_by_whitt():
    row = next(
        r for r in PUBLISHED["whitt2005_MGIsrGI"]["rows"] if r["patience"].endswith("(exact col.)")
    )
    a = erlang_a(102, agents=100, aht=1, patience=1, places=200)
    assert a.p_no_wait == near(row["P_W0"], abs=5e-5, rel=0)
    assert a.p_abandon == near(row["P_A"], abs=5e-5, rel=0)
    assert a.mean_queue == near(row["EQ"], abs=5e-4, rel=0)
    assert a.var_queue == near(row["VarQ"], abs=5e-2, rel=0)
    assert a.asa == near(row["EW_S"], abs=5e-5, rel=0)
    assert a.mean_wait_abandoned == near(row["EW_A"], abs=5e-5, rel=0)
    for time in (0.1, 0.2):
        assert a.wait_within(time, of="answered") == near(row[f"P_W_le_{time}_S"], abs=5e-5, rel=0)
        assert a.wait_within(time, of="abandoned") == near(row[f"P_W_le_{time}_A"], abs=5e-5, rel=0)


def test_one_agent_and_one_place_by_hand():
    # Rates 1, 1, and 1 + 1/2 from two to one: weights 1, 1, 2/3.
    a = erlang_a(1, agents=1, aht=1, patience=2, places=1)
    assert [a.p_no_wait, a.p_wait, a.p_block] == near([3 / 8, 3 / 8, 2 / 8])
    assert a.p_abandon == near(3 / 8 / 3)  # a third of those who wait give up
    assert a.mean_wait == near(3 / 8 * (2 / 3) / (6 / 8))
    for t in (1.0, 25.0, 100.0):  # each digit counts far out in the tail too
        assert a.wait_exceeds(t) == near(math.exp(-1.5 * t) / 2)
    assert a.wait_exceeds(1.0, of="abandoned") == near(math.exp(-1.5))


@pytest.mark.parametrize(("agents", "patience", "places"), [(3, 0.7, 6), (8, 5.0, 12), (2, 0.1, 4)])
def test_the_wait_distribution_against_a_contact_followed_through_the_chain(
    agents, patience, places
):
    """Another road: the place in line of one contact as an absorbing chain, by expm."""
    load, time = 1.1 * agents, 0.35
    a = erlang_a(load, agents=agents, aht=1, patience=patience, places=places)
    theta = 1 / patience
    chain = np.zeros((places + 2, places + 2))  # j ahead: row j; answered, abandoned: the last two
    for ahead in range(places):
        forward = agents + ahead * theta
        chain[ahead, ahead - 1 if ahead else places] += forward
        chain[ahead, places + 1] += theta
        chain[ahead, ahead] -= forward + theta
    number = [math.prod(load / min(k, agents) for k in range(1, n + 1)) for n in range(agents)]
    weight = number[-1] * load / agents if agents > 1 else load
    levels = [weight]
    for j in range(1, places + 1):
        levels.append(levels[-1] * load / (agents + j * theta))
    total = sum(number) + sum(levels)
    seen = np.array(levels[:places]) / total
    there = seen @ linalg.expm(chain * time)[:places]
    assert a.p_no_wait == near(sum(number) / total)
    assert a.answered_within(time) == near(sum(number) / total + there[places])
    assert a.abandoned_within(time) == near(there[places + 1])
    assert a.wait_exceeds(time) == near(there[:places].sum() / (1 - a.p_block))


def test_patience_equal_to_handle_time_makes_the_number_in_system_poisson():
    row = EXACT["erlang_a_theta_eq_mu_check"]
    a = erlang_a(row["lam"], agents=row["s"], aht=1, patience=1)
    assert a.p_wait == near(row["P_wait_formula"])
    assert a.p_wait == near(special.gammainc(row["s"], row["lam"]))  # P(Poisson >= s)
    assert a.mean_in_system == near(row["lam"])


@laws(50)
@given(st.floats(0.1, 80), st.integers(1, 80))
def test_with_equal_rates_waiting_is_a_poisson_tail(load, agents):
    a = erlang_a(load, agents=agents, aht=7, patience=7)
    assert a.p_wait == near(special.gammainc(agents, load))
    assert a.mean_in_system == near(load)
    queue = load * special.gammainc(agents, load) - agents * special.gammainc(agents + 1, load)
    assert a.mean_queue == near(queue, abs=1e-13 * load, rel=1e-7)


@laws(40)
@given(st.integers(1, 60), st.floats(0.1, 0.9), st.floats(0, 600))
def test_endless_patience_is_erlang_c(agents, occupancy, t):
    load = occupancy * agents
    c = erlang_c(load, agents=agents, aht=180)
    for patience in (math.inf, 1e15):
        a = erlang_a(load, agents=agents, aht=180, patience=patience)
        assert a.p_wait == near(c.p_wait)
        assert a.asa == near(c.asa)
        assert a.wait_exceeds(t) == near(c.wait_exceeds(t), abs=1e-35)
        assert a.var_wait_answered == near(
            2 * c.p_wait * c.mean_wait_of_waiting**2 - c.mean_wait**2
        )
        assert a.service_level(t) == near(c.service_level(t))


def test_endless_patience_limit_is_approached_smoothly():
    closed = limited_queue(12, agents=10, places=30, aht=180)
    gaps = [
        abs(erlang_a(12, agents=10, places=30, aht=180, patience=p).wait_exceeds(60)
            - closed.wait_exceeds(60))
        for p in (1e6, 1e8, 1e10)
    ]  # fmt: skip
    assert gaps[0] > 50 * gaps[1] > 2500 * gaps[2]


@laws(60)
@given(queues)
def test_shares_add_up_and_balances_hold(a):
    rate = a.load / a.aht
    assert a.p_no_wait + a.p_wait + a.p_block == near(1)
    assert a.p_answered + a.p_abandon + a.p_block == near(1)
    assert a.mean_queue == near(rate * (1 - a.p_block) * a.mean_wait)  # Little
    assert a.p_abandon == near(
        a.mean_queue / a.patience / rate
    )  # every second waited risks 1/patience
    assert a.occupancy * a.agents == near(a.load * a.p_answered)
    # The wait of all is the wait of both kinds.
    both = a.p_answered * a.asa + a.p_abandon * a.mean_wait_abandoned
    assert both == near((1 - a.p_block) * a.mean_wait)


@laws(60)
@given(queues, st.floats(0, 900), st.floats(0.1, 300))
def test_distributions_are_monotone_and_proper(a, t, more):
    for of in ("entered", "answered", "abandoned"):
        now, later = a.wait_exceeds(t, of=of), a.wait_exceeds(t + more, of=of)
        assert -1e-12 <= later <= now + 1e-12 <= 1 + 2e-12
    assert a.abandoned_within(0) == 0
    assert a.answered_within(0) == near(a.p_no_wait)
    far = 400 * (a.aht + a.patience)
    assert a.answered_within(far) == near(a.p_answered)
    assert a.abandoned_within(far) == near(a.p_abandon)
    within = a.answered_within(t) + a.abandoned_within(t)
    assert within == near((1 - a.p_block) * a.wait_within(t), rel=1e-10)


@pytest.mark.parametrize(
    ("load", "agents", "patience", "places"),
    [(1, 1, 6, None), (25, 30, 400, None), (45, 30, 90, None), (20, 10, 2000, 7), (3, 8, 60, 2)],
)
def test_means_are_integrals_of_the_tails(load, agents, patience, places):
    a = erlang_a(load, agents=agents, aht=180, patience=patience, places=places)
    nodes, weights = np.polynomial.legendre.leggauss(12)
    ends = np.append(0.0, (a.aht + a.patience) * 2.0 ** np.arange(-24, 7))
    half = np.diff(ends)[:, None] / 2
    times = ends[:-1, None] + half * (nodes + 1)
    means = {"entered": a.mean_wait, "answered": a.asa, "abandoned": a.mean_wait_abandoned}
    for of, mean in means.items():
        area = float((a.wait_exceeds(times, of=of) * half * weights).sum())
        assert area == near(mean, rel=1e-8)


def test_the_variance_is_an_integral_of_the_tail():
    a = erlang_a(33, agents=30, aht=180, patience=240)
    second, _ = integrate.quad(lambda t: 2 * t * a.wait_exceeds(t, of="answered"), 0, 3000)
    assert a.var_wait_answered == near(second - a.asa**2, rel=1e-7)


@laws(20)
@given(queues, st.floats(1e-6, 0.999))
def test_quantiles_invert_the_distributions(a, share):
    for of in ("entered", "answered", "abandoned"):
        wait = a.wait_quantile(share, of=of)
        if wait == 0:
            assert a.wait_within(0.0, of=of) >= share
        else:
            assert a.wait_within(wait, of=of) == near(share)


def test_the_five_service_levels_are_what_they_say():
    a = erlang_a(10, agents=10, aht=180, patience=300)
    answered, left = a.answered_within(20), a.abandoned_within(20)
    levels = [a.service_level(20, definition=d) for d in DEFINITIONS]
    assert levels == near(
        [
            answered / (1 - left),
            answered,
            answered / a.p_answered,
            answered + left,
            answered / (1 - a.abandoned_within(5)),
        ]
    )
    assert len({round(level, 6) for level in levels}) == 5
    assert a.service_level(20) == levels[0]
    assert a.service_level(20, definition="quick_abandons_excluded", short_abandon=20) == levels[0]


@laws(25)
@given(st.floats(1, 30), st.integers(1, 30), st.floats(10, 1000))
def test_one_agent_more_never_makes_service_worse(load, agents, patience):
    less = erlang_a(load, agents=agents, aht=180, patience=patience)
    more = erlang_a(load, agents=agents + 1, aht=180, patience=patience)
    slack = 1e-12
    assert more.p_wait <= less.p_wait + slack
    assert more.p_abandon <= less.p_abandon + slack
    assert more.asa <= less.asa + slack
    assert more.occupancy <= less.occupancy + slack
    for definition in DEFINITIONS:
        before = less.service_level(20, definition=definition)
        assert more.service_level(20, definition=definition) >= before - slack


def test_arrays_of_times_keep_their_shape():
    a = erlang_a(10, agents=10, aht=180, patience=300)
    times = np.array([[0.0, 20.0], [60.0, 300.0]])
    for shares in (a.answered_within(times), a.wait_exceeds(times), a.service_level(times)):
        assert shares.shape == (2, 2)
    assert a.wait_exceeds(times, of="abandoned")[0, 1] == a.wait_exceeds(20.0, of="abandoned")
    assert isinstance(a.service_level(20), float)


def test_large_overloaded_and_lightly_loaded_centres_stay_accurate():
    fluid = erlang_a(3000, agents=2000, aht=300, patience=600)  # a third must give up
    assert fluid.p_abandon == near(1 / 3, rel=1e-4)
    assert fluid.occupancy == near(1, rel=1e-6)
    assert fluid.asa == near(600 * math.log(1.5), rel=0.01)
    quiet = erlang_a(0.001, agents=50, aht=300, patience=600)
    assert quiet.p_wait == near(0.001**50 / math.factorial(50) * 1, rel=0.01)
    assert quiet.mean_wait_abandoned == near(1 / (50 / 300 + 1 / 600), rel=1e-4)


def test_nobody_gives_up_where_nobody_can():
    a = erlang_a(5, agents=4, aht=60, patience=math.inf, places=3)
    assert a.p_abandon == 0
    assert math.isnan(a.mean_wait_abandoned)
    assert math.isnan(a.wait_exceeds(3.0, of="abandoned"))
    assert math.isnan(a.wait_quantile(0.5, of="abandoned"))
    assert erlang_a(5, agents=4, aht=60, patience=30, places=0).mean_queue == 0
