"""Floor 5, experiments: one verb to simulate a scenario, one to compare options."""

from queuesim.experiments.compare import Comparison, compare
from queuesim.experiments.decision import Decision
from queuesim.experiments.furthest import Furthest, furthest
from queuesim.experiments.simulate import simulate
from queuesim.experiments.stopping import Interrupted, WorkersLost

__all__ = [
    "Comparison",
    "Decision",
    "Furthest",
    "Interrupted",
    "WorkersLost",
    "compare",
    "furthest",
    "simulate",
]
