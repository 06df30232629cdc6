"""The result as a page that a planner reads, and the numbers on it as a table."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from queuesim.results import sections
from queuesim.results.confidence import Estimate
from queuesim.results.measures import MEASURES

if TYPE_CHECKING:
    from queuesim.results.result import Result


class Summary:
    """A result in print: ``print(result.summary())``.

    Parameters
    ----------
    result : Result
    confidence : float, default 0.95

    Attributes
    ----------
    frame : pandas.DataFrame
        Every measure of everything: ``of`` (a contact type, an agent group or ``all``),
        ``measure``, ``unit``, ``value``, ``low``, ``high``.
    """

    def __init__(self, result: Result, *, confidence: float = 0.95) -> None:
        self.result = result
        self.confidence = confidence

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Every measure of every contact type, every agent group and all together, tidy."""
        rows = [
            {
                "of": whose,
                "measure": name,
                "unit": estimate.unit,
                "value": estimate.value,
                "low": estimate.low,
                "high": estimate.high,
            }
            for whose, name, estimate in self._estimates()
        ]
        return pd.DataFrame(rows, columns=["of", "measure", "unit", "value", "low", "high"])

    def _estimates(self) -> Iterator[tuple[str, str, Estimate]]:
        result, sure = self.result, self.confidence
        for name, measure in MEASURES.items():
            if measure.of in ("contacts", "waits"):
                for contact_type in result.layout.types:
                    yield (
                        contact_type,
                        name,
                        result.measure(name, contact_type=contact_type, confidence=sure),
                    )
            if measure.of in ("groups", "money"):
                for group in result.layout.groups:
                    yield group, name, result.measure(name, agent_group=group, confidence=sure)
            yield "all", name, result.measure(name, confidence=sure)

    def __str__(self) -> str:
        parts = [
            sections.heading(self.result, self.confidence),
            sections.contacts(self.result, self.confidence),
            sections.customers(self.result, self.confidence),
            sections.callbacks(self.result, self.confidence),
            sections.announcements(self.result, self.confidence),
            sections.groups(self.result, self.confidence),
            sections.money(self.result, self.confidence),
            sections.beside_theory_section(self.result),
            sections.notes(self.result, self.confidence),
        ]
        return "\n\n".join(part for part in parts if part)

    def __repr__(self) -> str:
        return f"<Summary of {self.result!r}>"

    def _repr_html_(self) -> str:
        text = str(self).replace("&", "&amp;").replace("<", "&lt;")
        return f"<pre>{text}</pre>"
