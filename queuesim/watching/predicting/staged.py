"""The scenario as the simulated prediction plays it: nobody comes back."""

from __future__ import annotations

from queuesim.model import AgentGroup, CallbackOffer, Channel, ContactType, Scenario


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
