"""The parts of the summary page: contacts, callbacks, agent groups, money, theory, notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from queuesim.model import Channel
from queuesim.results.beside_theory import MEASURES_OF_THEORY, beside_theory
from queuesim.results.confidence import Estimate, ratio
from queuesim.results.measures import MEASURES
from queuesim.results.service_level import CALLBACKS_COUNT, NOT_DUE
from queuesim.results.wording import number_text, plus_minus_text, text_table
from queuesim.units import format_duration

if TYPE_CHECKING:
    from queuesim.results.result import Result

_ALL = "all"
_BY_ITSELF = Channel.SELF_SERVICE
_OF_SELF_SERVICE = ("self_served", "passed_on")
_LOST = ("blocked", "balked", "turned_away", "failed_callbacks", "rang_in", "unresolved", "not_due")


def heading(result: Result, confidence: float) -> str:
    """Return what was simulated, how, and what the numbers are."""
    horizon = result.scenario.horizon
    first, last = horizon.dates[0], horizon.dates[-1]
    when = f"{first:%a %Y-%m-%d}" + (f" to {last:%a %Y-%m-%d}" if horizon.days > 1 else "")
    days = f"{horizon.days} day{'s' * (horizon.days > 1)}"
    n = result.replications
    many = f"{n:,} replication{'s' * (n > 1)}"
    sure = f"± {100 * confidence:g} % confidence" if n > 1 else "no intervals from one"
    return "\n".join(
        (
            f"{result.scenario.name}: {when}, {days}, {horizon.timezone}",
            f"{many}, seed {result.seed}, {result.engine} engine, queuesim {result.version}",
            f"Numbers are means per replication of {days}, {sure}. Ratios are ratios of sums.",
        )
    )


def contacts(result: Result, confidence: float) -> str:
    """Return the table of contact types."""
    layout, scenario = result.layout, result.scenario
    several = len(layout.types) > 1
    names: list[str | None] = [*layout.types, *([None] if several else [])]
    lost = [name for name in _LOST if result.measure(name).value > 0]
    by_itself = {each.name for each in scenario.contact_types if each.channel is _BY_ITSELF}
    lost = [*(_OF_SELF_SERVICE if by_itself else ()), *lost]
    shown = ["offered", "handled", "service_level", "abandonment", "asa", "wait_p90", *lost]
    live = result.layout.live
    rows = []
    for name in names:
        cells = {
            measure: _cell(result.measure(measure, contact_type=name, confidence=confidence))
            for measure in shown
        }
        if live and not name:
            for measure in ("asa", "wait_p90"):
                pooled = result.measure(measure, contact_type=live, confidence=confidence)
                cells[measure] = _cell(pooled)
        if by_itself and name:
            apart = ("handled",) if name in by_itself else _OF_SELF_SERVICE
            cells |= dict.fromkeys(apart, "–")
        target, met = "", ""
        stated = scenario.contact_type(name) if name else None
        if stated and stated.target:
            target = f"{100 * stated.target.share:g} % in {format_duration(stated.target.within)}"
        if (stated and stated.target) or (not name and layout.has_target.any()):
            estimate = result.share_of_days_meeting_target(contact_type=name, confidence=confidence)
            met = _short_range(estimate)
        label = f"{name} ({stated.channel})" if stated else _ALL
        order = [cells[m] for m in ("offered", "handled", "service_level")]
        rest = [cells[m] for m in shown[3:]]
        rows.append([label, *order, target, met, *rest])
    labels = [MEASURES[m].label for m in shown]
    header = ["contacts", *labels[:3], "target", "days meeting it", *labels[3:]]
    text = text_table(header, rows, indent=0)
    lines = [text, f"  service level: {result.definition.formula}, by interval of arrival"]
    if several and layout.has_target.any():
        lines[-1] += "; all: contact types with a target, pooled"
        lines.append("  days meeting it, all: days on which every contact type met its own target")
    lines.append("  ASA and percentiles (p90: 90 % waited no longer): waits of the answered")
    if live:
        lines[-1] += f"; all: {', '.join(live)}, without messages"
    if any(each.callback for each in scenario.contact_types):
        lines.append(f"  {CALLBACKS_COUNT}")
    if "not_due" in lost:
        lines.append(f"  {NOT_DUE}")
    return "\n".join(lines)


def callbacks(result: Result, confidence: float) -> str:
    """Return the table of callbacks, where there are any."""
    shown = ["callbacks", "callback_take_up", "callbacks_reached"]
    if result.measure("rang_in").value > 0:
        shown.append("ringing_in")
    shown += ["time_to_callback", "promise_kept"]
    if result.layout.books.any():
        shown += ["slots_booked", "slots_used"]
    return _where_any(result, confidence, "callbacks", shown, ("owed",))


def announcements(result: Result, confidence: float) -> str:
    """Return the table of announced waits, where there are any."""
    shown = (
        "announced",
        "balking",
        "announcement_kept",
        "announcement_error",
        "announcement_miss",
    )
    return _where_any(result, confidence, "announcements", shown)


def customers(result: Result, confidence: float) -> str:
    """Return the table of customers, where any may come again or be left unresolved."""
    if not result.layout.comes_again:
        return ""
    shown = ["customers", "contacts_per_customer", "resolved_in_one", "effort"]
    shown += ["redials", "repeats", "containment"]
    if result.measure("ring_ins").value > 0:
        shown.insert(-1, "ring_ins")
    table = _where_any(result, confidence, "customers first to", shown)
    if not table:
        return ""
    means = "a customer: a first contact with all that follow; redials …: came as this type"
    if any(each.channel is Channel.MESSAGE for each in result.scenario.contact_types):
        means += "; nobody sits and waits for the answer to a message, which counts no time"
    return f"{table}\n  {means}"


def _where_any(
    result: Result,
    confidence: float,
    title: str,
    shown: Sequence[str],
    labels: tuple[str, ...] = (),
) -> str:
    """Return a table of the contact types for which the first measure is above 0.

    The first columns may have labels of their own.
    """
    rows = []
    for name in result.layout.types:
        if result.measure(shown[0], contact_type=name).value > 0:
            estimates = [result.measure(m, contact_type=name, confidence=confidence) for m in shown]
            cells = dict(zip(shown, map(_cell, estimates), strict=True))
            if "effort" in cells and estimates[list(shown).index("effort")].value == 0:
                cells["effort"] = "–"  # messages: no time of the customer's is counted
            rows.append([name, *cells.values()])
    if not rows:
        return ""
    header = [*labels, *(MEASURES[m].label for m in shown[len(labels) :])]
    return text_table([title, *header], rows, indent=0)


def groups(result: Result, confidence: float) -> str:
    """Return the table of agent groups."""
    shown = ("paid_hours", "staffed_hours", "busy_hours", "overtime_hours", "occupancy", "handled")
    layout = result.layout
    names: list[str | None] = [*layout.groups, *([None] if len(layout.groups) > 1 else [])]
    rows = [
        [
            name or _ALL,
            *(_cell(result.measure(m, agent_group=name, confidence=confidence)) for m in shown),
        ]
        for name in names
    ]
    return text_table(["agent groups", *(MEASURES[m].label for m in shown)], rows, indent=0)


def money(result: Result, confidence: float) -> str:
    """Return the bill by agent group, self-service and term; months are in `Result.cost_table`."""
    currency = result.scenario.currency
    rows: list[list[str]] = []
    groups, types = result.layout.groups, result.layout.types
    for group, kind in [*((group, "") for group in groups), *(("", kind) for kind in types)]:
        own = [x for x in result.cost_lines if (x.agent_group, x.contact_type) == (group, kind)]
        for term in dict.fromkeys(line.term for line in own):
            lines = [line for line in own if line.term == term]
            quantity = sum((line.quantity for line in lines), np.zeros(result.replications))
            amount = sum((line.amount for line in lines), np.zeros(result.replications))
            ones = np.ones(result.replications)
            what = number_text(float(quantity.mean()), lines[0].unit) if quantity.any() else ""
            paid = ratio(amount, ones, confidence=confidence, unit=currency)
            rows.append([f"{group or kind}: {term}", what, _cell(paid)])
        if group and len(groups) > 1:
            paid = result.measure("cost", agent_group=group, confidence=confidence)
            rows.append([f"{group}: total", "", _cell(paid)])
    rows.append(["total", "", _cell(result.measure("cost", confidence=confidence))])
    each = result.measure("cost_per_handled", confidence=confidence)
    rows.append(["per handled contact", "", _cell(each)])
    return text_table(["money", "quantity", "amount"], rows, indent=0)


def beside_theory_section(result: Result) -> str:
    """Return what queueing theory says of the same plan."""
    rows, lines = [], []
    limited = any(c.queue_limit is not None for c in result.scenario.contact_types)
    shown = [m for m in MEASURES_OF_THEORY if limited or m != "blocking"]
    for name in result.layout.types:
        said = beside_theory(result.totals, name, definition=result.definition)
        if said.why_not:
            lines.append(f"  {name}: no formula applies, because {said.why_not}")
            continue
        for label, values in (
            ("simulated", [_simulated(result, m, name) for m in shown]),
            (said.model, [said.values.get(m, float("nan")) for m in shown]),
        ):
            cells = [
                number_text(value, MEASURES[m].unit) for m, value in zip(shown, values, strict=True)
            ]
            rows.append([name if label == "simulated" else "", label, *cells])
        if said.caveats:
            lines.append(f"  {name}: {said.model} leaves out that {', and '.join(said.caveats)}")
    header = ["theory", "", *(MEASURES[m].label for m in shown)]
    return "\n".join([text_table(header, rows, words=2, indent=0) if rows else "theory", *lines])


def notes(result: Result, confidence: float) -> str:
    """Return what else the reader should know."""
    said = [*result.notes]
    n = result.replications
    if n == 1:
        said.append("1 replication: one possible course of events, and no interval")
    elif n < 10:
        said.append(f"{n} replications: intervals from so few are rough")
    waiting = result.measure("unresolved").value
    if waiting > 0:
        said.append(
            f"{number_text(waiting, 'contacts')} contacts per replication were still waiting, or "
            "owed a callback, at the end of the horizon"
        )
    worst = _worst(result)
    if worst:
        said.append(worst)
    without = [
        name
        for name, has in zip(result.layout.types, result.layout.has_target, strict=True)
        if not has
    ]
    if without:
        said.append(f"no target, so no service level: {', '.join(without)}")
    return "\n".join(["notes", *(f"  {line}" for line in said)]) if said else ""


def _worst(result: Result) -> str:
    """Say when the service level is lowest: in which week or, of a short horizon, interval."""
    weekly = len(result.layout.weeks) > 2
    table = result.worst_weeks(1) if weekly else result.worst_intervals(1)
    if table.empty:
        return ""
    row = table.iloc[0]
    when = row["week"] if weekly else f"{row['start']:%a %Y-%m-%d %H:%M}"
    level, offered = (
        number_text(row["service_level"], "share"),
        number_text(row["offered"], "contacts"),
    )
    return (
        f"lowest service level of {'a week' if weekly else 'an interval'}: {level} for "
        f"{row['contact_type']}, {when}, {offered} offered"
    )


def _simulated(result: Result, measure: str, contact_type: str) -> float:
    if MEASURES[measure].of == "groups":
        serving = [g.name for g in result.scenario.agent_groups if g.skill(contact_type)]
        return result.measure(measure, agent_group=serving[0]).value
    return result.measure(measure, contact_type=contact_type).value


def _cell(estimate: Estimate) -> str:
    """Write an estimate, with ± where that is fair: the interval is even around it, or nearly."""
    below, above = estimate.value - estimate.low, estimate.high - estimate.value
    if estimate.bounds and max(below, above) > 2 * min(below, above) and estimate.unit == "s":
        return estimate.text
    return plus_minus_text(estimate.value, estimate.half_width, estimate.unit)


def _short_range(estimate: Estimate) -> str:
    value = f"{100 * estimate.value:.0f}"
    if np.isnan(estimate.half_width):
        return f"{value} %" if not np.isnan(estimate.value) else "–"
    return f"{value} ({100 * estimate.low:.0f} to {100 * estimate.high:.0f}) %"
