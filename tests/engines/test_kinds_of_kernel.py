"""Which scenarios need which kernel: each thing that a kernel leaves out asks for another."""

from __future__ import annotations

from typing import Any

import pytest

import queuesim as qs
from queuesim.engines.compiled import Program
from tests.engines.by_hand import contact_type, group, scenario

SAID = qs.Announcement(predictor="queue_length")
HOURS = "08:00-18:00"
BACK = qs.Return(share=0.5, delay="5min")


def offer(**terms: Any) -> qs.CallbackOffer:
    return qs.CallbackOffer(accept=0.5, after="10s", dialling=qs.Dialling(), **terms)


PLAIN_TERMS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "hours": {"hours": HOURS, "at_closing": "release"},
    "served out": {"hours": HOURS, "at_closing": "serve_out"},
    "turned away": {"hours": HOURS, "outside_hours": "turn_away"},
    "weight": {"weight": 2.0, "credit": 30.0},
}
VARIED_TERMS: dict[str, dict[str, Any]] = {
    "limit": {"queue_limit": 3},
    "virtual hold": {"callback": offer(min_queue=2)},
    "later": {"callback": offer(kind="later", reserve=1)},
}
TERMS: dict[str, dict[str, Any]] = {
    "announced": {"announcement": SAID},
    "redial": {"redial": BACK},
    "repeat": {"repeat": BACK},
    "slots": {"callback": offer(kind="slot", slot="30min", per_slot=2)},
    "few open": {"callback": offer(max_open=2)},
    "offered by the wait announced": {
        "announcement": SAID,
        "callback": offer(min_announced="2min"),
    },
    "rings in": {"callback": offer(rings_in=BACK)},
    "allotted": {"allocation": {"home": 0.7, "partner": 0.3}},
}
VARIED_SKILLS: dict[str, Any] = {"minimum wait": qs.Skill("phone", min_wait="20s")}
PLAIN_SKILLS: dict[str, Any] = {
    "reserve": qs.Skill("phone", reserve=2),
    "factor": qs.Skill("phone", handle_factor=1.3),
}
SKILLS: dict[str, Any] = {
    "hours of a skill": qs.Skill("phone", hours=HOURS),
    "length of the queue": qs.Skill("phone", min_queue=3),
    "not resolved": qs.Skill("phone", resolution=0.8),
}


def kind_of(phone: qs.ContactType, skill: Any = "phone", **more: Any) -> str:
    made = scenario([phone], [group("home", [skill]), group("partner", ["phone"])], **more)
    return kind(Program.of(made))


def kind(program: Program) -> str:
    if program.in_full is not None:
        assert program.varied is not None, "what is in full is varied"
        return "in full"
    return "plain" if program.varied is None else "varied"


@pytest.mark.parametrize("terms", PLAIN_TERMS.values(), ids=PLAIN_TERMS)
def test_terms_for_which_the_plain_kernel_is_enough(terms: dict[str, Any]) -> None:
    assert kind_of(contact_type(**terms)) == "plain"


@pytest.mark.parametrize("terms", VARIED_TERMS.values(), ids=VARIED_TERMS)
def test_terms_that_ask_for_the_varied_kernel(terms: dict[str, Any]) -> None:
    assert kind_of(contact_type(**terms)) == "varied"


@pytest.mark.parametrize("terms", TERMS.values(), ids=TERMS)
def test_terms_that_ask_for_the_whole_kernel(terms: dict[str, Any]) -> None:
    assert kind_of(contact_type(**terms)) == "in full"


@pytest.mark.parametrize("skill", PLAIN_SKILLS.values(), ids=PLAIN_SKILLS)
def test_skills_for_which_the_plain_kernel_is_enough(skill: qs.Skill) -> None:
    assert kind_of(contact_type(), skill) == "plain"


@pytest.mark.parametrize("skill", VARIED_SKILLS.values(), ids=VARIED_SKILLS)
def test_skills_that_ask_for_the_varied_kernel(skill: qs.Skill) -> None:
    assert kind_of(contact_type(), skill) == "varied"


@pytest.mark.parametrize("skill", SKILLS.values(), ids=SKILLS)
def test_skills_that_ask_for_the_whole_kernel(skill: qs.Skill) -> None:
    assert kind_of(contact_type(), skill) == "in full"


@pytest.mark.parametrize("channel", ["phone", "chat", "message", "callback"])
def test_only_contacts_beside_others_and_callbacks_are_varied(channel: str) -> None:
    types = [contact_type(), contact_type("other", channel)]
    one = kind(Program.of(scenario(types, [group("home", ["phone", "other"])])))
    assert one == ("varied" if channel == "callback" else "plain")
    if channel in ("chat", "message"):
        several = group(
            "home", ["phone", "other"], concurrency={channel: 2}, pace={channel: (1, 2)}
        )
        assert kind(Program.of(scenario(types, [several]))) == "varied"


def test_scores_by_the_length_of_the_queue_ask_for_the_whole_kernel() -> None:
    assert kind_of(contact_type(), score="queue") == "in full"


@pytest.mark.parametrize("may", [(), ("message",)])
def test_only_messages_that_may_be_interrupted_do(may: tuple[str, ...]) -> None:
    types = [contact_type(), contact_type("mail", "message")]
    both = group("home", ["phone", "mail"], interruptible=may)
    assert kind(Program.of(scenario(types, [both]))) == ("in full" if may else "plain")
