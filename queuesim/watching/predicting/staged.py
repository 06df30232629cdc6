"""The scenario as the simulated prediction plays it: nobody comes back, and the present is in it as
contact types of its own."""

from __future__ import annotations

from queuesim.model import (
    AgentGroup,
    CallbackOffer,
    Channel,
    ContactType,
    Demand,
    Deterministic,
    Scenario,
    Skill,
)
from queuesim.units import snap


def without_coming_back(scenario: Scenario) -> Scenario:
    """Return the scenario in which nobody comes back, is handed on, or rings in.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    Scenario
        Not checked again: it is only played.

    Raises
    ------
    ValueError
        With self-service in it, which leads on to people.
    """
    never = dict.fromkeys(("redial", "repeat", "turns", "after_hours", "rings_in"))
    types = tuple(
        each.model_copy(update={**never, "callback": _nobody_rings_in(each)})
        for each in scenario.contact_types
        if each.channel is not Channel.SELF_SERVICE
    )
    if len(types) != len(scenario.contact_types):
        raise ValueError(
            'method="simulated" has no self-service in it; write method="refined", which takes '
            "the demand stated, or give Forward(run=…)"
        )
    groups = tuple(
        group.model_copy(
            update={"skills": tuple(s.model_copy(update={"transfer": None}) for s in group.skills)}
        )
        for group in scenario.agent_groups
    )
    return _rebuilt(scenario, types, groups)


def _nobody_rings_in(each: ContactType) -> CallbackOffer | None:
    return None if each.callback is None else each.callback.model_copy(update={"rings_in": None})


def _rebuilt(
    scenario: Scenario, types: tuple[ContactType, ...], groups: tuple[AgentGroup, ...]
) -> Scenario:
    return scenario.model_copy(update={"contact_types": types, "agent_groups": groups})


def with_present(
    scenario: Scenario,
) -> tuple[Scenario, dict[tuple[int, bool], int], dict[int, int]]:
    """Return the scenario with contact types for what is there already.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    scenario : Scenario
        With a type for what each group has in hand, which only this group serves, and one for the
        callbacks that wait in a line of their own; not checked again: it is only played.
    hand : dict of (int, bool) to int
        By agent group, and whether its channel is concurrent: index of the type in hand.
    called : dict of int to int
        By contact type: index of the type of its callbacks.
    """
    types = list(scenario.contact_types)
    skills = [list(group.skills) for group in scenario.agent_groups]
    hand: dict[tuple[int, bool], int] = {}
    called: dict[int, int] = {}
    for g, group in enumerate(scenario.agent_groups):
        channels = {each.channel for each in scenario.contact_types if group.skill(each.name)}
        for channel in sorted(channels):
            slot = (g, channel.concurrent)
            if slot in hand:
                continue
            hand[slot] = len(types)
            name = f"in hand {g} {channel}"
            types.append(_stand_in(name, channel if channel.concurrent else Channel.PHONE))
            skills[g].append(Skill(name))
    for t, each in enumerate(scenario.contact_types):
        offer = each.callback
        if offer is None or offer.kind == "virtual_hold":
            continue
        called[t] = len(types)
        name = f"called back {t}"
        types.append(
            _stand_in(name, Channel.PHONE).model_copy(
                update={"weight": offer.weight, "credit": offer.credit}
            )
        )
        for g, group in enumerate(scenario.agent_groups):
            skill = group.skill(each.name)
            if skill is not None:
                reserve = max(skill.reserve, offer.reserve)
                changed = {"contact_type": name, "reserve": reserve, "transfer": None}
                skills[g].append(skill.model_copy(update=changed))
    groups = tuple(
        group.model_copy(update={"skills": tuple(mine)})
        for group, mine in zip(scenario.agent_groups, skills, strict=True)
    )
    return _rebuilt(scenario, tuple(types), groups), hand, called


def _stand_in(name: str, channel: Channel) -> ContactType:
    return ContactType(
        name=name,
        channel=channel,
        demand=Demand(per_day=0),
        talk=Deterministic(value=snap(1.0)),
        target=None,
        hours="00:00-24:00",
    )
