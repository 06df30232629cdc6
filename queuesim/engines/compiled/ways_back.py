"""What a scenario states about coming back, as tables for the kernel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from queuesim.model import ContactType, Scenario
from queuesim.model.attempts import asks_chance, layers, returns_of

BACK = np.dtype(
    [
        ("after_hours_share", "f8"),
        ("resolution", "f8"),  # share of those dealt with by self-service who are settled
        ("patience_factor", "f8"),  # of those whom self-service passes on
        ("redial_to", "i4"),  # as which contact type
        ("redial_most", "i4"),  # how often at most; 0: never
        ("repeat_to", "i4"),
        ("repeat_most", "i4"),
        ("after_hours_to", "i4"),
        ("after_hours_most", "i4"),
        ("turn_most", "i4"),
        ("rings_in_to", "i4"),
        ("rings_in_most", "i4"),
        ("first_way", "i4"),  # ways[first_way:last_way]: where self-service passes contacts on
        ("last_way", "i4"),
        ("first_step", "i4"),  # steps[first_step:last_step]: how much it deals with
        ("last_step", "i4"),
        ("failed_redials", "?"),  # so do those whose callback failed
        ("helps_itself", "?"),  # the channel is self-service
    ],
    align=True,
)
"""Who comes back, shape (contact types,)."""

ABLE = np.dtype([("resolution", "f8"), ("transfer_share", "f8"), ("transfer_to", "i4")], align=True)
"""What a group settles and what it hands on, beside each row of PAIR."""

WAY = np.dtype([("low", "f8"), ("high", "f8"), ("to", "i4")], align=True)
"""Contacts whose path is in [low, high) go on to a contact type."""

STEP = np.dtype([("from_s", "f8"), ("share", "f8")], align=True)
"""The share that self-service deals with from an instant on."""


@dataclass(frozen=True)
class WaysBack:
    """Tables of one scenario.

    Attributes
    ----------
    back : numpy.ndarray, BACK, shape (contact types,)
    able : numpy.ndarray, ABLE, shape (pairs,)
    ways : numpy.ndarray, WAY
    steps : numpy.ndarray, STEP
    span : int
        Rows that one customer may have; 1 where chance has no say in what follows a contact.
    asked : bool
        Whether it has.
    """

    back: NDArray[Any]
    able: NDArray[Any]
    ways: NDArray[Any]
    steps: NDArray[Any]
    span: int
    asked: bool

    @classmethod
    def of(cls, scenario: Scenario, pairs: NDArray[Any], kind_of_line: list[int]) -> WaysBack:
        """Work out the tables.

        Parameters
        ----------
        scenario : Scenario
        pairs : numpy.ndarray, PAIR
        kind_of_line : list of int
            Contact type of each line.
        """
        types, groups = scenario.contact_types, scenario.agent_groups
        index = {each.name: k for k, each in enumerate(types)}
        back = np.zeros(len(types), dtype=BACK)
        ways: list[tuple[float, float, int]] = []
        steps: list[tuple[float, float]] = []
        for row, each in zip(back, types, strict=True):
            _set_returns(row, each, index)
            row["first_way"], row["first_step"] = len(ways), len(steps)
            door = each.front_door
            if door is not None:
                row["helps_itself"] = True
                row["resolution"], row["patience_factor"] = door.resolution, door.patience_factor
                ways += [(low, high, index[to]) for low, high, to in door.ways()]
                steps += zip(*door.contained(scenario.horizon), strict=True)
            row["last_way"], row["last_step"] = len(ways), len(steps)
        able = np.zeros(len(pairs), dtype=ABLE)
        for row, pair in zip(able, pairs, strict=True):
            name = types[kind_of_line[pair["line"]]].name
            skill = groups[pair["group"]].skill(name)
            assert skill is not None
            row["resolution"] = skill.resolution
            if skill.transfer is not None:
                row["transfer_share"] = skill.transfer.share
                row["transfer_to"] = index[skill.transfer.to]
        asked = any(asks_chance(types, groups))
        later = layers(types, groups)
        span = 1 + max((sum(map(len, found)) for found in later), default=0) if asked else 1
        return cls(
            back=back,
            able=able,
            ways=np.array(ways, dtype=WAY),
            steps=np.array(steps, dtype=STEP),
            span=span,
            asked=asked,
        )


def _set_returns(row: np.void, each: ContactType, index: dict[str, int]) -> None:
    returns = returns_of(each)
    for name in ("redial", "repeat", "after_hours", "rings_in"):
        terms = returns[name]
        if terms is not None:
            row[f"{name}_most"] = terms.max_attempts
            row[f"{name}_to"] = index[terms.to or each.name]
    row["failed_redials"] = each.redial is not None and each.redial.failed_callbacks
    if each.after_hours is not None:
        row["after_hours_share"] = each.after_hours.share
    if each.turns is not None:
        row["turn_most"] = each.turns.max_attempts
