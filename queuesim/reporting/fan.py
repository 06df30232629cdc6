"""The rest of the day as a fan: what happened, then what may happen, interval by interval."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from queuesim.model.faults import one_of
from queuesim.model.wording import joined
from queuesim.reporting.style import (
    BLUE,
    INK,
    MUTED,
    footnote,
    heading,
    legend_below,
    page,
    target_label,
)
from queuesim.reporting.words import ScaledFormatter, ScaledLocator, capital, shown_unit
from queuesim.results.measures import measure_named
from queuesim.results.wording import number_text, range_text
from queuesim.watching.nowcast import Nowcast

_BANDS = (("q5", "q95", 0.18, "90 % of futures"), ("q25", "q75", 0.38, "half of the futures"))


def rest_of_day(
    told: Nowcast,
    measure: str = "asa",
    *,
    contact_type: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a measure over today: as it was until now, and as a fan from now on.

    Parameters
    ----------
    told : Nowcast
    measure : str, default "asa"
        As `Nowcast.fan` knows it.
    contact_type : str, optional
        None: those that are told together, see `Nowcast.together`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: on a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes
        Points are intervals, at their middle; the bands are between quantiles of the futures.

    Examples
    --------
    >>> import queuesim as qs
    >>> told = qs.nowcast(scenario, state)                                     # doctest: +SKIP
    >>> ax = qs.plots.rest_of_day(told, "service_level")                       # doctest: +SKIP
    """
    if not isinstance(told, Nowcast):
        raise TypeError(f"rest_of_day needs a Nowcast; given {type(told).__name__}")
    asked, scenario = measure_named(measure), told.scenario
    whose = (contact_type,) if contact_type else told.together
    table = told.fan(measure, contact_type=whose)
    shown = table.dropna(how="all", subset=[c for c in table if c != "start"])
    half = pd.Timedelta(seconds=scenario.horizon.interval / 2)
    now = scenario.horizon.local(told.state.now_s).replace(tzinfo=None)
    at = _places(shown["start"] + half)
    largest = float(np.nanmax(shown[["happened", "q95"]].to_numpy(), initial=0.0))
    factor, unit = (0.01, "%") if asked.unit == "share" else shown_unit(asked.unit, largest)
    with page(ax, size=(9.0, 5.6)) as ax:
        ax.grid(axis="y")
        happened = shown["happened"].to_numpy()
        ax.plot(at, happened, color=INK, marker="o", markersize=5, label="so far", zorder=4)
        for low, high, alpha, label in _BANDS:
            ax.fill_between(
                at, shown[low].to_numpy(), shown[high].to_numpy(),
                color=BLUE, alpha=alpha, linewidth=0, label=label, zorder=2,
            )  # fmt: skip
        ax.plot(at, shown["q50"].to_numpy(), color=BLUE, label="median of the futures", zorder=3)
        ax.axvline(_places(pd.Series([now]))[0], color=MUTED, linewidth=1.2, linestyle=(0, (4, 3)))
        ax.annotate(
            f"now, {now:%H:%M}",
            (_places(pd.Series([now]))[0], 1),
            xytext=(5, -2),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha="left",
            va="top",
            color=MUTED,
        )
        if asked.unit == "share":
            ax.set_ylim(0, 1.09 if largest > 0.5 else max(1.15 * largest, 0.05))
        else:
            ax.set_ylim(0, max(1.15 * largest, 1.0))
        _target(ax, told, measure, whose)
        ax.yaxis.set_major_locator(ScaledLocator(factor))
        ax.yaxis.set_major_formatter(ScaledFormatter(factor))
        ax.set_ylabel(f"{capital(asked.label)} [{unit}]" if unit else capital(asked.label))
        ax.xaxis.set_major_locator(mdates.HourLocator(interval=1 if len(shown) < 26 else 3))
        ax.xaxis.set_major_formatter(mdates.DateFormatter("%H"))
        ax.set_xlabel("hour, by interval of arrival")
        legend = legend_below(ax, columns=4, room_pt=46)
        of = f" of {contact_type}" if contact_type and len(scenario.contact_types) > 1 else ""
        heading(ax, f"{capital(asked.label)}{of}, the rest of the day", _below(told, whose, now))
        footnote(ax, _small_print(told, measure, whose, asked.meaning), below=legend)
    return ax


def _places(moments: pd.Series) -> NDArray[np.float64]:
    return np.asarray(mdates.date2num(pd.to_datetime(moments).to_numpy()), dtype=np.float64)


def _target(ax: Axes, told: Nowcast, measure: str, whose: Sequence[str]) -> None:
    targets = (told.scenario.contact_type(name).target for name in whose)
    shares = {target.share for target in targets if target}
    if measure == "service_level" and len(shares) == 1:
        share = shares.pop()
        ax.axhline(share, color=INK, linewidth=1.0, linestyle=":")
        target_label(ax, share, "target")


def _below(told: Nowcast, whose: Sequence[str], now: datetime) -> str:
    who = "all contact types"
    if len(whose) < len(told.scenario.contact_types):
        who = joined(whose)
    return f"{told.scenario.name} · {who} · {now:%a %d %b} · {len(told.futures):,} futures"


def _small_print(told: Nowcast, measure: str, whose: Sequence[str], meaning: str) -> str:
    asked = measure_named(measure)
    values = told.values(measure, contact_type=whose)
    lacks = told.lacking(measure, contact_type=whose)
    if lacks or np.isnan(values).all():
        why = f": so_far has no {one_of(lacks)}" if lacks else ""
        return f"Whole day: unknown{why}.\n{capital(asked.label)}: {meaning}."
    low, middle, high = np.nanquantile(values, (0.05, 0.5, 0.95))
    said = (
        f"Whole day: {number_text(float(middle), asked.unit)}, 90 % of futures "
        f"{range_text(float(low), float(high), asked.unit)}."
    )
    chance = told.chance_met(whose)
    if chance == chance:
        said += f" The day meets its target in {number_text(chance, 'share')} of them."
    return f"{said}\n{capital(asked.label)}: {meaning}."
