"""What happened: tables of observed intervals, as arrays by contact type or group and interval."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from queuesim.errors import Problem, ScenarioError, shown
from queuesim.model import Horizon, Scenario
from queuesim.model.faults import Fault
from queuesim.watching.moments import moment_s
from queuesim.watching.observed import Observed

Table = NDArray[np.float64]


@dataclass(frozen=True)
class Happened:
    """What was observed; NaN where it was not.

    Attributes
    ----------
    offered, answered, abandoned, mean_wait_s, answered_within, mean_handle_s : numpy.ndarray
        float64[contact types, intervals of the horizon].
    staffed : numpy.ndarray
        float64[agent groups, intervals]: agents on duty on average.
    """

    offered: Table
    answered: Table
    abandoned: Table
    mean_wait_s: Table
    answered_within: Table
    mean_handle_s: Table
    staffed: Table


def happened(
    scenario: Scenario,
    observed: Observed | pd.DataFrame | str | os.PathLike[str],
    staff: pd.DataFrame | str | os.PathLike[str] | None = None,
) -> Happened:
    """Return what was observed; tables are read, and refused, by `Observed.read`."""
    if not isinstance(observed, Observed):
        observed = Observed.read(scenario, observed, staff)
    columns = {each.name: getattr(observed.signals, each.name)[0] for each in fields(Happened)}
    return Happened(**columns)


def not_told(seen: Happened) -> tuple[str, ...]:
    """Return what no table tells of anybody, the likeliest to matter first."""
    names = {
        "staffed": "a table of staff (staffed)",
        "mean_handle_s": "handle times (mean_handle_s)",
        "offered": "contacts that came (offered)",
        "abandoned": "who gave up (abandoned)",
    }
    return tuple(said for name, said in names.items() if np.isnan(getattr(seen, name)).all())


def within_s(horizon: Horizon, moment: object, name: str) -> float:
    """Return an instant of the horizon [s] for a local time.

    Raises
    ------
    ScenarioError
        When it is no time of the horizon.
    """
    try:
        seconds = moment_s(horizon, moment)
    except Fault as fault:
        raise ScenarioError(
            [Problem(name, shown(moment), fault.rule, fault.fix)], "diagnose"
        ) from None
    if 0 <= seconds <= horizon.seconds:
        return seconds
    rule = f"must lie in the horizon, {horizon.dates[0]} to {horizon.dates[-1]}"
    raise ScenarioError([Problem(name, shown(moment), rule)], "diagnose")


def window_of(
    horizon: Horizon, known: NDArray[np.bool_], since: object, until: object, what: str
) -> tuple[int, int]:
    """Return the intervals [first, past the last) between two times; by default all observed.

    ``what`` names what must be known, and of whom.
    """
    seen = np.flatnonzero(known.any(axis=0))
    if len(seen) == 0:
        rule = f"must have {what} in at least one row"
        raise ScenarioError([Problem("table", "nothing", rule)], "Observed intervals")
    first, last = int(seen[0]), int(seen[-1]) + 1
    if since is not None:
        first = int(np.floor(within_s(horizon, since, "since") / horizon.interval))
    if until is not None:
        last = int(np.ceil(within_s(horizon, until, "until") / horizon.interval))
    if last <= first:
        begin, end = (
            f"{horizon.local(float(horizon.edges_s[k])):%Y-%m-%d %H:%M}" for k in (first, last)
        )
        if until is None:
            fix = f"what was observed ends at {end}: move since, or give the intervals after it"
            problem = Problem("since", shown(since), "must be before what was observed ends", fix)
        elif since is None:
            fix = f"what was observed begins at {begin}: move until"
            problem = Problem("until", shown(until), "must be after what was observed begins", fix)
        else:
            given = f"since {since}, until {until}"
            problem = Problem("since", given, "must be before until", "swap the two?")
        raise ScenarioError([problem], "diagnose")
    if not known[:, first:last].any():
        rule = f"must leave {what} in at least one row between since and until"
        given = f"{since} to {until}"
        raise ScenarioError([Problem("since", given, rule, "move them")], "diagnose")
    return first, last
