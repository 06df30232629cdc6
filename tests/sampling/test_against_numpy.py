"""The tape is, column by column and to the bit, what NumPy's generators draw."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import queuesim as qs
from queuesim.sampling import Sampler, Tape, draw_tape, sampler
from tests.sampling import by_numpy
from tests.sampling.chance import contact_type, everything, group, scenario

LATER = qs.CallbackOffer(
    accept=0.4,
    kind="later",
    delay=qs.Gamma(mean="1h", cv=0.7),
    dialling=qs.Dialling(answered=0.6, attempts=2),
)
HOLD = qs.CallbackOffer(accept=0.7, dialling=qs.Dialling(answered=0.9, attempts=4))
SLOTS = qs.CallbackOffer(
    accept=0.7,
    kind="slot",
    slot="30min",
    per_slot=3,
    delay="5min",
    accept_from=qs.Gamma(mean=90, cv=2),
)
TOLD = qs.Announcement(predictor="queue_length", balk=qs.LogNormal(mean="5min", cv=0.8))
HEARD = qs.Announcement(predictor="head_of_line")
OUTAGE = qs.Event(name="outage", start="2026-11-23 10:07:03", lasts="2h", factor=3.0, fades="7min")
CALM = qs.Event(name="calm", start="2026-11-24 00:00", lasts="24h", factor=0.0)
CROWD = tuple(float(step == 100) for step in range(288))
LAWS = {
    "exponential": qs.Exponential(mean="3min"),
    "lognormal": qs.LogNormal(mean="4min", cv=0.9),
    "gamma": qs.Gamma(mean="9min", cv=0.7),
    "gamma below 1": qs.Gamma(mean="9min", cv=1.7),
    "gamma 1": qs.Gamma(mean="9min", cv=1.0),
    "weibull": qs.Weibull(mean="2min", cv=1.2),
    "fixed": qs.Deterministic(value=33.3),
    "mixed": qs.Hyperexponential(mean="5min", cv=2.0),
    "measured": qs.Empirical(values=(0.0, 12.3, 60.0, 61.7, 300.1)),
}


def equal(drawn: Tape, expected: Tape) -> bool:
    return (drawn.seed, drawn.replication) == (expected.seed, expected.replication) and all(
        one.dtype == two.dtype
        and one.shape == two.shape
        and np.array_equal(one, two)
        and one.flags.c_contiguous
        for one, two in zip(everything(drawn), everything(expected), strict=True)
    )


def assert_as_numpy(day: qs.Scenario, seed: int = 7, replication: int = 0) -> Tape:
    drawn = draw_tape(day, seed=seed, replication=replication)
    assert equal(drawn, by_numpy.draw_tape(day, seed=seed, replication=replication))
    return drawn


def of_demand(days: int = 3, **demand: Any) -> qs.Scenario:
    terms = {"per_day": 900, "day": "office", **demand}
    return scenario(contact_type(demand=qs.Demand(**terms)), days=days)


def of_people(days: int = 9, interval: str = "4h", **terms: Any) -> qs.Scenario:
    idle = contact_type(demand=qs.Demand(per_day=3.0))
    return scenario(idle, groups=(group(**terms),), days=days, interval=interval)


# Contacts -------------------------------------------------------------------------------


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("thinned", [False, True])
def test_every_distribution(law: str, thinned: bool) -> None:
    demand = qs.Demand(per_day=3000, day="office", events=(OUTAGE,) if thinned else ())
    kind = contact_type(
        demand=demand, talk=LAWS[law], wrap_up=LAWS[law], patience=LAWS[law],
        callback=LATER.model_copy(update={"delay": LAWS[law]}),
    )  # fmt: skip
    assert_as_numpy(scenario(kind, days=2))


@pytest.mark.parametrize("seed", [0, 2**32 + 1, 2**64, 2**128 + 5, 2**300])
@pytest.mark.parametrize("replication", [0, 41, 2**33])
def test_every_seed(seed: int, replication: int) -> None:
    assert_as_numpy(of_demand(per_day=50, busyness=0.2), seed, replication)


@pytest.mark.parametrize(
    "demand",
    [
        {},
        {"per_day": 0},
        {"scale": 0.0},
        {"per_day": 0.01},
        {"per_day": 40_000},
        {"week": (0.0, 1.0, 0.0, 2.0, 0.0, 0.0, 0.0), "days": 9},
        {"day": "flat"},
        {"day": CROWD, "per_day": 5000},
        {"day": {"mon,wed": "retail", "tue,thu-sun": CROWD}},
        {"day": tuple(float(k % 3) for k in range(96))},
        {"day": tuple(10.0 ** -(k % 9) for k in range(48))},
        {"events": (OUTAGE,)},
        {"events": (CALM,)},
        {"events": (OUTAGE, CALM), "busyness": 0.8},
        {"busyness": 0.1},
        {"busyness": 3.0, "days": 30, "per_day": 30},
        {"busyness": 0.3, "shared": 0.4},
        {"busyness": 0.3, "shared": 1.0},
        {"growth": 0.4, "year": (1.3,) * 12, "days": 20, "per_day": 60},
    ],
)
def test_every_demand(demand: dict[str, Any]) -> None:
    assert_as_numpy(of_demand(**demand))


@pytest.mark.parametrize(
    "horizon",
    [
        {"start": "2026-10-24", "timezone": "Europe/Helsinki"},  # 25 hours on the second day
        {"start": "2026-03-28", "timezone": "Europe/Helsinki"},  # 23
        {"start": "2026-11-22"},
        {"start": "1999-12-31", "interval": "15min"},
        {"start": "2011-12-29", "timezone": "Pacific/Apia", "interval": "24h"},  # a day is missing
    ],
)
@pytest.mark.parametrize("shape", ["flat", "office", CROWD])
def test_every_calendar(horizon: dict[str, Any], shape: Any) -> None:
    kind = contact_type(demand=qs.Demand(per_day=500, day=shape, busyness=0.1))
    assert_as_numpy(scenario(kind, days=3, **horizon))


@pytest.mark.parametrize("per_day", [20, 300, 20_000])
def test_types_that_come_at_one_instant(per_day: float) -> None:
    """Five crowded minutes: insertion of a few, digits for many; ties by name and number."""
    names = ["zebra", "ape", "Z 1", "b", "a"]
    types = [
        contact_type(n, demand=qs.Demand(per_day=per_day, day=CROWD, busyness=0.1)) for n in names
    ]
    tape = assert_as_numpy(scenario(*types, days=2))
    assert per_day < 1000 or (np.diff(tape.arrival_s) == 0).sum() > 1000


def test_callbacks_of_every_kind() -> None:
    day = scenario(
        contact_type("hold", callback=HOLD),
        contact_type("later", callback=LATER),
        contact_type("plain", patience=None, wrap_up=None),
        contact_type("back", "callback", dialling=qs.Dialling(answered=0.5, attempts=3)),
        contact_type("back again", "callback"),
        contact_type("chat", "chat", patience=LAWS["weibull"], demand=qs.Demand(per_day=0)),
    )
    assert assert_as_numpy(day).answers.shape[1] == 4


def test_announcements_of_every_kind() -> None:
    tape = assert_as_numpy(
        scenario(
            contact_type("slots", callback=SLOTS, announcement=TOLD),
            contact_type("heard", "chat", announcement=HEARD),
            contact_type("plain", callback=HOLD),
        )
    )
    assert len(tape.tolerates_s) == len(tape) > 1000
    slots, heard, plain = (tape.contact_type == k for k in range(3))
    assert (tape.tolerates_s[heard] == np.inf).all()
    assert (tape.tolerates_s[plain] == 0).all()  # never looked at
    assert 250 < tape.tolerates_s[slots].mean() < 350
    assert 60 < tape.accepts_from_s[slots].mean() < 120
    assert (tape.accepts_from_s[heard | plain] == 0).all()


def test_an_announcement_changes_no_other_draw() -> None:
    plain, told = (
        draw_tape(scenario(contact_type("a", callback=HOLD, announcement=said), days=3), seed=3)
        for said in (None, TOLD)
    )
    assert len(plain.tolerates_s) == len(plain.accepts_from_s) == 0
    assert all(map(np.array_equal, everything(plain)[:-2], everything(told)[:-2]))


# People ---------------------------------------------------------------------------------

BY_DAY = {"day": [0, 3, 9, 4, 10, 2]}
SHIFTS = (
    qs.Shift(name="a", start="06:00", end="14:00", headcount=4, breaks=("10:00-10:15",)),
    qs.Shift(name="b", days="mon-sun", start="20:00", end="04:00", headcount=3),
    qs.Shift(name="night", days="mon-sun", start="18:00", end="24:00", headcount=5),
    qs.Shift(name="night", days="mon-sun", start="00:00", end="06:00", headcount=3),
)


@pytest.mark.parametrize(
    "people",
    [
        {"headcount": 0},
        {"headcount": 7},
        {"headcount": BY_DAY},
        {"headcount": {"week": [k % 11 for k in range(42)]}},
        {"headcount": {"weeks": [5, 8]}},
        {"headcount": {"horizon": [(k * k) % 13 for k in range(54)]}},
        {"headcount": 30, "hours": {"mon-fri": ["08:00-12:15", "13:00-18:00"], "sat": "closed",
                                    "sun": "22:00-24:00"}},
        {"shifts": SHIFTS},
    ],
)  # fmt: skip
@pytest.mark.parametrize("shrinkage", [0.0, 0.28, 0.999])
@pytest.mark.parametrize("absence", [0.0, 0.1, 0.9])
def test_every_plan(people: dict[str, Any], shrinkage: float, absence: float) -> None:
    day = of_people(**people, shrinkage=shrinkage, absence=absence)
    for replication in range(3):
        assert_as_numpy(day, replication=replication)


def test_groups_side_by_side() -> None:
    groups = (
        group("c", headcount=BY_DAY, shrinkage=0.3),
        group("a", shifts=SHIFTS, absence=0.3),
        group("b", headcount=9),
        group("d", headcount=BY_DAY, hours="07:10-19:50", absence=0.2),
        group("e", shifts=SHIFTS[:1], shrinkage=0.1),
        group("f", headcount=0, absence=0.2),
    )
    horizon = {"days": 8, "interval": "4h", "start": "2026-11-22"}
    assert_as_numpy(scenario(groups=groups, **horizon))
    assert_as_numpy(scenario(groups=groups[::-1], **horizon))


NEW = qs.Starters(count=2, on="2026-11-25", ramp_up=(1.6, 1.6, 1.2))
LONGER = qs.Starters(count=1, on="2026-11-10", ramp_up=(2.0, 1.3, 0.9))


@pytest.mark.parametrize("spread", [0.0, 0.15, 1.0])
@pytest.mark.parametrize(
    "people",
    [
        {"headcount": 7, "starters": (NEW,)},
        {"headcount": 7, "starters": (NEW.model_copy(update={"before": "nobody"}), LONGER)},
        {"headcount": {"weeks": [5, 8, 7]}, "starters": (LONGER, NEW)},
        {"headcount": {"weeks": [9, 4, 5]}, "starters": (LONGER, NEW)},
        {"headcount": BY_DAY, "starters": (NEW,)},
        {"headcount": 0},
        {"shifts": SHIFTS, "starters": (LONGER, NEW)},
        {"shifts": SHIFTS, "starters": (
            qs.Starters(count=4, on="2026-11-29", ramp_up=(1.5,), shift="a", before="nobody"),
            NEW, qs.Starters(count=3, on="2027-01-01", ramp_up=(3.0,)),
        )},
    ],
)  # fmt: skip
@pytest.mark.parametrize("gone", [{}, {"shrinkage": 0.28, "absence": 0.1}])
def test_every_pace_of_agents(spread: float, people: dict[str, Any], gone: dict[str, Any]) -> None:
    day = of_people(**people, **gone, speed_spread=spread, days=16)
    plain = of_people(**{**people, **gone}, days=16)
    for replication in range(3):
        assert_as_numpy(day, replication=replication)
        assert_as_numpy(plain, replication=replication)


def test_plain_people_are_drawn_once() -> None:
    made = Sampler(of_people(headcount=BY_DAY))
    assert made.begin(7, 0).sessions is made.begin(8, 1).sessions


# Generated ------------------------------------------------------------------------------

some = st.sampled_from
small = some([0.0, 1.0, 30.0, 400.0])


@st.composite
def demands(draw: st.DrawFn) -> qs.Demand:
    event = st.builds(
        qs.Event,
        name=some(["x"]),
        start=some(["2026-10-24 08:00", "2026-10-25 12:34:56", "2026-10-25 00:00"]),
        lasts=st.floats(0.001, 90_000),
        factor=some([0.0, 0.3, 2.0, 9.0]),
        fades=some([0.0, 100.0, 7000.0]),
    )
    return qs.Demand(
        per_day=draw(small | st.floats(0, 300)),
        day=draw(some(["flat", "office", "retail", CROWD])),
        week=draw(st.lists(some([0.0, 1.0, 1.3]), min_size=7, max_size=7)),
        events=draw(st.lists(event, max_size=1)),
        busyness=draw(some([0.0, 0.2, 1.5])),
        shared=draw(some([0.0, 0.3, 1.0])),
        scale=draw(some([1.0, 0.37])),
    )


@st.composite
def days(draw: st.DrawFn) -> qs.Scenario:
    laws = some(list(LAWS.values()))
    types = []
    for name in draw(st.lists(some("abcdE"), min_size=1, max_size=4, unique=True)):
        channel = draw(some(["phone", "chat", "callback", "message"]))
        types.append(
            contact_type(
                name,
                channel,
                demand=draw(demands()),
                talk=draw(laws.filter(lambda law: law.mean_s > 0)),
                wrap_up=draw(st.none() | laws),
                patience=None if channel == "callback" else draw(st.none() | laws),
                callback=draw(some([None, HOLD, LATER])) if channel == "phone" else None,
                announcement=draw(some([None, None, None, TOLD]))
                if channel in ("phone", "chat")
                else None,
            )
        )
    groups = []
    for n in range(draw(st.integers(1, 3))):
        people = draw(
            some([{"headcount": 6}, {"headcount": {"day": [0, 2, 7, 7, 3, 1]}}, {"shifts": SHIFTS}])
        )
        terms = {"shrinkage": draw(some([0.0, 0.3])), "absence": draw(some([0.0, 0.2]))}
        terms["speed_spread"] = draw(some([0.0, 0.3]))
        new = st.builds(
            qs.Starters,
            count=some([1, 2]),
            on=some(["2026-10-13", "2026-10-24", "2026-10-25", "2026-11-01"]),
            ramp_up=some([(1.4,), (1.9, 1.5, 1.1)]),
        )
        terms["starters"] = draw(st.lists(new, max_size=2))
        groups.append(group(f"g{n}", *(each.name for each in types), **people, **terms))
    zone = draw(some(["UTC", "Europe/Helsinki", "America/New_York"]))
    horizon = {"start": "2026-10-24", "days": 3, "interval": "4h" if zone == "UTC" else "1h"}
    if zone != "UTC":
        groups = [group("plain", *(each.name for each in types), shrinkage=0.2, absence=0.1)]
    return scenario(*types, groups=tuple(groups), timezone=zone, **horizon)


@settings(max_examples=60)
@given(day=days(), seed=st.integers(0, 2**70), replication=st.integers(0, 2**34))
def test_whatever_the_day(day: qs.Scenario, seed: int, replication: int) -> None:
    whole = assert_as_numpy(day, seed, replication)
    drawing = Sampler(day).begin(seed, replication)
    assert equal(joined([drawing.days(k, k + 1) for k in range(3)]), whole)


# Pieces and threads ---------------------------------------------------------------------

WEEK = scenario(
    contact_type("b", callback=LATER, demand=qs.Demand(per_day=300, day="office", busyness=0.4)),
    contact_type("a", demand=qs.Demand(per_day=200, events=(OUTAGE,))),
    groups=(group("home", "a", "b", shrinkage=0.28, absence=0.05),),
)


def joined(tapes: list[Tape]) -> Tape:
    first = tapes[0]
    names = ("contact_type", "day", "number", "arrival_s", "talk_s", "wrap_up_s", "patience_s")
    more = ("accepts", "window_delay_s", "answers", "allotted")
    more += ("tolerates_s", "accepts_from_s")
    columns = {name: np.concatenate([getattr(t, name) for t in tapes]) for name in names + more}
    rest = {name: getattr(first, name) for name in ("agent_group", "sessions")}
    return Tape(seed=first.seed, replication=first.replication, **rest, **columns)


@pytest.mark.parametrize("at_most", [1, 700, 1300, 10**9])
def test_pieces_side_by_side_are_the_whole(at_most: int) -> None:
    made = Sampler(WEEK)
    pieces = made.pieces(at_most)
    assert [first for first, _ in pieces] == [0, *(last for _, last in pieces[:-1])]
    assert pieces[-1][1] == 7
    backwards = [made.begin(7, 3).days(*piece) for piece in reversed(pieces)]
    assert equal(joined(backwards[::-1]), draw_tape(WEEK, seed=7, replication=3))


def test_pieces_are_as_large_as_allowed() -> None:
    made = Sampler(of_demand(days=20, week=(3.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0)))
    assert made.pieces(2750)[:4] == [(0, 1), (1, 4), (4, 7), (7, 8)]
    assert made.pieces(3650)[:2] == [(0, 2), (2, 7)]
    # days without contacts make no piece of their own
    assert made.pieces(0)[:7] == [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 7), (7, 8)]


def test_no_days_are_no_contacts() -> None:
    assert len(Sampler(WEEK).begin(7, 3).days(4, 4)) == 0


def test_threads_share_a_sampler() -> None:
    made = Sampler(WEEK)
    with ThreadPoolExecutor(4) as threads:
        tapes = list(threads.map(lambda r: made.begin(7, r).days(0, 7), range(40)))
    for replication, tape in enumerate(tapes):
        assert equal(tape, draw_tape(WEEK, seed=7, replication=replication))


def test_a_room_too_small_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampler, "_FEW", 0)
    monkeypatch.setattr(sampler, "_SPREAD", -30.0)
    assert_as_numpy(WEEK)
