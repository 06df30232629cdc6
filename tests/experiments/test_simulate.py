"""simulate: the same tables whoever computes them, and a clear stop."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor

import pandas as pd
import pytest

import queuesim as qs
from queuesim.experiments.executors import local_executor
from queuesim.results import Result
from tests.experiments.awkward import LastComesFirst
from tests.experiments.small import centre


def tables(result: Result) -> list[pd.DataFrame]:
    return [result.intervals, result.groups, result.days, result.cost_table(), result.contacts]


@pytest.fixture(scope="module")
def alone() -> Result:
    return qs.simulate(centre(), replications=4, seed=7, keep_contacts=True)


@pytest.mark.parametrize(
    "make",
    [
        lambda: ThreadPoolExecutor(2),
        local_executor,
        LastComesFirst,
    ],
    ids=["threads", "local cores", "last comes first"],
)
def test_workers_and_order_change_nothing_in_what_is_kept_of_contacts(
    make: Callable[[], Executor], alone: Result
) -> None:
    executor = make()
    shared = qs.simulate(centre(), replications=4, seed=7, keep_contacts=True, executor=executor)
    for one, other in zip(tables(alone), tables(shared), strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_another_seed_gives_other_contacts(alone: Result) -> None:
    other = qs.simulate(centre(), replications=4, seed=8, keep_contacts=True)
    assert not alone.contacts["arrival_s"].equals(other.contacts["arrival_s"])


def test_replications_are_not_copies_of_each_other(alone: Result) -> None:
    arrivals = alone.contacts.groupby("replication")["arrival_s"].apply(tuple)
    assert len(set(arrivals)) == 4


def test_fewer_replications_are_the_first_of_more(alone: Result) -> None:
    two = qs.simulate(centre(), replications=2, seed=7)
    assert two.values("offered")[0].tolist() == alone.values("offered")[0][:2].tolist()


def test_until_stops_as_soon_as_it_is_precise_enough() -> None:
    def half_width(n: int) -> float:
        return qs.simulate(centre(), replications=n, seed=7).measure("abandonment").half_width

    wanted = (half_width(20) + half_width(10)) / 2
    assert half_width(10) > wanted >= half_width(20)
    result = qs.simulate(centre(), replications=100, seed=7, until={"abandonment": wanted})
    assert result.replications == 20
    assert result.measure("abandonment").half_width <= wanted


def test_until_goes_no_further_than_replications() -> None:
    result = qs.simulate(centre(), replications=13, seed=7, until={"abandonment": 1e-9})
    assert result.replications == 13


def test_until_does_not_take_nothing_varied_for_nothing_left_to_learn() -> None:
    quiet = centre(headcount=20, per_day=20)
    result = qs.simulate(quiet, replications=20, seed=7, until={"abandonment": 0.01})
    assert result.measure("abandonment").half_width == 0  # nobody ever left
    assert result.replications == 20


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"replications": 0}, "replications=0: must be a whole number, 1 or more"),
        ({"replications": 2.5}, "replications=2.5"),
        ({"replications": True}, "replications=True"),
        ({"seed": -1}, "seed=-1: must be a whole number, 0 or more"),
        ({"engine": "fast"}, "engine='fast': must be one of 'compiled', 'reference'"),
        ({"until": {"service_level": 0.0}}, "must be between 0 and 1"),
        ({"until": {"service_level": 1}}, "0.01 is a percentage point"),
        ({"until": {"asa": -1}}, "must be above 0"),
        ({"until": {"service_levle": 0.01}}, "Did you mean 'service_level'?"),
    ],
)
def test_wrong_arguments_are_named(given: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says.replace("?", r"\?")):
        qs.simulate(centre(), **{"replications": 2, **given})


def test_overload_is_news_not_an_error() -> None:
    with pytest.warns(qs.ScenarioWarning, match="more work than the staffed people can do") as told:
        result = qs.simulate(centre(headcount=1, per_day=900), replications=1, seed=7)
    assert "erlang" in str(result.summary())
    assert told[0].filename == __file__


def test_contacts_that_were_not_kept_are_asked_for() -> None:
    with pytest.raises(ValueError, match="keep_contacts=True"):
        _ = qs.simulate(centre(), replications=1, seed=7).contacts


def test_progress_tells_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    qs.simulate(centre(), replications=3, seed=7, progress=True)
    assert "3/3" in capsys.readouterr().err
    qs.simulate(centre(), replications=3, seed=7)
    assert capsys.readouterr().err == ""
