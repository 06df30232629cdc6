"""Customers between two attempts: the conditional law by hand, in draws, and in whole nowcasts."""

from __future__ import annotations

from math import exp

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import queuesim as qs
from benchmarks.watching_nowcast import DAY, HOME, again, threads
from queuesim.engines.compiled import simulate_compiled
from queuesim.engines.outcome import Cause
from queuesim.sampling import draw_tape
from queuesim.watching.now import State, state_of
from queuesim.watching.nowcasting.between import Between, between
from queuesim.watching.nowcasting.ways_back import (
    ABANDONED,
    HANDLED,
    TURNED_AWAY,
    Ended,
    left_of,
    ways_back,
)

NOON_S = 12 * 3600.0


def centre() -> qs.Scenario:
    """Phone calls that redial and repeat, messages with turns, and a door before the phone."""
    demand = qs.Demand(per_day=100, day="office")
    phone = qs.ContactType(
        name="phone",
        channel="phone",
        demand=demand,
        talk=qs.Exponential(mean="4min"),
        patience=qs.Exponential(mean="3min"),
        redial=qs.Return(share=0.5, delay=qs.Exponential(mean="10min"), max_attempts=2),
        repeat=qs.Return(share=0.8, delay=qs.Gamma(mean="1h", cv=0.5)),
        after_hours=qs.Return(share=0.3, delay="1h", to="mail"),
    )
    mail = qs.ContactType(
        name="mail",
        channel="message",
        demand=demand,
        talk=qs.Exponential(mean="4min"),
        turns=qs.Return(share=0.6, delay=qs.Exponential(mean="30min"), max_attempts=3),
        repeat=qs.Return(share=0.5, delay=qs.Exponential(mean="1h"), to="phone"),
    )
    web = qs.ContactType(
        name="web",
        channel="self_service",
        demand=demand,
        talk=qs.Exponential(mean="5min"),
        front_door=qs.FrontDoor(contains=0.6, to={"phone": 0.75}, resolution=0.9),
        repeat=qs.Return(share=0.5, delay=qs.Exponential(mean="1h"), to="phone"),
    )
    team = qs.AgentGroup(
        name="home",
        skills=(qs.Skill("phone", resolution=0.7), qs.Skill("mail", resolution=0.9)),
        headcount=4,
        contract=HOME,
    )
    types = (phone, mail, web)
    return qs.Scenario(name="centre", contact_types=types, agent_groups=(team,), horizon=DAY)


def ended(
    kind: int, outcome: int, times_back: int = 0, turns: int = 0, in_hours: bool = True
) -> Ended:
    return Ended(kind, outcome, 0, in_hours, times_back, turns)


def left(what: Ended, age_s: float) -> list[float]:
    found: list[float] = left_of(ways_back(centre(), what), np.array(age_s)).tolist()
    return found


# By hand ------------------------------------------------------------------------------------


def test_a_redialler_who_has_not_come_is_less_likely_to_come() -> None:
    """Half redial, after 10 min on average. After 10 min, 1/e of these are still to come:
    0.5/e ÷ (0.5 + 0.5/e)."""
    assert left(ended(0, ABANDONED), 0.0) == [0.5]
    assert left(ended(0, ABANDONED), 600.0) == [pytest.approx(0.5 / exp(1) / (0.5 + 0.5 / exp(1)))]
    assert left(ended(0, ABANDONED), 600.0) == [pytest.approx(0.2689414)]
    assert left(ended(0, ABANDONED), 1e6) == [pytest.approx(0.0, abs=1e-12)]
    assert left(ended(0, ABANDONED, times_back=1), 0.0) == [0.5]
    assert left(ended(0, ABANDONED, times_back=2), 0.0) == []  # often enough


def test_turns_come_before_repeats() -> None:
    """0.6 write the next turn; of the other 0.4 one in ten is not resolved, of whom half repeat.

    After half an hour 1/e of the turns and exp(-1/2) of the repeats are still to come.
    """
    ways = ways_back(centre(), ended(1, HANDLED, turns=1))
    assert [(way.cause, way.turns, way.times_back) for way in ways] == [
        (Cause.TURN, 2, 0),
        (Cause.REPEAT, 0, 1),
    ]
    assert [way.share for way in ways] == pytest.approx([0.6, 0.02])
    turns, repeats = 0.6 * exp(-1), 0.02 * exp(-0.5)
    whole = 1 - 0.62 + turns + repeats
    assert left(ended(1, HANDLED, turns=1), 1800.0) == pytest.approx(
        [turns / whole, repeats / whole]
    )
    assert left(ended(1, HANDLED, turns=3), 0.0) == pytest.approx([0.05])  # the thread is over
    assert left(ended(1, HANDLED, times_back=1), 0.0) == pytest.approx([0.6])


def test_who_was_turned_away_outside_the_hours_comes_another_way() -> None:
    """A sure delay of an hour: they come within it, or never."""
    away = ended(0, TURNED_AWAY, in_hours=False)
    (way,) = ways_back(centre(), away)
    assert (way.cause, way.to) == (Cause.AFTER_HOURS, 1)
    assert left(away, 3599.0) == [pytest.approx(0.3)]
    assert left(away, 3600.0) == [0.0]
    assert [way.cause for way in ways_back(centre(), ended(0, TURNED_AWAY))] == [Cause.REDIAL]


# In draws -----------------------------------------------------------------------------------


def drawn(
    ended: pd.DataFrame | None = None, door: pd.DataFrame | None = None, n: int = 20_000
) -> Between:
    state = State(now="2026-11-24 12:00", ended=ended, self_service=door).check(centre())
    return between(state, np.zeros((n, 0)), futures=n, seed=3, until_s=86_400.0, dials=0)


def test_draws_have_the_conditional_share_and_delay() -> None:
    """One who abandoned 10 min ago, by hand, and one who was handled 90 min ago, by rejection.

    Four tests on 20,000 futures, each with a false alarm in 1,000; a share that is off by 0.015
    would be noticed in 9 of 10.
    """
    rows = pd.DataFrame(
        {
            "contact_type": ["phone", "phone"],
            "ended": ["2026-11-24 11:50", "2026-11-24 10:30"],
            "outcome": ["abandoned", "handled"],
        }
    )
    told, n = drawn(rows), 20_000
    first = told.customer == 0
    assert stats.binomtest(int(first.sum()), n, 0.26894).pvalue > 1e-3
    later_s = told.standing["returns_s"][first] - NOON_S
    assert stats.kstest(later_s, stats.expon(scale=600).cdf).pvalue > 1e-3  # no memory
    rng = np.random.default_rng(5)
    returns = rng.random(n * 20) < 0.3 * 0.8  # 0.7 are resolved
    delay_s = qs.Gamma(mean="1h", cv=0.5).quantile(rng.random(n * 20))
    not_yet = ~(returns & (delay_s <= 5400))
    comes = returns[not_yet]
    came = int((~first).sum())
    table = [[came, n - came], [comes.sum(), (~comes).sum()]]
    assert stats.chi2_contingency(table).pvalue > 1e-3
    theirs = delay_s[not_yet][comes] - 5400
    mine = told.standing["returns_s"][~first] - NOON_S
    assert stats.ks_2samp(mine, theirs).pvalue > 1e-3
    assert (told.standing["times_back"] == 1).all()
    assert (told.kind == 0).all()


def test_who_is_at_self_service_goes_on_from_there() -> None:
    """A share of 0.4 × 0.75 is passed on when it ends; 0.6 × 0.1 × 0.5 come later with the same
    matter. Three tests with a false alarm in 1,000 each."""
    told = drawn(door=pd.DataFrame({"contact_type": ["web"], "elapsed_s": [400.0]}))
    passed_on = told.standing["cause"] == Cause.FRONT_DOOR
    assert stats.binomtest(int(passed_on.sum()), 20_000, 0.3).pvalue > 1e-3
    assert stats.binomtest(int((~passed_on).sum()), 20_000, 0.03).pvalue > 1e-3
    later_s = told.standing["returns_s"][passed_on] - NOON_S
    assert stats.kstest(later_s, stats.expon(scale=300).cdf).pvalue > 1e-3
    assert (told.standing["times_back"] == ~passed_on).all()


def test_the_more_futures_the_same_futures() -> None:
    scenario = again()
    outcome = simulate_compiled(scenario, draw_tape(scenario, seed=5))
    state = state_of(scenario, outcome, NOON_S)
    assert state.ended is not None
    assert len(state.ended) > 100
    some, more = (qs.nowcast(scenario, state, futures=n, seed=4) for n in (20, 45))
    for measure in ("service_level", "offered", "asa"):
        np.testing.assert_array_equal(some.values(measure), more.values(measure)[:20])


# A state ------------------------------------------------------------------------------------


def test_no_customer_is_counted_twice() -> None:
    """Whoever waits, is open, or has ended another contact since, is not between two attempts."""
    rows = pd.DataFrame(
        {
            "contact_type": "phone",
            "ended": [f"2026-11-24 11:{minute}" for minute in (10, 20, 30, 40)],
            "outcome": "abandoned",
            "customer": ["a", "b", "a", "c"],
            "times_back": [0, 0, 1, 0],
        }
    )
    waiting = pd.DataFrame({"contact_type": ["phone"], "waited_s": [5.0], "customer": ["b"]})
    busy = pd.DataFrame(
        {
            "agent_group": "home",
            "contact_type": ["phone"],
            "elapsed_s": [9.0],
            "phase": ["wrap-up"],
            "customer": ["b"],
        }
    )
    read = State(now="2026-11-24 12:00", ended=rows, waiting=waiting, busy=busy).check(centre())
    assert read.ended is not None
    assert read.ended["customer"].tolist() == ["a", "c"]
    assert read.ended["times_back"].tolist() == [1, 0]
    assert read.busy["came_again"].tolist() == [True]


def test_at_the_end_of_the_day_all_is_known() -> None:
    """So far and rest are the day, also where customers come again."""
    for scenario in (again(), threads()):
        outcome = simulate_compiled(scenario, draw_tape(scenario, seed=2))
        offered = (outcome.contacts["cause"] >= 0).sum()
        told = qs.nowcast(scenario, state_of(scenario, outcome, 23.99 * 3600), futures=2)
        assert told.values("offered") == pytest.approx([offered] * 2, abs=1)


def test_a_limit_that_is_reached_holds_for_those_who_wait() -> None:
    """A hundred callers whom nobody serves redial: twice, once more, or not at all."""
    scenario = centre().change("agent_groups.home.headcount", 0)
    scenario = scenario.change("contact_types.phone.redial.share", 1.0)
    for each in ("phone", "mail", "web"):
        scenario = scenario.change(f"contact_types.{each}.hours", "08:00-23:00")
        scenario = scenario.change(f"contact_types.{each}.demand.per_day", 0)
    for times_back, attempts in ((0, 2), (1, 1), (2, 0)):
        waiting = pd.DataFrame(
            {"contact_type": "phone", "waited_s": np.arange(100.0), "times_back": times_back}
        )
        told = qs.nowcast(scenario, State(now="2026-11-24 12:00", waiting=waiting), futures=3)
        assert told.values("offered").tolist() == [100.0 * (1 + attempts)] * 3


def test_who_waits_for_a_callback_rings_in_when_the_delay_has_gone_by() -> None:
    """Asked 5 min ago, and a sure delay of 10 min, of half of them: half of ten ring in. Asked
    15 min ago and not rung in: nobody does. False alarms: 1 in 1,000; 400 contacts."""
    offer = qs.CallbackOffer(accept=0.5, rings_in=qs.Return(share=0.5, delay="10min"))
    scenario = centre().change("contact_types.phone.callback", offer)
    scenario = scenario.change("agent_groups.home.headcount", 0)
    for each in ("phone", "mail", "web"):
        scenario = scenario.change(f"contact_types.{each}.hours", "08:00-23:00")
        scenario = scenario.change(f"contact_types.{each}.demand.per_day", 0)
    scenario = scenario.change("contact_types.phone.redial.share", 0.0)
    for due, share in (("2026-11-24 11:55", 0.5), ("2026-11-24 11:45", 0.0)):
        owed = pd.DataFrame({"contact_type": ["phone"] * 10, "due": due})
        state = State(now="2026-11-24 12:00", callbacks=owed)
        rang = int((qs.nowcast(scenario, state, futures=40).values("offered") - 10).sum())
        assert stats.binomtest(rang, 400, share).pvalue > 1e-3


def test_what_is_not_known_is_told() -> None:
    told = qs.nowcast(centre(), State(now="2026-11-24 12:00"), futures=2)
    assert "those between two attempts are taken as none" in told.summary()
    assert "they are drawn as planned" in told.summary()
    nobody = pd.DataFrame()
    told = qs.nowcast(
        centre(), State(now="2026-11-24 12:00", ended=nobody, self_service=nobody), futures=2
    )
    assert "taken as none" not in told.summary()
    assert "drawn as planned" not in told.summary()


def test_every_row_that_is_wrong_is_told_at_once() -> None:
    rows = pd.DataFrame(
        {
            "contact_type": ["fone", "phone", "phone", "web", "phone", "phone"],
            "ended": ["2026-11-24 11:00"] * 4 + ["2026-11-24 12:01", "some day"],
            "outcome": ["abandoned", "abandonned", "self_served", "handled", "blocked", "blocked"],
            "turns": [0, 0, 0, 0, 2, 0],
            "times_back": [0, 0, 0, 0, 0, -1],
        }
    )
    door = pd.DataFrame({"contact_type": ["phone", "web"], "elapsed_s": [5.0, -5.0]})
    handled = pd.DataFrame(
        {
            "contact_type": ["phone"],
            "ended": ["2026-11-24 11:00"],
            "outcome": ["handled"],
            "agent_group": ["hom"],
        }
    )
    with pytest.raises(qs.ScenarioError) as told:
        State(now="2026-11-24 12:00", ended=rows, self_service=door).check(centre())
    for part in (
        "ended[0].contact_type: given 'fone'",
        "ended[1].outcome: given 'abandonned'; must be handled, transferred, abandoned",
        'Did you mean "abandoned"?',
        "ended[2].outcome: given 'self_served'; is for self-service, and phone is phone",
        "ended[3].outcome: given 'handled'; cannot be: web is self-service",
        "ended[4].ended: given '2026-11-24 12:01'; must not be later than now",
        "ended[4].turns: given 2; must be 0: only messages have turns, and phone is phone",
        "ended[5].ended: given 'some day'; must be a local date and time",
        "ended[5].times_back: given -1; must be 0 or more",
        "self_service[0].contact_type: given 'phone'; must be self-service, and phone is phone",
        "self_service[1].elapsed_s: given -5.0; must be 0 or more",
    ):
        assert part in str(told.value), part
    with pytest.raises(qs.ScenarioError, match='Did you mean "home"'):
        State(now="2026-11-24 12:00", ended=handled).check(centre())
    with pytest.raises(qs.ScenarioError, match=r"ended.outcome: .*is a required column"):
        State(now="2026-11-24 12:00", ended=handled.drop(columns="outcome")).check(centre())
