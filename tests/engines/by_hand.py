"""Days worked by hand: scenarios whose every contact and session is written down, not drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np

import queuesim as qs
from queuesim.engines.compiled import simulate_compiled
from queuesim.engines.outcome import ContactOutcome, Outcome
from queuesim.engines.reference import simulate_reference
from queuesim.model.attempts import asks_chance, layers
from queuesim.sampling import Sessions, Tape
from queuesim.sampling.tape import Again, dialling_of

HORIZON = qs.Horizon(start="2026-11-23", days=1, interval="30min")
DAY_S = 86_400.0
ALL_DAY = [(0.0, DAY_S)]

Agents = Sequence[tuple[str, Sequence[tuple[float, ...]]]]
"""For each agent its group and its sessions: from and to [s], and the factor where it is not 1."""
Run = Callable[..., Outcome]

ENGINES: dict[str, Callable[..., Outcome]] = {
    "reference": simulate_reference,
    "compiled": simulate_compiled,
}
"""Every engine sits the same tests."""

HANDLED = ContactOutcome.HANDLED
ABANDONED = ContactOutcome.ABANDONED
BLOCKED = ContactOutcome.BLOCKED
TURNED_AWAY = ContactOutcome.TURNED_AWAY
FAILED_CALLBACK = ContactOutcome.FAILED_CALLBACK
UNRESOLVED = ContactOutcome.UNRESOLVED
BALKED = ContactOutcome.BALKED
PASSED_ON = ContactOutcome.PASSED_ON
SELF_SERVED = ContactOutcome.SELF_SERVED
RANG_IN = ContactOutcome.RANG_IN


@dataclass(frozen=True)
class Row:
    """One contact of a hand-made tape; times in seconds."""

    at: float
    talk: float
    wrap_up: float = 0.0
    patience: float = inf
    kind: str = "phone"  # name of the contact type
    accepts: bool = False
    delay: float = 0.0
    answers: tuple[bool, ...] = ()
    tolerates: float = inf  # longest announced wait it puts up with
    accepts_from: float = 0.0  # announced wait from which it takes a callback
    to: str = ""  # name of the group it is allotted to
    # coming back
    redials: bool = False
    redial_delay: float = 0.0
    repeats: bool = False
    repeat_delay: float = 0.0
    turns: bool = False
    turn_delay: float = 0.0
    after_hours_delay: float = 0.0
    rings_in: bool = False
    rings_in_delay: float = 0.0
    resolution: float = 0.0
    path: float = 0.999
    again: tuple[tuple[Row, ...], ...] = ()  # further attempts: for each, as what it may be made


def contact_type(name: str = "phone", channel: str = "phone", **terms: Any) -> qs.ContactType:
    """A contact type; demand and talk are never drawn from when the tape is made by hand."""
    return qs.ContactType(
        name=name,
        channel=channel,
        demand=qs.Demand(per_day=100.0),
        talk=qs.Exponential(mean=60.0),
        **terms,
    )


def group(
    name: str, skills: Sequence[qs.Skill | str], headcount: int = 10, **terms: Any
) -> qs.AgentGroup:
    """An agent group; its sessions come from the tape."""
    return qs.AgentGroup(
        name=name,
        skills=tuple(skills),
        headcount=headcount,
        contract=qs.InHouse(per_hour=24.0),
        **terms,
    )


def scenario(
    types: Sequence[qs.ContactType],
    groups: Sequence[qs.AgentGroup],
    days: int = 1,
    **terms: Any,
) -> qs.Scenario:
    """A day, or some."""
    return qs.Scenario(
        name="by hand",
        contact_types=tuple(types),
        agent_groups=tuple(groups),
        horizon=HORIZON.model_copy(update={"days": days}),
        **terms,
    )


def tape(scenario: qs.Scenario, rows: Sequence[Row], agents: Agents) -> Tape:
    """Write a tape: the contacts, by arrival, and for each agent its group and sessions.

    Agents are numbered in the order given, which must be that of the scenario's groups.
    """
    types = [c.name for c in scenario.contact_types]
    groups = [g.name for g in scenario.agent_groups]
    assert [row.at for row in rows] == sorted(row.at for row in rows)
    first_attempts = len(rows)
    found = layers(scenario.contact_types, scenario.agent_groups)
    ways = {
        name: [[types[k] for k in layer] for layer in found[index]]
        for index, name in enumerate(types)
    }
    rows, again = further_attempts(rows, ways)
    attempts = max((len(row.answers) for row in rows), default=0)
    terms = [dialling for c in scenario.contact_types if (dialling := dialling_of(c))]
    attempts = max(attempts, *(each.attempts for each in terms), 0)
    answers = np.zeros((len(rows), attempts), dtype=bool)
    for k, row in enumerate(rows):
        answers[k, : len(row.answers)] = row.answers
    sessions = sorted(
        (on, number, off, *factor, 1.0)
        for number, (_, spans) in enumerate(agents)
        for on, off, *factor in spans
    )
    arrival_s = np.array([row.at for row in rows], dtype=float)
    arrival_s[first_attempts:] = np.nan
    asked = any(asks_chance(scenario.contact_types, scenario.agent_groups))
    return Tape(
        seed=0,
        replication=0,
        contact_type=np.array([types.index(row.kind) for row in rows], dtype=np.int32),
        day=np.zeros(len(rows), dtype=np.int32),
        number=np.arange(len(rows), dtype=np.int64),
        arrival_s=arrival_s,
        talk_s=np.array([row.talk for row in rows], dtype=float),
        wrap_up_s=np.array([row.wrap_up for row in rows], dtype=float),
        patience_s=np.array([row.patience for row in rows], dtype=float),
        accepts=np.array([row.accepts for row in rows], dtype=bool),
        window_delay_s=np.array([row.delay for row in rows], dtype=float),
        answers=answers,
        allotted=np.array([groups.index(row.to) if row.to else -1 for row in rows], dtype=np.int32),
        agent_group=np.array([groups.index(name) for name, _ in agents], dtype=np.int32),
        sessions=Sessions(
            agent=np.array([session[1] for session in sessions], dtype=np.int32),
            on_s=np.array([session[0] for session in sessions], dtype=float),
            off_s=np.array([session[2] for session in sessions], dtype=float),
            factor=np.array([session[3] for session in sessions], dtype=float),
        ),
        **(_of_announcements(rows) if any(c.announcement for c in scenario.contact_types) else {}),
        again=again if asked else None,
    )


def _of_announcements(rows: Sequence[Row]) -> dict[str, np.ndarray]:
    """The columns that a tape has where waits are announced."""
    return {
        "tolerates_s": np.array([row.tolerates for row in rows], dtype=float),
        "accepts_from_s": np.array([row.accepts_from for row in rows], dtype=float),
    }


def further_attempts(
    rows: Sequence[Row], ways: Mapping[str, list[list[str]]]
) -> tuple[list[Row], Again]:
    """Put the further attempts behind the first ones, and say who follows whom.

    Those that the scenario does not allow are left out, as a drawn tape has none.
    """
    every, attempt = list(rows), [0] * len(rows)
    customer, following = list(range(len(rows))), [-1] * len(rows)
    for number, row in enumerate(rows):
        before = [number]
        for later, (every_choice, names) in enumerate(
            zip(row.again, ways[row.kind], strict=False), start=1
        ):
            choices = [choice for choice in every_choice if choice.kind in names]
            if not choices:
                break
            for one in before:
                following[one] = len(every)
            before = list(range(len(every), len(every) + len(choices)))
            every += choices
            attempt += [later] * len(choices)
            customer += [number] * len(choices)
            following += [-1] * len(choices)
    return every, Again(
        len(rows),
        np.array(attempt, dtype=np.int32),
        np.array(customer, dtype=np.int32),
        np.array(following, dtype=np.int32),
        *(np.array([getattr(row, name) for row in every], dtype=bool) for name in MARKS),
        *(np.array([getattr(row, name) for row in every], dtype=float) for name in CHANCES),
    )


MARKS = ("redials", "repeats", "turns", "rings_in")
CHANCES = (
    "redial_delay",
    "repeat_delay",
    "turn_delay",
    "after_hours_delay",
    "rings_in_delay",
    "resolution",
    "path",
)


def all_day(group: str, agents: int = 1) -> list[tuple[str, list[tuple[float, float]]]]:
    """Agents of a group who are there the whole day."""
    return [(group, ALL_DAY)] * agents


def outcomes(outcome: Outcome) -> list[ContactOutcome]:
    """How each contact ended."""
    return [ContactOutcome(code) for code in outcome.contacts["outcome"] if code >= 0]


def column(outcome: Outcome, name: str) -> list[float | None]:
    """One column, as a list; None where it never came."""
    return [None if value != value else value for value in outcome.contacts[name].tolist()]


def busy(outcome: Outcome) -> list[tuple[int, float, float]]:
    """The agents' busy periods."""
    columns = (outcome.busy[name].tolist() for name in ("agent", "from_s", "to_s"))
    return list(zip(*columns, strict=True))
