"""Which engine plays is asked for by name, and said where it is another."""

from __future__ import annotations

from dataclasses import replace

import pytest

import queuesim as qs
from queuesim.engines.routing import by_rank_or_score
from queuesim.experiments.players import ENGINES, chosen_engine
from tests.experiments.small import assert_same, tiny


@pytest.fixture
def two_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = replace(ENGINES["reference"], name="compiled", takes_routing=False)
    monkeypatch.setitem(ENGINES, "compiled", compiled)


@pytest.mark.usefixtures("two_engines")
def test_the_compiled_engine_is_the_default() -> None:
    assert qs.simulate(tiny(), replications=1).engine == "compiled"
    assert qs.simulate(tiny(), replications=1).notes == ()
    assert qs.simulate(tiny(), replications=1, engine="reference").engine == "reference"


@pytest.mark.usefixtures("two_engines")
def test_a_routing_of_ones_own_is_played_by_the_engine_that_can_and_the_result_says_so() -> None:
    own = qs.simulate(tiny(), replications=2, routing=by_rank_or_score)
    assert own.engine == "reference"
    (note,) = own.notes
    assert note == (
        "played by the reference engine: a routing of your own cannot run in the compiled one"
    )
    assert note in str(own.summary())
    asked = qs.simulate(tiny(), replications=2, routing=by_rank_or_score, engine="reference")
    assert asked.notes == ()
    assert_same(own, asked)


def test_an_unknown_engine_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="engine='fast': must be one of 'compiled', 'reference'"):
        chosen_engine("fast", None)


def test_what_the_engine_does_not_know_is_refused_before_anything_is_played(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    again = tiny().change("contact_types.phone.redial", qs.Return(share=0.5, delay=60.0))
    monkeypatch.setattr("queuesim.experiments.replicate.play", None)
    with pytest.raises(qs.UnsupportedByEngine, match="redial"):
        qs.simulate(again, replications=2)
