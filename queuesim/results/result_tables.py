"""The tables of a result: by interval, day and week, of every contact, and where it is worst."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from queuesim.results import frames
from queuesim.results.kept import kept_contacts
from queuesim.results.layout import Layout
from queuesim.results.measures import measure_named
from queuesim.results.service_level import ServiceLevel
from queuesim.results.totals import Totals


class Tables:
    """What `Result` shows as DataFrames.

    Attributes
    ----------
    totals : Totals
        The replications, added up.
    definition : ServiceLevel
        Which service level is meant where none is named.
    """

    totals: Totals
    definition: ServiceLevel

    @property
    def replications(self) -> int:
        """How many replications were run."""
        return self.totals.n

    @property
    def layout(self) -> Layout:
        """Where things are counted."""
        return self.totals.layout

    @cached_property
    def intervals(self) -> pd.DataFrame:
        """Contact types by interval, means; `schema.INTERVAL_COLUMNS` and standard errors."""
        return frames.intervals(self.totals, self.definition)

    @cached_property
    def groups(self) -> pd.DataFrame:
        """Agent groups by interval, means; `schema.GROUP_COLUMNS` and standard errors."""
        return frames.groups(self.totals)

    @cached_property
    def days(self) -> pd.DataFrame:
        """Contact types by day, means; `schema.DAY_COLUMNS` and standard errors."""
        return frames.days(self.totals, self.definition)

    @cached_property
    def weeks(self) -> pd.DataFrame:
        """Contact types by calendar week, means; `schema.WEEK_COLUMNS` and standard errors."""
        return frames.weeks(self.totals, self.definition)

    @cached_property
    def contacts(self) -> pd.DataFrame:
        """One row a contact and replication, if they were kept; `schema.CONTACT_COLUMNS`."""
        tables = self.totals.tables()
        if tables is None:
            raise ValueError(
                "the contact table was not kept, to save memory; "
                "pass keep_contacts=True to simulate to have it"
            )
        numbers = range(self.totals.first, self.totals.first + self.replications)
        together = pd.concat(tables, keys=numbers, names=["replication", None])
        return together.reset_index(level="replication").reset_index(drop=True)

    def kept(self, definition: ServiceLevel | str | None = None) -> pd.DataFrame:
        """Return the contacts that the service level is taken of, each kept or not.

        Parameters
        ----------
        definition : ServiceLevel or str, optional
            By default the result's own.

        Returns
        -------
        pandas.DataFrame
            As `contacts`, those that count, with ``kept``: whether the promise was kept. With
            columns of your own `queuesim.results.contact_means` gives the service level by hour of
            the day, by night, by kind of day …

        Raises
        ------
        ValueError
            When the contact tables were not kept.
        """
        level = measure_named("service_level", definition or self.definition)
        return kept_contacts(self.contacts, self.layout, level)

    def worst_weeks(self, n: int = 5) -> pd.DataFrame:
        """Return the n weeks and contact types with the lowest service level.

        Columns as in `weeks`, those of `schema.WORST_COLUMNS`; of a week with less than 7 ``days``
        a part lies in the horizon.
        """
        return frames.worst(self.weeks, n)

    def worst_intervals(self, n: int = 10) -> pd.DataFrame:
        """Return the n intervals and contact types with the lowest service level.

        Columns as in `intervals`, those of `schema.WORST_COLUMNS`. Intervals with less than one
        contact per replication are left out, and those in which the type is closed, whether it
        turns contacts away then or they queue: nobody was there to keep a promise.
        """
        table = self.intervals
        return frames.worst(table[self.layout.is_open.reshape(-1)], n)
