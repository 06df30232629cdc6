"""Further attempts on the tape: equal to a plain second telling, and drawn for the customer."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

import queuesim as qs
from queuesim.engines.compiled.ways_back import WaysBack
from queuesim.model.attempts import layers
from queuesim.sampling import Sampler, Tape, draw_tape, further
from queuesim.sampling.tape import Again
from tests.engines.coming_back import everything as every_way
from tests.sampling import again_by_numpy, by_numpy
from tests.sampling.chance import ALARM, SIGMAS, contact_type, everything, group, scenario
from tests.sampling.test_against_numpy import LATER, LAWS, SLOTS, TOLD

OF_AGAIN = [each.name for each in fields(Again) if each.name != "first_attempts"]
MESSAGE: dict[str, Any] = {"channel": "message", "patience": None}


def columns(tape: Tape) -> list[NDArray[Any]]:
    assert tape.again is not None
    of_again = [getattr(tape.again, name) for name in OF_AGAIN]
    return [*everything(tape), *of_again, np.array([tape.again.first_attempts])]


def differing(one: Tape, two: Tape) -> list[int]:
    """Which columns differ, in a bit or a type."""
    pairs = enumerate(zip(columns(one), columns(two), strict=True))
    return [
        k
        for k, (a, b) in pairs
        if a.dtype != b.dtype
        or a.shape != b.shape
        or not np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
    ]


def assert_as_numpy(day: qs.Scenario, seed: int = 7, replication: int = 0) -> Tape:
    drawn = draw_tape(day, seed=seed, replication=replication)
    first = by_numpy.draw_tape(day, seed=seed, replication=replication)
    assert differing(drawn, again_by_numpy.with_further_attempts(day, first)) == []
    return drawn


def back(share: float = 0.6, **terms: Any) -> qs.Return:
    return qs.Return(**{"share": share, "delay": qs.Exponential(mean="10min"), **terms})


# The second telling ---------------------------------------------------------------------


@pytest.mark.parametrize("law", LAWS)
def test_every_distribution(law: str) -> None:
    phone = contact_type(
        talk=LAWS[law], wrap_up=LAWS[law], patience=LAWS[law],
        redial=back(delay=LAWS[law], max_attempts=3), repeat=back(0.5, delay=LAWS[law]),
        callback=LATER.model_copy(update={"delay": LAWS[law]}),
    )  # fmt: skip
    able = qs.Skill("support", resolution=0.7)
    tape = assert_as_numpy(scenario(phone, groups=(group("home", able),), days=2))
    assert tape.again is not None
    assert tape.again.attempt.max() == 3


@pytest.mark.parametrize("seed", range(3))
def test_every_way_to_come_again(seed: int) -> None:
    tape = assert_as_numpy(every_way(), seed, replication=2**33 * seed)
    assert set(tape.contact_type[tape.again.first_attempts :]) == {1, 2, 3}  # type: ignore[union-attr]


def test_announcements_callbacks_and_dials() -> None:
    types = (
        contact_type(
            "phone", callback=SLOTS, announcement=TOLD, redial=back(0.8, to="request"),
            repeat=back(0.5, to="chat", max_attempts=2),
        ),
        contact_type("chat", "chat", redial=back(0.9, delay="7min", to="phone", max_attempts=2)),
        contact_type(
            "request", "callback", demand=qs.Demand(per_day=0), hours="08:00-18:00",
            dialling=qs.Dialling(answered=0.6, attempts=5),
        ),
    )  # fmt: skip
    able = (qs.Skill("phone", resolution=0.4), "chat", "request")
    tape = assert_as_numpy(scenario(*types, groups=(group("home", *able),), days=2))
    later = tape.contact_type[tape.again.first_attempts :]  # type: ignore[union-attr]
    assert set(later) == {0, 1, 2}
    assert tape.answers[len(tape) - len(later) :].any()


def threads(share: float, turns: int = 2, repeats: int = 2) -> qs.Scenario:
    mail = contact_type(
        "mail", turns=back(share, max_attempts=turns), repeat=back(share, max_attempts=repeats),
        demand=qs.Demand(per_day=100), **MESSAGE,
    )  # fmt: skip
    return scenario(mail, groups=(group("home", qs.Skill("mail", resolution=0.0)),), days=1)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("most", [(1, 1), (2, 1), (3, 3)])
def test_who_writes_on_and_comes_back_comes_to_an_end(share: float, most: tuple[int, int]) -> None:
    """A thread of turns, and coming back with it: as often as the scenario allows and no more."""
    day = threads(share, *most)
    tape = assert_as_numpy(day)
    allowed = len(layers(day.contact_types, day.agent_groups)[0])
    assert tape.again is not None
    assert tape.again.attempt.max() == (allowed if share > 0.5 else tape.again.attempt.max())
    assert tape.again.attempt.max() <= allowed
    span = WaysBack.of(day, np.zeros(0), []).span
    assert np.bincount(tape.again.customer).max() <= span


some = st.sampled_from


@st.composite
def days(draw: st.DrawFn) -> qs.Scenario:
    """Types a to d in every channel; contacts are handed on forwards only."""
    names = "abcd"[: draw(st.integers(1, 4))]
    laws = some([*LAWS.values(), "5min", 0])
    shares = some([0.0, 0.3, 0.9, 1.0])

    def comes(to: Any = None) -> qs.Return | None:
        if draw(st.booleans()):
            return None
        return qs.Return(
            share=draw(shares), delay=draw(laws), max_attempts=draw(st.integers(1, 3)), to=to
        )

    def anyone() -> str | None:
        return draw(st.none() | some(list(names)))

    types, able = [], []
    for k, name in enumerate(names):
        later = list(names[k + 1 :])
        channel = draw(some(["phone", "chat", "callback", "message", "self_service"]))
        web, message = channel == "self_service", channel == "message"
        terms: dict[str, Any] = {
            "demand": qs.Demand(per_day=draw(some([0.0, 20.0])), day="office"),
            "hours": draw(some(["09:00-15:00", "00:00-24:00"])),
            "talk": draw(some(list(LAWS.values()))),
            "outside_hours": draw(some(["turn_away", "queue"])),
            "repeat": comes(anyone()),
        }
        if terms["outside_hours"] == "turn_away":
            terms["after_hours"] = comes(anyone())
        if web:
            event = qs.Event(
                name="x", start="2026-11-23 10:00", lasts="2h", factor=draw(some([0.5, 3.0]))
            )
            terms |= {"patience": None, "wrap_up": None} | {
                "front_door": qs.FrontDoor(
                    contains=draw(shares),
                    resolution=draw(shares),
                    to=dict.fromkeys(later[:2], 0.4),
                    outages=draw(some([(), (event,)])),
                )
            }
        else:
            terms["redial"] = comes(anyone())
            if message:
                terms |= {"turns": comes(), "patience": None}
            handed = draw(st.none() | some(later)) if later else None
            transfer = qs.Transfer(share=draw(shares), to=handed) if handed else None
            able.append(qs.Skill(name, resolution=draw(shares), transfer=transfer))
        if channel == "phone":
            offer = draw(some([None, LATER]))
            if offer is not None:
                offer = offer.model_copy(update={"rings_in": comes(anyone())})
            terms["callback"] = offer
        others = [other for other in names if other != name]
        if channel == "callback" and others:
            terms["rings_in"] = comes(draw(some(others)))
        types.append(contact_type(name, channel, **terms))
    if not able:
        types.append(contact_type("z"))
        able = ["z"]
    return scenario(*types, groups=(group("home", *able),), days=2)


@settings(max_examples=100, deadline=None)
@given(day=days(), seed=st.integers(0, 2**70), replication=st.integers(0, 2**34))
def test_whatever_the_day(day: qs.Scenario, seed: int, replication: int) -> None:
    drawn = draw_tape(day, seed=seed, replication=replication)
    if drawn.again is not None:
        whole = assert_as_numpy(day, seed, replication)
        pieces = Sampler(day).begin(seed, replication)
        assert_same_customers(whole, [pieces.days(k, k + 1) for k in (0, 1)])
        span = WaysBack.of(day, np.zeros(0), []).span
        assert np.bincount(whole.again.customer, minlength=1).max() <= span  # type: ignore[union-attr]


# Pieces ---------------------------------------------------------------------------------


def by_customer(tape: Tape) -> dict[Any, Any]:
    """What each row brings, known by type, day and number of the first attempt, and its own."""
    assert tape.again is not None
    first, found = tape.again.customer, {}
    names = ("talk_s", "wrap_up_s", "patience_s", "accepts", "window_delay_s")
    drawn = [name for name in OF_AGAIN if name not in ("attempt", "customer", "following")]
    brings = [getattr(tape, name).tolist() for name in names]
    brings += [getattr(tape.again, name).tolist() for name in drawn]
    brings += [tape.answers.tolist()]
    for row, who in enumerate(first.tolist()):
        key = (int(tape.contact_type[who]), int(tape.day[who]), int(tape.number[who]))
        at = (*key, int(tape.again.attempt[row]), int(tape.contact_type[row]))
        assert at not in found
        found[at] = tuple(column[row] for column in brings)
    return found


def assert_same_customers(whole: Tape, pieces: list[Tape]) -> None:
    found: dict[Any, Any] = {}
    for piece in pieces:
        found |= by_customer(piece)
    assert found == by_customer(whole)


def test_pieces_side_by_side_are_the_whole() -> None:
    made = Sampler(every_way())
    whole = made.begin(7, 3).days(0, 2)
    assert_same_customers(whole, [made.begin(7, 3).days(k, k + 1) for k in (1, 0)])


def test_a_room_too_small_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = draw_tape(every_way(), seed=7)
    monkeypatch.setattr(further, "_ROOM", 1)
    monkeypatch.setattr(further, "_FEW", 8)
    assert differing(draw_tape(every_way(), seed=7), whole) == []


# Common random numbers ------------------------------------------------------------------

PHONE = contact_type(
    "phone", hours="08:00-18:00", redial=back(0.5, max_attempts=3),
    repeat=back(0.5, delay="1h", max_attempts=2),
)  # fmt: skip
SECOND = contact_type("second", demand=qs.Demand(per_day=0), hours="08:00-18:00")
ABLE = qs.Skill("phone", resolution=0.7, transfer=qs.Transfer(share=0.2, to="second"))
BASE = scenario(PHONE, SECOND, groups=(group("home", ABLE, "second"),), days=2)


def shared(one: dict[Any, Any], two: dict[Any, Any]) -> tuple[int, set[int]]:
    """How many rows both have, and which of the things they bring differ."""
    both = one.keys() & two.keys()
    return len(both), {
        k for row in both for k, (a, b) in enumerate(zip(one[row], two[row], strict=True)) if a != b
    }


def named(tape: Tape, day: qs.Scenario) -> dict[Any, Any]:
    names = [each.name for each in day.contact_types]
    return {(names[at[0]], *at[1:4], names[at[4]]): told for at, told in by_customer(tape).items()}


@pytest.mark.parametrize(
    ("changed", "fewer"),
    [
        (BASE.change("contact_types.phone.redial.share", 0.2), True),
        (BASE.change("contact_types.phone.redial.max_attempts", 1), True),
        (BASE.change("contact_types.phone.repeat.share", 0.9), False),
        (BASE.change("agent_groups.home.skills.phone.transfer.share", 0.9), False),
        (BASE.change("agent_groups.home.skills.phone.resolution", 0.1), False),
        (
            scenario(
                contact_type("a new one", redial=back(0.9, to="phone")), PHONE, SECOND,
                groups=(group("partner", "phone", "a new one"), *BASE.agent_groups), days=2,
            ),
            False,
        ),
    ],
)  # fmt: skip
def test_what_a_customer_brings_stays_when_others_change(changed: qs.Scenario, fewer: bool) -> None:
    """Rows come and go with shares and limits; those of both tapes bring the same.

    Only a delay is drawn for those alone who come back: it is 0 where nobody asks for it.
    """
    one, two = named(draw_tape(BASE, seed=7), BASE), named(draw_tape(changed, seed=7), changed)
    small, large = (two, one) if fewer else (one, two)
    assert small.keys() < large.keys()
    names = [name for name in OF_AGAIN if name not in ("attempt", "customer", "following")]
    marks = {5 + k for k, name in enumerate(names) if name in ("redials", "repeats")}
    delays = {5 + k for k, name in enumerate(names) if name.endswith("delay_s")}
    assert shared(one, two)[1] <= marks | delays
    for row in small:
        for k in marks | delays:
            a, b = small[row][k], large[row][k]
            assert a == b or not a  # who comes back with the smaller share does with the larger


def test_every_draw_stays_when_some_ring_in() -> None:
    """Who rings in is told by a draw behind all others: rows come, and nothing else changes."""
    offer = qs.CallbackOffer(accept=0.6, kind="later", delay=qs.Exponential(mean="1h"))
    phone = PHONE.model_copy(update={"callback": offer})
    plain = scenario(phone, SECOND, groups=BASE.agent_groups, days=2)
    rings = offer.model_copy(update={"rings_in": back(0.7, max_attempts=2)})
    some = plain.model_copy(
        update={"contact_types": (phone.model_copy(update={"callback": rings}), SECOND)}
    )
    one, two = named(draw_tape(plain, seed=7), plain), named(draw_tape(some, seed=7), some)
    assert one.keys() < two.keys()
    names = [name for name in OF_AGAIN if name not in ("attempt", "customer", "following")]
    told = {5 + k for k, name in enumerate(names) if name.startswith("rings_in")}
    assert shared(one, two)[1] == told


def test_as_many_ring_in_as_are_said_to() -> None:
    """About 40,000 first attempts; of those alone who take a callback a delay is drawn."""
    rings = back(0.3)
    offer = qs.CallbackOffer(accept=0.5, rings_in=rings)
    kind = contact_type(demand=qs.Demand(per_day=20_000), callback=offer)
    tape = draw_tape(scenario(kind, groups=(group("home", "support"),), days=2), seed=7)
    again = tape.again
    assert again is not None
    n = again.first_attempts
    marks, accepts = again.rings_in[:n], tape.accepts[:n]
    for where in (accepts, ~accepts):
        error = np.sqrt(0.3 * 0.7 / where.sum())
        assert abs(marks[where].mean() - 0.3) < SIGMAS * error
    delay_s = again.rings_in_delay_s[:n]
    assert (delay_s[~(marks & accepts)] == 0).all()
    law = stats.expon(scale=600.0)
    assert stats.kstest(delay_s[marks & accepts], law.cdf).pvalue > ALARM
    assert len(tape) == n + (marks & accepts).sum()  # a row for each of them, and no other


# Chance ---------------------------------------------------------------------------------


def test_marks_have_their_shares_and_know_nothing_of_each_other() -> None:
    """About 100,000 first attempts: notices shares off by 1 percentage point, and r = 0.02."""
    both = {"redial": back(0.6, max_attempts=2), "repeat": back(0.3, delay="1h")}
    kind = contact_type(
        demand=qs.Demand(per_day=30_000), **both,
        talk=qs.Exponential(mean="4min"), patience=qs.Exponential(mean="2min"),
    )  # fmt: skip
    able = qs.Skill("support", resolution=0.0)
    tape = draw_tape(scenario(kind, groups=(group("home", able),), days=3), seed=7)
    again = tape.again
    assert again is not None
    n = again.first_attempts
    told = [again.redials, again.repeats, again.resolution, again.path]
    told += [again.redial_delay_s, again.repeat_delay_s]
    for where in (again.attempt == 0, again.attempt == 1):
        many = int(where.sum())
        if where[0]:  # of the later ones those are there who redialled
            for marks, share in ((again.redials, 0.6), (again.repeats, 0.3)):
                error = np.sqrt(share * (1 - share) / many)
                assert abs(marks[where].mean() - share) < SIGMAS * error
        for chance in (again.resolution, again.path):
            assert stats.kstest(chance[where], "uniform").pvalue > ALARM
        drawn = [tape.talk_s, tape.patience_s, *told[:4]]
        ranks = [stats.rankdata(column[where]) for column in drawn]
        r = np.corrcoef(ranks)[np.triu_indices(len(drawn), k=1)]
        assert np.abs(r).max() * np.sqrt(many) < SIGMAS + 0.6  # the largest of fifteen
    for delay, marks, mean in (
        (again.redial_delay_s[:n], again.redials[:n], 600.0),
        (again.repeat_delay_s[:n], again.repeats[:n], 3600.0),
    ):
        assert abs(delay[marks].mean() - mean) < SIGMAS * 600 / np.sqrt(marks.sum())
        assert not delay[~marks].any()


def test_attempts_of_a_customer_know_nothing_of_each_other() -> None:
    """About 60,000 customers who redial: notices r = 0.02 between the first and the second."""
    kind = contact_type(
        demand=qs.Demand(per_day=30_000), redial=back(1.0, max_attempts=3),
        talk=qs.Exponential(mean="4min"), patience=qs.Exponential(mean="2min"),
    )  # fmt: skip
    tape = draw_tape(scenario(kind, days=2), seed=7)
    again = tape.again
    assert again is not None
    n = again.first_attempts
    assert (again.following[:n] == n + 3 * np.arange(n)).all()
    mine = [
        [*(getattr(tape, c)[k] for c in ("talk_s", "patience_s")),
         *(getattr(again, c)[k] for c in ("redial_delay_s", "resolution", "path"))]
        for k in (np.arange(n), *(again.following[:n] + j for j in range(3)))
    ]  # fmt: skip
    # the last attempt is followed by none: its delay is not drawn
    drawn = [column for line in mine for column in line if column.any()]
    assert len(drawn) == 4 * 5 - 1
    ranks = [stats.rankdata(column) for column in drawn]
    r = np.corrcoef(ranks)[np.triu_indices(len(drawn), k=1)]
    assert np.abs(r).max() * np.sqrt(n) < stats.norm.isf(ALARM / 2 / len(r))


def test_customers_next_to_each_other_know_nothing_of_each_other() -> None:
    """The words of customers who follow each other in number are unrelated."""
    kind = contact_type(demand=qs.Demand(per_day=30_000), redial=back(1.0))
    tape = draw_tape(scenario(kind, days=1), seed=7)
    again = tape.again
    assert again is not None
    order = np.argsort(tape.number[: again.first_attempts])
    for chance in (again.resolution, again.path):
        x = chance[order]
        cells = (x[:-1] * 8).astype(int) * 8 + (x[1:] * 8).astype(int)
        assert stats.chisquare(np.bincount(cells, minlength=64)).pvalue > ALARM
        far = stats.spearmanr(x[: -1 << 10], x[1 << 10 :]).pvalue
        assert far > ALARM
