"""Drawing from the model's distributions, compiled.

Every kind takes its draws one after another from the generator, so the first n of a longer draw
are the n of a shorter one: a contact keeps its talk time when demand is scaled. A change of the
mean rescales the same underlying draws.
"""

from __future__ import annotations

import math
from functools import singledispatch
from typing import Any

import numpy as np
from numpy.typing import NDArray

from queuesim.compiling import called, inlined
from queuesim.model.distributions import (
    Deterministic,
    Empirical,
    Exponential,
    Gamma,
    Hyperexponential,
    LogNormal,
    Weibull,
)
from queuesim.sampling.generator import Generator, entered, uniform
from queuesim.sampling.ziggurat import fill_exponential, fill_normal
from queuesim.units import GRID, snap

FIXED, EXPONENTIAL, LOGNORMAL, GAMMA, WEIBULL, HYPEREXPONENTIAL, EMPIRICAL, CHANCE = range(8)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Law = tuple[int, float, float, float, tuple[float, ...]]

COLUMN = np.dtype(
    [
        ("stream", np.int64),
        ("target", np.int64),  # the row of `times`; of a CHANCE the attempt
        ("attempts", np.int64),  # of a CHANCE: how many of them a contact has, 0 for an offer
        ("kind", np.int64),
        ("scale", np.float64),  # [s]; of CHANCE the probability
        ("shape", np.float64),
        ("longer", np.float64),
        ("first", np.int64),  # where the values of an empirical one begin
        ("values", np.int64),
    ],
    align=True,
)
"""A column of the tape that chance fills for one contact type, as a kernel reads it."""

BLOCK = 512
"""Draws made at one go, so that they stay close to the processor."""

START: int = np.int64(0)  # type: ignore[assignment]  # a plain 0 would be compiled as a case of its own


@singledispatch
def law_of(distribution: object) -> Law:
    """Return a distribution in numbers: kind, scale, shape, other scale and values.

    Raises
    ------
    TypeError
        For anything that is not a distribution of the model.
    """
    raise TypeError(f"no way to draw from {type(distribution).__name__}")


@law_of.register
def _(distribution: Exponential) -> Law:
    return EXPONENTIAL, distribution.mean, 0.0, 0.0, ()


@law_of.register
def _(distribution: LogNormal) -> Law:
    return LOGNORMAL, distribution.median_s, distribution.sigma, 0.0, ()


@law_of.register
def _(distribution: Gamma) -> Law:
    if distribution.shape == 1.0:
        return EXPONENTIAL, distribution.scale, 0.0, 0.0, ()
    return GAMMA, distribution.scale, distribution.shape, 0.0, ()


@law_of.register
def _(distribution: Weibull) -> Law:
    return WEIBULL, distribution.scale, 1.0 / distribution.shape, 0.0, ()


@law_of.register
def _(distribution: Deterministic) -> Law:
    return FIXED, snap(distribution.value), 0.0, 0.0, ()


@law_of.register
def _(distribution: Hyperexponential) -> Law:
    parts = distribution.mean_short, distribution.share, distribution.mean_long
    return HYPEREXPONENTIAL, *parts, ()


@law_of.register
def _(distribution: Empirical) -> Law:
    return EMPIRICAL, 0.0, 0.0, 0.0, distribution.values


def column_table(columns: list[tuple[int, int, int, Law]]) -> tuple[NDArray[Any], Floats]:
    """Return columns as a kernel reads them.

    Parameters
    ----------
    columns : list of (stream, target, attempts, law)

    Returns
    -------
    table : COLUMN[columns]
    values : float64
        The values of all empirical ones [s].
    """
    table = np.zeros(len(columns), dtype=COLUMN)
    values: list[float] = []
    for row, (stream, target, attempts, law) in enumerate(columns):
        *numbers, own = law
        table[row] = (stream, target, attempts, *numbers, len(values), len(own))
        values += own
    return table, np.array(values, dtype=np.float64)


@called
def fill_uniform(generator: Generator, first: int, last: int, draws: Floats) -> Generator:
    """Draw from [0, 1) into draws[first:last]; return the generator after it."""
    for k in range(first, last):
        draws[k], generator = uniform(generator)
    return generator


@called
def fill_gamma(
    generator: Generator, shape: float, first: int, last: int, draws: Floats
) -> Generator:
    """Draw from the gamma distribution of scale 1 into draws[first:last]; return the generator.

    Above shape 1: the cube of a shifted normal draw, or rejected (Marsaglia and Tsang 2000, ACM
    Trans. Math. Softw. 26). Below: rejection from two pieces (Ahrens and Dieter 1974,
    Computing 12). With NumPy's use of the draws. Shape 1 is exponential, and not drawn here.
    """
    shift = shape - 1.0 / 3.0
    slope = 1.0 / math.sqrt(9.0 * shift) if shape > 1.0 else 0.0
    k = first
    while k < last:
        if shape < 1.0:
            chance, generator = uniform(generator)
            generator = fill_exponential(generator, k, k + 1, draws)
            limit = draws[k]
            if chance <= 1.0 - shape:
                x = chance
            else:
                more = -math.log((1.0 - chance) / shape)
                x = 1.0 - shape + shape * more
                limit += more
            draws[k] = x ** (1.0 / shape)
            k += draws[k] <= limit
            continue
        generator = fill_normal(generator, k, k + 1, draws)
        x = draws[k]
        cube = 1.0 + slope * x
        if cube <= 0.0:
            continue
        cube = cube * cube * cube
        draws[k] = shift * cube
        chance, generator = uniform(generator)
        if chance < 1.0 - 0.0331 * (x * x) * (x * x) or math.log(chance) < 0.5 * x * x + shift * (
            1.0 - cube + math.log(cube)
        ):
            k += 1
    return generator


@called
def draw_column(
    column: Any,
    values: Floats,
    generator: Generator,
    number: Ints,
    row: Ints,
    first: int,
    last: int,
    draws: Floats,
    times: Floats,
    chances: NDArray[np.bool_],
) -> None:
    """Draw one column of the contacts of one type and day.

    Parameters
    ----------
    column : COLUMN
    values : float64[all values]
        Of the empirical laws [s].
    generator : Generator
    number : int64[contacts]
        Which of the day's drawn contacts they are, rising; number k has the k-th draw.
    row : int64[contacts]
        Where on the tape they stand.
    first, last : int
        The contacts, in `number` and `row`.
    draws : float64[BLOCK]
        To work in.
    times : float64[rows, room]
        Its row `target` is filled [s], on the grid, unless the law is a CHANCE.
    chances : bool[room × (1 + attempts)]
        Is filled if it is one: first all offers, then the attempts, contact by contact.
    """
    kind, shape = column.kind, column.shape
    start, contact = 0, first
    while contact < last:
        n = min(number[last - 1] + 1 - start, BLOCK // 2)
        if kind == EXPONENTIAL or kind == WEIBULL:  # noqa: SIM109 - tuples take long to compile
            generator = fill_exponential(generator, START, n, draws)
        elif kind == LOGNORMAL:
            generator = fill_normal(generator, START, n, draws)
        elif kind == GAMMA:
            generator = fill_gamma(generator, shape, START, n, draws)
        elif kind == HYPEREXPONENTIAL:
            generator = fill_uniform(generator, START, 2 * n, draws)
        elif kind != FIXED:
            generator = fill_uniform(generator, START, n, draws)
        while contact < last and number[contact] < start + n:
            k = number[contact] - start
            _put(column, values, draws, k, row[contact], times, chances)
            contact += 1
        start += n


@inlined
def _put(
    column: Any,
    values: Floats,
    draws: Floats,
    k: int,
    at: int,
    times: Floats,
    chances: NDArray[np.bool_],
) -> None:
    """Turn the k-th draw into what a column says, and put it where a row stands."""
    kind, scale, x = column.kind, column.scale, draws[k]
    if kind == CHANCE:
        first = times.shape[1] + at * column.attempts + column.target
        chances[first if column.attempts else at] = x < scale
        return
    if kind == LOGNORMAL:
        time = scale * math.exp(column.shape * x)
    elif kind == WEIBULL:
        time = scale * x**column.shape
    elif kind == HYPEREXPONENTIAL:
        mean = scale if draws[2 * k] < column.shape else column.longer
        time = -math.log1p(-draws[2 * k + 1]) * mean
    elif kind == EMPIRICAL:
        time = values[column.first + int(x * column.values)]
    elif kind == FIXED:
        time = scale
    else:
        time = scale * x
    times[column.target, at] = np.rint(time * GRID) / GRID


@called
def draw_each(
    column: Any,
    values: Floats,
    start: Generator,
    words: NDArray[np.uint64],
    row: Ints,
    first: int,
    last: int,
    draws: Floats,
    times: Floats,
    chances: NDArray[np.bool_],
) -> None:
    """Draw one column of rows each of which enters the stream at a place of its own.

    Parameters
    ----------
    column, values, draws, times, chances
        As in `draw_column`.
    start : Generator
        The stream's.
    words : uint64[room]
        Where each row of the tape enters it.
    row : int64[rows]
        Where they stand on the tape.
    first, last : int
        The rows, in `row`.
    """
    kind, shape = column.kind, column.shape
    while first < last:
        n = min(last - first, BLOCK // 2)
        for k in range(n if kind != FIXED else START):
            generator = entered(start, words[row[first + k]])
            if kind == EXPONENTIAL or kind == WEIBULL:  # noqa: SIM109 - as above
                fill_exponential(generator, k, k + 1, draws)
            elif kind == LOGNORMAL:
                fill_normal(generator, k, k + 1, draws)
            elif kind == GAMMA:
                fill_gamma(generator, shape, k, k + 1, draws)
            elif kind == HYPEREXPONENTIAL:
                fill_uniform(generator, 2 * k, 2 * k + 2, draws)
            else:
                fill_uniform(generator, k, k + 1, draws)
        for k in range(n):
            _put(column, values, draws, k, row[first + k], times, chances)
        first += n
