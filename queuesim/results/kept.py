"""Which contacts count for a service level, and for which of them the promise was kept."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from queuesim.results.layout import Layout
from queuesim.results.measures import Measure, combine


def kept_contacts(contacts: pd.DataFrame, layout: Layout, measure: Measure) -> pd.DataFrame:
    """Return the contacts that a service level is taken of, each kept or not.

    Parameters
    ----------
    contacts : pandas.DataFrame
        Columns as in `schema.CONTACT_COLUMNS`.
    layout : Layout
    measure : Measure
        A service level, of one of the definitions.

    Returns
    -------
    pandas.DataFrame
        The contacts of types with a target that count in the denominator, with ``kept``: whether
        they count in the numerator.
    """
    kind = contacts["contact_type"].cat.codes.to_numpy()
    contacts, kind = contacts[layout.has_target[kind]], kind[layout.has_target[kind]]
    wait_s = contacts["wait_s"].to_numpy()
    within = wait_s <= layout.within_s[kind]
    left = (contacts["outcome"] == "abandoned").to_numpy()
    passed = contacts["outcome"].isin(["passed on", "self served"]).to_numpy()
    answered = contacts["answered_s"].notna() & contacts["accepted_s"].isna()
    live = answered.to_numpy() & ~passed
    waits = (contacts["outcome"] == "unresolved") & contacts["accepted_s"].isna()
    true = {
        "offered": np.ones(len(contacts), dtype=bool),
        "not_due": waits.to_numpy() & (wait_s < layout.within_s[kind]),
        "answered": live,
        "answered_within": live & within,
        "abandoned_within": left & within,
        "abandoned_quick": left & (wait_s <= layout.short_abandon_s),
    }

    def column(quantity: str) -> NDArray[np.float64]:
        return true[quantity].astype(np.float64)

    counts = combine(measure.denominator, column) > 0
    return contacts[counts].assign(kept=combine(measure.numerator, column)[counts] > 0)
