"""Announcements that change nothing, and those that are a rule known otherwise; drawn weeks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import queuesim as qs
from queuesim.engines.outcome import CONTACT_COLUMNS, Outcome
from queuesim.sampling import draw_tape
from tests.engines.by_hand import BALKED, BLOCKED, ENGINES
from tests.engines.test_two_engines import assert_equal, in_pieces, week

PREDICTORS = ("queue_length", "last_to_enter_service", "head_of_line", "fixed")


def said(predictor: str, **terms: Any) -> qs.Announcement:
    return qs.Announcement(
        predictor=predictor, fixed=90.0 if predictor == "fixed" else None, **terms
    )


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Callable[..., Outcome]:
    return ENGINES[request.param]


@pytest.mark.parametrize("predictor", PREDICTORS)
def test_who_only_listens_does_nothing_else(engine: Callable[..., Outcome], predictor: str) -> None:
    """No balking, patience unchanged: the same table to the bit but for what was announced."""
    plain = week()
    told = plain
    for name in ("phone", "vip", "chat"):
        told = told.change(f"contact_types.{name}.announcement", said(predictor))
    one = engine(plain, draw_tape(plain, seed=1))
    other = engine(told, draw_tape(told, seed=1))
    for name in CONTACT_COLUMNS:
        if name != "announced_s":
            np.testing.assert_array_equal(one.contacts[name], other.contacts[name], err_msg=name)
    for name, column in one.busy.items():
        np.testing.assert_array_equal(column, other.busy[name])
    assert np.isnan(one.contacts["announced_s"]).all()
    assert (other.contacts["announced_s"] >= 0).sum() > 100


@pytest.mark.parametrize("predictor", PREDICTORS)
def test_both_engines_agree_where_everything_is_announced(predictor: str) -> None:
    told = week()
    terms = {"patience_factor": 0.7, "stays_for": 0.9, "tolerance": "20s"}
    for name in ("phone", "vip", "chat"):
        announcement = said(predictor, balk=qs.Exponential(mean="2min"), **terms)
        told = told.change(f"contact_types.{name}.announcement", announcement)
    more = {"min_announced": "20s", "accept_from": qs.Exponential(mean="1min"), "max_open": 12}
    slots = qs.CallbackOffer(accept=0.8, kind="slot", slot="30min", per_slot=3, **more)
    told = told.change("contact_types.phone.callback", slots)
    idle = qs.CallbackOffer(accept=0.8, kind="idle_time", reserve=1, **more)
    told = told.change("contact_types.vip.callback", idle)
    drawn = draw_tape(told, seed=5)
    expected = ENGINES["reference"](told, drawn)
    patience_s = drawn.patience_s.copy()
    assert_equal(ENGINES["compiled"](told, drawn), expected)
    np.testing.assert_array_equal(drawn.patience_s, patience_s)  # a tape can be played again
    midnights = told.horizon.day_edges_s[1:-1].tolist()
    assert_equal(in_pieces(told, drawn, [*midnights, 40_000.0, 130_000.5]), expected)
    assert (expected.contacts["outcome"] == BALKED).sum() > 10
    accepted = ~np.isnan(expected.contacts["accepted_s"])
    assert min(np.bincount(drawn.contact_type[accepted])[:2]) > 5


def test_a_longest_wait_that_all_accept_is_a_queue_limit(engine: Callable[..., Outcome]) -> None:
    """With 3 people and 60 s of handle time, who accepts 140 s balks when 7 are ahead."""
    phone = qs.ContactType(
        name="phone",
        channel="phone",
        demand=qs.Demand(per_day=4500),
        talk=qs.Exponential(mean="50s"),
        wrap_up=qs.Exponential(mean="10s"),
        patience=qs.Exponential(mean="3min"),
    )
    home = qs.AgentGroup(
        name="home", skills=("phone",), headcount=3, contract=qs.InHouse(per_hour=24.0)
    )
    horizon = qs.Horizon(start="2026-11-23", days=2)
    limited, told = (
        qs.Scenario(
            name="a queue",
            contact_types=(phone.model_copy(update=terms),),
            agent_groups=(home,),
            horizon=horizon,
        )
        for terms in ({"queue_limit": 7}, {"announcement": said("queue_length", balk="140s")})
    )
    one = engine(limited, draw_tape(limited, seed=3)).contacts
    other = dict(engine(told, draw_tape(told, seed=3)).contacts)
    balked = other["outcome"] == BALKED
    assert balked.sum() > 100
    other["outcome"] = np.where(balked, BLOCKED, other["outcome"])
    for name in CONTACT_COLUMNS:
        if name != "announced_s":
            np.testing.assert_array_equal(one[name], other[name], err_msg=name)
