"""Customers between two attempts where every delay is sure: who comes, when and as what."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import queuesim as qs
from queuesim.engines.outcome import Cause
from queuesim.watching.now import State
from queuesim.watching.nowcasting.between import Between, between
from queuesim.watching.nowcasting.ways_back import (
    ABANDONED,
    HANDLED,
    OUTCOMES,
    Ended,
    left_of,
    ways_back,
)

HOUR_S = 3600.0
NOON_S = 12 * HOUR_S
HOME = qs.InHouse(per_hour=24.0)
NOW = "2026-11-24 12:00"


def sure(**terms: object) -> qs.ContactType:
    """Calls of which everybody comes again, 10 min after leaving or 1 h after the talk."""
    given = {
        "name": "phone",
        "channel": "phone",
        "demand": qs.Demand(per_day=100, day="office"),
        "talk": qs.Exponential(mean="4min"),
        "wrap_up": qs.Exponential(mean="1min"),
        "patience": qs.Deterministic(value="2min"),
        "redial": qs.Return(share=1.0, delay="10min", max_attempts=9),
        "repeat": qs.Return(share=1.0, delay="1h", max_attempts=9),
    }
    return qs.ContactType(**(given | terms))  # type: ignore[arg-type]


def centre(*skills: qs.Skill, types: tuple[qs.ContactType, ...] = (sure(),)) -> qs.Scenario:
    """A group for each skill; none: one in which nothing is resolved."""
    groups = tuple(
        qs.AgentGroup(name=f"team {k}", skills=(skill,), headcount=4, contract=HOME)
        for k, skill in enumerate(skills or (qs.Skill("phone", resolution=0.0),))
    )
    horizon = qs.Horizon(start="2026-11-24", days=1)
    return qs.Scenario(name="sure", contact_types=types, agent_groups=groups, horizon=horizon)


def drawn(
    scenario: qs.Scenario,
    talk_ended_s: np.ndarray | None = None,
    *,
    futures: int = 3,
    until_s: float = 24 * HOUR_S,
    **tables: pd.DataFrame,
) -> Between:
    state = State(now=NOW, **tables).check(scenario)  # type: ignore[arg-type]
    talk_ended_s = np.zeros((futures, 0)) if talk_ended_s is None else talk_ended_s
    return between(state, talk_ended_s, futures=futures, seed=3, until_s=until_s, dials=0)


def gone(*minutes: float, outcome: str = "abandoned", **more: object) -> pd.DataFrame:
    """Calls that ended so many minutes before noon."""
    ended = pd.Timestamp(NOW) - pd.to_timedelta(minutes, unit="min")
    return pd.DataFrame({"contact_type": "phone", "ended": ended, "outcome": outcome, **more})


def wrapped_up(*customers: object) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "agent_group": "team 0",
            "contact_type": "phone",
            "elapsed_s": 30.0,
            "phase": "wrap-up",
            "customer": customers,
        }
    )


def handled(group: int, *, handed_on: bool = False) -> Ended:
    return Ended(0, HANDLED, group, True, 0, 0, handed_on=handed_on)


# Shares -------------------------------------------------------------------------------------


def test_who_was_served_by_whom_decides_how_likely_they_repeat() -> None:
    """0.9, 0.5 and, of the third group, none are resolved by who has the skill; unknown: 0.7."""
    mail = sure(name="mail", channel="message", patience=None, redial=None)
    skills = (
        qs.Skill("phone", resolution=0.9),
        qs.Skill("phone", resolution=0.5),
        qs.Skill("mail", resolution=0.0),
    )
    scenario = centre(*skills, types=(sure(), mail))
    for group, share in ((0, 0.1), (1, 0.5), (-1, 0.3)):
        assert [way.share for way in ways_back(scenario, handled(group))] == pytest.approx([share])


def test_who_was_handed_on_comes_another_way() -> None:
    """A quarter is handed on, and half of all are resolved. Who is known not to have been handed on
    repeats with 0.5; of those in wrap-up 0.75 have not been, and 0.375 repeat. Of a group not
    known: 0.125 are handed on, 0.25 not resolved."""
    second = sure(name="second", redial=None, repeat=None)
    transfer = qs.Transfer(share=0.25, to="second")
    skills = (
        qs.Skill("phone", resolution=0.5, transfer=transfer),
        qs.Skill("phone", resolution=1.0),
        qs.Skill("second"),
    )
    scenario = centre(*skills, types=(sure(), second))
    for ended, share in (
        (handled(0), 0.5),
        (handled(0, handed_on=True), 0.75 * 0.5),
        (handled(-1), 0.25),
        (handled(-1, handed_on=True), 0.875 * 0.25),
    ):
        assert [way.share for way in ways_back(scenario, ended)] == pytest.approx([share])


def test_who_comes_at_once_has_not_come_at_the_very_instant() -> None:
    """The contact ends now: whoever comes again at once does so from now on, and is not lost."""
    at_once = sure(redial=qs.Return(share=0.5, delay=0.0))
    ways = ways_back(centre(types=(at_once,)), Ended(0, ABANDONED, -1, True, 0, 0))
    ages_s = np.array([0.0, 1 / 1024])
    assert left_of(ways, ages_s).tolist() == [[0.5, 0.0]]


@pytest.mark.parametrize(("says_so", "share"), [(True, [1.0]), (False, [])])
def test_whose_callback_failed_redials_where_that_is_said(
    says_so: bool, share: list[float]
) -> None:
    redial = qs.Return(share=1.0, delay="10min", failed_callbacks=says_so)
    phone = sure(redial=redial, callback=qs.CallbackOffer(accept=0.5))
    for times_back, left in ((0, share), (1, [])):
        ended = Ended(0, OUTCOMES.index("failed_callback"), -1, True, times_back, 0)
        ways = ways_back(centre(types=(phone,)), ended)
        assert [way.share for way in ways] == left
        assert all((way.cause, way.times_back) == (Cause.REDIAL, 1) for way in ways)
    nothing = sure(redial=None, callback=qs.CallbackOffer(accept=0.5))
    ended = Ended(0, OUTCOMES.index("failed_callback"), -1, True, 0, 0)
    assert not ways_back(centre(types=(nothing,)), ended)


# Who comes, and when ------------------------------------------------------------------------


def test_they_come_when_the_delay_has_gone_by() -> None:
    """Gone for 1, 4 and 9 min of 10; those of 11 min will not come. In the order of customers."""
    told = drawn(centre(), ended=gone(4, 1, 11, 9))
    assert told.first.tolist() == [0, 3, 6, 9]
    assert told.customer.tolist() == [0, 1, 3] * 3
    assert ((told.standing["returns_s"] - NOON_S) / 60).tolist() == [6, 9, 1] * 3
    assert set(told.standing["cause"]) == {Cause.REDIAL}
    assert set(told.standing["times_back"]) == {1}


def test_who_comes_when_all_is_over_is_left_out() -> None:
    """The redial comes at 12:06; a day that ends then has none of it."""
    for until_s, many in ((NOON_S + 360, 0), (NOON_S + 360 + 1 / 1024, 1)):
        assert len(drawn(centre(), ended=gone(4), futures=1, until_s=until_s).customer) == many


def test_the_next_turn_of_a_thread_is_the_next() -> None:
    turns = qs.Return(share=1.0, delay="30min", max_attempts=9)
    mail = sure(name="mail", channel="message", patience=None, redial=None, turns=turns)
    scenario = centre(qs.Skill("mail"), types=(mail,))
    ended = gone(5, 5, outcome="handled", turns=[0, 4], times_back=[2, 0])
    told = drawn(scenario, ended=ended.assign(contact_type="mail"), futures=1)
    assert told.standing["turns"].tolist() == [1, 5]
    assert told.standing["times_back"].tolist() == [2, 0]
    assert set(told.standing["cause"]) == {Cause.TURN}


def test_each_future_has_its_share_however_many_customers_there_are() -> None:
    """60 futures of 40,000 customers, of whom 1 in 100 redials: 400 in each.

    Chi-square over the futures, a false alarm in 1,000; futures that are drawn together with
    others, and are counted as theirs, have none.
    """
    seldom = sure(redial=qs.Return(share=0.01, delay="1h"))
    told = drawn(centre(types=(seldom,)), ended=gone(*[0.0] * 40_000), futures=60)
    many = np.diff(told.first)
    assert stats.chi2(60).sf(((many - 400) ** 2 / (400 * 0.99)).sum()) > 1e-3


# Who is being wrapped up --------------------------------------------------------------------


def test_who_is_being_wrapped_up_comes_where_the_talk_has_ended() -> None:
    """Two in wrap-up; in the second future one still talks. An hour after the talk both repeat."""
    ended_s = NOON_S - np.array([[60.0, 120.0], [np.nan, 180.0], [30.0, 240.0]])
    told = drawn(centre(), ended_s, busy=wrapped_up(None, None), ended=gone(11))
    assert told.first.tolist() == [0, 2, 3, 5]
    assert told.customer.tolist() == [1, 2, 2, 1, 2]  # after the one who has ended a contact
    since_s = told.standing["returns_s"] - NOON_S - HOUR_S
    assert since_s.tolist() == [-60, -120, -180, -30, -240]
    assert set(told.standing["cause"]) == {Cause.REPEAT}


def test_who_waits_again_while_wrapped_up_is_not_drawn_once_more() -> None:
    waiting = pd.DataFrame({"contact_type": ["phone"], "waited_s": [5.0], "customer": ["b"]})
    ended_s = np.full((2, 2), NOON_S - 60.0)
    told = drawn(centre(), ended_s, busy=wrapped_up("a", "b"), waiting=waiting, futures=2)
    assert told.customer.tolist() == [0, 0]


def test_who_is_handed_on_while_wrapped_up_waits_already() -> None:
    """All are handed on: nobody repeats."""
    second = sure(name="second", redial=None, repeat=None)
    skill = qs.Skill("phone", resolution=0.0, transfer=qs.Transfer(share=1.0, to="second"))
    scenario = centre(skill, qs.Skill("second"), types=(sure(), second))
    told = drawn(scenario, np.full((3, 1), NOON_S - 60.0), busy=wrapped_up(None))
    assert len(told.customer) == 0


# What they bring ----------------------------------------------------------------------------


def test_who_is_passed_on_has_less_patience() -> None:
    """2 min of patience, half of it behind the front door; who redials has all of it."""
    door = qs.FrontDoor(contains=0.0, to={"phone": 1.0}, patience_factor=0.5)
    web = qs.ContactType(
        name="web",
        channel="self_service",
        demand=qs.Demand(per_day=100, day="office"),
        talk=qs.Deterministic(value="5min"),
        front_door=door,
    )
    at_the_door = pd.DataFrame({"contact_type": ["web"], "elapsed_s": [100.0]})
    told = drawn(centre(types=(sure(), web)), ended=gone(4), self_service=at_the_door, futures=2)
    assert told.standing["cause"].tolist() == [Cause.REDIAL, Cause.FRONT_DOOR] * 2
    assert told.patience_s.tolist() == [120, 60] * 2
    assert (told.standing["returns_s"] - NOON_S).tolist() == [360, 200] * 2
    assert set(told.kind) == {0}
