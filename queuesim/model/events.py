"""What changes demand for a time: a campaign, an outage, a mailing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, WithJsonSchema

from queuesim.model.base import Model
from queuesim.model.calendar import year_first
from queuesim.model.faults import Fault, label, quoted
from queuesim.model.fields import Amount, Duration, Name, PositiveDuration
from queuesim.model.horizon import Horizon
from queuesim.units import format_duration, snap

Floats = NDArray[np.float64]

_FADE_STEP_S = 300.0
_MOST_FADE_STEPS = 288
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{1,2}:\d{2}(?::\d{2})?)")
_ZONED = re.compile(
    r"(\d{4}-\d{2}-\d{2})[ T](\d{1,2}:\d{2})(?::\d{2}(?:\.\d+)?)?\s*(?:Z|UTC|[+-]\d{2}(?::?\d{2})?)"
)
_NO_ZONE = "must be local wall-clock time without a time zone"
MOMENT_RULE = 'must be a local date and time such as "2026-11-27 08:00"'
"""What a moment must be, in words."""


def _read_moment(given: Any) -> datetime:
    if isinstance(given, datetime):
        if given.tzinfo is not None:
            fix = f'write "{given:%Y-%m-%d %H:%M}": the horizon has the time zone'
            raise Fault(_NO_ZONE, fix)
        return given
    if isinstance(given, date):
        raise Fault(MOMENT_RULE, f'write "{given} 00:00"')
    text = given.strip() if isinstance(given, str) else ""
    match = _MOMENT.fullmatch(text)
    zoned = None if match else _ZONED.fullmatch(text)
    if zoned is not None:
        raise Fault(_NO_ZONE, f'write "{zoned[1]} {zoned[2]}": the horizon has the time zone')
    if match is None:
        raise Fault(MOMENT_RULE, moment_hint(text))
    try:
        return datetime.fromisoformat(f"{match[1]} {match[2].zfill(5)}")
    except ValueError as error:
        raise Fault(MOMENT_RULE, str(error)) from None


def moment_hint(text: str) -> str:
    """Return the likely intention for a text that is no moment."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return f'write "{text} 00:00"'
    day, _, clock = text.partition(" ")
    near = year_first(day)
    return f'year first: "{near} {clock or "00:00"}"?' if near else "year, month, day, time"


Moment = Annotated[
    datetime,
    BeforeValidator(_read_moment),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}[ T]\d{1,2}:\d{2}(:\d{2})?$"}),
]
"""Local wall-clock time; read from a naive `datetime` or from ``"2026-11-27 08:00"``."""


class Event(Model):
    """Something that changes demand, or what a front door fails, for a time: a campaign, an outage.

    Parameters
    ----------
    name
        What it is.
    start
        Local wall-clock time: ``"2026-11-27 08:00"``.
    lasts
        How long the factor holds [s], above 0.
    factor
        What demand is multiplied by, 0 or more; among the ``outages`` of a `FrontDoor`: what the
        share that it fails is multiplied by. Several events at one time multiply.
    fades
        After that, the factor goes back to 1 along a straight line over this time [s].

    Examples
    --------
    >>> friday = Event(name="Black Friday", start="2026-11-27 08:00", lasts="10h", factor=1.8)
    >>> friday.lasts
    36000.0
    """

    name: Name
    start: Moment
    lasts: PositiveDuration
    factor: Amount
    fades: Duration = 0.0

    def begins_s(self, horizon: Horizon) -> float:
        """Return when it begins, since the start of the horizon [s].

        Raises
        ------
        ValueError
            When the local clock skips that time.
        """
        return horizon.seconds_at(self.start)

    def touches(self, horizon: Horizon) -> bool:
        """Return whether any of it lies in the horizon; what does not is refused there.

        Parameters
        ----------
        horizon
            The days.

        Raises
        ------
        ValueError
            When the local clock skips its start.

        Examples
        --------
        >>> friday = Event(name="Black Friday", start="2026-11-27 08:00", lasts="10h", factor=1.8)
        >>> friday.touches(Horizon(start="2026-11-27", days=1))
        True
        >>> friday.touches(Horizon(start="2026-11-28", days=7))
        False
        """
        begin = self.begins_s(horizon)
        return begin < horizon.seconds and begin + self.lasts + self.fades > 0

    def edges_s(self, horizon: Horizon) -> Floats:
        """Return where its factor steps, since the start of the horizon [s].

        Parameters
        ----------
        horizon
            The days.

        Returns
        -------
        float64[k] [s]
            Begin, end, and the steps of the fade: 5 minutes, or 1/288 of a long fade.
        """
        begin = self.begins_s(horizon)
        end = begin + snap(self.lasts)
        steps = int(np.ceil(self.fades / max(_FADE_STEP_S, self.fades / _MOST_FADE_STEPS)))
        fade = snap(end + self.fades * np.arange(1, steps + 1) / max(steps, 1))
        return np.concatenate([[begin, end], fade])

    def factor_at(self, horizon: Horizon, seconds: Floats) -> Floats:
        """Return the factor, float64 of the same shape, at instants of the horizon [s]."""
        begin = self.begins_s(horizon)
        end = begin + snap(self.lasts)
        if self.fades > 0:
            left = np.clip(1.0 - (seconds - end) / self.fades, 0.0, 1.0)
        else:
            left = np.zeros_like(seconds)
        weight = np.where(seconds < begin, 0.0, np.where(seconds < end, 1.0, left))
        return 1.0 + (self.factor - 1.0) * weight


def times_in_words(event: Event) -> str:
    """Return when an event is: ``from Fri 2026-11-27 08:00 for 10h, fading over 2h``."""
    fades = f", fading over {format_duration(event.fades)}" if event.fades else ""
    return f"from {event.start:%a %Y-%m-%d %H:%M} for {format_duration(event.lasts)}{fades}"


def same_names(events: Sequence[Event], field: str) -> Iterator[Fault]:
    """Find events that share a name; paths are from the part that has the field."""
    names = [event.name for event in events]
    for index, name in enumerate(names):
        if name in names[:index]:
            at = (field, str(index), "name")
            rule = f"is already the name of {field}.{names.index(name)}, counted from 0"
            yield Fault(rule, "give each its own name", at)


def event_faults(events: Sequence[Event], field: str, horizon: Horizon) -> Iterator[Fault]:
    """Find events that do not lie in the horizon; paths are from the part that has the field."""
    span = f"{horizon.dates[0]} to {horizon.dates[-1]}"
    for index, event in enumerate(events):
        at = (field, label(event, events, index), "start")
        given = quoted(f"{event.start:%Y-%m-%d %H:%M}")
        try:
            touches = event.touches(horizon)
        except ValueError as error:
            gap = str(error).partition(": ")[2]
            rule = f"must be a time that exists in {horizon.timezone}: {gap}"
            yield Fault(rule, "move it past the gap", at, given=given)
            continue
        if not touches:
            yield Fault(f"must touch the horizon, {span}", "move it or drop it", at, given=given)
