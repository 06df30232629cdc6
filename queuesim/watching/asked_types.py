"""Contact types that were asked for by name, and those that are live."""

from __future__ import annotations

from collections.abc import Sequence

from queuesim.errors import Problem, ScenarioError, shown
from queuesim.model import Channel, Scenario
from queuesim.model.faults import did_you_mean, one_of
from queuesim.watching.diagnosing.front_door import fed_by


def asked_types(scenario: Scenario, contact_type: str | Sequence[str], subject: str) -> list[int]:
    """Return the places of the contact types that were asked for, in the order of the scenario.

    Parameters
    ----------
    scenario : Scenario
    contact_type : str or sequence of str
    subject : str
        Who asks, for the error.

    Returns
    -------
    list of int

    Raises
    ------
    ScenarioError
        For names that are not of the scenario, and for self-service, where nobody waits.
    """
    types = {each.name: each for each in scenario.contact_types}
    asked = [contact_type] if isinstance(contact_type, str) else list(contact_type)
    problems = []
    if not asked:
        rule = f"must be a contact type or several: {one_of(types)}"
        problems.append(Problem("contact_type", shown(contact_type), rule, "leave it out for all"))
    for name in asked:
        if not isinstance(name, str) or name not in types:
            rule = f"must be a contact type of the scenario: {one_of(types)}"
            problems.append(Problem("contact_type", shown(name), rule, did_you_mean(name, types)))
        elif types[name].channel is Channel.SELF_SERVICE:
            fed = fed_by(scenario).get(name, ())
            fix = f"name those that it passes on to: {', '.join(fed)}" if fed else "leave it out"
            rule = "must not be self-service, where nobody waits"
            problems.append(Problem("contact_type", shown(name), rule, fix))
    if problems:
        raise ScenarioError(problems, subject)
    return [k for k, name in enumerate(types) if name in asked]


def served_types(scenario: Scenario) -> list[int]:
    """Return the places of the contact types that people serve."""
    types = scenario.contact_types
    return [k for k, each in enumerate(types) if each.channel is not Channel.SELF_SERVICE]


def live_types(scenario: Scenario) -> list[int]:
    """Return the places of those whose customers are there while they wait: no messages."""
    types = scenario.contact_types
    return [k for k in served_types(scenario) if types[k].channel is not Channel.MESSAGE]
