"""Simulated means against reference numbers: lines of a table, and what may be said of all of them.

A line fails when the two lie more than four standard errors apart. If Student's t held for each
line, with its degrees of freedom, chance alone would do that to a line once in several thousand
times, and to any of the whole suite with at most the sum over its lines, printed at the end of
``pytest -s``: about 0.2. That is a guide and no bound. Waits are skewed, and a sample that lacks
the rare long queue lacks its scatter too: with two other seeds one line of 1,600 went beyond four,
a mean wait, which eight further seeds put right. Draws are fixed, so the suite fails always or
never: chance is spent once, when draws change. A line that then lies just beyond four is to be
played with a few other seeds before it is believed.

Four things that are not chance may move a mean by up to 1/10,000 of itself, and that much is added
to the standard error: the grid of the tape, rates held constant over a minute, the empty start, and
the contacts still waiting when the horizon ends.

Beside each line stands the smallest error it would notice nine times in ten: 4 + 1.28 standard
errors. A line also fails when that is larger than the error it is meant to notice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import hypot, sqrt

from scipy import stats

from tests.against_theory.simulated_days import Days, Estimate

FAR = 4.0
NOT_CHANCE = 1e-4
NOTICED = FAR + float(stats.norm.ppf(0.9))


@dataclass(frozen=True)
class Line:
    """One simulated mean and its reference number."""

    what: str
    simulated: Estimate
    reference: float
    notices: float
    """The largest error that may go unnoticed, in the unit of the number."""
    reference_error: float = 0.0
    """Standard error of the reference, when it was simulated or rounded itself."""

    @property
    def error(self) -> float:
        """Standard error of the difference."""
        return hypot(self.simulated.error, self.reference_error, NOT_CHANCE * self.reference)

    @property
    def z(self) -> float:
        """Difference in standard errors."""
        return (self.simulated.value - self.reference) / self.error

    @property
    def detectable(self) -> float:
        """The smallest error noticed nine times in ten."""
        return NOTICED * self.error

    @property
    def by_chance(self) -> float:
        """Chance of a difference beyond four standard errors when there is none."""
        if self.simulated.by_chance is not None:
            return self.simulated.by_chance
        return float(2 * stats.t.sf(FAR, self.simulated.freedom))

    def wrong(self) -> str:
        """Say what is wrong, or nothing."""
        if not abs(self.z) <= FAR:
            return (
                f"{self.what}: {self.simulated.value:.6g} for {self.reference:.6g}, z {self.z:.1f}"
            )
        if self.detectable > self.notices:
            return f"{self.what}: would notice only {self.detectable:.2g}, not {self.notices:.2g}"
        return ""

    def __str__(self) -> str:
        return (
            f"{self.what:<34}{self.simulated.value:>12.6g}{self.reference:>12.6g}"
            f"{self.z:>7.2f}{self.detectable:>12.2g}"
        )


LEDGER: list[tuple[str, Line]] = []
"""Every line that was judged, with its row."""


def rounding(digits: int) -> float:
    """Return the standard error of a number printed with so many decimals."""
    return 10.0**-digits / sqrt(12)


def of_the_tape(days: Days) -> list[Line]:
    """Compare what the tape brought with its expectation."""
    return [
        Line(f"tape: {name}, excess", estimate, 0.0, float("inf"))
        for name, estimate in days.tape_estimates().items()
    ]


def wrong(lines: Iterable[Line]) -> list[str]:
    """Return what is wrong with some lines."""
    return [said for line in lines if (said := line.wrong())]


def judge(row: str, lines: Iterable[Line]) -> None:
    """Print the lines of a row, remember them, and fail if any is wrong."""
    lines = list(lines)
    print(f"\n{row:<34}{'simulated':>12}{'reference':>12}{'z':>7}{'would notice':>14}")
    for line in lines:
        print(line)
        LEDGER.append((row, line))
    assert not wrong(lines), f"{row}: " + "; ".join(wrong(lines))
