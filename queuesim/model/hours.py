"""Opening hours by the local clock."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import WithJsonSchema

from queuesim.model.base import FixedDict, Model
from queuesim.model.days import (
    HOLIDAY,
    days_in_words,
    format_clock,
    format_clock_range,
    parse_clock_range,
    parse_days,
    read_day_table,
    read_days_table,
)
from queuesim.model.faults import Fault, Faults
from queuesim.model.fields import OrShort
from queuesim.model.horizon import Horizon
from queuesim.units import DAY_S

_EVERY_DAY = "mon-sun"


class Hours(Model):
    """When a contact type is open, or a group works.

    Wherever hours are expected, the short forms are read too: ``"08:00-18:00"`` (every day),
    ``["08:00-12:00", "13:00-17:00"]``, and ``{"mon-fri": "08:00-18:00", "sat": "09:00-12:00",
    "holiday": "closed"}``.

    Parameters
    ----------
    days
        Stretches of the day by days of the week: ``{"mon-fri": ("08:00-18:00",)}``. A day not named
        is closed. A holiday keeps the hours of its weekday unless ``holiday`` is named. An end may
        pass midnight.

    Examples
    --------
    >>> Hours(days={"mon-fri": "08:00-18:00", "holiday": "closed"}).describe()
    'mon-fri 08:00-18:00, holiday closed'
    """

    days: Annotated[
        FixedDict[str, tuple[str, ...]],
        WithJsonSchema(
            {
                "type": "object",
                "additionalProperties": {
                    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]
                },
            }
        ),
    ]

    @classmethod
    def _shorthand(cls, data: Any) -> Any:
        if isinstance(data, (str, tuple)):
            return {"days": _read_every_day(data)}
        if isinstance(data, dict) and "days" not in data:
            return {"days": _read_table(data)}
        if isinstance(data, dict) and isinstance(data["days"], (str, tuple)):
            return {**data, "days": _read_every_day(data["days"])}
        if isinstance(data, dict) and isinstance(data["days"], dict):
            return {**data, "days": _read_table(data["days"])}
        return data

    @classmethod
    def _example(cls) -> str:
        return '"08:00-18:00", or {"mon-fri": "08:00-18:00", "sat": "09:00-12:00"}'

    @cached_property
    def _by_kind(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """Stretches of Monday … Sunday and of a holiday, [s] after midnight."""
        table = read_day_table(self.days)
        week = [tuple(parse_clock_range(text) for text in table[day] or ()) for day in range(7)]
        holiday = table[HOLIDAY]
        return (*week, tuple(parse_clock_range(text) for text in holiday or ()))

    @property
    def names_holidays(self) -> bool:
        """Whether holidays have hours of their own (which may be: closed)."""
        return any(HOLIDAY in parse_days(key) for key in self.days)

    def windows(self, horizon: Horizon) -> NDArray[np.float64]:
        """Return the open windows within the horizon.

        Parameters
        ----------
        horizon
            The days. The evening before it reaches in, where hours pass midnight.

        Returns
        -------
        float64[n, 2] [s]
            From and to since the start of the horizon, merged and in order.
        """
        eve_weekday, eve_holiday = horizon.eve
        kinds = np.concatenate([[eve_weekday], horizon.weekday])
        if self.names_holidays:
            kinds[np.concatenate([[eve_holiday], horizon.is_holiday])] = HOLIDAY
        days = np.arange(-1, horizon.days, dtype=np.int64)
        rows = [
            (days[kinds == kind], begin, end)
            for kind, stretches in enumerate(self._by_kind)
            for begin, end in stretches
        ]
        if not rows:
            return np.empty((0, 2))
        day = np.concatenate([of for of, _, _ in rows])
        begins = np.concatenate(
            [np.full(len(of), begin, dtype=np.float64) for of, begin, _ in rows]
        )
        ends = np.concatenate([np.full(len(of), end, dtype=np.float64) for of, _, end in rows])
        return horizon.when_clock_shows(day, begins, ends)

    def describe(self) -> str:
        """Return the hours in a line: ``mon-fri 08:00-18:00, holiday closed``."""
        lines = []
        for key, stretches in self.days.items():
            days = "every day" if key == _EVERY_DAY else days_in_words(parse_days(key))
            lines.append(f"{days} {' and '.join(stretches) or 'closed'}")
        return ", ".join(lines)


_STRETCHES: dict[str, Any] = {
    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]
}

OpeningHours = Annotated[
    Hours,
    OrShort(*_STRETCHES["anyOf"], {"type": "object", "additionalProperties": _STRETCHES}),
]
"""`Hours` as a field: a short form may stand in its place."""


def _read_every_day(stretches: Any) -> dict[str, tuple[str, ...]]:
    try:
        return {_EVERY_DAY: _open_some_time({_EVERY_DAY: _read_stretches(stretches)})[_EVERY_DAY]}
    except Faults as faults:
        raise Faults(Fault(each.rule, each.fix) for each in faults.faults) from None


def _read_table(table: dict[Any, Any]) -> dict[str, tuple[str, ...]]:
    return _open_some_time(read_days_table(table, _read_stretches))


def _read_stretches(value: Any) -> tuple[str, ...]:
    if isinstance(value, str) and value.strip().lower() == "closed":
        return ()
    items = value if isinstance(value, tuple) else (value,)
    ranges = sorted(parse_clock_range(item) for item in items)
    for (begin, end), (later, _) in pairwise(ranges):
        if later < end:
            both = f"{format_clock_range(begin, end)} and what begins at {format_clock(later)}"
            raise Fault(f"{both} overlap", "merge them, or end the first earlier")
    return tuple(format_clock_range(begin, end) for begin, end in ranges)


def _open_some_time(table: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    if not any(table.values()):
        raise Fault("must be open on at least one day", 'write "08:00-18:00", say')
    by_kind = read_day_table(table)
    key_of = {day: key for key in table for day in parse_days(key)}
    faults = []
    for day in range(7):
        next_day = [parse_clock_range(text)[0] for text in by_kind[(day + 1) % 7] or ()]
        for text in by_kind[day] or ():
            if parse_clock_range(text)[1] - DAY_S > min(next_day, default=DAY_S):
                rule = f"{text} reaches into the hours of the day after"
                fix = "end it where the next day's hours begin"
                faults.append(Fault(rule, fix, (key_of[day],)))
    if faults:
        raise Faults(faults[:1])
    return table
