"""The tape: draws belong to contacts, and nothing disturbs what it does not concern."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pytest

import queuesim as qs
from queuesim.sampling import Tape, draw_tape
from tests.sampling.chance import (
    SIGMAS,
    came_later,
    contact_type,
    everything,
    group,
    of_type,
    same,
    scenario,
)

OFFER = qs.CallbackOffer(
    accept=0.4,
    kind="later",
    delay=qs.Exponential(mean="1h"),
    dialling=qs.Dialling(answered=0.6, attempts=2),
)
SUPPORT = contact_type(callback=OFFER, demand=qs.Demand(per_day=300, day="office", busyness=0.2))
CHAT = contact_type(
    "chat", "chat", talk=qs.Gamma(mean="9min", cv=0.7), patience=qs.Weibull(mean="2min", cv=1.2)
)
HOME = group("home", "support", "chat", shrinkage=0.28, absence=0.05)
BASE = scenario(SUPPORT, CHAT, groups=(HOME,), days=3)

GOLDEN_CONTACTS = 1387
GOLDEN_ARRIVALS = [29762856, 29796484, 30074300]
GOLDEN_TALKS = [1076204, 981131, 66231]
GOLDEN_SUM = "af6bd8b8fb164632"


def equal(one: Tape, two: Tape) -> bool:
    return all(map(np.array_equal, everything(one), everything(two)))


def sessions_of(day: qs.Scenario, tape: Tape, name: str) -> list[tuple[int, float, float]]:
    """A group's sessions, its agents numbered from 0."""
    index = [each.name for each in day.agent_groups].index(name)
    first = int(np.searchsorted(tape.agent_group, index))
    mine = tape.agent_group[tape.sessions.agent] == index
    columns = (tape.sessions.agent - first, tape.sessions.on_s, tape.sessions.off_s)
    return list(zip(*(column[mine].tolist() for column in columns), strict=True))


def test_the_same_seed_gives_the_same_tape() -> None:
    assert equal(draw_tape(BASE, seed=7, replication=2), draw_tape(BASE, seed=7, replication=2))


@pytest.mark.parametrize("other", [{"seed": 8, "replication": 2}, {"seed": 7, "replication": 3}])
def test_another_seed_or_replication_gives_another(other: dict[str, int]) -> None:
    one, two = draw_tape(BASE, seed=7, replication=2), draw_tape(BASE, **other)
    for name in ("arrival_s", "talk_s", "wrap_up_s", "patience_s"):
        assert np.isin(getattr(one, name), getattr(two, name)).mean() < 0.2


def test_a_tape_drawn_once_is_drawn_for_ever() -> None:
    """Unchanged since it was stored: a change here changes every result ever published."""
    tape = draw_tape(BASE, seed=7)
    sums = hashlib.sha256()
    for column in everything(tape)[: -len(came_later(tape))]:
        ticks = np.where(np.isinf(column), -1, column) * (1024 if column.dtype == float else 1)
        sums.update(np.ascontiguousarray(ticks, dtype="<i8").tobytes())
    assert len(tape) == GOLDEN_CONTACTS
    assert (tape.arrival_s[:3] * 1024).tolist() == GOLDEN_ARRIVALS
    assert (tape.talk_s[:3] * 1024).tolist() == GOLDEN_TALKS
    assert sums.hexdigest()[:16] == GOLDEN_SUM
    assert (tape.sessions.factor == 1).all()


def test_rows_go_by_arrival_then_name_then_number() -> None:
    # five crowded minutes: many contacts share a tick
    crowd = qs.Demand(per_day=60_000, day=tuple(float(step == 100) for step in range(288)))
    types = [contact_type(name, demand=crowd) for name in ("zebra", "ape")]
    tape = draw_tape(scenario(*types, days=1), seed=7)
    name = np.array([1, 0])[tape.contact_type]  # place of the name in the alphabet
    order = np.lexsort((tape.number, name, tape.arrival_s))
    assert (order == np.arange(len(tape))).all()
    assert (np.diff(tape.arrival_s) == 0).sum() > 1000


def test_the_order_of_the_types_is_no_matter() -> None:
    turned = scenario(CHAT, SUPPORT, groups=(HOME,), days=3)
    one, two = draw_tape(BASE, seed=7), draw_tape(turned, seed=7)
    assert (one.contact_type == 1 - two.contact_type).all()
    assert all(map(np.array_equal, everything(one)[1:], everything(two)[1:]))


def test_a_new_type_changes_nothing_for_the_others() -> None:
    sales = contact_type(
        "a sales", "callback", dialling=qs.Dialling(attempts=5, answered=0.5),
        demand=qs.Demand(per_day=400, busyness=0.3, shared=0.5),
    )  # fmt: skip
    more = scenario(
        sales, SUPPORT, CHAT, groups=(group("home", "support", "chat", "a sales",
                                            shrinkage=0.28, absence=0.05),), days=3
    )  # fmt: skip
    before, after = draw_tape(BASE, seed=7), draw_tape(more, seed=7)
    for name in ("support", "chat"):
        assert same(of_type(BASE, before, name), of_type(more, after, name))
    assert after.answers.shape[1] == 5
    # flat demand of a sales keeps the group's doors open all day; the people are the same
    assert len(before.agent_group) == len(after.agent_group)


def test_a_new_group_changes_nothing_for_the_others() -> None:
    partner = group("a partner", "support", shrinkage=0.3, absence=0.2, headcount=4)
    more = scenario(SUPPORT, CHAT, groups=(partner, HOME), days=3)
    before, after = draw_tape(BASE, seed=7), draw_tape(more, seed=7)
    assert all(map(np.array_equal, everything(before)[:10], everything(after)[:10]))
    assert sessions_of(BASE, before, "home") == sessions_of(more, after, "home")


@pytest.mark.parametrize(
    ("terms", "touched"),
    [
        ({"talk": qs.Exponential(mean="2min")}, {"talk_s"}),
        ({"patience": None}, {"patience_s"}),
        ({"wrap_up": None}, {"wrap_up_s"}),
        ({"callback": None}, {"accepts", "window_delay_s", "answers"}),
        ({"weight": 3.0, "credit": 20.0, "queue_limit": 4}, set()),
    ],
)
def test_a_change_of_one_thing_redraws_that_thing(terms: dict[str, Any], touched: set[str]) -> None:
    changed = scenario(SUPPORT.model_copy(update=terms), CHAT, groups=(HOME,), days=3)
    before, after = draw_tape(BASE, seed=7), draw_tape(changed, seed=7)
    one, two = of_type(BASE, before, "support"), of_type(changed, after, "support")
    differ = {c for c in one if one[c].shape != two[c].shape or not np.array_equal(one[c], two[c])}
    assert differ == touched
    assert same(of_type(BASE, before, "chat"), of_type(changed, after, "chat"))


def test_a_name_is_what_a_type_is_drawn_by() -> None:
    renamed = scenario(
        SUPPORT.model_copy(update={"name": "service"}), CHAT,
        groups=(group("home", "service", "chat", shrinkage=0.28, absence=0.05),), days=3,
    )  # fmt: skip
    before, after = draw_tape(BASE, seed=7), draw_tape(renamed, seed=7)
    one, two = of_type(BASE, before, "support"), of_type(renamed, after, "service")
    assert np.isin(one["talk_s"], two["talk_s"]).mean() < 0.1
    assert same(of_type(BASE, before, "chat"), of_type(renamed, after, "chat"))


def test_talk_wrap_up_and_patience_are_unrelated() -> None:
    """About 3,000 contacts: notices a rank correlation of 0.1."""
    # one kind of distribution for all, so that a stream drawn twice could not hide
    kind = contact_type(demand=qs.Demand(per_day=1000), talk=qs.Exponential(mean="4min"))
    tape = draw_tape(scenario(kind, days=3), seed=7)
    columns = [tape.arrival_s % 86_400, tape.talk_s, tape.wrap_up_s, tape.patience_s]
    ranks = [np.argsort(np.argsort(column, kind="stable")) for column in columns]
    r = np.corrcoef(ranks)[np.triu_indices(4, k=1)]
    assert np.abs(r).max() * np.sqrt(len(tape)) < SIGMAS


def test_offers_are_accepted_and_dials_answered_as_stated() -> None:
    """About 15,000 contacts: notices a share off by 3 percentage points."""
    busy = SUPPORT.model_copy(update={"demand": qs.Demand(per_day=5000)})
    tape = draw_tape(scenario(busy, days=3), seed=7)
    n = len(tape)
    for column, share in (
        (tape.accepts, 0.4),
        (tape.answers[:, 0], 0.6),
        (tape.answers[:, 1], 0.6),
        (tape.answers.all(axis=1), 0.36),
        (tape.accepts & tape.answers[:, 0], 0.24),
    ):
        assert abs(column.mean() - share) < SIGMAS * np.sqrt(share * (1 - share) / n)
    assert abs(tape.window_delay_s.mean() - 3600) < SIGMAS * 3600 / np.sqrt(n)


def test_what_a_type_does_not_have_is_neutral() -> None:
    plain = contact_type(patience=None, wrap_up=None)
    tape = draw_tape(scenario(plain, days=1), seed=7)
    assert np.isinf(tape.patience_s).all()
    assert (tape.wrap_up_s == 0).all()
    assert not tape.accepts.any()
    assert (tape.window_delay_s == 0).all()
    assert tape.answers.shape == (len(tape), 0)


def test_attempts_a_type_does_not_make_are_not_answered() -> None:
    five = contact_type("five", "callback", dialling=qs.Dialling(attempts=5))
    day = scenario(SUPPORT, five, days=1)
    columns = of_type(day, draw_tape(day, seed=7), "support")
    assert columns["answers"].shape[1] == 5
    assert not columns["answers"][:, 2:].any()


def test_agents_of_a_group_are_numbered_together() -> None:
    groups = (HOME, group("partner", "support", headcount=4))
    tape = draw_tape(scenario(SUPPORT, CHAT, groups=groups, days=3), seed=7)
    assert (np.diff(tape.agent_group) >= 0).all()
    assert set(tape.sessions.agent.tolist()) == set(range(len(tape.agent_group)))
