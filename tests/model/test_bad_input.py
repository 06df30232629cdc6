"""Every field of every part, given wrong: one ScenarioError that names the path.

Each wrong value is tried twice: on the part alone, and deep inside a whole scenario read from a
plain document. A last test walks all parts and fails when a field has no wrong value here.
"""

from __future__ import annotations

import copy
import math
import pickle
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import queuesim as qs
from queuesim.model.base import Model
from tests.model.parts import HELSINKI, problems

NAN, INF = math.nan, math.inf
LOOP: list[Any] = []
LOOP.append(LOOP)

# --- a whole scenario that holds every part --------------------------------------------------

TALK = {"kind": "exponential", "mean": "4min"}
DIALLING = {"ring": 20, "answered": 0.8, "attempts": 3, "retry_after": "1h"}
SLOTS = {"kind": "slot", "slot": "1h", "per_slot": 4, "delay": "1h"}
OFFER = {"accept": 0.4, "dialling": DIALLING, "min_announced": "3min", **SLOTS}
ANNOUNCEMENT = {"predictor": "fixed", "fixed": "5min", "balk": TALK}
EVENT = {"name": "sale", "start": "2026-11-27 08:00", "lasts": "2h", "factor": 2, "fades": 60}
FRONT_DOOR = {
    "contains": 0.6,
    "to": {"phone": 0.5, "mail": 0.3},
    "outages": [{**EVENT, "name": "down"}],
}
TRANSFER = {"share": 0.1, "to": "mail"}
SERIES = {"start": "2026-11-23", "interval": "24h", "counts": [10] * 7}
BLEND = {"slots": 12, "uses": {"chat": 4, "message": 6}, "pace": [1, 1.7, 2.5]}
SHIFT = {"name": "early", "headcount": 5, "breaks": ["12:00-12:30"]}
STARTERS = {"count": 2, "on": "2026-11-25", "ramp_up": [1.5, 1.2]}
IN_HOUSE = {
    "kind": "in_house",
    "per_hour": 24,
    "premiums": [{"hours": {"sat,sun": "00:00-24:00"}, "share": 0.5}],
}
OUTSOURCED = {
    "kind": "outsourced",
    "per_minute": 0.6,
    "band": {"low": 1000, "high": 2000, "outside_factor": 1.1},
    "tiers": [{"above": 5000, "factor": 0.9}],
    "bonus_malus": {"target": 0.8, "bonus": 0.02, "malus": 0.05},
}
SCENARIO: dict[str, Any] = {
    "name": "whole",
    "contact_types": [
        {
            "name": "phone",
            "channel": "phone",
            "demand": {"per_day": 100, "events": [EVENT]},
            "talk": TALK,
            "patience": TALK,
            "target": {"share": 0.8, "within": "20s"},
            "hours": {"days": {"mon-fri": "08:00-18:00"}},
            "announcement": ANNOUNCEMENT,
            "callback": OFFER,
            "redial": {"share": 0.5, "delay": "5min"},
            "after_hours": {"share": 0.5, "delay": "5min", "to": "requests"},
        },
        {"name": "mail", "channel": "message", "demand": {"series": SERIES}, "talk": TALK},
        {
            "name": "requests",
            "channel": "callback",
            "demand": {"per_day": 5},
            "talk": TALK,
            "dialling": dict(DIALLING),
        },
        {
            "name": "web",
            "channel": "self_service",
            "demand": {"per_day": 50},
            "talk": TALK,
            "front_door": FRONT_DOOR,
        },
    ],
    "agent_groups": [
        {
            "name": "home",
            "skills": [{"contact_type": "phone", "transfer": TRANSFER}, "mail", "requests"],
            "headcount": 5,
            "starters": [STARTERS],
            "contract": IN_HOUSE,
        },
        {
            "name": "partner",
            "skills": ["phone"],
            "shifts": [SHIFT],
            "blend": dict(BLEND),
            "contract": OUTSOURCED,
        },
    ],
    "horizon": {"start": "2026-11-23", "days": 7},
}

# where each part lies in it, and the path by names
PLACES: dict[type[Model], tuple[tuple[str | int, ...], str]] = {
    qs.Scenario: ((), ""),
    qs.Horizon: (("horizon",), "horizon"),
    qs.ContactType: (("contact_types", 0), "contact_types.phone"),
    qs.Demand: (("contact_types", 0, "demand"), "contact_types.phone.demand"),
    qs.Event: (
        ("contact_types", 0, "demand", "events", 0),
        "contact_types.phone.demand.events.sale",
    ),
    qs.Series: (("contact_types", 1, "demand", "series"), "contact_types.mail.demand.series"),
    qs.ServiceTarget: (("contact_types", 0, "target"), "contact_types.phone.target"),
    qs.Hours: (("contact_types", 0, "hours"), "contact_types.phone.hours"),
    qs.Announcement: (("contact_types", 0, "announcement"), "contact_types.phone.announcement"),
    qs.CallbackOffer: (("contact_types", 0, "callback"), "contact_types.phone.callback"),
    qs.Dialling: (
        ("contact_types", 0, "callback", "dialling"),
        "contact_types.phone.callback.dialling",
    ),
    qs.Return: (("contact_types", 0, "redial"), "contact_types.phone.redial"),
    qs.FrontDoor: (("contact_types", 3, "front_door"), "contact_types.web.front_door"),
    qs.Transfer: (
        ("agent_groups", 0, "skills", 0, "transfer"),
        "agent_groups.home.skills.phone.transfer",
    ),
    qs.AgentGroup: (("agent_groups", 0), "agent_groups.home"),
    qs.Skill: (("agent_groups", 0, "skills", 0), "agent_groups.home.skills.phone"),
    qs.Shift: (("agent_groups", 1, "shifts", 0), "agent_groups.partner.shifts.early"),
    qs.Starters: (("agent_groups", 0, "starters", 0), "agent_groups.home.starters.0"),
    qs.Blend: (("agent_groups", 1, "blend"), "agent_groups.partner.blend"),
    qs.InHouse: (("agent_groups", 0, "contract"), "agent_groups.home.contract"),
    qs.Premium: (
        ("agent_groups", 0, "contract", "premiums", 0),
        "agent_groups.home.contract.premiums.0",
    ),
    qs.Outsourced: (("agent_groups", 1, "contract"), "agent_groups.partner.contract"),
    qs.VolumeBand: (("agent_groups", 1, "contract", "band"), "agent_groups.partner.contract.band"),
    qs.Tier: (
        ("agent_groups", 1, "contract", "tiers", 0),
        "agent_groups.partner.contract.tiers.0",
    ),
    qs.BonusMalus: (
        ("agent_groups", 1, "contract", "bonus_malus"),
        "agent_groups.partner.contract.bonus_malus",
    ),
}
LAWS: dict[type[Model], dict[str, Any]] = {
    qs.Exponential: {"kind": "exponential", "mean": 60},
    qs.LogNormal: {"kind": "lognormal", "mean": 60, "cv": 0.9},
    qs.Gamma: {"kind": "gamma", "mean": 60, "cv": 0.9},
    qs.Weibull: {"kind": "weibull", "mean": 60, "cv": 0.9},
    qs.Deterministic: {"kind": "deterministic", "value": 60},
    qs.Hyperexponential: {"kind": "hyperexponential", "mean": 60, "cv": 2},
    qs.Empirical: {"kind": "empirical", "values": [60, 70]},
}
for law in LAWS:
    PLACES[law] = (("contact_types", 0, "talk"), "contact_types.phone.talk")

# --- what is wrong ---------------------------------------------------------------------------

NOT_NAMES = ["", "  ", "a.b", "a/b", "é", "-a", 5, None, True, ["a"]]
NOT_NUMBERS = ["1", "many", True, None, NAN, INF, -INF, [1], {}, 1 + 2j]
NOT_AMOUNTS = [*NOT_NUMBERS, -1, -0.001, "20 %"]
NOT_SHARES = [*NOT_AMOUNTS, 1.01, 80, np.float64(1.5)]
NOT_POSITIVE = [*NOT_AMOUNTS, 0, 0.0]
NOT_COUNTS = [-1, 1.5, 2.0, "3", True, None, NAN, [1], np.float64(3)]
NOT_COUNTS_FROM_ONE = [*NOT_COUNTS, 0]
NOT_DURATIONS = [-1, "-5s", "5m", "20", "", "soon", NAN, INF, True, None, [20], {"s": 20}, 10**400]
NOT_POSITIVE_DURATIONS = [*NOT_DURATIONS, 0, "0s"]
NOT_SIGNED_DURATIONS = ["5m", "soon", NAN, INF, True, None, [20]]
NOT_LAWS = [
    None, 60, "4min", True, [60], "exponential", {}, {"mean": 60}, {"kind": "exponental", "mean": 60},
    {"kind": ["gamma"]}, qs.Dialling(), {"kind": "gamma", "mean": 60}, {"kind": "gamma", "cv": NAN},
    {"kind": "exponential", "mean": 60, "cv": 1},
]  # fmt: skip
NOT_DELAYS = [-1, "5m", NAN, None, [60], {"mean": 60}, True]
NOT_HOURS = [
    "8-18", "closed", 8, True, [], {}, {"days": {}}, {"mon-fri": "08:00"}, {"mo": "08:00-09:00"},
    {"mon": "08:00-09:00", "mon-wed": "08:00-09:00"}, ["08:00-12:00", "11:00-13:00"],
    {"mon": ["08:00-12:00", "11:00-13:00"]}, "08:00-08:00", "08:00-24:30", {"days": 5},
    {"days": {"mon": "08:00-09:00"}, "x": 1}, "25:00-26:00", qs.Dialling(),
]  # fmt: skip
NOT_KINDS = ["x", None, 5]
NOT_LISTS = [5, "a", {"a": 1}, {1, 2}, True]
NOT_DATES = [
    "23.11.2026", "2026-11-31", "2026-W48", "tomorrow", "", 20261123, None, True,
    "1926-11-23", "9999-12-31", datetime(2026, 11, 23), ["2026-11-23"],
]  # fmt: skip

WRONG: dict[type[Model], dict[str, list[Any]]] = {
    qs.Scenario: {
        "name": NOT_NAMES,
        "contact_types": [*NOT_LISTS, [], None, [5], ["support"], [qs.Dialling()]],
        "agent_groups": [*NOT_LISTS, [], None, [None]],
        "horizon": [None, 5, "2026-11-23", [], {}, {"start": "2026-11-23"}, qs.Dialling()],
        "currency": ["", 5, None, "far too long"],
        "short_abandon": [*NOT_DURATIONS, "8d"],
        "score": ["waits", "", None, 5, True],
    },
    qs.Horizon: {
        "start": NOT_DATES,
        "days": [*NOT_COUNTS_FROM_ONE, 3701, 10**30],
        "interval": [*NOT_POSITIVE_DURATIONS, "7min", "2d", 0.5, 1800.5],
        "timezone": ["Helsinki", "Europe/Helsinky", "", 5, None, "../etc/passwd", "EUROPE/HELSINKI"],
        "holidays": ["fi", "XX", "US-XX", "", 5, None, ["FI", "2026-02-30"], ["FI", 5], [["FI"]], {}],
    },
    qs.Hours: {"days": [None, 5, {}, "8-18", {"mon": "closed"}, {"mon": 5}, {"fry": "08:00-09:00"}]},
    qs.ContactType: {
        "name": NOT_NAMES,
        "channel": ["fon", "Phone", "", 5, None, True, ["phone"]],
        "demand": [None, 100, "flat", [], {}, {"per_day": -1}, {"per_dya": 1}, qs.Dialling()],
        "talk": [*NOT_LAWS, {"kind": "deterministic", "value": 0}, qs.Exponential(mean="8d")],
        "wrap_up": [*[each for each in NOT_LAWS if each is not None], qs.Exponential(mean="8d")],
        "patience": [each for each in NOT_LAWS if each is not None],
        "target": [0.8, "80/20", True, [], {}, {"share": 80, "within": 20}, "None"],
        "hours": NOT_HOURS,
        "outside_hours": ["turn away", "closed", None, 5],
        "at_closing": ["serve out", "", None, True, "carry_over"],  # not for phone
        "weight": NOT_POSITIVE,
        "credit": NOT_SIGNED_DURATIONS,
        "queue_limit": [each for each in NOT_COUNTS if each is not None],
        "announcement": [True, "fixed", 300, [], {}, {"predictor": "fixed"}, {"fixed": 300}],
        "allocation": [
            5, None, [0.5, 0.5], "home", {"home": 0.5}, {"home": 0.7, "partner": 0.7}, {"home": 70},
            {"home": -1, "partner": 2}, {"home": NAN}, {"home": "1"}, {"a.b": 1.0}, {"hom": 1.0},
            {"home": 0.5, "nobody": 0.5}, {"home": 0.0},
        ],
        "allocation_overflow": [*[d for d in NOT_DURATIONS if d is not None], 30, "8d"],
        "callback": [True, 0.4, [], {}, {"accept": 2}, {"accept": 1, "after": "8d"}],
        "dialling": [True, 3, [], DIALLING, {"attempts": 0}],  # not for phone
        "redial": [True, 0.5, {}, {"share": 0.5}, {"share": 2, "delay": 1}],
        "repeat": [True, 0.5, {}, {"delay": 60}, {"share": 1, "delay": "8d"}],
        "after_hours": [True, 0.5, "requests", {}, {"share": 1, "delay": 1, "to": "fax"}],
        "turns": [True, 0.5, {}, {"share": 0.5, "delay": 60}],  # not for phone
        "front_door": [True, 0.6, [], {}, {"contains": 0.6}],  # not for phone
        "rings_in": [True, 0.5, {}, {"share": 0.5, "delay": 60, "to": "requests"}],  # not for phone
    },
    qs.Demand: {
        "per_day": [*[each for each in NOT_AMOUNTS if each is not None], None],
        "day": [
            "ofice", "", 5, None, True, [], [1, 2, 3, 4, 5, 6, 7], [0] * 24, [-1] * 24, [NAN] * 24,
            [True] * 24, ["1"] * 24, {}, {"mon-fri": "office"}, {"mon-sun": "ofice"},
            {"mon-sun": "office", "tue": "flat"}, {"weekdays": "office"}, {"mon-sun": [-1] * 24},
        ],
        "week": [*NOT_LISTS, [1] * 6, [], [1, 1, 1, 1, 1, 1, -1], [NAN] * 7, ["1"] * 7, None],
        "year": [*NOT_LISTS, [1] * 52, [], [-1] * 12, [NAN] * 53],
        "growth": [*NOT_NUMBERS, -1, -2, 5000],
        "holiday": [
            "saturday", "Sunday", -1, NAN, INF, True, None, [], {"Christmas Day": -1},
            {"Christmas Dy": "none"},
        ],
        "events": [*NOT_LISTS, None, [5], [{}], [EVENT, EVENT], [{**EVENT, "start": "2027-01-01 00:00"}]],
        "busyness": [*NOT_AMOUNTS, 20],
        "shared": NOT_SHARES,
        "series": [5, "calls.csv", [], {}, SERIES, {**SERIES, "counts": [1]}],  # not with per_day
        "scale": NOT_AMOUNTS,
    },
    qs.Event: {
        "name": NOT_NAMES,
        "start": [
            "27.11.2026 08:00", "2026-11-27", "2026-11-27 25:00", "2026-02-30 08:00", "08:00", "",
            5, None, True, "2026-11-27 08:00+02:00", "2027-11-27 08:00", "2025-11-27 08:00",
            datetime(2026, 11, 27).astimezone(),
        ],
        "lasts": NOT_POSITIVE_DURATIONS,
        "factor": NOT_AMOUNTS,
        "fades": NOT_DURATIONS,
    },
    qs.Series: {
        "start": ["23.11.2026", "2026-11-31", None, 5, "2026-11-24"],
        "interval": [*NOT_POSITIVE_DURATIONS, "7min", "2d", "1h"],
        "counts": [*NOT_LISTS, [], None, [-1] * 7, [NAN] * 7, ["1"] * 7, [None] * 7, [1] * 6],
        "mode": ["weeks", "", None, 5],
    },
    qs.ServiceTarget: {
        "share": NOT_SHARES,
        "within": NOT_DURATIONS,
        "clock": ["opening hours", "hours", "", None, True],
    },
    qs.Announcement: {
        "predictor": ["queue", "", None, 5, "fix"],
        "fixed": [*NOT_DURATIONS, "8d"],
        "balk": [each for each in NOT_DELAYS if each is not None],
        "patience_factor": NOT_POSITIVE,
        "stays_for": NOT_AMOUNTS,
        "tolerance": [*NOT_DURATIONS, "8d"],
    },
    qs.CallbackOffer: {
        "accept": NOT_SHARES,
        "after": [*NOT_DURATIONS, "8d"],
        "min_queue": NOT_COUNTS,
        "min_announced": [each for each in NOT_DURATIONS if each is not None],
        "max_open": [each for each in NOT_COUNTS_FROM_ONE if each is not None],
        "accept_from": [each for each in NOT_DELAYS if each is not None],
        "kind": ["virtual hold", "", None, 5],
        "slot": [*NOT_POSITIVE_DURATIONS, "8d", "59s"],
        "per_slot": NOT_COUNTS_FROM_ONE,
        "delay": [*NOT_DELAYS, "8d"],
        "dialling": [None, 3, [], {"attempts": 0}, {"rings": 3}],
        "promise": NOT_DURATIONS,
        "weight": NOT_POSITIVE,
        "credit": NOT_SIGNED_DURATIONS,
        "reserve": [*NOT_COUNTS, 5, 50],
        "rings_in": [True, 0.5, {}, {"share": 0.5}, {"share": 1, "delay": "8d"}],
    },
    qs.Dialling: {
        "ring": [*NOT_DURATIONS, "8d"],
        "answered": NOT_SHARES,
        "attempts": [*NOT_COUNTS_FROM_ONE, 21],
        "retry_after": [*NOT_DURATIONS, "8d"],
    },
    qs.Return: {
        "share": NOT_SHARES,
        "delay": [*NOT_DELAYS, "8d"],
        "max_attempts": [*NOT_COUNTS_FROM_ONE, 201, 10**9],
        "to": [*[each for each in NOT_NAMES if each is not None], "fone", "home"],
        "failed_callbacks": ["yes", 1, 0, None, "true"],
    },
    qs.Transfer: {"share": NOT_SHARES, "to": [*NOT_NAMES, "fone", "home"]},
    qs.FrontDoor: {
        "contains": NOT_SHARES,
        "to": [
            5, None, "phone", ["phone"], {"phone": 2}, {"phone": -0.1}, {"phone": "half"},
            {"phone": 0.7, "mail": 0.4}, {"fone": 0.5}, {"a.b": 0.5}, {5: 0.5},
        ],
        "resolution": NOT_SHARES,
        "patience_factor": NOT_POSITIVE,
        "outages": [
            *NOT_LISTS, None, [5], [{}], [EVENT, EVENT], [{**EVENT, "start": "2027-01-01 00:00"}],
        ],
        "per_contact": NOT_AMOUNTS,
    },
    qs.AgentGroup: {
        "name": NOT_NAMES,
        "skills": [
            *NOT_LISTS, [], None, [5], [None], ["phone", "phone", "mail", "requests"],
            ["fone", "phone", "mail", "requests"], [{"rank": 1}],
        ],
        "headcount": [
            -1, 1.5, 5.0, "5", True, NAN, [5], {}, {"day": []}, {"day": 5}, {"day": [5]},
            {"days": [5]}, {"day": [5] * 48, "week": [5] * 336}, {"day": [-1] * 48},
            {"week": [1] * 48}, {"horizon": [1.5] * 336}, {"weeks": [1, 2]}, None,
        ],
        "shifts": [*NOT_LISTS, None, [5], [{}], [SHIFT]],  # not with headcount
        "hours": NOT_HOURS,
        "shrinkage": [*NOT_SHARES, 1, 1.0],
        "absence": [*NOT_SHARES, 1, 28],
        "starters": [
            *NOT_LISTS, None, [5], [{}], [STARTERS, {**STARTERS, "count": 4}],
            [{**STARTERS, "shift": "early"}],
        ],
        "speed_spread": [*NOT_SHARES, 15],
        "concurrency": [5, None, [3], {"chat": 0}, {"chat": 1.5}, {"fax": 2}, {"phone": 2}, {"chat": 3}],
        "pace": [
            5, None, {"chat": 1}, {"chat": [1, 1.7]}, {"fax": [1]}, {"chat": [0]}, {"chat": [2]},
            {"chat": [NAN]}, {"chat": []},
        ],
        "blend": [5, True, [], {}, {"slots": 3}, {"slots": 3, "pace": [1, 1.5]}, qs.Dialling()],
        "interruptible": [*NOT_LISTS, None, "message", ["chat"], ["phone"], ["fax"], [5], [None]],
        "contract": [None, 24, "in_house", [], {}, {"kind": "inhouse"}, {"per_hour": 24}, qs.Dialling()],
    },
    qs.Blend: {
        "slots": [*NOT_COUNTS_FROM_ONE, 3, 2, 24],
        "uses": [
            5, None, [3], {"chat": 0}, {"chat": 1.5}, {"fax": 2}, {"phone": 6}, {"chat": 13},
            {"callback": 13}, {"chat": 3}, {}, {"message": 4, "phone": 1},
        ],
        "pace": [5, None, [], [1], [1, 1.7], [1, 1.7, 2.5, 2.9], [2, 2, 2], [1, 0.9, 1], [1, 2, NAN]],
    },
    qs.Skill: {
        "contact_type": [*[each for each in NOT_NAMES if each is not None], "fone"],
        "rank": NOT_COUNTS_FROM_ONE,
        "handle_factor": NOT_POSITIVE,
        "resolution": NOT_SHARES,
        "min_wait": [*NOT_DURATIONS, "8d"],
        "reserve": [*NOT_COUNTS, 5, 50],
        "min_queue": NOT_COUNTS_FROM_ONE,
        "hours": NOT_HOURS,
        "transfer": [True, 0.1, "mail", [], {}, {"share": 0.1}, {"share": 0.1, "to": "male"}],
    },
    qs.Shift: {
        "name": NOT_NAMES,
        "days": ["weekdays", "mon-", "", 5, None, True, "mon,mon", "mon-holiday", ["mon"]],
        "start": ["8", "25:00", "8.00", "", 8, 8.5, None, True, "24:00", "16:30", "08:60"],
        "end": ["16", "24:30", "", 16, None, "08:00"],
        "headcount": NOT_COUNTS,
        "breaks": [
            *NOT_LISTS, None, ["12:00"], [12], ["07:00-07:30"], ["16:00-17:00"], ["08:00-16:30"],
            ["12:00-12:30", "12:15-12:45"], ["12:00-12:00"],
        ],
        "paid_breaks": ["yes", 1, 0, None, "true"],
        "waves": NOT_COUNTS_FROM_ONE,
        "stagger": [*NOT_DURATIONS, "30min"],
    },
    qs.Starters: {
        "count": [*NOT_COUNTS_FROM_ONE, 6],
        "on": NOT_DATES,
        "ramp_up": [*NOT_LISTS, None, [], [0], [-1.5], [NAN], [160], ["1.6"], [1.5, 11]],
        "shift": ["early", 5, True, "a.b"],
        "before": ["nobody else", None, 5, True],
    },
    qs.InHouse: {
        "kind": NOT_KINDS,
        "per_hour": NOT_AMOUNTS,
        "on_costs": [*NOT_AMOUNTS, 22],
        "premiums": [*NOT_LISTS, None, [5], [{}]],
        "overtime": [*NOT_AMOUNTS, 0.5, 0],
        "on_payroll": [each for each in NOT_COUNTS if each is not None],
        "hiring_cost": NOT_AMOUNTS,
        "hiring_lead_weeks": [*NOT_COUNTS, "8w"],
        "notice_weeks": NOT_COUNTS,
        "attrition": NOT_SHARES,
    },
    qs.Premium: {"hours": [*NOT_HOURS, None], "share": NOT_AMOUNTS},
    qs.Outsourced: {
        "kind": NOT_KINDS,
        "per_hour": NOT_AMOUNTS,
        "per_contact": NOT_AMOUNTS,
        "per_minute": NOT_AMOUNTS,
        "monthly_fee": NOT_AMOUNTS,
        "monthly_minimum": NOT_AMOUNTS,
        "band": [5, [1, 2], {}, {"low": 3, "high": 2}],
        "tiers": [*NOT_LISTS, None, [5], [{"above": 9, "factor": 1}, {"above": 8, "factor": 1}]],
        "bonus_malus": [0.8, [], {}, {"target": 80}],
        "ramp_limit": [each for each in NOT_COUNTS if each is not None],
        "lead_weeks": NOT_COUNTS,
    },
    qs.VolumeBand: {
        "low": [*NOT_AMOUNTS, 3000],
        "high": [*NOT_AMOUNTS, 999],
        "outside_factor": NOT_AMOUNTS,
    },
    qs.Tier: {"above": NOT_AMOUNTS, "factor": NOT_AMOUNTS},
    qs.BonusMalus: {"target": NOT_SHARES, "bonus": NOT_AMOUNTS, "malus": NOT_SHARES},
    qs.Exponential: {"kind": NOT_KINDS, "mean": NOT_POSITIVE_DURATIONS},
    qs.LogNormal: {"kind": NOT_KINDS, "mean": NOT_POSITIVE_DURATIONS, "cv": [*NOT_POSITIVE, 90]},
    qs.Gamma: {"kind": NOT_KINDS, "mean": NOT_POSITIVE_DURATIONS, "cv": [*NOT_POSITIVE, 90]},
    qs.Weibull: {"kind": NOT_KINDS, "mean": NOT_POSITIVE_DURATIONS, "cv": [*NOT_POSITIVE, 1e-9]},
    qs.Deterministic: {"kind": NOT_KINDS, "value": NOT_DURATIONS},
    qs.Hyperexponential: {
        "kind": NOT_KINDS,
        "mean": NOT_POSITIVE_DURATIONS,
        "cv": [*NOT_POSITIVE, 1, 0.5],
    },
    qs.Empirical: {
        "kind": NOT_KINDS,
        "values": [*NOT_LISTS, [], None, [-1], ["5m"], [NAN], [60, None]],
    },
}  # fmt: skip

# wrong only beside the rest of the scenario, or the group: the part alone cannot know
ONLY_WHOLE: dict[tuple[type[Model], str], list[Any]] = {
    (qs.Starters, "count"): [6],
    (qs.Starters, "shift"): ["early"],
    (qs.Scenario, "short_abandon"): [],
    (qs.ContactType, "talk"): [qs.Exponential(mean="8d")],
    (qs.ContactType, "wrap_up"): [qs.Exponential(mean="8d")],
    (qs.ContactType, "callback"): [{"accept": 1, "after": "8d"}],
    (qs.ContactType, "allocation"): [{"hom": 1.0}, {"home": 0.5, "nobody": 0.5}],
    (qs.ContactType, "repeat"): [{"share": 1, "delay": "8d"}],
    (qs.Demand, "holiday"): [{"Christmas Dy": "none"}],
    (qs.Demand, "events"): [[{**EVENT, "start": "2027-01-01 00:00"}]],
    (qs.Event, "start"): ["2027-11-27 08:00", "2025-11-27 08:00"],
    (qs.Series, "start"): ["2026-11-24"],
    (qs.Series, "counts"): [[1] * 6],
    (qs.Announcement, "fixed"): ["8d"],
    (qs.Announcement, "tolerance"): ["8d"],
    (qs.CallbackOffer, "after"): ["8d"],
    (qs.CallbackOffer, "slot"): ["8d"],
    (qs.CallbackOffer, "delay"): ["8d"],
    (qs.CallbackOffer, "reserve"): [5, 50],
    (qs.CallbackOffer, "rings_in"): [{"share": 1, "delay": "8d"}],
    (qs.Dialling, "ring"): ["8d"],
    (qs.Dialling, "retry_after"): ["8d"],
    (qs.ContactType, "after_hours"): [{"share": 1, "delay": 1, "to": "fax"}],
    (qs.Return, "delay"): ["8d"],
    (qs.Return, "max_attempts"): [201, 10**9],
    (qs.Return, "to"): ["fone", "home"],
    (qs.Transfer, "to"): ["fone", "home"],
    (qs.FrontDoor, "to"): [{"fone": 0.5}],
    (qs.FrontDoor, "outages"): [[{**EVENT, "start": "2027-01-01 00:00"}]],
    (qs.AgentGroup, "skills"): [["fone", "phone", "mail", "requests"]],
    (qs.AgentGroup, "headcount"): [{"day": [5]}, {"week": [1] * 48}, {"weeks": [1, 2]}],
    (qs.Skill, "contact_type"): ["fone"],
    (qs.Skill, "min_wait"): ["8d"],
    (qs.Skill, "reserve"): [5, 50],
    (qs.Skill, "transfer"): [{"share": 0.1, "to": "male"}],
}
DAY_KEYS = ("mon", "mon-fri", "fry", "holiday", "8-18")
# a fault between two fields may be told at the other one, or at the whole
ELSEWHERE: dict[tuple[type[Model], str], tuple[str, ...]] = {
    (qs.Demand, "series"): ("per_day",),
    (qs.Demand, "per_day"): (),
    (qs.Series, "interval"): ("counts",),
    (qs.Series, "start"): ("",),
    (qs.Series, "counts"): ("",),
    (qs.AgentGroup, "shifts"): ("headcount",),
    (qs.AgentGroup, "concurrency"): ("pace",),
    (qs.Blend, "slots"): ("uses", "pace"),
    (qs.Blend, "uses"): ("pace",),
    (qs.Shift, "start"): ("end", "breaks"),
    (qs.VolumeBand, "low"): ("high",),
    (qs.ContactType, "dialling"): (),
    (qs.Hours, "days"): ("", *DAY_KEYS),  # hours are written without saying "days"
}


def cases() -> Iterator[Any]:
    for part, fields in WRONG.items():
        for field, values in fields.items():
            for value in values:
                yield pytest.param(part, field, value, id=f"{part.__name__}.{field}={value!r:.40}")


def template(part: type[Model]) -> dict[str, Any]:
    """Return a scenario with that part in it, as a plain document."""
    whole = copy.deepcopy(SCENARIO)
    if part in LAWS:
        whole["contact_types"][0]["talk"] = copy.deepcopy(LAWS[part])
    return whole


def within(document: Any, place: tuple[str | int, ...]) -> Any:
    for step in place:
        document = document[step]
    return document


def names_the_path(found: list[Any], part: type[Model], field: str, prefix: str) -> bool:
    allowed = [field, *ELSEWHERE.get((part, field), ())]
    paths = [".".join(filter(None, (prefix, each))) for each in allowed]
    return all(
        any(where == path or where.startswith(f"{path}.") for path in paths)
        for where, *_ in found
    )  # fmt: skip


def in_range(part: type[Model], field: str, value: object) -> bool:
    """Whether the part alone can take the value, which only its surroundings make wrong."""
    return any(value is each or value == each for each in ONLY_WHOLE.get((part, field), []))


@pytest.mark.parametrize(("part", "field", "value"), list(cases()))
def test_a_wrong_value_is_one_error_that_names_the_path(
    part: type[Model], field: str, value: Any
) -> None:
    place, prefix = PLACES[part]
    fields = within(template(part), place)
    if not in_range(part, field, value) and not (part is qs.Scenario and field == "contact_types"):
        found = problems(part, **{**fields, field: value})
        assert names_the_path(found, part, field, ""), found
        assert all(given and rule for _, given, rule, _ in found)
    whole = template(part)
    within(whole, place)[field] = value
    nested = problems(qs.Scenario.model_validate, whole)
    if field in ("name", "contact_type"):  # then there is no name to go by
        prefix = prefix.rpartition(".")[0]
        assert all(where.startswith(prefix) for where, *_ in nested), nested
    else:
        assert names_the_path(nested, part, field, prefix), nested


def test_a_list_that_holds_itself_is_refused() -> None:
    found = problems(qs.Scenario.model_validate, {**SCENARIO, "contact_types": LOOP})
    assert [rule for _, _, rule, _ in found] == ["must not be nested so deep"]


@pytest.mark.parametrize("part", PLACES, ids=lambda part: part.__name__)
def test_unknown_and_missing_fields(part: type[Model]) -> None:
    place, prefix = PLACES[part]
    whole = template(part)
    fields = within(whole, place)
    known = list(part.model_fields)
    near = known[-1] + "x"
    found = problems(part, **{**fields, near: 1})
    assert any(where == near and f'"{known[-1]}"' in fix for where, _, _, fix in found)
    for field, info in part.model_fields.items():
        if info.is_required():
            without = {name: value for name, value in fields.items() if name != field}
            found = problems(part, **without)
            if part is qs.Hours:  # hours are written without saying "days"
                assert found[0][2] == "must be open on at least one day"
            else:
                assert (found[0][0], found[0][1]) == (field, "nothing"), found
    fields[near] = 1
    nested = problems(qs.Scenario.model_validate, whole)
    assert [where for where, *_ in nested] == [".".join(filter(None, (prefix, near)))]


def parts(base: type[Model] = Model) -> Iterator[type[Model]]:
    for each in base.__subclasses__():
        if not each.__name__.startswith("_") and each.__module__.startswith("queuesim.model"):
            yield each
        yield from parts(each)


def test_no_field_is_left_out() -> None:
    listed = {part: set(fields) for part, fields in WRONG.items()}
    kinds = {part: set() if "kind" in fields else {"kind"} for part, fields in listed.items()}
    assert set(listed) == set(parts()) == set(PLACES)
    for part, fields in listed.items():
        missing = set(part.model_fields) - fields - kinds[part]
        assert not missing, f"{part.__name__}: no wrong value for {missing}"
        assert all(WRONG[part].values())


def test_the_whole_scenario_is_right() -> None:
    made = qs.Scenario.model_validate(SCENARIO)
    for law in LAWS:
        qs.Scenario.model_validate(template(law))
    assert qs.Scenario.from_toml(made.to_toml()) == made


def test_each_problem_has_value_rule_and_fix_and_travels() -> None:
    with pytest.raises(qs.ScenarioError) as caught:
        qs.Skill("support", rank=0, resolution=95, min_wait="30 sec")
    error = caught.value
    assert error.problems == (
        qs.Problem("rank", "0", "must be at least 1", "the nearest allowed value is 1"),
        qs.Problem("resolution", "95", "must be at most 1 (shares are parts of 1)", "write 0.95 for 95 %"),
        qs.Problem("min_wait", "'30 sec'", "must be a duration", "Write \"30s\" for 30 'sec'"),
    )  # fmt: skip
    assert pickle.loads(pickle.dumps(error)).problems == error.problems
    assert str(error).splitlines()[:2] == [
        'Skill "support": 3 problems',
        "  rank: given 0; must be at least 1. The nearest allowed value is 1.",
    ]


def test_a_gap_of_the_clock_is_named() -> None:
    whole = template(qs.Event)
    whole["horizon"] = {"start": "2026-03-28", "days": 2, "timezone": HELSINKI}
    whole["contact_types"][1]["demand"] = {"per_day": 3}
    del whole["contact_types"][3]["front_door"]["outages"]
    whole["contact_types"][0]["demand"]["events"][0]["start"] = "2026-03-29 03:30"
    found = problems(qs.Scenario.model_validate, whole)
    assert [where for where, *_ in found] == ["contact_types.phone.demand.events.sale.start"]
    assert "clocks go from 03:00 to 04:00" in found[0][2]


@pytest.mark.parametrize("document", [None, 5, "week", [], [1], qs.Dialling()])
def test_what_is_no_scenario_at_all(document: object) -> None:
    assert len(problems(qs.Scenario.model_validate, document)) == 1


def test_json_that_is_none() -> None:
    assert len(problems(qs.Scenario.model_validate_json, "{")) == 1
    assert len(problems(qs.Scenario.model_validate_json, "[]")) == 1


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(
        ["08:00-18:00", "mon-fri", "2026-11-23", "5min", "phone", "lognormal", "holiday", b"x"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=4)
            | st.sampled_from(
                ["kind", "name", "mean", "days", "mon", "chat", "contact_type", "week"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=4,
)


def places(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    steps = document if isinstance(document, dict) else range(len(document))
    for step in steps:
        yield (*path, step)
        if isinstance(document[step], (dict, list)):
            yield from places(document[step], (*path, step))


def built_or_refused(document: Any) -> qs.Scenario | qs.ScenarioError:
    try:
        return qs.Scenario.model_validate(document)
    except qs.ScenarioError as error:
        return error


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(list(places(SCENARIO))), JUNK), min_size=1, max_size=3))
def test_whatever_comes_nothing_but_a_scenario_or_its_error(changes: list[Any]) -> None:
    whole = template(qs.Scenario)
    for path, junk in changes:
        try:
            within(whole, path[:-1])[path[-1]] = copy.deepcopy(junk)
        except (KeyError, IndexError, TypeError):  # an earlier change took the place away
            continue
    made = built_or_refused(whole)
    if isinstance(made, qs.ScenarioError):
        assert made.problems
        assert pickle.loads(pickle.dumps(made)).problems == made.problems
    else:
        assert qs.Scenario.from_toml(made.to_toml()) == made
