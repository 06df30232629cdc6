"""The reference numbers, and how close is close."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

_FOLDER = Path(__file__).resolve().parent.parent / "oracles"

EXACT: dict[str, Any] = json.loads((_FOLDER / "exact.json").read_text(encoding="utf-8"))
PUBLISHED: dict[str, Any] = json.loads((_FOLDER / "published.json").read_text(encoding="utf-8"))


def laws(examples: int) -> settings:
    """So many examples of a law; on a shared machine a slow one is not a failure."""
    return settings(max_examples=examples, deadline=None)


def near(value: Any, rel: float = 1e-9, abs: float = 0.0) -> Any:
    """Equal to a relative error; absolute only where a test says so."""
    return pytest.approx(value, rel=rel, abs=abs)
