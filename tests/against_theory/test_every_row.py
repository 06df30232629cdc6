"""Every row of the reference numbers is held against the simulation, or there is a reason."""

from __future__ import annotations

from pathlib import Path

from tests.against_theory.reference_numbers import EXACT, PUBLISHED

HELD = {
    "erlang_b": "test_erlang",
    "erlang_c": "test_erlang",
    "erlang_a": "test_erlang",
    "erlang_a_theta_eq_mu_check": "test_erlang",
    "mmck": "test_erlang",
    "pyworkforce": "test_erlang",
    "R_ErlangC": "test_erlang",
    "MG1_PK": "test_general",
    "whitt2005_MGIsrGI": "test_general",
    "mmc_priority": "test_routing",
    "callback_mmc": "test_routing",
    "chat": "test_routing",
    "isa_MtMstM_theta_eq_mu": "test_time_varying",
    "MtMs_sinusoid_24h": "test_time_varying",
    "retrial": "test_coming_back",
    "contactcenters": "test_office_days",
}
LEFT_OUT = {
    "halfin_whitt_P_wait": "a limit for ever more agents: no centre has it",
    "garnett_P_wait": "a limit for ever more agents: no centre has it",
    "min_agents": "the smallest headcount by Erlang C: a search, not a mean",
    "delay_predictors_MMs": "errors of predicted waits: nothing predicts waits yet",
    "brown2005": "a bank's data: fitted, not simulated",
}


def test_every_row_is_held_or_left_out_for_a_reason() -> None:
    assert set(EXACT) | set(PUBLISHED) == set(HELD) | set(LEFT_OUT)
    assert not set(HELD) & set(LEFT_OUT)
    for key, module in HELD.items():
        text = (Path(__file__).parent / f"{module}.py").read_text(encoding="utf-8")
        assert f'["{key}"]' in text, f"{module} does not read {key}"
