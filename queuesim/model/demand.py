"""How many contacts are offered, and when.

    rate(t) = per_day × growth(date) × year(date) × week(weekday) × holiday(date) × scale
              × share of the day(local clock) ÷ length of the step × events(t)

Each factor multiplies the day's volume, except the day's shape, which spreads it, and events,
which multiply the rate at the moment. A `Series` replaces ``per_day``, ``year``, ``week`` and
``day``; one with mode ``"dates"`` replaces ``holiday`` too. What is stated is the expectation:
busyness scatters days around it with mean 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from queuesim.errors import Problem, ScenarioError, shown
from queuesim.model.base import FixedDict, Model
from queuesim.model.days import HOLIDAY, days_in_words, read_day_table
from queuesim.model.events import Event, event_faults, same_names
from queuesim.model.faults import (
    Fault,
    Faults,
    did_you_mean,
    is_number,
    one_of,
    quoted,
)
from queuesim.model.fields import Amount, Many, Number, Share
from queuesim.model.horizon import Horizon
from queuesim.model.profiles import DayShape, Shape, shares_of_day
from queuesim.model.rates import Rates
from queuesim.model.series import Series
from queuesim.units import DAY_S

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Rule = float | Literal["sunday", "none"]

_SUNDAY = 6
_DAYS_PER_YEAR = 365.25
_RULE = 'must be "sunday" (as a Sunday), "none" (as any day), or a factor of 0 or more'


def _read_rule(given: Any) -> float | str:
    if is_number(given) and given >= 0:
        return float(given)
    if isinstance(given, str) and given in ("sunday", "none"):
        return given
    negative = is_number(given) and given < 0
    fix = f"did you mean {-given:g}?" if negative else did_you_mean(given, ("sunday", "none"))
    raise Fault(_RULE, fix)


def _read_rules(given: Any) -> float | str | FixedDict[str, float | str]:
    if not isinstance(given, dict):
        return _read_rule(given)
    table: dict[str, float | str] = {}
    faults: list[Fault] = []
    for name, rule in given.items():
        try:
            table[str(name)] = _read_rule(rule)
        except Fault as fault:
            faults.append(Fault(fault.rule, fault.fix, (str(name),), given=shown(rule)))
    if faults:
        raise Faults(faults)
    return FixedDict(table)


_RULE_SCHEMA: list[dict[str, Any]] = [
    {"type": "number", "minimum": 0},
    {"type": "string", "enum": ["sunday", "none"]},
]

HolidayRule = Annotated[
    Rule | FixedDict[str, Rule],
    BeforeValidator(_read_rules),
    WithJsonSchema(
        {
            "anyOf": [
                *_RULE_SCHEMA,
                {"type": "object", "additionalProperties": {"anyOf": _RULE_SCHEMA}},
            ]
        }
    ),
]


def _by_weekday(factors: tuple[float, ...]) -> tuple[float, ...]:
    if len(factors) != 7:
        raise Fault("must have 7 factors, Monday first", given=f"{len(factors)} factors")
    return factors


def _by_month_or_week(factors: tuple[float, ...]) -> tuple[float, ...]:
    if len(factors) not in (12, 53):
        fix = "months January to December, or ISO weeks 1 to 53"
        raise Fault("must have 12 or 53 factors", fix, given=f"{len(factors)} factors")
    return factors


class Demand(Model):
    """Contacts offered, as expected: base volume × year × week × day × holidays × events.

    Give ``per_day``, or a ``series`` in its place.

    Parameters
    ----------
    per_day
        Contacts on a day whose factors are all 1, 0 or more.
    day
        Shape of the day by the local clock: ``"flat"``, ``"office"`` (08–18), ``"retail"``
        (09–21), factors in equal steps (24, 48, 96, 288 …; only their proportions matter), or a
        table by days: ``{"mon-fri": "office", "sat,sun": "retail"}``. On a day with a skipped
        hour that hour's contacts are dropped; a repeated hour repeats.
    week
        Factors of Monday to Sunday.
    year
        Factors of 12 calendar months or 53 ISO weeks; None is 1 all year.
    growth
        Growth per year, compounding by date from the start of the horizon: 0.05 is 5 % a year.
    holiday
        What a holiday is: ``"sunday"`` (volume and shape of a Sunday), ``"none"`` (an ordinary
        day), a factor on its weekday, or a table of these by the holiday's name (those it does
        not name are Sundays). Where ``day`` names ``holiday``, that is every holiday's shape.
    events
        What changes demand for a time.
    busyness
        Coefficient of variation of the day-to-day factor: gamma distributed, with mean 1.
    shared
        Share of the busyness variance that all contact types have in common, 0 to 1.
    series
        Real counts, in place of ``per_day``, ``day``, ``week`` and ``year``.
    scale
        Multiplies everything: what if demand were 1.1 times as large?

    Examples
    --------
    >>> Demand(per_day=1800, day="office", week=(1.2, 1.1, 1.0, 1.0, 0.9, 0.5, 0.3)).week[0]
    1.2
    """

    per_day: Amount | None = None
    day: DayShape = "flat"
    week: Annotated[Many[Amount], AfterValidator(_by_weekday)] = (1.0,) * 7
    year: Annotated[Many[Amount], AfterValidator(_by_month_or_week)] | None = None
    growth: Annotated[Number, Field(gt=-1, le=10)] = 0.0
    holiday: HolidayRule = "sunday"
    events: Many[Event] = ()
    busyness: Annotated[Amount, Field(le=3)] = 0.0
    shared: Share = 0.0
    series: Series | None = None
    scale: Amount = 1.0

    def _check(self) -> Iterator[Fault]:
        if self.per_day is None and self.series is None:
            fix = "give per_day=… or series=…"
            yield Fault("is required", fix, ("per_day",), given="nothing")
        if self.series is not None:
            replaced = ["per_day", "day", "week", "year"]
            if self.series.mode == "dates":
                replaced.append("holiday")
            for name in replaced:
                if getattr(self, name) != type(self).model_fields[name].default:
                    rule = "cannot be given with a series, which says it"
                    yield Fault(rule, f"leave {name} out", (name,))
        if isinstance(self.day, FixedDict):
            shapes = read_day_table(self.day)
            missing = [day for day in range(7) if shapes[day] is None and self.week[day] > 0]
            if missing:
                fix = f"add {quoted(days_in_words(missing))}, or give it 0 in week"
                yield Fault("must name every day of the week", fix, ("day",))
        yield from same_names(self.events, "events")

    def faults(self, horizon: Horizon) -> list[Fault]:
        """Find what does not fit the horizon; paths are relative to this demand."""
        return list(self._horizon_faults(horizon))

    def _horizon_faults(self, horizon: Horizon) -> Iterator[Fault]:
        yield from event_faults(self.events, "events", horizon)
        if isinstance(self.holiday, FixedDict):
            known = sorted(horizon.holiday_names)
            for name in self.holiday:
                if name not in known:
                    rule = "must be a holiday, and the horizon has none"
                    if known:
                        rule = f"must be a holiday of {one_of(horizon.holidays)}: {one_of(known)}"
                    fix = did_you_mean(name, known)
                    yield Fault(rule, fix, ("holiday", name), given=quoted(name))
        if self.series is not None:
            for fault in self.series.faults(horizon):
                yield Fault(fault.rule, fault.fix, ("series", *fault.at), given=fault.given)

    def rates(self, horizon: Horizon) -> Rates:
        """Return the expected rate over the horizon.

        Parameters
        ----------
        horizon
            The days.

        Returns
        -------
        Rates
            Piecewise constant, from 0 to the end of the horizon.

        Raises
        ------
        ScenarioError
            When an event or the series does not fit the horizon.

        Examples
        --------
        >>> day = Horizon(start="2026-11-23", days=1, interval="1h")
        >>> float(Demand(per_day=2400).rates(day).per_interval(day)[0])
        100.0
        """
        kept: tuple[Horizon, Rates] | None = self.__dict__.get("_rates")
        if kept is not None and kept[0] == horizon:
            return kept[1]
        faults = self.faults(horizon)
        if faults:
            problems = [Problem(".".join(f.at), f.given, f.rule, f.fix) for f in faults]
            raise ScenarioError(problems, "Demand")
        rates = self._rates_over(horizon)
        self.__dict__["_rates"] = (horizon, rates)
        return rates

    def _rates_over(self, horizon: Horizon) -> Rates:
        volume, tables, table_of_day, row_of_day = self._days(horizon)
        events = [event for event in self.events if event.factor != 1.0]
        edges_s = _edges(horizon, tables, table_of_day, events)
        begins, lengths = edges_s[:-1], np.diff(edges_s)
        day, clock = horizon.day_at(begins), horizon.clock_at(begins)
        base = np.zeros(len(begins))
        for number, table in enumerate(tables):
            here = table_of_day[day] == number
            step = DAY_S // table.shape[1]
            slot = (clock[here] // step).astype(np.int64)
            base[here] = table[row_of_day[day[here]], slot] / step
        base *= volume[day]
        factor = np.ones(len(begins))
        for event in events:
            # At its middle: the exact mean over the bin, as a fade is straight within it.
            factor *= event.factor_at(horizon, begins + lengths / 2)
        for array in (edges_s, base, factor, day):
            array.flags.writeable = False
        return Rates(edges_s, base, factor, day)

    def _days(self, horizon: Horizon) -> tuple[Floats, list[Floats], Ints, Ints]:
        """Return what each day takes from which table.

        Returns
        -------
        volume
            float64[days]: what multiplies the day's row of its table.
        tables
            float64[rows, steps] each: contacts, or shares of the day, by step of the day.
        table_of_day, row_of_day
            int64[days] each.
        """
        kind, volume = self._holidays(horizon)
        volume = volume * self.scale
        if self.growth:
            years = np.arange(horizon.days) / _DAYS_PER_YEAR
            volume = volume * (1.0 + self.growth) ** years
        nothing = np.zeros(horizon.days, dtype=np.int64)
        if self.series is not None:
            as_sunday = horizon.is_holiday & (kind == _SUNDAY)
            return volume, [self.series.by_day], nothing, self.series.day_for(horizon, as_sunday)
        volume = volume * (self.per_day or 0.0) * np.array(self.week)[kind]
        if self.year is not None:
            by_month = len(self.year) == 12
            part = horizon.month_of_day if by_month else horizon.iso_week_of_day
            volume = volume * np.array(self.year)[part - 1]
        shapes = self._shapes()
        if shapes[HOLIDAY] is not None:
            kind = np.where(horizon.is_holiday, HOLIDAY, kind)
        distinct = list(dict.fromkeys(shape for shape in shapes if shape is not None))
        table_of_kind = np.array([distinct.index(shape or distinct[0]) for shape in shapes])
        tables = [shares_of_day(shape)[None, :] for shape in distinct]
        return volume, tables, table_of_kind[kind], nothing

    def _shapes(self) -> tuple[Shape | None, ...]:
        """Return the shapes of Monday … Sunday and of a holiday; None where it is not named."""
        if isinstance(self.day, FixedDict):
            return read_day_table(self.day)
        return (*(self.day,) * 7, None)

    def _holidays(self, horizon: Horizon) -> tuple[Ints, Floats]:
        """Return the weekday that each day counts as, and the factor on its volume."""
        kind, factor = horizon.weekday.copy(), np.ones(horizon.days)
        if self.series is not None and self.series.mode == "dates":
            return kind, factor  # real counts of real dates know their holidays
        for day in np.flatnonzero(horizon.is_holiday):
            rule = self._holiday_rule(horizon.holiday_name[day] or "")
            if rule == "sunday":
                kind[day] = _SUNDAY
            elif rule != "none":
                factor[day] = float(rule)
        return kind, factor

    def _holiday_rule(self, names: str) -> Rule:
        """Return the rule for a holiday, which may have several names."""
        if not isinstance(self.holiday, FixedDict):
            return self.holiday
        rules = self.holiday
        return next((rules[name] for name in names.split("; ") if name in rules), "sunday")


def _edges(
    horizon: Horizon, tables: list[Floats], table_of_day: Ints, events: list[Event]
) -> Floats:
    """Return the edges of the bins, float64[n + 1] [s], in order and each once."""
    spans = horizon.clock_spans
    cuts = [horizon.edges_s, spans.from_s]
    for number, table in enumerate(tables):
        steps = table.shape[1]
        here = table_of_day[spans.day] == number
        midnight = (spans.from_s - spans.clock_s)[here, None]
        at = midnight + np.arange(steps) * float(DAY_S // steps)
        within = (at > spans.from_s[here, None]) & (at < spans.to_s[here, None])
        cuts.append(at[within])
    for event in events:
        edges = event.edges_s(horizon)
        cuts.append(edges[(edges > 0) & (edges < horizon.seconds)])
    return np.unique(np.concatenate(cuts))
