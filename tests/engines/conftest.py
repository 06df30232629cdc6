"""Every engine sits the same tests."""

from __future__ import annotations

from typing import Any

import pytest

import queuesim as qs
from queuesim.engines.outcome import Outcome
from tests.engines.by_hand import ENGINES, Agents, Row, Run, tape


@pytest.fixture(params=ENGINES)
def run(request: pytest.FixtureRequest) -> Run:
    """Run a day on an engine."""
    engine = ENGINES[request.param]

    def run_day(scenario: qs.Scenario, rows: list[Row], agents: Agents, **options: Any) -> Outcome:
        return engine(scenario, tape(scenario, rows, agents), **options)

    return run_day
