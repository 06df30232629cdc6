"""What an engine does not know it refuses by name; it never approximates."""

from __future__ import annotations

import pytest

import queuesim as qs
from queuesim.experiments.players import ENGINES as PLAYED
from tests.engines.by_hand import ENGINES, Row, Run, all_day, contact_type, group, scenario, tape

BACK = qs.Return(share=0.5, delay=60.0)


@pytest.mark.parametrize(
    ("kind", "skill", "named"),
    [
        (contact_type("x", redial=BACK), "x", "redial.*'x'"),
        (contact_type("x", repeat=BACK), "x", "repeat.*'x'"),
        (contact_type("x"), qs.Skill("x", resolution=0.9), "resolution.*'home'.*'x'"),
    ],
)
def test_refused_by_name(run: Run, kind: qs.ContactType, skill: qs.Skill | str, named: str) -> None:
    day = scenario([kind], [group("home", [skill])])
    with pytest.raises(qs.UnsupportedByEngine, match=named):
        run(day, [Row(10, 5, kind=kind.name)], all_day("home"))


def test_refused_even_when_nothing_would_come_of_it(run: Run) -> None:
    day = scenario([contact_type("x", redial=BACK)], [group("home", ["x"])])
    with pytest.raises(qs.UnsupportedByEngine, match="redial"):
        run(day, [], [])


@pytest.mark.parametrize("name", ENGINES)
def test_it_is_said_which_engine_refuses(name: str) -> None:
    day = scenario([contact_type("x", redial=BACK)], [group("home", ["x"])])
    with pytest.raises(qs.UnsupportedByEngine, match=f"the {name} engine"):
        ENGINES[name](day, tape(day, [], []))
    with pytest.raises(qs.UnsupportedByEngine, match=f"the {name} engine"):
        PLAYED[name].refuse(day)


def test_an_empty_day_is_a_day(run: Run) -> None:
    day = scenario([contact_type()], [group("home", ["phone"])])
    result = run(day, [], all_day("home"))
    assert {len(values) for values in result.contacts.values()} == {0}
    assert {len(values) for values in result.busy.values()} == {0}


def test_a_day_without_agents_is_a_day(run: Run) -> None:
    day = scenario([contact_type()], [group("home", ["phone"])])
    assert run(day, [Row(10, 5)], []).contacts["agent"].tolist() == [-1]
