"""What the engines do not know yet, refused by name."""

from __future__ import annotations

from queuesim.errors import UnsupportedByEngine
from queuesim.model import Channel, Scenario


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
        For the message channel.
    """
    for contact_type in scenario.contact_types:
        if contact_type.channel == Channel.MESSAGE:
            raise UnsupportedByEngine(
                f"the message channel (contact type {contact_type.name!r})",
                engine=engine,
                remedy="use chat for contacts answered at once, or leave the messages out",
            )
