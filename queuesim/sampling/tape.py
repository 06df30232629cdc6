"""The tape: every draw of one replication, made before anything runs.

One row a contact, by arrival; equal instants by the contact type's name, then its number. Draws
belong to contacts: whoever serves a contact, it brings the same work and the same patience. Two
options under one seed meet the same contacts, known by (contact type, day, number).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from queuesim.model import Channel, ContactType, Dialling, Scenario
from queuesim.model.roster import rostered
from queuesim.sampling.arrivals import arrivals
from queuesim.sampling.sessions import Sessions, group_sessions
from queuesim.sampling.streams import Streams
from queuesim.sampling.variates import draw

Seconds = NDArray[np.float64]


@dataclass(frozen=True)
class Tape:
    """All chance of one replication, as flat arrays.

    Attributes
    ----------
    seed, replication : int
        Where the draws come from.
    contact_type : numpy.ndarray, int32, shape (n,)
        Index in `Scenario.contact_types`.
    day : numpy.ndarray, int32, shape (n,)
        Day of the horizon on which the contact arrives.
    number : numpy.ndarray, int64, shape (n,)
        The contact's number among those of its type and day; the same under every option.
    arrival_s : numpy.ndarray, float64, shape (n,)
        Arrival [s].
    talk_s, wrap_up_s : numpy.ndarray, float64, shape (n,)
        Work [s] at an undivided agent with handle factor 1.
    patience_s : numpy.ndarray, float64, shape (n,)
        Longest wait before the contact leaves [s]; inf if it never does.
    accepts : numpy.ndarray, bool, shape (n,)
        Whether the caller takes a callback when it is offered.
    window_delay_s : numpy.ndarray, float64, shape (n,)
        From acceptance to the start of the promised window [s].
    answers : numpy.ndarray, bool, shape (n, attempts)
        Whether the customer answers each dial; no columns where nobody is dialled.
    agent_group : numpy.ndarray, int32, shape (agents,)
        Group of each agent; agents of a group are numbered together.
    sessions : Sessions
        When each agent is there.
    """

    seed: int
    replication: int
    contact_type: NDArray[np.int32]
    day: NDArray[np.int32]
    number: NDArray[np.int64]
    arrival_s: Seconds
    talk_s: Seconds
    wrap_up_s: Seconds
    patience_s: Seconds
    accepts: NDArray[np.bool_]
    window_delay_s: Seconds
    answers: NDArray[np.bool_]
    agent_group: NDArray[np.int32]
    sessions: Sessions

    def __len__(self) -> int:
        return len(self.arrival_s)


_CONTACT_COLUMNS = (
    "contact_type",
    "day",
    "number",
    "arrival_s",
    "talk_s",
    "wrap_up_s",
    "patience_s",
    "accepts",
    "window_delay_s",
    "answers",
)


def draw_tape(scenario: Scenario, *, seed: int, replication: int = 0) -> Tape:
    """Draw everything that chance decides in one replication.

    Parameters
    ----------
    scenario : Scenario
    seed : int
        The experiment's seed.
    replication : int, default 0
        Which replication.

    Returns
    -------
    Tape

    Examples
    --------
    >>> import queuesim as qs
    >>> from queuesim.sampling import draw_tape
    >>> phone = qs.ContactType(name="support", channel="phone", demand=qs.Demand(per_day=100),
    ...                        talk=qs.Exponential(mean="4min"))
    >>> team = qs.AgentGroup(name="home", skills=("support",), headcount=3,
    ...                      contract=qs.InHouse(per_hour=24.0))
    >>> day = qs.Scenario(name="a day", contact_types=(phone,), agent_groups=(team,),
    ...                   horizon=qs.Horizon(start="2026-11-23", days=1))
    >>> tape = draw_tape(day, seed=7)
    >>> bool((tape.arrival_s * 1024 % 1 == 0).all())
    True
    """
    streams = Streams(seed, replication)
    attempts = max((d.attempts for c in scenario.contact_types if (d := dialling_of(c))), default=0)
    parts: dict[str, list[NDArray[np.generic]]] = {name: [] for name in _CONTACT_COLUMNS}
    rank_of_name = np.argsort(np.argsort([c.name for c in scenario.contact_types]))
    for index, contact_type in enumerate(scenario.contact_types):
        for today in arrivals(contact_type, scenario.horizon, streams):
            date = scenario.horizon.dates[today.day]
            comes = len(today.number)
            drawn = _contact_draws(contact_type, streams, date, today.drawn, attempts)
            parts["contact_type"].append(np.full(comes, index, dtype=np.int32))
            parts["day"].append(np.full(comes, today.day, dtype=np.int32))
            parts["number"].append(today.number)
            parts["arrival_s"].append(today.arrival_s)
            for name, column in drawn.items():
                parts[name].append(column[today.number])
    columns = {
        name: np.concatenate(pieces) if pieces else _empty(name, attempts)
        for name, pieces in parts.items()
    }
    order = np.lexsort(
        (columns["number"], rank_of_name[columns["contact_type"]], columns["arrival_s"])
    )
    agent_group, sessions = _draw_sessions(scenario, streams)
    return Tape(
        seed=seed,
        replication=replication,
        agent_group=agent_group,
        sessions=sessions,
        **{name: column[order] for name, column in columns.items()},  # type: ignore[arg-type]
    )


def dialling_of(contact_type: ContactType) -> Dialling | None:
    """Return how a contact type's customers are dialled back, if they are."""
    if contact_type.channel == Channel.CALLBACK:
        return contact_type.dialling or Dialling()
    return contact_type.callback.dialling if contact_type.callback else None


def _contact_draws(
    contact_type: ContactType, streams: Streams, date: object, n: int, attempts: int
) -> dict[str, NDArray[np.generic]]:
    """Draw all columns of a day's n drawn contacts."""

    def on_day(purpose: str) -> np.random.Generator:
        return streams[f"{contact_type.name}/{purpose}"].on_day(date)  # type: ignore[arg-type]

    wrap_up, patience, offer = contact_type.wrap_up, contact_type.patience, contact_type.callback
    dialling = dialling_of(contact_type)
    answers = np.zeros((n, attempts), dtype=bool)
    if dialling is not None:
        for attempt in range(dialling.attempts):
            chance = on_day(f"answer {attempt + 1}").random(n)
            answers[:, attempt] = chance < dialling.answered
    later = offer is not None and offer.kind == "later"
    return {
        "talk_s": draw(contact_type.talk, on_day("talk"), n),
        "wrap_up_s": draw(wrap_up, on_day("wrap-up"), n) if wrap_up else np.zeros(n),
        "patience_s": draw(patience, on_day("patience"), n) if patience else np.full(n, np.inf),
        "accepts": on_day("offer").random(n) < offer.accept if offer else np.zeros(n, dtype=bool),
        "window_delay_s": draw(offer.delay, on_day("window"), n)
        if offer and later
        else np.zeros(n),
        "answers": answers,
    }


def _empty(name: str, attempts: int) -> NDArray[np.generic]:
    if name == "answers":
        return np.zeros((0, attempts), dtype=bool)
    kinds = {"contact_type": np.int32, "day": np.int32, "number": np.int64, "accepts": np.bool_}
    return np.zeros(0, dtype=kinds.get(name, np.float64))


def _draw_sessions(scenario: Scenario, streams: Streams) -> tuple[NDArray[np.int32], Sessions]:
    """Draw the sessions of all groups and number the agents through."""
    agent_group: list[NDArray[np.int32]] = []
    parts: list[Sessions] = []
    first = 0
    for index, group in enumerate(scenario.agent_groups):
        roster = rostered(group, scenario.horizon, scenario.group_windows(group.name))
        agents, sessions = group_sessions(group, roster, scenario.horizon, streams)
        parts.append(replace(sessions, agent=(sessions.agent + first).astype(np.int32)))
        agent_group.append(np.full(agents, index, dtype=np.int32))
        first += agents
    agent, on_s, off_s = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("agent", "on_s", "off_s")
    )
    order = np.lexsort((agent, on_s))
    return np.concatenate(agent_group), Sessions(agent[order], on_s[order], off_s[order])
