"""Further attempts: as which contact types a customer can come again, and how often."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from queuesim.model.agent_group import AgentGroup
from queuesim.model.coming_back import Return
from queuesim.model.contact_type import Channel, ContactType
from queuesim.model.faults import Fault, did_you_mean, one_of, quoted

MOST_ATTEMPTS = 200
"""Further attempts of one customer, at most."""

RETURNS = ("redial", "repeat", "after_hours", "turns", "rings_in")
"""What says of a contact type who comes back."""

Layers = tuple[tuple[int, ...], ...]


def transfers(groups: Sequence[AgentGroup]) -> dict[str, list[tuple[str, float, str]]]:
    """Return who hands contacts of a type on: group, share, and the contact type they go to."""
    found: dict[str, list[tuple[str, float, str]]] = {}
    for group in groups:
        for skill in group.skills:
            if skill.transfer is not None:
                to = (group.name, skill.transfer.share, skill.transfer.to)
                found.setdefault(skill.contact_type, []).append(to)
    return found


def handed_on(types: Sequence[ContactType], groups: Sequence[AgentGroup]) -> dict[str, set[str]]:
    """Return by contact type as which types its contacts go on within one attempt to be helped."""
    by_people = transfers(groups)
    found: dict[str, set[str]] = {}
    for each in types:
        on = {to for _, share, to in by_people.get(each.name, ()) if share > 0}
        if each.front_door is not None:
            on |= {to for to, share in each.front_door.to.items() if share > 0}
        found[each.name] = on
    return found


def returns_of(each: ContactType) -> dict[str, Return | None]:
    """Return who comes back, by name: a field of the type, or of its offer of a callback."""
    found: dict[str, Return | None] = {name: getattr(each, name) for name in RETURNS}
    if each.callback is not None:
        found["rings_in"] = each.callback.rings_in
    return found


def where_stated(each: ContactType, name: str) -> tuple[str, ...]:
    """Return the path, from the contact type, of what says who comes back."""
    of_offer = name == "rings_in" and each.callback is not None
    return ("callback", name) if of_offer else (name,)


def come_back(each: ContactType) -> dict[str, Return]:
    """Return who comes back, by name; those whom nobody follows are left out."""
    found = returns_of(each)
    return {name: terms for name, terms in found.items() if terms is not None and terms.share > 0}


def layers(types: Sequence[ContactType], groups: Sequence[AgentGroup]) -> list[Layers]:
    """Return as which types a customer can make the 1st, 2nd, … further attempt.

    Parameters
    ----------
    types : sequence of ContactType
    groups : sequence of AgentGroup

    Returns
    -------
    list of tuple of tuple of int
        By the type of the first attempt: indices of contact types, rising; empty where nobody
        comes again.
    """
    index = {each.name: k for k, each in enumerate(types)}
    to = handed_on(types, groups)
    on = [sorted(map(index.__getitem__, to[each.name])) for each in types]
    back = [come_back(each) for each in types]

    def next_of(k: int, times: int, turns: int) -> Iterator[tuple[int, int, int]]:
        yield from ((to, times, 0) for to in on[k])
        for name, terms in back[k].items():
            if name == "turns":
                if turns < terms.max_attempts:
                    yield k, times, turns + 1
            elif times < terms.max_attempts:
                yield index[terms.to] if terms.to else k, times + 1, 0

    found = []
    for first in range(len(types)):
        attempts: list[tuple[int, ...]] = []
        states = {(first, 0, 0)}  # type, times come back, turns of the thread so far
        while len(attempts) <= MOST_ATTEMPTS:
            states = {after for state in states for after in next_of(*state)}
            if not states:
                break
            attempts.append(tuple(sorted({k for k, _, _ in states})))
        found.append(tuple(attempts))
    return found


def asks_chance(types: Sequence[ContactType], groups: Sequence[AgentGroup]) -> list[bool]:
    """Return by contact type whether chance has a say in what follows a contact, or in whether it
    is resolved."""
    on = handed_on(types, groups)
    unsure = {s.contact_type for group in groups for s in group.skills if s.resolution < 1}
    return [
        each.name in unsure or each.front_door is not None or bool(on[each.name] or come_back(each))
        for each in types
    ]


def faults(types: Sequence[ContactType], groups: Sequence[AgentGroup]) -> Iterator[Fault]:
    """Find contact types that are not there, and ways that lead round in a circle.

    Paths are from the scenario.
    """
    names = [each.name for each in types]
    found = [*_unknown(types, groups, names), *_no_failed_callbacks(types)]
    yield from found
    if found:
        return
    on = handed_on(types, groups)
    circle = _circle(on)
    if circle:
        yield Fault(
            "must lead to an end: contacts handed on in a circle are never done with",
            "take one of the transfers or front doors out",
            ("contact_types", circle[0]),
            given=" → ".join(map(quoted, circle)),
        )
        return
    if any(len(attempts) > MOST_ATTEMPTS for attempts in layers(types, groups)):
        most, name, at = max(
            (terms.max_attempts, each.name, where_stated(each, field))
            for each in types
            for field, terms in come_back(each).items()
        )
        yield Fault(
            f"can lead to more than {MOST_ATTEMPTS} further attempts of one customer",
            "lower max_attempts",
            ("contact_types", name, *at, "max_attempts"),
            given=str(most),
        )
    receive = {to for name, to_these in on.items() for to in to_these if to != name}
    receive |= {
        terms.to
        for each in types
        for terms in come_back(each).values()
        if terms.to not in (None, each.name)
    }
    for each in types:
        if each.name not in receive:
            continue
        volume = each.demand.per_day
        if each.hours is None and volume == 0:
            yield Fault(
                "is required: contacts come to this type from others only, so that its hours "
                "cannot be told from its demand",
                'write hours="08:00-18:00", say',
                ("contact_types", each.name, "hours"),
                given="nothing",
            )


def _unknown(
    types: Sequence[ContactType], groups: Sequence[AgentGroup], names: list[str]
) -> Iterator[Fault]:
    def unless_known(to: str | None, at: tuple[str, ...]) -> Iterator[Fault]:
        if to is not None and to not in names:
            yield Fault(
                f"must be a contact type of the scenario: {one_of(map(quoted, names))}",
                did_you_mean(to, names),
                at,
                given=quoted(to),
            )

    for each in types:
        at = ("contact_types", each.name)
        for field, terms in returns_of(each).items():
            to = terms.to if terms else None
            yield from unless_known(to, (*at, *where_stated(each, field), "to"))
        for to in each.front_door.to if each.front_door else ():
            yield from unless_known(to, (*at, "front_door", "to"))
    for group in groups:
        for skill in group.skills:
            if skill.transfer is not None:
                where = ("agent_groups", group.name, "skills", skill.contact_type, "transfer", "to")
                yield from unless_known(skill.transfer.to, where)


def _no_failed_callbacks(types: Sequence[ContactType]) -> Iterator[Fault]:
    for each in types:
        for field, terms in returns_of(each).items():
            at = ("contact_types", each.name, *where_stated(each, field), "failed_callbacks")
            if terms is None or not terms.failed_callbacks:
                continue
            if field != "redial":
                rule = f"is for redial only: {field} does not follow a callback that failed"
                yield Fault(rule, "write it into redial, or leave it out", at)
            elif each.callback is None and each.channel is not Channel.CALLBACK:
                rule = f"cannot be: nobody is called back, so that no callback of {each.name} fails"
                fix = "leave it out"
                if each.channel is Channel.PHONE:
                    fix += ", or offer callbacks: callback=CallbackOffer(accept=0.4), say"
                yield Fault(rule, fix, at)


def _circle(on: dict[str, set[str]]) -> list[str]:
    """Return names that lead back to the first; none where there is no such way."""
    done: set[str] = set()

    def walk(name: str, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in done:
            return []
        for to in sorted(on[name]):
            circle = walk(to, [*path, name])
            if circle:
                return circle
        done.add(name)
        return []

    for name in on:
        circle = walk(name, [])
        if circle:
            return circle
    return []
