"""Pydantic's findings in a planner's words, each with the path, the value, the rule and a likely
fix."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from queuesim.errors import Problem, ScenarioError, shown
from queuesim.model.faults import Fault, Faults, did_you_mean, label, name_of, one_of, quoted

_NOTHING = "nothing"
_LONGEST_TEXT = 8
_SHARES_UP_TO = 10  # a limit no higher than this is one of shares: on-costs, busyness, growth


def scenario_error(cls: type[BaseModel], data: Any, error: ValidationError) -> ScenarioError:
    """Return what the planner sees when a part cannot be built."""
    faults = translated(cls, data, error)
    problems = [
        Problem(".".join(fault.at), fault.given or shown(data), fault.rule, fault.fix)
        for fault in faults
    ]
    name = name_of(data) if isinstance(data, Mapping) else None
    return ScenarioError(problems, f"{cls.__name__} {quoted(name)}" if name else cls.__name__)


def translated(cls: type[BaseModel], data: Any, error: ValidationError) -> list[Fault]:
    """Return the faults that Pydantic found in the fields of a part; paths are from the part."""
    faults: list[Fault] = []
    for detail in error.errors(include_url=False):
        at, value = _place(detail["loc"], data)
        cause = detail.get("ctx", {}).get("error")
        found = (
            cause.faults
            if isinstance(cause, Faults)
            else [cause]
            if isinstance(cause, Fault)
            else None
        )
        if found is None:
            rule, fix = _in_words(cls, detail, value)
            given = _NOTHING if detail["type"] == "missing" else shown(value)
            faults.append(Fault(rule, fix, at, given=given))
            continue
        for fault in found:
            given = fault.given or shown(_within(value, fault.at))
            faults.append(Fault(fault.rule, fault.fix, (*at, *fault.at), given=given))
    return faults


def _place(loc: Sequence[str | int], data: Any) -> tuple[tuple[str, ...], Any]:
    """Return the path by names, and the value there, for a place as Pydantic gives it."""
    path: list[str] = []
    here: Any = data
    for step in loc:
        if isinstance(step, int) and isinstance(here, (list, tuple)) and step < len(here):
            path.append(label(here[step], here, step, path[-1] if path else ""))
            here = here[step]
        elif step == "[key]":
            here = path[-1] if path else here
        elif isinstance(here, Mapping) and step in here:
            path.append(str(step))
            here = here[step]
        elif isinstance(here, Mapping) and step == here.get("kind"):
            continue  # the tag of a union of parts, not a step of the path
        else:
            path.append(str(step))
            here = None
    return tuple(path), here


def _within(value: Any, at: tuple[str, ...]) -> Any:
    for step, field in zip(at, ("", *at), strict=False):
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, BaseModel):
            value = getattr(value, step, None)
        elif isinstance(value, (list, tuple)):
            named = {label(item, value, index, field): item for index, item in enumerate(value)}
            value = named.get(
                step, value[int(step)] if step.isdigit() and int(step) < len(value) else None
            )
        else:
            return value
    return value


def _in_words(cls: type[BaseModel], detail: ErrorDetails, value: Any) -> tuple[str, str]:
    kind = detail["type"]
    context: dict[str, Any] = detail.get("ctx", {})
    field = str(detail["loc"][-1]) if detail["loc"] else ""
    if kind == "extra_forbidden":
        known = list(cls.model_fields)
        return f"{cls.__name__} has no such field; it has {one_of(known)}", did_you_mean(
            field, known
        )
    if kind == "missing":
        return "is required", f"give {field}=…"
    if kind in _LIMITS:
        return _limit(kind, context, value)
    if kind in ("enum", "literal_error"):
        known = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        return f"must be {one_of(map(quoted, known))}", did_you_mean(value, known)
    if kind in ("int_type", "int_from_float", "int_parsing"):
        return "must be a whole number", _as_number(value, whole=True)
    if kind in ("float_type", "float_parsing"):
        return "must be a number", _as_number(value, whole=False)
    if kind == "finite_number":
        return (
            "must be a finite number",
            "give a number, or leave the field out if it has a default",
        )
    if kind == "tuple_type":
        return "must be a list", _in_a_list(value)
    if kind in ("string_too_short", "string_too_long"):
        return f"must be a text of 1 to {context.get('max_length', _LONGEST_TEXT)} letters", ""
    for prefix, rule in _TYPES.items():
        if kind.startswith(prefix):
            return rule, ""
    return str(detail["msg"]).removeprefix("Input should ").removeprefix("Value error, "), ""


_LIMITS = {
    "greater_than": ("gt", "above"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "below"),
    "less_than_equal": ("le", "at most"),
}

_TYPES = {
    "string": "must be a text",
    "bool": "must be True or False",
    "dict": "must be a table (a dict)",
    "mapping": "must be a table (a dict)",
    "model": "must be a table (a dict) of its fields",
    "json": "must be valid JSON",
}


def _limit(kind: str, context: dict[str, Any], value: Any) -> tuple[str, str]:
    key, words = _LIMITS[kind]
    bound = context[key]
    rule = f"must be {words} {bound:g}"
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not math.isfinite(value):
        return rule, ""
    if key in ("le", "lt") and bound == 1 and 1 < value <= 100:
        return f"{rule} (shares are parts of 1)", f"write {value / 100:g} for {value:g} %"
    if key in ("le", "lt") and bound <= _SHARES_UP_TO and value <= 100 * bound:
        return rule, f"did you mean {value / 100:g} ({value:g} %)?"
    if key in ("ge", "gt") and bound in (0, 1) and -value >= max(bound, 1e-12):
        return rule, f"did you mean {-value:g}?"
    if key in ("ge", "le"):
        return rule, f"the nearest allowed value is {bound:g}"
    return rule, ""


def _as_number(value: Any, *, whole: bool) -> str:
    if isinstance(value, bool):
        return f"write {int(value)} rather than {value}"
    if isinstance(value, str):
        if re.fullmatch(r"\s*-?\d+,\d+\s*", value) and not whole:
            return f"a decimal comma? Write {value.strip().replace(',', '.')}"
        percent = re.fullmatch(r"\s*([\d.]+)\s*%\s*", value)
        try:
            number = float(percent[1]) / 100 if percent else float(value)
        except ValueError:
            return ""
        if not math.isfinite(number) or (whole and number != int(number)):
            return ""
        return f"write {number:g} {'' if percent else 'without quotes'}".rstrip()
    if whole and isinstance(value, float) and math.isfinite(value):
        low = math.floor(value)
        return f"write {low}" if low == value else f"write {low} or {low + 1}"
    return ""


def _in_a_list(value: Any) -> str:
    if isinstance(value, (BaseModel, dict)):
        return "put it into a list: [ … ]"
    return f"write [{shown(value)}]" if isinstance(value, (str, int, float, date, time)) else ""
