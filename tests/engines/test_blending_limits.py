"""Blending and interruptions that allow nothing new change nothing, to the bit, on hostile days."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

import queuesim as qs
from tests.engines.by_hand import ENGINES, tape
from tests.engines.hostile import Day, days
from tests.engines.test_two_engines import assert_equal

some = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
LIVE = ("phone", "chat", "callback")


@pytest.fixture(params=ENGINES, scope="module")
def engine(request: pytest.FixtureRequest) -> Any:
    return ENGINES[request.param]


def with_groups(made: qs.Scenario, **terms: Any) -> qs.Scenario:
    """The same with other terms for every group; None: as nothing were stated."""
    groups = [
        group.model_copy(
            update={"concurrency": {}, "pace": {}, "blend": None, "interruptible": (), **terms}
        )
        for group in made.agent_groups
    ]
    return made.model_copy(update={"agent_groups": tuple(groups)})


def assert_same(engine: Any, day: Day, one: qs.Scenario, other: qs.Scenario) -> None:
    played = tape(day[0], *day[1:])
    assert_equal(engine(one, played), engine(other, played))


_LIVE = {"channel": "chat", "at_closing": "serve_out", "turns": None}
"""What makes a chat of a message."""


@some
@given(day=days())
def test_a_blend_of_one_is_one_at_a_time(engine: Any, day: Day) -> None:
    blend = qs.Blend(slots=1, pace=(1.0,))
    assert_same(engine, day, with_groups(day[0]), with_groups(day[0], blend=blend))


@some
@given(day=days(channels=LIVE))
def test_a_blend_that_mixes_nothing_is_concurrency(engine: Any, day: Day) -> None:
    """Only chats have slots beside one another, so that channels cannot meet."""
    pace = (1.0, 1.7, 2.5)
    one = with_groups(day[0], concurrency={"chat": 3}, pace={"chat": pace})
    blend = qs.Blend(slots=7, uses={"chat": 2, "message": 5}, pace=pace)
    live = one.model_copy(
        update={
            "contact_types": tuple(
                each.model_copy(update=_LIVE) if each.channel == "message" else each
                for each in one.contact_types
            )
        }
    )
    assert_same(engine, day, live, with_groups(live, blend=blend))


@some
@given(day=days(channels=LIVE))
def test_interruptions_without_messages_are_none(engine: Any, day: Day) -> None:
    made = day[0].model_copy(
        update={
            "contact_types": tuple(
                each.model_copy(update=_LIVE) if each.channel == "message" else each
                for each in day[0].contact_types
            )
        }
    )
    terms = {"concurrency": {"chat": 2}, "pace": {"chat": (1.0, 1.3)}}
    other = with_groups(made, **terms, interruptible=("message",))
    assert_same(engine, day, with_groups(made, **terms), other)


@some
@given(day=days(channels=("message",)))
def test_interruptions_without_live_contacts_are_none(engine: Any, day: Day) -> None:
    assume(all(each.front_door is None for each in day[0].contact_types))
    made = day[0].model_copy(
        update={
            "contact_types": tuple(
                each.model_copy(
                    update={"channel": "message", "at_closing": "carry_over"}
                    | {"callback": None, "dialling": None, "announcement": None}
                )
                for each in day[0].contact_types
            )
        }
    )
    terms = {"concurrency": {"message": 2}, "pace": {"message": (1.0, 1.3)}}
    other = with_groups(made, **terms, interruptible=("message",))
    assert_same(engine, day, with_groups(made, **terms), other)
