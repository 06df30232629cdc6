"""What is left of the contacts that agents have open, given how long they have been open."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from queuesim.engines.present import RING, TALK, WRAP_UP
from queuesim.model import AgentGroup, Channel, ContactType
from queuesim.model.distributions import Distribution as Law
from queuesim.sampling.tape import dialling_of
from queuesim.watching.nowcasting.people_now import paused_people
from queuesim.watching.nowcasting.residual import both_lasting, lasting
from queuesim.watching.nowcasting.state_rules import UNKNOWN
from queuesim.watching.state import Standing

Floats = NDArray[np.float64]

_MESSAGE = str(Channel.MESSAGE)


def draw_what_is_left(
    state: Standing,
    standing: NDArray[np.void],
    factor: Floats,
    chance: Floats,
    phase: NDArray[np.int8],
    drawn: dict[str, Floats],
    talk_ended_s: Floats,
) -> None:
    """Fill in what is left of the open contacts in each future.

    Work on contacts that are open beside others is taken to have gone at the pace of now ever since
    they were begun, and evenly.

    Parameters
    ----------
    state : Standing
    standing : numpy.ndarray, STANDING, shape (contacts,)
        Is filled in; the open contacts are the first rows.
    factor : numpy.ndarray, float64, shape (futures, open contacts)
        Time that the agent needs over the time of a trained one.
    chance : numpy.ndarray, float64, shape (futures, open contacts, 2)
        Uniform in [0, 1), of talk and of wrap-up.
    phase : numpy.ndarray, int8, shape (futures, contacts)
        Is filled in.
    drawn : dict of str to numpy.ndarray, float64, shape (futures, contacts)
        ``talk_s``, ``wrap_up_s`` and ``left_s`` are filled in [s].
    talk_ended_s : numpy.ndarray, float64, shape (futures, open contacts)
        Is filled in, of those that are being wrapped up [s].
    """
    busy, types = state.busy, state.scenario.contact_types
    paused, channel = paused_people(state), np.array([str(each.channel) for each in types])
    for row in range(len(busy["kind"])):
        each = types[busy["kind"][row]]
        team = state.scenario.agent_groups[busy["group"][row]]
        skill = team.skill(each.name)
        assert skill is not None
        with_them = busy["kind"][(busy["person"] == busy["person"][row])]
        if paused[busy["person"][row]]:  # only what is of its kind, live or not, goes on beside it
            with_them = with_them[(channel[with_them] == _MESSAGE) == (each.channel == _MESSAGE)]
        beside = len(with_them)
        speed = _pace(team, each, beside) / beside
        whole = factor[:, row] * skill.handle_factor
        standing["factor"][row] = whole[0]
        elapsed_s = busy["elapsed_s"][row] * speed / whole
        of_talk, of_wrap_up = chance[:, row].T
        wrap_up: Law | None = each.wrap_up
        given = int(busy["phase"][row])
        talk_s, wrap_up_s = drawn["talk_s"][:, row], drawn["wrap_up_s"][:, row]
        if given == UNKNOWN:
            talk_s, wrap_up_s = both_lasting(each.talk, wrap_up, float(elapsed_s.mean()), of_talk)
            drawn["talk_s"][:, row], drawn["wrap_up_s"][:, row] = talk_s, wrap_up_s
            in_talk = talk_s > elapsed_s
            phase[:, row] = np.where(in_talk, TALK, WRAP_UP)
            left_s = np.where(in_talk, talk_s, talk_s + wrap_up_s) - elapsed_s
            ago_s = (elapsed_s - talk_s) * whole / speed
            talk_ended_s[:, row] = np.where(in_talk, np.nan, state.now_s - ago_s)
        elif given == RING:
            dialling = dialling_of(each)
            ring_s = dialling.ring if dialling is not None else 0.0
            phase[:, row] = RING
            left_s = np.full(len(whole), max(0.0, ring_s - busy["elapsed_s"][row])) / whole
            standing["attempts"][row], standing["due_s"][row] = 1, state.now_s
            standing["answered_s"][row] = np.nan
        elif given == TALK:
            talk_s = lasting(each.talk, elapsed_s, of_talk)
            drawn["talk_s"][:, row], left_s = talk_s, talk_s - elapsed_s
        else:
            phase[:, row] = WRAP_UP
            standing["talk_end_s"][row] = state.now_s
            talk_ended_s[:, row] = state.now_s - busy["elapsed_s"][row]
            left_s = -elapsed_s
            if wrap_up is not None:
                wrap_up_s = lasting(wrap_up, elapsed_s, of_wrap_up)
                drawn["wrap_up_s"][:, row], left_s = wrap_up_s, wrap_up_s - elapsed_s
        drawn["left_s"][:, row] = np.maximum(left_s, 0.0) * whole


def _pace(team: AgentGroup, each: ContactType, beside: int) -> float:
    """Return the total pace of an agent with so many contacts open."""
    pace = team.blend.pace if team.blend is not None else team.pace.get(each.channel, (1.0,))
    return float(pace[min(beside, len(pace)) - 1])
