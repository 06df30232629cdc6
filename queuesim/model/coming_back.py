"""Coming back: redials and repeat contacts, transfers, threads, and the front door that fails."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from queuesim.model.base import FixedDict, Model
from queuesim.model.delay import Delay
from queuesim.model.events import Event, same_names
from queuesim.model.faults import Fault
from queuesim.model.fields import Amount, CountFromOne, Flag, Many, Name, Positive, Share
from queuesim.model.horizon import Horizon

Floats = NDArray[np.float64]

_ROUNDING = 1e-9
"""Shares that were meant to add up to 1 may miss it by this much."""


class Return(Model):
    """Coming back: redial after leaving unserved, a repeat contact when not resolved, and others.

    Parameters
    ----------
    share
        Share of those concerned who come back, 0 to 1.
    delay
        Time until they do: a distribution, or a time. It runs from the instant at which the
        customer left; of those who ring in while they wait for a callback, from when they accepted
        or asked for it.
    max_attempts
        So many times at most does one customer come back, by redial, after hours, by ringing in or
        as a repeat contact together; as the next turn of a thread: so many turns.
    to
        Contact type as which they come back; None: the same.
    failed_callbacks
        Of a ``redial`` only: whether those redial, too, who took a callback or asked for one and
        were not reached in any attempt; ``delay`` runs from the end of the last one.

    Examples
    --------
    >>> from queuesim.model.distributions import Exponential
    >>> Return(share=0.5, delay=Exponential(mean="10min")).max_attempts
    1
    """

    share: Share
    delay: Delay
    max_attempts: CountFromOne = 1
    to: Name | None = None
    failed_callbacks: Flag = False


class Transfer(Model):
    """Handing contacts on to people who serve another contact type, when the talk ends.

    Parameters
    ----------
    share
        Share of the handled contacts that are handed on, 0 to 1.
    to
        Contact type in whose line they wait then, with its own talk, wrap-up and patience.

    Examples
    --------
    >>> Transfer(share=0.15, to="second line").to
    'second line'
    """

    share: Share
    to: Name


class FrontDoor(Model):
    """What self-service or a chatbot does before people: how often it is enough, and what then.

    It takes everybody at once, for the time that the contact type states as talk.

    Parameters
    ----------
    contains
        Share of contacts that it deals with, so that nobody need be asked, 0 to 1.
    to
        Where those go whom it fails: a share for each contact type. What is missing to 1 gives up.
    resolution
        Share of those dealt with whose matter is settled indeed, 0 to 1; the others come back as
        ``repeat`` says.
    patience_factor
        What the patience of those who go on is multiplied by.
    outages
        Events that multiply the share it fails for some hours, up to everybody.
    per_contact
        What each contact costs, dealt with or not [currency].

    Examples
    --------
    >>> FrontDoor(contains=0.6, to={"support": 0.8}).resolution
    1.0
    """

    contains: Share
    to: FixedDict[Name, Share] = FixedDict()
    resolution: Share = 1.0
    patience_factor: Positive = 1.0
    outages: Many[Event] = ()
    per_contact: Amount = 0.0

    def _check(self) -> Iterator[Fault]:
        total = sum(self.to.values())
        if total > 1 + _ROUNDING:
            yield Fault(
                "must add up to 1 at most: what is missing gives up",
                "lower one of the shares",
                ("to",),
                given=f"{total:g}",
            )
        yield from same_names(self.outages, "outages")

    def fails(self, factor: float) -> float:
        """Return the share it fails while outages multiply that by a factor."""
        return min(1.0, (1.0 - self.contains) * factor)

    def ways(self) -> list[tuple[float, float, str]]:
        """Return where those go whom it fails, by their path, a number in [0, 1).

        Returns
        -------
        list of (low, high, name)
            Who has a path in [low, high) goes to that contact type; in none of them: gives up.
        """
        found, low = [], 0.0
        for name, share in self.to.items():
            found.append((low, low + share, name))
            low += share
        return found

    def contained(self, horizon: Horizon) -> tuple[Floats, Floats]:
        """Return the share it deals with over the horizon, in steps.

        Parameters
        ----------
        horizon
            The days.

        Returns
        -------
        from_s : float64[k] [s]
            Where each step begins; the first before everything.
        share : float64[k]
            The share from there on. An outage that fades does so in steps, each at its middle.
        """
        edges = [outage.edges_s(horizon) for outage in self.outages]
        begins = np.unique(np.concatenate(edges)) if edges else np.empty(0)
        factor = np.ones(len(begins) + 1)
        middles = (begins + np.append(begins[1:], np.inf)) / 2
        for outage in self.outages:
            factor[1:] *= outage.factor_at(horizon, middles)
        share = np.array([1.0 - self.fails(float(each)) for each in factor])
        return np.concatenate([[-np.inf], begins]), share


__all__ = ["FrontDoor", "Return", "Transfer"]
