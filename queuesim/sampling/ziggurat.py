"""Standard exponential and normal draws by the ziggurat, compiled.

The area under a density is cut into 256 layers of equal area; nearly every draw is one word, one
comparison and one product (Marsaglia and Tsang 2000, J. Stat. Softw. 5(8)). The layers, the use of
the bits and the tail are those of NumPy's `Generator`, so the draws are NumPy's to the bit.

The tables are worked out here, from the layers' recurrence, with functions rounded correctly
by `decimal`: they do not depend on the machine's mathematical library.
"""

from __future__ import annotations

import math
from decimal import Decimal, localcontext

import numpy as np
from numpy.typing import NDArray

from queuesim.compiling import called
from queuesim.sampling.generator import Generator, Word, next_word, uniform

_LAYERS = 256
_DIGITS = 25
_EXP_TAIL = "7.6971174701310497140446280481"  # r for 256 layers
_NORMAL_TAIL = 3.6541528853610088
_NORMAL_AREA = 0.0049286732339746519
_EXP_BITS, _NORMAL_BITS = 53, 52

Floats = NDArray[np.float64]
Tables = tuple[NDArray[np.uint64], Floats, Floats]


def _exponential_layers() -> Tables:
    """Return within, width and height of each layer under exp(-x), in 25 digits, then rounded.

    Layer 0 is the base with the tail: as wide as its area ÷ height. A point further in than the
    layer above is under the curve for sure; NumPy's tables count `within` in steps of 2.
    """
    with localcontext() as exact:
        exact.prec = _DIGITS
        tail = Decimal(_EXP_TAIL)
        height = (-tail).exp()
        area = (tail + 1) * height
        edges, heights = [tail], [height]
        for _ in range(_LAYERS - 2):
            heights.append(heights[-1] + area / edges[-1])
            edges.append(-heights[-1].ln())
        edges, heights = edges[::-1], [Decimal(1), *heights[::-1]]
        widths = [area / height, *edges]
        ratios = [tail / widths[0], Decimal(0)]
        ratios += [edges[k - 1] / edges[k] for k in range(1, len(edges))]
        within = [2 * int(ratio * 2 ** (_EXP_BITS - 1)) for ratio in ratios]
        return (
            np.array(within, dtype=np.uint64),
            np.array([float(width) for width in widths]) / 2.0**_EXP_BITS,
            np.array([float(each) for each in heights]),
        )


def _normal_layers() -> Tables:
    """Return the same for exp(-x²/2), every step rounded to float64 as in NumPy's tables.

    One height of NumPy's lies a last bit above the rounded value (0.498 of a bit is rounded up);
    the layers further in follow from it.
    """
    rounded_up = 38
    edges, heights = np.zeros(_LAYERS), np.ones(_LAYERS)
    with localcontext() as exact:
        exact.prec = _DIGITS
        edge = _NORMAL_TAIL
        for layer in range(_LAYERS - 1, 0, -1):
            height = float(Decimal(-0.5 * edge * edge).exp())
            if layer == rounded_up:
                height = math.nextafter(height, 1.0)
            edges[layer], heights[layer] = edge, height
            above = min(height + _NORMAL_AREA / edge, 1.0)  # the last one is not used
            edge = math.sqrt(-2.0 * float(Decimal(above).ln()))
    base = heights[-1]
    ratios = np.zeros(_LAYERS)
    ratios[0] = _NORMAL_TAIL * base / _NORMAL_AREA
    ratios[1:] = edges[:-1] / edges[1:]
    edges[0] = _NORMAL_AREA / base
    within = np.rint(ratios * 2.0**_NORMAL_BITS).astype(np.uint64)
    return within, edges / 2.0**_NORMAL_BITS, heights


_EXP_WITHIN, _EXP_WIDTH, _EXP_HEIGHT = _exponential_layers()
_NORMAL_WITHIN, _NORMAL_WIDTH, _NORMAL_HEIGHT = _normal_layers()
_EXP_R = float(_EXP_TAIL)
_NORMAL_R, _NORMAL_INVERSE_R = _NORMAL_TAIL, 0.27366123732975827203338247596

_LAYER, _LAYER_BITS = Word(_LAYERS - 1), Word(8)
_EXP_UNUSED, _EXP_SHIFT, _NORMAL_SHIFT = Word(3), Word(11), Word(9)
_ONE, _NORMAL_MASK = Word(1), Word((1 << _NORMAL_BITS) - 1)


@called
def fill_exponential(generator: Generator, first: int, last: int, draws: Floats) -> Generator:
    """Draw with mean 1 into draws[first:last]; return the generator after it."""
    k = first
    while k < last:
        word, generator = next_word(generator)
        layer = (word >> _EXP_UNUSED) & _LAYER
        size = word >> _EXP_SHIFT
        x = np.int64(size) * _EXP_WIDTH[layer]
        draws[k] = x
        if size < _EXP_WITHIN[layer]:  # 99 %
            k += 1
            continue
        chance, generator = uniform(generator)
        if layer == 0:  # the tail: no memory
            draws[k] = _EXP_R - math.log1p(-chance)
            k += 1
            continue
        low = _EXP_HEIGHT[layer]
        if (_EXP_HEIGHT[layer - _ONE] - low) * chance + low < math.exp(-x):
            k += 1
    return generator


@called
def fill_normal(generator: Generator, first: int, last: int, draws: Floats) -> Generator:
    """Draw with mean 0 and variance 1 into draws[first:last]; return the generator after it."""
    k = first
    while k < last:
        word, generator = next_word(generator)
        layer = word & _LAYER
        size = (word >> _NORMAL_SHIFT) & _NORMAL_MASK
        # no branch on the sign: it would be guessed wrong every other time
        sign = 1 - 2 * np.int64((word >> _LAYER_BITS) & _ONE)
        x = np.int64(size) * _NORMAL_WIDTH[layer] * sign
        draws[k] = x
        if size < _NORMAL_WITHIN[layer]:  # 99 %
            k += 1
            continue
        if layer == 0:  # the tail (Marsaglia 1964)
            beyond, room = 1.0, 0.0
            while room + room <= beyond * beyond:
                chance, generator = uniform(generator)
                beyond = -_NORMAL_INVERSE_R * math.log1p(-chance)
                chance, generator = uniform(generator)
                room = -math.log1p(-chance)
            x = _NORMAL_R + beyond
            draws[k] = -x if (size >> _LAYER_BITS) & _ONE else x
            k += 1
            continue
        chance, generator = uniform(generator)
        low = _NORMAL_HEIGHT[layer]
        if (_NORMAL_HEIGHT[layer - _ONE] - low) * chance + low < math.exp(-0.5 * x * x):
            k += 1
    return generator
