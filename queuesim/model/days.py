"""Days of the week and times of day, as a planner writes them: ``"mon-fri"``, ``"08:00-18:00"``."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import time
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field

from queuesim.errors import shown
from queuesim.model.faults import Fault, Faults, is_number, quoted
from queuesim.units import DAY_S

T = TypeVar("T")

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""The days of the week, Monday first."""

HOLIDAY = 7
"""Place of a holiday in a table of kinds of day: after Monday (0) to Sunday (6)."""

_KINDS_OF_DAY = (*DAYS, "holiday")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_RANGE = re.compile(r"\s*([\d:.]+)\s*[-–—]\s*([\d:.]+)\s*")


def parse_days(text: Any) -> tuple[int, ...]:
    """Read days: names, ranges and lists of them, and ``holiday``.

    Parameters
    ----------
    text
        ``"mon"``, ``"mon-fri"``, ``"sat,sun"``, ``"fri-mon, holiday"``. Upper and lower case are
        the same.

    Returns
    -------
    tuple of int
        Monday 0 to Sunday 6, and 7 for a holiday; in that order, each once.

    Raises
    ------
    Fault
        When a day is not known or is named twice.

    Examples
    --------
    >>> parse_days("sat-mon")
    (0, 5, 6)
    """
    if not isinstance(text, str):
        raise Fault(_DAYS_RULE, 'write "mon-fri", say')
    found: list[int] = []
    for part in text.lower().split(","):
        first, dash, last = (piece.strip() for piece in part.partition("-"))
        unknown = [name for name in (first, last)[: 1 + bool(dash)] if name not in _KINDS_OF_DAY]
        if unknown:
            raise Fault(_DAYS_RULE, _likely(text) or _likely(unknown[0]))
        begin = _day(first)
        end = _day(last) if dash else begin
        if dash and HOLIDAY in (begin, end):
            raise Fault(
                "a range of days cannot begin or end with a holiday", 'write "mon-fri,holiday", say'
            )
        span = (
            [begin] if begin == HOLIDAY else [(begin + k) % 7 for k in range((end - begin) % 7 + 1)]
        )
        for day in span:
            if day in found:
                raise Fault(f"names {_KINDS_OF_DAY[day]} twice", "name each day once")
            found.append(day)
    return tuple(sorted(found))


_DAYS_RULE = "must be days: mon, tue, wed, thu, fri, sat, sun or holiday, ranges and lists of them"


def _day(name: str) -> int:
    return _KINDS_OF_DAY.index(name)


def _likely(text: str) -> str:
    """Return what is likely meant by days that are not known: ``mo-fr`` is mon-fri."""
    near: list[str] = []
    for name in re.findall(r"[^\W\d_]+", text.lower()):
        begun = [day for day in _KINDS_OF_DAY if len(name) > 1 and day.startswith(name[:3])]
        close = difflib.get_close_matches(name, _KINDS_OF_DAY, n=1, cutoff=0.55)
        if not begun and not close:
            return ""
        near.append(begun[0] if len(begun) == 1 else (close or begun)[0])
    told = iter(near)
    likely = re.sub(r"[^\W\d_]+", lambda _: next(told), text.lower().strip())
    return f"did you mean {quoted(likely)}?" if near else ""


def read_days_table(given: Mapping[Any, Any], read: Callable[[Any], T]) -> dict[str, T]:
    """Read a table keyed by days.

    Parameters
    ----------
    given
        Keys as in `parse_days`.
    read
        Reads a value, or raises a `Fault`.

    Returns
    -------
    dict
        Keys in their short form, ``"mon-fri"``.

    Raises
    ------
    Faults
        All that is wrong with keys and values; paths begin with the key as it was given.
    """
    faults: list[Fault] = []
    table: dict[str, T] = {}
    named_by: dict[int, str] = {}
    for key, value in given.items():
        try:
            days = parse_days(key)
        except Fault as fault:
            faults.append(Fault(fault.rule, fault.fix, (str(key),), given=shown(key)))
            continue
        for day in days:
            if day in named_by:
                rule = f"{_KINDS_OF_DAY[day]} is already named by {quoted(named_by[day])}"
                faults.append(Fault(rule, "name each day once", (str(key),), given=shown(key)))
                break
        named_by |= dict.fromkeys(days, str(key))
        try:
            table[days_in_words(days).replace(", ", ",")] = read(value)
        except Fault as fault:
            given_here = fault.given or shown(value)
            faults.append(Fault(fault.rule, fault.fix, (str(key), *fault.at), given=given_here))
    if faults:
        raise Faults(faults)
    return table


def read_day_table(table: Mapping[str, T]) -> tuple[T | None, ...]:
    """Spread a table that `read_days_table` has read over the kinds of day.

    Returns
    -------
    tuple of 8
        The value of Monday … Sunday and of a holiday; None where the table does not name the day.
    """
    by_day = {day: value for key, value in table.items() for day in parse_days(key)}
    return tuple(by_day.get(day) for day in range(8))


def parse_clock(text: Any) -> int:
    """Read a time of day.

    Parameters
    ----------
    text
        ``"08:00"``; ``"24:00"`` is the end of the day.

    Returns
    -------
    int [s]
        Seconds after midnight as the clock shows them, 0 to 86,400.

    Raises
    ------
    Fault
        When it is not a time of day.

    Examples
    --------
    >>> parse_clock("07:30")
    27000
    """
    if isinstance(text, time):
        text = text.strftime("%H:%M:%S")
    match = _CLOCK.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise Fault(_CLOCK_RULE, _clock_hint(text))
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    total = hours * 3600 + minutes * 60 + seconds
    if minutes > 59 or seconds > 59 or total > DAY_S:
        raise Fault(_CLOCK_RULE, _clock_hint(text))
    return total


_CLOCK_RULE = 'must be a time of day from "00:00" to "24:00"'


def _clock_hint(text: Any) -> str:
    near = _near_clock(text)
    return f"write {quoted(near)}" if near else 'write "08:00", say'


def _near_clock(text: Any) -> str:
    """Return the time of day that a number or a loose text means; empty when there is none."""
    if is_number(text) and 0 <= text <= 24:
        return format_clock(round(text * 60) * 60)
    loose = re.fullmatch(r"\s*(\d{1,2})(?:[.:h]?(\d{2}))?\s*", str(text))
    if loose is None:
        return ""
    total = int(loose[1]) * 3600 + min(int(loose[2] or 0), 59) * 60
    return format_clock(min(total, DAY_S))


def format_clock(seconds: float) -> str:
    """Write seconds after midnight as a time of day: ``27000`` is ``"07:30"``."""
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    return f"{hours:02d}:{minutes:02d}" + (f":{rest:02d}" if rest else "")


def parse_clock_range(text: Any) -> tuple[int, int]:
    """Read a stretch of the day.

    Parameters
    ----------
    text
        ``"08:00-18:00"``. The end may pass midnight: ``"22:00-06:00"``. ``"00:00-24:00"`` is the
        whole day.

    Returns
    -------
    (int, int) [s]
        From and to, in seconds after midnight; to is above 86,400 when it passes midnight.

    Raises
    ------
    Fault
        When it is not two times of day, or they are equal.

    Examples
    --------
    >>> parse_clock_range("22:00-06:00")
    (79200, 108000)
    """
    match = _RANGE.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise Fault('must be times of day such as "08:00-18:00"', 'write "08:00-18:00", say')
    try:
        begin, end = parse_clock(match[1]), parse_clock(match[2])
    except Fault as fault:
        near = [_near_clock(part) for part in match.groups()]
        raise Fault(fault.rule, f"write {quoted('-'.join(near))}" if all(near) else "") from None
    if begin in (end, DAY_S):
        raise Fault("must begin and end at different times", 'the whole day is "00:00-24:00"')
    return begin, end if end > begin else end + DAY_S


def format_clock_range(begin: float, end: float) -> str:
    """Write a stretch of the day: ``(79200, 108000)`` is ``"22:00-06:00"``."""
    return f"{format_clock(begin)}-{format_clock(end if end <= DAY_S else end - DAY_S)}"


def days_in_words(days: Iterable[int]) -> str:
    """Write days the short way: ``(0, 1, 2, 3, 4, 7)`` is ``"mon-fri, holiday"``."""
    wanted = sorted(days)
    week = [day for day in wanted if day != HOLIDAY]
    words: list[str] = []
    while week:
        run = [week.pop(0)]
        while week and week[0] == run[-1] + 1:
            run.append(week.pop(0))
        words.append(DAYS[run[0]] if len(run) == 1 else f"{DAYS[run[0]]}-{DAYS[run[-1]]}")
    if HOLIDAY in wanted:
        words.append("holiday")
    return ", ".join(words)


def _days_text(text: Any) -> str:
    return days_in_words(parse_days(text)).replace(", ", ",")


def _clock_text(text: Any) -> str:
    return format_clock(parse_clock(text))


def _clock_range_text(text: Any) -> str:
    return format_clock_range(*parse_clock_range(text))


DaysText = Annotated[str, BeforeValidator(_days_text)]
"""Days, as in `parse_days`; kept in the short form ``"mon-fri,holiday"``."""

CLOCK_PATTERN = r"^\s*[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?\s*$"

ClockText = Annotated[
    str, BeforeValidator(_clock_text), Field(json_schema_extra={"pattern": CLOCK_PATTERN})
]
"""A time of day, kept as ``"08:00"``."""

ClockRangeText = Annotated[str, BeforeValidator(_clock_range_text)]
"""A stretch of the day, kept as ``"08:00-18:00"``."""

__all__ = [
    "DAYS",
    "HOLIDAY",
    "ClockRangeText",
    "ClockText",
    "DaysText",
    "days_in_words",
    "format_clock",
    "format_clock_range",
    "parse_clock",
    "parse_clock_range",
    "parse_days",
    "read_day_table",
]
