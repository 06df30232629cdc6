"""One replication, followed contact by contact."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from queuesim.engines.outcome import Outcome
from queuesim.results import frames
from queuesim.results.service_level import DEFAULT, ServiceLevel
from queuesim.results.tables import contact_table
from queuesim.results.tally import tally
from queuesim.results.totals import Totals


class Run:
    """One replication as tables.

    Parameters
    ----------
    outcome : Outcome
        What an engine made of a tape.
    definition : ServiceLevel
        Which service level the tables show.

    Examples
    --------
    >>> import queuesim as qs
    >>> from queuesim.engines.reference import simulate_reference
    >>> from queuesim.sampling import draw_tape
    >>> phone = qs.ContactType(name="support", channel="phone", demand=qs.Demand(per_day=100),
    ...                        talk=qs.Exponential(mean="4min"))
    >>> team = qs.AgentGroup(name="home", skills=("support",), headcount=3,
    ...                      contract=qs.InHouse(per_hour=24.0))
    >>> day = qs.Scenario(name="a day", contact_types=(phone,), agent_groups=(team,),
    ...                   horizon=qs.Horizon(start="2026-11-23", days=1))
    >>> run = Run(simulate_reference(day, draw_tape(day, seed=7)))
    >>> bool(len(run.contacts) == run.intervals.offered.sum())
    True
    """

    def __init__(self, outcome: Outcome, *, definition: ServiceLevel = DEFAULT) -> None:
        self.outcome = outcome
        self.scenario = outcome.scenario
        self.definition = definition

    @cached_property
    def contacts(self) -> pd.DataFrame:
        """One row a contact, columns as in `schema.CONTACT_COLUMNS`."""
        return contact_table(self.outcome)

    @cached_property
    def intervals(self) -> pd.DataFrame:
        """Contact types by interval, columns as in `schema.INTERVAL_COLUMNS`."""
        return frames.intervals(self._totals, self.definition, errors=False)

    @cached_property
    def groups(self) -> pd.DataFrame:
        """Agent groups by interval, columns as in `schema.GROUP_COLUMNS`."""
        return frames.groups(self._totals, errors=False)

    @cached_property
    def _totals(self) -> Totals:
        totals = Totals(self.scenario, first=self.outcome.tape.replication)
        totals.add(tally(self.outcome))
        return totals

    def __repr__(self) -> str:
        tape, name = self.outcome.tape, self.scenario.name
        return f"<Run of {name!r}: {len(tape):,} contacts, replication {tape.replication}>"
