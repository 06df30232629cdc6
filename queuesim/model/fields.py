"""The types of fields: shares, counts, durations, names."""

from __future__ import annotations

import math
import re
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, GetJsonSchemaHandler, Strict
from pydantic.fields import FieldInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import core_schema

from queuesim.model.faults import Fault, quoted
from queuesim.units import format_duration, parse_duration

T = TypeVar("T")

Many = Annotated[tuple[T, ...], Strict()]
"""Any number of parts, in order; lists are read as tuples."""

Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
"""A finite number."""

Amount = Annotated[float, Strict(), Field(allow_inf_nan=False, ge=0)]
"""A finite number, 0 or more."""

Positive = Annotated[float, Strict(), Field(allow_inf_nan=False, gt=0)]
"""A finite number above 0."""

Share = Annotated[float, Strict(), Field(allow_inf_nan=False, ge=0, le=1)]
"""A part of the whole, 0 to 1."""

ShareBelowOne = Annotated[float, Strict(), Field(allow_inf_nan=False, ge=0, lt=1)]
"""A part of the whole, from 0 to just below 1."""

Count = Annotated[int, Strict(), Field(ge=0)]
"""A whole number, 0 or more."""

CountFromOne = Annotated[int, Strict(), Field(ge=1)]
"""A whole number, 1 or more."""

Flag = Annotated[bool, Strict()]
"""True or False."""


DURATION_PATTERN = r"^\s*-?\s*[0-9.]+\s*[a-zA-Z][0-9a-zA-Z. ]*$"


class Seconds:
    """How a duration looks in a JSON schema; also the mark by which the TOML writer knows one."""

    def __init__(self, *, above_zero: bool = False, signed: bool = False) -> None:
        self.above_zero, self.signed = above_zero, signed

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        number: dict[str, Any] = {"type": "number"}
        if not self.signed:
            number["exclusiveMinimum" if self.above_zero else "minimum"] = 0
        text = {"type": "string", "pattern": DURATION_PATTERN}
        return {
            "anyOf": [number, text],
            "description": 'Seconds, or a text such as "20s", "5min", "1h30".',
        }


def is_duration(field: FieldInfo) -> bool:
    """Return whether a field of a part holds a duration."""
    return any(isinstance(mark, Seconds) for mark in field.metadata)


class OrShort:
    """How a part looks in a JSON schema when a short form may stand in its place."""

    def __init__(self, *short: dict[str, Any]) -> None:
        self.short = short

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [handler(schema), *self.short]}


def read_seconds(given: Any) -> float:
    """Read a duration; what cannot be read is a `Fault`."""
    try:
        return parse_duration(given)
    except ValueError as error:
        _, _, hint = str(error).partition(". ")
        rule = "must be a duration"
        if isinstance(given, float) and not math.isfinite(given):
            rule = "must be a finite number of seconds"
        raise Fault(rule, hint or str(error)) from None


def not_negative(seconds: float) -> float:
    """Return the seconds; a negative number is a `Fault`."""
    if seconds < 0:
        raise Fault("must be 0 s or more", f"did you mean {quoted(format_duration(-seconds))}?")
    return seconds


def _above_zero(seconds: float) -> float:
    if seconds < 0:
        raise Fault("must be above 0 s", f"did you mean {quoted(format_duration(-seconds))}?")
    if seconds == 0:
        raise Fault("must be above 0 s", 'give a time such as "4min"')
    return seconds


Duration = Annotated[float, BeforeValidator(read_seconds), AfterValidator(not_negative), Seconds()]
"""Seconds, 0 or more; read from a number or from a text such as ``"20s"``, ``"5min"``,
``"1h30"``."""

PositiveDuration = Annotated[
    float, BeforeValidator(read_seconds), AfterValidator(_above_zero), Seconds(above_zero=True)
]
"""Seconds, above 0; read like a `Duration`."""

SignedDuration = Annotated[float, BeforeValidator(read_seconds), Seconds(signed=True)]
"""Seconds of either sign; read like a `Duration`."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _-]*\Z")
NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9 _-]*$"


def _checked_name(name: str) -> str:
    if not name.strip():
        raise Fault("must be a name", "give it one")
    if _NAME.match(name):
        return name
    why = " (dots separate the steps of a path)" if "." in name else ""
    why = " (slashes name random streams)" if "/" in name else why
    near = re.sub(r"[^A-Za-z0-9 _-]+", "-", name).strip(" _-")
    raise Fault(
        f"must be letters, digits, spaces, - and _, beginning with a letter or digit{why}",
        f"write {quoted(near)}" if near else "",
    )


Name = Annotated[
    str, Strict(), AfterValidator(_checked_name), Field(json_schema_extra={"pattern": NAME_PATTERN})
]
"""Letters, digits, spaces, ``-`` and ``_``. No dot and no slash: dots are paths, slashes are stream
names."""

_LARGEST_CV = 30.0


def _moderate(cv: float) -> float:
    if cv <= 0:
        raise Fault("must be above 0", _NO_SPREAD)
    if cv > _LARGEST_CV:
        fix = f"cv is standard deviation ÷ mean: write {cv / 100:g} for {cv:g} %"
        raise Fault(f"must be at most {_LARGEST_CV:g}", fix)
    return cv


def _not_tiny(cv: float) -> float:
    if cv < 0.01:
        raise Fault("must be at least 0.01", _NO_SPREAD)
    return cv


def _above_one(cv: float) -> float:
    if cv <= 1:
        other = (
            "cv 1 is Exponential(mean=…)" if cv == 1 else "for cv below 1 use Gamma(mean=…, cv=…)"
        )
        raise Fault("must be above 1", other)
    return cv


_NO_SPREAD = "for no spread at all use Deterministic(value=…)"

Cv = Annotated[
    Number,
    AfterValidator(_moderate),
    Field(json_schema_extra={"exclusiveMinimum": 0, "maximum": _LARGEST_CV}),
]
"""Standard deviation ÷ mean, above 0 and at most 30."""

CvNotTiny = Annotated[Cv, AfterValidator(_not_tiny)]
"""A `Cv` of 0.01 or more."""

CvAboveOne = Annotated[Cv, AfterValidator(_above_one)]
"""A `Cv` above 1."""
