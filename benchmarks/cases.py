"""The registry: what is measured, what it stresses, and what must come out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import queuesim as qs
from benchmarks import scenarios
from benchmarks.answers import Counts
from benchmarks.in_full import in_full
from benchmarks.subjects import fastest
from queuesim.engines.outcome import Outcome
from queuesim.sampling import Tape, draw_tape

PHASES = ("sample", "kernel", "measures", "whole")
"""Drawing the tape; an engine on a tape; counting an outcome; all of it as a user calls it."""


@dataclass(frozen=True)
class Case:
    """One contact centre under the clock.

    Attributes
    ----------
    name : str
    make : callable
        Returns the scenario.
    stresses : str
        What it is there for.
    contacts, abandoned : int
        Contacts of replication 0; those of them that abandon.
    checksum : str
        Of its contact table and busy periods, every number of it, see `answers.checksum`.
    rows : int
        On the tape, where further attempts stand behind the first; 0: as many as contacts.
    seed : int
    replications : int
        Of the phase whole.
    together : mapping of int to Counts
        What so many replications must count, all together.
    phases : tuple of str
    peers : bool
        Whether peers can play it.
    prototype : bool
        Whether the prototype can.
    long : bool
        Whether it is played only on request: by name, or in a long run.
    """

    name: str
    make: Callable[[], qs.Scenario]
    stresses: str
    contacts: int
    abandoned: int
    checksum: str
    rows: int = 0
    seed: int = 1
    replications: int = 1
    together: Mapping[int, Counts] = field(default_factory=dict)
    phases: tuple[str, ...] = PHASES
    peers: bool = False
    prototype: bool = False
    long: bool = False

    @cached_property
    def scenario(self) -> qs.Scenario:
        """The scenario, made once."""
        return self.make()

    def tape(self, replication: int = 0) -> Tape:
        """Draw a tape."""
        return draw_tape(self.scenario, seed=self.seed, replication=replication)


@lru_cache(maxsize=4)
def tape_of(case_name: str) -> Tape:
    """Return replication 0 of a case, drawn once."""
    return CASES[case_name].tape()


@lru_cache(maxsize=4)
def outcome_of(case_name: str) -> Outcome:
    """Return what the fastest engine makes of replication 0 of a case, played once."""
    case = CASES[case_name]
    return fastest().play(case.scenario, tape_of(case_name))


_ALL = (
    Case(
        name="erlang_a",
        make=scenarios.erlang_a,
        stresses="the bare loop in a steady state: 100 erlangs, 100 agents, patience",
        contacts=36_046,
        abandoned=1_525,
        checksum="382a01a415263173",
        peers=True,
        prototype=True,
    ),
    Case(
        name="erlang_a_days",
        make=lambda: scenarios.erlang_a(days=6),
        stresses="the same for 216,000 contacts, the prototype's W1",
        contacts=216_317,
        abandoned=9_302,
        checksum="a01cae54f97bf6df",
        phases=("kernel",),
        prototype=True,
        long=True,
    ),
    Case(
        name="day",
        make=scenarios.day,
        stresses="sessions that come and go: half-hour staffing of 20 to 90, the prototype's W2",
        contacts=4_981,
        abandoned=54,
        checksum="a11c51af77ef842c",
        peers=True,
        prototype=True,
    ),
    Case(
        name="day_100",
        make=scenarios.day,
        stresses="100 replications of the day: drawing and counting matter as much as playing",
        contacts=4_981,
        abandoned=54,
        checksum="a11c51af77ef842c",
        replications=100,
        together={2: Counts(9_833, 89), 100: Counts(499_485, 4_768)},
        phases=("whole",),
        peers=True,
        prototype=True,
    ),
    Case(
        name="two_skills",
        make=scenarios.two_skills,
        stresses="choosing among queues and groups, with priorities, the prototype's W3",
        seed=2,  # no two groups free agents at one instant: the prototype breaks that tie otherwise
        contacts=22_713,
        abandoned=976,
        checksum="755af890b35eb4c2",
        prototype=True,
    ),
    Case(
        name="chat",
        make=scenarios.chat,
        stresses="three contacts at once: every begin and end re-times the others",
        contacts=5_018,
        abandoned=228,
        checksum="449e546cb1da1a34",
    ),
    Case(
        name="callbacks",
        make=scenarios.callbacks,
        stresses="offers, places kept, dialling, further attempts",
        contacts=4_981,
        abandoned=254,
        checksum="44db53e537f5dba3",
    ),
    Case(
        name="everything",
        make=scenarios.everything,
        stresses="all rules at once: shifts, overflow, reserve, chats, callbacks, limits, hours",
        contacts=5_980,
        abandoned=439,
        checksum="cbb8c6f10454e0d8",
    ),
    Case(
        name="in_full",
        make=in_full,
        stresses="every feature at once: coming back, front door, announcements, blending …",
        contacts=24_477,
        abandoned=245,
        checksum="adaff0ffac481a8a",
        rows=36_432,
    ),
    Case(
        name="year",
        make=scenarios.year,
        stresses="1.8 million contacts on three channels: memory, and everything by half-hour",
        contacts=1_794_267,
        abandoned=27_321,
        checksum="b7fe1fc39dbb7a7c",
        long=True,
    ),
    Case(
        name="year_100",
        make=scenarios.year,
        stresses="100 replications of the year: memory must not grow with them",
        contacts=1_794_267,
        abandoned=27_321,
        checksum="b7fe1fc39dbb7a7c",
        replications=100,
        phases=(),  # once, in a process of its own: see `memory`
        long=True,
    ),
)

CASES: Mapping[str, Case] = {case.name: case for case in _ALL}
