"""A tape that does not belong to the scenario, or breaks its own rules, is refused by both engines.

Engines rely on the tape: on another the reference engine would tell a story without meaning, the
compiled engine would look beyond its arrays, and the two would differ. That is asked once for all,
and is no rule of the simulation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from math import inf

import numpy as np
from numpy.typing import NDArray

from queuesim.errors import Problem, ScenarioError
from queuesim.model import Scenario
from queuesim.model.attempts import asks_chance
from queuesim.sampling import Sessions, Tape
from queuesim.sampling.tape import Again, dialling_of
from queuesim.units import GRID

_REDRAW = "draw the tape for this scenario"
_PER_CONTACT = (
    *("contact_type", "talk_s", "wrap_up_s", "patience_s"),
    *("accepts", "window_delay_s", "answers", "allotted"),
)
_OF_ANNOUNCEMENTS = ("tolerates_s", "accepts_from_s")


_OF_AGAIN = tuple(each.name for each in fields(Again) if each.name != "first_attempts")

Problems = Iterator[Problem]


def refuse_wrong_tape(scenario: Scenario, tape: Tape, standing: int = 0) -> None:
    """Refuse a whole tape of another scenario, or one that breaks its own rules.

    Parameters
    ----------
    scenario : Scenario
    tape : Tape
        Perhaps made by hand: all is asked, also what every drawn tape is known to hold.
    standing : int
        How many of the first rows are contacts of a present: their arrivals are in no order.

    Raises
    ------
    ScenarioError
        With every kind of problem, and the first place of each.
    """
    _refuse(
        *_wrong_contacts(scenario, tape, after_s=0.0, standing=standing),
        *_wrong_draws(tape),
        *_wrong_agents(scenario, tape.agent_group, tape.sessions),
    )


def refuse_wrong_agents(
    scenario: Scenario, agent_group: NDArray[np.int32], sessions: Sessions
) -> None:
    """Refuse agents and sessions of another scenario, and sessions that cannot be.

    Parameters
    ----------
    scenario : Scenario
    agent_group : numpy.ndarray, int32, shape (agents,)
        Group of each agent.
    sessions : Sessions

    Raises
    ------
    ScenarioError
        As `refuse_wrong_tape`.
    """
    _refuse(*_wrong_agents(scenario, agent_group, sessions))


def refuse_wrong_contacts(scenario: Scenario, tape: Tape, after_s: float) -> None:
    """Refuse contacts of another scenario, and those that come when they cannot.

    Parameters
    ----------
    scenario : Scenario
    tape : Tape
        Its contacts, or those of a piece.
    after_s : float
        Contacts before this instant have come already [s].

    Raises
    ------
    ScenarioError
        As `refuse_wrong_tape`.
    """
    _refuse(*_wrong_contacts(scenario, tape, after_s))


def _refuse(*problems: Problem) -> None:
    if problems:
        raise ScenarioError(problems, subject="Tape")


def _wrong_agents(
    scenario: Scenario, agent_group: NDArray[np.int32], sessions: Sessions
) -> Problems:
    groups, agents = len(scenario.agent_groups), len(agent_group)
    yield from _outside("agent_group", agent_group, groups, "agent groups of the scenario")
    agent, on_s, off_s = sessions.agent, sessions.on_s, sessions.off_s
    lengths = (len(agent), len(on_s), len(off_s), len(sessions.factor))
    if min(lengths) != max(lengths):
        yield _lengths("tape.sessions", lengths)
        return
    factor = sessions.factor
    rows = np.flatnonzero(~((factor > 0.0) & (factor < inf)))
    rule, fix = "must be above 0 and finite", "write 1 for a trained agent, 1.5 for a slow one"
    yield from _first("sessions.factor[{}]", rows, (factor,), rule, fix)
    yield from _outside("sessions.agent", agent, agents, "agents; others are not there")
    rows = np.flatnonzero(~(on_s < off_s))  # also where one is NaN
    rule, fix = "must end after it begins", "swap on_s and off_s, or leave the session out"
    yield from _first("sessions[{}]", rows, (on_s, off_s), rule, fix)
    rule, fix = "must not begin before the horizon", "let it begin at 0 s"
    yield from _first("sessions.on_s[{}]", np.flatnonzero(on_s < 0.0), (on_s,), rule, fix)
    end_s = scenario.horizon.seconds
    rule, fix = f"must end with the horizon, at {end_s:,.0f} s at the latest", "let it end there"
    yield from _first("sessions.off_s[{}]", np.flatnonzero(off_s > end_s), (off_s,), rule, fix)
    again = on_s[1:] == on_s[:-1]
    before = np.flatnonzero((on_s[1:] < on_s[:-1]) | (again & (agent[1:] < agent[:-1]))) + 1
    rule, fix = "must come in order of on_s, then of agent", "sort by numpy.lexsort((agent, on_s))"
    yield from _first("sessions[{}]", before, (on_s, agent), rule, fix)
    order = _by_agent(agent, agents, on_s, in_order=len(rows) == len(before) == 0)
    agent, on_s, off_s = agent[order], on_s[order], off_s[order]
    rows = order[1:][(agent[1:] == agent[:-1]) & (on_s[1:] < off_s[:-1])]
    rule, fix = "must not begin before the agent's last session has ended", "make one of the two"
    columns = (sessions.agent, sessions.on_s)
    yield from _first("sessions[{}]", np.sort(rows), columns, rule, fix)


def _by_agent(
    agent: NDArray[np.int32], agents: int, on_s: NDArray[np.float64], in_order: bool
) -> NDArray[np.intp]:
    """Return the order of sessions by agent, then by start."""
    if not in_order:
        return np.lexsort((on_s, agent))
    # NumPy sorts numbers this short by counting
    return np.argsort(agent.astype(np.int16) if agents < 1 << 15 else agent, kind="stable")


def _wrong_contacts(scenario: Scenario, tape: Tape, after_s: float, standing: int = 0) -> Problems:
    types, arrival_s = scenario.contact_types, tape.arrival_s[standing : tape.first_attempts]
    names: tuple[str, ...] = _PER_CONTACT
    if any(each.announcement for each in types):
        names += _OF_ANNOUNCEMENTS
    lengths = (len(tape), *(len(getattr(tape, name)) for name in names))
    if min(lengths) != max(lengths):
        yield _lengths("tape", lengths)
        return
    asked = any(asks_chance(types, scenario.agent_groups))
    if asked and tape.again is None:
        rule = "must say who comes again, as the scenario asks"
        yield Problem("tape.again", "nothing", rule, _REDRAW)
    if tape.first_attempts == 0:
        return
    known = "contact types of the scenario"
    not_known = list(_outside("contact_type", tape.contact_type, len(types), known))
    yield from not_known or _wrongly_allotted(scenario, tape)
    if len(arrival_s):
        yield from _in_no_order(scenario, tape, arrival_s, max(after_s, 0.0), standing)
    dials = max((each.attempts for kind in types if (each := dialling_of(kind))), default=0)
    if tape.answers.shape[1] < dials:
        rule = f"must say of {dials} dials whether they are answered, one column each"
        yield Problem("tape.answers", f"{tape.answers.shape[1]} columns", rule, _REDRAW)


def _in_no_order(
    scenario: Scenario, tape: Tape, arrival_s: NDArray[np.float64], first_s: float, standing: int
) -> Problems:
    """Tell of contacts that do not come one after the other within the horizon."""
    in_order = arrival_s[1:] >= arrival_s[:-1]
    if not (arrival_s[0] >= first_s and in_order.all()):  # NaN is in no order
        rows = np.flatnonzero(~np.append(arrival_s[0] >= first_s, in_order)) + standing
        rule = "contacts must come in order of arrival, none before the last piece ended"
        fix = "sort the contacts by arrival_s"
        yield from _first("arrival_s[{}]", rows, (tape.arrival_s,), rule, fix)
    end_s = scenario.horizon.seconds
    if not arrival_s[-1] < end_s:
        rule, fix = f"must be before the horizon ends, at {end_s:,.0f} s", "leave the contact out"
        rows = np.flatnonzero(arrival_s >= end_s) + standing
        yield from _first("arrival_s[{}]", rows, (tape.arrival_s,), rule, fix)


def _wrongly_allotted(scenario: Scenario, tape: Tape) -> Problems:
    """Tell of contacts that are allotted to a group without a share, or to none where all are."""
    names = [group.name for group in scenario.agent_groups]
    allowed = np.zeros((len(scenario.contact_types), len(names) + 2), dtype=bool)
    for k, kind in enumerate(scenario.contact_types):
        allowed[k, 0] = not kind.allocation
        allowed[k, 1:-1] = [kind.allocation.get(name, 0.0) > 0.0 for name in names]
    if allowed[:, 0].all() and (tape.allotted == -1).all():
        return
    place = np.clip(tape.allotted, -2, len(names)) + 1  # the last, also counted from behind: none
    rows = np.flatnonzero(~allowed[tape.contact_type, place])
    rule = "must be a group that has a share of the contact type; -1 where it has no allocation"
    yield from _first("allotted[{}]", rows, (tape.allotted,), rule, _REDRAW)


def _wrong_draws(tape: Tape) -> Problems:
    for name in ("talk_s", "wrap_up_s", "patience_s", "window_delay_s", *_OF_ANNOUNCEMENTS):
        times_s = getattr(tape, name)
        without_end = name in ("patience_s", *_OF_ANNOUNCEMENTS)
        most_s = inf if without_end else np.finfo(float).max
        if len(times_s) and not (times_s.min() >= 0.0 and times_s.max() <= most_s):
            rows = np.flatnonzero(~((times_s >= 0.0) & (times_s <= most_s)))
            rule = "must be a number of seconds, 0 or more"
            fix = "only patience may be without end" if np.isinf(times_s[rows[0]]) else _REDRAW
            yield from _first(f"{name}[{{}}]", rows, (times_s,), rule, fix)
    # work is put on the grid when it is known who does it
    for name in ("arrival_s", "patience_s", "window_delay_s"):
        yield from _off_grid(name, getattr(tape, name))
    if tape.again is not None:
        yield from _wrong_further(tape, tape.again)
    for name in ("on_s", "off_s"):
        yield from _off_grid(f"sessions.{name}", getattr(tape.sessions, name))


def _wrong_further(tape: Tape, again: Again) -> Problems:
    n = len(tape)
    lengths = (n, *(len(getattr(again, name)) for name in _OF_AGAIN))
    if min(lengths) != max(lengths):
        yield _lengths("tape.again", lengths)
        return
    yield from _outside("again.customer", again.customer, again.first_attempts, "first attempts")
    first = np.arange(n) < again.first_attempts
    wrong = (again.attempt == 0) != first
    rule = "must be 0 for first attempts, and above for the rows behind them"
    yield from _first("again.attempt[{}]", np.flatnonzero(wrong), (again.attempt,), rule, _REDRAW)
    follows = np.flatnonzero(again.following >= 0)
    to = np.minimum(again.following[follows], n - 1)
    theirs = (again.following[follows] < n) & (again.customer[to] == again.customer[follows])
    rows = follows[~(theirs & (again.attempt[to] == again.attempt[follows] + 1))]
    rule = "must be the first row of the same customer's next attempt, or -1"
    yield from _first("again.following[{}]", rows, (again.following,), rule, _REDRAW)
    for name in _OF_AGAIN:
        if name.endswith("_s"):
            yield from _off_grid(f"again.{name}", getattr(again, name))


# How a problem is told ---------------------------------------------------------------------


def _first(
    where: str,
    rows: NDArray[np.intp],
    columns: tuple[NDArray[np.float64] | NDArray[np.int32], ...],
    rule: str,
    fix: str,
) -> Problems:
    """Tell of the first row that is wrong, and how many others are."""
    if len(rows):
        given = " and ".join(f"{column[rows[0]].item():,}" for column in columns)
        more = f" ({len(rows) - 1:,} more like it)" if len(rows) > 1 else ""
        yield Problem(f"tape.{where.format(rows[0])}", given + more, rule, fix)


def _outside(name: str, numbers: NDArray[np.int32], allowed: int, of_what: str) -> Problems:
    """Tell of numbers that are none of 0, 1, … allowed - 1."""
    if len(numbers) and (numbers.min() < 0 or numbers.max() >= allowed):
        rows = np.flatnonzero((numbers < 0) | (numbers >= allowed))
        rule = f"must be, counted from 0, one of the {allowed:,} {of_what}"
        yield from _first(f"{name}[{{}}]", rows, (numbers,), rule, _REDRAW)


def _off_grid(name: str, times_s: NDArray[np.float64]) -> Problems:
    """Tell of times between two points of the grid; what is no number is told of elsewhere."""
    points = times_s * GRID
    on_grid = points == np.rint(points)
    if not on_grid.all():
        rows = np.flatnonzero(~on_grid & ~np.isnan(points))
        fix = "use queuesim.units.snap"
        yield from _first(
            f"{name}[{{}}]", rows, (times_s,), f"must be on the grid of 1/{GRID} s", fix
        )


def _lengths(where: str, lengths: tuple[int, ...]) -> Problem:
    """Tell of columns of different lengths."""
    given = "columns of " + ", ".join(f"{length:,}" for length in lengths)
    return Problem(where, given, "all must be equally long", _REDRAW)
