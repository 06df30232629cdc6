"""What was observed against what was to be expected, with the alarms marked."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import numpy as np
from matplotlib import dates as mdates
from matplotlib.axes import Axes
from numpy.typing import NDArray

from queuesim.reporting.style import (
    BLUE,
    INK,
    MUTED,
    ORANGE,
    SKY,
    footnote,
    heading,
    legend_below,
    page,
)
from queuesim.reporting.words import ScaledFormatter, ScaledLocator, day_text
from queuesim.results.measures import unknown
from queuesim.watching.detecting.alarms import Alarms
from queuesim.watching.detecting.streams import ALL

Floats = NDArray[np.float64]

_LABELS = {
    "volume": ("Contacts offered", "contacts an interval", 1.0),
    "handle_time": ("Mean handle time", "mean handle time [s]", 1.0),
    "staff": ("People on duty", "agents", 1.0),
    "inferred_staff": ("People on duty, inferred from what contacts met", "agents", 1.0),
    "wait": ("Mean wait", "mean wait [s]", 1.0),
    "within": ("Not answered within the target time", "share of the answered [%]", 0.01),
    "abandoned": ("Abandonment", "share of the offered [%]", 0.01),
}
_BANDS = (0.01, 0.1, 0.5, 0.9, 0.99)


def observed_and_expected(
    alarms: Alarms,
    signal: str | None = None,
    *,
    who: str | None = None,
    days: tuple[int, int] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw an observed signal on the bands of quiet days, and mark the alarms.

    The bands are what was known beforehand: 8 of 10 quiet intervals lie in the dark one, 98 of 100
    in the light one. An alarm is marked where it was raised, its stretch shaded since when.

    Parameters
    ----------
    alarms : Alarms
        As `queuesim.watching.detect` returns them.
    signal : str, optional
        One of those watched; None: that of the surest alarm, else the first watched.
    who : str, optional
        Contact type or agent group; None: that of the surest alarm on the signal, else the first.
    days : tuple of int, optional
        First and last day of the horizon to show; None: the observed days around the first alarm
        on the signal, seven at most.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: on a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        For a signal that was not watched, or an unknown contact type or group.

    Examples
    --------
    >>> ax = observed_and_expected(alarms, "volume")                           # doctest: +SKIP
    """
    if not isinstance(alarms, Alarms):
        raise TypeError(
            f"observed_and_expected needs Alarms, as detect returns them; "
            f"given {type(alarms).__name__}"
        )
    quiet = alarms.quiet
    if signal is None:
        signal = alarms.surest.signal if alarms.surest else quiet.signals[0]
    if signal not in quiet.signals:
        raise ValueError(unknown("signal", signal, quiet.signals))
    parts = quiet.parts(signal)
    mine = [a for a in alarms if a.signal == signal]
    if who is None:
        seen = [part for part in parts if part not in alarms.unseen]
        surest = sorted(mine, key=lambda alarm: alarm.false_per_month)
        who = next((a.who for a in surest if a.who in parts), (seen or parts)[0])
    if who not in parts:
        raise ValueError(unknown("contact type or agent group", who, parts))
    mine = [a for a in mine if a.who in (who, ALL)]
    first, last = days or _shown_days(alarms, [a.interval for a in mine])
    here = np.flatnonzero((quiet.day >= first) & (quiet.day <= last))
    here = here[(quiet.open[here] >= alarms.observed.first) & (quiet.open[here] <= _last(alarms))]
    values = quiet.measure(signal, alarms.observed.signals.at(quiet.open))[0]
    seen = values[parts.index(who), here]
    bands = quiet.beforehand(signal, who, _BANDS)[:, here]
    title, label, factor = _LABELS[signal]
    with page(ax) as ax:
        _draw(ax, alarms, here, seen, bands)
        for nth, alarm in enumerate(a for a in mine if first <= _day(alarms, a.interval) <= last):
            since, raised, until = (_at(t) for t in (alarm.since, alarm.raised, alarm.until))
            until = max(until, raised)
            ax.axvspan(since, until, color=ORANGE, alpha=0.16, linewidth=0, zorder=0.5)
            ax.axvline(raised, color=ORANGE, linewidth=2.0, zorder=4)
            ax.annotate(
                f" alarm {alarm.raised:%H:%M}",
                (raised, 1.0),
                xycoords=("data", "axes fraction"),
                xytext=(2, -4 - 14 * (nth % 2)),
                textcoords="offset points",
                color=ORANGE,
                va="top",
                fontweight="bold",
                zorder=5,
                bbox={"facecolor": "white", "alpha": 0.85, "linewidth": 0, "pad": 1},
            )
        ax.set_ylim(bottom=0)
        ax.set_ylabel(label)
        ax.yaxis.set_major_locator(ScaledLocator(factor))
        ax.yaxis.set_major_formatter(ScaledFormatter(factor))
        _label_days(ax, quiet.scenario.horizon.dates[first], quiet.scenario.horizon.dates[last])
        ax.grid(axis="y")
        legend = legend_below(ax, columns=2, room_pt=26)
        dates = quiet.scenario.horizon.dates
        shown = f"{dates[first]:%a} {day_text(dates[first])} {dates[first].year}"
        if last > first:
            shown += f" – {dates[last]:%a} {day_text(dates[last])}"
        many = (
            f"{len(mine)} alarm{'' if len(mine) == 1 else 's'} on it" if mine else "no alarm on it"
        )
        heading(
            ax,
            f"{title}, observed and expected",
            f"{who} · {quiet.scenario.name} · {shown} · {many}",
        )
        footnote(ax, _small_print(alarms, signal), below=legend)
    return ax


def _shown_days(alarms: Alarms, at: list[int]) -> tuple[int, int]:
    first, last = (_day(alarms, i) for i in (alarms.observed.first, _last(alarms)))
    if last - first < 7:
        return first, last
    middle = _day(alarms, at[0]) if at else first
    first = max(first, min(middle - 3, last - 6))
    return first, min(first + 6, last)


def _last(alarms: Alarms) -> int:
    return alarms.observed.last


def _day(alarms: Alarms, interval: int) -> int:
    return int(alarms.quiet.scenario.horizon.day_of_interval[interval])


def _naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)


def _at(moment: datetime) -> float:
    """Return where a local time lies on the axis."""
    return float(mdates.date2num(_naive(moment)))


def _draw(ax: Axes, alarms: Alarms, here: NDArray[np.int64], seen: Floats, bands: Floats) -> None:
    """Draw day by day, so that nights are gaps; each value stands for its whole interval."""
    quiet = alarms.quiet
    length = timedelta(seconds=quiet.scenario.horizon.interval)
    labels = ["98 of 100 quiet intervals", "8 of 10 quiet intervals", "quiet median", "observed"]
    breaks = np.flatnonzero(np.diff(quiet.open[here]) > 1) + 1
    for run in np.split(np.arange(len(here)), breaks):
        if len(run) == 0:
            continue
        starts = [alarms.observed.start_of(int(quiet.open[here[k]])) for k in run]
        edges = np.array([_at(start) for start in (*starts, starts[-1] + length)])

        def stepped(values: Floats, run: NDArray[np.int64] = run) -> Floats:
            return np.append(values[run], values[run[-1]])

        low, dark_low, middle, dark_high, high = (stepped(band) for band in bands)
        ax.fill_between(
            edges, low, high, step="post", color=SKY, alpha=0.25, linewidth=0, label=labels[0]
        )
        ax.fill_between(
            edges,
            dark_low,
            dark_high,
            step="post",
            color=SKY,
            alpha=0.5,
            linewidth=0,
            label=labels[1],
        )
        ax.step(edges, middle, where="post", color=MUTED, linewidth=1.4, label=labels[2])
        centres = (edges[:-1] + edges[1:]) / 2
        ax.plot(centres, seen[run], color=BLUE, marker="o", markersize=5, label=labels[3], zorder=3)
        low_, high_ = bands[0][run], bands[4][run]
        out = (seen[run] < low_) | (seen[run] > high_)
        ax.scatter(
            centres[out],
            seen[run][out],
            s=60,
            facecolors="none",
            edgecolors=INK,
            linewidths=1.6,
            zorder=3.5,
        )
        labels = ["_"] * 4


def _label_days(ax: Axes, first: date, last: date) -> None:
    if last == first:
        low, high = ax.get_xlim()
        every = next(n for n in (1, 2, 3, 4, 6) if (high - low) * 24 / n <= 12 or n == 6)
        ax.xaxis.set_major_locator(mdates.HourLocator(byhour=range(0, 24, every)))
        ax.xaxis.set_major_formatter(mdates.DateFormatter("%H:%M"))
        return
    ax.xaxis.set_major_locator(mdates.HourLocator(byhour=12))
    ax.xaxis.set_major_formatter(mdates.DateFormatter("%a %d"))
    ax.set_xlim(*(_at(datetime.combine(d, time())) for d in (first, last + timedelta(days=1))))


def _small_print(alarms: Alarms, signal: str) -> str:
    text = (
        f"Bands: {len(alarms.quiet.played):,} quiet replications, as known beforehand. Rings: "
        "outside the light band. Shaded: since when, until the evidence stopped growing."
    )
    if signal in ("wait", "within", "abandoned"):
        text += " Alarms judge waits given the contacts that came and the people who were there."
    return text
