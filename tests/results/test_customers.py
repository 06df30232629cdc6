"""Customers counted over all their contacts: by hand, and against the slow count."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import queuesim as qs
from queuesim.engines.reference import simulate_reference
from queuesim.results import tally
from queuesim.results.run import Run
from queuesim.results.tally import CONTACT_QUANTITIES
from queuesim.sampling import draw_tape
from tests.engines.by_hand import Row, all_day, contact_type, group, scenario, tape
from tests.engines.coming_back import everything
from tests.results.by_numpy import COMING_BACK, slow_tally
from tests.results.pieces import counted_in_pieces, same


@pytest.mark.parametrize("seed", range(3))
def test_counted_by_the_machine_and_counted_slowly(seed: int) -> None:
    stated = everything()
    played = simulate_reference(stated, draw_tape(stated, seed=seed))
    numbers = tally(played)
    same(numbers, slow_tally(played))
    same(counted_in_pieces(played, seed), slow_tally(played))
    named = dict(zip(CONTACT_QUANTITIES, numbers.contacts.sum(axis=(1, 2)), strict=True))
    none = {name for name in COMING_BACK if named[name] == 0}
    assert none == {"further_turns"}  # there are no messages
    assert named["offered"] == named["customers"] + sum(named[name] for name in COMING_BACK)
    assert named["contacts_of_customers"] == named["offered"]
    assert named["customers_resolved"] == named["resolved"]


def test_a_customers_story() -> None:
    back = qs.Return(share=0.5, delay=60.0)
    day = scenario(
        [
            contact_type("phone", redial=back),
            contact_type("chat", "chat", repeat=qs.Return(share=0.5, delay=0.0, to="phone")),
        ],
        [group("home", ["phone", qs.Skill("chat", resolution=0.5)])],
    )
    rows = [
        Row(0, 100),
        Row(10, 40, patience=20, redials=True, redial_delay=60.0, again=((Row(0, 40),),)),
        Row(3600, 30, kind="chat", resolution=0.5, repeats=True, again=((Row(0, 50),),)),
    ]
    played = simulate_reference(day, tape(day, rows, all_day("home")))
    counted = dict(zip(CONTACT_QUANTITIES, tally(played).contacts, strict=True))
    phone, chat = 0, 1
    assert counted["offered"][phone, 0] == 3
    assert counted["customers"][phone, 0] == 2
    assert counted["redials"][phone, 0] == 1
    assert counted["repeats"][phone, 2] == 1
    assert counted["contacts_of_customers"][phone, 0] == 3
    assert counted["contacts_of_customers"][chat, 2] == 2  # the chat, and the call that followed
    assert counted["resolved_first"][phone].sum() == 1
    assert counted["customers_resolved"][chat, 2] == 1
    assert counted["resolved"][chat].sum() == 0
    # waits 20, then 10 for the agent, and talks 40; the first caller talks 100
    assert counted["effort_of_customers_s"][phone, 0] == 100 + 20 + 10 + 40
    assert counted["effort_of_customers_s"][chat, 2] == 30 + 50
    table = Run(played).contacts
    assert table["cause"].tolist() == ["first", "first", "redial", "first", "repeat"]
    assert table["arrival_s"].tolist() == [0, 10, 90, 3600, 3630]
    assert table["attempt"].tolist() == [0, 0, 1, 0, 1]
    assert table["customer"].tolist() == [0, 1, 1, 2, 2]
    assert table["resolved"].isna().tolist() == [False, True, False, False, False]
    assert isinstance(table["arrival"].iloc[0], pd.Timestamp)
    assert not np.isnan(table["wait_s"]).any()


def test_who_writes_and_then_calls_spends_the_time_of_the_call() -> None:
    """A message takes none of a customer's time, whatever came before it; a call does."""
    back = qs.Return(share=0.5, delay=60.0)
    day = scenario(
        [
            contact_type("phone", repeat=back.model_copy(update={"to": "mail"})),
            contact_type("mail", "message", repeat=back.model_copy(update={"to": "phone"})),
        ],
        [group("home", [qs.Skill(name, resolution=0.5) for name in ("phone", "mail")])],
    )
    again = {"resolution": 0.5, "repeats": True, "repeat_delay": 60.0}
    rows = [
        Row(0, 100, kind="mail", again=((Row(0, 40),),), **again),  # type: ignore[arg-type]
        Row(3600, 50, again=((Row(0, 500, kind="mail"),),), **again),  # type: ignore[arg-type]
    ]
    played = simulate_reference(day, tape(day, rows, all_day("home")))
    numbers = tally(played)
    same(numbers, slow_tally(played))
    counted = dict(zip(CONTACT_QUANTITIES, numbers.contacts.sum(axis=2), strict=True))
    phone, mail = 0, 1
    assert counted["contacts_of_customers"].tolist() == [2, 2]
    assert counted["effort_s"].tolist() == [40 + 50, 0]
    assert counted["effort_of_customers_s"][mail] == 40  # of who began with a message
    assert counted["effort_of_customers_s"][phone] == 50
