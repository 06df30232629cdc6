"""Chat: agents with several contacts open at once, at a pace that depends on how many.

Sources
-------
.. [1] J. Luo and J. Zhang (2013), Staffing and control of instant messaging contact centers,
   Operations Research 61(2). Agents whose pace depends on the number of open contacts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from queuesim.theory import _checks as check
from queuesim.theory._birth_death import log_waiting
from queuesim.theory._chain import State, long_run, refuse_too_many


@dataclass(frozen=True, kw_only=True)
class ChatQueue:
    """Agents with several contacts open at once.

    Attributes
    ----------
    p_wait : float
        Share of contacts that find every agent at full concurrency.
    p_abandon : float
        Share that gives up waiting.
    mean_wait : float
        Mean wait of all contacts, answered or not [s].
    mean_queue : float
        Mean number waiting [contacts].
    mean_open : float
        Mean number of contacts open with agents [contacts].
    mean_handle_time : float
        Mean time a contact stays open [s].
    occupancy : float
        Share of the agents' time with at least one contact open.
    """

    p_wait: float
    p_abandon: float
    mean_wait: float
    mean_queue: float
    mean_open: float
    mean_handle_time: float
    occupancy: float


def chat_queue(
    load: float,
    *,
    agents: int,
    aht: float,
    pace: Sequence[float],
    patience: float = math.inf,
) -> ChatQueue:
    """Waiting when every agent handles several chats at once, at a pace that depends on how many.

    A new chat goes to an agent with the fewest open; when all are full, first come first served.

    Parameters
    ----------
    load : float
        Arrival rate times the handle time of a contact handled alone [erlangs], above 0.
    agents : int
        Agents staffed, at least 1.
    aht : float
        Average handle time of a contact handled alone [s].
    pace : sequence of float
        Total pace of an agent with 1, 2, ... contacts open; the length is the concurrency.
    patience : float
        Mean patience [s]; infinite unless given.

    Returns
    -------
    ChatQueue
        Shares and means.

    Raises
    ------
    ValueError
        If an input is out of range, or nobody gives up and ``load >= agents * pace[-1]``.

    Notes
    -----
    The state is the number of agents with 0, 1, ... contacts open [1]_; the queue behind all full
    agents is a birth-death chain with known weights.

    Examples
    --------
    >>> chat = chat_queue(10, agents=6, aht=300, pace=(1.0, 1.6, 1.875))
    >>> round(chat.p_wait, 4), round(chat.mean_wait, 1), round(chat.mean_handle_time, 1)
    (0.4145, 99.5, 439.2)
    """
    load = check.number("load", load, above=0)
    agents = check.whole("agents", agents, least=1)
    aht = check.number("aht", aht, above=0)
    patience = check.number("patience", patience, above=0, infinite=True)
    speed = check.numbers("pace", list(pace), above=0)
    if speed.size == 0:
        raise check.refuse("pace", tuple(pace), "at least one number", "(1.0,) is one at a time.")
    full_speed = agents * float(speed[-1])
    if patience == math.inf and load >= full_speed:
        rule = f"more than load / pace[-1] = {load / speed[-1]:g} when nobody gives up"
        raise check.refuse("agents", agents, rule, "Add agents, or give a finite patience.")
    most = speed.size
    refuse_too_many(math.comb(agents + most, most))

    def moves(state: State) -> Iterator[tuple[State, float]]:
        fewest = next(m for m in range(most + 1) if state[m])
        if fewest < most:
            yield _moved(state, fewest, fewest + 1), load
        for m in range(1, most + 1):
            yield _moved(state, m, m - 1), state[m] * float(speed[m - 1])

    states, shares = long_run((agents,) + (0,) * most, moves)
    log_weight = log_waiting(load, full_speed, aht / patience, None)
    scale = float(log_weight.max())
    full = states[:, most] == agents
    waiting = float(shares[full].sum()) * np.exp(log_weight - scale)
    below = np.where(full, 0.0, shares) * math.exp(-scale)
    total = float(waiting.sum() + below.sum())
    waiting, below = waiting / total, below / total
    p_wait = float(waiting.sum())
    mean_queue = float(waiting @ np.arange(waiting.size))
    p_abandon = aht / patience * mean_queue / load
    mean_open = float(below @ (states @ np.arange(most + 1.0))) + p_wait * agents * most
    return ChatQueue(
        p_wait=p_wait,
        p_abandon=p_abandon,
        mean_wait=mean_queue * aht / load,
        mean_queue=mean_queue,
        mean_open=mean_open,
        mean_handle_time=mean_open * aht / (load * (1.0 - p_abandon)),
        occupancy=1.0 - float(below @ states[:, 0]) / agents,
    )


def _moved(state: State, old: int, new: int) -> State:
    counts = list(state)
    counts[old] -= 1
    counts[new] += 1
    return tuple(counts)
