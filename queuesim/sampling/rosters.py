"""The people of a scenario as tables that kernels read, worked out once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from queuesim.model import Scenario
from queuesim.model.roster import Roster
from queuesim.sampling.sessions import ENTRY, GROUP, PIECE, STRETCH

Table = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Rosters:
    """All groups' rosters.

    Attributes
    ----------
    groups : GROUP[groups]
    pieces : PIECE[pieces of all headcounts]
    entries : ENTRY[people with shifts, day by day, of all groups]
    stretches : STRETCH[stretches of all shifts]
    instants_s : float64[instants]
        All times at which somebody may come or go [s], each once.
    room : int
        More sessions there cannot be.
    """

    groups: Table
    pieces: Table
    entries: Table
    stretches: Table
    instants_s: NDArray[np.float64]
    room: int


def rosters_of(scenario: Scenario, absence_streams: list[int]) -> Rosters:
    """Return the rosters of a scenario.

    Parameters
    ----------
    scenario : Scenario
    absence_streams : list of int
        The stream of each group's absence; not used where there is none.
    """
    rosters = scenario.rosters
    times = [time for each in rosters for time in (each.edges_s, each.on_s, each.off_s)]
    instants_s = np.unique(np.concatenate(times))
    groups = np.zeros(len(rosters), dtype=GROUP)
    pieces: list[Table] = [np.zeros(0, dtype=PIECE)]
    entries: list[Table] = [np.zeros(0, dtype=ENTRY)]
    stretches: list[Table] = [np.zeros(0, dtype=STRETCH)]
    room = 0
    for row, (group, roster) in enumerate(zip(scenario.agent_groups, rosters, strict=True)):
        so_far = [sum(map(len, tables)) for tables in (pieces, entries, stretches)]
        if roster.by_shifts:
            own, listed = _shift_tables(roster, instants_s, so_far[1])
            stretches.append(own)
            entries.append(listed)
            first, end = so_far[2], 0
            room += len(own)
        else:
            own = _piece_table(roster, instants_s, scenario.horizon.day_edges_s)
            listed = entries[0]
            pieces.append(own)
            first, end = so_far[0], int(np.searchsorted(instants_s, roster.edges_s[-1]))
            room += _most_sessions(own)
        groups[row] = (
            roster.by_shifts,
            roster.people,
            1.0 - group.shrinkage,
            group.absence,
            absence_streams[row],
            first,
            first + len(own),
            so_far[1],
            so_far[1] + len(listed),
            end,
        )
    return Rosters(
        groups=groups,
        pieces=np.concatenate(pieces),
        entries=np.concatenate(entries),
        stretches=np.concatenate(stretches),
        instants_s=instants_s,
        room=room,
    )


def _piece_table(roster: Roster, instants_s: Table, day_edges_s: Table) -> Table:
    table = np.zeros(len(roster.counts), dtype=PIECE)
    table["instant"] = np.searchsorted(instants_s, roster.edges_s[:-1])
    table["count"] = roster.counts
    table["day"] = np.searchsorted(day_edges_s, roster.edges_s[:-1], side="right") - 1
    return table


def _shift_tables(roster: Roster, instants_s: Table, first_entry: int) -> tuple[Table, Table]:
    """Return the stretches of a group's shifts, and who has a shift on which day."""
    order = np.lexsort((roster.off_s, roster.on_s, roster.person))
    person, day = roster.person[order], roster.day[order]
    people = max(roster.people, 1)
    listed, entry = np.unique(day * people + person, return_inverse=True)
    entries = np.zeros(len(listed), dtype=ENTRY)
    entries["day"], entries["person"] = np.divmod(listed, people)
    stretches = np.zeros(len(order), dtype=STRETCH)
    stretches["entry"], stretches["person"] = first_entry + entry, person
    stretches["on"] = np.searchsorted(instants_s, roster.on_s[order])
    stretches["off"] = np.searchsorted(instants_s, roster.off_s[order])
    return stretches, entries


def _most_sessions(pieces: Table) -> int:
    """Return how often somebody comes, at most.

    Within a day those there grow with those scheduled, and no faster; overnight all may change.
    """
    if not len(pieces):
        return 0
    more = np.maximum(np.diff(pieces["count"], prepend=0), 0)
    new_day = np.diff(pieces["day"], prepend=-1) > 0
    return int(np.where(new_day, pieces["count"], more).sum())
