"""What is watched: signals, their streams, and how the streams share the budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from queuesim.watching.detecting.signals import MEASURES

SIGNALS: dict[str, tuple[str, tuple[float, ...], str]] = {
    "volume": ("offered", (1.0, -1.0), "contacts"),
    "handle_time": ("mean_handle_s", (1.0, -1.0), "s"),
    "staff": ("staffed", (-1.0,), "agents"),
    "inferred_staff": ("mean_wait_s", (-1.0,), "agents"),
    "wait": ("mean_wait_s", (1.0,), "s"),
    "within": ("answered_within", (1.0,), "share"),
    "abandoned": ("abandoned", (1.0,), "share"),
}
"""Signal: the column it is read from, which ways are alarming, and the unit of its shift.

``within`` is the share of the answered that were *not* answered within the target time;
``abandoned`` the share of the offered who left. ``inferred_staff`` is told from what the contacts
met (`watching.detecting.inferred`), where nobody counted the people.
"""

ALL = "(all)"
"""Stands for all contact types together."""

_WAITS_EXPLAINED, _LESS = 0.15, 0.03


@dataclass(frozen=True)
class Stream:
    """One signal of one contact type or agent group, in one direction.

    Attributes
    ----------
    signal : str
    who : str
        Contact type, agent group, or `ALL`.
    sign : float
        1: more is alarming; -1: less is.
    """

    signal: str
    who: str
    sign: float


@dataclass(frozen=True)
class Known:
    """What will be known of an interval when its waits are judged.

    Attributes
    ----------
    measures : tuple of str
        Columns that will be observed; in place of the others stands what is planned, or usual.
    """

    measures: tuple[str, ...] = (*MEASURES, "staffed")

    @property
    def volume(self) -> bool:
        """Whether the contacts offered are known."""
        return "offered" in self.measures

    @property
    def staff(self) -> bool:
        """Whether the people on duty are known."""
        return "staffed" in self.measures

    @property
    def answered(self) -> bool:
        """Whether the contacts answered are known."""
        return "answered" in self.measures

    @property
    def handling(self) -> bool:
        """Whether the handle times are known."""
        return "mean_handle_s" in self.measures


def weights_of(streams: Sequence[Stream], known: Known) -> NDArray[np.float64]:
    """Return about in what proportions the streams share the budget.

    Most goes where a small shift has to be told from much scatter. What stands out at once when it
    happens needs little: people who were counted; waits that volume, handling and people explain;
    and less work is seldom trouble.
    """
    people = known.staff or any(each.signal == "inferred_staff" for each in streams)
    waits = _WAITS_EXPLAINED if known.volume and people else 1.0
    of = {"handle_time": 0.5, "staff": 0.6, "inferred_staff": 1.5, "wait": waits}
    of |= {"within": 0.5 * waits, "abandoned": 0.5 * waits}
    made = []
    for each in streams:
        less = each.sign < 0 and each.signal in ("volume", "handle_time")
        made.append(_LESS if less else of.get(each.signal, 1.0))
    return np.array(made)
