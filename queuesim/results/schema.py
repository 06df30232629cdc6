"""Every column of every table, once: name, dtype, unit, meaning.

Names that end in ``_s`` are seconds. Instants count from the start of the horizon. Shares are 0–1.
A contact is credited to the interval in which it arrived, whenever it was served.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name : str
    dtype : str
        As pandas or NumPy names it.
    unit : str
        ``s``, ``share``, ``contacts``, … or empty.
    meaning : str
    """

    name: str
    dtype: str
    unit: str
    meaning: str


def names(columns: Iterable[Column]) -> tuple[str, ...]:
    """Return the columns' names, in order."""
    return tuple(column.name for column in columns)


def _seconds(name: str, meaning: str) -> Column:
    return Column(name, "float64", "s", meaning)


def _count(name: str, meaning: str) -> Column:
    return Column(name, "float64", "contacts", meaning)


CONTACT_COLUMNS: tuple[Column, ...] = (
    Column("contact_type", "category", "", "name of the contact type"),
    Column(
        "number",
        "int64",
        "",
        "number among the first contacts of its customer's type and day; equal under all options",
    ),
    Column("day", "int32", "", "day of the horizon on which its customer first came, from 0"),
    Column("interval", "int32", "", "interval of the horizon in which it arrived, from 0"),
    Column("arrival", "datetime64", "", "arrival, local time with its time zone"),
    _seconds("arrival_s", "arrival"),
    Column(
        "outcome",
        "category",
        "",
        "how it ended: handled, abandoned, blocked, balked, turned away, failed callback, passed "
        "on, self served, rang in or unresolved",
    ),
    Column("agent_group", "category", "", "name of the group that served or last dialled it"),
    Column("agent", "int32", "", "agent who served or last dialled it; -1 none"),
    _seconds(
        "wait_s",
        "arrival until answered live, left, or a callback was accepted; until the end "
        "of the horizon if still waiting. On a callback channel: until the customer is reached. "
        "Of a message: until its answer is sent, when talk ends. By the clock of the type's target",
    ),
    _seconds("resolution_s", "arrival until wrap-up ends, by the clock of the type's target"),
    _seconds("talk_s", "talk, as long as it took"),
    _seconds("wrap_up_s", "wrap-up, as long as it took"),
    _seconds("paused_s", "talk and wrap-up that live contacts interrupted, and for how long"),
    _seconds("handle_s", "talk and wrap-up without the time for which they were interrupted"),
    _seconds("answered_s", "instant at which talk starts"),
    _seconds("talk_end_s", "instant at which talk ends"),
    _seconds("freed_s", "instant at which wrap-up ends"),
    _seconds("left_s", "instant at which it left unserved"),
    _seconds("offer_s", "instant at which a callback was offered"),
    _seconds("accepted_s", "instant at which the callback was accepted"),
    _seconds("due_s", "instant from which the promise runs"),
    _seconds("dialled_s", "instant of the first dial"),
    _seconds("callback_wait_s", "acceptance (callback channel: request) until the first dial"),
    Column("promise_kept", "boolean", "", "first dial within the promise; missing if none was due"),
    Column("attempts", "int32", "dials", "dials"),
    _seconds("announced_s", "the wait that was announced on arrival; missing if none was"),
    Column(
        "announcement_kept",
        "boolean",
        "",
        "answered live within the announced wait and its tolerance; missing unless it was answered "
        "or waited longer",
    ),
    Column("cause", "category", "", "why it came: first, redial, repeat, turn, after hours, …"),
    Column(
        "customer",
        "int32",
        "",
        "number of its customer in the replication, from 0, by first arrival; all contacts of a "
        "customer have the same",
    ),
    Column("attempt", "int32", "", "the customer's attempt, 0 the first"),
    Column("resolved", "boolean", "", "whether the matter was settled; missing if not served"),
)
"""Columns of `Run.contacts`: one row a contact, by arrival. Missing instants and times are NaN."""

CUSTOMER_COLUMNS: tuple[Column, ...] = (
    Column("customer", "int32", "", "number of the customer in the replication, from 0"),
    Column("day", "int32", "", "day of the horizon on which the customer first came, from 0"),
    Column("week", "category", "", "ISO week of that day, such as 2026-W48"),
    Column("contact_type", "category", "", "contact type of the first attempt"),
    Column("agent_group", "category", "", "group that served the customer last; missing if none"),
    Column("contacts", "int64", "contacts", "how often the customer came, in all ways"),
    _seconds("longest_wait_s", "the longest wait of these"),
    Column("left", "bool", "", "left unserved at least once, or was given up on"),
    Column("by_bot", "bool", "", "dealt with by self-service, and never by a person"),
    Column("broken_promise", "bool", "", "an announced wait or a callback's promise was not kept"),
    Column("resolved", "bool", "", "whether the matter was settled in the end"),
    Column("open", "bool", "", "still waiting, or owed a callback, when the horizon ended"),
    Column("score", "float64", "share", "latent satisfaction, 0 to 1"),
    Column("ease", "float64", "share", "the same without friendliness and bot: for CES"),
    Column("csat", "float64", "share", "probability of answering 4 or 5 of 5"),
    Column("promoter", "float64", "share", "probability of answering 9 or 10"),
    Column("detractor", "float64", "share", "probability of answering 0 to 6"),
    Column("ces", "float64", "of 7", "expected answer, 1 to 7"),
    Column("exceeded", "float64", "share", "probability that expectations were exceeded"),
    Column("met", "float64", "share", "probability that they were met, no more"),
    Column("missed", "float64", "share", "probability that they were missed"),
)
"""Columns of `Satisfaction.customers`: one row a customer of each replication."""

CONTACT_QUANTITIES: tuple[Column, ...] = (
    _count("offered", "contacts that arrived"),
    _count("handled", "served by an agent, live or called back"),
    _count("abandoned", "left the queue when patience ended"),
    _count("blocked", "turned back because the queue was full"),
    _count("balked", "left at once because of the wait that was announced"),
    _count("turned_away", "came outside the hours, or released when they ended"),
    _count("failed_callbacks", "took a callback and were not reached in any attempt"),
    _count("rang_in", "were owed a callback, and rang in before an agent was at it"),
    _count("passed_on", "self-service could not help: went on, or gave up"),
    _count("self_served", "self-service was enough"),
    _count("unresolved", "still waiting, or owed a callback, at the end of the horizon"),
    _count(
        "not_due",
        "of these, who may yet be answered within the target time, which ends after the horizon; "
        "not those who accepted a callback",
    ),
    _count("answered", "answered live; on a callback channel: reached"),
    _count("answered_within", "answered within the target time"),
    _count("abandoned_within", "abandoned within the target time"),
    _count("abandoned_quick", "abandoned within the scenario's short_abandon"),
    _count("let_in", "neither blocked nor turned away on arrival, and did not balk"),
    _seconds("wait_answered_s", "waits of the answered"),
    Column("wait_answered_sq", "float64", "s²", "squared waits of the answered"),
    _seconds("wait_all_s", "waits of those let in, however they ended"),
    _seconds("wait_abandoned_s", "waits of the abandoned"),
    _seconds("talk_s", "talk, as long as it took"),
    _seconds("wrap_up_s", "wrap-up, as long as it took"),
    _count("callbacks_offered", "waiting callers who were offered a callback"),
    _count("callbacks_accepted", "callers who accepted the offer"),
    _count("callbacks_owed", "accepted offers, and all requests on a callback channel"),
    _count("callbacks_dialled", "callbacks owed that were dialled at least once"),
    _count("callbacks_handled", "callbacks owed that were handled"),
    _seconds("callback_wait_s", "acceptance or request until the first dial, of those dialled"),
    _count(
        "promises_due",
        "accepted offers that were dialled, or whose promise ended before the customer rang in or "
        "the horizon ended",
    ),
    _count("promises_kept", "accepted offers first dialled within the promise"),
    Column("dials", "float64", "dials", "dials, answered or not"),
    _seconds("offered_work_s", "talk and wrap-up that the contacts bring, at handle factor 1"),
    _seconds(
        "callback_owed_s",
        "acceptance or request until the customer was reached, given up, rang in or the horizon "
        "ended",
    ),
    _count("announced", "heard an expected wait"),
    _count(
        "announcements_due",
        "heard an expected wait and stayed, and were answered live, or were on the line longer "
        "than that and its tolerance",
    ),
    _count("announcements_kept", "of these, answered within the announced wait and its tolerance"),
    _count("announced_answered", "heard an expected wait and were answered live"),
    _seconds("announcement_error_s", "their waits less what was announced"),
    _seconds("announcement_miss_s", "the same, each without its sign"),
    _count("waits_ended", "begun by an agent or left in this interval, whenever they arrived"),
    _seconds("resolution_s", "arrival until wrap-up ended, of the handled"),
    _seconds("paused_s", "time for which live contacts interrupted talk and wrap-up"),
    _count(
        "slots_booked",
        "callbacks booked into slots that begin in this interval, whenever the customer arrived; "
        "without those whose customer rang in before or when the slot began",
    ),
    _count("slot_places", "callbacks that fit into the slots on offer that begin in this interval"),
    _count("customers", "first attempts: each is a customer with a matter of its own"),
    _count("redials", "came back after leaving unserved, or after a callback that failed"),
    _count("repeats", "came back because the matter was not resolved"),
    _count("further_turns", "next turns of threads"),
    _count("after_hours", "came in another way after being turned away outside the hours"),
    _count("transfers", "were handed on by agents"),
    _count("from_front_door", "were passed on by self-service"),
    _count("ring_ins", "rang in while waiting for a callback"),
    _count("resolved", "served, by people or by self-service, so that the matter was settled"),
    _count("resolved_first", "of these: in the customer's first contact"),
    _seconds(
        "effort_s",
        "customers' time: waiting on the line, talking, at self-service; messages take none",
    ),
    _count("contacts_of_customers", "contacts whose customer first came to this type"),
    _count("customers_resolved", "of these: contacts that settled the matter"),
    _seconds("effort_of_customers_s", "time of customers who first came to this type"),
)
"""What is counted for each contact type and interval of arrival."""

GROUP_QUANTITIES: tuple[Column, ...] = (
    _seconds("scheduled_s", "paid time of the scheduled people"),
    _seconds("staffed_s", "agents on duty, and busy past the end of a session: busy and idle"),
    _seconds("busy_s", "agents with at least one contact open, or dialling"),
    _seconds("idle_s", "agents on duty with nothing open"),
    _seconds(
        "overtime_s", "busy outside the agent's sessions; past the horizon: in its last interval"
    ),
    _count("handled", "contacts handled, in their interval of arrival"),
)
"""What is counted for each agent group and interval. Exactly: staffed_s = busy_s + idle_s."""

BALANCE: tuple[str, ...] = (
    "handled",
    "abandoned",
    "blocked",
    "balked",
    "turned_away",
    "failed_callbacks",
    "rang_in",
    "passed_on",
    "self_served",
    "unresolved",
)
"""The outcomes that add up to ``offered``, exactly, in every interval."""

_WHEN = (
    Column("interval", "int32", "", "interval of the horizon, from 0"),
    Column("start", "datetime64", "", "start of the interval, local time with its time zone"),
    Column("day", "int32", "", "day of the horizon, from 0"),
)

_CONTACT_RATIOS = (
    Column("service_level", "float64", "share", "service level; NaN without a target or contacts"),
    Column("abandonment", "float64", "share", "abandoned ÷ offered"),
    _seconds("asa", "mean wait of the answered"),
    Column(
        "backlog",
        "float64",
        "contacts",
        "waiting when the period ends: arrived, neither begun by an agent nor left; with callbacks "
        "until the customer is reached",
    ),
    Column("offered_load", "float64", "erlangs", "offered_work_s ÷ length of the period"),
)

_GROUP_RATIOS = (Column("occupancy", "float64", "share", "busy_s ÷ staffed_s"),)

_TYPE = Column("contact_type", "category", "", "name of the contact type")
_GROUP = Column("agent_group", "category", "", "name of the agent group")

INTERVAL_COLUMNS: tuple[Column, ...] = (_TYPE, *_WHEN, *CONTACT_QUANTITIES, *_CONTACT_RATIOS)
"""Contact types by interval."""

GROUP_COLUMNS: tuple[Column, ...] = (_GROUP, *_WHEN, *GROUP_QUANTITIES, *_GROUP_RATIOS)
"""Agent groups by interval."""

DAY_COLUMNS: tuple[Column, ...] = (
    _TYPE,
    Column("date", "datetime64", "", "the day"),
    *CONTACT_QUANTITIES,
    *_CONTACT_RATIOS,
    Column(
        "meets_target", "float64", "share", "share of replications in which the day met the target"
    ),
)
"""Contact types by day."""

WEEK_COLUMNS: tuple[Column, ...] = (
    _TYPE,
    Column("week", "str", "", "ISO week, such as 2026-W48"),
    Column("date", "datetime64", "", "the week's first day in the horizon"),
    Column("days", "int64", "days", "its days in the horizon"),
    *CONTACT_QUANTITIES,
    *_CONTACT_RATIOS,
    Column(
        "meets_target", "float64", "share", "share of replications in which the week met the target"
    ),
)
"""Contact types by calendar week, Monday to Sunday."""

WORST_COLUMNS: tuple[str, ...] = (
    "contact_type",
    "week",
    "date",
    "days",
    "interval",
    "start",
    "offered",
    "offered_load",
    "service_level",
    "service_level_se",
    "abandonment",
    "asa",
    "meets_target",
)
"""What a list of the worst weeks or intervals shows of their columns."""

COST_COLUMNS: tuple[Column, ...] = (
    Column("agent_group", "str", "", "name of the agent group; empty for self-service"),
    Column("contact_type", "str", "", "name of the self-service; empty for an agent group"),
    Column("term", "str", "", "term of the contract"),
    Column("month", "str", "", "calendar month, such as 2026-11"),
    Column("quantity", "float64", "as in unit", "what is charged for"),
    Column("unit", "str", "", "unit of the quantity"),
    Column("amount", "float64", "currency", "money, mean over replications"),
)
"""Columns of the cost table."""
