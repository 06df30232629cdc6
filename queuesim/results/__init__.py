"""Floor 4, results: what came out, with its definition, its unit and its uncertainty."""

from queuesim.results.confidence import Estimate, paired_difference, proportion, ratio
from queuesim.results.experience import Experience
from queuesim.results.measures import MEASURES, Measure
from queuesim.results.over_replications import (
    Spread,
    chance_of,
    contact_means,
    mean_of,
    spread_of,
)
from queuesim.results.own import OwnMeasure
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
    "OwnMeasure",
    "Result",
    "Run",
    "ServiceLevel",
    "Spread",
    "Tally",
    "Totals",
    "chance_of",
    "contact_means",
    "mean_of",
    "paired_difference",
    "proportion",
    "ratio",
    "spread_of",
    "tally",
]
