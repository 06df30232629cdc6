"""The letters to a planner run, in their short form, and end in a decision."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("name", ["languages", "complaint_desk", "new_channel_trial"])
def test_a_letter_ends_in_a_decision(name: str) -> None:
    command = [sys.executable, "-W", "ignore", f"scenarios/{name}.py", "--short"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    decision, _, caveats = done.stdout.partition("\nCAVEATS\n")
    assert decision.strip().splitlines()[-1].startswith("Decision: ")
    assert caveats.strip()
