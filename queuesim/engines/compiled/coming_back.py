"""Rule 6, told for the machine: who comes again, when, and as which contact type."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from queuesim.compiling import called, compiled
from queuesim.engines.compiled.agenda import Agenda, key_of, push, whole
from queuesim.engines.compiled.floor import NOBODY, Contacts, snap
from queuesim.engines.compiled.rules import Rules
from queuesim.engines.outcome import Cause, ContactOutcome
from queuesim.sampling import Room, Tape

PASSED_ON, SELF_SERVED = int(ContactOutcome.PASSED_ON), int(ContactOutcome.SELF_SERVED)
REDIAL, REPEAT, TURN = int(Cause.REDIAL), int(Cause.REPEAT), int(Cause.TURN)
AFTER_HOURS, TRANSFER = int(Cause.AFTER_HOURS), int(Cause.TRANSFER)
FRONT_DOOR = int(Cause.FRONT_DOOR)

AGAIN = np.dtype(
    [
        ("redial_delay_s", "f8"),
        ("repeat_delay_s", "f8"),
        ("turn_delay_s", "f8"),
        ("after_hours_delay_s", "f8"),
        ("rings_in_delay_s", "f8"),
        ("resolution", "f8"),  # uniforms
        ("path", "f8"),
        ("following", "i4"),  # rows of the customer's next attempt: from here …
        ("beyond", "i4"),  # … to before here
        ("first_type", "i4"),  # contact type of the customer's first attempt
        ("times_back", "i4"),  # how often the customer has come back
        ("turns_before", "i4"),  # of the thread
        ("redials", "?"),
        ("repeats", "?"),
        ("turns", "?"),
        ("rings_in", "?"),
        ("pending", "i1"),  # the cause for which it will come; NOBODY: it will not
        ("cause", "i1"),  # … for which it came; NOBODY: it did not
        ("resolved", "i1"),
    ],
    align=True,
)
"""What a contact brings for coming back, from `queuesim.sampling.tape.Again`, and what became of
it."""

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_LINKS = ("attempt", "customer", "following")
_DRAWN = (
    "redial_delay_s",
    "repeat_delay_s",
    "turn_delay_s",
    "after_hours_delay_s",
    "rings_in_delay_s",
    "resolution",
    "path",
    "redials",
    "repeats",
    "turns",
    "rings_in",
)


@called
def after_leaving(
    rules: Rules, contacts: Contacts, agenda: Agenda, contact: int, outside: bool, now: float
) -> None:
    """Who was turned away outside the hours comes another way; who left unserved redials."""
    mine, terms = contacts.again[contact], rules.back[contacts.kind[contact]]
    if outside and terms.after_hours_most > 0:
        if mine.path < terms.after_hours_share and mine.times_back < terms.after_hours_most:
            to = whole(terms.after_hours_to)
            follow(
                rules, contacts, agenda, contact, to, now + mine.after_hours_delay_s,
                AFTER_HOURS, mine.times_back + 1, 0, 1.0,
            )  # fmt: skip
    elif mine.redials and mine.times_back < terms.redial_most:
        to = whole(terms.redial_to)
        follow(
            rules, contacts, agenda, contact, to, now + mine.redial_delay_s,
            REDIAL, mine.times_back + 1, 0, 1.0,
        )  # fmt: skip


@called
def after_talk(
    rules: Rules, contacts: Contacts, agenda: Agenda, contact: int, pair: int, talked_s: float
) -> None:
    """Who has been talked to is handed on, or writes the next turn, or may be unresolved."""
    mine, terms, able = (
        contacts.again[contact],
        rules.back[contacts.kind[contact]],
        rules.able[pair],
    )
    mine.resolved = 0
    if mine.path < able.transfer_share:
        follow(
            rules, contacts, agenda, contact, whole(able.transfer_to), talked_s,
            TRANSFER, mine.times_back, 0, 1.0,
        )  # fmt: skip
    elif mine.turns and mine.turns_before < terms.turn_most:
        to = whole(contacts.kind[contact])
        follow(
            rules, contacts, agenda, contact, to, talked_s + mine.turn_delay_s,
            TURN, mine.times_back, mine.turns_before + 1, 1.0,
        )  # fmt: skip
    elif mine.resolution < able.resolution:
        mine.resolved = 1
    else:
        _not_resolved(rules, contacts, agenda, contact, talked_s)


@called
def help_oneself(
    rules: Rules, contacts: Contacts, agenda: Agenda, contact: int, now: float
) -> None:
    """Self-service takes everybody at once; whom it fails goes on when the time is spent."""
    mine, terms = contacts.again[contact], rules.back[contacts.kind[contact]]
    ends_s = now + contacts.talk_s[contact]
    contacts.answered_s[contact] = now
    contacts.talk_end_s[contact] = contacts.freed_s[contact] = ends_s
    step = terms.first_step
    while step + 1 < terms.last_step and rules.steps[step + 1].from_s <= now:
        step += 1
    if mine.resolution < rules.steps[step].share:
        contacts.outcome[contact] = SELF_SERVED
        mine.resolved = 1
        if mine.path >= terms.resolution:
            mine.resolved = 0
            _not_resolved(rules, contacts, agenda, contact, ends_s)
        return
    contacts.outcome[contact], contacts.left_s[contact] = PASSED_ON, ends_s
    for way in range(terms.first_way, terms.last_way):
        if rules.ways[way].low <= mine.path < rules.ways[way].high:
            follow(
                rules, contacts, agenda, contact, whole(rules.ways[way].to), ends_s,
                FRONT_DOOR, mine.times_back, 0, terms.patience_factor,
            )  # fmt: skip
            return


@called
def _not_resolved(
    rules: Rules, contacts: Contacts, agenda: Agenda, contact: int, talked_s: float
) -> None:
    """The matter is not resolved: the customer may come again with it."""
    mine, terms = contacts.again[contact], rules.back[contacts.kind[contact]]
    if mine.repeats and mine.times_back < terms.repeat_most:
        follow(
            rules, contacts, agenda, contact, whole(terms.repeat_to),
            talked_s + mine.repeat_delay_s, REPEAT, mine.times_back + 1, 0, 1.0,
        )  # fmt: skip


@called
def row_of_next(contacts: Contacts, contact: int, to: int) -> int:
    """Return the row of the customer's next attempt, made as a contact type; NOBODY: none."""
    row = contacts.again[contact].following
    beyond = contacts.again[contact].beyond
    while 0 <= row < beyond and contacts.kind[row] != to:
        row += 1
    return whole(row) if 0 <= row < beyond else whole(NOBODY)


@called
def follow(
    rules: Rules, contacts: Contacts, agenda: Agenda,
    contact: int, to: int, time_s: float, cause: int, times_back: int, turns: int,
    patience_factor: float,
) -> None:  # fmt: skip
    """Let a customer come again as a further contact, if the tape has one of that type."""
    row = row_of_next(contacts, contact, to)
    if row < 0 or time_s >= rules.horizon_s:
        return
    further = contacts.again[row]
    further.pending, further.times_back, further.turns_before = cause, times_back, turns
    contacts.patience_s[row] = snap(contacts.patience_s[row] * patience_factor)
    far = agenda.far[0]
    key = key_of(time_s, contacts.number[row], rules.row_bits)
    far.returns = push(agenda.returns, far.returns, key, whole(row), whole(NOBODY))


def brought(
    tape: Tape, kept: int, customers: int, span: int, room: Room
) -> tuple[NDArray[np.void], NDArray[np.int64]]:
    """Return what the contacts of a tape bring, and what orders them: customer, then attempt.

    Parameters
    ----------
    tape : Tape
    kept : int
        Rows before them.
    customers : int
        How many customers came before.
    span : int
        How many rows a customer may have.
    room : Room
        What makes the arrays.

    Raises
    ------
    ValueError
        When a customer has more rows.
    """
    drawn, n = tape.again, len(tape)
    assert drawn is not None
    again, number = room.empty("again", n, AGAIN), room.empty("number of again", n, np.int64)
    columns = [getattr(drawn, name) for name in (*_LINKS, *_DRAWN)]
    most = _bring(again, number, kept, customers, span, tape.contact_type, *columns)
    if most >= span:
        raise ValueError(
            f"a customer has {most} further attempts on the tape; the scenario allows "
            f"{span - 1}: was it drawn for another scenario?"
        )
    return again, number


@compiled
def _bring(
    again: NDArray[np.void], number: NDArray[np.int64],
    kept: int, customers: int, span: int, kind: NDArray[np.int32],
    attempt: NDArray[np.int32], customer: NDArray[np.int32], following: NDArray[np.int32],
    redial_delay_s: Floats, repeat_delay_s: Floats, turn_delay_s: Floats,
    after_hours_delay_s: Floats, rings_in_delay_s: Floats, resolution: Floats, path: Floats,
    redials: Flags, repeats: Flags, turns: Flags, rings_in: Flags,
) -> int:  # fmt: skip
    """Fill in both; return how many further attempts a customer has, at most."""
    most, place = whole(0), whole(0)
    for row in range(len(again)):
        mine, whose = again[row], whole(customer[row])
        mine.redial_delay_s, mine.repeat_delay_s = redial_delay_s[row], repeat_delay_s[row]
        mine.turn_delay_s = turn_delay_s[row]
        mine.after_hours_delay_s = after_hours_delay_s[row]
        mine.rings_in, mine.rings_in_delay_s = rings_in[row], rings_in_delay_s[row]
        mine.resolution, mine.path = resolution[row], path[row]
        mine.redials, mine.repeats, mine.turns = redials[row], repeats[row], turns[row]
        first = whole(following[row])
        beyond = first
        while 0 <= beyond < len(again) and (
            customer[beyond] == customer[first] and attempt[beyond] == attempt[first]
        ):
            beyond += 1
        mine.following = first + kept if first >= 0 else NOBODY
        mine.beyond = beyond + kept if first >= 0 else 0
        mine.first_type = kind[whose]
        mine.times_back = mine.turns_before = 0
        mine.pending = mine.resolved = NOBODY
        mine.cause = 0 if attempt[row] == 0 else NOBODY
        again_of_one = attempt[row] > 0 and customer[row - 1] == whose
        place = (place + 1 if again_of_one and attempt[row - 1] > 0 else 1) if attempt[row] else 0
        most = max(most, place)
        number[row] = (customers + whose) * span + place
    return most


def goes_on(
    known: NDArray[np.bool_], again: NDArray[np.void], number: NDArray[np.int64], span: int
) -> NDArray[np.bool_]:
    """Return which rows are not done with: open, about to come, or of a customer who has such."""
    unmade = (again["cause"] < 0) & (again["pending"] < 0)
    open_now = ~known & ~unmade
    customer = number // span
    return open_now | (unmade & np.isin(customer, customer[open_now]))
