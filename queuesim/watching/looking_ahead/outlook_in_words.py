"""An outlook as a note to a planner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from queuesim.model import Channel
from queuesim.results.service_level import CALLBACKS_COUNT
from queuesim.results.wording import number_text
from queuesim.units import format_duration
from queuesim.watching.looking_ahead.lacking import MOST

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from queuesim.model import ContactType
    from queuesim.watching.outlook import By, Outlook

_SHOWN = 5
_RISKY = 0.5
_LEAST_SHORT = 0.05
"""Erlangs that are printed as 0.1."""


def outlook_in_words(ahead: Outlook) -> str:
    """Return the note: how much is at risk, the worst weeks and half-hours, what they lack."""
    layout, scenario = ahead.layout, ahead.scenario
    first, last = layout.dates[0], layout.dates[-1]
    lines = [f"{scenario.name}, {first:%a %Y-%m-%d} to {last:%a %Y-%m-%d}"]
    lines += [_of_type(ahead, each) for each in scenario.contact_types if _is_asked(ahead, each)]
    if any(each.target for each in scenario.contact_types):
        if len(layout.weeks) > 1:
            lines += _worst(ahead, "week")
        often = len(ahead.worst(1, people=False)) > 0  # else no half-hour is like another
        lines += _worst(ahead, "interval" if often else "day")
    else:
        lines.append("No contact type has a target.")
    means = ahead.definition.formula
    if any(each.callback for each in scenario.contact_types):
        means += f"; {CALLBACKS_COUNT}"
    lines.append(
        f"{ahead.replications:,} replications, seed {ahead.seed}; service level: "
        f"{means}. Agents lacking: the fewest on duty throughout that time "
        f"beside the plan's with whom P(target missed) is at most {ahead.acceptable:.0%} there, by "
        f"simulation of the same replications; in brackets its 95 % interval."
    )
    return "\n".join(lines)


def _is_asked(ahead: Outlook, each: ContactType) -> bool:
    served = each.channel is not Channel.SELF_SERVICE
    return served and (each.target is not None or each.name in ahead.wait_s)


def _of_type(ahead: Outlook, each: ContactType) -> str:
    """Return in how many intervals, and on how many days, a type is more at risk than not."""
    rows, days = (table[table["contact_type"] == each.name] for table in (ahead.table, ahead.days))
    said = f"{each.name}, no target: "
    if each.target is not None:
        known, open_ = rows["p_missed"].notna(), days["p_missed"].notna()
        said = (
            f"{each.name}, {each.target.share:.0%} within {format_duration(each.target.within)}: "
            f"more likely missed than met in {(rows['p_missed'] >= _RISKY).sum():,} of "
            f"{known.sum():,} intervals and on {(days['p_missed'] >= _RISKY).sum():,} of "
            f"{open_.sum():,} days; "
        )
    wait = format_duration(ahead.wait_s[each.name])
    long = int((rows["p_wait"] >= _RISKY).sum())
    many = f"{long:,} interval{'' if long == 1 else 's'}"
    return f"{said}the mean wait is more likely above {wait} than not in {many}"


_DAYS_A_WEEK = 7


def _worst(ahead: Outlook, by: By) -> list[str]:
    worst = ahead.worst(_SHOWN, by=by)
    if not len(worst):
        return [f"Less than one contact a {by} in the median: no {by} is told."]
    worst = worst[worst["p_missed"] > 0]
    if not len(worst):
        return [f"No {by} missed a target in any replication."]
    lines = [f"The worst {by}s:"]
    return lines + [_line(row, by) for row in worst.to_dict("records")]


_WHEN = {"interval": "start", "day": "date"}
_FORMAT = {"interval": "%a %Y-%m-%d %H:%M", "day": "%a %Y-%m-%d"}


def _line(row: Mapping[Hashable, object], by: By) -> str:
    when = f"{row['week']}" if by == "week" else f"{row[_WHEN[by]]:{_FORMAT[by]}}"
    if by == "week" and int(str(row["days"])) < _DAYS_A_WEEK:
        days = int(str(row["days"]))
        when += f" ({days} day{'' if days == 1 else 's'} of it)"
    wait = number_text(float(str(row["wait_p50"])), "s")
    said = (
        f"  {when}  {row['contact_type']}: P(target missed) {row['p_missed']:.0%}, service "
        f"level {row['service_level_p50']:.0%} ({row['service_level_p05']:.0%} to "
        f"{row['service_level_p95']:.0%}), mean wait {wait}"
    )
    lacks = float(str(row["lacks"]))
    if lacks > 0:
        many = "agent" if lacks == 1 else "agents"
        said += (
            f"; lacks {lacks:.0f} {many} of {row['agent_group']}: missed in {row['p_left']:.0%} "
            f"with them ({row['p_left_low']:.0%} to {row['p_left_high']:.0%})"
        )
    elif lacks != lacks and row["agent_group"] is None:
        said += "; nobody who serves it is there"
    elif lacks != lacks:
        said += f"; {MOST} more people of {row['agent_group']} then are not enough"
    if float(str(row["short"])) >= _LEAST_SHORT:
        said += f"; {row['short']:.1f} erlangs more live work than people there carry at best"
    return said
