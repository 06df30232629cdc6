"""Where the lines of the kernel are: by contact type, and by the group that contacts are meant for.

Without allocation there is a line for each contact type, of the same index.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from queuesim.model import AgentGroup, ContactType, Skill

ANY = -1
"""In place of a group: its contacts are meant for no group above others."""


class Place(NamedTuple):
    """What waits in a line: contacts of a type, meant for a group, live or as later callbacks."""

    kind: int
    allotted: int
    callbacks: bool


def calls_later(contact_type: ContactType) -> bool:
    """Whether callbacks wait in a line of their own."""
    return contact_type.callback is not None and contact_type.callback.kind != "virtual_hold"


class Layout:
    """The lines of a scenario; those of a contact type together, lines of later callbacks last."""

    def __init__(self, types: tuple[ContactType, ...], groups: tuple[AgentGroup, ...]) -> None:
        meant_for = [
            [g for g, group in enumerate(groups) if each.allocation.get(group.name)] or [ANY]
            for each in types
        ]
        later = [k for k, each in enumerate(types) if calls_later(each)]
        live = [Place(k, g, False) for k in range(len(types)) for g in meant_for[k]]
        self.places = [*live, *(Place(k, g, True) for k in later for g in meant_for[k])]
        self._index = {place: index for index, place in enumerate(self.places)}
        self._shape = (len(types), len(groups) + 1)

    def callback_line(self, kind: int, allotted: int) -> int:
        """Return where a callback waits for its next dial."""
        later = self._index.get(Place(kind, allotted, True))
        return self._index[Place(kind, allotted, False)] if later is None else later

    def of_type(self, kind: int) -> tuple[int, int]:
        """Return the first line of a contact type, and the one after its last."""
        own = [i for i, place in enumerate(self.places) if place[::2] == (kind, False)]
        return own[0], own[-1] + 1

    def table(self) -> NDArray[np.int32]:
        """Return the line of each contact type and group; of any group in the last column.

        Returns
        -------
        int32[contact types, groups + 1]
            -1 where there is no such line.
        """
        table = np.full(self._shape, -1, dtype=np.int32)
        for index, (kind, allotted, callbacks) in enumerate(self.places):
            if not callbacks:
                table[kind, allotted] = index
        return table


def skills_by_type(groups: tuple[AgentGroup, ...]) -> dict[str, list[tuple[int, Skill]]]:
    """Return, for each contact type, the groups that serve it, in the order of rule 1."""
    found: dict[str, list[tuple[int, Skill]]] = {}
    for g, group in enumerate(groups):
        for skill in group.skills:
            found.setdefault(skill.contact_type, []).append((g, skill))
    return {name: sorted(able, key=lambda one: one[1].rank) for name, able in found.items()}
