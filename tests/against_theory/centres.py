"""Contact centres that theory speaks of, in a unit of time of their own.

A unit is 80 s or longer. The tape rounds durations to the nearest 1/1024 s and arrivals down to it:
that moves a mean by less than 1/100,000 of a unit.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from math import cos, tau
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh_tridiagonal

import queuesim as qs
from queuesim.model import Distribution

Floats = NDArray[np.float64]
Shape = Callable[[float], Distribution]
"""A distribution, given the length of a unit [s]."""

DAY_S = 86_400.0
SHORTEST_UNIT_S = 80.0
REPLICATIONS = 3
RELAXATIONS_A_DAY = 4


def exponential(mean: float = 1.0) -> Shape:
    """Exponential, mean in units."""
    return lambda unit_s: qs.Exponential(mean=mean * unit_s)


@dataclass(frozen=True)
class Centre:
    """A contact centre with one agent group, stationary.

    Attributes
    ----------
    name : str
        Its draws depend on it.
    rates : tuple of float
        Contacts per unit, by contact type.
    agents : int
        Headcount.
    contacts : int
        About how many to simulate; more where days would be too short for the relaxation.
    work, patience : Shape
        Handle time and patience of all types.
    places : int, optional
        Contacts that can wait.
    credits : tuple of float
        Routing credit by contact type [s].
    channel : str
    pace : tuple of float
        Pace with 1, 2, … contacts open.
    callback : CallbackOffer, optional
    relaxation : float, optional
        Relaxation time [units]; by default that of the birth-death chain with exponential times.
    days : int
        Days that count, in each replication.
    """

    name: str
    rates: tuple[float, ...]
    agents: int
    contacts: int = 30_000
    work: Shape = field(default_factory=exponential)
    patience: Shape | None = None
    places: int | None = None
    credits: tuple[float, ...] = (0.0,)
    channel: str = "phone"
    pace: tuple[float, ...] = (1.0,)
    callback: qs.CallbackOffer | None = None
    relaxation: float | None = None
    days: int = 20

    @property
    def rate(self) -> float:
        """Contacts per unit, all types, in the mean over a day."""
        return sum(self.rates)

    @property
    def capacity(self) -> float:
        """Largest total pace."""
        return self.agents * self.pace[-1]

    @cached_property
    def work_1(self) -> Distribution:
        """Handle time in units."""
        return self.work(1.0)

    @property
    def load(self) -> float:
        """Offered load, in the mean over a day."""
        return self.rate * self.work_1.mean_s

    @cached_property
    def relaxation_time(self) -> float:
        """How long the queue remembers [units]."""
        if self.relaxation is not None:
            return self.relaxation
        leaves = 1.0 / self.patience(1.0).mean_s if self.patience else 0.0
        top = self.agents + (2000 if self.places is None else self.places)
        pace = self.capacity / self.agents / self.work_1.mean_s
        return relaxation_time(self.rate, self.agents, pace, leaves, top)

    @cached_property
    def day(self) -> float:
        """Length of a day [units]."""
        wanted = self.contacts / (REPLICATIONS * self.days * self.rate)
        return min(max(wanted, RELAXATIONS_A_DAY * self.relaxation_time), DAY_S / SHORTEST_UNIT_S)

    @property
    def unit_s(self) -> float:
        """Length of a unit [s]."""
        return DAY_S / self.day

    def through_the_day(self) -> tuple[Floats, Floats, Floats]:
        """Return a weight for each stretch of the day [units], the rate, and the endless load then.

        The endless load is the mean number present were there agents without end.
        """
        return np.array([self.day]), np.array([self.rate]), np.array([self.load])

    @property
    def shape_of_day(self) -> tuple[float, ...]:
        """Factors of the day's demand."""
        return (1.0,)

    @property
    def headcount(self) -> int | dict[str, tuple[int, ...]]:
        """Headcount as the planner states it."""
        return self.agents

    interval: ClassVar[str] = "24h"
    hours: ClassVar[str | None] = None
    hours_of_agents: ClassVar[str | None] = None

    @cached_property
    def scenario(self) -> qs.Scenario:
        """The same in the planner's words; a day is one day, the first starts empty."""
        name = re.sub(r"[^A-Za-z0-9 -]", "-", self.name)
        types = tuple(
            qs.ContactType(
                name=f"{name} {k + 1}",
                channel=self.channel,
                demand=qs.Demand(per_day=rate * self.day, day=self.shape_of_day),
                talk=self.work(self.unit_s),
                patience=self.patience(self.unit_s) if self.patience else None,
                queue_limit=self.places,
                credit=credit,
                callback=self.callback,
                hours=self.hours,
            )
            for k, (rate, credit) in enumerate(zip(self.rates, self.credits, strict=True))
        )
        several = len(self.pace) > 1
        group = qs.AgentGroup(
            name="agents",
            skills=tuple(contact_type.name for contact_type in types),
            headcount=self.headcount,
            hours=self.hours_of_agents,
            concurrency={self.channel: len(self.pace)} if several else {},
            pace={self.channel: self.pace} if several else {},
            contract=qs.InHouse(per_hour=24.0),
        )
        horizon = qs.Horizon(start="2026-11-23", days=self.days + 1, interval=self.interval)
        return qs.Scenario(
            name="against theory", contact_types=types, agent_groups=(group,), horizon=horizon
        )


@dataclass(frozen=True)
class FromEmpty(Centre):
    """A centre that opens empty at midnight, closes after some units and then serves the queue out.

    The agents stay until it is served: none of the days reaches into the next.
    """

    opening: float = 240.0
    relaxation: float | None = 0.0

    @cached_property
    def day(self) -> float:
        """Length of a day [units]: open for eight hours of the 24."""
        return 3 * self.opening

    def through_the_day(self) -> tuple[Floats, Floats, Floats]:
        """Return stretches of the opening hours, their rate and endless load."""
        edges = np.linspace(0.0, self.opening, 4001)
        middle = (edges[1:] + edges[:-1]) / 2
        rate = np.full(middle.size, 3 * self.rate)
        return np.diff(edges), rate, 3 * self.load * -np.expm1(-middle / self.work_1.mean_s)

    @property
    def shape_of_day(self) -> tuple[float, ...]:
        """A third of the day, evenly."""
        return (1.0, 0.0, 0.0)

    hours: ClassVar[str | None] = "00:00-08:00"
    hours_of_agents: ClassVar[str | None] = "00:00-24:00"


@dataclass(frozen=True)
class Sinusoid(Centre):
    """A centre whose arrival rate goes round as ``rate (1 + swing sin t)`` once a day.

    Handle times are exponential with mean 1. Within each minute of the clock the rate is constant,
    at its mean over that minute.
    """

    swing: float = 0.0
    period: float = tau
    staffing: tuple[int, ...] = ()
    relaxation: float | None = 0.0  # the quiet part of the day wipes out what was before

    @cached_property
    def day(self) -> float:
        """Length of a day [units]."""
        return self.period

    def rate_at(self, t: float | Floats) -> Floats:
        """Arrival rate [contacts per unit]."""
        return self.rate * (1 + self.swing * np.sin(tau / self.period * np.asarray(t)))

    def endless_load_at(self, t: float | Floats) -> Floats:
        """Mean number present with agents without end (Eick, Massey and Whitt, 1993)."""
        speed = tau / self.period
        turn = speed * np.asarray(t)
        lag = (np.sin(turn) - speed * np.cos(turn)) / (1 + speed**2)
        return np.asarray(self.rate * (1 + self.swing * lag))

    def through_the_day(self) -> tuple[Floats, Floats, Floats]:
        """Return stretches of the day, their rate and endless load."""
        edges = np.linspace(0.0, self.day, 1441)
        middle = (edges[1:] + edges[:-1]) / 2
        return np.diff(edges), self.rate_at(middle), self.endless_load_at(middle)

    @property
    def shape_of_day(self) -> tuple[float, ...]:
        """Mean rate of each minute."""
        bins, edge = 1440, tau / 1440
        means = (1 + self.swing * (cos(k * edge) - cos((k + 1) * edge)) / edge for k in range(bins))
        return tuple(means)

    @property
    def headcount(self) -> int | dict[str, tuple[int, ...]]:
        """The same all day, or by twelfths of the day."""
        return {"day": self.staffing} if self.staffing else self.agents

    interval: ClassVar[str] = "2h"


def relaxation_time(rate: float, agents: int, pace: float, leaves: float, top: int) -> float:
    """Return 1 / spectral gap of the birth-death chain of the number in the system, 0 … top."""
    up = np.full(top, rate)
    k = np.arange(1, top + 1)
    down = np.minimum(k, agents) * pace + np.maximum(k - agents, 0) * leaves
    leaving = np.append(up, 0.0) + np.insert(down, 0, 0.0)
    slowest = (leaving.size - 2, leaving.size - 1)
    values = eigh_tridiagonal(
        -leaving, np.sqrt(up * down), eigvals_only=True, select="i", select_range=slowest
    )
    return float(-1.0 / values[0])
