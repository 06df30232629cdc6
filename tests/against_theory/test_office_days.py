"""Eight-hour days from empty: the MMC examples of Montréal's ContactCenters library.

Their conventions: nobody comes after eight hours, the queue is served out; in target is answered
within 20 s; service level and speed of answer are over the answered; occupancy is over the eight
hours. Each number was printed from 1,000 simulated days. Its standard error is taken from the
printed interval where there is one, else from the scatter of our own days; the rounding of the
print is added.
"""

from __future__ import annotations

from math import hypot, sqrt

import pytest

from tests.against_theory.centres import FromEmpty, exponential
from tests.against_theory.reference_numbers import PUBLISHED, decimals
from tests.against_theory.simulated_days import Estimate, play
from tests.against_theory.verdict import Line, judge, of_the_tape, rounding

EXAMPLES = PUBLISHED["contactcenters"]
MINUTE = 0.5  # in units of the mean handle time, two minutes
WITHIN = MINUTE / 3
THEIR_DAYS = 1000
# so many contacts of a 24-hour day, of which a third is open, in a mean handle time
RATE = 4.2 / MINUTE / 3
CENTRES = {
    "MMC": FromEmpty("MMC from empty", (RATE,), 12, days=8),
    "MMCAb": FromEmpty("MMCAb from empty", (RATE,), 12, days=8, patience=exponential(MINUTE)),
    "MMCBlocked": FromEmpty("MMCBlocked from empty", (RATE,), 12, days=8, places=5),
}


@pytest.mark.parametrize("example", CENTRES)
def test_a_day_from_empty(example: str) -> None:
    centre, printed = CENTRES[example], EXAMPLES[example]["printed"]
    days = play(centre)
    opening = centre.opening
    good, served = days.sums(days.served & (days.wait < WITHIN)), days.sums(days.served)
    waited, busy = days.sums(days.wait * days.served) / MINUTE, days.busy(opening)
    one = served * 0 + 1
    ratios = {
        "abandoned": (days.sums(days.abandoned), one, 10.0),
        "blocked": (days.sums(days.blocked), one, 10.0),
        "in_target": (good, one, 40.0),
        "SL": (good, served, 0.02),
        "SA": (waited, served, 0.04),
        "occ": (busy, one, 0.02),
    }
    lines = []
    for key, value in printed.items():
        if key == "ci":
            continue
        above, below, notices = ratios[key]
        scatter = days.spread(above, below) / sqrt(THEIR_DAYS)
        if key == next(iter(printed)):  # the interval is that of the first number
            scatter = (printed["ci"][1] - printed["ci"][0]) / 2 / 1.96
        error = hypot(scatter, rounding(decimals(value)))
        estimate: Estimate = days.ratio(above, below)
        lines.append(Line(key, estimate, value, notices, error))
    judge(centre.name, [*lines, *of_the_tape(days)])
