"""What the rest of the day costs at the contracts' rates: what an action adds to it is its price.

One rule: each hour, contact and minute costs what the contract says that one more of them costs, at
its plain price. What is settled by the month, or was decided before today, is left aside: fees,
monthly minimums, volume bands and tiers, bonus and malus, hiring, notice. A tier is a price of the
contacts beyond so many a month, and a day does not know where in the month's volume it lies; so the
price is that of the first tier, whatever the plan expects of the month.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from queuesim.model import Horizon, InHouse, Scenario
from queuesim.results import schema
from queuesim.results.layout import Layout
from queuesim.results.payroll import paid_within
from queuesim.results.tally import Tally
from queuesim.watching.state import Standing

Floats = NDArray[np.float64]

_GROUP = {name: k for k, name in enumerate(schema.names(schema.GROUP_QUANTITIES))}
_CONTACT = {name: k for k, name in enumerate(schema.names(schema.CONTACT_QUANTITIES))}


def cost_at_rates(scenario: Scenario, state: Standing, played: Sequence[Tally]) -> Floats:
    """Return what the rest of the day costs in each future [currency].

    In house: scheduled hours from now on at the wage, with premiums, overtime and on-costs on them.
    Outsourced: hours on duty, handled contacts, busy minutes. Self-service: contacts taken in.

    Parameters
    ----------
    scenario : Scenario
        What holds from now on.
    state : Standing
        Says from when, and which day it is.
    played : sequence of Tally
        The futures.

    Returns
    -------
    numpy.ndarray, float64, shape (futures,)
    """
    layout, today = Layout.of(scenario), state.intervals
    rest = np.array([state.now_s, scenario.horizon.day_edges_s[state.day + 1]])
    cost = np.zeros(len(played))
    for g, group in enumerate(scenario.agent_groups):
        contract = group.contract
        hours, busy, late = (
            np.array([each.groups[_GROUP[name], g, today].sum() for each in played]) / 3600
            for name in ("staffed_s", "busy_s", "overtime_s")
        )
        if isinstance(contract, InHouse):
            paid = _scheduled_hours(contract, layout, g, rest) + late * contract.overtime
            cost += contract.per_hour * (1 + contract.on_costs) * paid
        else:
            # by arrival: a message of yesterday that is handled today counts as well
            handled = np.array([each.groups[_GROUP["handled"], g].sum() for each in played])
            cost += contract.per_hour * hours + contract.per_contact * handled
            cost += contract.per_minute * 60 * busy
    for k, kind in enumerate(scenario.contact_types):
        if kind.front_door is not None and kind.front_door.per_contact:
            came, away = (
                np.array([each.contacts[_CONTACT[name], k].sum() for each in played])
                for name in ("offered", "turned_away")
            )
            cost += kind.front_door.per_contact * (came - away)
    return cost


def _scheduled_hours(contract: InHouse, layout: Layout, group: int, rest: Floats) -> float:
    """Return scheduled hours between two instants, those with a premium counted as what they are
    paid."""
    horizon: Horizon = layout.scenario.horizon
    roster = layout.rosters[group]
    hours = float(paid_within(roster, rest[None, :], rest)[0])
    for premium in contract.premiums:
        within = paid_within(roster, premium.hours.windows(horizon), rest)
        hours += premium.share * float(within[0])
    return hours / 3600
