"""What differs between two experiments, in words: for files that do not fit what is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from queuesim.errors import shown

_MOST_LINES = 8


def differences(there: dict[str, Any], here: dict[str, Any]) -> list[str]:
    """Return what differs between an experiment in a file and the one asked for.

    Parameters
    ----------
    there, here : dict
        As made by `queuesim.experiments.resume.identity`.

    Returns
    -------
    list of str
        One line a difference, some at most; empty when it is the same experiment.
    """
    lines = []
    for what in ("queuesim", "engine", "routing", "seed"):
        if there[what] != here[what]:
            lines.append(f"{what}: {_either(there[what], here[what])}")
    if there["queuesim"] != here["queuesim"]:
        return lines  # another version may well have other fields
    ours, theirs = here["options"], there["options"]
    if set(ours) != set(theirs):
        return [*lines, f"options: {_either(_named(theirs), _named(ours))}"]
    for name in ours:
        option = f"option {name!r}" if len(ours) > 1 else f"scenario {name!r}"
        lines += [f"{option}, {line}" for line in _walked("", theirs[name], ours[name])]
    if len(lines) > _MOST_LINES:
        more = len(lines) - _MOST_LINES
        lines[_MOST_LINES:] = [f"and {more} more"]
    return lines


def _walked(path: str, there: Any, here: Any) -> Iterator[str]:
    """Yield the differences between two parts of scenarios, with their paths by names."""
    if isinstance(there, dict) and isinstance(here, dict):
        for key in dict.fromkeys((*here, *there)):
            yield from _walked(_under(path, key), there.get(key), here.get(key))
    elif isinstance(there, list) and isinstance(here, list):
        names, now = _names(there), _names(here)
        if names is not None and now is not None and names != now:
            yield f"{path}: {_either(_named(names), _named(now))}"
        elif len(there) != len(here):
            yield f"{path}: {len(there)} values in the file, {len(here)} now"
        else:
            for key, one, other in zip(now or range(len(here)), there, here, strict=True):
                yield from _walked(_under(path, key), one, other)
    elif json.dumps(there) != json.dumps(here):
        yield f"{path}: {_either(there, here)}"


def _under(path: str, key: object) -> str:
    return f"{path}.{key}" if path else str(key)


def _names(parts: list[Any]) -> list[str] | None:
    """Return the names of parts that have one each."""
    if parts and all(isinstance(part, dict) and "name" in part for part in parts):
        return [part["name"] for part in parts]
    return None


def _named(names: Any) -> str:
    return ", ".join(str(name) for name in names)


def _either(there: object, here: object) -> str:
    return f"{_value(there)} in the file, {_value(here)} now"


def _value(value: object) -> str:
    return "none" if value is None else value if isinstance(value, str) else shown(value)
