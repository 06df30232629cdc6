"""The scenario as a whole: checks between parts, change, TOML, schema, copies."""

from __future__ import annotations

import copy
import inspect
import pickle
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import queuesim as qs
from tests.model.parts import HELSINKI, TALK, WAGE, contact_type, group, horizon, problems, scenario
from tests.model.strategies import scenarios

SCHEMA = qs.Scenario.json_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

for_all = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@for_all
@given(scenarios())
def test_whatever_is_stated_can_be_written_read_copied_and_described(stated: qs.Scenario) -> None:
    text = stated.to_toml()
    again = qs.Scenario.from_toml(text)
    assert again == stated
    assert again.to_toml() == text
    VALIDATOR.validate(tomllib.loads(text))
    hash(stated)
    assert hash(again) == hash(stated)
    for twin in (pickle.loads(pickle.dumps(stated)), copy.deepcopy(stated), copy.copy(stated)):
        assert twin == stated
    words = stated.describe()
    assert all(each.name in words for each in (*stated.contact_types, *stated.agent_groups))
    load = stated.offered_load()
    assert load.shape == (len(stated.contact_types), stated.horizon.n_intervals)
    assert (load >= 0).all()
    assert len(stated.overloads()) <= 11
    for each in stated.agent_groups:
        windows = stated.group_windows(each.name)
        assert (each.scheduled(stated.horizon, windows) <= each.most_scheduled()).all()


def test_the_schema_is_a_schema_and_refuses_what_is_wrong() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    document = tomllib.loads(scenario().to_toml())
    VALIDATOR.validate(document)
    for path, value in (("headcount", -1), ("headcount", "many"), ("shrinkage", 2), ("x", 1)):
        wrong = copy.deepcopy(document)
        wrong["agent_groups"][0][path] = value
        assert not VALIDATOR.is_valid(wrong)


def test_toml_reads_like_a_letter() -> None:
    text = scenario(
        contact_types=(contact_type(hours={"mon-fri": "08:00-18:00"}, target=None),),
        agent_groups=(group(skills=("support",), headcount=42),),
    ).to_toml()
    assert (
        text
        == """\
name = "week 48"

[[contact_types]]
name = "support"
channel = "phone"
target = "none"

[contact_types.demand]
per_day = 2400

[contact_types.talk]
kind = "exponential"
mean = "4min"

[contact_types.hours]
mon-fri = "08:00-18:00"

[[agent_groups]]
name = "home"
skills = ["support"]
headcount = 42

[agent_groups.contract]
kind = "in_house"
per_hour = 24

[horizon]
start = "2026-11-23"
days = 7
"""
    )


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "week 48.toml"
    text = scenario().to_toml(path)
    assert path.read_text(encoding="utf-8") == text
    assert qs.Scenario.from_toml(path) == qs.Scenario.from_toml(str(path)) == scenario()


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    scenario().to_toml(tmp_path / "week48.toml")
    found = problems(qs.Scenario.from_toml, tmp_path / "week84.toml")
    assert "exists" in found[0][2]
    assert found[0][3] == 'did you mean "week48.toml"?'
    assert "file" in problems(qs.Scenario.from_toml, tmp_path)[0][2]
    (tmp_path / "latin.toml").write_bytes(b"name = '\xe4'")
    assert "UTF-8" in problems(qs.Scenario.from_toml, tmp_path / "latin.toml")[0][2]
    broken = problems(qs.Scenario.from_toml, 'name = "a"\nhorizon = {')
    assert "TOML" in broken[0][2]
    assert problems(qs.Scenario.from_toml, "")[0][0] == "from_toml"
    assert problems(qs.Scenario.from_toml, 5)[0][0] == "from_toml"


# --- checks between parts --------------------------------------------------------------------


def wheres(**fields: Any) -> list[str]:
    return [where for where, *_ in problems(scenario, **fields)]


def test_all_problems_of_all_parts_come_at_once() -> None:
    document = tomllib.loads(scenario().to_toml())
    document["contact_types"][0]["talk"]["mean"] = -240
    document["contact_types"][0]["demand"]["per_dya"] = 3
    document["contact_types"][0]["chanel"] = "chat"
    document["agent_groups"][0]["shrinkage"] = 28
    document["agent_groups"][0]["contract"] = {"kind": "in_hose"}
    document["agent_groups"].append({"name": "partner", "skills": [{"rank": 0}]})
    document["horizon"]["timezone"] = "Helsinki"
    document["colour"] = "blue"
    found = problems(qs.Scenario.model_validate, document)
    assert {where: fix for where, _, _, fix in found} == {
        "contact_types.support.demand.per_dya": 'did you mean "per_day"?',
        "contact_types.support.talk.mean": 'did you mean "4min"?',
        "contact_types.support.chanel": 'did you mean "channel"?',
        "agent_groups.home.shrinkage": "write 0.28 for 28 %",
        "agent_groups.home.contract.kind": 'did you mean "in_house"?',
        "agent_groups.partner.skills.0.contact_type": "give contact_type=…",
        "agent_groups.partner.skills.0.rank": "the nearest allowed value is 1",
        "agent_groups.partner.contract": "give contract=…",
        "horizon.timezone": 'did you mean "Europe/Helsinki"?',
        "colour": "",
    }


def test_problems_between_valid_parts_come_at_once() -> None:
    assert wheres(
        contact_types=(contact_type(), contact_type("chat", "chat")),
        agent_groups=(group(skills=("suport", "support"), headcount={"day": (1, 2)}),),
        short_abandon="8d",
    ) == [
        "contact_types.chat",
        "agent_groups.home.skills.suport.contact_type",
        "agent_groups.home.headcount.day",
        "short_abandon",
    ]


def test_names_must_differ() -> None:
    two = (contact_type(), contact_type())
    assert wheres(contact_types=two) == ["contact_types.1.name"]
    assert wheres(agent_groups=(group(), group())) == ["agent_groups.1.name"]


def test_there_must_be_something() -> None:
    assert wheres(contact_types=()) == ["contact_types"]
    assert wheres(agent_groups=()) == ["agent_groups"]


def test_a_skill_for_an_unknown_type_says_which_was_meant() -> None:
    found = problems(scenario, agent_groups=(group(skills=("suport",)), group("b")))
    assert found[0][0] == "agent_groups.home.skills.suport.contact_type"
    assert found[0][3] == 'did you mean "support"?'


SLOTS = {"kind": "slot", "slot": "30min", "per_slot": 2}


@pytest.mark.parametrize(
    ("offer", "wrong"),
    [
        ({"kind": "slot"}, {"slot", "per_slot"}),
        ({"slot": "30min"}, {"slot"}),
        ({"kind": "later", "per_slot": 2}, {"per_slot"}),
        ({"kind": "idle_time"}, {"reserve"}),
        ({"kind": "idle_time", "reserve": 1, "delay": 60}, {"delay"}),
        ({"kind": "virtual_hold", "delay": 60, "reserve": 1}, {"delay", "reserve"}),
        ({"min_announced": 60, "accept_from": "2min"}, {"min_announced", "accept_from"}),
        ({**SLOTS, "delay": "1h", "reserve": 1}, set()),
        ({"kind": "idle_time", "reserve": 1}, set()),
    ],
)
def test_terms_of_an_offer_that_do_not_go_together(offer: dict[str, Any], wrong: set[str]) -> None:
    callback = {"accept": 0.5, **offer}
    if not wrong:
        assert contact_type(callback=callback).callback is not None
        return
    found = problems(contact_type, callback=callback)
    assert {where for where, *_ in found} == {f"callback.{name}" for name in wrong}
    assert all(fix for _, _, _, fix in found)


@pytest.mark.parametrize("channel", ["callback", "message"])
def test_announcements_are_for_those_who_wait_on_a_line(channel: str) -> None:
    said = {"predictor": "queue_length"}
    found = problems(contact_type, channel=channel, announcement=said)
    assert [where for where, *_ in found] == ["announcement"]
    assert contact_type(announcement=said).announcement is not None


def test_a_reserve_must_leave_somebody() -> None:
    skill = qs.Skill("support", reserve=10)
    assert wheres(agent_groups=(group(skills=(skill,)),)) == [
        "agent_groups.home.skills.support.reserve"
    ]
    scenario(agent_groups=(group(skills=(skill,), headcount=11),))
    later = qs.CallbackOffer(accept=0.5, kind="later", reserve=10)
    assert wheres(contact_types=(contact_type(callback=later),)) == [
        "contact_types.support.callback.reserve"
    ]


@pytest.mark.parametrize(
    ("form", "right"), [("day", 48), ("week", 336), ("horizon", 96), ("weeks", 1)]
)
def test_tables_of_headcount_have_their_length(form: str, right: int) -> None:
    two_days = horizon(days=2)
    ok = group(headcount={form: (5,) * right})
    scenario(agent_groups=(ok,), horizon=two_days)
    found = problems(
        scenario, agent_groups=(group(headcount={form: (5,) * (right + 1)}),), horizon=two_days
    )
    assert found[0][0] == f"agent_groups.home.headcount.{form}"
    assert found[0][1] == f"{right + 1} numbers"
    assert f"must have {right} numbers" in found[0][2]


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"talk": qs.Exponential(mean="8d")}, "talk"),
        ({"wrap_up": qs.Exponential(mean="8d")}, "wrap_up"),
        ({"callback": qs.CallbackOffer(accept=1, after="8d")}, "callback.after"),
        (
            {"callback": qs.CallbackOffer(accept=1, kind="later", delay="8d")},
            "callback.delay",
        ),
        (
            {"callback": {"accept": 1, "dialling": {"ring": "8d"}}},
            "callback.dialling.ring",
        ),
        ({"channel": "callback", "dialling": {"retry_after": "8d"}}, "dialling.retry_after"),
        ({"callback": {"accept": 1, **SLOTS, "slot": "8d"}}, "callback.slot"),
        (
            {"announcement": qs.Announcement(predictor="fixed", fixed="8d")},
            "announcement.fixed",
        ),
        ({"redial": qs.Return(share=1, delay="8d")}, "redial.delay"),
        ({"repeat": qs.Return(share=1, delay="8d")}, "repeat.delay"),
    ],
)
def test_nothing_lasts_longer_than_the_horizon(fields: dict[str, Any], where: str) -> None:
    found = problems(scenario, contact_types=(contact_type(**fields),))
    assert [where for where, *_ in found] == [f"contact_types.support.{where}"]
    assert '"8d"' in found[0][1]
    assert "7d" in found[0][2]


def test_a_minimum_wait_longer_than_the_horizon() -> None:
    skill = qs.Skill("support", min_wait="8d")
    assert wheres(agent_groups=(group(skills=(skill,)),)) == [
        "agent_groups.home.skills.support.min_wait"
    ]


def test_events_and_series_must_fit_the_horizon() -> None:
    gap = qs.Event(name="mailing", start="2026-03-29 03:30", lasts="1h", factor=2)
    late = qs.Event(name="late", start="2026-05-01 12:00", lasts="1h", factor=2)
    spring = horizon(start="2026-03-28", timezone=HELSINKI)
    demand = qs.Demand(per_day=10, events=(gap, late))
    found = problems(scenario, contact_types=(contact_type(demand=demand),), horizon=spring)
    assert [where for where, *_ in found] == [
        "contact_types.support.demand.events.mailing.start",
        "contact_types.support.demand.events.late.start",
    ]
    assert "from 03:00 to 04:00" in found[0][2]
    series = qs.Series(start="2026-11-23", interval="24h", counts=(1,) * 6)
    assert wheres(contact_types=(contact_type(demand=qs.Demand(series=series)),)) == [
        "contact_types.support.demand.series"
    ]
    week = qs.Series(start="2026-11-23", interval="24h", counts=(1,) * 6, mode="weekdays")
    assert wheres(contact_types=(contact_type(demand=qs.Demand(series=week)),)) == [
        "contact_types.support.demand.series.counts"
    ]


def test_people_on_two_shifts_at_once_on_a_holiday() -> None:
    shifts = (
        qs.Shift(name="early", days="mon-fri", headcount=1, start="06:00", end="14:00"),
        qs.Shift(name="early", days="holiday", headcount=1, start="22:00", end="07:00"),
    )
    christmas = horizon(start="2026-12-21", holidays=("2026-12-22",))
    found = problems(scenario, agent_groups=(group(shifts=shifts),), horizon=christmas)
    assert [where for where, *_ in found] == ["agent_groups.home.shifts.0"]
    assert "2026-12-23" in found[0][2]
    scenario(agent_groups=(group(shifts=shifts),))  # no holiday, no problem


# --- change ----------------------------------------------------------------------------------


def test_change_by_names() -> None:
    base = scenario(
        contact_types=(contact_type(wrap_up=TALK),),
        agent_groups=(
            group(),
            group(
                "chatters",
                skills=(qs.Skill("support", rank=2),),
                concurrency={"chat": 2},
                pace={"chat": (1, 1.5)},
            ),
            group(
                "nights",
                shifts=(qs.Shift(name="night", headcount=2), qs.Shift(name="day", headcount=3)),
            ),
        ),
    )
    for path, value, read in (
        ("agent_groups.home.headcount", 48, lambda s: s.agent_groups[0].headcount),
        ("agent_groups.home.headcount", {"weeks": (5,)}, lambda s: s.agent_groups[0].headcount),
        ("contact_types.support.demand.per_day", 9.5, lambda s: s.contact_types[0].demand.per_day),
        ("contact_types.support.talk.mean", 99.0, lambda s: s.contact_types[0].talk.mean),
        ("contact_types.support.talk", qs.Gamma(mean=5, cv=1), lambda s: s.contact_types[0].talk),
        ("contact_types.support.wrap_up", None, lambda s: s.contact_types[0].wrap_up),
        ("contact_types.support.demand.week.0", 2.0, lambda s: s.contact_types[0].demand.week[0]),
        ("agent_groups.chatters.skills.support.rank", 3, lambda s: s.agent_groups[1].skills[0].rank),
        ("agent_groups.chatters.skills.0.rank", 3, lambda s: s.agent_groups[1].skills[0].rank),
        ("agent_groups.chatters.pace.chat", (1, 1.9), lambda s: s.agent_groups[1].pace["chat"]),
        ("agent_groups.chatters.concurrency.message", 1,
         lambda s: s.agent_groups[1].concurrency["message"]),
        ("agent_groups.nights.shifts.day.headcount", 7, lambda s: s.agent_groups[2].shifts[1].headcount),
        ("agent_groups.home.contract.per_hour", 30.0, lambda s: s.agent_groups[0].contract.per_hour),
        ("horizon.days", 14, lambda s: s.horizon.days),
        ("name", "week 49", lambda s: s.name),
    ):  # fmt: skip
        changed = base.change(path, value)
        assert read(changed) == value, path
        assert changed != base
    assert base.change("horizon.days", 7) == base
    assert base.change("horizon", qs.Horizon(start="2026-11-23", days=7)) == base
    assert base.change("agent_groups.home", group(headcount=3)).agent_groups[0].headcount == 3


def test_change_reads_what_a_scenario_reads() -> None:
    base = scenario()
    assert base.change("contact_types.support.talk.mean", "5min").contact_types[0].talk.mean == 300
    staffed = base.change("agent_groups.home.headcount", np.int64(48))
    assert staffed.agent_groups[0].headcount == 48
    by_table = base.change("contact_types.support.patience", {"kind": "exponential", "mean": 60})
    assert by_table.contact_types[0].patience == qs.Exponential(mean=60)


@pytest.mark.parametrize(
    ("path", "where", "fix"),
    [
        ("agent_groups.hom.headcount", "agent_groups.hom", '"home"'),
        ("agent_groups.home.headcont", "agent_groups.home.headcont", '"headcount"'),
        ("agent_group.home", "agent_group", '"agent_groups"'),
        ("contact_types.support.talk.mean.x", "contact_types.support.talk.mean.x", ""),
        ("contact_types.support.wrap_up.mean", "contact_types.support.wrap_up.mean", "whole"),
        ("agent_groups.7", "agent_groups.7", ""),
        ("horizon.days.x", "horizon.days.x", ""),
        ("", "path", ""),
        (".", "", ""),
        (5, "path", ""),
        (None, "path", ""),
    ],
)
def test_change_of_what_is_not_there_names_what_is(path: Any, where: str, fix: str) -> None:
    found = problems(scenario().change, path, 3)
    assert [where for where, *_ in found] == [where]
    assert fix in found[0][3]


def test_a_change_is_checked_as_a_whole() -> None:
    base = scenario(agent_groups=(group(headcount={"horizon": (5,) * 336}),))
    assert [where for where, *_ in problems(base.change, "horizon.days", 8)] == [
        "agent_groups.home.headcount.horizon"
    ]
    assert [where for where, *_ in problems(base.change, "agent_groups.home.shrinkage", 28)] == [
        "agent_groups.home.shrinkage"
    ]


# --- frozen ----------------------------------------------------------------------------------


def test_nothing_can_be_changed_in_place() -> None:
    base = scenario(agent_groups=(group(headcount={"weeks": (5,)}),))
    with pytest.raises(AttributeError, match="frozen"):
        base.name = "other"  # type: ignore[misc]
    with pytest.raises(AttributeError, match="frozen"):
        del base.name
    table = base.agent_groups[0].headcount
    assert isinstance(table, dict)
    with pytest.raises(TypeError, match="frozen"):
        table["weeks"] = (6,)
    with pytest.raises(TypeError, match="frozen"):
        table.update(weeks=(6,))
    rates = base.contact_types[0].demand.rates(base.horizon)
    with pytest.raises(ValueError, match="read-only"):
        rates.base_per_s[0] = 1


def test_equality_is_by_value_and_by_kind() -> None:
    assert qs.Gamma(mean=60, cv=1) == qs.Gamma(mean="1min", cv=1.0)
    assert qs.Gamma(mean=60, cv=1) != qs.Weibull(mean=60, cv=1)
    assert scenario() != "week 48"
    base = scenario()
    base.offered_load()  # keeps its rates
    assert base == scenario()
    assert pickle.loads(pickle.dumps(base)) == scenario()
    assert len({base, scenario()}) == 1


def test_a_copy_with_changes_is_checked() -> None:
    team = group()
    assert team.model_copy(update={"headcount": 3}).headcount == 3
    assert problems(team.model_copy, update={"headcount": -3})[0][0] == "headcount"


def test_errors_travel_between_processes() -> None:
    with pytest.raises(ValueError, match="2 problems") as caught:
        scenario(short_abandon="-8d", currency="")
    error = caught.value
    assert isinstance(error, qs.ScenarioError)
    twin = pickle.loads(pickle.dumps(error))
    assert twin.problems == error.problems
    assert str(twin) == str(error)
    unsupported = qs.UnsupportedByEngine("redial", "compiled", "use the reference engine")
    assert str(pickle.loads(pickle.dumps(unsupported))) == str(unsupported)


def test_parts_are_found_by_name() -> None:
    base = scenario()
    assert base.contact_type("support") is base.contact_types[0]
    assert base.agent_group("home") is base.agent_groups[0]
    assert problems(base.contact_type, "suport")[0][3] == 'did you mean "support"?'
    assert problems(base.agent_group, 5)[0][0] == "agent_groups"


def test_a_script_may_give_numpy_numbers_lists_and_short_forms() -> None:
    made = qs.AgentGroup(
        name="home",
        skills=["support", {"contact_type": "chat", "rank": np.int32(2)}],
        headcount={"day": np.full(48, 3)},
        shrinkage=np.float64(0.25),
        contract=WAGE,
    )
    assert made.skills == (qs.Skill("support"), qs.Skill(contact_type="chat", rank=2))
    assert made.headcount == {"day": (3,) * 48}
    assert type(made.shrinkage) is float


def test_parts_are_built_by_keyword_and_say_so() -> None:
    with pytest.raises(TypeError, match=r"built by keyword: Horizon\(start=…, days=…\)"):
        qs.Horizon("2026-11-23", 7)  # type: ignore[misc]
    with pytest.raises(TypeError, match="twice"):
        qs.Skill("support", contact_type="chat")
    assert str(inspect.signature(qs.LogNormal)) == "(*, mean, cv)"
    assert str(inspect.signature(qs.Skill)).startswith("(contact_type, *, rank=1,")
    assert repr(qs.LogNormal(mean="4min", cv=0.9)) == "LogNormal(mean=240.0, cv=0.9)"


def test_nobody_is_there_before_the_lead_time() -> None:
    terms = {"headcount": {"weeks": [3, 3, 5]}, "contract": qs.InHouse(per_hour=20, on_payroll=3)}
    whole = {"agent_groups": (group(**terms),), "horizon": qs.Horizon(start="2026-11-23", days=21)}
    assert scenario(**whole).name == "week 48"
    hired = qs.InHouse(per_hour=20, on_payroll=3, hiring_lead_weeks=3)
    late = {**whole, "agent_groups": (group(**{**terms, "contract": hired}),)}
    where, given, rule, _ = problems(scenario, **late)[0]
    assert (where, given) == ("agent_groups.home.headcount.weeks.2", "5 in week 2")
    assert rule == "nobody can be added in the first 3 weeks (hiring_lead_weeks), and 3 are there"
    partner = qs.Outsourced(per_hour=30, lead_weeks=2)
    assert scenario(**{**whole, "agent_groups": (group(**{**terms, "contract": partner}),)})
    slow = qs.Outsourced(per_hour=30, lead_weeks=3)
    found = problems(scenario, **{**whole, "agent_groups": (group(**{**terms, "contract": slow}),)})
    assert found[0][0] == "agent_groups.home.headcount.weeks.2"
