"""Further attempts told a second time, with NumPy's generators, one row after the other.

Slow and plain: for every row of the tape, what it brings, and as what its customer may come next.
What `queuesim.sampling` draws must be equal to this to the bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

import queuesim as qs
from queuesim.model.attempts import asks_chance, layers
from queuesim.sampling import Tape
from queuesim.sampling.tape import Again, dialling_of
from queuesim.units import snap
from tests.sampling.by_numpy import Stream, Streams, draw

MULTIPLIER = 0xDA942042E4DD58B5
GOLDEN = 0x9E3779B97F4A7C15
WORD = 1 << 64
RETURNS = ("redial", "repeat", "turns", "after_hours", "rings_in")
DELAYS = {
    "redial": "redial_delay_s",
    "repeat": "repeat_delay_s",
    "turns": "turn_delay_s",
    "after_hours": "after_hours_delay_s",
    "rings_in": "rings_in_delay_s",
}
MARKS = ("redials", "repeats", "turns", "rings_in")
TIMES = (
    "arrival_s",
    "talk_s",
    "wrap_up_s",
    "patience_s",
    "window_delay_s",
    "tolerates_s",
    "accepts_from_s",
)


@dataclass
class Line:
    """One row of the tape."""

    kind: int
    day: int
    number: int
    word: int
    attempt: int
    customer: int
    times_back: int
    turns: int
    brings: dict[str, Any]
    following: int = -1
    again: dict[str, Any] | None = None


def with_further_attempts(stated: qs.Scenario, tape: Tape) -> Tape:
    """Return a tape of first attempts, lengthened by those that may follow."""
    types, groups = stated.contact_types, stated.agent_groups
    if not any(asks_chance(types, groups)):
        return tape
    streams = Streams(tape.seed, tape.replication)
    first = [_first(stated, streams, tape, row) for row in range(len(tape))]
    lines = list(first)
    reached = layers(types, groups)
    for line in first:
        can = reached[line.kind]
        block = [line]
        for attempt in range(len(can) + 1):
            found: dict[int, Line] = {}
            for each in block:
                for kind, back, turns in _after(stated, streams, each):
                    if attempt == len(can) or kind not in can[attempt]:
                        continue
                    if kind in found:
                        other = found[kind]
                        other.times_back = min(other.times_back, back)
                        other.turns = min(other.turns, turns)
                        continue
                    word = (each.word + GOLDEN) % WORD
                    found[kind] = Line(
                        kind, line.day, line.number, word, attempt + 1, line.customer, back, turns,
                        _brings(types[kind], [g.name for g in groups], streams, word, tape),
                    )  # fmt: skip
            if found:
                for each in block:
                    each.following = len(lines)
            block = list(found.values())
            lines += block
    return _written(tape, lines)


def _first(stated: qs.Scenario, streams: Streams, tape: Tape, row: int) -> Line:
    kind, day, number = (int(x[row]) for x in (tape.contact_type, tape.day, tape.number))
    each = stated.contact_types[kind]
    word = 0
    if any(asks_chance([each], stated.agent_groups)):
        stream = streams[f"{each.name}/customer"]
        stream.on_day(stated.horizon.dates[day])
        word = _enter(stream, number)
        word = int(stream._bits.random_raw())
    brings = {name: getattr(tape, name)[row] for name in TIMES if len(getattr(tape, name))}
    brings |= {"accepts": tape.accepts[row], "answers": tape.answers[row]}
    brings["allotted"] = tape.allotted[row]
    return Line(kind, day, number, word, 0, row, 0, 0, brings)


def _enter(stream: Stream, word: int) -> int:
    """Enter a stream, from where it stands, at the place that a word names."""
    told = stream._bits.state
    state = told["state"]["state"]
    high, low = state >> 64 ^ word, state % WORD ^ word * MULTIPLIER % WORD
    told["state"]["state"] = ((high << 64 | low) * MULTIPLIER + told["state"]["inc"]) % (1 << 128)
    stream._bits.state = told
    return word


def entered(stream: Stream, word: int) -> np.random.Generator:
    """Return a stream's generator, entered where a word says."""
    stream._bits.state = stream._start
    _enter(stream, word)
    return stream._generator


def _after(stated: qs.Scenario, streams: Streams, line: Line) -> Iterator[tuple[int, int, int]]:
    """Draw what a row brings for coming back; yield the type, times back and turns of the next."""
    types, groups = stated.contact_types, stated.agent_groups
    each = types[line.kind]
    names = [other.name for other in types]
    line.again = dict.fromkeys(MARKS, False)
    line.again |= dict.fromkeys((*DELAYS.values(), "resolution", "path"), 0.0)
    if not any(asks_chance([each], groups)):
        return
    redial, repeat, turn, resolution, path, ring_in = entered(
        streams[f"{each.name}/coming back"], line.word
    ).random(6)
    line.again |= {"resolution": resolution, "path": path}
    skills = [(g.name, s) for g in groups if (s := g.skill(each.name)) is not None]
    resolved = resolution < min((s.resolution for _, s in skills), default=1.0)
    fails = True
    arrival_s = line.brings.get("arrival_s", np.nan)
    if each.front_door is not None:
        failing = each.front_door.fails(1.0)
        outages = [o for o in each.front_door.outages if o.factor > 1]
        edges = [o.edges_s(stated.horizon) for o in outages]
        if line.attempt > 0 or any(e[0] <= arrival_s < e[-1] for e in edges):
            failing = each.front_door.fails(float(np.prod([o.factor for o in outages])))
        fails = resolution >= 1.0 - failing
        resolved = path < each.front_door.resolution
    is_open = line.attempt == 0 and any(a <= arrival_s < b for a, b in each.windows(stated.horizon))
    comes = {
        "redial": redial < each.redial.share if each.redial else False,
        "repeat": repeat < each.repeat.share if each.repeat else False,
        "turns": turn < each.turns.share if each.turns else False,
    }
    line.again |= {"redials": comes["redial"], "repeats": comes["repeat"], "turns": comes["turns"]}
    comes["repeat"] = comes["repeat"] and not resolved
    after = each.after_hours
    comes["after_hours"] = after is not None and path < after.share and not is_open
    offer = each.callback
    rings_in = offer.rings_in if offer else each.rings_in
    line.again["rings_in"] = rings_in is not None and ring_in < rings_in.share
    asks = line.attempt > 0 or each.channel == "callback" or line.brings["accepts"]
    comes["rings_in"] = line.again["rings_in"] and bool(asks)
    for field in RETURNS:
        terms = rings_in if field == "rings_in" else getattr(each, field)
        before = line.turns if field == "turns" else line.times_back
        if not comes[field] or before >= terms.max_attempts:
            continue
        stream = streams[f"{each.name}/{field} delay"]
        delay = qs.Deterministic(value=terms.delay) if _is_time(terms.delay) else terms.delay
        line.again[DELAYS[field]] = draw(delay, entered(stream, line.word), 1)[0]
        to = names.index(terms.to or each.name)
        if field == "turns":
            yield to, line.times_back, line.turns + 1
        else:
            yield to, line.times_back + 1, 0
    for _, skill in skills:
        if skill.transfer is not None and path < skill.transfer.share:
            yield names.index(skill.transfer.to), line.times_back, 0
    if each.front_door is not None and fails:
        low = 0.0
        for name, share in each.front_door.to.items():
            if low <= path < low + share:
                yield names.index(name), line.times_back, 0
            low += share


def _is_time(delay: object) -> bool:
    return isinstance(delay, (int, float))


def _brings(
    each: qs.ContactType, groups: list[str], streams: Streams, word: int, tape: Tape
) -> dict[str, Any]:
    """Draw what a further attempt brings."""

    def on(purpose: str) -> np.random.Generator:
        return entered(streams[f"{each.name}/{purpose} again"], word)

    def one(law: Any, purpose: str) -> float:
        law = qs.Deterministic(value=law) if _is_time(law) else law
        return float(draw(law, on(purpose), 1)[0])

    offer, dialling, said = each.callback, dialling_of(each), each.announcement
    answers = np.zeros(tape.answers.shape[1], dtype=bool)
    for attempt in range(dialling.attempts if dialling else 0):
        answers[attempt] = on(f"answer {attempt + 1}").random() < dialling.answered
    later = offer is not None and offer.kind in ("later", "slot")
    least, allotted = np.inf, -1
    for g, name in enumerate(groups):
        if each.allocation.get(name):
            race = on(f"allocation {name}").standard_exponential()
            race_s = float(snap(2.0**20 / each.allocation[name] * race))
            if race_s < least:
                least, allotted = race_s, g
    brings = {
        "arrival_s": np.nan,
        "allotted": allotted,
        "talk_s": one(each.talk, "talk"),
        "wrap_up_s": one(each.wrap_up, "wrap-up") if each.wrap_up else 0.0,
        "patience_s": one(each.patience, "patience") if each.patience else np.inf,
        "accepts": on("offer").random() < offer.accept if offer else False,
        "window_delay_s": one(offer.delay, "window") if offer and later else 0.0,
        "answers": answers,
    }
    if len(tape.tolerates_s):
        balks = np.inf if said else 0.0
        brings["tolerates_s"] = one(said.balk, "balking") if said and said.balk else balks
        from_s = offer.accept_from if offer else None
        brings["accepts_from_s"] = one(from_s, "acceptance") if from_s else 0.0
    return brings


def _written(tape: Tape, lines: list[Line]) -> Tape:
    def column(name: str, like: Any) -> Any:
        return np.array([line.brings[name] for line in lines], dtype=like.dtype)

    again = {
        f.name: np.array(
            [line.again[f.name] for line in lines],  # type: ignore[index]
            dtype=bool if f.name in MARKS else float,
        )
        for f in fields(Again)
        if f.name not in ("first_attempts", "attempt", "customer", "following")
    }
    links = {
        name: np.array([getattr(line, name) for line in lines], dtype=np.int32)
        for name in ("attempt", "customer", "following")
    }
    kept = [name for name in TIMES if len(getattr(tape, name))]
    return replace(
        tape,
        contact_type=np.array([line.kind for line in lines], dtype=np.int32),
        day=np.array([line.day for line in lines], dtype=np.int32),
        number=np.array([line.number for line in lines], dtype=np.int64),
        accepts=column("accepts", tape.accepts),
        allotted=column("allotted", tape.allotted),
        answers=column("answers", tape.answers).reshape(len(lines), tape.answers.shape[1]),
        again=Again(first_attempts=len(tape), **links, **again),
        **{name: column(name, getattr(tape, name)) for name in kept},
    )
