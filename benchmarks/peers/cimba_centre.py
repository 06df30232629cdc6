"""cimba: a model for each contact, spawned when it arrives; a resource and a timer for patience.

Its compiled processes read the same contacts as traces. Every replication plays the same contacts:
cimba draws nothing, and nothing that it would draw is timed.
"""

# mypy: ignore-errors
# No `from __future__ import annotations`: cimba reads its models' annotations when it compiles.
from collections.abc import Callable

import cimba
import numpy as np
from cimba import inputs

from benchmarks.answers import Answer
from benchmarks.work import Work

PATIENCE_ENDS = 7
"""A signal that is neither 0 (acquired) nor one of cimba's own."""


class Contact(cimba.Model):
    centre: cimba.Ref["Centre"]
    service: float
    patience: float

    @cimba.process
    def life(self):
        arrived = cimba.now()
        me = cimba.this_process()
        me.timer_set(self.patience, PATIENCE_ENDS)
        signal = self.centre.agents.acquire(1)
        self.centre.total_wait += cimba.now() - arrived
        if signal == 0:
            me.timers_clear()
            cimba.hold(self.service)
            self.centre.agents.release(1)
        else:
            self.centre.abandoned += 1.0
        cimba.release(self)


class Centre(cimba.Model):
    gaps: cimba.Input[float]
    services: cimba.Input[float]
    patiences: cimba.Input[float]
    agents: cimba.Resource = cimba.Resource(capacity=1)
    steps: cimba.Param[int] = 0
    step_gap: cimba.Array[float] = cimba.Array(64)
    step_agents: cimba.Array[int] = cimba.Array(64)
    abandoned: cimba.Output[float] = 0.0
    total_wait: cimba.Output[float] = 0.0

    @cimba.process
    def staffing(self):
        k = 0
        while k < self.steps:
            if self.step_gap[k] > 0.0:
                cimba.hold(self.step_gap[k])
            self.agents.set_capacity(self.step_agents[k])
            k += 1

    @cimba.process
    def arrivals(self):
        while self.gaps.remaining() > 0:
            cimba.hold(self.gaps.next())
            cimba.spawn(
                Contact, centre=self, service=self.services.next(), patience=self.patiences.next()
            )


def prepare(work: Work, replications: int) -> Callable[[], Answer]:
    """Build the model and its experiment; return its run on one worker."""
    centre = Centre()
    centre.gaps = inputs.trace(np.diff(work.arrival_s, prepend=0.0))
    centre.services = inputs.trace(work.service_s)
    centre.patiences = inputs.trace(work.patience_s)
    centre.steps = len(work.step_s)
    centre.step_gap = cimba.Array(np.diff(work.step_s, prepend=0.0).tolist())
    centre.step_agents = cimba.Array(work.step_agents.tolist())
    experiment = cimba.Experiment(centre, replications=replications)
    n = len(work)

    def play() -> Answer:
        result = experiment.run(workers=1)
        if result.failed.any():
            raise RuntimeError(f"cimba: {result.failure_reasons}")
        abandoned, total = (
            float(np.asarray(output.values).ravel()[-1])
            for output in (result[centre].abandoned, result[centre].total_wait)
        )
        return Answer(n, int(abandoned), total / max(1, n))

    return play
