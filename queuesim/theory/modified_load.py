"""Modified offered load: the work in hand when contacts come at a changing rate.

Work lags behind arrivals by about a handle time. The modified offered load m(t) is the mean number
of contacts in hand if agents were never short. Staffing to m(t), not to the rate of the moment,
holds the share that waits level through the day.

Sources
-------
.. [1] S. G. Eick, W. A. Massey and W. Whitt (1993), The physics of the M_t/G/infinity queue,
   Operations Research 41(4), Theorem 1.
.. [2] S. G. Eick, W. A. Massey and W. Whitt (1993), M_t/G/infinity queues with sinusoidal arrival
   rates, Management Science 39(2).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from queuesim.theory import _checks as check
from queuesim.theory._handle_time import HandleTime, Survival, understand

_MOST_REPEATS = 2000


def modified_offered_load(
    rates: ArrayLike,
    *,
    edges: ArrayLike,
    handle_time: HandleTime,
    at: ArrayLike | None = None,
    initial: float = 0.0,
    periodic: bool = False,
) -> NDArray[np.float64]:
    """Mean number of contacts in hand at each time, were there always an agent free.

    Parameters
    ----------
    rates : array of n floats
        Arrival rate in each bin, constant within it [contacts/s].
    edges : array of n + 1 floats
        Bin edges, increasing [s].
    handle_time : float, frozen scipy distribution or callable
        A mean [s] stands for exponential handle times; any other shape comes as a distribution with
        `sf` and `mean`, or as its vectorised survival function.
    at : array, optional
        Times at which to give the load [s], not before the first edge; the edges unless given.
    initial : float
        Contacts in hand at the first edge; with exponential handle times only, and not periodic.
    periodic : bool
        True: the pattern has repeated for ever. False: nothing arrives outside the bins.

    Returns
    -------
    ndarray
        Modified offered load [erlangs], of the shape of `at`.

    Raises
    ------
    ValueError
        If lengths disagree, an input is out of range, or `initial` is given where it has no use.

    Notes
    -----
    ``m(t) = E[integral of the rate over (t - S, t)]`` [1]_: each bin adds its rate times the
    integral of the survival function of S over the bin's age. For exponential S this solves
    ``m' = rate - m / aht``.

    Examples
    --------
    >>> load = modified_offered_load([0.1, 0.2], edges=[0, 1800, 3600], handle_time=300)
    >>> load.round(2)
    array([ 0.  , 29.93, 59.93])
    """
    rate, edge = _bins(rates, edges)
    time = edge if at is None else check.numbers("at", at, least=float(edge[0]))
    initial = check.number("initial", initial, least=0)
    work = understand(handle_time)
    if initial > 0 and (periodic or not work.memoryless):
        raise check.refuse(
            "initial", initial, "0 unless handle times are exponential and periodic=False"
        )
    span = float(edge[-1] - edge[0])
    if periodic:
        time = edge[0] + np.mod(time - edge[0], span)
    load = _from_bins(rate, edge, time, work.integral)
    if work.memoryless:
        if periodic:
            end = _from_bins(rate, edge, edge[-1:], work.integral)[0]
            initial = end / -math.expm1(-span / work.mean)
        return np.asarray(load + initial * np.exp(-(time - edge[0]) / work.mean))
    if periodic:
        repeats = _repeats(work.survival, span, work.mean)
        before = edge[:-1] - span * np.arange(repeats, 0, -1)[:, None]
        load = _from_bins(np.tile(rate, repeats + 1), np.append(before, edge), time, work.integral)
    return load


def sinusoidal_load(
    at: ArrayLike, *, mean_rate: float, amplitude: float, period: float, aht: float
) -> Any:
    """Modified offered load for the rate ``mean_rate + amplitude sin(2 pi t / period)``.

    Parameters
    ----------
    at : float or array
        Times [s].
    mean_rate, amplitude : float
        Mean rate, and its swing, at most the mean [contacts/s].
    period : float
        Length of one cycle [s].
    aht : float
        Average handle time, exponential [s].

    Returns
    -------
    float or ndarray
        Load in the periodic state [erlangs], of the shape of `at`.

    Raises
    ------
    ValueError
        If an input is out of range.

    Notes
    -----
    With ``w = 2 pi / period`` and ``g = w aht``:
    ``m(t) = aht (mean_rate + amplitude (sin w t - g cos w t) / (1 + g^2))`` [2]_.

    Examples
    --------
    >>> day = dict(mean_rate=80 / 3600, amplitude=40 / 3600, period=86400, aht=300)
    >>> round(sinusoidal_load(6 * 3600, **day), 4)  # at the peak rate of 10 erlangs
    9.9984
    """
    t = check.numbers("at", at)
    mean_rate = check.number("mean_rate", mean_rate, least=0)
    swing = check.number("amplitude", amplitude, least=0, most=mean_rate, fix="Rates are not < 0.")
    w = 2.0 * math.pi / check.number("period", period, above=0)
    g = w * check.number("aht", aht, above=0)
    load = aht * (mean_rate + swing * (np.sin(w * t) - g * np.cos(w * t)) / (1.0 + g * g))
    return float(load) if load.ndim == 0 else load


def _bins(rates: ArrayLike, edges: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rate = check.numbers("rates", rates, least=0)
    edge = check.time_edges("edges", edges)
    if rate.shape != (edge.size - 1,):
        raise check.refuse(
            "rates", rate.tolist(), f"{edge.size - 1} numbers for {edge.size} edges", "One a bin."
        )
    return rate, edge


def _repeats(survival: Survival, span: float, mean: float) -> int:
    """Earlier periods that still matter: until hardly any work is older."""
    ages = span * np.arange(1.0, _MOST_REPEATS + 1)
    gone = ages * check.survival_values(survival, ages) <= 1e-15 * mean
    if not gone.any():
        raise ValueError(
            f"handle_time: {_MOST_REPEATS} periods of {span:g} do not hold its tail. "
            "Give a longer pattern, or a handle time with a lighter tail."
        )
    return int(np.argmax(gone)) + 1


def _from_bins(
    rate: NDArray[np.float64],
    edge: NDArray[np.float64],
    time: NDArray[np.float64],
    integral: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> NDArray[np.float64]:
    """Contacts in hand at each time out of those that arrived in the bins."""
    age = integral(np.maximum(time[..., None] - edge, 0.0))
    return np.asarray((age[..., :-1] - age[..., 1:]) @ rate)
