"""`furthest`: how far one can go and still keep a promise: the fewest people, the slowest pace."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

import pandas as pd

from queuesim.errors import ScenarioWarning
from queuesim.experiments.compare import compare
from queuesim.experiments.decision import check_targets
from queuesim.experiments.what_changes import is_high
from queuesim.model import Scenario
from queuesim.results import Estimate, Result
from queuesim.results.measures import MEASURES, measure_named
from queuesim.results.wording import number_text

V = TypeVar("V")
Verdict = Literal["keeps", "open", "misses"]
_ORDER: tuple[Verdict, ...] = ("misses", "open", "keeps")
Build = Callable[[V], Scenario | Mapping[str, Scenario]]


@dataclass(frozen=True)
class Held:
    """How one of the values stands against the promise, in the best of its options.

    Attributes
    ----------
    option : str
        Name of the option; of a value with a single scenario, the scenario's.
    scenario : Scenario
    estimates : dict of (str, str or None) to Estimate
        By measure and contact type, None: all types together.
    targets : mapping of str to float
    """

    option: str
    scenario: Scenario
    estimates: dict[tuple[str, str | None], Estimate]
    targets: Mapping[str, float]

    def slack(self, of: tuple[str, str | None]) -> float:
        """Return by how much a measure surely keeps its target; below 0 it does not."""
        estimate, target = self.estimates[of], self.targets[of[0]]
        return estimate.low - target if is_high(of[0]) else target - estimate.high

    def verdict_on(self, of: tuple[str, str | None]) -> Verdict:
        """Say whether a measure surely keeps its target, surely misses it, or neither."""
        estimate, target = self.estimates[of], self.targets[of[0]]
        if self.slack(of) >= 0:
            return "keeps"
        misses = estimate.high < target if is_high(of[0]) else estimate.low > target
        return "misses" if misses else "open"

    @property
    def verdict(self) -> Verdict:
        """Say whether every target is surely kept, one surely missed, or neither."""
        return min((self.verdict_on(of) for of in self.estimates), key=_ORDER.index)

    @property
    def tightest(self) -> tuple[str, str | None]:
        """The measure and contact type with the least to spare, of its target's size."""
        return min(
            self.estimates, key=lambda of: (self.slack(of) / (self.targets[of[0]] or 1.0), str(of))
        )

    @property
    def estimate(self) -> Estimate:
        """The estimate with the least to spare."""
        return self.estimates[self.tightest]

    @property
    def rank(self) -> tuple[int, float]:
        """By which the best of several options is chosen."""
        of = self.tightest
        return _ORDER.index(self.verdict), self.slack(of) / (self.targets[of[0]] or 1.0)

    def __str__(self) -> str:
        name, kind = self.tightest
        target = number_text(self.targets[name], MEASURES[name].unit)
        who = f" of {kind}" if kind else ""
        return f"{MEASURES[name].label}{who} {self.estimate.text}, target {target}"


@dataclass(frozen=True)
class Furthest(Generic[V]):
    """How far one can go.

    Attributes
    ----------
    value : V or None
        The last of the values that surely keeps the promise; None when the first does not.
    perhaps : V or None
        The last that does not surely miss it: between the two the replications do not settle it.
        None when every value surely misses it.
    held : dict of V to Held
        How the values that were tried stand, in their order.
    not_in_order : tuple of V
        Values that were tried and do not fit the order: they keep the promise after one that
        misses it. Then the search may have missed a better one; try all of them with `compare`.
    confidence : float
    """

    value: V | None
    perhaps: V | None
    held: dict[V, Held]
    not_in_order: tuple[V, ...]
    confidence: float

    @property
    def best(self) -> Held | None:
        """How the value that was found stands; None when there is none."""
        return None if self.value is None else self.held[self.value]

    @property
    def scenario(self) -> Scenario:
        """The scenario that was found.

        Raises
        ------
        ValueError
            When no value surely keeps the promise.
        """
        if self.best is None:
            raise ValueError(f"no value surely keeps the promise. {self}")
        return self.best.scenario

    @property
    def table(self) -> pd.DataFrame:
        """One row a value that was tried, measure and contact type, in the order of the values.

        Columns `value`, `option`, `measure`, `contact_type` (missing: all), `estimate`, `low`,
        `high`, `target`, `verdict`.
        """
        rows = [
            {
                "value": value,
                "option": held.option,
                "measure": name,
                "contact_type": kind,
                "estimate": estimate.value,
                "low": estimate.low,
                "high": estimate.high,
                "target": held.targets[name],
                "verdict": held.verdict_on((name, kind)),
            }
            for value, held in self.held.items()
            for (name, kind), estimate in held.estimates.items()
        ]
        return pd.DataFrame(rows)

    def __str__(self) -> str:
        sure = f"{100 * self.confidence:g} % intervals, {len(self.held)} values tried"
        if self.best is None:
            first = next(iter(self.held))
            text = f"none: {first!r} does not surely keep it ({self.held[first]})"
        else:
            text = f"{self.value!r} surely keeps it ({self.best})"
        if self.perhaps is None:
            text += "; every value surely misses it"
        elif self.perhaps != self.value:
            text += f"; up to {self.perhaps!r} it is open ({self.held[self.perhaps]})"
        following = self._after(self.perhaps)
        if following is not None:
            text += f"; {following!r} surely misses it ({self.held[following]})"
        if self.not_in_order:
            listed = ", ".join(map(repr, self.not_in_order))
            text += f". Not in order: {listed} keep it after one that misses it; compare them all"
        return f"{text} ({sure})"

    def _after(self, value: V | None) -> V | None:
        tried = list(self.held)
        k = tried.index(value) + 1 if value is not None else 0
        return tried[k] if k < len(tried) else None


def furthest(
    build: Build[V],
    values: Sequence[V],
    *,
    contact_type: str | None = None,
    each_type: bool = False,
    confidence: float = 0.95,
    replications: int = 100,
    seed: int = 0,
    engine: str = "compiled",
    executor: Executor | None = None,
    progress: bool | None = None,
    **targets: float,
) -> Furthest[V]:
    """Find the last of some values, in order, that surely keeps a promise.

    The fewest people: ``range(30, 5, -1)``. The slowest second language: ``(1.0, 1.1, 1.2, …)``.
    The most customers, the longest outage, the smallest chat share: whatever makes keeping it
    harder, step by step. The values are halved again and again (bisection), so that 60 of them
    take about 12 plays, all on the same customers.

    Parameters
    ----------
    build : callable
        ``build(value)`` returns a scenario; or several by name, such as ways to share people out:
        then the one with most to spare counts.
    values : sequence
        From the one that keeps the promise most surely to the one that does least; no two equal.
    contact_type : str, optional
        The contact type the targets speak of; None: all, pooled.
    each_type : bool, default False
        Every contact type must keep the targets (of service level: every type with a target).
    confidence : float, default 0.95
        Of the two-sided interval of each measure, on whose good side the target must lie. Where the
        values are in order and meet the same customers, a value is called fit that is not in at
        most half of the rest, 2.5 % of searches, as far as the t distribution holds for so many
        replications: a later value keeps it only if all before it do. A share that is the same in
        all replications, such as 100 %, is taken to be sure: the later values show when it ends.
        Targets next to 100 % of few contacts are beyond that: play more.
    replications, seed, engine, executor, progress
        As for `simulate`, for each play.
    **targets : float
        Measures and what they must reach, as for `Comparison.cheapest_meeting`.

    Returns
    -------
    Furthest
        The value, what is open beyond it, and all that was tried. What was found is best played
        again under another seed: chance that helped it to be found does not help it there.

    Raises
    ------
    ValueError
        For no value, equal values, unknown measures or targets out of range; and as for `compare`.

    Examples
    --------
    >>> import queuesim as qs
    >>> phone = qs.ContactType(name="support", channel="phone", demand=qs.Demand(per_day=200),
    ...                        talk=qs.Exponential(mean="4min"),
    ...                        patience=qs.Exponential(mean="3min"))
    >>> team = qs.AgentGroup(name="home", skills=("support",), headcount=2,
    ...                      contract=qs.InHouse(per_hour=24.0))
    >>> day = qs.Scenario(name="a day", contact_types=(phone,), agent_groups=(team,),
    ...                   horizon=qs.Horizon(start="2026-11-23", days=1))
    >>> found = qs.furthest(lambda people: day.change("agent_groups.home.headcount", people),
    ...                     range(6, 0, -1), service_level=0.80, replications=20, seed=7)
    >>> found.value
    2
    """
    check_targets(targets, confidence)
    listed = list(values)
    if not listed:
        raise ValueError("furthest needs at least one value")
    for k, value in enumerate(listed):
        if value in listed[:k]:
            raise ValueError(f"values must differ; {value!r} is there twice")
    if each_type and contact_type is not None:
        raise ValueError("each_type=True speaks of every type: leave contact_type out")
    held: dict[int, Held] = {}

    def at(k: int) -> Held:
        if k not in held:
            built = build(listed[k])
            options = {built.name: built} if isinstance(built, Scenario) else dict(built)
            if not options:
                raise ValueError(f"build({listed[k]!r}) returned no scenario")
            with warnings.catch_warnings():
                warnings.simplefilter(
                    "ignore", ScenarioWarning
                )  # too few people is what we look for
                played = compare(
                    options,
                    replications=replications,
                    seed=seed,
                    engine=engine,
                    executor=executor,
                    progress=progress,
                )
            every = [
                Held(
                    name,
                    options[name],
                    _estimates(result, targets, contact_type, each_type, confidence),
                    targets,
                )
                for name, result in played.results.items()
            ]
            held[k] = max(every, key=lambda each: each.rank)
        return held[k]

    last = _last(len(listed), lambda k: at(k).verdict == "keeps")
    perhaps = _last(len(listed), lambda k: at(k).verdict != "misses", known=last)
    tried = dict(sorted(held.items()))
    worst = len(_ORDER)
    astray = []
    for k, each in tried.items():
        if _ORDER.index(each.verdict) == 2 and worst == 0:
            astray.append(listed[k])
        worst = min(worst, _ORDER.index(each.verdict))
    return Furthest(
        value=None if last < 0 else listed[last],
        perhaps=None if perhaps < 0 else listed[perhaps],
        held={listed[k]: each for k, each in tried.items()},
        not_in_order=tuple(astray),
        confidence=confidence,
    )


def _last(n: int, true: Callable[[int], bool], *, known: int = -1) -> int:
    """Return the last of 0 … n - 1 for which something is true, if it is true up to there; or -1.

    Parameters
    ----------
    n : int
    true : callable
    known : int
        It is true up to here.
    """
    low, high = known, n
    while high - low > 1:
        middle = (low + high) // 2
        if true(middle):
            low = middle
        else:
            high = middle
    return low


def _estimates(
    result: Result,
    targets: Mapping[str, float],
    contact_type: str | None,
    each_type: bool,
    confidence: float,
) -> dict[tuple[str, str | None], Estimate]:
    found: dict[tuple[str, str | None], Estimate] = {}
    for name in targets:
        about = measure_named(name)
        kinds: list[str | None] = [contact_type]
        if each_type and about.of in ("contacts", "waits"):
            targeted = zip(result.layout.types, result.layout.has_target, strict=True)
            kinds = [kind for kind, has in targeted if has or not about.needs_target]
        for kind in kinds:
            by_type: dict[str, Any] = {"contact_type": kind} if kind else {}
            found[name, kind] = result.measure(name, confidence=confidence, **by_type)
    return found
