"""What may well be, and more likely is a table that is not complete, or news that the plan has not
heard of: told as notes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.special import gammaincc

from queuesim.model import Channel
from queuesim.watching.nowcasting.busyness_so_far import Today
from queuesim.watching.state import Standing

_HARDLY = 0.001
"""A day of the plan is as busy as this one, or busier, less often."""


def oddities_now(state: Standing, today: Today) -> Iterator[str]:
    """Yield what a planner should look at.

    Parameters
    ----------
    state : Standing
    today : Today
        How busy it is.
    """
    yield from _free_while_others_wait(state)
    yield from _more_than_the_plan(state)
    yield from _beyond_the_plan(state, today)


def _free_while_others_wait(state: Standing) -> Iterator[str]:
    types = state.scenario.contact_types
    for g, group in enumerate(state.scenario.agent_groups):
        at_once = [
            k
            for k, each in enumerate(types)
            if each.channel in (Channel.PHONE, Channel.CHAT)
            and (skill := group.skill(each.name)) is not None
            and not skill.min_wait
        ]
        mine = state.busy["group"] == g
        free = state.staffed[g] - len(np.unique(state.busy["person"][mine]))
        wait = int(np.isin(state.waiting["kind"], at_once).sum())
        if free >= 1 and wait:
            yield (
                f"{group.name}: {free:,.0f} of {state.staffed[g]:,.0f} on duty are with nobody, "
                f"and {wait:,} wait whom they could serve; they do so at once. Are busy and "
                "staffed complete?"
            )


def _more_than_the_plan(state: Standing) -> Iterator[str]:
    scenario = state.scenario
    for g, group in enumerate(scenario.agent_groups):
        scheduled = group.scheduled(scenario.horizon, scenario.group_windows(group.name))
        most = float(scheduled[state.intervals].max())
        if state.staffed[g] > most:
            yield (
                f"{group.name}: {state.staffed[g]:,.0f} on duty, and the plan never has more than "
                f"{most:,.0f} today"
            )


def _beyond_the_plan(state: Standing, today: Today) -> Iterator[str]:
    """Yield contact types of which so many came that the plan's own ups and downs do not tell it.

    A busy day is a gamma factor on a Poisson count; both together are compared with a gamma
    distribution of the same mean and variance.
    """
    for k, each in enumerate(state.scenario.contact_types):
        planned, counted = float(today.planned[k]), float(today.counted[k])
        if planned <= 0 or counted <= planned:
            continue
        spread = each.demand.busyness
        variance = planned + (spread * planned) ** 2
        shape = planned**2 / variance
        if float(gammaincc(shape, counted * shape / planned)) < _HARDLY:
            yield (
                f"{each.name}: {counted / planned - 1:+.0%} is more than the plan's busy days "
                "explain. If you know why, state it (an event of its demand, an outage of "
                "self-service): then the rest of the day follows from it"
            )
