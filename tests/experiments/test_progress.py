"""Progress: a bar in a terminal, lines elsewhere, and a time left that can be believed."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

import queuesim as qs
from queuesim.experiments import progress as module
from queuesim.experiments.progress import Progress, spoken
from tests.experiments.small import options, tiny

ROOT = Path(__file__).resolve().parents[2]


class Clock:
    """A clock that is set by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_000.0
        monkeypatch.setattr(module.time, "monotonic", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def test_time_left_comes_from_what_was_done_here(clock: Clock) -> None:
    """Worked by hand: 600 steps, 200 of them done before; 100 in 50 s leave 300 in 150 s."""
    with Progress(600, before=200, label="x", wanted=False) as shown:
        clock.now += 50
        shown.advance(60)
        shown.advance(40)
        assert shown.done == 300
        assert shown.left_s() == 150.0


def test_lines_are_few_and_say_how_long_it_still_takes(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    with Progress(1_000, before=500, label="replications", wanted=True) as shown:
        for _ in range(50):
            clock.now += 9.0
            shown.advance(10)
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "replications: 600/1,000, 1 min 30 s, 6 min 00 s left",
        "replications: 700/1,000, 3 min 00 s, 4 min 30 s left",
        "replications: 800/1,000, 4 min 30 s, 3 min 00 s left",
        "replications: 900/1,000, 6 min 00 s, 1 min 30 s left",
        "replications: 1,000/1,000, 7 min 30 s",
    ]


def test_very_slow_work_is_heard_of_between_tenths(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    with Progress(1_000, label="replications", wanted=True) as shown:
        for _ in range(4):
            clock.now += 200.0
            shown.advance(1)
    assert capsys.readouterr().err.splitlines() == [
        "replications: 2/1,000, 6 min 40 s, 55 h 27 min left",
        "replications: 4/1,000, 13 min 20 s, 55 h 20 min left",
    ]


def test_short_work_is_one_line(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(30, label="replications", wanted=True) as shown:
        for _ in range(30):
            clock.now += 0.06
            shown.advance(1)
    assert capsys.readouterr().err == "replications: 30/30, 2 s\n"


@pytest.mark.parametrize("total", [0, 1])
def test_next_to_nothing_is_not_shown(total: int, capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(total, label="x", wanted=True) as shown:
        shown.advance(total)
    assert capsys.readouterr().err == ""


@pytest.mark.usefixtures("clock")
def test_experiments_say_what_they_count(capsys: pytest.CaptureFixture[str]) -> None:
    qs.simulate(tiny(), replications=1)  # whatever there is to say of kernels is said
    capsys.readouterr()
    qs.compare(options(2), replications=5, progress=True)
    qs.simulate(tiny(), replications=5, progress=True, until={"abandonment": 1e-9})
    assert capsys.readouterr().err.splitlines() == [
        "replications of 2 options: 10/10, 0 s",
        "replications, at most: 5/5, 0 s",
    ]
    qs.simulate(tiny(), replications=5)
    assert capsys.readouterr().err == ""


def test_times_are_spoken() -> None:
    assert [spoken(s) for s in (0.4, 59.4, 59.6, 3_599.6, 360_000)] == [
        "0 s",
        "59 s",
        "1 min 00 s",
        "1 h 00 min",
        "100 h 00 min",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_a_terminal_shows_a_bar() -> None:
    """In a real pseudo-terminal of 100 columns."""
    import pty

    code = (
        "import queuesim as qs; from tests.experiments.small import options;"
        "qs.compare(options(3), replications=900, seed=7)"
    )
    leader, follower = pty.openpty()
    environment = {**os.environ, "COLUMNS": "100", "TERM": "xterm", "PYTHONPATH": str(ROOT)}
    script = subprocess.Popen(
        [sys.executable, "-c", code], stderr=follower, stdout=follower, env=environment, cwd=ROOT
    )
    os.close(follower)
    seen = io.BytesIO()
    while True:
        try:
            data = os.read(leader, 4096)
        except OSError:  # the other end is closed
            break
        if not data:
            break
        seen.write(data)
    os.close(leader)
    assert script.wait() == 0
    text = seen.getvalue().decode()
    assert "replications of 3 options" in text
    assert "/2700" in text
    assert "━" in text
    assert " s left" in text
