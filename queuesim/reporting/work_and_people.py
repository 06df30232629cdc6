"""Work and people over time: offered load in erlangs beside headcount and staffed agents."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from queuesim.reporting.calendar_axis import is_long, label_time, period_edges, positions
from queuesim.reporting.load import People, Work, busiest, hours_on
from queuesim.reporting.style import (
    BLUE,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    SKY,
    footnote,
    heading,
    legend_below,
    page,
)
from queuesim.reporting.words import (
    ScaledFormatter,
    ScaledLocator,
    chosen_types,
    days_text,
    replications_text,
    the_result,
    time_text,
    types_text,
)
from queuesim.results import Result

_REACH = 1.645
"""Standard deviations from the mean to the 5 % and 95 % points of a normal distribution."""


def demand_and_staffing(
    result: Result, *, contact_type: str | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the offered load beside the people: one erlang keeps one agent busy.

    By interval; from three weeks of horizon on by calendar week, in the week's busiest interval
    and in the mean over opening hours. People are those of the groups that serve the contact types;
    scheduled is headcount that is paid, staffed is who was on duty, mean over replications. Where
    an agent carries more or less than one erlang (chats at once, handle factors), one more line
    shows what the staffed could carry at best.

    The band holds the load of about 90 % of single replications: mean ± 1.645 standard deviations
    over replications. Results keep sums of squares by interval for each contact type; what the
    types of one day have in common is taken from their sums by day.

    Parameters
    ----------
    result : Result
    contact_type : str, optional
        None: all.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: on a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes
        Lines are labelled in the legend; people are step patches.

    Raises
    ------
    ValueError
        For an unknown contact type.

    Examples
    --------
    >>> import queuesim as qs
    >>> ax = qs.plots.demand_and_staffing(result, contact_type="support")      # doctest: +SKIP
    """
    result = the_result(result, "demand_and_staffing")
    types = chosen_types(result, contact_type)
    work, people = Work.by_interval(result, types), People.by_interval(result, types)
    long = is_long(result.layout)
    with page(ax, size=(9.0, 6.2)) as ax:
        if long:
            _draw_weeks(ax, result, types, work, people)
        else:
            _draw_intervals(ax, result, work, people)
        label_time(ax, result.layout)
        ax.set_ylim(0, max(1.05 * ax.dataLim.y1, 1.0))
        ax.set_ylabel("load [erlangs], people [agents]")
        ax.yaxis.set_major_locator(ScaledLocator(1.0))
        ax.yaxis.set_major_formatter(ScaledFormatter(1.0))
        ax.grid(axis="y")
        legend = legend_below(ax, columns=2, room_pt=46)
        heading(
            ax,
            _title(result, types) + (", week by week" if long else ""),
            f"{result.scenario.name} · {types_text(result, types)} · {days_text(result)} · "
            f"{replications_text(result.replications)}",
        )
        footnote(ax, _small_print(result, types, work, people, long=long), below=legend)
    return ax


def _title(result: Result, types: list[int]) -> str:
    if len(types) == len(result.layout.types):
        return "Work and people"
    return f"Work of {types_text(result, types)}, and the people who have the skill"


def _draw_intervals(ax: Axes, result: Result, work: Work, people: People) -> None:
    edges = positions(result.layout, result.layout.edges_s)
    how = "simulated mean" if result.replications > 1 else "one replication"
    _draw_load(ax, edges, work, BLUE, f"offered load, {how}", stepped=True)
    _draw_people(ax, edges, people, "")


def _draw_weeks(ax: Axes, result: Result, types: list[int], work: Work, people: People) -> None:
    on = hours_on(result, types, people)
    peak, edges = busiest(result, work, on), period_edges(result.layout, result.layout.weeks)
    interval = time_text(result.layout.interval_s)
    _draw_load(ax, edges, work.at(peak), BLUE, f"load, busiest {interval} of the week")
    _draw_load(ax, edges, Work.by_week(result, types, on), SKY, "load, mean over opening hours")
    _draw_people(ax, edges, people.at(peak), f", busiest {interval}")
    mean = people.by_week(result, on)
    ax.stairs(
        mean.staffed,
        edges,
        baseline=None,
        color=ORANGE,
        linewidth=1.6,
        linestyle=(0, (3, 1.5)),
        label="staffed, mean over opening hours",
    )


def _draw_people(ax: Axes, edges: NDArray[np.float64], people: People, when: str) -> None:
    ax.stairs(
        people.scheduled, edges, baseline=None, color=MUTED, linewidth=1.5, label=f"scheduled{when}"
    )
    ax.stairs(
        people.staffed, edges, baseline=None, color=ORANGE, linewidth=2.4, label=f"staffed{when}"
    )
    if _carries_otherwise(people):
        ax.stairs(
            people.carried,
            edges,
            baseline=None,
            color=GREEN,
            linewidth=2.0,
            linestyle="--",
            label=f"staffed can carry at best{when}",
        )


def _draw_load(
    ax: Axes,
    edges: NDArray[np.float64],
    work: Work,
    colour: str,
    label: str,
    *,
    stepped: bool = False,
) -> None:
    """Draw the load, the band it varies in, and what the scenario expects.

    Stepped: constant from edge to edge. Else: from middle to middle.
    """
    known = bool(np.isfinite(work.deviation).any())
    first = not any(line.get_label() == _EXPECTED for line in ax.lines)
    low = np.maximum(work.mean - _REACH * work.deviation, 0.0)
    high = work.mean + _REACH * work.deviation
    at = edges if stepped else (edges[:-1] + edges[1:]) / 2

    def shown(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.append(values, values[-1]) if stepped else values

    style = "steps-post" if stepped else "default"
    ax.plot(at, shown(work.mean), color=colour, drawstyle=style, label=label, zorder=3)
    if known:
        ax.fill_between(
            at,
            shown(low),
            shown(high),
            step="post" if stepped else None,
            color=colour,
            alpha=0.25,
            linewidth=0,
            label=_BAND if first else "",
        )
    ax.plot(
        at,
        shown(work.expected),
        color=INK,
        linewidth=1.3,
        linestyle=(0, (1.5, 1.5)),
        drawstyle=style,
        label=_EXPECTED if first else "",
        zorder=3.5,
    )


_EXPECTED = "load as the scenario expects it"
_BAND = "5–95 % of replications (mean ± 1.645 sd)"


def _carries_otherwise(people: People) -> bool:
    return not np.allclose(people.carried, people.staffed, rtol=1e-3)


def _small_print(
    result: Result, types: list[int], work: Work, people: People, *, long: bool
) -> str:
    said = [
        "One erlang keeps one agent busy. Scheduled: paid headcount. Staffed: on duty, after "
        "shrinkage and absence."
    ]
    if result.replications < 2:
        said.append("One replication: no band.")
    if long:
        said.append("Opening hours: a contact type is open, or somebody scheduled.")
    if _carries_otherwise(people):
        said.append("At best: full concurrency, each agent at the quickest work.")
    names = {result.layout.types[k] for k in types}
    for group in result.scenario.agent_groups:
        skills = [skill.contact_type for skill in group.skills]
        others = [name for name in skills if name not in names]
        if others and len(others) < len(skills):
            said.append(f"Group {group.name} also serves {', '.join(others)}.")
    return " ".join(said)
