"""Contacts that have ended, and who is at self-service, as a state tells of them: read by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import queuesim as qs
from queuesim.engines.present import WRAP_UP
from queuesim.watching.now import State
from queuesim.watching.nowcasting.ways_back import OUTCOMES
from queuesim.watching.state import Standing

NOW = "2026-11-24 20:00"
HOME = qs.InHouse(per_hour=24.0)


def centre() -> qs.Scenario:
    """Calls from 8 to 18, a door before them that is never closed, and mail of other people."""
    demand = qs.Demand(per_day=100, day="office")
    again = qs.Return(share=0.5, delay="10min", max_attempts=9)
    phone = qs.ContactType(
        name="phone", channel="phone", demand=demand, talk=qs.Exponential(mean="4min"),
        hours="08:00-18:00", at_closing="release", redial=again,
        callback=qs.CallbackOffer(accept=0.5),
    )  # fmt: skip
    web = qs.ContactType(
        name="web", channel="self_service", demand=demand, talk=qs.Exponential(mean="4min"),
        front_door=qs.FrontDoor(contains=0.5, to={"phone": 1.0}),
    )  # fmt: skip
    mail = qs.ContactType(
        name="mail", channel="message", demand=demand, talk=qs.Exponential(mean="4min"), turns=again
    )
    groups = tuple(
        qs.AgentGroup(name=name, skills=(skill,), headcount=2, contract=HOME)
        for name, skill in (("home", "phone"), ("writers", "mail"))
    )
    horizon = qs.Horizon(start="2026-11-24", days=1)
    types = (phone, web, mail)
    return qs.Scenario(name="ended", contact_types=types, agent_groups=groups, horizon=horizon)


CENTRE = centre()


def read(*, now: str = NOW, **tables: pd.DataFrame) -> Standing:
    return State(now=now, **tables).check(CENTRE)  # type: ignore[arg-type]


def gone(*clock: str, outcome: object = "abandoned", **more: object) -> pd.DataFrame:
    ended = [f"2026-11-24 {each}" for each in clock]
    return pd.DataFrame({"contact_type": "phone", "ended": ended, "outcome": outcome, **more})


def column(state: Standing, name: str) -> list[object]:
    assert state.ended is not None
    found: list[object] = state.ended[name].tolist()
    return found


def told(**tables: pd.DataFrame) -> str:
    with pytest.raises(qs.ScenarioError) as caught:
        read(**tables)
    return str(caught.value)


# One contact --------------------------------------------------------------------------------


def test_what_is_not_told_is_nothing() -> None:
    state = read(ended=gone("10:00", "10:30", waited_s=[np.nan, None], times_back=[np.nan, None]))
    assert column(state, "ended_s") == [36_000, 37_800]
    assert column(state, "times_back") == column(state, "turns") == [0, 0]
    assert column(state, "group") == [-1, -1]


def test_a_contact_may_end_now_and_not_later() -> None:
    assert column(read(ended=gone("20:00")), "ended_s") == [72_000]
    assert "ended[0].ended" in told(ended=gone("20:00:00.001"))


def test_who_was_turned_away_came_in_the_hours_or_not() -> None:
    """Open from 8:00 on, and at 18:00 no more; sent home at closing after 60 s: came in time."""
    clock = ("07:59:59", "08:00", "17:59:59", "18:00", "18:00")
    away = gone(*clock, outcome="turned_away", waited_s=[0, 0, 0, 0, 60])
    assert column(read(ended=away), "in_hours") == [False, True, True, False, True]


def test_others_are_not_asked_when_they_came() -> None:
    """Who was in the queue at closing may abandon, or be handled, when it is long past."""
    late = gone("19:00", "19:30", outcome=["abandoned", "handled"])
    assert column(read(ended=late), "in_hours") == [True, True]


def test_who_handled_it_is_known_of_what_people_handle() -> None:
    outcomes = ["handled", "transferred", "abandoned"]
    state = read(ended=gone("10:00", "10:01", "10:02", outcome=outcomes, agent_group="home"))
    assert column(state, "group") == [0, 0, -1]
    assert column(state, "outcome") == [OUTCOMES.index(each) for each in outcomes]
    wrong = told(ended=gone("10:00", outcome="handled", agent_group="writers"))
    assert (
        "ended[0].agent_group: given 'writers'; must be a group that has the skill phone" in wrong
    )
    assert "Is it home?" in wrong


def test_self_service_deals_with_it_passes_it_on_or_is_closed() -> None:
    outcomes = ["self_served", "passed_on", "turned_away"]
    rows = gone("10:00", "10:01", "10:02", outcome=outcomes).assign(contact_type="web")
    assert column(read(ended=rows), "kind") == [1, 1, 1]
    assert "cannot be: web is self-service" in told(ended=rows.assign(outcome="blocked"))


def test_nobody_is_at_self_service_since_before_the_horizon() -> None:
    at_the_door = pd.DataFrame({"contact_type": ["web"], "elapsed_s": [72_000.0]})
    state = read(self_service=at_the_door)
    assert state.self_service is not None
    assert state.self_service["elapsed_s"].tolist() == [72_000]
    later = at_the_door.assign(elapsed_s=72_000.5)
    assert "self_service[0].elapsed_s: given 72000.5; must be at most 72,000" in told(
        self_service=later
    )


# Whose contacts -----------------------------------------------------------------------------


def test_the_last_of_a_customers_contacts_counts_and_those_not_known_all_do() -> None:
    """In whatever order the rows are; whose customer is not told, is taken for another one."""
    ended = gone(
        "11:00", "10:00", "12:00", "11:30", "09:00", "09:00",
        customer=["a", "a", "b", "b", None, np.nan],
    )  # fmt: skip
    assert column(read(ended=ended), "ended_s") == [39_600, 43_200, 32_400, 32_400]


@pytest.mark.parametrize("there", ["waiting", "busy", "wrapped up", "callbacks", "self_service"])
def test_whoever_is_here_is_not_between_two_attempts(there: str) -> None:
    here = {"contact_type": ["web" if there == "self_service" else "phone"], "customer": ["a"]}
    if there in ("busy", "wrapped up"):
        phase = "talk" if there == "busy" else "wrap-up"
        more: dict[str, object] = {"agent_group": "home", "elapsed_s": 5.0, "phase": phase}
    else:
        own = {"waiting": "waited_s", "callbacks": "due", "self_service": "elapsed_s"}[there]
        more = {own: "2026-11-24 14:00" if own == "due" else 5.0}
    table = pd.DataFrame({**here, **more})
    ended = gone("10:00", "10:30", customer=["a", "b"])
    name = "busy" if there == "wrapped up" else there
    state = read(now="2026-11-24 15:00", ended=ended, **{name: table})
    assert column(state, "customer") == ["b"]


def test_who_is_wrapped_up_may_be_here_again_and_who_talks_is_not() -> None:
    """Wrapped up: a, who talks again; b; c, who waits. Talking: a, and d, who waits as well."""
    busy = pd.DataFrame(
        {
            "agent_group": "home",
            "contact_type": "phone",
            "elapsed_s": 5.0,
            "phase": ["wrap-up"] * 3 + ["talk"] * 2,
            "customer": ["a", "b", "c", "a", "d"],
        }
    )
    waiting = pd.DataFrame({"contact_type": "phone", "waited_s": 5.0, "customer": ["c", "d"]})
    state = read(now="2026-11-24 15:00", busy=busy, waiting=waiting, staffed={"home": 5})  # type: ignore[arg-type]
    again = state.busy["came_again"]
    assert sorted(state.busy["customer"][again]) == ["a", "c"]
    assert set(state.busy["phase"][again]) == {WRAP_UP}
