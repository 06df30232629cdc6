"""What the summary says where channels differ: messages, self-service, hours of being closed."""

from __future__ import annotations

import numpy as np
import pytest

import queuesim as qs
from queuesim.results import Result
from queuesim.results.confidence import ratio
from queuesim.results.wording import number_text, plus_minus_text


@pytest.fixture(scope="module")
def played() -> Result:
    """A phone line with redials by night, mail, chat and a page of self-service."""
    exponential = qs.Exponential(mean="4min")
    hours = {"mon-fri": "08:00-18:00"}
    phone = qs.ContactType(
        name="phone", channel="phone", demand=qs.Demand(per_day=120, day="office"), hours=hours,
        talk=exponential, patience=qs.Exponential(mean="2min"),
        redial=qs.Return(share=0.9, delay=qs.Exponential(mean="8h"), max_attempts=3),
    )  # fmt: skip
    chat = qs.ContactType(
        name="chat", channel="chat", demand=qs.Demand(per_day=30, day="office"), hours=hours,
        talk=exponential, target=None,
    )  # fmt: skip
    mail = qs.ContactType(
        name="mail", channel="message", demand=qs.Demand(per_day=40), talk=exponential, hours=hours,
    )  # fmt: skip
    page = qs.ContactType(
        name="page", channel="self_service", demand=qs.Demand(per_day=60, day="office"),
        talk=qs.Exponential(mean="1min"), target=None,
        front_door=qs.FrontDoor(contains=0.6, to={"phone": 0.9}),
    )  # fmt: skip
    team = qs.AgentGroup(
        name="team", skills=("phone", "chat", "mail"), headcount=2,
        contract=qs.InHouse(per_hour=20.0),
    )  # fmt: skip
    base = qs.Scenario(
        name="channels", contact_types=(phone, chat, mail, page), agent_groups=(team,),
        horizon=qs.Horizon(start="2026-11-23", days=5, timezone="Europe/Helsinki"),
    )  # fmt: skip
    return qs.simulate(base, replications=5, seed=2)


def row(result: Result, first: str, table: str = "contacts") -> dict[str, str]:
    """A line of a table of the summary, by heading."""
    import re

    lines = str(result.summary()).splitlines()
    begin = next(k for k, line in enumerate(lines) if line.startswith(table))
    head = lines[begin]
    line = next(each for each in lines[begin + 1 :] if each.startswith(first))
    ends = [match.end() for match in re.finditer(r"\S+(?: \S+)*", head)]
    cells = [line[a:b].strip() for a, b in zip([0, *ends], ends, strict=False)]
    return dict(zip(re.split(r"  +", head), cells, strict=True))


def test_the_worst_intervals_are_open(played: Result) -> None:
    table = played.intervals
    phone = table[table["contact_type"] == "phone"]
    night = phone[(phone["start"].dt.hour < 8) | (phone["start"].dt.hour >= 18)]
    assert night["offered"].sum() > 0  # they redial at night, are turned away …
    assert night.loc[night["offered"] > 0, "service_level"].max() == 0
    worst = played.worst_intervals(10_000)
    mine = worst[worst["contact_type"] == "phone"]
    assert mine["start"].dt.hour.between(8, 17).all()  # … and nobody broke a promise then
    day = phone[phone["start"].dt.hour.between(8, 17) & (phone["offered"] >= 1)]
    assert len(mine) == day["service_level"].notna().sum()
    mail = table[table["contact_type"] == "mail"]
    assert mail.loc[mail["start"].dt.hour < 8, "offered"].sum() > 0  # these come at night, and wait
    assert worst[worst["contact_type"] == "mail"]["start"].dt.hour.between(8, 17).all()
    assert set(worst["contact_type"]) >= {"phone", "mail"}


def test_messages_take_no_time_of_their_customers(played: Result) -> None:
    assert played.measure("effort", contact_type="mail").value == 0
    text = str(played.summary())
    assert row(played, "mail", "customers first to")["customers' time"] == "–"
    assert row(played, "phone", "customers first to")["customers' time"].endswith("s")
    assert "nobody sits and waits for the answer to a message" in text


def test_self_service_says_whom_it_helped_and_whom_it_passed_on(played: Result) -> None:
    page = row(played, "page (self_service)")
    for name, heading in (("self_served", "self-served"), ("passed_on", "passed on")):
        estimate = played.measure(name, contact_type="page")
        assert page[heading] == plus_minus_text(estimate.value, estimate.half_width, "contacts")
        assert row(played, "phone (phone)")[heading] == "–"
    assert page["handled"] == "–"


def test_the_wait_of_all_is_that_of_live_contacts(played: Result) -> None:
    over, under = np.zeros(5), np.zeros(5)
    for name in ("phone", "chat"):
        mine = played.values("asa", contact_type=name)
        over, under = over + mine[0], under + mine[1]
    pooled = played.measure("asa", contact_type=("phone", "chat"))
    assert pooled == ratio(over, under, unit="s")
    assert pooled.value < 0.1 * played.measure("asa").value
    shown = row(played, "all")["ASA"].partition(" ")[0]
    assert shown == plus_minus_text(pooled.value, pooled.half_width, "s").partition(" ")[0]
    assert "waits of the answered; all: phone, chat, without messages" in str(played.summary())


def test_several_types_are_pooled_and_unknown_ones_told(played: Result) -> None:
    both = played.measure("offered", contact_type=["phone", "mail"]).value
    alone = [played.measure("offered", contact_type=t).value for t in ("phone", "mail")]
    assert both == pytest.approx(sum(alone))
    everything = played.layout.types
    assert played.measure("wait_p90", contact_type=everything) == played.measure("wait_p90")
    with pytest.raises(ValueError, match=r"no contact type 'fone'.*'phone'"):
        played.measure("asa", contact_type=("chat", "fone"))


def test_contacts_per_customer_have_the_same_digits_everywhere(played: Result) -> None:
    for value, half_width in ((1.3, 0.0004), (1.304, 0.02), (2.0, 0.3), (12.3, 0.06)):
        assert (
            plus_minus_text(value, half_width, "contacts each") == f"{value:.2f} ± {half_width:.2f}"
        )
    assert number_text(1.0, "contacts each") == "1.00"
    for name in ("phone", "mail", "page"):
        shown = row(played, name, "customers first to")["contacts per customer"]
        assert len(shown.split()[0].partition(".")[2]) == 2


def test_announced_waits_stand_where_any_are_announced(played: Result) -> None:
    told = qs.Announcement(predictor="head_of_line", balk=qs.Exponential(mean="4min"))
    phone, *others = played.scenario.contact_types
    types = (phone.model_copy(update={"announcement": told}), *others)
    stated = played.scenario.model_copy(update={"contact_types": types})
    result = qs.simulate(stated, replications=3, seed=2)
    shown = row(result, "phone", "announcements")
    for name, heading in (
        ("announced", "told a wait"),
        ("announcement_kept", "announced wait kept"),
    ):
        assert shown[heading] == result.measure(name, contact_type="phone").text
    lines = str(result.summary()).splitlines()
    begin = next(k for k, each in enumerate(lines) if each.startswith("announcements"))
    assert lines[begin + 2] == ""  # nothing is announced to the others
    assert "announcements" not in str(played.summary())
