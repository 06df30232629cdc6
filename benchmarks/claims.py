"""What the project claims of its speed: ratios of two contestants within one run."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.timing import Spread, Timing, ratio

KERNEL = ("compiled, arrays made", "compiled")
"""Contestants that stand for the kernel, the first that took part."""


@dataclass(frozen=True)
class Claim:
    """How many times as long one takes as the other, for a contact.

    Attributes
    ----------
    case, phase : str
    longer, shorter : tuple of str
        Contestants; of each the first that took part.
    at_least, at_most : float or None
        What is wanted of longer ÷ shorter.
    """

    case: str
    phase: str
    longer: tuple[str, ...]
    shorter: tuple[str, ...]
    at_least: float | None = None
    at_most: float | None = None

    def wanted(self) -> str:
        """Say what is wanted."""
        return f"≥ {self.at_least:g}" if self.at_least is not None else f"≤ {self.at_most:g}"

    def holds(self, found: Spread) -> bool:
        """Whether the median is as wanted."""
        if self.at_least is not None:
            return found.median >= self.at_least
        assert self.at_most is not None
        return found.median <= self.at_most


CLAIMS = (
    *(
        Claim(case, "kernel", ("reference",), KERNEL, at_least=50)
        for case in ("erlang_a", "day", "two_skills", "chat", "callbacks")
    ),
    *(
        Claim(case, "kernel", ("SimPy textbook",), KERNEL, at_least=150)
        for case in ("erlang_a", "day")
    ),
    *(
        Claim(case, "kernel", KERNEL, ("prototype",), at_most=1.2)
        for case in ("erlang_a", "erlang_a_days", "day", "two_skills")
    ),
    Claim("day_100", "whole", ("cimba",), ("compiled",), at_least=10),
    Claim("day_100", "whole", ("compiled",), ("prototype",), at_most=1.8),
)


@dataclass(frozen=True)
class Found:
    """A claim with what this run says of it."""

    claim: Claim
    longer: str
    shorter: str
    ratio: Spread

    @property
    def holds(self) -> bool:
        """Whether it holds in this run."""
        return self.claim.holds(self.ratio)


def judged(case: str, phase: str, timings: list[Timing]) -> list[Found]:
    """Return the claims on a case and phase that this run can judge."""
    by_name = {timing.name: timing for timing in timings}
    found = []
    for claim in CLAIMS:
        if (claim.case, claim.phase) != (case, phase):
            continue
        longer = next((by_name[name] for name in claim.longer if name in by_name), None)
        shorter = next((by_name[name] for name in claim.shorter if name in by_name), None)
        if longer is not None and shorter is not None:
            found.append(Found(claim, longer.name, shorter.name, ratio(longer, shorter)))
    return found
