"""Scenarios as TOML documents: a letter that people and programs can both read."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

import tomli_w
from pydantic.fields import FieldInfo

from queuesim.errors import Problem, ScenarioError
from queuesim.model.agent_group import Skill
from queuesim.model.base import Model
from queuesim.model.faults import did_you_mean, quoted
from queuesim.model.fields import is_duration
from queuesim.model.hours import Hours
from queuesim.units import format_duration, parse_duration

if TYPE_CHECKING:
    from queuesim.model.scenario import Scenario

_SUBJECT = "Scenario"


def write(stated: Scenario, path: str | os.PathLike[str] | None = None) -> str:
    """Return a scenario as a TOML document, and write it to a file when a path is given.

    Parameters
    ----------
    stated
        The scenario.
    path
        File to write, in UTF-8.

    Returns
    -------
    str
        The document. Fields at their defaults are left out; durations are texts such as ``"4min"``.
    """
    text = _compact(tomli_w.dumps(document(stated)))
    if path is not None:
        Path(path).write_text(text, encoding="utf-8")
    return text


def document(part: Model) -> dict[str, Any]:
    """Return a part as plain tables, lists, texts and numbers, without the fields that are at their
    defaults."""
    content: dict[str, Any] = {}
    fields = type(part).model_fields
    for name in sorted(fields, key=lambda name: name != "kind"):
        field, value = fields[name], getattr(part, name)
        if value == part._default_of(name) and not _tells_apart(field):
            continue
        written = _duration(value) if is_duration(field) else _written(value)
        content[name] = "none" if written is None else written
    return content


def _tells_apart(field: FieldInfo) -> bool:
    """Return whether a field is the ``kind`` by which one of several parts is told."""
    return len(get_args(field.annotation)) == 1 and get_origin(field.annotation) is Literal


def _written(value: Any) -> Any:
    if isinstance(value, Hours):
        table = {key: _stretches(texts) for key, texts in value.days.items()}
        return table["mon-sun"] if list(table) == ["mon-sun"] else table
    if isinstance(value, Skill):
        content = document(value)
        return value.contact_type if len(content) == 1 else content
    if isinstance(value, Model):
        return document(value)
    if isinstance(value, Mapping):
        return {str(key): _written(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_written(item) for item in value]
    if isinstance(value, StrEnum):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat(
            sep=" ", timespec="auto" if value.second or value.microsecond else "minutes"
        )
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value


def _stretches(texts: tuple[str, ...]) -> Any:
    return "closed" if not texts else texts[0] if len(texts) == 1 else list(texts)


def _duration(seconds: float) -> Any:
    text = format_duration(seconds)
    return text if parse_duration(text) == seconds else seconds


_LONG_ARRAY = re.compile(r"\[\n((?:[ ]+[^\[\]{}\n]+,\n)+)[ ]*\]")
_WIDTH = 100


def _compact(text: str) -> str:
    """Write arrays of numbers and short texts in lines rather than one item a line; the content
    stays the same."""

    def in_lines(match: re.Match[str]) -> str:
        items = [line.strip().rstrip(",") for line in match[1].splitlines()]
        if sum(map(len, items)) + 2 * len(items) <= _WIDTH - 20:
            return f"[{', '.join(items)}]"
        lines, line = [], "   "
        for item in items:
            if len(line) + len(item) + 2 > _WIDTH:
                lines.append(line)
                line = "   "
            line += f" {item},"
        return "\n".join(["[", *lines, line, "]"])

    compact = _LONG_ARRAY.sub(in_lines, text)
    return compact if tomllib.loads(compact) == tomllib.loads(text) else text


def read(path_or_text: str | os.PathLike[str]) -> dict[str, Any]:
    """Return the content of a TOML document.

    Parameters
    ----------
    path_or_text
        Path of a file; or text, told by its line breaks or its ``=``.

    Raises
    ------
    ScenarioError
        When the file cannot be read or is not TOML.
    """
    if isinstance(path_or_text, str) and ("\n" in path_or_text or "=" in path_or_text):
        text, source = path_or_text, "the text"
    elif isinstance(path_or_text, (str, os.PathLike)) and str(path_or_text).strip():
        text, source = _text_of(Path(path_or_text)), str(path_or_text)
    else:
        raise _unreadable(path_or_text, "must be a path, or the text of a TOML document")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem = Problem(source, _line_of(text, str(error)), f"must be TOML: {error}")
        raise ScenarioError([problem], _SUBJECT) from None


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        folder = path.parent
        there = [other.name for other in sorted(folder.glob("*.toml"))] if folder.is_dir() else []
        fix = did_you_mean(path.name, there)
        raise _unreadable(path, "must be a file that exists", fix) from None
    except UnicodeDecodeError:
        raise _unreadable(path, "must be text in UTF-8") from None
    except OSError as error:
        raise _unreadable(path, f"must be a file that can be read ({error.strerror})") from None


def _unreadable(given: object, rule: str, fix: str = "") -> ScenarioError:
    return ScenarioError([Problem("from_toml", quoted(str(given)), rule, fix)], _SUBJECT)


def _line_of(text: str, message: str) -> str:
    match = re.search(r"line (\d+)", message)
    lines = text.splitlines()
    number = int(match[1]) if match else len(lines)
    return (
        quoted(lines[number - 1].strip()) if 0 < number <= len(lines) else "the end of the document"
    )
