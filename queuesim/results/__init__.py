"""Floor 4, results: what came out, with its definition, its unit and its uncertainty."""

from queuesim.results.confidence import Estimate, paired_difference, ratio
from queuesim.results.experience import Experience
from queuesim.results.measures import MEASURES, Measure
from queuesim.results.result import Result
from queuesim.results.run import Run
from queuesim.results.service_level import ServiceLevel
from queuesim.results.tally import Tally, tally
from queuesim.results.totals import Totals

__all__ = [
    "MEASURES",
    "Estimate",
    "Experience",
    "Measure",
    "Result",
    "Run",
    "ServiceLevel",
    "Tally",
    "Totals",
    "paired_difference",
    "ratio",
    "tally",
]
