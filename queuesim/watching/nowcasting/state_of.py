"""The state cut out of a simulated day: what its dashboards would show at an instant."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from queuesim.engines.outcome import Cause, ContactOutcome, Outcome
from queuesim.model import Channel, Scenario
from queuesim.results.layout import Layout
from queuesim.sampling.tape import dialling_of
from queuesim.watching.nowcasting.attempts_so_far import attempts_so_far
from queuesim.watching.state import State

Rows = NDArray[np.bool_]


def state_of(scenario: Scenario, outcome: Outcome, now_s: float) -> State:
    """Return what can be seen of a simulated day at an instant.

    Parameters
    ----------
    scenario : Scenario
    outcome : Outcome
        Of the whole horizon, from either engine.
    now_s : float
        The instant [s]; nothing at it has happened yet.

    Returns
    -------
    State
        Agents' names are their numbers, and customers' those of their first contacts. Of what the
        state of a real day does not show nothing is told: how much work is left, who will come
        again, dials in vain.
    """
    tape, columns, types = outcome.tape, outcome.contacts, scenario.contact_types
    names = np.array([each.name for each in types], dtype=object)
    kind, came_s = tape.contact_type, columns["came_s"]
    answered_s, left_s = columns["answered_s"], columns["left_s"]
    history = attempts_so_far(outcome, now_s)
    came = came_s < now_s
    answered, left = answered_s < now_s, left_s < now_s
    owed_from_s = columns["accepted_s"].copy()
    dials = np.array([each.channel is Channel.CALLBACK for each in types])[kind]
    itself = np.array([each.channel is Channel.SELF_SERVICE for each in types])[kind]
    owed_from_s[dials] = came_s[dials]
    owed = owed_from_s < now_s
    is_open = came & ~answered & ~left & ~itself
    waits = is_open & ~owed
    busy = answered & ~(columns["freed_s"] < now_s) & ~itself
    waiting = pd.DataFrame({"contact_type": names[kind[waits]], "waited_s": now_s - came_s[waits]})
    waiting = waiting.assign(**history.columns(waits))
    if any(each.allocation for each in types):
        groups = np.array([group.name for group in scenario.agent_groups] + [None], dtype=object)
        waiting["allotted"] = groups[tape.allotted[waits]]
    horizon = scenario.horizon
    called = is_open & owed
    made = (columns["dialled_s"] < now_s)[called]
    retry_s = [each.retry_after if (each := dialling_of(types[k])) else 0.0 for k in kind[called]]
    due_s = np.where(
        made, columns["dialled_s"][called] + np.array(retry_s), columns["due_s"][called]
    )
    held = np.array(
        [
            types[k].callback is None or types[k].callback.kind == "virtual_hold"
            for k in kind[called]
        ],
        dtype=bool,
    )
    due_s = np.where(held & ~made, np.minimum(due_s, now_s), due_s)
    due_s = np.where(held & made, np.minimum(due_s, now_s), due_s)
    callbacks = pd.DataFrame(
        {
            "contact_type": names[kind[called]],
            "due": [horizon.local(float(at)).replace(tzinfo=None) for at in due_s],
            "attempts": made.astype(int),
        }
    ).assign(**history.columns(called))
    sessions = tape.sessions
    there = np.unique(sessions.agent[(sessions.on_s <= now_s) & (sessions.off_s > now_s)])
    staffed = np.bincount(tape.agent_group[there], minlength=len(scenario.agent_groups))
    return State(
        now=horizon.local(now_s).replace(tzinfo=None),
        waiting=waiting,
        busy=_busy(scenario, outcome, np.flatnonzero(busy), now_s).assign(**history.columns(busy)),
        callbacks=callbacks,
        staffed={g.name: int(n) for g, n in zip(scenario.agent_groups, staffed, strict=True)},
        so_far=_so_far(scenario, outcome, came, now_s),
        ended=history.ended() if history.comes_again else None,
        self_service=history.at_self_service() if itself.any() else None,
    )


def _busy(
    scenario: Scenario, outcome: Outcome, rows: NDArray[np.intp], now_s: float
) -> pd.DataFrame:
    columns, tape = outcome.contacts, outcome.tape
    talks = ~(columns["talk_end_s"][rows] < now_s)
    since_s = np.where(talks, columns["answered_s"][rows], columns["talk_end_s"][rows])
    group = outcome.group[rows]
    return pd.DataFrame(
        {
            "agent_group": [scenario.agent_groups[g].name for g in group],
            "contact_type": [scenario.contact_types[k].name for k in tape.contact_type[rows]],
            "phase": np.where(talks, "talk", "wrap-up"),
            "elapsed_s": now_s - since_s,
            "waited_s": columns["answered_s"][rows] - columns["came_s"][rows],
            "agent": columns["agent"][rows],
        }
    )


def _so_far(scenario: Scenario, outcome: Outcome, came: Rows, now_s: float) -> pd.DataFrame:
    """Count today's contacts by interval of arrival, as `results.counting` does."""
    layout, horizon = Layout.of(scenario), scenario.horizon
    columns, kind = outcome.contacts, outcome.tape.contact_type
    day = int(horizon.day_at(np.array([now_s]))[0])
    begins_s = float(horizon.day_edges_s[day])
    first, last = int(begins_s // horizon.interval), int(now_s // horizon.interval)
    came_s = columns["came_s"]
    today = came & (came_s >= begins_s) & (columns["outcome"] >= 0)
    ends_s = np.where(layout.responds[kind], columns["talk_end_s"], columns["answered_s"])
    known = np.where(np.isnan(ends_s), columns["left_s"], ends_s)
    wait_s = np.zeros(len(kind))
    rows = np.flatnonzero(today & ~np.isnan(known))
    wait_s[rows] = layout.elapsed_s(kind[rows], came_s[rows], known[rows])
    live = np.isnan(columns["accepted_s"]) | ~(columns["accepted_s"] < now_s)
    itself = np.array([c.channel is Channel.SELF_SERVICE for c in scenario.contact_types])[kind]
    answered = today & (ends_s < now_s) & live & ~itself
    left = today & (columns["left_s"] < now_s)
    abandoned = left & (columns["outcome"] == ContactOutcome.ABANDONED)
    within = wait_s <= layout.within_s[kind]
    sets = {
        "offered": today,
        "first_attempts": today & (columns["cause"] == Cause.FIRST),
        "answered": answered,
        "answered_within": answered & within,
        "abandoned": abandoned,
        "abandoned_within": abandoned & within,
        "abandoned_quick": abandoned & (wait_s <= layout.short_abandon_s),
        "blocked": left & (columns["outcome"] == ContactOutcome.BLOCKED),
    }
    shape = (len(layout.types), last - first + 1)
    if last * horizon.interval == now_s:
        shape = (len(layout.types), last - first)
    counts = {name: np.zeros(shape) for name in (*sets, "wait_s")}
    for name, some in sets.items():
        at = layout.interval_at(came_s[some]) - first
        np.add.at(counts[name], (kind[some], at), 1.0)
    at = layout.interval_at(came_s[answered]) - first
    np.add.at(counts["wait_s"], (kind[answered], at), wait_s[answered])
    starts = [
        horizon.local(begins_s + k * horizon.interval).replace(tzinfo=None) for k in range(shape[1])
    ]
    table = pd.DataFrame(
        {
            "start": np.tile(np.array(starts, dtype=object), shape[0]),
            "contact_type": np.repeat(np.array(layout.types, dtype=object), shape[1]),
        }
    )
    for name in sets:
        table[name] = counts[name].ravel().astype(int)
    with np.errstate(invalid="ignore"):
        table["mean_wait_s"] = (counts["wait_s"] / counts["answered"]).ravel()
    return table
