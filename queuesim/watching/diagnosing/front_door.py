"""Who is to blame when the contact types behind one self-service rise together."""

from __future__ import annotations

from collections.abc import Mapping

from queuesim.model import Channel, Scenario

_UNUSUAL = 0.01
"""So improbable must so many contacts be under the plan, for every type that is fed."""


def culprits(scenario: Scenario, rose: Mapping[str, tuple[float, float]]) -> tuple[str, ...]:
    """Return the self-service whose contact types all rose, when no other type did.

    Parameters
    ----------
    scenario : Scenario
    rose : mapping of str to (float, float)
        Observed ÷ planned contacts of each observed type, and how probable so many are.
    """
    up = {name for name, (ratio, chance) in rose.items() if ratio > 1 and chance < _UNUSUAL}
    found = []
    for name, fed in fed_by(scenario).items():
        seen = {each for each in fed if each in rose}
        apart = set(rose) - set(fed) - set(fed_by(scenario))
        if seen and seen <= up and not (apart & up):
            found.append(name)
    return tuple(found)


def fed_by(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """Return each self-service with the contact types to which it passes on whom it fails."""
    return {
        each.name: tuple(each.front_door.to)
        for each in scenario.contact_types
        if each.channel is Channel.SELF_SERVICE and each.front_door
    }
