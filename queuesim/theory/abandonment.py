"""Erlang A: waiting when contacts give up (M/M/s/r+M), with the whole waiting-time distribution.

Contacts arrive as a Poisson process, handle times and patience are exponential, contacts are taken
in the order of arrival and at most `places` of them can wait.

Sources
-------
.. [1] C. Palm (1957), Research on telephone traffic carried by full availability groups, Tele 1.
   The model with abandonment.
.. [2] O. Garnett, A. Mandelbaum and M. Reiman (2002), Designing a call center with impatient
   customers, Manufacturing & Service Operations Management 4(3). Erlang A as a birth-death chain.
.. [3] W. Whitt (2005), Engineering solution of a basic call-center model, Management Science 51(2).
   M/M/s/r+M with the waits of the served and of the abandoned told apart.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize

from queuesim.theory import _checks as check
from queuesim.theory._birth_death import patient_wait, stationary, wait_moments

ServiceLevelDefinition = Literal[
    "answered_of_offered_less_short",
    "answered_of_offered",
    "answered_of_answered",
    "answered_or_left_of_offered",
    "quick_abandons_excluded",
]
Who = Literal["entered", "answered", "abandoned"]


@dataclass(frozen=True, kw_only=True)
class ErlangA:
    """What Erlang A says in the long run; shares are of offered contacts unless said otherwise.

    Attributes
    ----------
    load, agents, aht, patience, places
        As given [erlangs, agents, s, s, contacts].
    p_no_wait, p_wait, p_block : float
        Shares that are answered at once, that wait (answered in the end or not), that are blocked.
    p_answered, p_abandon : float
        Shares that are answered, that give up.
    mean_queue, var_queue : float
        Mean and variance of the number waiting [contacts, contacts^2].
    mean_in_system : float
        Mean number waiting or with an agent [contacts].
    mean_wait : float
        Mean wait of the contacts that were not blocked, whether answered or not [s].
    asa, var_wait_answered : float
        Mean and variance of the wait of the answered, those answered at once included [s, s^2].
    mean_wait_abandoned : float
        Mean wait of those who give up [s]; nan when nobody does.
    occupancy : float
        Busy share of the agents' time.
    """

    load: float
    agents: int
    aht: float
    patience: float
    places: int | None
    p_no_wait: float
    p_wait: float
    p_block: float
    p_answered: float
    p_abandon: float
    mean_queue: float
    var_queue: float
    mean_in_system: float
    mean_wait: float
    asa: float
    var_wait_answered: float
    mean_wait_abandoned: float
    occupancy: float
    _seen: NDArray[np.float64] = field(repr=False, compare=False)

    def answered_within(self, t: ArrayLike) -> Any:
        """Share of offered contacts that are answered within `t` [s]."""
        within, _ = self._patient(t, 1.0)
        return _plain(self.p_no_wait + within @ (self._stays * self._seen))

    def abandoned_within(self, t: ArrayLike) -> Any:
        """Share of offered contacts that give up within `t` [s]."""
        # E[1 - exp(-theta min(t, V))], told apart by whether V outlasts t: all terms are positive.
        _, beyond = self._patient(t, 0.0)
        sooner, _ = self._patient(t, 0.0, ahead=1)
        gone = -np.expm1(-np.asarray(t, dtype=np.float64) / self.patience)
        return _plain(gone * (beyond @ self._seen) + sooner @ ((1.0 - self._stays) * self._seen))

    def wait_exceeds(self, t: ArrayLike, *, of: Who = "entered") -> Any:
        """Share of contacts that wait longer than `t` [s], in the shape of `t`.

        `of` says among whom: "entered" (all not blocked), "answered" or "abandoned"; nan if nobody.
        """
        if of == "entered":
            _, beyond = self._patient(t, 0.0)
            patient = np.exp(-np.asarray(t, dtype=np.float64) / self.patience)
            return _plain(patient * (beyond @ self._seen) / (self.p_no_wait + self.p_wait))
        if of == "answered":
            _, beyond = self._patient(t, 1.0)
            return _plain(beyond @ (self._stays * self._seen) / self.p_answered)
        return 1.0 - np.minimum(1.0, self.wait_within(t, of=of))

    def wait_within(self, t: ArrayLike, *, of: Who = "entered") -> Any:
        """Share of contacts, `of` as in `wait_exceeds`, whose wait is at most `t` [s]."""
        if of == "entered":
            both = self.answered_within(t) + self.abandoned_within(t)
            return both / (self.p_no_wait + self.p_wait)
        if of == "answered":
            return self.answered_within(t) / self.p_answered
        if of == "abandoned":
            left = self.abandoned_within(t)
            return left / self.p_abandon if self.p_abandon > 0 else math.nan * left
        raise check.refuse("of", of, f"one of {', '.join(get_args(Who))}")

    def wait_quantile(self, share: float, *, of: Who = "entered") -> float:
        """Wait [s] that a `share` of contacts, in [0, 1), does not exceed; `of` as above."""
        share = check.number("share", share, least=0, below=1)
        start = self.wait_within(0.0, of=of)
        if not start < share:
            return 0.0 * start  # nan when there is nobody of that kind

        def short_of(t: float) -> float:  # each tail by the form that keeps its digits
            if share < 0.5:
                return share - self.wait_within(t, of=of)
            return self.wait_exceeds(t, of=of) - (1.0 - share)

        high = self.aht
        while short_of(high) > 0.0 and high < 1e12 * self.aht:
            high *= 2.0
        if short_of(high) > 0.0:
            return high
        return float(optimize.brentq(short_of, 0.0, high, xtol=1e-300, rtol=1e-14))

    def service_level(
        self,
        within: ArrayLike,
        *,
        definition: ServiceLevelDefinition = "answered_of_offered_less_short",
        short_abandon: float = 5.0,
    ) -> Any:
        """Service level for the target time `within`, by one of five definitions in use.

        Parameters
        ----------
        within : float or array
            Target time T [s].
        definition : str
            ``answered_of_offered_less_short``: answered within T / (offered - abandoned within T).
            ``answered_of_offered``: answered within T / offered. ``answered_of_answered``: answered
            within T / answered. ``answered_or_left_of_offered``: (answered or abandoned within T) /
            offered. ``quick_abandons_excluded``: answered within T / (offered - abandoned within
            `short_abandon`).
        short_abandon : float
            Wait up to which an abandon does not count as offered, in the last definition [s].

        Returns
        -------
        float or ndarray
            Share in [0, 1]; contacts that are blocked count as offered.

        Raises
        ------
        ValueError
            If the definition is unknown or a time is negative.
        """
        answered = self.answered_within(check.numbers("within", within, least=0))
        if definition == "answered_of_offered_less_short":
            return answered / (1.0 - self.abandoned_within(within))
        if definition == "answered_of_offered":
            return answered
        if definition == "answered_of_answered":
            return self.wait_within(within, of="answered")
        if definition == "answered_or_left_of_offered":
            return answered + self.abandoned_within(within)
        if definition == "quick_abandons_excluded":
            short = check.number("short_abandon", short_abandon, least=0)
            return answered / (1.0 - self.abandoned_within(short))
        options = ", ".join(get_args(ServiceLevelDefinition))
        raise check.refuse("definition", definition, f"one of {options}")

    def _patient(self, t: ArrayLike, tilt: float, *, ahead: int = 0) -> tuple[Any, Any]:
        """P(V <= t) and P(V > t), as `patient_wait` has them, for the positions seen."""
        return patient_wait(
            check.numbers("t", t, least=0) / self.aht,
            np.arange(1.0, self._seen.size + 1) + ahead,
            agents=self.agents,
            theta=self.aht / self.patience,
            tilt=tilt,
        )

    @property
    def _stays(self) -> NDArray[np.float64]:
        """Share of the contacts in each position that are answered in the end."""
        position = np.arange(1.0, self._seen.size + 1)
        return self.agents / (self.agents + position * self.aht / self.patience)


def erlang_a(
    load: float, *, agents: int, aht: float, patience: float, places: int | None = None
) -> ErlangA:
    """Waiting, abandonment and blocking when contacts give up: M/M/s/r+M in the long run.

    Parameters
    ----------
    load : float
        Offered load [erlangs], at least 0; may exceed the number of agents.
    agents : int
        Agents staffed, at least 1.
    aht : float
        Average handle time [s].
    patience : float
        Mean time a contact is willing to wait [s]; ``math.inf`` when nobody gives up.
    places : int, optional
        Contacts that can wait; any further one is blocked. No limit unless given.

    Returns
    -------
    ErlangA
        Shares, waits and the wait distributions of the answered and of the abandoned.

    Raises
    ------
    ValueError
        If an input is out of range, or nobody gives up, nobody is blocked and ``agents <= load``.

    Notes
    -----
    The birth-death chain [2]_ is solved on a log scale, leaving out queue lengths rarer than 1e-40
    of the likeliest. Waits follow from the position taken on arrival: moments by positive sums,
    distributions by incomplete beta functions.

    Examples
    --------
    >>> answer = erlang_a(10, agents=10, aht=180, patience=300)
    >>> round(answer.p_abandon, 4), round(answer.asa, 1), round(answer.occupancy, 3)
    (0.1094, 31.2, 0.891)
    >>> round(answer.service_level(20), 4)
    0.5354
    >>> round(answer.service_level(20, definition="answered_of_offered"), 4)
    0.5168
    """
    load = check.number("load", load, least=0)
    agents = check.whole("agents", agents, least=1)
    aht = check.number("aht", aht, above=0)
    patience = check.number("patience", patience, above=0, infinite=True)
    places = None if places is None else check.whole("places", places, least=0)
    theta = aht / patience
    if theta == 0.0 and places is None and agents <= load:
        raise check.refuse(
            "agents",
            agents,
            f"more than the load of {load:g} erlangs when nobody gives up",
            f"Give at least {math.floor(load) + 1}, or a finite patience or number of places.",
        )
    below, levels = stationary(load, agents, theta, places)
    waiting = np.arange(levels.size)
    seen = levels if places is None else levels[:-1]
    p_block = 0.0 if places is None else float(levels[-1])
    mean_queue = float(levels @ waiting)
    busy = float(below @ np.arange(agents) + agents * levels.sum())
    # Shares of arrivals; with no load they are those of a single contact in an empty system.
    p_answered = busy / load if load > 0 else 1.0
    p_abandon = theta * mean_queue / load if load > 0 else 0.0
    entered = p_answered + p_abandon

    first, second, lost = wait_moments(seen, agents=agents, theta=theta)
    asa = first / p_answered
    return ErlangA(
        load=load,
        agents=agents,
        aht=aht,
        patience=patience,
        places=places,
        p_no_wait=float(below.sum()),
        p_wait=float(seen.sum()),
        p_block=p_block,
        p_answered=p_answered,
        p_abandon=p_abandon,
        mean_queue=mean_queue,
        var_queue=float(levels @ (waiting - mean_queue) ** 2 + below.sum() * mean_queue**2),
        mean_in_system=mean_queue + busy,
        mean_wait=mean_queue * aht / (load * entered) if load > 0 else 0.0,
        asa=asa * aht,
        var_wait_answered=(second / p_answered - asa**2) * aht**2,
        mean_wait_abandoned=lost / p_abandon * aht if p_abandon > 0 else math.nan,
        occupancy=busy / agents,
        _seen=seen,
    )


def _plain(value: Any) -> Any:
    return float(value) if np.ndim(value) == 0 else value
