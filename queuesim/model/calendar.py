"""Dates, time zones and public holidays, as a planner writes them."""

from __future__ import annotations

import difflib
import re
import unicodedata
from datetime import date, datetime
from functools import lru_cache
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from queuesim.model.faults import Fault, Faults, did_you_mean, one_of, quoted
from queuesim.model.fields import PositiveDuration, read_seconds
from queuesim.units import DAY_S, format_duration

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_EARLIEST, _LATEST = date(1970, 1, 2), date(2200, 1, 1)


def read_date(given: Any) -> date:
    """Read a date from a `date` or from ``"2026-11-23"``; anything else is a `Fault`."""
    if isinstance(given, datetime):
        fix = f"write {quoted(given.date().isoformat())}"
        raise Fault("must be a date without a time of day", fix)
    if isinstance(given, date):
        return given
    if isinstance(given, str) and _ISO_DATE.fullmatch(given.strip()):
        try:
            return date.fromisoformat(given.strip())
        except ValueError as error:
            raise Fault(_DATE_RULE, str(error)) from None
    raise Fault(_DATE_RULE, _date_hint(given))


_DATE_RULE = 'must be a date such as "2026-11-23"'


def _date_hint(given: Any) -> str:
    text = given.strip() if isinstance(given, str) else ""
    near = year_first(text)
    return f"year first: {quoted(near)}?" if near else "year, month, day"


def year_first(text: str) -> str:
    """Return ``"23.11.2026"``, day first, the other way round; empty when it is no such date."""
    match = re.fullmatch(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", text)
    try:
        return date(*(int(part) for part in reversed(match.groups()))).isoformat() if match else ""
    except ValueError:
        return ""


def _in_reach(day: date) -> date:
    if not _EARLIEST <= day <= _LATEST:
        raise Fault("must lie between 1970 and 2200", "check the year")
    return day


Day = Annotated[
    date,
    BeforeValidator(read_date),
    AfterValidator(_in_reach),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}),
]
"""A calendar date; read from a `date` or from ``"2026-11-23"``."""


def _divides_the_day(seconds: float) -> float:
    if seconds == int(seconds) and seconds <= DAY_S and DAY_S % int(seconds) == 0:
        return seconds
    choices = [60, 300, 600, 900, 1200, 1800, 3600, 7200, 14400, 21600, 28800, 43200, 86400]
    near = min(choices, key=lambda choice: abs(choice - seconds))
    rule = "must be a whole number of seconds that divides 24 h"
    raise Fault(rule, f"the nearest usual one is {quoted(format_duration(near))}")


def read_interval(given: Any) -> float:
    """Read a length of interval [s]; one that does not divide 24 h is a `Fault`."""
    seconds = read_seconds(given)
    if seconds <= 0:
        raise Fault("must be above 0 s", 'write "30min", say')
    return _divides_the_day(seconds)


DividesDay = Annotated[PositiveDuration, AfterValidator(_divides_the_day)]
"""A length of interval: whole seconds that divide 24 h [s]."""


@lru_cache(maxsize=1)
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def read_time_zone(name: Any) -> str:
    """Read the IANA name of a time zone; one that is not known is a `Fault`."""
    if not isinstance(name, str) or name not in _time_zones():
        zones = sorted(_time_zones())
        fix = did_you_mean(name, zones)
        if isinstance(name, str) and not fix:
            last = [
                zone
                for zone in zones
                if zone.rpartition("/")[2].casefold() == name.strip().casefold()
            ]
            fix = f"did you mean {quoted(last[0])}?" if last else ""
        raise Fault('must be a time zone by its IANA name, such as "Europe/Helsinki"', fix)
    return name


@lru_cache(maxsize=1)
def _calendars() -> dict[str, tuple[str, ...]]:
    import holidays  # slow to import, and not every scenario has holidays

    return {code: tuple(parts) for code, parts in holidays.list_supported_countries().items()}


def _read_holidays(given: Any) -> tuple[str, ...]:
    items = given if isinstance(given, tuple) else (given,)
    read: list[str] = []
    faults: list[Fault] = []
    for index, item in enumerate(items):
        at = (str(index),) if isinstance(given, tuple) else ()
        try:
            read.append(_holiday_source(item))
        except Fault as fault:
            faults.append(Fault(fault.rule, fault.fix, at))
    if faults:
        raise Faults(faults)
    return tuple(dict.fromkeys(read))


def _holiday_source(item: Any) -> str:
    if isinstance(item, date) and not isinstance(item, datetime):
        return item.isoformat()
    rule = 'must be a country ("FI"), a country and part ("US-CA"), or a date ("2026-12-24")'
    if not isinstance(item, str):
        raise Fault(rule)
    text = item.strip()
    if text[:1].isdigit():
        return read_date(text).isoformat()
    country, dash, part = text.partition("-")
    known = _calendars()
    if country not in known:
        raise Fault(rule, _country_hint(text))
    if dash and part not in known[country]:
        parts = known[country]
        some = f"{country} has {one_of(parts)}"
        if not parts:
            some = f"{country} has no parts: write {quoted(country)}"
        raise Fault(rule, _part_hint(country, part) or some)
    return text


# English names of parts that the library knows by their own.
_ALSO_CALLED = {
    "Bavaria": "DE-BY", "Hesse": "DE-HE", "Lower Saxony": "DE-NI", "Saxony": "DE-SN",
    "North Rhine-Westphalia": "DE-NW", "Rhineland-Palatinate": "DE-RP", "Saxony-Anhalt": "DE-ST",
    "Thuringia": "DE-TH", "Catalonia": "ES-CT", "Andalusia": "ES-AN", "Carinthia": "AT-2",
    "Lower Austria": "AT-3", "Upper Austria": "AT-4", "Styria": "AT-6", "Tyrol": "AT-7",
    "Vienna": "AT-9", "Geneva": "CH-GE",
}  # fmt: skip


@lru_cache(maxsize=1)
def _places() -> dict[str, tuple[str, str]]:
    """Return code and name of countries and their parts, by the name in small plain letters; where
    two have one name, the country or the first."""
    import holidays

    known = _calendars()
    rows = holidays.registry.COUNTRIES.items()
    named = [(row[1], name.replace("_", " ").title()) for name, row in rows]
    named += [(code, name) for name, code in _ALSO_CALLED.items()]
    for _, row in rows:
        parts = getattr(getattr(holidays, row[1]), "subdivisions_aliases", {})
        named += [(f"{row[1]}-{part}", name) for name, part in parts.items()]
    found: dict[str, tuple[str, str]] = {}
    for code, name in named:
        country, dash, part = code.partition("-")
        if country in known and (not dash or part in known[country]):
            found.setdefault(_plain_letters(name), (code, name))
    return found


def _plain_letters(name: str) -> str:
    apart = unicodedata.normalize("NFKD", name.strip().casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _country_hint(text: str) -> str:
    """Return the likely code: for the name of a country or a part, or a code in small letters."""
    places = _places()
    if len(text) > 3:
        near = difflib.get_close_matches(_plain_letters(text), places, n=1, cutoff=0.8)
        if near:
            code, name = places[near[0]]
            return f"did you mean {quoted(code)} ({name})?"
        if "-" not in text:
            return ""
    return did_you_mean(text, _calendars())


def _part_hint(country: str, part: str) -> str:
    """Return the likely part of a country, by its name or its code."""
    code, name = _places().get(_plain_letters(part), ("", ""))
    if code.startswith(f"{country}-"):
        return f"did you mean {quoted(code)} ({name})?"
    return did_you_mean(part, _calendars()[country]).replace('"', f'"{country}-', 1)


@lru_cache(maxsize=64)
def holidays_of(source: str, years: tuple[int, ...]) -> dict[date, str]:
    """Return the holidays of a country code or a date, with their English names, by date."""
    if source[:1].isdigit():
        return {date.fromisoformat(source): source}
    import holidays

    country, _, part = source.partition("-")
    calendar = holidays.country_holidays(
        country, subdiv=part or None, years=years, language="en_US"
    )
    return dict(sorted(calendar.items()))


TimeZone = Annotated[str, BeforeValidator(read_time_zone)]
"""A time zone by its IANA name."""

HolidaySources = Annotated[
    tuple[str, ...],
    BeforeValidator(_read_holidays),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
"""Country codes, with a part where wanted, and dates; a single one may stand alone."""
