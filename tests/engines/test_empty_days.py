"""Days on which nothing happens are days too."""

from __future__ import annotations

from tests.engines.by_hand import Row, Run, all_day, contact_type, group, scenario


def test_an_empty_day_is_a_day(run: Run) -> None:
    day = scenario([contact_type()], [group("home", ["phone"])])
    result = run(day, [], all_day("home"))
    assert {len(values) for values in result.contacts.values()} == {0}
    assert {len(values) for values in result.busy.values()} == {0}


def test_a_day_without_agents_is_a_day(run: Run) -> None:
    day = scenario([contact_type()], [group("home", ["phone"])])
    assert run(day, [Row(10, 5)], []).contacts["agent"].tolist() == [-1]
