"""What the kernel knows of a scenario: rows of tables, and the codes that stand in them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from queuesim.engines.compiled.mixtures import Mixtures

ALWAYS_OPEN = -1
NO_OFFER, VIRTUAL_HOLD, LATER, SLOT = 0, 1, 2, 3
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


Varied = bool | None
"""True, or None where a scenario has nothing of the following. What then stands behind a test for
None is left out of the kernel before Numba looks at it, because most of what compiling takes is
Numba's looking; what is left runs faster, too. All kernels are told by the same lines.

- contacts that an agent can have open beside others;
- callbacks, asked for or offered;
- whatever must be noticed on time while contacts wait: minimum waits, callers who are counted;
- anything of `InFull`.
"""

InFull = bool | None
"""True, or None where a scenario has nothing of the following either; see `Varied`.

- anything that follows a contact: customers come back, are handed on, ring in; self-service;
- announcements;
- callbacks booked into slots, or limited in number, or offered by the wait announced;
- groups that take contacts at some hours, or by the length of the queue; scores by that length;
- contacts allotted to groups;
- messages that live contacts may interrupt.
"""


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
