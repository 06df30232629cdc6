"""A diagnosis in plain words."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from queuesim.model import Channel
from queuesim.model.wording import joined
from queuesim.watching.diagnosing.front_door import fed_by

if TYPE_CHECKING:
    from queuesim.watching.diagnose import Diagnosis

_WORDS = {
    "contacts": ("more contacts than planned", "fewer contacts than planned"),
    "mix": ("another mix of contacts", "another mix of contacts"),
    "handling": ("longer handling", "shorter handling"),
    "people": ("fewer people than planned", "more people than planned"),
    "patience": ("customers' patience", "customers' patience"),
    "routing": ("routing", "routing"),
    "unexplained": ("not explained by the tables given",) * 2,
    "chance": ("what chance alone explains", "what chance alone explains"),
}


def words_for(cause: str, amount: float) -> str:
    """Return a cause in words, by the direction in which it works."""
    return _WORDS[cause][int(amount < 0)]


def whose(what: str, diagnosis: Diagnosis) -> str:
    """Return what is explained, with the contact types it is of, unless it is of all who wait."""
    served = [c for c in diagnosis.scenario.contact_types if c.channel is not Channel.SELF_SERVICE]
    theirs = diagnosis.contact_types
    return what if len(theirs) == len(served) else f"{what} of {joined(theirs)}"


def in_words(diagnosis: Diagnosis) -> str:
    """Return the note to a planner."""
    d = diagnosis
    waits = d.measure == "wait"

    def shown(value: float, sign: bool = False) -> str:
        form = "+" if sign else ""
        return f"{value:{form},.1f} s" if waits else f"{100 * value:{form},.1f} points"

    what = whose("mean wait of the answered" if waits else "abandonment", d)
    lines = [
        f"{d.scenario.name}, {d.since} to {d.until}: {what} {shown(d.observed)}, "
        f"{shown(d.expected)} by the plan ({shown(d.expected_low)} to {shown(d.expected_high)} "
        f"on {d.confidence:.0%} of such days)",
        f"The difference, {shown(d.excess, True)}, is made of:"
        if d.surprising
        else f"The difference, {shown(d.excess, True)}, is no more than such days bring: amounts, "
        f"and no shares of it. It is made of:",
    ]
    width = max(len(words_for(row.cause, row.amount)) for row in _rows(d))
    for row in _rows(d):
        if row.amount == 0 and (row.cause != "chance" or not d.explained):
            continue
        share = "" if row.share != row.share or not d.surprising else f"{row.share:5.0%}"
        span = f"({shown(row.low, True)} to {shown(row.high, True)})"
        line = (
            f"  {shown(row.amount, True):>10} {share}  {words_for(row.cause, row.amount):<{width}}"
        )
        line += f"  {span}"
        lines.append(line)
        for part in _rows(d, parts=True):
            if part.cause == row.cause:
                lines.append(f"  {shown(part.amount, True):>10}          of it {part.part}")
    for name in d.culprits:
        fed = fed_by(d.scenario)[name]
        rose = f"{joined(fed)} rose together" if len(fed) > 1 else f"{fed[0]} rose"
        lines.append(f"{rose}, and nothing else did: {name} is the likely culprit.")
    if not d.table.loc[~d.table["cause"].isin(["unexplained", "chance"]), d.amount].any():
        lines += _without_a_cause(d)
    if not d.explained:
        rare = d.table.loc[d.table["cause"] == "unexplained", "unusual"].iloc[0]
        look = "something that is not in these tables is at work, another routing say (routed=)."
        if d.missing:
            first, *others = d.missing
            also = f"; then {joined(others)}" if others else ""
            look = f"look first at what was not given: {first}{also}."
        lines.append(f"Chance alone would leave so much in {rare:.0%} of such days: {look}")
    lines += d.notes
    lines.append(f"{d.confidence:.0%} intervals, {d.replications} replications, seed {d.seed}")
    return "\n".join(lines)


def _without_a_cause(d: Diagnosis) -> list[str]:
    """Say what to make of a difference that no input carries."""
    if not d.surprising or not d.explained:
        return ["No input is off by more than on ordinary days."]
    lines = [
        "No input by itself is off by more than on ordinary days; all together are: so far from "
        f"the plan are {1 - d.confidence:.0%} of such days."
    ]
    if datetime.fromisoformat(d.until) - datetime.fromisoformat(d.since) > _LONG:
        lines.append(
            "What worked for some hours fades in so long a window: name the hours (since=, "
            "until=); an alarm of detect says since when."
        )
    return lines


_LONG = timedelta(hours=8)


def _rows(diagnosis: Diagnosis, parts: bool = False) -> list[Any]:
    frame = diagnosis.parts if parts else diagnosis.table
    frame = frame.rename(columns={diagnosis.amount: "amount"})
    return list(frame.itertuples(index=False))
