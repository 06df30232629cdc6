"""The wait at this hour, from simulated quiet days: what is known without looking at the queue."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from queuesim.model import Scenario
from queuesim.watching.predicting.laws import Law, Sample, stages
from queuesim.watching.predicting.patient import patient_days
from queuesim.watching.predicting.seen import Seen

_ENOUGH = 200


class TimeOfDay:
    """The waits of those who had to wait in the same interval of simulated replications.

    The time-dependent form of no information. Where fewer than 200 patient contacts waited in an
    interval, those of the intervals next to it count too.

    Parameters
    ----------
    scenario : Scenario
    replications : int, default 50
    seed : int, default 1
    """

    name = "time_of_day"
    why = "As long as those waited who had to wait at this hour of simulated days."

    def __init__(self, scenario: Scenario, *, replications: int = 50, seed: int = 1) -> None:
        self.scenario, self.replications, self.seed = scenario, replications, seed
        self._waits: dict[int, tuple[NDArray[np.float64], NDArray[np.float64]]] = {}

    def predict(self, seen: Seen, contact_type: int) -> Law:
        """Return the law of the wait."""
        came_s, waits_s = self._of(contact_type)
        if not len(waits_s):
            return stages(1, 0.0)
        horizon = self.scenario.horizon
        interval = seen.now_s // horizon.interval
        reach_s = 0.0
        while True:
            low = interval * horizon.interval - reach_s
            high = (interval + 1) * horizon.interval + reach_s
            first, last = np.searchsorted(came_s, [low, high])
            if last - first >= min(_ENOUGH, len(came_s)):
                return Sample(np.sort(waits_s[first:last]))
            reach_s += horizon.interval

    def _of(self, contact_type: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        if contact_type not in self._waits:
            came, waits = [], []
            for days in patient_days(
                self.scenario, contact_type, replications=self.replications, seed=self.seed
            ):
                waited = days.waits_s > 0
                came.append(days.came_s[waited])
                waits.append(days.waits_s[waited])
            came_s, waits_s = np.concatenate(came), np.concatenate(waits)
            order = np.argsort(came_s, kind="stable")
            self._waits[contact_type] = (came_s[order], waits_s[order])
        return self._waits[contact_type]
