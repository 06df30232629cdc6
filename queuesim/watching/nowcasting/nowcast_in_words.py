"""The rest of today as a note to a planner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from queuesim.model.wording import joined
from queuesim.results.measures import measure_named
from queuesim.results.service_level import DEFAULT
from queuesim.results.wording import number_text, range_text, text_table
from queuesim.watching.asked_types import served_types

if TYPE_CHECKING:
    from queuesim.watching.nowcasting.rest_of_day import Nowcast


def nowcast_in_words(ahead: Nowcast) -> str:
    """Return the note: how things stand, how busy it is, the day at its end, and what helps.

    Parameters
    ----------
    ahead : Nowcast

    Returns
    -------
    str
        Lines, without an end of line at the end.
    """
    horizon, state = ahead.scenario.horizon, ahead.state
    now = horizon.local(state.now_s)
    n = len(ahead.futures)
    busy = len(np.unique(state.busy["person"]))
    lines = [
        f"{ahead.scenario.name}, {now:%a %d %b %H:%M}: the rest of the day in {n:,} futures",
        f"  now: {len(state.waiting['kind'])} waiting, {busy} agents busy, "
        f"{len(state.callbacks['kind'])} callbacks owed",
    ]
    lines += [f"  {text}" for text in _busyness(ahead)]
    served = served_types(ahead.scenario)
    together = "all" if len(ahead.together) == len(served) else joined(ahead.together)
    rows = []
    for row in ahead.table.to_dict("records"):
        chance = row["chance_met"]
        lacks = ahead.lacking(row["measure"], contact_type=row["contact_type"] or None)
        gap = "unknown" if lacks or not row["contact_type"] else "–"
        asked = row["measure"] == "service_level"
        label = measure_named(row["measure"]).label
        rows.append(
            (
                row["contact_type"] or together,
                label if row["whole_day"] else f"{label}, from now on",
                number_text(row["median"], row["unit"]) if row["median"] == row["median"] else gap,
                range_text(row["low"], row["high"], row["unit"])
                if row["low"] == row["low"]
                else "–",
                number_text(row["target"], "share") if row["target"] == row["target"] else "–",
                number_text(chance, "share") if chance == chance else gap if asked else "–",
            )
        )
    header = ("at the end of the day", "", "median", "90 % of futures", "target", "P(met)")
    lines += [text_table(header, rows, words=2), f"  service level: {DEFAULT.formula}"]
    if ahead.helping:
        lines += ["", *_what_helps(ahead)]
    lines += [f"  note: {note}" for note in ahead.notes]
    return "\n".join(lines)


def _what_helps(ahead: Nowcast) -> list[str]:
    """Say what each action does: to the types by which it is ranked, and to each by itself."""
    scenario = ahead.scenario
    changes = ("P(met)", "change", "service level", "change (95 %)", "wait (95 %)")
    header = ("what helps", *changes, "cost")
    lines = [text_table(header, [each.cells(scenario.currency) for each in ahead.helping])]
    served = [scenario.contact_types[k] for k in served_types(scenario)]
    if len(served) > 1:
        rows = [
            (each.name, *(each.by_type[one.name].change_text() for one in served))
            for each in ahead.helping
        ]
        lines += ["", text_table(("each type by itself", *(one.name for one in served)), rows)]
        lines.append(f"  {_of_what(ahead, [one.name for one in served])}")
        others = [one.name for one in served if one.name not in ahead.ranked]
        aside = f"; {joined(others)} aside" if others else ""
        together = " together" if len(ahead.ranked) > 1 else ""
        lines.append(f"  ranked by the day of {joined(ahead.ranked)}{together}{aside}")
    return [
        *lines,
        "  each action on the same futures; changes are means over them",
        "  cost at the contracts' rates for the rest of the day; monthly minimums, fees, volume "
        "prices and bonuses aside",
    ]


def _of_what(ahead: Nowcast, served: Sequence[str]) -> str:
    """Say what the effects on each type by itself are changes of."""
    waits = [
        name
        for name in served
        if all(np.isnan(each.by_type[name].level_change) for each in ahead.helping)
    ]
    if not waits:
        return "change of the service level (95 %)"
    if len(waits) == len(served):
        return "change of the mean wait of those who wait now or come (95 %)"
    return (
        f"change of the service level (95 %); of {joined(waits)}, of the mean wait of those who "
        "wait now or come"
    )


def _busyness(ahead: Nowcast) -> list[str]:
    """Say of each contact type how busy it has been, and as how busy the rest is taken."""
    today, found = ahead.futures.today, []
    for k, each in enumerate(ahead.scenario.contact_types):
        if today.planned[k] > 0:
            more = today.counted[k] / today.planned[k] - 1
            low, high = np.quantile(today.factor[:, k], (0.05, 0.95))
            text = f"{each.name}: {today.counted[k]:,.0f} so far, {more:+.0%} against plan"
            rest = f"; the rest is taken as {low - 1:+.0%} to {high - 1:+.0%}"
            found.append(text + (rest if high > low else "; the rest is taken as planned"))
    return found
