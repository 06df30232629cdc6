"""One replication as tables: contacts, contact types by interval, agent groups by interval."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from queuesim.engines.outcome import Cause, ContactOutcome, Outcome
from queuesim.model import Scenario
from queuesim.results import schema
from queuesim.results.facts import contact_facts
from queuesim.results.layout import Layout

_OUTCOMES = {outcome.value: outcome.name.lower().replace("_", " ") for outcome in ContactOutcome}
OUTCOME_NAMES: tuple[str, ...] = tuple(
    _OUTCOMES.get(code, f"({code})") for code in range(max(_OUTCOMES) + 1)
)
"""Names of the outcomes, by their code."""

CAUSE_NAMES: tuple[str, ...] = tuple(cause.name.lower().replace("_", " ") for cause in Cause)
"""Names of the causes, by their code."""


def contact_table(outcome: Outcome, layout: Layout | None = None) -> pd.DataFrame:
    """Return one row a contact that came, in the order of arrival.

    Parameters
    ----------
    outcome : Outcome
    layout : Layout, optional
        Of the outcome's scenario.

    Returns
    -------
    pandas.DataFrame
        Columns as in `schema.CONTACT_COLUMNS`.
    """
    layout = layout or Layout.of(outcome.scenario)
    tape, contacts, facts = outcome.tape, outcome.contacts, contact_facts(outcome, layout)
    talk_s = contacts["talk_end_s"] - contacts["answered_s"]
    wrap_up_s = contacts["freed_s"] - contacts["talk_end_s"]
    kept = pd.array(facts.promise_kept, dtype="boolean")
    kept[~facts.promise_due] = pd.NA
    as_told = pd.array(facts.announcement_kept, dtype="boolean")
    as_told[~facts.announcement_due] = pd.NA
    instants = ("answered_s", "talk_end_s", "freed_s", "left_s", "offer_s", "accepted_s", "due_s")
    again = tape.again
    came_s, handled = contacts["came_s"], contacts["resolved"] >= 0
    resolved = pd.array(contacts["resolved"] > 0, dtype="boolean")
    resolved[~handled] = pd.NA
    nobody_again = np.arange(len(tape), dtype=np.int32)
    columns = {
        "contact_type": named(tape.contact_type, layout.types),
        "number": tape.number,
        "day": tape.day,
        "interval": facts.interval.astype(np.int32),
        "arrival": local_times(np.nan_to_num(came_s), outcome.scenario),
        "arrival_s": came_s,
        "outcome": named(contacts["outcome"], OUTCOME_NAMES),
        "agent_group": named(outcome.group, layout.groups),
        "agent": contacts["agent"],
        "wait_s": facts.wait_s,
        "resolution_s": facts.resolution_s,
        "talk_s": talk_s,
        "wrap_up_s": wrap_up_s,
        "paused_s": contacts["paused_s"],
        "handle_s": talk_s + wrap_up_s - contacts["paused_s"],
        **{name: contacts[name] for name in instants},
        "dialled_s": contacts["dialled_s"],
        "callback_wait_s": facts.callback_wait_s,
        "promise_kept": kept,
        "attempts": contacts["attempts"],
        "announced_s": contacts["announced_s"],
        "announcement_kept": as_told,
        "cause": named(contacts["cause"], CAUSE_NAMES),
        "customer": nobody_again if again is None else again.customer,
        "attempt": np.zeros(len(tape), dtype=np.int32) if again is None else again.attempt,
        "resolved": resolved,
    }
    table = pd.DataFrame({name: columns[name] for name in schema.names(schema.CONTACT_COLUMNS)})
    if again is None:
        return table
    order = np.lexsort((again.attempt, again.customer, came_s))
    return table.iloc[order[: int((contacts["cause"] >= 0).sum())]].reset_index(drop=True)


def named(codes: NDArray[np.integer], names: Sequence[str]) -> pd.Categorical[str]:
    """Return a column of names from their numbers; -1 is missing."""
    return pd.Categorical.from_codes(codes, categories=pd.Index(names))


def local_times(seconds: NDArray[np.float64], scenario: Scenario) -> pd.DatetimeIndex:
    """Return instants of the horizon as local times with their time zone, to the microsecond."""
    horizon = scenario.horizon
    start = pd.Timestamp(horizon.local(0.0)).tz_convert("UTC").as_unit("us")
    after = pd.to_timedelta(np.rint(seconds * 1e6).astype(np.int64), unit="us")
    return pd.DatetimeIndex(start + after).tz_convert(horizon.timezone)


def interval_frame(
    layout: Layout, key: str, quantities: dict[str, NDArray[np.float64]]
) -> pd.DataFrame:
    """Return a tidy table of contact types or agent groups by interval.

    Parameters
    ----------
    layout : Layout
    key : {"contact_type", "agent_group"}
    quantities : dict of str to numpy.ndarray, shape (types or groups, intervals)

    Returns
    -------
    pandas.DataFrame
        Columns ``key``, interval, start, day, then the quantities.
    """
    listed = list(layout.types if key == "contact_type" else layout.groups)
    intervals = layout.n_intervals
    start = local_times(layout.edges_s[:-1], layout.scenario)
    columns: dict[str, object] = {
        key: named(np.repeat(np.arange(len(listed)), intervals), listed),
        "interval": np.tile(np.arange(intervals, dtype=np.int32), len(listed)),
        "start": start.take(np.tile(np.arange(intervals), len(listed))),
        "day": np.tile(layout.day_of_interval.astype(np.int32), len(listed)),
    }
    columns.update({name: table.reshape(-1) for name, table in quantities.items()})
    return pd.DataFrame(columns)


def divide(numerator: NDArray[np.float64], denominator: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide, giving NaN where the denominator is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(denominator == 0, np.nan, numerator / denominator)
