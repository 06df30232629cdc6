"""Faults, as the parts find them, and the words in which they are told."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _-]*\Z")


class Fault(ValueError):  # noqa: N818 - a fault becomes a problem, not an error
    """One fault, its path still relative to the part that found it.

    Parameters
    ----------
    rule
        What is allowed.
    fix
        What to do about it.
    at
        Path of the value within the part; empty for the part, or the field, itself.
    given
        The value in print; empty (the default) lets the translation show what it finds at the path.
    """

    def __init__(
        self, rule: str, fix: str = "", at: Sequence[str] = (), *, given: str = ""
    ) -> None:
        self.rule, self.fix, self.at, self.given = rule, fix, tuple(at), given
        super().__init__(rule)


class Faults(ValueError):  # noqa: N818
    """Several faults, found together."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(fault.rule for fault in self.faults))


_DEEPEST = 40


def plain(value: Any, depth: int = 0) -> Any:
    """Return the same content in plain Python: NumPy numbers and arrays, and lists, as numbers and
    tuples."""
    if depth > _DEEPEST:
        raise Fault("must not be nested so deep", "does it contain itself?", given="a deep nest")
    if isinstance(value, np.generic):
        return plain(value.item(), depth + 1)
    if isinstance(value, np.ndarray):
        return plain(value.tolist(), depth + 1)
    if isinstance(value, (list, tuple)) and not hasattr(value, "_fields"):
        return tuple(plain(item, depth + 1) for item in value)
    if isinstance(value, Mapping) and type(value).__hash__ is None:
        return {key: plain(item, depth + 1) for key, item in value.items()}
    return value


def is_number(value: Any) -> bool:
    """Return whether a value is a finite number; True and False are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < math.inf


def quoted(text: str) -> str:
    """Return the text in double quotes."""
    return f'"{text}"'


def one_of(names: Iterable[str]) -> str:
    """Return names as a message lists them: ``a, b or c``."""
    listed = [str(name) for name in names]
    if len(listed) > 12:
        listed = [*listed[:11], f"{len(listed) - 11} more"]
    if len(listed) < 2:
        return "".join(listed) or "nothing"
    return f"{', '.join(listed[:-1])} or {listed[-1]}"


def did_you_mean(given: object, names: Iterable[str]) -> str:
    """Return the likely intention for a name that is not known: ``did you mean "talk"?``, or
    nothing."""
    known = [str(name) for name in names]
    if not isinstance(given, str) or not known:
        return ""
    folded = {name.casefold(): name for name in reversed(known)}
    wanted = given.strip().casefold()
    close = difflib.get_close_matches(wanted, folded, n=1, cutoff=0.55)
    begun = [name for name in folded if name.startswith(wanted)] if len(wanted) > 2 else []
    if not close and len(begun) == 1:
        close = begun
    return f"did you mean {quoted(folded[close[0]])}?" if close else ""


def label(item: Any, siblings: Sequence[Any], index: int, field: str = "") -> str:
    """Return what a path calls an item of a sequence: its name where it has one to itself, else its
    number. A text is a name only where it stands for a part: in ``skills``."""
    if isinstance(item, str) and field != "skills":
        return str(index)
    name = name_of(item)
    if name is None or sum(name_of(other) == name for other in siblings) > 1:
        return str(index)
    return name


def name_of(item: Any) -> str | None:
    """Return the name by which a path knows a part, if it has one."""
    if isinstance(item, str):
        return item if _NAME.match(item) else None
    for key in ("name", "contact_type"):
        value = item.get(key) if isinstance(item, Mapping) else getattr(item, key, None)
        if isinstance(value, str) and _NAME.match(value):
            return value
    return None
