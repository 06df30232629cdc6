"""Chat, callbacks and redials: against exact numbers and queues they contain as special cases."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from scipy.sparse import linalg

from queuesim.theory import (
    callback_queue,
    chat_queue,
    erlang_a,
    erlang_b,
    erlang_c,
    redial_queue,
)
from tests.theory.references import EXACT, laws, near


@pytest.mark.parametrize(
    ("row", "error"),
    # The second row was computed with at most 150 waiting, and so is a little short of the limit.
    list(zip(EXACT["chat"], (1e-12, 5e-7), strict=True)),
    ids=["two at once", "three at once"],
)
def test_chat_equals_the_reference(row, error):
    alone = row["aht"][0]
    chat = chat_queue(
        row["lam"] * alone,
        agents=row["agents"],
        aht=alone,
        pace=[m * alone / each for m, each in enumerate(row["aht"], start=1)],
    )
    assert chat.p_wait == near(row["P_wait"], rel=error)
    assert chat.mean_wait == near(row["mean_wait"], rel=error)
    assert chat.p_abandon == row["P_abandon"] == 0
    assert chat.mean_open == near(row["mean_chats_in_service"], rel=error)
    assert chat.mean_open / row["agents"] == near(row["mean_chats_per_agent"], rel=error)
    assert chat.mean_handle_time == near(row["mean_handle_time"], rel=error)
    assert 1 - chat.occupancy == near(row["P_agent_idle"], rel=3 * error)


def test_one_chat_agent_by_hand():
    # Paces 1 and 1.5: weights 1, 1, then 2/3 and shrinking by 2/3 for each waiting: 3 * 2/3 = 2.
    chat = chat_queue(1, agents=1, aht=60, pace=(1, 1.5))
    assert chat.p_wait == near(2 / 4)
    assert chat.occupancy == near(3 / 4)
    assert chat.mean_queue == near(0.5 * 2)  # geometric from 0 with ratio 2/3
    assert chat.mean_open == near((1 + 2 * 2) / 4)


@laws(25)
@given(st.floats(0.1, 3), st.integers(1, 12), st.floats(20, 600))
def test_chat_one_at_a_time_is_erlang_a(occupancy, agents, patience):
    load = occupancy * agents
    chat = chat_queue(load, agents=agents, aht=180, pace=(1.0,), patience=patience)
    a = erlang_a(load, agents=agents, aht=180, patience=patience)
    assert chat.p_wait == near(a.p_wait)
    assert chat.p_abandon == near(a.p_abandon)
    assert chat.mean_wait == near(a.mean_wait)
    assert chat.occupancy == near(a.occupancy)
    assert chat.mean_handle_time == near(180)


@laws(15)
@given(st.floats(0.1, 0.95), st.integers(1, 6), st.integers(1, 3))
def test_chats_that_do_not_slow_each_other_are_so_many_agents(occupancy, agents, most):
    slots = agents * most
    load = occupancy * slots
    chat = chat_queue(load, agents=agents, aht=180, pace=range(1, most + 1))
    c = erlang_c(load, agents=slots, aht=180)
    assert chat.p_wait == near(c.p_wait)
    assert chat.mean_wait == near(c.mean_wait)
    assert chat.mean_open == near(load)


@pytest.mark.parametrize("row", EXACT["callback_mmc"][:1], ids=["offer at three waiting"])
def test_callbacks_equal_the_reference(row):
    offer = callback_queue(
        row["lam"] / row["mu"],
        agents=row["c"],
        aht=1 / row["mu"],
        min_queue=row["K"],
        accept=row["p"],
        reserve=row["reserve"],
    )
    assert offer.p_callback == near(row["P_callback"])
    assert offer.p_wait == near(row["P_wait_inbound"])
    assert offer.mean_wait == near(row["mean_wait_phone_callers"])
    assert offer.mean_callback_delay == near(row["mean_callback_delay"])
    assert offer.occupancy == near(row["occupancy"])
    assert offer.mean_queue == near(row["mean_phone_queue"])
    assert offer.mean_backlog == near(row["mean_callback_backlog"])
    assert offer.p_abandon == row["P_abandon"] == 0


@pytest.mark.parametrize(("min_queue", "accept"), [(0, 1.0), (2, 0.4), (5, 0.9)])
def test_without_reserve_callbacks_only_change_the_order(min_queue, accept):
    offer = callback_queue(8, agents=10, aht=300, min_queue=min_queue, accept=accept)
    c = erlang_c(8, agents=10, aht=300)
    assert c.p_wait == near(EXACT["callback_mmc"][1]["no_callback_Pwait"], rel=0.5)
    assert offer.p_wait == near(c.p_wait)
    assert offer.occupancy == near(c.occupancy)
    assert offer.mean_queue + offer.mean_backlog == near(c.mean_queue)
    by_count = offer.p_callback * offer.mean_callback_delay
    assert by_count + (1 - offer.p_callback) * offer.mean_wait == near(c.mean_wait)


def test_nobody_accepting_is_erlang_a():
    offer = callback_queue(11, agents=10, aht=300, min_queue=0, accept=0, patience=200)
    a = erlang_a(11, agents=10, aht=300, patience=200)
    assert offer.p_wait == near(a.p_wait)
    assert offer.p_abandon == near(a.p_abandon)
    assert offer.mean_wait == near(a.mean_wait)
    assert math.isnan(offer.mean_callback_delay)


def test_no_callback_reference():
    row, without = EXACT["callback_mmc"]
    c = erlang_c(row["lam"], agents=row["c"], aht=1)
    assert c.p_wait == near(without["no_callback_Pwait"])
    assert c.mean_wait == near(without["no_callback_reference_W"])


@pytest.mark.parametrize(
    ("agents", "reserve", "min_queue", "accept", "patience"),
    [(3, 1, 0, 1.0, math.inf), (4, 2, 1, 0.6, 0.8), (2, 0, 2, 1.0, 2.0)],
)
def test_callbacks_against_the_rule_written_out(agents, reserve, min_queue, accept, patience):
    """Another road: states (busy, on the line, open callbacks), dialling as a separate step."""
    load, most_line, most_open = 0.4 * agents, 14, 70

    def dial(busy, line, backlog):
        while line and busy < agents:
            busy, line = busy + 1, line - 1
        while backlog and not line and agents - busy > reserve:
            busy, backlog = busy + 1, backlog - 1
        return busy, line, backlog

    states = [
        (busy, line, backlog)
        for busy in range(agents + 1)
        for line in range(most_line + 1)
        for backlog in range(most_open + 1)
        if dial(busy, line, backlog) == (busy, line, backlog)
    ]
    index = {state: i for i, state in enumerate(states)}
    flow = sparse.lil_array((len(states), len(states)))
    for busy, line, backlog in states:
        here = index[busy, line, backlog]
        share = accept if busy == agents and line >= min_queue else 0.0
        moves = [
            (dial(busy - 1, line, backlog), float(busy)),
            (dial(busy, line + 1, backlog), load * (1 - share)),
            (dial(busy, line, backlog + 1), load * share),
            (dial(busy, max(line - 1, 0), backlog), line / patience),
        ]
        for there, rate in moves:
            if rate > 0 and there in index:
                flow[index[there], here] += rate
                flow[here, here] -= rate
    flow[0, :] = 1.0
    right = np.zeros(len(states))
    right[0] = 1.0
    busy, line, backlog = np.array(states).T
    share = linalg.spsolve(flow.tocsc(), right)
    offer = callback_queue(
        load,
        agents=agents,
        aht=1.0,
        min_queue=min_queue,
        accept=accept,
        reserve=reserve,
        patience=patience,
    )
    assert offer.p_wait == near(share[busy == agents].sum(), rel=1e-7)
    assert offer.p_callback == near(
        accept * share[(busy == agents) & (line >= min_queue)].sum(), rel=1e-7
    )
    assert offer.mean_queue == near(share @ line, rel=1e-6, abs=1e-12)
    assert offer.mean_backlog == near(share @ backlog, rel=1e-6)
    assert offer.occupancy == near(share @ busy / agents, rel=1e-7)


def test_a_reserve_helps_the_line_and_delays_callbacks():
    line, delay = zip(
        *(
            (q.mean_wait, q.mean_callback_delay)
            for q in (
                callback_queue(8, agents=10, aht=300, min_queue=2, reserve=r) for r in range(4)
            )
        ),
        strict=True,
    )
    assert list(line) == sorted(line, reverse=True)
    assert list(delay) == sorted(delay)


@pytest.mark.parametrize("row", EXACT["retrial"], ids=["one agent"])
def test_redials_equal_the_reference(row):
    again = redial_queue(
        row["lam"] / row["mu"], agents=row["c"], aht=1 / row["mu"], redial_after=1 / row["nu"]
    )
    assert again.p_block == near(row["P_blocked_first"])
    assert again.mean_redialling == near(row["mean_orbit"])
    assert again.mean_redialling == near(row["closed_form_orbit_c1"])
    assert again.mean_delay == near(row["mean_time_in_orbit"])
    assert again.occupancy * row["c"] == near(row["mean_busy"])


@laws(15)
@given(st.floats(0.1, 0.9), st.floats(5, 600))
def test_one_agent_with_redials_has_a_closed_form(load, after):
    again = redial_queue(load, agents=1, aht=60, redial_after=after)
    assert again.mean_redialling == near(load**2 / (1 - load) * (1 + after / 60), rel=1e-8)


def test_redialling_at_once_is_waiting_and_redialling_late_is_a_loss():
    at_once = redial_queue(4, agents=6, aht=60, redial_after=1e-4)
    assert at_once.p_block == near(erlang_c(4, agents=6, aht=60).p_wait, rel=1e-4)
    # Late redials come as fresh contacts: the load r they make satisfies r = (4 + r) B(4 + r).
    late = redial_queue(4, agents=6, aht=60, redial_after=60 * 50)
    extra = late.mean_redialling / 50
    assert extra == near((4 + extra) * erlang_b(4 + extra, agents=6), rel=0.02)
    assert late.p_block == near(erlang_b(4 + extra, agents=6), rel=0.02)
