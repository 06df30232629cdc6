"""Going on from the present: the reference engine in the middle of a day.

A part of the reference engine, see `reference`. Contacts and agents are put where they are, and
what is bound to happen to them is put on the agenda; nothing is decided here.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from queuesim.engines.agenda import Kind
from queuesim.engines.floor import Contact, Line, Phase, Work
from queuesim.engines.outcome import Cause
from queuesim.engines.present import Place, Present
from queuesim.units import snap

if TYPE_CHECKING:
    from queuesim.engines.reference import ContactCentre

_PHASES = (Phase.RING, Phase.TALK, Phase.WRAP_UP)
_INSTANTS = (
    *("answered_s", "talk_end_s", "offer_s", "accepted_s"),
    *("due_s", "dialled_s", "announced_s", "paused_s"),
)


def go_on_from(centre: ContactCentre, present: Present) -> None:
    """Put everybody where they are.

    Parameters
    ----------
    centre : ContactCentre
        Whose agenda begins at the instant, with nothing on it yet.
    present : Present
    """
    for agent, person in zip(centre.agents, present.agents, strict=True):
        agent.changed_s, agent.factor = float(person["changed_s"]), float(person["factor"])
        agent.on_duty, agent.staying = bool(person["on_duty"]), bool(person["staying"])
        agent.busy_since = float(person["busy_since_s"])
        agent.worked_until = float(person["worked_until_s"])
        agent.paused = bool(person["paused"])
    for k in range(len(centre.scenario.contact_types)):
        for allotted, line in centre.lines.of_type(k).items():
            line.last_wait_s = float(present.last_wait_s[k, allotted])
    for row, standing in enumerate(present.contacts):
        contact = centre.contacts[row]
        contact.times_back, contact.turns = int(standing["times_back"]), int(standing["turns"])
        cause = Cause(int(standing["cause"]))
        if standing["place"] == Place.COMES_AGAIN:
            comes = partial(centre.arrive, contact, cause)
            returns_s = float(standing["returns_s"])
            centre.agenda.at(returns_s, Kind.ARRIVAL, contact.order, comes)
            continue
        contact.cause = cause
        contact.agent, contact.attempts = int(standing["agent"]), int(standing["attempts"])
        for name in _INSTANTS:
            setattr(contact, name, float(standing[name]))
        contact.queued_since = float(standing["queued_since_s"])
        contact.in_hours = bool(standing["in_hours"])
        line = centre.lines.line_of(contact)
        if contact.is_callback:
            line = centre.lines.callback_line(contact)
            _ring_in(centre, contact)
        if standing["place"] == Place.IS_OPEN:
            _open(centre, contact, line, _PHASES[standing["phase"]], standing)
            continue
        contact.on_the_line = bool(standing["on_the_line"])
        if contact.is_callback:
            centre.owe(contact)
            if contact.due_s >= present.now_s:
                centre.promised[contact.contact_type].booked[contact.due_s] += 1
        if standing["place"] == Place.COMES_BACK:
            centre.schedule_return(contact, float(standing["returns_s"]), line)
        else:
            line.join(contact)
            _wait_on(centre, contact, line)
    for agent in centre.agents:
        agent.group.note(agent)
        if agent.open:
            centre.plan_next_end(agent)


def _open(
    centre: ContactCentre, contact: Contact, line: Line, phase: Phase, standing: np.void
) -> None:
    """Put a contact to its agent, with the work that was left when the agent worked last."""
    agent = centre.agents[contact.agent]
    skill = next(terms for group, terms in line.groups if group is agent.group)
    channel = centre.type_of(contact).channel
    left_s, factor = float(standing["left_s"]), float(standing["factor"])
    skill = skill.model_copy(update={"handle_factor": 1.0})  # the factor is that of both together
    if phase is Phase.WRAP_UP:
        contact.resolved = int(standing["resolved"])
    agent.open.append(Work(contact, skill, channel, phase, left_s, factor))


def _ring_in(centre: ContactCentre, contact: Contact) -> None:
    """Put on the agenda that a customer who waits for a callback rings in, unless that is past."""
    asked_s = contact.accepted_s if contact.accepted_s == contact.accepted_s else contact.arrival_s
    again = centre.coming_back.rings_in(contact, asked_s)
    if again is not None and again.time_s >= centre.now:
        rings_in = partial(centre.ring_in, contact, again)
        centre.agenda.at(again.time_s, Kind.PATIENCE, contact.order, rings_in)


def _wait_on(centre: ContactCentre, contact: Contact, line: Line) -> None:
    """Put on the agenda what happens to a contact that waits, at this instant or later."""
    now_s = centre.now
    for _, skill in line.groups:
        due = contact.queued_since + snap(skill.min_wait)
        if due >= now_s and skill.min_wait > 0:
            centre.schedule_look(contact, line, due)
    if not contact.on_the_line:
        return
    offer = centre.type_of(contact).callback
    if offer is not None and contact.arrival_s + snap(offer.after) >= now_s:
        centre.schedule_offer(contact)
    centre.schedule_end_of_patience(contact)
