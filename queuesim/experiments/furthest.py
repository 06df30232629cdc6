"""`furthest`: how far one can go and still keep a promise: the fewest people, the slowest pace."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor

from queuesim.errors import ScenarioWarning
from queuesim.experiments.compare import compare
from queuesim.experiments.held import Furthest, Held, V
from queuesim.experiments.targets import asked_of, check_targets, estimates
from queuesim.model import Scenario

Build = Callable[[V], Scenario | Mapping[str, Scenario]]


def furthest(
    build: Build[V],
    values: Sequence[V],
    *,
    contact_type: str | Sequence[str] | None = None,
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
    contact_type : str or sequence of str, optional
        The contact type the targets speak of, or several together; None: all, pooled.
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
                    estimates(
                        result,
                        asked_of(result, targets, contact_type, each_type),
                        confidence=confidence,
                    ),
                    targets,
                )
                for name, result in played.results.items()
            ]
            held[k] = max(every, key=lambda each: each.rank)
        return held[k]

    last = _last(len(listed), lambda k: at(k).verdict == "meets")
    perhaps = _last(len(listed), lambda k: at(k).verdict != "misses", known=last)
    tried = dict(sorted(held.items()))
    astray, missed = [], False
    for k, each in tried.items():
        if missed and each.verdict == "meets":
            astray.append(listed[k])
        missed = missed or each.verdict == "misses"
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
