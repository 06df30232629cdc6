"""What pictures say: units, dates, definitions, and the answer when there is nothing to draw."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np
from matplotlib.ticker import Formatter, MaxNLocator

from queuesim.experiments import Comparison
from queuesim.results import Result
from queuesim.results.measures import Measure, unknown
from queuesim.results.service_level import CALLBACKS_COUNT, NOT_DUE
from queuesim.units import format_duration


def the_result(given: Result, what: str) -> Result:
    """Return the result; a TypeError with the remedy when it is something else."""
    if isinstance(given, Result):
        return given
    if isinstance(given, Comparison):
        option = next(iter(given.results), "…")
        raise TypeError(f"{what} shows one result: pass one option, such as comparison[{option!r}]")
    raise TypeError(f"{what} needs a Result, as simulate returns it; given {type(given).__name__}")


def chosen_types(
    result: Result, contact_type: str | None, *, target_for: str | None = None
) -> list[int]:
    """Return the indices of the contact types that a picture is about.

    Parameters
    ----------
    result : Result
    contact_type : str or None
        None: all; where a target is needed, all that have one.
    target_for : str, optional
        What needs a service target, such as ``"service level"``.

    Raises
    ------
    ValueError
        For a name that is not known, or no service target where one is needed.
    """
    layout = result.layout
    if contact_type is not None and contact_type not in layout.types:
        raise ValueError(unknown("contact type", contact_type, layout.types))
    names = layout.types if contact_type is None else (contact_type,)
    found = [layout.types.index(name) for name in names]
    if target_for is None:
        return found
    with_target = [k for k in found if layout.has_target[k]]
    if not with_target:
        who = "no contact type" if contact_type is None else f"contact type {contact_type!r}"
        verb = "has" if contact_type is None else "has no"
        raise ValueError(
            f"{who} {verb} service target, so there is no {target_for}: state "
            "target=ServiceTarget(share=…, within=…) in the scenario, or plot another measure"
        )
    return with_target


def types_text(result: Result, types: Sequence[int]) -> str:
    """Return the names of the contact types: ``support``, ``orders + chat``, ``all 3 …``."""
    names = [result.layout.types[k] for k in types]
    if len(names) > 1 and len(names) == len(result.layout.types):
        return f"all {len(names)} contact types"
    return " + ".join(names) if len(names) <= 4 else f"{len(names)} contact types"


def replications_text(n: int) -> str:
    """Return how many replications: ``1 replication``, ``200 replications``."""
    return f"{n:,} replication{'' if n == 1 else 's'}"


def days_text(result: Result) -> str:
    """Return the days of the horizon: ``23–29 Nov 2026``."""
    first, last = result.layout.dates[0], result.layout.dates[-1]
    if first == last:
        return f"{first:%a} {day_text(first)} {first.year}"
    start = (
        f"{first.day}" if (first.year, first.month) == (last.year, last.month) else day_text(first)
    )
    if first.year != last.year:
        start += f" {first.year}"
    dash = "–" if start.isdigit() else " – "
    return f"{start}{dash}{day_text(last)} {last.year}"


def day_text(day: date) -> str:
    """Return a day of a month: ``23 Nov``."""
    return f"{day.day} {day:%b}"


def speaks_for_all(results: Iterable[Result]) -> Result:
    """Return the result whose small print holds for all options: with callbacks, if any has, and
    of these one with contacts that are not due."""

    def says(result: Result) -> tuple[bool, bool]:
        offers = any(each.callback for each in result.scenario.contact_types)
        return offers, result.measure("not_due").value > 0

    return max(results, key=says)


def meaning_text(measure: Measure, result: Result, types: Sequence[int]) -> str:
    """Return what a measure means; of a service level with its target time where there is one.

    ``service level: answered within 20 s ÷ (offered − abandoned within 20 s)``
    """
    text = measure.meaning.replace(" - ", " − ")
    if measure.name != "service_level":
        return text if text.startswith(measure.label) else f"{measure.label}: {text}"
    text = f"{measure.label}: {text}"
    if any(result.scenario.contact_types[k].callback for k in types):
        text += f"; {CALLBACKS_COUNT}"
    if result.measure("not_due", contact_type=[result.layout.types[k] for k in types]).value > 0:
        text += f"; {NOT_DUE}"
    times = sorted({float(result.layout.within_s[k]) for k in types})
    if len(times) == 1:
        return text.replace("within T", f"within {time_text(times[0])}")
    listed = ", ".join(time_text(time) for time in times)
    return f"{text}, T the contact type's target time ({listed})"


def time_text(seconds: float) -> str:
    """Return a time as one reads it: ``20 s``, ``30 min``, ``1h30``."""
    return re.sub(r"^([\d.]+)(\D+)$", r"\1 \2", format_duration(seconds))


def shown_unit(unit: str, largest: float) -> tuple[float, str]:
    """Return the unit in which an axis is labelled, and how many of the measure's own make one.

    Parameters
    ----------
    unit : str
        As in `Measure.unit`, or a currency.
    largest : float
        The largest number shown.

    Returns
    -------
    factor : float
    label : str

    Examples
    --------
    >>> shown_unit("share", 0.9), shown_unit("s", 1800.0), shown_unit("EUR", 250_000.0)
    ((0.01, '%'), (60.0, 'min'), (1000.0, 'thousand EUR'))
    """
    if unit == "share":
        return 0.01, "%"
    if unit == "s":
        if largest >= 4 * 3600:
            return 3600.0, "h"
        return (60.0, "min") if largest >= 600 else (1.0, "s")
    if largest >= 2e6:
        return 1e6, f"million {unit}"
    return (1e3, f"thousand {unit}") if largest >= 2e4 else (1.0, unit)


def capital(text: str) -> str:
    """Return a text with a capital first letter, as a sentence begins."""
    return text[:1].upper() + text[1:]


class ScaledLocator(MaxNLocator):
    """Ticks at round numbers of a shown unit, on an axis that holds the measure's own.

    Parameters
    ----------
    factor : float
        How many of the measure's own make one of the shown unit.
    most : int
        Intervals between ticks, at most.
    """

    def __init__(self, factor: float, most: int = 6) -> None:
        super().__init__(nbins=most, steps=[1, 2, 2.5, 5, 10])
        self.factor = factor

    def tick_values(self, vmin: float, vmax: float) -> Any:
        """Return the ticks between two values."""
        ticks = super().tick_values(vmin / self.factor, vmax / self.factor)
        return np.asarray(ticks) * self.factor


class ScaledFormatter(Formatter):
    """Numbers of a shown unit, with thousands parted."""

    def __init__(self, factor: float) -> None:
        self.factor = factor

    def __call__(self, x: float, pos: int | None = None) -> str:
        """Return the text of a tick."""
        shown = round(x / self.factor, 6)
        return f"{shown:,.6g}".replace("-", "−") if abs(shown) < 1e6 else f"{shown:,.0f}"
