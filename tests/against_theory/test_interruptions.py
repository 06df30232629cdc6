"""Messages that live contacts interrupt, and blending at full pace, against theory.

Sources
-------
R. W. Conway, W. L. Maxwell and L. W. Miller (1967), Theory of Scheduling, chapter 8: M/G/1 with
preemptive-resume priorities. With loads r1 and r2, mean times s1 and s2 and second moments m1 and
m2, the mean time from arrival to the end is ``s1 + l1 m1 / 2 / (1 - r1)`` of the first class and
``s2 / (1 - r1) + (l1 m1 + l2 m2) / 2 / ((1 - r1) (1 - r1 - r2))`` of the second, whose work is
interrupted for ``s2 r1 / (1 - r1)`` in the mean. Erlang C for what is never slowed down.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

import queuesim as qs
from queuesim.engines.compiled import simulate_compiled
from queuesim.engines.outcome import Outcome
from queuesim.engines.reference import simulate_reference
from queuesim.sampling import draw_tape
from queuesim.theory import erlang_c
from tests.against_theory.simulated_days import BY_BOTH, SEED, Estimate
from tests.against_theory.verdict import Line, judge, wrong
from tests.engines.test_two_engines import assert_equal, rows_of

DAYS = 700
"""Days played round the clock; the first is thrown away."""


def centre(
    per_day: tuple[float, float], mean_s: tuple[float, float], agents: int, **terms: object
) -> qs.Scenario:
    """Chats and messages with exponential handle times, round the clock, and one group."""
    types = [
        qs.ContactType(
            name=name,
            channel=name,
            demand=qs.Demand(per_day=each),
            talk=qs.Exponential(mean=mean),
            credit=0.0,
        )
        for name, each, mean in zip(("chat", "message"), per_day, mean_s, strict=True)
    ]
    group = qs.AgentGroup(
        name="home",
        skills=("chat", "message"),
        headcount=agents,
        contract=qs.InHouse(per_hour=24.0),
        **terms,  # type: ignore[arg-type]
    )
    return qs.Scenario(
        name="theory",
        contact_types=tuple(types),
        agent_groups=(group,),
        horizon=qs.Horizon(start="2026-01-01", days=DAYS, interval="1h"),
    )


def played(stated: qs.Scenario) -> Outcome:
    """Play all days; the first contacts by both engines."""
    tape = draw_tape(stated, seed=SEED)
    first = rows_of(tape, 0, BY_BOTH)
    assert_equal(simulate_compiled(stated, first), simulate_reference(stated, first))
    return simulate_compiled(stated, tape)


def mean(outcome: Outcome, values: NDArray[np.float64], which: NDArray[np.bool_]) -> Estimate:
    """Return a mean over contacts, with its standard error over days (delta method)."""
    there = which & (outcome.tape.day > 0) & ~np.isnan(values)
    day = outcome.tape.day[there] - 1
    sums = np.bincount(day, weights=values[there], minlength=DAYS - 1)
    counts = np.bincount(day, minlength=DAYS - 1)
    ratio = sums.sum() / counts.sum()
    spread = ((sums - ratio * counts) ** 2).sum()
    return Estimate(float(ratio), float(np.sqrt(spread) / counts.sum()), DAYS - 2)


def interruption_lines(outcome: Outcome) -> list[Line]:
    """What theory says of one agent whom chats interrupt at messages."""
    l1, l2 = 576 / 86_400, 384 / 86_400
    s1, s2 = 60.0, 90.0
    r1, r2 = l1 * s1, l2 * s2
    rest = (l1 * 2 * s1**2, l2 * 2 * s2**2)
    chats = s1 + rest[0] / 2 / (1 - r1)
    mails = s2 / (1 - r1) + sum(rest) / 2 / ((1 - r1) * (1 - r1 - r2))
    told, kind = outcome.contacts, outcome.tape.contact_type
    lasts = told["freed_s"] - outcome.tape.arrival_s
    begins = told["answered_s"] - outcome.tape.arrival_s
    return [
        Line("chats, response", mean(outcome, lasts, kind == 0), chats, 0.03 * chats),
        Line("messages, response", mean(outcome, lasts, kind == 1), mails, 0.1 * mails),
        Line(
            "messages, wait to begin",
            mean(outcome, begins, kind == 1),
            mails - s2 / (1 - r1),
            0.1 * mails,
        ),
        Line(
            "messages, interrupted",
            mean(outcome, told["paused_s"], kind == 1),
            s2 * r1 / (1 - r1),
            2,
        ),
    ]


def test_one_agent_with_preemptive_resume_priority() -> None:
    stated = centre((576, 384), (60.0, 90.0), 1, interruptible=("message",))
    judge("chats interrupt messages", interruption_lines(played(stated)))


def test_that_nothing_is_interrupted_is_noticed() -> None:
    stated = centre((576, 384), (60.0, 90.0), 1)
    lines = interruption_lines(played(stated))
    assert len(wrong(lines)) == len(lines)


@pytest.mark.parametrize("slots", [2, 3])
def test_blending_at_full_pace_is_as_many_agents(slots: int) -> None:
    """Each contact at the pace of an undivided agent: agents × slots (Erlang C)."""
    pace = tuple(float(n) for n in range(1, slots + 1))
    blend = qs.Blend(slots=slots, uses={"chat": 1, "message": 1}, pace=pace)
    servers, mean_s = 4 * slots, 120.0
    load = 0.85 * servers
    per_day = load * 86_400 / mean_s / 2
    outcome = played(centre((per_day, per_day), (mean_s, mean_s), 4, blend=blend))
    queue = erlang_c(load, agents=servers, aht=mean_s)
    wait_s = outcome.contacts["answered_s"] - outcome.tape.arrival_s
    lines = []
    for k, name in enumerate(("chats", "messages")):
        mine = outcome.tape.contact_type == k
        waited = mean(outcome, (wait_s > 0).astype(float), mine)
        lines.append(Line(f"{name}, P_wait", waited, queue.p_wait, 0.02))
        lines.append(Line(f"{name}, wait", mean(outcome, wait_s, mine), queue.asa, 0.1 * queue.asa))
    judge(f"blend: {slots} slots", lines)
