"""Square-root staffing: how the share that waits follows from the safety above the load.

In a large centre with ``load + beta sqrt(load)`` agents the share of contacts that wait depends on
beta alone (and on patience), so one beta serves every hour of the day.

Sources
-------
.. [1] S. Halfin and W. Whitt (1981), Heavy-traffic limits for queues with many exponential servers,
   Operations Research 29(3), Proposition 1.
.. [2] O. Garnett, A. Mandelbaum and M. Reiman (2002), Designing a call center with impatient
   customers, Manufacturing & Service Operations Management 4(3), the limit of P(wait) for M/M/N+M.
.. [3] S. Borst, A. Mandelbaum and M. Reiman (2004), Dimensioning large call centers, Operations
   Research 52(1). Square-root safety staffing.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special

from queuesim.theory import _checks as check


def halfin_whitt(beta: ArrayLike) -> Any:
    """Share of contacts that wait in a large centre with ``load + beta sqrt(load)`` agents.

    Parameters
    ----------
    beta : float or array
        Square-root safety, above 0 [1].

    Returns
    -------
    float or ndarray
        Limit of the share that waits, when nobody gives up.

    Raises
    ------
    ValueError
        If a beta is not above 0: then the queue grows without end.

    Notes
    -----
    ``P = 1 / (1 + beta Phi(beta) / phi(beta))`` [1]_, phi and Phi the standard normal density and
    distribution function.

    Examples
    --------
    >>> round(halfin_whitt(1.0), 4)
    0.2234
    """
    b = check.numbers("beta", beta, above=0, fix="With abandonment use garnett: any beta will do.")
    share = 1.0 / (1.0 + np.exp(np.log(b) + special.log_ndtr(b) - _log_density(b)))
    return float(share) if share.ndim == 0 else share


def garnett(beta: ArrayLike, *, patience_ratio: float) -> Any:
    """Share of contacts that wait in a large centre in which contacts give up.

    Parameters
    ----------
    beta : float or array
        Square-root safety, of any sign [1].
    patience_ratio : float
        Mean patience divided by average handle time, above 0 [1].

    Returns
    -------
    float or ndarray
        Limit of the share that waits when agents = ``load + beta sqrt(load)``.

    Raises
    ------
    ValueError
        If an input is out of range.

    Notes
    -----
    ``P = 1 / (1 + h(beta sqrt(r)) / (sqrt(r) h(-beta)))`` [2]_ with r the patience ratio and
    ``h = phi / (1 - Phi)`` the hazard rate of the standard normal distribution.

    Examples
    --------
    >>> round(garnett(0.0, patience_ratio=1.0), 4)
    0.5
    """
    b = check.numbers("beta", beta)
    root = math.sqrt(check.number("patience_ratio", patience_ratio, above=0))
    odds = np.exp(_log_hazard(b * root) - _log_hazard(-b)) / root
    share = 1.0 / (1.0 + odds)
    return float(share) if share.ndim == 0 else share


def beta_for(p_wait: float, *, patience_ratio: float = math.inf) -> float:
    """Square-root safety that makes a share `p_wait` of contacts wait: the inverse problem.

    Parameters
    ----------
    p_wait : float
        Delay target: share of contacts that may wait, in (0, 1).
    patience_ratio : float
        Mean patience divided by average handle time [1]; infinite unless contacts give up.

    Returns
    -------
    float
        The beta of `halfin_whitt` or, with a finite ratio, of `garnett`.

    Raises
    ------
    ValueError
        If an input is out of range.

    Examples
    --------
    >>> round(beta_for(0.2234), 3), round(beta_for(0.5, patience_ratio=1.0), 3)
    (1.0, 0.0)
    """
    target = check.number("p_wait", p_wait, above=0, below=1)
    ratio = check.number("patience_ratio", patience_ratio, above=0, infinite=True)
    share: Callable[[float], float]
    if ratio == math.inf:
        low, share = 1e-300, halfin_whitt
    else:
        low, share = -1.0, lambda b: float(garnett(b, patience_ratio=ratio))
        while share(low) < target:
            low *= 2.0
    high = 1.0
    while share(high) > target:
        high *= 2.0
    return float(optimize.brentq(lambda b: share(b) - target, low, high, xtol=1e-14))


def square_root_agents(load: ArrayLike, *, beta: float) -> Any:
    """Agents by the square-root rule: ``load + beta sqrt(load)``, rounded up [3]_.

    Parameters
    ----------
    load : float or array
        Offered load [erlangs], at least 0; over time for staffing by modified offered load.
    beta : float
        Square-root safety [1]; see `beta_for`.

    Returns
    -------
    int or ndarray of int64
        Agents, at least 0. An excess below a billionth of an agent is not rounded up.

    Raises
    ------
    ValueError
        If an input is out of range.

    Examples
    --------
    >>> square_root_agents([90, 100], beta=1.28)
    array([103, 113])
    """
    a = check.numbers("load", load, least=0)
    exact = a + check.number("beta", beta) * np.sqrt(a)
    agents = np.maximum(0, np.ceil(exact - 1e-9 * np.maximum(1.0, exact))).astype(np.int64)
    return int(agents) if agents.ndim == 0 else agents


def _log_density(x: Any) -> Any:
    return -0.5 * x * x - 0.5 * math.log(2.0 * math.pi)


def _log_hazard(x: Any) -> Any:
    # Two forms, as the difference of logs loses its digits far to the right.
    right = 0.5 * math.log(2.0 / math.pi) - np.log(special.erfcx(np.maximum(x, 0.0) / math.sqrt(2)))
    return np.where(x > 0.0, right, _log_density(x) - special.log_ndtr(-x))
