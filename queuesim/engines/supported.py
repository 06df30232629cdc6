"""What the engines do not know yet, refused by name."""

from __future__ import annotations

from queuesim.errors import UnsupportedByEngine
from queuesim.model import Scenario


def refuse_what_is_missing(scenario: Scenario, engine: str) -> None:
    """Refuse by name what an engine cannot do; neither knows more than the other.

    Parameters
    ----------
    scenario : Scenario
    engine : {"compiled", "reference"}
        Who refuses.

    Raises
    ------
    UnsupportedByEngine
        For redials, repeat contacts and unresolved contacts.
    """
    remedy = "leave it out; it comes with the rule on coming back"
    for contact_type in scenario.contact_types:
        for feature in ("redial", "repeat"):
            if getattr(contact_type, feature) is not None:
                raise UnsupportedByEngine(
                    f"{feature} (contact type {contact_type.name!r})",
                    engine=engine,
                    remedy=remedy,
                )
    for group in scenario.agent_groups:
        for skill in group.skills:
            if skill.resolution < 1:
                raise UnsupportedByEngine(
                    f"resolution below 1 (agent group {group.name!r}, {skill.contact_type!r})",
                    engine=engine,
                    remedy=remedy,
                )
