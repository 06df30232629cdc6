"""What could be found at best: likelihood ratios that know what goes wrong, how much, and when.

An oracle knows kind, size, beginning and end of an incident, and only asks whether it happens on
this day. All its false alarms are spent there: on quiet days it alarms in the incident's hours as
often as the budget allows for whole days. Nobody who must watch for every kind at every hour can do
as well.

- Volume: the likelihood ratio of the counts of the day, exact (Poisson around a gamma busyness).
- Handle time: of the mean handle times, taken as normal.
- Staff, seen: of the steps from interval to interval, counted on replications with and without.
- Staff, not seen: logistic regression on what the contacts met in the day's last four hours,
  trained on replications with and without: about the likelihood ratio, rather less than the best.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

import queuesim as qs
from benchmarks.watching_incidents import INTERVAL_S, Incident, played
from queuesim.watching.detecting.limits import MONTH_DAYS
from queuesim.watching.detecting.signals import Signals

Floats = NDArray[np.float64]

_STEPS_A_DAY = 86_400 // INTERVAL_S
_RIDGE = 3.0
_LOOKS_BACK = 8


@dataclass(frozen=True)
class Oracle:
    """One that knows an incident, and has seen quiet days.

    Attributes
    ----------
    scenario : Scenario
        Of one contact type and one group.
    incident : Incident
    quiet : Signals
        Quiet replications: half to learn from where needed, the others for the limit.
    after : int
        Intervals after the incident in which an alarm still counts.
    """

    scenario: qs.Scenario
    incident: Incident
    quiet: Signals
    after: int

    def when(
        self, seen: Signals, budget: float, *, staff_seen: bool, training: int, seed: int
    ) -> NDArray[np.bool_]:
        """Return its alarms, bool[n, intervals]: the first, if any."""
        half = len(self.quiet) // 2
        learn, limit_on = _rows(self.quiet, 0, half), _rows(self.quiet, half, len(self.quiet))
        if self.incident.cause == "volume":
            ratios = [self._volume(s) for s in (limit_on, seen)]
        elif self.incident.cause == "handle time":
            ratios = [self._handle_time(s, learn) for s in (limit_on, seen)]
        else:
            wrong = played(self.scenario, self.incident, training, seed=seed)
            told = self._counted if staff_seen else self._met
            ratios = told(learn, wrong, [limit_on, seen])
        window = slice(self.incident.first, self.incident.end + self.after)
        days = {step // _STEPS_A_DAY for step in range(self.incident.first, self.incident.end)}
        highest = ratios[0][:, window].max(axis=1)
        limit = np.quantile(highest, 1 - len(days) * budget / MONTH_DAYS)
        over = np.zeros(ratios[1].shape, dtype=np.bool_)
        over[:, window] = ratios[1][:, window] > limit
        return over & (np.cumsum(over, axis=1) == 1)

    @property
    def _on(self) -> NDArray[np.bool_]:
        steps = np.arange(self.scenario.horizon.n_intervals)
        return (steps >= self.incident.first) & (steps < self.incident.end)

    def _volume(self, seen: Signals) -> Floats:
        demand, horizon = self.scenario.contact_types[0].demand, self.scenario.horizon
        mean = demand.rates(horizon).per_interval(horizon)
        shape = 1 / max(demand.busyness**2, 1e-9)
        factor = np.where(self._on, 1 + self.incident.size, 1.0)

        def of_day(values: Floats) -> Floats:
            by_day = values.reshape(*values.shape[:-1], -1, _STEPS_A_DAY)
            return np.asarray(np.cumsum(by_day, axis=-1))

        came = seen.offered[:, 0]
        gain = of_day(came * np.log(factor))
        change = np.log((shape + of_day(mean * factor)) / (shape + of_day(mean)))
        return _over_days(gain - (shape + of_day(came)) * change)

    def _handle_time(self, seen: Signals, learn: Signals) -> Floats:
        values, many = learn.mean_handle_s[:, 0], learn.answered[:, 0]
        use = many > 0
        mean = values[use].mean()
        unit = np.sqrt(np.mean(many[use] * (values[use] / mean - 1) ** 2))
        longer = 1 + self.incident.size
        part, many = seen.mean_handle_s[:, 0] / mean, seen.answered[:, 0]
        quiet, wrong = (((part - m) / (unit * m)) ** 2 * many / 2 for m in (1.0, longer))
        step = np.where(self._on & (many > 0), quiet - wrong - np.log(longer), 0.0)
        return np.asarray(np.cumsum(np.nan_to_num(step), axis=1))

    def _counted(self, learn: Signals, wrong: Signals, asked: list[Signals]) -> list[Floats]:
        """Return the ratios of the people counted, each given the interval before."""
        found = [np.zeros(each.staffed[:, 0].shape) for each in asked]
        window = range(self.incident.first, self.incident.end + self.after)
        for t in window:
            tables = []
            for each in (learn, wrong):
                table: dict[tuple[float, float], int] = {}
                for pair in _pairs(each, t):
                    table[pair] = table.get(pair, 0) + 1
                tables.append(table)
            for ratio, each in zip(found, asked, strict=True):
                for row, pair in enumerate(_pairs(each, t)):
                    in_quiet, in_wrong = (table.get(pair, 0) + 0.5 for table in tables)
                    ratio[row, t] = np.log(in_wrong / len(wrong)) - np.log(in_quiet / len(learn))
        return [np.cumsum(each, axis=1) for each in found]

    def _met(self, learn: Signals, wrong: Signals, asked: list[Signals]) -> list[Floats]:
        """Return logits from what contacts met on the day so far, added up over days."""
        shown = [_shown(each) for each in (learn, wrong, *asked)]
        usual, sd = shown[0].mean(axis=0), shown[0].std(axis=0)
        z = [np.clip((each - usual) / np.where(sd > 0, sd, np.inf), -8, 8) for each in shown]
        found = [np.zeros(each.staffed[:, 0].shape) for each in asked]
        for t in range(self.incident.first, self.incident.end + self.after):
            morning = max(t - t % _STEPS_A_DAY, t - _LOOKS_BACK + 1)
            flat = [each[:, morning : t + 1].reshape(len(each), -1) for each in z]
            use = np.flatnonzero(flat[0].std(axis=0) > 0)
            if len(use) == 0:
                continue
            x = [np.hstack([np.ones((len(f), 1)), f[:, use], f[:, use] ** 2 - 1]) for f in flat]
            weights = _logistic(x[0], x[1])
            for ratio, each in zip(found, x[2:], strict=True):
                ratio[:, t] = each @ weights
        by_day = [each.reshape(len(each), -1, _STEPS_A_DAY) for each in found]
        return [_over_days(each) for each in by_day]


def _over_days(ratio: Floats) -> Floats:
    """Add to the ratio of each day so far those of the whole days before, float64[n, intervals]."""
    last = np.max(np.where(ratio != 0, np.arange(ratio.shape[2]), 0), axis=(0, 2))
    whole = np.stack([ratio[:, day, at] for day, at in enumerate(last)], axis=1)
    before = np.cumsum(whole, axis=1) - whole
    return np.asarray((ratio + before[:, :, None]).reshape(len(ratio), -1))


def _rows(signals: Signals, begin: int, end: int) -> Signals:
    names = Signals.__dataclass_fields__
    return Signals(**{name: getattr(signals, name)[begin:end] for name in names})


def _pairs(signals: Signals, t: int) -> list[tuple[float, float]]:
    near = np.round(2 * signals.staffed[:, 0, t - 1 : t + 1])
    return [(float(before), float(now)) for before, now in near]


def _shown(signals: Signals) -> Floats:
    """Return load, wait, abandonment and answers too late, shape (n, intervals, 4)."""
    offered = np.maximum(signals.offered[:, 0], 1.0)
    wait = np.log1p(np.nan_to_num(signals.mean_wait_s[:, 0]) / 10)
    load = signals.offered[:, 0] * np.nan_to_num(signals.mean_handle_s[:, 0])
    left, late = signals.abandoned[:, 0], signals.answered[:, 0] - signals.answered_within[:, 0]
    return np.stack([load, wait, left / offered, late / offered], axis=-1)


def _logistic(quiet: Floats, wrong: Floats) -> Floats:
    """Return the weights of a logistic regression, both sides weighing the same."""
    x = np.vstack([quiet, wrong])
    y = np.repeat([0.0, 1.0], [len(quiet), len(wrong)])
    each = np.repeat([1.0, len(quiet) / len(wrong)], [len(quiet), len(wrong)])
    ridge = _RIDGE * np.eye(x.shape[1])
    ridge[0, 0] = 1e-6
    weights = np.zeros(x.shape[1])
    for _ in range(8):
        p = expit(np.clip(x @ weights, -15, 15))
        curved = each * p * (1 - p) + 1e-6
        step = x.T @ (each * (y - p)) - ridge @ weights
        weights = weights + np.linalg.solve((x.T * curved) @ x + ridge, step)
    return weights
