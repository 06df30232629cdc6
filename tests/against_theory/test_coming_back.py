"""Coming back against theory: retrials, tandems, and geometric numbers of contacts.

Sources
-------
G. I. Falin and J. G. C. Templeton (1997), Retrial Queues, section 1.2: one agent, no line, and
everybody who finds the agent busy tries again after exponential times, for ever. P. J. Burke (1956)
and J. R. Jackson (1957): what leaves a queue of the M/M/c kind is Poisson, and so is a share of it
picked by chance; a line behind another is an M/M/c queue of its own.

A line fails beyond four standard errors of Student's t: by chance once in some 900 times with 15
degrees of freedom. Beside each stands the smallest error noticed nine times in ten.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import queuesim as qs
from queuesim.engines.compiled import simulate_compiled
from queuesim.engines.outcome import ContactOutcome, Outcome
from queuesim.engines.reference import simulate_reference
from queuesim.sampling import draw_tape
from queuesim.theory import erlang_a, erlang_c
from tests.against_theory.reference_numbers import EXACT, Row, rows
from tests.against_theory.simulated_days import SEED, Estimate
from tests.against_theory.verdict import Line, judge, wrong
from tests.engines.test_two_engines import assert_equal

UNIT_S = 20.0
"""Mean talk [s]."""
DAYS, REPLICATIONS = 5, 16
"""Days played round the clock, the first thrown away."""


def phone(name: str, per_unit: float, **terms: Any) -> qs.ContactType:
    per_day = per_unit * 86_400 / UNIT_S
    talk = qs.Exponential(mean=UNIT_S)
    hours = "00:00-24:00"
    return qs.ContactType(
        name=name, channel="phone", demand=qs.Demand(per_day=per_day), hours=hours,
        **{"talk": talk, **terms},
    )  # fmt: skip


def group(name: str, agents: int, *skills: qs.Skill | str) -> qs.AgentGroup:
    return qs.AgentGroup(
        name=name, skills=skills, headcount=agents, contract=qs.InHouse(per_hour=24.0)
    )


def centre(
    types: tuple[qs.ContactType, ...], groups: tuple[qs.AgentGroup, ...], days: int = DAYS
) -> qs.Scenario:
    return qs.Scenario(
        name="theory", contact_types=types, agent_groups=groups,
        horizon=qs.Horizon(start="2026-11-23", days=days, interval="24h"),
    )  # fmt: skip


def played(stated: qs.Scenario) -> list[Outcome]:
    return [
        simulate_compiled(stated, draw_tape(stated, seed=SEED, replication=k))
        for k in range(REPLICATIONS)
    ]


def estimate(values: list[float]) -> Estimate:
    error = np.std(values, ddof=1) / np.sqrt(len(values))
    return Estimate(float(np.mean(values)), float(error), len(values) - 1)


def counts(outcome: Outcome) -> NDArray[np.bool_]:
    """Which rows came on a day that counts."""
    return np.asarray(outcome.contacts["came_s"] >= 86_400.0)


# Retrials -------------------------------------------------------------------------------

TRIES = 60


def retrial(row: Row, tries: int = TRIES, share: float = 1.0) -> qs.Scenario:
    delay = qs.Exponential(mean=UNIT_S / row["nu"])
    redial = qs.Return(share=share, delay=delay, max_attempts=tries)
    talk = qs.Exponential(mean=UNIT_S / row["mu"])
    kind = phone("calls", row["lam"], queue_limit=0, redial=redial, talk=talk)
    return centre((kind,), (group("home", row["c"], "calls"),))


def retrial_lines(row: Row, stated: qs.Scenario) -> list[Line]:
    blocked, orbit, busy = [], [], []
    units = (DAYS - 1) * 86_400 / UNIT_S
    end_s = DAYS * 86_400.0
    for outcome in played(stated):
        told, again = outcome.contacts, outcome.tape.again
        assert again is not None
        first = counts(outcome) & (again.attempt == 0)
        blocked.append(float((told["outcome"][first] == ContactOutcome.BLOCKED).mean()))
        # in orbit from leaving to coming, over the days that count
        leaves = (told["outcome"] == ContactOutcome.BLOCKED) & again.redials
        left = told["left_s"][leaves]
        comes = np.minimum(left + again.redial_delay_s[leaves], end_s)
        last = again.attempt[leaves] == TRIES
        stays = np.where(last, 0.0, comes - np.maximum(left, 86_400.0))
        orbit.append(float(np.maximum(stays, 0.0).sum() / UNIT_S / units))
        from_s, to_s = outcome.busy["from_s"], outcome.busy["to_s"]
        within = np.minimum(to_s, end_s) - np.maximum(from_s, 86_400.0)
        busy.append(float(np.maximum(within, 0.0).sum() / UNIT_S / units))
    return [
        Line("blocked at first", estimate(blocked), row["P_blocked_first"], 0.02),
        Line("in orbit", estimate(orbit), row["mean_orbit"], 0.1 * row["mean_orbit"]),
        Line("busy", estimate(busy), row["mean_busy"], 0.02),
    ]


@pytest.mark.parametrize("row", rows("retrial", EXACT["retrial"], "lam", "nu"))
def test_who_is_blocked_tries_again_for_ever(row: Row) -> None:
    judge("retrial", retrial_lines(row, retrial(row)))


@pytest.mark.parametrize("share", [0.5, 0.97])
def test_that_some_give_up_is_noticed(share: float) -> None:
    row = EXACT["retrial"][0]
    assert len(wrong(retrial_lines(row, retrial(row, share=share)))) == 3


def test_hardly_anybody_runs_out_of_tries() -> None:
    row = EXACT["retrial"][0]
    stated = retrial(row)
    outcome = simulate_compiled(stated, draw_tape(stated, seed=SEED))
    code, attempt = outcome.contacts["outcome"], outcome.tape.again.attempt  # type: ignore[union-attr]
    out_of_tries = (attempt[code == ContactOutcome.BLOCKED] == TRIES).sum()
    assert out_of_tries < 1e-3 * outcome.tape.again.first_attempts  # type: ignore[union-attr]


# Nobody comes back ----------------------------------------------------------------------


def test_without_redials_it_is_the_queue_that_it_was() -> None:
    """M/M/c+M, to the bit, whatever the terms are on which nobody comes back."""
    patience = qs.Exponential(mean=2 * UNIT_S)
    nobody = qs.Return(share=0.0, delay="1min", max_attempts=9)
    plain = phone("calls", 6.0, patience=patience)
    same = plain.model_copy(update={"redial": nobody, "repeat": nobody, "after_hours": nobody})
    team = group("home", 5, "calls")
    stated, other = (centre((kind,), (team,)) for kind in (plain, same))
    one = simulate_compiled(stated, draw_tape(stated, seed=SEED))
    two = simulate_compiled(other, draw_tape(other, seed=SEED))
    for name in ("answered_s", "left_s", "freed_s"):
        assert np.array_equal(one.contacts[name], two.contacts[name], equal_nan=True)
    theory = erlang_a(6.0, agents=5, aht=UNIT_S, patience=2 * UNIT_S)
    lost = [
        float((o.contacts["outcome"][counts(o)] == ContactOutcome.ABANDONED).mean())
        for o in played(other)
    ]
    judge("nobody redials", [Line("abandoned", estimate(lost), theory.p_abandon, 0.01)])


def test_a_front_door_that_contains_all_asks_for_nobody() -> None:
    door = qs.FrontDoor(contains=1.0, to={"calls": 1.0})
    web = phone("web", 5.0).model_copy(
        update={"channel": qs.Channel.SELF_SERVICE, "front_door": door, "target": None}
    )
    stated = centre((web, phone("calls", 0.0)), (group("home", 2, "calls"),), days=2)
    tape = draw_tape(stated, seed=SEED)
    outcome = simulate_compiled(stated, tape)
    assert_equal(outcome, simulate_reference(stated, tape))
    assert len(tape) == tape.again.first_attempts > 30_000  # type: ignore[union-attr]
    assert (outcome.contacts["outcome"] == ContactOutcome.SELF_SERVED).all()
    assert len(outcome.busy["from_s"]) == 0


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_whom_the_front_door_fails_are_an_erlang_c_queue(share: float) -> None:
    """Self-service is M/M/∞: what leaves it is Poisson, and so is the share that it fails."""
    rate, agents = 7.2, 5
    door = qs.FrontDoor(contains=0.4, to={"calls": share})
    web = phone("web", rate).model_copy(
        update={"channel": qs.Channel.SELF_SERVICE, "front_door": door, "target": None}
    )
    stated = centre((web, phone("calls", 0.0)), (group("home", agents, "calls"),))
    queue = erlang_c(0.6 * share * rate, agents=agents, aht=UNIT_S)
    judge("behind the front door", line_of(1, played(stated), queue, 0.06, 0.15))


def line_of(
    kind: int, outcomes: list[Outcome], queue: Any, waits: float, wait: float
) -> list[Line]:
    waited, mean = [], []
    for outcome in outcomes:
        told = outcome.contacts
        mine = counts(outcome) & (outcome.tape.contact_type == kind)
        mine &= told["outcome"] == ContactOutcome.HANDLED
        wait_s = told["answered_s"][mine] - told["came_s"][mine]
        waited.append(float((wait_s > 0).mean()))
        mean.append(float(wait_s.mean()))
    return [
        Line("who waits", estimate(waited), queue.p_wait, waits * queue.p_wait),
        Line("wait", estimate(mean), queue.asa, wait * queue.asa),
    ]


# Transfers ------------------------------------------------------------------------------


def tandem(share: float) -> qs.Scenario:
    types = (phone("first", 4.0), phone("second", 0.0))
    able = qs.Skill("first", transfer=qs.Transfer(share=share, to="second"))
    return centre(types, (group("home", 5, able), group("experts", 2, "second")))


def tandem_lines(outcomes: list[Outcome], share: float = 0.35) -> list[Line]:
    first = erlang_c(4.0, agents=5, aht=UNIT_S)
    second = erlang_c(4.0 * share, agents=2, aht=UNIT_S)
    return [*line_of(0, outcomes, first, 0.05, 0.1), *line_of(1, outcomes, second, 0.05, 0.1)]


def test_a_share_handed_on_is_a_tandem_of_two_queues() -> None:
    judge("tandem", tandem_lines(played(tandem(0.35))))


def test_that_more_are_handed_on_is_noticed() -> None:
    assert len(wrong(tandem_lines(played(tandem(0.38))))) == 2


# Repeats --------------------------------------------------------------------------------


def test_repeats_make_a_geometric_number_of_contacts() -> None:
    """With p of the handled coming again, a customer makes 1 ÷ (1 - p) contacts."""
    p = 0.6 * 0.5
    repeat = qs.Return(share=0.5, delay=qs.Exponential(mean="5min"), max_attempts=100)
    kind = phone("calls", 2.0, repeat=repeat)
    stated = centre((kind,), (group("home", 6, qs.Skill("calls", resolution=0.4)),))
    each, queues = [], []
    for outcome in played(stated):
        tape, came = outcome.tape, outcome.contacts["came_s"]
        assert tape.again is not None
        made = np.bincount(tape.again.customer, weights=~np.isnan(came))
        began = tape.arrival_s[: tape.again.first_attempts]
        middle = (began > 86_400) & (began < (DAYS - 1) * 86_400)  # whose story can end in time
        each.append(float(made[middle].mean()))
        queues.append(float((made[middle] >= 4).mean()))
    lines = [
        Line("contacts a customer", estimate(each), 1 / (1 - p), 0.01),
        Line("four or more", estimate(queues), p**3, 0.1 * p**3),
    ]
    judge("geometric", lines)


def test_repeats_load_the_line_as_more_customers_would() -> None:
    """Coming back after exponential times is Jackson's feedback: waits of M/M/c at λ ÷ (1 - p)."""
    repeat = qs.Return(share=0.5, delay=qs.Exponential(mean="5min"), max_attempts=100)
    kind = phone("calls", 2.8, repeat=repeat)
    stated = centre((kind,), (group("home", 5, qs.Skill("calls", resolution=0.4)),))
    queue = erlang_c(2.8 / 0.7, agents=5, aht=UNIT_S)
    judge("feedback", line_of(0, played(stated), queue, 0.05, 0.15))
