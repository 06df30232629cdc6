"""Kernels are compiled once and kept, wherever there is a place to keep them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PLAY = """
import queuesim.compiling as compiling
{first}
import numpy as np
from queuesim.compiling import announce, compiled, everything_is_kept, kept_in
announce()
@compiled
def total(values):
    found = 0.0
    for value in values:
        found += value
    return found
assert total(np.arange(4.0)) == 6.0
everything_is_kept()
announce()
print(kept_in())
"""

needs_jit = pytest.mark.skipif(
    os.environ.get("NUMBA_DISABLE_JIT", "0") != "0", reason="nothing is compiled"
)


def play(tmp_path: Path, first: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Compile and call a small kernel in a process of its own."""
    script = tmp_path / "play.py"
    script.write_text(PLAY.format(first=first), encoding="utf-8")
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("NUMBA", "XDG"))}
    return subprocess.run(
        [sys.executable, str(script)],
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=True,
    )


@needs_jit
def test_the_first_process_says_so_and_the_next_is_silent(tmp_path: Path) -> None:
    home = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path)}
    first, second = play(tmp_path, **home), play(tmp_path, **home)
    (said,) = first.stderr.splitlines()
    assert "compiling once for this machine" in said
    assert second.stderr == ""
    folder = Path(first.stdout.strip())
    assert folder == Path(second.stdout.strip())
    assert list(folder.rglob("*.nbi")), "nothing was kept"


@needs_jit
def test_without_a_home_kernels_are_kept_among_temporary_files(tmp_path: Path) -> None:
    blocked = tmp_path / "a file"
    blocked.touch()
    (tmp_path / "tmp").mkdir()
    elsewhere = {
        "XDG_CACHE_HOME": str(blocked / "cache"),
        "HOME": str(blocked / "home"),
        "TMPDIR": str(tmp_path / "tmp"),
    }
    done = play(tmp_path, **elsewhere)
    assert Path(done.stdout.strip()).is_relative_to(tmp_path / "tmp")


@needs_jit
def test_without_any_folder_kernels_are_compiled_in_each_process(tmp_path: Path) -> None:
    done = play(tmp_path, first="compiling._can_write = lambda folder: False")
    assert done.stdout.strip() == "None"
    assert "compiling in this process" in done.stderr
    assert "NUMBA_CACHE_DIR" in done.stderr


@needs_jit
def test_a_folder_named_by_the_user_comes_first(tmp_path: Path) -> None:
    done = play(tmp_path, NUMBA_CACHE_DIR=str(tmp_path / "mine"))
    assert done.stdout.strip() == str(tmp_path / "mine")
    assert list((tmp_path / "mine").rglob("*.nbi"))


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="no owners of files here")
def test_a_temporary_folder_that_others_may_write_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from queuesim import compiling

    monkeypatch.setattr(compiling.tempfile, "gettempdir", lambda: str(tmp_path))
    folder = compiling._temporary_folder()
    assert folder is not None
    folder.chmod(0o777)
    assert compiling._temporary_folder() is None


def test_nothing_heavy_is_imported_before_it_is_used() -> None:
    code = (
        "import sys, queuesim; print([m for m in ('numba', 'pandas', 'simpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
