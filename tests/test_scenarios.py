"""The scenarios are run, in a short form: each is a letter that ends in a decision."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

SHORT = {
    "chatbot_or_people.py": ("--short",),
    "critical_day_and_night.py": ("--short",),
    "social_messages.py": ("--short",),
}
"""Scenarios, and what makes them short: some seconds."""


@pytest.mark.parametrize("script", SHORT)
def test_a_scenario_ends_in_a_decision(script: str, tmp_path: Path) -> None:
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    done = subprocess.run(
        [sys.executable, str(ROOT / "scenarios" / script), *SHORT[script]],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,
        cwd=tmp_path,  # what it saves goes here
        env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8", "MPLBACKEND": "agg"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "CAVEATS" in done.stdout
    last = done.stdout.strip().splitlines()[-1]
    assert last.startswith("Decision: "), done.stdout[-2000:]
    assert list(tmp_path.iterdir()) == []  # the short form saves nothing
