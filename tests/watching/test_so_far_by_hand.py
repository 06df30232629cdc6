"""What is known of the day so far, by hand: afternoons on which nobody comes."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

import queuesim as qs
from queuesim.watching.now import State

mpl.use("Agg")

TARGET = qs.ServiceTarget(share=0.8, within="20s")
MORNING = (*[0.0] * 8, 1.0, 1.0, *[0.0] * 14)


def centre(*, days: int = 1, mail: bool = False, busyness: float = 0.0) -> qs.Scenario:
    """Calls, and mails, that come from eight to ten."""
    demand = qs.Demand(per_day=200, day=MORNING, busyness=busyness)
    phone = qs.ContactType(
        name="phone",
        channel="phone",
        demand=demand,
        talk=qs.Deterministic(value="1min"),
        patience=qs.Exponential(mean="3min"),
        target=TARGET,
    )
    written = qs.ContactType(
        name="mail",
        channel="message",
        demand=demand,
        talk=qs.Deterministic(value="10min"),
        target=qs.ServiceTarget(share=0.8, within="8h"),
    )
    types = (phone, written) if mail else (phone,)
    home = qs.AgentGroup(
        name="home",
        skills=tuple(each.name for each in types),
        headcount=10,
        contract=qs.InHouse(per_hour=20.0),
    )
    return qs.Scenario(
        name="morning",
        contact_types=types,
        agent_groups=(home,),
        horizon=qs.Horizon(start="2026-11-23", days=days),
    )


def rows(**change: Any) -> pd.DataFrame:
    """200 calls: 180 answered, 160 of them in time; 20 gave up, 10 of them in time."""
    columns: dict[str, Any] = {
        "start": [f"2026-11-23 {clock}" for clock in ("08:00", "08:30", "09:00", "09:30")],
        "contact_type": "phone",
        "offered": [50] * 4,
        "answered": [45] * 4,
        "answered_within": [40] * 4,
        "abandoned": [5] * 4,
        "abandoned_within": [4, 2, 2, 2],
        "mean_wait_s": [10.0] * 4,
    }
    return pd.DataFrame(columns | change)


def told(so_far: pd.DataFrame, **of: Any) -> qs.now.Nowcast:
    return qs.nowcast(centre(), State(now="2026-11-23 13:00", so_far=so_far, **of), futures=2)


# Unknown is not 0 ---------------------------------------------------------------------------


def test_all_that_is_needed_is_told() -> None:
    known = told(rows())
    assert known.values("service_level").tolist() == [160 / (200 - 10)] * 2
    assert known.values("abandonment").tolist() == [0.1] * 2
    assert known.values("asa").tolist() == [10.0] * 2
    assert known.chance_met() == 1.0
    assert known.lacking() == ()
    assert known.notes == ()


def test_without_answers_in_time_the_service_level_is_unknown() -> None:
    """Taken as none in time it would be 0 of 190."""
    lacks = told(rows().drop(columns="answered_within"))
    assert np.isnan(lacks.values("service_level")).all()
    assert np.isnan(lacks.chance_met())
    assert lacks.lacking() == ("answered_within",)
    assert lacks.values("asa").tolist() == [10.0] * 2
    note = "so_far has no answered_within of phone: service level of the day is unknown"
    assert lacks.notes == (note,)
    (line,) = [line for line in str(lacks).splitlines() if line.strip().startswith("phone   ")
               and "service level" in line]  # fmt: skip
    assert line.split()[-5:] == ["unknown", "–", "80.0", "%", "unknown"]
    for measure in ("service_level", "asa"):
        ax = qs.plots.rest_of_day(lacks, measure)
        small = " ".join(text.get_text() for text in ax.figure.texts + ax.texts)
        assert ("unknown: so_far has no answered_within" in small) == (measure != "asa")


@pytest.mark.parametrize(
    ("column", "unknown"),
    [
        ("answered", {"asa", "answered"}),
        ("abandoned", {"abandonment", "abandoned"}),
        ("mean_wait_s", {"asa"}),
    ],
)
def test_what_needs_a_column_is_unknown_without_it(column: str, unknown: set[str]) -> None:
    table = told(rows().drop(columns=column)).table.set_index("measure")["median"]
    assert set(table.index[table.isna()]) == unknown


def test_where_nobody_was_answered_nobody_was_in_time() -> None:
    """One cell is empty where 0 answered says all; an empty one elsewhere is unknown."""
    none = rows(
        answered=[0, 45, 45, 45], answered_within=[None, 40, 40, 40], abandoned=[50, 5, 5, 5]
    )
    assert told(none).values("service_level").tolist() == [120 / 190] * 2
    some = rows(answered_within=[None, 40, 40, 40])
    assert np.isnan(told(some).values("service_level")).all()


def test_who_gave_up_in_time_has_a_bound() -> None:
    """160 of 200 where none of the 20 did, 160 of 180 where all did: 80 to 88.9 %."""
    bounded = told(rows().drop(columns="abandoned_within"))
    assert bounded.values("service_level").tolist() == [0.8] * 2
    assert bounded.chance_met() == 1.0
    assert bounded.notes == (
        "phone: so_far has no abandoned_within, taken as 0: the service level is up to 8.9 points "
        "higher",
    )
    neither = told(rows().drop(columns=["abandoned_within", "abandoned"]))
    assert neither.lacking() == ("abandoned_within",)


def test_actions_are_compared_on_what_is_known() -> None:
    state = State(now="2026-11-23 13:00", so_far=rows().drop(columns="answered_within"))
    found = qs.nowcast(centre(), state, futures=2, actions={"more": qs.now.CallIn("home", 1)})
    assert np.isnan(found.helping[0].service_level)
    assert np.isnan(found.helping[0].chance_met)
    assert "nan" not in str(found)


# What came before ---------------------------------------------------------------------------


def test_mails_of_yesterday_are_yesterdays() -> None:
    """40 mails so far, 36 of them answered; 9 wait: 4 of these, 2 of a quarter past seven, which is
    in no row, and 3 of yesterday. One agent is done with a call in half a minute, and answers all
    nine in an hour and a half: 42 of 42 of today."""
    clocks = [f"2026-11-24 {clock}" for clock in ("08:00", "08:30", "09:00", "09:30")]
    so_far = rows(start=clocks, contact_type="mail", offered=10, answered=9, answered_within=9,
                  abandoned=0, abandoned_within=0, mean_wait_s=60.0)  # fmt: skip
    waited_s = [17_700, 15_900, 14_100, 12_300, 20_700, 20_700, 108_000, 90_000, 86_400]
    waiting = pd.DataFrame({"contact_type": "mail", "waited_s": np.array(waited_s, dtype=float)})
    busy = pd.DataFrame({"agent_group": ["home"], "contact_type": "phone", "elapsed_s": 30.0})
    state = State(
        now="2026-11-24 13:00", so_far=so_far, waiting=waiting, busy=busy, staffed={"home": 1}
    )
    found = qs.nowcast(centre(days=2, mail=True), state, futures=2)
    for measure, day in (("offered", 42), ("answered", 42), ("service_level", 1.0)):
        assert found.values(measure, contact_type="mail").tolist() == [day] * 2, measure
    rest = {"offered": 6, "answered": 6}  # of today
    for measure, later in rest.items():
        values = found.values(measure, contact_type="mail", whole_day=False)
        assert values.tolist() == [later] * 2, measure


# Not due ----------------------------------------------------------------------------------------


def test_mails_that_are_not_due_when_the_day_ends() -> None:
    """Of 200 mails 40 wait, of half past nine, and nobody is there to answer: at midnight they have
    waited 14 h 30, of 24 h; and all that they may, where the target is that."""
    mail = qs.ServiceTarget(share=0.8, within="24h")
    stated = centre(days=2, mail=True).change("contact_types.mail.target", mail)
    columns = {"answered": [50, 50, 50, 10], "answered_within": [50, 50, 40, 10], "abandoned": 0}
    so_far = rows(contact_type="mail", abandoned_within=0, **columns)
    waiting = pd.DataFrame({"contact_type": ["mail"] * 40, "waited_s": 3.5 * 3600.0})

    state = State(now="2026-11-23 13:00", so_far=so_far, waiting=waiting, staffed={"home": 0})
    nobody = qs.nowcast(stated, state, futures=2)
    level = {"contact_type": "mail"}
    assert nobody.values("service_level", **level).tolist() == [150 / 160] * 2
    assert nobody.values("not_due", **level).tolist() == [40] * 2
    assert nobody.values("wait", **level, whole_day=False).tolist() == [14.5 * 3600] * 2
    assert nobody.notes == (
        "mail: 40 (median) wait at the end of the day and are not due by then; they are no part of "
        "its service level",
        "phone: nothing is known of the contacts so far",
    )
    happened = nobody.fan("service_level", **level)["happened"].to_numpy()
    assert happened[16:20].tolist() == [1, 1, 0.8, 1]  # the forty may still be answered in time
    due = stated.change("contact_types.mail.target", qs.ServiceTarget(share=0.8, within="14h30"))
    missed = qs.nowcast(due, state, futures=2)
    assert missed.values("service_level", **level).tolist() == [150 / 200] * 2
    assert missed.fan("service_level", **level)["happened"].to_numpy()[19] == 1


def test_a_mail_that_is_being_written_when_the_day_ends_is_not_due() -> None:
    """Ten minutes of work, of which one is done five minutes before midnight; when it will be
    answered is not known, as a second one may come in between."""
    target = qs.ServiceTarget(share=0.8, within="24h")
    stated = centre(days=2, mail=True).change("contact_types.mail.target", target)
    home = stated.agent_groups[0]
    two = {"concurrency": {"message": 2}, "pace": {"message": (1.0, 1.5)}}
    stated = stated.change("agent_groups", (type(home)(**{**dict(home), **two}),))
    busy = {"agent_group": ["home"], "contact_type": "mail", "elapsed_s": 60.0, "waited_s": 3600.0}
    state = State(now="2026-11-23 23:55", busy=pd.DataFrame(busy), staffed={"home": 1})
    found = qs.nowcast(stated, state, futures=2)
    for measure, value in (("offered", 1), ("answered", 0), ("not_due", 1), ("wait", 3960)):
        assert found.values(measure, contact_type="mail").tolist() == [value] * 2, measure
    assert np.isnan(found.values("service_level", contact_type="mail")).all()


# Columns ------------------------------------------------------------------------------------


def test_rows_that_share_a_label_are_told_apart() -> None:
    """Two tables under one another, the label 0 twice: rows are counted."""
    twice = pd.concat([rows().iloc[:1], rows().iloc[:1], rows().iloc[1:]])
    with pytest.raises(qs.ScenarioError, match=r"so_far\[1\](.|\n)*same as so_far\[0\]"):
        told(twice)


def test_columns_that_no_table_has_are_refused() -> None:
    """Of every table, with the likely one; those of observed intervals are left alone."""
    one: dict[str, Any] = {"contact_type": ["phone"]}
    state = State(
        now="2026-11-23 13:00",
        waiting=pd.DataFrame({**one, "waited_s": [3.0], "alloted": ["home"]}),
        busy=pd.DataFrame({**one, "agent_group": "home", "elapsed_s": 5.0, "phas": "talk"}),
        callbacks=pd.DataFrame({**one, "due": "2026-11-23 12:00", "atempts": 1}),
        ended=pd.DataFrame({**one, "ended": "2026-11-23 12:00", "outcome": "handled", "turn": 0}),
        self_service=pd.DataFrame({**one, "elapsed_s": 3.0, "mood": 1}),
        so_far=rows(mean_handle_s=60.0).rename(
            columns={"answered_within": "answered_in_time", "answered": "answerd"}
        ),
    )
    with pytest.raises(qs.ScenarioError) as refused:
        state.check(centre())
    text = str(refused.value)
    for column, fix in (
        ("waiting.alloted", 'Did you mean "allotted"?'),
        ("busy.phas", 'Did you mean "phase"?'),
        ("callbacks.atempts", 'Did you mean "attempts"?'),
        ("ended.turn", 'Did you mean "turns"?'),
        ("self_service.mood", "Leave it out."),
        ("so_far.answered_in_time", 'Did you mean "answered_within"?'),
        ("so_far.answerd", 'Did you mean "answered"?'),
    ):
        (line,) = [line for line in text.splitlines() if line.strip().startswith(f"{column}:")]
        assert line.endswith(fix), line
        assert "must be one of its columns: " in line
    assert "mean_handle_s" not in text.replace("or mean_handle_s", "")
