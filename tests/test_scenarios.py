"""The scenarios are run, in a short form: each is a letter with a picture, ending in a decision."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

LETTERS = (
    "chatbot_or_people",
    "complaint_desk",
    "critical_day_and_night",
    "languages",
    "new_channel_trial",
    "self_service_outage",
    "social_messages",
)
"""Scenarios with a short form: some seconds each."""


@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_ends_in_a_decision_and_leaves_its_picture(letter: str, tmp_path: Path) -> None:
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    done = subprocess.run(
        [sys.executable, str(ROOT / "scenarios" / f"{letter}.py"), "--short"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,
        cwd=tmp_path,  # what it saves goes here
        env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8", "MPLBACKEND": "agg"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    _, found, caveats = done.stdout.partition("\nCAVEATS\n")
    assert found
    assert caveats.startswith("- ")
    last = done.stdout.strip().splitlines()[-1]
    assert last.startswith("Decision: "), done.stdout[-2000:]
    saved = {file for file in tmp_path.rglob("*") if file.is_file()}
    assert saved
    assert {file.suffix for file in saved} == {".png"}
    assert {file.parent for file in saved} == {tmp_path / "output" / letter}
