"""Targets: what a measure must reach, and whether an estimate surely reaches it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import sqrt
from typing import Any, Literal

import numpy as np
from scipy.special import ndtri

from queuesim.model.wording import joined
from queuesim.results import Estimate, Result, ServiceLevel
from queuesim.results.measures import MEASURES, measure_named

Verdict = Literal["misses", "open", "meets"]
"""Surely missed, not settled by the replications, surely met."""

Of = tuple[str, str | None]
"""A measure, and the contact type or types it is of; None: all, pooled."""

RANK: dict[Verdict, int] = {"misses": 0, "open": 1, "meets": 2}
"""The more, the better."""


def asked_of(
    result: Result,
    targets: Mapping[str, float],
    contact_type: str | Sequence[str] | None,
    each_type: bool,
) -> dict[Of, dict[str, Any]]:
    """Return what must reach the targets: each measure, of whom, and how `measure` is asked for it.

    Parameters
    ----------
    result : Result
        Asked for its contact types, where each of them counts.
    targets : mapping of str to float
    contact_type : str or sequence of str, optional
        One contact type, or several together; None: all, pooled.
    each_type : bool
        Each contact type for itself; of service level: every type with a target.

    Raises
    ------
    ValueError
        For contact types named although each of them counts, for a list of none, and where each
        type with a target counts and none has one.
    """
    if each_type and contact_type is not None:
        raise ValueError("each_type=True speaks of every type: leave contact_type out")
    whose: str | None = None
    how: dict[str, Any] = {}
    if contact_type is not None:
        names = [contact_type] if isinstance(contact_type, str) else list(contact_type)
        if not names:
            raise ValueError("contact_type=[]: name at least one type, or leave it out for all")
        names = list(dict.fromkeys(names))
        whose, how = joined(names), {"contact_type": names if len(names) > 1 else names[0]}
    asked: dict[Of, dict[str, Any]] = {}
    for name in targets:
        about = measure_named(name)
        if each_type and about.of in ("contacts", "waits"):
            targeted = zip(result.layout.types, result.layout.has_target, strict=True)
            for kind, has in targeted:
                if has or not about.needs_target:
                    asked[name, kind] = {"contact_type": kind}
        else:
            asked[name, whose] = how
    if not asked:
        raise ValueError("each_type=True: no contact type has a target of its own")
    return asked


def estimates(
    result: Result,
    asked: Mapping[Of, Mapping[str, Any]],
    *,
    confidence: float,
    definition: ServiceLevel | None = None,
) -> dict[Of, Estimate]:
    """Return what a result reaches, of whatever is asked.

    Parameters
    ----------
    result : Result
    asked : dict
        From `asked_of`.
    confidence : float
        Of each interval.
    definition : ServiceLevel, optional
        Which service level; None: the result's own.
    """
    which = {} if definition is None else {"definition": definition}
    return {
        of: result.measure(of[0], confidence=confidence, **which, **how)
        for of, how in asked.items()
    }


def label_of(of: Of) -> str:
    """Return a measure in words, and of whom: ``service level of phone``."""
    name, whose = of
    return f"{MEASURES[name].label} of {whose}" if whose else MEASURES[name].label


def is_high(name: str) -> bool:
    """Whether more of a measure is better."""
    return MEASURES[name].better == "high"


def sure(name: str, estimate: Estimate) -> float:
    """Return what a measure surely reaches: the bound on its bad side."""
    return estimate.low if is_high(name) else estimate.high


def spare(name: str, estimate: Estimate, target: float) -> float:
    """Return by how much a measure surely meets its target; below 0 it does not surely do so."""
    return estimate.low - target if is_high(name) else target - estimate.high


def verdict_on(name: str, estimate: Estimate, target: float) -> Verdict:
    """Say whether a measure surely meets its target, surely misses it, or neither.

    Parameters
    ----------
    name : str
        The measure's.
    estimate : Estimate
    target : float

    Returns
    -------
    {"misses", "open", "meets"}
        Where the interval lies wholly beyond the target, spans it, or lies wholly on its good side.
        An estimate without a value is open.
    """
    if spare(name, estimate, target) >= 0:
        return "meets"
    missed = estimate.high < target if is_high(name) else estimate.low > target
    return "misses" if missed else "open"


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict on several targets that must all be met."""
    return min(verdicts, key=RANK.__getitem__)


def with_doubt(estimate: Estimate, result: Result, how: Mapping[str, Any]) -> Estimate:
    """Widen the interval of a share that did not vary, by what so few days leave open.

    Parameters
    ----------
    estimate : Estimate
    result : Result
        What it was measured in.
    how : mapping
        How it was asked for: see `asked_of`.

    Returns
    -------
    Estimate
        With Wilson's bounds, each day with contacts in each replication as one trial, where all
        replications show one share; else as it is. What happens on one day hardly depends on
        another; contacts of the same day meet the same queue.

    References
    ----------
    .. [1] Wilson (1927), Probable inference, the law of succession, and statistical inference.
    """
    if estimate.unit != "share" or estimate.half_width != 0:
        return estimate
    names = how.get("contact_type", result.layout.types)
    whose = [names] if isinstance(names, str) else names
    kinds = [result.layout.types.index(each) for each in whose]
    came = result.totals.contacts_by_day("offered")[:, kinds].sum(axis=1)
    n, share = int(np.count_nonzero(came)), estimate.value
    z = float(ndtri((1 + estimate.confidence) / 2))
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    bounds = (max(0.0, centre - half), min(1.0, centre + half))
    return replace(estimate, half_width=half, bounds=bounds)


def check_targets(targets: Mapping[str, float], confidence: float) -> None:
    """Refuse targets that no option can be held against.

    Raises
    ------
    ValueError
        For no target, an unknown measure or one without a better side, a target out of range, a
        confidence out of range.
    """
    if not targets:
        raise ValueError("name at least one target, for example service_level=0.80")
    if not 0.5 < confidence < 1:
        raise ValueError(f"confidence={confidence!r}: must lie between 0.5 and 1")
    for name in targets:
        if name not in MEASURES or MEASURES[name].better is None or name == "cost":
            good = ", ".join(n for n, m in MEASURES.items() if m.better and n != "cost")
            raise ValueError(f"{name!r} cannot be a target; targets are: {good}")
        _check_target(name, targets[name])


def _check_target(name: str, target: float) -> None:
    """Refuse a target that its measure cannot reach or miss."""
    if isinstance(target, bool) or not isinstance(target, (int, float)) or not target >= 0:
        raise ValueError(f"{name}={target!r}: a target must be a number, 0 or more")
    if MEASURES[name].unit == "share" and target > 1:
        likely = f"; did you mean {target / 100:g}?" if target <= 100 else ""
        raise ValueError(f"{name}={target!r}: a share lies between 0 and 1{likely}")
