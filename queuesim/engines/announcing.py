"""Announcements in the reference engine: the expected wait that a contact hears."""

from __future__ import annotations

from math import isnan, nan

from queuesim.engines.floor import Contact, Line
from queuesim.model import ContactType
from queuesim.sampling import Tape
from queuesim.units import snap


def announced_wait(contact_type: ContactType, contact: Contact, line: Line, now_s: float) -> float:
    """Return the wait that a contact hears which has just joined its line and was not taken.

    Parameters
    ----------
    contact_type : ContactType
    contact : Contact
        The newcomer; it does not count among those who wait.
    line : Line
        Where it waits. Only this line's others count and only the groups that serve it, also where
        its type has several lines, each for the contacts that are allotted to one group.
    now_s : float
        The present instant [s].

    Returns
    -------
    float
        [s], on the grid; NaN where nothing is announced.
    """
    announcement = contact_type.announcement
    if announcement is None:
        return nan
    others = [other for other in line.waiting if other is not contact]
    if announcement.predictor == "queue_length":
        people = people_on_duty(line, now_s)
        if people == 0.0:
            return nan  # nobody could tell
        return snap((len(others) + 1) * contact_type.handle_s / people)
    if announcement.predictor == "last_to_enter_service":
        return line.last_wait_s
    if announcement.predictor == "head_of_line":
        return now_s - others[0].queued_since if others else 0.0
    assert announcement.fixed is not None
    return snap(announcement.fixed)


def people_on_duty(line: Line, now_s: float) -> float:
    """Return how many people's work the agents on duty would do, if all worked for this line.

    An agent counts with the total pace when all slots are taken, over the group's handle factor.
    Groups count within the hours of the skill, also those that ask for a wait, or for a longer
    queue; not those to which no contact of the line ever overflows.
    """
    people = 0.0
    for group, skill in line.groups:
        if not group.is_in_hours(skill, now_s):
            continue
        on_duty = sum(agent.on_duty for agent in group.agents)
        people += on_duty * (group.model.full_pace(line.channel) / skill.handle_factor)
    return people


def balks(
    contact_type: ContactType, contact: Contact, line: Line, tape: Tape, now_s: float
) -> bool:
    """Let a contact hear the expected wait, if any; return whether it leaves because of it.

    Who stays has the patience it has after the announcement, counted from arrival as before.
    """
    terms = contact_type.announcement
    contact.announced_s = announced_wait(contact_type, contact, line, now_s)
    if terms is None or isnan(contact.announced_s):
        return False
    if contact.announced_s > tape.tolerates_s[contact.row]:
        return True
    if terms.changes_patience:
        at_least_s = contact.announced_s * terms.stays_for
        contact.patience_s = snap(max(contact.patience_s * terms.patience_factor, at_least_s))
    return False


def note_wait(contact: Contact, line: Line, now_s: float) -> None:
    """Keep for its line the wait of a contact that an agent takes; a further dial is not the first
    time."""
    if contact.attempts == 0:
        line.last_wait_s = now_s - contact.queued_since
