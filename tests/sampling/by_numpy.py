"""The tape told a second time, with NumPy's generators, one stream and one day after the other.

Slow and plain: what `queuesim.sampling` draws must be equal to this to the bit.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import date
from functools import singledispatch

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

import queuesim as qs
from queuesim.model import AgentGroup, ContactType, Horizon
from queuesim.model.roster import Roster, rostered
from queuesim.sampling import Sessions, Tape
from queuesim.sampling.streams import name_key
from queuesim.sampling.tape import dialling_of
from queuesim.units import GRID, snap, snap_down

Seconds = NDArray[np.float64]


# Streams --------------------------------------------------------------------------------


class Stream:
    def __init__(self, name: str, seed: int, replication: int) -> None:
        self.name = name
        sequence = np.random.SeedSequence(seed, spawn_key=(*name_key(name), replication))
        self._bits = np.random.PCG64DXSM(sequence)
        self._start = self._bits.state
        self._generator = np.random.Generator(self._bits)

    def on_day(self, day: date) -> np.random.Generator:
        self._bits.state = self._start
        self._bits.advance(day.toordinal() * 2**64)
        return self._generator


class Streams:
    def __init__(self, seed: int, replication: int) -> None:
        self.seed = seed
        self.replication = replication
        self._made: dict[str, Stream] = {}

    def __getitem__(self, name: str) -> Stream:
        if name not in self._made:
            self._made[name] = Stream(name, self.seed, self.replication)
        return self._made[name]


def one_draw_a_day(stream: Stream, horizon: Horizon) -> Seconds:
    return np.array([stream.on_day(day).random() for day in horizon.dates])


# Durations ------------------------------------------------------------------------------


def draw(distribution: object, generator: np.random.Generator, n: int) -> Seconds:
    return np.asarray(snap(_draw(distribution, generator, n)), dtype=np.float64)


@singledispatch
def _draw(distribution: object, generator: np.random.Generator, n: int) -> Seconds:
    raise TypeError(f"no way to draw from {type(distribution).__name__}")


@_draw.register
def _(distribution: qs.Exponential, generator: np.random.Generator, n: int) -> Seconds:
    return distribution.mean * generator.standard_exponential(n)


@_draw.register
def _(distribution: qs.LogNormal, generator: np.random.Generator, n: int) -> Seconds:
    return distribution.median_s * np.exp(distribution.sigma * generator.standard_normal(n))


@_draw.register
def _(distribution: qs.Gamma, generator: np.random.Generator, n: int) -> Seconds:
    return distribution.scale * generator.standard_gamma(distribution.shape, n)


@_draw.register
def _(distribution: qs.Weibull, generator: np.random.Generator, n: int) -> Seconds:
    return distribution.scale * generator.standard_exponential(n) ** (1.0 / distribution.shape)


@_draw.register
def _(distribution: qs.Deterministic, generator: np.random.Generator, n: int) -> Seconds:
    return np.full(n, distribution.value)


@_draw.register
def _(distribution: qs.Hyperexponential, generator: np.random.Generator, n: int) -> Seconds:
    # Two uniforms a contact, side by side, so that the draws of one contact stay its own.
    phase, length = generator.random((n, 2)).T
    mean = np.where(phase < distribution.share, distribution.mean_short, distribution.mean_long)
    return -np.log1p(-length) * mean


@_draw.register
def _(distribution: qs.Empirical, generator: np.random.Generator, n: int) -> Seconds:
    values = np.asarray(distribution.values, dtype=np.float64)
    return values[np.floor(generator.random(n) * len(values)).astype(np.int64)]


# Arrivals -------------------------------------------------------------------------------


@dataclass(frozen=True)
class DayOfArrivals:
    day: int
    drawn: int
    number: NDArray[np.int64]
    arrival_s: NDArray[np.float64]


def busyness(contact_type: ContactType, horizon: Horizon, streams: Streams) -> NDArray[np.float64]:
    demand = contact_type.demand
    if demand.busyness == 0:
        return np.ones(horizon.days)
    shape = 1.0 / demand.busyness**2
    factor = np.zeros(horizon.days)
    for name, share in (
        ("/busyness", demand.shared),
        (f"{contact_type.name}/busyness", 1.0 - demand.shared),
    ):
        if share > 0:
            chance = one_draw_a_day(streams[name], horizon)
            factor += gammaincinv(share * shape, chance) / shape
    return factor


def arrivals(contact_type: ContactType, horizon: Horizon, streams: Streams) -> list[DayOfArrivals]:
    rates = contact_type.demand.rates(horizon)
    busy = busyness(contact_type, horizon, streams)
    level_stream = streams[f"{contact_type.name}/arrivals"]
    position_stream = streams[f"{contact_type.name}/position"]
    first_bin = np.searchsorted(rates.day, np.arange(horizon.days + 1))
    days = []
    for day, calendar_day in enumerate(horizon.dates):
        bins = slice(first_bin[day], first_bin[day + 1])
        edges = rates.edges_s[first_bin[day] : first_bin[day + 1] + 1]
        mass = rates.base_per_s[bins] * np.diff(edges)
        volume = mass.sum()
        if volume == 0 or busy[day] == 0:
            continue
        wanted = volume * busy[day] * rates.factor[bins]
        levels = _levels_below(level_stream.on_day(calendar_day), wanted[mass > 0].max())
        position = position_stream.on_day(calendar_day).random(len(levels)) * volume
        cumulative = np.concatenate(([0.0], np.cumsum(mass)))
        # the last bin with mass takes a position that rounding put at the very end of the day
        at = np.minimum(
            np.searchsorted(cumulative, position, side="right") - 1, np.flatnonzero(mass)[-1]
        )
        into = (position - cumulative[at]) / mass[at] * (edges[at + 1] - edges[at])
        # Down, never up: an arrival must stay inside its bin, before the doors close.
        arrival = np.minimum(snap_down(edges[at] + into), edges[at + 1] - 1.0 / GRID)
        comes = np.flatnonzero(levels < wanted[at])
        if len(comes):
            days.append(DayOfArrivals(day, len(levels), comes, arrival[comes]))
    return days


def _levels_below(generator: np.random.Generator, ceiling: float) -> NDArray[np.float64]:
    guess = int(ceiling + 6 * np.sqrt(ceiling) + 16)
    levels = np.cumsum(generator.standard_exponential(guess))
    while levels[-1] < ceiling:
        more = generator.standard_exponential(guess)
        more[0] += levels[-1]
        levels = np.concatenate((levels, np.cumsum(more)))
    return levels[: np.searchsorted(levels, ceiling)]


# Sessions -------------------------------------------------------------------------------

_Row = tuple[int, float, float]


def group_sessions(
    group: AgentGroup, roster: Roster, horizon: Horizon, streams: Streams
) -> tuple[int, Sessions]:
    rounding = one_draw_a_day(streams[f"{group.name}/shrinkage"], horizon)
    people = roster.people
    if group.absence > 0:
        stream = streams[f"{group.name}/absence"]
        absent = np.array(
            [stream.on_day(day).random(people) < group.absence for day in horizon.dates]
        )
    else:
        absent = np.zeros((horizon.days, people), dtype=bool)
    present_share = 1.0 - group.shrinkage
    if roster.by_shifts:
        rows = _shift_sessions(roster, absent, rounding, present_share)
    else:
        rows = _first_on_first_off(roster, horizon, absent, rounding, present_share)
    rows.sort(key=lambda row: (row[1], row[0]))
    agents = max((row[0] for row in rows), default=-1) + 1
    return agents, Sessions(
        np.array([row[0] for row in rows], dtype=np.int32),
        np.array([row[1] for row in rows], dtype=np.float64),
        np.array([row[2] for row in rows], dtype=np.float64),
    )


def _first_on_first_off(
    roster: Roster,
    horizon: Horizon,
    absent: NDArray[np.bool_],
    rounding: NDArray[np.float64],
    present_share: float,
) -> list[_Row]:
    """Turn staffed counts into sessions: who came first goes first, who is off longest comes."""
    day = np.searchsorted(horizon.day_edges_s, roster.edges_s[:-1], side="right") - 1
    absent_among_first = np.zeros((horizon.days, absent.shape[1] + 1), dtype=np.int64)
    absent_among_first[:, 1:] = np.cumsum(absent, axis=1)
    there = np.asarray(roster.counts - absent_among_first[day, roster.counts], dtype=np.int64)
    staffed = np.floor(there * present_share + rounding[day]).astype(np.int64)
    off: deque[int] = deque(range(int(staffed.max(initial=0))))
    on: deque[tuple[int, float]] = deque()
    rows: list[_Row] = []
    pieces = [*zip(roster.edges_s[:-1].tolist(), staffed.tolist(), strict=True)]
    for start, count in [*pieces, (float(roster.edges_s[-1]), 0)]:
        while len(on) > count:
            agent, since = on.popleft()
            rows.append((agent, since, start))
            off.append(agent)
        while len(on) < count:
            on.append((off.popleft(), start))
    return rows


def _shift_sessions(
    roster: Roster,
    absent: NDArray[np.bool_],
    rounding: NDArray[np.float64],
    present_share: float,
) -> list[_Row]:
    """Keep the sessions of those who are there; shrinkage takes an even sample of the people."""
    rows: list[_Row] = []
    for day in np.unique(roster.day):
        today = np.flatnonzero(roster.day == day)
        people = [p for p in np.unique(roster.person[today]) if not absent[day, p]]
        steps = np.floor(np.arange(len(people) + 1) * present_share + rounding[day])
        there = {int(p) for p, step in zip(people, np.diff(steps), strict=True) if step > 0}
        rows += [
            (int(roster.person[k]), float(roster.on_s[k]), float(roster.off_s[k]))
            for k in today
            if int(roster.person[k]) in there
        ]
    return _joined(rows)


def _joined(rows: list[_Row]) -> list[_Row]:
    """Join sessions of one agent that touch, at midnight for example."""
    joined: list[_Row] = []
    for agent, on, off in sorted(rows):
        if joined and joined[-1][0] == agent and joined[-1][2] >= on:
            joined[-1] = (agent, joined[-1][1], max(off, joined[-1][2]))
        elif off > on:
            joined.append((agent, on, off))
    return joined


def with_factors(
    group: AgentGroup,
    sessions: Sessions,
    agents: int,
    roster: Roster,
    horizon: Horizon,
    streams: Streams,
) -> Sessions:
    """Give every session its factor, day after day; what changes at a midnight cuts it."""
    personal = [1.0] * agents
    if group.speed_spread > 0:
        stream = streams[f"{group.name}/speed"]
        stream._bits.state = stream._start
        sigma = np.sqrt(np.log1p(group.speed_spread**2))
        for k, x in enumerate(stream._generator.standard_normal(agents)):
            personal[k] = round(float(np.exp(sigma * x - sigma**2 / 2)) * 2**20) / 2**20
    batch_of: dict[int, qs.Starters] = {}
    if group.shifts:
        numbers, names = {}, []
        for each in group.shifts:
            numbers[each.name] = max(numbers.get(each.name, 0), each.headcount)
        for name, many in numbers.items():
            names += [name] * many
        for batch in group.starters:
            free = [p for p, s in enumerate(names) if p not in batch_of]
            batch_of |= dict.fromkeys(_last(free, names, batch), batch)
    elif group.starters:
        stream = streams[f"{group.name}/starters"]
        stream._bits.state = stream._start
        chance, wanted = stream._generator.random(), 0.0
        for batch in group.starters:
            day = (batch.on - horizon.start).days
            scheduled = [
                count
                for count, edge in zip(roster.counts, roster.edges_s[:-1], strict=True)
                if day <= 0 or (day < horizon.days and edge >= horizon.day_edges_s[day])
            ]
            most = max(scheduled, default=0)
            wanted += batch.count / most * agents if most else 0
            for p in range(agents - int(round(wanted, 9) + chance), agents):
                batch_of.setdefault(p, batch)
    rows = []
    for agent, on, off in zip(sessions.agent, sessions.on_s, sessions.off_s, strict=True):
        batch = batch_of.get(int(agent))
        pieces = [(float(on), 1.0 if batch is None else _ramp(batch, horizon, on))]
        for midnight in horizon.day_edges_s[1:-1]:
            if batch and on < midnight < off:
                factor = _ramp(batch, horizon, midnight)
                if factor != pieces[-1][1]:
                    pieces.append((float(midnight), factor))
        ends = [since for since, _ in pieces[1:]] + [float(off)]
        for (since, factor), end in zip(pieces, ends, strict=True):
            rows.append((since, int(agent), end, personal[agent] * factor))
    rows.sort()
    on_s, who, off_s, factors = ([row[k] for row in rows] for k in range(4))
    return Sessions(
        np.array(who, dtype=np.int32),
        *(np.array(column, dtype=float) for column in (on_s, off_s, factors)),
    )


def _last(free: list[int], names: list[str], batch: qs.Starters) -> list[int]:
    mine = [p for p in free if batch.shift in (None, names[p])]
    return mine[len(mine) - batch.count :]


def _ramp(batch: qs.Starters, horizon: Horizon, instant: float) -> float:
    day = int(np.searchsorted(horizon.day_edges_s, instant, side="right")) - 1
    since = (horizon.dates[day] - batch.on).days
    return batch.ramp_up[since // 7] if 0 <= since < 7 * len(batch.ramp_up) else 1.0


# The tape -------------------------------------------------------------------------------

_CONTACT_COLUMNS = (
    "contact_type",
    "day",
    "number",
    "arrival_s",
    "talk_s",
    "wrap_up_s",
    "patience_s",
    "accepts",
    "window_delay_s",
    "answers",
    "allotted",
)
_OF_ANNOUNCEMENTS = ("tolerates_s", "accepts_from_s")


def draw_tape(scenario: qs.Scenario, *, seed: int, replication: int = 0) -> Tape:
    streams = Streams(seed, replication)
    attempts = max((d.attempts for c in scenario.contact_types if (d := dialling_of(c))), default=0)
    names = _CONTACT_COLUMNS
    if any(c.announcement for c in scenario.contact_types):
        names += _OF_ANNOUNCEMENTS
    parts: dict[str, list[NDArray[np.generic]]] = {name: [] for name in names}
    rank_of_name = np.argsort(np.argsort([c.name for c in scenario.contact_types]))
    for index, contact_type in enumerate(scenario.contact_types):
        for today in arrivals(contact_type, scenario.horizon, streams):
            date = scenario.horizon.dates[today.day]
            comes = len(today.number)
            drawn = _contact_draws(contact_type, streams, date, today.drawn, attempts)
            drawn["allotted"] = _allotted(contact_type, scenario, streams, date, today.drawn)
            parts["contact_type"].append(np.full(comes, index, dtype=np.int32))
            parts["day"].append(np.full(comes, today.day, dtype=np.int32))
            parts["number"].append(today.number)
            parts["arrival_s"].append(today.arrival_s)
            for name, column in drawn.items():
                if name in names:
                    parts[name].append(column[today.number])
    columns = {
        name: np.concatenate(pieces) if pieces else _empty(name, attempts)
        for name, pieces in parts.items()
    }
    order = np.lexsort(
        (columns["number"], rank_of_name[columns["contact_type"]], columns["arrival_s"])
    )
    agent_group, sessions = _draw_sessions(scenario, streams)
    return Tape(
        seed=seed,
        replication=replication,
        agent_group=agent_group,
        sessions=sessions,
        **{name: column[order] for name, column in columns.items()},
    )


def _contact_draws(
    contact_type: ContactType, streams: Streams, date: object, n: int, attempts: int
) -> dict[str, NDArray[np.generic]]:
    def on_day(purpose: str) -> np.random.Generator:
        return streams[f"{contact_type.name}/{purpose}"].on_day(date)

    wrap_up, patience, offer = contact_type.wrap_up, contact_type.patience, contact_type.callback
    dialling = dialling_of(contact_type)
    answers = np.zeros((n, attempts), dtype=bool)
    if dialling is not None:
        for attempt in range(dialling.attempts):
            chance = on_day(f"answer {attempt + 1}").random(n)
            answers[:, attempt] = chance < dialling.answered
    later = offer is not None and offer.kind in ("later", "slot")
    said, accept_from = contact_type.announcement, offer.accept_from if offer else None
    tolerates = np.full(n, np.inf if said else 0.0)
    if said and said.balk:
        tolerates = draw(said.balk, on_day("balking"), n)
    return {
        "talk_s": draw(contact_type.talk, on_day("talk"), n),
        "wrap_up_s": draw(wrap_up, on_day("wrap-up"), n) if wrap_up else np.zeros(n),
        "patience_s": draw(patience, on_day("patience"), n) if patience else np.full(n, np.inf),
        "accepts": on_day("offer").random(n) < offer.accept if offer else np.zeros(n, dtype=bool),
        "window_delay_s": draw(offer.delay, on_day("window"), n)
        if offer and later
        else np.zeros(n),
        "answers": answers,
        "tolerates_s": tolerates,
        "accepts_from_s": draw(accept_from, on_day("acceptance"), n)
        if accept_from
        else np.zeros(n),
    }


def _allotted(
    contact_type: ContactType, scenario: qs.Scenario, streams: Streams, date: object, n: int
) -> NDArray[np.int32]:
    groups = [group.name for group in scenario.agent_groups]
    shares = {name: share for name, share in contact_type.allocation.items() if share > 0}
    allotted, least = np.full(n, -1, dtype=np.int32), np.full(n, np.inf)
    for name in sorted(shares, key=groups.index):
        draws = streams[f"{contact_type.name}/allocation {name}"].on_day(date)
        race = np.asarray(snap(2.0**20 / shares[name] * draws.standard_exponential(n)))
        allotted[race < least] = groups.index(name)
        least = np.minimum(least, race)
    return allotted


def _empty(name: str, attempts: int) -> NDArray[np.generic]:
    if name == "answers":
        return np.zeros((0, attempts), dtype=bool)
    kinds = {
        "contact_type": np.int32,
        "day": np.int32,
        "allotted": np.int32,
        "number": np.int64,
        "accepts": np.bool_,
    }
    return np.zeros(0, dtype=kinds.get(name, np.float64))


def _draw_sessions(scenario: qs.Scenario, streams: Streams) -> tuple[NDArray[np.int32], Sessions]:
    """Draw the sessions of all groups and number the agents through."""
    agent_group: list[NDArray[np.int32]] = []
    parts: list[Sessions] = []
    first = 0
    for index, group in enumerate(scenario.agent_groups):
        roster = rostered(group, scenario.horizon, scenario.group_windows(group.name))
        agents, sessions = group_sessions(group, roster, scenario.horizon, streams)
        sessions = with_factors(group, sessions, agents, roster, scenario.horizon, streams)
        through_all = (sessions.agent + first).astype(np.int32)
        parts.append(Sessions(through_all, sessions.on_s, sessions.off_s, sessions.factor))
        agent_group.append(np.full(agents, index, dtype=np.int32))
        first += agents
    agent, on_s, off_s, factor = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("agent", "on_s", "off_s", "factor")
    )
    order = np.lexsort((agent, on_s))
    columns = (agent[order], on_s[order], off_s[order], factor[order])
    return np.concatenate(agent_group), Sessions(*columns)
