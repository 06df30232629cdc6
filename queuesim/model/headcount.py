"""Headcount: a number of people, or a table of numbers."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from queuesim.errors import shown
from queuesim.model.base import FixedDict
from queuesim.model.faults import Fault, Faults, did_you_mean, is_number, one_of, quoted

HEADCOUNT_FORMS = ("day", "week", "horizon", "weeks")
"""Tables of headcount: by interval of the day, of the week, of the horizon, or by calendar week."""


_RULE = "must be a whole number of people, 0 or more"


def _people(given: Any) -> int:
    if isinstance(given, int) and not isinstance(given, bool) and given >= 0:
        return given
    fix = ""
    if is_number(given):
        low = abs(given) // 1
        whole = f"{low:.0f}" if low == abs(given) else f"{low:.0f} or {low + 1:.0f}"
        fix = f"write {whole}"
    elif isinstance(given, str) and given.strip().isdigit():
        fix = f"write {given.strip()} without quotes"
    raise Fault(_RULE, fix)


def _read_headcount(given: Any) -> int | FixedDict[str, tuple[int, ...]] | None:
    if given is None:
        return None
    if isinstance(given, tuple):
        fix = 'say what they are by: {"day": …}, {"week": …}, {"horizon": …} or {"weeks": …}'
        raise Fault("must be one number, or a table of numbers", fix)
    if not isinstance(given, dict):
        return _people(given)
    forms = list(given)
    if len(forms) != 1 or forms[0] not in HEADCOUNT_FORMS:
        unknown = [form for form in forms if form not in HEADCOUNT_FORMS]
        rule = f"must be a table with exactly one of {one_of(map(quoted, HEADCOUNT_FORMS))}"
        fix = did_you_mean(unknown[0], HEADCOUNT_FORMS) if unknown else "keep one of them"
        raise Fault(rule, fix)
    form, numbers = forms[0], given[forms[0]]
    if not isinstance(numbers, tuple) or not numbers:
        raise Fault("must be a list of whole numbers of people", "", (form,))
    faults: list[Fault] = []
    people: list[int] = []
    for index, number in enumerate(numbers):
        try:
            people.append(_people(number))
        except Fault as fault:
            at = (form, str(index))
            faults.append(Fault(fault.rule, fault.fix, at, given=shown(number)))
    if faults:
        raise Faults(faults)
    return FixedDict({form: tuple(people)})


_HEADCOUNT_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "integer", "minimum": 0},
        {
            "type": "object",
            "properties": {
                form: {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 1}
                for form in HEADCOUNT_FORMS
            },
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
        },
    ]
}

Headcount = Annotated[
    int | FixedDict[str, tuple[int, ...]] | None,
    BeforeValidator(_read_headcount),
    WithJsonSchema(_HEADCOUNT_SCHEMA),
]
"""People scheduled: a number, or a table with exactly one of the forms."""
