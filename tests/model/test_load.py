"""Work against people: erlangs by hand, and bad news in readable lines."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

import queuesim as qs
from queuesim.model.carrying import Carrying
from queuesim.model.load import not_carried, offered_load, staffed
from tests.calls import calls_made
from tests.model.parts import contact_type, day, group, scenario

# 100 contacts an hour, four minutes each: 6.67 erlangs
SIX_AND_TWO_THIRDS = 100 * 240 / 3600


def test_offered_load_is_rate_times_mean_handle_time() -> None:
    two = scenario(
        contact_types=(
            contact_type(),
            contact_type("chat", "chat", wrap_up=qs.Deterministic(value="2min")),
        ),
        agent_groups=(group(skills=("support", "chat")),),
        horizon=day(),
    )
    load = two.offered_load()
    assert load.shape == (2, 24)
    assert load[0] == pytest.approx(np.full(24, SIX_AND_TWO_THIRDS))
    assert load[1] == pytest.approx(np.full(24, 10))


def test_staffed_is_what_shrinkage_and_absence_leave() -> None:
    one = scenario(
        agent_groups=(group(headcount=20, shrinkage=0.25, absence=0.2, hours="08:30-10:00"),),
        horizon=day(),
    )
    assert staffed(one)[0, 7:11] == pytest.approx([0, 6, 12, 0])


def test_no_news_is_no_line() -> None:
    assert scenario(agent_groups=(group(headcount=7),)).overloads() == []


def test_an_overloaded_stretch_is_one_line_with_its_worst_interval() -> None:
    hours = tuple(float(hour in (8, 9)) + 2 * float(hour == 10) for hour in range(24))
    busy = contact_type(demand=qs.Demand(per_day=600, day=hours))  # 150, 150, 300 contacts
    found = scenario(
        contact_types=(busy,), agent_groups=(group(headcount=9),), horizon=day()
    ).overloads()
    # 150 × 4 min an hour are 10 erlangs
    assert found == ["Mon 2026-11-23 08:00–11:00: up to 20.0 erlangs of support for 9.0 staffed"]


def test_nobody_at_work() -> None:
    found = scenario(agent_groups=(group(hours="01:00-24:00"),), horizon=day()).overloads()
    assert found == ["Mon 2026-11-23 00:00–01:00: 6.7 erlangs of support for nobody at work"]


def test_pace_and_handle_factor_count_at_their_best() -> None:
    chat = contact_type("chat", "chat")
    one = group(skills=("chat",), headcount=4)
    assert scenario(contact_types=(chat,), agent_groups=(one,), horizon=day()).overloads() == [
        "Mon 2026-11-23 00:00–24:00: up to 6.7 erlangs of chat for 4.0 staffed"
    ]
    two = group(skills=("chat",), headcount=4, concurrency={"chat": 2}, pace={"chat": (1, 1.7)})
    assert scenario(contact_types=(chat,), agent_groups=(two,), horizon=day()).overloads() == []
    slow = group(skills=(qs.Skill("chat", handle_factor=1.1),), headcount=7)
    found = scenario(contact_types=(chat,), agent_groups=(slow,), horizon=day()).overloads()
    assert found == [
        "Mon 2026-11-23 00:00–24:00: up to 6.7 erlangs of chat for 7.0 staffed, who carry 6.4 at "
        "best"
    ]


def test_types_together() -> None:
    two = scenario(
        contact_types=(contact_type(), contact_type("orders")),
        agent_groups=(group(skills=("support", "orders"), headcount=10),),
        horizon=day(),
    )
    assert two.overloads() == [
        "Mon 2026-11-23 00:00–24:00: up to 13.3 erlangs of work for 10.0 staffed"
    ]


def test_work_that_can_wait_is_told_over_the_whole_horizon() -> None:
    mail = contact_type("mail", "message")  # 160 hours of work a day
    night = group(skills=("mail",), headcount=30, hours="00:00-06:00")
    enough = scenario(contact_types=(mail,), agent_groups=(night,), horizon=day())
    assert enough.overloads() == []
    found = enough.change("agent_groups.home.headcount", 20).overloads()
    assert found == [
        "Mon 2026-11-23 to Mon 2026-11-23: 160.0 hours of mail for 120.0 staffed hours"
    ]


def test_what_is_turned_away_is_no_work() -> None:
    shut = contact_type(hours="08:00-10:30")
    team = group(hours="08:00-11:00")
    assert scenario(contact_types=(shut,), agent_groups=(team,), horizon=day()).overloads() == []


def test_ten_lines_at_most_and_the_worst_of_them() -> None:
    every_other_hour = tuple(float(hour % 2) for hour in range(24))
    busy = contact_type(demand=qs.Demand(per_day=2400, day=every_other_hour, week=(1,) * 6 + (2,)))
    found = scenario(contact_types=(busy,)).overloads()
    assert len(found) == 11
    assert found[-1] == "and 74 more"
    assert all(line.startswith("Sun") for line in found[:-1])


# Mixes ------------------------------------------------------------------------------------


def erlangs(name: str, much: float, channel: str = "phone", **terms: Any) -> qs.ContactType:
    """A type with so much work all day: 15 contacts of four minutes an hour are an erlang."""
    return contact_type(name, channel, demand=qs.Demand(per_day=much * 360), **terms)


def told(types: tuple[qs.ContactType, ...], *groups: qs.AgentGroup, **terms: Any) -> list[str]:
    made = scenario(contact_types=types, agent_groups=groups, horizon=day(**terms))
    return [line.removeprefix("Mon 2026-11-23 00:00–24:00: up to ") for line in made.overloads()]


CHATTING = {"concurrency": {"chat": 3}, "pace": {"chat": (1, 1.6, 2)}}


def test_a_few_chats_do_not_hide_overloaded_phones() -> None:
    """18 erlangs of calls meet 10 people, whatever pace they have in chat."""
    types = (erlangs("p", 9), erlangs("q", 9), erlangs("chat", 1 / 15, "chat"))
    team = group(skills=("p", "q", "chat"), **CHATTING)
    assert told(types, team) == ["18.0 erlangs of p and q for 10.0 staffed"]


@pytest.mark.parametrize(("chats", "line"), [(8, []), (12, "12")])
def test_each_channel_takes_its_share_of_the_time(chats: float, line: object) -> None:
    """6 erlangs of calls take 6 people, 8 of chat at pace 2 take 4: that is all ten. 12 of chat
    take 6: 10 / 12 of the 18 erlangs can be carried."""
    types = (erlangs("p", 6), erlangs("chat", chats, "chat"))
    found = told(types, group(skills=("p", "chat"), **CHATTING))
    if not line:
        assert found == []
    else:
        assert found == ["18.0 erlangs of work for 10.0 staffed, who carry 15.0 at best"]


def test_groups_that_do_what_they_are_quick_at() -> None:
    """Five are twice as quick at p, five at q: 10 and 10 erlangs are just carried. With 14 and 7
    the second five are done with q after 3.5, and carry 1.5 of the 4 of p that the first leave."""
    one = group("one", skills=(qs.Skill("p", handle_factor=0.5), "q"), headcount=5)
    two = group("two", skills=("p", qs.Skill("q", handle_factor=0.5)), headcount=5)
    assert told((erlangs("p", 10), erlangs("q", 10)), one, two) == []
    (line,) = told((erlangs("p", 14), erlangs("q", 7)), one, two)
    assert line.startswith("21.0 erlangs of work for 10.0 staffed, who carry ")


def test_types_that_only_some_groups_serve() -> None:
    """a and b have 6 each and only the ten of one; c has plenty of its own."""
    types = (erlangs("a", 6), erlangs("b", 6), erlangs("c", 1))
    one, two = group("one", skills=("a", "b")), group("two", skills=("c",))
    assert told(types, one, two) == ["12.0 erlangs of a and b for 10.0 staffed"]
    assert told(types, one, group("two", skills=("b", "c"))) == []


def test_lines_are_in_the_order_of_time() -> None:
    """Both types together are too much in the morning, one of them alone in the evening."""

    def at(*hours: int) -> qs.Demand:  # 6 erlangs in each of these hours
        shape = tuple(float(hour in hours) for hour in range(24))
        return qs.Demand(per_day=90 * len(hours), day=shape)

    types = (contact_type("a", demand=at(8, 20)), contact_type("b", demand=at(8)))
    made = scenario(
        contact_types=types,
        agent_groups=(group(skills=("a", "b"), headcount={"day": (10,) * 12 + (5,) * 12}),),
        horizon=day(),
    )
    assert made.overloads() == [
        "Mon 2026-11-23 08:00–09:00: 12.0 erlangs of work for 10.0 staffed",
        "Mon 2026-11-23 20:00–21:00: 6.0 erlangs of a for 5.0 staffed",
    ]


def test_skills_with_hours_of_their_own_share_a_long_interval() -> None:
    """Ten people do p before noon and q after it: 5 erlangs of each, on the day's average."""
    hours = (("p", "00:00-12:00"), ("q", "12:00-24:00"))
    types = tuple(erlangs(name, 9.9, hours=span) for name, span in hours)
    skills = tuple(qs.Skill(name, hours=span) for name, span in hours)
    assert told(types, group(skills=skills), interval="24h") == []
    slow = group(skills=skills, headcount=9)
    assert len(told(types, slow, interval="24h")) == 2


def test_calls_and_mail_together_over_the_horizon() -> None:
    """5 erlangs of chat at pace 2 take 60 hours of ten people's 240; 200 hours of mail are left
    with 180. As if mail, too, went at pace 2, there would be room."""
    types = (erlangs("chat", 5, "chat"), erlangs("mail", 200 / 24, "message"))
    found = told(types, group(skills=("chat", "mail"), **CHATTING))
    (line,) = found
    assert line.endswith(
        "320.0 hours of work for 240.0 staffed hours, who carry 295.4 at best"
    )  # × 240 / 260
    less = (types[0], erlangs("mail", 179 / 24, "message"))
    assert told(less, group(skills=("chat", "mail"), **CHATTING)) == []


def _carries(work: np.ndarray, people: np.ndarray, speed: np.ndarray) -> float:
    """The largest part of a mix that can be carried, by a linear programme."""
    groups, types = speed.shape
    cost = np.zeros(1 + groups * types)
    cost[0] = -1.0
    done = np.zeros((types, len(cost)))
    done[:, 0] = work
    time_used = np.zeros((groups, len(cost)))
    for g in range(groups):
        for t in range(types):
            if speed[g, t] > 0:
                done[t, 1 + g * types + t] = -speed[g, t]
            time_used[g, 1 + g * types + t] = 1.0
    found = linprog(
        cost, A_ub=np.vstack((done, time_used)), b_ub=np.concatenate((np.zeros(types), people))
    )
    return float(found.x[0])


@pytest.mark.parametrize("alike", [True, False])
def test_what_is_carried_against_a_linear_programme(alike: bool) -> None:
    """Never less than what can be; and just that, where groups differ by one factor for all."""
    rng = np.random.default_rng(5)
    seldom = 0
    for _ in range(60):
        groups, types = int(rng.integers(1, 4)), int(rng.integers(2, 5))
        slow = rng.choice([0.5, 0.8, 1.0, 1.25], groups)[:, None] * np.ones(types)
        if not alike:
            slow = rng.choice([0.5, 0.8, 1.0, 1.25], (groups, types))
        can = rng.random((groups, types)) < 0.6
        can[rng.integers(groups), ~can.any(axis=0)] = True
        can[~can.any(axis=1), 0] = True
        made = scenario(
            contact_types=tuple(
                erlangs(f"t{t}", 1, "chat" if t == 0 else "phone") for t in range(types)
            ),
            agent_groups=tuple(
                group(
                    f"g{g}",
                    skills=tuple(
                        qs.Skill(f"t{t}", handle_factor=float(slow[g, t]))
                        for t in range(types)
                        if can[g, t]
                    ),
                    **CHATTING,
                )
                for g in range(groups)
            ),
            horizon=day(interval="24h"),
        )
        people = rng.integers(1, 10, groups).astype(float)
        work = rng.integers(1, 10, types).astype(float)
        carrying = Carrying(made, people[:, None])
        rows = range(types)
        mixes = [*((row,) for row in rows), *carrying.mixes(rows)]
        parts = [carrying.carried(work[:, None], mix)[0] / work[list(mix)].sum() for mix in mixes]
        pace = np.where(np.arange(types) == 0, 2.0, 1.0)
        exact = _carries(work, people, can * pace / slow)
        assert min(parts) >= exact * (1 - 1e-9)
        seldom += min(parts) > exact * (1 + 1e-6)
    assert seldom == 0 if alike else seldom < 20


@pytest.mark.parametrize("days", [7, 365])
def test_half_hours_are_not_gone_through_one_by_one(days: int) -> None:
    types = tuple(erlangs(f"t{k}", 2) for k in range(6))
    groups = tuple(group(f"g{k}", skills=(f"t{k}", f"t{k + 1}", f"t{k + 2}")) for k in range(4))
    long = scenario(
        contact_types=types, agent_groups=groups, horizon=qs.Horizon(start="2026-01-01", days=days)
    )
    carrying, work = Carrying(long, staffed(long)), long.offered_load()
    mixes = list(carrying.mixes(range(6)))
    assert calls_made(lambda: [carrying.carried(work, mix) for mix in mixes]) < 1_000


# Not carried ------------------------------------------------------------------------------


def not_carried_at_noon(
    types: tuple[qs.ContactType, ...], *groups: qs.AgentGroup
) -> list[float | None]:
    made = scenario(contact_types=types, agent_groups=groups, horizon=day())
    found = not_carried(made, offered_load(made), staffed(made))[:, 12]
    return [None if np.isnan(each) else round(float(each), 9) for each in found]


def test_chats_at_their_pace_are_carried() -> None:
    """3 erlangs of calls take 3 of ten people, 14 of chat at pace 2 take the other 7; 17 of chat
    would take 8.5: 10 / 11.5 of the 20 erlangs are carried."""
    team = group(skills=("p", "chat"), **CHATTING)
    chat = erlangs("chat", 14, "chat")
    assert not_carried_at_noon((erlangs("p", 3), chat), team) == [0.0, 0.0]
    much = not_carried_at_noon((erlangs("p", 3), erlangs("chat", 17, "chat")), team)
    assert much == [pytest.approx(20 - 200 / 11.5)] * 2


def test_work_that_can_wait_is_no_excess_of_its_interval() -> None:
    """12 erlangs of mail and 9 of calls meet ten people: the calls are carried, the mail waits."""
    mail = erlangs("mail", 12, "message", target=None)
    assert not_carried_at_noon((erlangs("p", 9), mail), group(skills=("p", "mail"))) == [0.0, None]


def test_who_has_people_enough_lacks_none() -> None:
    """a is 5 beyond its ten. Of b's own ten 4 are needed, c's ten have nothing to do with it; d
    shares the ten of a, and the two are 8 beyond them."""
    types = (erlangs("a", 15), erlangs("b", 4), erlangs("c", 12))
    one, two = group("one", skills=("a",)), group("two", skills=("a", "b"), headcount=0)
    own, apart = group("own", skills=("b",)), group("apart", skills=("c",))
    assert not_carried_at_noon(types, one, two, own, apart) == [5.0, 0.0, 2.0]
    shared = not_carried_at_noon((erlangs("a", 15), erlangs("d", 3)), group(skills=("a", "d")))
    assert shared == [8.0, 8.0]


def test_nobody_serves_it() -> None:
    assert not_carried_at_noon((erlangs("p", 3),), group(headcount=0, skills=("p",))) == [3.0]
