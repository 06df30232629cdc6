"""M(t)/M/s(t)+M: against exact and published numbers, and against queues with known answers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special

from queuesim.theory import erlang_a, erlang_c, modified_offered_load, time_varying_queue
from queuesim.theory import limited_queue as limited
from tests.theory.references import EXACT, PUBLISHED, near


@pytest.mark.parametrize("row", EXACT["MtMs_sinusoid_24h"], ids=lambda r: f"theta {r['theta']}")
def test_a_sinusoidal_day_equals_the_reference(row):
    at = np.arange(0, 24.01, 0.25)
    day = time_varying_queue(
        lambda t: row["lb"] * (1 + row["RA"] * math.sin(2 * math.pi * t / 24)),
        edges=[0, 24],
        agents=row["s"],
        aht=1 / row["mu"],
        patience=1 / row["theta"] if row["theta"] else math.inf,
        at=at,
        periodic=True,
    )
    hours = [int(h) for h in row["P_delay_hourly"]]
    assert day.p_wait_at[[4 * h for h in hours]] == near(
        np.array(list(row["P_delay_hourly"].values())), rel=1e-7
    )
    assert day.mean_queue_at[[4 * h for h in hours]] == near(
        np.array(list(row["EQ_hourly"].values())), rel=1e-7
    )
    assert day.p_wait == near(row["arrival_avg_P_delay"])
    assert day.mean_wait == near(row["mean_wait_hours"], rel=1e-8)
    assert day.mean_queue_at.max() == near(row["peak_EQ"], rel=1e-8)
    assert at[day.mean_queue_at.argmax()] == row["peak_time_h"]
    assert day.offered == near(24 * row["lb"])
    assert day.p_abandon == near(row["theta"] * day.mean_wait, abs=1e-15)
    assert day.occupancy == near(row["lb"] / row["mu"] / row["s"] * (1 - day.p_abandon), rel=1e-8)
    assert day.mean_queue_at[-1] == near(day.mean_queue_at[0], rel=1e-8)


@pytest.mark.parametrize(
    ("name", "limits", "key"),
    [("MMCAb", {"patience": 1.0}, "abandoned"), ("MMCBlocked", {"places": 5}, "blocked")],
)
def test_a_working_day_from_empty_agrees_with_a_published_simulation(name, limits, key):
    """Twice the printed 95 % half-width: a right answer fails once in 10,000 such tables.

    An error of 5 % in the share that gives up or is blocked would be noticed.
    """
    printed = PUBLISHED["contactcenters"][name]["printed"]
    day = time_varying_queue([4.2], edges=[0, 480], agents=12, aht=2, **limits)
    lost = day.offered * (day.p_abandon if key == "abandoned" else day.p_block)
    assert lost == near(printed[key], rel=0, abs=printed["ci"][1] - printed["ci"][0])
    assert day.occupancy == near(printed["occ"], abs=3e-3, rel=0)


def test_it_settles_at_erlang_c_erlang_a_and_the_limited_queue():
    span = {"edges": [0.0, 400.0, 500.0], "agents": [9, 9], "aht": 1.0}
    c = time_varying_queue([7.0, 7.0], **span)
    assert c.p_wait_at[-1] == near(erlang_c(7, agents=9, aht=1).p_wait, rel=1e-7)
    assert c.mean_queue_at[-1] == near(erlang_c(7, agents=9, aht=1).mean_queue, rel=1e-7)
    a = time_varying_queue([11.0, 11.0], patience=0.6, **span)
    settled = erlang_a(11, agents=9, aht=1, patience=0.6)
    assert a.p_wait_at[-1] == near(settled.p_wait, rel=1e-7)
    assert a.mean_in_system_at[-1] == near(settled.mean_in_system, rel=1e-7)
    k = time_varying_queue([11.0, 11.0], places=4, **span)
    closed = limited(11, agents=9, places=4, aht=1)
    assert k.p_block_at[-1] == near(closed.p_block, rel=1e-7)
    assert k.p_wait_at[-1] == near(closed.p_wait, rel=1e-7)


@pytest.mark.parametrize(("rate", "span"), [(3.0, 5.0), (4.5, 300.0)])
def test_a_steady_cycle_without_change_is_stationary(rate, span):
    # The second outgrows the states it begins with.
    day = time_varying_queue(
        [rate, rate], edges=[0, 0.4 * span, span], agents=5, aht=1.0, periodic=True
    )
    c = erlang_c(rate, agents=5, aht=1)
    assert day.p_wait_at == near(np.full(3, c.p_wait), rel=1e-8)
    assert day.mean_wait == near(c.mean_wait, rel=1e-8)
    assert day.occupancy == near(rate / 5, rel=1e-8)


def test_patience_equal_to_handle_time_is_poisson_whatever_the_staffing():
    rates, edges, agents = [30.0, 80.0, 10.0], [0.0, 1.0, 2.5, 4.0], [20, 61, 0]
    at = np.array([0.3, 1.0, 1.7, 2.5, 2.6, 4.0])
    day = time_varying_queue(rates, edges=edges, agents=agents, aht=1, patience=1, at=at)
    m = modified_offered_load(rates, edges=edges, handle_time=1, at=at)
    s = np.array([20, 61, 61, 0, 0, 0])
    tail = np.where(s > 0, special.gammainc(np.maximum(s, 1), m), 1.0)
    queue = m * np.where(s > 1, special.gammainc(np.maximum(s - 1, 1), m), 1.0) - s * tail
    assert day.mean_in_system_at == near(m, rel=1e-7)
    assert day.p_wait_at == near(tail, rel=1e-8, abs=1e-11)
    assert day.mean_queue_at == near(queue, rel=1e-8, abs=1e-11)


def test_initial_contacts_leave_one_by_one():
    # Nobody arrives: 3 contacts and 2 agents; the first leaves at rate 2, and so on.
    day = time_varying_queue([0.0], edges=[0, 1], agents=2, aht=1, initial=3, at=[0, 0.5, 1])
    queue = np.exp(-2 * np.array([0, 0.5, 1]))  # until the first departure
    assert day.mean_queue_at == near(queue, rel=1e-8)
    assert day.mean_in_system_at[0] == 3
    assert day.offered == day.p_wait == day.p_block == 0


def test_a_limit_on_places_holds_while_agents_come_and_go():
    day = time_varying_queue(
        [5.0, 5.0, 5.0],
        edges=[0, 4, 8, 12],
        agents=[6, 2, 6],
        aht=1,
        places=3,
        at=[3.9, 4, 7.9, 12],
    )
    assert (day.p_wait_at + day.p_block_at <= 1).all()
    assert day.p_block_at[1] > day.p_block_at[0]  # four agents leave at that instant
    assert day.mean_in_system_at.max() <= 9
    assert 0 < day.p_block < 1


def test_at_is_answered_in_the_order_asked():
    asked = [7.0, 0.0, 3.0, 10.0, 3.0]
    answer = time_varying_queue([2.0, 4.0], edges=[0, 5, 10], agents=[4, 5], aht=1, at=asked)
    again = time_varying_queue([2.0, 4.0], edges=[0, 5, 10], agents=[4, 5], aht=1, at=sorted(asked))
    order = np.argsort(asked, kind="stable")
    assert answer.p_wait_at[order] == near(again.p_wait_at)
    assert answer.p_wait_at[2] == near(answer.p_wait_at[4])


def test_the_state_space_grows_with_chance():
    long = time_varying_queue([1.8], edges=[0, 6000], agents=2, aht=1.0)
    assert long.mean_queue_at[-1] == near(erlang_c(1.8, agents=2, aht=1).mean_queue, rel=1e-8)


def test_the_state_space_grows_with_an_overload():
    morning = time_varying_queue([150.0], edges=[0, 5], agents=50, aht=1.0)
    # No abandonment: everyone who came is still there or was served at full speed.
    assert morning.mean_in_system_at[-1] == near(750 - 250 * morning.occupancy, rel=1e-8)
    assert morning.mean_in_system_at[-1] > 500
