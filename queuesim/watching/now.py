"""Now: the words for `qs.nowcast`, as `qs.now.State`, `qs.now.CallIn` …

>>> import queuesim as qs
>>> state = qs.now.State(now="2026-11-23 11:10")
>>> qs.now.CallIn("home", 4, after="45min").agents
4
"""

from queuesim.watching.nowcast import Nowcast, nowcast
from queuesim.watching.nowcasting.actions import (
    CallIn,
    Change,
    OfferCallbacks,
    OpenOverflow,
    StopWork,
)
from queuesim.watching.nowcasting.helping import Helping
from queuesim.watching.nowcasting.state_of import state_of
from queuesim.watching.state import State

__all__ = [
    "CallIn",
    "Change",
    "Helping",
    "Nowcast",
    "OfferCallbacks",
    "OpenOverflow",
    "State",
    "StopWork",
    "nowcast",
    "state_of",
]
