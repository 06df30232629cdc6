"""How a replication starts: an empty contact centre, and the headcount's changes before it."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from queuesim.engines.compiled.agenda import ENTRY, FAR, NEVER, Agenda
from queuesim.engines.compiled.floor import NOBODY, Floor, new_floor
from queuesim.engines.compiled.program import Program
from queuesim.engines.compiled.sessions import (
    CLOSES,
    HOURS_BEGIN,
    SESSION_BEGINS,
    SESSION_ENDS,
    SESSION_GOES_ON,
)
from queuesim.engines.wrong_tapes import refuse_wrong_agents
from queuesim.sampling import FRESH, Room, Sessions

_LINE_BYTES = 64
_CHANGES_IN_AGENDA = ("far", "end_key", "end_agent", "end_place")


@dataclass(frozen=True)
class Start:
    """How a replication starts with these agents and sessions; copied, not changed.

    What changes lies side by side in one block, each array at the start of a line of the cache, so
    that it is copied at one go; `places` says what is where. `last` is the latest copy: kept room
    gives the same memory again, and its arrays need not be made again. `slowest` is the largest
    factor on handle time with which an agent begins a session.
    """

    agent_group: NDArray[np.int32]
    sessions: Sessions
    agenda: Agenda
    block: NDArray[np.uint8]
    places: list[tuple[slice, np.dtype[Any]]]
    slowest: float
    last: list[tuple[NDArray[np.uint8], NDArray[np.uint8], Floor, Agenda]] = field(
        default_factory=list
    )

    @classmethod
    def of(
        cls, agent_group: NDArray[np.int32], sessions: Sessions, floor: Floor, agenda: Agenda
    ) -> Start:
        """Lay out the start."""
        arrays = [*floor, *(getattr(agenda, name) for name in _CHANGES_IN_AGENDA)]
        places, end = [], 0
        for array in arrays:
            places.append((slice(end, end + array.nbytes), array.dtype))
            end += -(-array.nbytes // _LINE_BYTES) * _LINE_BYTES
        block = np.zeros(end, dtype=np.uint8)
        for array, (place, _) in zip(arrays, places, strict=True):
            block[place] = array.view(np.uint8)
        slowest = float(agenda.change_factor.max())
        return cls(agent_group, sessions, agenda, block, places, slowest)

    def copied(self, room: Room) -> tuple[Floor, Agenda]:
        """Return a floor and an agenda that may be changed."""
        wider = room.empty("start", len(self.block) + _LINE_BYTES, np.uint8)
        for known, block, floor, agenda in self.last:
            if known is wider:  # the same memory: laid out already
                block[:] = self.block
                return floor, agenda
        first = -wider.__array_interface__["data"][0] % _LINE_BYTES
        block = wider[first : first + len(self.block)]
        block[:] = self.block
        arrays: list[Any] = [block[place].view(dtype) for place, dtype in self.places]
        n = len(Floor._fields)
        floor = Floor(*arrays[:n])
        agenda = self.agenda._replace(**dict(zip(_CHANGES_IN_AGENDA, arrays[n:], strict=True)))
        self.last[:] = [(wider, block, floor, agenda)]
        return floor, agenda


def start_of(program: Program, agent_group: NDArray[np.int32], sessions: Sessions) -> Start:
    """Work out the start; where sessions do not depend on chance the last one is used again."""
    for known in program.starts:
        if known.sessions is sessions and known.agent_group is agent_group:
            return known
    refuse_wrong_agents(program.scenario, agent_group, sessions)
    floor = new_floor(program.rules, agent_group)
    agenda = _new_agenda(program, sessions, agent_group)
    made = Start.of(agent_group, sessions, floor, agenda)
    program.starts[:] = [made]
    return made


def _hours_begin(
    program: Program, agent_group: NDArray[np.int32]
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return when the hours of a skill begin, and for whom: each agent of the group, by number."""
    at, group = program.openings
    who = [np.flatnonzero(agent_group == g) for g in group]
    many = [len(each) for each in who]
    agent = np.concatenate([*who, np.empty(0, dtype=np.intp)])
    when = np.repeat(at, many)
    order = np.lexsort((agent, when))
    return when[order], agent[order]


def _new_agenda(program: Program, sessions: Sessions, agent_group: NDArray[np.int32]) -> Agenda:
    """Return the agenda at the start: the headcount's changes, and nothing else."""
    agents = len(agent_group)
    closing_s, closing_line = program.closings
    opening_s, who_looks = _hours_begin(program, agent_group)
    # at one instant sessions end, then begin, then hours of skills begin, then types close
    when = np.concatenate([sessions.off_s, sessions.on_s, opening_s, closing_s, [inf]])
    n = len(sessions)
    kinds = (SESSION_ENDS, SESSION_BEGINS, HOURS_BEGIN, CLOSES, 0)
    many = (n, n, len(opening_s), len(closing_s), 1)
    kind = np.repeat(np.array(kinds, dtype=np.int8), many)
    earlier, later = _touching(sessions)
    when[earlier] = inf  # the agent does not leave
    kind[n + later] = SESSION_GOES_ON
    factor = np.ones(len(when))
    factor[n : 2 * n] = sessions.factor
    whose = np.concatenate([sessions.agent, sessions.agent, who_looks, closing_line, [NOBODY]])
    order = np.argsort(when, kind="stable")
    change_s = when[order]
    change_s[change_s > program.rules.horizon_s] = inf
    none = np.empty(0, dtype=ENTRY)  # each replication makes its own
    return Agenda(
        far=np.zeros(1, dtype=FAR),
        change_s=change_s,
        change=kind[order],
        changed=whose[order].astype(np.int32),
        change_factor=factor[order],
        end_key=np.full(agents + 5, NEVER, dtype=np.int64),
        end_agent=np.zeros(agents + 5, dtype=np.int32),
        end_place=np.full(agents, NOBODY, dtype=np.int32),
        timers=none,
        returns=none,
        patiences=none,
        **busy_room(FRESH, 1),
    )


def _touching(sessions: Sessions) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the sessions that another of the same agent follows without a break, and those."""
    agent = sessions.agent
    short = len(agent) and agent.max() < 1 << 15  # NumPy sorts such numbers by counting
    order = np.argsort(agent.astype(np.int16) if short else agent, kind="stable")
    one, other = order[:-1], order[1:]
    touch = (agent[one] == agent[other]) & (sessions.off_s[one] == sessions.on_s[other])
    return one[touch], other[touch]


def busy_room(room: Room, n: int) -> dict[str, NDArray[Any]]:
    """Return arrays for n busy periods."""
    return {
        "busy_agent": room.empty("busy_agent", n, np.int32),
        "busy_from_s": room.empty("busy_from_s", n, np.float64),
        "busy_to_s": room.empty("busy_to_s", n, np.float64),
    }
