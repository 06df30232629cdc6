"""Wrong input is refused with the name, the value, the rule and, where there is one, the fix."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from queuesim import theory as t

C = {"agents": 12, "aht": 180}
A = {"agents": 12, "aht": 180, "patience": 120}
BINS = {"edges": [0, 60, 120], "handle_time": 30}
DAY = {"edges": [0, 60, 120], "agents": 3, "aht": 30}

NOT_POSITIVE = [0, -3, math.nan, math.inf, True, "12", None]


@pytest.mark.parametrize("value", NOT_POSITIVE, ids=repr)
@pytest.mark.parametrize(
    ("name", "ask"),
    [
        ("aht", lambda v: t.erlang_c(3, agents=5, aht=v)),
        ("agents", lambda v: t.erlang_c(3, agents=v, aht=60)),
        ("agents", lambda v: t.erlang_a(3, agents=v, aht=60, patience=60)),
        ("agents", lambda v: t.limited_queue(3, agents=v, places=2, aht=60)),
        ("agents", lambda v: t.chat_queue(3, agents=v, aht=60, pace=(1,))),
        ("aht", lambda v: t.offered_load(3, aht=v)),
        ("per", lambda v: t.offered_load(3, aht=60, per=v)),
        ("period", lambda v: t.sinusoidal_load(0, mean_rate=1, amplitude=1, period=v, aht=1)),
        ("redial_after", lambda v: t.redial_queue(0.5, agents=1, aht=60, redial_after=v)),
    ],
)
def test_what_must_be_above_zero(name, ask, value):
    with pytest.raises(ValueError, match=rf"^{name}=.*must be"):
        ask(value)


@pytest.mark.parametrize("value", [-1, math.nan, math.inf, False, "3", None], ids=repr)
@pytest.mark.parametrize(
    "ask",
    [
        lambda v: t.erlang_c(v, **C),
        lambda v: t.erlang_a(v, **A),
        lambda v: t.erlang_b(v, agents=3),
        lambda v: t.limited_queue(v, places=3, **C),
        lambda v: t.min_agents(v, aht=60, max_p_wait=0.5),
        lambda v: t.square_root_agents(v, beta=1),
    ],
)
def test_a_load_is_a_number_from_zero(ask, value):
    with pytest.raises(ValueError, match=r"^load=.*at least 0"):
        ask(value)


CASES = {
    "max_asa=0: must be a number above 0": lambda: t.min_agents(3, aht=60, max_asa=0),
    "agents=10.* more than the load of 10 .* at least 11": lambda: t.erlang_c(10, agents=10, aht=1),
    "use erlang_a if": lambda: t.erlang_c(10, agents=9, aht=1),
    r"agents=10.* when nobody gives up": lambda: t.erlang_a(
        10, agents=10, aht=1, patience=math.inf
    ),
    r"agents=2\.5: must be a whole number": lambda: t.erlang_a(1, agents=2.5, aht=1, patience=1),
    r"patience=0: must be a number above 0": lambda: t.erlang_a(1, agents=2, aht=1, patience=0),
    r"patience=nan": lambda: t.erlang_a(1, agents=2, aht=1, patience=math.nan),
    r"places=-1: must be a whole": lambda: t.limited_queue(1, agents=2, aht=1, places=-1),
    r"agents\[1\]=0": lambda: t.erlang_b(1, agents=[1, 0]),
    r"load\[0, 1\]=nan": lambda: t.erlang_b([[1, math.nan]], agents=2),
    "millions of contacts": lambda: t.erlang_a(11, agents=10, aht=1, patience=1e9),
    r"t=-1\.0: must be a finite number at least 0|t=-1": lambda: t.erlang_c(1, **C).wait_exceeds(
        -1
    ),
    r"within=-1": lambda: t.erlang_c(1, **C).service_level(-1),
    r"within=nan": lambda: t.erlang_a(1, **A).service_level(math.nan),
    r"within=-2": lambda: t.limited_queue(1, places=2, **C).service_level(-2),
    r"short_abandon=-1": lambda: t.erlang_a(1, **A).service_level(
        20, definition="quick_abandons_excluded", short_abandon=-1
    ),
    "share=1": lambda: t.erlang_c(1, **C).wait_quantile(1),
    "of='all'.*entered, answered, abandoned": lambda: t.erlang_a(1, **A).wait_exceeds(1, of="all"),
    "definition='best'.*answered_of_offered": lambda: t.erlang_a(1, **A).service_level(
        20, definition="best"
    ),
    "load=1: .*below 1.*erlang_c": lambda: t.single_agent(1, aht=1, cv=1),
    "cv=-1": lambda: t.single_agent(0.5, aht=1, cv=-1),
    r"loads=\[\]": lambda: t.priority_queue([], agents=1, aht=1),
    r"loads\[1\]=-2": lambda: t.priority_queue([1, -2], agents=4, aht=1),
    "agents=3.* load of 3": lambda: t.priority_queue([1, 2], agents=3, aht=1),
    "beta=0.*use garnett|beta=0.*With abandonment": lambda: t.halfin_whitt(0),
    "patience_ratio=0": lambda: t.garnett(1, patience_ratio=0),
    "p_wait=1": lambda: t.beta_for(1),
    "shrinkage=30.*0.3 is 30 %": lambda: t.headcount_for(5, shrinkage=30),
    "within=None: must be given with service_level": lambda: t.min_agents(
        1, aht=1, service_level=0.8
    ),
    "service_level=None: must be given with within": lambda: t.min_agents(1, aht=1, within=20),
    "service_level=80": lambda: t.min_agents(1, aht=1, service_level=80, within=20),
    "max_occupancy=85.*0.85 is 85 %": lambda: t.min_agents(1, aht=1, max_occupancy=85),
    "patience=inf: must be finite with max_abandon": lambda: t.min_agents(
        1, aht=1, max_abandon=0.05
    ),
    r"edges\[1:3\]=.*increasing": lambda: t.modified_offered_load(
        [1, 1], edges=[0, 5, 5], handle_time=1
    ),
    r"edges=.*two times": lambda: t.modified_offered_load([], edges=[0], handle_time=1),
    r"rates=.*2 numbers for 3 edges": lambda: t.modified_offered_load([1], **BINS),
    r"rates\[1\]=-1": lambda: t.modified_offered_load([1, -1], **BINS),
    r"at\[0\]=-5": lambda: t.modified_offered_load([1, 1], at=[-5], **BINS),
    "initial=3.* exponential": lambda: t.modified_offered_load(
        [1], edges=[0, 1], handle_time=stats.gamma(2), initial=3
    ),
    "handle_time='30s'.*frozen scipy": lambda: t.modified_offered_load(
        [1], edges=[0, 1], handle_time="30s"
    ),
    "handle_time=-30": lambda: t.modified_offered_load([1], edges=[0, 1], handle_time=-30),
    r"distribution\.sf": lambda: t.modified_offered_load(
        [1], edges=[0, 1], handle_time=lambda x: 2 + x
    ),
    "falls from 1 to 0": lambda: t.modified_offered_load(
        [1], edges=[0, 1], handle_time=lambda x: np.ones_like(x)
    ),
    "do not hold its tail": lambda: t.modified_offered_load(
        [1], edges=[0, 1], handle_time=stats.pareto(1.5), periodic=True
    ),
    "amplitude=2.* at most 1": lambda: t.sinusoidal_load(
        0, mean_rate=1, amplitude=2, period=1, aht=1
    ),
    r"intervals=\(-1": lambda: t.mol_agents([1, 1], p_wait=0.2, intervals=[-1, 60], **BINS),
    "rule='best'": lambda: t.mol_agents([1, 1], p_wait=0.2, rule="best", **BINS),
    "p_wait=20": lambda: t.mol_agents([1, 1], p_wait=20, **BINS),
    r"agents\[0\]=0|agents=0": lambda: t.pointwise_stationary([1.0], agents=[0], aht=1),
    r"agents=\[1, 2, 3\].*2 for 3 edges": lambda: t.time_varying_queue(
        [1, 1], edges=[0, 1, 2], agents=[1, 2, 3], aht=1
    ),
    "agents=1.5.*whole": lambda: t.time_varying_queue([1], edges=[0, 1], agents=1.5, aht=1),
    r"at=\(0.0, 121.0\).*within the edges": lambda: t.time_varying_queue(
        [1, 1], at=[0, 121], **DAY
    ),
    "agents=3.*30 erlangs when nobody gives up": lambda: t.time_varying_queue(
        [1, 1], periodic=True, **DAY
    ),
    r"rates\(t\)=-1": lambda: t.time_varying_queue(lambda _: -1.0, **DAY),
    "agents=1: .*pace": lambda: t.chat_queue(2, agents=1, aht=1, pace=(1, 1.5)),
    r"pace=\(\)": lambda: t.chat_queue(2, agents=1, aht=1, pace=()),
    r"pace\[1\]=0": lambda: t.chat_queue(2, agents=1, aht=1, pace=(1, 0)),
    "states to solve for": lambda: t.chat_queue(150, agents=200, aht=1, pace=(1, 1, 1, 1)),
    "reserve=3: must be below the 3": lambda: t.callback_queue(
        1, agents=3, aht=1, min_queue=1, reserve=3
    ),
    "accept=1.1": lambda: t.callback_queue(1, agents=3, aht=1, min_queue=1, accept=1.1),
    "agents=10.*reserve included.*backlog": lambda: t.callback_queue(
        9, agents=10, aht=1, min_queue=3, reserve=9
    ),
    "agents=3: must be enough for": lambda: t.callback_queue(3, agents=3, aht=1, min_queue=3),
    "agents=1: must be more than the load": lambda: t.redial_queue(
        1, agents=1, aht=1, redial_after=1
    ),
}


@pytest.mark.parametrize(("says", "ask"), CASES.items(), ids=CASES)
def test_the_message_says_what_and_why(says, ask):
    with pytest.raises(ValueError, match=says):
        ask()
