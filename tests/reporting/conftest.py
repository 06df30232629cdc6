"""Small results to draw, made once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import matplotlib as mpl
import pytest

mpl.use("Agg")

from matplotlib import pyplot as plt

import queuesim as qs
from queuesim.experiments import Comparison
from queuesim.results import Result

N = 4


def scenario(*, days: int = 7, start: str = "2026-11-23", target: bool = True) -> qs.Scenario:
    phone = qs.ContactType(
        name="support",
        channel="phone",
        demand=qs.Demand(per_day=60, day="office", busyness=0.4, shared=1.0),
        talk=qs.Exponential(mean="6min"),
        wrap_up=qs.Exponential(mean="30s"),
        patience=qs.Exponential(mean="3min"),
        target=qs.ServiceTarget(share=0.8, within="20s"),
        hours={"mon-fri": "08:00-18:00", "sat": "10:00-15:00"},
    )
    chat = qs.ContactType(
        name="chat",
        channel="chat",
        demand=qs.Demand(
            per_day=40, day="office", week=(1, 1, 1, 1, 1, 0, 0), busyness=0.4, shared=1.0
        ),
        talk=qs.Exponential(mean="8min"),
        patience=qs.Exponential(mean="5min"),
        target=qs.ServiceTarget(share=0.9, within="1min"),
    )
    requests = qs.ContactType(
        name="requests",
        channel="callback",
        demand=qs.Demand(per_day=10, day="office"),
        talk=qs.Exponential(mean="4min"),
        target=None,
    )
    home = qs.AgentGroup(
        name="home",
        skills=("support", "requests"),
        headcount=3,
        shrinkage=0.2,
        contract=qs.InHouse(per_hour=24.0),
    )
    chatters = qs.AgentGroup(
        name="chatters",
        skills=("chat",),
        headcount=2,
        concurrency={"chat": 2},
        pace={"chat": (1, 1.6)},
        contract=qs.InHouse(per_hour=22.0),
    )
    return qs.Scenario(
        name="late autumn",
        contact_types=(phone, chat, requests),
        agent_groups=(home, chatters),
        horizon=qs.Horizon(start=start, days=days, timezone="Europe/Helsinki"),
    )


@pytest.fixture(scope="session")
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.fixture(scope="session")
def week(pool: ThreadPoolExecutor) -> Result:
    return qs.simulate(scenario(), replications=N, seed=7, executor=pool, progress=False)


@pytest.fixture(scope="session")
def month(pool: ThreadPoolExecutor) -> Result:
    base = scenario(days=30, start="2026-11-25")
    return qs.simulate(base, replications=N, seed=7, executor=pool, progress=False)


@pytest.fixture(scope="session")
def single(pool: ThreadPoolExecutor) -> Result:
    return qs.simulate(scenario(), replications=1, seed=7, executor=pool, progress=False)


@pytest.fixture(scope="session")
def comparison(pool: ThreadPoolExecutor) -> Comparison:
    base = scenario()
    heads = {"as is": 3, "hire one": 4, "hire two": 5, "one fewer, if nobody is found": 2}
    return qs.compare(
        {name: base.change("agent_groups.home.headcount", n) for name, n in heads.items()},
        replications=N,
        seed=7,
        executor=pool,
        progress=False,
    )


@pytest.fixture(autouse=True)
def no_figure_stays_and_no_setting_changes() -> Iterator[None]:
    before = dict(mpl.rcParams)
    yield
    plt.close("all")
    assert dict(mpl.rcParams) == before
