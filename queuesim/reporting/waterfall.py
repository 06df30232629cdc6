"""Waterfall: from the wait that was planned to the wait that was, cause by cause."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from queuesim.reporting.style import (
    BLUE,
    CLOSED,
    INK,
    MUTED,
    ORANGE,
    SMALL_PT,
    footnote,
    heading,
    page,
)
from queuesim.watching.diagnose import Diagnosis
from queuesim.watching.diagnosing.telling import whose, words_for


def waterfall(diagnosis: Diagnosis, *, ax: Axes | None = None) -> Axes:
    """Draw what carries how much of an excess, from expected to observed.

    Parameters
    ----------
    diagnosis : Diagnosis
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: on a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes
        Its patches are the bars, from expected, by the causes of the table, to observed.

    Examples
    --------
    >>> import queuesim as qs
    >>> ax = qs.plots.waterfall(qs.diagnose(plan, observed))                   # doctest: +SKIP
    """
    d = diagnosis
    scale, unit = (1.0, "s") if d.measure == "wait" else (100.0, "%")
    amounts = d.table[d.amount].to_numpy()
    names = [words_for(c, a) for c, a in zip(d.table["cause"], amounts, strict=True)]
    labels = ["expected by the plan", *names, "observed"]
    ends = d.expected + np.cumsum(amounts)
    begins = ends - amounts
    places = np.arange(len(labels))
    with page(ax, size=(9.0, 2.6 + 0.5 * len(labels))) as ax:
        ax.barh(places[0], d.expected, height=0.62, color=CLOSED, edgecolor=MUTED)
        for place, begin, amount in zip(places[1:-1], begins, amounts, strict=True):
            worse = amount > 0
            ax.barh(
                place,
                amount,
                left=begin,
                height=0.62,
                color=ORANGE if worse else BLUE,
                hatch=None if worse else "///",
                edgecolor="white",
            )
        ax.barh(places[-1], d.observed, height=0.62, color=CLOSED, edgecolor=MUTED)
        for place, end in zip(places[:-1], [d.expected, *ends], strict=True):
            ax.plot([end, end], [place - 0.31, place + 1.31], color=MUTED, linewidth=1.0)
        rows = zip(places[1:-1], begins, d.table["low"], d.table["high"], strict=True)
        for place, begin, low, high in rows:
            ax.plot([begin + low, begin + high], [place, place], color=INK, linewidth=1.6)
            for end in (low, high):
                ax.plot([begin + end] * 2, [place - 0.12, place + 0.12], color=INK, linewidth=1.6)
        right = np.maximum.reduce([begins, ends, begins + d.table["high"].to_numpy()])
        for place, at, text in (
            (places[0], d.expected, f"{scale * d.expected:,.1f} {unit}"),
            *(
                (place, at, f"{scale * amount:+,.1f} {unit}".replace("-", "−"))
                for place, at, amount in zip(places[1:-1], right, amounts, strict=True)
            ),
            (places[-1], d.observed, f"{scale * d.observed:,.1f} {unit}"),
        ):
            ax.annotate(
                text,
                (at, place),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                fontsize=SMALL_PT,
                color=INK,
            )
        ax.set_yticks(places, labels)
        ax.set_ylim(len(labels) - 0.4, -0.6)
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        ax.margins(x=0.12)
        left, widest = min(0.0, float(begins.min()), float(ends.min())), float(right.max())
        widest = max(widest, d.expected, d.observed)
        ax.set_xlim(left, widest + 0.14 * (widest - left))  # room for the amounts
        ax.grid(axis="x")
        if d.measure == "wait":
            ax.set_xlabel(f"{whose('mean wait of the answered', d)} [s]")
        else:
            ax.set_xlabel(whose("abandoned ÷ offered", d))
            ax.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
        main = names[list(d.table["cause"]).index(d.main_cause)]
        title = "Why it took longer" if d.excess > 0 else "Why it took less long"
        if d.measure != "wait":
            title = "Why more gave up" if d.excess > 0 else "Why fewer gave up"
        heading(
            ax,
            f"{title}: {main}",
            f"{d.scenario.name} · {d.since} to {d.until} · {d.replications:,} replications",
            part=0.62,
        )
        said = f"Lines: {d.confidence:.0%} of days with these inputs.".replace("%", " %")
        if d.culprits:
            said += f" Likely culprit: {', '.join(d.culprits)}."
        footnote(ax, said, part=0.62)
    return ax
