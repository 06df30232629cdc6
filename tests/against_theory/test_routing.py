"""Who is served next, and how: priorities, later callbacks, several chats at a time."""

from __future__ import annotations

import pytest

import queuesim as qs
from tests.against_theory.centres import Centre
from tests.against_theory.reference_numbers import EXACT, Row, rows
from tests.against_theory.simulated_days import Days, play
from tests.against_theory.verdict import Line, judge, of_the_tape

FIRST = 1e8  # [s]: a credit larger than any wait
CALLBACK, WITHOUT = EXACT["callback_mmc"]


def two_types(row: Row, contacts: int, credit: float) -> Centre:
    """Two types and one group; a unit is the mean handle time."""
    name = f"{'priority' if credit else 'in order'}: {row['l1']} and {row['l2']} {row['c']} agents"
    rates = (row["l1"] / row["mu"], row["l2"] / row["mu"])
    return Centre(name, rates, row["c"], contacts, credits=(credit, 0.0), days=16)


def priority_lines(days: Days, row: Row) -> list[Line]:
    """What a row says when the first type comes first."""
    mu, first = row["mu"], days.kind == 0
    lines = [
        Line("P_wait", days.mean(days.waited), row["P_wait"], 0.03),
        Line("W1", days.mean(days.wait, first), row["W1"] * mu, 0.2 * row["W1"] * mu),
        Line("W2", days.mean(days.wait, ~first), row["W2"] * mu, 0.2 * row["W2"] * mu),
        # whoever is first, the mean over all stays (Kleinrock's conservation law)
        Line("mean over both", days.mean(days.wait), row["W_fifo"] * mu, 0.2 * row["W_fifo"] * mu),
    ]
    return [*lines, *of_the_tape(days)]


@pytest.mark.parametrize("row", rows("priority", EXACT["mmc_priority"], "l1", "l2", "c"))
def test_strict_priority(row: Row) -> None:
    """A large credit is strict priority, without interrupting anybody (Cobham)."""
    centre = two_types(row, 24_000, credit=FIRST)
    judge(centre.name, priority_lines(play(centre), row))


@pytest.mark.parametrize("row", rows("in order", EXACT["mmc_priority"], "l1", "l2", "c"))
def test_first_come_first_served(row: Row) -> None:
    """With no credit both types wait alike. Ten agents are also the row without callbacks."""
    centre, mu = two_types(row, 24_000, credit=0.0), row["mu"]
    days = play(centre)
    fifo, first = row["W_fifo"] * mu, days.kind == 0
    lines = [
        Line("P_wait", days.mean(days.waited), row["P_wait"], 0.03),
        Line("W_fifo, first type", days.mean(days.wait, first), fifo, 0.25 * fifo),
        Line("W_fifo, second type", days.mean(days.wait, ~first), fifo, 0.25 * fifo),
    ]
    if row["c"] == 10:
        without, wait = WITHOUT["no_callback_reference_W"], days.mean(days.wait)
        p_wait = WITHOUT["no_callback_Pwait"]
        lines.append(Line("no callback: W", wait, without, 0.2 * without))
        lines.append(Line("no callback: P_wait", days.mean(days.waited), p_wait, 0.03))
    judge(centre.name, [*lines, *of_the_tape(days)])


def test_later_callbacks() -> None:
    """Callers who find three waiting are called back when nobody waits on the line."""
    row = CALLBACK
    offer = qs.CallbackOffer(
        accept=row["p"],
        kind="later",
        min_queue=row["K"],
        dialling=qs.Dialling(ring=0, answered=1.0),
        credit=-FIRST,
        reserve=row["reserve"],
    )
    name = "callback: nine erlangs ten agents"
    days = play(Centre(name, (float(row["lam"]),), row["c"], 40_000, callback=offer, days=16))
    stayed = ~days.called_back
    lines = [
        Line("P_callback", days.mean(days.called_back), row["P_callback"], 0.03),
        Line("P_wait_inbound", days.mean(days.waited), row["P_wait_inbound"], 0.03),
        Line("wait of callers", days.mean(days.wait, stayed), row["mean_wait_phone_callers"], 0.02),
        Line("callback delay", days.mean(days.delay, ~stayed), row["mean_callback_delay"], 2.0),
        Line("mean phone queue", days.per_unit(days.wait), row["mean_phone_queue"], 0.2),
        Line("mean backlog", days.per_unit(days.delay), row["mean_callback_backlog"], 2.5),
        Line("P_abandon", days.mean(days.abandoned), row["P_abandon"], 1e-9, 1e-12),
        Line("occupancy", days.occupancy(), row["occupancy"], 0.02),
    ]
    judge(name, [*lines, *of_the_tape(days)])


@pytest.mark.parametrize("row", rows("chat", EXACT["chat"], "lam", "agents"))
def test_chats_at_a_time(row: Row) -> None:
    """Each chat slows the others down; a new one goes to the agent with the fewest."""
    pace = tuple(m / aht for m, aht in enumerate(row["aht"], start=1))
    name = f"chat: {row['lam']} a unit {row['agents']} agents"
    centre = Centre(
        name, (float(row["lam"]),), row["agents"], 24_000, channel="chat", pace=pace, days=16
    )
    days = play(centre)
    handled = days.per_unit(days.handle)
    each = days.per_day(days.sums(days.handle) / centre.day / centre.agents)
    idle = days.per_day(1 - days.busy())
    lines = [
        Line("P_wait", days.mean(days.waited), row["P_wait"], 0.06),
        Line("mean_wait", days.mean(days.wait), row["mean_wait"], 0.3 * row["mean_wait"]),
        Line("P_abandon", days.mean(days.abandoned), row["P_abandon"], 1e-9, 1e-12),
        Line("mean_chats_in_service", handled, row["mean_chats_in_service"], 0.5),
        Line("mean_chats_per_agent", each, row["mean_chats_per_agent"], 0.1),
        Line("mean_handle_time", days.mean(days.handle), row["mean_handle_time"], 0.05),
        Line("P_agent_idle", idle, row["P_agent_idle"], 0.02),
    ]
    judge(name, [*lines, *of_the_tape(days)])
