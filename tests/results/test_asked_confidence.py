"""The confidence that is asked for is that of every interval, in tables and in print."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import queuesim as qs
from queuesim.results import (
    Result,
    Totals,
    chance_of,
    contact_means,
    mean_of,
    proportion,
    ratio,
    tally,
)
from queuesim.results.measures import MEASURES
from queuesim.results.satisfaction import Satisfaction
from tests.experiments.small import centre
from tests.results.by_hand import handled, outcome, scenario

SURE = 0.8


@pytest.fixture(scope="module")
def played() -> Result:
    return qs.simulate(centre(2, days=2, per_day=120.0), replications=5, seed=5)


def test_of_means_chances_and_groups_of_contacts() -> None:
    values, ones = [3.0, 5.0, 4.0, 8.0], np.ones(4)
    assert mean_of(values, confidence=SURE) == ratio(values, ones, confidence=SURE)
    assert chance_of([1, 0, 1, 1], confidence=SURE) == proportion(
        [1, 0, 1, 1], ones, confidence=SURE
    )
    nights = [[1, 0, 1], [1, 1, 1], [0, 0, 0], [0, 1, 1]]
    assert chance_of(nights, confidence=SURE) == proportion(
        [2, 3, 0, 2], [3, 3, 3, 3], confidence=SURE
    )
    table = pd.DataFrame({"replication": [0, 0, 1], "kind": "a", "late_s": [10.0, 20.0, 40.0]})
    # the last two replications have no contact of the group, and count
    found = contact_means(table, "late_s", by="kind", replications=4, confidence=SURE)
    assert found == {"a": ratio([30, 40, 0, 0], [2, 1, 0, 0], confidence=SURE)}


def test_of_every_row_of_the_summary(played: Result) -> None:
    frame = played.summary(confidence=SURE).frame
    types, groups = played.layout.types, played.layout.groups
    assert not set(types) & set(groups)
    for row in frame.itertuples():
        whose = {} if row.of == "all" else {
            "contact_type" if row.of in types else "agent_group": row.of
        }  # fmt: skip
        each = played.measure(row.measure, confidence=SURE, **whose)
        told = np.array([row.value, row.low, row.high], dtype=float)
        np.testing.assert_array_equal(told, [each.value, each.low, each.high], err_msg=str(row))
        assert row.unit == each.unit
    many = {
        "contacts": len(types),
        "waits": len(types),
        "groups": len(groups),
        "money": len(groups),
    }
    for name, measure in MEASURES.items():
        assert (frame["measure"] == name).sum() == 1 + many.get(measure.of, 0), name


def test_of_what_the_page_says_of_groups(played: Result) -> None:
    shown = [
        " ".join(str(played.summary(confidence=sure)).split())
        for sure in (SURE, 0.95)
    ]  # fmt: skip
    for group in played.layout.groups:
        told = [
            played.measure("occupancy", agent_group=group, confidence=sure).text
            for sure in (SURE, 0.95)
        ]
        assert told[0] != told[1]
        assert told[0] in shown[0]
        assert told[1] in shown[1]


def test_a_page_for_browsers_shows_what_is_written(played: Result) -> None:
    noted = Result(played.totals, seed=5, engine="compiled", notes=("calls <2 min> & more",))
    page = noted.summary()._repr_html_()
    assert "calls &lt;2 min> &amp; more" in page


# What customers might answer ----------------------------------------------------------------

MODEL = qs.Experience(friendliness=0.8)


def asked(first: int, waits_s: list[float], confidence: float = SURE) -> Satisfaction:
    """One customer of each group in every replication; those of the partner wait so long."""
    played = [
        outcome(
            scenario(),
            [handled("phone", 10.0, 20.0), handled("phone", 50.0, 50.0 + wait_s, agent=2)],
            replication=first + k,
        )
        for k, wait_s in enumerate(waits_s)
    ]
    totals = Totals(scenario(), first=first)
    for each in played:
        totals.add(tally(each, keep_contacts=True))
    return Result(totals, seed=1, engine="by hand").experience(MODEL, confidence=confidence)


def test_of_what_customers_might_answer() -> None:
    said, other = asked(0, [100.0, 300.0, 250.0]), asked(0, [20.0, 10.0, 40.0])
    by_replication = said.customers.groupby("replication")["csat"].sum()
    assert said.measure("csat") == ratio(by_replication, [2, 2, 2], confidence=SURE, unit="share")
    gap = said.difference(other, "csat")
    wide = asked(0, [100.0, 300.0, 250.0], 0.95).difference(other, "csat")
    assert (gap.confidence, gap.value) == (SURE, wide.value)
    assert 0 < gap.half_width < wide.half_width
    assert gap.value < 0
    home = said.difference(other, "csat", agent_group="home")
    assert (home.value, home.half_width) == (0.0, 0.0)  # they waited alike


def test_replications_keep_their_numbers() -> None:
    """Those of a run that begins with the sixth."""
    said = asked(5, [100.0, 300.0])
    assert said.customers["replication"].tolist() == [5, 5, 6, 6]
    assert said.measure("customers").value == 2
    assert [each.tolist() for each in said.values("customers", agent_group="home")] == [
        [1, 1], [1, 1],
    ]  # fmt: skip
    with pytest.raises(ValueError, match="same seed"):
        said.difference(asked(0, [100.0, 300.0]), "csat")
