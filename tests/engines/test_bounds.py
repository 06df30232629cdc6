"""No index of the kernel is out of bounds: the hostile days again, with every index checked."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.mark.skipif(
    os.environ.get("NUMBA_DISABLE_JIT", "0") != "0", reason="NumPy checks every index itself"
)
def test_no_index_is_out_of_bounds() -> None:
    """In a process of its own: what is checked is settled when the kernel is compiled."""
    done = subprocess.run(
        [
            sys.executable,
            *("-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider"),
            *("tests/engines/test_two_engines.py", "tests/engines/test_pieces.py"),
            *("-k", "not drawn_week"),  # whose tape would be compiled too
        ],
        env={k: v for k, v in os.environ.items() if "XDIST" not in k} | {"NUMBA_BOUNDSCHECK": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
