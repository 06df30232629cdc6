"""Hours, told for the machine: of contact types and of groups' skills; and who holds at closing."""

from __future__ import annotations

from queuesim.compiling import inlined
from queuesim.engines.compiled.agenda import whole
from queuesim.engines.compiled.floor import NOBODY, Contacts, Floor, holds
from queuesim.engines.compiled.rules import Rules


@inlined
def is_open(rules: Rules, floor: Floor, line: int, now: float) -> bool:
    """Whether a line is within its hours; the clock only moves on, and so does its window."""
    last = rules.lines[line].last_window
    if last < 0:
        return True
    window = _window_at(rules, whole(floor.queues[line].window), whole(last), now)
    floor.queues[line].window = window
    return window < last and now >= rules.windows[window].from_s


@inlined
def takes_now(rules: Rules, floor: Floor, pair: int, line: int, now: float) -> bool:
    """Whether the queue is long enough for a group, and it takes contacts at this hour."""
    able = rules.pairs[pair]
    if able.min_queue > 1 and floor.queues[line].waiting < able.min_queue:
        return False
    return is_in_hours(rules, floor, pair, now)


@inlined
def is_in_hours(rules: Rules, floor: Floor, pair: int, now: float) -> bool:
    """Whether a group takes contacts of a line at this hour."""
    last = rules.pairs[pair].last_window
    if last < 0:
        return True
    window = _window_at(rules, whole(floor.pair_window[pair]), whole(last), now)
    floor.pair_window[pair] = window
    return window < last and now >= rules.windows[window].from_s


@inlined
def _window_at(rules: Rules, window: int, last: int, now: float) -> int:
    """Return the present or next of some windows, from the one it was at before."""
    while window < last and now >= rules.windows[window].to_s:
        window += 1
    return window


@inlined
def left_at_closing(rules: Rules, floor: Floor, contacts: Contacts, line: int, now: float) -> int:
    """Return the first customer who came in hours and still holds after them; NOBODY if none."""
    if not rules.lines[line].serves_out or is_open(rules, floor, line, now):
        return whole(NOBODY)
    contact = whole(floor.queues[line].head)
    while contact >= 0:
        if contacts.waiting[contact].in_hours and holds(contacts, contact, now):
            break
        contact = whole(contacts.waiting[contact].next)
    return whole(contact)
