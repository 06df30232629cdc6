"""Descriptions: whatever was left to a default that matters is said aloud."""

from __future__ import annotations

import pytest

import queuesim as qs
from tests.model.parts import HELSINKI, contact_type, group, horizon, scenario


def lines(stated: qs.Scenario) -> str:
    """Return the description on one line, so that wrapping does not matter."""
    return " ".join(stated.describe().split())


def test_the_defaults_that_matter() -> None:
    said = lines(scenario())
    for part in (
        "7 days, Mon 2026-11-23 to Sun 2026-11-29, in intervals of 30min; local time of UTC.",
        "No holidays: no calendar is named",
        "16,800 contacts expected",
        "over the day evenly; every weekday alike; no season",
        "Busyness: none",
        "Patience: without end; nobody abandons.",
        "Target: 80 % answered within 20s.",
        "Hours: not stated, so they follow demand: open all the time.",
        "Routing: by wait alone",
        "any number can wait on the line; no callback is offered.",
        "Coming back: nobody",
        "Served by: home (rank 1).",
        "10 scheduled in all its hours.",
        "no shrinkage or absence is taken off",
        "it works whenever a contact type it serves is open",
        "in-house, 24.00 EUR per paid hour; no on-costs; overtime × 1.5.",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("path", "value", "part"),
    [
        ("horizon", horizon(start="2026-12-24", holidays="FI"), "holidays as Sundays"),
        ("horizon", horizon(start="2026-12-24", holidays="FI"), "Christmas Eve (Thu 2026-12-24)"),
        ("horizon", horizon(holidays="FI"), "none falls into these days"),
        ("horizon", horizon(start="2026-03-29", timezone=HELSINKI), "that day has 23 hours"),
        ("contact_types.support.demand.busyness", 0.1, "scatter around this by 10 % (cv)"),
        ("contact_types.support.demand.growth", 0.05, "growing 5 % a year from the first day"),
        ("contact_types.support.demand.scale", 1.1, "all × 1.1"),
        ("contact_types.support.demand.day", "office", '"office" (08:00–18:00, most at 09:30)'),
        ("contact_types.support.hours", "12:00-24:00", "50 % of the demand falls outside them"),
        ("contact_types.support.target", None, "none is promised"),
        ("contact_types.support.credit", "2min", "a head start of 2min against the other queues"),
        ("contact_types.support.queue_limit", 5, "5 can wait on the line, and further ones"),
        (
            "contact_types.support.announcement",
            qs.Announcement(predictor="queue_length", balk="5min", stays_for=1, tolerance="1min"),
            "Announced: the wait that follows from the number ahead and the people on duty, to "
            "whoever is not taken at once; who hears of more than 5min leaves at once; who stays "
            "has a patience of at least 1 × the announced wait; it is kept when answered 1min "
            "later at most.",
        ),
        (
            "contact_types.support.announcement",
            qs.Announcement(predictor="fixed", fixed="5min"),
            "a wait of 5min, whatever the queue, to whoever is not taken at once; nobody leaves "
            "because of it; patience stays what it was.",
        ),
        (
            "contact_types.support.callback",
            qs.CallbackOffer(accept=0.5, kind="slot", slot="30min", per_slot=4, max_open=9),
            "while fewer than 9 callbacks are open, and 50 % accept; it is booked into the next "
            "slot of 30min, 4 to a slot",
        ),
        (
            "contact_types.support.callback",
            qs.CallbackOffer(accept=0.5, kind="idle_time", reserve=2),
            "it is dialled in idle time, when more than 2 agents are idle",
        ),
        ("contact_types.support.patience", qs.Weibull(mean=90, cv=2), "1min30s (weibull, cv 2)"),
        ("agent_groups.home.shrinkage", 0.28, "7.2 of 10 on average at the most, after shrinkage"),
        ("agent_groups.home.absence", 0.1, "9.0 of 10 on average at the most, after absence"),
        ("agent_groups.home.skills.support.min_wait", 30, "only after 30s of waiting"),
        ("agent_groups.home.skills.support.min_queue", 3, "only while 3 or more wait"),
        ("agent_groups.home.skills.support.hours", "22:00-06:00", "only every day 22:00-06:00"),
        ("contact_types.support.allocation", {"home": 1.0}, "home 100 % of the volume; no other"),
        ("score", "queue", "Agents who become free turn to the longest queue"),
        ("score", "queue", "Routing: by the number waiting alone"),
        ("contact_types.support.credit", "8d", "a head start of 8d (more than any wait) against"),
        ("agent_groups.home.headcount", {"weeks": [4]}, "4 scheduled, by calendar week"),
        ("agent_groups.home.headcount", 3, "More work than the people there can carry"),
        (
            "agent_groups.home.contract",
            qs.Outsourced(per_minute=0.62, monthly_minimum=20_000, ramp_limit=5),
            "0.62 per minute; at least 20,000 a month; at most 5 people more from week to week",
        ),
    ],
)
def test_what_is_stated_is_said(path: str, value: object, part: str) -> None:
    assert part in lines(scenario().change(path, value))


def test_chat_that_is_handled_one_at_a_time_says_so() -> None:
    chat = scenario(
        contact_types=(contact_type("chat", "chat"),), agent_groups=(group(skills=("chat",)),)
    )
    assert "chat one at a time, as nothing else is stated" in lines(chat)


def test_no_line_is_too_long_to_read() -> None:
    assert max(map(len, scenario().describe().splitlines())) <= 96


def test_people_who_are_never_on_together_are_not_added_up() -> None:
    """14 early and 13 late are 27 from 13:30, when the breaks are over; 9 work on Saturday."""
    shifts = (
        qs.Shift(name="early", start="08:00", end="16:30", headcount=14, breaks=("11:30-12:00",),
                 waves=4),
        qs.Shift(name="late", start="11:30", end="20:00", headcount=13, breaks=("15:00-15:30",)),
        qs.Shift(name="saturday", days="sat", start="09:00", end="14:00", headcount=9),
    )  # fmt: skip
    team = group(shifts=shifts, shrinkage=0.12, absence=0.06)
    said = lines(scenario(agent_groups=(team,)))
    assert "Staffed: 22.3 of 27 on average at the most, after shrinkage of 12 %" in said
