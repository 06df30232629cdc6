"""Messages in the results: the first response, by the clock of opening hours, and the backlog."""

from __future__ import annotations

import numpy as np
import pytest

import queuesim as qs
from queuesim.engines.outcome import ContactOutcome, Outcome
from queuesim.results.layout import Layout
from queuesim.results.tables import contact_table
from queuesim.results.tally import tally
from tests.results.by_hand import HOUR, handled, lost, outcome, result_of, with_mail

DAY = 24 * HOUR
OVER_A_WEEKEND = qs.Horizon(start="2026-11-27", days=4, interval="6h")  # Friday to Monday
FRIDAY, MONDAY = 0.0, 3 * DAY


def answered(*rows: tuple[float, float], horizon: qs.Horizon = OVER_A_WEEKEND) -> Outcome:
    """Messages that arrive and are begun at these instants; 100 s of work, 20 s of wrap-up."""
    mails = [handled("mail", arrival_s, begun_s) for arrival_s, begun_s in rows]
    return outcome(with_mail(horizon=horizon), mails)


def test_a_message_is_answered_when_the_work_on_it_ends() -> None:
    row = contact_table(answered((FRIDAY + 9 * HOUR, FRIDAY + 9 * HOUR + 50))).iloc[0]
    assert (row.wait_s, row.resolution_s) == (150, 170)
    assert (row.answered_s, row.talk_s, row.handle_s) == (FRIDAY + 9 * HOUR + 50, 100, 120)


@pytest.mark.parametrize(
    ("arrival_s", "begun_s", "wait_s"),
    [
        (FRIDAY + 9 * HOUR, FRIDAY + 11 * HOUR, 2 * HOUR + 100),
        (FRIDAY + 9 * HOUR, FRIDAY + 14 * HOUR, 4 * HOUR + 100),  # without the lunch hour
        (FRIDAY + 17 * HOUR, MONDAY + 8 * HOUR, HOUR + 100),  # without the weekend
        (FRIDAY + 20 * HOUR, MONDAY + 8 * HOUR, 100),  # sent while closed
        (FRIDAY + 5 * HOUR, FRIDAY + 6 * HOUR, 0),  # answered before the first opening
        (FRIDAY + 18 * HOUR, MONDAY + 8 * HOUR - 100, 0),  # at closing; answered at the opening
        (FRIDAY + 18 * HOUR - 1, MONDAY + 8 * HOUR - 99, 2),
        (FRIDAY + 12 * HOUR - 50, FRIDAY + 13 * HOUR + 1, 50 + 101),
        (MONDAY + 17 * HOUR, 4 * DAY + 500, HOUR),  # past the horizon it stays closed
    ],
)
def test_only_opening_hours_count(arrival_s: float, begun_s: float, wait_s: float) -> None:
    made = answered((arrival_s, begun_s))
    assert contact_table(made).wait_s.tolist() == [wait_s]
    numbers = tally(made)
    layout = Layout.of(made.scenario)
    mail = layout.types.index("mail")
    counted = dict(
        zip(qs_quantities(), numbers.contacts[:, mail].sum(axis=1).tolist(), strict=True)
    )
    assert counted["wait_answered_s"] == counted["wait_all_s"] == wait_s
    assert counted["answered_within"] == (wait_s <= HOUR)
    assert counted["talk_s"] == 100


def qs_quantities() -> tuple[str, ...]:
    from queuesim.results.tally import CONTACT_QUANTITIES

    return CONTACT_QUANTITIES


def test_past_a_horizon_that_ends_open_the_hours_go_on() -> None:
    stated = with_mail(horizon=qs.Horizon(start="2026-11-27", days=1, interval="6h"))
    types = [
        each.model_copy(update={"hours": {"fri": "20:00-24:00"}}) if each.name == "mail" else each
        for each in stated.contact_types
    ]
    stated = stated.model_copy(update={"contact_types": tuple(types)})
    made = outcome(stated, [handled("mail", DAY - 50, DAY - 10)])  # until 90 s past midnight
    assert contact_table(made).wait_s.tolist() == [140]


def test_those_who_are_not_answered_count_by_the_same_clock() -> None:
    rows = [
        lost("mail", FRIDAY + 17 * HOUR, MONDAY + 9 * HOUR, ContactOutcome.ABANDONED),
        {"type": "mail", "arrival_s": MONDAY + 17 * HOUR + 1800},
    ]
    made = outcome(with_mail(horizon=OVER_A_WEEKEND), rows)
    assert contact_table(made).wait_s.tolist() == [2 * HOUR, HOUR / 2]


def test_the_backlog_at_the_end_of_every_interval_and_day() -> None:
    """Three wait at midnight; one begun on the edge of an interval waits at the end of that."""
    edge = FRIDAY + 18 * HOUR
    made = answered(
        (FRIDAY + 9 * HOUR, FRIDAY + 10 * HOUR),
        (FRIDAY + 9 * HOUR, edge),
        (FRIDAY + 13 * HOUR, edge),
        (FRIDAY + 19 * HOUR, MONDAY + 8 * HOUR),
        (FRIDAY + 19 * HOUR, MONDAY + 14 * HOUR),
        (FRIDAY + 19 * HOUR, 4 * DAY),  # when the horizon ends: it waits till then
    )
    result = result_of(tally(made), stated=made.scenario)
    intervals = result.intervals[result.intervals.contact_type == "mail"]
    assert intervals.backlog.tolist() == [0, 1, 2, 3, *[3] * 8, 3, 2, 1, 1]
    days = result.days[result.days.contact_type == "mail"]
    assert days.backlog.tolist() == [3, 3, 3, 1]
    others = result.days[result.days.contact_type != "mail"]
    assert not others.backlog.any()


def test_interruptions_are_no_part_of_the_handle_time() -> None:
    made = outcome(
        with_mail(horizon=OVER_A_WEEKEND),
        [handled("mail", 9 * HOUR, 9 * HOUR, talk=400.0, paused_s=300.0)],
    )
    row = contact_table(made).iloc[0]
    assert (row.talk_s, row.wrap_up_s, row.paused_s, row.handle_s) == (400, 20, 300, 120)
    result = result_of(tally(made), stated=made.scenario)
    values = {name: result.measure(name).value for name in ("aht", "interruption", "asa")}
    assert values == {"aht": 120, "interruption": 300, "asa": 400}
    assert result.measure("time_to_resolution").value == 420
    assert np.isclose(result.measure("service_level", contact_type="mail").value, 1.0)
