"""What must hold on every day, however nasty, and what must follow when a day is changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import inf
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import queuesim as qs
from queuesim.engines.outcome import Outcome
from queuesim.model.base import FixedDict
from tests.engines.by_hand import ENGINES, HANDLED, Row, busy, contact_type, group, scenario, tape
from tests.engines.by_scanning import COLUMNS, scan
from tests.engines.hostile import Day, days

nasty = settings(
    max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
fewer = settings(nasty, max_examples=40)


@pytest.fixture(params=ENGINES, scope="module")
def engine(request: pytest.FixtureRequest) -> Any:
    return ENGINES[request.param]


def rows_of(outcome: Outcome) -> list[tuple[str, ...]]:
    """Each contact as text, so that NaN equals NaN."""
    columns = [outcome.contacts[name].tolist() for name in COLUMNS]
    return [tuple(map(repr, row)) for row in zip(*columns, strict=True)]


@nasty
@given(day=days(comes_again=False))
def test_scanning_the_same_day_tells_the_same_story(engine: Any, day: Day) -> None:
    made, rows, agents = day
    played = tape(made, rows, agents)
    outcome = engine(made, played)
    columns, periods = scan(made, played)
    for name in COLUMNS:
        np.testing.assert_array_equal(outcome.contacts[name], columns[name], err_msg=name)
    assert busy(outcome) == periods


@nasty
@given(day=days(comes_again=False))
def test_what_holds_on_every_day(engine: Any, day: Day) -> None:
    made, rows, agents = day
    played = tape(made, rows, agents)
    outcome = engine(made, played)
    told = outcome.contacts
    handled = told["outcome"] == HANDLED
    # offered = handled + abandoned + blocked + turned away + failed callbacks + unresolved
    assert sum(int((told["outcome"] == code).sum()) for code in qs.ContactOutcome) == len(rows)
    for name in ("answered_s", "talk_end_s", "freed_s"):
        assert (~np.isnan(told[name]) == handled).all(), name
    lost = ~handled & (told["outcome"] != qs.ContactOutcome.UNRESOLVED)
    assert (~np.isnan(told["left_s"]) == lost).all()
    path = np.array([played.arrival_s, told["answered_s"], told["talk_end_s"], told["freed_s"]])[
        :, handled
    ]
    assert (np.diff(path, axis=0) >= 0).all()
    assert (told["left_s"][lost] >= played.arrival_s[lost]).all()
    # everything is on the grid
    for name in COLUMNS:
        if name.endswith("_s"):
            values = told[name][~np.isnan(told[name])] * 1024
            assert (values == np.rint(values)).all(), name
    # a phone contact takes exactly its work
    for row in np.flatnonzero(handled):
        kind = made.contact_types[played.contact_type[row]]
        skill = made.agent_groups[outcome.group[row]].skill(kind.name)
        assert skill is not None
        if kind.channel not in ("chat", "message"):
            talk = told["talk_end_s"][row] - told["answered_s"][row]
            at = np.nan if told["dialled_s"][row] > 0 else told["answered_s"][row]
            allowed = factors(agents[told["agent"][row]][1], at)
            work = [rows[row].talk * (skill.handle_factor * factor) for factor in allowed]
            assert talk in [round(seconds * 1024) / 1024 for seconds in work]
        else:
            assert told["talk_end_s"][row] - told["answered_s"][row] >= 0


def factors(spans: Sequence[tuple[float, ...]], at: float) -> list[float]:
    """Which factors a contact may have that an agent begins at an instant, NaN where it is not
    known: that of the latest session, and where it begins just then the one before."""
    own = [(on, (*factor, 1.0)[0]) for on, _, *factor in spans]
    late = [k for k, (on, _) in enumerate(own) if on <= at]
    if not late:
        return [factor for _, factor in own]
    return [own[k][1] for k in late[-2:] if k == late[-1] or own[late[-1]][0] == at]


def fits(terms: qs.AgentGroup, open_now: list[qs.Channel]) -> bool:
    """Whether an agent may work on these at once."""
    if terms.blend is not None:
        return sum(map(terms.blend.use, open_now)) <= terms.blend.slots
    most = terms.concurrency.get(open_now[0], 1) if open_now else 0
    return len(set(open_now)) <= 1 and len(open_now) <= most


@nasty
@given(day=days(comes_again=False))
def test_agents_keep_to_their_sessions_slots_and_channels(engine: Any, day: Day) -> None:
    made, rows, agents = day
    outcome = engine(made, tape(made, rows, agents))
    told = outcome.contacts
    for number, (name, spans) in enumerate(agents):
        mine = np.flatnonzero((told["agent"] == number) & (told["outcome"] == HANDLED))
        channels = [made.contact_types[outcome.tape.contact_type[row]].channel for row in mine]
        for row in mine:
            at = told["answered_s"][row]
            if told["freed_s"][row] == at:
                continue  # no time at all: nothing is beside it
            if np.isnan(told["dialled_s"][row]):  # else the session holds for the dial
                stays = made.contact_types[outcome.tape.contact_type[row]].at_closing == "serve_out"
                began = [start for n, start, end in busy(outcome) if n == number and end >= at]
                assert any(
                    on <= at <= off or (stays and on <= min(began) <= off < at)
                    for on, off, *_ in spans
                )
            there = [
                its
                for other, its in zip(mine, channels, strict=True)
                if told["answered_s"][other] <= at < told["freed_s"][other]
            ]
            live = [its for its in there if its != "message"]
            terms = made.agent_group(name)
            assert fits(terms, live)
            assert fits(terms, [its for its in there if its == "message"])
            if not (live and terms.interruptible):
                assert fits(terms, there)
        periods = [(start, end) for n, start, end in busy(outcome) if n == number]
        assert all(a[1] < b[0] for a, b in pairwise(periods))
        for row in mine:
            assert any(
                start <= told["answered_s"][row] and told["freed_s"][row] <= end
                for start, end in periods
            )


@nasty
@given(day=days(plain=True, channels=("phone", "chat")))
def test_first_come_first_served_within_a_line(engine: Any, day: Day) -> None:
    made, rows, agents = day
    outcome = engine(made, tape(made, rows, agents))
    for k in range(len(made.contact_types)):
        mine = np.flatnonzero(outcome.tape.contact_type == k)
        answered = outcome.contacts["answered_s"][mine]
        gone = np.where(np.isnan(answered), outcome.contacts["left_s"][mine], answered)
        gone = np.where(np.isnan(gone), inf, gone)
        for n, at in enumerate(answered):
            # everyone before it was answered or had left by then
            assert np.isnan(at) or (gone[:n] <= at).all()


@fewer
@given(day=days(ranks_apart=True))
def test_the_order_of_types_and_groups_and_their_names_do_not_matter(engine: Any, day: Day) -> None:
    made, rows, agents = day
    made = _without_hours(made)  # agents look by number when hours begin
    base = engine(made, tape(made, rows, agents))
    types = made.contact_types[::-1]
    turned = scenario(types, made.agent_groups, score=made.score)
    assert rows_of(engine(turned, tape(turned, rows, agents))) == rows_of(base)
    others = [each.model_copy(update={"name": "new " + each.name}) for each in made.agent_groups]
    shares = [FixedDict({f"new {g}": share for g, share in c.allocation.items()}) for c in types]
    types = [c.model_copy(update={"allocation": s}) for c, s in zip(types, shares, strict=True)]
    named = scenario(types[::-1], others, score=made.score)
    renamed = [("new " + name, spans) for name, spans in agents]
    meant = [replace(row, to=row.to and f"new {row.to}") for row in rows]
    assert rows_of(engine(named, tape(named, meant, renamed))) == rows_of(base)
    # groups with ranks apart may stand in any order; only the agents' numbers change, and with
    # them who looks first of those who begin at one instant
    begins = {(on, name) for name, spans in agents for on, *_ in spans if on > 0.0}
    if len({on for on, _ in begins}) < len(begins):
        return
    back = scenario(made.contact_types, made.agent_groups[::-1], score=made.score)
    order = sorted(range(len(agents)), key=lambda n: (-int(agents[n][0][1:]), n))
    moved = engine(back, tape(back, rows, [agents[n] for n in order]))
    number = dict(enumerate(order)) | {-1: -1}
    as_before = [(row[0], repr(number[int(row[1])]), *row[2:]) for row in rows_of(moved)]
    assert as_before == rows_of(base)


@fewer
@given(day=days(channels=("phone",), plain=True))
def test_twice_the_time_is_twice_the_day(engine: Any, day: Day) -> None:
    made, rows, agents = day
    made = _without_factors(made)
    # away from the horizon's end, which does not move
    begins = [row.at for row in rows] + [on for _, spans in agents for on, *_ in spans]
    shift = 86_360.0 if max(begins, default=0.0) > 1000 else 0.0
    rows = [replace(row, at=row.at - shift) for row in rows]
    agents = [(name, [_moved(span, shift) for span in spans]) for name, spans in agents]
    one = engine(made, tape(made, rows, agents))
    twice_rows = [
        replace(r, at=2 * r.at, talk=2 * r.talk, wrap_up=2 * r.wrap_up, patience=2 * r.patience)
        for r in rows
    ]
    twice_agents = [
        (name, [(2 * on, 2 * off, *f) for on, off, *f in spans]) for name, spans in agents
    ]
    twice_made = _stretched(made)
    two = engine(twice_made, tape(twice_made, twice_rows, twice_agents))
    for name in COLUMNS:
        factor = 2 if name.endswith("_s") else 1
        np.testing.assert_array_equal(one.contacts[name] * factor, two.contacts[name], name)
    assert [(n, 2 * a, 2 * b) for n, a, b in busy(one)] == busy(two)


def _moved(span: tuple[float, ...], shift: float) -> tuple[float, ...]:
    """A session that begins earlier, with a factor that stays on the grid when it has one."""
    on, off, *factor = span
    on_grid = [2.0 if each > 1.0 else 1.0 for each in factor]
    return max(on - shift, 0.0), min(off - shift, 40_000.0), *on_grid


def _without_hours(made: qs.Scenario) -> qs.Scenario:
    groups = [
        each.model_copy(
            update={"skills": tuple(s.model_copy(update={"hours": None}) for s in each.skills)}
        )
        for each in made.agent_groups
    ]
    return scenario(made.contact_types, groups, score=made.score)


def _without_factors(made: qs.Scenario) -> qs.Scenario:
    """Factors and minimum waits that stay on the grid when halved or doubled."""
    groups = [
        group(
            each.name,
            [
                qs.Skill(
                    s.contact_type, rank=s.rank, reserve=s.reserve, min_wait=float(int(s.min_wait))
                )
                for s in each.skills
            ],
        )
        for each in made.agent_groups
    ]
    return scenario(made.contact_types, groups)


def _stretched(made: qs.Scenario) -> qs.Scenario:
    groups = [
        group(each.name, [s.model_copy(update={"min_wait": 2 * s.min_wait}) for s in each.skills])
        for each in made.agent_groups
    ]
    types = [each.model_copy(update={"credit": 2 * each.credit}) for each in made.contact_types]
    return scenario(types, groups)


@fewer
@given(day=days(comes_again=False))
def test_a_type_and_a_group_of_their_own_change_nothing_for_others(engine: Any, day: Day) -> None:
    made, rows, agents = day
    base = rows_of(engine(made, tape(made, rows, agents)))
    types = [contact_type("apart"), *made.contact_types]
    more = scenario(types, [*made.agent_groups, group("own", ["apart"])], score=made.score)
    between = [Row(at=row.at, talk=9, kind="apart") for row in rows[::2]]
    mixed = sorted([*rows, *between], key=lambda row: row.at)
    played = tape(more, mixed, [*agents, ("own", [(0.0, 86_400.0)])])
    outcome = engine(more, played)
    others = played.contact_type != 0
    assert [row for row, other in zip(rows_of(outcome), others, strict=True) if other] == base


@fewer
@given(day=days())
def test_the_same_tape_gives_the_same_outcome(engine: Any, day: Day) -> None:
    made, rows, agents = day
    first, again = (engine(made, tape(made, rows, agents)) for _ in range(2))
    assert rows_of(first) == rows_of(again)
    assert busy(first) == busy(again)
