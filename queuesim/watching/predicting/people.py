"""Who is on duty from now on: those of the present, and the changes that the plan still has."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from queuesim.model import Scenario
from queuesim.watching.predicting.capacity import Capacity
from queuesim.watching.predicting.seen import Seen

_AS_FAR_AS_S = 86_400.0


class People:
    """The people of a scenario, seen at some instant.

    People come and go as planned, in numbers rounded from the plan less shrinkage and absence in
    the mean; who of those present goes first is not known, and drawn. As many more or fewer as are
    there now stay more or fewer.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.capacity = Capacity.of(scenario)

    def plan(
        self, seen: Seen, chance: np.random.Generator
    ) -> list[tuple[NDArray[np.float64], list[tuple[float, float]]]]:
        """Return for each group when those present go, and from when to when others come [s]."""
        found = []
        planned = np.round(self.capacity.staffed_at(seen.now_s))
        for g, steps in enumerate(self.capacity.staffed):
            here, last = int(seen.on_duty[g]), int(planned[g])
            until = np.full(here, np.inf)
            order, gone = chance.permutation(here), 0
            later: list[tuple[float, float]] = []
            for at_s, value in steps.after(seen.now_s):
                if at_s > seen.now_s + _AS_FAR_AS_S:
                    break
                change, last = round(value) - last, round(value)
                later += [(at_s, np.inf)] * max(change, 0)
                for _ in range(-change):  # who came first goes first
                    if gone < here:
                        until[order[gone]] = at_s
                        gone += 1
                        continue
                    still = next((k for k, each in enumerate(later) if each[1] == np.inf), None)
                    if still is not None:
                        later[still] = (later[still][0], at_s)
            found.append((until, later))
        return found
