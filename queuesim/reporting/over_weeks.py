"""Service level from week to week, option by option: the peak, and who gets through it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from queuesim.experiments import Comparison
from queuesim.reporting.calendar_axis import (
    is_long,
    label_time,
    period_edges,
    period_names,
    periods_of,
)
from queuesim.reporting.style import (
    INK,
    SERIES,
    footnote,
    heading,
    legend_below,
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
    speaks_for_all,
    types_text,
)
from queuesim.results import Estimate, Result, ratio
from queuesim.results.by_period import by_period
from queuesim.results.measures import measure_named
from queuesim.results.wording import number_text

_MOST_OPTIONS = len(SERIES)
_FEW_PERIODS = 16


def service_over_weeks(
    shown: Comparison | Result,
    *,
    contact_type: str | None = None,
    target: float | None = None,
    confidence: float = 0.95,
    ax: Axes | None = None,
) -> Axes:
    """Draw the service level of every calendar week, with intervals, for one or several options.

    Each option's worst week is ringed and named in the legend. For a horizon of less than three
    weeks, points are days.

    Parameters
    ----------
    shown : Comparison or Result
        At most 6 options.
    contact_type : str, optional
        None: all that have a target, sums first.
    target : float, optional
        Where to draw the target line, 0 to 1; None: at the contact types' own.
    confidence : float, default 0.95
        Of the intervals (delta method over replications); with one replication there are none.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: on a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes
        One line an option, in their order; shares are 0–1.

    Raises
    ------
    ValueError
        For an unknown contact type, one without a service target, or too many options.

    Examples
    --------
    >>> import queuesim as qs
    >>> ax = qs.plots.service_over_weeks(options, contact_type="support")      # doctest: +SKIP
    """
    results = _by_option(shown)
    one = next(iter(results.values()))
    types = chosen_types(one, contact_type, target_for="service level")
    layout, periods = one.layout, periods_of(one.layout)
    period = "week" if is_long(layout) else "day"
    names = period_names(layout, periods)
    edges = period_edges(layout, periods)
    few = len(periods) <= _FEW_PERIODS
    with page(ax, size=(9.0, 5.8)) as ax:
        for nth, (option, result) in enumerate(results.items()):
            by_period = _estimates(result, types, confidence)
            aside = (nth - (len(results) - 1) / 2) * 0.12 if few else 0.0
            at = (edges[:-1] + edges[1:]) / 2 + aside * np.diff(edges)
            _draw_option(ax, nth, at, by_period, few=few).set_label(_said(option, by_period, names))
        _label_axes(ax, one, types, target, period)
        label_time(ax, layout)
        legend = legend_below(ax, columns=1, room_pt=44)
        heading(
            ax,
            f"Service level, {period} by {period}",
            f"{_who(results)} · {types_text(one, types)} · {days_text(one)} · "
            f"{replications_text(one.replications)}",
        )
        spoken = speaks_for_all(results.values())
        footnote(ax, _small_print(spoken, types, confidence, few=few), below=legend)
    return ax


def _by_option(shown: Comparison | Result) -> Mapping[str, Result]:
    if isinstance(shown, Result):
        return {shown.scenario.name: shown}
    if not isinstance(shown, Comparison):
        raise TypeError(
            f"service_over_weeks needs a Comparison or a Result; given {type(shown).__name__}"
        )
    if len(shown.results) > _MOST_OPTIONS:
        raise ValueError(
            f"{len(shown.results)} options cannot be told apart: at most {_MOST_OPTIONS}; "
            "pass Comparison({name: comparison[name] for name in …})"
        )
    return shown.results


def _estimates(result: Result, types: Sequence[int], confidence: float) -> list[Estimate]:
    """Return the service level of all these contact types together, by period."""
    measure = measure_named("service_level", result.definition)
    periods = periods_of(result.layout)
    over, under = by_period(result.totals, measure, types, periods)
    return [
        ratio(over[:, k], under[:, k], confidence=confidence, unit="share")
        for k in range(len(periods))
    ]


def _worst(by_period: Sequence[Estimate]) -> int | None:
    known = [k for k, estimate in enumerate(by_period) if not isnan(estimate.value)]
    return min(known, key=lambda k: by_period[k].value, default=None)


def _said(option: str, by_period: Sequence[Estimate], names: Sequence[str]) -> str:
    worst = _worst(by_period)
    if worst is None:
        return f"{option}: no contacts"
    return f"{option}: lowest {number_text(by_period[worst].value, 'share')} ({names[worst]})"


def _draw_option(
    ax: Axes, nth: int, at: NDArray[np.float64], by_period: Sequence[Estimate], *, few: bool
) -> Line2D:
    colour, marker, dashes = SERIES[nth]
    value = np.array([estimate.value for estimate in by_period])
    low = np.clip([estimate.low for estimate in by_period], 0.0, 1.0)
    high = np.clip([estimate.high for estimate in by_period], 0.0, 1.0)
    line = ax.plot(
        at, value, color=colour, linestyle=dashes, marker=marker if few else "", zorder=3 + nth / 10
    )[0]
    if np.isfinite(low).any():
        if few:
            ax.vlines(at, low, high, colors=colour, linewidth=2.0, alpha=0.75)
        else:
            ax.fill_between(at, low, high, color=colour, alpha=0.2, linewidth=0)
    worst = _worst(by_period)
    if worst is not None:
        ax.scatter(
            [at[worst]],
            [value[worst]],
            s=170,
            facecolors="none",
            edgecolors=colour,
            linewidths=2.2,
            zorder=4,
            clip_on=False,
        )
    return line


def _label_axes(
    ax: Axes, result: Result, types: Sequence[int], target: float | None, period: str
) -> None:
    layout = result.layout
    shares: dict[float, list[str]] = {}
    for k in types:
        shares.setdefault(float(layout.target_share[k]), []).append(layout.types[k])
    if target is not None:
        shares = {target: []}
    for share, names in shares.items():
        ax.axhline(share, color=INK, linewidth=1.4, zorder=1)
        who = (
            f" {100 * share:g} %: {', '.join(names)}" if len(shares) > 1 else f"\n{100 * share:g} %"
        )
        target_label(ax, share, f"target{who}")
    lowest = min([ax.dataLim.y0, *shares])
    ax.set_ylim(max(-0.02, float(np.floor((lowest - 0.02) * 20)) / 20), 1.02)
    ax.set_ylabel(f"service level of the {period} [%]")
    ax.yaxis.set_major_locator(ScaledLocator(0.01))
    ax.yaxis.set_major_formatter(ScaledFormatter(0.01))
    ax.grid(axis="y")


def _small_print(result: Result, types: Sequence[int], confidence: float, *, few: bool) -> str:
    meaning = meaning_text(measure_named("service_level", result.definition), result, types)
    what = "Bars" if few else "Bands"
    sure = f"{what}: {100 * confidence:g} % confidence intervals."
    if result.replications < 2:
        sure = "One replication: no intervals."
    offered, away = (
        float(result.totals.interval_mean(name)[list(types)].sum())
        for name in ("offered", "turned_away")
    )
    if away > 0:
        sure += f" Offered includes {number_text(away / offered, 'share')} who came while closed."
    return f"{capital(meaning)}. {sure}"


def _who(results: Mapping[str, Result]) -> str:
    one = next(iter(results.values()))
    return one.scenario.name if len(results) == 1 else f"{len(results)} options, the same contacts"
