"""How good predictors are: scored on simulated days against waits that are known whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from queuesim.model import Channel, Scenario
from queuesim.units import GRID
from queuesim.watching.predicting.laws import Law
from queuesim.watching.predicting.patient import PatientDays, patient_days

if TYPE_CHECKING:
    from queuesim.watching.predicting.predictors import Predictor

Floats = NDArray[np.float64]

_LEVELS = np.arange(0.05, 0.96, 0.05)
_DEFAULT = (
    *("no_information", "queue_length", "queue_length_patience", "queue_length_plan"),
    *("last_to_enter_service", "last_to_enter_service_refined"),
    *("head_of_line", "head_of_line_refined", "refined"),
)


def bench_predictors(
    scenario: Scenario,
    *,
    methods: Sequence[str | Predictor] = _DEFAULT,
    contact_types: Sequence[str] | None = None,
    replications: int = 20,
    per_replication: int = 50,
    interval: float = 0.9,
    warm_up: float = 0.0,
    cool_down: float = 3600.0,
    seed: int = 0,
) -> pd.DataFrame:
    """Score predictors on simulated days of any scenario.

    Each replication is played with some patient contacts, see `patient`; of those that had to wait,
    some drawn at random ask all predictors, which see what the contact could see. Their waits until
    an agent took them are known whole, so that giving up hides nothing.

    Parameters
    ----------
    scenario : Scenario
    methods : sequence of str or Predictor
        Which predictors; all but those that simulate unless given.
    contact_types : sequence of str, optional
        Whose waits; all that wait for agents unless given.
    replications : int, default 20
    per_replication : int, default 50
        Contacts of each type that ask in a replication, at most.
    interval : float, default 0.9
        What the intervals claim.
    warm_up : float, default 0
        Contacts before this do not ask [s].
    cool_down : float, default 3600
        Nor do those who come later than this before the end of the horizon, beyond which their
        waits are not known [s].
    seed : int, default 0

    Returns
    -------
    pandas.DataFrame
        One row a contact type and method: ``asked``, how many asked; ``unanswered``, those among
        them whom nobody took before the horizon ended, who do not count; ``mean_wait_s``;
        ``bias_s``, expected less real wait; ``mean_squared_error_s2`` and its root ``rmse_s``;
        ``coverage`` of the intervals (an instant at which the law puts many waits counts in part)
        with its standard error ``coverage_se`` (over replications), and their mean ``width_s``;
        ``pinball_s``, the mean pinball loss of the quantiles 5, 10 …
        95 %. Means of predictors that expect no end are infinite.

    Examples
    --------
    >>> table = bench_predictors(scenario, replications=5)      # doctest: +SKIP
    """
    from queuesim.watching.predict import predictor

    chosen = [predictor(scenario, m) if isinstance(m, str) else m for m in methods]
    names = [e.name for e in scenario.contact_types if e.channel is not Channel.SELF_SERVICE]
    tables = []
    for name in contact_types if contact_types is not None else names:
        index = [each.name for each in scenario.contact_types].index(name)
        scores = [_Scores(interval) for _ in chosen]
        unanswered, until_s = 0, scenario.horizon.seconds - cool_down
        for days in patient_days(scenario, index, replications=replications, seed=seed):
            chance = np.random.default_rng([seed, index, days.outcome.tape.replication])
            asks, lost = _who_ask(days, per_replication, warm_up, until_s, chance)
            unanswered += lost
            found: list[list[tuple[Law, float]]] = [[] for _ in chosen]
            for k in asks:
                seen = days.seen_by(int(days.rows[k]))
                for each, laws in zip(chosen, found, strict=True):
                    laws.append((each.predict(seen, index), float(days.waits_s[k])))
            for score, laws in zip(scores, found, strict=True):
                score.add(laws)
        rows = [
            {"contact_type": name, "method": each.name, **score.row(unanswered)}
            for each, score in zip(chosen, scores, strict=True)
        ]
        tables.append(pd.DataFrame(rows))
    return pd.concat(tables, ignore_index=True)


def _who_ask(
    days: PatientDays, most: int, from_s: float, until_s: float, chance: np.random.Generator
) -> tuple[NDArray[np.intp], int]:
    """Return which of the patient contacts ask: some of those that waited; and how many of the
    chosen were never answered."""
    within = (days.came_s >= from_s) & (days.came_s < until_s)
    waited = np.flatnonzero(~(days.waits_s == 0.0) & within)
    if len(waited) > most:
        waited = np.sort(chance.choice(waited, most, replace=False))
    answered = ~np.isnan(days.waits_s[waited])
    return waited[answered], int((~answered).sum())


class _Scores:
    """Sums over replications, one entry each."""

    def __init__(self, interval: float) -> None:
        self._edges = np.array([(1 - interval) / 2, (1 + interval) / 2])
        self._sums: list[Floats] = []

    def add(self, laws: Iterable[tuple[Law, float]]) -> None:
        """Add what was predicted in one replication, with the real waits."""
        rows = [self._of(law, wait_s) for law, wait_s in laws]
        if rows:
            self._sums.append(np.array(rows).sum(axis=0))

    def _of(self, law: Law, wait_s: float) -> Floats:
        error = law.mean_s - wait_s
        low, high = law.quantile(self._edges)
        off = wait_s - law.quantile(_LEVELS)
        pinball = np.maximum(_LEVELS * off, (_LEVELS - 1) * off).mean()
        within = self._within(law, wait_s)
        return np.array([1.0, wait_s, error, error**2, within, high - low, pinball])

    def _within(self, law: Law, wait_s: float) -> float:
        """Return how much of an instant lies within the interval.

        Where a law says that many waits end at one instant, as when people come on duty, that is
        the part between the edges: all of it would count more than the interval claims.
        """
        before, at = law.cdf(np.array([wait_s - 0.5 / GRID, wait_s]))
        low, high = self._edges
        if at <= before:
            return float(low <= at <= high)
        return float(max(0.0, min(at, high) - max(before, low)) / (at - before))

    def row(self, unanswered: int) -> dict[str, float]:
        """Return the scores."""
        if not self._sums:
            return {"asked": 0, "unanswered": unanswered}
        sums = np.array(self._sums)
        n, wait, bias, square, within, width, pinball = sums.sum(axis=0)
        share = within / n
        many = len(sums)
        apart = sums[:, 4] - share * sums[:, 0]
        error = np.sqrt(many / max(many - 1, 1) * (apart**2).sum()) / n
        return {
            "asked": int(n),
            "unanswered": unanswered,
            "mean_wait_s": wait / n,
            "bias_s": bias / n,
            "mean_squared_error_s2": square / n,
            "rmse_s": float(np.sqrt(square / n)),
            "coverage": share,
            "coverage_se": float(error),
            "width_s": width / n,
            "pinball_s": pinball / n,
        }
