"""Peak memory and time of a whole process: start, compiling from the cache, everything.

    python -m benchmarks.memory CASE [--replications N] [--engine NAME]

plays a case in this process, on one core, and prints JSON. `in_a_child` starts that as a process
of its own: memory of the parent, or of what ran before, is not in it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

_STARTED = time.perf_counter()


def peak_mb() -> float | None:
    """Return the most memory this process has had resident [MB]; None where that is not known.

    On Linux from /proc: `getrusage` would count the parent's, of which the child is a copy for an
    instant before it becomes itself.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 1024


def in_a_child(case: str, replications: int, engine: str) -> dict[str, Any]:
    """Play a case in a process of its own.

    Parameters
    ----------
    case, engine : str
    replications : int

    Returns
    -------
    dict
        ``process_s``, ``play_s`` [s]; ``imported_mb``, ``peak_mb`` [MB] or None; ``contacts``.
    """
    command = [sys.executable, "-m", "benchmarks.memory", case]
    command += ["--replications", str(replications), "--engine", engine]
    start = time.perf_counter()
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    found["process_s"] = time.perf_counter() - start
    return found


def main() -> None:
    """Play a case and print what it took."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("case")
    parser.add_argument("--replications", type=int, default=1)
    parser.add_argument("--engine", default="reference")
    arguments = parser.parse_args()

    from benchmarks.answers import Counts, counts_in_result, must_equal
    from benchmarks.cases import CASES
    from benchmarks.subjects import whole
    from benchmarks.timing import one_core

    case = CASES[arguments.case]
    imported_mb, started = peak_mb(), time.perf_counter()
    warnings.simplefilter("ignore")
    with one_core():
        result = whole(case.scenario, arguments.replications, arguments.engine, seed=case.seed)
    played_s, peak = time.perf_counter() - started, peak_mb()
    first, together = counts_in_result(result)
    must_equal(f"{case.name}: replication 0", first, Counts(case.contacts, case.abandoned))
    found = {
        "case": case.name,
        "engine": arguments.engine,
        "replications": arguments.replications,
        "contacts": together.offered,
        "import_s": started - _STARTED,
        "play_s": played_s,
        "imported_mb": imported_mb,
        "peak_mb": peak,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
