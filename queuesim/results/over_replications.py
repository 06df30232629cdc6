"""From one number a replication to estimates: means, chances, and what most of them show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from queuesim.results.confidence import Estimate, proportion, ratio
from queuesim.results.measures import unknown
from queuesim.results.wording import number_text, range_text


def mean_of(values: ArrayLike, *, confidence: float = 0.95, unit: str = "") -> Estimate:
    """Estimate a mean, from one number a replication.

    Parameters
    ----------
    values : array_like, shape (replications,)
    confidence : float, default 0.95
    unit : str, optional
        For print.

    Returns
    -------
    Estimate
        With Student's t interval; see `queuesim.results.confidence.ratio`.

    Examples
    --------
    >>> mean_of([2.0, 4.0, 6.0], unit="contacts").text
    '4 ± 5'
    """
    array = np.asarray(values, dtype=np.float64)
    return ratio(array, np.ones(array.shape), confidence=confidence, unit=unit)


def chance_of(happened: ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """Estimate how likely something is, from whether it happened in each replication.

    Parameters
    ----------
    happened : array_like of bool, shape (replications,) or (replications, k)
        Whether it happened; with a second axis, on each of k days or nights of it, whose share is
        estimated. Days of one replication are not taken for independent.
    confidence : float, default 0.95

    Returns
    -------
    Estimate
        A share, with Wilson's interval; see `queuesim.results.confidence.proportion`. What
        happened always is still not certain.

    Raises
    ------
    ValueError
        For numbers other than 0 and 1.

    Examples
    --------
    >>> chance_of([True] * 18 + [False] * 2).text
    '90.0 % (68.2 to 97.4 %)'
    """
    hits = np.asarray(happened, dtype=np.float64)
    if not np.isin(hits, (0.0, 1.0)).all():
        raise ValueError("happened must be True or False in each replication; compare first: x > 5")
    if hits.ndim == 2:
        return proportion(
            hits.sum(axis=1), np.full(len(hits), hits.shape[1]), confidence=confidence
        )
    return proportion(hits, np.ones(hits.shape), confidence=confidence)


@dataclass(frozen=True)
class Spread:
    """A mean over replications, and between what most of the replications lie.

    Not how sure the mean is, but how much one future may differ from another.

    Attributes
    ----------
    value : float
        The mean.
    low, high : float
        Quantiles of the replications, the same part below as above.
    share : float
        Part of the replications between them, 0 to 1.
    n : int
        Replications.
    unit : str
        For print.
    """

    value: float
    low: float
    high: float
    share: float
    n: int
    unit: str = ""

    @property
    def text(self) -> str:
        """The mean and the range: ``28.4 % (22.0 to 35.1 %)``."""
        return (
            f"{number_text(self.value, self.unit)} ({range_text(self.low, self.high, self.unit)})"
        )

    def __str__(self) -> str:
        return f"{self.text} ({100 * self.share:g} % of {self.n:,} replications)"


def spread_of(values: ArrayLike, *, share: float = 0.9, unit: str = "") -> Spread:
    """Return a mean, and between what most replications lie.

    Parameters
    ----------
    values : array_like, shape (replications,)
    share : float, default 0.9
        Part of the replications between the two ends, 0 to 1.
    unit : str, optional
        For print.

    Returns
    -------
    Spread

    Examples
    --------
    >>> print(spread_of(range(101), share=0.9, unit="contacts"))
    50 (5.0 to 95.0) (90 % of 101 replications)
    """
    if not 0 < share < 1:
        raise ValueError(f"share={share!r}: must lie between 0 and 1, such as 0.9")
    array = np.asarray(values, dtype=np.float64)
    low, high = np.quantile(array, ((1 - share) / 2, (1 + share) / 2))
    return Spread(float(array.mean()), float(low), float(high), share, len(array), unit)


def contact_means(
    contacts: pd.DataFrame,
    column: str,
    *,
    by: str | Sequence[str],
    replications: int,
    confidence: float = 0.95,
    unit: str = "",
) -> dict[Any, Estimate]:
    """Estimate the mean of a column of contacts for each group of them: by hour, by kind of day …

    Parameters
    ----------
    contacts : pandas.DataFrame
        Some of `Result.contacts` or `Result.kept`, with columns of your own; one row a contact, and
        `replication`.
    column : str
        What is averaged: numbers, or True and False for a share.
    by : str or sequence of str
        Columns that name the group; several make keys of tuples. Contacts without a group (missing)
        are left out.
    replications : int
        How many were played; those without a contact of a group count, with none.
    confidence : float, default 0.95
    unit : str, optional
        For print.

    Returns
    -------
    dict
        For each group an `Estimate`: sum over contacts ÷ number of contacts, with the interval of a
        ratio over replications.

    Raises
    ------
    ValueError
        For a column that is not there.

    Examples
    --------
    >>> table = pd.DataFrame({"replication": [0, 0, 1, 1], "hour": [8, 9, 8, 8],
    ...                       "kept": [True, True, False, True]})
    >>> {hour: each.value for hour, each in
    ...  contact_means(table, "kept", by="hour", replications=2, unit="share").items()}
    {8: 0.6666666666666666, 9: 1.0}
    """
    keys = [by] if isinstance(by, str) else list(by)
    for name in ("replication", column, *keys):
        if name not in contacts:
            raise ValueError(unknown("column", name, contacts.columns))
    found: dict[Any, Estimate] = {}
    grouped = contacts.groupby(keys if len(keys) > 1 else keys[0], observed=True)
    for key, some in grouped:
        number = some["replication"].to_numpy()
        count = np.bincount(number, minlength=replications).astype(np.float64)
        total = np.bincount(number, some[column].to_numpy(np.float64), minlength=replications)
        found[key] = ratio(total, count, confidence=confidence, unit=unit)
    return found
