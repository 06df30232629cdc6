"""The generator of random words, PCG64 DXSM, compiled.

A linear congruential generator modulo 2**128 with a strong permutation of its output (O'Neill 2014,
Harvey Mudd College HMC-CS-2014-0905; the DXSM output and the short multiplier are her later work,
as in NumPy's `PCG64DXSM`, whose words these are). A generator is a tuple of four 64-bit words:
state and increment, high word first. It is a value: a draw gives back the generator that follows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from queuesim.compiling import inlined

Word = np.uint64
Generator = tuple[Word, Word, Word, Word]

MULTIPLIER = Word(0xDA942042E4DD58B5)
_NONE, _ONE = Word(0), Word(1)
_MIDDLE, _FOLD, _BELOW_UNIT = Word(32), Word(48), Word(11)
_UNIT = 2.0**-53
_BITS = 64


def _multiply_add(
    typing: Any, a_high: Any, a_low: Any, b_high: Any, b_low: Any, c_high: Any, c_low: Any
) -> Any:
    def write(context: Any, builder: Any, signature: Any, words: Any) -> Any:
        wide, narrow = ir.IntType(2 * _BITS), ir.IntType(_BITS)
        shift = ir.Constant(wide, _BITS)
        a, b, c = (
            builder.or_(
                builder.shl(builder.zext(words[k], wide), shift), builder.zext(words[k + 1], wide)
            )
            for k in (0, 2, 4)
        )
        result = builder.add(builder.mul(a, b), c)
        both = [builder.trunc(part, narrow) for part in (builder.lshr(result, shift), result)]
        return context.make_tuple(builder, signature.return_type, both)

    return types.UniTuple(types.uint64, 2)(*(types.uint64,) * 6), write


multiply_add: Any = intrinsic(_multiply_add)
"""a × b + c modulo 2**128, each of two words, high word first; Numba has no such numbers."""


@inlined
def next_word(generator: Generator) -> tuple[Word, Generator]:
    """Return 64 random bits, and the generator after them."""
    high, low, add_high, add_low = generator
    odd = low | _ONE
    word = high ^ (high >> _MIDDLE)
    word *= MULTIPLIER
    word ^= word >> _FOLD
    word *= odd
    high, low = multiply_add(high, low, _NONE, MULTIPLIER, add_high, add_low)
    return word, (high, low, add_high, add_low)


@inlined
def uniform(generator: Generator) -> tuple[float, Generator]:
    """Return a multiple of 2**-53 in [0, 1), and the generator after it."""
    word, generator = next_word(generator)
    # as a signed number: the machine turns it into a float in one step
    return np.int64(word >> _BELOW_UNIT) * _UNIT, generator


@inlined
def entered(start: Generator, word: Word) -> Generator:
    """Return a stream, entered at the place that a word names."""
    high, low, add_high, add_low = start
    high ^= word
    low ^= word * MULTIPLIER
    high, low = multiply_add(high, low, _NONE, MULTIPLIER, add_high, add_low)
    return high, low, add_high, add_low
