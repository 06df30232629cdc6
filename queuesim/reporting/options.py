"""Options beside each other: what each costs, what it reaches, and which one was chosen."""

from __future__ import annotations

from math import isfinite

from matplotlib.axes import Axes

from queuesim.experiments import Comparison, Decision
from queuesim.reporting.labels import place_labels
from queuesim.reporting.style import (
    BLUE,
    GREEN,
    INK,
    ORANGE,
    footnote,
    heading,
    page,
    target_label,
)
from queuesim.reporting.words import (
    ScaledFormatter,
    ScaledLocator,
    capital,
    chosen_types,
    days_text,
    meaning_text,
    replications_text,
    shown_unit,
    speaks_for_all,
    types_text,
)
from queuesim.results import Estimate, Result
from queuesim.results.measures import MEASURES, Measure, measure_named, unknown

_BY_TYPE = ("contacts", "waits")


def options(
    comparison: Comparison,
    *,
    x: str = "cost",
    y: str = "service_level",
    target: float | None = None,
    decision: Decision | None = None,
    contact_type: str | None = None,
    confidence: float = 0.95,
    ax: Axes | None = None,
) -> Axes:
    """Draw every option as a point with its intervals: by default service level over cost.

    Parameters
    ----------
    comparison : Comparison
    x, y : str, default "cost" and "service_level"
        Names of measures.
    target : float, optional
        What `y` must reach, in its own unit: 0.80, or 30 [s]. The side that meets it is shaded.
    decision : Decision, optional
        Highlights the option that was chosen.
    contact_type : str, optional
        For one contact type, where a measure is by contact type; None: all.
    confidence : float, default 0.95
        Of the intervals, each for itself; with one replication there are none.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: on a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes
        One line an option, of one point, in the measures' own units.

    Raises
    ------
    ValueError
        For an unknown measure or contact type, a target for a measure that has no better side, a
        decision among other options, or measures without a value.

    Examples
    --------
    >>> import queuesim as qs
    >>> best = options.cheapest_meeting(service_level=0.80)                    # doctest: +SKIP
    >>> ax = qs.plots.options(options, target=0.80, decision=best)             # doctest: +SKIP
    """
    if not isinstance(comparison, Comparison):
        raise TypeError(
            f"options needs a Comparison, as compare returns it; given {type(comparison).__name__}"
        )
    one = next(iter(comparison.results.values()))
    across, upward = (measure_named(name, one.definition) for name in (x, y))
    if target is not None and upward.better is None:
        good = ", ".join(name for name, each in MEASURES.items() if each.better)
        raise ValueError(f"{y!r} has no better side, so no target; measures that have: {good}")
    if (
        decision is not None
        and decision.name is not None
        and decision.name not in comparison.results
    ):
        raise ValueError(
            "the decision is among other options: "
            + unknown("option", decision.name, comparison.results)
        )
    points = {
        option: (
            _estimate(result, across, contact_type, confidence),
            _estimate(result, upward, contact_type, confidence),
        )
        for option, result in comparison.results.items()
    }
    chosen = decision.name if decision is not None else None
    with page(ax, size=(9.0, 5.8)) as ax:
        for option, (right, up) in points.items():
            _draw_point(ax, right, up, chosen=option == chosen)
        _set_axes(ax, across, upward, points, one, target)
        types = chosen_types(one, contact_type)
        heading(
            ax,
            f"{capital(upward.label)} and {across.label} of {len(points)} option"
            f"{'' if len(points) == 1 else 's'}",
            f"{types_text(one, types)} · {days_text(one)} · "
            f"{replications_text(one.replications)}, the same contacts for every option",
        )
        all_of_them = speaks_for_all(comparison.results.values())
        footnote(
            ax, _small_print(all_of_them, (across, upward), contact_type, confidence, decision)
        )
        marks = {
            f"{option} (chosen)" if option == chosen else option: (right, up)
            for option, (right, up) in points.items()
        }
        place_labels(ax, marks, bold=f"{chosen} (chosen)", line=target)
    return ax


def _estimate(
    result: Result, measure: Measure, contact_type: str | None, confidence: float
) -> Estimate:
    by_type = measure.of in _BY_TYPE
    if by_type:
        chosen_types(
            result, contact_type, target_for=measure.label if measure.needs_target else None
        )
    found = result.measure(
        measure.name, contact_type=contact_type if by_type else None, confidence=confidence
    )
    if not isfinite(found.value):
        raise ValueError(
            f"{measure.label} has no value for {result.scenario.name!r}: nothing counted"
        )
    return found


def _draw_point(ax: Axes, right: Estimate, up: Estimate, *, chosen: bool) -> None:
    colour = ORANGE if chosen else BLUE
    above = 4 if chosen else 3
    bars = {"colors": colour, "linewidth": 2.2, "alpha": 0.8, "zorder": above}
    if isfinite(up.low):
        ax.vlines(right.value, up.low, up.high, **bars)  # type: ignore[arg-type]
    if isfinite(right.low):
        ax.hlines(up.value, right.low, right.high, **bars)  # type: ignore[arg-type]
    ax.plot(
        right.value,
        up.value,
        marker="D" if chosen else "o",
        markersize=12 if chosen else 9,
        markerfacecolor=colour if chosen else "white",
        markeredgecolor=colour,
        markeredgewidth=2.4,
        linestyle="",
        zorder=above + 0.5,
    )


def _set_axes(
    ax: Axes,
    across: Measure,
    upward: Measure,
    points: dict[str, tuple[Estimate, Estimate]],
    result: Result,
    target: float | None,
) -> None:
    for axis, measure, along in ((ax.xaxis, across, 0), (ax.yaxis, upward, 1)):
        found = [pair[along] for pair in points.values()]
        ends = [end for e in found for end in (e.value, e.low, e.high) if isfinite(end)]
        if along and target is not None:
            ends.append(target)
        low, high = min(ends), max(ends)
        room = 0.16 * (high - low) or 0.05 * abs(high) or 1.0
        top = high + room
        if measure.unit == "share":
            top = min(top, max(1.02, high))
        bottom = low - room
        if min(e.value for e in found) >= 0:  # what cannot be negative needs no room below 0
            bottom = max(bottom, -0.05 * high)
        (ax.set_ylim if along else ax.set_xlim)(bottom, top)
        unit = result.scenario.currency if measure.unit == "currency" else measure.unit
        factor, label = shown_unit(unit, high)
        axis.set_major_locator(ScaledLocator(factor))
        axis.set_major_formatter(ScaledFormatter(factor))
        axis.set_label_text(f"{_long_label(measure, result)} [{label}]")
    ax.grid()
    if target is None:
        return
    floor, ceiling = ax.get_ylim()
    good = ceiling if upward.better == "high" else floor
    ax.axhspan(target, good, color=GREEN, alpha=0.09, linewidth=0, zorder=0)
    ax.axhline(target, color=INK, linewidth=1.6, zorder=2)
    factor, label = shown_unit(upward.unit, ceiling)
    target_label(ax, target, f"target\n{target / factor:g} {label}")
    ax.set_ylim(floor, ceiling)


def _long_label(measure: Measure, result: Result) -> str:
    """Return a label that says over what time a sum runs."""
    if measure.denominator != "replications":
        return measure.label
    days = result.layout.n_days
    return f"{measure.label} over {days:,} day{'' if days == 1 else 's'}"


def _small_print(
    result: Result,
    measures: tuple[Measure, Measure],
    contact_type: str | None,
    confidence: float,
    decision: Decision | None,
) -> str:
    said = []
    for measure in dict.fromkeys(measures):
        if measure.name == "service_level":
            types = chosen_types(result, contact_type, target_for="service level")
            said.append(f"{capital(meaning_text(measure, result, types))}.")
        elif measure.denominator != "replications":
            said.append(f"{capital(meaning_text(measure, result, ()))}.")
    if result.replications < 2:
        said.append("One replication: no intervals.")
    else:
        said.append(f"Bars: {100 * confidence:g} % confidence intervals.")
    if decision is not None:
        said.append("The decision asks for more: every target at once, over all options.")
    if decision is not None and decision.name is None:
        said.append("No option surely meets the target.")
    return " ".join(said)
