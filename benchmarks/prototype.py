"""The bare prototype kernel, no part of the project, on the very same contacts.

``--prototype PATH`` names a folder with its ``kernel.py`` and ``kmodels.py``; they are imported
from there. It knows phone contacts with patience, several skills, and priorities as levels: what
the Erlang A cases, the day and the two skills need. All its times are the tape's, on the grid, so
its contact table must be queuesim's.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import queuesim as qs
from benchmarks.answers import must_equal
from benchmarks.work import shifts_of
from queuesim.engines.outcome import ContactOutcome, Outcome
from queuesim.sampling import Tape

SERVED, ABANDONED = 4, 5
"""The prototype's words for how a contact ended."""


@dataclass(frozen=True)
class Table:
    """What the prototype made of a tape, one row a contact.

    Attributes
    ----------
    start_s, end_s : numpy.ndarray, float64
        Answered; freed or left [s].
    agent : numpy.ndarray, int32
    state : numpy.ndarray, uint8
    """

    start_s: NDArray[np.float64]
    end_s: NDArray[np.float64]
    agent: NDArray[np.int32]
    state: NDArray[np.uint8]


class Prototype:
    """The prototype, imported from a folder.

    Parameters
    ----------
    folder : pathlib.Path

    Raises
    ------
    FileNotFoundError
        When the folder has no ``kernel.py`` or ``kmodels.py``.
    """

    def __init__(self, folder: Path) -> None:
        for name in ("kernel.py", "kmodels.py"):
            if not (folder / name).is_file():
                raise FileNotFoundError(f"--prototype: there is no {folder / name}")
        from numba import config

        settings: Any = config
        before, writes = settings.CACHE_DIR, sys.dont_write_bytecode
        settings.CACHE_DIR = str(Path(tempfile.gettempdir()) / "queuesim-benchmark-prototype")
        sys.dont_write_bytecode = True
        sys.path.insert(0, str(folder))
        try:
            self._kernel: Any = importlib.import_module("kernel")
            self._models: Any = importlib.import_module("kmodels")
        finally:
            sys.path.remove(str(folder))
            sys.dont_write_bytecode = writes
            settings.CACHE_DIR = before

    def prepare(self, scenario: qs.Scenario, tape: Tape) -> Callable[[], Table]:
        """Make its arrays; return its kernel, outputs made anew in each call."""
        arguments = self._arguments(scenario, tape)
        n = len(tape)

        def play() -> Table:
            outputs = self._models.outs(n)
            self._kernel.simulate(*arguments, *outputs)
            return Table(*outputs)

        return play

    def _arguments(self, scenario: qs.Scenario, tape: Tape) -> list[Any]:
        """Say a scenario in the prototype's words: a skill for each set of groups and ranks."""
        offered: list[tuple[tuple[int, int], ...]] = []  # of each skill: (rank, group), best first
        skill_of = []
        for contact_type in scenario.contact_types:
            served = tuple(
                sorted(
                    (skill.rank, g)
                    for g, group in enumerate(scenario.agent_groups)
                    if (skill := group.skill(contact_type.name)) is not None
                )
            )
            if served not in offered:
                offered.append(served)
            skill_of.append(offered.index(served))
        credits = sorted({c.credit for c in scenario.contact_types}, reverse=True)
        level_of = [credits.index(c.credit) for c in scenario.contact_types]
        groups = len(scenario.agent_groups)
        at, agent, on = shifts_of(scenario, tape)
        contacts = (
            tape.arrival_s,
            tape.talk_s + tape.wrap_up_s,
            tape.patience_s,
            np.array(skill_of, dtype=np.int32)[tape.contact_type],
            np.array(level_of, dtype=np.int32)[tape.contact_type],
        )
        arguments: list[Any] = self._models.build(
            contacts,
            [0] * len(offered),
            [[sum(1 << g for _, g in served)] for served in offered],
            [[g for _, g in served] + [-1] * (groups - len(served) + 1) for served in offered],
            tape.agent_group.tolist(),
            shifts=(at, agent.astype(np.int32), on.astype(np.uint8)),
            nprio=len(credits),
        )
        return arguments


def must_agree(table: Table, outcome: Outcome) -> None:
    """Check the prototype's contact table against an engine's, contact by contact.

    Raises
    ------
    benchmarks.answers.WrongAnswerError
    """
    columns = outcome.contacts
    handled = columns["outcome"] == ContactOutcome.HANDLED
    must_equal(
        "prototype: contacts abandoned",
        int((table.state == ABANDONED).sum()),
        int((~handled).sum()),
    )
    for what, found, expected in (
        ("answered", table.start_s[handled], columns["answered_s"][handled]),
        ("freed", table.end_s[handled], columns["freed_s"][handled]),
        ("left", table.end_s[~handled], columns["left_s"][~handled]),
    ):
        must_equal(f"prototype: contacts that differ in {what}", int((found != expected).sum()), 0)
