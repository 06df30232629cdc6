"""The table of a comparison: options beside each other, as a planner reads it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from math import isnan, nan
from typing import Any

import pandas as pd

from queuesim.results.wording import number_text, plus_minus_text, readable


@dataclass(frozen=True)
class ComparisonTable:
    """Measures of every option, with intervals, and differences on the same contacts.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row an option and a measure: `option`, `measure`, `label`, `unit`, `value`, `low`,
        `high`; with
        `against` also `difference`, `difference_low`, `difference_high`. Shares are 0 to 1.
    heading : str
        What the numbers are.
    """

    frame: pd.DataFrame
    heading: str

    def __str__(self) -> str:
        lines = [self.heading]
        width = max(len(str(option)) for option in self.frame["option"])
        for _, rows in self.frame.groupby("measure", sort=False):
            lines += ["", str(rows["label"].iloc[0])]
            for row in rows.to_dict("records"):
                line = f"  {row['option']:<{width}}  {_interval_text(row)}"
                if not isnan(row.get("difference", nan)):
                    line = f"{line:<{width + 28}}  {_difference_text(row)}"
                lines.append(line)
        return "\n".join(lines)


def _interval_text(row: Mapping[Hashable, Any]) -> str:
    """Print a value with its interval, as ± where it is even."""
    below, above = row["value"] - row["low"], row["high"] - row["value"]
    if isnan(below) or abs(above - below) <= 0.02 * (above + below):
        return plus_minus_text(row["value"], (above + below) / 2, row["unit"])
    low, high = (number_text(row[name], row["unit"]) for name in ("low", "high"))
    return f"{number_text(row['value'], row['unit'])} ({low} to {high})"


def _difference_text(row: Mapping[Hashable, Any]) -> str:
    """Print a difference and its interval; shares differ by percentage points."""
    scale, unit = (100.0, "points") if row["unit"] == "share" else (1.0, row["unit"])
    names = ("difference", "difference_low", "difference_high")
    numbers, unit = readable(unit, *(row[name] * scale for name in names))
    value, low, high = (number_text(number, unit) for number in numbers)
    sign = "" if value.startswith("-") else "+"
    if isnan(row["difference_low"]):
        return f"{sign}{value}"
    return f"{sign}{value} ({low.removesuffix(unit).strip()} to {high.removesuffix(unit).strip()})"
