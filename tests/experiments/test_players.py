"""Which engine plays is asked for by name, and said where it is another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import queuesim as qs
from queuesim.engines.compiled import simulate_compiled
from queuesim.engines.routing import by_rank_or_score
from queuesim.experiments import players
from queuesim.experiments.players import (
    ENGINES,
    CompiledPlayer,
    ReferencePlayer,
    chosen_engine,
)
from queuesim.results import tally
from queuesim.results.tally import CONTACT_QUANTITIES
from queuesim.sampling import draw_tape
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
    def refuse(scenario: qs.Scenario) -> None:
        raise qs.UnsupportedByEngine("so much", engine="compiled", remedy="less")

    small = replace(players.ENGINES["compiled"], refuse=refuse)
    monkeypatch.setitem(players.ENGINES, "compiled", small)
    monkeypatch.setattr("queuesim.experiments.replicate.play", None)
    with pytest.raises(qs.UnsupportedByEngine, match="so much"):
        qs.simulate(tiny(), replications=2)


@pytest.mark.parametrize("in_a_piece", [1, 10**6])
def test_what_a_replication_leaves_in_the_room_does_not_matter_to_the_next(
    monkeypatch: pytest.MonkeyPatch, in_a_piece: int
) -> None:
    """Day by day or at one go; many wait, or are owed a callback, at midnight."""
    monkeypatch.setattr(players, "_CONTACTS_IN_A_PIECE", in_a_piece)
    short = qs.ContactType(
        name="phone",
        channel="phone",
        demand=qs.Demand(per_day=300, busyness=0.5),
        talk=qs.LogNormal(mean="9min", cv=1.0),
        patience=qs.Exponential(mean="20min"),
        queue_limit=20,
        callback=qs.CallbackOffer(
            accept=0.5, after="1min", kind="later", delay=qs.Exponential(mean="2h")
        ),
    )
    chat = qs.ContactType(
        name="chat",
        channel="chat",
        demand=qs.Demand(per_day=200),
        talk=qs.Exponential(mean="10min"),
        wrap_up=qs.Exponential(mean="1min"),
    )
    team = qs.AgentGroup(
        name="all",
        skills=("phone", "chat"),
        headcount=3,
        absence=0.2,
        concurrency={"chat": 2},
        pace={"chat": (1.0, 1.5)},
        contract=qs.InHouse(per_hour=24.0),
    )
    horizon = qs.Horizon(start="2026-11-23", days=3)
    made = qs.Scenario(
        name="short", contact_types=(short, chat), agent_groups=(team,), horizon=horizon
    )
    player = CompiledPlayer(made)
    assert len(player.pieces) == (3 if in_a_piece == 1 else 1)
    played = [player.play(seed=3, replication=k, keep_contacts=k == 2) for k in range(5)]
    for k, one in enumerate(played):
        alone = tally(simulate_compiled(made, draw_tape(made, seed=3, replication=k)))
        for name in ("contacts", "groups", "waits"):
            np.testing.assert_array_equal(getattr(one, name), getattr(alone, name), err_msg=name)


@pytest.mark.parametrize("in_a_piece", [1, 10**6])
def test_customers_are_counted_the_same_whoever_plays(
    monkeypatch: pytest.MonkeyPatch, in_a_piece: int
) -> None:
    """Through the web, handed on, calling again: what each customer cost, by the first contact."""
    monkeypatch.setattr(players, "_CONTACTS_IN_A_PIECE", in_a_piece)
    again = {"redial": qs.Return(share=0.6, delay=qs.Exponential(mean="2h"), max_attempts=3)}
    again["repeat"] = qs.Return(share=0.7, delay=qs.Exponential(mean="9h"))
    first, second = (
        qs.ContactType(
            name=name,
            channel="phone",
            demand=qs.Demand(per_day=per_day),
            talk=qs.Exponential(mean="8min"),
            patience=qs.Exponential(mean="4min"),
            **again,
        )
        for name, per_day in (("phone", 60), ("experts", 5))
    )
    web = qs.ContactType(
        name="web",
        channel="self_service",
        demand=qs.Demand(per_day=250),
        talk=qs.Exponential(mean="3min"),
        front_door=qs.FrontDoor(contains=0.5, to={"phone": 0.7, "experts": 0.2}),
    )
    on = qs.Transfer(share=0.2, to="experts")
    wage = qs.InHouse(per_hour=24.0)
    teams = (
        qs.AgentGroup(
            name="home",
            skills=(qs.Skill("phone", resolution=0.6, transfer=on),),
            headcount=2,
            contract=wage,
        ),
        qs.AgentGroup(
            name="experts",
            skills=(qs.Skill("experts", resolution=0.8),),
            headcount=1,
            contract=wage,
        ),
    )
    made = qs.Scenario(
        name="customers",
        contact_types=(web, first, second),
        agent_groups=teams,
        horizon=qs.Horizon(start="2026-11-23", days=3),
    )
    compiled, reference = CompiledPlayer(made), ReferencePlayer(made)
    for k in range(3):
        one = compiled.play(seed=3, replication=k, keep_contacts=False)
        other = reference.play(seed=3, replication=k, keep_contacts=False)
        for name in ("contacts", "groups", "waits"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
        contacts = one.contacts[CONTACT_QUANTITIES.index("contacts_of_customers")].sum(axis=1)
        own = one.contacts[CONTACT_QUANTITIES.index("offered")].sum(axis=1)
        assert contacts[0] > own[0]  # who began on the web came again as something else
        assert contacts.sum() == own.sum()
