"""Whose waits are explained: the contact types that were asked for, or all that are live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from queuesim.model import Channel, Scenario
from queuesim.model.faults import quoted
from queuesim.watching.asked_types import asked_types, served_types

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Whose:
    """The contact types whose waits, or whose abandonment, are explained.

    Attributes
    ----------
    of : tuple of int
        Their numbers, in the order of the scenario.
    names : tuple of str
    notes : tuple of str
        What was left out without being asked.
    """

    of: tuple[int, ...]
    names: tuple[str, ...]
    notes: tuple[str, ...] = ()


def whose_waits(
    scenario: Scenario, contact_type: str | Sequence[str] | None, known: Bools
) -> Whose:
    """Return the contact types that were asked for; None: all live ones that were observed.

    A message waits for hours where a caller waits for seconds: a mean over both says nothing of
    the caller. So messages are left out where live contacts were observed too, unless asked for.

    Parameters
    ----------
    scenario : Scenario
    contact_type : str, sequence of str or None
    known : numpy.ndarray, bool, shape (types, intervals)
        Where the measure was observed, of somebody.

    Raises
    ------
    ScenarioError
        For names that are not of the scenario, and for self-service, where nobody waits.
    """
    types = scenario.contact_types
    if contact_type is not None:
        return _made(scenario, asked_types(scenario, contact_type, "diagnose"))
    who_wait = served_types(scenario)
    seen = [k for k in who_wait if known[k].any()]
    live = [k for k in seen if types[k].channel is not Channel.MESSAGE]
    left_out = [types[k].name for k in seen if k not in live]
    if not live or not left_out:
        return _made(scenario, seen or who_wait)
    asked = [quoted(name) for name in left_out]
    asks = f"({', '.join(asked)})" if len(asked) > 1 else asked[0]
    left = (
        f"Left out: {', '.join(left_out)}, where a wait lasts until the response, often for hours; "
        f"contact_type={asks} asks for it."
    )
    return _made(scenario, live, (left,))


def _made(scenario: Scenario, chosen: Sequence[int], notes: tuple[str, ...] = ()) -> Whose:
    return Whose(tuple(chosen), tuple(scenario.contact_types[k].name for k in chosen), notes)
