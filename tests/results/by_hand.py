"""Small runs written down by hand: what arrived, what happened, who was there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

import queuesim as qs
from queuesim.engines.outcome import BUSY_COLUMNS, CONTACT_COLUMNS, NOTHING, ContactOutcome, Outcome
from queuesim.results import Result, Tally, Totals
from queuesim.results.layout import Layout
from queuesim.results.tally import CONTACT_QUANTITIES, GROUP_QUANTITIES
from queuesim.results.waits import BINS
from queuesim.sampling.sessions import Sessions
from queuesim.sampling.tape import Tape

HOUR = 3600.0


def scenario(**changes: Any) -> qs.Scenario:
    """A phone line with callbacks, requests for callbacks and chat; two groups; 6 h intervals."""
    phone = qs.ContactType(
        name="phone",
        channel="phone",
        demand=qs.Demand(per_day=10),
        talk=qs.Exponential(mean=200),
        target=qs.ServiceTarget(share=0.5, within=20),
        callback=qs.CallbackOffer(accept=0.5, promise="10min"),
    )
    request = qs.ContactType(
        name="request",
        channel="callback",
        demand=qs.Demand(per_day=10),
        talk=qs.Exponential(mean=200),
        target=qs.ServiceTarget(share=0.5, within=600),
    )
    chat = qs.ContactType(
        name="chat",
        channel="chat",
        demand=qs.Demand(per_day=10),
        talk=qs.Exponential(mean=200),
        target=None,
        announcement=qs.Announcement(predictor="head_of_line", balk="20min", tolerance="10s"),
    )
    home = qs.AgentGroup(
        name="home",
        skills=("phone", "request", "chat"),
        headcount=2,
        contract=qs.InHouse(per_hour=24),
    )
    partner = qs.AgentGroup(
        name="partner", skills=("phone",), headcount=1, contract=qs.Outsourced(per_contact=4)
    )
    parts: dict[str, Any] = {
        "name": "by hand",
        "contact_types": (phone, request, chat),
        "agent_groups": (home, partner),
        "horizon": qs.Horizon(
            start="2026-11-23", days=2, interval="6h", timezone="Europe/Helsinki"
        ),
    }
    return qs.Scenario(**{**parts, **changes})


def with_mail(**changes: Any) -> qs.Scenario:
    """The same with messages whose waits count by opening hours, and which can be interrupted."""
    plain = scenario()
    mail = qs.ContactType(
        name="mail",
        channel="message",
        demand=qs.Demand(per_day=10),
        talk=qs.Exponential(mean=200),
        hours={"mon-fri": ["08:00-12:00", "13:00-18:00"]},
        target=qs.ServiceTarget(share=0.5, within="1h", clock="opening_hours"),
    )
    home, partner = plain.agent_groups
    home = home.model_copy(update={"skills": (*home.skills, "mail"), "interruptible": ("message",)})
    parts = {"contact_types": (*plain.contact_types, mail), "agent_groups": (home, partner)}
    return scenario(**{**parts, **changes})


def outcome(
    stated: qs.Scenario,
    contacts: Sequence[Mapping[str, Any]] = (),
    *,
    sessions: Sequence[tuple[int, float, float]] = (),
    busy: Sequence[tuple[int, float, float]] = (),
    agent_group: Sequence[int] = (0, 0, 1),
    replication: int = 0,
) -> Outcome:
    """An outcome from rows; a row gives arrival_s and type, and what is not missing."""
    rows = sorted(contacts, key=lambda row: row["arrival_s"])
    names = [c.name for c in stated.contact_types]

    def column(name: str, missing: Any, dtype: Any) -> np.ndarray:
        return np.array([row.get(name, missing) for row in rows], dtype=dtype)

    days = stated.horizon.day_edges_s
    arrival_s = column("arrival_s", np.nan, np.float64)
    tape = Tape(
        seed=1,
        replication=replication,
        contact_type=np.array([names.index(row["type"]) for row in rows], dtype=np.int32),
        day=(np.searchsorted(days, arrival_s, side="right") - 1).astype(np.int32),
        number=np.arange(len(rows), dtype=np.int64),
        arrival_s=arrival_s,
        talk_s=column("work_s", 100.0, np.float64),
        wrap_up_s=np.zeros(len(rows)),
        patience_s=np.full(len(rows), np.inf),
        accepts=np.zeros(len(rows), dtype=bool),
        window_delay_s=np.zeros(len(rows)),
        answers=np.zeros((len(rows), 0), dtype=bool),
        allotted=np.full(len(rows), -1, dtype=np.int32),
        agent_group=np.array(agent_group, dtype=np.int32),
        sessions=Sessions(
            np.array([s[0] for s in sessions], dtype=np.int32),
            np.array([s[1] for s in sessions], dtype=np.float64),
            np.array([s[2] for s in sessions], dtype=np.float64),
        ),
    )
    missing = {"outcome": ContactOutcome.UNRESOLVED, "agent": -1, "cause": 0, **NOTHING}
    rows = [{"came_s": row["arrival_s"], "resolved": -1, **row} for row in rows]
    columns = {
        name: column(name, missing.get(name, np.nan), dtype)
        for name, (dtype, _) in CONTACT_COLUMNS.items()
    }
    periods = {
        name: np.array([row[k] for row in busy], dtype=dtype)
        for k, (name, (dtype, _)) in enumerate(BUSY_COLUMNS.items())
    }
    return Outcome(stated, tape, columns, periods)


def handled(
    kind: str, arrival_s: float, answered_s: float, *, talk: float = 100.0, **more: Any
) -> dict[str, Any]:
    """A contact that was served, with 20 s of wrap-up, by agent 0 unless told."""
    row = {
        "type": kind,
        "arrival_s": arrival_s,
        "outcome": ContactOutcome.HANDLED,
        "agent": 0,
        "answered_s": answered_s,
        "talk_end_s": answered_s + talk,
        "freed_s": answered_s + talk + 20.0,
        "resolved": 1,
    }
    return {**row, **more}


def lost(kind: str, arrival_s: float, left_s: float, how: ContactOutcome) -> dict[str, Any]:
    """A contact that left unserved."""
    return {"type": kind, "arrival_s": arrival_s, "left_s": left_s, "outcome": how}


def tally_of(
    stated: qs.Scenario,
    contacts: Mapping[tuple[str, str, int], float] | None = None,
    groups: Mapping[tuple[str, str, int], float] | None = None,
    *,
    replication: int = 0,
) -> Tally:
    """A tally from (quantity, contact type or agent group, interval) to a number."""
    layout = Layout.of(stated)
    of_types = np.zeros((len(CONTACT_QUANTITIES), len(layout.types), layout.n_intervals))
    of_groups = np.zeros((len(GROUP_QUANTITIES), len(layout.groups), layout.n_intervals))
    of_groups[GROUP_QUANTITIES.index("scheduled_s")] = layout.scheduled_s
    for (quantity, name, interval), number in (contacts or {}).items():
        of_types[CONTACT_QUANTITIES.index(quantity), layout.types.index(name), interval] = number
    for (quantity, name, interval), number in (groups or {}).items():
        of_groups[GROUP_QUANTITIES.index(quantity), layout.groups.index(name), interval] = number
    waits = np.zeros((2, len(layout.types), BINS), dtype=np.int32)
    return Tally(replication, of_types, of_groups, waits)


def result_of(*tallies: Tally, stated: qs.Scenario) -> Result:
    """A result from tallies."""
    totals = Totals(stated)
    for tally in tallies:
        totals.add(tally)
    return Result(totals, seed=1, engine="by hand")


def is_of(column: pd.Series, dtype: str) -> bool:
    """Whether a column has a dtype of the schema; pandas 2 keeps texts as objects."""
    return str(column.dtype).startswith(dtype) or (
        dtype == "str" and pd.api.types.is_string_dtype(column)
    )
