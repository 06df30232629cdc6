"""Where the lines of the kernel are: by contact type, and by the group that contacts are meant for.

Without allocation there is a line for each contact type, of the same index.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from queuesim.model import AgentGroup, ContactType

ANY = -1
"""In place of a group: its contacts are meant for no group above others."""


class Place(NamedTuple):
    """What waits in a line: contacts of a type, meant for a group, live or as later callbacks."""

    kind: int
    allotted: int
    callbacks: bool


class Layout:
    """The lines of a scenario; those of a contact type together, lines of later callbacks last."""

    def __init__(self, types: tuple[ContactType, ...], groups: tuple[AgentGroup, ...]) -> None:
        meant_for = [
            [g for g, group in enumerate(groups) if each.allocation.get(group.name)] or [ANY]
            for each in types
        ]
        later = [k for k, c in enumerate(types) if c.callback and c.callback.kind == "later"]
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
