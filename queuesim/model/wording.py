"""Small words for descriptions: times, shares, distributions, lists."""

from __future__ import annotations

from collections.abc import Iterable

from queuesim.model.distributions import Deterministic, Distribution, Empirical, Exponential
from queuesim.units import format_duration


def law_in_words(law: Distribution) -> str:
    """Return a distribution in words: ``4min (lognormal, cv 0.9)``."""
    if isinstance(law, Deterministic):
        return f"always {time_in_words(law.value)}"
    if isinstance(law, Exponential):
        return f"{time_in_words(law.mean)} (exponential)"
    if isinstance(law, Empirical):
        return f"{time_in_words(law.mean_s)} ({len(law.values):,} measured)"
    return f"{time_in_words(law.mean)} ({law.kind}, cv {law.cv:g})"


def time_in_words(seconds: float) -> str:
    """Return a time in words, rounded to what a planner reads."""
    return format_duration(round(seconds) if seconds >= 10 else round(seconds, 1))


def percent(share: float) -> str:
    """Return a share in per cent: ``28 %``."""
    return f"{100 * share:.3g} %"


def joined(names: Iterable[str]) -> str:
    """Return names as a sentence has them: ``a, b and c``."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def listed(names: Iterable[str], most: int = 12) -> str:
    """Return names in a row, the last ones counted rather than named when there are many."""
    row = list(names)
    if len(row) > most:
        row = [*row[: most - 1], f"{len(row) - most + 1} more"]
    return ", ".join(row)
