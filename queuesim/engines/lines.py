"""The lines of the reference engine: who waits where, and which groups serve whom on what terms."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from queuesim.engines.floor import Contact, Group, Line
from queuesim.model import ContactType, Horizon, Scenario, Skill

ByGroup = dict[int, Line]
"""The lines of a contact type by the index of the group they are meant for; -1: any group."""


class Lines:
    """All lines of a contact centre."""

    def __init__(self, scenario: Scenario, groups: list[Group]) -> None:
        types, horizon = scenario.contact_types, scenario.horizon
        _note_hours(groups, horizon)
        self._of_types = [_open_lines(each, horizon, groups) for each in types]
        self._of_callbacks = [_open_callback_lines(each, groups) for each in types]
        self._released = [each.at_closing == "release" for each in types]

    def line_of(self, contact: Contact) -> Line:
        """Return where a contact waits: with those of its type meant for the same group."""
        return self._of_types[contact.contact_type][contact.allotted]

    def of_type(self, kind: int) -> ByGroup:
        """Return the lines of a contact type, later callbacks apart."""
        return self._of_types[kind]

    def callback_line(self, contact: Contact) -> Line:
        """Return where a callback waits: in a line of later callbacks, if its type has any."""
        later = self._of_callbacks[contact.contact_type]
        return later[contact.allotted] if later else self.line_of(contact)

    def callers(self, contact: Contact) -> list[Contact]:
        """Return the customers of a contact's type who hold, whichever group they are meant for."""
        lines = self._of_types[contact.contact_type].values()
        return [caller for line in lines for caller in line.callers()]

    def closings(self) -> Iterator[tuple[float, int, Line]]:
        """Yield when which line of which contact type sends its callers home [s]."""
        for k, lines in enumerate(self._of_types):
            if self._released[k]:
                for line in lines.values():
                    yield from ((closing, k, line) for _, closing in line.windows)


def _note_hours(groups: list[Group], horizon: Horizon) -> None:
    """Note the hours within which groups take contacts of a type."""
    for group in groups:
        for skill in group.model.skills:
            if skill.hours is not None:
                group.hours[skill.contact_type] = skill.hours.windows(horizon).tolist()


def _open_lines(contact_type: ContactType, horizon: Horizon, groups: list[Group]) -> ByGroup:
    """Open the lines of a contact type: one, or one for each group that has a share of it."""
    windows = contact_type.windows(horizon).tolist()

    def line() -> Line:
        return Line(
            contact_type.name,
            contact_type.channel,
            contact_type.weight,
            contact_type.credit,
            reserve=0,
            windows=windows,
            serves_out=contact_type.at_closing == "serve_out",
        )

    return _connected(contact_type, groups, line)


def _open_callback_lines(contact_type: ContactType, groups: list[Group]) -> ByGroup:
    """Open the lines of later callbacks, which have their own terms; none where there are none."""
    offer = contact_type.callback
    if offer is None or offer.kind == "virtual_hold":
        return {}
    name = f"{contact_type.name} callbacks"

    def line() -> Line:
        return Line(name, contact_type.channel, offer.weight, offer.credit, offer.reserve)

    return _connected(contact_type, groups, line)


def _connected(
    contact_type: ContactType, groups: list[Group], new_line: Callable[[], Line]
) -> ByGroup:
    """Join lines and the groups that serve them, all in the order of the scenario."""
    shares = contact_type.allocation
    meant_for = [g for g, group in enumerate(groups) if shares.get(group.model.name)]
    lines: ByGroup = {}
    for allotted in meant_for or [-1]:
        line = lines[allotted] = new_line()
        line.allotted = groups[allotted].model.name if allotted >= 0 else ""
        for group in groups:
            for skill in group.model.skills:
                terms = _terms(skill, contact_type, group.index, allotted)
                if terms is not None:
                    line.groups.append((group, terms))
                    group.lines.append((line, terms))
    return lines


def _terms(skill: Skill, contact_type: ContactType, group: int, allotted: int) -> Skill | None:
    """Return the terms on which a group serves a line; None where it never does.

    A contact that is meant for another group must have waited as long as the allocation asks for,
    and as long as the skill does.
    """
    if skill.contact_type != contact_type.name:
        return None
    if allotted in (-1, group):
        return skill
    overflow = contact_type.allocation_overflow
    if overflow is None:
        return None
    return skill.model_copy(update={"min_wait": max(skill.min_wait, overflow)})
