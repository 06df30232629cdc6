"""Floor 0: queueing theory, on its own and for capacity planners. Nothing here is simulated.

Each answer is exact, to rounding or to a stated tolerance, or says that it is an approximation.

* First ask for the work: `offered_load`, or `modified_offered_load` when the rate changes.
* Then ask what a number of agents does: `erlang_c` when nobody gives up, `erlang_a` when contacts
  abandon, `limited_queue` when places are few, `priority_queue` when some go first.
* Or ask for the number: `min_agents` for one interval, `mol_agents` for a day.
* `time_varying_queue` follows a whole day exactly.
* `chat_queue`, `callback_queue` and `redial_queue` treat contacts that are handled side by side,
  dialled back, or that try again.

Times are in seconds and rates in contacts per second, or in any other unit used throughout. The
first argument is positional; the rest go by name. Wrong input raises a `ValueError` that says what
was given, what is allowed and what to do.

>>> from queuesim import theory
>>> load = theory.offered_load(200, aht=180)
>>> agents = theory.min_agents(load, aht=180, service_level=0.8, within=20)
>>> agents, round(theory.erlang_c(load, agents=agents, aht=180).asa, 1)
(14, 7.8)
"""

from __future__ import annotations

from queuesim.theory._handle_time import HandleTime
from queuesim.theory.abandonment import ErlangA, ServiceLevelDefinition, erlang_a
from queuesim.theory.callbacks import CallbackQueue, RedialQueue, callback_queue, redial_queue
from queuesim.theory.chat import ChatQueue, chat_queue
from queuesim.theory.erlang import ErlangC, erlang_b, erlang_c, offered_load
from queuesim.theory.limited import LimitedQueue, limited_queue
from queuesim.theory.modified_load import modified_offered_load, sinusoidal_load
from queuesim.theory.priority import PriorityQueue, SingleAgent, priority_queue, single_agent
from queuesim.theory.square_root import beta_for, garnett, halfin_whitt, square_root_agents
from queuesim.theory.staffing import headcount_for, min_agents
from queuesim.theory.time_varying import PointwiseStationary, mol_agents, pointwise_stationary
from queuesim.theory.transient import TimeVaryingQueue, time_varying_queue

__all__ = [  # noqa: RUF022 (grouped by question, each answer after the function that returns it)
    # the work on offer
    "offered_load",
    "modified_offered_load",
    "sinusoidal_load",
    "HandleTime",
    # one queue in the long run
    "erlang_b",
    "erlang_c",
    "ErlangC",
    "erlang_a",
    "ErlangA",
    "ServiceLevelDefinition",
    "limited_queue",
    "LimitedQueue",
    "single_agent",
    "SingleAgent",
    "priority_queue",
    "PriorityQueue",
    # how many agents
    "min_agents",
    "headcount_for",
    "square_root_agents",
    "beta_for",
    "halfin_whitt",
    "garnett",
    "mol_agents",
    # through the day
    "pointwise_stationary",
    "PointwiseStationary",
    "time_varying_queue",
    "TimeVaryingQueue",
    # side by side, dialled back, or trying again
    "chat_queue",
    "ChatQueue",
    "callback_queue",
    "CallbackQueue",
    "redial_queue",
    "RedialQueue",
]
