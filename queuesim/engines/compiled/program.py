"""The program: a scenario flattened into arrays, the only place where names become indices.

Contact types keep the scenario's order and have a line each, or one for each group that they are
allotted to; lines of later callbacks follow. Agent groups keep the scenario's order. Times are
seconds on the 1/1024 s grid.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from math import inf
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from queuesim.engines.compiled.layout import ANY, Layout, calls_later, skills_by_type
from queuesim.engines.compiled.mixtures import CHANNELS, MESSAGE, Mixtures, mixtures
from queuesim.engines.compiled.terms import tempo_of, terms_and_slots
from queuesim.engines.compiled.ways_back import WaysBack
from queuesim.model import AgentGroup, Channel, ContactType, Scenario, Skill
from queuesim.sampling import Tape
from queuesim.sampling.tape import dialling_of
from queuesim.units import GRID, snap

ALWAYS_OPEN = -1
NO_OFFER, VIRTUAL_HOLD, LATER, SLOT = 0, 1, 2, 3
_OFFERS = {"virtual_hold": VIRTUAL_HOLD, "later": LATER, "idle_time": LATER, "slot": SLOT}
NO_LIMIT = np.iinfo(np.int64).max

LINE = np.dtype(
    [
        ("weight", "f8"),  # score = weight × wait + credit_s
        ("credit_s", "f8"),
        ("ring_s", "f8"),  # of a dial
        ("retry_after_s", "f8"),  # from a dial without answer to the next
        ("offer_after_s", "f8"),  # wait after which a callback is offered
        ("queue_limit", "i8"),  # callers who may hold at once
        ("min_queue", "i8"),  # callers ahead from which a callback is offered
        ("first_pair", "i4"),  # pairs[first_pair:last_pair] are the groups that serve the line,
        ("last_pair", "i4"),  # best rank first, then in the scenario's order
        ("first_window", "i4"),  # windows[first_window:last_window] are its opening hours;
        ("last_window", "i4"),  # ALWAYS_OPEN, ALWAYS_OPEN if it never closes
        ("callback_line", "i4"),  # where a callback waits for its next dial
        ("first_line", "i4"),  # lines[first_line:last_line] are those of its type, whichever group
        ("last_line", "i4"),  # they are meant for
        ("dials", "i4"),  # attempts at most
        ("channel", "i1"),  # code in CHANNELS
        ("offer", "i1"),  # NO_OFFER, VIRTUAL_HOLD, LATER or SLOT
        ("calls_back", "?"),  # every contact is dialled: the channel is callback
        ("turns_away", "?"),  # contacts outside its hours
        ("serves_out", "?"),  # customers who hold when it closes
        ("asks_min_wait", "?"),  # some group takes only contacts that have waited
        ("counts_callers", "?"),  # patience must end on time: those who wait are counted, or redial
        ("announces", "?"),  # a newcomer whom nobody takes hears an expected wait
        ("asks_length", "?"),  # some group takes contacts only while enough of them wait
        ("among_others", "?"),  # there are several lines of its type
    ],
    align=True,
)
"""One line of contacts that wait under the same terms, shape (lines,)."""

PAIR = np.dtype(
    [
        ("min_wait_s", "f8"),  # before the group may take a contact
        ("handle_factor", "f8"),  # time the group needs over time on the tape
        ("reserve", "i8"),  # a contact starts on an idle agent only while more are idle
        ("group", "i4"),
        ("line", "i4"),
        ("min_queue", "i4"),  # contacts that must wait in the line
        ("first_window", "i4"),  # windows[first_window:last_window] are the hours of the skill;
        ("last_window", "i4"),  # ALWAYS_OPEN, ALWAYS_OPEN if it has none
        ("shares", "?"),  # a contact can be open beside others
        ("live_reserve", "?"),  # the reserve counts agents without a live contact, not the idle
        ("asks_more", "?"),  # there is a queue length or there are hours to look at
    ],
    align=True,
)
"""A group that serves a line, shape (pairs,)."""

WINDOW = np.dtype([("from_s", "f8"), ("to_s", "f8")], align=True)
"""Opening hours of a line, or hours of a skill, in order, shape (windows,)."""


WORD = 63
"""Lines to a word of bits; the sign bit stays clear."""


class Rules(NamedTuple):
    """What a scenario states, for the kernel.

    Attributes
    ----------
    horizon_s : float
        End of the horizon [s].
    row_bits : int
        Bits of a key that hold a contact's row; the others hold its instant.
    lines : numpy.ndarray, LINE, shape (lines,)
    pairs : numpy.ndarray, PAIR, shape (pairs,)
    windows : numpy.ndarray, WINDOW, shape (windows,)
    pair_of : numpy.ndarray, int32, shape (groups, lines)
        Index in `pairs`; -1 where the group does not serve the line.
    serves : numpy.ndarray, int64, shape (groups, words)
        Lines that the group serves: bit ``l % WORD`` of word ``l // WORD``.
    may_stay : numpy.ndarray, bool, shape (groups,)
        Whether the group serves a line that is served out after it closes.
    mixtures : Mixtures
        What the agents of each group may have open.
    most_open : int
        Contacts that any agent can have open at once.
    terms : numpy.ndarray, TERMS, shape (types,)
        What contact types announce and offer.
    slots : numpy.ndarray, int64, shape (slots,)
        Callbacks that can be booked into each slot, see `terms`.
    tempo : numpy.ndarray, float64, shape (pairs,)
        What an agent counts as where the wait is announced.
    by_length : bool
        Whether lines are compared by the number of contacts that wait, rather than by the wait.
    follows : bool
        Whether anything may follow a contact: its customer comes back, or is handed on.
    back, able, ways, steps : numpy.ndarray
        Who comes back: see `WaysBack`.
    """

    horizon_s: float
    row_bits: int
    lines: NDArray[np.void]
    pairs: NDArray[np.void]
    windows: NDArray[np.void]
    pair_of: NDArray[np.int32]
    serves: NDArray[np.int64]
    may_stay: NDArray[np.bool_]
    mixtures: Mixtures
    most_open: int
    terms: NDArray[np.void]
    slots: NDArray[np.int64]
    tempo: NDArray[np.float64]
    by_length: bool
    follows: bool
    back: NDArray[np.void]
    able: NDArray[np.void]
    ways: NDArray[np.void]
    steps: NDArray[np.void]


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
    span : int
        Rows of contacts that one customer may have.
        Whether any line counts the callers on hold.
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
    span: int = 1
    starts: list[Any] = field(default_factory=list, compare=False, repr=False)

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

    @classmethod
    def of(cls, scenario: Scenario) -> Program:
        """Flatten a scenario."""
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
