"""Totals as tidy tables: contact types by interval, day and week; agent groups by interval.

Quantities are means over replications. Ratios are ratios of sums. Columns that end in ``_se`` are
standard errors over replications: of the mean, or of the ratio by the delta method.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from queuesim.results import schema
from queuesim.results.layout import Periods
from queuesim.results.measures import combine
from queuesim.results.service_level import ServiceLevel
from queuesim.results.tables import divide, interval_frame, named
from queuesim.results.totals import Totals

Table = NDArray[np.float64]

WITH_ERRORS = ("offered", "handled", "abandoned", "service_level", "abandonment", "asa")
"""Columns of contact types that have standard errors."""

GROUPS_WITH_ERRORS = ("staffed_s", "busy_s", "overtime_s", "occupancy")
"""Columns of agent groups that have standard errors."""


def intervals(totals: Totals, definition: ServiceLevel, *, errors: bool = True) -> pd.DataFrame:
    """Return contact types by interval, columns as in `schema.INTERVAL_COLUMNS`.

    Parameters
    ----------
    totals : Totals
    definition : ServiceLevel
    errors : bool, default True
        Whether to add standard errors for `WITH_ERRORS`.
    """
    layout, n = totals.layout, totals.n
    table = {name: totals.interval_mean(name) for name in schema.names(schema.CONTACT_QUANTITIES)}
    ratios = contact_ratios(definition)
    for name, (numerator, denominator) in ratios.items():
        table[name] = divide(combine(numerator, table.get), combine(denominator, table.get))  # type: ignore[arg-type]
    table["service_level"][~layout.has_target] = np.nan
    stay = totals.interval_sum("offered") - totals.interval_sum("waits_ended")
    table["backlog"] = np.cumsum(stay, axis=1) / n
    table["offered_load"] = table["offered_work_s"] / np.diff(layout.edges_s)
    if errors:
        for name in WITH_ERRORS:
            numerator, denominator = ratios.get(name, (name, ""))
            table[f"{name}_se"] = _interval_error(totals, numerator, denominator, n)
        table["service_level_se"][~layout.has_target] = np.nan
    return interval_frame(layout, "contact_type", table)


def groups(totals: Totals, *, errors: bool = True) -> pd.DataFrame:
    """Return agent groups by interval, columns as in `schema.GROUP_COLUMNS`.

    Parameters
    ----------
    totals : Totals
    errors : bool, default True
        Whether to add standard errors for `GROUPS_WITH_ERRORS`.
    """
    n = totals.n
    table = {name: totals.group_mean(name) for name in schema.names(schema.GROUP_QUANTITIES)}
    table["occupancy"] = divide(table["busy_s"], table["staffed_s"])
    if errors:
        for name in GROUPS_WITH_ERRORS[:-1]:
            table[f"{name}_se"] = _error(totals.group_square(name) - n * table[name] ** 2, n)
        occupancy = table["occupancy"]
        squares = (
            totals.group_square("busy_s")
            - 2 * occupancy * totals.busy_staffed_products
            + occupancy**2 * totals.group_square("staffed_s")
        )
        table["occupancy_se"] = divide(_error(squares, n), table["staffed_s"])
    return interval_frame(totals.layout, "agent_group", table)


def days(totals: Totals, definition: ServiceLevel, *, errors: bool = True) -> pd.DataFrame:
    """Return contact types by day, columns as in `schema.DAY_COLUMNS`."""
    every_day = Periods.of_each_day(totals.layout.dates)
    return _by_period(totals, definition, every_day, errors).drop(columns=["label", "days"])


def weeks(totals: Totals, definition: ServiceLevel, *, errors: bool = True) -> pd.DataFrame:
    """Return contact types by calendar week, columns as in `schema.WEEK_COLUMNS`."""
    table = _by_period(totals, definition, totals.layout.weeks, errors)
    return table.rename(columns={"label": "week"})


def worst(table: pd.DataFrame, n: int) -> pd.DataFrame:
    """Return the n rows with the lowest service level; of equals, the one with more contacts first.

    Columns are those of `schema.WORST_COLUMNS` that the table has.
    Rows with less than one contact per replication are left out, unless there are no others: a
    share of next to nothing says nothing.
    """
    seen = table[table["service_level"].notna()]
    seen = seen[seen["offered"] >= 1] if (seen["offered"] >= 1).any() else seen
    ordered = seen.sort_values(["service_level", "offered"], ascending=[True, False], kind="stable")
    shown = [column for column in schema.WORST_COLUMNS if column in ordered]
    return ordered.head(n)[shown].reset_index(drop=True)


def contact_ratios(definition: ServiceLevel) -> dict[str, tuple[str, str]]:
    """Return numerator and denominator of the ratio columns of contact types."""
    return {
        "service_level": (definition.numerator, definition.denominator),
        "abandonment": ("abandoned", "offered"),
        "asa": ("wait_answered_s", "answered"),
    }


def meets_target(
    totals: Totals,
    definition: ServiceLevel,
    periods: Periods,
    share: float | None = None,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return in which days or weeks of which replications the target was met, and which count.

    Parameters
    ----------
    totals : Totals
    definition : ServiceLevel
    periods : Periods
    share : float, optional
        In place of each contact type's own target share.

    Returns
    -------
    met, counts : numpy.ndarray, bool, shape (n, types, periods)
        A period counts where there is a target and something to divide by.
    """
    layout = totals.layout

    def column(quantity: str) -> Table:
        return periods.of_days(totals.contacts_by_day(quantity))

    numerator = combine(definition.numerator, column)
    denominator = combine(definition.denominator, column)
    target = layout.target_share if share is None else np.where(layout.has_target, share, np.nan)
    wanted = np.nan_to_num(target)[:, None] * denominator
    counts = (denominator > 0) & layout.has_target[:, None]
    # a share such as 0.55 is not a binary number: 55 of 100 must meet it
    return (numerator >= wanted - 1e-9 * denominator) & counts, counts


def _by_period(
    totals: Totals, definition: ServiceLevel, periods: Periods, errors: bool
) -> pd.DataFrame:
    layout, n = totals.layout, totals.n

    def column(quantity: str) -> Table:
        return periods.of_days(totals.contacts_by_day(quantity))

    table: dict[str, Table] = {}
    error: dict[str, Table] = {}
    for name in schema.names(schema.CONTACT_QUANTITIES):
        observed = column(name)
        table[name] = observed.mean(axis=0)
        if name in WITH_ERRORS:
            error[f"{name}_se"] = _error(((observed - table[name]) ** 2).sum(axis=0), n)
    for name, (numerator, denominator) in contact_ratios(definition).items():
        y, x = combine(numerator, column), combine(denominator, column)
        table[name] = divide(y.sum(axis=0), x.sum(axis=0))
        squares = ((y - np.nan_to_num(table[name]) * x) ** 2).sum(axis=0)
        error[f"{name}_se"] = divide(_error(squares, n), x.mean(axis=0))
    stay = column("offered") - column("waits_ended")
    table["backlog"] = np.cumsum(stay, axis=2).mean(axis=0)
    length_s = periods.of_days(layout.by_day(np.diff(layout.edges_s)))
    table["offered_load"] = table["offered_work_s"] / length_s
    met, counts = meets_target(totals, definition, periods)
    table["meets_target"] = divide(
        met.sum(axis=0).astype(np.float64), counts.sum(axis=0).astype(np.float64)
    )
    for name in ("service_level", "meets_target"):
        table[name][~layout.has_target] = np.nan
    error["service_level_se"][~layout.has_target] = np.nan
    if errors:
        table.update({f"{name}_se": error[f"{name}_se"] for name in WITH_ERRORS})
    types = len(layout.types)
    dates = pd.DatetimeIndex([layout.dates[day] for day in periods.first_day])
    columns: dict[str, object] = {
        "contact_type": named(np.repeat(np.arange(types), len(periods)), layout.types),
        "label": np.tile(np.array(periods.labels, dtype=object), types),
        "date": dates.take(np.tile(np.arange(len(periods)), types)),
        "days": np.tile(periods.days, types),
    }
    columns.update({name: values.reshape(-1) for name, values in table.items()})
    return pd.DataFrame(columns)


def _interval_error(totals: Totals, numerator: str, denominator: str, n: int) -> Table:
    """Return the standard error of a mean, or of a ratio by the delta method, for each interval."""
    if not denominator:
        mean = totals.interval_mean(numerator)
        return _error(totals.interval_product(numerator, numerator) - n * mean**2, n)
    y, x = (combine(sums, totals.interval_mean) for sums in (numerator, denominator))
    ratio = np.nan_to_num(divide(y, x))
    weights: list[tuple[Table | float, str]] = list(_signed(numerator))
    weights += [(-sign * ratio, q) for sign, q in _signed(denominator)]
    squares = np.zeros_like(ratio)
    for a, first in weights:
        for b, second in weights:
            squares += a * b * totals.interval_product(first, second)
    return divide(_error(squares, n), x)


def _signed(expression: str) -> list[tuple[float, str]]:
    words = ["+", *expression.split()]
    return [
        (1.0 if sign == "+" else -1.0, q) for sign, q in zip(words[::2], words[1::2], strict=True)
    ]


def _error(squares: Table, n: int) -> Table:
    """Return the standard error of a mean from the sum of squared deviations over replications."""
    if n < 2:
        return np.full_like(squares, np.nan)
    return np.sqrt(np.maximum(squares, 0.0) / (n * (n - 1)))
