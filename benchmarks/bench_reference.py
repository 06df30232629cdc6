"""How fast the reference engine is on a day: ``python -m benchmarks --case day`` says more."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.run import main

if __name__ == "__main__":
    sys.exit(main(["--case", "day", "--engine", "reference", *sys.argv[1:]]))
