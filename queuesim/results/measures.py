"""The measures, each with its definition: what is summed, divided by what, which way is better.

A measure is a ratio of sums over everything asked for (contact types, intervals, replications): a
ratio of means, never a mean of ratios. A day with ten contacts does not weigh as much as one with a
thousand.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from queuesim.results.service_level import DEFAULT, ServiceLevel

Better = Literal["high", "low"] | None
Of = Literal["contacts", "groups", "money", "waits"]


@dataclass(frozen=True)
class Measure:
    """A measure and its definition.

    Attributes
    ----------
    name : str
        As `Result.measure` knows it.
    label : str
        As tables print it.
    unit : str
        ``share``, ``s``, ``h``, ``contacts``, ``contacts each`` (a mean of few) or ``currency``.
    meaning : str
    numerator, denominator : str
        Sums of quantities (`schema.CONTACT_QUANTITIES`, `schema.GROUP_QUANTITIES`), or
        ``replications``. Percentiles of waits have none.
    better : {"high", "low"} or None
    of : {"contacts", "groups", "money", "waits"}
        What it is measured on; a contact type or an agent group can be asked for accordingly.
    per : float
        Quantities are divided by it: 3600 for hours.
    needs_target : bool
        Whether contact types without a target are left out.
    """

    name: str
    label: str
    unit: str
    meaning: str
    numerator: str
    denominator: str
    better: Better
    of: Of = "contacts"
    per: float = 1.0
    needs_target: bool = False


def _number(quantity: str, label: str, meaning: str, better: Better = None) -> Measure:
    return Measure(quantity, label, "contacts", meaning, quantity, "replications", better)


def _share(name: str, label: str, numerator: str, denominator: str, better: Better) -> Measure:
    meaning = f"{numerator} ÷ {denominator}".replace("_", " ")
    return Measure(name, label, "share", meaning, numerator, denominator, better)


def _mean_s(name: str, label: str, meaning: str, numerator: str, denominator: str) -> Measure:
    better: Better = None if name == "aht" else "low"
    return Measure(name, label, "s", meaning, numerator, denominator, better)


def _hours(name: str, label: str, meaning: str, quantity: str, better: Better) -> Measure:
    return Measure(
        name, label, "h", meaning, quantity, "replications", better, of="groups", per=3600.0
    )


_ALL = (
    Measure(
        "service_level",
        "service level",
        "share",
        DEFAULT.formula,
        DEFAULT.numerator,
        DEFAULT.denominator,
        "high",
        needs_target=True,
    ),
    _share("abandonment", "abandoned", "abandoned", "offered", "low"),
    _share("blocking", "blocked share", "blocked", "offered", "low"),
    _share("balking", "balked share", "balked", "offered", "low"),
    _mean_s("asa", "ASA", "mean wait of the answered", "wait_answered_s", "answered"),
    _mean_s("wait", "mean wait", "mean wait of all who were let in", "wait_all_s", "let_in"),
    _mean_s(
        "time_to_abandon",
        "time to abandon",
        "mean wait of the abandoned",
        "wait_abandoned_s",
        "abandoned",
    ),
    _mean_s(
        "aht",
        "AHT",
        "mean talk and wrap-up, as they took, without interruptions",
        "talk_s + wrap_up_s - paused_s",
        "handled",
    ),
    _mean_s(
        "time_to_resolution",
        "time to resolution",
        "mean time from arrival to the end of wrap-up",
        "resolution_s",
        "handled",
    ),
    _mean_s(
        "interruption",
        "interrupted",
        "mean time for which live contacts interrupted the work",
        "paused_s",
        "handled",
    ),
    _number("offered", "offered", "contacts that arrived, per replication"),
    _number("handled", "handled", "contacts served, live or called back, per replication", "high"),
    _number("answered", "answered", "contacts answered live, per replication", "high"),
    _number("abandoned", "abandoned", "contacts that gave up, per replication", "low"),
    _number("blocked", "blocked", "contacts that met a full queue, per replication", "low"),
    _number("balked", "balked", "left because of an announced wait, per replication", "low"),
    _number("turned_away", "turned away", "contacts outside hours, per replication", "low"),
    _number("failed_callbacks", "not reached", "callbacks not reached, per replication", "low"),
    _number("rang_in", "rang in", "rang in while owed a callback, per replication", "low"),
    _number("unresolved", "unresolved", "contacts left at the end, per replication", "low"),
    _number("not_due", "not due", "unanswered at the end, and still within T, per replication"),
    Measure(
        "callbacks",
        "callbacks",
        "contacts",
        "offers accepted and callbacks asked for, per replication",
        "callbacks_owed",
        "replications",
        None,
    ),
    _share("callback_take_up", "take-up", "callbacks_accepted", "callbacks_offered", None),
    _share("callbacks_reached", "reached", "callbacks_handled", "callbacks_owed", "high"),
    _mean_s(
        "time_to_callback",
        "time to first dial",
        "mean time from acceptance or request to the first dial",
        "callback_wait_s",
        "callbacks_dialled",
    ),
    _share("ringing_in", "rang in meanwhile", "rang_in", "callbacks_owed", "low"),
    _number("slot_places", "slot places", "callbacks that fit into the slots, per replication"),
    _number("slots_booked", "booked", "callbacks booked into slots, per replication"),
    _share("slots_used", "slots used", "slots_booked", "slot_places", None),
    _number(
        "customers", "customers", "first contacts, each with a matter of its own, per replication"
    ),
    _number("redials", "redials", "came back after leaving unserved, per replication", "low"),
    _number("repeats", "repeat contacts", "came back because not resolved, per replication", "low"),
    _number("ring_ins", "ring-ins", "rang in instead of a callback, per replication", "low"),
    _number("passed_on", "passed on", "self-service could not help, per replication", "low"),
    _number("from_front_door", "from front door", "went on after self-service, per replication"),
    _number("self_served", "self-served", "self-service was enough, per replication"),
    _share("resolved", "resolved", "resolved", "offered", "high"),
    _share("resolved_in_one", "resolved in one", "resolved_first", "customers", "high"),
    Measure(
        "contacts_per_customer",
        "contacts per customer",
        "contacts each",
        "contacts of customers who first came to the type ÷ these customers",
        "contacts_of_customers",
        "customers",
        "low",
    ),
    _mean_s(
        "effort",
        "customers' time",
        "mean time of customers who first came to the type: waiting, talking, at self-service, "
        "over all their contacts",
        "effort_of_customers_s",
        "customers",
    ),
    _share("containment", "contained", "self_served", "self_served + passed_on", "high"),
    _share("promise_kept", "promise kept", "promises_kept", "promises_due", "high"),
    _mean_s(
        "time_owed",
        "time owed",
        "mean time from acceptance or request until reached, given up, rung in or the end",
        "callback_owed_s",
        "callbacks_owed",
    ),
    _number("announced", "told a wait", "contacts that heard an expected wait, per replication"),
    _share(
        "announcement_kept",
        "announced wait kept",
        "announcements_kept",
        "announcements_due",
        "high",
    ),
    Measure(
        "announcement_error",
        "wait − announced",
        "s",
        "mean wait of the answered less what was announced to them",
        "announcement_error_s",
        "announced_answered",
        None,
    ),
    _mean_s(
        "announcement_miss",
        "announced off by",
        "mean distance between wait and announced wait, of the answered",
        "announcement_miss_s",
        "announced_answered",
    ),
    Measure(
        "occupancy",
        "occupancy",
        "share",
        "busy ÷ staffed",
        "busy_s",
        "staffed_s",
        None,
        of="groups",
    ),
    _hours(
        "paid_hours", "paid", "hours of the scheduled people, per replication", "scheduled_s", "low"
    ),
    _hours("staffed_hours", "staffed", "hours on duty, per replication", "staffed_s", None),
    _hours("busy_hours", "busy", "hours with contacts open, per replication", "busy_s", None),
    _hours(
        "overtime_hours", "overtime", "hours past sessions, per replication", "overtime_s", "low"
    ),
    Measure(
        "cost",
        "cost",
        "currency",
        "money, per replication",
        "cost",
        "replications",
        "low",
        of="money",
    ),
    Measure(
        "cost_per_handled",
        "cost per handled",
        "currency",
        "cost ÷ handled",
        "cost",
        "handled",
        "low",
        of="money",
    ),
    Measure(
        "wait_p50",
        "wait p50",
        "s",
        "half of the answered waited no longer",
        "",
        "",
        "low",
        of="waits",
    ),
    Measure(
        "wait_p90",
        "wait p90",
        "s",
        "90 % of the answered waited no longer",
        "",
        "",
        "low",
        of="waits",
    ),
    Measure(
        "wait_p95",
        "wait p95",
        "s",
        "95 % of the answered waited no longer",
        "",
        "",
        "low",
        of="waits",
    ),
)

MEASURES: dict[str, Measure] = {measure.name: measure for measure in _ALL}
"""All measures by name. Any other percentile is known too: ``wait_p80``, ``wait_all_p80``."""

_PERCENTILE = re.compile(r"wait_(all_)?p(\d{1,2}(?:\.\d+)?)")


def measure_named(name: str, definition: ServiceLevel | str = DEFAULT) -> Measure:
    """Look a measure up.

    Parameters
    ----------
    name : str
    definition : ServiceLevel or str
        Which service level is meant.

    Returns
    -------
    Measure

    Raises
    ------
    ValueError
        For a name that is not known; the message lists the names.

    Examples
    --------
    >>> measure_named("asa").meaning
    'mean wait of the answered'
    """
    if name == "service_level":
        level = service_level_named(definition)
        return replace(
            MEASURES[name],
            meaning=level.formula,
            numerator=level.numerator,
            denominator=level.denominator,
        )
    if name in MEASURES:
        return MEASURES[name]
    if isinstance(name, str) and (match := _PERCENTILE.fullmatch(name)):
        of_all, percent = match.groups()
        who = "all let in" if of_all else "the answered"
        label = f"wait p{percent}{' of all' if of_all else ''}"
        meaning = f"{percent} % of {who} waited no longer"
        return Measure(name, label, "s", meaning, "", "", "low", of="waits")
    raise ValueError(unknown("measure", name, MEASURES))


def percentile_of(measure: Measure) -> tuple[float, bool]:
    """Return the share that a percentile measure means, and whether it is of all let in."""
    match = _PERCENTILE.fullmatch(measure.name)
    assert match is not None
    return float(match[2]) / 100, match[1] is not None


def service_level_named(definition: ServiceLevel | str) -> ServiceLevel:
    """Return a definition of service level by its name."""
    try:
        return ServiceLevel(definition)
    except ValueError:
        raise ValueError(
            unknown("definition of service level", definition, list(ServiceLevel))
        ) from None


def unknown(what: str, given: object, known: object) -> str:
    """Return what to say about a name that is not known: the likely one, and the list."""
    listed = [str(name) for name in known]  # type: ignore[attr-defined]
    folded = {name.casefold().replace(" ", "_"): name for name in listed}
    close = difflib.get_close_matches(
        str(given).casefold().replace(" ", "_"), folded, n=1, cutoff=0.55
    )
    likely = f" Did you mean {folded[close[0]]!r}?" if close else ""
    return f"there is no {what} {given!r}.{likely} Known: {', '.join(listed)}."


def combine(expression: str, column: Callable[[str], NDArray[np.float64]]) -> NDArray[np.float64]:
    """Work out a sum of quantities, such as ``offered - abandoned_within``.

    Parameters
    ----------
    expression : str
    column : callable
        Returns the array of a quantity.

    Returns
    -------
    numpy.ndarray
    """
    words = expression.split()
    total = column(words[0])
    for sign, quantity in zip(words[1::2], words[2::2], strict=True):
        total = total + column(quantity) if sign == "+" else total - column(quantity)
    return total
