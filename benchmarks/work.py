"""The contacts and people of a one-skill phone scenario as plain arrays, the same for everybody."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

import queuesim as qs
from queuesim.sampling import Tape

Seconds = NDArray[np.float64]


@dataclass(frozen=True)
class Work:
    """What a peer is given.

    Attributes
    ----------
    arrival_s, service_s, patience_s : numpy.ndarray, float64, shape (contacts,)
        In order of arrival [s]; multiples of 1/1024 s.
    agents : int
    shift_s, shift_agent, shift_on : numpy.ndarray
        When an agent comes or goes, in order of time, those who go first; at closing nobody goes,
        so that what waits is served out, as queuesim's agents do who stay.
    step_s, step_agents : numpy.ndarray
        The same as counts: from each instant on so many agents are there.
    """

    arrival_s: Seconds
    service_s: Seconds
    patience_s: Seconds
    agents: int
    shift_s: Seconds
    shift_agent: NDArray[np.int32]
    shift_on: NDArray[np.bool_]
    step_s: Seconds
    step_agents: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.arrival_s)


def shifts_of(
    scenario: qs.Scenario, tape: Tape
) -> tuple[Seconds, NDArray[np.int32], NDArray[np.bool_]]:
    """Return who comes and goes when: instant, agent, whether on; nobody goes at the last closing.

    That is what queuesim's rules come to where contact types close once, at the same time: agents
    who are busy then stay for as long as somebody waits; those who are idle have nobody to take.
    """
    closing = max(float(c.windows(scenario.horizon)[:, 1].max()) for c in scenario.contact_types)
    sessions = tape.sessions
    at = np.concatenate([sessions.off_s, sessions.on_s])
    agent = np.concatenate([sessions.agent, sessions.agent])
    on = np.repeat([False, True], len(sessions))
    order = np.lexsort((agent, on, at))
    order = order[at[order] < closing]
    return at[order], agent[order], on[order]


def work_of(scenario: qs.Scenario, tape: Tape) -> Work:
    """Return the work of a tape of one phone contact type, served by one group.

    Raises
    ------
    ValueError
        When the scenario is another.
    """
    types, groups = scenario.contact_types, scenario.agent_groups
    if len(types) != 1 or len(groups) != 1 or types[0].channel != "phone":
        raise ValueError(f"{scenario.name}: peers are given one phone contact type and one group")
    at, agent, on = shifts_of(scenario, tape)
    step_s, last = np.unique(at[::-1], return_index=True)
    there = np.cumsum(np.where(on, 1, -1))
    return Work(
        arrival_s=tape.arrival_s,
        service_s=tape.talk_s + tape.wrap_up_s,
        patience_s=tape.patience_s,
        agents=len(tape.agent_group),
        shift_s=at,
        shift_agent=agent,
        shift_on=on,
        step_s=step_s,
        step_agents=there[len(at) - 1 - last],
    )


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
    "allotted",
)


def first_contacts(tape: Tape, most: int) -> Tape:
    """Return the tape with only its first contacts, for peers that are slow."""
    if len(tape) <= most:
        return tape
    return replace(tape, **{name: getattr(tape, name)[:most] for name in _CONTACT_COLUMNS})
