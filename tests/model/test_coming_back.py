"""Coming back as a planner states it: what is allowed, what is said, and how far it can lead."""

from __future__ import annotations

from typing import Any

import pytest

import queuesim as qs
from queuesim.model.attempts import MOST_ATTEMPTS, layers
from tests.engines.coming_back import everything
from tests.model.parts import contact_type, group, problems, scenario

WEB = contact_type("web", "self_service", target=None, front_door=qs.FrontDoor(contains=0.5))


def back(**terms: Any) -> qs.Return:
    return qs.Return(**{"share": 0.5, "delay": "10min", **terms})


def on(to: str, share: float = 0.1) -> qs.Transfer:
    return qs.Transfer(share=share, to=to)


def stated(*types: qs.ContactType, skills: tuple[Any, ...] = ()) -> dict[str, Any]:
    names = tuple(each.name for each in types if each.channel != "self_service")
    return {"contact_types": types, "agent_groups": (group(skills=skills or names),)}


def found(*types: qs.ContactType, skills: tuple[Any, ...] = ()) -> list[tuple[str, str, str, str]]:
    return problems(scenario, **stated(*types, skills=skills))


def door(**to: float) -> qs.ContactType:
    return WEB.model_copy(update={"front_door": qs.FrontDoor(contains=0.5, to=to)})


@pytest.mark.parametrize(
    ("types", "skills", "where"),
    [
        ((contact_type(redial=back(to="sport")),), (), "contact_types.support.redial.to"),
        ((contact_type(repeat=back(to="sport")),), (), "contact_types.support.repeat.to"),
        ((contact_type(after_hours=back(to="sport")),), (), "contact_types.support.after_hours.to"),
        ((contact_type(), door(sport=0.5)), (), "contact_types.web.front_door.to"),
        (
            (contact_type(),),
            (qs.Skill("support", transfer=on("sport")),),
            "agent_groups.home.skills.support.transfer.to",
        ),
    ],
)
def test_a_type_that_is_not_there(types: Any, skills: Any, where: str) -> None:
    names = '"support" or "web"' if len(types) == 2 else '"support"'
    assert found(*types, skills=skills) == [
        (
            where,
            '"sport"',
            f"must be a contact type of the scenario: {names}",
            'did you mean "support"?',
        )
    ]


@pytest.mark.parametrize(
    ("types", "skills", "circle"),
    [
        ((contact_type(),), (qs.Skill("support", transfer=on("support")),), ("support",) * 2),
        ((door(web=0.5), contact_type()), (), ("web",) * 2),
        (
            (contact_type("a"), contact_type("b"), contact_type("c")),
            (
                qs.Skill("a", transfer=on("b")),
                qs.Skill("b", transfer=on("c")),
                qs.Skill("c", transfer=on("b")),
            ),
            ("b", "c", "b"),
        ),
        (
            (door(a=0.5), contact_type("a")),
            (qs.Skill("a", transfer=on("web")),),
            ("web", "a", "web"),
        ),
    ],
)
def test_handing_on_in_a_circle(types: Any, skills: Any, circle: tuple[str, ...]) -> None:
    assert found(*types, skills=skills) == [
        (
            f"contact_types.{circle[0]}",
            " → ".join(f'"{name}"' for name in circle),
            "must lead to an end: contacts handed on in a circle are never done with",
            "take one of the transfers or front doors out",
        )
    ]


def test_two_ways_to_one_line_are_no_circle_nor_is_coming_back() -> None:
    types = (contact_type("a"), contact_type("b"), contact_type("c", repeat=back(to="a")))
    first = group(skills=(qs.Skill("a", transfer=on("b")), "b", "c"))
    second = group(
        "other", skills=(qs.Skill("a", transfer=on("c")), qs.Skill("b", transfer=on("c")))
    )
    scenario(contact_types=types, agent_groups=(first, second))


def test_a_transfer_of_nobody_closes_no_circle() -> None:
    scenario(**stated(contact_type(), skills=(qs.Skill("support", transfer=on("support", 0.0)),)))


def test_more_attempts_than_a_tape_holds() -> None:
    kind = contact_type(redial=back(max_attempts=5), repeat=back(max_attempts=MOST_ATTEMPTS + 1))
    assert found(kind) == [
        (
            "contact_types.support.repeat.max_attempts",
            "201",
            "can lead to more than 200 further attempts of one customer",
            "lower max_attempts",
        )
    ]
    scenario(**stated(contact_type(repeat=back(max_attempts=MOST_ATTEMPTS))))
    scenario(**stated(contact_type(repeat=back(share=0.0, max_attempts=10**9))))


@pytest.mark.parametrize(
    ("types", "skills"),
    [
        ((contact_type(repeat=back(to="other")),), ()),
        ((contact_type(),), (qs.Skill("support", transfer=on("other")), "other")),
        ((contact_type(), door(other=0.5)), ()),
    ],
)
def test_who_receives_from_others_only_states_its_hours(types: Any, skills: Any) -> None:
    nobody = contact_type("other", demand=qs.Demand(per_day=0))
    assert found(*types, nobody, skills=skills) == [
        (
            "contact_types.other.hours",
            "nothing",
            "is required: contacts come to this type from others only, so that its hours cannot "
            "be told from its demand",
            'write hours="08:00-18:00", say',
        )
    ]
    open_then = nobody.model_copy(update={"hours": "08:00-18:00"})
    scenario(**stated(*types, open_then, skills=skills))


@pytest.mark.parametrize(
    ("terms", "where", "rule", "fix"),
    [
        (
            {"outside_hours": "queue", "after_hours": back()}, "after_hours",
            "is for those who are turned away, and this type queues outside its hours",
            'write outside_hours="turn_away", or leave after_hours out',
        ),
        (
            {"turns": back()}, "turns",
            "is for the channel message only: a call or a chat is one turn",
            "use repeat for those who come back, or leave turns out",
        ),
        (
            {"channel": "message", "turns": back(to="support")}, "turns.to",
            "cannot be given: the next turn of a thread is of the same contact type",
            "leave to out",
        ),
        (
            {"front_door": qs.FrontDoor(contains=0.5)}, "front_door",
            "is for the channel self_service only",
            'write channel="self_service", or leave front_door out',
        ),
        (
            {"channel": "self_service"}, "front_door",
            "is required for self-service: how much it contains, and where the others go",
            "write front_door=FrontDoor(contains=0.6, to={…: 1.0}), say",
        ),
        *(
            (
                {
                    "channel": "self_service", "front_door": qs.FrontDoor(contains=0.5),
                    name: value,
                },
                name, f"cannot be given for self-service: {why}", "leave it out",
            )
            for name, value, why in (
                ("wrap_up", qs.Exponential(mean=9), "nobody works on it afterwards"),
                ("patience", qs.Exponential(mean=9), "nobody waits"),
                ("queue_limit", 3, "nobody waits"),
                (
                    "redial", back(),
                    "nobody leaves unserved: FrontDoor.to says where those go whom it fails",
                ),
            )
        ),
    ],
)  # fmt: skip
def test_what_does_not_go_together(terms: dict[str, Any], where: str, rule: str, fix: str) -> None:
    told = problems(contact_type, **terms)
    assert [(at, said, then) for at, _, said, then in told] == [(where, rule, fix)]


def rings_in(**terms: Any) -> qs.CallbackOffer:
    return qs.CallbackOffer(accept=0.5, rings_in=back(**terms))


@pytest.mark.parametrize("channel", ["phone", "chat", "message"])
def test_who_has_not_asked_for_a_callback_does_not_ring_in(channel: str) -> None:
    told = problems(contact_type, channel=channel, rings_in=back(to="other"))
    where = "callback=CallbackOffer(rings_in=…)" if channel == "phone" else "redial or repeat"
    rule = "is for the channel callback only: nobody else has asked for a callback"
    assert [(at, said, fix) for at, _, said, fix in told] == [
        ("rings_in", rule, f"use {where}, or leave rings_in out")
    ]


@pytest.mark.parametrize("to", [None, "support"])
def test_who_asked_for_a_callback_rings_in_as_another_type(to: str | None) -> None:
    assert problems(contact_type, channel="callback", rings_in=back(to=to)) == [
        (
            "rings_in.to",
            "nothing" if to is None else '"support"',
            "must be another contact type: who asks once more would only lose the place",
            'write to="support", say, the type of those who ring',
        )
    ]


def test_ringing_in_is_told_where_it_is_stated() -> None:
    told = found(contact_type(callback=rings_in(to="suport", delay="8d")))
    at = "contact_types.support.callback.rings_in"
    assert [where for where, *_ in told] == [f"{at}.delay", f"{at}.to"]
    told = found(contact_type(callback=rings_in(max_attempts=MOST_ATTEMPTS + 1)))
    assert [where for where, *_ in told] == [f"{at}.max_attempts"]
    asks = contact_type("asks", "callback", rings_in=back(to="suport"))
    told = found(contact_type(), asks, skills=("support", "asks"))
    assert [where for where, *_ in told] == ["contact_types.asks.rings_in.to"]


def in_vain(**terms: Any) -> qs.Return:
    return back(failed_callbacks=True, **terms)


MAIL = {"name": "mail", "channel": "message"}
NOBODY_FAILS = "cannot be: nobody is called back, so that no callback of {} fails"


@pytest.mark.parametrize(
    ("terms", "where", "rule", "fix"),
    [
        (
            {"redial": in_vain()}, "support.redial", NOBODY_FAILS.format("support"),
            "leave it out, or offer callbacks: callback=CallbackOffer(accept=0.4), say",
        ),
        ({"redial": in_vain(), **MAIL}, "mail.redial", NOBODY_FAILS.format("mail"), "leave it out"),
        *(
            (
                {field.split(".")[0]: value, **more}, f"{name}.{field}",
                f"is for redial only: {field.split('.')[-1]} does not follow a callback that failed",
                "write it into redial, or leave it out",
            )
            for field, value, more, name in (
                ("repeat", in_vain(), {}, "support"),
                ("after_hours", in_vain(), {}, "support"),
                ("turns", in_vain(), MAIL, "mail"),
                (
                    "callback.rings_in", qs.CallbackOffer(accept=0.5, rings_in=in_vain()), {},
                    "support",
                ),
            )
        ),
    ],
)  # fmt: skip
def test_only_a_redial_follows_a_callback_that_failed(
    terms: dict[str, Any], where: str, rule: str, fix: str
) -> None:
    at = f"contact_types.{where}.failed_callbacks"
    assert found(contact_type(**terms)) == [(at, "True", rule, fix)]


def test_where_callbacks_fail_it_may_be_said() -> None:
    asks = contact_type("asks", "callback", redial=in_vain())
    offered = contact_type(redial=in_vain(), callback=qs.CallbackOffer(accept=0.5))
    made = scenario(**stated(asks, offered))
    assert qs.Scenario.from_toml(made.to_toml()) == made
    said = " ".join(made.describe().split())
    part = "abandon, are blocked, turned away or are called back in vain 50 % come back after 10min"
    assert said.count(part) == 2


def test_agents_serve_no_self_service() -> None:
    told = found(WEB, contact_type(), skills=("support", "web"))
    assert [where for where, *_ in told] == ["contact_types.web"]


def test_shares_of_the_front_door_add_up_to_one_at_most() -> None:
    qs.FrontDoor(contains=0.5, to={"a": 0.1, "b": 0.2, "c": 0.7})  # 1 and a rounding
    told = problems(qs.FrontDoor, contains=0.5, to={"a": 0.8, "b": 0.3})
    rule = "must add up to 1 at most: what is missing gives up"
    assert told == [("to", "1.1", rule, "lower one of the shares")]


def test_it_travels() -> None:
    whole = everything()
    assert qs.Scenario.from_toml(whole.to_toml()) == whole
    assert qs.Scenario.model_validate_json(whole.model_dump_json()) == whole
    thread = scenario(**stated(contact_type("mail", "message", turns=back(max_attempts=4))))
    assert qs.Scenario.from_toml(thread.to_toml()) == thread


def test_it_is_read_as_a_planner_writes_it() -> None:
    text = everything().to_toml().replace("delay = 600.0", 'delay = "10min"')
    assert qs.Scenario.from_toml(text) == everything()


def test_it_is_described() -> None:
    said = " ".join(everything().describe().split())
    for part in (
        "of those who abandon, are blocked or are called back in vain 50 % come back after 10min "
        "(exponential), 3 times at most; of those who come outside the hours 50 % come back after 10min, as request; of "
        "those not resolved 70 % come back after 2h (exponential), 2 times at most; of those who wait "
        "for a callback 50 % ring in after 8min (exponential), 2 times at most.",
        "of those who wait for a callback 50 % ring in after 1h (exponential), as phone.",
        "of those who abandon, are blocked or turned away 90 % come back after 20min, as phone.",
        "Front door: 60 % need nobody; of the others 70 % to phone, 10 % to request, 20 % give up; "
        "of those who need nobody 80 % are really helped; patience is multiplied by 0.7; down "
        "multiplies the share it fails by 2 from",
        "10 % handed on to second",
    ):
        assert part in said
    thread = scenario(**stated(contact_type("mail", "message", turns=back(max_attempts=4))))
    told = "of those answered 50 % write the next turn after 10min, 4 times at most."
    assert told in " ".join(thread.describe().split())


@pytest.mark.parametrize(
    ("types", "skills", "expected"),
    [
        ((contact_type(),), (), ()),
        ((contact_type(redial=back(share=0.0)),), (), ()),
        ((contact_type(redial=back(max_attempts=3)),), (), ((0,),) * 3),
        ((contact_type(callback=rings_in(max_attempts=2)),), (), ((0,),) * 2),
        ((contact_type(callback=rings_in(share=0.0)),), (), ()),
        ((contact_type(redial=back(), callback=rings_in(max_attempts=2)),), (), ((0,),) * 2),
        # redials and repeats are counted together
        ((contact_type(redial=back(max_attempts=3), repeat=back(max_attempts=2)),), (), ((0,),) * 3),
        # each time back begins a new thread: (0, 0) (0, 1) (1, 0) (1, 1)
        (
            (contact_type("mail", "message", turns=back(), repeat=back()),), (),
            ((0,),) * 3,
        ),
        # handed on: within one time
        (
            (contact_type(repeat=back()), contact_type("b", repeat=back(to="support"))),
            (qs.Skill("support", transfer=on("b")), "b"),
            ((0, 1), (0, 1), (1,)),
        ),
    ],
)  # fmt: skip
def test_how_far_it_can_lead(types: Any, skills: Any, expected: Any) -> None:
    day = scenario(**stated(*types, skills=skills))
    assert layers(day.contact_types, day.agent_groups)[0] == expected
