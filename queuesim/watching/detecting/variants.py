"""The scenarios that are played beside the one watched, so that bad days lie among what is known:
with more or fewer contacts, and with fewer people."""

from __future__ import annotations

from queuesim.model import Scenario

VARIANTS: tuple[tuple[float, float], ...] = (
    (1.15, 1.0),
    (1.3, 1.0),
    (1.6, 1.0),
    (2.2, 1.0),
    (0.8, 1.0),
    (1.0, 0.9),
    (1.0, 0.75),
    (1.2, 0.6),
)
"""Contacts and people of the variants, as parts of what is planned."""

FEWER = (0.95, 0.9, 0.8, 0.7)
"""Parts of the people of the scenario with whom it is played besides."""


def variants(scenario: Scenario, *, volume: bool, staff: bool) -> list[Scenario]:
    """Return the scenario with other volumes and other staff, as far as they will be known.

    Parameters
    ----------
    scenario : Scenario
    volume, staff : bool
        Whether contacts offered, and people on duty, will be known.

    Returns
    -------
    list of Scenario
        One for each of `VARIANTS` in which nothing else changes than what will be known.
    """
    made = []
    for contacts, people in VARIANTS:
        if (contacts != 1 and not volume) or (people != 1 and not staff):
            continue
        other = scenario
        for each in scenario.contact_types:
            path = f"contact_types.{each.name}.demand.scale"
            other = other.change(path, each.demand.scale * contacts)
        made.append(_with_people(other, people) if people != 1 else other)
    return made


def with_fewer(scenario: Scenario) -> list[Scenario]:
    """Return the scenario with fewer and fewer people.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    list of Scenario
        One for each of `FEWER`.
    """
    return [_with_people(scenario, part) for part in FEWER]


def _with_people(scenario: Scenario, part: float) -> Scenario:
    """Return the scenario with so large a part of its people on duty: the others are shrinkage."""
    made = scenario
    for group in scenario.agent_groups:
        left = 1 - (1 - group.shrinkage) * part
        made = made.change(f"agent_groups.{group.name}.shrinkage", left)
    return made
