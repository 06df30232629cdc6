"""One agent with any handle time, and priority classes."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queuesim.theory import erlang_c, priority_queue, single_agent
from tests.theory.references import EXACT, laws, near


@pytest.mark.parametrize("row", EXACT["MG1_PK"], ids=str)
def test_single_agent_equals_the_reference(row):
    answer = single_agent(row["lam"] * row["ES"], aht=row["ES"], cv=math.sqrt(row["scv"]))
    assert answer.mean_wait == near(row["W"])
    assert answer.mean_queue == near(row["lam"] * row["W"])  # Little
    assert answer.p_wait == answer.occupancy == row["lam"]


@laws(50)
@given(st.floats(0.01, 0.98), st.floats(1, 1000))
def test_exponential_handle_times_make_it_erlang_c(load, aht):
    assert single_agent(load, aht=aht, cv=1).mean_wait == near(
        erlang_c(load, agents=1, aht=aht).mean_wait
    )


@pytest.mark.parametrize("row", EXACT["mmc_priority"], ids=str)
def test_priorities_equal_the_reference(row):
    loads = [row["l1"] / row["mu"], row["l2"] / row["mu"]]
    answer = priority_queue(loads, agents=row["c"], aht=1 / row["mu"])
    assert answer.p_wait == near(row["P_wait"])
    assert answer.mean_waits == near((row["W1"], row["W2"]))
    assert answer.mean_wait == near(row["W_fifo"])


@laws(50)
@given(st.lists(st.floats(0.01, 5), min_size=1, max_size=6), st.floats(1.01, 3))
def test_priorities_move_waiting_and_make_none(loads, spare):
    agents = math.ceil(sum(loads) * spare) + 1
    answer = priority_queue(loads, agents=agents, aht=200)
    assert list(answer.mean_waits) == sorted(answer.mean_waits)
    shared = sum(a * w for a, w in zip(loads, answer.mean_waits, strict=True)) / sum(loads)
    assert shared == near(answer.mean_wait)
    assert sum(answer.mean_queues) == near(sum(loads) / 200 * answer.mean_wait)


@laws(30)
@given(st.lists(st.floats(0.1, 3), min_size=2, max_size=4), st.floats(0.1, 3))
def test_who_comes_after_does_not_make_the_first_wait_for_their_queue(loads, extra):
    # Only through p_wait: whoever is in service is not interrupted.
    agents = math.ceil(sum(loads) + extra) + 2
    a = priority_queue(loads, agents=agents, aht=60)
    b = priority_queue([*loads, extra], agents=agents, aht=60)
    assert b.mean_waits[0] / b.p_wait == near(a.mean_waits[0] / a.p_wait)
