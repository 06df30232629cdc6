"""Who gets whom: the choice among what the rules allow.

The engine works out what is allowed: pairs of a waiting contact and an agent with a free slot,
minimum waits met, reserves kept. Which of the pairs is taken is one function's decision. The
functions here are rules 1 and 2; a planner's own function takes their place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from queuesim.model import Channel


class Pair(NamedTuple):
    """A contact that may go to an agent now.

    Attributes
    ----------
    contact_type : str
        Name of the contact type.
    channel : Channel
        ``callback`` where the agent must dial.
    row : int
        The contact's row on the tape.
    wait_s : float
        How long it has been in its queue [s].
    score : float
        ``weight × wait + credit`` [s]; with the score ``"queue"`` ``weight × waiting + credit``.
    agent_group : str
        Name of the agent's group.
    rank : int
        The group's rank for this contact type, 1 best.
    agent : int
        Agent's number.
    idle_s : float
        Since the agent's number of open contacts last changed [s].
    open_contacts : int
        How many contacts the agent has open.
    interrupts : bool
        Whether the agent's work on messages would be interrupted.
    waiting : int
        How many contacts wait in its line, this one included.
    allotted : str
        Name of the group that the contact is allotted to; empty where its type has no allocation.
        Another group is among the pairs only once the overflow of the allocation is reached.
    order : int
        What settles ties: lower means an earlier arrival, of the customer's first contact.
    """

    contact_type: str
    channel: Channel
    row: int
    wait_s: float
    score: float
    agent_group: str
    rank: int
    agent: int
    idle_s: float
    open_contacts: int
    interrupts: bool = False
    waiting: int = 1
    allotted: str = ""
    order: int = 0


Moment = Literal["contact", "agent"]
Routing = Callable[[float, Moment, Sequence[Pair]], Pair | None]
"""``routing(now_s, moment, pairs)`` returns one of the pairs, or None to let the contact wait.

``moment`` is ``"contact"`` when one contact looks for an agent (on arrival, on return, when a
minimum wait has passed) and ``"agent"`` when one agent with a free slot looks for a contact.
Pairs come in the order of the scenario's groups or contact types.
"""


def by_rank_or_score(now_s: float, moment: Moment, pairs: Sequence[Pair]) -> Pair | None:
    """Choose as the design's rules 1 and 2 do.

    A contact takes the group of the best rank, ties to the first in the scenario. An agent takes
    the largest score, ties to the earlier arrival.
    """
    if moment == "contact":
        return min(pairs, key=lambda pair: pair.rank)
    return max(pairs, key=lambda pair: (pair.score, -pair.order))
