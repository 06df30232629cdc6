"""Runs cut into pieces, and runs made up: what a count must bear."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

import queuesim as qs
from queuesim.engines.outcome import CONTACT_COLUMNS, ContactOutcome, Outcome
from queuesim.results import Tally
from queuesim.results.layout import Layout
from queuesim.results.tally import Count
from queuesim.sampling import Sessions, Tape

OF_CALLBACKS = ("offer_s", "accepted_s", "due_s", "dialled_s", "attempts")


def same(one: Tally, other: Tally) -> None:
    """Hold two tallies against each other, to the bit."""
    for name in ("contacts", "groups", "waits"):
        a, b = getattr(one, name), getattr(other, name)
        assert (a.dtype, a.shape, a.flags.c_contiguous) == (b.dtype, b.shape, True), name
        np.testing.assert_array_equal(a, b, err_msg=name)


def counted_in_pieces(outcome: Outcome, seed: int) -> Tally:
    """Count contacts in any order, beside others that go on, and busy periods cut in two."""
    rng = np.random.default_rng(seed)
    tape, layout = outcome.tape, Layout.of(outcome.scenario)
    count = Count(layout, tape.agent_group, tape.sessions)
    pieces = int(rng.integers(1, 5))
    piece_of = rng.integers(0, pieces, len(tape))
    busy = _cut_in_two(outcome, rng)
    edges = np.sort(rng.integers(0, len(busy[0]) + 1, pieces - 1)) if pieces > 1 else []
    for piece, periods in enumerate(np.split(np.arange(len(busy[0])), edges)):
        rows = rng.permutation(np.flatnonzero((piece_of == piece) | (rng.random(len(tape)) < 0.3)))
        final = piece_of[rows] == piece
        columns = {name: column[rows] for name, column in outcome.contacts.items()}
        for name, (dtype, _) in CONTACT_COLUMNS.items():  # what goes on may hold anything
            columns[name][~final] = 1 if dtype.startswith("int") else 7.5
        if not layout.calls_back:
            for name in OF_CALLBACKS:
                columns[name] = columns[name][:0]
                if rng.random() < 0.5:
                    del columns[name]
        if not layout.pauses and rng.random() < 0.5:
            del columns["paused_s"]
        if tape.again is not None:
            columns["first_type"] = tape.contact_type[tape.again.customer][rows]
        came_s = np.where(outcome.contacts["cause"] < 0, np.nan, outcome.contacts["came_s"])
        of_tape = (tape.contact_type, came_s, tape.talk_s, tape.wrap_up_s)
        count.add_contacts(*(column[rows] for column in of_tape), columns, final)
        count.add_busy(*(column[periods] for column in busy))
    return count.tally(tape.replication)


def _cut_in_two(
    outcome: Outcome, rng: np.random.Generator
) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]]:
    """Return busy periods by their start, agents interleaved; half of them as two that touch."""
    agent, from_s, to_s = (outcome.busy[name] for name in ("agent", "from_s", "to_s"))
    middle = from_s + np.floor((to_s - from_s) * 1024 * rng.random(len(agent))) / 1024
    cut = rng.random(len(agent)) < 0.5
    middle = np.where(cut, middle, to_s)
    agent = np.concatenate((agent, agent[cut]))
    to_s = np.concatenate((middle, to_s[cut]))
    from_s = np.concatenate((from_s, middle[cut]))
    order = np.lexsort((to_s, from_s))
    return agent[order], from_s[order], to_s[order]


def made_up(stated: qs.Scenario, n: int, *, seed: int, longest_wait_s: float = 900.0) -> Outcome:
    """An outcome that no engine made: contacts of `by_hand.scenario`, ended in all ways."""
    rng = np.random.default_rng(seed)
    layout = Layout.of(stated)

    def spans(longest_s: float) -> NDArray[np.float64]:
        zero = rng.random(n) < 0.4
        return np.where(zero, 0.0, np.floor(rng.random(n) ** 3 * longest_s * 1024) / 1024)

    kind = rng.integers(0, len(layout.types), n).astype(np.int32)
    arrival_s = np.sort(np.floor(rng.random(n) * layout.horizon_s * 1024) / 1024)
    wait_s, talk_s, wrap_up_s = spans(longest_wait_s), spans(3000.0), spans(300.0)
    code = rng.choice(7, n, p=[0.05, 0.55, 0.15, 0.1, 0.05, 0.05, 0.05])
    offers = ~np.isnan(layout.promise_s[kind])
    code[(code == ContactOutcome.FAILED_CALLBACK) & ~(offers | layout.dials_back[kind])] = 1
    code[(code == ContactOutcome.ABANDONED) & layout.dials_back[kind]] = 0
    code[(code == ContactOutcome.BALKED) & np.isnan(layout.tolerance_s[kind])] = 1
    handled, nan = code == ContactOutcome.HANDLED, np.nan
    at_once = (code == ContactOutcome.BLOCKED) | (rng.random(n) < 0.5)
    at_once &= (code == ContactOutcome.BLOCKED) | (code == ContactOutcome.TURNED_AWAY)
    told = ~np.isnan(layout.tolerance_s[kind]) & ~at_once & (rng.random(n) < 0.7)
    told |= code == ContactOutcome.BALKED
    at_once |= code == ContactOutcome.BALKED
    offered = offers & ~at_once & (rng.random(n) < 0.5)
    ends_owed = handled | (code == ContactOutcome.FAILED_CALLBACK) | (code == 0)
    takes = offered & ends_owed & (rng.random(n) < 0.7)
    takes |= offers & (code == ContactOutcome.FAILED_CALLBACK)
    offered |= takes
    owed = takes | (layout.dials_back[kind] & ~at_once)
    dialled = owed & (handled | (rng.random(n) < 0.6))
    accepted_s = np.where(takes, arrival_s + wait_s, nan)
    dialled_s = np.where(dialled, arrival_s + wait_s + spans(7200.0), nan)
    answered_s = np.where(dialled, dialled_s, arrival_s + wait_s)
    answered_s = np.where(handled, answered_s, nan)
    left_s = np.where(handled | (code == 0), nan, arrival_s + np.where(at_once, 0.0, wait_s))
    agents = 12
    contacts = {
        "outcome": code,
        "agent": np.where(handled, rng.integers(0, agents, n), -1),
        "answered_s": answered_s,
        "talk_end_s": answered_s + talk_s,
        "freed_s": answered_s + talk_s + wrap_up_s,
        "left_s": left_s,
        "offer_s": np.where(offered, arrival_s, nan),
        "accepted_s": accepted_s,
        "due_s": np.where(takes, accepted_s, np.where(owed, arrival_s, nan)),
        "dialled_s": dialled_s,
        "attempts": np.where(dialled, rng.integers(1, 4, n), 0),
        "announced_s": np.where(told, np.maximum(wait_s + spans(60.0) - 30.0, 0.0), nan),
        "came_s": arrival_s,
        "cause": np.zeros(n),
        "resolved": np.where(handled, 1, -1),
        "paused_s": np.where(handled, np.floor(rng.random(n) * (talk_s + wrap_up_s)), 0.0),
    }
    contacts = {name: contacts[name].astype(dtype) for name, (dtype, _) in CONTACT_COLUMNS.items()}
    sessions, busy = _made_up_time(layout, agents, rng)
    tape = Tape(
        seed=seed,
        replication=0,
        contact_type=kind,
        day=np.zeros(n, dtype=np.int32),
        number=np.arange(n, dtype=np.int64),
        arrival_s=arrival_s,
        talk_s=talk_s,
        wrap_up_s=wrap_up_s,
        patience_s=np.full(n, np.inf),
        accepts=takes,
        window_delay_s=np.zeros(n),
        answers=np.zeros((n, 0), dtype=bool),
        allotted=np.full(n, -1, dtype=np.int32),
        agent_group=np.sort(rng.integers(0, len(layout.groups), agents)).astype(np.int32),
        sessions=sessions,
    )
    return Outcome(stated, tape, contacts, busy)


def _made_up_time(
    layout: Layout, agents: int, rng: np.random.Generator
) -> tuple[Sessions, dict[str, NDArray[np.generic]]]:
    """Sessions of hours; busy periods that begin in one, and now and then outlast some."""
    sessions, periods = [], []
    for agent in range(agents):
        edges = np.unique(np.floor(rng.random(80) * layout.horizon_s * 1024) / 1024)
        mine = [(agent, on, off) for on, off in zip(edges[::2], edges[1::2], strict=False)]
        sessions += mine
        free_s = -1.0
        for _, on, off in mine:
            starts = np.floor((on + np.sort(rng.random(9)) * (off - on)) * 1024) / 1024
            for start in starts:
                if start > free_s:
                    share = 0.1 if rng.random() < 0.95 else 2.0
                    free_s = start + np.floor(rng.random() * share * (off - on) * 1024) / 1024
                    periods.append((agent, start, free_s))
    sessions.sort(key=lambda session: (session[1], session[0]))
    columns = [np.array(column) for column in zip(*sessions, strict=True)]
    agent, from_s, to_s = (np.array(column) for column in zip(*periods, strict=True))
    return (
        Sessions(columns[0].astype(np.int32), columns[1], columns[2]),
        {"agent": agent.astype(np.int32), "from_s": from_s, "to_s": to_s},
    )
