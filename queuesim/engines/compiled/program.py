"""The program: a scenario flattened into arrays, the only place where names become indices.

Contact types keep the scenario's order and have a line each, or one for each group that they are
allotted to; lines of later callbacks follow. Agent groups keep the scenario's order. Times are
seconds on the 1/1024 s grid.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from queuesim.engines.compiled.layout import ANY, Layout, calls_later, skills_by_type
from queuesim.engines.compiled.mixtures import CHANNELS, MESSAGE, mixtures, open_counts
from queuesim.engines.compiled.rules import (
    ALWAYS_OPEN,
    LATER,
    LINE,
    NO_LIMIT,
    PAIR,
    SLOT,
    VIRTUAL_HOLD,
    WINDOW,
    WORD,
    InFull,
    Rules,
    Varied,
)
from queuesim.engines.compiled.terms import tempo_of, terms_and_slots
from queuesim.engines.compiled.ways_back import WaysBack
from queuesim.model import AgentGroup, Channel, ContactType, Scenario, Skill
from queuesim.sampling import Tape
from queuesim.sampling.tape import dialling_of
from queuesim.units import GRID, snap

_REMEMBERED = 7
_OFFERS = {"virtual_hold": VIRTUAL_HOLD, "later": LATER, "idle_time": LATER, "slot": SLOT}


@dataclass(frozen=True)
class Program:
    """A scenario for the kernel.

    Attributes
    ----------
    scenario : Scenario
    rules : Rules
    closings : tuple of numpy.ndarray: float64 and int32, shape (closings,)
        When [s] and which line sends its callers home, by line.
    openings : tuple of numpy.ndarray: float64 and int32, shape (openings,)
        When [s] the hours of a skill begin, and of which group.
    line_of : numpy.ndarray, int32, shape (contact types, groups + 1)
        Where contacts that are meant for a group wait; in the last column, those for any. -1: no
        such line.
    allots : bool
        Whether any contact type has several lines, or one for one group.
    dials_anyone : bool
        Whether any contact can be called back.
    counts_callers : bool
        Whether any line counts those who wait.
    announces : bool
        Whether any line announces a wait.
    rings_in : bool
        Whether anyone who waits for a callback may ring in.
    span : int
        Rows of contacts that one customer may have.
    interrupts : bool
        Whether the work of any group can be interrupted.
    starts : list
        How the last replication started, kept for the next.
    """

    scenario: Scenario
    rules: Rules
    closings: tuple[NDArray[np.float64], NDArray[np.int32]]
    openings: tuple[NDArray[np.float64], NDArray[np.int32]]
    line_of: NDArray[np.int32]
    allots: bool
    dials_anyone: bool
    counts_callers: bool
    announces: bool
    interrupts: bool
    rings_in: bool = False
    span: int = 1
    starts: list[Any] = field(default_factory=list, compare=False, repr=False)

    @cached_property
    def varied(self) -> Varied:
        """What the kernel is told of the scenario: see `queuesim.engines.compiled.rules.Varied`."""
        rules = self.rules
        asked = (
            self.dials_anyone,
            self.counts_callers,
            rules.lines["asks_min_wait"].any(),
            rules.pairs["shares"].any(),
            self.in_full,
        )
        return True if any(asked) else None

    @cached_property
    def in_full(self) -> InFull:
        """What else it is told: see `queuesim.engines.compiled.rules.InFull`."""
        rules = self.rules
        lines, pairs, terms = rules.lines, rules.pairs, rules.terms
        asked = (
            rules.follows,
            rules.by_length,
            *(lines[what].any() for what in ("announces", "asks_length", "among_others")),
            (lines["offer"] == SLOT).any(),
            terms["asks_announced"].any(),
            (terms["max_open"] < NO_LIMIT).any(),
            pairs["asks_more"].any(),
            pairs["live_reserve"].any(),
            rules.mixtures.live_first.any(),
            rules.mixtures.pauses.any(),
        )
        return True if any(asked) else None

    @cached_property
    def slowest(self) -> float:
        """How many times its time on the tape a contact takes, at most."""
        rules = self.rules
        return float(rules.pairs["handle_factor"].max(initial=1.0)) * rules.most_open

    @cached_property
    def longest_ring_s(self) -> float:
        """The longest ringing [s]."""
        return float(self.rules.lines["ring_s"].max(initial=0.0))

    @cached_property
    def changes_patience(self) -> bool:
        """Whether patience is another one after an announcement."""
        return bool(self.rules.terms["changes_patience"].any())

    @cached_property
    def open_counts(self) -> NDArray[np.int16]:
        """Open contacts of each channel in each state of each group; see `mixtures.open_counts`."""
        groups = self.scenario.agent_groups
        return open_counts(groups, _channels(self.scenario.contact_types, groups))

    @classmethod
    def of(cls, scenario: Scenario) -> Program:
        """Flatten a scenario; the last ones are remembered, each caller gets starts of its own."""
        for known in _RECENT:
            if known.scenario is scenario:
                return replace(known, starts=[])
        made = cls._flattened(scenario)
        _RECENT[:] = [made, *_RECENT[:_REMEMBERED]]
        return replace(made, starts=[])

    @classmethod
    def _flattened(cls, scenario: Scenario) -> Program:
        types, groups = scenario.contact_types, scenario.agent_groups
        layout = Layout(types, groups)
        lines = np.zeros(len(layout.places), dtype=LINE)
        windows: list[list[float]] = []
        closings: list[tuple[float, int]] = []
        pairs: list[np.void] = []
        own: dict[tuple[int, int], tuple[int, list[list[float]]]] = {}  # hours of skills
        table_of_mixtures, shares, most_open = mixtures(groups, _channels(types, groups))
        horizon_s: float = scenario.horizon.seconds
        served_by = skills_by_type(groups)
        for index, (k, allotted, callbacks) in enumerate(layout.places):
            line, contact_type = lines[index], types[k]
            _set_terms(line, contact_type, callbacks)
            line["callback_line"] = layout.callback_line(k, allotted)
            line["first_line"], line["last_line"] = layout.of_type(k)
            line["among_others"] = line["last_line"] - line["first_line"] > 1
            hours = contact_type.windows(scenario.horizon).tolist()
            if callbacks or hours == [[0.0, horizon_s]]:
                line["first_window"] = line["last_window"] = ALWAYS_OPEN
            else:
                line["first_window"], line["last_window"] = len(windows), len(windows) + len(hours)
                windows += hours
            if contact_type.at_closing == "release" and not callbacks:
                # the end of the horizon closes no doors
                closings += [(to, index) for _, to in hours if to < horizon_s]
            line["first_pair"] = len(pairs)
            for g, skill in served_by.get(contact_type.name, ()):
                overflow = 0.0 if allotted in (g, ANY) else contact_type.allocation_overflow
                if overflow is None:
                    continue  # meant for another group, and for no other
                if skill.hours is not None and (g, k) not in own:
                    own[g, k] = len(windows), skill.hours.windows(scenario.horizon).tolist()
                    windows += own[g, k][1]
                beside = bool(shares[g, line["channel"]])
                pair = _pair(g, groups[g], skill, index, contact_type, line, beside)
                pair["min_wait_s"] = max(pair["min_wait_s"], snap(overflow))
                if skill.hours is not None:
                    first, ours = own[g, k]
                    pair["first_window"], pair["last_window"] = first, first + len(ours)
                pairs.append(pair)
            line["last_pair"] = len(pairs)
            here = pairs[line["first_pair"] :]
            line["asks_min_wait"] = any(pair["min_wait_s"] > 0 for pair in here)
            line["asks_length"] = any(pair["min_queue"] > 1 for pair in here)
            line["counts_callers"] |= line["asks_length"] or scenario.score == "queue"
        openings = {(from_s, g) for (g, _), (_, ours) in own.items() for from_s, _ in ours}
        table = np.array(pairs, dtype=PAIR)
        terms, slots = terms_and_slots(types, scenario.horizon)
        ways_back = WaysBack.of(scenario, table, [k for k, _, _ in layout.places])
        rules = Rules(
            horizon_s=horizon_s,
            row_bits=62 - int(2 * horizon_s * GRID + (1 << 31)).bit_length(),
            lines=lines,
            pairs=table,
            windows=np.array([tuple(w) for w in windows] or [(inf, inf)], dtype=WINDOW),
            pair_of=_pair_of(table, len(groups), len(lines)),
            serves=_serves(table, len(groups), len(lines)),
            may_stay=_may_stay(table, lines, len(groups)),
            mixtures=table_of_mixtures,
            most_open=most_open,
            terms=terms,
            slots=slots,
            tempo=tempo_of(lines, table, groups),
            follows=ways_back.asked,
            back=ways_back.back,
            able=ways_back.able,
            ways=ways_back.ways,
            steps=ways_back.steps,
            by_length=scenario.score == "queue",
        )
        return cls(
            scenario=scenario,
            rules=rules,
            closings=(
                np.array([at for at, _ in closings], dtype=np.float64),
                np.array([index for _, index in closings], dtype=np.int32),
            ),
            openings=(
                np.array([at for at, _ in sorted(openings)], dtype=np.float64),
                np.array([g for _, g in sorted(openings)], dtype=np.int32),
            ),
            line_of=layout.table(),
            allots=any(each.allocation for each in types),
            dials_anyone=bool(lines["dials"].any()),
            span=ways_back.span,
            counts_callers=bool(lines["counts_callers"].any()),
            announces=bool(lines["announces"].any()),
            interrupts=any(group.interruptible for group in groups),
            rings_in=bool(ways_back.back["rings_in_most"].any()),
        )

    def lines_of(self, tape: Tape) -> NDArray[np.int32]:
        """Return the line of each contact, as its type and the group it is allotted to say."""
        if not self.allots:
            return tape.contact_type
        return self.line_of[tape.contact_type, tape.allotted]


def _set_terms(line: np.void, contact_type: ContactType, callbacks: bool) -> None:
    """Fill in what a contact type states; `callbacks` for the line of its later callbacks."""
    offer, dialling = contact_type.callback, dialling_of(contact_type)
    line["channel"] = CHANNELS.index(contact_type.channel)
    line["weight"], line["credit_s"] = contact_type.weight, contact_type.credit
    line["queue_limit"] = NO_LIMIT
    line["calls_back"] = contact_type.channel == Channel.CALLBACK
    if dialling is not None:
        line["dials"] = dialling.attempts
        line["ring_s"], line["retry_after_s"] = snap(dialling.ring), snap(dialling.retry_after)
    if callbacks:
        assert offer is not None
        line["weight"], line["credit_s"] = offer.weight, offer.credit
        return
    line["turns_away"] = contact_type.outside_hours == "turn_away"
    line["serves_out"] = contact_type.at_closing == "serve_out"
    if contact_type.queue_limit is not None and not line["calls_back"]:
        line["queue_limit"] = contact_type.queue_limit
        line["counts_callers"] = True
    if contact_type.announcement is not None:
        line["announces"] = True
        line["counts_callers"] |= contact_type.announcement.predictor == "queue_length"
    # who redials does so from the very end of patience on
    line["counts_callers"] |= contact_type.redial is not None
    if offer is not None:
        line["offer"] = _OFFERS[offer.kind]
        line["offer_after_s"], line["min_queue"] = snap(offer.after), offer.min_queue


def _pair(
    g: int, group: AgentGroup, skill: Skill, index: int, contact_type: ContactType,
    line_of: np.void, shares: bool,
) -> np.void:  # fmt: skip
    """Return one row of PAIR, without hours."""
    offer = contact_type.callback
    later = line_of["callback_line"] == index and calls_later(contact_type)
    reserve = max(skill.reserve, offer.reserve if later and offer else 0)
    pair: np.void = np.zeros(1, dtype=PAIR)[0]
    pair["min_wait_s"], pair["handle_factor"] = snap(skill.min_wait), skill.handle_factor
    pair["reserve"], pair["group"], pair["line"], pair["shares"] = reserve, g, index, shares
    pair["live_reserve"] = bool(group.interruptible) and line_of["channel"] != MESSAGE
    pair["min_queue"] = skill.min_queue
    pair["first_window"] = pair["last_window"] = ALWAYS_OPEN
    pair["asks_more"] = skill.min_queue > 1 or skill.hours is not None
    return pair


def _pair_of(pairs: NDArray[np.void], groups: int, lines: int) -> NDArray[np.int32]:
    table = np.full((groups, lines), -1, dtype=np.int32)
    table[pairs["group"], pairs["line"]] = np.arange(len(pairs))
    return table


def _serves(pairs: NDArray[np.void], groups: int, lines: int) -> NDArray[np.int64]:
    words = np.zeros((groups, -(-lines // WORD)), dtype=np.int64)
    line = pairs["line"].astype(np.int64)
    np.bitwise_or.at(words, (pairs["group"], line // WORD), np.int64(1) << (line % WORD))
    return words


def _may_stay(pairs: NDArray[np.void], lines: NDArray[np.void], groups: int) -> NDArray[np.bool_]:
    closes = lines["serves_out"] & (lines["first_window"] != ALWAYS_OPEN)
    able = np.zeros(groups, dtype=bool)
    able[pairs["group"][closes[pairs["line"]]]] = True
    return able


def _channels(types: tuple[ContactType, ...], groups: tuple[AgentGroup, ...]) -> list[list[int]]:
    """Return the codes of the channels that each group serves."""
    channel = {each.name: CHANNELS.index(each.channel) for each in types}
    return [sorted({channel[skill.contact_type] for skill in group.skills}) for group in groups]


_RECENT: list[Program] = []
