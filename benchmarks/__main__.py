"""Entry point: one thread for everything, set before any library looks at it."""

from __future__ import annotations

import os
import sys

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

from benchmarks.run import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
