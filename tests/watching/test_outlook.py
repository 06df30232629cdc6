"""Outlook: the same numbers as a result tells, risks, and what is lacking."""

from __future__ import annotations

import numpy as np
import pytest

import queuesim as qs
from queuesim.results.layout import Periods
from queuesim.theory import min_agents
from queuesim.watching.looking_ahead.lacking import Lacking, _Search
from queuesim.watching.looking_ahead.outlook_in_words import outlook_in_words
from queuesim.watching.outlook import Outlook, outlook
from tests.watching.small_centres import DAY, WAGE, behind_the_web, centre, day_of


@pytest.fixture(scope="module")
def scenario() -> qs.Scenario:
    return centre(days=2)


@pytest.fixture(scope="module")
def ahead(scenario: qs.Scenario) -> Outlook:
    return outlook(scenario, replications=30, seed=5, wait="45s")


def test_days_are_those_of_the_result(scenario: qs.Scenario, ahead: Outlook) -> None:
    result = qs.simulate(scenario, replications=30, seed=5)
    met = result.share_of_days_meeting_target().value
    assert 1 - ahead.days["p_missed"].mean() == pytest.approx(met)
    offered = result.totals.contacts_by_day("offered")[:, 0, :]
    for share, name in ((0.05, "p05"), (0.5, "p50"), (0.95, "p95")):
        expected = np.quantile(offered, share, axis=0)
        np.testing.assert_allclose(ahead.days[f"offered_{name}"], expected, rtol=1e-6)
    week = ahead.weeks.iloc[0]
    waits = result.totals.contacts_by_day("wait_answered_s")[:, 0].sum(axis=1)
    waits /= result.totals.contacts_by_day("answered")[:, 0].sum(axis=1)
    assert week["wait_p50"] == pytest.approx(np.median(waits))
    assert week["p_wait"] == pytest.approx((waits > 45).mean())


def test_intervals_are_those_of_the_tallies(scenario: qs.Scenario, ahead: Outlook) -> None:
    from queuesim.results.tally import CONTACT_QUANTITIES

    rows = [CONTACT_QUANTITIES.index(name) for name in ("wait_answered_s", "answered", "abandoned")]
    tallies = [day_of(scenario, seed=5, replication=k).contacts[rows, 0] for k in range(30)]
    wait_s, answered, _ = np.moveaxis(np.array(tallies), 1, 0)
    row = ahead.table[ahead.table["interval"] == 22].iloc[0]
    waits = wait_s[:, 22] / answered[:, 22]
    assert row["p_wait"] == pytest.approx((waits > 45).mean())
    assert row["wait_p95"] == pytest.approx(np.quantile(waits, 0.95), rel=1e-5)
    assert row["staffed"] == pytest.approx(15.0, abs=0.5)
    assert len(ahead.table) == 2 * 20  # only while it is open


def test_the_worst_come_first_and_lack_people(ahead: Outlook) -> None:
    worst = ahead.worst(3)
    assert list(worst["p_missed"]) == sorted(worst["p_missed"], reverse=True)
    assert (worst["lacks"] > 0).all()
    assert set(worst["agent_group"]) == {"home"}
    text = str(ahead)
    assert "lacks" in text
    assert "agents of home" in text
    assert "80% within 20s" in text


def steady(per_day: float, headcount: float, **more: object) -> qs.Scenario:
    """Return a day and night of steady demand."""
    kind = qs.ContactType(
        name="calls",
        channel="phone",
        demand=qs.Demand(per_day=per_day),
        talk=qs.Exponential(mean="5min"),
        patience=qs.Exponential(mean="4min"),
    )
    team = qs.AgentGroup(name="home", skills=("calls",), headcount=headcount, contract=WAGE, **more)  # type: ignore[arg-type]
    return qs.Scenario(
        name="steady",
        contact_types=(kind,),
        agent_groups=(team,),
        horizon=qs.Horizon(start=DAY, days=1),
    )


def test_what_a_steady_day_lacks_is_what_erlang_a_says() -> None:
    """As often met as missed: the fewest agents by theory, one more or less by chance."""
    wanted = min_agents(2400 / 86400 * 300, aht=300, service_level=0.8, within=20, patience=240)
    row = outlook(steady(2400, 7), replications=60).worst(1, by="day", acceptable=0.5).iloc[0]
    assert abs(7 + row["lacks"] - wanted) <= 1
    assert row["agent_group"] == "home"
    assert row["p_left"] <= 0.5


def test_with_those_who_lack_the_target_is_missed_as_seldom_as_is_said() -> None:
    """Of a plan with as many more, the outlook has nothing lacking, and one fewer is not enough;
    who is away some days stays away."""
    plan = steady(2400, 9, absence=0.1)
    row = outlook(plan, replications=60, seed=3).worst(1, by="day").iloc[0]
    more = int(row["lacks"])
    assert row["p_missed"] > 0.1 >= row["p_left"]
    assert row["p_left_low"] <= row["p_left"] <= row["p_left_high"]
    kind, (team,) = plan.contact_types, plan.agent_groups
    for further, enough in ((more, True), (more - 1, False)):
        extra = qs.AgentGroup(name="more", skills=("calls",), headcount=further, contract=WAGE)
        then = outlook(
            qs.Scenario(
                name="more",
                contact_types=kind,
                agent_groups=(team, extra) if further else (team,),
                horizon=plan.horizon,
            ),
            replications=60,
            seed=3,
        ).worst(1, by="day")
        assert (then["p_missed"].iloc[0] <= 0.1) == enough
        assert (then["lacks"].iloc[0] == 0) == enough
        if enough:
            assert then["p_missed"].iloc[0] == pytest.approx(row["p_left"], abs=0.05)


@pytest.mark.parametrize(("acceptable", "lacks", "left"), [(0.5, 0, 0.418), (0.2, 1, 0.127)])
def test_lacking_by_poisson(acceptable: float, lacks: int, left: float) -> None:
    """In one half-hour of the day come as many as a Poisson number of mean 1 has it, all must be
    answered at once, and every agent has one call. One agent: of the half-hours with a call 26.4 of
    63.2 % have two or more, two agents: 8.0 of 63.2 % have three or more."""
    call = qs.ContactType(
        name="calls",
        channel="phone",
        demand=qs.Demand(per_day=1, day=tuple(float(k == 20) for k in range(48))),
        talk=qs.Deterministic(value="2h"),
        patience=qs.Deterministic(value="10min"),
        target=qs.ServiceTarget(share=1.0, within=0.0),
    )
    team = qs.AgentGroup(name="home", skills=("calls",), headcount=1, contract=WAGE)
    plan = qs.Scenario(
        name="a half-hour",
        contact_types=(call,),
        agent_groups=(team,),
        horizon=qs.Horizon(start=DAY, days=1),
    )
    ahead = outlook(plan, replications=800, acceptable=acceptable, definition="answered_of_offered")
    row = ahead.worst(1).iloc[0]
    assert row["lacks"] == lacks
    assert row["p_left_low"] <= left <= row["p_left_high"]  # 95 %: seen to hold with this seed
    assert row["p_left"] == pytest.approx(left, abs=0.06)


def test_what_is_played_again_is_what_was() -> None:
    """With nobody more every replication has the service level of the outlook, to the bit: mail of
    Friday that is answered on Monday, calls that come again, people who are away."""
    calls = (
        centre()
        .contact_types[0]
        .model_copy(update={"redial": qs.Return(share=0.5, delay=qs.Exponential(mean="6h"))})
    )
    mail = qs.ContactType(
        name="mail",
        channel="message",
        demand=qs.Demand(per_day=150, week=(1, 1, 1, 1, 1, 0.5, 0.5)),
        talk=qs.Exponential(mean="6min"),
        target=qs.ServiceTarget(share=0.9, within="8h"),
        weight=0.01,
    )
    team = qs.AgentGroup(
        name="home",
        skills=("billing", "mail"),
        headcount=17,
        absence=0.1,
        speed_spread=0.1,
        hours={"mon-fri": "08:00-20:00"},
        contract=WAGE,
    )
    ahead = outlook(
        qs.Scenario(
            name="weeks",
            contact_types=(calls, mail),
            agent_groups=(team,),
            horizon=qs.Horizon(start=DAY, days=14),
        ),
        replications=4,
    )
    lacking = Lacking(ahead.scenario, ahead.seed, ahead.definition)
    level = ahead._futures.periods(Periods.of_each_day(ahead.layout.dates))[2]
    for kind in (0, 1):
        for day in (2, 4, 12):
            intervals = np.flatnonzero(ahead.layout.day_of_interval == day)
            search = _Search(lacking, kind, intervals, level[:, kind, day])
            again = [search.level(k, 0, 0) for k in range(4)]
            np.testing.assert_array_equal(again, level[:, kind, day])


def test_fed_types_and_self_service(ahead: Outlook) -> None:
    made = outlook(behind_the_web(), replications=5)
    assert set(made.table["contact_type"]) == {"support", "billing", "sales"}
    assert "web" not in set(made.days["contact_type"])
    assert len(str(made)) > 100


def test_chats_that_are_carried_are_not_short_of_people() -> None:
    """Six erlangs of chat all day, four people: at pace 1.8 with two open they carry 7.2."""
    chat = qs.ContactType(
        name="chat",
        channel="chat",
        demand=qs.Demand(per_day=6 * 24 * 12),
        talk=qs.Deterministic(value="5min"),
        target=qs.ServiceTarget(share=0.8, within="60s"),
    )
    team = qs.AgentGroup(
        name="own",
        skills=("chat",),
        headcount=4,
        concurrency={"chat": 2},
        pace={"chat": (1, 1.8)},
        contract=WAGE,
    )
    plan = qs.Scenario(
        name="chats",
        contact_types=(chat,),
        agent_groups=(team,),
        horizon=qs.Horizon(start=DAY, days=1),
    )
    ahead = outlook(plan, replications=30)
    assert ahead.table["load"].mean() == pytest.approx(6.0, abs=0.1)
    assert (ahead.table["staffed"] == 4).all()
    assert ahead.table["short"].max() < 0.5  # 1.6 and more, counted in people
    assert "erlangs" not in str(outlook(plan.change("contact_types.chat.demand.per_day", 1500)))
    twice = outlook(plan.change("contact_types.chat.demand.per_day", 3000), replications=30)
    np.testing.assert_allclose(twice.table["short"], twice.table["load"] - 7.2)
    assert "erlangs more live work than people there carry at best" in str(twice)


def test_a_day_at_the_desk_is_no_work_of_the_night() -> None:
    """Demand all day, open from 08:00 to 18:00: 20 half-hours, and none of the others is at risk;
    mail that can wait is short of nobody in its own half-hour."""
    phone = (
        centre()
        .contact_types[0]
        .model_copy(update={"demand": qs.Demand(per_day=2400), "hours": "08:00-18:00"})
    )
    mail = qs.ContactType(
        name="mail",
        channel="message",
        demand=qs.Demand(per_day=4800),
        talk=qs.Exponential(mean="3min"),
        hours="08:00-18:00",
        weight=0.01,
    )
    team = qs.AgentGroup(name="home", skills=("billing", "mail"), headcount=15, contract=WAGE)
    ahead = outlook(
        qs.Scenario(
            name="day",
            contact_types=(phone, mail),
            agent_groups=(team,),
            horizon=qs.Horizon(start=DAY, days=1),
        ),
        replications=5,
    )
    calls = ahead.table[ahead.table["contact_type"] == "billing"]
    assert calls["interval"].tolist() == list(range(16, 36))
    assert calls["load"].max() < 15
    assert (calls["short"] == 0).all()
    written = ahead.table[ahead.table["contact_type"] == "mail"]
    assert written["short"].isna().all()
    assert len(written) == 48


def with_mail(**more: object) -> qs.Scenario:
    """Return calls, and mail that is answered within a day, on weekdays."""
    mail = qs.ContactType(
        name="mail",
        channel="message",
        demand=qs.Demand(per_day=60, day="office", week=(1, 1, 1, 1, 1, 0, 0)),
        talk=qs.Exponential(mean="6min"),
        hours={"mon-fri": "08:00-18:00"},
        target=qs.ServiceTarget(share=0.9, within="8h", clock="opening_hours"),
        weight=0.01,
    )
    calls = (
        centre()
        .contact_types[0]
        .model_copy(update={"demand": mail.demand, "hours": mail.hours, **more})
    )
    team = qs.AgentGroup(name="home", skills=("billing", "mail"), headcount=3, contract=WAGE)
    return qs.Scenario(
        name="calls and mail",
        contact_types=(calls, mail),
        agent_groups=(team,),
        horizon=qs.Horizon(start="2026-11-23", days=7),
    )


def test_a_wait_is_long_by_what_the_type_promises() -> None:
    """Calls 20 s, mail 8 h; one wait for all is for the calls, and a type can be named."""
    plan = with_mail()
    ahead = outlook(plan, replications=5)
    assert ahead.wait_s == {"billing": 20.0, "mail": 28_800.0}
    mail = ahead.table[ahead.table["contact_type"] == "mail"]
    assert (mail["wait_p50"] > 60).all()  # six minutes of work, until the answer is sent
    assert (mail["p_wait"] == 0).all()
    told = [line for line in str(ahead).splitlines() if line.startswith("mail, 90% within 8h")]
    assert told[0].endswith("more likely above 8h than not in 0 intervals")
    assert "and on 0 of 5 days" in told[0]  # nothing comes on Saturday and Sunday
    assert outlook(plan, replications=2, wait="1min").wait_s == {"billing": 60, "mail": 28_800}
    named = outlook(plan, replications=2, wait={"mail": "2h"})
    assert named.wait_s == {"billing": 20, "mail": 7200}
    only = qs.Scenario(
        name="mail",
        contact_types=plan.contact_types[1:],
        agent_groups=(qs.AgentGroup(name="home", skills=("mail",), headcount=3, contract=WAGE),),
        horizon=plan.horizon,
    )
    assert outlook(only, replications=2, wait="1h").wait_s == {"mail": 3600}
    with pytest.raises(qs.ScenarioError, match="male"):
        outlook(plan, replications=2, wait={"male": "2h"})


def test_without_a_target_there_is_no_long_wait_but_one_that_is_asked_for() -> None:
    plan = with_mail(target=None)
    ahead = outlook(plan, replications=3)
    calls = ahead.table[ahead.table["contact_type"] == "billing"]
    assert calls["p_wait"].isna().all()
    assert calls["p_missed"].isna().all()
    assert "billing" not in str(ahead)
    assert "billing, no target: the mean wait is" in str(outlook(plan, replications=3, wait=5))
    none = plan.change("contact_types.mail.target", None)
    assert "No contact type has a target." in str(outlook(none, replications=2))


def test_what_lowers_the_service_level_is_said() -> None:
    plan = steady(240, 2)
    said = "who takes a callback counts as offered, not as answered within T"
    assert said not in str(outlook(plan, replications=2))
    offered = plan.change("contact_types.calls.callback", qs.CallbackOffer(accept=0.5))
    assert said in str(outlook(offered, replications=2))


def test_where_few_come_days_are_told() -> None:
    """Four calls a day, each longer than the day, one agent: no half-hour has a call in the median,
    and every day misses its target."""
    plan = steady(4, 1).change("contact_types.calls.talk", qs.Deterministic(value="20h"))
    text = str(outlook(plan, replications=10))
    assert "The worst days:" in text
    assert "  Tue 2026-11-24  calls: P(target missed)" in text


def test_how_sure_a_share_is_follows_from_the_replications_with_a_contact() -> None:
    """Half a call an hour: of 100 replications some 22 have one in a half-hour."""
    plan = steady(12, 1).change("contact_types.calls.talk", qs.Deterministic(value="1h"))
    ahead = outlook(plan, replications=100)
    row = ahead.table[ahead.table["p_missed"].between(0.3, 0.7)].iloc[0]
    share = max(row["p_missed"] * (1 - row["p_missed"]), row["p_wait"] * (1 - row["p_wait"]))
    assert row["p_se"] > 1.5 * np.sqrt(share / 100)


def test_a_part_of_a_week_is_told_as_that() -> None:
    """From Tuesday to the next Monday week: 6 days, 7 days, and 1."""
    few = centre(days=14).change("agent_groups.home.headcount", 9)
    made = outlook(few, replications=5)
    assert made.weeks["days"].tolist() == [6, 7, 1]
    text = outlook_in_words(made)
    weeks = [line for line in text.splitlines() if line.startswith("  20")]
    assert sum("(6 days of it)" in line for line in weeks) == 1
    assert sum("(1 day of it)" in line for line in weeks) == 1
    assert sum("of it)" in line for line in weeks) == len(weeks) - 1


@pytest.mark.parametrize(
    "wrong", [{"replications": 1}, {"seed": -1}, {"definition": "good"}, {"acceptable": 1.0}]
)
def test_wrong_arguments(scenario: qs.Scenario, wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        outlook(scenario, **wrong)  # type: ignore[arg-type]
