"""The reference numbers of `tests/oracles`: exact ones, and those that others have printed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

Row = dict[str, Any]

_FOLDER = Path(__file__).resolve().parent.parent / "oracles"
EXACT: dict[str, Any] = json.loads((_FOLDER / "exact.json").read_text(encoding="utf-8"))
PUBLISHED: dict[str, Any] = json.loads((_FOLDER / "published.json").read_text(encoding="utf-8"))


def rows(kind: str, given: list[Row], *keys: str) -> list[Any]:
    """Return rows as test parameters with ids that can be read."""

    def shown(row: Row, key: str) -> str:
        return row[key] if isinstance(row[key], str) else f"{key} {row[key]:g}"

    return [
        pytest.param(row, id=f"{kind}: " + ", ".join(shown(row, key) for key in keys))
        for row in given
    ]


def decimals(number: float) -> int:
    """Return how many decimals a number is printed with."""
    return len(repr(float(number)).partition(".")[2])
