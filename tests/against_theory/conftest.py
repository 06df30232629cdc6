"""At the end of ``pytest -s``: how many lines there were, and how often chance alone fails one."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt

import pytest

from tests.against_theory.verdict import LEDGER


@pytest.fixture(scope="session", autouse=True)
def account() -> Iterator[None]:
    yield
    if LEDGER:
        z = [line.z for _, line in LEDGER]
        far, row, what = max((abs(line.z), row, line.what) for row, line in LEDGER)
        print(
            f"\n{len(z)} lines; root mean square of z {sqrt(sum(x * x for x in z) / len(z)):.2f}; "
            f"largest {far:.2f} ({row}, {what}); chance of any beyond 4 when all is right: "
            f"at most {sum(line.by_chance for _, line in LEDGER):.3f}"
        )
