"""Numbers of each replication, of its days and of groups of contacts: those of the result."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import queuesim as qs
from queuesim.results import (
    Estimate,
    OwnMeasure,
    Result,
    chance_of,
    contact_means,
    mean_of,
    paired_difference,
    proportion,
    ratio,
    spread_of,
)
from tests.experiments.small import centre

N = 6


@pytest.fixture(scope="module")
def played() -> Result:
    base = centre(2, days=9, per_day=120.0)
    mail = qs.ContactType(
        name="mail",
        channel="message",
        demand=qs.Demand(per_day=40, day="office"),
        talk=qs.Exponential(mean="40min"),
        target=qs.ServiceTarget(share=0.9, within="4h"),
        hours="08:00-12:00",
    )
    ask = qs.ContactType(
        name="ask",
        channel="self_service",
        demand=qs.Demand(per_day=40, day="office"),
        talk=qs.Exponential(mean="1min"),
        target=None,
        front_door=qs.FrontDoor(contains=0.5, to={"phone": 0.9}),
    )
    home = base.agent_groups[0].model_copy(update={"skills": ("phone", "mail")})
    scenario = base.model_copy(
        update={
            "contact_types": (*base.contact_types, mail, ask),
            "agent_groups": (home, base.agent_groups[1]),
        }
    )
    return qs.simulate(scenario, replications=N, seed=5, keep_contacts=True)


def test_means_chances_and_spreads() -> None:
    values = [3.0, 5.0, 4.0, 8.0]
    assert mean_of(values, unit="s") == ratio(values, [1, 1, 1, 1], unit="s")
    happened = np.array([True, False, True, True])
    assert chance_of(happened) == proportion([1, 0, 1, 1], [1, 1, 1, 1])
    nights = np.array([[True, False], [True, True], [False, False], [True, True]])
    assert chance_of(nights) == proportion([1, 2, 0, 2], [2, 2, 2, 2])
    with pytest.raises(ValueError, match="compare first: x > 5"):
        chance_of([0.3, 1.0])
    spread = spread_of(np.arange(201.0), share=0.95, unit="s")
    assert [round(each, 9) for each in (spread.value, spread.low, spread.high)] == [100, 5, 195]
    assert str(spread) == "100.0 s (5.00 to 195.00 s) (95 % of 201 replications)"
    assert spread_of([1.0, 2.0, 9.0], share=0.5).value == 4  # the mean, not the median
    with pytest.raises(ValueError, match="between 0 and 1"):
        spread_of(values, share=90)


def test_an_estimate_per_week_or_in_hours() -> None:
    cost = Estimate(1200.0, 60.0, 0.95, 20, "EUR", (1150.0, 1270.0))
    week = cost.per(4)
    assert (week.value, week.half_width, week.low, week.high) == (300.0, 15.0, 287.5, 317.5)
    assert (week.unit, week.n, week.confidence) == ("EUR", 20, 0.95)
    assert Estimate(7200.0, 0.0, 0.95, 3, "s").per(3600, unit="h").text == "2.00 h"
    with pytest.raises(ValueError, match="above 0"):
        cost.per(0)


@pytest.mark.parametrize("period", ["day", "week"])
@pytest.mark.parametrize("name", ["service_level", "abandonment", "asa", "offered"])
@pytest.mark.parametrize("kind", [None, "phone", "mail"])
def test_by_period_adds_up_to_the_measure(
    played: Result, period: str, name: str, kind: str | None
) -> None:
    over, under = played.values_by(period, name, contact_type=kind)
    whole = played.values(name, contact_type=kind)
    np.testing.assert_allclose(over.sum(axis=1), whole[0])
    if name != "offered":
        np.testing.assert_allclose(under.sum(axis=1), whole[1])
    table = played.days if period == "day" else played.weeks
    if kind and name in table:
        by_date = played.measure_by(period, name, contact_type=kind)
        rows = table[table["contact_type"] == kind]
        assert list(by_date) == [stamp.date() for stamp in rows["date"]]
        values = [estimate.value for estimate in by_date.values()]
        np.testing.assert_allclose(values, rows[name], equal_nan=True)


def test_a_measure_by_day_prints_as_a_table(played: Result) -> None:
    by_day = played.measure_by("day", "abandonment", contact_type="phone")
    lines = str(by_day).splitlines()
    assert len(lines) == len(by_day) + 1
    for line, (day, estimate) in zip(lines, by_day.items(), strict=False):
        assert line == f"{day:%a %Y-%m-%d}  {estimate.text}"
    assert "Estimate(" not in str(by_day)


def test_backlog_by_day_is_who_still_waits(played: Result) -> None:
    """Counted again from the contacts: came before midnight, neither taken nor gone by then."""
    waiting, ones = played.values_by("day", "backlog", contact_type="mail")
    assert (ones == 1).all()
    contacts = played.contacts[played.contacts["contact_type"] == "mail"]
    gone_s = contacts["answered_s"].fillna(contacts["left_s"]).fillna(np.inf)
    for day, edge_s in enumerate(played.scenario.horizon.day_edges_s[1:]):
        here = (contacts["arrival_s"] < edge_s) & (gone_s >= edge_s)
        counted = contacts[here].groupby("replication").size().reindex(range(N), fill_value=0)
        assert list(waiting[:, day]) == list(counted)
    assert waiting.max() > 0


def test_what_is_not_counted_by_day_is_refused(played: Result) -> None:
    with pytest.raises(ValueError, match="no measure by day or week 'wait_p90'"):
        played.values_by("day", "wait_p90")
    with pytest.raises(ValueError, match="no measure by day or week 'cost'"):
        played.values_by("day", "cost")
    with pytest.raises(ValueError, match="must be 'day' or 'week'"):
        played.values_by("month", "offered")
    with pytest.raises(ValueError, match="no contact type 'fone'"):
        played.values_by("day", "backlog", contact_type="fone")


@pytest.mark.parametrize("definition", list(qs.ServiceLevel))
def test_kept_contacts_are_the_service_level(played: Result, definition: qs.ServiceLevel) -> None:
    table = played.kept(definition)
    for kind in ("phone", "mail"):
        some = table[table["contact_type"] == kind]
        over, under = played.values("service_level", contact_type=kind, definition=definition)
        by = some.groupby("replication")["kept"]
        assert list(by.sum()) == list(over)
        assert list(by.count()) == list(under)
    means = contact_means(table, "kept", by="contact_type", replications=N, unit="share")
    assert means["phone"] == played.measure(
        "service_level", contact_type="phone", definition=definition
    )


def test_means_of_groups_of_contacts() -> None:
    table = pd.DataFrame(
        {
            "replication": [0, 0, 0, 2, 2],
            "night": ["a", "a", None, "a", "b"],
            "kind": ["x", "y", "x", "x", "x"],
            "late_s": [10.0, 20.0, 99.0, 40.0, 5.0],
        }
    )
    found = contact_means(table, "late_s", by="night", replications=3, unit="s")
    assert found == {
        "a": ratio([30, 0, 40], [2, 0, 1], unit="s"),
        "b": ratio([0, 0, 5], [0, 0, 1], unit="s"),
    }
    both = contact_means(table, "late_s", by=["kind", "night"], replications=3)
    assert set(both) == {("x", "a"), ("y", "a"), ("x", "b")}
    with pytest.raises(ValueError, match="no column 'hour'"):
        contact_means(table, "late_s", by="hour", replications=3)


def test_a_measure_of_ones_own_stands_like_any_other(played: Result) -> None:
    def bill(result: Result) -> np.ndarray:
        return result.values("cost")[0] + 25 * result.values("abandoned")[0]

    own = OwnMeasure(label="bill", of=bill, unit="currency", better="low")
    assert played.measure(own) == mean_of(bill(played), unit="EUR")
    same = OwnMeasure(label="same", of=lambda r: r.values("abandonment"), unit="share")
    assert played.measure(same) == played.measure("abandonment")
    with pytest.raises(ValueError, match="leave contact_type and agent_group out"):
        played.measure(own, contact_type="phone")
    with pytest.raises(ValueError, match=r"shape \(6,\).*gave shape \(\)"):
        played.measure(OwnMeasure(label="one number", of=lambda r: 3.0))
    with pytest.raises(ValueError, match="gave nan in replication 0"):
        played.measure(OwnMeasure(label="gap", of=lambda r: np.full(N, np.nan)))
    with pytest.raises(ValueError, match="must be 'high', 'low' or None"):
        OwnMeasure(label="bill", of=bill, better="lower")  # type: ignore[arg-type]


def test_options_are_compared_by_a_measure_of_ones_own() -> None:
    comparison = qs.compare({f"{k}": centre(k, days=1) for k in (1, 2, 3)}, replications=N, seed=3)

    def bill(result: Result) -> np.ndarray:
        return result.values("cost")[0] + 25 * result.values("abandoned")[0]

    own = OwnMeasure(label="bill", of=bill, unit="currency", better="low")
    means = {name: bill(result).mean() for name, result in comparison.results.items()}
    assert comparison.best(own) == min(means, key=lambda name: means[name])
    assert comparison.best(own, among=["1", "3"]) == min("13", key=lambda name: means[name])
    assert comparison.best("service_level") == "3"
    gap = comparison.difference(own, "3", against="1")
    one = np.ones(N)
    assert gap == paired_difference(
        (bill(comparison["3"]), one), (bill(comparison["1"]), one), unit="EUR"
    )
    printed = str(comparison.table(own, "cost", against="1"))
    assert "\nbill\n" in printed
    assert "\ncost\n" in printed
    with pytest.raises(ValueError, match="'offered' has no better side"):
        comparison.best("offered")
    with pytest.raises(KeyError, match="no option '4'"):
        comparison.best(own, among=["4"])
