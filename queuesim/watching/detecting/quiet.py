"""What quiet intervals show: the law of every signal, learnt from replications of the scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from queuesim.errors import Problem, ScenarioError
from queuesim.model import Scenario
from queuesim.results.layout import Layout
from queuesim.watching.detecting.given import Around, Given
from queuesim.watching.detecting.inferred import Inferred
from queuesim.watching.detecting.laws import Carried, Steady, Volumes
from queuesim.watching.detecting.ranks import uniform
from queuesim.watching.detecting.signals import MEASURES, Signals, simulated
from queuesim.watching.detecting.streams import ALL, SIGNALS, Known, Stream, weights_of
from queuesim.watching.detecting.variants import variants, with_fewer

Floats = NDArray[np.float64]

_GROUP_FLOOR, _PERSON_FLOOR = 0.005, 0.1
_FEWEST_EXPECTED = 0.01
_ROWS = 60_000
_FEWEST, _MOST = 40, 1500


@dataclass(frozen=True, eq=False)
class Quiet:
    """The laws of all signals on quiet days.

    Attributes
    ----------
    scenario : Scenario
    known : Known
    signals : tuple of str
    open : numpy.ndarray, int64
        The horizon's intervals in which contacts are expected; all else is of these.
    day : numpy.ndarray, int64
        Day of each of these.
    played : Signals
        Quiet replications, from which the laws were learnt.
    volumes, handle_times : tuple, one a contact type
    people : tuple, one an agent group
    waits : dict of str to tuple of Given
        Laws of ``wait``, ``within`` and ``abandoned``, one a contact type.
    inferred : tuple of Inferred
        One a contact type, where people are inferred.
    together : dict of str to float
        Standard deviation of the sum of all types' scores, by signal.
    unseen : tuple of int
        Contact types that are counted elsewhere, and not watched.
    """

    scenario: Scenario
    known: Known
    signals: tuple[str, ...]
    open: NDArray[np.int64]
    day: NDArray[np.int64]
    played: Signals
    volumes: tuple[Volumes, ...]
    handle_times: tuple[Steady, ...]
    people: tuple[Carried, ...]
    waits: dict[str, tuple[Given, ...]]
    together: dict[str, float]
    inferred: tuple[Inferred, ...] = ()
    unseen: tuple[int, ...] = ()

    @classmethod
    def learnt(
        cls,
        scenario: Scenario,
        *,
        signals: Sequence[str] = ("volume", "handle_time", "staff", "wait", "abandoned"),
        known: Known | None = None,
        replications: int | None = None,
        seed: int = 0,
        contact_types: Sequence[str] | None = None,
    ) -> Quiet:
        """Learn from replications of the scenario.

        Parameters
        ----------
        scenario : Scenario
        signals : sequence of str
            Names from `SIGNALS`.
        known : Known, optional
            What will be known; None: everything.
        replications : int, optional
            Quiet ones; None: enough for about 60,000 intervals.
        seed : int, default 0
            The scenario is played under it; those who watch take others.
        contact_types : sequence of str, optional
            Those that will be observed, as in `without`; None: all.

        Returns
        -------
        Quiet
        """
        known = known or Known()
        types, planned = scenario.contact_types, _planned(scenario)
        open_ = np.flatnonzero(planned.sum(axis=0) >= _FEWEST_EXPECTED)
        if len(open_) == 0:
            rule = "must expect contacts in some interval"
            raise ScenarioError([Problem("contact_types", "no demand", rule)], "detect")
        day, planned = scenario.horizon.day_of_interval[open_], planned[:, open_]
        if replications is None:
            replications = int(np.clip(-(-_ROWS // len(open_)), _FEWEST, _MOST))
        played = simulated(scenario, replications, seed=seed).at(open_)
        volumes = []
        for k, each in enumerate(types):
            seen = played.offered[:, k].sum(axis=1)
            error = 4 * seen.std() / np.sqrt(len(seen)) + 1e-9
            near = abs(seen.mean() - planned[k].sum()) <= error
            known_law = planned[k] if near and not Layout.of(scenario).comes_again else None
            spread = each.demand.busyness**2
            volumes.append(Volumes.learnt(played.offered[:, k], day, known_law, spread))
        nothing = np.zeros(len(open_))
        handle_times = tuple(
            Steady.learnt(played.mean_handle_s[:, k], played.answered[:, k], day, nothing)
            for k in range(len(types))
        )
        people = []
        for g in range(len(scenario.agent_groups)):
            staffed = played.staffed[:, g]
            floor = _GROUP_FLOOR * staffed.mean(axis=0) + _PERSON_FLOOR
            people.append(Carried.learnt(staffed, day, floor))
        made = cls(
            scenario,
            known,
            tuple(signals),
            open_,
            day,
            played,
            tuple(volumes),
            handle_times,
            tuple(people),
            {},
            {},
        )
        waits = made._learn_waits(seed)
        inferred = made._learn_inferred(seed)
        made = replace(made, waits=waits, inferred=inferred)._hidden(contact_types)
        return replace(made, together=made._learn_together())

    def without(self, seen: Sequence[str]) -> Quiet:
        """Return the same without the contact types that are not among those seen."""
        made = self._hidden(seen)
        return replace(made, together=made._learn_together()) if made.unseen else self

    def _hidden(self, seen: Sequence[str] | None) -> Quiet:
        if seen is None:
            return self
        types = self.scenario.contact_types
        made = replace(self, unseen=tuple(k for k, c in enumerate(types) if c.name not in seen))
        return replace(made, played=made.as_watched(self.played))

    def as_watched(self, seen: Signals) -> Signals:
        """Return signals with nothing seen of the contact types that are not watched."""
        if not self.unseen:
            return seen
        hidden = {name: getattr(seen, name).copy() for name in MEASURES}
        for values in hidden.values():
            values[:, self.unseen] = np.nan
        return replace(seen, **hidden)

    def _learn_waits(self, seed: int) -> dict[str, tuple[Given, ...]]:
        wanted = [name for name in self.signals if name in _OF_WAITS]
        if not wanted:
            return {}
        others = variants(self.scenario, volume=self.known.volume, staff=self.known.staff)
        each = max(len(self.played) // 8, 10)
        further = [
            simulated(other, each, seed=seed, first=len(self.played) + nth * each).at(self.open)
            for nth, other in enumerate(others)
        ]
        handle_s = np.array([law.mean for law in self.handle_times])
        laws: dict[str, tuple[Given, ...]] = {}
        for name in wanted:
            made = []
            for k in range(len(self.scenario.contact_types)):
                around = Around.of(self.scenario, k, handle_s, self.day)
                quiet, *rest = (
                    (self.measure(name, s)[:, k], self.as_known(s), self.many(name, s)[:, k])
                    for s in (self.played, *further)
                )
                made.append(Given.learnt(around, quiet, rest, steepest=_OF_WAITS[name]))
            laws[name] = tuple(made)
        return laws

    def _learn_inferred(self, seed: int) -> tuple[Inferred, ...]:
        if "inferred_staff" not in self.signals:
            return ()
        each = max(len(self.played) // 8, 10)
        first = 2 * len(self.played)
        played = [self.played] + [
            simulated(other, each, seed=seed, first=first + nth * each).at(self.open)
            for nth, other in enumerate(with_fewer(self.scenario))
        ]
        played = [self.as_observed(each) for each in played]
        handle_s = np.array([law.mean for law in self.handle_times])
        types = range(len(self.scenario.contact_types))
        around = [Around.of(self.scenario, k, handle_s, self.day) for k in types]
        return tuple(Inferred.learnt(one, played[0], played[1:]) for one in around)

    def _learn_together(self) -> dict[str, float]:
        if len(self.scenario.contact_types) < 2:
            return {}
        found = {}
        for name in self.signals:
            if name not in ("staff", "inferred_staff"):
                z = self._signal_scores(name, self.played, 0.5)
                seen = np.isfinite(z).sum(axis=1)
                total = np.nansum(z, axis=1)[seen > 0] / np.sqrt(seen[seen > 0])
                found[name] = max(float(total.std()), 0.5) if len(total) else 1.0
        return found

    @property
    def weights(self) -> Floats:
        """About in what proportions the streams share the budget, float64[streams]."""
        return weights_of(self.streams, self.known)

    @property
    def streams(self) -> tuple[Stream, ...]:
        """All streams, in the order of the last axis of `scores`."""
        made = []
        for name in self.signals:
            who = self.parts(name)
            if name in self.together:
                who.append(ALL)
            made += [Stream(name, each, sign) for each in who for sign in SIGNALS[name][1]]
        return tuple(made)

    def measure(self, signal: str, seen: Signals) -> Floats:
        """Return a signal's values, shape (n, types or groups, intervals)."""
        if signal == "inferred_staff":
            return np.stack([each.agents(self.as_observed(seen)) for each in self.inferred], axis=1)
        if signal == "within":
            with np.errstate(invalid="ignore", divide="ignore"):
                return np.where(seen.answered > 0, 1 - seen.answered_within / seen.answered, np.nan)
        if signal == "abandoned":
            with np.errstate(invalid="ignore", divide="ignore"):
                return np.where(seen.offered > 0, seen.abandoned / seen.offered, np.nan)
        values: Floats = getattr(seen, SIGNALS[signal][0])
        return values

    def as_known(self, seen: Signals) -> Signals:
        """Return the signals with planned volume and usual staff where the actual is not known."""
        planned = np.array([law.mean for law in self.volumes])
        usual = self.played.staffed.mean(axis=0)
        actual = seen.offered if self.known.volume else np.full(seen.offered.shape, np.nan)
        people = seen.staffed if self.known.staff else np.full(seen.staffed.shape, np.nan)
        offered = np.where(np.isfinite(actual), actual, planned)
        staffed = np.where(np.isfinite(people), people, usual)
        handle = seen.mean_handle_s
        if not self.known.handling:
            handle = np.full(handle.shape, np.nan)
        return replace(seen, offered=offered, staffed=staffed, mean_handle_s=handle)

    def as_observed(self, seen: Signals) -> Signals:
        """Return the signals without the measures that will not be observed."""
        gone = {
            name: np.full(getattr(seen, name).shape, np.nan)
            for name in MEASURES
            if name not in self.known.measures
        }
        planned = np.array([law.mean for law in self.volumes])
        offered = np.where(np.isfinite(seen.offered), seen.offered, planned)
        return replace(seen, **({"offered": offered} | gone))

    def many(self, signal: str, seen: Signals) -> Floats:
        """Return the contacts that a measure is of, where it is not known about how many."""
        known = self.as_known(seen).offered
        if signal == "abandoned":
            return known
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = self.played.offered.mean(axis=0)
            share = np.where(mean > 0, self.played.answered.mean(axis=0) / mean, 0.0)
        guessed = known * share
        if not self.known.answered:
            return guessed
        return np.where(np.isfinite(seen.answered), seen.answered, guessed)

    def _signal_scores(self, signal: str, seen: Signals, chance: Floats | float) -> Floats:
        """Return normal scores of a signal, shape (n, types or groups, intervals)."""
        day, values = self.day, self.measure(signal, seen)
        if signal == "volume":
            parts = [law.scores(values[:, k], day, chance) for k, law in enumerate(self.volumes)]
        elif signal == "staff":
            parts = [law.scores(values[:, g], chance) for g, law in enumerate(self.people)]
        elif signal == "inferred_staff":
            laws = [each.law for each in self.inferred]
            parts = [law.scores(values[:, k], chance) for k, law in enumerate(laws)]
        elif signal == "handle_time":
            many = self.many(signal, seen)
            parts = [
                law.scores(values[:, k], many[:, k], day, chance)
                for k, law in enumerate(self.handle_times)
            ]
        else:
            many, known = self.many(signal, seen), self.as_known(seen)
            parts = [
                law.scores(values[:, k], known, many[:, k], chance)
                for k, law in enumerate(self.waits[signal])
            ]
        return np.stack(parts, axis=1)

    def scores(self, seen: Signals, chance: Floats | float = 0.5) -> Floats:
        """Return the normal scores of all streams, upwards where it is alarming.

        Parameters
        ----------
        seen : Signals
            In the open intervals: ``signals.at(quiet.open)``.
        chance : float or numpy.ndarray, shape (n, intervals)
            Where among equal counts: 0.5 in their middle; uniform draws make the scores exactly
            normal.

        Returns
        -------
        numpy.ndarray, float64, shape (n, intervals, streams)
            NaN where nothing was seen.
        """
        columns = []
        for name in self.signals:
            z = self._signal_scores(name, seen, chance)
            parts = [z[:, k] for k in range(z.shape[1])]
            if name in self.together:
                many = np.isfinite(z).sum(axis=1)
                with np.errstate(invalid="ignore", divide="ignore"):
                    total = np.nansum(z, axis=1) / np.sqrt(many) / self.together[name]
                parts.append(np.where(many > 0, total, np.nan))
            columns += [sign * part for part in parts for sign in SIGNALS[name][1]]
        return np.stack(columns, axis=-1)

    def transforms(self, seen: Signals, chance: Floats | float) -> dict[tuple[str, str], Floats]:
        """Return the randomised probability integral transforms, shape (n, intervals), by signal
        and contact type or group: uniform on quiet days."""
        found: dict[tuple[str, str], Floats] = {}
        for name in self.signals:
            z = self._signal_scores(name, seen, chance)
            found |= {(name, who): uniform(z[:, k]) for k, who in enumerate(self.parts(name))}
        return found

    def parts(self, signal: str) -> list[str]:
        """Return the contact types, or the agent groups, that have a signal."""
        if signal == "staff":
            return [group.name for group in self.scenario.agent_groups]
        return [each.name for each in self.scenario.contact_types]

    def beforehand(self, signal: str, who: str, at: Sequence[float]) -> Floats:
        """Return quantiles of a signal as they were known beforehand, shape (at, intervals)."""
        k = self.parts(signal).index(who)
        values = self.measure(signal, self.played)[:, k]
        known = np.where(np.isfinite(values), values, np.nan)
        empty = np.isnan(known).all(axis=0)
        known[:, empty] = 0.0
        found: Floats = np.nanquantile(known, at, axis=0)
        found[:, empty] = np.nan
        return found


_OF_WAITS = {"wait": 0.2, "within": 8.0, "abandoned": 12.0}
"""Signals that are judged given volume and staff; most that their scores rise per unit in the tail.
"""


def _planned(scenario: Scenario) -> Floats:
    horizon = scenario.horizon
    return np.array([c.demand.rates(horizon).per_interval(horizon) for c in scenario.contact_types])
