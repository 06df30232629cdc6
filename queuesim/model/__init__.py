"""The planner's statement of fact: frozen, checked, without randomness and without a clock."""

from __future__ import annotations

from queuesim.model.agent_group import AgentGroup, Skill
from queuesim.model.announcement import Announcement
from queuesim.model.blend import Blend
from queuesim.model.callback import CallbackOffer, Dialling
from queuesim.model.coming_back import FrontDoor, Return, Transfer
from queuesim.model.contact_type import Channel, ContactType, ServiceTarget
from queuesim.model.contract import BonusMalus, InHouse, Outsourced, Premium, Tier, VolumeBand
from queuesim.model.demand import Demand, Event, Rates
from queuesim.model.distributions import (
    Deterministic,
    Distribution,
    Empirical,
    Exponential,
    Gamma,
    Hyperexponential,
    LogNormal,
    Weibull,
)
from queuesim.model.horizon import Horizon
from queuesim.model.hours import Hours
from queuesim.model.roster import Roster, rostered
from queuesim.model.scenario import Scenario
from queuesim.model.series import Series
from queuesim.model.shift import Shift
from queuesim.model.starters import Starters

__all__ = [
    "AgentGroup",
    "Announcement",
    "Blend",
    "BonusMalus",
    "CallbackOffer",
    "Channel",
    "ContactType",
    "Demand",
    "Deterministic",
    "Dialling",
    "Distribution",
    "Empirical",
    "Event",
    "Exponential",
    "FrontDoor",
    "Gamma",
    "Horizon",
    "Hours",
    "Hyperexponential",
    "InHouse",
    "LogNormal",
    "Outsourced",
    "Premium",
    "Rates",
    "Return",
    "Roster",
    "Scenario",
    "Series",
    "ServiceTarget",
    "Shift",
    "Skill",
    "Starters",
    "Tier",
    "Transfer",
    "VolumeBand",
    "Weibull",
    "rostered",
]
